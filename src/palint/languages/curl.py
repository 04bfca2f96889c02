"""Find the data that `curl` and `wget` send, in the text of a shell script."""

from __future__ import annotations

from collections.abc import Iterator

from palint.languages import shell
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_CALL = lazy_re.compile(r"(?<![\w.-])(?:curl|wget)\s")
_BODY = lazy_re.compile(
    r"--(?:data(?:-raw|-binary|-ascii|-urlencode)?|json|form(?:-string)?|post-data|body-data)|-[a-zA-Z]*[dF]"
)


class CurlRequest(NamedTuple):
    """One command. start, end: its offsets. bodies: the ranges [start, end) of the data that it sends.

    rest: the rest of the command: the URL, the headers.
    """

    start: int
    end: int
    bodies: tuple[tuple[int, int], ...]
    rest: str


def requests(text: str, start: int = 0, end: int | None = None) -> Iterator[CurlRequest]:
    """The commands in text[start:end], in order; also those in a quoted script, as of `bash -c "curl …"`."""
    return iter(sorted(_requests(text, start, len(text) if end is None else end)))


def _requests(text: str, start: int, end: int) -> Iterator[CurlRequest]:
    for command in shell.commands(text, start, end):
        names = [word.text.rpartition("/")[2] for word in command.words]
        first = next((i for i, name in enumerate(names) if name in ("curl", "wget")), None)
        if first is not None:
            yield _request(text, command, first)
            continue
        for word in command.words:
            if text[word.start] in "\"'" and _CALL.search(word.text):
                yield from _requests(text, word.start + 1, word.end - 1)


def _request(text: str, command: shell.Command, first: int) -> CurlRequest:
    bodies: list[tuple[int, int]] = []
    rest: list[str] = []
    is_body = False
    for word in command.words[first + 1 :]:
        source = text[word.start : word.end]
        option = _BODY.match(source)
        if is_body:
            bodies.append((word.start, word.end))
            is_body = False
        elif option and option.end() == len(source):
            is_body = True
        elif option and source[option.end()] in "='\"$":
            bodies.append((word.start + option.end(), word.end))
        else:
            rest.append(source)
    if any("@-" in text[start:end] for start, end in bodies):
        bodies += command.heredocs
    return CurlRequest(command.words[first].start, command.end, tuple(bodies), " ".join(rest))
