"""Find uses of dotenv files: code that loads, ships or creates one, in every supported language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint.dotenv import code_usage, commands, packages, settings
from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, show
from palint.dotenv.files import is_example
from palint.files import HEAD, languages, roles
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The uses in a file that is not a workflow or action; never fails."""
    name = file.name.lower()
    language = languages.find(file.path, file.data[:HEAD])
    if language.id in ("python", "notebook"):
        from palint.dotenv import python_usage

        return python_usage.in_file(file)
    if language.syntax == "javascript":
        from palint.dotenv import javascript_usage

        return javascript_usage.find_uses(file)
    if name == "package.json" or packages.is_manifest(name):
        return packages.find_uses(file)
    if language.id in code_usage.LOADERS:
        return code_usage.find_uses(file, language.id)
    if roles.matches(file.path, ("lock-file",)):
        return iter(())
    if settings.FILES.matches(file.path):
        return settings.find_uses(file.text)
    if language.id == "properties":
        return _spring_import(file)
    if language.syntax == "yaml":
        return _yaml(file)
    if language.id == "dockerfile":
        return _dockerfile(file)
    if language.id == "jenkinsfile":
        return _jenkinsfile(file)
    return commands.in_script(file, language)


def _jenkinsfile(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.pipelines import jenkins

    for start, end in jenkins.scripts(file.text):
        yield from commands.in_text(file, start, end)


# https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.importing
_SPRING_IMPORT = lazy_re.compile(
    r"(?m)^(?![ \t]*[#!])[^\n]*?(?P<at>\bfile:(?P<path>[^\s,\"'\[\]]{0,80}\.env)(?:\[\.\w+\])?)(?![\w.])"
)


def _spring_import(file: SourceFile) -> Iterator[DotenvUse]:
    if "spring" in file.text:
        for match in _SPRING_IMPORT.finditer(file.text):
            yield DotenvUse(
                *match.span("at"), f"`spring.config.import` loads {show(match['path'])}", "spring"
            )


# --- YAML

_ENV_FILE_KEYS = frozenset(("env_file", "envfile", "env-file", "envs", "dotenv"))
_YAML_TEXT = lazy_re.compile(
    r"(?m)^[ \t-]*(?P<key>env_file|useDotenv)[ \t]*:[ \t]*(?:(?:\r?\n[ \t]*-[ \t]+)?\S)[^\r\n]*"
)


def _yaml(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import yaml

    yield from _spring_import(file)
    try:
        documents = file.parsed_with(yaml.parse)
    except ParseError as error:
        file.add_notice("parse-fallback", f"invalid YAML at line {error.line}: searched as plain text")
        for match in _YAML_TEXT.finditer(file.text):
            if match["key"] == "env_file" or "true" in match[0]:
                yield DotenvUse(*match.span(), f"`{match['key']}` loads a .env file", "compose")
        return
    for document in documents:
        for node in document.walk():
            if node.kind == "map":
                for key, value in node.items:
                    yield from _member(file, key, value)
            elif node.kind == "scalar" and node.value == "serverless-dotenv-plugin":
                message = "`serverless-dotenv-plugin` loads .env files"
                yield DotenvUse(node.start, node.end, message, "serverless")
            elif node.kind == "scalar" and "env" in node.value and " " in node.value:
                yield from commands.in_text(file, *node.inside)


def _member(file: SourceFile, key: Node, value: Node) -> Iterator[DotenvUse]:
    from palint.languages import compose

    if key.value == "useDotenv" and value.value == "true":
        start, end = file.line_at(key.start)[0], value.end
        newline = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?").match(file.text, end)
        cut = (start, newline.end() if newline else end)
        own_line = not file.text[start : key.start].strip()
        message = "`useDotenv` loads .env files"
        yield DotenvUse(key.start, end, message, "serverless", cut if own_line else None)
    elif key.value.lower() in _ENV_FILE_KEYS:
        any_name = key.value.lower() == "env_file"
        for path in compose.env_files(value):
            if path.value and not is_example(path.value) and (any_name or is_dotenv_path(path.value)):
                message = f"`{key.value}` loads {show(path.value)}"
                yield DotenvUse(path.start, path.end, message, "compose")


# --- Dockerfiles


def _dockerfile(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import dockerfile

    for instruction in file.parsed_with(dockerfile.parse):
        for word in instruction.copied():
            if is_dotenv_path(word.text.replace("*", "")):
                message = f"`{instruction.name}` puts {show(word.text)} into the image"
                yield DotenvUse(word.start, word.end, message, "dockerfile")
        if instruction.name in ("RUN", "CMD", "ENTRYPOINT"):
            start = instruction.start + len(instruction.name)  # after the name
            for use in commands.in_text(file, start, instruction.end):
                # `RUN` belongs to the image's build, which must not read the program's secret.
                yield use._replace(advice="dockerfile") if instruction.name == "RUN" else use
