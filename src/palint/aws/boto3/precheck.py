"""Whether a Python text may pass a static key: a cheap check that saves parsing most files.

Each pattern starts with letters, which `re` finds as fast as `in` does; what must come before them is a
lookbehind.
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


def _named(unless: str) -> tuple[re.Pattern[str], ...]:
    return (
        lazy_re.compile(
            rf"access_key{_whole('access_key', 'aws_', 'secret_', 'aws_secret_')}(?:_id)?{unless}{_GIVEN}"
        ),
        lazy_re.compile(rf"secret_key{_whole('secret_key', 'aws_')}{unless}{_GIVEN}"),
        lazy_re.compile(r"setdefault\([^,]{0,80}(?:access|secret)_"),
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
_BY_POSITION = (
    lazy_re.compile(rf"Session\s*{_FIRST}"),
    lazy_re.compile(rf"redentials(?:(?<=set_credentials)|(?<=Credentials))\s*{_FIRST}"),
    lazy_re.compile(rf"client\s*{_SIX}"),
    lazy_re.compile(rf"resource\s*{_SIX}"),
    lazy_re.compile(rf"partial\({_BLANK}[\w.()]*(?:Session|client|resource|redentials|onnection|connect_\w+)\b"),
    # Under another name.
    lazy_re.compile(
        r" as\b(?:(?<=Session as)|(?<=redentials as)|(?<=client as)|(?<=resource as)|(?<=partial as))"
    ),
    lazy_re.compile(r"boto[\w.]{0,40}\.(?:client|resource|Session)[ \t]*(?:[#\r\n;]|\Z)"),
)  # fmt: skip
_BOTO_2 = lazy_re.compile(r"boto\b(?<![.\w]boto)[ \t]*(?:[.,;#\r\n]|as\b|import\b|\Z)")
_BOTO_2_CALLS = (
    lazy_re.compile(rf"connect_\w+\s*{_FIRST}"),
    lazy_re.compile(rf"Connection(?:\s*{_FIRST}| as\b)"),
)


def precheck(text: str) -> bool:
    """Whether a key may be passed in any way."""
    return by_name(text) or by_position(text)


def by_position(text: str) -> bool:
    """Whether a key may be passed by position, whatever its name."""
    if any(form.search(text) for form in _BY_POSITION):
        return True
    return _BOTO_2.search(text) is not None and any(form.search(text) for form in _BOTO_2_CALLS)


def by_name(text: str) -> bool:
    """Whether a key may be passed by keyword, in a dict, or as a Django setting."""
    if "client_kwargs" in text:
        return True
    if any(form.search(text) for form in _NAMED) and (
        any(form.search(text) for form in _STATIC) or any(form.search(text) for form in _PERMANENT)
    ):
        return True
    return any(name in text for name in _DJANGO_BESIDE) and _DJANGO.search(text) is not None
