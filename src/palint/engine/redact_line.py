"""Redact with `palint.secrets`, imported when the first line is shown: most commits have none to show."""

from __future__ import annotations

from palint.text.source import SourceFile


def redact_line(line: str, path: str) -> str:
    """The line with every value on it that may be a secret as stars."""
    from palint.secrets import redact_line as redact

    return redact(line, path)


def redact_part(file: SourceFile, start: int, end: int) -> str:
    """text[start:end], a line of a file or part of one, with every value that may be a secret as stars."""
    from palint.secrets import redact_part as redact

    return redact(file, start, end)
