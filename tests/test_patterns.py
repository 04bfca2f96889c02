"""No regular expression of the program can stall: a static check of each."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

import palint
from palint import secrets
from palint.prefilter import bounded, head_of
from palint.secrets.candidates import keywords
from palint.secrets.filters.filter import FilterSet
from palint.secrets.formats import FORMATS


@cache
def patterns() -> dict[str, tuple[str, int]]:
    """{where: (pattern, flags)} of every pattern that a module holds, those joined at run time included."""
    found: dict[str, tuple[str, int]] = {}

    def add(where: str, pattern: object, flags: int) -> None:
        if isinstance(pattern, bytes):
            pattern = pattern.decode("latin-1")
        if isinstance(pattern, str):
            found[where] = (pattern, flags & ~re.UNICODE)

    for module in pkgutil.walk_packages(palint.__path__, "palint."):
        if module.name.endswith(("__main__", ".plugins")):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            values = (
                value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            )
            for number, one in enumerate(values):
                where = f"{module.name}.{name}.{number}"
                if isinstance(one, FilterSet):
                    add(where, one._joined.pattern, 0)
                elif isinstance(one, re.Pattern):
                    add(where, one.pattern, one.flags)
                elif type(one).__name__ == "_Pattern":
                    add(where, one.pattern, getattr(one, "_flags", 0))
    for fmt in FORMATS:
        add(f"format {fmt.id}", fmt.pattern, 0)
    for number, keyword in enumerate(secrets.KEYWORDS):
        add(f"keyword {number}", bounded(head_of(keyword)), re.I)
    for operator, shape in keywords._SHAPES.items():
        add(f"keywords.{chr(operator)}", shape.pattern, 0)
    return found


def test_all_patterns_are_collected() -> None:
    assert len(patterns()) > 800


def test_the_static_checker_finds_no_pattern_that_stalls() -> None:
    """regexploit: no repeat within a repeat, and no three repeats in a row, over the same characters."""
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

    bad = []
    for where, (pattern, flags) in patterns().items():
        plain = re.sub(r"(?<=[*+?}])\+", "", pattern)  # it does not know possessive repeats, which only help
        bad += [
            (where, pattern) for found in find(SreOpParser().parse_sre(plain, flags)) if found.starriness > 3
        ]
    assert not bad


def test_the_static_checker_knows_the_patterns_that_stalled_once() -> None:
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

    for pattern in (r"(?:\s*--\S+)*\s*\[(?=\s*\")",):
        assert any(found.starriness > 3 for found in find(SreOpParser().parse_sre(pattern, 0)))
