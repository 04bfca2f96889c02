"""What a plan promises: no line and no reader of a dotenv file is lost, and tasks name their places."""

from __future__ import annotations

import io

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from palint.migrate import render
from palint.migrate.migration_plan import MigrationPlan
from palint.secrets import synthetic
from tests.conftest import Repository
from tests.migrate.conftest import Aws
from tests.migrate.test_migrate import make_plan, migration, palint, read

PASSWORD = synthetic.generate("{base62:20}", 7)
KEY = synthetic.generate("{base62:40}", 8)
COMPOSE = "services:\n  api:\n    build: .\n    env_file: app.env\n"
BANK = {
    "app.env": f"DB_SOURCE=postgresql://root:{PASSWORD}@db/bank\nACCESS_TOKEN_DURATION=15m\nPORT=8080\n",
    "util/config.go": (
        'package util\n\nimport "github.com/spf13/viper"\n\nfunc Load() error {\n'
        '\tviper.SetConfigName("app")\n\tviper.SetConfigType("env")\n\treturn viper.ReadInConfig()\n}\n'
    ),
    "start.sh": '#!/bin/sh\nwhile read -r line; do\n  export "$line"; done < /app/app.env\nexec ./main\n',
    "Dockerfile": "FROM golang:1.22\nCOPY app.env .\nCOPY start.sh .\n",
    "compose.yaml": COMPOSE,
    "README.md": "Edit app.env.\n",
}


def bank(repo: Repository, **changed: str) -> Repository:
    repo.git("remote", "add", "origin", "https://github.com/acme/bank.git")
    for path, text in BANK.items():
        repo.write(path, text)
    repo.add()
    repo.commit("old")
    return repo


def tasks(plan: MigrationPlan, topic: str) -> list[str]:
    return [task.text for task in plan.tasks if task.topic == topic]


def test_a_line_that_cannot_be_read_keeps_the_file_and_is_named(aws: Aws, repo: Repository) -> None:
    text = f"A=1\n-----BEGIN PRIVATE KEY-----\n{KEY}\nnot a line\n# fine\n"
    repo.write(".env", text)
    for words in (["migrate"], ["migrate", "--apply", "--yes"]):
        made = palint(repo, *words)
        assert made.returncode == 2 and ".env: cannot be read: lines 2-4" in made.stdout, made.stdout
        assert KEY not in made.stdout + made.stderr
    assert read(repo, ".env") == text and "CreateSecret" not in aws.calls
    repo.write(".env", "A=1\n")
    assert palint(repo, "migrate", "--apply", "--yes").returncode == 0
    assert not (repo.path / ".env").exists()


def test_a_file_that_cannot_be_read_is_still_loaded(repo: Repository) -> None:
    bank(repo)
    repo.write("app.env", BANK["app.env"] + "not a line\n")
    _, plan = make_plan(repo)
    assert plan.files == () and [file.lines for file in plan.kept] == [(4,)]


def test_what_loads_a_file_that_stays_goes_on_loading_it(repo: Repository) -> None:
    """A line that cannot be read, other values than another file's, values for tests."""
    python = "import os\nfrom dotenv import load_dotenv\n\nload_dotenv({})\nA = os.environ['A']\n"
    repo.write(".env", "A=1\n")
    repo.write("app.py", python.format(""))
    repo.write("b/.env", "A=2\n")
    repo.write("b/app.py", python.format(""))
    repo.write("c/.env", "not a line\n")
    repo.write("c/index.js", "require('dotenv').config();\n")
    repo.write(
        "c/package.json",
        '{"dependencies": {"dotenv": "^16"}, "scripts": {"a": "dotenv -e .env.test -- b"}}\n',
    )
    repo.write("d/package.json", '{"scripts": {"a": "node --env-file=.env.prod dist/b.js"}}\n')
    repo.write("d/.env", "A=1\n")
    repo.write("e/app.py", python.format("'x.env'"))
    repo.write("f/x.env", "A=1\nnot a line\n")
    repo.write(".env.test", "A=3\n")
    repo.write("e2e/run.py", python.format("'.env.test'"))
    repo.write("requirements.txt", "python-dotenv\n")
    _, plan = make_plan(repo)
    changed = {file.path for file in plan.files}
    staying = {"b/app.py", "c/index.js", "c/package.json", "e2e/run.py", "d/package.json", "e/app.py"}
    assert "app.py" in changed and not changed & staying
    assert [file.path for file in plan.removed] == [".env", "d/.env"]
    [requirements] = [file.text for file in plan.files if file.path == "requirements.txt"]
    assert "python-dotenv" in requirements


def test_what_is_stored_nowhere_is_shown_before_anything_happens(repo: Repository) -> None:
    old = synthetic.generate("{base62:32}", 3)
    repo.write(".env", f"# Settings of the shop\nA=1 # for tests\n# OLD_KEY={old}\nEMPTY=\n")
    repo.write(".env.local", "A=2\n")
    shown = palint(repo, "migrate")
    assert "`.env:3`: a comment that may hold a value" in shown.stdout and old not in shown.stdout
    assert "`.env:2`: `A` has another value" in shown.stdout
    _, plan = make_plan(repo)
    [example] = [f.text for f in plan.files if f.path == ".env.example"]
    for line in ("# Settings of the shop", "# for tests", "# EMPTY - has no value"):
        assert line in example.splitlines()
    assert old not in example


def test_a_file_stays_until_what_reads_it_is_changed_and_then_goes(aws: Aws, repo: Repository) -> None:
    bank(repo)
    made = palint(repo, "migrate", "--apply", "--yes")
    assert made.returncode == 0, made.stderr
    assert "app.env: still read by start.sh:3, util/config.go:7" in made.stdout
    assert "`bank/development`: stored; still in app.env" in made.stdout
    assert aws.keys("bank/development")["DB_SOURCE"] == f"postgresql://root:{PASSWORD}@db/bank"
    for path in ("app.env", "Dockerfile", "compose.yaml", "start.sh"):
        assert read(repo, path) == BANK[path], path  # the image still needs the file

    repo.write("start.sh", "#!/bin/sh\nexec ./main\n")
    made = palint(repo, "migrate", "--apply", "--yes")
    assert "still read by util/config.go:7" in made.stdout and (repo.path / "app.env").exists()

    repo.write("util/config.go", "package util\n\nfunc Load() error { return readSecret() }\n")
    made = palint(repo, "migrate", "--apply", "--yes")
    assert made.returncode == 0 and "deleted app.env" in made.stdout, made.stdout + made.stderr
    assert not (repo.path / "app.env").exists() and "COPY app.env" not in read(repo, "Dockerfile")
    assert "env_file" not in read(repo, "compose.yaml")
    assert "`README.md:1`: names `app.env`" in made.stdout


def test_installed_packages_are_neither_read_nor_written(repo: Repository) -> None:
    repo.write("package.json", '{"name": "shop", "dependencies": {"dotenv": "^16.0.0"}}\n')
    repo.write("index.js", "require('dotenv').config();\nconsole.log(process.env.A);\n")
    repo.write(".env", "A=1\n")
    loading = "require('dotenv').config({path: '.env'});\n"
    repo.write("vendor/composer/installed.json", '{"packages": [{"name": "acme/x"}]}\n')
    for folder in ("node_modules/x", "vendor/acme/x", "venv/lib/python3/site-packages/x"):
        repo.write(f"{folder}/index.js", loading)
        repo.write(f"{folder}/.env", "B=2\n")
    _, plan = make_plan(repo)
    assert [f.path for f in plan.removed] == [".env"] and plan.kept == ()
    assert not [f.path for f in plan.files if "/x/" in f.path]
    assert not [task.text for task in plan.tasks if "/x/" in task.text]
    repo.git("add", "--force", "vendor")
    _, plan = make_plan(repo)
    assert not [f.path for f in (*plan.files, *plan.removed) if "/x/" in f.path] and plan.kept == ()
    repo.write("vendor/own/x/index.js", loading)  # no list has it, so it is the repository's own
    _, plan = make_plan(repo)
    assert [f.path for f in plan.files if "/x/" in f.path] == ["vendor/own/x/index.js"]


def test_like_places_are_one_task_and_the_plan_has_them_all(repo: Repository) -> None:
    bank(repo)
    repo.write("docs/a.md", "Copy app.env.\n\nEdit app.env.\n")
    repo.write(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n      - run: cat app.env\n")
    repo.write(".gitlab-ci.yml", "a:\n  script:\n    - cat app.env\n")
    repo.git("rm", "--cached", "-q", "app.env")
    _, plan = make_plan(repo)
    assert "`README.md:1`, `docs/a.md:1, 3`: names `app.env`" in tasks(plan, "mention")
    assert not any(".git" in place for file in plan.kept for place in file.readers)
    shown = palint(repo, "migrate").stdout
    assert all(f"    {task.text}\n" in shown for task in plan.tasks)
    for number in range(9):
        repo.write(f"docs/{number}/help.md", "Edit app.env.\n")
    text = "`README.md:1`, `docs/*/help.md` (9 files), `docs/a.md:1, 3`: names `app.env`"
    assert text in tasks(make_plan(repo)[1], "mention")
    repo.git("add", "app.env")  # then a pipeline has it, too
    _, plan = make_plan(repo)
    for pipeline in (".github", ".gitlab"):
        assert any(pipeline in place for file in plan.kept for place in file.readers)


def test_the_plan_says_which_keys_of_github_are_to_be_stored(repo: Repository) -> None:
    repo.write("prod.env", "STRIPE_KEY=one\n")
    steps = "      - run: ./deploy.sh\n        env:\n          API_KEY: ${{ secrets.API_KEY }}\n"
    job = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n"
    repo.write(".github/workflows/deploy.yml", job + steps)
    lines = list(render.plan_lines(make_plan(repo)[1]))
    assert (
        "    `API_KEY` in `repo/production`, unless it is there: `--apply` looks, and prints the command"
        in lines
    )
    left = next(line for line in lines if line.startswith("Left for you"))
    start = lines.index(left) + 1
    assert left.split()[3] == str(sum(line.startswith("    ") for line in lines[start:]))


def test_what_starts_the_program_elsewhere_needs_the_secret_and_a_role(repo: Repository) -> None:
    bank(repo)
    workload = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n    - image: {}\n"
    files = {
        "infra/main.tf": '# the API\nresource "aws_ecs_task_definition" "api" {}\n',
        "infra/staging/main.tf": 'resource "aws_lambda_function" "api" {}\n',
        "infra/queue.tf": 'resource "aws_sqs_queue" "q" {}\n',
        "infra/done.tf": 'resource "aws_lambda_function" "x" {\n  # SECRET_ID\n}\n',
        "template.yaml": "Resources:\n  Api:\n    Type: AWS::Serverless::Function\n",
        "chart/templates/api.yaml": workload.format("{{ .Values.image }}"),
        "k8s/redis.yaml": workload.format("redis:7"),
        "k8s/staging/api.yaml": workload.format("ghcr.io/acme/bank:1"),
        "x/launch.json": "{}\n",
        ".vscode/launch.json": '{"configurations": [{"type": "go", "envFile": "app.env"}]}\n',
        "app.py": "from dotenv import load_dotenv\n\nload_dotenv('app.env')\n",
    }
    for path, text in files.items():
        repo.write(path, text)
    _, plan = make_plan(repo)
    laptop, production, staging = tasks(plan, "deploy")
    assert "on a laptop to `bank/development`" in laptop
    assert production.startswith(
        "`chart/templates/api.yaml:2` (Deployment), `infra/main.tf:2` (aws_ecs_task_definition), "
        "`template.yaml:3` (AWS::Serverless::Function): where"
    )
    assert "`bank/production`" in production and staging.startswith("`infra/staging/main.tf:1`")
    assert "`k8s/staging/api.yaml:2` (Deployment)" in staging
    [launch] = [file.text for file in plan.files if file.path.endswith("launch.json")]
    assert launch == '{"configurations": [{"type": "go"}]}\n'
    assert plan.read["bank/staging"] == {"DB_SOURCE", "ACCESS_TOKEN_DURATION", "PORT"}


def test_what_uses_an_example_is_a_task_when_its_values_go(repo: Repository) -> None:
    repo.write(".env", f"API_TOKEN={KEY}\n")
    repo.write(".env.example", "# SECRET_ID - what to load\nAPI_TOKEN=x1\n")
    repo.write("web/.env.example", "API_TOKEN=x1\n")
    repo.write("web/run.sh", "cp .env.example .env\n")
    repo.write("package-lock.json", '{"a": ".env.example"}\n')
    repo.write("app.py", "from dotenv import load_dotenv\n\nload_dotenv()\n")
    repo.write("package.json", '{\n  "scripts": {"test": "dotenv-cli -e .env.example -- jest"}\n}\n')
    repo.write("run.sh", "# cp .env.example .env\ncp .env.example .env\n")
    repo.write("README.md", "Copy .env.example.\n")
    _, plan = make_plan(repo)
    used = [text.partition(",")[0] for text in tasks(plan, "check") if "no longer has values" in text]
    assert used == [
        "`package.json:2` uses `.env.example`", "`run.sh:2` uses `.env.example`",
        "`web/run.sh:1` uses `web/.env.example`",
    ]  # fmt: skip
    texts = {file.path: file.text for file in plan.files}
    assert texts["web/.env.example"].count("SECRET_ID") == texts[".env.example"].count("SECRET_ID") == 1


def test_an_example_without_a_program_that_reads_secrets_names_none(repo: Repository) -> None:
    repo.write(".env", f"API_TOKEN={KEY}\n")
    repo.write(".env.example", "API_TOKEN=x1\n")
    [example] = [file.text for file in make_plan(repo)[1].files if file.path == ".env.example"]
    assert "SECRET_ID" not in example and "API_TOKEN" in example


def test_an_action_that_reads_secrets_is_left_to_a_person(repo: Repository) -> None:
    step = "    - run: a\n      shell: sh\n      env:\n        TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n"
    repo.write("action.yml", f"name: a\nruns:\n  using: composite\n  steps:\n{step}")
    _, plan = make_plan(repo)
    assert plan.files == ()
    assert tasks(plan, "move") == ["`action.yml` reads secrets from GitHub: change it by hand"]


def test_a_placeholder_overrides_no_value(repo: Repository) -> None:
    """`.env.dev` is a template then, also where a placeholder is a part of a value."""
    lines = "API_TOKEN={}\nAPI_URL=https://x:${{API_TOKEN}}@db\n"
    repo.write(".env", lines.format(KEY))
    repo.write(".env.dev", lines.format("<INSERT_TOKEN>") + "PORT=2\n")
    _, plan = make_plan(repo)
    sources = {key.name: key.sources[0].path for secret in plan.secrets for key in secret.keys}
    assert sources == {"API_TOKEN": ".env", "API_URL": ".env", "PORT": ".env.dev"}
    assert any("`.env.dev:1`: `API_TOKEN` has another value" in text for text in tasks(plan, "left out"))
    repo.write(".env", "API_TOKEN=<INSERT_TOKEN>\nPORT=1\n")
    _, plan = make_plan(repo)
    sources = {key.name: key.sources[0].path for secret in plan.secrets for key in secret.keys}
    assert sources["PORT"] == ".env.dev", "both are templates"


def test_a_file_that_stays_is_still_copied_into_its_image(repo: Repository) -> None:
    """And a file for containers is for the machine that `.env` is for, whose values it contradicts."""
    repo.write(".env", f"API_TOKEN={KEY}\nDB_PASSWORD=changeme\n")
    repo.write(".env.docker", f"API_TOKEN={KEY[::-1]}\n")
    repo.write("Dockerfile", "FROM php\nCOPY .env.docker /app/.env\nCOPY .env /app/.env.old\n")
    _, plan = make_plan(repo)
    assert [secret.secret_id for secret in plan.secrets] == ["repo/development"]
    texts = {file.path: file.text for file in plan.files}
    assert texts["Dockerfile"] == "FROM php\nCOPY .env.docker /app/.env\n"
    assert any(text.startswith("`.env.docker` stays: it sets other values") for text in tasks(plan, "files"))
    assert {key.name: key.secret for key in plan.secrets[0].keys} == {"API_TOKEN": True, "DB_PASSWORD": False}


WORKFLOW = """on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: |
          echo "STRIPE_KEY=${{ secrets.STRIPE_KEY }}" >> .env
          echo "SECRET_KEY=${{ secrets.SECRET_KEY }}" >> .env
          docker compose up -d
      - run: make ship
        env:
          STRIPE_KEY: ${{ secrets.STRIPE_KEY }}
"""


def test_a_secret_that_another_rule_s_finding_covers_is_migrated(repo: Repository) -> None:
    repo.git("remote", "add", "origin", "https://github.com/acme/bank.git")
    repo.write(".github/workflows/deploy.yml", WORKFLOW)
    _, plan = make_plan(repo)
    [text] = [f.text for f in plan.files]
    assert "secrets." not in text and text.count("${{ env.SECRET_KEY }}") == 1
    [job] = yaml.safe_load(text)["jobs"].values()
    assert job["steps"][1]["with"]["secret-ids"] == ",bank/production\n"
    assert plan.read == {"bank/production": {"STRIPE_KEY", "SECRET_KEY"}}


def test_every_secret_that_is_read_is_granted_and_what_is_missing_is_a_task(
    aws: Aws, repo: Repository
) -> None:
    bank(repo)
    (repo.path / "start.sh").unlink()
    repo.write("util/config.go", "package util\n")
    repo.write(".github/workflows/deploy.yml", WORKFLOW)
    command = "`aws secretsmanager create-secret --name bank/production --region eu-west-2 --secret-string"
    made = palint(repo, "migrate", "--apply", "--yes")
    assert (
        f"create `bank/production` with `SECRET_KEY`, `STRIPE_KEY`, as one JSON object: {command}"
        in made.stdout
    )
    policy = made.stdout[made.stdout.index("### Grant") :]
    assert "bank/development-" in policy and "bank/production-??????" in policy

    aws.client().create_secret(Name="bank/production", SecretString='{"STRIPE_KEY": "x"}')
    repo.write(".github/workflows/deploy.yml", WORKFLOW)
    made = palint(repo, "migrate", "--apply", "--yes")
    assert "add `SECRET_KEY` to the JSON of `bank/production`" in made.stdout, made.stdout
    policy = made.stdout[made.stdout.index("### Grant") :]
    assert "bank/production-" in policy and "??????" not in policy


def test_only_what_was_committed_is_rotated(repo: Repository) -> None:
    bank(repo)
    repo.write(".gitignore", ".env\n")
    repo.write(".env", f"PRIVATE_KEY={KEY}\nMORE=1\n")
    _, plan = make_plan(repo)
    rotated = "\n".join(tasks(plan, "rotate"))
    assert "`DB_SOURCE`" in rotated and "PRIVATE_KEY" not in rotated
    assert "ACCESS_TOKEN_DURATION" not in rotated and "PORT" not in rotated
    [private] = [text for text in tasks(plan, "check") if "never" in text]
    assert "`PRIVATE_KEY`" in private and "`.env`" in private and "MORE" not in private
    repo.git("rm", "-q", "--cached", "app.env")
    repo.commit("gone")
    _, plan = make_plan(repo)
    assert "`DB_SOURCE`" in "\n".join(tasks(plan, "rotate"))  # it is in the history


def test_a_secret_that_an_image_sets_is_stored_before_it_goes(repo: Repository) -> None:
    repo.git("remote", "add", "origin", "https://github.com/acme/bank.git")
    repo.write("Dockerfile", f'FROM x\nENV A=b API_KEY="{KEY}"\nENV OTHER_KEY={KEY}\\\nx\n')
    _, plan = make_plan(repo)
    [secret] = plan.secrets
    assert secret.secret_id == "bank/production" and [key.name for key in secret.keys] == ["API_KEY"]
    [file] = [file for file in plan.files if file.path == "Dockerfile"]
    assert file.text.startswith("FROM x\nENV A=b\nENV OTHER_KEY=")
    shown = "\n".join(task.text for task in plan.tasks)
    assert "the image no longer sets `API_KEY`: read it from `bank/production`" in shown
    assert "`Dockerfile:3`: hardcoded secret in `OTHER_KEY`" in shown


# Readers of `app.env`: (path, text, whether palint rewrites it).
READERS = [
    ("main.go", 'package main\nimport "github.com/joho/godotenv"\nvar _ = godotenv.Load("app.env")\n', False),
    ("util/config.go", BANK["util/config.go"], False),
    ("start.sh", BANK["start.sh"], False),
    ("Makefile", "include app.env\n\nrun:\n\t./main $(PEM_KEY)\n", True),
    ("run.sh", "set -a\n. ./app.env\n./main $PEM_KEY\n", True),
    ("web/index.php", "<?php\n$lines = file('../app.env');\n", False),
    ("config.rb", "Dotenv.load('app.env')\n", False),
    ("app.service", "[Service]\nEnvironmentFile=/srv/app.env\n", False),
    ("app.py", "from dotenv import load_dotenv\n\nload_dotenv('app.env')\n", True),
    ("index.js", "require('dotenv').config({ path: 'app.env' });\n", True),
    ("Dockerfile", "FROM x\nCOPY app.env .\nCOPY a b\n", True),
    ("compose.yaml", COMPOSE, True),
    ("docs/setup.md", "Copy app.env.\n", True),
    (
        "svc/main.go",
        'package main\nimport "github.com/joho/godotenv"\nfunc main() { godotenv.Load("app.env") }\n',
        True,
    ),
    ("php/run.php", "<?php\nDotenv\\Dotenv::createImmutable('..', 'app.env')->load();\n", True),
    ("ruby/run.rb", "require 'dotenv'\nDotenv.load('../app.env')\n", True),
    ("Main.java", 'class Main { String a = System.getenv("PEM_KEY"); }\n', True),  # if Compose gives it
]
MANIFESTS = {
    "svc": ("go.mod", "module a\n"),
    "php": ("composer.json", "{}\n"),
    "ruby": ("Gemfile", "\n"),
}
LINES = st.one_of(
    st.builds("{}={}".format, st.sampled_from("ABC"), st.text("ab1 #='\"", max_size=6)),
    st.sampled_from(["", "# a remark", "D=", f"# OLD={KEY}", "nonsense", f"PEM_KEY='{KEY}\n{KEY}'"]),
)


@pytest.mark.slow
@settings(
    max_examples=15, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    lines=st.lists(LINES, min_size=1, max_size=5),
    chosen=st.lists(st.sampled_from(READERS), unique=True, max_size=4),
)
def test_no_line_and_no_reader_is_lost(
    aws: Aws, repo: Repository, lines: list[str], chosen: list[tuple[str, str, bool]]
) -> None:
    aws.reset()
    for path in repo.git("ls-files", "--cached", "--others").split():
        (repo.path / path).unlink(missing_ok=True)
    repo.git("remote", "remove", "origin") if repo.git("remote") else None
    repo.git("remote", "add", "origin", "https://github.com/acme/bank.git")
    before = "\n".join(lines) + "\n"
    repo.write("app.env", before)
    for path, text, _ in chosen:
        repo.write(path, text)
        if manifest := MANIFESTS.get(path.partition("/")[0]):
            repo.write(f"{path.partition('/')[0]}/{manifest[0]}", manifest[1])
    repo.git("add", "--all")
    java = "Main.java" in [path for path, _, _ in chosen] and any(line.startswith("PEM") for line in lines)
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    lasting = [path for path, _, rewritten in chosen if not rewritten]
    if (repo.path / "app.env").exists():
        assert read(repo, "app.env") == before
        if not plan.kept:  # without any value it is none that palint reports
            assert not plan.secrets and "[env-file]" not in palint(repo, "--format", "concise").stdout
            return
        [kept] = plan.kept
        assert kept.lines or {place.rpartition(":")[0] for place in kept.readers} >= set(lasting)
        assert kept.lines or lasting or java
        for path, text, _ in chosen:
            if path in ("Dockerfile", "compose.yaml"):
                assert read(repo, path) == text
        return
    assert "nonsense" not in lines and not lasting
    assert not java or 'PEM_KEY: "${PEM_KEY:?}"' in read(repo, "compose.yaml")
    values = {n: v for n, v in dotenv_values(stream=io.StringIO(before), interpolate=False).items() if v}
    stored = aws.keys("bank/development").keys() if plan.secrets else set()
    assert values.keys() - stored == {n for n, v in values.items() if str(v).startswith("#")}
    for path, _, _ in chosen:
        assert path.endswith(".md") or "app.env" not in read(repo, path), path
    example = read(repo, ".env.example") if (repo.path / ".env.example").exists() else ""
    shown = "\n".join(task.text for task in plan.tasks)
    for number, line in enumerate(lines, 1):
        if line == "# a remark":
            assert line in example or f"`app.env:{number}`" in shown or "app.env:" in shown
        if line.startswith("# OLD"):
            assert KEY not in example and "a comment that may hold a value" in shown
