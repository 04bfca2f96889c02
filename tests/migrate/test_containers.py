"""Compose files and Dockerfiles: the result is read by a YAML parser, and all else stays byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from palint.migrate import containers
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile

SIGN_IN: dict[str, Any] = {"AWS_PROFILE": None, "AWS_REGION": None}
MOUNT = "~/.aws:/root/.aws:ro"
MIGRATED: Mapping[str, tuple[str, Sequence[str]]] = {
    ".env": ("shop/development", ["DB", "KEY"]),
    "./prod.env": ("shop/production", ["LIVE"]),
}


def compose(
    text: str, *secrets: str, reads_secret: bool = True, end: str = "\n"
) -> tuple[containers.Changed, dict[str, Any]]:
    """What becomes of a file, also parsed. secrets: values in it that are hardcoded secrets."""
    text = text.replace("\n", end)
    file = SourceFile("compose.yml", text.encode())
    literals = [(text.index(value), text.index(value) + len(value)) for value in secrets]
    made = containers.rewrite_compose(file, literals, MIGRATED.get, reads_secret=reads_secret)
    assert made.text.count("\n") == made.text.count(end)
    return made, yaml.safe_load(made.text)


@pytest.mark.parametrize(
    ("head", "volumes", "left"),
    [
        ("build: .", "\n      - ./a:/a # kept\n      - .env:/code/.env", ["./a:/a"]),
        ("build: .", "\n      - .env:/code/.env:ro\n      - ./a:/a", ["./a:/a"]),
        ("image: x", "\n      - {type: bind, source: .env, target: /x}", None),
        ("image: x", "\n      - ./other.env:/x\n      - .env:/y", ["./other.env:/x"]),
        (
            "image: x",
            "\n      - {type: tmpfs, target: /x}\n      - .env:/y",
            [{"type": "tmpfs", "target": "/x"}],
        ),
        ("build: .", "\n      - .env:/y", []),
    ],
)
def test_a_file_that_goes_is_not_mounted(head: str, volumes: str, left: list[str] | None) -> None:
    env_file = "" if head.startswith("image") else "    env_file: .env\n"
    made, data = compose(f"services:\n  api:\n    {head}\n{env_file}    volumes:{volumes}\n")
    own = [MOUNT] if env_file else []
    assert data["services"]["api"].get("volumes") == (None if left is None else own + left)
    assert "`api` mounts no .env file" in made.what


def test_a_mount_of_a_file_that_stays_or_of_an_anchor_stays() -> None:
    text = "x-v: &v\n  - .env:/a\nservices:\n  api:\n    image: x\n    volumes:\n      - .env:/a\n"
    text += "  web:\n    image: x\n    volumes: *v\n"
    made = compose(text)[1]["services"]
    assert made == {"api": {"image": "x"}, "web": {"image": "x", "volumes": [".env:/a"]}}
    file = SourceFile("compose.yml", text.encode())
    assert containers.rewrite_compose(
        file, [], MIGRATED.get, reads_secret=True, stays=lambda path: path == ".env"
    ) == Rewritten(text)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("", {}),
        ("    environment:\n      A: b # note\n", {"A": "b"}),
        ("    environment:\n      SECRET_ID: other/one\n", {"SECRET_ID": "other/one"}),
    ],
)
@pytest.mark.parametrize(
    "env_file",
    [
        ".env",
        "[.env]",
        "\n      - .env",
        "\n      - path: .env\n        required: false",
        "\n      - none.env\n      - .env",
    ],
)
def test_a_program_that_is_built_here_reads_the_secret_itself(
    env_file: str, environment: str, expected: dict[str, str], end: str
) -> None:
    text = f"services:\n  api:\n    build: .\n    env_file: {env_file}\n{environment}"
    text += "  db:\n    image: x # kept\n"
    made, data = compose(text, end=end)
    assert data["services"]["db"] == {"image": "x"} and "# kept" in made.text
    assert data["services"]["api"] == {
        "build": ".",
        "environment": {**SIGN_IN, "SECRET_ID": "shop/development", **expected},
        "volumes": [MOUNT],
    }
    assert made.what == ("`api` without `env_file`",) and not made.interpolated
    assert [("none.env" in each, "not here" in each) for each in made.left] == [(True, True)] * (
        "none.env" in env_file
    )
    assert {name: set(keys) for name, keys in made.read.items()} == {"shop/development": {"DB", "KEY"}}
    assert ("# note" in made.text) is ("# note" in environment)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("", {"DB": "${DB:?}", "KEY": "${KEY:?}"}),
        ("    environment:\n      KEY: own\n", {"DB": "${DB:?}", "KEY": "own"}),
        ("    environment:\n      - KEY=own\n      - A\n", ["DB=${DB:?}", "KEY=own", "A"]),
    ],
)
@pytest.mark.parametrize("kind", ["    build: .\n", "    image: x\n"])
def test_a_third_party_image_gets_variables(kind: str, environment: str, expected: object) -> None:
    made, data = compose(
        f"services:\n  api:\n{kind}    env_file: .env\n{environment}", reads_secret="image" in kind
    )
    assert data["services"]["api"]["environment"] == expected
    assert "volumes" not in data["services"]["api"] and made.interpolated


def test_several_env_files_and_services_each_get_their_own() -> None:
    text = (
        "services:\n  api:\n    image: x\n    env_file: [.env, ./prod.env]\n"
        "  web:\n    env_file: ./prod.env\n    build: .\n"
        "  other:\n    env_file: unknown.env\n    image: x\n"
    )
    made, data = compose(text)
    assert list(data["services"]["api"]["environment"]) == ["DB", "KEY", "LIVE"]
    assert data["services"]["web"]["environment"]["SECRET_ID"] == "shop/production"
    assert data["services"]["other"] == {"image": "x"}
    assert made.what == tuple(f"`{name}` without `env_file`" for name in ("api", "web", "other"))


def test_a_merged_key_is_not_replaced_by_one_of_its_own() -> None:
    base = "x-base: &base\n  volumes: ['./a:/a']\n  environment: {A: b}\n"
    text = f"{base}services:\n  api:\n    <<: *base\n    build: .\n    env_file: .env\n"
    made, data = compose(text)
    assert data["services"]["api"] == {"build": ".", "volumes": ["./a:/a"], "environment": {"A": "b"}}
    assert made.left == (
        "compose.yml: add to `volumes` of `api`: ~/.aws:/root/.aws:ro",
        "compose.yml: add to `environment` of `api`: AWS_PROFILE, AWS_REGION, SECRET_ID",
    )


@pytest.mark.parametrize(
    ("volumes", "expected"),
    [
        ("    volumes:\n      - .:/app\n", [MOUNT, ".:/app"]),
        ("    volumes:\n      - ~/.aws:/home/node/.aws\n", ["~/.aws:/home/node/.aws"]),
    ],
)
def test_the_session_is_mounted_once(volumes: str, expected: list[str]) -> None:
    _, data = compose(f"services:\n  api:\n    build: .\n    env_file: .env\n{volumes}")
    assert data["services"]["api"]["volumes"] == expected


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("services: {api: {build: ., env_file: .env}}\n", "environment"),
        ("services:\n  api:\n    image: x\n    env_file: .env\n    environment: {A: b}\n", "environment"),
        ("services:\n  api:\n    image: x\n    env_file: .env\n    environment:\n", "environment"),
        (
            "services:\n  api:\n    build: .\n    env_file: .env\n    volumes: ['.:/a', '.env:/b']\n",
            "volumes",
        ),
    ],
)
def test_what_is_in_braces_or_empty_is_left_to_a_person(text: str, key: str) -> None:
    made, data = compose(text)
    assert f"compose.yml: add to `{key}` of `api`: " in "".join(made.left)
    assert data["services"]["api"].get(key) == yaml.safe_load(text)["services"]["api"].get(key)
    assert "env_file" not in data["services"]["api"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("env_file: .env.example", {"env_file": ".env.example"}),  # is an example
        ("env_file: none.env", {}),  # is not here: nothing that it can read
        (
            "env_file: &e .env\n  web:\n    build: .\n    env_file: *e",
            {"environment": {}, "volumes": [MOUNT]},
        ),
    ],
)
def test_other_files_of_variables(text: str, expected: dict[str, Any]) -> None:
    _, data = compose(f"services:\n  api:\n    build: .\n    {text}\n")
    if "environment" in expected:
        expected = {**expected, "environment": {**SIGN_IN, "SECRET_ID": "shop/development"}}
    assert all(service == {"build": ".", **expected} for service in data["services"].values())


def test_a_merged_mapping_is_changed_where_it_is_written() -> None:
    text = "x-base: &base\n  image: x\n  env_file: .env\nservices:\n  api:\n    <<: *base\n  web: *base\n"
    made, data = compose(text)
    assert data["services"]["api"]["environment"] == {"DB": "${DB:?}", "KEY": "${KEY:?}"}
    assert data["services"]["web"] == data["x-base"] and made.text.count("environment:") == 1


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("      TOKEN: the-value # old\n      A: b\n", {"TOKEN": "${TOKEN:?}", "A": "b"}),
        ("      TOKEN: 'the-value'\n", {"TOKEN": "${TOKEN:?}"}),
        ("      - TOKEN=the-value\n      - A=b\n", ["TOKEN=${TOKEN:?}", "A=b"]),
        ("      - 'TOKEN=the-value'\n", ["TOKEN=${TOKEN:?}"]),
    ],
)
def test_a_hardcoded_value_comes_from_the_environment(environment: str, expected: object) -> None:
    text = f"services:\n  api:\n    image: x\n    environment:\n{environment}"
    made, data = compose(text, "the-value")
    assert data["services"]["api"]["environment"] == expected and made.interpolated
    assert made.what == ("`api` takes `TOKEN` from the environment",)
    assert ("# old" in made.text) is ("# old" in environment)


def test_a_value_outside_of_an_environment_is_no_setting() -> None:
    text = "services:\n  api:\n    command: run the-value\n    environment:\n      A: b\n"
    made, _ = compose(text, "the-value")
    assert made == Rewritten(text)


def test_a_service_without_room_for_a_variable_is_left_to_a_person() -> None:
    text = "x-env: &env {A: b}\nservices:\n  api:\n    image: x\n    env_file: .env\n    environment: *env\n"
    made, data = compose(text)
    assert made.left == ("compose.yml: add to `environment` of `api`: DB, KEY",)
    assert data["services"]["api"]["environment"] == {"A": "b"}


@pytest.mark.parametrize(
    "text", ["", "services:\n", "services: {}\n", "- a\n", "version: '3'\n", "services:\n  api: x\n"]
)
def test_a_file_without_services_stays_as_it_is(text: str) -> None:
    file = SourceFile("compose.yml", text.encode())
    assert containers.rewrite_compose(file, [], MIGRATED.get, reads_secret=True) == Rewritten(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY .env /app/\n", ""),
        ("COPY app.py .env /app/\n", "COPY app.py /app/\n"),
        ("COPY .env app.py .env.local /app/\n", "COPY app.py /app/\n"),
        ("COPY --chown=a .env /app/\n", ""),
        ("ADD .env* \\\n    /app/\nRUN x\n", "RUN x\n"),
        ("COPY . /app/\n", "COPY . /app/\n"),
        ("COPY app.py .env\n", "COPY app.py .env\n"),
        ("COPY .env.example /app/\n", "COPY .env.example /app/\n"),
        ("ENV TOKEN=the-value\nRUN x\n", "RUN x\n"),
        ("ENV A=b TOKEN=the-value C=d\n", "ENV A=b C=d\n"),
        ("ENV TOKEN the-value\r\nRUN x\r\n", "RUN x\r\n"),
        ("ARG TOKEN=the-value", ""),
        ("ENV A=b \\\n    TOKEN=the-value\nRUN x\n", "ENV A=b\nRUN x\n"),
        ("ENV TOKEN=the-value \\\n    A=b\nRUN x\n", "ENV A=b\nRUN x\n"),
        ("ENV A=b \\\n    TOKEN='the-value' \\\n    C=d\n", "ENV A=b \\\n    C=d\n"),
        ("COPY app.py \\\n  .env \\\n  .env.local \\\n  /app/\n", "COPY app.py \\\n  /app/\n"),
        ("LABEL x=the-value\n", "LABEL x=the-value\n"),
    ],
)
def test_dockerfile(before: str, after: str) -> None:
    before = "FROM x\n" + before
    file = SourceFile("Dockerfile", before.encode())
    start = before.find("the-value")
    made = containers.rewrite_dockerfile(file, [(start, start + 9)] if start >= 0 else [])
    assert made.text == "FROM x\n" + after
    expected = (
        ()
        if made.text == before
        else ("does not set `TOKEN`",)
        if start >= 0
        else ("copies no .env file into the image",)
    )
    assert made.what == expected


LOADERS = {"aws-secrets.php": ["bootstrap/app.php"]}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("COPY . .\n", ""), ("COPY *.php *.json ./\nCOPY bootstrap /app/bootstrap\n", ""),
        ("COPY app /app\n", ""), ("COPY --from=x /app/bootstrap bootstrap\n", ""),
        ("COPY ./bootstrap /app/bootstrap\n", "COPY aws-secrets.php /app/aws-secrets.php\n"),
        ("COPY --chown=1 bootstrap/ x/\n", "COPY --chown=1 aws-secrets.php aws-secrets.php\n"),
        ("COPY bootstrap/a*.php bootstrap/b.php x/b/\n", "COPY aws-secrets.php x/aws-secrets.php\n"),
        ("COPY bootstrap/app.php b/x.php\n", "COPY aws-secrets.php aws-secrets.php\n"),
        ('ADD ["./bootstrap/app.php", "/srv/b/"]\n', "COPY aws-secrets.php /srv/aws-secrets.php\n"),
    ],
)  # fmt: skip
def test_an_image_with_a_file_gets_the_loader_that_it_imports(before: str, after: str) -> None:
    for head in ("FROM a\n", "FROM b\nCOPY . .\nFROM a\n"):
        file = SourceFile("docker/a.Dockerfile", f"{head}{before}RUN x\n".encode())
        made = containers.rewrite_dockerfile(file, [], loaders=LOADERS)
        assert made.text == f"{head}{before}{after}RUN x\n"
        again = containers.rewrite_dockerfile(SourceFile(file.path, made.text.encode()), [], loaders=LOADERS)
        assert again.text == made.text


def test_a_build_in_the_folder_of_its_dockerfile_gets_the_loader() -> None:
    file = SourceFile("api/Dockerfile", b"FROM a\nCOPY src /srv/src\nCOPY src /tmp/src\n")
    made = containers.rewrite_dockerfile(file, [], loaders={"api/aws_secrets.py": ["api/src/a.py"]})
    assert made.text.splitlines()[1:] == [
        "COPY src /srv/src", "COPY aws_secrets.py /srv/aws_secrets.py",
        "COPY src /tmp/src", "COPY aws_secrets.py /tmp/aws_secrets.py",
    ]  # fmt: skip
    assert made.what == ("copies `api/aws_secrets.py` into the image",)


def test_a_value_from_the_file_beside_compose_must_be_there_now() -> None:
    text = (
        "services:\n  api:\n    image: x-${TAG:-1}\n    # ${DB}\n    environment:\n      A: $DB\n"
        "      B: '${DB}/${KEY:-d}/$$DB/$$${DB}/$DBX'\n      C: ${DB}\n    env_file: .env\n"
    )
    file = SourceFile("compose.yml", text.encode())
    start = text.index("C: ") + 3
    made = containers.rewrite_compose(
        file, [(start, start + 5)], MIGRATED.get, reads_secret=False, interpolated_names=["DB", "KEY"]
    )
    data = yaml.safe_load(made.text)["services"]["api"]
    assert data["environment"] == {
        "A": "${DB:?}", "B": "${DB:?}/${KEY:-d}/$$DB/$$${DB:?}/$DBX", "C": "${C:?}",
        "DB": "${DB:?}", "KEY": "${KEY:?}",
    }  # fmt: skip
    assert "# ${DB}\n" in made.text and "image: x-${TAG:-1}" in made.text and made.interpolated
    assert "fails without `DB`, which would be empty" in made.what
    unchanged = containers.rewrite_compose(file, [], {}.get, reads_secret=False, stays=lambda path: True)
    assert unchanged.text == text


DATABASE = (
    "services:\n  db:\n    image: postgres:16\n    env_file: .env\n    healthcheck:\n"
    "      test: pg_isready -U $$POSTGRES_USER\n"
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("rest", ["", "\nsecrets:\n  other:\n    file: ./other\n"])
def test_a_database_gets_its_password_as_a_compose_secret(rest: str, end: str) -> None:
    file = SourceFile("compose.yml", (DATABASE + rest).replace("\n", end).encode())
    names = ["POSTGRES_USER", "POSTGRES_PASSWORD", "JWT_SECRET"]
    made = containers.rewrite_compose(file, (), lambda _: ("shop/development", names), reads_secret=True)
    data = yaml.safe_load(made.text)
    assert data["services"]["db"]["environment"] == {
        "POSTGRES_USER": "${POSTGRES_USER:?}", "POSTGRES_PASSWORD_FILE": "/run/secrets/postgres_password",
    }  # fmt: skip
    assert data["services"]["db"]["secrets"] == ["postgres_password"]
    assert data["secrets"].pop("postgres_password") == {"environment": "POSTGRES_PASSWORD"}
    assert ("other" in data["secrets"]) == bool(rest)
    assert made.interpolated and made.text.count("\n") == made.text.count(end)
    again = SourceFile("compose.yml", made.text.encode())
    assert containers.rewrite_compose(again, (), MIGRATED.get, reads_secret=True).text == made.text


@pytest.mark.parametrize(
    "text",
    [
        "    secrets: [mine]\n",
        "    command: run $$POSTGRES_PASSWORD\n",
        "\nsecrets: {mine: {file: ./mine}}\n",
        "\nsecrets:\n",
    ],
)
def test_a_database_with_secrets_or_a_command_of_its_own_gets_a_variable(text: str) -> None:
    file = SourceFile("compose.yml", (DATABASE + text).encode())
    made = containers.rewrite_compose(file, (), lambda _: ("s/d", ["POSTGRES_PASSWORD"]), reads_secret=True)
    environment = yaml.safe_load(made.text)["services"]["db"]["environment"]
    assert environment == {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD:?}"}


def test_each_service_gets_what_it_uses() -> None:
    """Of the variables of other programs a database gets those that its own text names, or are needed."""
    text = DATABASE.replace("POSTGRES_USER", "PROBE_USER") + "  admin:\n    image: x\n    env_file: .env\n"
    names = ["POSTGRES_PASSWORD", "PROBE_USER", "PORT", "JWT_SECRET"]
    made = containers.rewrite_compose(
        SourceFile("compose.yml", text.encode()), (), lambda _: ("s/d", names), reads_secret=True,
        needed=["PORT"],
    )  # fmt: skip
    services = yaml.safe_load(made.text)["services"]
    own = {"PROBE_USER": "${PROBE_USER:?}", "PORT": "${PORT:?}"}
    password = {"POSTGRES_PASSWORD_FILE": "/run/secrets/postgres_password"}
    assert services["db"]["environment"] == {**own, **password}
    assert services["admin"]["environment"] == {name: f"${{{name}:?}}" for name in names}
    text = DATABASE + "    environment:\n      POSTGRES_PASSWORD: <mine>\n"
    made = containers.rewrite_compose(
        SourceFile("compose.yml", text.encode()), (), lambda _: ("s/d", names), reads_secret=True
    )
    assert "_FILE" not in made.text and "secrets:" not in made.text


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="needs Compose")
def test_compose_accepts_the_result(tmp_path: Path) -> None:
    file = SourceFile("compose.yml", DATABASE.encode())
    made = containers.rewrite_compose(
        file, (), lambda _: ("s/d", ["POSTGRES_USER", "POSTGRES_PASSWORD"]), reads_secret=True
    )
    (tmp_path / "compose.yml").write_text(made.text)
    run = subprocess.run(
        ["docker-compose", "config"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p"},
    )  # fmt: skip
    assert run.returncode == 0 and "/run/secrets/postgres_password" in run.stdout, run.stderr
