"""Where an input is made, and the register of all of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class Place:
    """A folder for one input: `root` is what palint sees, `outside` what it must not; a trap makes `mark`.

    modes: {path: mode} to set at the end, for inputs that another user reads.
    """

    def __init__(self, base: Path, name: str, secret: str) -> None:
        self.root, self.outside, self.mark = base / "root", base / "outside", base / "pwned"
        self.name, self.secret = name, secret
        self.modes: dict[Path, int] = {}

    @property
    def line(self) -> str:
        """A line of source that holds the secret."""
        return f'TOKEN = "{self.secret}"\n'

    def write(self, path: str | bytes, data: str | bytes, below: Path | None = None) -> Path:
        """Write a file, folders made; `path` is relative to `root`."""
        place = os.path.join(os.fsencode(below or self.root), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        return Path(os.fsdecode(place))

    def git(
        self, *args: str, below: Path | None = None, check: bool = True, stdin: bytes | None = None
    ) -> str:
        """Run git in the root."""
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main")
        made = subprocess.run(
            ["git", *who, *args], cwd=below or self.root, check=check, capture_output=True, input=stdin
        )
        return made.stdout.decode().strip()

    def repository(self) -> None:
        """Make the root a repository with one commit of a harmless file."""
        self.git("init", "-q")
        self.write("ok.py", "a = 1\n")
        self.git("add", "ok.py")
        self.git("commit", "-qm", "one")


class Input(NamedTuple):
    """One kind. expect: find, skip-warn, error, no-finding, any (see harness.check)."""

    build: Callable[[Place], object]
    expect: str
    repository: bool
    unprivileged: bool
    args: tuple[str, ...]


INPUTS: dict[str, Input] = {}


def add(
    name: str,
    expect: str,
    build: Callable[[Place], object],
    *,
    repository: bool = False,
    unprivileged: bool = False,
    args: tuple[str, ...] = (),
) -> None:
    """Register a kind."""
    assert name not in INPUTS, name
    INPUTS[name] = Input(build, expect, repository, unprivileged, args)


def kind(
    name: str, expect: str = "find", *, unprivileged: bool = False, args: tuple[str, ...] = ()
) -> Callable[[Callable[[Place], object]], Callable[[Place], object]]:
    """Register the function below; it gets a root that is a repository when its name begins with `git-`."""

    def register(build: Callable[[Place], object]) -> Callable[[Place], object]:
        repository = name.startswith("git-")

        def whole(place: Place) -> None:
            if repository:
                place.repository()
            build(place)

        add(name, expect, whole, repository=repository, unprivileged=unprivileged, args=args)
        return build

    return register
