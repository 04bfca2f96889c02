"""Workers where the platform cannot fork: new interpreters, tried here by taking `fork` away."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from palint import pattern_rule, registry
from palint.config import Config, Pattern
from palint.engine import seal, workers
from palint.engine.run import run
from palint.findings import Results
from palint.secrets.synthetic import generate
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util import user_cache

PATTERN = Pattern("acme-token", "Acme token", "acme_", r"acme_[a-z0-9]{12}", (), ("x",), ())
RULE = """
import os, time
from palint.rule import Rule

class Deadly(Rule):
    "A rule that ends its process or does not come back, as a library in C can."
    keywords = ("deadly",)

    def check(self, file, project):
        print("noise on standard output")
        if "kill" in file.text:
            os._exit(41)
        if "hang" in file.text:
            while True:
                try:
                    time.sleep(60)
                except BaseException:
                    pass
        return ()
"""


@pytest.fixture
def without_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "CAN_FORK", False)
    monkeypatch.setattr(seal, "run_key", bytes(16))
    monkeypatch.setattr(workers, "_CHUNK", 3)
    monkeypatch.setattr(workers, "_FILES_PER_INTERPRETER", 4)
    monkeypatch.setattr(user_cache, "checked_tree", None)


def tree(folder: Path) -> Path:
    folder.mkdir()
    for number in range(12):
        value = generate("{github_token}", number % 8) if number % 2 else f"acme_{number:012}"
        (folder / f"{number:02}.py").write_text(f"TOKEN = {value!r}\n")
    return folder


def check(folder: Path, config: Config, jobs: int = 2) -> Results:
    rules = registry.load()
    pattern_rule.add(rules, config)
    project = Project(str(folder), WorkTree(str(folder), repository=False), config.limits)
    return run(project, config, rules, jobs=jobs)


def test_they_find_what_forked_ones_find(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    config, folder = Config(pattern=(PATTERN,)), tree(tmp_path / "tree")
    (folder / "sitecustomize.py").write_text("raise SystemExit('the checked tree was imported')\n")
    forked = check(folder, config)
    request.getfixturevalue("without_fork")
    started = []
    start = vars(workers.SpawnedPool)["_start"]
    monkeypatch.setattr(workers.SpawnedPool, "_start", lambda *given: started.append(1) or start(*given))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.chdir(folder)
    made = check(folder, config)
    assert len(started) == 2, made.notices
    assert [f._replace(identity=0, value_ids=()) for f in made.findings] == [
        f._replace(identity=0, value_ids=()) for f in forked.findings
    ]
    assert len({f.identity for f in made.findings}) == 10, "two values are in two files each"
    assert made.findings[1].value_ids == made.findings[9].value_ids
    assert len(made.findings) == 12 and made.complete


@pytest.mark.usefixtures("without_fork")
@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("deadly kill\n", "crashed", "exit code 41"),
        pytest.param("deadly hang\n", "timeout", "took too long", marks=pytest.mark.slow),
    ],
)
def test_a_file_that_kills_or_holds_one_costs_that_file_only(
    text: str, kind: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "installed"
    (installed / "deadly-1.dist-info").mkdir(parents=True)
    (installed / "deadly-1.dist-info" / "entry_points.txt").write_text("[palint.rules]\na = deadly:Deadly\n")
    (installed / "deadly.py").write_text(RULE)
    monkeypatch.syspath_prepend(str(installed))
    folder = tree(tmp_path / "tree")
    (folder / "03.py").write_text(text)
    monkeypatch.setattr(workers, "_KILL_GRACE", -15)  # 5 s for a file
    made = check(folder, Config())
    ((path, given, message),) = [(n.path, n.kind, n.message) for n in made.notices]
    assert (path, given) == ("03.py", kind) and why in message
    assert [f.span.path for f in made.findings] == ["01.py", "05.py", "07.py", "09.py", "11.py"]
    sys.modules.pop("deadly", None)


@pytest.mark.usefixtures("without_fork")
def test_what_cannot_be_sent_is_checked_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.SpawnedPool, "_start", None)
    folder = tree(tmp_path / "tree")
    assert not workers.CAN_FORK and workers.worker_count(3, 0) == 1
    for number in range(3, 12):
        (folder / f"{number:02}.py").unlink()
    assert [f.span.path for f in check(folder, Config()).findings] == ["01.py"]
