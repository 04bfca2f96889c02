"""Rewrite Python files in a child process, and find what they read from the environment."""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Iterable, Sequence
from typing import Any

from palint.languages import python, python_scopes
from palint.text.source import ParseError, SourceFile
from palint.util.named_tuple import NamedTuple

_MAX_DEPTH = 100  # brackets or blocks open at once; libcst dies of a signal at 1,300 nested parentheses
_SECONDS = 60  # for one file
_READERS = ("environ", "getenv")


class RewriteRequest(NamedTuple):
    """The request to the child for one file.

    literals: (line, column, key). module: the loader's name in an import of this file. export_first: whether
    the file loads the secret when it is imported.
    """

    file: SourceFile
    literals: tuple[tuple[int, int, str], ...]
    module: str
    export_first: bool = False


class Rewritten(NamedTuple):
    """The result for one file. text: the new text; None if it is unchanged because of `error`.

    left: (line, what a person must change there). missed: (line, column) of literals that could not be
    replaced. used: the loader's functions. dropped: variables that it no longer has.
    """

    text: str | None
    what: tuple[str, ...] = ()
    left: tuple[tuple[int, str], ...] = ()
    missed: tuple[tuple[int, int], ...] = ()
    used: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    error: str = ""


class Reads(NamedTuple):
    """Variables that a repository reads.

    names: of single ones. dynamic: whether any code may read all. helpers: files that read those whose name
    another place gives them, as `os.getenv(name)`.
    """

    names: frozenset[str]
    dynamic: bool
    helpers: frozenset[str]


def environment_reads(files: Iterable[SourceFile]) -> Reads:
    """The names in `os.environ["X"]`, `os.environ.get("X")` and `os.getenv("X")` in files."""
    names: set[str] = set()
    helpers: set[str] = set()
    dynamic = False
    for file in files:
        if not any(word in file.text for word in _READERS):
            continue
        try:
            module = file.parsed_with(python.module)
        except ParseError:
            dynamic = True
            continue
        known: set[int] = set()
        for call, scope in module.calls:
            if module.dotted(call.func, scope) in ("os.environ.get", "os.getenv") and call.args:
                name = python_scopes.literal(call.args[0])
                names.add(name or "")
                helpers |= {file.path} if name is None else set()
                known.update(id(n) for n in ast.walk(call.func))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Subscript) and _is_environ(node.value):
                name = python_scopes.literal(node.slice)
                names.add(name or "")
                helpers |= {file.path} if name is None and isinstance(node.ctx, ast.Load) else set()
                known.update(id(n) for n in ast.walk(node.value))
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and _is_environ(node.func.value)
            ):
                known.update(id(n) for n in ast.walk(node.func))
        dynamic |= any(_is_environ(n) and id(n) not in known for n in ast.walk(module.tree))
    return Reads(frozenset(names - {""}), dynamic or bool(helpers), frozenset(helpers))


def _is_environ(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "environ" and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.Name) and node.id == "environ" and isinstance(node.ctx, ast.Load)


def rewrite(
    requests: Sequence[RewriteRequest],
    *,
    names: Iterable[str],
    exported: Sequence[str] | None,
    pydantic: bool,
) -> list[Rewritten]:
    """Rewrite files in a child process, which is restarted for the remaining files if it dies.

    names: the migrated keys. exported: those that packages read themselves, None for all.
    """
    results: list[Rewritten] = []
    child: subprocess.Popen[bytes] | None = None
    common = {"names": sorted(names), "exported": None if exported is None else list(exported)}
    try:
        for request in requests:
            if _is_too_deep(request.file.text):
                results.append(Rewritten(None, error="is nested too deeply to rewrite"))
                continue
            child = child if child is not None and child.poll() is None else _start()
            asked = {
                **common, "text": request.file.text, "literals": request.literals, "module": request.module,
                "pydantic": pydantic, "export_first": request.export_first,
            }  # fmt: skip
            results.append(_ask(child, asked))
    finally:
        if child is not None:
            child.kill()
            child.wait()
    return results


def _start() -> subprocess.Popen[bytes]:
    """Start the child isolated (`-I`), so that it imports nothing from the current directory."""
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "palint.migrate.python_rewrite"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _ask(child: subprocess.Popen[bytes], asked: dict[str, Any]) -> Rewritten:
    import threading

    assert child.stdin is not None and child.stdout is not None
    timer = threading.Timer(_SECONDS, child.kill)
    timer.start()
    try:
        child.stdin.write(json.dumps(asked).encode() + b"\n")
        child.stdin.flush()
        line = child.stdout.readline()
    except OSError:
        line = b""
    finally:
        timer.cancel()
    if not line:
        child.kill()
        child.wait()
        return Rewritten(None, error="could not be rewritten: libcst stopped on it")
    answer = json.loads(line)
    if "error" in answer:
        return Rewritten(None, error=f"could not be rewritten ({answer['error']})")
    return Rewritten(
        answer["text"],
        tuple(answer["what"]),
        tuple(map(tuple, answer["left"])),
        tuple(map(tuple, answer["missed"])),
        tuple(answer["used"]),
        tuple(answer["dropped"]),
    )


def _is_too_deep(text: str) -> bool:
    depth = deepest = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.INDENT or token.string in ("(", "[", "{"):
                depth += 1
                deepest = max(deepest, depth)
            elif token.type == tokenize.DEDENT or token.string in (")", "]", "}"):
                depth -= 1
    except (tokenize.TokenError, SyntaxError, ValueError):
        return True
    return deepest > _MAX_DEPTH
