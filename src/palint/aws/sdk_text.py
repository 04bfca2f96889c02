"""Find keys that PHP, Ruby, C#, Kotlin, Rust and settings of Rails, Spring and Symfony pass to an AWS SDK.

The forms are few and fixed (a constructor with two arguments, or two adjacent named members), so each is one
pattern over the text; comments are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.sdk_calls import Keys
from palint.files import FileFilter, languages
from palint.files.sets import in_language
from palint.languages import csharp, kotlin, php, ruby, rust, unparsed, yaml
from palint.languages.unparsed import ARGUMENT, BLANK
from palint.languages.value import Value
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_SETTINGS = lazy_re.compile(
    r"(?:^|/)(?:storage\.yml|(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties))$|(?:^|/)config/.*\.ya?ml$"
)
FILES = in_language("php", "ruby", "csharp", "kotlin", "rust") | FileFilter(
    predicate=lambda path: _SETTINGS.search(path) is not None,
    path_literals=("storage.yml", "application", "bootstrap", "config/"),
)
# A value of YAML or of a properties file.
_SCALAR = r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[^\s\"'#][^\n#]{0,300})"
_TWO_ARGUMENTS = (
    rf"{BLANK}(?P<id>{ARGUMENT}),{BLANK}(?P<secret>{ARGUMENT})(?:,{BLANK}(?P<session>{ARGUMENT}))?"
)
_GAP = r"[^{}\[\]]{0,200}?"  # what may be between two members of one map


class Form(NamedTuple):
    """A form of passing keys in a language.

    receiver: its name for messages. keyword: finds the files that may have it (`Rule.keywords`). alone: see
    `Keys`.
    """

    pattern: re.Pattern[str]
    receiver: str
    keyword: str
    alone: bool = False


def _members(id_name: str, secret_name: str, operator: str) -> re.Pattern[str]:
    """Two members of a map, the id first."""
    return lazy_re.compile(
        rf"{id_name}{BLANK}{operator}{BLANK}(?P<id>{ARGUMENT})(?=[ \t]*(?:%>)?[,\n]){_GAP}"
        rf"{secret_name}{BLANK}{operator}{BLANK}(?P<secret>{ARGUMENT})"
    )


def _settings(id_name: str, secret_name: str, operator: str = ":") -> Iterator[re.Pattern[str]]:
    """Two settings of one group, in both orders."""
    for first, second in (("id", "secret"), ("secret", "id")):
        names = {"id": id_name, "secret": secret_name}
        one, other = (rf"{names[p]}[ \t]*{operator}[ \t]*(?P<{p}>{_SCALAR})" for p in (first, second))
        yield lazy_re.compile(rf"(?m:^)[ \t]*{one}[^\n]*\n(?:[^\n]*\n){{0,3}}?[ \t]*{other}")


def _setting_forms(*groups: tuple[str, str, str, str]) -> tuple[Form, ...]:
    return tuple(
        Form(pattern, "credentials", keyword) for *names, keyword in groups for pattern in _settings(*names)
    )


# Keywords of several forms
_SETTING = r"[ \t.]secret-?key[ \t]*[:=][ \t]*[\"']?[$A-Za-z0-9/+]"
_SYMFONY = r"[ \t](?:secret|accessKeySecret)[ \t]*:[ \t]*[\"']?(?:%env\(|[A-Za-z0-9/+]{40}(?:[\"'\r\n]|$))"
_NEW_CREDENTIALS = r"new\s+(aws\.)?Credentials\("
_FORMS = {
    # https://docs.aws.amazon.com/sdk-for-php/v3/developer-guide/guide_credentials.html, and Laravel's files
    "php": (
        Form(
            lazy_re.compile(rf"new\s+(?:\\?Aws\\(?:\w+\\)*)?Credentials\({_TWO_ARGUMENTS}"),
            "Credentials", _NEW_CREDENTIALS, alone=True,
        ),
        Form(
            _members("[\"']access_key_id[\"']", "[\"']secret_access_key[\"']", "=>"),
            "credentials", "secret_access_key",
        ),
        Form(
            _members("[\"']key[\"']", "[\"']secret[\"']", "=>"),
            "credentials", r"[\"']secret[\"']\s*=>",
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-ruby/v3/developer-guide/setup-config.html
    "ruby": (
        Form(
            lazy_re.compile(rf"Aws::Credentials\.new\({_TWO_ARGUMENTS}"),
            "Aws::Credentials", r"Aws::Credentials", alone=True,
        ),
        Form(
            _members(":?(?:aws_)?access_key_id", ":?(?:aws_)?secret_access_key", "(?::|=>)"),
            "access_key_id", "secret_access_key",
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-net/v3/developer-guide/creds-idc.html
    "csharp": (
        Form(
            lazy_re.compile(rf"new\s+BasicAWSCredentials\({_TWO_ARGUMENTS}"),
            "BasicAWSCredentials", "BasicAWSCredentials", alone=True,
        ),
        Form(
            lazy_re.compile(
                r"new\s+Amazon\w+Client\(\s*(?P<id>\"[^\"\n]*\"),\s*(?P<secret>\"[^\"\n]*\")(?P<session>(?!))?"
            ),
            "client", r"Amazon[A-Za-z0-9]{1,40}Client\(", alone=True,
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-kotlin/latest/developer-guide/credential-providers.html
    "kotlin": (
        Form(
            lazy_re.compile(rf"(?:AwsBasicCredentials\.create|\bBasicAWSCredentials)\({_TWO_ARGUMENTS}"),
            "AwsBasicCredentials", "AwsBasicCredentials", alone=True,
        ),
        Form(
            _members("\\baccessKeyId", "\\bsecretAccessKey", "="),
            "credentials", "secretAccessKey", alone=True,
        ),
    ),
    # https://docs.aws.amazon.com/sdk-for-rust/latest/dg/credproviders.html
    "rust": (
        Form(
            lazy_re.compile(rf"\bCredentials::(?:new|from_keys)\({_TWO_ARGUMENTS}"),
            "Credentials", r"Credentials::(?:new|from_keys)\(", alone=True,
        ),
    ),
    # https://guides.rubyonrails.org/active_storage_overview.html
    # https://docs.awspring.io/spring-cloud-aws/docs/3.4.0/reference/html/index.html#credentials
    # https://github.com/aws/aws-sdk-php-symfony#configuration, https://async-aws.com/integration/symfony-bundle.html
    "yaml": _setting_forms(
        ("access_key_id", "secret_access_key", ":", "secret_access_key"),
        ("access-?[kK]ey", "secret-?[kK]ey", ":", _SETTING),
        ("key", "secret", ":", _SYMFONY),
        ("accessKeyId", "accessKeySecret", ":", _SYMFONY),
    ),
    "properties": _setting_forms(
        (r"[\w.-]{0,80}\.access-?[kK]ey", r"[\w.-]{0,80}\.secret-?[kK]ey", "=", _SETTING),
    ),
}  # fmt: skip
KEYWORDS = tuple(dict.fromkeys(form.keyword for forms in _FORMS.values() for form in forms))
_GRAMMARS = {
    "php": php.GRAMMAR,
    "ruby": ruby.GRAMMAR,
    "csharp": csharp.GRAMMAR,
    "kotlin": kotlin.GRAMMAR,
    "rust": rust.GRAMMAR,
}
# YAML and properties files: `#` comments, references in the ways of Spring and Symfony.
_SETTINGS_GRAMMAR = unparsed.Grammar(
    comment=lazy_re.compile(r"^[ \t]*#"),
    environment=lazy_re.compile(r"ENV(?:\.fetch)?[\[(]\s*:?[\"']([A-Za-z_]\w*)"),  # ERB in Rails' YAML
    nothing=("null", "nil"),
    interpolation="${",
)
_AWS = lazy_re.compile(r"aws|amazon|\bs3\b|\b(?:sqs|ses|dynamodb)\b", re.I)
_ENDPOINT = lazy_re.compile(
    r"\bendpoint(?:_?url)?\b[\"']?\s*(?:=>|[:=(])[^\n]*|\bServiceURL\b|\bForcePathStyle\b", re.I
)
# Laravel's own settings, which are empty for AWS.
_OWN_ENDPOINT = lazy_re.compile(
    r"env\([\"'](?:AWS|DYNAMODB|SQS|S3)_ENDPOINT(?:_URL)?[\"']\s*\)|amazonaws\.com"
)
_SESSION = lazy_re.compile(r"(?:session_?token|sessionToken|'token')", re.I)
# `${NAME}` and `${NAME:default}` of Spring, `%env(NAME)%` of Symfony.
_SETTING_REFERENCE = lazy_re.compile(
    r"\$\{(?P<name>[\w.-]+)(?::(?P<default>[^{}\n]*))?\}|%env\((?:\w+:)*(?P<env>\w+)\)%"
)


def find(path: str, text: str) -> Iterator[Keys]:
    """Yield the keys that a file passes. path: in lower case."""
    language = languages.find(path).syntax
    grammar = _GRAMMARS.get(language, _SETTINGS_GRAMMAR)
    value = unparsed.value if language in _GRAMMARS else _setting
    names_aws = _AWS.search(text) is not None
    for form in _FORMS.get(language, ()):
        for found in form.pattern.finditer(text):
            name, around = php.enclosing_array(text, *found.span())
            if language == "properties":
                is_aws = _AWS.search(found[0].partition("=")[0]) is not None
            elif language == "yaml":
                is_aws = _AWS.search(yaml.keys_above(text, found.start("id"))) is not None
            else:
                is_aws = names_aws if name in ("", "credentials") else _AWS.search(around) is not None
            if not is_aws or unparsed.in_comment(text, found.start(), grammar):
                continue
            keys = [value(text, *found.span(group), grammar) for group in ("id", "secret")]
            token = (found["session"] or "").strip() if "session" in found.re.groupindex else ""
            absent = unparsed.is_nothing(token, grammar)
            session = [] if absent else [value(text, *found.span("session"), grammar)]
            if not session and _SESSION.search(around):
                continue  # temporary credentials have a session token
            start = found.end() - len(found[0].lstrip())
            yield Keys(
                name or form.receiver,
                start,
                found.end(),
                [key for key in keys if key.kind != "nothing"],
                session,
                alone=form.alone,
                other_endpoint=any(not _OWN_ENDPOINT.search(e[0]) for e in _ENDPOINT.finditer(around)),
            )


def _setting(text: str, start: int, end: int, grammar: unparsed.Grammar) -> Value:
    """A value of settings: a reference to a variable with its default, or what `unparsed.value` reads."""
    source = text[start:end].strip()
    setting = _SETTING_REFERENCE.fullmatch(source.strip("\"'"))
    if setting is None:
        return unparsed.value(text, start, end, grammar)
    start = text.index(source, start, end)
    if not setting["default"]:
        name = setting["env"] or setting["name"]
        return Value("environment", name, start, start + len(source))
    start = text.index(setting["default"], start + len(setting["name"]))
    return Value("text", setting["default"], start, start + len(setting["default"]))
