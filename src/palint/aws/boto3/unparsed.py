"""AWS key arguments in Python that does not parse (Python 2, templates, half a line), as far as text
tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from palint.aws.boto3.static_keys import is_double
from palint.util import lazy_re

_FAR = 800  # code points that a call may begin before its argument

_ARGUMENT = lazy_re.compile(r"\baws_(?:access_key_id|secret_access_key)[ \t]*=(?!=)[ \t]*([^\s,)]+)")
_QUOTED = lazy_re.compile(r"[ub]?([\"'])(.*)\1")
_CALLEE = lazy_re.compile(r"(?:.*\.)?(?:client|resource|create_client|Session)|boto\..*|S3Connection")
_NAME_BEFORE = lazy_re.compile(r"[\w.]{1,100}(?=[ \t]*\Z)")
_TEMPORARY = lazy_re.compile(r"AccessKeyId|SecretAccessKey|assume_role|\bCredentials\b")
_DOUBLE_NAME = lazy_re.compile(r"(?:^|_)(?:test|fake|dummy|mock|localstack)_", re.IGNORECASE)
_DJANGO_SETTING = lazy_re.compile(
    r"(?m)^(AWS_(?:S3_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=[ \t]*((?!None|\"\"|'')\S.*)$"
)


class TextUse(NamedTuple):
    """A place where a static key is given. start, end: code points; value: the literal's place, or None.

    what: a clause that says who is given it.
    """

    start: int
    end: int
    value: tuple[int, int] | None
    what: str


def uses(text: str) -> Iterator[TextUse]:
    """The two keyword arguments of a call that makes a client, and the settings of django-storages."""
    if "AWS_STORAGE_BUCKET_NAME" in text:
        for setting in _DJANGO_SETTING.finditer(text):
            yield TextUse(*setting.span(), None, f"the setting `{setting[1]}` holds a static AWS key")
    for argument in _ARGUMENT.finditer(text):
        callee = _enclosing_call(text, argument.start())
        value = argument[1]
        quoted = _QUOTED.fullmatch(value)
        double = is_double(quoted[2], "aws") if quoted else _DOUBLE_NAME.search(value)
        if not _CALLEE.fullmatch(callee) or value == "None" or _TEMPORARY.search(value) or double:
            continue
        place = (argument.start(1) + quoted.start(2), argument.start(1) + quoted.end(2)) if quoted else None
        yield TextUse(*argument.span(), place, f"`{callee}` is given a static AWS key")


def _enclosing_call(text: str, at: int) -> str:
    """What is called by the innermost parenthesis that is open at an offset; "" for nothing near, or a
    comment."""
    near = text[max(0, at - _FAR) : at]
    if not near.rstrip().endswith(("(", ",")) or "#" in near.rpartition("\n")[2]:
        return ""
    depth = 0
    for index in range(len(near) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(near[index], 0)
        if depth < 0:
            name = _NAME_BEFORE.search(near[max(0, index - 120) : index])
            return name[0] if name else ""
    return ""
