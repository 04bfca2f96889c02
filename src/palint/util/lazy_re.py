"""Regular expressions that are compiled on first use.

Compiling takes a third of a millisecond, the rules and detectors have hundreds of patterns, and a run needs a
handful. `_NAME = lazy_re.compile(r"…")` reads and works like `re.compile`.
"""

from __future__ import annotations

import re

from palint.util import compiled_patterns
from palint.util.typing import TYPE_CHECKING


class _Pattern:
    """Compile `source` on the first attribute access, then forward to the compiled pattern."""

    def __init__(self, source: str | bytes, flags: int = 0) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        compiled = compiled_patterns.compile(self.pattern, self._flags)
        for method in ("match", "search", "fullmatch", "finditer", "findall", "sub", "split"):
            setattr(self, method, getattr(compiled, method))  # the next access finds the method directly
        return getattr(compiled, name)


def last_span(match: re.Match[str]) -> tuple[int, int]:
    """The range of the last group that took part in a match: of alternatives, the one that matched."""
    return match.span(match.lastindex)  # type: ignore[arg-type]


if TYPE_CHECKING:
    compile = re.compile  # noqa: A001 - mirrors re.compile
else:
    compile = _Pattern  # noqa: A001
