from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from palint import secrets
from palint.aws.secrets_manager import secret_id
from palint.findings import Finding, summarize_secret
from palint.rule import ALL_FILES, Clause, Example, Rule
from palint.secrets import Secret
from palint.text.source import ParseError, SourceFile

if TYPE_CHECKING:
    from palint.tree.project import Project


class HardcodedSecret(Rule):
    """A secret in a text file.

    ## Why

    Whoever can read the repository, a clone, a fork, a backup or a build's log can read the secret and use
    it. Deleting the line does not help, because the history keeps it. So a secret that was ever committed
    counts as known: it is replaced first and removed second.

    ## Do this instead

    Put the new value into AWS Secrets Manager, in the secret named `{service}/{environment}`, and read it
    when the program starts. A developer signs in with `aws sso login --profile palindrom`, a workflow through
    OIDC.

    ```python
    import json, boto3
    secret = boto3.client("secretsmanager").get_secret_value(SecretId="api/production")
    database_url = json.loads(secret["SecretString"])["DATABASE_URL"]
    ```

    ```typescript
    import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
    const { SecretString } = await new SecretsManagerClient({}).send(
      new GetSecretValueCommand({ SecretId: "api/production" }),
    );
    ```

    ```go
    out, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx,
        &secretsmanager.GetSecretValueInput{SecretId: aws.String("api/production")})
    ```

    ```java
    String json = SecretsManagerClient.create()
        .getSecretValue(r -> r.secretId("api/production")).secretString();
    ```

    ```bash
    aws secretsmanager get-secret-value --secret-id api/production --query SecretString --output text
    ```

    Terraform reads it with `data "aws_secretsmanager_secret_version"`, CloudFormation with
    `{{resolve:secretsmanager:api/production:SecretString:DATABASE_URL}}`, Kubernetes with an ExternalSecret.

    ## What is found

    Every value in a vendor's token format, with its checksum where the vendor publishes one; values given to
    a name that speaks of a secret, in code and in every configuration syntax, quoted or not; URLs with a
    password, HTTP `Authorization` headers, command lines and connection strings; private keys, also on one
    line; keys in rows of numbers; and quoted strings that look random. detect-secrets' plugins that have
    no equal here are asked as well. The same value in two places is two findings. UTF-8, UTF-16, UTF-32 and
    Latin-1 are read. A Jupyter notebook is read cell by cell, as its author sees it, and so is what the cells
    printed.

    ## What is dropped and why

    Placeholders and vendors' documented examples (`changeme`, `<your key>`, `AKIA…EXAMPLE`); references
    (`${VAR}`, `os.environ[…]`, `process.env.X`, `{{ … }}`, an ARN, a path, a URL without a password); names,
    constants, versions, dates and translated texts; values that repeat their own name; names that say
    something about a secret and not the secret (`password_field`, `token_url`); public keys, hashes and
    identifiers; strings that look random, where nothing before them on the line speaks of a secret. What no
    such rule decides is scored, and each finding says what spoke for it. Images in notebooks and data URIs
    and public IP addresses are never secrets.

    ## Limits

    A secret that looks like a word, and one that is put together from parts when the program runs, are not
    seen. A value longer than 1,024 characters is found only where it has a vendor's format. Archives are not
    unpacked. A notebook whose cells are larger than `limits.tree` is searched as the JSON that it is, and a
    traceback's colours may hide a name from its value. A value that has to stay, such as a test's, is
    silenced with `palint: ignore[hardcoded-secret]` and a reason at the end of its line, or with
    detect-secrets' `pragma: allowlist secret`.
    """

    clause = Clause.NO_SECRETS_IN_CODE
    files = ALL_FILES
    keywords = (*secrets.KEYWORDS, '"cell_type"')  # a notebook's escapes may hide a keyword
    supports_chunks = True
    checks_symlinks = True

    bad = (
        Example('GITHUB = "{github_token}"\n', path="ci.py", location="{github_token}"),
        Example(
            "DB_PASSWORD: {password}\n", path="values.yaml", location="{password}", note="without quotes"
        ),
        Example(
            "spring.datasource.password={password}\n", path="application.properties", location="{password}"
        ),
        Example("DATABASE_URL={database_url}\n", path="deploy/settings.conf"),
        Example('const stripe = new Stripe("{stripe_key}");\n', path="pay.ts", location="{stripe_key}"),
        Example(
            "curl -H 'Authorization: Bearer {jwt}' https://api.internal/\n",
            path="README.md",
            location="{jwt}",
        ),
        Example("var key = `{private_key}`\n", path="sign.go", location="{private_key}"),
        Example('{"openai": "{openai_key}"}\n', path="config.json", location="{openai_key}"),
        Example(
            's3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
            path="s3.py",
            location="{aws_access_key_id}",
        ),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["import db\\n",\n'
            '  "db_password = \\"{password}\\"\\n"], "outputs": []}], "metadata": {}}\n',
            path="report.ipynb",
            location="{password}",
        ),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["show(token)"], "outputs": [\n'
            '  {"output_type": "stream", "text": ["token: \'{github_token}\'\\n"]}]}], "metadata": {}}\n',
            path="report.ipynb",
            location="{github_token}",
            note="what a cell printed",
        ),
    )
    good = (
        Example('GITHUB = os.environ["GITHUB_TOKEN"]\n', path="ci.py"),
        Example("DB_PASSWORD: ${DB_PASSWORD}\n", path="values.yaml"),
        Example("password: changeme\n", path="values.yaml", note="a placeholder"),
        Example(
            'AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE"\n', path="docs.py", note="AWS's documented example"
        ),
        Example('password_field = "current-password"\n', path="form.py"),
        Example('password: "{{ vault_db_password }}"\n', path="playbook.yml", note="a template"),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["plot()"], "outputs": [{\n'
            '  "output_type": "display_data", "data": {"image/png": "iVBORw0K/{aws_access_key_id}"}}]}],\n'
            ' "metadata": {}}\n',
            path="report.ipynb",
            note="an image, whose base64 holds anything by chance",
        ),
    )

    def cache_key(self, path: str) -> Hashable:
        return secrets.cache_key(path)

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        for secret, where in _secrets(file, project):
            name = secret_id(project, self.config.environments)
            value = file.text[secret.start : secret.end]
            yield self.finding(
                file.span(secret.start, secret.end),
                f"{secrets.title(secret.detector)} stands in the text: "
                f"{summarize_secret(value, secret.public_prefix_len)}{where}",
                fix_hint=f"Reported because {secret.reason}. Replace it where it was issued, keep the "
                f"new one in AWS Secrets Manager as {name}, and {_how_to_read(file)}.",
                detector=secret.detector,
                values=[(secret.start, secret.end)],
            )


def _secrets(file: SourceFile, project: Project) -> Iterator[tuple[Secret, str]]:
    """The secrets of a file, and for a notebook's reader where they stand: ` (cell 3, line 2)`."""
    hits = [hit for hit in file.keyword_matches if hit.keyword < len(secrets.KEYWORDS)]
    if file.name.lower().endswith(".ipynb"):
        from palint.secrets import notebooks

        try:
            for secret, where in notebooks.detect(file, hits, project.limits.tree):
                yield secret, f" ({where})" if where else ""
            return
        except ParseError as error:
            file.add_notice("parse-fallback", f"{error.message} (line {error.line}): searched as text")
    for secret in secrets.detect(file, hits):
        yield secret, ""


_READ = {
    ("py", "ipynb", "pyi"): 'boto3.client("secretsmanager").get_secret_value(SecretId=…)',
    ("js", "jsx", "mjs", "cjs", "ts", "tsx"): "new GetSecretValueCommand({ SecretId: … })",
    ("go",): "secretsmanager.GetSecretValue",
    ("java", "kt", "scala"): "SecretsManagerClient.getSecretValue",
    ("rb",): "Aws::SecretsManager::Client#get_secret_value",
    ("php",): "SecretsManagerClient::getSecretValue",
    ("cs",): "AmazonSecretsManagerClient.GetSecretValueAsync",
    ("tf", "tfvars", "hcl"): 'data "aws_secretsmanager_secret_version"',
    ("sh", "bash", "zsh", ""): "aws secretsmanager get-secret-value --secret-id …",
}


def _how_to_read(file: SourceFile) -> str:
    suffix = file.name.lower().rpartition(".")[2] if "." in file.name else ""
    for suffixes, call in _READ.items():
        if suffix in suffixes:
            return f"read it with `{call}`"
    return "read it from there when the program starts"
