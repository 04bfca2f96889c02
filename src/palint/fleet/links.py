"""What reaches which secret: jobs, their triggers and roles, and the names of secrets in files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.aws import secret_references
from palint.config import Config
from palint.engine.seal import sealed
from palint.files import roles
from palint.findings import Finding, Violation
from palint.github.graph import ExpandedStep, graph
from palint.languages.value import INTERPOLATION, Value
from palint.prefilter import Keyword
from palint.rule import Rule
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util.typing import NamedTuple

_BEFORE = {  # what may be before a name: what it does with the secret
    'resource "aws_secretsmanager_secret"': "creates",
    "AWS::SecretsManager::Secret": "creates",
    "reate_secret": "creates",
    "reateSecret": "creates",
    'data "aws_secretsmanager_secret': "reads",
    "SecretId": "reads",  # palint: ignore[secret-name] what the word says of a file
    "resolve:secretsmanager:": "reads",
    "aws-actions/aws-secretsmanager-get-secrets": "reads",
}


class Link(NamedTuple):
    """One link. kind: "reads" or "creates" a secret at a place in a file, or "assumes" a role in a job.

    trigger: the events that start the workflow, separated by blanks. line: 1-based.
    """

    workflow: str
    job: str
    trigger: str
    role: str
    path: str
    line: int
    secret: str
    kind: str


class Links(Rule):
    """Names of secrets, as findings that `take` turns into links. It runs with the rules, in their pass."""

    keywords: tuple[str | Keyword, ...] = secret_references.KEYWORDS  # type: ignore[misc]

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        """A violation for each name; its detector says whether the secret is read or created there."""
        if roles.is_test(file.path):
            return
        values = secret_references.find(file)
        for value in {value.start: value for value in values if value.kind in ("text", "template")}.values():
            if secret_references.is_quoted(file, value.start, value.end):
                continue
            name = value.text.replace(INTERPOLATION, "…")[:200]
            yield self.violation(file.span(value.start, value.end), name, detector=_kind(file, value))


def _kind(file: SourceFile, value: Value) -> str:
    """Whether a secret is read or created, by what is written last before its name."""
    before = file.text[max(value.start - 1500, 0) : value.start]
    return max((before.rfind(word), kind) for word, kind in _BEFORE.items())[1]


def with_links(config: Config) -> Config:
    """The settings, with this rule among those that run."""
    return config._replace(select=(*config.select, Links.id())) if config.select else config


def take(findings: Iterable[Finding], project: Project) -> list[Link]:
    """The links that a repository's findings of this rule and its workflows make."""
    jobs = list(_jobs(project))
    links = []
    for each in findings:
        if each.rule == Links.id() and not each.package:
            where = each.span.path, each.span.start.line
            own = [job for job in jobs if job.path == where[0] and job.line <= where[1]]
            job = own[-1] if own else Link("", "", "", "", *where, "", "")
            kind = str(each.detector)
            links.append(job._replace(path=where[0], line=where[1], secret=each.message, kind=kind))
    return sorted({*links, *(job for job in jobs if job.role)})


def _jobs(project: Project) -> Iterator[Link]:
    """Every job, with the role that it assumes or ""."""
    workflows = graph(project)
    for path, workflow in workflows.workflows.items():
        trigger = " ".join(workflow.triggers)
        for job in workflow.jobs:
            line = workflow.file.position(job.key.start).line
            assumed = {role for step in workflows.steps(workflow, job) if (role := _role(step))}
            for role in sorted(assumed) or [""]:
                yield Link(path, sealed(job.id, ()), sealed(trigger, ()), role, path, line, "", "assumes")


def _role(step: ExpandedStep) -> str:
    return sealed(step.given("role-to-assume"), ())[:300]
