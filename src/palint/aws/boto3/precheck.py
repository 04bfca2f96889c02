"""Whether a Python text may pass a static key: a cheap check that saves parsing most files.

Each pattern starts with letters, which `re` finds fast, and `in` twice as fast; what must come before them is
a lookbehind.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

_BLANK = r"(?:[\s\\]|#[^\n]*\n)*"


def _whole(name: str, *prefixes: str) -> str:
    """A lookbehind: the name is whole, with one of the prefixes or none, and no letter or dot before it."""
    return "(?:" + "|".join(rf"(?<=[^\w.]{prefix}{name})" for prefix in ("", *prefixes)) + ")"


# A keyword (but not a parameter's `=None`), or a key of a dict: in a display, or added to it later.
_ADDED_ITEM = (
    rf"\]{_BLANK}(?::(?!{_BLANK}\n)|=(?!=)|[,)\]][^=]{{0,200}}=(?!=))"  # not `if keys["access_key"]:`
)
_ASSIGNMENT = rf"(?:[\"']+{_BLANK}(?::|{_ADDED_ITEM})|{_BLANK}=(?!=|\s*None\s*[,)]))"
# Keys from STS are not static; keys from IAM's `create_access_key` are.
_FROM_STS = lazy_re.compile(r"\s*[\w.]{1,80}\[[\"'](?:AccessKeyId|SecretAccessKey)[\"']\]\s*[,)]")
_PERMANENT = (lazy_re.compile(r"create_access_key"), lazy_re.compile(r"AccessKey\b(?<!\wAccessKey)"))


_Forms = tuple[tuple[str, re.Pattern[str]], ...]  # each with the letters that it starts with


def _any(forms: _Forms, text: str) -> bool:
    return any(start in text and form.search(text) for start, form in forms)


_KEYWORD_ARGUMENTS: _Forms = tuple(
    (word, lazy_re.compile(rf"{word}{_whole(word, *prefixes)}(?:_id)?{_ASSIGNMENT}"))
    for word, prefixes in (("access_key", ("aws_", "secret_", "aws_secret_")), ("secret_key", ("aws_",)))
)
_ADDED = lazy_re.compile(r"setdefault\([^,]{0,80}(?:access|secret)_")
_DJANGO = lazy_re.compile(
    r"AWS_(?<![\w.]AWS_)(?:S3_|SES_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\s*[:=](?!\s*None[ \t]*[\r\n])"
)
DJANGO_BESIDE = (
    "AWS_STORAGE_BUCKET_NAME", "INSTALLED_APPS", "DEFAULT_FILE_STORAGE", "STORAGES", "MEDIA_ROOT", "BOT_NAME",
    "SPIDER_MODULES",
)  # fmt: skip

_POSITIONAL_ARGUMENT = rf"\({_BLANK}(?!\w+\s*=[^=]|\*)[^)\s]"  # an argument that is not a keyword and not `*`
# Six arguments without a keyword, calls in them allowed, and more
_SIX = r"\((?:(?:[^(),=]|[=!<>:]=|\((?:[^()]|\([^()]*\))*\))*,){6}"
# A name for a class or a function: at the end of an assignment, or after `as` in an import.
_ALIASED = rf"[ \t]+\w+{_BLANK}(?:[,;)]|\Z|(?<=\n))"
_POSITIONAL_CALLS: _Forms = (
    ("Session", lazy_re.compile(rf"Session(?<=\WSession)(?<!class Session)\s*{_POSITIONAL_ARGUMENT}")),
    (
        "redentials",
        lazy_re.compile(
            rf"redentials(?:(?<=\.set_credentials)|(?<=\WCredentials)|(?<=AioCredentials))"
            rf"(?<!class Credentials)\s*{_POSITIONAL_ARGUMENT}"
        ),
    ),
    (
        "client",
        lazy_re.compile(rf"client(?:(?<=\Wclient)|(?<=\Wcreate_client))(?<!def client)\s*{_SIX}"),
    ),
    ("resource", lazy_re.compile(rf"resource(?<=\Wresource)(?<!def resource)\s*{_SIX}")),
    (
        "partial(",
        lazy_re.compile(
            rf"partial\({_BLANK}[\w.()]*(?:Session|client|resource|redentials|onnection|connect_\w+)\b(?!\.)"
        ),
    ),
    (
        " as",
        lazy_re.compile(
            r" as\b(?:(?<=Session as)|(?<=redentials as)|(?<=client as)|(?<=resource as)|(?<=partial as))"
            + _ALIASED
        ),
    ),
    (
        "boto",
        lazy_re.compile(r"boto(?<!import boto)[\w.]{0,40}\.(?:client|resource|Session)[ \t]*(?:[#\r\n;]|\Z)"),
    ),
)
_BOTO_2 = lazy_re.compile(r"boto\b(?<![.\w]boto)[ \t]*(?:[.,;#\r\n]|as\b|import\b|\Z)")
_CONNECTION = lazy_re.compile(rf"Connection(?:\s*{_POSITIONAL_ARGUMENT}| as\b)")
_CONNECT = lazy_re.compile(rf"\bconnect_\w+(?=\s*{_POSITIONAL_ARGUMENT})")
_ONE_NAME = lazy_re.compile(r"(?<![\w.])(?:self\.|cls\.)?\w+\.\Z")


def precheck(text: str) -> bool:
    """Whether a key may be passed in any way."""
    return by_name(text) or by_position(text)


def by_position(text: str) -> bool:
    """Whether a key may be passed by position, whatever its name."""
    return _any(_POSITIONAL_CALLS, text) or (_BOTO_2.search(text) is not None and _calls_boto_2(text))


def _calls_boto_2(text: str) -> bool:
    """Whether there may be `boto.connect_s3(…)`, also under other names, or a `…Connection(…)`.

    `boto.s3.connect_to_region(…)` takes no key by position.
    """
    if "Connection" in text and _CONNECTION.search(text):
        return True
    functions = _Functions(text)
    for call in _CONNECT.finditer(text) if "connect_" in text else ():
        at = call.start()
        if text[at - 1] == ".":
            if _ONE_NAME.search(text, max(0, at - 80), at):
                return True
        elif not text[at - 1].isidentifier() and functions[call[0]]:
            return True
    return False


def by_name(text: str) -> bool:
    """Whether a key may be passed by keyword, in a dict, or as a Django setting."""
    if "client_kwargs" in text:
        return True
    if "setdefault(" in text and _ADDED.search(text):
        return True
    functions = _Functions(text)
    for word, form in _KEYWORD_ARGUMENTS:
        for match in form.finditer(text) if word in text else ():
            if match[0][-1] == "=" and '"' not in match[0] and "'" not in match[0]:
                if _FROM_STS.match(text, match.end()) and not any(key.search(text) for key in _PERMANENT):
                    continue
                if not _is_passed(text, match.start(), functions):
                    continue
            return True
    if "AWS_" not in text:
        return False
    return any(name in text for name in DJANGO_BESIDE) and _DJANGO.search(text) is not None


_FROM_IMPORT = lazy_re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^()]*\)|[^\n(]+)", re.MULTILINE
)
_SIMPLE_CALL = lazy_re.compile(r"(?<![\w.)\]])([A-Za-z_]\w*)\([^()#'\"\\{}]*\Z")
_MAX_CALL_CHARACTERS = 300  # characters before a keyword in which its call is searched
_LETTERS = "abcdefghijklmnopqrstuvwxyz_"


class _Functions(dict[str, bool]):
    """Of a function's name in a text: whether it may be one that takes AWS keys."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __missing__(self, name: str) -> bool:
        self[name] = self._may_take_keys(name)
        return self[name]

    def _may_take_keys(self, name: str) -> bool:
        from palint.aws.boto3.signatures import find_spec

        if name == "dict" or name.endswith("partial") or find_spec(name, "s3"):
            return True
        imports = []
        for found in _FROM_IMPORT.finditer(self._text):
            if name in found[2] and name in [each.strip() for each in found[2].strip("()").split(",")]:
                if find_spec(f"{found[1]}.{name}", "s3"):
                    return True
                imports.append(found.span(2))
        # Bound in any other way, such as `name = boto3.client`, it may be such a function.
        return any(
            not any(start <= use.start() < end for start, end in imports)
            for use in re.finditer(rf"{name}\b(?!\()(?<![\w.]{name})", self._text)
        )


def _is_passed(text: str, at: int, functions: _Functions) -> bool:
    """Whether `name=`, text[at:] or with a prefix before it, may be an argument of a call that takes keys.

    A statement is not an argument, and a function that the module defines, or imports under its own name, is
    known. If in doubt, True.
    """
    low = max(0, at - _MAX_CALL_CHARACTERS)
    before = text[low:at].rstrip(_LETTERS)
    last = before.rstrip()
    if last[-1:] not in ("(", ",", "}", "\\"):
        return "#" in last[last.rfind("\n") + 1 :]  # an argument may be before the comment
    call = _SIMPLE_CALL.search(before)
    if call is None:
        return True
    start = low + call.start()
    return "#" in text[text.rfind("\n", 0, start) + 1 : start] or functions[call[1]]
