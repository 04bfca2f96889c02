"""The help of a finding: prose is wrapped and code stays as it is."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from palint import registry
from palint.report.escape import escape_controls
from palint.testing import check_example, example_files

from .factories import finding, results, texts, written

HELP = (
    "Keep it in Secrets Manager and\nread it in the job:\n"
    "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n        secret-ids: a & <b>\n"
    "Then delete it."
)


def fences(page: str) -> list[tuple[str, str]]:
    """(info, content) of every fenced block."""
    return [
        (t.info, t.content)
        for t in MarkdownIt("gfm-like", {"linkify": False}).parse(page)
        if t.type == "fence"
    ]


def test_markdown_shows_code_as_one_block_and_words_as_words() -> None:
    page = written("markdown", results(finding(fix_hint=HELP)))
    assert fences(page) == [
        ("", "- uses: aws-actions/aws-secretsmanager-get-secrets@v2\n  with:\n    secret-ids: a & <b>\n")
    ]
    assert "  > fix: Keep it in Secrets Manager and read it in the job:  \n  > ```\n" in page
    assert "  > ```\n  > Then delete it.  \n" in page and "&nbsp;" not in page


class _Code(HTMLParser):
    """The text of each `pre` element of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "pre":
            self._open = True
            self.blocks.append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "pre"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.blocks[-1] += data


def test_html_shows_code_as_one_block_with_its_lines_and_blanks() -> None:
    code = "    import os\n\n    def key():\n        return os.environ['a & <b>']\n"
    page = written("html", results(finding(fix_hint=f"Read it:\n{code}\nThen delete it.", excerpt=())))
    fix = page.partition('<div class="fix">')[2].partition("</div>")[0]
    assert _Code(fix).blocks == ["import os\n\ndef key():\n    return os.environ['a & <b>']"]
    assert fix.startswith("<b>fix:</b> Read it:<pre>") and fix.endswith("</pre>Then delete it.")


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_blank_line_does_not_split_code_in_markdown(blank: str) -> None:
    page = written("markdown", results(finding(fix_hint=f"Do:\n    a\n{blank}    b\nEnd.")))
    assert fences(page) == [("", f"a\n{blank}b\n")]


@settings(max_examples=60)
@given(
    st.lists(texts | st.sampled_from(["```", "~~~", "````x", "> a", "</details>"]), min_size=1, max_size=4)
)
def test_no_code_ends_its_block_early(code: list[str]) -> None:
    lines = ["x" + " ".join(line.splitlines()).replace("\t", " ") for line in code]
    page = written(
        "markdown", results(finding(fix_hint="".join(f"    {line}\n" for line in lines) + "The end."))
    )
    assert [content for _, content in fences(page)] == [
        "".join(f"{escape_controls(line)}\n" for line in lines)
    ]
    assert "\n  > The end.  \n" in page


def test_annotations_break_no_sentence_and_keep_code() -> None:
    (line,) = (
        x for x in written("github", results(finding(fix_hint=HELP))).split("\n") if x.startswith("::error")
    )
    assert line.split("%0A")[1:] == [
        "fix: Keep it in Secrets Manager and read it in the job:",
        "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2",
        "      with:",
        "        secret-ids: a & <b>",
        "Then delete it.",
    ]


def test_sarif_breaks_no_sentence() -> None:
    (result,) = json.loads(written("sarif", results(finding(fix_hint=HELP))))["runs"][0]["results"]
    assert result["message"]["text"].split("\n")[2:4] == [
        "Fix: Keep it in Secrets Manager and read it in the job:",
        "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2",
    ]


@pytest.mark.parametrize("name", registry.load())
def test_code_in_a_rule_s_help_is_indented(name: str) -> None:
    """What is not would be joined to one line, as words are."""
    rule = registry.load()[name]
    found = [f for example in rule.bad for f in check_example(rule, example, example_files(rule, example))]
    assert found
    for made in found:
        for line in made.fix_hint.splitlines():
            assert line.strip() and not line.startswith(("- ", "  - ", "* ")), made.fix_hint
            assert not line.endswith(":") or " " in line, made.fix_hint  # a key of YAML
