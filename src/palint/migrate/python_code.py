"""Rewrite Python: replace loads of dotenv files, and literals, by the loader. `ast` finds the places."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from palint.changes.edits import apply, edit, without_items, without_statement
from palint.findings import Edit
from palint.languages import python
from palint.languages.python_scopes import literal
from palint.migrate.key_names import Literal
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util import lazy_re

_LOADS = ("dotenv.load_dotenv", "dotenv.main.load_dotenv", "flask.cli.load_dotenv")
_VALUES = ("dotenv.dotenv_values", "dotenv.main.dotenv_values")
_REMOVABLE = ("dotenv", "dotenv.main", "os")  # modules whose imports go when nothing uses them any more
_ENV_FILE = ("env_file", "env_file_encoding", "_env_file", "_env_file_encoding")
_ASKS_FOR_FILE = lazy_re.compile(r"exists|is_?file|env_path|dotenv")
# What makes a path and has no other effect.
_PATH_CALLS = frozenset(
    ("join", "dirname", "realpath", "abspath", "normpath", "Path", "resolve", "joinpath", "find_dotenv")
)


def rewrite(
    file: SourceFile,
    placeholders: Sequence[tuple[int, int, str]],
    literals: Sequence[Literal],
    module: str,
    *,
    entry: bool = False,
    loader: bool = True,
) -> Rewritten:
    """Rewrite a module. placeholders: text for [start, end) in comments. module: the loader's name there.

    entry: whether to load the secret before the module's first statement. loader: whether there is one;
    otherwise what loads dotenv files is only removed. Raises ParseError.
    """
    rewriter = _Rewriter(file, {each.start: each.name for each in literals}, loader=loader, entry=entry)
    edits = [edit(file, *place) for place in placeholders]
    text = apply(file, [*edits, *rewriter.edits()])
    before = _uses(rewriter.module.tree)
    names = [name for name in ("export_secrets", "all_secrets", "secret") if f"{name}(" in text]
    names = sorted(name for name in names if name in rewriter.used)
    dropped: list[str] = []
    if rewriter.what:
        text = _repeated(file.path, text, lambda parsed, tree: _without_path(parsed, tree, before, dropped))
        text = _repeated(file.path, text, lambda parsed, tree: _without_import(parsed, tree, before))
    if rewriter.entry:
        rewriter.what["loads the secret when it is imported"] = None
        names = sorted({*names, "export_secrets"})
    if names:
        statement = f"from {module} import {', '.join(names)}"
        parsed = SourceFile(file.path, text.encode("utf-8", "surrogatepass"))
        text = apply(parsed, [_insertion(parsed, statement, export=rewriter.entry)])
    return Rewritten(text, tuple(rewriter.what), loader=bool(names), dropped=tuple(dropped))


class _Rewriter:
    """The places of one module that change. literals: {offset: key}."""

    def __init__(self, file: SourceFile, literals: dict[int, str], *, loader: bool, entry: bool) -> None:
        self.file, self.literals, self.loader, self.entry = file, literals, loader, entry
        self.module = file.parsed_with(python.module)
        self.used: set[str] = set()  # functions of the loader
        self.what: dict[str, None] = {}
        self.gone: list[ast.stmt] = []
        self.parents = _parents(self.module.tree)

    def edits(self) -> Iterator[Edit]:
        """What replaces the loads and literals, and deletes what is left of them."""
        formatted = [node for node in ast.walk(self.module.tree) if isinstance(node, ast.JoinedStr)]
        inside = {inner for node in formatted for inner in ast.walk(node)}  # has wrong positions before 3.12
        for node in ast.walk(self.module.tree):
            if node in inside:
                continue
            if isinstance(node, ast.Call):
                yield from self._in_call(node)
            elif isinstance(node, ast.Constant) and (key := self.literals.get(self._span(node)[0], "")):
                self.what[f"reads `{key}` through the loader instead of a literal"] = None
                text = self._function("secret", key) + (".encode()" if isinstance(node.value, bytes) else "")
                yield self._replaced(node, text)
            elif isinstance(node, ast.If):
                yield from self._in_if(node)
            elif isinstance(node, ast.Assign) and self._names_file(node):
                self._note_env_file()
                self.gone.append(node)
        yield from _deletions(self.file, self.parents, self.gone)

    def _in_call(self, node: ast.Call) -> Iterator[Edit]:
        name, statement = self._name(node), self.parents[node]
        if self._is_load(name) and not self.loader and isinstance(statement, ast.Expr):
            self.what["no longer loads a .env file"] = None
            self.gone.append(statement)
        elif self._is_load(name) and self.loader:
            self.what["loads the secret instead of a .env file"] = None
            yield self._replaced(node, self._function("export_secrets"))
        elif name in _VALUES and self.loader:
            self.what["reads the secret instead of the values of a .env file"] = None
            yield self._replaced(node, self._function("all_secrets"))
        else:
            yield from self._without_env_file(node, name)

    def _in_if(self, node: ast.If) -> Iterator[Edit]:
        """`if exists(path): load_dotenv(path)`: drop the condition, since the file will not exist."""
        start, end = self._span(node.test)
        if self.loader and not node.orelse and _ASKS_FOR_FILE.search(self.file.text[start:end]):
            calls = [line.value if isinstance(line, ast.Expr) else line for line in node.body]
            if all(isinstance(call, ast.Call) and self._is_load(self._name(call)) for call in calls):
                yield self._replaced(node, self._function("export_secrets"))

    def _without_env_file(self, node: ast.Call, name: str) -> Iterator[Edit]:
        """Remove the arguments that name a dotenv file."""
        given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        given.sort(key=lambda each: self._span(each)[0])
        names = _ENV_FILE if name.endswith("ConfigDict") else _ENV_FILE[2:]
        gone: list[ast.expr | ast.keyword] = [each for each in node.keywords if each.arg in names]
        if name == "starlette.config.Config":
            gone = [*node.args[:1], *(each for each in node.keywords if each.arg == "env_file")]
        places = [self._span(each) for each in given]
        # not where an argument is in brackets, which are not in its span
        if gone and self.file.text[self._span(node.func)[1] : places[0][0]].strip() == "(":
            self._note_env_file()
            yield from self._without(places, [given.index(each) for each in gone])

    def _without(self, places: list[tuple[int, int]], removed: list[int]) -> list[Edit]:
        if len(removed) < len(places):
            return without_items(self.file, places, removed)
        end = _COMMA.match(self.file.text, places[-1][1]).end()  # type: ignore[union-attr]
        return [edit(self.file, places[0][0], end, "")]

    def _names_file(self, node: ast.Assign) -> bool:
        """Whether a statement is `env_file = …` in a class `Config` in another class."""
        classes = self._classes(node) if getattr(node.targets[0], "id", "") in _ENV_FILE else []
        return len(classes) > 1 and classes[0] == "Config"

    def _is_load(self, name: str) -> bool:
        return name in _LOADS or name.rpartition(".")[2] == "read_env"

    def _name(self, call: ast.Call) -> str:
        return self.module.dotted(call.func, self.module.scope, follow=False)

    def _classes(self, node: ast.AST) -> list[str]:
        """The names of the classes around a node, innermost first."""
        names = []
        while node in self.parents:
            node = self.parents[node]
            names += [node.name] if isinstance(node, ast.ClassDef) else []
        return names

    def _note_env_file(self) -> None:
        self.what["no longer names a .env file"] = None
        self.entry |= self.loader  # pydantic-settings and Starlette read the environment, too

    def _function(self, function: str, key: str = "") -> str:
        self.used.add(function)
        return f"{function}({json.dumps(key)})" if key else f"{function}()"

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return python.offsets(self.file, node)

    def _replaced(self, node: ast.AST, text: str) -> Edit:
        return edit(self.file, *self._span(node), text)


_COMMA = lazy_re.compile(r"\s*,?")


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _deletions(
    file: SourceFile, parents: Mapping[ast.AST, ast.AST], gone: Iterable[ast.stmt]
) -> Iterator[Edit]:
    """Delete statements. Where nothing is left of a block, its class `Config` or `try` goes, else `pass`."""
    todo = list(gone)
    for statement in todo:
        parent = parents[statement]
        blocks = [getattr(parent, field, []) for field in ("body", "orelse", "finalbody")]
        block = next(block for block in blocks if statement in block)
        whole = isinstance(parent, ast.Try) or (isinstance(parent, ast.ClassDef) and parent.name == "Config")
        if isinstance(parent, ast.Module) or any(each not in todo for each in block):
            yield without_statement(file, *python.offsets(file, statement))
        elif whole and block is blocks[0]:
            todo += [] if parent in todo else [parent]  # type: ignore[list-item]
        elif statement is block[0]:
            end = python.offsets(file, block[-1])[1]
            yield edit(file, python.offsets(file, statement)[0], end, "pass")


def _uses(tree: ast.AST) -> Counter[str]:
    """The number of uses of each name."""
    return Counter(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _repeated(path: str, text: str, change: Callable[[SourceFile, ast.Module], list[Edit]]) -> str:
    """A text after changes, until there is none. Raises ParseError."""
    while True:
        file = SourceFile(path, text.encode("utf-8", "surrogatepass"))
        edits = change(file, python.parse(file))
        if not edits:
            return text
        text = apply(file, edits)


def _without_path(file: SourceFile, tree: ast.Module, before: Counter[str], dropped: list[str]) -> list[Edit]:
    """Remove a variable for a path that only a removed call used; adds its name to `dropped`."""
    uses = _uses(tree)
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        targets = [getattr(target, "id", "") for target in node.targets]
        calls = [each.func for each in ast.walk(node.value) if isinstance(each, ast.Call)]
        names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
        unused = all(uses[target] == 1 < before[target] for target in targets)
        if names and names <= _PATH_CALLS and unused:
            dropped += targets
            return [without_statement(file, *python.offsets(file, node))]
    return []


def _without_import(file: SourceFile, tree: ast.Module, before: Counter[str]) -> list[Edit]:
    """Remove a name that is imported from dotenv or os, and no longer used."""
    uses = _uses(tree)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        modules = [getattr(node, "module", None) or alias.name for alias in node.names]
        gone = [
            number for number, (name, module) in enumerate(zip(names, modules, strict=True))
            if module in _REMOVABLE and not uses[name] and (before[name] or module != "os") and name != "*"
        ]  # fmt: skip
        if gone and len(gone) < len(names):
            return without_items(file, [python.offsets(file, alias) for alias in node.names], gone)
        if gone:
            return list(_deletions(file, _parents(tree), [node]))
    return []


# In a script, which says there where its modules are
_SETS_PATH = lazy_re.compile(r"sys\.path\b(?:\.\w+\(|\[|\s*\+?=)")


def _insertion(file: SourceFile, statement: str, *, export: bool) -> Edit:
    """The import of the loader after the module's docstring and first block of imports.

    export: whether the secret is loaded there; in a package before its own modules are imported.
    """
    body, early = python.parse(file).body, export and file.name == "__init__.py"
    at = 1 if body and isinstance(body[0], ast.Expr) and literal(body[0].value) is not None else 0
    ranges = [python.offsets(file, node) for node in body]
    while at < len(body) and (
        isinstance(body[at], (ast.Import, ast.ImportFrom)) or _SETS_PATH.match(file.text, ranges[at][0])
    ):
        if early and getattr(body[at], "module", "") != "__future__":
            break
        at += 1
    lines = f"{statement}\n\nexport_secrets()" if export else statement
    if at:
        end = file.line_at(ranges[at - 1][1])[1]
        gap = "\n" if isinstance(body[at - 1], ast.Expr) else ""
        following = file.text[end:].lstrip("\r\n")
        after = "\n" if following and len(file.text[end:]) - len(following) < 2 else ""
        return edit(file, end, end, f"\n{gap}{lines}{after}")
    first = body[0] if body else None
    line = min([each.lineno for each in getattr(first, "decorator_list", ())] + [getattr(first, "lineno", 1)])
    start = file.offset(line) if first is not None else len(file.text)
    gap = "\n" if start and not file.text[:start].endswith("\n") else ""
    return edit(file, start, start, f"{gap}{lines}\n" + ("\n" if first is not None else ""))
