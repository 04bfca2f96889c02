"""The JavaScript and TypeScript part of a plan, package by package."""

from __future__ import annotations

import posixpath
import re
from functools import partial

from palint.advice import facts
from palint.advice.place import BROWSER_FRAMEWORKS, MIXED
from palint.dotenv import files as dotenv_files
from palint.files import roles
from palint.files.sets import JAVASCRIPT, in_language
from palint.migrate import javascript_code, loaders, packages, runtimes, variables
from palint.migrate.migration_plan import CONFIGURATION, DOTENV_USES, Task
from palint.migrate.repository import Repository, common_folder, grouped, nearest
from palint.migrate.sources import opened
from palint.text.source import SourceFile

_TYPESCRIPT = in_language("typescript", "tsx")
_MODULE_SYNTAX = re.compile(
    r"(?m)^(?:import\s*[\w{*\"'$]|export\s+(?:default|const|function|class|async|[{*]))"
)
_IMPORT_SUFFIX = re.compile(r"\bfrom\s+[\"']\.{1,2}/[^\"'\n]*?(\.[jt]s)?[\"']")
# https://www.typescriptlang.org/tsconfig/#rootDir: no module may be outside of it
_ROOT = re.compile(r'(?m)^(?!\s*//)[^\n]*"rootDir"\s*:\s*"(?:\./)?(\w[\w./-]*?)/?"')
_COMMENT = re.compile(r"(?m)^\s*(?://|\*).*$")
_IMPORTED = re.compile(r"[\"']dotenv(?:-[\w-]+)?(?:/config)?[\"']")
_LOADS = re.compile(r"[\"']dotenv(?:-[\w-]+)?(?:/config)?[\"']|\bloadEnvFile\b|\bConfigModule\.forRoot\b")
_BROWSER = ("react", "vite", *BROWSER_FRAMEWORKS, *MIXED)
# The file of a program in another language, which has the .env file beside it.
_OTHER_PROGRAMS = ("composer.json", "Gemfile", "go.mod", "manage.py", "pyproject.toml", "requirements.txt")
_LOCKS = {
    "package-lock.json": "npm install", "yarn.lock": "yarn install", "pnpm-lock.yaml": "pnpm install",
    "bun.lockb": "bun install", "bun.lock": "bun install",
}  # fmt: skip


def add(repository: Repository) -> None:
    """Plan the changes to JavaScript code in each package that loads dotenv files or contains secrets."""
    manifests = sorted(path for path in repository.paths if path.rpartition("/")[2] == "package.json")
    loading = repository.found("env-file-loaded")
    marked = {*loading, *repository.sources.literals, *repository.sources.written}
    files = repository.open_all(lambda path: JAVASCRIPT.matches(path) and path in marked)
    by_package = grouped((nearest(f.path, ("package.json",), repository.paths), f) for f in files)
    uses_loader: dict[str, bool] = {}
    for manifest in dict.fromkeys([*manifests, *by_package]):
        group = by_package.get(manifest, [])
        folder = manifest.removesuffix("package.json")
        if (
            group
            or manifest in loading
            or _holds_dotenv(repository, manifest, manifests)
            or _reading(repository, folder)
        ):
            uses_loader[manifest] = _add_package(repository, manifest, list(group))
    for manifest, uses in uses_loader.items():
        if manifest:
            _add_manifest(repository, opened(repository.project, manifest), uses)


def _holds_dotenv(repository: Repository, manifest: str, manifests: list[str]) -> bool:
    """Whether a dotenv file is in the package, but not in a nested one."""
    folder = manifest.removesuffix("package.json")
    owners = [nearest(path, ("package.json",), frozenset(manifests)) for path in repository.sources.dotenv]
    return any(owner == f"{folder}package.json" for owner in owners)


def _add_package(repository: Repository, manifest: str, files: list[SourceFile]) -> bool:
    """Rewrite the files of a package; return whether they use the loader."""
    folder = manifest.removesuffix("package.json")
    text = repository.project.text(manifest)
    package = facts.package(repository.project, manifest)
    own = repository.loads_by_itself(text)
    scripts = packages.package_json(text, sdk="", stays=partial(_stays, repository))
    entries = _entries(repository, folder, scripts.started if scripts else (), files, package.dependencies)
    files += [e for e in entries if e.path not in {f.path for f in files}]
    typed = f"{folder}tsconfig.json" in repository.paths
    uses_loader = False
    for typescript in (False, True):
        group = [f for f in files if (typed and _TYPESCRIPT.matches(f.path)) is typescript]
        if group:
            uses_loader |= _add_group(
                repository, folder, package, group, {e.path for e in entries}, typescript, bool(own)
            )
    if own:
        repository.tasks.append(Task("check", f"`{own}` loads the secret: no loader was added"))
    return uses_loader


def _stays(repository: Repository, name: str) -> bool:
    """Whether scripts go on loading a file, by its name: it is left alone, or is not here to be stored."""
    left = {path.rpartition("/")[2] for path in repository.sources.left}
    stored = {path.rpartition("/")[2] for path in repository.sources.dotenv} | {".env"}
    return name in left or not (name in stored or dotenv_files.is_example(name))


def _entries(
    repository: Repository,
    folder: str,
    started: tuple[str, ...],
    files: list[SourceFile],
    dependencies: frozenset[str],
) -> list[SourceFile]:
    """The programs that must import the loader themselves.

    They are started with a loader of .env files, or by a framework that loads .env files by default."""
    paths = [posixpath.normpath(folder + name) for name in started]
    explicit = any(_LOADS.search(f.text) for f in files) or _is_served(repository, folder)
    if not paths and not explicit and not any(name in dependencies for name in _BROWSER):
        paths = _reading(repository, folder)
    if (
        not paths
        and not explicit
        and _holds_dotenv(repository, f"{folder}package.json", [f"{folder}package.json"])
        and not any(f"{folder}{name}" in repository.paths for name in _OTHER_PROGRAMS)
    ):
        repository.tasks.append(
            Task("run", f"`{folder or './'}`: a tool reads the .env file here; start it with the secret's "
                 "keys in the environment (see below)")
        )  # fmt: skip
    return [opened(repository.project, path) for path in dict.fromkeys(paths) if path in repository.paths]


def _is_served(repository: Repository, folder: str) -> bool:
    """Whether a file of a package imports our loader already."""
    names = (f"{loaders.JAVASCRIPT_MODULE}.{ending}" for ending in ("ts", "js", "cjs"))
    if not any(repository.loader_in(folder, name, "package.json") for name in names):
        return False
    inside = repository.open_all(lambda path: path.startswith(folder) and JAVASCRIPT.matches(path))
    return any(loaders.JAVASCRIPT_MODULE in f.text for f in inside if not repository.has_loader(f.path))


def _reading(repository: Repository, folder: str) -> list[str]:
    """The files of a package that read variables of a dotenv file, which something else loads."""
    inside = repository.open_all(
        lambda path: (
            JAVASCRIPT.matches(path)
            and not (roles.is_test(path) or variables.is_tool_configuration(path))
            and nearest(path, ("package.json",), repository.paths) == f"{folder}package.json"
        )
    )
    return [file.path for file in inside if variables.read_in(file, repository.dotenv_names)]


def _add_group(
    repository: Repository,
    folder: str,
    package: facts.Package,
    files: list[SourceFile],
    entries: set[str],
    typescript: bool,
    own: bool,
) -> bool:
    """Rewrite the files of one package and language; return whether they use the loader."""
    is_module = package.is_module
    shared = common_folder([f.path for f in files])
    below = shared[len(folder) :].partition("/")[0]
    place = f"{folder}{below}/" if below in ("src", "server", "app", "lib", "api") else folder
    config = f"{folder}tsconfig.json"
    if (
        typescript
        and config in repository.paths
        and (root := _ROOT.search(opened(repository.project, config).text))
    ):
        place = f"{folder}{root[1]}/"
    ending = "ts" if typescript else "cjs" if is_module else "js"
    name = f"{loaders.JAVASCRIPT_MODULE}.{ending}"
    loader = repository.loader_in(folder, name, "package.json") or f"{place}{name}"
    used = False
    for file in files:
        esm = typescript or _is_module(file, by_default=is_module)
        name = posixpath.relpath(loader, posixpath.dirname(file.path) or ".")
        name = name if name.startswith(".") else f"./{name}"
        name = name.removesuffix(f".{ending}") + _suffix(file, ending, is_module=is_module)
        literals = () if own else repository.sources.literals.get(file.path, ())
        rewrite = partial(
            javascript_code.rewrite, file, repository.sources.written.get(file.path, ()), literals, name,
            esm=esm, entry=file.path in entries, loader=not own,
        )  # fmt: skip
        used |= repository.take(file.path, rewrite, DOTENV_USES).loader
    if used:
        text = loaders.javascript(
            repository.loader_names, loader, typescript=typescript, esm=typescript and is_module
        )
        repository.add_loader(loader, text, "when it is imported")
    return used


def _is_module(file: SourceFile, *, by_default: bool) -> bool:
    """Whether JavaScript is an ES module, by its name or syntax, else as its package says."""
    if file.path.lower().endswith((".cjs", ".mjs")):
        return file.path.lower().endswith(".mjs")
    return by_default or _MODULE_SYNTAX.search(file.text) is not None


def _suffix(file: SourceFile, ending: str, *, is_module: bool) -> str:
    """The suffix of the loader in an import: as the file writes others, else as Node needs it."""
    if ending == "ts" and (written := _IMPORT_SUFFIX.search(file.text)):
        return written[1] or ""
    if ending == "ts":
        return ".js" if is_module else ""
    # https://nodejs.org/api/esm.html#mandatory-file-extensions
    return f".{ending}" if ending == "cjs" or file.path.endswith(".mjs") else ""


def _add_manifest(repository: Repository, file: SourceFile, sdk: bool) -> None:
    folder = file.path.removesuffix("package.json")
    below = repository.open_all(lambda p: p.startswith(folder) and JAVASCRIPT.matches(p))
    removable = not repository.untouched and not any(
        _IMPORTED.search(_COMMENT.sub("", repository.draft.text(f.path))) for f in below
    )
    version = runtimes.oldest(repository, runtimes.NODE, folder) if sdk else None
    if version is not None and version.number < runtimes.OLDEST_NODE:
        repository.tasks.append(
            Task("check", f"`{version.place}`: Node {version.number} is too old for the AWS SDK: run it on "
                 f"Node {runtimes.OLDEST_NODE} at least, better on one that is still supported")
        )  # fmt: skip
    made = packages.package_json(
        file.text,
        sdk=runtimes.sdk_range(version) if sdk else "",
        removable=removable,
        stays=partial(_stays, repository),
    )
    if made is None:
        repository.by_hand(file.path, "is not valid JSON")
    elif made.what:
        repository.write(file.path, made.text, made.what, CONFIGURATION)
        repository.install(folder, _LOCKS, "npm install")
