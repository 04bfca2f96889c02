from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws import sdk_calls
from palint.aws.key_values import has_key_shape, in_tests, is_key
from palint.findings import Edit, Finding, Fix, Related, Severity
from palint.languages import go, java, javascript
from palint.languages.value import Value
from palint.rule import GO, JAVA, JAVASCRIPT, Clause, Example, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_VENDORED = lazy_re.compile(
    r"(^|/)(node_modules|bower_components|vendor|vendored|third[_-]party)/|[.-]min\.[cm]?js$"
)
_OTHER_VENDOR = lazy_re.compile(
    r"(?<![a-z])(r2|spaces|wasabi|b2|backblaze|supabase|tigris|storj)(?![a-z])", re.I
)
_LOOSE = lazy_re.compile(r"""(secretAccessKey|accessKeyId)["']?\s*[:=]\s*["']([\w/+]{16,128})["']""", re.I)
_ADVICE = "Give the client no keys: the default chain finds a role by itself."
# A schema says what a key is, and holds none; what an SDK's own credentials hold may be temporary.
_NO_KEY = lazy_re.compile(r"^(\{|z\.|Joi\.|yup\.|v\.|t\.|Type\.|String\b)|getAWS(AccessKeyId|SecretKey)\(")
_DOUBLE_NAME = lazy_re.compile(r"local.?stack|mock|fake|dummy|minio|(?<![a-z])test", re.I)


class AwsSdkAccessKey(Rule):
    """Static AWS keys passed to an AWS SDK in JavaScript, TypeScript, Java or Go.

    ## Why

    A key that is passed to a client is a long-lived key: somebody created it, somebody keeps it, nothing ends
    it. It does not matter whether it is a literal or comes from an environment variable: there is to be no
    static AWS key at all. Every SDK finds short-lived credentials by itself (AWS SSO on a laptop, the role of
    the Lambda, task or pod, OIDC in GitHub Actions), provided that nobody hands it a key.

    ## Do this instead

    Give the client no credentials.

    ```typescript
    const s3 = new S3Client({ region: "eu-west-2" });
    ```

    ```java
    S3Client s3 = S3Client.builder().region(Region.EU_WEST_2).build();
    ```

    ```go
    cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion("eu-west-2"))
    client := s3.NewFromConfig(cfg)
    ```

    Another account's resources are reached by assuming a role: `fromTemporaryCredentials` in JavaScript,
    `StsAssumeRoleCredentialsProvider` in Java, `stscreds.NewAssumeRoleProvider` in Go. On a laptop, sign in
    with `aws sso login --profile <profile>`.

    ## Fix

    In JavaScript and TypeScript the `credentials` member, or the two keys, are removed (unsafe: the
    default chain must find a role where the program runs). Java and Go need another provider or import: the
    finding shows which.

    ## Limits

    A constant of the same file is followed once. Temporary credentials are known by their session token: with
    one that is not read from the environment nothing is said, with one from the environment it is a warning.
    A client with an endpoint of its own (MinIO, R2, LocalStack) is a warning when it holds no literal. AWS's
    documented example keys, test doubles (`test`, `minioadmin`, whatever is shorter than a key),
    placeholders and variables in test files are not findings, nor is vendored code (`node_modules/`,
    `vendor/`, `*.min.js`). Java and Go providers other than `AwsBasicCredentials`, `BasicAWSCredentials`,
    `NewStaticCredentials*` and `aws.Credentials{…}` are not known.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = JAVASCRIPT | JAVA | GO
    keywords = (
        "secretAccessKey",
        r"new\s+(aws\.)?Credentials\(",
        "AwsBasicCredentials",
        "BasicAWSCredentials",
        "NewStaticCredentials",
    )
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            """const s3 = new S3Client({
  region: "eu-west-2",
  credentials: {
    accessKeyId: "{aws_access_key_id}",
    secretAccessKey: "{aws_secret_access_key}",
  },
});
""",
            location="credentials: {",
            fixed="""const s3 = new S3Client({
  region: "eu-west-2",
});
""",
            path="s3.ts",
        ),
        Example(
            """const s3 = new S3Client({ credentials: {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID!,
  secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] as string,
}, region })
""",
            location="credentials: {",
            fixed="const s3 = new S3Client({ region })\n",
            path="s3.tsx",
        ),
        Example(
            """AWS.config.update({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  region: "eu-west-2",
})
""",
            location="accessKeyId:",
            fixed="""AWS.config.update({
  region: "eu-west-2",
})
""",
            path="aws.js",
        ),
        Example(
            'const s3 = new AWS.S3({region: "us-east-1", accessKeyId: my.id, secretAccessKey: my.key});\n',
            location="accessKeyId:",
            fixed='const s3 = new AWS.S3({region: "us-east-1"});\n',
            path="aws.js",
        ),
        Example(
            """const accessKeyId = "{aws_access_key_id}"
const secretAccessKey = process.env.SECRET ?? "{aws_secret_access_key}"
const ses = new SES({ credentials: { accessKeyId, secretAccessKey } })
""",
            location="credentials: {",
            fixed="""const accessKeyId = "{aws_access_key_id}"
const secretAccessKey = process.env.SECRET ?? "{aws_secret_access_key}"
const ses = new SES({ })
""",
            path="ses.mjs",
        ),
        Example(
            "new S3Client({\n  region,\n"
            "  credentials: id ? { accessKeyId: id, secretAccessKey: key } : undefined,\n});\n",
            location="credentials:",
            fixed="new S3Client({\n  region,\n});\n",
            path="s3.ts",
        ),
        Example(
            'export const keys = { accessKeyId: "{aws_access_key_id}",'
            ' "secretAccessKey": "{aws_secret_access_key}" };\n',
            location="accessKeyId:",
            path="keys.js",
        ),
        Example(
            "const credentials = {\n  accessKeyId: env.ID,\n  secretAccessKey: env.KEY,\n};\n",
            location="accessKeyId:",
            path="keys.ts",
        ),
        Example(
            "const s3 = new AWS.S3({\n  region,\n  credentials: new AWS.Credentials({\n"
            "    accessKeyId: process.env.ID, secretAccessKey: process.env.KEY }),\n});\n",
            location="accessKeyId:",
            fixed="const s3 = new AWS.S3({\n  region,\n});\n",
            path="a.js",
        ),
        Example(
            "AWS.config.credentials = { accessKeyId: process.env.ID, secretAccessKey: process.env.KEY };\n",
            location="accessKeyId:",
            path="a.js",
        ),
        Example(
            'AWS.config.secretAccessKey = "{aws_secret_access_key}";\n',
            location="AWS.config.secretAccessKey",
            path="a.js",
        ),
        Example(
            'const keys = new AWS.Credentials("{aws_access_key_id}", "{aws_secret_access_key}");\n',
            location="new AWS.Credentials",
            path="a.js",
        ),
        Example(
            "const r2 = new S3Client({ endpoint: process.env.S3_ENDPOINT, credentials: {"
            " accessKeyId: process.env.KEY_ID, secretAccessKey: process.env.APP_KEY } });\n",
            location="credentials:",
            severity=Severity.WARNING,
            path="r2.ts",
        ),
        Example(
            "const signer = new SignatureV4({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID,"
            " secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,"
            " sessionToken: process.env.AWS_SESSION_TOKEN } });\n",
            location="credentials:",
            severity=Severity.WARNING,
            path="sign.ts",
        ),
        Example(
            """class Files {
  S3Client client = S3Client.builder().credentialsProvider(StaticCredentialsProvider.create(
      AwsBasicCredentials.create("{aws_access_key_id}", "{aws_secret_access_key}"))).build();
}
""",
            location="AwsBasicCredentials.create(",
            path="Files.java",
        ),
        Example(
            """class Files {
  private static final String SECRET = "{aws_secret_access_key}";
  AWSCredentials keys = new BasicAWSCredentials(System.getenv("KEY_ID"), SECRET);
}
""",
            location="new BasicAWSCredentials",
            path="Files.java",
        ),
        Example(
            """class Files {
  @Value("${aws.access-key}") private String accessKey;
  S3Client client() {
    AwsCredentials keys = AwsBasicCredentials.create(accessKey, secretKey);
    return S3Client.builder().credentialsProvider(() -> keys).build();
  }
}
""",
            location="AwsBasicCredentials.create(",
            path="Files.java",
            severity=Severity.ERROR,
        ),
        Example(
            """package files

func load(ctx context.Context) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider("{aws_access_key_id}", "{aws_secret_access_key}", "")))
}
""",
            location="credentials.NewStaticCredentialsProvider",
            path="files.go",
        ),
        Example(
            """package files

var sess = session.New(&aws.Config{
	Credentials: credentials.NewStaticCredentials(os.Getenv("AWS_ID"), os.Getenv("AWS_SECRET"), ""),
})
""",
            location="credentials.NewStaticCredentials",
            path="files.go",
        ),
        Example(
            """package files

var keys = credentials.StaticCredentialsProvider{Value: aws.Credentials{
	AccessKeyID: id, SecretAccessKey: "{aws_secret_access_key}",
}}
""",
            location="aws.Credentials{",
            path="files.go",
        ),
    )
    good = (
        Example('const s3 = new S3Client({ region: "eu-west-2" });\n', path="s3.ts"),
        Example(
            """const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
const s3 = new S3Client({ credentials: {
  accessKeyId: Credentials!.AccessKeyId!,
  secretAccessKey: Credentials!.SecretAccessKey!,
  sessionToken: Credentials!.SessionToken,
} });
""",
            path="s3.ts",
        ),
        Example(
            "const s3 = new S3({ credentials: fromTemporaryCredentials({ params: { RoleArn } }) });\n",
            path="s3.ts",
        ),
        Example(
            """const s3 = new S3Client({ endpoint: "http://localhost:4566",
  credentials: { accessKeyId: "test", secretAccessKey: "test" } });
""",
            path="s3.test.ts",
        ),
        Example(
            'new S3Client({ credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE",'
            ' secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" } });\n',
            path="doc.ts",
        ),
        Example("interface Keys { accessKeyId: string; secretAccessKey: string }\n", path="types.ts"),
        Example("// credentials: { accessKeyId, secretAccessKey } is what we had\n", path="a.js"),
        Example(
            "module.exports = new S3({ accessKeyId: process.env.ID, secretAccessKey: process.env.KEY });\n",
            path="node_modules/x/index.js",
        ),
        Example(
            "class T { Object c = AwsBasicCredentials.create("
            "localstack.getAccessKey(), localstack.getSecretKey()); }\n",
            path="T.java",
        ),
        Example('class T { Object c = new BasicAWSCredentials("test", "test"); }\n', path="T.java"),
        Example(
            'package x\n\nvar c = credentials.NewStaticCredentialsProvider("test", "test", "")\n',
            path="x_test.go",
        ),
        Example(
            "package x\n\nvar c = credentials.NewStaticCredentialsProvider("
            "*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)\n",
            path="x.go",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        if _VENDORED.search(file.path.lower()):
            return ()
        try:
            return list(self.in_tree(file))
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message}; searched as text for literal keys")
            return self.in_text(file)

    def in_tree(self, file: SourceFile) -> Iterator[Finding]:
        suffix = file.path.lower().rpartition(".")[2]
        tree = file.parsed_with({"java": java.parse, "go": go.parse}.get(suffix, javascript.parse))
        seen: set[int] = set()
        for hit in file.keyword_matches:
            for keys in sdk_calls.find(tree, tree.path(hit.end - 1)):
                if keys.start not in seen:
                    seen.add(keys.start)
                    yield from self.judge(file, keys)

    def in_text(self, file: SourceFile) -> Iterator[Finding]:
        for found in _LOOSE.finditer(file.text):
            if is_key(found[2]):
                keys = sdk_calls.Keys(
                    f"`{found[1]}`", *found.span(2), [Value("text", found[2], *found.span(2))], [], _ADVICE
                )
                yield from self.judge(file, keys)

    def judge(self, file: SourceFile, keys: sdk_calls.Keys) -> Iterator[Finding]:
        literals = _literals(keys.values)
        if literals:
            message, doubt = f"{keys.what} passes a literal AWS key", ""
        else:
            given = [
                v for v in keys.values if v.kind not in ("text", "nothing") and not _NO_KEY.search(v.text)
            ]
            if not keys.client or not given or _is_double(file, given) or _is_temporary(keys):
                return
            source = f" from `{given[0].text}`" if given[0].kind == "environment" else ""
            message, doubt = f"{keys.what} passes a static AWS key{source}", _doubt(keys, given)
        edits = tuple(Edit(file.span(*cut), "") for cut in keys.removal_ranges)
        far = [v for v in literals if not keys.start <= v.start < keys.end]
        yield self.finding(
            file.span(keys.start, keys.end),
            message + doubt,
            fix_hint=keys.compliant,
            severity=Severity.WARNING if doubt else Severity.ERROR,
            related=[Related(file.span(v.start, v.end), "the key") for v in far],
            fix=Fix(edits) if edits and not doubt and not keys.elsewhere else None,
            values=[(v.start, v.end) for v in literals],
        )


def _literals(values: list[Value]) -> list[Value]:
    """The real keys. Beside a test double or an example, what is no key in full is a double too."""
    texts = [v for v in values if v.kind == "text" and v.text]
    found = [v for v in texts if is_key(v.text)]
    return found if len(found) == len(texts) else [v for v in found if has_key_shape(v.text)]


def _is_double(file: SourceFile, given: list[Value]) -> bool:
    """Whether the names say so, or a test has the keys in variables."""
    if any(_DOUBLE_NAME.search(v.text) for v in given):
        return True
    return in_tests(file.path.lower()) and all(v.kind == "other" for v in given)


def _is_temporary(keys: sdk_calls.Keys) -> bool:
    """Whether there is a session token, as only temporary credentials have; a variable may be empty."""
    return any(v.kind in ("other", "template") for v in keys.session)


def _doubt(keys: sdk_calls.Keys, given: list[Value]) -> str:
    """What makes it a warning; "" where nothing does."""
    if keys.elsewhere or any(_OTHER_VENDOR.search(v.text.replace("_", " ")) for v in given):
        return "; the client seems to talk to something that is not AWS: check it"
    if any(v.kind == "environment" for v in keys.session):
        return "; with its session token it may be temporary: the default chain reads the same variables"
    return ""
