"""A secret is found whatever is around it: 32 syntaxes, each among 20 neighbours, in files of 15 names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from palint import secrets
from palint.secrets import synthetic

VALUE = synthetic.generate("{letters:6}7{base62:9}K{digits:2}q", 5)


class Syntax(NamedTuple):
    """lines: a file's text, `@` for the value. comment: (start, end) of one that may end a line."""

    lines: str
    comment: tuple[str, str]
    suffix: str


HASH, SLASHES, XML, SQL, C = ("# ", ""), ("// ", ""), ("<!-- ", " -->"), ("-- ", ""), ("/* ", " */")
SYNTAXES: dict[str, Syntax] = {
    "yaml": Syntax("db:\n  db_password: @\n  port: 5432\n", HASH, ".yml"),
    "yaml-quoted": Syntax('db:\n  db_password: "@"\n', HASH, ".yaml"),
    "yaml-next-line": Syntax("db:\n  db_password:\n    @\n", HASH, ".yml"),
    "yaml-folded": Syntax("db:\n  db_password: >-\n    @\n", HASH, ".yml"),
    "yaml-literal": Syntax("db:\n  db_password: |\n    @\n", HASH, ".yml"),
    "yaml-anchor": Syntax("db:\n  db_password: &db @\n", HASH, ".yml"),
    "yaml-tag": Syntax("db:\n  db_password: !!str @\n", HASH, ".yml"),
    "json": Syntax('{\n  "db_password": "@"\n}\n', C, ".json"),
    "json-in-string": Syntax('body = "{\\"db_password\\": \\"@\\"}"\n', SLASHES, ".js"),
    "python-tuple": Syntax('user, db_password = "app", "@"\n', HASH, ".py"),
    "python": Syntax('DB_PASSWORD = "@"\n', HASH, ".py"),
    "python-wrapped": Syntax('DB_PASSWORD = (\n    "@"\n)\n', HASH, ".py"),
    "python-default": Syntax('x = os.getenv(\n    "DB_PASSWORD",\n    "@",\n)\n', HASH, ".py"),
    "python-continued": Syntax('DB_PASSWORD = \\\n    "@"\n', ("", ""), ".py"),
    "typescript": Syntax("const dbPassword: string = '@';\n", SLASHES, ".ts"),
    "c-comment": Syntax('char *db_password = /* of the server */ "@";\n', C, ".c"),
    "go": Syntax('\tPassword: "@",\n', SLASHES, ".go"),
    "shell": Syntax("export DB_PASSWORD='@'\n", HASH, ".sh"),
    "shell-pw": Syntax("DB_PW=@\n", HASH, ".sh"),
    "properties": Syntax("db.password=@\n", ("", ""), ".properties"),
    "ini": Syntax("[db]\npassword = @\n", ("; ", ""), ".ini"),
    "xml": Syntax("<db>\n  <password>@</password>\n</db>\n", XML, ".xml"),
    "xml-cdata": Syntax("<db>\n  <password><![CDATA[@]]></password>\n</db>\n", XML, ".xml"),
    "xml-attribute": Syntax('<db user="app" password="@"/>\n', XML, ".xml"),
    "sql": Syntax("CREATE USER app IDENTIFIED BY '@';\n", SQL, ".sql"),
    "sql-bare": Syntax("ALTER USER app IDENTIFIED BY @ ACCOUNT UNLOCK;\n", SQL, ".sql"),
    "dockerfile-heredoc": Syntax("RUN <<EOF\nexport DB_PASSWORD=@\nEOF\n", HASH, ".Dockerfile"),
    "url": Syntax('url = "postgres://app:@@db.internal:5432/app"\n', HASH, ".py"),
    "header": Syntax('h = {"Authorization": "ApiKey @=="}\n', HASH, ".py"),
    "terraform": Syntax('resource "x" "y" {\n  master_password = "@"\n}\n', HASH, ".tf"),
    "login": Syntax('login_jwt = "@"\n', HASH, ".py"),
    "format": Syntax('x = "@"\n', HASH, ".py"),
}
NAMES = ("settings", "ci", "db", "qa", "en", "pt-BR", "lang/app", "i18n/de/app", "locales/app",
         "translations/x/y",
         "package-lock", "pnpm-lock", "app.min", "tests/test_app", "docs/guide")  # fmt: skip


def _ends(note: str) -> Callable[[str, Syntax], str]:
    """The value's line ends in a comment."""

    def place(text: str, syntax: Syntax) -> str:
        start, end = syntax.comment
        if not start:
            return text
        lines = text.split("\n")
        at = next(i for i, line in enumerate(lines) if "@" in line)
        if lines[at].lstrip() in ("@", "@,") and syntax.suffix == ".yml":
            return text  # in a block scalar a comment would be text
        lines[at] += " " + start + note + end
        return "\n".join(lines)

    return place


def _above(note: str) -> Callable[[str, Syntax], str]:
    return lambda text, syntax: (
        (syntax.comment[0] + note + syntax.comment[1] + "\n" if syntax.comment[0] else "\n") + text
    )


NEIGHBOURS: dict[str, Callable[[str, Syntax], str]] = {
    "nothing": lambda text, _: text,
    "replacement character": _ends("caf\ufffd"),
    "control character": _ends("a\x01b"),
    "template": _ends("{{ x }}"),
    "open template": _ends("see {{"),
    "joined": _ends('x + ""'),
    "next": _ends('"next": "", "regex": 1'),
    "hash": _ends("a sha256 digest of it is kept"),
    "public": _ends("the public key: elsewhere"),
    "placeholder": _ends("an example, changeme, xxxx, your-password"),
    "ellipsis": _ends("..."),
    "foreign": _ends("пароль 密码 കടവുവാക്ക്"),
    "long": _ends("x" * 700),
    "comparison": _ends("a == b != c"),
    "above: pgp": _above("GPG fingerprint, pgp"),
    "above: template": _above("{{ open"),
    "above: urn": _above("urn:a:b:c:"),
    "indented": lambda text, _: "\n".join("            " + line if line else "" for line in text.split("\n")),
    "carriage returns": lambda text, _: text.replace("\n", "\r\n"),
    "last line": lambda text, _: text.rstrip("\n"),
}


def test_the_matrix_is_large() -> None:
    assert len(SYNTAXES) == 32
    assert len(NEIGHBOURS) == 20
    assert len(NAMES) == 15


def lost(name: str, value: str) -> list[tuple[str, str]]:
    """(neighbour, path) with which the value is not found."""
    syntax = SYNTAXES[name]
    missing = []
    for neighbour, place in NEIGHBOURS.items():
        text = place(syntax.lines.replace("@@", "\0@") if name == "url" else syntax.lines, syntax)
        text = text.replace("@", value, 1) if name != "url" else text.replace("\0@", value + "@")
        for stem in NAMES:
            path = stem + syntax.suffix
            found = [text[s.start : s.end] for s in secrets.in_line(text, path)]
            if not any(value in f or (f in value and len(f) > 8) for f in found):
                missing.append((neighbour, path))
    return missing


@pytest.mark.parametrize("name", SYNTAXES)
def test_found_whatever_is_around_it(name: str) -> None:
    value = synthetic.generate("{github_token}", 5) if name == "format" else VALUE
    assert not lost(name, value)
