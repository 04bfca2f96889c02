"""Statements with a named secret, formatted in every way that the language's own parser reads as the same.

`draw` makes one of a `Language`: letters are escapes, strings are cut, blanks, line ends and comments are
where the language has them. `Language.reads` is the parser: what it returns for the text must hold the value
under the name, or the test drops the statement.
"""

# ruff: noqa: E501  # tables of forms

from __future__ import annotations

import ast
import configparser
import json
import random
import re
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple
from xml.etree import ElementTree

import yaml

from palint.secrets.synthetic import generate

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib  # type: ignore[import-not-found,no-redef]

Read = dict[str, str]  # what a parser reads in a text: {name: value}
Spelling = Callable[[str], str]  # how a character may be written
NAMES = ("db_password", "api_token", "client_secret", "DB_PASSWORD", "stripeApiKey", "authToken")
WAYS = ("name", "value", "blanks", "lines", "string")


class Chance:
    """Draws for one statement, which differs from the plain one in one or two of WAYS."""

    def __init__(self, chance: random.Random) -> None:
        self.choice, self.randrange = chance.choice, chance.randrange
        self._random = chance.random
        self._ways = {chance.choice(WAYS), chance.choice(WAYS)}

    def any(self, way: str, plain: str, *others: str) -> str:
        """One of the texts; the plain one where the statement does not differ in this way."""
        return self.choice(others) if way in self._ways and self._random() < 0.7 else plain

    def spelled(self, way: str, text: str, *spellings: Spelling) -> str:
        """The text with one character, some, or all of them spelled in one of these ways."""
        if way not in self._ways:
            return text
        share = self.choice((0, 0.3, 1))
        chosen = {self.randrange(len(text))} | {i for i in range(len(text)) if self._random() < share}
        return "".join(self.choice(spellings)(c) if i in chosen else c for i, c in enumerate(text))

    def gap(self, plain: str = " ", kinds: str = " \t", least: int = 0, most: int = 60) -> str:
        """Blanks: at least or at most so many of one kind."""
        return self.any("blanks", plain, *(self.choice(kinds) * n for n in (least, 2, 8, 40, most)))


class Language(NamedTuple):
    """path: of a file of it. make: draws a text with a name and a value. reads: its own parser."""

    path: str
    make: Callable[[Chance, str, str], str]
    reads: Callable[[str], Read]


def draw(language: Language, chance: random.Random) -> tuple[str, str, str]:
    """(name, value, a text in which the language's parser should read the value under the name)."""
    name = chance.choice(NAMES)
    value = generate("{letters:4}7{base62:9}K{digits:2}q{base62:5}", chance.randrange(10**9))
    return name, value, language.make(Chance(chance), name, value)


# --- what several languages have


def hexadecimal(c: str) -> str:
    return f"\\x{ord(c):02x}"


def unicode4(c: str) -> str:
    return f"\\u{ord(c):04X}"


def unicode8(c: str) -> str:
    return f"\\U{ord(c):08x}"


def braces(c: str) -> str:
    return f"\\u{{{ord(c):x}}}"


def octal(c: str) -> str:
    return f"\\{ord(c):03o}"


def named(c: str) -> str:
    return f"\\N{{{unicodedata.name(c)}}}"


def compatible(c: str) -> str:
    """A letter that NFKC makes this one: mathematical, full width."""
    if not c.isascii() or not c.isalpha():
        return c
    return chr(ord(c) - 0x61 + 0x1D41A) if c.islower() else chr(ord(c) - 0x41 + 0xFF21)


# --- Python


def _python_string(chance: Chance, way: str, text: str) -> str:
    half = len(text) // 2
    body = chance.spelled(way, text, hexadecimal, unicode4, unicode8, octal, named)
    body = chance.any("string", body, f"{text[:half]}\\\n{text[half:]}")
    quote = chance.any("string", '"', "'", "'''", '"""')
    return f"{chance.any('string', '', 'u', 'U')}{quote}{body}{quote}"


def _python(chance: Chance, name: str, value: str) -> str:
    gap = lambda plain=" ": chance.gap(plain, " \t\f")  # noqa: E731
    line = lambda plain="": chance.any("lines", gap(plain), "\n    ", "\n\n\n  ", "\r\n\r\n ")  # noqa: E731
    after = lambda: chance.any("lines", gap(), "  # why\n    ", "\n    # why\n  ")  # noqa: E731
    cut = lambda: chance.any("lines", gap(), f"{gap()}\\\n{gap()}")  # noqa: E731
    bare = chance.spelled("name", name, compatible)
    string, key = _python_string(chance, "value", value), _python_string(chance, "name", name)
    form = chance.randrange(9)
    if form == 0:
        return f"{bare}{cut()}={cut()}{string}\n"
    if form == 8:
        return f"{bare}{gap()}={gap()}other{gap()}={gap()}{string}\n"
    if form == 1:
        return f"{bare}{gap()}={gap()}({after()}{string}{line()})\n"
    if form == 2:
        return f"x = connect({line()}{bare}{line()}={after()}{string}{line()})\n"
    if form == 3:
        return f"x = {{{line()}{key}{line()}:{after()}{string}{line()}}}\n"
    if form == 4:
        return f"x[{line()}{key}{gap('')}]{cut()}={cut()}{string}\n"
    if form == 5:
        return f"x{gap('')}.{gap('')}{bare}{cut()}={cut()}{string}\n"
    if form == 6:
        return f"{bare}: str{chance.gap()}={chance.gap()}{string}\n"
    return f"if ({bare}{line(' ')}:={after()}{string}):\n    pass\n"


def _read_python(text: str) -> Read:
    return {unicodedata.normalize("NFKC", name): value for name, value in _python_pairs(ast.parse(text))}


def _python_pairs(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        pairs: list[tuple[ast.AST | str | None, ast.AST | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(node.targets[0], node.value)]
        elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
            pairs = [(node.target, node.value)]
        elif isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        elif isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        for key, value in pairs:
            name = key if isinstance(key, str) else _python_name(key)
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield name, value.value


def _python_name(node: ast.AST | None) -> str:
    if isinstance(node, ast.Subscript):
        return _python_name(node.slice)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return str(getattr(node, "id", getattr(node, "attr", "")))


# --- JSON and notebooks


def _json(chance: Chance, name: str, value: str) -> str:
    gap = lambda plain="": chance.any(  # noqa: E731
        "lines", chance.gap(plain), "\n", "\r\n", "\n\n\n" + " " * 50, "\n" * 40
    )
    lower = lambda c: unicode4(c).lower()  # noqa: E731
    key, string = (
        chance.spelled(way, text, unicode4, lower) for way, text in (("name", name), ("value", value))
    )
    return f'{gap()}{{{gap()}"{key}"{gap()}:{gap(" ")}"{string}"{gap()}}}'


def _read_json(text: str) -> Read:
    made = json.loads(text)
    assert isinstance(made, dict)
    return made


def _notebook(chance: Chance, name: str, value: str) -> str:
    """Python in JSON: a character is an escape of either."""
    lines = ", ".join(
        f'"{_json_text(chance, line)}"'
        for line in re.findall(r"[^\n]*\n|[^\n]+", _python(chance, name, value))
    )
    return f'{{"cells": [{{"cell_type": "code", "source": [{lines}], "outputs": []}}],\n "metadata": {{}}}}'


def _json_text(chance: Chance, line: str) -> str:
    return "".join(_json_character(chance, c) for c in line)


def _json_character(chance: Chance, c: str) -> str:
    plain = json.dumps(c)[1:-1]
    return chance.any("value", plain, plain, unicode4(c)) if ord(c) < 1 << 16 else plain


def _read_notebook(text: str) -> Read:
    return _read_python("".join(json.loads(text)["cells"][0]["source"]))


# --- TOML


def _toml(chance: Chance, name: str, value: str) -> str:
    gap = chance.gap
    key = chance.any(
        "string", name, f"'{name}'", '"' + chance.spelled("name", name, unicode4, unicode8) + '"'
    )
    table = chance.any("lines", "", "[db]\n", "db . ")
    text = chance.spelled("value", value, unicode4, unicode8)
    string = chance.any(
        "string", f'"{text}"', f"'{value}'", f'"""{text}"""', f'"""\\\n{gap()}\n  {text}"""', f"'''\n{value}'''",
        f'"""{value[:8]}\\ \t\n\n   {value[8:]}"""',
    )  # fmt: skip
    if chance.any("lines", "", "inline"):
        return f"x{gap()}={gap()}{{{gap()}{key}{gap()}={gap()}{string}{gap()}}}\n"
    return f"{table}{gap('')}{key}{gap()}={gap()}{string}{gap()}# why\n"


def _flat(made: object) -> Read:
    found: Read = {}
    if isinstance(made, dict):
        for key, value in made.items():
            found.update({key: value} if isinstance(value, str) else _flat(value))
    return found


def _read_toml(text: str) -> Read:
    return _flat(tomllib.loads(text))


# --- YAML


def _yaml(chance: Chance, name: str, value: str) -> str:
    gap = lambda: chance.gap(kinds=" ", least=1)  # noqa: E731
    escapes = hexadecimal, unicode4, unicode8
    key = chance.any("name", name, f"'{name}'", '"' + chance.spelled("name", name, *escapes) + '"')
    plain = '"' + chance.spelled("value", value, *escapes) + '"'
    string = chance.any("string", plain, value, f"'{value}'", f'"{value[:8]}\\\n{gap()}  {value[8:]}"')
    note = chance.any("string", "", "!!str ", "&a ", "!<tag:yaml.org,2002:str> ", "&a !!str ", "!!str &a ")
    form = chance.randrange(8)
    if form == 0:
        return f"{key}{chance.gap('', ' ')}:{gap()}{note}{string}\n"
    if form == 1:
        return f"{key}:{gap()}{note}\n{gap()}  {string}\n"
    if form == 2:
        head = chance.any("lines", "|", ">", "|-", ">-", ">+", "|2-", "|-  # why")
        return f"{key}: {note}{head}\n  {value}\n"
    if form == 3:
        return f"{{{gap()}{key}{chance.gap('', ' ')}:{gap()}{note}{string}{gap()}}}\n"
    if form == 4:
        return f"? {key}\n:{gap()}{note}{string}\n"
    if form == 5:
        return f"x:\n- {key}:{gap()}{note}{string}{gap()}# why\n"
    if form == 6:
        return f"{key}:{gap()}# why\n\n{gap()}  {note}{string}\n"
    return f"{{\n{key}{chance.gap('', ' ')}:\n\n{gap()} {note}{string}\n}}\n"


def _read_yaml(text: str) -> Read:
    made = yaml.safe_load(text)
    read = _flat({"x": dict(enumerate(made["x"]))} if isinstance(made.get("x"), list) else made)
    return {name: value.rstrip("\n") for name, value in read.items()}


# --- JavaScript


class Node:
    """A Node that evaluates one text after the other."""

    SCRIPT = """
const vm = require("vm");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const [text, name] = JSON.parse(line);
  let read = null;
  try {
    const scope = { x: {} };
    vm.runInNewContext(text + `\\n;try { x[${JSON.stringify(name)}] = ${name} } catch {}`, scope);
    read = scope.x[name] ?? null;
  } catch {}
  console.log(JSON.stringify(read));
});
"""
    process: subprocess.Popen[str] | None = None

    @classmethod
    def read(cls, text: str) -> Read:
        if cls.process is None:
            pipe = subprocess.PIPE
            cls.process = subprocess.Popen(
                ["node", "-e", cls.SCRIPT], stdin=pipe, stdout=pipe, text=True, encoding="utf-8"
            )
        assert cls.process.stdin is not None and cls.process.stdout is not None
        found = {}
        for name in NAMES:
            cls.process.stdin.write(json.dumps([text, name]) + "\n")
            cls.process.stdin.flush()
            found[name] = json.loads(cls.process.stdout.readline())
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    def stop(cls) -> None:
        if cls.process is not None:
            cls.process.communicate()
            cls.process = None


def superfluous(c: str) -> str:
    return c if c in "bfnrtvxu0123456789" else f"\\{c}"


def _javascript(chance: Chance, name: str, value: str) -> str:
    gap = lambda plain=" ": chance.gap(plain, " \t\n\u00a0\ufeff\u2028\f")  # noqa: E731
    after = lambda: chance.any("lines", gap(), "/* why */", " // why\n  ", "\n\n")  # noqa: E731
    escapes = hexadecimal, unicode4, braces, octal, superfluous
    quote = chance.any("string", '"', "'")
    string = f"{quote}{chance.spelled('value', value, *escapes)}{quote}"
    string = chance.any(
        "string",
        string,
        f'"{value[:8]}\\\n{value[8:]}"',
        f"`{chance.spelled('value', value, *escapes[:3], superfluous)}`",
    )
    bare = chance.spelled("name", name, unicode4, braces)
    quoted = f"{quote}{chance.spelled('name', name, *escapes)}{quote}"
    form = chance.randrange(6)
    if form == 0:
        return f"var {bare}{gap()}={after()}{string};\n"
    if form == 1:
        return f"x{gap('')}.{gap('')}{bare}{gap()}={after()}{string}\n"
    if form == 2:
        return f"x = {{{gap()}{bare}{gap('')}:{after()}{string}{gap()}}}\n"
    if form == 3:
        return f"x = {{{gap()}{quoted}{gap('')}:{after()}{string}{gap()}}}\n"
    if form == 4:
        return f"x[{gap('')}{quoted}{gap('')}]{gap()}={gap()}{string}\n"
    return f"x = {{{gap()}[{quoted}]{gap('')}:{gap()}({gap('')}{string}{gap('')})}}\n"


# --- shells


def _shell(chance: Chance, name: str, value: str) -> str:
    gap = lambda: chance.gap(least=1)  # noqa: E731
    half = len(value) // 2
    first, last = value[:half], value[half:]
    ansi = "$'" + chance.spelled("value", value, hexadecimal, unicode4, octal) + "'"
    string = chance.any(
        "string", ansi, value, f"'{value}'", f'"{value}"', f"{first}'{last}'", f"\"{first}\"'{last}'", f"{first}\\\n{last}",
        f'"{first}\\\n{last}"', chance.spelled("value", value, lambda c: "\\" + c), f"''{value}", f'""{value}""',
    )  # fmt: skip
    form = chance.randrange(9)
    if form >= 6:
        return _shell_document(chance, name, value, form)
    name = chance.any("name", name, f"{name[:4]}\\\n{name[4:]}")
    if form == 0:
        return f"{chance.gap('')}{name}={string}\n"
    if form == 1:
        return f"export{gap()}{name}={string}{gap()}# why\n"
    if form == 2:
        return f"declare{gap()}-x{gap()}{name}={string}\n"
    if form == 3:
        return f": ${{{name}:={string}}}\n"
    if form == 4:
        return f"readonly{gap()}{name}={string};{gap()}true\n"
    return f"export \\\n{gap()}{name}={string}\n"


def _shell_document(chance: Chance, name: str, value: str, form: int) -> str:
    """A here-document, a here-string, or what a command prints."""
    tag, operator, tab = chance.any("string", "EOF", "X_1", "'EOF'", '"EOF"', "\\EOF"), "<<", ""
    if chance.any("blanks", "", "-"):
        operator, tab = "<<-", "\t"
    document = f"{operator}{chance.gap('')}{tag}\n{tab}{value}\n{tab}{tag.strip(chr(39) + chr(34) + chr(92))}"
    if form == 6:
        return f"read{chance.gap(least=1)}-r {name}{chance.gap()}{document}\n"
    if form == 7:
        opening, closing = ("`", "`") if chance.any("lines", "", "`") else ("$(", ")")
        return f"{name}={opening}cat {document}\n{closing}\n"
    printed = chance.any("string", f"echo {value}", f"printf %s '{value}'", f'printf "%s" "{value}"')
    line = f'{name}="$({printed})"', f"{name}=$({printed})", f"read -r {name} <<<{chance.gap()}'{value}'"
    return chance.any("lines", line[0], *line[1:]) + "\n"


def _read_shell(text: str) -> Read:
    tail = "".join(f'printf "%s=%s\\n" {name} "${name}"\n' for name in NAMES)
    made = subprocess.run(
        ["bash", "--norc", "-c", text + tail], capture_output=True, text=True, env={}, check=False
    )
    lines = (line.partition("=") for line in made.stdout.splitlines())
    return {name: value for name, _, value in lines if value}


# --- properties: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)


def _properties(chance: Chance, name: str, value: str) -> str:
    gap = lambda plain="": chance.gap(plain, " \t\f", most=60)  # noqa: E731
    escapes = unicode4, lambda c: c if c in "tnrfu" else f"\\{c}"
    key, string = chance.spelled("name", name, *escapes), chance.spelled("value", value, *escapes)
    string = chance.any("string", string, f"{value[:8]}\\\n{gap()}{value[8:]}")
    key = chance.any("string", key, f"{name[:6]}\\\n{gap()}{name[6:]}")
    middle = chance.any("lines", gap(), f"{gap()}\\\n{gap()}")
    mark = chance.any("lines", "=", ":", " ", "\t")
    return f"{chance.any('lines', '', '# why', '! why')}\n{gap()}{key}{gap()}{mark}{middle}{string}\n"


def _read_properties(text: str) -> Read:
    found: Read = {}
    lines = re.sub(r"(?<!\\)((?:\\\\)*)\\\r?\n[ \t\f]*", r"\1", text).split("\n")
    for line in lines:
        line = line.lstrip(" \t\f")
        if not line or line[0] in "#!":
            continue
        parts = re.fullmatch(r"((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=: \t\f]?[ \t\f]*(.*)", line)
        assert parts is not None, line
        key, value = (
            re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", lambda e: chr(int(e[1], 16)) if e[1] else e[2], part)
            for part in parts.groups()
        )
        found[key] = value
    return found


# --- git's config, INI and XML


def _git_config(chance: Chance, name: str, value: str) -> str:
    gap = chance.gap
    half = len(value) // 2
    first, last = value[:half], value[half:]
    string = chance.any(
        "string",
        value,
        f'"{value}"',
        f'{first}"{last}"',
        f"{first}\\\n{last}",
        f'""{value}',
        f'"{first}\\\n{last}"',
    )
    key = name.replace("_", "-")
    cut = chance.any("lines", gap(), "\\\n" + gap())
    return f"[db]{chance.any('lines', chr(10), ' ')}{gap()}{key}{gap()}={cut}{string}{gap()}; why\n"


def _read_git_config(text: str) -> Read:
    made = subprocess.run(
        ["git", "config", "--file", "-", "--list", "-z"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    read = dict(entry.partition("\n")[::2] for entry in made.stdout.split("\0"))
    keys = {f"db.{name.replace('_', '-')}".lower(): name for name in sorted(NAMES)}
    return {
        name: read[key]
        for key, lower in keys.items()
        if key in read
        for name in NAMES
        if name.lower() == lower.lower()
    }


def _ini(chance: Chance, name: str, value: str) -> str:
    middle = chance.any("lines", chance.gap(), "\n  ", f"\n{' ' * 70}", "\n\n  ")
    return f"[db]\n{name}{chance.gap()}{chance.any('string', '=', ':')}{middle}{value}{chance.gap('')}\n"


def _read_ini(text: str) -> Read:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    return {name: value.strip() for name, value in parser["db"].items()}


def _xml(chance: Chance, name: str, value: str) -> str:
    gap = lambda plain="": chance.any("lines", chance.gap(plain), "\n  ", "\n\n\n  ", "\r\n\t")  # noqa: E731
    least = lambda: gap(" ") or " "  # noqa: E731
    references = lambda c: f"&#{ord(c)};", lambda c: f"&#x{ord(c):x};", lambda c: f"&#{ord(c):06};"
    string, quote = chance.spelled("value", value, *references), chance.any("string", '"', "'")
    form = chance.randrange(4)
    if form == 0:
        return f"<db>{gap()}<{name}{gap()}>{gap()}{string}{gap()}</{name}{gap()}></db>"
    if form == 1:
        return f"<db>{gap()}<{name}>{gap()}<![CDATA[{value}]]>{gap()}</{name}></db>"
    if form == 2:
        return f"<db{least()}{name}{gap()}={gap()}{quote}{string}{quote}{gap()}/>"
    key = chance.spelled("name", name, *references)
    return f"<db>{gap()}<add{least()}key={quote}{key}{quote}{least()}value{gap()}={gap()}{quote}{string}{quote}{gap()}/></db>"


def _read_xml(text: str) -> Read:
    found: Read = {}
    for element in ElementTree.fromstring(text).iter():
        found[element.tag] = (element.text or "").strip()
        found.update(element.attrib)
        if "key" in element.attrib:
            found[element.attrib["key"]] = element.attrib["value"]
    return found


LANGUAGES = {
    "python": Language("a.py", _python, _read_python),
    "notebook": Language("a.ipynb", _notebook, _read_notebook),
    "json": Language("a.json", _json, _read_json),
    "toml": Language("a.toml", _toml, _read_toml),
    "yaml": Language("a.yml", _yaml, _read_yaml),
    "javascript": Language("a.js", _javascript, Node.read),
    "shell": Language("a.sh", _shell, _read_shell),
    "properties": Language("a.properties", _properties, _read_properties),
    "git": Language("a.gitconfig", _git_config, _read_git_config),
    "ini": Language("a.ini", _ini, _read_ini),
    "xml": Language("a.xml", _xml, _read_xml),
}
