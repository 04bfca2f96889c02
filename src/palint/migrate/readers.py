"""Find what still names or loads a dotenv file in a planned tree: the file stays until that is changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from palint.dotenv import files as dotenv_files
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.files import HEAD, languages
from palint.files.languages import Language
from palint.findings import Finding, Severity
from palint.migrate.loaders import MARK
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

MAX_BYTES = 1 << 20  # of a file that is searched; a larger one is data
_IGNORES = lazy_re.compile(r"(?:^|/)(?:\.\w+ignore|\.gitattributes|codeowners|\.gitmodules)$", re.IGNORECASE)
_COMMANDS = lazy_re.compile(
    r"(?:^|[\s;&|(\"'`])(?:source|\.|cat|export|xargs|cp|mv|env|sh|bash|grep|awk|sed)\s|env[-_]?file",
    re.IGNORECASE,
)
_WORDS = lazy_re.compile(r"[^\s\"'`,;()=<>|&]+")
_QUOTES = "\"'`"
# Frameworks that read the `.env` beside their manifest without a word in the code:
# https://laravel.com/docs/configuration#environment-configuration,
# https://symfony.com/doc/current/configuration.html#configuring-environment-variables-in-env-files
_DEFAULT_READERS = {"composer.json": ("laravel/framework", "symfony/runtime")}


class Reader(NamedTuple):
    """A place that names or loads a dotenv file. line: 1-based. what: in words, as a finding's message.

    holds: whether the file must stay until the place is changed: it may read the file, and is no comment or
    documentation.
    """

    path: str
    line: int
    dotenv: str
    what: str
    holds: bool


def find(
    project: Project, searched: Iterable[str], dotenv: Iterable[str], findings: Iterable[Finding]
) -> list[Reader]:
    """The readers of dotenv files in a planned project, ascending.

    searched: the paths to search for the files' names; those of more than MAX_BYTES are left out.
    findings: of `env-file-loaded` there. One that names no file may read any of them.
    """
    targets = {path: name_pattern(path.rpartition("/")[2]) for path in dotenv}
    found: dict[tuple[str, int, str], Reader] = {}
    for reader in (*_loading(project, targets, findings), *_naming(project, searched, targets)):
        found.setdefault((reader.path, reader.line, reader.dotenv), reader)
    return sorted(found.values())


def name_pattern(name: str) -> re.Pattern[str]:
    """A file's name, not as a part of another name (`process.env`, `.env.example`)."""
    return re.compile(rf"(?<![\w.*-]){re.escape(name)}(?![\w-]|\.\w|\.?\*)")


def _loading(
    project: Project, targets: Mapping[str, re.Pattern[str]], findings: Iterable[Finding]
) -> Iterator[Reader]:
    for finding in findings:
        file = project.open(finding.span.path)
        if file is None or finding.severity is Severity.WARNING:  # a package that needs no such file
            continue
        start, end = file.line_at(finding.span.offset)
        line = file.text[start : max(end, finding.span.end_offset)]
        named = [path for path, pattern in targets.items() if pattern.search(line)]
        others = any(is_dotenv_path(word) for word in _WORDS.findall(line))
        for path in named or (() if others else targets):
            yield Reader(finding.span.path, finding.span.start.line, path, finding.message, True)


def _naming(
    project: Project, searched: Iterable[str], targets: Mapping[str, re.Pattern[str]]
) -> Iterator[Reader]:
    """Search the tree for the files' names, and for frameworks that read them by default."""
    names = {path.rpartition("/")[2].encode() for path in targets}
    for path in searched:
        base = path.rpartition("/")[2].lower()
        if path in targets or dotenv_files.is_example(path) or _IGNORES.search(path):
            continue
        data = project.tree.read(path, MAX_BYTES).data
        frameworks = _DEFAULT_READERS.get(base, ())
        if data is None or not (any(name in data for name in names) or frameworks):
            continue
        file = SourceFile(path, data)
        if MARK in file.text[:200] or b"\0" in data[:HEAD]:
            continue
        yield from _in_file(file, targets)
        for framework in frameworks:
            if f'"{framework}"' in file.text:
                yield from _read_by_default(file, framework, targets)


def _in_file(file: SourceFile, targets: Mapping[str, re.Pattern[str]]) -> Iterator[Reader]:
    language = languages.find(file.path, file.data[:HEAD])
    for path, pattern in targets.items():
        for match in pattern.finditer(file.text):
            start, end = file.line_at(match.start())
            holds = _may_read(language, file.text[start:end], match.start() - start, match.end() - start)
            line = file.position(match.start()).line
            yield Reader(file.path, line, path, f"names `{path.rpartition('/')[2]}`", holds)


def _read_by_default(
    file: SourceFile, framework: str, targets: Mapping[str, re.Pattern[str]]
) -> Iterator[Reader]:
    folder = file.path.rpartition("/")[0]
    line = file.position(file.text.index(f'"{framework}"')).line
    for path in targets:
        parent, _, name = path.rpartition("/")
        if parent == folder and name.startswith(".env"):
            yield Reader(file.path, line, path, f"`{framework}` reads `{name}` when it starts", True)


def _may_read(language: Language, line: str, start: int, end: int) -> bool:
    """Whether a name at line[start:end] may be what a program opens, rather than a remark about it."""
    if language.type == "prose" or _in_comment(language, line, start):
        return False
    if language.type != "programming":
        return True
    while start and not line[start - 1].isspace() and line[start - 1] not in _QUOTES:
        start -= 1
    while end < len(line) and not line[end].isspace() and line[end] not in _QUOTES:
        end += 1
    quoted = start > 0 and line[start - 1] in _QUOTES and line[end : end + 1] == line[start - 1]
    return quoted or line.strip() == line[start:end] or _COMMANDS.search(line) is not None


def _in_comment(language: Language, line: str, at: int) -> bool:
    if language.comment is None:
        return False
    mark, before = language.comment[0], line[:at]
    if before.lstrip().startswith((mark, "*", "/*") if mark == "//" else mark):
        return True
    begin = before.rfind(f" {mark}")
    return begin >= 0 and not any(before[:begin].count(quote) % 2 for quote in _QUOTES)
