"""tree-sitter for all grammars: syntax trees whose offsets are code points.

tree-sitter counts bytes of UTF-8. Each character outside ASCII is replaced by one ASCII character before
parsing, so a byte is a code point and no offset needs converting. Only strings, comments and names contain
such characters. Nothing here recurses. A tree with syntax errors is used as far as it goes.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from functools import cache

from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node

LARGEST = 1 << 20  # code points; a larger file is not parsed
DEEPEST = 2_000  # brackets open at once; deeper nesting takes gigabytes in some grammars
_MAX_STEPS = 500_000  # steps of all descents in one file: half a second
# CPU seconds, and seconds for a byte: more than ten times what valid code takes. After an error the parser
# compares many continuations: 160 kB of `/* accessKeyId secretAccessKey` took 13 s.
_MIN_BUDGET, _BUDGET = 0.1, 4e-6
_PIECE = 1 << 16  # bytes that the parser is given at once
_STATEMENTS = ("statement", "declaration", "definition", "block", "attribute")  # ends of types of nodes
_BRACKET = lazy_re.compile(r"[(\[{]|([)\]}])")
# The Java grammar takes 3 GB for 20,000 unclosed `<`.
_UNCLOSED = lazy_re.compile(r"(?:<[^<>;{}()]*){300}")
_WIDE_SPACE = lazy_re.compile(r"[\u0085\u00a0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff]")
_WIDE = lazy_re.compile(r"[^\x00-\x7f]")


class Tree:
    """A parsed file. Its nodes are tree-sitter's own; their `start_byte` and `end_byte` are code points.

    memo: results that a language's module keeps per file.
    """

    __slots__ = ("_beside_errors", "_doubt", "_steps", "_tree", "file", "memo", "text")

    def __init__(self, file: SourceFile, tree: object) -> None:
        self.file = file
        self.text = file.text
        self.memo: dict[object, Node | None] = {}
        self._tree = tree  # nodes do not keep their tree alive
        self._steps = 0
        self._beside_errors: set[int] | None = None  # see `_beside_errors`
        self._doubt = ""  # the notice of the first place that an error may have changed

    @property
    def root(self) -> Node:
        """The root node."""
        return self._tree.root_node  # type: ignore[attr-defined, no-any-return]

    def source(self, node: Node | None) -> str:
        """Return the text of a node, "" for none."""
        return "" if node is None else self.text[node.start_byte : node.end_byte]

    def path(self, offset: int) -> list[Node]:
        """Return the nodes around the character at `offset` (code points), innermost first.

        If a syntax error may have changed them, a notice says that the file is not fully checked. An error
        elsewhere does not: grammars refuse some valid code.

        Raises ParseError when the descents of this file have taken more than `_MAX_STEPS` steps.
        """
        node = self.root
        cursor = node.walk()
        nodes = [node]
        while cursor.goto_first_child_for_byte(offset) is not None:
            self._steps += 1 + node.child_count // 8  # a descent to a child passes its siblings
            node = cursor.node  # type: ignore[assignment]
            if not node.start_byte <= offset < node.end_byte:
                break
            nodes.append(node)
        if self._steps > _MAX_STEPS:
            line = self.file.position(offset).line
            raise ParseError("too many places to check in the syntax tree", line, incomplete=True)
        nodes.reverse()
        if self._doubt or (self.root.has_error and self._is_doubtful(nodes)):
            if not self._doubt:
                line = self.file.position(_first_error(self.root)).line
                self._doubt = f"syntax error at line {line}: the code around it was checked as plain text"
            self.file.add_notice("unparsed", self._doubt)
        return nodes

    def _is_doubtful(self, nodes: list[Node]) -> bool:
        """Whether a syntax error may have changed how a place is read. nodes: those of `path`.

        It has not where no node is an error or beside one, the innermost statement has none, and the place
        is in no string or comment of several lines, which an error may have opened.
        """
        leaf = nodes[0]
        if leaf.start_point[0] != leaf.end_point[0]:
            return True
        statement = next((node for node in nodes if node.type.endswith(_STATEMENTS)), nodes[-2:][0])
        if statement.has_error:
            return True
        if self._beside_errors is None:
            self._beside_errors = _beside_errors(self.root)
        return any(node.id in self._beside_errors for node in nodes)

    def words(self, word: str) -> Iterator[list[Node]]:
        """Yield the path to each occurrence of a whole word, at most 200."""
        pattern = re.compile(rf"(?<![\w$]){re.escape(word)}(?![\w$])")
        for count, match in enumerate(pattern.finditer(self.text)):
            if count == 200:
                return
            yield self.path(match.start())


def children(node: Node) -> list[Node]:
    """The named children of a node, without comments."""
    return [child for child in node.named_children if not child.type.endswith("comment")]


def arguments(call: Node) -> list[Node]:
    """The arguments of a call or a `new`, without comments."""
    listed = call.child_by_field_name("arguments")
    return [] if listed is None else children(listed)


@cache
def _parser(package: str, function: str) -> Any:
    """The parser of a grammar. function: returns it, in the extension module of its package.

    The package itself would import `importlib.resources`, to read files that nothing here needs: 22 million
    instructions.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    from tree_sitter import Language, Parser

    folder = PathFinder.find_spec(package)
    spec = folder and PathFinder.find_spec(f"{package}._binding", folder.submodule_search_locations)
    if spec is None or spec.loader is None:
        raise ImportError(f"{package} has no extension module `_binding`")
    extension = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(extension)
    return Parser(Language(getattr(extension, function)()))


def parse(
    file: SourceFile, grammar: str, function: str = "language", refused: re.Pattern[str] | None = None
) -> Tree:
    """Parse a file. grammar: the end of its package's name; function: the one there that returns it.

    refused: valid code that the grammar cannot read, parsed as a name instead.

    Raises ParseError for a text larger than `LARGEST` or nested deeper than `DEEPEST`; not for a syntax
    error: see `Tree.path`.
    """
    text = file.text
    if len(text) > LARGEST:
        raise ParseError(
            f"has {len(text):,} characters; files of up to {LARGEST:,} are parsed", incomplete=True
        )
    _refuse_depth(file)
    if not text.isascii():
        text = _WIDE.sub("x", _WIDE_SPACE.sub(" ", text))
    if refused is not None:
        text = refused.sub(lambda match: "_" * len(match[0]), text)
    return Tree(file, _within_budget(_parser(f"tree_sitter_{grammar}", function), text.encode("ascii")))


def _within_budget(parser: Any, data: bytes) -> Any:
    """The tree of a text. Raises ParseError where it takes much longer than its size explains."""
    end = time.process_time() + _MIN_BUDGET + _BUDGET * len(data)
    try:
        return parser.parse(
            lambda offset, _: data[offset : offset + _PIECE],
            progress_callback=lambda *_: time.process_time() > end,
        )
    except ValueError:
        parser.reset()  # else the next parse would continue this one
        raise ParseError("takes too long to parse", incomplete=True) from None


def _beside_errors(root: Node) -> set[int]:
    """The ids of the nodes that are an error or beside one.

    A node's siblings are searched for from the root, so they are not asked for at each place.
    """
    nodes = {root.id} if root.is_error else set()
    broken = [root]
    while broken:
        children = broken.pop().children
        for i, child in enumerate(children):
            if child.is_error or child.is_missing:
                nodes.update(each.id for each in children[max(i - 1, 0) : i + 2])
            if child.has_error:
                broken.append(child)
    return nodes


def _first_error(node: Node) -> int:
    """Return the offset of the first syntax error."""
    while not (node.is_error or node.is_missing):
        node = next(child for child in node.children if child.has_error)
    return node.start_byte


def _refuse_depth(file: SourceFile) -> None:
    """Raise ParseError for deep nesting. Brackets in strings and comments count, too."""
    text = file.text
    unclosed = _UNCLOSED.search(text) if text.count("<") > 300 else None
    if unclosed is not None:
        raise ParseError(
            "has more than 300 `<` open at once", file.position(unclosed.start()).line, incomplete=True
        )
    if sum(map(text.count, "([{")) <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKET.finditer(text):
        depth = max(depth - 1, 0) if bracket[1] else depth + 1
        if depth > DEEPEST:
            line = file.position(bracket.start()).line
            raise ParseError(f"has more than {DEEPEST:,} brackets open at once", line, incomplete=True)


def removal_ranges(tree: Tree, members: list[Node]) -> tuple[tuple[int, int], ...]:
    """Return the ranges [start, end) that remove members of a list, with their commas and own lines."""
    runs: list[list[Node]] = []
    for member in sorted(members, key=lambda node: node.start_byte):
        if runs and runs[-1][-1].next_named_sibling == member:
            runs[-1].append(member)
        else:
            runs.append([member])
    return tuple(_cut(tree, run[0], run[-1]) for run in runs)


def _cut(tree: Tree, first: Node, last: Node) -> tuple[int, int]:
    start, end = first.start_byte, last.end_byte
    before, after = first.prev_sibling, last.next_sibling
    if after is not None and after.type == ",":
        end = after.end_byte
    elif before is not None and before.type == ",":
        return before.start_byte, end
    line_start = tree.file.line_at(start)[0]
    rest = _REST_OF_LINE.match(tree.text, end)
    assert rest is not None  # it matches ""
    if rest[1] and tree.text[line_start:start].strip():
        return start, end
    return (line_start if rest[1] else start), rest.end()


_REST_OF_LINE = lazy_re.compile(r"[ \t]*(\r?\n)?")
