"""The rule `aws-sdk-access-key`: no static keys in AWS SDK clients, in languages other than Python."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator

from palint.aws import key_pairs, sdk_calls, secret_references
from palint.aws.assignments import DUMMY_NAME
from palint.aws.key_names import NAME
from palint.aws.key_values import has_key_shape, is_key
from palint.files import HEAD, FileFilter, languages, roles
from palint.files.sets import in_language
from palint.findings import Edit, Fix, Related, Severity, Violation
from palint.languages.treesitter import LARGEST
from palint.languages.value import Value
from palint.rule import Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

# A validation schema (`z.string()`) is not a key; the SDK's own credentials may be temporary.
_NOT_STATIC = lazy_re.compile(
    r"^(\{(?!:system)|z\.|Joi\.|[yY]up\.|v\.|t\.|Type\.|String\b)|getAWS(AccessKeyId|SecretKey)\("
    r"|(?i:\b(?:temp(?:orary)?|assumed)_?(?:role_?)?cred)"
)
# Programs, and the settings of frameworks that create the clients
_SETTINGS = lazy_re.compile(
    r"(?:^|/)(?:storage\.yml|(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties))$|(?:^|/)config/.*\.ya?ml$"
)
_PROGRAMS = in_language(*(row.id for row in languages.LANGUAGES if row.type == "programming")) | FileFilter(
    predicate=lambda path: _SETTINGS.search(path) is not None,
    path_literals=("storage.yml", "application", "bootstrap", "config/"),
)


class AwsSdkAccessKey(Rule):
    """A static AWS key passed to an AWS SDK in any language but Python.

    ## Why

    A key that is passed to a client is a long-lived key: it works from anywhere until it is rotated. That is
    true of a literal and of a key from an environment variable. Every SDK finds short-lived credentials
    automatically (AWS SSO on a laptop, the role of the Lambda, task or pod, OIDC in GitHub Actions), but only
    where the program passes no key.

    ## Do this instead

    Pass no credentials to the client. In the settings of Laravel (`config/filesystems.php`), Symfony
    (`config/services.yaml`), Rails (`config/storage.yml`) and Spring (`application.yml`) leave out the keys.

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

    For another account's resources assume a role (`fromTemporaryCredentials`, `stscreds`, and the like). On a
    laptop sign in with `aws sso login --profile palindrom`, and set `AWS_PROFILE=palindrom`.

    ## Fix

    In JavaScript and TypeScript: removes the `credentials` member, or the two keys (unsafe: the default chain
    must find a role where the program runs). For other languages the finding shows the change.

    ## Limits

    A constant of the same file is followed once. A session token that does not come from the environment
    marks temporary credentials, which are not reported; with one from the environment the finding is a
    warning. So is a client with an `endpoint` (MinIO, R2, LocalStack), unless the key is a literal. Not
    reported: AWS's documented example keys, dummies (`test`, `minioadmin`, anything shorter than a key),
    placeholders, variables in test files.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    files = _PROGRAMS
    keywords = key_pairs.KEYWORDS
    supersedes = ("hardcoded-secret", "aws-credentials-file", "container-access-key")

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
            location="credentials: {", fixed='const s3 = new S3Client({\n  region: "eu-west-2",\n});\n',
            path="s3.ts",
        ),
        Example(
            "class Files {\n  S3Client client = S3Client.builder().credentialsProvider("
            "StaticCredentialsProvider.create(\n      AwsBasicCredentials.create("
            '"{aws_access_key_id}", "{aws_secret_access_key}"))).build();\n}\n',
            location="AwsBasicCredentials.create(", path="Files.java",
        ),
        Example(
            """package files

func load(ctx context.Context) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithCredentialsProvider(
		credentials.NewStaticCredentialsProvider("{aws_access_key_id}", "{aws_secret_access_key}", "")))
}
""",
            location="credentials.NewStaticCredentialsProvider", path="files.go",
        ),
        Example(
            "<?php\nreturn ['s3' => ['driver' => 's3', 'key' => env('AWS_ACCESS_KEY_ID'),\n"
            "    'secret' => env('AWS_SECRET_ACCESS_KEY'), 'region' => env('AWS_REGION')]];\n",
            location="'key'", path="config/filesystems.php",
        ),
        Example(
            "spring:\n  cloud:\n    aws:\n      credentials:\n        access-key: ${AWS_ACCESS_KEY_ID}\n"
            "        secret-key: ${AWS_SECRET_ACCESS_KEY}\n",
            location="access-key", path="src/main/resources/application.yml",
        ),
    )  # fmt: skip
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
            'const s3 = new S3Client({ endpoint: "http://localhost:4566",\n'
            '  credentials: { accessKeyId: "test", secretAccessKey: "test" } });\n',
            path="s3.test.ts",
        ),
        Example("interface Keys { accessKeyId: string; secretAccessKey: string }\n", path="types.ts"),
        Example(
            "CODE = \"return ['s3' => ['key' => env('AWS_ACCESS_KEY_ID'), 'secret' => env('KEY')]];\"\n",
            path="templates.py", note="code in a string of a program",
        ),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        for keys in _in_file(file):
            named = keys.names and all(NAME.fullmatch(name) for name, _ in keys.names)
            if named and roles.is_infrastructure(file.text):
                continue  # `infrastructure-access-key` reports those
            yield from self._report(file, project, keys)

    def _report(self, file: SourceFile, project: Project, keys: sdk_calls.Keys) -> Iterator[Violation]:
        literals = _literal_keys(keys.values)
        static = [
            v for v in keys.values if v.kind not in ("text", "nothing") and not _NOT_STATIC.search(v.text)
        ]
        if not literals and (
            not static
            or _is_dummy(file.path, static)
            or not all(map(key_pairs.is_optional, keys.session))  # which makes the key a temporary one
            or secret_references.is_quoted(file, keys.start)
            or _is_own_holder(file.text, keys.receiver)
        ):
            return
        kind = "hardcoded" if literals else "static"
        source = f" from `{static[0].text}`" if not literals and static[0].kind == "environment" else ""
        doubt = "" if literals else _uncertainty(keys)
        names = " and ".join(f"`{name}`" for name, _ in keys.names)
        receiver = f"passed to `{keys.receiver}`" if keys.receiver else f"in {names}"
        edits = tuple(Edit(file.span(*removed), "") for removed in keys.removal_ranges)
        far = [v for v in literals if not keys.start <= v.start < keys.end]
        from palint.advice import Place, aws_keys

        place, spans = Place(file, project), [(v.start, v.end) for v in literals]
        hint = aws_keys.sdk(place, keys, spans)
        yield self.violation(
            file.span(keys.start, keys.end),
            f"{kind} AWS key {receiver}{source}{doubt}",
            fix_hint=aws_keys.for_servers(hint) if keys.other_endpoint else hint,
            severity=Severity.WARNING if doubt else Severity.ERROR,
            related=[Related(file.span(v.start, v.end), "the key is assigned here") for v in far],
            fix=Fix(edits, follow_up=aws_keys.after_fix(place, spans))
            if edits and not doubt and not keys.other_endpoint
            else None,
            values=spans,
        )


def _in_file(file: SourceFile) -> Iterator[sdk_calls.Keys]:
    language = languages.find(file.path, file.data[:HEAD])
    found = list(key_pairs.find(file.text, language, file.path, file.near(key_pairs.REACH)))
    if found and language.id == "python":
        reported = list(_of_boto3(file))
        found = [keys for keys in found if not any(keys.start <= at < keys.end for at in reported)]
    if found and language.syntax == "javascript" and len(file.text) <= LARGEST:
        from palint.languages import javascript

        with contextlib.suppress(ParseError):  # only the fix needs the tree
            tree = file.parsed_with(javascript.parse)
            found = [sdk_calls.in_javascript(tree, keys) if keys.names else keys for keys in found]
    yield from found


def _of_boto3(file: SourceFile) -> Iterator[int]:
    """Where the values are that `boto3-access-key` reports, also of a dict that a call unpacks."""
    from palint.aws.boto3.static_keys import find_static_keys
    from palint.languages import python

    with contextlib.suppress(ParseError):
        module = file.parsed_with(python.module)
        yield from (module.offsets(key.value)[0] for call in find_static_keys(module) for key in call.keys)


def _literal_keys(values: list[Value]) -> list[Value]:
    """The values that are keys. Next to a dummy or an example only a value in the full key format is one."""
    texts = [v for v in values if v.kind == "text" and v.text]
    found = [v for v in texts if is_key(v.text)]
    return found if len(found) == len(texts) else [v for v in found if has_key_shape(v.text)]


def _is_dummy(path: str, static: list[Value]) -> bool:
    """Whether a name marks the key as a dummy, or a test passes variables."""
    if any(DUMMY_NAME.search(v.text) for v in static):
        return True
    return roles.is_test(path) and all(v.kind == "other" for v in static)


def _is_own_holder(text: str, receiver: str) -> bool:
    """Whether a class of the file that only holds settings takes the keys, not a client."""
    name = re.split(r"[.:]", receiver)[-1]
    if not _HOLDER.search(name):
        return False
    declared = re.compile(rf"\b(?:class|struct|record|type)\s+{re.escape(name)}\b(?!\s*=)")
    return declared.search(text) is not None


_HOLDER = lazy_re.compile(
    r"^\w*?(?:Settings?|Config(?:uration)?|Options?|Propert(?:y|ies)|Param(?:eter)?s|D[tT][oO]|Request|Response|Model"
    r"|Data|Info|Record|Entity|Credentials?|Keys?|Secrets?)$"
)


def _uncertainty(keys: sdk_calls.Keys) -> str:
    """The reason why the finding is only a warning; "" for an error."""
    if keys.other_endpoint:
        return "; the endpoint may not be AWS"
    if any(map(key_pairs.is_optional, keys.session)):
        return "; its session token may make it temporary"
    return ""
