"""Rewrite workflows: jobs read secrets from Secrets Manager with an OIDC role instead of from GitHub."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from palint.changes.edits import apply, edit
from palint.findings import Edit
from palint.github import edits as yaml_edits
from palint.github import expressions, token_users, workflows
from palint.github.broad_grants import UNTRUSTED
from palint.github.workflows import Job, Step, Workflow
from palint.languages.yaml import Node
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple

_CREDENTIALS = "aws-actions/configure-aws-credentials"
_GET = "aws-actions/aws-secretsmanager-get-secrets"
_SCOPES = ("id-token", "write"), ("contents", "read")


class _Read(NamedTuple):
    """`secrets.NAME` in the expression of a value. start, end: its range. step: None outside of steps."""

    name: str
    start: int
    end: int
    value: Node
    step: Step | None


def rewrite(
    file: SourceFile, names: Collection[str], secret_id: Callable[[str], str], region: str
) -> Rewritten:
    """Rewrite a workflow. names: GitHub secrets to replace. secret_id: the secret for a job's `environment`.

    Raises ParseError.
    """
    workflow = file.parsed_with(workflows.parse_workflow)
    if workflow is None:
        return Rewritten(file.text)
    found: list[Edit] = []
    what: list[str] = []
    read: dict[str, tuple[str, ...]] = {}
    left: list[str] = []
    risky = next((event for event in UNTRUSTED if event in workflow.triggers), "")
    for job in workflow.jobs:
        reads = [r for r in _reads(file, job) if r.name in names]
        for name in sorted({r.name for r in reads}):
            starts = [r.start for r in reads if r.name == name]
            if instead := token_users.instead_of(name, starts, job.steps, file.text):
                left.append(f"{file.path}: job `{job.id}` uses `{name}`: {instead.says}")
                reads = [r for r in reads if r.name != name]
        if not reads:
            continue
        target = secret_id(job.environment)
        wanted = tuple(sorted({r.name for r in reads}))
        edits = None if risky else _job_edits(file, workflow, job, reads, target, region)
        if edits is not None:
            found += edits
            read[target] = tuple(sorted({*read.get(target, ()), *wanted}))
            what.append(f"job `{job.id}` reads {_names(wanted)} from `{target}`")
            continue
        why = f"where no step can provide it (a called workflow, a service or a condition): read `{target}` "
        why += "there by hand"
        if risky:
            why = (
                f"and runs on `{risky}`, which a stranger can trigger: decide whether it may read `{target}`"
            )
        left.append(f"{file.path}: job `{job.id}` uses {_names(wanted)} {why}")
    return Rewritten(apply(file, found), tuple(what), tuple(left), read)


def _reads(file: SourceFile, job: Job) -> Iterator[_Read]:
    steps = {id(node): step for step in job.steps for node in step.node.walk()}
    for node in job.node.walk():
        if node.kind == "scalar":
            for access in expressions.reads(file.text, node.start, node.end):
                if access.context == "secrets" and not access.compared:
                    yield _Read(access.name, access.start, access.end, node, steps.get(id(node)))


def _job_edits(
    file: SourceFile, workflow: Workflow, job: Job, reads: list[_Read], target: str, region: str
) -> list[Edit] | None:
    """The edits of a job; None if a read is neither in a step nor in the job's own `env`."""
    steps = [r.step for r in reads if r.step is not None]
    env = job.node.entry("env")
    own = {id(pair[1]): pair for pair in env[1].items} if env is not None else {}
    elsewhere = [r for r in reads if r.step is None]
    if not all(id(r.value) in own and _is_only(r) for r in elsewhere):
        return None
    moved = [own[id(r.value)] for r in elsewhere]
    aliases = [
        (key.value, r.name) for (key, _), r in zip(moved, elsewhere, strict=True) if key.value != r.name
    ]
    first = job.steps[0] if moved else min(steps, key=lambda step: step.number)
    signed_in = any(
        step.uses is not None and step.uses.repo == _CREDENTIALS for step in job.steps[: first.number - 1]
    )
    conditions = {step.node.text("if") or "" for step in steps}
    condition = conditions.pop() if len(conditions) == 1 and not moved else ""
    inserted = _insert_steps(file, first, target, region, aliases, signed_in, condition)
    if inserted is None:
        return None
    found = [edit(file, r.start, r.end, f"env.{r.name}") for r in reads if r.step is not None]
    if env is not None and moved:
        found += _without_variables(file, job, env, moved)
    return [*found, inserted, *_permissions(file, workflow, job)]


def _is_only(read: _Read) -> bool:
    """Whether a secret is the whole value of a variable."""
    return read.value.value.replace(" ", "") == f"${{{{secrets.{read.name}}}}}"


def _without_variables(
    file: SourceFile, job: Job, env: tuple[Node, Node], gone: list[tuple[Node, Node]]
) -> list[Edit]:
    if len(gone) == len(env[1].items):
        return list(yaml_edits.remove(file, job.node, env))
    return [edit for pair in gone for edit in yaml_edits.remove(file, env[1], pair)]


def _insert_steps(
    file: SourceFile,
    step: Step,
    target: str,
    region: str,
    aliases: list[tuple[str, str]],
    signed_in: bool,
    condition: str,
) -> Edit | None:
    """condition: the `if` of every step that reads the secrets, e.g. one that leaves out pull requests."""
    line = file.line_at(step.node.start)[0]
    dash = file.text.find("-", line, step.node.start)
    if dash < 0 or file.text[line:dash].strip():
        return None
    margin = file.text[line:dash]
    lines = []
    guard = [f"  if: {condition}"] if condition and "\n" not in condition and "env." not in condition else []
    if not signed_in:
        lines += [
            f"- uses: {_CREDENTIALS}@v4",
            *guard,
            "  with:",
            "    role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}",
            f"    aws-region: {region}",
        ]
    lines += [
        f"- uses: {_GET}@v2",
        *guard,
        "  with:",
        "    secret-ids: |",
        f"      ,{target}",
        "    parse-json-secrets: true",
    ]
    if aliases:
        lines += ["- run: |"]
        lines += [f'    echo "{alias}=${name}" >> "$GITHUB_ENV"' for alias, name in aliases]
    return edit(file, line, line, "".join(f"{margin}{text}\n" for text in lines))


def _permissions(file: SourceFile, workflow: Workflow, job: Job) -> tuple[Edit, ...]:
    """Grant `id-token: write` to the job only, and keep the scopes that the workflow grants."""
    effective = workflow.effective_permissions(job)
    if effective is not None and effective.id_token == "write":
        return ()
    if job.permissions is not None:
        return yaml_edits.grant(file, job.permissions, _missing(job.permissions.entry[1]))
    if workflow.permissions is None:
        return yaml_edits.add_permissions(file, job, _SCOPES)
    node = workflow.permissions.entry[1]
    if node.kind != "map":
        return yaml_edits.add_permissions(file, job, _SCOPES)
    kept = tuple((k.value, v.value) for k, v in node.items if k.value != "id-token")
    return yaml_edits.add_permissions(file, job, (*_missing(node), *kept))


def _missing(node: Node) -> tuple[tuple[str, str], ...]:
    return _SCOPES[:1] if node.get("contents") is not None else _SCOPES


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
