"""Compiled patterns from the cache are those that `re` compiles, whatever happened to the file."""

from __future__ import annotations

import marshal
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint.util import compiled_patterns, user_cache

from ..conftest import Repository

SOURCES = (
    (r"(?P<a>x)(?P<b>[a-zé]+)|(?<!y)\d{2,5}+$" if sys.version_info >= (3, 11) else r"(?P<a>x)", 0),
    (rb"(key|token)[\w.-]{0,64}\s*[=:](?!=)", re.IGNORECASE | re.MULTILINE),
    (r"(?x) a  b # c", 0),
    (r"(?i:straße)|\Z", re.DOTALL),
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(user_cache, "checked_tree", "/nowhere")
    _start_anew(monkeypatch)
    yield tmp_path / "palint"


def _start_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_patterns, "_kept", None)
    monkeypatch.setattr(compiled_patterns, "_added", {})


def _compiles(source: str | bytes, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the pattern is compiled, and not taken from the cache."""
    with monkeypatch.context() as patch:
        patch.setattr(compiled_patterns, "_parts", lambda *_: pytest.fail("compiled"))
        try:
            compiled_patterns.compile(source)
        except pytest.fail.Exception:
            return True
    return False


def test_a_kept_pattern_equals_the_compiled_one(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # made, then taken
        for source, flags in SOURCES:
            made, wanted = compiled_patterns.compile(source, flags), re.compile(source, flags)
            assert made == wanted  # flags and code, too
            assert (made.groupindex, made.groups, made.flags) == (
                wanted.groupindex,
                wanted.groups,
                wanted.flags,
            )
        compiled_patterns.save()
        _start_anew(monkeypatch)
    assert sys.version_info < (3, 11) or not _compiles(SOURCES[0][0], monkeypatch)


def test_patterns_saved_by_another_process_are_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for source in ("one", "two"):
        _start_anew(monkeypatch)
        monkeypatch.setattr(compiled_patterns, "_kept", {})  # it had read before the other one wrote
        compiled_patterns.compile(source)
        compiled_patterns.save()
    _start_anew(monkeypatch)
    assert not any(_compiles(source, monkeypatch) for source in ("one", "two")) or sys.version_info < (3, 11)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="nothing is kept on Python 3.10")
def test_what_a_library_compiles_is_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = re.compile
    with compiled_patterns.during_import():
        re.compile("of a library")
    assert re.compile is original
    assert not _compiles("of a library", monkeypatch)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="nothing is kept on Python 3.10")
def test_a_damaged_file_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_patterns.compile("abc")
    compiled_patterns.save()
    (entry,) = cache.glob("patterns-*")
    data = entry.read_bytes()
    for at in range(0, len(data), 7):
        entry.write_bytes(data[:at] + bytes([data[at] ^ 0x20]) + data[at + 1 :])
        _start_anew(monkeypatch)
        assert compiled_patterns.compile("abc") == re.compile("abc")
    for value in (marshal.dumps({("abc", 0): marshal.dumps((32, b"1234", 0, {}, (None,)))}), b"\x00", b""):
        user_cache.save("patterns", compiled_patterns.KEY, value, "/nowhere")
        _start_anew(monkeypatch)
        assert compiled_patterns.compile("abc") == re.compile("abc")


def test_a_cache_inside_the_checked_tree_is_not_used(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_patterns.compile("abc")
    compiled_patterns.save()
    for tree in (str(cache.parent), None):
        _start_anew(monkeypatch)
        monkeypatch.setattr(user_cache, "checked_tree", tree)
        assert sys.version_info < (3, 11) or _compiles("abc", monkeypatch)  # 3.10 keeps none


@pytest.mark.skipif(sys.version_info < (3, 11), reason="nothing is kept on Python 3.10")
@pytest.mark.parametrize(
    "command",
    ["check --isolated .", "history --isolated --no-state", "fleet check .. --store ../store"],
    ids=lambda command: command.split()[0],
)
def test_a_run_keeps_its_patterns(cache: Path, tmp_path: Path, command: str) -> None:
    tree = Repository(tmp_path / "tree")
    tree.write("a.py", "password = input()\n")
    tree.add()
    tree.commit()
    subprocess.run(
        [sys.executable, "-m", "palint", *command.split()], cwd=tree.path, check=True, capture_output=True
    )
    (entry,) = cache.glob("patterns-*")
    assert b"(?:" in entry.read_bytes() and b"input()" not in entry.read_bytes()


def test_an_entry_that_is_too_large_or_writable_by_others_is_not_read(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user_cache.save("patterns", b"key", b"value", "/nowhere")
    assert user_cache.load("patterns", b"key", "/nowhere") == b"value"
    (entry,) = cache.glob("patterns-*")
    entry.chmod(0o622)
    assert user_cache.load("patterns", b"key", "/nowhere") is None
    entry.chmod(0o600)
    monkeypatch.setattr(user_cache, "_MAX_ENTRY_BYTES", entry.stat().st_size - 1)
    assert user_cache.load("patterns", b"key", "/nowhere") is None
