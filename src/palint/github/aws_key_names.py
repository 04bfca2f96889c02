"""What is called like an AWS access key, and what such a name is given: in YAML, scripts and flags alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.util import lazy_re

_WORDS = lazy_re.compile(r"(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)\d*|\d+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Others that issue access keys, mostly for storage that speaks S3's protocol; by a name's part, and by whole
# words. The last list counts only where nothing says AWS.
_OTHERS = lazy_re.compile(
    r"cloudflare|minio|wasabi|backblaze|digitalocean|linode|akamai|scaleway|aliyun|alibaba|hetzner|exoscale"
    r"|vultr|tencent|yandex|garage|storj|tigris|supabase|selectel|contabo|idrive|filebase|huawei|volc|bunny"
    r"|dreamhost|gradle|develocity|sauce|browserstack|lambdatest|percy|buildkite|openstack|nutanix"
)
_OTHER_WORDS = _listed("r2 b2 spaces scw yc ovh ceph bos ks3 lt")
_OTHERS_WITHOUT_AWS = _listed("do oss oci oracle gcs gcp google azure ibm cos obs tos serverless unity")
_SERVICES = _listed("aws amazon s3 ecr ecs eks ses sqs sns iam lambda dynamodb cloudfront route53 cdk")
# Names that hold one of the words of a key and mean something else: AWS_PRIVATE_KEY is an SSH key.
_NO_KEYS = _listed(
    """private ssh pem kms pair public gpg arn role region bucket endpoint url manager alias file path
    enabled prefix count age version policy name rotation signing host"""
)
# Between the words of a key: AWS_PROD_KEY.
_BETWEEN = _listed(
    """prod production stage staging dev development test testing ci cd qa uat s3 user iam cdk ecr ecs ses
    lambda admin root master terraform tf cli bot github gh actions"""
)
_ID = lazy_re.compile(r"(?<![A-Za-z0-9])AKIA[A-Z2-7]{16}(?![A-Za-z0-9])")
_SECRET = lazy_re.compile(r"(?<![\w/+])[A-Za-z0-9/+]{40}(?![\w/+=])")
# What a value is given to: `export NAME=`, `NAME: "`, `configure set NAME `, `-var name=`, `"NAME": "`.
_ASSIGNED = lazy_re.compile(r"""([A-Za-z_][\w.-]*)["']?(?:\s*[=:]\s*|\s+)["'\\]*$""")
_BEFORE_VALUE = "=: \t\"'\\"  # what stands right before one; nothing does, too
_ASSIGNED_WITHIN = 120  # characters before a value in which its name is looked for


def key_component(name: str) -> str:
    """Whether a name is that of an AWS key: "id", "secret", or "" for neither."""
    words = [word.lower() for word in _WORDS.findall(name)]
    held = set(words)
    if held & _NO_KEYS or is_of_another_service(name):
        return ""
    squeezed = "".join(words)
    if "secretaccesskey" in squeezed or "accesskeysecret" in squeezed:
        return "secret"
    if "accesskeyid" in squeezed:
        return "id"
    if not (held & _SERVICES or squeezed.startswith("aws")):
        return ""
    spaced = " ".join(word for word in words if word not in _BETWEEN)
    if re.search(
        r"secret ?key|secret access|access secret|cred(?:ential)?s?\b|\b(?:aws|key) secret$", spaced
    ):
        return "secret"
    if squeezed.endswith("s3secret"):
        return "secret"
    return "id" if re.search(r"access ?key|access id|\b(?:aws|amazon) (?:key|id)\b|key id$", spaced) else ""


def is_of_another_service(name: str) -> bool:
    """Whether a name says that it belongs to another service than AWS."""
    words = {word.lower() for word in _WORDS.findall(name)}
    if _OTHERS.search(name.lower()) or words & _OTHER_WORDS:
        return True
    return bool(words & _OTHERS_WITHOUT_AWS) and "aws" not in words


def before(text: str, start: int, at: int) -> str:
    """What stands before an offset on its line, in the value that begins at `start`, within bounds."""
    return text[max(start, text.rfind("\n", 0, at) + 1, at - _ASSIGNED_WITHIN) : at]


def assigned(before: str) -> str | None:
    """The name that what follows is given to; None where nothing but a quote stands before it."""
    if before[-1:] not in _BEFORE_VALUE:
        return ""
    found = _ASSIGNED.search(before)
    if found:
        return found[1]
    return None if not before.strip("\"' ") else ""


def is_dummy_key(value: str) -> bool:
    """Whether a value is an example, what a test double takes, or a placeholder."""
    from palint.aws.key_values import is_dummy_key, is_example_key, is_placeholder  # only for a literal

    return is_example_key(value) or is_dummy_key(value) or is_placeholder(value)


def literals(text: str, start: int, end: int) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, name, part) of the literal keys in text[start:end]."""
    for found in _ID.finditer(text, start, end):
        if not is_dummy_key(found[0]):
            yield found.start(), found.end(), "an access key id", "id"
    for found in _SECRET.finditer(text, start, end):
        name = assigned(before(text, start, found.start()))
        if name and key_component(name) == "secret" and not is_dummy_key(found[0]):
            yield found.start(), found.end(), name, "secret"
