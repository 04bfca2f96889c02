"""A repository whose history holds one secret of each kind, made by real git."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from palint.secrets.synthetic import generate
from tests.conftest import Repository


class Past(Repository):
    """A repository of which each commit is a minute younger than the one before."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._minutes = itertools.count()

    def git(self, *args: str, env: dict[str, str] | None = None, check: bool = True) -> str:
        """Run git at the next minute."""
        minute = next(self._minutes) if hasattr(self, "_minutes") else 0
        date = f"{1_600_000_000 + 60 * minute} +0200"
        return super().git(
            *args, env={"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, **(env or {})}, check=check
        )

    def save(self, **files: str | bytes | None) -> str:
        """Write (None: delete) files, `_` in a name being `.`; commit, and give the commit's name."""
        for name, content in files.items():
            path = name.replace("__", "/").replace("_", ".")
            if content is None:
                self.git("rm", "-q", "--cached", path)
                (self.path / path).unlink()
            else:
                self.write(path, content)
                self.git("add", "-f", path)
        self.commit()
        return self.head()

    def head(self) -> str:
        """The name of HEAD."""
        return self.git("rev-parse", "HEAD").strip()

    def all_commits(self) -> list[str]:
        """Every commit of every ref, the youngest first."""
        return self.git("rev-list", "--date-order", "--all").split()


def line(seed: str) -> str:
    """A line that assigns a token."""
    return f'GITHUB_TOKEN = "{secret(seed)}"\n'


def secret(seed: str) -> str:
    """A value; the same for the same seed."""
    return generate("{github_token}", seed)


@pytest.fixture
def past(tmp_path: Path) -> Past:
    """An empty repository."""
    return Past(tmp_path / "past")


@pytest.fixture
def make_past(tmp_path: Path) -> Callable[[str], Past]:
    """A maker of further repositories, by name."""
    return lambda name: Past(tmp_path / name)


def build(past: Past) -> set[str]:
    """Commit secrets in every way there is; the seeds of those that are in it as UTF-8."""
    lines = [f"x{i} = {i}\n" for i in range(400)]
    past.save(a_py=line("stays") + "".join(lines), gone_py=line("deleted"), moved_py=line("moves"))
    past.save(a_py=line("stays") + line("changed") + "".join(lines))
    past.save(a_py=line("stays") + line("new value") + "".join(lines))
    past.save(gone_py=None)
    past.git("mv", "moved.py", "elsewhere.py")
    past.commit()
    past.save(b_bin=b"\0\1\2\xff" * 50 + b"\n" + line("binary").encode() + b"\0" * 9)
    past.save(b_bin=b"\0\1\2\xff" * 50)
    past.save(wide_txt=line("wide").encode("utf-16"))
    past.save(wide_txt=None)
    # palint: ignore[hardcoded-secret] the word that a made-up value has in it
    past.save(_env=f"DEBUG=1\nDB_PASSWORD={secret('dotenv')}\n", unrelated_py="y = 1\n")
    past.save(_env=None)
    # Evil merges: what only the merge adds, beside a conflict that it solves.
    past.git("checkout", "-q", "-b", "side", "HEAD~2")
    past.save(a_py=line("stays") + line("on a branch") + "".join(lines))
    past.git("checkout", "-q", "main")
    past.save(c_py="z = 1\n")
    past.git("merge", "-q", "--no-commit", "--no-ff", "-X", "theirs", "side", check=False)
    past.save(a_py=line("stays") + line("evil merge") + "".join(lines))
    past.save(a_py=line("stays") + "".join(lines))
    # An octopus.
    for name in ("one", "two", "three"):
        past.git("checkout", "-q", "-b", name, "main")
        past.save(**{f"{name}_py": line(f"octopus {name}")})
    past.git("checkout", "-q", "main")
    past.git("merge", "-q", "--no-ff", "-m", "octopus", "one", "two", "three")
    past.save(one_py=None)
    # A second root, merged.
    past.git("checkout", "-q", "--orphan", "import")
    past.git("rm", "-rqf", ".")
    past.save(vendor__lib_py=line("imported"))
    past.git("checkout", "-q", "main")
    past.git("merge", "-q", "--allow-unrelated-histories", "--no-ff", "-m", "import", "import")
    # A commit that only a tag has.
    past.git("checkout", "-q", "--detach")
    past.save(t_py=line("tagged"))
    past.git("tag", "-a", "-m", "release", "v1")
    past.git("checkout", "-q", "main")
    # Two stashes; the older one is named by the log of refs/stash alone.
    for seed in ("older stash", "newer stash"):
        past.write("s.py", line(seed))
        past.git("add", "s.py")
        past.git("stash", "-q")
    return {
        *("stays", "changed", "new value", "deleted", "moves", "binary", "dotenv", "on a branch"),
        *("evil merge", "octopus one", "octopus two", "octopus three", "imported", "tagged"),
        *("older stash", "newer stash"),
    }
