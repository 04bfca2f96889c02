"""AWS key arguments in Python: which calls take one, what is given, and whether it is a static key."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from palint.aws.key_values import is_dummy_key, is_example_key, is_placeholder
from palint.languages.python import Module, Scope, dict_items, literal
from palint.util import lazy_re

AWS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
_SHORT = ("key", "secret", "token")
_PLAIN = ("access_key", "secret_key", "session_token")

_SIGNER = ("access_id", "secret_key", "session_token")

# The clients of boto3 and botocore: service_name, region_name, api_version, use_ssl, verify, endpoint_url,
# keys.
_CLIENT = (None, None, None, None, None, "endpoint_url", *AWS)


class KeyParameterSpec(NamedTuple):
    """A callable that takes AWS keys: its dotted name, its parameters by position, its key parameters by
    keyword, and whether it can do without them."""

    name: re.Pattern[str]
    positions: tuple[str | None, ...]
    keywords: tuple[str, ...]
    optional: bool = True


def _taker(
    name: str, positions: tuple[str | None, ...], keywords: tuple[str, ...] = AWS, optional: bool = True
) -> KeyParameterSpec:
    return KeyParameterSpec(lazy_re.compile(name), positions, keywords, optional)


# The first that matches counts. Parameters: the libraries' own reference documentation.
SIGNATURES = (
    _taker(r"(?:aio)?boto3\.(?:session\.)?Session|aioboto3\.session\.Session", AWS),
    _taker(r"(?:aio)?boto3\.(?:client|resource)|.*\bSession\(\)\.(?:client|resource|create_client)", _CLIENT),
    _taker(r".*\bget_session\(\)\.create_client", _CLIENT),
    _taker(r".*\bget_session\(\)\.set_credentials|.*\bSession\(\)\.set_credentials", _PLAIN, _PLAIN, False),
    _taker(r"(?:aio)?botocore\.credentials\.(?:Aio)?Credentials", _PLAIN, _PLAIN, False),
    _taker(r"s3fs\.(?:core\.)?S3FileSystem", (None, "endpoint_url", *_SHORT), _SHORT),
    _taker(r"boto\.(?:connect_\w+|.*Connection)", AWS[:2]),
    _taker(r"(?:requests_aws4auth\.)?AWS4Auth", _SIGNER[:2], _SIGNER, False),
    _taker(r"pyarrow\.fs\.S3FileSystem|storages\..*", (), _PLAIN),
    _taker(r"anthropic\.\w*Bedrock", (), ("aws_access_key", "aws_secret_key")),
    _taker(r"redshift_connector\.connect", (), ("access_key_id", "secret_access_key")),
    # Whatever the receiver is called, these two names with these keywords are AWS's.
    _taker(r".*\b(?:client|resource|create_client|Session|setup_default_session)", ()),
    _taker(r"(?:boto|boto3|botocore|aioboto3|aiobotocore|pyathena|smart_open|cloudpathlib|litellm|langchain\w*"
           r"|llama_index|awswrangler|dask|sagemaker|strands|pynamodb|polars|deltalake|duckdb)\b.*", ()),
)  # fmt: skip
_FSSPEC = _taker(r"fsspec\.\w+", (), _SHORT)
_KEYWORDS = {
    "storage_options",
    "client_kwargs",
    *_SHORT,
    *(k for taker in SIGNATURES for k in taker.keywords),
}
_SPARK_KEY = lazy_re.compile(r"(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:awsA|awsS|access\.key|secret\.key)\w*")
_STORAGE_KEYS = {*_SHORT, *AWS, *(name.upper() for name in AWS), "access_key_id", "secret_access_key"}

# django-storages: https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
_DJANGO_KEY = lazy_re.compile(r"AWS_(?:S3_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)")
_DJANGO = frozenset(
    ("INSTALLED_APPS", "AWS_STORAGE_BUCKET_NAME", "DEFAULT_FILE_STORAGE", "STORAGES", "MEDIA_ROOT")
)

_ENDPOINTS = ("endpoint_url", "endpoint_override", "endpoint", "host")
_AWS_HOST = lazy_re.compile(r"(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)(?=[:/]|$)")
_LOCAL_HOST = lazy_re.compile(
    r"^(?:\w+://)?(?:localhost|127\.|0\.0\.0\.0|\[::1\]|host\.docker\.internal|[\w-]+(?=[:/]|$))"
)

_OTHER_VENDOR = lazy_re.compile(
    r"minio|localstack|wasabi|digitalocean|spaces|cloudflare|backblaze|(?:^|_)(?:r2|b2)(?:_|$)", re.IGNORECASE
)

_MOST_KEYS = 50  # in one call that are looked at
_MOST_NODES = 300  # of an expression and of what its names were given

# What an STS response, a role's credentials or botocore's resolved ones are called, wherever a name says so.
_TEMPORARY = lazy_re.compile(
    r"(?i:assume[sd]?_?role|get_session_token|federation_token|frozen_cred|get_credentials|role_?credentials"
    r"|^sts_|_sts_|_sts$|temp(?:orary)?_?cred|artifactCredentials)"
    r"|^(?:Credentials|AccessKeyId|SecretAccessKey|SessionToken)$"
)
_PERMANENT = lazy_re.compile(r"create_access_key|^AccessKey$")  # IAM's answer has an AccessKeyId, too


class Argument(NamedTuple):
    """One argument: its parameter's name, its value, and the node that holds both.

    place: its index among the call's arguments, in the order of the text. items: of how many values it is
    one, where they came in a dict; 0 when it cannot be taken away.
    """

    name: str
    value: ast.expr
    node: ast.AST
    place: int = 0
    items: int = 1


class StaticKeyCall(NamedTuple):
    """A call (or a setting) that is given a static AWS key.

    callee: its name as the source has it. keys: the arguments. literals: those string literals among their
    values that are no double, wherever they stand. endpoint: "aws", "local", or "other" where it is or may be
    somebody else's. call: None for a setting.
    """

    callee: str
    keys: list[Argument]
    literals: list[ast.Constant]
    endpoint: str
    call: ast.Call | None

    @property
    def removable(self) -> set[int]:
        """The places of the arguments that can be deleted: they are keys and nothing else, and no positional
        argument moves up by it. Empty when one of them cannot."""
        places = [key.place for key in self.keys]
        positional = len(self.call.args) if self.call is not None else 0
        moved = any(place > min(places) for place in range(positional) if place not in places)
        whole = all(places.count(key.place) == key.items for key in self.keys)
        return set(places) if whole and not (moved and min(places) < positional) else set()


def find_static_keys(module: Module) -> Iterator[StaticKeyCall]:
    """Everything in a module that is given a static AWS key, in the order of the text.

    In a module that imports moto, keys that are no literal are moto's.
    """
    mocked = any(origin.split(".")[0] == "moto" for origin in module.imports.values())
    yield from (use for use in _key_uses(module) if use.literals or not mocked)


def _key_uses(module: Module) -> Iterator[StaticKeyCall]:
    known: Words = {}
    for call, scope in module.calls:
        if not call.args and not any(k.arg is None or k.arg in _KEYWORDS for k in call.keywords):
            continue
        name = module.dotted(call.func, scope)
        arguments = list(_arguments(call, scope))
        if name.endswith("partial") and call.args:
            name = module.dotted(call.args[0], scope)
            arguments = arguments[1:]
        arguments, keys = _keys(name, arguments, scope)
        if not keys:
            continue
        use = _use(_source_name(call.func) or name, call, keys, arguments, scope, known)
        if use is not None:
            yield use
    yield from _django(module)


def _arguments(call: ast.Call, scope: Scope) -> Iterator[Argument]:
    """Positional arguments are named by their index; `**` of a literal, or of a name for one, gives its
    items."""
    nodes: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    starred = False
    for index, node in enumerate(nodes):
        if not isinstance(node, ast.keyword):
            starred = starred or isinstance(node, ast.Starred)
            if not starred:
                yield Argument(str(index), node, node, index)
        elif node.arg is not None:
            yield Argument(node.arg, node.value, node, index)
        else:
            yield from _given_dict(node, node.value, index, scope)


def _given_dict(node: ast.AST, value: ast.expr, place: int, scope: Scope) -> Iterator[Argument]:
    """The items of a dict that is an argument. Of a dict with a name, nobody knows all (`items` is 0)."""
    items = list(_items(value, scope))
    count = len(items) if isinstance(value, (ast.Dict, ast.Call)) else 0
    yield from (Argument(name, item, node, place, count) for name, item in items)


def _items(node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """The items of a dict: a display or `dict(…)`, or a name for one and what is put into it later."""
    for value in [node, *scope.values(node)]:
        yield from dict_items(value)
    yield from scope.items_of(node)


@functools.lru_cache(maxsize=1000)
def _taker_called(name: str) -> KeyParameterSpec | None:
    return next((taker for taker in SIGNATURES if taker.name.fullmatch(name)), None)


def _keys(name: str, arguments: list[Argument], scope: Scope) -> tuple[list[Argument], list[Argument]]:
    """(all arguments named by their parameter, those of them that are keys or session tokens)."""
    first = (
        literal(arguments[0].value)
        if arguments and arguments[0].name in ("0", "protocol", "urlpath")
        else None
    )
    taker = _taker_called(name)
    if taker is None and name.startswith("fsspec.") and first is not None and first.startswith("s3"):
        taker = _FSSPEC
    keys: list[Argument] = []
    if taker is not None:
        positions = dict(enumerate(taker.positions))
        arguments = [
            a._replace(name=positions.get(int(a.name)) or a.name) if a.name.isdigit() else a
            for a in arguments
        ]
        keys = [a if taker.optional else a._replace(items=0) for a in arguments if a.name in taker.keywords]
    for argument in arguments:
        if argument.name in ("storage_options", "client_kwargs"):
            given = list(_given_dict(argument.node, argument.value, argument.place, scope))
            for item in given:
                if item.name == "client_kwargs":
                    given += _given_dict(item.node, item.value, item.place, scope)
            keys += [item for item in given[:_MOST_KEYS] if item.name in _STORAGE_KEYS]
    if first is not None and len(arguments) == 2 and _SPARK_KEY.fullmatch(first):
        keys.append(arguments[1]._replace(name=first, items=0))
    return arguments, keys


def _use(
    callee: str,
    call: ast.Call | None,
    keys: list[Argument],
    arguments: list[Argument],
    scope: Scope,
    known: Words,
) -> StaticKeyCall | None:
    """None where nothing static is given: no key, a double, or what came from STS."""
    tokens = [key for key in keys if "token" in key.name]
    static = [key for key in keys if "token" not in key.name][:_MOST_KEYS]
    endpoint = _endpoint(arguments, scope)
    literals: list[ast.Constant] = []
    given: list[Argument] = []
    for key in static:
        for value in _leaves(key.value, scope):
            if isinstance(value, ast.Constant):
                if isinstance(value.value, str) and not is_double(value.value, endpoint):
                    literals.append(value)
                    given.append(key)
            elif not _is_temporary(value, scope, known) and not _is_double_name(value):
                given.append(key)
    temporary = any(_is_temporary(token.value, scope, known) for token in tokens) or _is_resolved(
        given, tokens
    )
    if not given or (temporary and not literals):
        return None
    if endpoint == "aws" and any(
        _OTHER_VENDOR.search(word) for key in given for word in _words(key.value, scope, known)
    ):
        endpoint = "other"
    return StaticKeyCall(
        callee, [key for key in keys if key in given or key in tokens], literals, endpoint, call
    )


def _leaves(node: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """What an expression may be: both sides of `or` and `if`, and, one step away, what a name was given."""
    todo: list[tuple[ast.expr, bool]] = [(node, True)]
    while todo:
        node, follow = todo.pop()
        if isinstance(node, ast.BoolOp):
            todo.extend((value, follow) for value in node.values)
        elif isinstance(node, ast.IfExp):
            todo.extend(((node.body, follow), (node.orelse, follow)))
        elif follow and (values := scope.values(node)):
            # A name that is first None and then set is what it is set to.
            todo.extend((value, False) for value in values)
        else:
            yield node


def is_double(value: str, endpoint: str) -> bool:
    """A literal that is no key. A local server's own key is none of AWS's, unless it has their form."""
    if is_example_key(value) or is_dummy_key(value) or is_placeholder(value):
        return True
    return endpoint == "local" and re.fullmatch(r"A[KS]IA[A-Z0-9]{16}", value) is None


def _is_temporary(node: ast.expr, scope: Scope, known: Words) -> bool:
    """Whether a value comes from STS or from botocore's own chain, as far as two assignments tell."""
    words = _words(node, scope, known)
    return any(map(_TEMPORARY.search, words)) and not any(map(_PERMANENT.search, words))


Words = dict[int, set[str]]  # {id of an expression: its words}, while a module is read


def _words(node: ast.expr, scope: Scope, known: Words) -> set[str]:
    """The names, attributes and strings of an expression, and of what its names were given, two steps
    back."""
    if id(node) in known:
        return known[id(node)]
    words = known[id(node)] = set[str]()
    todo, seen = [(node, 0)], 0
    while todo:
        node, steps = todo.pop()
        for part in ast.walk(node):
            seen += 1
            if seen > _MOST_NODES:
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


def _is_resolved(keys: list[Argument], tokens: list[Argument]) -> bool:
    """Whether all are attributes of botocore's credentials: `c.access_key`, `c.secret_key` and `c.token`."""
    attributes = [a.value.attr for a in keys if isinstance(a.value, ast.Attribute)]
    return (
        len(attributes) == len(keys)
        and {"access_key", "secret_key"}.issuperset(attributes)
        and any(isinstance(a.value, ast.Attribute) and a.value.attr == "token" for a in tokens)
    )


def _is_double_name(node: ast.expr) -> bool:
    """Whether a name or attribute says itself that its value is none: `TEST_AWS_ACCESS_KEY_ID`."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return _DOUBLE_NAME.search(name) is not None


_DOUBLE_NAME = lazy_re.compile(r"(?:^|_)(?:test|fake|dummy|mock|localstack)(?:_|$)", re.IGNORECASE)


def _endpoint(arguments: Iterable[Argument], scope: Scope) -> str:
    """Whose server it is: "aws", "local", or "other" when it is named and may be anybody's."""
    for argument in arguments:
        if argument.name in ("client_kwargs", "storage_options"):
            nested = [Argument(name, value, argument.node) for name, value in _items(argument.value, scope)]
            if (found := _endpoint(nested, scope)) != "aws":
                return found
        if argument.name in _ENDPOINTS:
            kinds = {_host(value) for value in _leaves(argument.value, scope)}
            if kinds - {"aws"}:
                return "other" if "other" in kinds else "local"
    return "aws"


def _host(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and not isinstance(node.value, str):
        return "aws"  # None: the default
    text = literal(node)
    if text is None and isinstance(node, ast.JoinedStr) and node.values:
        text = literal(node.values[-1])  # f"https://s3.{region}.amazonaws.com"
        text = text if text and _AWS_HOST.search(text) else None
    if text is None:
        return "other"
    if not text or _AWS_HOST.search(text):
        return "aws"
    return "local" if _LOCAL_HOST.match(text) else "other"


def _django(module: Module) -> Iterator[StaticKeyCall]:
    """The settings of django-storages, in a module that has other settings of Django's."""
    if not _DJANGO & module.scope.names.keys():
        return
    for node, scope in module.assignments:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if (
            scope is module.scope
            and isinstance(target, ast.Name)
            and _DJANGO_KEY.fullmatch(target.id)
            and node.value
        ):
            argument = Argument(target.id, node.value, node)
            use = _use(target.id, None, [argument], [], Scope(), {})
            if use is not None:
                yield use
    for display, scope in module.dicts:
        items = dict(_items(display, scope))
        backend = literal(items.get("BACKEND"))
        if backend and backend.startswith("storages.backends.s3") and "OPTIONS" in items:
            options = [Argument(name, value, value) for name, value in _items(items["OPTIONS"], scope)]
            use = _use("STORAGES", None, [o for o in options if o.name in _PLAIN], options, scope, {})
            if use is not None:
                yield use


def _source_name(node: ast.expr) -> str:
    """A callee as the source has it, for a message: names alone, nothing that could be a value."""
    parts: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call)):
        parts.append("." + node.attr if isinstance(node, ast.Attribute) else "()")
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return "".join([node.id, *reversed(parts)])[:80] if isinstance(node, ast.Name) else ""
