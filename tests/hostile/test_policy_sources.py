"""A policy, settings and a base's name are read from the side they belong to, whatever a change does.

Each change adds a violation and tries to have another policy, other settings or another base read: by an
edit, a link, another folder, files that are not staged, a repository in the tree, a tag. `make fuzz` draws
ten times as many.
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from . import changes
from .changes import FILE, LINK, Tree, git
from .test_changes import EXAMPLES, each

POLICY = b'fail-on = "warning"\nallow-new-suppressions = false\n'
LAX = b'select = ["unused-suppression"]\n'  # under it no violation is found
FOLDERS = ("", "ci/", "ci/palint/", ".github/")
HOW = "since", "staged", "hook"


class Attempt(NamedTuple):
    """Two trees, and what is done to the repository after the head is committed or staged.

    policy: its path. since: the base's name. refs: (name, commit) that exist. tried: for a failing test.
    """

    base: Tree
    head: Tree
    policy: str
    violation: changes.Violation
    tried: str
    after: list[Callable[[Path], object]]
    since: str = "HEAD~1"
    refs: tuple[tuple[str, str], ...] = ()


def _replace(path: str, data: bytes) -> Callable[[Path], object]:
    def write(root: Path) -> None:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            file.unlink()
        file.write_bytes(data)

    return write


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _nested(root: Path, folder: str, policy: str) -> None:
    """A repository of its own in place of the policy's folder."""
    shutil.rmtree(root / folder)
    (root / policy).parent.mkdir(parents=True)
    git(root / folder, "init", "-q")
    (root / policy).write_bytes(LAX)
    git(root / folder, "add", ".")


def _move(root: Path, folder: str) -> None:
    """A link in place of a folder, on the disk only."""
    (root / "lax" / folder).mkdir(parents=True, exist_ok=True)
    shutil.rmtree(root / folder)
    (root / folder).symlink_to(os.path.relpath(root / "lax" / folder, (root / folder).parent))


def attempt(chance: random.Random) -> Attempt:
    """One violation, and one or two tries to have it pass."""
    violation = changes.Violation("", ())
    while not violation.rules:
        added, violation = changes.violations(chance)
    folder = chance.choice(FOLDERS)
    policy = f"{folder}policy.toml"
    base: Tree = {"README.md": (FILE, b"# A\n"), policy: (FILE, POLICY), "lax.toml": (FILE, LAX)}
    head = {**base, **added}
    made = Attempt(base, head, policy, violation, "", [])
    for _ in range(chance.choice((1, 2))):
        made = chance.choice((_with_policy, _with_policy, _with_settings, _with_name))(chance, made)
    return made


def _with_policy(chance: random.Random, made: Attempt) -> Attempt:
    policy, head, after = made.policy, dict(made.head), list(made.after)
    folder = policy.rpartition("/")[0]
    way = chance.choice(("edit", "link", "null", "delete", "disk", "folder", "nested", "moved", "untracked"))
    if way == "edit":
        head[policy] = FILE, LAX
    elif way == "link":
        name = chance.choice(("lax.toml", "new.toml"))
        head[policy] = LINK, os.path.relpath(name, folder or ".").encode()
        head["new.toml"] = FILE, LAX
    elif way == "null":
        head[policy] = LINK, b"/dev/null"
    elif way == "delete":
        head.pop(policy, None)
    elif way == "disk":
        after.append(_replace(policy, LAX))
    elif way == "untracked":
        head.pop(policy, None)
        after.append(_replace(policy, LAX))
    elif folder and way == "folder":
        for path in [path for path in head if path.startswith(f"{folder}/")]:
            head.pop(path)
        head[folder] = LINK, os.path.relpath("lax", os.path.dirname(folder) or ".").encode()
        head["lax/policy.toml"] = FILE, LAX
    elif folder and way == "nested":
        after.append(lambda root: _is_folder(root / folder) and _nested(root, folder, policy))
    elif folder and way == "moved":
        head[f"lax/{policy}"] = FILE, LAX
        after.append(lambda root: _is_folder(root / folder) and _move(root, folder))
    return made._replace(head=head, after=after, tried=f"{made.tried} policy {way}")


def _with_settings(chance: random.Random, made: Attempt) -> Attempt:
    head, after = dict(made.head), list(made.after)
    ignore = ", ".join(f'"{rule}"' for rule in made.violation.rules)
    name, table = chance.choice((("palint.toml", ""), ("pyproject.toml", "[tool.palint]\n")))
    text = chance.choice(
        (f"ignore = [{ignore}]", 'exclude = ["**"]', 'fail-on = "error"', 'select = ["env-file"]')
    )
    data = f"{table}{text}\n".encode()
    way = chance.choice(("added", "disk", "ignored", "link", "nested"))
    if way == "added":
        head[name] = FILE, data
    elif way == "link":
        head[name], head["soft.toml"] = (LINK, b"soft.toml"), (FILE, data)
    elif way == "nested":
        head[os.path.join(os.path.dirname(made.violation.path), name)] = FILE, data
    else:
        after.append(_replace(name, data))
        if way == "ignored":
            head[".gitignore"] = FILE, f"{name}\n".encode()
    return made._replace(head=head, after=after, tried=f"{made.tried} settings {way} {text}")


def _with_name(chance: random.Random, made: Attempt) -> Attempt:
    """A tag or a branch that is called like the base, and leads to the head."""
    name, ref = chance.choice((("trunk", "refs/heads/trunk"), ("origin/main", "refs/remotes/origin/main")))
    other = chance.choice(("refs/tags/", "refs/heads/"))
    if other + name == ref:
        other = "refs/tags/"

    refs = (ref, "HEAD~1"), (other + name, "HEAD")
    return made._replace(refs=refs, since=name, tried=f"{made.tried} {other}{name}")


def check(made: Attempt, how: str, spelling: str) -> changes.Outcome:
    """Make the repository and check it, as a job does that names the policy in the tree."""
    root = Path(tempfile.mkdtemp(prefix="palint-policy-")) / "repository"
    root.mkdir()
    try:
        changes.write_commits(root, [made.base, made.head])
        for ref, commit in made.refs:
            git(root, "update-ref", ref, git(root, "rev-parse", commit).strip())
        if how != "since":
            git(root, "reset", "-q", "--soft", "HEAD~1")
        for step in made.after:
            step(root)
        policy = {"absolute": str(root / made.policy), "detour": f"app/../{made.policy}"}.get(
            spelling, made.policy
        )
        given = ["--format", "json", "--policy", policy]
        if how == "since":
            return changes.palint(root, "check", "--since", made.since, *given)
        if how == "staged":
            return changes.palint(root, "check", "--staged", *given)
        return changes.palint(root, "hook", *given, "--", made.violation.path)
    finally:
        shutil.rmtree(root.parent, ignore_errors=True)


@pytest.mark.parametrize("how", HOW)
@settings(each, max_examples=max(1, EXAMPLES // 16))
@given(chance=st.randoms(use_true_random=False), spelling=st.sampled_from(("plain", "absolute", "detour")))
def test_a_change_has_no_say_in_what_judges_it(how: str, chance: random.Random, spelling: str) -> None:
    made = attempt(chance)
    outcome = check(made, how, spelling)
    shown = [f for f in outcome.report.get("findings", ()) if f["path"] == made.violation.path]  # type: ignore[attr-defined]
    noticed = outcome.code == 2 or (outcome.code == 1 and shown)
    assert noticed, (
        how,
        spelling,
        made.tried,
        made.violation,
        outcome.code,
        outcome.out[:1500],
        outcome.err[:500],
    )
