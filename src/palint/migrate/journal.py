"""The journal of an unfinished migration, in git's own folder: names of secrets and files, no values."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from palint.changes.edits import ChangeError
from palint.migrate.migration_plan import MigrationPlan
from palint.tree.git.process import Call
from palint.util import atomic_file

NAME = "palint-migrate.json"
OLD, NEW = "old state", "new state"


def read_record(root: str, name: str) -> tuple[str, Any]:
    """(path, value) of a JSON file in the repository's own folder of git; None if it cannot be read.

    Raises GitError.
    """
    out = Call(root, ["rev-parse", "--git-path", name]).output()
    path = os.path.join(root, os.fsdecode(out.rstrip(b"\n")))
    try:
        with open(path, encoding="utf-8") as file:
            return path, json.load(file)
    except (OSError, ValueError):
        return path, None


class Journal:
    """Records finished steps. Every change is on disk before the next step starts."""

    def __init__(self, path: str, data: dict[str, Any]) -> None:
        self._path, self._data = path, data

    @classmethod
    def open(cls, root: str) -> Journal:
        """The journal of a repository, empty if no migration is unfinished. Raises GitError."""
        path, data = read_record(root, NAME)
        known = isinstance(data, dict) and data.get("version") == 1
        return cls(path, data if known else {})

    @property
    def unfinished(self) -> bool:
        """Whether a migration was started but not finished."""
        return bool(self._data)

    def start(self, plan: MigrationPlan) -> None:
        """Record the planned steps; keep records of secrets stored by an earlier run."""
        stored = self._data.get("stored", {})
        self._data = {
            "version": 1,
            "secrets": {
                s.secret_id: {
                    "keys": [k.name for k in s.keys],
                    "files": sorted({k.sources[0].path for k in s.keys}),
                }
                for s in plan.secrets
            },
            "stored": {s.secret_id: stored[s.secret_id] for s in plan.secrets if s.secret_id in stored},
            "files": [f.path for f in plan.files],
            "removed": [f.path for f in plan.removed],
        }
        self._save()

    def stored(self, secret_id: str, arn: str) -> None:
        """Record that a secret was stored and read back."""
        self._data["stored"][secret_id] = arn
        self._save()

    def finished(self, kind: str, path: str) -> None:
        """Record that a file was written (`files`) or deleted (`removed`)."""
        self._data[kind] = [each for each in self._data[kind] if each != path]
        self._save()

    def arns(self) -> dict[str, str]:
        """{secret id: ARN} of the stored secrets."""
        return dict(self._data.get("stored", {}))

    def states(self) -> Iterable[tuple[str, str, str]]:
        """Yield (secret id, OLD or NEW, a description of the state) for each secret."""
        waiting = self._data.get("files", [])
        for secret_id, secret in self._data.get("secrets", {}).items():
            kept = [path for path in self._data.get("removed", []) if path in secret["files"]]
            if secret_id not in self._data["stored"]:
                yield secret_id, OLD, "not stored yet; every file is as it was"
            elif waiting:
                yield secret_id, OLD, f"stored; {len(waiting)} files still read the old place, which is kept"
            elif kept:
                yield secret_id, OLD, f"stored, and the code reads it; {', '.join(kept)} is still there"
            else:
                yield secret_id, NEW, "stored, read by the code, and gone from the files"

    def end(self) -> None:
        """Record that the migration is finished."""
        self._data = {}
        try:
            os.unlink(self._path)
        except FileNotFoundError:
            pass

    def _save(self) -> None:
        save(self._path, self._data)


def save(path: str, data: object) -> None:
    """Write a record of steps as JSON. Raises ChangeError, with the old record in place."""
    try:
        atomic_file.replace(path, json.dumps(data, indent=1).encode(), 0o600)
    except OSError as error:
        raise ChangeError(f"{path}: not written: {error.strerror}") from None
