"""The report as one HTML page that loads nothing and runs no script; its charts are drawn here."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from palint.fleet.summary import Row, Summary
from palint.report.escape import markup, markup_words
from palint.rule import Clause
from palint.util.typing import TextIO

_MAX_CHANGES = 200  # on the page; `palint fleet diff` lists all
_MAX_ROWS = 300  # of repositories in the table; the others are in the list below it
_WIDTH, _HEIGHT = 300, 48  # of a chart, in its own units


def write(summary: Summary, out: TextIO) -> None:
    """Write the page."""
    out.writelines(f"{line}\n" for line in _page(summary))


def _page(summary: Summary) -> Iterator[str]:
    run = summary.run
    title = f"Secrets standard: {summary.team}" if summary.team else "Secrets standard"
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    with open(os.path.join(os.path.dirname(__file__), "page.css"), encoding="utf-8") as file:
        yield f"<title>{markup(title)}</title><style>{file.read()}</style></head><body><main>"
    whole = "everything was checked" if run["complete"] else f"{len(summary.unread):,} not checked in full"
    yield f"<h1>{markup(title)}</h1>"
    yield (
        f'<p class="soft">Run {run["run"]}, {run["started"]:%Y-%m-%d %H:%M} UTC, palint '
        f"{markup(run['palint'])}: "
        f"{_count(len(summary.repositories), 'repository', 'repositories')}, "
        f'<span class="{"clean" if run["complete"] else "error"}">{whole}</span></p>'
    )
    sections = [(name, list(lines)) for name, lines in _sections(summary)]
    yield '<nav aria-label="Sections"><ul>'
    yield from (
        f'<li><a href="#s{number}">{markup(name)}</a></li>' for number, (name, _) in enumerate(sections)
    )
    yield "</ul></nav>"
    yield '<div class="cards">'
    yield from (_card(row, summary.trends.get(row["clause"], [])) for row in summary.clauses)
    yield "</div>"
    yield '<p class="soft">A clause is kept where no error is open: warnings do not count.</p>'
    yield '<p class="soft">Only what is committed is seen: C1 does not count files that git ignores.</p>'
    for number, (name, lines) in enumerate(sections):
        yield f'<section aria-labelledby="s{number}"><h2 id="s{number}">{markup(name)}</h2>'
        yield from lines
        yield "</section>"
    yield "</main></body></html>"


def _sections(summary: Summary) -> Iterator[tuple[str, Iterable[str]]]:
    numbers = {row["repository"]: number for number, row in enumerate(summary.repositories)}

    def link(row: Row) -> str:
        name = row["repository"]
        return f'<a href="#r{numbers[name]}">{markup(name)}</a>' if name in numbers else markup(name)

    if summary.unread:
        columns: dict[str, Column] = {"repository": link, "team": _text("team"), "reason": _text("reason")}
        yield "Not checked in full", _table(summary.unread, columns)
    if summary.before is not None:
        since = f"{summary.before['run']} ({summary.before['started']:%Y-%m-%d})"
        yield f"Changed since run {since}", _changes(summary, link)
    if summary.ending:
        texts = {key: _text(key) for key in ("repository", "rule", "owner", "reason")}
        columns = {"until": _ends, **texts, "findings": _number("findings")}
        yield "Exceptions that end", _table(summary.ending, columns)
    if not summary.team:
        columns = {
            "team": lambda row: markup(row["team"] or "(no team)"),
            "repositories": _number("repositories"),
            "without errors": _number("clean"),
            "errors": _number("errors"),
            "warnings": _number("warnings"),
            "not read": _number("unread"),
        }
        yield "Teams", _table(summary.teams, columns)
    if summary.incidents:
        columns = {
            "secret": lambda row: f"<code>{row['value'][:12]}</code>",
            "repositories": _number("repositories"),
            "places": _number("findings"),
            "first seen": _first_seen,
        }
        yield "One secret in several repositories", _table(summary.incidents, columns)
    columns = {"first seen": _first_seen, "repository": link, **_FINDING}
    yield "Oldest open errors", _table(summary.oldest, columns)
    yield "Repositories", _repositories(summary, link)


def _ends(row: Row) -> str:
    style, word = ("error", " (ended)") if row["ended"] else ("warning", "")
    return f'<span class="{style}">{row["until"]}{word}</span>'


def _changes(summary: Summary, link: Column) -> Iterator[str]:
    counts: dict[str, int] = defaultdict(int)
    for row in summary.changes:
        counts[row["change"]] += 1
    words = ", ".join(f"{number:,} {change}" for change, number in counts.items())
    yield f"<p>{words or 'Nothing changed.'}</p>"
    if summary.changes:
        columns = {"change": _change, "repository": link, **_FINDING}
        yield from _table(summary.changes[:_MAX_CHANGES], columns)
    if len(summary.changes) > _MAX_CHANGES:
        hidden = len(summary.changes) - _MAX_CHANGES
        yield f'<p class="soft">and {hidden:,} more: <code>palint fleet diff</code></p>'


_COLORS = {
    "new": "error", "counts again": "error", "fixed": "clean", "accepted": "warning", "unknown": "warning",
}  # fmt: skip


def _change(row: Row) -> str:
    return f'<span class="{_COLORS.get(row["change"], "soft")}">{row["change"]}</span>'


def _repositories(summary: Summary, link: Column) -> Iterator[str]:
    counts = {key: _number(key) for key in ("errors", "warnings")}
    columns = {"repository": link, "team": _text("team"), **counts, "status": _text("status")}
    yield from _table(summary.repositories[:_MAX_ROWS], columns)
    by_repository = defaultdict(list)
    for row in summary.findings:
        by_repository[row["repository"]].append(row)
    yield "<h2>Findings</h2>"
    for number, row in enumerate(summary.repositories):
        name = row["repository"]
        yield f"<details><summary>{markup(name)}: {_totals(row)}</summary>"
        about = " ".join(filter(None, (row["commit"], row["reason"])))
        yield f'<p id="r{number}" class="soft">{markup(about)}</p><ul>'
        findings = by_repository[name]
        for finding in findings:
            severity = finding["severity"]
            since = f"since {_first_seen(finding)}"
            facts = filter(None, (finding["rule"], finding["clause"], since, finding["owner"]))
            yield f'<li><span class="{severity}">{severity}</span> {markup_words(finding["message"])}'
            yield f'<br>{_place(finding)} <span class="soft">{markup(", ".join(facts))}</span>'
            yield f"<pre>{_markup_lines(finding['fix_hint'])}</pre></li>"
        hidden = row["errors"] + row["warnings"] - len(findings)
        yield f"</ul>{f'<p>and {hidden:,} more in the store</p>' if hidden else ''}</details>"


def _markup_lines(text: str) -> str:
    """Text of several lines as the content of an element."""
    return "\n".join(map(markup, text.split("\n")))


def _totals(row: Row) -> str:
    parts = [
        f'<span class="{kind}">{_count(row[kind + "s"], kind)}</span>'
        for kind in ("error", "warning")
        if row[kind + "s"]
    ]
    if row["status"] not in ("checked", "empty"):
        parts.append(f'<span class="error">{row["status"]}</span>')
    return ", ".join(parts) or '<span class="clean">nothing found</span>'


def _card(row: Row, trend: Sequence[tuple[int, int, int]]) -> str:
    clause = next(each for each in Clause if each.label == row["clause"])
    total = sum(row[state] for state in ("kept", "accepted", "broken", "unknown"))
    words = ", ".join(
        f"{row[state]:,} {state}" for state in ("kept", "accepted", "broken", "unknown") if row[state]
    )
    bar = "".join(
        f'<i class="{state}" style="width:{100 * row[state] / total:.2f}%"></i>'
        for state in ("kept", "accepted", "broken")
    )
    return (
        f'<div class="card"><b>{clause.label}</b> {markup(clause.sentence)}'
        f'<p class="share">{100 * row["kept"] / total:.0f} %</p>'
        f'<div class="bar" aria-hidden="true">{bar}</div>'
        f'<p class="soft">{words}</p>{chart(trend, f"{clause.label} kept")}</div>'
    )


def chart(trend: Sequence[tuple[int, int, int]], name: str) -> str:
    """A line chart of shares over runs with a title for screen readers; "" for fewer than two runs.

    trend: (run, kept, all) of each run.
    """
    if len(trend) < 2:
        return ""
    shares = [kept / total for _, kept, total in trend]
    step = _WIDTH / (len(shares) - 1)
    points = " ".join(
        f"{index * step:.1f},{(1 - share) * (_HEIGHT - 4) + 2:.1f}" for index, share in enumerate(shares)
    )
    first, last = (f"{100 * shares[at]:.0f} % in run {trend[at][0]}" for at in (0, -1))
    line = 'fill="none" stroke="currentColor" stroke-width="2" vector-effect="non-scaling-stroke"'
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none" role="img">'
        f'<title>{markup(f"{name}: {first}, {last}")}</title><polyline points="{points}" {line}/></svg>'
    )


Column = Callable[[Row], str]  # the HTML of a row's cell


_NUMBERS = frozenset(  # names of columns
    ("repositories", "without errors", "errors", "warnings", "not read", "places", "findings")
)


def _text(key: str) -> Column:
    return lambda row: markup(row[key] or "")


def _number(key: str) -> Column:
    return lambda row: f"{row[key]:,}"


def _table(rows: Iterable[Row], columns: Mapping[str, Column]) -> Iterator[str]:
    """A table. columns: by the names in its head."""
    kinds = [' class="number"' if name in _NUMBERS else "" for name in columns]
    yield '<div class="scroll" tabindex="0"><table><thead><tr>'
    yield "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in zip(columns, kinds, strict=True))
    yield "</tr></thead><tbody>"
    for row in rows:
        cells = (f"<td{kind}>{cell(row)}</td>" for cell, kind in zip(columns.values(), kinds, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody></table></div>"


def _place(row: Row) -> str:
    return f"<code>{markup(row['path'])}:{row['line']}</code>"


def _first_seen(row: Row) -> str:
    return f"{row['first_seen']:%Y-%m-%d}"


_FINDING: Mapping[str, Column] = {
    "place": _place, "finding": lambda row: markup_words(row["message"]), "owner": _text("owner"),
}  # fmt: skip


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
