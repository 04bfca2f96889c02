"""Rewrite workflows: jobs read secrets from Secrets Manager with an OIDC role instead of from GitHub."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from palint.changes.edits import apply, edit
from palint.findings import Edit
from palint.github import edits as yaml_edits
from palint.github import expressions, workflows
from palint.github.broad_grants import UNTRUSTED
from palint.github.workflows import Job, Step, Workflow
from palint.languages.yaml import Node
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util.named_tuple import NamedTuple

_CREDENTIALS = "aws-actions/configure-aws-credentials"
_GET = "aws-actions/aws-secretsmanager-get-secrets"
_SCOPES = ("id-token", "write"), ("contents", "read")


class _Read(NamedTuple):
    """`secrets.NAME` in an expression. start, end: its range. step: None outside of steps."""

    name: str
    start: int
    end: int
    step: Step | None


def rewrite(
    file: SourceFile, names: Collection[str], secret_id: Callable[[str], str], region: str
) -> Rewritten:
    """Rewrite a workflow. names: GitHub secrets to replace. secret_id: the secret for a job's `environment`.

    Raises ParseError.
    """
    workflow = file.parsed_with(workflows.parse_workflow)
    found: list[Edit] = []
    what: list[str] = []
    read: dict[str, tuple[str, ...]] = {}
    left: list[str] = []
    for job in workflow.jobs if workflow is not None else ():
        reads = [r for r in _reads(file, job) if r.name in names]
        if not reads or workflow is None:
            continue
        target = secret_id(job.environment)
        wanted = tuple(sorted({r.name for r in reads}))
        risky = next((event for event in UNTRUSTED if event in workflow.triggers), "")
        if risky:
            left.append(
                f"{file.path}: job `{job.id}` uses {_names(wanted)} and runs on `{risky}`, which a stranger "
                f"can trigger: decide whether it may read `{target}`"
            )
            continue
        edits = _job_edits(file, workflow, job, reads, target, region)
        if edits is None:
            left.append(
                f"{file.path}: job `{job.id}` uses {_names(wanted)} where no step can provide it (a called "
                f"workflow, a service or a condition): read `{target}` there by hand"
            )
            continue
        found += edits
        read[target] = tuple(sorted({*read.get(target, ()), *wanted}))
        what.append(f"job `{job.id}` reads {_names(wanted)} from `{target}`")
    return Rewritten(apply(file, found), tuple(what), tuple(left), read)


def _reads(file: SourceFile, job: Job) -> Iterator[_Read]:
    steps = {id(node): step for step in job.steps for node in step.node.walk()}
    for node in job.node.walk():
        if node.kind == "scalar" and node.alias is None:
            for access in expressions.reads(file.text, node.start, node.end):
                if access.context == "secrets" and not access.whole and not access.compared:
                    yield _Read(access.name, access.start, access.end, steps.get(id(node)))


def _job_edits(
    file: SourceFile, workflow: Workflow, job: Job, reads: list[_Read], target: str, region: str
) -> list[Edit] | None:
    """The edits of a job; None if a read is neither in a step nor in the job's own `env`."""
    in_steps = [r for r in reads if r.step is not None]
    env = job.node.get("env")
    pairs = [(k, v) for k, v in env.items] if env is not None and env.alias is None else []
    in_env: list[tuple[Node, Node, str]] = []
    for r in reads:
        if r.step is None:
            pair = next(((k, v) for k, v in pairs if v.start <= r.start and r.end <= v.end), None)
            whole = pair is not None and _is_only(pair[1].value, r.name)
            if pair is None or not whole:
                return None
            in_env.append((*pair, r.name))
    if not job.steps or (env is None and in_env):
        return None
    found = [edit(file, r.start, r.end, f"env.{r.name}") for r in in_steps]
    for key, value, _ in in_env:
        if env is not None and len(in_env) == len(env.items):
            entry = job.node.entry("env")
            found += (
                yaml_edits.remove(file, job.node, entry)
                if entry is not None and key is env.items[0][0]
                else ()
            )
        elif env is not None:
            found += yaml_edits.remove(file, env, (key, value))
    aliases = [(key.value, name) for key, _, name in in_env if key.value != name]
    first = job.steps[0] if in_env else min((r.step for r in in_steps if r.step), key=lambda s: s.number)
    before = [s for s in job.steps if s.number < first.number]
    checkout = [s for s in job.steps if s.uses is not None and s.uses.repo == "actions/checkout"]
    if in_env and checkout and checkout[0] is job.steps[0] and len(job.steps) > 1:
        first, before = job.steps[1], [job.steps[0]]
    signed_in = any(s.uses is not None and s.uses.repo == _CREDENTIALS for s in before)
    conditions = {node.value if (node := r.step.node.get("if")) else "" for r in in_steps if r.step}
    condition = conditions.pop() if len(conditions) == 1 and not in_env else ""
    inserted = _insert_steps(file, first, target, region, aliases, signed_in, condition)
    if inserted is None:
        return None
    return [*found, inserted, *_permissions(file, workflow, job)]


def _is_only(value: str, name: str) -> bool:
    return value.replace(" ", "") == f"${{{{secrets.{name}}}}}"


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
    kept = tuple((k.value, v.value) for k, v in node.items if k.value != "id-token" and v.kind == "scalar")
    return yaml_edits.add_permissions(file, job, (*_missing(node), *kept))


def _missing(node: Node) -> tuple[tuple[str, str], ...]:
    return _SCOPES[:1] if node.get("contents") is not None else _SCOPES


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
