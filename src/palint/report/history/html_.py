"""The history as one page: for each secret a bar from its first to its last commit, on an axis of years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone

from palint.advice import in_history
from palint.history.results import CommitInfo, HistoryResults, HistorySecret
from palint.report import Format
from palint.report.escape import markup, markup_words
from palint.report.history.wording import (
    day,
    extent,
    fix,
    lifetime,
    read_line,
    repository_uri,
    summary_lines,
)
from palint.report.summary import confidence_mark, notice_line
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()

_MAX_TICKS = 12
_STYLE = """
:root{--ink:#1b1f24;--faint:#5b6572;--line:#d6dbe1;--page:#fff;--band:#f5f7f9;--live:#b3261e;--gone:#7a8695}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--faint:#9aa5b1;--line:#363d46;--page:#14171b;
--band:#1b2026;--live:#ff7b72;--gone:#6f7b88}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1.5rem;max-width:78rem;background:var(--page);color:var(--ink);
font:15px/1.45 system-ui,sans-serif}
h1{font-size:1.35rem;margin:0 0 .25rem}p{margin:.25rem 0}.faint{color:var(--faint)}
code{font:.92em ui-monospace,monospace;overflow-wrap:anywhere}
.key span{display:inline-block;width:1.4rem;height:.6rem;border-radius:3px;margin:0 .35rem 0 0}
.key b{font-weight:400;margin-right:1.2rem}
.live{background:var(--live)}.gone{background:var(--gone)}
.axis,.row>summary{display:grid;grid-template-columns:minmax(14rem,24rem) 1fr;gap:1rem}
.axis{position:sticky;top:0;background:var(--page);border-bottom:1px solid var(--line);margin-top:1rem;
padding:.3rem .5rem .3rem 1.4rem;z-index:1}
.years,.track{position:relative;min-height:1.4rem}
.years span{position:absolute;transform:translateX(-50%);font-size:.8rem;color:var(--faint)}
.row{border-bottom:1px solid var(--line)}.row>summary{padding:.45rem .5rem;cursor:pointer;align-items:center;
list-style:none}
.row>summary::before{content:"\\25B8";position:absolute;margin-left:-.9rem;color:var(--faint)}
.row[open]>summary::before{content:"\\25BE"}.row>summary{margin-left:.9rem}
.row:nth-of-type(even){background:var(--band)}.row>summary:focus-visible{outline:2px solid var(--live)}
.track i{position:absolute;width:1px;top:-.45rem;bottom:-.45rem;background:var(--line)}
.bar{position:absolute;top:.35rem;height:.7rem;min-width:6px;border-radius:4px}
.what small{display:block;color:var(--faint);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.2rem 1.4rem 1rem}
dt{color:var(--faint)}dd{margin:0}pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@media (max-width:46rem){.axis,.row>summary{grid-template-columns:1fr}.years{display:none}}
"""


def write(results: HistoryResults, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one page that loads nothing and runs no script."""
    out.writelines(f"{line}\n" for line in _page(results, rules))


def _page(results: HistoryResults, rules: Mapping[str, type[Rule]]) -> Iterator[str]:
    title = f"Secrets in the history of {repository_uri(results.origin, results.root).rpartition('/')[2]}"
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">'
    yield f"<title>{markup(title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{markup(title)}</h1>"
    for line in summary_lines(results):
        yield f"<p>{markup(line)}</p>"
    yield f'<p class="faint">{markup(read_line(results))}</p>'
    if results.secrets:
        yield f"<p>Rotate each of them: everyone with a clone has it. {in_history.NOT_A_REPLACEMENT}</p>"
        yield (
            '<p class="key"><span class="live"></span><b>still at HEAD</b>'
            '<span class="gone"></span><b>not at HEAD</b></p>'
        )
        yield from _timeline(results.secrets, rules)
    notes = [n for n in results.notices if not n.complete]
    if notes:
        yield "<h2>Not checked</h2><ul>"
        for note in notes:
            yield f"<li>{markup(notice_line(note))}</li>"
        yield "</ul>"
    yield "</body></html>"


def _timeline(secrets: Sequence[HistorySecret], rules: Mapping[str, type[Rule]]) -> Iterator[str]:
    times = [_time(commit) for secret in secrets for commit in (secret.first, secret.last)]
    scale = _Scale(min(times), max(times))
    years = "".join(f'<span style="left:{x:.2f}%">{year}</span>' for year, x in scale.ticks)
    yield f'<div class="axis"><div class="faint">secret</div><div class="years">{years}</div></div>'
    lines = "".join(f'<i style="left:{x:.2f}%"></i>' for _, x in scale.ticks)
    for secret in secrets:
        yield _row(secret, scale, lines, rules)


class _Scale:
    """Convert times to per cent of the track's width. ticks: (year, per cent)."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self._start = start
        self._width = max((end - start).total_seconds(), 1.0)
        years = range(start.year + 1, end.year + 1)
        step = max(1, -(-len(years) // _MAX_TICKS))
        january = [(year, datetime(year, 1, 1, tzinfo=timezone.utc)) for year in years[::step]]
        self.ticks = [(year, self.per_cent(time)) for year, time in january]

    def per_cent(self, time: datetime) -> float:
        """The position of a time, from 0 to 100."""
        return 100 * (time - self._start).total_seconds() / self._width


def _time(commit: CommitInfo) -> datetime:
    """The time of a commit; 1970 if its date is invalid (git accepts any number)."""
    try:
        date = datetime.fromisoformat(commit.date.replace("Z", "+00:00"))
        return date.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return datetime(1970, 1, 1, tzinfo=timezone.utc)


def _row(secret: HistorySecret, scale: _Scale, lines: str, rules: Mapping[str, type[Rule]]) -> str:
    finding = secret.finding
    left, right = sorted(scale.per_cent(_time(commit)) for commit in (secret.first, secret.last))
    state = "live" if secret.at_head else "gone"
    bar = f'<span class="bar {state}" style="left:{min(left, 99):.2f}%;width:{right - left:.2f}%"></span>'
    where = f"{finding.span.path}:{finding.span.start.line}"
    url = rules[finding.rule].url()
    rule = f'<a href="{markup(url)}">{markup(finding.rule)}</a>' if url else markup(finding.rule)
    text = [line.text for line in finding.excerpt if line.number == finding.span.start.line]
    entries = [
        ("first", _commit(secret.first)),
        ("last", "still at HEAD" if secret.at_head else _commit(secret.last)),
        ("where", markup_words(extent(secret))),
        ("rule", f"{rule} ({finding.severity.label})"),
        ("fix", markup_words(fix(secret))),
    ]
    if text:
        entries.insert(3, ("line", f"<pre><code>{markup(text[0])}</code></pre>"))
    details = "".join(f"<dt>{name}</dt><dd>{content}</dd>" for name, content in entries)
    what = markup_words(finding.message + confidence_mark(finding))
    return (
        f'<details class="row"><summary><div class="what">{what}'
        f'<small>{markup(where)}</small></div><div class="track" title="{markup(lifetime(secret))}">'
        f"{lines}{bar}</div></summary><dl>{details}</dl></details>"
    )


def _commit(commit: CommitInfo) -> str:
    return f"<code>{commit.commit[:9]}</code> {markup(day(commit.date))} {markup(commit.author)}"
