"""Every form of assignment: where its keyword matches, the check of the bytes and the finder agree.

A check that refuses too little only costs time; one that refuses what the finder would take loses a secret.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import prefilter, secrets
from palint.secrets import synthetic
from palint.secrets.candidate import Candidate
from palint.secrets.candidates import FORMS, Form
from palint.secrets.judge import judge
from palint.text.encoding import code_points

BY_ID = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
MATCHERS = {
    form.id: (
        prefilter.compile(form.keywords),
        prefilter.compile([prefilter.head_of(keyword) for keyword in form.keywords]),
    )
    for form in FORMS
}


def ends(form: Form, text: str, *, checked: bool) -> set[int]:
    """Where the form's keywords match, with or without their checks of the bytes."""
    data = text.encode("utf-8", "surrogatepass")
    matcher = MATCHERS[form.id][0 if checked else 1]
    return set(code_points(data, [end for _, end in matcher.scan(data)]))


def found(form: Form, text: str, path: str, *, checked: bool = True) -> set[Candidate]:
    """What the form's finder takes at these matches."""
    places = sorted(ends(form, text, checked=checked))
    return set(form.find(text, places, path)) if places else set()


@BY_ID
@pytest.mark.parametrize("seed", range(3))
def test_a_form_finds_its_examples(form: Form, seed: int) -> None:
    for path, shape in form.examples:
        text, start, end = synthetic.make_with_value(shape, seed)
        assert (start, end) in {(c.start, c.end) for c in found(form, text, path)}, shape


@BY_ID
@pytest.mark.parametrize("seed", range(3))
def test_a_form_refuses_what_is_near_where_its_keyword_matches(form: Form, seed: int) -> None:
    for path, shape in form.near_misses:
        text = synthetic.generate(shape, seed)
        assert ends(form, text, checked=False), f"no keyword matches in {shape}"
        assert not [c for c in found(form, text, path) if judge(text, c, path).is_secret], shape


CHECKED = [form for form in FORMS if not all(isinstance(keyword, str) for keyword in form.keywords)]


@pytest.mark.parametrize("form", CHECKED, ids=lambda form: form.id)
def test_a_check_of_the_bytes_refuses_something(form: Form) -> None:
    """One that refuses nothing is dead weight, and the test below would prove nothing."""
    texts = [synthetic.generate(shape, 1) for _, shape in form.near_misses]
    assert any(ends(form, text, checked=False) - ends(form, text, checked=True) for text in texts)


@pytest.mark.parametrize(
    ("form", "refused", "kept"),
    [
        ("assignment", 'tool --token "$TOKEN"\n', "tool --token {base62:20}\n"),
        ("assignment", "tool --authtoken ${TOKEN}\n", "tool --authtoken {base62:20}\n"),
        ("assignment", "export TOKEN=<token>\nmake all\n", "<token>\n{base62:20}\n</token>"),
        ("assignment", "if check(password):\n    return\n", "password:\n    {base62:20}\n"),
        ("used-value", 'f"Bearer {x}"', 'x = "{base62:40}"\nf"Bearer {x}"'),
        ("used-value", "x = get()\nclient(token=x)", 'x = "{base62:40}"\nclient(token=x)'),
    ],
)
def test_what_is_certainly_no_value_is_refused_on_the_bytes(form: str, refused: str, kept: str) -> None:
    (row,) = (each for each in FORMS if each.id == form)
    kept = kept.replace("{base62:20}", synthetic.generate("{base62:20}", 1))
    kept = kept.replace("{base62:40}", synthetic.generate("{base62:40}", 1))
    assert ends(row, refused, checked=False) and not ends(row, refused, checked=True)
    assert ends(row, kept, checked=True)


BEFORE = st.sampled_from(("", " ", "x, ", "# ", "f(", '{"a": 1, ', "user, ", "<", "#define ", "if ", "-p "))
NAMES = st.sampled_from(
    ("password", "apiKey", "db_token", "SECRET", '"key"', "--token", "monkey", "default", "pw")
)
OPERATORS = st.sampled_from(
    (" = ", ": ", "=", ":=", "(", ", ", " => ", " || ", " == ", ">", "[] = ", " to ", " ")
)
QUOTES = st.sampled_from(('"', "'", "", "`", '("', "{'", "get("))
VALUES = st.sampled_from(
    (
        "Kq7vWz2p9xRt4mN8",
        "letmein7",
        "Sw0rdfish!",
        "get",
        "5170",
        "a7f3c9e1b5d80246",
        "é7Kq",
        "${X}",
        "changeme",
    )
)
AFTER = st.sampled_from(("", '"', "'", "`", '")', "'}", ")", ";", '";', ", ", '", "x"', "\n", '"\n', "</"))
STATEMENTS = st.lists(
    st.tuples(BEFORE, NAMES, OPERATORS, QUOTES, VALUES, AFTER).map("".join), min_size=1, max_size=3
)


@pytest.mark.parametrize("form", CHECKED, ids=lambda form: form.id)
@given(parts=STATEMENTS, path=st.sampled_from(("a.py", "a.yml", "a.js")))
@settings(max_examples=200, deadline=None)
def test_what_the_check_refuses_is_no_secret_to_the_finder(form: Form, parts: list[str], path: str) -> None:
    text = "".join(parts) + "\n"
    refused = ends(form, text, checked=False) - ends(form, text, checked=True)
    if refused:
        known = {(s.start, s.end) for s in secrets.in_line(text, path)}
        lost = [
            text[c.start : c.end]
            for c in form.find(text, sorted(refused), path)
            if judge(text, c, path).is_secret and not any(a < c.end and c.start < b for a, b in known)
        ]
        assert lost == []
