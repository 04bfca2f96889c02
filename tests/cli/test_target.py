"""Which files of an option belong to the checked tree, and which roots the given paths have."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from palint.cli import target
from palint.cli.exit_codes import UsageError
from palint.config import ConfigError
from palint.tree.reader import Reader
from tests.conftest import Repository


@pytest.mark.parametrize(
    ("link", "to", "name", "path"),
    [
        ("", "", "{root}/a/b.toml", "a/b.toml"),
        ("", "", "{root}/a/../b.toml", "b.toml"),
        ("", "", "{root}/../x.toml", None),
        ("{root}/link", "../x.toml", "{root}/link", "link"),  # the change may have brought it
        ("{outside}/link", "../root/a.toml", "{outside}/link", "a.toml"),
        ("{outside}/link", "{root}", "{outside}/link/a.toml", "a.toml"),
        ("{outside}/link", "{root}/a/../..", "{outside}/link/outside/a.toml", None),
        ("{outside}/link", "./x.toml", "{outside}/link", None),
    ],
)
def test_links_outside_of_the_tree_are_followed(
    tmp_path: Path, link: str, to: str, name: str, path: str | None
) -> None:
    places = {"root": tmp_path / "root", "outside": tmp_path / "outside"}
    for place in (places["root"] / "a", places["outside"]):
        place.mkdir(parents=True)
    if link:
        os.symlink(to.format(**places), link.format(**places))
    assert target.tree_path(str(places["root"]), name.format(**places)) == path


def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    os.symlink("b", tmp_path / "a")
    os.symlink("a", tmp_path / "b")
    with pytest.raises(UsageError, match="too many symbolic links"):
        target.tree_path(str(tmp_path / "root"), str(tmp_path / "a"))


def test_paths_without_a_repository_have_one_root(
    tmp_path: Path, make_repo: Callable[[str], Repository]
) -> None:
    repo = make_repo("repo")
    loose = tmp_path / "loose"
    for name in ("one/a.py", "one/b.py", "two/c.py"):
        (loose / name).parent.mkdir(exist_ok=True, parents=True)
        (loose / name).write_text("")
    given = [str(loose / "one/a.py"), str(repo.path), str(loose / "two/c.py")]
    assert target.find_all(given) == [
        target.Target(str(loose), False, ("one/a.py", "two/c.py")),
        target.Target(str(repo.path), True, ()),
    ]
    with pytest.raises(UsageError, match="contains"):
        target.find_all([str(loose), str(tmp_path), str(repo.path)])
    with pytest.raises(UsageError, match="run the command for each"):
        target.find([str(loose / "one/a.py"), str(repo.path)])


def test_a_file_of_palints_own_is_regular_and_of_a_size(tmp_path: Path) -> None:
    (tmp_path / "small").write_text("x" * 9)
    (tmp_path / "large").write_text("x" * 11)
    os.symlink("small", tmp_path / "link")
    read = Reader(str(tmp_path)).read
    assert target.own_file("small", "small", read, 10) == b"x" * 9
    assert target.own_file("none", "none", read, 10) is None
    for name, why in (("large", r"too large \(11 bytes\)"), ("link", "a symbolic link")):
        with pytest.raises(ConfigError, match=f"{name}: is {why}; it must be a regular file"):
            target.own_file(name, name, read, 10)
    with pytest.raises(ConfigError, match="larger than such a file can be"):
        target.required_file(str(tmp_path / "large"), None, read, 10)
    with pytest.raises(ConfigError, match="the checked tree has no such file"):
        target.required_file("none", "none", read, 10)


@pytest.mark.parametrize("package", ["json.decoder", "no_such_package", "email", "not a name"])
def test_a_package_without_settings_cannot_be_extended(tmp_path: Path, package: str) -> None:
    with pytest.raises(ConfigError, match=f"no package {package} with a `palint.toml`"):
        target.load("palint.toml", f'extends = "{package}"\n'.encode(), {}, target.beside_file("x"), "/")
