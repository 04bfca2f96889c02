"""Commands and actions that take an AWS key under names without AWS in them: `--key`, `username`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from palint.github.model import Step
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class KeyCommand(NamedTuple):
    """A command that takes a key. pattern: of its whole line. parts: flag or variable -> part of the key."""

    pattern: re.Pattern[str]
    parts: Mapping[str, str]


_COMMANDS = (
    # https://docs.aws.amazon.com/powershell/latest/reference/items/Set-AWSCredential.html
    KeyCommand(
        lazy_re.compile(r"\bSet-AWSCredentials?\b", re.I),
        {"accesskey": "id", "secretkey": "secret", "ak": "id"},
    ),
    # https://www.serverless.com/framework/docs/providers/aws/cli-reference/config-credentials
    KeyCommand(
        lazy_re.compile(r"\b(?:serverless|sls)\s+config\s+credentials\b"),
        {"key": "id", "k": "id", "secret": "secret", "s": "secret"},
    ),
    KeyCommand(
        lazy_re.compile(r"\b(?:terraform|tofu|terragrunt|packer)\b.*-(?:var|backend-config)\b"),
        {"access_key": "id", "secret_key": "secret"},
    ),
    KeyCommand(
        lazy_re.compile(r"\bdocker\s+login\b.*\.dkr\.ecr\."),
        {"u": "id", "username": "id", "p": "secret", "password": "secret"},
    ),
)
_CREDENTIALS_FILE = lazy_re.compile(r">[^|\n]{0,200}\.aws/(?:credentials|config)\b")
_ECR = lazy_re.compile(r"\.dkr\.ecr\.|\bpublic\.ecr\.aws|(?<![A-Za-z])ECR(?![A-Za-z])", re.I)
_CONTINUED = lazy_re.compile(r"[\\`][ \t]*\r?\n")
_MAX_LINE = 2_000  # code points of a command on both sides of an expression


def command_component(text: str, start: int, end: int, at: int, name: str | None) -> str:
    """The part of a key that a command takes at an offset: "id", "secret", or "" for none.

    text[start:end]: the script. name: the flag or variable that the value is passed to.
    """
    start, end = max(start, at - _MAX_LINE), min(end, at + _MAX_LINE)
    possible = [command for command in _COMMANDS if name and name.lower() in command.parts]
    if not possible and text.find(".aws/", at, end) < 0:
        return ""
    line = _logical_line(text, start, end, at)
    for command in possible:
        if name and command.pattern.search(line):
            return command.parts[name.lower()]
    return "secret" if _CREDENTIALS_FILE.search(line) else ""


def _logical_line(text: str, start: int, end: int, at: int) -> str:
    """The line of a script at an offset, with the lines joined to it by a backslash or backtick."""
    joined = _CONTINUED.sub(lambda found: " " * len(found[0]), text[start:end])
    first = joined.rfind("\n", 0, at - start) + 1
    last = joined.find("\n", at - start)
    return joined[first : last if last >= 0 else len(joined)]


def ecr_inputs(step: Step | None) -> Mapping[str, str]:
    """The inputs of docker/login-action that are an AWS key, if its registry is ECR.

    https://github.com/docker/login-action#aws-elastic-container-registry-ecr
    """
    if step is None or step.uses is None or step.uses.repo.lower() != "docker/login-action":
        return {}
    registry = step.given("registry") or ""
    return {"username": "id", "password": "secret"} if _ECR.search(registry) else {}
