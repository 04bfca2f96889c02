"""Letters written as escapes are read as the letters, and only those."""

from __future__ import annotations

import re

import pytest

from palint.languages import yaml
from palint.text import escapes
from palint.text.escapes import is_always_compared, unescaped
from palint.text.source import SourceFile


def text(data: bytes, path: str = "a.txt") -> str | None:
    read = unescaped(data, path)
    return None if read == data else read.decode()


@pytest.mark.parametrize(
    "data",
    [rb"p\x61ss", rb"p\u0061ss", rb"p\u{61}ss", rb"p\u{000061}ss", rb"p\U00000061ss", rb"p\141ss",
     b"<a>p&#97;ss", b"<a>p&#0097;ss", b"\n <a>p&#x61;ss", b"<a>p&#X0061;ss", rb"\\p\x61ss"],
)  # fmt: skip
def test_a_letter(data: bytes) -> None:
    made = text(data)
    assert made is not None and made.endswith("pass")


def test_every_character_of_a_name() -> None:
    names = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:"
    for form in ("\\x{:02x}", "\\x{:02X}", "\\u{:04x}", "&#{};", "&#x{:x};"):
        assert text(("<" + "".join(form.format(ord(each)) for each in names)).encode()) == f"<{names}"
    letters = names[:52]
    assert text("".join(f"\\{ord(each):o}" for each in letters).encode()) == letters


@pytest.mark.parametrize(
    "data",
    [b"plain", rb"a\\x61", rb"\x22\x5c\x0a\x7b", rb"\u00e9 \u2028", rb"\n\t\1\12", b"&amp; &#34; &#8217;",
     rb"\u{1f600}", rb"\u{61", rb"\x6", b"&#97", b"<a>&#233; &#34;"],
)  # fmt: skip
def test_nothing_else(data: bytes) -> None:
    assert text(data) is None


def test_lines_stay_where_they_are() -> None:
    assert text(b"a\r\nb\\x61\r\nc\n") == "a\r\nba\r\nc\n"


@pytest.mark.parametrize(
    ("path", "data", "made"),
    [
        ("Dockerfile", b"ENV AWS_\\\nKEY=a\n", "ENV AWS_KEY=a\n\n"),
        ("a.sh", b"x AWS_\\\r\nKEY=a\r\n", "x AWS_KEY=a\\\n\r\n"),
        ("a.yml", b'a: "AWS::\\\n   IAM"\n', 'a: "AWS::IAM"\n   \n'),
        ("a.yml", b"a: |\n  x \\\n  y z\nb: 1\n", "a: |\n  x y z\\\n  \nb: 1\n"),
        ("a.yml", b'a: |\n  x \\\n  y="A B C" \\\n  z\nb: 1\n', 'a: |\n  x y="A B\n   C" z\\\n  \nb: 1\n'),
    ],
)
def test_a_word_that_a_line_end_cuts(path: str, data: bytes, made: str) -> None:
    assert text(data, path) == made
    if path == "a.yml":  # it is still YAML
        assert yaml.parse(SourceFile(path, made.encode()))


@pytest.mark.parametrize("data", [b"a \\\nb\n", b"a\\\n  b\n", b"a\\\\\nb\n", b"(\\\nb\n", b"a\\\n(b\n"])
def test_other_line_ends(data: bytes) -> None:
    assert text(data) is None


def test_yaml_without_its_anchors_still_parses() -> None:
    data = b'a: &x\n  token: &t "b"\nc: *t\nd: [*t, 1]\ne:\n- *t\nf: "*t"\n'
    read = unescaped(data, "a.yml")
    assert b"&t" not in read and b'"*t"' in read
    assert yaml.parse(SourceFile("a.yml", read))


# {path: each form of `a` after a backslash that the language has}
_HEX, _LONG, _NAMED = "x61 u0061", "U00000061", "N{LATIN\u00a0SMALL\u00a0LETTER\u00a0A}"
FORMS = {
    "a.py": f"{_HEX} {_LONG} 141 {_NAMED}",
    "a.js": f"{_HEX} u{{61}} u{{000061}} 141",
    "A.java": "u0061 uu0061 141",
    "a.c": f"x61 u0061 {_LONG} 141",
    "a.go": f"{_HEX} {_LONG} 141",
    "A.cs": f"x61 x061 x0061 u0061 {_LONG}",
    "a.php": "x61 u{61} 141",
    "a.rb": f"{_HEX} u{{61}} 141",
    "a.pl": f"x61 x{{61}} o{{141}} N{{U+61}} {_NAMED} 141",
    "a.ex": f"{_HEX} u{{61}}",
    "a.lua": "x61 u{61}",
    "a.hs": "x61 x0061 o141",
    "a.R": "x61 u61 u0061 u{61} 141",
    "a.toml": f"{_HEX} {_LONG}",
    "a.properties": "u0061 a",
    "a.kt": "u0061 uu0061",
    "a.cpp": f"x61 {_LONG}",
    "a.vue": "u{61}",
    "a.rs": "x61",
    "a.yaml": f"{_HEX} {_LONG}",
}


@pytest.mark.parametrize(
    ("path", "form"),
    [(path, form.replace("\u00a0", " ")) for path in FORMS for form in FORMS[path].split(" ")],
)
def test_each_form_of_a_language(path: str, form: str) -> None:
    assert text(f'x = "p\\{form}ss"\n'.encode(), path) == 'x = "pass"\n'


@pytest.mark.parametrize("path", FORMS)
def test_a_backslash_before_any_character_is_read(path: str) -> None:
    """That of a language whose letters are not ASCII, in UTF-8, too."""
    line = "a\\u0061 " + "".join(f"\\{chr(code)}" for code in (*range(33, 127), 0xE9, 0xDC3, 0x4E2D, 0x1F600))
    read = text(f"{line}\n".encode(), path)
    assert read is not None and read.endswith("\\\xe9\\\u0dc3\\\u4e2d\\\U0001f600\n")


@pytest.mark.parametrize("form", ["\\x61", "\\u0061", "\\U00000061", "\\141"])
def test_a_string_with_escapes_in_a_shell(form: str) -> None:
    assert text(f"x=$'p{form}ss'\n".encode(), "a.sh") == "x='pass'\n"


@pytest.mark.parametrize(
    ("data", "made"),
    [
        (b'e["TOKEN" ] = "x"\n', 'e["TOKEN"]= "x"\n'),
        (b'e["TOKEN"\n] = "x"\n', 'e["TOKEN"]= "x"\n\n'),
        (b'e["TOKEN" ] =\n  "x"\n', 'e["TOKEN"]=\n  "x"\n'),
        (b'e["TOKEN"\n] =\n  "x"\n', 'e["TOKEN"]=\n\n  "x"\n'),
    ],
)
def test_blanks_around_a_bracket_go_and_lines_stay(data: bytes, made: str) -> None:
    assert text(data, "a.py") == made


def test_a_cell_keeps_the_letters_that_need_no_escape() -> None:
    cell = '{"cell_type": "code", "source": ["# \u00e9\\n", "p\\\\x61ss = 1"]}'.encode()
    assert text('{"cell_type": "code", "source": ["\u00e9"]}'.encode(), "a.ipynb") is None
    assert text(cell, "a.ipynb") == cell.decode().replace("p\\\\x61ss", "pass")


@pytest.mark.parametrize(
    ("path", "always"),
    [("a.sh", True), ("a.ps1", True), ("a.bat", True), ("a.properties", True), ("Makefile", True),
     ("a.toml", True), ("a.py", False), ("a.json", False)],
)  # fmt: skip
def test_files_that_are_always_compared_with_what_their_language_reads(path: str, always: bool) -> None:
    assert is_always_compared(path) is always


@pytest.mark.parametrize("form", ["N{NO SUCH LETTER}", "N{U+XY}", "N{U+110000}", "N{DIGIT ONE"])
def test_a_name_of_no_letter_stays(form: str) -> None:
    assert text(f'x = "p\\{form}ss"\n'.encode(), "a.pl") is None


@pytest.mark.parametrize(
    ("data", "made"),
    [
        ("k = \\\nabc", "k = abc\\\n"),
        ("k:\t\\\r\nabc d", "k:\tabc\\\n d"),
        ("a" + 40 * " " + "b" + 34 * "\u3000" + "c\nd", "a b c\nd"),
        ("a" + 34 * "\xa0" + "b", "a b"),
        (12 * "\u2500" + "a" + 40 * " " + "b", 12 * "\u2500" + "a b"),  # its bytes are of blanks, too
        ("a" + 33 * " " + "b", None),
    ],
)
def test_an_operator_before_a_cut_and_long_blanks(data: str, made: str | None) -> None:
    assert text(data.encode()) == made


@pytest.mark.parametrize(("data", "cut"), [(b"'pass\\\nword'", True), (b"'one\\n\\\nword'", False)])
def test_an_escape_before_the_end_of_a_line_is_no_word(data: bytes, cut: bool) -> None:
    [sign] = [each for each in escapes.KEYWORDS if isinstance(each, str) and each.startswith(r"[^\\][\w.:-]")]
    assert bool(re.search(sign.encode(), data)) is cut
