"""No code of the checked tree runs, whatever PYTHONPATH names: by every way in which palint is started."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from palint.lsp.messages import CheckRequest
from palint.lsp.process import CheckingProcess
from palint.testing import substitute
from tests.conftest import PALINT, ROOT, Repository
from tests.test_action import check as run_action

BIN = PALINT.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
# PYTHONPATH of a job leads into the tree by a name, by the current folder's, and by an empty item.
PATHS = ["src:.:/elsewhere:"]
# What Python imports at its start, palint itself, and what palint imports while it runs.
AT_START = ["sitecustomize", "usercustomize", "re", "typing", "signal", "palint", "palint_rules"]
WHILE_RUNNING = ["argparse", "ast", "hyperscan", "msgspec", "pathspec", "tomllib", "tree_sitter", "yaml"]
WORKFLOW = """\
on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::123456789012:role/ship", aws-region: eu-west-2}
"""


@pytest.fixture
def tree(repo: Repository) -> Repository:
    """A repository whose modules have the names of others, in `src/` and at the top; `ran` lists what ran."""
    repo.write("README", "x\n")
    repo.add()
    repo.commit()
    repo.write(
        "app.py", substitute('import boto3\nboto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n')
    )
    repo.write("palint.toml", 'exclude = ["nothing/**/of/*.this"]\n')
    repo.write(".github/workflows/a.yml", WORKFLOW)
    plant(repo, [*AT_START, *WHILE_RUNNING])
    repo.add()
    return repo


def plant(repo: Repository, modules: list[str]) -> None:
    """Write modules that leave a mark when they are imported."""
    mark = repo.path.parent / "ran"
    code = f"with open({str(mark)!r}, 'a') as ran:\n    ran.write(__name__ + ' ' + __file__ + '\\n')\n"
    for name in modules:
        for folder in ("", "src/"):
            repo.write(f"{folder}{name}/__init__.py", code)


def ran(repo: Repository) -> str:
    mark = repo.path.parent / "ran"
    return mark.read_text() if mark.exists() else ""


def python_path(path: str) -> dict[str, str]:
    return {"PYTHONPATH": path}


@pytest.mark.parametrize("path", PATHS)
class TestNothingRuns:
    def test_in_the_check_of_the_action(self, tree: Repository, path: str) -> None:
        tree.commit()
        base = tree.git("rev-parse", "HEAD~1").strip()
        env = python_path(path)
        step = run_action(tree, "pull_request", PALINT_BASE_OF_PULL_REQUEST=base, **env)
        assert step.code == 1 and "app.py" in step.paths() and ran(tree) == ""

    @pytest.mark.parametrize("runner", ["pre-commit", "prek"])
    @pytest.mark.parametrize("hook", HOOKS)
    def test_in_a_hook(self, tree: Repository, path: str, runner: str, hook: str, tmp_path: Path) -> None:
        """With the published entry; `python` is that of palint's environment, as in an installed hook."""
        tree.write("new.env", "A=1\n")
        tree.write(".pre-commit-config.yaml", yaml.safe_dump(local(hook)))
        tree.add()
        env = {
            **os.environ,
            **python_path(path),
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "PRE_COMMIT_HOME": str(tmp_path / "home"),
            "PREK_HOME": str(tmp_path / "home"),
        }
        # The runner itself is a Python program, which the change's modules would stop.
        command = [sys.executable, "-I", "-m", "pre_commit"] if runner == "pre-commit" else [BIN / "prek"]
        done = subprocess.run(
            [*command, "run", "--all-files"], cwd=tree.path, env=env, capture_output=True, text=True
        )
        assert done.returncode == 1 and "new.env" in done.stdout, done.stdout + done.stderr
        assert ran(tree) == ""

    def test_in_the_checking_process_of_the_server(
        self, tree: Repository, path: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tree.path)
        for name, value in python_path(path).items():
            monkeypatch.setenv(name, value)
        file = str(tree.path / ".github/workflows/a.yml")

        async def ask() -> int:
            process = CheckingProcess()
            try:
                answer = await process.ask(CheckRequest((file,), {file: WORKFLOW}, "utf-16"))
            finally:
                process.stop()
            assert not answer.problems
            return len(answer.files[0].items)

        assert asyncio.run(ask()) > 0 and ran(tree) == ""

    def test_in_the_server_as_the_documentation_starts_it(self, tree: Repository, path: str) -> None:
        command = [str(BIN / "python"), "-I", "-m", "palint", "server"]
        assert_served(tree, command, {**os.environ, **python_path(path)})

    def test_in_the_server_as_the_extension_starts_it(self, tree: Repository, path: str) -> None:
        """It empties the variable for the program that the setting names: `editors/vscode/src/launch.ts`."""
        env = {**os.environ, **python_path(path), "PYTHONPATH": ""}
        assert_served(tree, [str(PALINT), "server"], env)

    @pytest.mark.parametrize("arguments", [["check"], ["check", "--staged"], ["hook", "--", "app.py"]])
    def test_that_the_program_imports_while_it_runs(
        self, tree: Repository, path: str, arguments: list[str]
    ) -> None:
        """The console script starts Python without `-I`, so what Python imports at its start would run."""
        for name in AT_START:
            for folder in ("", "src/"):
                shutil.rmtree(tree.path / folder / name)
        done = tree.palint(*arguments, env=python_path(path))
        assert done.returncode == 1 and "app.py" in done.stdout, done.stdout + done.stderr
        assert ran(tree) == ""


def local(hook: str) -> dict[str, object]:
    """A configuration with one of the published hooks, run from PATH."""
    return {"repos": [{"repo": "local", "hooks": [{**HOOKS[hook], "language": "system"}]}]}


def assert_served(tree: Repository, command: list[str], env: dict[str, str]) -> None:
    """Start a server, wait until its checking process has started, too, and end it."""
    uri = tree.path.as_uri()
    hello = (
        '{"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": '
        f'{{"processId": null, "rootUri": "{uri}", "capabilities": {{}}}}}}'
    )
    server = subprocess.Popen(
        command, cwd=tree.path, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        assert server.stdin and server.stdout
        server.stdin.write(f"Content-Length: {len(hello)}\r\n\r\n{hello}".encode())
        server.stdin.flush()
        assert server.stdout.readline().startswith(b"Content-Length")
    finally:
        server.kill()
        server.communicate()
    assert ran(tree) == ""


def test_a_path_given_elsewhere_is_the_checked_tree_too(tree: Repository, tmp_path: Path) -> None:
    """The program runs outside of the tree, and PYTHONPATH leads into it."""
    for name in AT_START:
        shutil.rmtree(tree.path / "src" / name)
    (tmp_path / "away").mkdir()
    done = subprocess.run(
        [PALINT, "check", "--format", "concise", str(tree.path)],
        cwd=tmp_path / "away",
        env={**os.environ, "PYTHONPATH": str(tree.path / "src")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "app.py" in done.stdout, done.stdout + done.stderr
    assert ran(tree) == ""


@pytest.mark.slow
def test_nothing_runs_while_the_action_is_installed(tree: Repository, tmp_path: Path) -> None:
    """The real script, with its own package to install: pip starts Python again to build it."""
    action = tmp_path / "action"
    fake_action(action)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ENV": str(tmp_path / "env"),
        "PALINT_ACTION": str(action),
        "PALINT_PYTHON": sys.executable,
        "PYTHONPATH": f".:src::{tree.path}/src",  # pip builds in another folder
    }
    done = subprocess.run(
        ["bash", str(ROOT / "action" / "install.sh")], cwd=tree.path, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "palint 0.0.0 of a test" in done.stdout
    assert ran(tree) == ""


def fake_action(folder: Path) -> None:
    """An action's folder without dependencies, whose `palint` is built by its own backend."""
    (folder / "action").mkdir(parents=True)
    (folder / "action" / "requirements.txt").write_text("")
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "palint"\nversion = "0.0.0"\n'
    )
    (folder / "backend.py").write_text(BACKEND)


BACKEND = """\
import zipfile

INFO = "palint-0.0.0.dist-info"
FILES = {
    "palint/__init__.py": "",
    "palint/__main__.py": "def main():\\n    print('palint 0.0.0 of a test')\\nmain()\\n",
    f"{INFO}/METADATA": "Metadata-Version: 2.1\\nName: palint\\nVersion: 0.0.0\\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\\npalint = palint.__main__:main\\n",
    f"{INFO}/RECORD": "",
}

def build_wheel(folder, settings=None, metadata=None):
    name = "palint-0.0.0-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
    return name
"""
