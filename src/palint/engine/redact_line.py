"""`palint.secrets.redact_line`, imported when the first line is shown: most commits have none to show."""

from __future__ import annotations


def redact_line(line: str, path: str) -> str:
    """The line with every value on it that may be a secret as stars."""
    from palint.secrets import redact_line as redact

    return redact(line, path)
