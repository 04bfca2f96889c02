"""What the module of a CI system declares, and what these modules share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from palint.languages.yaml import Node


class PipelineKey(NamedTuple):
    """A part of a key. start, end: the range to report. name: its variable."""

    start: int
    end: int
    name: str
    literal: bool


class RoleRequest(NamedTuple):
    """A command or variable that assumes a role. with_token: whether it passes an OIDC token to AWS."""

    start: int
    end: int
    with_token: bool


class Job(NamedTuple):
    """A job or a step that gets no OIDC token. key: the place to report for its templates. end: its end.

    missing: what would give it one. doubt: why it may have one. recipe: what to write instead of
    `CiProvider.oidc`; "" for that.
    """

    subject: str
    key: Node
    end: int
    requests: list[RoleRequest]
    missing: str
    doubt: str = ""
    recipe: str = ""


def token_pattern(*names: str) -> re.Pattern[str]:
    """Commands and variables that pass a token to AWS. names: patterns of a system's own variables.

    A line that starts with `#` is a comment in the script.
    """
    every = "|".join(("assume-role-with-web-identity", "AWS_WEB_IDENTITY_TOKEN_FILE", *names))
    return lazy_re.compile(rf"^(?![ \t]*#)[^\n]*\b(?:{every})\b", re.M)


_NEAR = 400  # code points before a key that decide about its recipe


class CiProvider(NamedTuple):
    """A CI system.

    paths: the files that are its pipelines, in lower case. path_literals: one of them is in each such path.
    oidc: what to write instead of a key; "" for a system without OIDC. recipes: the same where a pattern
    matches the text up to the key.
    passes_token: `token_pattern`.
    find_keys: yields the AWS keys in a pipeline that is not YAML, grouped by block or call.
    jobs_without_token: yields the jobs of a YAML document that get no OIDC token from the system.
    """

    name: str
    paths: re.Pattern[str]
    path_literals: tuple[str, ...]
    oidc: str
    passes_token: re.Pattern[str] = token_pattern()
    find_keys: Callable[[str], Iterator[list[PipelineKey]]] | None = None
    jobs_without_token: Callable[[Node, str], Iterator[Job]] | None = None
    recipes: tuple[tuple[re.Pattern[str], str], ...] = ()

    def recipe(self, text: str, at: int) -> str:
        """What to write instead of a key at an offset of a pipeline."""
        near = text[max(0, at - _NEAR) : at]
        return next((recipe for pattern, recipe in self.recipes if pattern.search(near)), self.oidc)


ASSUMES_WITH_KEYS = lazy_re.compile(r"^(?![ \t]*#)[^\n]*\bsts[ \t]+assume-role(?![\w-])", re.M)
_TOKEN_KEYS = frozenset(("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_OIDC_ROLE_ARN", "oidc-role"))
_EKS_TOKEN_AUDIENCE = (
    "eks.amazonaws.com"  # the token of a runner in EKS, which needs no token from the CI system
)


def role_requests(node: Node, text: str, with_token: re.Pattern[str]) -> list[RoleRequest]:
    """The role assumptions in a node, those with a token first. with_token: `CiProvider.passes_token`."""
    found = []
    keys: set[int] = set()  # keys of maps, which are not commands
    for each in node.walk():
        for key, value in each.items:
            keys.add(id(key))
            if key.value in _TOKEN_KEYS and not value.null and _EKS_TOKEN_AUDIENCE not in value.value:
                found.append(RoleRequest(key.start, value.end, True))
        if each.kind == "scalar" and id(each) not in keys and _EKS_TOKEN_AUDIENCE not in each.value:
            for pattern, token in ((with_token, True), (ASSUMES_WITH_KEYS, False)):
                match = pattern.search(each.value)
                if match is not None:
                    found.append(RoleRequest(*_within(each, match, text), token))
    return sorted(found, key=lambda request: not request.with_token)


def _within(node: Node, match: re.Match[str], text: str) -> tuple[int, int]:
    """The range of a match in a scalar: of its last word, if the text contains that as is."""
    word = match[0].split()[-1]
    at = text.find(word, node.start, node.end)
    return (at, at + len(word)) if at >= 0 else (node.start, node.end)
