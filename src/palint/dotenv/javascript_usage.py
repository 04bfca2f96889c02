"""Find code that loads or creates a dotenv file in JavaScript and TypeScript."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.dotenv.dotenv_use import DotenvUse, show
from palint.text.source import SourceFile
from palint.util import lazy_re

PACKAGES = (
    r"(?:(?:react-native|lazy-universal|cypress)-)?dotenv(?:-(?:cli|expand|flow(?:-cli)?|safe|webpack|defaults|extended|override|load|mono))?"
    r"|react-native-config|serverless-dotenv-plugin|env-cmd|node-env-file|@dotenvx/dotenvx|@dotenv-run/[a-z]{1,20}"
    r"|@(?:nuxtjs|cubejs-backend)/dotenv"
)
# Of Deno, whose modules are named by a URL or `jsr:`
_MODULES = (
    rf"{PACKAGES}|@env|(?:jsr:)?@std/dotenv(?:@[\w.^~-]{{1,20}})?|https://deno\.land/std[\w.@]{{0,20}}/dotenv"
)
# An unclosed string or comment extends to the end, so that each character is read only once.
_COMMENT = lazy_re.compile(
    r"(\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?"
)
_IMPORT = lazy_re.compile(
    r"(?:\bimport(?=[\s{*\"'])\s{0,20}(?:(?P<names>[\w$*{}, \n]{1,200}?)(?<![\w$])from\s{0,20})?"
    r"|\b(?:const|let|var)(?=[\s{])\s{0,20}(?P<bound>[\w${}:, ]{1,200}?)\s{0,20}=\s{0,20}require\(\s{0,20}"
    r"|\b(?:require|import)\(\s{0,20})"
    rf"[\"'](?P<module>(?:{_MODULES})(?:/[\w.]+)?)[\"']\)?(?P<call>\s*\.\s*(?:config|load)\s*\()?"
)
_RENAMED = lazy_re.compile(r"(?<![\w$*])[\w$*]+\s{0,20}(?:\bas\s|:)")  # `* as`, `parse as`, `parse:`
_BABEL = lazy_re.compile(
    r"[\"'](?:module:(?P<module>react-native-dotenv)|(?:babel-plugin-)?inline-dotenv)[\"']"
)
_USE_DOTENV = lazy_re.compile(r"\buseDotenv\s*:\s*true\b")
_NODE_LOAD = lazy_re.compile(
    r"(?<!function )(?P<call>\b(?:process\.)?loadEnvFile\s*)\((?:\s*[\"'`](?P<path>[^\"'`\n]{1,100})[\"'`])?"
)
# `ConfigModule.forRoot()` of @nestjs/config loads `.env` by default.
# https://docs.nestjs.com/techniques/configuration
_NEST = lazy_re.compile(r"\b(?P<name>\w+)\s*\.\s*forRoot\s*\(")
_NEST_IMPORT = lazy_re.compile(
    r"\bConfigModule(?:\s+as\s+(?P<name>\w+))?\b[^;\"']{0,200}\bfrom\s*[\"']@nestjs/config[\"']"
)
_NEST_PATH = lazy_re.compile(r"\benvFilePath\s*:\s*(?:\[\s*)?[\"'`]([^\"'`\n]{1,100})[\"'`]")
_NEST_OFF = lazy_re.compile(r"\bignoreEnvFile\s*:\s*true\b")
# https://vite.dev/config/#using-environment-variables-in-config; Next.js and Rsbuild have the same
_FRAMEWORK = lazy_re.compile(r"[\"'](?:vite|@next/env|@rsbuild/core)[\"']")
_FRAMEWORK_CALL = lazy_re.compile(r"(?<![\w.$])(?P<call>loadEnv(?:Config)?)\s*\(")
# Each use has one of these words, a plugin's name, or the name of a module that may be imported there.
_WORDS = ("loadEnv", "useDotenv", "@nestjs/config", "dotenv/config")
_IN_MODULES = ("dotenv", "env-cmd", "@env", "react-native-config")  # one is in each name of _MODULES
_MODULE_NAME = lazy_re.compile(rf"[\"'](?:{_MODULES})")
_REACH = 300  # code points from a keyword to the rest of an import
_BEFORE_MODULE = lazy_re.compile(r"(?:from|import|[(/\n])\s*\Z")
# In a list of modules, as Jest's `setupFiles` has it
_PRELOADED = lazy_re.compile(r"(?<=[\[,])\s*[\"']dotenv/config[\"']")


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The uses in a module, without comments."""
    if not _may_use("\n".join(file.text[start:end] for start, end in file.near(_REACH))):
        return
    text = _COMMENT.sub(lambda m: m[1] or re.sub(r"[^\n]", " ", m[0]), file.text)
    for match in _NODE_LOAD.finditer(text) if "loadEnvFile" in text else ():
        message = f"`{match['call'].rstrip()}` loads {show(match['path'] or '')}"
        yield DotenvUse(*match.span("call"), message, "javascript")
    for match in _BABEL.finditer(text) if "-dotenv" in text else ():
        plugin = match["module"] or "inline-dotenv"
        yield DotenvUse(*match.span(), f"`{plugin}` loads a .env file", "javascript")
    for match in _USE_DOTENV.finditer(text) if "useDotenv" in text else ():
        yield DotenvUse(match.start(), match.end(), "`useDotenv` loads .env files", "serverless")
    for match in _FRAMEWORK_CALL.finditer(text) if "loadEnv" in text and _FRAMEWORK.search(text) else ():
        message = f"`{match['call']}` loads .env files"
        yield DotenvUse(*match.span("call"), message, "bundler", optional=True)
    for match in _PRELOADED.finditer(text) if "dotenv/config" in text else ():
        yield DotenvUse(*match.span(), "`dotenv/config` loads a .env file", "javascript")
    yield from _imports(text)
    if "@nestjs/config" in text:
        yield from _nest(text)


def _may_use(text: str) -> bool:
    """Whether a use may be in a text, which is what is near the keywords: bundles have 10 MB."""
    if any(word in text for word in _WORDS) or ("-dotenv" in text and _BABEL.search(text)):
        return True
    return any(word in text for word in _IN_MODULES) and any(
        _BEFORE_MODULE.search(text, max(0, name.start() - 16), name.start())
        for name in _MODULE_NAME.finditer(text)
    )


def _imports(text: str) -> Iterator[DotenvUse]:
    for match in _IMPORT.finditer(text):
        module = match["module"]
        message = f"`{module}` loads a .env file"
        if match["call"]:
            yield DotenvUse(match.start(), match.end() - 1, message, "javascript")
            continue
        names = re.findall(r"[\w$]+", _RENAMED.sub("", match["names"] or match["bound"] or ""))
        if module == "dotenv" and _only_parses(text, names):
            continue
        place = _first_call(text, names) if "/" not in module.removeprefix("@dotenvx/") else None
        yield DotenvUse(*(place or match.span()), message, "javascript")


_READS_FILE = lazy_re.compile(r"readFile|createReadStream|Bun\.file|readText|[\"'`/]\.env\b")


def _only_parses(text: str, names: list[str]) -> bool:
    """Whether a module only calls `parse`, and reads no file: the text is a user's, not of a .env file."""
    calls = (
        found[1] or name
        for name in names
        for found in re.finditer(rf"(?<![\w$.]){re.escape(name)}(?:\s*\.\s*(\w+))?\s*\(", text)
    )
    return set(calls) == {"parse"} and _READS_FILE.search(text) is None


def _first_call(text: str, names: list[str]) -> tuple[int, int] | None:
    """The first call of an imported name: `dotenv.config(`, `config(`."""
    for name in names:
        call = re.search(rf"(?<![\w$.]){re.escape(name)}(?:\.(?:config|load|default))?\s*\(", text)
        if call is not None:
            return call.start(), call.end() - 1
    return None


def _nest(text: str) -> Iterator[DotenvUse]:
    imported = _NEST_IMPORT.search(text)
    name = (imported["name"] or "ConfigModule") if imported else ""
    for match in _NEST.finditer(text):
        if match["name"] != name:
            continue
        options = text[match.end() : match.end() + 600].partition("forRoot")[0]
        if not _NEST_OFF.search(options):
            path = _NEST_PATH.search(options)
            message = f"`ConfigModule.forRoot` loads {show(path[1]) if path else '`.env`'}"
            yield DotenvUse(match.start(), match.end() - 1, message, "option")
