"""What a hostile file, setting or baseline costs grows at most like n log n, in every phase of a run.

Each input is made at two sizes and used whole: decoding, keywords, parsers, rules, redaction and
suppressions of a file; settings; the graph of workflows; the baseline; every report. `tests.growth`
compares them.
"""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from palint import baseline, report
from palint.config.settings import load
from palint.engine.file_result import FileResult
from palint.findings import PalintError, Results
from palint.secrets.synthetic import generate
from palint.tree.project import Limits, Project
from tests import growth
from tests.conftest import ROOT
from tests.hostile.growth_inputs import FILES

sys.path.insert(0, str(ROOT / "fuzz"))
import targets

CHARACTERS = 2_500  # of the smallest input
LONGER = 8_000  # of the smallest input, where CHARACTERS take less than SHORT
SHORT = 0.01  # CPU seconds
T = TypeVar("T")


@pytest.fixture(autouse=True, scope="module")
def nothing_old_is_collected() -> Iterator[None]:
    """What exists before the tests is left out of collections, which would take longer than the inputs."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def assert_slow_growth(make: Callable[[int], T], use: Callable[[T], object], units: int) -> None:
    """Fail where the CPU seconds at four times the size are more than `growth.MOST` times those at the size.

    If they are, the same counts at twice the sizes: the cost of what looks at a bounded text around each
    place grows as a square until that text is full.
    """
    if growth.is_slow(use, make(units), make(4 * units), runs=1):
        assert not growth.is_slow(use, make(2 * units), make(8 * units))


def check(path: str, data: bytes) -> FileResult | None:
    """Every rule on one file, without a limit that would end it early."""
    checker = targets.CHECKER
    checker.project = Project("/nowhere", targets.Memory({path: data}), Limits(seconds=60))
    return checker.check(path)


def repeated(unit: str, times: int) -> str:
    """A unit so many times, with its numbers and tokens."""
    parts = []
    for number in range(times):
        part = unit.replace("#", str(number))
        parts.append(
            part.replace("@", generate("{github_token}", f"growth {number}")) if "@" in part else part
        )
    return "".join(parts)


@pytest.mark.parametrize(("path", "start", "unit"), FILES, ids=[f"{p} {u[:30]!r}" for p, _, u in FILES])
def test_a_file(path: str, start: str, unit: str) -> None:
    def make(times: int) -> bytes:
        return (start + repeated(unit, times)).encode()

    def use(data: bytes) -> None:
        check(path, data)

    use(make(3))  # what is imported and compiled is not counted
    width = len(repeated(unit, 1))
    units = max(25, CHARACTERS // width)
    if growth.seconds(use, make(units)) < SHORT:
        units = LONGER // width
    assert_slow_growth(make, use, units)


@pytest.mark.parametrize(
    "unit",
    [
        '[[allow]]\npaths = ["a#/"]\nrules = ["env-file"]\nreason = "a"\n',
        "a# = 1\n",
        "[a.b#.c]\n",
        "[[",
        "a = [[",
        "a.",
        'a = """\n',
        "exclude = ['a#/**/*.py']\n",
        "# a comment\n",
    ],
)
def test_settings(unit: str) -> None:
    options = {
        name: {key: (o.type, o.default, o.help) for key, o in rule.options.items()}
        for name, rule in targets.RULES.items()
    }

    def use(text: bytes) -> None:
        try:
            load("palint.toml", text, options)
        except PalintError:
            pass

    assert_slow_growth(lambda times: repeated(unit, times).encode(), use, CHARACTERS // len(unit))


def results(count: int) -> Results:
    """A run with so many findings in one file."""
    made = check("a.py", repeated('a# = "@"\n', count).encode())
    assert made is not None and len(made.findings) == count
    return Results("/nowhere", made.findings, files=1)


@pytest.mark.parametrize("name", report.FORMATS)
def test_a_report(name: str) -> None:
    assert_slow_growth(
        results, lambda made: report.get(name).write(made, targets.RULES, io.StringIO()), CHARACTERS // 50
    )


def test_a_baseline() -> None:
    def use(made: Results) -> None:
        entries = baseline.load(baseline.dump(baseline.entries(made.findings)))
        matched = baseline.match(made.findings, entries, targets.RULES)
        assert len(matched.new) == 0

    assert_slow_growth(results, use, CHARACTERS // 50)


def test_the_graph_of_workflows() -> None:
    """Workflows that call all others: n files with n jobs each are n² calls, so the number of files is n."""

    def make(files: int) -> dict[str, bytes]:
        calls = "".join(f"  j{n}: {{uses: ./.github/workflows/w{n}.yml}}\n" for n in range(20))
        text = f"on: workflow_call\njobs:\n{calls}"
        return {f".github/workflows/w{n}.yml": text.encode() for n in range(files)}

    def use(given: dict[str, bytes]) -> None:
        targets.CHECKER.project = Project("/nowhere", targets.Memory(given), Limits(seconds=60))
        for path in given:
            targets.CHECKER.check(path)

    assert_slow_growth(make, use, 25)
