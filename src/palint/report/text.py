"""The report for a person at a terminal: what is wrong, where, why, and what to do instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TextIO

from palint.findings import Finding, Results, Severity
from palint.report.concise import line as concise_line
from palint.report.escape import escape_controls, log_line
from palint.report.summary import collapse_notices, fix_mark, notice_line, paragraphs, summary_lines

if TYPE_CHECKING:
    from palint.report.excerpt import Paint
    from palint.rule import Rule

_STYLES = {  # SGR parameters (ECMA-48); plain codes, since importing rich costs more than a small run
    "error": "1;31",
    "warning": "1;33",
    "mark": "1;31",
    "related": "1;34",
    "frame": "34",
    "path": "1",
    "rule": "36",
    "help": "32",
    "fine": "1;32",
    "faint": "2",
}
_UNICODE = {"open": "╭─", "more": "├─", "close": "╰─", "bar": "│", "gap": "┆", "cut": "…"}
_ASCII = {"open": "-->", "more": "-->", "close": "=", "bar": "|", "gap": ":", "cut": "..."}
_PROSE = 100  # cells of a help's line at most
_PLAIN_WIDTH = 160  # cells, where no terminal says


def write(
    results: Results,
    rules: Mapping[str, type[Rule]],
    out: TextIO,
    *,
    color: bool = False,
    width: int = 0,
    quiet: bool = False,
    verbose: bool = False,
) -> None:
    """Write every finding with its excerpt, the notices, and the summary.

    color: with ANSI codes. width: cells of the terminal; 0: none, so only lines beyond 160 are cut.
    quiet: without the summary. verbose: with what is suppressed or in the baseline, a line each.
    """
    box = _UNICODE if "utf" in (getattr(out, "encoding", None) or "utf-8").lower() else _ASCII
    for finding in results.findings:
        for line in finding_lines(finding, width or _PLAIN_WIDTH, _painter(color, finding.severity), box):
            out.write(log_line(line) + "\n")
        out.write("\n")
    paint = _painter(color, Severity.WARNING)
    for line in _rest(results, paint, verbose):
        out.write(log_line(line) + "\n")
    if not quiet:
        closing = summary_lines(results)
        style = "error" if results.findings or not results.complete else "fine"
        out.write(paint(style, closing[0]) + "\n")
        for line in closing[1:]:
            out.write(line + "\n")


def _painter(color: bool, severity: Severity) -> Paint:
    """A function that colors text by a style's name; marks have the color of the severity."""
    if not color:
        return lambda style, text: text
    styles = {**_STYLES, "mark": _STYLES[severity.label]}
    return lambda style, text: f"\x1b[{styles[style]}m{text}\x1b[0m"


def finding_lines(finding: Finding, width: int, paint: Paint, box: dict[str, str]) -> Iterator[str]:
    """One finding: its message, each place with its excerpt, and the help."""
    from palint.report.excerpt import places, render, where  # a run that finds nothing needs none of it

    clause = f" ({finding.clause})" if finding.clause.startswith("C") else ""
    yield (
        f"{paint(finding.severity.label, finding.severity.label)}"
        f"{paint('frame', '[')}{paint('rule', finding.rule)}{paint('frame', ']')}{clause}: "
        f"{paint('path', escape_controls(finding.message))}{paint('help', fix_mark(finding.fix))}"
    )
    shown = places(finding)
    gutter = len(str(max((n for place in shown for n in place.lines), default=0)))
    margin = " " * gutter
    for number, place in enumerate(shown):
        corner = box["more"] if number else box["open"]
        yield f"{margin} {paint('frame', corner)} {paint('path', where(place))}"
        yield from render(place, gutter, width, paint, box)
        for mark in place.marks:
            if mark.message and mark.span.start.line not in place.lines:
                message = paint("related", escape_controls(mark.message))
                yield f"{margin} {paint('frame', box['bar'])} {message}"
    for number, line in enumerate(_wrapped(finding.fix_hint, width - gutter - 4) if finding.fix_hint else ()):
        lead = (
            f"{paint('frame', box['close'])} {paint('help', 'do this instead:')} " if number == 0 else "   "
        )
        yield f"{margin} {lead}{escape_controls(line)}".rstrip()


@lru_cache(256)  # many findings say the same
def _wrapped(help_text: str, width: int) -> tuple[str, ...]:
    """The lines of a help: words flow to at most 100 cells, what is indented is code and stays as it is."""
    import textwrap

    lead = "do this instead: "  # stands before the first line
    width = max(min(width, _PROSE), 40)
    lines: list[str] = []
    for paragraph in paragraphs(lead + help_text):
        if paragraph.startswith((" ", "\t")) or not paragraph:
            lines.append(paragraph)
        else:
            lines += textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    return (lines[0].removeprefix(lead), *lines[1:])


def _rest(results: Results, paint: Paint, verbose: bool) -> Iterator[str]:
    """What is not a finding to report: the silenced, when asked for, and the notices."""
    blank = False
    if verbose:
        for suppressed in results.suppressed:
            reason = escape_controls(suppressed.reason) or "no reason given"
            yield f"{paint('faint', 'suppressed')} {concise_line(suppressed.finding)} ({reason})"
        for finding in results.baselined:
            yield f"{paint('faint', 'baselined')} {concise_line(finding)}"
        blank = bool(results.suppressed or results.baselined)
    for notice in results.notices if verbose else collapse_notices(results.notices):
        yield paint("faint" if notice.complete else "error", notice_line(notice))
        blank = True
    if blank:
        yield ""
