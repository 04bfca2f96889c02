"""Tokens that publish a package: which registry a secret's name and the workflow's commands point to."""

from __future__ import annotations

import pytest

from palint.github.secret_names import is_configuration, registry


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
    ],
)
def test_the_registry_of_a_token(name: str, text: str, expected: str) -> None:
    assert registry(name, text) == expected


@pytest.mark.parametrize(
    "name",
    ["IOS_API_KEY_ID", "KEY_STORE_ALIAS", "DISCORD_WEBHOOK_ID", "PROJECT_URL", "SENTINEL_DCR_RULE_ID_OSSF",
     "STORAGE_CONTAINER", "LINK_PREFIX", "WEBHOOK_PUBLIC_URL", "GOOGLE_SITE_VERIFICATION", "EC2_HOST_EU",
     "AZURE_CLIENT_ID", "GA_TRACKING_ID_STAGING", "VPC_SUBNET_A_PROD"],
)  # fmt: skip
def test_a_name_of_a_setting(name: str) -> None:
    assert is_configuration(name)


@pytest.mark.parametrize(
    "name",
    [
        "VAULT_SECRET_ID",
        "ID_RSA",
        "SLACK_VERIFICATION_TOKEN",
        "WEBHOOK_URL",
        "DATABASE_URL_STAGING",
        "IOS_API_KEY",
    ],
)
def test_a_name_of_a_secret(name: str) -> None:
    assert not is_configuration(name)
