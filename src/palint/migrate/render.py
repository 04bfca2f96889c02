"""Render a plan, and the checklist after it, as text: names and places, never values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from palint.migrate.migration_plan import MigrationPlan

_TOPICS = {
    "move": "Move by hand",
    "files": "Files that palint leaves alone",
    "decide": "Decide",
    "store": "Store what palint cannot read",
    "install": "Install",
    "check": "Check",
    "run": "Run tools with the secret",
    "rotate": "Rotate: anyone who could read the repository has these",
    "github": "GitHub",
}


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
    if plan.tasks:
        yield ""
        yield f"Left for you: {len(plan.tasks)} tasks, printed as a checklist after `--apply`"
        yield from (
            f"  {task.text}" for task in plan.tasks if task.topic in ("move", "files", "decide", "store")
        )


def checklist(plan: MigrationPlan, arns: Mapping[str, str], *, region: str, runner: str) -> Iterator[str]:
    """The remaining tasks for people, in Markdown.

    arns: of the stored secrets. runner: a command prefix that runs a program with the secret's keys in its
    environment."""
    yield "## What is left to do"
    yield ""
    for topic, title in _TOPICS.items():
        tasks = [task.text for task in plan.tasks if task.topic == topic]
        if tasks:
            yield f"### {title}"
            yield ""
            yield from (f"- [ ] {text}" for text in tasks)
            if topic == "run":
                first = plan.secrets[0].secret_id if plan.secrets else "SERVICE/ENVIRONMENT"
                yield ""
                yield "```bash"
                yield f"SECRET_ID={first} {runner} COMMAND"
                yield "```"
            yield ""
    if plan.secrets:
        yield "### Grant"
        yield ""
        yield "- [ ] give the role of the task, function or CI job this policy"
        yield ""
        yield "```json"
        names = [s.secret_id for s in plan.secrets]
        yield from policy(
            [
                arns.get(name) or f"arn:aws:secretsmanager:{region}:ACCOUNT_ID:secret:{name}-??????"
                for name in names
            ]
        ).splitlines()
        yield "```"
        yield ""
    if plan.removed:
        yield "### Copies"
        yield ""
        files = ", ".join(f"`{file.path}`" for file in plan.removed)
        yield f"- [ ] delete {files} in every other clone, on servers and in images"
        yield "- [ ] search the history for secrets (`palint history`), and rotate what it finds"
        yield ""


def policy(arns: list[str]) -> str:
    """The IAM policy that lets a role read these secrets and nothing else."""
    statement = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": sorted(arns)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2)
