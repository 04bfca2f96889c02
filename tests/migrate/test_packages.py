"""Manifests: dotenv packages and loaders in scripts go, the SDK comes, everything else stays as it is."""

from __future__ import annotations

import json
import sys

import pytest

from palint.migrate import packages
from palint.migrate.loaders import SDK
from palint.migrate.migration_plan import Rewritten

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@pytest.mark.parametrize(
    ("script", "after", "started"),
    [
        ("node app.js", None, ()),
        ("node --env-file=.env app.js", "node app.js", ("app.js",)),
        ("node --env-file .env.local app.js", "node app.js", ("app.js",)),
        ("node --env-file-if-exists='my env' src/app.mjs", "node src/app.mjs", ("src/app.mjs",)),
        ("node -r dotenv/config app.js", "node app.js", ("app.js",)),
        ("node --require=dotenv/config a.js && node b.cts", "node a.js && node b.cts", ("a.js", "b.cts")),
        ("node --import dotenv-flow/config app.js", "node app.js", ("app.js",)),
        ("dotenv -- next build", "next build", ()),
        ("npx dotenv -e .env.local -o -- next build", "next build", ()),
        ("dotenv -e '.env prod' -c dev -- tsx x.ts", "tsx x.ts", ("x.ts",)),
        ("npm run lint && dotenv -- jest", "npm run lint && jest", ()),
        ("env-cmd react-scripts start", "react-scripts start", ()),
        ("npx env-cmd -f .env.local --silent vite", "vite", ()),
        ("echo my-dotenv -- x", None, ()),
        ("my-env-cmd x", None, ()),
    ],
)
def test_a_script_loses_its_loader(script: str, after: str | None, started: tuple[str, ...]) -> None:
    text = json.dumps({"scripts": {"start": script, "other": "make"}}, indent=2) + "\n"
    made = packages.package_json(text, sdk="", removable=True)
    assert made is not None
    assert json.loads(made.text)["scripts"] == {"start": after or script, "other": "make"}
    assert made.started == started
    assert made.what == (() if after is None else ("the script `start` loads no .env file",))
    if after is None:
        assert made.text == text


def test_a_script_goes_on_loading_a_file_that_is_not_here() -> None:
    scripts = {"a": "dotenv -e .env.prod -- x", "b": "node --env-file=.env y.js"}
    text = json.dumps({"scripts": scripts, "devDependencies": {"dotenv-cli": "1"}})
    made = packages.package_json(text, sdk="", removable=True, stays=lambda name: name == ".env.prod")
    assert made is not None and json.loads(made.text) == {
        "scripts": {"a": scripts["a"], "b": "node y.js"}, "devDependencies": {"dotenv-cli": "1"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "group", ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]
)
@pytest.mark.parametrize("name", ["dotenv", "dotenv-cli", "dotenv-expand", "env-cmd", "dotenv-webpack"])
def test_a_dotenv_package_is_removed_from_each_group(group: str, name: str) -> None:
    text = json.dumps({group: {"a": "1", name: "2", "my-dotenv": "3"}})
    made = packages.package_json(text, sdk="", removable=True)
    assert made is not None and json.loads(made.text) == {group: {"a": "1", "my-dotenv": "3"}}
    assert made.what == (f"without `{name}`",)
    kept = packages.package_json(text, sdk="", removable=False)
    assert kept is not None and kept.text == text and kept.what == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"dependencies": {SDK: "^3.700.0"}}),
        ({"dependencies": {"zod": "1", "a": "2"}}, {"dependencies": {SDK: "^3.700.0", "a": "2", "zod": "1"}}),
        ({"dependencies": {SDK: "3.1"}}, {"dependencies": {SDK: "3.1"}}),
        ({"devDependencies": {SDK: "3.1"}}, {"devDependencies": {SDK: "3.1"}}),
        ({"dependencies": None, "scripts": None}, {"dependencies": None, "scripts": None}),
    ],
)
def test_the_sdk_is_added_once_and_in_order(before: object, after: dict[str, object]) -> None:
    if before == {"dependencies": None, "scripts": None}:
        made = packages.package_json(json.dumps(before), sdk="", removable=True)
        assert made is not None and json.loads(made.text) == after
        return
    made = packages.package_json(json.dumps(before), sdk="^3.700.0", removable=True)
    assert made is not None and json.loads(made.text) == after
    assert list(json.loads(made.text).get("dependencies", {})) == list(after.get("dependencies", {}))
    assert made.what == (() if before == after else (f"with `{SDK}`",))


@pytest.mark.parametrize("indent", [2, 4, "\t", None])
@pytest.mark.parametrize("end", ["", "\n"])
def test_the_manifests_own_formatting_is_kept(indent: int | str | None, end: str) -> None:
    data = {"name": "café", "scripts": {"a": "node --env-file=.env x.js"}}
    text = json.dumps(data, indent=indent, ensure_ascii=False) + end
    made = packages.package_json(text, sdk="", removable=True)
    data["scripts"] = {"a": "node x.js"}
    assert made is not None and made.text == json.dumps(data, indent=indent, ensure_ascii=False) + end


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '"x"'])
def test_a_broken_manifest_is_left_alone(text: str) -> None:
    assert packages.package_json(text, sdk="^3.700.0", removable=True) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "boto3>=1.35\n"),
        ("flask\n", "flask\nboto3>=1.35\n"),
        ("flask", "flask\nboto3>=1.35\n"),
        ("python-dotenv\n", "boto3>=1.35\n"),
        ("flask\npython-dotenv[cli]>=1 ; python_version > '3'  # note\nrich", "flask\nrich\nboto3>=1.35\n"),
        ("Python-Dotenv==1.0\nboto3\n", "boto3\n"),
        ("  django-dotenv\nboto3-stubs\n", "boto3-stubs\nboto3>=1.35\n"),
        ("boto3[crt]==1\n", "boto3[crt]==1\n"),
        ("python-dotenv-vault\n", "python-dotenv-vault\nboto3>=1.35\n"),
        ("# python-dotenv\n", "# python-dotenv\nboto3>=1.35\n"),
    ],
)
def test_requirements(before: str, after: str) -> None:
    made = packages.requirements(before, removable=True, boto3=">=1.35")
    assert made.text == after
    windows = packages.requirements(before.replace("\n", "\r\n"), removable=True, boto3=">=1.35")
    assert windows.text.replace("\r\n", "\n") == after
    assert ("without `python-dotenv`" in made.what) is (
        before.lower().count("dotenv") > after.count("dotenv")
    )
    assert ("with `boto3`" in made.what) is (after.count("boto3") > before.count("boto3"))
    assert packages.requirements(before, removable=False, boto3="") == Rewritten(before)


PROJECT = '[project]\nname = "x"\ndependencies = [\n    "flask",\n    "python-dotenv>=1",\n]\n'
POETRY = '[tool.poetry.dependencies]\npython = "^3.11"\npython-dotenv = "^1.0"\n'


@pytest.mark.parametrize(
    ("before", "dependencies"),
    [
        (PROJECT, ["boto3>=1.35", "flask"]),
        (PROJECT.replace('    "flask",\n    "python-dotenv>=1",\n', '"python-dotenv", "flask"'),
         ["boto3>=1.35", "flask"]),
        (PROJECT.replace('    "flask",\n    "python-dotenv>=1",\n', '"flask", "python-dotenv"'),
         ["boto3>=1.35", "flask"]),
        (PROJECT.replace('"flask"', '"python-dotenv-vault"'), ["boto3>=1.35", "python-dotenv-vault"]),
        (PROJECT.replace('"flask"', '"boto3"'), ["boto3"]),
        (PROJECT.replace('"flask"', '"boto3[crt]>=1"'), ["boto3[crt]>=1"]),
        (PROJECT.replace('"flask"', '"boto3-stubs"'), ["boto3>=1.35", "boto3-stubs"]),
    ],
)  # fmt: skip
def test_a_project_table(before: str, dependencies: list[str]) -> None:
    made = packages.pyproject(before, removable=True, boto3=">=1.35")
    assert tomllib.loads(made.text)["project"]["dependencies"] == dependencies
    assert made.what[0] == "without `python-dotenv`"
    assert ("with `boto3`" in made.what) is ("boto3>=1.35" in dependencies)
    assert packages.pyproject(before, removable=False, boto3="") == Rewritten(before)


def test_a_poetry_table() -> None:
    made = packages.pyproject(POETRY, removable=True, boto3=">=1.35")
    assert tomllib.loads(made.text)["tool"]["poetry"]["dependencies"] == {
        "python": "^3.11",
        "boto3": ">=1.35",
    }
    assert made.what == ("without `python-dotenv`", "with `boto3`")
    quoted = POETRY.replace("python-dotenv", "'python-dotenv'").replace('"^1.0"', '{version = "1"} # note')
    assert packages.pyproject(quoted, removable=True, boto3=">=1.35").text == made.text
    with_boto3 = POETRY.replace("python-dotenv", "boto3")
    assert packages.pyproject(with_boto3, removable=True, boto3=">=1.35") == Rewritten(with_boto3)


@pytest.mark.parametrize(
    "text",
    ["", "[project]\nname = 'x'\n[tool.x]\ndependencies = [\n]\n", "[tool.other]\ndependencies = ['a']\n"],
)
def test_without_a_list_of_dependencies_nothing_is_added(text: str) -> None:
    assert packages.pyproject(text, removable=True, boto3=">=1.35") == Rewritten(text)
