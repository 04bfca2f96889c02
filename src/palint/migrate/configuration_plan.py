"""The part of a plan other than code: Compose, Dockerfiles, workflows, `.gitignore`, `.env.example`."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from palint.changes import fixes
from palint.changes.edits import apply, edit, line_end
from palint.dotenv import files as dotenv_files
from palint.files import HEAD, languages, roles
from palint.github import expressions
from palint.languages.compose import Service
from palint.migrate import containers, loaders, workflow_code
from palint.migrate.accounting import spans
from palint.migrate.migration_plan import CONFIGURATION, DOCUMENTS, Task
from palint.migrate.repository import Repository, name_pattern, nearest
from palint.migrate.sources import Naming, opened
from palint.util import lazy_re

# A member with the comma after it, or before it if it is the last one.
_ENV_FILE = re.compile(
    r"(?<!\s)\s*\"envFile\"\s*:\s*\"[^\"\n]*\"\s*,|,\s*\"envFile\"\s*:\s*\"[^\"\n]*\"(?=\s*\})"
)
_IGNORED = ".env\n.env.*\n!.env.example\n"


def add_containers(repository: Repository, held: Collection[str], needed: Collection[str]) -> None:
    """Plan Compose files and Dockerfiles.

    held: dotenv files that a program still reads. needed: variables that it reads without a loader."""
    places = repository.sources.places
    reads_secret = bool(loaders_of(repository))
    imports = _imports_of_loaders(repository)
    interpolated = False
    for file in repository.open_all(lambda p: languages.find(p).id in ("compose", "dockerfile")):
        folder, values = posixpath.dirname(file.path), places.get(file.path, ())
        if languages.find(file.path).id == "dockerfile":
            stays = partial(_is_copied, repository, held)
            rewrite = partial(containers.rewrite_dockerfile, file, values, stays, imports)
        else:
            interpolated |= any(re.search(rf"\$\{{?{name}\b", file.text) for name in repository.dotenv_names)
            names = _interpolated_names(repository, held, file.path)
            rewrite = partial(
                containers.rewrite_compose, file, values, partial(_migrated, repository, folder),
                reads_secret=reads_secret, inside=partial(_inside, repository, held, folder),
                stays=partial(_is_loaded, repository, held, folder),
                interpolated_names=names, needed=needed,
            )  # fmt: skip
        interpolated |= repository.take(file.path, rewrite, CONFIGURATION).interpolated
    if interpolated:
        repository.tasks.append(
            Task("run", "Compose takes values from the environment that it is started in; start it "
                 "with the keys of the secret there (see below)")
        )  # fmt: skip


def loaders_of(repository: Repository) -> list[str]:
    """The paths of loaders, there or planned."""
    return sorted(filter(loaders.is_loader, {*repository.draft, *repository.paths}))


def _imports_of_loaders(repository: Repository) -> dict[str, list[str]]:
    """{path of a loader, there or planned: the files that import it}."""
    found: dict[str, list[str]] = {}
    paths = sorted({*repository.draft, *repository.paths})
    for loader in loaders_of(repository):
        word, syntax = loaders.FILES[posixpath.basename(loader)][0], languages.find(loader).syntax
        same = (path for path in paths if path != loader and languages.find(path).syntax == syntax)
        found[loader] = [path for path in same if word in repository.draft.text(path)]
    return found


def _interpolated_names(repository: Repository, held: Collection[str], path: str) -> Collection[str]:
    """The variables of the `.env` beside a file, if it goes: Compose reads it, whoever else does not."""
    dotenv = posixpath.join(posixpath.dirname(path), ".env")
    return () if dotenv in held else repository.sources.dotenv.get(dotenv, ("", ()))[1]


def _inside(
    repository: Repository, held: Collection[str], folder: str, service: Service
) -> tuple[str, Sequence[str]] | None:
    """The secret of a dotenv file that goes, beside a loader in what a service is built from or mounts."""
    build, mounts = service.node.get("build"), service.node.get("volumes")
    places = [
        (source, "")
        for node in (mounts.elements if mounts else ())
        if (source := node.text("source") if node.kind == "map" else node.value)
    ]
    if build is not None:
        context = build.text("context") or "." if build.kind == "map" else build.value
        places.append((context, ".dockerignore"))
    for path, ignoring in places:
        base = posixpath.normpath(posixpath.join(folder, path.partition(":")[0])).lstrip(".")
        lines = repository.project.text(posixpath.join(base, ignoring)).splitlines()
        left_out = [line.strip().removeprefix("**/").lstrip("/") for line in lines]
        inside = (loader.startswith(f"{base}/" if base else "") for loader in loaders_of(repository))
        for dotenv, secret in repository.sources.dotenv.items() if any(inside) else ():
            parent, _, name = dotenv.rpartition("/")
            ignored = any(fnmatch.fnmatchcase(name, each) for each in left_out)
            if parent == base and dotenv not in held and not ignored:
                return secret
    return None


def _is_loaded(repository: Repository, held: Collection[str], folder: str, name: str) -> bool:
    """Whether the dotenv file that Compose loads under a name stays: held, or here but not migrated."""
    path = posixpath.normpath(posixpath.join(folder, name))
    return path in held or (
        path not in repository.sources.dotenv and repository.project.open(path) is not None
    )


def _is_copied(repository: Repository, held: Collection[str], pattern: str) -> bool:
    """The same for a path in a `COPY`, relative to a folder that only the build has: by the file's name."""
    name = posixpath.basename(pattern)
    staying = {posixpath.basename(path) for path in (*held, *repository.sources.left)}
    return any(fnmatch.fnmatchcase(each, name) for each in staying)


# What starts a program in AWS or a cluster, by the syntax of its file; the group is what it is called.
# https://registry.terraform.io/providers/hashicorp/aws/latest/docs,
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/,
# https://kubernetes.io/docs/concepts/workloads/controllers/
_DEPLOYMENTS = {
    "terraform": lazy_re.compile(
        r"(?m)^resource[ \t]+\"(aws_(?:ecs_task_definition|lambda_function|apprunner_service"
        r"|batch_job_definition|elastic_beanstalk_environment))\""
    ),
    "yaml": lazy_re.compile(
        r"(?m)^[ \t]{0,8}Type:[ \t]*[\"']?(AWS::(?:ECS::TaskDefinition|(?:Lambda|Serverless)::Function"
        r"|AppRunner::Service|Batch::JobDefinition))\b"
        r"|^kind:[ \t]*(Deployment|StatefulSet|DaemonSet|CronJob|Job)\b"
    ),
}
_IMAGE = lazy_re.compile(r"(?m)^[ \t-]*image:[ \t]*[\"']?([^\s\"'#]+)")


def add_deployments(repository: Repository, naming: Naming) -> None:
    """Name what starts programs: those of this repository need SECRET_ID and a role there.

    Official images, which have no `/` in their name, are other programs.
    """
    if not (repository.dotenv_names and bool(loaders_of(repository))):
        return
    example = repository.loader_names.example
    repository.tasks.append(
        Task("deploy", f"set `SECRET_ID` where the program is started; on a laptop to `{example}`, after "
             "`aws sso login`")
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for file in repository.open_all(lambda path: languages.find(path).syntax in _DEPLOYMENTS):
        match = _DEPLOYMENTS[languages.find(file.path).syntax].search(file.text)
        images = _IMAGE.findall(file.text)
        others = images and not any("/" in image or "{" in image for image in images)
        if match and not others and "SECRET_ID" not in file.text:
            place = (
                f"`{file.path}:{file.position(match.start()).line}` ({next(filter(None, match.groups()))})"
            )
            found.setdefault(naming.secret_id(file.path), []).append(place)
    for secret_id, places in found.items():
        repository.reads({secret_id: repository.dotenv_names})
        repository.tasks.append(
            Task("deploy", f"{', '.join(places)}: where this program is started, set `SECRET_ID` to "
                 f"`{secret_id}`, and let its role read that secret (see Grant)")
        )  # fmt: skip


def add_launch_configurations(repository: Repository) -> None:
    """Remove `envFile` from VS Code's launch.json."""
    for file in repository.open_all(lambda p: p.rpartition("/")[2] == "launch.json"):
        if file.path in repository.found("env-file-loaded"):
            text = _ENV_FILE.sub("", file.text)
            repository.write(file.path, text, ["without `envFile`"], CONFIGURATION)


def _migrated(repository: Repository, folder: str, name: str) -> tuple[str, Sequence[str]] | None:
    """The secret of a dotenv file, and its names."""
    return repository.sources.dotenv.get(posixpath.normpath(posixpath.join(folder, name)))


def add_documentation(repository: Repository) -> None:
    """Replace secrets in prose by placeholders."""
    for path, places in repository.sources.written.items():
        if path not in repository.draft:
            file = opened(repository.project, path)
            text = apply(file, [edit(file, *place) for place in places])
            repository.write(path, text, ["has a placeholder for a secret"], DOCUMENTS)


def add_workflows(repository: Repository, naming: Naming) -> None:
    """Plan the workflows that read secrets from GitHub."""
    wanted: dict[str, set[str]] = {}
    for finding in repository.findings:
        if finding.rule == "github-secret":
            file = opened(repository.project, finding.span.path)
            reads = expressions.reads_inside(file.text, finding.span.offset, finding.span.end_offset)
            wanted.setdefault(file.path, set()).update({r.name for r in reads} - {""})
    deleted: set[str] = set()
    for path, names in sorted(wanted.items()):
        if ".github/workflows/" not in path:
            repository.by_hand(path, "reads secrets from GitHub")
            continue
        file = opened(repository.project, path)

        def secret_of(environment: str, path: str = path) -> str:
            return naming.secret_id(environment or path)

        rewrite = partial(workflow_code.rewrite, file, names, secret_of, repository.loader_names.region)
        for read in repository.take(path, rewrite, CONFIGURATION).read.values():
            deleted |= set(read)
    if deleted:
        repository.tasks.append(
            Task("github", "delete these GitHub secrets when the workflows have run once: "
                 + ", ".join(f"`gh secret delete {name}`" for name in sorted(deleted)))
        )  # fmt: skip
        repository.tasks.append(
            Task("github", "create the variable that names the role: `gh variable set AWS_ROLE_TO_ASSUME`")
        )


def add_documents(repository: Repository, naming: Naming) -> None:
    """Plan `.gitignore` and the examples: comments only."""
    if not repository.sources.dotenv and not repository.sources.secrets:
        return
    lines = {line.strip() for line in repository.project.text(".gitignore").splitlines()}
    if repository.sources.dotenv and not lines & {".env", "/.env", "*.env", ".env*", "**/.env"}:
        gap = "\n" if any(lines) else ""
        repository.append(".gitignore", gap + _IGNORED, ["ignores .env files"], DOCUMENTS)
    examples = [f for f in repository.findings if f.rule == "env-example-value"]
    loads = bool(loaders_of(repository))
    for change in fixes.plan(examples, repository.project.open, unsafe=True).changes:
        text = change.text
        if loads and "SECRET_ID" not in text:
            text = line_end(text).join([*_head(repository), text])
        repository.write(change.path, text, ["describes the variables in comments only"], DOCUMENTS)
        repository.tasks += _users(repository, change.path)
    if not any(map(dotenv_files.is_example, repository.paths)):
        repository.write(
            ".env.example", _example(repository, naming), ["describes what is needed"], DOCUMENTS
        )


def _users(repository: Repository, example: str) -> Iterator[Task]:
    """A task for each file that loads or copies an example, which loses its values."""
    name = posixpath.basename(example)
    pattern = name_pattern(name)
    for file in repository.open_all(lambda path: not dotenv_files.is_example(path)):
        if nearest(file.path, (name,), repository.paths) not in ("", example):
            continue
        language = languages.find(file.path, file.data[:HEAD])
        if language.type not in ("programming", "commands", "data") or roles.matches(
            file.path, ("lock-file",)
        ):
            continue
        lines = []
        for match in pattern.finditer(file.text):
            start, end = file.line_at(match.start())
            if not languages.in_comment(language, file.text[start:end], match.start() - start):
                lines.append(file.position(match.start()).line)
        if lines:
            yield Task("check", f"`{file.path}:{spans(lines)}` uses `{example}`, which no longer has values: "
                       "set there what it needs")  # fmt: skip


def _head(repository: Repository) -> list[str]:
    return [
        "# All secrets are loaded from AWS Secrets Manager",
        "# Authenticate with: aws sso login",
        "",
        f"# AWS_REGION - defaults to {repository.loader_names.region}",
        f"# SECRET_ID - the Secrets Manager secret to load (e.g., {repository.loader_names.example})",
    ]


def _example(repository: Repository, naming: Naming) -> str:
    lines = ["# .env.example", *_head(repository)]
    described = {
        key.name: (key.sources[0].path, key.sources[0].line)
        for secret in repository.sources.secrets for key in secret.keys
    }  # fmt: skip
    places = sorted(
        (path, line, f"{name} - a key of that secret") for name, (path, line) in described.items()
    )
    places += [
        (path, line, text)
        for path, account in repository.sources.accounts.items() for line, text in account.described.items()
    ]  # fmt: skip
    return "\n".join([*lines, *(f"# {text}" for _, _, text in sorted(places))]) + "\n"
