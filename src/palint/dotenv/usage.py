"""What loads, ships or writes a dotenv file, in every language that we know: one `Load` each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from palint.dotenv import files as dotenv_files
from palint.languages import shell
from palint.languages.shell import Command
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node


class DotenvUse(NamedTuple):
    """One place. start, end: code points of the file's text; what: a clause that says it.

    language: whose advice helps: "python", "javascript", "shell", "compose", "dockerfile" or "serverless".
    cut: the stretch to delete that mends it, if there is one.
    """

    start: int
    end: int
    what: str
    language: str
    cut: tuple[int, int] | None = None


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The places in a file that is no workflow or action; nothing fails."""
    path = file.path.lower()
    name = path.rpartition("/")[2]
    if name.endswith((".py", ".pyi", ".pyw", ".ipynb")) or _PYTHON_SHEBANG.match(file.data):
        return _python(file)
    if name.endswith((".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts")):
        return _javascript(file)
    if name.endswith(".json"):
        return _json(file)
    if name.endswith((".yml", ".yaml")):
        return iter(()) if name in _LOCKS else _yaml(file)
    if name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".containerfile")):
        return _dockerfile(file)
    return _shell(file)


_PYTHON_SHEBANG = lazy_re.compile(rb"#![^\n]{0,80}python")
_LOCKS = frozenset(("pnpm-lock.yaml", "conda-lock.yml"))


def is_dotenv_path(text: str) -> bool:
    """Whether a path in a program, variables in it allowed (`$DIR/.env`, `.env.${STAGE}`), is a dotenv
    file."""
    text = _VARIABLE.sub("x", text.strip().replace("\\", "/").lower())
    return not _NO_PATH.search(text) and dotenv_files.is_dotenv(text)


_VARIABLE = lazy_re.compile(r"\$\{[^{}]*\}|\$\(\w*\)|\$\w+|%\w+%")
_NO_PATH = lazy_re.compile(r"[\s*^|?<>]|//")


# --- Python

_TEST_PATH = lazy_re.compile(r"(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py$)")
_PYTHON_TEXT = lazy_re.compile(
    r"(?m)^(?P<before>[^#\n]*?)\b(?:load_dotenv|dotenv_values|read_env|RepositoryEnv)[ \t]*\("
)


def in_tests(path: str) -> bool:
    """Whether a file of Python is a test."""
    return _TEST_PATH.search(path.lower()) is not None


def _python(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.dotenv import python_usage as python_dotenv_usage
    from palint.languages import notebook, python

    tests = in_tests(file.path)
    in_notebook = file.path.lower().endswith(".ipynb")
    if in_notebook:
        yield from _dotenv_magic(file)
    elif not python_dotenv_usage.precheck(file.text, in_tests=tests):
        return
    try:
        module = file.parsed_with(notebook.module if in_notebook else python.module)
    except ParseError as error:
        file.add_notice(
            "parse-fallback", f"{error.message} (line {error.line}): searched as text for what loads .env"
        )
        for match in _PYTHON_TEXT.finditer(file.text):
            yield DotenvUse(match.end("before"), match.end() - 1, "a dotenv file is loaded", "python")
        return
    for node, what in python_dotenv_usage.find_uses(
        module, in_tests=tests, in_classes="env_file" in file.text
    ):
        yield DotenvUse(*module.offsets(node), what + module.where(node), "python")


def _dotenv_magic(file: SourceFile) -> Iterator[DotenvUse]:
    """IPython's `%dotenv`, which python-dotenv brings along."""
    from palint.languages import notebook

    try:
        cells = file.parsed_with(notebook.parse)
    except ParseError:
        return  # said where the module is read
    for match in _MAGIC.finditer(cells.text):
        yield DotenvUse(
            *cells.place(*match.span()),
            f"`%dotenv` loads a dotenv file ({cells.where(match.start())})",
            "python",
        )


_MAGIC = lazy_re.compile(r"(?m)^[ \t]*%dotenv\b[^\n]*")

# --- JavaScript and TypeScript

# An unclosed text or comment reaches to the end: each sign is then read once, whatever the text.
_SCRIPT_COMMENT = lazy_re.compile(
    r"(\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
)
_PACKAGES = r"dotenv(?:-(?:cli|expand|flow|safe|webpack|defaults|extended|override))?|env-cmd"
_IMPORT = lazy_re.compile(
    r"(?:\bimport\s+(?:(?P<names>[\w$*{}, \n]{1,200}?)\s+from\s+)?"
    r"|\b(?:const|let|var)\s+(?P<bound>[\w${}:, ]{1,200}?)\s*=\s*require\(\s*|\brequire\(\s*)"
    rf"[\"'](?P<module>(?:{_PACKAGES})(?:/\w+)?)[\"']\)?(?P<call>\s*\.\s*(?:config|load)\s*\()?"
)
_USE_DOTENV = lazy_re.compile(r"\buseDotenv\s*:\s*true\b")
_NODE_LOAD = lazy_re.compile(r"\bprocess\.loadEnvFile\s*\(")


def _javascript(file: SourceFile) -> Iterator[DotenvUse]:
    text = _SCRIPT_COMMENT.sub(lambda m: m[1] or re.sub(r"[^\n]", " ", m[0]), file.text)
    for match in _NODE_LOAD.finditer(text):
        yield DotenvUse(
            match.start(), match.end() - 1, "`process.loadEnvFile` loads a dotenv file", "javascript"
        )
    for match in _USE_DOTENV.finditer(text):
        yield DotenvUse(match.start(), match.end(), "`useDotenv` loads dotenv files", "serverless")
    for match in _IMPORT.finditer(text):
        module = match["module"]
        if match["call"]:
            yield DotenvUse(match.start(), match.end() - 1, f"`{module}` loads a dotenv file", "javascript")
            continue
        names = [
            word for word in re.findall(r"[\w$]+", match["names"] or match["bound"] or "") if word != "as"
        ]
        used = _use_of(text, names) if "/" not in module else None
        start, end = used or (match.start(), match.end())
        yield DotenvUse(start, end, f"`{module}` loads a dotenv file", "javascript")


def _use_of(text: str, names: list[str]) -> tuple[int, int] | None:
    """Where what an import bound is called: `dotenv.config(`, `config(`."""
    for name in names:
        call = re.search(rf"(?<![\w$.]){re.escape(name)}(?:\.(?:config|load|default))?\s*\(", text)
        if call is not None:
            return call.start(), call.end() - 1
    return None


# --- JSON: package.json, VS Code's launch.json

_DEPENDENCIES = lazy_re.compile(r"\"(?:dev|peer|optional)?[dD]ependencies\"\s*:\s*\{(?P<body>[^{}]*)")
_DEPENDENCY = lazy_re.compile(rf"\"(?:{_PACKAGES})\"\s*:")
_SCRIPT = lazy_re.compile(
    r"--env-file(?:-if-exists)?[= ][^\s\"\\]+|-r dotenv/config"
    r"|(?<=[\"& ;])(?:\.|source) [^\s\"\\;&]*\.env[^\s\"\\;&]*"
    r"|(?<=[\"& ;])(?:dotenv (?:-[ecvp]|--)|env-cmd )[^\"\\]*"
)
_ENV_FILE_MEMBER = lazy_re.compile(r"\"envFile\"\s*:\s*\"([^\"]+)\"")


def _json(file: SourceFile) -> Iterator[DotenvUse]:
    text = file.text
    if file.name.lower() == "package.json":
        for part in _DEPENDENCIES.finditer(text):
            for match in _DEPENDENCY.finditer(text, *part.span("body")):
                yield DotenvUse(
                    match.start(), match.end() - 1, "the package loads dotenv files", "javascript"
                )
        for match in _SCRIPT.finditer(text):
            yield DotenvUse(*match.span(), "a script loads a dotenv file", "javascript")
    for match in _ENV_FILE_MEMBER.finditer(text):
        if is_dotenv_path(match[1]):
            yield DotenvUse(*match.span(), "`envFile` loads a dotenv file", "javascript")


# --- YAML

_ENV_FILE_KEYS = frozenset(("env_file", "envfile", "env-file", "envs", "dotenv"))
_YAML_TEXT = lazy_re.compile(
    r"(?m)^[ \t-]*(?:env_file[ \t]*:[ \t]*(?:\r?\n[ \t]*-[ \t]+)?\S|useDotenv[ \t]*:[ \t]*true)[^\r\n]*"
)


def _yaml(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import yaml

    try:
        documents = file.parsed_with(yaml.parse)
    except ParseError as error:
        file.add_notice(
            "parse-fallback", f"{error.message} (line {error.line}): searched as text for what loads .env"
        )
        for match in _YAML_TEXT.finditer(file.text):
            yield DotenvUse(*match.span(), "a dotenv file is loaded", "compose")
        return
    for document in documents:
        for node in document.walk():
            if node.kind == "map":
                for key, value in node.items:
                    yield from _member(file, key, value)
            elif node.kind == "scalar" and node.value == "serverless-dotenv-plugin":
                yield DotenvUse(node.start, node.end, "the plugin loads dotenv files", "serverless")
            elif node.kind == "scalar" and ("env" in node.value) and (" " in node.value):
                yield from _commands(file, node.start, node.end)


def _member(file: SourceFile, key: Node, value: Node) -> Iterator[DotenvUse]:
    if key.value == "useDotenv" and value.value == "true":
        start, end = file.line_at(key.start)[0], value.end
        newline = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?").match(file.text, end)
        cut = (start, newline.end() if newline else end)
        own_line = not file.text[start : key.start].strip()
        yield DotenvUse(
            key.start, end, "`useDotenv` loads dotenv files", "serverless", cut if own_line else None
        )
    elif key.value.lower() in _ENV_FILE_KEYS:
        for path in _paths(value):
            compose = key.value.lower() == "env_file"
            if (
                path.value
                and not dotenv_files.is_example(path.value)
                and (compose or is_dotenv_path(path.value))
            ):
                yield DotenvUse(path.start, path.end, f"`{key.value}` loads a dotenv file", "compose")


def _paths(value: Node) -> list[Node]:
    """The scalars of `x`, `[x, …]` and `[{path: x}, …]`."""
    nodes = value.elements if value.kind == "seq" else [value]
    paths = [node.get("path") if node.kind == "map" else node for node in nodes]
    return [node for node in paths if node is not None and node.kind == "scalar" and not node.null]


# --- Dockerfiles


def _dockerfile(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import dockerfile

    for instruction in file.parsed_with(dockerfile.parse):
        if instruction.name in ("COPY", "ADD"):
            words = [word for word in instruction.words() if not word.text.startswith("--")]
            for word in words[:-1] if len(words) > 1 else []:
                if is_dotenv_path(word.text.replace("*", "")):
                    yield DotenvUse(
                        word.start, word.end, "a dotenv file is copied into the image", "dockerfile"
                    )
        elif instruction.name in ("RUN", "CMD", "ENTRYPOINT"):
            yield from _commands(file, instruction.start, instruction.end)


# --- Shell, Makefiles, everything else

_INCLUDE = lazy_re.compile(r"(?m)^[ \t]*-?s?include[ \t]+(?P<path>[^\s#]+)")
_READERS = frozenset(("cat", "grep", "egrep", "sed", "awk", "cut", "head", "tail", "xargs", "envsubst"))
_PATTERNED = frozenset(("grep", "egrep", "sed", "awk"))  # their first operand is no file
_WRITERS = frozenset(("cp", "mv", "ln", "touch", "tee", "install"))
_DIRENV = frozenset(("dotenv", "dotenv_if_exists", "source_env", "source_env_if_exists"))
_RUNNERS = frozenset(("npx", "pnpm", "yarn", "bunx", "poetry", "uv", "uvx", "pipenv"))
_COMMANDS = frozenset(("dotenv", "env-cmd"))
_ENV_FILE_OPTIONS = ("--env-file", "--env_file", "--env-file-if-exists")


def _shell(file: SourceFile) -> Iterator[DotenvUse]:
    if file.name.lower().endswith((".mk", "makefile")):
        for match in _INCLUDE.finditer(file.text):
            if is_dotenv_path(match["path"]):
                yield DotenvUse(*match.span("path"), "a dotenv file is included", "shell")
    yield from _commands(file, 0, len(file.text))


def _commands(file: SourceFile, start: int, end: int) -> Iterator[DotenvUse]:
    for command in shell.commands(file.text, start, end):
        found = _command(command, file.name.lower().startswith(".envrc"))
        if found is not None:
            yield found


def _command(command: Command, direnv: bool) -> DotenvUse | None:
    arguments = command.arguments()
    name = arguments[0].text.rpartition("/")[2] if arguments else ""
    rest = arguments[1:]
    start, end = command.start, command.end
    for operator, target in command.redirects:
        if is_dotenv_path(target.text):
            verb = "written" if ">" in operator else "read"
            return DotenvUse(start, max(end, target.end), f"a dotenv file is {verb}", "shell")
    if name in ("source", ".") and rest and is_dotenv_path(rest[0].text):
        return DotenvUse(start, end, "a dotenv file is sourced", "shell")
    if direnv and name in _DIRENV:
        return DotenvUse(start, end, f"`{name}` loads a dotenv file", "shell")
    program = {word.text for word in arguments[:3]} if name in _RUNNERS else {name}
    if program & _COMMANDS and len(arguments) > 1 and not program & {"add", "install", "i", "remove"}:
        return DotenvUse(start, end, "the command loads a dotenv file", "shell")
    for index, word in enumerate(rest):
        option, equals, path = word.text.partition("=")
        if option in _ENV_FILE_OPTIONS:
            path = path if equals else "".join(w.text for w in rest[index + 1 : index + 2])
            if path and path != "/dev/null" and not dotenv_files.is_example(path):
                last = word.end if equals else rest[index + 1].end
                return DotenvUse(word.start, last, f"`{option}` loads a dotenv file", "shell")
    operands = [word for word in rest if not word.text.startswith("-")]
    if name in _PATTERNED:
        operands = operands[1:]
    files = [word for word in operands if is_dotenv_path(word.text)]
    if files and name in _READERS:
        return DotenvUse(start, end, "a dotenv file is read", "shell")
    if files and name in _WRITERS and files[-1] is operands[-1]:
        return DotenvUse(start, end, "a dotenv file is written", "shell")
    return None
