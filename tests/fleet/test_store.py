"""The store and what is made of it, from parts that are written here: no repository is checked."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from palint.cli import fleet as commands
from palint.cli.main import run as palint
from palint.config import FleetException
from palint.fleet import forges, page, parts, propose, reports, shards, store, summary, tickets, unit
from palint.fleet.parts import FindingRow, Folder, Part
from palint.fleet.repository import Repository
from palint.fleet.store import Covered, Run, StoreError

from ..conftest import Repository as Clone
from ..conftest import set_day
from .conftest import secret

NOW = datetime.datetime.now(datetime.timezone.utc)
ROW = FindingRow(
    "f" * 32, "hardcoded-secret", "C2", "error", "high", "a.py", 3, 1, 3, 9, "a secret", "", "fix it"
)


class Fleet(NamedTuple):
    """A store in a folder, which is the current one."""

    path: Path

    @property
    def parts(self) -> Folder:
        return Folder(str(self.path / "parts"))

    def covered(self, name: str, rows: list[FindingRow], address: str = "", **more: Any) -> Covered:
        part = parts.name(parts.key([name, repr(rows)]), "")
        made = Part(name, "c" * 40, "1", rows, **{"rules": ("hardcoded-secret",), "clauses": ("C2",), **more})
        self.parts.write(part, parts.pack(made))
        return Covered(Repository(name, address or f"/srv/{name}", team="web"), "c" * 40, part)

    def merge(self, *covered: Covered, days: float = 0, exceptions: tuple[FleetException, ...] = ()) -> int:
        began = (NOW - datetime.timedelta(days=days)).timestamp()
        made = Run(began, began + 1, "1", "", False, covered)
        return store.merge("palint-fleet.duckdb", [self.parts], made, exceptions)[0]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return store.query("palint-fleet.duckdb", sql)[1]


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    monkeypatch.chdir(tmp_path)
    return Fleet(tmp_path)


def numbered(count: int, **changes: Any) -> list[FindingRow]:
    return [ROW._replace(finding=f"{n:032x}", line=n + 1, **changes) for n in range(count)]


def test_a_run_is_added_once(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_PARTS_AT_ONCE", 1)
    covered = [fleet.covered(name, [ROW]) for name in ("a", "b", "c")]
    assert [fleet.merge(*covered), fleet.merge(*covered)] == [1, 1]
    assert fleet.rows("SELECT repository FROM findings ORDER BY 1") == [("a",), ("b",), ("c",)]


def test_a_part_that_cannot_be_read_says_what_becomes_of_it(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing, damaged, kept = (fleet.covered(name, [ROW]) for name in ("a", "b", "c"))
    (fleet.path / "parts" / missing.part).unlink()
    for each in (damaged, kept):
        (fleet.path / "parts" / each.part).write_bytes(b"x" * 99)
    monkeypatch.setattr(parts, "discard", lambda folders, name: name != kept.part)
    fleet.merge(missing, damaged, kept)
    reasons = [reason for (reason,) in fleet.rows("SELECT reason FROM coverage ORDER BY repository")]
    assert [reason.rpartition(": ")[2] for reason in reasons] == [
        "the next run makes it again", "the next run makes it again", f"delete {kept.part}",
    ]  # fmt: skip


def test_an_exception_counts_for_its_repository_rule_and_path_alone(fleet: Fleet) -> None:
    tomorrow = (NOW + datetime.timedelta(days=1)).date().isoformat()
    exception = FleetException("acme/a", "hardcoded-secret", "*.py", "why", "@me", tomorrow)
    other = ROW._replace(finding="e" * 32, path="a.js")
    fleet.merge(
        fleet.covered("acme/a", [ROW, other]), fleet.covered("acme/b", [ROW]), exceptions=(exception,)
    )
    assert fleet.rows("SELECT repository, path, state FROM findings ORDER BY 1, 2") == [
        ("acme/a", "a.js", "open"), ("acme/a", "a.py", "excepted"), ("acme/b", "a.py", "open"),
    ]  # fmt: skip


@pytest.mark.parametrize("sql", ["CREATE TABLE other (x INT)", "CREATE TABLE meta (version VARCHAR)"])
def test_a_database_of_something_else_is_left_alone(fleet: Fleet, sql: str) -> None:
    import duckdb

    with duckdb.connect("other.duckdb") as db:
        db.execute(sql)
        if "meta" in sql:
            db.execute("INSERT INTO meta VALUES ('1')")
    for write in (False, True):
        with (
            pytest.raises(StoreError, match="not a store of palint"),
            store.opened("other.duckdb", write=write),
        ):
            pass


def test_a_damaged_store_is_not_said_to_be_in_use(fleet: Fleet) -> None:
    fleet.merge()
    data = bytearray(Path("palint-fleet.duckdb").read_bytes())
    for at, why in ((8, "not a store of this version of DuckDB"), (12, "Corrupt database file")):
        damaged = data[:at] + b"x" + data[at + 1 :]
        Path("palint-fleet.duckdb").write_bytes(damaged)
        with pytest.raises(StoreError, match=why):
            store.query("palint-fleet.duckdb", "SELECT 1")


def test_what_changed_is_since_a_run_or_a_day(fleet: Fleet) -> None:
    fleet.merge()
    with store.opened("palint-fleet.duckdb") as db:
        for since in ("", "2020-01-01"):
            assert summary.gather(db, since=since).before is None
    for days in (20, 10, 1):
        fleet.merge(fleet.covered("a", numbered(days)), days=days)
    day = (NOW - datetime.timedelta(days=5)).date().isoformat()
    with store.opened("palint-fleet.duckdb") as db:
        given = {"": 3, day: 3, "2020-01-01": 1, NOW.date().isoformat(): 3}
        found = {since: (summary.gather(db, since=since).before or {}).get("run") for since in given}
        with pytest.raises(StoreError, match="write a date such as"):
            summary.gather(db, since="yesterday")
    assert found == given
    with store.opened("empty.duckdb", write=True) as db, pytest.raises(StoreError, match="has no run"):
        summary.gather(db)


def written(gathered: summary.Summary) -> tuple[str, str]:
    """The page and the message."""
    html, markdown = io.StringIO(), io.StringIO()
    page.write(gathered, html)
    reports.write_markdown(gathered, markdown)
    return html.getvalue(), markdown.getvalue()


def test_long_lists_are_cut_and_what_is_left_is_counted(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_MAX_CHANGES", 2)
    monkeypatch.setattr(reports, "_MAX_LINES", 2)
    fleet.merge(fleet.covered("a", []), days=3)
    with store.opened("palint-fleet.duckdb") as db:
        first = written(summary.gather(db))
    assert "The first run." in first[1] and "Changed since" not in first[0]
    fleet.merge(fleet.covered("a", []), days=2)
    with store.opened("palint-fleet.duckdb") as db:
        same = written(summary.gather(db))
    assert "Nothing changed." in same[0] and "Nothing changed." in same[1]
    ended = FleetException("x", "env-file", "*", "why", "@me", "2020-01-01")
    twice = [ROW._replace(finding=f"{n:032x}", value="m" * 64) for n in range(3)]
    covered = (fleet.covered("a", twice), fleet.covered("b", twice[:1]))
    fleet.merge(*covered, exceptions=(ended,))
    with store.opened("palint-fleet.duckdb") as db:
        html, markdown = written(summary.gather(db))
    assert "and 2 more: <code>palint fleet diff</code>" in html and "(ended)" in html
    assert "One secret in several repositories" in html
    assert "\n- and 2 more\n" in markdown and "- ended 2020-01-01" in markdown


def test_formats_for_programs(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.merge(fleet.covered("a", []), days=1)
    fleet.merge(fleet.covered("a", [ROW]))
    capsys.readouterr()
    assert palint(["fleet", "diff", "1", "2", "--format", "csv"]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["change"], row["path"]) == ("new", "a.py")
    assert palint(["fleet", "diff", "2", "2", "--format", "csv"]) == 0
    assert capsys.readouterr().out == "change\n"
    for words in (["report", "--format", "sarif"], ["query", "SELECT 1", "--format", "parquet"]):
        assert palint(["fleet", *words]) == 2
        assert "pass --output" in capsys.readouterr().err


@pytest.mark.parametrize("shard", ["3", "a/3", "1/b", "0/3", "4/3", "1/10001", "1/3/5", "-1/3", "²/3"])
def test_a_shard_has_a_form(fleet: Fleet, capsys: pytest.CaptureFixture[str], shard: str) -> None:
    assert palint(["fleet", "check", ".", f"--shard={shard}"]) == 2
    assert "write I/N, such as 3/8" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("size", "right"), [("1Q", False), ("", False), ("K", False), ("1", True), ("2T", True)]
)
def test_a_size_has_a_form(fleet: Fleet, capsys: pytest.CaptureFixture[str], size: str, right: bool) -> None:
    Path("list.txt").write_text("")
    assert palint(["fleet", "check", "list.txt", f"--cache-size={size}"]) == 2
    assert ("name no repository" if right else "is not a size such as 20G") in capsys.readouterr().err


def test_shards_of_other_policies_do_not_merge(fleet: Fleet) -> None:
    for number, policy in ((1, "x"), (2, "y")):
        shards.write(fleet.parts, number, 2, Run(1.0, 2.0, "1", policy, False, ()))
    with pytest.raises(StoreError, match="different versions of palint, policies or keys"):
        shards.read([fleet.parts])
    shards.write(fleet.parts, 1, 3, Run(1.0, 2.0, "1", "x", False, ()))
    with pytest.raises(StoreError, match="split differently"):
        shards.read([fleet.parts])
    (fleet.path / "other").mkdir()
    with pytest.raises(StoreError, match="no shard has ended there"):
        shards.read([Folder(str(fleet.path / "other"))])
    run = Run(1.0, 2.0, "1", "x", False, (Covered(Repository("a", "/srv/a")),))
    shards.write(Folder(str(fleet.path / "other")), 2, 3, run)
    made, _ = shards.read([Folder(str(fleet.path / "other"))])
    assert made == run._replace(covered=list(run.covered), missing=["shard 1 of 3", "shard 3 of 3"])
    shards.write(Folder(str(fleet.path / "other")), 2, 3, run._replace(finished="soon"))  # type: ignore[arg-type]
    with pytest.raises(StoreError, match=r"shard-2-of-3\.json: cannot be read"):
        shards.read([Folder(str(fleet.path / "other"))])
    (fleet.path / "other" / "shard-2-of-3.json").unlink()
    (fleet.path / "other" / "shard-1-of-1.json").write_text('{"format": 0}')
    with pytest.raises(StoreError, match="of another version"):
        shards.read([Folder(str(fleet.path / "other"))])


def test_a_unit_makes_a_part_or_says_why_not(fleet: Fleet) -> None:
    clone = Clone(fleet.path / "clone")
    clone.write("a.py", f'TOKEN = "{secret("unit")}"\n')
    clone.add()
    clone.commit()
    commit = clone.git("rev-parse", "HEAD").strip()
    task = unit.Task(Repository("acme/api", str(clone.path)), commit)
    shared = unit.Options(str(fleet.path / "parts"), str(fleet.path / "cache"), 1 << 20)
    for attempt in (0, 1):  # a second one has processes for its files
        made = unit.run(task, attempt, options=shared, settle=commands.settle)
        part = parts.name(unit.part_key(task.repository, commit, shared), "")
        assert (made.part, made.findings, made.reason) == (part, 1, "")
    made = unit.run(task._replace(commit="1" * 40), 0, options=shared, settle=commands.settle)
    assert made.part == "" and made.reason
    (fleet.path / "file").write_text("")
    shared = shared._replace(parts=str(fleet.path / "file"))
    made = unit.run(task, 0, options=shared, settle=commands.settle)
    assert made.reason == f"File exists: {fleet.path}/file"
    gone = task._replace(repository=task.repository._replace(address=str(fleet.path / "gone")))
    assert unit.run(gone, 0, options=shared, settle=commands.settle).reason == "not a git repository"


def test_an_unchanged_repository_is_checked_again_when_one_of_its_suppressions_ends(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(name: str) -> str:
        return f'TOKEN = "{secret(name)}"'

    clone = Clone(fleet.path / "repos/api")
    clone.write("old.py", f"{line('old')}  # palint: ignore[hardcoded-secret] until=2027-01-10 gone soon\n")
    clone.add()
    clone.commit()
    clone.git("rm", "-q", "old.py")
    clone.write(
        "a.py", f"{line('a')}  # palint: ignore[hardcoded-secret] until=2027-01-31 the vendor's date\n"
    )
    clone.write("b.py", line("b") + "\n")
    allow = (
        '[[allow]]\npaths = ["b.py"]\nrules = ["hardcoded-secret"]\nreason = "moves"\nuntil = 2027-02-15\n'
    )
    clone.write("palint.toml", allow)
    clone.add()
    clone.commit()
    seen = {}
    for day in ("01-10", "01-10", "01-11", "01-31", "02-01", "02-16"):
        set_day(monkeypatch, f"2027-{day}")
        assert palint(["fleet", "check", "repos", "--history", "--quiet"]) == 0
        sql = "SELECT path FROM findings WHERE state = 'open' AND rule = 'hardcoded-secret' ORDER BY path"
        (reused,) = fleet.rows("SELECT reused FROM coverage ORDER BY run DESC LIMIT 1")[0]
        seen[day] = reused, [path for (path,) in fleet.rows(sql)]
    assert seen == {
        "01-10": (True, []),  # the second time
        "01-11": (False, ["old.py"]),
        "01-31": (True, ["old.py"]),
        "02-01": (False, ["a.py", "old.py"]),
        "02-16": (False, ["a.py", "b.py", "old.py"]),
    }


def test_what_was_not_checked_is_said_of_a_shard_too(
    fleet: Fleet, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("list.txt").write_text("none\n")
    assert palint(["fleet", "check", "list.txt", "--shard", "1/1", "-q"]) == 2
    assert "none: not fully checked: neither a folder nor an address" in capsys.readouterr().err
    fleet.merge(fleet.covered("a", [ROW]))
    assert palint(["fleet", "propose", "a", "none"]) == 2
    assert "none: not in the newest run" in capsys.readouterr().err
    monkeypatch.setattr(propose, "propose", lambda known, *rest: f"{known['repository']} {rest}")
    assert palint(["fleet", "propose", "a", "--policy", "p.toml"]) == 0
    assert f"a: a (False, False, '{fleet.path}/p.toml')" in capsys.readouterr().out
    assert palint(["fleet", "propose", "a"]) == 0
    assert "a: a (False, False, None)" in capsys.readouterr().out


def test_an_error_of_the_system_is_no_bug(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for error, text in (
        (OSError(28, "No space left on device", "x.parquet"), "palint: x.parquet: No space left on device\n"),
        (OSError("the bucket refuses\nand says more"), "palint: the bucket refuses\n"),
    ):

        def refuse(_: object, error: OSError = error) -> int:
            raise error

        monkeypatch.setitem(commands.COMMANDS, "merge", commands.COMMANDS["merge"]._replace(run=refuse))
        assert palint(["fleet", "merge", "x"]) == 2
        assert capsys.readouterr().err == text


class Issues:
    """A forge's issues of one repository, and what was done to them."""

    def __init__(self, *bodies: str) -> None:
        self.open = [tickets.Issue(body, lambda new: self.done.append(new), self.close) for body in bodies]
        self.done: list[str] = []

    def close(self) -> None:
        self.done.append("closed")

    def tracker(self, client: object, path: str) -> tickets.Tracker:
        return lambda: iter(self.open), self.done.append


OURS = "<!-- palint fleet tickets -->\n"


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize(
    ("issues", "body", "what"),
    [
        ([], "text", ("create", "text")),
        ([], "", None),
        (["theirs"], "text", ("create", "text")),
        ([f"{OURS}old"], "text", ("update", "text")),
        ([f"{OURS}text\n"], f"{OURS}text", None),
        (["theirs", f"{OURS}old"], "", ("close", "closed")),
    ],
)
def test_a_ticket_becomes_an_action(
    monkeypatch: pytest.MonkeyPatch, kind: str, issues: list[str], body: str, what: tuple[str, str] | None
) -> None:
    there = Issues(*issues)
    monkeypatch.setattr(forges, kind, lambda: None)
    monkeypatch.setattr(tickets, f"_{kind}", there.tracker)
    actions = list(tickets.plan([tickets.Ticket("acme/api", kind, "acme/api", body)]))
    assert [action.what for action in actions] == ([what[0]] if what else [])
    for action in actions:
        action.run()
    assert there.done == ([what[1]] if what else [])


def test_tickets_are_for_repositories_of_a_forge_that_were_read(fleet: Fleet) -> None:
    at = "https://github.com/acme"
    fleet.merge(
        fleet.covered("acme/api", numbered(60), f"{at}/api.git"),
        fleet.covered("acme/clean", [], f"{at}/clean"),
        fleet.covered("acme/warned", [ROW._replace(severity="warning")], f"{at}/warned"),
        fleet.covered("acme/part", [ROW], f"{at}/part", notices=[("a", "timeout", "m", False)]),
        fleet.covered("acme/local", [ROW]),
    )
    with store.opened("palint-fleet.duckdb") as db:
        made = {each.path: each.body for each in tickets.wanted(db, [])}
        assert [each.repository for each in tickets.wanted(db, ["acme/clean", "acme/local"])] == [
            "acme/clean"
        ]
    assert list(made) == ["acme/api", "acme/clean", "acme/warned"]
    assert "60 open errors (60 of C2)" in made["acme/api"] and "- and 10 more" in made["acme/api"]
    assert made["acme/clean"] == made["acme/warned"] == ""


def test_tickets_are_only_said_unless_they_are_applied(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.merge(*(fleet.covered(f"acme/{n}", [ROW], f"https://github.com/acme/{n}") for n in "ab"))
    done: list[str] = []

    def plan(wanted: list[tickets.Ticket]) -> Iterator[tickets.Action]:
        (ticket,) = wanted
        if ticket.path == "acme/b" and done:
            raise TimeoutError("a text of the forge")
        yield tickets.Action(ticket.repository, "create", lambda: done.append(ticket.path))

    monkeypatch.setattr(tickets, "plan", plan)
    assert palint(["fleet", "tickets"]) == 0
    assert "2 repositories: 2 to create. Pass --apply to do it." in capsys.readouterr().out and not done
    assert palint(["fleet", "tickets", "acme/a", "--apply"]) == 0
    assert capsys.readouterr().out.endswith("1 repositories: 1 to create.\n") and done == ["acme/a"]
    assert palint(["fleet", "tickets", "--apply"]) == 2  # one of them fails
    said = capsys.readouterr()
    assert "acme/b: no usable answer from" in said.err and "a text of" not in said.err
    assert palint(["fleet", "tickets", "none"]) == 0
    assert capsys.readouterr().out == "0 repositories: nothing to do.\n"


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (401, "refuses with 401"),
        (404, "check the name"),
        (429, "rate limit"),
        (500, "answers 500"),
        (0, "no usable"),
    ],
)
def test_an_error_of_a_forge_says_what_to_do(status: int, text: str) -> None:
    for field in ("status", "response_code"):
        error = Exception("a text of the forge")
        setattr(error, field, status)
        said = forges.reason("gitlab", error)
        assert text in said and "a text of" not in said


def test_the_forges_own_program_has_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "glab"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    for text, expected in (("echo word\n", "word"), ("echo word; exit 1\n", "")):
        program.write_text(f"#!/bin/sh\n{text}")
        program.chmod(0o755)
        assert forges.token("gitlab") == expected
    monkeypatch.setenv("GITLAB_TOKEN", "own")
    assert forges.token("gitlab") == "own"


def test_the_engine_ray_needs_its_extra(
    fleet: Fleet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "ray" else find(name, *rest)
    )
    Path("repos/a/.git").mkdir(parents=True)
    for name in ("HEAD", "objects", "refs"):
        (Path("repos/a/.git") / name).mkdir()
    assert palint(["fleet", "check", "repos", "--engine", "ray", "-q"]) == 2
    assert "pip install 'palint[ray]'" in capsys.readouterr().err


def test_json_says_the_version_and_dates(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    fleet.merge(fleet.covered("a", [ROW]))
    assert palint(["fleet", "report", "--format", "json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["version"] == 1 and made["run"]["started"].endswith("Z")
    assert made["run"]["day"] == NOW.date().isoformat()
