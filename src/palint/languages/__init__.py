"""Parsers: text to trees with positions, without any policy. `parser` gives that of a row of the table.

The table of languages is `palint.files.languages`: begin there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from palint.util.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from palint.files.languages import Language
    from palint.text.source import SourceFile


def parser(language: Language) -> Callable[[SourceFile], Any] | None:
    """The function that parses a file in a language, for `SourceFile.parsed_with`; None if there is none."""
    module, _, name = language.parser.partition(".")
    return getattr(import_module(f"palint.languages.{module}"), name) if name else None
