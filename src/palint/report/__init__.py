"""Report formats: one module per format, each with `write(results, rules, out)` and a `FORMAT`.

results: `palint.findings.Results`. rules: {id: rule class}, for a rule's summary and address. out: a text
stream. A writer only formats: it decides nothing, and excerpts are already masked. What a run computes for a
format, and how its writer is called, follows from what `FORMAT` declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

from palint.util.typing import NamedTuple

FORMATS: Mapping[str, str] = {
    "text": "palint.report.text",
    "concise": "palint.report.concise",
    "json": "palint.report.json_",
    "json-lines": "palint.report.json_lines",
    "sarif": "palint.report.sarif",
    "github": "palint.report.github",
    "gitlab": "palint.report.gitlab",
    "gitlab-secret-detection": "palint.report.gitlab_secret_detection",
    "junit": "palint.report.junit",
    "markdown": "palint.report.markdown",
    "html": "palint.report.html_",
}


class Format(NamedTuple):
    """What a format is for and what it shows.

    for_terminal: it is lines for a person at a terminal, so that other lines may follow.
    options: the keyword arguments of its `write`, of those that `palint.cli.output` sets: color, links,
    program, quiet, statistics, verbose, width.
    excerpts: it shows source lines; context: with the lines around them. edits: the edits of fixes.
    unit: what it shows as one: a "finding"; a "value", of which a file may have many; or a "group" of
    findings that a reader decides about together (`palint.report.groups`).
    origin: the repository, the commit and the time. advice: what to do about a secret.
    """

    for_terminal: bool = False
    options: tuple[str, ...] = ()
    excerpts: bool = False
    context: bool = False
    edits: bool = False
    unit: str = "value"
    origin: bool = False
    advice: bool = True


def get(name: str, formats: Mapping[str, str] = FORMATS) -> ModuleType:
    """Import the module of a format. Raises KeyError for another name."""
    from importlib import import_module

    return import_module(formats[name])
