"""Find libraries that load a dotenv file in languages other than JavaScript.

There is one table of calls per language. A match in a comment or a docstring does not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from palint.dotenv.dotenv_use import DotenvUse, show
from palint.languages import unparsed
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Loader(NamedTuple):
    """A library: its calls match `call`, which may have a group `path`, in a file that `imported` matches."""

    name: str
    call: re.Pattern[str]
    imported: re.Pattern[str]


def _loader(name: str, call: str, imported: str) -> Loader:
    return Loader(name, lazy_re.compile(call), lazy_re.compile(imported))


_CALL = r"\s*\((?:[^()\n]{0,200}\))?"  # with its arguments, if they are simple
# Not of a text: https://github.com/theskumar/python-dotenv#load-configuration-without-altering-the-environment
_FILE_CALL = r"(?!\s*\([^()\n]{0,80}\bstream\s*=\s*(?:\w+\.)?StringIO\b)" + _CALL
_GIVEN = r"(?!=|None\b|\(\s*\)|\[\s*\]|\"\"|'')"  # and no empty value
LOADERS = {
    "python": (
        _loader(
            "load_dotenv",
            r"(?<![\w.])(?<!def )(?:dotenv\.(?:main\.)?|flask\.cli\.)?load_dotenv" + _FILE_CALL,
            "load_dotenv",
        ),
        _loader(
            "dotenv_values", r"(?<![\w.])(?<!def )(?:dotenv\.)?dotenv_values" + _FILE_CALL, "dotenv_values"
        ),
        _loader(
            "dotenv",
            r"\bimport\b[^\n]*\b(?:load_dotenv|dotenv_values)\s+as\s+\w+",
            r"dotenv(?:_values)?\s+as\b",
        ),
        _loader("set_key", r"(?<![\w.])(?:dotenv\.)?(?:get|set)_key" + _CALL, r"(?:from|import)\s+dotenv"),
        _loader("read_env", r"(?<![\w.])(?:\w+\.){1,8}read_env" + _CALL, r"environs?\b(?<!os\.environ)"),
        # https://github.com/rconradharris/envparse
        _loader("read_envfile", r"(?<![\w.])(?:\w+\.){1,4}read_envfile" + _CALL, "envparse"),
        _loader("RepositoryEnv", r"\bRepositoryEnv" + _CALL, "decouple"),
        _loader(
            "starlette.config",
            r"(?<![\w.])Config\s*\(\s*(?:env_file\b|[\"'f]|\w+(?:\.\w+)*\s*[,)]|[^()\n]{0,80}\.env\b)",
            r"starlette\.config",
        ),
        # https://docs.pydantic.dev/latest/concepts/pydantic_settings/#dotenv-env-support
        _loader(
            "env_file",
            r"(?:(?<=[(,\s])_?env_file(?:\s|#[^\n]*\n)*=|[\"']env_file[\"']\s*:)\s*" + _GIVEN
            + r"(?:[\"'](?P<path>[^\"'\n]{1,100})[\"'])?",
            r"pydantic|ConfigDict|class Config\b|model_config|_env_file\b",
        ),
        _loader("load_dotenv=True", r"\bload_dotenv\s*=\s*True\b", "load_dotenv"),
        _loader("%dotenv", r"(?m)^[ \t]*%dotenv\b[^\n]*", "%dotenv"),
    ),
    "go": (
        _loader("godotenv", r"\bgodotenv\.(?:Load|Overload|Read|Exec)\s*\(", r"joho/godotenv"),
        _loader("godotenv/autoload", r"_\s+\"github\.com/joho/godotenv/autoload\"", r"autoload"),
        _loader("koanf", r"\bdotenv\.Parser\w*\s*\(", r"/koanf"),
        _loader("go:embed", r"(?m)^//go:embed[ \t][^\n]{0,200}(?<![\w.])\.env\b", r"go:embed"),
        _loader("gotenv", r"\bgotenv\.(?:Load|OverLoad|Apply|Must)\s*\(", r"subosito/gotenv"),
        # viper reads the file given to one of these: https://github.com/spf13/viper#reading-config-files
        _loader("viper", r"\.SetConfigName\(\s*[\"`]\.env[\w.]*[\"`]", r"spf13/viper"),
        _loader("viper", r"\.SetConfigType\(\s*[\"`](?:dot)?env[\"`]", r"spf13/viper"),
    ),
    "php": (  # vlucas/phpdotenv, symfony/dotenv
        _loader("Dotenv", r"\bDotenv::(?:create\w*|load|overload)\s*\(", r"Dotenv\\Dotenv|phpdotenv"),
        _loader("Dotenv", r"\bnew\s+\\?Dotenv\\Dotenv\s*\(", r"Dotenv"),
        _loader("Dotenv", r"->(?:bootEnv|loadEnv|load|overload)\s*\(\s*[^;\n]{0,80}?\.env\b", r"Dotenv"),
        _loader("Dotenv", r"\bDotenv\s*\(\s*\)\s*\)\s*->\s*(?:bootEnv|loadEnv|load)\s*\(", r"Dotenv"),
    ),
    "ruby": (
        _loader("vagrant-env", r"\bconfig\.env\.enable\b", r"Vagrant|config\.env"),
        _loader("dotenv", r"\brequire\s*(?:\(\s*)?[\"']dotenv/(?:load|rails(?:-now)?)[\"']", r"dotenv"),
        _loader("Dotenv", r"\bDotenv(?:::Rail(?:s|tie))?\.(?:load|overload|overwrite|parse)\b", r"Dotenv"),
    ),
    "rust": (
        _loader("dotenv", r"\b(?:dotenvy?::)?dotenv(?:_override)?\(\)", r"\bdotenvy?\b"),
        _loader("dotenv!", r"(?<!\w)(?:\w+::)?dotenv!\s*\(", r"dotenvy?_(?:macro|codegen)"),
        _loader("dotenvy", r"\bdotenvy?::(?:from_(?:filename|path)\w*|load)\s*[(\]]", r"\bdotenvy?\b"),
    ),
    "java": (
        _loader("dotenv-java", r"\bDotenv\.(?:load|configure)\s*\(", r"cdimascio\.dotenv"),
        _loader("dotenv-kotlin", r"(?<![\w.])dotenv\s*(?:\(\s*\)|\{)", r"cdimascio\.dotenv"),
    ),
    "csharp": (
        _loader("DotNetEnv", r"\b(?:DotNetEnv\.)?Env\.(?:Load|NoEnvVars|TraversePath)\w*\s*\(", r"DotNetEnv"),
        _loader("DotEnv.Core", r"\bnew\s+EnvLoader\s*\(\s*\)[^;]{0,200}?\.Load\w*\s*\(", r"DotEnv\.Core"),
        _loader("AddDotenvFile", r"\.Add(?:DotEnv|Dotenv)(?:File)?\s*\(", r"(?i)\.Add(?:DotEnv)"),
        _loader("dotenv.net", r"\bDotEnv\.(?:Load|Fluent|Config|Read|AutoConfig)\s*\(", r"dotenv\.net"),
    ),
}  # fmt: skip
LOADERS["kotlin"] = LOADERS["java"]
LOADERS["fsharp"] = LOADERS["csharp"]
# Each by its own documentation: hexdocs.pm/dotenvy, rdrr.io/cran/dotenv, github.com/thebarndog/swift-dotenv,
# metacpan.org/pod/Dotenv, pub.dev/packages/flutter_dotenv
LOADERS |= {
    "elixir": (
        _loader("Dotenvy", r"\bsource!?\s*(?:\(\s*)?\[|\bDotenvy?\.(?:load|source)!?", r"\bDotenvy?\b"),
    ),
    "r": (_loader("dotenv", r"\bload_dot_env\s*\(", r"dotenv"),),
    "swift": (_loader("Dotenv", r"\bDotenv\.(?:configure|load|read)\s*\(", r"\bDotenv\b"),),
    "perl": (_loader("Dotenv", r"\buse\s+(?:\w+::)*Dotenv\b|\bDotenv->load", r"\bDotenv\b"),),
    "dart": (
        _loader("flutter_dotenv", r"\bdotenv\.load\s*\(|\bDotEnv\s*\((?!\s*\)\s*\.env\b)", "dotenv"),
        _loader("envied", r"@Envied\(", r"package:envied"),
    ),
    "groovy": (
        _loader("dotenv-gradle", r"co\.uzzu\.dotenv\.gradle", r"co\.uzzu\.dotenv"),
        _loader("react-native-config", r"\bdotenv\.gradle\b", r"react-native-config"),
    ),
    "crystal": (_loader("dotenv", r"\bDotenv\.load\b", r"\brequire\s+\"dotenv\""),),
    # https://github.com/tilt-dev/tilt-extensions/tree/master/dotenv
    "coffeescript": (_loader("dotenv", r"\brequire\s*(?:\(\s*)?[\"']dotenv(?:/config)?[\"']", "dotenv"),),
    "starlark": (_loader("ext://dotenv", r"\bload\s*\(\s*[\"']ext://dotenv[\"'][^)\n]*\)", "dotenv"),),
    "nim": (_loader("dotenv", r"(?m)^(?:import|from)\s+dotenv\b", r"dotenv"),),
    "haskell": (_loader("dotenv", r"\bloadFile\b|\bDotenv\.load", r"Configuration\.Dotenv"),),
    "julia": (_loader("DotEnv", r"\bDotEnv\.(?:load!?|config)\s*\(", r"DotEnv"),),
    "nix": (_loader("devenv", r"\bdotenv\.enable\s*=\s*true", r"dotenv"),),
    "scala": (_loader("sbt-dotenv", r"\b(?:dotEnvFile\w*|envFileName)\b[^\n]*:=", r"(?i)env"),),
}


def find_uses(text: str, language: str) -> Iterator[DotenvUse]:
    """The loaders that a text in one of these languages (a key of the table) calls."""
    found = [
        (match, loader.name)
        for loader in LOADERS[language]
        if loader.imported.search(text)
        for match in loader.call.finditer(text)
    ]
    if language == "python":
        no_code = [each.span() for each in unparsed.PYTHON_NO_CODE.finditer(text)] if found else []
    for match, name in found:
        at = match.start()
        if language == "python":
            before = bisect_left(no_code, (at,))
            skipped = before > 0 and at < no_code[before - 1][1]
        else:
            skipped = unparsed.in_comment(text, at)
        if not skipped:
            yield DotenvUse(
                *match.span(), f"`{name}` loads {show(match.groupdict().get('path') or '')}", language
            )
