# ruff: noqa: E501 -- a line is a case
"""Roles, keys and .env files in the pipelines of other CI systems: near misses of what `held_back` finds."""

from __future__ import annotations

import time

import pytest

from palint import registry
from palint.pipelines import jenkins
from palint.testing import check

RULES = registry.load()
ID_TOKEN, KEY, LOADED = (
    RULES[name] for name in ("workflow-id-token", "workflow-access-key", "env-file-loaded")
)
WEB = "aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $T"
GITLAB, BITBUCKET, AZURE = ".gitlab-ci.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (GITLAB, f"d:\n  script:\n    - |\n      # {WEB}\n      make\n"),
        (GITLAB, "d:\n  script: echo $AWS_ROLE_ARN\n"),
        (GITLAB, f"d:\n  id_tokens: {{T: {{aud: x}}}}\n  script:\n    - !reference [.login, script]\n.login:\n  script: ['{WEB}']\n"),
        (GITLAB, f".never-used:\n  script: ['{WEB}']\n"),
        (GITLAB, "d:\n  variables:\n    AWS_WEB_IDENTITY_TOKEN_FILE: /var/run/secrets/eks.amazonaws.com/serviceaccount/token\n  script: make\n"),
        (
            BITBUCKET,
            "definitions:\n  steps:\n  - step: &deploy\n      name: Deploy\n      script:\n      - echo $BITBUCKET_STEP_OIDC_TOKEN > t\n"
            "pipelines:\n  default:\n  - step:\n      <<: *deploy\n      oidc: true\n",
        ),
        (AZURE, f"steps:\n- bash: T=$(az account get-access-token)\n- bash: {WEB}\n  env: {{T: $(System.AccessToken)}}\n"),
        (AZURE, "steps:\n- task: AWSShellScript@1\n  inputs: {awsCredentials: aws, inlineScript: aws s3 ls}\n"),
        (".circleci/config.yml", "jobs:\n  a:\n    steps:\n    - run: aws sts assume-role-with-web-identity --web-identity-token $CIRCLE_OIDC_TOKEN_V2\n"),
    ],
)  # fmt: skip
def test_a_role_with_a_token_is_not_reported(path: str, text: str) -> None:
    assert check(ID_TOKEN, {path: text}) == []


def test_each_job_that_uses_a_template_is_reported_at_its_own_key() -> None:
    text = (
        f".login:\n  before_script: ['{WEB}']\n"
        "a:\n  extends: .login\n  script: make\n"
        "b:\n  extends: .login\n  script: make\n  id_tokens: {T: {aud: x}}\n"
    )
    (finding,) = check(ID_TOKEN, {GITLAB: text})
    assert (finding.span.start.line, finding.severity.label) == (3, "error")
    assert "without `id_tokens`" in finding.message and "id_tokens:" in finding.fix_hint


def test_a_template_of_another_file_leaves_doubt() -> None:
    (finding,) = check(ID_TOKEN, {GITLAB: f"a:\n  extends: .elsewhere\n  script: ['{WEB}']\n"})
    assert finding.severity.label == "warning" and ".elsewhere" in finding.why


def test_a_role_that_stored_keys_sign_is_a_warning_that_says_so() -> None:
    (finding,) = check(ID_TOKEN, {GITLAB: "a:\n  script: aws sts assume-role --role-arn $R\n"})
    assert finding.severity.label == "warning" and "stored key" in finding.why


def test_azure_says_how_the_step_gets_the_token() -> None:
    text = "steps:\n- bash: curl -d '' $SYSTEM_OIDCREQUESTURI\n"
    (finding,) = check(ID_TOKEN, {AZURE: text})
    assert "SYSTEM_ACCESSTOKEN: $(System.AccessToken)" in finding.fix_hint


@pytest.mark.parametrize(
    "line",
    [
        "AWS_REGION = credentials('aws-region')",
        "AWS_ACCOUNT_ID = credentials('aws-account-id')",
        "GITHUB = credentials('github')",
        "withCredentials([string(credentialsId: 'npm', variable: 'NPM_TOKEN')]) { }",
        "withAWS(region: 'eu-west-1', role: 'deploy') { }",
        "echo \"see https://x/withAWS(credentials: 'a')\" // withAWS(credentials: 'b')",
        "/* withCredentials([aws(credentialsId: 'deploy')]) { } */",
    ],
)
def test_other_lines_of_a_jenkinsfile_are_not_keys(line: str) -> None:
    found = check(KEY, {"Jenkinsfile": f"node {{\n  {line}\n}}\n"})
    # A call inside a string is a call to this reader; what a comment holds is none.
    assert len(found) == line.startswith("echo")


def test_both_halves_in_a_jenkinsfile_are_one_finding_with_the_way_to_a_role() -> None:
    text = (
        "pipeline {\n  environment {\n    AWS_ACCESS_KEY_ID = credentials('id')\n    STAGE = 'x'\n"
        "    AWS_SECRET_ACCESS_KEY = credentials('secret')\n  }\n}\n"
    )
    (finding,) = check(KEY, {"Jenkinsfile": text})
    assert len(finding.related) == 1 and "withAWS(role:" in finding.fix_hint


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_a_command_in_quotes(quote: str) -> None:
    text = f"pipelines:\n  default:\n  - step:\n      script:\n      - {quote}cp .env.ci .env{quote}\n"
    assert len(check(LOADED, {BITBUCKET: text})) == 1
    job = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    step = f"      - run: {quote}cp .env.ci .env{quote}\n"
    assert len(check(LOADED, {".github/workflows/a.yml": job + step})) == 1


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize(
    ("rule", "command"),
    [
        ("infrastructure-secret", "aws ssm put-parameter --name /a/b --type SecureString --value $V"),
        (
            "kubernetes-secret",
            "kubectl create secret generic db --from-literal=password={aws_secret_access_key}",
        ),
        ("container-access-key", "docker run -e AWS_SECRET_ACCESS_KEY=$KEY app"),
    ],
)
def test_a_quoted_command_of_another_kind(rule: str, command: str, quote: str) -> None:
    text = f"tasks:\n  a:\n    cmds:\n      - {quote}{command}{quote} # now\n"
    assert len(check(RULES[rule], {"Taskfile.yml": text})) == 1


def test_a_shared_library_of_jenkins() -> None:
    text = "def call(Map p) {\n  withAWS(region: p.region, credentials: 'deploy') {\n    s3Upload(bucket: p.bucket)\n  }\n}\n"
    (finding,) = check(KEY, {"vars/uploadToS3.groovy": text})
    assert "`deploy`" in finding.message
    assert check(KEY, {"src/Other.groovy": text}) == []


@pytest.mark.parametrize(
    "step",
    ["sh 'cp .env.ci .env'", 'sh """\n  source .env\n"""', "sh(script: 'cat .env', returnStdout: true)"],
)
def test_a_dotenv_file_in_a_jenkinsfile(step: str) -> None:
    assert len(check(LOADED, {"Jenkinsfile": f"node {{\n  {step}\n}}\n"})) == 1
    assert check(LOADED, {"Jenkinsfile": f"node {{\n  // {step.splitlines()[0]}\n}}\n"}) == []


@pytest.mark.parametrize(
    "part", ["/* ", "'''", '"""', "\\'", "aws(", "withAWS(", "AWS = credentials('aws')\n", "A   = "]
)
def test_a_hostile_jenkinsfile_takes_linear_time(part: str) -> None:
    text = part * (100_000 // len(part))
    start = time.process_time()
    list(jenkins.find_keys(text))
    list(jenkins.scripts(text))
    assert time.process_time() - start < 3


TOKENS = [
    # what a pipeline has, and the severity of each role without a token
    (GITLAB, "d:\n  variables: {AWS_WEB_IDENTITY_TOKEN_FILE: }\n  script: make\n", []),
    (GITLAB, "d:\n  variables: {AWS_WEB_IDENTITY_TOKEN_FILE: /t}\n  script: make\n", ["error"]),
    (GITLAB, f"d:\n  script: \"aws sts assume-role-with-web-\\u0069dentity\" # {WEB}\n", ["error"]),
    (GITLAB, f"note: {WEB}\n", []),
    (GITLAB, f"d:\n  extends: [.a, .b]\n  script: ['{WEB}', !reference []]\n", ["warning"]),
    (BITBUCKET, f"pipelines:\n  default:\n  - step: {WEB}\n", []),
    (BITBUCKET, f"pipelines:\n  default:\n  - step: &a {{script: ['{WEB}'], name: \"b\\nc\"}}\n  - step: *a\n", ["error"]),
    (BITBUCKET, f"pipelines:\n  default:\n  - step:\n      <<: {{script: ['{WEB}']}}\n", ["error"]),
    (BITBUCKET, f"pipelines:\n  default:\n  - step:\n      <<: {{script: ['{WEB}']}}\n      oidc: true\n", []),
    (".circleci/config.yml", f"jobs:\n  a: {WEB}\n", []),
    (".circleci/config.yml", "jobs:\n  a: {steps: [{run: 'aws sts assume-role --role-arn $R'}]}\n", ["warning"]),
    (AZURE, f"steps:\n- bash: {WEB}\n", ["warning"]),
    (AZURE, f"steps:\n- bash: {WEB}\n- bash: x\n  env: {{T: $(System.AccessToken)}}\n", []),
    (AZURE, f"steps:\n- script: x\n  inputs:\n    script: {WEB}\n", ["warning"]),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), TOKENS)
def test_each_role_without_a_token_is_reported_once(path: str, text: str, expected: list[str]) -> None:
    assert [f.severity.label for f in check(ID_TOKEN, {path: text})] == expected


def test_the_first_of_two_roles_in_a_script_is_marked() -> None:
    (finding,) = check(ID_TOKEN, {GITLAB: f"d:\n  script: |\n    make\n    {WEB}\n    {WEB}\n"})
    assert finding.span.start.line == 4


JENKINS_KEY, GITLAB_KEY = "AWS_ACCESS_KEY_ID = credentials('a')\n", "    AWS_ACCESS_KEY_ID: $A\n"
KOTLIN = ".teamcity/settings.kts"
KEYS = [
    # keys in a pipeline, and how many findings they are
    ("Jenkinsfile", "environment {\n X = '{aws_access_key_id}'\n}\n", 1),
    ("Jenkinsfile", "withCredentials([aws(credentialsId: id)]) {}\n", 1),
    ("Jenkinsfile", JENKINS_KEY + JENKINS_KEY.replace("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), 1),
    ("Jenkinsfile", "{" + JENKINS_KEY + "}\n{" + JENKINS_KEY + "}\n", 2),
    ("Jenkinsfile", JENKINS_KEY + " " * 500 + JENKINS_KEY, 2),
    (GITLAB, "d:\n  variables:\n" + GITLAB_KEY + "    B: c\n" * 9 + "    AWS_SECRET_ACCESS_KEY: $B\n", 2),
    (GITLAB, "d:\n  variables:\n" + GITLAB_KEY + "    B: c\n    AWS_SECRET_ACCESS_KEY: $B\n", 1),
    (GITLAB, "d:\n  variables:\n" + GITLAB_KEY + "    B: c\n" * 3 + "    AWS_SECRET_ACCESS_KEY: $B\n", 1),
    (GITLAB, "d:\n  variables:\n" + GITLAB_KEY + "    B: c\n" * 4 + "    AWS_SECRET_ACCESS_KEY: $B\n", 2),
    (KOTLIN, 'params { password("env.AWS_SECRET_ACCESS_KEY", "credentialsJSON:1")\nparam("x", "y") }\n', 1),
    (KOTLIN, 'params { param("x", "AWS_SECRET_ACCESS_KEY") }\n', 0),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "expected"), KEYS)
def test_the_keys_of_one_place_are_one_finding(path: str, text: str, expected: int) -> None:
    assert len(check(KEY, {path: text})) == expected


def test_a_step_after_one_with_its_own_token_is_reported() -> None:
    step = "  - step:\n      script:\n      - echo $BITBUCKET_STEP_OIDC_TOKEN > t\n"
    text = f"pipelines:\n  default:\n{step}      oidc: true\n{step}{step}"
    assert [f.span.start.line for f in check(ID_TOKEN, {BITBUCKET: text})] == [9, 12]
