"""The rule `env-example-value`: `.env.example` and its like may contain comments only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.aws.key_values import is_example_key, is_placeholder
from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable, list_names
from palint.findings import Edit, Fix, Related, Severity, Violation
from palint.rule import Clause, Example, FileFilter, Option, Reads, Rule
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

_PLACEHOLDER = lazy_re.compile(
    r"\W*|\$\w+|.*<[\w -]+>.*|.*\bpath/to\b.*"
    r"|change[\W_]*(?:me|this|it).*|.*\bhere\b.*|(?:string|value|null|none|todo)",
    re.I,
)
_ASSIGNMENT = lazy_re.compile(r"(?m)^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=")
# Of a program that writes the dotenv file, and a value that it fills in: `HOST={{getenv "HOST"}}`.
# https://docs.gomplate.ca/usage/, https://github.com/hashicorp/consul-template/blob/main/docs/templating-language.md
_TEMPLATE_SUFFIXES = (".tmpl", ".tpl", ".ctmpl")
_FILLED_IN = lazy_re.compile(_ASSIGNMENT.pattern + r"[^\n#{]*\{\{-?[ \t]*(?:[.$]\w|\w+[ \t]+[\w\"'.$(])")
_SHORT_VALUE = lazy_re.compile(r"[\d.]+|[a-wyz]{2}", re.I)  # a port, an address, `on`, `eu`


class EnvExampleValue(Rule):
    """A value in `.env.example` or a similar file.

    ## Why

    `.env.example` is documentation: comments that describe what the program needs. A real value in it is a
    committed secret, or becomes one. A placeholder (`KEY=`, `KEY=changeme`) invites people to copy the file
    to `.env` and fill it in, which the standard forbids, and placeholders end up in production. A file with a
    value is an error, one with placeholders only is a warning.

    ## Do this instead

    ```bash
    # .env.example
    # All secrets are loaded from AWS Secrets Manager
    # Authenticate with: aws sso login --profile palindrom

    # AWS_REGION - defaults to eu-west-2
    # SECRET_ID - the Secrets Manager secret to load (e.g., api/production)
    ```

    ## Fix

    Unsafe (`--unsafe-fixes`): each assignment becomes a comment that describes it. An inline comment is kept
    as the description; the value is removed.

    ## Settings

    `strict = false` under `[rules.env-example-value]` accepts placeholders.

    ## Limits

    Checks files whose name has a part `env` and a part `example`, `sample`, `template`, `dist` or `schema`,
    in any letter case, and lines `NAME=value`. One finding a file, with the other lines as related places. A
    real secret in the file, also in a comment, is a finding of `hardcoded-secret` as well, so that accepting
    this finding does not accept a secret. An `.envrc.example` may set `AWS_PROFILE` and computed values
    (`$(…)`).
    """

    clause = Clause.NO_ENV_FILES
    since = "0.1.0"
    reads = Reads.TEXT
    files = FileFilter(predicate=dotenv_files.is_example, path_literals=dotenv_files.PATH_LITERALS)
    options = {"strict": Option(bool, True, "report placeholders, too")}

    bad = (
        Example(
            "STRIPE_KEY={stripe_key}\n", path=".env.example", location="STRIPE_KEY", severity=Severity.ERROR,
            fixed="# STRIPE_KEY - a secret, loaded from AWS Secrets Manager\n",
        ),
        Example(
            "# Where it listens\nPORT=3000\n", path="config/env.sample", location="PORT",
            severity=Severity.ERROR,
            fixed="# Where it listens\n# PORT - a setting\n",
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
            "API_KEY=<your key>\nPORT=3000\n", path=".env.production.dist", location="PORT",
            severity=Severity.ERROR, note="one finding a file, at its first value",
            fixed="# API_KEY - a secret, loaded from AWS Secrets Manager\n# PORT - a setting\n",
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
            "# PORT - a setting\n",
        ),
        Example(
            'PORT=3000\nHOST={{getenv "HOST"}}\n', path=".env.example", location="PORT",
            severity=Severity.ERROR, note="people copy this one",
        ),
        Example(
            'PORT=3000\n# {{getenv "HOST"}}\n', path="env.tmpl", location="PORT", severity=Severity.ERROR,
            note="nothing is filled in",
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
        Example("data:\n  PORT: 3000\n", path="env-config.yaml.tpl", note="a template of YAML"),
        Example('PORT=80\nHOST={{getenv "HOST"}}\n', path="env.tmpl", note="a program fills it in"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        if _ASSIGNMENT.search(file.text) is None or _is_filled_in(file):
            return
        in_envrc = ".envrc" in file.name.lower()
        variables = [
            v
            for v in dotenv_files.parse(file)
            if not (in_envrc and ("$" in v.value or v.name == "AWS_PROFILE"))
        ]
        values = [v for v in variables if not _is_placeholder(v.value)]
        placeholders = [v for v in variables if v not in values] if self.option("strict") else []
        reported = values + placeholders
        if not reported:
            return
        from palint.advice import Place, secrets

        first, *others = reported
        names = list_names(sorted(values or placeholders, key=lambda v: not v.is_secret), 2)
        if values:
            what = "values for" if len(values) > 1 else "a value for"
            message = f"`{file.name}` sets {what} {names}: use comments only"
        else:
            what = "placeholders for" if len(placeholders) > 1 else "a placeholder for"
            message = f"`{file.name}` has {what} {names}: use comments only"
        yield self.violation(
            file.span(first.name_start, first.end),
            message,
            fix_hint=secrets.example_values(Place(file, project, self.config.environments), reported, values),
            severity=Severity.ERROR if values else Severity.WARNING,
            values=[(v.value_start, v.value_end) for v in values if v.value != v.name]
            + [(v.name_start, v.name_end) for v in reported if dotenv_files.has_secret_name(v)],
            related=[
                Related(file.span(v.name_start, v.end), "also here" if v in values else "a placeholder")
                for v in others
            ],
            fix=Fix(tuple(edit for v in sorted(reported, key=_start) for edit in _describe(file, v))),
        )


def _is_filled_in(file: SourceFile) -> bool:
    """Whether a program fills in the file to write a dotenv file, so that people do not copy it."""
    return file.name.lower().endswith(_TEMPLATE_SUFFIXES) and _FILLED_IN.search(file.text) is not None


def _start(variable: Variable) -> int:
    return variable.start


def _is_placeholder(value: str) -> bool:
    """Whether a value only marks where a real one belongs."""
    value = value.strip()
    if _SHORT_VALUE.fullmatch(value):
        return False
    return is_placeholder(value) or is_example_key(value) or _PLACEHOLDER.fullmatch(value) is not None


def _describe(file: SourceFile, variable: Variable) -> tuple[Edit, Edit]:
    """`NAME=value  # text` becomes `# NAME - text`. No text is copied into the edits: they hold no secret."""
    from palint.advice import secrets

    before = Edit(file.span(variable.start, variable.name_start), "# ")
    if variable.comment is None:
        return before, Edit(file.span(variable.name_end, variable.end), f" - {secrets.description(variable)}")
    return before, Edit(file.span(variable.name_end, variable.comment), " - ")
