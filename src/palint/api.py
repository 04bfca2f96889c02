"""palint from Python: check paths or a text, and get the findings as data.

    from palint import api

    results = api.check("services/api", select=["hardcoded-secret"])
    for finding in results.findings:
        print(finding.span.path, finding.span.start.line, finding.message)

What is not documented here may change with any version; this module and the types that it returns keep their
meaning, or a notice of deprecation comes first. It prints nothing and ends no process. Workers are forked
where the platform can fork: a program with threads passes `jobs=1`, for none.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal

from palint import registry
from palint.cli import target
from palint.cli.check import each_root
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.findings import (
    Confidence,
    Finding,
    Notice,
    PalintError,
    Position,
    Related,
    Results,
    Severity,
    Span,
    Suppressed,
)
from palint.tree.project import Project
from palint.tree.stdin import StdinTree
from palint.util import deadline
from palint.util.choices import invalid_value
from palint.util.deadline import RunTimeout

__all__ = [
    "Confidence",
    "Finding",
    "Notice",
    "PalintError",
    "Position",
    "Related",
    "Results",
    "Severity",
    "Span",
    "Suppressed",
    "check",
    "check_text",
]


def check(
    *paths: str,
    select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    exclude: Sequence[str] = (),
    config: str | None = None,
    isolated: bool = False,
    policy: str | None = None,
    baseline: str | None = None,
    min_confidence: Confidence | Literal["high", "low"] | None = None,
    staged: bool = False,
    since: str | None = None,
    jobs: int = 0,
) -> Results:
    """Check files and folders as `palint check` does; without a path, the current directory.

    The arguments are the options of the command line with their names. `jobs` is the number of worker
    processes, 0 for one a processor, 1 for none: a file that kills a parser then ends the program. Settings,
    baseline and policy count as they do there. The environment's variables (`PALINT_…`) do not count.

    Paths in several repositories are checked one after the other; those of the findings are from the folder
    that holds them all.

    Returns the results: `findings` in the order of reports, `suppressed`, `notices`, and `complete`, which is
    False where something could not be checked. Raises PalintError where the command would end with 2 before
    checking: a path that does not exist, settings that are not valid, no repository for `staged`.
    """
    options = CheckOptions(
        paths=paths, select=tuple(select), ignore=tuple(ignore), exclude=tuple(exclude), settings=config,
        isolated=isolated, policy=policy, baseline=baseline, staged=staged, since=since, jobs=jobs,
        min_confidence=_label(min_confidence), quiet=True, cache=False,
        format="gitlab",  # which has advice, and no source lines
    )  # fmt: skip
    with _limited():
        runs = [results for results, _ in each_root(options, in_process=jobs == 1)]
    if len(runs) == 1:
        return runs[0]
    from palint.cli.together import joined

    return joined(runs)


def check_text(
    text: str | bytes,
    name: str,
    *,
    root: str = ".",
    select: Sequence[str] = (),
    isolated: bool = False,
    policy: str | None = None,
) -> Results:
    """Check a text as if it was a file of the repository that holds `root`.

    text: bytes are decoded as a file's are. name: the path in the repository, with `/`; it decides which
    rules apply. select: the rules to run. isolated: leave the repository's settings and baseline out.
    policy: settings that the repository cannot weaken.
    Raises PalintError for settings that are not valid, and for a name that no file can have.
    """
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        raise PalintError(f"{name!r} cannot be the name of a file") from None
    where = target.find((root,))
    data = _encoded(text) if isinstance(text, str) else text
    tree = StdinTree(name, io.BytesIO(data))
    rules = registry.load()
    options = CheckOptions(
        paths=("-",), select=tuple(select), isolated=isolated, policy=policy,
        quiet=True, format="concise", cache=False,
    )  # fmt: skip
    settings = resolve_config(options, where.root, rules)
    plan = RunPlan(Project(where.root, tree, settings.limits), settings, rules, tree.list(), ())
    with _limited():
        return execute(plan, options, in_process=True)


def _encoded(text: str) -> bytes:
    """A text in UTF-8; surrogates are the bytes that Python decoded to them, or themselves."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _label(level: Confidence | str | None) -> str | None:
    """The word for a confidence. Raises PalintError for another one."""
    labels = [each.label for each in Confidence]
    if level is None or level in labels:
        return level
    if isinstance(level, Confidence):
        return level.label
    raise PalintError(invalid_value(level, "min_confidence", labels))


@contextmanager
def _limited() -> Iterator[None]:
    """Start the run's clock; at the end give the signal back that limits it. Raises PalintError."""
    deadline.restart()
    try:
        yield
    except RunTimeout:
        raise PalintError("not finished in time (`limits.run`)") from None
    finally:
        deadline.release()
