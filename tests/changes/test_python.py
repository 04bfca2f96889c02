"""Arguments leave a call with their commas, and nothing else changes."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.changes import python
from palint.changes.python import remove_arguments
from palint.findings import ArgumentRemoval, Finding, Fix, Severity
from palint.text.source import SourceFile


def cut(call: str, indices: set[int]) -> str:
    edits = remove_arguments(call, indices)
    plain = python.plain_edits(python.RemovalRequest(call, tuple(indices))) if indices else None
    assert plain in (None, edits)
    for start, end, text in sorted(edits, reverse=True):
        call = call[:start] + text + call[end:]
    return call


@pytest.mark.parametrize(
    ("call", "indices", "left"),
    [
        ("f(a, b)", {0}, "f(b)"),
        ("f(a, b)", {1}, "f(a)"),
        ("f(a, b,)", {1}, "f(a,)"),
        ("f( a, b )", {0, 1}, "f()"),
        ("f(a, k=(1), j=2)", {1}, "f(a, j=2)"),
        ("f(a, (b), c)", {1, 2}, "f(a)"),
        ("f(\n    a,  # one\n    b,  # two\n    c,\n)", {1}, "f(\n    a,  # one\n    c,\n)"),
        ("f(\n    a,  # one\n    b,  # two\n)", {1}, "f(\n    a,  # one\n)"),
        (
            "f(\n    a,\n    # of c\n    b,\n    # of d\n    c)",
            {1},
            "f(\n    a,\n    # of c\n    # of d\n    c)",
        ),
        ("f(\r\n    a,\r\n    b,\r\n)", {0}, "f(\r\n    b,\r\n)"),
        ("f(a, **{'k': 1}, b=2)", {1}, "f(a, b=2)"),
        ("g(1).f(a)", {0}, "g(1).f()"),
        ("g(1, 2)(a, b)", {0}, "g(1, 2)(b)"),
        ("f(f'{a, 1}, {b}', k)", {1}, "f(f'{a, 1}, {b}')"),
        ('f("""a,\n(""", k)', {1}, 'f("""a,\n(""")'),
        ("f(\ra,\rk)", {1}, "f(\ra)"),
        ("f(a, \\\n  b)", {0}, "f(b)"),
        ("f(x[1, 2], {3: 4}, k)", {1}, "f(x[1, 2], k)"),
        ("f(\n    a,\n    # of b\n    b)", {1}, "f(\n    a,\n    # of b\n    )"),
    ],
)
def test_cut(call: str, indices: set[int], left: str) -> None:
    assert cut(call, indices) == left


ARGUMENTS = st.sampled_from(["a", "(a)", "'x,y'", "g(1, 2)", "[a,\n b]", "a if b else c", "lambda: 0"])
GAPS = st.sampled_from([", ", ",", ",\n    ", ",  # note\n    ", " ,\t"])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(ARGUMENTS, GAPS), min_size=1, max_size=5), st.sets(st.integers(0, 4)), st.booleans()
)
def test_the_other_arguments_stay(parts: list[tuple[str, str]], indices: set[int], broken: bool) -> None:
    indices = {index for index in indices if index < len(parts)}
    call = "f(" + "\n    " * broken + "".join(a + gap for a, gap in parts) + ")"
    before = ast.parse(call, mode="eval").body
    after = ast.parse(cut(call, indices), mode="eval").body
    assert isinstance(before, ast.Call)
    assert isinstance(after, ast.Call)
    kept = [ast.dump(a) for index, a in enumerate(before.args) if index not in indices]
    assert [ast.dump(a) for a in after.args] == kept


@pytest.mark.parametrize(
    "call",
    [
        "f(a, k",
        "f(a, k) + 1",
        "f(a, k))\n(g(a, k)",
        "f(a, k))\nif a: (b",
        "a",
        "f(a, k )  ",
        "f(a b, k)",
        "f(a)",
    ],
)
def test_only_a_call_with_the_argument_is_edited(call: str) -> None:
    request = python.RemovalRequest(call, (1,))
    assert python.edits_for(request) is None


@pytest.mark.parametrize(
    ("argument", "removable"),
    [
        ("(" * 180 + "1" + ")" * 180, True),
        ("+".join(["1"] * 80), True),
        ("+".join(["1"] * 2_000), False),
        ("a" + ".b" * 2_000, False),
        ("a, " * 4_000, False),
    ],
)
def test_depth_and_length_are_checked_before(argument: str, removable: bool) -> None:
    call = f"f({argument}, k)".replace(", , ", ", ")
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    assert python.is_removable(node, len(call)) == removable
    if removable:
        assert cut(call, {len(node.args) - 1}) == f"f({argument})"


def finding(file: SourceFile, start: int, end: int) -> Finding:
    span = file.span(start, end)
    fix = Fix((), removal=ArgumentRemoval(span, (1,)))
    return Finding("r", "C4", Severity.ERROR, "m", "h", span, fix=fix)


def test_a_file_that_is_gone_has_no_fix() -> None:
    file = SourceFile("a.py", b"f(a, b)\n")
    made, notices = python.resolve([finding(file, 0, 7)], lambda path: None)
    assert made[0].fix is None and "remove the arguments by hand" in notices[0].message
    plain = finding(file, 0, 7)._replace(fix=None)
    assert python.resolve([plain], lambda path: file) == ([plain], [])


def test_a_child_that_dies_costs_only_its_own_call(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "f(a , b)\ng(a , b)\nh(a , b\n"
    file = SourceFile("a.py", text.encode())
    real = python.remove_arguments

    def dies(call: str, indices: tuple[int, ...]) -> list[python.TextEdit]:
        if call.startswith("g"):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(call, indices)

    monkeypatch.setattr(python, "remove_arguments", dies)
    given = [finding(file, 0, 8), finding(file, 9, 17), finding(file, 18, 25)]
    found, notices = python.resolve(given, lambda _: file)
    assert [f.fix and [(e.span.offset, e.span.end_offset, e.text) for e in f.fix.edits] for f in found] == [
        [(3, 7, "")],
        None,
        None,
    ]
    assert [(n.path, n.message.partition(":")[0]) for n in notices] == [
        ("a.py", "line 2"),
        ("a.py", "line 3"),
    ]


@pytest.mark.parametrize("call", ["f(a, b)", "f(\n    a,\n    k=b,\n)", "f('é', b)"])
def test_a_plain_call_needs_no_child(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "BackgroundTask", lambda _: pytest.fail("started a child"))
    file = SourceFile("a.py", call.encode())
    ((made,), _) = python.resolve([finding(file, 0, len(call))], lambda _: file)
    assert made.fix and made.fix.edits


def test_libcst_is_imported_only_for_edits(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import boto3\nc = boto3.client('s3' , aws_access_key_id=config.key)\n")
    program = (
        "import sys\nfrom palint import registry\nfrom palint.config import Config\n"
        "from palint.engine.run import run\nfrom palint.tree.project import Project\n"
        "from palint.tree.worktree import WorkTree\n"
        "rules = {k: v for k, v in registry.load().items() if k == 'boto3-access-key'}\n"
        "tree = WorkTree(sys.argv[1], repository=False)\nconfig = Config()\n"
        "project = Project(sys.argv[1], tree, config.limits)\n"
        "(found,) = run(project, config, rules, jobs=1, edits=False).findings\n"
        "assert found.fix and not found.fix.edits and 'libcst' not in sys.modules\n"
        "(found,) = run(project, config, rules, jobs=1).findings\n"
        "assert found.fix.edits and 'libcst' not in sys.modules, 'only the child imports it'\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
