"""Find roles that a pipeline assumes without its CI system's OIDC token.

GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication/
Bitbucket: https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
CircleCI gives every job a token: https://circleci.com/docs/openid-connect-tokens/
Azure: https://learn.microsoft.com/azure/devops/pipelines/build/variables#systemaccesstoken
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from palint.languages import yaml
from palint.languages.yaml import Node
from palint.pipelines import CiProvider
from palint.pipelines import provider as ci_provider
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

# Commands and variables that pass a token to AWS. A line that starts with `#` is a comment in the script.
_WITH_TOKEN = lazy_re.compile(
    r"^(?![ \t]*#)[^\n]*\b(?:assume-role-with-web-identity|AWS_WEB_IDENTITY_TOKEN_FILE"
    r"|BITBUCKET_STEP_OIDC_TOKEN|SYSTEM_OIDCREQUESTURI|CI_JOB_JWT(?:_V[12])?)\b",
    re.M,
)
_WITH_KEYS = lazy_re.compile(r"^(?![ \t]*#)[^\n]*\bsts[ \t]+assume-role(?![\w-])", re.M)
_TOKEN_KEYS = frozenset(("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_OIDC_ROLE_ARN", "oidc-role"))
_OF_A_POD = "eks.amazonaws.com"  # the token of a runner in EKS, which needs no token from the CI system
_GLOBAL = frozenset((
    "default", "variables", "include", "stages", "workflow", "image", "services", "cache", "before_script",
    "after_script", "spec",
))  # fmt: skip
_AZURE_TOKEN = ("System.AccessToken", "addSpnToEnvironment")
_KEYS_WHY = (
    "`aws sts assume-role` is signed by credentials that the job has: a stored key, or its runner's role"
)


class MissingToken(NamedTuple):
    """A role that is assumed without a token. start, end: the range to report.

    certain: whether it cannot work. why: the evidence. fix_hint: what to write.
    """

    start: int
    end: int
    message: str
    certain: bool
    why: str
    fix_hint: str


class _Request(NamedTuple):
    """An assumption of a role. with_token: whether it passes a token, which must be requested somewhere."""

    start: int
    end: int
    with_token: bool


class _Unit(NamedTuple):
    """A job or a step. key: the place to report for its templates. end: its end.

    doubt: why it may have a token.
    """

    subject: str
    key: Node
    end: int
    requests: list[_Request]
    lacks: str
    doubt: str = ""


def find_missing_tokens(file: SourceFile) -> Iterator[MissingToken]:
    """Yield each role that a pipeline assumes without a token, once. Raises ParseError."""
    provider, text = ci_provider(file.path), file.text
    find = _UNITS.get(provider.name) if provider is not None else None
    if (
        provider is None
        or find is None
        or not (_WITH_TOKEN.search(text) or _WITH_KEYS.search(text) or "oidc" in text.lower())
    ):
        return
    seen: set[int] = set()
    for document in file.parsed_with(yaml.parse):
        for unit in find(document, text) if document.kind == "map" else ():
            for request in unit.requests[:1]:
                start, end = request.start, request.end
                if not unit.key.start <= start < unit.end:
                    start, end = unit.key.start, unit.key.end
                if start not in seen:
                    seen.add(start)
                    yield _missing(unit, request, start, end, provider)


def _missing(unit: _Unit, request: _Request, start: int, end: int, provider: CiProvider) -> MissingToken:
    lacks = unit.lacks if request.with_token else "without an OIDC token"
    why = unit.doubt if request.with_token else _KEYS_WHY
    steps = provider.oidc.replace("\n", "\n    ")
    hint = f"sign in with the token of {provider.name}:\n    {steps}"
    if request.with_token and "System.AccessToken" in lacks:
        hint = "pass the token to the step:\n    env:\n      SYSTEM_ACCESSTOKEN: $(System.AccessToken)"
    message = f"{unit.subject} assumes an AWS role {lacks}"
    return MissingToken(start, end, message, request.with_token and not unit.doubt, why, hint)


def _requests(node: Node, text: str) -> list[_Request]:
    """The role assumptions in a node, those with a token first."""
    found = []
    keys: set[int] = set()  # keys of maps, which are not commands
    for each in node.walk():
        if each.kind == "map":
            for key, value in each.items:
                keys.add(id(key))
                if key.value in _TOKEN_KEYS and not value.null and _OF_A_POD not in value.value:
                    found.append(_Request(key.start, value.end, True))
        elif each.kind == "scalar" and id(each) not in keys and _OF_A_POD not in each.value:
            for pattern, with_token in ((_WITH_TOKEN, True), (_WITH_KEYS, False)):
                match = pattern.search(each.value)
                if match is not None:
                    found.append(_Request(*_within(each, match, text), with_token))
    return sorted(found, key=lambda request: not request.with_token)


def _within(node: Node, match: re.Match[str], text: str) -> tuple[int, int]:
    """The range of a match in a scalar: of its last word, if the text contains that as is."""
    word = match[0].split()[-1]
    at = text.find(word, node.start, node.end)
    return (at, at + len(word)) if at >= 0 else (node.start, node.end)


def _gitlab(document: Node, text: str) -> Iterator[_Unit]:
    """The jobs without `id_tokens`, including their templates (`extends`, `!reference`); then the rest."""
    default = document.get("default")
    if default is not None and default.get("id_tokens") is not None:
        return
    jobs = [
        (key, value)
        for key, value in document.items
        if value.kind == "map" and key.value not in _GLOBAL and not key.value.startswith(".")
    ]
    any_token = False
    for key, job in jobs:
        chain, unknown = _templates(document, job)
        if any(each.get("id_tokens") is not None for each in chain):
            any_token = True
            continue
        requests = [request for each in chain for request in _requests(each, text)]
        doubt = f"`{unknown[:40]}`, which it extends, may set them" if unknown else ""
        subject = f"job `{key.value[:40]}`"
        yield _Unit(subject, key, job.end, requests, "without `id_tokens`", doubt)
    if not any_token:
        for name in ("variables", "before_script", "default"):
            node = document.get(name)
            if node is not None:
                requests = _requests(node, text)
                yield _Unit("this pipeline", node, node.end, requests, "without `id_tokens`")


def _templates(document: Node, job: Node) -> tuple[list[Node], str]:
    """(a job with the templates that it uses in this file, a name that is not in this file)."""
    chain, unknown, todo = [job], "", [job]
    while todo:
        for name in _named(todo.pop()):
            template = document.get(name)
            if template is None:
                unknown = unknown or name
            elif all(template is not each for each in chain):
                chain.append(template)
                todo.append(template)
    return chain, unknown


def _named(job: Node) -> Iterator[str]:
    extends = job.get("extends")
    if extends is not None:
        for each in extends.elements or [extends]:
            yield each.value
    for node in job.walk():
        if node.kind == "seq" and node.tag == "!reference" and node.elements:
            yield node.elements[0].value


def _bitbucket(document: Node, text: str) -> Iterator[_Unit]:
    """The steps without `oidc: true`. A template is skipped if a step that merges it sets `oidc: true`."""
    steps = [
        (key, value)
        for node in document.walk()
        for key, value in (node.items if node.kind == "map" else ())
        if key.value == "step" and value.kind == "map"
    ]
    with_token = [value for _, value in steps if value.text("oidc") == "true"]
    merged = {id(source) for value in with_token for source in _merged(value)}
    for key, step in steps:
        if step.text("oidc") == "true" or id(step) in merged or step.alias is not None:
            continue
        requests = [request for each in (step, *_merged(step)) for request in _requests(each, text)]
        name = step.text("name") or ""
        subject = f"step `{name[:40]}`" if name and "\n" not in name else "this step"
        yield _Unit(subject, key, step.end, requests, "without `oidc: true`")


def _merged(node: Node) -> Iterator[Node]:
    """The maps that merge keys insert."""
    for key, value in node.items:
        if key.value == "<<":
            for source in value.elements if value.kind == "seq" else (value,):
                yield source.alias or source


def _circleci(document: Node, text: str) -> Iterator[_Unit]:
    """The jobs and commands of a file that never uses the token available in each job."""
    if _WITH_TOKEN.search(text) or "CIRCLE_OIDC_TOKEN" in text or "role_arn" in text:
        return
    for group in ("jobs", "commands"):
        for key, value in (document.get(group) or Node("map", 0, 0)).items:
            if value.kind == "map":
                yield _Unit(f"job `{key.value[:40]}`", key, value.end, _requests(value, text), "")


def _azure(document: Node, text: str) -> Iterator[_Unit]:
    """The steps that request a token, or use one, without `System.AccessToken`."""
    in_file = any(word in text for word in _AZURE_TOKEN)
    for node in document.walk():
        if node.kind != "map" or not any(node.get(name) is not None for name in _AZURE_SCRIPTS):
            continue
        step = text[node.start : node.end]
        if any(word in step for word in _AZURE_TOKEN):
            continue
        asks = "SYSTEM_OIDCREQUESTURI" in step
        requests = [r for r in _requests(node, text) if asks or not in_file]
        doubt = "" if asks else "an earlier step may have set the token"
        yield _Unit("this step", node, node.end, requests, "without `System.AccessToken`", doubt)


_AZURE_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_UNITS: dict[str, Callable[[Node, str], Iterator[_Unit]]] = {
    "GitLab CI": _gitlab,
    "Bitbucket Pipelines": _bitbucket,
    "CircleCI": _circleci,
    "Azure Pipelines": _azure,
}
