"""The shell lexer: words as `shlex` and sh understand them, offsets, here-documents, and linear time."""

from __future__ import annotations

import shlex
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from palint.languages import shell


def words(text: str) -> list[list[str]]:
    return [[word.text for word in command.words] for command in shell.commands(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b; c && d | e & f", [["a", "b"], ["c"], ["d"], ["e"], ["f"]]),
        ("a \\\n  b # c\nd", [["a", "b"], ["d"]]),
        ("a 'b c' \"d $E\" f\\ g", [["a", "b c", "d $E", "f g"]]),
        ('source "$(dirname "$0")/.env"', [["source", "$()/.env"], ["dirname", "$0"]]),
        ("x=`a b` c", [["x=$()", "c"], ["a", "b"]]),
        ("export $(cat .env | xargs)", [["export", "$()"], ["cat", ".env"], ["xargs"]]),
        ("a#b c", [["a#b", "c"]]),
        ("a &> b c; d", [["a", "c"], ["d"]]),
        (f"{'$(' * 60}a{')' * 60}", [["$()"]] * 51),
        ("\x0ca", [["\x0ca"]]),
    ],
)
def test_words(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


@given(st.text(st.sampled_from("ab \"'\\"), max_size=20))
def test_quoting_is_that_of_shlex(text: str) -> None:
    try:
        expected = shlex.split(text)
    except ValueError:
        assume(False)
    found = [word for command in words(text) for word in command]
    assert found == expected


@given(st.text(st.sampled_from("ab$(){}`'\"\\ \n\t;&|<>#=\x0c\u2028\r.1-"), max_size=50))
def test_offsets_and_never_a_failure(text: str) -> None:
    for command in shell.commands(text):
        for word in [*command.words, *(target for _, target in command.redirects)]:
            assert 0 <= word.start < word.end <= len(text)
        for start, end in command.heredocs:
            assert 0 <= start <= end <= len(text)


def test_redirections_and_here_documents() -> None:
    text = "cat <<A <<-'B' > out 2>&1\n1\nA\n\t2\n\tB\nnext >> .env"
    first, last = shell.commands(text)
    assert [text[start:end] for start, end in first.heredocs] == ["1\n", "\t2\n"]
    assert [(o, t.text) for o, t in first.redirects] == [(">", "out"), (">&", "1")]
    assert [(o, t.text) for o, t in last.redirects] == [(">>", ".env")]


@pytest.mark.parametrize(("text", "name"), [("A=1 sudo x y", "x"), ("then . a", "."), ("A=1", "")])
def test_the_name_of_a_command(text: str, name: str) -> None:
    assert next(iter(shell.commands(text))).name() == name


@pytest.mark.parametrize(
    ("word", "literal"), [("a'$b'", True), ('"a"', True), ("a$b", False), ('"`c`"', False)]
)
def test_shell_expansions(word: str, literal: bool) -> None:
    assert next(iter(shell.commands(word))).words[0].literal is literal


@pytest.mark.parametrize(
    "piece", ['"', "'", "`", "$(", '"$(', "(", "\\", "<<A ", "$", "a=$(b ", "<", "\\\n", "${"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    list(shell.commands(piece * 50_001))
    assert time.process_time() - began < 20
