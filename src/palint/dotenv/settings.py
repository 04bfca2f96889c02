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
# Manifests, scripts, and code in the other languages
NAMED = in_language(
    *(row.id for row in languages.LANGUAGES if row.type in ("programming", "commands")),
    "jenkinsfile", "procfile", "requirements", "properties", "terraform", "hcl", "jinja", "erb", "ejs",
    "handlebars", "go-template",
) | FileFilter(
    names=(
        "package.json", "launch.json", ".envrc", "pyproject.toml", "pipfile", "setup.cfg", "composer.json",
        "go.mod", "cargo.toml", "pom.xml", "directory.packages.props", "vagrantfile",
    ),
    suffixes=(
        ".gradle", ".csproj", ".fsproj", ".vbproj", ".sbt",
        *(f"{kind}{copy}" for kind in (".yml", ".yaml") for copy in (".example", ".sample", ".dist")),
    ),
)  # fmt: skip
# `EnvironmentFile=`, `env_file = `, `"python.envFile": `, `"ENV_FILES" value=`, tox's `set_env = file|…`,
# mise's `_.file = `; and an option in a command, or in a list of arguments: `"--env-file", ".env"`
_SETTING = lazy_re.compile(
    r"(?<![A-Za-z0-9-])(?P<key>env(?:ironment)?[_-]?files?|dotenv[_-](?:path|file|location)|_\.file|mise\.file)"
    r"[\"']?(?: value)?[ \t]{0,40}[:=][ \t]{0,40}(?:\r?\n[ \t]{1,40})?(?P<value>\[[^\]]{0,400}|[^\n]{1,400})"
    r"|(?<![\w.-])(?P<tox>set_?env)[ \t]{0,40}=\s{0,40}(?:file\||\{\s*file\s*=\s*)(?P<file>[^\n]{1,200})"
    r"|--env-file(?:-if-exists)?(?:[=\s]|[\"'],\s{0,40}[\"'])(?P<path>[^\s\"',\\]{1,200})"
    r"|\bdeno\s[^\n\"]{0,100}?--env(?:-file)?(?=[\s\"])",
    re.I,
)
_WORD = lazy_re.compile(r"[^\s\"'\[\]{},=|]{1,200}")
_COMMENT = ("#", ";", "//", "<!--")


def find_uses(text: str) -> Iterator[DotenvUse]:
    """The settings and options in a text that name a dotenv file, except on lines of comments."""
    for match in _SETTING.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        key = match["key"] or match["tox"]
        if line.lstrip().startswith(_COMMENT) or (key and key.isupper() and line.isspace()):
            continue  # the second is a variable under tox's `set_env =`
        if not key:
            path = match["path"] or ""
            if path != "/dev/null" and not is_example(path):
                loaded = show(path) if path else "a .env file"
                yield DotenvUse(*match.span(), f"`--env-file` loads {loaded}", "setting")
            continue
        for word in _WORD.finditer(text, *match.span("value" if match["key"] else "file")):
            path = word[0].removeprefix("-")  # systemd: the file need not exist
            if is_dotenv_path(path):
                yield DotenvUse(match.start(), word.end(), f"`{key}` loads {show(path)}", "setting")
                break
