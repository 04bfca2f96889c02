"""The interface of a tree, wherever its files come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from palint.findings import Notice
from palint.tree.reader import Read
from palint.util.typing import Protocol

SUBMODULE = Read(None, kind="not-text", message="submodule: not checked here")


class Tree(Protocol):
    """Where files come from: the disk, the index or a commit."""

    def list(self) -> Sequence[str]:
        """Every path, relative to the root, sorted by bytes."""

    def ignored(self) -> Sequence[str]:
        """Names that git ignores; completely ignored directories as `name/`."""

    def notices(self) -> Sequence[Notice]:
        """Notices about parts of the tree that could not be listed."""

    def read(self, path: str, limit: int) -> Read:
        """A file's bytes, if there are at most `limit`."""

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        """A file's first `limit` bytes in pieces. Raises OSError or GitError."""
