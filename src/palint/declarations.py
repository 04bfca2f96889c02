"""What a rule of another package declares and yields: mistakes are named with their file and line.

palint's own rules have mypy and tests. A hook that runs no other rule does not import this.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from difflib import get_close_matches

from palint.files import FileFilter
from palint.findings import Confidence, Edit, Fix, Related, Severity, Span, Violation
from palint.prefilter import Keyword
from palint.rule import Clause, Example, Option, Reads, Rule
from palint.util.typing import Any

_Check = tuple[Callable[[Any], bool], str]  # (whether a value is right, what to write instead)
_SIMILAR = 0.8  # of difflib's ratio, from which on a name is taken for a misspelled one
_OPTION_TYPES = {bool: bool, int: int, str: str, list[str]: list}


def _is(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types)


def _all(*types: type) -> Callable[[Any], bool]:
    """Several of these types: not one alone, whose characters or fields would be taken for them."""
    return lambda value: (
        isinstance(value, (tuple, list))
        and not isinstance(value, types)
        and all(isinstance(each, types) for each in value)
    )


def _maps(*types: type) -> Callable[[Any], bool]:
    """A mapping from texts to these types."""
    return lambda value: (
        isinstance(value, Mapping)
        and all(isinstance(k, str) and isinstance(v, types) for k, v in value.items())
    )


_TEXT: _Check = (_is(str), "a text")
_FLAG: _Check = (_is(bool), "`True` or `False`")
_TEXTS: _Check = (_all(str), 'a tuple: `("…",)`')
_EXAMPLES: _Check = (_all(Example), 'a tuple, with a comma also after one: `(Example("…"),)`')
_RULE: Mapping[str, _Check] = {
    "clause": (_is(Clause), "a member of `Clause`, such as `Clause.NONE`"),
    "severity": (_is(Severity), "`Severity.ERROR` or `Severity.WARNING`"),
    "since": (_is(str), 'a version, such as `"1.0"`'),
    "preview": _FLAG,
    "files": (_is(FileFilter), '`FileFilter(suffixes=(".rb",))`, or a set such as `DOCKERFILES`'),
    "companion_files": (_is(FileFilter, type(None)), "a `FileFilter` or `None`"),
    "keywords": (_all(str, Keyword), 'a tuple: `("…",)`'),
    "reads": (_is(Reads), "a member of `Reads`, such as `Reads.TEXT`"),
    "checks_history": _FLAG,
    "value_patterns": (_all(re.Pattern), 'a tuple: `(re.compile("…"),)`'),
    "supersedes": _TEXTS,
    "options": (_maps(Option), '`{"name": Option(str, "default", "help")}`'),
    "bad": _EXAMPLES,
    "good": _EXAMPLES,
}
_FILES: Mapping[str, _Check] = {
    "suffixes": (_all(str), 'a tuple: `(".rb",)`'),
    "names": (_all(str), 'a tuple: `("gemfile",)`'),
    "every": _FLAG,
    "interpreters": _TEXTS,
    "path_literals": _TEXTS,
}
_EXAMPLE: Mapping[str, _Check] = {
    "text": _TEXT,
    "location": (
        lambda value: isinstance(value, (str, type(None))) or (_all(str)((*value,)) and len(value) == 2),
        "a part of the text, or a pair `(path, text)`",
    ),
    "path": _TEXT,
    "files": (lambda value: value is None or _maps(str)(value), '`{"path": "text"}`'),
    "fixed": (
        lambda value: isinstance(value, (str, type(None))) or _maps(str)(value),
        'the whole text, or `{"path": "text"}`',
    ),
    "severity": (_is(Severity, type(None)), "`Severity.ERROR` or `Severity.WARNING`"),
    "options": (_is(Mapping, type(None)), '`{"name": value}`'),
    "note": _TEXT,
    "ignored": _TEXTS,
}
_OPTION: Mapping[str, _Check] = {
    "type": (lambda value: value in _OPTION_TYPES, "`bool`, `int`, `str` or `list[str]`"),
    "help": _TEXT,
    "since": _TEXT,
}
_VIOLATION: Mapping[str, _Check] = {
    "span": (_is(Span), "`file.span(start, end)`"),
    "message": _TEXT,
    "why": _TEXT,
    "fix_hint": _TEXT,
    "severity": _RULE["severity"],
    "confidence": (_is(Confidence), "`Confidence.HIGH` or `Confidence.LOW`"),
    "detector": (_is(str, type(None)), "a text or `None`"),
    "related": (_all(Related), "a tuple: `(Related(span, message),)`"),
    "fix": (
        lambda fix: fix is None or (isinstance(fix, Fix) and _all(Edit)(fix.edits)),
        "`Fix((Edit(span, text),))`",
    ),
    "values": (
        lambda values: all(isinstance(each, tuple) and len(each) == 2 and _all(int)(each) for each in values),
        "a tuple of pairs: `((start, end),)`",
    ),
}


def problem(rule: type[Rule]) -> str:
    """What is wrong with a rule's declaration, after its file and line; "" if nothing is.

    What would otherwise fail later, or silently match nothing.
    """
    if not rule.summary():
        return f"{place(rule)}: rule {rule.id()!r} has no docstring, which is its documentation"
    for attribute, index, text in _problems(rule):
        return f"{place(rule, attribute, index)}: rule {rule.id()!r}: {text}"
    return ""


def _problems(rule: type[Rule]) -> Iterator[tuple[str, int, str]]:
    """(attribute, index of the element of a tuple or -1, what is wrong), the outermost first."""
    for attribute in _RULE:
        for text in _wrong(rule, {attribute: _RULE[attribute]}):
            yield attribute, -1, text
            return
    for name, value in vars(rule).items():
        for near in get_close_matches(name, _RULE, 1, _SIMILAR) if name not in _RULE else ():
            if near not in vars(rule) and _RULE[near][0](value):
                yield name, -1, f"`{name}` declares nothing: did you mean `{near}`?"
    for attribute in ("files", "companion_files"):
        files = getattr(rule, attribute)
        for text in _wrong(files, _FILES) if files is not None else ():
            yield attribute, -1, text
        for name in (*files.names, *files.suffixes) if files is not None else ():
            if name != name.lower():
                yield (
                    attribute,
                    -1,
                    f"`{attribute}` has {name!r}; write {name.lower()!r}, which matches any case",
                )
    for keyword in rule.keywords:
        pattern = keyword if isinstance(keyword, str) else keyword.pattern
        try:
            re.compile(pattern)
        except re.error as error:
            yield "keywords", -1, f"keyword {pattern!r} is no regular expression: {error}"
    for name, option in rule.options.items():
        for text in _wrong(option, _OPTION):
            yield "options", -1, f"option {name!r}: {text}"
        kind = _OPTION_TYPES[option.type]  # type: ignore[index]
        if type(option.default) is not kind:
            yield "options", -1, f"option {name!r}: the default {option.default!r} is no {kind.__name__}"
    for attribute in ("bad", "good"):
        for index, example in enumerate(getattr(rule, attribute)):
            for text in _wrong(example, _EXAMPLE):
                yield attribute, index, f"{attribute} example {index + 1}: {text}"


def _wrong(value: object, checks: Mapping[str, _Check]) -> Iterator[str]:
    for field, (is_right, instead) in checks.items():
        given = getattr(value, field)
        if not is_right(given):
            shown = repr(given)
            yield f"`{field}` is {shown if len(shown) <= 60 else f'{shown[:60]}…'}: write {instead}"


class ViolationError(TypeError):
    """A rule of another package yields something else than a violation; the text says what to write.

    summary: the same without a value that has a text, which may be of the checked file.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        given, write, instead = text.rpartition(": write ")
        has_text = "'" in given or '"' in given
        self.summary = f"{given.partition(' is ')[0]}{write}{instead}" if has_text else text


def checked(violations: Iterable[object]) -> Iterator[Violation]:
    """What `Rule.check` yields. Raises ViolationError, at its `yield`, for what has another type or field."""
    for violation in violations:
        if isinstance(violation, Violation):
            text = next(_wrong(violation, _VIOLATION), "")
        else:
            text = f"`check` yields what `self.violation(…)` returns, not `{type(violation).__name__}`"
        if text and isinstance(violations, Generator):
            violations.throw(ViolationError(text))
        if text:
            raise ViolationError(text)
        yield violation  # type: ignore[misc]


def place(rule: type[Rule], attribute: str = "", index: int = -1) -> str:
    """`FILE:LINE` of an attribute of a rule, of one of the elements of its tuple, or of its class."""
    file = str(sys.modules[rule.__module__].__file__)
    line = 1
    try:
        with open(file, encoding="utf-8") as source:
            tree = ast.parse(source.read())
    except (OSError, ValueError, SyntaxError):
        return f"{file}:{line}"
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == rule.__name__:
            line = node.lineno
            for statement in node.body:
                targets = getattr(statement, "targets", [getattr(statement, "target", None)])
                if any(isinstance(name, ast.Name) and name.id == attribute for name in targets):
                    line = statement.lineno
                    elements = getattr(getattr(statement, "value", None), "elts", ())
                    if 0 <= index < len(elements):
                        line = elements[index].lineno
    return f"{file}:{line}"


def where_it_failed(error: BaseException, package: str) -> str:
    """`FILE:LINE: ` of the last line of a package that led to an error; "" if there is none."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: "
    trace, found = error.__traceback__, ""
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] == package:
            found = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}: "
        trace = trace.tb_next
    return found
