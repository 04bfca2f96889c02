"""YAML -> nodes with positions, within limits, through libyaml's event stream.

`file.parsed_with(parse)` gives one `Node` per document. Nothing is constructed from tags: a CloudFormation
`!Sub` or a `!!python/object` is only a name on a node. Scalars stay text, also `on`, `no` and numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from palint.text.source import ParseError, SourceFile
from palint.util import compiled_patterns, lazy_re
from palint.util.typing import Any, NoReturn

MAX_DEPTH = 64  # of nested collections, aliases followed
MAX_EVENTS = 100_000
MAX_EXPANDED = 200_000  # nodes, where an alias counts as all nodes of its target
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))

# Characters that libyaml rejects (YAML 1.1, 5.1 "Character Set"), and U+0085, U+2028 and U+2029, which end a
# line for libyaml but not in YAML 1.2. Each becomes a space. A text with NUL is rejected as a whole.
_REFUSED = lazy_re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")

# libyaml's fixed phrases in our words; the others become "is not valid YAML".
_PROBLEMS = {
    "mapping values are not allowed": "a `:` starts a mapping where none is allowed (quote the text?)",
    "cannot start any token": "a value that starts with a tab, `@`, `%` or a backquote",
    "did not find expected key": "the indentation does not fit the mapping above",
    "did not find expected '-' indicator": "the indentation does not fit the list above",
    "could not find expected ':'": "a key without its `:`",
    "unexpected end of stream": "a quoted string that does not end",
    "did not find expected ',' or": "a `[` or `{` that is not closed, or a value in it that needs quotes",
    "tab character": "a tab in the indentation",
    "undefined tag handle": "a tag that is not declared",
    "unknown escape character": "an unknown `\\` escape in a double-quoted text",
    "duplicate %": "a repeated directive",
    "exceeded max": f"nested more than {MAX_DEPTH} deep",
}


class Node:
    """A value with its place.

    kind: "map", "seq" or "scalar". start, end: offsets (code points) into `file.text`; a collection in block
    style ends where its last member does. tag: as written (`!Sub`) or None.
    value, style: of a scalar, its text and None (plain), "'", '"', "|" or ">".
    items: of a map, (key, value) in text order, duplicates kept. elements: of a sequence.
    flow: whether a collection is written with braces or brackets.
    alias: the target, if this node is an alias; `start` and `end` are the alias's own,
    those of its members are at the anchor.
    """

    __slots__ = ("alias", "elements", "end", "flow", "items", "kind", "start", "style", "tag", "value")

    def __init__(self, kind: str, start: int, end: int, tag: str | None = None) -> None:
        self.kind, self.start, self.end, self.tag = kind, start, end, tag
        self.value = ""
        self.style: str | None = None
        self.items: list[tuple[Node, Node]] = []
        self.elements: list[Node] = []
        self.flow = False
        self.alias: Node | None = None

    @property
    def null(self) -> bool:
        """Whether this is YAML's null: nothing, `~` or `null`, not quoted."""
        return self.kind == "scalar" and self.style is None and self.value in _NULLS

    @property
    def span(self) -> tuple[int, int]:
        """Its range in the text."""
        return self.start, self.end

    @property
    def inside(self) -> tuple[int, int]:
        """The range of a scalar's text, without the quotes around it."""
        return (self.start + 1, self.end - 1) if self.style in ("'", '"') else self.span

    def entries(self) -> Iterator[tuple[Node, Node]]:
        """The (key, value) pairs of a map, first those from merge keys (`<<`), then its own."""
        for key, value in self.items:
            if key.value == "<<" and key.style is None:
                for source in value.elements if value.kind == "seq" else (value,):
                    yield from source.entries()
        for key, value in self.items:
            if key.value != "<<" or key.style is not None:
                yield key, value

    def entry(self, name: str) -> tuple[Node, Node] | None:
        """The (key, value) of a map's key, the last of duplicates, as in most parsers; None if absent."""
        found = merge = None
        for pair in self.items:
            key = pair[0]
            if key.value == name:
                found = pair
            elif key.value == "<<":
                merge = pair
        if found is None and merge is not None:
            for pair in self.entries():
                if pair[0].value == name:
                    found = pair
        return found

    def get(self, name: str) -> Node | None:
        """The value of a map's key, with merge keys; None if there is none or this is not a map."""
        pair = self.entry(name)
        return pair[1] if pair else None

    def under(self, *path: str) -> Iterator[tuple[Node, Node]]:
        """The (key, value) pairs of the map at a path of keys; none where one is absent."""
        node: Node | None = self
        for name in path:
            node = node.get(name) if node is not None else None
        yield from node.entries() if node is not None else ()

    def text(self, name: str) -> str | None:
        """The value of a map's key if it is a non-null scalar, else None."""
        node = self.get(name)
        return None if node is None or node.kind != "scalar" or node.null else node.value

    def walk(self) -> Iterator[Node]:
        """Yield this node and all nodes below it, including keys, in text order; aliases are not followed."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.alias is None:
                stack.extend(reversed(node.elements))
                for key, value in reversed(node.items):
                    stack += (value, key)


_QUOTED_LINE = lazy_re.compile(r"(?m)^([ \t]*(?:-[ ]+)*(?:[\w.-]+:[ \t]+)?)([\"'])(.*)\2([ \t]*(?:#.*)?)$")


def unquote_lines(text: str) -> str:
    """The text with blanks for the quotes around values of one line, for readers of commands.

    `- "aws s3 ls"` and `run: 'aws s3 ls'` are commands, not one word. Offsets stay as they are.
    """
    return _QUOTED_LINE.sub(r"\1 \3 \4", text)


@cache
def _library() -> Any:
    """PyYAML, imported when it is first needed."""
    with compiled_patterns.during_import():
        import yaml
    return yaml


def parse(file: SourceFile) -> list[Node]:
    """The documents of a YAML (or JSON) file, an empty one as a null scalar; none for an empty file.

    Raises ParseError if libyaml rejects the text or a limit above is exceeded. The message depends only on
    the kind of the problem and does not quote the text.
    """
    yaml = _library()
    text = file.text
    nul = text.find("\0")
    if nul >= 0:
        raise ParseError("a NUL character, which YAML does not allow", file.position(nul).line)
    if _REFUSED.search(text):
        text = _REFUSED.sub(" ", text)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        return _Composer(file, text, yaml.events).documents(loader.get_event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = file.position(min(mark.index, len(text))).line if mark else 1
        raise ParseError(_explain(str(getattr(error, "problem", ""))), line) from None
    finally:
        loader.dispose()


# `{{ … }}` of Helm and Jinja, `{% … %}`, `<% … %>`. A line of nothing else is not part of the YAML.
_EXPRESSION = (
    r"(?:\{\{(?:[^{}]|\{(?!\{)|\}(?!\})){0,2000}\}\}|\{%(?:[^%{]|%(?!\})|\{(?!%)){0,2000}%\}"
    r"|<%(?:[^%<]|%(?!>)|<(?!%)){0,2000}%>)"
)
_ONLY_EXPRESSIONS = lazy_re.compile(rf"(?m)^[ \t]*(?:{_EXPRESSION}[ \t\r]*)+$")
_IN_LINE = lazy_re.compile(_EXPRESSION)
_NOT_A_LINE_END = lazy_re.compile(r"[^\r\n]")
_DOCUMENT_START = lazy_re.compile(r"(?m)^---")
_BRACKETS = {"{": "\ue000", "}": "\ue001", "<": "\ue002", ">": "\ue003"}
_MASKED = str.maketrans(_BRACKETS | dict.fromkeys("[]:,#&*!|'\"%@`\\\n\r\t", "_"))
_RESTORED = str.maketrans({mask: bracket for bracket, mask in _BRACKETS.items()})


def parse_template(file: SourceFile) -> list[Node]:
    """The documents of a YAML template that parse; an expression such as `{{ … }}` is text, without quotes.

    Documents that do not parse are left out. Both branches of an `if` are in the result: a map may have a
    key twice.
    """
    text = _ONLY_EXPRESSIONS.sub(lambda match: _NOT_A_LINE_END.sub(" ", match[0]), file.text)
    text = _IN_LINE.sub(lambda match: match[0].translate(_MASKED), text)
    starts = [0, *(match.start() for match in _DOCUMENT_START.finditer(text)), len(text)]
    found: list[Node] = []
    for start, end in pairwise(starts):
        try:
            documents = parse(SourceFile(file.path, text[start:end].encode("utf-8", "surrogatepass")))
        except ParseError:
            continue
        for node in (node for document in documents for node in document.walk()):
            node.start, node.end = node.start + start, node.end + start
            node.value = node.value.translate(_RESTORED)
        found += documents
    return found


def _explain(problem: str) -> str:
    return next((words for phrase, words in _PROBLEMS.items() if phrase in problem), "this is not valid YAML")


class _Composer:
    """Builds nodes from events, without recursion."""

    def __init__(self, file: SourceFile, text: str, events: Any) -> None:
        self.file, self.text, self.events = file, text, events
        self.anchors: dict[str, Node | None] = {}  # None: still open
        self.sizes: dict[Node, tuple[int, int]] = {}  # {anchor: (nodes, height)}, with aliases expanded

    def documents(self, get_event: Any) -> list[Node]:
        events = self.events
        documents: list[Node] = []
        # Each frame: a collection, its anchor, the key without a value yet, nodes and height so far.
        stack: list[list[Any]] = []
        for _ in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            if kind is events.ScalarEvent:
                node, size, height, anchor = self._scalar(event), 1, 1, event.anchor
            elif kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
                self._open(event, "map" if kind is events.MappingStartEvent else "seq", stack)
                continue
            elif kind is events.MappingEndEvent or kind is events.SequenceEndEvent:
                node, anchor, _, size, height = stack.pop()
                self._close(node, event)
            elif kind is events.AliasEvent:
                node, size, height = self._alias(event)
                anchor = None
            elif kind is events.StreamEndEvent:
                return documents
            else:
                if kind is events.DocumentStartEvent:
                    self.anchors.clear()
                continue
            if anchor is not None:
                self.anchors[anchor] = node
                self.sizes[node] = (size, height)
            if not stack:
                documents.append(node)
                continue
            frame = stack[-1]
            self._add(frame, node)
            frame[3] += size
            frame[4] = max(frame[4], height + 1)
            if frame[3] > MAX_EXPANDED or len(stack) + height > MAX_DEPTH + 1:
                self._refuse(event, "aliases that expand to too many nodes")
        raise ParseError(f"more than {MAX_EVENTS:,} YAML events: too large to parse", 1, incomplete=True)

    def _refuse(self, event: Any, message: str) -> NoReturn:
        line = self.file.position(min(event.start_mark.index, len(self.text))).line
        raise ParseError(message, line, incomplete=True)

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        style = event.style or None
        if style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        node = Node("scalar", start, end, event.tag)
        node.value = event.value
        node.style = style
        return node

    def _open(self, event: Any, kind: str, stack: list[list[Any]]) -> None:
        if len(stack) >= MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} deep")
        node = Node(kind, event.start_mark.index, event.end_mark.index, event.tag)
        node.flow = bool(event.flow_style)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        stack.append([node, event.anchor, None, 1, 1])

    @staticmethod
    def _close(node: Node, event: Any) -> None:
        if node.flow:
            node.end = event.end_mark.index
        elif node.items:
            node.end = max(node.items[-1][1].end, node.items[-1][0].end)
        else:
            node.end = max(node.elements[-1].end, node.start)

    def _alias(self, event: Any) -> tuple[Node, int, int]:
        if event.anchor not in self.anchors:
            self._refuse(event, "an alias (`*`) without an anchor (`&`) above it")
        target = self.anchors[event.anchor]
        if target is None:
            self._refuse(event, "an alias inside its own target")
        node = Node(target.kind, event.start_mark.index, event.end_mark.index, target.tag)
        node.value, node.style, node.flow = target.value, target.style, target.flow
        node.items, node.elements, node.alias = target.items, target.elements, target
        return (node, *self.sizes[target])

    @staticmethod
    def _add(frame: list[Any], node: Node) -> None:
        parent: Node = frame[0]
        if parent.kind == "seq":
            parent.elements.append(node)
        elif frame[2] is None:
            frame[2] = node
        else:
            parent.items.append((frame[2], node))
            frame[2] = None


_MAX_LINES_ABOVE = 200  # lines that are searched for the keys above a value


def keys_above(text: str, offset: int) -> str:
    """The YAML keys above an offset, each on a line, without those of the value's own group.

    By indentation alone, so that it also works in a text that does not parse.
    """
    start = text.rfind("\n", 0, offset) + 1
    width, lines = _indent(text[start:offset]), []
    for _ in range(_MAX_LINES_ABOVE):
        if start <= 0 or not width:
            break
        end, start = start - 1, text.rfind("\n", 0, start - 1) + 1
        line = text[start:end]
        if line.strip() and not line.lstrip().startswith("#") and _indent(line) < width:
            width = _indent(line)
            lines.append(line)
    return "\n".join(lines)


def _indent(line: str) -> int:
    """The columns before a line; one more for a list's item, whose key may be as far to the left."""
    own = line.lstrip()
    return len(line) - len(own) + own.startswith("- ")
