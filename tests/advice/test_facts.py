"""The facts of a repository that advice is made from."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.advice import Place, facts
from palint.config import Config
from palint.engine.run import run
from palint.registry import load
from palint.secrets.synthetic import generate
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
    assert Place(SourceFile(".env.staging", b""), made, USUAL).stored == "`billing/staging`"


def test_without_one_the_service_is_the_repository(tmp_path: Path) -> None:
    assert facts.of(project(tmp_path / "My Shop", {"a.py": "x = 1\n"})).service == "my-shop"
    words = {
        "a.yml": "- run: ./errors/test # Surface errors/test failures; needs secrets.TOKEN, in errors/test\n"
    }
    assert facts.of(project(tmp_path / "munki", words)).service == "munki"
    staged = {"a.sh": "secret_id=stage/production; other=secret/dev\n"}
    assert facts.of(project(tmp_path / "shop", staged)).service != "stage"
    folder = {"a.sh": "SecretId; cd terraform/production\n", "terraform/production/main.tf": ""}
    assert facts.of(project(tmp_path / "web", folder)).service == "web"


def test_a_missing_or_binary_file_is_no_trouble(tmp_path: Path) -> None:
    made = project(tmp_path / "shop", {"a.sh": "x"})
    (tmp_path / "shop" / "b.py").write_bytes(b"\xff SecretId='orders/production'")
    (tmp_path / "shop" / "c.py").symlink_to("/nowhere")
    (tmp_path / "shop" / "package.json").symlink_to("/nowhere")
    assert facts.package(made, "a.js") == facts.Package()
    assert facts.of(made) == ("orders", frozenset(), "eu-west-2")
    assert not made.notices


def test_the_region_is_the_one_that_the_repository_names_most(tmp_path: Path) -> None:
    files = {
        "c.py": 'region = "us-west-1"\n' * 3,
        "a.tf": 'region = "us-east-1"\n',
        "b.sh": "aws --region eu-central-1 x\nAWS_REGION=us-east-1\n",
    }
    assert facts.of(project(tmp_path, files)).region == "us-east-1"


def test_a_package_is_that_of_the_nearest_folder(tmp_path: Path) -> None:
    made = project(
        tmp_path,
        {
            "package.json": '{"type": "module", "devDependencies": {"vite": "5"}}',
            "api/package.json": '{"dependencies": {"express": "4"}}',
            "broken/package.json": "[1",
            "list/package.json": "[1]",
            "node_modules/x/package.json": '{"type": "module"}',
            "deep/package.json": "[" * 50_000,
            "odd/package.json": '{"dependencies": ["x"], "type": 3}',
        },
    )
    assert facts.package(made, "src/a.js") == (True, {"vite"})
    assert facts.package(made, "api/src/a.js") == (False, {"express"})
    assert facts.package(made, "broken/a.js") == facts.package(made, "odd/a.js") == facts.Package()
    assert facts.package(made, "deep/a.js") == facts.package(made, "list/a.js") == facts.Package()
    assert facts.package(made, "node_modules/x/a.js") == facts.package(made, "a.js")


def test_nothing_is_read_for_advice_that_no_report_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project(tmp_path / "shop", {"a.py": f'token = "{generate("{github_token}", 1)}"\n'})
    rules = {"hardcoded-secret": load()["hardcoded-secret"]}
    (shown,) = run(made, Config(), rules, in_process=True).findings
    made = project(tmp_path / "shop", {})
    made.shows_advice = False
    monkeypatch.setattr(facts, "of", None)
    (hidden,) = run(made, Config(), rules, in_process=True).findings
    assert "e.g. as `shop/<environment>`" in shown.fix_hint and hidden == shown._replace(fix_hint="")
