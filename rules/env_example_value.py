from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from palint.aws.key_values import is_example_key, is_placeholder
from palint.aws.secrets_manager import secret_id
from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable
from palint.findings import Edit, Finding, Fix, Severity
from palint.rule import Clause, Example, FileFilter, Option, Rule
from palint.text.source import SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_SECRET_NAME = lazy_re.compile(
    r"(?:^|_)(?:api)?(?:keys?|secrets?|tokens?|pass|passwd|password|passphrase|pwd|credentials?|private|salt|dsn"
    r"|webhook|cert|license)(?:_|\d|$)|(?:^|_)(?:database|db|redis|mongo\w*|postgres\w*|mysql|amqp|broker)_ur[il]$",
    re.IGNORECASE,
)
_PUBLIC_NAME = lazy_re.compile(r"(?:^|_)pub(?:lic|lishable)?(?:_|$)", re.IGNORECASE)
_PLACEHOLDER = lazy_re.compile(
    r"\W*|\$\w+|.*<[\w -]+>.*|.*\bpath/to\b.*"
    r"|change[\W_]*(?:me|this|it).*|.*\bhere\b.*|(?:string|value|null|none|todo)",
    re.I,
)
_SHORT_VALUE = lazy_re.compile(r"[\d.]+|[a-wyz]{2}", re.IGNORECASE)  # a port, an address, `on`, `eu`
_AWS_KEY_NAME = lazy_re.compile(
    r"AWS_(?:\w+_)?(?:ACCESS_KEY(?:_ID)?|SECRET(?:_ACCESS)?_KEY|SESSION_TOKEN)", re.IGNORECASE
)


class EnvExampleValue(Rule):
    """A value in `.env.example` or its like.

    ## Why

    `.env.example` is documentation: comments that describe what is needed. A real value in it is a committed
    secret, or will be one. A placeholder (`KEY=`, `KEY=changeme`) invites to copy the file to `.env` and fill
    it in, which is what the standard forbids, and placeholders end up in production. A value is an error, a
    placeholder a warning.

    ## Do this instead

    ```bash
    # .env.example
    # All secrets are loaded from AWS Secrets Manager
    # Authenticate with: aws sso login --profile palindrom

    # AWS_REGION - defaults to eu-west-2
    # SECRET_ID - the Secrets Manager secret to load (e.g., api/production)
    ```

    ## Fix

    Unsafe (`--unsafe-fixes`): the assignment becomes a comment that describes it. An inline comment stays as
    the description; the value goes.

    ## Settings

    `strict = false` under `[rules.env-example-value]` accepts placeholders.

    ## Limits

    Files whose name has a part `env` and a part `example`, `sample`, `template`, `dist` or `schema`, in any
    letter case. What stands behind a `#` is a description; a secret there is `hardcoded-secret`'s business.
    In an `.envrc.example`, `AWS_PROFILE` and what is computed (`$(…)`) may stand.
    """

    clause = Clause.NO_ENV_FILES
    files = FileFilter(predicate=dotenv_files.is_example, path_literals=("env",))
    supersedes = ("hardcoded-secret",)
    options = {"strict": Option(bool, True, "flag placeholder assignments too")}

    bad = (
        Example(
            "STRIPE_KEY={stripe_key}\n", path=".env.example", location="STRIPE_KEY", severity=Severity.ERROR,
            fixed="# STRIPE_KEY - a secret, loaded from AWS Secrets Manager\n",
        ),
        Example(
            "# Where it listens\nPORT=3000\n", path="config/env.sample", location="PORT",
            severity=Severity.ERROR,
            fixed="# Where it listens\n# PORT - a setting, given by the environment\n",
        ),
        Example(
            'export DB_PASSWORD="{password}"  # of the read replica\n', path=".env.template",
            location="DB_PASSWORD", severity=Severity.ERROR, fixed="# DB_PASSWORD - of the read replica\n",
        ),
        Example(
            "API_KEY=\n", path=".env.example", location="API_KEY", severity=Severity.WARNING,
            fixed="# API_KEY - a secret, loaded from AWS Secrets Manager\n",
        ),
        Example(
            "API_KEY=<your key>\n", path=".env.production.dist", location="API", severity=Severity.WARNING,
        ),
        Example("API_KEY=changeme\n", path="example.env", location="API_KEY", severity=Severity.WARNING),
        Example(
            "API_KEY=${SHARED_KEY}\n", path=".env.example", location="API_KEY", severity=Severity.WARNING,
        ),
        Example(
            "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", path=".env.sample", location="AWS_",
            severity=Severity.WARNING,
            fixed="# AWS_ACCESS_KEY_ID - not needed: sign in with `aws sso login`\n",
        ),
        Example(
            'KEY="-----BEGIN\nabc\n-----END"\nPORT=\n', path=".env.example", location="KEY",
            severity=Severity.ERROR, fixed="# KEY - a secret, loaded from AWS Secrets Manager\n"
            "# PORT - a setting, given by the environment\n",
        ),
    )  # fmt: skip
    good = (
        Example(
            "# .env.example\n# All secrets are loaded from AWS Secrets Manager\n"
            "# Authenticate with: aws sso login --profile palindrom\n\n"
            "# AWS_REGION - defaults to eu-west-2\n"
            "# SECRET_ID - the Secrets Manager secret to load (e.g., api/production)\n",
            path=".env.example",
        ),
        Example("# PORT=3000\n", path=".env.example"),
        Example("", path=".env.example"),
        Example("API_KEY=\nTOKEN=<token>\n", path=".env.example", options={"strict": False}),
        Example("export AWS_PROFILE=palindrom\nexport PATH=$(pwd)/bin\n", path=".envrc.example"),
        Example("export const API_KEY = 'x';\n", path="env.example.ts", note="source"),
        Example("PORT=3000\n", path="template/settings.txt", note="no dotenv file"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        for variable in dotenv_files.parse(file):
            placeholder = _is_placeholder(variable.value)
            if placeholder and not self.option("strict"):
                continue
            if ".envrc" in file.name.lower() and ("$" in variable.value or variable.name == "AWS_PROFILE"):
                continue
            what = "assigns a placeholder to" if placeholder else "holds a value for"
            yield self.finding(
                file.span(variable.name_start, variable.end),
                f"`{file.name}` {what} {variable.name[:60]}; it may only describe it in a comment",
                fix_hint=_help(variable, secret_id(project, self.config.environments, file.path)),
                severity=Severity.WARNING if placeholder else Severity.ERROR,
                values=() if placeholder else [(variable.value_start, variable.value_end)],
                fix=_describe(file, variable),
            )


def _is_placeholder(value: str) -> bool:
    value = value.strip()
    if _SHORT_VALUE.fullmatch(value):
        return False
    return is_placeholder(value) or is_example_key(value) or _PLACEHOLDER.fullmatch(value) is not None


def _is_secret(name: str) -> bool:
    return _SECRET_NAME.search(name) is not None and not _PUBLIC_NAME.search(name)


def _description(name: str) -> str:
    if _AWS_KEY_NAME.fullmatch(name):
        return "not needed: sign in with `aws sso login`"
    return (
        "a secret, loaded from AWS Secrets Manager"
        if _is_secret(name)
        else "a setting, given by the environment"
    )


def _describe(file: SourceFile, variable: Variable) -> Fix:
    """`NAME=value  # text` becomes `# NAME - text`. No text is copied into the edits: they hold no secret."""
    before = Edit(file.span(variable.start, variable.name_start), "# ")
    if variable.comment is None:
        rest = Edit(file.span(variable.name_end, variable.end), f" - {_description(variable.name)}")
    else:
        rest = Edit(file.span(variable.name_end, variable.comment), " - ")
    return Fix((before, rest))


def _help(variable: Variable, secret: str) -> str:
    name = variable.name[:60]
    if _AWS_KEY_NAME.fullmatch(name):
        return "Remove it: the SDK takes who signed in with `aws sso login`, or its role; nobody needs a key"
    if not _is_secret(name):
        return f"Describe it in a comment, and give the default in code:\n    # {name} - {_description(name)}"
    return (
        f"Describe it in a comment, and load it from the Secrets Manager secret `{secret}`:\n"
        f"    # {name} - {_description(name)}"
    )
