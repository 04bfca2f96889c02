"""Find dependencies on loaders of dotenv files in each ecosystem's manifests, and how to remove them."""

from __future__ import annotations

from collections.abc import Iterator

from palint.dotenv import commands, settings
from palint.dotenv.dotenv_use import DotenvUse, naming
from palint.dotenv.javascript_usage import PACKAGES
from palint.files import languages
from palint.text.source import SourceFile
from palint.util import lazy_re

# Python packages that load a .env file, and those that also read plain environment variables.
_PYTHON = (
    r"(?:(?:python|pytest|django)-)?dotenv|dotenv-python|environs|django-environ|python-decouple|envparse"
)
_OPTIONAL = frozenset(("environs", "django-environ", "python-decouple", "envparse"))
_DEPENDENCIES = lazy_re.compile(r"\"(?:dev|peer|optional)?[dD]ependencies\"\s*:\s*\{(?P<body>[^{}]*)")
_NPM = lazy_re.compile(rf"(?P<at>\"(?P<package>{PACKAGES})\")\s*:")
_PRELOADED = lazy_re.compile(r"(?<=\")dotenv/config(?=\")")
_SUBJECT = lazy_re.compile(r"^(?:direnv's )?`[^`]*`|^this command")


# Kinds of files that list dependencies: patterns of the name, in lower case, and of an entry, with one group
_MANIFESTS = tuple(
    (lazy_re.compile(names), lazy_re.compile(entry))
    for names, entry in (
        (
            r".*\.(?:txt|in)",
            rf"(?mi)^[ \t]*(?P<package>{_PYTHON})(?=[ \t]*(?:[\[<>=!~;@#]|$))",
        ),
        (
            r"pyproject\.toml|pipfile|setup\.cfg",
            rf"(?mi)(?:^[ \t]*[\"']?(?P<package>{_PYTHON})[\"']?[ \t]*=(?!=)"
            rf"|^[^#\n]*?[\"'](?P<quoted>{_PYTHON})(?:\[[\w, -]{{0,80}}\])?[ \t]*"
            r"(?:[<>=!~;@][^\"'\n]*)?[\"'][ \t]*[,\]\n])",
        ),
        (
            r"gemfile|.*\.gemspec",
            r"(?m)^[ \t]*(?:gem|\w+\.add_(?:runtime_|development_)?dependency)[ \t(]+"
            r"[\"'](?P<package>dotenv(?:-rails)?)[\"']",
        ),
        (
            r"composer\.json",
            r"\"(?P<package>vlucas/phpdotenv|symfony/dotenv|koel/dotenv-editor)\"\s*:\s*\"[\^~<>=v*\d]",
        ),
        (
            r"go\.mod",
            r"(?m)^[ \t]*(?:require[ \t]+)?(?P<package>github\.com/(?:joho/godotenv|subosito/gotenv))"
            r"[ \t]+v[^\s/]+(?![ \t]*//[ \t]*indirect)[ \t]*(?=\r?$|//)",
        ),
        (
            r"cargo\.toml",
            r"(?m)^[ \t]*(?:\[(?:[\w-]+\.){0,4}dependencies\.)?"
            r"(?P<package>dotenvy?(?:_macro|_codegen)?)(?:\]|[ \t]*=|\.)",
        ),
        (
            r"pom\.xml|.*\.gradle(?:\.kts)?",
            r"<artifactId>(?P<package>(?:spring-dotenv|dotenv-(?:java|kotlin)|java-dotenv))</artifactId>"
            r"|[\"'][\w.]+:(?P<quoted>spring-dotenv|dotenv-(?:java|kotlin)|java-dotenv):",
        ),
        (
            r".*\.(?:cs|fs|vb)proj|directory\.packages\.props",
            r"(?i)<Package(?:Reference|Version)\s+Include=\"(?P<package>DotNetEnv|dotenv\.net)\"",
        ),
        (r"mix\.exs", r"\{\s*:(?P<package>dotenvy?)\s*,"),
        (r".*\.sbt", r"addSbtPlugin\([^)\n]*\"(?P<package>sbt-dotenv)\""),
        (r"pubspec\.ya?ml", r"(?m)^[ \t]+(?P<package>flutter_dotenv|dotenv|envied):"),
    )
)  # fmt: skip


def is_manifest(path: str) -> bool:
    """Whether a path (lower case) names a file that lists dependencies, except package.json."""
    name = path.rpartition("/")[2]
    return any(names.fullmatch(name) for names, _ in _MANIFESTS)


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The loaders among a manifest's dependencies, and uses of dotenv files in its scripts."""
    name = file.name.lower()
    if name == "package.json":
        yield from _npm(file)
        return
    if name.startswith("constraints"):
        return  # https://pip.pypa.io/en/stable/user_guide/#constraints-files: they install nothing
    for names, entry in _MANIFESTS:
        if names.fullmatch(name):
            for match in entry.finditer(file.text):
                if _is_indirect(file.text, match.end()):
                    continue
                start, end = lazy_re.last_span(match)
                package = file.text[start:end]
                optional = package.lower() in _OPTIONAL
                message = f"`{package}` in {file.name} {'can load' if optional else 'loads'} .env files"
                yield DotenvUse(start, end, message, "package", None, package, optional)
    if name in ("pyproject.toml", "setup.cfg"):
        yield from settings.find_uses(file.text)
    if name == "composer.json":
        for match in commands.COPY.finditer(file.text):
            yield from naming(match["path"], match.span(), "a composer script creates", "script")


# What `pip-compile` and `uv` write below a line that they added: `# via moto`, or `# via` and a list.
# https://pip-tools.readthedocs.io/en/stable/, https://docs.astral.sh/uv/pip/compile/
_VIA = lazy_re.compile(
    r"[^\n]*\n(?:[ \t]+--hash=[^\n]*\n)*[ \t]+# via(?P<sources>[^\n]*(?:\n[ \t]+#[ \t]{2,}[^\n]+)*)"
)
_DIRECT = lazy_re.compile(r"-r\s+\S+\.in\b|\((?:\S+[/\\])?(?:pyproject\.toml|setup\.(?:py|cfg))\)")


def _is_indirect(text: str, end: int) -> bool:
    """Whether a compiled list says of the package before an offset that only other packages require it."""
    via = _VIA.match(text, end)
    return via is not None and _DIRECT.search(via["sources"]) is None


def _npm(file: SourceFile) -> Iterator[DotenvUse]:
    for part in _DEPENDENCIES.finditer(file.text):
        for match in _NPM.finditer(file.text, *part.span("body")):
            message = f"`{match['package']}` in package.json loads .env files"
            yield DotenvUse(*match.span("at"), message, "package", None, match["package"])
    for match in _PRELOADED.finditer(file.text):
        yield DotenvUse(*match.span(), "an npm script loads a .env file", "script")
    for script, use in commands.in_strings(file, languages.get("json")):
        who = f"npm script `{script}`" if script else "an npm script"
        yield use._replace(message=_SUBJECT.sub(who, use.message), advice="script")
