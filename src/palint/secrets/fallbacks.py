"""Recognise literals that a program or its settings use if a variable is not set."""

from __future__ import annotations

from palint.secrets.names import is_strong, names_secret
from palint.util import lazy_re

_WITHIN = 160  # code points before a value in which the variable is read

# Expressions that read the environment or settings: `process.env.X`, `getenv("X")`, `.Values.x`.
_READS = (
    r"(?:process\.env|\$_(?:ENV|SERVER)\b|import\.meta\.env|Deno\.env|\bENV\b|[gG]et_?[eE]nv|\benviron\b|env::var"
    r"|GetEnvironmentVariable|\.Values\.|[cC]onfiguration\[|[cC]onfig(?:Service)?\.get)"
)
_IN_READS = ("env", "ENV", "Env", "SERVER", ".Values.", "onfig")  # one is in each of them
_OPERATOR = r"(?:\|\||\?\?|\?:|\bor|\|\s{0,4}default|\.unwrap_or(?:_else)?\((?:\|_\|)?)"
_CHAIN = r"[\w.:$@()\[\]\"'!?<> ]{0,100}?\s{0,80}"  # the rest of the expression
_OPERATORS = lazy_re.compile(rf"{_READS}{_CHAIN}{_OPERATOR}\s{{0,80}}[\"'`]\Z")
# `getenv("X", "…")`, `env.fetch("X", "…")`, `config.get<string>("X", "…")`, with a name in capitals
_ARGUMENT = lazy_re.compile(
    r"(?:[gG]et\w{0,20}|\benv|[fF]etch|[cC]onfig)(?:<\w{1,20}>)?\(\s{0,80}[\"'][A-Z][A-Z0-9_]{2,80}[\"']"
    r"\s{0,4},\s{0,80}(?:default\s{0,4}=\s{0,4})?[\"'`]\Z"
)
# `${X:-…}` of shells and Compose, `${x.y:…}` of Spring
_PARAMETER = lazy_re.compile(r"\$\{[\w.-]{1,80}:[-=]?\Z")
# The end of the text before the quote: this alone rejects most candidates (`name = "…"`).
_ENDS = ("|", "??", "?:", " or", "default", ",", "(", "default=", "default =")


def is_fallback(text: str, start: int) -> bool:
    """Whether the literal at text[start:] is used if a variable with a secret's name is not set.

    Of `process.env.JWT_SECRET || "x"`, `os.environ.get("SECRET_KEY", "x")` and `${DB_PASSWORD:-x}` the `x`;
    not of `options.password || "x"`, `fill("password", "x")`, `secret = process.env.DB_NAME || "x"`.
    """
    return is_strong(variable_before(text, start))


def variable_before(text: str, start: int) -> str:
    """The expression that reads a variable for which the literal at text[start:] is used; "" if none."""
    low = max(0, start - _WITHIN)
    last = text[start - 1 : start]
    if last in "-:=":
        found = _PARAMETER.search(text, low, start) if last else None
    elif last in "\"'`" and text[max(0, start - 80) : start - 1].rstrip().endswith(_ENDS):
        before = text[low:start]
        if before[:-1].rstrip().endswith((",", "=")):
            found = _ARGUMENT.search(before)
        else:
            found = _OPERATORS.search(before) if any(word in before for word in _IN_READS) else None
    else:
        return ""
    return found[0] if found else ""


def is_of_other(text: str, start: int) -> bool:
    """Whether the literal at text[start:] is used if a variable is not set that is no secret by its name."""
    found = _NAME.findall(variable_before(text, start))
    return bool(found) and not names_secret(found[-1])


_NAME = lazy_re.compile(r"\b(?!(?:or|default|unwrap_or\w*)\b)[A-Za-z]\w*")  # not the operator's own words
