"""Prints the table of the zoo after the tests, whatever process they ran in."""

from __future__ import annotations

from collections import Counter
from typing import Any

PROBLEMS = (
    "missed",
    "unsaid",
    "false",
    "hung",
    "crashed",
    "memory",
    "executed",
    "leaked",
    "injected",
    "incomplete but 0",
)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    rows = [
        row
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for key, rows in report.user_properties
        if key == "zoo"
        for row in rows
    ]
    if not rows:
        return
    terminalreporter.section("hostile inputs")
    terminalreporter.write_line(
        f"{'':12}{'inputs':>7}{'found':>7}{'said':>6}{'quiet':>7}"
        + "".join(f"{p:>{len(p) + 2}}" for p in PROBLEMS)
    )
    for group in [*sorted({group for group, _, _ in rows}), "all"]:
        here = [row for row in rows if group in ("all", row[0])]
        states = Counter(state for _, state, _ in here)
        wrong = Counter(problem.partition("(")[0] for _, _, problems in here for problem in set(problems))
        counts = "".join(f"{wrong[p]:>{len(p) + 2}}" for p in PROBLEMS)
        terminalreporter.write_line(
            f"{group:12}{len(here):>7}{states['found']:>7}{states['said']:>6}{states['quiet']:>7}{counts}"
        )
