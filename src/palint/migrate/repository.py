"""Shared by the planners of all languages: the repository's files, and the loader's location."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from palint.changes.draft import Draft
from palint.changes.edits import Change
from palint.files import languages
from palint.findings import Finding
from palint.languages import parser
from palint.languages.treesitter import Tree
from palint.migrate.loaders import MARK, Names, is_loader
from palint.migrate.migration_plan import LOADER, Rewritten, Task
from palint.migrate.sources import Sources, opened
from palint.text.source import ParseError, SourceFile
from palint.tree import git
from palint.tree.project import Project

_MAX_BYTES = 1 << 20  # bytes of a file that is rewritten


class Repository:
    """The repository's files, its findings, and the changes planned so far.

    own_loaders: names of packages that load secrets.
    """

    def __init__(
        self,
        project: Project,
        findings: Iterable[Finding],
        sources: Sources,
        loader_names: Names,
        own_loaders: Iterable[str],
    ) -> None:
        self.project, self.sources, self.loader_names = project, sources, loader_names
        self.findings = tuple(findings)
        self.own_loaders = tuple(own_loaders)
        self.draft = Draft(project)
        self.order: dict[str, int] = {}  # {path: LOADER, READERS, …}
        self.tasks: list[Task] = []
        self.read: dict[str, set[str]] = {}  # {secret id: keys} that containers and workflows read

    @cached_property
    def paths(self) -> frozenset[str]:
        """The files that git tracks, or would track if added, without installed packages."""
        return frozenset(path for path in self.project.files() if not is_installed(self.project, path))

    @cached_property
    def dotenv_names(self) -> frozenset[str]:
        """The keys that come from dotenv files."""
        return frozenset(name for _, names in self.sources.dotenv.values() for name in names)

    @cached_property
    def untouched(self) -> frozenset[str]:
        """The programs' files that load a dotenv file which is left alone: they go on loading it.

        A load that names no file is one of `.env`. Which one is read is found from the program's folder up.
        """
        left, known = self.sources.left, frozenset((*self.sources.left, *self.sources.dotenv))
        found = set()
        for finding in self.findings if left else ():
            code = languages.find(finding.span.path).type == "programming"
            if finding.rule != "env-file-loaded" or not code:
                continue
            file = opened(self.project, finding.span.path)
            text = file.text[finding.span.offset : file.line_at(finding.span.end_offset)[1]]
            bases = {path.rpartition("/")[2] for path in known}
            for name in [base for base in bases if name_pattern(base).search(text)] or [".env"]:
                read = nearest(file.path, (name,), known)
                if read in left or (not read and any(path.endswith(f"/{name}") for path in left)):
                    found.add(file.path)
        return frozenset(found)

    def found(self, rule: str) -> frozenset[str]:
        """The files with a finding of a rule."""
        return frozenset(f.span.path for f in self.findings if f.rule == rule)

    def open_all(self, wanted: Callable[[str], bool]) -> Iterator[SourceFile]:
        """The files whose path is wanted, in order, without links, large files and `untouched`."""
        for path in sorted(self.paths - self.untouched):
            if wanted(path):
                file = self.project.open(path)
                if file is not None and not file.link and len(file.data) <= _MAX_BYTES:
                    yield file

    def loads_by_itself(self, manifest: str) -> str:
        """The package in a manifest's text that loads secrets, "" for none."""
        return next((name for name in self.own_loaders if name in manifest), "")

    def write(self, path: str, text: str, what: Iterable[str], order: int) -> None:
        """Plan a file's whole text, unless it has that text already. order: LOADER, READERS, ….

        Where each line of the old text ends as on Windows, so do those of the new one. A text that does not
        parse, if the old one does, is not written: a person must change the file.
        """
        old = self.project.open(path)
        if old is not None and "\r\n" in old.text and "\n" not in old.text.replace("\r\n", ""):
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        if not parses(path, text) and (old is None or parses(path, old.text)):
            self.by_hand(path, "would not parse after the change")
        elif old is None or old.text != text:
            self.draft.put(path, text, what)
            self.order[path] = order

    def append(self, path: str, lines: str, what: Iterable[str], order: int) -> None:
        """Plan lines at the end of a file, with its line ends. order: as of `write`."""
        self.draft.append(path, lines, what)
        self.order[path] = order

    def take(self, path: str, rewrite: Callable[[], Rewritten], order: int) -> Rewritten:
        """Plan what a rewriter makes of a file: its text, its tasks, the secrets that it reads.

        A file that it cannot parse is left to a person.
        """
        try:
            made = rewrite()
        except ParseError as error:
            self.by_hand(path, error.message)
            return Rewritten("")
        self.write(path, made.text, made.what, order)
        self.tasks += [Task("move", text) for text in made.left]
        self.reads(made.read)
        return made

    def reads(self, read: Mapping[str, Iterable[str]]) -> None:
        """Note that what is written reads these keys: {secret id: keys}."""
        for secret_id, names in read.items():
            self.read.setdefault(secret_id, set()).update(names)

    def add_loader(self, path: str, text: str, when: str) -> None:
        """Plan a loader, unless a file is there. when: it reads the secret, in words."""
        if self.project.open(path) is None:
            self.write(path, text, [f"reads the secret that SECRET_ID names, {when}"], LOADER)
        elif not self.has_loader(path):
            self.by_hand(path, "has the name that the loader needs")

    def changes(self) -> tuple[Change, ...]:
        """The planned changes in the order of writing. Raises ChangeError."""
        return tuple(sorted(self.draft.changes(), key=lambda c: (self.order[c.path], c.path)))

    def has_loader(self, path: str) -> bool:
        """Whether one of our loaders is already at a path."""
        return is_loader(path) and MARK in self.project.text(path)[:200]

    def loader_in(self, folder: str, name: str, manifest: str = "") -> str:
        """The path of one of our loaders below a program's folder, by its file's name; "" for none.

        manifest: the name of the file that a program in a folder below has, which is another program.
        """
        own = ("", folder + manifest)
        for path in sorted(self.paths):
            named = path.startswith(folder) and path.rpartition("/")[2] == name
            if named and self.has_loader(path) and nearest(path, (manifest,), self.paths) in own:
                return path
        return ""

    def install(self, folder: str, locks: Mapping[str, str], command: str) -> None:
        """Add the task to install what a manifest in a folder (with its `/`) now names.

        locks: {name of a lock file: the command that updates it}. command: where there is none of these.
        """
        lock = next((folder + name for name in locks if folder + name in self.paths), "")
        where = f" in `{folder}`" if folder else ""
        updates = f", which updates `{lock}`" if lock else ""
        command = locks.get(lock.removeprefix(folder), command)
        self.tasks.append(Task("install", f"run `{command}`{where}{updates}"))

    def by_hand(self, path: str, why: str) -> None:
        """Leave a file to a person."""
        self.tasks.append(Task("move", f"`{path}` {why}: change it by hand"))


def name_pattern(name: str) -> re.Pattern[str]:
    """A file's name, not as a part of another name (`process.env`, `.env.example`) or a call (`.env(`)."""
    return re.compile(rf"(?<![\w.*-]){re.escape(name)}(?![\w(-]|\.\w|\.?\*)")


_PACKAGES = re.compile(r"(?:^|/)(?:node_modules|bower_components|site-packages)/")


def is_installed(project: Project, path: str) -> bool:
    """Whether a file is the package manager's: it lists the package, or git does not have its folder."""
    if project.packages.of(path) is not None:
        return True
    return _PACKAGES.search(path) is not None and path not in tracked(project)


def tracked(project: Project) -> frozenset[str]:
    """The paths in git's index."""
    return project.cached(_tracked)


def _tracked(project: Project) -> frozenset[str]:
    return frozenset(entry.path for entry in git.index_entries(project.root))


def parses(path: str, text: str) -> bool:
    """Whether a text parses in its file's language; also true where there is no parser."""
    parse = parser(languages.find(path))
    if parse is None:
        return True
    try:
        made = parse(SourceFile(path, text.encode("utf-8", "surrogatepass")))
    except ParseError:
        return False
    return not (isinstance(made, Tree) and made.root.has_error)


def common_folder(paths: Iterable[str]) -> str:
    """The folder that contains all paths, with its `/`; "" for the root."""
    folders = [path.split("/")[:-1] for path in paths]
    shared: list[str] = []
    for parts in zip(*folders):  # noqa: B905 - up to the end of the shortest
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "".join(f"{part}/" for part in shared)


def nearest(path: str, names: Iterable[str], paths: frozenset[str]) -> str:
    """The first of some files in the folder of a path or the ones above it; "" for none."""
    folder = path.rpartition("/")[0]
    wanted = tuple(names)
    while True:
        for name in wanted:
            candidate = f"{folder}/{name}" if folder else name
            if candidate in paths:
                return candidate
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]


def grouped(pairs: Iterable[tuple[str, SourceFile]]) -> Mapping[str, list[SourceFile]]:
    """Group files by a key, in order."""
    groups: dict[str, list[SourceFile]] = {}
    for key, file in pairs:
        groups.setdefault(key, []).append(file)
    return groups
