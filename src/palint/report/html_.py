"""A self-contained HTML page for the owner of the standard: one file to pass on, which loads nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from palint import __version__
from palint.findings import Finding, Results, Severity
from palint.report import Format
from palint.report.clauses import ClauseStatus, clause_statuses
from palint.report.escape import markup, markup_block, markup_words
from palint.report.groups import rules_of, shown_and_hidden, unseen_places
from palint.report.source_lines import MarkedFile, characters, marked_files, shown_lines, where
from palint.report.summary import (
    blocks,
    confidence_mark,
    location,
    notice_line,
    pluralize,
    summary_lines,
    ungrouped,
)
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format(excerpts=True, context=True, origin=True, unit="group")

_MAX_OTHERS = 20  # other findings of a group that are shown
_EXPANDED_FILES = 20  # number of files whose findings are initially expanded


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write the whole page: the clauses, the notices, the findings by file, and what is accepted."""
    closing = summary_lines(results)
    out.write(_head())
    out.write(f"<h1>palint: {markup(closing[0])}</h1>\n")
    out.writelines(f'<p class="soft">{markup(line)}</p>\n' for line in closing[1:])
    out.write(f'<p class="soft">{markup(_origin(results))}</p>\n')
    out.write('<div class="cards">\n')
    out.writelines(map(_card, clause_statuses(results, rules)))
    out.write("</div>\n")
    out.writelines(_notices(results))
    out.writelines(_findings(results, rules))
    out.writelines(_suppressed(results))
    out.write(f"</main>\n<script>{_beside('page.js')}</script>\n</body>\n</html>\n")


def _origin(results: Results) -> str:
    """What was checked, when, and by which version: `acme/shop at 1a2b3c4d5e6f, 2026-11-26 12:00 UTC, …`."""
    commit = f" at {results.commit[:12]}" if results.commit else ""
    date = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(results.started)) if results.started else ""
    return ", ".join(filter(None, (results.repository + commit, date, f"palint {__version__}")))


def _head() -> str:
    """The page's head, with a policy that allows only its own script (by hash) and no loading."""
    digest = base64.b64encode(hashlib.sha256(_beside("page.js").encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>palint</title>\n<style>{_beside('page.css')}</style>\n</head>\n<body>\n<main>\n"
    )


def _beside(name: str) -> str:
    """The text of a file in this package."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8", newline="") as file:
        return file.read()


def _card(status: ClauseStatus) -> str:
    return (
        f'<div class="card {status.state}"><b>{markup(status.clause.label)}</b>'
        f'{markup(status.clause.sentence)}<p class="state">{markup(status.summary)}</p></div>\n'
    )


def _notices(results: Results) -> Iterator[str]:
    if results.notices:
        yield "<h2>Notices</h2>\n<ul>\n"
        for notice in results.notices:
            style = "soft" if notice.complete else "error"
            yield f'<li class="{style}">{markup(notice_line(notice))}</li>\n'
        yield "</ul>\n"


def _findings(results: Results, rules: Mapping[str, type[Rule]]) -> Iterator[str]:
    if not results.findings:
        return
    yield '<h2>Findings</h2>\n<div class="filters">\n'
    for rule, number in Counter(f.rule for f in ungrouped(results.findings)).most_common():
        name = markup(rule)
        title = markup(rules[rule].summary())
        yield (
            f'<button aria-pressed="false" data-rule="{name}" title="{title}">{name} '
            f'<span class="soft">{number:,}</span></button>\n'
        )
    yield "</div>\n"
    by_path: dict[str, list[Finding]] = {}
    for finding in results.findings:
        by_path.setdefault(finding.folder or finding.span.path, []).append(finding)
    for number, (path, in_file) in enumerate(by_path.items()):
        opened = " open" if number < _EXPANDED_FILES else ""
        yield f'<details class="file"{opened}><summary>{markup(path)} '
        number_of = sum(1 for _ in ungrouped(in_file))
        yield f'<span class="soft">{pluralize(number_of, "finding")}</span></summary>\n'
        for finding in in_file:
            yield from _article(finding, rules[finding.rule].url())
        yield "</details>\n"


def _article(finding: Finding, url: str) -> Iterator[str]:
    severity, rules = finding.severity.label, rules_of(finding)
    rule = markup(", ".join(rules))
    name = f'<a href="{markup(url)}">{rule}</a>' if url else rule
    yield f'<article data-rule="{markup(" ".join(rules))}">\n<p><span class="{severity}">{severity}</span> '
    yield f'{markup_words(finding.message)}</p>\n<p class="soft">{name}{markup(confidence_mark(finding))}'
    if finding.clause.startswith("C"):
        yield f" · {markup(finding.clause)}"
    if finding.fix:
        yield f" · fixable with --fix{'' if finding.fix.safe else ' --unsafe-fixes'}"
    yield "</p>\n"
    shown, hidden = shown_and_hidden(finding, _MAX_OTHERS)
    for marked in marked_files([finding, *shown]):
        yield f'<p class="where">{markup(where(marked))}</p>\n'
        if marked.lines:
            yield "<pre>"
            yield from _rows(marked)
            yield "</pre>\n"
        for mark in marked.marks:
            if mark.message and mark.span.start.line not in marked.lines:
                yield f'<p class="note">{markup_words(mark.message)}</p>\n'
    if hidden:
        yield f'<p class="note">and {markup(unseen_places(finding, hidden))}</p>\n'
    for label, text in (("why", finding.why), ("fix", finding.fix_hint)):
        if text:
            yield f'<div class="{label}"><b>{label}:</b> '
            for is_code, lines in blocks(text):
                yield markup_block(lines) if is_code else "<br>\n".join(map(markup_words, lines))
            yield "</div>\n"
    yield "</article>\n"


def _rows(marked: MarkedFile) -> Iterator[str]:
    """The lines of an excerpt, with marked ranges in `mark` elements."""
    for number in shown_lines(marked):
        line = marked.lines[number]
        marks = sorted((m for m in marked.marks if m.span.start.line == number), key=lambda m: m.span.start)
        pieces, start = [], 0
        for mark in marks:
            begin, end = characters(mark.span, line)
            begin = max(begin, start)
            end = max(begin, end)
            style = "" if mark.primary else ' class="related"'
            pieces += [
                _source(line.text[start:begin]),
                f"<mark{style}>{_source(line.text[begin:end])}</mark>",
            ]
            start = end
        pieces.append(_source(line.text[start:]))
        notes = "".join(f'  <span class="note">{markup_words(m.message)}</span>' for m in marks if m.message)
        yield f'<span class="row"><span class="no">{number}</span>{"".join(pieces)}{notes}</span>'


def _source(text: str) -> str:
    return "    ".join(map(markup, text.split("\t")))


def _suppressed(results: Results) -> Iterator[str]:
    if results.suppressed:
        yield "<h2>Suppressed</h2>\n<ul>\n"
        for finding, reason, *_ in results.suppressed:
            yield f"<li>{_line(finding)}: {markup(reason)}</li>\n"
        yield "</ul>\n"
    if results.baselined:
        yield "<h2>In the baseline</h2>\n<ul>\n"
        yield from _list(results.baselined)
        yield "</ul>\n"


def _list(findings: Iterable[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"<li>{_line(finding)}: {markup_words(finding.message)}</li>\n"


def _line(finding: Finding) -> str:
    style = "error" if finding.severity is Severity.ERROR else "warning"
    where = markup(location(finding.span.path, *finding.span.start))
    return f'<span class="{style}">{markup(finding.rule)}</span> <code>{where}</code>'
