"""`aws-sdk-access-key` and `infrastructure-access-key` beyond their examples."""

from __future__ import annotations

import pytest

from palint import registry
from palint.findings import Severity
from palint.testing import check, results_of, substitute

RULES = registry.load()
SDK, INFRASTRUCTURE = RULES["aws-sdk-access-key"], RULES["infrastructure-access-key"]
HARDCODED = RULES["hardcoded-secret"]
ARGUMENTS = '"{aws_access_key_id}", "{aws_secret_access_key}"'
LITERALS = 'accessKeyId: "{aws_access_key_id}", secretAccessKey: "{aws_secret_access_key}"'


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (SDK, "a.ts", f"new S3Client({{ credentials: {{ {LITERALS} }} }});\n"),
        (SDK, "a.js", f"const keys = {{ {LITERALS} }};\n"),
        (
            SDK,
            "a.go",
            f"package a\nvar c = credentials.NewStaticCredentials({ARGUMENTS}, '')\n".replace("'", '"'),
        ),
        (SDK, "A.java", f"class A {{ Object c = new BasicAWSCredentials({ARGUMENTS}); }}\n"),
        (
            INFRASTRUCTURE,
            "a.tf",
            'provider "aws" {\n  access_key = "{aws_access_key_id}"\n'
            '  secret_key = "{aws_secret_access_key}"\n}\n',
        ),
    ],
)
def test_a_key_is_reported_once_and_masked(rule: type, path: str, text: str) -> None:
    results = results_of(rule, {path: text}, others=[HARDCODED])
    assert [f.rule for f in results.findings] == [rule.id()]
    for shape in ("{aws_access_key_id}", "{aws_secret_access_key}"):
        assert substitute(shape)[4:] not in repr(results)


def test_a_literal_far_from_the_client_stays_hardcoded() -> None:
    text = 'const key = "{aws_secret_access_key}";\nnew S3({ accessKeyId: "x", secretAccessKey: key });\n'
    results = results_of(SDK, {"a.js": text}, others=[HARDCODED])
    (sdk,) = [f for f in results.findings if f.rule == SDK.id()]
    assert [(r.span.start.line, r.message) for r in sdk.related] == [(1, "the key is assigned here")]
    assert substitute("{aws_secret_access_key}") not in repr(results)


@pytest.mark.parametrize(
    "text",
    [
        "new S3Client({ credentials: { accessKeyId: '', secretAccessKey: '' } });",
        "new S3Client({ credentials: { accessKeyId: undefined, secretAccessKey: undefined } });",
        "new S3Client({ credentials: fromIni({ profile }) });",
        "const keys = { accessKeyId: 'test-access-key', secretAccessKey: 'an-encrypted-secret' };",
        "new S3Client({ credentials: { accessKeyId: mock.id, secretAccessKey: mock.secret } });",
        "type Keys = { accessKeyId: string; secretAccessKey: string };",
        "function f({ accessKeyId, secretAccessKey }: Keys) {}",
        "const { accessKeyId, secretAccessKey } = keys;",
        "expect(keys).toEqual({ accessKeyId: a, secretAccessKey: b });",
        "return { accessKeyId: keys.AccessKeyId, secretAccessKey: keys.SecretAccessKey };",
        "console.log('secretAccessKey: required');",
        "const credentials = { accessKeyId: data.AccessKeyId, secretAccessKey: data.SecretAccessKey };",
        "const Keys = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });",
        "new Schema({ credentials: { accessKeyId: { type: T }, secretAccessKey: { type: T } } });",
        "new S3Client({ credentials: { accessKeyId: a, secretAccessKey: b, sessionToken: c } });",
        "new S3Client({ credentials: { accessKeyId: process.env.R2_ID || 'test', secretAccessKey: 'test' },"
        " endpoint: 'http://localhost:4566' });",
    ],
)
def test_nothing_in_javascript(text: str) -> None:
    errors = [f for f in check(SDK, {"a.ts": text + "\n"}) if f.severity is Severity.ERROR]
    assert errors == []


@pytest.mark.parametrize(
    ("before", "fixed"),
    [
        ("", True),
        ("import { S3Client } from '@aws-sdk/client-s3';\n", True),
        ("import { S3Client } from 'my-s3';\n", False),
        ("class S3Client { constructor(private keys: Keys) {} }\n", False),
    ],
)
def test_the_keys_of_a_class_that_is_not_awss_stay(before: str, fixed: bool) -> None:
    call = "new S3Client({ region: r, accessKeyId: process.env.A, secretAccessKey: process.env.S });\n"
    (finding,) = check(SDK, {"a.ts": before + call})
    assert (finding.fix is not None) is fixed


PAIR = "accessKeyId: env.K, secretAccessKey: env.S"


@pytest.mark.parametrize(
    ("code", "receiver", "fixed"),
    [
        ("store({ service: 'aws', PAIR });", "store", False),
        ("new X({ auth: new AWS.Credentials({ PAIR }) });", "AWS.Credentials", False),
        ("new S3Client({ credentials: new AWS.Credentials({ PAIR }) });", "AWS.Credentials", True),
        ("AWS.config.credentials = { PAIR };", "AWS.config.credentials", False),
        ("AWS.config.keys = { PAIR };", "keys", False),
        ("const awsKeys = { PAIR };", "awsKeys", False),
        ("const other = { name: 'aws', PAIR };", "other", False),
        ("(f())({ service: 'aws', PAIR });", "", False),
        ("new S3Client({ PAIR, region });", "S3Client", True),
        ("new S3Client({ url: 'https://x', credentials: { PAIR } });", "credentials", True),
        ("new S3Client({ // slow\n credentials: { PAIR } });", "credentials", True),
        (f"new S3Client({{ region: '{'x' * 200}', credentials: {{ PAIR }} }});", "credentials", True),
    ],
)  # fmt: skip
def test_a_fix_leaves_what_holds_more_than_keys(code: str, receiver: str, fixed: bool) -> None:
    (finding,) = check(SDK, {"a.js": code.replace("PAIR", PAIR) + "\n"})
    assert (f"passed to `{receiver}`" if receiver else "key in `accessKeyId` and") in finding.message
    assert (finding.fix is not None) is fixed


def test_a_long_line_hides_no_key_and_a_string_has_none() -> None:
    text = "x = {}; const s3 = new S3Client({{ region: r, credentials: {{ {} }} }});\n"
    for size in (10, 200, 5000):
        assert check(SDK, {"a.js": text.format(f"'{'x' * size}'", PAIR)}), size
    assert not check(SDK, {"a.js": f"log('new S3Client({{ {PAIR} }})');\n"})


@pytest.mark.parametrize(
    ("endpoint", "severity"),
    [
        ("'https://s3.eu-west-2.amazonaws.com'", Severity.ERROR),
        ("undefined", Severity.ERROR),
        ("'http://localhost:9000'", Severity.WARNING),
        ("process.env.S3_ENDPOINT", Severity.WARNING),
        ("config.endpoint", Severity.WARNING),
    ],
)
def test_a_custom_endpoint_is_a_warning_without_a_fix(endpoint: str, severity: Severity) -> None:
    text = (
        f"new S3({{ endpoint: {endpoint}, credentials: {{ accessKeyId: c.id, secretAccessKey: c.key }} }});\n"
    )
    (finding,) = check(SDK, {"a.js": text})
    assert finding.severity is severity
    assert (finding.fix is None) == (severity is Severity.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        "new S3({ endpoint, ...(id && { credentials: { accessKeyId: id, secretAccessKey: key } }) });",
        "const credentials = x ? { accessKeyId, secretAccessKey } : undefined; new S3({ endpoint: e });",
    ],
)
def test_the_endpoint_may_stand_further_out(text: str) -> None:
    (finding,) = check(SDK, {"a.js": text + "\n"})
    assert finding.severity is Severity.WARNING


def test_a_literal_with_a_custom_endpoint_stays_an_error() -> None:
    text = f"new S3({{ endpoint: e, credentials: {{ {LITERALS} }} }});\n"
    (finding,) = check(SDK, {"a.js": text})
    assert finding.severity is Severity.ERROR


def test_a_bundle_too_large_for_a_tree_is_searched_as_text() -> None:
    text = "x();\n" * 300_000 + f"new S3({{{LITERALS}}})\n"
    results = results_of(SDK, {"bundle.js": text})
    assert not results.notices
    (finding,) = results.findings
    assert finding.fix is None  # which needs the tree
    assert substitute("{aws_secret_access_key}") not in repr(results)


@pytest.mark.parametrize(
    "path", ["vendor/x/a.ts", "node_modules/a/b.js", "web/jquery.min.js", "third_party/a.mjs"]
)
def test_no_folder_or_name_hides_a_key(path: str) -> None:
    assert len(check(SDK, {path: f"new S3({{{LITERALS}}});\n"})) == 1


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("a.tf", 'resource "aws_iam_access_key" "x" {\n', 1),
        ("a.tofu", '# é漢🔑\nresource "aws_iam_access_key" "x" { user = "u" }\n', 2),
        ("sst.config.ts", 'const k = new aws.iam.AccessKey("k", { user: u.name });\n', 1),
        ("a.ts", 'import { IamAccessKey } from "@cdktf/aws";\nnew IamAccessKey(this, "k", {});\n', 2),
        ("stack.go", 'package a\n\nimport "pulumi"\n\nvar k, _ = iam.NewAccessKey(ctx, "k", nil)\n', 5),
        ("stack.py", "import aws_cdk as cdk\nx = = 2\nx = iam.AccessKey(self, 'k')\n", 3),
    ],
)
def test_infrastructure_that_creates_a_key_is_found(path: str, text: str, line: int) -> None:
    results = results_of(INFRASTRUCTURE, {path: text})
    assert results.complete is not ("= =" in text or text.endswith("{\n"))
    assert [f.span.start.line for f in results.findings] == [line]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", 'output "x" {\n  value = aws_iam_access_key.x.id\n}\n'),
        ("a.tf", 'data "terraform_remote_state" "x" {\n  config = { secret_key = "test" }\n}\n'),
        ("a.py", "import boto3\nkey = boto3.resource('iam').AccessKey('user', 'id')\n"),
        ("a.ts", "import 'aws-cdk-lib';\n// new iam.AccessKey(this)\nconst s = 'new iam.AccessKey(';\n"),
        ("a.tfvars", 'django_secret_key = "{aws_secret_access_key}"\n'),
        ("a.tfvars", 'secret_key = "test"\n'),
        ("a.yaml", "TypeName: AWS::IAM::AccessKey\n"),
        ("a.java", "class AccessKey { AccessKey() {} Object a = new AccessKey(); }\n"),
    ],
)
def test_infrastructure_without_a_key_is_not_reported(path: str, text: str) -> None:
    assert check(INFRASTRUCTURE, {path: text}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.tf", 'resource "aws_iam_access_key" "ci" {}\n'),
        ("a.yml", "CiKey: {Type: AWS::IAM::AccessKey}\n"),
        (
            "a.ts",
            'import * as iam from "aws-cdk-lib/aws-iam";\nnew iam.AccessKey(this, "Ci", { user });\n',
        ),
        ("a.ts", 'new aws.iam.AccessKey("Ci", {});\n'),
        ("a.py", "import pulumi_aws as aws\naws.iam.AccessKey('Ci')\n"),
    ],
)
def test_a_key_that_infrastructure_creates_becomes_a_role(path: str, text: str) -> None:
    (finding,) = check(INFRASTRUCTURE, {path: text})
    assert "create an IAM role instead" in finding.fix_hint and "    " not in finding.fix_hint


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", 'import "volcengine/credentials"\nvar c = credentials.NewStaticCredentials(a, b, "")\n'),
        ("a_test.go", "package a\nvar c = credentials.NewStaticCredentials(a, b, c)\n"),
        ("T.java", "class T { Object c = AwsBasicCredentials.create(LOCAL_STACK.getAccessKey(), key); }\n"),
        (
            "A.java",
            "class A { Object f(C c) { String id, key; id = c.getAWSAccessKeyId(); key = c.getAWSSecretKey();"
            " return new BasicAWSCredentials(id, key); } }\n",
        ),
        ("src/test/java/A.java", "class A { Object c = AwsBasicCredentials.create(id, key); }\n"),
        ("a.spec.ts", "new S3Client({ credentials: { accessKeyId, secretAccessKey } });\n"),
        ("a.js", "saveToFile({ accessKeyId, secretAccessKey });\n"),
    ],
)  # fmt: skip
def test_other_vendors_and_tests(path: str, text: str) -> None:
    assert check(SDK, {path: text}) == []


def test_basic_beside_session_credentials_are_a_warning_in_java() -> None:
    text = "class A { Object f() { return t == null ? AwsBasicCredentials.create(id, key)"
    text += " : AwsSessionCredentials.create(id, key, t); } }\n"
    (finding,) = check(SDK, {"A.java": text})
    assert finding.severity is Severity.WARNING


def test_a_key_from_the_environment_counts_in_a_test_too() -> None:
    text = "new S3({ credentials: { accessKeyId: process.env.ID, secretAccessKey: process.env.KEY } });\n"
    assert len(check(SDK, {"a.spec.ts": text})) == 1


def test_a_chain_of_calls_is_named_by_its_last() -> None:
    text = substitute(
        'import "github.com/aws/aws-sdk-go-v2/credentials"\n'
        'var c = first("{aws_secret_access_key}").NewStaticCredentialsProvider('
        '"{aws_access_key_id}", "{aws_secret_access_key}", "")\n'
    )
    (finding,) = results_of(RULES["aws-sdk-access-key"], {"a.go": "package a\n" + text}).findings
    assert finding.message.endswith(" `NewStaticCredentialsProvider`")
