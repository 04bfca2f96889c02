"""What other package managers take: npm package, Homebrew formula, the mirror for pre-commit and prek."""

from __future__ import annotations

import hashlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Repository

make = runpy.run_path(str(ROOT / "packaging" / "make_packages.py"))["make"]
INSTALLS = pytest.mark.skipif(
    "PALINT_TEST_PACKAGING" not in os.environ, reason="installs from the package index: `make packaging`"
)
HAS_NODE = pytest.mark.skipif(not shutil.which("node"), reason="no Node.js on this machine")


def run(
    *words: str | Path, cwd: Path, env: dict[str, str], check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a program; a failure fails the test."""
    whole = {**os.environ, **env}
    made = subprocess.run(words, cwd=cwd, env=whole, capture_output=True, text=True, check=False)
    assert not check or made.returncode == 0, made.stdout + made.stderr
    return made


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Files that are called like those of `make dist`."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "palint-7.1.0-py3-none-any.whl").write_bytes(b"wheel")
    (folder / "palint-7.1.0.tar.gz").write_bytes(b"source")
    return folder


def test_the_packages_have_the_version_and_digests_of_what_they_install(dist: Path, tmp_path: Path) -> None:
    into = tmp_path / "packages"
    make(dist, into)
    formula = (into / "palint.rb").read_text()
    assert f'sha256 "{hashlib.sha256(b"source").hexdigest()}"' in formula
    assert "/v7.1.0/palint-7.1.0.tar.gz" in formula and "{" not in formula.replace("#{", "")
    npm = json.loads((into / "npm" / "package.json").read_text())
    assert npm["version"] == "7.1.0" and {*npm["files"], "README.md"} <= {*os.listdir(into / "npm")}
    pinned = (into / "npm" / "requirements.txt").read_text()
    assert pinned.endswith(f"palint==7.1.0 --hash=sha256:{hashlib.sha256(b'wheel').hexdigest()}\n")
    assert 'dependencies = ["palint==7.1.0"]' in (into / "palint-pre-commit" / "pyproject.toml").read_text()
    before = {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    make(dist, into)
    assert before == {path: path.read_bytes() for path in into.rglob("*") if path.is_file()}
    (dist / "palint-7.1.0.tar.gz").rename(dist / "palint-7.1.1.tar.gz")
    with pytest.raises(ValueError, match="two versions"):
        make(dist, into)


@pytest.mark.skipif(not shutil.which("ruby"), reason="no Ruby on this machine")
def test_ruby_reads_the_formula(dist: Path, tmp_path: Path) -> None:
    make(dist, tmp_path)
    assert "Syntax OK" in run("ruby", "-wc", tmp_path / "palint.rb", cwd=tmp_path, env={}).stdout


@HAS_NODE
def test_the_npm_package_runs_palint_and_passes_on_how_it_ended(repo: Repository, tmp_path: Path) -> None:
    version = json.loads((ROOT / "packaging" / "npm" / "package.json").read_text())["version"]
    environment = tmp_path / "palint-npm" / version
    environment.parent.mkdir()
    environment.symlink_to(sys.prefix)
    (repo.path / "sitecustomize.py").write_text("print('run by Python')\n")
    env = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(repo.path)}
    script = ROOT / "packaging" / "npm" / "palint.js"
    repo.write(".env", "A=1\n")
    made = run("node", script, "--format", "concise", ".", cwd=repo.path, env=env, check=False)
    assert made.returncode == 1 and made.stdout.startswith(".env:1:1: error") and not made.stderr
    assert run("node", script, "--frmat", cwd=repo.path, env=env, check=False).returncode == 2


@HAS_NODE
def test_the_npm_package_says_what_is_missing(tmp_path: Path) -> None:
    env = {"XDG_CACHE_HOME": str(tmp_path), "PALINT_PYTHON": "/nowhere/python"}
    made = run("node", ROOT / "packaging" / "npm" / "palint.js", cwd=tmp_path, env=env, check=False)
    assert made.returncode == 2 and "needs Python 3.10 or newer" in made.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of this tree, and beside them `dist`."""
    folder = tmp_path_factory.mktemp("built")
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", ROOT, cwd=folder, env={})
    make(folder / "dist", folder / "packages")
    return folder


@INSTALLS
@pytest.mark.skipif(not shutil.which("npm"), reason="no npm on this machine")
def test_npm_installs_it_and_npx_runs_it(built: Path, repo: Repository, tmp_path: Path) -> None:
    env = {"PIP_FIND_LINKS": str(built / "dist"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    packed = run("npm", "pack", "--silent", built / "packages" / "npm", cwd=tmp_path, env=env).stdout.strip()
    repo.write("package.json", '{"name": "shop", "private": true}\n')
    run("npm", "install", "--no-audit", "--no-fund", tmp_path / packed, cwd=repo.path, env=env)
    first = run("npx", "palint", "--version", cwd=repo.path, env=env)
    assert re.match(r"palint \d", first.stdout) and "installing" in first.stderr
    repo.write(".env", "A=1\n")
    again = run("npx", "palint", "--select", "env-file", cwd=repo.path, env=env, check=False)
    assert again.returncode == 1 and "installing" not in again.stderr


@INSTALLS
@pytest.mark.parametrize("runner", ["pre-commit", "prek"])
def test_the_mirror_installs_the_hook(built: Path, repo: Repository, tmp_path: Path, runner: str) -> None:
    mirror = Repository(tmp_path / "mirror")
    shutil.copytree(built / "packages" / "palint-pre-commit", mirror.path, dirs_exist_ok=True)
    mirror.add()
    mirror.commit()
    env = {
        "PIP_FIND_LINKS": str(built / "dist"),
        "UV_FIND_LINKS": str(built / "dist"),
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "PREK_HOME": str(tmp_path / "home"),
    }
    revision = mirror.git("rev-parse", "HEAD").strip()
    repo.write(
        ".pre-commit-config.yaml",
        f"repos: [{{repo: '{mirror.path}', rev: {revision}, hooks: [{{id: palint}}, {{id: palint-env}}]}}]\n",
    )
    repo.write(".env", "A=1\n")
    repo.add()
    program = Path(sys.executable).parent / runner
    made = run(program, "run", "--all-files", cwd=repo.path, env=env, check=False)
    assert made.returncode == 1 and made.stdout.count("env-file") >= 2, made.stdout + made.stderr


@INSTALLS
def test_what_the_formula_runs_installs_palint(built: Path, tmp_path: Path) -> None:
    """The commands of `install` in the source archive: Homebrew itself is not on this machine."""
    formula = (built / "packages" / "palint.rb").read_text()
    [source] = (built / "dist").glob("*.tar.gz")
    run("tar", "-xzf", source, "--strip-components=1", cwd=tmp_path, env={})
    libexec = tmp_path / "libexec"
    run(sys.executable, "-m", "venv", libexec, cwd=tmp_path, env={})
    pip = [libexec / "bin" / "python", "-I", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    steps = re.findall(r"system\(\*pip, (.+)\)", formula)
    assert len(steps) == 2
    for step in steps:
        run(*pip, *json.loads(f"[{step}]"), cwd=tmp_path, env={})
    assert run(libexec / "bin" / "palint", "--version", cwd=tmp_path, env={}).stdout.startswith("palint ")
