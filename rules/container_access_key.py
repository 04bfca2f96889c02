from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from palint.aws.environment import NAME, TOKEN, is_static
from palint.findings import Finding
from palint.rule import DOCKERFILES, JSON, YAML, Clause, Example, Rule, is_workflow
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node
    from palint.tree.project import Project


class Variable(NamedTuple):
    """A variable that is set, in any of the languages. value: "" where it is only named, as `$NAME` passed
    on."""

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class ContainerAccessKey(Rule):
    """An AWS key in the environment of a container or its image.

    ## Why

    A key in an image is in everybody's hands who can pull it, `ARG` included: it stays in the history. A
    key in a container's environment is readable by every process and in every description of the container.
    Both are long-lived keys, which the standard does not know: the container has a role.

    ## Do this instead

    Dockerfile: no key. A build step that needs AWS mounts the signed-in user's files.

    ```dockerfile
    RUN --mount=type=secret,id=aws,target=/home/app/.aws/credentials aws s3 cp s3://bucket/model .
    ```

    Compose, devcontainer: pass who signs in (`aws sso login`), not a key.

    ```yaml
    services:
      api:
        environment: [AWS_PROFILE, AWS_REGION]
        volumes: ["~/.aws:/home/app/.aws:ro"]
    ```

    Kubernetes: a role for the service account (EKS Pod Identity, or IRSA).

    ```yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: api
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/api
    ```

    ## Settings

    None.

    ## Limits

    Dockerfiles: `ENV` with a value, literal or passed on, and `ARG` without one or with one. Compose files
    (a YAML with `services`) and devcontainer.json: a literal, or a variable of the host that is passed on
    without an `AWS_SESSION_TOKEN` beside it. Any other YAML or JSON (Kubernetes manifests, Helm values, ECS
    task definitions, CI files): a literal. Not flagged: clearing with `''`, `valueFrom`, doubles such as
    `test`, placeholders, AWS's example keys, and the key of another vendor's server (an `…ENDPOINT…` beside
    it that is not AWS's). Workflows are `workflow-access-key`'s, a `kind: Secret` is `kubernetes-secret`'s.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = DOCKERFILES | YAML | JSON
    keywords = ("aws_[a-z_]{0,20}access_key", "aws_secret_key")
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            "FROM python\nENV AWS_ACCESS_KEY_ID={aws_access_key_id} \\\n    AWS_SECRET_ACCESS_KEY=$SECRET\n",
            path="Dockerfile", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            "FROM python\nARG AWS_SECRET_ACCESS_KEY\n", path="Dockerfile", location="AWS_SECRET_ACCESS_KEY",
        ),
        Example(
            "FROM a\nENV AWS_ACCESS_KEY_ID {aws_access_key_id}\n", path="api.dockerfile", location="AWS_ACC",
        ),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: {aws_access_key_id}\n",
            path="compose.yaml", location="AWS_ACCESS_KEY_ID", note="a map",
        ),
        Example(
            'services:\n  api:\n    environment:\n      - "AWS_SECRET_ACCESS_KEY={aws_secret_access_key}"\n',
            path="docker-compose.yml", location="AWS_SECRET_ACCESS_KEY", note="a list",
        ),
        Example(
            "services:\n  api:\n    environment:\n      - AWS_ACCESS_KEY_ID\n      - AWS_SECRET_ACCESS_KEY\n",
            path="compose.yaml", location="AWS_ACCESS_KEY_ID", note="the host's, passed on",
        ),
        Example(
            "services:\n  api:\n    build:\n      args:\n"
            "        AWS_SECRET_ACCESS_KEY: ${AWS_SECRET_ACCESS_KEY}\n",
            path="compose.yaml", location="AWS_SECRET_ACCESS_KEY: $",
        ),
        Example(
            "kind: Deployment\nspec: {template: {spec: {containers: [{name: api, env: [\n"
            "  {name: AWS_ACCESS_KEY_ID, value: {aws_access_key_id}}]}]}}}\n",
            path="deployment.yaml", location="AWS_ACC",
        ),
        Example(
            "containers:\n  - env:\n{{- if .Values.s3 }}\n      - name: AWS_SECRET_ACCESS_KEY\n"
            '        value: "{aws_secret_access_key}"\n{{- end }}\n',
            path="chart/templates/deployment.yaml", location="AWS_SECRET_ACCESS_KEY", note="Helm, as text",
        ),
        Example(
            "env:\n  AWS_ACCESS_KEY_ID: {aws_access_key_id}\n", path="chart/values.yaml", location="AWS_ACC",
        ),
        Example(
            '{"containerEnv": {"AWS_ACCESS_KEY_ID": "${localEnv:AWS_ACCESS_KEY_ID}"}}\n',
            path=".devcontainer/devcontainer.json", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            '{"containerDefinitions": [{"environment": [\n'
            '  {"name": "AWS_ACCESS_KEY_ID", "value": "{aws_access_key_id}"}]}]}\n'
            '', path="task.json", location="AWS_ACC",
        ),
    )  # fmt: skip
    good = (
        Example("FROM a\nENV AWS_ACCESS_KEY_ID=''\nENV AWS_REGION=eu-west-2\n", path="Dockerfile"),
        Example("FROM a\n# ENV AWS_ACCESS_KEY_ID={aws_access_key_id}\n", path="Dockerfile"),
        Example("FROM a\nENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", path="Dockerfile"),
        Example("FROM a\nARG AWS_ACCESS_KEY_ID=testing\n", path="Dockerfile"),
        Example("services:\n  api:\n    environment: [AWS_PROFILE, AWS_REGION]\n", path="compose.yaml"),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: ''\n  b:\n"
            "    environment: [AWS_SECRET_ACCESS_KEY=]\n", path="compose.yaml",
        ),
        Example("services:\n  s3:\n    environment:\n      AWS_ACCESS_KEY_ID: test\n", path="compose.yaml"),
        Example(
            "services:\n  api:\n"
            "    environment: [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]\n",
            path="compose.yaml", note="who signed in",
        ),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: local-root-user-1\n"
            "      AWS_ENDPOINT_URL: http://minio:9000\n", path="compose.yaml",
        ),
        Example(
            "env:\n  - name: AWS_ACCESS_KEY_ID\n    valueFrom:\n      secretKeyRef: {name: s3, key: id}\n",
            path="deployment.yaml",
        ),
        Example(
            'env:\n  - name: AWS_ACCESS_KEY_ID\n    value: "{{ .Values.id }}"\n',
            path="templates/a.yaml",
        ),
        Example('{"containerEnv": {"AWS_PROFILE": "${localEnv:AWS_PROFILE}"}}\n', path="devcontainer.json"),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        path = file.path.lower()
        if is_workflow(path) or file.name.lower() in ("action.yml", "action.yaml"):
            return
        if DOCKERFILES.matches(path):
            blocks, what = _dockerfile(file), "dockerfile"
        elif path.endswith((".yml", ".yaml")):
            blocks, what = _yaml(file), "yaml"
        else:
            blocks, what = _json(file), "json"
        seen = set[int]()
        for block, passed_on in blocks:
            others = {variable.name: variable.value for variable in block}
            for variable in block:
                found = is_static(variable.name, variable.value or f"${variable.name}", others)
                wanted = NAME.fullmatch(variable.name) and not TOKEN.fullmatch(variable.name)
                if wanted and variable.start not in seen and (found == "literal" or (found and passed_on)):
                    seen.add(variable.start)
                    yield self._report(file, variable, found, what)

    def _report(self, file: SourceFile, variable: Variable, found: str, what: str) -> Finding:
        how = "set to a literal AWS key" if found == "literal" else "passed on: a static AWS key"
        return self.finding(
            file.span(variable.start, variable.end),
            f"`{variable.name[:60]}` is {how}",
            fix_hint=_HELP[what],
            values=[(variable.value_start, variable.value_end)] if found == "literal" else (),
        )


Blocks = Iterator[tuple[list[Variable], bool]]  # variables set in one place; does passing on count

_HELP = {
    "dockerfile": "Remove it: the container has a role. A build step that needs AWS mounts who signed in:\n"
    "    RUN --mount=type=secret,id=aws,target=/home/app/.aws/credentials …",
    "yaml": "Remove it: in AWS the task's or pod's role is used. On a laptop, pass who signed in:\n"
    '    environment: [AWS_PROFILE, AWS_REGION]\n    volumes: ["~/.aws:/home/app/.aws:ro"]',
    "json": "Remove it: in AWS the task's role is used; a devcontainer mounts ~/.aws and gets AWS_PROFILE",
}


def _dockerfile(file: SourceFile) -> Blocks:
    from palint.languages import dockerfile

    block = []
    for instruction in file.parsed_with(dockerfile.parse):
        if instruction.name in ("ENV", "ARG"):
            for pair in instruction.pairs():
                if pair.value or (pair.value is None and instruction.name == "ARG"):
                    places = (pair.start, pair.end, pair.value_start, pair.value_end)
                    block.append(Variable(pair.name, pair.value or "", *places))
    yield block, True


_ENVIRONMENTS = ("environment", "args", "build_args", "build-args")
_TEXT = lazy_re.compile(
    r"(?m)^[ \t]*(?:- )?name:[ \t]*[\"']?(?P<name>\w+)[\"']?[ \t]*\r?\n"
    r"[ \t]*value:[ \t]*[\"']?(?P<value>[^\s\"'#]+)"
    r"|^[ \t]*(?:- )?[\"']?(?P<key>\w+)(?:[ \t]*:[ \t]+|=)[\"']?(?P<text>[^\s\"'#]+)"
)


def _yaml(file: SourceFile) -> Blocks:
    from palint.languages import yaml

    try:
        documents = file.parsed_with(yaml.parse)
    except ParseError as error:
        file.add_notice(
            "parse-fallback", f"{error.message} (line {error.line}): searched as text for AWS keys"
        )
        yield [_from_text(match) for match in _TEXT.finditer(file.text)], False
        return
    for document in documents:
        if document.kind == "map" and document.text("kind") == "Secret":
            continue
        services = document.get("services") if document.kind == "map" else None
        compose = services is not None and services.kind == "map"
        for node in document.walk():
            if node.kind == "map":
                for key, value in node.items:
                    yield _block(value, file.text), compose and key.value in _ENVIRONMENTS
                yield _block(node, file.text), False
            elif node.kind == "seq":
                yield _block(node, file.text), False


def _from_text(match: re.Match[str]) -> Variable:
    name, value = ("name", "value") if match["name"] else ("key", "text")
    return Variable(match[name], match[value], match.start(name), match.end(), *match.span(value))


_PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")  # all others (`!Ref`, `!Sub`) make another value of it
_PROPERTIES = lazy_re.compile(r"(?:[!&]\S*\s+)+")  # a tag and an anchor


def _block(node: Node, text: str) -> list[Variable]:
    """The variables that a map, a list of `NAME=value`, or a list of `{name: …, value: …}` sets."""
    block = []
    for key, value in node.entries():
        if value.kind == "scalar" and value.tag in _PLAIN_TAGS and (value.value or value.null):
            block.append(Variable(key.value, value.value, key.start, value.end, *_inner(value, text)))
    for element in node.elements:
        if element.kind == "scalar":
            name, equals, held = element.value.partition("=")
            start, end = _inner(element, text)
            if equals and not held:
                continue  # cleared
            block.append(Variable(name, held, start, end, min(start + len(name) + 1, end), end))
        elif element.kind == "map":
            named, given = element.get("name"), element.get("value")
            if named is None or given is None or given.tag not in _PLAIN_TAGS:
                continue
            if named.kind == given.kind == "scalar":
                block.append(Variable(named.value, given.value, named.start, given.end, *_inner(given, text)))
    return block


def _inner(node: Node, text: str) -> tuple[int, int]:
    """A scalar's place in the text without its quotes, and without a tag and an anchor in front."""
    found = _PROPERTIES.match(text, node.start, node.end)
    start = found.end() if found else node.start
    return (start + 1, node.end - 1) if node.style in ("'", '"') else (start, node.end)


_JSON_NAME = lazy_re.compile(r'"(\w{0,60}(?:AWS_|ENDPOINT)\w{1,60})"', re.IGNORECASE)
# A member between `"name"` and `"value"`, as CodeBuild's `"type": "PLAINTEXT"`.
_JSON_MEMBER = r'"\w{1,60}"\s*:\s*(?:"(?:[^"\\\n]|\\.){0,200}"|[\w.+-]{1,60})\s*,\s*'
_JSON_TEXT = r'"((?:[^"\\\n]|\\.){0,500})"'
_JSON_VALUE = lazy_re.compile(
    rf'\s*(?::|,\s*(?:{_JSON_MEMBER}){{0,5}}?"value"\s*:)\s*{_JSON_TEXT}', re.IGNORECASE
)
_JSON_VALUE_BEFORE = lazy_re.compile(
    rf'"value"\s*:\s*{_JSON_TEXT}\s*,\s*(?:{_JSON_MEMBER}){{0,5}}?"name"\s*:\s*\Z', re.IGNORECASE
)
_JSON_COMMENT = lazy_re.compile(r"(?<![^\s,{}\[\]])//")  # that of `https://` and of `"//host"` is none
_LOCAL = lazy_re.compile(r"\$\{localEnv:(\w+)(?::([^}]*))?\}")  # with the default behind a second colon


def _json(file: SourceFile) -> Blocks:
    """Members `"NAME": "value"`, and `"name": "NAME"` with a `"value"` in front of it or behind."""
    text, block = file.text, []
    for name in _JSON_NAME.finditer(text):
        window = max(0, name.start() - 600)
        behind = _JSON_VALUE.match(text, name.end())
        match = behind or _JSON_VALUE_BEFORE.search(text[window : name.start()])
        if match is None or _JSON_COMMENT.search(
            text[max(window, file.line_at(name.start())[0]) : name.start()]
        ):
            continue
        start, end = match.span(1)
        if behind is None:
            start, end = start + window, end + window
        value = _LOCAL.sub(r"${\1:-\2}", match[1])
        block.append(Variable(name[1], value, *name.span(1), start, end))
    yield block, "devcontainer" in file.path.lower()
