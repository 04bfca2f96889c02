"""A tree of one file: the text on standard input."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from palint.findings import Notice
from palint.tree.reader import Read
from palint.util.typing import BinaryIO


class StdinTree:
    """The text of `stream`, as a file of the given name."""

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self._name, self._data = os.path.normpath(name).replace(os.sep, "/"), stream.read()

    def list(self) -> Sequence[str]:
        return [self._name]

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> Read:
        if path != self._name:
            return Read(None)
        return Read(self._data if len(self._data) <= limit else None, len(self._data))

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        yield self._data[:limit]
