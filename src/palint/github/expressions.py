"""GitHub's `${{ … }}` expressions: their ranges, the contexts that they read, and their values if known.

The grammar: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palint.util import lazy_re
from palint.util.typing import NamedTuple

# A string ('' is an escaped quote), a name, a number, an operator.
_TOKEN = lazy_re.compile(r"'(?:[^']|'')*'|[A-Za-z_][\w-]*|[+-]?\.?\d[\w.]*|&&|\|\||[=!<>]=|\S")
_MAX_NESTING = 50
# What `reads` yields as a context that is none
LITERALS = ("true", "false", "null", "nan", "infinity")


class ContextAccess(NamedTuple):
    """A context that an expression reads.

    context: `secrets`, `inputs`, `env`, `steps` …, lower case. path: the names after it, as written
    (`secrets['X']` and `secrets. X` give ("X",)); a computed part is "*" after the text that it starts with
    for certain (`secrets[format('X_{0}', y)]` gives ("X_*",)). start, end: offsets of the access in the text.
    whole: whether the whole context is passed on, as in `toJSON(secrets)`.
    compared: whether it is an operand of `==` or `!=`, which reveals only equality.
    """

    context: str
    path: tuple[str, ...]
    start: int
    end: int
    whole: bool = False
    compared: bool = False

    @property
    def name(self) -> str:
        """The first part of the path; "" if the whole context is read."""
        return self.path[0] if self.path else ""


def expressions(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield the [start, end) inside every `${{ … }}` in text[start:end]. Linear in the text."""
    end = len(text) if end is None else end
    while (opening := text.find("${{", start, end)) >= 0:
        close = _closing(text, opening + 3, end)
        if close < 0:
            return
        yield opening + 3, close
        start = close + 2


def _closing(text: str, offset: int, end: int) -> int:
    """The offset of the `}}` that ends an expression, not inside a string."""
    close = text.find("}}", offset, end)
    while close >= 0:
        quote = text.find("'", offset, close)
        if quote < 0:
            return close
        second = text.find("'", quote + 1, end)
        if second < 0:
            return close
        offset = second + 1
        if close < offset:
            close = text.find("}}", offset, end)
    return -1


def reads(text: str, start: int = 0, end: int | None = None) -> Iterator[ContextAccess]:
    """Yield every context that the expressions in text[start:end] read, in order."""
    for opening, close in expressions(text, start, end):
        yield from reads_inside(text, opening, close)


def reads_inside(text: str, start: int, end: int) -> Iterator[ContextAccess]:
    """Yield every context that one expression, text[start:end] without its braces, reads."""
    tokens = [(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text, start, end)]
    index = 0
    while index < len(tokens):
        word, first, last = tokens[index]
        before = tokens[index - 1][0] if index else ""
        index += 1
        if not word[0].isalpha() or before == ".":
            continue
        if index < len(tokens) and tokens[index][0] == "(":
            continue  # a function
        path: list[str] = []
        while index < len(tokens) and (step := _dereference(tokens, index)):
            part, index, last = step
            path.append(part)
        after = tokens[index][0] if index < len(tokens) else ""
        compared = before in ("==", "!=") or after in ("==", "!=")
        yield ContextAccess(word.lower(), tuple(path), first, last, whole=not path, compared=compared)


def _dereference(tokens: list[tuple[str, int, int]], index: int) -> tuple[str, int, int] | None:
    """(name, index of the next token, end offset) of a `.name`, `['name']` or `[computed]` at tokens[at]."""
    opening = tokens[index][0]
    if opening == "." and index + 1 < len(tokens):
        return tokens[index + 1][0], index + 2, tokens[index + 1][2]
    if opening != "[" or index + 2 >= len(tokens):
        return None
    if tokens[index + 2][0] == "]" and tokens[index + 1][0].startswith("'"):
        return tokens[index + 1][0].strip("'"), index + 3, tokens[index + 2][2]
    # A computed index: its own contexts are read too, so only the bracket is passed.
    following = [token for token, _, _ in tokens[index + 1 : index + 4]]
    template = (
        following[2][1:].partition("{")[0] if following[:2] == ["format", "("] and following[2:] else ""
    )
    return f"{template}*", index + 1, tokens[index][2]


def substitute(text: str, inputs: Mapping[str, str]) -> str:
    """Replace every expression that consists of `inputs.<name>` only, for names in `inputs`."""
    if "${{" not in text:
        return text
    parts, offset = [], 0
    for start, end in expressions(text):
        read = next(reads_inside(text, start, end), None)
        if read and read.context == "inputs" and text[start:end].strip() == (text[read.start : read.end]):
            value = inputs.get(read.name.lower())
            if value is not None:
                parts += [text[offset : start - 3], value]
                offset = end + 2
    return "".join([*parts, text[offset:]])


def constant(text: str) -> str | None:
    """The text with its expressions evaluated; None if one reads a context or cannot be evaluated."""
    parts, offset = [], 0
    for start, end in expressions(text):
        evaluator = _Evaluator([m.group() for m in _TOKEN.finditer(text, start, end)], {})
        value = evaluator.value()
        if value is None or evaluator.unknown:
            return None
        parts += [text[offset : start - 3], value if isinstance(value, str) else str(value).lower()]
        offset = end + 2
    return "".join([*parts, text[offset:]])


def evaluate_condition(condition: str, inputs: Mapping[str, str | bool]) -> bool | None:
    """Evaluate an `if:`; None if it depends on anything else than `inputs`.

    inputs: a composite action's, by their names, and other contexts by their paths (`github.event_name`), in
    lower case.
    """
    text = condition
    found = list(expressions(text))
    if len(found) == 1 and text.startswith("${{") and text.endswith("}}"):
        text = text[found[0][0] : found[0][1]]
    elif found:
        # Text around an expression makes a non-empty string: `${{ x }} == true` is always true, and so is
        # `${{ x }}` with a line end.
        return True
    evaluator = _Evaluator([m.group() for m in _TOKEN.finditer(text)], inputs)
    value = evaluator.value()
    if value is None or (evaluator.succeeded and not _truth(value)):
        return None  # `!success()` holds after a failure
    return _truth(value)


def _truth(value: str | bool) -> bool:
    """Whether GitHub treats a value as true: all but "" and false."""
    return value if isinstance(value, bool) else value != ""


class _Null(str):
    """The value of `null`: an empty text, of a type that no other value has."""


_NULL = _Null()


class _Evaluator:
    """Recursive descent over the tokens. A None value is unknown.

    unknown: whether any part was. succeeded: whether the value assumes that the steps before succeeded.
    """

    def __init__(self, tokens: list[str], inputs: Mapping[str, str | bool]) -> None:
        self.tokens, self.inputs, self.at, self.depth = tokens, inputs, 0, 0
        self.unknown = self.succeeded = False

    def value(self) -> str | bool | None:
        value = self._either()
        return value if self.at == len(self.tokens) else None

    def _next(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in wanted:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def _either(self) -> str | bool | None:
        left = self._both()
        while self._next("||"):
            right = self._both()
            if left is None:
                left = True if right is not None and _truth(right) else None
            elif not _truth(left):
                left = right
        return left

    def _both(self) -> str | bool | None:
        left = self._equal()
        while self._next("&&"):
            right = self._equal()
            if left is None:
                left = False if right is not None and not _truth(right) else None
            elif _truth(left):
                left = right
        return left

    def _equal(self) -> str | bool | None:
        left = self._one()
        while operator := self._next("==", "!="):
            right = self._one()
            # GitHub compares values of two types as numbers: `'' == false` holds, `true == 'true'` does not.
            if left is None or right is None or type(left) is not type(right):
                left = None
            else:
                left = (_text(left) == _text(right)) == (operator == "==")
        return left

    def _one(self) -> str | bool | None:
        value = self._operand()
        self.unknown = self.unknown or value is None
        return value

    def _operand(self) -> str | bool | None:
        if self._next("!"):
            value = self._one() if self._deeper() else None
            return None if value is None else not _truth(value)
        if self._next("("):
            value = self._either() if self._deeper() else None
            self._next(")")
            return value
        if self.at >= len(self.tokens):
            return None
        token = self.tokens[self.at]
        self.at += 1
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token in ("true", "false"):
            return token == "true"
        if token == "null":
            return _NULL
        if token.lower() == "inputs":
            return self._input()
        if self._next("("):
            self._skip_call()
            self.succeeded = self.succeeded or token == "success"
            return True if token in ("always", "success") else None
        start = self.at - 1
        while self._next("."):
            self.at += 1
        return self.inputs.get("".join(self.tokens[start : self.at]).lower()) if self.at > start + 1 else None

    def _input(self) -> str | bool | None:
        if self._next(".") and self.at < len(self.tokens):
            self.at += 1
            return self.inputs.get(self.tokens[self.at - 1].lower())
        if self._next("[") and self.at < len(self.tokens):
            self.at += 1
            name = self.tokens[self.at - 1].strip("'")
            return self.inputs.get(name.lower()) if self._next("]") else None
        return None

    def _skip_call(self) -> None:
        open_ones = 1
        while self.at < len(self.tokens) and open_ones:
            open_ones += {"(": 1, ")": -1}.get(self.tokens[self.at], 0)
            self.at += 1

    def _deeper(self) -> bool:
        self.depth += 1
        return self.depth <= _MAX_NESTING


def _text(value: str | bool) -> str:
    """Normalise a value for comparison as GitHub does: strings are case-insensitive."""
    return str(value).lower()
