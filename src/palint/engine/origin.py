"""What the origin of a file changes: installed packages, and files that a program wrote.

A change can bring any evidence that its own files are of such an origin. So where a change is compared with
its base, only what the base shows counts, and no finding gets less severe.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from palint.config import Config
from palint.findings import Finding, Notice, Severity
from palint.text.source import SourceFile
from palint.tree.project import Project


def mark_packages(findings: Sequence[Finding], project: Project, config: Config) -> Sequence[Finding]:
    """The findings; those in installed packages have no fix, and are warnings unless settings say more.

    Of a change that is compared with its base, each finding is shown singly, and no less severe.
    """
    return [_in_package(f, project, config) if f.fix or not project.compared else f for f in findings]


def _in_package(finding: Finding, project: Project, config: Config) -> Finding:
    package = project.packages.of(finding.span.path)
    if package is None or project.compared:
        return finding if package is None else finding._replace(fix=None)
    set_by_settings = finding.rule in config.of(finding.span.path).severity
    severity = finding.severity if set_by_settings else Severity.WARNING
    return finding._replace(severity=severity, fix=None, package=package.folder, package_list=package.listed)


def complete_where_written_by_program(notices: Iterable[Notice], project: Project) -> tuple[Notice, ...]:
    """The notices of a file, where one that it does not parse does not count for what a program wrote.

    Its text is searched all the same. Limits and timeouts still count.
    """
    return tuple(
        notice._replace(kind="parse-fallback")
        if notice.kind == "unparsed" and _written_by_program(notice.path, project)
        else notice
        for notice in notices
    )


def _written_by_program(path: str, project: Project) -> bool:
    """Whether a file is part of an installed package, built or generated; at the base, if there is one."""
    project = project.base or project
    if project.packages.of(path) is not None:
        return True
    file = project.open(path)
    return file is not None and is_generated(file)


def is_generated(file: SourceFile) -> bool:
    """Whether a program writes a file: by its name, a header, or only by long lines."""
    from palint.advice.place import kind_of  # most files parse and have no finding
    from palint.files.roles import Role

    return file.parsed_with(kind_of).role is Role.GENERATED
