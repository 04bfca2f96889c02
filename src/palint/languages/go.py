"""Go: calls, their arguments, composite literals, constants."""

from __future__ import annotations

from palint.languages import treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value, of_source
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_GETENV = lazy_re.compile(r'os\s*\.\s*(?:Getenv|LookupEnv)\(\s*["`]([^"`]*)["`]\s*\)')
_POINTER = lazy_re.compile(r"^(aws|jsii|pulumi)\.String\(")  # a pointer to its argument
_SETS = frozenset(["const_spec", "var_spec", "short_var_declaration", "assignment_statement"])


def parse(file: SourceFile) -> Tree:
    """The tree of a Go file. Raises ParseError if it is too large."""
    return treesitter.parse(file, "go")


def fields(tree: Tree, literal: Node) -> dict[str, Node]:
    """The keyed elements of a composite literal, `T{Name: value}`, by name."""
    body = literal.child_by_field_name("body")
    elements: dict[str, Node] = {}
    for element in body.named_children if body is not None else ():
        if element.type == "keyed_element":
            parts = treesitter.children(element)
            elements[tree.source(parts[0])] = next(iter(parts[-1].named_children), parts[-1])
    return elements


def values(tree: Tree, node: Node) -> list[Value]:
    """The possible values of an expression; a name that the file sets exactly once is resolved once."""
    if (
        node.type == "call_expression"
        and _POINTER.search(tree.source(node))
        and len(treesitter.arguments(node)) == 1
    ):
        node = treesitter.arguments(node)[0]
    if node.type == "identifier":
        node = _constant(tree, node) or node
    text = tree.source(node)
    if node.type in ("interpreted_string_literal", "raw_string_literal"):
        return [Value("text", text[1:-1], node.start_byte + 1, node.end_byte - 1)]
    variable = _GETENV.fullmatch(text)
    return [of_source(text, node.start_byte, node.end_byte, variable[1] if variable else "")]


def _constant(tree: Tree, name: Node) -> Node | None:
    """The value in the file's only declaration of a name; declarations of several names are not resolved."""
    word = tree.source(name)
    if word not in tree.memo:
        tree.memo[word] = _declared(tree, word)
    return tree.memo[word]


def _declared(tree: Tree, word: str) -> Node | None:
    defined: Node | None = None
    for path in tree.words(word):
        parent = path[:2][-1]
        if parent.type == "parameter_declaration":
            return None
        if parent.type == "expression_list" and parent.named_child_count == 1:
            parent = path[:3][-1]
        if parent.type not in _SETS:
            continue
        left = parent.named_children[0]
        if not left.start_byte <= path[0].start_byte < left.end_byte:
            continue
        right = parent.child_by_field_name("right") or parent.child_by_field_name("value")
        if defined is not None or right is None or right.named_child_count != 1:
            return None
        defined = right.named_children[0]
    return defined
