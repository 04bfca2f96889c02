"""Real lines to prove things on: the labelled lines, and the text files of what is installed here."""

from __future__ import annotations

import json
import os
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from zlib import crc32

ROOT = Path(__file__).parent.parent.parent
LABELLED = Path(os.environ.get("PALINT_SHARED", ROOT.parent / "shared")) / "data" / "secret-lines-dev.jsonl"
MOST = 200_000  # bytes of a file that is looked at


@cache
def labelled() -> tuple[tuple[str, str, str], ...]:
    """(path, line, label) of the labelled lines; empty where they are absent."""
    if not LABELLED.is_file():
        return ()
    rows = map(json.loads, LABELLED.read_text(encoding="utf-8").splitlines())
    return tuple((row["path"], row["text"], row["label"]) for row in rows)


def installed(share: int) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of one in `share` of the files installed beside palint, the same ones every time."""
    root = sysconfig.get_paths()["purelib"]
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, root)
            if (
                crc32(shown.encode()) % share == 0
                and os.path.getsize(path) <= MOST
                and not name.endswith(".pyc")
            ):
                yield shown, Path(path).read_bytes()


def lines(share: int) -> Iterator[tuple[str, str]]:
    """(path, line) of the labelled lines and of the installed files, each line once."""
    seen = set()
    for path, line, _ in labelled():
        if line not in seen:
            seen.add(line)
            yield path, line
    for path, data in installed(share):
        for line in data.decode("utf-8", "replace").splitlines():
            if line not in seen:
                seen.add(line)
                yield path, line
