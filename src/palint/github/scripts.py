"""Secrets in shell scripts of workflows: which variables hold one, and whether some lines read one.

A script is read as lines, not as a program: what a variable was given further up on the way counts, branches
and functions do not.
"""

from __future__ import annotations

import re

from palint.github import expressions
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re

_ASSIGN = lazy_re.compile(r"[ \t]*(?:(?:export|local|readonly|declare)[ \t]+)?(?P<name>\w+)=(?P<value>.*)")
_VARIABLE = lazy_re.compile(r"\$env:(\w+)|\$\{?(\w+)", re.I)
# Commands that print a secret from a store, and those that print or fill in the whole environment.
_FETCH = lazy_re.compile(
    r"\bsecretsmanager[ \t]+(?:batch-)?get-secret-value|\bssm[ \t]+get-parameter|\bdoppler[ \t]+secrets"
    r"|\bvault[ \t]+(?:kv[ \t]+get|read)|\bsecrets[ \t]+versions[ \t]+access|\bop[ \t]+(?:read|inject)"
    r"|\binfisical[ \t]+export|\bkeyvault[ \t]+secret[ \t]+show"
)
_DUMP = lazy_re.compile(r"(?:^|[|;&(][ \t]*)[ \t]*(?:printenv|env|envsubst)\b")


def secret_variables(file: SourceFile, *nodes: Node) -> set[str]:
    """The variables under `env:` of these nodes (a workflow, a job, a step) that read a secret."""
    found = set()
    for node in nodes:
        env = node.get("env")
        for key, value in env.entries() if env is not None and env.kind == "map" else ():
            if value.kind == "scalar" and holds_secret(file.text[value.start : value.end], set()):
                found.add(key.value)
    return found


def assigned(line: str, variables: set[str]) -> str | None:
    """The variable that a line gives a secret to, `variables` being those that hold one already."""
    found = _ASSIGN.match(line)
    return found["name"] if found and holds_secret(found["value"], variables) else None


def holds_secret(text: str, variables: set[str]) -> bool:
    """Whether some lines read a secret: by expression, by variable, from a store, or with all the rest."""
    if any(read.context == "secrets" and not read.compared for read in expressions.reads(text)):
        return True
    if _FETCH.search(text):
        return True
    if not variables:
        return False
    return not variables.isdisjoint(read_variables(text)) or _DUMP.search(text) is not None


def read_variables(text: str) -> set[str]:
    """The shell variables that some lines read, PowerShell's `$env:X` and GitHub's `env.X` among them."""
    found = {match[1] or match[2] for match in _VARIABLE.finditer(text)}
    return found | {read.name for read in expressions.reads(text) if read.context == "env"}
