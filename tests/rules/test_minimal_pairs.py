# ruff: noqa: E501 - texts of whole files
"""Minimal pairs: two files that differ in one place, of which a rule reports the first and not the second.

A near miss alone also passes where the rule does not look at such a file at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from palint import registry
from palint.findings import Results
from palint.testing import results_of
from tests.rules.test_snapshots import brief
from tests.snapshots import check_snapshot

RULES = registry.load()
FINDINGS = Path(__file__).with_name("minimal_pairs.txt")
WORKFLOW = ".github/workflows/a.yml"


class Pair(NamedTuple):
    """The text of a file with `§` for what differs: what is reported there, and what is not."""

    rule: str
    path: str
    text: str
    reported: str
    fine: str


def job(steps: str, line: str = "name: a") -> str:
    """A workflow of one job. line: another of its lines."""
    return f"on: push\njobs:\n  a:\n    runs-on: x\n    {line}\n    steps:\n{steps}"


ASSUME = "aws sts assume-role-with-web-identity --role-arn $ROLE"


# fmt: off
PAIRS = [
    # a text of a user, a label, a text of several lines
    Pair("env-file-loaded", "a.ts", 'import dotenv from "dotenv";\nconst v = dotenv.parse(§);\n', "fs.readFileSync(p)", "body.text"),
    Pair("env-file-loaded", "a.ts", 'import { § } from "dotenv";\nconst v = §(text);\n', "config", "parse"),
    Pair("env-file-loaded", "A.java", 'class A { void f() { load("§"); } }\n', "tags.env", "com.acme.tags.env"),
    Pair("env-file-loaded", "a.json", '{"run": "§source prod.env"}\n', "", "Do this:\\n"),
    # the two parts of a key have the same name but for the part
    Pair("container-access-key", "a.yaml", "kind: ExternalSecret\nspec:\n  target:\n    template:\n      data:\n        AWS_SECRET_ACCESS_KEY: '{{ .K }}'\n  dataFrom:\n    - extract:\n        key: §\n", "shop", "garage-k8s"),
    Pair("infrastructure-access-key", "a.tf", 'environment_variables = [{ value = a ? "/x/shared/secret-access-key" : "/x/a/secret-access-key" }]\n§ = aws_ecs_cluster.main.id\n', "aws_access_key_id = var.key\naws_secret_access_key = var.secret\na", "ecs_cluster_id"),
    Pair("aws-credentials-file", "a.ts", 'process.env.X_AWS_ACCESS_KEY_ID = "§";\n', "{aws_access_key_id}", "AKIA_DASHBOARD_AGENT"),
    Pair(
        "aws-sdk-access-key",
        "a.ex",
        "AWS.Client.create(access_key_id, secret_access_key, §)\n",
        '"eu-west-1"',
        'token, "eu-west-1"',
    ),
    Pair("aws-sdk-access-key", "a.ts", "import { S3Client } from '@aws-sdk/client-s3';\nnew S3Client({ credentials: { accessKeyId: §, secretAccessKey: § } });\n", "config.key", "Yup.string().required()"),
    # a condition in C#, what the SDK resolved in Java, a container of a test
    Pair("aws-sdk-access-key", "A.cs", "using Amazon.SQS;\nclass A { void F() { var c = a is { AccessKey: §, SecretKey: § }; } }\n", "b.c", "not null"),
    Pair("aws-sdk-access-key", "A.java", "import aws.Client;\nclass A { void f() { var c = §; b.accessKey(c.accessKeyId()).secretKey(c.secretAccessKey()); } }\n", "settings.load()", "provider.resolveCredentials()"),
    Pair("aws-sdk-access-key", "A.scala", "class A {\n  def f(accessKey: Option[String] = None,\n    secretKey: Option[String] = None\n  ): AWSCredentialsProviderChain = new §\n}\n", "BasicAWSCredentials(conf.key, conf.secret)", "AWSCredentialsProviderChain(x)"),
    Pair("aws-sdk-access-key", "B.scala", "class A { val p = new AWSCredentialsProvider { def get = (for {\n    key <- accessKey\n    secret <- secretKey\n  } yield §) } }\n", "BasicAWSCredentials(conf.key, conf.secret)", "f(key, secret)"),
    Pair("aws-sdk-access-key", "s3conf.go", 'package a\nfunc getS3Config(user, name string) {\n  m := map[string]string{"access_key": §, "secret_key": user}\n}\n', "name", "user"),
    Pair("aws-sdk-access-key", "a.py", 'import os\nif k != "secret":\n    abort(403)\nx = {"AccessKeyId": os.environ["AWS_ACCESS_KEY_ID"]§}\n', ', "SecretAccessKey": os.environ["AWS_KEY"]', ""),
    Pair("aws-sdk-access-key", "B.java", "class A { Object c = AwsBasicCredentials.create(§.getAccessKey(), §.getSecretKey()); }\n", "settings", "miniStack"),
    # a text that sets variables, a copy of the program's own
    Pair("aws-sdk-access-key", "b.php", "<?php\nf(§);\n", "['AWS_ACCESS_KEY_ID' => $a, 'AWS_SECRET_ACCESS_KEY' => $b]", "'AWS_ACCESS_KEY_ID=-'); f('AWS_SECRET_ACCESS_KEY=-'"),
    Pair("aws-sdk-access-key", "c.py", "kept = {'AWS_ACCESS_KEY_ID': os.environ['§AWS_ACCESS_KEY_ID'], 'AWS_SECRET_ACCESS_KEY': os.environ['§AWS_SECRET_ACCESS_KEY']}\n", "APP_", ""),
    # the parts of a key by position, in a call that names S3
    Pair("aws-sdk-access-key", "b.rb", "client = Acme::S3.connect('eu', cfg.key_id, cfg.§)\n", "secret_key", "secret_name"),
    # settings of another cloud without a value, keys of OpenStack
    Pair("container-access-key", "b.yaml", "s3:\n  accessKey:§\n  secretKey:§\n  secret:\nazure:\n  key:§\n  secret:\n", " $A", ""),
    Pair("container-access-key", "c.yaml", "STORAGE_S3_BUCKET: a\nREGISTRY_STORAGE_§_ACCESSKEY: $A\nREGISTRY_STORAGE_§_SECRETKEY: $B\n", "S3", "SWIFT"),
    # a store that is not AWS's, a placeholder, and a name that a variable ends
    Pair("secret-name", "a.yaml", "kind: ExternalSecret\nspec:\n  secretStoreRef:\n    name: §\n  target:\n    name: aws-credentials\n  dataFrom:\n    - extract:\n        key: shop\n", "aws-store", "vault-store"),
    Pair("secret-name", "a.tf", 'resource "aws_secretsmanager_secret" "a" {\n  name = "§"\n}\n', "SHOP_KEY", "REPLACE_IN_OVERLAY"),
    Pair("secret-name", "a.sh", 'aws secretsmanager get-secret-value --secret-id "§$STAGE"\n', "shop-", "shop/"),
    # a parameter that is no secret by its name
    Pair("infrastructure-secret", "A.cs", 'class A { void F() { a = c.Get(new GetParameterRequest { Name = $"/{env}/§", WithDecryption = true }); } }\n', "token", "api-endpoint"),
    Pair("infrastructure-secret", "A.java", 'class A { Object p = b.withDecryption(true).name("/a/§").build(); }\n', "token", "event-bus-name"),
    Pair("github-secret", WORKFLOW, job("      - run: x ${{ secrets.K8S_§ }}\n"), "TOKEN", "CONTEXT"),
    # examples of .env files, and no file at all
    Pair("env-file-loaded", "run.sh", "docker run --env-file § app\n", ".env", ".env.example"),
    Pair("env-file-loaded", "run.sh", "docker run --env-file § app\n", ".env", "/dev/null"),
    Pair("env-file-loaded", "app.service", "[Service]\nEnvironmentFile=§\n", "/srv/.env", "/srv/.env.example"),
    Pair("env-file-loaded", "compose.yaml", "services:\n  a:\n    image: x\n    env_file: §\n", ".env", ".env.example"),
    Pair("env-file-loaded", "values.yaml", "envFile: §\n", ".env", ".env.example"),
    Pair("env-file-loaded", "Taskfile.yml", "version: '3'\ndotenv: [§]\n", ".env", ".env.example"),
    Pair("env-file-loaded", "a.php", "<?php\nload(__DIR__ . '/§');\n", ".env", ".env.example"),
    Pair("env-file-loaded", "§.txt", "python-dotenv==1.0.1\n", "requirements", "constraints"),
    Pair("env-file-loaded", "requirements/§.txt", "python-dotenv==1.0.1\n", "base", "constraints"),
    Pair("env-file-loaded", "package.json", "{\"scripts\": {\"a\": \"§\"}}\n", ". ./.env && node a", "node a"),
    Pair("env-file-loaded", "a.rb", "describe '.env' do\n  §('x', '/srv/.env')\nend\n", "File.write", "File.delete"),
    Pair("env-file-loaded", "a.py", "def f():\n    return §(os.path.join(base, '.env'))\n", "open", "print"),
    Pair("env-file-loaded", "a.cs", "class A { string b = Path.Combine(c, \".env\"); void F() { §; } }\n", "File.ReadAllLines(b)", "b.Trim()"),
    Pair("env-file-loaded", "a.cs", "class A { string b = Path.Combine(c, \".env\"); void F() { §; } }\n", "b.OpenRead()", "b.Exists()"),
    Pair("env-file-loaded", "serverless.yml", "service: a\nuseDotenv: §\n", "true", "false"),
    Pair("env-file", ".envrc", "export TOKEN=§pass show token§\n", "'", "`"),
    Pair("env-file-loaded", "values.yaml", "envFile: §\n", ".env", "app.json"),
    Pair("env-file-loaded", "run.sh", "app --env-file §\n", "prod.env", "prod.env.enc"),
    Pair("env-file-loaded", "run.sh", "app § .env\n", "< ", "-e"),
    Pair("env-file-loaded", "run.sh", "mkdir x § .env\n", ">", "of"),
    Pair("env-file-loaded", "run.sh", "source §\n", "a/.env", "a/env.sh"),
    Pair("env-file-loaded", "run.sh", "php -r \"copy('a', '§');\"\n", ".env", "b"),
    Pair("env-file-loaded", "run.sh", "cp §\n", "a.txt .env", ".env a.txt"),
    Pair("env-file-loaded", "run.sh", "gh secret § -f .env\n", "set", "list"),
    Pair("env-file-loaded", "run.sh", "§ '. ./.env; app'\n", "bash -c", "echo -n"),
    Pair("env-file-loaded", "run.sh", "ssh host '§'\n", ". ./.env", "app"),
    Pair("env-file-loaded", ".envrc", "§\n", "dotenv", "use nix"),
    Pair("env-file-loaded", "Makefile", "FILES = §\ninclude $(FILES)\n", "a.mk .env", "a.mk b.mk"),
    Pair("env-file-loaded", "Makefile", "FILE = §\nrun:\n\tcat $(FILE)\n", ".env", "a.txt"),
    Pair("env-file-loaded", "run.bat", "for /f %%i in (§) do set %%i\n", ".env", "a.txt"),
    Pair("env-file-loaded", "app.§", "node --env-file .env\n", "bat", "lock"),
    Pair("env-file-loaded", "§.json", "{\"runArgs\": [\"--env-file\", \".env\"]}\n", "devcontainer", "package-lock"),
    Pair("env-file-loaded", "a.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"§\"]}]}", "from dotenv import load_dotenv\\nload_dotenv()", "load()"),
    Pair("env-file-loaded", "a.yml", "- lineinfile:\n    path: §\n    line: A=1\n", "/srv/.env", "/srv/a.ini"),
    Pair("env-file-loaded", "a.yml", "- copy: src=x dest=§\n", "/srv/.env.{{ stage }}", "/srv/a.ini"),
    Pair("env-file-loaded", "serverless.yml", "plugins:\n  - §\n", "serverless-dotenv-plugin", "serverless-offline"),
    Pair("env-file-loaded", "a.yml", "volumes:\n  - §\n", "./.env:/app/.env", "./data:/app/data"),
    Pair("env-file-loaded", "§.yml", "secretGenerator:\n  - name: a\n    files: [.env]\n", "kustomization", "values"),
    Pair("env-file-loaded", "a.yml", "environmentFiles:\n  - §: arn:aws:s3:::a/.env\n", "Value", "Other"),
    Pair("env-file-loaded", "Dockerfile", "FROM x\nRUN --mount=type=secret,target=§ app\n", "/app/.env", "/app/a.txt"),
    Pair("env-file-loaded", "a.go", "package a\nvar a = exec.Command(\"app\", §)\n", '"--env-file", "/srv/.env"', '"--env-file=/dev/null"'),
    Pair("env-file-loaded", "a.rb", "set :linked_files, %w[§]\n", ".env", "a.yml"),
    Pair("env-file-loaded", "a.rb", "run ['cp', 'a', '§']\n", "b/.env", "b/.env.example"),
    Pair("env-file-loaded", "a.rb", "§ '/srv/.env' do\nend\n", "template", "directory"),
    Pair("env-file-loaded", "a.rb", "File.read('§')\n", "a/.env", "a/.env.example"),
    Pair("env-file-loaded", "a.rb", "path = '.env'\n§(path)\n", "File.read", "File.exist?"),
    Pair("env-file-loaded", "babel.config.js", "module.exports = { plugins: ['§'] };\n", "inline-dotenv", "transform-dotenv-x"),
    Pair("env-file-loaded", ".github/workflows/a.yml", job("      - run: sed -i s/KEY=.*/KEY=$§/ .env\n"), "API_TOKEN", "VERSION"),
    Pair("env-file-loaded", ".github/workflows/a.yml", job("      - run: sed -i 's/A/${{ §.A }}/' .env\n"), "secrets", "inputs"),
    Pair("env-file-loaded", ".github/workflows/a.yml", job("      - uses: a/b@v1\n        with: {§: .env}\n"), "path", "message"),
    Pair("env-file-loaded", ".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n      - uses: a/b@v1\n        with: {path: §}\n", ".env", "[.env]"),
    Pair("env-file-loaded", "a.ts", "§\nConfigModule.forRoot({});\n", "import { ConfigModule } from '@nestjs/config';", "// not of @nestjs/config"),
    Pair("env-file-loaded", "a.ts", "import { ConfigModule } from '@nestjs/config';\n§.forRoot({});\n", "ConfigModule", "OtherModule"),
    Pair("env-file-loaded", "a.ts", "import { ConfigModule } from '@nestjs/config';\nConfigModule.forRoot({ ignoreEnvFile: § });\n", "false", "true"),
    # jobs that never run, secrets that are none
    Pair("github-secret", WORKFLOW, job("      - run: deploy\n        env: {TOKEN: '${{ secrets.API_TOKEN }}'}\n", "§"), "name: a", "if: false"),
    Pair("github-secret", WORKFLOW, "on: push\njobs:\n  a:\n    §\n    uses: other/repo/.github/workflows/x.yml@v1\n    secrets: inherit\n", "name: a", "if: false"),
    Pair("github-secret", WORKFLOW, "on: push\njobs:\n  a:\n    uses: §\n    secrets: inherit\n", "other/repo/.github/workflows/x.yml@v1", "./.github/workflows/b.yml"),
    Pair("github-secret", WORKFLOW, job("      - run: build\n        env: {TOKEN: '${{ secrets.§ }}'}\n"), "DD_CLIENT_TOKEN", "DD_RUM_CLIENT_TOKEN"),
    Pair("github-secret", WORKFLOW, job("      - run: build\n        env: {A: '${{ secrets.§ }}'}\n"), "CLIENT_SECRET_STG", "CLIENT_ID_STG"),
    Pair("workflow-access-key", WORKFLOW, job("      - run: aws s3 ls\n        env: {AWS_ACCESS_KEY_ID: '${{ secrets.A }}', AWS_SECRET_ACCESS_KEY: '${{ secrets.B }}'}\n", "§"), "name: a", "if: false"),
    # manifests
    Pair("kubernetes-secret", "a.yaml", "apiVersion: §\nkind: Secret\nmetadata: {name: api}\nstringData: {password: '{password}'}\n", "v1", "secrets.example.com/v1"),
    Pair("kubernetes-secret", "a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\nstringData:\n  password: §\n", "'{password}'", ""),
    Pair("kubernetes-secret", "a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\ndata: {password: '§'}\n", "not base64!", "<base64>"),
    Pair("kubernetes-secret", "a.sh", "kubectl create secret generic api --from-literal§\n", "=password={password}", ""),
    Pair("kubernetes-secret", "a.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: api}\nstringData:\n  settings: \"LEVEL=§\"\n", "1 TOKEN={hex40}", "1"),
    Pair("kubernetes-secret", "kustomization.yaml", "secretGenerator:\n  - literals: [password=§]\n", "{password}", "$(PASSWORD)"),
    Pair("kubernetes-secret", "a.sh", "/bin/echo § | docker secret create db -\n", "{hex40}", "changeme"),
    Pair("kubernetes-secret", "a.sh", "echo {hex40} | docker secret §\n", "create --label a=b db -", "inspect db"),
    Pair("kubernetes-secret", "a.sh", "§ {hex40} | docker secret create db -\n", "printf %s", "cat"),
    Pair("kubernetes-secret", "a.sh", "echo 'Kq7v'\"§\" | docker secret create db -\n", "Wz2p9xmN4rT8bY", "$KEY"),
    Pair("kubernetes-secret", "a.sh", "kubectl create § --from-literal=password={password}\n", "ns/secret generic --dry-run api", "configmap api"),
    Pair("kubernetes-secret", "a.sh", "kubectl create secret generic --dry-run=client api --from-literal=password='{hex40}'\"§\"\n", "Wz2p9xmN4rT8bY", "$KEY"),
    # AWS keys
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.client('s3', endpoint_url='http://localhost:4566', aws_secret_access_key='k', aws_access_key_id='§')\n", "{aws_access_key_id}", "{hex32}"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.client('s3', aws_access_key_id=a.key, aws_secret_access_key=a.secret, aws_session_token=§)\n", "settings.session_token", "answer.session_token"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.client('s3', aws_access_key_id=§, aws_secret_access_key=§)\n", "key", "fake_key"),
    Pair("boto3-access-key", "a.py", "from boto.x import §Connection\n§Connection(aws_access_key_id=a, aws_secret_access_key=b)\n", "S3", "GS"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.Session(k.access_key, k.secret_key, k.§)\n", "extra", "token"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.Session(§, key_of_the_store)\n", "name", "*names"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.client('s3', **{§'aws_access_key_id': key})\n", "", "'x': "),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.Session(aws_access_key_id='§')\n", "os.environ/AWS_ACCESS_KEY_ID", "changeme"),
    Pair("boto3-access-key", "a.py", "import s3fs\ns3fs.S3FileSystem(client_kwargs={'client_kwargs': {'§': key}})\n", "aws_access_key_id", "region_name"),
    Pair("boto3-access-key", "a.py", "import boto3\nboto3.client('s3', endpoint_url=§, aws_access_key_id='{hex40}')\n", "f'https://{host}'", "'https://s3.other.net'"),
    Pair("boto3-access-key", "a.py", "import s3fs\ns3fs.S3FileSystem(key='{hex40}', client_kwargs={'endpoint_url': §})\n", "None", "'http://minio:9000'"),
    Pair("boto3-access-key", "settings.py", "STORAGES = {'default': {'BACKEND': 'storages.backends.§', 'OPTIONS': {'access_key': env('K')}}}\n", "s3.S3Storage", "gcloud.GoogleCloudStorage"),
    Pair("boto3-access-key", "settings.py", "STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage', '§': {'access_key': env('K')}}}\n", "OPTIONS", "LABELS"),
    Pair("boto3-access-key", "settings.py", "STORAGES = {'default': {'BACKEND': 'storages.backends.s3.S3Storage', 'OPTIONS': {'access_key': None, '§': env('K')}}}\n", "secret_key", "bucket_name"),
    Pair("boto3-access-key", "settings.py", "§ += ['storages']\nAWS_ACCESS_KEY_ID = env('K')\n", "INSTALLED_APPS", "settings.INSTALLED_APPS"),
    Pair("boto3-access-key", "settings.py", "BOT_NAME = 'a'\n§AWS_ACCESS_KEY_ID = env('K')\n", "", "def f():\n  "),
    Pair("boto3-access-key", "settings.py", "BOT_NAME = 'a'\nAWS_ACCESS_KEY_ID§\n", ": str = env('K')", ": str"),
    Pair("boto3-access-key", "settings.py", "BOT_NAME = 'a'\nAWS_ACCESS_KEY_ID = '§'\n", "{aws_access_key_id}", "changeme"),
    Pair("aws-sdk-access-key", "a.js", "§new S3Client({ credentials: { accessKeyId: process.env.K, secretAccessKey: process.env.S } })§\n", "", "`"),
    Pair("aws-sdk-access-key", 'config/services.php', "<?php\nreturn ['§' => ['key' => env('§_KEY'), 'secret' => env('§_SECRET')]];\n", 's3', 'unsplash'),
    Pair("aws-sdk-access-key", 'a.clj', '(s3/client {:access-key (env :a) :secret-key §})\n', '(env :b)', 'nil'),
    Pair("aws-sdk-access-key", 'a.rb', "s3 do\n  access_key_id ENV['A']\n  secret_access_key §ENV['B']\nend\n", '', '!= '),
    Pair("aws-sdk-access-key", 'a.js', 'new AWS.S3(§);\n', '{ accessKeyId, secretAccessKey }', 'accessKeyId, secretAccessKey'),
    Pair("aws-sdk-access-key", 'a.go', 'package aws\n\nconst (\n\tAwsAccessKey = "§"\n\tAwsSecretKey = "{aws_secret_access_key}"\n)\n', '{aws_access_key_id}', 'name'),
    Pair("aws-sdk-access-key", 'a.go', 'package a\n\nvar c = S3Config{AccessKey: a.B, SecretKey: a.C, SessionToken: §}\n', 'os.Getenv("T")', 'creds.Token'),
    Pair("aws-sdk-access-key", 'a.ts', 'const s3 = new S3Client({ credentials: { accessKeyId: c.id, secretAccessKey: c.key, sessionToken: § } });\n', 'process.env.T', 'answer.token'),
    Pair("aws-sdk-access-key", 'A.java', 'class A { S3 f() { return S3.builder().accessKey(a).secretKey(§).build(); } }\n', 'b', ''),
    Pair("aws-sdk-access-key", 'a.swift', 'let c = S3Config(accessKey: a.b, secretKey: §)\n', 'a.c', 'nil'),
    Pair("aws-sdk-access-key", 'a.js', 'const text = §s3: { accessKeyId: a.id, secretAccessKey: a.key }§;\n', '', "'"),
    Pair("aws-sdk-access-key", 'a.py', "x = ['kind: ExternalSecret', §]\ns3 = dict(s3_access_key=a.b, s3_secret_key=a.c)\n", "'aws'", "'x'"),
    Pair("aws-sdk-access-key", "a.py", "x = §\"\"\"\ns3 = dict(s3_access_key=c.key, s3_secret_key=c.secret)\n\"\"\"\n", "f", ""),
    Pair("aws-sdk-access-key", "a.py", "§s3 = dict(s3_access_key=c.key, s3_secret_key=c.secret)\n", "", "# "),
    Pair("aws-credentials-file", ".aws/credentials", "[default]\naws_secret_access_key = §\n", "{aws_secret_access_key}", "abcdefghijklmnopqrstuvwx…"),
    Pair("infrastructure-access-key", "a.tf", "provider \"aws\" {\n  access_key = \"test\"\n  secret_key = \"§\"\n}\n", "{aws_secret_access_key}", "test"),
    Pair("infrastructure-access-key", "backend.hcl", "aws_access_key = \"x\"\naws_secret_key = §\n", "\"{aws_secret_access_key}\"", "\"test\""),
    # names of secrets
    Pair("secret-name", "a.yaml", "Value: '{{resolve:secretsmanager:§:SecretString:key}}'\n", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:my-secret-AbCdEf", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api/production-AbCdEf"),
    Pair("secret-name", "a.ts", "await client.send(new CreateSecretCommand({ Name: '§' }));\n", "my-secret", "api/production"),
    Pair("secret-name", "a.py", "from aws_cdk import aws_secretsmanager as sm\nsm.Secret.from_secret_name_v2(self, 'S', '§')\n", "my-secret", "api/production"),
    Pair("infrastructure-secret", "serverless.yml", "provider:\n  environment:\n    KEY: ${ssm:/a/§}\n", "x~true", "x"),
    Pair("secret-name", "a.yaml", "Value: '{{resolve:secretsmanager:§:SecretString:key}}'\n", "my-secret", "${Name}"),
    Pair("secret-name", "a.tf", "§ {\n  name = \"my-secret\"\n}\n", 'resource "aws_secretsmanager_secret" "a"', "moved"),
    Pair("secret-name", "a.go", "package a\n§ svc.GetSecretValue(&sm.GetSecretValueInput{SecretId: aws.String(\"my-secret\")})\n", "var a =", "//"),
    Pair("secret-name", "a.py", "import boto3\nx = {'SecretId': 'my-secret', '§': 'x'}\n", "VersionStage", "SecretKey"),
    Pair("secret-name", "a.py", "import boto3\nget(SecretId='my-secret', §='x')\n", "VersionStage", "SecretKey"),
    Pair("secret-name", "a.py", "from aws_cdk import aws_secretsmanager as sm\nsm.§(self, 'S', secret_name='my-secret')\n", "Secret", "Other"),
    Pair("secret-name", "a.ts", "const x = { SecretId: 'my-secret', §: 'x' };\n", "VersionStage", "SecretKey"),
    Pair("secret-name", "a.ts", "import * as sm from '§';\nnew sm.Secret(this, 'S', { secretName: 'my-secret' }); // secretsmanager\n", "aws-cdk-lib/aws-secretsmanager", "other"),
    Pair("secret-name", "a.ts", "import * as sm from 'aws-cdk-lib/aws-secretsmanager';\nnew sm.§(this, 'S', { secretName: 'my-secret' });\n", "Secret", "Other"),
    Pair("secret-name", "a.ts", "await client.send(new CreateSecretCommand(§));\n", "{ Name: 'my-secret' }", "input"),
    Pair("secret-name", "a.ts", "await client.send(new CreateSecretCommand({ §: 'my-secret' }));\n", "Name", "Description"),
    Pair("secret-name", "a.ts", "import * as sm from 'aws-cdk-lib/aws-secretsmanager';\nsm.Secret.fromSecretNameV2(this, 'S'§);\n", ", 'my-secret'", ""),
    Pair("infrastructure-secret", "a.tf", "resource \"aws_ssm_parameter\" \"a\" {\n  name = \"/a/password\"\n  type = \"§\"\n  value_wo = var.a\n}\n", "SecureString", "String"),
    Pair("infrastructure-secret", "a.tf.json", "{\"resource\": {\"aws_ssm_parameter\": {\"a\": {\"type\": \"§\"}}}}\n", "SecureString", "String"),
    Pair("infrastructure-secret", "a.tf", "resource \"aws_ssm_parameter\" \"a\" {\n  name = \"/a/password\"\n  type = § # \"SecureString\"\n}\n", "\"SecureString\"", "\"String\""),
    Pair("infrastructure-secret", "a.ts", "import * as ssm from 'aws-cdk-lib/aws-ssm';\nnew ssm.CfnParameter(this, 'A', { type: §, value: v }); // SecureString\n", "'SecureString'", "ssm.ParameterType.STRING"),
    Pair("infrastructure-secret", "a.tf.json", "{\"resource\": {\"aws_ssm_parameter\": {\"a\": {\"§\": \"SecureString\", \"value\": \"x\"}}}}\n", "type", "tier"),
    Pair("infrastructure-secret", "a.tf.json", "{\"resource\": {\"aws_secretsmanager_secret_version\": {\"a\": {\"§\": \"{password}\"}}}}\n", "secret_string", "secret_id"),
    Pair("infrastructure-secret", "a.yml", "Resources:\n  A:\n    Type: AWS::SSM::Parameter\n    Properties: {Type: §}\n", "SecureString", "String"),
    Pair("infrastructure-secret", "a.yml", "Resources:\n  A:\n    Type: AWS::SecretsManager::Secret\n    Properties: {§: '{password}'}\n", "SecretString", "Description"),
    Pair("infrastructure-secret", "a.ts", "import * as ssm from 'aws-cdk-lib/aws-ssm';\nnew ssm.CfnParameter(this, 'A', { type: '§', value: v });\n", "SecureString", "String"),
    Pair("infrastructure-access-key", "a.ts", "import * as iam from 'aws-cdk-lib/aws-iam';\nnew iam.§(this, 'A', { user });\n", "CfnAccessKey", "MyCfnAccessKey"),
    Pair("infrastructure-access-key", "a.tf.json", "{\"provider\": [{\"aws\": {\"access_key\": \"x\", \"secret_key\": §}}]}\n", '"{aws_secret_access_key}"', "null"),
    Pair("secret-name", "a.ts", "§const a = { SecretId: 'api/production' };\nnew Secret({ secretName: 'my-secret' });\n", "import 'aws-cdk-lib/aws-secretsmanager';\n", ""),
    Pair("secret-name", "a.py", "from aws_cdk import aws_secretsmanager as sm\nsm.Secret(self, 'S', §='my-secret')\n", "secret_name", "description"),
    Pair("secret-name", "a.py", "import boto3\nx = {'§': 'my-secret'}\ny = {'SecretId': 'api/production'}\n", "SecretId", "Other"),
    Pair("secret-name", "a.ts", "new CreateSecretCommand();\nnew CreateSecretCommand(§);\n", "{ Name: 'my-secret' }", "[]"),
    Pair("secret-name", "a.py", "import boto3\nclient.create_secret(§='my-secret')\n", "Name", "Description"),
    Pair("secret-name", "a.sh", "aws secretsmanager get-secret-value § my-secret\n", "--secret-id", "--version-id"),
    Pair(
        "secret-name",
        "a.sh",
        "aws secretsmanager get-secret-value --secret-id arn:aws:secretsmanager:eu-west-1:1:secret:§\n",
        "Key/Db",
        "db/production-Kq7vWz",
    ),
    Pair("infrastructure-secret", "a.sh", "aws ssm put-parameter --name /a --type § --value x\n", "SecureString", "String"),
    Pair("infrastructure-secret", "a.sh", "aws ssm get-parameter --with-decryption --name §\n", "/app/db_password", "/app/api_endpoint"),
    Pair("infrastructure-secret", "a.py", "client.get_parameter(Name='x', WithDecryption=§)\n", "True", "False"),
    Pair("infrastructure-secret", "§.py", "client.get_parameter(Name='x', WithDecryption=True)\n", "app/a", "tests/test_a"),
    Pair("infrastructure-secret", "a.py", "§client.get_parameter(Name='x', WithDecryption=True)\n", "", "# "),
    # passwords
    Pair("hardcoded-secret", "a.conf", "url = http://§:{password}@shop.io\n", "support", "mailto"),
    Pair("hardcoded-secret", "a.php", "<?php\ndefine('DB_PASSWORD', §);\n", "<<<EOT\n{password}\nEOT", "<<<EOT\nchangeme\nEOT"),
    Pair("hardcoded-secret", "§", "build:\n\tAPI_TOKEN := {hex40}\n", "Makefile", "a.go"),
    # messages to Slack
    Pair("secret-to-slack", "a.py", "import os, requests\nrequests.post('https://hooks.slack.com/services/x', json={'text': §})\n", "os.getenv('API_TOKEN')", "os.getenv()"),
    Pair("secret-to-slack", "a.py", "import requests\nrequests.post('https://hooks.slack.com/services/x', json={'§': api_token})\n", "text", "channel"),
    Pair("secret-to-slack", "a.py", "import requests\nrequests.post('https://hooks.slack.com/services/x', json={**x, key: §})\n", "config['api_token']", "config['name']"),
    Pair("secret-to-slack", "a.py", "import requests\nrequests.post('https://hooks.slack.com/services/x', json={'text': §})\n", "rows[0][config.api_token]", "rows[0][x]"),
    Pair("secret-to-slack", "a.js", "axios.post();\naxios.post('https://§/services/x', { text: apiToken });\n", "hooks.slack.com", "hooks.other.com"),
    Pair("secret-to-slack", "a.js", "const text = apiToken;\naxios.post('https://hooks.slack.com/services/x', { text§ });\n", "", ": x"),
    Pair("secret-to-slack", "a.js", "axios.post('https://hooks.slack.com/services/x', { text: keys[§] });\n", "'apiToken'", "'name'"),
    Pair("secret-to-slack", "a.js", "axios.post('https://hooks.slack.com/services/x', { text: keys[§] });\n", "apiToken", "0"),
    Pair("secret-to-slack", WORKFLOW, job("      - run: echo \"text=$TOKEN\" § payload.json\n        env: {TOKEN: '${{ secrets.API_TOKEN }}'}\n      - uses: slackapi/slack-github-action@v2\n        with: {method: chat.postMessage}\n        # a\n      - with:\n          payload-file-path: ./payload.json\n"), ">", "<"),
    Pair("secret-to-slack", WORKFLOW, job("      - run: echo \"text=$TOKEN\" > §\n        env: {TOKEN: '${{ secrets.API_TOKEN }}'}\n      - uses: slackapi/slack-github-action@v2\n        with:\n          payload-file-path: payload.json\n"), "./payload.json", "other.json"),
    Pair("secret-to-slack", WORKFLOW, job("      - run: curl -d \"text=$§\" https://hooks.slack.com/services/x\n        env: {API_TOKEN: '${{ secrets.A }}', SLACK_CHANNEL_ID: '${{ secrets.B }}'}\n"), "API_TOKEN", "SLACK_CHANNEL_ID"),
    Pair("secret-to-slack", "action.yml", "§runs:\n  using: composite\n  steps:\n    - run: curl -d \"text=$A\" https://hooks.slack.com/services/x\n      env: {A: '${{ secrets.API_TOKEN }}'}\n".replace("§", "§"), "", "x: |\n  "),
    Pair("secret-to-slack", WORKFLOW, job("      - uses: slackapi/slack-github-action@v2\n        with: {method: chat.postMessage, payload: \"text: '${{ secrets.API_TOKEN§ }}'\"}\n"), "", " != ''"),
    Pair("secret-to-slack", WORKFLOW, job("      - uses: slackapi/slack-github-action@v2\n        with: {method: chat.postMessage, payload: \"text: '${{ secrets.§ }}'\"}\n"), "API_TOKEN", "SLACK_CHANNEL_ID"),
    # tokens
    Pair("workflow-id-token", WORKFLOW, job("      - uses: aws-actions/configure-aws-credentials@v5\n        with: {role-to-assume: 'arn:aws:iam::123456789012:role/a', aws-region: eu-west-1}\n", "§"), "name: a", "if: false"),
    Pair("secret-to-slack", WORKFLOW, job("      - run: |\n          TEXT=$(§)\n          curl -d \"text=$TEXT\" https://hooks.slack.com/services/x\n        env: {TOKEN: '${{ secrets.API_TOKEN }}'}\n"), "printenv", "date"),
    Pair("secret-name", WORKFLOW, job("      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n        with: {§}\n"), "secret-ids: my-secret", "secret-ids: [my-secret]"),
    Pair("secret-name", WORKFLOW, job("      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n        with: {§}\n"), "secret-ids: my-secret", "name: my-secret"),
    Pair("workflow-access-key", WORKFLOW, "on: {workflow_dispatch: {inputs: {key: {type: string}}}}\njobs:\n  a:\n    steps:\n      - run: aws s3 ls\n        env: {AWS_ACCESS_KEY_ID: '${{ github.event.§ }}'}\n", "inputs.key", "sender.key"),
    # other CI systems' keys
    Pair("workflow-access-key", "Jenkinsfile", "node { sh 'aws s3 ls'; x = '§' }\n", "{aws_access_key_id}", "AKIAIOSFODNN7EXAMPLE"),
    Pair("workflow-access-key", "Jenkinsfile", "node { withAWS(§) { sh 'aws s3 ls' } }\n", "credentials: 'a'", "role: 'a'"),
    Pair("workflow-access-key", "Jenkinsfile", "pipeline { environment { § = credentials('a') } }\n", "AWS_ACCESS_KEY_ID", "NPM_TOKEN"),
    Pair("workflow-access-key", ".teamcity/settings.kts", "object A : BuildType({ params { password(\"env.§\", \"credentialsJSON:x\") } })\n", "AWS_SECRET_ACCESS_KEY", "NPM_TOKEN"),
    Pair("workflow-access-key", ".drone.yml", "steps:\n- name: a\n  environment:\n    AWS_SECRET_ACCESS_KEY: §\n", "$KEY", "'{{ key }}'"),
    Pair("github-secret", WORKFLOW, "on: push\njobs:\n  a:\n    §\n    secrets: inherit\n", "uses: other/repo/.github/workflows/x.yml@v1", "runs-on: x"),
    Pair("github-secret", "§/.github/workflows/a.yml".removeprefix("§/"), "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: a\n        env: {A: '${{ secrets.§ }}'}\n", "API_TOKEN", "GITHUB_TOKEN"),
    Pair("aws-sdk-access-key", "a.go", "package a\n\nvar c = credentials.NewStaticCredentials(os.Getenv(\"K\"), os.Getenv(\"S\"), §)\n", "\"\"", "token"),
    Pair("aws-sdk-access-key", "a.go", "package a\n\nvar c = credentials.NewStaticCredentials(os.Getenv(\"§\"), os.Getenv(\"S\"), \"\")\n", "K", "MINIO_KEY"),
    # pipelines that sign in without a token
    Pair("workflow-id-token", ".gitlab-ci.yml", f"default:\n  §\na:\n  script: {ASSUME}\n", "image: x", "id_tokens: {T: {aud: x}}"),
    Pair("workflow-id-token", ".gitlab-ci.yml", f"a:\n  extends: [.x, .b]\n  script: {ASSUME}\n.x: {{stage: x}}\n.b:\n  §\n", "stage: x", "id_tokens: {T: {aud: x}}"),
    Pair("workflow-id-token", ".gitlab-ci.yml", f"a:\n  extends: .b\n  script: {ASSUME}\n.b: {{extends: §}}\n.c: {{id_tokens: {{T: {{aud: x}}}}}}\n", ".b", ".c"),
    Pair("workflow-id-token", ".gitlab-ci.yml", "a:\n  variables: {AWS_WEB_IDENTITY_TOKEN_FILE: §}\n  script: [aws s3 ls]\n", "/tmp/t", ""),
    Pair("workflow-id-token", ".gitlab-ci.yml", f"a:\n  script: [§, {ASSUME}]\n.b: {{id_tokens: {{T: {{aud: x}}}}}}\n", "!reference []", "!reference [.b, id_tokens]"),
    Pair("workflow-id-token", "bitbucket-pipelines.yml", f"pipelines:\n  default:\n    - step:\n        <<: {{§}}\n        name: |\n          a\n          b\n        script: [{ASSUME}]\n    - step: x\n", "size: 2x", "oidc: true"),
    Pair("workflow-id-token", "bitbucket-pipelines.yml", f"definitions:\n  - step: &x\n      §\n      script: [{ASSUME}]\npipelines:\n  default:\n    - step: *x\n", "size: 2x", "oidc: true"),
    Pair("workflow-id-token", "azure-pipelines.yml", "steps:\n- script: curl $SYSTEM_OIDCREQUESTURI\n  §\n", "name: a", "env: {SYSTEM_ACCESSTOKEN: $(System.AccessToken)}"),
    Pair("workflow-id-token", "azure-pipelines.yml", f"steps:\n- script: {ASSUME}\n- task: §\n", "x", "System.AccessToken"),
    Pair("workflow-id-token", ".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: aws sts assume-role --role-arn $ROLE # §\n", "a", "$CIRCLE_OIDC_TOKEN"),
    Pair("workflow-id-token", ".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - aws-cli/setup: {§: x}\n      - run: aws sts assume-role --role-arn $ROLE\n", "region", "role_arn"),
    Pair("workflow-id-token", "bitbucket-pipelines.yml", f"pipelines:\n  default:\n    - step:\n        name: a\n        §\n        script: [{ASSUME}]\n", "size: 2x", "oidc: true"),
    Pair("workflow-id-token", "bitbucket-pipelines.yml", f"definitions:\n  x: &x {{§}}\npipelines:\n  default:\n    - step:\n        <<: [*x]\n        script: [{ASSUME}]\n", "size: 2x", "oidc: true"),
    Pair("secret-to-slack", WORKFLOW, job("      - uses: slackapi/slack-github-action@v2\n        with: {method: chat.postMessage, payload: \"§: '${{ secrets.API_TOKEN }}'\"}\n"), "text", "slack_channel"),
    Pair("aws-sdk-access-key", "a.ts", "new S3Client({ credentials: { accessKeyId: 'test', secretAccessKey: '§' } });\n", "{aws_secret_access_key}", "minio-admin-2"),
    Pair("aws-sdk-access-key", "a.ts", "new S3Client({ credentials: { accessKeyId: a.id, secretAccessKey: a.key, sessionToken: § } });\n", "''", "answer.SessionToken"),
    Pair("kubernetes-secret", "a.§", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: '{password}'}\n", "yaml", "txt"),
    Pair("kubernetes-secret", "a.sh", "docker secret inspect x; echo {hex40} | docker §\n", "secret create db -", "login -"),
    Pair("env-file-loaded", "a.rb", "template '/srv/.env'§\nend\n", " do", ""),
    Pair("env-file-loaded", "a.rb", "path = '.env'\nFile.§(path)\n", "read", "readable?"),
    Pair("env-file-loaded", "a.ts", "const a = { §: [{ type: 's3', value: 'arn:aws:s3:::b/prod.env' }] };\n", "environmentFiles", "files"),
    Pair("infrastructure-secret", "a.tf", 'resource "aws_ssm_parameter" "token" {\n  type  = "§"\n  value = var.x\n}\n', "SecureString", "String"),
]
# fmt: on


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.rule}: {pair.reported} or {pair.fine}")
def test_one_is_reported_and_the_other_is_not(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "palindrom/shop")

    def check(what: str, line_end: str = "\n") -> Results:
        text = pair.text.replace("§", what).replace("\n", line_end)
        return results_of(RULES[pair.rule], {pair.path.replace("§", what): text})

    found = check(pair.reported)
    assert pair.rule in {finding.rule for finding in found.findings}
    for line_end in ("\n", "\r\n"):
        assert pair.rule not in {finding.rule for finding in check(pair.fine, line_end).findings}
    check_snapshot(FINDINGS, f"{pair.rule} {pair.path}: {pair.text!r} {pair.reported!r}", brief(found))
