"""Find keys that JavaScript, TypeScript, Java and Go pass to an AWS SDK."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING

from palint.aws.key_values import is_aws_host
from palint.files import languages
from palint.languages import go, java, javascript, treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_STATIC_IN_JAVA = frozenset(["AwsBasicCredentials", "BasicAWSCredentials"])
_CLIENT_NAME = lazy_re.compile(r"cred|aws|s3", re.I)
# `credentials: key ? {…} : undefined`, `credentials: () => ({…})`, `credentials: () => { return {…} }`
_WRAPPER_NODES = frozenset(
    [
        "ternary_expression",
        "parenthesized_expression",
        "as_expression",
        "satisfies_expression",
        "arrow_function",
        "function_expression",
        "statement_block",
        "return_statement",
    ]
)
# Schemas, assertions and stores take such objects, too: only calls with these names belong to an SDK.
_TAKES_KEYS = lazy_re.compile(
    r"^new .*(AWS|Aws|aws|S3|SES|SNS|SQS|Dynamo|Cognito|Lambda|CloudFront|CloudWatch|Credential|Client$|Polly"
    r"|Rekognition|Textract|Bedrock|Signer|SignatureV4|KMS|SSM|SecretsManager)"
    r"|config\.update$|aws4\.sign$|create\w*(Client|Aws|AWS|Amazon|S3|Bedrock)"
)
_ENDPOINT = lazy_re.compile(r"\bendpoint\s*[:,}]")
# The names of members in responses of STS, the metadata service or a credential process.
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


_CHAIN = 12  # calls of a builder


class Keys(NamedTuple):
    """One place that passes keys to a client; offsets in code points.

    receiver: the name of the callee, "" for a bare object. values: possible values of the key id and the
    secret. session: possible values of the session token; empty without one. call: the user's own call
    without its keys; "" if it is not known. reaches_client: whether they are passed to a client; a bare
    object may be a mock.
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
    reaches_client: bool = True
    alone: bool = False
    other_endpoint: bool = False
    removal_ranges: tuple[tuple[int, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()


def find(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """The keys passed at a place. path: the nodes around it, innermost first."""
    language = languages.find(tree.file.path).id
    return {"java": _in_java, "go": _in_go}.get(language, _in_javascript)(tree, path)


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
    """`{accessKeyId, secretAccessKey}`; `path` starts at the member that contains the keyword."""
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
    path = [*path[:2], *dropwhile(lambda node: node.type in _WRAPPER_NODES, path[2:])]
    receiver, client, removed = _receiver(tree, path, pair + token)
    at = removed if removed and removed == path[2:3] else pair
    yield Keys(
        receiver,
        min(node.start_byte for node in at),
        max(node.end_byte for node in at),
        values,
        [v for member in token for v in javascript.values(tree, javascript.member_value(member))],
        _without_keys(tree, client, removed, path),
        client is not None,
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
    if len(path) < 4:
        return bare
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
            return _search(tree, _ENDPOINT) is not None
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


def _credentials_class(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`new AWS.Credentials(id, secret, token)`"""
    node = path[0]
    given = javascript.arguments(node)
    if javascript.callee(tree, node) not in ("AWS.Credentials", "Credentials") or len(given) < 2:
        return
    values = [v for argument in given[:2] for v in javascript.values(tree, argument)]
    session = javascript.values(tree, given[2]) if len(given) > 2 else []
    receiver = _named(javascript.callee(tree, node))
    yield Keys(receiver, node.start_byte, node.end_byte, values, session, alone=True)


# Java


def _in_java(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`AwsBasicCredentials.create(id, secret)`, `new BasicAWSCredentials(id, secret)`, and its builder."""
    for node in path[:4]:
        name = node.child_by_field_name("object") or node.child_by_field_name("type")
        if node.type not in ("method_invocation", "object_creation_expression") or name is None:
            continue
        given = java.arguments(node)
        if not given:
            given, node = _built(tree, path)
        if tree.source(name).rpartition(".")[2] in _STATIC_IN_JAVA and len(given) >= 2:
            values = [v for argument in given[:2] for v in java.values(tree, argument)]
            receiver = _named(tree.source(name))
            other = _search(tree, _OTHER_ENDPOINT["java"]) is not None
            method = next((n for n in path if n.type == "method_declaration"), node)
            # With session credentials in the same code, these are for keys without a token.
            session = [Value("environment", "", 0, 0)] if "SessionCredentials" in tree.source(method) else []
            span = node.start_byte, node.end_byte
            yield Keys(receiver, *span, values, session, alone=True, other_endpoint=other)
        return


def _built(tree: Tree, path: list[Node]) -> tuple[list[Node], Node]:
    """What `builder().accessKeyId(id).secretAccessKey(secret)` is given, and the call that gives the last."""
    given: list[Node] = []
    last = path[0]
    for node in path[:_CHAIN]:
        name = node.child_by_field_name("name") if node.type == "method_invocation" else None
        if name is not None and tree.source(name) in ("accessKeyId", "secretAccessKey"):
            given += java.arguments(node)
            last = node
    return given, last


def _search(tree: Tree, pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The first match of a pattern in a file's text, which is searched once."""
    known = tree.file.parsed_with(_searched)
    if pattern.pattern not in known:
        known[pattern.pattern] = pattern.search(tree.text)
    return known[pattern.pattern]


def _searched(file: SourceFile) -> dict[str, re.Match[str] | None]:
    """{pattern: its first match}, for `parsed_with`."""
    return {}


# Go


def _in_go(tree: Tree, path: list[Node]) -> Iterator[Keys]:
    """`credentials.NewStaticCredentials*(id, secret, token)`, `aws.Credentials{SecretAccessKey: …}`"""
    package = _search(tree, _GO_PACKAGE)
    if package is not None and "aws" not in package[1]:
        return  # another vendor's SDK
    other = _search(tree, _OTHER_ENDPOINT["go"]) is not None
    for node in path[:8]:
        if node.type == "call_expression":
            function = node.child_by_field_name("function")
            given = go.arguments(node)
            if function is None or "NewStaticCredentials" not in tree.source(function) or len(given) < 2:
                return
            values = [v for argument in given[:2] for v in go.values(tree, argument)]
            session = [v for argument in given[2:3] for v in go.values(tree, argument)]
            receiver = _named(tree.source(function))
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
            receiver = _named(tree.source(kind))
        else:
            continue
        span = node.start_byte, node.end_byte
        yield Keys(receiver, *span, values, session, alone=True, other_endpoint=other)
        return
