"""No regular expression of the program can stall: a static check of each, and how its time grows."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import palint
from palint import secrets
from palint.prefilter import bounded, head_of
from palint.secrets.candidates import keywords
from palint.secrets.filters.filter import FilterSet
from palint.secrets.formats import FORMATS

from .pattern_growth import LENGTH, slow_growth, timer

ROOT = Path(__file__).parent.parent
METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "split")
# Patterns that see no more than so many characters, by their code; their time must be short, not its growth.
SHORT = {
    "palint.aws.stored_secrets._NAME_BEFORE": 80,  # searched in text[start - 80 : start]
    "palint.aws.key_names._ASSIGNED": 120,  # searched in _ASSIGNED_WITHIN characters
    "palint.secrets.candidates.random_strings._WORD": 120,  # searched in _NEAR characters
    "palint.secrets.candidates.named._STATED": 320,  # searched in _AROUND characters
}


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
                    add(f"{where}-lower", one._lower.pattern, 0)
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


def stalls(pattern: str, flags: int = 0) -> bool:
    """Whether regexploit finds a repeat within a repeat, or three in a row, over the same characters."""
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

    class Parser(SreOpParser):
        def from_FAILURE(self, _: object) -> None:  # noqa: N802 - `(?!)`, which Python 3.13 reads as one step
            return None

    plain = re.sub(r"(?<=[*+?}])\+", "", pattern)  # it does not know possessive repeats, which only help
    return any(found.starriness > 3 for found in find(Parser().parse_sre(plain, flags)))


def test_the_static_checker_finds_no_pattern_that_stalls() -> None:
    assert not [(where, pattern) for where, (pattern, flags) in patterns().items() if stalls(pattern, flags)]


def test_the_static_checker_finds_patterns_that_stalled_once() -> None:
    assert stalls(r"(?:\s*--\S+)*\s*\[(?=\s*\")")


@cache
def methods() -> dict[tuple[str, str], set[str]]:
    """{(module, name): how the program calls a pattern}; the module is "" for a name that others import."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in (ROOT / "src").rglob("*.py"):
        module = ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
                name = getattr(value, "id", getattr(value, "attr", ""))
                found[module if name.startswith("_") else "", name].add(node.attr)
    return found


def applied(where: str) -> Callable[[re.Pattern[str], str], object]:
    """How the program applies a pattern; if that is not known, it finds all that there is."""
    module, _, name = where.rpartition(".")[0].rpartition(".")
    used = methods().get((module if name.startswith("_") else "", name), set())
    if used == {"fullmatch"}:
        return re.Pattern.fullmatch
    at_one_place = where.startswith(("format ", "keywords.")) or ".features." in where or "FILTERS" in name
    if at_one_place or name in ("SEVERAL", "_SHAPES") or (used and used <= {"match", "fullmatch"}):
        return re.Pattern.match
    return find_all


def find_all(pattern: re.Pattern[str], text: str) -> int:
    """How many matches there are."""
    return sum(1 for _ in pattern.finditer(text))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_the_time_of_every_pattern_grows_with_its_text(part: int) -> None:
    """The time grows at most like n log n, on texts from the pattern's alphabet with its repetitions."""
    slow = {}
    with timer():
        for where, (pattern, flags) in list(patterns().items())[part::4]:
            length = SHORT.get(where.rpartition(".")[0], LENGTH)
            if problem := slow_growth(pattern, flags, applied(where), length):
                slow[where] = problem
    assert not slow


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        # An alternative that a class repeats: exponential on Malayalam and Telugu.
        (r"(?:[^\W\d_]|[\u0900-\u0dff]|[ ,.!-])+\Z", re.Pattern.match),
        (r"([xX]{2,}[-_. ]?)+\Z", re.Pattern.match),
        (r"(?:\s*--\S+)*\s*\[(?=\s*\")", re.Pattern.match),
        # Squares: two repeats of one character at one place, and one repeat that begins at every place.
        (r"[ \t]*(?:export)?[ \t]*=", re.Pattern.match),
        (r"[+ ]*[a-z+]{4,}[+ ]*", re.Pattern.fullmatch),
        (r"[\w.]+\Z", find_all),
        (r">[^\n]*\.aws/", find_all),
    ],
)
def test_patterns_that_stall_are_found(pattern: str, run: Callable[[re.Pattern[str], str], object]) -> None:
    with timer():
        assert slow_growth(pattern, 0, run)


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        (r"(?=[xX])(?:[xX]{2,}[-_. ])*(?:[xX]{2,})?\Z", re.Pattern.match),
        (r"(?<![\w.])[\w.]+\Z", find_all),
        (r">[^\n]{0,200}\.aws/", find_all),
        (r"\w+", find_all),
    ],
)
def test_patterns_that_do_not_are_left_alone(
    pattern: str, run: Callable[[re.Pattern[str], str], object]
) -> None:
    with timer():
        assert not slow_growth(pattern, 0, run)
