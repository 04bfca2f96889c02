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
_GIVEN = rf"(?:[\"']+{_BLANK}(?::|\]{_BLANK}[:=,\])])|{_BLANK}=(?!=|\s*None\s*[,)]))"
# Keys from STS are not static; keys from IAM's `create_access_key` are.
_FROM_STS = r"\s*=\s*[\w.]{1,80}\[[\"'](?:AccessKeyId|SecretAccessKey)[\"']\]\s*[,)]"
_PERMANENT = (lazy_re.compile(r"create_access_key"), lazy_re.compile(r"AccessKey\b(?<!\wAccessKey)"))


_Forms = tuple[tuple[str, re.Pattern[str]], ...]  # each with the letters that it starts with


def _any(forms: _Forms, text: str) -> bool:
    return any(start in text and form.search(text) for start, form in forms)


def _named(unless: str) -> _Forms:
    access = rf"access_key{_whole('access_key', 'aws_', 'secret_', 'aws_secret_')}(?:_id)?{unless}{_GIVEN}"
    return (
        ("access_key", lazy_re.compile(access)),
        ("secret_key", lazy_re.compile(rf"secret_key{_whole('secret_key', 'aws_')}{unless}{_GIVEN}")),
        ("setdefault(", lazy_re.compile(r"setdefault\([^,]{0,80}(?:access|secret)_")),
    )


_NAMED, _STATIC = _named(""), _named(f"(?!{_FROM_STS})")
_DJANGO = lazy_re.compile(
    r"AWS_(?<![\w.]AWS_)(?:S3_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\s*[:=](?!\s*None[ \t]*[\r\n])"
)
_DJANGO_BESIDE = (
    "AWS_STORAGE_BUCKET_NAME", "INSTALLED_APPS", "DEFAULT_FILE_STORAGE", "STORAGES", "MEDIA_ROOT"
)  # fmt: skip

_FIRST = rf"\({_BLANK}(?!\w+\s*=[^=]|\*)[^)\s]"  # an argument that is not a keyword and not `*`
# Six arguments without a keyword, calls in them allowed, and more
_SIX = r"\((?:(?:[^(),=]|[=!<>:]=|\((?:[^()]|\([^()]*\))*\))*,){6}"
_BY_POSITION: _Forms = (
    ("Session", lazy_re.compile(rf"Session\s*{_FIRST}")),
    ("redentials", lazy_re.compile(rf"redentials(?:(?<=set_credentials)|(?<=Credentials))\s*{_FIRST}")),
    ("client", lazy_re.compile(rf"client\s*{_SIX}")),
    ("resource", lazy_re.compile(rf"resource\s*{_SIX}")),
    (
        "partial(",
        lazy_re.compile(
            rf"partial\({_BLANK}[\w.()]*(?:Session|client|resource|redentials|onnection|connect_\w+)\b"
        ),
    ),
    # Under another name.
    (
        " as",
        lazy_re.compile(
            r" as\b(?:(?<=Session as)|(?<=redentials as)|(?<=client as)|(?<=resource as)|(?<=partial as))"
        ),
    ),
    ("boto", lazy_re.compile(r"boto[\w.]{0,40}\.(?:client|resource|Session)[ \t]*(?:[#\r\n;]|\Z)")),
)
_BOTO_2 = lazy_re.compile(r"boto\b(?<![.\w]boto)[ \t]*(?:[.,;#\r\n]|as\b|import\b|\Z)")
_BOTO_2_CALLS: _Forms = (
    ("connect_", lazy_re.compile(rf"connect_\w+\s*{_FIRST}")),
    ("Connection", lazy_re.compile(rf"Connection(?:\s*{_FIRST}| as\b)")),
)


def precheck(text: str) -> bool:
    """Whether a key may be passed in any way."""
    return by_name(text) or by_position(text)


def by_position(text: str) -> bool:
    """Whether a key may be passed by position, whatever its name."""
    return _any(_BY_POSITION, text) or (_BOTO_2.search(text) is not None and _any(_BOTO_2_CALLS, text))


def by_name(text: str) -> bool:
    """Whether a key may be passed by keyword, in a dict, or as a Django setting."""
    if "client_kwargs" in text:
        return True
    if _any(_NAMED, text) and (_any(_STATIC, text) or any(form.search(text) for form in _PERMANENT)):
        return True
    if "AWS_" not in text:
        return False
    return any(name in text for name in _DJANGO_BESIDE) and _DJANGO.search(text) is not None
