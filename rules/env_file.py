from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from palint.aws.secrets_manager import secret_id
from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable
from palint.findings import Finding
from palint.rule import Clause, Example, FileFilter, Rule
from palint.text.source import SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

_COMMENT = lazy_re.compile(r"\s*#")
_ASSIGNMENT = lazy_re.compile(r"\s*(?:export\s+)?[\w.-]+\s*[=:]")

# Shell scripts rather than dotenv files (direnv's, React Native's): what counts is whether they hold values.
_SCRIPTS = (".envrc", ".xcode.env")
# What one may set: names that say who signs in and where things lie, and values that can hold no secret.
_SETTING = lazy_re.compile(
    r"AWS_(?!.*(?:KEY|SECRET|TOKEN))\w*|DIRENV_\w+|SECRET_ID|(?:\w+_)?(?:PATH|HOME|DIR|ROOT|PROFILE|REGION)"
)
_NO_VALUE = lazy_re.compile(
    r"|true|false|yes|no|on|off|\d{1,5}|[~.]{0,2}/[\w./-]*|-[\w=./, -]*", re.IGNORECASE
)


class EnvFile(Rule):
    """A dotenv file in the repository or beside it.

    ## Why

    A `.env` file is a plain copy of an environment's secrets. It is committed by mistake, copied into images
    and chats, read by every program on the laptop, and nobody notices when it leaks. The standard therefore
    allows none, even locally: tracked, staged, untracked or ignored by git.

    Flagged by name, in any letter case, empty ones and symbolic links too: `.env`, `.env.local`,
    `.env.production`, `prod.env`, `.flaskenv`, the files in a `.envs/` folder, and an `.envrc` that exports
    values of its own.

    ## Do this instead

    Keep the values in AWS Secrets Manager, in one secret named `{service}/{environment}`, and read it when
    the program starts. On a laptop, sign in first.

    ```bash
    aws sso login --profile palindrom
    aws secretsmanager create-secret --name api/development --secret-string file:///dev/stdin
    git rm --cached .env; rm .env
    ```

    ```python
    import json, boto3
    answer = boto3.client("secretsmanager").get_secret_value(SecretId="api/development")
    secret = json.loads(answer["SecretString"])
    ```

    `.env.example` may stay as documentation, with comments only. An `.envrc` may stay when it says only who
    signs in and where: `export AWS_PROFILE=palindrom`. A value that was ever committed is known: replace it.

    ## Settings

    None. A file that must stay is listed under `[[allow]]` in the settings, with its reason.

    ## Limits

    Not flagged: names with `example`, `sample`, `template`, `dist` or `schema` in any part; source and prose
    (`.env.d.ts`, `env.py`, `.env.md`); what is encrypted by its name (`.env.vault`, `.env.enc`) or its
    content (dotenvx, SOPS); and a file like `sun.env` whose text assigns nothing. In a directory that git
    ignores as a whole, such as `node_modules/`, nobody looks.
    """

    clause = Clause.NO_ENV_FILES
    files = FileFilter(predicate=dotenv_files.is_dotenv, path_literals=("env",))
    checks_ignored_paths = True

    bad = (
        Example("PORT=3000\n", path=".env"),
        Example("", path=".env", note="an empty one will be filled"),
        Example("DEBUG=1\n", path="services/api/.ENV"),
        Example("API_URL=https://api.internal\n", path=".env.local"),
        Example("API_URL=https://api.internal\n", path=".env.production"),
        Example("API_URL=https://api.internal\n", path="deploy/prod.env"),
        Example("FLASK_APP=app\n", path=".flaskenv"),
        Example("POSTGRES_USER=app\n", path=".envs/.local/.postgres"),
        Example("export AWS_PROFILE=palindrom\nexport DB_USER=app\n", path=".envrc", location="DB_USER"),
        Example(
            files={"app.py": "", ".gitignore": ".env\n"}, ignored=(".env",), note="ignored by git, yet there"
        ),
        Example("DOTENV_PUBLIC_KEY=03ab\nA=encrypted:BGzk\nB=plain\n", path=".env", note="half encrypted"),
    )
    good = (
        Example("# PORT - where it listens\n", path=".env.example"),
        Example("# PORT - where it listens\n", path=".env.production.sample"),
        Example("# PORT - where it listens\n", path="template.env"),
        Example("# PORT - where it listens\n", path=".env.dist"),
        Example("declare const env: string;\n", path="src/.env.d.ts"),
        Example("PORT = 3000\n", path="app/env.py"),
        Example("home = /usr/bin\n", path=".env/pyvenv.cfg", note="a directory: a virtual environment"),
        Example("DOTENV_VAULT=x\n", path=".env.vault"),
        Example("DOTENV_PUBLIC_KEY=03ab\nAPI_KEY=encrypted:BGzk\n", path=".env.production"),
        Example("API_KEY=ENC[AES256_GCM,data:Yg,type:str]\nsops_version=3.9.0\n", path="secrets.env"),
        Example("dotenv_no\nexport AWS_PROFILE=palindrom\nexport AWS_REGION=eu-west-2\n", path=".envrc"),
        Example('layout python\nexport PATH="$PWD/bin:$PATH"\nexport DEBUG=1\n', path=".envrc"),
        Example("export NODE_BINARY=$(command -v node)\n", path="ios/.xcode.env", note="React Native"),
        Example("sunrise 06:00, sunset 18:00; see the manual\n", path="data/sun.env"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        name = file.name.lower()
        secret = secret_id(project, self.config.environments, file.path)
        variables = [] if file.link else dotenv_files.parse(file)
        if name.startswith(_SCRIPTS):
            return self._script(file, secret, variables)
        encrypted, plain = dotenv_files.encrypted(variables)
        if (encrypted and not plain) or _is_something_else(file, name):
            return []
        message = f"`{file.name}` is a dotenv file; the standard allows none, even locally"
        if encrypted:
            message = f"`{file.name}` is an encrypted dotenv file with values that are not: {_names(plain)}"
        return [self.finding(file.full_span(), message, fix_hint=_help(file, secret, variables))]

    def _script(self, file: SourceFile, secret: str, variables: list[Variable]) -> list[Finding]:
        all_exported = re.search(r"^\s*set -(?:a|o allexport)\b", file.text, re.MULTILINE) is not None
        exported = [v for v in variables if all_exported or v.start < v.name_start]
        own = [v for v in exported if not _harmless(v, file.text[v.value_start - 1 : v.value_start] == "'")]
        if not own:
            return []
        message = f"`{file.name}` exports values of its own: {_names(own)}"
        return [
            self.finding(
                file.span(own[0].name_start, own[0].name_end), message, fix_hint=_help(file, secret, own)
            )
        ]


def _harmless(variable: Variable, verbatim: bool) -> bool:
    """Whether it names who signs in, or its value is a reference, a command's output, a flag or a path."""
    value = variable.value
    return (not verbatim and ("$" in value or "`" in value)) or bool(
        _SETTING.fullmatch(variable.name) or _NO_VALUE.fullmatch(value)
    )


def _is_something_else(file: SourceFile, name: str) -> bool:
    """Whether `something.env` has text and none of its lines is an assignment or a comment."""
    if name.startswith(".env") or file.link or not file.text.strip():
        return False
    return not any(_ASSIGNMENT.match(line) or _COMMENT.match(line) for line in file.text.splitlines())


def _names(variables: list[Variable]) -> str:
    """The first names, those alone that look like names: a line of a key may end in `=`, too."""
    names = list(dict.fromkeys(v.name for v in variables if re.fullmatch(r"[A-Z][A-Z0-9_]{1,40}", v.name)))
    more = len({v.name for v in variables}) - len(names[:3])
    return ", ".join(names[:3]) + (
        f" and {more} more" if names and more else "" if names else f"{more} of them"
    )


def _help(file: SourceFile, secret: str, variables: list[Variable]) -> str:
    what = f"the secrets among its values ({_names(variables)})" if variables else "its secrets"
    last = "" if file.name.lower().startswith(_SCRIPTS) else "\nDelete the file (`git rm` if it is tracked)."
    read = f'json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="{secret}")["SecretString"])'
    return (
        f"Store {what} in AWS Secrets Manager as `{secret}`, sign in with `aws sso login`, and read\n"
        f"them when the program starts:\n    {read}{last}\nWhat was ever committed is known: replace it."
    )
