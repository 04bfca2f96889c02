"""What advice needs to know about a language: one row each, beside the row of `palint.files.languages`."""

from __future__ import annotations

from functools import lru_cache

from palint.files.languages import Language
from palint.util.named_tuple import NamedTuple


class LanguageAdvice(NamedTuple):
    """How code in a language does what the standard says.

    languages: ids of rows of `palint.files.languages`. read: the statement that reads a secret, with `{id}`
    for its name; "" where code cannot read one. role: the code that creates an IAM role, with `{name}`.
    """

    languages: tuple[str, ...]
    read: str = ""
    role: str = ""


# What AWS documents for each SDK: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html
ROWS = (
    LanguageAdvice(
        ("python", "notebook"),
        read='secret = json.loads(\n    boto3.client("secretsmanager").get_secret_value(SecretId="{id}")'
        '["SecretString"]\n)',
        role="iam.Role(self, {name}, assumed_by=iam.OpenIdConnectPrincipal(github))",
    ),
    LanguageAdvice(
        ("javascript", "jsx", "typescript", "tsx", "vue"),
        read="const { SecretString } = await new SecretsManagerClient({}).send(\n"
        '  new GetSecretValueCommand({ SecretId: "{id}" }),\n);\nconst secret = JSON.parse(SecretString);',
        role="new iam.Role(this, {name}, { assumedBy: new iam.OpenIdConnectPrincipal(github) })",
    ),
    LanguageAdvice(
        ("java", "scala"),
        read="String secret = SecretsManagerClient.create()\n"
        '    .getSecretValue(r -> r.secretId("{id}")).secretString();',
        role="Role.Builder.create(this, {name}).assumedBy(new OpenIdConnectPrincipal(github)).build()",
    ),
    LanguageAdvice(
        ("kotlin",),
        read="val secret = SecretsManagerClient.create()\n"
        '    .getSecretValue { it.secretId("{id}") }.secretString()',
    ),
    LanguageAdvice(
        ("go",),
        read="out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx,\n"
        '    &secretsmanager.GetSecretValueInput{SecretId: aws.String("{id}")})',
        role="awsiam.NewRole(stack, jsii.String({name}), &awsiam.RoleProps{AssumedBy: github})",
    ),
    LanguageAdvice(
        ("php",),
        read="$secret = json_decode((new SecretsManagerClient([]))\n"
        "    ->getSecretValue(['SecretId' => '{id}'])['SecretString'], true);",
    ),
    LanguageAdvice(
        ("ruby",),
        read="secret = JSON.parse(\n"
        '  Aws::SecretsManager::Client.new.get_secret_value(secret_id: "{id}").secret_string\n)',
    ),
    LanguageAdvice(
        ("csharp",),
        read="var secret = await new AmazonSecretsManagerClient()\n"
        '    .GetSecretValueAsync(new GetSecretValueRequest { SecretId = "{id}" });',
    ),
    LanguageAdvice(
        ("rust",),
        read='let secret = client.get_secret_value().secret_id("{id}").send().await?;',
    ),
    LanguageAdvice(
        ("shell",),
        read='secret="$(aws secretsmanager get-secret-value --secret-id {id} \\\n'
        '  --query SecretString --output text)"',
    ),
    LanguageAdvice(
        ("terraform",),
        read='data "aws_secretsmanager_secret_version" "app" {\n  secret_id = "{id}"\n}',
        role='resource "aws_iam_role" "{name}" { assume_role_policy = … }',
    ),
    LanguageAdvice(
        ("terraform-json",),
        role='"aws_iam_role": { "{name}": { "assume_role_policy": "…" } }',
    ),
    LanguageAdvice(("hcl",)),  # of Packer and others, whose blocks differ from those of Terraform
    LanguageAdvice(
        ("yaml", "json", "cloudformation"),
        role="{name}: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: … } }",
    ),
)
_NOTHING = LanguageAdvice(())


@lru_cache(maxsize=1)
def _by_id() -> dict[str, LanguageAdvice]:
    return {each: row for row in ROWS for each in row.languages}


def find(language: Language) -> LanguageAdvice:
    """The advice for a language, or for the one whose syntax it has; an empty row for others."""
    rows = _by_id()
    return rows.get(language.id) or rows.get(language.syntax) or _NOTHING


def get(name: str) -> LanguageAdvice:
    """The advice for the language with this id. Raises KeyError."""
    return _by_id()[name]
