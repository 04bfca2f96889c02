"""What people read: the page, the message, SARIF, differences, and queries that change nothing."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from pathlib import Path

import pytest

from palint import __version__
from palint.fleet import store, summary

from .. import browser
from ..conftest import ROOT
from ..snapshots import check_snapshot
from .conftest import Fleet, secret

SNAPSHOTS = Path(__file__).with_name("snapshots")
HOSTILE = "<script>alert(1)</script>"
POLICY = """
[[exception]]
repository = "acme/legacy-*"
rule = "env-file"
reason = "moves with the new cluster"
owner = "@acme/platform"
until = "{until}"
"""


@pytest.fixture(scope="module")
def two_runs(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    """Run 1: api and web have a token, legacy a .env file. Run 2: api is fixed, web is gone, new is new."""
    fleet = Fleet(tmp_path_factory.mktemp("fleet"))
    api = fleet.repository("acme/api", {"a.py": f'TOKEN = "{secret("api")}"\n'})
    fleet.repository("acme/web", {"a.py": f'TOKEN = "{secret("web")}"\n'})
    fleet.repository("acme/legacy-x", {".env": "A=1\n", ".github/CODEOWNERS": "* @acme/old\n"})
    today = datetime.datetime.now(datetime.timezone.utc).date()
    (fleet.path / "policy.toml").write_text(POLICY.format(until=today + datetime.timedelta(days=3)))
    (fleet.path / "list.csv").write_text(
        "address,name,team\nrepos/acme/api,acme/api,payments\nrepos/acme/web,acme/web,web\n"
        "repos/acme/legacy-x,acme/legacy-x,payments\n"
    )
    made = fleet.check("list.csv", "--policy", "policy.toml")
    assert made.returncode == 0, made.stderr
    api.write("a.py", "fixed = True\n")
    api.add()
    api.commit()
    fleet.repository("acme/new", {f"{HOSTILE.replace('/', '')}.py": f'TOKEN = "{secret("new")}"\n'})
    (fleet.path / "list.csv").write_text(
        "address,name,team\nrepos/acme/api,acme/api,payments\nrepos/acme/none,acme/none,web\n"
        f"repos/acme/legacy-x,acme/legacy-x,payments\nrepos/acme/new,acme/new,{HOSTILE}\n"
    )
    made = fleet.check("list.csv", "--policy", "policy.toml")
    assert made.returncode == 2, made.stderr
    return fleet


def settled(text: str) -> str:
    """A text without what differs from run to run: days and times, commits and other hashes."""
    text = re.sub(r"\d{4}-\d\d-\d\d(?:[T ][\d:.+Z]+(?: UTC)?)?", "DAY", text)
    return re.sub(r"\b[0-9a-f]{7,64}\b", "HASH", text.replace(__version__, "VERSION"))


def test_the_texts_of_two_runs(two_runs: Fleet) -> None:
    texts = {
        "message": two_runs.run("report", "--format", "markdown").stdout,
        "difference": two_runs.run("diff", "1", "2").stdout,
        "page": re.sub(
            r"(?s)<style.*?</style>|<[^>]*>", "\n", two_runs.run("report", "--format", "html").stdout
        ),
    }
    for name, text in texts.items():
        lines = (line.strip() for line in settled(text).splitlines())
        check_snapshot(SNAPSHOTS / "report.txt", name, "\n".join(filter(None, lines)))


def test_a_difference_names_what_changed(two_runs: Fleet) -> None:
    made = two_runs.run("diff", "1", "2")
    assert made.returncode == 0, made.stderr
    assert [re.sub(r": acme/(\w+): .*", r" \1", line) for line in made.stdout.splitlines()] == [
        "new new", "gone web", "fixed api",
    ]  # fmt: skip
    assert two_runs.run("diff", "1", "1").stdout == ""
    assert "there is no run 7; the store has 1, 2" in two_runs.run("diff", "1", "7").stderr
    assert json.loads(two_runs.run("diff", "1", "2", "--format", "json", "--team", "payments").stdout)[0][
        "change"
    ] == ("fixed")


def test_a_finding_of_a_rule_that_no_longer_runs_is_not_fixed(tmp_path: Path) -> None:
    fleet = Fleet(tmp_path)
    fleet.repository("acme/api", {".env": "A=1\n"})
    (fleet.path / "list.csv").write_text("address,name\nrepos/acme/api,acme/api\n")
    assert fleet.check("list.csv").returncode == 0
    (fleet.path / "policy.toml").write_text('ignore = ["env-file"]\n')
    assert fleet.check("list.csv", "--policy", "policy.toml").returncode == 0
    assert fleet.run("diff", "1", "2").stdout.startswith("unknown: acme/api: ")


def test_an_exception_counts_until_its_day_and_no_longer(two_runs: Fleet) -> None:
    file = str(two_runs.path / "palint-fleet.duckdb")
    today = datetime.datetime.now(datetime.timezone.utc).date()
    seen = {}
    for days in (0, 3, 4):
        with store.opened(file, today=today + datetime.timedelta(days=days)) as db:
            made = summary.gather(db)
            seen[days] = (
                [
                    row["state"]
                    for row in store.rows(db, "SELECT state FROM findings WHERE rule = 'env-file'")
                ],
                [row["ended"] for row in made.ending],
                [row["change"] for row in made.changes if row["rule"] == "env-file"],
            )
    assert seen[0] == seen[3] == (["excepted"], [False], [])
    assert seen[4] == (["open"], [True], ["counts again"])
    with store.opened(file, today=today - datetime.timedelta(days=30)) as db:
        assert summary.gather(db).ending == []


def test_owners_are_of_codeowners_or_else_the_team(two_runs: Fleet) -> None:
    assert dict(two_runs.rows("SELECT repository, owner FROM findings")) == {
        "acme/legacy-x": "@acme/old", "acme/new": HOSTILE,
    }  # fmt: skip


def test_the_page_has_everything_and_no_markup_of_a_repository(two_runs: Fleet) -> None:
    made = two_runs.run("report", "--output", "page.html")
    assert made.returncode == 0, made.stderr
    page = (two_runs.path / "page.html").read_text()
    assert HOSTILE not in page and "<script" not in page
    assert "http-equiv" in page and "src=" not in page and "@import" not in page
    for text in ("acme/none", "Exceptions that end", "neither a folder nor an address", "polyline", "1 gone"):
        assert text in page, text
    assert "2 kept, 1 accepted, 1 unknown" in page and not re.search(
        r"\b0 (kept|accepted|broken|unknown)", page
    )
    anchors = set(re.findall(r'href="#(\w+)"', page))
    assert anchors <= set(re.findall(r'id="(\w+)"', page)) and any(each.startswith("r") for each in anchors)
    payments = two_runs.run("report", "--team", "payments").stdout
    assert "acme/api" in payments and "acme/new" not in payments
    assert "is of the team 'x'" in two_runs.run("report", "--team", "x").stderr


@pytest.mark.skipif(not browser.PROGRAM, reason="no chromium on this machine")
def test_the_page_fits_its_window_and_a_link_opens_a_repository(two_runs: Fleet, tmp_path: Path) -> None:
    two_runs.run("report", "--output", "page.html")
    chromium = browser.Browser(tmp_path)
    try:
        for width in (400, 900, 1600):
            chromium.open(f"file://{two_runs.path}/page.html", width)
            assert chromium.run("document.documentElement.scrollWidth") <= width
        chromium.run("document.querySelector('a[href^=\"#r\"]').click()")
        chromium.wait_for("document.querySelector('details[open]') !== null")
    finally:
        chromium.close()


def test_the_message_says_only_what_changed_and_is_due(two_runs: Fleet) -> None:
    made = two_runs.run("report", "--format", "markdown").stdout
    assert "### payments\n\n1 fixed" in made
    assert "1 new:" in made and "ends 20" in made and HOSTILE not in made
    assert "repositories were not checked in full:\n\n- acme/none: neither a folder" in made


def test_json_csv_and_sarif(two_runs: Fleet) -> None:
    made = json.loads(two_runs.run("report", "--format", "json").stdout)
    assert made["version"] == 1 and {row["clause"] for row in made["clauses"]} == {"C1", "C2", "C3", "C4"}
    rows = list(csv.DictReader(io.StringIO(two_runs.run("report", "--format", "csv").stdout)))
    assert [row["repository"] for row in rows] == ["acme/legacy-x", "acme/new"]
    two_runs.run("report", "--format", "sarif", "--output", "sarif")
    files = {path.name: json.loads(path.read_text()) for path in (two_runs.path / "sarif").iterdir()}
    assert len(files) == 4
    (result,) = files["acme+new.sarif"]["runs"][0]["results"]
    assert result["ruleId"] == "hardcoded-secret"
    (accepted,) = files["acme+legacy-x.sarif"]["runs"][0]["results"]
    assert accepted["suppressions"][0]["justification"] == "moves with the new cluster"


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE run",
        "COPY (SELECT 1) TO 'x.csv'",
        "SELECT * FROM read_text('list.csv')",
        "ATTACH 'x.db'",
        "nonsense",
    ],
)
def test_a_query_reads_the_store_and_nothing_else(two_runs: Fleet, sql: str) -> None:
    made = two_runs.run("query", sql)
    assert made.returncode == 2 and made.stdout == "" and "Traceback" not in made.stderr
    assert not (two_runs.path / "x.csv").exists() and not (two_runs.path / "x.db").exists()


def test_query_formats(two_runs: Fleet) -> None:
    sql = "SELECT repository, errors, '=1+1' AS formula FROM repositories WHERE errors > 0"
    assert two_runs.run("query", sql).stdout == "repository,errors,formula\nacme/new,1,'=1+1\n"
    assert json.loads(two_runs.run("query", sql, "--format", "json").stdout)[0]["errors"] == 1
    views = [line.partition(",")[0] for line in two_runs.run("query").stdout.splitlines()[1:]]
    documented = (ROOT / "docs/fleet.md").read_text().partition("| view |")[2].partition("\n\n")[0]
    assert views == sorted(re.findall(r"^\| `(\w+)`", documented, re.MULTILINE))
    misspelt = two_runs.run("query", "SELECT owne FROM findings").stderr
    assert misspelt.startswith("palint: palint-fleet.duckdb: ") and '"owner"' in misspelt
    made = two_runs.run("query", sql, "--format", "parquet", "--output", "x.parquet")
    assert made.returncode == 0 and (two_runs.path / "x.parquet").exists()


def test_a_fleet_without_a_run_says_so(tmp_path: Path) -> None:
    made = Fleet(tmp_path).run("report")
    assert made.returncode == 2 and "there is no store" in made.stderr
