"""Every form of assignment: what it finds, and what it refuses where its keyword matches.

The check of the bytes is the form's finder and the filters. That they agree depends on positions alone: those
of the bytes and of the text, with letters of several bytes and in any encoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint import prefilter
from palint.secrets import synthetic
from palint.secrets.candidate import Candidate
from palint.secrets.candidates import FORMS, Form, by_keyword
from palint.secrets.judge import judge
from palint.text.encoding import code_points
from palint.text.source import SourceFile
from tests.secrets import corpus

# Further examples and near misses of forms
FURTHER: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]] = {
    "assignment": (
        [
            ("a.py", 'password = other = "«{base62:20}»"'),
            ("a.sh", 'PASSWORD="$(echo «{base62:20}»)"'),
            ("a.sh", "PASSWORD=`echo «{base62:20}»`"),
            ("a.sh", 'read -r DB_PASSWORD <<< "«{base62:20}»"'),
            ("a.js", "const it = {'it\"s': 1, \"password\": \"«{base62:20}»\"};"),
            ("a.py", "# don't: password = '«,{base62:20}»'"),
            ("a.go", 'setSecret("" + "«{base62:20}»")'),
            ("a.js", 'password = a == mode ? b : "«{base62:20}»"'),
        ],
        [("setup.py", "requires=['secrets=={digits:2}.5', 'otherlib{digits:4}']")],
    ),
    "address": (
        [("a.go", '"see http://shop.io/x app:«{base62:20}»@tcp(db)/app"')],
        [("a.xcf", "\x02\x07redis://é:{base62:20}@="), ("a.xcf", "\x02\x07redis://\x1d:{base62:20}@=")],
    ),
    "default-below-name": (
        [("a.tf", 'variable "db_password" {\n  default = <<EOT\n«{base62:20}»\nEOT\n}')],
        [
            ("a.tf", 'locals { password = {} }\n  default = "{base62:20}"'),
            ("a.yml", "password\n  default: {base62:20}"),
        ],
    ),
    "used-value": (
        [], [("a.py", 'xx = "{base62:40}"\nget(url, headers={"Authorization": f"Bearer {x}"})')]
    ),
}  # fmt: skip
BY_ID = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)


@cache
def matcher(form: Form, *, checked: bool) -> prefilter.Matcher:
    if checked:
        return prefilter.compile(tuple(by_keyword((form,))))
    return prefilter.compile([prefilter.head_of(keyword) for keyword in form.keywords])


def ends(form: Form, text: str, path: str, *, checked: bool) -> set[int]:
    """Where the form's keywords match, with or without their checks of the bytes."""
    data = text.encode("utf-8", "surrogatepass")
    return set(code_points(data, [end for _, end in matcher(form, checked=checked).scan(data, path)]))


def candidates(form: Form, text: str, places: Iterable[int], path: str) -> Iterator[Candidate]:
    """What the form's finder takes at matches that end there, before any filter."""
    for at in places:
        for start, end, key, syntax in form.find(text, at, path):
            yield Candidate(start, end, form.source, syntax, key)


def found(form: Form, text: str, path: str, *, checked: bool = True) -> set[Candidate]:
    """What the form's finder takes at these matches."""
    return set(candidates(form, text, sorted(ends(form, text, path, checked=checked)), path))


@BY_ID
@pytest.mark.parametrize("seed", range(3))
def test_a_form_finds_its_examples(form: Form, seed: int) -> None:
    for path, shape in (*form.examples, *FURTHER.get(form.id, ([], []))[0]):
        text, start, end = synthetic.make_with_value(shape, seed)
        assert (start, end) in {(c.start, c.end) for c in found(form, text, path)}, shape


@BY_ID
@pytest.mark.parametrize("seed", range(3))
def test_a_form_refuses_what_is_near_where_its_keyword_matches(form: Form, seed: int) -> None:
    for path, shape in (*form.near_misses, *FURTHER.get(form.id, ([], []))[1]):
        text = synthetic.generate(shape, seed)
        assert ends(form, text, path, checked=False), f"no keyword matches in {shape}"
        assert not [c for c in found(form, text, path) if judge(text, c, path).is_secret], shape


@BY_ID
def test_a_check_of_the_bytes_refuses_something(form: Form) -> None:
    """One that refuses nothing is dead weight, and the test below would prove nothing."""
    texts = [(path, synthetic.generate(shape, 1)) for path, shape in form.near_misses]
    assert any(ends(form, t, path, checked=False) - ends(form, t, path, checked=True) for path, t in texts)


@pytest.mark.parametrize(
    ("form", "refused", "kept"),
    [
        ("option", 'tool --token "$TOKEN"\n', "tool --token {base62:20}\n"),
        ("option", "tool --authtoken ${TOKEN}\n", "tool --authtoken {base62:20}\n"),
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
    assert ends(row, refused, "a.py", checked=False) and not ends(row, refused, "a.py", checked=True)
    assert ends(row, kept, "a.yml", checked=True)


BEFORE = st.sampled_from(
    ("", " ", "é ", "密" * 9, "x, ", "# ", "f(", '{"a": 1, ', "user, ", "<", "#define ", "if ", "-p ")
)
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


@BY_ID
@given(parts=STATEMENTS, path=st.sampled_from(("a.py", "a.yml", "a.js")))
@settings(max_examples=50, deadline=None)
def test_what_the_check_refuses_is_no_secret_to_the_finder(form: Form, parts: list[str], path: str) -> None:
    text = "".join(parts) + "\n"
    refused = ends(form, text, path, checked=False) - ends(form, text, path, checked=True)
    assert not [c for c in candidates(form, text, refused, path) if judge(text, c, path).is_secret]


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("size", [0, 4093, 4096, 9000])
def test_a_value_is_found_after_letters_of_several_bytes(size: int, encoding: str) -> None:
    text, start, end = synthetic.make_with_value('password = "«{base62:20}»"', 1)
    before = "é" * size + "\n"
    file = SourceFile("a.py", (before + text).encode(encoding))
    (form,) = (each for each in FORMS if each.id == "assignment")
    hits = matcher(form, checked=True).scan(file.utf8, file.path)
    places = file.offsets([place for _, place in hits])
    assert [(c.start - size - 1, c.end - size - 1) for c in candidates(form, file.text, places, "a.py")] == [
        (start, end)
    ]


def test_what_the_check_refuses_on_real_lines_is_no_secret() -> None:
    lost = []
    heads = prefilter.compile(
        tuple(dict.fromkeys(prefilter.head_of(k) for form in FORMS for k in form.keywords))
    )
    for path, line in corpus.lines(share=60):
        file = SourceFile(path.rpartition("/")[2], (line + "\n").encode("utf-8", "surrogatepass"))
        if not heads.scan(file.utf8):
            continue
        for form in FORMS:
            every = ends(form, file.text, file.path, checked=False)
            refused = every and every - ends(form, file.text, file.path, checked=True)
            for c in candidates(form, file.text, refused, file.path):
                if judge(file.text, c, file.path).is_secret:
                    lost.append((form.id, path, line.strip()[:120]))
    assert not lost
