# ruff: noqa: E501  (a case is read as a whole, in few lines)
"""Cases for the stacks that people use, written before anyone saw what palint says about them.

Each is (subject, name, rule, files, expected). expected: the severities of the rule's findings in order, a
`~` before one where either severity will do, or `note` where a notice must name the text after it. The
result of the first run is in docs/real-input.md.
"""

from __future__ import annotations

from typing import NamedTuple

from palint.secrets.synthetic import generate

ID_TOKEN, KEY, SECRET, LOADED = (
    "workflow-id-token",
    "workflow-access-key",
    "github-secret",
    "env-file-loaded",
)
SLACK, CONTAINER, SDK, BOTO, HARDCODED = (
    "secret-to-slack",
    "container-access-key",
    "aws-sdk-access-key",
    "boto3-access-key",
    "hardcoded-secret",
)
A, B, C = (f".github/workflows/{name}.yml" for name in "abc")
GITLAB, BITBUCKET = ".gitlab-ci.yml", "bitbucket-pipelines.yml"
CIRCLE, AZURE, JENKINS = ".circleci/config.yml", "azure-pipelines.yml", "Jenkinsfile"

ASSUME = (
    "      - uses: aws-actions/configure-aws-credentials@v5\n        with:\n"
    "          role-to-assume: ${{ vars.DEPLOY_ROLE }}\n          aws-region: eu-west-1\n"
)
_RUNNER = "    runs-on: ubuntu-24.04\n"


def job(steps: str, permissions: str = "", name: str = "ship", on: str = "push") -> str:
    """A workflow of one job; steps at their own indentation."""
    granted = f"    permissions: {permissions}\n" if permissions else ""
    return f"on: {on}\njobs:\n  {name}:\n{_RUNNER}{granted}    steps:\n{steps}"


def run(command: str, indent: str = "          ") -> str:
    return "      - run: |\n" + "".join(f"{indent}{line}\n" for line in command.splitlines())


def reads(permissions: str = "{contents: read}", callee: str = B) -> str:
    return f"on: push\njobs:\n  call:\n    permissions: {permissions}\n    uses: ./{callee}\n"


NO = "{contents: read}"
YES = "{contents: read, id-token: write}"


class Case(NamedTuple):
    """One case. subject: the family it belongs to."""

    subject: str
    name: str
    rule: str
    files: dict[str, str]
    expected: tuple[str, ...]


def _uses(action: str, **inputs: str) -> str:
    given = "".join(f"          {key.replace('_', '-')}: {value}\n" for key, value in inputs.items())
    return f"      - uses: {action}\n" + (f"        with:\n{given}" if given else "")


VAULT = _uses("hashicorp/vault-action@v3", url="https://vault.example", token="${{ secrets.T }}").replace(
    "        with", "        id: vault\n        with"
)


def _parallel(step: str) -> str:
    inner = "".join(f"    {line}\n" for line in step.splitlines())
    return f"      - parallel:\n{inner}"


SECRET_STEP = "      - run: make\n        env: {TOKEN: '${{ secrets.PAYMENT_TOKEN }}'}\n"
KEYS = (
    "      - uses: aws-actions/configure-aws-credentials@v5\n        with:\n"
    "          aws-access-key-id: ${{ secrets.A }}\n          aws-secret-access-key: ${{ secrets.B }}\n"
    "          aws-region: eu-west-1\n"
)

PARALLEL = [
    ("a role", ID_TOKEN, {A: job(_parallel(ASSUME), NO)}, ("error",)),
    ("a key", KEY, {A: job(_parallel(KEYS))}, ("error",)),
    ("a GitHub secret", SECRET, {A: job(_parallel(SECRET_STEP))}, ("warning",)),
    ("a .env file", LOADED, {A: job(_parallel(run("set -a\n. ./.env\nset +a")))}, ("error",)),
    (
        "Slack",
        SLACK,
        {
            A: job(
                _parallel(
                    '      - run: |\n          curl -d "text=$DB_PASSWORD" https://slack.com/api/chat.postMessage\n'
                    "        env: {DB_PASSWORD: '${{ secrets.DB_PASSWORD }}'}\n"
                )
            )
        },
        ("~error",),
    ),
    (
        "an unknown step key",
        ID_TOKEN,
        {A: job("      - run: a\n        retries: 2\n      - run: b\n        retries: 2\n")},
        ("note retries",),
    ),
    (
        "an unknown job key",
        ID_TOKEN,
        {A: "on: push\njobs:\n  a:\n    runs-on: x\n    gpu: 1\n    steps: []\n"},
        ("note gpu",),
    ),
    (
        "keys that GitHub has",
        ID_TOKEN,
        {
            A: job(
                "      - run: a\n        background: true\n        id: x\n      - wait: x\n      - wait-all: true\n"
            )
        },
        (),
    ),
]

_ECHO = job("      - run: echo hello\n", YES, on="workflow_call")
CALLEES = [
    ("a callee that only prints", ID_TOKEN, {A: reads(), B: _ECHO}, ("error",)),
    (
        "at the callee's top level",
        ID_TOKEN,
        {
            A: reads("{}"),
            B: f"on: workflow_call\npermissions: {YES}\njobs:\n  t:\n{_RUNNER}    steps: [{{run: make}}]\n",
        },
        ("error", "warning"),  # no job of the callee uses what its top level grants
    ),
    ("write-all in the callee", ID_TOKEN, {A: reads(), B: _ECHO.replace(YES, "write-all")}, ("error",)),
    ("a caller with read-all", ID_TOKEN, {A: reads("read-all"), B: _ECHO}, ("error",)),
    ("a caller that grants it", ID_TOKEN, {A: reads(YES), B: _ECHO}, ()),
    (
        "through a third workflow",
        ID_TOKEN,
        {A: reads(callee=C), C: reads(YES).replace("push", "workflow_call"), B: _ECHO},
        ("error",),
    ),
    (
        "a caller without permissions",
        ID_TOKEN,
        {A: f"on: push\njobs:\n  call:\n    uses: ./{B}\n", B: _ECHO},
        ("warning",),
    ),
    (
        "a call that never runs",
        ID_TOKEN,
        {A: reads().replace("    uses", "    if: false\n    uses"), B: _ECHO},
        (),
    ),
]

_AZURE_LOGIN = {"client_id": "a", "tenant_id": "b", "subscription_id": "c"}
_NODE = _uses("actions/setup-node@v6", node_version="24", registry_url="https://registry.npmjs.org")
TOKENS = [
    ("azure/login", ID_TOKEN, {A: job(_uses("azure/login@v2", **_AZURE_LOGIN), NO)}, ("error",)),
    ("azure/login with a secret", ID_TOKEN, {A: job(_uses("azure/login@v2", creds="x"), NO)}, ()),
    (
        "Google Cloud",
        ID_TOKEN,
        {
            A: job(
                "      - uses: google-github-actions/auth@v3\n        with:\n"
                "          workload_identity_provider: projects/1/locations/global\n",
                NO,
            )
        },
        ("error",),
    ),
    (
        "Google Cloud with a key",
        ID_TOKEN,
        {
            A: job(
                "      - uses: google-github-actions/auth@v3\n        with:\n"
                "          credentials_json: '${{ secrets.G }}'\n",
                NO,
            )
        },
        (),
    ),
    ("PyPI", ID_TOKEN, {A: job(_uses("pypa/gh-action-pypi-publish@release/v1"), NO)}, ("error",)),
    ("PyPI with a token", ID_TOKEN, {A: job(_uses("pypa/gh-action-pypi-publish@v1", password="x"), NO)}, ()),
    (
        "an attestation",
        ID_TOKEN,
        {A: job(_uses("actions/attest-build-provenance@v3", subject_path="x"), NO)},
        ("error",),
    ),
    (
        "npm provenance",
        ID_TOKEN,
        {A: job(run("npm ci\nnpm publish --provenance --access public"), NO)},
        ("error",),
    ),
    ("npm trusted publishing", ID_TOKEN, {A: job(_NODE + run("npm publish"), NO)}, ("~error",)),
    (
        "npm with a token",
        ID_TOKEN,
        {A: job(_NODE + run("npm publish") + "        env: {NODE_AUTH_TOKEN: '${{ secrets.NPM }}'}\n", NO)},
        (),
    ),
    ("Pulumi", ID_TOKEN, {A: job(_uses("pulumi/auth-actions@v1", organization="acme"), NO)}, ("error",)),
    (
        "Vault",
        ID_TOKEN,
        {A: job(_uses("hashicorp/vault-action@v3", method="jwt", role="ci"), NO)},
        ("error",),
    ),
    (
        "JFrog",
        ID_TOKEN,
        {A: job(_uses("jfrog/setup-jfrog-cli@v4", oidc_provider_name="gh"), NO)},
        ("error",),
    ),
    ("cosign", ID_TOKEN, {A: job(run("cosign sign --yes $IMAGE@$DIGEST"), NO)}, ("error",)),
    (
        "SLSA's generator",
        ID_TOKEN,
        {
            A: "on: push\njobs:\n  provenance:\n    permissions: {actions: read, contents: write}\n    uses: "
            "slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2.1.0\n"
        },
        ("~error",),
    ),
    (
        "GitLab without id_tokens",
        ID_TOKEN,
        {
            GITLAB: "deploy:\n  script:\n    - aws sts assume-role-with-web-identity --role-arn $ROLE"
            " --web-identity-token $AWS_TOKEN --role-session-name ci\n    - aws s3 ls\n"
        },
        ("~error",),
    ),
    (
        "GitLab with id_tokens",
        ID_TOKEN,
        {
            GITLAB: "deploy:\n  id_tokens:\n    AWS_TOKEN: {aud: https://gitlab.com}\n  script:\n"
            "    - aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $AWS_TOKEN\n"
        },
        (),
    ),
    (
        "GitLab with a role's variables",
        ID_TOKEN,
        {
            GITLAB: "deploy:\n  variables:\n    AWS_ROLE_ARN: arn:aws:iam::111122223333:role/ci\n"
            "    AWS_WEB_IDENTITY_TOKEN_FILE: /tmp/token\n  script:\n    - aws s3 ls\n"
        },
        ("~error",),
    ),
    (
        "GitLab, id_tokens under default",
        ID_TOKEN,
        {
            GITLAB: "default:\n  id_tokens:\n    T: {aud: https://gitlab.com}\ndeploy:\n  script:\n"
            "    - aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $T\n"
        },
        (),
    ),
    (
        "GitLab, id_tokens through extends",
        ID_TOKEN,
        {
            GITLAB: ".aws:\n  id_tokens:\n    T: {aud: https://gitlab.com}\ndeploy:\n  extends: .aws\n  script:\n"
            "    - aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $T\n"
        },
        (),
    ),
    (
        "a Bitbucket pipe without oidc",
        ID_TOKEN,
        {
            BITBUCKET: "pipelines:\n  default:\n  - step:\n      script:\n"
            "      - pipe: atlassian/aws-ecs-deploy:1.6.0\n        variables:\n"
            "          AWS_OIDC_ROLE_ARN: arn:aws:iam::111122223333:role/ci\n"
        },
        ("~error",),
    ),
    (
        "a Bitbucket pipe with oidc",
        ID_TOKEN,
        {
            BITBUCKET: "pipelines:\n  default:\n  - step:\n      oidc: true\n      script:\n"
            "      - pipe: atlassian/aws-ecs-deploy:1.6.0\n        variables:\n"
            "          AWS_OIDC_ROLE_ARN: arn:aws:iam::111122223333:role/ci\n"
        },
        (),
    ),
    (
        "a Bitbucket script without oidc",
        ID_TOKEN,
        {
            BITBUCKET: "pipelines:\n  branches:\n    main:\n    - step:\n        script:\n"
            "        - export AWS_WEB_IDENTITY_TOKEN_FILE=$(pwd)/token\n"
            "        - export AWS_ROLE_ARN=arn:aws:iam::111122223333:role/ci\n"
            "        - echo $BITBUCKET_STEP_OIDC_TOKEN > $(pwd)/token\n"
        },
        ("~error",),
    ),
    (
        "CircleCI, a role taken with a stored key",
        ID_TOKEN,
        {
            CIRCLE: "version: 2.1\njobs:\n  a:\n    docker: [{image: cimg/base}]\n    steps:\n"
            "    - run: aws sts assume-role --role-arn $ROLE --role-session-name ci\n"
        },
        ("~warning",),
    ),
    (
        "CircleCI, the orb",
        ID_TOKEN,
        {
            CIRCLE: "version: 2.1\norbs: {aws-cli: circleci/aws-cli@5}\njobs:\n  a:\n    docker: [{image: cimg/base}]\n"
            "    steps:\n    - aws-cli/setup: {role_arn: $ROLE}\n"
        },
        (),
    ),
    (
        "Azure without the access token",
        ID_TOKEN,
        {
            AZURE: "steps:\n- bash: |\n    T=$(curl -H \"Authorization: Bearer $SYSTEM_ACCESSTOKEN\" -d '' "
            '"$SYSTEM_OIDCREQUESTURI?api-version=7.1")\n'
            "    aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $T\n"
        },
        ("~error",),
    ),
    (
        "Azure with the access token",
        ID_TOKEN,
        {
            AZURE: "steps:\n- bash: |\n    T=$(curl -H \"Authorization: Bearer $SYSTEM_ACCESSTOKEN\" -d '' "
            '"$SYSTEM_OIDCREQUESTURI?api-version=7.1")\n'
            "    aws sts assume-role-with-web-identity --role-arn $ROLE --web-identity-token $T\n"
            "  env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}\n"
        },
        (),
    ),
]

_TWO = (
    f"on: push\npermissions:\n  contents: read\n  id-token: write\njobs:\n  lint:\n{_RUNNER}"
    f"    steps: [{{run: make}}]\n  ship:\n{_RUNNER}    steps:\n{ASSUME}"
)
BROAD = [
    ("one of two jobs uses it", ID_TOKEN, {A: _TWO}, ("warning",)),
    ("no job uses it", ID_TOKEN, {A: _TWO.replace(ASSUME, "      - run: make\n")}, ("warning",)),
    ("the only job uses it", ID_TOKEN, {A: f"on: push\npermissions: {YES}\n" + job(ASSUME)[9:]}, ()),
    ("pull_request_target", ID_TOKEN, {A: job(ASSUME, YES, on="pull_request_target")}, ("warning",)),
    (
        "workflow_run",
        ID_TOKEN,
        {A: job(ASSUME, YES, on="{workflow_run: {workflows: [ci], types: [completed]}}")},
        ("warning",),
    ),
    (
        "issue_comment",
        ID_TOKEN,
        {A: job(ASSUME, YES, on="{issue_comment: {types: [created]}}")},
        ("warning",),
    ),
    ("a job of push", ID_TOKEN, {A: job(ASSUME, YES)}, ()),
]

ECR = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
_PIPELINE = "pipeline {\n  agent any\n"
STATIC = [
    (
        "docker/login-action at ECR",
        KEY,
        {
            A: job(
                _uses(
                    "docker/login-action@v3",
                    registry=ECR,
                    username="${{ secrets.U }}",
                    password="${{ secrets.P }}",
                )
            )
        },
        ("error",),
    ),
    (
        "docker login at ECR",
        KEY,
        {
            A: job(
                run(
                    f"echo ${{{{ secrets.P }}}} | docker login -u ${{{{ secrets.U }}}} --password-stdin {ECR}"
                )
            )
        },
        ("error",),
    ),
    (
        "docker login with the client",
        KEY,
        {A: job(run(f"aws ecr get-login-password | docker login -u AWS --password-stdin {ECR}"))},
        (),
    ),
    (
        "a key from Vault",
        KEY,
        {
            A: job(
                VAULT
                + run("aws s3 ls")
                + "        env:\n          AWS_ACCESS_KEY_ID: ${{ steps.vault.outputs.AWS_ACCESS_KEY }}\n"
                "          AWS_SECRET_ACCESS_KEY: ${{ steps.vault.outputs.AWS_SECRET_KEY }}\n"
            )
        },
        ("warning",),
    ),
    (
        "Set-AWSCredential",
        KEY,
        {
            A: job(
                "      - shell: pwsh\n        run: |\n          Set-AWSCredential -AccessKey ${{ secrets.K }} "
                "-SecretKey ${{ secrets.S }} -StoreAs default\n"
            )
        },
        ("error",),
    ),
    (
        "serverless config credentials",
        KEY,
        {
            A: job(
                run(
                    "npx serverless config credentials --provider aws --key ${{ secrets.K }} --secret ${{ secrets.S }}"
                )
            )
        },
        ("error",),
    ),
    (
        "terraform -var",
        KEY,
        {A: job(run('terraform plan -var "access_key=${{ secrets.K }}" -var "secret_key=${{ secrets.S }}"'))},
        ("warning",),  # nothing beside it names AWS
    ),
    (
        "a whole credentials file",
        KEY,
        {A: job(run('mkdir -p ~/.aws\necho "${{ secrets.AWS_FILE }}" > ~/.aws/credentials'))},
        ("error",),
    ),
    (
        "an id with a neutral name",
        KEY,
        {
            A: job(
                run("aws s3 ls") + "        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.ROBOT }}\n"
                "          AWS_SECRET_ACCESS_KEY: ${{ secrets.ROBOT_PW }}\n"
            )
        },
        ("error",),
    ),
    (
        "an alias of env",
        KEY,
        {
            A: job(
                "      - run: a\n        env: &keys\n          AWS_ACCESS_KEY_ID: ${{ secrets.K }}\n"
                "      - run: b\n        env: *keys\n"
            )
        },
        ("error",),
    ),
    (
        "Jenkins, environment",
        KEY,
        {
            JENKINS: _PIPELINE + "  environment {\n    AWS_ACCESS_KEY_ID     = credentials('aws-id')\n"
            "    AWS_SECRET_ACCESS_KEY = credentials('aws-secret')\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, one credential of two parts",
        KEY,
        {JENKINS: _PIPELINE + "  environment {\n    AWS = credentials('aws-key')\n  }\n}\n"},
        ("~error",),
    ),
    (
        "Jenkins, the AWS plugin's binding",
        KEY,
        {
            JENKINS: "node {\n  withCredentials([[$class: 'AmazonWebServicesCredentialsBinding',\n"
            "      credentialsId: 'deploy', accessKeyVariable: 'AWS_ACCESS_KEY_ID',\n"
            "      secretKeyVariable: 'AWS_SECRET_ACCESS_KEY']]) {\n    sh 'aws s3 ls'\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, aws(…)",
        KEY,
        {
            JENKINS: "node {\n  withCredentials([aws(credentialsId: 'deploy')]) {\n    sh 'aws s3 ls'\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, user and password",
        KEY,
        {
            "ci/Jenkinsfile.deploy": "node {\n  withCredentials([usernamePassword(credentialsId: 'x',\n"
            "      usernameVariable: 'AWS_ACCESS_KEY_ID', passwordVariable: 'AWS_SECRET_ACCESS_KEY')]) {\n"
            "    sh 'aws s3 ls'\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, two strings",
        KEY,
        {
            JENKINS: "node {\n  withCredentials([string(credentialsId: 'a', variable: 'AWS_ACCESS_KEY_ID'),\n"
            "                   string(credentialsId: 'b', variable: 'AWS_SECRET_ACCESS_KEY')]) {\n"
            "    sh 'aws s3 ls'\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, withAWS and a key",
        KEY,
        {
            JENKINS: "node {\n  withAWS(credentials: 'deploy', region: 'eu-west-1') {\n    sh 'aws s3 ls'\n  }\n}\n"
        },
        ("error",),
    ),
    (
        "Jenkins, withAWS and a role",
        KEY,
        {
            JENKINS: "node {\n  withAWS(role: 'deploy', roleAccount: '111122223333') {\n    sh 'aws s3 ls'\n  }\n}\n"
        },
        (),
    ),
    (
        "Jenkins, a comment",
        KEY,
        {
            JENKINS: _PIPELINE + "  environment {\n    // AWS_ACCESS_KEY_ID = credentials('aws-id')\n"
            "    /* AWS_SECRET_ACCESS_KEY = credentials('x') */\n    R = 'eu-west-1'\n  }\n}\n"
        },
        (),
    ),
    (
        "Jenkins, another credential",
        KEY,
        {JENKINS: _PIPELINE + "  environment {\n    HUB = credentials('docker-hub')\n  }\n}\n"},
        (),
    ),
]

_FETCH = _uses(
    "aws-actions/aws-secretsmanager-get-secrets@v2", secret_ids="|\n            DB_PASSWORD, api/production"
)
_GET = (
    "S=$(aws secretsmanager get-secret-value --secret-id api/production --query SecretString --output text)\n"
)
FETCHED = [
    ("into .env", LOADED, {A: job(_FETCH + run('echo "DB_PASSWORD=$DB_PASSWORD" >> .env'))}, ("error",)),
    (
        "the client's answer into .env",
        LOADED,
        {
            A: job(
                run(
                    "aws secretsmanager get-secret-value --secret-id a/b --query SecretString --output text > .env"
                )
            )
        },
        ("error",),
    ),
    (
        "unmasked into GITHUB_ENV",
        LOADED,
        {A: job(run(_GET + 'echo "KEY=$S" >> "$GITHUB_ENV"'))},
        ("~warning",),
    ),
    (
        "masked",
        LOADED,
        {A: job(run(_GET + 'echo "::add-mask::$S"\necho "KEY=$S" >> "$GITHUB_ENV"'))},
        (),
    ),
    (
        "curl to Slack",
        SLACK,
        {A: job(_FETCH + run('curl -d "{\\"text\\": \\"$DB_PASSWORD\\"}" "$SLACK_WEBHOOK_URL"'))},
        ("~error",),
    ),
    (
        "Slack's action",
        SLACK,
        {
            A: job(
                _FETCH
                + "      - uses: slackapi/slack-github-action@v2\n        with:\n          payload: |\n"
                '            {"text": "new password ${{ env.DB_PASSWORD }}"}\n'
            )
        },
        ("~error",),
    ),
    ("used by a program", LOADED, {A: job(_FETCH + run("make migrate"))}, ()),
]

DOTENV = [
    ("copied", LOADED, {A: job(run("cp .env.ci .env"))}, ("error",)),
    ("sourced", LOADED, {A: job(run("source .env && make"))}, ("error",)),
    ("docker run", LOADED, {A: job(run("docker run --rm --env-file prod.env app"))}, ("error",)),
    ("node", LOADED, {A: job(run("node --env-file-if-exists=.env server.js"))}, ("error",)),
    ("a heredoc", LOADED, {A: job(run("cat <<EOF > .env\nA=1\nEOF"))}, ("error",)),
    (
        "github-script",
        LOADED,
        {
            A: job(
                "      - uses: actions/github-script@v8\n        with:\n          script: |\n"
                "            require('fs').writeFileSync('.env', 'A=1')\n"
            )
        },
        ("error",),
    ),
    (
        "Python",
        LOADED,
        {
            A: job(
                "      - shell: python\n        run: |\n          with open('.env', 'w') as f:\n            f.write('A=1')\n"
            )
        },
        ("error",),
    ),
    ("GitLab", LOADED, {GITLAB: "a:\n  script:\n    - cp .env.ci .env\n    - make\n"}, ("error",)),
    (
        "Bitbucket",
        LOADED,
        {BITBUCKET: "pipelines:\n  default:\n  - step:\n      script:\n      - cp .env.ci .env\n"},
        ("error",),
    ),
    ("CircleCI", LOADED, {CIRCLE: "jobs:\n  a:\n    steps:\n    - run: cp .env.ci .env\n"}, ("error",)),
    ("Azure", LOADED, {AZURE: "steps:\n- script: cp .env.ci .env\n"}, ("error",)),
    ("Jenkins", LOADED, {JENKINS: "node {\n  sh 'cp .env.ci .env'\n}\n"}, ("error",)),
    ("only named", LOADED, {A: job(run('echo "there is no .env file here"\ngit status'))}, ()),
]


def _secret(name: str) -> dict[str, str]:
    return {A: job("      - run: make\n        env: {X: '${{ secrets." + name + " }}'}\n")}


_QUIET = (
    "AWS_ROLE_ARN_PROD", "STAGING_DEPLOY_ROLE_NAME", "PROD_AWS_ACCOUNT_ID", "AZURE_CLIENT_ID", "AZURE_TENANT_ID_DEV",
    "AZURE_SUBSCRIPTION_ID", "AWS_DEFAULT_REGION", "S3_BUCKET_NAME", "SSH_HOST", "EC2_SSH_PORT", "DEPLOY_USERNAME",
    "RELEASE_APP_ID",
)  # fmt: skip
VARIABLES = [
    *[(name, SECRET, _secret(name), ()) for name in _QUIET],
    ("an API key", SECRET, _secret("STRIPE_API_KEY"), ("warning",)),
    ("a password with a host in its name", SECRET, _secret("SSH_HOST_PASSWORD"), ("warning",)),
    (
        "one secret in three jobs",
        SECRET,
        {
            A: "on: push\njobs:\n"
            + "".join(f"  {n}:\n{_RUNNER}    steps:\n{SECRET_STEP}" for n in ("a", "b", "c"))
        },
        ("warning",),
    ),
    (
        "inherit to another repository",
        SECRET,
        {A: "on: push\njobs:\n  a:\n    uses: acme/flows/.github/workflows/x.yml@v1\n    secrets: inherit\n"},
        ("warning",),
    ),
    (
        "inherit to this one",
        SECRET,
        {A: f"on: push\njobs:\n  a:\n    uses: ./{B}\n    secrets: inherit\n", B: _ECHO},
        (),
    ),
]

_OFF = job(ASSUME, NO)
CONDITIONS = [
    ("if: false", ID_TOKEN, {A: _OFF.replace("    steps", "    if: false\n    steps")}, ()),
    ("if: ${{ false }}", ID_TOKEN, {A: _OFF.replace("    steps", "    if: ${{ false }}\n    steps")}, ()),
    (
        "two texts that differ",
        ID_TOKEN,
        {A: _OFF.replace("    steps", "    if: ${{ 'a' == 'b' }}\n    steps")},
        (),
    ),
    (
        "always false with &&",
        ID_TOKEN,
        {A: _OFF.replace("    steps", "    if: false && github.ref\n    steps")},
        (),
    ),
    (
        "a condition that may hold",
        ID_TOKEN,
        {A: _OFF.replace("    steps", "    if: github.actor\n    steps")},
        ("error",),
    ),
    (
        "a merge key",
        ID_TOKEN,
        {A: "on: push\nx-base: &base\n  runs-on: x\njobs:\n  a:\n    <<: *base\n    steps: [{run: make}]\n"},
        ("note merge keys",),
    ),
    (
        "keys in a job that never runs",
        KEY,
        {A: job(KEYS).replace("    steps", "    if: false\n    steps")},
        (),
    ),
]

ID, VALUE = "{aws_access_key_id}", "{aws_secret_access_key}"
OTHER_ID = generate("{BASE36:20}", "another form")
CODE = [
    (
        "Symfony's services.yaml",
        SDK,
        {
            "config/services.yaml": "services:\n  Aws\\S3\\S3Client:\n    arguments:\n    - region: eu-west-1\n"
            "      credentials:\n        key: '%env(AWS_KEY)%'\n        secret: '%env(AWS_SECRET)%'\n"
        },
        ("~error",),
    ),
    (
        "Symfony's parameters with a key",
        SDK,
        {
            "config/packages/aws.yaml": "aws:\n  version: latest\n  region: eu-west-1\n  credentials:\n"
            "    key: '" + ID + "'\n    secret: '" + VALUE + "'\n"
        },
        ("~error",),
    ),
    (
        "PHP",
        SDK,
        {
            "src/Files.php": "<?php\n$s3 = new S3Client(['credentials' => ['key' => getenv('AWS_KEY'),\n"
            "  'secret' => getenv('AWS_SECRET')], 'region' => 'eu-west-1']);\n"
        },
        ("~error",),
    ),
    (
        "Ruby",
        SDK,
        {
            "config/initializers/aws.rb": "Aws.config.update(credentials: Aws::Credentials.new(\n"
            "  ENV['AWS_ACCESS_KEY_ID'], ENV['AWS_SECRET_ACCESS_KEY']))\n"
        },
        ("~error",),
    ),
    (
        "fog",
        SDK,
        {
            "config/initializers/carrierwave.rb": "CarrierWave.configure do |config|\n  config.fog_credentials = {\n"
            "    provider: 'AWS',\n    aws_access_key_id: ENV['S3_KEY'],\n    aws_secret_access_key: ENV['S3_SECRET'],\n  }\nend\n"
        },
        ("~error",),
    ),
    (
        "C#",
        SDK,
        {
            "Startup.cs": 'var c = new BasicAWSCredentials(config["AWS:AccessKey"], config["AWS:SecretKey"]);\n'
        },
        ("~error",),
    ),
    (
        "Kotlin",
        SDK,
        {
            "S3.kt": "val s3 = S3Client { credentialsProvider = StaticCredentialsProvider {\n"
            '  accessKeyId = System.getenv("K")\n  secretAccessKey = System.getenv("S") } }\n'
        },
        ("~error",),
    ),
    (
        "Rust",
        SDK,
        {
            "src/main.rs": 'let c = aws_sdk_s3::config::Credentials::new(\n    env::var("K").unwrap(), env::var("S").unwrap(), None, None, "env");\n'
        },
        ("~error",),
    ),
    (
        "Spring Cloud AWS",
        SDK,
        {
            "src/main/resources/application.yml": "spring:\n  cloud:\n    aws:\n      credentials:\n"
            "        access-key: ${AWS_ACCESS_KEY_ID}\n        secret-key: ${AWS_SECRET_ACCESS_KEY}\n"
        },
        ("~error",),
    ),
    (
        "boto3 through a function",
        BOTO,
        {
            "s3.py": "import os, boto3\n\ndef keys():\n    return {'aws_access_key_id': os.environ['K'],\n"
            "            'aws_secret_access_key': os.environ['S']}\n\nclient = boto3.client('s3', **keys())\n"
        },
        ("~error",),
    ),
    (
        "an id that does not begin with AKIA",
        BOTO,
        {
            "s3.py": "import boto3\nboto3.client('s3', aws_access_key_id='"
            + OTHER_ID
            + "', aws_secret_access_key='"
            + VALUE
            + "')\n"
        },
        ("error",),
    ),
    (
        "docker run -e NAME=value",
        CONTAINER,
        {"run.sh": "docker run -e AWS_SECRET_ACCESS_KEY=$KEY -p 80:80 app\n"},
        ("~error",),
    ),
    (
        "docker run -e NAME",
        CONTAINER,
        {"Makefile": "up:\n\tdocker run --rm -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY app\n"},
        ("~error",),
    ),
    (
        "docker run --env in CI",
        KEY,
        {A: job(run("docker run --env AWS_SECRET_ACCESS_KEY=${{ secrets.X }} app"))},
        ("error",),
    ),
    (
        "docker build --build-arg",
        CONTAINER,
        {"build.sh": "docker build --build-arg AWS_SECRET_ACCESS_KEY=$KEY .\n"},
        ("~error",),
    ),
    (
        "docker run with a profile",
        CONTAINER,
        {"run.sh": "docker run -e AWS_PROFILE -v ~/.aws:/home/app/.aws:ro app\n"},
        (),
    ),
    (
        "a Compose extension",
        CONTAINER,
        {
            "compose.yaml": "x-env: &env\n  AWS_SECRET_ACCESS_KEY: ${KEY}\nservices:\n  a:\n    environment:\n      <<: *env\n"
        },
        ("~error",),
    ),
    (
        "a ConfigMap",
        CONTAINER,
        {"map.yaml": "apiVersion: v1\nkind: ConfigMap\ndata:\n  AWS_SECRET_ACCESS_KEY: " + VALUE + "\n"},
        ("error",),
    ),
    (
        "a pod's arguments",
        CONTAINER,
        {
            "pod.yaml": "kind: Pod\nspec:\n  containers:\n  - name: a\n    args: ['--env', 'AWS_SECRET_ACCESS_KEY="
            + VALUE
            + "']\n"
        },
        ("error",),
    ),
    (
        "an id whose form is not AWS's",
        CONTAINER,
        {"compose.yaml": "services:\n  a:\n    environment:\n      AWS_ACCESS_KEY_ID: " + OTHER_ID + "\n"},
        ("error",),
    ),
]

ENV_FILE, INFRASTRUCTURE, KUBERNETES, NAME = (
    "env-file",
    "infrastructure-secret",
    "kubernetes-secret",
    "secret-name",
)
_PLAIN = "A=1\nDB_PASSWORD=x\n"
LOADERS = [
    ("NestJS", LOADED, {"a.ts": "import { ConfigModule } from '@nestjs/config';\nConfigModule.forRoot({ envFilePath: ['.env.local'] });\n"}, ("error",)),
    ("NestJS without files", LOADED, {"a.ts": "import { ConfigModule } from '@nestjs/config';\nConfigModule.forRoot({ ignoreEnvFile: true });\n"}, ()),
    ("godotenv", LOADED, {"main.go": 'package main\n\nimport "github.com/joho/godotenv"\n\nfunc main() { _ = godotenv.Load() }\n'}, ("error",)),
    ("viper", LOADED, {"main.go": 'package main\n\nimport "github.com/spf13/viper"\n\nfunc main() { viper.SetConfigFile(".env") }\n'}, ("error",)),
    ("Symfony", LOADED, {"bin/console": "#!/usr/bin/env php\n<?php\nuse Symfony\\Component\\Dotenv\\Dotenv;\n(new Dotenv())->bootEnv(__DIR__.'/../.env');\n"}, ("error",)),
    ("Rails", LOADED, {"Gemfile": "gem 'dotenv-rails'\n"}, ("error",)),
    ("Laravel", LOADED, {"composer.json": '{"scripts": {"setup": ["@php -r \\"copy(\'.env.example\', \'.env\');\\""]}}\n'}, ("error",)),
    ("Spring", LOADED, {"src/main/resources/application.properties": "spring.config.import=file:.env[.properties]\n"}, ("error",)),
    ("direnv", LOADED, {".envrc": "dotenv_if_exists .env.local\n"}, ("error",)),
    ("environs in pyproject", LOADED, {"pyproject.toml": '[project]\ndependencies = ["environs>=11"]\n'}, ("warning",)),
    ("a lock file's direct entry", LOADED, {"Pipfile": "[packages]\npython-dotenv = '*'\n"}, ("error",)),
    (".dev.vars", ENV_FILE, {"worker/.dev.vars": _PLAIN}, ("error",)),
    ("env.production", ENV_FILE, {"env.production": _PLAIN}, ("error",)),
    (".env.json", ENV_FILE, {".env.json": '{"DB_PASSWORD": "x"}\n'}, ("error",)),
    (".env.yaml", ENV_FILE, {".env.yaml": "DB_PASSWORD: x\n"}, ("error",)),
    ("a folder of them", ENV_FILE, {".env.d/db": _PLAIN}, ("error",)),
    ("a backup", ENV_FILE, {"prod.env.bak2": _PLAIN}, ("error",)),
    ("encrypted by its name only", ENV_FILE, {".env.enc": _PLAIN}, ("error",)),
    ("a vault by its name only", ENV_FILE, {".env.vault": _PLAIN}, ("error",)),
    ("a source by its name only", ENV_FILE, {".env.js": _PLAIN}, ("error",)),
    ("a source", ENV_FILE, {"src/.env.js": "export const env = process.env;\n"}, ()),
    ("a blank at the end", ENV_FILE, {".env ": _PLAIN}, ("error",)),
    ("a template of names", ENV_FILE, {".env.example": "# DB_PASSWORD - the database\n"}, ()),
]  # fmt: skip

_SSM = "import boto3\nssm = boto3.client('ssm')\n"
ELSEWHERE = [
    ("read from SSM", INFRASTRUCTURE, {"a.py": _SSM + "ssm.get_parameter(Name='/api/db', WithDecryption=True)\n"}, ("error",)),
    ("read without decryption", INFRASTRUCTURE, {"a.py": _SSM + "ssm.get_parameter(Name='/api/region')\n"}, ()),
    ("written by a command", INFRASTRUCTURE, {"a.sh": 'aws ssm put-parameter --name /api/db --type SecureString --value "$PW"\n'}, ("error",)),
    ("written in Terraform", INFRASTRUCTURE, {"a.tf": 'resource "aws_ssm_parameter" "db" {\n  name  = "/api/db"\n  type  = "SecureString"\n  value = var.db\n}\n'}, ("error",)),
    ("kubectl", KUBERNETES, {"a.sh": "kubectl create secret generic db --from-literal=password=" + VALUE + "\n"}, ("~error",)),
    ("kubectl with a variable", KUBERNETES, {"a.sh": 'kubectl create secret generic db --from-literal=password="$PASSWORD"\n'}, ()),
    ("docker secret", KUBERNETES, {"a.sh": "echo " + VALUE + " | docker secret create db -\n"}, ("~error",)),
    ("Ansible's variables", HARDCODED, {"group_vars/all.yml": "db_password: " + VALUE + "\n"}, ("error",)),
    ("Ansible's vault", HARDCODED, {"group_vars/all.yml": "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3132333435363738\n"}, ()),
    ("tfvars", HARDCODED, {"prod.tfvars": 'db_password = "' + VALUE + '"\n'}, ("error",)),
    ("random_password", INFRASTRUCTURE, {"a.tf": 'resource "random_password" "db" {\n  length = 32\n}\nresource "aws_db_instance" "db" {\n  password = random_password.db.result\n}\n'}, ()),
]  # fmt: skip

_CLIENT = "import boto3\nsm = boto3.client('secretsmanager')\n"
NAMES = [
    ("no environment", NAME, {"a.py": _CLIENT + "sm.get_secret_value(SecretId='database')\n"}, ("error",)),
    ("the standard", NAME, {"a.py": _CLIENT + "sm.get_secret_value(SecretId='api/production')\n"}, ()),
    ("an unknown environment", NAME, {"a.py": _CLIENT + "sm.get_secret_value(SecretId='api/qa')\n"}, ("warning",)),
    ("an ARN", NAME, {"a.py": _CLIENT + "sm.get_secret_value(SecretId='arn:aws:secretsmanager:eu-west-2:444455556666:secret:partner-key-a1b2c3')\n"}, ("warning",)),  # the account is unknown
    ("a workflow", NAME, {A: job("      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n        with:\n          secret-ids: |\n            DB, db-password\n")}, ("error",)),
    ("Terraform", NAME, {"a.tf": 'resource "aws_secretsmanager_secret" "s" {\n  name = "api/staging"\n}\n'}, ()),
]  # fmt: skip

GROUPS = {
    "parallel": PARALLEL,
    "called workflows": CALLEES,
    "OIDC tokens": TOKENS,
    "broad grants": BROAD,
    "static keys": STATIC,
    "fetched secrets": FETCHED,
    ".env in scripts": DOTENV,
    "GitHub secrets": VARIABLES,
    "conditions": CONDITIONS,
    "code and containers": CODE,
    "loaders and .env files": LOADERS,
    "secrets kept elsewhere": ELSEWHERE,
    "names": NAMES,
}
CASES = [Case(subject, *row) for subject, rows in GROUPS.items() for row in rows]
