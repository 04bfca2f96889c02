"""What each kind of file becomes: the plan is made for a repository, and the new texts are compared."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from palint.migrate import loaders, python_code
from palint.migrate.key_names import Literal
from palint.migrate.loaders import Names
from palint.migrate.migration_plan import MigrationPlan
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile
from tests.conftest import Repository, findings
from tests.migrate.test_migrate import make_plan

TOKEN = generate("{github_token}", "rewrites")
NAMES = Names("shop/development", "eu-west-2")
HEADS = (
    "",
    '"""Words."""\n',
    '"""Words."""\n\nfrom __future__ import annotations\n\n',
    "# words\n\n",
    "x = 1\n",
)
STATEMENTS = (
    "import os\n", "\n", "\n\n", "# words\n", "from dotenv import load_dotenv, find_dotenv\n",
    "import dotenv, re\n", "load_dotenv()\n", "load_dotenv(find_dotenv())  # the file\n",
    "dotenv.load_dotenv('.env'); x = 1\n", "if os.path.exists('.env'):\n    load_dotenv()\n",
    "def f():\n    load_dotenv()\n", "if load_dotenv(\n):\n    y = 1\n",
    "try:\n    from dotenv import load_dotenv\nexcept ImportError:\n    pass\nelse:\n    load_dotenv()\n",
    "class S(B):\n    class Config:\n        env_file = '.env'\n",
    "@a\nclass T(B):\n    c = ConfigDict(env_file='.env')\n",
    "here = os.path.dirname(__file__)\nload_dotenv(os.path.join(here, '.env'))\n",
)  # fmt: skip


def planned(repo: Repository) -> tuple[MigrationPlan, dict[str, str]]:
    repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    repo.add()
    _, plan = make_plan(repo)
    return plan, {f.path: f.data.decode() for f in plan.files}


def python(text: str, literals: Sequence[tuple[int, str]] = (), *, loads: bool = True) -> str:
    """literals: (offset, key)."""
    file = SourceFile("app.py", text.encode())
    found = [Literal(start, 0, key) for start, key in literals]
    return python_code.rewrite(file, (), found, "aws_secrets", loader=loads).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "from dotenv import load_dotenv\nload_dotenv()\nimport x\n",
            "from aws_secrets import export_secrets\n\nexport_secrets()\nimport x\n",
        ),
        ("import os\nA = os.getenv('B', 'c')\n", "import os\nA = os.getenv('B', 'c')\n"),
        (
            "from dotenv import load_dotenv\nA = (\n    f'é {load_dotenv()}'\n)\n",
            "from dotenv import load_dotenv\nA = (\n    f'é {load_dotenv()}'\n)\n",
        ),
        (
            "from dotenv import dotenv_values\n\nV = {**dotenv_values('.env')}\n",
            "from aws_secrets import all_secrets\n\nV = {**all_secrets()}\n",
        ),
        (
            "import environ\n\nenv = environ.Env()\nenv.read_env()\n",
            "import environ\nfrom aws_secrets import export_secrets\n\n"
            "env = environ.Env()\nexport_secrets()\n",
        ),
        (
            "import a, os\nfrom dotenv import load_dotenv\n\n# where it is\nif os.path.exists('.env'):\n"
            "    load_dotenv('.env')\nX = 1\n",
            "import a\nfrom aws_secrets import export_secrets\n\n# where it is\nexport_secrets()\nX = 1\n",
        ),
        (
            "import a\n\ntry:\n    from dotenv import load_dotenv\n    load_dotenv()\nexcept ImportError:\n"
            "    pass\n",
            "import a\nfrom aws_secrets import export_secrets\n\ntry:\n    export_secrets()\n"
            "except ImportError:\n    pass\n",
        ),
        (
            "from dotenv import *\nimport dotenv\ndotenv.load_dotenv()\nx = dotenv_values('a')\n",
            "from dotenv import *\nfrom aws_secrets import export_secrets\n\nexport_secrets()\n"
            "x = dotenv_values('a')\n",
        ),
        (
            "from starlette.config import Config\nfrom os import path\nf = g = path.join('a')\n"
            "o.f = h = path.join('b')\nc = Config(f)\nd = Config('b', a)\n"
            "e = Config(env_file=h, a=1)\nx(g)\n",
            "from starlette.config import Config\nfrom os import path\n"
            "from aws_secrets import export_secrets\n\nexport_secrets()\n\n"
            "f = g = path.join('a')\no.f = h = path.join('b')\nc = Config()\nd = Config(a)\n"
            "e = Config(a=1)\nx(g)\n",
        ),
        (
            "import sys\nsys.path.insert(0, '..')\nfrom dotenv import load_dotenv\nimport a\nload_dotenv()\n",
            "import sys\nsys.path.insert(0, '..')\nimport a\nfrom aws_secrets import export_secrets\n\n"
            "export_secrets()\n",
        ),
        (
            "from dotenv import load_dotenv\nload_dotenv()\nimport sys\nsys.path.append('..')\n",
            "from aws_secrets import export_secrets\n\nexport_secrets()\nimport sys\nsys.path.append('..')\n",
        ),
        (
            "import dotenv; dotenv.load_dotenv(); x = 1\n",
            "from aws_secrets import export_secrets\n\nexport_secrets(); x = 1\n",
        ),
        (
            "import a\r\nfrom dotenv import (  # local\r\n    load_dotenv,\r\n)\r\n\r\nload_dotenv()\r\n",
            "import a\r\nfrom aws_secrets import export_secrets\r\n\r\nexport_secrets()\r\n",
        ),
    ],
)  # fmt: skip
def test_python(before: str, after: str) -> None:
    assert python(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from dotenv import load_dotenv\nload_dotenv()\nx = 1\n", "x = 1\n"),
        ("import dotenv\nif a:\n    dotenv.load_dotenv()\n    b()\n", "if a:\n    b()\n"),
        (
            "class S(B):\n    class Config:\n        env_file = '.env'\n        extra = 'a'\n",
            "class S(B):\n    class Config:\n        extra = 'a'\n",
        ),
        ("class Config:\n    env_file = '.env'\n", "class Config:\n    env_file = '.env'\n"),
        (
            "class S(B):\n    a = 1\n\n    class Config:\n        env_file = '.env'  # here\n\n\nx = S()\n",
            "class S(B):\n    a = 1\n\n\nx = S()\n",
        ),
        (
            "x = 1\ntry:\n    from dotenv import load_dotenv\n    load_dotenv()\nexcept ImportError:\n"
            "    pass\n\ny = 1\n",
            "x = 1\n\ny = 1\n",
        ),
        (
            "class S(B):\n    class Config:\n        env_file = '.env'\n        env_file_encoding = 'a'\n"
            "    a = 1\n",
            "class S(B):\n    a = 1\n",
        ),
        (
            "class S(B):\n    class Other:\n        env_file = '.env'\n",
            "class S(B):\n    class Other:\n        env_file = '.env'\n",
        ),
        (
            "from dotenv import load_dotenv\nif a:\n    load_dotenv()\n    load_dotenv()\nb()\n",
            "if a:\n    pass\nb()\n",
        ),
        ("import dotenv\nok = dotenv.load_dotenv()\n", "import dotenv\nok = dotenv.load_dotenv()\n"),
        ("import dotenv\nv = dotenv.dotenv_values()\n", "import dotenv\nv = dotenv.dotenv_values()\n"),
        ("f(env_file='.env')\nf((a), _env_file='.env')\n", "f(env_file='.env')\nf((a), _env_file='.env')\n"),
        ("f(\n    a=1,\n    _env_file='.env',\n)\n", "f(\n    a=1,\n)\n"),
        ("f(_env_file='.env', )\n", "f( )\n"),
    ],
)
def test_python_that_needs_no_loader_loses_what_loads(before: str, after: str) -> None:
    assert python(before, loads=False) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from dotenv import load_dotenv\nload_dotenv()\nimport x\n", "import x\n"),
        ("import dotenv, x\n\ndotenv.load_dotenv('.env')\n", "import x\n"),
        ("from dotenv import load_dotenv as load\nif True:\n    load()\n", "if True:\n    pass\n"),
    ],
)
def test_python_whose_package_loads_the_secret(before: str, after: str) -> None:
    assert python(before, loads=False) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import os\nA = os.environ.get('A', 'b')\n", "A = os.environ.get('A', secret(\"A\"))\n"),
        ("import os\nA = b'b'\n", 'A = secret("A").encode()\n'),
    ],
)
def test_a_python_literal_is_read_from_the_secret(before: str, after: str) -> None:
    made = python(before, [(re.search("b?'b'", before).start(), "A")])  # type: ignore[union-attr]
    assert made.endswith(f"from aws_secrets import secret\n\n{after}")


@given(st.sampled_from(HEADS), st.lists(st.sampled_from(STATEMENTS), max_size=8), st.booleans())
def test_rewritten_python_compiles_and_loads_no_file(head: str, body: list[str], loads: bool) -> None:
    text = f"{head}from dotenv import load_dotenv\nimport dotenv\n{''.join(body)}load_dotenv()\n"
    made = python(text, loads=loads)
    compile(made, "app.py", "exec")
    assert re.search(r"(?<!if )load_dotenv\(" if not loads else r"dotenv", made) is None
    assert "env_file" not in made and python(made, loads=loads) == made
    assert ("export_secrets" in made) is loads


def test_python_that_is_nested_deep_is_left_alone(repo: Repository) -> None:
    deep = "from dotenv import load_dotenv\nload_dotenv()\nx = " + "(" * 2000 + ")" * 2000
    repo.write("app.py", deep)
    repo.write("b.py", f"GITHUB_TOKEN = '{TOKEN}'\n")
    repo.write(".env", "A=1\n")
    plan, files = planned(repo)
    assert "app.py" not in files and 'secret("GITHUB_TOKEN")' in files["b.py"]
    assert any(task.text.startswith("`app.py` is n") for task in plan.tasks)
    assert [file.path for file in plan.kept] == [".env"]


def test_pydantic_settings_gets_the_keys_of_the_secret(repo: Repository) -> None:
    repo.write(
        "app/config.py",
        "from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\nclass Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n    api_key: str\n',
    )
    repo.write("app/__init__.py", "")
    repo.write(".env", "API_KEY=x\n")
    _, files = planned(repo)
    assert "env_file" not in files["app/config.py"]
    assert "from app.aws_secrets import export_secrets\n\nexport_secrets()\n" in files["app/config.py"]


def test_javascript_and_its_manifest(repo: Repository) -> None:
    repo.write("package.json", '{\n  "scripts": {\n    "start": "node --env-file=.env app.js"\n  },\n'
               '  "dependencies": {\n    "dotenv": "^16.0.0"\n  }\n}\n')  # fmt: skip
    repo.write("app.js", f"'use strict';\nrequire('dotenv').config();\nconst githubToken = '{TOKEN}';\n")
    repo.write(".env", "A=1\n")
    plan, files = planned(repo)
    assert files["app.js"] == (
        "'use strict';\nconst { secret } = require('./aws-secrets');\n"
        "const githubToken = secret('GITHUB_TOKEN');\n"
    )
    assert '"start": "node app.js"' in files["package.json"] and "dotenv" not in files["package.json"]
    assert loaders.SDK in files["package.json"]
    assert [k.name for k in plan.secrets[0].keys] == ["A", "GITHUB_TOKEN"]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("", "import { secret } from './aws-secrets.cjs';"),
        ("// what this is\n\n", "import { secret } from './aws-secrets.cjs';"),
    ],
)
def test_a_module_imports_the_loader_wherever_its_imports_are(head: str, line: str, repo: Repository) -> None:
    repo.write("package.json", '{"type": "module"}\n')
    repo.write("app.js", f"{head}import fs from 'fs';\nconst githubToken = '{TOKEN}';\nfs.x(githubToken);\n")
    _, files = planned(repo)
    assert files["app.js"] == (
        f"{head}{line}\nimport fs from 'fs';\nconst githubToken = secret('GITHUB_TOKEN');\n"
        "fs.x(githubToken);\n"
    )


def test_an_import_of_the_loader_has_the_suffix_that_it_needs_and_is_made_once(repo: Repository) -> None:
    load = "import dotenv from 'dotenv';\ndotenv.config();\n"
    repo.write(".env", "API_TOKEN=x1y2\n")
    repo.write("package.json", '{"dependencies": {"dotenv": "^17"}}\n')
    repo.write("build.mjs", load)
    repo.write("api/package.json", '{"type": "module", "dependencies": {"@nestjs/config": "^4"}}\n')
    repo.write("api/tsconfig.json", "{}\n")
    repo.write("api/config.ts", f"{load}import a from './a.ts';\n")
    repo.write("api/plain.js", load)
    repo.write("web/package.json", '{"type": "module"}\n')
    repo.write("web/tsconfig.json", "{}\n")
    repo.write("web/src/main.ts", load)
    repo.write("cli/package.json", "{}\n")
    repo.write("cli/tsconfig.json", "{}\n")
    repo.write("cli/main.ts", load)
    repo.write("cli/b.ts", f"{load}import a from './a';\n")
    repo.write("api/src/main.ts", "import './app.module';\n")
    _, files = planned(repo)
    assert files["build.mjs"] == "import './aws-secrets.js';\n"
    assert files["api/config.ts"] == "import './aws-secrets.ts';\nimport a from './a.ts';\n"
    assert files["api/plain.js"] == "import './aws-secrets.cjs';\n"
    assert files["web/src/main.ts"] == "import './aws-secrets.js';\n" and "web/src/aws-secrets.ts" in files
    assert files["cli/main.ts"] == "import './aws-secrets';\n"
    assert files["cli/b.ts"] == "import './aws-secrets';\nimport a from './a';\n"
    for path, text in files.items():
        repo.write(path, text)
    repo.write("api/src/late.ts", "start(process.env.API_TOKEN);\n")
    repo.write("run.sh", "while read -r line; do :; done < .env\n")
    again = make_plan(repo)[1]
    assert again.files == () and [file.path for file in again.kept] == [".env"]
    repo.write("api/src/new.ts", load)
    [new] = make_plan(repo)[1].files
    assert (new.path, new.text) == ("api/src/new.ts", "import '../aws-secrets.js';\n")


def test_the_loader_is_where_the_compiler_takes_its_modules_from(repo: Repository) -> None:
    repo.write(".env", "API_TOKEN=x1y2\n")
    repo.write("package.json", '{"type": "module", "dependencies": {"dotenv": "^17"}}\n')
    repo.write("tsconfig.json", '{"compilerOptions": {\n  // "rootDir": "./",\n  "rootDir": "./source/"}}\n')
    repo.write("source/index.ts", "import 'dotenv/config';\n")
    repo.write("scripts/seed.ts", "import 'dotenv/config';\n")
    _, files = planned(repo)
    assert files["source/index.ts"] == "import './aws-secrets.js';\n" and "source/aws-secrets.ts" in files
    assert files["scripts/seed.ts"] == "import '../source/aws-secrets.js';\n"


@pytest.mark.parametrize("typed", [False, True])
def test_the_javascript_loaders_are_valid(typed: bool, tmp_path: object) -> None:
    from palint.languages import javascript

    text = loaders.javascript(NAMES, "aws-secrets.js", typescript=typed, esm=False)
    name = "a.ts" if typed else "a.js"
    assert not javascript.parse(SourceFile(name, text.encode())).root.has_error
    if not typed and shutil.which("node"):
        made = subprocess.run(
            ["node", "--check", "-"], input=text, text=True, capture_output=True, check=False
        )
        assert made.returncode == 0, made.stderr


def test_the_python_loader_compiles() -> None:
    compile(loaders.python(NAMES, "aws_secrets.py"), "aws_secrets.py", "exec")


def test_what_reads_the_environment_by_other_means_loads_the_secret_into_it(repo: Repository) -> None:
    """No code loads the file: Compose gives its variables to the program, and a helper reads them by name."""
    repo.write("docker/.env", "API_TOKEN=x1y2\nDB_LOGIN=a\n")
    repo.write("docker/compose.yaml", "services:\n  api:\n    build: ..\n    env_file: .env\n")
    repo.write("requirements.txt", "")
    repo.write(
        "settings.py",
        "import os\n\n\ndef text(name):\n    return os.getenv(name)\n\n\n"
        'TOKEN = text("API_TOKEN")\nLOGIN = os.getenv("DB_LOGIN")\n',
    )
    repo.write("tool.py", "import os\n\nenvironment = os.environ.copy()\n")
    plan, files = planned(repo)
    assert "from aws_secrets import export_secrets\n\nexport_secrets()\n" in files["settings.py"]
    assert "tool.py" not in files and plan.kept == ()
    for path in ("settings.py", "aws_secrets.py"):  # a run that was interrupted goes on from here
        repo.write(path, files[path])
    again = {file.path for file in make_plan(repo)[1].files}
    assert "docker/compose.yaml" in again and not again & {"settings.py", "aws_secrets.py"}
    (repo.path / "aws_secrets.py").unlink()
    for head in ("from environ import Env\nenv = Env()\n", "import decouple\nenv = decouple.config\n"):
        repo.write("settings.py", f'{head}LOGIN = env("DB_LOGIN")\n')
        files = {file.path: file.text for file in make_plan(repo)[1].files}
        assert "export_secrets()" in files["settings.py"], head


def test_a_package_loads_the_secret_once_before_its_modules(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=a1\n")
    repo.write("requirements.txt", "")
    head = '"""The shop."""\n\nfrom __future__ import annotations\n\n'
    repo.write("app/__init__.py", f"{head}from app.config import LOGIN\n")
    repo.write("app/config.py", 'import os\n\nLOGIN = os.environ["DB_LOGIN"]\n')
    repo.write("app/celery/__init__.py", "")  # the name of an installed package
    repo.write(
        "app/celery/tasks.py",
        "import os\nimport celery\nfrom app.config import LOGIN\nfrom app import config\n\n"
        'assert os.getenv("DB_LOGIN") == LOGIN\n',
    )
    repo.write("migrations/versions/a1.py", 'import os\n\ndown_revision = None\nX = os.environ["DB_LOGIN"]\n')
    _, files = planned(repo)
    assert {path for path in files if path.endswith(".py")} == {"app/aws_secrets.py", "app/__init__.py"}
    assert files["app/__init__.py"] == (
        f"{head[:-1]}from app.aws_secrets import export_secrets\n\nexport_secrets()\n\n"
        "from app.config import LOGIN\n"
    )


def test_a_module_with_the_name_of_its_package_moves_no_root(repo: Repository) -> None:
    """`app.core.app` is not `app` in `app/core/`. A file that is loaded, but not here, is a task."""
    repo.write(".env", "DB_LOGIN=a1\n")
    settings = "from pydantic_settings import BaseSettings\n\n\nclass {}:\n    {}\n"
    repo.write("app/core/app.py", settings.format("App(BaseSettings)", "login: str"))
    repo.write(
        "app/core/live.py",
        "from app.core.app import App\n\n\nclass A(App):\n    class Config:\n        env_file = 'prod.env'\n",
    )
    plan, files = planned(repo)
    assert "from app.aws_secrets import export_secrets\n" in files["app/core/live.py"]
    assert [path for path in files if path.endswith("aws_secrets.py")] == ["app/aws_secrets.py"]
    [text] = [task.text for task in plan.tasks if task.topic == "store"]
    assert text.startswith("`prod.env`, which `app/core/live.py` loaded, is not here")
    assert "`shop/production`" in text


def test_a_load_of_no_named_file_is_one_of_a_file_that_is_not_here(repo: Repository) -> None:
    repo.write("app.py", f"from dotenv import load_dotenv\n\nload_dotenv()\nGITHUB_TOKEN = '{TOKEN}'\n")
    repo.write("tests/test_a.py", "from dotenv import load_dotenv\n\nload_dotenv('ci.env')\n")
    plan, files = planned(repo)
    assert "load_dotenv" not in files["app.py"]
    assert [task.text.partition(" is not")[0] for task in plan.tasks if task.topic == "store"] == [
        "`.env`, which `app.py` loaded,"
    ]


def test_a_package_of_the_whole_repository_has_its_loader_in_it(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=a1\nFLASK_APP=shop\n")
    repo.write("__init__.py", "")
    repo.write("api/__init__.py", "")
    repo.write("api/requirements.txt", "boto3\n")
    repo.write("api/app.py", "import os\nfrom .db import b\n\nLOGIN = os.environ['DB_LOGIN']\n")
    plan, files = planned(repo)
    assert "from .aws_secrets import export_secrets" in files["api/__init__.py"]
    assert not [task.text for task in plan.tasks if task.topic == "install"]
    assert any("the command `flask` reads FLASK_APP" in task.text for task in plan.tasks)


def test_a_loader_outside_of_the_package_is_imported_by_its_whole_name(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=a1\n")
    repo.write("aws_secrets.py", loaders.python(NAMES, "aws_secrets.py"))
    repo.write("api/__init__.py", "")
    repo.write("requirements-test.txt", "x\n")
    repo.write("api/app.py", "import os\nfrom .db import b\n\nLOGIN = os.environ['DB_LOGIN']\n")
    plan, files = planned(repo)
    assert files["api/__init__.py"] == "from aws_secrets import export_secrets\n\nexport_secrets()\n"
    repo.write("late.py", "from dotenv import load_dotenv\n\nload_dotenv()\n")
    (repo.path / "aws_secrets.py").unlink()
    plan = make_plan(repo)[1]
    assert any("the loader needs `boto3`" in task.text for task in plan.tasks)


def test_an_empty_package_gets_whole_lines(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=a1\n")
    repo.write("app/__init__.py", "")
    repo.write("app/config.py", 'import os\n\nLOGIN = os.environ["DB_LOGIN"]\n')
    _, files = planned(repo)
    assert files["app/__init__.py"] == "from app.aws_secrets import export_secrets\n\nexport_secrets()\n"


def test_a_module_of_a_package_imports_the_loader_as_it_imports_others(repo: Repository) -> None:
    """The package is `src.app` in the repository, `app` in the image: a relative import works in both."""
    repo.write("src/.env", f"ADMIN_PASSWORD={TOKEN}\n")
    for name in ("src/__init__.py", "src/app/__init__.py", "src/app/core/__init__.py"):
        repo.write(name, "")
    repo.write("src/app/main.py", "from .core.config import config\n")
    repo.write(
        "src/app/core/config.py",
        "import os\nfrom starlette.config import Config\n\nhere = os.path.dirname(__file__)\n"
        'env_path = os.path.join(here, "..", "..", ".env")\nconfig = Config(env_path)\n'
        f'PASSWORD = config("ADMIN_PASSWORD", default="{TOKEN}")\n',
    )
    repo.write("pyproject.toml", "[project]\ndependencies = []\n")
    plan, files = planned(repo)
    assert "src/app/core/aws_secrets.py" in files and plan.kept == ()
    assert files["src/app/core/config.py"] == (
        "from starlette.config import Config\nfrom .aws_secrets import export_secrets, secret\n\n"
        "export_secrets()\n\nconfig = Config()\n"
        'PASSWORD = config("ADMIN_PASSWORD", default=secret("ADMIN_PASSWORD"))\n'
    )
    for path, text in files.items():
        repo.write(f"{path}", text)
    repo.write("src/app/web/__init__.py", "")
    repo.write("src/app/web/late.py", "from ..core.config import config\nfrom dotenv import load_dotenv\n\n"
               "load_dotenv()\n")  # fmt: skip
    again = {file.path: file.text for file in make_plan(repo)[1].files}
    assert "from ..core.aws_secrets import export_secrets\n" in again["src/app/web/late.py"]
    assert "src/app/core/aws_secrets.py" not in again
    path = 'import os\n\nenv_path = os.path.join("a", ".env")\nconfig = Config(env_path)'
    text = files["src/app/core/config.py"].replace("config = Config()", path)
    repo.write("src/app/core/config.py", text)
    repo.write("src/app/other.py", "from .core.config import env_path\n")
    _, plan = make_plan(repo)
    assert "src/app/core/config.py" not in [file.path for file in plan.files]
    assert any("sets `env_path`, which other modules import" in task.text for task in plan.tasks)


def test_secrets_of_tests_and_built_files_are_not_moved(repo: Repository) -> None:
    repo.write("tests/test_a.py", f'GITHUB_TOKEN = "{TOKEN}"\n')
    for path in ("web/app.min.js", "public/a.js"):
        repo.write(path, f"const githubToken = '{TOKEN}';\n")
    repo.write(".env.test", "API_TOKEN=x1y2\n")
    repo.write(".env", "API_TOKEN=z3\n")
    plan, files = planned(repo)
    assert "tests/test_a.py" not in files and [file.path for file in plan.removed] == [".env"]
    assert [key.name for secret in plan.secrets for key in secret.keys] == ["API_TOKEN"]
    said = [task.text for task in plan.tasks]
    assert "secrets in tests: generate them when the tests run: `tests/test_a.py:1`" in said
    assert any(text.startswith("possible secrets in built") and "app.min.js:1" in text for text in said)
    assert any(text.startswith("secrets in code for browsers") and "public/a.js:1" in text for text in said)
    assert any(text.startswith("`.env.test` stays: no test or CI job") for text in said)


def test_compose_and_dockerfile(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=x1y2\n")
    repo.write(
        "app.py", "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nP = os.environ['DB_LOGIN']\n"
    )
    repo.write(
        "compose.yaml",
        "services:\n  api:\n    build: .\n    env_file: .env\n"
        "  db:\n    image: rabbitmq:4\n    env_file:\n      - .env\n"
        f"    environment:\n      TOKEN: {TOKEN} # the old one\n",
    )
    repo.write("Dockerfile", f"FROM python\nCOPY app.py .env /app/\nENV TOKEN={TOKEN}\nCMD python app.py\n")
    plan, files = planned(repo)
    services = yaml.safe_load(files["compose.yaml"])["services"]
    assert services["api"]["environment"]["SECRET_ID"] == "shop/development"
    assert services["api"]["volumes"] == ["~/.aws:/root/.aws:ro"]
    assert services["db"]["environment"] == {"DB_LOGIN": "${DB_LOGIN:?}", "TOKEN": "${TOKEN:?}"}
    assert "env_file" not in files["compose.yaml"] and "# the old one" in files["compose.yaml"]
    assert files["Dockerfile"] == (
        "FROM python\nCOPY app.py /app/\nCOPY aws_secrets.py /app/aws_secrets.py\nCMD python app.py\n"
    )
    assert {k.name for k in plan.secrets[0].keys} == {"DB_LOGIN", "TOKEN"}
    assert any(task.topic == "run" for task in plan.tasks)
    repo.write("compose.yaml", "services:\n  api:\n    build: .\n    env_file: none.env\n")
    plan, files = make_plan(repo)[1], {}
    assert any("loaded `none.env`, which is not here" in task.text for task in plan.tasks)


def test_a_container_goes_on_with_a_file_that_a_script_reads(repo: Repository) -> None:
    repo.write(".env", "DB_LOGIN=x1y2\n")
    repo.write("api/.env", "DB_LOGIN=x1y2\n")
    repo.write("app.py", "from dotenv import load_dotenv\nload_dotenv()\n")
    repo.write("web/app.py", "from dotenv import load_dotenv\nload_dotenv()\n")
    repo.write("web/requirements.txt", "")
    repo.write("start.sh", "while read -r line; do :; done < /app/.env\n")
    repo.write("compose.yaml", "services:\n  api:\n    build: .\n  web:\n    build: ./web\n")
    repo.write("Dockerfile", f"FROM x\nCOPY .env .\nENV OTHER_KEY={TOKEN}\\\nx\n")
    plan, files = planned(repo)
    assert "compose.yaml" not in files and ".env" in [file.path for file in plan.kept]
    assert any(task.text.startswith("`Dockerfile:3`") for task in plan.tasks)
    assert not any(task.text.startswith("`Dockerfile:2`") for task in plan.tasks)


@pytest.mark.parametrize(
    ("ignored", "rest", "expected"),
    [
        ("", "", {"api"}),
        ("", "    volumes:\n      - {type: tmpfs, target: /x}\n", {"api"}),
        (
            "",
            "  worker:\n    build:\n      context: .\n  cli:\n    build:\n      target: x\n",
            {"api", "worker", "cli"},
        ),
        ("**/.env\n", "    volumes:\n      - {type: bind, source: ., target: /x}\n", {"api"}),
        ("**/.env\n", "", set()),
        (".env\n", "    volumes: ['.:/app']\n", {"api"}),
        ("", "  queue:\n    build: .\n    env_file: .env\n", {"queue"}),  # which `api` does without
    ],
)
def test_a_program_that_found_the_file_in_its_container_reads_the_secret(
    ignored: str, rest: str, expected: set[str], repo: Repository
) -> None:
    repo.write(".env", "DB_LOGIN=x1y2\n")
    repo.write(".dockerignore", ignored)
    repo.write("app.py", "from dotenv import load_dotenv\nload_dotenv()\n")
    web = "  web:\n    build: ./web\n  proxy:\n    image: nginx\n    volumes: ['.:/app']\n"
    repo.write("compose.yaml", f"services:\n  api:\n    build: .\n{rest}{web}")
    plan, files = planned(repo)
    assert ("compose.yaml" in files) is bool(expected)
    mounted = any("`proxy` mounts a folder that had a .env file" in task.text for task in plan.tasks)
    assert mounted is ("queue" not in expected)
    services = yaml.safe_load(files.get("compose.yaml", "services: {}"))["services"]
    given = {name: service["environment"]["SECRET_ID"] for name, service in services.items()
             if "environment" in service}  # fmt: skip
    assert given == dict.fromkeys(expected, "shop/development")


def test_workflow(repo: Repository) -> None:
    repo.write(
        ".github/workflows/deploy.yml",
        "on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    environment: staging\n    steps:\n"
        "      - uses: actions/checkout@v4\n"
        "      - run: make\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n",
    )
    plan, files = planned(repo)
    [job] = yaml.safe_load(files[".github/workflows/deploy.yml"])["jobs"].values()
    assert job["permissions"] == {"id-token": "write", "contents": "read"}
    assert [step.get("uses", "run") for step in job["steps"]] == [
        "actions/checkout@v4", "aws-actions/configure-aws-credentials@v4",
        "aws-actions/aws-secretsmanager-get-secrets@v2", "run",
    ]  # fmt: skip
    assert job["steps"][2]["with"] == {"secret-ids": ",shop/staging\n", "parse-json-secrets": True}
    assert job["steps"][3]["env"] == {"TOKEN": "${{ env.TOKEN }}"}
    assert plan.read == {"shop/staging": {"TOKEN"}}
    assert any("gh secret delete TOKEN" in task.text for task in plan.tasks)


def test_a_workflow_takes_the_environment_of_its_job_or_its_name(repo: Repository) -> None:
    steps = "    steps:\n      - run: make\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n"
    head = "on: push\njobs:\n  a:\n    runs-on: x\n"
    repo.write(".github/workflows/deploy-staging.yml", head + steps)
    repo.write(".github/workflows/deploy-production.yml", f"{head}    environment: {{name: dev}}\n{steps}")
    _, files = planned(repo)
    assert ",shop/staging\n" in files[".github/workflows/deploy-staging.yml"]
    assert ",shop/development\n" in files[".github/workflows/deploy-production.yml"]
    hints = {f["path"]: f["fix_hint"] for f in findings(repo.palint("--format", "json", "--select", "C3"))}
    assert "`shop/staging`" in hints[".github/workflows/deploy-staging.yml"]
    assert "`shop/development`" in hints[".github/workflows/deploy-production.yml"]


def test_a_workflow_that_a_stranger_triggers_gets_no_role(repo: Repository) -> None:
    repo.write(
        ".github/workflows/label.yml",
        "on: pull_request_target\njobs:\n  label:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: make\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n",
    )
    plan, files = planned(repo)
    assert files == {}
    assert any("a stranger can trigger" in task.text for task in plan.tasks)


def test_a_package_that_reads_secrets_itself_needs_no_loader(repo: Repository) -> None:
    repo.write("package.json", '{"dependencies": {"@palindrom/fastify-base": "^1", "dotenv": "^16"}}')
    repo.write("app.js", "require('dotenv').config();\nconst x = 1;\n")
    repo.write("requirements.txt", "llm @ git+https://github.com/palindrom-ai/llm\npython-dotenv\n")
    repo.write("app.py", "import os\nfrom dotenv import load_dotenv\nload_dotenv()\nA = os.environ['A']\n")
    repo.write(".env", "A=1\n")
    _, files = planned(repo)
    assert not any("aws" in path for path in files)
    assert files["app.py"] == "import os\nA = os.environ['A']\n"
    assert files["app.js"] == "const x = 1;\n"
    assert "dotenv" not in files["package.json"] and loaders.SDK not in files["package.json"]
    assert "dotenv" not in files["requirements.txt"] and "boto3" not in files["requirements.txt"]


def test_a_literal_that_is_not_rewritten_is_not_stored(repo: Repository) -> None:
    repo.write("package.json", '{"dependencies": {"@palindrom/fastify-base": "^1"}}')
    repo.write("app.js", f"const githubToken = '{TOKEN}';\n")
    plan, files = planned(repo)
    assert "app.js" not in files and plan.secrets == ()
    assert any("`app.js:1`" in task.text for task in plan.tasks if task.topic == "move")


def test_what_reads_the_file_of_a_page_or_of_another_program_gets_no_loader(repo: Repository) -> None:
    repo.write(".env", "API_TOKEN=x1y2\n")
    repo.write("package.json", '{"dependencies": {"react": "1"}}\n')
    repo.write("src/app.js", "start(process.env.API_TOKEN);\n")
    plan, files = planned(repo)
    assert "src/app.js" not in files
    assert any("`./`: a tool reads the .env file here" in task.text for task in plan.tasks)
    repo.write("go.mod", "module a\n")
    assert not any("a tool reads" in task.text for task in make_plan(repo)[1].tasks)


def test_a_script_that_starts_a_built_file_and_a_package_that_is_still_used(repo: Repository) -> None:
    repo.write(".env", "API_TOKEN=x1y2\n")
    package = '{"scripts": {"a": "node --env-file=.env dist/a.js"}, "dependencies": {"dotenv": "^17"}}\n'
    repo.write("package.json", package)
    repo.write("read.js", "const d = require('dotenv');\nx(d.parse(t));\n")
    repo.write("api/package.json", "{\n")
    repo.write("api/app.js", "require('dotenv').config();\n")
    plan, files = planned(repo)
    assert '"node dist/a.js"' in files["package.json"] and '"dotenv"' in files["package.json"]
    assert "read.js" not in files
    assert any("`api/package.json` is not valid JSON" in task.text for task in plan.tasks)


def test_a_value_that_no_program_reads_gets_a_placeholder(repo: Repository) -> None:
    repo.write("README.md", f"Use `{TOKEN}` to sign in.\n")
    repo.write("app.js", f"// {TOKEN}\nconst x = 1;\n")
    schema = "components:\n  schemas:\n    Token:\n      example:\n        token: {0}\n      default: {0}\n"
    repo.write("api.yml", schema.format(TOKEN))
    plan, files = planned(repo)
    assert files["api.yml"].count(TOKEN) == 1 and f"default: {TOKEN}" in files["api.yml"]
    assert TOKEN not in files["README.md"] and files["README.md"].endswith("to sign in.\n")
    assert TOKEN not in files["app.js"] and files["app.js"].endswith("const x = 1;\n")
    assert plan.secrets == () and sum(task.topic == "rotate" for task in plan.tasks) == 3
    assert [task.topic for task in plan.tasks if "api.yml:6" in task.text] == ["move"]


def test_two_secrets_on_one_line_of_prose_get_each_its_placeholder(repo: Repository) -> None:
    values = [generate("{github_token}", seed) for seed in ("one", "two")]
    repo.write("README.md", f"First `{values[0]}`, then `{values[1]}`, é and no more.\n")
    _, files = planned(repo)
    text = files["README.md"]
    assert re.fullmatch(r"First `<[^`<>]+>`, then `<[^`<>]+>`, é and no more\.\n", text), text


def test_a_value_that_palint_cannot_rewrite_is_a_task(repo: Repository) -> None:
    repo.write("app.py", f'A = f"{TOKEN}{{1}}"\n')
    repo.write("conf.ini", f"[x]\ntoken = {TOKEN}\n")
    plan, files = planned(repo)
    assert "app.py" not in files and "conf.ini" not in files and plan.secrets == ()
    said = [task.text for task in plan.tasks if task.topic == "move"]
    assert any("app.py:1" in text for text in said) and any("conf.ini:2" in text for text in said)
    assert not any(TOKEN in text for text in said)


def test_an_aws_key_is_not_stored(repo: Repository) -> None:
    repo.write(
        "s3.py",
        f'import boto3\nboto3.client("s3", aws_access_key_id="{generate("{aws_access_key_id}")}",\n'
        f'             aws_secret_access_key="{generate("{aws_secret_access_key}")}")\n',
    )
    key = generate("{aws_access_key_id}", 2)
    repo.write(
        ".env",
        f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={generate('{aws_secret_access_key}')}\nA=1\n"
        f"AWS_SESSION_TOKEN={generate('{base62:40}', 3)}\n",
    )
    repo.write("minio/.env", "AWS_ACCESS_KEY_ID=minio\nA=1\n")
    plan, _ = planned(repo)
    [secret] = plan.secrets
    found = {(key.name, key.sources[0].path) for key in secret.keys}
    assert ("AWS_ACCESS_KEY_ID", "minio/.env") in found and ("AWS_ACCESS_KEY_ID", ".env") not in found
    assert ("AWS_SESSION_TOKEN", ".env") not in found
    assert not any("(boto3-access-key)" in task.text for task in plan.tasks), "of another clause"
    assert any("`.env:1`: `AWS_ACCESS_KEY_ID` is a key of an AWS user" in task.text for task in plan.tasks)


def test_values_are_those_that_python_dotenv_reads(repo: Repository) -> None:
    from dotenv import dotenv_values

    from palint.migrate import values

    text = (
        'A=plain # comment\nB="two\\nlines \\"x\\""\nC=\'single \\n #\'\nexport D=1\n'
        'E=${A}-${D}\nF="${NO:-x}"\n'
        'G="multi\nline"\n'
    )
    path = repo.write(".env", text)
    file = SourceFile(".env", text.encode())
    places = {start: name for name, start, _ in values.variables(file)}
    ours = {places[at]: value for at, value in values.values_by_offset(file, expand=True).items()}
    assert ours == dotenv_values(path)  # palint: ignore[env-file-loaded] what values are compared with


@pytest.mark.parametrize(
    ("body", "rest"),
    [
        ("    load_dotenv()\nelse:\n    a()\n", "    {}\nelse:\n    a()\n"),
        ("    a()\n    load_dotenv()\n", "    a()\n    {}\n"),
        ("    ok = load_dotenv()\n", "    ok = {}\n"),
    ],
)
def test_a_condition_for_the_file_and_for_more_stays(body: str, rest: str) -> None:
    head = "from dotenv import load_dotenv\nif exists(a):\n"
    assert python(head + body).endswith("if exists(a):\n" + rest.format("export_secrets()"))
    other = python("from dotenv import load_dotenv\nif a:\n    load_dotenv()\n")
    assert other.endswith("if a:\n    export_secrets()\n")


@pytest.mark.parametrize(
    ("before", "after"), [("# words", "# words\n{}"), ("import a\n", "import a\n{}"), ("a\n", "{}\na\n")]
)
def test_the_secret_is_loaded_before_the_first_statement(before: str, after: str) -> None:
    file = SourceFile("a.py", before.encode())
    made = python_code.rewrite(file, (), (), "aws_secrets", entry=True).text
    loading = "from aws_secrets import export_secrets\n\nexport_secrets()\n"
    assert made == after.format(loading)
