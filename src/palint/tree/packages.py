"""Which folders hold installed packages: what a package manager's own files list, never a folder's name.

A shop may have its own module `vendor/`, so the word says nothing. Whoever writes a change can write such a
list, too: with a base, only the lists of the base count (`palint.engine.origin`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from palint.util import lazy_re
from palint.util.typing import NamedTuple

_MAX_LIST = 32 << 20  # bytes of a list that is read
_NODE_FOLDER = "node_modules/"

Read = Callable[[str, int], bytes | None]  # reads a path, up to a number of bytes


class Package(NamedTuple):
    """An installed package. folder: its path, without a `/` at the end; one file for a module of one.

    listed: the path of the list that names it.
    """

    folder: str
    listed: str


class PackageList(NamedTuple):
    """A file that lists what a package manager has installed.

    ending: the end of its path, from the folder that the packages' paths are relative to; `*` is one name.
    packages: the paths of the packages, given the text of the list and what `*` is. node: these are names of
    packages, which are in any `node_modules/` below that folder.
    """

    ending: str
    packages: Callable[[str, str], Iterable[str]]
    node: bool = False


def _matches(pattern: str, folder: str = "") -> Callable[[str, str], Iterator[str]]:
    """The packages that a pattern finds in a list: group 1, in a folder."""
    compiled = lazy_re.compile(pattern)
    return lambda text, _: (folder + match[1] for match in compiled.finditer(text))


def _loaded(text: str) -> dict[str, object]:
    import json  # most trees have no list that is JSON

    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {"packages": document}


def _each(values: object, key: str) -> Iterator[str]:
    """The strings under a key in a list of objects."""
    for each in values if isinstance(values, list) else ():
        if isinstance(each, dict) and isinstance(value := each.get(key), str):
            yield value


def _of_composer(text: str, _: str) -> Iterator[str]:
    yield from (f"vendor/{name}" for name in _each(_loaded(text).get("packages"), "name"))
    yield "vendor/composer"


def _of_govendor(text: str, _: str) -> Iterator[str]:
    yield from (f"vendor/{path}" for path in _each(_loaded(text).get("package"), "path"))


def _of_cargo(text: str, _: str) -> Iterator[str]:
    files = _loaded(text).get("files")
    yield from files if isinstance(files, dict) else ()


def _of_npm(text: str, _: str) -> Iterator[str]:
    """Versions 2 and 3 have paths of packages; version 1 has a tree of names."""
    document = _loaded(text)
    packages = document.get("packages")
    for path in packages if isinstance(packages, dict) else ():
        if _NODE_FOLDER in path:
            yield path.rpartition(_NODE_FOLDER)[2]
    waiting = [document.get("dependencies")] if not isinstance(packages, dict) else []
    while waiting:
        dependencies = waiting.pop()
        for name, each in dependencies.items() if isinstance(dependencies, dict) else ():
            yield name
            waiting += [each.get("dependencies")] if isinstance(each, dict) else []


_HOME = lazy_re.compile(r"(?m)^home\s*=")


def _of_environment(text: str, _: str) -> Iterator[str]:
    """The folders that `venv` and virtualenv make, on all systems; not what else is beside `pyvenv.cfg`."""
    if _HOME.search(text):
        yield from ("bin", "include", "lib", "lib64", "Include", "Lib", "Scripts")


def _of_record(text: str, _: str) -> Iterator[str]:
    """The folders and modules that a wheel was unpacked to, and its own folder."""
    yield from {match[1] for match in _RECORDED.finditer(text)} - {".", ".."}


_RECORDED = lazy_re.compile(r"(?m)^([^/,\n\"]+)[/,]")

LISTS = (
    # https://go.dev/ref/mod#vendoring
    PackageList("vendor/modules.txt", _matches(r"(?m)^# (\S+) v\S", "vendor/")),
    # https://github.com/kardianos/govendor, https://golang.github.io/dep/docs/Gopkg.lock.html,
    # https://glide.readthedocs.io/en/latest/glide.yaml/
    PackageList("vendor/vendor.json", _of_govendor),
    PackageList("Gopkg.lock", _matches(r"(?m)^\s*name = \"([^\"\n]+)\"", "vendor/")),
    PackageList("glide.lock", _matches(r"(?m)^- name: (\S+)", "vendor/")),
    # https://getcomposer.org/doc/07-runtime.md#installed-versions; Composer 1 wrote a list
    PackageList("vendor/composer/installed.json", _of_composer),
    # https://bundler.io/man/bundle-config.1.html (`path`)
    PackageList("specifications/*.gemspec", lambda _, name: (f"gems/{name}",)),
    # https://bundler.io/man/gemfile.5.html#PATH: a gem unpacked into `vendor/`, in a folder with its version
    PackageList("Gemfile.lock", _matches(r"(?m)^PATH\n  remote: (vendor/[^\n]*-\d[\w.]*)$")),
    # https://doc.rust-lang.org/cargo/commands/cargo-vendor.html
    PackageList(".cargo-checksum.json", _of_cargo),
    # https://docs.python.org/3/library/venv.html
    PackageList("pyvenv.cfg", _of_environment),
    # https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file
    PackageList("*.dist-info/RECORD", _of_record),
    # https://docs.npmjs.com/cli/configuring-npm/package-lock-json
    PackageList("package-lock.json", _of_npm, node=True),
    PackageList("npm-shrinkwrap.json", _of_npm, node=True),
    PackageList("node_modules/.package-lock.json", _of_npm, node=True),
    # https://yarnpkg.com/, https://github.com/pnpm/spec/tree/master/lockfile, https://bun.sh/docs/install/lockfile
    PackageList("yarn.lock", _matches(r"(?m)(?:^|, ?)\"?((?:@[\w.-]+/)?[\w.-]+)@"), node=True),
    PackageList("pnpm-lock.yaml", _matches(r"(?m)^  ['\"]?/?((?:@[\w.-]+/)?[\w.-]+)[@/]\d"), node=True),
    PackageList("bun.lock", _matches(r"(?m)^ +\"((?:@[\w.-]+/)?[\w.-]+)\": \["), node=True),
    # https://yarnpkg.com/configuration/yarnrc#yarnPath; its plugins, and its packages as archives
    PackageList(".yarnrc.yml", _matches(r"(?m)^(?:yarnPath|\s+(?:- )?path):\s*[\"']?(\.yarn/[^\s\"']+)")),
    PackageList("yarn.lock", lambda _, __: (".yarn/cache", ".yarn/unplugged")),
    # https://bower.io/docs/config/#directory
    PackageList("bower_components/*/.bower.json", lambda _, name: (f"bower_components/{name}",)),
    # https://guides.cocoapods.org/using/using-cocoapods.html
    PackageList("Pods/Manifest.lock", _matches(r"(?m)^  - \"?([\w.+-]+)", "Pods/")),
)


class Packages:
    """The installed packages of a tree. listed: {path of a package: path of the list that names it}."""

    def __init__(self, listed: Mapping[str, str]) -> None:
        self._listed = listed

    def of(self, path: str) -> Package | None:
        """The package that a file is part of; None if no list names one."""
        if self._listed:
            end = path.find("/")
            while end >= 0:
                if (folder := path[:end]) in self._listed:
                    return Package(folder, self._listed[folder])
                end = path.find("/", end + 1)
            if path in self._listed:
                return Package(path, self._listed[path])
        return None


def find(paths: Sequence[str], read: Read) -> Packages:
    """The installed packages among some paths. read: reads a list; one that cannot be read lists nothing."""
    joined = "\n".join(["", *paths, ""])
    node_folders = _node_folders(joined)
    listed: dict[str, str] = {}
    for row in LISTS:
        if row.node and not node_folders:
            continue
        for path, base, star in _lists(joined, row.ending):
            data = read(path, _MAX_LIST)
            if data is None:
                continue
            folders = [folder for folder in node_folders if folder.startswith(base)] if row.node else [base]
            for name in set(row.packages(data.decode("utf-8", "replace"), star)):
                for folder in folders:
                    listed.setdefault(f"{folder}{name}", path)
    return Packages(listed)


def _lists(joined: str, ending: str) -> Iterator[tuple[str, str, str]]:
    """(path, what precedes the ending, what `*` is) of the paths with an ending.

    The joined paths are searched for the part after `*`, which takes a twentieth of the time of a pattern.
    """
    before, star, after = ending.rpartition("*")
    index = joined.find(f"{after}\n")
    while index >= 0:
        end = index + len(after)
        path = joined[joined.rindex("\n", 0, index + 1) + 1 : end]
        name = path[: -len(after)].rpartition("/")[2] if star else ""
        whole = f"{before}{name}{after}" if star else ending
        if path == whole or path.endswith(f"/{whole}"):
            yield path, path[: -len(whole)], name
        index = joined.find(f"{after}\n", end)


def _node_folders(joined: str) -> list[str]:
    """Each outermost `node_modules/`, with what precedes it."""
    folders: dict[str, None] = {}
    index = joined.find(_NODE_FOLDER)
    while index >= 0:
        if joined[index - 1] in "\n/":
            start = joined.rindex("\n", 0, index) + 1
            folders[joined[start : index + len(_NODE_FOLDER)]] = None
        index = joined.find(_NODE_FOLDER, joined.index("\n", index))
    return list(folders)
