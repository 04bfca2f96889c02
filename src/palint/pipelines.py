"""Pipelines of CI systems other than GitHub: AWS keys in them, and how each system signs in with OIDC."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.key_values import is_key
from palint.github.aws_key_names import assigned, before, key_component, literals
from palint.languages import yaml
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class CiProvider(NamedTuple):
    """A CI system. paths: the files that are its pipelines. oidc: what to write instead of a key."""

    name: str
    paths: re.Pattern[str]
    oidc: str


PROVIDERS = (
    CiProvider(  # https://docs.gitlab.com/ci/cloud_services/aws/
        "GitLab CI",
        lazy_re.compile(r"(?:^|/)[^/]*\.gitlab-ci\.ya?ml$|(?:^|/)\.gitlab/(?:.*/)?[^/]*\.ya?ml$"),
        "id_tokens:\n  AWS_TOKEN:\n    aud: https://gitlab.com\n"
        "variables:\n  AWS_ROLE_ARN: arn:aws:iam::<account>:role/<role>\n"
        "  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n"
        'before_script:\n  - echo "$AWS_TOKEN" > /tmp/aws-token',
    ),
    CiProvider(  # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
        "Bitbucket Pipelines",
        lazy_re.compile(r"(?:^|/)bitbucket-pipelines\.ya?ml$"),
        "- step:\n    oidc: true\n    script:\n"
        "      - export AWS_ROLE_ARN=arn:aws:iam::<account>:role/<role>\n"
        "      - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/aws-token\n"
        "      - echo $BITBUCKET_STEP_OIDC_TOKEN > aws-token",
    ),
    CiProvider(  # https://circleci.com/docs/openid-connect-tokens/
        "CircleCI",
        lazy_re.compile(r"(?:^|/)\.circleci/(?:.*/)?[^/]*\.ya?ml$"),
        "orbs:\n  aws-cli: circleci/aws-cli@5\nsteps:\n  - aws-cli/setup:\n"
        "      role_arn: arn:aws:iam::<account>:role/<role>",
    ),
    CiProvider(  # https://docs.aws.amazon.com/vsts/latest/userguide/awsshell.html
        "Azure Pipelines",
        lazy_re.compile(
            r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.(?:azure-pipelines|azuredevops)/.*\.ya?ml$"
        ),
        "- task: AWSShellScript@1\n  inputs:\n    awsCredentials: <service connection with Use OIDC>\n"
        "    regionName: eu-west-2",
    ),
)

# A variable of the CI system as a key: `$X`, `${X}`, `$(x.y)`, `<< parameters.x >>`.
_VARIABLE = lazy_re.compile(
    r"\$\{?([A-Za-z_]\w*)|\$\(([A-Za-z_][\w.-]*)\)|<<\s*(?:pipeline\.)?parameters\.(\w+)\s*>>"
)
_TEMPORARY = lazy_re.compile(r"assume-role|get-session-token|AWS_WEB_IDENTITY", re.I)


class Key(NamedTuple):
    """A part of a key. start, end: the range to report. name: its variable."""

    start: int
    end: int
    name: str
    literal: bool


PATH_LITERALS = (".gitlab", "bitbucket-pipelines", ".circleci", "azure-pipelines", "azuredevops")


def provider(path: str) -> CiProvider | None:
    """The CI system whose pipeline a path (any case) is."""
    lower = path.lower()
    return next((known for known in PROVIDERS if known.paths.search(lower)), None)


def is_pipeline(path: str) -> bool:
    """Whether a path (any case) is a pipeline of one of these systems."""
    return provider(path) is not None


def find_keys(file: SourceFile) -> Iterator[list[Key]]:
    """Yield the AWS keys in a pipeline, grouped by map or list of commands.

    Raises ParseError.
    """
    temporary = _TEMPORARY.search(file.text) is not None
    for document in file.parsed_with(yaml.parse):
        for node in document.walk():
            if node.alias is None and node.kind != "scalar":
                members = (
                    _in_map(file, node, temporary) if node.kind == "map" else _in_list(file, node, temporary)
                )
                found = list(members)
                if found:
                    yield found


def _in_map(file: SourceFile, node: Node, temporary: bool) -> Iterator[Key]:
    for key, value in node.items:
        if value.kind == "scalar" and value.alias is None:
            if value.style in ("|", ">"):
                yield from _in_script(file, value, temporary)
            else:
                yield from _in_entry(file, key, value, temporary)
        elif key_component(key.value) and value.kind == "map" and (inner := value.get("value")) is not None:
            yield from _in_entry(file, key, inner, temporary)  # GitLab: `NAME: {value: …, description: …}`


def _in_entry(file: SourceFile, key: Node, value: Node, temporary: bool) -> Iterator[Key]:
    text = value.value
    if not key_component(key.value) or value.null or not text:
        yield from _in_script(file, value, temporary)
        return
    variable = _VARIABLE.search(text)
    # CircleCI's orbs take the name of the variable that holds the key.
    if variable or (key_component(text) and text.isupper() and text.isidentifier()):
        name = next(filter(None, variable.groups()), text) if variable else text
        yield Key(key.start, value.end, name, literal=False)
    elif is_key(text):
        at = file.text.find(text, value.start, value.end)
        if at >= 0:
            yield Key(at, at + len(text), key.value, literal=True)


def _in_list(file: SourceFile, node: Node, temporary: bool) -> Iterator[Key]:
    for element in node.elements:
        if element.kind == "scalar" and element.alias is None:
            yield from _in_script(file, element, temporary)


def _in_script(file: SourceFile, node: Node, temporary: bool) -> Iterator[Key]:
    """Yield the keys that a command uses. temporary: whether the file calls STS, which may return them."""
    text, start, end = file.text, node.start, node.end
    for first, last, name, _ in literals(text, start, end):
        yield Key(first, last, name, literal=True)
    for found in _VARIABLE.finditer(text, start, end):
        prefix = before(text, start, found.start())
        name = next(filter(None, found.groups()))
        given = key_component(assigned(prefix) or "")
        if given and not prefix.lstrip(" -").startswith("#") and (key_component(name) or not temporary):
            yield Key(found.start(), found.end(), name, literal=False)
