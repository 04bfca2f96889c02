"""Reports of `palint history`: one module per format, each with `write(results, rules, out)` and a `FORMAT`.

results: `palint.history.results.HistoryResults`. As in the reports of a check, excerpts are already redacted,
and every text from the repository is escaped for its context.
"""

from __future__ import annotations

from collections.abc import Mapping

FORMATS: Mapping[str, str] = {
    "text": "palint.report.history.text",
    "json": "palint.report.history.json_",
    "sarif": "palint.report.history.sarif",
    "markdown": "palint.report.history.markdown",
    "html": "palint.report.history.html_",
}
