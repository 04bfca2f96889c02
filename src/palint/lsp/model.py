"""Plain data that the checking process sends to the language server. Nothing here holds a secret's value."""

from __future__ import annotations

from collections.abc import Mapping

from palint.util.named_tuple import NamedTuple


class Range(NamedTuple):
    """Part of a text. Lines and characters are 0-based; characters count the client's code units."""

    start_line: int
    start_character: int
    end_line: int
    end_character: int

    def touches(self, other: Range) -> bool:
        """Whether the two share a place; ranges that only meet do, too."""
        return self[:2] <= other[2:] and other[:2] <= self[2:]


class TextChange(NamedTuple):
    """Replace the text at `range` in the file `path` (absolute)."""

    path: str
    range: Range
    text: str


class RelatedPlace(NamedTuple):
    """A second place that explains a finding; `path` is absolute."""

    path: str
    range: Range
    message: str


class Item(NamedTuple):
    """One finding. `fix` is empty without one; `ignore` inserts a suppression that still needs a reason."""

    rule: str
    is_error: bool
    message: str
    details: str  # Markdown: why, and what to do
    link: str
    range: Range
    related: tuple[RelatedPlace, ...] = ()
    fix: tuple[TextChange, ...] = ()
    is_safe: bool = False
    ignore: TextChange | None = None


class Hover(NamedTuple):
    """Markdown about a place that is not a finding: a suppression, and what it silences."""

    range: Range
    text: str


class FileReport(NamedTuple):
    """What was found in one file; `path` is absolute. fix_all: the safe fixes, without those that overlap."""

    path: str
    items: tuple[Item, ...] = ()
    hovers: tuple[Hover, ...] = ()
    fix_all: tuple[TextChange, ...] = ()


class Request(NamedTuple):
    """Files to check (absolute paths), and the text of those that are open, which replaces the disk's.

    encoding: `utf-8`, `utf-16` or `utf-32`, in the units of which the client counts characters.
    """

    paths: tuple[str, ...]
    buffers: Mapping[str, str]
    encoding: str


class Answer(NamedTuple):
    """A report for each file that was checked, which may be more than asked for; and what the user must know.

    problems: errors of the settings, files that could not be checked.
    """

    files: tuple[FileReport, ...] = ()
    problems: tuple[str, ...] = ()
