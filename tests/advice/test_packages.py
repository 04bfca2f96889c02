"""How a dependency is removed from a manifest."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from palint.advice.packages import removal
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


def removal_in(folder: Path, files: Iterable[str], manifest: str) -> str:
    for path in files:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return removal(Project(str(folder), WorkTree(str(folder), repository=False)), manifest, "x")


@pytest.mark.parametrize(
    ("files", "manifest", "expected"),
    [
        ([], "package.json", "run `npm uninstall x`"),
        (["package-lock.json"], "package.json", "run `npm uninstall x`"),
        (["pnpm-lock.yaml"], "package.json", "run `pnpm remove x`"),
        (["yarn.lock"], "package.json", "run `yarn remove x`"),
        (["bun.lock"], "package.json", "run `bun remove x`"),
        (["bun.lockb"], "package.json", "run `bun remove x`"),
        ([], "pyproject.toml", "delete the dependency on `x`"),
        (["uv.lock"], "pyproject.toml", "delete the dependency on `x`, and run `uv lock`"),
        (["poetry.lock"], "pyproject.toml", "run `poetry remove x`"),
        (["Pipfile"], "Pipfile", "delete the dependency on `x`, and run `pipenv lock`"),
        (["pdm.lock"], "pyproject.toml", "delete the dependency on `x`, and run `pdm lock`"),
        (["pnpm-lock.yaml"], "pyproject.toml", "delete the dependency on `x`"),
        (["pnpm-lock.yaml"], "apps/web/package.json", "run `pnpm remove x`"),
        (["pnpm-workspace.yaml"], "apps/web/package.json", "run `pnpm remove x`"),
        (["pnpm-lock.yaml", "apps/web/yarn.lock"], "apps/web/package.json", "run `yarn remove x`"),
        (["apps/api/yarn.lock"], "apps/web/package.json", "run `npm uninstall x`"),
        ([], "Gemfile", "delete the dependency on `x`, and run `bundle install`"),
        ([], "composer.json", "run `composer remove x`"),
        ([], "Cargo.toml", "run `cargo remove x`"),
        ([], "go.mod", "run `go get x@none`"),
        ([], "pubspec.yaml", "run `dart pub remove x`"),
        ([], "src/App.csproj", "run `dotnet remove package x`"),
        ([], "Directory.Build.props", "run `dotnet remove package x`"),
        ([], "build.gradle", "delete the dependency on `x`"),
        ([], "build.gradle.kts", "delete the dependency on `x`"),
        ([], "pom.xml", "delete the dependency on `x`"),
        ([], "x.gemspec", "delete the dependency on `x`"),
        ([], "environment.yml", "delete the dependency on `x`"),
        (
            ["uv.lock"],
            "requirements.txt",
            "delete this line (and run `pip uninstall x` unless another package requires it)",
        ),
        (
            [],
            "requirements.in",
            "delete the dependency on `x` where it is written (a `.in` file, `pyproject.toml`), and compile "
            "the others again (suppress this if only another package requires it)",
        ),
        ([], "setup.cfg", "delete this line (and run `pip uninstall x` unless another package requires it)"),
    ],
)
def test_the_way_to_remove_a_package(files: list[str], manifest: str, expected: str, tmp_path: Path) -> None:
    assert removal_in(tmp_path, files, manifest) == expected
