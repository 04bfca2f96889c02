"""`container-access-key`, `aws-credentials-file` and `env-file-loaded` beyond their examples."""

from __future__ import annotations

import json

import pytest

from palint import registry
from palint.testing import apply_fixes, check, results_of, substitute

RULES = registry.load()
CONTAINER, CREDENTIALS = RULES["container-access-key"], RULES["aws-credentials-file"]
LOADED, EXAMPLE, HARDCODED = RULES["env-file-loaded"], RULES["env-example-value"], RULES["hardcoded-secret"]
FAR = (
    '{"family": "' + "a" * 700 + '", "environment": [\n'
)  # text longer than the distance from a name to its value


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM a\nENV AWS_SECRET_ACCESS_KEY={aws_secret_access_key}\n"),
        ("compose.yaml", "services:\n  a:\n    environment:\n      AWS_ACCESS_KEY_ID: {aws_access_key_id}\n"),
        ("values.yaml", "env:\n  - name: AWS_ACCESS_KEY_ID\n    value: '{aws_access_key_id}'\n"),
        ("task.json", '{"name": "AWS_ACCESS_KEY_ID", "value": "{aws_access_key_id}"}'),
    ],
)
def test_a_container_key_is_reported_once_and_masked(path: str, text: str) -> None:
    results = results_of(CONTAINER, {path: text}, others=[HARDCODED, CREDENTIALS])
    assert [f.rule for f in results.findings] == ["container-access-key"]
    for shape in ("{aws_access_key_id}", "{aws_secret_access_key}"):
        assert substitute(shape)[4:] not in repr(results)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("vars.yaml", "AWS_SECRET_ACCESS_KEY: {aws_secret_access_key}\n"),
        ("vars.yaml", "- AWS_SECRET_ACCESS_KEY: '{aws_secret_access_key}'\n"),
        ("list.yaml", '- "AWS_SECRET_ACCESS_KEY={aws_secret_access_key}"\n'),
        ("compose.yaml", "services: {a: {environment: [AWS_SECRET_ACCESS_KEY={aws_secret_access_key}]}}\n"),
        ("Dockerfile", "FROM a\nARG AWS_SECRET_ACCESS_KEY={aws_secret_access_key}\n"),
        ("tags.yaml", "AWS_SECRET_ACCESS_KEY: !!str {aws_secret_access_key}\n"),
        ("tags.yaml", "AWS_SECRET_ACCESS_KEY: !!str '{aws_secret_access_key}'\n"),
        ("tags.yaml", "AWS_SECRET_ACCESS_KEY: &key !!str '{aws_secret_access_key}'\n"),
        ("tags.yaml", "- !!str AWS_SECRET_ACCESS_KEY={aws_secret_access_key}\n"),
        ("tags.yaml", "AWS_SECRET_ACCESS_KEY: ! {aws_secret_access_key}\n"),
        ("url.json", '{"url": "https://x", "AWS_SECRET_ACCESS_KEY": "{aws_secret_access_key}"}\n'),
        ("url.json", '{"a": "x//y", "b": "//z", "AWS_SECRET_ACCESS_KEY": "{aws_secret_access_key}"}\n'),
        (
            "kind.json",
            '[{"name": "AWS_SECRET_ACCESS_KEY", "type": "TEXT", "value": "{aws_secret_access_key}"}]\n',
        ),
        (
            "kind.json",
            '[{"value": "{aws_secret_access_key}", "n": 1, "on": true, "name": "AWS_SECRET_ACCESS_KEY"}]\n',
        ),
        ("task.json", FAR + '{"name": "AWS_SECRET_ACCESS_KEY", "value": "{aws_secret_access_key}"}]}\n'),
        ("task.json", FAR + '{"value": "{aws_secret_access_key}", "name": "AWS_SECRET_ACCESS_KEY"}]}\n'),
        ("task.json", FAR + '{"AWS_SECRET_ACCESS_KEY": "{aws_secret_access_key}"}]}\n'),
    ],
)
def test_the_value_of_a_container_key_is_masked_and_nothing_else(path: str, text: str) -> None:
    (finding,) = check(CONTAINER, {path: text})
    assert [substitute(text)[start:end] for start, end in finding.value_ranges] == [
        substitute("{aws_secret_access_key}")
    ]
    assert substitute(text)[finding.span.offset :].startswith("AWS_SECRET_ACCESS_KEY")


@pytest.mark.parametrize("section", ["environment", "args", "build_args", "build-args"])
def test_a_compose_file_passes_a_key_on(section: str) -> None:
    for held in ("{AWS_SECRET_ACCESS_KEY: $KEY}", "[AWS_SECRET_ACCESS_KEY=$KEY]", "[AWS_SECRET_ACCESS_KEY]"):
        assert len(check(CONTAINER, {"compose.yaml": f"services: {{a: {{{section}: {held}}}}}\n"})) == 1


@pytest.mark.parametrize(
    "given", ["${localEnv:KEY}", "${localEnv:KEY:}", "${localEnv:KEY:{aws_secret_access_key}}"]
)
def test_a_devcontainer_passes_a_key_on(given: str) -> None:
    text = f'{{"containerEnv": {{"AWS_SECRET_ACCESS_KEY": "{given}"}}}}\n'
    (finding,) = check(CONTAINER, {".devcontainer/devcontainer.json": text})
    assert "passes a static AWS key to the container" in finding.message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("action.yml", "env:\n  AWS_ACCESS_KEY_ID: {aws_access_key_id}\n"),
        ("action.yaml", "env:\n  AWS_ACCESS_KEY_ID: {aws_access_key_id}\n"),
        ("Dockerfile", "FROM a\nARG AWS_SECRET_ACCESS_KEY=\nENV AWS_ACCESS_KEY_ID\n"),
        ("compose.yaml", "services:\n  a:\n    labels: [AWS_SECRET_ACCESS_KEY=$KEY]\n"),
        ("stack.yaml", "- !Sub 'AWS_SECRET_ACCESS_KEY=${Key2}'\n"),
        ("a.json", '{\n  // "AWS_SECRET_ACCESS_KEY": "{aws_secret_access_key}"\n}\n'),
        ("a.json", '{"a": 1, // "AWS_SECRET_ACCESS_KEY": "{aws_secret_access_key}"\n}\n'),
        ("a.json", '[{"name": "AWS_SECRET_ACCESS_KEY", "a": 1}, {"value": "{aws_secret_access_key}"}]\n'),
        ("a.json", '[{"value": "{aws_secret_access_key}"}, {"a": 1, "name": "AWS_SECRET_ACCESS_KEY"}]\n'),
        ("devcontainer.json", '{"containerEnv": {"AWS_SECRET_ACCESS_KEY": "${localEnv:KEY:test}"}}\n'),
        ("a.yaml", "s3:\n  secret:\n    secretName: app\n    items:\n      - key: s3_credentials_file\n"),
        ("a.yaml", "s3:\n  arn: !Sub arn:aws:secretsmanager:*:1:secret:/${Env}/x\n  key: {password}\n"),
    ],
)
def test_no_container_key(path: str, text: str) -> None:
    assert check(CONTAINER, {path: text}) == []


def test_a_profile_is_reported_once_and_masked() -> None:
    text = (
        "[default]\naws_access_key_id = {aws_access_key_id}\naws_secret_access_key={aws_secret_access_key}\n"
    )
    results = results_of(CREDENTIALS, {".aws/credentials": text}, others=[HARDCODED])
    assert [(f.rule, f.span.start.line) for f in results.findings] == [
        ("aws-credentials-file", 2),
        ("aws-credentials-file", 3),
    ]
    assert substitute("{aws_secret_access_key}") not in repr(results)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("run.sh", "aws configure set aws_access_key_id $A\naws configure set aws_session_token $T\n"),
        ("README.md", "aws configure set aws_access_key_id YOUR_KEY\n"),
        ("README.md", "[default]\naws_access_key_id = $KEY\n"),
        ("a.sh", "aws_access_key_id=$(vault read x)\n"),
        ("a.py", 'aws_access_key_id = "{aws_access_key_id}"\n'),
        (".env.example", "export AWS_SECRET_ACCESS_KEY={aws_secret_access_key}\n"),
        (".github/workflows/a.yml", "run: export AWS_ACCESS_KEY_ID={aws_access_key_id}\n"),
    ],
)
def test_no_credentials_file(path: str, text: str) -> None:
    assert check(CREDENTIALS, {path: text}) == []


def test_a_notebook_names_the_cell() -> None:
    book = {
        "cells": [
            {"cell_type": "code", "source": ['os.environ["AWS_ACCESS_KEY_ID"] = "{aws_access_key_id}"']}
        ]
    }
    (found,) = check(CREDENTIALS, {"a.ipynb": json.dumps(book)})
    assert "(cell 1, line 1)" in found.message
    assert substitute("{aws_access_key_id}")[4:] not in repr(found)


def test_a_line_is_reported_once() -> None:
    (found,) = check(LOADED, {"a.sh": "grep -v x .env > .env.tmp && . ./.env\n"})
    assert found.span.start == (1, 1)


def test_a_cookiecutter_workflow_is_no_failure() -> None:
    text = "on: push\njobs:\n  {%- if x %}\n  a: {% endif %}\n   steps: [{run: source .env}]\n"
    results = results_of(LOADED, {"{{x}}/.github/workflows/a.yml": text})
    assert results.complete
    assert [n.kind for n in results.notices] == ["parse-fallback"]


def test_the_fix_of_an_example_never_holds_a_value() -> None:
    text = 'export A_TOKEN="{github_token}"  # of the bot\nB={password}\nPORT=80\n'
    found = check(EXAMPLE, {".env.example": text})
    token = substitute("{github_token}")
    assert len(found) == 1
    for finding in found:
        assert finding.fix is not None
        assert not any(token in edit.text for edit in finding.fix.edits)
    fixed = apply_fixes({".env.example": substitute(text)}, found)[".env.example"]
    assert fixed.splitlines()[0] == "# A_TOKEN - of the bot"
    assert all(line.startswith("#") for line in fixed.splitlines())
    assert check(EXAMPLE, {".env.example": fixed}) == []


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY app", 1),
        ("docker run --env AWS_SECRET_ACCESS_KEY=$KEY app", 1),
        ("docker run -eAWS_SECRET_ACCESS_KEY=$KEY app", 1),
        ("podman build --build-arg=AWS_SECRET_ACCESS_KEY=$KEY .", 1),
        ("docker run -e AWS_ACCESS_KEY_ID=$(aws configure get aws_access_key_id) app", 1),
        ("kubectl set env deployment/api AWS_SECRET_ACCESS_KEY={aws_secret_access_key}", 1),
        ("docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY -e AWS_SESSION_TOKEN app", 0),
        ("docker run -e AWS_ACCESS_KEY_ID=fake -e AWS_SECRET_ACCESS_KEY=fake app", 0),
        ('docker run -e AWS_ACCESS_KEY_ID="${R2_ACCESS_KEY_ID}" amazon/aws-cli s3 ls', 0),
        ("docker run -e AWS_ACCESS_KEY_ID= app", 0),
        ("# docker run -e AWS_ACCESS_KEY_ID app", 0),
        ("echo AWS_SECRET_ACCESS_KEY=$KEY", 0),
    ],
)
@pytest.mark.parametrize("path", ["run.sh", "Makefile"])
def test_keys_that_a_command_gives_to_a_container(path: str, command: str, found: int) -> None:
    text = f"run:\n\t{command.replace('$KEY', '$$KEY')}\n" if path == "Makefile" else f"{command}\n"
    findings = check(CONTAINER, {path: text})
    assert len(findings) == found
    assert all("pass on the temporary keys of a session" in finding.fix_hint for finding in findings)
