"""What rules give in a test, compared whole: most tests look at one part of it.

Tests run rules with `palint.testing`. Each of these runs with a finding or a notice is a section of a file in
`findings/` beside the test's module; `make snapshots` writes the files again.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from palint import testing
from palint.config import Config
from palint.findings import Results
from palint.tree.project import Project
from tests.rules.test_snapshots import edits, place
from tests.snapshots import check_snapshot

# These compare what they run themselves, or run what one of them compares.
_COMPARED = ("test_snapshots.py", "test_minimal_pairs.py", "test_technologies.py", "test_neighbours.py")
_COMPARED += ("test_examples.py::test_examples", "test_without_a_line.py")
_SHOWN = 12  # findings of a run
_run = testing.run
_runs: list[tuple[str, Results]] = []


def _recording_run(project: Project, config: Config, *arguments: Any, **options: Any) -> Results:
    repository = os.environ.get(
        "GITHUB_REPOSITORY", "palindrom/shop"
    )  # else fix texts name a temporary folder
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_REPOSITORY", repository)
        results = _run(project, config, *arguments, **options)
    files = sorted(project.files())
    inputs = (repository, config.select, config.rule_options, files)
    digest = sha256(repr(inputs).encode("utf-8", "backslashreplace"))
    for path in files:
        digest.update(Path(project.root, path).read_bytes())
    named = " ".join(files[:3]).encode("ascii", "backslashreplace").decode()
    _runs.append((f"{named} {digest.hexdigest()[:4]}", results))
    return results


testing.run = _recording_run


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Compare the runs of a test that has passed."""
    _runs.clear()
    outcome = yield
    test = item.nodeid.partition("[")[0].removeprefix("tests/rules/")
    if not test.startswith(_COMPARED):
        file = item.path.with_name("findings") / f"{item.path.stem}.txt"
        for name, results in _runs:
            check_snapshot(file, f"{test.partition('::')[2]} {name}", "".join(_lines(results, file)))
    return outcome


def _lines(results: Results, file: Path) -> Iterator[str]:
    """The notices and findings of a run; a fix text has a section of its own."""
    for notice in results.notices:
        yield f"notice {notice.kind} {notice.path}: {notice.message}\n"
    if len(results.findings) > _SHOWN:
        yield f"{len(results.findings)} findings, of which the first are\n"
    for found in results.findings[:_SHOWN]:
        level = found.severity.label + (" (low confidence)" if found.confidence.label == "low" else "")
        yield f"{level} {found.rule} {place(found.span)} {found.message}\n"
        lines = range(found.span.start.line, found.span.end.line + 1)
        yield from (f"  | {line.text[:200]}\n" for line in found.excerpt if line.number in lines)
        if found.why:
            yield f"  why {found.why}\n"
        if found.fix_hint:
            digest = sha256(found.fix_hint.encode()).hexdigest()[:4]
            check_snapshot(file, f"fix {digest}", found.fix_hint)
            yield f"  fix {digest}: {' '.join(found.fix_hint.split()[:6])} …\n"
        yield from (f"  and {place(other.span)} {other.message}\n" for other in found.related)
        yield from edits(found)
