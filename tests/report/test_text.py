"""The text report: what is under which caret, what is cut, and what the last lines say."""

from __future__ import annotations

import io
import re
import time
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.findings import (
    Confidence,
    Edit,
    ExcerptLine,
    Finding,
    Fix,
    Notice,
    Related,
    Results,
    Severity,
    Suppressed,
)
from palint.report import summary, text
from palint.report.groups import group
from palint.report.source_lines import cells
from palint.rule import SITE

from ..conftest import Repository, findings
from .factories import RULES, finding, hostile_findings, results, span, written


def shown(*lines: ExcerptLine, at: tuple[int, int, int], width: int = 80) -> list[str]:
    """The excerpt's lines for a finding at (line, column, end column)."""
    line, column, end = at
    one = finding(excerpt=lines, span=span("app/s3.py", line, column, end), fix_hint="", message="m")
    out = io.StringIO()
    text.write(results(one), {}, out, width=width, quiet=True)
    return out.getvalue().rstrip("\n").split("\n")[2:]


def test_a_finding_over_two_files_reads_as_one() -> None:
    workflow, action = ".github/workflows/ship.yml", ".github/workflows/deploy.yml"
    one = finding(
        workflow,
        "job `ship` has no `id-token: write`",
        fix_hint="Add to the job:\n  permissions:\n    id-token: write",
        span=span(workflow, 4, 3, 7),
        excerpt=(ExcerptLine(3, "jobs:"), ExcerptLine(4, "  ship:"), ExcerptLine(5, "    runs-on: x")),
        related=(
            Related(span(workflow, 12, 5, 9), "which calls this"),
            Related(span(action, 9, 9, 13), "whose step needs it"),
        ),
        related_excerpts=(
            (ExcerptLine(12, "    uses: ./.github/workflows/deploy.yml"),),
            (ExcerptLine(9, "      - uses: aws-actions/configure-aws-credentials@v5"),),
        ),
        fix=Fix((Edit(span(workflow, 5, 1, 1), "x"),), safe=True),
        why="a step signs in with OIDC",
    )
    assert written("text", results(one)) == dedent(
        """\
        error[known-rule]: job `ship` has no `id-token: write` [*]
           ╭─ .github/workflows/ship.yml:4:3
         4 │   ship:
           │   ^^^^
        12 │     uses: ./.github/workflows/deploy.yml
           │     ~~~~ which calls this
           ├─ .github/workflows/deploy.yml:9:9
         9 │       - uses: aws-actions/configure-aws-credentials@v5
           │         ~~~~ whose step needs it
           ├─ why: a step signs in with OIDC
           ╰─ fix: Add to the job:
                permissions:
                  id-token: write

        Found 1 error in 1 file.
        Fix 1 [*] with `palint --fix`.
        Not a secret? End the line with `# palint: ignore[RULE] reason`. About a rule: `palint explain RULE`.
        """
    )


def test_the_first_of_many_places_in_one_file_are_shown() -> None:
    def block(count: int, path: str) -> list[str]:
        others = range(2, count + 2)
        one = finding(
            ".env.example",
            fix_hint="",
            why="",
            span=span(".env.example", 1, 1, 4),
            excerpt=(ExcerptLine(1, "A=*"),),
            related=tuple(Related(span(path, line, 1, 4), "also here") for line in others),
            related_excerpts=tuple((ExcerptLine(line, f"B{line}=*"),) for line in others),
        )
        return [line.partition("│")[2].strip() for line in written("text", results(one)).splitlines()]

    long = block(30, ".env.example")
    assert sum("also here" in line for line in long) == 5
    assert long.index("~~~ also here, and in more places of this file") > long.index("B6=*")
    assert "B7=*" not in long
    assert sum("also here" in line for line in block(5, ".env.example")) == 5
    assert sum("also here" in line for line in block(30, "other.env")) == 30


def test_a_terminal_without_unicode_gets_ascii() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", errors="backslashreplace")
    text.write(results(finding(message="Schlüssel")), {}, out)
    out.flush()
    assert raw.getvalue().decode("ascii").split("\n")[:4] == [
        "error[known-rule]: Schl\\xfcssel",
        "  --> app/s3.py:3:5",
        "3 | k = '****'",
        "  |     ^^^^",
    ]


def test_carets_stand_under_tabs_wide_and_unseen_characters() -> None:
    assert shown(ExcerptLine(1, "\tx = 1"), at=(1, 2, 3)) == ["1 │     x = 1", "  │     ^"]
    assert shown(ExcerptLine(1, "日本 = k"), at=(1, 6, 7)) == ["1 │ 日本 = k", "  │        ^"]
    assert shown(ExcerptLine(1, "日本 = k"), at=(1, 1, 3)) == ["1 │ 日本 = k", "  │ ^^^^"]
    assert shown(ExcerptLine(1, "e\u0301 = k"), at=(1, 6, 7)) == ["1 │ e\u0301 = k", "  │     ^"]
    assert shown(ExcerptLine(1, "\x1b[ = k"), at=(1, 6, 7)) == ["1 │ \\x1b[ = k", "  │         ^"]


def test_a_span_of_no_width_has_one_caret_and_one_of_several_lines_reaches_to_the_end() -> None:
    assert shown(ExcerptLine(1, "abc"), at=(1, 4, 4)) == ["1 │ abc", "  │    ^"]
    one = finding(
        excerpt=(ExcerptLine(1, "a = f("), ExcerptLine(2, "  b)")), span=span("x", 1, 5, 5, 2), fix_hint=""
    )
    assert written("text", results(one)).split("\n")[2:5] == ["1 │ a = f(", "  │     ^^", ""]


def test_a_long_line_is_cut_round_the_span() -> None:
    line = "a" * 500 + "KEY" + "b" * 500
    source, mark = shown(ExcerptLine(1, line), at=(1, 501, 504), width=60)
    assert len(source) <= 60 and source.startswith("1 │ …a") and source.endswith("b…")
    assert mark.index("^") == source.index("KEY") and mark.count("^") == 3


def test_an_excerpt_may_begin_inside_the_line() -> None:
    source, mark = shown(ExcerptLine(1, "xx KEY yy", column=9001), at=(1, 9004, 9007))
    assert source == "1 │ …xx KEY yy"
    assert mark.index("^") == source.index("KEY")


@given(st.text(max_size=40))
def test_cells_end_where_the_text_does(line: str) -> None:
    shown_text, starts = cells(line)
    assert len(starts) == len(line) + 1 and starts == sorted(starts)
    if shown_text.isascii():
        assert starts[-1] == len(shown_text)


@given(hostile_findings(), st.integers(20, 200))
def test_no_excerpt_is_wider_than_the_terminal(one: object, width: int) -> None:
    out = io.StringIO()
    text.write(results(one._replace(related=())), {}, out, width=width)  # type: ignore[attr-defined]
    for line in out.getvalue().split("\n"):
        if re.match(r" *\d+ │ ", line):
            assert cells(line)[1][-1] <= max(width, 32)


def test_help_is_wrapped_for_the_terminal_and_code_in_it_is_not() -> None:
    words, code = "word " * 30, "    " + "code " * 30
    lines = written("text", results(finding(fix_hint=f"{words}\n{code}")), width=60).split("\n")[4:8]
    assert lines[0].startswith("  ╰─ fix: word word") and 50 < len(lines[0]) <= 60
    assert lines[1].startswith("     word word") and 50 < len(lines[1]) <= 60
    assert lines[-1] == f"     {code}".rstrip()


def test_a_finding_about_a_file_names_the_file_alone() -> None:
    one = finding(
        ".env", "`.env` is a dotenv file", span=span(".env", 1, 1, 1), excerpt=(), fix_hint="Delete it."
    )
    assert written("text", results(one)).split("\n")[1:3] == ["  ╭─ .env", "  ╰─ fix: Delete it."]


def test_a_blank_line_between_code_and_words_stays() -> None:
    text = written("text", results(finding(fix_hint="write:\n    a = 1\n\n    b = 2\nand so on")))
    assert "fix: write:\n         a = 1\n\n         b = 2\n     and so on\n" in text


def test_words_alone_are_not_cut() -> None:
    message = "a finding whose message has words only, " * 5
    assert f"{message.strip()}\n" in written("text", results(finding(message=message.strip())))


def test_a_fix_is_printed_once() -> None:
    run = results(finding(), finding("b.py", message="another key"), finding("c.py", fix_hint="Delete it."))
    lines = written("text", run).split("\n")
    assert [line for line in lines if "fix:" in line] == [
        "  ╰─ fix: Read it from Secrets Manager.",
        "  ╰─ fix: as above (app/s3.py:3)",
        "  ╰─ fix: Delete it.",
    ]


def test_findings_of_a_file_with_one_fix_are_one_block() -> None:
    def at(line: int, message: str) -> Finding:
        return finding(message=message, span=span("app/s3.py", line, 1, 2), excerpt=(ExcerptLine(line, "k"),))

    run = group(results(at(3, "a"), at(9, "a"), at(30, "b")))
    assert written("text", run).split("\n")[:9] == [
        "error[known-rule]: a, and 2 more in this file",
        "   ╭─ app/s3.py:3:1",
        " 3 │ k",
        "   │ ^",
        " 9 │ k",
        "   │ ^",
        "30 │ k",
        "   │ ^ b",
        "   ╰─ fix: Read it from Secrets Manager.",
    ]
    assert "Found 3 errors in 1 file." in written("text", run)


def test_low_confidence_is_marked() -> None:
    one = finding(confidence=Confidence.LOW, severity=Severity.WARNING)
    assert written("text", results(one)).startswith("warning[known-rule]: hardcoded AWS key (low confidence)")
    assert written("concise", results(one)).startswith(
        "app/s3.py:3:5: warning: hardcoded AWS key [known-rule] (low confidence)"
    )


def test_suppressions_of_this_change_are_shown() -> None:
    run = results(suppressed=(Suppressed(finding(), "made up", "a.py:3", True), Suppressed(finding(), "old")))
    assert written("text", run).split("\n")[:2] == [
        "suppressed by this change app/s3.py:3:5: error: hardcoded AWS key [known-rule] (made up)",
        "",
    ]


def test_rule_names_link_to_their_pages() -> None:
    page = f"{SITE}rules/known-rule/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RULES["known-rule"], "url", classmethod(lambda cls: page))
        shown_text = written("text", results(finding()), color=True, links=True)
    assert f"\x1b]8;;{page}\x1b\\known-rule\x1b]8;;\x1b\\" in shown_text


def test_a_hook_names_the_program_by_its_path() -> None:
    shown_text = written("text", results(finding()), program="/cache/bin/palint")
    assert "`/cache/bin/palint explain RULE`" in shown_text


def test_color_changes_nothing_but_color() -> None:
    run = results(finding(), finding(severity=Severity.WARNING), notices=(Notice("a", "too-large", "big"),))
    colored = written("text", run, color=True)
    assert "\x1b[1;31m" in colored and "\x1b[1;33m" in colored
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == written("text", run)


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        (results(), ["No findings: 12 files checked with 1 rule in 0.2 s."]),
        (
            results(files=1, notices=(Notice("a", "too-large", "big"),)),
            [
                "a: not fully checked: big [too-large]",
                "",
                "1 file checked with 1 rule in 0.2 s.",
                "Incomplete: 1 file was not fully checked (exit code 2).",
            ],
        ),
        (
            results(suppressed=(Suppressed(finding(), "r"),), baselined=(finding(), finding())),
            [
                "No findings: 12 files checked with 1 rule in 0.2 s.",
                "Accepted: 1 suppressed, 2 in the baseline.",
            ],
        ),
    ],
)
def test_the_last_lines(run: Results, expected: list[str]) -> None:
    assert written("text", run).rstrip("\n").split("\n") == expected
    if not run.notices:
        assert written("text", run, quiet=True) == ""


def test_verbose_names_what_is_silenced_and_why() -> None:
    run = results(suppressed=(Suppressed(finding(), "made up"),), baselined=(finding("b.py"),))
    assert written("text", run, verbose=True).split("\n")[:2] == [
        "suppressed app/s3.py:3:5: error: hardcoded AWS key [known-rule] (made up)",
        "in the baseline b.py:3:5: error: hardcoded AWS key [known-rule]",
    ]


def test_concise_is_a_line_a_finding() -> None:
    unsafe = Fix((Edit(span("app/s3.py", 3, 5, 9), ""),))
    assert written("concise", results(finding(fix=unsafe)), quiet=True) == (
        "app/s3.py:3:5: error: hardcoded AWS key [known-rule] [+]\n"
    )


def test_twenty_thousand_findings_are_written_in_full_and_fast() -> None:
    run = results(*(finding(f"f{n}.py") for n in range(20_000)))
    begin = time.process_time()
    assert written("text", run).count("error[known-rule]") == 20_000
    assert time.process_time() - begin < 20  # seconds; 0.7 here


def test_many_notices_that_lose_nothing_are_counted() -> None:
    notes = [Notice(f"{n}.yaml", "parse-fallback", "is a template") for n in range(40)]
    lost = [Notice(f"{n}.yml", "unparsed", "line 1: broken") for n in range(40)]
    folded_ = summary.collapse_notices([*notes, *lost])
    assert [n for n in folded_ if n.kind == "unparsed"] == lost
    assert [n.message for n in folded_ if not n.path] == ["35 more files of this kind; `-v` lists them"]
    assert len([n for n in folded_ if n.kind == "parse-fallback" and n.path]) == 5
    assert summary.collapse_notices(notes[:5]) == notes[:5]
    of_history = summary.collapse_notices(lost[:6], incomplete=True)
    assert of_history[:5] == lost[:5]
    assert [n.message for n in of_history[5:]] == ["1 more file of this kind; `-v` lists them"]


def test_a_name_is_whole_in_json_and_cut_where_a_line_has_no_room(repo: Repository) -> None:
    """Names differ at their ends; only one of more than 200 characters is cut everywhere."""
    long, huge = "MOBILE_" * 9 + "SIGNING_KEY", "HUGE_" * 60 + "KEY"
    steps = "".join(f"      - run: x ${{{{ secrets.{name} }}}}\n" for name in (long, huge))
    repo.write(".github/workflows/a.yml", f"on: push\njobs:\n  build:\n    runs-on: x\n    steps:\n{steps}")
    first, second = (finding["message"] for finding in findings(repo.palint("--format", "json")))
    assert f"`{long}`" in first and huge[:200] in second and huge[:201] not in second
    for options in ([], ["--format", "concise"]):
        text = repo.palint(*options).stdout
        assert re.search(r"`MOBILE_\w*\.\.\.\w*NING_KEY`: keep it in AWS Secrets Manager", text)
    said = "`deploy.yml`, which needs `id-token: write`" + ", but no permission grants it" * 2
    assert summary.short_message(said) == said  # no name, but what to write
    two = "`.env.example` sets values for `AUTH_CODE_CLIENT_SECRET`, `CLIENT_CREDS_CLIENT_SECRET` and 4 more"
    short = "`.env.example` sets values for `AUTH_CO..._SECRET`, `CLIENT_..._SECRET` and 4 more"
    assert summary.short_message(two, len(short)) == short  # neither is cut to nothing


@given(st.lists(st.text("ab`_ ", max_size=80), max_size=4).map(" uses ".join))
def test_a_short_message_keeps_all_but_the_middle_of_names(message: str) -> None:
    short = summary.short_message(message)
    assert short == message if len(message) <= summary.MAX_MESSAGE else len(short) <= len(message)
    names = re.compile(r"`[^`]*`")
    assert names.sub("``", short) == names.sub("``", message)  # what is between two names stays


def test_the_question_is_about_secrets_where_one_finding_is() -> None:
    about_workflow, about_secret = finding(clause="C4"), finding("b.py")
    assert summary.next_steps(results(about_workflow, about_secret))[-1].startswith("Not a secret?")
    assert summary.next_steps(results(about_workflow))[-1].startswith("Intended?")


def test_the_comment_to_write_is_one_of_the_files_language() -> None:
    def said(*paths: str) -> str:
        found = [finding(path, span=span(path, 1, 1, 4)) for path in paths]
        return summary.next_steps(results(*found))[-1].removeprefix("Not a secret? ").partition(". ")[0]

    assert said("a.py") == "End the line with `# palint: ignore[RULE] reason`"
    assert said("a.py", "b.rb", "c.js") == f"{said('a.py')} (javascript: `// …`)"
    assert said("a.py", "b.js", "c.go", "d.sql", "e.html").startswith(said("b.js"))
    assert said("a.py", "b.js", "c.go", "d.sql", "e.html").endswith(
        "(python: `# …`; sql: `-- …`; html: `<!-- … -->`)"
    )
    assert said("b.js") == "End the line with `// palint: ignore[RULE] reason`"
    assert said("Info.plist") == "End the line with `<!-- palint: ignore[RULE] reason -->`"
    assert said("Dockerfile") == "Write `# palint: ignore[RULE] reason` alone on the line above"
    assert said("Dockerfile", "a.py").endswith("reason` (dockerfile: alone on the line above)")
    assert said("Dockerfile", "b.js", "c.go").endswith("(dockerfile: `# …` alone on the line above)")
    assert said("a.py", "a.json").endswith("reason` (json: an `[[allow]]` in `palint.toml`)")
    assert said(".env") == said("Dockerfile") and said("Dockerfile", ".env").startswith("Write")
    about_file = results(finding(".env", span=span(".env", 1, 1, 1), excerpt=()))
    assert "reason` as the first line." in summary.next_steps(about_file)[-1]
    no_excerpts = results(finding(".env", span=span(".env", 6, 1, 4), excerpt=()))
    assert "reason` alone on the line above." in summary.next_steps(no_excerpts)[-1]
    assert said("a.json") == "Accept it with an `[[allow]]` in `palint.toml`"
