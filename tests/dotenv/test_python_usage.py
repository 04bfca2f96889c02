"""The cheap look at a text lets through everything that the tree would tell."""

from __future__ import annotations

import pytest

from palint.dotenv import python_usage as python_dotenv_usage
from palint.languages import python
from palint.text.source import SourceFile

LOADS = (
    "from dotenv import load_dotenv as load\nload()\n",
    "from dotenv import set_key\nset_key(path, 'A', 'b')\n",
    "from starlette.config import Config as C\nC('settings')\n",
    "x = Settings(_env_file=path)\n",
    "x = Settings(\n    _env_file  # where\n    = path)\n",
    "x = SettingsConfigDict(env_file = path)\n",
    "x = Config(a=1,env_file='.env')\n",
    "class A:\n    class Config:\n        env_file = path\n",
    "class A:\n    model_config = {'env_file': path}\n",
    "open('.env')\n",
    "open(\"it's/\" 'prod.env')\n",
    'open(\n    # the local one\n    ("a/"\n     r".env.local"))\n',
    'open(""".FLASKENV""")\n',
    "read = open\nread('.env')\n",
    "read = open  # a name\nread('.env')\n",
)
NOTHING = (
    "self.remote_env_file = None\nconfig['remote_env_file']\n",
    "path.open('.env')\nopen(path)\nreopen('.env')\n",
    "with open('a.txt') as f:\n    f.write(os.environ['.env'])\n",
    "if env_file == 'x':\n    pass\n",
)


@pytest.mark.parametrize("text", LOADS)
def test_the_precheck_passes_every_module_that_loads(text: str) -> None:
    module = SourceFile("a.py", text.encode()).parsed_with(python.module)
    assert list(python_dotenv_usage.find_uses(module))
    assert python_dotenv_usage.precheck(text)


@pytest.mark.parametrize("text", NOTHING)
def test_the_precheck_stops_modules_that_cannot_load(text: str) -> None:
    assert not python_dotenv_usage.precheck(text)


def test_a_test_may_open_one() -> None:
    assert not python_dotenv_usage.precheck("open('.env')\n", in_tests=True)
