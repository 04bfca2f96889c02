"""Literal keys in a text, by their form and the name before them."""

from __future__ import annotations

import pytest

from palint.aws import key_names
from palint.secrets.synthetic import generate


@pytest.mark.parametrize("assignment", ["aws_secret_access_key = ", "secretAccessKey: ", "AWS_SECRET_KEY="])
def test_a_secret_key_is_found_by_its_name(assignment: str) -> None:
    key, secret = generate("{aws_access_key_id}"), generate("{aws_secret_access_key}")
    text = f'id = "{key}"\n{assignment}"{secret}"\nother = "{secret}"\n'
    found = [(text[start:end], part) for start, end, _, part in key_names.literals(text, 0, len(text))]
    assert found == [(key, "id"), (secret, "secret")]
