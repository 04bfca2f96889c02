"""The facts of a repository that advice is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.advice import Place, facts
from palint.text.source import SourceFile
from tests.advice.conftest import USUAL, project


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
    assert facts.of(made).service == "billing"
    assert Place(SourceFile(".env.staging", b""), made, USUAL).secret == "billing/staging"


def test_without_one_the_service_is_the_repository(tmp_path: Path) -> None:
    assert facts.of(project(tmp_path / "My Shop", {"a.py": "x = 1\n"})).service == "my-shop"


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
    assert facts.of(project(tmp_path, files)).profile == expected


def test_a_missing_or_binary_file_is_no_trouble(tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {"a.sh": "x"})
    (tmp_path / "shop" / "b.py").write_bytes(b"\xff secret 'orders/production'")
    (tmp_path / "shop" / "c.py").symlink_to("/nowhere")
    assert facts.of(made) == ("orders", "palindrom", frozenset())
    assert not made.notices
