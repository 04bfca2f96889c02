"""A match that is not checked again would have given nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from palint import registry
from palint.aws.key_values import QUOTED_KEYS
from palint.config import Config
from palint.engine.file_checker import FileChecker
from palint.engine.file_result import FileResult
from palint.findings import Finding
from palint.history import parts
from palint.history.check import VersionProject
from palint.history.parts import KnownMatches, PartChecker
from palint.history.run import rules_for
from palint.rule import REACH, Reads, Rule
from palint.secrets.formats.format import Format
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import generate
from palint.text.source import KeywordMatch, SourceFile
from palint.tree.project import Limits, Project
from palint.tree.reader import Read
from tests.grouped import grouped
from tests.history.test_unchanged import edited

FILLER = b"".join(b"x%d = call(%d)  # nothing to see\n" % (n, n * 7) for n in range(180))
assert len(FILLER) > REACH


def leaks(result: FileResult) -> tuple[Finding, ...]:
    """The findings that have a value or forbid the file: `palint history` drops the others."""
    return tuple(f for f in result.findings if f.value_ranges or f.rule == "env-file")


class Checkers:
    """Checks versions with and without what is known of earlier ones."""

    def __init__(self, folder: Path) -> None:
        self.project = VersionProject(str(folder), Limits())
        rules = rules_for(Config(), registry.load())
        self.files = PartChecker(self.project, Config(), rules)
        self.fresh = FileChecker(self.project, Config(), rules)
        no_keys = [rule for rule in rules if rule.id() != "boto3-access-key"]
        self.fresh_without_keys = FileChecker(self.project, Config(), no_keys)

    def findings(self, path: str, data: bytes) -> tuple[Finding, ...]:
        """The findings; fails where the two checkers differ."""
        found = []
        text = SourceFile(path, data).text
        has_key = any(pattern.search(text) for pattern in QUOTED_KEYS)
        fresh = self.fresh if has_key else self.fresh_without_keys
        for checker in (self.files, fresh):
            self.project.show(path, "", Read(data, len(data)))
            skipped = checker is self.files and self.files.has_nothing_to_check(path, data)
            result = None if skipped else checker.check(path)
            found.append(
                ((), (), ()) if result is None else (leaks(result), result.suppressed, result.notices)
            )
        assert found[0] == found[1], (path, data)
        return found[0][0]


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> Checkers:
    return Checkers(tmp_path_factory.mktemp("versions"))


@grouped("fmt", FORMATS, key=lambda fmt: fmt.id[0])
def test_a_change_anywhere_in_a_token_is_seen(checkers: Checkers, fmt: Format) -> None:
    text = generate(fmt.example, 11).replace("«", "").replace("»", "").encode()
    whole = FILLER + b"\n" + text + b"\n" + FILLER
    at = len(text) - 1 if len(text) % 2 else 0  # an end is farthest from what finds the token
    broken = FILLER + b"\n" + text[:at] + b"\n \n" + text[at + 1 :] + b"\n" + FILLER
    for data in (broken, broken, whole):  # after a finding, nothing is known of the next version
        found = checkers.findings("a.py", data)
    assert found


@pytest.mark.parametrize("length", [5, 60, 150, 250, 350])
def test_a_change_far_from_the_name_is_seen(checkers: Checkers, length: int) -> None:
    items = "".join(f'    "{"your password here "[:18]:x<{length}}",\n' for _ in range(5))
    start = FILLER + f"passwords = [\n{items}".encode()
    end = b"]\n" + FILLER
    for value in ("changeme", "changeme", generate("{base64:40}", 3)):
        found = checkers.findings("far.py", start + f'    "{value}",\n'.encode() + end)
    assert found


def test_a_rule_without_a_value_explains_what_another_takes_for_one(checkers: Checkers) -> None:
    """A key has at most 128 characters, so a longer text is taken for an encrypted one."""
    text = generate("{base64:1000}", 3)
    for name, found in (("aws_secret_access_key", False), ("db_password", True)):
        assert bool(checkers.findings("config.yml", f'{name}: "{text}"\n'.encode())) == found


@pytest.mark.parametrize("seed", range(5))
def test_random_histories(checkers: Checkers, seed: int) -> None:
    random = Random(seed)
    path = ("a.py", "config.yml", "notes.md", "settings.json", "run")[seed % 5]
    data = FILLER
    with_findings = 0
    for _ in range(150):
        new = edited(random, data)
        if len(new) < 20_000 and not checkers.findings(path, new):
            data = new
        else:
            with_findings += 1
            data = FILLER if len(data) > 15_000 else data
        checkers.findings(random.choice((path, f"x/{path}")), data)
    assert 10 < with_findings < 140


def test_the_text_around_a_match_decides() -> None:
    text = "a" * 18_000
    match = KeywordMatch(3, 8_000)
    known = KnownMatches()
    keys = known.unknown("rule", text, [match])[1]
    known.add(keys)

    def is_known(at: int, rule: str = "rule", keyword: int = 3, end: int = 8_000) -> bool:
        changed = text[:at] + "b" + text[at + 1 :]
        return known.unknown(rule, changed, [KeywordMatch(keyword, end)]) == ([], [])

    assert len(keys) == 1
    assert is_known(8_000 - REACH - 1) and is_known(8_000 + REACH)
    assert not any(map(is_known, (8_000 - REACH, 8_000, 8_000 + REACH - 1)))
    assert not is_known(0, rule="other") and not is_known(0, keyword=4) and not is_known(16_000, end=4_000)


def test_matches_that_were_not_used_for_long_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MAX_MATCHES", 10)
    known = KnownMatches()

    def is_known(text: str) -> bool:
        matches, keys = known.unknown("rule", text, [KeywordMatch(0, 1)])
        known.add(keys)
        return not matches

    assert not is_known("used often")
    for n in range(40):
        assert not is_known(f"text {n}")
        assert is_known("used often")
    assert [is_known(f"text {n}") for n in (0, 39)] == [False, True]


class Counting(Rule):
    """A rule that remembers the matches that it was given, and reports one word."""

    keywords = ("mark",)
    reads = Reads.NEAR

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.seen: list[int] = []

    def check(self, file: SourceFile, project: Project) -> Iterator[Finding]:
        self.seen.append(len(file.keyword_matches))
        for _, end in file.keyword_matches:
            if file.text.startswith("!", end):
                yield self.violation(file.span(end - 4, end), "a mark", values=[(end - 4, end)])


def test_only_what_is_new_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = Counting(Config())
    project = VersionProject(str(tmp_path), Limits())
    files = PartChecker(project, Config(), [rule])
    lines = [FILLER + b"mark one\n", FILLER + b"mark two\n", FILLER + b"mark six\n" + FILLER]

    def checked(*lines: bytes, path: str = "a.py") -> tuple[list[int], int]:
        """(the numbers of matches in each run of the rule, the number of findings)."""
        rule.seen.clear()
        data = b"".join(lines)
        project.show(path, "", Read(data, len(data)))
        result = files.check(path)
        return [*rule.seen], len(result.findings) if result else 0

    for far in ({"reads": Reads.TEXT}, {"reach": lambda *_: REACH + 1}):
        with monkeypatch.context() as patch:
            for name, value in far.items():
                patch.setattr(Counting, name, value)
            assert checked(*lines) == checked(*lines) == ([3], 0)
    assert checked(*lines) == ([3], 0)
    assert checked(*lines) == ([], 0)
    assert checked(*lines, path="b.py") == ([3], 0)
    assert checked(lines[0], lines[1].replace(b"two", b"ten"), lines[2]) == ([1], 0)
    assert checked(lines[0], lines[1].replace(b" two", b"!two"), lines[2]) == ([1, 3], 1)
    assert checked(lines[0], lines[1].replace(b" two", b"!too"), lines[2]) == (
        [3],
        1,
    )  # as the version before
    assert checked(*lines) == ([3], 0)
    assert checked(*lines) == ([], 0)


@pytest.mark.parametrize(("seed", "known"), [("random", True), ("7", False)])
def test_nothing_is_kept_under_a_known_seed(seed: str, known: bool) -> None:
    """With it, an attacker could construct two texts of one hash and have the harmless one checked first."""
    program = (
        "from palint.history.parts import KnownMatches\n"
        "k, ask = KnownMatches(), ('a', 'x' * 9, [(0, 5)])\n"
        "first, keys = k.unknown(*ask); k.add(keys)\n"
        "print(len(first), len(k.unknown(*ask)[0]))"
    )
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    made = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert made.stdout.split() == ["1", "0" if known else "1"]
