"""The rule `aws-credentials-file`: no AWS keys in credentials files, shells and programs."""

from __future__ import annotations

from collections.abc import Iterable

from palint.aws import named_keys
from palint.dotenv import files as dotenv_files
from palint.files import HEAD, languages
from palint.findings import Violation
from palint.rule import ALL_FILES, Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project


class AwsCredentialsFile(Rule):
    """An AWS key written into a credentials file, or into the environment of a shell or program.

    ## Why

    `~/.aws/credentials` with a key, `export AWS_SECRET_ACCESS_KEY=…` in a profile, `os.environ["AWS_…"] =
    …` at the top of a notebook: each is a long-lived key in plain text that every program there can read.
    `aws sso login` gives a session that expires instead.

    ## Do this instead

    ```ini
    # ~/.aws/config
    [profile palindrom]
    sso_session = palindrom
    sso_account_id = 123456789012
    sso_role_name = developer
    region = eu-west-2
    ```

    ```bash
    aws sso login --profile palindrom
    export AWS_PROFILE=palindrom
    ```

    In a program or a notebook, set no key: `boto3.Session(profile_name="palindrom")`, or no argument at all.
    In CI and in containers the SDK finds the job's or task's role automatically.

    ## Settings

    None.

    ## Limits

    Checked in every text file: keys under a `[section]` (a credentials file, or a here-document that
    creates one) and `aws configure set`, both also with a variable as the value (except in programs and
    prose); a variable or property that is named like a key and set to a value or a reference: `export`,
    `set`, `setx`, `$env:`, `os.environ[…] = …`, `ENV.update`, `putenv`, `System.setProperty`, the
    environment of a child process, and settings of Spring, Quarkus, Hadoop and Spark; both parts of a key
    in a URL (`sqs://`, `s3://`, Airflow's `aws://`), in SQL of Redshift, Snowflake and DuckDB, and `curl
    --aws-sigv4 --user`. In prose only literals. Not reported: profiles with `sso_session`, a program that
    reads its own environment, values that come from STS, keys with a session token beside them, dummies,
    placeholders, AWS's example keys, comments, tests. Workflows are checked by `workflow-access-key`,
    .env files by `env-file` and `env-example-value`.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    files = ALL_FILES
    keywords = named_keys.KEYWORDS
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            "[default]\naws_access_key_id = {aws_access_key_id}\n"
            "aws_secret_access_key = {aws_secret_access_key}\n",
            path=".aws/credentials", location="aws_access_key_id",
        ),
        Example(
            "FROM python\nRUN <<EOF cat > ~/.aws/credentials\n[default]\naws_access_key_id=$KEY\nEOF\n",
            path="Dockerfile", location="aws_access_key_id", note="a here-document, from a variable",
        ),
        Example(
            "export AWS_SECRET_ACCESS_KEY={aws_secret_access_key}\n", path="run.sh", location="AWS_SECRET",
        ),
        Example(
            'aws configure set aws_secret_access_key "$SECRET"\n',
            path="ci.sh", location="aws_secret_access_key",
        ),
        Example(
            'import os\nos.environ["AWS_SECRET_ACCESS_KEY"] = "{aws_secret_access_key}"\n', path="app.py",
            location="AWS_SECRET",
        ),
        Example(
            '{"cells": [{"cell_type": "code", "source": ["%env AWS_ACCESS_KEY_ID={aws_access_key_id}\\n'
            '"]}],\n'
            ' "metadata": {}}\n', path="train.ipynb", location="AWS_ACC",
        ),
        Example('broker_url = f"sqs://{key}:{secret}@"\n', path="celery.py", location="sqs://"),
    )  # fmt: skip
    good = (
        Example("[profile p]\nsso_session = p\nsso_account_id = 123456789012\n", path=".aws/config"),
        Example(
            'export AWS_ACCESS_KEY_ID="$(echo "$answer" | jq -r .Credentials.AccessKeyId)"\n'
            "answer=$(aws sts assume-role --role-arn $ROLE --role-session-name ci)\n", path="run.sh",
        ),
        Example(
            "[default]\naws_access_key_id = <your key>\naws_secret_access_key =\n",
            path="docs/credentials",
        ),
        Example('os.environ["AWS_ACCESS_KEY_ID"] = "testing"\n', path="tests/conftest.py", note="moto"),
        Example('key = os.environ["AWS_ACCESS_KEY_ID"]\n', path="app.py"),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        path = file.path.lower()
        language = languages.find(path, file.data[:HEAD])
        if language.id in ("workflow", "action"):
            return
        if dotenv_files.is_dotenv(path) or dotenv_files.is_example(path):
            return
        place = where = None
        if language.id == "notebook":
            from palint.languages import notebook

            try:
                cells = file.parsed_with(notebook.parse)
                text, place, where = cells.text, cells.place, cells.where
            except ParseError as error:
                text = file.text
                file.add_notice(
                    "parse-fallback", f"line {error.line}: {error.message}; searched as plain text"
                )
            found = list(named_keys.in_text(text, language, path))
        else:
            found = [key for key in named_keys.find(file) if key.form in ("setting", "string")]
        for key in found:
            span, value = (key.start, key.end), (key.value_start, key.value_end)
            if place:
                span, value = place(*span), place(*value)
            from palint.advice import Place, aws_keys

            values = [value] if key.literal else []
            yield self.violation(
                file.span(*span),
                _message(key) + (f" ({where(key.start)})" if where else ""),
                fix_hint=aws_keys.credentials(Place(file, project), key, values),
                values=values,
            )


def _message(key: named_keys.NamedKey) -> str:
    name = f"`{key.name[-60:]}`"
    if key.form == "string":
        where = f"the `{key.name}://` URL" if key.name != "secret" else "this text"
        return f"{where} contains a {'hardcoded' if key.literal else 'static'} AWS key"
    if named_keys.PROFILE_NAME.fullmatch(key.name):
        if key.literal:
            return f"{name} is a hardcoded key in an AWS credentials file"
        return f"{name} writes a long-lived key to an AWS credentials file"
    return f"{name} is set to a {'hardcoded' if key.literal else 'static'} AWS key"
