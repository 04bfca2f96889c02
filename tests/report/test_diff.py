"""The diff of fixes: it reads like git's, applies like it, and shows no secret."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.changes.edits import whole
from palint.findings import Edit, Finding, Position, Severity, Span
from palint.report import diff
from palint.secrets.synthetic import generate
from palint.text.source import SourceFile
from tests.changes.test_fixes import edit, finding, planned


def shown(*findings: Finding, files: list[SourceFile], color: bool = False) -> str:
    out = io.StringIO()
    diff.write(planned(*findings, files=files, unsafe=True).changes, findings, out, color=color)
    return out.getvalue()


def test_a_diff_reads_like_git_s() -> None:
    file = SourceFile("a.yml", "".join(f"line {n}\n" for n in range(1, 21)).encode())
    assert shown(
        finding(edit(file, "line 4\n", "")), finding(edit(file, "line 15\n", "line 15\nand\n")), files=[file]
    ) == "\n".join(
        [
            "--- a/a.yml", "+++ b/a.yml",
            "@@ -1,7 +1,6 @@", " line 1", " line 2", " line 3", "-line 4", " line 5", " line 6", " line 7",
            "@@ -13,6 +12,7 @@", " line 13", " line 14", " line 15", "+and", " line 16", " line 17",
            " line 18", "",
        ]
    )  # fmt: skip


@given(st.data())
def test_a_diff_applied_by_git_gives_the_fixed_file(data: st.DataObject) -> None:
    """Nothing here is secret, so the printed diff is the true one; hunks are checked line by line."""
    lines = data.draw(st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=25))
    text = "".join(line + "\n" for line in lines)
    file = SourceFile("a.txt", text.encode())
    places = st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text))), max_size=4)
    edits = [
        Edit(file.span(*sorted(p)), data.draw(st.sampled_from(["", "x", "x\ny\n", "\n"])))
        for p in data.draw(places)
    ]
    findings = [finding(e) for e in edits]
    printed = shown(*findings, files=[file])
    changes = planned(*findings, files=[file]).changes
    expected = changes[0].data.decode() if changes else text
    assert _patched(lines, printed.splitlines()[2:]) == diff.split_lines(expected)


def _patched(old: list[str], patch: list[str]) -> list[str]:
    """What `patch` would make of some lines; every line of a hunk that stays or goes must be there."""
    new, at = [], 0
    for line in patch:
        if line.startswith("@@"):
            before, after = (part.lstrip("-+").split(",") for part in line.split()[1:3])
            begin = int(before[0]) - (before[1] != "0")
            new += old[at:begin]
            at = begin
            assert len(new) == int(after[0]) - (after[1] != "0")
        else:
            if line[0] in " -":
                assert old[at] == line[1:]
                at += 1
            if line[0] in " +":
                new.append(line[1:])
    return new + old[at:]


def test_a_diff_shows_no_secret() -> None:
    """No value of a detector or of the rule alone, on lines that are kept, removed or added."""
    token, phrase = generate("{github_token}"), "only the rule knows this"
    text = f'# {token}\nclient(a="{phrase}", b=1)\n# {phrase}\n'
    file = SourceFile("a.py", text.encode())
    start = text.index(phrase)
    deletion = edit(file, ", b=1", "")
    out = shown(finding(deletion, values=((start, start + len(phrase)),)), files=[file])
    assert phrase not in out and token not in out
    assert f'-client(a="{"*" * len(phrase)}", b=1)' in out
    assert f'+client(a="{"*" * len(phrase)}")' in out


def test_a_diff_escapes_what_a_terminal_obeys() -> None:
    file = SourceFile("\x1b[31m.py", b"\x1b[31mold\n")
    out = shown(finding(edit(file, "old", "new")), files=[file])
    assert "\x1b" not in out and r"-\x1b[31mold" in out
    assert shown(finding(edit(file, "old", "new")), files=[file], color=True).count("\x1b[0m") == 5


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_a_whole_text_is_compared_line_by_line(before: str, after: str) -> None:
    out = io.StringIO()
    diff.write([whole("a.txt", SourceFile("a.txt", before.encode()), after)], (), out)
    assert _patched(diff.split_lines(before), out.getvalue().splitlines()[2:]) == diff.split_lines(after)


def test_a_new_file_comes_from_nowhere() -> None:
    out = io.StringIO()
    diff.write([whole("a.txt", None, "one\ntwo\n")], (), out)
    assert out.getvalue() == "--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1,2 @@\n+one\n+two\n"


@pytest.mark.parametrize(
    ("value", "line", "shown"),
    [
        ("abcdefgh", "x = abcdefgh", "x = ********"),
        ("abcd", "x = abcd", "x = ****"),
        ("abc", "x = abc", "x = abc"),  # too short to be looked for: half of all lines would be stars
        ("abcd\nefghij\nkl", "efghij kl", "****** kl"),
        ("abcdefgh", "abcdefgh, abcdefgh", "********, ********"),
    ],
)
def test_a_value_is_masked_on_every_line(value: str, line: str, shown: str) -> None:
    file = SourceFile("a.py", f"k = '{value}'\n".encode())
    span = Span("a.py", Position(1, 1), Position(1, 2))
    finding = Finding("r", "C2", Severity.ERROR, "m", "h", span, value_ranges=((5, 5 + len(value)),))
    assert diff.masker(file, [finding])(line) == shown
