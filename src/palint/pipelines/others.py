"""CI systems that are searched for keys only: Travis CI, Drone, Woodpecker, Buildkite, TeamCity."""

from __future__ import annotations

from collections.abc import Iterator

from palint.aws.key_names import key_component
from palint.pipelines.ci_provider import CiProvider, PipelineKey
from palint.util import lazy_re

# `password("env.AWS_SECRET_ACCESS_KEY", "credentialsJSON:…")` of TeamCity's Kotlin DSL
_PARAMETER = lazy_re.compile(
    r"\b(?:param|password|text)\(\s*\"(?:env\.)?([\w.-]{1,80})\"\s*,\s*\"[^\"\n]{1,200}\""
)


def _in_teamcity(text: str) -> Iterator[list[PipelineKey]]:
    found = [
        PipelineKey(*match.span(), match[1], literal=False)
        for match in _PARAMETER.finditer(text)
        if key_component(match[1])
    ]
    if found:
        yield found


PROVIDERS = (
    CiProvider(  # https://docs.travis-ci.com/user/deployment/s3/
        "Travis CI", lazy_re.compile(r"(?:^|/)\.travis\.ya?ml$"), (".travis",), ""
    ),
    CiProvider(  # https://docs.drone.io/secret/repository/
        "Drone", lazy_re.compile(r"(?:^|/)\.drone\.ya?ml$"), (".drone",), ""
    ),
    CiProvider(  # https://woodpecker-ci.org/docs/usage/secrets
        "Woodpecker", lazy_re.compile(r"(?:^|/)\.woodpecker(?:/[^/]*)?\.ya?ml$"), (".woodpecker",), ""
    ),
    CiProvider(  # https://buildkite.com/docs/pipelines/security/oidc/aws
        "Buildkite", lazy_re.compile(r"(?:^|/)\.?buildkite/(?:.*/)?[^/]*\.ya?ml$"), ("buildkite/",),
        "plugins:\n  - aws-assume-role-with-web-identity#v1.0.0:\n"
        "      role-arn: arn:aws:iam::<account>:role/<role>",
    ),
    CiProvider(  # https://www.jetbrains.com/help/teamcity/kotlin-dsl.html
        "TeamCity", lazy_re.compile(r"(?:^|/)\.teamcity/(?:.*/)?[^/]*\.kts?$"), (".teamcity/",), "",
        find_keys=_in_teamcity,
    ),
)  # fmt: skip
