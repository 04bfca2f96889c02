"""Imports of a Python module, with libcst: resolve names, add an import, remove unused ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import libcst as cst

_REMOVABLE = frozenset(("dotenv", "dotenv.main", "os"))


class Imports:
    """The names bound by a module's imports; `dotted` resolves an expression to its full name."""

    def __init__(self, module: cst.Module) -> None:
        self._bound: dict[str, str] = {}
        module.visit(_Collector(self._bound))

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


class _Collector(cst.CSTVisitor):
    def __init__(self, bound: dict[str, str]) -> None:
        super().__init__()
        self.bound = bound

    def visit_Import(self, node: cst.Import) -> None:  # noqa: N802
        for alias in node.names:
            if alias.asname is not None:
                self.bound[_code(alias.asname.name)] = _code(alias.name)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:  # noqa: N802
        module = "." * len(node.relative) + (_code(node.module) if node.module is not None else "")
        if isinstance(node.names, cst.ImportStar):
            if module == "dotenv":
                self.bound.update(load_dotenv="dotenv.load_dotenv", dotenv_values="dotenv.dotenv_values")
            return
        for alias in node.names:
            name = _code(alias.name)
            local = _code(alias.asname.name) if alias.asname is not None else name
            self.bound[local] = f"{module}.{name}"


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
    target, calls = small.targets[0].target, _Calls()
    small.value.visit(calls)
    paths = bool(calls.names) and calls.names <= _PATH_CALLS
    return target.value if paths and isinstance(target, cst.Name) else ""


class _Calls(cst.CSTVisitor):
    """The last parts of the names of all functions that are called."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        self.names.add(_code(node.func).rpartition(".")[2])


def name_uses(module: cst.Module) -> Counter[str]:
    """The number of uses of each name outside of imports."""
    counter = _Counter()
    module.visit(counter)
    return counter.names


class _Counter(cst.CSTVisitor):
    """Counts the uses of each name outside of imports."""

    def __init__(self) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802
        return False

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        self.names[node.value] += 1


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
