"""Report formats: one module per format, each with `write(results, rules, out)`.

results: `palint.findings.Results`. rules: {id: rule class}, for a rule's summary and address. out: a text
stream. A writer only formats: it decides nothing, and excerpts are already masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType

FORMATS: Mapping[str, str] = {
    "text": "palint.report.text",
    "concise": "palint.report.concise",
    "json": "palint.report.json_",
    "sarif": "palint.report.sarif",
    "github": "palint.report.github",
    "gitlab": "palint.report.gitlab",
    "gitlab-secret-detection": "palint.report.gitlab_secret_detection",
    "junit": "palint.report.junit",
    "markdown": "palint.report.markdown",
    "html": "palint.report.html_",
}


EXCERPTS = frozenset(("text", "html", "markdown"))  # formats that show excerpts
EVERY_PLACE = frozenset(("json",))  # formats that list each place of a value that a file repeats
CONTEXT = frozenset(("html",))  # formats that show the lines around a finding
EDITS = frozenset(("json", "sarif"))  # formats that include the edits of fixes
ORIGIN = frozenset(("html", "gitlab-secret-detection"))  # formats that show the repository and the commit


def get(name: str) -> ModuleType:
    """Import the module of a format in FORMATS. Raises KeyError for another name."""
    from importlib import import_module

    return import_module(FORMATS[name])
