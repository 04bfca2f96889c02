"""Python 2 and templates of Python, as text of equal width that parses."""

from __future__ import annotations

import ast

import pytest

from palint.languages import python
from palint.languages.python_dialects import as_python_3
from palint.text.source import ParseError, SourceFile


@pytest.mark.parametrize(
    "text",
    [
        'print "a", b',
        "print >>stream, `a`",
        "print a,",
        "print not a",
        "if a: print b",
        "exec code in names",
        'exec "x = 1"',
        'raise Error, "text"',
        "try:\n    a()\nexcept (A, b.B), error:\n    print `error`",
        "try:\n    a()\nexcept A, (number, text):\n    print number",
        "a = 0777 + 10L + 0xFFL",
        "a <> b",
        'a = ur"a"',
        "f(async=True)",
        "{% if a %}\nb = 1\n{%- else -%}\nb = 2\n{% endif %}",
        "a = b{% if c == 'd' %} + 1{% endif %}",
        "from {{ cookiecutter.name }}.a import b",
        "import {{name|lower}}_x",
        "{# a comment #}\na = 1",
        '# -*- coding: utf-8 -*-\nprint u"ü", "🐍"; a = {"b": 1}',
    ],
)
def test_it_parses_and_keeps_every_place(text: str) -> None:
    with pytest.raises(ParseError):
        python.tree(text)
    rewritten = as_python_3(text)
    assert len(rewritten) == len(text)
    assert [len(line) for line in rewritten.split("\n")] == [len(line) for line in text.split("\n")]
    assert ast.dump(python.any_dialect(text)) == ast.dump(ast.parse(rewritten))


@pytest.mark.parametrize(
    "text",
    [
        's = "print x {% if a %} {{ b }} 0777 `c` except A, e:"',
        "'''\nprint x\n{% if a %}\n'''",
        "# print x, `y` and 10L",
        "print(x)\nprint (x), y\nprint = 1\na.print",
        "raise Error(a, b)\nexcept_ = 1\na = 0.5 + 00 + 1_000",
        "{{1}}\nprintx = 1",
        "try:\n    pass\nexcept (A, B):\n    pass",
    ],
)
def test_python_3_stays_as_it_is(text: str) -> None:
    assert as_python_3(text) == text


@pytest.mark.parametrize(
    "hiding",
    [
        '{{ boto3.client("s3", aws_access_key_id=key) }}',
        '{% if a %} boto3.client("s3", aws_access_key_id=key)',
        '`boto3.client("s3", aws_access_key_id=key)`',
        'print boto3.client("s3", aws_access_key_id=key)',
    ],
)
def test_no_call_goes_with_what_is_replaced(hiding: str) -> None:
    assert 'boto3.client("s3", aws_access_key_id=key)' in as_python_3(hiding)


def test_places_are_of_the_file() -> None:
    file = SourceFile("a.py", 'print u"ü", boto3.client("s3", aws_access_key_id=key)\n'.encode())
    module = file.parsed_with(python.module)
    (call, _), *_ = module.calls
    start, end = module.offsets(call)
    assert file.text[start:end] == 'boto3.client("s3", aws_access_key_id=key)'


def test_a_file_of_no_dialect_makes_the_run_incomplete() -> None:
    file = SourceFile("a.py", b'print "x"\nx = = 1\n')
    with pytest.raises(ParseError) as raised:
        file.parsed_with(python.module)
    assert raised.value.line == 2
    assert [notice.kind for notice in file.notices] == ["unparsed"]
