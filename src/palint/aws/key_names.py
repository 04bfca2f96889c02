"""Names of AWS access keys: a table of documented ones, and how to recognise others by their words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.aws.key_values import KEY_ID, is_key, listed
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class KeyName(NamedTuple):
    """Names of one kind that hold an AWS key. pattern: in any letter case. source: where they are documented.

    everywhere: whether programs use the name for nothing else, so that a reference counts in code, too.
    beside: what the names beside it must contain, where the name alone may be another cloud's; "": nothing.
    """

    pattern: str
    examples: tuple[str, ...]
    source: str
    everywhere: bool = False
    beside: str = ""


KEY_NAMES = (
    # Also with a prefix, a service or a stage: `PROD_AWS_ACCESS_KEY_ID`, `AWS_S3_SECRET_ACCESS_KEY`
    KeyName(
        r"(?:\w{1,80}_)?AWS_(?:\w{1,40}_)?(?:ACCESS_KEY(?:_ID)?|SECRET_(?:ACCESS_)?KEY)"
        r"(?:_(?:PROD(?:UCTION)?|STAG(?:E|ING)|DEV(?:ELOPMENT)?|TEST|QA|UAT|CI|\d{1,2}))?",
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "DJANGO_AWS_ACCESS_KEY_ID", "aws_secret_key"),
        "https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html",
    ),
    KeyName(
        r"AWS_SES_SMTP_PASSWORD", ("AWS_SES_SMTP_PASSWORD",),
        "https://docs.aws.amazon.com/ses/latest/dg/smtp-credentials.html",
    ),
    KeyName(
        r"aws\.(?:accessKeyId|secretKey|secretAccessKey)", ("aws.accessKeyId", "aws.secretAccessKey"),
        "https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/credentials-temporary.html",
        everywhere=True,
    ),
    KeyName(
        r"(?:[\w-]+\.){0,4}aws\.(?:credentials\.)?(?:access-?key(?:-?id)?|secret-?(?:access-?)?key)",
        ("spring.cloud.aws.credentials.access-key", "cloud.aws.credentials.secretKey"),
        "https://docs.awspring.io/spring-cloud-aws/docs/3.4.0/reference/html/index.html#credentials",
    ),
    KeyName(
        r"quarkus\.[\w.-]{1,60}\.credentials\.static-provider\.(?:access-key-id|secret-access-key)",
        ("quarkus.s3.aws.credentials.static-provider.access-key-id",),
        "https://docs.quarkiverse.io/quarkus-amazon-services/dev/amazon-s3.html", everywhere=True,
    ),
    KeyName(
        r"(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:bucket\.[\w-]{1,63}\.)?"
        r"(?:access\.key|secret\.key|awsAccessKeyId|awsSecretAccessKey)",
        ("fs.s3a.access.key", "spark.hadoop.fs.s3a.secret.key"),
        "https://hadoop.apache.org/docs/stable/hadoop-aws/tools/hadoop-aws/index.html", everywhere=True,
    ),
    KeyName(
        r"s3\.key(?:id)?", ("s3.keyid", "s3.key"),
        "https://docs.saltproject.io/en/latest/ref/modules/all/salt.modules.s3.html", beside="s3.keyid",
    ),
    KeyName(
        r"(?:accessKeyID|secretAccessKey)SecretRef", ("accessKeyIDSecretRef", "secretAccessKeySecretRef"),
        "https://external-secrets.io/latest/provider/aws-access/, "
        "https://cert-manager.io/docs/configuration/acme/dns01/route53/", beside="accessKeyID",
    ),
    KeyName(
        r"aws(?:AccessKey(?:Id)?|Secret(?:Access)?Key)", ("awsAccessKeyID", "AWSSecretKey"),
        "https://keda.sh/docs/latest/scalers/aws-sqs/",
    ),
    KeyName(
        r"aws:(?:accessKey|secretKey)", ("aws:accessKey", "aws:secretKey"),
        "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
    ),
)  # fmt: skip
NAME = lazy_re.compile("|".join(row.pattern for row in KEY_NAMES), re.I)

_WORDS = lazy_re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)\d*|\d+")

# Other vendors that issue access keys, mostly for storage with the S3 protocol: by part of a name, and by
# whole word. The last list applies only to a name without AWS.
_STORAGE = (
    r"cloudflare|minio|wasabi|backblaze|digitalocean|linode|akamai|scaleway|aliyun|alibaba|hetzner|exoscale"
    r"|vultr|tencent|yandex|garage|storj|tigris|supabase|selectel|contabo|idrive|filebase|huawei|volc|bunny"
    r"|dreamhost|seaweed(?:fs)?|rustfs|zenko|lakefs|openstack|nutanix"
)
_OTHER_VENDORS = lazy_re.compile(
    _STORAGE + r"|gradle|develocity|clearml|sauce|browserstack|lambdatest|percy|buildkite"
)
_STORAGE_PATH = lazy_re.compile(rf"(?:^|[/_.-])(?:{_STORAGE}|r2|b2|ceph)(?:[/_.-]|$)", re.I)
_OTHER_VENDOR_WORDS = listed("r2 b2 spaces scw yc ovh ceph bos ks3 lt")
_OTHER_VENDORS_WITHOUT_AWS = listed(
    "do oss oci oracle gs gcs gcp google azure ibm cos obs tos serverless unity swift"
)
_SERVICES = listed("aws amazon s3 ecr ecs eks ses sqs sns iam lambda dynamodb cloudfront route53 cdk")
# Words that mean another kind of key: AWS_PRIVATE_KEY is an SSH key.
_OTHER_KEY_WORDS = listed(
    """private ssh pem kms pair public gpg arn role region bucket endpoint url manager alias file path
    enabled prefix count age version policy name rotation signing host"""
)
# Words that may be between those of a key: AWS_PROD_KEY.
_QUALIFIERS = listed(
    """prod production stage staging dev development test testing ci cd qa uat s3 user iam cdk ecr ecs ses
    lambda admin root master terraform tf cli bot github gh actions"""
)
# Not ASIA: the id of a temporary key.
_ID = lazy_re.compile(rf"(?<![A-Za-z0-9])(?!ASIA){KEY_ID}(?![A-Za-z0-9])")
_SECRET = lazy_re.compile(r"(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+=])")
# The name that a value is assigned to: `export NAME=`, `NAME: "`, `set NAME `, `-var name=`, `["NAME"] = "`.
_ASSIGNED = lazy_re.compile(r"""([A-Za-z_][\w.-]*)["']?\]?(?:\s*(?:[=:,]|<<<)\s*|\s+)["'\\]*$""")
_BEFORE_VALUE = "=: \t\"'\\"  # characters that may directly precede a value
_ASSIGNED_WITHIN = 120  # characters before a value in which its name is searched


def key_component(name: str) -> str:
    """The part of an AWS key that a name is for: "id", "secret", or "" for neither."""
    words = [word.lower() for word in _WORDS.findall(name)]
    found = set(words)
    if found & _OTHER_KEY_WORDS or is_of_another_service(name):
        return ""
    squeezed = "".join(words)
    if "secretaccesskey" in squeezed:
        return "secret"
    if "accesskeyid" in squeezed:
        return "id"
    if not found & _SERVICES:
        return ""
    spaced = " ".join(word for word in words if word not in _QUALIFIERS)
    if re.search(
        r"secret ?key|secret access|access secret|cred(?:ential)?s?\b|\b(?:aws|key) secret$", spaced
    ):
        return "secret"
    # palint: ignore[hardcoded-secret] ends of names
    if squeezed.endswith(("s3secret", "sessmtppassword")):
        return "secret"
    return "id" if re.search(r"access ?key|access id|\b(?:aws|amazon) (?:key|id)\b|key id$", spaced) else ""


KEY_PART = lazy_re.compile(
    r"(?<![A-Z0-9])(?:AWS_)?(?:SECRET_ACCESS_KEY|ACCESS_KEY_ID|ACCESS_KEY_SECRET|ACCESS_KEY|SECRET_KEY|ACCESS_ID|SECRET|KEY_ID|KEY|ID)"
    r"(?![A-Z])",
    re.I,
)


def role_variable(name: str) -> str:
    """The variable for the role that replaces a key: `AWS_ROLE_TO_ASSUME`, with what tells keys apart.

    name: of either part of the key, or a reference to it. `secrets.PROD_AWS_ACCESS_KEY_ID` gives
    `PROD_AWS_ROLE_TO_ASSUME`.
    """
    own = name.rpartition(".")[2].upper().replace("-", "_")
    found = KEY_PART.search(own)
    if found is None or not re.fullmatch(r"[A-Z_][A-Z0-9_]*", own):
        return "AWS_ROLE_TO_ASSUME"
    prefix, suffix = own[: found.start()].strip("_"), own[found.end() :].strip("_")
    prefix = prefix.removeprefix("AWS").removesuffix("AWS").strip("_")
    return "_".join(part for part in (prefix, "AWS_ROLE_TO_ASSUME", suffix) if part)


def is_of_another_service(name: str) -> bool:
    """Whether a name is for another vendor's key."""
    words = {word.lower() for word in _WORDS.findall(name)}
    if _OTHER_VENDORS.search(name.lower()) or words & _OTHER_VENDOR_WORDS:
        return True
    return bool(words & _OTHER_VENDORS_WITHOUT_AWS) and "aws" not in words


def is_of_other_storage(path: str) -> bool:
    """Whether a path (any case) names another vendor's storage: `volsync/minio/externalsecret.yaml`."""
    return _STORAGE_PATH.search(path) is not None


def before(text: str, start: int, at: int) -> str:
    """The text before an offset on its line, from `start` at most, cut to 120 characters."""
    return text[max(start, text.rfind("\n", 0, at) + 1, at - _ASSIGNED_WITHIN) : at]


def assigned(before: str) -> str | None:
    """The name that the value after `before` is assigned to; None if `before` is empty or only a quote."""
    if before[-1:] not in _BEFORE_VALUE:
        return ""
    found = _ASSIGNED.search(before)
    if found:
        return found[1]
    return None if not before.strip("\"' ") else ""


def literals(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start, end, name, part) of the literal keys in text[start:end]."""
    for found in _ID.finditer(text, start, end):
        if is_key(found[0]):
            yield found.start(), found.end(), "an access key id", "id"
    for found in _SECRET.finditer(text, start, end):
        name = assigned(before(text, start, found.start()))
        if name and key_component(name) == "secret" and is_key(found[0]):
            yield found.start(), found.end(), name, "secret"
