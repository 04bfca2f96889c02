"""Find keys that JavaScript and TypeScript pass to an AWS SDK, with what a fix removes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING

from palint.aws.key_values import is_aws_host, is_key
from palint.languages import javascript, treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_CLIENT_NAME = lazy_re.compile(r"cred|aws|s3", re.I)
# `credentials: key ? {…} : undefined`, `credentials: () => ({…})`, `credentials: () => { return {…} }`
_WRAPPER_NODES = frozenset((
    "ternary_expression", "parenthesized_expression", "as_expression", "satisfies_expression",
    "arrow_function", "function_expression", "statement_block", "return_statement",
))  # fmt: skip
# Schemas, assertions and stores take such objects, too: only calls with these names belong to an SDK.
_TAKES_KEYS = lazy_re.compile(
    r"^new .*(AWS|Aws|aws|S3|SES|SNS|SQS|Dynamo|Cognito|Lambda|CloudFront|CloudWatch|Credential|Client$|Polly"
    r"|Rekognition|Textract|Bedrock|Signer|SignatureV4|KMS|SSM|SecretsManager)"
    r"|config\.update$|aws4\.sign$|create\w*(Client|Aws|AWS|Amazon|S3|Bedrock)"
)
_ENDPOINT = lazy_re.compile(r"\bendpoint\s*[:,}]")
# The names of members in responses of STS, the metadata service or a credential process.
_RESPONSE = lazy_re.compile(r"\.AccessKeyId\b")


class Keys(NamedTuple):
    """One place that passes keys to a client; offsets in code points.

    receiver: the name of the callee, "" for a bare object. values: possible values of the key id and the
    secret. session: possible values of the session token; empty without one. call: the user's own call
    without its keys; "" if it is not known.
    alone: whether the receiver holds nothing but the keys, so that something else replaces it.
    other_endpoint: whether the client's endpoint is not AWS's, or may not be. removal_ranges: [start, end) to
    remove so that the SDK uses its default chain. names: (name, offset) of id and secret in a text.
    """

    receiver: str
    start: int
    end: int
    values: list[Value]
    session: list[Value]
    call: str = ""
    alone: bool = False
    other_endpoint: bool = False
    removal_ranges: tuple[tuple[int, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()


def find(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """The keys passed at a place. path: the nodes around it, innermost first."""
    for depth, node in enumerate(path[:4]):
        if node.type in javascript.MEMBERS:
            yield from _keys_object(tree, path[depth:])
            return
        if node.type == "assignment_expression":
            yield from _config_assignment(tree, node)
            return


def _keys_object(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`{accessKeyId, secretAccessKey}`; `path` starts at the member that contains the keyword."""
    if len(path) < 4 or not tree.once(path[1]):
        return
    found = javascript.members(tree, path[1])
    if not {"accessKeyId", "secretAccessKey"} <= found.keys():
        return
    pair = [found["accessKeyId"], found["secretAccessKey"]]
    token = [found["sessionToken"]] if "sessionToken" in found else []
    values = [v for member in pair for v in javascript.values(tree, javascript.member_value(member))]
    if any(v.kind == "other" and _RESPONSE.search(v.text) for v in values):
        return
    path = [*path[:2], *dropwhile(lambda node: node.type in _WRAPPER_NODES, path[2:])]
    receiver, client, removed = _receiver(tree, path, pair + token)
    if client is None and not any(value.kind == "text" and is_key(value.text) for value in values):
        return  # `key_pairs` judges an object that reaches no client
    at = removed if removed and removed == path[2:3] else pair
    yield Keys(
        receiver,
        min(node.start_byte for node in at),
        max(node.end_byte for node in at),
        values,
        [v for member in token for v in javascript.values(tree, javascript.member_value(member))],
        _without_keys(tree, client, removed, path),
        other_endpoint=_has_other_endpoint(tree, path[1:]),
        removal_ranges=treesitter.removal_ranges(tree, removed),
    )


def _named(source: str) -> str:
    """The name of an expression in the source: of a chain of calls only the last."""
    name = _LAST_NAME.search(source[-80:])
    return name[0].lstrip(".")[-40:] if name else ""


_LAST_NAME = lazy_re.compile(r"(?<![\w.$:])[\w.$:]+\Z")


def _receiver(tree: Tree, path: list[Node], keys: list[Node]) -> tuple[str, Node | None, list[Node]]:
    """(name of the callee that takes the object path[1], the client's settings or None, nodes to remove)"""
    bare: tuple[str, Node | None, list[Node]] = ("", None, [])
    outer, call = path[2], path[3]
    if outer.type == "pair" and javascript.key(tree, outer) == "credentials":
        return "credentials", call, [outer]
    if outer.type == "arguments" and call.type in ("call_expression", "new_expression"):
        callee = javascript.callee(tree, call)
        if not _TAKES_KEYS.search(f"new {callee}" if call.type == "new_expression" else callee):
            return bare
        # An empty `new AWS.Credentials({})` is wrong: remove the member that contains it, or nothing.
        holder = [n for n in path[4:5] if n.type == "pair" and javascript.key(tree, n) == "credentials"]
        return _named(callee), path[1], holder if callee.endswith("Credentials") else keys
    name = tree.source(outer).partition("=")[0].strip()
    if (outer.type == "assignment_expression" and name.endswith(".credentials")) or (
        outer.type == "variable_declarator" and _CLIENT_NAME.search(name)
    ):
        return _named(name), path[1], []
    return bare


_MAX_CALL = 200  # code points of a call that advice shows


def _without_keys(tree: Tree, client: Node | None, removed: list[Node], path: list[Node]) -> str:
    """The user's own call without its keys, on one line, as the edits leave it; "" if it is too long."""
    call = next((n for n in path[:6] if n.type in ("new_expression", "call_expression")), None)
    if call is None or client is None or not removed:
        return ""
    parts, at = [], call.start_byte
    for start, end in treesitter.removal_ranges(tree, removed):
        parts.append(tree.text[at:start])
        at = end
    source = " ".join("".join((*parts, tree.text[at : call.end_byte])).split())
    source = source.replace("{ }", "{}").replace(", })", " })")
    return source if len(source) <= _MAX_CALL and "//" not in source.replace("://", "") else ""


def _has_other_endpoint(tree: Tree, path: list[Node]) -> bool:
    """Whether a client's settings name an endpoint that is not AWS's, or may not be.

    path: from the keys' object outwards. If the keys are assigned to a name, any endpoint in the file counts.
    """
    for node in path:
        if node.type == "variable_declarator":
            return _ENDPOINT.search(tree.text) is not None
        if node.type == "arguments":
            return False
        endpoint = javascript.members(tree, node).get("endpoint") if node.type == "object" else None
        if endpoint is not None:
            values = javascript.values(tree, javascript.member_value(endpoint))
            return any(v.kind != "nothing" and not is_aws_host(v.text) for v in values)
    return False


def _config_assignment(tree: Tree, node: Node) -> Iterator[Keys]:
    """`AWS.config.secretAccessKey = …`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or not tree.source(left).endswith("config.secretAccessKey"):
        return
    values = javascript.values(tree, right)
    yield Keys(_named(tree.source(left)), node.start_byte, node.end_byte, values, [])
