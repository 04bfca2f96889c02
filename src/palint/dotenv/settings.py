"""Find settings of other programs that name a dotenv file to load: TOML, INI, systemd units, JSON, XML."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, show
from palint.dotenv.files import is_example
from palint.files import FileFilter, languages
from palint.files.sets import in_language
from palint.util import lazy_re

# Also units of systemd (`.service`) and Podman (`.container`), and IntelliJ's run configurations
FILES = in_language("toml", "ini", "json", "jsonc") | FileFilter(
    suffixes=(".service", ".container", ".run.xml"),
    predicate=lambda path: "/runconfigurations/" in path,
    path_literals=("runconfigurations",),
)
_REQUIREMENTS = ("requirements",)


def _lists_requirements(path: str) -> bool:
    """Whether a path is that of pip's lists: `requirements-dev.txt`, `requirements/base.in`."""
    folder, _, name = path.rpartition("/")
    return name.endswith((".txt", ".in")) and (
        any(word in name for word in _REQUIREMENTS) or folder.endswith(_REQUIREMENTS)
    )


# Manifests, scripts, and code in the other languages
NAMED = in_language(
    *(row.id for row in languages.LANGUAGES if row.type in ("programming", "commands")),
    "jenkinsfile", "procfile", "properties", "terraform", "hcl", "jinja", "erb", "ejs", "handlebars",
    "go-template",
) | FileFilter(
    names=(
        "package.json", "launch.json", ".envrc", "pyproject.toml", "pipfile", "setup.cfg", "composer.json",
        "go.mod", "cargo.toml", "pom.xml", "directory.packages.props", "vagrantfile",
    ),
    suffixes=(".gradle", ".csproj", ".fsproj", ".vbproj", ".sbt"),
    predicate=_lists_requirements,
    path_literals=_REQUIREMENTS,
)  # fmt: skip
# `EnvironmentFile=`, `env_file = `, `"python.envFile": `, `"ENV_FILES" value=`, tox's `set_env = `,
# mise's `_.file = `
_SETTING = lazy_re.compile(
    r"(?<![\w-])(?P<key>(?:[\w.-]{1,40}[._])?"
    r"(?:env(?:ironment)?[_-]?files?|set_?env|dotenv[_-](?:path|file|location))|(?:_|mise)\.file)"
    r"[\"']?(?: value)?[ \t]{0,40}[:=][ \t]{0,40}(?:\r?\n[ \t]{1,40})?"
    r"(?P<value>\[[^\]]{0,400}|[^\n]{1,400})",
    re.I,
)
_WORD = lazy_re.compile(r"[^\s\"'\[\]{},=|]{1,200}")
# An option in a command, or in a list of arguments: `--env-file=.env`, `"--env-file", ".env"`
_OPTION = lazy_re.compile(
    r"--env-file(?:-if-exists)?(?:[=\s]|[\"'],\s{0,40}[\"'])(?P<path>[^\s\"',\\]{1,200})"
    r"|\bdeno\s[^\n\"]{0,100}?--env(?:-file)?(?=[\s\"])"
)
_TOX = ("set_env", "setenv")  # variables themselves, or `file|PATH` and `{ file = "PATH" }`
_COMMENT = ("#", ";", "//", "<!--")


def find_uses(text: str) -> Iterator[DotenvUse]:
    """The settings and options in a text that name a dotenv file, except on lines of comments."""
    done = 0  # the end of the last setting: a value on the next line is not a key
    for start, end in _lines(text):
        for match in _SETTING.finditer(text, max(start, done), end + _MAX_VALUE_CHARACTERS):
            if match.start() >= end:
                break
            done = match.end()
            if match["key"].lower() in _TOX and "file" not in match["value"]:
                continue
            for word in _WORD.finditer(text, *match.span("value")):
                path = word[0].removeprefix("-")  # systemd: the file need not exist
                if is_dotenv_path(path) and not is_example(path) and not _in_comment(text, match.start()):
                    message = f"`{match['key']}` loads {show(path)}"
                    yield DotenvUse(match.start(), word.end(), message, "setting")
                    break
        for match in _OPTION.finditer(text, start, end + _MAX_VALUE_CHARACTERS):
            if match.start() >= end:
                break
            path = match["path"] or ""
            if path != "/dev/null" and not is_example(path) and not _in_comment(text, match.start()):
                loaded = show(path) if path else "a .env file"
                yield DotenvUse(*match.span(), f"`--env-file` loads {loaded}", "setting")


_MAX_VALUE_CHARACTERS = 500  # characters
_IN_KEYS = lazy_re.compile(r"[eE][nN][vV]|\.[fF][iI][lL][eE]")


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """The lines that may have a key or an option: to search all others takes 80 ms for 700 kB."""
    end = -1
    for word in _IN_KEYS.finditer(text):
        if word.start() >= end:
            start = text.rfind("\n", 0, word.start()) + 1
            end = text.find("\n", word.start())
            end = len(text) if end < 0 else end
            yield start, end


def _in_comment(text: str, at: int) -> bool:
    return text[text.rfind("\n", 0, at) + 1 : at].lstrip().startswith(_COMMENT)
