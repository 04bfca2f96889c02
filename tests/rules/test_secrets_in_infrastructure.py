"""`infrastructure-secret`, `kubernetes-secret` and `secret-name` beyond their examples."""

from __future__ import annotations

import base64

import pytest

from palint import registry
from palint.config import Config
from palint.findings import Severity
from palint.secrets.synthetic import generate
from palint.testing import check, results_of, substitute
from palint.text.source import SourceFile

RULES = registry.load()
INFRASTRUCTURE, KUBERNETES = RULES["infrastructure-secret"], RULES["kubernetes-secret"]
NAME, HARDCODED = RULES["secret-name"], RULES["hardcoded-secret"]
ACTION = "aws-actions/aws-secretsmanager-get-secrets"
VERSION, SECRET = "aws_secretsmanager_secret_version", "AWS::SecretsManager::Secret"
WORD = "hunter"
JSON_VERSION = f'{{"resource": {{"{VERSION}": {{"a": {{"secret_string": "{{password}}"}}}}}}}}\n'


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (INFRASTRUCTURE, "a.tf", f'resource "{VERSION}" "a" {{\n  secret_string = "{{password}}"\n}}\n'),
        (INFRASTRUCTURE, "a.tf.json", JSON_VERSION),
        (INFRASTRUCTURE, "a.ts", 'import "aws-cdk-lib";\nSecretValue.unsafePlainText("{password}");\n'),
        (INFRASTRUCTURE, "t.yml", f"S:\n  Type: {SECRET}\n  Properties: {{SecretString: '{{password}}'}}\n"),
        (KUBERNETES, "s.yaml", "kind: Secret\nstringData:\n  password: '{password}'\n"),
        *[
            (KUBERNETES, f"s{suffix}", "kind: Secret\nstringData:\n  password: '{password}'\n")
            for suffix in (".tpl", ".yaml.j2", ".gotmpl")
        ],
        (KUBERNETES, "t.yaml", "kind: Secret\nmetadata:\n{{ x }}\nstringData:\n  password: '{password}'\n"),
    ],
)  # fmt: skip
def test_a_secret_is_reported_once_and_masked(rule: type, path: str, text: str) -> None:
    results = results_of(rule, {path: text}, others=[HARDCODED])
    assert [f.rule for f in results.findings] == [rule.id()]
    assert substitute("{password}") not in repr(results)


def version_of(value: str, more: str = "") -> dict[str, str]:
    return {
        "a.tf": f'resource "aws_secretsmanager_secret_version" "a" {{\n  secret_string = {value}\n{more}}}\n'
    }


@pytest.mark.parametrize(
    "value",
    [
        '"{password}"',
        'var.x ? "{password}" : var.y',
        'jsonencode({ password = "{password}" })',
        'jsonencode({ "db" : { "api_key" : "{password}" } })',
        '"{\\"token\\": \\"{password}\\"}"',
        '"Password123!"',
        "<<EOF\n{password}\nEOF",
        'jsonencode({ deploy_webhook = "{hex32}" })',
        'jsonencode({ kept_in = "secret_string", password = "{hex32}" })',
    ],
)
def test_terraform_literals(value: str) -> None:
    (finding,) = check(INFRASTRUCTURE, version_of(value))
    assert finding.severity is Severity.ERROR
    assert finding.value_ranges


@pytest.mark.parametrize(
    "value",
    [
        '""',
        '"{}"',
        "var.x",
        "random_password.x.result",
        '"${var.x}"',
        'jsonencode({ username = "app", port = "5432", engine = "postgres" })',
        'jsonencode({ password = "" })',
        'jsonencode({ password = "${var.p}" })',
        'jsonencode({ password = "<fill in>" })',
        '"REPLACE_ME"',
        'file("x.json")',
        '"{\\"user\\": \\"administrator\\"}"',
        'var.x\n  version_stages = ["secret_string"]',
    ],
)
def test_terraform_without_a_literal(value: str) -> None:
    assert check(INFRASTRUCTURE, version_of(value)) == []


def test_cloudformation_functions_round_a_literal() -> None:
    for written in (
        '{\'Fn::Sub\': \'{"a": "b", "password": "{password}"}\'}',
        "!Join ['', ['{\"password\": \"{password}\"}']]",
        "|\n      {password}\n",
    ):
        text = f"S:\n  Type: {SECRET}\n  Properties: {{SecretString: {written}}}\n"
        if written.startswith("|"):
            text = f"S:\n  Type: {SECRET}\n  Properties:\n    SecretString: {written}"
        (finding,) = check(INFRASTRUCTURE, {"t.yml": text})
        ((start, end),) = finding.value_ranges
        assert substitute(text)[start:end] == substitute("{password}")


def test_a_first_value_that_looks_random_is_a_secret() -> None:
    ignore = "  lifecycle {\n    ignore_changes = [secret_string]\n  }\n"
    assert check(INFRASTRUCTURE, version_of('"initial value"', ignore)) == []
    assert len(check(INFRASTRUCTURE, version_of('"{hex32}"', ignore))) == 1
    for length, found in ((11, 0), (12, 1)):
        value = generate(f'"{{base62:{length - 1}}}7"', "first")
        assert len(check(INFRASTRUCTURE, version_of(value, ignore))) == found


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", 'data "aws_ssm_parameter" "x" {\n  name = "SecureString"\n}\n'),
        ("t.yml", "P: {Type: 'AWS::SSM::Parameter', Properties: {Type: String, Value: a SecureString}}\n"),
        ("a.ts", 'import "aws-cdk-lib";\nconst v = SecretValue.unsafePlainText(props.value);\n'),
        ("a.ts", 'const v = SecretValue.unsafePlainText("{password}");\n'),
        ("a.ts", 'import "aws-cdk-lib";\nf({ username: SecretValue.unsafePlainText("app") });\n'),
        ("a.py", "import boto3\nclient.put_secret_value(SecretId='a/production', SecretString=value)\n"),
        ("t.yml", "S: {Type: 'AWS::SecretsManager::Secret', Properties: {GenerateSecretString: {}}}\n"),
        ("a.tf", 'resource "acme_vault" "a" {\n  secret_string = "{password}"\n}\n'),
        ("a.ts", 'import "aws-cdk-lib";\nf({ username: SecretValue.unsafePlainText("administrator") });\n'),
        ("a.py", 'import aws_cdk\nf(username=aws_cdk.SecretValue.unsafe_plain_text("administrator"))\n'),
        ("a.ts", 'import "aws-cdk-lib";\nf({ kind: "SecureString" });\n'),
        ("a.py", 'import aws_cdk\nf(kind="SecureString")\n'),
        ("a.ts", 'import "aws-cdk-lib";\nSecretValue.unsafePlainText();\n'),
        ("a.ts", 'import "aws-cdk-lib";\ntest("the secretString of a stack", f);\n'),
    ],
)  # fmt: skip
def test_infrastructure_without_a_secret(path: str, text: str) -> None:
    assert check(INFRASTRUCTURE, {path: text}) == []


PLAIN = 'SecretValue.unsafePlainText("{password}")'
SNAKE = 'SecretValue.unsafe_plain_text("{password}")'
CDK = "import software.amazon.awscdk.SecretValue;\n"


@pytest.mark.parametrize(
    "name",
    ["userPassword", "idToken", "user_password", "dbPassword", "urlSecret", "support", "PASSPORT", "paid"],
)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", f'import "aws-cdk-lib";\nf({{ @: {PLAIN} }});\n'),
        ("a.py", f"import aws_cdk\nf(@={SNAKE})\n"),
        ("b.py", f'import aws_cdk\nx = = 1\nf({{"@": {SNAKE}}})\n'),
        ("A.java", f'{CDK}class A {{ Object a = Map.of("@", {PLAIN}); }}\n'),
    ],
)
def test_a_secrets_name_is_not_public(name: str, path: str, text: str) -> None:
    assert len(results_of(INFRASTRUCTURE, {path: text.replace("@", name)}).findings) == 1


@pytest.mark.parametrize(
    "name",
    ["username", "dbUser", "db_user", "DBUser", "clientID", "hostName", "masterUsername", "user", "PORT"],
)
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", f'import "aws-cdk-lib";\nf({{ @: {PLAIN} }});\n'),
        ("a.py", f'import aws_cdk\nf({{"@": aws_cdk.{SNAKE}}})\n'),
        ("b.py", f'import aws_cdk\nx = = 1\nf({{"@": {SNAKE}}})\n'),
        ("c.py", f"import aws_cdk\nx = = 1\nf(@=aws_cdk.{SNAKE})\n"),
        ("A.java", f'{CDK}class A {{ Object a = Map.of("@", {PLAIN}); }}\n'),
        ("B.java", f'{CDK}class A {{ Object a = Map.of("a", b(), "@", {PLAIN}); }}\n'),
        (
            "a.go",
            'import "awscdk"\nvar a = M{"@": cdk.SecretValue_UnsafePlainText(jsii.String("{password}"))}\n',
        ),
    ],
)
def test_a_public_value_is_not_a_secret(name: str, path: str, text: str) -> None:
    assert results_of(INFRASTRUCTURE, {path: text.replace("@", name)}).findings == ()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", f'import "aws-cdk-lib";\nnew Secret(this, "User", {PLAIN});\n'),
        ("a.py", f"import aws_cdk\nSecret(self, 'User', {SNAKE})\n"),
        ("A.java", f'{CDK}class A {{ Object a = new Secret(scope, "User", {PLAIN}); }}\n'),
        ("b.py", 'import aws_cdk\nx = = 1\nCfnSecret("user", secret_string="{password}")\n'),
    ],
)
def test_a_constructs_id_does_not_name_its_value(path: str, text: str) -> None:
    assert len(results_of(INFRASTRUCTURE, {path: text}).findings) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("t.yml", f"S:\n  Type: {SECRET}\n  Properties: {{SecretString: {WORD}}}\n"),
        ("a.ts", 'import "aws-cdk-lib";\nnew SecretVersion("s", { secretString: "hunter" });\n'),
    ],
)
def test_a_short_word_is_a_secret_if_no_template_replaces_it(path: str, text: str) -> None:
    assert [
        text[start:end] for f in check(INFRASTRUCTURE, {path: text}) for start, end in f.value_ranges
    ] == ["hunter"]


@pytest.mark.parametrize(
    "call", ['SecretValue.unsafe_plain_text("@")', 'CfnSecret(self, "a", secret_string="@")']
)
def test_python_infrastructure_that_does_not_parse_is_searched_as_text(call: str) -> None:
    text = substitute(f"import aws_cdk\nx = = 1\n{call}\n".replace("@", "{password}"))
    results = results_of(INFRASTRUCTURE, {"a.py": text})
    assert [n.kind for n in results.notices] == ["parse-fallback", "unparsed"]
    (finding,) = results.findings
    assert [text[start:end] for start, end in finding.value_ranges] == [substitute("{password}")]


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        ("password: {password}", True),
        ("password: password", True),
        ("database-url: postgres://app:{password}@db/app", True),
        ("database-url: postgres://db/app", False),
        ("username: app", False),
        ("clientId: app", False),
        ("enabled: 'true'", False),
        ("token: my-token", False),
        ("token: <token>", False),
        ("token: $(TOKEN)", False),
        ("token: ENC[AES256_GCM,data:x]", False),
        ("token: ref+awssecrets://api/production", False),
        ("ca.crt: '-----BEGIN CERTIFICATE-----'", False),
        ("tls.crt: '-----BEGIN CERTIFICATE-----'", False),
        ("tls.key: '-----BEGIN PRIVATE KEY-----'", True),
        ("app.conf: 'input { port => 5044 }'", False),
        ("app.conf: 'password = {password}'", True),
    ],
)
@pytest.mark.parametrize("encoded", [False, True])
def test_kubernetes_entries(entry: str, found: bool, encoded: bool) -> None:
    key, _, value = entry.partition(": ")
    value = substitute(value.strip("'"))
    if encoded and not value.startswith(("<", "$(", "ENC", "ref+")):
        value = base64.b64encode(value.encode()).decode()
    section = "data" if encoded else "stringData"
    findings = check(KUBERNETES, {"s.yaml": f"kind: Secret\n{section}:\n  {key}: '{value}'\n"})
    assert bool(findings) == found


def test_one_finding_a_secret_and_every_value_masked() -> None:
    text = "kind: Secret\nstringData:\n  a: {password}\n  host: db\n  b: {hex32}\n"
    text += "---\nkind: Secret\nstringData: {c: {hex40}}\n"
    findings = check(KUBERNETES, {"s.yaml": text})
    assert [(f.span.start.line, len(f.value_ranges)) for f in findings] == [(3, 2), (8, 1)]
    assert not any(substitute(shape) in repr(findings) for shape in ("{password}", "{hex32}", "{hex40}"))


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("api/production", None),
        ("llm-service/staging", None),
        ("{x}/production", None),
        ("api/{env}", None),
        ("{service}/{env}", None),
        ("{name}", None),
        ("", None),
        ("<secret name>", None),
        ("AmazonMSK_api", None),
        ("rds!cluster-{id}", None),
        ("aws/directory-services/{id}/seamless-domain-join", None),
        ("api/prod", Severity.WARNING),
        ("production/api", Severity.WARNING),
        ("api/{env}-db", Severity.WARNING),
        ("api", Severity.ERROR),
        ("api-production", Severity.ERROR),
        ("{service}-{env}", Severity.ERROR),
        ("/api/production", Severity.ERROR),
        ("api/production/", Severity.ERROR),
        ("acme/api/production", Severity.ERROR),
        ("{a}/{b}/{c}", Severity.ERROR),
    ],
)
def test_names_in_every_language(name: str, severity: Severity | None) -> None:
    javascript, terraform = name.replace("{", "${"), name.replace("{", "${var.")
    files = {
        "a.py": f'c.get_secret_value(SecretId=f"{name}")\n',
        "a.ts": f"send(new GetSecretValueCommand({{ SecretId: `{javascript}` }}));\n",
        "a.tf": f'resource "aws_secretsmanager_secret" "a" {{\n  name = "{terraform}"\n}}\n',
        "a.yml": f"S:\n  Type: AWS::SecretsManager::Secret\n  Properties:\n    Name: !Sub '{javascript}'\n",
    }
    for path, text in files.items():
        found = [f.severity for f in check(NAME, {path: text})]
        assert found == ([] if severity is None else [severity]), path


ARN = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:"


@pytest.mark.parametrize(
    ("arn", "right"),
    [
        (ARN + "api/production-a1B2c3", True),
        (ARN + "api/production", True),
        (ARN + "api/production-a1B2c3:password::", True),
        ("arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:api/staging-a1B2c3", True),
        (ARN + "api/production-a1B2c", False),
        (ARN + "db-a1B2c3", False),
        ("arn:aws:ssm:eu-west-2:123456789012:parameter/x", True),
    ],
)
def test_arns(arn: str, right: bool) -> None:
    assert (check(NAME, {"a.py": f'c.get_secret_value(SecretId="{arn}")\n'}) == []) == right


def test_environments_are_configured() -> None:
    config = Config(environments=("live",))
    file = SourceFile(
        "a.py", b'c.get_secret_value(SecretId="api/live")\nc.get_secret_value(SecretId="api/production")\n'
    )
    findings = list(NAME(config).check(file, None))  # type: ignore[arg-type]
    assert [(f.span.start.line, f.severity) for f in findings] == [(2, Severity.WARNING)]


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("prod/billing/db", "billing-db/production"),
        ("my-api-stg", "my-api/staging"),
        ("admin-api/prod-notify-api-key", "admin-api/production"),
    ],
)
def test_the_help_guesses_a_better_name(text: str, better: str) -> None:
    (finding,) = check(NAME, {"a.py": f'c.get_secret_value(SecretId="{text}")\n'})
    assert f"`{better}`" in finding.fix_hint


@pytest.mark.parametrize(
    "path", ["tests/a.py", "test_a.py", "src/conftest.py", "a.test.ts", "a.spec.js", "__tests__/a.ts"]
)
def test_test_files_are_left_out(path: str) -> None:
    text = "c.get_secret_value(SecretId='x')\n" if path.endswith("py") else "f({ SecretId: 'x' });\n"
    assert check(NAME, {path: text}) == []


def test_the_action_names_its_secrets_line_by_line() -> None:
    text = """jobs:
  a:
    steps:
      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with:
          secret-ids: |
            api/production
            DB , db
            ,plain
            team/*
            ${{ vars.NAME }}
            X, ${{ vars.A }}-${{ vars.B }}
      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with: {secret-ids: one}
"""
    findings = check(NAME, {".github/workflows/a.yml": text})
    assert [(f.span.start.line, f.span.start.column) for f in findings] == [
        (8, 18),
        (9, 14),
        (12, 16),
        (14, 28),
    ]


def test_python_that_does_not_parse_is_searched_as_text() -> None:
    results = results_of(NAME, {"a.py": "x = = 1\nc.get_secret_value(SecretId='db')\n"})
    assert results.notices == ()
    assert [f.span.start.line for f in results.findings] == [2]


def test_a_template_that_only_reads_a_secret_contains_none() -> None:
    text = (
        "{{if x}}\nA: !Join ['', ['{{`{{resolve:secretsmanager:`}}', ':SecretString:password}}']]\n{{end}}\n"
    )
    assert results_of(INFRASTRUCTURE, {"a.yml": text}).findings == ()


@pytest.mark.parametrize(
    ("rule", "path", "unit", "start"),
    [
        (INFRASTRUCTURE, "a.yml", "SecretString: ", "@"),
        (INFRASTRUCTURE, "b.yml", "aA.-", f"S:\n  Type: {SECRET}\n  Properties:\n    SecretString: "),
        (NAME, "a.yml", "AWS::SecretsManager::Secret ", "@"),
        (NAME, "b.yml", "\n\n\nAWS::SecretsManager::Secret", "@"),
        (NAME, "w.yml", "${{ x ", f"a:\n  uses: {ACTION}@v2\n  with:\n    secret-ids: a"),
        (KUBERNETES, "a.yaml", "  key: a  b\n", "kind: Secret\n{{ x }}\ndata:\n"),
        (KUBERNETES, "b.yaml", " ", "kind: Secret\n{{ x }}\ndata:\n  key: a"),
        (KUBERNETES, "c.yaml", "keykey", "kind: Secret\nstringData:\n  a.conf: x"),
        (KUBERNETES, "d.yaml", "data:\n{{ x }}\n", "kind: Secret\n@\n"),
    ],
)  # fmt: skip
def test_time_grows_with_the_text_alone(rule: type, path: str, unit: str, start: str) -> None:
    """A pattern that goes back at each place would take minutes; the engine gives up after ten seconds."""
    assert results_of(rule, {path: start + unit * (400_000 // len(unit)) + "b"}).complete


def test_a_parameter_in_terraforms_json() -> None:
    text = '{"resource": [{"aws_ssm_parameter": {"a": [{"type": "SecureString", "value": "${var.a}"}]}}]}\n'
    (finding,) = check(INFRASTRUCTURE, {"a.tofu.json": text})
    assert "`SecureString`" in finding.message
    assert check(INFRASTRUCTURE, {"a.tf.json": text.replace("SecureString", "String")}) == []


SIGNS_IN = """on: push
jobs:
  a:
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with: {role-to-assume: 'arn:aws:iam::111122223333:role/a', aws-region: eu-west-1}
"""


@pytest.mark.parametrize(
    ("account", "files", "found"),
    [
        ("111122223333", {".github/workflows/a.yml": SIGNS_IN}, 1),
        ("444455556666", {".github/workflows/a.yml": SIGNS_IN}, 0),
        ("444455556666", {}, 1),
    ],
)
def test_the_secret_of_an_account_that_is_not_ours_has_any_name(
    account: str, files: dict[str, str], found: int
) -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{account}:secret:my-secret-AbCdEf"
    code = f"import boto3\nclient.get_secret_value(SecretId='{arn}')\n"
    assert len(check(NAME, {"a.py": code, **files})) == found


def test_a_long_name_is_cut_in_the_message() -> None:
    name = "word-" * 30
    (finding,) = check(NAME, {"a.py": f"import boto3\nclient.get_secret_value(SecretId='{name}')\n"})
    assert "…" in finding.message and name not in finding.message
