"""Record what a run changes, without values, and restore it: `palint migrate --undo`.

The record is in git's own folder. A file that git has is recorded as the id of its content. Of any other file
its text is recorded with each value cut out; the values come back from Secrets Manager.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from palint.changes import write as changes
from palint.changes.edits import Change, encode
from palint.dotenv import files as dotenv_files
from palint.findings import PalintError
from palint.migrate import values
from palint.migrate.accounting import is_description, spans
from palint.migrate.journal import read_record, save
from palint.migrate.migration_plan import MigrationPlan, SecretKey, ValueSource
from palint.migrate.secret_values import literal_value
from palint.migrate.store import SecretStore
from palint.migrate.values import ValueChanged
from palint.report.summary import pluralize
from palint.secrets import value_ranges
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.git.process import Call
from palint.tree.reader import Reader

NAME = "palint-migrate-undo.json"
_MAX_BYTES = 10 << 20
Part = str | dict[str, str]  # text, or a value: {"secret", "key", "kind", "quote"}, or {"line"} if of no key
_Stored = Mapping[str, Mapping[str, str]]  # {secret id: {key: value}}


class UndoRecord:
    """The runs that can be undone, oldest first. Each change is on disk before its step starts."""

    def __init__(self, path: str, runs: list[dict[str, Any]]) -> None:
        self._path, self.runs = path, runs

    @classmethod
    def open(cls, root: str) -> UndoRecord:
        """The record of a repository. Raises GitError."""
        path, runs = read_record(root, NAME)
        return cls(path, runs if isinstance(runs, list) else [])

    def start(self, root: str, plan: MigrationPlan, *, region: str, expand: bool) -> None:
        """Record what a run is going to change. Raises ValueChanged, if it changed since the plan."""
        stored = {secret.secret_id: values.read(root, secret.keys, expand=expand) for secret in plan.secrets}
        index = {entry.path: entry for entry in git.index_entries(root)}
        changed = [(c.path, c.old, c.data) for c in plan.files] + [(f.path, f, None) for f in plan.removed]
        found = []
        for path, old, new in changed:
            file: dict[str, Any] = {
                "path": path,
                "new": None if new is None else _digest(new),
                "old": None,
                "index": None,
            }
            if old is not None:
                file["mode"] = os.stat(os.path.join(root, path)).st_mode & 0o777
                file["old"] = _old(root, old, plan, stored, expand, new is None)
            if new is None and path in index:
                file["index"] = [f"{index[path].mode:o}", index[path].oid]
            found.append(file)
        keys = {s.secret_id: {key.name: key.sources[0] for key in s.keys} for s in plan.secrets}
        run = {
            "region": region,
            "expand": expand,
            "files": found,
            "keys": keys,
            "added": {},
            "finished": False,
        }
        self.runs.append(run)
        self._save()

    def adding(self, secret_id: str, names: Iterable[str]) -> None:
        """Record the keys that the current run is about to add to a secret."""
        self.runs[-1]["added"][secret_id] = sorted(names)
        self._save()

    def finish(self) -> None:
        """Record that the current run ended."""
        self.runs[-1]["finished"] = True
        self._save()

    def last(self) -> list[dict[str, Any]]:
        """The last run, and those before it that it continued, newest first."""
        found = self.runs[-1:]
        for run in reversed(self.runs[:-1]):
            if run["finished"]:
                break
            found.append(run)
        return found

    def drop(self, runs: list[dict[str, Any]]) -> None:
        """Forget runs that are undone."""
        self.runs = [run for run in self.runs if run not in runs]
        self._save()

    def _save(self) -> None:
        if self.runs:
            save(self._path, self.runs)
        elif os.path.exists(self._path):
            os.unlink(self._path)


# --- recording


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _old(
    root: str, file: SourceFile, plan: MigrationPlan, stored: _Stored, expand: bool, dotenv: bool
) -> dict[str, Any]:
    """A file as it is before a run: {"blob"} if the last commit has it, else {"parts", "encoding", "bom"}."""
    blob = hashlib.sha1(b"blob %d\0%b" % (len(file.data), file.data), usedforsecurity=False).hexdigest()
    out, _, code = Call(root, ["rev-parse", "--verify", "--quiet", f"HEAD:{file.path}"]).result()
    if code == 0 and out.decode().strip() == blob:
        return {"blob": blob}
    cuts = dotenv_cuts(file, stored, expand) if dotenv else _code_cuts(file, plan)
    parts = list(parts_of(file, dict(cuts)))
    return {"parts": parts, "encoding": file.encoding, "bom": file.bom.hex(), "dotenv": dotenv}


def parts_of(file: SourceFile, cuts: dict[tuple[int, int], dict[str, str]]) -> Iterator[Part]:
    """A file's text, without the values in `cuts` and everything else that may be a secret."""
    for start, end in value_ranges(file):
        if not any(start < other_end and other < end for other, other_end in cuts):
            cuts[start, end] = _lost(file, start)
    at = 0
    for (start, end), part in sorted(cuts.items(), key=lambda cut: cut[0]):
        yield file.text[at:start]
        yield part
        at = end
    yield file.text[at:]


def _lost(file: SourceFile, at: int) -> dict[str, str]:
    return {"line": str(file.position(at).line)}


def _code_cuts(file: SourceFile, plan: MigrationPlan) -> Iterator[tuple[tuple[int, int], dict[str, str]]]:
    for secret in plan.secrets:
        for key in secret.keys:
            for source in key.sources:
                if source.path == file.path:
                    quote = "" if source.kind == "plain" else file.text[source.start]
                    part = {"secret": secret.secret_id, "key": key.name, "kind": source.kind, "quote": quote}
                    yield (source.start, source.end), part


def dotenv_cuts(
    file: SourceFile, stored: _Stored, expand: bool
) -> Iterator[tuple[tuple[int, int], dict[str, str]]]:
    """Each value, and each comment that may hold one."""
    held = values.values_by_offset(file, expand=expand)
    assigned: set[int] = set()
    for variable in dotenv_files.parse(file):
        start, end = variable.value_start, variable.value_end
        assigned.update(range(file.position(variable.start).line, file.position(variable.end).line + 1))
        owners = [name for name, keys in stored.items() if keys.get(variable.name) == held[start]]
        part = {"secret": "".join(owners[:1]), "key": variable.name, "kind": "dotenv", "quote": ""}
        if end > start:
            yield (start, end), part if owners else _lost(file, start)
        if variable.comment is not None:
            yield from _comment_cut(file, variable.comment)
    for row, start in enumerate(file.line_starts):
        if file.first_line + row not in assigned:
            yield from _comment_cut(file, start)


def _comment_cut(file: SourceFile, start: int) -> Iterator[tuple[tuple[int, int], dict[str, str]]]:
    end = file.line_at(start)[1]
    text = file.text[start:end].strip().lstrip("#").strip()
    if text and not is_description(text):
        yield (start, end), _lost(file, start)


# --- restoring


class Undo:
    """Restore what runs changed. ask, say: as of a `Migration`. left: what was left alone, in words."""

    def __init__(
        self, root: str, record: UndoRecord, store: SecretStore, ask: Callable[[str], bool],
        say: Callable[[str], None], before_step: Callable[[str], None] = lambda step: None,
    ) -> None:  # fmt: skip
        self.root, self.record, self.store, self.ask, self.say = root, record, store, ask, say
        self.before_step = before_step
        self.left: list[str] = []

    def run(self) -> None:
        """Restore the files, the last one first, then remove the keys. Raises PalintError."""
        runs = self.record.last()
        named = {part["secret"] for run in runs for file in run["files"] for part in _references(file)}
        named |= {secret_id for run in runs for secret_id in run["added"]}
        held = {secret_id: self.store.current(secret_id) for secret_id in sorted(named)}
        self._agree(f"Restore {sum(len(run['files']) for run in runs)} files")
        for run in runs:
            for file in reversed(run["files"]):
                self.before_step(f"restore {file['path']}")
                self._restore(file, held, run["expand"])
        for run in runs:
            for secret_id, names in run["added"].items():
                self._remove_keys(run, secret_id, names, held[secret_id])
        if not self.left:
            self.record.drop(runs)

    def _agree(self, step: str) -> None:
        if not self.ask(step):
            raise PalintError("stopped; `palint migrate --undo` continues from here")

    def _restore(self, file: dict[str, Any], held: _Stored, expand: bool) -> None:
        path = file["path"]
        current = Reader(self.root).read(path, _MAX_BYTES).data
        digest = None if current is None else _digest(current)
        target = None if file["old"] is None else self._target(file, held, expand)
        if current == target:
            self._track(file)  # it may have left the index only
            return
        if file["old"] is not None and target is None:
            return  # named already
        if digest != file["new"]:
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

    def _target(self, file: dict[str, Any], held: _Stored, expand: bool) -> bytes | None:
        """The old bytes of a file; None if it cannot be restored, with the reason in `left`."""
        path, old = file["path"], file["old"]
        if "blob" in old:
            return Call(self.root, ["cat-file", "blob", old["blob"]]).output()
        gone = [f"`{p['key']}`" for p in _references(file) if p["key"] not in held[p["secret"]]]
        lost = [int(part["line"]) for part in old["parts"] if "line" in part and not isinstance(part, str)]
        if gone:
            self.left.append(f"{path}: Secrets Manager no longer has {', '.join(dict.fromkeys(gone))}")
            return None
        if lost and not old["dotenv"]:
            self.left.append(f"{path}: it had a secret that was stored nowhere, so it was left alone")
            return None
        data = joined(path, old, held, "")
        if old["dotenv"] and not _holds(path, data, file, held, expand):
            data = joined(path, old, held, '"')  # quotes that the old text did not need
        if old["dotenv"] and not _holds(path, data, file, held, expand):
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
        if same:
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


def _references(file: dict[str, Any]) -> list[dict[str, str]]:
    old = file["old"] or {}
    return [part for part in old.get("parts", ()) if isinstance(part, dict) and "key" in part]


def joined(path: str, old: dict[str, Any], held: _Stored, quote: str) -> bytes:
    """The bytes of recorded parts. quote: to write around values of a dotenv file that have none."""
    pieces: list[str] = []
    for part in old["parts"]:
        if isinstance(part, str):
            pieces.append(part)
        elif "key" in part:
            pieces.append(_written(part, held[part["secret"]][part["key"]], quote, "".join(pieces[-1:])))
    text = "".join(pieces)
    return bytes.fromhex(old["bom"]) + encode(text, old["encoding"])


def _written(part: Mapping[str, str], value: str, quote: str, before: str) -> str:
    """A value as the text of a file. before: the text in front of it."""
    kind = part["kind"]
    if kind == "plain":
        return value
    if kind == "dotenv":
        around = before[-1:] if before[-1:] in "\"'`" and before else ""
        if around == '"' or (quote and not around):
            value = value.replace("\\", "\\\\").replace('"', '\\"')
        return value if around else f"{quote}{value}{quote}"
    text = f"{part['quote']}{value}{part['quote']}"
    return text if literal_value(kind, text) == value else json.dumps(value)


def _holds(path: str, data: bytes, file: dict[str, Any], held: _Stored, expand: bool) -> bool:
    """Whether a dotenv file has the values that were recorded for it."""
    found = _values(SourceFile(path, data), expand)
    return all(found.get(part["key"]) == held[part["secret"]][part["key"]] for part in _references(file))
