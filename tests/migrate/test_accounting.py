"""Every line of a dotenv file is stored, described, shown as left out, or keeps the file."""

from __future__ import annotations

import io
import re

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from palint.migrate.accounting import Account, account, is_description, spans, unread_lines
from palint.migrate.values import values_by_offset
from palint.secrets import synthetic
from palint.text.source import SourceFile

KEY = synthetic.generate("{base62:64}", 1)
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"
TOKEN = synthetic.generate("{base62:32}", 2)


def accounted(text: str, example_text: str | None = None) -> tuple[Account, dict[str, str]]:
    """The account of a file whose last value of each name is stored, and these values."""
    file = SourceFile(".env", text.encode())
    values = values_by_offset(file, expand=False)
    from palint.dotenv.files import parse

    stored = {v.name: values[v.value_start] for v in parse(file) if values[v.value_start]}
    return account(file, values, stored, example_text), stored


NAMES = st.sampled_from(["A", "B_URL", "DB_PASSWORD", "c.d", "export E"])
VALUES = st.text("ab1 #=\"'$\\-:/", max_size=8)
QUOTED = st.text("ab1 #=\n", max_size=8)
LINES = st.one_of(
    st.builds("{}={}".format, NAMES, VALUES),
    st.builds("{} = '{}' # {}".format, NAMES, QUOTED, VALUES),
    st.builds('{}="{}"'.format, NAMES, QUOTED),
    st.builds("# {}".format, st.text("abc =:1", max_size=12)),
    st.builds("#{}={}".format, NAMES, VALUES),
    st.sampled_from(["", "   ", "#", "KEY=" + PEM, PEM, "A=" + KEY + "\n" + KEY, "# the shop's own account"]),
    st.text("ab =#\t\"'", max_size=10),
)


@given(st.lists(LINES, max_size=8), st.sampled_from(["\n", "\r\n"]), st.sampled_from([None, "", "# A B_URL"]))
@example(["A=1", "A=2", "A="], "\n", None)
def test_each_line_with_text_is_accounted_for(lines: list[str], end: str, example_text: str | None) -> None:
    text = end.join("\n".join(lines).split("\n"))
    found, _ = accounted(text, example_text)
    rows = SourceFile(".env", text.encode()).text.replace("\r\n", "\n").split("\n")
    with_text = {number for number, row in enumerate(rows, 1) if row.strip().strip("#").strip()}
    known = found.stored | found.described.keys() | found.left_out.keys() | set(found.unread)
    assert with_text <= known, [rows[number - 1] for number in with_text - known]


@given(st.lists(LINES, max_size=8))
@example(["A=#b", "B_URL= # c"])
def test_each_value_that_python_dotenv_reads_is_stored_or_shown(lines: list[str]) -> None:
    text = "\n".join(lines)
    found, stored = accounted(text)
    if found.unread:
        return
    loaded = dotenv_values(stream=io.StringIO(text), interpolate=False)
    rows = dict(enumerate(text.split("\n"), 1))
    for name in {name for name, value in loaded.items() if value} - stored.keys():
        assignment = re.compile(rf"\s*(?:export\s+)?'?{re.escape(name)}'?\s*=")
        assert any(assignment.match(rows[number]) for number in found.left_out), name


def test_lines_of_each_kind() -> None:
    found, _ = accounted(
        f"# the shop's own account\n\nA='x\ny' # for tests\nB=\n# OLD={TOKEN}\nC=1\nC=2\n{PEM}\nnonsense\n"
    )
    assert found.described == {1: "the shop's own account", 4: "for tests", 5: "B - has no value"}
    assert found.stored == {3, 4, 8}
    assert list(found.left_out) == [7, 6] and "overrides" in found.left_out[7]
    assert found.unread == (9, 10, 11, 12)


def test_an_existing_example_is_not_changed_so_it_must_have_the_comment() -> None:
    found, _ = accounted("# about a\nA=\n# about b\nB=\n", "# about a\n# A - text\n")
    assert set(found.described) == {1, 2} and set(found.left_out) == {3, 4}


def test_a_comment_that_the_example_has_word_for_word_is_described() -> None:
    found, _ = accounted("A=1\n#export PORT=8000\n#export PORT=9000\n", "#export PORT=8000\n# A - text\n")
    assert set(found.described) == {2} and found.doubtful == {3}


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("the shop's own account, for tests (2 shards)", True),
        ("see https://example.com/docs/setup", True),
        (f"old one: {TOKEN}", False),
        (TOKEN, False),
        ("the password is swordfish", False),
        ("OLD=1", False),
        ("hunter2 is what we use", False),
        ("https://example.com/reset?code=4", False),
    ],
)
def test_only_prose_is_carried_into_a_file_that_is_committed(text: str, prose: bool) -> None:
    assert is_description(text) is prose


def test_a_secret_in_the_place_of_a_name_is_no_assignment() -> None:
    assert unread_lines(SourceFile(".env", f"A=1\n{KEY}=\n".encode())) == [2]


def test_lines_are_shown_as_ranges() -> None:
    assert spans([7, 1, 2, 3, 5]) == "1-3, 5, 7"
