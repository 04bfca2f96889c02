"""The sets of files that rules check, made from the table of languages."""

from __future__ import annotations

from palint.files import FileFilter, any_of, languages
from palint.util import lazy_re


def of(*ids: str) -> FileFilter:
    """The files in these languages (ids of the table), whatever row a file is of first."""
    return any_of(*(_of_row(languages.get(each)) for each in ids))


def _of_row(row: languages.Language) -> FileFilter:
    pattern = lazy_re.compile(row.path) if row.path else None
    return FileFilter(
        suffixes=row.suffixes,
        names=row.names,
        predicate=None if pattern is None else lambda path: pattern.search(path) is not None,
        interpreters=row.interpreters,
        path_literals=row.literals,
    )


PYTHON = of("python")
NOTEBOOKS = of("notebook")
JAVASCRIPT = of("javascript", "jsx", "typescript", "tsx")
JAVA = of("java")
GO = of("go")
TERRAFORM = of("terraform")
SHELL = of("shell")
YAML = of("yaml")
JSON = of("json", "jsonc")
DOCKERFILES = of("dockerfile")
WORKFLOWS = of("workflow")
ACTIONS = of("action")


def is_workflow(path: str) -> bool:
    """Whether a path (any case) is a YAML file directly in a `.github/workflows/`."""
    return WORKFLOWS.matches(path)
