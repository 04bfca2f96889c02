"""Plan the fixes of a run: choose edits that do not conflict, and compute the new files."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable

from palint.findings import Edit, Finding, PalintError
from palint.text.source import SourceFile
from palint.util.named_tuple import NamedTuple

Opener = Callable[[str], "SourceFile | None"]


class FixError(PalintError):
    """A file could not be changed and is unmodified; the message is for the user."""


class Change(NamedTuple):
    """The change of one file. `edits` are ascending and do not overlap; `data` is the whole new file."""

    file: SourceFile
    edits: tuple[Edit, ...]
    data: bytes


class Skipped(NamedTuple):
    """A finding whose fix is not applied, and why."""

    finding: Finding
    reason: str


class Plan(NamedTuple):
    """The changes sorted by path, the findings that they fix, and the skipped ones."""

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def plan(findings: Iterable[Finding], open_file: Opener, *, unsafe: bool = False) -> Plan:
    """Choose the fixes to apply: safe ones, with `unsafe` all. Of two that overlap, the first finding's wins.

    A fix is applied whole, in all of its files, or not at all. Findings without a fix to apply are in
    neither list of the result.
    """
    accepted: dict[str, list[tuple[int, int, str]]] = {}
    files: dict[str, SourceFile] = {}
    fixed, skipped = [], []
    for finding in findings:
        if finding.fix is None or not (unsafe or finding.fix.safe):
            continue
        reason = _why_not(finding.fix.edits, accepted, files, open_file)
        if reason:
            skipped.append(Skipped(finding, reason))
            continue
        fixed.append(finding)
        for edit in finding.fix.edits:
            place = (edit.span.offset, edit.span.end_offset, _line_ends(edit.text, files[edit.span.path]))
            mine = accepted.setdefault(edit.span.path, [])
            if place not in mine:
                insort(mine, place)
    changes = tuple(_change(files[path], accepted[path]) for path in sorted(accepted))
    return Plan(changes, tuple(fixed), tuple(skipped))


def _why_not(
    edits: Iterable[Edit],
    accepted: dict[str, list[tuple[int, int, str]]],
    files: dict[str, SourceFile],
    open_file: Opener,
) -> str:
    """Why a fix cannot be applied together with accepted ones; "" if it can. Fills `files`."""
    own: dict[str, list[tuple[int, int, str]]] = {}
    for edit in edits:
        path, start, end = edit.span.path, edit.span.offset, edit.span.end_offset
        if path not in files:
            file = open_file(path)
            if file is None or file.link or _tail(file) is None:
                return "its file cannot be read and written back without a loss"
            files[path] = file
        file = files[path]
        if not 0 <= start <= end <= len(file.text):
            return "its place is not in the file"
        text = _line_ends(edit.text, file)
        try:
            _encode(text, file.encoding)
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
    body = _encode(apply_to_text(file.text, edits), file.encoding)
    return Change(file, edits, file.bom + body + (_tail(file) or b""))


def apply_to_text(text: str, edits: Iterable[Edit]) -> str:
    """Apply every edit to `text`, each once; they must not overlap and may be in any order."""
    pieces, at = [], 0
    for edit in sorted(set(edits), key=lambda e: (e.span.offset, e.span.end_offset)):
        pieces += [text[at : edit.span.offset], edit.text]
        at = edit.span.end_offset
    return "".join([*pieces, text[at:]])


def _line_ends(text: str, file: SourceFile) -> str:
    """An edit's text with the line ends of the file that it goes into: those of its first line."""
    if "\n" not in text:
        return text
    starts = file.line_starts
    end = "\n"
    if len(starts) > 1:
        first = file.text[: starts[1]]
        end = "\r\n" if first.endswith("\r\n") else first[-1]
    return text.replace("\r\n", "\n").replace("\n", end)


def _encode(text: str, encoding: str) -> bytes:
    """Raises UnicodeEncodeError."""
    return text.encode(encoding, "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "strict")


def _tail(file: SourceFile) -> bytes | None:
    """The bytes at the end of a file that are not a complete character in its encoding.

    None if encoding the text does not reproduce the file's bytes.
    """
    body = file.data[len(file.bom) :]
    text = _encode(file.text, file.encoding)
    return body[len(text) :] if body.startswith(text) else None
