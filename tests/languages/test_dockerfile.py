"""Dockerfiles: instructions as BuildKit reads them, each with its place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import dockerfile
from palint.languages.dockerfile import Instruction
from palint.text.source import SourceFile


def parse(text: str) -> list[Instruction]:
    return SourceFile("Dockerfile", text.encode(), encoding="utf-8").parsed_with(dockerfile.parse)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV A=b C=d", [("A", "b"), ("C", "d")]),
        ("ENV A b c", [("A", "b c")]),
        ("env A='b c' D=\"e f\"", [("A", "b c"), ("D", "e f")]),
        ("ENV A=b \\\n  # note\n\n  C=d", [("A", "b"), ("C", "d")]),
        ("ENV A=b\\ c", [("A", "b c")]),
        ("ARG A\nARG B=", [("A", None), ("B", "")]),
        ("ONBUILD ENV A=1", [("A", "1")]),
        ("# escape=`\nENV A=b `\n  C=d\\e", [("A", "b"), ("C", "d\\e")]),
        ("ENV A=\\\nb", [("A", "b")]),
        ("ENV A=''", [("A", "")]),
        ("ENV", []),
        ("ENV A='b", [("A", "'b")]),
        ("# escape=x\nENV A=b \\\n  C=d", [("A", "b"), ("C", "d")]),
    ],
)
def test_variables(text: str, pairs: list[tuple[str, str | None]]) -> None:
    found = [(p.name, p.value) for i in parse(text) for p in i.variables()]
    assert found == pairs


def test_places() -> None:
    text = 'FROM a\nENV A="b c" \\\n    D=e\n'
    pairs = parse(text)[1].variables()
    assert [text[p.start : p.end] for p in pairs] == ['A="b c"', "D=e"]
    assert [text[p.value_start : p.value_end] for p in pairs] == ["b c", "e"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("COPY --from=x a .env /b/", ["--from=x", "a", ".env", "/b/"]),
        ('COPY ["a b", ".env", "/c/"]', ["a b", ".env", "/c/"]),
        ('ADD --chown=1 ["a", "/c/"]', ["a", "/c/"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    made = parse(text)[0].words()
    assert [word.text for word in made] == words
    assert [text[word.start : word.end] for word in made] == words


def test_here_documents_are_no_instructions() -> None:
    text = "RUN <<A cat <<-B\nENV X=1\nA\n\tCOPY .env /\n\tB\nCOPY <<E /f\nENV Y=1\nE\nENV Z=1"
    made = parse(text)
    assert [i.name for i in made] == ["RUN", "COPY", "ENV"]
    assert [text[start:end] for start, end in made[0].heredocs] == ["ENV X=1\n", "\tCOPY .env /\n"]
    assert text[made[0].start : made[0].end].endswith("/\n")


@given(st.text(st.sampled_from("ENV RUNCOPY=ab\"'\\`#<\n\r [],\t"), max_size=80))
def test_offsets_and_never_a_failure(text: str) -> None:
    for instruction in parse(text):
        assert 0 <= instruction.start <= instruction.end <= len(text)
        for pair in instruction.variables():
            assert 0 <= pair.start <= pair.value_start <= pair.value_end <= pair.end + 1 <= len(text) + 1
        for word in instruction.words():
            assert 0 <= word.start <= word.end <= len(text)


@pytest.mark.parametrize("piece", ['"', "'", "\\", "\\\n", "<<A ", "#\n", "a=", "[", '["'])
def test_hostile_text_takes_linear_time(piece: str) -> None:
    began = time.process_time()
    for instruction in parse("ENV a=" + piece * 50_001):
        instruction.variables()
        instruction.words()
    assert time.process_time() - began < 20
