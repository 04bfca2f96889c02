"""The report for a person at a terminal: what is wrong, where, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from palint.findings import Finding, Results, Severity
from palint.report import Format
from palint.report.concise import line as concise_line
from palint.report.escape import escape_controls, log_line
from palint.report.summary import (
    MANY,
    MAX_MESSAGE,
    collapse_notices,
    confidence_mark,
    fix_mark,
    location,
    next_steps,
    notice_line,
    paragraphs,
    short_message,
    summary_lines,
    ungrouped,
)
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.report.source_lines import Paint
    from palint.rule import Rule

FORMAT = Format(
    for_terminal=True,
    options=("color", "links", "program", "quiet", "statistics", "verbose", "width"),
    excerpts=True,
    unit="group",
)

_STYLES = {  # SGR parameters (ECMA-48); plain codes, since importing rich costs more than a small run
    "error": "1;31",
    "warning": "1;33",
    "mark": "1;31",
    "related": "1;34",
    "frame": "34",
    "path": "1",
    "rule": "36",
    "label": "32",
    "fine": "1;32",
    "faint": "2",
}
_UNICODE = {"open": "╭─", "more": "├─", "close": "╰─", "bar": "│", "cut": "…"}
_ASCII = {"open": "-->", "more": "-->", "close": "=", "bar": "|", "cut": "..."}
_MAX_REPEATS = 2  # other places of a value that are shown with their line
_MAX_OTHERS = 7  # other findings of a block that are shown with their line
_MAX_RELATED = 5  # other places of a finding in its own file that are shown
_COUNT = 25  # characters more that the title of a block takes: `, and 12 more in this file`
_PROSE = 100  # cells of a line of prose at most
_PLAIN_WIDTH = 160  # cells, if the terminal's width is unknown


def write(
    results: Results,
    rules: Mapping[str, type[Rule]],
    out: TextIO,
    *,
    color: bool = False,
    links: bool = False,
    width: int = 0,
    quiet: bool = False,
    verbose: bool = False,
    program: str = "palint",
    statistics: bool = False,
) -> None:
    """Write every finding with its excerpt, the notices, and what to do next.

    color: with ANSI codes. links: rule names link to their pages (OSC 8). width: cells of the terminal; 0:
    not a terminal, so only lines beyond 160 are cut. quiet: findings only. verbose: also suppressed findings,
    those in the baseline, and what was checked. program: how the user starts palint. statistics: instead of
    the findings, count them by rule, clause, folder and file; many findings end with these counts, too.
    """
    box = frame(out)
    printed: dict[tuple[str, str], str] = {}  # (fix text, ending of the file) -> where it was printed in full
    for finding in () if statistics else results.findings:
        paint = painter(color, finding.severity)
        url = rules[finding.rule].url() if links else ""
        for line in _block(finding, width or _PLAIN_WIDTH, paint, box, printed, url):
            out.write(log_line(line) + "\n")
        out.write("\n")
    if statistics or (not quiet and sum(1 for _ in ungrouped(results.findings)) > MANY):
        from palint.report.statistics import lines as statistics_lines

        for line in statistics_lines(results.findings, rules):
            out.write(log_line(line) + "\n")
        out.write("\n")
    paint = painter(color, Severity.WARNING)
    for line in _rest(results, paint, verbose):
        out.write(log_line(line) + "\n")
    if not quiet:
        first_line, *more = summary_lines(results, verbose=verbose)
        style = "error" if results.findings or not results.complete else "fine"
        out.write(paint(style, first_line) + "\n")
        for line in (*more, *next_steps(results, program)):
            out.write(line + "\n")


def _shown_and_hidden(finding: Finding) -> tuple[list[Finding], Sequence[Finding]]:
    """(A finding and the first of those that are shown with it, the others)."""
    from palint.report.groups import shown_and_hidden

    one_value = finding.value_ids and all(other.value_ids == finding.value_ids for other in finding.others)
    shown, hidden = shown_and_hidden(finding, _MAX_REPEATS if one_value else _MAX_OTHERS)
    return [_with_few_related(each) for each in (finding, *shown)], hidden


def _with_few_related(finding: Finding) -> Finding:
    """The finding with the first of its related places, if they are many and in its own file."""
    related = finding.related
    if len(related) <= _MAX_RELATED or any(each.span.path != finding.span.path for each in related):
        return finding
    *shown, last = related[:_MAX_RELATED]
    shown.append(last._replace(message=f"{last.message}, and in more places of this file"))
    return finding._replace(related=tuple(shown), related_excerpts=finding.related_excerpts[:_MAX_RELATED])


def frame(out: TextIO) -> dict[str, str]:
    """What frames are drawn with, in characters that the stream can encode."""
    return _UNICODE if "utf" in (getattr(out, "encoding", None) or "utf-8").lower() else _ASCII


def painter(color: bool, severity: Severity) -> Paint:
    """A function that colors text by a style's name; marks have the color of the severity."""
    if not color:
        return lambda style, text: text
    styles = {**_STYLES, "mark": _STYLES[severity.label]}
    return lambda style, text: f"\x1b[{styles[style]}m{text}\x1b[0m"


def _block(
    finding: Finding,
    width: int,
    paint: Paint,
    box: dict[str, str],
    printed: dict[tuple[str, str], str],
    url: str,
) -> Iterator[str]:
    """The lines of a finding, or of several shown as one: message, excerpts with marks, why, fix."""
    from palint.report.groups import rules_of, unseen_places  # not needed without findings
    from palint.report.source_lines import marked_files, render, where

    rule = ", ".join(rules_of(finding))
    rule = f"\x1b]8;;{url}\x1b\\{rule}\x1b]8;;\x1b\\" if url else rule
    confidence = confidence_mark(finding)
    title = short_message(finding.message, MAX_MESSAGE + (_COUNT if finding.others else 0))
    yield (
        f"{paint(finding.severity.label, finding.severity.label)}"
        f"{paint('frame', '[')}{paint('rule', rule)}{paint('frame', ']')}: "
        f"{paint('path', escape_controls(title))}"
        f"{paint('faint', confidence) if confidence else ''}{paint('label', fix_mark(finding.fix))}"
    )
    together, hidden = _shown_and_hidden(finding)
    shown = marked_files(together)
    gutter = len(str(max((n for marked in shown for n in marked.lines), default=0)))
    margin = " " * gutter
    for number, marked in enumerate(shown):
        corner = box["more"] if number else box["open"]
        yield f"{margin} {paint('frame', corner)} {paint('path', where(marked))}"
        yield from render(marked, gutter, width, paint, box)
        for mark in marked.marks:
            if mark.message and mark.span.start.line not in marked.lines:
                message = paint("related", escape_controls(short_message(mark.message)))
                yield f"{margin} {paint('frame', box['bar'])} {message}"
    if hidden:
        others = f"and {unseen_places(finding, hidden)}"
        yield f"{margin} {paint('frame', box['bar'])} {paint('related', others)}"
    if finding.why:
        corner = box["more"] if finding.fix_hint else box["close"]
        yield from _labelled("why", finding.why, corner, width - gutter - 4, margin, paint)
    if finding.fix_hint:
        ending = finding.span.path.rpartition(".")[2]  # the reader of a file is not sent to another kind
        printed_at = printed.get((finding.fix_hint, ending))
        printed.setdefault(
            (finding.fix_hint, ending), f"{location(finding.span.path)}:{finding.span.start.line}"
        )
        fix = f"as above ({printed_at})" if printed_at else finding.fix_hint
        yield from _labelled("fix", fix, box["close"], width - gutter - 4, margin, paint)


def _labelled(label: str, text: str, corner: str, width: int, margin: str, paint: Paint) -> Iterator[str]:
    lead = f"{paint('frame', corner)} {paint('label', f'{label}:')} "
    lines = _wrapped(text, width, f"{label}: ")
    for line in ("", *lines) if text[0].isspace() else lines:
        yield f"{margin} {lead}{escape_controls(line)}".rstrip()
        lead = "   "


@lru_cache(256)  # many findings have the same fix
def _wrapped(text: str, width: int, lead: str) -> tuple[str, ...]:
    """The lines of a text: prose is wrapped to at most 100 cells, indented lines (code) are not.

    lead: what precedes the first line.
    """
    import textwrap

    width = max(min(width, _PROSE), 40)
    lines: list[str] = []
    for paragraph in paragraphs(lead + text):
        if paragraph.startswith((" ", "\t")) or not paragraph:
            lines.append(paragraph)
        else:
            lines += textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    return (lines[0].removeprefix(lead), *lines[1:])


def _rest(results: Results, paint: Paint, verbose: bool) -> Iterator[str]:
    """The lines after the findings: suppressions that this change adds (`verbose`: all), and notices."""
    blank = False
    for suppressed in results.suppressed:
        if verbose or suppressed.new:
            reason = escape_controls(suppressed.reason) or "no reason given"
            verb = "suppressed by this change" if suppressed.new else "suppressed"
            yield f"{paint('faint', verb)} {concise_line(suppressed.finding)} ({reason})"
            blank = True
    if verbose:
        for finding in results.baselined:
            yield f"{paint('faint', 'in the baseline')} {concise_line(finding)}"
            blank = True
    for notice in results.notices if verbose else collapse_notices(results.notices):
        yield paint("faint" if notice.complete else "error", notice_line(notice))
        if verbose:
            yield from (f"  {escape_controls(line)}" for line in notice.detail.splitlines())
        blank = True
    if blank:
        yield ""
