"""Rewrite JavaScript and TypeScript with text edits: replace dotenv and literals by the loader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from palint.changes.edits import apply, edit, without_statement
from palint.findings import Edit
from palint.languages import javascript, treesitter
from palint.languages.treesitter import Tree
from palint.migrate.key_names import Literal
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

PACKAGES = re.compile(
    r"(?:dotenv(?:-(?:cli|expand|flow|safe|webpack|defaults|extended|override))?|env-cmd)(?:/[\w./-]+)?"
)
_LOADING_CALLS = frozenset(("config", "load", "expand"))
_DECLARATIONS = ("lexical_declaration", "variable_declaration")
_CHAIN = {"call_expression": "function", "member_expression": "object"}  # {type: field of what it is on}
_NAME = re.compile(r"[\w$]+")
# The members of the result of dotenv's `config()` that programs use; TypeScript wants to know both.
_LOADED = "({ parsed: process.env })"
_LOADED_TYPED = "({ parsed: process.env } as { parsed?: Record<string, string>; error?: Error })"


def rewrite(
    file: SourceFile,
    placeholders: Sequence[tuple[int, int, str]],
    literals: Sequence[Literal],
    module: str,
    *,
    esm: bool,
    entry: bool = False,
    loader: bool = True,
) -> Rewritten:
    """Rewrite a file. placeholders: text for [start, end) in comments. module: import path of the loader.

    esm: whether it has `import` statements, as TypeScript has. entry: whether to import the loader even if
    the file does not import dotenv. loader: whether there is one; otherwise dotenv is only removed. Raises
    ParseError.
    """
    tree = file.parsed_with(javascript.parse)
    statements = list(_nodes(tree))
    imports = {node: names for node in statements if (names := _dotenv_import(tree, node)) is not None}
    loads = list(_without_loads(tree, statements, imports))
    reads = [edit(file, literal.start, literal.end, f"secret('{literal.name}')") for literal in literals]
    comments = [edit(file, *place) for place in placeholders]
    gone = [(load.span.offset, load.span.end_offset) for load in loads]
    gone += [(node.start_byte, node.end_byte) for node in imports]
    unused = [node for node, names in imports.items() if not _is_used(tree, names, gone)]
    what = ["no longer loads a .env file"] if loads else []
    what += [f"reads `{literal.name}` through the loader instead of a literal" for literal in literals]
    what += ["has a placeholder for a secret in a comment"] if comments else []
    imported = _imports(file.text, module)
    if not (unused or loads or reads or (entry and not imported)):
        return Rewritten(apply(file, comments), tuple(what))
    edits = [*loads, *reads, *comments]
    line = _import_line(module, bool(literals), esm) if loader else ""
    if unused:
        what.append("imports the loader instead of dotenv" if loader else "no longer imports dotenv")
        edits += [_replace_import(tree, unused[0], line)]
        edits += [_replace_import(tree, node, "") for node in unused[1:]]
    elif loader and not imported:
        what.append("imports the loader")
        at = _first_statement(tree)
        edits.append(edit(file, at, at, line + "\n"))
    return Rewritten(apply(file, edits), tuple(dict.fromkeys(what)), loader=loader)


def _without_loads(
    tree: Tree, statements: Iterable[Node], imports: Mapping[Node, Mapping[str, str]]
) -> Iterator[Edit]:
    """Edits of the calls that load a dotenv file. imports: {statement: {local name: package}}."""
    bound = {name: package for names in imports.values() for name, package in names.items()}
    for node in statements:
        if node not in imports and _is_load(tree, node, bound):
            yield _without_load(tree, node)
        elif javascript.callee(tree, node) == "ConfigModule.forRoot" and "@nestjs/config" in tree.text:
            yield from _without_nest_file(tree, node)


def _is_used(tree: Tree, names: Iterable[str], without: Sequence[tuple[int, int]]) -> bool:
    """Whether a name is used outside of some ranges: `dotenv.parse(text)` needs its import."""
    return any(
        tree.path(match.start())[0].type in ("identifier", "shorthand_property_identifier")
        and not any(start <= match.start() < end for start, end in without)
        for name in names
        for match in re.finditer(rf"(?<![\w$]){re.escape(name)}(?![\w$])", tree.text)
    )


def _imports(text: str, module: str) -> bool:
    return f"'{module}'" in text


def _import_line(module: str, named: bool, esm: bool) -> str:
    if esm:
        return f"import {{ secret }} from '{module}';" if named else f"import '{module}';"
    return f"const {{ secret }} = require('{module}');" if named else f"require('{module}');"


def _nodes(tree: Tree) -> Iterator[Node]:
    """Imports, declarations, expression statements and calls, in text order."""
    stack = [tree.root]
    while stack:
        node = stack.pop()
        if node.type in ("import_statement", "call_expression", *_DECLARATIONS):
            yield node
        stack.extend(reversed(node.named_children))


def _dotenv_import(tree: Tree, node: Node) -> dict[str, str] | None:
    """{local name: package} of a statement that imports dotenv; None for other nodes."""
    names: list[str] = []
    if node.type == "import_statement":
        package = tree.source(node.child_by_field_name("source")).strip("'\"")
        names = [name for each in node.named_children if each.type == "import_clause"
                 for name in _NAME.findall(tree.source(each))]  # fmt: skip
    elif node.type == "call_expression":
        package = _required(tree, node) if getattr(node.parent, "type", "") == "expression_statement" else ""
    else:
        value = _declared(node, "value")
        package = _required(tree, value)
        if _first_call(value) == value:
            names = _NAME.findall(tree.source(_declared(node, "name")))
    if not PACKAGES.fullmatch(package):
        return None
    return {name: package for name in names if name not in ("as", "default")}


def _declared(node: Node, field: str) -> Node | None:
    """The `name` or `value` of a declaration of one variable."""
    declarators = node.named_children
    return declarators[0].child_by_field_name(field) if len(declarators) == 1 else None


def _required(tree: Tree, node: Node | None) -> str:
    """The package of `require("x")`, `require("x").config()` and the like."""
    inner = _first_call(node)
    if inner is None or javascript.callee(tree, inner) != "require":
        return ""
    return "".join(map(tree.source, treesitter.arguments(inner))).strip("'\"`")


def _first_call(node: Node | None) -> Node | None:
    """The first call of a chain `require("x").config(…)`."""
    found = None
    while node is not None and node.type in _CHAIN:
        found = node if node.type == "call_expression" else found
        node = node.child_by_field_name(_CHAIN[node.type])
    return found


def _is_load(tree: Tree, node: Node, bound: Mapping[str, str]) -> bool:
    """Whether a call loads a dotenv file: `dotenv.config()`, `config()`, `process.loadEnvFile()`."""
    if node.type != "call_expression":
        return False
    callee = javascript.callee(tree, node)
    first, _, rest = callee.partition(".")
    if first in bound:
        return rest in _LOADING_CALLS or (not rest and first not in ("parse", "populate"))
    return callee == "process.loadEnvFile"


def _without_nest_file(tree: Tree, call: Node) -> Iterator[Edit]:
    """Make NestJS read no .env file, which it does by default; options that are no literal stay."""
    given = treesitter.arguments(call)
    off = "ignoreEnvFile: true"
    if not given:
        yield edit(tree.file, call.end_byte - 1, call.end_byte - 1, f"{{ {off} }}")
    elif given[0].type == "object" and "ignoreEnvFile" not in tree.source(given[0]):
        options = given[0].named_children
        file = next((each for each in options if javascript.key(tree, each) == "envFilePath"), None)
        if file is not None:
            yield edit(tree.file, file.start_byte, file.end_byte, off)
        else:
            at = given[0].start_byte + 1
            margin = tree.text[at : at + len(tree.text[at:]) - len(tree.text[at:].lstrip())]
            yield edit(tree.file, at, at, f"{margin}{off}{',' if options else ''}")


def _without_load(tree: Tree, call: Node) -> Edit:
    statement = call.parent
    if statement is not None and statement.type == "expression_statement":
        return without_statement(tree.file, statement.start_byte, statement.end_byte, "//")
    return edit(tree.file, call.start_byte, call.end_byte, _loaded(tree))


def _loaded(tree: Tree) -> str:
    return _LOADED_TYPED if re.search(r"\.[cm]?tsx?$", tree.file.path) else _LOADED


def _replace_import(tree: Tree, node: Node, line: str) -> Edit:
    """Replace a statement that imports dotenv; what `require("dotenv").config()` is assigned to stays."""
    kept, value = "", _declared(node, "value")
    if node.type in _DECLARATIONS and _first_call(value) != value:
        kept = f"const {tree.source(_declared(node, 'name'))} = {_loaded(tree)};"
    statement = (node.parent if node.type == "call_expression" else None) or node
    text = "\n".join(filter(None, (line, kept)))
    if not text:
        return without_statement(tree.file, statement.start_byte, statement.end_byte, "//")
    return edit(tree.file, statement.start_byte, statement.end_byte, text)


def _first_statement(tree: Tree) -> int:
    """The start of the first statement after directives such as `'use strict'`."""
    for node in tree.root.named_children:
        directive = node.type == "expression_statement" and node.named_children[0].type == "string"
        if node.type not in ("comment", "hash_bang_line") and not directive:
            return node.start_byte
    return len(tree.text)
