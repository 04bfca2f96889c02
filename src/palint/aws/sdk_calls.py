"""Keys passed to an AWS SDK, and what a fix removes in JavaScript and TypeScript."""

from __future__ import annotations

import re
from itertools import dropwhile

from palint.languages import javascript, treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_CLIENT_NAME = lazy_re.compile(r"cred|aws|s3", re.I)
# `credentials: key ? {…} : undefined`, `credentials: () => ({…})`, `credentials: () => { return {…} }`
_WRAPPER_NODES = frozenset((
    "ternary_expression", "parenthesized_expression", "as_expression", "satisfies_expression",
    "arrow_function", "function_expression", "statement_block", "return_statement",
))  # fmt: skip
# Schemas, assertions and stores take such objects, too: only such calls belong to an SDK. `credentials: {`,
# `new S3Client(`
TAKES_KEYS = lazy_re.compile(
    r"(?i:cred\w*)\W.*$|\bnew .*(?:AWS|Aws|aws|S3|SES|SNS|SQS|Dynamo|Cognito|Lambda|CloudFront|CloudWatch"
    r"|Credential|Client\(|Polly|Rekognition|Textract|Bedrock|Signer|SignatureV4|KMS|SSM|SecretsManager)"
    r"|config\.update\($|aws4\.sign\($|create\w*(?:Client|Aws|AWS|Amazon|S3|Bedrock)\w*\("
)


class Keys(NamedTuple):
    """One place that passes keys to a client; offsets in code points.

    receiver: the name of the callee, "" for a bare object. values: possible values of the key id and the
    secret. session: possible values of the session token; empty without one.
    other_endpoint: whether the client's endpoint is not AWS's, or may not be. removal_ranges: [start, end) to
    remove so that the SDK uses its default chain. names: (name, offset) of id and secret in a text.
    """

    receiver: str
    start: int
    end: int
    values: list[Value]
    session: list[Value]
    other_endpoint: bool = False
    removal_ranges: tuple[tuple[int, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()


def in_javascript(tree: Tree, keys: Keys) -> Keys:
    """The keys as the tree has them: with every value, the client's call without them, and what to remove."""
    at = keys.names[-1][1]
    paths = (tree.path(at + 1)[depth:] for depth in range(3))
    path = next((path for path in paths if path and path[0].type in javascript.MEMBERS), [])
    found = javascript.members(tree, path[1]) if len(path) > 3 else {}
    if not {"accessKeyId", "secretAccessKey"} <= found.keys():
        return keys
    pair = [found["accessKeyId"], found["secretAccessKey"]]
    path = [*path[:2], *dropwhile(lambda node: node.type in _WRAPPER_NODES, path[2:])]
    token = [found["sessionToken"]] if "sessionToken" in found else []
    receiver, removed = _receiver(tree, path, pair + token)
    shown = removed if removed and removed == path[2:3] else pair
    return keys._replace(
        receiver=receiver or keys.receiver,
        start=min(node.start_byte for node in shown),
        end=max(node.end_byte for node in shown),
        values=[v for member in pair for v in javascript.values(tree, javascript.member_value(member))],
        removal_ranges=treesitter.removal_ranges(tree, removed),
    )


def _named(source: str) -> str:
    """The name of an expression in the source: of a chain of calls only the last."""
    name = _LAST_NAME.search(source[-80:])
    return name[0].lstrip(".")[-40:] if name else ""


_LAST_NAME = lazy_re.compile(r"(?<![\w.$:])[\w.$:]+\Z")


def _receiver(tree: Tree, path: list[Node], keys: list[Node]) -> tuple[str, list[Node]]:
    """(name of the callee that takes the object path[1], nodes to remove)"""
    bare: tuple[str, list[Node]] = ("", [])
    outer, call = path[2], path[3]
    if outer.type == "pair" and javascript.key(tree, outer) == "credentials":
        return "credentials", [outer]
    if outer.type == "arguments":
        callee = javascript.callee(tree, call)
        new = "new " if call.type == "new_expression" else ""
        if not TAKES_KEYS.search(f"{new}{callee}(") or _is_from_elsewhere(tree.text, callee):
            return bare
        # An empty `new AWS.Credentials({})` is wrong: remove the member that contains it, or nothing.
        holder = [n for n in path[4:5] if n.type == "pair" and javascript.key(tree, n) == "credentials"]
        return _named(callee), holder if callee.endswith("Credentials") else keys
    name = tree.source(outer).partition("=")[0].strip()
    if (outer.type == "assignment_expression" and name.endswith(".credentials")) or (
        outer.type == "variable_declarator" and _CLIENT_NAME.search(name)
    ):
        return _named(name), []
    return bare


def _is_from_elsewhere(text: str, callee: str) -> bool:
    """Whether a class is the file's own, or of another package than AWS's: it may need the keys."""
    name = re.escape(callee.partition(".")[0])
    imported = rf"\bimport\b[^;\"']{{0,400}}?\b{name}\b[^;\"']{{0,400}}[\"'](?!@?aws-sdk)"
    return re.search(rf"\bclass {name}\b|{imported}", text) is not None
