"""Settings in subfolders: a `palint.toml` of a package in a monorepo.

The settings above are to such a file what a policy is to a repository: of `KEYS` the stricter value applies,
and an attempt to weaken one is a finding. Every other setting is one of the whole run, and refused here. A
file is read when a rule runs below its folder, or if it is checked itself. That of an installed package does
not count: it is for the package's own repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from palint.config import SETTINGS_FILES, Config, ConfigError

NAMES = ("palint.toml", ".palint.toml")
KEYS = ("severity", "min-confidence", "environments", "allow", "rules")
_SUFFIXES = tuple(f"/{name}" for name in NAMES)


class Folders:
    """The settings of the subfolders of a tree; a file is read once."""

    def __init__(
        self,
        read: Callable[[str], bytes | None],
        parse: Callable[[str, bytes], Config],
        merge: Callable[[Config, Config], Config],
    ) -> None:
        """read: the bytes at a path, None if nothing is there; raises ConfigError if it is no regular file.

        parse: settings from a path and its bytes. merge: (a folder's, those above it) -> those in force.
        """
        self._read, self._parse, self._merge = read, parse, merge
        self._own: dict[str, Config | None] = {}
        self._complete = False
        self._problems: dict[str, str] = {}
        self._is_installed: Callable[[str], bool] = lambda folder: False

    def __repr__(self) -> str:
        return "Folders()"  # for `CleanFiles`, which keeps no file of a folder with settings

    def prepare(
        self, config: Config, paths: Sequence[str], is_installed: Callable[[str], bool], *, whole: bool
    ) -> Config:
        """The settings of a run that checks these paths; those settings files among them are read.

        is_installed: whether a folder is part of an installed package. whole: whether the paths are all of
        the tree.
        """
        self._is_installed = is_installed
        for path in paths:
            if is_settings(path):
                self.own(path.rpartition("/")[0], config)
        self._complete = whole
        return config._replace(folders=None) if whole and not self._own else config

    def of(self, config: Config, path: str) -> Config:
        """The settings in force for a file. config: those of the root."""
        above = config
        for folder in _above(path):
            own = self.own(folder, config)
            if own is not None:
                above = self._merge(own, above)
        return above

    def decide(self, config: Config, path: str) -> bool:
        """Whether a folder of a file has settings."""
        return any(self.own(folder, config) is not None for folder in _above(path))

    def read(self, config: Config) -> Iterator[Config]:
        """The settings in force in each folder whose file was read."""
        for folder in sorted(self._own):
            if self.own(folder, config) is not None:
                yield self.of(config, f"{folder}/")

    def problems(self) -> dict[str, str]:
        """{path of a settings file that cannot be used: why}. Its folder has the settings above it."""
        return {path: why for path, why in self._problems.items() if not self._is_installed(path)}

    def own(self, folder: str, config: Config) -> Config | None:
        """What the file in a folder sets, its globs for paths from the root; None without a usable one."""
        if folder not in self._own and not self._complete:
            self._own[folder] = self._load(folder, config)
        own = self._own.get(folder)
        return None if own is not None and self._is_installed(f"{folder}/") else own

    def _load(self, folder: str, config: Config) -> Config | None:
        files: list[str] = []
        own = None
        for name in NAMES:
            path = f"{folder}/{name}"
            try:
                data = self._read(path) if is_settings(path) else None
                if data is None or _is_excluded(path, config):
                    continue
                files.append(path)
                own = self._parse(path, data)
                _refuse_others(own)
                if len(files) > 1:
                    raise ConfigError(f"{path}:1: settings are both here and in {files[0]}; keep one of them")
            except ConfigError as error:
                self._problems[path] = str(error)
                return None
        if own is None:
            return None
        allow = tuple(
            a._replace(paths=tuple(glob_below(folder, glob) for glob in a.paths)) for a in own.allow
        )
        return own._replace(allow=allow)


def is_settings(path: str) -> bool:
    """Whether a path is one of a settings file in a subfolder."""
    return path.endswith(_SUFFIXES) and path not in SETTINGS_FILES  # `.config/palint.toml` is the root's


def set_in(config: Config, path: str) -> Config:
    """What the settings file at a path sets. config: those of the root."""
    own = None if config.folders is None else config.folders.own(path.rpartition("/")[0], config)
    return own or Config()


def _above(path: str) -> Iterator[str]:
    """The folders of a path below the root, the outermost first."""
    end = path.find("/")
    while end >= 0:
        yield path[:end]
        end = path.find("/", end + 1)


def _is_excluded(path: str, config: Config) -> bool:
    from palint.tree.gitignore import compile_globs

    return compile_globs(config.exclude)(path)


def _refuse_others(own: Config) -> None:
    for key, where in own.provenance.items():
        if key.partition(".")[0] not in KEYS:
            raise ConfigError(
                f"{where}: `{key}` is set for the whole repository: move it to the settings in the root "
                f"(a subfolder may set {', '.join(KEYS)})"
            )


def glob_below(folder: str, glob: str) -> str:
    """A glob of a folder's settings as one of the root's.

    `*.pem` in `packages/a` is `/packages/a/**/*.pem`, and `!/keys/x` is `!/packages/a/keys/x`.
    """
    negated, body = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    anchored = "/" in body.rstrip("/")
    name = "".join(f"\\{char}" if char in "\\*?[] " else char for char in folder)
    return f"{negated}/{name}/{body.lstrip('/') if anchored else f'**/{body}'}"
