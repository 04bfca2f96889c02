"""Rewrite JavaScript and TypeScript with text edits: replace dotenv and literals by the loader."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from palint.changes.edits import apply, edit, without_statement
from palint.findings import Edit
from palint.languages import javascript, treesitter
from palint.languages.treesitter import Tree
from palint.migrate.key_names import Literal
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile

if TYPE_CHECKING:
    from tree_sitter import Node

PACKAGES = re.compile(
    r"(?:dotenv(?:-(?:cli|expand|flow|safe|webpack|defaults|extended|override))?|env-cmd)(?:/[\w./-]+)?"
)
_LOADING_CALLS = frozenset(("config", "load", "expand"))
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
    edits: list[Edit] = []
    what: dict[str, None] = {}
    imports: dict[Node, Mapping[str, str]] = {}
    statements = list(_nodes(tree))
    for node in statements:
        names = _dotenv_import(tree, node)
        if names is not None:
            imports[node] = names
    bound = {name: package for names in imports.values() for name, package in names.items()}
    for node in statements:
        if node not in imports and _is_load(tree, node, bound):
            edits.append(_without_load(tree, node))
            what["no longer loads a .env file"] = None
        elif _callee_is(tree, node, "ConfigModule.forRoot") and "@nestjs/config" in file.text:
            options = list(_without_nest_file(tree, node))
            edits += options
            what |= dict.fromkeys(["no longer loads a .env file"] if options else [])
    gone = [(each.span.offset, each.span.end_offset) for each in edits] + [
        (n.start_byte, n.end_byte) for n in imports
    ]
    imports = {node: names for node, names in imports.items() if not _is_used(tree, names, gone)}
    for literal in literals:
        edits.append(edit(file, literal.start, literal.end, f"secret('{literal.name}')"))
        what[f"reads `{literal.name}` through the loader instead of a literal"] = None
    comments = [edit(file, *place) for place in placeholders]
    if comments:
        what["has a placeholder for a secret in a comment"] = None
    if not (imports or edits or (entry and not _imports(file.text, module))):
        return Rewritten(apply(file, comments), tuple(what))
    line = _import_line(module, bool(literals), esm) if loader else ""
    if imports:
        what["imports the loader instead of dotenv" if loader else "no longer imports dotenv"] = None
        for index, node in enumerate(imports):
            edits.append(_replace_import(tree, node, line if index == 0 else "", bound))
    elif loader and not _imports(file.text, module):
        what["imports the loader"] = None
        at = _first_statement(tree)
        edits.append(edit(file, at, at, line + "\n"))
    return Rewritten(apply(file, [*edits, *comments]), tuple(what), loader=loader)


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
        if node.type in (
            "import_statement",
            "lexical_declaration",
            "variable_declaration",
            "call_expression",
        ):
            yield node
        stack.extend(reversed(node.named_children))


def _dotenv_import(tree: Tree, node: Node) -> dict[str, str] | None:
    """{local name: package} of a statement that imports dotenv; None for other nodes."""
    if node.type == "import_statement":
        source = node.child_by_field_name("source")
        package = tree.source(source).strip("'\"") if source is not None else ""
        clause = next(
            (c for c in node.named_children if c.type in ("import_clause", "import_require_clause")), None
        )
        if clause is not None and clause.type == "import_require_clause":  # import x = require("dotenv")
            inner = clause.child_by_field_name("source")
            package = tree.source(inner).strip("'\"") if inner is not None else ""
        names = (
            re.findall(r"[\w$]+", tree.source(clause).partition("require")[0]) if clause is not None else []
        )
    elif node.type in ("lexical_declaration", "variable_declaration"):
        declarators = [c for c in node.named_children if c.type == "variable_declarator"]
        value = declarators[0].child_by_field_name("value") if len(declarators) == 1 else None
        package = _required(tree, value)
        name = declarators[0].child_by_field_name("name") if declarators else None
        loaded = value is not None and _inner_require(value) is not value
        names = [] if loaded or name is None else re.findall(r"[\w$]+", tree.source(name))
    elif node.parent is not None and node.parent.type == "expression_statement":
        package, names = _required(tree, node), []
    else:
        return None
    if not PACKAGES.fullmatch(package):
        return None
    return {name: package for name in names if name not in ("as", "default")}


def _required(tree: Tree, node: Node | None) -> str:
    """The package of `require("x")`, `require("x").config()` and the like."""
    inner = _inner_require(node) if node is not None else None
    if inner is None or javascript.callee(tree, inner) != "require":
        return ""
    given = treesitter.arguments(inner)
    return tree.source(given[0]).strip("'\"`") if len(given) == 1 else ""


def _inner_require(node: Node) -> Node | None:
    """The innermost call of a chain `require("x").config(…)`."""
    found = None
    current: Node | None = node
    while current is not None:
        if current.type == "call_expression":
            found = current
            current = current.child_by_field_name("function")
        elif current.type == "member_expression":
            current = current.child_by_field_name("object")
        else:
            break
    return found


def _is_load(tree: Tree, node: Node, bound: Mapping[str, str]) -> bool:
    """Whether a call loads a dotenv file: `dotenv.config()`, `config()`, `process.loadEnvFile()`."""
    if node.type != "call_expression":
        return False
    callee = javascript.callee(tree, node)
    if callee == "process.loadEnvFile":
        return True
    first, _, rest = callee.partition(".")
    if first not in bound:
        return False
    return rest in _LOADING_CALLS or (
        not rest and (first in _LOADING_CALLS or first not in ("parse", "populate"))
    )


def _callee_is(tree: Tree, node: Node, callee: str) -> bool:
    return node.type == "call_expression" and javascript.callee(tree, node) == callee


def _without_nest_file(tree: Tree, call: Node) -> Iterator[Edit]:
    """Make NestJS read no .env file, which it does by default; options that are no literal stay."""
    given = treesitter.arguments(call)
    off = "ignoreEnvFile: true"
    if not given:
        yield edit(tree.file, call.end_byte - 1, call.end_byte - 1, f"{{ {off} }}")
    elif given[0].type == "object" and "ignoreEnvFile" not in tree.source(given[0]):
        pairs = [pair for pair in given[0].named_children if pair.type == "pair"]
        file = next((pair for pair in pairs if javascript.key(tree, pair) == "envFilePath"), None)
        if file is not None:
            yield edit(tree.file, file.start_byte, file.end_byte, off)
        else:
            at = given[0].start_byte + 1
            margin = re.match(r"\s*", tree.text[at:])
            yield edit(tree.file, at, at, f"{margin[0] if margin else ''}{off}{',' if pairs else ''}")


def _without_load(tree: Tree, call: Node) -> Edit:
    statement = call.parent
    if statement is None or statement.type != "expression_statement":
        return edit(tree.file, call.start_byte, call.end_byte, _loaded(tree))
    return without_statement(tree.file, statement.start_byte, statement.end_byte, "//")


def _loaded(tree: Tree) -> str:
    return _LOADED_TYPED if re.search(r"\.[cm]?tsx?$", tree.file.path) else _LOADED


def _replace_import(tree: Tree, node: Node, line: str, bound: Mapping[str, str]) -> Edit:
    statement = node.parent if node.type == "call_expression" and node.parent is not None else node
    kept = ""
    if node.type != "import_statement" and node.type != "call_expression":
        declarator = node.named_children[0]
        value, name = declarator.child_by_field_name("value"), declarator.child_by_field_name("name")
        if value is not None and name is not None and _inner_require(value) is not value:
            kept = f"const {tree.source(name)} = {_loaded(tree)};"
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
