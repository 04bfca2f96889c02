"""Plain data that the checking process sends to the language server; it contains no secret's value."""

from __future__ import annotations

from collections.abc import Mapping

from palint.util.typing import NamedTuple


class Range(NamedTuple):
    """Part of a text. Lines and characters are 0-based; characters count the client's code units."""

    start_line: int
    start_character: int
    end_line: int
    end_character: int

    def touches(self, other: Range) -> bool:
        """Whether two ranges overlap or touch."""
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
    """One finding. fix: empty if there is none. ignore: inserts a suppression that still needs a reason."""

    rule: str
    is_error: bool
    message: str
    details: str  # Markdown: why and fix
    link: str
    range: Range
    related: tuple[RelatedPlace, ...] = ()
    fix: tuple[TextChange, ...] = ()
    is_safe: bool = False
    ignore: TextChange | None = None


class Hover(NamedTuple):
    """Markdown for a place without a finding: a suppression, and what it suppresses."""

    range: Range
    text: str


class FileReport(NamedTuple):
    """The findings in one file. path: absolute. fix_all: the safe fixes, without overlapping ones."""

    path: str
    items: tuple[Item, ...] = ()
    hovers: tuple[Hover, ...] = ()
    fix_all: tuple[TextChange, ...] = ()


class CheckRequest(NamedTuple):
    """Files to check (absolute paths), and the text of open ones, which replaces the files on disk.

    encoding: `utf-8`, `utf-16` or `utf-32`, in whose units the client counts characters.
    """

    paths: tuple[str, ...]
    buffers: Mapping[str, str]
    encoding: str


class Answer(NamedTuple):
    """A report for each checked file, which may be more than requested.

    problems: messages for the user: errors in the settings, files that could not be checked.
    """

    files: tuple[FileReport, ...] = ()
    problems: tuple[str, ...] = ()
