"""Plain data: what a migration plans. Values appear here as places in files, never as text."""

from __future__ import annotations

from palint.util.named_tuple import NamedTuple


class ValueSource(NamedTuple):
    """Where the value of one key is: `text[start:end]` of a file, in code points, without its quotes.

    kind: how the text becomes the value: "dotenv" (quotes and `${NAME}` of a dotenv file), "python",
    "javascript" (the whole literal, quotes included) or "plain" (the text as it is).
    size: the file's length in bytes when it was planned, so that a script can refuse a file that changed.
    """

    path: str
    line: int
    start: int
    end: int
    kind: str
    size: int


class SecretKey(NamedTuple):
    """One key of a JSON secret and the places that hold its value; all of them hold the same value.

    vendor: the id of the value's format, "" if it has none. secret: whether it has to be rotated, which a
    setting has not.
    """

    name: str
    sources: tuple[ValueSource, ...]
    vendor: str = ""
    secret: bool = True


class PlannedSecret(NamedTuple):
    """One secret of Secrets Manager, `{service}/{environment}`, and the keys that it gets."""

    secret_id: str
    keys: tuple[SecretKey, ...]


class PlannedFile(NamedTuple):
    """One file to write. `old` is None for a new file. order: lower numbers are written first.

    what: the changes, one clause each, for the plan that is printed.
    """

    path: str
    old: bytes | None
    new: bytes
    what: tuple[str, ...]
    order: int


class Task(NamedTuple):
    """Something that only a person can do. `topic` groups it in the checklist."""

    topic: str
    text: str


class MigrationPlan(NamedTuple):
    """All that `palint migrate` would do, in the order in which it does it.

    secrets: what is stored and read back. files: what is written then, by `PlannedFile.order`.
    removed: dotenv files, deleted last. tasks: what is left for people.
    """

    secrets: tuple[PlannedSecret, ...]
    files: tuple[PlannedFile, ...]
    removed: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to store, write or delete."""
        return not (self.secrets or self.files or self.removed)


# PlannedFile.order: code can read the new place before anything stops filling in the old one.
LOADER, READERS, DOTENV_USES, CONFIGURATION, DOCUMENTS = range(5)
