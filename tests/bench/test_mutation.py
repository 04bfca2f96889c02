"""Mutation testing: which faults are made of a text, and what a probe reports."""

from __future__ import annotations

import ast
import builtins
import gc
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

sys.path.insert(0, str(ROOT / "bench"))
import conditions
import mutants
import mutation


def faults(text: str) -> set[str]:
    """The lines that a one-line text may become."""
    source = text.encode()
    made = {(source[: m.start] + m.new + source[m.end :]).decode() for m in mutants.mutants(source)}
    return {ast.unparse(ast.parse(each)) for each in made}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = a < b", {"x = a >= b", "x = a <= b"}),
        ("x = a >= b", {"x = a < b", "x = a > b"}),
        ("x = a == b", {"x = a != b"}),
        ("x = a in b", {"x = a not in b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = a and b", {"x = a or b"}),
        ("x = not a", {"x = a"}),
        ("any(a)", {"all(a)", "pass"}),
        ("x = all(a)", {"x = any(a)"}),
        ("x = max(a)", {"x = min(a)"}),
        ("x = a.startswith(b)", {"x = a.endswith(b)"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a * b", {"x = a // b"}),
        ("x = 'a' + b", {"x = 'a~' + b"}),
        ("x = 3", {"x = 4", "x = 2"}),
        ("x = True", {"x = False"}),
        ("x = 'ab'", {"x = 'ab~'"}),
        ("x = b'ab'", {"x = b'ab~'"}),
        ("x = 'Words for people'", set()),
        ("x = f'a{b}'", set()),
        ("x: int = a", set()),
        ("x += a", {"pass"}),
        ("x.y = a", {"pass"}),
        ("x[y] = a", {"pass"}),
        ("x = a", set()),
        ("call(a)", {"pass"}),
        ("'docstring'", set()),
        ("bad = [Example('x = 1')]", set()),
        ("assert a == b", set()),
        ("TYPE_CHECKING = False", set()),
        ("x = a if b else c", {"x = a if not b else c"}),
        ("x = [a for a in b if c]", {"x = [a for a in b if not c]"}),
    ],
)
def test_the_faults_of_a_statement(text: str, expected: set[str]) -> None:
    assert faults(text) == expected


def test_the_faults_of_blocks() -> None:
    assert faults("def f(a=True):\n    return a") == {
        "def f(a=False):\n    return a",
        "def f(a=True):\n    return None",
    }
    assert faults("while a:\n    break") == {
        "while not a:\n    break",
        "while a:\n    pass",
        "while a:\n    continue",
    }
    assert faults("try:\n    pass\nexcept (A, B):\n    raise") == {
        "try:\n    pass\nexcept (B,):\n    raise",
        "try:\n    pass\nexcept (A,):\n    raise",
        "try:\n    pass\nexcept (A, B):\n    pass",
    }
    assert faults("try:\n    pass\nexcept A:\n    pass") == {"try:\n    pass\nexcept ():\n    pass"}


def test_every_mutant_of_palints_own_code_is_another_program() -> None:
    """Also where a line has characters of several bytes before the change."""
    for path in mutation.modules()[::40]:
        source = path.read_bytes()
        if len(source) > 6_000:
            continue  # each of its mutants is parsed
        tree = ast.parse(source)
        before = ast.dump(tree)
        spans = {0: (1, source.count(b"\n") + 1)}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                first = min(part.lineno for part in (*node.decorator_list, node))
                spans[node.lineno] = first, node.end_lineno or 0
        for mutant in mutants.mutants(source):
            made = source[: mutant.start] + mutant.new + source[mutant.end :]
            assert ast.dump(ast.parse(made)) != before, (path, mutant)
            first, last = spans[mutant.function]
            assert first <= mutant.line <= last, (path, mutant)


def test_a_mutant_names_the_function_around_it() -> None:
    source = b"x = 1\ndef f():\n    y = 2\n    def g():\n        return 3\n"
    assert {m.line: m.function for m in mutants.mutants(source)} == {1: 0, 3: 2, 5: 4}


def test_a_probe_reports_each_function_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    source = b'''
def one(): return two(1)

def two(a):
    """Has a docstring."""
    @three
    def inner():
        yield a
    return list(inner())

def three(f):
    if True:
        return f

class A:
    """Has one."""
    def never(self):
        """Only a docstring."""
    async def also(self):
        pass
'''
    reached: list[str] = []
    monkeypatch.setattr(builtins, "_reached", reached.append, raising=False)
    names: dict[str, object] = {}
    exec(mutation.with_probes(source, "m.py"), names)
    assert names["one"]() == [1]  # type: ignore[operator]
    assert reached == ["m.py:2", "m.py:4", "m.py:11", "m.py:7"]


def test_each_condition_reports_its_outcome_on_its_own_line() -> None:
    source = b"""
def f(a, b):
    if (c := a) and not (b or
                         a > 2):
        return [x for x in (a, c) if x]
    return f"{a and b}" if a else (yield)
A = 1 if b"" else 2
"""
    known: list[conditions.Condition] = []
    made = conditions.with_probes(source, "m.py", known)
    seen: list[tuple[int, str, bool]] = []

    def note(number: int, value: object) -> object:
        seen.append((known[number].line, known[number].text, bool(value)))
        return value

    names: dict[str, Any] = {"_condition": note}
    exec(made, names)
    assert made.count(b"\n") == source.count(b"\n") and len(known) == 8
    assert next(iter(names["f"](1, 0)), "ended") == "ended"
    assert set(seen) == {
        (3, "(c := a) and (not (b or a > 2))", True), (3, "(c := a)", True), (3, "not (b or a > 2)", True),
        (3, "b or a > 2", False), (3, "b", False), (4, "a > 2", False), (5, "x", True),
    }  # fmt: skip
    with_function_probes = mutation.with_probes(source, "m.py")
    again: list[conditions.Condition] = []
    conditions.with_probes(with_function_probes, "m.py", again)
    assert [each.text for each in again] == [each.text for each in known]


def test_a_file_whose_tests_cannot_be_collected_is_noted() -> None:
    plugin = mutation.Plugin()
    for outcome in ("passed", "failed"):
        plugin.pytest_collectreport(pytest.CollectReport(f"tests/{outcome}.py", outcome, "", []))  # type: ignore[arg-type]
    assert plugin.uncollected == ["tests/failed.py"]


def test_a_drawing_is_repeated_by_its_seed_and_another_seed_is_another() -> None:
    first = mutation.draw(30, 1, ["util/"])
    assert first == mutation.draw(30, 1, ["util/"]) and len(set(first)) == 30
    assert first != mutation.draw(30, 2, ["util/"])
    assert all("util/" in drawn.path for drawn in first)


def test_the_tests_beside_a_module_run_first_and_the_slow_ones_last() -> None:
    def made(name: str, seconds: float, *functions: str) -> mutation.Test:
        return mutation.Test(name, seconds, True, list(functions))

    (drawn,) = mutation.draw(1, 1, ["src/palint/text/windows.py"])
    drawn = drawn._replace(mutant=drawn.mutant._replace(function=7))
    here = f"{drawn.path}:7"
    tests = [
        made("tests/cli/test_check.py::a", 0.1, here),
        made("tests/text/test_source.py::b", 9.0, here),
        made("tests/text/test_windows.py::c", 0.5, here),
        made("tests/text/test_windows.py::d", 0.1, f"{drawn.path}:8"),
        made("tests/cli/test_check.py::e", 0.0, here),
        made("tests/cli/test_hook.py::f", 99.0, here),
    ]
    order = [test.name.rpartition("::")[2] for test in mutation.tests_for(drawn, tests, 60)]
    assert order == ["c", "b", "e", "a"]
    outside = drawn._replace(mutant=drawn.mutant._replace(function=0))
    tests.append(made("tests/text/test_windows.py::g", 0.0, "src/palint/rule.py:3"))
    order = [test.name.rpartition("::")[2] for test in mutation.tests_for(outside, tests, 60)]
    assert order == ["d", "c", "b", "e", "a", "g"]


def test_a_bound_file_is_another_for_the_child_and_its_children_only(tmp_path: Path) -> None:
    old, new, seen = (tmp_path / name for name in ("old", "new", "seen"))
    old.write_text("old")
    new.write_text("new")

    def work() -> int:
        seen.write_bytes(subprocess.run(["cat", str(old)], capture_output=True, check=True).stdout)
        return 3

    code = mutation.wait(mutation.fork([(str(new), str(old))], 20, work), 30)
    if code == mutation.NO_MOUNT:
        pytest.skip("this process may not mount: neither root nor user namespaces")
    assert code == 3 and seen.read_text() == "new" and old.read_text() == "old"


def test_a_child_that_takes_too_long_is_killed() -> None:
    began = time.monotonic()
    assert mutation.wait(mutation.fork([], 20, lambda: time.sleep(60) or 0), 0.2) in (
        -signal.SIGKILL,
        mutation.NO_MOUNT,
    )
    assert time.monotonic() - began < 30


def test_functions_that_exist_get_the_code_of_a_mutant(tmp_path: Path) -> None:
    source = b"""
import functools

def outer(a):
    def inner():
        return a + 1
    return inner

@functools.lru_cache
def kept(a):
    return [b * 2 for b in a][0]

class A:
    def method(self):
        return 3

TABLE = [kept((1,))]
"""
    (tmp_path / "mutated.py").write_bytes(source)
    path = str(tmp_path / "mutated.py")
    names: dict[str, Any] = {}
    exec(compile(source, path, "exec", dont_inherit=True), names)
    inner, method = names["outer"](1), names["A"]().method
    try:
        assert mutation.put(path, source, source) == 0
        assert mutation.put(path, source, source.replace(b"a + 1", b"a - 1")) == 2
        assert (inner(), names["outer"](5)()) == (0, 4)
        assert mutation.put(path, source, source.replace(b"b * 2", b"b * 3")) == 1
        assert names["kept"]((1,)) == 3 and names["TABLE"] == [2]
        assert mutation.put(path, source, source.replace(b"return 3", b"return 4")) == 1 and method() == 4
        assert mutation.put(path, source, source.replace(b"TABLE", b"OTHER")) == 0
    finally:
        gc.freeze()  # as `tests/conftest.py` has it
