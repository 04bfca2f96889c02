"""Pipelines of CI systems other than GitHub."""

from __future__ import annotations

from palint.files import FileFilter
from palint.pipelines.ci_provider import CiProvider
from palint.pipelines.providers import PROVIDERS

PATH_LITERALS = tuple(literal for each in PROVIDERS for literal in each.path_literals)


def provider(path: str) -> CiProvider | None:
    """The CI system whose pipeline a path (any case) is."""
    lower = path.lower()
    if not any(literal in lower for literal in PATH_LITERALS):
        return None  # the patterns take 20 µs
    return next((each for each in PROVIDERS if each.paths.search(lower)), None)


def is_pipeline(path: str) -> bool:
    """Whether a path (any case) is a pipeline of one of these systems."""
    return provider(path) is not None


FILES = FileFilter(predicate=is_pipeline, path_literals=PATH_LITERALS)
