"""Find keys that PHP, Ruby, C#, Kotlin, Rust and settings of Rails, Spring and Symfony pass to an AWS SDK.

The forms are few and fixed (a constructor with two arguments, or two adjacent named members), so each is one
pattern over the text; comments are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.sdk_calls import Keys
from palint.files import FileFilter
from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_SETTINGS = lazy_re.compile(
    r"(?:^|/)(?:storage\.yml|(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties))$|(?:^|/)config/.*\.ya?ml$"
)
FILES = FileFilter(
    suffixes=(".php", ".rb", ".cs", ".kt", ".kts", ".rs"),
    predicate=lambda path: _SETTINGS.search(path) is not None,
    path_literals=("storage.yml", "application", "bootstrap", "config/"),
)
KEYWORDS = (
    r"[ \t.]secret-?key[ \t]*[:=][ \t]*[\"']?[$A-Za-z0-9/+]",
    r"[ \t](?:secret|accessKeySecret)[ \t]*:[ \t]*[\"']?(?:%env\(|[A-Za-z0-9/+]{40}(?:[\"'\r\n]|$))",
    r"[\"']secret[\"']\s*=>", "secret_access_key", r"Aws::Credentials", r"Credentials::(?:new|from_keys)\(",
    r"Amazon[A-Za-z0-9]{1,40}Client\(",
)  # fmt: skip

_BLANK = r"\s{0,80}"
# One argument: a string, or an expression with a pair of brackets and calls after it: `env("X").unwrap()`.
_ARGUMENT = (
    r"(?:\"[^\"\n]{0,300}\"(?:\.\w{1,20}\(\))?|'[^'\n]{0,300}'|[^\s,()\[\]{}\"'][^,()\[\]{}\"'\n]{0,119}"
    r"(?:\([^()\n]{0,120}\)|\[[^\]\n]{0,120}\])?(?:[?!]|\.\w{1,40}(?:\([^()\n]{0,60}\))?){0,3})"
)
# A value of YAML or of a properties file.
_SCALAR = r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^\s\"'#][^\n#]{0,300})"
_TWO = rf"{_BLANK}(?P<id>{_ARGUMENT}),{_BLANK}(?P<secret>{_ARGUMENT})(?:,{_BLANK}(?P<session>{_ARGUMENT}))?"
_GAP = r"[^{}\[\]]{0,200}?"  # what may be between two members of one map


class Form(NamedTuple):
    """A form of passing keys in a language.

    receiver: its name for messages. instead: the code to write; "" if the rest stays as it is.
    """

    pattern: re.Pattern[str]
    receiver: str
    instead: str


def _members(id_name: str, secret_name: str, operator: str) -> re.Pattern[str]:
    """Two members of a map, the id first."""
    return lazy_re.compile(
        rf"{id_name}{_BLANK}{operator}{_BLANK}(?P<id>{_ARGUMENT})(?=[ \t]*(?:%>)?[,\n]){_GAP}"
        rf"{secret_name}{_BLANK}{operator}{_BLANK}(?P<secret>{_ARGUMENT})"
    )


def _settings(id_name: str, secret_name: str, operator: str = ":") -> Iterator[re.Pattern[str]]:
    """Two settings of one group, in both orders."""
    for first, second in (("id", "secret"), ("secret", "id")):
        names = {"id": id_name, "secret": secret_name}
        one, other = (rf"{names[p]}[ \t]*{operator}[ \t]*(?P<{p}>{_SCALAR})" for p in (first, second))
        yield lazy_re.compile(rf"(?m:^)[ \t]*{one}[^\n]*\n(?:[^\n]*\n){{0,3}}?[ \t]*{other}")


def _setting_forms(*groups: tuple[str, str, str]) -> tuple[Form, ...]:
    return tuple(Form(pattern, "credentials", "") for group in groups for pattern in _settings(*group))


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
            "credentials", "",
        ),
        Form(
            _members("[\"']key[\"']", "[\"']secret[\"']", "=>"),
            "credentials", "",
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
            "access_key_id", "",
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
    # https://guides.rubyonrails.org/active_storage_overview.html
    # https://docs.awspring.io/spring-cloud-aws/docs/3.4.0/reference/html/index.html#credentials
    # https://github.com/aws/aws-sdk-php-symfony#configuration, https://async-aws.com/integration/symfony-bundle.html
    "yml": _setting_forms(
        ("access_key_id", "secret_access_key", ":"),
        ("access-?[kK]ey", "secret-?[kK]ey", ":"),
        ("key", "secret", ":"),
        ("accessKeyId", "accessKeySecret", ":"),
    ),
    "properties": _setting_forms(
        (r"[\w.-]{0,80}\.access-?[kK]ey", r"[\w.-]{0,80}\.secret-?[kK]ey", "="),
    ),
}  # fmt: skip
_FORMS["kts"], _FORMS["yaml"] = _FORMS["kt"], _FORMS["yml"]
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
# `${NAME}` and `${NAME:default}` of Spring, `%env(NAME)%` of Symfony.
_SETTING_REFERENCE = lazy_re.compile(
    r"\$\{(?P<name>[\w.-]+)(?::(?P<default>[^{}\n]*))?\}|%env\((?:\w+:)*(?P<env>\w+)\)%"
)
_SETTING_SUFFIXES = frozenset(("yml", "yaml", "properties"))
_NOTHING = frozenset(("", "null", "nil", "None", "''", '""'))


def find(path: str, text: str) -> Iterator[Keys]:
    """Yield the keys that a file passes. path: in lower case."""
    suffix = path.rpartition(".")[2]
    settings = suffix in _SETTING_SUFFIXES
    names_aws = _AWS.search(text) is not None
    for form in _FORMS.get(suffix, ()):
        for found in form.pattern.finditer(text):
            name, around = _enclosing(text, *found.span())
            if suffix == "properties":
                is_aws = _AWS.search(found[0].partition("=")[0]) is not None
            elif settings:
                is_aws = _AWS.search(_parents(text, found.start("id"))) is not None
            else:
                is_aws = names_aws if name in ("", "credentials") else _AWS.search(around) is not None
            if not is_aws or _in_comment(text, found.start()):
                continue
            keys = [_value(text, *found.span(group), settings=settings) for group in ("id", "secret")]
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


def _in_comment(text: str, at: int) -> bool:
    """Whether a comment starts on an offset's line before it; at most 500 code points are searched."""
    start = text.rfind("\n", max(0, at - _MAX_LINE), at) + 1
    line = text[max(start, at - _MAX_LINE) : at]
    return _COMMENT.search(line) is not None if start or at <= _MAX_LINE else "//" in line


_MAX_LINE = 500  # code points
_MAX_LINES_ABOVE = 200  # lines that are searched for the keys above a setting


def _parents(text: str, at: int) -> str:
    """The YAML keys above an offset, each on a line, without those of the value's own group."""
    start = text.rfind("\n", 0, at) + 1
    width, lines = _width(text[start:at]), []
    for _ in range(_MAX_LINES_ABOVE):
        if start <= 0 or not width:
            break
        end, start = start - 1, text.rfind("\n", 0, start - 1) + 1
        line = text[start:end]
        if line.strip() and not line.lstrip().startswith("#") and _width(line) < width:
            width = _width(line)
            lines.append(line)
    return "\n".join(lines)


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())


def _enclosing(text: str, start: int, end: int) -> tuple[str, str]:
    """(name of the array that contains a range, "" for none; the array's text with its name)."""
    opening = text.rfind("[", max(0, start - _MAX_ARRAY), start)
    closing = text.find("]", end, end + _MAX_ARRAY)
    named = _ARRAY_NAME.search(text[max(0, opening - 80) : opening + 1]) if opening >= 0 else None
    if named is None or "]" in text[opening:start]:
        return "", text[max(0, start - 400) : end + 400]
    return named[1], named[0] + text[opening : closing if closing >= 0 else end + _MAX_ARRAY]


def _value(text: str, start: int, end: int, *, settings: bool = False) -> Value:
    """Parse an argument: a literal without its quotes, an environment variable, or another expression."""
    source = text[start:end]
    start += len(source) - len(source.lstrip())
    source = source.strip()
    end = start + len(source)
    setting = _SETTING_REFERENCE.fullmatch(source.strip("\"'")) if settings else None
    if setting is not None and not setting["default"]:
        return Value("environment", setting["env"] or setting["name"], start, end)
    if setting is not None:
        start = text.index(setting["default"], start + len(setting["name"]))
        return Value("text", setting["default"], start, start + len(setting["default"]))
    if len(source) > 1 and source[0] == source[-1] and source[0] in "\"'" and source[0] not in source[1:-1]:
        kind = "template" if "#{" in source or "${" in source else "text"
        return Value(kind, source[1:-1], start + 1, end - 1)
    variable = _ENVIRONMENT.search(source)
    if variable is not None:
        return Value("environment", variable[1], start, end)
    bare = source.strip("<%= >")
    return Value("nothing" if bare in _NOTHING else "other", bare, start, end)
