"""Programs in Go, PHP, Ruby, C# and Java: each reader of the .env file is changed, or keeps the file."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from palint.migrate.environment_plan import credential_key
from palint.secrets.synthetic import generate
from tests.conftest import Repository
from tests.migrate.test_environment_code import VIPER
from tests.migrate.test_migrate import make_plan
from tests.migrate.test_rewrites import planned

DOTENV = f"DB_SOURCE=postgres://shop:{generate('{base62:20}', 'plan')}@db/shop\nTOKEN_DURATION=15m\n"


def write(repo: Repository, **files: str) -> None:
    """Files by name; `/` is written as `__` and `.` as `_dot_`."""
    for name, text in files.items():
        repo.write(name.replace("__", "/").replace("_dot_", "."), text)


def test_viper_reads_the_secret_and_a_script_keeps_the_file(repo: Repository) -> None:
    write(
        repo, app_dot_env=DOTENV, go_dot_mod="module acme.com/shop\n\ngo 1.22\n", util__config_dot_go=VIPER,
        Dockerfile="FROM alpine:3.19\nCOPY app.env .\nCOPY start.sh .\nENTRYPOINT [\"/app/start.sh\"]\n",
        start_dot_sh='#!/bin/sh\n\nwhile read -r line; do export "$line"; done </app/app.env\nexec "$@"\n',
    )  # fmt: skip
    plan, files = planned(repo)
    assert "awssecrets.Settings()" in files["util/config.go"]
    assert files["internal/awssecrets/awssecrets.go"].startswith("// Settings from AWS Secrets Manager")
    assert "Dockerfile" not in files, "the image has the file for as long as the script reads it"
    assert [(kept.path, kept.readers) for kept in plan.kept] == [("app.env", ("start.sh:3",))]
    assert plan.removed == ()
    assert any("go get github.com/aws/aws-sdk-go-v2/config" in task.text for task in plan.tasks)
    assert not any("is not here" in task.text for task in plan.tasks)

    for path, text in files.items():
        repo.write(path, text)
    write(repo, start_dot_sh='#!/bin/sh\nset -e\nexec "$@"\n')  # the person does the task
    write(repo, db_dot_go='package main\nimport "os"\nvar db = os.Getenv("DB_SOURCE")\n')  # and goes on
    repo.add()
    _, plan = make_plan(repo)
    assert [file.path for file in plan.removed] == ["app.env"] and not plan.kept
    assert [(c.path, c.text.count("app.env")) for c in plan.files] == [("db.go", 0), ("Dockerfile", 0)]
    assert not [task.text for task in plan.tasks if task.topic == "install"]


GODOTENV = '"github.com/joho/godotenv"'
LARAVEL = '{"require": {"laravel/framework": "^11.0"}}\n'


@pytest.mark.parametrize(
    ("files", "changed", "expected"),
    [
        (
            {
                "go_dot_mod": "module a\n\nrequire github.com/joho/godotenv v1.5.1\n",
                "main_dot_go": f"package main\nimport {GODOTENV}\nfunc main() {{ godotenv.Load() }}\n",
                "db_dot_go": 'package main\nimport "os"\nvar db = os.Getenv("DB_SOURCE")\n',
                "db_test_dot_go": 'package main\nimport "os"\nvar db = os.Getenv("DB_SOURCE")\n',
                "cache_dot_go": 'package main\nimport "github.com/kelseyhightower/envconfig"\n',
            },
            {"main.go", "db.go", "cache.go", "internal/awssecrets/awssecrets.go"},
            "`go mod tidy`",
        ),
        (
            {
                "api__Gemfile": "\n", "api__app_dot_rb": "Dotenv.load\n",
                "blog__composer_dot_json": LARAVEL, "blog__bootstrap__app_dot_php": "<?php\nreturn 1;\n",
                "Taskfile_dot_yml": "dotenv: ['.env.other']\n",
            },
            {"api/app.rb", "api/aws_secrets.rb"},
            "in `api/`: the loader needs",
        ),
        (
            {
                "composer_dot_json": LARAVEL, "bootstrap__app_dot_php": "<?php\nreturn 1;\n",
                "config__db_dot_php": "<?php\nreturn env('DB_SOURCE');\n",
            },
            {"bootstrap/app.php", "aws-secrets.php"},
            "`composer require aws/aws-sdk-php`",
        ),
        (
            {
                "Gemfile": 'gem "dotenv-rails"\n', "config__boot_dot_rb": 'require "bundler/setup"\n',
                "config__db_dot_rb": 'ENV.fetch("DB_SOURCE")\n', "bin__job_dot_rb": "Dotenv.load\n",
            },
            {"config/boot.rb", "bin/job.rb", "config/aws_secrets.rb"},
            "`bundle remove dotenv-rails`",
        ),
        (
            {
                "shop_dot_csproj": "<Project></Project>\n",
                "Program_dot_cs": "using DotNetEnv;\nEnv.Load();\n",
                "Db_dot_cs": 'class Db { string s = Environment.GetEnvironmentVariable("DB_SOURCE"); }\n',
            },
            {"Program.cs", "AwsSecrets.cs"},
            "`dotnet add package AWSSDK.SecretsManager`",
        ),
        (
            {
                "pom_dot_xml": "<project></project>\n",
                "app_dot_properties": "spring.config.import=optional:file:.env[.properties]\ndb=${X}\n",
            },
            {"app.properties"},
            "io.awspring.cloud:spring-cloud-aws-starter-secrets-manager",
        ),
        (
            {
                "api__package_dot_json": '{"name": "a"}\n',
                "api__index_dot_js": "const db = process.env.DB_SOURCE;\n",
                "api__index_dot_test_dot_js": "const db = process.env.DB_SOURCE;\n",
                "api__jest_dot_config_dot_js": "const db = process.env.PATH_SOURCE;\n",
            },
            {"api/index.js", "api/aws-secrets.js", "api/package.json"},
            "`npm install`",
        ),
    ],
    ids=["go", "ruby in a folder", "laravel", "rails", "csharp", "spring", "node without dotenv"],
)  # fmt: skip
def test_each_language_reads_the_secret(
    repo: Repository, files: dict[str, str], changed: set[str], expected: str
) -> None:
    write(repo, _dot_env=DOTENV, **files)
    plan, texts = planned(repo)
    assert set(texts) - {".env.example", ".gitignore"} == changed
    assert [file.path for file in plan.removed] == [".env"], plan.kept
    assert any(expected in task.text for task in plan.tasks if task.topic == "install")


def test_a_program_that_compose_gives_the_variables_goes_on(repo: Repository) -> None:
    repo.write(".env", DOTENV)
    repo.write("compose.yaml", "services:\n  app:\n    build: .\n    env_file: .env\n")
    repo.write("src/Main.java", 'class Main { String a = System.getenv("DB_SOURCE"); }\n')
    plan, texts = planned(repo)
    assert 'DB_SOURCE: "${DB_SOURCE:?}"' in texts["compose.yaml"] and plan.kept == ()
    repo.write("index.js", "const a = process.env.TOKEN_DURATION;\n")
    repo.write("package.json", "{}\n")
    _, plan = make_plan(repo)
    text = next(file.text for file in plan.files if file.path == "compose.yaml")
    assert 'DB_SOURCE: "${DB_SOURCE:?}"' in text, "Java has no loader"
    assert 'SECRET_ID: "shop/development"' in text and "TOKEN_DURATION" not in text


def test_a_reader_without_a_loader_is_a_task_that_says_what_to_do(repo: Repository) -> None:
    repo.write(".env", DOTENV)
    repo.write("deploy.sh", 'psql "$DB_SOURCE"\n')
    plan, _ = planned(repo)
    assert [(kept.path, kept.readers) for kept in plan.kept] == [(".env", ("deploy.sh:1",))]
    [text] = [task.text for task in plan.tasks if "deploy.sh:1" in task.text]
    assert text.startswith(
        "`deploy.sh:1`: reads `DB_SOURCE`, which nothing gives it without `.env`: start it"
    )


ENCRYPTED = "b3V0--bm9uY2U=--dGFn"
RAILS = {
    "Gemfile": 'gem "rails"\n', "config__boot_dot_rb": 'require "bundler/setup"\n',
    "config__credentials_dot_yml_dot_enc": ENCRYPTED,
    "config__credentials__test_dot_yml_dot_enc": ENCRYPTED,
    "config__credentials__staging_dot_yml_dot_enc": ENCRYPTED,
    "config__credentials__staging_dot_key": f"{0x112233:032x}\n",
    "config__mail_dot_rb": "Rails.application.credentials.dig(:smtp, :password)\n# Rails.app.credentials.b\n",
    "config__storage_dot_yml": "id: <%= Rails.application.credentials.aws[:access_key_id] %>\n",
    "Dockerfile": "FROM ruby:3.3\nARG RAILS_MASTER_KEY\n",
    "README_dot_md": "Set `Rails.application.credentials.smtp` and RAILS_MASTER_KEY.\n",
    "_dot_gitignore": "config/master.key\n",
}  # fmt: skip


def test_rails_credentials_are_tasks_with_their_commands(repo: Repository) -> None:
    write(repo, **RAILS)
    plan, texts = planned(repo)
    assert set(texts) == {"config/boot.rb", "config/aws_secrets.rb"} and plan.secrets == ()
    assert set(plan.read) == {"shop/production", "shop/staging"}
    assert set(plan.read.values()) == {frozenset(("SECRET_KEY_BASE", "SMTP_PASSWORD"))}
    tasks = {topic: [t.text for t in plan.tasks if t.topic == topic] for topic in ("move", "store", "rotate")}
    first, second, last = tasks["move"]
    assert first.startswith('`config/mail.rb:1`: read `ENV.fetch("SMTP_PASSWORD")`')
    assert second.startswith("`config/storage.yml:1`: a key of an AWS user is not stored")
    assert "delete `config/credentials.yml.enc`, `config/master.key`" in last and "`Dockerfile:2`" in last
    [rotate] = tasks["rotate"]
    assert "staging.yml.enc` holds: its key `config/credentials/staging.key` is in git" in rotate
    assert any("test.yml.enc` stays" in task.text for task in plan.tasks)
    default, staging = sorted(tasks["store"])
    assert (
        "`bin/rails credentials:show --environment staging | ruby " in staging and "shop/staging" in staging
    )
    if shutil.which("ruby"):
        command = re.findall(r"`bin/rails credentials:show \| (ruby [^`]*)`", default)[0]
        quoted = "it's"
        shown = f'secret_key_base: a\nsmtp:\n  password: "{quoted}"\nports: [1]\n'
        made = subprocess.run(command, shell=True, input=shown, capture_output=True, text=True, check=True)
        assert json.loads(made.stdout) == {"SECRET_KEY_BASE": "a", "SMTP_PASSWORD": quoted, "PORTS": "[1]"}

    for path in (*texts, "config/mail.rb", "config/storage.yml"):
        repo.write(path, texts.get(path, 'ENV.fetch("SMTP_PASSWORD")\n'))
    repo.git("rm", "-qf", "config/credentials*", "Dockerfile")
    _, done = make_plan(repo)
    assert done.empty and done.tasks == ()


def test_rails_credentials_without_names_are_tasks_too(repo: Repository) -> None:
    write(
        repo, Gemfile='gem "rails"\n', config__credentials_dot_yml_dot_enc=ENCRYPTED,
        config__mail_dot_rb="Rails.application.credentials[name]\n",
    )  # fmt: skip
    move, last = (task.text for task in planned(repo)[0].tasks if task.topic == "move")
    assert move.startswith("`config/mail.rb:1`: read variables of the environment instead of Rails'")
    assert last.endswith("delete `config/credentials.yml.enc`, `config/master.key`")
    repo.git("mv", "-k", "config/credentials.yml.enc", "config/test.yml.enc")
    write(repo, config__credentials__test_dot_yml_dot_enc=ENCRYPTED)
    assert [task.topic for task in make_plan(repo)[1].tasks] == ["files", "move"]


def test_rails_credentials_join_the_secret_of_the_env_file(repo: Repository) -> None:
    write(repo, _dot_env=DOTENV, **RAILS)
    plan, _ = planned(repo)
    assert (
        plan.read["shop/development"] >= {"DB_SOURCE", "SMTP_PASSWORD"} and "shop/production" not in plan.read
    )


@pytest.mark.parametrize(
    ("chain", "key"),
    [
        (".stripe_key", "STRIPE_KEY"), (".stripe_key!", "STRIPE_KEY"), ("[:a]['b'].to_s", "A_B"),
        (".dig(:a, :b)", "A_B"), (".a&.dig(:b)", "A_B"), (".fetch(:a).fetch(:b)", "A_B"), ("", ""),
        (".smtp.password.presence", "SMTP_PASSWORD"), ("[name]", ""), (".dig(Rails.env.to_sym, :b)", ""),
        (".config", ""),
    ],
)  # fmt: skip
def test_a_credential_has_the_name_of_its_keys(chain: str, key: str) -> None:
    assert credential_key(chain) == key
