"""A policy that is a file of the checked tree: the base's counts, whatever a change puts in its place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import Repository
from tests.test_action import check as run_action

FOLDER, POLICY = "standard/palint", "standard/palint/policy.toml"
PRINTED = True  # see the fixture `repo`
STRICT = "allow-new-suppressions = false\n"
LAX = 'ignore = ["hardcoded-secret"]\n'
ACCEPTED = 'token = "{github_token}"  # palint: ignore[hardcoded-secret] let me through\n'


def refused(made: subprocess.CompletedProcess[str]) -> bool:
    """Whether the change's secret is reported as an error, in text or as an annotation."""
    shown = "error[hardcoded-secret]" in made.stdout or "::error file=app.py" in made.stdout
    return shown and made.returncode in (1, 2)  # 2: a tracked file below a link on disk is named, too


def link(repo: Repository, path: str, target: str) -> None:
    """Replace whatever is there by a link."""
    place = repo.path / path
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink()
    os.symlink(target, place)


def lax_folder(repo: Repository, folder: str, target: str) -> None:
    repo.write(f"elsewhere/{POLICY.removeprefix(folder).lstrip('/')}", LAX)
    link(repo, folder, target)


Trick = Callable[[Repository], object]
TRICKS: dict[str, Trick] = {
    "link to a new file": lambda repo: (repo.write("new.toml", LAX), link(repo, POLICY, "../../new.toml")),
    "link to an old file": lambda repo: link(repo, POLICY, "../../old.toml"),
    "link to nothing": lambda repo: link(repo, POLICY, os.devnull),
    "link out of the tree": lambda repo: link(repo, POLICY, str(repo.path.parent / "outside.toml")),
    "folder is a link": lambda repo: lax_folder(repo, FOLDER, "../elsewhere"),
    "outer folder is a link": lambda repo: lax_folder(repo, "standard", "elsewhere"),
}
EDITS: dict[str, Trick] = {
    "edited": lambda repo: repo.write(POLICY, LAX),
    "emptied": lambda repo: repo.write(POLICY, ""),
    "deleted": lambda repo: (repo.path / POLICY).unlink(),
}


@pytest.fixture
def guarded(repo: Repository) -> Repository:
    """A repository whose base has a strict policy, and a change that accepts its own secret."""
    repo.write(POLICY, STRICT)
    repo.write("old.toml", LAX)
    (repo.path.parent / "outside.toml").write_text(LAX)
    repo.add()
    repo.commit()
    repo.write("app.py", substitute(ACCEPTED))
    return repo


def since(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    repo.add()
    repo.commit()
    return repo.palint("check", "--since", "HEAD~1", "--policy", name)


def since_of_the_work_tree(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    return repo.palint("check", "--since", "HEAD", "--policy", name)


def staged(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    repo.add()
    return repo.palint("check", "--staged", "--policy", name)


def hook(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    repo.add()
    return repo.palint("hook", "--", "app.py", env={"PALINT_POLICY": name})


def push(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    repo.add()
    repo.commit()
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    return repo.palint("hook", "--policy", name, "--", "app.py", env=refs)


def action(repo: Repository, name: str) -> subprocess.CompletedProcess[str]:
    repo.add()
    repo.commit()
    base = repo.git("rev-parse", "HEAD~1").strip()
    step = run_action(repo, "pull_request", PALINT_BASE_OF_PULL_REQUEST=base, PALINT_POLICY=name)
    return subprocess.CompletedProcess([], step.code, step.log, "")


CHANGES = [since, since_of_the_work_tree, staged, hook, push, action]
FEW = (
    "link to a new file",
    "folder is a link",
    "deleted",
)  # for the ways that check a commit, as `since` does
TRICKED = [
    (way, trick)
    for way in CHANGES
    for trick in (*TRICKS, *EDITS)
    if trick in FEW or way not in (push, action)
]


@pytest.mark.parametrize(("way", "trick"), TRICKED)
def test_a_change_is_checked_under_the_policy_of_its_base(
    guarded: Repository, way: Callable[[Repository, str], subprocess.CompletedProcess[str]], trick: str
) -> None:
    {**TRICKS, **EDITS}[trick](guarded)
    made = way(guarded, POLICY)
    assert refused(made), made.stdout + made.stderr


@pytest.mark.parametrize("way", CHANGES)
def test_a_policy_that_the_base_lacks_is_refused(
    guarded: Repository, way: Callable[[Repository, str], subprocess.CompletedProcess[str]]
) -> None:
    guarded.write("fresh.toml", LAX)
    assert way(guarded, "fresh.toml").returncode == 2


@pytest.mark.parametrize("way", CHANGES)
def test_a_link_of_the_base_is_refused(
    guarded: Repository, way: Callable[[Repository, str], subprocess.CompletedProcess[str]]
) -> None:
    os.symlink(POLICY, guarded.path / "linked.toml")
    os.symlink(FOLDER, guarded.path / "linked")
    guarded.add("linked.toml", "linked")
    guarded.git("commit", "-q", "-m", "c", "--", "linked.toml", "linked")
    assert way(guarded, "linked/policy.toml").returncode == 2
    guarded.write("more.py")
    assert way(guarded, "linked.toml").returncode == 2


def test_the_name_may_reach_the_tree_in_any_way(guarded: Repository) -> None:
    """Absolute, from a folder below, through a link outside of the tree, or with a detour."""
    outside = guarded.path.parent
    os.symlink(guarded.path, outside / "clone")
    os.symlink(guarded.path / FOLDER, outside / "policies")
    link(guarded, POLICY, "../../old.toml")
    guarded.add()
    names = [
        str(guarded.path / POLICY),
        str(outside / "clone" / POLICY),
        str(outside / "policies" / "policy.toml"),
        f"{FOLDER}/../palint/policy.toml",
        f"../repo/{POLICY}",
    ]
    for name in names:
        made = guarded.palint("check", "--staged", "--policy", name)
        assert refused(made), f"{name}: {made.stdout}{made.stderr}"


def test_a_detour_through_a_link_of_the_tree_stays_in_the_tree(guarded: Repository) -> None:
    """The system would follow `standard` out of the tree, and `..` from there."""
    guarded.write("policy.toml", STRICT)
    guarded.add("policy.toml")
    guarded.git("commit", "-q", "-m", "c", "--", "policy.toml")
    (guarded.path.parent / "far" / "away").mkdir(parents=True)
    (guarded.path.parent / "far" / "policy.toml").write_text(LAX)
    link(guarded, "standard", "../far/away")
    guarded.add()
    made = guarded.palint("check", "--staged", "--policy", "standard/../policy.toml")
    assert refused(made), made.stdout + made.stderr


@pytest.mark.parametrize("trick", [*TRICKS, *EDITS])
@pytest.mark.parametrize("committed", [True, False])
def test_a_whole_run_needs_a_committed_policy_behind_no_link(
    guarded: Repository, trick: str, committed: bool
) -> None:
    {**TRICKS, **EDITS}[trick](guarded)
    if committed:
        guarded.add()
        guarded.commit()
    made = guarded.palint("check", "--policy", POLICY)
    allowed = committed and trick in ("edited", "emptied")  # HEAD's own policy: nothing to compare it with
    assert made.returncode == (0 if allowed else 2), made.stdout + made.stderr
    if not allowed:
        assert POLICY in made.stderr


@pytest.mark.parametrize("trick", FEW)
def test_a_whole_run_of_the_action_does_too(guarded: Repository, trick: str) -> None:
    {**TRICKS, **EDITS}[trick](guarded)
    guarded.add()
    guarded.commit()
    assert run_action(guarded, "push", PALINT_POLICY=POLICY).code == 2


@pytest.mark.parametrize("command", [["config"], ["history", "--no-state"]])
def test_other_commands_do_too(guarded: Repository, command: list[str]) -> None:
    assert guarded.palint(*command, "--policy", POLICY).returncode == 0
    link(guarded, POLICY, "../../old.toml")
    made = guarded.palint(*command, "--policy", POLICY)
    assert made.returncode == 2 and POLICY in made.stderr


def test_a_whole_run_accepts_a_committed_policy(guarded: Repository) -> None:
    (guarded.path / "app.py").unlink()
    assert guarded.palint("check", "--policy", POLICY).returncode == 0


def test_line_ends_that_git_wrote_are_no_difference(guarded: Repository) -> None:
    (guarded.path / "app.py").unlink()
    guarded.write(POLICY, STRICT.replace("\n", "\r\n"))
    assert guarded.palint("check", "--policy", POLICY).returncode == 0


def test_an_untracked_policy_is_refused(guarded: Repository) -> None:
    guarded.write("mine.toml", STRICT)
    made = guarded.palint("check", "--policy", "mine.toml")
    assert made.returncode == 2 and "mine.toml" in made.stderr


def test_without_git_a_policy_lies_outside(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "plain")
    shutil.rmtree(repo.path / ".git")
    repo.write("policy.toml", STRICT)
    (tmp_path / "policy.toml").write_text(STRICT)
    assert repo.palint("check", "--policy", "policy.toml", ".").returncode == 2
    assert repo.palint("check", "--policy", "../policy.toml", ".").returncode == 0


def test_before_the_first_commit_the_index_has_no_base(repo: Repository) -> None:
    repo.write("policy.toml", STRICT)
    repo.add()
    assert repo.palint("check", "--staged", "--policy", "policy.toml").returncode == 2


def test_a_base_that_is_not_here_leaves_no_policy(guarded: Repository) -> None:
    """In CI a missing base means that everything is checked; HEAD's policy may be the change's own."""
    made = guarded.palint("check", "--since", "1" * 40, "--policy", POLICY, env={"CI": "true"})
    assert made.returncode == 2 and POLICY in made.stderr
    (guarded.path / "app.py").unlink()
    assert guarded.palint("check", "--since", "0" * 40, "--policy", POLICY).returncode == 2  # it refuses
    guarded.write(POLICY, "")
    guarded.add()
    guarded.commit()
    assert guarded.palint("check", "--since", "0" * 40, "--policy", POLICY).returncode == 0


class TestAnotherRepositoryInside:
    """`actions/checkout` writes only below the workspace, so a policy's own repository lies there."""

    @pytest.fixture
    def inner(self, guarded: Repository) -> Repository:
        other = Repository(guarded.path / ".policy")
        other.write("policy.toml", STRICT)
        other.add()
        other.commit()
        return other

    @pytest.mark.parametrize("way", [since_of_the_work_tree, staged, hook])
    def test_it_is_not_the_changes(
        self,
        guarded: Repository,
        inner: Repository,
        way: Callable[[Repository, str], subprocess.CompletedProcess[str]],
    ) -> None:
        guarded.write(".git/info/exclude", ".policy\n")
        made = way(guarded, ".policy/policy.toml")
        assert refused(made), made.stdout + made.stderr

    def test_a_submodule_is(self, guarded: Repository, inner: Repository) -> None:
        made = staged(guarded, ".policy/policy.toml")  # `git add` makes it one
        assert made.returncode == 2, made.stdout

    def test_a_link_to_it_is(self, guarded: Repository, inner: Repository) -> None:
        os.symlink(".policy", guarded.path / "policies")
        guarded.write(".git/info/exclude", ".policy\n")
        assert staged(guarded, "policies/policy.toml").returncode == 2

    def test_its_own_links_are_not_followed(self, guarded: Repository, inner: Repository) -> None:
        link(inner, "policy.toml", "../old.toml")
        guarded.write(".git/info/exclude", ".policy\n")
        assert staged(guarded, ".policy/policy.toml").returncode == 2
