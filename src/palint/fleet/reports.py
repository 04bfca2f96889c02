"""The store as JSON, CSV, Markdown for a message, and SARIF for each repository."""

from __future__ import annotations

import csv
import datetime
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256

from palint.findings import Confidence, Finding, Position, Results, Severity, Span, Suppressed
from palint.fleet.summary import Row, Summary
from palint.report import sarif
from palint.report.escape import json_text, markdown_code, terminal
from palint.report.escape import markdown as escaped
from palint.rule import Rule
from palint.util import atomic_file
from palint.util.typing import Any, TextIO

JSON_VERSION = 1
_MAX_LINES = 20  # of one kind in a message
_COMPUTED = "=+-@＝＋－＠"  # what starts a formula


def plain(value: object) -> object:
    """A value as JSON has it: dates and times in ISO 8601 (UTC)."""
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="seconds") + "Z"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def write_json(summary: Summary, out: TextIO) -> None:
    """Write everything that the page has, as one object."""
    write_data({"version": JSON_VERSION, **summary._asdict()}, out)


def write_data(value: object, out: TextIO) -> None:
    """Write plain data as JSON."""
    out.write(json_text(json.dumps(value, default=plain, indent=1)) + "\n")


def write_csv(names: Sequence[str], rows: Iterable[Sequence[Any]], out: TextIO) -> None:
    """Write rows; a text that a spreadsheet would compute gets an apostrophe, and none commands a terminal.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: object) -> object:
    if isinstance(value, str):
        first = value.lstrip()[:1]
        value = "\n".join(map(terminal, value.split("\n")))
        return f"'{value}" if first and first in _COMPUTED else value
    return value if value is None or isinstance(value, (int, float)) else plain(value)


def write_markdown(summary: Summary, out: TextIO) -> None:
    """Write a message that says what changed and what is due, by team."""
    out.writelines(f"{line}\n" for line in _message(summary))


def _message(summary: Summary) -> Iterator[str]:
    run = summary.run
    shares = (f"{row['clause']} {row['kept']} of {_total(row)}" for row in summary.clauses)
    yield f"**palint, {run['started']:%Y-%m-%d}**: {', '.join(shares)} repositories without an open error"
    by_team: dict[str, list[Row]] = defaultdict(list)
    for row in summary.changes:
        by_team[row["team"] or ""].append(row)
    for team, rows in sorted(by_team.items()):
        yield f"\n### {escaped(team or 'No team')}\n"
        for change in ("new", "counts again", "fixed", "accepted", "gone", "unknown"):
            changed = [row for row in rows if row["change"] == change]
            if changed and change in ("new", "counts again"):
                yield f"{len(changed)} {change}:\n"
                yield from map(_item, changed[:_MAX_LINES])
                if len(changed) > _MAX_LINES:
                    yield f"- and {len(changed) - _MAX_LINES} more"
                yield ""
            elif changed:
                yield f"{len(changed)} {change}\n"
    if not summary.changes:
        yield "\nNothing changed." if summary.before else "\nThe first run."
    if summary.ending:
        yield "\n### Exceptions that end\n"
        for row in summary.ending:
            when = "ended" if row["ended"] else "ends"
            whose = f"{escaped(row['rule'])} in {escaped(row['repository'])} ({escaped(row['owner'])})"
            yield f"- {when} {row['until']}: {whose}"
    if summary.unread:
        yield f"\n{len(summary.unread)} repositories were not checked in full:\n"
        yield from (
            f"- {escaped(row['repository'])}: {escaped(row['reason'] or '')}"
            for row in summary.unread[:_MAX_LINES]
        )


def _item(row: Row) -> str:
    where = markdown_code(f"{row['path']}:{row['line']}")
    owner = f" ({escaped(row['owner'])})" if row["owner"] else ""
    return f"- {escaped(row['repository'])} {where}: {escaped(row['message'])}{owner}"


def _total(row: Row) -> int:
    return int(row["kept"] + row["accepted"] + row["broken"] + row["unknown"])


def write_sarif(
    folder: str, repositories: Sequence[str], findings: Sequence[Row], rules: Mapping[str, type[Rule]]
) -> list[str]:
    """Write a SARIF file for each repository into a folder; the paths. Raises OSError."""
    import io

    os.makedirs(folder, exist_ok=True)
    by_repository = defaultdict(list)
    for row in findings:
        by_repository[row["repository"]].append(row)
    paths = []
    for name in repositories:
        rows = by_repository[name]
        out = io.StringIO()
        results = Results(
            "",
            tuple(_finding(row) for row in rows if row["state"] == "open"),
            tuple(Suppressed(_finding(row), row["reason"]) for row in rows if row["state"] != "open"),
            rules=tuple(rules),
        )
        sarif.write(results, rules, out)
        path = os.path.join(folder, f"{file_name(name)}.sarif")
        atomic_file.replace(path, out.getvalue().encode(), atomic_file.default_mode())
        paths.append(path)
    return paths


def file_name(repository: str) -> str:
    """A name for a file about a repository, whatever the repository is called."""
    plain_name = "+".join(re.sub(r"[^A-Za-z0-9._-]+", "-", word).strip(".") for word in repository.split("/"))
    plain_name = plain_name.strip("+")[:80]
    if plain_name == repository.replace("/", "+"):
        return plain_name
    return f"{plain_name}-{sha256(repository.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _finding(row: Row) -> Finding:
    start, end = Position(row["line"], row["column"]), Position(row["end_line"], row["end_column"])
    return Finding(
        row["rule"], row["clause"], Severity[row["severity"].upper()], row["message"], row["fix_hint"],
        Span(row["path"], start, end), row["detector"] or None, why=row["why"],
        confidence=Confidence[row["confidence"].upper()], fingerprint=row["finding"],
    )  # fmt: skip
