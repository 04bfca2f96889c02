"""Rewrite Python files in a child process."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tokenize
from collections.abc import Iterable
from typing import Any

from palint.text.source import SourceFile
from palint.util.named_tuple import NamedTuple

_MAX_DEPTH = 100  # brackets or blocks open at once; libcst dies of a signal at 1,300 nested parentheses
_SECONDS = 60  # for one file


class RewriteRequest(NamedTuple):
    """The request to the child for one file.

    literals: (line, column, key). module: the loader's name in an import of this file. loads: whether the
    secret is loaded where a dotenv file was; export_first: also when the file is imported.
    """

    file: SourceFile
    literals: tuple[tuple[int, int, str], ...]
    module: str
    loads: bool = True
    export_first: bool = False


class Rewritten(NamedTuple):
    """The result for one file. text: the new text; None if it is unchanged because of `error`.

    missed: (line, column) of literals that could not be replaced. used: the loader's functions. dropped:
    variables that it no longer has.
    """

    text: str | None
    what: tuple[str, ...] = ()
    missed: tuple[tuple[int, int], ...] = ()
    used: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    error: str = ""


def rewrite(requests: Iterable[RewriteRequest]) -> list[Rewritten]:
    """Rewrite files in a child process, which is restarted for the remaining files if it dies."""
    results: list[Rewritten] = []
    child: subprocess.Popen[bytes] | None = None
    try:
        for request in requests:
            if _is_too_deep(request.file.text):
                results.append(Rewritten(None, error="is nested too deeply to rewrite"))
                continue
            child = child if child is not None and child.poll() is None else _start()
            asked = {**request._asdict(), "file": request.file.path, "text": request.file.text}
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
