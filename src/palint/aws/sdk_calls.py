"""Where JavaScript, TypeScript, Java and Go hand keys to an AWS SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING, NamedTuple

from palint.languages import go, java, javascript, treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value
from palint.util import lazy_re

if TYPE_CHECKING:
    from tree_sitter import Node

_STATIC_IN_JAVA = frozenset(["AwsBasicCredentials", "BasicAWSCredentials"])
_CLIENT_NAME = lazy_re.compile(r"cred|aws|s3", re.I)
# `credentials: key ? {…} : undefined`, `credentials: () => ({…})`
_BETWEEN = frozenset(
    [
        "ternary_expression",
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "arrow_function",
    ]
)
# Not every call that is given keys is an SDK's: schemas, assertions and stores take such objects too.
_TAKES_KEYS = lazy_re.compile(
    r"^new .*(AWS|Aws|aws|S3|SES|SNS|SQS|Dynamo|Cognito|Lambda|CloudFront|CloudWatch|Credential|Client$|Polly"
    r"|Rekognition|Textract|Bedrock|Signer|SignatureV4|KMS|SSM|SecretsManager)"
    r"|config\.update$|aws4\.sign$|create\w*(Client|Aws|AWS|Amazon|S3|Bedrock)"
)
_ENDPOINT = lazy_re.compile(r"\bendpoint\s*[:,}]")
# AWS's answers (STS, the metadata service, a credential process) name their members so.
_RESPONSE = lazy_re.compile(r"\.AccessKeyId\b")
_GO_PACKAGE = lazy_re.compile(r'"([^"\n]*)/credentials"')
_OTHER_ENDPOINT = {
    "java": lazy_re.compile(
        r"\b(endpointOverride|withEndpointConfiguration|EndpointConfiguration|setEndpoint)\b"
    ),
    "go": lazy_re.compile(
        r"\b(BaseEndpoint|Endpoint|WithEndpoint\w*|EndpointResolver\w*|WithBaseEndpoint)\b"
    ),
}


class Keys(NamedTuple):
    """One place that gives a client its keys; offsets in code points.

    what: as a message names it. values: what the key id and the secret may be. session: what the session
    token may be, nothing where none is given. client: whether it is seen to reach a client; a bare object may
    be a mock. elsewhere: the client has an endpoint that is not AWS's, or not visibly. cuts: [start, end) to
    remove so that the default chain is used. compliant: what to write instead, with the reader's names.
    """

    what: str
    start: int
    end: int
    values: list[Value]
    session: list[Value]
    compliant: str
    client: bool = True
    elsewhere: bool = False
    removal_ranges: tuple[tuple[int, int], ...] = ()


def find(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """The keys given at a place, whose `path` is the nodes round it, innermost first."""
    suffix = tree.file.path.lower().rpartition(".")[2]
    return {"java": _in_java, "go": _in_go}.get(suffix, _in_javascript)(tree, path)


# JavaScript and TypeScript


def _in_javascript(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    for depth, node in enumerate(path[:4]):
        if node.type in javascript.MEMBERS:
            yield from _keys_object(tree, path[depth:])
            return
        if node.type == "assignment_expression":
            yield from _config_assignment(tree, node)
            return
        if node.type == "new_expression":
            yield from _credentials_class(tree, path[depth:])
            return


def _keys_object(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`{accessKeyId, secretAccessKey}`; `path` begins at the member that the hit stands in."""
    if len(path) < 4 or path[1].type != "object" or not tree.once(path[1]):
        return
    found = javascript.members(tree, path[1])
    if not {"accessKeyId", "secretAccessKey"} <= found.keys():
        return
    pair = [found["accessKeyId"], found["secretAccessKey"]]
    token = [found["sessionToken"]] if "sessionToken" in found else []
    values = [v for member in pair for v in javascript.values(tree, javascript.member_value(member))]
    if any(v.kind == "other" and _RESPONSE.search(v.text) for v in values):
        return
    path = [*path[:2], *dropwhile(lambda node: node.type in _BETWEEN, path[2:])]
    what, client, drop = _receiver(tree, path, pair + token)
    at = drop if drop and drop == path[2:3] else pair
    yield Keys(
        what,
        min(node.start_byte for node in at),
        max(node.end_byte for node in at),
        values,
        [v for member in token for v in javascript.values(tree, javascript.member_value(member))],
        _without_keys(tree, client, path),
        client is not None,
        _has_other_endpoint(tree, path[1:]),
        treesitter.removal_ranges(tree, drop),
    )


def _named(source: str) -> str:
    """What the source calls something, for a message: of a chain of calls the last name alone."""
    name = _LAST_NAME.search(source[-80:])
    return f"`{name[0].lstrip('.')}`" if name else "This call"


_LAST_NAME = lazy_re.compile(r"[\w.$:]+\Z")


def _receiver(tree: Tree, path: list[Node], keys: list[Node]) -> tuple[str, Node | None, list[Node]]:
    """(what is given the object path[1], the client's settings or None for a bare object, what to remove)"""
    bare: tuple[str, Node | None, list[Node]] = ("This object", None, [])
    if len(path) < 4:
        return bare
    outer, call = path[2], path[3]
    if outer.type == "pair" and javascript.key(tree, outer) == "credentials":
        return "`credentials`", call, [outer]
    if outer.type == "arguments" and call.type in ("call_expression", "new_expression"):
        callee = javascript.callee(tree, call)
        if not _TAKES_KEYS.search(f"new {callee}" if call.type == "new_expression" else callee):
            return bare
        # An empty `new AWS.Credentials({})` would be worse than none: what holds it goes, or nothing.
        holder = [n for n in path[4:5] if n.type == "pair" and javascript.key(tree, n) == "credentials"]
        return _named(callee), path[1], holder if callee.endswith("Credentials") else keys
    name = tree.source(outer).partition("=")[0].strip()
    if (outer.type == "assignment_expression" and name.endswith(".credentials")) or (
        outer.type == "variable_declarator" and _CLIENT_NAME.search(name)
    ):
        return _named(name), path[1], []
    return bare


def _without_keys(tree: Tree, client: Node | None, path: list[Node]) -> str:
    """The reader's own call without its keys."""
    advice = (
        "Give the client no keys: the default chain finds the role of the Lambda, task, pod or SSO profile."
    )
    call = next((n for n in path[:6] if n.type in ("new_expression", "call_expression")), None)
    if call is None or client is None or client.type != "object":
        return advice
    kept = [
        tree.source(child)
        for child in client.named_children
        if child.type != "comment" and javascript.key(tree, child) not in _KEY_MEMBERS
    ]
    if any("\n" in part or len(part) > 60 for part in kept):
        return advice
    inside = f"{{ {', '.join(kept)} }}" if kept else "{}"
    new = "new " if call.type == "new_expression" else ""
    return f"{advice}\n    {new}{javascript.callee(tree, call)}({inside})"


_KEY_MEMBERS = ("credentials", "accessKeyId", "secretAccessKey", "sessionToken")


def _has_other_endpoint(tree: Tree, path: list[Node]) -> bool:
    """Whether a client's settings name an endpoint that is not AWS's, or not visibly.

    path: from the keys' object outwards. Where a name holds the keys, any endpoint in the file counts.
    """
    for node in path:
        if node.type == "variable_declarator":
            return _ENDPOINT.search(tree.text) is not None
        if node.type == "arguments":
            return False
        endpoint = javascript.members(tree, node).get("endpoint") if node.type == "object" else None
        if endpoint is not None:
            values = javascript.values(tree, javascript.member_value(endpoint))
            return any(v.kind != "nothing" and ".amazonaws.com" not in v.text for v in values)
    return False


def _config_assignment(tree: Tree, node: Node) -> Iterator[Keys]:
    """`AWS.config.secretAccessKey = …`"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or not tree.source(left).endswith("config.secretAccessKey"):
        return
    what = _named(tree.source(left))
    values = javascript.values(tree, right)
    compliant = "Remove the assignment: the default chain finds a role by itself."
    yield Keys(what, node.start_byte, node.end_byte, values, [], compliant)


def _credentials_class(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`new AWS.Credentials(id, secret, token)`"""
    node = path[0]
    given = javascript.arguments(node)
    if javascript.callee(tree, node) not in ("AWS.Credentials", "Credentials") or len(given) < 2:
        return
    values = [v for argument in given[:2] for v in javascript.values(tree, argument)]
    session = javascript.values(tree, given[2]) if len(given) > 2 else []
    what = _named(javascript.callee(tree, node))
    compliant = "Remove it: a client without `credentials` uses the default chain."
    yield Keys(what, node.start_byte, node.end_byte, values, session, compliant)


# Java


def _in_java(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`AwsBasicCredentials.create(id, secret)`, `new BasicAWSCredentials(id, secret)`"""
    for node in path[:4]:
        name = node.child_by_field_name("object") or node.child_by_field_name("type")
        if node.type not in ("method_invocation", "object_creation_expression") or name is None:
            continue
        given = java.arguments(node)
        if tree.source(name).rpartition(".")[2] in _STATIC_IN_JAVA and len(given) >= 2:
            values = [v for argument in given[:2] for v in java.values(tree, argument)]
            what = _named(tree.source(name))
            compliant = "Use `DefaultCredentialsProvider.create()`, or give the builder no provider at all."
            elsewhere = _OTHER_ENDPOINT["java"].search(tree.text) is not None
            method = next((n for n in path if n.type == "method_declaration"), node)
            # Beside session credentials these are what is left for keys without a token.
            session = [Value("environment", "", 0, 0)] if "SessionCredentials" in tree.source(method) else []
            yield Keys(what, node.start_byte, node.end_byte, values, session, compliant, elsewhere=elsewhere)
        return


# Go


def _in_go(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`credentials.NewStaticCredentials*(id, secret, token)`, `aws.Credentials{SecretAccessKey: …}`"""
    package = _GO_PACKAGE.search(tree.text)
    if package is not None and "aws" not in package[1]:
        return  # another vendor's SDK
    elsewhere = _OTHER_ENDPOINT["go"].search(tree.text) is not None
    compliant = (
        "Load the default chain: `cfg, err := config.LoadDefaultConfig(ctx)` (v1: `session.NewSession()`)."
    )
    for node in path[:8]:
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            given = go.arguments(node)
            if function is None or "NewStaticCredentials" not in tree.source(function) or len(given) < 2:
                return
            values = [v for argument in given[:2] for v in go.values(tree, argument)]
            session = [v for argument in given[2:3] for v in go.values(tree, argument)]
            what = _named(tree.source(function))
        elif node.type == "composite_literal":
            fields = go.fields(tree, node)
            kind = node.child_by_field_name("type")
            if kind is None or not re.fullmatch(
                r"(\w+\.)?Credentials|(credentials\.)?Value", tree.source(kind)
            ):
                return
            if not {"AccessKeyID", "SecretAccessKey"} <= fields.keys():
                return
            values = [v for name in ("AccessKeyID", "SecretAccessKey") for v in go.values(tree, fields[name])]
            session = go.values(tree, fields["SessionToken"]) if "SessionToken" in fields else []
            what = _named(tree.source(kind))
        else:
            continue
        yield Keys(what, node.start_byte, node.end_byte, values, session, compliant, elsewhere=elsewhere)
        return
