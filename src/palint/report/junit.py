"""JUnit XML, for the test reports of CI systems: one suite per rule, one case per finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.findings import Finding, Notice, Results, Severity
from palint.report import Format
from palint.report.escape import markup
from palint.report.summary import details, location
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = Format()


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write one `testsuites`. An error is a failed case, a warning a skipped one (shown, but not failing).

    A rule without findings is a passed case; anything not fully checked is a case with an error.
    """
    by_rule: dict[str, list[Finding]] = {rule: [] for rule in sorted(results.rules)}
    for finding in results.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    incomplete = [n for n in results.notices if not n.complete]
    failures = sum(1 for f in results.findings if f.severity is Severity.ERROR)
    tests = sum(max(len(of_rule), 1) for of_rule in by_rule.values()) + len(incomplete)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        f'<testsuites name="palint" tests="{tests}" failures="{failures}" errors="{len(incomplete)}" '
        f'time="{results.seconds:.3f}">\n'
    )
    for rule, of_rule in by_rule.items():
        out.writelines(_suite(rule, of_rule, rules[rule]))
    if incomplete:
        size = len(incomplete)
        out.write(f'  <testsuite name="complete" tests="{size}" failures="0" errors="{size}" skipped="0">\n')
        out.writelines(map(_unchecked, incomplete))
        out.write("  </testsuite>\n")
    out.write("</testsuites>\n")


def _suite(rule_id: str, findings: list[Finding], rule: type[Rule]) -> Iterator[str]:
    name = markup(rule_id)
    failures = sum(1 for f in findings if f.severity is Severity.ERROR)
    yield (
        f'  <testsuite name="{name}" tests="{max(len(findings), 1)}" failures="{failures}" errors="0" '
        f'skipped="{len(findings) - failures}">\n'
    )
    if not findings:
        yield f'    <testcase classname="{name}" name="{markup(rule.summary())}"/>\n'
    for finding in findings:
        where = markup(location(finding.span.path, *finding.span.start))
        path, line = markup(finding.span.path), finding.span.start.line
        yield f'    <testcase classname="{name}" name="{where}" file="{path}" line="{line}">\n'
        message = markup(finding.message)
        if finding.severity is Severity.ERROR:
            lines = [line for text in details(finding) for line in text.splitlines()]
            text = "\n".join([where, message, *map(markup, lines)])
            yield f'      <failure type="{name}" message="{message}">{text}</failure>\n'
        else:
            yield f'      <skipped message="warning: {message}"/>\n'
        yield "    </testcase>\n"
    yield "  </testsuite>\n"


def _unchecked(notice: Notice) -> str:
    kind, message = markup(notice.kind), markup(notice.message)
    return (
        f'    <testcase classname="complete" name="{markup(notice.path or "the run")}">'
        f'<error type="{kind}" message="{message}"/></testcase>\n'
    )
