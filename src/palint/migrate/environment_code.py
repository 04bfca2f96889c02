"""Edit Go, PHP, Ruby and C#: a loader that puts the secret's keys into the environment replaces dotenv.

Only what is certain is edited: a call without effect on what follows it, and the import of the loader.
Whatever else loads a dotenv file is found in the planned tree, and keeps the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from palint.changes.edits import apply, edit, without_statement
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.findings import Edit
from palint.languages import go as go_language
from palint.languages import treesitter
from palint.languages.treesitter import Tree
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class Loader(NamedTuple):
    """Where a loader is. path: of its file. module: Go's path to import it, "" elsewhere."""

    path: str
    module: str = ""


Rewrite = Callable[[SourceFile, Loader], Rewritten]
LOADS, _IMPORTS = "reads the secret instead of a .env file", "imports the loader"


def _places(file: SourceFile, pattern: re.Pattern[str], text: str) -> list[Edit]:
    """Edits that replace each match of a pattern; `{margin}` is its group of that name."""
    return [
        edit(file, *match.span(), text.replace("{margin}", match["margin"]))
        for match in pattern.finditer(file.text)
    ]


def _edited(file: SourceFile, edits: list[Edit], *what: str) -> Rewritten:
    return Rewritten(apply(file, edits), tuple(what) if edits else ())


# --- Go

_LIBRARIES = {
    "github.com/joho/godotenv": ("Load", "Overload"),
    "github.com/subosito/gotenv": ("Load", "OverLoad"),
}
_AUTOLOAD = "github.com/joho/godotenv/autoload"
_STRINGS = ("interpreted_string_literal", "raw_string_literal")


class _Import(NamedTuple):
    node: Node
    path: str
    name: str  # by which the file uses the package


def go(file: SourceFile, loader: Loader) -> Rewritten:
    """Import the loader. Replace godotenv, gotenv, and viper's files of the type `env`.

    Raises ParseError."""
    tree = file.parsed_with(go_language.parse)
    nodes = list(_walk(tree.root))
    imports = [_import(tree, node) for node in nodes if node.type == "import_spec"]
    calls = [node for node in nodes if node.type == "call_expression"]
    found: list[Edit] = []
    gone: list[_Import] = [each for each in imports if each.path == _AUTOLOAD]
    for each in imports:
        names = [f"{each.name}.{function}" for function in _LIBRARIES.get(each.path, ())]
        own = [call for call in calls if _callee(tree, call) in names]
        found += [_replaced(file, call, "awssecrets.Load()") for call in own]
        if own and len(own) == len(re.findall(rf"\b{re.escape(each.name)}\.\w", tree.text)):
            gone.append(each)
    found += _viper(file, tree, calls)
    uses = any("awssecrets." in edit.text for edit in found)
    what = [LOADS] if found or gone else []
    if not any(each.path == loader.module for each in imports):
        spec = f'{"" if uses else "_ "}"{loader.module}"'
        others = [each for each in imports if each not in gone]
        if gone and not others:
            found.append(_replaced(file, gone[0].node, spec))
            found += [_line_gone(file, each.node) for each in gone[1:]]
        else:
            found.append(_go_import(file, nodes, others, spec, loader.module))
            found += [_line_gone(file, each.node) for each in gone]
        what = what or [_IMPORTS]
    return _edited(file, found, *what)


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.named_children))


def _import(tree: Tree, node: Node) -> _Import:
    path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
    text = tree.source(path)[1:-1]
    return _Import(node, text, tree.source(name) or text.rpartition("/")[2])


def _callee(tree: Tree, call: Node) -> str:
    return tree.source(call.child_by_field_name("function"))


def _literal(tree: Tree, call: Node) -> str | None:
    """The text of a call's first argument, None if it is no string."""
    first = next(iter(treesitter.arguments(call)), call)
    return tree.source(first)[1:-1] if first.type in _STRINGS else None


def _replaced(file: SourceFile, node: Node, text: str) -> Edit:
    return edit(file, node.start_byte, node.end_byte, text)


def _line_gone(file: SourceFile, node: Node) -> Edit:
    return without_statement(file, node.start_byte, node.end_byte, "//")


def _in_block(node: Node) -> bool:
    return getattr(node.parent, "type", "") == "import_spec_list"


def _go_import(file: SourceFile, nodes: list[Node], imports: list[_Import], spec: str, path: str) -> Edit:
    """The import of the loader, among those of its module, in the order that gofmt gives them."""
    first = next((node for node in nodes if node.type == "import_declaration"), None)
    if first is None:
        clause = next(node for node in nodes if node.type == "package_clause")
        return edit(file, clause.end_byte, clause.end_byte, f"\n\nimport {spec}")
    inside = [each for each in imports if _in_block(each.node)]
    if not inside:
        return edit(file, first.start_byte, first.start_byte, f"import {spec}\n")
    module = path.rpartition("/internal/")[0] + "/"
    own = [each for each in inside if each.path.startswith(module)]
    # else those that are not the library's
    own = own or [each for each in inside if "." in each.path.partition("/")[0]] or inside
    before = [each for each in own if each.path < path]
    if before:
        at = file.line_at(before[-1].node.end_byte)[1]
        return edit(file, at, at, f"\n\t{spec}")
    return edit(file, own[0].node.start_byte, own[0].node.start_byte, f"{spec}\n\t")


def _viper(file: SourceFile, tree: Tree, calls: list[Node]) -> Iterator[Edit]:
    """Edits for each viper that reads one file of the type `env` here; it may read and watch no other."""
    by_name: dict[str, dict[str, list[Node]]] = {}
    for call in calls:
        receiver, _, function = _callee(tree, call).rpartition(".")
        by_name.setdefault(receiver, {}).setdefault(function, []).append(call)
    for receiver, functions in by_name.items():
        setters = [
            c for name in ("SetConfigFile", "SetConfigName", "SetConfigType") for c in functions.get(name, ())
        ]
        reads = functions.get("ReadInConfig", ())
        types = [_literal(tree, call) for call in functions.get("SetConfigType", ())]
        named = any(is_dotenv_path(_literal(tree, call) or "") for call in setters)
        if (
            len(reads) == 1
            and (named or types == ["env"])
            and not {"WatchConfig", "MergeInConfig", "AddRemoteProvider"} & functions.keys()
            and all(_literal(tree, call) is not None for call in setters)
        ):
            yield from (_line_gone(file, call) for call in setters)
            yield _replaced(file, reads[0], f"{receiver}.MergeConfigMap(awssecrets.Settings())")


# --- PHP

_PHP_LOAD = lazy_re.compile(
    r"(?m)^(?P<margin>[ \t]*)(?:(?P<name>\$\w+)\s*=\s*)?(?:\\?Dotenv\\)?Dotenv::create\w*\([^;\n]*?\)"
    r"(?(name);\s*?\n[ \t]*(?P=name))->(?:safeLoad|load)\(\);"
)
_PHP_OPEN = lazy_re.compile(r"\A(?:#![^\n]*\n)?<\?php\b[^\S\n]*\n?")
# A statement that must be, or usually is, before all others, with the comments before it.
# https://www.php.net/manual/language.namespaces.definition.php
_PHP_HEAD = lazy_re.compile(
    r"(?:\s|(?://|#)[^\n]*\n|/\*(?:[^*]|\*(?!/))*\*/)*"
    r"(?:declare\s*\([^)]*\)\s*|namespace\s[^;{]*|use\s[^;]*);[^\S\n]*\n?"
)


def php(file: SourceFile, loader: Loader) -> Rewritten:
    """Require the loader instead of phpdotenv, where the program uses that for nothing else."""
    statement = f"require_once __DIR__ . '/{_relative(file, loader)}';"
    found = [
        edit for edit, match in zip(
            _places(file, _PHP_LOAD, f"{{margin}}{statement}"), _PHP_LOAD.finditer(file.text), strict=True
        )
        if not match["name"] or file.text.count(match["name"]) == match[0].count(match["name"])
    ]  # fmt: skip
    if found:
        return _edited(file, found, LOADS)
    head = _PHP_OPEN.match(file.text)
    if head is None or posixpath.basename(loader.path) in file.text:
        return Rewritten(file.text)
    opened = head.end()
    while head is not None:
        at = head.end()
        head = _PHP_HEAD.match(file.text, at)
    before = "\n" if at > opened else ""
    after = "" if file.text[at:].startswith(("\n", "\r")) else "\n"
    return _edited(file, [edit(file, at, at, f"{before}{statement}\n{after}")], _IMPORTS)


def _relative(file: SourceFile, loader: Loader) -> str:
    return posixpath.relpath(loader.path, posixpath.dirname(file.path) or ".")


# --- Ruby

_RUBY_LOAD = lazy_re.compile(
    r"(?m)^(?P<margin>[ \t]*)(?:require[ \t(]+[\"']dotenv/(?:load|rails(?:-now)?)[\"']\)?"
    r"|Dotenv\.(?:load|overload)(?:\([^)\n]*\))?)"
    r"(?:[ \t]+(?:if|unless)[ \t][^\r\n]*)?[ \t]*(?=\r?$)"  # without SECRET_ID the loader does nothing
)
_RUBY_DOTENV = lazy_re.compile(r"(?m)^[ \t]*require[ \t(]+[\"']dotenv[\"']\)?[ \t]*\r?\n")
_RUBY_HEAD = lazy_re.compile(r"\A(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*")


def ruby(file: SourceFile, loader: Loader) -> Rewritten:
    """Require the loader instead of dotenv. In a Rails application: at the end of `config/boot.rb`."""
    statement = f'require_relative "{_relative(file, loader).removesuffix(".rb")}"'
    found = _places(file, _RUBY_LOAD, f"{{margin}}{statement}")
    if found:
        if not re.search(r"\bDotenv\b", apply(file, found)):
            found += [edit(file, *match.span(), "") for match in _RUBY_DOTENV.finditer(file.text)]
        return _edited(file, found, LOADS)
    if statement in file.text:
        return Rewritten(file.text)
    if file.path.endswith("config/boot.rb"):  # the gems that it needs are set up there
        return Rewritten(f"{file.text}\n{statement}\n", (_IMPORTS,))
    at = _RUBY_HEAD.match(file.text).end()  # type: ignore[union-attr]
    return _edited(file, [edit(file, at, at, f"{statement}\n\n")], _IMPORTS)


# --- C#

_CS_LOAD = lazy_re.compile(
    r"(?m)^(?P<margin>[ \t]*)(?:(?:DotNetEnv\.)?Env\.(?:TraversePath\(\)\.)?Load|DotEnv\.Load)\([^;\n]*\);"
)
_CS_START = lazy_re.compile(
    r"(?m)^(?P<margin>[ \t]*)(?=(?:var|\w+)[ \t]+\w+[ \t]*=[ \t]*(?:WebApplication|Host)\.Create\w*Builder\()"
)
_CS_USING = lazy_re.compile(r"(?m)^using (?:DotNetEnv|dotenv\.net);\r?\n")
_CS_LIBRARY = lazy_re.compile(r"DotNetEnv|dotenv\.net")


def csharp(file: SourceFile, loader: Loader) -> Rewritten:
    """Call the loader instead of DotNetEnv or dotenv.net, or before the program's builder."""
    found = _places(file, _CS_LOAD, "{margin}AwsSecrets.Load();") if _CS_LIBRARY.search(file.text) else []
    if found:
        rest = apply(file, found)
        if not re.search(r"\b(?:Env|DotEnv)\.\w", rest):
            found += [edit(file, *match.span(), "") for match in _CS_USING.finditer(file.text)]
        return _edited(file, found, LOADS)
    if "AwsSecrets.Load()" in file.text:
        return Rewritten(file.text)
    found = _places(file, _CS_START, "{margin}AwsSecrets.Load();\n{margin}")[:1]
    return _edited(file, found, _IMPORTS)
