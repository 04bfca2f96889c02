"""Comments that suppress findings: `palint: ignore[rule-id] reason`, `ignore-file`, detect-secrets' pragma.

A suppression at the end of a line applies to that line; alone on a line, to the whole statement, mapping
entry or instruction that starts below it. This is decided from the text, so that it works in any language.
`palint: ignore-file[rule-id] reason`, alone on its line, applies to the file. With `until=2027-01-31` beside
the reason a suppression ends after that day, in UTC.
"""

from __future__ import annotations

import re

from palint.findings import Finding, Span, Violation
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.dates import is_day, today
from palint.util.typing import NamedTuple

KEYWORDS = (r"palint:\s{0,4}ignore", r"pragma: ?(allow|white)list")

_OPENERS = r"#|//|/\*|<!--|--|;|%|\*|\{#|\{\{-?/\*|\"\"\"|'''|REM\b|rem\b"
_PALINT = lazy_re.compile(
    r"(?P<open>"
    + _OPENERS
    + r")[ \t]*(?P<keyword>palint:\s{0,4}ignore)(?P<file>-file)?"
    + r"(?:\[(?P<rules>[^\]\r\n]{0,500})\])?(?P<reason>[^\r\n]{0,500})"
)
_PRAGMA = lazy_re.compile(
    r"(?P<open>" + _OPENERS + r")[ \t]*pragma: ?(?:allow|white)list[ -](?P<next>nextline )?secret",
    re.IGNORECASE,
)
_CLOSERS = lazy_re.compile(r"(?<!\s)\s*(?:(?:-->|\*/(?:\s*-?\}\})?|#\}|\"\"\"|''')\s*)?$")
_UNTIL = lazy_re.compile(r"(?<!\S)until=(\S{0,40})\s*")
_EVERY_LINE = 1 << 62
_PRAGMA_RULE = "hardcoded-secret"  # the rule that detect-secrets' pragma suppresses
_COMMENT_LINE = lazy_re.compile(r"\s*(?:" + _OPENERS + r")")
_STRINGS = lazy_re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_STATEMENT_LINES = 2000  # most lines that a suppression alone on its line applies to
_LINES_IN_ALL = 200_000  # read for the statements of one file; beyond, a suppression applies to one line


class Suppression(NamedTuple):
    """One suppression as it is written in a file.

    span: the comment from `palint:` on. rules: the ids it names.
    first, last: the 1-based lines it applies to. until: its last day, `YYYY-MM-DD` in UTC; "" for no end.
    problem: why it is invalid ("" if it is valid).
    optional: whether it need not suppress anything: detect-secrets' pragma, which that tool may need, and
        a mention of a suppression in prose or in a quoted string.
    """

    span: Span
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    problem: str = ""
    optional: bool = False
    until: str = ""

    @property
    def of_file(self) -> bool:
        """Whether it applies to the whole file."""
        return self.last == _EVERY_LINE

    @property
    def ended(self) -> bool:
        """Whether its last day is over."""
        return bool(self.until) and self.until < today()

    def covers(self, violation: Violation | Finding) -> bool:
        """Whether a violation is suppressed."""
        return (
            not self.problem
            and not self.ended
            and violation.rule in self.rules
            and violation.span.path == self.span.path
            and violation.span.start.line <= self.last
            and max(violation.span.end.line, violation.span.start.line) >= self.first
        )


def find(file: SourceFile) -> list[Suppression]:
    """Every suppression in a file, in order."""
    text = file.text
    budget = [_LINES_IN_ALL]
    comments = [_palint(file, match, budget) for match in _PALINT.finditer(text)]
    for match in _PRAGMA.finditer(text):
        start, end = match.end("open"), match.end()
        first, last = _lines(file, match.start(), budget, bool(match["next"]))
        comments.append(
            Suppression(
                file.span(start, end),
                (_PRAGMA_RULE,),
                "allowed by a detect-secrets pragma",
                first,
                last,
                optional=True,
            )
        )
    return sorted(comments, key=lambda s: s.span.offset)


def _palint(file: SourceFile, match: re.Match[str], budget: list[int]) -> Suppression:
    rules = tuple(word.strip() for word in (match["rules"] or "").split(",") if word.strip())
    written = _CLOSERS.sub("", match["reason"])
    reason = written.strip().lstrip(":–—- ").strip()
    dated = _UNTIL.search(reason)
    until = dated[1] if dated else ""
    reason = reason[: dated.start()] + reason[dated.end() :] if dated else reason
    problem = ""
    if match["rules"] is None or not rules:
        problem = "names no rule"
    elif until and not is_day(until):
        problem = "has an `until` that is not a day, such as `until=2027-01-31`"
    elif not any(map(str.isalnum, reason)):
        problem = "gives no reason"
    if match["file"] is None:
        first, last = _lines(file, match.start(), budget)
    else:
        first, last = 1, _EVERY_LINE
        if not _is_alone(file, match.start()):
            problem = problem or "is for the whole file, so it must be alone on its line"
    # The span excludes the end of the comment (`-->`), so that the caret marks only the suppression.
    span = file.span(match.start("keyword"), match.start("reason") + len(written))
    optional = _is_mentioned(file, match)
    return Suppression(span, rules, reason, first, last, problem, optional, until)


def _is_alone(file: SourceFile, offset: int) -> bool:
    """Whether only blanks are before an offset on its line."""
    start, _ = file.line_at(offset)
    return not file.text[start:offset].strip()


def _is_mentioned(file: SourceFile, match: re.Match[str]) -> bool:
    """Whether the comment seems to be in a quoted string, or in the prose or an example of a document."""
    from palint.files import languages  # few files have a suppression

    if languages.find(file.path).type == "prose" and match["open"] != "<!--":
        return True
    start, _ = file.line_at(match.start())
    before = file.text[max(start, match.start() - 500) : match.start()]
    return any(before.count(quote) % 2 for quote in "\"'`")


def _lines(file: SourceFile, offset: int, budget: list[int], next_line: bool = False) -> tuple[int, int]:
    """The lines that a comment at `offset` applies to; reduces the budget of lines."""
    line = file.position(offset).line
    if next_line:
        return line + 1, line + 1
    if not _is_alone(file, offset):
        return line, line
    last, lines_read = _statement_end(file, line, budget[0])
    budget[0] -= lines_read
    return line, last


def _statement_end(file: SourceFile, comment_line: int, budget: int) -> tuple[int, int]:
    """(last line of the statement below a comment on its own line, how many lines were read).

    The statement continues while a bracket is open, a line ends in a continuation, or lines
    are indented deeper than its first; a closing bracket at its own depth still belongs to it.
    """
    text, starts = file.text, file.line_starts
    row = comment_line - file.first_line + 1
    begin = row
    rows = min(len(starts), row + max(budget, 1))

    def line(row: int) -> str:
        return text[starts[row] : starts[row + 1] if row + 1 < len(starts) else len(text)].rstrip("\r\n")

    while row < rows and (not line(row).strip() or _COMMENT_LINE.match(line(row))):
        row += 1
    if row >= rows:
        return comment_line, row - begin
    first, end = row, min(rows, row + _STATEMENT_LINES)
    indent, depth, last, continued = _indent(line(first)), 0, first, True
    for row in range(first, end):
        content = line(row)
        if not content.strip():
            continue
        deeper = _indent(content) > indent
        closes = content.lstrip()[:1] in (")", "]", "}")
        if not (continued or depth > 0 or deeper or (closes and _indent(content) == indent)):
            return last + file.first_line, row - begin
        bare = _STRINGS.sub("", content)
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        continued = content.endswith(("\\", "`"))
        last = row
    return last + file.first_line, end - begin


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
