"""Python calls and settings to which a static AWS key is passed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from palint.aws.boto3 import key_origin, signatures
from palint.aws.boto3.arguments import Argument, arguments, dict_entries, from_dict, possible_values
from palint.aws.boto3.key_origin import WordCache
from palint.aws.boto3.precheck import DJANGO_BESIDE
from palint.languages.python import Module
from palint.languages.python_scopes import Scope, literal
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

# django-storages: https://django-storages.readthedocs.io/en/latest/backends/amazon-S3.html
# Scrapy: https://docs.scrapy.org/en/latest/topics/settings.html#aws-access-key-id
_DJANGO_KEY = lazy_re.compile(r"AWS_(?:S3_|SES_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)")
_DJANGO = frozenset(DJANGO_BESIDE)
_MAX_KEYS = 50  # key arguments of one call that are checked


class StaticKeyCall(NamedTuple):
    """A call, or a setting, to which a static AWS key is passed.

    callee: its name in the source. keys: the arguments. literals: the string literals among their values that
    may be keys, anywhere in the file. endpoint: "aws", "local", or "other" if it is or may be another
    vendor's. call: None for a setting.
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
        places = [key.place for key in self.keys]
        positional = len(self.call.args) if self.call is not None else 0
        moved = any(place > min(places) for place in range(positional) if place not in places)
        whole = all(places.count(key.place) == key.items for key in self.keys)
        return set(places) if whole and not (moved and min(places) < positional) else set()


def find_static_keys(module: Module) -> Iterator[StaticKeyCall]:
    """Yield every call and setting in a module to which a static AWS key is passed, in text order.

    In a module that imports moto only literal keys count: moto provides the others.
    """
    mocked = any(origin.split(".")[0] == "moto" for origin in module.imports.values())
    yield from (found for found in _calls(module) if found.literals or not mocked)


def _calls(module: Module) -> Iterator[StaticKeyCall]:
    cache: WordCache = {}
    for call, scope in module.calls:
        if not call.args and not any(k.arg is None or k.arg in signatures.KEYWORDS for k in call.keywords):
            continue
        name = module.dotted(call.func, scope)
        given = list(arguments(call, scope))
        if name.endswith("partial") and call.args:
            name = module.dotted(call.args[0], scope)
            given = given[1:]
        given, keys = _key_arguments(name, given, scope)
        if not keys:
            continue
        found = _static_key_call(_source_name(call.func), call, keys, given, scope, cache)
        if found is not None:
            yield found
    yield from _django_settings(module)


def _key_arguments(name: str, given: list[Argument], scope: Scope) -> tuple[list[Argument], list[Argument]]:
    """(all arguments by parameter name, those that are keys or session tokens)."""
    first = literal(given[0].value) if given and given[0].name in ("0", "protocol", "urlpath") else None
    spec = signatures.find_spec(name, first)
    keys: list[Argument] = []
    if spec is not None:
        positions = dict(enumerate(spec.positions))
        given = [
            a._replace(name=positions.get(int(a.name)) or a.name) if a.name.isdigit() else a for a in given
        ]
        keys = [a if spec.optional else a._replace(items=0) for a in given if a.name in spec.keywords]
    for argument in given:
        if argument.name in ("storage_options", "client_kwargs"):
            inner = list(from_dict(argument.node, argument.value, argument.place, scope))
            for item in inner:
                if item.name == "client_kwargs":
                    inner += from_dict(item.node, item.value, item.place, scope)
            keys += [item for item in inner[:_MAX_KEYS] if item.name in signatures.STORAGE_KEYS]
    if first is not None and len(given) == 2 and signatures.SPARK_KEY.fullmatch(first):
        keys.append(given[1]._replace(name=first, items=0))
    return given, keys


def _static_key_call(
    callee: str,
    call: ast.Call | None,
    keys: list[Argument],
    given: list[Argument],
    scope: Scope,
    cache: WordCache,
) -> StaticKeyCall | None:
    """None if no static key is passed: no key at all, a dummy, or a temporary key from STS."""
    tokens = [key for key in keys if "token" in key.name]
    endpoint = key_origin.endpoint_kind(given, scope)
    literals: list[ast.Constant] = []
    static: list[Argument] = []
    for key in [key for key in keys if "token" not in key.name][:_MAX_KEYS]:
        for value in possible_values(key.value, scope):
            if isinstance(value, ast.Constant):
                if isinstance(value.value, str) and key_origin.is_reference(value.value):
                    static.append(key)
                elif isinstance(value.value, str) and not key_origin.is_dummy(value.value, endpoint):
                    literals.append(value)
                    static.append(key)
            elif not key_origin.is_temporary(value, scope, cache) and not key_origin.has_dummy_name(value):
                static.append(key)
    temporary = key_origin.are_resolved(static, tokens) or any(
        key_origin.is_temporary(token.value, scope, cache)
        or key_origin.is_passed_on(token.value, scope, cache)
        for token in tokens
    )
    if not static or (temporary and not literals):
        return None
    if endpoint == "aws" and key_origin.names_other_vendor(static, scope, cache):
        endpoint = "other"
    shown = [key for key in keys if key in static or key in tokens]
    return StaticKeyCall(callee, shown, literals, endpoint, call)


_MAX_CALL = 300  # code points of a call that advice shows


def without_keys(module: Module, found: StaticKeyCall, text: str | None) -> str:
    """The call without its key arguments, on one line, as `--fix` leaves it; "" for a setting or a long call.

    Of a dict that also holds something else (`storage_options`), the other items are kept. text: that of the
    file; None for a notebook, whose code is written in JSON.
    """
    call = found.call
    if call is None:
        return ""

    def source(node: ast.AST) -> str:
        return ast.unparse(node) if text is None else text[slice(*module.offsets(node))]

    nodes: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    nodes.sort(key=lambda node: (node.lineno, node.col_offset))
    keys: dict[int, set[str]] = {}
    for key in found.keys:
        keys.setdefault(key.place, set()).add(key.name)
    shown = []
    for place, node in enumerate(nodes):
        value = node.value if isinstance(node, ast.keyword) else node
        if place in found.removable:
            continue
        if place in keys and isinstance(value, ast.Dict):
            shown.append(_dict_without(source, node, value, keys[place]))
        elif place in keys and isinstance(node, ast.keyword) and node.arg is not None:
            continue  # a plain argument, which a positional one follows
        else:
            shown.append(source(node))
    line = " ".join(f"{found.callee}({', '.join(shown)})".split())
    return line if len(line) <= _MAX_CALL and "#" not in line else ""


def _dict_without(
    source: Callable[[ast.AST], str], node: ast.expr | ast.keyword, value: ast.Dict, keys: set[str]
) -> str:
    """The source of an argument that is a dict, without some of its items."""
    items = [
        f"{source(key)}: {source(item)}" if key is not None else f"**{source(item)}"
        for key, item in zip(value.keys, value.values, strict=True)
        if not (isinstance(key, ast.Constant) and key.value in keys)
    ]
    name = f"{node.arg}=" if isinstance(node, ast.keyword) and node.arg else ""
    return f"{name}{{{', '.join(items)}}}"


def _django_settings(module: Module) -> Iterator[StaticKeyCall]:
    """Yield settings of django-storages or Scrapy in a module that has other settings of these."""
    added = {
        node.target.id  # `INSTALLED_APPS += ["storages"]`
        for node in module.tree.body
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    if not _DJANGO & (module.scope.names.keys() | added):
        return
    for node, scope in module.assignments:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if scope is not module.scope or not isinstance(target, ast.Name) or node.value is None:
            continue
        if _DJANGO_KEY.fullmatch(target.id):
            argument = Argument(target.id, node.value, node)
            found = _static_key_call(target.id, None, [argument], [], Scope(), {})
            if found is not None:
                yield found
    for display, scope in module.dicts:
        items = dict(dict_entries(display, scope))
        backend = literal(items.get("BACKEND"))
        if backend and backend.startswith("storages.backends.s3") and "OPTIONS" in items:
            options = [Argument(name, value, value) for name, value in dict_entries(items["OPTIONS"], scope)]
            keys = [option for option in options if option.name in signatures.PLAIN_NAMES]
            found = _static_key_call("STORAGES", None, keys, options, scope, {})
            if found is not None:
                yield found


def _source_name(node: ast.expr) -> str:
    """A callee as written in the source, for a message: only names, never a value."""
    parts: list[str] = []
    while isinstance(node, (ast.Attribute, ast.Call)):
        parts.append("." + node.attr if isinstance(node, ast.Attribute) else "()")
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return "".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
