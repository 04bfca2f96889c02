"""CI systems other than GitHub: their files, how each signs in to AWS, and which jobs get no token."""

from __future__ import annotations

from collections.abc import Iterator

from palint.aws.key_names import key_component
from palint.pipelines import jenkins
from palint.pipelines.ci_provider import CiProvider, Job, PipelineKey, role_requests, token_pattern
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.languages.yaml import Node


# --- GitLab CI: https://docs.gitlab.com/ci/secrets/id_token_authentication/

_GITLAB_TOKEN = token_pattern(r"CI_JOB_JWT(?:_V[12])?")
_GITLAB_GLOBAL = frozenset((
    "default", "variables", "include", "stages", "workflow", "image", "services", "cache", "before_script",
    "after_script", "spec",
))  # fmt: skip


def _gitlab_jobs(document: Node, text: str) -> Iterator[Job]:
    """The jobs without `id_tokens`, including their templates (`extends`, `!reference`); then the rest."""
    default = document.get("default")
    if default is not None and default.get("id_tokens") is not None:
        return
    jobs = [
        (key, value)
        for key, value in document.items
        if value.kind == "map" and key.value not in _GITLAB_GLOBAL and not key.value.startswith(".")
    ]
    any_token = False
    for key, job in jobs:
        chain, unknown = _gitlab_templates(document, job)
        if any(each.get("id_tokens") is not None for each in chain):
            any_token = True
            continue
        requests = [request for each in chain for request in role_requests(each, text, _GITLAB_TOKEN)]
        doubt = f"`{unknown}`, which it extends, may set them" if unknown else ""
        subject = f"job `{key.value}`"
        yield Job(subject, key, job.end, requests, "without `id_tokens`", doubt)
    if not any_token:
        for name in ("variables", "before_script", "default"):
            node = document.get(name)
            if node is not None:
                requests = role_requests(node, text, _GITLAB_TOKEN)
                yield Job("this pipeline", node, node.end, requests, "without `id_tokens`")


def _gitlab_templates(document: Node, job: Node) -> tuple[list[Node], str]:
    """(a job with the templates that it uses in this file, a name that is not in this file)."""
    chain, unknown, todo = [job], "", [job]
    while todo:
        for name in _gitlab_names(todo.pop()):
            template = document.get(name)
            if template is None:
                unknown = unknown or name
            elif all(template is not each for each in chain):
                chain.append(template)
                todo.append(template)
    return chain, unknown


def _gitlab_names(job: Node) -> Iterator[str]:
    extends = job.get("extends")
    if extends is not None:
        for each in extends.elements or [extends]:
            yield each.value
    for node in job.walk():
        if node.tag == "!reference":
            yield from (each.value for each in node.elements[:1])


_GITLAB = CiProvider(  # https://docs.gitlab.com/ci/cloud_services/aws/
    "GitLab CI",
    paths=lazy_re.compile(r"(?:^|/)[^/]*\.gitlab-ci\.ya?ml$|(?:^|/)\.gitlab/(?:.*/)?[^/]*\.ya?ml$"),
    path_literals=(".gitlab",),
    oidc="id_tokens:\n  AWS_TOKEN:\n    aud: https://gitlab.com\n"
    "variables:\n  AWS_ROLE_ARN: arn:aws:iam::<account>:role/<role>\n"
    "  AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/aws-token\n"
    'before_script:\n  - echo "$AWS_TOKEN" > /tmp/aws-token',
    passes_token=_GITLAB_TOKEN,
    jobs_without_token=_gitlab_jobs,
)


# --- Bitbucket Pipelines

_BITBUCKET_TOKEN = token_pattern("BITBUCKET_STEP_OIDC_TOKEN")


def _bitbucket_steps(document: Node, text: str) -> Iterator[Job]:
    """The steps without `oidc: true`. A template is skipped if a step that merges it sets `oidc: true`."""
    steps = [
        (key, value)
        for node in document.walk()
        for key, value in node.items
        if key.value == "step" and value.kind == "map"
    ]
    with_token = [value for _, value in steps if value.text("oidc") == "true"]
    merged = {id(source) for value in with_token for source in _merged(value)}
    for key, step in steps:
        if step.text("oidc") == "true" or id(step) in merged or step.alias is not None:
            continue
        requests = [
            request
            for each in (step, *_merged(step))
            for request in role_requests(each, text, _BITBUCKET_TOKEN)
        ]
        name = step.text("name") or ""
        subject = f"step `{name}`" if name and "\n" not in name else "this step"
        yield Job(subject, key, step.end, requests, "without `oidc: true`")


def _merged(node: Node) -> Iterator[Node]:
    """The maps that merge keys insert."""
    for key, value in node.items:
        if key.value == "<<":
            for source in value.elements if value.kind == "seq" else (value,):
                yield source.alias or source


_BITBUCKET = CiProvider(  # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
    "Bitbucket Pipelines",
    paths=lazy_re.compile(r"(?:^|/)bitbucket-pipelines\.ya?ml$"),
    path_literals=("bitbucket-pipelines",),
    oidc="- step:\n    oidc: true\n    script:\n"
    "      - export AWS_ROLE_ARN=arn:aws:iam::<account>:role/<role>\n"
    "      - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/aws-token\n"
    "      - echo $BITBUCKET_STEP_OIDC_TOKEN > aws-token",
    passes_token=_BITBUCKET_TOKEN,
    jobs_without_token=_bitbucket_steps,
    recipes=(
        # https://support.atlassian.com/bitbucket-cloud/docs/deploy-on-aws-using-bitbucket-pipelines-openid-connect/
        (
            lazy_re.compile(r"\bpipe:[^\n]*\n\s*variables:\s*\n(?:[^\n]*\n)*[^\n]*\Z"),
            "- step:\n    oidc: true\n    script:\n      - pipe: <the same pipe>\n        variables:\n"
            "          AWS_OIDC_ROLE_ARN: arn:aws:iam::<account>:role/<role>",
        ),
    ),
)


# --- CircleCI gives every job a token: https://circleci.com/docs/openid-connect-tokens/

_CIRCLECI_TOKEN = token_pattern()


def _circleci_jobs(document: Node, text: str) -> Iterator[Job]:
    """The jobs and commands of a file that never uses the token available in each job."""
    if _CIRCLECI_TOKEN.search(text) or "CIRCLE_OIDC_TOKEN" in text or "role_arn" in text:
        return
    for group in ("jobs", "commands"):
        for key, value in document.under(group):
            requests = role_requests(value, text, _CIRCLECI_TOKEN)
            yield Job(f"job `{key.value}`", key, value.end, requests, "")


_CIRCLECI = CiProvider(  # https://circleci.com/docs/openid-connect-tokens/
    "CircleCI",
    paths=lazy_re.compile(r"(?:^|/)\.circleci/(?:.*/)?[^/]*\.ya?ml$"),
    path_literals=(".circleci",),
    oidc="orbs:\n  aws-cli: circleci/aws-cli@5\nsteps:\n  - aws-cli/setup:\n"
    "      role_arn: arn:aws:iam::<account>:role/<role>",
    passes_token=_CIRCLECI_TOKEN,
    jobs_without_token=_circleci_jobs,
    recipes=(
        # https://circleci.com/developer/orbs/orb/circleci/aws-ecr
        (
            lazy_re.compile(r"\baws-ecr/[\w-]+:\s*\n(?:[^\n]*\n)*[^\n]*\Z"),
            "- aws-ecr/build_and_push_image:\n    auth:\n      - aws-cli/setup:\n"
            "          role_arn: arn:aws:iam::<account>:role/<role>",
        ),
    ),
)


# --- Azure Pipelines:
# https://learn.microsoft.com/azure/devops/pipelines/build/variables#systemaccesstoken

_AZURE_TOKEN = token_pattern("SYSTEM_OIDCREQUESTURI")
_AZURE_VARIABLES = ("System.AccessToken", "addSpnToEnvironment")
_AZURE_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_PASS_TOKEN = "pass the token to the step:\n    env:\n      SYSTEM_ACCESSTOKEN: $(System.AccessToken)"


def _azure_steps(document: Node, text: str) -> Iterator[Job]:
    """The steps that request a token, or use one, without `System.AccessToken`."""
    in_file = any(word in text for word in _AZURE_VARIABLES)
    for node in document.walk():
        if not any(node.get(name) is not None for name in _AZURE_SCRIPTS):
            continue
        step = text[node.start : node.end]
        if any(word in step for word in _AZURE_VARIABLES):
            continue
        asks = "SYSTEM_OIDCREQUESTURI" in step
        requests = [r for r in role_requests(node, text, _AZURE_TOKEN) if asks or not in_file]
        doubt = "" if asks else "an earlier step may have set the token"
        yield Job("this step", node, node.end, requests, "without `System.AccessToken`", doubt, _PASS_TOKEN)


_AZURE = CiProvider(  # https://docs.aws.amazon.com/vsts/latest/userguide/awsshell.html
    "Azure Pipelines",
    paths=lazy_re.compile(
        r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.(?:azure-pipelines|azuredevops)/.*\.ya?ml$"
    ),
    path_literals=("azure-pipelines", "azuredevops"),
    oidc="- task: AWSShellScript@1\n  inputs:\n    awsCredentials: <service connection with Use OIDC>\n"
    "    regionName: <region>\n    scriptType: inline\n    inlineScript: |\n      <the script that uses AWS>",
    passes_token=_AZURE_TOKEN,
    jobs_without_token=_azure_steps,
)


# --- Systems that are searched for keys only

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


_OTHERS = (
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


PROVIDERS = (_GITLAB, _BITBUCKET, _CIRCLECI, _AZURE, jenkins.PROVIDER, *_OTHERS)
