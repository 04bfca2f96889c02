"""Which folders of the search path stay, when a tree is checked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from palint.util import search_path
from palint.util.search_path import leave_trees


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository; the interpreter's own folders are elsewhere until a test puts them into it."""
    for folder in ("repo/.git", "repo/src/deep", "repo/.venv/lib/site-packages", "usr/lib", "far"):
        (tmp_path / folder).mkdir(parents=True)
    interpreter(monkeypatch, tmp_path / "usr")
    monkeypatch.setattr(search_path, "_PALINT", str(tmp_path / "usr" / "lib"))
    return tmp_path / "repo"


def interpreter(monkeypatch: pytest.MonkeyPatch, prefix: Path) -> None:
    for name in ("prefix", "exec_prefix", "base_prefix", "base_exec_prefix"):
        monkeypatch.setattr(sys, name, str(prefix))


def left(monkeypatch: pytest.MonkeyPatch, entries: list[Path | str], *paths: Path | str) -> list[str]:
    """The entries that stay when some paths are checked."""
    monkeypatch.setattr(sys, "path", list(map(str, entries)))
    leave_trees(list(map(str, paths)))
    return sys.path


@pytest.mark.parametrize("path", ["", "src", "src/deep", "src/deep/missing.py"])
def test_folders_of_the_tree_go(tree: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever part of it is checked."""
    outside = [tree.parent / "usr" / "lib", tree.parent / "far"]
    entries = [tree, tree / "src", f"{tree}{os.sep}", tree / "src" / ".." / "src", *outside]
    assert left(monkeypatch, entries, tree / path) == list(map(str, outside))


def test_relative_and_empty_entries_are_the_current_folder(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    assert left(monkeypatch, ["", ".", "src"], ".") == []


def test_links_lead_neither_in_nor_out(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree.parent / "in").symlink_to(tree / "src")
    (tree / "out").symlink_to(tree.parent / "far")
    (tree.parent / "clone").symlink_to(tree)
    entries: list[Path | str] = [tree.parent / "in", tree / "out", tree.parent / "clone" / "src"]
    assert left(monkeypatch, entries, tree) == []
    assert left(monkeypatch, [tree / "src"], tree.parent / "clone") == []


def test_an_environment_inside_the_tree_stays(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project's `.venv` has palint: without its folders palint could not import its libraries."""
    interpreter(monkeypatch, tree / ".venv")
    packages = tree / ".venv" / "lib" / "site-packages"
    assert left(monkeypatch, [tree / "src", packages], tree) == [str(packages)]


def test_what_is_installed_as_editable_stays(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is written in the checked repository is loaded; no folder before the packages is."""
    packages = tree.parent / "usr" / "lib" / "site-packages"
    entries = [tree / "src", packages, tree / "rules"]
    assert left(monkeypatch, entries, tree) == [str(packages), str(tree / "rules")]


def test_a_tree_inside_the_interpreter_s_folder_goes(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/usr` is the prefix of many images, and `/usr/src/app` their work tree."""
    interpreter(monkeypatch, tree.parent)
    library = tree.parent / "usr" / "lib"
    assert left(monkeypatch, [library, tree / "src"], tree) == [str(library)]


def test_the_folder_of_palint_itself_stays(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_path, "_PALINT", str(tree / "src"))
    assert left(monkeypatch, [tree, tree / "src"], tree) == [str(tree / "src")]


def test_without_a_repository_the_folder_is_the_tree(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / ".git").rmdir()
    assert left(monkeypatch, [tree, tree / "src", tree / "src" / "deep"], tree / "src") == [str(tree)]


def test_other_trees_stay(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert left(monkeypatch, [tree / "src", f"{tree}-other"], tree.parent / "far", tree) == [f"{tree}-other"]
