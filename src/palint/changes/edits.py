"""Planned changes: whole new files, or edits that do not conflict. `palint.changes.write` writes them."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Sequence

from palint.findings import Edit, PalintError
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

Opener = Callable[[str], "SourceFile | None"]


class ChangeError(PalintError):
    """A file could not be changed and is unmodified; the message is for the user."""


class Change(NamedTuple):
    """A file to write. old: as it is now, None if it does not exist yet. data: the whole new file.

    edits: what changes, ascending and without overlaps; () if the whole text was planned.
    what: the changes in words, one clause each.
    """

    path: str
    old: SourceFile | None
    data: bytes
    edits: tuple[Edit, ...] = ()
    what: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The new text."""
        return SourceFile(self.path, self.data).text


class Combined(NamedTuple):
    """The changes that groups of edits lead to, ascending by path.

    rejected: for each group why it is left out, "" if it is in the changes.
    """

    changes: tuple[Change, ...]
    rejected: tuple[str, ...]


_Places = dict[str, list[tuple[int, int, str]]]  # {path: (start, end, new text), ascending}


def combine(groups: Iterable[Iterable[Edit]], open_file: Opener) -> Combined:
    """Choose the groups of edits that can be made together. Of two that overlap, the first one wins.

    A group is made whole, in all of its files, or not at all. Line ends become those of the file.
    """
    accepted: _Places = {}
    files: dict[str, SourceFile] = {}
    rejected = []
    for group in groups:
        edits = list(group)
        reason = _why_not(edits, accepted, files, open_file)
        rejected.append(reason)
        for edit in () if reason else edits:
            place = (edit.span.offset, edit.span.end_offset, _line_ends(edit.text, files[edit.span.path]))
            mine = accepted.setdefault(edit.span.path, [])
            if place not in mine:
                insort(mine, place)
    return Combined(tuple(_change(files[path], accepted[path]) for path in sorted(accepted)), tuple(rejected))


def _why_not(
    edits: Iterable[Edit], accepted: _Places, files: dict[str, SourceFile], open_file: Opener
) -> str:
    """Why edits cannot be made together with accepted ones; "" if they can. Fills `files`."""
    own: _Places = {}
    for edit in edits:
        path, start, end = edit.span.path, edit.span.offset, edit.span.end_offset
        if path not in files:
            file = open_file(path)
            if file is None or file.link:
                return "its file cannot be read and written back without a loss"
            files[path] = file
        file = files[path]
        if not 0 <= start <= end <= len(file.text):
            return "its place is not in the file"
        text = _line_ends(edit.text, file)
        try:
            encode(text, file.encoding)
        except UnicodeEncodeError:
            return f"the file's encoding ({file.encoding}) cannot hold its text"
        mine = own.setdefault(path, [])
        new = (start, end, text)
        if _conflicts(new, accepted.get(path, [])) or _conflicts(new, mine):
            return "another fix changes the same place"
        insort(mine, new)
    return ""


def _conflicts(new: tuple[int, int, str], accepted: list[tuple[int, int, str]]) -> bool:
    """Whether an edit overlaps one of `accepted` (ascending); an equal edit does not.

    Two different insertions at one place conflict, since their order would be a guess.
    """
    at = bisect_left(accepted, new)
    for start, end, text in accepted[max(at - 1, 0) : at + 1]:
        same_place = (start, end) == new[:2]
        if same_place and text == new[2]:
            return False
        if same_place or (start < new[1] and new[0] < end):
            return True
    return False


def _change(file: SourceFile, places: list[tuple[int, int, str]]) -> Change:
    edits = tuple(Edit(file.span(start, end), text) for start, end, text in places)
    body = encode(apply_to_text(file.text, edits), file.encoding)
    return Change(file.path, file, file.bom + body + (_tail(file) or b""), edits)


def apply_to_text(text: str, edits: Iterable[Edit]) -> str:
    """Apply every edit to `text`, each once; they must not overlap and may be in any order."""
    pieces, at = [], 0
    for edit in sorted(set(edits), key=lambda e: (e.span.offset, e.span.end_offset, e.text)):
        pieces += [text[at : edit.span.offset], edit.text]
        at = edit.span.end_offset
    return "".join([*pieces, text[at:]])


def edit(file: SourceFile, start: int, end: int, text: str) -> Edit:
    """The edit that makes `text` of file.text[start:end]."""
    return Edit(file.span(start, end), text)


def without_statement(file: SourceFile, start: int, end: int, comment: str = "#") -> Edit:
    """The deletion of a statement, with its lines and a comment after it if nothing else is on them.

    Of the blank lines before and after it, only the latter stay, and none at the start of a block.
    """
    text, first, last = file.text, file.line_at(start)[0], file.line_at(end)[1]
    rest = re.compile(rf"[ \t]*;?[ \t]*(?:{re.escape(comment)}.*)?").match(text, end, last)
    if text[first:start].strip() or rest.end() < last:  # type: ignore[union-attr]
        separator = re.compile(r"[ \t]*;[ \t]*").match(text, end)
        return edit(file, start, separator.end() if separator else end, "")
    after = _LINE_END.match(text, last).end()  # type: ignore[union-attr]
    blank = _BLANK_LINES.match(text, after).end()  # type: ignore[union-attr]
    before = len(text[:first].rstrip())
    if not before or text[before - 1] in "{(:":
        return edit(file, first, blank, "")
    if blank > after or after == len(text):
        first = min(first, _LINE_END.match(text, file.line_at(before - 1)[1]).end())  # type: ignore[union-attr]
    return edit(file, first, after, "")


_LINE_END = lazy_re.compile(r"(?:\r\n|\r|\n)?")
_BLANK_LINES = lazy_re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))*")


def without_items(file: SourceFile, items: Sequence[tuple[int, int]], removed: Collection[int]) -> list[Edit]:
    """The deletion of some items ([start, end), ascending) of a list, each with what separates it.

    removed: their indices, not all. The last ones go with what is before them, so that what ends the list
    stays.
    """
    last = max(index for index in range(len(items)) if index not in removed)
    found = [edit(file, items[n][0], items[n + 1][0], "") for n in range(last) if n in removed]
    if last < len(items) - 1:
        found.append(edit(file, items[last][1], items[-1][1], ""))
    return found


def apply(file: SourceFile, edits: Iterable[Edit]) -> str:
    """A file's text with edits, without those inside of another, in the file's line ends."""
    chosen: list[Edit] = []
    places = {(each.span.offset, each.span.end_offset, each.text): each for each in edits}
    # an insertion comes before what replaces the text behind it
    for (start, _, text), each in sorted(
        places.items(), key=lambda p: (p[0][0], p[0][0] < p[0][1], -p[0][1])
    ):
        if not chosen or start >= chosen[-1].span.end_offset:
            chosen.append(each._replace(text=_line_ends(text, file)))
    return apply_to_text(file.text, chosen)


def whole(path: str, old: SourceFile | None, text: str, what: Iterable[str] = ()) -> Change:
    """The change of a whole text, in the old file's encoding and with its byte order mark.

    Raises ChangeError if the encoding cannot hold the new text.
    """
    if old is None:
        return Change(path, None, text.encode(), what=tuple(what))
    tail = _tail(old)  # reads the text, which decides about the encoding
    try:
        return Change(path, old, old.bom + encode(text, old.encoding) + tail, what=tuple(what))
    except UnicodeEncodeError:
        raise ChangeError(
            f"{path}: not written: its encoding ({old.encoding}) cannot hold the new text; save it as UTF-8"
        ) from None


def line_end(text: str) -> str:
    r"""The line end of a text's first line (`\n`, `\r\n` or `\r`); `\n` if it has only one line."""
    at = min((at for at in (text.find("\n"), text.find("\r")) if at >= 0), default=-1)
    if at < 0:
        return "\n"
    return "\r\n" if text.startswith("\r\n", at) else text[at]


def _line_ends(text: str, file: SourceFile) -> str:
    """An edit's text with the line ends of the file that it goes into."""
    if "\n" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\n", line_end(file.text))


def encode(text: str, encoding: str) -> bytes:
    """Raises UnicodeEncodeError."""
    return text.encode(encoding, "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "strict")


def _tail(file: SourceFile) -> bytes:
    """The bytes at the end of a file that are not a complete character in its encoding.

    Encoding the text gives the others: what is not valid in an encoding was decoded as Latin-1.
    """
    return file.data[len(file.bom) + len(encode(file.text, file.encoding)) :]
