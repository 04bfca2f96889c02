"""Markdown for a step summary or a comment: the standard clause by clause, then the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.findings import Finding, Results
from palint.report import Format
from palint.report.clauses import clause_statuses
from palint.report.escape import markdown, markdown_block, markdown_code
from palint.report.groups import rules_of, shown_and_hidden, unseen_places
from palint.report.summary import (
    blocks,
    confidence_mark,
    details,
    fix_mark,
    location,
    next_steps,
    notice_line,
    pluralize,
    summary_lines,
)
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(excerpts=True, unit="group")

MAX_SIZE = 1_000_000  # bytes; GitHub drops a step summary of more than 1 MiB
_MAX_OTHERS = 5  # other findings of a group that are listed
_WIDTH = 200  # code points of the source line that is shown
_SIGNS = {"broken": "❌", "warned": "⚠️", "known": "⚠️", "unknown": "❔", "clean": "✅"}


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write the summary table and the findings, up to 1 MB; the last line has the number of omitted ones."""
    size, left = 0, 0
    for line, findings in _lines(results, rules):
        size += len(line.encode()) + 1
        if size > MAX_SIZE:
            left += findings
        else:
            out.write(line + "\n")
    if left:
        out.write(f"\n**{pluralize(left, 'more finding')}** left out: this page holds {MAX_SIZE:,} bytes.\n")


def _lines(results: Results, rules: Mapping[str, type[Rule]]) -> Iterator[tuple[str, int]]:
    """Yield (line, number of findings it shows)."""
    closing = summary_lines(results)
    yield f"## palint: {markdown(closing[0])}", 0
    yield "", 0
    yield "| | clause | the standard says | result |", 0
    yield "| --- | --- | --- | --- |", 0
    for status in clause_statuses(results, rules):
        clause = status.clause
        yield (
            f"| {_SIGNS[status.state]} | {markdown(clause.label)} | {markdown(clause.sentence)} "
            f"| {markdown(status.summary)} |",
            0,
        )
    yield "", 0
    for line in closing[1:]:
        yield f"{markdown(line)}  ", 0
    for notice in results.notices:
        yield f"- {markdown(notice_line(notice))}", 0
    for status in clause_statuses(results, rules):
        if status.findings:
            yield f"\n### {markdown(status.clause.label)} · {markdown(status.clause.sentence)}\n", 0
            for finding in status.findings:
                yield _finding(finding, rules[finding.rule].url()), 1 + len(finding.others)
    for step in next_steps(results):
        yield f"\n{markdown(step)}", 0
    if results.suppressed:
        yield f"\n<details><summary>{pluralize(len(results.suppressed), 'finding')} suppressed</summary>\n", 0
        for finding, reason, *_ in results.suppressed:
            where = markdown_code(location(finding.span.path, *finding.span.start))
            yield f"- {where} {markdown_code(finding.rule)}: {markdown(reason)}", 0
        yield "\n</details>", 0


def _finding(finding: Finding, url: str) -> str:
    where = markdown_code(location(finding.span.path, *finding.span.start))
    rule = markdown_code(", ".join(rules_of(finding)))
    if url:
        rule = f"[{rule}]({url})"
    marks = markdown(f"{confidence_mark(finding)}{fix_mark(finding.fix)}")
    lines = [
        f"- **{finding.severity.label}** {where} {rule}{marks}",
        f"  {markdown(finding.message)}",
    ]
    line = next((line for line in finding.excerpt if line.number == finding.span.start.line), None)
    if line is not None and line.text.strip():
        lines += ["", f"  {markdown_code(line.text.strip()[:_WIDTH])}"]
    shown, hidden = shown_and_hidden(finding, _MAX_OTHERS)
    others = [(f.span, "the same" if finding.message.startswith(f.message) else f.message) for f in shown]
    for span, message in (*((related.span, related.message) for related in finding.related), *others):
        lines.append(f"  - {markdown_code(location(span.path, *span.start))} {markdown(message)}")
    if hidden:
        lines.append(f"  - {markdown(unseen_places(finding, hidden))}")
    for text in details(finding):
        lines.append("")
        lines += [f"  > {line}" for line in prose_and_code(text)]
    return "\n".join(lines)


def prose_and_code(text: str) -> Iterator[str]:
    """The lines of a text: prose as is, indented lines in fenced blocks."""
    for is_code, lines in blocks(text):
        if is_code:
            yield from markdown_block(lines)
        else:
            yield from (f"{markdown(line)}  " for line in lines)
