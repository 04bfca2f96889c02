"""What a format is, and the few pieces that their patterns share."""

# No `annotations` of the future here: a NamedTuple would compile each annotation again, a millisecond in all.

from collections.abc import Callable
from typing import NamedTuple


class Format(NamedTuple):
    """One vendor's token: how it is found, checked, made up for a test, and who documents it."""

    id: str
    """Kebab case, unique."""
    name: str
    """For people."""
    keyword: str
    """Short, for hyperscan and `re`, any letter case; hits in each value or up to 64 characters before.
    Alternatives at its top level are looked for one by one: plain letters compile in no time."""
    pattern: str
    """For `re`; the group `value` is the secret, else all of the match. Linear: every repeat is bounded."""
    example: str
    """A shape (`shapes`) that the pattern finds."""
    near_miss: str
    """A shape that it does not: one character short, another alphabet, a wrong checksum."""
    source: str
    """The vendor's page, or the specification, that documents the format."""
    valid: Callable[[str], bool] | None = None
    """The vendor's checksum or structure, asked of the value."""


# A token may follow an escaped line end or a percent-encoded character; their last letter is no part of it.
LEFT = r"(?:(?<![0-9A-Za-z_-])|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F]))"
RIGHT = r"(?![0-9A-Za-z_]|-[0-9A-Za-z])"
# In base64 and in what is given to a name, these too would make it a longer word.
LEFT64 = r"(?:(?<![0-9A-Za-z_+])|(?<=\\[nrt])|(?<=%[0-9A-F][0-9A-F]))"
RIGHT64 = r"(?![0-9A-Za-z_+/=-])"

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
WORD = r"[0-9A-Za-z_-]"


def token(body: str) -> str:
    """The pattern of a token that stands alone: not within a longer word."""
    return f"{LEFT}(?P<value>{body}){RIGHT}"


def token64(body: str) -> str:
    """The same for base64, where `+`, `/` and `=` belong to the word."""
    return f"{LEFT64}(?P<value>{body}){RIGHT64}"


def assigned(name: str, value: str) -> str:
    """The pattern of a value without a mark of its own, given to a name: `name = "value"`, `<name>value`."""
    return (
        rf"(?i:{name})[\"'`\]) \t]{{0,4}}(?:value)?(?:=>|:=|[=:,(>])[ \t\"'`\\]{{0,6}}"
        rf"(?P<value>{value}){RIGHT64}"
    )
