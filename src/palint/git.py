"""Every git call of palint, and the bytes that the index or a commit holds.

Only plumbing that runs no filter, hook, attribute or transport is called. The flags and the environment keep
a repository's own `.git/config` from running anything: see docs/security.md for what each one is for.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

TYPE_FILE, TYPE_LINK, TYPE_SUBMODULE = 0o100000, 0o120000, 0o160000
_KEPT = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",  # a partial commit (`git commit -- path`) names a temporary index
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
)
_FLAGS = (
    "--no-optional-locks",
    "--no-pager",
    "--literal-pathspecs",
    "-c", "core.fsmonitor=false",
    "-c", "core.hooksPath=/dev/null",
    "-c", "core.attributesFile=/dev/null",
    "-c", "safe.bareRepository=explicit",
)  # fmt: skip


class GitError(Exception):
    """git could not do what was asked; the message is for the user."""


class Entry(NamedTuple):
    """A path in the index or a commit. `mode` is git's, `oid` the object's hexadecimal name."""

    path: str
    mode: int
    oid: str

    @property
    def kind(self) -> int:
        """TYPE_FILE, TYPE_LINK or TYPE_SUBMODULE."""
        return self.mode & 0o170000


def _environment() -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    env.update(
        GIT_NO_LAZY_FETCH="1",
        GIT_ALLOW_PROTOCOL="",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_TERMINAL_PROMPT="0",
        LC_ALL="C",
    )
    return env


_safe_directories: list[str] | None = None


def _safe() -> list[str]:
    """`safe.directory` of the user's and the system's settings: read once, before those are shut out.

    The read happens in `/`, so no repository's own settings take part.
    """
    global _safe_directories
    if _safe_directories is None:
        import subprocess

        env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith("GIT_CONFIG")}
        found = subprocess.run(
            ["git", "config", "-z", "--get-all", "safe.directory"],
            cwd="/" if os.name == "posix" else None,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        _safe_directories = [os.fsdecode(v) for v in found.stdout.split(b"\0")[:-1]]
    return _safe_directories


def command(cwd: str, args: Iterable[str], *, trusted: bool = False) -> list[str]:
    """The argument list of a git call in `cwd`."""
    safe = [x for value in _safe() for x in ("-c", f"safe.directory={value}")] if trusted else []
    return ["git", *_FLAGS, *safe, "-C", cwd, *args]
