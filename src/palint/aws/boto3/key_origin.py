"""Where a key argument's value comes from: STS, a test, a local server, another vendor."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from palint.aws.boto3.arguments import Argument, dict_entries, possible_values
from palint.aws.given_values import DUMMY_NAME
from palint.aws.key_names import is_of_another_service
from palint.aws.key_values import is_aws_host, is_key, is_key_id
from palint.languages.python_scopes import Scope, literal
from palint.util import lazy_re

_ENDPOINTS = ("endpoint_url", "endpoint_override", "endpoint", "host")
_LOCAL_HOST = lazy_re.compile(
    r"^(?:\w+://)?(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+(?=[:/]|$))"
)
_MAX_NODES = 300  # of an expression and of the values assigned to its names

# Names for results of STS, a role's credentials, or those that botocore resolved.
_TEMPORARY = lazy_re.compile(
    r"(?i:assume[sd]?_?role|get_session_token|federation_token|frozen_cred|get_credentials|role_?credentials"
    r"|^sts_|_sts_|_sts$|temp(?:orary)?_?cred|artifactCredentials)"
    r"|^(?:Credentials|AccessKeyId|SecretAccessKey|SessionToken)$"
)
_PERMANENT = lazy_re.compile(r"create_access_key|^AccessKey$")  # IAM's response has an AccessKeyId, too
_SETTINGS = lazy_re.compile(r"env|settings|conf|param|option", re.IGNORECASE)

WordCache = dict[int, set[str]]  # {id of an expression: its words}, valid while a module is read


def is_reference(value: str) -> bool:
    """Whether a string names an environment variable, as litellm has it: `os.environ/AWS_ACCESS_KEY_ID`.

    https://docs.litellm.ai/docs/proxy/configs
    """
    return value.startswith("os.environ/")


def is_dummy(value: str, endpoint: str) -> bool:
    """Whether a literal is not a key; for a local server, whether it lacks AWS's key format."""
    return not is_key(value) or (endpoint == "local" and not is_key_id(value))


def has_dummy_name(node: ast.expr) -> bool:
    """Whether a name or attribute indicates a dummy value: `TEST_AWS_ACCESS_KEY_ID`."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return DUMMY_NAME.search(name) is not None


def is_temporary(node: ast.expr, scope: Scope, cache: WordCache) -> bool:
    """Whether a value comes from STS or from botocore's default chain, through at most two assignments."""
    words = _words(node, scope, cache)
    return any(map(_TEMPORARY.search, words)) and not any(map(_PERMANENT.search, words))


def is_passed_on(token: ast.expr, scope: Scope, cache: WordCache) -> bool:
    """Whether a session token comes with its keys from somewhere else than settings, which may lack it."""
    if any(isinstance(value, ast.Constant) for value in possible_values(token, scope)):
        return False
    words = _words(token, scope, cache)
    return any("token" in word.lower() for word in words) and not any(map(_SETTINGS.search, words))


def names_other_vendor(keys: Iterable[Argument], scope: Scope, cache: WordCache) -> bool:
    """Whether a name in one of the values belongs to another vendor or server."""
    return any(
        is_of_another_service(f"{word} aws") for key in keys for word in _words(key.value, scope, cache)
    )


def are_resolved(keys: list[Argument], tokens: list[Argument]) -> bool:
    """Whether all are attributes of botocore's credentials: `c.access_key`, `c.secret_key`, `c.token`."""
    attributes = [a.value.attr for a in keys if isinstance(a.value, ast.Attribute)]
    return (
        len(attributes) == len(keys)
        and {"access_key", "secret_key"}.issuperset(attributes)
        and any(isinstance(a.value, ast.Attribute) and a.value.attr == "token" for a in tokens)
    )


def _words(node: ast.expr, scope: Scope, cache: WordCache) -> set[str]:
    """The names, attributes and strings of an expression and of its names, up to two assignments back."""
    if id(node) in cache:
        return cache[id(node)]
    words = cache[id(node)] = set[str]()
    todo, count = [(node, 0)], 0
    while todo:
        node, steps = todo.pop()
        for part in ast.walk(node):
            count += 1
            if count > _MAX_NODES:
                return words
            if isinstance(part, ast.Name):
                words.add(part.id)
            elif isinstance(part, ast.Attribute):
                words.add(part.attr)
            elif (text := literal(part) if isinstance(part, ast.Constant) else None) is not None:
                words.add(text)
            if steps < 2 and isinstance(part, (ast.Name, ast.Attribute)):
                todo.extend((value, steps + 1) for value in scope.values(part))
    return words


def endpoint_kind(given: Iterable[Argument], scope: Scope) -> str:
    """The kind of a call's endpoint: "aws", "local", or "other" if it is or may be another vendor's."""
    for argument in given:
        if argument.name in ("client_kwargs", "storage_options"):
            entries = dict_entries(argument.value, scope)
            found = endpoint_kind([Argument(name, value, argument.node) for name, value in entries], scope)
            if found != "aws":
                return found
        if argument.name in _ENDPOINTS:
            kinds = {_host_kind(value) for value in possible_values(argument.value, scope)}
            if kinds - {"aws"}:
                return "other" if "other" in kinds else "local"
    return "aws"


def _host_kind(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return "aws"  # None: the default
    text = literal(node)
    if text is None and isinstance(node, ast.JoinedStr) and node.values:
        text = literal(node.values[-1])  # f"https://s3.{region}.amazonaws.com"
        text = text if text and is_aws_host(text) else None
    if text is None:
        return "other"
    if not text or is_aws_host(text):
        return "aws"
    return "local" if _LOCAL_HOST.match(text) else "other"
