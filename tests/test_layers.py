"""Data flows one way: no module of palint imports one that stands above it, also not inside a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ROOT / "src" / "palint"

LAYERS = [  # top to bottom, as docs/architecture.md has them
    {"cli", "__main__"},
    {"lsp"},
    {"init", "testing"},
    {"report"},
    {"engine"},
    {"registry"},
    {"rule"},
    {"pipelines", "dotenv"},
    {"github"},
    {"slack", "kubernetes"},
    {"aws"},
    {"secrets"},
    {"config"},
    {"fixes"},
    {"languages"},
    {"tree"},
    {"baseline", "suppressions"},
    {"text"},
    {"prefilter", "file_types", "findings"},
    {"util"},
]
HEIGHT = {name: len(LAYERS) - row for row, names in enumerate(LAYERS) for name in names}
MODULES = sorted(SOURCES.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, part of palint) of every import in a module, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [f"{module}.{a.name}" for a in node.names] if module == "palint" else [module]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "palint" and len(parts) > 1:
                yield node.lineno, parts[1]


def part(path: Path) -> str:
    return path.relative_to(SOURCES).parts[0].removesuffix(".py")


def type_checking_lines(path: Path) -> set[int]:
    """Lines under `if TYPE_CHECKING:`: they import nothing when the program runs."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCES)))
def test_no_module_imports_one_above_it(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        assert not list(imports(path))
        return
    assert own in HEIGHT, f"{own} has no layer"
    for line, other in imports(path):
        if other == own or line in type_checking_lines(path):
            continue
        assert HEIGHT[other] <= HEIGHT[own], f"{path}:{line}: {own} imports {other}, which stands above it"


def test_the_engine_names_no_rule() -> None:
    from palint import registry

    for path in (SOURCES / "engine").glob("*.py"):
        text = path.read_text("utf-8")
        for rule in registry.load():
            assert rule not in text, f"{path.name} names {rule}"


def test_imports_are_seen() -> None:
    """The test above sees imports at all, also those inside functions."""
    assert (SOURCES / "cli" / "run.py") in MODULES
    seen = {name for _, name in imports(SOURCES / "cli" / "run.py")}
    assert {"engine", "baseline", "report"} <= seen
