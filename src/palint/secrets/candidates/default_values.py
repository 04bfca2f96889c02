"""Defaults: a value after `default`, for the option, parameter or variable that is named some lines above.

`variable "db_password" { default = "…" }` in Terraform, a parameter's `Default:` in CloudFormation,
`add_argument("--token", default="…")`, `config("API_KEY", default="…")`, `password: { default: "…" }`.
"""

from __future__ import annotations

import re

from palint.prefilter import Keyword
from palint.secrets.candidates.other_syntax import Found
from palint.util import lazy_re

_ABOVE = 400  # characters before the word in which the name must stand
_LONGEST = 1024  # characters of a value

_GIVEN = lazy_re.compile(
    r"default[\"']?\s{0,8}(?:=>|[:=])\s{0,8}"
    rf"(?:(?P<quote>[\"'`])(?P<quoted>[^\"'`\n]{{1,{_LONGEST}}})(?P=quote)|(?P<bare>[^\s\"'`,;(){{}}\[\]]+))",
    re.I,
)
_SECRET = lazy_re.compile(
    r"pass(?!ed|es|ing|ive)|pwd|secret|token|credential|(?:api|access|private|encryption|signing).?key", re.I
)
# What stands before the brace of a block, read backwards.
_BLOCK = lazy_re.compile(r"\s{0,8}(?:>=|[:=])?\s{0,8}[\"']?([\w.-]{1,60})")
_STRING = lazy_re.compile(r"[\"'](-{0,2})([A-Za-z][\w-]{1,60})[\"']")
_LINE = lazy_re.compile(r"[ \t]*(?:- )?[\"']?([\w.-]{1,60})[\"']?:[ \t]*\r?\Z")


def _speaks_of_a_secret(data: bytes, at: int) -> bool:
    above = data[max(0, at - _ABOVE) : at].lower()
    return any(word in above for word in (b"pass", b"pwd", b"secret", b"token", b"credential", b"key"))


KEYWORDS = (Keyword(r"default[\"']?\s*(?:=>|[:=])\s*[\"'`]?[^\s\"'`,;(){}\[\]]{8}", _speaks_of_a_secret),)


def find(text: str, at: int) -> Found | None:
    """The default whose first characters end at `at`, if it is a secret's by its name."""
    low = max(0, at - 64)
    word = text[low:at].lower().rfind("default")
    given = _GIVEN.match(text, low + word, at + _LONGEST) if word >= 0 else None
    if given is None or given.end() < at:
        return None
    key = _name(text[max(0, low + word - _ABOVE) : low + word])
    return Found(*given.span("quoted" if given["quote"] else "bare"), key) if key else None


def _name(above: str) -> str:
    """The name that the text before `default` gives to what it is about, if that may be a secret, else ""."""
    call, brace = above.rfind("("), above.rfind("{")
    if call >= 0 and ")" not in above[call:]:
        strings = _STRING.findall(above, call)
        names = [name for number, (dashes, name) in enumerate(strings) if dashes or number == 0]
    elif brace >= 0 and "}" not in above[brace:]:
        block = _BLOCK.match(above[max(0, brace - 80) : brace][::-1])
        names = [block[1][::-1]] if block else []
    else:
        names = [_parent(above)]
    return next((name for name in names if _SECRET.search(name)), "")


def _parent(above: str) -> str:
    """YAML's key above, of less indentation than the line that `above` ends in."""
    lines = above.split("\n")
    depth = len(lines[-1]) if not lines[-1].strip() else 0
    for line in reversed(lines[:-1]):
        if line.strip() and len(line) - len(line.lstrip()) < depth:
            key = _LINE.match(line)
            return key[1] if key else ""
    return ""
