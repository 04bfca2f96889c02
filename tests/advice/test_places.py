# ruff: noqa: E501 -- a line is a case
"""The advice fits the place: what cannot be done there is not advised."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from palint import registry
from palint.advice import made_up
from palint.advice.aws_keys import OF_OTHERS
from palint.secrets.synthetic import generate
from palint.testing import check, substitute
from palint.util.typing import NamedTuple
from tests.grouped import grouped
from tests.snapshots import check_snapshot

RULES = registry.load()
SNAPSHOTS = Path(__file__).with_name("snapshots")
KEY, SECRET, TEMPORARY = "{aws_access_key_id}", "{aws_secret_access_key}", "{aws_temporary_access_key_id}"
PROD, ANY = "/production", "/<environment>"
OUT = "take it out of this file: the program that needs it reads it there"
WRITE = "Otherwise generate it when the tests or the job start, or write"
REACT = '{"dependencies": {"react-dom": "18"}, "devDependencies": {"vite": "5"}}'
GOOGLE = f'<resources><string name="maps">{generate("AIzaSy{base62:33}", 1)}</string></resources>\n'
NATIVE = '{"dependencies": {"react-native": "1"}}'
TOKEN = 'const token = "{github_token}";\n'


class Case(NamedTuple):
    """The first file of `files` has one finding of `rule`. says: what its advice contains. not_says: what not."""

    id: str
    rule: str
    files: dict[str, str]
    says: tuple[str, ...]
    not_says: tuple[str, ...] = ()


def secret(id_: str, path: str, text: str, *says: str, without: tuple[str, ...] = (), **others: str) -> Case:
    files = {path: text, **{name.replace("__", "/").replace("_", "."): body for name, body in others.items()}}
    return Case(id_, "hardcoded-secret", files, says, without)


COMPOSE = "services:\n  db:\n    image: {0}\n    environment:\n      {1}: {{password}}\n"
CASES = [
    # --- tests and CI
    secret("python test", "tests/test_a.py", 'TOKEN = "{github_token}"\n', WRITE, without=("rotate it. Store", "    ")),
    secret("go test", "a_test.go", 'package a\nvar token = "{github_token}"\n', WRITE),
    secret("key in base64", "a_test.go", 'package a\nvar privateKey = "MIIEpAIBAAKC{base64:600}"\n', "with what depends on it", without=("openssl rand", made_up.ONE)),
    secret("key of a curve in base64", "a.go", 'package a\nvar k = "MHcCAQEEI{base64:151}"\n', "with what depends on it", "let a script make it", without=(made_up.ONE,)),
    secret("signed token of a test", "a_test.go", 'package a\nvar token = "{jwt}"\n', "generate it when", without=(made_up.ONE,)),
    secret("signed token", "a.go", 'package a\nvar token = "{jwt}"\n', "let a script make it", without=(made_up.ONE, "data to encrypt")),
    secret("default of a server", "a.properties", "minio.password=minioadmin\n", "a sample, a vendor's default", "if nothing outside of this repository has it (a server"),
    secret("workflow for tests", ".github/workflows/tests.yml", "on: push\nenv:\n  SECRET_KEY: {password}\n", WRITE, without=(PROD, "openssl")),
    secret("token of a vendor in a workflow for tests", ".github/workflows/tests.yml", "on: push\nenv:\n  GITHUB_TOKEN: {github_token}\n", WRITE, without=(PROD, "openssl")),
    secret("server that a job starts", ".github/workflows/tests.yml", "on: push\nenv:\n  ELASTIC_PASSWORD: {password}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: docker compose up}]\n", WRITE, without=("openssl",)),
    secret("id of a vendor in Compose for tests", "compose.ci.yml", "services:\n  a:\n    image: acme/a\n    environment:\n      REPORTER_TOKEN: {github_token}\n", WRITE, without=(PROD, "openssl")),
    Case("dotenv of tests", "env-file", {".env.test": "DB_PASSWORD={password}\n"}, ("where what uses them starts", "`DB_PASSWORD`", "reads as data, not as settings, may stay"), (PROD,)),
    Case("dotenv of CI", "env-file", {".env.ci": "DB_PASSWORD={password}\n"}, ("where what uses them starts", "and in what depends on it"), (PROD,)),
    Case("dotenv for testing", "env-file", {".env.testing": "DB_PASSWORD={password}\n"}, ("where what uses them starts",), (PROD,)),
    Case("dotenv of production", "env-file", {".env.production": "DB_PASSWORD={password}\n"}, (PROD,)),
    Case(
        "Compose reads it without a word of it", "env-file",
        {
            "web/.env": "DB_PASSWORD={password}\nPORT=80\nPRICE=1\n",
            "web/compose.yaml": "services:\n  a:\n    image: ${IMAGE}:$PORT\n    environment: {P: '${DB_PASSWORD:-}', Q: $$PRICE}\n",
        },
        ("Where Compose is started, set what `compose.yaml` takes from it (`DB_PASSWORD`, `PORT`).",),
    ),
    Case(
        "an action requires a key", "workflow-access-key",
        {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/deploy@v1\n        with:\n          aws_access_key: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          aws_secret_key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"},
        ("take the role's: `${{ env.AWS_ACCESS_KEY_ID }}` and so on",),
    ),
    Case(
        "another server's key", "container-access-key",
        {"a.yaml": "kind: ExternalSecret\nspec:\n  data:\n  - secretKey: AWS_SECRET_ACCESS_KEY\n    remoteRef: {key: backups, property: s}\n"},
        ("The key of another server", "suppress this"), ("Someone else's key",),
    ),
    Case(
        "Go's client of options", "aws-sdk-access-key",
        {"a.go": 'package a\nfunc f(c C) {\n\to := s3.Options{Region: c.Region}\n\to.Credentials = credentials.NewStaticCredentialsProvider(c.Key, c.Secret, "")\n\treturn s3.New(o)\n}\n'},
        ("`config.LoadDefaultConfig`, then `NewFromConfig`",),
    ),
    Case(
        "Go's client of a configuration", "aws-sdk-access-key",
        {"a.go": 'package a\nfunc f(c C) {\n\to.Credentials = credentials.NewStaticCredentialsProvider(c.Key, c.Secret, "")\n\treturn s3.NewFromConfig(o)\n}\n'},
        ("A client of an AWS SDK without",), ("LoadDefaultConfig",),
    ),
    Case(
        "Flutter's variables", "env-example-value",
        {"app/.env.example": "STRIPE_KEY=sk_live_0123\n", "app/pubspec.yaml": "dependencies:\n  flutter:\n    sdk: flutter\n"},
        ("eave what must stay secret",),
    ),
    Case(
        "Flutter's package", "env-file-loaded",
        {"app/pubspec.yaml": "dependencies:\n  flutter:\n    sdk: flutter\n  flutter_dotenv: ^5.0.0\n"},
        ("`flutter pub remove flutter_dotenv`",),
    ),
    Case(
        "settings that a gem loads", "hardcoded-secret",
        {"config/maps.yml": "production:\n  password: {password}\n", "Gemfile": "gem 'rails'\n"},
        ("has to evaluate ERB",),
    ),
    Case(
        "settings that Rails loads", "hardcoded-secret",
        {"config/database.yml": "production:\n  password: {password}\n", "Gemfile": "gem 'rails'\n"},
        ('"] %>` here, and let',), ("has to evaluate ERB",),
    ),
    Case(
        "a store of External Secrets", "container-access-key",
        {"a.yaml": "kind: ClusterSecretStore\nspec:\n  provider:\n    aws:\n      service: SecretsManager\n      region: eu-west-1\n      auth:\n        secretRef:\n          accessKeyIDSecretRef:\n            name: aws\n            key: id\n"},
        ("`auth.jwt.serviceAccountRef`",), ("taskRoleArn",),
    ),
    Case(
        "two Compose files read it", "env-file",
        {".env": "AA=1\nBB=1\n", "compose.yaml": "x: $AA\n", "compose.ci.yaml": "x: 1\n", "compose.prod.yaml": "x: ${BB}\n"},
        ("set what `compose.prod.yaml` and `compose.yaml` take from it (`AA`, `BB`).",),
    ),
    Case(
        "Compose reads only `.env` beside it", "env-file",
        {"web/.env.local": "DB_PASSWORD={password}\n", "compose.yaml": "", "web/compose.yaml": "services:\n  a:\n    image: ${DB_PASSWORD}\n"},
        (),
        ("Where Compose",),
    ),
    Case(
        "a test loads it", "env-file-loaded",
        {"tests/conftest.py": "from dotenv import load_dotenv\nload_dotenv()\n"},
        ("can be made up", "/development`"), (PROD,),
    ),
    Case(
        "CI's Compose file loads it", "env-file-loaded",
        {"docker-compose.ci.yml": "services:\n  api:\n    build: .\n    env_file: web.env\n"},
        ("can be made up",), ("~/.aws", PROD),
    ),
    Case(
        "secret in a test workflow", "github-secret",
        {".github/workflows/test.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n"
         "      - run: x ${{ secrets.STRIPE_KEY }}\n"},
        (ANY,), (PROD, "/development", "only tests"),
    ),
    Case(
        "a secret that is JSON", "github-secret",
        {".github/workflows/a.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n"
         "      - run: x '${{ secrets.GOOGLE_CREDENTIALS_JSON }}'\n"},
        ("shell: bash", "jq -rc '.\"GOOGLE_CREDENTIALS_JSON\" // \"\" | fromjson? // .'", "::add-mask::", "GITHUB_ENV"), ("parse-json",),
    ),
    Case(
        "deployment in a workflow of that name", "github-secret",
        {".github/workflows/ci.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    environment: staging\n    steps:\n"
         "      - run: x ${{ secrets.STRIPE_KEY }}\n"},
        ("/staging",), ("make it in the job",),
    ),
    Case(
        "a job without steps", "github-secret",
        {".github/workflows/scan.yml": "on: push\njobs:\n  t:\n    uses: acme/flows/.github/workflows/scan.yml@v1\n"
         "    secrets:\n      TOKEN: ${{ secrets.SNYK_TOKEN }}\n"},
        ("let the workflow that this job calls assume a role", "Until then"), ("    ",),
    ),
    Case(
        "a pipeline of tests copies a dotenv file", "env-file-loaded",
        {".travis.yml": "script:\n  - cp .env.example .env\n"}, ("can be made up", ANY), (PROD, "laptop"),
    ),
    secret("settings of a runner", "phpunit.xml.dist", '<env name="APP_KEY" value="{password}"/>\n', "`Example-value-1`", without=("as `", "export")),
    secret("data of a test", "spec/data/a.xml", "<Password>{password}</Password>\n", WRITE, without=("openssl", "as `")),
    secret("password of a pipeline's SQL", ".travis.yml", "script:\n  - psql -c \"CREATE ROLE a LOGIN PASSWORD '{password}';\"\n", WRITE, without=("export",)),
    Case(
        "a secret that names its environment", "github-secret",
        {".github/workflows/deploy.yml": "on: push\njobs:\n  deploy:\n    runs-on: x\n    steps:\n"
         "      - run: x ${{ secrets.STRIPE_KEY_STAGING }} ${{ secrets.VPC_SUBNET_A_STAGING }}\n"},
        ("/staging",), (PROD,),
    ),
    secret("manifest of a Secret", "s.yaml", "apiVersion: v1\nkind: Secret\nmetadata:\n  labels: {a: b}\n  name: acme-db\nspec:\n  password: {password}\n", "in Kubernetes: External Secrets", without=("    ",)),
    secret("suite of tests", "tools/TestSuite/Client.cs", 'var token = "{github_token}";\n', WRITE, without=("SecretsManager",)),
    secret("key of an encrypted file of Rails", "config/master.key", "{hex:32}\n", "and let `bin/rails credentials:edit` make both again", "`RAILS_MASTER_KEY`", without=("--environment",)),
    secret("key of an encrypted file of tests", "config/credentials/test.key", "{hex:32}\n", "credentials:edit --environment test` make both again", without=(WRITE,)),
    secret("key of a server", "ssl/server.key", "{private_key}\n", "Secrets Manager", "delete the file and change what uses it", "writes the file where it runs", "let a script make it", without=("made-up",)),
    secret("settings of tests", "app/settings/testing.py", 'TOKEN = "{github_token}"\n', WRITE),
    secret("infrastructure of an environment for tests", "environments/test/main.tf", 'provider "aws" {}\nlocals {\n  token = "{github_token}"\n}\n', ANY, "`aws_secretsmanager_secret_version`", without=("/development",)),
    secret("service of a job", ".github/workflows/ci.yml", "on: push\njobs:\n  t:\n    runs-on: x\n    services:\n      db:\n        image: postgres\n        env:\n          POSTGRES_PASSWORD: {password}\n", WRITE),
    secret("service of a job that deploys", ".github/workflows/deploy.yml", "on: push\njobs:\n  t:\n    runs-on: x\n    services:\n      db:\n        image: postgres\n        env:\n          POSTGRES_PASSWORD: {password}\n", "let the job that uses it assume a role", "takes a made-up value, or is started in a later step (`docker run`)"),
    Case(
        "settings of a bundler", "env-file-loaded",
        {"vite.config.js": 'import { loadEnv } from "vite";\nexport default () => loadEnv("a", ".");\n'},
        ("`process.env`", "is public"), ("SecretsManagerClient",),
    ),
    Case(
        "package of a page", "env-file-loaded",
        {"package.json": REACT.replace('"vite": "5"', '"vite": "5", "dotenv": "16"')},
        ("is public",), ("task's role",),
    ),
    Case(
        "script of Composer", "env-file-loaded",
        {"composer.json": '{"scripts": {"a": "@php -r \\"copy(\'.env.example\', \'.env\');\\""}}\n'},
        ("Let the program read",), ("$client",),
    ),
    Case(
        "a Makefile reads a secret", "env-file-loaded",
        {"Makefile": "include .env\n"}, ("or pass them in where it is started", ANY), (PROD,),
    ),
    Case("a file that sets nothing", "env-file", {".env.development": "\n"}, ("it sets nothing: delete",), ("Secrets Manager",)),
    Case("a file of remarks", "env-file", {".env.development": "# of the development server"}, ("it sets nothing: delete",), ("Secrets Manager",)),
    Case("a value in a remark", "env-file", {".env.development": "# DB_PASSWORD=x"}, ("Secrets Manager",), ("sets nothing",)),
    Case(
        "another endpoint", "aws-sdk-access-key",
        {"a.ts": 'new S3Client({ endpoint: process.env.URL, credentials: { accessKeyId: process.env.K, secretAccessKey: process.env.S } });\n'},
        ("remove the keys", "The key of another server"),
    ),
    secret("recorded answer", "spec/vcr_cassettes/a.yml", "headers:\n  X-Token:\n  - {github_token}\n", WRITE, without=("openssl",)),
    secret("text of a test", "spec/fixtures/a.txt", "{github_token}\n", WRITE, without=("placeholder",)),
    secret("scenario", "features/login.feature", 'When I sign in with password "{password}"\n', WRITE, without=("as `",)),
    secret("key of a test", "tests/test_a.py", 'KEY = """{private_key}"""\n', "with what depends on it", without=("token_hex", "Example-value-1")),
    secret("test of JUnit", "src/ApiTest.java", 'class A { String token = "{github_token}"; }\n', WRITE),
    secret("no test", "src/Latest.java", 'class A { String token = "{github_token}"; }\n', OUT),
    secret("tests of Rust in their file", "src/lib.rs", '#[cfg(test)]\nmod tests {\n    const TOKEN: &str = "{github_token}";\n}\n', WRITE),
    secret("attribute of XML", "samples/api/spring.xml", '<bean p:clientSecret="{password}"/>\n', "`Example-value-1`", without=("`YOUR_",)),
    secret("file of a generator", ".ddev/docker-compose.db.yaml", "#ddev-generated\nservices:\n  db:\n    image: mysql\n    environment:\n      MYSQL_PASSWORD: {password}\n", "If a program writes this file, change what it is made from", without=("export",)),
    secret("script without aws", "run.sh", "OC_PASS={password}\n", OUT, without=("    ",)),
    Case("secret of a job's container", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    container:\n      image: y\n      credentials:\n        password: ${{ secrets.REGISTRY_PASSWORD }}\n    steps: []\n"}, ("a container of the job that needs it starts there (`docker run`)",)),
    secret("input of a job that calls a workflow", ".github/workflows/a.yml", "on: push\njobs:\n  a:\n    uses: x/y/.github/workflows/z.yml@v1\n    with: {db_password: {password}}\n", "let the workflow that this job calls assume a role and read it there", without=("in the next step",)),
    Case("workflow that others call", "github-secret", {".github/workflows/a.yml": "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.stripe-key }}\n"}, ("A job that calls this workflow needs `id-token: write`, too", "need not be declared or passed any more (if callers have different ones, its name is an input)", "If forks start that one", "names in upper case"), ("the `if:`",)),
    Case("key in a workflow that others call", "workflow-access-key", {".github/workflows/a.yml": "on:\n  workflow_call:\n    secrets:\n      key: {required: true}\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: aws s3 ls\n        if: github.ref == 'x'\n        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.key }}\n"}, ("A job that calls this workflow needs", "need not be declared or passed", " Give the new step the `if:` of the step that uses it, without a check")),
    Case("key for a called workflow", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: {AWS_ACCESS_KEY_ID: '${{ secrets.AWS_ACCESS_KEY_ID }}'}\n"}, ("let the workflow that this job calls sign in", "delete the key in IAM"), ("steps:", "    ")),
    Case("event of outsiders and a called workflow", "github-secret", {".github/workflows/a.yml": "on: pull_request_target\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: {T: '${{ secrets.API_TOKEN }}'}\n"}, ("let the workflow that it calls use a protected `environment`",)),
    Case("key of another vendor's store in a workflow", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n        env:\n          AWS_S3_ENDPOINT: https://nyc3.digitaloceanspaces.com\n          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"}, ("if the key belongs to your AWS account, sign in with OIDC", OF_OTHERS)),
    Case("example with an endpoint", "env-example-value", {".env.example": "AWS_S3_ENDPOINT=\nAWS_SECRET_ACCESS_KEY=...\n"}, (OF_OTHERS,)),
    Case("secret key of another length", "container-access-key", {"k8s/a.yaml": "kind: Pod\nspec:\n  containers:\n    - env:\n        - name: AWS_SECRET_ACCESS_KEY\n          value: {base62:30}\n"}, ("if the key belongs to your AWS account, deactivate it", "else rotate it")),
    Case("secret for an input that takes JSON", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: r0adkll/upload-google-play@v1\n        with:\n          serviceAccountJsonPlainText: ${{ secrets.PLAY_STORE }}\n"}, ("fromjson? // .",), ("parse-json",)),
    Case("key of a service that takes OIDC", "github-secret", {".github/workflows/a.yml": "on: [push, workflow_call]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: azure/login@v2\n        with:\n          creds: ${{ secrets.AZURE_CREDENTIALS }}\n"}, ("give it\n`client-id`, `tenant-id` and `subscription-id` instead of `creds`", "A job that calls this workflow needs `id-token: write`", "Then revoke"), ("Secrets Manager", "    ")),
    secret("command of a health check", "compose.yml", 'services:\n  a:\n    image: x\n    healthcheck:\n      test: ["CMD", "mysqladmin", "-p${DB_ROOT_PASSWORD:-{password}}"]\n', "drop the fallback or leave it empty, also where a test or an address expects it", without=("outside of tests and CI",)),
    secret("fallback in a document's command", "UPDATE.md", 'mysqldump -u root -p"${DB_ROOT_PASSWORD:-{password}}"\n', "Drop the fallback", without=("`YOUR_",)),
    Case("token of a service account", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: op x\n        env:\n          TOKEN: ${{ secrets.OP_SERVICE_ACCOUNT_TOKEN }}\n"}, ("parse-json",), ("fromjson",)),
    Case("secret in a job of pull requests", "github-secret", {".github/workflows/a.yml": "on: [push, pull_request]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        if: always()\n        env:\n          T: ${{ secrets.STRIPE_KEY }}\n"}, (" Give both new steps `if: ${{ !github.event.pull_request.head.repo.fork }}` (forks get no token) and (`&&`) the `if:`",)),
    Case("secret in a step without the condition of another", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        if: always()\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("names in upper case",), ("the `if:`",)),
    Case("secret of a job with a condition in a step", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    env: {T: '${{ secrets.STRIPE_KEY }}'}\n    steps:\n      - run: x\n        if: always()\n"}, ("moves there",), ("`if:`",)),
    Case("secret of several steps with conditions", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n        if: github.ref == 'a'\n      - run: y ${{ secrets.STRIPE_KEY }}\n        if: github.ref == 'b'\n"}, (" Give both new steps an `if:` that is true whenever a step that uses it runs, without a check",), ("the `if:`",)),
    Case("secret of steps with one condition", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n        if: github.ref == 'a'\n      - run: y ${{ secrets.STRIPE_KEY }}\n        if: github.ref == 'a'\n"}, ("the `if:` of the step",)),
    Case("key of a job that outsiders start", "workflow-access-key", {".github/workflows/a.yml": "on: pull_request_target\njobs:\n  a:\n    runs-on: x\n    env: {AWS_ACCESS_KEY_ID: '${{ secrets.AWS_ACCESS_KEY_ID }}'}\n    steps: [{run: make}]\n"}, ("`pull_request_target` can start this job for others: let it use a protected `environment`, and sign in there with a role that trusts that environment only",)),
    Case("key in an action with a condition", "workflow-access-key", {"action.yml": "runs:\n  using: composite\n  steps:\n    - {id: login, run: y}\n    - run: x\n      if: inputs.x\n      env:\n        AWS_ACCESS_KEY_ID: ${{ steps.login.outputs.key }}\n"}, ("the `if:` of the step",)),
    Case("condition of some pull requests' jobs", "github-secret", {".github/workflows/a.yml": "on: pull_request\njobs:\n  a:\n    if: github.event_name == 'push'\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n  b:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("repo.fork",)),
    Case("dotenv file of a job of pull requests", "env-file-loaded", {".github/workflows/deploy.yml": "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: cp a .env\n"}, ("`$GITHUB_ENV`", "a container gets those that it is given")),
    Case("key of a job of pull requests", "workflow-access-key", {".github/workflows/a.yml": "on: pull_request\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"}, ("repo.fork",)),
    Case("job that forks do not start", "github-secret", {".github/workflows/a.yml": "on: pull_request\njobs:\n  a:\n    if: github.event_name == 'push'\n    runs-on: x\n    steps:\n      - run: x\n        env:\n          T: ${{ secrets.STRIPE_KEY }}\n"}, ("names in upper case",), (".fork", "the `if:`")),
    Case("condition on the step's own variable", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        if: env.T != ''\n        env:\n          T: ${{ secrets.STRIPE_KEY }}\n"}, ("without a check that the secret is set",)),
    Case("secret of a step and a job's service", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    env: {T: '${{ secrets.REGISTRY_PASSWORD }}'}\n    services:\n      db:\n        image: y\n        credentials:\n          password: ${{ secrets.REGISTRY_PASSWORD }}\n    steps: []\n"}, ("get-secrets@v2", "container of the job that needs it starts there (`docker run`)")),
    Case("secret that 1Password resolves", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: 1password/load-secrets-action@v2\n        env: {T: '${{ secrets.STRIPE_KEY }}'}\n"}, ("replace the one that loads from 1Password",)),
    Case("workflow that a tool keeps up to date", "github-secret", {".github/workflows/a.yml": "# DO NOT EDIT. Generated with:\n# devctl\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("If a program writes this file, change what it is made from",)),
    secret("default of a variable in Terraform", "variables.tf", 'variable "db_password" {\n  default = "{password}"\n}\n', "The `default` of a `variable` takes no reference: delete it"),
    secret("migration of Flyway", "sql/V1.104__users.sql", "CREATE ROLE a LOGIN PASSWORD '{password}';\n", "A migration that has run must not change"),
    secret("changeSet of Liquibase", "db/users.xml", '<changeSet id="1"><sql>CREATE ROLE a LOGIN PASSWORD \'{password}\';</sql></changeSet>\n', "A migration that has run must not change"),
    secret("services that are no containers", "settings.yml", "services:\n  minio:\n    host: minio\n    password: {password}\n", OUT),
    secret("key that encrypts, by its setting's name", "src/main/resources/application.properties", "acme.base64EncodedEncryptionKey=${AUTH_KEY:{hex:32}}\n", "data to encrypt again"),
    secret("call of a function that encrypts", "a.go", 'package a\nvar token, _ = Decrypt("{github_token}")\n', "rotate it: anyone"),
    secret("passphrase that encrypts", "app.json", '{"DefaultPassPhrase": "{password}"}\n', "data to encrypt again"),
    secret("user of SMTP", "values.yaml", "SMTP_USER: {aws_access_key_id}\n", "SMTP of SES takes no role"),
    secret("hand-written file of a built folder", "dist/a.sh", "OC_PASS={password}\n", "Store", OUT),
    Case("file of another program", "env-file-loaded", {"dist/a.service": "EnvironmentFile=/srv/.env\n"}, ("If a program writes this file, change what it is made from", "A file that a user gives, or that holds no settings, may stay")),
    Case("template of a local AWS", "infrastructure-secret", {"localstack/cfn.yml": "Resources:\n  A:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: '{password}'\n"}, (made_up.MAY_STAY,)),
    Case("secret for a file that an SDK of Google reads", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          cat << EOF > ${HOME}/a.key\n          ${{ secrets.SOPS_KEY }}\n          EOF\n          echo \"GOOGLE_APPLICATION_CREDENTIALS=${HOME}/a.key\" >> $GITHUB_ENV\n"}, ("fromjson? // .",), ("parse-json",)),
    Case("secret for a file of JSON", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          echo '${{ secrets.SOPS_KEY }}' > a.json\n"}, ("fromjson? // .",), ("parse-json",)),
    Case("secret for another file", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          cat > a.key <<EOF\n          ${{ secrets.SOPS_KEY }}\n          EOF\n"}, ("parse-json",), ("fromjson",)),
    Case("call of an own workflow", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: {T: '${{ secrets.API_TOKEN }}'}\n"}, ("and one that calls it, needs `id-token: write`", "under the name that the called workflow has", "as inputs (not `secrets`)"), ("Until",)),
    Case("SMTP of SES", "infrastructure-access-key", {"a.tf": 'resource "aws_iam_access_key" "a" {\n  user = "x"\n}\noutput "p" {\n  value = aws_iam_access_key.a.ses_smtp_password_v4\n}\n'}, ("or send with the API",)),
    Case("workflow that names the trigger of others in a comment", "github-secret", {".github/workflows/a.yml": "on: push\n# no workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.stripe-key }}\n"}, ("store it",), ("calls this workflow",)),
    Case("region of another step", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n      - uses: acme/a@v1\n        with:\n          aws-region: ${{ secrets.REGION }}\n"}, ("aws-region: ${{ secrets.REGION }}\n",)),
    Case("write-all of a job that calls a workflow", "workflow-id-token", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    permissions: write-all\n    uses: ./.github/workflows/b.yml\n", ".github/workflows/b.yml": "on: workflow_call\njobs:\n  b:\n    runs-on: x\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with:\n          role-to-assume: r\n          aws-region: eu-west-2\n"}, ("and so in the workflow that it calls",)),
    Case("region of a workflow", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n        env:\n          AWS_REGION: ${{ secrets.REGION }}\n          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"}, ("aws-region: ${{ secrets.REGION }}\n", "remove the key from each")),
    secret("variable with a fallback in Compose", "compose.yml", "services:\n  a:\n    image: x\n    environment:\n      ADMIN_PASSWORD: ${KC_ADMIN_PASSWORD:-{password}}\n", "set `KC_ADMIN_PASSWORD`"),
    Case("secret of each service", "secret-name", {"a.tf": 'resource "aws_secretsmanager_secret" "a" {\n  for_each = var.apps\n  name     = "data-api/${var.env}/${each.key}/db"\n}\n'}, ("from its variables",)),
    secret("settings of the tests of Rails", "config/settings/test.yml", "password: {password}\n", WRITE, Gemfile=""),
    secret("sample that a program reads", "examples/keys.json", '{"apiKey": "{password}"}\n', "Delete it here; if a program reads this file, let what starts that program pass the value in", "expired", without=("`YOUR_",)),
    secret("name with a digit", "README.md", "S3_API_SECRET={password}\n", "`YOUR_S3_API_SECRET_HERE`"),
    Case("Compose file of another name", "env-file-loaded", {"smtp.yml": "services:\n  smtp:\n    image: x\n    env_file: ./smtp.env\n"}, ("write settings under `environment:`",), ("~/.aws",)),
    Case("settings of kustomize", "env-file-loaded", {"kustomization.yaml": "configMapGenerator:\n  - name: a\n    envs: [a.env]\n", "a.env": "PORT=1\n"}, ("as `literals`",)),
    Case("workflow that outsiders start", "github-secret", {".github/workflows/a.yml": "on: issue_comment\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("`issue_comment` can start this job", "protected `environment`"), ("    ",)),
    Case("workflow that outsiders start, but not this job", "github-secret", {".github/workflows/a.yml": "on: workflow_run\njobs:\n  a:\n    if: github.event.workflow_run.event == 'push'\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("get-secrets@v2",), ("protected",)),
    Case("job of one repository that outsiders start", "github-secret", {".github/workflows/a.yml": "on: pull_request_target\njobs:\n  a:\n    if: github.repository == 'acme/shop'\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("`pull_request_target` can start this job", "protected `environment`"), ("    ",)),
    Case("job of one repository's branches", "github-secret", {".github/workflows/a.yml": "on: pull_request_target\njobs:\n  a:\n    if: github.repository == 'acme/shop' && github.event.pull_request.head.repo.full_name == github.repository\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("get-secrets@v2",), ("protected",)),
    Case("called workflow that may use the token", "workflow-id-token", {".github/workflows/a.yml": "on: push\npermissions: {id-token: write}\njobs:\n  a:\n    uses: acme/x/.github/workflows/a.yml@v1\n  b:\n    runs-on: x\n    steps:\n      - run: make\n"}, ("move it to the jobs that use it (`a`)",), ("remove",)),
    Case("called workflow that outsiders start", "workflow-id-token", {".github/workflows/a.yml": "on: issue_comment\njobs:\n  a:\n    permissions: {id-token: write}\n    uses: acme/x/.github/workflows/a.yml@v1\n"}, ("let the workflow that it calls\nuse a protected `environment`",)),
    Case("workflow of a generator", "github-secret", {".github/workflows/a.lock.yml": "# This file was automatically generated by x. DO NOT EDIT.\non: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("If a program writes this file, change what it is made from",)),
    Case("permission of a job", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.STRIPE_KEY }}\n"}, ("id-token: write",), ()),
    Case("build secret", "env-file-loaded", {"Dockerfile": "FROM a\nRUN --mount=type=secret,id=e,target=/run/.env make\n"}, ("as its defaults", "if it is copied")),
    Case("settings of another tool", "env-file-loaded", {"load/artillery.yaml": "config:\n  env_file: .env\n"}, ("as its defaults",), ("environment:", "~/.aws")),
    Case("key of the program", "aws-sdk-access-key", {"a.ts": "import { SESv2Client } from '@aws-sdk/client-sesv2';\nconst c = new SESv2Client({ region, credentials: { accessKeyId: process.env.K, secretAccessKey: process.env.S } });\n"}, ("A client of an AWS SDK without credentials uses the role", "another company's service a role that trusts it", "(a vendor's, a customer's)")),
    Case("key for an action of others", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: acme/build@v1\n        with:\n          aws-access-key-id: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"}, ("Inputs that this action requires",), ("pass none",)),
    Case("read in Java", "infrastructure-secret", {"A.java": "class A { Object p = GetParameterRequest.builder().name(\"/a/token\").withDecryption(true).build(); }\n"}, ("read it there",), ("aws secretsmanager",)),
    Case("sample that a job copies", "env-example-value", {".env.sample": "DB_PASSWORD=op://vault/db/password\nPORT=1\n"}, ("If a job, an image or a program copies or loads this file",), ("rotate",)),
    Case("file of kustomize", "env-file", {"base/params.env": "namespace=a\n", "base/kustomization.yaml": ""}, ("as `literals` in `kustomization.yaml`", "may stay"), ("as its defaults",)),
    Case("file of an example", "env-file", {"examples/demo.env": "PORT=1\n"}, ("may stay",)),
    Case("secret of a workflow whose jobs forks start", "github-secret", {".github/workflows/a.yml": "on: pull_request\nenv: {T: '${{ secrets.STRIPE_KEY }}'}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n"}, ("repo.fork",)),
    Case("secret of a workflow whose jobs outsiders start", "github-secret", {".github/workflows/a.yml": "on: issue_comment\nenv: {T: '${{ secrets.STRIPE_KEY }}'}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n"}, ("`issue_comment` can start a job for others",), ("    ",)),
    Case("secret beside another vendor's key", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n        env: {T: '${{ secrets.STRIPE_KEY }}', AWS_ACCESS_KEY_ID: a}\n"}, ("with an empty `AWS_SESSION_TOKEN`",)),
    Case("variable that is no environment", "secret-name", {"a.ts": "new GetSecretValueCommand({ SecretId: `${process.env.PROJECT}-default` });\n"}, ("name it `{service}/{environment}`",), ("PROJECT",)),
    secret("test of one long line", "src/a.test.ts", f"{TOKEN[:-1]} // {'x ' * 600}\n", WRITE),
    secret("script of an example's page", "samples/login/src/main/webapp/a.js", TOKEN, "whoever opens the page"),
    secret("key in SQL after another", "a.sql", "INSERT INTO k VALUES ('-----BEGIN PGP PUBLIC KEY BLOCK-----\na\n-----END PGP PUBLIC KEY BLOCK-----', '{private_key}');\n", OUT),
    secret("script of a Java web application", "app/src/main/webapp/a.js", TOKEN, "whoever opens the page"),
    secret("AWS key in a recorded answer", "tests/a.json", f'{{"X-Amz-Credential": "{KEY}"}}\n', "if the key is real and belongs to your AWS account, deactivate", f"`{made_up.VALUE}`"),
    # --- environments
    secret("key of tests in settings", "config/database.yml", "test:\n  password: {password}\n", WRITE, without=(PROD,), Gemfile="gem 'rails'\n"),
    secret("key of tests in PHP", "config/database.php", "<?php\nreturn [\n  'testing' => [\n    'password' => '{password}',\n  ],\n];\n", WRITE, without=("bin2hex", PROD)),
    secret("key of development", "config/payment.yml", "development: &dev\n  a: 1\n  stripe:\n    secret_key: {stripe_key}\n", "/development", without=(PROD,), Gemfile="gem 'rails'\n"),
    secret("key of staging in code", "a.py", 'TOKENS = {\n    "staging": {\n        "token": "{github_token}",\n    },\n}\n', "/staging", without=(PROD,)),
    secret("key that only looks alike", "a.py", 'if test:\n    token = "{github_token}"\n', ANY),
    secret("mapping of a stub", "stub/mappings/a.json", '{"token": "{github_token}"}\n', "obviously made-up value", without=(PROD,)),
    secret("data that fills a database", "db/seeds.rb", "token = '{github_token}'\n", "/development", without=(PROD,)),
    secret("template of a project", "{{app}}/a.py", 'token = "{github_token}"\n', "`{{app}}/<environment>`"),
    secret("script of SQL", "schema.sql", "CREATE ROLE a LOGIN PASSWORD '{password}';\n", OUT, without=("when it starts",)),
    secret("values of a chart that tests use", "ci/charts/values.yaml", "oidc:\n  secret: {github_token}\n", "in Kubernetes: External Secrets", "only for local servers", "`Example-value-1`"),
    secret("story of a component", "src/A.stories.tsx", TOKEN, WRITE, without=("server",), package_json=REACT),
    *(Case(
        f"{path}: {name} in {job}", "github-secret",
        {f".github/workflows/{path}": f"on: push\njobs:\n{job}    steps:\n      - run: x ${{{{ secrets.{name} }}}}\n"},
        (f"/{environment}`" if environment[0] != "<" else "/<environment>` (production, staging or development)",),
        ("/production`",) if environment != "production" else (),
    ) for path, name, job, environment in (
        ("build.yml", "STRIPE_KEY", "  a:\n    runs-on: x\n", "<environment>"),
        ("build.yml", "STRIPE_KEY", "  a:\n    runs-on: x\n    environment: prod\n", "production"),
        ("build.yml", "STRIPE_KEY", "  a:\n    runs-on: x\n    environment: github-pages\n", "<environment>"),
        ("build.yml", "STRIPE_KEY", "  a:\n    runs-on: x\n    environment: ${{ inputs.environment }}\n", "<environment>"),
        ("build.yml", "STRIPE_KEY_DEV", "  a:\n    runs-on: x\n", "development"),
        ("build.yml", "CYPRESS_RECORD_KEY", "  a:\n    runs-on: x\n", "<environment>"),
        # one value for each job without an environment, whatever it is called
        ("promote-to-prod.yml", "STRIPE_KEY", "  promote-images-to-test:\n    runs-on: x\n", "<environment>"),
        ("release.yml", "STRIPE_KEY", "  deploy-staging:\n    runs-on: x\n", "staging"),
        ("deploy-prod.yml", "STRIPE_KEY", "  a:\n    runs-on: x\n", "production"),
        # what contradicts another name says nothing
        ("deploy-dev.yml", "STRIPE_KEY", "  push-to-staging-registry:\n    runs-on: x\n", "<environment>"),
        ("deploy-dev.yml", "STRIPE_KEY", "  deploy-development:\n    runs-on: x\n", "development"),
        ("deploy-prod.yml", "STRIPE_KEY", "  test:\n    runs-on: x\n", "<environment>"),
        ("deploy-prod.yml", "STRIPE_KEY_STAGING", "  a:\n    runs-on: x\n", "<environment>"),
        ("test.yml", "STRIPE_KEY_STAGING", "  a:\n    runs-on: x\n", "staging"),
        ("build.yml", "PROD_KEY", "  a:\n    runs-on: x\n    env: {A: '${{ secrets.PROD_KEY }}', B: '${{ secrets.DEV_KEY }}'}\n", "<environment>"),
        ("deploy-prod.yml", "Stripe_Key", "  a:\n    runs-on: x\n", "production"),
        ("a.yml", "STRIPE_KEY", "  prod:\n    runs-on: x\n    env: {A: '${{ secrets.STRIPE_KEY }}'}\n    steps: []\n  a:\n    runs-on: x\n", "<environment>"),
        ("build.yml", "STRIPE_KEY", "  b:\n    environment: staging\n    runs-on: x\n    env: {A: '${{ secrets.STRIPE_KEY }}'}\n    steps: []\n"
         "  a:\n    environment: production\n    runs-on: x\n", "<environment>"),
    )),
    secret("live test", "app/test_speech_live.py", 'TOKEN = "{github_token}"\n', WRITE, without=(PROD,)),
    Case("a test of the live service", "env-file-loaded", {"tests/test_live.py": "from dotenv import load_dotenv\nload_dotenv()\n"}, ("/development`",), (PROD,)),
    secret("URL in code", "cmd/main.go", 'package a\nvar u = "postgres://app:{password}@host/db"\n', OUT, without=("placeholder",)),
    secret("here document", "run.sh", "cat >a.yml <<'EOF'\npassword: {password}\nEOF\n", OUT, without=("$(aws",)),
    secret("token of a vendor's sandbox", "app/config.py", 'GITHUB_TEST_TOKEN = "{github_token}"\n', OUT, without=("If such a service",)),
    secret("script of a local database", "bin/db-stg-to-local.sh", "LOCAL_PASSWORD={password}\n", "/development", without=("/staging",)),
    secret("reference of another tool's documents", "docs/generated/cli.json", '{"password": "{password}"}\n', "If a program writes this file, change what it is made from", without=("placeholder",)),
    Case("AWS key under other names", "env-example-value", {".env.sample": "AWS_ACCESS_ID=\nAWS_ACCESS_SECRET=\nPUSHER_SECRET=\nPORT=1\n"}, ("check `PUSHER_SECRET`)", "If the key (`AWS_ACCESS_ID`, `AWS_ACCESS_SECRET`) belongs to your AWS account, use a role instead")),
    Case("placeholders of an AWS key", "env-example-value", {".env.example": "AWS_SECRET_ACCESS_KEY=...\nPORT=1\n"}, ("if the key (`AWS_SECRET_ACCESS_KEY`) belongs to your AWS account",), ("deactivate",)),
    Case("value that only looks like a variable", "env-file", {"a.env": "APP_SECRET='$ecretf0rt3st'\n"}, ("check `APP_SECRET`",)),
    Case("secret with a hyphen", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: x ${{ secrets.gpg-passphrase }}\n"}, ("names in upper case with `_` for `-`",)),
    Case("made-up AWS key of tests", "env-file", {"tests/cfg.env": "AWS_ACCESS_KEY_ID=testing\nTABLE_NAME=codes\n"}, ("made-up values for secrets (check `AWS_ACCESS_KEY_ID`)"), ("sso login",)),
    secret("account of a runner", "app/config.py", 'CYPRESS_RECORD_KEY = "{password}"\n', OUT, without=("If such a service",)),
    secret("password of tests in settings", "app/config.py", 'DATABASE_TEST_PASSWORD = "{password}"\n', WRITE, "`Example-value-1`", without=("as `",)),
    secret("constant of a test's class", "tests/ATest.php", "<?php class A {\n  const TOKEN = '{github_token}';\n}\n", WRITE, without=("bin2hex",)),
    secret("default of a variable in Python", "conf/dev.py", 'os.environ.setdefault(\n    "GITHUB_TOKEN", "{github_token}"\n)\n', OUT, without=("boto3",), requirements_txt="boto3\n"),
    secret("fallback in code", "a.mjs", 'const token = process.env.JWT_SECRET || "{password}";\n', "drop the fallback or leave it empty, also where a test expects it, and let what starts the program (also a build or a test) set `JWT_SECRET`"),
    secret("text of a command", "app/a.py", 'x = "Use --token {github_token} here"\n', OUT, without=("boto3",), requirements_txt="boto3\n"),
    secret("Ruby with another client", "a.rb", "require 'aws-sdk-s3'\ntoken = '{github_token}'\n", OUT),
    Case("credentials of a session", "boto3-access-key", {"a.py": "from botocore import session\ns = session.get_session()\ns.set_credentials(access_key=key, secret_key=secret)\n"}, ("boto3 uses the role",), ("set_credentials()",)),
    Case("signer of another service", "boto3-access-key", {"a.py": "from requests_aws4auth import AWS4Auth\nAWS4Auth(key, secret, REGION, 'aoss')\n"}, ("for AWS4Auth as `refreshable_credentials`",), ('"es"',)),
    secret("a folder with a service's name", "charts/local-links-manager/a.py", 'TOKEN = "{github_token}"\n', ANY),
    secret("a file of a laptop", "charts/local-setup.py", 'TOKEN = "{github_token}"\n', "/development", without=(PROD,)),
    secret("a server in a pod", "charts/values.yaml", "env:\n  DB: postgres://app:{password}@localhost/app\n", ANY),
    Case(
        "all secrets", "github-secret",
        {".github/workflows/build.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x '${{ toJSON(secrets) }}'\n"},
        ("those that it needs", "write `${{ env.NAME }}` for each"), ("`env.` for `secrets.`",),
    ),
    Case(
        "secret whose name a matrix has", "github-secret",
        {".github/workflows/build.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x '${{ secrets[matrix.key] }}'\n"},
        ("write `env[…]` for `secrets[…]`, with what is in the brackets, names in upper case",), ("env.NAME",),
    ),
    Case("functions of Serverless", "env-file-loaded", {"serverless.yml": "useDotenv: true\n"}, ("Let the program read", ANY), (PROD, "ssm")),
    Case("PowerShell", "env-file-loaded", {"run.ps1": "Copy-Item a.txt .env\n"}, ("Let the program read",), ("secret=", "to_entries")),
    Case("code that writes", "env-file-loaded", {"a.php": "<?php copy('a', '.env');\n"}, ("Let the program read",), ("SecretsManagerClient",)),
    Case("a file that is written", "env-file-loaded", {"entry.sh": "aws ssm get-parameter --name a > .env\n", ".env.example": "PORT=1\n"}, ("read its secrets",), ("the variables of the file",)),
    secret("database of a pipeline", ".circleci/config.yml", "jobs:\n  a:\n    docker:\n      - image: mysql\n        environment:\n          MYSQL_ROOT_PASSWORD: {password}\n", WRITE, without=(PROD,)),
    Case("credentials of a client", "aws-sdk-access-key", {"a.rb": "c = Aws::Athena::Client.new(\n  credentials: Aws::Credentials.new(ENV['ATHENA_KEY_ID'], ENV['ATHENA_SECRET'])\n)\n"}, ("remove the keys",), ("S3",)),
    Case("variables of a npm script", "env-file-loaded", {"package.json": '{"scripts": {"up": "docker compose --env-file docker.env up"}}\n'}, ("read its secrets", ANY)),
    Case("variables of a container", "env-file-loaded", {"run.sh": "podman run --env-file=../a.env api\n"}, ("or pass them in where it is started", ANY), ("to_entries",)),
    Case("a list of Kustomize", "env-file-loaded", {"kustomization.yaml": "configMapGenerator:\n  - name: a\n    envs: [.env]\n"}, ("External Secrets",), ("~/.aws", "environment:")),
    Case("module of Nest", "env-file-loaded", {"a.ts": "import { ConfigModule } from '@nestjs/config';\nexport const a = ConfigModule.forRoot({});\n"}, ("ignoreEnvFile: true",), ("remove this",)),
    Case("exported requirements", "env-file-loaded", {"requirements.txt": 'python-dotenv==1.1.0 ; python_full_version >= "3.9.11" and python_version < "4.0"\n'}, ("compile the others again", "only another package requires it"), ("pip uninstall",)),
    Case("variables that webpack puts into a page", "env-file-loaded", {"webpack.config.js": 'const a = require("dotenv").config();\nmodule.exports = {plugins: [new webpack.EnvironmentPlugin(["A"])]};\n'}, ("into a page or an app is public",), ("Let the program",)),
    Case("calls of an API in an app", "env-file-loaded", {"src/api/a.ts": "import Config from 'react-native-config';\n", "package.json": NATIVE}, ("into a page or an app is public",), ("Let the program",)),
    Case("compiled requirements", "env-file-loaded", {"requirements.txt": "python-dotenv==1.0.1 \\\n    --hash=sha256:0\n"}, ("compile the others again", "settings and other packages"), ("pip uninstall",)),
    Case("server of a database", "env-file", {".env.test": "DB_URL=jdbc:postgresql://db:5432/a\nLOCK_DSN=flock\nHCAPTCHA_SITE_KEY=10000000\n"}, ("set its variables",), ("openssl",)),
    Case("address with a key", "env-file", {".env": "A_WEBHOOK_URL=https://a.example/T0/B0\nDB_URL=mysql://db/a?password={password}\n"}, ("check `A_WEBHOOK_URL`, `DB_URL`",), ("settings",)),
    Case("every secret passed on", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    uses: x/y/.github/workflows/z.yml@v1\n    secrets: inherit\n"}, ("pass none", "and one that calls it, needs `id-token: write`", "keep `inherit` if it needs others", "ignore[github-secret]"), ("each by its name",)),
    secret("below a comment", "a.go", 'package a\n// x\nvar token = "{github_token}"\n', "Store the new value"),
    secret("block comment", "a.go", 'package a\n\n/*\n{\n  "token": "{github_token}"\n}\n*/\nvar a = "x/*"\n', "Delete it here", without=("secretsmanager",)),
    secret("glob before a value", "a.go", 'package a\nvar g = "x/*"\nvar token = "{github_token}"\n', OUT, without=("placeholder",)),
    secret("event", "events/a.json", '{"apiKey": "{github_token}"}\n', "a sample", "`Example-value-1`"),
    secret("data of an environment", "config/prod.json", '{"apiKey": "{github_token}"}\n', "e.g. as `", PROD),
    Case("folder of production", "env-file", {"variants/shop-prod/variant.env": "API_TOKEN={github_token}\n"}, (PROD,)),
    Case("folder of what is not production", "env-file", {"variants/shop-non-prod/variant.env": "API_TOKEN={github_token}\n"}, (ANY,), (PROD,)),
    Case("a file of another folder", "env-file-loaded", {"docker/compose.yml": "services:\n  a:\n    build: .\n    env_file: ../.env\n", "docker/.env": "PORT=1\n"}, ("the names of the secrets without values",), ("the variables of the file",)),
    Case("a file that is encrypted", "env-file-loaded", {"setup/run.sh": "source setup/.env\n", "setup/.env": "GITCRYPT a/b\n"}, ("read its secrets",), ("the variables of the file",)),
    Case("settings by their last word", "env-file", {".env": "STATE_BUCKET_KEY=shop/terraform.tfstate\nTOKEN_SIGNING_KEY_ALIAS=alias/shop\nSECRET_VERSION=k9x27q0zb41m88fd3e5a\nTOKEN_INDEX=shop\n"}, ("set its variables"), ("rotate",)),
    Case("name of a part of a secret", "secret-name", {"a.tf": 'resource "aws_secretsmanager_secret" "a" {\n  name = "${var.Env}-pypi-password"\n}\n'}, ("e.g. `shop/${var.Env}`.", "with the value that it has now, also if that was generated", "variables that get its name")),
    Case("name without a service", "secret-name", {"a.ts": "new GetSecretValueCommand({ SecretId: `${project}-default` });\n"}, ("name it `{service}/{environment}`",)),
    Case("key of a pod", "container-access-key", {"k8s/a.yaml": "kind: Pod\nspec:\n  containers:\n    - env:\n        - name: AWS_SECRET_ACCESS_KEY\n          valueFrom: {secretKeyRef: {name: a, key: b}}\n"}, ("A role takes its place", "IAM Roles Anywhere outside of AWS")),
    secret("library that the repository lacks", "app/a.rb", "token = '{github_token}'\n", OUT, Gemfile="gem 'rails'\n"),
    secret("fallback in settings of Rails", "config/database.yml", "a:\n  url: <%= ENV.fetch('DATABASE_URL', 'postgres://a:{password}@db/a') %>\n", "drop the fallback or leave it empty, also where a test expects it, and let what starts the program (also a build or a test) set", without=("<%=",), Gemfile=""),
    secret("fallback in settings of Spring", "src/main/resources/application.yml", "spring:\n  datasource:\n    password: ${DB_PASSWORD:{password}}\n", "drop the fallback or leave it empty, also where a test expects it, and let what starts the program (also a build or a test) set", without=("write `",)),
    Case("a file with a secret", "env-file-loaded", {"compose.yml": "services:\n  a:\n    build: .\n    env_file: a.env\n", "a.env": "DB_PASSWORD=x\n"}, ("the names of the secrets without values",), ("the variables of the file",)),
    Case("file of an app", "env-file", {".env.production": "API_TOKEN={github_token}\n", "package.json": '{"dependencies": {"react-native": "1"}}'}, ("your own server", "whoever installs the app"), ("task's role",)),
    Case("variable of a template", "env-file", {"templates/a.env": 'DB_PASSWORD="{{ db_password }}"\n'}, ("check `DB_PASSWORD`",), ("rotate",)),
    Case("references to another store", "env-file", {"a.env": "DB_PASSWORD=op://vault/db/password\n"}, ("check `DB_PASSWORD`",), ("rotate",)),
    Case("variable of a page made with Vue", "env-example-value", {".env.example": "VUE_APP_MAP_KEY=x\n"}, ("# VUE_APP_MAP_KEY - what it is",), ("keep what is secret", "rotate")),
    Case("what a page has", "env-file", {".env.production": "VITE_RESET_PASSWORD=x\nCLUSTER_ID={password}\nTOKEN=$OTHER\n"}, ("set its variables",)),
    Case("loader of an app", "env-file-loaded", {"build.sh": "cp .env.production .env\n", "package.json": '{"dependencies": {"react-native": "1"}}'}, ("your own server",), ("task's role",)),
    secret("script of an example", "examples/run.sh", "TOKEN={github_token}\n", OUT, without=("placeholder",)),
    secret("suite of conformance", "storage/conformance/a.go", 'package a\nvar token = "{github_token}"\n', WRITE, without=(PROD,)),
    Case("environment of an editor", "env-file-loaded", {"devenv.nix": "dotenv.enable = true;\n"}, ("/development`",), (PROD,)),
    Case("key of a pipeline's script", "aws-credentials-file", {"ci/a.sh": "export AWS_ACCESS_KEY_ID=$(jq -r .key state.json)\n"}, ("OIDC for a pipeline", OF_OTHERS), ("moto",)),
    secret("Compose file by another name", "docker-broker-compose.yml", COMPOSE.format("mongo:5", "MONGO_INITDB_ROOT_PASSWORD"), ANY, without=(PROD,)),
    secret("tests of contracts", "src/contractTest/resources/application.properties", "db.password={password}\n", "obviously made-up value", without=(PROD,)),
    secret("settings of a laptop's stack", "app/settings/devstack.py", 'TOKEN = "{github_token}"\n', "/development", without=(PROD,)),
    secret("program that fills a database", "app/user_seeder.rb", "token = '{github_token}'\n", "/development", without=(PROD,)),
    secret("key of an example", "keys.example/sp.key", "{private_key}\n", "Delete it here", without=("placeholder",)),
    # --- browsers
    secret("page", "index.html", "<script>const token = '{github_token}'</script>\n", "behind your own server", without=("SecretsManagerClient",)),
    secret("vue", "src/App.vue", f"<script>\n{TOKEN}</script>\n", "behind your own server", without=("SecretsManagerClient",)),
    secret("client component", "app/a.tsx", f'"use client";\n{TOKEN}', "whoever opens the page"),
    secret("bundled", "src/api.js", TOKEN, "behind your own server", package_json=REACT),
    secret("plugin of jQuery", "js/libs/a.js", f";(function ($, window, document) {{\n  var url = document.location.href;\n  {TOKEN}}})(jQuery, window, document);\n", "whoever opens the page"),
    secret("page that a module of Node opens", "tools/a.mjs", f"import {{ chromium }} from 'playwright';\n{TOKEN}p.evaluate(() => document.querySelector('a'));\n", OUT),
    secret("server that makes a page", "server/a.js", f"{TOKEN}const page = '<script>window.location = 1</script>';\n", OUT),
    secret("page that a program of Node opens", "tools/a.js", f"const p = require('puppeteer');\n{TOKEN}p.evaluate(() => document.querySelector('a'));\n", OUT),
    secret("document of a database", "tools/a.js", f"import {{ db }} from './db.js';\n{TOKEN}document.save();\n", OUT),
    secret("served script", "public/js/a.js", TOKEN, "behind your own server"),
    Case(
        "AWS client in a page", "aws-sdk-access-key",
        {"public/js/a.js": 'new S3Client({ credentials: { accessKeyId: "{aws_access_key_id}", secretAccessKey: "{aws_secret_access_key}" } });\n'},
        ("deactivate the key", "behind your own server"), ("new S3Client",),
    ),
    # --- apps
    secret("Android", "app/src/main/java/A.kt", 'val token = "{github_token}"\n', "whoever installs the app", without=("SecretsManagerClient",), app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("test of an Android app", "app/src/test/java/A.kt", 'val token = "{github_token}"\n', WRITE, without=("installs",), app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("module without an app", "server/src/main/java/A.kt", 'val token = "{github_token}"\n', OUT, app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("React Native", "src/a.ts", TOKEN, "whoever installs the app", package_json='{"dependencies": {"react-native": "0.74"}}'),
    secret("iOS", "App/A.swift", 'let token = "{github_token}"\n', "whoever installs the app", App_xcodeproj__project_pbxproj="// x\n"),
    secret("Google's key in an app", "app/src/main/res/values/keys.xml", GOOGLE, "restrict it to yours (a Google key in the Google Cloud console", app__src__main__AndroidManifest_xml="<manifest/>\n"),
    Case("AWS key without a value", "env-file", {".env": "AWS_ACCESS_KEY_ID=\nAWS_REGION=eu-west-2\n"}, ("belongs to your AWS account",), ("move", "Secrets Manager as")),
    Case(
        "dotenv in an app", "env-file-loaded",
        {"package.json": '{"dependencies": {"react-native": "0.74", "react-native-dotenv": "3"}}\n'},
        ("What a build puts into a page or an app is public",), ("task's role",),
    ),
    # --- what nothing runs
    secret("comment", "a.go", 'package a\n\n// token := "{github_token}"\n', "Delete it here", without=("GetSecretValue",)),
    secret("comment after code", "a.scala", 'val url = new URL(a("// x")) //eg: http://h/cb?oauth_token={github_token}\n', "Delete it here", without=("GetSecretValue",)),
    secret("value after a string that looks like a comment", "a.scala", 'val url = new URL("a // x", "{github_token}")\n', OUT),
    secret("value after a comment", "a.go", 'package a\nvar token = /* src/* is old */ "{github_token}"\n', OUT),
    secret("comment of a test", "tests/test_a.py", '# token = "{github_token}"\n', "Delete it here", without=(WRITE,)),
    secret("comment of an app", "src/a.ts", '/* { a: 1, src/*\n  token: "{github_token}" }\n*/\n', "Delete it here", without=("installs",), package_json=NATIVE),
    secret("AWS key in a comment of a test", "tests/test_a.py", f"# {KEY}\n", "Then delete it here, too"),
    secret("comment of settings", "turn.conf", "# cli-password={password}\n", "Delete it here", without=("Secrets Manager",)),
    secret("statement in quotes of three", "a.py", 'sql = f"""\n  WITH (\n    password = \'{password}\'\n  )\n"""\n', OUT, without=("placeholder",)),
    secret("argument in quotes of three", "a.py", 'run(\n    """\n    SET password = \'{password}\'\n    """\n)\n', OUT, without=("placeholder",)),
    secret("search key of a documentation site", "docs/docusaurus.config.js", TOKEN, "whoever opens the page", without=("SecretsManagerClient",)),
    secret("docstring", "a.py", '"""Use it:\n\n    token = "{github_token}"\n"""\n', "Delete it here", without=("boto3",)),
    secret("string in quotes of three", "a.py", 'token = """{github_token}"""\n', OUT, without=("placeholder",)),
    secret("example of a dotenv file", ".env.example", "API_TOKEN={github_token}\n", " - a secret, loaded from", without=("placeholder",)),
    # --- modules
    # --- containers
    Case(
        "production mounts no profile", "container-access-key",
        {"docker-compose.prod.yml": "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID}\n"},
        ("an instance profile for a machine",), ("~/.aws",),
    ),
    Case(
        "CI passes temporary keys", "container-access-key",
        {"compose.ci.yml": "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: ${AWS_ACCESS_KEY_ID}\n"},
        ("OIDC", "AWS_SESSION_TOKEN"), ("~/.aws",),
    ),
    Case(
        "production's dotenv file", "env-file-loaded",
        {"docker-compose.prod.yml": "services:\n  api:\n    build: .\n    env_file: web.env\n"},
        (f"{PROD}`",), ("~/.aws",),
    ),
    Case(
        "somebody else's image", "env-file-loaded",
        {"compose.yml": "services:\n  db:\n    image: mongo:5\n    env_file: mongo.env\n"},
        ("the names of the secrets without values",), ("~/.aws",),
    ),
    secret("mongo", "compose.yml", COMPOSE.format("mongo:5", "MONGO_INITDB_ROOT_PASSWORD"), "write a variable here (`${MONGO_INITDB_ROOT_PASSWORD}`)", without=("let the program read",)),
    secret("Compose file of no environment", "docker-compose.override.yml", COMPOSE.format("acme/thing", "ADMIN_PASSWORD"), "/development", without=(PROD,)),
    secret("part of a Compose file", "deploy/apps.yml", COMPOSE.format("acme/thing", "ADMIN_PASSWORD"), "write a variable here (`${ADMIN_PASSWORD}`)"),
    secret("own image of a database", "compose.yml", "services:\n  db:\n    build: db\n    environment:\n      MYSQL_PASSWORD: {password}\n", "write a variable here (`${MYSQL_PASSWORD}`)", without=("let the program",)),
    secret("default of a variable", "compose.yml", "services:\n  a:\n    build: .\n    environment:\n      X: ${_WWW_PASSWORD:-{password}}\n", "drop the fallback"),
    # --- frameworks
    secret("Laravel", "config/services.php", "<?php\nreturn [\n  'stripe' => ['secret' => '{stripe_key}'],\n];\n", "env('", without=("SecretsManagerClient",)),
    secret("Rails", "config/payment.yml", "production:\n  secret_key: {stripe_key}\n", '<%= ENV["NAME"] %>', Gemfile="gem 'rails'\n"),
    secret("example of settings", "config/application.example.yml", "stripe_token: {password}\n", "Delete it here", without=("ENV[",), Gemfile=""),
    secret("default in a comment", "conf/grafana.ini", "[security]\n; token = {github_token}\n", "Delete it", without=("Secrets Manager",)),
    secret("default in a comment of unknown settings", "conf/grafana.ini.default", "# token = {github_token}\n", "Delete it", without=("Secrets Manager",)),
    secret("URL is no comment", "conf/app.unknown", "token = {github_token} // x\n", "Secrets Manager"),
    secret("build of a React Native app", "android/sentry.properties", "auth.token={github_token}\n", "e.g. as", without=("installs",), package_json=NATIVE),
    secret("source of a React Native app", "src/api.ts", TOKEN, "installs the app", package_json=NATIVE),
    secret("page beside its server", "client/lib/a.ts", TOKEN, "opens the page", without=("SecretsManagerClient",), package_json=REACT.replace('"vite"', '"express": "4", "vite"')),
    secret("server beside its page", "src/lib/a.ts", TOKEN, OUT, package_json=REACT.replace('"vite"', '"express": "4", "vite"')),
    secret("settings of PHPUnit for one database", "phpunit.pgsql.xml", '<env name="DB_PASSWORD" value="{password}"/>\n', WRITE),
    secret("Compose file of documents", "docs/specs/compose.yaml", "services:\n  a:\n    image: acme/a\n    environment:\n      APP_KEY: {password}\n", "write a variable here (`${APP_KEY}`), and in each address or setting that has the value", "for local servers", without=("Delete it here",)),
    Case("dotenv of a workflow", "env-file", {".github/workflows/.env.mariadb": "PORT=1\nDB_PASSWORD={password}\n"}, ("made-up values for secrets (check `DB_PASSWORD`)",), ("move", PROD)),
    Case("flags with a secret's name", "env-file", {".env.staging": "SSL_VERIFY_CERT=1\nENFORCE_FOREIGN_KEYS=0\n"}, ("set its variables"), ("rotate",)),
    Case("settings of a build", "env-file", {"build/versions.env": "GO_VERSION=1.22\n"}, ("set its variables", "program or build that reads them"), ("program is started",)),
    Case("what adds a dotenv file to an archive", "env-file-loaded", {"a.php": "<?php\n$zip->addFile($dir . '/.env.local');\n"}, ("as its defaults",), ("SecretsManagerClient",)),
    Case("example of an app", "env-example-value", {".env.example": "API_TOKEN={password}\nPORT=1\n", "package.json": NATIVE}, ("to your own server", "Set the other variables"), ("load the secrets",)),
    Case("loader in an app's build", "env-file-loaded", {"android/app/build.gradle": "apply from: project(':react-native-config').projectDir.getPath() + \"/dotenv.gradle\"\n"}, ("into a page or an app is public",), ("when it starts",)),
    Case("tools of developers", "env-file-loaded", {"requirements-dev.txt": "python-dotenv==1\n"}, (ANY,), ("/development",)),
    secret("Spring", "src/main/resources/application.yml", "spring:\n  application: {{name: a}}\nstripe:\n  secret-key: {stripe_key}\n", "write `${NAME}` here"),
    secret("YAML of another framework", "src/main/resources/application.yml", "stripe:\n  secret-key: {stripe_key}\n", "e.g. as `", without=("spring", "import")),
    secret("workflow that deploys", ".github/workflows/deploy.yml", "on: push\nenv:\n  DEPLOY_TOKEN: {github_token}\n", "let the job that uses it assume a role with configure-aws-credentials", "read it in the next step (aws-secretsmanager-get-secrets)"),
    secret("build script", "build.gradle.kts", 'signing {\n  storePassword = "{password}"\n}\n', 'write `System.getenv("NAME")` here', without=("SecretsManagerClient",)),
    secret("build script of an app", "app/build.gradle", "signing {\n  storePassword '{password}'\n}\n", "System.getenv(", without=("installs",), app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("field of an app's build script", "app/build.gradle", 'buildConfigField "String", "API_KEY", "{github_token}"\n', "whoever installs the app", app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("RDS", "db.tf", 'resource "aws_db_instance" "a" {\n  password = "{password}"\n}\n', "manage_master_user_password = true"),
    # --- keys that may be another vendor's, and programs outside of AWS
    Case("key in settings", "boto3-access-key", {"app/settings.py": 'import os\nAWS_STORAGE_BUCKET_NAME = "media"\nAWS_ACCESS_KEY_ID = os.environ["AWS_ACCESS_KEY_ID"]\n'}, ("remove the setting, and change what sets, requires or expects it", "OIDC or IAM Roles Anywhere", OF_OTHERS)),
    Case("key of a job", "workflow-access-key", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n        env:\n          AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          AWS_SECRET_ACCESS_KEY: ${{ secrets.AWS_SECRET_ACCESS_KEY }}\n"}, ("sign in with OIDC", OF_OTHERS)),
    Case("key of an example", "env-example-value", {"env.template": "AWS_ACCESS_KEY_ID=...\n"}, (OF_OTHERS,)),
    Case("key of an unknown server in a file", "env-file", {".env": "AWS_ACCESS_KEY_ID=\n"}, (OF_OTHERS,)),
    secret("key in a guide", "CONTRIBUTING.md", "AWS_SECRET_ACCESS_KEY=minioadmin123\n", "a made-up key for a local server", OF_OTHERS),
    secret("key of another length in a guide", "CONTRIBUTING.md", "AWS_SECRET_ACCESS_KEY={base62:24}\n", "else rotate it, and store the new one"),
    Case("created key", "infrastructure-access-key", {"a.tf": 'resource "aws_iam_access_key" "a" {\n  user = "x"\n}\n'}, ("for IAM Roles Anywhere outside of AWS", "change what refers to it (outputs, too)")),
    Case("names of files", "env-file", {".flaskenv": "FLASK_RUN_KEY=key.pem\nDB_SSL_ROOT_KEY=/app/certs/root\n"}, ("set its variables",)),
    Case("name of a file in an example", "env-example-value", {".env.example": "FLASK_RUN_KEY=key.pem\n"}, ("# FLASK_RUN_KEY - what it is",), ("Secrets Manager",)),
    Case("condition on a file", "env-file-loaded", {"run.sh": "if grep -q DB= .env; then\n  migrate\nfi\n"}, ("stop using the file, here and in what depends on it",)),
    secret("key in base64 in settings", "conf/a.json", '{"privateKey": "MIIEpAIBAAKC{base64:600}"}\n', "with what depends on it"),
    secret("package of an app that is called api", "app/src/main/java/a/api/A.kt", 'const val API_KEY = "{github_token}"\n', "whoever installs the app", app__src__main__AndroidManifest_xml="<manifest/>\n"),
    secret("tool of Node beside a page's packages", "frontend/tools/a.js", TOKEN, OUT, without=("opens the page",), package_json=REACT.replace('"dependencies"', '"peerDependencies"')),
    # --- what one file, folder or name alone says
    secret("Makefile", "Makefile", "TOKEN := {github_token}\n", OUT),
    secret("Symfony", "config/packages/mailer.yaml", "mailer:\n  api_token: {password}\n", "'%env(NAME)%'", symfony_lock="{}\n", composer_json="{}\n"),
    Case("AWS key in a message", "secret-to-slack", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: slackapi/slack-github-action@v2\n        with: {method: chat.postMessage, payload: 'text: ${{ secrets.AWS_SECRET_ACCESS_KEY }}'}\n"}, ("send no AWS key",), ("Secrets Manager",)),
    Case("parameter with an AWS key", "infrastructure-secret", {"a.tf": 'resource "aws_ssm_parameter" "a" {\n  type = "SecureString"\n  value = "{aws_access_key_id}"\n}\n'}, ("taskRoleArn",), ("aws_secretsmanager_secret",)),
    secret("React without a bundler", "src/a.js", TOKEN, OUT, package_json='{"dependencies": {"react-dom": "18"}}'),
    secret("server of an app in the browser", "src/server/a.js", TOKEN, OUT, package_json=REACT),
    secret("comment behind a bracket", "a.js", f"f(/* {TOKEN[:-1]} */)\n", "Delete it here"),
    secret("glob like a comment", "a.js", f'glob("src/*"); {TOKEN[:-1]} // */\n', OUT),
    secret("property list of an app", "ios/Info.plist", "<plist><dict><key>token</key><string>{github_token}</string></dict></plist>\n", "whoever installs the app", ios__App_xcodeproj__project_pbxproj="x\n"),
    secret("RDS in CloudFormation", "db.yaml", "Resources:\n  A:\n    Type: AWS::RDS::DBInstance\n    Properties:\n      MasterUserPassword: {password}\n", "    ManageMasterUserPassword: true"),
    secret("no settings of Laravel", "config/services.php", '<?php\n$token = "{github_token}";\n', OUT, without=("env(",)),
    secret("no Symfony", "config/packages/mailer.yaml", "mailer:\n  api_token: {password}\n", OUT, without=("%env",)),
    Case("AWS key of a test's script", "aws-credentials-file", {"tests/run.sh": "export AWS_ACCESS_KEY_ID={aws_access_key_id}\n"}, ("pass a made-up key",), ("aws sso login",)),
    Case("Secret with an AWS key and a password", "kubernetes-secret", {"s.yaml": "kind: Secret\nstringData:\n  AWS_SECRET_ACCESS_KEY: {aws_secret_access_key}\n  DB_PASSWORD: {password}\n"}, ("EKS Pod Identity or IRSA. For the others: rotate it", "External Secrets")),
    Case("Secret of a test with an AWS key", "kubernetes-secret", {"tests/s.yaml": "kind: Secret\nstringData:\n  AWS_SECRET_ACCESS_KEY: {aws_secret_access_key}\n"}, ("delete it in IAM",), (WRITE,)),
    Case("environment that a call gives", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  d:\n    uses: ./.github/workflows/x.yml\n    with: {environment: staging}\n    secrets: {T: '${{ secrets.API_TOKEN }}'}\n"}, ("/staging`",)),
    Case("signer with a literal key", "boto3-access-key", {"a.py": 'AWS4Auth("{aws_access_key_id}", "{aws_secret_access_key}", region, "es")\n'}, ("for AWS4Auth as `refreshable_credentials`",), ("    AWS4Auth(",)),
    # --- clients without keys keep what their call needs
    Case("pandas", "boto3-access-key", {"a.py": 'import pandas as pd\npd.read_csv(path, sep=";", storage_options={"key": k, "secret": s})\n'}, ("boto3 uses the role",)),
    Case("deltalake", "boto3-access-key", {"a.py": 'from deltalake import DeltaTable\nDeltaTable(uri, storage_options={"AWS_ACCESS_KEY_ID": k, "AWS_SECRET_ACCESS_KEY": s})\n'}, ("uses the role of the task",)),
    Case("Spark", "boto3-access-key", {"a.py": 'conf.set("spark.hadoop.fs.s3a.access.key", key)\n'}, ("`fs.s3a.aws.credentials.provider`",)),
    Case("signer", "boto3-access-key", {"a.py": "from requests_aws4auth import AWS4Auth\nAWS4Auth(key, secret, region, 'es')\n"}, ("for AWS4Auth as `refreshable_credentials`", "`region` and `service` by name")),
    Case("Kotlin with the SDK for Java", "aws-sdk-access-key", {"a.kt": "import software.amazon.awssdk.auth.credentials.AwsBasicCredentials\nval c = AwsBasicCredentials.create(key, secret)\n"}, ("DefaultCredentialsProvider.create()",)),
    Case("SDK for Kotlin", "aws-sdk-access-key", {"a.kt": "import aws.sdk.kotlin.services.s3.S3Client\nval c = StaticCredentialsProvider {\n  accessKeyId = key\n  secretAccessKey = secret\n}\n"}, ("DefaultChainCredentialsProvider()",)),
    Case("rust-s3", "aws-sdk-access-key", {"a.rs": "use s3::creds::Credentials;\n// aws\nlet c = Credentials::new(Some(key), Some(secret), None, None, None);\n"}, ("Credentials::default()?",)),
    # --- what no other row reaches
    Case("credentials of botocore", "boto3-access-key", {"a.py": "from botocore.credentials import Credentials\nCredentials(k.id, k.secret)\n"}, ("get_credentials()",)),
    Case("boto 2", "boto3-access-key", {"a.py": "import boto\nboto.connect_s3(key, secret)\n"}, ("use boto3",)),
    Case("another endpoint in Python", "boto3-access-key", {"a.py": 'import boto3\nboto3.client("s3", endpoint_url="https://s3.example.com", aws_access_key_id=k)\n'}, ("if the key belongs to your AWS account, remove the key arguments", "The key of another server")),
    Case("key of another endpoint", "boto3-access-key", {"a.py": 'import boto3\nboto3.client("s3", endpoint_url=U, aws_access_key_id=K, aws_secret_access_key="{aws_secret_access_key}")\n'}, ("else rotate it, and store", "Then, if it is yours, remove")),
    secret("own code about third parties", "settings/third_party/search.py", 'TOKEN = "{github_token}"\n', "Store the new value", without=("remove the package",)),
    secret("header that forbids changes first", "a.rb", '# DO NOT EDIT MANUALLY\n# This is an autogenerated file.\nTOKEN = "{github_token}"\n', "If a program writes this file, change what it is made from"),
    Case("names as values", "env-example-value", {".env.example": "MAP_DATA_KEY=MAP_DATA_KEY\n"}, ("check `MAP_DATA_KEY`",)),
    Case("key of a page of Laravel Mix", "env-example-value", {".env.example": "MIX_PUSHER_APP_KEY=abc\n"}, ("set the variables",)),
    Case("key of another format", "env-example-value", {".env.example": "AWS_SECRET_ACCESS_KEY=SOMELOCALSTOREKEY\n"}, ("if the key (`AWS_SECRET_ACCESS_KEY`) belongs to your AWS account",), ("deactivate",)),
    Case("id of an environment", "env-file", {".env.production": "OKTA_CLIENT_ID_DEV=0oa1b2c3d4e5f6g7h8i9\n"}, ("set its variables",)),
    Case("secrets without values", "env-file", {".env": "DB_PASSWORD=\nAPI_TOKEN=\n"}, ("move what is secret in it (check ",), ("rotate",)),
    Case("values after colons", "env-file", {".env": "PORT: 80\nHOST: a\n"}, ("set its variables",)),
    Case("key in settings of tests", "boto3-access-key", {"config/test.py": f'import boto3\nboto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'}, ("made-up key",)),
    Case("key of a program of CI", "boto3-access-key", {"ci/a.py": f'import boto3\nboto3.client("s3", aws_access_key_id="{KEY}", aws_secret_access_key="{SECRET}")\n'}, ("boto3 uses the role",)),
    Case("another endpoint without a statement", "aws-sdk-access-key", {"A.java": 'import software.amazon.awssdk.x.AwsBasicCredentials;\nclass A { Object c = S3Client.builder().endpointOverride(URI.create("https://s3.example.com")).credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(k, s))).build(); }\n'}, ("The key of another server",)),
    secret("AWS key in a page's code", "public/js/a.js", f'const k = "{KEY}";\n', "behind your own server"),
    secret("private JSON Web Key of a test", "tests/a.json", '{"kty": "EC", "crv": "P-256", "x": "{base64url:43}", "d": "{base64url:43}"}\n', "with what depends on it"),
    secret("app for several systems", "lib/a.dart", "const token = '{github_token}';\n", "whoever installs the app", pubspec_yaml="name: a\n"),
    secret("service that is a text", "compose.yml", 'services:\n  a: "password={password}"\n', "write a variable here (`${NAME}`)"),
    secret("beside the services", "compose.yml", "services:\n  a:\n    image: x/y\nx-a:\n  DB_PASSWORD: {password}\n", "write a variable here (`${DB_PASSWORD}`)"),
    Case("a file with an AWS key", "env-file-loaded", {"compose.yml": "services:\n  a:\n    build: .\n    env_file: a.env\n", "a.env": "AWS_ACCESS_KEY_ID=x\n"}, ("the names of the secrets without values",)),
    Case("module of Nest in a test", "env-file-loaded", {"test/a.e2e-spec.ts": "import { ConfigModule } from '@nestjs/config';\nexport const a = ConfigModule.forRoot({});\n"}, ("ignoreEnvFile: true",)),
    Case("loader of a package", "env-file-loaded", {"vendor/a/b.py": "from dotenv import load_dotenv\nload_dotenv()\n"}, ("exclude the folder",)),
    Case("loader in a file of a generator", "env-file-loaded", {"a.yml": "# This file was automatically generated by x. DO NOT EDIT.\nenvFile: .env\n"}, ("If a program writes this file, change what it is made from",)),
    Case("settings of Spring", "env-file-loaded", {"src/main/resources/application.yml": "spring:\n  config:\n    import: optional:file:.env[.properties]\n"}, ("as its defaults",), ("aws-secretsmanager",)),
    Case("file in an image", "env-file-loaded", {"Dockerfile": "FROM a\nCOPY .env .\n"}, (".dockerignore",)),
    Case("grant that no job uses", "workflow-id-token", {".github/workflows/a.yml": "on: push\npermissions: {id-token: write}\njobs:\n  b:\n    runs-on: x\n    steps:\n      - run: make\n"}, ("remove `id-token: write` here: a job that assumes a role needs it",)),
    Case("Secret of a test", "kubernetes-secret", {"tests/s.yaml": "kind: Secret\nstringData:\n  password: {password}\n"}, (WRITE,), ("rotate it: anyone who can read the repository has it. Store",)),
    Case("AWS key of tests", "env-file", {".env.test": f"AWS_ACCESS_KEY_ID={KEY}\n"}, ("deactivate",), ("set made-up",)),
    Case("AWS key and secret of tests", "env-file", {".env.test": f"AWS_ACCESS_KEY_ID={KEY}\nDB_PASSWORD={{password}}\n"}, ("deactivate", "made-up values for secrets (check `DB_PASSWORD`)")),
    Case("temporary AWS key and a setting", "env-file", {".env": "AWS_ACCESS_KEY_ID={aws_temporary_access_key_id}\nPORT=1\n"}, ("store it nowhere", "Set its variables")),
    Case("AWS key of an app", "env-file", {".env.production": f"AWS_ACCESS_KEY_ID={KEY}\n", "package.json": '{"dependencies": {"react-native": "1"}}'}, ("deactivate",), ("server",)),
    Case("token of npm", "github-secret", {".github/workflows/a.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm publish\n        env: {NODE_AUTH_TOKEN: '${{ secrets.NPM_TOKEN }}'}\n"}, ("trusted publisher", "from npm 11.5.1 and Node.js 22.14", "its other scopes")),
    Case("pipeline of Jenkins", "workflow-access-key", {"Jenkinsfile": 'environment { AWS_ACCESS_KEY_ID = credentials("a")\nAWS_SECRET_ACCESS_KEY = credentials("b") }\n'}, ("withAWS", "with `AWS_SESSION_TOKEN`, or be replaced")),
    Case("secret of Terraform", "infrastructure-secret", {"a.tf": 'resource "aws_secretsmanager_secret_version" "a" {\n  secret_string = "{password}"\n}\n'}, ("`random_password`",)),
    Case("secret of CloudFormation", "infrastructure-secret", {"a.yaml": "Resources:\n  Api:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      SecretString: {password}\n"}, ("GenerateSecretString",)),
    Case("secret of Pulumi", "infrastructure-secret", {"a.py": 'import pulumi_aws as aws\naws.secretsmanager.SecretVersion("a", secret_id=x, secret_string="{password}")\n'}, ("put-secret-value",)),
    # --- what reads the value
    secret("extension of a file of Compose", "airflow-docker-compose.yaml", "x-common:\n  &common\n  environment:\n    DB_PASSWORD: {password}\nservices:\n  a:\n    image: b\n    <<: *common\n", "write a variable here (`${DB_PASSWORD}`)", without=("Kubernetes",)),
    secret("fallback of a setting of .NET", "A.cs", 'var p = configuration["RabbitMQ:Password"] ?? "Kq7vWz2p9xmN";\n', "set `RabbitMQ__Password`", without=("`MQ`",)),
    Case("loader of a Flutter app", "env-file-loaded", {"pubspec.yaml": "dependencies:\n  flutter:\n    sdk: flutter\n  flutter_dotenv: ^6.0.0\n"}, ("let your own server read what must stay secret",), ("aws sso login",)),
    Case("placeholders of a page", "env-example-value", {".env.example": "VITE_API_KEY=your-api-key\nVITE_URL=your-url\n", "package.json": REACT}, ("let your own server read what must stay secret",)),
    Case("placeholders of a page without a secret's name", "env-example-value", {".env.example": "VITE_URL=your-url\n", "package.json": REACT}, ("Describe each",), ("your own server",)),
    secret("file of a program", "data.db", 'x\0y\ntoken = "{github_token}"\n', "(`git rm --cached`)", without=("reads it there",)),
    secret("settings of what signs an app", "fastlane/Matchfile.swift", 'let token = "{github_token}"\n', "reads it there", without=("installs the app",), ios__Podfile="pod 'a'\n"),
    secret("braces of Spring's settings", "src/main/resources/application.yml", "spring: {datasource: {password: {password}}}\n", 'write `"${NAME}"` here'),
    secret("Spring's settings", "src/main/resources/application.yml", "spring:\n  datasource:\n    password: {password}\n", "write `${NAME}` here"),
    secret("comment of several lines in settings of .NET", "Web.config", '<a>\n<!--<b\n  c="d"\n  password="{password}"\n/>-->\n</a>\n', "Delete it here"),
    Case("client of version 1 of the SDK for Java", "aws-sdk-access-key", {"A.java": f'class A {{ Object c = new com.amazonaws.auth.BasicAWSCredentials("{KEY}", "{SECRET}"); }}\n'}, ("which it does not read (`eval",), ("it uses your",)),
    Case("client of .NET", "aws-sdk-access-key", {"A.cs": f'var c = new AmazonS3Client("{KEY}", "{SECRET}", RegionEndpoint.EUWest2);\n'}, ("`AWSSDK.SSOOIDC`",)),
    # --- documents
    secret("page of a document", "docs/setup.md", "GITHUB_API_TOKEN={github_token}\n", "`YOUR_", without=("read it with",)),
    secret("program in a folder of examples", "example/settings.py", 'TOKEN = "{github_token}"\n', OUT, without=("placeholder",)),
    secret("password of an option", "docs/a.md", "curl -u admin:{password} http://a.b/\n", "`YOUR_PASSWORD_HERE`"),
    secret("password in a document", "README.md", "mysql -u root -p{password} shop\n", "`YOUR_"),
    secret("vendored", "vendor/a/b.go", 'package a\nvar token = "{github_token}"\n', "update or remove the package"),
    secret("built", "dist/app.js", TOKEN, "If a program writes this file, change what it is made from"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _the_repository_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "palindrom/shop")


# Libraries that read no profile, by an import of the module or of the function; and one that uses boto3.
NO_PROFILE = {
    "import polars as pl\npl.scan_parquet": True,
    "import polars\npolars.scan_parquet": True,
    "from deltalake import DeltaTable\nDeltaTable": True,
    "from deltalake import write_deltalake\nwrite_deltalake": True,
    "import pandas as pd\npd.read_csv": False,
}


@pytest.mark.parametrize("call", NO_PROFILE)
def test_a_library_that_reads_no_profile_gets_the_sessions_keys(call: str) -> None:
    text = f'{call}(p, storage_options={{"aws_access_key_id": "{{aws_access_key_id}}", '
    text += '"aws_secret_access_key": "{aws_secret_access_key}"})\n'
    finding = check(RULES["boto3-access-key"], {"a.py": text})[0]
    assert ("aws configure export-credentials" in finding.fix_hint) == NO_PROFILE[call]
    assert ("boto3 uses" in finding.fix_hint) != NO_PROFILE[call]


@grouped("case", CASES, key=lambda case: case.rule)
def test_the_advice_fits(case: Case) -> None:
    hints = [finding.fix_hint for finding in check(RULES[case.rule], case.files)]
    assert len(set(hints)) == 1, hints
    for text in case.says:
        assert text in hints[0]
    for text in case.not_says:
        assert text not in hints[0], hints[0]
    check_snapshot(SNAPSHOTS / f"{case.rule}.txt", case.id, hints[0])


# The name of a secret, and how a value is assigned to it
NAMES = ("password", "DB_PASSWORD", "token", "api_key", "apiKey", "client_secret", "JWT_SECRET", "SECRET_KEY", "passphrase", "encryption_key", "MSSQL_SA_PASSWORD", "AWS_SECRET_ACCESS_KEY")  # fmt: skip
FORMS = (
    ("a.py", '{0} = "{1}"\n'), ("a.ts", 'const {0} = "{1}";\n'), ("a.yml", "{0}: {1}\n"), ("a.json", '{"{0}": "{1}"}\n'),
    ("a.sh", "export {0}={1}\n"), ("a.properties", "app.{0}={1}\n"), ("Dockerfile", "FROM a\nENV {0}={1}\n"),
    ("a.sh", "curl -u admin:{1} https://acme.com/\n"), ("a.sh", "mysql -u root -p{1} shop\n"), ("a.cs", 'var c = "Server=db;Password={1}";\n'),
    ("a.py", 'x = "postgres://app:{1}@db.acme.com/app"\n'), ("a.sql", "CREATE ROLE a LOGIN PASSWORD '{1}';\n"), ("a.xml", "<{0}>{1}</{0}>\n"),
    ("compose.yml", "services:\n  a:\n    environment:\n      {0}: ${{0}:-{1}}\n"), ("s.yaml", "kind: Secret\nstringData:\n  {0}: {1}\n"),
)  # fmt: skip


@grouped("form", FORMS, key=lambda form: form[0])
def test_the_made_up_value_of_the_advice_is_not_reported(form: tuple[str, str]) -> None:
    """And SQL Server, OpenSearch, MinIO and others take it: it has four kinds of characters, and eight."""
    value = made_up.VALUE
    assert len(value) >= 8
    assert all(re.search(kind, value) for kind in ("[A-Z]", "[a-z]", "[0-9]", r"[^\w\s]"))
    path, text = form
    for name in NAMES:
        files = {path: text.replace("{0}", name).replace("{1}", value)}
        assert not [*check(RULES["hardcoded-secret"], files), *check(RULES["kubernetes-secret"], files)], (
            files
        )


AWS = [
    ("hardcoded-secret", "a.txt", "key {0}\n"),
    ("hardcoded-secret", "a.py", 'x = "{0}"\n'),
    ("hardcoded-secret", "docs/a.md", "Use {0}.\n"),
    ("hardcoded-secret", "tests/test_a.py", 'x = "{0}"\n'),
    ("boto3-access-key", "a.py", 'import boto3\nboto3.client("s3", aws_access_key_id="{0}")\n'),
    ("aws-sdk-access-key", "a.ts", 'new S3Client({ credentials: { accessKeyId: "{0}", secretAccessKey: k } });\n'),
    ("container-access-key", "Dockerfile", "FROM a\nENV AWS_ACCESS_KEY_ID={0}\n"),
    ("container-access-key", "compose.yml", "services:\n  a:\n    environment:\n      AWS_ACCESS_KEY_ID: {0}\n"),
    ("infrastructure-access-key", "a.tf", 'provider "aws" {\n  access_key = "{0}"\n  secret_key = var.x\n}\n'),
    ("aws-credentials-file", "credentials", "[default]\naws_access_key_id = {0}\n"),
    ("aws-credentials-file", "run.sh", "export AWS_ACCESS_KEY_ID={0}\n"),
    ("env-file", ".env", "AWS_ACCESS_KEY_ID={0}\n"),
    ("kubernetes-secret", "s.yaml", "kind: Secret\nstringData:\n  AWS_SECRET_ACCESS_KEY: {0}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "text"), AWS, ids=[f"{rule} {path}" for rule, path, _ in AWS])
@pytest.mark.parametrize("key", [KEY, TEMPORARY], ids=["long-lived", "temporary"])
def test_an_aws_key_is_never_stored(rule: str, path: str, text: str, key: str) -> None:
    found = check(RULES[rule], {path: text.replace("{0}", key)})
    assert found
    name = f"AWS key{' (temporary)' if key is TEMPORARY else ''} in {path}"
    check_snapshot(SNAPSHOTS / f"{rule}.txt", name, "\n".join(finding.fix_hint for finding in found))
    for finding in found:
        hint = finding.fix_hint
        assert "store the new" not in hint.lower() and "Secrets Manager" not in hint, hint
        assert "rotate" not in hint, hint
        if key is KEY:
            assert "deactivate" in hint and "delete" in hint, hint
        else:
            assert "temporary" in hint and "nowhere" in hint and "deactivate" not in hint, hint


def test_a_dotenv_file_stores_its_secrets_and_not_its_aws_key() -> None:
    (found,) = check(
        RULES["env-file"], {".env": f"AWS_ACCESS_KEY_ID={KEY}\nDB_PASSWORD={{password}}\nPORT=1\n"}
    )
    first, second = found.fix_hint.split(". Move ", 1)
    assert "`AWS_ACCESS_KEY_ID`" in first and "deactivate" in first
    assert "`DB_PASSWORD`" in second and "Secrets Manager" in second and "AWS_ACCESS_KEY_ID" not in second


@pytest.mark.parametrize(
    ("variable", "name"),
    [
        ("AWS_ROLE_TO_ASSUME", "AWS_ACCESS_KEY_ID"),
        ("PROD_AWS_ROLE_TO_ASSUME", "PROD_AWS_ACCESS_KEY_ID"),
        ("NON_PROD_AWS_ROLE_TO_ASSUME", "NON_PROD_AWS_ACCESS_KEY_ID"),
        ("AWS_ROLE_TO_ASSUME_STAGING", "AWS_ACCESS_KEY_ID_STAGING"),
        ("PROD_AWS_ROLE_TO_ASSUME", "AWS_PROD_SECRET_ACCESS_KEY"),
    ],
)
def test_each_key_of_a_workflow_becomes_its_own_role(variable: str, name: str) -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n"
        f"        with:\n          aws-access-key-id: ${{{{ secrets.{name} }}}}\n"
        "          aws-secret-access-key: ${{ secrets.X }}\n          aws-region: us-east-1\n"
    )
    (found,) = check(RULES["workflow-access-key"], {".github/workflows/a.yml": text})
    assert f"role-to-assume: ${{{{ vars.{variable} }}}}" in found.fix_hint
    assert found.fix is not None and f"vars.{variable} }}}}" in found.fix.edits[0].text
    assert f"`{variable}`" in found.fix.follow_up[0] and "new `permissions`" in found.fix.follow_up[1]


def test_a_job_that_calls_a_workflow_is_not_shown_with_the_steps_of_others() -> None:
    """What a step reads is no advice for a job without steps, and the reverse."""
    text = (
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n    secrets: {T: '${{ secrets.API_TOKEN }}'}\n"
        "  b:\n    runs-on: x\n    steps: [{run: 'x ${{ secrets.API_TOKEN }}'}]\n"
    )
    calling, running = check(RULES["github-secret"], {".github/workflows/a.yml": text})
    assert "this job calls assume a role" in calling.fix_hint and not calling.related
    assert "In the steps after it" in running.fix_hint and not running.related


@pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq")
def test_the_step_for_a_value_that_is_json_gives_it_on_one_line(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: 'x ${{ secrets.SA_KEY }}'}]\n"
    (found,) = check(RULES["github-secret"], {".github/workflows/a.yml": text})
    (step,) = yaml.safe_load(
        "\n".join(line for line in found.fix_hint.splitlines() if line.startswith("    "))
    )
    aws = tmp_path / "aws"
    key = {"type": "service_account", "private_key": "a\nb\n"}
    for value, written in ((key, key), (json.dumps(key, indent=2), key), ("plain", "plain")):
        aws.write_text(f"#!/bin/sh\ncat <<'E'\n{json.dumps({'SA_KEY': value})}\nE\n", "utf-8")
        aws.chmod(0o755)
        out = tmp_path / "env"
        out.write_text("", "utf-8")
        run = subprocess.run(
            ["bash", "-c", step["run"]],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_ENV": str(out)}, capture_output=True, text=True, check=True,
        )  # fmt: skip
        (line,) = out.read_text("utf-8").splitlines()
        name, _, read = line.partition("=")
        assert name == "SA_KEY" and (
            read == written if isinstance(written, str) else json.loads(read) == written
        )
        assert run.stdout == f"::add-mask::{read}\n"


def test_an_untrusted_workflow_is_not_said_to_sign_in_to_aws() -> None:
    text = (
        "on: pull_request_target\npermissions: {id-token: write}\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        "      - uses: azure/login@v2\n        with: {client-id: x, tenant-id: y, subscription-id: z}\n"
    )
    found = check(RULES["workflow-id-token"], {".github/workflows/a.yml": text})
    assert found and all("AWS" not in finding.fix_hint + finding.message for finding in found)


def test_a_reference_of_litellm_is_no_literal() -> None:
    text = 'import litellm\nlitellm.completion(model=m, aws_access_key_id="os.environ/AWS_KEY")\n'
    (found,) = check(RULES["boto3-access-key"], {"a.py": text})
    assert "hardcoded" not in found.message and "deactivate" not in found.fix_hint


def test_a_value_elsewhere_in_yaml_is_of_no_pod() -> None:
    text = substitute("kind: Settings\nspec:\n  - name: DB_PASSWORD\n    value: {password}\n")
    (found,) = check(RULES["hardcoded-secret"], {"settings.yaml": text})
    assert "secretKeyRef" not in found.fix_hint


def test_the_secret_below_the_id_of_an_aws_key_is_never_stored() -> None:
    text = substitute("ACCESS = {aws_access_key_id}\nSECRET_KEY = {base64:40}\n", 7)
    hints = [f.fix_hint for f in check(RULES["hardcoded-secret"], {"a.ini": text})]
    assert len(hints) == 2 and all("deactivate" in hint for hint in hints)
    (hint,) = (f.fix_hint for f in check(RULES["hardcoded-secret"], {"a.ini": text.partition("\n")[2]}))
    assert "Store the new value" in hint


def test_a_variable_that_an_example_has_twice_is_described_once() -> None:
    (found,) = check(RULES["env-example-value"], {".env.example": "PROFILE=a\nDB_PASSWORD=\nDB_PASSWORD={password}\nPROFILE=b\n"})  # fmt: skip
    assert found.fix_hint.count("`DB_PASSWORD`") == 1 and found.fix_hint.count("# DB_PASSWORD - ") == 1
    assert "rotate every real secret" in found.fix_hint
