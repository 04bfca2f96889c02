"""Advice on secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.advice import Place, secrets
from palint.text.source import SourceFile
from tests.advice.conftest import USUAL, project


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
def test_the_fix_rotates_first_and_is_in_the_files_language(path: str, part: str, tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {})
    text = secrets.hardcoded(Place(SourceFile(path, b""), made, USUAL), certain=True)
    assert text.startswith("rotate it: anyone who can read the repository has it. Store the new value in")
    assert part in text and "`shop/production`" in text
