"""`curl` and `wget`: the data of a command, however its line is broken."""

from __future__ import annotations

import pytest

from palint.languages import curl

SENT = ("'a b'", '"c $(d "e") f"', "@g", "h")
COMMANDS = (
    ["curl", "-X", "POST", "-d", "'a b'", "--data-raw=c", "https://x.example/?q"],
    ["curl", "-H", "'A: b'", "--json", '"c $(d "e") f"', "https://x.example"],
    ["wget", "--post-data", "h", "-O-", "https://x.example", "-v"],
    ["curl", "--form-escape", "-sd'a b'", "-F", "f=${{ g.h }}", "https://x.example"],
)


def data(text: str) -> list[tuple[list[str], str]]:
    return [([text[a:b] for a, b in each.bodies], each.rest) for each in curl.requests(text)]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("gap", ["  ", "\t", " \\\n", " \\\n    ", " \\\r\n", " \\\r\n  "])
def test_a_line_that_goes_on_is_one_command(words: list[str], gap: str) -> None:
    plain = data(" ".join(words) + "\n")
    assert len(plain) == 1 and plain[0][0], plain
    assert data(gap.join(words) + "\n") == plain
    for end in (";", " | sh", " && x", ")"):
        assert data(gap.join(words) + end + "\n") == plain, end


@pytest.mark.parametrize("lead", ["# ", "  # "])
def test_a_comment_is_none_and_the_next_line_is(lead: str) -> None:
    assert [bodies for bodies, _ in data(f"{lead}curl -d a x\ncurl -d b x\n")] == [["b"]]


@pytest.mark.parametrize("mark", ["EOF", "'EOF'", '"EOF"', "-EOF", "\\EOF"])
def test_a_here_document_is_what_is_sent(mark: str) -> None:
    text = f"curl -d @- https://x.example <<{mark}\none\ntwo\nEOF\ncurl -d b x\n"
    assert [bodies for bodies, _ in data(text)] == [["@-", "one\ntwo\n"], ["b"]]


@pytest.mark.parametrize(
    "script", ["curl -d b x", "cd a && /usr/bin/curl -d b x", "A=1 wget --post-data b x"]
)
def test_a_quoted_script_has_commands(script: str) -> None:
    assert [bodies for bodies, _ in data(f"ssh host '{script}'\nbash -c \"{script}\"\n")] == [["b"], ["b"]]
