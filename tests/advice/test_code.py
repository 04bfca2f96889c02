# ruff: noqa: E501 -- a line is a case
"""The code in fix texts works when it is pasted: it is run, or read by the language's own tools."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from palint import registry
from palint.testing import check
from palint.util.typing import NamedTuple
from tests.advice.tools import schema_errors, syntax_errors

RULES = registry.load()
AWS_ENV = "      AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID}\n"


def code_of(hint: str) -> str:
    """The first block of code in a fix text, without its indentation."""
    lines = hint.splitlines()
    start = next(row for row, line in enumerate(lines) if line.startswith("    "))
    block = []
    for line in lines[start:]:
        if line and not line.startswith("    "):
            break
        block.append(line[4:])
    return "\n".join(block)


def hint(rule: str, files: dict[str, str]) -> str:
    """The fix text of the first finding."""
    return check(RULES[rule], files)[0].fix_hint


class Pasted(NamedTuple):
    """A finding whose code is put into `frame` and read by a grammar of tree-sitter."""

    id: str
    grammar: str
    rule: str
    path: str
    text: str
    frame: str = "{0}\n"


SDK = "aws-sdk-access-key"
PASTED = [
    Pasted("Java client", "java", SDK, "A.java", "import software.amazon.awssdk.auth.credentials.*;\nclass A { Object c = AwsBasicCredentials.create(k, s); }\n", "class A {{ Object c = {0}; }}\n"),
    Pasted("Kotlin with the SDK for Java", "kotlin", SDK, "a.kt", "import software.amazon.awssdk.x.AwsBasicCredentials\nval c = AwsBasicCredentials.create(k, s)\n", "val c = {0}\n"),
    Pasted("rust-s3", "rust", SDK, "a.rs", "use s3::creds::Credentials; // aws\nlet c = Credentials::new(Some(key), Some(secret), None, None, None);\n", "fn f() -> Result<(), E> {{\nlet c = {0};\nOk(())\n}}\n"),
    Pasted("Java with version 1", "java", SDK, "A.java", "import com.amazonaws.auth.BasicAWSCredentials;\nclass A { Object c = new BasicAWSCredentials(k, s); }\n", "class A {{ Object c = {0}; }}\n"),
    Pasted("SDK for Kotlin", "kotlin", SDK, "a.kt", "import aws.sdk.kotlin.services.s3.S3Client\nval c = StaticCredentialsProvider {\n  accessKeyId = key\n  secretAccessKey = secret\n}\n", "val c = {0}\n"),
    Pasted("Aurora", "hcl", "hardcoded-secret", "a.tf", 'resource "aws_rds_cluster" "a" {\n  master_password = "{password}"\n}\n', 'resource "aws_rds_cluster" "a" {{\n  {0}\n}}\n'),
    Pasted("session's keys", "bash", "boto3-access-key", "a.py", 'from deltalake import DeltaTable\nDeltaTable(uri, storage_options={"AWS_ACCESS_KEY_ID": k})\n'),
    Pasted("mask", "bash", "env-file-loaded", ".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: echo \"A=$(aws secretsmanager get-secret-value --secret-id a)\" >> $GITHUB_ENV\n"),
    Pasted("RDS", "hcl", "hardcoded-secret", "a.tf", 'resource "aws_db_instance" "a" {\n  password = "{password}"\n}\n', 'resource "aws_db_instance" "a" {{\n  {0}\n}}\n'),
    Pasted("secret that is set once", "bash", "infrastructure-secret", "production/a.tf", 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "{password}"\n}\n'),
]  # fmt: skip


@pytest.mark.parametrize("case", PASTED, ids=lambda case: case.id)
def test_the_language_s_parser_reads_what_was_pasted(case: Pasted) -> None:
    code = code_of(hint(case.rule, {case.path: case.text}))
    pasted = case.frame.format(code)
    assert not syntax_errors(case.grammar, pasted), pasted


def _properties(text: str) -> dict[str, object]:
    parser = ConfigParser(interpolation=None)
    parser.read_string(f"[all]\n{text}")
    return dict(parser["all"])


class Written(NamedTuple):
    """A finding whose advice says what to write for the value. grammar: that of tree-sitter, or a parser."""

    id: str
    path: str
    text: str
    written: str
    grammar: str | Callable[[str], object]
    others: dict[str, str] = {}


WRITTEN = [
    Written("Spring's YAML", "application.yml", "spring:\n  datasource:\n    password: {password}\n", "${NAME}", yaml.safe_load),
    Written("Spring's properties", "application.properties", "spring.datasource.password={password}\n", "${NAME}", _properties),
    Written("Laravel", "config/services.php", "<?php\nreturn [\n  'stripe' => ['secret' => '{password}'],\n];\n", "env('NAME')", "php"),
    Written("Rails", "config/database.yml", "production:\n  password: {password}\n", '<%= ENV["NAME"] %>', yaml.safe_load, {"Gemfile": ""}),
    Written("Symfony", "config/packages/a.yaml", "framework:\n  password: {password}\n", "'%env(NAME)%'", yaml.safe_load, {"symfony.lock": "{}"}),
    Written("Gradle in Kotlin", "build.gradle.kts", 'val storePassword = "{password}"\n', 'System.getenv("NAME")', "kotlin"),
]  # fmt: skip


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.id)
def test_settings_with_what_is_written_instead_are_read(case: Written) -> None:
    assert f"write `{case.written}` here" in hint("hardcoded-secret", {case.path: case.text, **case.others})
    quoted = case.text.replace("'{password}'", case.written).replace('"{password}"', case.written)
    pasted = quoted.replace("{password}", case.written)
    if callable(case.grammar):
        assert case.written.strip("'") in str(case.grammar(pasted))
    else:
        assert not syntax_errors(case.grammar, pasted), pasted
    if case.id == "Rails":
        assert not syntax_errors("ruby", case.written.strip("<%=> "))


def test_cloudformation_s_own_password_is_valid_for_cfn_lint(tmp_path: Path) -> None:
    text = (
        "Resources:\n  A:\n    Type: AWS::RDS::DBCluster\n    DeletionPolicy: Retain\n"
        "    UpdateReplacePolicy: Retain\n    Properties:\n      Engine: aurora-postgresql\n"
        "      MasterUsername: app\n      MasterUserPassword: {password}\n"
    )
    line = code_of(hint("hardcoded-secret", {"a.yml": text}))
    (tmp_path / "a.yml").write_text(text.replace("MasterUserPassword: {password}", line))
    cfn_lint = Path(sys.executable).with_name("cfn-lint")
    made = subprocess.run([cfn_lint, tmp_path / "a.yml"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


def test_a_development_container_has_the_session() -> None:
    text = '{"containerEnv": {"AWS_ACCESS_KEY_ID": "{aws_access_key_id}"}}\n'
    code = code_of(hint("container-access-key", {".devcontainer/devcontainer.json": text}))
    read = json.loads(f"{{{code}}}")
    assert read["containerEnv"] == {"AWS_PROFILE": "${localEnv:AWS_PROFILE}"}
    assert "target=" in read["mounts"][0]


def test_a_described_variable_is_a_comment_for_the_shell(tmp_path: Path) -> None:
    code = code_of(hint("env-example-value", {".env.example": "DB_PASSWORD={password}\n"}))
    (tmp_path / ".env.example").write_text(code + "\n")
    command = f"set -aeu; . {tmp_path}/.env.example; echo ${{DB_PASSWORD-none}}"
    made = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert (made.stdout, made.stderr) == ("none\n", "")


# --- workflows and pipelines

WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"


def job(code: str) -> str:
    """A workflow with the permissions and steps of a fix text in its job."""
    lines = code.splitlines()
    if lines[0].startswith("- "):
        lines = ["steps:", *("  " + line for line in lines)]
    elif "steps:" not in code:
        lines += ["steps:", "  - run: make"]
    return WORKFLOW + "".join(f"    {line}\n" for line in lines)


WORKFLOW_TEXTS = {
    "access key": ("workflow-access-key", f"{WORKFLOW}    env:\n      AWS_ACCESS_KEY_ID: ${{{{ secrets.PROD_AWS_ACCESS_KEY_ID }}}}\n    steps: []\n"),
    "GitHub secret": ("github-secret", f"{WORKFLOW}    steps:\n      - run: x ${{{{ secrets.STRIPE_KEY }}}}\n"),
    "GitHub secret that is JSON": ("github-secret", f"{WORKFLOW}    steps:\n      - run: x ${{{{ secrets.GCP_CREDENTIALS }}}}\n"),
    "id token": ("workflow-id-token", f"{WORKFLOW}    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: x\n          aws-region: eu-west-2\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", WORKFLOW_TEXTS)
def test_a_workflow_is_valid_for_its_schema_and_zizmor(name: str, tmp_path: Path) -> None:
    rule, text = WORKFLOW_TEXTS[name]
    pasted = job(code_of(hint(rule, {".github/workflows/deploy.yml": text})))
    assert schema_errors("github-workflows", pasted) == [], pasted
    path = tmp_path / ".github/workflows/a.yml"
    path.parent.mkdir(parents=True)
    path.write_text(pasted)
    zizmor = Path(sys.executable).with_name("zizmor")
    made = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--format=json", "--min-severity=high", tmp_path],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = {finding["ident"] for finding in json.loads(made.stdout)}
    assert found <= {"unpinned-uses"}, made.stdout  # the version is the reader's to pin


def test_the_script_for_a_secret_that_is_json_is_one_of_bash() -> None:
    rule, text = WORKFLOW_TEXTS["GitHub secret that is JSON"]
    code = code_of(hint(rule, {".github/workflows/deploy.yml": text}))
    (step,) = yaml.safe_load(code)
    script = step["run"].replace("<environment>", "production")
    assert not syntax_errors("bash", script), script


def test_an_action_is_valid_for_its_schema() -> None:
    head = "name: a\ndescription: b\ninputs:\n  aws-role:\n    description: c\nruns:\n  using: composite\n  steps:\n"
    keys = "    - uses: aws-actions/configure-aws-credentials@v4\n      with:\n        aws-access-key-id: {aws_access_key_id}\n        aws-secret-access-key: {aws_secret_access_key}\n        aws-region: eu-west-2\n"
    code = code_of(hint("workflow-access-key", {"action.yml": head + keys}))
    assert "${{ inputs.aws-role }}" in code  # an action has no `vars`
    pasted = head + "".join(f"    {line}\n" for line in code.splitlines())
    assert schema_errors("github-actions", pasted) == [], pasted


PIPELINES = {
    "buildkite": (".buildkite/pipeline.yml", "env:\n  AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\nsteps:\n  - command: x\n", "steps:\n  - command: x\n{0}\n", 4),
    "gitlab-ci": (".gitlab-ci.yml", "a:\n  variables:\n    AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n  script: [x]\n", "a:\n{0}\n  script: [x]\n", 2),
    "bitbucket-pipelines": ("bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        script:\n          - pipe: atlassian/aws-s3-deploy:1.1.0\n            variables:\n              AWS_ACCESS_KEY_ID: $AWS_ACCESS_KEY_ID\n", "pipelines:\n  default:\n{0}\n", 4),
}  # fmt: skip


@pytest.mark.parametrize("schema", PIPELINES)
def test_a_pipeline_is_valid_for_its_schema(schema: str) -> None:
    path, text, frame, margin = PIPELINES[schema]
    code = code_of(hint("workflow-access-key", {path: text})).replace("<the same pipe>", "atlassian/x:1")
    pasted = frame.format("\n".join(" " * margin + line for line in code.splitlines()))
    assert schema_errors(schema, pasted) == [], pasted


def test_circleci_s_orb_is_valid_for_its_schema() -> None:
    text = "version: 2.1\njobs:\n  a:\n    docker: [{image: x}]\n    environment:\n" + AWS_ENV.replace(
        "${", "$"
    ).replace("}", "")
    code = code_of(hint("workflow-access-key", {".circleci/config.yml": text}))
    orbs, steps = code.split("steps:\n")
    body = "".join(f"    {line}\n" for line in ("steps:", *steps.splitlines()))
    pasted = f"version: 2.1\n{orbs}jobs:\n  a:\n    docker: [{{image: x}}]\n{body}"
    assert schema_errors("circle-ci", pasted) == [], pasted


# --- Compose, Dockerfiles, CloudFormation

DB = "services:\n  db:\n    image: {0}\n    environment:\n      {1}: {{password}}\n"
LINES = """services:
  db:
    image: acme/thing
    environment:
      SETTINGS: |
        datasource:
          password: {password}
"""
ANCHOR = "x-all: &all\n  DATABASE_URL: postgres://app:{password}@db/app\nservices:\n  a:\n    build: .\n    environment: *all\n"


@pytest.mark.parametrize(
    ("path", "text", "variable"),
    [
        ("compose.yml", DB.format("postgres:16", "POSTGRES_PASSWORD"), "POSTGRES_PASSWORD"),
        ("compose.yml", DB.format("acme/thing", "ADMIN_PASSWORD"), "ADMIN_PASSWORD"),
        ("compose.yml", LINES, "NAME"),
        ("compose.yml", ANCHOR, "NAME"),
    ],
)
def test_a_value_of_a_compose_file_comes_from_the_environment(path: str, text: str, variable: str) -> None:
    """Compose puts it in wherever it is, also into a URL and a text of several lines."""
    fix = hint("hardcoded-secret", {path: text})
    assert f"write a variable here (`${{{variable}}}`)" in fix
    pasted = text.replace("{password}", f"${{{variable}}}")
    assert schema_errors("compose-spec", pasted) == [], pasted


def test_a_service_that_is_named_like_its_password_leaves_the_fix_whole() -> None:
    name = "Matter" + "most9"
    text = f"services:\n  {name}:\n    image: acme/thing\n    environment:\n      ADMIN_PASSWORD: {name}\n"
    fix = hint("hardcoded-secret", {"compose.yml": text})
    assert "*" not in fix and name not in fix


def test_a_dockerfile_is_one_that_hadolint_reads(tmp_path: Path) -> None:
    code = code_of(
        hint("container-access-key", {"Dockerfile": "FROM a\nENV AWS_ACCESS_KEY_ID={aws_access_key_id}\n"})
    )
    (tmp_path / "Dockerfile").write_text(f"FROM debian:12\n{code}\n")
    hadolint = Path(sys.executable).with_name("hadolint")
    made = subprocess.run([hadolint, tmp_path / "Dockerfile"], capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
