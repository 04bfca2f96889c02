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
from palint.rule import Rule
from palint.testing import substitute, write
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree

# Folders whose names the rules know, or might.
FOLDERS = (
    "", "src/", "tests/", "test_a/", "locales/", "i18n/de/", "lib/site-packages/x/", "vendor/boto3/", "moto/",
    ".github/workflows/", "charts/templates/", "docs/",
)  # fmt: skip
OPEN = [rule for rule in registry.load().values() if rule.cache_key is not Rule.cache_key]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small files are remembered, too."""
    monkeypatch.setattr(result_cache, "_MIN_BYTES", 0)
    monkeypatch.setattr(result_cache, "RANDOM_KEY", True)


def check(root: Path, rule: type[Rule], paths: list[str], *, forget: bool) -> list[FileResult | None]:
    checker = FileChecker(
        Project(str(root), WorkTree(str(root), repository=False)), Config(), [rule(Config())]
    )
    made = []
    for path in paths:
        if forget:
            checker._results = ResultCache()
        made.append(checker.check(path))
    return made


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("rule", OPEN, ids=lambda rule: rule.id())
def test_a_copy_gets_what_it_would_get_alone(tmp_path: Path, rule: type[Rule]) -> None:
    """Whatever the folder: `cache_key` tells all of the path that counts."""
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
                for folder in FOLDERS:
                    for named in (name, "test_" + name, name.removeprefix("test_"), name + ".ipynb"):
                        paths.append(f"{number}/{folder}{named}")
                        write(str(tmp_path), paths[-1], substitute(text))
    alone = check(tmp_path, rule, paths, forget=True)
    assert check(tmp_path, rule, paths, forget=False) == alone
    assert check(tmp_path, rule, paths[::-1], forget=False) == alone[::-1]
    assert any(alone)


class Counts(Rule):
    """Reports every `key` before a blank, and counts how often it was asked."""

    __module__ = "palint_rules.counts"  # only palint\'s own rules are cached

    keywords = ("key",)
    asked: list[str] = []

    @classmethod
    def id(cls) -> str:
        return "counts"

    def cache_key(self, path: str) -> str:
        return path.rpartition(".")[2]

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

    def cache_key(self, path: str) -> None:  # type: ignore[override]
        return None


@pytest.mark.parametrize(
    ("rule", "texts", "asked"),
    [
        (Counts, {"a.py": "keys", "b/c.py": "keys"}, ["a.py"]),
        (Counts, {"a.py": "keys", "b.js": "keys"}, ["a.py", "b.js"]),
        (Counts, {"a.py": "keys", "b.py": "keys "}, ["a.py", "b.py"]),
        (Counts, {"a.py": "odd keys", "b.py": "odd keys"}, ["a.py", "b.py"]),
        (Counts, {"a.py": "key ", "b.py": "key "}, ["a.py", "b.py"]),
        (Shy, {"a.py": "keys", "b.py": "keys"}, ["a.py", "b.py"]),
    ],
    ids=["a copy", "another path", "another text", "a notice", "a finding", "a rule without a cache key"],
)
@pytest.mark.usefixtures("small")
def test_cache_keys_decide_which_copies_are_checked(
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


class Clumsy(Counts):
    """The same, but it cannot say what it looks at."""

    __module__ = "palint_rules.counts"  # only palint\'s own rules are cached

    def cache_key(self, path: str) -> str:
        raise ZeroDivisionError("sekret")


@pytest.mark.usefixtures("small")
def test_a_rule_without_a_cache_key_checks_every_copy(tmp_path: Path) -> None:
    write(str(tmp_path), "a.py", "keys")
    write(str(tmp_path), "b.py", "keys")
    first, copy = check(tmp_path, Clumsy, ["a.py", "b.py"], forget=False)
    assert first is None  # nothing to compare with yet
    assert copy is not None
    assert [n.kind for n in copy.notices] == ["crashed"] and "sekret" not in copy.notices[0].message


def suffix(path: str) -> str:
    return path.partition(".")[2]


@pytest.mark.usefixtures("small")
def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result_cache, "_MAX_CONTENTS", 3)
    monkeypatch.setattr(result_cache, "_MAX_PATHS", 2)
    cache = ResultCache()
    for number in range(10):
        cache.put(SourceFile("a", b"%d" % number), "key", number)
        assert len(cache._results) <= 3
    assert cache.get(SourceFile("b", b"9"), "key", suffix) == 9
    assert cache.get(SourceFile("b", b"9"), "another key", suffix) is None
    assert cache.get(SourceFile("b", b"0"), "key", suffix) is None
    for number, name in enumerate(("a.py", "a.js", "a.md")):
        cache.put(SourceFile(name, b"few"), "key", number)
    assert [cache.get(SourceFile(f"b.{end}", b"few"), "key", suffix) for end in ("py", "js", "md")] == [
        0,
        1,
        None,
    ]


def test_another_encoding_makes_another_text() -> None:
    cache, data = ResultCache(), "\ufeffkey".encode("utf-16-le") * 200
    cache.put(SourceFile("a", data), "key", 1)
    assert cache.get(SourceFile("a", data), "key", suffix) == 1
    assert cache.get(SourceFile("a", data, encoding="utf-16-le"), "key", suffix) is None
    assert cache.get(SourceFile("a", data, encoding="latin-1"), "key", suffix) is None


@pytest.mark.parametrize(("seed", "caches"), [("random", True), ("0", False), ("7", False)])
def test_nothing_is_cached_under_a_known_seed(seed: str, caches: bool) -> None:
    """With it, an attacker could construct two files of one hash and have the harmless one checked first."""
    program = (
        "from palint.text.source import SourceFile as F; from palint.engine.result_cache import ResultCache\n"
        "cache = ResultCache(); cache.put(F('a', b'x' * 2000), 1, 2)\n"
        "print(cache.get(F('b', b'x' * 2000), 1, lambda path: ''))"
    )
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    made = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert made.stdout.strip() == ("2" if caches else "None")


def test_another_package_s_rule_is_run_on_each_copy(tmp_path: Path) -> None:
    calls = []

    class Careless(Rule):
        """Reads the path, and says that it does not."""

        keywords = ("key",)

        def check(self, file: SourceFile, project: Project) -> list[Finding]:
            calls.append(file.path)
            return []

        def cache_key(self, path: str) -> str:
            return ""

    for name in ("a.py", "b.py"):
        write(str(tmp_path), name, "key" * 1000)
    check(tmp_path, Careless, ["a.py", "b.py"], forget=False)
    assert calls == ["a.py", "b.py"]
