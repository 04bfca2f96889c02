"""Python calls and settings to which a static AWS key is passed: to boto3, and to other libraries for AWS."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from palint.aws.assignments import DUMMY_NAME
from palint.aws.boto3.precheck import DJANGO_BESIDE, LIBRARIES
from palint.aws.key_names import is_of_another_service
from palint.aws.key_values import has_key_format, is_aws_host, is_key, is_key_id
from palint.languages.python import Module
from palint.languages.python_scopes import Scope, dict_items, literal
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# django-storages: https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
# Scrapy: https://docs.scrapy.org/en/latest/topics/settings.html#aws-access-key-id
_DJANGO_KEY = lazy_re.compile(r"AWS_(?:S3_|SES_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)")
_DJANGO = frozenset(DJANGO_BESIDE)
_MAX_KEYS = 50  # key arguments of one call that are checked


class StaticKeyCall(NamedTuple):
    """A call, or a setting, to which a static AWS key is passed.

    callee: its name in the source. keys: the arguments. literals: the string literals among their values that
    may be keys, anywhere in the file. endpoint: "aws", "other" or "unknown". call: None for a setting.
    """

    callee: str
    keys: list[Argument]
    literals: list[ast.Constant]
    endpoint: str
    call: ast.Call | None

    @property
    def removable(self) -> set[int]:
        """The places of the arguments to delete; empty if one of them cannot be deleted.

        An argument can be deleted if it holds only a key and no positional argument follows it.
        """
        assert self.call is not None
        places = [key.place for key in self.keys]
        moved = set(range(min(places), len(self.call.args))).difference(places)
        whole = all(places.count(key.place) == key.items for key in self.keys)
        return set(places) if whole and not moved else set()


def find_static_keys(module: Module) -> Iterator[StaticKeyCall]:
    """Yield every call and setting in a module to which a static AWS key is passed, in text order.

    In a module that imports moto only literal keys count: moto provides the others.
    """
    mocked = any(origin.split(".")[0] == "moto" for origin in module.imports.values())
    yield from (found for found in _calls(module) if found.literals or not mocked)


def _calls(module: Module) -> Iterator[StaticKeyCall]:
    cache: WordCache = {}
    for call, scope in module.calls:
        named = any(k.arg is None or k.arg in KEYWORDS for k in call.keywords)
        if not (call.args or named):
            continue
        name = module.dotted(call.func, scope)
        if not (named or _takes_keys_by_position(name, call.args[0])):
            continue
        given = list(arguments(call, scope))
        if name.endswith("partial") and call.args:
            name = module.dotted(call.args[0], scope)
            given = given[1:]
        given, keys = _key_arguments(name, given, scope)
        if not keys or is_of_another_service(name.rpartition(".")[2]):  # boto's `GSConnection`
            continue
        yield from _static_key_call(_source_name(call.func), call, keys, given, scope, cache)
    yield from _django_settings(module)


def _takes_keys_by_position(name: str, first: ast.expr) -> bool:
    spec = find_spec(name, "")
    known = name.endswith("partial") or (spec is not None and len(spec.positions) > 0)
    return known or SPARK_KEY.fullmatch(literal(first) or "") is not None


def _key_arguments(name: str, given: list[Argument], scope: Scope) -> tuple[list[Argument], list[Argument]]:
    """(all arguments by parameter name and items of options, those that are keys or session tokens)."""
    heads = (literal(a.value) for a in given[:1] if a.name in ("0", "protocol", "urlpath"))
    first = next(filter(None, heads), "")
    spec = find_spec(name, first)
    keys: list[Argument] = []
    if spec is not None:
        positions = {str(place): name for place, name in enumerate(spec.positions) if name}
        given = [a._replace(name=positions.get(a.name, a.name)) for a in given]
        keys = [a if spec.optional else a._replace(items=0) for a in given if a.name in spec.keywords]
    items: list[Argument] = []
    for argument in chain(given, items):
        if argument.name in ("storage_options", "client_kwargs") and len(items) < _MAX_KEYS:
            items += from_dict(argument.node, argument.value, argument.place, scope)
    keys += [item for item in items[:_MAX_KEYS] if item.name in STORAGE_KEYS]
    if len(given) == 2 and SPARK_KEY.fullmatch(first):
        keys.append(given[1]._replace(name=first, items=0))
    return given + items, keys


def _static_key_call(
    callee: str,
    call: ast.Call | None,
    keys: list[Argument],
    given: list[Argument],
    scope: Scope,
    cache: WordCache,
) -> Iterator[StaticKeyCall]:
    """Nothing if no static key is passed: no key at all, a dummy, or a temporary key from STS."""
    tokens = [key for key in keys if "token" in key.name]
    endpoint = endpoint_kind(given, scope)
    literals: list[ast.Constant] = []
    static: list[Argument] = []
    for key in [key for key in keys if "token" not in key.name][:_MAX_KEYS]:
        for value in possible_values(key.value, scope):
            if not isinstance(value, ast.Constant):
                if not is_temporary(value, scope, cache) and not has_dummy_name(value):
                    static.append(key)
            elif str(value.value).startswith(_REFERENCE):
                static.append(key)
            elif not is_dummy(literal(value) or "", endpoint):
                static.append(key)
                literals.append(value)
    temporary = any(
        is_temporary(token.value, scope, cache) or is_passed_on(token.value, scope, cache) for token in tokens
    )
    if not static or (temporary and not literals):
        return
    if endpoint == "aws" and names_other_vendor(static, scope, cache):
        endpoint = "other"
    shown = [key for key in keys if key in static or key in tokens]
    yield StaticKeyCall(callee, shown, literals, endpoint, call)


def _django_settings(module: Module) -> Iterator[StaticKeyCall]:
    """Yield settings of django-storages or Scrapy in a module that has other settings of these."""
    # `INSTALLED_APPS += ["storages"]`
    added = {ast.unparse(node.target) for node in module.tree.body if isinstance(node, ast.AugAssign)}
    if not _DJANGO & (module.scope.names.keys() | added):
        return
    for node, scope in module.assignments:
        name = getattr(node.targets[0] if isinstance(node, ast.Assign) else node.target, "id", "")
        if scope is module.scope and node.value is not None and _DJANGO_KEY.fullmatch(name):
            yield from _static_key_call(name, None, [Argument(name, node.value, node)], [], Scope(), {})
    for display, scope in module.dicts:
        items = dict(dict_entries(display, scope))
        if (literal(items.get("BACKEND")) or "").startswith("storages.backends.s3") and "OPTIONS" in items:
            options = [Argument(name, value, value) for name, value in dict_entries(items["OPTIONS"], scope)]
            keys = [option for option in options if option.name in PLAIN_NAMES]
            yield from _static_key_call("STORAGES", None, keys, options, scope, {})


def _source_name(node: ast.expr) -> str:
    """A callee as written in the source, for a message: only names, never a value."""
    parts: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call)):
        parts.append("." + node.attr if isinstance(node, ast.Attribute) else "()")
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return "".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


# --- callables that take keys

AWS_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
SHORT_NAMES = ("key", "secret", "token")
PLAIN_NAMES = ("access_key", "secret_key", "session_token")

SIGNER_NAMES = ("access_id", "secret_key", "session_token")


class KeyParameterSpec(NamedTuple):
    """A callable that takes AWS keys.

    name: its dotted name. positions: its parameters by position, None for others. keywords: its key
    parameters. optional: whether it works without them.
    """

    name: re.Pattern[str]
    positions: tuple[str | None, ...]
    keywords: tuple[str, ...]
    optional: bool = True


def _spec(
    name: str, positions: tuple[str | None, ...], keywords: tuple[str, ...] = AWS_NAMES, optional: bool = True
) -> KeyParameterSpec:
    return KeyParameterSpec(lazy_re.compile(name), positions, keywords, optional)


# Key parameters with other names than `…access_key…` and `…secret_key…` need a form in `precheck`, too.
# Ordered by priority: the first match applies. Parameters are from each library's reference documentation.
SIGNATURES = (
    _spec(r"(?:aio)?boto3\.(?:session\.)?Session|aioboto3\.session\.Session", AWS_NAMES),
    _spec(r".*\b(?:get_session|Session)\(\)\.set_credentials", PLAIN_NAMES, PLAIN_NAMES, False),
    _spec(r"(?:aio)?botocore\.credentials\.(?:Aio)?Credentials", PLAIN_NAMES, PLAIN_NAMES, False),
    _spec(r"s3fs\.(?:core\.)?S3FileSystem", (None, "endpoint_url", *SHORT_NAMES), SHORT_NAMES),
    _spec(r"boto\.connect_(?:ec2_endpoint|euca|walrus)", ("host", *AWS_NAMES[:2])),
    _spec(r"boto\.(?:connect_\w+|.*Connection)", AWS_NAMES[:2]),
    _spec(r"(?:requests_aws4auth\.)?AWS4Auth", SIGNER_NAMES[:2], SIGNER_NAMES, False),
    _spec(r"pyarrow\.fs\.S3FileSystem|storages\..*", (), PLAIN_NAMES),
    _spec(r"anthropic\.\w*Bedrock", (), ("aws_access_key", "aws_secret_key")),
    _spec(r"redshift_connector\.connect", (), ("access_key_id", "secret_access_key")),
    # Any receiver: methods of these names with these keywords are for AWS.
    _spec(r".*\b(?:client|resource|create_client|Session|setup_default_session)", ()),
    _spec(rf"(?:{LIBRARIES})\b.*", ()),
)  # fmt: skip
FSSPEC = _spec(r"fsspec\.\w+", (), SHORT_NAMES)
KEYWORDS = {
    "storage_options",
    "client_kwargs",
    *SHORT_NAMES,
    *(k for spec in SIGNATURES for k in spec.keywords),
}
SPARK_KEY = lazy_re.compile(r"(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:awsA|awsS|access\.key|secret\.key)\w*")
STORAGE_KEYS = {
    *SHORT_NAMES,
    *AWS_NAMES,
    *(name.upper() for name in AWS_NAMES),
    "access_key_id",
    "secret_access_key",
}


@functools.lru_cache(maxsize=1000)
def find_spec(name: str, first_argument: str) -> KeyParameterSpec | None:
    """Find the specification of a callable by its dotted name; `fsspec` takes keys for an `s3` protocol."""
    found = next((spec for spec in SIGNATURES if spec.name.fullmatch(name)), None)
    if found is None and name.startswith("fsspec.") and first_argument.startswith("s3"):
        return FSSPEC
    return found


# --- arguments, items of dicts among them, and the values that each may have


class Argument(NamedTuple):
    """One argument: its parameter's name, its value, and the node that holds both.

    place: its index among the call's arguments, in text order. items: the number of items in the dict that
    it came from; 1 for a plain argument, 0 if it cannot be removed.
    """

    name: str
    value: ast.expr
    node: ast.AST
    place: int = 0
    items: int = 1


def arguments(call: ast.Call, scope: Scope) -> Iterator[Argument]:
    """Yield a call's arguments. A positional one is named by its index; `**` yields its dict's items."""
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
            yield from from_dict(node, node.value, index, scope)


def from_dict(node: ast.AST, value: ast.expr, place: int, scope: Scope) -> Iterator[Argument]:
    """Yield the items of a dict that is an argument. Only a dict written in the call is known completely."""
    items = list(dict_entries(value, scope))
    count = len(items) if isinstance(value, ast.Dict) else 0
    yield from (Argument(name, item, node, place, count) for name, item in items)


def dict_entries(node: ast.expr, scope: Scope) -> Iterator[tuple[str, ast.expr]]:
    """Yield the items of a dict: a display, `dict(…)`, a call of a function that returns one, or a name.

    For a name, items that are added to its dict later are included.
    """
    for value in [node, *scope.values(node)]:
        yield from dict_items(value)
        for returned in scope.returned_dicts(value):
            yield from dict_items(returned)
    yield from scope.items_of(node)


def possible_values(node: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    """Yield possible values of an expression: both sides of `or` and `if`, and values assigned to a name."""
    todo: list[tuple[ast.expr, bool]] = [(node, True)]
    while todo:
        node, follow = todo.pop()
        if isinstance(node, ast.BoolOp):
            todo.extend((value, follow) for value in node.values)
        elif isinstance(node, ast.IfExp):
            todo.extend(((node.body, follow), (node.orelse, follow)))
        elif follow and (values := scope.values(node)):
            # A name that is first None and set later has the later value.
            todo.extend((value, False) for value in values)
        else:
            yield node


# --- where a value comes from: STS, a test, another server or vendor

_ENDPOINTS = ("endpoint_url", "endpoint_override", "endpoint", "host")
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


# litellm's name of a variable, `os.environ/AWS_ACCESS_KEY_ID`: https://docs.litellm.ai/docs/proxy/configs
_REFERENCE = "os.environ/"


def is_dummy(value: str, endpoint: str) -> bool:
    """Whether a literal is not a key; for another server, whether it lacks AWS's key format."""
    return not is_key(value) or (endpoint == "other" and not is_key_id(value))


def has_dummy_name(node: ast.expr) -> bool:
    """Whether a name or attribute indicates a dummy value, `TEST_AWS_ACCESS_KEY_ID`, or one is made up."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return DUMMY_NAME.search(name) is not None or _MADE_UP.fullmatch(ast.unparse(node)) is not None


# https://docs.python.org/3/library/uuid.html, https://docs.python.org/3/library/secrets.html
_MADE_UP = lazy_re.compile(r"(?:str\()?(?:uuid\.)?uuid[14]\(\)(?:\.hex)?\)?|secrets\.token_\w+\(\d*\)")


def is_temporary(node: ast.expr, scope: Scope, cache: WordCache) -> bool:
    """Whether a value comes from STS or from botocore's default chain, through at most two assignments."""
    words = _words(node, scope, cache)
    return any(map(_TEMPORARY.search, words)) and not any(map(_PERMANENT.search, words))


def is_passed_on(token: ast.expr, scope: Scope, cache: WordCache) -> bool:
    """Whether a session token comes with its keys from somewhere else than settings, which may lack it."""
    values = list(possible_values(token, scope))
    if any(isinstance(value, ast.Constant) for value in values):
        return False
    if all(isinstance(value, ast.Subscript) for value in values):
        return True  # `os.environ["AWS_SESSION_TOKEN"]` fails without one, `os.environ.get` does not
    words = _words(token, scope, cache)
    return any("token" in word.lower() for word in words) and not any(map(_SETTINGS.search, words))


def names_other_vendor(keys: Iterable[Argument], scope: Scope, cache: WordCache) -> bool:
    """Whether a name in one of the values belongs to another vendor or server; a key has one by chance."""
    words = (word for key in keys for word in _words(key.value, scope, cache) if not has_key_format(word))
    return any(is_of_another_service(f"{word} aws") for word in words)


def _words(node: ast.expr, scope: Scope, cache: WordCache) -> set[str]:
    """The names, attributes and strings of an expression and of its names, up to two assignments back."""
    if id(node) in cache:
        return cache[id(node)]
    words = cache[id(node)] = set[str]()
    parts: list[tuple[ast.AST, int]] = [(node, 0)]
    for part, steps in islice(parts, _MAX_NODES):
        word = literal(part)
        if isinstance(part, (ast.Name, ast.Attribute)):
            word = part.id if isinstance(part, ast.Name) else part.attr
            parts += ((value, steps + 1) for value in scope.values(part) if steps < 2)
        words.update([word] if word else [])
        parts += ((child, steps) for child in ast.iter_child_nodes(part))
    return words


def endpoint_kind(given: Iterable[Argument], scope: Scope) -> str:
    """The kind of a call's endpoint: "aws", "other" if it is written there, "unknown" if it is computed."""
    values = (v for a in given if a.name in _ENDPOINTS for v in possible_values(a.value, scope))
    kinds = set(map(_host_kind, values))
    return next((kind for kind in ("unknown", "other") if kind in kinds), "aws")


def _host_kind(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and not node.value:
        return "aws"  # the default
    last = node.values[-1] if isinstance(node, ast.JoinedStr) and node.values else node
    host = literal(last)
    if host and is_aws_host(host):
        return "aws"  # also f"https://s3.{region}.amazonaws.com"
    return "other" if host and last is node else "unknown"
