"""Tokens that publish a package: which registry a secret's name and the workflow's commands point to."""

from __future__ import annotations

import pytest

from palint.github.secret_names import registry


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
