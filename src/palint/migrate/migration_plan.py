"""Plain data of a migration plan. Values are represented by their places in files, never as text."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from palint.changes.edits import Change
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple


class ValueSource(NamedTuple):
    """The place of a key's value: `text[start:end]` of a file, in code points, without its quotes.

    kind: how the text becomes the value: "dotenv" (quotes and `${NAME}` of a dotenv file), "python",
    "javascript" (the whole literal, quotes included) or "plain" (the text as it is).
    size: the file's length in bytes when it was planned, so that a script can reject a changed file.
    """

    path: str
    line: int
    start: int
    end: int
    kind: str
    size: int


class SecretKey(NamedTuple):
    """One key of a JSON secret and the places of its value, which is the same in all of them.

    vendor: the id of the value's format, "" if it has none. secret: whether it must be rotated; false for a
    setting.
    """

    name: str
    sources: tuple[ValueSource, ...]
    vendor: str = ""
    secret: bool = True


class PlannedSecret(NamedTuple):
    """A secret in Secrets Manager, `{service}/{environment}`, and its new keys."""

    secret_id: str
    keys: tuple[SecretKey, ...]


class Task(NamedTuple):
    """Something that only a person can do. `topic` groups it in the checklist."""

    topic: str
    text: str


class Rewritten(NamedTuple):
    """What becomes of a file that a rewriter changed.

    text: its new text. what: the changes in words, one clause each. left: what only a person can change, one
    sentence each. read: {secret id: keys} that it now reads. loader: whether it now needs the loader.
    interpolated: whether Compose now takes values from the environment that it is started in. dropped:
    variables that a module no longer has. started: programs that a script started through a loader of dotenv
    files (`app.js`).
    """

    text: str
    what: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    read: Mapping[str, Collection[str]] = {}
    loader: bool = False
    interpolated: bool = False
    dropped: tuple[str, ...] = ()
    started: tuple[str, ...] = ()


class KeptFile(NamedTuple):
    """A dotenv file that stays.

    lines: 1-based, those that are neither assignments nor comments; such a file is left alone as a whole.
    readers: places (`path:line`) that may still read it.
    """

    path: str
    lines: tuple[int, ...] = ()
    readers: tuple[str, ...] = ()


class MigrationPlan(NamedTuple):
    """All steps of `palint migrate`, in their order.

    secrets: stored and read back first. files: written next, in this order.
    removed: dotenv files as they were read, deleted last. kept: dotenv files that stay.
    read: {secret id: keys} that the written files read. tasks: what people must do.
    doubtful: {path: lines} of removed files, with comments that may hold a value.
    """

    secrets: tuple[PlannedSecret, ...]
    files: tuple[Change, ...]
    removed: tuple[SourceFile, ...]
    tasks: tuple[Task, ...]
    kept: tuple[KeptFile, ...] = ()
    read: Mapping[str, frozenset[str]] = {}
    doubtful: Mapping[str, frozenset[int]] = {}

    @property
    def empty(self) -> bool:
        """Whether there is nothing to store, write or delete."""
        return not (self.secrets or self.files or self.removed)


# The order of writing: code reads the new place before anything stops providing the old one.
LOADER, READERS, DOTENV_USES, CONFIGURATION, DOCUMENTS = range(5)
