"""Find uses of dotenv files: code that loads, ships or creates one, in every supported language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from palint.dotenv import code_usage, commands, packages, path_arguments, settings
from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, naming, show
from palint.dotenv.files import is_example
from palint.files import HEAD, languages, roles
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.languages.yaml import Node


# A template or an example of any file: Jinja, Handlebars, ERB, EJS. Its expressions become words.
_TEMPLATE = lazy_re.compile(
    r"\.(?:j2|jinja2?|hbs|mustache|handlebars|erb|ejs|tpl|tmpl|example|sample|dist)$", re.I
)
_EXPRESSION = lazy_re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}|<%[^<>\n]*%>")


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The uses in a file that is not a workflow or action; never fails."""
    template = _TEMPLATE.search(file.path)
    if template is not None:
        text = _EXPRESSION.sub(lambda match: "x" * len(match[0]), file.text)
        rendered = SourceFile(file.path[: template.start()], text.encode("utf-8", "surrogatepass"))
        yield from find_uses(rendered)
        return
    language = languages.find(file.path, file.data[:HEAD])
    yield from _in_its_language(file, language)
    if not roles.is_test(file.path) and not roles.matches(file.path, ("lock-file",)):
        yield from path_arguments.find_uses(file.text, language, file.near(path_arguments.REACH))
        if language.type in ("programming", "data", "") and file.name.lower() != "package.json":
            yield from (use for _, use in commands.in_strings(file, language))


def _in_its_language(file: SourceFile, language: languages.Language) -> Iterator[DotenvUse]:
    """The uses that are found by the tables of languages and formats."""
    name = file.name.lower()
    if language.id == "notebook":
        return _notebook(file)
    if language.syntax == "javascript":
        from palint.dotenv import javascript_usage

        return javascript_usage.find_uses(file)
    if name.startswith("pubspec.y"):  # YAML that lists assets, too
        return chain(packages.find_uses(file), _yaml(file))
    found: Iterator[DotenvUse] = iter(())
    if language.id in code_usage.LOADERS:
        found = code_usage.find_uses(file.text, language.id)
    if name == "package.json" or packages.is_manifest(name):
        return chain(packages.find_uses(file), found)
    if language.id in code_usage.LOADERS and language.id != "nix":  # which has scripts in strings
        return found
    if roles.matches(file.path, ("lock-file",)):
        return iter(())
    if language.type == "markup":  # the template of a page, whose `<code>.env` is no command
        return found
    if settings.FILES.matches(file.path):
        return settings.find_uses(file.text)
    if language.id == "properties":
        return _spring_import(file.text)
    if language.syntax == "yaml":
        return _yaml(file)
    if language.id == "dockerfile":
        return _dockerfile(file)
    if language.id == "jenkinsfile":
        return _jenkinsfile(file)
    return chain(found, commands.in_script(file, language))


def _notebook(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import notebook

    try:
        cells = file.parsed_with(notebook.parse)
    except ParseError as error:
        file.note_fallback(error)
        return
    for use in code_usage.find_uses(cells.text, "python"):
        start, end = cells.place(use.start, use.end)
        yield use._replace(start=start, end=end, message=f"{use.message} ({cells.where(use.start)})")


def _jenkinsfile(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.pipelines import jenkins

    for start, end in jenkins.scripts(file.text):
        yield from commands.in_text(file, start, end)


# https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.importing
_SPRING_IMPORT = lazy_re.compile(
    r"(?m)^(?![ \t]*[#!])[^\n]*?(?P<at>\bfile:(?P<path>[^\s,\"'\[\]]{0,80}\.env)(?:\[\.\w+\])?)(?![\w.])"
)


def _spring_import(text: str) -> Iterator[DotenvUse]:
    if "spring" in text:
        for match in _SPRING_IMPORT.finditer(text):
            yield DotenvUse(
                *match.span("at"), f"`spring.config.import` loads {show(match['path'])}", "spring"
            )


# --- YAML

_ENV_FILE_KEYS = frozenset(("env_file", "envfile", "env-file", "envs", "dotenv"))
# Compose's volumes, Flutter's assets; and what Ansible's modules and plugins of CI systems write or send
_LISTS = ("volumes", "assets")
# `copy: src=x dest=.env` of Ansible, `${file(.env)}` of Serverless
_INLINE_TARGET = lazy_re.compile(
    r"(?<![\w-])(?P<key>dest)=(?P<dest>[^\s\"']{1,120})|\$\{(?P<call>file)\((?P<path>[^\s\"':,)]{1,120})"
)
_TARGET = lazy_re.compile(
    r"(?:\w+_)?(?:dest(?:ination)?|src|source|target|file(?:name)?|local_?path|secure_?file|env)", re.I
)
_WRITTEN_BESIDE = ("line", "block", "option", "regexp")  # of Ansible's `lineinfile`, `ini_file` and the like
_YAML_TEXT = lazy_re.compile(
    r"(?m)^[ \t-]*(?P<key>env_file|useDotenv)[ \t]*:[ \t]*(?:(?:\r?\n[ \t]*-[ \t]+)?\S)[^\r\n]*"
)


def _yaml(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import yaml

    yield from _spring_import(file.text)
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
                written = node.get("path") if any(map(node.get, _WRITTEN_BESIDE)) else None
                if written is not None:
                    yield from naming(written.value, written.span, "this task writes", "setting")
            elif node.kind == "scalar" and node.value == "serverless-dotenv-plugin":
                message = "`serverless-dotenv-plugin` loads .env files"
                yield DotenvUse(node.start, node.end, message, "serverless")
            elif node.kind == "scalar" and "env" in node.value:
                for target in _INLINE_TARGET.finditer(node.value):
                    what = f"`{target['key'] or target['call']}` names"
                    yield from naming(target["dest"] or target["path"], node.span, what, "setting")
                yield from commands.in_text(file, *node.inside)


def _member(file: SourceFile, key: Node, value: Node) -> Iterator[DotenvUse]:
    from palint.languages import compose

    is_kustomization = file.name.startswith("kustomization")
    if key.value == "useDotenv" and value.value == "true":
        start, end = file.line_at(key.start)[0], value.end
        newline = re.compile(r"[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?").match(file.text, end)
        cut = (start, newline.end()) if newline and not file.text[start : key.start].strip() else None
        yield DotenvUse(key.start, end, "`useDotenv` loads .env files", "serverless", cut)
    elif value.kind == "seq" and (key.value in _LISTS or (key.value == "files" and is_kustomization)):
        for element in value.elements:
            yield from naming(
                element.value.partition(":")[0], element.span, f"`{key.value}` ships", "compose"
            )
    elif key.value.lower() == "environmentfiles":  # of a task definition of ECS
        for member in filter(None, (each.get("Value") for each in value.elements)):
            yield from naming(member.value, member.span, f"`{key.value}` loads", "setting")
    elif key.value.lower() in _ENV_FILE_KEYS:
        any_name = key.value.lower() == "env_file"
        for path in compose.env_files(value):
            if path.value and not is_example(path.value) and (any_name or is_dotenv_path(path.value)):
                message = f"`{key.value}` loads {show(path.value)}"
                yield DotenvUse(*path.span, message, "kustomize" if is_kustomization else "compose")
    elif _TARGET.fullmatch(key.value):
        yield from naming(value.value, value.span, f"`{key.value}` names", "setting")


# --- Dockerfiles


_MOUNT = lazy_re.compile(r"--mount=\S{0,80}?(?:target|dst|destination)=(?P<path>[^\s,]{1,100})")


def _dockerfile(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import dockerfile

    for instruction in file.parsed_with(dockerfile.parse):
        for word in instruction.copied():
            if is_dotenv_path(word.text.replace("*", "")):
                message = f"`{instruction.name}` puts {show(word.text)} into the image"
                yield DotenvUse(word.start, word.end, message, "dockerfile")
        for mount in _MOUNT.finditer(file.text, instruction.start, instruction.end):
            yield from naming(mount["path"], mount.span(), f"`{instruction.name}` mounts", "dockerfile")
        if instruction.name in ("RUN", "CMD", "ENTRYPOINT"):
            start = instruction.start + len(instruction.name)  # after the name
            for use in commands.in_text(file, start, instruction.end):
                # `RUN` belongs to the image's build, which must not read the program's secret.
                yield use._replace(advice="dockerfile") if instruction.name == "RUN" else use
