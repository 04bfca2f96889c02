"""Find what still names, loads or needs a dotenv file in a planned tree: it stays until that is changed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from palint import files
from palint.dotenv import files as dotenv_files
from palint.dotenv import packages
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.files import HEAD, languages, roles
from palint.files.languages import Language, in_comment
from palint.files.roles import Role
from palint.findings import Finding, Severity
from palint.migrate import loaders, variables
from palint.migrate.loaders import MARK
from palint.migrate.repository import name_pattern, nearest
from palint.migrate.sources import opened
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.util import lazy_re
from palint.util.typing import NamedTuple

MAX_BYTES = 1 << 20  # of a file that is searched; a larger one is data
IGNORES = lazy_re.compile(
    r"(?:^|/)(?:\.\w+ignore|\.gitattributes|codeowners|\.gitmodules|\.htaccess)$|^\.github/[\w.-]+\.ya?ml$",
    re.IGNORECASE,
)
_COMMANDS = lazy_re.compile(
    r"(?:^|[\s;&|(\"'`])(?:source|\.|cat|export|xargs|cp|mv|env|sh|bash|grep|awk|sed)\s|env[-_]?file",
    re.IGNORECASE,
)
# What is before a file's name in a command that only writes or deletes it: `> .env`, `cp .env.example .env`.
_WRITES = lazy_re.compile(
    r"(?:>>?|\btee(?:\s+-a)?|\btouch|\brm(?:\s+-\S+)*|\b(?:cp|mv|ln)\s+(?:-\S+\s+)*[^\s;|&]+)\s*$"
)
_PATH = lazy_re.compile(r"[\w./${}\"'-]*")
_RUN = ("programming", "commands")
# Lists of files to watch, to compile, or that a cache depends on: https://github.com/remy/nodemon#config-files,
# https://turborepo.com/docs/reference/configuration, https://www.typescriptlang.org/tsconfig/#include
_LISTS = lazy_re.compile(r"(?:^|/)(?:nodemon|turbo|nx|tsconfig[\w.-]*)\.json$")
# Words for a reader: `echo "Edit .env."`, `"description": "Whether .env is part of a backup"`.
_REMARK = lazy_re.compile(
    r"^\s*(?:@?(?:echo|printf)\b[^|>;&`$]*$|[\"']?(?:description|help|title|message)[\"']?\s*:"
    r"|(?:-\s+)?name:\s+[\"']?\w+\s+\w+\s)"  # of a step
)
_BLOCK_COMMENT = lazy_re.compile(r"(?m)^[ \t]*/\*|\*/")
WORDS = lazy_re.compile(r"[^\s\"'`,;()=<>|&]+")
_QUOTES = "\"'`"
_PUNCTUATION = ".,:;!?()"
# Prisma's command reads `.env` itself, until a file of settings loads what it needs:
# https://www.prisma.io/docs/orm/reference/prisma-config-reference
_PRISMA_SETTINGS = lazy_re.compile(r"(?:^|/)(?:prisma\.config|\.config/prisma)\.[cm]?[jt]s$")
# Frameworks that read the `.env` beside their manifest without a word in the code:
# https://laravel.com/docs/configuration#environment-configuration,
# https://symfony.com/doc/current/configuration.html#configuring-environment-variables-in-env-files
_DEFAULT_READERS = {"composer.json": ("laravel/framework", "symfony/runtime")}


class Reader(NamedTuple):
    """A place that names or loads a dotenv file. line: 1-based. what: in words, as a finding's message.

    holds: whether the file must stay until the place is changed: it may read the file, and is no comment or
    documentation. variables: those that the place reads, if it does not read the file itself.
    """

    path: str
    line: int
    dotenv: str
    what: str
    holds: bool
    variables: tuple[str, ...] = ()


class Program(NamedTuple):
    """The files below a folder (with its `/`) in a language, which run after the loader."""

    syntax: str
    folder: str

    def has(self, path: str, syntax: str) -> bool:
        """Whether a file is one of these."""
        return syntax == self.syntax and path.startswith(self.folder)


def find(
    project: Project,
    searched: Iterable[str],
    dotenv: Mapping[str, Collection[str]],
    findings: Iterable[Finding],
) -> list[Reader]:
    """The readers of dotenv files in a planned project, ascending.

    searched: the paths to search for the files' names and variables; those of more than MAX_BYTES are left
    out. dotenv: {path: variables}. findings: of `env-file-loaded` there. One that names no file may read any
    of them.
    """
    targets = {path: name_pattern(path.rpartition("/")[2]) for path in dotenv}
    paths = frozenset(searched)
    programs = loaded_programs(project, paths)
    found: dict[tuple[str, int, str], Reader] = {}
    for reader in (
        *_loading(project, targets, findings, programs),
        *_naming(project, sorted(paths), targets, programs),
        *_needing(project, sorted(paths), dotenv, programs),
    ):
        found.setdefault((reader.path, reader.line, reader.dotenv), reader)
    return sorted(found.values())


def loaded_programs(project: Project, paths: frozenset[str]) -> list[Program]:
    """The programs in which a file imports one of our loaders."""
    programs = []
    for path in paths:
        word, manifest = loaders.FILES.get(path.rpartition("/")[2], ("", ""))
        file = project.open(path) if word else None
        if file is None or MARK not in file.text[:200]:
            continue
        syntax = languages.find(path).syntax
        root = nearest(path, (manifest,), paths) if manifest else path
        folder = "" if syntax == "python" else root[: root.rfind("/") + 1]
        program = Program(syntax, folder)
        others = (each for each in paths if each != path and program.has(each, languages.find(each).syntax))
        if any(word.encode() in (project.tree.read(each, MAX_BYTES).data or b"") for each in others):
            programs.append(program)
    return programs


def _needing(
    project: Project, searched: Iterable[str], dotenv: Mapping[str, Collection[str]], programs: list[Program]
) -> Iterator[Reader]:
    """What reads variables of a file that no loader and no Compose file gives it."""
    names = frozenset(name for held in dotenv.values() for name in held)
    words = [name.encode() for name in names]
    given = _given_by_compose(project, searched, names)
    prisma = not any(map(_PRISMA_SETTINGS.search, searched))
    for path in searched if names - given or prisma else ():
        schema = path.endswith(".prisma")
        if schema and not prisma:
            continue
        if dotenv_files.is_example(path) or not _runs(path):
            continue
        data = project.tree.read(path, MAX_BYTES).data
        if data is None or not any(word in data for word in words) or b"\0" in data[:HEAD]:
            continue
        file = SourceFile(path, data)
        commands = languages.find(path, data[:HEAD]).type == "commands"
        if MARK in file.text[:200] or (commands and "SECRET_ID" in file.text):  # it gets them itself
            continue
        syntax = _reading_syntax(file)
        if any(program.has(path, syntax) for program in programs):
            continue
        reads = variables.read_in(file, names if schema else names - given)
        for target, held in dotenv.items():
            own = [read for read in reads if read.name in held]
            if own:
                what = "reads " + ", ".join(f"`{read.name}`" for read in own)
                yield Reader(path, own[0].line, target, what, True, tuple(read.name for read in own))


def _given_by_compose(project: Project, searched: Iterable[str], names: Collection[str]) -> frozenset[str]:
    """Those of some variables that a Compose file sets."""
    texts = [project.text(path) for path in searched if languages.find(path).id == "compose"]
    return frozenset(
        name for name in names for text in texts
        if re.search(rf"(?m)^[\s\"'-]*{name}\b[\"']?\s*[:=]", text)
    )  # fmt: skip


def _reading_syntax(file: SourceFile) -> str:
    """The language of the program that reads a file's variables; "" for a tool."""
    if variables.is_tool_configuration(file.path):
        return ""
    language = languages.find(file.path, file.data[:HEAD])
    return "php" if language.type == "data" and "%env(" in file.text else language.syntax  # Symfony's


def _runs(path: str) -> bool:
    """Whether a file is run where the program runs: no test, no lock file, no pipeline."""
    return not (roles.is_test(path) or roles.matches(path, ("lock-file", "pipeline")))


def _loading(
    project: Project,
    targets: Mapping[str, re.Pattern[str]],
    findings: Iterable[Finding],
    programs: list[Program],
) -> Iterator[Reader]:
    for finding in findings:
        if finding.severity is Severity.WARNING:  # a package that needs no such file
            continue
        file = opened(project, finding.span.path)
        start, end = file.line_at(finding.span.offset)
        line = file.text[start : max(end, finding.span.end_offset)]
        named = [path for path, pattern in targets.items() if pattern.search(line)]
        others = any(is_dotenv_path(word) for word in WORDS.findall(line))
        listed = packages.is_manifest(finding.span.path.lower()) and _is_loaded(finding.span.path, programs)
        for path in named or (() if others else targets):
            holds = not (listed or " creates " in finding.message)
            yield Reader(finding.span.path, finding.span.start.line, path, finding.message, holds)


def _is_loaded(manifest: str, programs: Iterable[Program]) -> bool:
    """Whether the program of a manifest has a loader: it needs no package that loads dotenv files."""
    return any(program.folder == manifest[: manifest.rfind("/") + 1] for program in programs)


def _naming(
    project: Project,
    searched: Iterable[str],
    targets: Mapping[str, re.Pattern[str]],
    programs: list[Program],
) -> Iterator[Reader]:
    """Search the tree for the files' names, and for frameworks that read them by default."""
    names = {path.rpartition("/")[2].encode() for path in targets}
    for path in searched:
        base = path.rpartition("/")[2].lower()
        if dotenv_files.is_example(path) or IGNORES.search(path) or roles.matches(path, ("lock-file",)):
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
            if f'"{framework}"' in file.text and not _is_replaced(file, framework, programs):
                yield from _read_by_default(file, framework, targets)


def _in_file(file: SourceFile, targets: Mapping[str, re.Pattern[str]]) -> Iterator[Reader]:
    language, role, _ = files.kind(file.path, file.data[:HEAD])
    prose = language.id == "html" or (role is Role.DOCUMENTATION and language.type not in _RUN)
    for path, pattern in targets.items():
        for match in pattern.finditer(file.text):
            start, end = file.line_at(match.start())
            line_text, at = file.text[start:end], match.start() - start
            opened = (
                language.comment is not None
                and language.comment[0] == "//"
                and next(
                    (m[0] for m in reversed(list(_BLOCK_COMMENT.finditer(file.text, 0, match.start())))), "*/"
                )
                != "*/"
            )
            word = next(w for w in WORDS.finditer(line_text) if w.end() > at)[0]
            listed = _LISTS.search(file.path) and f'"{word}"' in line_text  # alone in its quotes
            holds = not (prose or opened or listed) and _may_read(
                language, line_text, at, match.end() - start
            )
            line = file.position(match.start()).line
            yield Reader(file.path, line, path, f"names `{path.rpartition('/')[2]}`", holds)


def _read_by_default(
    file: SourceFile, framework: str, targets: Mapping[str, re.Pattern[str]]
) -> Iterator[Reader]:
    folder = file.path.rpartition("/")[0]
    how = " (until `extra.runtime.disable_dotenv` is true)" if framework == "symfony/runtime" else ""
    line = file.position(file.text.index(f'"{framework}"')).line
    for path in targets:
        parent, _, name = path.rpartition("/")
        if parent == folder and name.startswith(".env"):
            yield Reader(file.path, line, path, f"`{framework}` reads `{name}` when it starts{how}", True)


def _is_replaced(file: SourceFile, framework: str, programs: list[Program]) -> bool:
    """Whether a framework does without the file: Laravel reads it if there is one, Symfony needs it."""
    if framework == "symfony/runtime":
        return re.search(r'"disable_dotenv"\s*:\s*true', file.text) is not None
    return _is_loaded(file.path, programs)


def _is_sentence(line: str, at: int) -> bool:
    """Whether line[at] is in a quoted text for people, as a translation has: words, and no command."""
    quote = next((each for each in reversed(line[:at]) if each in _QUOTES), "")
    before = line[:at].rpartition(quote)[2] if quote else ""
    words = (before + line[at:].partition(quote)[0]).split() if quote else []
    plain = sum(word.strip(_PUNCTUATION).isalpha() for word in words)
    return plain >= 4 and plain >= 0.6 * len(words) and _COMMANDS.search(before) is None


def _may_read(language: Language, line: str, start: int, end: int) -> bool:
    """Whether a name at line[start:end] may be what a program opens, rather than a remark about it."""
    word = start - len(_PATH.match(line[:start][::-1])[0])  # type: ignore[index]
    if in_comment(language, line, start) or _WRITES.search(line[:word]):
        return False
    if language.type != "programming":
        return not (_REMARK.search(line) or _is_sentence(line, start))
    before = line[:start]
    while start and not line[start - 1].isspace() and line[start - 1] not in _QUOTES:
        start -= 1
    while end < len(line) and not line[end].isspace() and line[end] not in _QUOTES:
        end += 1
    quoted = start > 0 and line[start - 1] in _QUOTES and line[end : end + 1] == line[start - 1]
    return quoted or line.strip() == line[start:end] or _COMMANDS.search(before) is not None
