"""What a report says, gathered from the store once, as plain data."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from palint.fleet.store import StoreError, rows
from palint.util.typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]

_TREND_RUNS = 30  # runs that a chart shows
_OLDEST_COUNT = 30  # findings in the list of the oldest
_ENDING_DAYS = 14  # before its end an exception is named
_SHOWN = 20  # findings of a repository in the page; the store has all


class Summary(NamedTuple):
    """A report's content. Each row is {column: value}.

    before: the run that `changes` compares with; None in the first one. trends: {clause: (run, kept, all)}.
    findings: at most _SHOWN open ones of a repository.
    """

    run: Row
    before: Row | None
    team: str
    clauses: Sequence[Row]
    trends: dict[str, list[tuple[int, int, int]]]
    teams: Sequence[Row]
    repositories: Sequence[Row]
    findings: Sequence[Row]
    oldest: Sequence[Row]
    changes: Sequence[Row]
    ending: Sequence[Row]
    unread: Sequence[Row]
    incidents: Sequence[Row]


def gather(db: DuckDBPyConnection, team: str = "", since: str = "") -> Summary:
    """The newest run, of one team's repositories or all.

    since: an ISO date: changes are those since the last run before it; "" for the previous run.
    Raises StoreError if there is no run or team.
    """
    runs = rows(db, "SELECT * FROM runs ORDER BY run")
    if not runs:
        raise StoreError("the store has no run: `palint fleet check` adds one")
    run = runs[-1]
    earlier = runs[:-1]
    if since:
        try:
            day = datetime.date.fromisoformat(since)
        except ValueError:
            raise StoreError(f"--since {since!r}: write a date such as 2027-01-31") from None
        earlier = [each for each in earlier if each["started"].date() < day] or earlier[:1]
    before = earlier[-1] if earlier else None
    mine = "true" if not team else "team = ?"
    parameters = [team] if team else []
    if team and not rows(db, "SELECT 1 FROM repositories WHERE team = ? LIMIT 1", team):
        raise StoreError(f"no repository of the newest run is of the team {team!r}")
    # Computed once: four lists need it.
    db.execute("CREATE OR REPLACE TEMP TABLE current AS SELECT * FROM findings")

    def of_team(sql: str, *more: object) -> list[Row]:
        return rows(db, sql.format(mine=mine), *parameters, *more)

    trends = of_team(_TRENDS, run["run"] - _TREND_RUNS)
    soon = run["day"] + datetime.timedelta(days=_ENDING_DAYS)
    return Summary(
        run,
        before,
        team,
        of_team(_CLAUSES, run["run"]),
        {
            clause: [
                (each["run"], each["kept"], each["total"]) for each in trends if each["clause"] == clause
            ]
            for clause in dict.fromkeys(each["clause"] for each in trends)
        },
        of_team(_TEAMS),
        of_team(_REPOSITORIES),
        of_team(_FINDINGS, _SHOWN),
        of_team(_OLDEST, _OLDEST_COUNT),
        [] if before is None else changes(db, before["run"], run["run"], team),
        rows(db, "SELECT * FROM exceptions WHERE until <= ?::DATE ORDER BY until, repository, rule", soon),
        of_team(_UNREAD),
        rows(db, "SELECT * FROM incidents WHERE repositories > 1 ORDER BY repositories DESC, value LIMIT 20"),
    )


# {mine}: the condition for one team's repositories.
_TRENDS = """
SELECT clause, run, count_if(state = 'kept') AS kept, count(*) AS total FROM repository_clauses
WHERE {mine} AND run > ? GROUP BY ALL ORDER BY clause, run
"""
_CLAUSES = """
SELECT clause, count_if(state = 'kept') AS kept, count_if(state = 'accepted') AS accepted,
  count_if(state = 'broken') AS broken, count_if(state = 'unknown') AS unknown
FROM repository_clauses WHERE {mine} AND run = ? GROUP BY ALL ORDER BY 1
"""
_COUNTED = """
  SELECT r.*, coalesce(f.errors, 0) AS errors, coalesce(f.warnings, 0) AS warnings,
    r.status IN ('checked', 'empty') AS whole
  FROM coverage r LEFT JOIN (
    SELECT repository, count_if(severity = 'error') AS errors, count_if(severity = 'warning') AS warnings
    FROM current WHERE state = 'open' GROUP BY repository) f USING (repository)
  WHERE r.run = (SELECT max(run) FROM run)
"""
_TEAMS = f"""
SELECT team, count(*) AS repositories, count_if(NOT whole) AS unread, sum(errors)::INTEGER AS errors,
  sum(warnings)::INTEGER AS warnings, count_if(errors = 0 AND whole) AS clean
FROM ({_COUNTED}) WHERE {{mine}} GROUP BY team ORDER BY errors DESC, team
"""
_REPOSITORIES = f"""
SELECT repository, team, tier, status, reason, "commit", errors, warnings
FROM ({_COUNTED}) WHERE {{mine}} ORDER BY errors DESC, warnings DESC, repository
"""
_FINDINGS = """
SELECT repository, team, owner, rule, clause, severity, path, line, message, fix_hint, first_seen
FROM current WHERE state = 'open' AND {mine}
QUALIFY row_number() OVER (PARTITION BY repository ORDER BY severity, path, line, rule) <= ?
ORDER BY repository, severity, path, line, rule
"""
_OLDEST = """
SELECT repository, team, owner, rule, path, line, message, first_seen
FROM current WHERE state = 'open' AND severity = 'error' AND {mine}
ORDER BY first_seen, repository, path, line LIMIT ?
"""
_UNREAD = """
SELECT repository, team, status, reason FROM coverage
WHERE {mine} AND run = (SELECT max(run) FROM run) AND status NOT IN ('checked', 'empty') ORDER BY repository
"""

_CHANGES = """
WITH a AS (SELECT * FROM run_findings WHERE run = ?), b AS (SELECT * FROM run_findings WHERE run = ?)
SELECT coalesce(b.repository, a.repository) AS repository, coalesce(b.team, a.team) AS team,
  coalesce(b.owner, a.owner) AS owner, coalesce(b.rule, a.rule) AS rule,
  coalesce(b.severity, a.severity) AS severity, coalesce(b.path, a.path) AS path,
  coalesce(b.line, a.line) AS line, coalesce(b.message, a.message) AS message,
  CASE
    WHEN b.state = 'open' AND a.finding IS NULL THEN 'new'
    WHEN b.state = 'open' AND a.state <> 'open' THEN 'counts again'
    WHEN a.state = 'open' AND b.state IS NOT NULL AND b.state <> 'open' THEN 'accepted'
    WHEN a.state = 'open' AND b.finding IS NULL AND c.repository IS NULL THEN 'gone'
    WHEN a.state = 'open' AND b.finding IS NULL
      AND (c.status = 'empty' OR (c.status = 'checked' AND list_contains(p.rules, a.rule))) THEN 'fixed'
    WHEN a.state = 'open' AND b.finding IS NULL THEN 'unknown'
  END AS change
FROM a FULL JOIN b ON a.repository = b.repository AND a.finding = b.finding
LEFT JOIN coverage c ON c.run = ? AND c.repository = coalesce(b.repository, a.repository)
LEFT JOIN part p ON p.part = c.part
WHERE change IS NOT NULL AND (? = '' OR coalesce(b.team, a.team) = ?)
ORDER BY list_position(['new', 'counts again', 'unknown', 'accepted', 'gone', 'fixed'], change),
  repository, path, line, rule
"""


def changes(db: DuckDBPyConnection, before: int, after: int, team: str = "") -> list[Row]:
    """The findings that differ between two runs, each with its `change`.

    new; fixed; accepted (by an exception, the baseline or a suppression); counts again (an exception has
    ended); gone (with its repository); unknown (the repository could not be read in full, or the rule no
    longer runs).
    Raises StoreError if there is no such run.
    """
    known = [each["run"] for each in rows(db, "SELECT run FROM run ORDER BY run")]
    for run in (before, after):
        if run not in known:
            raise StoreError(f"there is no run {run}; the store has {', '.join(map(str, known)) or 'none'}")
    return rows(db, _CHANGES, before, after, after, team, team)
