"""Render a plan, and the checklist after it, as text: names and places, never values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping

from palint.migrate.accounting import spans
from palint.migrate.migration_plan import KeptFile, MigrationPlan, Task

_TOPICS = {
    "move": "Move by hand",
    "files": "Files that palint leaves alone",
    "decide": "Decide",
    "left out": "Not stored anywhere: look at these lines before their files are deleted",
    "store": "Store what palint cannot read",
    "install": "Install",
    "check": "Check",
    "deploy": "Where it runs",
    "run": "Run tools with the secret",
    "rotate": "Rotate: anyone who could read the repository has these",
    "github": "GitHub",
    "mention": "Remarks about files that go",
}


def _why_kept(file: KeptFile) -> str:
    if file.lines:
        return f"cannot be read: line{'s' if len(file.lines) > 1 else ''} {spans(file.lines)}"
    return f"still read by {', '.join(file.readers)}"


def plan_lines(plan: MigrationPlan) -> Iterator[str]:
    """The plan, grouped by secret."""
    for secret in plan.secrets:
        yield f"{secret.secret_id}"
        for key in secret.keys:
            source = key.sources[0]
            yield f"  {key.name:<32} from {source.path}:{source.line}"
    if plan.files:
        yield ""
        yield "Files to write"
        for file in plan.files:
            yield f"  {'new ' if file.old is None else ''}{file.path}"
            yield from (f"      {what}" for what in file.what)
    if plan.removed:
        yield ""
        yield "Files to delete, once what they hold is stored and read back"
        yield from (f"  {file.path}" for file in plan.removed)
    yield from kept_lines(plan)
    tasks = [*plan.tasks, *(Task("store", _unknown_task(*each)) for each in to_store(plan).items())]
    if tasks:
        yield ""
        yield f"Left for you: {len(tasks)} tasks, printed as a checklist after `--apply`"
        for topic, title in _TOPICS.items():
            texts = [task.text for task in tasks if task.topic == topic]
            yield from (f"  {title}",) if texts else ()
            yield from (f"    {text}" for text in texts)


def to_store(plan: MigrationPlan) -> dict[str, frozenset[str]]:
    """{secret id: keys} that the written files read and the plan does not store."""
    stored = {secret.secret_id: {key.name for key in secret.keys} for secret in plan.secrets}
    unknown = {secret_id: names - stored.get(secret_id, set()) for secret_id, names in plan.read.items()}
    return {secret_id: names for secret_id, names in unknown.items() if names}


def _unknown_task(secret_id: str, keys: Collection[str]) -> str:
    names = ", ".join(f"`{key}`" for key in sorted(keys))
    return f"{names} in `{secret_id}`, unless it is there: `--apply` looks, and prints the command"


def kept_lines(plan: MigrationPlan) -> Iterator[str]:
    """The dotenv files that stay, with the reason."""
    if plan.kept:
        yield ""
        yield "Files that stay for now"
        yield from (f"  {file.path}: {_why_kept(file)}" for file in plan.kept)


def checklist(
    plan: MigrationPlan,
    arns: Mapping[str, str],
    *,
    region: str,
    runner: str,
    missing: Mapping[str, Collection[str]] = {},
) -> Iterator[str]:
    """The remaining tasks for people, in Markdown.

    arns: of the secrets that exist. missing: {secret id: keys} that the written files read, of secrets that
    do not exist or have no such keys. runner: a command prefix that runs a program with the secret's keys in
    its environment."""
    yield "## What is left to do"
    yield ""
    for topic, title in _TOPICS.items():
        tasks = [task.text for task in plan.tasks if task.topic == topic]
        if topic == "store":
            tasks += [_store_task(*each, arns, region) for each in sorted(missing.items())]
        if tasks:
            yield from (f"### {title}", "", *(f"- [ ] {text}" for text in tasks))
            if topic == "run":
                first = plan.secrets[0].secret_id if plan.secrets else "SERVICE/ENVIRONMENT"
                yield from ("", "```bash", f"SECRET_ID={first} {runner} COMMAND", "```")
            yield ""
    if plan.read:
        unknown = f"arn:aws:secretsmanager:{region}:ACCOUNT_ID:secret:{{}}-??????"
        names = [arns.get(secret_id) or unknown.format(secret_id) for secret_id in plan.read]
        yield from ("### Grant", "", "- [ ] give the role of the task, function or CI job this policy", "")
        yield from ("```json", *policy(names).splitlines(), "```", "")
    if plan.removed:
        files = ", ".join(f"`{file.path}`" for file in plan.removed)
        yield from ("### Copies", "", f"- [ ] delete {files} in every other clone, on servers and in images")
        yield from ("- [ ] search the history for secrets (`palint history`), and rotate what it finds", "")


def _store_task(secret_id: str, keys: Collection[str], arns: Mapping[str, str], region: str) -> str:
    """The task to store keys that only a person has, with its command."""
    names = ", ".join(f"`{key}`" for key in sorted(keys))
    option = f"--region {region} --secret-string file:///dev/stdin"
    if secret_id in arns:
        return (
            f"add {names} to the JSON of `{secret_id}`: `aws secretsmanager get-secret-value --secret-id "
            f"{secret_id} --region {region} --query SecretString --output text` prints it, "
            f"`aws secretsmanager put-secret-value --secret-id {secret_id} {option}` stores it"
        )
    return (
        f"create `{secret_id}` with {names}, as one JSON object: "
        f"`aws secretsmanager create-secret --name {secret_id} {option}`"
    )


def policy(arns: list[str]) -> str:
    """The IAM policy that lets a role read these secrets and nothing else."""
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": sorted(arns)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
