"""The words that the reports for people share: counts, places, notices, the closing lines, the help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.findings import Fix, Notice, Results, Severity
from palint.report.escape import escape_controls


def pluralize(number: int, noun: str) -> str:
    """`1 error`, `2,000 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def location(path: str, line: int = 0, column: int = 0) -> str:
    """`path:line:column` on one visible line; the path alone where there is no line."""
    return f"{escape_controls(path)}:{line}:{column}" if line else escape_controls(path)


_ALIKE = 5  # notices of one kind that are shown before the rest is counted


def collapse_notices(notices: Iterable[Notice]) -> list[Notice]:
    """Notices for a person: those that leave the run complete are counted from the sixth of a kind on.

    What makes a run incomplete is never left out, and JSON and SARIF have them all.
    """
    shown: list[Notice] = []
    seen: dict[str, int] = {}
    for notice in notices:
        if notice.complete and notice.path:
            seen[notice.kind] = seen.get(notice.kind, 0) + 1
            if seen[notice.kind] > _ALIKE:
                continue
        shown.append(notice)
    for kind, number in seen.items():
        if number > _ALIKE:
            more = f"{pluralize(number - _ALIKE, 'more file')} of this kind; `--verbose` names them"
            shown.append(Notice("", kind, more))
    return shown


def notice_line(notice: Notice) -> str:
    """A notice in a line; whether the run is incomplete for it comes first."""
    weight = "note" if notice.complete else "incomplete"
    where = f"{escape_controls(notice.path)}: " if notice.path else ""
    return f"{where}{weight}: {escape_controls(notice.message)} [{notice.kind}]"


def fixable(results: Results) -> tuple[int, int]:
    """(findings with a safe fix, findings with an unsafe one)."""
    safe = sum(1 for f in results.findings if f.fix and f.fix.safe)
    unsafe = sum(1 for f in results.findings if f.fix and not f.fix.safe)
    return safe, unsafe


def summary_lines(results: Results) -> list[str]:
    """The closing lines: findings, fixes, what was silenced, what was checked, and what was not."""
    errors = sum(1 for f in results.findings if f.severity is Severity.ERROR)
    warnings = len(results.findings) - errors
    lines = []
    if results.findings:
        kinds = [pluralize(n, noun) for n, noun in ((errors, "error"), (warnings, "warning")) if n]
        files = len({f.span.path for f in results.findings})
        lines.append(f"{' and '.join(kinds)} in {pluralize(files, 'file')}")
        safe, unsafe = fixable(results)
        if safe:
            lines.append(f"[*] {safe:,} fixable with --fix")
        if unsafe:
            lines.append(f"[+] {unsafe:,} fixable with --fix --unsafe-fixes")
    elif results.complete:
        lines.append("Nothing found")
    ran = pluralize(len(results.rules), "rule")
    parts = [f"{pluralize(results.files, 'file')} checked by {ran} in {results.seconds:.1f} s"]
    if results.suppressed:
        parts.append(f"{len(results.suppressed):,} suppressed")
    if results.baselined:
        parts.append(f"{len(results.baselined):,} in the baseline")
    lines.append(", ".join(parts))
    unchecked = sum(1 for n in results.notices if not n.complete)
    if unchecked:
        lines.append(f"INCOMPLETE: not everything was checked ({pluralize(unchecked, 'notice')})")
    return lines


def fix_mark(fix: Fix | None) -> str:
    """The sign of a fixable finding: ` [*]` safe, ` [+]` unsafe, nothing without a fix."""
    if fix is None:
        return ""
    return " [*]" if fix.safe else " [+]"


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a help text, those that only continue a sentence joined to the one before.

    What is indented is code, and a line for each.
    """
    words = ""
    for line in text.splitlines():
        if not line or line.startswith((" ", "\t", "- ", "* ")):
            if words:
                yield words
            words = ""
            if line.startswith(("- ", "* ")):
                words = line
            else:
                yield line
        else:
            words = f"{words} {line}" if words else line
    if words:
        yield words
