"""Copies of a file are checked once, and get what each would get alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.engine import result_cache
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.engine.result_cache import ResultCache
from palint.findings import Finding
from palint.rule import Reads, Rule
from palint.testing import substitute, write
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

# Folders whose names the rules know, or might.
FOLDERS = (
    "", "src/", "tests/", "test_a/", "locales/", "i18n/de/", "lib/site-packages/x/", "vendor/boto3/", "moto/",
    ".github/workflows/", "charts/templates/", "docs/", ".envs/", ".circleci/",
)  # fmt: skip
OPEN = [rule for rule in registry.load().values() if rule.reads in (Reads.NEAR, Reads.TEXT)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are remembered, too."""
    monkeypatch.setattr(result_cache, "_MIN_BYTES", 0)
    monkeypatch.setattr(result_cache, "RANDOM_KEY", True)


def check(root: Path, rule: type[Rule], paths: list[str], *, forget: bool) -> list[FileResult | None]:
    project = Project(str(root), WorkTree(str(root), repository=False))
    checker = FileChecker(project, Config(), [rule(Config())])
    made = []
    for path in paths:
        if forget:
            checker = FileChecker(project, Config(), [rule(Config())], matcher=checker.matcher)
        made.append(checker.check(path))
    return made


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("rule", OPEN, ids=lambda rule: rule.id())
def test_a_copy_gets_what_it_would_get_alone(tmp_path: Path, rule: type[Rule]) -> None:
    """Whatever the folder: its name and kind are all of the path that counts."""
    paths = []
    for number, example in enumerate((*rule.bad, *rule.good)):
        name = example.path or "a" + (rule.files.suffixes or (".txt",))[0]
        for files in [example.files] if example.files else [{name: example.text}]:
            for path, text in files.items():
                name = path.rpartition("/")[2]
                for named in ("a.ipynb", "a.py"):  # a notebook is a Python expression, too
                    paths.append(f"{number}/notebook/{named}")
                    cell = {"cell_type": "code", "source": substitute(text)}
                    write(str(tmp_path), paths[-1], json.dumps({"cells": [cell]}))
                other = name.removeprefix("test_") if name.startswith("test_") else f"test_{name}"
                for named in (other, *(folder + name for folder in FOLDERS)):
                    paths.append(f"{number}/{named}")
                    write(str(tmp_path), paths[-1], substitute(text))
    alone = check(tmp_path, rule, paths, forget=True)
    assert check(tmp_path, rule, paths, forget=False) == alone
    assert check(tmp_path, rule, paths[::-1], forget=False) == alone[::-1]
    assert any(alone)


class Counts(Rule):
    """Reports every `key` before a blank, and counts how often it was asked."""

    keywords = ("key",)
    reads = Reads.TEXT
    asked: list[str] = []

    @classmethod
    def id(cls) -> str:
        return "counts"

    def check(self, file: SourceFile, project: Project) -> list[Finding]:
        self.asked.append(file.path)
        if "odd" in file.text:
            file.add_notice("parse-fallback", "it is odd")
        return [
            self.violation(file.span(hit.end - 3, hit.end), "a key")
            for hit in file.keyword_matches
            if file.text[hit.end] == " "
        ]


class Shy(Counts):
    """The same, but it may look at anything."""

    reads = Reads.TREE


@pytest.mark.parametrize(
    ("rule", "texts", "asked"),
    [
        (Counts, {"a.py": "keys", "b/a.py": "keys"}, ["a.py"]),
        (Counts, {"a.py": "keys", "b/A.py": "keys"}, ["a.py", "b/A.py"]),
        (Counts, {"a.py": "keys", "docs/a.py": "keys"}, ["a.py", "docs/a.py"]),
        (Counts, {"vendor/a.py": "keys", "vendor/tests/a.py": "keys"}, ["vendor/a.py", "vendor/tests/a.py"]),
        (Counts, {"a.py": "keys", "b/a.py": "keys "}, ["a.py", "b/a.py"]),
        (Counts, {"a.py": "odd keys", "b/a.py": "odd keys"}, ["a.py", "b/a.py"]),
        (Counts, {"a.py": "key ", "b/a.py": "key "}, ["a.py", "b/a.py"]),
        (Shy, {"a.py": "keys", "b/a.py": "keys"}, ["a.py", "b/a.py"]),
    ],
    ids=["a copy", "name", "role", "test", "text", "notice", "finding", "a rule that reads other files"],
)
@pytest.mark.usefixtures("small")
def test_what_a_rule_reads_decides_which_copies_are_checked(
    tmp_path: Path, rule: type[Counts], texts: dict[str, str], asked: list[str]
) -> None:
    rule.asked.clear()
    for path, text in texts.items():
        write(str(tmp_path), path, text)
    made = check(tmp_path, rule, list(texts), forget=False)
    assert rule.asked == asked
    for path, text, outcome in zip(texts, texts.values(), made, strict=True):
        reported = [f.span.path for f in outcome.findings] if outcome is not None else []
        assert reported == [path] * text.count("key ")


@pytest.mark.usefixtures("small")
def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_MAX_CONTENTS", 3)
    monkeypatch.setattr(result_cache, "_MAX_PATHS", 2)
    cache = ResultCache()
    for number in range(10):
        cache.add("rule", SourceFile("a", b"%d" % number))
        kept = [cache.has_nothing("rule", SourceFile("a", b"%d" % n)) for n in range(10)]
        assert sum(kept) <= 3
    assert cache.has_nothing("rule", SourceFile("b/a", b"9"))
    assert not cache.has_nothing("another rule", SourceFile("a", b"9"))
    assert not cache.has_nothing("rule", SourceFile("a", b"0"))
    for name in ("a.py", "a.js", "a.md"):
        cache.add("rule", SourceFile(name, b"few"))
    kept = [cache.has_nothing("rule", SourceFile(f"b/a.{end}", b"few")) for end in ("py", "js", "md")]
    assert kept == [True, True, False]


def test_another_encoding_makes_another_text() -> None:
    cache, data = ResultCache(), "\ufeffkey".encode("utf-16-le") * 200
    cache.add("rule", SourceFile("a", data))
    assert cache.has_nothing("rule", SourceFile("a", data))
    assert not cache.has_nothing("rule", SourceFile("a", data, encoding="utf-16-le"))
    assert not cache.has_nothing("rule", SourceFile("a", data, encoding="latin-1"))


@pytest.mark.parametrize(("seed", "caches"), [("random", True), ("0", False), ("7", False)])
def test_nothing_is_cached_under_a_known_seed(seed: str, caches: bool) -> None:
    """With it, an attacker could construct two files of one hash and have the harmless one checked first."""
    program = (
        "from palint.text.source import SourceFile as F; from palint.engine.result_cache import ResultCache\n"
        "cache = ResultCache(); cache.add(1, F('a', b'x' * 2000))\n"
        "print(cache.has_nothing(1, F('b/a', b'x' * 2000)))"
    )
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    made = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == str(caches)
