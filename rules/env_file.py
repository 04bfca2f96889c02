"""The rule `env-file`: .env files are not allowed, even locally."""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable, list_names
from palint.findings import Violation
from palint.rule import Clause, Example, FileFilter, Reads, Rule
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

_COMMENT = lazy_re.compile(r"\s*#")
_ASSIGNMENT = lazy_re.compile(r"\s*(?:export\s+)?[\w.-]+\s*[=:]")

# Shell scripts rather than dotenv files (direnv's, React Native's): reported only where they export values.
_SCRIPTS = (".envrc", ".xcode.env")
# Allowed exports of a script: names that select a profile or a region, and values that cannot be a secret.
_SETTING = lazy_re.compile(
    r"AWS_(?!.*(?:KEY|SECRET|TOKEN))\w*|DIRENV_\w+|SECRET_ID|(?:\w+_)?(?:PATH|HOME|DIR|ROOT|PROFILE|REGION)"
)
_HARMLESS_VALUE = lazy_re.compile(
    r"|true|false|yes|no|on|off|\d{1,5}|[~.]{0,2}/[\w./-]*|-[\w=./, -]*", re.IGNORECASE
)


class EnvFile(Rule):
    """A .env file in the repository or next to it.

    ## Why

    A `.env` file is a plain-text copy of an environment's secrets. It is committed by mistake, copied into
    images and chats, and readable by every program on the laptop; no one notices when it leaks. The standard
    does not allow one, even locally: tracked, staged, untracked or ignored by git.

    Reported by name, in any letter case, empty files and symbolic links included: `.env`, `.env.local`,
    `.env.production`, `prod.env`, `env.production`, `.env.json`, `.env.yaml`, `.flaskenv`, `.dev.vars`,
    backups (`.env.bak2`), the files in a `.envs/` or `.env.d/` folder, and an `.envrc` that exports values.

    ## Do this instead

    Store the secrets in AWS Secrets Manager as `{service}/{environment}`, and read them when the program
    starts. On a laptop, sign in first.

    ```bash
    aws sso login --profile palindrom
    export AWS_PROFILE=palindrom
    aws secretsmanager create-secret --name api/development --secret-string file:///dev/stdin
    git rm --cached .env; rm .env
    ```

    ```python
    import json, boto3
    answer = boto3.client("secretsmanager").get_secret_value(SecretId="api/development")
    secret = json.loads(answer["SecretString"])
    ```

    If the file was ever committed, rotate every secret in it. `.env.example` may stay as documentation, with
    comments only. An `.envrc` may select a profile: `export AWS_PROFILE=palindrom`.

    ## Settings

    None. To keep a file, list it under `[[allow]]` in the settings, with a reason.

    ## Limits

    Not reported: names with `example`, `sample`, `template`, `dist` or `schema` in any part; source and prose
    (`.env.d.ts`, `env.py`, `.env.md`) and files whose name says that they are encrypted (`.env.vault`,
    `.env.enc`), unless every line is a plain `NAME=value`; encrypted content (dotenvx, dotenv-vault, SOPS,
    git-crypt, git-secret); and a file like `sun.env` without any assignment. Directories that git ignores as
    a whole, such as `node_modules/`, are not searched.
    """

    clause = Clause.NO_ENV_FILES
    since = "0.1.0"
    reads = Reads.NAME
    checks_history = True
    files = FileFilter(predicate=dotenv_files.may_be_dotenv, path_literals=dotenv_files.PATH_LITERALS)

    bad = (
        Example("PORT=3000\n", path=".env"),
        Example("", path=".env", note="an empty file, too"),
        Example("DEBUG=1\n", path="services/api/.ENV"),
        Example("API_URL=https://api.internal\n", path=".env.local"),
        Example("API_URL=https://api.internal\n", path=".env.production"),
        Example("API_URL=https://api.internal\n", path="deploy/prod.env"),
        Example("FLASK_APP=app\n", path=".flaskenv"),
        Example("POSTGRES_USER=app\n", path=".envs/.local/.postgres"),
        Example("export AWS_PROFILE=palindrom\nexport DB_USER=app\n", path=".envrc", location="DB_USER"),
        Example("API_KEY=x\n", path=".dev.vars", note="Cloudflare's wrangler"),
        Example('{"development": {"API_KEY": "x"}}\n', path=".env.json"),
        Example("API_KEY=x\n", path=".env.enc", note="encrypted only by its name"),
        Example(
            files={"app.py": "", ".gitignore": ".env\n"}, ignored=(".env",), note="ignored by git but present"
        ),
        Example("DOTENV_PUBLIC_KEY=03ab\nA=encrypted:BGzk\nB=plain\n", path=".env", note="half encrypted"),
    )
    good = (
        Example("# PORT - the port to listen on\n", path=".env.example"),
        Example("# PORT - the port to listen on\n", path=".env.production.sample"),
        Example("# PORT - the port to listen on\n", path="template.env"),
        Example("# PORT - the port to listen on\n", path=".env.dist"),
        Example("declare const env: string;\n", path="src/.env.d.ts"),
        Example("PORT = 3000\n", path="app/env.py"),
        Example("home = /usr/bin\n", path=".env/pyvenv.cfg", note="a directory: a virtual environment"),
        Example('DOTENV_VAULT_PRODUCTION="x"\n', path=".env.vault"),
        Example("const API_KEY = read();\n", path=".env.js"),
        Example("DOTENV_PUBLIC_KEY=03ab\nAPI_KEY=encrypted:BGzk\n", path=".env.production"),
        Example("API_KEY=ENC[AES256_GCM,data:Yg,type:str]\nsops_version=3.9.0\n", path="secrets.env"),
        Example("dotenv_no\nexport AWS_PROFILE=palindrom\nexport AWS_REGION=eu-west-2\n", path=".envrc"),
        Example('layout python\nexport PATH="$PWD/bin:$PATH"\nexport DEBUG=1\n', path=".envrc"),
        Example("export NODE_BINARY=$(command -v node)\n", path="ios/.xcode.env", note="React Native"),
        Example("sunrise 06:00, sunset 18:00; see the manual\n", path="data/sun.env"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        name = file.name.lower()
        if not dotenv_files.is_dotenv(file.path) and not dotenv_files.has_plain_values(file.text):
            return []
        variables = [] if file.link else dotenv_files.parse(file)
        if name.startswith(_SCRIPTS):
            return self._script(file, project, variables)
        encrypted, plain = dotenv_files.encrypted(variables)
        if (encrypted and not plain) or _has_no_assignment(file, name, variables):
            return []
        message = f"`{file.name}` is a .env file: not allowed, even locally"
        if encrypted:
            variables = plain
            message = f"`{file.name}` is an encrypted .env file with plain values: {list_names(plain, 3)}"
        from palint.advice import Place, secrets

        fix = secrets.dotenv_file(Place(file, project, self.config.environments), variables)
        return [self.violation(file.full_span(), message, fix_hint=fix)]

    def _script(self, file: SourceFile, project: Project, variables: list[Variable]) -> list[Violation]:
        all_exported = re.search(r"^\s*set -(?:a|o allexport)\b", file.text, re.MULTILINE) is not None
        exported = [v for v in variables if all_exported or v.start < v.name_start]
        values = [v for v in exported if not _is_harmless(v, file.text[v.value_start - 1 : v.value_start])]
        if not values:
            return []
        from palint.advice import Place, secrets

        return [
            self.violation(
                file.span(values[0].name_start, values[0].name_end),
                f"`{file.name}` exports values: {list_names(values, 3)}",
                fix_hint=secrets.dotenv_file(
                    Place(file, project, self.config.environments), values, lines=True
                ),
            )
        ]


def _is_harmless(variable: Variable, quote: str) -> bool:
    """Whether an export selects a profile or place, or its value is a reference, a flag or a path."""
    value = variable.value
    if quote == "`" or (quote != "'" and "$" in value):
        return True
    return bool(_SETTING.fullmatch(variable.name) or _HARMLESS_VALUE.fullmatch(value))


def _has_no_assignment(file: SourceFile, name: str, variables: list[Variable]) -> bool:
    """Whether a file has no assignment: bytes that are no text, or the text of another `something.env`.

    git-crypt and git-secret encrypt to such bytes: https://github.com/AGWA/git-crypt, https://git-secret.io/
    """
    if "\0" in file.text or file.encoding == "latin-1":
        return not any(v.value.isprintable() for v in variables)  # others look like one by chance
    if name.startswith(".env") or file.link or not file.text.strip():
        return False
    return not any(_ASSIGNMENT.match(line) or _COMMENT.match(line) for line in file.text.splitlines())
