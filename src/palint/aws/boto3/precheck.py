"""Whether a Python text may pass a static key: a cheap check that saves parsing most files."""

from __future__ import annotations

import re

from palint.util import lazy_re

_BLANK = r"(?:[\s\\]|#[^\n]*\n)*"
_DJANGO = lazy_re.compile(
    r"AWS_(?<![\w.]AWS_)(?:S3_|SES_)?(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY)\s*[:=](?!\s*None[ \t]*[\r\n])"
)
DJANGO_BESIDE = (
    "AWS_STORAGE_BUCKET_NAME", "INSTALLED_APPS", "DEFAULT_FILE_STORAGE", "STORAGES", "MEDIA_ROOT", "BOT_NAME",
    "SPIDER_MODULES",
)  # fmt: skip

# An argument that is not a keyword, not `*` and not a method's own first one
_POSITIONAL = rf"\s*\({_BLANK}(?!\w+\s*=[^=]|\*|self\s*[,)])[^)\s]"
# Six arguments without a keyword, calls in them allowed, and more
_SIX = r"\s*\((?:(?:[^(),=]|[=!<>:]=|\((?:[^()]|\([^()]*\))*\))*,){6}"
_ALIASED = r" as\b"  # a name for a class or a function, or for its module
# (a word, pattern): each pattern begins with a literal, for which `re` searches six times as fast as for
# alternatives.
_FORMS = tuple(
    (word, lazy_re.compile(pattern))
    for word, pattern in (
        ("Session", rf"Session(?:(?<!class Session){_POSITIONAL}|{_ALIASED})"),
        ("redentials", r"redentials(?:(?:(?<=Credentials)(?<!class Credentials)|(?<=set_credentials))"
         rf"{_POSITIONAL}|{_ALIASED})"),
        ("onnection", rf"onnection{_ALIASED}"),
        ("client", rf"client(?:(?<!def client){_SIX}|{_ALIASED})"),
        ("resource", rf"resource(?:{_SIX}|{_ALIASED})"),
        ("partial", rf"partial(?:\({_BLANK}[\w.()]*"
         rf"(?:Session|client|resource|redentials|onnection|connect_\w+)\b(?!\.)|{_ALIASED})"),
        ("boto", r"boto(?<!import boto)[\w.]{0,40}\.(?:client|resource|Session)[ \t]*(?:[#\r\n;,]|\Z)"),
    )
)  # fmt: skip
# A keyword, or a key of a dict
_KEY_BY_NAME = lazy_re.compile(r"_key(?<=(?:access|secret)_key)(?:_id)?(?:[\"']|[\s\\]*[=#])")
# Libraries of which any function may take keys. boto3's that do have the names of `_TAKES_KEYS`.
LIBRARIES = (
    r"pyathena|smart_open|cloudpathlib|litellm|langchain\w*|llama_index|awswrangler|dask|sagemaker|strands"
    r"|pynamodb|polars|deltalake|duckdb"
)
_NAMES = r"(?:(?:create_)?client|resource|Session|setup_default_session|set_credentials|(?:Aio)?Credentials)"
_GAP = r"[\s\\]*(?:#[^\n]{0,200}\n[\s\\]*){0,3}"  # bounded: names may be in the comments, too
# `client(`, `x.client` or `= client` as a whole value, `getattr(x, "client")`; or such a library
_TAKES_KEYS = lazy_re.compile(
    rf"\b{_NAMES}(?:{_GAP}\((?<!class Credentials\()(?<!def client\()|{_ALIASED})"
    rf"|\.{_GAP}{_NAMES}[ \t\r\\]*(?:[#;:,)\]}}]|$)|=\s*{_NAMES}[ \t\r]*(?:[#;]|$)|\bgetattr\b|__import__"
    rf"|\b(?:{LIBRARIES}|anthropic|redshift_connector|storages|pyarrow)\b"
    r"|\bboto[\s\\]*(?:[.,;#]|$|as\b|import\b)",
    re.MULTILINE,
)
_IMPORTS_BOTO = lazy_re.compile(r"boto\b(?<!\wboto)")  # not boto3
_BOTO_CALL = lazy_re.compile(rf"onnect(?:ion(?<=Connection)|_\w+){_POSITIONAL}")


def precheck(text: str) -> bool:
    """Whether a key may be passed by name, by position or as a Django setting."""
    if "client_kwargs" in text or any(word in text and form.search(text) for word, form in _FORMS):
        return True
    named = ("access_key" in text or "secret_key" in text) and _KEY_BY_NAME.search(text)
    if named and _TAKES_KEYS.search(text):
        return True
    if "onnect" in text and _IMPORTS_BOTO.search(text) and _BOTO_CALL.search(text):
        return True
    return _DJANGO.search(text) is not None and any(name in text for name in DJANGO_BESIDE)
