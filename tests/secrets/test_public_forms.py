"""Public forms: each row's pattern has its examples on both sides, and its values are not reported."""

from __future__ import annotations

import re

import pytest

from palint import secrets
from palint.secrets.public_forms import PUBLIC_FORMS, PublicForm
from palint.secrets.synthetic import generate


@pytest.mark.parametrize("form", PUBLIC_FORMS, ids=lambda form: form.id)
def test_a_form_has_its_examples_and_not_what_is_near(form: PublicForm) -> None:
    pattern = re.compile(form.pattern)
    assert form.examples and form.near_misses and form.source
    assert [text for text in form.examples if not pattern.match(text)] == []
    assert [text for text in form.near_misses if pattern.match(text)] == []


@pytest.mark.parametrize("form", PUBLIC_FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("line", ['api_secret = "{}"', "API_TOKEN: {}", '"password": "{}",'])
def test_what_is_public_by_form_is_no_secret_under_any_name(form: PublicForm, line: str) -> None:
    for example in form.examples:
        assert secrets.in_line(line.format(example), "a.yml") == []


@pytest.mark.parametrize(("private", "found"), [("", 0), (',"d":"{base64url:43}"', 1)])
@pytest.mark.parametrize("is_string", [False, True])
def test_of_a_key_only_the_private_member_is_secret(private: str, found: int, is_string: bool) -> None:
    key = generate('{"kty":"EC","crv":"P-256","x":"{base64url:43}","y":"{base64url:43}"' + private + "}")
    text = 'signingKey: "' + key.replace('"', r"\"") + '"' if is_string else f"signingKey: '{key}'"
    assert len(secrets.in_line(text, "a.yml")) == found


def test_ids_are_unique() -> None:
    assert len({form.id for form in PUBLIC_FORMS}) == len(PUBLIC_FORMS)
