"""Read the allowlists of `.gitleaks.toml`, and convert path expressions to globs.

https://github.com/gitleaks/gitleaks#configuration
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence

from palint.util import deadline, lazy_re
from palint.util.typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

NAME = ".gitleaks.toml"
_SECONDS = 10.0  # for all searches with a file's expressions: a hostile one may never end
_FLAGS = lazy_re.compile(r"\(\?([imsU]+)\)")
_LITERAL = lazy_re.compile(r"(?:\\[.\-/_]|[\w/ @+-])+")
_ALTERNATIVES = lazy_re.compile(r"\((?:\?:)?((?:\\[.\-]|[\w/.|-])+)\)")


class Allowlist(NamedTuple):
    """One allowlist.

    name: its description, else its place. paths, regexes: compiled; stopwords: in lower case.
    on_line: whether `regexes` are searched in the whole line instead of the secret.
    needs_all: whether every kind of condition must hold, not one of them.
    only_rules: whether it is limited to some of gitleaks' rules. problems: what could not be read.
    """

    name: str
    paths: tuple[re.Pattern[str], ...] = ()
    regexes: tuple[re.Pattern[str], ...] = ()
    stopwords: tuple[str, ...] = ()
    on_line: bool = False
    needs_all: bool = False
    only_rules: bool = False
    problems: tuple[str, ...] = ()

    @property
    def is_by_path(self) -> bool:
        """Whether only the path matters, not the secret or the rule."""
        return bool(self.paths) and not (self.only_rules or (self.needs_all and self._by_value))

    @property
    def _by_value(self) -> bool:
        return bool(self.regexes or self.stopwords)

    def accepts_path(self, path: str) -> bool:
        """Whether a path expression matches in a path."""
        return any(pattern.search(path) for pattern in self.paths)

    def accepts(self, path: str, secret: str, line: str) -> bool:
        """Whether a secret on a line of a file is accepted."""
        conditions = []
        if self.paths:
            conditions.append(self.accepts_path(path))
        if self.regexes:
            text = line if self.on_line else secret
            conditions.append(any(pattern.search(text) for pattern in self.regexes))
        if self.stopwords:
            conditions.append(any(word in secret.lower() for word in self.stopwords))
        return any(conditions) and (all(conditions) or not self.needs_all)


def read(text: str) -> list[Allowlist]:
    """The allowlists in the order of the file; none if it is not TOML."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    tables = [(table, False) for table in _tables(data)]
    rules = data.get("rules")
    for rule in rules if isinstance(rules, list) else ():
        tables += [(table, True) for table in _tables(rule)] if isinstance(rule, dict) else []
    return [_allowlist(table, number, of_rule) for number, (table, of_rule) in enumerate(tables, 1)]


def _tables(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`[allowlist]`, as it was written before version 8.25, and `[[allowlists]]`."""
    several = data.get("allowlists")
    for table in (data.get("allowlist"), *(several if isinstance(several, list) else ())):
        if isinstance(table, dict):
            yield table


def _allowlist(table: dict[str, Any], number: int, of_rule: bool) -> Allowlist:
    problems: list[str] = []
    description = table.get("description")
    if table.get("commits"):
        problems.append("`commits` is not taken over: palint checks what is there today")
    return Allowlist(
        name=(description.strip() if isinstance(description, str) else "") or f"no. {number}",
        paths=_patterns(table, "paths", problems),
        regexes=_patterns(table, "regexes", problems),
        stopwords=tuple(word.lower() for word in filter(None, _strings(table, "stopwords"))),
        on_line=table.get("regexTarget") in ("line", "match"),
        needs_all=str(table.get("condition", "OR")).upper() in ("AND", "&&"),
        only_rules=of_rule or bool(table.get("targetRules")),
        problems=tuple(problems),
    )


def _strings(table: dict[str, Any], key: str) -> list[str]:
    value = table.get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _patterns(table: dict[str, Any], key: str, problems: list[str]) -> tuple[re.Pattern[str], ...]:
    """Go's expressions as Python's: in Go flags may be anywhere, and `\\z` is `\\Z`."""
    patterns = []
    for text in _strings(table, key):
        flags = {flag for match in _FLAGS.finditer(text) for flag in match[1]}
        plain = _FLAGS.sub("", text).replace(r"\z", r"\Z")
        try:
            patterns.append(
                re.compile(f"(?{''.join(sorted(flags - {'U'}))}){plain}" if flags - {"U"} else plain)
            )
        except (re.error, RecursionError, OverflowError):
            problems.append(f"`{key}` has an expression that Python cannot read: `{text}`")
    return tuple(patterns)


def within_time(compute: Callable[[], T]) -> T | None:
    """The result of `compute`, which searches with these expressions; None if it takes too long."""
    deadline.limit_file(_SECONDS)
    try:
        return compute()
    except deadline.FileTimeout:
        return None
    finally:
        deadline.stop_file()


def globs(pattern: re.Pattern[str]) -> list[str]:
    """Globs as in .gitignore for an expression of a simple form; else none.

    They may differ from the expression: the caller compares both on the project's paths.
    """
    text = pattern.pattern
    anchored = text.startswith(("^", "(^|/)", "(?:^|/)", "/"))
    start = "/" if text.startswith("^") else ""
    for prefix in ("(^|/)", "(?:^|/)", "^", "/", ".*", "(.*?)", "(.*)"):
        if text.startswith(prefix):
            text = text.removeprefix(prefix)
            break
    ends = text.endswith("$")
    text = text.removesuffix("$")
    parts = [start if anchored else "*"]
    while text:
        rest, options = _next(text)
        if not options:
            return []
        parts = [before + option for before in parts for option in options]
        text = rest
    return [f"{glob}*" if not ends and not glob.endswith(("/", "*")) else glob for glob in parts]


def _next(text: str) -> tuple[str, Sequence[str]]:
    """(the rest, the globs) of the first element of an expression; no globs if it is not simple."""
    for element, glob in ((".*", "*"), (".+", "?*"), ("[^/]*", "*"), ("[^/]+", "?*"), (r"\d+", "[0-9]*")):
        if text.startswith(element):
            return text[len(element) :].removeprefix("?"), [glob]
    if match := _ALTERNATIVES.match(text):
        return text[match.end() :], [_unescaped(part) for part in match[1].split("|")]
    if match := _LITERAL.match(text):
        return text[match.end() :], [_unescaped(match.group())]
    return text, []


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
