"""Compiled regular expressions, cached from one run to the next.

The process that checks three files of a commit compiles 80 of palint's patterns, which took 22 of its 37 ms;
loading them takes 2 ms. The cache holds what `re` passes to its engine, which depends on Python's version.
Only patterns of palint and of libraries are stored: nothing from a checked tree ever is.
"""

from __future__ import annotations

import marshal
import re
import sys
from array import array
from collections.abc import Iterator
from contextlib import contextmanager

from palint.util import user_cache
from palint.util.typing import Any

try:
    import _sre  # type: ignore[import-not-found]
    from re import _compiler, _parser  # type: ignore[attr-defined]

    KEY = f"{sys.version}\0{sys.byteorder}\0{_sre.MAGIC}\0{_sre.CODESIZE}".encode()
except ImportError:  # Python 3.10 has them elsewhere
    KEY = b""

_MAX_PATTERNS = (
    2000  # patterns kept: 50,000 files of others need 535; those of older versions are never used again
)
_CODE = "I"  # `array` code of 4 bytes, `_sre.CODESIZE`

_Name = tuple["str | bytes", int]  # source and flags
_kept: dict[_Name, bytes] | None = None  # from the file; None until it is read
_added: dict[_Name, bytes] = {}  # compiled by this process, or by its parent before the fork


def compile(source: str | bytes, flags: int = 0) -> re.Pattern[Any]:  # noqa: A001 - mirrors re.compile
    """The same as `re.compile`, for a pattern that is part of palint."""
    return _entry(source, int(flags))[0] if KEY else re.compile(source, flags)


@contextmanager
def during_import() -> Iterator[None]:
    """Compile with this cache what a library compiles while it is imported: two thirds of `import yaml`."""
    original = re.compile
    if KEY:
        re.compile = compile  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = original


def width(source: bytes, flags: int = 0) -> tuple[int, int]:
    """How many bytes the shortest and the longest match of a pattern have."""
    if KEY:
        return _entry(source, int(flags))[1]
    import sre_parse

    return sre_parse.parse(source, flags).getwidth()  # type: ignore[arg-type]


def _entry(source: str | bytes, flags: int) -> tuple[re.Pattern[Any], tuple[int, int]]:
    """A pattern, kept or compiled now, and its width."""
    name = source, flags
    kept = _read().get(name) or _added.get(name)
    if kept is not None:
        try:
            return _restored(source, *marshal.loads(kept))
        except (ValueError, TypeError, RuntimeError):  # damaged in a way that the checksum does not detect
            pass
    parts = _parts(source, flags)
    _added[name] = marshal.dumps(parts)
    return _restored(source, *parts)


def save() -> None:
    """Save newly compiled patterns. If two processes save at once, the next run adds what one lost."""
    global _kept
    if not _added:
        return
    kept = _load()
    if user_cache.checked_tree is None or kept.keys() >= _added.keys():
        return
    merged = {**kept, **_added} if len(kept) + len(_added) <= _MAX_PATTERNS else dict(_added)
    user_cache.save("patterns", KEY, marshal.dumps(merged), user_cache.checked_tree)
    _kept = merged
    _added.clear()


def _read() -> dict[_Name, bytes]:
    global _kept
    if _kept is None:
        if user_cache.checked_tree is None:
            return {}
        _kept = _load()
    return _kept


def _load() -> dict[_Name, bytes]:
    data = user_cache.load("patterns", KEY, user_cache.checked_tree or "")
    try:
        return {} if data is None else marshal.loads(data)
    except (ValueError, TypeError, EOFError):
        return {}


_Parts = tuple[int, bytes, int, "dict[str, int]", "tuple[str | None, ...]", "tuple[int, int]"]


def _parts(source: str | bytes, flags: int) -> _Parts:
    """The arguments of `_sre.compile` for a pattern, the code as bytes; the width. Raises re.error."""
    parsed = _parser.parse(source, flags)
    code = array(_CODE, _compiler._code(parsed, flags)).tobytes()
    names = [None] * parsed.state.groups
    for name, index in parsed.state.groupdict.items():
        names[index] = name
    state = parsed.state
    return flags | state.flags, code, state.groups - 1, state.groupdict, tuple(names), _width(parsed)


def _width(parsed: Any) -> tuple[int, int]:
    shortest, longest = parsed.getwidth()
    return int(shortest), int(longest)


def _restored(
    source: str | bytes,
    flags: int,
    code: bytes,
    groups: int,
    index: object,
    names: object,
    size: tuple[int, int],
) -> tuple[re.Pattern[Any], tuple[int, int]]:
    return _sre.compile(source, flags, array(_CODE, code).tolist(), groups, index, names), size
