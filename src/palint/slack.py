"""Messages that Python and JavaScript code sends to Slack, and the secrets in them.

Which methods send: https://docs.slack.dev/reference/methods (chat.*, files.*) and incoming webhooks. In code
a secret is recognised by its name only: a variable, attribute or environment variable called `password`,
`api_key` or similar. The result of a function that masks or hashes one (`mask(token)`) is not a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.languages import treesitter
from palint.languages.treesitter import LARGEST
from palint.secrets.names import describes_secret, is_secret_name
from palint.secrets.vocabulary import listed
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast

    from tree_sitter import Node

    from palint.languages.python import Module
    from palint.languages.python_scopes import Scope
    from palint.languages.treesitter import Tree

# A Slack URL that accepts messages, or a name for one. Signing in (`oauth.v2.access`) is not a message,
# although it sends a client secret.
URL = lazy_re.compile(
    r"hooks\.slack\.com|slack\.com/api/(?!oauth|openid|auth|apps)"
    r"|slack(?![\w.-]{0,40}(?:oauth|token))[\w.-]{0,40}(?:webhook|hook|url)|webhook[\w.-]{0,40}slack",
    re.I,
)
_METHOD = lazy_re.compile(
    r"chat[._]?(?:postMessage|post_message|postEphemeral|post_ephemeral|update|scheduleMessage|meMessage)$"
    r"|files[._]?upload(?:_v2|V2)?$",
    re.I,
)
_POST = lazy_re.compile(r"(?:^|\.)(?:post|fetch|request)$|^(?:fetch|got|axios)$")
_WEBHOOK = lazy_re.compile(
    r"(?:Incoming|slack)\w*Webhook\w*(?:\(\))?\.send|WebhookClient(?:\(\))?\.send(?:_dict)?$", re.I
)
# Lower-case words that a text with such a call contains, however the call is split over lines.
_SLACK_CALL_WORDS = (
    "postmessage", "post_message", "postephemeral", "post_ephemeral", "schedulemessage", "memessage",
    "webhook", "hooks.slack", "slack.com/api",
)  # fmt: skip
_SLACK_CALL_PATTERNS = tuple(
    map(
        lazy_re.compile,
        (r"slack[\w.-]{0,40}(?:hook|url)", r"chat[\W_]{0,40}update", r"files[\W_]{0,40}upload"),
    )
)
_CALLS = tuple(  # a pattern for each word: `re` finds the letters that a pattern starts with fast
    lazy_re.compile(rf"{word}\w{{0,60}}\s{{0,4}}\(")
    for word in ("post", "send", "fetch", "request", "upload", "update", "message", "ephemeral")
)


# Patterns for a lower-case JavaScript text with such a call: `re` finds the letters that one starts with.
_JAVASCRIPT_PATTERNS = tuple(
    map(
        lazy_re.compile,
        (
            r"chat[._]?(?:post_?message|post_?ephemeral|update|schedulemessage|memessage)",
            r"files[._]?upload",
            r"incoming\w{0,60}webhook",
            r"slack\w{0,60}webhook",
            r"webhookclient",
            r"hooks\.slack\.com",
            r"slack(?:\.com/api/|[\w.-]{0,40}(?:hook|url))",
            r"webhook[\w.-]{0,40}slack",
        ),
    )
)
# `post(…)`, `web.chat.postMessage?.(…)`, `got<Body>(…)`, in lower case
_JAVASCRIPT_CALL = lazy_re.compile(
    r"(?:\b(?:post|fetch|request|got|axios)|\.send(?:_dict)?|chat[._]?\w{6,20}|files[._]?upload\w{0,3})"
    r"\s{0,40}[(?<`/]"
)


def _precheck(text: str) -> bool:
    """Whether a Python text may contain a message to Slack: a cheap check that saves parsing other files."""
    text = text.lower()
    named = any(word in text for word in _SLACK_CALL_WORDS) or any(
        form.search(text) for form in _SLACK_CALL_PATTERNS
    )
    return named and any(form.search(text) for form in _CALLS)


def precheck_javascript(text: str) -> bool:
    """Whether JavaScript may contain a message to Slack; also true if it is too large to parse."""
    if len(text) > LARGEST:
        return True
    lower = text.lower()
    named = any(form.search(lower) for form in _JAVASCRIPT_PATTERNS)
    return named and _JAVASCRIPT_CALL.search(lower) is not None


_NO_MESSAGE = listed(
    """token channel channels user username icon_emoji icon_url headers auth url uri baseURL timeout thread_ts
    ts file filename verify proxies cert method client_id client_secret refresh_token"""
)
_URL_MEMBERS = ("url", "uri", "baseURL")  # of the object passed to `axios` and similar functions
# JavaScript nodes: a name, and a member access (`a.b`, `a["b"]`).
_NAMES = ("identifier", "shorthand_property_identifier")
_MEMBER_ACCESS = ("member_expression", "subscript_expression")
_MASKING_FUNCTION = lazy_re.compile(
    r"mask|redact|hide|hash|obfuscate|censor|len$|bool$|sha|digest|Boolean$", re.I
)


class SecretInMessage(NamedTuple):
    """A secret in a message, text[start:end]. name: its name in the code. callee: what sends it."""

    start: int
    end: int
    name: str
    callee: str


def python(file: SourceFile) -> Iterator[SecretInMessage]:
    """The secrets in a Python file's messages to Slack. Raises ParseError."""
    from palint.languages import python as py

    if not _precheck(file.text):
        return
    module = file.parsed_with(py.module)
    for call, scope in module.calls:
        callee = module.dotted(call.func, scope)[-200:]
        for argument in _python_message(module, call, scope, callee):
            for node, name in _python_secrets(module, argument, scope):
                yield SecretInMessage(*module.offsets(node), name, callee.rpartition(".")[2])
                break


def _python_message(module: Module, call: ast.Call, scope: Scope, callee: str) -> list[ast.expr]:
    """The arguments that a call sends to Slack; none if it sends nothing there."""
    named = [k.value for k in call.keywords if k.arg not in _NO_MESSAGE]
    if _METHOD.search(callee) or _WEBHOOK.search(callee):
        return [*call.args, *named]
    if _POST.search(callee):
        # `post(url, …)`, `request("POST", url, …)`, and both with `url=`
        urls = [*call.args[: 2 if callee.endswith("request") else 1]]
        urls += [k.value for k in call.keywords if k.arg == "url"]
        to_slack = [url for url in urls if _is_url(url, scope)]
        if to_slack:
            return [*(argument for argument in call.args if argument not in to_slack), *named]
    return []


def _is_url(node: ast.expr, scope: Scope) -> bool:
    """Whether an argument is a URL of Slack, or a name that is set to one."""
    import ast

    return any(URL.search(ast.unparse(value)[:2000]) for value in (node, *scope.values(node)))


def _python_secrets(module: Module, node: ast.expr, scope: Scope) -> Iterator[tuple[ast.AST, str]]:
    """The parts of an expression with names of secrets; names are resolved through one assignment."""
    import ast

    from palint.languages.python_scopes import literal

    todo: list[tuple[ast.AST, bool]] = [(node, True)]
    while todo:
        at, follow = todo.pop()
        called = module.dotted(at.func, scope) if isinstance(at, ast.Call) else ""
        if _MASKING_FUNCTION.search(called):
            continue
        name = _python_name(at, called)
        if is_secret_name(name):
            yield at, name
            continue
        if follow and isinstance(at, (ast.Name, ast.Attribute)):
            todo.extend((value, False) for value in scope.values(at))
        if isinstance(at, ast.Dict):
            pairs = zip(at.keys, at.values, strict=True)
            todo.extend((value, follow) for key, value in pairs if literal(key) not in _NO_MESSAGE)
        elif not isinstance(at, ast.Attribute):
            todo.extend((child, follow) for child in ast.iter_child_nodes(at))


def _python_name(node: ast.AST, called: str) -> str:
    """The name of a variable, an attribute, a key or a variable of the environment that is read; else ""."""
    import ast

    from palint.languages.python_scopes import literal

    if isinstance(node, (ast.Name, ast.Attribute)):
        return node.id if isinstance(node, ast.Name) else node.attr
    key = node.slice if isinstance(node, ast.Subscript) else None
    if isinstance(node, ast.Call) and called.endswith(("environ.get", "getenv")):
        key = next(iter(node.args), None)
    return literal(key) or ""


def javascript(file: SourceFile) -> Iterator[SecretInMessage]:
    """The secrets in a JavaScript or TypeScript file's messages to Slack. Raises ParseError."""
    from palint.languages import javascript as js

    if not precheck_javascript(file.text):
        return
    tree = file.parsed_with(js.parse)
    todo = [tree.root]
    while todo:
        node = todo.pop()
        if node.type == "call_expression":
            callee = js.callee(tree, node)[-200:]
            message = _javascript_message(tree, callee, treesitter.arguments(node))
            yield from _javascript_secrets(tree, message, callee.rpartition(".")[2])
        todo.extend(reversed(node.named_children))


def _javascript_message(tree: Tree, callee: str, arguments: list[Node]) -> list[Node]:
    """The arguments that a call sends to Slack; none if it sends nothing there."""
    from palint.languages import javascript as js

    if _METHOD.search(callee) or _WEBHOOK.search(callee):
        return arguments
    if not _POST.search(callee) or not arguments:
        return []
    first = _constant(tree, arguments[0])
    if first.type != "object":
        return arguments[1:] if _is_slack(tree, arguments[0]) else []
    members = js.members(tree, first)  # `axios({ url, data })`
    urls = [js.member_value(members[name]) for name in _URL_MEMBERS if name in members]
    return arguments if any(_is_slack(tree, url) for url in urls) else []


def _is_slack(tree: Tree, url: Node) -> bool:
    sources = (tree.source(node)[:500] for node in (url, _constant(tree, url)))
    return any(URL.search(source) for source in sources)


def _constant(tree: Tree, node: Node) -> Node:
    """The value of a name; the node itself if it is not a name or its value is unknown."""
    from palint.languages import javascript as js

    return (js.constant(tree, node) if node.type in _NAMES else None) or node


def _javascript_secrets(tree: Tree, nodes: list[Node], callee: str) -> Iterator[SecretInMessage]:
    from palint.languages import javascript as js

    todo = [(node, True) for node in reversed(nodes)]
    while todo:
        node, follow = todo.pop()
        if node.type in js.MEMBERS and js.key(tree, node) in _NO_MESSAGE:
            continue
        if node.type == "call_expression" and _MASKING_FUNCTION.search(js.callee(tree, node)[-100:]):
            continue
        name = _javascript_name(tree, node)
        if is_secret_name(name):
            yield SecretInMessage(node.start_byte, node.end_byte, name, callee)
            return
        if node.type in _MEMBER_ACCESS and describes_secret(name):
            continue  # `token.length`
        if follow and (value := _constant(tree, node)) != node:
            todo.append((value, False))
        todo.extend((child, follow) for child in reversed(node.named_children))


def _javascript_name(tree: Tree, node: Node) -> str:
    """The name of a variable or of an accessed member; "" for other expressions."""
    if node.type in _NAMES:
        return tree.source(node)
    if node.type not in _MEMBER_ACCESS:
        return ""
    read = node.child_by_field_name("property") or node.child_by_field_name("index")
    if read is None or read.type not in ("property_identifier", "private_property_identifier", "string"):
        return ""
    return tree.source(read).strip("'\"")
