"""Where a suppression counts, in the comment of any language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import suppressions
from palint.source import SourceFile


def found(text: str, path: str = "a.py") -> list[suppressions.Suppression]:
    return suppressions.find(SourceFile(path, text.encode("utf-8", "surrogatepass")))


def lines(text: str) -> tuple[int, int]:
    (one,) = found(text)
    assert not one.problem
    return one.first, one.last


MARK = "palint: ignore[a-rule] why"


@pytest.mark.parametrize(
    "comment",
    [
        f"# {MARK}", f"#{MARK}", f"// {MARK}", f"/* {MARK} */", f"<!-- {MARK} -->", f"-- {MARK}", f"; {MARK}",
        f"{{# {MARK} #}}", f"{{{{/* {MARK} */}}}}", f"REM {MARK}", f"% {MARK}",
    ],
)  # fmt: skip
def test_comments_of_many_languages(comment: str) -> None:
    for text in (f"x = 1 {comment}\n", f"{comment}\nx = 1\n"):
        (one,) = found(text)
        assert one.rules == ("a-rule",)
        assert one.reason == "why"
        assert not one.problem


def test_no_comment_no_suppression() -> None:
    assert found(f'x = "{MARK}"\n') == []


def test_several_rules() -> None:
    (one,) = found("x  # palint: ignore[a, b-c] both are fine\n")
    assert one.rules == ("a", "b-c")


def test_at_the_end_of_a_line() -> None:
    assert lines(f"a\nb  # {MARK}\nc\n") == (2, 2)


STATEMENTS = [
    ("python call", f"# {MARK}\ncall(\n    1,\n    2,\n)\nother\n", (1, 5)),
    ("python block string", f"# {MARK}\nx = [\n'('\n]\ny\n", (1, 4)),
    ("continuation", f"# {MARK}\nRUN a \\\n  && b\nRUN c\n", (1, 3)),
    ("yaml mapping", f"a:\n  # {MARK}\n  env:\n    X: 1\n    Y: 2\n  next: 1\n", (2, 5)),
    ("yaml scalar", f"  # {MARK}\n  key: value\n  other: value\n", (1, 2)),
    ("yaml list entry", f"# {MARK}\n- name: a\n  run: b\n- name: c\n", (1, 3)),
    ("blank and comment lines between", f"# {MARK}\n\n# more words\nx = 1\ny = 1\n", (1, 4)),
    ("hcl block", f'# {MARK}\nresource "a" "b" {{\n  x = 1\n}}\nresource "c" "d" {{\n}}\n', (1, 4)),
    ("nothing below", f"x\n# {MARK}\n", (2, 2)),
    ("quoted bracket", f"# {MARK}\nx = '('\ny = 1\n", (1, 2)),
]


@pytest.mark.parametrize(("text", "expected"), [s[1:] for s in STATEMENTS], ids=[s[0] for s in STATEMENTS])
def test_alone_on_a_line_it_counts_for_what_begins_below(text: str, expected: tuple[int, int]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# palint: ignore", "names no rule"),
        ("# palint: ignore[]", "names no rule"),
        ("# palint: ignore why", "names no rule"),
        ("# palint: ignore[a-rule]", "gives no reason"),
        ("<!-- palint: ignore[a-rule] -->", "gives no reason"),
    ],
)
def test_rule_and_reason_are_required(comment: str, words: str) -> None:
    (one,) = found(f"x {comment}\n")
    assert words in one.problem
    assert not one.covers("a-rule", one.span)


@pytest.mark.parametrize(
    "pragma",
    [
        "# pragma: allowlist secret",
        "// pragma: allowlist secret",
        "# pragma: whitelist secret",
        "/* pragma: allowlist secret */",
    ],
)
def test_the_pragma_of_detect_secrets(pragma: str) -> None:
    (one,) = found(f"x = 1 {pragma}\n")
    assert one.rules == ("hardcoded-secret",) and one.optional and (one.first, one.last) == (1, 1)


def test_the_pragma_for_the_next_line() -> None:
    (one,) = found("# pragma: allowlist nextline secret\nx = 1\n")
    assert (one.first, one.last) == (2, 2)


def test_the_span_is_the_words() -> None:
    text = f"x = 1  # {MARK}   \n"
    (one,) = found(text)
    assert text[one.span.offset : one.span.end_offset] == MARK


@given(st.text(alphabet=st.sampled_from("x #/*()[]{}\\\"'\n\r\t palint: ignore[a] why"), max_size=300))
def test_any_text(text: str) -> None:
    for one in found(text + f"\n# {MARK}\n" + text):
        assert one.first <= one.last
        assert one.last <= text.count("\n") * 2 + text.count("\r") * 2 + 3


def test_a_long_statement_is_linear() -> None:
    (one,) = found(f"# {MARK}\n" + "(" * 500_000 + "\n" + "  x\n" * 50_000)
    assert one.last > 1000


@pytest.mark.parametrize(
    ("text", "path", "optional"),
    [
        (f"x = 1  # {MARK}\n", "a.py", False),
        (f"# {MARK}\n", "a.py", False),
        (f"x = 'a' # {MARK}\n", "a.py", False),
        (f'x = "# {MARK}"\n', "a.py", True),
        (f"Write `# {MARK}` there.\n", "a.md", True),
        (f"    x = 1  # {MARK}\n", "README.md", True),
        (f"<!-- {MARK} -->\n", "README.md", False),
    ],
)
def test_what_is_only_mentioned_need_not_be_used(text: str, path: str, optional: bool) -> None:
    (one,) = found(text, path)
    assert one.optional is optional
    assert one.covers("a-rule", one.span)
