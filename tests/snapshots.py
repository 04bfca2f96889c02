"""Texts that tests compare whole with those of a committed file: `make snapshots` writes the files again.

A file has a section `=== NAME` for each text. A text that an earlier section has, too, is `as NAME`.
"""

from __future__ import annotations

import atexit
import os
import re
from functools import cache
from pathlib import Path

_AGAIN = "PALINT_REFRESH_SNAPSHOTS" in os.environ
_SECTION = re.compile(r"^=== (.+)\n((?:(?!=== ).*\n)*)", re.M)
_written: dict[Path, dict[str, str]] = {}


def check_snapshot(file: Path, name: str, text: str) -> None:
    """Compare a text with the section of a file; "" has none. With PALINT_REFRESH_SNAPSHOTS, write it there.

    The file is written at the end of the process, with the sections of that run only, sorted by name.
    """
    name, text = " ".join(name.split()), text.rstrip("\n") + "\n"
    if not _AGAIN:
        assert text == _read(file).get(name, "\n"), (
            f"{name}: `make snapshots` rewrites {file}; read the difference"
        )
        return
    if not _written:
        atexit.register(_write)
    sections = _written.setdefault(file, {})
    assert sections.setdefault(name, text) == text, f"two sections of {file} are called {name}"


@cache
def _read(file: Path) -> dict[str, str]:
    sections: dict[str, str] = {}
    for name, text in _SECTION.findall(file.read_text("utf-8") if file.exists() else ""):
        same = text[len("as ") : -1] if text.startswith("as ") else ""
        sections[name] = sections.get(same, text)
    return sections


def _write() -> None:
    for file, unsorted in _written.items():
        sections = {name: text for name, text in sorted(unsorted.items()) if text != "\n"}
        if not sections:
            continue
        file.parent.mkdir(exist_ok=True)
        names: dict[str, str] = {}  # the first section with a text
        for name, text in sections.items():
            names.setdefault(text, name)
        texts = (text if names[text] == name else f"as {names[text]}\n" for name, text in sections.items())
        made = (f"=== {name}\n{text}" for name, text in zip(sections, texts, strict=True))
        file.write_text("".join(made), "utf-8")
