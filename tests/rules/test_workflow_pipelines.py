"""`workflow-access-key` in the pipelines of other systems."""

from __future__ import annotations

import pytest
from palint_rules.workflow_access_key import WorkflowAccessKey

from palint import pipelines
from palint.testing import check

GITLAB, BITBUCKET, CIRCLE, AZURE = (
    ".gitlab-ci.yml",
    "bitbucket-pipelines.yml",
    ".circleci/config.yml",
    "azure-pipelines.yml",
)

FOUND = [
    (
        GITLAB,
        "variables:\n  AWS_ACCESS_KEY_ID: $PROD_KEY\n  AWS_SECRET_ACCESS_KEY: ${PROD_SECRET}\n",
        "id_tokens",
    ),
    (GITLAB, "variables:\n  AWS_ACCESS_KEY_ID: {aws_access_key_id}\n", "id_tokens"),
    (GITLAB, "variables:\n  AWS_ACCESS_KEY_ID:\n    value: $PROD_KEY\n    description: x\n", "id_tokens"),
    (GITLAB, "d:\n  script:\n    - aws configure set aws_access_key_id $KEY\n    - make\n", "id_tokens"),
    (GITLAB, "d:\n  script: |\n    export AWS_SECRET_ACCESS_KEY=$SECRET\n", "id_tokens"),
    (".gitlab-ci.yml", "x: &k $KEY\nd:\n  variables: {AWS_ACCESS_KEY_ID: *k}\n  script: x\n", "id_tokens"),
    ("ci/deploy.gitlab-ci.yml", "d:\n  script: export AWS_ACCESS_KEY_ID=$KEY\n", "id_tokens"),
    (
        BITBUCKET,
        "pipelines:\n  default:\n  - step:\n      script:\n      - pipe: atlassian/aws-s3-deploy:1.1.0\n"
        "        variables:\n          AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n",
        "oidc: true",
    ),
    (CIRCLE, "steps:\n- aws-cli/setup:\n    aws_access_key_id: AWS_ACCESS_KEY_PROD\n", "role_arn"),
    (CIRCLE, "environment:\n  AWS_ACCESS_KEY_ID: << parameters.key >>\n", "role_arn"),
    (AZURE, "steps:\n- script: x\n  env:\n    AWS_ACCESS_KEY_ID: $(aws.key)\n", "OIDC"),
]


@pytest.mark.parametrize(("path", "text", "way"), FOUND)
def test_static_keys_are_found_with_the_systems_way_to_oidc(path: str, text: str, way: str) -> None:
    (finding,) = check(WorkflowAccessKey, {path: text})
    assert finding.severity.label == "error" and way in finding.fix_hint


NONE = [
    (GITLAB, "variables:\n  AWS_ACCESS_KEY_ID: test\n  AWS_SECRET_ACCESS_KEY: AKIAIOSFODNN7EXAMPLE\n"),
    (GITLAB, "variables:\n  AWS_ACCESS_KEY_ID: ''\n  AWS_REGION: $REGION\n  R2_ACCESS_KEY_ID: $K\n"),
    (GITLAB, "d:\n  script:\n    - export AWS_ACCESS_KEY_ID=$(echo $STS | jq -r .Credentials.AccessKeyId)\n"),
    (GITLAB, "d:\n  script: |\n    aws sts assume-role --role-arn x > c\n    export AWS_ACCESS_KEY_ID=$A\n"),
    (GITLAB, "d:\n  script: |\n    # export AWS_ACCESS_KEY_ID=$A\n    make\n"),
    (GITLAB, ""),
    ("config.yml", "variables:\n  AWS_ACCESS_KEY_ID: $PROD_KEY\n"),
]


@pytest.mark.parametrize(("path", "text"), NONE)
def test_roles_and_other_values_are_not_static_keys(path: str, text: str) -> None:
    assert check(WorkflowAccessKey, {path: text}) == []


@pytest.mark.parametrize(
    "path", [GITLAB, BITBUCKET, CIRCLE, AZURE, ".gitlab/ci/x.yml", ".azuredevops/a.yaml"]
)
def test_paths(path: str) -> None:
    assert (
        pipelines.is_pipeline(path)
        and pipelines.is_pipeline(f"app/{path}")
        and not pipelines.is_pipeline(path + ".txt")
    )
