"""Make a plan from findings: secrets, files, deletions, and tasks for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from palint.advice import facts
from palint.changes.tree import ChangedTree
from palint.findings import Confidence, Finding
from palint.migrate import configuration_plan, javascript_plan, python_plan, sources
from palint.migrate.loaders import Names
from palint.migrate.migration_plan import MigrationPlan, PlannedSecret, Task
from palint.migrate.repository import Repository
from palint.migrate.sources import Naming
from palint.secrets.formats import FORMATS
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple

RULES = (
    "env-file", "env-example-value", "env-file-loaded", "hardcoded-secret", "github-secret",
    "kubernetes-secret", "infrastructure-secret", "secret-name",
)  # fmt: skip
OWN_LOADERS = ("@palindrom/fastify-base", "palindrom-ai/llm")
DEFAULT_REGION = "eu-west-2"
_PAGES = {fmt.id: (fmt.name.partition(";")[0], fmt.source) for fmt in FORMATS}


class Choices(NamedTuple):
    """Choices of the user; "" means the repository's own. own_loaders: packages that load secrets."""

    environments: tuple[str, ...]
    service: str = ""
    environment: str = ""
    profile: str = ""
    region: str = ""
    own_loaders: tuple[str, ...] = OWN_LOADERS


def make_plan(
    project: Project,
    findings: Sequence[Finding],
    choices: Choices,
    check: Callable[[Project], Iterable[Finding]],
) -> MigrationPlan:
    """Plan for those findings in a project that are of RULES.

    findings: of all rules, so that values reported under C4 are not stored as secrets.
    check: returns the findings in another project; used on the planned tree, to find what remains.
    Raises SourceError.
    """
    findings = [finding for finding in findings if finding.rule in RULES and not finding.package]
    naming = Naming(choices.service or facts.of(project).service, choices.environments, choices.environment)
    found = sources.collect(project, findings, naming, expand=expands(project))
    first = found.secrets[0].secret_id if found.secrets else f"{naming.service}/development"
    region = choices.region or DEFAULT_REGION
    repository = Repository(project, findings, found, Names(first, region), choices.own_loaders)
    python_plan.add(repository)
    javascript_plan.add(repository)
    configuration_plan.add_documentation(repository)
    configuration_plan.add_containers(repository, naming)
    configuration_plan.add_launch_configurations(repository)
    configuration_plan.add_workflows(repository, naming)
    profile = choices.profile or facts.of(project).profile
    configuration_plan.add_documents(repository, naming, profile)
    found = found._replace(secrets=_used(found, repository))
    files = repository.changes()
    removed = tuple(file for path in sorted(found.dotenv) if (file := project.open(path)) is not None)
    tree = ChangedTree(project.tree, files, [file.path for file in removed])
    remaining = check(Project(project.root, tree, project.limits))
    left = [f for f in remaining if f.rule in RULES and not f.package]
    tasks = [
        *found.tasks,
        *repository.tasks,
        *_rest(left, [*found.tasks, *repository.tasks]),
        *_rotate(found),
    ]
    return MigrationPlan(found.secrets, files, removed, tuple(dict.fromkeys(tasks)))


def _used(found: sources.Sources, repository: Repository) -> tuple[PlannedSecret, ...]:
    """The secrets without keys of literals that are not rewritten: a person must store and move those."""
    secrets = []
    for secret in found.secrets:
        keys = tuple(
            k for k in secret.keys if k.sources[0].kind == "dotenv" or k.sources[0].path in repository.draft
        )
        if keys:
            secrets.append(secret._replace(keys=keys))
    return tuple(secrets)


def expands(project: Project) -> bool:
    """Whether the programs' loader replaces `${NAME}` in a dotenv file: npm's plain dotenv does not."""
    package = project.open("package.json")
    return package is None or "dotenv-expand" in package.text or '"dotenv"' not in package.text


def _rest(left: Iterable[Finding], known: Sequence[Task]) -> Iterable[Task]:
    """Tasks for findings that remain after the plan, unless a task covers them already."""
    said = "\n".join(task.text for task in known)
    for finding in left:
        if finding.rule == "hardcoded-secret" and finding.confidence is Confidence.LOW:
            continue
        place = f"{finding.span.path}:{finding.span.start.line}"
        if (
            finding.rule != "github-secret"
            and f"`{place}" not in said
            and f"`{finding.span.path}`" not in said
        ):
            yield Task("move", f"`{place}`: {finding.message} ({finding.rule})")


def _rotate(found: sources.Sources) -> Iterable[Task]:
    """Tasks to rotate all secrets that were in the repository, with the vendor's page if there is one."""
    for secret in found.secrets:
        plain = []
        for key in secret.keys:
            if key.vendor in _PAGES:
                name, page = _PAGES[key.vendor]
                yield Task("rotate", f"`{key.name}` of `{secret.secret_id}`, a {name}: {page}")
            elif key.secret:
                plain.append(f"`{key.name}`")
        if plain:
            yield Task("rotate", f"{', '.join(plain)} of `{secret.secret_id}`, where they were issued")
        if not all(key.secret for key in secret.keys):
            yield Task("rotate", f"other secrets in `{secret.secret_id}`, which their names do not show")
