# ruff: noqa: E501 - texts of whole files
"""`workflow-access-key`: each way in which a long-lived AWS key enters, and what only looks like one."""

from __future__ import annotations

import pytest
from palint_rules.github_secret import GithubSecret
from palint_rules.workflow_access_key import WorkflowAccessKey

from palint.aws.key_names import key_component
from palint.findings import Finding
from palint.testing import apply_fixes, check, results_of, substitute

A = ".github/workflows/a.yml"
ACTION = ".github/actions/aws/action.yml"
JOB = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n"
STEPS = JOB + "    steps:\n"


def found(files: dict[str, str] | str) -> list[Finding]:
    return check(WorkflowAccessKey, {A: files} if isinstance(files, str) else files)


def run(*lines: str) -> str:
    return STEPS + "      - run: |\n" + "".join(f"          {line}\n" for line in lines)


def env(*entries: str) -> str:
    return STEPS + "      - run: make\n        env:\n" + "".join(f"          {entry}\n" for entry in entries)


def given(uses: str, *entries: str) -> str:
    return STEPS + f"      - uses: {uses}\n        with:\n" + "".join(f"          {e}\n" for e in entries)


def output(script: str) -> str:
    """A step that has the output of an earlier one as its key."""
    return STEPS + (
        f"      - {{id: login, run: {script}}}\n      - run: make\n        env:\n"
        "          AWS_ACCESS_KEY_ID: ${{ steps.login.outputs.key }}\n"
    )


CONFIGURE = "aws-actions/configure-aws-credentials@v4"
FORMS = {
    "input": given(CONFIGURE, "aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}"),
    "anchor": env("AWS_ACCESS_KEY_ID: &key ${{ secrets.RELEASE }}"),
    "tag": env("AWS_ACCESS_KEY_ID: !!str ${{ secrets.RELEASE }}"),
    "alias": env("OTHER: &key ${{ secrets.RELEASE }}", "AWS_ACCESS_KEY_ID: *key"),
    "folded": env("AWS_ACCESS_KEY_ID: >-", "  ${{", "  secrets.RELEASE", "  }}"),
    "container options": JOB
    + "    container: {image: a, options: '-e AWS_ACCESS_KEY_ID=${{ secrets.RELEASE }}'}\n",
    "service options": JOB + "    services: {a: {options: '-e AWS_ACCESS_KEY_ID=${{ secrets.RELEASE }}'}}\n",
    "os.environ": run("os.environ['AWS_ACCESS_KEY_ID'] = '${{ secrets.RELEASE }}'"),
    "setenv": run("os.putenv('AWS_ACCESS_KEY_ID', '${{ secrets.RELEASE }}')"),
    "odd secret": given(CONFIGURE, "aws-access-key-id: ${{ secrets.RELEASE_KEY_ID }}"),
    "lower case": given(CONFIGURE, "aws-access-key-id: ${{ secrets.aws_access_key_id }}"),
    "blank after the dot": given(CONFIGURE, "aws-access-key-id: ${{ secrets. RELEASE_KEY }}"),
    "index": given(CONFIGURE, "aws-access-key-id: ${{ secrets['RELEASE_KEY'] }}"),
    "computed index": given(CONFIGURE, "aws-access-key-id: ${{ secrets[matrix.key] }}"),
    "condition": given(CONFIGURE, "aws-access-key-id: ${{ !inputs.oidc && secrets.RELEASE || '' }}"),
    "format": given(CONFIGURE, "aws-access-key-id: ${{ format('{0}', secrets.RELEASE) }}"),
    "json": given(CONFIGURE, "aws-access-key-id: ${{ fromJSON(secrets.AWS).id }}"),
    "variable": given(CONFIGURE, "aws-access-key-id: ${{ vars.AWS_ACCESS_KEY_ID }}"),
    "quoted": given(CONFIGURE, 'aws-access-key-id: "${{ secrets.RELEASE }}"'),
    "no blanks": given(CONFIGURE, "aws-access-key-id: ${{secrets.RELEASE}}"),
    "another action": given("acme/s3-sync@v1", "awsAccessKeyId: ${{ secrets.K }}"),
    "another action's odd input": given("acme/s3-sync@v1", "username: ${{ secrets.AWS_ACCESS_KEY_ID }}"),
    "short input": given("acme/ecs@v1", "aws_key: ${{ secrets.K }}", "aws_secret: ${{ secrets.S }}"),
    "build argument": given(
        "docker/build-push-action@v6", "build-args: |", "  AWS_ACCESS_KEY_ID=${{ secrets.K }}"
    ),
    "script over ssh": given(
        "appleboy/ssh-action@v1", "script: |", "  export AWS_SECRET_ACCESS_KEY=${{ secrets.S }}"
    ),
    "step env": env("AWS_ACCESS_KEY_ID: ${{ secrets.K }}", "AWS_SECRET_ACCESS_KEY: ${{ secrets.S }}"),
    "cdk": env("AWS_CDK_KEY: ${{ secrets.AWS_CDK_KEY }}"),
    "terraform variable": env("TF_VAR_aws_secret_key: ${{ secrets.S }}"),
    "own name, AWS's secret": env("BOOTSTRAP_KEY: ${{ secrets.AWS_ACCESS_KEY_ID }}"),
    "job env": JOB + "    env: {AWS_ACCESS_KEY_ID: '${{ secrets.K }}'}\n    steps: []\n",
    "workflow env": "env:\n  AWS_SECRET_ACCESS_KEY: ${{ secrets.S }}\n" + JOB + "    steps: []\n",
    "container": JOB
    + "    container: {image: x, env: {AWS_ACCESS_KEY_ID: '${{ secrets.K }}'}}\n    steps: []\n",
    "service": JOB + "    services: {db: {env: {AWS_ACCESS_KEY_ID: '${{ secrets.K }}'}}}\n    steps: []\n",
    "called workflow": "on: push\njobs:\n  c:\n    uses: a/b/.github/workflows/c.yml@v1\n    secrets:\n"
    "      aws-access-key-id: ${{ secrets.K }}\n",
    "export": run("export AWS_ACCESS_KEY_ID=${{ secrets.K }}"),
    "configure": run("aws configure set aws_access_key_id ${{ secrets.K }} --profile x"),
    "heredoc": run("cat > ~/.aws/credentials <<EOF", "aws_secret_access_key = ${{ secrets.S }}", "EOF"),
    "flag": run("terraform apply -var='aws_access_key=${{ secrets.K }}'"),
    "docker": run('docker run -e AWS_ACCESS_KEY_ID="${{ secrets.K }}" x'),
    "json body": run("""echo '{"aws_access_key_id": "${{ secrets.K }}"}' > config.json"""),
    "all secrets": run("export AWS_ACCESS_KEY_ID=$(echo '${{ secrets.AWS_ACCESS_KEY }}' | base64 -d)"),
    "literal id": run("export X={aws_access_key_id}"),
    "literal input": given(CONFIGURE, "aws-access-key-id: {aws_access_key_id}"),
    "literal env": env("AWS_ACCESS_KEY_ID: {aws_access_key_id}"),
    "by way of a variable": STEPS + "      - run: export AWS_ACCESS_KEY_ID=$DEPLOY\n        env:\n"
    "          DEPLOY: ${{ secrets.DEPLOY }}\n",
    "by way of a variable in the same script": run(
        "DEPLOY=${{ secrets.DEPLOY }}", "export AWS_ACCESS_KEY_ID=$DEPLOY"
    ),
    "input of a called workflow": "on: push\njobs:\n  c:\n    uses: a/b/.github/workflows/c.yml@v1\n    with:\n"
    "      aws-access-key-id: ${{ vars.K }}\n",
    "workflow env, by its secret": "env:\n  BOOTSTRAP: ${{ secrets.AWS_ACCESS_KEY_ID }}\n"
    + JOB
    + "    steps: []\n",
    "ssh on the next line": run("deploy ${{ secrets.AWS_KEY }}", "ssh host"),
    "neutral id": given("acme/s3-sync@v1", "aws-secret: ${{ secrets.S }}", "user: ${{ secrets.U }}"),
    "a neutral name with the secret": given("acme/s3-sync@v1", "key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}"),
    "secrets of a call without a token": "on:\n  workflow_call:\n    secrets:\n      id: {required: true}\n"
    "      AWS_SESSION_TOKEN: {required: false}\n"
    + env("AWS_ACCESS_KEY_ID: ${{ secrets.id }}").partition("\n")[2],
    "by way of env": STEPS.replace("    steps", "    env:\n      DEPLOY: ${{ secrets.DEPLOY }}\n    steps")
    + "      - run: export AWS_ACCESS_KEY_ID=${{ env.DEPLOY }}\n",
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_is_reported_once(name: str) -> None:
    (finding,) = found(FORMS[name])
    assert finding.severity.label == "error"
    assert "sign in with OIDC" in finding.fix_hint


NONE = {
    "example id": env("AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE"),
    "test": env("AWS_ACCESS_KEY_ID: test", "AWS_SECRET_ACCESS_KEY: testing"),
    "minio": run("docker run -e AWS_ACCESS_KEY_ID=minioadmin -e AWS_SECRET_ACCESS_KEY=minioadmin x"),
    "cleared": run('aws_access_key_id = ""', "unset AWS_ACCESS_KEY_ID"),
    "null": env("AWS_ACCESS_KEY_ID:", "AWS_SECRET_ACCESS_KEY: ''"),
    "a step's output": given(CONFIGURE, "aws-access-key-id: ${{ steps.login.outputs.aws-access-key-id }}"),
    "another job's output": env("AWS_ACCESS_KEY_ID: ${{ needs.login.outputs.id }}"),
    "read again": env("MY_AWS_ACCESS_KEY_ID: ${{ env.AWS_ACCESS_KEY_ID }}"),
    "ssh key": given("appleboy/ssh-action@v1", "key: ${{ secrets.AWS_PRIVATE_KEY }}"),
    "ssh key by another name": given("appleboy/ssh-action@v1", "key: ${{ secrets.AWS_KEY }}"),
    "pem": run('echo "${{ secrets.AWS_KEY }}" > key.pem'),
    "role": given(CONFIGURE, "role-to-assume: ${{ secrets.AWS_ROLE }}"),
    "region": env("AWS_REGION: ${{ secrets.AWS_REGION }}", "AWS_ACCOUNT_ID: ${{ secrets.AWS_ACCOUNT_ID }}"),
    "kms": env("AWS_KMS_KEY_ID: ${{ secrets.AWS_KMS_KEY_ID }}"),
    "secret's name": env("AWS_SECRET_NAME: ${{ vars.AWS_SECRET_NAME }}"),
    "comparison": env("HAS_KEY: ${{ secrets.AWS_ACCESS_KEY_ID != '' }}"),
    "mask": run('echo "::add-mask::${{ secrets.AWS_ACCESS_KEY_ID }}"'),
    "comment in a script": run("# export AWS_ACCESS_KEY_ID=${{ secrets.K }}", "make"),
    "comment": STEPS + "      # env: AWS_ACCESS_KEY_ID: ${{ secrets.K }}\n      - run: make\n",
    "r2": env("AWS_ACCESS_KEY_ID: ${{ secrets.R2_ACCESS_KEY_ID }}"),
    "gradle": env("GRADLE_ENTERPRISE_ACCESS_KEY: ${{ secrets.GRADLE_ENTERPRISE_SECRET_ACCESS_KEY }}"),
    "serverless": env("SERVERLESS_ACCESS_KEY: ${{ secrets.SERVERLESS_ACCESS_KEY_DEV }}"),
    "django": env("SECRET_KEY: ${{ secrets.SECRET_KEY }}"),
    "declared": "on:\n  workflow_call:\n    secrets:\n      AWS_ACCESS_KEY_ID: {required: true}\njobs: {}\n",
    "from sts": run(
        "creds=$(aws sts assume-role --role-arn x)", 'echo "AWS_ACCESS_KEY_ID=$(jq -r .a <<< $creds)"'
    ),
    "a step's outcome": env("AWS_ACCESS_KEY_ID: ${{ steps.login.outcome }}").replace(
        "- run", "- id: login\n        run"
    ),
    "a key that is deleted again": output("aws iam create-access-key")
    + "      - run: aws iam delete-access-key\n",
    "output of a step that assumes a role": output("aws sts assume-role --role-arn x"),
    "ssh key by its input": given("acme/copy@v1", "ssh-key: ${{ secrets.AWS_KEY }}"),
    "Docker Hub": given(
        "docker/login-action@v3", "username: ${{ vars.NAME }}", "password: ${{ secrets.TOKEN }}"
    ),
    "container options": JOB
    + "    container: {image: a, options: '--cpus ${{ vars.CPUS }}'}\n    steps: []\n",
    "secrets of a call with a token": "on:\n  workflow_call:\n    secrets:\n      id: {required: true}\n"
    "      AWS_SESSION_TOKEN: {required: true}\n"
    + env("AWS_ACCESS_KEY_ID: ${{ secrets.id }}").partition("\n")[2],
    "odd": STEPS + "      - {run: [1], env: 5, with: [x]}\n",
}


@pytest.mark.parametrize("name", NONE)
def test_other_values_are_not_keys(name: str) -> None:
    assert found(NONE[name]) == []


@pytest.mark.parametrize(
    "text",
    [
        env("AWS_ACCESS_KEY_ID: ${{ secrets.K }}", "AWS_ENDPOINT_URL: https://s3.example.org"),
        "on:\n  workflow_dispatch:\n    inputs:\n      aws-key: {required: true}\n"
        + given(CONFIGURE, "aws-access-key-id: ${{ inputs.aws-key }}").partition("\n")[2],
        output("make key"),
        output("aws iam create-access-key"),
    ],
)
def test_a_key_that_may_not_be_aws_is_a_warning(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity.label == "warning"


def test_an_endpoint_of_aws_changes_nothing() -> None:
    text = env("AWS_ACCESS_KEY_ID: ${{ secrets.K }}", "S3_ENDPOINT: https://s3.eu-west-2.amazonaws.com")
    assert found(text)[0].severity.label == "error"


@pytest.mark.parametrize(
    "other",
    ['AWS_ENDPOINT_URL: ""', "AWS_ENDPOINT_URL: ${{ '' }}", "# AWS_ENDPOINT_URL: http://minio:9000",
     'NOTE: "the endpoint is slow"', "X: 1 # an endpoint: http://minio:9000"],
)  # fmt: skip
def test_an_endpoint_in_a_comment_or_of_nothing_changes_nothing(other: str) -> None:
    (finding,) = found(env("AWS_ACCESS_KEY_ID: ${{ secrets.K }}", other, "Y: 1"))
    assert finding.severity.label == "error"


def test_companions_are_related() -> None:
    text = given(
        CONFIGURE, *(f"aws-{part}: ${{{{ secrets.X }}}}" for part in ("access-key-id", "secret-access-key"))
    )
    (finding,) = found(text)
    assert [r.span.start.line for r in finding.related] == [finding.span.start.line + 1]


def test_a_local_action_that_passes_its_input_on() -> None:
    action = (
        "inputs: {key: {}}\nruns:\n  using: composite\n  steps:\n"
        "    - uses: aws-actions/configure-aws-credentials@v4\n      with:\n"
        "        aws-access-key-id: ${{ inputs.key }}\n"
    )
    text = given("./.github/actions/aws", "key: ${{ secrets.DEPLOY }}")
    assert [f.span.path for f in found({A: text, ACTION: action})] == [A]
    assert found({A: text}) == []


def test_a_key_in_an_action() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - run: x\n      env:\n"
    action += "        AWS_ACCESS_KEY_ID: {aws_access_key_id}\n"
    (finding,) = found({ACTION: action})
    assert finding.value_ranges and substitute("{aws_access_key_id}") not in repr(finding.message)
    output = action.replace("{aws_access_key_id}", "${{ steps.login.outputs.key }}")
    assert not found({ACTION: output})  # of no step before it
    assert len(found({ACTION: output.replace("steps:\n", "steps:\n    - {id: login, run: y}\n")})) == 1


def test_a_template_of_a_workflow_is_searched_as_text() -> None:
    path = "{{cookiecutter.x}}/.github/workflows/a.yml"
    text = "on: push\n{%- if x %}\nenv:\n  AWS_ACCESS_KEY_ID: ${{ secrets.K }}\n{%- endif %}\n"
    results = results_of(WorkflowAccessKey, {path: text})
    assert [f.span.start.line for f in results.findings] == [4]
    assert [n.kind for n in results.notices] == ["parse-fallback"]


@pytest.mark.parametrize(("between", "lines"), [("", [2]), ("\n" * 2, [2]), ("\n" * 3, [2, 6])])
def test_keys_on_near_lines_of_a_template_are_one_source(between: str, lines: list[int]) -> None:
    path = "{{cookiecutter.x}}/.github/workflows/a.yml"
    keys = ("  AWS_ACCESS_KEY_ID: ${{ secrets.K }}\n", "  AWS_SECRET_ACCESS_KEY: ${{ secrets.S }}\n")
    text = f"{{%- if x %}}\n{keys[0]}{between}{keys[1]}"
    assert [f.span.start.line for f in found({path: text})] == lines
    assert not found({path: "{%- if x %}\n"})


FIXED = [
    (
        [
            "aws-access-key-id: ${{ secrets.K }}",
            "aws-secret-access-key: ${{ secrets.S }} # old",
            "aws-region: x",
        ],
        ["role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}", "aws-region: x"],
    ),
    (
        [
            "aws-region: x # keep",
            "aws-access-key-id: ${{ secrets.K }}",
            "aws-session-token: ${{ secrets.T }}",
        ],
        ["aws-region: x # keep", "role-to-assume: ${{ vars.AWS_ROLE_TO_ASSUME }}"],
    ),
    (
        [
            "role-to-assume: r",
            "aws-access-key-id: ${{ secrets.K }}",
            "aws-secret-access-key: ${{ secrets.S }}",
        ],
        ["role-to-assume: r"],
    ),
]


@pytest.mark.parametrize(("before", "after"), FIXED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_fix_puts_a_role_in_the_place_of_the_key(before: list[str], after: list[str], end: str) -> None:
    old, new = given(CONFIGURE, *before), given(CONFIGURE, *after)
    permissions = "    permissions:\n      id-token: write\n      contents: read\n"
    new = new.replace("ubuntu-latest\n", "ubuntu-latest\n" + permissions)
    old, new = old.replace("\n", end), new.replace("\n", end)
    (finding,) = found(old)
    assert finding.fix is not None and not finding.fix.safe
    assert apply_fixes({A: old}, [finding])[A] == new
    assert found(new) == []


def test_the_fix_in_a_flow_map() -> None:
    keys = "aws-access-key-id: '${{ secrets.K }}', aws-secret-access-key: '${{ secrets.S }}'"
    step = f"      - {{uses: {CONFIGURE}, with: {{{keys}, aws-region: x}}}}\n"
    (finding,) = found(STEPS + step)
    new = apply_fixes({A: STEPS + step}, [finding])[A]
    assert 'with: {role-to-assume: "${{ vars.AWS_ROLE_TO_ASSUME }}", aws-region: x}' in new
    assert found(new) == []


def test_the_other_rule_leaves_the_key_to_this_one() -> None:
    text = env("AWS_ACCESS_KEY_ID: ${{ secrets.K }}", "TOKEN: ${{ secrets.T }}")
    assert ["`T`" in f.message for f in check(GithubSecret, {A: text})] == [True]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("AWS_ACCESS_KEY_ID", "id"), ("aws-secret-access-key", "secret"), ("awsAccessKeyId", "id"),
        ("AWSACCESSKEYID", "id"), ("PROD_AWS_KEY", "id"), ("AWS_PROD_SECRET", "secret"),
        ("S3_SECRET_KEY", "secret"), ("AWS_CREDENTIALS", "secret"), ("S3_KEY", ""), ("AWS_KEYNAME", ""),
        ("AWS_KEY_PAIR", ""), ("AWS_SECRET_ARN", ""), ("SAUCE_ACCESS_KEY", ""), ("R2_ACCESS_KEY_ID", ""),
        ("OSS_ACCESS_KEY_ID", ""), ("LAWS_KEY", ""), ("", ""),
    ],
)  # fmt: skip
def test_names(name: str, part: str) -> None:
    assert key_component(name) == part


def test_a_job_that_passes_keys_without_a_workflow_is_reported() -> None:
    secrets = "secrets: {AWS_SECRET_ACCESS_KEY: '${{ secrets.KEY }}'}"
    for uses, callee in (("uses: ./.github/workflows/b.yml", "`b.yml`"), ("runs-on: x", "a called workflow")):
        (key,) = found(f"on: push\njobs:\n  a:\n    {uses}\n    {secrets}\n")
        assert key.message.endswith(f"to {callee}")


def test_an_action_gets_no_fix_that_reads_a_variable() -> None:
    keys = "aws-access-key-id: '{aws_access_key_id}', aws-secret-access-key: '{aws_secret_access_key}'"
    step = f"uses: aws-actions/configure-aws-credentials@v5\n      with: {{{keys}, aws-region: eu-west-1}}\n"
    (key,) = found({ACTION: f"runs:\n  using: composite\n  steps:\n    - {step}"})
    assert key.fix is None
