"""Each escaping, character by character; test_hostile.py pushes arbitrary text through whole reports."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from palint.report import escape

# (first, last) of every range of characters that a reader cannot see; the neighbours on both sides can be.
UNSEEN = [
    (0x00, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x180E, 0x180E),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xFFFE, 0xFFFF), (0xE0000, 0xE0FFF),
]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), UNSEEN)
def test_a_range_is_escaped_from_its_first_to_its_last_and_no_further(first: int, last: int) -> None:
    for code in (first, last):
        made = escape.escape_controls(f"a{chr(code)}b")
        assert made.startswith("a\\") and made.endswith("b") and made.isascii()
    every = {code for low, high in UNSEEN for code in range(low, high + 1)}
    for code in {first - 1, last + 1} - every - {-1}:
        assert escape.escape_controls(f"é{chr(code)}") == f"é{chr(code)}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\tb\nc\rd", r"a\tb\nc\rd"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\x80\x9f", r"\u0080\u009f"),
        ("\u202e", r"\u202e"),
        ("\U000e0041", r"\U000e0041"),
        ("\uffff", r"\uffff"),
        ("\udc80\udcff", r"\x80\xff"),  # the bytes of a name that is not UTF-8
        ("\udc7f\udd00\ud800", r"\udc7f\udd00\ud800"),  # no byte
        ("schön 名 🙂", "schön 名 🙂"),
    ],
)
def test_visible(text: str, expected: str) -> None:
    assert escape.escape_controls(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("::set-output name=a::b", r"\::set-output name=a::b"),
        ("  ::debug::x", r"  \::debug::x"),
        ("a ::debug::x", "a ::debug::x"),
        (":debug:", ":debug:"),
        ("a ##[group]x ##vso[task]y", r"a ##\[group]x ##vso\[task]y"),
        ("##teamcity[x]", r"##teamcity\[x]"),
        ("# [x] ## [y] ##", "# [x] ## [y] ##"),
        ("::##[x]", r"\::##\[x]"),
    ],
)
def test_no_log_takes_a_line_for_a_command(line: str, expected: str) -> None:
    assert escape.log_line(line) == escape.terminal(line) == expected


def test_a_line_end_is_escaped_before_the_command_is_looked_for() -> None:
    assert escape.terminal("\n::x") == r"\n::x"
    assert escape.terminal("##a\x00[") == r"##a\x00["


def test_a_workflow_command_cannot_be_left() -> None:
    assert escape.command_data("50%0A\n::error,a:b") == r"50%250A\n::error,a:b"
    assert escape.command_data("::x") == r"\::x"
    assert escape.command_property("a:b,c%\n") == r"a%3Ab%2Cc%25\n"


def test_markup() -> None:
    assert escape.markup("<a href=\"x\" b='y'>&amp;\x00") == (
        "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;\\x00"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set `<a>` and `b`", "set <code>&lt;a&gt;</code> and <code>b</code>"),
        ("`a`", "<code>a</code>"),
        ("a ` b", "a ` b"),
        ("`a` ` b", "`a` ` b"),
        ("plain", "plain"),
    ],
)
def test_markup_words(text: str, expected: str) -> None:
    assert escape.markup_words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words.", "plain words."),
        ("*a* _b_ [c] |d| ~e~ $f$ \\g", r"\*a\* \_b\_ \[c\] \|d\| \~e\~ \$f\$ \\g"),
        ("<b> & @team", "&lt;b&gt; &amp; &#64;&#8203;team"),
        ("a/b#12 !3 gh-4 checkout@v6", "a/b#&#8203;12 !&#8203;3 gh-&#8203;4 checkout&#64;v6"),
        ("https://a.example a: b", r"https\://a.example a: b"),
        ("www.a.example awww.b", r"www\.a.example awww.b"),
        ("- a - b", r"\- a - b"),
        ("+ a + b", r"\+ a + b"),
        ("= a = b", r"\= a = b"),
        ("# a # b", r"\# a # b"),
        ("1. a 2. b", r"1\. a 2. b"),
        ("1) a", r"1\) a"),
        ("use `a*b` here", "use `a*b` here"),
        ("`a` and `b`", "`a` and `b`"),
        ("an odd ` tick", r"an odd \` tick"),
        ("`a` ` b", r"\`a\` \` b"),
        ("a `|` b", r"a \| b"),  # a bar ends a table's cell even in code
        ("a ` ` b", "a   b"),
        ("``", ""),
        ("   a b", "&nbsp;&nbsp;&nbsp;a b"),
        ("a\nb", r"a\\nb"),
    ],
)
def test_markdown(text: str, expected: str) -> None:
    assert escape.markdown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a*b", "`a*b`"),
        ("", "`   `"),
        (" ", "`   `"),
        ("`", "`` ` ``"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("a`b", "``a`b``"),
        ("a``b`c", "```a``b`c```"),
        ("a\nb", r"`a\nb`"),
    ],
)
def test_markdown_code(text: str, expected: str) -> None:
    assert escape.markdown_code(text) == expected
    html = MarkdownIt("gfm-like", {"linkify": False}).render(expected)
    shown = re.fullmatch(r"<p><code>(.*)</code></p>\n", html)
    assert shown and shown[1].strip() == escape.escape_controls(text).strip()
