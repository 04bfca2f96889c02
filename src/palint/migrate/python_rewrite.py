"""Rewrite Python source with libcst: replace loads of dotenv files, and literals, by the loader.

Runs in a child process (`python -I -m palint.migrate.python_rewrite`), since deep nesting can kill libcst.
One JSON request per line on standard input, one JSON answer per line on standard output, nothing else.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst
from libcst import matchers
from libcst.metadata import MetadataWrapper, PositionProvider

_LOADS = frozenset(("dotenv.load_dotenv", "dotenv.main.load_dotenv"))
_VALUES = frozenset(("dotenv.dotenv_values", "dotenv.main.dotenv_values"))
_READS = frozenset(("os.environ.get", "os.getenv", "environ.get", "getenv"))
_REMOVABLE = frozenset(("dotenv", "dotenv.main", "os"))
_ENV_FILE = frozenset(("env_file", "env_file_encoding", "_env_file", "_env_file_encoding"))


class Imports:
    """The names bound by a module's imports; `dotted` resolves an expression to its full name."""

    def __init__(self, module: cst.Module) -> None:
        self._bound: dict[str, str] = {}
        for node in matchers.findall(module, matchers.Import() | matchers.ImportFrom()):
            self._bind(node)

    def _bind(self, node: Any) -> None:
        parent = ""
        if isinstance(node, cst.ImportFrom):
            parent = "." * len(node.relative) + (_code(node.module) if node.module is not None else "")
            if isinstance(node.names, cst.ImportStar):
                if parent == "dotenv":
                    self._bound.update(load_dotenv="dotenv.load_dotenv", dotenv_values="dotenv.dotenv_values")
                return
        for alias in node.names:
            name = _code(alias.name)
            if parent or alias.asname is not None:
                local = _code(alias.asname.name) if alias.asname is not None else name
                self._bound[local] = f"{parent}.{name}" if parent else name

    def dotted(self, node: cst.CSTNode) -> str:
        """`os.environ.get` for `environ.get` after `from os import environ`; "" if it is not a name."""
        parts: list[str] = []
        while isinstance(node, cst.Attribute):
            parts.append(node.attr.value)
            node = node.value
        if isinstance(node, cst.Call):  # environ.Env().read_env()
            return ".".join(["", *reversed(parts)])
        if not isinstance(node, cst.Name):
            return ""
        return ".".join([self._bound.get(node.value, node.value), *reversed(parts)])


class Rewriter(cst.CSTTransformer):
    """Rewrites one module.

    literals: {(line, column): key}. loads: whether the secret is loaded where a dotenv file was.
    export_first: whether it is loaded before the module's first statement."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(
        self, imports: Imports, literals: dict[tuple[int, int], str], *, loads: bool, export_first: bool
    ) -> None:
        super().__init__()
        self.imports, self.literals, self.loads, self.export_first = imports, literals, loads, export_first
        self.used: set[str] = set()  # functions of the loader
        self.what: dict[str, None] = {}
        self.classes: list[str] = []  # names of the classes around
        self.done: set[tuple[int, int]] = set()

    # --- what is replaced

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        name = self.imports.dotted(original_node.func)
        if self._is_load(name):
            self.what["loads the secret instead of a .env file"] = None
            return self._call("export_secrets")
        if name in _VALUES:
            self.what["reads the secret instead of the values of a .env file"] = None
            return self._call("all_secrets")
        if name in _READS and len(original_node.args) == 2:
            key = _text(original_node.args[0].value)
            if key is not None and self._literal_key(original_node.args[1].value) == key:
                return self._call("secret", _string(key))
        return self._without_env_file(original_node, updated_node, name)

    def _is_load(self, name: str) -> bool:
        return name in _LOADS or name.rpartition(".")[2] == "read_env"

    def leave_BooleanOperation(  # noqa: N802
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        """`os.environ.get("X") or "the secret"` -> `secret("X")`."""
        if not isinstance(original_node.operator, cst.Or):
            return updated_node
        key, call = self._literal_key(original_node.right), original_node.left
        if key is None or not isinstance(call, cst.Call) or self.imports.dotted(call.func) not in _READS:
            return updated_node
        read = _text(call.args[0].value) if call.args else None
        return self._call("secret", _string(key)) if read == key else updated_node

    def leave_SimpleString(  # noqa: N802
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.BaseExpression:
        key = self._literal_key(original_node)
        if key is None:
            return updated_node
        self.done.add(self._place(original_node))
        self.what[f"reads `{key}` through the loader instead of a literal"] = None
        call = self._call("secret", _string(key))
        if "b" in original_node.prefix.lower():
            return cst.Call(cst.Attribute(call, cst.Name("encode")))
        return call

    def _place(self, node: cst.CSTNode) -> tuple[int, int]:
        start = self.get_metadata(PositionProvider, node).start
        return start.line, start.column

    def _literal_key(self, node: cst.CSTNode) -> str | None:
        if not isinstance(node, cst.SimpleString):
            return None
        place = self._place(node)
        if place in self.literals:
            self.done.add(place)
        return self.literals.get(place)

    # --- statements that load

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel:
        statement = original_node.body[0] if len(original_node.body) == 1 else None
        if isinstance(statement, cst.Expr) and isinstance(statement.value, cst.Call):
            name = self.imports.dotted(statement.value.func)
            if name in _LOADS and not self.loads:
                self.what["no longer loads a .env file"] = None
                return cst.RemoveFromParent()
        if isinstance(statement, cst.Assign) and self.classes[1:] and self.classes[-1] == "Config":
            target = statement.targets[0].target
            if isinstance(target, cst.Name) and target.value in _ENV_FILE:
                self._note_env_file()
                return cst.RemoveFromParent()
        return updated_node

    def leave_If(self, original_node: cst.If, updated_node: cst.If) -> Any:  # noqa: N802
        """`if exists(path): load_dotenv(path)`: drop the condition, since the file will not exist."""
        if (
            original_node.orelse is None
            and self._only_loads(original_node.body)
            and self._asks_for_file(original_node.test)
        ):
            return cst.FlattenSentinel(
                [s for s in updated_node.body.body if isinstance(s, cst.BaseStatement)]
            )
        return updated_node

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> Any:  # noqa: N802
        return cst.RemoveFromParent() if not updated_node.body.body else updated_node

    def _only_loads(self, body: cst.BaseSuite) -> bool:
        statements = [s for line in body.body if isinstance(line, cst.SimpleStatementLine) for s in line.body]
        calls = [s.value for s in statements if isinstance(s, cst.Expr) and isinstance(s.value, cst.Call)]
        return (
            len(calls) == len(statements) == len(body.body) > 0
            and all(self._is_load(self.imports.dotted(call.func)) for call in calls)
        )  # fmt: skip

    @staticmethod
    def _asks_for_file(test: cst.BaseExpression) -> bool:
        text = cst.Module([]).code_for_node(test)
        return any(
            word in text for word in ("exists", "is_file", "isfile", "find_dotenv", "env_path", "dotenv")
        )

    # --- pydantic-settings

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        self.classes.append(node.name.value)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> Any:  # noqa: N802
        empty = self.classes.pop() == "Config" and not updated_node.body.body
        return cst.RemoveFromParent() if empty else updated_node

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.Dict:  # noqa: N802
        kept = [
            e for e in updated_node.elements
            if not (self.classes and isinstance(e, cst.DictElement) and _text(e.key) in _ENV_FILE)
        ]  # fmt: skip
        if len(kept) == len(updated_node.elements):
            return updated_node
        self._note_env_file()
        return updated_node.with_changes(elements=kept)

    def _without_env_file(self, original: cst.Call, updated: cst.Call, name: str) -> cst.Call:
        """The call without the arguments that name a dotenv file."""
        last = name.rpartition(".")[2]
        removed: list[cst.Arg] = []
        for before, arg in zip(original.args, updated.args, strict=True):
            keyword = arg.keyword.value if arg.keyword else ""
            if keyword in ("_env_file", "_env_file_encoding") or (
                keyword in _ENV_FILE and last.endswith("ConfigDict")
            ):
                self._note_env_file()
                removed.append(arg)
            elif keyword == "load_dotenv" or (
                name == "starlette.config.Config" and (keyword == "env_file" or before is original.args[0])
            ):
                self.export_first |= self.loads and name == "starlette.config.Config"
                self.what["no longer loads a .env file"] = None
                removed.append(arg)
        if not removed:
            return updated
        kept = [arg for arg in updated.args if arg not in removed]
        if kept and updated.args[-1] in removed:
            kept[-1] = kept[-1].with_changes(comma=updated.args[-1].comma)
        return updated.with_changes(args=kept)

    def _note_env_file(self) -> None:
        self.what["no longer names a .env file"] = None
        self.export_first = self.loads  # pydantic-settings reads the environment, too

    # --- what it is replaced by

    def _call(self, function: str, *arguments: cst.BaseExpression) -> cst.Call:
        self.used.add(function)
        return cst.Call(cst.Name(function), [cst.Arg(a) for a in arguments])


def _text(node: cst.CSTNode) -> str | None:
    """The value of a plain string literal."""
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def _string(text: str | None) -> cst.SimpleString:
    return cst.SimpleString(json.dumps(text))


def rewrite(request: dict[str, Any]) -> dict[str, Any]:
    """Rewrite the text of a request; return {text, what, missed, used, dropped}.

    The request has file, text, literals [[line, column, key]], module, loads, export_first. `missed` has the
    places of literals that could not be replaced, `used` the loader's functions that the new text calls,
    `dropped` variables that it lacks."""
    module = cst.parse_module(request["text"])
    literals = {(line, column): key for line, column, key in request["literals"]}
    rewriter = Rewriter(
        Imports(module), literals, loads=request["loads"], export_first=request["export_first"]
    )
    changed = MetadataWrapper(module).visit(rewriter)
    uses = name_uses(changed)
    used = {name for name in rewriter.used if uses[name]}
    if rewriter.export_first:
        rewriter.what["loads the secret when it is imported"] = None
        used.add("export_secrets")
    if used:
        statement = "export_secrets()" if rewriter.export_first else ""
        first = bool(statement) and request["file"].endswith("__init__.py")  # before its own modules
        changed = insert_imports(changed, request["module"], sorted(used), statement, first=first)
    dropped: list[str] = []
    if rewriter.what:
        changed, dropped = drop_paths(module, changed)
        changed = remove_unused(module, changed)
    return {
        "text": changed.code,
        "what": list(rewriter.what),
        "missed": [list(place) for place in literals if place not in rewriter.done],
        "used": sorted(used),
        "dropped": dropped,
    }


# --- imports


def insert_imports(
    module: cst.Module, name: str, functions: Sequence[str], statement: str, *, first: bool = False
) -> cst.Module:
    """Import functions of the loader after the module's first block of imports, followed by `statement`.

    first: before the imports, but for those from `__future__`.
    """
    body = list(module.body)
    at = _import_position(body, first=first)
    lines: list[Any] = [cst.parse_statement(f"from {name} import {', '.join(functions)}\n")]
    if statement:
        lines.append(
            cst.parse_statement(statement + "\n").with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        )
    if at < len(body):
        lines.append(_after_imports(body[at]))
        del body[at]
    ends = module.has_trailing_newline or not body  # an empty file has none
    return module.with_changes(body=[*body[:at], *lines, *body[at:]], has_trailing_newline=ends)


def _after_imports(statement: cst.BaseStatement) -> Any:
    """The first statement after the imports, with an empty line before it."""
    lines = getattr(statement, "leading_lines", ())
    if lines and lines[0].comment is None:
        return statement
    return statement.with_changes(leading_lines=[cst.EmptyLine(indent=False), *lines])


def _import_position(body: Sequence[cst.CSTNode], *, first: bool) -> int:
    """The index after the docstring and the first block of imports, if there is one."""
    at = 0
    for index, line in enumerate(body):
        small = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if isinstance(small, (cst.Import, cst.ImportFrom)):
            if first and "__future__" not in cst.Module([]).code_for_node(small):
                break
            at = index + 1
        elif not (index == 0 and isinstance(small, cst.Expr) and isinstance(small.value, cst.SimpleString)):
            break
        else:
            at = 1
    return at


def remove_unused(before: cst.Module, after: cst.Module) -> cst.Module:
    """Remove imports from dotenv and os that the module no longer uses."""
    used, now = name_uses(before), name_uses(after)
    gone = {name for name in used if not now[name]}
    always = {"load_dotenv", "dotenv_values", "find_dotenv"} - set(now)
    return after.visit(_ImportRemover(gone | always))


# What makes a path and has no other effect.
_PATH_CALLS = frozenset(
    ("join", "dirname", "realpath", "abspath", "normpath", "Path", "resolve", "joinpath", "find_dotenv")
)


def drop_paths(before: cst.Module, after: cst.Module) -> tuple[cst.Module, list[str]]:
    """Remove the variables for paths that only a removed call used; return the module and their names."""
    used, dropped = name_uses(before), list[str]()
    while True:
        now, body, gap = name_uses(after), list[Any](), None
        for line in after.body:
            name = _path_variable(line)
            if name and now[name] == 1 < used[name]:
                dropped.append(name)
                gap = gap or line.leading_lines
                continue
            if gap and not getattr(line, "leading_lines", True):
                line = line.with_changes(leading_lines=gap)
            gap = None
            body.append(line)
        if len(body) == len(after.body):
            return after, dropped
        after = after.with_changes(body=body)


def _path_variable(line: cst.CSTNode) -> str:
    """The name of a variable that a statement sets to a path; "" for other statements."""
    small = line.body[0] if isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1 else None
    if not isinstance(small, cst.Assign) or len(small.targets) > 1:
        return ""
    target = small.targets[0].target
    found = matchers.findall(small.value, matchers.Call())
    calls = {_code(call.func).rpartition(".")[2] for call in found if isinstance(call, cst.Call)}
    paths = bool(calls) and calls <= _PATH_CALLS
    return target.value if paths and isinstance(target, cst.Name) else ""


def name_uses(module: cst.Module) -> Counter[str]:
    """The number of uses of each name outside of imports."""
    uses = Counter(_names(module))
    for node in matchers.findall(module, matchers.Import() | matchers.ImportFrom()):
        uses.subtract(_names(node))
    return +uses


def _names(node: cst.CSTNode) -> Iterator[str]:
    return (name.value for name in matchers.findall(node, matchers.Name()) if isinstance(name, cst.Name))


class _ImportRemover(cst.CSTTransformer):
    def __init__(self, gone: set[str]) -> None:
        super().__init__()
        self.gone = gone

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> Any:  # noqa: N802
        return self._kept(updated_node, updated_node.names, "")

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> Any:  # noqa: N802
        if isinstance(updated_node.names, cst.ImportStar) or updated_node.module is None:
            return updated_node
        return self._kept(updated_node, updated_node.names, _code(updated_node.module))

    def leave_Try(self, original_node: cst.Try, updated_node: cst.Try) -> Any:  # noqa: N802
        return cst.RemoveFromParent() if not updated_node.body.body else updated_node

    def _kept(self, node: Any, names: Sequence[cst.ImportAlias], module: str) -> Any:
        kept = [alias for alias in names if not self._drops(alias, module)]
        if len(kept) == len(names):
            return node
        if not kept:
            return cst.RemoveFromParent()
        return node.with_changes(names=[*kept[:-1], kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)])

    def _drops(self, alias: cst.ImportAlias, module: str) -> bool:
        name = _code(alias.name)
        local = _code(alias.asname.name) if alias.asname is not None else name.partition(".")[0]
        return (module or name) in _REMOVABLE and local in self.gone


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def main() -> None:
    """Answer requests until standard input ends."""
    for line in sys.stdin:
        try:
            answer = rewrite(json.loads(line))
        except (cst.ParserSyntaxError, RecursionError) as error:
            answer = {"error": type(error).__name__}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
