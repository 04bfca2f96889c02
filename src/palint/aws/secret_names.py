"""Check whether a secret's name follows `{service}/{environment}`, and suggest one that does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from palint.aws.secrets_manager import environment_of
from palint.languages.value import INTERPOLATION, Value
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_ARN = lazy_re.compile(r"arn:[^:]*:secretsmanager:[^:]*:(?P<account>[^:]*):secret:(?P<name>[^:]*)")
_SUFFIX = lazy_re.compile(r"-[A-Za-z0-9]{6}$")  # Secrets Manager adds it to every ARN
# Names that AWS services prescribe: MSK's, Directory Service's, and those of secrets they create (`rds!…`).
_PRESCRIBED = lazy_re.compile(r"AmazonMSK_|aws/|[a-z-]+!")
_NOT_A_NAME = lazy_re.compile(r"^\s*$|<[^<>]*>|^[^\w\0]+$|\s")


class NameProblem(NamedTuple):
    """A name that does not follow the standard.

    name: as written, interpolations as `INTERPOLATION`. environment_only: whether it has two parts and only
    the second, no configured environment, is wrong. suggestion: a correct name. account: of an ARN, else "".
    """

    name: str
    environment_only: bool
    suggestion: str
    account: str


def find_problem(value: Value, environments: Sequence[str], service: str, usual: str) -> NameProblem | None:
    """The problem of a name or ARN; None if it has none or this cannot be known.

    service, usual: the service and the environment to suggest if the name has none.
    """
    if value.kind not in ("text", "template") or _NOT_A_NAME.search(value.text):
        return None
    name, account = value.text, ""
    arn = _ARN.match(name)
    if arn is not None:
        name, account = arn["name"], arn["account"]
        if _SUFFIX.search(name) and _follows(_SUFFIX.sub("", name), environments):
            return None
    elif name.startswith("arn:"):
        return None
    if not name.strip(INTERPOLATION + "*") or _PRESCRIBED.match(name) or _follows(name, environments):
        return None
    if arn is not None:
        name = _SUFFIX.sub("", name)
    environment_only = name.count("/") == 1 and all(name.split("/"))
    return NameProblem(name, environment_only, _suggest(name, environments, service, usual), account)


def _follows(name: str, environments: Sequence[str]) -> bool:
    service, slash, environment = name.partition("/")
    return bool(service and slash) and (environment == INTERPOLATION or environment in environments)


def _suggest(name: str, environments: Sequence[str], service: str, usual: str) -> str:
    """A name made of the words of another: `prod/api/db` becomes `api-db/production`."""
    words = [word for word in re.split(r"[/_.-]", name) if word]
    found = [(word, environment_of(word, environments)) for word in words]
    environment = next((each for _, each in found if each), "")
    own = "-".join(word for word, each in found if not each and INTERPOLATION not in word)
    return f"{own or service}/{environment or usual}"
