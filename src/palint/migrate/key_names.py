"""Find names for hardcoded values in code, to use as keys of the secret."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator

from palint.languages import javascript, python, python_scopes
from palint.languages.treesitter import Tree
from palint.text.source import SourceFile
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{1,80}")
# Names too generic for a key: the name of the enclosing object is added in front.
_GENERIC = frozenset(
    ("PASSWORD", "PASSWD", "PWD", "PASS", "TOKEN", "SECRET", "KEY", "API_KEY", "APIKEY", "URL")
)


class Literal(NamedTuple):
    """A string literal in code: text[start:end], quotes included, in code points.

    name: the key, "" if nothing names it.
    default: whether the literal is used only if the environment variable of that name is not set.
    """

    start: int
    end: int
    name: str
    default: bool = False


def key_name(text: str) -> str:
    """`dbPassword`, `db-password` -> `DB_PASSWORD`."""
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").upper()


def python_literals(file: SourceFile, places: list[tuple[int, int]]) -> Iterator[Literal | None]:
    """The literal at each place (a value's [start, end)), or None if it is not a plain literal.

    Not plain are f-strings, docstrings, adjacent strings and comments. Raises ParseError."""
    tree = file.parsed_with(python.parse)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    constants = [
        (*python.offsets(file, node), node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes))
    ]
    for start, end in places:
        holding = [c for c in constants if c[0] <= start and end <= c[1]]
        first, last, node = max(holding, key=lambda c: c[0], default=(0, 0, None))
        parent = parents.get(node) if node is not None else None
        if (
            node is None
            or isinstance(parent, (ast.JoinedStr, ast.Expr))
            or not _is_one(file.text[first:last])
        ):
            yield None
            continue
        name = _joined(_python_names(node, parents))
        default = (
            _variable(parents[parent]) != "" if isinstance(parent, ast.keyword)
            else isinstance(parent, (ast.Call, ast.BoolOp)) and _given_name(parent, node) != ""
        )  # fmt: skip
        yield Literal(first, last, name, default)


_ONE_STRING = re.compile(
    r"[bBrRuU]{0,2}(?:\"\"\"(?:[^\\\"]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^\\']|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')",
    re.DOTALL,
)


def _is_one(text: str) -> bool:
    return _ONE_STRING.fullmatch(text) is not None


def _joined(names: Iterable[str]) -> str:
    """The key that names around a value make, innermost first: as many as it takes to be no general word."""
    name = ""
    for each in map(key_name, filter(None, names)):
        name = f"{each}_{name}" if name else each
        if name not in _GENERIC:
            break
    return name


def _python_names(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> Iterator[str]:
    while not isinstance(parent := parents[node], (ast.Module, ast.ClassDef)):
        keyword = isinstance(parent, ast.keyword)  # `config("NAME", default="value")`
        yield (_variable(parents[parent]) if keyword else "") or _given_name(parent, node)
        if isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return
        node = parent


def _given_name(parent: ast.AST, node: ast.AST) -> str:
    """The name that `parent` assigns to `node`."""
    if isinstance(parent, ast.keyword):
        return parent.arg or ""  # `**"text"` has none
    if isinstance(parent, ast.Assign):
        return _target(parent.targets[0])
    if isinstance(parent, ast.AnnAssign):
        return _target(parent.target)
    if isinstance(parent, ast.Dict) and node in parent.values:
        return python_scopes.literal(parent.keys[parent.values.index(node)]) or ""
    if isinstance(parent, ast.Call) and node in parent.args[1:]:
        return _variable(parent)
    if isinstance(parent, ast.BoolOp):
        return _variable(parent.values[0])
    if isinstance(parent, ast.Compare):
        return _target(parent.left)
    if isinstance(parent, ast.arguments):
        positional = [*parent.posonlyargs, *parent.args]
        pairs = [
            *zip(positional[len(positional) - len(parent.defaults) :], parent.defaults, strict=True),
            *zip(parent.kwonlyargs, parent.kw_defaults, strict=True),
        ]
        return next((argument.arg for argument, default in pairs if default is node), "")
    return ""


def _variable(node: ast.AST) -> str:
    """The variable that is the first argument of a call, as in `os.getenv("NAME", …)`; "" for none."""
    first = python_scopes.literal(node.args[0]) or "" if isinstance(node, ast.Call) and node.args else ""
    return first if _VARIABLE.fullmatch(first) else ""


def _target(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return python_scopes.literal(node.slice) or ""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def javascript_literals(file: SourceFile, places: list[tuple[int, int]]) -> Iterator[Literal | None]:
    """The same for JavaScript and TypeScript; templates with `${…}`, JSX and keys are not plain literals."""
    tree = file.parsed_with(javascript.parse)
    for start, _ in places:
        path = tree.path(start)
        at = next((i for i, n in enumerate(path[:4]) if n.type in ("string", "template_string")), None)
        if at is None or not _is_plain(path[at], path[at + 1]):
            yield None
            continue
        node, parent = path[at : at + 2]
        name = _joined(_javascript_names(tree, path[at:]))
        default = parent.type == "binary_expression" and _javascript_given(tree, parent, node) != ""
        yield Literal(node.start_byte, node.end_byte, name, default)


def _is_plain(node: Node, parent: Node) -> bool:
    return (
        not any(child.type == "template_substitution" for child in node.children)
        and parent.type not in _NO_VALUES
        and parent.child_by_field_name("key") != node
    )


def _javascript_names(tree: Tree, path: list[Node]) -> Iterator[str]:
    for node, parent in itertools.pairwise(path):
        yield _javascript_given(tree, parent, node)
        if parent.type in ("function_declaration", "arrow_function", "method_definition", "class_body"):
            return


def _javascript_given(tree: Tree, parent: Node, node: Node) -> str:
    if parent.type == "pair" and parent.child_by_field_name("value") == node:
        return javascript.key(tree, parent)
    for kind, field in _NAMING:
        if parent.type == kind:
            named = parent.child_by_field_name(field)
            return "" if named == node else _last_word(tree.source(named))
    if parent.type == "binary_expression":
        return javascript.environment_variable(tree.source(parent.child_by_field_name("left")))
    if parent.type == "arguments":
        first = parent.named_children[0]
        text = tree.source(first).strip("'\"`")
        return text if first != node and _VARIABLE.fullmatch(text) else ""
    return ""


# What a literal is no value in: an import, JSX, a statement of its own, a tagged template, a type.
_NO_VALUES = (
    "import_statement", "jsx_attribute", "expression_statement", "call_expression", "literal_type",
)  # fmt: skip
_NAMING = (
    ("variable_declarator", "name"), ("assignment_expression", "left"), ("assignment_pattern", "left"),
    ("public_field_definition", "name"), ("field_definition", "property"), ("required_parameter", "pattern"),
)  # fmt: skip


def _last_word(text: str) -> str:
    return next(reversed(re.findall(r"[\w$]+", text)), "")
