# ruff: noqa: E501 - tables of texts
"""What the modules of `text` give for many texts, compared whole: places, windows, escapes, encodings, differences."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from palint.text import windows
from palint.text.difference import changed_ranges
from palint.text.encoding import code_points, decode, detect_encoding
from palint.text.escapes import is_always_compared, unescaped, written_out
from palint.text.source import KeywordMatch, SourceFile, matches_in, merge_ranges, with_stars
from palint.util import lazy_re
from tests.snapshots import check_snapshot
from tests.text.test_escapes import FORMS

WHOLE = Path(__file__).with_name("snapshots") / "whole.txt"
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
TEXT = "é = 1\r\n\n秘密\ra\u2028b\U0001f511 c\n"
WRITTEN = [  # beside the forms of `FORMS`
    b"p\\141ss", b"p\\\\x61ss", b"'p\\x61ss'", b"&#97;&#x61;&amp;&lt;&#45;&#58;", b"%70%61%73%73", b"\x1b[31mpass\x1b[0m=1",
    b"pass\\\nword = 1\nx", b"pass\\\r\n  word = 1\nx", b"pass`\nword = 1\nx", b'pass \\\n  = "x"\n', b"pass\\ word",
    b"password =" + b" " * 70 + b"'x'", b'password"  ] = 1', b"token: &t b\nc: *t\n", b"token: !!str b\n", b"token: # c\n\n  b\n",
    b"key /* a */ = /* b\nc */ 'x'", b"key = // a\n 'x'", b"key <!-- a --> 'x'", b"<password a='b'>x</password>", b"<password>\n ${X}\n</password>",
    b"<password><![CDATA[ x ]]></password>", "ｐａｓｓ＝１ 𝐩𝐚𝐬𝐬 ﬀ ⁿ ſ".encode(), b'"a\\u0062\\n",\n"c"', b"$'p\\x61\\'ss' \"p$'x'\"", b"pa''ss pa\"\"ss",
    b"ENV A=b \\\n# c\n  D=e\n", b"# escape=`\nENV A=b `\n  D=e\n", b"a.b\\:c = d\\\n  e\n", b"N\\{LATIN SMALL LETTER A}", b"\\N{LATIN SMALL LETTER A}",
]  # fmt: skip
PATHS = [
    *FORMS,
    "a.sh",
    "a.html",
    "a.xml",
    "a.ps1",
    "Dockerfile",
    "a.ipynb",
    "a.tf",
    "a.ini",
    "a.json",
    "a.sql",
    "a",
]
PAIRS = ["", "a", "b", "ab" * 30, "ab" * 29 + "b", "a" * 200, "a" * 100 + "x" + "a" * 100, "one\ntwo\nthree\n" * 30,
         "one\ntwo\nthree\n" * 10 + "four\n" + "one\ntwo\nthree\n" * 20, "one\ntwo\n" + "one\ntwo\nthree\n" * 29]  # fmt: skip


def test_places_in_a_text() -> None:
    file = SourceFile("a.py", TEXT.encode(), first_line=3, first_column=5, first_offset=7)
    lines = [f"line starts {file.line_starts}"]
    for offset in range(len(TEXT) + 1):
        lines.append(f"{offset}: {tuple(file.position(offset))}, line at {file.line_at(offset)}")
    lines += [f"span {start}: {file.span(start, start + 3)}" for start in (0, 3, 7)]
    lines += [
        f"{line}:{column} is {file.offset(line, column)}" for line in range(2, 9) for column in (0, 1, 3, 9)
    ]
    size = len(file.utf8)
    lines.append(f"offsets {file.offsets(range(size + 1))} {code_points(file.utf8, range(0, size, 3))}")
    for ends in ((), (2,), (3, 9), (0, 20)):
        file.keyword_matches = tuple(KeywordMatch("k", end) for end in ends)
        lines.append(f"near {ends}: {file.near(3)}")
    found = matches_in([(0, 4), (6, 9)], lazy_re.compile(r"\S+"), TEXT)
    lines.append(f"matches {[match.span() for match in found]}")
    check_snapshot(WHOLE, "places", "\n".join(lines))


def test_ranges() -> None:
    cases = [[(0, 2), (2, 3)], [(0, 2), (3, 4)], [(4, 9), (0, 5)], [(1, 1), (3, 8), (4, 5)]]
    lines = [f"{ranges} {merge_ranges(ranges)}" for ranges in cases]
    for ranges, offset in product(cases, (0, 2, 5)):
        merged = merge_ranges(ranges)
        lines.append(f"{merged} from {offset}: {with_stars('abcdef', offset, merged)}")
    check_snapshot(WHOLE, "ranges", "\n".join(lines))


def test_encodings() -> None:
    texts = ["", "a", "ab", "key = 1\n", "é = '秘密'\n" * 3, "\0", "a\0b\0", "\ud800", "key = 'é'\r\n" * 900]
    lines = []
    for text, encoding, mark in product(
        texts, (*ENCODINGS, "latin-1"), (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
    ):
        data = mark + text.encode(encoding, "surrogatepass" if encoding != "latin-1" else "replace")
        codec, found = detect_encoding(data)
        read, used = decode(data[len(found) :], codec)
        lines.append(
            f"{mark!r} {text[:20]!r} in {encoding}: {codec} {found!r}, {read[:12]!r} {len(read)} by {used}"
        )
    check_snapshot(WHOLE, "encodings", "\n".join(lines))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_windows_of_a_text(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "_WINDOW", 160)
    monkeypatch.setattr(windows, "_OVERLAP", 32)
    lines = []
    for unit in ("key = 'é'\n", "秘密 ", "x" * 300 + "\r", 'a"b', "\U0001f511,", "a" * 97 + "\r\n"):
        data = (unit * 60)[:600].encode(encoding)
        lines.append(f"{unit[:12]!r}")
        for window in windows.windows("a", iter([data[:50], data[50:300], data[300:]])):
            place = (window.first_line, window.first_column, window.first_offset)
            lines.append(f"  {place} {len(window.data)}: {window.text[:6]!r} … {window.text[-6:]!r}")
    check_snapshot(WHOLE, f"windows in {encoding}", "\n".join(lines))


def test_escapes() -> None:
    lines = [f"{path} is always compared" for path in PATHS if is_always_compared(path)]
    for path in PATHS:
        forms = [
            f'x = "p\\{form}ss"'.replace("\u00a0", " ").encode() for form in FORMS.get(path, "x61").split(" ")
        ]
        lines.append(path)
        for data in [*forms, *WRITTEN]:
            made = unescaped(data, path)
            if made != data:
                lines.append(f"  {data!r} {made!r}")
    lines += [f"{each!r} written out {written_out(each.decode('latin-1'))!r}" for each in WRITTEN]
    check_snapshot(WHOLE, "escapes", "\n".join(lines))


def test_differences() -> None:
    lines = []
    for old, new in product(range(len(PAIRS)), repeat=2):
        found = [changed_ranges(PAIRS[old].encode(), PAIRS[new].encode(), enough) for enough in (0, 40)]
        lines.append(f"{old} {new}: {found[0]}{f' or {found[1]}' if found[1] != found[0] else ''}")
    check_snapshot(WHOLE, "differences", "\n".join(lines))
