"""What each format for a machine holds: fields, limits, and what is said when something is left out."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from palint.findings import Edit, Fix, Notice, Related, Results, Severity, Suppressed
from palint.report import markdown, sarif
from palint.report.clauses import clause_statuses
from tests import browser

from .factories import RULES, finding, results, span, written


def test_json_is_the_documented_object() -> None:
    fix = Fix((Edit(span("app/s3.py", 3, 1, 5), "x"),), safe=True)
    related = (Related(span("b.py", 1, 2, 3), "there"),)
    run = results(
        finding(fix=fix, related=related, fingerprint="f", detector="d"),
        notices=(Notice("a", "too-large", "big"),),
    )
    place = {"start": {"line": 3, "column": 5}, "end": {"line": 3, "column": 9}}
    assert json.loads(written("json", run)) == {
        "version": 2,
        "complete": False,
        "summary": {"files": 12, "findings": 1, "repeats": 0, "suppressed": 0, "baselined": 0},
        "findings": [
            {
                "rule": "known-rule",
                "clause": "C2",
                "severity": "error",
                "confidence": "high",
                "message": "hardcoded AWS key",
                "why": "",
                "fix_hint": "Read it from Secrets Manager.",
                "url": "",
                "path": "app/s3.py",
                **place,
                "package": None,
                "detector": "d",
                "fingerprint": "f",
                "repeat_of": None,
                "related": [
                    {
                        "path": "b.py",
                        "start": {"line": 1, "column": 2},
                        "end": {"line": 1, "column": 3},
                        "message": "there",
                    }
                ],
                "fix": {
                    "safe": True,
                    "edits": [
                        {
                            "path": "app/s3.py",
                            "start": {"line": 3, "column": 1},
                            "end": {"line": 3, "column": 5},
                            "text": "x",
                        }
                    ],
                    "follow_up": [],
                },
            }
        ],
        "suppressed": [],
        "notices": [{"path": "a", "kind": "too-large", "complete": False, "message": "big"}],
    }


def test_sarif_says_what_github_reads() -> None:
    silenced = Suppressed(finding("b.py"), "made up")
    run = results(finding(), suppressed=(silenced,), notices=(Notice("a b", "unparsed", "broken"),))
    (log,) = json.loads(written("sarif", run))["runs"]
    assert log["columnKind"] == "unicodeCodePoints"
    (rule,) = log["tool"]["driver"]["rules"]
    assert rule["id"] == "known-rule" and rule["help"]["markdown"].startswith("Keys in code.\n\n## Why")
    assert rule["properties"]["security-severity"] == "8.0"
    first, second = log["results"]
    assert list(first["partialFingerprints"]) == [sarif.FINGERPRINT]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "app/s3.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9},
    }
    assert "suppressions" not in first
    assert second["suppressions"] == [{"kind": "inSource", "justification": "made up"}]
    (invocation,) = log["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b"


def _run_of(log: str) -> tuple[list[dict[str, object]], list[str]]:
    (run,) = json.loads(log)["runs"]
    notes = [n["message"]["text"] for n in run["invocations"][0]["toolExecutionNotifications"]]
    return run["results"], notes


def test_sarif_leaves_out_the_least_severe_and_says_so() -> None:
    many = [finding(f"{n:05}.py", severity=Severity(1 + n % 2)) for n in range(sarif.MAX_RESULTS + 10)]
    found, notes = _run_of(written("sarif", results(*many)))
    assert len(found) == sarif.MAX_RESULTS
    errors = sum(1 for f in many if f.severity is Severity.ERROR)
    assert sum(1 for f in found if f["level"] == "error") == errors
    assert len(notes) == 1 and notes[0].startswith("10 of 25,010 results are left out")


def test_sarif_stays_below_the_size_of_an_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MAX_GZIPPED", 20_000)
    found, notes = _run_of(written("sarif", results(*(finding(f"{n}.py") for n in range(1000)))))
    assert 100 < len(found) < 1000
    assert notes[0].startswith(f"{1000 - len(found)} of 1,000 results are left out")


def test_github_annotates_ten_of_a_kind_errors_first_and_lists_the_rest() -> None:
    warnings = [finding(f"a{n:02}.py", severity=Severity.WARNING) for n in range(12)]
    errors = [finding(f"b{n:02}.py") for n in range(13)]
    lines = written("github", results(*warnings, *errors)).split("\n")
    kinds = [line.split(" ")[0] for line in lines if line.startswith("::")]
    assert kinds == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"]
    assert "3 errors and 2 warnings more" in lines[20]
    assert [line.split(":")[0] for line in lines[21:26]] == ["a10.py", "a11.py", "b10.py", "b11.py", "b12.py"]


def test_github_says_when_the_run_is_incomplete() -> None:
    out = written("github", results(notices=(Notice("big.sql", "too-large", "120 MB"),)))
    assert out.startswith(
        "::notice title=palint::Not everything was checked: big.sql: not fully checked: 120 MB"
    )


def test_of_many_files_that_were_not_checked_github_names_ten() -> None:
    lost = tuple(Notice(f"{n}.yml", "unparsed", "broken") for n in range(12))
    assert "2 more in the log" in written("github", results(notices=lost))
    assert "more in the log" not in written("github", results(notices=lost[:10]))


def test_gitlab_has_its_fields() -> None:
    incomplete = Notice("big.sql", "too-large", "120 MB")
    first, second = json.loads(written("gitlab", results(finding(fingerprint="f"), notices=(incomplete,))))
    assert first == {
        "description": "hardcoded AWS key",
        "content": {"body": "fix: Read it from Secrets Manager."},
        "check_name": "known-rule",
        "fingerprint": "f",
        "severity": "critical",
        "location": {"path": "app/s3.py", "lines": {"begin": 3, "end": 3}},
    }
    assert second["location"]["path"] == "big.sql" and second["severity"] == "major"


def test_junit_fails_errors_and_skips_warnings() -> None:
    root = ET.fromstring(written("junit", results(finding(), finding(severity=Severity.WARNING))))
    (suite,) = root
    assert [c[0].tag for c in suite] == ["failure", "skipped"]
    assert [(s.get("tests"), s.get("failures"), s.get("skipped")) for s in root] == [("2", "1", "1")]
    (suite,) = ET.fromstring(written("junit", results()))
    assert suite.get("name") == "known-rule" and [len(case) for case in suite] == [0]


@pytest.mark.parametrize(
    ("run", "state", "words"),
    [
        (results(), "clean", "nothing found in the files checked"),
        (
            results(suppressed=(Suppressed(finding(), "r"),)),
            "clean",
            "nothing found in the files checked, 1 suppressed",
        ),
        (results(baselined=(finding(),)), "known", "1 in the baseline"),
        (results(finding(), finding(severity=Severity.WARNING)), "broken", "1 error, 1 warning"),
        (results(finding(severity=Severity.WARNING)), "warned", "1 warning"),
        (results(rules=()), "unknown", "not checked"),
        (
            results(notices=(Notice("a", "too-large", "x"),)),
            "unknown",
            "nothing found, but not everything was checked",
        ),
    ],
)
def test_a_clause_is_shown_with_its_state(run: Results, state: str, words: str) -> None:
    secrets = next(s for s in clause_statuses(run, RULES) if s.clause.label == "C2")
    assert (secrets.state, secrets.summary) == (state, words)
    assert f"| {words} |" in written("markdown", run)
    assert f'<p class="state">{words}</p>' in written("html", run)


def test_a_place_of_a_group_says_the_same_or_what_else_it_is() -> None:
    same, other = finding("a.py", message="hardcoded secret"), finding("a.py", message="and 1 more")
    whole = finding("a.py", message="hardcoded secret, and 1 more")._replace(others=(same, other))
    page = written("markdown", results(whole))
    assert page.count(" the same\n") == 1 and page.count("` and 1 more\n") == 1


def test_markdown_stays_below_github_s_size_and_says_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(markdown, "MAX_SIZE", 5000)
    page = written("markdown", results(*(finding(f"{n}.py") for n in range(100))))
    shown = page.count("- **error**")
    assert 5 < shown < 100 and len(page.encode()) < 5200
    assert page.rstrip().endswith(f"**{100 - shown} more findings** left out: this page holds 5,000 bytes.")


@pytest.mark.skipif(not browser.PROGRAM, reason="no chromium on this machine")
def test_the_page_works_in_a_browser(tmp_path: Path) -> None:
    """Its own script runs under its policy; a script that a message brings does not."""
    hostile = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
    run = results(finding(message=hostile), finding("b.py", rule="other-rule"))
    page = written("html", run)
    # Press the second rule's button once the page is loaded: only its finding is left to see.
    press = (
        "document.querySelectorAll('.filters button')[1].click();"
        "document.title = [...document.querySelectorAll('article')].map(a => a.hidden).join();"
    )
    (tmp_path / "page.html").write_text(page)
    (tmp_path / "driver.html").write_text(
        "<iframe src=page.html></iframe><script>onload = () => { const inner = frames[0];"
        f"const document = inner.document; {press} window.document.title = document.title; }}</script>"
    )
    assert browser.PROGRAM
    command = [browser.PROGRAM, "--headless", "--no-sandbox", "--disable-gpu"]
    command += [
        "--allow-file-access-from-files",
        "--virtual-time-budget=2000",
        f"--user-data-dir={tmp_path}/profile",
        "--dump-dom",
    ]
    command.append(f"file://{tmp_path}/driver.html")
    environment = browser.environment(tmp_path)
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert "<title>true,false</title>" in dom.stdout, dom.stdout + dom.stderr[-500:]
