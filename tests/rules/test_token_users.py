"""`workflow-id-token`: each action and command of the table, as its documentation writes it."""

from __future__ import annotations

import pytest
from palint_rules.github_secret import GithubSecret
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.github.token_users import ACTIONS, CALLED, COMMANDS, Registry, instead_of
from palint.testing import check

PATH = ".github/workflows/a.yml"

# The step as documented, and the inputs with which it takes no token.
STEPS = [
    ("azure/login@v2", "client-id: a\ntenant-id: b\nsubscription-id: c", "creds: x"),
    ("google-github-actions/auth@v3", "workload_identity_provider: projects/1", "credentials_json: x"),
    ("pypa/gh-action-pypi-publish@release/v1", "", "password: x"),
    ("actions/attest@v3", "subject-path: x\npredicate-type: y", None),
    ("actions/attest-build-provenance@v3", "subject-path: x", None),
    ("actions/attest-sbom@v3", "subject-path: x\nsbom-path: y", None),
    ("actions/deploy-pages@v4", "", None),
    ("hashicorp/vault-action@v3", "method: jwt\nrole: ci\nurl: https://v", "method: token\ntoken: x"),
    ("pulumi/auth-actions@v1", "organization: acme", "token: x"),
    ("jfrog/setup-jfrog-cli@v4", "oidc-provider-name: gh", ""),
    ("sigstore/gh-action-sigstore-python@v3", "inputs: x", "inputs: x\nidentity-token: y"),
    ("rubygems/release-gem@v1", "", None),
    ("rubygems/configure-rubygems-credentials@v1", "role-to-assume: rg_1", "api-token: x"),
    ("rust-lang/crates-io-auth-action@v1", "", None),
    ("NuGet/login@v1", "user: acme", ""),
    ("codecov/codecov-action@v5", "use_oidc: true", "token: x"),
    ("OctopusDeploy/login@v1", "server: s\nservice_account_id: a", "server: s\napi_key: x"),
    ("Infisical/secrets-action@v1", "method: oidc\nidentity-id: a", "method: universal"),
    ("dopplerhq/secrets-fetch-action@v1", "auth-method: oidc\ndoppler-identity-id: a", "doppler-token: x"),
    ("cloudsmith-io/cloudsmith-cli-action@v1", "oidc-namespace: n\noidc-service-slug: s", "api-key: x"),
    ("JS-DevTools/npm-publish@v4", "", "token: x"),
    ("denoland/deployctl@v1", "project: p\nentrypoint: x.ts", None),
    ("octo-sts/action@v1", "scope: acme/app\nidentity: ci", None),
    ("tailscale/github-action@v4", "oauth-client-id: a\naudience: b\ntags: tag:ci", "authkey: x"),
    ("hashicorp/hcp-auth-action@v0", "workload_identity_provider: iam/x", "client_id: a\nclient_secret: b"),
    ("chainguard-dev/setup-chainctl@v0.3", "identity: a/b", None),
    ("anthropics/claude-code-action@v1", "prompt: x", "github_token: x"),
]

RUNS = [
    (
        "npm ci && npm publish --provenance --access public",
        "npm publish --provenance=false --registry https://r",
    ),
    ("cosign sign --yes $IMAGE", "cosign sign --key k8s://a/b $IMAGE"),
    ("uv publish --trusted-publishing always", "uv publish --token $T"),
    ("npx npm@latest publish", "npm publish --dry-run"),
    ("npx jsr publish", "npx jsr publish --dry-run"),
]


def workflow(step: str, permissions: str = "{contents: read}") -> str:
    lines = "".join(f"      {line}\n" for line in step.splitlines())
    job = f"    runs-on: ubuntu-latest\n    permissions: {permissions}\n    steps:\n{lines}"
    return f"on: push\njobs:\n  a:\n{job}"


def step_of(action: str, inputs: str) -> str:
    given = "".join(f"\n    {line}" for line in inputs.splitlines())
    return f"- uses: {action}" + (f"\n  with:{given}" if given else "")


def found(text: str) -> list[str]:
    return [finding.message for finding in check(WorkflowIdToken, {PATH: text})]


def test_the_tables_have_each_action() -> None:
    assert sorted(action.partition("@")[0].lower() for action, _, _ in STEPS) == sorted(ACTIONS)
    assert len(RUNS) == len(COMMANDS)


@pytest.mark.parametrize(("action", "inputs", "other"), STEPS, ids=[action for action, _, _ in STEPS])
def test_each_action(action: str, inputs: str, other: str | None) -> None:
    (message,) = found(workflow(step_of(action, inputs)))
    assert ACTIONS[action.partition("@")[0].lower()].does in message
    assert not found(workflow(step_of(action, inputs), "{contents: read, id-token: write}"))
    if other is not None:
        assert not found(workflow(step_of(action, other)))


KEYED = [(action.repo, key) for action in ACTIONS.values() for key in action.keys]


@pytest.mark.parametrize(("repo", "key"), KEYED, ids=[f"{repo} {key}" for repo, key in KEYED])
def test_a_stored_key_gives_way_to_the_token(repo: str, key: str) -> None:
    action = ACTIONS[repo]
    under = "env" if key.upper() in ("CODECOV_TOKEN", "JF_ACCESS_TOKEN", "JF_PASSWORD") else "with"
    step = f"- uses: {repo}@v1\n  {under}:\n    {key}: ${{{{ secrets.A_TOKEN }}}}"
    (finding,) = check(GithubSecret, {PATH: workflow(step)})
    assert f"`{repo}` can sign in with OIDC" in finding.message
    assert f"instead of `{key}`" in finding.fix_hint and action.source in finding.fix_hint
    advised = "\n".join(each if ": " in each else f"{each}: x" for each in action.gives)
    (message,) = found(workflow(step_of(f"{repo}@v1", advised)))
    assert action.does in message


@pytest.mark.parametrize(
    "step",
    [
        "- uses: codecov/codecov-action@v5\n  with: {use_oidc: '${{ x }}', token: '${{ secrets.A_TOKEN }}'}",
        "- uses: codecov/codecov-action@v5\n  with: {use_oidc: true, name: '${{ secrets.A_TOKEN }}'}",
        "- uses: azure/login/sub@v2\n  with: {creds: '${{ secrets.A_TOKEN }}'}",
        "- uses: acme/login@v2\n  with: {creds: '${{ secrets.A_TOKEN }}'}",
        "- run: codecov\n  env: {CODECOV_TOKEN: '${{ secrets.A_TOKEN }}'}",
        "- uses: codecov/codecov-action@v5\n  env: {CODECOV_TOKEN: '${{ secrets.A_TOKEN }}'}\n"
        "- run: x ${{ secrets.A_TOKEN }}",
    ],
)
def test_no_token_takes_the_place_of_other_secrets(step: str) -> None:
    (finding,) = check(GithubSecret, {PATH: workflow(step)})
    assert "AWS Secrets Manager" in finding.message


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("NPM_TOKEN", "run: npm publish", "npm"),
        ("NODE_AUTH_TOKEN", "run: npm publish", "npm"),
        ("node_auth_token", "run: pnpm -r publish", "npm"),
        ("NODE_AUTH", "run: npm publish", ""),
        ("MY_NODE_AUTH_TOKEN", "run: npm publish", ""),
        ("NPM_TOKEN", "uses: changesets/action@v1", "npm"),
        ("NPM_TOKEN", "run: npx semantic-release", "npm"),
        ("NPM_TOKEN", "run: yarn install", ""),
        ("NPM_TOKEN", "run: npm ci\nrun: publish", ""),
        ("NPM_TOKEN", "run: twine upload dist/*", ""),
        ("PYPI_TOKEN", "run: twine upload dist/*", "PyPI"),
        ("PYPI_API_TOKEN", "uses: pypa/gh-action-pypi-publish@release/v1", "PyPI"),
        ("PYPI_TOKEN", "run: uv publish", "PyPI"),
        ("PYPI_TOKEN", "run: npm publish", ""),
        ("DEPLOY_TOKEN", "run: npm publish", ""),
        ("CARGO_REGISTRY_TOKEN", "run: cargo publish --locked", "crates.io"),
        ("CRATES_TOKEN", "run: cargo +nightly publish", "crates.io"),
        ("CARGO_REGISTRY_TOKEN", "run: cargo publish --registry acme", ""),
        ("CARGO_REGISTRY_TOKEN", "run: cargo build", ""),
        ("RUBYGEMS_API_KEY", "run: gem push a.gem", "RubyGems"),
        ("GEM_HOST_API_KEY", "run: bundle exec rake release", "RubyGems"),
        ("GEM_HOST_API_KEY", "run: gem push --host https://gems.acme.dev a.gem", ""),
        ("NUGET_API_KEY", "dotnet nuget push a.nupkg -s https://api.nuget.org/v3/index.json", "NuGet"),
        ("NUGET_API_KEY", "nuget push a.nupkg \\\n  --source https://nuget.org", "NuGet"),
        ("NUGET_API_KEY", "nuget push a.nupkg -s https://nuget.pkg.github.com/acme/index.json", ""),
    ],
)
def test_the_registry_of_a_token(name: str, text: str, expected: str) -> None:
    found = instead_of(name, (), (), text)
    assert (found.name if isinstance(found, Registry) else "") == expected


@pytest.mark.parametrize(("command", "other"), RUNS, ids=[command for command, _ in RUNS])
def test_each_command(command: str, other: str) -> None:
    assert len(found(workflow(f"- run: {command}"))) == 1
    assert not found(workflow(f"- run: {other}"))


@pytest.mark.parametrize("repository", CALLED)
def test_each_called_workflow(repository: str) -> None:
    text = (
        "on: push\njobs:\n  a:\n    permissions: {contents: write}\n"
        f"    uses: {repository}/.github/workflows/x.yml@v2\n"
    )
    assert len(found(text)) == 1
    assert not found(text.replace("{contents: write}", "{contents: read, id-token: write}"))


NPM = (
    "- uses: actions/setup-node@v6\n  with: {registry-url: 'https://registry.npmjs.org'}\n- run: npm publish"
)


def test_npm_without_a_token_is_a_warning_and_says_why() -> None:
    (finding,) = check(WorkflowIdToken, {PATH: workflow(NPM)})
    assert finding.severity.label == "warning" and ".npmrc" in finding.why


@pytest.mark.parametrize(
    "other",
    [
        NPM + "\n  env: {NODE_AUTH_TOKEN: '${{ secrets.NPM_TOKEN }}'}",
        "- run: echo '//registry.npmjs.org/:_authToken=${{ secrets.N }}' > .npmrc\n" + NPM,
        "- run: npm run publish",
        "- run: |\n    # npm publish\n    make",
    ],
)
def test_npm_with_a_token_needs_no_id_token(other: str) -> None:
    assert not found(workflow(other))
