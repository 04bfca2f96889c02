"""Check the text that two versions of a file have in common only once.

Most versions have no finding, and differ from the previous one in a few lines. If a version has no finding,
neither have its pieces in another version, as far as rules read only text nearby. So only the changed ranges
are checked, with that much text on either side. This can only show that there is no finding: if the ranges
have one, or need the whole file, the version is checked in full. No finding is ever made from parts.

Why this is sound: let every finding depend on a range of at most REACH code points (a file with a keyword
that reads further is checked as a whole). A range of the new version either is inside a piece of the old
version, where the full check found nothing; or it touches a changed range, and then it is inside the checked
range.
"""

from __future__ import annotations

from palint.engine.file_result import FileResult
from palint.files import HEAD, may_need_head
from palint.history.parts import PartChecker
from palint.rule import REACH
from palint.text.difference import changed_ranges
from palint.text.encoding import is_plain
from palint.text.escapes import is_always_compared
from palint.text.source import Ranges, SourceFile, merge_ranges

_MAX_KEPT_BYTES = 16 << 20  # bytes of versions that are kept for comparison
_MAX_BYTES = 4 << 20  # bytes of one of them
# Bytes of a version: to compare a smaller one costs as much as to check it, with keywords and without.
_MIN_BYTES, _MIN_BYTES_WITHOUT_KEYWORD = 2 * REACH, 8 * REACH
_EDGE = 64  # bytes of a run of blanks
_WORTH = 0.7  # share of a version: if more must be checked, all of it is
_NO_VERSION: tuple[bytes, frozenset[int]] = b"", frozenset()


class CleanVersions:
    """The last version without a finding of each path, within a limit of memory."""

    def __init__(self, files: PartChecker) -> None:
        self._files = files
        # by path: the data, and `PartChecker.rules_needing_whole_file`
        self._versions: dict[str, tuple[bytes, frozenset[int]]] = {}
        self._size = 0

    def is_clean(self, path: str, data: bytes) -> bool:
        """Whether the changes against the last version show that this one has no finding either."""
        old, old_rules = self._versions.get(path, _NO_VERSION)
        if not old or len(data) < _MIN_BYTES or not is_plain(data):
            return False
        if may_need_head(path) and data[:HEAD] != old[:HEAD]:
            return False
        parts = _parts(old, data, lines=is_always_compared(path))
        if parts is None:
            return False
        whole = SourceFile(path, data, encoding="utf-8")
        self._files.rules_needing_whole_file = set(old_rules)  # a changed part adds the rules of its keywords
        if self._files.may_leak(old_rules, whole):
            return False
        if not all(self._is_clean_part(part, whole) for part in parts):
            return False
        self._put(path, data)
        return True

    def record(self, path: str, data: bytes, *, clean: bool, keywords: bool) -> None:
        """Keep the version that `files` has just checked if it has no finding, else forget its path.

        clean: whether it has no finding. keywords: whether it has any keyword.
        """
        sized = (_MIN_BYTES if keywords else _MIN_BYTES_WITHOUT_KEYWORD) <= len(data) <= _MAX_BYTES
        if clean and sized and not self._files.needs_whole_file and is_plain(data) and _is_utf8(data):
            self._put(path, data)
        elif self._versions:
            self._size -= len(self._versions.pop(path, _NO_VERSION)[0])

    def _is_clean_part(self, part: bytes, whole: SourceFile) -> bool:
        return _is_utf8(part) and self._files.is_clean_part(
            SourceFile(whole.path, part, encoding="utf-8"), whole
        )

    def _put(self, path: str, data: bytes) -> None:
        self._size += len(data) - len(self._versions.pop(path, _NO_VERSION)[0])
        self._versions[path] = data, frozenset(self._files.rules_needing_whole_file)
        while self._size > _MAX_KEPT_BYTES:
            self._size -= len(self._versions.pop(next(iter(self._versions)))[0])


def has_something(result: FileResult | None) -> bool:
    """Whether a check found anything, or could not check everything."""
    return result is not None and bool(result.findings or result.suppressed or result.notices)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parts(old: bytes, new: bytes, *, lines: bool) -> list[bytes] | None:
    """The parts of `new` that must be checked, if `lines` whole lines; None if that is most of it."""
    ranges = changed_ranges(old, new, 2 * REACH)
    parts: list[bytes] = []
    for width in (1, 4):  # maximum bytes of a code point
        parts = [new[start:end] for start, end in _widened(ranges, width * REACH, new, lines=lines)]
        if sum(map(len, parts)) > _WORTH * len(new):
            return None
        if all(map(bytes.isascii, parts)):
            break
    return parts


def _widened(ranges: list[tuple[int, int]], by: int, data: bytes, *, lines: bool) -> Ranges:
    """The ranges in bytes with `by` more on either side, merged if they touch; cut between characters.

    A run of blanks at either end is not counted: rules skip it between a name and its value.
    """
    widened: list[tuple[int, int]] = []
    for start, end in ranges:
        start, end = max(0, start - by), min(len(data), end + by)
        if data[start : start + _EDGE].isspace():
            start = max(0, len(data[:start].rstrip()) - by)
        if data[end - _EDGE : end].isspace():
            end = min(len(data), len(data) - len(data[end:].lstrip()) + by)
        while 0 < start < len(data) and 0x80 <= data[start] < 0xC0:
            start -= 1
        while end < len(data) and 0x80 <= data[end] < 0xC0:
            end += 1
        if lines:
            start, end = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end) + 1 or len(data)
        widened.append((start, end))
    return merge_ranges(widened)
