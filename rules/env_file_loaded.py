from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws import secrets_manager
from palint.findings import Edit, Finding, Fix
from palint.rule import (
    ACTIONS,
    DOCKERFILES,
    JAVASCRIPT,
    NOTEBOOKS,
    PYTHON,
    SHELL,
    WORKFLOWS,
    YAML,
    Clause,
    Example,
    FileFilter,
    Rule,
    any_of,
)
from palint.text.source import ParseError, SourceFile

if TYPE_CHECKING:
    from palint.dotenv.usage import DotenvUse
    from palint.tree.project import Project

_OTHERS = FileFilter(
    names=("package.json", "launch.json", "makefile", "gnumakefile", "procfile", "justfile", ".envrc"),
    suffixes=(".mk",),
)


class EnvFileLoaded(Rule):
    """Code that loads, ships or writes a dotenv file.

    ## Why

    Where a program reads `.env`, somebody keeps one: on each laptop, in the image, on the server. The
    standard allows none, so nothing may need one. Without the loader, nobody is tempted to fill in the
    file.

    ## Do this instead

    Read the secret itself when the program starts, with the role of the task, or after `aws sso login`.

    ```python
    answer = boto3.client("secretsmanager").get_secret_value(SecretId="api/production")
    settings = Settings(**json.loads(answer["SecretString"]))
    ```

    ```javascript
    const client = new SecretsManagerClient({});
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: "api/production" }));
    ```

    ```bash
    secret="$(aws secretsmanager get-secret-value --secret-id api/development \\
      --query SecretString --output text)"
    ```

    Compose: no `env_file`; pass who signs in, not what is secret.

    ```yaml
    services:
      api:
        environment: [AWS_PROFILE, AWS_REGION]
        volumes: ["~/.aws:/home/app/.aws:ro"]
    ```

    Serverless: `${ssm:/aws/reference/secretsmanager/api/production}`, or the SDK in the function.

    ## Fix

    `useDotenv: true` is removed (unsafe: what `${env:…}` gives changes).

    ## Settings

    None.

    ## Limits

    Known loaders: python-dotenv, pydantic-settings (`env_file` in `SettingsConfigDict`, in `class Config`,
    and `_env_file`), django-environ and environs (`read_env`), decouple's `RepositoryEnv`, starlette's
    `Config`, `open(".env")`; npm's dotenv family, `process.loadEnvFile`, `--env-file`, dependencies and
    scripts of `package.json`; Compose's `env_file`; `COPY .env`; Serverless' `useDotenv` and plugin;
    `source .env` and what reads or writes one in shell, Makefiles and CI scripts; direnv's `dotenv`;
    workflow steps that write secrets into one. What a framework reads by itself (Vite, Next.js, decouple's
    `config`) is not seen. Files named `.example` and the like may be copied. Documentation is not looked
    at.
    """

    clause = Clause.NO_ENV_FILES
    files = any_of(PYTHON, NOTEBOOKS, JAVASCRIPT, YAML, DOCKERFILES, SHELL, WORKFLOWS, ACTIONS, _OTHERS)
    keywords = (
        "dotenv", "env[-_]file", "envfile", "read_env", "repositoryenv", r"[^\w)\]}][.]env",
        "starlette[.]config", "env-cmd",
    )  # fmt: skip
    supersedes = ("github-secret",)

    bad = (
        Example("from dotenv import load_dotenv\nload_dotenv()\n", path="app.py", location="load_dotenv()"),
        Example(
            "import dotenv\nvalues = dotenv.dotenv_values('.env')\n",
            path="app.py", location="dotenv.dotenv_values",
        ),
        Example(
            "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_file=".env")\n'
            '', path="app.py", location='env_file=".env"', note="pydantic-settings",
        ),
        Example(
            'class S(BaseSettings):\n    class Config:\n        env_file = ".env"\n'
            '', path="app.py", location='env_file = ".env"',
        ),
        Example('settings = Settings(_env_file="prod.env")\n', path="app.py", location="_env_file"),
        Example(
            'class S(BaseSettings):\n    model_config = {"env_file": ".env"}\n',
            path="app.py", location='"env_file"',
        ),
        Example(
            "import environ\nenv = environ.Env()\nenv.read_env()\n", path="app.py", location="env.read_env",
        ),
        Example(
            "import environ\nenviron.Env.read_env(BASE / '.env')\n",
            path="app.py", location="environ.Env.read_env",
        ),
        Example(
            "from decouple import Config, RepositoryEnv\nconfig = Config(RepositoryEnv('.env'))\n",
            path="app.py", location="RepositoryEnv('.env')",
        ),
        Example("for line in open('.env'):\n    pass\n", path="app.py", location="open("),
        Example(
            "load_dotenv('.env')\nprint 'Python 2'\n", path="app.py", location="load_dotenv", note="as text",
        ),
        Example("import 'dotenv/config';\n", path="src/index.ts", location="import 'dotenv/config'"),
        Example("require('dotenv').config();\n", path="index.js", location="require('dotenv').config"),
        Example(
            "import * as dotenv from 'dotenv';\n\ndotenv.config();\n",
            path="index.ts", location="dotenv.config",
        ),
        Example(
            "const { config } = require('dotenv');\nconfig({ path: '.env' });\n",
            path="a.js", location="config({",
        ),
        Example("process.loadEnvFile('.env');\n", path="index.mjs", location="process.loadEnvFile"),
        Example('{"dependencies": {"dotenv": "^16.0.0"}}\n', path="package.json", location='"dotenv"'),
        Example(
            '{"scripts": {"start": "node --env-file=.env app.js"}}\n',
            path="package.json", location="--env-file",
        ),
        Example("services:\n  api:\n    env_file: .env\n", path="docker-compose.yml", location=".env"),
        Example(
            "services:\n  api:\n    env_file:\n      - path: ./prod.env\n        required: false\n",
            path="compose.yaml", location="./prod.env",
        ),
        Example("FROM node\nCOPY package.json .env /app/\n", path="Dockerfile", location=".env"),
        Example(
            'FROM node\nCMD ["node", "--env-file=.env", "a.js"]\n', path="Dockerfile", location='"--env-file',
        ),
        Example("export default { useDotenv: true };\n", path="serverless.ts", location="useDotenv"),
        Example("npx dotenv -e .env -- node app.js\n", path="run.sh", location="npx"),
        Example(
            "FROM node\nRUN set -a && . ./.env && npm run build\n", path="Dockerfile", location=". ./.env",
        ),
        Example(
            "service: api\nuseDotenv: true\nprovider:\n  name: aws\n", path="serverless.yml",
            location="useDotenv",
            fixed="service: api\nprovider:\n  name: aws\n",
        ),
        Example("#!/bin/sh\nset -a; . ./.env; set +a\n", path="run.sh", location=". ./.env"),
        Example('source "$(dirname "$0")/.env"\n', path="run.sh", location="source"),
        Example("export $(grep -v '^#' .env | xargs)\n", path="run.sh", location="grep"),
        Example("docker run --env-file prod.env api\n", path="run.sh", location="--env-file"),
        Example("cp .env.example .env\n", path="setup.sh", location="cp"),
        Example('echo "TOKEN=$TOKEN" >> .env\n', path="setup.sh", location="echo"),
        Example("include .env\nrun:\n\tpython app.py\n", path="Makefile", location=".env"),
        Example("dotenv\n", path=".envrc", location="dotenv"),
        Example(
            "deploy:\n  script:\n    - source .env\n    - make deploy\n",
            path=".gitlab-ci.yml", location="source",
        ),
        Example(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
            '      - run: echo "TOKEN=${{ secrets.TOKEN }}" >> .env\n',
            path=".github/workflows/deploy.yml", location='echo "TOKEN',
        ),
    )  # fmt: skip
    good = (
        Example("FROM node\nCOPY .env.example /app/\nRUN test ! -f .env\n", path="Dockerfile"),
        Example("# never call load_dotenv() here\nimport os\n", path="app.py"),
        Example(
            'class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file=None, env_prefix="X_")\n'
            '',
            path="a.py",
        ),
        Example("// import 'dotenv/config'\nconsole.log(process.env.PORT);\n", path="index.ts"),
        Example('{"dependencies": {"express": "^4"}, "description": "no dotenv"}\n', path="package.json"),
        Example("services:\n  api:\n    environment: [AWS_PROFILE]\n", path="compose.yaml"),
        Example("grep -qx '.env' .gitignore || echo .env >> .gitignore\nrm -f .env\n", path="setup.sh"),
        Example("Never commit `.env`, and do not `source .env`.\n", path="README.md"),
        Example("npm install dotenv && pnpm add dotenv\n", path="setup.sh", note="not yet a load"),
        Example("source .venv/bin/activate\n", path="run.sh"),
    )  # fmt: skip

    def cache_key(self, path: str) -> Hashable | None:
        from palint.dotenv.usage import in_tests

        if WORKFLOWS.matches(path) or ACTIONS.matches(path):
            return None
        environment = secrets_manager.environment(self.config.environments, path)
        return path.rpartition("/")[2], in_tests(path), environment

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        from palint.dotenv.usage import find_uses

        in_workflow = WORKFLOWS.matches(file.path) or ACTIONS.matches(file.path)
        secret = secrets_manager.secret_id(project, self.config.environments, file.path)
        lines = set[int]()
        for load in sorted(_writes(file) if in_workflow else find_uses(file)):
            span = file.span(load.start, load.end)
            if span.start.line in lines:  # `cat .env | grep X > .env` is one finding
                continue
            lines.add(span.start.line)
            yield self.finding(
                span,
                f"{load.what}; the standard allows none",
                fix_hint=_help(load.language, secret),
                fix=Fix((Edit(file.span(*load.cut), ""),)) if load.cut else None,
            )


def _writes(file: SourceFile) -> Iterator[DotenvUse]:
    """The steps of a workflow or action that write secrets into a dotenv file."""
    from palint.dotenv import workflow_steps
    from palint.dotenv.usage import DotenvUse
    from palint.languages import yaml

    try:
        for write in workflow_steps.writes(file):
            yield DotenvUse(write.start, write.end, write.message, "workflow")
    except ParseError as error:
        if not yaml.is_template(file.text):
            raise
        file.add_notice("parse-fallback", f"{error.message} (line {error.line}): a template, not looked at")


def _help(language: str, secret: str) -> str:
    if language in ("python", "javascript", "shell"):
        read = secrets_manager.read(language, secret)
        return f"Read the secret itself, with the task's role or after `aws sso login`:\n{read}"
    if language == "compose":
        return (
            "Give the container who signs in, and let the program read its secret:\n"
            f'    environment: [AWS_PROFILE, AWS_REGION, "SECRET_ID={secret}"]\n'
            '    volumes: ["~/.aws:/home/app/.aws:ro"]'
        )
    if language == "dockerfile":
        return f"Leave it out of the image, list it in .dockerignore, and read `{secret}` at start."
    if language == "workflow":
        return (
            "Assume a role through OIDC, and let the program read its secret, or fetch it in a step:\n"
            "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n"
            f"      with:\n        secret-ids: {secret}"
        )
    reference = f"${{ssm:/aws/reference/secretsmanager/{secret}}}"
    return f"Remove it, and read the secret in the function, or as\n    {reference}"
