"""The tables of `--statistics`, and when the text report ends with them."""

from __future__ import annotations

from palint.report.statistics import lines

from .factories import RULES, finding, results, written


def test_counts_by_rule_clause_folder_and_file() -> None:
    found = [
        *(finding("a/b/c.py", str(n)) for n in range(3)),
        finding("a/b/d.py"),
        finding("top.py"),
        finding("x\ny/e.py", rule="other-rule", clause="C4"),
    ]
    assert list(lines(found, RULES)) == [
        "by rule:",
        "      5  known-rule  C2",
        "      1  other-rule  C4",
        "by clause:",
        "      5  C2  No secrets in code",
        "      1  C4",
        "by folder:",
        "      4  a/b/",
        "      1  ./",
        "      1  x\\ny/",
        "files with most findings:",
        "      3  a/b/c.py",
        "      1  a/b/d.py",
        "      1  top.py",
        "      1  x\\ny/e.py",
    ]


def test_long_tables_end_with_what_is_left_out() -> None:
    found = [finding(f"f{n:02}/a.py") for n in range(14)]
    made = list(lines(found, RULES))
    assert "      4  in 4 more" in made and "      9  in 9 more" in made


def test_no_findings_no_tables() -> None:
    assert list(lines([], RULES)) == []


def test_the_text_report_of_many_findings_ends_with_them_and_the_next_step() -> None:
    many = written("text", results(*(finding(f"{n}.py") for n in range(51))))
    assert "by clause:\n     51  C2" in many and "palint baseline" in many.partition("by clause:")[2]
    few = written("text", results(*(finding(f"{n}.py") for n in range(50))))
    assert "by clause:" not in few and "palint baseline" not in few
