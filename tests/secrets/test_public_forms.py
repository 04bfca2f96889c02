"""Public forms: their values are not reported; `test_filters` has the examples on both sides."""

from __future__ import annotations

import pytest

from palint import secrets
from palint.secrets.filters.filter import Filter
from palint.secrets.filters.public_forms import PUBLIC_FORMS
from palint.secrets.synthetic import generate


@pytest.mark.parametrize("form", PUBLIC_FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("line", ['api_secret = "{}"', "API_TOKEN: {}", '"password": "{}",'])
def test_what_is_public_by_form_is_no_secret_under_any_name(form: Filter, line: str) -> None:
    for example in form.drops:
        assert secrets.in_line(line.format(example), "a.yml") == []


@pytest.mark.parametrize(("private", "found"), [("", 0), (',"d":"{base64url:43}"', 1)])
@pytest.mark.parametrize("is_string", [False, True])
def test_of_a_key_only_the_private_member_is_secret(private: str, found: int, is_string: bool) -> None:
    key = generate('{"kty":"EC","crv":"P-256","x":"{base64url:43}","y":"{base64url:43}"' + private + "}")
    text = 'signingKey: "' + key.replace('"', r"\"") + '"' if is_string else f"signingKey: '{key}'"
    assert len(secrets.in_line(text, "a.yml")) == found
