"""What a person or a system reads: one module a format, each with `write(results, rules, out)`.

results: `palint.findings.Results`. rules: {id: rule class}, for what a rule says of itself. out: a text
stream. A writer only formats: it decides nothing, and what it shows of a file was masked before.
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


EXCERPTS = frozenset(("text", "html"))  # the formats that show some
EVERY_PLACE = frozenset(("json",))  # the formats that list each place of a value that a file repeats
EDITS = frozenset(("json", "sarif"))  # the formats that carry the edits of fixes
ORIGIN = frozenset(("html", "gitlab-secret-detection"))  # the formats that name repository and commit


def get(name: str) -> ModuleType:
    """The module of a format in FORMATS, imported now. Raises KeyError for another name."""
    from importlib import import_module

    return import_module(FORMATS[name])
