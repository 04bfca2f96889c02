"""Scripts and Makefiles: what becomes of each form, and that the shells and make run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from palint.migrate import script_code
from palint.migrate.script_code import EXPORTS, FORMS, Form
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile
from tests.conftest import Repository
from tests.migrate.conftest import Aws
from tests.migrate.test_migrate import make_plan

PATHS = {"shell": "run.sh", "makefile": "Makefile", "justfile": "justfile"}


def rewritten(path: str, text: str, *names: str) -> str:
    return script_code.rewrite(SourceFile(path, text.encode()), ["conf/app.env"], names).text


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.example.splitlines()[0])
def test_each_form_is_replaced_wherever_its_language_is(form: Form) -> None:
    for language, path in PATHS.items():
        for name in ("app.env", "../conf/app.env"):
            text = form.example.replace("FILE", name)
            made = rewritten(path, text)
            result = (
                form.result.replace("$", "$$")
                if path == "Makefile" and EXPORTS in form.result
                else form.result
            )
            assert made == (result if language in form.languages else text)
        for other in ("my-app.env", "app.env.example"):
            assert rewritten(path, form.example.replace("FILE", other)) in (
                form.example.replace("FILE", other), form.result
            )  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[ -f app.env ] && source app.env\n", f'[ -n "${{SECRET_ID:-}}" ] && {EXPORTS}\n'),
        ('if [[ -e "$DIR/app.env" ]]; then\n  . "$DIR/app.env"\nfi\n',
         f'if [ -n "${{SECRET_ID:-}}" ]; then\n  {EXPORTS}\nfi\n'),
        ("(source app.env)\n", f"({EXPORTS})\n"),
        ("eval `cat app.env`\n", f"{EXPORTS}\n"),
        # left to a person
        ("[ -f app.env ] || cp x app.env\n", None),
        ("# source app.env\n", None),
        ('echo "run: source app.env"\n', None),
        ("source app.env.local\n", None),
        ("while read -r line; do :; done < app.env\n", None),
    ],
)  # fmt: skip
def test_a_script(before: str, after: str | None) -> None:
    assert rewritten("run.sh", before) == (after or before)


def test_a_missing_file_that_ends_the_script_is_left_to_a_person() -> None:
    assert rewritten("run.sh", "if [ ! -f app.env ]; then exit 1; fi\n. ./app.env\n").startswith(
        "if [ ! -f app.env ]"
    )


def test_a_makefile_that_sets_a_variable_keeps_its_include() -> None:
    text = "include app.env\nPORT := 1\n"
    assert rewritten("Makefile", text, "PORT") == text
    assert rewritten("Makefile", text.replace(":=", "?="), "PORT").endswith(" names.\nPORT ?= 1\n")


def test_what_a_script_needs_is_a_task(repo: Repository) -> None:
    repo.write(".env", f"API_TOKEN={generate('{base62:4}')}\n")
    repo.write("run.sh", "set -a; . ./.env\n")
    repo.write("Makefile", "include .env\n")
    _, plan = make_plan(repo)
    said = [task.text.partition(":")[0] for task in plan.tasks if task.topic in ("run", "install")]
    assert "`run.sh` needs the AWS CLI and `jq` where it runs" in said
    assert "`Makefile` takes its variables from the environment that it is started in" in said


@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")
def test_the_shells_and_make_get_the_keys_of_the_secret(aws: Aws, repo: Repository) -> None:
    aws.client().create_secret(Name="a/b", SecretString='{"A": "it\'s $HOME \\"x\\"\\nb", "B": 1}')
    shown = 'it\'s $HOME "x"\nb1'
    repo.write("run.sh", rewritten("run.sh", 'set -eu\n. ./app.env\nprintf %s "$A$B"\n'))
    recipe = 'all:\n\t@. ./app.env && printf %s "$$A$$B"\n'
    repo.write("Makefile", rewritten("Makefile", recipe))

    def run(*command: str, secret: str = "a/b") -> subprocess.CompletedProcess[str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the AWS CLI of this environment
        given = {**os.environ, "PATH": path, "SECRET_ID": secret}
        return subprocess.run(command, cwd=repo.path, env=given, capture_output=True, text=True, check=False)

    assert run("sh", "run.sh").stdout == run("make", "-s").stdout == shown
    missing = run("sh", "run.sh", secret="none/x")
    assert missing.returncode != 0 and missing.stdout == ""
    repo.write("run.sh", rewritten("run.sh", "set -eu\n. ./app.env\necho fine\n"))
    assert run("sh", "run.sh", secret="").stdout == "fine\n"
