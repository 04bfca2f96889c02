"""Both engines agree, a saved database is used where no one else can write, many matches are thinned."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import hyperscan
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import prefilter
from palint.findings import PalintError
from palint.prefilter import extension_of
from palint.util import user_cache

PATTERNS = (
    "boto3",
    r"gh[pousr]_[a-z0-9]{4}",
    r"(?:key|token)[\w.-]*\s*[:=]",
    r"\.env\b",
    r"^#!",
    "(?-i:AKIA)[a-z0-9]{4}",
    r"secret=(?=[\"'])(?!\"\")",
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory of this test's own, empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "palint"


def test_index_and_end_of_each_match() -> None:
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(PATTERNS, engine=engine)
        assert matcher.scan(b"import Boto3\n#!x\n.env .envy") == [(0, 12), (4, 15), (3, 21)]
        assert matcher.scan(b"") == []


def test_a_part_in_its_own_letter_case() -> None:
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(PATTERNS, engine=engine)
        assert matcher.scan(b"AKIAabcd") == matcher.scan(b"AKIAABCD") == [(5, 8)]
        assert matcher.scan(b"akiaabcd") == []


def test_a_keyword_of_some_languages() -> None:
    keywords = ("end", prefilter.Keyword(r"[\\]e", languages=("ruby", "perl")), prefilter.Keyword(r"[\\]\w"))
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(keywords, engine=engine)
        for path, hits in (("a.rb", [(1, 2)]), ("a.pl", [(1, 2)]), ("a.php", []), ("", [])):
            assert matcher.scan(b"\\end", path) == [*hits, (2, 2), (0, 4)], (engine, path)


def test_look_aheads_are_checked_at_the_match() -> None:
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(PATTERNS, engine=engine)
        assert matcher.scan(b"secret='x'") == [(6, 7)]
        assert matcher.scan(b'secret=""') == matcher.scan(b"secret=x") == []


def test_literals_in_one_group() -> None:
    text = b"acme_key=1 Globex_key=2 megaacme acme"
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(["(?:acme|globex|megaacme)(?=_key)", "(?:key|acme)"], engine=engine)
        assert matcher.scan(text) == [(0, 4), (1, 4), (1, 8), (0, 17), (1, 21), (1, 32), (1, 37)]


def test_keywords_with_other_conditions_differ() -> None:
    def keeps(data: bytes, ends: list[int], path: str) -> list[int]:
        return ends

    def drops(data: bytes, ends: list[int], path: str) -> list[int]:
        return []

    same = prefilter.Keyword("a", keeps), prefilter.Keyword("a", keeps)
    assert same[0] == same[1] and len(set(same)) == 1
    assert len({*same, prefilter.Keyword("a", drops), "a"}) == 3


_PIECES = st.sampled_from(
    ["boto3", "BOTO", "ghp_", "ab12", "key", "token", " ", "  ", "=", ":", ".env", "\n", "#!", "AKIA", "akia",
     "secret=", '"', "'", "ü", "x.-_", "s", " " * 63, "a" * 64, "b" * 80]
)  # fmt: skip
_ATOMS = st.sampled_from(
    ["a", "b", "key", "[ab]", r"\w", r"\s", "[^b\n]", "=", r"\.", "(?:a|bb)", "(?:key|k)", "(?-i:A)"]
)
_REPEATS = st.sampled_from(["", "", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,70}"])
_PATTERN = st.lists(st.tuples(_ATOMS, _REPEATS).map("".join), min_size=1, max_size=4).map("".join)
_GENERATED = st.builds(
    prefilter.Keyword,
    st.tuples(
        st.just("k") | st.just("=") | st.just("[ab]"),
        _PATTERN,
        st.just("") | _PATTERN.map("(?={})".format) | st.tuples(_PATTERN, _PATTERN).map("(?=%s|%s)".__mod__),
    ).map("".join),
    st.none(),
)
_TEXTS = st.lists(
    st.sampled_from(["a", "b", "A", "k", "key", "=", ".", " ", "\n", "bb", "a" * 66, " " * 70, "ü", "é="]),
    max_size=30,
).map("".join)


def agreement(keywords: Sequence[str | prefilter.Keyword], data: bytes) -> list[tuple[int, int]]:
    found = [sorted(set(prefilter.compile(keywords, engine=e).scan(data))) for e in ("hyperscan", "re")]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("keyword", "extension"),
    [
        ("cs_(?=[0-9a-f]{40})", ("[0-9a-f]" * 8, 8)),
        (r"cs_(?=[])\]]{2}\.x+y)(?!z)", (r"[])\]][])\]]\.x", 4)),
        ("cs_(?=prod|de?|x)", ("(?:p|d|x)", 1)),
        (r"cs_(?=ab(?:c|d))", ("ab", 2)),
        (r"cs_(?=a{2,3}b)", ("aa", 2)),
        (r"cs_(?=a|b*)", ("", 0)),
        (r"cs_(?=\bab)", ("", 0)),
        ("cs_(?!ab)", ("", 0)),
        ("cs_(?=ñab)", ("", 0)),
        ("cs_", ("", 0)),
        (prefilter.Keyword("cs_(?=ab)", lambda data, ends, path: ends), ("", 0)),
    ],
)
def test_the_start_of_a_look_ahead(keyword: str | prefilter.Keyword, extension: tuple[str, int]) -> None:
    assert extension_of(keyword) == extension


def test_matches_end_before_the_extension() -> None:
    for engine in ("hyperscan", "re"):
        matcher = prefilter.compile(["cs_(?=[0-9a-f]{12}[.])", "a|cs(?=_[0-9])"], engine=engine)
        assert matcher.scan(b"a cs_0123456789ab. cs_0123456789ab a_1") == [(1, 4), (0, 5), (1, 21), (1, 36)]


@settings(max_examples=100)
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_engines_agree(text: str) -> None:
    agreement(PATTERNS, text.encode())


@settings(max_examples=150)
@given(_GENERATED, _TEXTS)
def test_engines_agree_on_any_keyword(keyword: prefilter.Keyword, text: str) -> None:
    """Repeats without bound and matches of several ends included."""
    agreement([keyword], text.encode())


def test_a_star_ends_at_64() -> None:
    for gap, count in ((64, 1), (65, 0)):
        assert len(agreement([r"key\s*="], b"key" + b" " * gap + b"=")) == count


def test_a_long_match_is_found() -> None:
    keyword = r"['][0-9a-f]{9,}[']"
    assert agreement([keyword], b"'" + b"4" * 4000 + b"'") == [(0, 4002)]
    assert agreement([keyword], b"'" + b"4" * 5000 + b"'") == []


@pytest.mark.parametrize("engine", ["hyperscan", "re"])
def test_a_flood_is_thinned(engine: str) -> None:
    data = b"boto3" * 400_000
    began = time.process_time()
    hits = prefilter.compile(["boto3"], engine=engine).scan(data)
    assert time.process_time() - began < 20
    ends = [end for _, end in hits]
    assert prefilter.MAX_MATCHES < len(hits) < 60_000
    assert max(b - a for a, b in pairwise(ends)) < prefilter.THIN_DISTANCE + len("boto3")
    assert ends[-1] > len(data) - prefilter.THIN_DISTANCE - len("boto3")


def test_engine_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(prefilter.ENGINE, "re")
    assert isinstance(prefilter.compile(["a"]), prefilter.ReMatcher)
    monkeypatch.setenv(prefilter.ENGINE, "hyperscan")
    assert isinstance(prefilter.compile(["a"]), prefilter.HyperscanMatcher)
    monkeypatch.setenv(prefilter.ENGINE, "grep")
    with pytest.raises(PalintError, match="PALINT_PREFILTER is 'grep'"):
        prefilter.compile(["a"])


def test_without_hyperscan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    assert isinstance(prefilter.compile(["a"]), prefilter.ReMatcher)
    with pytest.raises(ImportError):
        prefilter.compile(["a"], engine="hyperscan")


def test_subset_uses_what_is_compiled() -> None:
    whole = prefilter.compile(["one", "two", "three"])
    part = prefilter.subset_matcher(["three", "one"])
    assert isinstance(part, prefilter.SubsetMatcher)
    assert part.scan(b"one two three") == [(1, 3), (0, 13)]
    assert whole.scan(b"one two three") == [(0, 3), (1, 7), (2, 13)]
    assert not isinstance(prefilter.subset_matcher(["never compiled before"]), prefilter.SubsetMatcher)


def test_scans_after_a_fork() -> None:
    matcher = prefilter.compile(PATTERNS)
    child = os.fork()
    if child == 0:
        os._exit(0 if matcher.scan(b"boto3") == [(0, 5)] else 1)
    assert os.waitpid(child, 0)[1] == 0


class TestSavedDatabase:
    """What `compile` keeps between runs."""

    def compiled(self, monkeypatch: pytest.MonkeyPatch, **options: str) -> bool:
        """Whether a call compiled anything but the one-letter database that names the processor."""
        asked: list[int] = []
        real = hyperscan.Database

        class Counting(real):
            def compile(self, expressions, **rest):  # type: ignore[no-untyped-def]
                asked.append(len(expressions))
                return super().compile(expressions, **rest)

        with monkeypatch.context() as patch:
            patch.setattr(hyperscan, "Database", Counting)
            assert prefilter.compile(PATTERNS, **options).scan(b"boto3") == [(0, 5)]
        return len(PATTERNS) in asked

    def test_second_run_loads(self, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
        assert self.compiled(monkeypatch)
        assert not self.compiled(monkeypatch)
        assert own_cache.stat().st_mode & 0o777 == 0o700
        assert [p.stat().st_mode & 0o777 for p in own_cache.iterdir()] == [0o600]

    @pytest.mark.parametrize("damage", [b"", b"x", b"palint cache 1\n", None])
    def test_damage_is_made_again(
        self, monkeypatch: pytest.MonkeyPatch, own_cache: Path, damage: bytes | None
    ) -> None:
        self.compiled(monkeypatch)
        (entry,) = own_cache.iterdir()
        whole = entry.read_bytes()
        entry.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
        assert self.compiled(monkeypatch)
        assert not self.compiled(monkeypatch)

    def test_of_another_processor(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(user_cache, "load", lambda *_: b"not a database")
        assert self.compiled(monkeypatch)

    def test_open_to_others(self, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
        self.compiled(monkeypatch)
        own_cache.chmod(0o750)
        assert self.compiled(monkeypatch)

    def test_of_another_owner(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compiled(monkeypatch)
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
        assert self.compiled(monkeypatch)

    def test_through_a_link(self, monkeypatch: pytest.MonkeyPatch, own_cache: Path, tmp_path: Path) -> None:
        self.compiled(monkeypatch)
        own_cache.rename(tmp_path / "elsewhere")
        own_cache.symlink_to(tmp_path / "elsewhere")
        assert self.compiled(monkeypatch)

    def test_entry_is_a_link(self, monkeypatch: pytest.MonkeyPatch, own_cache: Path, tmp_path: Path) -> None:
        self.compiled(monkeypatch)
        (entry,) = own_cache.iterdir()
        entry.rename(tmp_path / "entry")
        entry.symlink_to(tmp_path / "entry")
        assert self.compiled(monkeypatch)

    def test_never_in_the_tree(
        self, monkeypatch: pytest.MonkeyPatch, own_cache: Path, tmp_path: Path
    ) -> None:
        assert self.compiled(monkeypatch, outside=str(tmp_path))
        assert not own_cache.exists()
        self.compiled(monkeypatch)
        assert self.compiled(monkeypatch, outside=str(tmp_path)), "one that lies in the tree is not read"

    def test_nowhere_to_write(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
        assert self.compiled(monkeypatch)
        monkeypatch.setenv("XDG_CACHE_HOME", "relative")
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        assert self.compiled(monkeypatch)
        assert (tmp_path / "home" / ".cache" / "palint").is_dir(), "a relative path counts as unset"

    def test_few_are_kept(self, own_cache: Path) -> None:
        """By a process of its own: that of the tests keeps more."""
        program = (
            "from palint.util import user_cache\n"
            "for i in range(30): user_cache.save('keywords', b'%d' % i, b'value')"
        )
        subprocess.run([sys.executable, "-c", program], check=True)
        assert len(list(own_cache.iterdir())) <= 8
        assert user_cache.load("keywords", b"29") == b"value"

    def test_key_counts_and_not_its_short_name(self) -> None:
        user_cache.save("keywords", b"plumless", b"1")  # these two have the same CRC-32
        assert user_cache.load("keywords", b"buckeroo") is None
        assert user_cache.load("keywords", b"plumless") == b"1"
