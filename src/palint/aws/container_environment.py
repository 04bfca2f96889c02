"""Environment variables that Dockerfiles, Compose files, manifests, task definitions and commands set.

https://docs.docker.com/reference/cli/docker/container/run/#env
https://docs.docker.com/reference/cli/docker/buildx/build/#build-arg
https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/kubectl_set_env/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint.files import languages
from palint.files.sets import DOCKERFILES, in_language
from palint.languages import shell
from palint.languages.shell import Word
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from palint.languages.yaml import Node


class Variable(NamedTuple):
    """A variable that is set. value: "" if it is only named, as in Compose's `- NAME`.

    start, end: the name and the value. value_start, value_end: the value without its quotes.
    """

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class Block(NamedTuple):
    """Variables that are set in one place.

    kind: "dockerfile", "compose", "devcontainer", "command", "" for others.
    """

    variables: list[Variable]
    kind: str


SCRIPTS = in_language("shell", "makefile", "justfile")


def blocks(file: SourceFile) -> Iterator[Block]:
    """The variables of a Dockerfile, of commands in a script, or of any YAML or JSON.

    Invalid YAML is read line by line.
    """
    path = file.path.lower()
    if DOCKERFILES.matches(path):
        yield _dockerfile(file)
    elif SCRIPTS.matches(path, file.data[:100]):
        yield from _commands(file.text, 0, len(file.text))
    elif languages.find(path).syntax == "yaml":
        yield from _yaml(file)
    else:
        yield Block(_json(file.text), "devcontainer" if "devcontainer" in path else "")


def _dockerfile(file: SourceFile) -> Block:
    from palint.languages import dockerfile

    block = []
    for instruction in file.parsed_with(dockerfile.parse):
        for pair in instruction.variables():
            if pair.value or (pair.value is None and instruction.name == "ARG"):
                places = (pair.start, pair.end, pair.value_start, pair.value_end)
                block.append(Variable(pair.name, pair.value or "", *places))
    return Block(block, "dockerfile")


_TEXT = lazy_re.compile(
    r"(?m)^[ \t]*(?:- )?name:[ \t]*[\"']?(?P<name>\w+)[\"']?[ \t]*\r?\n"
    r"[ \t]*value:[ \t]*[\"']?(?P<value>[^\s\"'#]+)"
    r"|^[ \t]*(?:- )?[\"']?(?P<key>\w+)(?:[ \t]*:[ \t]+|=)[\"']?(?P<text>[^\s\"'#]+)"
)
# In a Taskfile or a playbook. Plain pipes and here-documents have no such line.
_COMMAND = lazy_re.compile(
    r"\b(?:docker|podman|nerdctl|kubectl)\b[^\n]{0,80}\s(?:run|build|create|exec|set)\s"
)


# A variable's name, the start of a template as its value, and `{{ aws_access_key }}` around the name.
_KEY_NAME = lazy_re.compile(r"aws_\w{0,48}(?:access_key|secret_key)\w{0,4}", re.IGNORECASE)
_TEMPLATE_VALUE = lazy_re.compile(r"[\"']?[ \t]*:[ \t]*[\"']?\{\{")
_EXPRESSION_STARTS = lazy_re.compile(r"\{\{[^{}\n:]*\Z")
_EXPRESSION_ENDS = lazy_re.compile(r"[^{}\n:]*\}\}")


def _has_only_templates(text: str) -> bool:
    """Whether no variable of a YAML text can be reported: each key has a template as its value, or is in one.

    A playbook has such lines for each call of a module, and takes 5 ms to parse.
    """
    for name in _KEY_NAME.finditer(text):
        start, end = name.span()
        if _TEMPLATE_VALUE.match(text, end):
            continue
        line = text[text.rfind("\n", 0, start) + 1 : start]
        if not (_EXPRESSION_STARTS.search(line) and _EXPRESSION_ENDS.match(text, end)):
            return False
    return True


def _yaml(file: SourceFile) -> Iterator[Block]:
    from palint.languages import compose, yaml

    if _has_only_templates(file.text):
        return
    try:
        documents = file.parsed_with(yaml.parse)
    except ParseError as error:
        file.add_notice("parse-fallback", f"line {error.line}: {error.message}; checked line by line")
        yield Block([_from_text(match) for match in _TEXT.finditer(file.text)], "")
        return
    for document in documents:
        if document.kind == "map" and document.text("kind") == "Secret":
            continue
        is_compose = compose.service_map(document) is not None
        for node in document.walk():
            if node.kind == "map":
                for key, value in node.items:
                    kind = "compose" if is_compose and key.value in compose.VARIABLE_KEYS else ""
                    yield Block(_variables(value, file.text), kind)
                yield Block(_variables(node, file.text), "")
            elif node.kind == "seq":
                yield Block(_variables(node, file.text), "")
            elif node.kind == "scalar" and _COMMAND.search(node.value):
                yield from _commands(file.text, *node.inside)


def _from_text(match: re.Match[str]) -> Variable:
    name, value = ("name", "value") if match["name"] else ("key", "text")
    return Variable(match[name], match[value], match.start(name), match.end(), *match.span(value))


_PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")  # others (`!Ref`, `!Sub`) compute a value
_PROPERTIES = lazy_re.compile(r"(?:[!&]\S*\s+)+")  # a tag and an anchor


def _variables(node: Node, text: str) -> list[Variable]:
    """The variables in a map, a list of `NAME=value`, or a list of `{name: …, value: …}`.

    None where no name contains `aws_`: most maps of a file.
    """
    block: list[Variable] = []
    if not any("aws_" in name.lower() for name in _names(node)):
        return block
    for key, value in node.entries():
        if value.kind == "scalar" and value.tag in _PLAIN_TAGS and (value.value or value.null):
            block.append(Variable(key.value, value.value, key.start, value.end, *_inner(value, text)))
    for element in node.elements:
        if element.kind == "scalar":
            name, equals, held = element.value.partition("=")
            start, end = _inner(element, text)
            if equals and not held:
                continue  # cleared
            block.append(Variable(name, held, start, end, min(start + len(name) + 1, end), end))
        elif element.kind == "map":
            named, given = element.get("name"), element.get("value")
            if named is None or given is None or given.tag not in _PLAIN_TAGS:
                continue
            if named.kind == given.kind == "scalar":
                block.append(Variable(named.value, given.value, named.start, given.end, *_inner(given, text)))
    return block


def _names(node: Node) -> Iterator[str]:
    for key, _ in node.entries():
        yield key.value
    for element in node.elements:
        if element.kind == "scalar":
            yield element.value
        elif element.kind == "map" and (named := element.get("name")) is not None:
            yield named.value


def _inner(node: Node, text: str) -> tuple[int, int]:
    """The range of a scalar without its quotes, tag and anchor."""
    found = _PROPERTIES.match(text, node.start, node.end)
    start = found.end() if found else node.start
    return (start + 1, node.end - 1) if node.style in ("'", '"') else (start, node.end)


_JSON_NAME = lazy_re.compile(r'"(\w{0,60}(?:AWS_|ENDPOINT)\w{1,60})"', re.IGNORECASE)
# A member between `"name"` and `"value"`, like CodeBuild's `"type": "PLAINTEXT"`.
_JSON_MEMBER = r'"\w{1,60}"\s*:\s*(?:"(?:[^"\\\n]|\\.){0,200}"|[\w.+-]{1,60})\s*,\s*'
_JSON_TEXT = r'"((?:[^"\\\n]|\\.){0,500})"'
_JSON_VALUE = lazy_re.compile(
    rf'\s*(?::|,\s*(?:{_JSON_MEMBER}){{0,5}}?"value"\s*:)\s*{_JSON_TEXT}', re.IGNORECASE
)
_JSON_VALUE_BEFORE = lazy_re.compile(
    rf'"value"\s*:\s*{_JSON_TEXT}\s*,\s*(?:{_JSON_MEMBER}){{0,5}}?"name"\s*:\s*\Z', re.IGNORECASE
)
_JSON_COMMENT = lazy_re.compile(r"(?<![^\s,{}\[\]])//")  # but not in `https://` or `"//host"`
_WINDOW = 600  # code points before a name that may hold its value
_LOCAL = lazy_re.compile(
    r"\$\{localEnv:(\w{1,100})(?::([^}]{0,100}))?\}"
)  # the default follows the second colon


def _json(text: str) -> list[Variable]:
    """Members `"NAME": "value"`, and `"name": "NAME"` with a `"value"` before or after it."""
    block = []
    for name in _JSON_NAME.finditer(text):
        window = max(0, name.start() - _WINDOW)
        line_start = max(window, text.rfind("\n", window, name.start()) + 1)
        after = _JSON_VALUE.match(text, name.end())
        match = after or _JSON_VALUE_BEFORE.search(text[window : name.start()])
        if match is None or _JSON_COMMENT.search(text[line_start : name.start()]):
            continue
        start, end = match.span(1)
        if after is None:
            start, end = start + window, end + window
        value = _LOCAL.sub(r"${\1:-\2}", match[1])
        block.append(Variable(name[1], value, *name.span(1), start, end))
    return block


_ENGINES = frozenset(("docker", "podman", "nerdctl", "finch", "docker-compose", "kubectl"))
_OPTIONS = frozenset(("-e", "--env", "--build-arg"))


def _commands(text: str, start: int, end: int) -> Iterator[Block]:
    """Yield the variables that the commands in text[start:end] set in a container, one block per command."""
    for command in shell.commands(text, start, end):
        words = command.arguments()
        name = words[0].text.lstrip("@-").rpartition("/")[2] if words else ""
        if name in _ENGINES:
            given = list(_given(words[1:], sets_env=name == "kubectl" and _sets_env(words)))
            made = [_variable(text, word, assignment) for word, assignment in given]
            yield Block([variable for variable in made if variable is not None], "command")


def _sets_env(words: list[Word]) -> bool:
    return [word.text for word in words[1:3]] == ["set", "env"]


def _given(words: list[Word], *, sets_env: bool) -> Iterator[tuple[Word, str]]:
    """Yield (word, `NAME` or `NAME=value`) of the variables. sets_env: whether operands set them, too."""
    for index, word in enumerate(words):
        option, equals, rest = word.text.partition("=")
        if word.text in _OPTIONS:
            yield from ((following, following.text) for following in words[index + 1 : index + 2])
        elif equals and option in _OPTIONS:
            yield word, rest
        elif word.text.startswith("-e") and word.text[2:3].isalpha() and "=" in word.text:
            yield word, word.text[2:]
        elif sets_env and equals and not option.startswith("-"):
            yield word, word.text


def _variable(text: str, word: Word, assignment: str) -> Variable | None:
    """The variable that a word sets; None if it clears the variable."""
    name, equals, value = assignment.partition("=")
    if equals and not value:
        return None
    start = text.find(value, word.start, word.end) if value else word.end
    start = word.end if start < 0 else start
    value = value.replace("$$", "$")  # Make's notation for `$`
    if value.startswith(("$(", "`")):
        value = f"${name}"  # a Make variable, or the output of a command
    return Variable(name, value, word.start, word.end, start, max(start, word.end))
