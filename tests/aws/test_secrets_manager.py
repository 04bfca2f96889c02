"""The environment whose secret a file holds or reads."""

from __future__ import annotations

import pytest

from palint.aws import secrets_manager

USUAL = ("production", "staging", "development")


@pytest.mark.parametrize(
    ("path", "environments", "expected"),
    [
        (".env.staging", USUAL, "staging"),
        (".env.production.local", USUAL, "production"),
        ("config/production.yml", USUAL, "production"),
        ("src/application-prod.properties", USUAL, "production"),
        ("deploy/stg/values.yaml", USUAL, "staging"),
        ("environments/dev/main.tf", USUAL, "development"),
        (".env", USUAL, "development"),
        ("services/api/.env.local", USUAL, "development"),
        (".envs/.local/.postgres", USUAL, "development"),
        ("tests/test_app.py", USUAL, "development"),
        ("src/app.py", USUAL, "production"),
        ("src/device/product.py", USUAL, "production"),
        ("dev-tools/app.py", USUAL, "development"),
        ("app/Commands/Local/Setup.php", USUAL, "development"),
        ("deploy/local.env.jinja", USUAL, "development"),
        ("docker-compose.debug.yml.j2", USUAL, "development"),
        ("usr/local/bin/start.sh", USUAL, "production"),
        ("src/locale/de.py", USUAL, "production"),
        ("src/developer.py", USUAL, "production"),
        ("db/seeds.rb", USUAL, "development"),
        ("src/seeding.py", USUAL, "production"),
        ("values.preview.template.yaml", USUAL, "staging"),
        ("values.uat.yaml", ("prod", "dev"), "dev"),
        (".github/workflows/docker-image-pr.yml", USUAL, "development"),
        (".env.production", ("prod", "dev"), "prod"),
        (".env.uat", ("live", "uat"), "uat"),
        (".env", ("live", "uat"), "uat"),
        ("app.local.yml", ("local", "development"), "local"),
        ("app.local.yml", ("development", "local"), "local"),
        ("app.py", (), "production"),
        ("spec/models/user_spec.rb", USUAL, "development"),
        ("app.py", ("eu", "us"), "eu"),
        ("app.local.yml", ("prod", "demo"), "demo"),
        ("app.local.yml", ("prod",), "prod"),
    ],
)
def test_the_path_decides_the_environment(path: str, environments: tuple[str, ...], expected: str) -> None:
    assert secrets_manager.environment(environments, path) == expected
