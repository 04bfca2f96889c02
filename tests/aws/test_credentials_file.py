"""The lines that hold a key's name say all that the whole text says."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from palint_rules.aws_credentials_file import AwsCredentialsFile

from palint.aws.credentials_file import lines_at, settings
from palint.prefilter import head_of

_KEYWORD = re.compile("|".join(map(head_of, AwsCredentialsFile.keywords)), re.IGNORECASE)
_PARTS = (
    "[default]", "\n", "\n", "\r\n", " ", "=", ": ", '"', "'", "# ", "export ", "aws configure set ", "$KEY",
    "value1", "echo ", " >> ~/.aws/credentials", "$env:", "(", ", ", "aws_access_key_id",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY", "aws_session_token=", "cloud.aws.credentials.secret-key", "aws.accessKey", "é",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=40).map("".join))
def test_lines_of_the_hits_are_enough(text: str) -> None:
    lines = lines_at(text, (match.end() for match in _KEYWORD.finditer(text)))
    whole = [(0, len(text))]
    for references in (True, False):
        on_lines = list(settings(text, lines, "", references=references))
        assert on_lines == list(settings(text, whole, "", references=references))


def test_every_line_once() -> None:
    text = "one\ntwo two\n\nlast"
    assert lines_at(text, [7, 5, 11, len(text)]) == [(4, 11), (13, 17)]
    assert lines_at(text, []) == []
