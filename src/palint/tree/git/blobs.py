"""Read the contents of objects in the index or a commit."""

from __future__ import annotations

from collections.abc import Iterator

from palint.tree.git.process import Call, GitError


class MissingObject(GitError):  # noqa: N818 - it names a state
    """An object named in the index or a commit is not in this repository (a partial clone)."""


class Blobs:
    """Read objects through one `cat-file --batch`, which ends with the `with` block."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._call: Call | None = None

    def __enter__(self) -> Blobs:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a later `read` starts a new one."""
        if self._call is not None:
            self._call.stop()
            self._call = None

    def read(self, oid: str, limit: int) -> bytes:
        """A blob's bytes, at most the first `limit` + 1. Raises MissingObject."""
        return b"".join(self.stream(oid, limit + 1))

    def stream(self, oid: str, limit: int) -> Iterator[bytes]:
        """A blob's first `limit` bytes, in pieces of up to 1 MiB; read it to the end or `close`.

        Raises MissingObject.
        """
        size = self._ask(oid)
        call = self._call
        assert call is not None
        left = min(size, limit)
        while left:
            piece = call.reader.read(min(left, 1 << 20))
            if not piece:
                self.close()
                raise GitError(f"git cat-file ended in the middle of object {oid}")
            left -= len(piece)
            yield piece
        if size > limit:
            self.close()  # cheaper than reading the rest
        elif call.reader.read(1) != b"\n":
            self.close()
            raise GitError(f"git cat-file did not return object {oid}")

    def size(self, oid: str) -> int:
        """A blob's size in bytes. Raises MissingObject."""
        size = self._ask(oid)
        if size > 1 << 16:
            self.close()
        else:
            assert self._call is not None
            self._call.reader.read(size + 1)
        return size

    def _ask(self, oid: str) -> int:
        """Request an object and return its size; its content is next in the output."""
        if self._call is None:
            self._call = Call(self._root, ["cat-file", "--batch"], talks=True)
        self._call.write(oid.encode() + b"\n")
        words = self._call.reader.readline().split()
        if len(words) == 3 and words[1] == b"blob":
            return int(words[2])
        self.close()
        if words[1:] == [b"missing"]:
            raise MissingObject(f"object {oid} is not in this repository: fetch it (a partial clone?)")
        raise GitError(f"git cannot read object {oid}: the repository is damaged (run `git fsck`)")
