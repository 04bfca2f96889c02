"""Secrets in shell scripts of workflows: find the variables that hold one, and lines that read one.

A script is read line by line, not as a program: an assignment applies to all lines below it, whatever branch
or function it is in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.github import expressions
from palint.github.workflows import Step
from palint.languages.yaml import Node
from palint.util import lazy_re

_ASSIGN = lazy_re.compile(r"[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?(?P<name>\w+)=(?P<value>.*)")
_VARIABLE = lazy_re.compile(r"\$env:(\w+)|\$\{?(\w+)", re.I)
# Commands that print a secret from a store, and those that print or substitute the whole environment.
_FETCH = lazy_re.compile(
    r"\bsecretsmanager[ \t]+(?:batch-)?get-secret-value|\bssm[ \t]+get-parameter|\bdoppler[ \t]+secrets"
    r"|\bvault[ \t]+(?:kv[ \t]+get|read)|\bsecrets[ \t]+versions[ \t]+access|\bop[ \t]+(?:read|inject)"
    r"|\binfisical[ \t]+export|\bkeyvault[ \t]+secret[ \t]+show"
)
_DUMP = lazy_re.compile(r"(?:^|[|;&(])[ \t]*(?:printenv|env|envsubst)\b")


def secret_variables(text: str, *nodes: Node) -> set[str]:
    """The variables under `env:` of these nodes (a workflow, a job, a step) that read a secret."""
    return {
        key.value
        for node in nodes
        for key, value in node.under("env")
        if holds_secret(text[value.start : value.end], set())
    }


_GET_SECRETS = "aws-actions/aws-secretsmanager-get-secrets"
_SECRET_ID = lazy_re.compile(r"(?m)^[ \t]*(?:(?P<alias>[\w-]+)[ \t]*,[ \t]*)?(?P<id>[^\s,*]+)\*?[ \t]*\r?$")
_TO_ENVIRONMENT = lazy_re.compile(
    r"(?P<name>\b[A-Za-z_]\w{0,100})=(?P<value>.{0,400}?)>>\s*[\"']?\$\{?GITHUB_ENV\b"
)


class LoadedSecrets:
    """The variables that a job's earlier steps filled from AWS Secrets Manager.

    aws-secretsmanager-get-secrets names a variable after the alias or the secret, in capitals, and after a
    key of its JSON: https://github.com/aws-actions/aws-secretsmanager-get-secrets#environment-variable-name
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._relevant = "secretsmanager" in text
        self._names: set[str] = set()
        self._prefixes: set[str] = set()

    def add(self, step: Step) -> None:
        """Add the variables that a step loads."""
        if not self._relevant:
            return
        if step.uses is not None and step.uses.text.startswith(_GET_SECRETS):
            for match in _SECRET_ID.finditer(step.given("secret-ids") or ""):
                name = match["alias"] or match["id"]
                self._prefixes.add(re.sub(r"[^A-Z0-9]", "_", name.upper()))
        if step.run is not None:
            for line in step.run.value.splitlines():
                given = _TO_ENVIRONMENT.search(line)
                if given is not None and holds_secret(given["value"], self._names):
                    self._names.add(given["name"])

    def read_by(self, step: Step) -> set[str]:
        """The loaded variables that a step's text reads."""
        if not (self._names or self._prefixes):
            return set()
        read = read_variables(self._text[step.node.start : step.node.end])
        exact = self._names | self._prefixes
        prefixes = tuple(f"{prefix}_" for prefix in self._prefixes)
        return {name for name in read if name in exact or (prefixes and name.startswith(prefixes))}


def unmasked_exports(text: str, step: Step) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of each variable that a step reads from a store and writes to `$GITHUB_ENV`.

    Later steps print it in the log: GitHub masks only its own secrets and values given to `::add-mask::`.
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log
    """
    if step.run is None or "GITHUB_ENV" not in step.run.value:
        return
    fetched: set[str] = set()
    offset = step.run.start
    for line in text[offset : step.run.end].splitlines(keepends=True):
        if "::add-mask::" in line:
            return
        given, exported = _ASSIGN.match(line), _TO_ENVIRONMENT.search(line)
        if given is not None and _FETCH.search(given["value"]):
            fetched.add(given["name"])
        if exported is not None:
            value = exported["value"]
            if _FETCH.search(value) or not fetched.isdisjoint(read_variables(value)):
                yield offset + exported.start(), offset + len(line.rstrip()), exported["name"]
        offset += len(line)


def assigned(line: str, variables: set[str]) -> str | None:
    """The variable to which a line assigns a secret. variables: those that already hold one."""
    match = _ASSIGN.match(line)
    return match["name"] if match and holds_secret(match["value"], variables) else None


def holds_secret(text: str, variables: set[str]) -> bool:
    """Whether lines read a secret: by expression, by variable, from a store, or with the environment."""
    if any(read.context == "secrets" and not read.compared for read in expressions.reads(text)):
        return True
    if _FETCH.search(text):
        return True
    if not variables:
        return False
    return not variables.isdisjoint(read_variables(text)) or _DUMP.search(text) is not None


def read_variables(text: str) -> set[str]:
    """The shell variables that lines read, including PowerShell's `$env:X` and GitHub's `env.X`."""
    found = {match[1] or match[2] for match in _VARIABLE.finditer(text)}
    return found | {read.name for read in expressions.reads(text) if read.context == "env"}
