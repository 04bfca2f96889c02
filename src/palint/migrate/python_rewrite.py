"""Rewrite Python source with libcst: replace dotenv loads, environment reads and literals by the loader.

Runs in a child process (`python -I -m palint.migrate.python_rewrite`), since deep nesting can kill libcst.
One JSON request per line on standard input, one JSON answer per line on standard output, nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import libcst as cst
from libcst.metadata import ExpressionContext, ExpressionContextProvider, MetadataWrapper, PositionProvider

from palint.migrate.python_imports import Imports, drop_paths, insert_imports, name_uses, remove_unused

_LOADS = frozenset(("dotenv.load_dotenv", "dotenv.main.load_dotenv"))
_VALUES = frozenset(("dotenv.dotenv_values", "dotenv.main.dotenv_values"))
_READS = frozenset(("os.environ.get", "os.getenv", "environ.get", "getenv"))
_ENV_FILE = frozenset(("env_file", "env_file_encoding", "_env_file", "_env_file_encoding"))


class Rewriter(cst.CSTTransformer):
    """Rewrites one module.

    names: the migrated keys. literals: {(line, column): key}. exported: the keys that packages read from the
    environment themselves, None for all of them."""

    METADATA_DEPENDENCIES = (PositionProvider, ExpressionContextProvider)

    def __init__(
        self,
        imports: Imports,
        names: frozenset[str],
        literals: dict[tuple[int, int], str],
        exported: Sequence[str] | None,
    ) -> None:
        super().__init__()
        self.imports, self.names, self.literals, self.exported = imports, names, literals, exported
        self.used: set[str] = set()  # functions of the loader
        self.what: dict[str, None] = {}
        self.left: list[tuple[int, str]] = []  # (line, what a person must change there)
        self.export_first = False  # whether the module needs the export before its first statement
        self.in_pydantic: list[bool] = []
        self.done: set[tuple[int, int]] = set()

    # --- what is replaced

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:  # noqa: N802
        name = self.imports.dotted(original_node.func)
        if self._is_load(name):
            return self._export_call(self.exported if name in _LOADS else None)
        if name in _VALUES:
            self.what["reads the secret instead of the values of a .env file"] = None
            return self._call("all_secrets")
        if name in _READS and original_node.args:
            key = _text(original_node.args[0].value)
            if key in self.names and len(original_node.args) <= 2:
                return self._read(key, original_node, updated_node)
        return self._without_env_file(original_node, updated_node, name)

    def _is_load(self, name: str) -> bool:
        return name in _LOADS or name.rpartition(".")[2] == "read_env"

    def _read(self, key: str, original: cst.Call, updated: cst.Call) -> cst.Call:
        self.what[f"reads `{key}` through the loader"] = None
        if len(original.args) < 2:
            return self._call("secret", _string(key), cst.Name("None"))
        default = original.args[1].value
        if self._literal_key(default) is not None:
            return self._call("secret", _string(key))
        return self._call("secret", _string(key), updated.args[1].value)

    def leave_BooleanOperation(  # noqa: N802
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        """`os.environ.get("X") or "the secret"` -> `secret("X")`."""
        if not isinstance(original_node.operator, cst.Or):
            return updated_node
        if self._literal_key(original_node.right) is None or not isinstance(original_node.left, cst.Call):
            return updated_node
        call = original_node.left
        key = _text(call.args[0].value) if self.imports.dotted(call.func) in _READS and call.args else None
        return self._call("secret", _string(key)) if key in self.names else updated_node

    def leave_Subscript(  # noqa: N802
        self, original_node: cst.Subscript, updated_node: cst.Subscript
    ) -> cst.BaseExpression:
        if self.imports.dotted(original_node.value) not in ("os.environ", "environ"):
            return updated_node
        index = original_node.slice[0].slice
        key = _text(index.value) if isinstance(index, cst.Index) and len(original_node.slice) == 1 else None
        context = self.get_metadata(ExpressionContextProvider, original_node, None)
        if key not in self.names or context is not ExpressionContext.LOAD:
            return updated_node
        self.what[f"reads `{key}` through the loader"] = None
        return self._call("secret", _string(key))

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
            if name in _LOADS and self.exported == ():
                self.what["no longer loads a .env file"] = None
                return cst.RemoveFromParent()
        if isinstance(statement, cst.Assign) and self.in_pydantic and self._in_config:
            target = statement.targets[0].target
            if isinstance(target, cst.Name) and target.value in _ENV_FILE:
                self._note_pydantic()
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

    _in_config = False

    def visit_ClassDef(self, node: cst.ClassDef) -> None:  # noqa: N802
        if node.name.value == "Config" and self.in_pydantic:
            self._in_config = True
        else:
            self.in_pydantic.append(False)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> Any:  # noqa: N802
        if original_node.name.value == "Config" and self._in_config:
            self._in_config = False
            empty = not updated_node.body.body
            return cst.RemoveFromParent() if empty else updated_node
        found = self.in_pydantic.pop()
        settings = any(_last(b.value) == "BaseSettings" for b in original_node.bases)
        if not (found or (settings and self.pydantic_files)):
            return updated_node
        if not self.imports.has_module("pydantic_settings"):
            self.export_first = True  # pydantic 1 has no source for Secrets Manager
            return updated_node
        if "settings_customise_sources" in cst.Module([]).code_for_node(original_node):
            line, _ = self._place(original_node)
            self.left.append(
                (line, "add `*secret_sources(settings_cls)` to its `settings_customise_sources`")
            )
            return updated_node
        self.used.add("secret_sources")
        self.what[f"`{original_node.name.value}` reads the secret through pydantic-settings' source"] = None
        gap = cst.EmptyLine(indent=False)
        method = cst.parse_statement(_SOURCES).with_changes(leading_lines=[gap])
        return updated_node.with_changes(
            body=updated_node.body.with_changes(body=[*updated_node.body.body, method])
        )

    pydantic_files = False  # whether any class of the repository used a dotenv file

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.Dict:  # noqa: N802
        kept = [
            e for e in updated_node.elements
            if not (self.in_pydantic and isinstance(e, cst.DictElement) and _text(e.key) in _ENV_FILE)
        ]  # fmt: skip
        if len(kept) == len(updated_node.elements):
            return updated_node
        self._note_pydantic()
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
                self._note_pydantic()
                removed.append(arg)
            elif keyword == "load_dotenv" or (
                name == "starlette.config.Config" and (keyword == "env_file" or before is original.args[0])
            ):
                self.export_first = name == "starlette.config.Config" or self.export_first
                self.what["no longer loads a .env file"] = None
                removed.append(arg)
        if not removed:
            return updated
        kept = [arg for arg in updated.args if arg not in removed]
        if kept and updated.args[-1] in removed:
            kept[-1] = kept[-1].with_changes(comma=updated.args[-1].comma)
        return updated.with_changes(args=kept)

    def _note_pydantic(self) -> None:
        self.what["no longer names a .env file"] = None
        if self.in_pydantic:
            self.in_pydantic[-1] = True

    # --- what it is replaced by

    def _export_call(self, names: Sequence[str] | None) -> cst.Call:
        self.what["loads the secret instead of a .env file"] = None
        return self._call("export_secrets", *map(_string, names or ()))

    def _call(self, function: str, *arguments: cst.BaseExpression) -> cst.Call:
        self.used.add(function)
        return cst.Call(cst.Name(function), [cst.Arg(a) for a in arguments])


_SOURCES = """@classmethod
def settings_customise_sources(
    cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
):
    return init_settings, env_settings, *secret_sources(settings_cls), file_secret_settings
"""


def _text(node: cst.CSTNode) -> str | None:
    """The value of a plain string literal."""
    if not isinstance(node, cst.SimpleString):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def _string(text: str | None) -> cst.SimpleString:
    return cst.SimpleString(json.dumps(text))


def _last(node: cst.BaseExpression) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")


def rewrite(request: dict[str, Any]) -> dict[str, Any]:
    """Rewrite the text of a request; return {text, what, left, missed, used, dropped}.

    The request has text, names, literals [[line, column, key]], exported, module, pydantic and export_first.
    `left` has [line, what a person must change there], `missed` the places of literals that could not be
    replaced, `used` the loader's functions that the new text calls, `dropped` variables that it lacks."""
    module = cst.parse_module(request["text"])
    imports = Imports(module)
    literals = {(line, column): key for line, column, key in request["literals"]}
    exported = request["exported"]
    rewriter = Rewriter(
        imports, frozenset(request["names"]), literals, None if exported is None else tuple(exported)
    )
    rewriter.pydantic_files = request["pydantic"]
    rewriter.export_first = bool(request["export_first"])
    changed = MetadataWrapper(module).visit(rewriter)
    uses = name_uses(changed)
    used = {name for name in rewriter.used if uses[name]}
    if rewriter.export_first:
        rewriter.what["loads the secret when it is imported"] = None
        used.add("export_secrets")
    if used:
        arguments = ", ".join(json.dumps(name) for name in exported or ())
        statement = f"export_secrets({arguments})" if rewriter.export_first else ""
        changed = insert_imports(changed, request["module"], sorted(used), statement)
    dropped: list[str] = []
    if rewriter.what:
        changed, dropped = drop_paths(module, changed)
        changed = remove_unused(module, changed)
    return {
        "text": changed.code,
        "what": list(rewriter.what),
        "left": rewriter.left,
        "missed": [list(place) for place in literals if place not in rewriter.done],
        "used": sorted(used),
        "dropped": dropped,
    }


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
