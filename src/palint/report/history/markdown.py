"""The history as Markdown: the summary, what to do, a table of the secrets."""

from __future__ import annotations

from collections.abc import Mapping

from palint.advice import in_history
from palint.history.results import HistoryResults, HistorySecret
from palint.report import Format
from palint.report.escape import escape_controls, markdown
from palint.report.history.wording import day, read_line, summary_lines
from palint.report.summary import confidence_mark, notice_line
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

_MAX_ROWS = 200  # rows; a comment on GitHub has at most 65,536 characters
_HEADER = "| | secret | where | first commit | last commit | versions |"


def write(results: HistoryResults, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write the summary, one row for each secret (the first 200), and the notices."""
    lines = ["## Secrets in the history", "", *summary_lines(results), "", f"{read_line(results)}.", ""]
    if results.secrets:
        lines += [_HEADER, "| --- | --- | --- | --- | --- | ---: |"]
        lines += [_row(secret, rules) for secret in results.secrets[:_MAX_ROWS]]
        if len(results.secrets) > _MAX_ROWS:
            lines.append(f"\nand {len(results.secrets) - _MAX_ROWS} more.")
        lines += [
            "",
            "Rotate each of them: everyone with a clone has it. Then, if you need to, rewrite the history "
            f"with `git filter-repo`. {in_history.NOT_A_REPLACEMENT}",
        ]
    notes = [n for n in results.notices if not n.complete]
    lines += ["", *(f"- {markdown(notice_line(note))}" for note in notes)]
    out.write("\n".join(lines).rstrip() + "\n")


def _row(secret: HistorySecret, rules: Mapping[str, type[Rule]]) -> str:
    finding = secret.finding
    url = rules[finding.rule].url()
    rule = f"[{finding.rule}]({url})" if url else finding.rule
    state = "**at HEAD**" if secret.at_head else "not at HEAD"
    more = f" and {len(secret.paths) - 1} more" if len(secret.paths) > 1 else ""
    where = markdown(f"{finding.span.path}:{finding.span.start.line}") + more
    first, last = secret.first, secret.last
    names = f" ({markdown(', '.join(secret.names[:6]))})" if secret.names else ""
    cells = (
        state,
        f"{markdown(finding.message)}{names}{confidence_mark(finding)} ({rule})",
        where,
        f"{first.commit[:9]} {day(first.date)} {markdown(escape_controls(first.author))}",
        "" if secret.at_head else f"{last.commit[:9]} {day(last.date)}",
        str(secret.versions),
    )
    return f"| {' | '.join(cells)} |"
