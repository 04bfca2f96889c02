"""Workflows and actions as typed values, each keeping the nodes that it was read from.

The syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax and
https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax (action.yml)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.aws.key_names import key_component
from palint.files.sets import is_workflow
from palint.github import expressions
from palint.languages import yaml
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

Entry = tuple[Node, Node]  # a key and its value
_REMOTE = lazy_re.compile(r"(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+)(?P<path>/[^@]*)?@(?P<ref>.+)")


_JOB_KEYS = frozenset((
    "name", "permissions", "needs", "if", "runs-on", "snapshot", "environment", "concurrency", "outputs",
    "env", "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error", "container", "services",
    "uses", "with", "secrets", "cache-mode",
))  # fmt: skip
# The last five: https://github.blog/changelog/2026-06-25-actions-steps-can-now-be-run-in-parallel
_STEP_KEYS = frozenset((
    "id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env", "continue-on-error",
    "timeout-minutes", "background", "wait", "wait-all", "cancel", "parallel",
))  # fmt: skip


class Permissions(NamedTuple):
    """A `permissions:` key. level: "job" or "workflow". file: where it is."""

    entry: Entry
    level: str
    file: SourceFile

    @property
    def id_token(self) -> str:
        """The level of `id-token`: "write", "none", or "invalid" for permissions that GitHub rejects.

        Scopes that a map does not name are set to none.
        https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
        """
        value = self.entry[1]
        if value.kind == "scalar":
            return {"write-all": "write", "read-all": "none"}.get(value.value, "invalid")
        if value.kind == "seq":
            return "invalid"
        scope = value.get("id-token")
        if scope is None:
            return "none"
        return scope.value if scope.value in ("write", "none") else "invalid"


class Uses(NamedTuple):
    """The target of a `uses:`. kind: "local", "remote" or "docker". repo: `owner/name`. path: within it.

    text: as written. node: the value.
    """

    kind: str
    text: str
    node: Node
    repo: str = ""
    path: str = ""
    ref: str = ""


class Step(NamedTuple):
    """A step of a job or of a composite action. number: from 1."""

    file: SourceFile
    node: Node
    number: int
    uses: Uses | None
    run: Node | None

    @property
    def label(self) -> str:
        """A label for messages: the step's name, else the action that it uses, else its number."""
        action = self.uses.text.partition("@")[0].removesuffix("/").rpartition("/")[2] if self.uses else ""
        name = self.node.text("name") or action
        return f"`{name}`" if name and "\n" not in name else str(self.number)

    def given(self, name: str) -> str | None:
        """The text of an input under `with:`, whose name is case-insensitive; None if it is not given."""
        node = self.given_node(name)
        return None if node is None or node.null else node.value

    def given_node(self, name: str) -> Node | None:
        """The value of an input under `with:`."""
        return next((value for key, value in self.node.under("with") if key.value.lower() == name), None)


class Job(NamedTuple):
    """A job. key: its id under `jobs:`. permissions: its own, not the workflow's."""

    file: SourceFile
    key: Node
    node: Node
    permissions: Permissions | None
    uses: Uses | None
    steps: tuple[Step, ...]

    @property
    def id(self) -> str:
        """The key under `jobs:`."""
        return self.key.value

    @property
    def environment(self) -> str:
        """The deployment environment, `environment: NAME` or its `name`; "" for none."""
        node = self.node.get("environment")
        named = node.text("name") if node is not None and node.kind == "map" else None
        return named or self.node.text("environment") or ""

    @property
    def never_runs(self) -> bool:
        """Whether its `if:` is always false."""
        condition = self.node.text("if")
        return condition is not None and expressions.evaluate_condition(condition, {}) is False


class Workflow(NamedTuple):
    """A workflow file. base: the folder that holds its `.github`, "" or ending in `/`.

    triggers: the events under `on:`, each with its node.
    """

    file: SourceFile
    node: Node
    base: str
    triggers: Mapping[str, Node]
    permissions: Permissions | None
    jobs: tuple[Job, ...]

    @property
    def is_reusable(self) -> bool:
        """Whether other workflows may call this one."""
        return "workflow_call" in self.triggers

    @property
    def has_direct_trigger(self) -> bool:
        """Whether it has a trigger other than `workflow_call`."""
        return not self.is_reusable or len(self.triggers) > 1

    def effective_permissions(self, job: Job) -> Permissions | None:
        """The permissions that apply to a job: its own replace the workflow's; they are never merged."""
        return job.permissions or self.permissions


class Action(NamedTuple):
    """An action.yml. inputs: {lower-case name: default, "" if none}. steps: those of a composite action."""

    file: SourceFile
    node: Node
    inputs: Mapping[str, str]
    composite: bool
    steps: tuple[Step, ...]


def parse_workflow(file: SourceFile) -> Workflow | None:
    """The workflow in a file (`file.parsed_with(workflow)`); None if its top level is not a map.

    Raises ParseError.
    """
    root = _root(file)
    if root is None:
        return None
    return Workflow(
        file=file,
        node=root,
        base=file.path[: file.path.lower().rindex(".github/workflows/")],
        triggers=_triggers(root.get("on")),
        permissions=_permissions(file, root, "workflow"),
        jobs=tuple(_job(file, k, v) for k, v in root.under("jobs") if v.kind == "map"),
    )


def steps_by_job(file: SourceFile) -> list[tuple[tuple[Node, ...], tuple[Step, ...]]]:
    """(the nodes around, whose `env` the steps have; steps) of each job of a workflow, or of an action.

    Raises ParseError.
    """
    if is_workflow(file.path.lower()):
        workflow = file.parsed_with(parse_workflow)
        return [((workflow.node, job.node), job.steps) for job in workflow.jobs] if workflow else []
    action = file.parsed_with(parse_action)
    return [((), action.steps)] if action else []


def parse_action(file: SourceFile) -> Action | None:
    """The action in an action.yml (`file.parsed_with(action)`); None if its top level is not a map.

    Raises ParseError.
    """
    root = _root(file)
    if root is None:
        return None
    runs = root.get("runs")
    return Action(
        file=file,
        node=root,
        inputs={k.value.lower(): v.text("default") or "" for k, v in root.under("inputs")},
        composite=runs is not None and runs.text("using") == "composite",
        steps=_steps(file, runs.get("steps") if runs else None),
    )


def uses(node: Node | None) -> Uses | None:
    """The target of a `uses:` value; None if the value is not a string."""
    if node is None or node.kind != "scalar" or node.null:
        return None
    text = node.value.strip()
    if text.startswith("docker://"):
        return Uses("docker", text, node)
    if text.startswith(("./", "$/", ".\\")):  # the runner takes `.\\` on any system
        path = text.replace("\\", "/")[2:].removeprefix("./").strip("/")
        return Uses("local", text, node, path=path)
    match = _REMOTE.fullmatch(text)
    if not match:
        return Uses("remote", text, node)
    repo = f"{match['owner']}/{match['repo']}"
    return Uses("remote", text, node, repo, (match["path"] or "").strip("/"), match["ref"])


def _root(file: SourceFile) -> Node | None:
    documents = file.parsed_with(yaml.parse)
    return documents[0] if documents and documents[0].kind == "map" else None


def _triggers(node: Node | None) -> dict[str, Node]:
    if node is None:
        return {}
    if node.kind == "map":
        return {key.value: value for key, value in node.entries()}
    return {n.value: n for n in ([node] if node.kind == "scalar" else node.elements) if n.kind == "scalar"}


def _permissions(file: SourceFile, node: Node, level: str) -> Permissions | None:
    entry = node.entry("permissions")
    return Permissions(entry, level, file) if entry else None


def _job(file: SourceFile, key: Node, node: Node) -> Job:
    return Job(
        file=file,
        key=key,
        node=node,
        permissions=_permissions(file, node, "job"),
        uses=uses(node.get("uses")),
        steps=_steps(file, node.get("steps")),
    )


def _steps(file: SourceFile, node: Node | None) -> tuple[Step, ...]:
    if node is None:
        return ()
    return tuple(
        Step(file, step, number, uses(step.get("uses")), _script(step))
        for number, step in enumerate(_step_nodes(node), 1)
    )


def _step_nodes(node: Node) -> Iterator[Node]:
    """The steps in the order in which they start; those of a `parallel:` group follow the group."""
    for step in node.elements:
        if step.kind == "map":
            yield step
            group = step.get("parallel")
            if group is not None:
                yield from _step_nodes(group)


def _script(step: Node) -> Node | None:
    run = step.get("run")
    return run if run is not None and run.kind == "scalar" else None


def problems(workflow: Workflow) -> Iterator[tuple[int, str]]:
    """Yield (offset, message) for syntax in a workflow that palint does not know or GitHub rejects."""
    for node in workflow.node.walk() if "<<" in workflow.file.text else ():
        for key, _ in node.items:
            if key.value == "<<":
                yield key.start, "GitHub does not support merge keys (`<<`): the workflow is invalid"
    seen: set[str] = set()
    for job in workflow.jobs:
        known = [(job.node, _JOB_KEYS, "job"), *((step.node, _STEP_KEYS, "step") for step in job.steps)]
        for node, keys, kind in known:
            for key, _ in node.items:
                if key.value not in keys and key.value != "<<" and key.value not in seen:
                    seen.add(key.value)
                    yield key.start, f"unknown {kind} key `{key.value}`: what is below it is not checked"


# In a double-quoted scalar: a printable ASCII character as an escape, or a line end that cuts a word in two.
_ESCAPED_LETTER = lazy_re.compile(
    r"\\(?:\\|(?P<escape>x[2-7]|u00[2-7]|U000000[2-7])[0-9a-fA-F]|(?P<end>(?<=\w\\)\r?\n[ \t]*(?=\w)))"
)


def escaped_letters(source: Workflow | Action) -> Iterator[tuple[int, str]]:
    """Yield (line, escape) of what YAML reads differently than a search of the text for `${{ … }}` does."""
    text = source.file.text
    if not any(each["escape"] or each["end"] for each in _ESCAPED_LETTER.finditer(text)):
        return
    for node in source.node.walk():
        for scalar in (node, *(key for key, _ in node.items)):
            if scalar.kind == "scalar" and scalar.style == '"' and scalar.alias is None:
                for match in _ESCAPED_LETTER.finditer(text, *scalar.inside):
                    escape = f"`{match[0]}`" if match["escape"] else "`\\` at the end"
                    if match["escape"] or match["end"]:
                        yield source.file.position(match.start()).line, escape


# A line end or a quote in a word, which a shell takes out: `AWS_SECRET_\\` and `ACCESS_KEY=` on the next line
_IN_WORD = lazy_re.compile(r"(?<=[\w.])(?:\\\r?\n|[\"'](?=\w))(?=\w)|(?<=\w)[\"'](?=\w)")
_NAME = lazy_re.compile(r"\.?\w+")


def joined_names(source: Workflow | Action) -> Iterator[tuple[int, str]]:
    """Yield (line of the step, name) of AWS keys and .env files that only a shell reads in a script."""
    steps = (
        [step for job in source.jobs for step in job.steps] if isinstance(source, Workflow) else source.steps
    )
    for step in steps:
        script = step.run.value if step.run is not None else ""
        joined = _IN_WORD.sub("", script)
        if joined != script:
            for name in {*_NAME.findall(joined)} - {*_NAME.findall(script)}:
                if key_component(name) or name == ".env":
                    yield source.file.position(step.node.start).line, name
