"""How a package is removed from a manifest, with the repository's own package manager."""

from __future__ import annotations

from palint.tree.project import Project
from palint.util import lazy_re

_COMMANDS = {  # lock file of a package manager -> its command; the first that exists decides
    "npm": (
        ("pnpm-lock.yaml", "pnpm remove {}"), ("pnpm-workspace.yaml", "pnpm remove {}"),
        ("yarn.lock", "yarn remove {}"), ("bun.lock", "bun remove {}"), ("bun.lockb", "bun remove {}"),
    ),
    "python": (
        ("uv.lock", "uv lock"), ("poetry.lock", "poetry remove {}"), ("pipfile", "pipenv lock"),
        ("pdm.lock", "pdm lock"),
    ),
}  # fmt: skip
_BY_MANIFEST = {
    "composer.json": "composer remove {}", "cargo.toml": "cargo remove {}",
    "go.mod": "go get {}@none", "pubspec.yaml": "dart pub remove {}",
}  # fmt: skip
# https://pip-tools.readthedocs.io/, https://docs.astral.sh/uv/pip/compile/, https://github.com/python-poetry/poetry-plugin-export
_COMPILED = lazy_re.compile(
    r"(?m)^ *(?:--hash=|# via\b)|; python_full_version >=|\b(?:pip[ -]compile|(?:uv|poetry) export)\b"
)
_LOCKS = frozenset(name for rows in _COMMANDS.values() for name, _ in rows)


def removal(project: Project, path: str, package: str) -> str:
    """How to remove a dependency from a manifest: an imperative clause, with a command if there is one."""
    folder, _, name = path.lower().rpartition("/")
    if name == "pubspec.yaml" and "sdk: flutter" in project.text(path):
        return f"run `flutter pub remove {package}`"  # https://docs.flutter.dev/packages-and-plugins/using-packages
    if name in _BY_MANIFEST:
        return f"run `{_BY_MANIFEST[name].format(package)}`"
    if name.endswith(("proj", ".props")):
        return f"run `dotnet remove package {package}`"
    delete = f"delete the dependency on `{package}`"
    if name == "gemfile":  # Bundler has `remove` since 1.17
        return f"{delete}, and run `bundle install`"
    if name.endswith((".gradle", ".kts", "pom.xml", ".gemspec", ".yml")):
        return delete
    file = project.open(path) if name.endswith(".txt") else None
    if name.endswith(".in") or (file is not None and _COMPILED.search(file.text)):
        written = "where it is written (a `.in` file, `pyproject.toml`), and compile the others again"
        return f"{delete} {written} (suppress this if only another package requires it)"
    if name.endswith((".txt", ".cfg")):
        return f"delete this line (and run `pip uninstall {package}` unless another package requires it)"
    rows = _COMMANDS["npm" if name == "package.json" else "python"]
    locks = project.cached(_lock_files)
    while True:
        for lock, command in rows:
            if (f"{folder}/{lock}" if folder else lock) in locks:
                # Some remove from a group, or an extra, by its name only: https://docs.astral.sh/uv/reference/cli/#uv-remove
                first = "" if "{}" in command else f"{delete}, and "
                return f"{first}run `{command.format(package)}`"
        if not folder:
            return f"run `npm uninstall {package}`" if name == "package.json" else delete
        folder = folder.rpartition("/")[0]


def _lock_files(project: Project) -> frozenset[str]:
    """The paths, in lower case, of lock files."""
    lower = (path.lower() for path in project.files())
    return frozenset(path for path in lower if path.rpartition("/")[2] in _LOCKS)
