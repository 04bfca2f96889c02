"""What is written runs where the program does: the SDK for its Node, the loader's syntax, the region."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from palint.languages import javascript
from palint.migrate import loaders, runtimes
from palint.migrate.loaders import Names
from palint.migrate.repository import Repository as MigratedRepository
from palint.migrate.sources import Sources
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository
from tests.migrate.test_migrate import make_plan

NAMES = Names("shop/development", "eu-west-2")
NOTHING = Sources((), {}, {}, {}, {}, (), {}, {})


def sdk(repo: Repository) -> str:
    """The versions of the SDK that the plan adds to package.json."""
    _, plan = make_plan(repo)
    [text] = [f.text for f in plan.files if f.path == "package.json"]
    return str(json.loads(text)["dependencies"][loaders.SDK])


def shop(repo: Repository, engines: str = "") -> Repository:
    package = {"name": "shop", "dependencies": {"dotenv": "^16"}, "engines": {"node": engines}}
    repo.write("package.json", json.dumps(package))
    repo.write("index.js", "require('dotenv').config();\nconsole.log(process.env.A);\n")
    repo.write(".env", "A=1\n")
    return repo


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM node:14-alpine\n", ">=3.540.0 <3.567.0"),
        ("Dockerfile", "FROM --platform=linux/amd64 docker.io/library/node:16 AS a\n", ">=3.567.0 <3.723.0"),
        (".nvmrc", "v18.2.0\n", ">=3.723.0 <3.968.0"),
        (".tool-versions", "python 3.12\nnodejs 22.1.0\n", "^3.968.0"),
        (".github/workflows/ci.yml", "a:\n  with:\n    node-version: [16, 18]\n", ">=3.567.0 <3.723.0"),
        ("README.md", "node:14\n", "^3.700.0"),
    ],
)  # fmt: skip
def test_the_sdk_is_one_for_the_node_that_runs(repo: Repository, path: str, text: str, expected: str) -> None:
    shop(repo)
    repo.write(path, text)
    assert sdk(repo) == expected


def test_a_lower_bound_counts_only_alone_and_the_oldest_version_decides(repo: Repository) -> None:
    assert sdk(shop(repo, ">=14")) == ">=3.540.0 <3.567.0"
    repo.write(".nvmrc", "20\n")
    assert sdk(repo) == "^3.968.0"
    repo.write("Dockerfile", "FROM node:18\n")
    assert sdk(repo) == ">=3.723.0 <3.968.0"


def test_a_node_that_is_too_old_is_a_task(repo: Repository) -> None:
    shop(repo)
    repo.write("Dockerfile", "# image\nFROM node:12\n")
    _, plan = make_plan(repo)
    [text] = [t.text for t in plan.tasks if "too old" in t.text]
    assert text.startswith("`Dockerfile:2`: Node 12 is too old")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM python:3.7-slim\n", ">=1.26,<1.34"),
        (".python-version", "3.6.15\n", ">=1.20,<1.24"),
        (".tool-versions", "nodejs 20\npython 3.12.1\n", ">=1.35"),
        (".github/workflows/ci.yml", "a:\n  with:\n    python-version: ['3.7', '3.8']\n", ">=1.26,<1.34"),
        ("pyproject.toml", '[project]\nrequires-python = ">=3.7"\n', ">=1.26,<1.34"),
        ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.11"\n', ">=1.35"),
        ("README.md", "python:3.7\n", ">=1.35"),
    ],
)
def test_boto3_is_one_for_the_python_that_runs(repo: Repository, path: str, text: str, expected: str) -> None:
    repo.write(path, text)
    tree = Project(str(repo.path), WorkTree(str(repo.path), repository=True))
    found = runtimes.oldest(MigratedRepository(tree, (), NOTHING, NAMES, ()), runtimes.PYTHON, "")
    assert runtimes.boto3(found) == expected


def test_a_python_that_is_too_old_is_a_task(repo: Repository) -> None:
    repo.write("app.py", "from dotenv import load_dotenv\nload_dotenv()\nimport os\nA = os.environ['A']\n")
    repo.write(".env", "A=1\n")
    repo.write("requirements.txt", "python-dotenv\n")
    repo.write("Dockerfile", "FROM python:3.5\n")
    _, plan = make_plan(repo)
    assert any(t.text.startswith("`Dockerfile:1`: Python 3.5 is too old") for t in plan.tasks)
    assert [f.text for f in plan.files if f.path == "requirements.txt"] == ["boto3>=1.20,<1.24\n"]
    repo.write("Dockerfile", "FROM python:3.12\n")
    assert not any("too old" in task.text for task in make_plan(repo)[1].tasks)


def test_an_image_of_another_program_does_not_count(repo: Repository) -> None:
    repo.write("web/Dockerfile", "FROM node:14\n")
    repo.write("api/Dockerfile", "FROM node:20\n")
    tree = Project(str(repo.path), WorkTree(str(repo.path), repository=True))
    found = runtimes.oldest(MigratedRepository(tree, (), NOTHING, NAMES, ()), runtimes.NODE, "api/")
    assert found == (20, "api/Dockerfile:1")


def test_the_python_loader_is_plain_python_3_6() -> None:
    ast.parse(loaders.python(NAMES, "aws_secrets.py"), feature_version=(3, 6))


def test_the_loader_is_plain_es2019() -> None:
    names = loaders.Names("shop/development", "eu-west-2")
    text = loaders.javascript(names, "a.js", typescript=False, esm=False)
    for newer in ("a ??= b", "a?.b"):  # the check below sees them
        assert newer_syntax(newer)
    assert newer_syntax(text) == set()


def newer_syntax(text: str) -> set[str]:
    """The node types in a program that ES2019 does not have."""
    tree = SourceFile("a.js", text.encode()).parsed_with(javascript.parse)
    found, stack = set(), [tree.root]
    while stack:
        node = stack.pop()
        stack += node.children
        found |= {node.type} & {"optional_chain", "??=", "||=", "&&=", "??"}
    return found


def test_the_region_is_that_of_the_environment_or_the_profile(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n[profile shop]\nregion=ap-south-1\n[profile none]\n")
    base = {"AWS_CONFIG_FILE": str(config)}
    assert runtimes.region("", "", base) == "eu-north-1"
    assert runtimes.region("", "shop", base) == "ap-south-1"
    assert runtimes.region("", "", {**base, "AWS_PROFILE": "shop"}) == "ap-south-1"
    assert runtimes.region("", "none", base) == ""
    assert runtimes.region("", "shop", {**base, "AWS_DEFAULT_REGION": "us-east-1"}) == "us-east-1"
    both = {**base, "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-west-2"}
    assert runtimes.region("", "shop", both) == "us-west-2"
    assert runtimes.region("sa-east-1", "shop", both) == "sa-east-1"
    config.write_text(
        "[default]\nregion = eu-west-1\n[profile shop]\nx = %(a\nregion = a\n[default]\nregion = b\n"
    )
    assert (runtimes.region("", "", base), runtimes.region("", "shop", base)) == ("b", "a")
    config.write_text("not a configuration")
    assert runtimes.region("", "shop", base) == ""


@pytest.mark.parametrize(
    ("manifest", "lock", "task"),
    [
        ("requirements.txt", "", "run `pip install -r requirements.txt`"),
        ("pyproject.toml", "", "run `pip install .`"),
        ("pyproject.toml", "uv.lock", "run `uv sync`, which updates `uv.lock`"),
        ("package.json", "", "run `npm install`"),
        ("package.json", "bun.lock", "run `bun install`, which updates `bun.lock`"),
        ("api/package.json", "api/yarn.lock", "run `yarn install` in `api/`, which updates `api/yarn.lock`"),
    ],
)
def test_the_package_manager_s_own_command_installs_what_the_loader_needs(
    repo: Repository, manifest: str, lock: str, task: str
) -> None:
    texts = {"pyproject.toml": "[project]\nname = 'a'\ndependencies = []\n", "package.json": "{}\n"}
    repo.write(manifest, texts.get(manifest.rpartition("/")[2], ""))
    if lock:
        repo.write(lock, "")
    folder = manifest[: manifest.rfind("/") + 1]
    repo.write(f"{folder}.env", "API_LOGIN=x1y2\n")
    if manifest.endswith(".json"):
        repo.write(f"{folder}app.js", "require('dotenv').config();\n")
    else:
        repo.write("app.py", "from dotenv import load_dotenv\nload_dotenv()\n")
    _, plan = make_plan(repo)
    assert [each.text for each in plan.tasks if each.topic == "install"] == [task]
