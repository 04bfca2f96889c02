"""Which secret a value belongs to, and what is left to a person."""

from __future__ import annotations

import re

import pytest

from palint import registry
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan
from palint.cli.run import execute
from palint.config import Config
from palint.migrate import plan as planning
from palint.migrate.sources import Naming
from palint.secrets.synthetic import generate
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository, findings
from tests.migrate.test_plan import tasks
from tests.migrate.test_rewrites import TOKEN, planned

ENVIRONMENTS = ("production", "staging", "development")
PASSWORD = generate("{base62:24}", 1)
CHOSEN = generate("sunflower-{digits:2}")


@pytest.mark.parametrize(
    ("path", "chosen", "environments", "expected"),
    [
        (".env", "", ENVIRONMENTS, "development"), ("app/a.py", "", ENVIRONMENTS, "production"),
        (".env.staging", "", ENVIRONMENTS, "staging"), (".env.docker", "", ENVIRONMENTS, "development"),
        (".env.blue", "", ("production", "blue"), "blue"), (".env", "staging", ENVIRONMENTS, "staging"),
        (".env.production", "staging", ENVIRONMENTS, "production"),
        ("app/a.py", "staging", ENVIRONMENTS, "staging"),
        ("tests/a.py", "staging", ENVIRONMENTS, "staging"),
    ],
)  # fmt: skip
def test_a_secret_is_of_the_environment_that_its_file_names(
    path: str, chosen: str, environments: tuple[str, ...], expected: str
) -> None:
    assert Naming("shop", environments, chosen).secret_id(path) == f"shop/{expected}"


COMPOSE = "services:\n  api:\n    build: .\n    environment:\n      API_PASSWORD: {}\n"


@pytest.mark.parametrize(
    "dotenv", [{}, {".env": f"OTHER_PASSWORD={PASSWORD}\n"}], ids=["alone", "beside .env"]
)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env.staging", "API_PASSWORD={}\n"), ("deploy/prod.env", "API_PASSWORD={}\n"),
        ("app/settings.py", "API_PASSWORD = '{}'\n"), ("app/staging.py", "API_PASSWORD = '{}'\n"),
        ("src/config.production.ts", "export const API_PASSWORD = '{}';\n"),
        ("docker-compose.yml", COMPOSE), ("docker-compose.staging.yml", COMPOSE),
    ],
)  # fmt: skip
def test_a_finding_and_the_plan_name_the_same_secret(
    repo: Repository, dotenv: dict[str, str], path: str, text: str
) -> None:
    """Or the finding leaves the environment open, where the file does not say it."""
    for each, content in {**dotenv, path: text.format(TOKEN)}.items():
        repo.write(each, content)
    plan, _ = planned(repo)
    (planned_for,) = {
        secret.secret_id
        for secret in plan.secrets
        for key in secret.keys
        for s in key.sources
        if s.path == path
    }
    found = findings(repo.palint("--format", "json", "--select", "C1,C2"))
    (hint,) = (f["fix_hint"] for f in found if f["path"] == path and f["rule"] == "hardcoded-secret")
    assert set(re.findall(r"shop/[\w<>]+", hint)) <= {planned_for, "shop/<environment>"} and "shop/" in hint


def test_a_file_that_is_a_link_or_partly_encrypted_is_left_alone(repo: Repository) -> None:
    repo.write("conf/app.env", "not a line\n")
    (repo.path / ".env").symlink_to("conf/app.env")
    repo.write("b.env", f"DOTENV_PUBLIC_KEY=1\nAPI_TOKEN=encrypted:{PASSWORD}=\nDB_PASSWORD={PASSWORD}\n")
    plan, _ = planned(repo)
    assert plan.secrets == () and plan.removed == ()
    said = tasks(plan, "files")
    assert "`b.env` is encrypted in part: move its values by hand" in said
    assert "`.env`: move what it exports to Secrets Manager, then delete it" in said


def test_a_file_of_aws_keys_alone_names_no_secret(repo: Repository) -> None:
    key, value = generate("{aws_access_key_id}"), generate("{aws_secret_access_key}")
    repo.write(".env", f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={value}\n# Settings of the shop\n")
    repo.write("app.py", f"GITHUB_TOKEN = '{TOKEN}'\n")
    plan, files = planned(repo)
    assert [secret.secret_id for secret in plan.secrets] == ["shop/production"]
    assert "# Settings of the shop" in files[".env.example"]


def test_a_setting_with_another_value_than_its_key_is_left_to_a_person(repo: Repository) -> None:
    repo.write(".env", "API_TOKEN=one\n")
    text = f"services:\n  a:\n    image: x\n    environment:\n      API_TOKEN: {TOKEN}\n"
    repo.write("compose.yaml", text)
    plan, files = planned(repo)
    assert files.get("compose.yaml", text) == text
    assert any(task.startswith("`compose.yaml:5`") for task in tasks(plan, "move"))


def test_settings_of_the_repository_and_the_user(repo: Repository) -> None:
    """An environment for tests may have a secret; a file that is searched in windows is a task."""
    repo.write("palint.toml", 'environments = ["production", "test"]\n')
    repo.write(".env.test", "API_TOKEN=x1\n")
    repo.write("large.py", f"GITHUB_TOKEN = '{TOKEN}'\n" + "#" * 100)
    whole = Project(str(repo.path), WorkTree(str(repo.path), repository=True))
    run = RunPlan(whole, Config(), registry.load(), None, None)
    findings = execute(run, CheckOptions(isolated=True, quiet=True, jobs=1)).findings
    limited = Project(whole.root, whole.tree, Limits(text=100))
    choices = planning.Choices(("production", "test"), service="shop", profile="ops")
    plan = planning.make_plan(limited, findings, choices, lambda project, rules: ())
    assert [secret.secret_id for secret in plan.secrets] == ["shop/test"]
    texts = {file.path: file.text for file in plan.files}
    assert "large.py" not in texts and "aws sso login\n" in texts[".env.example"]


def test_a_default_without_its_variable_and_a_command_s_value(repo: Repository) -> None:
    repo.write("app.py", f"import os\nA = os.getenv('API_LOGIN', '{TOKEN}')\n")
    text = f"services:\n  a:\n    image: x\n    command: run {TOKEN}\n    environment:\n      B: c\n"
    repo.write("compose.yaml", text)
    repo.write(".envrc", f"export API_TOKEN={TOKEN[:4]}\n")
    plan, files = planned(repo)
    assert [key.name for secret in plan.secrets for key in secret.keys] == ["API_LOGIN"]
    assert "compose.yaml" not in files
    assert any(task.startswith("`compose.yaml:4`") for task in tasks(plan, "move"))
    assert "`.envrc`: move what it exports to Secrets Manager, then delete it" in tasks(plan, "files")


def test_a_password_in_a_url_without_a_name_is_named_after_its_form(repo: Repository) -> None:
    url = f"postgres://shop:{PASSWORD}@db.acme.net/shop"
    repo.write("app.py", f"connect('{url}')\nconnect('{url}?token={TOKEN}')\n")
    plan, files = planned(repo)
    assert files["app.py"].count("connect(secret(") == 2
    names = {key.name for secret in plan.secrets for key in secret.keys}
    assert names == {"URL_CREDENTIALS", "APP_URL_CREDENTIALS"}, "one key a literal"


def test_values_that_no_program_reads(repo: Repository) -> None:
    """A schema's description, the examples of an API; an example's secret is rotated, once it is certain."""
    repo.write("api.graphql", f'"""Such as {TOKEN}."""\ntype A {{ b: Int }}\n')
    repo.write("api.yml", f"swagger: '2.0'\nx: [{{example: {TOKEN}}}]\n")
    repo.write("list.yml", f"- {{example: {TOKEN}}}\n")
    repo.write(".env.example", f"GITHUB_TOKEN={TOKEN}\nDB_PASSWORD={CHOSEN}\n")
    plan, files = planned(repo)
    assert TOKEN not in files["api.graphql"] + files["api.yml"] and "list.yml" not in files
    rotated = [text for text in tasks(plan, "rotate") if text.startswith("`.env.example:")]
    assert len(rotated) == 1 and rotated[0].startswith("`.env.example:1` had one")


def test_a_finding_that_nothing_covers_is_a_task_once(repo: Repository) -> None:
    text = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  API_TOKEN: {TOKEN}\n"
    repo.write("k8s/secret.yaml", text)
    repo.write(
        "action.yml", "runs:\n  using: composite\n  steps:\n    - run: echo ${{ secrets.DEPLOY_TOKEN }}\n"
    )
    plan, _ = planned(repo)
    manifest = [text for text in tasks(plan, "move") if "k8s/secret.yaml" in text]
    assert len(manifest) == 1 and manifest[0].endswith("(kubernetes-secret)")
    assert [text for text in tasks(plan, "move") if "action.yml" in text] == [
        "`action.yml` reads secrets from GitHub: change it by hand"
    ]


def test_low_confidence_is_one_task_a_file(repo: Repository) -> None:
    repo.write("a.py", f"db_password = '{CHOSEN}'\n")
    repo.write("b.py", f"db_password = '{CHOSEN}'\nmail_password = '{CHOSEN}0'\n")
    plan, _ = planned(repo)
    one, two = tasks(plan, "decide")
    assert one.startswith("`a.py:1`: ") and one.endswith("If it is a secret, move it by hand")
    assert two == "`b.py:1-2`: 2 low-confidence secrets. Move the real ones by hand"


@pytest.mark.parametrize(
    ("package", "expected"),
    [("", True), ('{"dependencies": {"dotenv": "1"}}', False),
     ('{"dependencies": {"dotenv": "1", "dotenv-expand": "1"}}', True)],
)  # fmt: skip
def test_the_loader_of_the_program_decides_whether_references_are_replaced(
    repo: Repository, package: str, expected: bool
) -> None:
    if package:
        repo.write("package.json", package)
    assert planning.expands(Project(str(repo.path), WorkTree(str(repo.path), repository=True))) is expected
