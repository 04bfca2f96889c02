"""Make a plan from findings: secrets, files, deletions, and tasks for people."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

from palint.advice import facts
from palint.changes.edits import Change
from palint.changes.tree import ChangedTree
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.files import languages, roles
from palint.findings import Confidence, Finding
from palint.migrate import (
    configuration_plan,
    environment_plan,
    javascript_plan,
    python_plan,
    readers,
    runtimes,
    script_code,
    sources,
)  # fmt: skip
from palint.migrate.accounting import spans
from palint.migrate.loaders import Names
from palint.migrate.migration_plan import KeptFile, MigrationPlan, PlannedSecret, Task
from palint.migrate.readers import Reader
from palint.migrate.repository import Repository, common_folder, is_installed, tracked
from palint.migrate.sources import Naming
from palint.secrets.formats.table import FORMATS
from palint.tree import git
from palint.tree.project import Project
from palint.util.typing import NamedTuple

RULES = (
    "env-file", "env-example-value", "env-file-loaded", "hardcoded-secret", "github-secret",
    "kubernetes-secret", "infrastructure-secret", "secret-name",
)  # fmt: skip
OWN_LOADERS = ("@palindrom/fastify-base", "palindrom-ai/llm")
DEFAULT_REGION = "eu-west-2"
_MANY = 8  # files of one name that are listed singly
Check = Callable[[Project, tuple[str, ...]], Iterable[Finding]]
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
    check: Check,
) -> MigrationPlan:
    """Plan for those findings in a project that are of RULES.

    findings: of all rules, so that values reported under C4 are not stored as secrets.
    check: returns the findings of some rules (all without any) in a project; used on the planned tree, to
    find what remains.
    """
    wanted = frozenset(RULES) - {"github-secret"}  # another rule's findings may supersede its own
    findings = [f for f in findings if f.rule in wanted and not is_installed(project, f.span.path)]
    findings += check(project, ("github-secret",))
    whole = {path for path in {f.span.path for f in findings} if project.open(path) is not None}
    findings = [f for f in findings if f.span.path in whole]  # those in larger files are tasks
    naming = Naming(choices.service or facts.of(project).service, choices.environments, choices.environment)
    found = sources.collect(project, findings, naming, expand=expands(project))
    first = found.secrets[0].secret_id if found.secrets else f"{naming.service}/development"
    region = runtimes.region(choices.region, choices.profile) or DEFAULT_REGION
    repository = Repository(project, findings, found, Names(first, region), choices.own_loaders)
    python_plan.add(repository)
    javascript_plan.add(repository)
    environment_plan.add(repository, naming)
    script_code.add(repository)
    configuration_plan.add_documentation(repository)
    configuration_plan.add_launch_configurations(repository)
    found_readers = _held(repository, check)
    held = [reader for reader in found_readers if not reader.variables]
    needed = frozenset(name for reader in found_readers for name in reader.variables)
    configuration_plan.add_containers(repository, frozenset(r.dotenv for r in held), needed)
    configuration_plan.add_workflows(repository, naming)
    configuration_plan.add_deployments(repository, naming)
    configuration_plan.add_documents(repository, naming)
    found = found._replace(secrets=_used(found, repository))
    files = repository.changes()
    left, remaining = _remaining(repository, files, check, held)
    kept = _kept(found, remaining)
    staying = {file.path for file in kept}
    removed = tuple(sources.opened(project, path) for path in sorted(found.dotenv) if path not in staying)
    tasks = [*found.tasks, *repository.tasks, *_reader_tasks(remaining), *_left_out(found, staying)]
    tasks += _absent(repository, naming)
    tasks += [*_rest(project, left, tasks, remaining), *_rotate(project, found)]
    return MigrationPlan(
        found.secrets, files, removed,
        tuple(dict.fromkeys(tasks)), kept, _read(found, repository),
        {path: account.doubtful for path, account in found.accounts.items()},
    )  # fmt: skip


def _held(repository: Repository, check: Check) -> list[Reader]:
    """The readers of dotenv files that are left when the code is rewritten, without containers.

    A container goes on giving a file to a program that still reads it.
    """
    project = repository.project
    tree = ChangedTree(project.tree, repository.changes(), repository.sources.dotenv)
    planned = Project(project.root, tree, project.limits)
    found = _readers(repository, planned, check(planned, ("env-file-loaded",)))
    return [reader for reader in found if reader.holds and not _is_container(reader.path)]


def _readers(repository: Repository, planned: Project, findings: Iterable[Finding]) -> list[Reader]:
    """The readers of dotenv files in a planned project, without those in installed packages."""
    project = repository.project
    searched = [path for path in planned.files() if not is_installed(project, path)]
    dotenv = {path: names for path, (_, names) in repository.sources.dotenv.items()}
    findings = [f for f in findings if f.span.path not in repository.untouched]  # found by name, if they read
    return [
        # a pipeline has the files of git only
        reader._replace(holds=False)
        if _is_pipeline(reader.path) and reader.dotenv not in tracked(project) else reader
        for reader in readers.find(planned, searched, dotenv, findings)
    ]  # fmt: skip


def _is_pipeline(path: str) -> bool:
    return languages.find(path).id in ("workflow", "action") or roles.matches(path, ("pipeline",))


def _remaining(
    repository: Repository, files: Sequence[Change], check: Check, held: Sequence[Reader]
) -> tuple[list[Finding], list[Reader]]:
    """(the findings, the readers of dotenv files) in the tree after the plan.

    Without the places in containers that stay for another reader: they go with the file, in a later run.
    """
    project = repository.project
    dotenv = frozenset(reader.dotenv for reader in held)
    tree = ChangedTree(project.tree, files, repository.sources.dotenv)
    planned = Project(project.root, tree, project.limits)
    left = [f for f in check(planned, ()) if f.rule in RULES and not is_installed(project, f.span.path)]
    loads = [f for f in left if f.rule == "env-file-loaded"]
    left = [f for f in left if not (held and f in loads and _is_container(f.span.path))]
    found = [
        reader for reader in _readers(repository, planned, loads)
        if not (reader.dotenv in dotenv and _is_container(reader.path))
    ]  # fmt: skip
    return left, found


def _is_container(path: str) -> bool:
    return languages.find(path).id in ("compose", "dockerfile")


def _kept(found: sources.Sources, remaining: Iterable[Reader]) -> tuple[KeptFile, ...]:
    places: dict[str, list[str]] = {}
    for reader in remaining:
        if reader.holds:
            places.setdefault(reader.dotenv, []).append(f"{reader.path}:{reader.line}")
    kept = [KeptFile(path, lines=lines) for path, lines in found.unread.items()]
    kept += [KeptFile(path, readers=tuple(dict.fromkeys(read))) for path, read in places.items()]
    return tuple(sorted(kept))


def _reader_tasks(remaining: Iterable[Reader]) -> Iterator[Task]:
    """One task for all places that need the same change."""
    named: dict[tuple[str, int, str, bool, bool], list[str]] = {}
    for reader in remaining:
        key = reader.path, reader.line, reader.what, reader.holds, bool(reader.variables)
        named.setdefault(key, []).append(f"`{reader.dotenv}`")
    found: dict[tuple[str, bool, bool, str], dict[str, list[int]]] = {}
    for (path, line, what, holds, read), dotenv in named.items():
        places = found.setdefault((what, holds, read, ", ".join(dict.fromkeys(dotenv))), {})
        places.setdefault(path, []).append(line)
    for (what, holds, read, names), places in found.items():
        text = f"{', '.join(_listed(places))}: {what}"
        if read:
            advice = f"start it with the secret's keys in its environment, then delete {names} yourself"
            yield Task("move", f"{text}, which nothing gives it without {names}: {advice}")
        elif holds:
            verb = "stay" if "," in names else "stays"
            yield Task("move", f"{text}; {names} {verb} until this is changed")
        elif " creates " in what:
            yield Task("move", f"{text}: remove that")
        else:
            yield Task("mention", text)


def _listed(places: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """Files with their lines; more than _MANY with the same name are one item, as those of languages are."""
    by_name: dict[str, list[str]] = {}
    for path in places:
        by_name.setdefault(path.rpartition("/")[2], []).append(path)
    for name, paths in by_name.items():
        if len(paths) > _MANY:
            yield f"`{common_folder(paths)}*/{name}` ({len(paths)} files)"
        else:
            yield from (f"`{path}:{spans(places[path])}`" for path in paths)


def _absent(repository: Repository, naming: Naming) -> Iterator[Task]:
    """The dotenv files that rewritten code loaded, and that are not here: nothing of them was stored."""
    present = {path.rpartition("/")[2] for path in (*repository.sources.dotenv, *repository.sources.left)}
    absent: dict[str, dict[str, None]] = {}
    for finding in repository.findings:
        path = finding.span.path
        if finding.rule != "env-file-loaded" or path not in repository.draft:
            continue
        if languages.find(path).type != "programming" or roles.is_test(path):
            continue
        file = sources.opened(repository.project, path)
        line = file.text[file.line_at(finding.span.offset)[0] : file.line_at(finding.span.end_offset)[1]]
        named = {word.rpartition("/")[2] for word in readers.WORDS.findall(line) if is_dotenv_path(word)}
        for name in sorted(named) or ([] if present else [".env"]):
            if name not in present:
                absent.setdefault(name, {})[f"`{path}`"] = None
    for name, paths in absent.items():
        yield Task("store", f"`{name}`, which {', '.join(paths)} loaded, is not here: store its values in "
                   f"`{naming.secret_id(name)}`")  # fmt: skip


def _left_out(found: sources.Sources, staying: Container[str]) -> Iterator[Task]:
    """The lines that are stored nowhere, of the files that go."""
    for path, account in sorted(found.accounts.items()):
        reasons: dict[str, list[int]] = {}
        for line, reason in account.left_out.items():
            reasons.setdefault(reason, []).append(line)
        for reason, lines in reasons.items() if path not in staying else ():
            yield Task("left out", f"`{path}:{spans(lines)}`: {reason}")


def _read(found: sources.Sources, repository: Repository) -> dict[str, frozenset[str]]:
    """{secret id: keys} of every secret that the written files read."""
    read = {secret.secret_id: {key.name for key in secret.keys} for secret in found.secrets}
    for secret_id, names in repository.read.items():
        read.setdefault(secret_id, set()).update(names)
    return {secret_id: frozenset(names) for secret_id, names in sorted(read.items())}


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
    package = project.text("package.json")
    return "dotenv-expand" in package or '"dotenv"' not in package


def _rest(
    project: Project, left: Iterable[Finding], known: Sequence[Task], readers: Iterable[Reader]
) -> Iterable[Task]:
    """Tasks for findings that remain after the plan, unless a task covers them already."""
    said = "\n".join(task.text for task in known)
    read = {(reader.path, reader.line) for reader in readers}
    places: dict[tuple[str, str, str], list[int]] = {}
    for finding in left:
        path, line = finding.span.path, finding.span.start.line
        low = finding.rule == "hardcoded-secret" and finding.confidence is Confidence.LOW
        if low or finding.rule == "github-secret" or (path, line) in read:
            continue
        if finding.rule == "hardcoded-secret" and sources.stays(sources.role_of(project, path)):
            continue
        if f"`{path}:{line}`" not in said and f"`{path}`" not in said:
            places.setdefault((path, finding.message, finding.rule), []).append(line)
    for (path, message, rule), lines in places.items():
        yield Task("move", f"`{path}:{spans(lines)}`: {message} ({rule})")


def _rotate(project: Project, found: sources.Sources) -> Iterator[Task]:
    """Tasks to rotate the secrets that were ever committed, with the vendor's page if there is one."""
    paths = {source.path for secret in found.secrets for key in secret.keys for source in key.sources}
    committed = _known_to_git(project.root, sorted(paths))
    for secret in found.secrets:
        plain, private = [], []
        for key in secret.keys:
            if not any(source.path in committed for source in key.sources):
                private.append(key)
            elif key.vendor in _PAGES:
                name, page = _PAGES[key.vendor]
                yield Task("rotate", f"`{key.name}` of `{secret.secret_id}`, a {name}: {page}")
            elif key.secret:
                plain.append(f"`{key.name}`")
        if plain:
            yield Task("rotate", f"{', '.join(plain)} of `{secret.secret_id}`, where they were issued")
        if not all(key.secret for key in secret.keys if key not in private):
            yield Task("rotate", f"other secrets in `{secret.secret_id}`, which their names do not show")
        if secrets := [f"`{key.name}`" for key in private if key.secret]:
            files = ", ".join(sorted({f"`{key.sources[0].path}`" for key in private}))
            yield Task("check", f"{', '.join(secrets)} of `{secret.secret_id}` were only in {files}, never "
                       "committed: rotate them if you ever shared the file")  # fmt: skip


def _known_to_git(root: str, paths: Sequence[str]) -> frozenset[str]:
    """Those of some paths that are in the index or in any commit."""
    known = {entry.path for entry in git.index_entries(root, paths)} if paths else set()
    for path in paths:
        if path not in known and git.is_in_history(root, path):
            known.add(path)
    return frozenset(known)
