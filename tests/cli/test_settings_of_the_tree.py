"""Settings and baseline are read from what is checked: the index, the pushed commit, or the disk."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import Repository

Run = Callable[..., "subprocess.CompletedProcess[str]"]
PRINTED = True  # see the fixture `repo`
SECRET = 'token = "{github_token}"\n'
IGNORING = 'ignore = ["hardcoded-secret"]\n'
WAYS_TO_IGNORE = {
    "palint.toml": IGNORING,
    "pyproject.toml": f"[tool.palint]\n{IGNORING}",
}


def staged(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    return repo.palint("check", "--staged", *args)


def staged_paths(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    return repo.palint("check", "--staged", *args, "app.py")


def hook(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    return repo.palint("hook", *args, "--", "app.py")


def hook_with_many_names(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    names = [f"n{number}.py" for number in range(600)]
    return repo.palint("hook", *args, "--", "app.py", *names)


def push(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    repo.commit()
    refs = {"PRE_COMMIT_FROM_REF": "HEAD~1", "PRE_COMMIT_TO_REF": "HEAD"}
    return repo.palint("hook", *args, "--", "app.py", env=refs)


def first_push(repo: Repository, *args: str) -> subprocess.CompletedProcess[str]:
    repo.commit()
    return repo.palint("hook", *args, "--", "app.py", env={"PRE_COMMIT_REMOTE_NAME": "origin"})


WAYS = [staged, staged_paths, hook, hook_with_many_names, push, first_push]


@pytest.fixture
def changed(repo: Repository) -> Repository:
    """A repository with a secret in the index."""
    repo.write("README", "x\n")
    repo.add()
    repo.commit()
    repo.write("app.py", substitute(SECRET))
    repo.add()
    return repo


@pytest.mark.parametrize("way", WAYS)
class TestFilesThatGitDoesNotHave:
    """Both at once: one that counted would pass the check."""

    def test_untracked_settings_do_not_count(self, changed: Repository, way: Run) -> None:
        for name, text in WAYS_TO_IGNORE.items():
            changed.write(name, text)
        assert way(changed).returncode == 1

    def test_ignored_settings_do_not_count(self, changed: Repository, way: Run) -> None:
        for name, text in WAYS_TO_IGNORE.items():
            changed.write(name, text)
        changed.write(".git/info/exclude", "\n".join(WAYS_TO_IGNORE))
        assert way(changed).returncode == 1

    def test_a_link_on_disk_does_not_count(self, changed: Repository, way: Run) -> None:
        for name, text in WAYS_TO_IGNORE.items():
            changed.write(f"lax-{name}", text)
            os.symlink(f"lax-{name}", changed.path / name)
        assert way(changed).returncode == 1


@pytest.mark.parametrize("name", WAYS_TO_IGNORE)
@pytest.mark.parametrize("way", WAYS)
class TestFilesOnDisk:
    def test_unstaged_settings_do_not_count(self, changed: Repository, way: Run, name: str) -> None:
        changed.write(name, "")
        changed.add()
        changed.write(name, WAYS_TO_IGNORE[name])
        assert way(changed).returncode == 1

    def test_staged_settings_count(self, changed: Repository, way: Run, name: str) -> None:
        """Also where the file is no longer on disk, or the disk has something else."""
        changed.write(name, WAYS_TO_IGNORE[name])
        changed.add()
        (changed.path / name).unlink()
        assert way(changed).returncode == 0
        changed.write(name, "nonsense = 1\n[tool.palint]\nnonsense = 1\n")
        assert way(changed).returncode == 0


@pytest.mark.parametrize("way", WAYS)
def test_an_untracked_baseline_does_not_count(changed: Repository, way: Run) -> None:
    assert changed.palint("baseline").returncode == 0
    assert way(changed).returncode == 1
    changed.add()
    assert way(changed).returncode == 0
    (changed.path / "palint-baseline.jsonl").unlink()
    assert way(changed).returncode == 0


@pytest.mark.parametrize(
    ("way", "option"), [*((way, "--config") for way in WAYS), (staged, "--baseline"), (push, "--baseline")]
)
def test_a_named_file_of_the_tree_is_read_from_it(changed: Repository, way: Run, option: str) -> None:
    assert changed.palint("baseline").returncode == 0
    os.rename(changed.path / "palint-baseline.jsonl", changed.path / "named")
    if option == "--config":
        changed.write("named", IGNORING)
    assert way(changed, option, "named").returncode == 2
    changed.add()
    assert way(changed, option, "named").returncode == 0
    changed.write("named", "")
    assert way(changed, option, "named").returncode == 0
    changed.write("elsewhere", (changed.path / "named").read_bytes())
    os.unlink(changed.path / "named")
    os.symlink("elsewhere", changed.path / "named")
    changed.add()
    made = way(changed, option, "named")
    assert made.returncode == 2 and "named: is a symbolic link" in made.stderr


@pytest.mark.parametrize("way", [staged, hook])
def test_a_file_outside_is_read_where_it_is(changed: Repository, way: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(IGNORING)
    assert way(changed, "--config", str(tmp_path / "settings.toml")).returncode == 0


@pytest.mark.parametrize("way", [staged, hook])
def test_settings_in_conflict_are_named(changed: Repository, way: Run) -> None:
    changed.commit()
    changed.git("checkout", "-q", "-b", "side")
    changed.write("palint.toml", "ignore = []\n")
    changed.add()
    changed.commit()
    changed.git("checkout", "-q", "main")
    changed.write("palint.toml", IGNORING)
    changed.add()
    changed.commit()
    changed.git("merge", "-q", "side", check=False)
    made = way(changed)
    assert made.returncode == 2 and "palint.toml" in made.stderr and "conflict" in made.stderr


class TestUnderAPolicy:
    """`allow-new-suppressions = false`."""

    @pytest.fixture
    def policy(self, tmp_path: Path) -> str:
        (tmp_path / "policy.toml").write_text("allow-new-suppressions = false\n")
        return str(tmp_path / "policy.toml")

    @pytest.mark.parametrize("name", WAYS_TO_IGNORE)
    @pytest.mark.parametrize("way", [staged, hook, push])
    def test_neither_staged_nor_unstaged_settings_silence(
        self, changed: Repository, way: Run, policy: str, name: str
    ) -> None:
        changed.write(name, WAYS_TO_IGNORE[name])
        assert way(changed, "--policy", policy).returncode == 1
        changed.add()
        assert way(changed, "--policy", policy).returncode == 1

    @pytest.mark.parametrize("name", [*WAYS_TO_IGNORE, "palint-baseline.jsonl"])
    def test_nor_ignored_ones_with_since(self, changed: Repository, policy: str, name: str) -> None:
        changed.commit()
        assert changed.palint("baseline").returncode == 0
        if name in WAYS_TO_IGNORE:
            os.unlink(changed.path / "palint-baseline.jsonl")
            allow = '[[%sallow]]\npaths = ["app.py"]\nrules = ["hardcoded-secret"]\nreason = "x"\n'
            changed.write(name, allow % ("tool.palint." if name == "pyproject.toml" else ""))
        changed.write(".git/info/exclude", f"{name}\n")
        made = changed.palint("check", "--since", "HEAD~1", "--format", "json")
        assert made.returncode == 0 and '"new": true' in made.stdout, made.stdout
        assert changed.palint("check", "--since", "HEAD~1", "--policy", policy).returncode == 1

    @pytest.mark.parametrize("way", [staged, hook, push])
    def test_a_named_file_that_the_base_lacks_does_not_silence(
        self, changed: Repository, way: Run, policy: str
    ) -> None:
        changed.write("named.toml", IGNORING)
        changed.add()
        assert way(changed, "--config", "named.toml", "--policy", policy).returncode == 1

    @pytest.mark.parametrize("way", [staged, hook, push])
    def test_nor_does_a_named_file_that_was_invalid(self, changed: Repository, way: Run, policy: str) -> None:
        changed.write("named.toml", "nonsense\n")
        changed.add()
        changed.git("commit", "-q", "-m", "c", "--", "named.toml")
        changed.write("named.toml", IGNORING)
        changed.add()
        assert way(changed, "--config", "named.toml", "--policy", policy).returncode == 1


def test_a_whole_run_reads_the_disk(changed: Repository) -> None:
    changed.write("palint.toml", IGNORING)
    assert changed.palint("check").returncode == 0


@pytest.mark.parametrize(
    "weaker",
    [
        IGNORING, 'exclude = ["app.py"]\n', '[severity]\nhardcoded-secret = "warning"\n',
        'select = ["secret-name"]\n',
    ],
)  # fmt: skip
def test_what_only_the_settings_of_the_base_refuse_is_listed(changed: Repository, weaker: str) -> None:
    """Beside the names of the keys: which findings would fail under the old settings."""
    changed.write("palint.toml", weaker)
    changed.add()
    made = staged(changed, "--format", "json")
    assert made.returncode == 0, made.stderr
    (accepted,) = json.loads(made.stdout)["suppressed"]
    assert (accepted["path"], accepted["rule"], accepted["new"]) == ("app.py", "hardcoded-secret", True)
    assert accepted["source"].startswith("palint.toml")
