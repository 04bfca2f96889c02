"""Restore what runs changed: `palint migrate --undo`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from palint.changes import write as changes
from palint.changes.edits import Change, encode
from palint.dotenv import files as dotenv_files
from palint.findings import PalintError
from palint.migrate import values
from palint.migrate.accounting import spans
from palint.migrate.journal import Journal, Stored, digest
from palint.migrate.migration_plan import SecretKey, ValueSource
from palint.migrate.secret_values import literal_value
from palint.migrate.store import SecretStore
from palint.migrate.values import ValueChanged
from palint.report.summary import pluralize
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.git.process import Call
from palint.tree.reader import Reader
from palint.util.typing import Any

_MAX_BYTES = 10 << 20


def secrets_of(runs: Sequence[Mapping[str, Any]]) -> set[str]:
    """The names of the secrets that runs stored, or whose values are in the files that they changed."""
    named = {part["secret"] for run in runs for file in run["files"] for part in _references(file)}
    return named | {secret_id for run in runs for secret_id in run["added"]}


class Undo:
    """Restore what runs changed. ask, say: as of a `Migration`. left: what was left alone, in words.

    store: None where no run stored a secret (`secrets_of`).
    """

    def __init__(
        self, root: str, journal: Journal, store: SecretStore | None, ask: Callable[[str], bool],
        say: Callable[[str], None], before_step: Callable[[str], None] = lambda step: None,
    ) -> None:  # fmt: skip
        self.root, self.journal, self.store, self.ask, self.say = root, journal, store, ask, say
        self.before_step = before_step
        self.left: list[str] = []

    def run(self) -> None:
        """Restore the files, the last one first, then remove the keys. Raises PalintError."""
        runs = self.journal.last()
        store = self.store
        held = {} if store is None else {name: store.current(name) for name in sorted(secrets_of(runs))}
        self._agree(f"Restore {sum(len(run['files']) for run in runs)} files")
        for run in runs:
            for file in reversed(run["files"]):
                self.before_step(f"restore {file['path']}")
                self._restore(file, held, run["expand"])
        for run in runs:
            for secret_id, names in run["added"].items():
                self._remove_keys(run, secret_id, names, held[secret_id])
        if self.left:
            self.journal.finish()
        else:
            self.journal.drop(runs)

    def _agree(self, step: str) -> None:
        if not self.ask(step):
            raise PalintError("stopped; `palint migrate --undo` continues from here")

    def _restore(self, file: dict[str, Any], held: Stored, expand: bool) -> None:
        path = file["path"]
        current = Reader(self.root).read(path, _MAX_BYTES).data
        found = None if current is None else digest(current)
        target = None if file["old"] is None else self._target(file, held, expand)
        if current == target:
            self._track(file)  # it may have left the index only
            return
        if file["old"] is not None and target is None:
            return  # named already
        if found != file["new"]:
            self.left.append(f"{path}: it changed since the run, so it was left alone")
        elif target is None:
            changes.remove(self.root, path, current or b"")
            _remove_empty_folders(self.root, path)
            self.say(f"deleted {path}")
        else:
            old = None if current is None else SourceFile(path, current)
            changes.write(self.root, Change(path, old, target))
            os.chmod(os.path.join(self.root, path), file["mode"])
            self._track(file)
            self.say(f"restored {path}")

    def _track(self, file: dict[str, Any]) -> None:
        if file["index"] and not git.index_entries(self.root, [file["path"]]):
            mode, oid = file["index"]
            cache = ["update-index", "--add", "--cacheinfo", f"{mode},{oid},{file['path']}"]
            Call(self.root, cache).output()

    def _target(self, file: dict[str, Any], held: Stored, expand: bool) -> bytes | None:
        """The old bytes of a file; None if it cannot be restored, with the reason in `left`."""
        path, old = file["path"], file["old"]
        if "blob" in old:
            return Call(self.root, ["cat-file", "blob", old["blob"]]).output()
        gone = [f"`{p['key']}`" for p in _references(file) if p["key"] not in held[p["secret"]]]
        lost = [int(part["line"]) for part in old["parts"] if isinstance(part, dict) and "line" in part]
        if gone:
            self.left.append(f"{path}: Secrets Manager no longer has {', '.join(dict.fromkeys(gone))}")
            return None
        if lost and not old["dotenv"]:
            self.left.append(f"{path}: it had a secret that was stored nowhere, so it was left alone")
            return None
        data = None
        with suppress(UnicodeEncodeError):  # a value that Secrets Manager has by now may not fit the encoding
            data = joined(path, old, held, "")
            if old["dotenv"] and not _holds(path, data, file, held, expand):
                data = joined(path, old, held, '"')  # quotes that the old text did not need
        if data is None or (old["dotenv"] and not _holds(path, data, file, held, expand)):
            self.left.append(f"{path}: its values cannot be written as they were")
            return None
        if lost:
            self.say(f"{path}: what was on line {spans(lost)} is stored nowhere")
        return data

    def _remove_keys(
        self, run: dict[str, Any], secret_id: str, names: list[str], held: Mapping[str, str]
    ) -> None:
        """Remove the keys whose values are in the files again."""
        same = []
        for name in names:
            source = ValueSource(*run["keys"][secret_id][name])
            if name in held and self._value(name, source, run["expand"]) == held[name]:
                same.append(name)
            elif name in held:
                self.left.append(f"`{secret_id}`: `{name}` stays: {source.path} does not hold its value")
        if same and self.store is not None:
            self._agree(f"Remove {pluralize(len(same), 'key')} from `{secret_id}`")
            self.before_step(f"remove {secret_id}")
            self.store.remove(secret_id, same)
            self.say(f"`{secret_id}`: {pluralize(len(same), 'key')} removed")

    def _value(self, name: str, source: ValueSource, expand: bool) -> str | None:
        """The value of a key in the work tree; a dotenv file may have fewer lines than before."""
        data = Reader(self.root).read(source.path, _MAX_BYTES).data
        if source.kind == "dotenv" and data is not None:
            return _values(SourceFile(source.path, data), expand).get(name)
        try:
            return values.read(self.root, [SecretKey(name, (source,))], expand=expand)[name]
        except ValueChanged:
            return None


def _remove_empty_folders(root: str, path: str) -> None:
    """Remove the folders that a deleted file was alone in."""
    while path := os.path.dirname(path):
        try:
            os.rmdir(os.path.join(root, path))
        except OSError:  # not empty
            return


def _values(file: SourceFile, expand: bool) -> dict[str, str]:
    """The variables of a dotenv file."""
    held = values.values_by_offset(file, expand=expand)
    return {variable.name: held[variable.value_start] for variable in dotenv_files.parse(file)}


def _references(file: dict[str, Any]) -> list[dict[str, Any]]:
    old = file["old"] or {}
    return [part for part in old.get("parts", ()) if isinstance(part, dict) and "key" in part]


def joined(path: str, old: dict[str, Any], held: Stored, quote: str) -> bytes:
    """The bytes of recorded parts. quote: to write around values of a dotenv file that have none."""
    pieces: list[str] = []
    for part in old["parts"]:
        if isinstance(part, str):
            pieces.append(part)
        elif "key" in part:
            pieces.append(_written(part, held[part["secret"]][part["key"]], quote, "".join(pieces[-1:])))
    text = "".join(pieces)
    return bytes.fromhex(old["bom"]) + encode(text, old["encoding"])


def _written(part: Mapping[str, Any], value: str, quote: str, before: str) -> str:
    """A value as the text of a file. before: the text in front of it."""
    kind = part["kind"]
    if "slice" in part:
        return value[slice(*part["slice"])]
    if kind == "plain":
        return value
    if kind == "dotenv":
        around = before[-1:] if before.endswith(('"', "'", "`")) else ""
        if around == '"' or (quote and not around):
            value = value.replace("\\", "\\\\").replace('"', '\\"')
        return value if around else f"{quote}{value}{quote}"
    text = f"{part['quote']}{value}{part['quote']}"
    return text if literal_value(kind, text) == value else json.dumps(value)


def _holds(path: str, data: bytes, file: dict[str, Any], held: Stored, expand: bool) -> bool:
    """Whether a dotenv file has the values that were recorded for it."""
    found = _values(SourceFile(path, data), expand)
    return all(found.get(part["key"]) == held[part["secret"]][part["key"]] for part in _references(file))
