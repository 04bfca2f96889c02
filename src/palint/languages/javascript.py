"""JavaScript, TypeScript and their JSX forms: object members, constants, environment variables."""

from __future__ import annotations

from palint.files import languages
from palint.languages import treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import INTERPOLATION, Value, of_source
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

MEMBERS = ("pair", "shorthand_property_identifier")
# Nodes that change an expression's type, but not its value.
_WRAPPERS = frozenset(
    ["as_expression", "non_null_expression", "parenthesized_expression", "satisfies_expression"]
)
_MAX_ALTERNATIVES = 16
# A type with arguments: `import("./box").Box<string>`, and not `import("./box").then()`
_IMPORTED_TYPE = lazy_re.compile(r"import\([\"'][\w./@-]+[\"']\)(?=(?:\.\w+){1,8}<)")


def parse(file: SourceFile) -> Tree:
    """The tree of a JavaScript or TypeScript file. Raises ParseError if it is too large."""
    language = languages.find(file.path).id
    if language == "tsx":
        return treesitter.parse(file, "typescript", "language_tsx", _IMPORTED_TYPE)
    if language == "typescript":
        return treesitter.parse(file, "typescript", "language_typescript", _IMPORTED_TYPE)
    return treesitter.parse(file, "javascript")


def key(tree: Tree, member: Node) -> str:
    """The name of an object's member, equal for `a`, `"a"` and `["a"]`; "" if it is computed."""
    if member.type != "pair":
        return tree.source(member)
    node = member.named_children[0]
    if node.type == "computed_property_name":
        node = next(iter(treesitter.children(node)), node)
    if node.type not in ("property_identifier", "string"):
        return ""
    return tree.source(node).strip("'\"")


def members(tree: Tree, node: Node) -> dict[str, Node]:
    """An object literal's members by name: pairs and shorthand properties."""
    return {key(tree, child): child for child in node.named_children if child.type in MEMBERS}


def member_value(member: Node) -> Node:
    """The expression of a member."""
    return member.child_by_field_name("value") or member


def callee(tree: Tree, call: Node) -> str:
    """The callee or constructor, as written: `AWS.config.update`, `S3Client`."""
    return tree.source(call.child_by_field_name("function") or call.child_by_field_name("constructor"))


def values(tree: Tree, node: Node) -> list[Value]:
    """The possible values of an expression: both sides of `||`, `??`, `?:`; a constant is resolved once."""
    found: list[Value] = []
    open_: list[tuple[Node, bool]] = [(node, True)]
    while open_ and len(found) < _MAX_ALTERNATIVES:
        node, follow = open_.pop()
        if node.type in _WRAPPERS and (inner := treesitter.children(node)):
            open_.append((inner[0], follow))
        elif node.type == "ternary_expression":
            open_ += [(side, follow) for side in treesitter.children(node)[:0:-1]]
        elif node.type == "binary_expression" and _operator(tree, node) in ("||", "??"):
            open_ += [(side, follow) for side in reversed(treesitter.children(node))]
        elif node.type == "binary_expression" and _operator(tree, node) == "+":
            found.append(_sum(tree, node))
        elif follow and node.type in ("identifier", "shorthand_property_identifier"):
            defined = constant(tree, node)
            if defined is None:
                found.append(_value(tree, node))
            else:
                open_.append((defined, False))
        else:
            found.append(_value(tree, node))
    return found


def constant(tree: Tree, name: Node) -> Node | None:
    """The value in a name's declaration; None if the file binds it twice, or in another way."""
    word = tree.source(name)
    if word not in tree.memo:
        tree.memo[word] = _constant(tree, word)
    return tree.memo[word]


def _constant(tree: Tree, word: str) -> Node | None:
    defined: Node | None = None
    for path in tree.words(word):
        leaf, parent = path[0], path[:2][-1]
        if leaf.type not in ("identifier", "shorthand_property_identifier_pattern"):
            continue
        binds = parent.child_by_field_name("name") == leaf or parent.child_by_field_name("left") == leaf
        if parent.type == "variable_declarator" and binds:
            value = parent.child_by_field_name("value")
            if defined is not None or value is None:
                return None
            defined = value
        elif parent.type in _OTHER_BINDINGS or (binds and parent.type == "assignment_expression"):
            return None
    return defined


_OTHER_BINDINGS = frozenset(
    ["formal_parameters", "required_parameter", "optional_parameter", "object_pattern", "array_pattern",
     "assignment_pattern", "rest_pattern", "import_specifier", "import_clause", "namespace_import"]
)  # fmt: skip


def _operator(tree: Tree, node: Node) -> str:
    return tree.source(node.child_by_field_name("operator"))


def _value(tree: Tree, node: Node) -> Value:
    text = tree.source(node)
    if node.type == "string":
        return Value("text", text[1:-1], node.start_byte + 1, max(node.end_byte - 1, node.start_byte + 1))
    if node.type == "template_string":
        return _template(tree, node)
    return of_source(text, node.start_byte, node.end_byte, environment_variable(text))


def _template(tree: Tree, node: Node) -> Value:
    text, end = "", node.start_byte + 1
    for child in node.named_children:
        if child.type == "template_substitution":
            text += tree.text[end : child.start_byte] + INTERPOLATION
            end = child.end_byte
    text += tree.text[end : node.end_byte - 1]
    kind = "template" if INTERPOLATION in text else "text"
    return Value(kind, text, node.start_byte + 1, max(node.end_byte - 1, node.start_byte + 1))


def _sum(tree: Tree, node: Node) -> Value:
    """`"a/" + b` as a template; in a long chain all but the last 50 operands become one interpolation."""
    start, end, text = node.start_byte, node.end_byte, ""
    for _ in range(50):
        if node.type != "binary_expression" or _operator(tree, node) != "+":
            break
        left, *_, right = treesitter.children(node)
        text, node = _piece(tree, right) + text, left
    text = _piece(tree, node) + text
    return Value("template" if INTERPOLATION in text else "text", text, start, end)


def _piece(tree: Tree, node: Node) -> str:
    value = _value(tree, node)
    return value.text if value.kind in ("text", "template") else INTERPOLATION


def environment_variable(source: str) -> str:
    """The variable that `process.env.X`, `process.env["X"]` or `Deno.env.get("X")` reads; else ""."""
    for reader in ("process.env", "import.meta.env", "Deno.env.get", "Bun.env"):
        if source.startswith(reader):
            return source[len(reader) :].strip(".?![]()'\"` ")
    return ""
