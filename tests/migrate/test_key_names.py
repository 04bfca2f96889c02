"""The name of a hardcoded value: from what assigns it, and none where nothing does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.migrate.key_names import Literal, javascript_literals, key_name, python_literals
from palint.text.source import SourceFile

VALUE = "<a value>"


def literal(path: str, text: str) -> Literal | None:
    """The literal that contains VALUE."""
    file = SourceFile(path, text.encode())
    start = text.index(VALUE)
    find = python_literals if path.endswith(".py") else javascript_literals
    (found,) = find(file, [(start, start + len(VALUE))])
    if found is not None:
        quoted = text[found.start : found.end]
        assert VALUE in quoted and quoted[-1] in "\"'`" and quoted.lstrip("bBrRuU")[0] == quoted[-1]
    return found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("dbPassword", "DB_PASSWORD"), ("db-password", "DB_PASSWORD"), ("_key_", "KEY"),
        ("HTTPToken", "HTTPTOKEN"),
        ("s3Key2", "S3_KEY2"), ("a.b c", "A_B_C"), ("A__B", "A_B"), ("", ""), ("é", ""),
    ],
)  # fmt: skip
def test_words_become_a_variables_name(text: str, name: str) -> None:
    assert key_name(text) == name


@given(st.text(max_size=20))
def test_any_text_becomes_words_in_capitals(text: str) -> None:
    name = key_name(text)
    assert name == "" or (name.replace("_", "").isalnum() and name == name.upper() and name.isascii())
    assert not name.startswith("_") and not name.endswith("_") and "__" not in name


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        ("github_token = '<a value>'", "GITHUB_TOKEN", False),
        ("github_token: str = '<a value>'", "GITHUB_TOKEN", False),
        ("config.apiSecret = '<a value>'", "API_SECRET", False),
        ("config['stripe-key'] = '<a value>'", "STRIPE_KEY", False),
        ("é = 1; X_TOKEN = b'''<a value>'''", "X_TOKEN", False),
        ("call(auth_token='<a value>')", "AUTH_TOKEN", False),
        ("config('ADMIN_PASSWORD', default='<a value>')", "ADMIN_PASSWORD", True),
        ("x = {'smtp': {'password': '<a value>'}}", "SMTP_PASSWORD", False),
        ("x = {'password': '<a value>'}", "X_PASSWORD", False),
        ("password = '<a value>'", "PASSWORD", False),
        ("client = connect(password='<a value>')", "CLIENT_PASSWORD", False),
        ("x = os.getenv('API_LOGIN', '<a value>')", "API_LOGIN", True),
        ("x = os.getenv('API_LOGIN') or '<a value>'", "API_LOGIN", True),
        ("x = os.getenv('api', '<a value>')", "X", False),
        ("x = call('<a value>', 'API_LOGIN')", "X", False),
        ("x = a or '<a value>'", "X", False),
        ("if given_token == '<a value>': pass", "GIVEN_TOKEN", False),
        ("def f(a, b='x', *, c_login='<a value>', d='y'): pass", "C_LOGIN", False),
        ("def f(a, b, c_login='<a value>'): pass", "C_LOGIN", False),
        ("def f(a, /, c_login='<a value>', d='y'): pass", "C_LOGIN", False),
        ("class A:\n    x_login = '<a value>'", "X_LOGIN", False),
        ("class token_class:\n    def f(self):\n        return '<a value>'", "", False),
        ("def f():\n    password = '<a value>'", "PASSWORD", False),
        ("print('<a value>')", "", False),
        ("x = ['<a value>']", "X", False),
        ("x = r'<a value>'", "X", False),
        ("x = 'it\\'s <a value>'", "X", False),
        ("f(**{'password': '<a value>'})", "PASSWORD", False),
        ("x = {'<a value>': 1, k: 2}", "X", False),
        ("x = {k: '<a value>'}", "X", False),
        ("x = os.getenv(name, '<a value>')", "X", False),
        ("x[k] = '<a value>'", "", False),
    ],
)
def test_python(text: str, name: str, default: bool) -> None:
    found = literal("a.py", text + "\n")
    assert found is not None and (found.name, found.default) == (name, default)


@pytest.mark.parametrize(
    "text",
    [
        "x = f'<a value> {y}'",
        "'<a value>'",
        "x = 'a' '<a value>'",
        "x = 1  # <a value>",
        "x = ('a'\n'<a value>')",
    ],
)
def test_python_that_is_no_plain_literal(text: str) -> None:
    assert literal("a.py", text + "\n") is None


@pytest.mark.parametrize(
    ("text", "name", "default"),
    [
        ("const githubToken = '<a value>';", "GITHUB_TOKEN", False),
        ("let x; x.apiLogin = `<a value>`;", "API_LOGIN", False),
        ("const x = { smtp: { password: '<a value>' } };", "SMTP_PASSWORD", False),
        ("const x = { 'api-login': \"<a value>\" };", "API_LOGIN", False),
        ("const password = '<a value>';", "PASSWORD", False),
        ("const x = process.env.API_LOGIN || '<a value>';", "API_LOGIN", True),
        ("const x = process.env['API_LOGIN'] ?? '<a value>';", "API_LOGIN", True),
        ("const x = other || '<a value>';", "X", False),
        ("const x = 'a' + '<a value>';", "X", False),
        ("const x = get('API_LOGIN', '<a value>');", "API_LOGIN", False),
        ("const x = get('api', '<a value>');", "X", False),
        ("class A { stripeLogin = '<a value>'; }", "STRIPE_LOGIN", False),
        ("function f(apiLogin = '<a value>') {}", "API_LOGIN", False),
        ("function token() { return '<a value>'; }", "", False),
        ("const x = ['<a value>'];", "X", False),
        ("const x = { ['<a value>']: 1 };", "X", False),
        ("x['<a value>'] = 1;", "", False),
        ("const [a] = f('b', '<a value>');", "A", False),
        ("const {} = '<a value>';", "", False),
    ],
)
def test_javascript(text: str, name: str, default: bool) -> None:
    found = literal("a.js", text + "\n")
    assert found is not None and (found.name, found.default) == (name, default)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.js", "const x = `<a value> ${y}`;"),
        ("a.js", "import x from '<a value>';"),
        ("a.js", "'<a value>';"),
        ("a.js", "const x = {'<a value>': 1};"),
        ("a.jsx", "const x = <a b='<a value>'/>;"),
        ("a.js", "// <a value>"),
        ("a.js", "const x = 1 /* <a value> */;"),
        ("a.ts", "type X = '<a value>';"),
    ],
)
def test_javascript_that_is_no_plain_literal(path: str, text: str) -> None:
    assert literal(path, text + "\n") is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("class A { private apiLogin: string = '<a value>'; }", "API_LOGIN"),
        ("function f(apiLogin: string = '<a value>') {}", "API_LOGIN"),
        ("const apiLogin: string = '<a value>';", "API_LOGIN"),
    ],
)
def test_typescript(text: str, name: str) -> None:
    found = literal("a.ts", text + "\n")
    assert found is not None and found.name == name


def test_a_value_is_never_its_own_name() -> None:
    file = SourceFile("a.js", b"get('ABCDEFGH_1234');\n")
    (found,) = javascript_literals(file, [(5, 18)])
    assert found is not None and found.name == ""


def test_several_places_are_answered_in_their_order() -> None:
    text = "b_login = 'second'\na_login = 'first'\n# none\n"
    places = [(text.index(word), text.index(word) + len(word)) for word in ("first", "none", "second")]
    found = python_literals(SourceFile("a.py", text.encode()), places)
    assert [each and each.name for each in found] == ["A_LOGIN", None, "B_LOGIN"]
