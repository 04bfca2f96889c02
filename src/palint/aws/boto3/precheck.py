"""Whether a Python text can hold what `python_aws` looks for: a cheap look that saves parsing the rest.

Each pattern begins with letters, which `re` finds as fast as `in` does; what stands before is asked behind.
"""

from __future__ import annotations

import re

from palint.util import lazy_re

_BLANK = r"(?:[\s\\]|#[^\n]*\n)*"


def _behind(name: str, *prefixes: str) -> str:
    """That the name just read is whole: one of the prefixes before it, and neither a letter nor a dot."""
    return "(?:" + "|".join(rf"(?<=[^\w.]{prefix}{name})" for prefix in ("", *prefixes)) + ")"


# A keyword (save a parameter's `=None`), or the key of a dict's item: in a display, or put into it later.
_GIVEN = rf"(?:[\"']+{_BLANK}(?::|\]{_BLANK}[:=,\])])|{_BLANK}=(?!=|\s*None\s*[,)]))"
# What STS answers is no static key, unless IAM's `create_access_key` is about.
_ANSWERED = r"\s*=\s*[\w.]{1,80}\[[\"'](?:AccessKeyId|SecretAccessKey)[\"']\]\s*[,)]"
_PERMANENT = (lazy_re.compile(r"create_access_key"), lazy_re.compile(r"AccessKey\b(?<!\wAccessKey)"))


def _named(unless: str) -> tuple[re.Pattern[str], ...]:
    return (
        lazy_re.compile(
            rf"access_key{_behind('access_key', 'aws_', 'secret_', 'aws_secret_')}(?:_id)?{unless}{_GIVEN}"
        ),
        lazy_re.compile(rf"secret_key{_behind('secret_key', 'aws_')}{unless}{_GIVEN}"),
        lazy_re.compile(r"setdefault\([^,]{0,80}(?:access|secret)_"),
    )


_NAMED, _STATIC = _named(""), _named(f"(?!{_ANSWERED})")
_DJANGO = lazy_re.compile(
    r"AWS_(?<![\w.]AWS_)(?:S3_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\s*[:=](?!\s*None[ \t]*[\r\n])"
)
_DJANGO_BESIDE = (
    "AWS_STORAGE_BUCKET_NAME", "INSTALLED_APPS", "DEFAULT_FILE_STORAGE", "STORAGES", "MEDIA_ROOT"
)  # fmt: skip

_FIRST = rf"\({_BLANK}(?!\w+\s*=[^=]|\*)[^)\s]"  # an argument that is no keyword and no `*`
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


def by_position(text: str) -> bool:
    """Whether something may be given a key by position, whatever the key is called."""
    if any(form.search(text) for form in _BY_POSITION):
        return True
    return _BOTO_2.search(text) is not None and any(form.search(text) for form in _BOTO_2_CALLS)


def by_name(text: str) -> bool:
    """Whether something may be given a key by keyword, in a dict, or as a setting of Django's."""
    if "client_kwargs" in text:
        return True
    if any(form.search(text) for form in _NAMED) and (
        any(form.search(text) for form in _STATIC) or any(form.search(text) for form in _PERMANENT)
    ):
        return True
    return any(name in text for name in _DJANGO_BESIDE) and _DJANGO.search(text) is not None
