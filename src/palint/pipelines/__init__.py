"""Pipelines of CI systems other than GitHub: their files, and how each system signs in with OIDC."""

from __future__ import annotations

import re

from palint.files import FileFilter
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class CiProvider(NamedTuple):
    """A CI system. paths: the files that are its pipelines. oidc: what to write instead of a key.

    yaml: whether they are YAML.
    """

    name: str
    paths: re.Pattern[str]
    oidc: str
    yaml: bool = True


PROVIDERS = (
    CiProvider(  # https://docs.gitlab.com/ci/cloud_services/aws/
        "GitLab CI",
        lazy_re.compile(r"(?:^|/)[^/]*\.gitlab-ci\.ya?ml$|(?:^|/)\.gitlab/(?:.*/)?[^/]*\.ya?ml$"),
        "id_tokens:\n  AWS_TOKEN:\n    aud: https://gitlab.com\n"
        "variables:\n  AWS_ROLE_ARN: arn:aws:iam::<account>:role/<role>\n"
        "  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n"
        'before_script:\n  - echo "$AWS_TOKEN" > /tmp/aws-token',
    ),
    CiProvider(  # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
        "Bitbucket Pipelines",
        lazy_re.compile(r"(?:^|/)bitbucket-pipelines\.ya?ml$"),
        "- step:\n    oidc: true\n    script:\n"
        "      - export AWS_ROLE_ARN=arn:aws:iam::<account>:role/<role>\n"
        "      - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/aws-token\n"
        "      - echo $BITBUCKET_STEP_OIDC_TOKEN > aws-token",
    ),
    CiProvider(  # https://circleci.com/docs/openid-connect-tokens/
        "CircleCI",
        lazy_re.compile(r"(?:^|/)\.circleci/(?:.*/)?[^/]*\.ya?ml$"),
        "orbs:\n  aws-cli: circleci/aws-cli@5\nsteps:\n  - aws-cli/setup:\n"
        "      role_arn: arn:aws:iam::<account>:role/<role>",
    ),
    CiProvider(  # https://docs.aws.amazon.com/vsts/latest/userguide/awsshell.html
        "Azure Pipelines",
        lazy_re.compile(
            r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.(?:azure-pipelines|azuredevops)/.*\.ya?ml$"
        ),
        "- task: AWSShellScript@1\n  inputs:\n    awsCredentials: <service connection with Use OIDC>\n"
        "    regionName: eu-west-2",
    ),
    CiProvider(  # https://plugins.jenkins.io/pipeline-aws/#plugin-content-withaws
        "Jenkins",
        # And shared libraries: https://www.jenkins.io/doc/book/pipeline/shared-libraries/#directory-structure
        lazy_re.compile(r"(?:^|/)(?:[^/]*jenkinsfile[^/]*|vars/[^/]*\.groovy)$"),
        "withAWS(role: '<role>', roleAccount: '<account>', region: 'eu-west-2') {\n    …\n}\n"
        "// signed by the agent's own role, or by a token of the plugin oidc-provider",
        yaml=False,
    ),
)

PATH_LITERALS = (
    ".gitlab", "bitbucket-pipelines", ".circleci", "azure-pipelines", "azuredevops", "jenkinsfile",
    ".groovy",
)  # fmt: skip


def provider(path: str) -> CiProvider | None:
    """The CI system whose pipeline a path (any case) is."""
    lower = path.lower()
    if not any(literal in lower for literal in PATH_LITERALS):
        return None  # the patterns take 20 µs
    return next((known for known in PROVIDERS if known.paths.search(lower)), None)


def is_pipeline(path: str) -> bool:
    """Whether a path (any case) is a pipeline of one of these systems."""
    return provider(path) is not None


FILES = FileFilter(predicate=is_pipeline, path_literals=PATH_LITERALS)
