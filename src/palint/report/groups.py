"""Show findings together that a reader decides about together.

The engine reports each place, since suppressions, baseline entries, changes and `fail-on` apply to one of
them. A group is one of its findings, with the others in `Finding.others`; every count counts all of them.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from palint.dotenv.files import is_dotenv, is_example
from palint.files import languages, roles
from palint.files.roles import Role
from palint.findings import Confidence, Finding, Related, Results, Span
from palint.report.summary import fix_mark, location, pluralize, ungrouped
from palint.util import lazy_re

MAX_PLACES = 100  # places listed for a value; GitHub shows as many related locations of a result
_SAME = "the same value"
_MAX_LISTED = 8  # lines or files that a message names; it counts the others
_MAX_PACKAGES = 3  # packages that are named
_QUOTED = lazy_re.compile(r"`[^`]*`")
_NAMES = lazy_re.compile(r"`[^`]*`(?:, `[^`]*`)*(?: and \d+ more)?|\d[\d,.]*(?: variables?)?")
_COMMAND = lazy_re.compile(r"run `([a-z]+ [^`]*) [^`\s]+`")  # that removes a package: its program decides
_VARIABLES = lazy_re.compile(r"\b[A-Z][A-Z0-9_]+\b")
_ENVIRONMENT = lazy_re.compile(r"(?<!e\.g\. )`[\w.-]+/([^`\s/]+)`")  # of a secret's name in a fix


def group_repeats(findings: Iterable[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """(finding to report, the others with its rule, file and value), both in the order of `findings`.

    The first of the most severe is reported. Findings with a fix, with related places or without a value are
    reported separately.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        alone = finding.fix or finding.related or not finding.value_ids
        key = number if alone else (finding.rule, finding.span.path, finding.value_ids)
        groups.setdefault(key, []).append(finding)
    return [_first_and_others(group) for group in groups.values()]


def _first_and_others(group: Sequence[Finding]) -> tuple[Finding, list[Finding]]:
    # A value comes from another file than a built one, and advice for a .env file is for its values, too.
    if len(group) == 1:
        return group[0], []
    first = max(group, key=lambda f: (f.severity, f.clause == "C1", f.confidence, not _is_built(f.span.path)))
    return first, [finding for finding in group if finding is not first]


def merge_repeats(results: Results) -> Results:
    """The results with one finding for each rule, file and value; the message has their number."""
    merged = [_with_places(first, rest) if rest else first for first, rest in group_repeats(results.findings)]
    return results._replace(findings=tuple(sorted(merged, key=Finding.sort_key)))


def _with_places(first: Finding, rest: Sequence[Finding]) -> Finding:
    return _repeated(first, rest)._replace(
        related=tuple(
            Related(f.span, _SAME if f.message == first.message else f.message) for f in rest[:MAX_PLACES]
        )
    )


def _repeated(first: Finding, rest: Sequence[Finding]) -> Finding:
    return first._replace(
        message=f"{first.message}, {len(rest) + 1:,} times in this file", others=tuple(rest)
    )


def group(results: Results) -> Results:
    """The results with the findings that one decision settles as one.

    - those in the packages of one list
    - the low-confidence secrets in tests
    - those of one rule in one file whose fixes have the same steps; a value's copies in built files go with
      its source, and the secrets of a .env file with the finding about the file
    - such groups of several files whose fixes have the same steps (`_decision`)
    """
    in_packages: dict[object, list[Finding]] = {}
    in_tests: dict[object, list[Finding]] = {}
    in_file: dict[object, list[Finding]] = {}
    sources: dict[object, object] = {}  # of values that a built file has, too
    times = Counter(map(_value, results.findings))
    dotenv: dict[str, object] = {}  # of the finding that says what to do with a whole .env file
    for finding in results.findings:
        if finding.clause == "C1" and (is_dotenv(finding.span.path) or is_example(finding.span.path)):
            dotenv.setdefault(finding.span.path, (finding.span.path, *_kind(finding)))
        repeated = finding.value_ids and times[_value(finding)] > 1
        if repeated and not _elsewhere(finding) and not _is_built(finding.span.path):
            sources.setdefault(_value(finding), (finding.span.path, *_kind(finding)))
    for finding in results.findings:
        path = finding.span.path
        if finding.package_list:
            in_packages.setdefault(finding.package_list, []).append(finding)
        elif (
            finding.clause == "C2"
            and finding.confidence is Confidence.LOW
            and path not in dotenv
            and roles.serves_tests(path)
        ):
            key: object = (finding.severity, _step(finding.fix_hint))
            in_tests.setdefault(key, []).append(finding)
        else:
            key = (path, *_kind(finding))
            if finding.clause == "C2":
                key = dotenv.get(path, key)
            built = finding.value_ids and times[_value(finding)] > 1 and _is_built(path)
            in_file.setdefault(sources.get(_value(finding), key) if built else key, []).append(finding)
    decisions: dict[object, list[Finding]] = {}
    for same in in_file.values():
        decisions.setdefault(_decision(_first_and_others(same)[0]), []).extend(same)
    shown = [_in_packages(same) for same in in_packages.values()]
    shown += [_in_tests(same) if _are_several(same) else _alike(same) for same in in_tests.values()]
    shown += map(_alike, decisions.values())
    return results._replace(findings=tuple(sorted(shown, key=Finding.sort_key)))


def _elsewhere(finding: Finding) -> frozenset[Span]:
    """The places of a finding in other files: they explain those alone that have them, too."""
    return frozenset(each.span for each in finding.related if each.span.path != finding.span.path)


@lru_cache(maxsize=1 << 16)  # each report asks several times for each finding
def _is_built(path: str) -> bool:
    """Whether the name of a file says that a program makes it from others: bundles, minified code."""
    return roles.find(path.lower(), languages.find(path)) is Role.GENERATED


def _value(finding: Finding) -> object:
    return finding.rule, finding.value_ids


def _decision(finding: Finding) -> object:
    """The key of the findings of several files that are shown as one: those that the same steps settle.

    A secret that is certainly one is shown for itself, unless it has the same value or is in a test or a
    document. Other secrets are shown together: of all documents, of each folder at the top of the repository.
    """
    path = finding.span.path
    if is_dotenv(path) or is_example(path):
        if "to AWS Secrets Manager as `" in finding.fix_hint:
            return id(finding)  # its own secrets
        start = _NAMES.sub("", finding.fix_hint.partition(". ")[0])
        environments = tuple(_ENVIRONMENT.findall(finding.fix_hint))
        return _top(path), finding.rule, finding.severity, start, environments
    language = languages.find(path)
    code = (language.id,) if finding.clause == "C4" else _code(finding.fix_hint)  # a call of the user's
    steps = code, *_kind(finding)
    if finding.clause != "C2":
        return steps
    often = finding.detector == "private-key" or language.type == "prose" or roles.serves_tests(path)
    if finding.confidence is Confidence.HIGH and not often:
        return finding.message, finding.value_ids, *steps
    return "" if language.type == "prose" else _top(path), *steps


def _top(path: str) -> str:
    """The folder at the top of the repository that a path is in, with its `/`; "" for none."""
    folder, slash, _ = path.partition("/")
    return folder + slash if slash else ""


def _kind(finding: Finding) -> tuple[object, ...]:
    """The key, within a file, of findings that are shown as one: the rule, the fix's steps, other files."""
    fix = *_steps(finding.fix_hint), fix_mark(finding.fix)
    return finding.rule, finding.severity, finding.confidence, *fix, _elsewhere(finding)


@lru_cache(maxsize=256)  # many findings have the same fix
def _steps(fix: str) -> tuple[str, ...]:
    """A fix without its code and without names, and the environments that it is for."""
    prose = _COMMAND.sub(r"run \1", "\n".join(_prose(fix)))
    return _NAMES.sub("", prose), *dict.fromkeys(_ENVIRONMENT.findall(fix))


@lru_cache(maxsize=256)
def _named(fix: str) -> tuple[str, ...]:
    """The names in a fix: those of its code are variables."""
    return tuple(_QUOTED.findall("\n".join(_prose(fix))))


def _step(fix: str) -> str:
    """What a fix says to do after the secret is rotated, in its first words: `Write a value`."""
    return " ".join("".join(_steps(fix)[:1]).partition(". ")[2].split()[:3])


@lru_cache(maxsize=256)
def _code(fix: str) -> tuple[str, ...]:
    """The code of a fix without names of variables."""
    return tuple(_VARIABLES.sub("", line) for line in fix.splitlines() if line[:4] == "    ")


def _prose(fix: str) -> list[str]:
    return [line for line in fix.splitlines() if not line.startswith("    ")]


def _are_several(findings: Sequence[Finding]) -> bool:
    """Whether these are several values, or one value in several files."""
    return len({(f.rule, f.span.path, f.value_ids) for f in findings}) > 1


def _alike(findings: Sequence[Finding]) -> Finding:
    first, rest = _first_and_others(findings)
    files = len({f.span.path for f in findings})
    if not rest:
        return first
    if files == 1 and first.value_ids and not _are_several(findings):
        return _repeated(first, rest)
    fix = first.fix_hint
    if len({_named(f.fix_hint) for f in findings if f.rule == first.rule}) > 1:
        place = f"{location(first.span.path)}:{first.span.start.line}"
        fix = f"{fix}\nThe names are those of `{place}`: use each place's own."
    first = first._replace(fix_hint=fix)
    where = pluralize(files, "file") if files > 1 else "this file"
    return first._replace(message=f"{first.message}, and {len(rest):,} more in {where}", others=tuple(rest))


def _in_tests(findings: Sequence[Finding]) -> Finding:
    first, rest = _first_and_others(findings)
    folder = posixpath.commonpath([posixpath.dirname(f.span.path) for f in findings])
    files = len({f.span.path for f in findings})
    where = pluralize(files, "test file") + (f" in `{folder}/`" if folder else "")
    where = where if files > 1 else "this test file"
    return first._replace(
        message=f"{len(findings):,} possible secrets in {where}",
        why="each has low confidence: most such values are made up for a test",
        others=tuple(rest),
        folder=f"{folder or '.'}/",
    )


def _in_packages(findings: Sequence[Finding]) -> Finding:
    first, rest = _first_and_others(findings)
    packages = Counter(f.package for f in findings)
    named = [f"`{name}` ({count:,})" for name, count in packages.most_common(_MAX_PACKAGES)]
    more = f" and {len(packages) - len(named):,} more" if len(packages) > len(named) else ""
    rules = ", ".join(
        f"{rule} ({count:,})" for rule, count in Counter(f.rule for f in findings).most_common()
    )
    return first._replace(
        message=f"{pluralize(len(findings), 'finding')} in packages that `{first.package_list}` lists",
        why=f"{rules}; in {', '.join(named)}{more}",
        fix_hint="update or remove these packages: their code is not yours to change. To leave them out, add "
        "their folders to `exclude` in the settings.",
        others=tuple(rest),
        folder=first.package_list.rpartition("/")[0] + "/" if "/" in first.package_list else "./",
    )


def shown_and_hidden(finding: Finding, most: int) -> tuple[Sequence[Finding], Sequence[Finding]]:
    """The findings that are shown with one, in two parts: those to show, and the rest.

    Of several files, one finding each is shown first.
    """
    if len({finding.span.path, *(f.span.path for f in finding.others)}) == 1:
        return finding.others[:most], finding.others[most:]
    by_path = {f.span.path: f for f in reversed(finding.others) if f.span.path != finding.span.path}
    chosen = list(reversed(by_path.values()))[:most]
    return chosen, [f for f in finding.others if not any(f is other for other in chosen)]


def unseen_places(finding: Finding, hidden: Sequence[Finding]) -> str:
    """`on lines 8, 13 and 400 more`, `12 more in a.py, b.py and 4 more files`: places that are not shown."""
    paths = list(dict.fromkeys(f.span.path for f in hidden))
    if paths == [finding.span.path]:
        lines = sorted({f.span.start.line for f in hidden})[:_MAX_LISTED]
        more = f" and {len(hidden) - len(lines):,} more" if len(hidden) > len(lines) else ""
        # Below the places in other files
        of = f" of {location(paths[0])}" if any(f.span.path != paths[0] for f in finding.others) else ""
        return f"on line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}{more}{of}"
    named = ", ".join(map(location, paths[:_MAX_LISTED]))
    more = f" and {pluralize(len(paths) - _MAX_LISTED, 'more file')}" if len(paths) > _MAX_LISTED else ""
    return f"{len(hidden):,} more in {named}{more}"


def rules_of(finding: Finding) -> list[str]:
    """The rules of a finding and of those shown with it, without repeats."""
    return list(dict.fromkeys(f.rule for f in ungrouped([finding])))
