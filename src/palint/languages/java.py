"""Java: calls, their arguments, constants."""

from __future__ import annotations

from palint.languages import treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import Value, of_source
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

_GETENV = lazy_re.compile(r'System\s*\.\s*getenv\(\s*"([^"]*)"\s*\)')


def parse(file: SourceFile) -> Tree:
    """The tree of a Java file. Raises ParseError if it is too large."""
    return treesitter.parse(file, "java")


def values(tree: Tree, node: Node) -> list[Value]:
    """The possible values of an expression; a name that is set in one place is resolved once."""
    if node.type == "identifier":
        node = _constant(tree, node) or node
    text = tree.source(node)
    if node.type == "string_literal":
        quotes = 3 if text.startswith('"""') else 1
        return [Value("text", text[quotes:-quotes], node.start_byte + quotes, node.end_byte - quotes)]
    variable = _GETENV.fullmatch(text)
    return [of_source(text, node.start_byte, node.end_byte, variable[1] if variable else "")]


def _constant(tree: Tree, name: Node) -> Node | None:
    """The value of a name that is set in one place: in the enclosing method, else in the whole file."""
    word = tree.source(name)
    methods = (node for node in tree.path(name.start_byte) if node.type == "method_declaration")
    for scope in (next(methods, None), tree.root):
        if scope is None:
            continue
        key = (word, scope.start_byte)
        if key not in tree.memo:
            tree.memo[key] = _set_once(tree, word, scope)
        if tree.memo[key] is not None:
            return tree.memo[key]
    return None


def _set_once(tree: Tree, word: str, scope: Node) -> Node | None:
    sets: list[Node] = []
    for path in tree.words(word):
        parent = path[:2][-1]
        if not scope.start_byte <= parent.start_byte < scope.end_byte:
            continue
        if parent.type == "formal_parameter":
            return None
        if parent.type == "variable_declarator" and parent.child_by_field_name("name") == path[0]:
            value = parent.child_by_field_name("value")
        elif parent.type == "assignment_expression" and parent.child_by_field_name("left") == path[0]:
            value = parent.child_by_field_name("right")
        else:
            continue
        sets += [value] if value is not None and value.type != "null_literal" else []
    return sets[0] if len(sets) == 1 else None
