"""The values of call arguments in Python: what is literal, what is interpolated, what is unknown."""

from __future__ import annotations

import pytest

from palint.languages import calls
from palint.languages.value import INTERPOLATION as X
from palint.text.source import SourceFile


@pytest.mark.parametrize(
    ("argument", "kind", "text"),
    [
        ("'a'", "text", "a"),
        ("'a' 'b'", "text", "ab"),
        ("'a' + 'b'", "text", "ab"),
        ("'a' + x", "template", f"a{X}"),
        ("x + 'a'", "template", f"{X}a"),
        ("'a' + x + 'b'", "template", f"a{X}b"),
        ("x + 'a' + y", "template", f"{X}a{X}"),
        ("x + y", "other", "x + y"),
        ("x + y + z", "other", "x + y + z"),
        ("x - 'a'", "other", "x - 'a'"),
        ("f'a{x}b{y}'", "template", f"a{X}b{X}"),
        ("f'a'", "text", "a"),
        ("f'a{x}' + 'b'", "template", f"a{X}b"),
        ("'%s-a-%(n)d' % x", "template", f"{X}-a-{X}"),
        ("'{}-a-{n!r}'.format(x)", "template", f"{X}-a-{X}"),
        ("'a'.format()", "text", "a"),
        ("x % 'a'", "other", "x % 'a'"),
        ("x.format('a')", "other", "x.format('a')"),
        ("'a'.join(x)", "other", "'a'.join(x)"),
        ("None", "nothing", "None"),
        ("os.getenv('A')", "environment", "os.getenv('A')"),
        ("os.environ.get('A')", "environment", "os.environ.get('A')"),
        ("os.environ['A']", "environment", "os.environ['A']"),
        ("once", "text", "bound"),
        ("twice", "other", "twice"),
        ("given", "other", "given"),
        ("'a' + f'b{x}'", "template", f"ab{X}"),
        ("1", "other", "1"),
    ],
)
def test_the_value_of_an_argument(argument: str, kind: str, text: str) -> None:
    source = "import os\nonce = 'bound'\ntwice = 'first'\ntwice = 'second'\n"
    source += f"def f(given): called({argument})\n"
    file = SourceFile("a.py", source.encode())
    (call,) = [call for call in calls.calls(file, []) if call.name == "called"]
    ((value,),) = call.given
    assert (value.kind, value.text) == (kind, text)
    written = file.text[value.start : value.end]
    if kind == "text" and "+" not in argument and "(" not in argument:
        assert written in ("a", "a' 'b", "bound")
    elif kind == "template" and argument.startswith("f'a{x}b"):
        assert written == "a{x}b{y}"
    elif kind != "text":
        assert written == argument
