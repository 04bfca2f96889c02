"""Which repository, workflow, trigger and role reaches which secret, from the links of the newest run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from palint.fleet.store import rows
from palint.fleet.summary import Row
from palint.report.escape import markup
from palint.util.typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LINKS = """
SELECT c.repository, c.team, l.workflow, l.job, l.trigger, l.role, l.path, l.line, l.secret, l.kind
FROM coverage c JOIN link l USING (part) WHERE c.run = (SELECT max(run) FROM run) ORDER BY ALL
"""
_COLUMN, _ROW, _TEXT = 330, 26, 46  # of the picture, in its units; characters of a label

_STYLE = """<style>
text { fill: #1f2328; font: 12px system-ui; }
path { stroke: #8c959f; fill: none; opacity: .6; }
rect { fill: #fff; }
.unread { fill: #cf222e; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  rect { fill: #0d1117; }
  .unread { fill: #ff7b72; }
}
</style>"""


class Graph(NamedTuple):
    """links: rows. unread: secrets that are created and read nowhere. crowded: (role, its repositories)."""

    links: Sequence[Row]
    unread: Sequence[str]
    crowded: Sequence[tuple[str, int]]


def gather(db: DuckDBPyConnection, most: int) -> Graph:
    """The links of the newest run. most: repositories that may use one role before it is named."""
    links = rows(db, _LINKS)
    reads = {link["secret"] for link in links if link["kind"] == "reads"}
    creates = {link["secret"] for link in links if link["kind"] == "creates"}
    using: dict[str, set[str]] = defaultdict(set)
    for link in links:
        if link["role"]:
            using[link["role"]].add(link["repository"])
    crowded = sorted(
        ((role, len(names)) for role, names in using.items() if len(names) > most), key=lambda x: -x[1]
    )
    return Graph(links, sorted(creates - reads), crowded)


def write_text(graph: Graph, out: TextIO) -> None:
    """Write a line for each link, then what is unusual."""
    from palint.report.escape import terminal

    def lines() -> Iterator[str]:
        for link in graph.links:
            job = (
                f"{link['workflow']} {link['job']} ({link['trigger']})"
                if link["job"]
                else f"{link['path']}:{link['line']}"
            )
            words = [
                link["repository"],
                job,
                link["role"],
                link["secret"] and f"{link['kind']} {link['secret']}",
            ]
            yield " -> ".join(filter(None, words))
        yield from (f"created, but read nowhere: {secret}" for secret in graph.unread)
        yield from (f"{count} repositories assume {role}" for role, count in graph.crowded)

    out.writelines(f"{terminal(line)}\n" for line in lines())


def write_svg(graph: Graph, out: TextIO) -> None:
    """Write a picture of four columns: repositories, jobs with their triggers, roles, secrets."""
    columns: list[dict[str, int]] = [{}, {}, {}, {}]
    edges: dict[tuple[int, str, int, str], None] = {}
    for link in graph.links:
        job = f"{link['repository']} {link['workflow'].rpartition('/')[2]}:{link['job']} ({link['trigger']})"
        way = [
            (0, link["repository"]),
            (1, job if link["job"] else ""),
            (2, link["role"]),
            (3, link["secret"]),
        ]
        nodes = [(column, name) for column, name in way if name]
        for column, name in nodes:
            columns[column].setdefault(name, len(columns[column]))
        edges.update(((*one, *other), None) for one, other in pairwise(nodes))
    out.writelines(_svg(columns, edges, frozenset(graph.unread)))


def _svg(
    columns: Sequence[dict[str, int]], edges: Iterable[tuple[int, str, int, str]], unread: frozenset[str]
) -> Iterator[str]:
    height = _ROW * (max(map(len, columns)) + 2)
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {4 * _COLUMN} {height}">{_STYLE}\n'
    yield f'<rect width="{4 * _COLUMN}" height="{height}"/>\n'
    for number, title in enumerate(("repository", "job (triggers)", "role", "secret")):
        yield f'<text x="{number * _COLUMN + 10}" y="18" style="font-weight: 600">{title}</text>\n'
    for one, start, other, end in edges:
        left, right = one * _COLUMN + 290, other * _COLUMN + 6
        y, end_y = ((columns[column][name] + 2) * _ROW - 4 for column, name in ((one, start), (other, end)))
        yield f'<path d="M{left},{y} C{left + 30},{y} {right - 30},{end_y} {right},{end_y}"/>\n'
    for number, column in enumerate(columns):
        for name, row in column.items():
            style = ' class="unread"' if number == 3 and name in unread else ""
            label = name if len(name) <= _TEXT else f"{name[: _TEXT - 1]}…"
            position = f'x="{number * _COLUMN + 10}" y="{(row + 2) * _ROW}"'
            yield f"<text {position}{style}><title>{markup(name)}</title>{markup(label)}</text>\n"
    yield "</svg>\n"
