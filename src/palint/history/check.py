"""Check one version of a file with the rules that check history, and collect the values found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

from palint import baseline
from palint.advice import secrets as secret_advice
from palint.config import Config
from palint.dotenv import files as dotenv_files
from palint.engine.file_result import FileResult
from palint.findings import Finding, Notice
from palint.history.parts import PartChecker
from palint.history.unchanged import CleanVersions, has_something
from palint.history.versions import Versions
from palint.rule import Reads, Rule
from palint.tree import git
from palint.tree.git.history import VersionReader
from palint.tree.project import Limits, Project
from palint.tree.reader import Read
from palint.util.typing import NamedTuple


class Occurrence(NamedTuple):
    """A secret in one version.

    value: the value's number in this run, 0 for a finding about the whole file. finding: redacted, for the
    first occurrence in a worker; None for later ones of the same rule and value.
    reason: why it is suppressed there, "" if it is not. until: the last day on which it is; "" for no end.
    key: `baseline.key` of its finding. names: of the secrets, if the file is a .env file.
    """

    rule: str
    value: int
    blob: int
    path: int
    finding: Finding | None
    reason: str
    key: tuple[str, str, int | None]
    names: tuple[str, ...] = ()
    until: str = ""


class VersionResult(NamedTuple):
    """The result of checking one version."""

    occurrences: tuple[Occurrence, ...]
    notices: tuple[Notice, ...]


class _VersionTree:
    """A tree with one file at a time: the version that is checked."""

    def __init__(self, root: str) -> None:
        self._root = root
        self.path, self.oid, self.read_ = "", "", Read(None)

    def list(self) -> Sequence[str]:
        return [self.path]

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> Read:
        return self.read_ if path == self.path else Read(None)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        with git.Blobs(self._root) as blobs:
            yield from blobs.stream(self.oid, limit)


class VersionProject(Project):
    """A project with one file, which `show` replaces."""

    def __init__(self, root: str, limits: Limits, *, shows_advice: bool = True) -> None:
        self._version = _VersionTree(root)
        super().__init__(root, self._version, limits)
        self.shows_advice = shows_advice

    def show(self, path: str, oid: str, read: Read) -> None:
        """Replace the project's only file by this version under this path."""
        self._opened.clear()
        self._peeked = None
        self._large.clear()
        self._bytes = 0
        self._version.path, self._version.oid, self._version.read_ = path, oid, read


class VersionChecker:
    """Checks versions by name, each at every path that it had."""

    def __init__(
        self,
        root: str,
        config: Config,
        rules: Sequence[Rule],
        versions: Versions,
        oids: Sequence[str],
        *,
        excerpts: bool = False,
        excluded: Callable[[str], bool] = lambda path: False,
    ) -> None:
        """oids: the versions in the order in which they are checked. excluded: paths to skip.

        excerpts: whether findings are shown as they are, with excerpts and advice.
        """
        self.config, self.versions, self.excluded = config, versions, excluded
        self.project = VersionProject(root, config.limits, shows_advice=excerpts)
        self.files = PartChecker(self.project, config, rules, excerpts)
        self._clean = CleanVersions(self.files)
        self._root, self._oids = root, oids
        self._reader: VersionReader | None = None
        self._process = 0
        self._order: dict[str, int] = {}
        self._at = -1
        self._names: dict[int, str] = {}
        self._sent: set[tuple[str, int]] = set()
        self._every = excerpts
        self._by_name = {rule.id() for rule in rules if rule.reads is Reads.NAME}

    @property
    def heartbeat(self) -> Callable[[], None]:
        """The function that is called before each version."""
        return self.files.heartbeat

    @heartbeat.setter
    def heartbeat(self, callback: Callable[[], None]) -> None:
        self.files.heartbeat = callback

    def can_be_sent(self) -> bool:
        """It reads objects in an order that its own process has."""
        return False

    def after_range(self) -> None:
        """Nothing comes of versions but their results."""

    def check(self, path: str) -> VersionResult | None:
        """Check the version with this object name (the worker pool's paths are object names)."""
        blob = self.versions.blob_index[path]
        places = [(at, name, link) for at, link in self.versions.places[blob] if (name := self._name(at))]
        if not places:
            return None
        try:
            data, size = self._read(path)
        except git.MissingObject:
            return VersionResult((), (Notice("", "missing-object", path),))
        except git.GitError as error:
            return VersionResult((), (Notice(places[0][1], "unreadable", str(error)),))
        occurrences: list[Occurrence] = []
        notices: list[Notice] = []
        for index, name, link in places:
            if data is None or link:
                result = self._check_file(name, path, Read(data, size, link=link))
            elif self._clean.is_clean(name, data):
                continue
            elif self.files.has_nothing_to_check(name, data):
                self._clean.record(name, data, clean=True, keywords=False)
                continue
            else:
                result = self._check_file(name, path, Read(data, size))
                self._clean.record(name, data, clean=not has_something(result), keywords=True)
            if result is not None:
                for finding in result.findings:
                    occurrences += self._occurrences(finding, blob, index)
                for each in result.suppressed:
                    reason = each.reason or "suppressed"
                    occurrences += self._occurrences(each.finding, blob, index, reason, each.until)
                notices += result.notices
        return VersionResult(tuple(occurrences), tuple(notices)) if occurrences or notices else None

    def _check_file(self, name: str, oid: str, read: Read) -> FileResult | None:
        self.project.show(name, oid, read)
        return self.files.check(name)

    def _name(self, path: int) -> str:
        """The path with this index; "" if it is excluded."""
        name = self._names.get(path)
        if name is None:
            name = os.fsdecode(self.versions.paths[path])
            name = self._names[path] = "" if self.excluded(name) else name
        return name

    def _read(self, oid: str) -> tuple[bytes | None, int]:
        """A version's bytes; only the size if it is larger than `limits.text`."""
        if self._process != os.getpid():
            self._reader, self._process = VersionReader(self._root, self._oids), os.getpid()
        assert self._reader is not None
        self._at += 1
        if self._at >= len(self._oids) or self._oids[self._at] != oid:
            self._order = self._order or {name: i for i, name in enumerate(self._oids)}
            self._at = self._order[oid]
        return self._reader.read(self._at, self.config.limits.text)

    def _occurrences(
        self, finding: Finding, blob: int, path: int, reason: str = "", until: str = ""
    ) -> Iterator[Occurrence]:
        """One occurrence for each value of a finding, or one for a forbidden file; else none."""
        about_file = not finding.value_ranges and finding.rule in self._by_name
        names: tuple[str, ...] = ()
        if about_file and dotenv_files.may_be_dotenv(finding.span.path):
            file = self.project.open(finding.span.path)
            variables = () if file is None or file.link else dotenv_files.parse(file)
            names = dotenv_files.names(secret_advice.to_rotate(variables))
        for value in finding.value_ids or ((0,) if about_file else ()):
            known = (finding.rule, value or path)
            new = self._every or known not in self._sent
            self._sent.add(known)
            slim = finding._replace(fix=None, related=()) if new else None
            key = baseline.key(finding)
            yield Occurrence(finding.rule, value, blob, path, slim, reason, key, names, until)
