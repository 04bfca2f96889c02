"""Find environment variables that commands set in a container or image: `docker run -e NAME=value`.

https://docs.docker.com/reference/cli/docker/container/run/#env
https://docs.docker.com/reference/cli/docker/buildx/build/#build-arg
https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/kubectl_set_env/
"""

from __future__ import annotations

from collections.abc import Iterator

from palint.aws.variables import Block, Variable
from palint.files.sets import in_language
from palint.languages import shell
from palint.languages.shell import Word

FILES = in_language("shell", "makefile", "justfile")
_ENGINES = frozenset(("docker", "podman", "nerdctl", "finch", "docker-compose", "kubectl"))
_OPTIONS = frozenset(("-e", "--env", "--build-arg"))


def blocks(text: str, start: int, end: int) -> Iterator[Block]:
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
