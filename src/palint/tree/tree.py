"""What the engine needs from a tree, wherever its files come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from palint.findings import Notice
from palint.tree.reader import Read

SUBMODULE = Read(None, kind="not-text", message="is a submodule: check it in its own repository")


class Tree(Protocol):
    """Where files come from: the disk, the index or a commit."""

    def list(self) -> Sequence[str]:
        """Every path, relative to the root, sorted by bytes."""

    def ignored(self) -> Sequence[str]:
        """Names that git ignores; wholly ignored directories as `name/`."""

    def notices(self) -> Sequence[Notice]:
        """What of the tree could not be listed."""

    def read(self, path: str, limit: int) -> Read:
        """A file's bytes, when there are at most `limit` of them."""

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        """A file's first `limit` bytes in pieces. Raises OSError or GitError."""
