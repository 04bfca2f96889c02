"""Find shell commands, Make rules and package.json scripts that load, read or create a dotenv file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, naming, show
from palint.dotenv.files import is_example, names_encrypted
from palint.files.languages import Language
from palint.languages import shell, unparsed
from palint.languages.shell import Command, Word
from palint.text.source import SourceFile
from palint.util import lazy_re

_JUST_LOAD = lazy_re.compile(r"(?m)^set[ \t]+dotenv-(?:load|filename|path)\b(?![ \t]*:=[ \t]*false)[^\n#]*")
COPY = lazy_re.compile(r"\bcopy\(\s*['\"][^'\"\n]{1,80}['\"]\s*,\s*['\"](?P<path>[^'\"\n]{1,80})['\"]\s*\)")
_PROCESS = lazy_re.compile(r"(?m)^[\w-]{1,40}:[ \t]*(?P<command>[^\n]+)")  # of a Procfile
_INCLUDE = lazy_re.compile(r"(?m)^[ \t]*-?s?include[ \t]+(?:\$\(wildcard[ \t]+)?(?P<path>[^\s#)]+\)?)")
_MAKE_VARIABLE = lazy_re.compile(r"\$\((\w+)\)")
# https://www.gnu.org/software/make/manual/html_node/Echoing.html, and Errors.html, Instead-of-Execution.html
_MAKE_PREFIX = lazy_re.compile(r"(?m)^(\t[ \t]*)([@+-]{1,3})(?=[^@+-])")
_MAKE_LIST = lazy_re.compile(r"(?m)^(?P<name>\w+)[ \t]*[:?+]?=[ \t]*(?P<paths>[^\n#]+)")
_READERS = frozenset(
    ("cat", "grep", "egrep", "sed", "awk", "cut", "head", "tail", "xargs", "envsubst", "get-content")
)
_CONTAINER_ENGINES = frozenset(("docker", "podman", "nerdctl", "finch"))
_STORES = frozenset(("aws", "gsutil", "gcloud", "az", "docker", "podman", "kubectl", "rclone", "s3cmd"))
_SECRETS = frozenset(("secret", "secrets"))
_SCHEME = lazy_re.compile(r"\A(?:s3|gs|r2)://")
_COPYING = frozenset(("cp", "mv", "sync", "rsync"))
_STORING = frozenset(("set", "put", "bulk", "import", "create", "push", "upload", "add", "sync"))
_SENDERS = frozenset(("scp", "rsync"))
_PATTERN_FIRST = frozenset(("grep", "egrep", "sed", "awk", "perl"))  # their first operand is not a file
_POWERSHELL = frozenset(("set-content", "add-content", "out-file"))  # which name their file by an option
_WRITERS = frozenset((
    "cp", "mv", "ln", "touch", "tee", "install", "copy", "copy-item", "move-item", "new-item",
    *_POWERSHELL,
))  # fmt: skip
_DIRENV = frozenset(("dotenv", "dotenv_if_exists", "source_env", "source_env_if_exists"))
_RUNNERS = frozenset(("npx", "pnpm", "yarn", "bunx", "poetry", "uv", "uvx", "pipenv", "bundle"))
_LOADERS = frozenset(("dotenv", "env-cmd", "dotenvx", "godotenv", "BuildDotenvConfig.rb"))
_PLUGIN = lazy_re.compile(r"pytest-dotenv(?![\w-]).*")  # loads `.env` wherever it is installed
_NOT_A_RUN = frozenset(("add", "install", "i", "remove", "uninstall"))
_ENV_FILE_OPTIONS = frozenset(
    ("--env-file", "--env_file", "--env-file-if-exists", "--from-env-file", "--env-vars-file")
)
_OUTPUT_OPTIONS = frozenset(("-o", "-O", "--output", "--output-document", "--out", "--out-file", "--outfile"))
_LOOP = lazy_re.compile(r"\bin[ \t]+\((?:cat[ \t]+)?(?P<path>[^\s()]{1,100})\)")
_LOADS = lazy_re.compile(
    r"(?:load|read|source|import|export)_?(?:dot)?_?env(?:_?(?:file|vars?))?"
)  # a script's own
_NAME = lazy_re.compile(r"[\w.+-]{1,20}")
NOTHING_KNOWN: Mapping[str, str] = {}


def in_script(file: SourceFile, language: Language) -> Iterator[DotenvUse]:
    """The uses in a shell script, a Makefile, a justfile or an `.envrc`."""
    if language.id == "justfile":  # https://just.systems/man/en/settings.html
        for match in _JUST_LOAD.finditer(file.text):
            yield DotenvUse(*match.span(), "`set dotenv-load` loads a .env file", "shell")
    known: dict[str, str] = {}
    if language.id == "makefile":
        # A shell reads `$(NAME)` as a command, and Make itself what a line of a recipe starts with.
        text = _MAKE_VARIABLE.sub(r"${\1}", file.text)
        text = _MAKE_PREFIX.sub(lambda found: found[1] + " " * len(found[2]), text)
        file = SourceFile(file.path, text.encode("utf-8", "surrogatepass"))
        lists = {f"${{{found['name']}}}": found["paths"].split() for found in _MAKE_LIST.finditer(file.text)}
        firsts = ((name[2:-1], path) for name, paths in lists.items() for path in paths[:1])
        known = {name: path for name, path in firsts if is_dotenv_path(path)}
        for match in _INCLUDE.finditer(file.text):
            named = lists.get(match["path"], [match["path"].removesuffix(")")])
            path = next(filter(is_dotenv_path, named), "")
            yield from naming(path, match.span("path"), "`include` loads", "include")
    if language.id == "procfile":
        for match in _PROCESS.finditer(file.text):
            yield from in_text(file, *match.span("command"))
        return
    for match in _LOOP.finditer(file.text) if language.id in ("batch", "fish") else ():
        yield from naming(match["path"], match.span(), "`for` reads", "shell")
    yield from in_text(file, 0, len(file.text), known)


def in_text(
    file: SourceFile, start: int, end: int, known: Mapping[str, str] = NOTHING_KNOWN
) -> Iterator[DotenvUse]:
    """The uses in the commands of text[start:end], and in what they run (`ssh host "…"`).

    known: {variable: its path} of those that name a dotenv file; assignments in the text add to them.
    """
    paths = dict(known)
    for command in shell.commands(file.text, start, end):
        for word in command.words:
            assigned = shell.ASSIGNMENT.match(word.text)
            path = _DEFAULT.sub(r"\1", word.text[assigned.end() :]) if assigned else ""
            if assigned and is_dotenv_path(path):
                paths[assigned[1]] = path
        if paths:
            command = command._replace(
                words=[_resolved(word, paths) for word in command.words],
                redirects=[(operator, _resolved(target, paths)) for operator, target in command.redirects],
            )
        found = next(_of_command(command, direnv=file.name.lower().startswith(".envrc")), None)
        if found is not None:
            yield found
        elif command.words[0].text in _SHELLS:
            for word in command.words[1:]:
                if file.text[word.start] in "'\"" and " " in word.text:
                    yield from in_text(file, word.start + 1, word.end - 1, paths)


_DEFAULT = lazy_re.compile(r"\$\{\w+:?[-=]([^{}]{1,100})\}")  # `${1:-.env}`
_SHELLS = frozenset(("ssh", "sh", "bash", "zsh"))  # which run a string
_PROCFILE_RUNNERS = frozenset(("foreman", "honcho", "heroku", "forego", "overmind"))
# A string that is run: given to `run`, `exec`, `sh -c` and the like, or to a key of settings
_STRING = lazy_re.compile(
    "|".join(
        rf"{quote}(?P<{name}>(?:[a-z./]|[A-Z]\w{{0,40}}=)[^{quote}\n]{{0,400}}){quote}"
        for quote, name in (('"', "double"), ("'", "single"), ("`", "back"))
    )
)
_RUNS = lazy_re.compile(
    r"(?<![a-z])(?:(?:run|exec|spawn|popen|shell|command|system|sudo|check_)\w{0,12}|sh|call|local|cmd|bash)"
    r"[!?]?(?:\s?\(\s?|\s|:\s?|\[\]\s?=\s?)\Z|\s-c\s\Z",
    re.I,
)
_KEY = lazy_re.compile(r"[\"'](?P<key>[\w:.-]{1,40})[\"']\s?:\s?\[?\s?\Z")


def in_strings(file: SourceFile, language: Language) -> Iterator[tuple[str, DotenvUse]]:
    """(key of the string in settings, use) of the commands in strings."""
    for match in _strings_with(file.text, "env"):
        line = max(file.text.rfind("\n", 0, match.start()) + 1, match.start() - 80)
        before = file.text[line : match.start()]
        if unparsed.in_comment(file.text, match.start()):
            continue
        key = _KEY.search(before) if language.type == "data" else None
        if key is not None or _RUNS.search(before):
            for use in in_text(file, match.start() + 1, match.end() - 1):
                yield key["key"] if key else "", use


def _strings_with(text: str, word: str) -> Iterator[re.Match[str]]:
    """The strings with a word, in the lines that have it: no string has two lines."""
    at = text.find(word)
    while at >= 0:
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        for match in _STRING.finditer(text, text.rfind("\n", 0, at) + 1, end):
            if word in match[0]:
                yield match
        at = text.find(word, end)


def _resolved(word: Word, paths: dict[str, str]) -> Word:
    """The word with `$NAME` and `${NAME}` replaced by the path of that name."""
    name = word.text.strip("${}")
    return word._replace(text=paths[name]) if word.text.startswith("$") and name in paths else word


def _of_command(command: Command, *, direnv: bool) -> Iterator[DotenvUse]:
    """The uses of a dotenv file by a command, the surest first. direnv: whether it is in an `.envrc`."""
    arguments = command.arguments()
    name = arguments[0].text.rpartition("/")[2] if arguments else ""
    shown = f"`{name}`" if _NAME.fullmatch(name) else "this command"
    rest, span = arguments[1:], (command.start, command.end)
    for operator, target in command.redirects:
        verb = "creates" if ">" in operator else "reads"
        reach = (command.start, max(command.end, target.end))
        yield from naming(target.text, reach, f"{shown} {verb}", "shell")
    for word in rest[:1] if name in ("source", ".") else ():
        yield from naming(word.text, span, f"{shown} loads", "source")
    for word in rest if name == "php" else ():
        for copied in COPY.finditer(word.text):
            yield from naming(copied["path"], span, "`php` creates", "shell")
    if direnv and name in _DIRENV:
        yield DotenvUse(*span, f"direnv's `{name}` loads a .env file", "source")
    yield from _by_program(arguments, name, span)
    yield from _by_option(name, rest)
    yield from _by_operand(name, shown, rest, span)


def _by_program(arguments: list[Word], name: str, span: tuple[int, int]) -> Iterator[DotenvUse]:
    """A loader that runs another program: `dotenv -- node app.js`, `npx env-cmd node app.js`."""
    words = [word.text for word in arguments[:4]] if name in _RUNNERS else [name]
    if name.startswith("python") and [word.text for word in arguments[1:3]] == ["-m", "dotenv"]:
        words = ["dotenv"]
    if name == "ruby":  # https://github.com/lugg/react-native-config
        words = [word.text.rpartition("/")[2] for word in arguments[1:2]]
    if any(word.text in ("install", "add") for word in arguments) and any(
        _PLUGIN.fullmatch(word.text) for word in arguments
    ):
        yield DotenvUse(*span, "`pytest-dotenv` loads a .env file", "shell")
    loader = next((word for word in words if word in _LOADERS), "")
    if loader and len(arguments) > 1 and _NOT_A_RUN.isdisjoint(words):
        yield DotenvUse(*span, f"`{loader}` loads a .env file", "shell")


def _by_option(name: str, rest: list[Word]) -> Iterator[DotenvUse]:
    """`--env-file=x`, `--env-file x`, of any program."""
    for word, following in zip(rest, [*rest[1:], None], strict=False):
        option, equals, path = word.text.partition("=")
        last = word
        if not equals and following is not None:
            last, path = following, following.text
        span = (word.start, last.end)
        if option in _OUTPUT_OPTIONS or word.text.startswith("of="):
            yield from naming(path, span, f"`{option}` creates", "shell")
        if option in ("--from-file", "--include"):  # `kubectl create secret`, `aws s3 sync`
            yield from naming(path.rpartition("=")[2], span, f"`{option}` ships", "shell")
        if path == "dotenv/config":  # `jest --setupFiles=dotenv/config`
            yield DotenvUse(*span, f"`{path}` loads a .env file", "shell")
        # Foreman and its like, also after `bundle exec`; not `[ -e .env ]`
        if option == "-e" and not _PROCFILE_RUNNERS.isdisjoint((name, *(word.text for word in rest[:2]))):
            yield from naming(path, span, "`-e` loads", "shell")
        unread = path in ("", "/dev/null") or is_example(path) or names_encrypted(path)
        if option in _ENV_FILE_OPTIONS and not unread:
            yield DotenvUse(*span, f"`{option}` loads {show(path)}", "shell")


_IN_PLACE = {"sed": ("-i", "--in-place"), "perl": ("-i", "-pi", "-ni")}  # options that change files


def _by_operand(name: str, shown: str, rest: list[Word], span: tuple[int, int]) -> Iterator[DotenvUse]:
    """`cat .env`, `cp .env.example .env`."""
    left_out = [index + 1 for index, word in enumerate(rest) if word.text in ("--exclude", "-x")]
    operands = [word for i, word in enumerate(rest) if not word.text.startswith("-") and i not in left_out]
    if name in _PATTERN_FIRST:
        operands = operands[1:]
    # The scheme is that of a store: `s3://bucket/.env`
    files = [word for word in operands if is_dotenv_path(_SCHEME.sub("", word.text))]
    name, verbs = name.lower(), {word.text for word in operands[:3]}
    is_changed = any(word.text.startswith(_IN_PLACE.get(name, ())) for word in rest)
    is_copied = name in _SENDERS or (name in _STORES and not _COPYING.isdisjoint(verbs))
    # `gh secret set -f .env`, but no sentence about a secret
    is_stored = any(word.text in _SECRETS for word in operands[:2]) and not _STORING.isdisjoint(verbs)
    verb = "changes" if is_changed else "copies" if is_copied else "reads" if is_stored else ""
    verb = verb or ("reads" if name in _READERS else "loads" if _LOADS.fullmatch(name) else "")
    for word in files[:1] if verb else ():
        advice = "source" if verb == "loads" else "shell"
        yield DotenvUse(*span, f"{shown} {verb} {show(word.text)}", advice)
    written = operands if name in _POWERSHELL else operands[-1:] if name in _WRITERS else []
    for word in written:
        yield from naming(word.text, span, f"{shown} creates", "shell")
    for word in rest if name in _CONTAINER_ENGINES else ():
        mounted = word.text.rpartition("source=")[2].partition(":")[0].partition(",")[0]
        yield from naming(mounted, span, f"{shown} mounts", "shell")
    if name == "vercel" and [word.text for word in operands[:2]] == ["env", "pull"]:
        yield DotenvUse(*span, "`vercel env pull` creates a .env file", "shell")
