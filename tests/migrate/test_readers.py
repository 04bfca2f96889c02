"""What still names or loads a dotenv file is found, and only what may read it keeps the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.migrate import readers, repository
from palint.migrate.loaders import MARK
from palint.migrate.readers import Reader
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository


def found(repo: Repository, *dotenv: str, **variables: list[str]) -> list[Reader]:
    """The readers of dotenv files: by name alone, or with their variables."""
    project = Project(str(repo.path), WorkTree(str(repo.path), repository=True))
    return readers.find(project, project.files(), {**{path: [] for path in dotenv}, **variables}, ())


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("run.sh", "source /app/app.env"),
        ("run.sh", "set -a; . ./app.env"),
        ("Makefile", "include app.env"),
        ("main.go", '\tviper.SetConfigFile("app.env")'),
        ("main.go", '\tgodotenv.Load(dir + "/app.env")'),
        ("src/main.rs", 'dotenvy::from_filename("app.env")'),
        ("Program.cs", 'DotNetEnv.Env.Load("../app.env");'),
        ("a.py", 'subprocess.run("set -a; source app.env; exec server", shell=True)'),
        ("a.js", "const path = `${dir}/app.env`;"),
        ("config.yml", "settings: [config/app.env]"),
        ("nodemon.json", '{"exec": "load app.env && node app.js"}'),
        ("package.json", '{"scripts": {"start": "node --env-file=app.env the whole app server"}}'),
        ("deploy.tf", 'source = "${path.module}/app.env"'),
        ("app.service", "EnvironmentFile=/srv/app.env"),
        ("Dockerfile", "COPY app.env ."),
        ("index.js", 'load("app.env"); // the file'),
        ("index.ts", 'glob("src/*");\nload("app.env");'),
        ("run.sh", 'echo "$(cat app.env)"'),
        ("list.py", "FILES = '''\napp.env\n'''"),
        ("docs/setup.sh", "source app.env"),
        ("config.yml", 'run: "docker compose run a b --x=1 --y=2 --z=3 -v=app.env"'),
    ],
)
def test_a_place_that_may_read_the_file_holds_it(repo: Repository, path: str, line: str) -> None:
    repo.write(path, f"{line}\n")
    assert [(r.path, r.dotenv, r.holds) for r in found(repo, "conf/app.env")] == [
        (path, "conf/app.env", True)
    ]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("README.md", "Copy app.env."),
        ("run.sh", "# source app.env"),
        ("run.sh", "make  # reads app.env"),
        ("main.go", "// LoadConfig reads app.env"),
        ("main.go", '\tlog.Fatal("cannot read app.env")'),
        ("a.py", '"""Reads app.env."""'),
        ("a.py", 'x = "app.env is read"'),
        (".github/workflows/a.yml", "      - name: Load secrets and save to app.env"),
        ("nodemon.json", '{"watch": ["src", "conf/app.env"]}'),
        ("a.js", " * @param path of app.env"),
        ("docs/setup.html", "Fill app.env."),
        ("web/index.html", "Fill app.env."),
        ("config/a.php", '<?php\n/*\n| Set this in your "app.env" file.\n*/'),
        ("a.php", '<?php log("Set app.env first " . url());'),
        ("run.sh", 'echo "* Configuring app.env file."'),
        ("app.json", '{\n  "description": "Whether app.env is saved, too"\n}'),
        ("lang/pt.json", '{\n  "denied": "Não foi possível escrever em app.env."\n}'),
        ("web/docs/a.html-fragment", "Fill app.env."),
        ("rules/a.mdc", "Fill app.env."),
        ("run.sh", "[ -d x ] || cp -n app.env.example app.env"),
        ("run.sh", 'echo "A=1" >> "${DIR}/app.env"'),
        (".github/workflows/a.yml", "      - run: touch app.env"),
        ("Dockerfile", "RUN make && \\\n    rm -rf app.env"),
    ],
)
def test_a_remark_holds_nothing_but_is_seen(repo: Repository, path: str, line: str) -> None:
    repo.write(path, f"{line}\n")
    assert [(r.path, r.holds) for r in found(repo, "app.env")] == [(path, False)]


def test_other_names_and_ignore_files_are_no_readers(repo: Repository) -> None:
    repo.write("a.js", "process.env.X; import.meta.env; load('my-app.env'); load('app.env.example');\n")
    repo.write("b.sh", "cp .env.example x; rm -f *.env\n")
    repo.write(".gitignore", ".env\napp.env\n")
    repo.write(".dockerignore", ".env\napp.env\n")
    repo.write(".htaccess", "<Files .env>\n")
    repo.write(".github/labeler.yml", "config: [.env, app.env]\n")
    repo.write("a.php", "<?php echo 'a'.env('PORT').'b';\n")
    repo.write(".env.example", "# written as .env and app.env\n")
    repo.write("logo.bin", "\0 .env app.env\n")
    assert found(repo, ".env", "app.env") == []
    repo.write("c.sh", "cp .env x\n")
    assert [r.path for r in found(repo, ".env", "app.env")] == ["c.sh"]


def test_prisma_reads_the_file_itself_unless_it_has_settings(repo: Repository) -> None:
    repo.write("prisma/schema.prisma", 'datasource db {\n  url = env("DB_SOURCE")\n}\n')
    repo.write("compose.yaml", "services:\n  a:\n    environment:\n      DB_SOURCE: ${DB_SOURCE}\n")
    assert [(r.path, r.variables) for r in found(repo, **{".env": ["DB_SOURCE"]})] == [
        ("prisma/schema.prisma", ("DB_SOURCE",))
    ]
    repo.write("prisma.config.ts", "import './aws-secrets';\n")
    assert found(repo, **{".env": ["DB_SOURCE"]}) == found(repo, **{".env": ["DB_SOURCE", "PORT"]}) == []


def test_a_framework_that_reads_the_file_beside_its_manifest(repo: Repository) -> None:
    repo.write("web/composer.json", '{"require": {\n  "laravel/framework": "^11.0"}}\n')
    assert [
        (r.path, r.line, r.dotenv, r.holds) for r in found(repo, ".env", "web/.env", "web/other.env")
    ] == [("web/composer.json", 2, "web/.env", True)]


FILE_NAMES = st.sampled_from([".env", "app.env", ".env.local", "prod.env"])


@given(FILE_NAMES, st.sampled_from(["", "/", "./", "../", "${DIR}/", "conf/"]), st.sampled_from("\"'`"))
def test_a_quoted_path_is_found_however_it_is_written(name: str, before: str, quote: str) -> None:
    pattern = repository.name_pattern(name)
    assert pattern.search(f"open({quote}{before}{name}{quote})")
    assert not pattern.search(f"open({quote}{before}x{name}{quote})")
    assert not pattern.search(f"open({quote}{before}{name}.example{quote})")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/Main.java", 'class Main { String a = System.getenv("DB_SOURCE"); }\n'),
        ("src/main.rs", 'fn main() { std::env::var("DB_SOURCE"); }\n'),
        ("src/app.yml", "db:\n  url: ${DB_SOURCE}\n"),
        ("prisma/schema.prisma", 'datasource db {\n  url = env("DB_SOURCE")\n}\n'),
        ("deploy.sh", 'psql "$DB_SOURCE"\n'),
        ("Makefile", "migrate:\n\tmigrate -database $(DB_SOURCE) up\n"),
        ("a.py", "import os\nos.environ['DB_SOURCE']\nos.environ['DB_SOURCE']\n"),
        ("run.sh", 'psql " # $DB_SOURCE"\n'),
    ],
)
def test_what_reads_a_variable_without_a_loader_holds_the_file(
    repo: Repository, path: str, text: str
) -> None:
    repo.write(path, text)
    line = 1 + text[: text.index("DB_SOURCE")].count("\n")
    [reader] = found(repo, **{".env": ["DB_SOURCE", "PORT"], "b.env": ["PORT"]})
    assert reader == (path, line, ".env", "reads `DB_SOURCE`", True, ("DB_SOURCE",))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "Set `DB_SOURCE`.\n"),
        ("src/Main.java", '// "DB_SOURCE" is read elsewhere\nclass Main {}\n'),
        ("deploy.sh", 'DB_SOURCE=$(cat url)\npsql "$DB_SOURCE"\n'),
        ("tests/MainTest.java", 'class MainTest { String a = System.getenv("DB_SOURCE"); }\n'),
        (".github/workflows/a.yml", "on: push\nenv: {DB_SOURCE: x}\n"),
        ("composer.lock", '{"a": "DB_SOURCE .env"}\n'),
        ("run.sh", 'psql "$DB_SOURCE"  # with the keys of $SECRET_ID\n'),
    ],
)
def test_what_gets_the_variable_elsewhere_holds_nothing(repo: Repository, path: str, text: str) -> None:
    repo.write(path, text)
    assert found(repo, **{".env": ["DB_SOURCE"]}) == []


def test_a_name_of_one_word_is_a_variable_where_the_line_is_about_settings(repo: Repository) -> None:
    repo.write("Form.java", 'class Form { String a = label("HOST"); }\n')
    assert found(repo, **{".env": ["HOST"]}) == []
    repo.write("Main.java", 'class Main { String a = label("HOST");\nString b = System.getenv("HOST"); }\n')
    assert [(reader.path, reader.line) for reader in found(repo, **{".env": ["HOST"]})] == [("Main.java", 2)]


@pytest.mark.parametrize(("imported", "head"), [(True, MARK), (False, MARK), (False, "Keys of ours")])
def test_a_loader_serves_the_program_that_imports_it(repo: Repository, imported: bool, head: str) -> None:
    repo.write("web/package.json", "{}\n")
    repo.write("web/aws-secrets.js", f"// {head}, at start.\n")
    uses = imported or head != MARK
    repo.write("web/index.js", "require('./aws-secrets');\n" if uses else "start();\n")
    repo.write("web/db.js", "connect(process.env.DB_SOURCE);\n")
    repo.write("other/db.js", "connect(process.env.DB_SOURCE);\n")
    holding = [reader.path for reader in found(repo, **{".env": ["DB_SOURCE"]})]
    assert holding == ["other/db.js", *(["web/db.js"] if not imported else [])]


def test_configuration_is_read_by_its_program_and_a_tool_s_own_by_the_tool(repo: Repository) -> None:
    repo.write("composer.json", "{}\n")
    repo.write("aws-secrets.php", f"<?php\n// {MARK}, at start.\n")
    repo.write("index.php", "<?php\nrequire_once 'aws-secrets.php';\n")
    repo.write("config/db.yaml", "url: '%env(resolve:DB_SOURCE)%'\n")
    assert found(repo, **{".env": ["DB_SOURCE"]}) == []
    repo.write("package.json", "{}\n")
    repo.write("aws-secrets.js", f"// {MARK}, at start.\n")
    repo.write("index.js", "require('./aws-secrets');\n")
    repo.write("vite.config.js", "export default process.env.DB_SOURCE;\n")
    assert [reader.path for reader in found(repo, **{".env": ["DB_SOURCE"]})] == ["vite.config.js"]


def test_symfony_says_how_it_does_without_the_file(repo: Repository) -> None:
    repo.write("composer.json", '{"require": {"symfony/runtime": "7.*"}}\n')
    [reader] = found(repo, ".env")
    assert reader.holds and reader.what.endswith("(until `extra.runtime.disable_dotenv` is true)")
    repo.write(
        "composer.json",
        '{"require": {"symfony/runtime": "7.*"}, "extra": {"runtime": {"disable_dotenv": true}}}\n',
    )
    assert found(repo, ".env") == []
