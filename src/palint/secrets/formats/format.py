"""The type of a format, and the parts that patterns share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Format(NamedTuple):
    """A vendor's token: how it is found, validated, generated for tests, and where it is documented."""

    id: str
    """Kebab case, unique."""
    name: str
    """For people."""
    keyword: str
    """Short, for hyperscan and `re`, any letter case; matches in each value or up to 64 characters before it.
    Alternatives at its top level are searched for one by one: plain letters compile fast."""
    pattern: str
    """For `re`; the group `value` is the secret, else the whole match. Linear: every repeat is bounded."""
    example: str
    """A shape (`shapes`) that the pattern finds."""
    near_miss: str
    """A shape that it does not find: one character short, another alphabet, a wrong checksum."""
    source: str
    """The vendor's page, or the specification, that documents the format."""
    valid: Callable[[str], bool] | None = None
    """Checks the vendor's checksum or structure of a value."""


# A token may follow an escaped line end or a percent-encoded character, whose last letter is not part of it,
# and the `:-` of a shell's default (`${TOKEN:-…}`).
LEFT = r"(?:(?<![0-9A-Za-z_-])|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F])|(?<=:-))"
RIGHT = r"(?![0-9A-Za-z_]|-[0-9A-Za-z])"
# In base64 and in an assigned value, these also continue a word: `+`, and `%2F` and `%2B` for `/` and `+`.
LEFT64 = r"(?:(?<![0-9A-Za-z_+])|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F])(?<!%2[BF]))"
RIGHT64 = r"(?![0-9A-Za-z_+/=-])"

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
WORD = r"[0-9A-Za-z_-]"


def token(body: str) -> str:
    """The pattern of a whole token: not within a longer word."""
    return f"{LEFT}(?P<value>{body}){RIGHT}"


def token64(body: str) -> str:
    """The same for base64, where `+`, `/` and `=` belong to the word."""
    return f"{LEFT64}(?P<value>{body}){RIGHT64}"


# The end of a credential's name: `_KEY`, `ApiToken`, ` client secret`, `_PAT_PROD`; not `_keyboard`.
CREDENTIAL = (
    r"(?:key|token|secret|passw(?:or)?d|pwd|credentials?|auth(?:orization)?|pat)s?(?-i:(?![a-z]))[\w-]{0,16}"
)
# What follows a vendor's name in the assignment of a credential: a word, an operator, a long value. It is
# checked on the bytes at each match, so that most matches cost no more than that.
NAMES_CREDENTIAL = (
    r"(?=[\w. \[\]\"'-]{0,24}?(?=[ktspca])(?:key|token|secret|passw|pwd|cred|auth|pat|app_?id)"
    r"[^\n]{0,40}?[=:>(,-][\s\"'`\\(]{0,40}[\w+/.~-]{16})"
)
# Between a name and its value: a closing quote, a type, an operator, an opening quote.
GIVEN = (
    r"[\\\"'`\])} \t]{0,5}(?:(?::[ \t]?|(?<=[ \t]))\*?&?[A-Za-z][\w.<>]{0,12}[ \t]{1,2}|value)?"
    r"(?:=>|[:?+.]=|\|\|=|:-|[=:,(>])(?:(?:(?<=[(>])|[ \t]?\()\s{0,40}(?=[\"'\w]))?[ \t\"'`\\]{0,6}"
)


def assigned(name: str, value: str) -> str:
    """A pattern for a value without a distinctive mark, by its name: `name = "value"`, `<name>value`."""
    return rf"(?i:{name}){GIVEN}(?P<value>{value}){RIGHT64}"


def vendor_name_pattern(vendor: str) -> str:
    """The pattern of a credential's name that has the vendor's name in it, for `assigned`."""
    return rf"{vendor}[\w. -]{{0,20}}?{CREDENTIAL}"


def from_shape(id: str, name: str, shape: str, source: str, *, keyword: str = "") -> Format:  # noqa: A002
    """A format whose pattern, example and near miss follow from one shape: `pul-{hex:40}`.

    `{live|test}` in a shape is one of these words. The literal before the first other field is its keyword,
    or `keyword` if that is too short or too frequent; the near miss is one character short.
    """
    example = _ONE_OF.sub(r"\1", shape)
    return Format(
        id,
        name,
        keyword or "|".join(map(_escaped, _beginnings(shape))),
        token(_pattern_of(shape)),
        example,
        _one_short(example),
        source,
    )


_ONE_OF = lazy_re.compile(r"{([^{}|]*)\|[^{}]*}")
_FIELD = lazy_re.compile(r"{([^{}]*)}")
_BEGINNING = lazy_re.compile(r"(?:[^{]|{[^{}|]*\|[^{}]*})*")


def _beginnings(shape: str) -> list[str]:
    """What a value may begin with: the literal before the first field, with each of its words."""
    parts = _FIELD.split(_BEGINNING.match(shape)[0])  # type: ignore[index]  # matches ""
    words = (part.split("|") if at % 2 else [part] for at, part in enumerate(parts))
    return ["".join(each) for each in product(*words)]


def by_vendor_name(
    id: str,  # noqa: A002
    name: str,
    vendor: str,
    shape: str,
    source: str,
    *,
    ending: str = CREDENTIAL,
    variable: str = "",
) -> Format:
    """A format for a value without a distinctive mark, which is found under the vendor's name.

    vendor: the literal at the start of names. ending: pattern of their end, at most 20 characters later.
    variable: a name for the example, if `VENDOR_API_KEY` does not match.
    """
    variable = variable or f"{vendor.upper()}_API_KEY"
    return Format(
        id,
        name,
        _escaped(vendor) + NAMES_CREDENTIAL,
        assigned(rf"{_escaped(vendor)}[\w. -]{{0,20}}?{ending}", _pattern_of(shape)),
        f'{variable}="«{shape}»"',
        f'{variable}="{_one_short(shape)}"',
        source,
        valid=is_random,
    )


# The most frequent pairs of letters in English and in names: a tenth of random pairs are among them.
_PAIRS = """
    al am an ap ar as at ce ch co cr di ea ec ed el em en er es et ey fi ha he hi ic id ig il in io is it
    ke la le li ll ma me na nc nd ne nf ng no ns nt of om on or ou pa pi pr ra rd re ri ro sa se si ss st
    ta te th ti to tr un ur us ut ve vi wo
"""
_COMMON_PAIRS = frozenset(_PAIRS.split())


def is_random(value: str) -> bool:
    """Whether a value looks random, not made of words: letters with digits, or of both cases.

    A third of its adjacent pairs may be common ones: 99.7 % of random values of 20 characters pass, and one
    in five chains of words.
    """
    if len(set(value)) < 7 or value.isdigit() or not value.isascii():
        return False
    lower = value.lower()
    if value in (lower, value.upper()) and not any(map(str.isdigit, value)):
        return False
    common = sum(a + b in _COMMON_PAIRS for a, b in pairwise(lower))
    return common * 3 <= len(value)


_CLASSES = {
    "digits": "[0-9]",
    "hex": "[0-9a-f]",
    "HEX": "[0-9A-F]",
    "mixed_hex": "[0-9a-fA-F]",
    "base32": "[A-Z2-7]",
    "base32_lower": "[a-z2-7]",
    "base36": "[0-9a-z]",
    "BASE36": "[0-9A-Z]",
    "base58": "[1-9A-HJ-NP-Za-km-z]",
    "base62": "[0-9A-Za-z]",
    "base64": "[0-9A-Za-z+/]",
    "base64url": WORD,
}


def _escaped(literal: str) -> str:
    return literal.replace(".", r"\.").replace("|", r"\|").replace("+", r"\+").replace("$", r"\$")


def _pattern_of(shape: str) -> str:
    literal, *fields = shape.split("{")
    parts = [_escaped(literal)]
    for field in fields:
        inside, _, literal = field.partition("}")
        kind, _, length = inside.partition(":")
        if "|" in inside:
            parts.append(f"(?:{'|'.join(map(_escaped, inside.split('|')))})")
        else:
            parts.append(UUID if kind == "uuid" else f"{_CLASSES[kind]}{{{length.replace('-', ',')}}}")
        parts.append(_escaped(literal))
    return "".join(parts)


def _one_short(shape: str) -> str:
    """The shape with its last field one character too short; a UUID without its hyphens."""
    before, _, last = shape.rpartition("{")
    field, _, after = last.partition("}")
    kind, _, length = field.partition(":")
    return (
        f"{before}{{hex:32}}{after}"
        if kind == "uuid"
        else f"{before}{{{kind}:{int(length.split('-')[0]) - 1}}}{after}"
    )
