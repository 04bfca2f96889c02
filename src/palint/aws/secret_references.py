"""Find names of AWS Secrets Manager secrets over the text of any file: code, infrastructure, workflows."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from palint.aws.assignments import assignments
from palint.files import languages
from palint.languages import unparsed
from palint.languages.value import INTERPOLATION, Value
from palint.text.source import Ranges, SourceFile, matches_in
from palint.util import lazy_re

KEYWORDS = (
    "secret[-_]?id", r"create_?secret", r"get_secret_string\(", r"secret_?name", "aws_secretsmanager_secret",
    "AWS::SecretsManager::Secret", "resolve:secretsmanager:", "aws-secretsmanager-get-secrets",
    "aws-secretsmanager:", "reference/secretsmanager/", "objectName", "remoteRef", r"extract:",
)  # fmt: skip
_REACH = 1000  # code points: the longest match of `_FORMS`

_ARN = r"arn:[\w-]{1,20}:secretsmanager:[\w-]{0,30}:\d{0,12}:secret:"
_NAME = rf"(?P<name>(?:{_ARN})?[^\s\"'$;|&)(\\,{{}}<>`?:]{{1,300}})"
# After a parameter's name, up to its value
_GIVEN = r"[\"']?[\s\\]{0,20}(?:\(|=>|[:=](?!=))[\s(\\]{0,20}(?:(?![\w:.]*(?:get|env))[\w:.]{1,20}\()?"
# What is before a name of a secret, or has it as `name`, each with its keyword and groups of words: its file
# has the keyword, and one word of each group. `re` finds the start of a pattern fast if its case is known.
_FORMS = tuple(
    (KEYWORDS.index(keyword), tuple(map(str.split, words)), lazy_re.compile(pattern, re.I | re.M))
    for keyword, words, pattern in (
        # The SDKs: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html
        ("secret[-_]?id", (), rf"(?-i:SecretId)(?<!\w.{{8}}){_GIVEN}"),
        (
            "secret[-_]?id",
            ("secretsmanager getsecretvalue get_secret_value putsecretvalue put_secret_value",),
            rf"(?-i:[sS])(?=ecret)(?:(?<![\w-].)|(?<=(?<![\w-])with.))ecret_?id(?<!(?<!\w)(?-i:SecretId)){_GIVEN}",
        ),
        (r"create_?secret", (), rf"\bcreate_?secret\w{{0,20}}\([^;]{{0,300}}?\b(?-i:Name){_GIVEN}"),
        (r"get_secret_string\(", (), r"\bget_secret_string\(\s{0,20}"),
        # https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_secretsmanager.Secret.html
        (
            r"secret_?name", ("from_secret_name fromsecretname",),
            r"from_?secret_?name(?:_?v2)?\([^(),]{1,80},[^(),]{1,80},\s{0,20}",
        ),
        (
            r"secret_?name", ("secretsmanager", "cdk pulumi"),
            rf"Secret\w{{0,40}}\([^;]{{0,300}}?\bsecret_?name{_GIVEN}",
        ),
        # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/secretsmanager_secret
        (
            "aws_secretsmanager_secret", (),
            r"\"aws_secretsmanager_secret(?:_version)?\"\s{1,8}\"[^\"\n]{1,80}\"\s{0,8}\{(?:(?!\})[^\n]{0,300}\n){0,20}?"
            r"[ \t]{0,40}(?-i:name|name_prefix|arn|secret_id)[ \t]{0,60}=[ \t]{0,60}",
        ),
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-secretsmanager-secret.html
        (
            "AWS::SecretsManager::Secret", (),
            r"AWS::SecretsManager::Secret\b.{0,200}\n(?:.{0,200}\n){0,8}?[ \t]*[\"']?Name[\"']?:[ \t]*"
            r"(?:!Sub[ \t]+)?(?:(?=[\"'])|(?P<name>[^\s\"'!{}$#]{1,300})[ \t\r]*$)",
        ),
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
        (
            "resolve:secretsmanager:", (),
            r"\{\{resolve:secretsmanager:(?P<name>arn:(?:[^\s\"':{}$]{0,80}:){5}[^\s\"':{}$]{1,300}"
            r"|[^\s\"':{}$]{1,300})(?=[:}])",
        ),
        # https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/get-secret-value.html
        (
            "secret[-_]?id", ("secretsmanager", "--secret-id"),
            rf"secretsmanager\s[^\n|;]{{0,200}}?--secret-id[= \t]{{1,4}}[\"']?{_NAME}",
        ),
        # https://docs.awspring.io/spring-cloud-aws/docs/3.4.0/reference/html/index.html#spring-cloud-aws-secrets-manager
        ("aws-secretsmanager:", (), rf"(?<![\w/@-])aws-secretsmanager:{_NAME}"),
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
        ("reference/secretsmanager/", (), rf"/aws/reference/secretsmanager/{_NAME}"),
        # https://docs.aws.amazon.com/secrets-manager/latest/userguide/integrating_csi_driver_SecretProviderClass.html
        # `secretObjects` have the names of files under `objectName`, without a type
        (
            "objectName", ("secretsmanager",),
            rf"^[ \t-]{{0,40}}objectName:[ \t]{{1,4}}[\"']?{_NAME}[^\n]{{0,40}}\n"
            r"(?:[ \t]{1,60}\w[^\n]{0,100}\n){0,2}[ \t]{1,60}objectType:[ \t]{1,4}[\"']?secretsmanager",
        ),
        (
            "objectName", ("secretsmanager",),
            r"objectType:[ \t]{1,4}[\"']?secretsmanager[\"']?[ \t]{0,9}\r?\n"
            rf"[ \t]{{1,60}}objectName:[ \t]{{1,4}}[\"']?{_NAME}",
        ),
    )
)  # fmt: skip
# https://external-secrets.io/latest/provider/aws-secrets-manager/, whose store is named after it; a store of
# https://external-secrets.io/latest/provider/aws-parameter-store/ has paths
_AWS_STORE = lazy_re.compile(
    r"secretStoreRef:(?:(?!\bname:)[^\0]){0,120}\bname:[ \t]{1,4}[\"']?"
    r"(?![\w.-]{0,60}param)(?:[\w.-]{0,60}?aws|secrets-?manager)"
    r"|backendType:[ \t]{1,4}secretsManager",
    re.I,
)
_OF_STORE = lazy_re.compile(
    rf"(?:remoteRef|extract):\s{{0,4}}(?:\{{\s{{0,4}}|\n\s{{1,60}})key:[ \t]{{1,4}}[\"']?{_NAME}", re.I
)
# The entries of `secret-ids`, up to the next input or step
_SECRET_IDS = lazy_re.compile(
    r"aws-actions/aws-secretsmanager-get-secrets@[^\0]{0,400}?\bsecret-ids:"
    r"(?P<ids>[ \t]*[|>][^\n]*(?:\n(?:[ \t]+(?=\S)(?![\w-]+:\s|-[ \t])[^\n]*)?){0,60}|[^\n]*)"
)
# One of them: a name or ARN, optionally after an alias and a comma
_SECRET_ID = lazy_re.compile(
    r"^[ \t|>\"']*(?:\w[\w-]*[ \t]*,[ \t]*|,[ \t]*)?([^\s,#\"'{}\[|>+-][^\s,\"'{}\]]*)[ \t\r\"'}\]]*$", re.M
)
_EXPRESSION = lazy_re.compile(r"\$\{\{.{0,200}?\}\}")
# A string, the name of a value, and what adds another one to it
_STRING = lazy_re.compile(
    r"(?P<prefix>[rRbBuUfF$@]{0,2})(?P<quote>[\"'`])(?P<text>(?:(?!(?P=quote))[^\\\n]|\\[^\n]){0,2048})(?P=quote)"
)
_OTHER = lazy_re.compile(r"(?:self\.|this\.)?([A-Za-z_][\w.]{0,80})")
_PLUS = lazy_re.compile(r"\s{0,40}\+\s{0,40}|\s{1,40}(?=[\"'])")
_DEFAULT = lazy_re.compile(
    r"\s{0,60}(?:[\w.]{1,80}\s{0,20}(?:\|\||\?\?|\bor\b)\s{0,20})?"
)  # `NAME || "name"`
_OF_PARAMETER = lazy_re.compile(r"[\"'`]\s{0,20}[,)]")
_ONE_NAME = lazy_re.compile(r"[\"']{0,3}[\w/+=.@:{}-]*[\"']{0,3}")  # a string of Python that is no code
_INTERPOLATED = lazy_re.compile(r"[$#]?\{\{?[^{}\n]*\}?\}|%(?:\(\w+\))?[sd]")


def find(file: SourceFile) -> Iterator[Value]:
    """Every name of a secret in a file."""
    keywords = {match.keyword for match in file.keyword_matches} or range(len(KEYWORDS))
    return in_text(file.text, file.near(_REACH), keywords)


def is_quoted(file: SourceFile, at: int, end: int = 0) -> bool:
    """Whether an offset is in code that a Python program has as a string, no f-string or name to `end`."""
    if languages.find(file.path).id != "python":
        return False
    found = next((each for each in file.parsed_with(_strings) if each.start() <= at < each.end()), None)
    if found is None or found.end() - 1 == end or _ONE_NAME.fullmatch(found[0]):
        return False
    return file.text[max(0, found.start() - 2) : found.start()].strip("rR")[-1:] not in ("f", "F")


def _strings(file: SourceFile) -> list[re.Match[str]]:
    return list(unparsed.PYTHON_NO_CODE.finditer(file.text))


def in_text(text: str, near: Ranges, keywords: Container[int] = range(len(KEYWORDS))) -> Iterator[Value]:
    """Every name of a secret in a text with some of `KEYWORDS`. near: `_REACH` around their matches."""
    lower = text.lower()
    forms = [
        form
        for keyword, words, form in _FORMS
        if keyword in keywords and all(any(map(lower.__contains__, each)) for each in words)
    ]
    if "externalsecret" in lower and _AWS_STORE.search(text):
        forms.append(_OF_STORE)
    for form in forms:
        for match in matches_in(near, form, text):
            if unparsed.in_comment(text, match.start()):
                continue
            if not match.groupdict().get("name"):
                value = _value(text, match.end())
                if value is not None and "SecretKey" not in text[value.start - 100 : value.end + 100]:
                    prefix = "name_prefix" in match[0]
                    yield value._replace(text=value.text.rstrip("-/_")) if prefix else value
                continue
            start, end = match.span("name")
            is_part = text[end : end + 1] in ("$", "{")  # `--secret-id "api/$STAGE"`
            name = match["name"] + INTERPOLATION * is_part
            yield Value("template" if is_part else "text", name, start, end)
    for step in matches_in(near, _SECRET_IDS, text):
        masked = _EXPRESSION.sub(lambda found: INTERPOLATION * len(found[0]), step["ids"])
        for found in _SECRET_ID.finditer(masked):
            name = re.sub(INTERPOLATION + "+", INTERPOLATION, found[1])
            if not name.endswith("*"):  # a prefix
                kind = "template" if INTERPOLATION in name else "text"
                yield Value(kind, name, *(step.start("ids") + at for at in found.span(1)))


def _value(text: str, at: int, *, follow: bool = True) -> Value | None:
    """The string at an offset, or that of a name; what a sum computes is an interpolation."""
    spans: list[tuple[int, int]] = []
    name = ""
    while True:
        at = _DEFAULT.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        string = _STRING.match(text, at)
        other = None if string else _OTHER.match(text, at)
        if string is not None:
            spans.append(string.span("text"))
            name += _INTERPOLATED.sub(INTERPOLATION, string["text"])
        elif other is not None:
            spans.append(other.span())
            name += INTERPOLATION
        else:
            return None
        plus = _PLUS.match(text, (string or other).end())  # type: ignore[union-attr]  # one has matched
        if plus is None:
            break
        at = plus.end()
    if other is not None and len(spans) == 1:
        sets = assignments(text, other[1]) if follow else []
        value = _value(text, sets[0][0], follow=False) if len(sets) == 1 else None
        return None if value is None or _OF_PARAMETER.match(text, value.end) else value
    name = re.sub(INTERPOLATION + "+", INTERPOLATION, name)
    return Value("template" if INTERPOLATION in name else "text", name, spans[0][0], spans[-1][1])
