"""Where a suppression counts, in the comment of any language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import prefilter, suppressions
from palint.findings import Position, Severity, Span, Violation
from palint.text.source import SourceFile


def found(text: str, path: str = "a.py") -> list[suppressions.Suppression]:
    return suppressions.find(SourceFile(path, text.encode("utf-8", "surrogatepass")))


def lines(text: str) -> tuple[int, int]:
    (one,) = found(text)
    assert not one.problem
    return one.first, one.last


def covers(suppression: suppressions.Suppression, rule: str, span: Span) -> bool:
    return suppression.covers(Violation(rule, "C1", Severity.ERROR, "", "", span))


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
    assert not covers(one, "a-rule", one.span)


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
def test_a_suppression_that_is_only_mentioned_is_optional(text: str, path: str, optional: bool) -> None:
    (one,) = found(text, path)
    assert one.optional is optional
    assert covers(one, "a-rule", one.span)


@pytest.mark.parametrize("opener", ["* ", "rem ", '"""', "'''", "{{/* ", "{{-/* ", "--", "%"])
def test_further_openers(opener: str) -> None:
    (one,) = found(f"{opener}{MARK}\n")
    assert not one.problem and one.reason == "why"


@pytest.mark.parametrize(
    "comment",
    [f"# {MARK}", "# palint:  ignore", "# pragma: allowlist secret", "# PRAGMA:whitelist nextline secret"],
)
def test_keywords_find_every_comment(comment: str) -> None:
    assert found(f"{comment}\nx\n")
    assert prefilter.compile(suppressions.KEYWORDS).scan(f"{comment}\n".encode())


@pytest.mark.parametrize("between", [" ", ": ", " - ", " – ", " — ", ""])
def test_the_reason_begins_with_its_first_word(between: str) -> None:
    (one,) = found(f"x  # palint: ignore[a]{between}why: so -\n")
    assert one.reason == "why: so -" and not one.problem


@pytest.mark.parametrize("suffix", ["md", "markdown", "mdx", "rst", "adoc", "txt", "MD"])
def test_prose_only_mentions(suffix: str) -> None:
    (one,) = found(f"# {MARK}\n", f"a.{suffix}")
    assert one.optional


def test_quotes_are_looked_for_in_the_same_line_and_500_characters_before() -> None:
    for before, optional in (("'" + 499 * "x", True), ("'" + 500 * "x", False), ("'\n", False), ("~", False)):
        (one,) = found(f"{before}# {MARK}\n")
        assert one.optional is optional, before


def test_a_pragma_counts() -> None:
    (one,) = found("x  # pragma: allowlist secret\n")
    assert not one.problem and one.reason and covers(one, "hardcoded-secret", one.span)


def test_the_span_of_a_pragma_is_its_words() -> None:
    text = "x  # pragma: allowlist secret later\n"
    (one,) = found(text)
    assert text[one.span.offset : one.span.end_offset].strip() == "pragma: allowlist secret"


def test_the_span_without_a_reason_is_the_words() -> None:
    text = "x  # palint: ignore[a]\n"
    (one,) = found(text)
    assert text[one.span.offset : one.span.end_offset] == "palint: ignore[a]"


def test_suppressions_come_in_the_order_of_the_file() -> None:
    kinds = [one.rules[0] for one in found(f"a # pragma: allowlist secret\nb # {MARK}\n")]
    assert kinds == ["hardcoded-secret", "a-rule"]


def span(path: str, first: int, last: int) -> Span:
    return Span(path, Position(first, 1), Position(last, 1))


def test_lines_that_a_suppression_covers() -> None:
    (one,) = found(f"x\n# {MARK}\ny = (\n1,\n)\nz\n")
    assert (one.first, one.last) == (2, 5)
    for first, last, covered in ((1, 1, False), (1, 2, True), (2, 2, True), (5, 9, True), (6, 6, False)):
        assert covers(one, "a-rule", span("a.py", first, last)) is covered, (first, last)
    assert covers(one, "a-rule", span("a.py", 3, 0))  # an end that is not set
    assert not covers(one, "a-rule", span("b.py", 3, 3))
    assert not covers(one, "b-rule", span("a.py", 3, 3))


FURTHER = [
    ("last line without an end", f"# {MARK}\nx = 1\ny = (", (1, 2)),
    ("two lines without an end", f"# {MARK}\nx = (\n1", (1, 3)),
    ("a deeper line ends the text", f"# {MARK}\nx:\n  y", (1, 3)),
    ("continued by a backtick", f"# {MARK}\nx `\ny\nz\n", (1, 3)),
    ("blank lines within", f"# {MARK}\nx = (\n\n\n1)\ny\n", (1, 5)),
    ("blank lines after", f"# {MARK}\nx = 1\n\n\ny = 1\n", (1, 2)),
    ("tabs", f"# {MARK}\nx:\n\ty\nz\n", (1, 3)),
    ("a bracket closes at its own depth", f"# {MARK}\nx:\n  1\n]);\ny\n", (1, 4)),
    ("a parenthesis does, too", f"# {MARK}\nx:\n  1\n);\ny\n", (1, 4)),
    ("a brace does, too", f"# {MARK}\nx:\n  1\n}};\ny\n", (1, 4)),
    ("continued by a backslash", f"# {MARK}\nRUN a \\\n&& b\nRUN c\n", (1, 3)),
    ("no bracket closes", f"# {MARK}\nx = (\n~1\n2)\ny\n", (1, 4)),
    ("no bracket", f"# {MARK}\nx = ~1\ny = 1\n", (1, 2)),
    ("one blank line within", f"# {MARK}\nx = (\n\n1)\ny\n", (1, 4)),
    ("a bracket closes at another depth", f"  # {MARK}\n  x:\n    1\n]\ny\n", (1, 3)),
    ("escaped quote", f'# {MARK}\nx = "\\"("\ny\n', (1, 2)),
    ("escaped single quote", f"# {MARK}\nx = '\\'('\ny\n", (1, 2)),
    ("one bracket of two closed", f"# {MARK}\nx = ((\n1)\n2\n)\ny\n", (1, 5)),
    ("braces and square brackets", f"# {MARK}\nx = [{{\n1}}\n2\n]\ny\n", (1, 5)),
    ("closed twice", f"# {MARK}\nx))\ny((\nz\n", (1, 2)),
    ("one blank line before", f"# {MARK}\n\nx = (\n1)\ny\n", (1, 4)),
    ("comments only", f"a\n# {MARK}\n# b\n\n", (2, 2)),
]


@pytest.mark.parametrize(("text", "expected"), [s[1:] for s in FURTHER], ids=[s[0] for s in FURTHER])
def test_where_a_statement_ends(text: str, expected: tuple[int, int]) -> None:
    assert lines(text) == expected
    assert lines(text.replace("\n", "\r\n")) == expected


def test_lines_are_those_of_the_file_where_a_part_of_it_is_read() -> None:
    part = SourceFile("a.py", f"# {MARK}\nx = (\n1)\ny\n".encode(), first_line=11)
    (one,) = suppressions.find(part)
    assert (one.first, one.last) == (11, 13)


def test_a_statement_has_at_most_2000_lines() -> None:
    assert lines(f"# {MARK}\nx = (\n" + "1,\n" * 3000) == (1, 2001)


def test_the_lines_looked_at_in_one_file_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then a suppression counts for the line below it, whatever begins there."""
    monkeypatch.setattr(suppressions, "_LINES_IN_ALL", 3)
    one, two = found(2 * f"# {MARK}\nx = (\n1,\n)\n")
    assert (one.first, one.last, two.first, two.last) == (1, 4, 5, 6)
    monkeypatch.setattr(suppressions, "_LINES_IN_ALL", 9)
    assert [one.last for one in found(3 * f"# {MARK}\nx = (\n1,\n)\n")] == [4, 8, 12]


def test_a_suppression_ends_after_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    (behind,) = found("x = 1  # palint: ignore[a-rule] rotated until=2027-01-31 by the vendor\n")
    assert (behind.until, behind.reason) == ("2027-01-31", "rotated by the vendor")
    (one,) = found("x = 1  # palint: ignore[a-rule] until=2027-01-31 rotated with the new vendor\n")
    assert (one.until, one.reason, one.problem) == ("2027-01-31", "rotated with the new vendor", "")
    for day, counts in (("2027-01-31", True), ("2027-02-01", False)):
        monkeypatch.setattr("palint.suppressions.today", lambda day=day: day)
        assert (covers(one, "a-rule", one.span), one.ended) == (counts, not counts)


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# palint: ignore[a-rule] until=2027-02-30 why", "not a day"),
        ("# palint: ignore[a-rule] until=next-week why", "not a day"),
        ("# palint: ignore[a-rule] until=2027-01-31", "gives no reason"),
        ("x  # palint: ignore-file[a-rule] why", "alone on its line"),
        ("# palint: ignore-file why", "names no rule"),
        ("# palint: ignore-file[a-rule]", "gives no reason"),
    ],
)
def test_a_wrong_day_or_place_suppresses_nothing(comment: str, words: str) -> None:
    (one,) = found(f"{comment}\n")
    assert words in one.problem
    assert not covers(one, "a-rule", one.span)


def test_a_comment_for_the_whole_file() -> None:
    text = "x = 1\ny = 2\n# palint: ignore-file[a-rule] made by a generator\n"
    (one,) = found(text)
    first = one.span._replace(start=Position(1, 1), end=Position(1, 2))
    assert covers(one, "a-rule", first) and not covers(one, "b-rule", first)
    assert not covers(one, "a-rule", first._replace(path="other"))
