"""What advice needs to know about a language: one row each, beside the row of `palint.files.languages`.

`tests/advice/test_code.py` runs or parses each piece of code with the language's own tools.
"""

from __future__ import annotations

import re
from functools import lru_cache

from palint.advice.facts import Library
from palint.files.languages import Language
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

Needs = tuple[tuple[str, str], ...]  # (a pattern that shows that a file has something, the line to add)


class Client(NamedTuple):
    """How a library gets credentials without a key.

    library: a pattern in the text of a file that uses it. code: a client. name: the library, "The SDK" for
    all of AWS. member: what must be added to the settings that the file gives; "" for nothing.
    needs: a line that `code` and `member` need.
    """

    library: re.Pattern[str]
    code: str
    name: str
    member: str
    needs: str


def _client(library: str, code: str, name: str = "The SDK", member: str = "", needs: str = "") -> Client:
    return Client(lazy_re.compile(library), code, name, member, needs)


# Named in full, so that the file needs no import:
# https://docs.aws.amazon.com/sdk-for-java/v1/developer-guide/credentials.html, and of version 2
_JAVA = (
    _client(
        r"com\.amazonaws\.|BasicAWSCredentials",
        "com.amazonaws.auth.DefaultAWSCredentialsProviderChain.getInstance()",
    ),
    _client(r"", "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider.create()"),
)
_NODE_CHAIN = 'import { fromNodeProviderChain } from "@aws-sdk/credential-providers";'


class LanguageAdvice(NamedTuple):
    """How code in a language does what the standard says.

    languages: ids of rows of `palint.files.languages`. read: the statement that reads a secret, with `{id}`
        for its name, and `{region}`; "" where code cannot read one, or only with imports and modules that a
        fix cannot be sure of. needs: what that statement needs.
    functions: `read` where only functions may wait for an answer. commonjs_needs: `needs` for `require`.
    clients: clients without keys, the first whose library a file uses applies.
    infrastructure: (a pattern in a file that uses a library, what it writes instead of `read`): expressions
        that refer to a secret when infrastructure is deployed. A pattern begins with a literal, for which
        `re` searches ten times as fast as for the start of a word.
    library: what shows that `read` works here: a library that it needs.
    """

    languages: tuple[str, ...]
    read: str = ""
    needs: Needs = ()
    functions: str = ""
    commonjs_needs: Needs = ()
    clients: tuple[Client, ...] = ()
    infrastructure: tuple[tuple[str, str], ...] = ()
    library: Library | None = None


# How a secret is read is what AWS documents for each SDK:
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html
ROWS = (
    LanguageAdvice(
        ("python", "notebook"),
        read='secret = json.loads(\n    boto3.client("secretsmanager").get_secret_value(SecretId="{id}")'
        '["SecretString"]\n)',
        needs=(
            (r"(?m)^\s*import (?:[\w, ]*, ?)?json\b", "import json"),
            (r"(?m)^\s*import (?:[\w, ]*, ?)?boto3\b", "import boto3"),
        ),
        library=Library(
            "boto3", (".txt", ".in", "pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "environment.yml")
        ),
        infrastructure=(
            (
                r"aws_cdk\b(?<!\waws_cdk)",
                "from aws_cdk import SecretValue\n"
                'SecretValue.secrets_manager("{id}", json_field="NAME").unsafe_unwrap()',
            ),
            (
                r"pulumi_aws\b(?<!\wpulumi_aws)",
                'aws.secretsmanager.get_secret_version_output(secret_id="{id}").secret_string',
            ),
        ),
    ),
    LanguageAdvice(
        ("javascript", "jsx", "typescript", "tsx", "vue", "svelte"),
        read="const { SecretString } = await new SecretsManagerClient({}).send(\n"
        '  new GetSecretValueCommand({ SecretId: "{id}" }),\n);\nconst secret = JSON.parse(SecretString);',
        functions="async function readSecret() {\n"
        "  const { SecretString } = await new SecretsManagerClient({}).send(\n"
        '    new GetSecretValueCommand({ SecretId: "{id}" }),\n  );\n'
        '  return JSON.parse(SecretString ?? "{}");\n}\n'
        "// where it is used, in an async function: const secret = await readSecret();",
        needs=(
            (
                r"client-secrets-manager[\"']",
                "import { GetSecretValueCommand, SecretsManagerClient } from "
                '"@aws-sdk/client-secrets-manager";',
            ),
        ),
        library=Library("@aws-sdk/client-secrets-manager", ("package.json",)),
        commonjs_needs=(
            (
                r"client-secrets-manager[\"']",
                "const { GetSecretValueCommand, SecretsManagerClient } = "
                'require("@aws-sdk/client-secrets-manager");',
            ),
        ),
        clients=(
            # https://ai-sdk.dev/providers/ai-sdk-providers/amazon-bedrock#provider-instance
            _client(
                r"createAmazonBedrock",
                "createAmazonBedrock({ credentialProvider: fromNodeProviderChain() })",
                member="credentialProvider: fromNodeProviderChain()",
                needs=_NODE_CHAIN,
            ),
            # https://github.com/mhart/aws4
            _client(
                r"\baws4\.sign\b", "aws4.sign(request, await fromNodeProviderChain()())", needs=_NODE_CHAIN
            ),
        ),
        # https://docs.aws.amazon.com/cdk/v2/guide/get-secrets-manager-value.html,
        # https://www.pulumi.com/registry/packages/aws/api-docs/secretsmanager/getsecretversion/
        infrastructure=(
            *(
                (library, 'SecretValue.secretsManager("{id}", { jsonField: "NAME" }).unsafeUnwrap()')
                for library in (
                    r"aws-cdk-lib\b(?<!\waws-cdk-lib)",
                    r"@aws-cdk/core",
                    r"@serverless-stack/resources",
                    r"sst/constructs(?<=[\"']sst/constructs)",
                )
            ),
            (
                r"@pulumi/aws\b",
                'aws.secretsmanager.getSecretVersionOutput({ secretId: "{id}" }).secretString',
            ),
        ),
    ),
    LanguageAdvice(
        ("java",),
        clients=_JAVA,
    ),
    LanguageAdvice(
        ("kotlin",),
        clients=(
            _client(
                r"aws\.sdk\.kotlin",
                "aws.sdk.kotlin.runtime.auth.credentials.DefaultChainCredentialsProvider()",
            ),
            *_JAVA,
        ),
    ),
    LanguageAdvice(
        ("php",),
        library=Library("aws/aws-sdk-php", ("composer.json",)),
        read="$client = new \\Aws\\SecretsManager\\SecretsManagerClient("
        "['version' => 'latest', 'region' => '{region}']);\n"
        "$secret = json_decode($client->getSecretValue(['SecretId' => '{id}'])['SecretString'], true);",
    ),
    LanguageAdvice(
        ("ruby",),
        library=Library("aws-sdk-secretsmanager", ("Gemfile", "Gemfile.lock", ".gemspec")),
        read="secret = JSON.parse(\n"
        '  Aws::SecretsManager::Client.new.get_secret_value(secret_id: "{id}").secret_string\n)',
        needs=(
            (r"(?m)^\s*require ['\"]json['\"]", 'require "json"'),
            (r"(?m)^\s*require ['\"]aws-sdk(?:-secretsmanager)?['\"]", 'require "aws-sdk-secretsmanager"'),
        ),
    ),
    LanguageAdvice(
        ("csharp",),
        library=Library("AWSSDK.SecretsManager", (".csproj", ".props")),
        # A member of a class, or a function inside of one
        read="static string ReadSecret(string name) => JsonDocument.Parse(\n"
        "    new AmazonSecretsManagerClient().GetSecretValueAsync(\n"
        '        new GetSecretValueRequest { SecretId = "{id}" }).GetAwaiter().GetResult().SecretString\n'
        ").RootElement.GetProperty(name).GetString();",
        needs=(
            (r"using Amazon\.SecretsManager;", "using Amazon.SecretsManager;"),
            (r"using Amazon\.SecretsManager\.Model;", "using Amazon.SecretsManager.Model;"),
            (r"using System\.Text\.Json;", "using System.Text.Json;"),
        ),
    ),
    LanguageAdvice(
        ("rust",),
        clients=(
            # https://docs.rs/rust-s3, whose credentials are those of the crate aws-creds
            _client(r"\bs3::|awscreds|aws_creds", "Credentials::default()?", "rust-s3"),
        ),
    ),
    LanguageAdvice(
        ("terraform",),
        library=Library('"aws', (".tf",)),  # the provider, or a resource
        read='data "aws_secretsmanager_secret_version" "app" {\n  secret_id = "{id}"\n}\n'
        "locals {\n  secret = jsondecode(data.aws_secretsmanager_secret_version.app.secret_string)\n}",
    ),
    LanguageAdvice(("hcl",)),  # of Packer and others, whose blocks differ from those of Terraform
)
_NOTHING = LanguageAdvice(())


@lru_cache(maxsize=1)
def _by_id() -> dict[str, LanguageAdvice]:
    return {each: row for row in ROWS for each in row.languages}


def find(language: Language) -> LanguageAdvice:
    """The advice for a language; an empty row for others."""
    return _by_id().get(language.id, _NOTHING)


def get(name: str) -> LanguageAdvice:
    """The advice for the language with this id. Raises KeyError."""
    return _by_id()[name]


def client(row: LanguageAdvice, text: str, receiver: str) -> Client | None:
    """A client without keys, of the first library that a file's text or what takes the key uses; or None."""
    return next((e for e in row.clients if e.library.search(receiver) or _uses(e.library, text)), None)


@lru_cache(maxsize=16)  # asked with the whole text for each key of a file
def _uses(library: re.Pattern[str], text: str) -> bool:
    return library.search(text) is not None
