"""Find AWS keys that a text in any language writes into a credentials file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from palint.aws.given_values import classify
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_KEY = r"(?:aws_access_key_id|aws_secret_access_key)"
_BARE = r"<%[^%\n]*%>|\{\{[^{}\n]*\}\}|[^\s;&|\"'`\\]+"
_VALUE = rf"(?:\"(?P<double>[^\"\r\n]*)\"|'(?P<single>[^'\r\n]*)'|(?P<bare>{_BARE}))"

_PROFILE = lazy_re.compile(rf"(?im)^[ \t]*(?P<name>{_KEY})[ \t]*=[ \t]*{_VALUE}?[ \t]*(?:#[^\r\n]*)?\r?$")
_HEADER = lazy_re.compile(r"(?m)^[ \t]*(?:[^\s#]{1,80}[ \t]+['\"])?\[[^\]\r\n]{1,80}\][ \t]*\r?$")
_PROFILE_TOKEN = lazy_re.compile(r"(?im)^[ \t]*aws_session_token[ \t]*=")
_CONFIGURE = lazy_re.compile(
    r"(?i)\baws[ \t]+(?:--\S+[ \t]+\S+[ \t]+)?configure[ \t]+set[ \t]+"
    rf"(?P<name>(?:[\w-]+\.){{0,2}}{_KEY})[ \t]+{_VALUE}"
)
_CONFIGURE_TOKEN = lazy_re.compile(r"configure[ \t]+set[ \t]+(?:[\w-]+\.){0,2}aws_session_token")
_PRINTED = lazy_re.compile(rf"\b(?P<name>{_KEY})[ \t]*=[ \t]*(?P<bare>[^\s;&|\"'`\\>]+)", re.IGNORECASE)
_ECHO = lazy_re.compile(r"\b(?:echo|printf)\b")
_ECHO_TOKEN = lazy_re.compile(r"aws_session_token[ \t]*=", re.IGNORECASE)
_WRITTEN = lazy_re.compile(r">>?[^\n]{0,200}(?:\.aws/|credentials)", re.IGNORECASE)
_COMMENT = lazy_re.compile(r"^[ \t]*(?:#|//|/?\*|--|;)")
_NEAR = 600  # code points between a section's header and its keys


class Setting(NamedTuple):
    """A key that is written. start, end: the name and its value; value_start, value_end: the value alone.

    name: as written. kind: "profile" (a credentials file), "configure" (`aws configure set`), "environment",
    or "string" (in a URL, SQL or a command).
    literal: whether the value is the key, not a variable.
    """

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    kind: str
    literal: bool


def settings(
    text: str, lines: Sequence[tuple[int, int]], language: str, *, references: bool
) -> Iterator[Setting]:
    """Find the keys that a text writes, one form after the other.

    lines: the [start, end) of the lines to search, from `lines_at`; a key and its name are on one line.
    language: the id of the language of the text. references: whether variables count as values.
    """
    yield from _profiles(text, lines, language, references)
    for match in _found(_PRINTED, text, lines):
        line = text[
            max(
                text.rfind("\n", max(0, match.start() - _NEAR), match.start()) + 1, match.start() - _NEAR
            ) : match.start()
        ]
        if _ECHO.search(line) and _WRITTEN.search(text, match.end(), match.end() + _NEAR):
            token = _ECHO_TOKEN.search(text, max(0, match.start() - _NEAR), match.end() + _NEAR)
            yield from _setting(text, match, "profile", language, references=references and token is None)
    configured = list(_found(_CONFIGURE, text, lines))
    temporary = bool(configured) and _CONFIGURE_TOKEN.search(text) is not None
    for match in configured:
        yield from _setting(text, match, "configure", language, references=references and not temporary)


def lines_at(text: str, offsets: Iterable[int]) -> list[tuple[int, int]]:
    """Return the [start, end) of the lines that contain or end at some offsets, ascending, each line once."""
    lines: list[tuple[int, int]] = []
    for offset in sorted(offsets):
        if not lines or offset > lines[-1][1]:
            end = text.find("\n", offset)
            lines.append((text.rfind("\n", 0, offset) + 1, end if end >= 0 else len(text)))
    return lines


def _found(form: re.Pattern[str], text: str, lines: Sequence[tuple[int, int]]) -> Iterator[re.Match[str]]:
    for start, end in lines:
        yield from form.finditer(text, start, end)


def _profiles(
    text: str, lines: Sequence[tuple[int, int]], language: str, references: bool
) -> Iterator[Setting]:
    """Keys under a `[section]`: in a credentials file, or in a here-document that creates one."""
    for match in _found(_PROFILE, text, lines):
        above = max(0, match.start() - _NEAR)
        header = next(iter(list(_HEADER.finditer(text, above, match.start()))[-1:]), None)
        if header is not None:
            below = text.find("\n[", match.end(), match.end() + _NEAR)
            section_end = below if below >= 0 else match.end() + _NEAR
            temporary = _PROFILE_TOKEN.search(text, header.end(), section_end) is not None
            yield from _setting(text, match, "profile", language, references=references and not temporary)


def _setting(
    text: str, match: re.Match[str], kind: str, language: str, *, references: bool
) -> Iterator[Setting]:
    groups = match.groupdict()
    group = next((name for name in ("double", "single", "bare") if groups.get(name)), None)
    name = match.start("name")
    if group is None or _COMMENT.match(text, text.rfind("\n", max(0, name - _NEAR), name) + 1):
        return
    found = classify(match[group], language)
    if found == "literal" or (found and references):
        span = (match.start("name"), match.end())
        yield Setting(match["name"], *span, *match.span(group), kind, found == "literal")
