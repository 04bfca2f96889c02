"""The Python part of a plan: modules to rewrite, the loader's location, packages to install."""

from __future__ import annotations

import ast
import posixpath
import re
import sys
from collections import Counter
from collections.abc import Callable, Container, Sequence
from functools import partial

from palint.files import roles
from palint.files.sets import PYTHON
from palint.languages import python
from palint.migrate import loaders, packages, python_code, runtimes, variables
from palint.migrate.migration_plan import CONFIGURATION, DOTENV_USES, READERS, Rewritten, Task
from palint.migrate.repository import Repository, common_folder, grouped, nearest
from palint.text.source import ParseError, SourceFile

_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+\.(?:txt|in)|pyproject\.toml)$"
)
# https://docs.astral.sh/uv/reference/cli/, https://python-poetry.org/docs/cli/, https://pdm-project.org/latest/
_LOCKS = {
    "uv.lock": "uv sync", "poetry.lock": "poetry lock && poetry install", "pdm.lock": "pdm install",
}  # fmt: skip
_RELATIVE = re.compile(r"(?m)^\s*from\s+\.")
# What reads variables whose names are not in it: decouple, django-environ, environs, Starlette, pydantic, and
# a helper's `os.getenv(name)`.
_READS_BY_OTHER_NAMES = re.compile(
    r"(?m)^\s*(?:from|import)\s+(?:decouple|environs?|starlette\.config|pydantic_settings)\b"
    r"|^\s*from\s+pydantic\s+import\b.*\bBaseSettings\b"
    r"|\b(?:getenv|environ(?:\.get)?)\s*[(\[]\s*[A-Za-z_]\w*\s*[,)\]]"
)
_ENVIRONMENT = re.compile(r"\b(?:getenv|environ)\b")
# A migration of Alembic or Django runs in a program that has its settings, from a folder of nothing else.
_MIGRATION = re.compile(r"(?m)^down_revision\b|\bmigrations\.Migration\b")
_DOTENV = re.compile(r"(?m)^\s*(?:from|import)\s+dotenv\b")


def add(repository: Repository) -> None:
    """Plan the changes to Python code, unless no Python code loads or reads migrated values.

    What loaded a dotenv file loads the secret there. In a program that loads none, as Compose gave it the
    variables, the package of a module that reads them, or the module, loads the secret when it is imported.
    """
    files = [f for f in repository.open_all(PYTHON.matches) if not repository.has_loader(f.path)]
    manifests = list(repository.open_all(lambda p: _REQUIREMENTS.search(p) is not None))
    own = next(filter(None, (repository.loads_by_itself(f.text) for f in manifests)), "")
    if own:
        repository.tasks.append(Task("check", f"`{own}` loads the secret: no loader was added"))
    found, loading = repository.sources, repository.found("env-file-loaded")
    changing = {*loading, *found.literals, *found.written}
    changing |= {f.path for f in files if _DOTENV.search(f.text)}
    readers = frozenset(() if own else (f.path for f in files if _reads(f, repository)))
    by_path = {f.path: f for f in files}
    affected = [f for f in files if f.path in changing or f.path in readers]
    for root, group in grouped((_import_root(f, repository.paths, files), f) for f in affected).items():
        loads = any(f.path in loading or "export_secrets(" in f.text for f in group)
        exporting = frozenset(
            () if loads else (_first(root, f.path, by_path) for f in group if f.path in readers)
        )
        group = [by_path[path] for path in sorted({f.path for f in group if f.path in changing} | exporting)]
        if group:
            _add_group(repository, root, group, loading, bool(own), exporting)
    tools = sorted(name for name in repository.dotenv_names if name.startswith("FLASK_"))
    if tools:
        repository.tasks.append(
            Task("run", f"the command `flask` reads {', '.join(tools)} before the program starts: pass them, "
                 "or start it with the keys of the secret in its environment (see below)")
        )  # fmt: skip
    if any(PYTHON.matches(path) for path in repository.draft):
        _add_requirements(repository, files, manifests, bool(own))


def _reads(file: SourceFile, repository: Repository) -> bool:
    """Whether a file of the program may read variables that came from a dotenv file."""
    names = repository.dotenv_names
    if not names or roles.serves_tests(file.path) or _MIGRATION.search(file.text):
        return False
    named = _ENVIRONMENT.search(file.text) is not None and bool(variables.read_in(file, names))
    return named or _READS_BY_OTHER_NAMES.search(file.text) is not None


def _first(root: str, path: str, paths: Container[str]) -> str:
    """The module that Python runs before another one: its outermost package, else itself."""
    package = f"{root}{path[len(root) :].partition('/')[0]}/__init__.py"
    return package if package in paths else path


def _add_group(
    repository: Repository,
    root: str,
    files: list[SourceFile],
    loading: frozenset[str],
    own: bool,
    exporting: frozenset[str],
) -> None:
    loader, relative = _loader(repository, root, files)
    used = False
    for file in files:
        folder = posixpath.dirname(file.path) if relative else root.rstrip("/")
        rewrite = partial(
            python_code.rewrite, file, repository.sources.written.get(file.path, ()),
            () if own else repository.sources.literals.get(file.path, ()),
            _module(loader, folder, relative=relative), entry=file.path in exporting, loader=not own,
        )  # fmt: skip
        order = DOTENV_USES if file.path in loading else READERS
        made = repository.take(file.path, partial(_unless_imported, repository, rewrite, file.path), order)
        used |= made.loader
    if used:
        repository.add_loader(loader, loaders.python(repository.loader_names, loader), "once")


def _import_root(file: SourceFile, paths: frozenset[str], files: Sequence[SourceFile]) -> str:
    """The folder (with its `/`) from which the program imports its own modules.

    It is the one with the modules of most import statements of the file: a package may have the name of an
    installed one, as in `app/celery/`. Without any, it is the one from which another file imports this one,
    or the folder of the outermost package.
    """
    folders = _folders(file.path)
    found = Counter(
        folder
        for name in _imported(file)
        for module in [name.replace(".", "/")]
        for folder in [
            next((f for f in folders if {f"{f}{module}.py", f"{f}{module}/__init__.py"} & paths), None)
        ]
        if folder is not None
    )
    if found:
        return max(found, key=lambda folder: (found[folder], -len(folder)))
    outside = [folder for folder in folders if f"{folder}__init__.py" not in paths]
    for folder in reversed(outside[1:]):  # of packages without an `__init__.py`
        module = file.path[len(folder) :].removesuffix(".py").replace("/", ".")
        package, _, name = map(re.escape, module.rpartition("."))
        imports = re.compile(
            rf"(?m)^\s*(?:from|import)\s+{re.escape(module)}\b|^\s*from\s+{package}\s+import\b.*\b{name}\b"
        )
        if any(imports.search(each.text) for each in files):
            return folder
    return next(iter(outside), "")


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["".join(f"{p}/" for p in parts[:depth]) for depth in range(len(parts), -1, -1)]


def _imported(file: SourceFile) -> list[str]:
    """The name of the module of each absolute import in a file, without the standard library's."""
    try:
        tree = file.parsed_with(python.parse)
    except ParseError:
        return []
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(str(node.module))
    return [name for name in names if name.partition(".")[0] not in sys.stdlib_module_names]


def _loader(repository: Repository, root: str, files: list[SourceFile]) -> tuple[str, bool]:
    """(the path of the loader for some files, whether they import it relatively).

    One that is there already; else in the package that contains all the files, next to them where they import
    each other relatively: their package may then have another name where it runs. Else next to the packages.
    """
    name = f"{loaders.PYTHON_MODULE}.py"
    shared = common_folder([file.path for file in files])
    inside = shared[len(root) :].partition("/")[0]
    if not inside.isidentifier():
        shared = root
    package = f"{root}{inside}/"
    relative = (
        f"{shared}__init__.py" in repository.paths
        and any(_RELATIVE.search(file.text) for file in repository.open_all(
            lambda path: path.startswith(package) and PYTHON.matches(path)))
    )  # fmt: skip
    there = repository.loader_in(root, name)
    if there:
        return there, relative and there.startswith(package)
    return f"{shared if relative or shared == root else package}{name}", relative


def _module(loader: str, folder: str, *, relative: bool) -> str:
    """The loader's name in an import. folder: of the importing file, or from which all imports start."""
    *up, name = posixpath.relpath(loader.removesuffix(".py"), folder or ".").split("/")
    if not relative:
        return ".".join([*up, name])
    return "." * (1 + up.count("..")) + ".".join([*(part for part in up if part != ".."), name])


def _unless_imported(repository: Repository, rewrite: Callable[[], Rewritten], path: str) -> Rewritten:
    """What a rewrite makes of a module. Raises ParseError if another one may import what it drops."""
    made = rewrite()
    others = [file.text for file in repository.open_all(PYTHON.matches) if made.dropped and file.path != path]
    for name in made.dropped:
        pattern = re.compile(rf"(?m)^[^\n#]*\bimport\b[^\n#]*\b{re.escape(name)}\b")
        if any(map(pattern.search, others)):
            raise ParseError(f"sets `{name}`, which other modules import")
    return made


def _add_requirements(
    repository: Repository, files: list[SourceFile], manifests: list[SourceFile], own: bool
) -> None:
    """Add boto3, and remove python-dotenv if no module imports it any more."""
    removable = not repository.untouched and not any(
        _DOTENV.search(repository.draft.text(f.path)) for f in files
    )
    needing = [path for path in repository.draft if path.endswith(f"{loaders.PYTHON_MODULE}.py")]
    targets = {
        nearest(path, ("requirements.txt", "pyproject.toml", "requirements.in"), repository.paths)
        for path in needing
    }
    version = runtimes.oldest(repository, runtimes.PYTHON, "")
    boto3 = runtimes.boto3(version)
    if needing and version is not None and version.number < runtimes.OLDEST_PYTHON:
        repository.tasks.append(
            Task("check", f"`{version.place}`: Python 3.{version.number} is too old for boto3: run it on "
                 f"Python 3.{runtimes.OLDEST_PYTHON} at least, better on one that is still supported")
        )  # fmt: skip
    for file in manifests:
        mentions = re.search(r"python-dotenv|django-dotenv", file.text) is not None
        wants = not own and (
            file.path in targets or (mentions and bool(needing))
        )  # or where python-dotenv was
        toml = file.path.endswith(".toml")
        edit = packages.pyproject if toml else packages.requirements
        made = edit(file.text, removable=removable and mentions, boto3=boto3 if wants else "")
        repository.write(file.path, made.text, made.what, CONFIGURATION)
        if made.what:
            command = "pip install ." if toml else f"pip install -r {file.name}"
            folder = file.path.removesuffix(file.name)
            repository.install(folder, _LOCKS if toml else {}, command)
    if needing and not any("boto3" in repository.draft.text(file.path) for file in manifests):
        repository.tasks.append(
            Task("install", "the loader needs `boto3`: add it to what the program installs")
        )
