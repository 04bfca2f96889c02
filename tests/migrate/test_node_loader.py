"""The JavaScript loader with the real AWS SDK against moto's server; `make migrate-node` (npm, network)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from palint.migrate import loaders
from palint.migrate.loaders import Names
from tests.migrate.conftest import Aws

pytestmark = pytest.mark.skipif("PALINT_TEST_NPM" not in os.environ, reason="needs npm: `make migrate-node`")
NAMES = Names("shop/development", "eu-west-2")


@pytest.fixture(scope="session")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the SDK and TypeScript."""
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text("{}")
    packages = [loaders.SDK, "typescript@5", "@types/node@20"]
    environment = {**os.environ, "npm_config_cache": str(folder / "cache")}
    subprocess.run(
        ["npm", "install", "--silent", *packages], cwd=folder, env=environment, check=True, timeout=300
    )
    return folder


def node(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["node", *words], cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_loader(aws: Aws, modules: Path) -> None:
    aws.client().create_secret(Name="shop/development", SecretString=json.dumps({"A": "secret\n", "B": "2"}))
    text = loaders.javascript(NAMES, "aws-secrets.js", typescript=False, esm=False)
    (modules / "aws-secrets.js").write_text(text)
    (modules / "app.js").write_text(
        "const { secret } = require('./aws-secrets');\nconsole.log([secret('A'), process.env.B]);\n"
    )
    made = node(modules, "app.js", SECRET_ID="shop/development")
    assert made.stdout == "[ 'secret\\n', '2' ]\n", made.stderr
    made = node(modules, "app.js", SECRET_ID="shop/development", B="mine")
    assert made.stdout == "[ 'secret\\n', 'mine' ]\n"
    assert node(modules, "app.js", A="x").stdout == "[ 'x', undefined ]\n"  # no SECRET_ID: nothing is read
    missing = node(modules, "app.js", SECRET_ID="shop/none")
    assert missing.returncode != 0 and "shop/none cannot be read" in missing.stderr
    run = node(modules, "aws-secrets.js", "sh", "-c", "echo $B", SECRET_ID="shop/development")
    assert run.stdout == "2\n", run.stderr


@pytest.mark.parametrize("esm", [False, True])
def test_the_typescript_loader_compiles_and_runs(aws: Aws, modules: Path, esm: bool) -> None:
    aws.client().create_secret(Name="shop/development", SecretString='{"A": "1"}')
    folder = modules / ("esm" if esm else "cjs")
    folder.mkdir()
    (folder / "package.json").write_text('{"type": "%s"}' % ("module" if esm else "commonjs"))
    (folder / "aws-secrets.ts").write_text(loaders.javascript(NAMES, "x", typescript=True, esm=esm))
    ending = ".js" if esm else ""
    program = f"import {{ secret }} from './aws-secrets{ending}';\nconsole.log(secret('A'));\n"
    (folder / "app.ts").write_text(program)
    module = "nodenext" if esm else "commonjs"
    options = ["--strict", "--module", module, "--target", "es2022", "--types", "node", "app.ts"]
    compiled = node(folder, str(modules / "node_modules/typescript/bin/tsc"), *options)
    assert compiled.returncode == 0, compiled.stdout
    assert node(folder, "app.js", SECRET_ID="shop/development").stdout == "1\n"
