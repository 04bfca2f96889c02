"""Checks of open documents: what the checking process of the language server does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence

from palint import baseline, registry, suppressions
from palint.changes import fixes, ignore_comment
from palint.config import Config
from palint.engine.run import run
from palint.findings import Finding, Notice, PalintError, Results
from palint.github.graph import graph
from palint.lsp.convert import Converter
from palint.lsp.messages import Answer, CheckRequest, FileReport, Hover, Item
from palint.report.escape import escape_controls, markdown
from palint.rule import Rule
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.reader import Read
from palint.tree.worktree import WorkTree
from palint.util import deadline, search_path
from palint.util.typing import NamedTuple

Rules = dict[str, type[Rule]]


class Repository(NamedTuple):
    """What a document belongs to. root: absolute path. repository: whether it is one of git."""

    root: str
    repository: bool


class BufferTree:
    """A work tree in which the text of open documents replaces the files on disk."""

    def __init__(self, disk: WorkTree, buffers: Mapping[str, bytes]) -> None:
        self._disk, self._buffers = disk, buffers

    def list(self) -> Sequence[str]:
        return sorted({*self._disk.list(), *self._buffers}, key=os.fsencode)

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return self._disk.notices()

    def read(self, path: str, limit: int) -> Read:
        data = self._buffers.get(path)
        if data is None:
            return self._disk.read(path, limit)
        return Read(data if len(data) <= limit else None, len(data))

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        data = self._buffers.get(path)
        if data is None:
            yield from self._disk.stream(path, limit)
        else:
            yield data[:limit]


class Checker:
    """Checks open documents, each with the settings and the baseline of its repository.

    repository: that of a folder. settings: those of a root. known: the baseline's entries of a root. They
    raise PalintError where the repository, its settings or its baseline cannot be used.
    """

    def __init__(
        self,
        repository: Callable[[str], Repository],
        settings: Callable[[str, Rules], Config],
        known: Callable[[str], Sequence[baseline.Entry]],
    ) -> None:
        self._repository, self._settings, self._known = repository, settings, known
        self._rules: Rules = {}
        self._workflows: dict[str, list[SourceFile]] = {}  # {root: its workflows, as last parsed}

    def check(self, request: CheckRequest) -> Answer:
        """Check the files of a request, and those whose findings may depend on them."""
        deadline.restart()
        try:
            self._rules = self._rules or registry.load()
        except PalintError as error:
            return Answer(tuple(map(FileReport, request.paths)), (str(error),))
        roots: dict[Repository, list[str]] = {}
        reports: list[FileReport] = []
        problems: list[str] = []
        for path in request.paths:
            try:
                where = self._repository(existing_folder(path))
            except PalintError as error:  # git refuses the repository of another user
                reports.append(FileReport(path))
                problems.append(str(error))
                continue
            search_path.leave_trees([where.root])
            roots.setdefault(where, []).append(path)
        for where, paths in roots.items():
            try:
                outcome = self._check_root(where, paths, request)
                reports += outcome.files
                problems += outcome.problems
            except PalintError as error:
                reports += [FileReport(path) for path in paths]
                problems.append(str(error))
        return Answer(tuple(reports), tuple(problems))

    def _check_root(self, where: Repository, paths: Sequence[str], request: CheckRequest) -> Answer:
        names = {relative(where.root, path): path for path in (*request.buffers, *paths)}
        buffers = {
            name: request.buffers[path].encode("utf-8", "surrogatepass")
            for name, path in names.items()
            if name and path in request.buffers
        }
        config = self._settings(where.root, self._rules)
        tree = BufferTree(WorkTree(where.root, repository=where.repository), buffers)
        project = Project(where.root, tree, config.limits)
        requested = [relative(where.root, path) for path in paths]
        affected = list(self._affected(project, requested))
        if affected:
            self._parse_workflows(project, affected)
        scope = sorted({*requested, *affected})
        outcome = self._run(project, config, scope)
        convert = Converter(project, names, request.encoding)
        reports = tuple(self._report(path, outcome, project, convert) for path in scope)
        notices = (n for n in outcome.results.notices if not n.complete)
        problems = (escape_controls(f"{n.path}: {n.message}") for n in notices)
        return Answer(reports, tuple(problems))

    def _affected(self, project: Project, paths: Sequence[str]) -> Iterator[str]:
        """The companion files of `paths`: workflows and actions."""
        for rule in self._rules.values():
            companions = rule.companion_files
            if companions is not None and any(companions.matches(path) for path in paths):
                yield from (path for path in project.files() if companions.matches(path))

    def _parse_workflows(self, project: Project, paths: Sequence[str]) -> None:
        """Parse the workflows before workers are forked, so that the next check can reuse them."""
        for file in self._workflows.get(project.root, ()):
            project.reuse(file)
        project.cached(graph)
        opened = (project.open(path) for path in paths)
        self._workflows[project.root] = [file for file in opened if file is not None]

    def _run(self, project: Project, config: Config, scope: Sequence[str]) -> _Found:
        limit = project.limits.windows
        there = [path for path in scope if not project.tree.read(path, limit).is_missing]
        results = run(project, config, self._rules, scope=there, ignored=(), excerpts=False)
        return _Found(results, self._known(project.root))

    def _report(self, path: str, found: _Found, project: Project, convert: Converter) -> FileReport:
        file = project.open(path)
        if file is None:
            return FileReport(convert.path(path))
        findings = found.new(path)
        plan = fixes.plan(findings, project.open)
        changes = [change for change in plan.changes if change.path == path]
        return FileReport(
            convert.path(path),
            tuple(self._item(finding, file, convert) for finding in findings),
            tuple(self._hovers(file, found.results, convert)),
            tuple(convert.change(edit) for change in changes for edit in change.edits),
        )

    def _item(self, finding: Finding, file: SourceFile, convert: Converter) -> Item:
        ignore = None
        if not finding.span.is_whole_file:
            ignore = ignore_comment.insertion(file, finding.span.start.line, [finding.rule], "")
        rule = self._rules.get(finding.rule)
        return convert.item(finding, rule.url() if rule else "", ignore)

    def _hovers(self, file: SourceFile, results: Results, convert: Converter) -> Iterator[Hover]:
        """Hovers for each suppression: its rules, and what it suppresses."""
        for each in suppressions.find(file):
            lines = [
                f"`{name}`: {self._rules[name].summary()}." for name in each.rules if name in self._rules
            ]
            silenced = [s.finding for s in results.suppressed if each.covers(s.finding)]
            lines += [f"Suppresses line {f.span.start.line}: {markdown(f.message)}" for f in silenced]
            if not silenced:
                lines.append(f"Suppresses nothing: {each.problem}" if each.problem else "Suppresses nothing")
            yield Hover(convert.range(each.span), "\n\n".join(lines))


class _Found(NamedTuple):
    """The results of a run, and the baseline's entries."""

    results: Results
    entries: Sequence[baseline.Entry]

    def new(self, path: str) -> Sequence[Finding]:
        """The findings in a file that are not in the baseline.

        Each file is matched alone: only a run over the whole tree can tell which of several copies is new.
        """
        findings = [finding for finding in self.results.findings if finding.span.path == path]
        return baseline.match(findings, self.entries, self.results.rules).new


def existing_folder(path: str) -> str:
    """The nearest folder above a path that exists: an open document may never have been saved."""
    folder = os.path.dirname(path)
    while not os.path.isdir(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def relative(root: str, path: str) -> str:
    """A path relative to the root with `/`, "" if it is outside; links to its folder are resolved."""
    folder, name = os.path.split(path)
    real = os.path.join(os.path.realpath(folder), name)
    inside = real.startswith(root.rstrip(os.sep) + os.sep)
    return os.path.relpath(real, root).replace(os.sep, "/") if inside else ""
