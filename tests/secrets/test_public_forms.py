"""Public forms: each row's pattern has its examples on both sides, and its values are not reported."""

from __future__ import annotations

import re

import pytest

from palint import secrets
from palint.secrets.public_forms import PUBLIC_FORMS, PublicForm


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


def test_ids_are_unique() -> None:
    assert len({form.id for form in PUBLIC_FORMS}) == len(PUBLIC_FORMS)
