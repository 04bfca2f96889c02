"""Inspect a repository: its service, environments, variable names, and host."""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.advice import facts
from palint.config import Config
from palint.dotenv import files as dotenv_files
from palint.files import languages
from palint.files.languages import Language
from palint.text.source import SourceFile
from palint.tree import git
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.typing import NamedTuple

DEFAULT_ENVIRONMENTS = Config().environments
_OTHER_ENVIRONMENTS = ("prod", "stage", "dev", "preprod", "uat", "qa", "test", "sandbox", "preview")
_ENVIRONMENTS = (*DEFAULT_ENVIRONMENTS, *_OTHER_ENVIRONMENTS)
_SETTINGS = frozenset(("terraform", "yaml", "json", "toml"))  # syntaxes of configuration that is read
_FILES = 5000  # maximum number of files read
_SIZE = 1 << 20  # maximum bytes of a file

_NAME = r"[\"'`](?P<{0}>[A-Z][A-Z0-9_]{{1,80}})[\"'`]"
_SECRET_READ = lazy_re.compile(
    "|".join((
        r"(?:\bos\.)?environ(?:\.get\(|\[)\s*" + _NAME.format("a"),
        r"getenv\(\s*" + _NAME.format("b"),
        r"Getenv\(\s*" + _NAME.format("c"),
        r"process\.env(?:\.(?P<d>[A-Z][A-Z0-9_]{1,80})\b|\[" + _NAME.format("e") + ")",
        r"\bENV(?:\.fetch\(|\[)\s*" + _NAME.format("f"),
        r"env::var\(\s*" + _NAME.format("g"),
    ))
)  # fmt: skip
_OS_ENVIRON = lazy_re.compile(r"^from os import [^\n]*\benviron\b", re.MULTILINE)
# Variables set by the system, a CI service or AWS, and AWS's key names, which no one should set.
_NOT_OURS = lazy_re.compile(
    r"(?:PATH|HOME|USER|SHELL|PWD|LANG|TERM|TMPDIR|TEMP|CI|DISPLAY|HOSTNAME|EDITOR|TZ|NO_COLOR|FORCE_COLOR)$"
    r"|(?:GITHUB|RUNNER|GITLAB|CI|LC|XDG|PYTHON|npm|NPM_CONFIG|SSH|GIT)_|AWS_(?:ACCESS|SECRET|SESSION|SECURITY)"
)
_SECRET_ID = lazy_re.compile(
    r"[\"'][a-z0-9][a-z0-9-]{1,60}/(?P<environment>" + "|".join(_ENVIRONMENTS) + r")[\"']"
)
_FOLDERS = lazy_re.compile(
    r"(?:^|/)(?:environments?|envs?|overlays|stages|deploy(?:ments?)?|inventor(?:y|ies)|vars|config)/"
    r"(?:[^/]+/)?(?P<environment>" + "|".join(_ENVIRONMENTS) + r")(?:/|\.[a-z0-9.]+$)"
)
_JOB_ENVIRONMENT = lazy_re.compile(
    r"^[ \t]*environment:[ \t]*(?:\r?\n[ \t]+name:[ \t]*)?[\"']?(?P<environment>"
    + "|".join(_ENVIRONMENTS)
    + r")[\"']?[ \t]*\r?$",
    re.MULTILINE,
)


class RepoInfo(NamedTuple):
    """Facts that `inspect` found.

    service: as in `{service}/{environment}`. environments: the usual ones, then others in use.
    names: of environment variables that the code reads or a dotenv file sets, sorted.
    hosts: "github", "gitlab" or both.
    """

    service: str
    environments: tuple[str, ...]
    names: tuple[str, ...]
    hosts: frozenset[str]


def inspect(project: Project) -> RepoInfo:
    """Read the project's files: at most 5,000 files of at most 1 MiB."""
    environments = set(DEFAULT_ENVIRONMENTS)
    names: set[str] = set()
    for file in _readable(project):
        for match in _SECRET_ID.finditer(file.text):
            environments.add(match["environment"])
        if file.path.startswith(".github/workflows/") or ".gitlab-ci" in file.path:
            environments.update(m["environment"] for m in _JOB_ENVIRONMENT.finditer(file.text))
        names.update(_names(file))
    environments.update(m["environment"] for p in project.files() for m in _FOLDERS.finditer(p.lower()))
    known = tuple(e for e in _ENVIRONMENTS if e in environments)
    return RepoInfo(facts.of(project).service, known, tuple(sorted(names)), _hosts(project))


def _readable(project: Project) -> Iterable[SourceFile]:
    wanted = [
        path
        for path in project.files()
        if _is_read(languages.find(path)) or dotenv_files.is_dotenv(path) or dotenv_files.is_example(path)
    ]
    for path in wanted[:_FILES]:
        file = project.open(path)
        if file is not None and not file.link and len(file.data) <= _SIZE:
            yield file


def _is_read(language: Language) -> bool:
    return language.type == "programming" or language.syntax in _SETTINGS


def _names(file: SourceFile) -> Iterable[str]:
    """Names of variables, never values."""
    if dotenv_files.is_dotenv(file.path) or dotenv_files.is_example(file.path):
        names = list(dotenv_files.names(dotenv_files.parse(file)))
    elif languages.find(file.path).type == "programming":
        from_os = _OS_ENVIRON.search(file.text) is not None  # else `environ` may be a WSGI request's
        names = [
            match[match.lastgroup]
            for match in _SECRET_READ.finditer(file.text)
            if match.lastgroup and (from_os or not match[0].startswith("environ"))
        ]
    else:
        return []
    return [
        name for name in names if re.fullmatch(r"[A-Z][A-Z0-9_]{1,80}", name) and not _NOT_OURS.match(name)
    ]


def _hosts(project: Project) -> frozenset[str]:
    """The hosts, by their own files, else by `origin`'s address; GitHub if unknown."""
    files = project.files()
    hosts = set()
    if any(path.startswith(".github/") for path in files):
        hosts.add("github")
    if ".gitlab-ci.yml" in files:
        hosts.add("gitlab")
    if not hosts:
        try:
            address = git.origin(project.root) or ""
        except git.GitError:
            address = ""
        hosts.add("gitlab" if "gitlab" in address else "github")
    return frozenset(hosts)
