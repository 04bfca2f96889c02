"""A tag or branch of the same name does not take over the base of a change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Repository


@pytest.fixture
def clone(repo: Repository, tmp_path: Path) -> Repository:
    """A clone whose branch `change` adds a violation."""
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit()
    repo.git("clone", "-q", ".", str(tmp_path / "clone"))
    made = Repository(tmp_path / "clone")
    made.git("checkout", "-q", "-b", "change")
    made.write("new.env", "A=1\n")
    made.add()
    made.commit()
    return made


TAKEN = [("origin/main", "refs/tags/origin/main"), ("origin/main", "refs/heads/origin/main")]
TAKEN += [("main", "refs/tags/main"), ("main", "refs/remotes/main"), ("origin", "refs/tags/origin")]


@pytest.mark.parametrize(("name", "other"), TAKEN)
@pytest.mark.parametrize("suffix", ["", "^{commit}", "~0"])
def test_an_ambiguous_base_is_refused(clone: Repository, name: str, other: str, suffix: str) -> None:
    clone.git("update-ref", other, "HEAD")
    made = clone.palint("check", "--since", name + suffix)
    assert made.returncode == 2, made.stdout
    assert f"{name + suffix!r} is ambiguous" in made.stderr and other in made.stderr


def test_a_tag_with_the_name_of_a_remote_s_branch_is_refused(clone: Repository) -> None:
    """CI checks out a commit and has no local `main`."""
    clone.git("branch", "-q", "-D", "main")
    assert clone.palint("check", "--since", "main").returncode == 2
    clone.git("tag", "main")
    made = clone.palint("check", "--since", "main", env={"CI": "true"})
    assert made.returncode == 2 and "'main' is ambiguous" in made.stderr, made.stdout
    clone.git("tag", "v1", "HEAD~1")
    assert clone.palint("check", "--since", "v1").returncode == 1


@pytest.mark.parametrize(("_name", "other"), TAKEN)
def test_a_full_name_is_not(clone: Repository, _name: str, other: str) -> None:
    clone.git("update-ref", other, "HEAD")
    made = clone.palint("check", "--since", "refs/remotes/origin/main")
    assert made.returncode == 1 and "new.env" in made.stdout


def test_a_full_name_that_is_a_tag_s_is_refused(clone: Repository) -> None:
    """Where the branch was not fetched."""
    name = "refs/remotes/origin/gone"
    clone.git("update-ref", f"refs/tags/{name}", "HEAD")
    made = clone.palint("check", "--since", name)
    assert made.returncode == 2 and f"refs/tags/{name}" in made.stderr, made.stdout


def test_the_repository_cannot_turn_the_warning_off(clone: Repository) -> None:
    clone.git("config", "core.warnAmbiguousRefs", "false")
    clone.git("update-ref", "refs/tags/origin/main", "HEAD")
    assert clone.palint("check", "--since", "origin/main").returncode == 2


@pytest.mark.parametrize("namespace", ["tags", "heads"])
def test_names_that_git_defines_are_never_ambiguous(clone: Repository, namespace: str) -> None:
    """A whole object name and HEAD come first in git, whatever else has the name."""
    base = clone.git("rev-parse", "HEAD~1").strip()
    (clone.path / ".git/FETCH_HEAD").write_text(f"{base}\t\tbranch 'main' of elsewhere\n")
    for name in (base, "HEAD", "FETCH_HEAD"):
        clone.git("update-ref", f"refs/{namespace}/{name}", "HEAD")
    for name in (base, "HEAD~1", "FETCH_HEAD"):
        made = clone.palint("check", "--since", name)
        assert made.returncode == 1 and "new.env" in made.stdout, made.stderr


def test_a_short_object_name_that_a_tag_has_is_refused(clone: Repository) -> None:
    short = clone.git("rev-parse", "--short", "HEAD~1").strip()
    clone.git("update-ref", f"refs/tags/{short}", "HEAD")
    assert clone.palint("check", "--since", short).returncode == 2


Way = Callable[[Repository], int]


def hook(clone: Repository) -> int:
    refs = {"PRE_COMMIT_FROM_REF": "origin/main", "PRE_COMMIT_TO_REF": "HEAD"}
    return clone.palint("hook", "--", "new.env", env=refs).returncode


def hook_of_a_branch(clone: Repository) -> int:
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "origin/main"}
    return clone.palint("hook", "--", "new.env", env=refs).returncode


def history(clone: Repository) -> int:
    return clone.palint("history", "--no-state", "origin/main..HEAD").returncode


def history_without(clone: Repository) -> int:
    return clone.palint("history", "--no-state", "HEAD", "^origin/main").returncode


@pytest.mark.parametrize("way", [hook, hook_of_a_branch, history, history_without])
def test_other_ways_refuse_it_too(clone: Repository, way: Way) -> None:
    clone.git("update-ref", "refs/tags/origin/main", "HEAD")
    assert way(clone) == 2
