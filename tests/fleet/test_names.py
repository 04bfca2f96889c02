"""What a repository is called reaches no path and no terminal as it is."""

from __future__ import annotations

import datetime
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from palint.fleet import reports, summary, tickets
from palint.fleet.reports import file_name
from palint.report import escape

from .conftest import Fleet, secret


@pytest.mark.parametrize(
    "name", ["../../etc/x", "..", "a/b", "a-b", "/abs", "a\x1b[31m", "ü" * 300, "con", ".git"]
)
def test_a_file_about_a_repository_stays_in_its_folder(name: str) -> None:
    made = file_name(name)
    assert "/" not in made and not made.startswith(".") and made.isprintable() and 0 < len(made) <= 100


def test_two_names_are_two_files() -> None:
    names = ["a/b", "a-b", "a b", "a/b/", "A/b"]
    assert len({file_name(name) for name in names}) == len(names)


WORKFLOW = """\
on: [push, @token]
jobs:
  @token:
    runs-on: ubuntu-latest
    permissions: {id-token: write}
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::123456789012:role/@token", aws-region: eu-west-2}
"""


def test_a_hostile_name_is_text_everywhere(fleet: Fleet) -> None:
    token = secret("a name")
    repository = fleet.repository(
        "api",
        {
            "a.py": f'TOKEN = "{secret("name")}"\n',
            "b.py": 'client("secretsmanager").get_secret_value(SecretId="\\udcff\\n::error::##vso[x]")\n',
            ".github/workflows/a.yml": WORKFLOW.replace("@token", token),
            "CODEOWNERS": f"* @acme/{token} {token}@acme.example\n",
        },
    )
    (repository.path / "\udcff.py").write_text(f'TOKEN = "{secret("bytes")}"\n')
    repository.add()
    repository.commit()
    name = "../<img src=x>\x1b[31m\u202e##vso[x]"
    (fleet.path / "list.json").write_text(json.dumps([{"address": "repos/api", "name": name}]))
    made = fleet.check("list.json", "-v")
    assert made.returncode == 0 and "\x1b" not in made.stdout + made.stderr, made.stderr
    said = [fleet.run("report", "--format", kind).stdout for kind in ("html", "json", "csv", "markdown")]
    said += [fleet.run("graph", "--format", kind).stdout for kind in ("text", "svg", "json")]
    said += [
        fleet.run("query", f"FROM {table}").stdout for table in ("link", "notice", "coverage", "finding")
    ]
    for text in said:
        assert text and not [part for part in (token, "\x1b", "\u202e", "##vso[") if part in text]
        assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert "\\udcff.py" in said[0] and "*" * 40 in said[4]
    page = fleet.run("report").stdout
    assert "<img" not in page and "\x1b" not in page and "\u202e" not in page
    fleet.run("report", "--format", "sarif", "--output", "sarif/in")
    assert [path.parent.name for path in fleet.path.rglob("*.sarif")] == ["in"]
    message = fleet.run("report", "--format", "markdown").stdout
    assert "<img" not in message and "\x1b" not in message + fleet.run("graph").stdout


# What starts something in Markdown, HTML, a terminal or a log of CI, in a name that anyone may choose.
PIECES = (
    *("`", "``", "```\n", "~~~", "*", "_", "|", "\\", "&", "\r\n", " ", "a", ".env", "/", ":", "$x$"),
    *("[x](http://evil.example)", "![i](http://evil.example/i.png)", "https://evil.example"),
    *("@octocat", "@acme/owners", "&#64;octocat", "#123", "acme/api#123", "!45", "GH-6"),
    *("<img src=x onerror=f()>", "<!--", "-->", "<details>", "&lt;b&gt;", "\x1b[31m", "\u202e", "\u200b"),
    *("\n# head\n", "\n- [x] done", "\n    code", "> quote", "::error::x", "##[error]", "www.evil.example"),
)  # fmt: skip
HOSTILE = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
NAMES = ("repository", "team", "owner", "path", "reason", "message")


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, HOSTILE)), st.booleans())
def test_no_name_is_markup_in_an_issue_or_a_message(names: dict[str, str], quoted: bool) -> None:
    now = datetime.datetime(2027, 1, 1)
    if quoted:  # as most messages have a name
        names["message"] = f"hardcoded secret in `{names['message']}` (32 characters)"
    row = {**names, "rule": "hardcoded-secret", "clause": "C2", "line": 3, "first_seen": now}
    run = {"run": 2, "started": now, "palint": "1", "complete": False}
    ending = {**row, "until": "2027-02-01", "ended": False}
    said = io.StringIO()
    changes = [{**row, "change": change} for change in ("new", "fixed")]
    whole = summary.Summary(run, run, "", (), {}, (), (), (), (), changes, [ending], [row], ())
    reports.write_markdown(whole, said)
    for text in (tickets.body([row]), said.getvalue()):
        inert(text.removeprefix("<!-- palint fleet tickets -->\n"))


@pytest.mark.parametrize("text", ["=1+1", " =1", "\n@x", "\t+1", "-1", "＝1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    out = io.StringIO()
    reports.write_csv(["name"], [[text]], out)
    assert out.getvalue().split("\n", 1)[1].lstrip('"').startswith("'")


def inert(text: str) -> None:
    """Assert that Markdown has words, code, lists and headings of ours only, and mentions no one."""
    assert escape.escape_controls(text.replace("\n", "")) == text.replace("\n", "")
    allowed = {"paragraph", "bullet_list", "list_item", "heading", "inline"}
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(text):
        assert token.type.removesuffix("_open").removesuffix("_close") in allowed, (token, text)
        words = ""
        for part in token.children or ():
            assert part.type in ("text", "code_inline", "softbreak", "strong_open", "strong_close"), (
                part,
                text,
            )
            words += part.content if part.type == "text" else "`" if part.type == "code_inline" else "\n"
        assert not escape.MENTION.search(words), (words, text)
