"""AWS key arguments in Python that does not parse (Python 2, templates), found as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.boto3.key_origin import is_dummy
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_WINDOW = 800  # code points before an argument in which its call starts

_ARGUMENT = lazy_re.compile(r"\b(aws_(?:access_key_id|secret_access_key))[ \t]*=(?!=)[ \t]*([^\s,)]+)")
_QUOTED = lazy_re.compile(r"[ub]?([\"'])(.*)\1")
_CALLEE = lazy_re.compile(r"(?:.*\.)?(?:client|resource|create_client|Session)|boto\..*|S3Connection")
_NAME_BEFORE = lazy_re.compile(r"[\w.]{1,100}(?=[ \t]*\Z)")
_TEMPORARY = lazy_re.compile(r"AccessKeyId|SecretAccessKey|assume_role|\bCredentials\b")
_DUMMY_NAME = lazy_re.compile(r"(?:^|_)(?:test|fake|dummy|mock|localstack)_", re.IGNORECASE)
_DJANGO_SETTING = lazy_re.compile(
    r"(?m)^(AWS_(?:S3_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY))[ \t]*=[ \t]*((?!None|\"\"|'')\S.*)$"
)


class TextUse(NamedTuple):
    """A place where a static key is passed. start, end: code points. value: the literal's range, or None.

    name: the setting, or the argument. callee: what is called; "" for a setting.
    """

    start: int
    end: int
    value: tuple[int, int] | None
    name: str
    callee: str


def find_uses(text: str) -> Iterator[TextUse]:
    """Yield the two keyword arguments of calls that create a client, and settings of django-storages."""
    if "AWS_STORAGE_BUCKET_NAME" in text:
        for setting in _DJANGO_SETTING.finditer(text):
            yield TextUse(*setting.span(), None, setting[1], "")
    for argument in _ARGUMENT.finditer(text):
        callee = _enclosing_call(text, argument.start())
        value = argument[2]
        quoted = _QUOTED.fullmatch(value)
        dummy = is_dummy(quoted[2], "aws") if quoted else _DUMMY_NAME.search(value)
        if not _CALLEE.fullmatch(callee) or value == "None" or _TEMPORARY.search(value) or dummy:
            continue
        place = (argument.start(2) + quoted.start(2), argument.start(2) + quoted.end(2)) if quoted else None
        yield TextUse(*argument.span(), place, argument[1], callee)


def _enclosing_call(text: str, at: int) -> str:
    """The callee of the innermost open parenthesis at an offset; "" if none is near, or in a comment."""
    near = text[max(0, at - _WINDOW) : at]
    if not near.rstrip().endswith(("(", ",")) or "#" in near.rpartition("\n")[2]:
        return ""
    depth = 0
    for index in range(len(near) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(near[index], 0)
        if depth < 0:
            name = _NAME_BEFORE.search(near[max(0, index - 120) : index])
            return name[0] if name else ""
    return ""
