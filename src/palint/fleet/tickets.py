"""One issue for each repository of a forge, kept up to date and closed when the repository is clean."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from palint.fleet import forges
from palint.fleet.sources import name_of
from palint.fleet.store import rows
from palint.fleet.summary import Row
from palint.report.escape import markdown, markdown_code
from palint.report.summary import pluralize
from palint.util.typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LABEL = "palint"
TITLE = "Secrets standard: open findings"
_MARK = "<!-- palint fleet tickets -->"  # only an issue with it is ours to change
_MAX_FINDINGS = 50  # in an issue


class Ticket(NamedTuple):
    """What the issue of a repository should say. body: "" for a repository without open errors."""

    repository: str
    kind: str
    path: str
    body: str


class Issue(NamedTuple):
    """An open issue of ours. edit: sets its text. close: closes it."""

    body: str
    edit: Callable[[str], object]
    close: Callable[[], object]


class Action(NamedTuple):
    """What to do. what: "create", "update" or "close". run: does it."""

    repository: str
    what: str
    run: Callable[[], object]


def wanted(db: DuckDBPyConnection, names: Sequence[str]) -> list[Ticket]:
    """The tickets of repositories of a forge that the newest run has checked in full. names: none for all."""
    by_repository: dict[str, list[Row]] = defaultdict(list)
    for row in rows(
        db,
        "SELECT repository, rule, clause, path, line, message, owner, first_seen FROM findings "
        "WHERE state = 'open' AND severity = 'error' ORDER BY clause, path, line, rule",
    ):
        by_repository[row["repository"]].append(row)
    tickets = []
    for row in rows(db, "SELECT repository, address, status FROM repositories ORDER BY repository"):
        kind = forges.kind_of(row["address"])
        if kind and row["status"] in ("checked", "empty") and (not names or row["repository"] in names):
            own = by_repository[row["repository"]]
            tickets.append(Ticket(row["repository"], kind, name_of(row["address"]), body(own) if own else ""))
    return tickets


def body(findings: Sequence[Row]) -> str:
    """The text of an issue: places and messages, which never have a value."""
    counts = Counter(row["clause"] for row in findings)
    total = ", ".join(f"{count} of {clause}" for clause, count in sorted(counts.items()))
    errors = pluralize(len(findings), "open error")
    lines = [_MARK, f"This repository has {errors} ({total}).", ""]
    for row in findings[:_MAX_FINDINGS]:
        owner = f" ({markdown(row['owner'])})" if row["owner"] else ""
        where = markdown_code(f"{row['path']}:{row['line']}")
        since = f"since {row['first_seen']:%Y-%m-%d}{owner}"
        lines.append(f"- [ ] {where}: {markdown(row['message'])} `{row['rule']}`, {since}")
    if len(findings) > _MAX_FINDINGS:
        lines.append(f"- and {len(findings) - _MAX_FINDINGS} more")
    lines += ["", "Run `palint` in a clone for the fixes, or `palint explain RULE` about a rule."]
    return "\n".join(lines)


def plan(tickets: Sequence[Ticket]) -> Iterator[Action]:
    """What to do for each ticket, by the issues that are open. Raises the client's errors."""
    clients: dict[str, Any] = {}
    for ticket in tickets:
        if ticket.kind not in clients:
            clients[ticket.kind] = forges.github() if ticket.kind == "github" else forges.gitlab()
        find, create = (_github if ticket.kind == "github" else _gitlab)(clients[ticket.kind], ticket.path)
        issue = next((each for each in find() if each.body.startswith(_MARK)), None)
        if issue is None and ticket.body:
            yield Action(ticket.repository, "create", partial(create, ticket.body))
        elif issue is not None and not ticket.body:
            yield Action(ticket.repository, "close", issue.close)
        elif issue is not None and issue.body.strip() != ticket.body.strip():
            yield Action(ticket.repository, "update", partial(issue.edit, ticket.body))


Tracker = tuple[Callable[[], Iterator[Issue]], Callable[[str], object]]  # finds the open issues; creates one


def _github(client: Any, path: str) -> Tracker:
    """https://docs.github.com/en/rest/issues/issues"""
    repository = client.get_repo(path, lazy=True)

    def find() -> Iterator[Issue]:
        for each in repository.get_issues(state="open", labels=[LABEL]):
            yield Issue(
                each.body or "",
                partial(_edit_github, each),
                partial(each.edit, state="closed"),
            )

    return find, lambda body: repository.create_issue(TITLE, body=body, labels=[LABEL])


def _edit_github(issue: Any, body: str) -> None:
    issue.edit(body=body)


def _gitlab(client: Any, path: str) -> Tracker:
    """https://docs.gitlab.com/api/issues/"""
    issues = client.projects.get(path, lazy=True).issues

    def find() -> Iterator[Issue]:
        for each in issues.list(state="opened", labels=[LABEL], iterator=True):
            yield Issue(
                each.description or "",
                partial(_edit_gitlab, issues, each.iid),
                partial(issues.update, each.iid, {"state_event": "close"}),
            )

    return find, lambda body: issues.create({"title": TITLE, "description": body, "labels": LABEL})


def _edit_gitlab(issues: Any, number: int, body: str) -> None:
    issues.update(number, {"description": body})
