"""Whether a Python text may pass a static key: a cheap check that saves parsing most files."""

from __future__ import annotations

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
        ("partial", rf"partial(?:\({_BLANK}[\w.()]*"
         rf"(?:Session|redentials|onnection|connect_\w+)\b(?!\.)|{_ALIASED})"),
        (".Session", r"boto(?<!import boto)[\w.]{0,40}\.Session[ \t]*(?:[#\r\n;,]|\Z)"),
    )
)  # fmt: skip
# Libraries of which any function may take keys
LIBRARIES = (
    r"boto|boto3|botocore|aioboto3|aiobotocore|pyathena|smart_open|cloudpathlib|litellm|langchain\w*|llama_index"
    r"|awswrangler|dask|sagemaker|strands|pynamodb|polars|deltalake|duckdb"
)
_LIBRARY = (
    r"[ \t]+(?:[\w.][\w. ]{0,80},[\s\\]{0,80}){0,20}"
    rf"(?:{LIBRARIES}|storages|anthropic|redshift_connector)\b"
    r"(?!(?<=botocore)\.(?:client|config|exceptions)\b)"  # which take none
)
# (a word, pattern), as above: what a module calls or imports that may take a key by its name
_TAKES_KEYS = tuple(
    (word, lazy_re.compile(pattern))
    for word, pattern in (
        ("from ", rf"from{_LIBRARY}"),
        ("import ", rf"import{_LIBRARY}"),
        ("storages.backends", "storages.backends"),
        *(
            (f"{name}(", rf"{name}\((?<!\w{name}\()(?<!def {name}\()")
            for name in ("client", "resource", "create_client", "Session", "setup_default_session",
                         "set_credentials", "Credentials", "AioCredentials", "__import__")
        ),
    )
)  # fmt: skip
# A keyword, or a key of a dict
_KEY_BY_NAME = lazy_re.compile(r"_key(?<=(?:access|secret)_key)(?:_id)?(?:[\"']|[\s\\]*[=#])")
_IMPORTS_BOTO = lazy_re.compile(r"boto\b(?<!\wboto)")  # not boto3
_BOTO_CALL = lazy_re.compile(rf"onnect(?:ion(?<=Connection)|_\w+){_POSITIONAL}")


def precheck(text: str) -> bool:
    """Whether a key may be passed by name, by position or as a Django setting."""
    if "client_kwargs" in text or any(word in text and form.search(text) for word, form in _FORMS):
        return True
    named = ("access_key" in text or "secret_key" in text) and _KEY_BY_NAME.search(text)
    if named and any(word in text and form.search(text) for word, form in _TAKES_KEYS):
        return True
    if "onnect" in text and _IMPORTS_BOTO.search(text) and _BOTO_CALL.search(text):
        return True
    return _DJANGO.search(text) is not None and any(name in text for name in DJANGO_BESIDE)
