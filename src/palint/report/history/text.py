"""The history for a terminal: secrets still at HEAD first, each with its first and last commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.advice import in_history
from palint.findings import Severity
from palint.history.results import HistoryResults, HistorySecret
from palint.report import Format
from palint.report.escape import escape_controls, log_line
from palint.report.history.wording import extent, fix, lifetime, read_line, summary_lines
from palint.report.summary import collapse_notices, confidence_mark, notice_line
from palint.report.text import frame, painter
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.report.source_lines import Paint
    from palint.rule import Rule

FORMAT = Format(for_terminal=True, options=("color", "links", "program", "quiet", "verbose", "width"))

_WIDTH = 110  # cells of a line of words


def write(
    results: HistoryResults,
    rules: Mapping[str, type[Rule]],
    out: TextIO,
    *,
    color: bool = False,
    links: bool = False,
    width: int = 0,
    quiet: bool = False,
    verbose: bool = False,
    program: str = "palint",
) -> None:
    """Write each secret with its excerpt and its lifetime, the notices and the summary.

    color, links, width, quiet, verbose, program: as `palint.report.text.write`.
    """
    box, paint = frame(out), painter(color, Severity.WARNING)
    fix_printed: set[str] = set()
    for secret in results.secrets:
        short_fix = in_history.short(secret.finding)
        url = rules[secret.rule].url() if links else ""
        repeated = short_fix in fix_printed and not secret.names
        for line in _lines(secret, repeated, width or _WIDTH, paint, box, url):
            out.write(log_line(line) + "\n")
        fix_printed.add(short_fix)
        out.write("\n")
    incomplete = [notice for notice in results.notices if not notice.complete]
    for notice in results.notices if verbose else collapse_notices(incomplete, incomplete=True):
        out.write(log_line(notice_line(notice)) + "\n")
    if quiet:
        return
    first, *rest = summary_lines(results)
    out.write(paint("error" if results.secrets or not results.complete else "fine", first) + "\n")
    for line in [*rest, *([read_line(results)] if verbose else [])]:
        out.write(line + "\n")
    if results.secrets:
        out.write(f"About a rule: `{program} explain RULE`.\n")


def _lines(
    secret: HistorySecret, fix_printed: bool, width: int, paint: Paint, box: dict[str, str], url: str
) -> Iterator[str]:
    finding = secret.finding
    rule = paint("rule", finding.rule)
    rule = f"\x1b]8;;{url}\x1b\\{rule}\x1b]8;;\x1b\\" if url else rule
    style = finding.severity.label
    yield (
        f"{paint(style, style)}{paint('frame', '[')}{rule}{paint('frame', ']')}: "
        f"{paint('path', escape_controls(finding.message))}{confidence_mark(finding)}"
    )
    shown = [line for line in finding.excerpt if line.number == finding.span.start.line]
    number = str(finding.span.start.line) if shown else ""
    margin = " " * len(number)
    commit = "HEAD" if secret.at_head else secret.last.commit[:9]
    where = f"{commit}:{finding.span.path}"
    if shown:
        where += f":{finding.span.start.line}:{finding.span.start.column}"
    yield f"{margin} {paint('frame', box['open'])} {paint('path', escape_controls(where))}"
    for line in shown:
        text = escape_controls(line.text.expandtabs(4))
        text = text if len(text) <= width else text[: width - 1] + "…"
        yield f"{paint('frame', number)} {paint('frame', box['bar'])} {text}"
    yield f"{margin} {paint('frame', box['more'])} {escape_controls(lifetime(secret))}"
    yield f"{margin} {paint('frame', box['more'])} {escape_controls(extent(secret))}"
    words = f"fix: {in_history.short(secret.finding) if fix_printed else fix(secret)}"
    for i, words_line in enumerate(_wrapped(words, width)):
        lead = paint("frame", box["close"]) if i == 0 else "  "
        yield f"{margin} {lead} {escape_controls(words_line)}"


def _wrapped(words: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(words, max(width - 6, 40), break_long_words=False, break_on_hyphens=False)
