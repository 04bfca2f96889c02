"""Find AWS keys from Jenkins' credentials, and commands, in a Jenkinsfile. Groovy is matched by pattern.

https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#handling-credentials
https://www.jenkins.io/doc/pipeline/steps/credentials-binding/
https://plugins.jenkins.io/pipeline-aws/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.key_names import key_component, literals
from palint.languages import unparsed
from palint.pipelines.ci_provider import CiProvider, PipelineKey
from palint.util import lazy_re

# Strings are matched, too, so that `//` in one (a URL) does not start a comment.
_STRING_OR_COMMENT = lazy_re.compile(
    r"\"\"\"(?s:.*?)(?:\"\"\"|\Z)|'''(?s:.*?)(?:'''|\Z)|\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?"
    r"|(?P<comment>//[^\n]*|/\*(?s:.*?)(?:\*/|\Z))"
)
_QUOTED = r"[\"']([^\"'\n]{1,120})[\"']"
# `AWS_ACCESS_KEY_ID = credentials('aws-id')` of an `environment` block.
_ENVIRONMENT = lazy_re.compile(rf"\b([A-Za-z_]\w*)\s*=\s*credentials\(\s*{_QUOTED}\s*\)")
_BINDINGS = lazy_re.compile(r"\bwithCredentials\s*\(")
_AWS_BINDING = lazy_re.compile(
    r"\bAmazonWebServicesCredentialsBinding\b|\baws\s*\((?=[^()]*\bcredentialsId\b)"
)
_VARIABLE = lazy_re.compile(rf"\b(?:usernameVariable|passwordVariable|variable)\s*:\s*{_QUOTED}")
_WITH_AWS = lazy_re.compile(r"\bwithAWS\s*\((?=[^()]*\bcredentials\s*:)[^()]*\)")
# https://www.jenkins.io/doc/book/pipeline/docker/#custom-registry, with the plugin amazon-ecr
_REGISTRY = lazy_re.compile(r"\bwithRegistry\s*\([^()]{0,200}[\"']ecr:[\w-]{1,30}:([\w-]{1,80})[\"']\s*\)")
_SHELL_STEP = lazy_re.compile(r"\b(?:sh|bat|pwsh|powershell)\b[\s(]*(?:script\s*:\s*)?\Z")
_CREDENTIAL = lazy_re.compile(rf"\bcredentials(?:Id)?\s*:\s*{_QUOTED}")
_MAX_CALL = 300  # code points of a call within which its credential is named
_BLOCK_GAP = 400  # code points within which two lines of one `environment` block follow each other
_MAX_BINDINGS = 2_000  # code points of one `withCredentials(…)`
_WORDS = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_NO_KEY = frozenset((
    "region", "account", "role", "arn", "bucket", "registry", "ecr", "url", "host", "cluster", "profile",
    "endpoint", "id", "ssh", "pem",
))  # fmt: skip


def find_keys(text: str) -> Iterator[list[PipelineKey]]:
    """Yield the AWS keys in a Jenkinsfile, grouped by block or call."""
    text = _STRING_OR_COMMENT.sub(
        lambda found: re.sub(r"[^\n]", " ", found[0]) if found["comment"] else found[0], text
    )
    yield from _in_environment(text)
    for opening in _BINDINGS.finditer(text):
        end = unparsed.closing(text, opening.end() - 1, opening.end() + _MAX_BINDINGS)
        found = [_key(match, text) for match in _AWS_BINDING.finditer(text, opening.end(), end)]
        for match in _VARIABLE.finditer(text, opening.end(), end):
            if key_component(match[1]):
                found.append(PipelineKey(*match.span(1), match[1], literal=False))
        if found:
            yield found
    for match in _WITH_AWS.finditer(text):
        yield [_key(match, text)]
    for match in _REGISTRY.finditer(text):
        yield [PipelineKey(*match.span(), match[1], literal=False)]
    hardcoded = [
        PipelineKey(start, end, name, literal=True) for start, end, name, _ in literals(text, 0, len(text))
    ]
    if hardcoded:
        yield hardcoded


def scripts(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the commands that `sh`, `bat`, `pwsh` and `powershell` steps run."""
    for found in _STRING_OR_COMMENT.finditer(text):
        if found["comment"] is None and _SHELL_STEP.search(text, max(0, found.start() - 60), found.start()):
            quotes = 3 if found[0][:3] in ('"""', "'''") else 1
            yield found.start() + quotes, found.end() - quotes


def _key(found: re.Match[str], text: str) -> PipelineKey:
    """A binding or a call, by the name of its credential."""
    named = _CREDENTIAL.search(text, found.start(), found.start() + _MAX_CALL)
    return PipelineKey(*found.span(), named[1] if named else "an AWS credential", literal=False)


def _in_environment(text: str) -> Iterator[list[PipelineKey]]:
    block: list[PipelineKey] = []
    for found in _ENVIRONMENT.finditer(text):
        if not (key_component(found[1]) or _is_aws_credential(found[1], found[2])):
            continue
        if block and (
            found.start() - block[-1].end > _BLOCK_GAP or "}" in text[block[-1].end : found.start()]
        ):
            yield block
            block = []
        block.append(PipelineKey(*found.span(), found[1], literal=False))
    if block:
        yield block


def _is_aws_credential(name: str, credential: str) -> bool:
    """Whether a name mentions AWS: `AWS = credentials('aws-key')` sets `AWS_USR` and `AWS_PSW`."""
    words = {word.lower() for word in _WORDS.findall(f"{name} {credential}")}
    return "aws" in words and not words & _NO_KEY


PROVIDER = CiProvider(  # https://plugins.jenkins.io/pipeline-aws/#plugin-content-withaws
    "Jenkins",
    # And shared libraries: https://www.jenkins.io/doc/book/pipeline/shared-libraries/#directory-structure
    paths=lazy_re.compile(r"(?:^|/)(?:[^/]*jenkinsfile[^/]*|vars/[^/]*\.groovy)$"),
    path_literals=("jenkinsfile", ".groovy"),
    oidc="withAWS(role: '<role>', roleAccount: '<account>', region: '<region>') {\n    …\n}\n"
    "// signed by the agent's own role, or by a token of the plugin oidc-provider",
    find_keys=find_keys,
)
