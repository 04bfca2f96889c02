"""`--fix`, `--diff` and `--add-ignore`: what palint writes into the work tree."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from palint import files, fixes
from palint.cli import CLEAN, FAILED, UsageError
from palint.cli.check import Request, Words
from palint.cli.output import colored
from palint.findings import Edit, Finding, Fix, Results, Severity
from palint.project import Disk, Project
from palint.source import SourceFile


def fix(request: Request, results: Results, words: Words, again: Callable[[Request], Results]) -> Results:
    """Apply the fixes, or show them with `--diff`, and give what is left to report.

    Raises UsageError when a staged file differs from its working copy: there is no one text to fix.
    """
    if words.diff:
        from palint.report.diff import write

        plan = fixes.plan(results.findings, request.project.open, unsafe=words.unsafe_fixes)
        write(plan.changes, results.findings, sys.stdout, color=colored(words.color))
        return results
    fixed: set[str] = set()
    count = 0
    for _ in range(_ROUNDS):  # a fix that overlapped another is made in the next round
        plan = fixes.plan(results.findings, request.project.open, unsafe=words.unsafe_fixes)
        if not plan.changes:
            break
        if words.staged and not fixed:
            _refuse_changed(request.project, [c.file for c in plan.changes])
        for change in plan.changes:
            fixes.write(request.project.root, change)
        count += len(plan.fixed)
        fixed |= {change.file.path for change in plan.changes}
        request = _on_disk(request)
        results = again(request)
    for skipped in plan.skipped:
        print(f"palint: {skipped.finding.span.path}: not fixed: {skipped.reason}", file=sys.stderr)
    if count:
        print(
            f"palint: {_many(count, 'finding')} fixed in {_many(len(fixed), 'file')}, and checked again",
            file=sys.stderr,
        )
    return results


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _on_disk(request: Request) -> Request:
    """The same run over the work tree, which the fixes have changed."""
    root = request.project.root
    repository = not isinstance(request.project.tree, Disk) or request.project.tree.repository
    project = Project(root, Disk(root, repository=repository), request.config.limits)
    return request._replace(project=project)


def _refuse_changed(project: Project, changed: Sequence[SourceFile]) -> None:
    reader = files.Reader(project.root)
    for file in changed:
        if reader.read(file.path, project.limits.text).data != file.data:
            raise UsageError(
                f"{file.path}: what is staged differs from the working copy: stage or stash it, then --fix"
            )


_ROUNDS = 10
_COMMENTS = {  # how a comment of one line begins and ends, by the ending of a file's name
    ending: comment
    for comment, endings in (
        (("#", ""), "py pyi sh bash zsh yml yaml toml tf tfvars hcl rb pl conf cfg ini env properties mk"),
        (("#", ""), "dockerfile containerfile envrc"),
        (("//", ""), "js jsx mjs cjs ts tsx mts cts java go rs c h cpp cs kt swift scala php jsonc"),
        (("<!--", " -->"), "html htm xml md vue svelte"),
        (("/*", " */"), "css scss less"),
        (("--", ""), "sql lua hs"),
    )
    for ending in endings.split()
}
_HASH_NAMES = ("dockerfile", "containerfile", "makefile", "gemfile", "procfile", "jenkinsfile")


def add_suppressions(request: Request, results: Results, reason: str) -> int:
    """Write a suppression above every line that has a finding, and say where none can stand."""
    lines: dict[tuple[str, int], list[str]] = {}
    nowhere: list[Finding] = []
    for finding in results.findings:
        if _comment(finding.span.path) is None or not finding.excerpt:
            nowhere.append(finding)
            continue
        rules = lines.setdefault((finding.span.path, finding.span.start.line), [])
        if finding.rule not in rules:
            rules.append(finding.rule)
    made = [
        _suppression(request.project, path, line, rules, reason)
        for (path, line), rules in sorted(lines.items())
    ]
    plan = fixes.plan([f for f in made if f is not None], request.project.open, unsafe=True)
    for change in plan.changes:
        fixes.write(request.project.root, change)
    print(f"{_many(len(plan.fixed), 'suppression')} written in {_many(len(plan.changes), 'file')}")
    for finding in nowhere:
        print(
            f"palint: {finding.span.path}: no comment can stand there; "
            f"accept {finding.rule} with [[allow]] in the settings",
            file=sys.stderr,
        )
    return FAILED if nowhere else CLEAN


def _comment(path: str) -> tuple[str, str] | None:
    name = path.rpartition("/")[2].lower()
    if name.startswith(_HASH_NAMES):
        return "#", ""
    return _COMMENTS.get(name.rpartition(".")[2])


def _suppression(project: Project, path: str, line: int, rules: Sequence[str], reason: str) -> Finding | None:
    """A stand-in finding whose fix is the comment, so that the fix writer does the writing."""
    file, comment = project.open(path), _comment(path)
    if file is None or comment is None:
        return None
    start, end = file.line_at(file.offset(line))
    text = file.text[start:end]
    indent = text[: len(text) - len(text.lstrip())]
    words = f"{indent}{comment[0]} palint: ignore[{', '.join(rules)}] {reason.strip()}{comment[1]}\n"
    span = file.span(start, start)
    edit = Edit(span, words)
    return Finding("", "", Severity.WARNING, "", "", span, fix=Fix((edit,)))
