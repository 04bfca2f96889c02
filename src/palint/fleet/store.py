"""The store: what every run saw, in one DuckDB file, with documented views (docs/fleet.md).

One process writes at a time, and a run is one transaction. Findings are stored once for each part, not for
each run: a run's coverage says which part each repository has in it, so an unchanged repository adds one row.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256

from palint.config import FleetException
from palint.findings import PalintError
from palint.fleet import parts
from palint.fleet.repository import Repository
from palint.tree.gitignore import compile_globs
from palint.util.typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

VERSION = 1
_PARTS_AT_ONCE = 1000  # whose rows are inserted together: one at a time takes 10 ms each
_OF_REPOSITORY = ("address", "team", "tier", "branch", "forge")
READ = ("checked", "empty")  # the statuses of repositories of which everything was checked


class StoreError(PalintError):
    """A store that cannot be used; the message names it and says what to do."""


class Covered(NamedTuple):
    """What became of one repository in a run. reason: why it has no part. reused: not checked again."""

    repository: Repository
    commit: str = ""
    part: str = ""
    reason: str = ""
    reused: bool = False
    seconds: float = 0.0


class Run(NamedTuple):
    """A run, or one shard of it. started, finished: since the epoch. missing: shards that have not ended."""

    started: float
    finished: float
    palint: str
    policy: str
    keyed: bool
    covered: Sequence[Covered]
    missing: Sequence[str] = ()


@contextmanager
def opened(
    file: str, *, write: bool = False, today: datetime.date | None = None
) -> Iterator[DuckDBPyConnection]:
    """The store, made if absent and `write`. Raises StoreError, also for an error of the database meanwhile.

    today: the day for which exceptions count; None for the current one in UTC.
    """
    import duckdb

    if not write and not os.path.exists(file):
        raise StoreError(f"{file}: there is no store: run `palint fleet check` first, or pass --store")
    if os.path.exists(file) and not os.path.isfile(file):
        raise StoreError(f"{file}: not a regular file: pass another --store")
    before = os.umask(0o077)  # the file, its journal and its temporary files are the user's alone
    try:
        connection = duckdb.connect(file, read_only=not write)
    except duckdb.Error as error:
        raise StoreError(f"{file}: {_why_closed(error)}") from None
    finally:
        os.umask(before)
    try:
        connection.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        connection.execute(
            "SET VARIABLE today = ?::DATE", [today or datetime.datetime.now(datetime.timezone.utc).date()]
        )
        _check_version(connection, file, write)
        yield connection
    except duckdb.Error as error:
        reason = str(error).partition("\n\n")[0].replace("\n", " ")  # with the names that are meant
        raise StoreError(f"{file}: {reason}") from None
    finally:
        connection.close()


def _why_closed(error: Exception) -> str:
    text = str(error)
    if "Could not set lock" in text:
        return "another process uses the store: wait until it has ended"
    if "not a valid DuckDB" in text:
        return "not a store of this version of DuckDB: pass another --store, or update palint[fleet]"
    return text.splitlines()[0]


def _check_version(connection: DuckDBPyConnection, file: str, write: bool) -> None:
    """Make the tables of a new store, and its views. Raises StoreError for what is no store of VERSION."""
    tables = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    stored = VERSION
    if "meta" in tables:
        ((stored, rows),) = connection.execute("SELECT min(version), count(*) FROM meta").fetchall()
        is_store = rows == 1 and isinstance(stored, int) and stored > 0
    else:
        is_store = write and not tables
    if not is_store:
        raise StoreError(f"{file}: a database, but not a store of palint: pass another --store")
    if stored > VERSION:
        raise StoreError(
            f"{file}: a store of version {stored}, and this palint reads {VERSION}: update palint"
        )
    if not write:
        return
    connection.execute("BEGIN")
    if "meta" not in tables:
        connection.execute(_beside("tables.sql").format(columns=_columns()))
        connection.execute("INSERT INTO meta VALUES (?)", [VERSION])
    connection.execute(_beside("views.sql"))
    connection.execute("COMMIT")


def _beside(name: str) -> str:
    """The text of a file in this package."""
    with open(os.path.join(os.path.dirname(__file__), name), encoding="utf-8") as file:
        return file.read()


def _columns() -> str:
    numbers = dict.fromkeys(("line", "column", "end_line", "end_column"), "INTEGER")
    kinds = {**numbers, "at_head": "BOOLEAN"}
    return ", ".join(f'"{name}" {kinds.get(name, "VARCHAR")}' for name in parts.FindingRow._fields)


def merge(
    file: str, folders: Sequence[parts.Folder], run: Run, exceptions: Sequence[FleetException]
) -> tuple[int, list[tuple[str, str]]]:
    """Add a run to the store in one transaction: (its number, the repositories not read in full and why).

    A run that the store has already is not added again. Raises StoreError, OSError.
    """
    digest = sha256(
        json.dumps([run.started, run.palint, run.policy, sorted(map(repr, run.covered))]).encode()
    ).hexdigest()
    with opened(file, write=True) as db:
        known = db.execute("SELECT run FROM run WHERE digest = ?", [digest]).fetchone()
        if known:
            return int(known[0]), _not_read(db, known[0])
        db.execute("BEGIN")
        covered = _with_parts(db, folders, run.covered)
        ((number,),) = db.execute("SELECT coalesce(max(run), 0) + 1 FROM run").fetchall()
        incomplete = {part: (count, first) for part, count, first in db.execute(
            "SELECT part, count(*), min(if(path = '', '', path || ': ') || message) FROM notice "
            "WHERE NOT complete GROUP BY part"
        ).fetchall()}  # fmt: skip
        rows = [_coverage(number, each, incomplete) for each in covered]
        rows += [_missing(number, shard) for shard in run.missing]
        complete = all(row["status"] in READ for row in rows)
        times = _utc(run.started), _utc(run.finished)
        about = [number, *times, run.palint, digest, run.policy, run.keyed, complete]
        db.execute("INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?)", about)
        _insert(db, "coverage", rows)
        _except(db, number, exceptions)
        db.execute("COMMIT")
        return int(number), _not_read(db, number)


def _not_read(db: DuckDBPyConnection, number: int) -> list[tuple[str, str]]:
    """(repository, reason) of those that a run has not read in full."""
    sql = f"SELECT repository, reason FROM coverage WHERE run = ? AND status NOT IN {READ}"
    return db.execute(f"{sql} ORDER BY repository", [number]).fetchall()


def _with_parts(
    db: DuckDBPyConnection, folders: Sequence[parts.Folder], covered: Sequence[Covered]
) -> list[Covered]:
    """Add the parts that the store does not have, many at a time; one that cannot be read is a reason."""
    known = {part for (part,) in db.execute("SELECT part FROM part").fetchall()}
    made, new = [], []
    for each in covered:
        if each.part and each.part not in known:
            known.add(each.part)
            try:
                new.append((each.part, *parts.unpack(parts.read(folders, each.part))))
            except (OSError, ValueError) as error:
                again = "the next run makes it again"
                if isinstance(error, ValueError) and not parts.discard(folders, each.part):
                    again = f"delete {each.part}"
                each = each._replace(part="", reason=f"its part cannot be read: {error}: {again}")
        made.append(each)
        if len(new) == _PARTS_AT_ONCE:
            _add(db, new)
            new = []
    _add(db, new)
    return made


def _add(db: DuckDBPyConnection, new: Sequence[tuple[str, Mapping[str, Any], Any]]) -> None:
    """Insert parts: (name, what is true of the repository as a whole, the table of findings)."""
    one = ("repository", "commit", "palint", "files", "rules", "clauses")
    _insert(db, "part", [{"part": name, **{key: about[key] for key in one}} for name, about, _ in new])
    for table, key, columns in (
        ("notice", "notices", ("path", "kind", "message", "complete")),
        ("link", "links", ("workflow", "job", "trigger", "role", "path", "line", "secret", "kind")),
    ):
        rows = [(name, row) for name, about, _ in new for row in about[key]]
        _insert(db, table, [{"part": name, **dict(zip(columns, row, strict=True))} for name, row in rows])
    found = [(name, table) for name, _, table in new if table.num_rows]
    if found:
        import pyarrow as pa

        incoming = pa.concat_tables(table for _, table in found)
        names = pa.array([name for name, table in found for _ in range(table.num_rows)])
        db.register("incoming", incoming.append_column("part", names))
        db.execute("INSERT INTO finding BY NAME SELECT * FROM incoming")
        db.unregister("incoming")


def _coverage(number: int, each: Covered, incomplete: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    """A row of the table. incomplete: {part: (how many notices of what was not checked, one of them)}."""
    repository, status, reason = each.repository, "checked", each.reason
    if not each.part:
        status = "unreadable" if reason else "empty"
    elif each.part in incomplete:
        count, first = incomplete[each.part]
        status, reason = "incomplete", first + (f", and {count - 1} more (`skipped`)" if count > 1 else "")
    own = {"repository": repository.name, **{k: getattr(repository, k) for k in _OF_REPOSITORY}}
    row = {"commit": each.commit, "part": each.part or None, "status": status, "reason": reason}
    return {**own, **row, "run": number, "reused": each.reused, "seconds": each.seconds}


def _utc(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)


def _missing(number: int, shard: str) -> dict[str, Any]:
    return {"run": number, "repository": shard, "status": "unreadable", "reason": "this shard has not ended"}


def _except(db: DuckDBPyConnection, run: int, exceptions: Sequence[FleetException]) -> None:
    """Note which findings of a run each exception covers, whether or not it has ended."""
    rows, matched = [], []
    for number, each in enumerate(exceptions):
        rows.append({
            "run": run, "number": number, "repository": each.repository, "rule": each.rule, "path": each.path,
            "reason": each.reason, "owner": each.owner, "until": datetime.date.fromisoformat(each.until),
        })  # fmt: skip
        repository, path = compile_globs([f"/{each.repository}"]), compile_globs([each.path])
        found = db.execute(
            "SELECT c.repository, f.part, f.finding, f.path FROM coverage c JOIN finding f USING (part) "
            "WHERE c.run = ? AND f.rule = ? AND f.state = 'open'",
            [run, each.rule],
        ).fetchall()
        matched += [
            {"run": run, "part": part, "finding": finding, "number": number}
            for name, part, finding, place in found
            if repository(name) and path(place)
        ]
    _insert(db, "exception", rows)
    _insert(db, "excepted", matched)


def _insert(db: DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, which may lack columns."""
    if rows:
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = ", ".join(f'unnest(?) AS "{name}"' for name in names)
        values = [[parts.utf8(row.get(name)) for row in rows] for name in names]
        db.execute(f"INSERT INTO {table} BY NAME SELECT {columns}", values)


def query(file: str, sql: str) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """(the names of the columns, the rows) of a query, which can read the store only. Raises StoreError."""
    with opened(file) as db:
        db.execute("SET enable_external_access = false; SET lock_configuration = true")
        return table(db, sql)


def table(db: DuckDBPyConnection, sql: str, *values: object) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """(the names of the columns, the rows) of a query. Raises StoreError for an empty one."""
    cursor: Any = db.execute(sql, list(values))
    if cursor is None:
        raise StoreError("the query is empty")
    return [column[0] for column in cursor.description], cursor.fetchall()


def rows(db: DuckDBPyConnection, sql: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a query, each {column: value}."""
    names, found = table(db, sql, *values)
    return [dict(zip(names, row, strict=True)) for row in found]
