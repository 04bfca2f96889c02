"""Find the places where long-lived AWS keys enter workflows and actions.

A key enters where an expression reads `secrets` or `vars` into something named like an AWS key, where the
secret itself is named like one, or where a literal is one. Places that only pass on a key (`inputs` of a
composite action or a called workflow, `env.X`, a step's output) are not sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from palint.aws.assignments import SESSION_TOKEN, is_elsewhere, logical_line
from palint.aws.key_names import assigned, before, is_of_another_service, key_component, literals
from palint.aws.key_values import is_key
from palint.github import expressions
from palint.github.graph import Graph
from palint.github.workflows import Job, Step, Workflow
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_PROPERTIES = lazy_re.compile(r"(?:[!&]\S*\s+)+")  # a tag and an anchor before a value
_VARIABLE = lazy_re.compile(r"\$\{?(\w+)")
# Where an SSH key is used; here a secret named AWS_KEY is an SSH key.
_SSH = lazy_re.compile(r"ssh|scp|rsync|\.pem\b|id_rsa|private[-_ ]?key", re.I)
_AWS = lazy_re.compile(r"aws|amazon", re.I)
# An id next to a secret key, whose name does not mention AWS.
_NEUTRAL_ID = lazy_re.compile(r"(?:access[-_]?)?(?:key[-_]?)?id|access[-_]?key|key|username|user", re.I)
# Sources of keys that expire: STS, Vault's AWS engine, configure-aws-credentials; a session token.
_TEMPORARY_SOURCE = lazy_re.compile(
    r"configure-aws-credentials|assume[-_]role|get-session-token|\bsts\b|aws/(?:creds|sts)|session[-_]?token",
    re.I,
)


class KeyReference(NamedTuple):
    """A reference to one part of a key. start, end: the range to report.

    kind: "secret", "variable", "input", "output" of a step, or "literal". name: `secrets.X`, or the name that
    a literal is assigned to. part: "id" or "secret".
    """

    start: int
    end: int
    kind: str
    name: str
    part: str


class KeySource(NamedTuple):
    """A place where a key enters: one map (`env`, `with`, `secrets`) or one script.

    place: "env", "with", "secrets" or "run". references: the key's parts, in the text's order.
    uncertainty: why the key may be for another service; "" if it is for AWS.
    """

    file: SourceFile
    place: str
    references: tuple[KeyReference, ...]
    workflow: Workflow | None
    job: Job | None
    step: Step | None
    uncertainty: str = ""

    @property
    def configures_aws(self) -> bool:
        """Whether the step runs aws-actions/configure-aws-credentials."""
        used = self.step.uses if self.step else None
        return used is not None and used.repo.lower() == "aws-actions/configure-aws-credentials"


def find_key_sources(graph: Graph, path: str) -> Iterator[KeySource]:
    """Yield every place in a workflow or action where a long-lived AWS key enters."""
    workflow, action = graph.workflows.get(path), graph.actions.get(path.rpartition("/")[0])
    if workflow is not None:
        yield from _Search(graph, workflow.file, workflow).all()
    elif action is not None:
        yield from _Search(graph, action.file, None).steps(action.steps, None)


def find_key_sources_in_text(graph: Graph, file: SourceFile) -> Iterator[KeySource]:
    """Yield the same for a workflow template that does not parse; keys on nearby lines are one source."""
    whole = Node("scalar", 0, len(file.text))
    sources: list[list[KeyReference]] = []
    last = -4
    for reference in sorted(_Search(graph, file, None).references("", None, whole)):
        line = file.position(reference.start).line
        if line - last > 3:
            sources.append([])
        sources[-1].append(reference)
        last = line
    for references in sources:
        yield KeySource(file, "run", tuple(references), None, None, None)


class _Search:
    """The search through one file, in text order."""

    def __init__(self, graph: Graph, file: SourceFile, workflow: Workflow | None) -> None:
        self.graph, self.file, self.workflow = graph, file, workflow
        self.key_variables = _key_variables(file.text)
        self.ssh = False  # whether the current step uses an action that signs in with an SSH key
        self.typed_inputs = _typed_inputs(workflow) if workflow else frozenset()
        self.temporary = _given_with_token(workflow) if workflow else frozenset()
        self.seen: set[tuple[int, int]] = set()  # references in a map that aliases repeat
        self.job_steps: dict[str, Step] = {}  # by id, the first of each: those up to the current one
        self.map_text = ""  # of the current map

    def all(self) -> Iterator[KeySource]:
        assert self.workflow is not None
        yield from self.map(self.workflow.node.get("env"), "env", None, None)
        for job in self.workflow.jobs:
            if job.never_runs:
                continue
            for node in _environments(job.node):
                yield from self.map(node, "env", job, None)
                if node.kind == "scalar" and (references := tuple(self.references("", None, node))):
                    yield self.entry("run", references, job, None, node)
            yield from self.map(job.node.get("secrets"), "secrets", job, None)
            if job.uses is not None:
                yield from self.map(job.node.get("with"), "with", job, None)
            yield from self.steps(job.steps, job)

    def steps(self, steps: Iterable[Step], job: Job | None) -> Iterator[KeySource]:
        self.job_steps = {}
        for step in steps:
            self.job_steps.setdefault(step.node.text("id") or "", step)
            self.ssh = step.uses is not None and _SSH.search(step.uses.text) is not None
            yield from self.map(step.node.get("env"), "env", job, step)
            yield from self.map(step.node.get("with"), "with", job, step)
            if step.run is not None:
                references = tuple(self.references("", None, step.run))
                if references:
                    yield self.entry("run", references, job, step, step.run)

    def map(self, node: Node | None, place: str, job: Job | None, step: Step | None) -> Iterator[KeySource]:
        if node is None:
            return
        self.map_text = self.file.text[node.start : node.end]
        known = self.key_variables if place == "env" else self.inputs_used_as_keys(job, step) if step else ()
        references: list[KeyReference] = []
        passed_on = False
        inputs = _ecr_inputs(step) if place == "with" else {}
        for key, value in node.entries():
            if value.kind == "scalar" and not value.null:
                name = key.value.lower()
                passed_on = passed_on or name in known or name in inputs
                part = inputs.get(name) or key_component(key.value) or ("id" if name in known else "")
                references += self.references(part, key, value)
        references += self.neutral_ids(node, references)
        references = [each for each in references if (each.start, each.end) not in self.seen]
        self.seen.update((each.start, each.end) for each in references)
        if references:
            yield self.entry(place, tuple(references), job, step, node, passed_on)

    def neutral_ids(self, node: Node, references: list[KeyReference]) -> Iterator[KeyReference]:
        """Yield an id that only its place next to a secret key identifies."""
        if {each.part for each in references} != {"secret"} or any(
            each.kind != "secret" for each in references
        ):
            return
        taken = {each.start for each in references}
        for key, value in node.entries():
            if _NEUTRAL_ID.fullmatch(key.value) and key.start not in taken:
                yield from self.references("id", key, value)

    def entry(
        self,
        place: str,
        references: tuple[KeyReference, ...],
        job: Job | None,
        step: Step | None,
        node: Node,
        passed_on: bool = False,
    ) -> KeySource:
        """passed_on: whether the file uses this value as an AWS key elsewhere."""
        text = self.file.text[node.start : node.end]
        uncertainty = ""
        if is_elsewhere(text):
            uncertainty = "the endpoint next to it is not AWS's"
        elif not passed_on and all(r.kind != "literal" for r in references) and not _AWS.search(text):
            uncertainty = "nothing near it mentions AWS"
        return KeySource(self.file, place, references, self.workflow, job, step, uncertainty)

    def inputs_used_as_keys(self, job: Job | None, step: Step) -> frozenset[str]:
        """The inputs of a local action that the action uses as AWS keys, whatever their names."""
        if job is None:
            return frozenset()
        assert self.workflow is not None  # which has the job
        action = self.graph.action(self.workflow, job, step.uses)
        return frozenset(_read_as_keys(action.file.text, "inputs")) if action else frozenset()

    def references(self, part: str, key: Node | None, value: Node) -> Iterator[KeyReference]:
        """Yield the keys in one value. part: from the YAML key's name. key: None for a script."""
        source = value.alias or value
        text, end = self.file.text, source.end
        properties = _PROPERTIES.match(text, source.start, end)
        start = properties.end() if properties else source.start
        entry = key if key is not None and "\n" not in source.value.strip() else None
        for opening, close in expressions.expressions(text, start, end):
            prefix = before(text, start, opening - 3)
            if entry is None and (prefix.lstrip().startswith(("#", "//")) or "::add-mask::" in prefix):
                continue
            name = assigned(prefix)
            local = part if name is None and entry is not None else key_component(name or "")
            if not local and entry is None and name and name.lower() in self.key_variables:
                local = "id"
            if not local and entry is None:
                local = _command_component(text, opening, name)
            if not local and self.is_for_ssh(entry, prefix + text[close : close + 120].partition("\n")[0]):
                continue
            span = (opening - 3, close + 2) if entry is None else (entry.start, value.end)
            reads = expressions.reads_inside(text, opening, close)
            reference = next(filter(None, (self.read(read, local, span) for read in reads)), None)
            if reference:
                yield reference
        of_entry = (part, entry.value) if entry is not None else ("", "")
        yield from self.literals(*of_entry, value)

    def is_for_ssh(self, entry: Node | None, line: str) -> bool:
        """Whether a line, or an input's name, shows that the value is an SSH key."""
        if _SSH.search(line):
            return True
        return entry is not None and (self.ssh or _SSH.search(entry.value) is not None)

    def read(self, read: expressions.ContextAccess, local: str, span: tuple[int, int]) -> KeyReference | None:
        if read.compared:
            return None
        if read.context in ("secrets", "vars"):
            if is_of_another_service(read.name) or read.name.lower() in self.temporary:
                return None
            part = local or key_component(read.name)
            kind = "secret" if read.context == "secrets" else "variable"
            name = (
                f"{read.context}.{read.name}" if read.path and not read.name.endswith("*") else read.context
            )
            return KeyReference(*span, kind, name, part) if part else None
        if read.context in ("steps", "needs") and local:
            return self.output(read, local, span)
        if read.context == "github" and local and read.path[:2] == ("event", "client_payload"):
            return KeyReference(*span, "input", "github.event.client_payload", local)
        path = read.path if read.context == "inputs" else ()
        if read.context == "github" and read.path[:2] == ("event", "inputs"):
            path = read.path[2:]
        if path and local and path[0].lower() in self.typed_inputs:
            return KeyReference(*span, "input", f"inputs.{path[0]}", local)
        return None

    def output(
        self, read: expressions.ContextAccess, part: str, span: tuple[int, int]
    ) -> KeyReference | None:
        """A key in the output of a step or another job, unless that, or the map, has temporary keys."""
        jobs = self.workflow.jobs if self.workflow is not None else ()
        sources = self.job_steps if read.context == "steps" else {job.id: job for job in jobs}
        source = sources.get(read.path[0])
        if source is None or len(read.path) < 3:
            return None
        text = self.file.text[source.node.start : source.node.end]
        if _TEMPORARY_SOURCE.search(text) or _TEMPORARY_SOURCE.search(self.map_text):
            return None
        if "create-access-key" in text and "delete-access-key" in self.file.text:
            return None  # the workflow deletes the key that it creates
        return KeyReference(*span, "output", f"{read.context}.{read.path[0]}.outputs.{read.path[2]}", part)

    def literals(self, part: str, name: str, value: Node) -> Iterator[KeyReference]:
        text, start, end = self.file.text, value.start, value.end
        offset = text.find(value.value, start, end)
        if part and offset >= 0 and "$" not in value.value:
            if is_key(value.value):
                yield KeyReference(offset, offset + len(value.value), "literal", name, part)
            return
        for first, last, found, which in literals(text, start, end):
            yield KeyReference(first, last, "literal", found, which)


def _environments(job: Node) -> Iterator[Node]:
    """The `env:` of a job, of its container and of its services; also what else these are started with."""
    for holder in (job, job.get("container"), *(value for _, value in job.under("services"))):
        for name in ("env", "options", "credentials"):
            found = holder.get(name) if holder is not None else None
            if found is not None:
                yield found


def _key_variables(text: str) -> frozenset[str]:
    """The variables (lower case) that the file assigns to an AWS key's name: `env.X`, `$X`."""
    variables = _read_as_keys(text, "env")
    for match in _VARIABLE.finditer(text):
        name = assigned(before(text, 0, match.start()))
        if key_component(name or "") or _command_component(text, match.start(), name):
            variables.add(match[1].lower())
    return frozenset(variables)


def _read_as_keys(text: str, context: str) -> set[str]:
    names = set()
    for opening, close in expressions.expressions(text):
        if key_component(assigned(before(text, 0, opening - 3)) or ""):
            reads = expressions.reads_inside(text, opening, close)
            names |= {read.name.lower() for read in reads if read.context == context}
    return names


def _typed_inputs(workflow: Workflow) -> frozenset[str]:
    """The inputs that a user types to start the workflow and that no caller may pass."""
    typed, passed = (
        frozenset(key.value.lower() for key, _ in workflow.node.under("on", trigger, "inputs"))
        for trigger in ("workflow_dispatch", "workflow_call")
    )
    return typed - passed


def _given_with_token(workflow: Workflow) -> frozenset[str]:
    """The secrets (lower case) that a caller must pass together with a session token."""
    declared = {
        key.value.lower(): value for key, value in workflow.node.under("on", "workflow_call", "secrets")
    }
    required = (name for name, value in declared.items() if value.text("required") == "true")
    return frozenset(declared) if any(map(SESSION_TOKEN.search, required)) else frozenset()


# Commands and actions that take an AWS key under names without AWS in them: `--key`, `username`.
# (pattern of the whole line, flag or variable -> part of the key)
_COMMANDS = (
    # https://docs.aws.amazon.com/powershell/latest/reference/items/Set-AWSCredential.html
    (
        lazy_re.compile(r"\bSet-AWSCredentials?\b", re.I),
        {"accesskey": "id", "secretkey": "secret", "ak": "id"},
    ),
    # https://www.serverless.com/framework/docs/providers/aws/cli-reference/config-credentials
    (
        lazy_re.compile(r"\b(?:serverless|sls)\s+config\s+credentials\b"),
        {"key": "id", "k": "id", "secret": "secret", "s": "secret"},
    ),
    (
        lazy_re.compile(r"\b(?:terraform|tofu|terragrunt|packer)\b.*-(?:var|backend-config)\b|\bs3cmd\b"),
        {"access_key": "id", "secret_key": "secret"},
    ),
    # https://www.pulumi.com/registry/packages/aws/installation-configuration/
    (lazy_re.compile(r"\bpulumi\s+config\s+set\b.*\baws:"), {"accesskey": "id", "secretkey": "secret"}),
    (
        lazy_re.compile(r"\bdocker\s+login\b.*\.dkr\.ecr\."),
        {"u": "id", "username": "id", "p": "secret", "password": "secret"},
    ),
)
_CREDENTIALS_FILE = lazy_re.compile(r">[^|\n]{0,200}\.aws/(?:credentials|config)\b")
_ECR = lazy_re.compile(r"\.dkr\.ecr\.|\bpublic\.ecr\.aws|(?<![A-Za-z])ECR(?![A-Za-z])", re.I)


def _command_component(text: str, offset: int, name: str | None) -> str:
    """The part of a key that a command takes at an offset: "id", "secret", or "" for none.

    name: the flag or variable that the value is passed to.
    """
    flag = (name or "").lower()
    possible = [(pattern, parts[flag]) for pattern, parts in _COMMANDS if flag in parts]
    start, end = logical_line(text, offset)
    line = text[start:end].replace("\n", " ")
    for pattern, part in possible:
        if pattern.search(line):
            return part
    return "secret" if _CREDENTIALS_FILE.search(line) else ""


def _ecr_inputs(step: Step | None) -> Mapping[str, str]:
    """The inputs of docker/login-action that are an AWS key, if its registry is ECR.

    https://github.com/docker/login-action#aws-elastic-container-registry-ecr
    """
    used = step.uses if step is not None else None
    if step is None or used is None or used.repo.lower() != "docker/login-action":
        return {}
    registry = step.given("registry") or ""
    return {"username": "id", "password": "secret"} if _ECR.search(registry) else {}
