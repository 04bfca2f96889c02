"""Real lines to prove things on: the labelled lines, and the text files of three pinned packages."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from zlib import crc32

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

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


@cache
def pinned() -> tuple[Path, ...]:
    """The files of the packages in the dependency group `material`, sorted by path: the same everywhere.

    A package that is installed in another version than the pinned one fails the test that asks.
    """
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    files: list[Path] = []
    for requirement in groups["material"]:
        name, version = re.findall(r"^([\w-]+).*==([\d.]+)", requirement)[0]
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            assert "python_version" in requirement, f"{requirement} is missing: install the group `dev`"
            continue
        assert package.version == version, f"{name} {package.version} is installed, not {version}"
        files += [
            Path(str(package.locate_file(file))) for file in package.files or () if ".." not in file.parts
        ]
    return tuple(sorted(path for path in files if path.suffix != ".pyc"))


def installed(share: int) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of one in `share` of the pinned files."""
    for path in pinned():
        if crc32("/".join(path.parts[-3:]).encode()) % share == 0 and path.stat().st_size <= MOST:
            yield "/".join(path.parts[-3:]), path.read_bytes()


def lines(share: int) -> Iterator[tuple[str, str]]:
    """(path, line) of the labelled lines and of the pinned files, each line once."""
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
