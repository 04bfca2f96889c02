"""Parts shared by the reports for people: counts, places, notices, the closing lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from palint.findings import Confidence, Finding, Fix, Notice, Results, Severity
from palint.report.escape import escape_controls
from palint.util import lazy_re


def pluralize(number: int, noun: str) -> str:
    """`1 error`, `2,000 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def location(path: str, line: int = 0, column: int = 0) -> str:
    """`path:line:column` on one visible line; only the path if there is no line."""
    return f"{escape_controls(path)}:{line}:{column}" if line else escape_controls(path)


MANY = 50  # with at least as many findings the report ends with statistics
_ALIKE = 5  # notices of one kind that are shown; the rest is counted


def collapse_notices(notices: Iterable[Notice], *, incomplete: bool = False) -> list[Notice]:
    """Notices for a person: of those that leave the run complete, only the first of each kind are listed.

    incomplete: also of those that do not, which are listed otherwise; JSON and SARIF list all notices.
    """
    shown: list[Notice] = []
    counts: Counter[str] = Counter()
    for notice in notices:
        alike = bool(notice.path) and (incomplete or notice.complete)
        counts[notice.kind] += alike
        if not alike or counts[notice.kind] <= _ALIKE:
            shown.append(notice)
    for kind, number in counts.items():
        if number > _ALIKE:
            more = f"{pluralize(number - _ALIKE, 'more file')} of this kind; `-v` lists them"
            shown.append(Notice("", kind, more))
    return shown


MAX_MESSAGE = 100  # characters of a line of text that a message takes
_NAMES = lazy_re.compile(r"`([^`\n]*)`")
_SHORT_NAME = 11  # characters, those of a name that is cut most


def short_message(message: str, most: int = MAX_MESSAGE) -> str:
    """A message in at most so many characters, where names are all that makes it longer.

    The longest names are cut to one length, in their middle: names differ at their ends
    (`STAGING_AWS_ACCESS_KEY_ID`). What a name is not (`id-token: write`) stays.
    """
    lengths = [len(each[1]) for each in _NAMES.finditer(message) if ": " not in each[1]]
    kept = max(lengths, default=0)
    while kept > _SHORT_NAME and len(message) - sum(max(n - kept, 0) for n in lengths) > most:
        kept -= 1

    def cut(match: re.Match[str]) -> str:
        name = match[1]
        if len(name) <= kept or ": " in name:
            return match[0]
        letters = kept - 3
        return f"`{name[: letters - letters // 2]}...{name[len(name) - letters // 2 :]}`"

    return _NAMES.sub(cut, message) if len(message) > most else message


def notice_line(notice: Notice) -> str:
    """A notice in one line, which starts with whether it makes the run incomplete."""
    weight = "note" if notice.complete else "not fully checked"
    where = f"{escape_controls(notice.path)}: " if notice.path else ""
    return f"{where}{weight}: {escape_controls(notice.message)} [{notice.kind}]"


def ungrouped(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Every finding, also those that are shown with another one."""
    for finding in findings:
        yield finding
        yield from finding.others


def summary_lines(results: Results, *, verbose: bool = True) -> list[str]:
    """The closing lines: the number of findings, what is suppressed, what was not checked.

    verbose: also the number of files and rules, and the time; always printed for a run without findings.
    """
    singles = list(ungrouped(results.findings))
    errors = sum(1 for f in singles if f.severity is Severity.ERROR)
    warnings = len(singles) - errors
    checked = (
        f"{pluralize(results.files, 'file')} checked with {pluralize(len(results.rules), 'rule')} "
        f"in {results.seconds:.1f} s"
    )
    lines = []
    if results.findings:
        kinds = [pluralize(n, noun) for n, noun in ((errors, "error"), (warnings, "warning")) if n]
        files = len({f.span.path for f in singles})
        lines.append(f"Found {' and '.join(kinds)} in {pluralize(files, 'file')}.")
        if verbose:
            lines.append(f"{checked}.")
    else:
        lines.append(f"No findings: {checked}." if results.complete else f"{checked}.")
    counts = ((len(results.suppressed), "suppressed"), (len(results.baselined), "in the baseline"))
    accepted = [f"{count:,} {how}" for count, how in counts if count]
    if accepted:
        lines.append(f"Accepted: {', '.join(accepted)}.")
    paths = {n.path for n in results.notices if not n.complete}
    if paths:
        files = len(paths - {""})
        what = f"{pluralize(files, 'file')} {'was' if files == 1 else 'were'}" if files else "the run was"
        lines.append(f"Incomplete: {what} not fully checked (exit code 2).")
    return lines


def next_steps(results: Results, program: str = "palint") -> list[str]:
    """Commands to run after a run with findings, and how to suppress a finding.

    program: how the user starts palint.
    """
    if not results.findings:
        return []
    singles = list(ungrouped(results.findings))
    steps = []
    if results.staged:
        pushed = " A secret that was never pushed need not be rotated." * any(f.value_ranges for f in singles)
        steps.append(f"The index was checked: run `git add` on what you change.{pushed}")
    kinds = Counter(f.fix.safe for f in singles if f.fix)
    commands = ((kinds[True], "[*]", "--fix"), (kinds[False], "[+]", "--fix --unsafe-fixes"))
    fixes = [f"{count:,} {mark} with `{program} {option}`" for count, mark, option in commands if count]
    if fixes:
        steps.append(f"Fix {', '.join(fixes)}.")
    if len(singles) > MANY:
        steps.append(f"Accept what is there today with `{program} baseline`: then only new findings fail.")
    question = (
        "Not a secret?" if any(f.value_ranges or f.clause == "C2" for f in results.findings) else "Intended?"
    )
    steps.append(f"{question} {_how_to_accept(results.findings)}. About a rule: `{program} explain RULE`.")
    return steps


_COMMENT_STARTS_LINE = frozenset(
    ("dockerfile", "dotenv", "ini", "properties")
)  # elsewhere `#` is a part of the value


def _how_to_accept(findings: Iterable[Finding]) -> str:
    """How to accept one of the findings: by a comment of its language, else in the settings."""
    from palint.files import languages

    every = list(ungrouped(findings))
    found = [languages.find(each.span.path) for each in every]
    kinds = set(found)
    comments = Counter(kind.comment for kind in found if kind.comment)
    if not comments and languages.UNKNOWN not in kinds:
        return "Accept it with an `[[allow]]` in `palint.toml`"
    start, end = comments.most_common(1)[0][0] if comments else languages.HASH
    comment = f"`{start} palint: ignore[RULE] reason{end}`"
    above = sorted(kind.id for kind in kinds if kind.id in _COMMENT_STARTS_LINE)
    if above and len(above) == sum(1 for kind in kinds if kind.comment):
        about_file = all(not each.excerpt and each.span.start.line == 1 for each in every)
        return f"Write {comment} {'as the first line' if about_file else 'alone on the line above'}"
    others = []
    for mark in sorted(comments):
        sign = "" if mark == (start, end) else f"`{mark[0]} …{mark[1]}`"
        for place in ("", "alone on the line above"):
            ids = [k.id for k in kinds if k.comment == mark and (k.id in _COMMENT_STARTS_LINE) == bool(place)]
            others.append((sorted(ids), f"{sign} {place}".strip()))
    bare = sorted(kind.id for kind in kinds if not kind.comment and kind is not languages.UNKNOWN)
    others.append((bare, "an `[[allow]]` in `palint.toml`"))
    also = "; ".join(f"{', '.join(ids)}: {how}" for ids, how in others if ids and how)
    return f"End the line with {comment}{f' ({also})' if also else ''}"


def fix_mark(fix: Fix | None) -> str:
    """The mark of a fixable finding: ` [*]` safe, ` [+]` unsafe, "" without a fix."""
    if fix is None:
        return ""
    return " [*]" if fix.safe else " [+]"


def confidence_mark(finding: Finding) -> str:
    """` (low confidence)`, or "" for a finding of high confidence."""
    return " (low confidence)" if finding.confidence is Confidence.LOW else ""


def details(finding: Finding, why: str = "why", fix: str = "fix") -> list[str]:
    """The finding's why and fix after their labels; text that starts with code starts on its own line."""
    parts = ((why, finding.why), (fix, finding.fix_hint))
    return [label + (":\n" if text[0].isspace() else ": ") + text for label, text in parts if text]


def blocks(text: str) -> Iterator[tuple[bool, list[str]]]:
    """(whether it is code, its lines) of each part of a text; blank lines between lines of code are code."""
    block: list[str] = []
    is_code = False
    for line in paragraphs(text):
        if line.strip():
            if block and line.startswith((" ", "\t")) is not is_code:
                yield is_code, _without_blank_end(block)
                block = []
            is_code = line.startswith((" ", "\t"))
            block.append(line)
        elif block:
            block.append("")
    if block:
        yield is_code, _without_blank_end(block)


def _without_blank_end(lines: list[str]) -> list[str]:
    while not lines[-1]:
        lines.pop()
    return lines


def paragraphs(text: str) -> Iterator[str]:
    """The lines of a text, with wrapped sentences joined; indented lines are code."""
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
