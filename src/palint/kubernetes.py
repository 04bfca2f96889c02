"""Kubernetes Secrets in YAML, JSON and Helm templates, their literal values, and commands that create one."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator

from palint.aws.key_values import is_placeholder, is_template_value
from palint.files import languages
from palint.languages import shell, yaml
from palint.languages.value import Value
from palint.languages.yaml import Node
from palint.secrets.names import is_secret_setting
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_SECTIONS = ("data", "stringData")


class Secret(NamedTuple):
    """A `kind: Secret`. name: "" if it is templated. values: (key, value, whether it is base64)."""

    name: str
    values: list[tuple[str, Value, bool]]


def secrets(text: str, documents: list[Node]) -> Iterator[Secret]:
    """The Secrets of a manifest, of which `text` is the whole text, also in lists and nested objects.

    Whether a value is encrypted shows in the value (`is_literal_secret`), not in what is beside it.
    """
    for document in documents:
        for node in document.walk():
            yield from _generated(node)
            if node.text("kind") != "Secret" or node.text("apiVersion") not in (None, "v1"):
                continue
            metadata = node.get("metadata")
            name = metadata.text("name") if metadata is not None else None
            values = [
                (key.value, _literal(text, held), section == "data")
                for section in _SECTIONS
                for key, held in node.under(section)
                if held.kind == "scalar" and not held.null
            ]
            yield Secret("" if name is None or "{{" in name else name, values)


def _generated(node: Node) -> Iterator[Secret]:
    """The Secrets that a kustomization makes of literals, `key=value`.

    https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/
    """
    generators = node.get("secretGenerator")
    for generator in generators.elements if generators is not None else ():
        literals = generator.get("literals")
        values = []
        for element in literals.elements if literals is not None else ():
            key, _, value = element.value.partition("=")
            start, end = element.inside
            values.append((key, Value("text", value, min(start + len(key) + 1, end), end), False))
        if values:
            yield Secret(generator.text("name") or "", values)


def _literal(text: str, node: Node) -> Value:
    start, end = node.inside
    if node.style in ("|", ">"):
        start = min(text.find("\n", start) + 1, end)
    return Value("text", node.value, start, end)


# Keys with these endings hold no secret but a location, a user, a label or a public certificate.
_PUBLIC = lazy_re.compile(
    r"(type|url|uri|names?|server|namespace|user|host|port|database|db|region|project|email|endpoint|bucket"
    r"|engine|address|repository|driver|audience|issuer|id|version|environment|enableoci|insecure|known_hosts|ca\.crt"
    r"|public.?key)$",
    re.IGNORECASE,
)
_CERTIFICATE = lazy_re.compile(r"-----BEGIN [A-Z ]*(CERTIFICATE|PUBLIC)")
_LOGIN_IN_URL = lazy_re.compile(r"://[^/\s:]*:[^/\s]+@")
# A configuration file in a Secret counts only if it sets a secret.
_FILE_NAME = lazy_re.compile(
    r"\.(conf|cfg|ini|json|ya?ml|toml|properties|xml|sh|dockercfg|dockerconfigjson)$", re.IGNORECASE
)
_SETTING = lazy_re.compile(r"\n|^[A-Z_]+=|^[{\[]")
_SETS_SECRET = lazy_re.compile(
    r"((pass(wd|word|phrase)?|pwd|secret|token|key|credential)\w{0,40}[\"']?|[\"']auth[\"'])\s{0,40}[:=]"
    r"\s{0,40}(?![\"']{2})\S",
    re.IGNORECASE,
)
_ELSEWHERE = lazy_re.compile(r"^(ENC\[|ref\+|vault:|op://|AgA|\$\w|\$\{|%[A-Z_]+%)")


def is_literal_secret(key: str, text: str, encoded: bool) -> bool:
    """Whether an entry's value is a literal that may be a secret. encoded: whether it is in base64."""
    if _ELSEWHERE.match(text) or is_template_value(text):
        return False
    if encoded:
        try:
            text = base64.b64decode(text).decode("utf-8", "replace")
        except ValueError:
            pass
    text = text.strip()
    if "PRIVATE KEY-----" in text or _LOGIN_IN_URL.search(text):
        return True
    if _PUBLIC.search(key) or _CERTIFICATE.match(text) or text.lower() in ("true", "false"):
        return False
    if _FILE_NAME.search(key) or _SETTING.search(text):
        return _SETS_SECRET.search(text) is not None
    from palint.secrets.filters.names import repeats_name  # of a manifest with a Secret only
    from palint.secrets.formats.format import is_random

    # A Secret also holds settings: a value needs a secret's name, or to look like one
    if is_secret_setting(key) and text.lower() in ("pass", "password", "secret"):
        return True
    named = is_secret_setting(key) and not repeats_name(text, key)
    return (named or is_random(text)) and not (is_placeholder(text) or is_template_value(text))


class Creation(NamedTuple):
    """A command that creates a secret from a literal.

    start, end: the range to report, in code points. command: its first words, for messages. name: the
    secret's; "" if it is not a literal. values: the ranges that hold the secret.
    """

    start: int
    end: int
    command: str
    name: str
    values: tuple[tuple[int, int], ...]


def find_creations(file: SourceFile, offsets: Iterable[int]) -> Iterator[Creation]:
    """Yield the commands at some offsets of a script, pipeline or Makefile that create a literal secret.

    `kubectl create secret … --from-literal=KEY=value`, `echo … | docker secret create NAME -`."""
    is_yaml = languages.find(file.path).syntax == "yaml"
    text = yaml.unquote_lines(file.text) if is_yaml else file.text
    done = 0
    for offset in offsets:
        if offset < done:
            continue
        start, done = _lines_around(text, offset)
        yield from _in_commands(text, start, done)


def _lines_around(text: str, offset: int) -> tuple[int, int]:
    """The line at an offset with the lines joined to it by a backslash."""
    start = text.rfind("\n", 0, offset) + 1
    while start and text[max(start - 3, 0) : start].rstrip("\r\n").endswith("\\"):
        start = text.rfind("\n", 0, start - 1) + 1
    end = text.find("\n", offset)
    while end >= 0 and text[max(end - 2, 0) : end].rstrip("\r").endswith("\\"):
        end = text.find("\n", end + 1)
    return start, len(text) if end < 0 else end


def _in_commands(text: str, start: int, end: int) -> Iterator[Creation]:
    piped: tuple[int, int] | None = None
    for command in shell.commands(text, start, end):
        names = [word.text.rpartition("/")[2] for word in command.words]
        programs = set(names)
        if programs & {"kubectl", "oc", "k"} and {"create", "secret"} <= programs:
            yield from _kubectl(text, command.words, names)
        elif programs & {"docker", "podman"} and {"secret", "create"} <= programs and piped is not None:
            yield Creation(*piped, "docker secret create", _operand_after(names, "create", 1), (piped,))
        piped = None
        if programs & {"echo", "printf"}:
            first = next(place for place, name in enumerate(names) if name in ("echo", "printf"))
            words = [word for word in command.words[first + 1 :] if not word.text.startswith(("-", "%"))]
            if len(words) == 1 and words[0].literal and not is_placeholder(words[0].text):
                piped = _place(text, words[0].text, words[0])


def _kubectl(text: str, words: list[shell.Word], names: list[str]) -> Iterator[Creation]:
    values: list[tuple[int, int]] = []
    for word, following in zip(words, [*words[1:], None], strict=True):
        option, equals, given = word.text.partition("=")
        source = word if equals else following
        if option not in ("--from-literal", "--docker-password") or source is None or not source.literal:
            continue
        entry = given if equals else source.text
        key, _, value = entry.partition("=") if option == "--from-literal" else ("password", "", entry)
        if is_literal_secret(key, value, encoded=False):
            values.append(_place(text, value, source))
    if values:
        name = _operand_after(names, "secret", 2)
        yield Creation(values[0][0], values[-1][1], "kubectl create secret", name, tuple(values))


def _place(text: str, value: str, word: shell.Word) -> tuple[int, int]:
    """The range of a value in a word of a command; the word where the value is written in parts."""
    at = text.rfind(value, word.start, word.end)
    return (at, at + len(value)) if at >= 0 else (word.start, word.end)


def _operand_after(names: list[str], name: str, distance: int) -> str:
    """The first word that is no option, so many words after one of this name; "" for none."""
    return next((each for each in names[names.index(name) + distance :] if not each.startswith("-")), "")
