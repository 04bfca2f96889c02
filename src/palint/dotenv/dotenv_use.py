"""A place that uses a dotenv file, and how to recognise paths of dotenv files in programs."""

from __future__ import annotations

from collections.abc import Iterator

from palint.dotenv.files import is_dotenv
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class DotenvUse(NamedTuple):
    """A place that loads, ships or creates a dotenv file.

    start, end: code points of the file's text. message: the finding's message, with a verb: what is done to
    the file. advice: the kind of fix: the id of a language, or a key of `palint.advice.secrets`: "compose",
    "package", "script", "setting", "source" for a command after which a shell has the variables, "include"
    for a Makefile's.
    cut: the range whose deletion fixes it, or None. package: the dependency to remove, or "".
    optional: whether it is only a warning: a package that also works without a dotenv file.
    """

    start: int
    end: int
    message: str
    advice: str
    cut: tuple[int, int] | None = None
    package: str = ""
    optional: bool = False

    @property
    def loads(self) -> bool:
        """Whether it reads the file, rather than write, copy or send it."""
        return _OTHER_VERB.search(self.message) is None


def naming(path: str, span: tuple[int, int], what: str, advice: str) -> Iterator[DotenvUse]:
    """The use of a path, if it is that of a dotenv file. what: the message up to the path."""
    if is_dotenv_path(path):
        yield DotenvUse(*span, f"{what} {show(path)}", advice)


def is_dotenv_path(text: str) -> bool:
    """Whether a path in a program names a dotenv file.

    Variables and expressions of templates are allowed: `$DIR/.env`, `.env.${X}`, `.env.{{ stage }}`.
    """
    text = _VARIABLE.sub("x", text.strip().replace("\\", "/").lower())
    return not _NOT_A_PATH.search(text) and is_dotenv(text)


def show(path: str) -> str:
    """A path's last part for a message, or "a .env file" if it is not a short, plain name."""
    name = path.strip().replace("\\", "/").rpartition("/")[2]
    return f"`{name}`" if _PLAIN_NAME.fullmatch(name) else "a .env file"


_OTHER_VERB = lazy_re.compile(r"\b(?:creates|writes|copies|ships|changes|mounts|puts|names|uses)\b")
_VARIABLE = lazy_re.compile(
    r"\$\{[^{}]*\}|\$\(\w*\)|\$\w+|%\w+%|\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}|<%[^<>\n]*%>"
)
# Nor is a label a path: `com.acme.tags.env`
_NOT_A_PATH = lazy_re.compile(r"[\s*^|?<>]|//|\A(?:com|io|net|org)\.[\w-]+\.")
_PLAIN_NAME = lazy_re.compile(r"[\w.$@{}-]{1,100}")
