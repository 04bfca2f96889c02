"""`env-file-loaded` in the languages, manifests and pipelines that its page names."""

from __future__ import annotations

import pytest

from palint import registry
from palint.testing import results_of

RULE = registry.load()["env-file-loaded"]
GO = 'package main\n\nimport (\n\t"{}"\n)\n\n'
WORKFLOW = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
LINE = "f(a);" * 2000  # of a bundle
NEST = "import { ConfigModule } from '@nestjs/config';\n"

# (path, text, where the finding starts, its message)
FOUND = [
    ("app.py", "import dotenv\nvalues = dotenv.dotenv_values('.env')\n", "dotenv.dotenv_values",
     "`dotenv_values`"),
    ("app.py", 'class S(BaseSettings):\n    class Config:\n        env_file = ".env"\n', 'env_file = ".env"',
     "`env_file` loads `.env`"),
    ("app.py", 'settings = Settings(_env_file="prod.env")\n', "_env_file", "`env_file` loads `prod.env`"),
    ("app.py", 'class S(BaseSettings):\n    model_config = {"env_file": ".env"}\n', '"env_file"',
     "`env_file`"),
    ("app.py", "import environ\nenv = environ.Env()\nenv.read_env()\n", "env.read_env", "`read_env` loads a"),
    ("app.py", "import environ\nenviron.Env.read_env(BASE / '.env')\n", "environ.Env.read_env", "`read_env`"),
    ("app.py", "from decouple import Config, RepositoryEnv\nc = Config(RepositoryEnv('.env'))\n",
     "RepositoryEnv(", "`RepositoryEnv` loads a .env file"),
    ("app.py", "for line in open('.env'):\n    pass\n", "'.env'", "`open` reads `.env`"),
    ("app.service", "[Service]\nEnvironmentFile=-/etc/app/prod.env\n", "EnvironmentFile",
     "`EnvironmentFile` loads `prod.env`"),
    ("web.container", "[Container]\nEnvironmentFile=./.env\n", "EnvironmentFile", "`EnvironmentFile`"),
    ("tox.ini", "[testenv]\nset_env = file|.env\n", "set_env", "`set_env` loads `.env`"),
    ("tox.ini", "[testenv]\nsetenv =\n    file|.env\n", "setenv", "`setenv` loads `.env`"),
    ("mise.toml", '[env]\n_.file = [".env", {path = ".env.local"}]\n', "_.file", "`_.file` loads `.env`"),
    ("pyproject.toml", '[tool.poe]\nenvfile = ".env"\n', "envfile", "`envfile` loads `.env`"),
    ("pytest.ini", "[pytest]\nenv_files =\n    .env\n", "env_files", "`env_files` loads `.env`"),
    ("deno.json", '{"tasks": {"dev": "deno run --env-file=.env main.ts"}}\n', "--env-file", "`--env-file`"),
    ("deno.json", '{"tasks": {"dev": "deno run -A --env-file main.ts"}}\n', "deno run -A", "`--env-file`"),
    ("a.js", f'{LINE}require("dotenv").config();{LINE}', "require", "`dotenv` loads a .env file"),
    ("a.js", f'{LINE}fs.readFileSync(".env");{LINE}', '".env"', "`fs.readFileSync` reads `.env`"),
    ("a.js", f'{LINE}write(`${{id}}.env`);{LINE}require(".env.x");', "`${id", "`write` creates `${id}.env`"),
    ("a.js", f'{LINE}run("cp a .env");{LINE}', "cp a", "`cp` creates `.env`"),
    ("a.js", f'{LINE}run(["app", "--env-file=a"]);{LINE}', '"--env-file', "`--env-file` loads a .env file"),
    ("main.ts", 'import "jsr:@std/dotenv/load";\n', "import", "`jsr:@std/dotenv/load` loads a .env file"),
    ("main.ts", 'import { load } from "https://deno.land/std@0.224.0/dotenv/mod.ts";\n',
     "import", "`https://deno.land"),
    ("main.mjs", "await import('dotenv/config');\n", "import(", "`dotenv/config`"),
    ("jest.config.js", "module.exports = { setupFiles: ['dotenv/config'] };\n", "'dotenv/config'",
     "`dotenv/config`"),
    ("package.json", '{"jest": {"setupFiles": ["dotenv/config"]}}\n', "dotenv/config", "an npm script loads"),
    ("ecosystem.config.js", "module.exports = { apps: [{ script: 'x.js', env_file: '.env' }] };\n",
     "'.env'", "`env_file` loads `.env`"),
    (".devcontainer/devcontainer.json", '{"runArgs": ["--env-file", ".env"]}\n', "--env-file",
     "`--env-file` loads `.env`"),
    (".vscode/settings.json", '{"python.envFile": "${workspaceFolder}/.env"}\n', "envFile",
     "`envFile` loads `.env`"),
    (".idea/runConfigurations/a.xml", '<option name="ENV_FILES" value="$PROJECT_DIR$/.env" />\n', "ENV_FILES",
     "`ENV_FILES` loads `.env`"),
    ("vite.config.ts", "import { loadEnv } from 'vite';\nconst env = loadEnv(mode, '.');\n",
     "loadEnv", "`loadEnv` loads .env files"),
    ("Procfile", "web: dotenv -- node x\n", "dotenv --", "`dotenv` loads"),
    ("Procfile.dev", "web: . ./.env && node x\n", ". ./.env", "`.` loads `.env`"),
    ("run.sh", "python -m dotenv run -- x\n", "python", "`dotenv` loads"),
    ("run.sh", "curl -o .env https://x\n", "-o", "`-o` creates `.env`"),
    ("run.sh", "head x | dd of=.env\n", "of=.env", "`of` creates `.env`"),
    ("deploy.sh", "kubectl create configmap app --from-env-file=.env\n", "--from-env-file=.env",
     "`--from-env-file`"),
    ("src/index.ts", "import 'dotenv/config';\n", "import", "`dotenv/config` loads a .env file"),
    ("index.js", "require('dotenv').config();\n", "require", "`dotenv` loads a .env file"),
    ("a.js", "const { config } = require('dotenv');\nconfig({ path: '.env' });\n", "config", "`dotenv`"),
    ("a.mjs", "process.loadEnvFile('.env.x');\n", "process", "`process.loadEnvFile` loads `.env.x`"),
    ("a.mjs", "process.loadEnvFile();\n", "process", "`process.loadEnvFile` loads a .env file"),
    ("a.ts", "loadEnvFile('.env.local');\n", "loadEnvFile", "`loadEnvFile` loads `.env.local`"),
    ("a.mjs", "import '@dotenvx/dotenvx/config';\n", "import", "`@dotenvx/dotenvx/config`"),
    ("a.js", "const text = fs.readFileSync(path.join(__dirname, '.env'), 'utf8');\n", "'.env'",
     "`fs.readFileSync` reads `.env`"),
    ("a.js", "fs.writeFileSync('.env.local', text);\n", "'.env.local'",
     "`fs.writeFileSync` creates `.env.local`"),
    ("app.module.ts", NEST.replace("Module }", "Module as C }") + "TypeOrm.forRoot({});\nC.forRoot({});\n",
     "C.forRoot", "`ConfigModule.forRoot` loads `.env`"),
    ("app.module.ts", NEST + "ConfigModule.forRoot({ envFilePath: ['.env.dev', '.env'] });\n",
     "ConfigModule.f",
     "`ConfigModule.forRoot` loads `.env.dev`"),
    ("serverless.ts", "export default { useDotenv: true };\n", "useDotenv", "`useDotenv` loads .env files"),
    ("a.go", GO.format("github.com/joho/godotenv") + 'var e = godotenv.Overload("a.env")\n', "godotenv.Over",
     "`godotenv` loads a .env file"),
    ("a.go", 'package a\n\nimport _ "github.com/joho/godotenv/autoload"\n', '_ "github',
     "`godotenv/autoload`"),
    ("a.go",
     GO.format("github.com/spf13/viper") + 'func f() { viper.SetConfigFile(".env") }\n', '".env"',
     "`viper.SetConfigFile` uses `.env`"),
    ("a.go", GO.format("os") + 'func f() { os.ReadFile(".env") }\n', '".env"',
     "`os.ReadFile` reads `.env`"),
    ("index.php", "<?php\n$dotenv = Dotenv\\Dotenv::createImmutable(__DIR__);\n", "Dotenv::create",
     "`Dotenv`"),
    ("index.php",
     "<?php\nuse Symfony\\Component\\Dotenv\\Dotenv;\n(new Dotenv())->bootEnv(__DIR__.'/.env');\n",
     "Dotenv())->bootEnv", "`Dotenv` loads a .env file"),
    ("config.ru", "require 'dotenv/load'\n", "require", "`dotenv` loads a .env file"),
    ("app.rb", "require 'dotenv'\nDotenv.load\n", "Dotenv.load", "`Dotenv` loads a .env file"),
    ("main.rs", "fn main() {\n    dotenvy::dotenv().ok();\n}\n", "dotenvy::dotenv()", "`dotenv` loads"),
    ("main.rs", "use dotenv::dotenv;\nfn main() { dotenv().ok(); }\n", "dotenv()", "`dotenv` loads"),
    ("A.java", "import io.github.cdimascio.dotenv.Dotenv;\nclass A { Dotenv d = Dotenv.load(); }\n",
     "Dotenv.load",
     "`dotenv-java` loads a .env file"),
    ("A.kt", "import io.github.cdimascio.dotenv.dotenv\nval d = dotenv { directory = \"x\" }\n", "dotenv {",
     "`dotenv-kotlin` loads a .env file"),
    ("App.kt", "val c = fromOptionalFile(File(\".env\")) overriding defaults\n", '".env"',
     "`fromOptionalFile` uses `.env`"),
    ("P.cs", "using DotNetEnv;\nEnv.Load();\n", "Env.Load", "`DotNetEnv` loads a .env file"),
    ("package.json", '{"scripts": {"dev": "env-cmd node a.js"}}\n', "env-cmd",
     "npm script `dev` loads a .env file"),
    ("package.json", '{"devDependencies": {"env-cmd": "1"}}\n', '"env-cmd"',
     "`env-cmd` in package.json loads"),
    ("requirements/dev.txt", "python-dotenv[cli]>=1\n", "python-dotenv", "`python-dotenv` in dev.txt loads"),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython-dotenv = "^1"\n', "python-dotenv",
     "in pyproject.toml"),
    ("Pipfile", '[packages]\npython-dotenv = "*"\n', "python-dotenv", "`python-dotenv` in Pipfile loads"),
    ("Gemfile", "gem 'dotenv-rails', groups: [:development]\n", "dotenv-rails", "`dotenv-rails` in Gemfile"),
    ("composer.json", '{"require": {"vlucas/phpdotenv": "^5.6"}}\n', "vlucas",
     "`vlucas/phpdotenv` in composer.json"),
    ("composer.json", '{"scripts": {"post-root-package-install": '
     "[\"@php -r \\\"file_exists('.env') || copy('.env.example', '.env');\\\"\"]}}\n", "copy(",
     "a composer script creates `.env`"),
    ("go.mod", "module a\n\nrequire github.com/joho/godotenv v1.5.1\n", "github.com/joho", "in go.mod"),
    ("Cargo.toml", '[dependencies]\ndotenvy = "0.15"\n', "dotenvy",
     "`dotenvy` in Cargo.toml loads .env files"),
    ("pom.xml", "<dependency><artifactId>spring-dotenv</artifactId></dependency>\n", "spring-dotenv",
     "in pom.xml"),
    ("build.gradle.kts", 'implementation("io.github.cdimascio:dotenv-kotlin:6.4.1")\n', "dotenv-kotlin",
     "in build"),
    ("A.csproj", '<PackageReference Include="DotNetEnv" Version="3" />\n', "DotNetEnv", "in A.csproj"),
    ("application.properties", "spring.config.import=optional:file:.env[.properties]\n", "file:.env",
     "`spring.config.import` loads `.env`"),
    ("application.yml", "spring:\n  config:\n    import: optional:file:./.env[.properties]\n", "file:./.env",
     "`spring.config.import` loads `.env`"),
    ("compose.yaml", "services:\n  api:\n    env_file:\n      - path: ./prod.env\n        required: false\n",
     "./prod.env", "`env_file` loads `prod.env`"),
    ("Dockerfile", 'FROM node\nCMD ["node", "--env-file=.env", "a.js"]\n', '"--env-file',
     "`--env-file` loads"),
    ("Dockerfile", "FROM node\nRUN set -a && . ./.env && npm run build\n", ". ./.env", "`.` loads `.env`"),
    ("run.sh", "npx dotenv -e .env -- node app.js\n", "npx", "`dotenv` loads a .env file"),
    ("run.sh", 'source "$(dirname "$0")/.env"\n', "source", "`source` loads `.env`"),
    ("run.sh", "export $(grep -v '^#' .env | xargs)\n", "grep", "`grep` reads `.env`"),
    ("setup.sh", 'echo "TOKEN=$TOKEN" >> .env\n', "echo", "`echo` creates `.env`"),
    ("run.sh", "set -a; . ./.env; set +a\n", ". ./.env", "`.` loads `.env`"),
    ("run.sh", "docker run --env-file prod.env api\n", "--env-file", "`--env-file` loads `prod.env`"),
    ("Makefile", "include .env\nrun:\n\tpython app.py\n", ".env", "`include` loads `.env`"),
    (".envrc", "dotenv\n", "dotenv", "direnv's `dotenv` loads a .env file"),
    (".gitlab-ci.yml", "deploy:\n  script:\n    - source .env\n    - make deploy\n", "source",
     "`source` loads"),
]  # fmt: skip
FOUND += [
    (
        "app.py",
        'import dotenv\nx = "\\\\\\\n"; dotenv.load_dotenv()\n',
        "dotenv.load_dotenv",
        "`load_dotenv`",
    ),
    ("app.py", "load_dotenv('.env')\nprint 'Python 2'\n", "load_dotenv", "`load_dotenv` loads a .env file"),
    (
        "main.rs",
        'use dotenvy_macro::dotenv;\nlet x = dotenv!("X");\n',
        "dotenv!",
        "`dotenv!` loads a .env file",
    ),
    ("Cargo.toml", 'dotenvy_macro = "0.15"\n', "dotenvy_macro", "`dotenvy_macro` in Cargo.toml"),
    (
        "Kernel.php",
        "<?php\n$dotenv = new Dotenv();\n$dotenv->bootEnv(dirname(__DIR__).'/.env');\n",
        "->bootEnv",
        "`Dotenv` loads a .env file",
    ),
    (
        "index.ts",
        "import * as dotenv from 'dotenv';\n\ndotenv.config();\n",
        "dotenv.config",
        "`dotenv` loads",
    ),
    (
        "package.json",
        '{"scripts": {"start": "node --env-file=.env app.js"}}\n',
        "--env-file",
        "npm script `start`",
    ),
    ("justfile", "set dotenv-load\n\nrun:\n    node a.js\n", "set dotenv-load", "`set dotenv-load` loads"),
    (
        "entry.sh",
        "php -r \"file_exists('.env') || copy('.env.example', '.env');\"\n",
        "php",
        "`php` creates `.env`",
    ),
    ("deploy.sh", "scp .env.prod host:/srv/\n", "scp", "`scp` copies `.env.prod`"),
    ("setup.sh", 'ENV_FILE="$ROOT/.env"\ncp "$EXAMPLE" "$ENV_FILE"\n', "cp", "`cp` creates `.env`"),
    ("setup.sh", 'F=.env\ncat > "${F}" <<EOF\nA=1\nEOF\n', "cat", "`cat` creates `.env`"),
    ("Makefile", "run:\n\t@source .env && x\n", "source", "`source` loads `.env`"),
    ("Makefile", "run:\n\t@. .env; x\n", ". .env", "`.` loads `.env`"),
    ("Makefile", "run:\n\t@-cp .env.example .env\n", "cp", "`cp` creates `.env`"),
    ("Makefile.deploy", "d:\n\tscp .env.prod host:/srv/.env\n", "scp", "`scp` copies"),
    ("start.cmd", "copy .env.example .env\n", "copy", "`copy` creates `.env`"),
    ("bin/setup", '#!/usr/bin/env ruby\nsystem "cp .env.sample .env"\n', "cp .env", "`cp` creates `.env`"),
    ("a.rb", 'FileUtils.cp ".env.sample", ".env"\n', '".env"', "`FileUtils.cp` uses `.env`"),
    (
        "a.module.ts",
        "import { ConfigModule as Env } from '@nestjs/config';\nEnv.forRoot({});\n",
        "Env.forRoot",
        "`ConfigModule.forRoot` loads `.env`",
    ),
    (
        "P.cs",
        "using DotEnv.Core;\nvar all = new EnvLoader().Load();\n",
        "new EnvLoader",
        "`DotEnv.Core` loads",
    ),
    ("P.cs", 'builder.AddDotenvFile(".env");\n', ".AddDotenvFile", "`AddDotenvFile` loads a .env file"),
]
STEPS = [  # (a step, where the finding starts, its message)
    ("- run: cp .env.example .env", "cp .env", "`cp` creates `.env`"),
    ("- run: source .env && make", "source", "`source` loads `.env`"),
    ("- run: docker run --env-file .env api", "--env-file", "`--env-file` loads `.env`"),
    ("- run: node --env-file-if-exists=.env a.js", "--env-file-if", "`--env-file-if-exists` loads `.env`"),
    ("- run: |\n          cat > .env <<EOF\n          A=1\n          EOF", "cat > .env",
     "`cat` creates `.env`"),
    ("- uses: actions/github-script@v7\n        with:\n          script: fs.writeFileSync('.env', text)",
     "'.env'", "`fs.writeFileSync` creates `.env`"),
    ("- shell: python\n        run: open('.env', 'w').write('A=1')", "'.env'", "`open` creates `.env`"),
    ("- shell: pwsh\n        run: Copy-Item .env.ci .env", "Copy-Item", "`Copy-Item` creates `.env`"),
    ("- uses: falti/dotenv-action@v1", "falti", "action `dotenv-action` loads or creates a .env file"),
    ("- uses: a/b@v1\n        with:\n          env-file: .env", "env-file", "step `b` uses `.env`"),
    ('- run: echo "A=${{ secrets.A }}" > .env', "echo", "`echo` creates `.env`"),
]  # fmt: skip
NONE = [
    ("A.java", 'class A { void a() { config.put("app.client.users.test.env", value); } }\n'),
    ("a.py", 'TEXT = "from dotenv import load_dotenv\\nload_dotenv()\\n"\n'),
    ("a.py", "x = 1  # from dotenv import load_dotenv; load_dotenv()\n"),
    ("a.ts", "import { loadEnv } from './own';\nloadEnv();\n"),
    ("app.service", "[Service]\n# EnvironmentFile=/opt/.env\nEnvironmentFile=/etc/default/app\n"),
    ("tox.ini", "[testenv]\nset_env =\n    ENV_FILE = .env\n"),
    ("settings.json", '{"files.exclude": {"**/.env": true}, "python.envFile": ""}\n'),
    ("pyproject.toml", '[tool.x]\nexclude = [".env"]\nenv_file = ".env.example"\n'),
    ("run.sh", "curl -o app.js https://x\ngrep -o .env.example\n"),
    ("tests/loader.test.js", "fs.writeFileSync(path.join(folder, '.env'), 'A=1');\n"),  # a test's own file
    ("spec/loader_spec.rb", "File.write('.env', 'A=1')\n"),
    ("setup.sh", "npm install dotenv && pnpm add dotenv\n"),
    ("package.json", '{"dependencies": {"express": "^4"}, "description": "no dotenv"}\n'),
    ("justfile", "set dotenv-load := false\n"),
    ("setup.sh", 'ENV_FILE=.env.example\ncp "$ENV_FILE" x\nexport DOTENV=.env\n'),
    ("a.rb", 'FileUtils.cp ".env", ".env.example"\n'),
    ("a.module.ts", "import { ConfigModule } from '@acme/config';\nConfigModule.forRoot({}); // .env\n"),
    ("run.sh", "source .venv/bin/activate\n"),
    ("requirements.txt", "flask\n# python-dotenv is not allowed\n"),
    ("compose.yaml", "services:\n  api:\n    environment: [AWS_PROFILE]\n"),
    (
        "a.py",
        'class S(BaseSettings):\n    model_config = SettingsConfigDict(env_file=None, env_prefix="X_")\n',
    ),
    ("index.ts", "// import 'dotenv/config'\nconsole.log(process.env.PORT);\n"),
    ("app.module.ts", NEST + "ConfigModule.forFeature(database);\n"),
    ("app.module.ts", NEST + "TypeOrmModule.forRoot({ type: 'postgres' });\n"),
    ("app.module.ts", NEST.replace("Module }", "Module as C }") + "ConfigModule.forRoot({ x: 1 });\n"),
    ("app.module.ts", "import { ConfigModule } from './config';\nConfigModule.forRoot({ x: 1 });\n"),
    ("app.module.ts", NEST + "ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true, load: [x] });\n"),
    ("a.go", GO.format("github.com/joho/godotenv") + "// godotenv.Load() reads a .env\n"),
    (
        "a.go",
        GO.format("github.com/spf13/viper") + 'func f() { viper.SetConfigFile("config.yaml") }\n// .env\n',
    ),
    ("index.php", "<?php\n// (new Dotenv())->bootEnv('.env');\n"),
    ("a.rb", "# Dotenv.load reads .env\nputs 1\n"),
    ("main.rs", "// dotenv().ok() is not allowed\nfn main() {}\n"),
    ("requirements.txt", "python-dotenv-vault==1\nnot-python-dotenv\n"),
    ("pyproject.toml", '[project]\nname = "x"\ndescription = "without python-dotenv"\n'),
    ("go.mod", "module a\n\nrequire github.com/joho/godotenv v1.5.1 // indirect\n"),
    ("go.sum", "github.com/joho/godotenv v1.5.1 h1:x=\n"),
    ("composer.json", '{"conflict": {"x": "1"}, "description": "no symfony/dotenv here"}\n'),
    ("composer.json", '{"scripts": {"x": ["copy(\'a.example\', \'a.json\') // .env"]}}\n'),
    ("Gemfile", "# gem 'dotenv'\n"),
    (
        "application.properties",
        "# spring.config.import=file:.env\nspring.config.import=file:app.properties\n",
    ),
    ("a.js", "fs.readFileSync('src/.env.d.ts');\nfs.readFileSync('.env.example');\n"),
]
FETCH = "aws secretsmanager get-secret-value --secret-id a/b"
STEPS += [
    (f'- run: echo "T=$({FETCH})" >> $GITHUB_ENV', "T=", "`T` goes to `$GITHUB_ENV` without being masked"),
    (f'- run: |\n          v=$({FETCH})\n          echo "T=$v" >> $GITHUB_ENV', "T=$v", "`T` goes to"),
]
QUIET_STEPS = [
    "- run: test ! -f .env && rm -f .env",
    "- run: npm install dotenv",
    f'- run: |\n          v=$({FETCH})\n          echo "::add-mask::$v"\n          echo T=$v >> $GITHUB_ENV',
    '- run: echo "T=${{ secrets.T }}" >> $GITHUB_ENV',
    '- run: echo "A=1" >> "$GITHUB_ENV"',
    "- run: cp .env.sample .env.example",
    "- uses: dotenv-linter/action-dotenv-linter@v3",
    "- uses: actions/checkout@v4\n        with:\n          path: env",
]


def check(path: str, text: str) -> list[tuple[str, str]]:
    """(the finding's text, its message) of each finding."""
    results = results_of(RULE, {path: text})
    return [(text[f.span.offset : f.span.end_offset], f.message) for f in results.findings]


@pytest.mark.parametrize(("path", "text", "at", "message"), FOUND, ids=[f[0] + f[3] for f in FOUND])
def test_uses_of_dotenv_files_are_found(path: str, text: str, at: str, message: str) -> None:
    ((shown, written),) = check(path, text)
    assert shown.startswith(at) and message in written and len(written) <= 100


@pytest.mark.parametrize(("step", "at", "message"), STEPS, ids=[step for step, _, _ in STEPS])
def test_each_step_of_a_workflow_is_checked_like_a_script(step: str, at: str, message: str) -> None:
    ((shown, written),) = check(".github/workflows/a.yml", f"{WORKFLOW}      {step}\n")
    assert shown.startswith(at) and message in written


@pytest.mark.parametrize(("path", "text"), NONE, ids=[f"{path}: {text[-40:]}" for path, text in NONE])
def test_other_uses_of_files_are_not_reported(path: str, text: str) -> None:
    assert check(path, text) == []


@pytest.mark.parametrize("step", QUIET_STEPS)
def test_steps_that_do_not_use_one(step: str) -> None:
    assert check(".github/workflows/a.yml", f"{WORKFLOW}      {step}\n") == []


def test_the_fix_for_a_build_step_does_not_read_the_secret() -> None:
    text = "FROM a\nRUN cp .env.example .env\nCMD set -a && . ./.env && app\n"
    build, start = results_of(RULE, {"Dockerfile": text}).findings
    assert "if it is copied" in build.fix_hint and "aws " not in build.fix_hint
    assert "Let the program read" in start.fix_hint and "aws " not in start.fix_hint


@pytest.mark.parametrize(
    ("lock", "manifest", "text", "command"),
    [
        ("package-lock.json", "package.json", '{"dependencies": {"dotenv": "1"}}', "npm uninstall dotenv"),
        ("pnpm-lock.yaml", "web/package.json", '{"dependencies": {"dotenv": "1"}}', "pnpm remove dotenv"),
        ("web/yarn.lock", "web/package.json", '{"dependencies": {"dotenv": "1"}}', "yarn remove dotenv"),
        ("poetry.lock", "pyproject.toml", 'python-dotenv = "1"\n', "poetry remove python-dotenv"),
        ("uv.lock", "pyproject.toml", 'x = ["python-dotenv"]\n', "uv lock"),
        ("x", "requirements.txt", "python-dotenv\n", "pip uninstall python-dotenv"),
        ("Gemfile.lock", "Gemfile", "gem 'dotenv'\n", "bundle install"),
        ("x", "Cargo.toml", 'dotenvy = "1"\n', "cargo remove dotenvy"),
    ],
)
def test_the_fix_names_the_package_managers_command(
    lock: str, manifest: str, text: str, command: str
) -> None:
    results = results_of(RULE, {lock: "", manifest: text})
    (finding,) = [f for f in results.findings if f.span.path == manifest]
    assert f"`{command}`" in finding.fix_hint


def test_a_setting_on_its_own_line_is_deleted() -> None:
    for text, deleted in (("useDotenv: true # why\nx: 1\n", True), ("{useDotenv: true, x: 1}\n", False)):
        (found,) = results_of(RULE, {"serverless.yml": text}).findings
        assert (found.fix is not None) is deleted
