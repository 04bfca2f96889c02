"""The value that a text in any language assigns to a name, and whether it may be a static AWS key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from palint.aws.key_names import key_component
from palint.aws.key_values import is_aws_host, is_dummy_key, is_key, is_key_id, is_template_value
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# A value that is computed elsewhere, in most languages: `${X}`, `$(X)`, `$X`, Caddy's `{env.X}`,
# CircleCI's `<< parameters.x >>`
_EXPRESSION = lazy_re.compile(
    r"\$\{|^\{(?:env\.|\$)\w+\}$|^%\{.+\}$|\$\(|^\$[\w:]+(?:\.\w+)*$|^`.*`$|^%env\(|^\(\(.+\)\)$|#\{ENV\["
    r"|^<<\s*(?:pipeline\.)?parameters\."
)
# The notations of templates, and the languages whose programs fill them in; in others a person does.
TEMPLATES = frozenset(("jinja", "erb", "ejs", "handlebars", "go-template", "terraform-template"))
_NOTATIONS = (
    # Ansible and Helm write YAML, Nomad HCL, Packer JSON.
    (lazy_re.compile(r"\{\{|<%"), TEMPLATES | {"yaml", "hcl", "json", "terraform", "justfile"}),
    (lazy_re.compile(r"%\(\w"), frozenset(("ini",))),
    (lazy_re.compile(r"^%\w+%$"), frozenset(("batch",))),
    (lazy_re.compile(r"#\{"), frozenset(("ruby", "elixir"))),
)
_FILLED_IN_LATER = lazy_re.compile(r"\{\{\s?\w{1,60}\s?\}\}")  # a word alone is a placeholder in Terraform
_DEFAULT = lazy_re.compile(
    r"\$\{(?:[^{}:]*:?[-?]|[A-Z][A-Z0-9_]*:|localEnv:\w+:)(?P<shell>[^{}]*)\}|\bdefault\(\s*[\"'](?P<jinja>[^\"']*)[\"']"
    r"|\bdefault\s+[\"'](?P<helm>[^\"']*)[\"']"
)
SECRET_LENGTH = 40
_LONGEST_KEY = 128  # https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html


def classify(value: str, language: str) -> str:
    """Classify a value: "literal" for a key, "reference" for one that is computed elsewhere, "" for neither.

    language: the id of the file's language, which says whether `{{ x }}` is computed or a placeholder.
    Neither: dummies, placeholders, AWS's example keys, sentences, and `${NAME:-test}`, whose default is a
    dummy.
    """
    value = value.strip()
    if language == "terraform" and _FILLED_IN_LATER.fullmatch(value):
        return ""
    if _EXPRESSION.search(value) or any(
        language in filled_in and notation.search(value) for notation, filled_in in _NOTATIONS
    ):
        default = _DEFAULT.search(value)
        fallback = next(filter(None, default.groups()), "") if default else ""
        return "reference" if not fallback or classify(fallback, language) else ""
    if value.startswith(("arn:aws:secretsmanager:", "arn:aws:ssm:", "ENC[", "EJ[")) or (
        len(value) > _LONGEST_KEY and " " not in value
    ):
        return "reference"  # a stored or an encrypted key: ECS, SOPS, a SealedSecret, a CI system's `secure`
    if not value or not is_key(value):
        return ""
    if value.isalpha() and len(value) < SECRET_LENGTH and not is_key_id(value):
        return ""  # `completeAccessKey`: a name
    return "literal"


def is_foreign_id(variable: tuple[str, str]) -> bool:
    """Whether a variable is set to the id of a key that AWS cannot have issued: `AWS_ACCESS_KEY_ID: loki`."""
    name, value = variable
    return (
        key_component(name) == "id"
        and value.isalnum()
        and is_dummy_key(value)
        and not is_template_value(value)
    )


SESSION_TOKEN = lazy_re.compile(r"(?:session|security)[_.-]?token|;token=", re.I)
# After a token's name: what sets it to nothing, so that the key beside it is long-lived
_NOTHING = lazy_re.compile(
    r"\w{0,20}[\"'\]]{0,2}\s{0,99}(?:=>|:=|=(?![=~>])|:(?![:=]))\s{0,99}"
    r"(?:\"\"|''|``|null|nil|None|undefined|void 0|false)[ \t]*(?:[,;)}\]\r\n/#]|\Z)"
)
# restic's repository begins with the server of a client, kopia is connected to it by another command:
# https://restic.readthedocs.io/en/stable/030_preparing_a_new_repo.html,
# https://kopia.io/docs/reference/command-line/common/repository-connect-s3/
_ENDPOINT_LINE = lazy_re.compile(
    r"(?:endpoint|restic_repository|kopia_password)[\w-]{0,20}[\"'\])]{0,2}\s{0,20}(?:[:=,{(]|[\"']?value|(?=https?://))"
    r"(?P<value>[^\n]{0,200})",
    re.I,
)
_NEARBY_LINES = 15
_NEARBY = 1500  # code points


def session_token(around: str, names: re.Pattern[str] = SESSION_TOKEN) -> re.Match[str] | None:
    """The first name of a session token around a key, outside of comments, that is not set to nothing."""
    around = without_comments(around)
    return next((each for each in names.finditer(around) if not _NOTHING.match(around, each.end())), None)


def without_comments(text: str) -> str:
    """The text with blanks in the place of its comments, so that each offset stays."""
    return _COMMENTS.sub(lambda found: " " * len(found[0]), text)


def surroundings(text: str, start: int, end: int, gap: str = "\n\n") -> str:
    """The lines around a key, up to an empty one, in which a session token or an endpoint may be."""
    before = text[max(0, start - _NEARBY) : start].replace("\n---\n", gap)  # a document of YAML
    after = text[end : end + _NEARBY].replace("\n---\n", gap)
    above = before.rsplit(gap, 1)[-1].split("\n")[-_NEARBY_LINES:]
    below = after.split(gap, 1)[0].split("\n")[:_NEARBY_LINES]
    return "\n".join(above) + text[start:end] + "\n".join(below)


@lru_cache(maxsize=1)  # asked with the whole text for each key of a file
def is_elsewhere(around: str) -> bool:
    """Whether an endpoint in the lines around a key is given a value, and is not AWS's."""
    return bool(_endpoints(around))


def is_certainly_elsewhere(around: str) -> bool:
    """Whether such an endpoint is written there, not computed."""
    return any(_HOST.search(value) for value in _endpoints(around))


def _endpoints(around: str) -> list[str]:
    """The values of endpoints in some lines that are not AWS's."""
    lines = _ENDPOINT_LINE.finditer(without_comments(around))
    values = [line["value"].strip(" \t\r\"':=,{}(") for line in lines]
    return [value for value in values if value and not is_aws_host(value) and not _OWN_ENDPOINT.match(value)]


# `http://minio:9000`, `localhost:4566`, `"s3.example.com"`
_HOST = lazy_re.compile(
    r"^\W{0,4}(?:\w+\W{1,4})?(?:https?://[\w.-]|[\w.-]{1,80}:\d{2,5}\b"
    r"|(?:[\w-]{1,60}\.){1,6}(?!(?i:\w{0,9}(?:endpoint|url|host)))\w{2,10}[\"'\s]?$)"  # not `config.endpoint`
)
# Laravel's own settings, which are empty for AWS; and nothing
_OWN_ENDPOINT = lazy_re.compile(
    r">?\s*(?:\$\{\{\s*)?(?:env\([\"'](?:AWS|DYNAMODB|SQS|S3)_ENDPOINT(?:_URL)?[\"']|(?:undefined|null|nil|None|false)\b"
    r"|(?:['\"`]{1,2}\s*)?(?:[\])},;]|\$?\Z))"
)


# Not the `:` of a block: `elif os.environ.get("NAME"):`
ASSIGNED = lazy_re.compile(
    r"(?:[\]}]|\)(?![ \t]*:))?[ \t]*(?:=>|:=|<-|[?|+]{0,2}=(?![=~>])|:(?![:=]))(?![ \t]*>>)[ \t]*"
)
_XML = lazy_re.compile(r"</\w+>\s*<value>|[\"']\s+value=(?=[\"'])|>(?=[^<\s])")
BLANKS = lazy_re.compile(r"[ \t]+")
COMMENT = lazy_re.compile(r"^[ \t]*(?:#|//|/?\*|--|;|<!--|REM\b)|(?<![:\w\"'])//|\s#\s", re.I)
_COMMENTS = lazy_re.compile(
    r"(?<![\w\"'`*])/\*(?s:.)*?(?:\*/|\Z)|(?m:^[ \t]*(?:#|//|--(?!\w)|;|REM\b)[^\n]*)"
    r"|(?:(?<![:\w\"'])//|(?<=\s)#\s)[^\n]*"
)
_QUOTED = lazy_re.compile(
    r"(?P<prefix>[urbf@$]{0,2})(?P<quote>\"|'|`)(?P<text>(?:(?!(?P=quote))[^\\\n]|\\.){0,500})(?P=quote)",
    re.I,
)
_LINE = lazy_re.compile(r"[^\r\n]{0,500}")
_OBJECT = lazy_re.compile(
    r"\{\s*[\"']?(?:Ref|Fn::\w+|valueFrom|secretKeyRef|secretRef|from_secret|secure)\b"
    r"|\*[\w-]+[ \t]*[,}\]\r\n]"  # an alias
    r"|![A-Za-z][\w:]*\s"  # CloudFormation's `!Ref Key`
    r"|\s*\n[ \t]+(?:valueFrom|secretKeyRef|Ref|Fn::\w+|from_secret|secure|name|key):"
)
# Before a value of YAML: `NAME: {value: …}`, a tag of a text, an anchor
_BEFORE_VALUE = lazy_re.compile(
    r"(?:(?:\{\s*|\s*\n[ \t]+)[\"']?value[\"']?:[ \t]*)?(?:(?:!(?:!str)?|&[\w-]+)[ \t]+){0,3}"
)
# Expressions that are no key: nothing, a type, a schema, a stub
NO_KEY = lazy_re.compile(
    r"(?:None|(?:not )?null|nil|undefined"
    r"|:instance_role|true|false|:?string|binary\(|str|String|%?\w*Schema\{|NULL|NA|z\.|Joi\.|yup\.|v\.|t\.|Type\.|Optional"
    r"|(?:\w+\.)*\w*(?:(?:Field|Column|Input|Parameter|Argument|Option)\(|Schema\b)|envalid|Annotated|Field\b|SecretStr\b|REDACTED|MASK|\{(?!:system)|\[(?!\{:system)|\)|\})",
)
# Before a key of a Secret, or a name in a store: `secretKeyRef: {name: app, key: AWS_Secret_Access_Key}`
KEY_OF_SECRET = lazy_re.compile(
    r"(?:Key|remote)Ref:\s*[{\n](?:(?:[^{}\n]|\{\{[^{}\n]*\}\})*[\n,])?\s*(?:key:[ \t]*)?[\"']?\Z"
)
DUMMY_NAME = lazy_re.compile(r"(?:local|mini).?stack|mock|fake|dummy|minio|(?<![a-z])test", re.I)
WINDOW = 1500  # code points before a name in which its bracket, or the name's value, is searched


class Assigned(NamedTuple):
    """The value assigned to a name. text: without quotes. expression: whether a program computes it."""

    text: str
    start: int
    end: int
    expression: bool


def computed_at(offset: int) -> Assigned:
    """A value that is computed elsewhere, of no width."""
    return Assigned("${}", offset, offset, False)


def in_data(text: str, lead: str, name: str, end: int, *, expressions: bool) -> Assigned | None:
    """`NAME: value` and `NAME = value`, in settings, markup and templates."""
    inside = lead[-1:] in ("'", '"') and text[end : end + 1] not in ("'", '"', "]")
    after = end + (text[end : end + 1] in ("'", '"'))
    operator = ASSIGNED.match(text, after) or _XML.match(text, after)
    if operator is None and "." in name and not lead.strip():
        operator = BLANKS.match(text, end)
    if operator is None:
        return None
    at = operator.end()
    if inside:
        closing = text.find(lead[-1], at, at + 500)
        return Assigned(text[at:closing], at, closing, False) if closing > at else None
    at = _BEFORE_VALUE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
    if _OBJECT.match(text, at):
        return Assigned(f"${name}", at, at, False)
    if text[at : at + 1] in "\r\n" and '"' in lead:
        at += len(text[at:]) - len(text[at:].lstrip())
    return value_at(text, at, expressions=expressions)


# The members of a pair of `name` and `value`, in lower case
NAME_MEMBERS = ("parameter", "name", "key", "secretkey", "secret_name", "parameterkey", "secretname")
VALUE_MEMBERS = (
    "value", "valuefrom", "value_from", "remoteref", "plaintext_value", "plaintextvalue", "encrypted_value",
)  # fmt: skip
_NAME_MEMBER = lazy_re.compile(
    rf"(?<![a-z])(?:{'|'.join(NAME_MEMBERS)})[\"']?\s*[:=]\s*[\"']?(?:[\w-]+\.)*\Z", re.I
)
_VALUE_MEMBER = lazy_re.compile(rf"(?<![\w-])[\"']?(?:{'|'.join(VALUE_MEMBERS)})[\"']?[ \t]*[:=]\s*", re.I)


# https://keda.sh/docs/latest/concepts/authentication/
_PARAMETER_OF_KEDA = lazy_re.compile(r"\bparameter:[ \t]*[\"']?\Z")


def in_member(text: str, start: int, end: int, *, program: bool) -> Assigned | None:
    """`name: "NAME", value: …`, in both orders, in one object."""
    if not _NAME_MEMBER.search(text[max(0, start - 80) : start]):
        return None
    if _PARAMETER_OF_KEDA.search(text, max(0, start - 80), start):
        return computed_at(end)
    last = next((m.start() for m in re.finditer(r"[}]|\n\s*-\s|\n\s*\n", text[end : end + 600])), 600)
    first = max(text.rfind("{", max(0, start - 600), start), text.rfind("\n-", max(0, start - 600), start), 0)
    for member in (
        _VALUE_MEMBER.search(text, end, min(end + last, len(text))),
        _VALUE_MEMBER.search(text, first, start),
    ):
        if member is not None:
            at = member.end()
            if "\n" in member[0] or (text[at : at + 1] in "{[" and not text.startswith("{{", at)):
                return computed_at(at)
            return value_at(text, at, expressions=program)
    return None


def value_at(text: str, at: int, *, expressions: bool) -> Assigned | None:
    """The value that starts at an offset: a string, an expression up to its end, or the rest of the line."""
    quoted = _QUOTED.match(text, at)
    if quoted is not None:
        if expressions and set(quoted["prefix"].lower()) & {"f", "$"} and "{" in quoted["text"]:
            return Assigned(quoted[0], *quoted.span(), True)  # Python's f"{key}", C#'s $"{key}"
        if not expressions or text[quoted.end() : quoted.end() + 3].lstrip()[:1] not in tuple("+%.?"):
            return Assigned(quoted["text"], *quoted.span("text"), False)
    if expressions and not text.startswith("{{", at):  # Nomad's templates
        end = expression_end(text, at)
        return Assigned(text[at:end], at, end, True) if end > at else None
    if text[at : at + 1] in "{[" and not text.startswith("{{", at):
        return None
    value = _LINE.match(text, at)[0]  # type: ignore[index]  # it matches nothing, too
    if "{{" not in value and "<%" not in value and not value.startswith("<<"):
        value = re.split(r"[ \t][#;]|[<,;]", value, maxsplit=1)[0]
    value = value.rstrip(" \t}]\"',")
    return Assigned(value, at, at + len(value), False) if value else None


_LOGICAL_LINE = lazy_re.compile(r"(?:[^\n]*[\\`][ \t]*\r?\n){0,40}[^\n]*")


def logical_line(text: str, at: int) -> tuple[int, int]:
    """The range of the line at an offset, with the lines that a backslash or backtick joins to it."""
    low = max(0, at - WINDOW)
    start = max(low, text.rfind("\n", low, at) + 1)
    while start > low and text[max(0, start - 9) : start].rstrip().endswith(("\\", "`")):
        start = max(low, text.rfind("\n", low, start - 1) + 1)
    end = _LOGICAL_LINE.match(text, start, at + WINDOW).end()  # type: ignore[union-attr]  # it matches nothing, too
    return start, end


_BRACKET = lazy_re.compile(r"[()\[\]{}]")


def opening_bracket(text: str, at: int) -> int:
    """The offset of the innermost bracket that is open at an offset; -1 for none nearby."""
    depth = 0
    for bracket in _BRACKET.finditer(text[max(0, at - WINDOW + 1) : at][::-1]):
        if bracket[0] in ")]}":
            depth += 1
        elif depth == 0:
            return at - 1 - bracket.start()
        else:
            depth -= 1
    return -1


def expression_end(text: str, at: int) -> int:
    """The end of an expression: the first `,`, `;`, line end or closing bracket outside of its brackets."""
    depth, quote = 0, ""
    for index in range(at, min(len(text), at + 300)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'`":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            if depth == 0:
                return index
            depth -= 1
        elif character in ",;\r\n" and depth == 0:
            return index
    return min(len(text), at + 300)


def assignments(text: str, name: str) -> list[tuple[int, int]]:
    """The ranges of the values that a text gives to a name, but not inside its own value: `x = f(x=1)`."""
    known = _known(text)
    if name not in known and len(known) <= _FEW:
        for match in _places(text, name) if len(known) < _FEW else _ASSIGNMENT.finditer(text):
            spans = known.setdefault(match["name"], [])
            if not spans or match.start() >= spans[-1][1]:
                spans.append(match.span("value"))
        known.setdefault(name, [])
    return known.get(name, [])


_FEW = 8  # names that are looked for one by one, as nearly all files have; all take 40 ns a character


@lru_cache(maxsize=1)  # the keys of a file ask for the same names
def _known(text: str) -> dict[str, list[tuple[int, int]]]:
    return {}


def _places(text: str, name: str) -> Iterator[re.Match[str]]:
    at = text.find(name) if name else -1
    while at >= 0:
        match = _ASSIGNMENT.match(text, at)
        if match and match["name"] == name:
            yield match
        at = text.find(name, at + len(name))


_ASSIGNMENT = lazy_re.compile(
    r"\b(?<!\.)(?P<name>[A-Za-z_]\w*\b)"
    r"(?=(?:\s?:\s?[&'\w ]{1,30})?\s{0,4}:?=(?![=>])(?P<value>[^;\n]{1,300}))"
)


TOKEN = lazy_re.compile(r"(?:\w{1,80}_)?AWS_SESSION_TOKEN", re.IGNORECASE)
