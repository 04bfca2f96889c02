"""Imports point one way: down the layers, without circles."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.grouped import grouped

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "palint"

LAYERS = [  # top to bottom, as docs/architecture.md has them
    {"api"},
    {"cli", "__main__"},
    {"fleet"},
    {"lsp"},
    {"migrate"},
    {"init", "testing"},
    {"report"},
    {"history"},
    {"engine"},
    {"registry", "declarations", "deferred_rules", "pattern_rule"},
    {"rule"},
    {"advice"},
    {"pipelines", "dotenv"},
    {"github"},
    {"slack", "kubernetes"},
    {"aws"},
    {"secrets"},
    {"config"},
    {"changes"},
    {"languages"},
    {"tree"},
    {"baseline", "suppressions"},
    {"text"},
    {"prefilter", "findings"},
    {"files"},
    {"util"},
    {"__version__"},
]
HEIGHT = {name: len(LAYERS) - row for row, names in enumerate(LAYERS) for name in names}
MODULES = sorted(SOURCES.rglob("*.py"))


@cache
def _statements(path: Path) -> tuple[list[ast.Import | ast.ImportFrom], set[int]]:
    """A module's imports, also inside functions, and the lines under `if TYPE_CHECKING:`.

    These lines import nothing when the program runs.
    """
    found: list[ast.Import | ast.ImportFrom] = []
    lines: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(node)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found, lines


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, part of palint) of every import in a module."""
    for node in _statements(path)[0]:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "palint" else [module]
        for name in names:
            parts = name.split(".")
            if parts[0] == "palint" and len(parts) > 1:
                yield node.lineno, parts[1]


def part(path: Path) -> str:
    return path.relative_to(SOURCES).parts[0].removesuffix(".py")


@grouped("path", MODULES, key=part)
def test_no_module_imports_one_above_it(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        assert not list(imports(path))
        return
    assert own in HEIGHT, f"{own} has no layer"
    for line, other in imports(path):
        if other == own or line in _statements(path)[1]:
            continue
        assert HEIGHT[other] <= HEIGHT[own], f"{path}:{line}: {own} imports {other}, which is above it"


def test_the_engine_names_no_rule() -> None:
    from palint import registry

    for path in (SOURCES / "engine").glob("*.py"):
        text = path.read_text("utf-8")
        for rule in registry.load():
            assert rule not in text, f"{path.name} names {rule}"


def _module(path: Path) -> str:
    name = ".".join(("palint", *path.relative_to(SOURCES).with_suffix("").parts))
    return name.removesuffix(".__init__")


def _imported_modules(path: Path, known: set[str]) -> Iterator[str]:
    """The modules of palint that a module imports, also inside functions, type checking left out."""
    found, skipped = _statements(path)
    for node in found:
        if isinstance(node, ast.ImportFrom) and node.module and node.lineno not in skipped:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of imports, or []."""
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> list[str]:
        if module in way:
            return way[way.index(module) :]
        if module in done:
            return []
        for other in sorted(graph.get(module, ())):
            if found := visit(other, [*way, module]):
                return found
        done.add(module)
        return []

    return next((found for module in sorted(graph) if (found := visit(module, []))), [])


def test_no_circles() -> None:
    assert _circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    known = {_module(path) for path in MODULES}
    graph = {_module(path): set(_imported_modules(path, known)) & known for path in MODULES}
    assert sum(map(len, graph.values())) > 300
    assert not _circle(graph)


def test_every_package_is_in_the_wheel() -> None:
    listed = re.search(r"^packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.M | re.S)
    assert listed is not None
    found = {_module(path) for path in MODULES if path.name == "__init__.py"}
    data = {"palint.migrate.templates"}  # a folder of data, which setuptools takes for a package
    assert set(re.findall(r'"([\w.]+)"', listed[1])) == found | data | {"palint_rules"}


def test_imports_are_seen() -> None:
    """The test above sees imports at all, also those inside functions."""
    assert (SOURCES / "cli" / "run.py") in MODULES
    seen = {name for _, name in imports(SOURCES / "cli" / "run.py")}
    assert {"engine", "baseline", "tree"} <= seen


# Private names that tests use: where palint or a library has no other way in.
_PRIVATE = {
    "cli/test_habits.py `_option_string_actions`",  # argparse does not list a parser's options
    "forked.py `_Pattern`",  # compiles the patterns of all modules before the first run is forked
    "forked.py `_added`",
    "forked.py `_kept`",
    "forked.py `_load`",
    "forked.py `_name`",
    "lsp/test_server.py `_server`",  # the process that pytest-lsp has started
}


def test_tests_use_public_names() -> None:
    command = [
        sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--preview",
        "--select=SLF001,PLC2701", "--output-format=json", "tests",
    ]  # fmt: skip
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=False).stdout)
    names = {
        f"{Path(each['filename']).relative_to(ROOT / 'tests')} {re.search('`[^`]+`', each['message'])[0]}"  # type: ignore[index]
        for each in found
    }
    assert names == _PRIVATE, "test through a public function, or make the name public"
