"""Whether a Python text may pass a static key: a cheap check that saves parsing most files."""

from __future__ import annotations

from palint.util import lazy_re

_BLANK = r"(?:[\s\\]|#[^\n]*\n)*"
# `["secret_key"] = …`: a key that is added to a dict
_ADDED_ITEM = rf"\]{_BLANK}(?::(?!{_BLANK}\n)|=(?!=)|[,)\]][^=]{{0,200}}=(?!=))"
# A keyword (but not a parameter's `=None`, or a comparison), or a key of a dict
_BY_NAME = lazy_re.compile(
    r"(?:access|secret)_key(?:_id)?"
    rf"(?:[\"']+{_BLANK}(?:[:,)]|{_ADDED_ITEM})|{_BLANK}=(?!=|\s*None\s*[,)]))"
)
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
_BY_POSITION = lazy_re.compile(
    r"(?:(?:Session(?<!class Session)|redentials(?<!class Credentials)|onnection|connect_\w+)"
    rf"\s*{_POSITIONAL_ARGUMENT}"
    rf"|(?:client|resource)(?<!def client)\s*{_SIX}"
    rf"|partial\({_BLANK}[\w.()]*(?:Session|client|resource|redentials|onnection|connect_\w+)\b(?!\.))"
)
# A name for a class or a function, or for its module
_ALIASED = lazy_re.compile(
    r"(?:Session|redentials|client|resource|partial|onnection) as\b"
    r"|boto(?<!import boto)[\w.]{0,40}\.(?:client|resource|Session)[ \t]*(?:[#\r\n;,]|\Z)"
)


def precheck(text: str) -> bool:
    """Whether a key may be passed by name, by position or as a Django setting."""
    if "client_kwargs" in text or any(p.search(text) for p in (_BY_NAME, _BY_POSITION, _ALIASED)):
        return True
    return any(name in text for name in DJANGO_BESIDE) and _DJANGO.search(text) is not None
