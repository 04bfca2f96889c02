"""Regular expressions that are compiled when they are first used.

Compiling takes a third of a millisecond, the rules and detectors have hundreds of patterns, and a run needs a
handful. `_NAME = pattern(r"…")` reads and works like `re.compile`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING


class _Pattern:
    """Stands for `re.compile(source, flags)` until somebody asks for an attribute, and then passes it on."""

    def __init__(self, source: str | bytes, flags: int = 0) -> None:
        self.pattern = source
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        compiled = re.compile(self.pattern, self._flags)
        for method in ("match", "search", "fullmatch", "finditer", "findall", "sub", "split"):
            setattr(self, method, getattr(compiled, method))  # found at once from now on
        return getattr(compiled, name)


if TYPE_CHECKING:
    pattern = re.compile
else:
    pattern = _Pattern
