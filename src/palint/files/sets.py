"""The sets of files that rules check, made from the table of languages."""

from __future__ import annotations

from palint.files import FileFilter, any_of, languages


def in_language(*ids: str) -> FileFilter:
    """The files in these languages (ids of the table), whatever row a file is of first."""
    return any_of(*(_of_row(languages.get(each)) for each in ids))


def _of_row(row: languages.Language) -> FileFilter:
    pattern = languages.PATTERNS.get(row.id)
    return FileFilter(
        suffixes=row.suffixes,
        names=row.names,
        predicate=None if pattern is None else lambda path: pattern.search(path) is not None,
        interpreters=row.interpreters,
        path_literals=row.literals,
    )


PYTHON = in_language("python")
NOTEBOOKS = in_language("notebook")
JAVASCRIPT = in_language("javascript", "jsx", "typescript", "tsx")
JAVA = in_language("java")
GO = in_language("go")
TERRAFORM = in_language("terraform", "hcl")
SHELL = in_language("shell")
YAML = in_language("yaml", "ebextensions")
JSON = in_language("json", "jsonc")
DOCKERFILES = in_language("dockerfile")
WORKFLOWS = in_language("workflow")
ACTIONS = in_language("action")


def is_workflow(path: str) -> bool:
    """Whether a path (any case) is a YAML file directly in a `.github/workflows/`."""
    return WORKFLOWS.matches(path)
