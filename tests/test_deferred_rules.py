"""A rule that is not imported yet declares and finds what the rule itself does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from palint import deferred_rules, registry
from palint.cli.commands import command_parser
from palint.cli.options import CheckOptions, default_policy
from palint.config import Config
from palint.engine.run import run
from palint.findings import Results
from palint.prefilter import Keyword, LateConfirm
from palint.rule import Rule
from palint.testing import example_files, write
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from palint.util import user_cache
from tests.conftest import Repository

REAL = registry.load()


@pytest.fixture(scope="module")
def deferred(tmp_path_factory: pytest.TempPathFactory) -> dict[str, type[Rule]]:
    """The rules as the second run has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(user_cache, "checked_tree", "/nowhere")
        first, second = registry.load(deferred=True), registry.load(deferred=True)
    assert not any(issubclass(rule, deferred_rules.DeferredRule) for rule in first.values())
    assert all(issubclass(rule, deferred_rules.DeferredRule) for rule in second.values())
    return second


def test_it_declares_the_same(deferred: dict[str, type[Rule]]) -> None:
    assert list(deferred) == list(REAL)
    paths = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split()
    paths += [
        path
        for rule in REAL.values()
        for each in (*rule.bad, *rule.good)
        for path in example_files(rule, each)
    ]
    for name, real in REAL.items():
        other = deferred[name]
        for field in (
            "reads",
            "checks_history",
            "supersedes",
            "clause",
            "severity",
            "options",
            "bad",
            "good",
            "__doc__",
        ):
            assert getattr(other, field) == getattr(real, field), (name, field)
        assert (other.id(), other.url(), other.summary()) == (real.id(), real.url(), real.summary())
        assert (other.check is Rule.check) == (real.check is Rule.check)
        assert (other.check_project is Rule.check_project) == (real.check_project is Rule.check_project)
        assert [_loaded(keyword) for keyword in other.keywords] == list(real.keywords)
        for path in paths:
            for head in (b"", b"#!/usr/bin/env python", b"#!/bin/bash"):
                assert other.files.matches(path, head) == real.files.matches(path, head), (name, path)
            if real.companion_files is not None:
                assert other.companion_files is not None
                assert other.companion_files.matches(path) == real.companion_files.matches(path)


def _loaded(keyword: str | Keyword) -> str | Keyword:
    if isinstance(keyword, Keyword) and isinstance(keyword.confirm, LateConfirm):
        return keyword._replace(confirm=keyword.confirm.load())
    return keyword


def test_it_finds_the_same(deferred: dict[str, type[Rule]]) -> None:
    with tempfile.TemporaryDirectory() as root:
        for name, rule in REAL.items():
            for number, example in enumerate((*rule.bad, *rule.good)):
                for path, content in example_files(rule, example).items():
                    write(root, f"{name}/{number}/{path}", content)
        found = _results(root, REAL)
        assert {finding.rule for finding in found.findings} == set(REAL)
        assert _results(root, deferred)._replace(seconds=0) == found._replace(seconds=0)


def _results(root: str, rules: dict[str, type[Rule]]) -> Results:
    config = Config(select=tuple(rules))  # previews too
    return run(Project(root, WorkTree(root, repository=False), config.limits), config, rules, jobs=1)


@pytest.mark.parametrize(
    ("changed", "damage"),
    [
        ("palint_rules/secret_to_slack.py", ""),
        ("palint_rules/secret_to_slack.py", 'keywords = ("hooks.example", '),
        (
            "palint/secrets/formats/keys.py",
            'keyword="hooks.example',
        ),  # imported when its keywords are asked for
    ],
)
def test_a_changed_module_is_read_again(tmp_path: Path, changed: str, damage: str) -> None:
    """palint is copied, so that its files may change."""
    for package, source in (("palint", "src/palint"), ("palint_rules", "rules")):
        shutil.copytree(source, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / changed
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from palint import deferred_rules, registry\n"
        "from palint.util import user_cache\n"
        "user_cache.checked_tree = '/nowhere'\n"
        "rules = registry._deferred('palint_rules')\n"
        "print(sum(issubclass(r, deferred_rules.DeferredRule) for r in rules),"
        " ['hooks.example' in str([*r.keywords]) for r in rules].count(True))\n"
    )

    def answer() -> str:
        env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
        made = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)],
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        return made.stdout.strip() or made.stderr.strip().splitlines()[-1]

    assert answer() == "0 0"
    assert answer() == f"{len(REAL)} 0"
    text = module.read_text()
    stamp = module.stat()
    before = damage.replace("hooks.example", "AGE-SECRET-KEY-").replace('"AGE-SECRET-KEY-", ', "")
    assert before in text
    module.write_text(text.replace(before, damage, 1))
    if not damage:
        os.utime(module, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # its ctime tells
    assert answer() == f"0 {int(bool(damage))}"
    assert answer() == f"{len(REAL)} {int(bool(damage))}"


def test_a_hook_imports_no_rule_for_a_harmless_file(repo: Repository, tmp_path: Path) -> None:
    repo.write("a.txt", "nothing\n")
    repo.add()
    script = (
        "import os, sys\n"
        "end, me = os._exit, os.getpid()\n"
        "os._exit = lambda code: (os.getpid() == me and print(*sorted(sys.modules), flush=True), end(code))\n"
        "from palint.cli.main import main\n"
        "sys.argv[1:] = ['hook', '--', 'a.txt']\n"
        "main()\n"
    )
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for _ in range(2):
        made = subprocess.run(
            [sys.executable, "-c", script],
            cwd=repo.path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
    assert "No findings: 1 file checked" in made.stdout, made.stderr
    modules = made.stdout.split()
    imported = {m for m in modules if m.startswith(("palint_rules.", "palint.secrets", "argparse"))}
    assert imported == {"palint_rules.unused_suppression"}  # which judges the run
    assert len([m for m in modules if m.startswith("palint")]) < 80


def test_a_hook_without_options_has_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for policy in (None, "policy.toml"):
        if policy:
            monkeypatch.setenv("PALINT_POLICY", policy)
        parsed = vars(command_parser("hook").parse_words(["--", "a", "--help"]))
        assert parsed.pop("pre_receive") is False  # of the hook alone, as the next
        assert parsed.pop("agent") is False
        options = CheckOptions(paths=("a", "--help"), policy=default_policy())
        assert {k: tuple(v) if isinstance(v, list) else v for k, v in parsed.items()} == {
            k: v for k, v in options._asdict().items() if k in parsed
        }
        assert options.policy == policy
