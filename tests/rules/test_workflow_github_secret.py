"""`github-secret`: one warning a secret and job, and what stays in GitHub for a reason."""

from __future__ import annotations

import pytest
from palint_rules.github_secret import GithubSecret

from palint.findings import Finding
from palint.testing import check

A = ".github/workflows/a.yml"
JOB = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"


def found(text: str, path: str = A, **options: object) -> list[Finding]:
    return check(GithubSecret, {path: text}, options or None)


def test_one_finding_a_secret_and_workflow() -> None:
    step = (
        "      - run: x ${{ secrets.A_KEY }} ${{ secrets.key2 }}\n        env: {B: '${{ secrets.A_KEY }}'}\n"
    )
    text = JOB + step + step + (JOB + step).partition("jobs:\n")[2].replace("  a:", "  b:")
    made = found(text)
    assert ["`A_KEY`" in f.message or "`key2`" in f.message for f in made] == [True] * 2
    assert len({f.message for f in made}) == 2 and all(f.severity.label == "warning" for f in made)
    assert len(made[0].related) == 5


FORMS = [
    ("secrets.TOKEN", "`TOKEN`"),
    ("secrets['TOKEN']", "`TOKEN`"),
    ("secrets. TOKEN", "`TOKEN`"),
    ("github.ref && secrets.TOKEN || ''", "`TOKEN`"),
    ("toJSON(secrets)", "all GitHub secrets"),
    ("secrets[matrix.name]", "all GitHub secrets"),
]


@pytest.mark.parametrize(("expression", "words"), FORMS)
def test_each_form(expression: str, words: str) -> None:
    (finding,) = found(JOB + '      - run: echo "${{ ' + expression + ' }}"\n')
    assert words in finding.message and "secretsmanager" in finding.fix_hint


PLACES = [
    "on: push\nenv:\n  X: ${{ secrets.TOKEN }}\njobs: {}\n",
    "on: push\njobs:\n  a:\n    uses: a/b/.github/workflows/c.yml\n    secrets: {A: '${{ secrets.PIN }}'}\n",
    "on: push\njobs:\n  a:\n    services: {db: {image: x, env: {P: '${{ secrets.TOKEN }}'}}}\n",
    "on: push\njobs:\n  a:\n    container: {image: x, credentials: {password: '${{ secrets.TOKEN }}'}}\n",
]


@pytest.mark.parametrize("text", PLACES)
def test_each_place(text: str) -> None:
    assert len(found(text)) == 1


def test_an_action() -> None:
    text = "runs:\n  using: composite\n  steps:\n    - run: echo ${{ secrets.TOKEN }}\n"
    assert "the action" in found(text, "action.yml")[0].message


NONE = [
    "secrets[format('KEY_VAULT{0}', matrix.x)]",
    "secrets.GITHUB_TOKEN",
    "secrets.github_token",
    "secrets.TOKEN != ''",
    "'' == secrets.TOKEN",
    "vars.X",
    "env.secrets",
    "'secrets.TOKEN'",
    "secrets.AWS_ROLE_ARN",
    "secrets.PROD_ACCOUNT_ID",
]


@pytest.mark.parametrize("expression", NONE)
def test_expressions_without_a_movable_secret(expression: str) -> None:
    assert found(JOB + '      - run: echo "${{ ' + expression + ' }}"\n') == []


def test_conditions_comments_and_settings() -> None:
    assert found(JOB + "      - if: ${{ secrets.TOKEN }}\n        run: make # ${{ secrets.TOKEN }}\n") == []
    assert found(JOB + "      - run: echo ${{ secrets.Licence }}\n", allow=["LICENCE"]) == []


@pytest.mark.parametrize(
    ("name", "silent"),
    [
        ("DEPLOY_ROLE_ARN_PROD", True),
        ("AWS_ROLE", True),
        ("PROD_ACCOUNT_ID", True),
        ("AWS_DEFAULT_REGION", True),
        ("AZURE_TENANT_ID", True),
        ("AZURE_SUBSCRIPTION_ID_STAGING", True),
        ("EC2_HOST", True),
        ("SSH_PORT", True),
        ("S3_BUCKET_NAME", True),
        ("DOCKERHUB_USERNAME", True),
        ("APP_ID", True),
        ("SITE_URL", True),
        ("EC2_HOST_EK", True),
        ("TWILIO_ACCOUNT_SID", True),
        ("DATABASE_URL", False),
        ("VAULT_SECRET_ID", False),
        ("DB_PASSWORD", False),
        ("APP_PRIVATE_KEY", False),
        ("SLACK_WEBHOOK_URL", False),
        ("KUBE_CONFIG", False),
    ],
)
def test_configuration_is_not_reported(name: str, silent: bool) -> None:
    assert bool(found(JOB + f"      - run: x ${{{{ secrets.{name} }}}}\n")) != silent


LOGIN = (
    "      - uses: docker/login-action@v3\n        with:\n          registry: {}\n"
    "          password: ${{{{ secrets.CR_PAT }}}}\n"
)
SHELL = (
    "      - run: echo $T | docker login {} -u me --password-stdin\n"
    "        env:\n          T: ${{{{ secrets.CR_PAT }}}}\n"
)


@pytest.mark.parametrize(
    ("steps", "own"),
    [
        (LOGIN.format("ghcr.io"), True),
        (LOGIN.format("https://ghcr.io/acme"), True),
        (LOGIN.format("${{ env.HOST }}"), True),
        (LOGIN.format("${{ env.OTHER }}"), False),
        (LOGIN.format("docker.io"), False),
        (SHELL.format("ghcr.io"), True),
        (SHELL.format("quay.io"), False),
        (LOGIN.format("ghcr.io") + SHELL.format("ghcr.io"), True),
        ("      - run: docker login ghcr.io -u me -p ${{ secrets.CR_PAT }}\n", True),
        ("      - run: |\n          docker login ghcr.io\n          deploy ${{ secrets.CR_PAT }}\n", False),
        (SHELL.format("ghcr.io").replace("$T", "$OTHER"), False),
        (LOGIN.format("ghcr.io").replace("password", "ecr"), False),
        (LOGIN.format("ghcr.io") + SHELL.format("quay.io"), False),
    ],
)
def test_the_fix_for_a_token_of_githubs_registry_is_the_token_of_the_job(steps: str, own: bool) -> None:
    (finding,) = found(JOB.replace("jobs:", "env:\n  HOST: ghcr.io\n  OTHER: quay.io\njobs:", 1) + steps)
    assert ("`ghcr.io` accepts `github.token`" in finding.message) == own
    assert ("`packages: write`" in finding.fix_hint) == own


def test_npm_has_no_trusted_publishing_to_githubs_registry() -> None:
    publish = "      - run: npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n"
    setup = "      - uses: actions/setup-node@v4\n        with: {{registry-url: 'https://{}'}}\n"
    for host, trusted in (("registry.npmjs.org", True), ("npm.pkg.github.com", False)):
        (finding,) = found(JOB + setup.format(host) + publish)
        assert ("trusted publishing" in finding.message) == trusted


@pytest.mark.parametrize(
    ("name", "command", "registry"),
    [("PYPI_API_TOKEN", "twine upload -p", "PyPI"), ("NPM_TOKEN", "npm publish", "npm")],
)
def test_the_fix_for_a_registry_token_is_trusted_publishing(name: str, command: str, registry: str) -> None:
    (installs,) = found(JOB + f"      - run: npm ci ${{{{ secrets.{name} }}}}\n")
    assert "trusted publishing" not in installs.message
    (finding,) = found(JOB + f"      - run: {command} ${{{{ secrets.{name} }}}}\n")
    assert f"{registry} has trusted publishing" in finding.message
    assert "revoke the token" in finding.fix_hint
