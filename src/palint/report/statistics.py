"""Statistics of findings: counts by rule, clause and folder, and the files with the most findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from palint.findings import Finding
from palint.report.escape import escape_controls
from palint.report.summary import ungrouped
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.rule import Rule

_FOLDERS = 10  # folders that are listed
_FILES = 5  # files that are listed


def lines(findings: Iterable[Finding], rules: Mapping[str, type[Rule]]) -> Iterator[str]:
    """Yield the lines of the tables; none without findings."""
    singles = list(ungrouped(findings))
    if not singles:
        return
    yield from _table("by rule", Counter(f.rule for f in singles), {f.rule: f.clause for f in singles})
    sentences = {rule.clause.label: rule.clause.sentence for rule in rules.values()}
    yield from _table("by clause", Counter(f.clause for f in singles), sentences)
    yield from _table("by folder", Counter(_folder(f.span.path) for f in singles), {}, _FOLDERS)
    yield from _table("files with most findings", Counter(f.span.path for f in singles), {}, _FILES)


def _table(title: str, counts: Counter[str], notes: Mapping[str, str], most: int = 0) -> Iterator[str]:
    """A title, then a row for each name, most findings first: count, name, note."""
    yield f"{title}:"
    rows = sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    shown = rows[:most] if most else rows
    width = max(len(name) for name, _ in shown)
    for name, count in shown:
        yield f"{count:7,}  {escape_controls(name):{width}}  {notes.get(name, '')}".rstrip()
    if len(rows) > len(shown):
        rest = sum(count for _, count in rows[len(shown) :])
        yield f"{rest:7,}  in {len(rows) - len(shown):,} more"


def _folder(path: str) -> str:
    """The first two folders of a path, with a slash; `./` for a file in the root."""
    folders = path.split("/")[:-1][:2]
    return "/".join(folders) + "/" if folders else "./"
