"""The advice that rules share: a secret's name, the service, the profile, and how it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.aws import secrets_manager
from palint.tree.project import Project, WorkTree

USUAL = ("production", "staging", "development")


def project(root: Path, files: dict[str, str]) -> Project:
    root.mkdir(exist_ok=True)
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return Project(str(root), WorkTree(str(root), repository=False))


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
        ("dev-tools/app.py", USUAL, "production"),
        (".env.production", ("prod", "dev"), "prod"),
        (".env.uat", ("live", "uat"), "uat"),
        (".env", ("live", "uat"), "live"),
        ("app.py", (), "production"),
    ],
)
def test_the_path_decides_the_environment(path: str, environments: tuple[str, ...], expected: str) -> None:
    assert secrets_manager.environment(environments, path) == expected


def test_the_service_is_the_one_that_the_repository_uses_most(tmp_path: Path) -> None:
    made = project(
        tmp_path / "shop",
        {
            "a.py": 'client.get_secret_value(SecretId="billing/production")\n',
            "b.tf": 'resource "aws_secretsmanager_secret" "x" {\n  name = "billing/staging"\n}\n',
            "c.ts": 'const secret = "orders/production";\nimport "config/production"; // secret\n',
            "README.md": "The secret `api/production`, `api/staging`, `api/development`.\n",
        },
    )
    assert secrets_manager.service(made) == "billing"
    assert secrets_manager.secret_id(made, USUAL, ".env.staging") == "billing/staging"


def test_without_one_the_service_is_the_repository(tmp_path: Path) -> None:
    assert secrets_manager.service(project(tmp_path / "My Shop", {"a.py": "x = 1\n"})) == "my-shop"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"README.md": "aws sso login --profile acme-dev\n"}, "acme-dev"),
        ({"run.sh": "export AWS_PROFILE=acme\n"}, "acme"),
        ({"Makefile": 'AWS_PROFILE ?= other\nrun:\n\tAWS_PROFILE="${AWS_PROFILE:-acme}" x\n'}, "acme"),
        ({"README.md": "aws s3 ls --profile your-profile; export AWS_PROFILE=default\n"}, "palindrom"),
        ({"run.sh": 'aws s3 ls --profile "$PROFILE"\ngit --profile x\n'}, "palindrom"),
        ({"run.sh": "export AWS_PROFILE=x9Kq2LmZ81pQw7Rt4Yv6Bn3\n"}, "palindrom"),
        ({}, "palindrom"),
    ],
)
def test_the_profile_is_the_one_that_the_repository_names(
    files: dict[str, str], expected: str, tmp_path: Path
) -> None:
    assert secrets_manager.profile(project(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("a.py", 'get_secret_value(SecretId="shop/production")'),
        ("a.tsx", 'GetSecretValueCommand({ SecretId: "shop/production" })'),
        ("a.rb", 'get_secret_value(secret_id: "shop/production")'),
        ("a.php", "['SecretId' => 'shop/production']"),
        ("a.cs", 'GetSecretValueRequest { SecretId = "shop/production" }'),
        ("a.kt", 'it.secretId("shop/production")'),
        ("a.rs", '.secret_id("shop/production")'),
        ("a.sh", "--secret-id shop/production"),
        ("a.yaml", "let the program read it"),
        ("README.md", "give that name here"),
    ],
)
def test_the_fix_rotates_first_and_speaks_the_files_language(path: str, part: str, tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {})
    text = secrets_manager.replace_literal(made, USUAL, path)
    assert text.startswith("rotate it: anyone who can read the repository has it. Store the new value in")
    assert part in text and "`shop/production`" in text


def test_a_missing_or_binary_file_is_no_trouble(tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {"a.sh": "x"})
    (tmp_path / "shop" / "b.py").write_bytes(b"\xff secret 'orders/production'")
    (tmp_path / "shop" / "c.py").symlink_to("/nowhere")
    assert secrets_manager.facts(made) == ("orders", "palindrom", frozenset())
    assert not made.notices
