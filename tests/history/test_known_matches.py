"""A match that is not checked again would have given nothing."""

from __future__ import annotations

import subprocess
import sys
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
from palint.history.parts import PartChecker, RefusedMatches
from palint.history.run import rules_for
from palint.prefilter import Confirm
from palint.rule import REACH
from palint.secrets.formats.format import Format
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile
from palint.tree.project import Limits
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


class Refusing:
    """A check that refuses every match but those of `mark`, and remembers what it was given."""

    reach = 100

    def __init__(self) -> None:
        self.seen: list[int] = []

    def __call__(self, data: bytes, ends: list[int], path: str) -> list[int]:
        self.seen += ends
        return [end for end in ends if data.startswith(b"mark", end)]

    def is_known(self, check: Confirm, data: bytes, at: int = 500, path: str = "a.py") -> bool:
        """Whether the check, wrapped, is not made at a match."""
        self.seen.clear()
        check(data, [at], path)
        return not self.seen


def test_the_text_around_a_match_decides() -> None:
    confirm, text = Refusing(), b"a" * 1000
    known = RefusedMatches()
    check = known.wrap(confirm)

    def is_known(at: int, to: bytes = b"b") -> bool:
        return confirm.is_known(check, text[:at] + to + text[at + 1 :])

    assert not confirm.is_known(check, text)
    assert confirm.is_known(check, text)
    assert is_known(399) and is_known(600)
    assert not any(map(is_known, (400, 500, 599)))
    assert not confirm.is_known(check, text, path="b.py")
    other = Refusing()
    assert not other.is_known(known.wrap(other), text)
    assert not confirm.is_known(check, text, at=50)
    assert is_known(398, "é".encode()) and not any(is_known(450, "é".encode()) for _ in range(2))


def test_a_match_that_was_kept_is_checked_again() -> None:
    confirm = Refusing()
    check = RefusedMatches().wrap(confirm)
    for _ in range(2):
        assert check(b"a mark, a", [2, 9], "a.py") == [2]
    assert confirm.seen == [2, 9, 2]


def test_a_run_of_blanks_may_go_on() -> None:
    confirm = Refusing()
    check = RefusedMatches().wrap(confirm)
    for text in (b"a" * 500 + b" " * 500, b" " * 500 + b"a" * 500):
        assert not any(confirm.is_known(check, text) for _ in range(2))


def test_matches_that_were_not_used_for_long_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_MAX_MATCHES", 10)
    confirm = Refusing()
    check = RefusedMatches().wrap(confirm)

    def is_known(text: str) -> bool:
        return confirm.is_known(check, text.encode(), 1)

    assert not is_known("used often")
    for n in range(40):
        assert not is_known(f"text {n}")
        assert is_known("used often")
    assert [is_known(f"text {n}") for n in (0, 39)] == [False, True]


@pytest.mark.parametrize(("seed", "known"), [("random", True), ("7", False)])
def test_nothing_is_kept_under_a_known_seed(seed: str, known: bool) -> None:
    """With it, an attacker could construct two texts of one hash and have the harmless one checked first."""
    program = (
        "from palint.history.parts import RefusedMatches\n"
        "class Check:\n"
        "    reach = 9\n"
        "    def __call__(self, data, ends, path): print(len(ends)); return []\n"
        "check = RefusedMatches().wrap(Check())\n"
        "for _ in range(2): check(b'x' * 9, [5], 'a')\n"
    )
    env = {"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}
    made = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True
    )
    assert made.stdout.split() == ["1"] * (1 if known else 2)
