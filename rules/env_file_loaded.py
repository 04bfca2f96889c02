"""The rule `env-file-loaded`: nothing loads, ships or creates .env files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.dotenv import settings
from palint.findings import Edit, Fix, Related, Severity, Violation
from palint.prefilter import Keyword
from palint.rule import ACTIONS, DOCKERFILES, NOTEBOOKS, WORKFLOWS, YAML, Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.dotenv.dotenv_use import DotenvUse
    from palint.tree.project import Project


def _file_names(data: bytes, ends: list[int], path: str) -> list[int]:
    """The ends of matches that are a file's name (`app.env`), not `process.env` or `import.meta.env`."""
    return [end for end in ends if not data[max(0, end - 11) : end].endswith((b"process.env", b"meta.env"))]


class EnvFileLoaded(Rule):
    """Code, configuration or a dependency that loads, ships or creates a .env file.

    ## Why

    A program that reads `.env` makes people keep one on each laptop, in the image and on the server. The
    standard does not allow .env files, so nothing may depend on one.

    ## Do this instead

    Read the secret from AWS Secrets Manager when the program starts. In AWS the task's role gives access; on
    a laptop run `aws sso login` first.

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

    Compose: replace `env_file` with the profile to sign in with.

    ```yaml
    services:
      api:
        environment: [AWS_PROFILE, AWS_REGION]
        volumes: ["~/.aws:/home/app/.aws:ro"]
    ```

    Serverless: `${ssm:/aws/reference/secretsmanager/api/production}`, or the SDK in the function.

    ## Fix

    `useDotenv: true` is removed (unsafe: the value of `${env:…}` changes).

    ## What is found

    - Python: python-dotenv, pydantic-settings (`env_file`), django-environ and environs (`read_env`),
      decouple's `RepositoryEnv`, starlette's `Config`, `open(".env")`.
    - JavaScript: npm's dotenv family, `process.loadEnvFile`, NestJS's `ConfigModule.forRoot`, files that are
      read or written by name, scripts of `package.json`.
    - Go (godotenv, gotenv, viper, cleanenv), PHP (phpdotenv, Symfony), Ruby, Rust, Java, Kotlin and C#.
    - Dependencies on a loader in `package.json`, requirements files, `pyproject.toml`, `Pipfile`, `Gemfile`,
      `composer.json`, `go.mod`, `Cargo.toml`, Maven, Gradle and NuGet projects. A package that also reads
      plain environment variables (environs, django-environ, python-decouple) is a warning.
    - Compose's `env_file`, `COPY .env`, Serverless' `useDotenv`, Spring's `spring.config.import`, direnv's
      `dotenv`, and commands in shell, Makefiles and CI scripts that load, read or create a .env file.
    - In any other language and format, a path to a .env file that is read, written, shipped or loaded:
      `readRenviron(".env")`, Ansible's `dest: …/.env`, Terraform's `file(…)`; and Jinja, Handlebars and ERB
      templates of all these files.
    - Settings that name one: systemd's `EnvironmentFile`, tox, mise, PDM, poe, pytest-dotenv, VS Code, PM2.

    ## Limits

    Files that frameworks load by default (Vite, Next.js, decouple's `config`) are not found. `.example` files
    may be copied. A workflow has one finding, the first. A secret that a step reads from Secrets Manager and
    writes to `$GITHUB_ENV` without `::add-mask::` is a warning. Lock files and docs are not checked.
    """

    clause = Clause.NO_ENV_FILES
    since = "0.1.0"
    reads = Reads.TEXT
    files = DOCKERFILES | NOTEBOOKS | YAML | settings.FILES | settings.NAMED
    keywords = (
        "dotenv", "env[-_]file", "env(?:ironment)?file", "read_env", "repositoryenv", r"[^\w)\]}][.]env",
        "starlette[.]config", "env-cmd", "ConfigModule", "environs", "envparse", "django-environ",
        "python-decouple",
        "gotenv", "loadenv", "dotnetenv", "get-secret-value", "setconfigtype", "env pull",
        "react-native-config", r"[\"']@env[\"']", "config[.]env[.]enable", "envied",
        Keyword(r"[\w-][.]env\b", _file_names),
    )  # fmt: skip
    supersedes = ("github-secret",)

    bad = (
        Example("from dotenv import load_dotenv\nload_dotenv()\n", path="app.py", location="load_dotenv()"),
        Example(
            "from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n"
            '    model_config = SettingsConfigDict(env_file=".env")\n'
            '', path="app.py", location='env_file=".env"', note="pydantic-settings",
        ),
        Example(
            "import { ConfigModule } from '@nestjs/config';\n"
            "const config = ConfigModule.forRoot({ isGlobal: true });\n",
            path="app.module.ts", location="ConfigModule.forRoot", note="NestJS loads `.env` by default",
        ),
        Example("flask\npython-dotenv==1.0.1\n", path="requirements.txt", location="python-dotenv"),
        Example(
            '[project]\ndependencies = ["environs>=11"]\n', path="pyproject.toml", location="environs",
            severity=Severity.WARNING, note="it also reads plain environment variables",
        ),
        Example("FROM node\nCOPY package.json .env /app/\n", path="Dockerfile", location=".env"),
        Example(
            "service: api\nuseDotenv: true\nprovider:\n  name: aws\n", path="serverless.yml",
            location="useDotenv",
            fixed="service: api\nprovider:\n  name: aws\n",
        ),
        Example("cp .env.example .env\n", path="setup.sh", location="cp"),
        Example('text = (BASE / ".env").read_text()\n', path="app.py", location='".env"', note="pathlib"),
        Example(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
            '      - run: echo "TOKEN=${{ secrets.TOKEN }}" >> .env\n'
            "      - run: |\n          cp .env.ci .env\n          docker compose up -d\n",
            path=".github/workflows/deploy.yml", location='echo "TOKEN',
        ),
    )  # fmt: skip
    good = (
        Example("python-dotenv==1.0.1\n    # via pytest-env\n", path="requirements.txt", note="compiled"),
        Example("FROM node\nCOPY .env.example /app/\nRUN test ! -f .env\n", path="Dockerfile"),
        Example("grep -qx '.env' .gitignore || echo .env >> .gitignore\nrm -f .env\n", path="setup.sh"),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        from palint.dotenv.usage import find_uses

        in_workflow = WORKFLOWS.matches(file.path) or ACTIONS.matches(file.path)
        found: dict[int, list[DotenvUse]] = {}
        lines = set[int]()
        for use in _in_workflow(file, project) if in_workflow else sorted(find_uses(file)):
            line = file.position(use.start).line
            if line not in lines:  # `cat .env | grep X > .env` is one finding
                lines.add(line)
                # In a workflow, one finding for the warnings, and one for all others
                found.setdefault(-int(use.optional) if in_workflow else use.start, []).append(use)
        if not found:
            return
        from palint.advice import Place, secrets

        for use, *others in found.values():
            optional_package = use.package and use.optional
            yield self.violation(
                file.span(use.start, use.end),
                use.message,
                related=[Related(file.span(other.start, other.end), other.message) for other in others],
                fix_hint=secrets.dotenv_loaded(Place(file, project, self.config.environments), use),
                why="the package also reads plain environment variables" if optional_package else "",
                severity=Severity.WARNING if use.optional else None,
                fix=Fix((Edit(file.span(*use.cut), ""),)) if use.cut else None,
            )


def _in_workflow(file: SourceFile, project: Project) -> Iterator[DotenvUse]:
    from palint.dotenv import workflow_steps
    from palint.github import graph

    try:
        yield from workflow_steps.find_uses(file)
    except ParseError as error:
        if not project.cached(graph).is_template(file):
            raise
        message = f"invalid YAML at line {error.line}, probably a template: not checked for .env files"
        file.add_notice("parse-fallback", message)
