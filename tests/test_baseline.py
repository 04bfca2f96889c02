"""The baseline: which findings match an entry, what an entry keeps of a secret, and how git merges it."""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import baseline
from palint.baseline import BaselineError, dump, entries, line_hash, load, match, prune, value_bits
from palint.cli.run import read_baseline
from palint.findings import Finding, PalintError, Position, Severity, Span, redact
from palint.secrets.synthetic import generate

from .conftest import Repository

PRINTED = True  # see the fixture `repo`

RULES = ("known-rule", "other-rule")


def found(
    line: str, value: str | None = None, *, path: str = "a.py", at: int = 1, rule: str = RULES[0]
) -> Finding:
    """A finding on a line of source, sealed as the engine does it: the value masked, its bits kept."""
    masked = line if value is None else line.replace(value, redact(value))
    return Finding(
        rule,
        "C2",
        Severity.ERROR,
        "m",
        "h",
        Span(path, Position(at, 1), Position(at, 2)),
        line_hash=line_hash(masked),
        value_bits=None if value is None else value_bits(value),
    )


def states(findings: Sequence[Finding], known: Sequence[Finding]) -> tuple[int, int, int]:
    """How many are new, how many baselined, how many entries stale, after a round through the file's text."""
    made = match(findings, load(dump(entries(known))), RULES)
    return len(made.new), len(made.baselined), len(made.stale)


OLD = found('key = "first value"', "first value")


@pytest.mark.parametrize(
    "now",
    [
        found('key = "first value"', "first value", at=900),
        found('key = "first value"', "first value", path="moved/b.py"),
        found("    key='first value',", "first value"),
        found('\tkey  =  "first value" ;', "first value"),
    ],
)
def test_a_finding_is_known_again_where_it_moved_or_was_formatted(now: Finding) -> None:
    assert states([now], [OLD]) == (0, 1, 0)


@pytest.mark.parametrize(
    "now",
    [
        found('key = "other value"', "other value"),
        found('key = "a longer value"', "a longer value"),
        found('token = "first value"', "first value"),
        found('key = "first value"', "first value", rule="other-rule"),
    ],
)
def test_a_changed_value_line_or_rule_is_new(now: Finding) -> None:
    assert states([now], [OLD]) == (1, 0, 1)


def test_a_second_copy_is_new_and_two_known_copies_are_known() -> None:
    copy = found('key = "first value"', "first value", path="copy.py")
    assert states([OLD, copy], [OLD]) == (1, 1, 0)
    assert states([OLD, copy], [OLD, copy]) == (0, 2, 0)
    assert states([OLD], [OLD, copy]) == (0, 1, 1)


def test_an_entry_of_a_rule_that_did_not_run_is_not_stale() -> None:
    assert match([], entries([OLD]), ["other-rule"]).stale == ()
    assert len(match([], entries([OLD]), ["known-rule"]).stale) == 1


def test_prune_drops_entries_without_a_finding_and_adds_none() -> None:
    gone, new = found("gone"), found("new")
    known = entries([OLD, gone])
    left = prune(known, match([OLD, new], known, RULES).stale)
    assert dump(left) == dump(entries([OLD]))


def test_the_file_is_one_sorted_line_a_finding_without_place_or_secret() -> None:
    value = "first value"
    text = dump(entries([found(f"k = {value}", value, path="dir/name.py", at=4711), OLD, found("x")]))
    lines = text.splitlines()
    assert len(lines) == 3 and lines == sorted(lines)
    digest = hashlib.sha256(value.encode()).hexdigest()
    assert not any(word in text for word in (value, "name.py", "4711", digest[:8]))


findings = st.builds(
    found, st.text(max_size=5), st.none() | st.text(min_size=1, max_size=3), rule=st.sampled_from(RULES)
)


@given(st.lists(findings, max_size=12))
def test_writing_is_deterministic_and_reading_gives_it_back(several: list[Finding]) -> None:
    text = dump(entries(several))
    assert dump(load(text)) == text == dump(entries(reversed(several)))
    assert states(several, several) == (0, len(several), 0)


@given(st.lists(findings, max_size=8), st.lists(findings, max_size=8))
def test_every_finding_is_new_or_known_and_every_entry_used_or_stale(
    now: list[Finding], known: list[Finding]
) -> None:
    new, baselined, stale = states(now, known)
    assert new + baselined == len(now) and baselined + stale == len(known)


@given(st.lists(findings, max_size=8), st.lists(findings, max_size=8))
def test_lines_of_two_versions_and_lines_twice_do_no_harm(one: list[Finding], two: list[Finding]) -> None:
    """The union of two versions, as git merges it, accepts no more copies than the larger of them."""
    union = dump(entries(one)) + dump(entries(two)) + dump(entries(one))
    for several in (one, two):
        assert len(match(several, load(union), RULES).new) == 0
    for key in {f[:] for f in one + two}:
        copies = several_of(key, one, two)
        assert len(match([*copies, copies[0]], load(union), RULES).new) == 1


def several_of(key: tuple[object, ...], one: list[Finding], two: list[Finding]) -> list[Finding]:
    """The copies of a finding in whichever list has more of them."""
    return max(([f for f in each if f[:] == key] for each in (one, two)), key=len)


GOOD = entries([OLD])[0].text()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "not a JSON object"),
        ("[" * 100_000, "not a JSON object"),
        ("[]", "has the keys"),
        ("<<<<<<< HEAD", "keep the lines of both sides"),
        (GOOD.replace("known-rule", "Known Rule"), '"rule" is no rule'),
        (GOOD.replace('"line": "', '"line": "g'), '"line" is not a hash'),
        (GOOD.replace('"copy": 1', '"copy": 0'), '"copy" is not'),
        (GOOD.replace('"copy": 1', '"copy": true'), '"copy" is not'),
        (GOOD.replace('"copy": 1', '"count": 1'), "has the keys"),
        (GOOD.replace('"value": "', '"value": "00'), '"value" is neither'),
    ],
)
def test_a_broken_line_is_named_and_not_shown(line: str, says: str) -> None:
    with pytest.raises(BaselineError) as caught:
        load(f"{GOOD}\n\n{line}\n", "dir/known.jsonl")
    message = str(caught.value)
    assert message.startswith("dir/known.jsonl:3: ") and says in message
    assert len(message) < 200


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        load(text)
    except BaselineError:
        pass


def test_of_a_hundred_thousand_words_dozens_still_fit_however_often_it_is_written() -> None:
    syllables = ["ba", "de", "ki", "lo", "mu", "na", "re", "si", "to", "vu"]
    words = ["".join(parts) for parts in product(syllables, repeat=5)]
    assert len(words) == 100_000
    secret = words[4711]
    fitting = set(words)
    for _ in range(10):  # ten versions of the file, each one read by who guesses
        (entry,) = load(dump(entries([found(f"password = {secret}", secret)])))
        fitting = {
            word for word in fitting if entry[:3] == entries([found(f"password = {word}", word)])[0][:3]
        }
    assert 12 <= len(fitting) <= 48 and secret in fitting


def test_a_changed_value_is_noticed_nearly_always() -> None:
    same = sum(value_bits(f"old{n}") == value_bits(f"new{n}") for n in range(20_000))
    assert same < 20  # expected: 20,000 / 4,096, about 5


def test_the_length_of_a_value_is_not_in_the_hash_of_its_line() -> None:
    assert line_hash("k = ****") == line_hash("k = ************")


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.test", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("seed", range(6))
def test_two_branches_that_fixed_and_added_merge_without_a_conflict(tmp_path: Path, seed: int) -> None:
    """With real git: what either branch added is known afterwards; at worst a fixed one is stale."""
    chance = random.Random(seed)
    old = [found(f"line {n}") for n in range(20)]
    ours = chance.sample(old, 15) + [found(f"ours {n}") for n in range(5)]
    theirs = chance.sample(old, 15) + [found(f"theirs {n}") for n in range(5)] + [found("ours 0")]
    file = tmp_path / baseline.NAME
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".gitattributes").write_text(baseline.ATTRIBUTE + "\n")
    for branch, known in (("main", old), ("theirs", theirs), ("ours", ours)):
        if branch != "main":
            git(tmp_path, "checkout", "-q", "-b", branch, "main")
        file.write_text(dump(entries(known)))
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-q", "-m", branch)
    git(tmp_path, "merge", "-q", "-m", "merge", "theirs")
    merged = load(file.read_text())
    still = [f for f in old if f in ours and f in theirs]
    added = [f for f in {*ours, *theirs} if f not in old]
    after = match([*still, *added], merged, RULES)
    assert after.new == ()
    assert {e.line for e in after.stale} <= {e.line for e in entries(old)}
    assert dump(prune(merged, after.stale)) == dump(entries([*still, *added]))


def test_in_a_part_of_the_tree_a_copy_is_new_and_a_moved_finding_is_known() -> None:
    copy = found('key = "first value"', "first value", path="copy.py")
    known = entries([OLD])
    assert baseline.match_part([copy], [OLD, copy], known).new == (copy,)
    assert baseline.match_part([copy], [copy], known).baselined == (copy,)
    assert baseline.match_part([OLD, copy], [OLD, copy], known).new == (OLD, copy)
    assert baseline.match_part([OLD], [OLD, copy], entries([OLD, copy])).baselined == (OLD,)
    assert baseline.match_part([copy], [], known).baselined == (copy,)


@pytest.mark.parametrize("how", ["--staged", "--since=HEAD", "hook", "path"])
def test_a_copy_is_new_however_little_is_checked(repo: Repository, how: str) -> None:
    def check() -> int:
        words = {"hook": ["hook", "--", "new.py"], "path": ["check", "new.py"]}.get(how, ["check", how])
        return repo.palint(*words).returncode

    repo.write("old.py", f'TOKEN = "{generate("{github_token}")}"\n')
    assert repo.palint("baseline").returncode == 0
    repo.add()
    repo.commit()
    repo.git("mv", "old.py", "new.py")
    assert check() == 0
    repo.git("checkout", "-q", "HEAD", "old.py")
    repo.add()
    assert check() == 1


WRITTEN = """\
{"rule": "known-rule", "line": "1b0e72a8-b577-1e91-055b-9ae26dac6030", "value": "acf", "copy": 1}
{"rule": "known-rule", "line": "1b0e72a8-b577-1e91-055b-9ae26dac6030", "value": "acf", "copy": 2}
{"rule": "known-rule", "line": "1f206b11-c23e-28cc-250d-ed7fc0098d38", "value": null, "copy": 1}
"""


def test_the_format_is_the_one_that_repositories_keep() -> None:
    """A changed byte here makes every finding of every baseline out there new again."""
    several = [found("x = 1"), OLD, OLD]
    assert dump(entries(several)) == WRITTEN == dump(load(WRITTEN))
    assert entries(several) == load(WRITTEN)
    assert [len(made) for made in match(several, load(WRITTEN), RULES)] == [0, 3, 0]
    assert baseline.NAME == "palint-baseline.jsonl"
    assert baseline.ATTRIBUTE == "palint-baseline.jsonl merge=union"


def test_bits_of_any_text() -> None:
    assert value_bits("first value") == 0xACF
    assert 0 <= value_bits("\ud800") < 4096
    assert len({value_bits(f"value {n}") for n in range(100_000)}) == 4096
    assert len(line_hash("\ud800")) == 64


def test_in_a_part_of_the_tree_each_finding_is_new_or_known_once() -> None:
    several = [OLD, found("x = 1"), found("y = 1")]
    made = baseline.match_part(iter(several), iter(several), entries([OLD]))
    assert made == ((found("x = 1"), found("y = 1")), (OLD,), ())


def test_the_highest_copies_are_stale() -> None:
    known = entries([OLD] * 4)
    assert [entry.copy for entry in match([OLD], known, RULES).stale] == [2, 3, 4]


def test_findings_keep_their_order() -> None:
    several = [found(f"line {n}") for n in (3, 1, 2)]
    assert match(several, [], RULES).new == tuple(several)
    assert match(several, entries(several), RULES).baselined == tuple(several)
    assert entries(several) == sorted(entries(several), key=lambda entry: entry.text())
    assert prune(reversed(entries(several)), []) == entries(several)
    gone = match([], reversed(entries(several)), RULES)
    assert list(gone.stale) == entries(several)


@pytest.mark.parametrize("mark", ["<<<<<<< ours", "||||||| base", "=======", ">>>>>>> theirs"])
def test_each_mark_of_a_conflict(mark: str) -> None:
    with pytest.raises(BaselineError, match=r"^palint-baseline\.jsonl:2: a merge conflict; "):
        load(f"{GOOD}\n{mark}\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (GOOD.replace('"known-rule"', "5"), '"rule" is no rule'),
        (GOOD.replace('"known-rule"', '["known-rule"]'), '"rule" is no rule'),
        (GOOD.replace(f'"line": "{OLD.line_hash[:8]}', f'"line": "{OLD.line_hash[:7]}'), '"line" is not'),
        (GOOD.replace('"line": "', '"line": 5, "lane": "'), "has the keys"),
        (GOOD.replace(f'"value": "{OLD.value_bits:03x}"', '"value": 5'), '"value" is neither'),
        (GOOD.replace(f'"value": "{OLD.value_bits:03x}"', '"value": false'), '"value" is neither'),
        (GOOD.replace('"copy": 1', '"copy": 1.0'), '"copy" is not'),
        (GOOD.replace('"copy": 1', '"copy": -1'), '"copy" is not'),
        ('{"rule": "a", "line": 5, "value": null, "copy": 1}', '"line" is not a hash'),
        ("5", "has the keys"),
    ],
)
def test_a_value_of_another_kind_is_refused(line: str, says: str) -> None:
    with pytest.raises(BaselineError) as caught:
        load(line)
    assert says in str(caught.value) and str(caught.value).startswith("palint-baseline.jsonl:1: ")


def test_only_what_a_formatter_changes_is_no_change() -> None:
    assert line_hash("a;") == line_hash("a,") == line_hash(" a ,; ") == line_hash("a")
    assert len({line_hash(line) for line in ("a", "a~", "a.", "a)", ",a", "A")}) == 6


@pytest.mark.parametrize(
    ("attributes", "merged"),
    [
        ("", False),
        (f"*.py text\n{baseline.ATTRIBUTE}\n", True),
        (f"{baseline.NAME} text merge=union -diff\r\n", True),
        (f"{baseline.NAME} merge=binary\n", False),
        (f"other merge=union\n{baseline.NAME} text\n", False),
        (f"other {baseline.NAME} merge=union\n", False),
    ],
)
def test_whether_git_merges_it_by_union(attributes: str, merged: bool) -> None:
    assert baseline.is_merged(attributes) is merged


@pytest.mark.parametrize("data", [b"\xff", b"{}", b"[" * 100_000], ids=["not UTF-8", "no entries", "deep"])
def test_a_baseline_that_palint_did_not_write_is_an_error_of_its_file(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "tree").mkdir()
    (tmp_path / "old.json").write_bytes(data)
    (tmp_path / "tree/old.json").write_bytes(data)
    for file in (str(tmp_path / "old.json"), str(tmp_path / "tree/old.json")):
        with pytest.raises(PalintError, match=r"old\.json:"):
            read_baseline(str(tmp_path / "tree"), file)
