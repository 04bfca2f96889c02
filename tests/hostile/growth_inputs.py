"""Inputs whose cost must grow slowly: nested, repeated or never closed, for every parser that a rule uses.

(path, start, what is repeated). `#` is a number that counts up, `@` another token each time.
"""

from __future__ import annotations

_LONG_LINE = " x" * 4_000  # longer than what a finding on it is redacted with: else the first ones cost less
_STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
_SCRIPT = f"{_STEPS}      - run: |\n"
_MANIFEST = "kind: Secret\ndata:\n"
_WORKFLOW = ".github/workflows/a.yml"
_JAVA = "import software.amazon.awssdk.auth.credentials.*;\n"
_NAME = "password"
_CELLS = '{"cells": ['
_CELL = f'{_CELLS}{{"cell_type": "code", "source": '
_PROVIDER = 'provider "aws" {\n  secret_key = '
_VERSION = 'resource "aws_secretsmanager_secret_version" "a" {\n'

FILES: list[tuple[str, str, str]] = [
    # YAML: Kubernetes, CloudFormation, compose
    ("a.yaml", _MANIFEST, "- "),
    ("a.yaml", _MANIFEST, "{a: "),
    ("a.yaml", _MANIFEST, "? "),
    ("a.yaml", _MANIFEST, "  k#: dGVzdA==\n"),
    ("a.yaml", _MANIFEST, "'"),
    ("a.yaml", _MANIFEST, "  a: |\n    b\n"),
    ("a.yaml", "kind: Secret\na: &a b\n", "c#: *a\n"),
    ("a.yaml", "kind: Secret\ndata: &a {a: b}\nb:\n", "- {<<: *a}\n"),
    ("a.yaml", "", "---\nkind: Secret\ndata: {a#: dGVzdHRlc3R0ZXN0}\n"),
    ("a.yaml", "kind: Secret\n{{\n", "---\nkind: Secret\ndata:\n  a: b\n"),
    ("a.yaml", "kind: Secret\n{{\ndata:\n", "  a: |\n"),
    ("a.yaml", 'kind: Secret\nx: "', r"\x61"),
    ("template.yaml", "Resources:\n", "  A#: {Type: AWS::IAM::AccessKey}\n"),
    ("compose.yml", "services:\n  a:\n    env_file:\n", "      - .env\n"),
    # workflows and actions: scripts, expressions, permissions
    (_WORKFLOW, _STEPS, "      - uses: aws-actions/configure-aws-credentials@v4\n"),
    (_WORKFLOW, _STEPS, "      - id: a#\n        env: {AWS_ACCESS_KEY_ID: '${{ steps.a#.outputs.key }}'}\n"),
    (_WORKFLOW, "on: push\njobs:\n", "  a#: {permissions: {id-token: write}, steps: [{run: a}]}\n"),
    (_WORKFLOW, "on: push\njobs:\n", "  a#: {uses: ./.github/workflows/a.yml}\n"),
    (_WORKFLOW, f"{_STEPS}      - if: ", "(((("),
    (_WORKFLOW, f"{_STEPS}      - run: ${{{{ secrets", "[a"),
    (_WORKFLOW, f"{_SCRIPT}          ", "${{ "),
    (_WORKFLOW, _SCRIPT, "          export AWS_ACCESS_KEY_ID=${{ secrets.A# }}\n"),
    (_WORKFLOW, _SCRIPT, "          cat <<EOF > .env\n"),
    (_WORKFLOW, _SCRIPT, "          if x; then source .env\n"),
    (_WORKFLOW, f"{_SCRIPT}          ", 'curl -d "$('),
    (_WORKFLOW, f'{_STEPS}      - run: "', r"\x73"),
    ("action.yml", "inputs:\n", "  a#: {default: a}\n"),
    # other CI systems
    (".gitlab-ci.yml", "a:\n  variables:\n", "    AWS_ACCESS_KEY_ID#: $A\n"),
    ("Jenkinsfile", "", "withCredentials([string(credentialsId: 'a', variable: 'AWS_ACCESS_KEY_ID')]) {\n"),
    ("Jenkinsfile", "", "withAWS(credentials: '"),
    # TOML
    ("a.toml", "password = ", "["),
    ("a.toml", "", f'{_NAME} = """\n'),
    ("pyproject.toml", "[project]\ndependencies = [\n", '"python-dotenv==#",\n'),
    ("pyproject.toml", "", '[tool.a#.dependencies]\npython-dotenv = "1"\n'),
    # Dockerfile
    ("Dockerfile", "FROM a\n", "RUN a <<EOF <<B#\n"),
    ("Dockerfile", "FROM a\nENV ", "AWS_ACCESS_KEY_ID=a \\\n"),
    ("Dockerfile", "FROM a\nENV ", "AWS_ACCESS_KEY_ID='"),
    ("Dockerfile", "FROM a\nENV A=$", "{AWS_ACCESS_KEY_ID:-$"),
    # HCL
    ("a.tf", "", 'provider "aws" {\n  secret_key = var.a\n}\n'),
    ("a.tf", "", 'provider "aws" {\n  secret_key = var.a\n'),
    ("a.tf", _PROVIDER, '"${'),
    ("a.tf", _PROVIDER, "a ? b : "),
    ("a.tf", "", "secret_key = <<EOF\n"),
    ("a.tf", f"{_VERSION}secret_string = ", "jsonencode({a = "),
    ("a.tf.json", '{"provider": {"aws": [', '{"secret_key": "${var.a}"},'),
    # shell
    ("a.sh", "", "export AWS_SECRET_ACCESS_KEY=$A#\n"),
    ("a.sh", "", 'export AWS_SECRET_ACCESS_KEY="'),
    ("a.sh", "", "aws configure set aws_secret_access_key $("),
    ("a.sh", "", "cat <<EOF > .env\n"),
    ("a.sh", "", "`source .env "),
    ("a.sh", "", "kubectl create secret generic a --from-literal=a=b \\\n"),
    ("a.sh", "", "curl https://hooks.slack.com/ \\\n -d '"),
    # XML
    ("a.xml", f"<a>{_LONG_LINE}", '<add key="password" value="@"/>'),
    ("a.xml", "", "<password>"),
    ("a.xml", "<a>", "<!-- password "),
    ("a.xml", "<a>", "&#112;"),
    ("pom.xml", "<project>", "<dependency><artifactId>dotenv-java</artifactId>"),
    # notebooks
    ("a.ipynb", f"{_CELL}[", r'"boto3.client(aws_access_key_id=a)\n",'),
    ("a.ipynb", _CELLS, '{"cell_type": "code", "source": ['),
    ("a.ipynb", f'{_CELL}"', r"\u0061ws_access_key"),
    # suppressions
    ("a.py", "", "x = 1  # palint: ignore[hardcoded-secret] a\n"),
    ("a.py", "", 'x = "@"  # palint: ignore[hardcoded-secret] a\n'),
    ("a.py", "", "# palint: ignore["),
    ("a.c", "", "/* palint: ignore[hardcoded-secret] a\n"),
    ("a.py", "", '"""\n# palint: ignore[hardcoded-secret] a\n'),
    # dotenv and credentials files
    (".env.example", "", "A#=b\n"),
    (".env.example", "", 'A="\n'),
    (".env", "", "A=$(("),
    (".env.json", "{", '"a#": "b",'),
    (".aws/credentials", "", "[a#]\naws_access_key_id = a\naws_secret_access_key = b\n"),
    # Go, Java, JavaScript
    ("a.go", "package a\n", 'func f#() { x(credentials.NewStaticCredentialsProvider(a, b, "")) }\n'),
    ("a.go", "package a\nvar x = ", "credentials.NewStaticCredentials(a, b, c)."),
    ("a.go", "package a\n", "/* NewStaticCredentials"),
    ("A.java", _JAVA, "class A# { void f() { AwsBasicCredentials.create(a, b); } }\n"),
    ("A.java", _JAVA, "class A { void f() { AwsBasicCredentials.create("),
    ("a.ts", "", "new S3Client({ credentials: { accessKeyId: a, secretAccessKey: b } });\n"),
    ("a.ts", "type A = ", "accessKeyId<secretAccessKey<"),
    ("a.js", "", "/* accessKeyId secretAccessKey"),
    ("a.js", "const a = ", "`${accessKeyId + secretAccessKey"),
    ("package.json", '{"scripts": {', '"a#": "dotenv -e .env -- a",'),
    # PHP, Ruby, C#, Kotlin, Rust
    ("a.php", "<?php\n", "new Aws\\S3\\S3Client(['credentials' => ["),
    ("a.rb", "", "Aws::S3::Client.new(access_key_id: a, secret_access_key: b)\n"),
    ("a.cs", "", "new BasicAWSCredentials("),
    ("a.kt", "", "StaticCredentialsProvider { accessKeyId = a; secretAccessKey = b }\n"),
    ("a.rs", "", "Credentials::from_keys("),
    # Python
    ("a.py", "import boto3\na = 1\n", "a = boto3.client(a, aws_access_key_id=a)\n"),
    ("a.py", "import boto3\nx = 1", " + boto3.client(aws_access_key_id=a)"),
    ("a.py", "import boto3\nx = boto3.client(aws_access_key_id=", "[-"),
    ("a.py", "import boto3\na = {}\n", "a = {**a, 'aws_access_key_id': b}\nboto3.client(**a)\n"),
    ("a.py", "import boto3\n", "print 'a'\nboto3.client(aws_access_key_id=a)\n"),
    ("a.py", "from dotenv import load_dotenv\n", "load_dotenv('.env#')\n"),
    # text
    ("a.json", _LONG_LINE, '{"password": "@", "a": ['),
    ("a.ini", "", "[a#]\npassword = @\n"),
    ("a.properties", "", "a.password = \\\n"),
    ("a.txt", _LONG_LINE, 'token = "@" '),
    ("a.txt", "", "https://a:"),
    ("a.txt", "", "the SECRET_KEY of a "),
    ("a.js", "import 'dotenv';", "open('.env',`./.env, [\"cp\", "),
    ("a.txt", "", r"\u0070assword"),
    ("a.txt", "", "p\0a\0s\0s\0w\0o\0r\0d\0=\0"),
    ("a.sql", "", 'identified by "'),
]  # fmt: skip
