"""The reports of `palint history`: hostile texts are harmless in each, and each says what it must."""

from __future__ import annotations

import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from palint import __version__, report
from palint.advice import in_history
from palint.findings import Confidence, ExcerptLine, Finding, Notice, Position, Severity, Span
from palint.history.results import CommitInfo, HistoryResults, HistorySecret
from palint.registry import load
from palint.report import history as reports
from palint.report.history.wording import fix, repository_uri
from tests.report.factories import KnownRule
from tests.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots")

HOSTILE = "\x1b[31m<script>alert(1)</script>|`x`\u202e##vso[task]\n::error::"


def secret(path: str, *, at_head: bool, bits: int | None = 7) -> HistorySecret:
    finding = Finding(
        "hardcoded-secret" if bits is not None else "env-file",
        "C2",
        Severity.ERROR,
        "hardcoded secret in `KEY` (9 characters)",
        "",
        Span(path, Position(3, 5), Position(3, 14), 20, 29),
        excerpt=(ExcerptLine(3, "KEY = '*********' " + HOSTILE),),
        value_bits=bits,
    )
    first = CommitInfo("1" * 40, HOSTILE, "2019-05-01T10:00:00+02:00")
    last = CommitInfo("2" * 40, "Ann", "2024-01-31T23:59:59Z")
    return HistorySecret(
        finding, "3" * 40, first, last, at_head, (path, "b.py"), 4, () if bits else ("A", "B")
    )


RESULTS = HistoryResults(
    "/srv/repo",
    secrets=(secret(f"a{HOSTILE}.py", at_head=True), secret("x;rm -rf.env", at_head=False, bits=None)),
    notices=(Notice("", "missing-object", "shallow clone"),),
    commits=9,
    new_commits=2,
    versions=30,
    head="4" * 40,
    origin="https://user:pass@git.example/owner/repo.git",
)


def render(name: str, results: HistoryResults = RESULTS) -> str:
    out = io.StringIO()
    report.get(name, reports.FORMATS).write(results, load(), out)
    return out.getvalue()


@pytest.mark.parametrize("name", ["text", "markdown", "json"])
def test_a_report_is_the_one_of_the_snapshot(name: str) -> None:
    check_snapshot(SNAPSHOTS / "history.txt", name, render(name).replace(__version__, "VERSION"))


@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_notes_that_lose_nothing_are_left_out(name: str) -> None:
    note = Notice("sub", "not-text", "submodule: not checked here")
    assert "not checked here" not in render(name, RESULTS._replace(notices=(*RESULTS.notices, note)))


def test_a_table_has_200_rows_and_the_number_of_the_others() -> None:
    many = RESULTS._replace(secrets=RESULTS.secrets[:1] * 203)
    text = render("markdown", many)
    assert text.count("| **at HEAD** |") == 200 and "\nand 3 more.\n" in text


def test_a_rule_of_another_package_and_a_repository_without_head_have_no_address() -> None:
    rules: dict[str, Any] = {**load(), "hardcoded-secret": KnownRule, "env-file": KnownRule}
    for name, absent in (("markdown", "]("), ("html", "href="), ("sarif", "helpUri"), ("text", "\x1b]8")):
        out = io.StringIO()
        options = {"links": True} if name == "text" else {}
        report.get(name, reports.FORMATS).write(RESULTS._replace(head=""), rules, out, **options)
        assert absent not in out.getvalue(), name
    assert "revisionId" not in json.loads(render("sarif", RESULTS._replace(head="")))["runs"][0]
    out = io.StringIO()
    report.get("text", reports.FORMATS).write(RESULTS, load(), out, links=True)
    assert "\x1b]8;;https://" in out.getvalue()


@pytest.mark.parametrize("name", list(reports.FORMATS))
def test_hostile_texts_are_escaped(name: str) -> None:
    text = render(name)
    assert "\x1b" not in text and "\u202e" not in text
    assert "pass@" not in text
    if name in ("text", "markdown"):
        assert "##vso[" not in text and not any(line.startswith("::") for line in text.splitlines())
    if name in ("html", "markdown"):
        assert "<script>" not in text


def test_sarif_names_the_repository_and_the_commits() -> None:
    (run,) = json.loads(render("sarif"))["runs"]
    (provenance,) = run["versionControlProvenance"]
    assert provenance["repositoryUri"] == "https://git.example/owner/repo.git"
    assert provenance["revisionId"] == "4" * 40
    assert not run["invocations"][0]["executionSuccessful"]
    first, second = run["results"]
    assert first["properties"]["firstCommit"] == "1" * 40 and first["properties"]["atHead"]
    assert second["ruleId"] == run["tool"]["driver"]["rules"][second["ruleIndex"]]["id"] == "env-file"
    assert first["partialFingerprints"] != second["partialFingerprints"]


def test_json_has_everything() -> None:
    document = json.loads(render("json"))
    assert not document["complete"] and document["summary"]["new_commits"] == 2
    first, second = document["secrets"]
    assert first["last"] == {"commit": "2" * 40, "author": "Ann", "date": "2024-01-31T23:59:59Z"}
    assert second["names"] == ["A", "B"] and second["versions"] == 4 and not second["at_head"]


class _Tags(HTMLParser):
    """The tags that are open at the end, and each bar's place."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.bars: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag not in ("meta", "br"):
            self.open.append(tag)
        if (found.get("class") or "").startswith("bar"):
            self.bars.append(found.get("style") or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "No secret found in the history."),
        ({"part": True}, "No secret found in the requested commits."),
        ({"part": True, "older": 2}, "No other secret found in the requested commits."),
        ({"known": 1}, "No other secret found in the history."),
        ({"accepted": 1}, "No other secret found in the history."),
        (
            {"notices": (Notice("", "missing-object", "shallow clone"),)},
            "No secret found in the versions that could be checked.",
        ),
    ],
)
@pytest.mark.parametrize("name", ["text", "markdown", "html"])
def test_no_more_is_claimed_than_was_checked(name: str, changes: dict[str, Any], words: str) -> None:
    assert words in render(name, HistoryResults("/srv/repo", **changes)).replace("\\", "")


def test_the_page_is_a_timeline() -> None:
    tags = _Tags()
    tags.feed(render("html"))
    assert tags.open == []
    assert tags.bars == ["left:0.00%;width:100.00%"] * 2
    assert render("html", RESULTS._replace(secrets=())).count('class="bar') == 0


def test_the_fix_is_rotation_first() -> None:
    for each in RESULTS.secrets:
        words = fix(each)
        assert words.startswith("rotate") and words.endswith("keep the old commits.")
        assert words.index("rotate") < words.index("git filter-repo")
    assert "--path 'x;rm -rf.env'" in fix(RESULTS.secrets[1])
    assert "every secret in it: `A`, `B`" in fix(RESULTS.secrets[1])


@pytest.mark.parametrize(
    ("detector", "clause", "says"),
    [
        ("aws-access-key-id", "C2", "deactivate the key and delete it in IAM"),
        ("aws-temporary-access-key-id", "C2", "check that the key has expired"),
        (None, "C4", "deactivate the key and delete it in IAM"),
    ],
)
def test_an_aws_key_in_the_history_is_never_stored(detector: str | None, clause: str, says: str) -> None:
    each = secret("a.py", at_head=True)
    each = each._replace(finding=each.finding._replace(detector=detector, clause=clause))
    text = fix(each)
    assert text.startswith(says) and "use a role" in text
    assert "Secrets Manager" not in text and "rotate" not in in_history.short(each.finding)


def test_sarif_has_an_end_for_a_region_and_none_for_a_whole_file() -> None:
    part = secret("a.py", at_head=True)
    start = Position(1, 1)
    whole = part._replace(finding=part.finding._replace(span=Span("b.env", start, start)))
    lines = part._replace(
        finding=part.finding._replace(span=Span("c.pem", Position(3, 9), Position(5, 2), 20, 60))
    )
    log = json.loads(render("sarif", RESULTS._replace(secrets=(part, whole, lines))))
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in log["runs"][0]["results"]]
    assert regions == [
        {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 14},
        {"startLine": 1},
        {"startLine": 3, "startColumn": 9, "endLine": 5, "endColumn": 2},
    ]


def test_the_short_advice_fits_what_was_found() -> None:
    each = RESULTS.secrets[0]
    assert in_history.short(each.finding) == "rotate it, as above"
    without = each._replace(finding=each.finding._replace(value_bits=None))
    assert in_history.short(without.finding) == "rotate what it sets"


def test_the_full_advice_fits_what_was_found() -> None:
    finding = RESULTS.secrets[0].finding
    for confidence, start in (
        (Confidence.HIGH, "rotate it: everyone with a clone has it. Store"),
        (Confidence.LOW, "if it is used anywhere, rotate it: everyone"),
    ):
        text = in_history.full(finding._replace(confidence=confidence), "a.py", (), at_head=True)
        assert text.startswith(start) and "remove the old one from `a.py`" in text
    assert "a.py" not in in_history.full(finding, "a.py", (), at_head=False)
    whole = finding._replace(value_bits=None)
    six = ["A", "B", "C", "D", "E", "F"]
    assert "`F`. Everyone" in in_history.full(whole, "a b.env", six, at_head=False)
    text = in_history.full(whole, "a b.env", [*six, "G"], at_head=True)
    assert "`F` and 1 more. Everyone" in text and "--path 'a b.env'" in text and "delete `a b.env`" in text


def test_the_text_of_a_secret() -> None:
    """Its first line is the place, each line has a frame, and the advice hangs below its first line."""
    first, second = render("text").split("\n\n")[0:2]
    lines = [line.rstrip() for line in first.splitlines()]
    marks = [re.match(r" *(\d+ )?([╭│├╰]?)", line) for line in lines[1:]]
    frame = "".join(mark[2] or " " for mark in marks if mark)
    assert re.fullmatch(r"╭│├├╰ *", frame), first
    assert re.match(r" *╰─ fix: ", lines[5]) and all(line.startswith("   ") for line in lines[6:]), first
    assert "1" * 9 in first or "HEAD" in first
    assert second


@pytest.mark.parametrize(
    ("origin", "uri"),
    [
        ("", "file:///srv/x"),
        ("/srv/other:1", "file:///srv/x"),
        ("https:///a", "file:///srv/x"),
        ("https://t0ken@github.com/o/r", "https://github.com/o/r"),
        ("file:///srv/other", "file:///srv/other"),
        ("git@host:acme/shop", "ssh://git@host/acme/shop"),
        ("ssh://git@host:7999/acme/shop", "ssh://git@host:7999/acme/shop"),
        ("ssh://me@host/acme/shop", "ssh://host/acme/shop"),
        ("https://me:word@host/acme/sh op", "https://host/acme/sh%20op"),
    ],
)
def test_a_repository_is_named_without_credentials(origin: str, uri: str) -> None:
    assert repository_uri(origin, "/srv/x") == uri


def test_only_a_value_that_is_still_there_is_moved() -> None:
    there, gone = (fix(secret("a.py", at_head=at_head)) for at_head in (True, False))
    assert "Store the new value in AWS Secrets Manager and remove the old one from `a.py`." in there
    assert gone.startswith("rotate it: everyone with a clone has it. Only then rewrite the history")
