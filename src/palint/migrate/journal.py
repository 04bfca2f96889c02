"""Record the runs of a migration, without values: to go on after an interruption, and to undo them.

The record is in git's own folder. A file that git has is recorded as the id of its content. Of any other file
its text is recorded with each value cut out; the values come back from Secrets Manager.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypedDict

import msgspec

from palint.changes.edits import ChangeError
from palint.changes.write import in_work_tree, read_regular
from palint.dotenv import files as dotenv_files
from palint.migrate import values
from palint.migrate.migration_plan import MigrationPlan
from palint.migrate.secret_values import references
from palint.secrets import value_ranges
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.git.process import Call
from palint.util import atomic_file

NAME = "palint-migrate.json"
OLD, NEW = "old state", "new state"
# Text, or a value: {"secret", "key", "kind", "quote"}, with "slice" for a part of it; {"line"} if of no key.
Part = str | dict[str, Any]
Stored = Mapping[str, Mapping[str, str]]  # {secret id: {key: value}}
_VALUE = {"secret", "key", "kind", "quote"}
_Hexadecimal = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{2})*\Z")]
_Number = Annotated[int, msgspec.Meta(ge=0)]


class _Part(TypedDict, total=False):
    secret: str
    key: str
    kind: Literal["dotenv", "python", "javascript", "plain"]
    quote: str
    slice: tuple[_Number, _Number]
    line: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}\Z")]


class _Old(TypedDict, total=False):
    blob: _Hexadecimal
    parts: list[str | _Part]
    encoding: Literal["utf-8", "latin-1", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
    bom: _Hexadecimal
    dotenv: bool


class _Mode(TypedDict, total=False):
    mode: Annotated[int, msgspec.Meta(ge=0, le=0o777)]


class _File(_Mode):
    path: str
    new: _Hexadecimal | None
    old: _Old | None
    index: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-7]{6}\Z")], _Hexadecimal] | None


class _Run(TypedDict):
    region: str
    expand: bool
    finished: bool
    files: list[_File]
    done: list[str]
    added: dict[str, list[str]]
    stored: dict[str, str]
    keys: dict[str, dict[str, tuple[str, _Number, _Number, _Number, str, _Number]]]


class Journal:
    """The runs that can be undone, oldest first. Each change is on disk before its step starts."""

    def __init__(self, path: str, runs: list[dict[str, Any]]) -> None:
        self._path, self.runs = path, runs

    @classmethod
    def open(cls, root: str) -> Journal:
        """The journal of a repository. Raises GitError, and ChangeError for one that is not palint's."""
        out = Call(root, ["rev-parse", "--git-path", NAME]).output()
        path = os.path.join(root, os.fsdecode(out.rstrip(b"\n")))
        try:
            return cls(path, _runs(read_regular(path)[1]))
        except FileNotFoundError:
            return cls(path, [])
        except (OSError, ValueError, RecursionError) as error:
            why = error.strerror if isinstance(error, OSError) else "not what palint writes there"
            raise ChangeError(
                f"{path}: the record of earlier runs cannot be used ({why}). Restore what they changed "
                "with git, then delete the record"
            ) from None

    @property
    def unfinished(self) -> bool:
        """Whether the last run did not end."""
        return bool(self.runs) and not self.runs[-1]["finished"]

    def start(self, root: str, plan: MigrationPlan, *, region: str, expand: bool) -> None:
        """Record what a run is going to change. Raises ValueChanged, if it changed since the plan."""
        stored = {secret.secret_id: values.read(root, secret.keys, expand=expand) for secret in plan.secrets}
        index = {entry.path: entry for entry in git.index_entries(root)}
        changed = [(c.path, c.old, c.data) for c in plan.files] + [(f.path, f, None) for f in plan.removed]
        found = []
        for path, old, new in changed:
            file: dict[str, Any] = {
                "path": path, "new": None if new is None else digest(new), "old": None, "index": None,
            }  # fmt: skip
            if old is not None:
                file["mode"] = os.stat(os.path.join(root, path)).st_mode & 0o777
                file["old"] = _old(root, old, plan, stored, expand, new is None)
            if new is None and path in index:
                file["index"] = [f"{index[path].mode:o}", index[path].oid]
            found.append(file)
        earlier = self.runs[-1]["stored"] if self.unfinished else {}
        self.runs.append({
            "region": region, "expand": expand, "files": found, "done": [], "added": {}, "finished": False,
            "keys": {s.secret_id: {key.name: key.sources[0] for key in s.keys} for s in plan.secrets},
            "stored": {s.secret_id: earlier[s.secret_id] for s in plan.secrets if s.secret_id in earlier},
        })  # fmt: skip
        self._save()

    def adding(self, secret_id: str, names: Iterable[str]) -> None:
        """Record the keys that the current run is about to add to a secret."""
        self.runs[-1]["added"][secret_id] = sorted(names)
        self._save()

    def stored(self, secret_id: str, arn: str) -> None:
        """Record that a secret was stored and read back."""
        self.runs[-1]["stored"][secret_id] = arn
        self._save()

    def changed(self, path: str) -> None:
        """Record that a file was written or deleted."""
        self.runs[-1]["done"].append(path)
        self._save()

    def finish(self) -> None:
        """Record that the last run ended."""
        if self.unfinished:
            self.runs[-1]["finished"] = True
            self._save()

    def arns(self) -> dict[str, str]:
        """{secret id: ARN} of the secrets that the last run stored."""
        return dict(self.runs[-1]["stored"])

    def states(self) -> Iterator[tuple[str, str, str]]:
        """Yield (secret id, OLD or NEW, a description of the state) for each secret of the last run."""
        run = self.runs[-1]
        rest = [file for file in run["files"] if file["path"] not in run["done"]]
        waiting = [file["path"] for file in rest if file["new"] is not None]
        for secret_id, keys in run["keys"].items():
            sources = {source[0] for source in keys.values()}
            kept = [file["path"] for file in rest if file["new"] is None and file["path"] in sources]
            if secret_id not in run["stored"]:
                yield secret_id, OLD, "not stored yet; every file is as it was"
            elif waiting:
                yield secret_id, OLD, f"stored; {len(waiting)} files still read the old place, which is kept"
            elif kept:
                yield secret_id, OLD, f"stored, and the code reads it; {', '.join(kept)} is still there"
            else:
                yield secret_id, NEW, "stored, read by the code, and gone from the files"

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
        """Raises ChangeError, with the old record in place."""
        try:
            if self.runs:
                atomic_file.replace(self._path, json.dumps(self.runs, indent=1).encode(), 0o600)
            else:
                os.unlink(self._path)
        except OSError as error:
            raise ChangeError(f"{self._path}: not written: {error.strerror}") from None


def _runs(data: bytes) -> list[dict[str, Any]]:
    """The runs of a record. Raises ValueError and RecursionError for what palint has not written."""
    runs: list[dict[str, Any]] = json.loads(data)
    for run in msgspec.convert(runs, list[_Run]):
        if any(
            not {*names} <= run["keys"].get(secret_id, {}).keys() for secret_id, names in run["added"].items()
        ):
            raise ValueError
        if not all(in_work_tree(source[0]) for keys in run["keys"].values() for source in keys.values()):
            raise ValueError
        for file in run["files"]:
            old = file["old"]
            complete = old is None or "blob" in old or old.keys() >= {"parts", "encoding", "bom", "dotenv"}
            if not in_work_tree(file["path"]) or not complete or (old is not None and "mode" not in file):
                raise ValueError
            for part in (old or {}).get("parts", ()):
                if not (isinstance(part, str) or "line" in part or part.keys() >= _VALUE):
                    raise ValueError
    return runs


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _old(
    root: str, file: SourceFile, plan: MigrationPlan, stored: Stored, expand: bool, dotenv: bool
) -> dict[str, Any]:
    """A file as it is before a run: {"blob"} if the last commit has it, else {"parts", "encoding", "bom"}."""
    blob = hashlib.sha1(b"blob %d\0%b" % (len(file.data), file.data), usedforsecurity=False).hexdigest()
    out, _, code = Call(root, ["rev-parse", "--verify", "--quiet", f"HEAD:{file.path}"]).result()
    if code == 0 and out.decode().strip() == blob:
        return {"blob": blob}
    doubtful = plan.doubtful.get(file.path, ())
    cuts = dotenv_cuts(file, stored, expand, doubtful) if dotenv else _code_cuts(file, plan)
    parts = list(parts_of(file, dict(cuts)))
    return {"parts": parts, "encoding": file.encoding, "bom": file.bom.hex(), "dotenv": dotenv}


def parts_of(file: SourceFile, cuts: dict[tuple[int, int], dict[str, Any]]) -> Iterator[Part]:
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


def _code_cuts(file: SourceFile, plan: MigrationPlan) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    for secret in plan.secrets:
        for key in secret.keys:
            for source in key.sources:
                if source.path == file.path:
                    quote = "" if source.kind == "plain" else file.text[source.start]
                    part = {"secret": secret.secret_id, "key": key.name, "kind": source.kind, "quote": quote}
                    yield (source.start, source.end), part


def dotenv_cuts(
    file: SourceFile, stored: Stored, expand: bool, doubtful: Collection[int] = ()
) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    """Each value, and each comment that may hold one. doubtful: the lines of these."""
    held = values.values_by_offset(file, expand=expand)
    known: dict[str, str] = {}
    assigned: set[int] = set()
    for variable in dotenv_files.parse(file):
        start, end = variable.value_start, variable.value_end
        assigned.update(range(file.position(variable.start).line, file.position(variable.end).line + 1))
        owners = [name for name, keys in stored.items() if keys.get(variable.name) == held[start]]
        part = {"secret": "".join(owners[:1]), "key": variable.name, "kind": "dotenv", "quote": ""}
        for at, to, piece in _pieces(file.text[start:end], held[start], known if expand else None):
            cut = {**part, "slice": piece} if piece else part
            yield (start + at, start + to), cut if owners else _lost(file, start)
        known[variable.name] = held[start]
        if variable.comment is not None:
            yield from _comment_cut(file, variable.comment, doubtful)
    for row, start in enumerate(file.line_starts):
        if file.first_line + row not in assigned:
            yield from _comment_cut(file, start, doubtful)


def _pieces(
    raw: str, value: str, known: dict[str, str] | None
) -> Iterator[tuple[int, int, list[int] | None]]:
    """(start, end, [start, end) in the value) of what is around each `${NAME}` in a value's text.

    The whole, with None, if nothing is replaced in it, or more than that is, as escapes are.
    """
    found: list[tuple[int, int, list[int] | None]] = []
    made, at = "", 0
    for start, end, text in [*references(raw, known or {}), (len(raw), len(raw), "")]:
        found.append((at, start, [len(made), len(made) + start - at]))
        made += raw[at:start] + text
        at = end
    split = known is not None and made == value and len(found) > 1
    yield from (each for each in (found if split else [(0, len(raw), None)]) if each[0] < each[1])


def _comment_cut(
    file: SourceFile, start: int, doubtful: Collection[int]
) -> Iterator[tuple[tuple[int, int], dict[str, Any]]]:
    if file.position(start).line in doubtful:
        yield (start, file.line_at(start)[1]), _lost(file, start)
