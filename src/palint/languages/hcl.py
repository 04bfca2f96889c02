"""HCL (Terraform, OpenTofu, Packer): blocks, their attributes, and values of expressions."""

from __future__ import annotations

from palint.languages import treesitter
from palint.languages.treesitter import Tree
from palint.languages.value import INTERPOLATION, Value, of_source
from palint.text.source import SourceFile
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Block(NamedTuple):
    """`resource "aws_iam_access_key" "ci" { … }`: kind, labels, and the block's node."""

    kind: str
    labels: tuple[str, ...]
    node: Node

    @property
    def header(self) -> tuple[int, int]:
        """[start, end) of the block up to its opening brace."""
        return self.node.start_byte, _words(self.node)[-1].end_byte


def parse(file: SourceFile) -> Tree:
    """The tree of an HCL file. Raises ParseError where it is too large.

    A syntax error adds a notice. One that the grammar accepts is a line break before the brace of a block,
    by which the words of a line hide what kind of block the next one starts:
    https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#structural-elements
    """
    tree = treesitter.parse(file, "hcl")
    open_ = [tree.root]
    while open_:
        for block in blocks(tree, open_.pop()):
            brace = next(child for child in block.node.children if child.type == "block_start")
            end = tree.text.find("\n", block.node.start_byte, brace.start_byte)
            if end >= 0:
                line = file.position(end).line
                message = f"syntax error at line {line}: a block and its opening brace must be on one line"
                file.add_notice("unparsed", message)
                return tree
            open_.append(block.node)
    return tree


def blocks(tree: Tree, within: Node) -> list[Block]:
    """The blocks directly inside a block."""
    return [
        _block(tree, node) for body in _bodies(within) for node in body.named_children if node.type == "block"
    ]


def enclosing_blocks(tree: Tree, path: list[Node]) -> list[Block]:
    """The blocks that enclose a place, the innermost first, also within blocks with syntax errors."""
    return [_block(tree, node) for node in path if node.type == "block"]


def _block(tree: Tree, node: Node) -> Block:
    words = [tree.source(word).strip('"') for word in _words(node)]
    return Block(words[0], tuple(words[1:]), node)


def _words(block: Node) -> list[Node]:
    """The kind and the labels of a block."""
    return [child for child in block.named_children if child.type in ("identifier", "string_lit")]


def attributes(tree: Tree, block: Node) -> dict[str, Node]:
    """A block's own attributes by name: the nodes of `name = value`."""
    by_name: dict[str, Node] = {}
    for body in _bodies(block):
        for node in body.named_children:
            if node.type == "attribute":
                by_name[tree.source(node.named_children[0])] = node
    return by_name


def expression(attribute: Node) -> Node:
    """The expression of an attribute."""
    return attribute.named_children[-1]


def call(tree: Tree, node: Node) -> str:
    """The name of the function that an expression calls, or ""."""
    inner = _unwrap(node)
    return tree.source(inner.named_children[0]) if inner.type == "function_call" else ""


def values(tree: Tree, node: Node) -> list[Value]:
    """The possible values of an expression: both arms of a condition, all arguments of `coalesce`, `try`."""
    found: list[Value] = []
    open_ = [node]
    while open_ and len(found) < 16:
        node = _unwrap(open_.pop())
        if node.type == "conditional":
            open_ += reversed(treesitter.children(node)[1:])
        elif call(tree, node) in ("coalesce", "try", "sensitive"):
            open_ += [a for args in node.named_children[1:] for a in reversed(treesitter.children(args))]
        else:
            found.append(_value(tree, node))
    return found


def _value(tree: Tree, node: Node) -> Value:
    source = tree.source(node)
    start, end = node.start_byte, node.end_byte
    if node.type in ("string_lit", "quoted_template"):
        return _template(tree, node, start + 1, max(end - 1, start + 1))
    if node.type == "heredoc_template":
        marks = [c for c in node.named_children if c.type == "heredoc_identifier"]
        return _template(tree, node, marks[0].end_byte, marks[-1].start_byte)
    return of_source(source, start, end)


def _template(tree: Tree, node: Node, start: int, end: int) -> Value:
    text, at = "", start
    for child in node.named_children:
        if child.type in ("template_interpolation", "template_directive"):
            text += tree.text[at : child.start_byte] + INTERPOLATION
            at = child.end_byte
    text += tree.text[at:end]
    return Value("template" if INTERPOLATION in text else "text", text, start, end)


_WRAPPERS = frozenset(["expression", "literal_value", "template_expr", "collection_value"])


def _unwrap(node: Node) -> Node:
    while node.type in _WRAPPERS and node.named_child_count == 1:
        node = node.named_children[0]
    return node


def _bodies(node: Node) -> list[Node]:
    return [child for child in node.named_children if child.type in ("body", "ERROR")]
