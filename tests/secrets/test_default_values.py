"""A default value is found below the name of its variable, and nowhere else."""

from __future__ import annotations

import time

import pytest

from palint.secrets import synthetic
from palint.secrets.candidates import named
from tests.secrets.test_pipeline import found

VALUE = synthetic.generate("{base62:18}7aZ", 5)

NAMED = {
    "main.tf": 'variable "db_password" {\n  type = string\n\n  default   = "VALUE"\n}\n',
    "crlf.tf": 'variable "db_password" {\r\n  default = "VALUE"\r\n}\r\n',
    "stack.yaml": "Parameters:\n  DbPassword:\n    Type: String\n    NoEcho: true\n    Default: VALUE\n",
    "stack.json": '{"Parameters": {"DbPassword": {"Type": "String", "Default": "VALUE"}}}',
    "argparse.py": 'parser.add_argument("-t", "--api-token", fix_hint="of the API", default="VALUE")\n',
    "click.py": "@click.option('--secret-key', envvar='KEY', default='VALUE')\n",
    "decouple.py": 'KEY = config("API_KEY", cast=str, default="VALUE")\n',
    "convict.js": "apiToken: { doc: 'of the API', env: 'API', default: 'VALUE' },\n",
    "lib.rb": 'field "password" => { default => "VALUE" }\n',
}
UNNAMED = {
    "main.tf": 'variable "region" {\n  default = "VALUE"\n}\n',
    "other.tf": 'variable "db_password" {}\nvariable "region" {\n  default = "VALUE"\n}\n',
    "stack.yaml": "Parameters:\n  DbPassword:\n    Type: String\n  Name:\n    Default: VALUE\n",
    "about.tf": 'variable "db_password_policy" {\n  default = "VALUE"\n}\n',
    "call.py": 'add("--password")\nadd("--name", default="VALUE")\n',
    "option.py": 'add("--name", "a password", default="VALUE")\n',
    "reference.py": 'add("--password", default=os.environ["VALUE"])\n',
    "word.tf": 'variable "token_kind" {\n  default = "standard"\n}\n',
    "far.tf": 'variable "db_password" {' + " " * 500 + 'default = "VALUE"\n}\n',
}


@pytest.mark.parametrize("path", NAMED)
def test_a_default_of_a_secrets_variable_is_found(path: str) -> None:
    assert found(NAMED[path].replace("VALUE", VALUE), path) == [VALUE]


@pytest.mark.parametrize("path", UNNAMED)
def test_a_default_of_another_variable_is_not_found(path: str) -> None:
    assert found(UNNAMED[path].replace("VALUE", VALUE), path) == []


@pytest.mark.parametrize("unit", ['variable "password" {', "(", '"', " ", "a:\n", " default = "])
def test_the_search_above_a_default_costs_little(unit: str) -> None:
    text = (unit * 100_000)[:100_000] + 'default = "12345678"'
    began = time.process_time()
    for _ in range(1000):
        list(named.default(text, len(text) - 1, "a.tf"))
    assert time.process_time() - began < 20
