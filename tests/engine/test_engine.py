"""The engine: one result whatever the workers, each file parsed at most once, nothing silenced wrongly."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import registry
from palint.baseline import value_bits
from palint.config import Allow, Config
from palint.engine.file_checker import FileChecker
from palint.engine.run import run
from palint.engine.workers import WorkerStatus
from palint.findings import Finding, Notice, Severity
from palint.rule import PYTHON, Clause, Example, FileFilter, Rule
from palint.testing import results_of, substitute, write
from palint.text.source import ParseError, SourceFile
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from tests.conftest import findings, palint

PARSED: list[str] = []


def parse(file: SourceFile) -> str:
    PARSED.append(file.path)
    if "refuse" in file.text:
        raise ParseError("line is odd", 3)
    return file.text.upper()


class General(Rule):
    """Flags every `key`."""

    clause = Clause.NO_SECRETS_IN_CODE
    keywords = ("key",)

    @classmethod
    def id(cls) -> str:
        return "general"

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        file.parsed_with(parse)
        for hit in file.keyword_matches:
            yield self.violation(file.span(hit.end - 3, hit.end), "a key", values=[(hit.end - 3, hit.end)])


class Specific(General):
    """Flags every `my key`, and supersedes General there."""

    keywords = ("my key",)
    supersedes = ("general",)

    @classmethod
    def id(cls) -> str:
        return "specific"


class Lenient(Specific):
    """As Specific, but it only warns."""

    severity = Severity.WARNING

    @classmethod
    def id(cls) -> str:
        return "lenient"


def found(rule: type[Rule], text: str, *others: type[Rule], path: str = "a.txt") -> list[tuple[str, int]]:
    results = results_of(rule, {path: text}, others=others)
    return [(f.rule, f.span.start.line) for f in results.findings]


def test_a_file_is_parsed_once_and_only_if_it_has_a_keyword() -> None:
    PARSED.clear()
    results_of(General, {"a.txt": "my key and key\n", "b.txt": "nothing\n"}, others=[Specific])
    assert PARSED == ["a.txt"]


def test_a_more_specific_rule_supersedes_a_general_one() -> None:
    text = "my key\nkey\n"
    assert found(General, text) == [("general", 1), ("general", 2)]
    assert found(General, text, Specific) == [("specific", 1), ("general", 2)]


def test_a_lesser_weight_does_not_silence() -> None:
    assert found(General, "my key\n", Lenient) == [("general", 1), ("lenient", 1)]


def test_suppressing_the_speaker_suppresses_the_value() -> None:
    assert found(General, "my key  # palint: ignore[specific] fine\n", Specific) == []
    assert found(General, "my key  # palint: ignore[general] fine\n", Specific) == [("specific", 1)]


def test_positions_count_code_points_after_wide_text() -> None:
    results = results_of(General, {"a.txt": "é𝒳\u2028 key\n"})
    assert results.findings[0].span.start == (1, 5)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"]
)
def test_encodings_change_no_place(encoding: str) -> None:
    text = "caf\xe9 text that is long enough to show its shape\nyour key é\n"
    results = results_of(General, {"a.txt": text.encode(encoding)})
    assert [f.span.start for f in results.findings] == [(2, 6)]


def test_unparsed_is_a_notice_and_other_rules_go_on() -> None:
    results = results_of(General, {"a.txt": "refuse key\n", "b.txt": "key\n"})
    assert results.notices == (Notice("a.txt", "unparsed", "line 3: line is odd"),)
    assert not results.complete
    assert [f.span.path for f in results.findings] == ["b.txt"]


class Broken(General):
    """Fails, with the text in its exception."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        raise ValueError(file.text)

    @classmethod
    def id(cls) -> str:
        return "broken"


def test_a_broken_rule_costs_itself_only_and_leaks_nothing() -> None:
    results = results_of(General, {"a.txt": "hunter2 key\n"}, others=[Broken])
    assert [f.rule for f in results.findings] == ["general"]
    (notice,) = results.notices
    assert (
        notice.kind == "crashed"
        and "broken (tests) crashed: ValueError at tests/engine/test_engine.py" in notice.message
    )
    assert "hunter2" not in notice.message


class Endless(General):
    """Never ends."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        while True:
            pass

    @classmethod
    def id(cls) -> str:
        return "endless"


class Deadly(General):
    """Kills its process on one file."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        if file.path == "m.txt":
            os.kill(os.getpid(), 9)
        return super().check(file, project)

    @classmethod
    def id(cls) -> str:
        return "deadly"


def run_on(tmp_path: Path, rule: type[Rule], files: dict[str, str], limits: Limits, jobs: int):  # type: ignore[no-untyped-def]
    for path, text in files.items():
        write(str(tmp_path), path, text)
    config = Config(limits=limits)
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False), limits)
    return run(project, config, {rule.id(): rule}, jobs=jobs)


def test_a_time_limit(tmp_path: Path) -> None:
    results = run_on(tmp_path, Endless, {"a.txt": "key\n"}, Limits(seconds=0.2), 1)
    assert [(n.path, n.kind) for n in results.notices] == [("a.txt", "timeout")]


class Swallowing(Endless):
    """Catches everything, and begins again."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        while True:
            try:
                yield from super().check(file, project)
            except Exception:
                continue

    @classmethod
    def id(cls) -> str:
        return "swallowing"


def test_the_limit_is_one_for_all_rules_of_a_file(tmp_path: Path) -> None:
    """Each of them could use it up; together they do not take longer."""
    write(str(tmp_path), "a.txt", "key\n")
    limits = Limits(seconds=0.3)
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False), limits)
    rules = {rule.id(): rule for rule in (Swallowing, Endless, General)}
    results = run(project, Config(limits=limits), rules, jobs=1)
    assert [(n.path, n.kind) for n in results.notices] == [("a.txt", "timeout")] * 3
    assert results.seconds < 30  # else it would not end


class Stuck(General):
    """Hangs where no signal reaches Python, as a library written in C could."""

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        if file.path == "m.txt":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
            time.sleep(600)
        return super().check(file, project)

    @classmethod
    def id(cls) -> str:
        return "stuck"


def test_a_worker_that_hangs_is_ended(tmp_path: Path) -> None:
    files = {f"{letter}.txt": "key\n" for letter in "klmno"}
    results = run_on(tmp_path, Stuck, files, Limits(seconds=0.2), 1)
    assert [(n.path, n.kind) for n in results.notices] == [("m.txt", "timeout")]
    assert {f.span.path for f in results.findings} == set(files) - {"m.txt"}
    assert results.seconds < 60


def test_a_worker_at_work_is_never_taken_for_one_that_hangs() -> None:
    slot = WorkerStatus()
    worker = os.fork()
    if worker == 0:
        while True:
            for index in range(10):
                slot.start_file(index)
    began = time.monotonic()
    try:
        while (now := time.monotonic()) < began + 0.5:
            assert now - slot.started_at < 5
            assert -1 <= slot.index < 10
    finally:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_worker_that_dies_costs_one_file(tmp_path: Path, jobs: int) -> None:
    files = {f"{letter}.txt": "key\n" for letter in "abcdefghijklmnopqrstuvwxyz"}
    results = run_on(tmp_path, Deadly, files, Limits(), jobs)
    assert [(n.path, n.kind) for n in results.notices] == [("m.txt", "crashed")]
    assert {f.span.path for f in results.findings} == set(files) - {"m.txt"}


def test_no_process_is_left(tmp_path: Path) -> None:
    """Of a process without other children."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            run_on(tmp_path, General, {"a.txt": "key\n"}, Limits(), 2)
            code = 2
            os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            code = 0 if code == 2 else 3
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_workers_change_nothing(tmp_path: Path) -> None:
    for name, rule in registry.load().items():
        for number, example in enumerate(rule.bad):
            files = example.files or {
                example.path or "x" + (rule.files.suffixes or (".txt",))[0]: example.text
            }
            for path, text in files.items():
                write(str(tmp_path), f"{name}/{number}/{path}", text)
    for number in range(900):
        write(
            str(tmp_path),
            f"more/{number}.py",
            substitute('t = "{github_token}"\n') if number % 90 == 0 else "x = 1\n",
        )
    made = [palint("--format", "json", f"--jobs={jobs}", ".", cwd=tmp_path) for jobs in (1, 2, 8)]
    assert made[0].stdout == made[1].stdout == made[2].stdout
    places = [
        (f["path"].encode(), f["start"]["line"], f["start"]["column"], f["rule"]) for f in findings(made[0])
    ]
    assert len(places) > 50
    assert places == sorted(places)


def test_allow(tmp_path: Path) -> None:
    write(str(tmp_path), "a/x.txt", "key\n")
    write(str(tmp_path), "b/x.txt", "key\n")
    config = Config(allow=(Allow(("a/",), ("general",), "accepted", 1),))
    project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
    results = run(project, config, {"general": General})
    assert [f.span.path for f in results.findings] == ["b/x.txt"]
    assert [(s.finding.span.path, s.reason) for s in results.suppressed] == [("a/x.txt", "accepted")]


def test_seals(tmp_path: Path) -> None:
    results = results_of(
        General, {"a.txt": "before\nthe key here\nafter\n", "b.txt": "the key here\nthe key here\n"}
    )
    one, two, three = results.findings
    assert [line.text for line in one.excerpt] == ["before", "the *** here", "after"]
    assert one.line_hash == two.line_hash == three.line_hash
    assert len({f.fingerprint for f in results.findings}) == 3
    assert one.value_bits is not None and 0 <= one.value_bits < 4096


@pytest.mark.parametrize("text", ["key\n", "before key after\n", "é\U0001f511 key\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_a_finding_keeps_twelve_bits_of_exactly_its_value(text: str, encoding: str) -> None:
    """Other bits would make every finding of every committed baseline new."""
    (finding,) = results_of(General, {"a.txt": text.encode(encoding)}).findings
    assert finding.value_bits == value_bits("key")


def test_a_fix_of_python_code_has_its_edits_unless_they_are_not_needed(tmp_path: Path) -> None:
    key = substitute("{aws_access_key_id}")
    write(str(tmp_path), "a.py", f'import boto3\nboto3.client("s3", aws_access_key_id="{key}")\n')
    rules = {"boto3-access-key": registry.load()["boto3-access-key"]}
    for options, count in (({}, 1), ({"edits": False}, 0)):
        project = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        (finding,) = run(project, Config(), rules, **options).findings
        assert finding.fix is not None and len(finding.fix.edits) == count


def test_warming_asks_no_rule_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    PARSED.clear()
    project = Project("/nowhere", WorkTree("/", repository=False))
    own = [made(Config()) for made in registry.load().values()]
    checker = FileChecker(project, Config(), [General(Config()), *own])
    asked: list[str] = []
    for rule in own:
        monkeypatch.setattr(type(rule), "check", lambda rule, *_: asked.append(rule.id()) or [])
    checker.preload(lambda: False)
    assert PARSED == [] and "general" not in asked
    assert {"hardcoded-secret", "boto3-access-key"} <= set(asked)


class Talkative(Rule):
    """Says the whole line, in its message and its help."""

    clause = Clause.NO_SECRETS_IN_CODE
    keywords = ("key=",)

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        for hit in file.keyword_matches:
            start, end = file.line_at(hit.end)
            line = file.text[start:end]
            yield self.violation(file.span(start, end), line, fix_hint=line, values=[(hit.end, end)])


def test_no_value_is_in_a_rules_words() -> None:
    values = [substitute("{aws_secret_access_key}"), substitute("{password}") + "-long-enough"]
    text = f"key={values[0]}\nkey={values[1]}\n"
    for finding, value in zip(results_of(Talkative, {"a.txt": text}).findings, values, strict=True):
        assert finding.message == finding.fix_hint == "key=" + "*" * len(value)


def test_of_a_key_of_many_lines_the_first_is_shown() -> None:
    text = substitute("before\n{private_key}\n\nafter\n")
    (finding,) = results_of(registry.load()["hardcoded-secret"], {"a.txt": text}).findings
    before, stars = [line.text for line in finding.excerpt]
    assert finding.span.end.line - finding.span.start.line > 3
    assert before == "before" and stars == "*" * len(stars) != ""


def test_a_long_line_is_cut_round_the_finding() -> None:
    results = results_of(General, {"a.txt": "x" * 100_000 + " key " + "y" * 100_000})
    (line,) = results.findings[0].excerpt
    assert len(line.text) <= 400
    column = results.findings[0].span.start.column
    assert line.text[column - line.column :][:3] == "***"


class Named(Rule):
    """Asked by name."""

    files = (
        FileFilter(suffixes=(".py",), names=("makefile",), predicate=lambda p: p.startswith("deep/")) | PYTHON
    )
    bad = (Example(),)

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        yield self.violation(file.full_span(), "seen")

    @classmethod
    def id(cls) -> str:
        return "named"


def test_rules_without_keywords_are_selected_by_file_name() -> None:
    files = {"a.PY": "", "Makefile": "", "deep/x": "", "b.txt": "", "pyx": "", "dir/a.py": ""}
    results = results_of(Named, files)
    assert [f.span.path for f in results.findings] == ["Makefile", "a.PY", "deep/x", "dir/a.py"]


def test_json_report_of_the_same_tree_is_the_same(tmp_path: Path) -> None:
    write(str(tmp_path), "a.py", 't = "{github_token}"\n')
    one, two = (palint("--format", "json", ".", cwd=tmp_path).stdout for _ in range(2))
    assert one == two
    assert json.loads(one)["findings"]
