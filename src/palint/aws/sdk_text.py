"""Find keys that PHP, Ruby, C#, Kotlin and Rust pass to an AWS SDK, by pattern.

The forms are few and fixed (a constructor with two arguments, or two adjacent named members), so each is one
pattern over the text; comments are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.sdk_calls import Keys
from palint.file_types import FileFilter
from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

FILES = FileFilter(suffixes=(".php", ".rb", ".cs", ".kt", ".kts", ".rs"), names=("storage.yml",))
KEYWORDS = (
    r"[\"']secret[\"']\s*=>", "secret_access_key", r"Aws::Credentials", r"Credentials::(?:new|from_keys)\(",
    r"Amazon[A-Za-z0-9]{1,40}Client\(",
)  # fmt: skip

_BLANK = r"\s*"
# One argument: a string, or an expression with a pair of brackets and calls after it: `env("X").unwrap()`.
_ARGUMENT = (
    r"(?:\"[^\"\n]{0,300}\"(?:\.\w{1,20}\(\))?|'[^'\n]{0,300}'|[^,()\[\]{}\"'\n]{1,120}"
    r"(?:\([^()\n]{0,120}\)|\[[^\]\n]{0,120}\])?(?:[?!]|\.\w{1,40}(?:\([^()\n]{0,60}\))?){0,3})"
)
_TWO = rf"{_BLANK}(?P<id>{_ARGUMENT}),{_BLANK}(?P<secret>{_ARGUMENT})(?:,{_BLANK}(?P<session>{_ARGUMENT}))?"
_GAP = r"[^{}\[\]]{0,200}?"  # what may be between two members of one map


class Form(NamedTuple):
    """A form of passing keys in a language. receiver: its name for messages. instead: the code to write."""

    pattern: re.Pattern[str]
    receiver: str
    instead: str


def _members(id_name: str, secret_name: str, operator: str) -> re.Pattern[str]:
    """Two members of a map, the id first."""
    return lazy_re.compile(
        rf"{id_name}{_BLANK}{operator}{_BLANK}(?P<id>{_ARGUMENT})(?=[ \t]*(?:%>)?[,\n]){_GAP}"
        rf"{secret_name}{_BLANK}{operator}{_BLANK}(?P<secret>{_ARGUMENT})"
    )


_KOTLIN_BUILDER = "DefaultChainCredentialsProvider()"
_FORMS = {
    # https://docs.aws.amazon.com/sdk-for-php/v3/developer-guide/guide_credentials.html, and Laravel's files
    "php": (
        Form(
            lazy_re.compile(rf"new\s+(?:\\?Aws\\(?:\w+\\)*)?Credentials\({_TWO}"),
            "Credentials", "new S3Client(['region' => 'eu-west-2'])",
        ),
        Form(
            _members("[\"']access_key_id[\"']", "[\"']secret_access_key[\"']", "=>"),
            "credentials", "the same array without the two keys",
        ),
        Form(
            _members("[\"']key[\"']", "[\"']secret[\"']", "=>"),
            "credentials", "the same array without `key` and `secret`",
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-ruby/v3/developer-guide/setup-config.html
    "rb": (
        Form(
            lazy_re.compile(rf"Aws::Credentials\.new\({_TWO}"),
            "Aws::Credentials", "Aws::S3::Client.new(region: \"eu-west-2\")",
        ),
        Form(
            _members(":?(?:aws_)?access_key_id", ":?(?:aws_)?secret_access_key", "(?::|=>)"),
            "access_key_id", "the same call without the two keys",
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-net/v3/developer-guide/creds-idc.html
    "cs": (
        Form(
            lazy_re.compile(rf"new\s+BasicAWSCredentials\({_TWO}"),
            "BasicAWSCredentials", "new AmazonS3Client(RegionEndpoint.EUWest2)",
        ),
        Form(
            lazy_re.compile(
                r"new\s+Amazon\w+Client\(\s*(?P<id>\"[^\"\n]*\"),\s*(?P<secret>\"[^\"\n]*\")(?P<session>(?!))?"
            ),
            "client", "new AmazonS3Client(RegionEndpoint.EUWest2)",
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-kotlin/latest/developer-guide/credential-providers.html
    "kt": (
        Form(
            lazy_re.compile(rf"(?:AwsBasicCredentials\.create|\bBasicAWSCredentials)\({_TWO}"),
            "AwsBasicCredentials", _KOTLIN_BUILDER,
        ),
        Form(
            _members("\\baccessKeyId", "\\bsecretAccessKey", "="),
            "credentials", _KOTLIN_BUILDER,
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-rust/latest/dg/credproviders.html
    "rs": (
        Form(
            lazy_re.compile(rf"\bCredentials::(?:new|from_keys)\({_TWO}"),
            "Credentials", "aws_config::load_defaults(BehaviorVersion::latest()).await",
        ),
    ),
    # Rails' Active Storage: https://guides.rubyonrails.org/active_storage_overview.html
    "yml": (
        Form(
            _members("(?m:^)[ \\t]+access_key_id", "secret_access_key", ":"),
            "access_key_id", "the same service without the two keys",
        ),
    ),
}  # fmt: skip
_FORMS["kts"] = _FORMS["kt"]
_AWS = lazy_re.compile(r"aws|amazon|\bs3\b|\b(?:sqs|ses|dynamodb)\b", re.I)
_COMMENT = lazy_re.compile(r"^[ \t]*(?://|#|\*|/\*)|(?<![:\"'])//[^\n]*$")
_MAX_ARRAY = 1_500  # code points of an array on each side of its keys
_ARRAY_NAME = lazy_re.compile(r"[\"']([\w-]+)[\"']\s*=>\s*\[\Z")
_ENDPOINT = lazy_re.compile(
    r"\bendpoint(?:_?url)?\b[\"']?\s*(?:=>|[:=(])[^\n]*|\bServiceURL\b|\bForcePathStyle\b", re.I
)
# Laravel's own settings, which are empty for AWS.
_OWN_ENDPOINT = lazy_re.compile(
    r"env\([\"'](?:AWS|DYNAMODB|SQS|S3)_ENDPOINT(?:_URL)?[\"']\s*\)|amazonaws\.com"
)
_SESSION = lazy_re.compile(r"(?:session_?token|sessionToken|'token')", re.I)
_ENVIRONMENT = lazy_re.compile(
    r"(?:ENV(?:\.fetch)?[\[(]|env\(|getenv\(|System\.getenv\(|GetEnvironmentVariable\(|env::var\()"
    r"\s*:?[\"']([A-Za-z_]\w*)"
)
_NOTHING = frozenset(("", "null", "nil", "None", "''", '""'))


def find(path: str, text: str) -> Iterator[Keys]:
    """Yield the keys that a file passes to an SDK. path: in lower case."""
    for form in _FORMS.get(path.rpartition(".")[2], ()):
        for found in form.pattern.finditer(text):
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start()]
            name, around = _enclosing(text, *found.span())
            if _COMMENT.search(line) or not _AWS.search(around if name else text):
                continue
            keys = [_value(text, *found.span(group)) for group in ("id", "secret")]
            token = found["session"] or "" if "session" in found.re.groupindex else ""
            session = [_value(text, *found.span("session"))] if token.strip() not in _NOTHING else []
            if not session and _SESSION.search(around):
                continue  # temporary credentials have a session token
            start = found.end() - len(found[0].lstrip())
            yield Keys(
                name or form.receiver,
                start,
                found.end(),
                [key for key in keys if key.kind != "nothing"],
                session,
                form.instead,
                other_endpoint=any(not _OWN_ENDPOINT.search(e[0]) for e in _ENDPOINT.finditer(around)),
            )


def _enclosing(text: str, start: int, end: int) -> tuple[str, str]:
    """(name of the array that contains a range, "" for none; the array's text with its name)."""
    opening = text.rfind("[", max(0, start - _MAX_ARRAY), start)
    closing = text.find("]", end, end + _MAX_ARRAY)
    named = _ARRAY_NAME.search(text[max(0, opening - 80) : opening + 1]) if opening >= 0 else None
    if named is None or "]" in text[opening:start]:
        return "", text[max(0, start - 400) : end + 400]
    return named[1], named[0] + text[opening : closing if closing >= 0 else end + _MAX_ARRAY]


def _value(text: str, start: int, end: int) -> Value:
    """Parse an argument: a literal without its quotes, an environment variable, or another expression."""
    source = text[start:end]
    start += len(source) - len(source.lstrip())
    source = source.strip()
    end = start + len(source)
    if len(source) > 1 and source[0] == source[-1] and source[0] in "\"'" and source[0] not in source[1:-1]:
        kind = "template" if "#{" in source or "${" in source else "text"
        return Value(kind, source[1:-1], start + 1, end - 1)
    variable = _ENVIRONMENT.search(source)
    if variable is not None:
        return Value("environment", variable[1], start, end)
    bare = source.strip("<%= >")
    return Value("nothing" if bare in _NOTHING else "other", bare, start, end)
