"""The checking process: its answers stay whole, whatever a check prints or raises."""

from __future__ import annotations

import pickle
import subprocess
import sys

from palint.lsp.model import Answer, Request

PROGRAM = """
from palint.lsp.model import Answer
from palint.lsp.process import serve

def check(request):
    print("noise")
    if request.paths == ("bad",):
        raise ValueError("text of a file")
    return Answer(problems=request.paths)

serve(check)
"""


def frame(message: object) -> bytes:
    data = pickle.dumps(message)
    return len(data).to_bytes(8, "little") + data


def test_noise_and_bugs_do_not_break_the_answers() -> None:
    requests = [Request((name,), {}, "utf-16") for name in ("first", "bad", "last")]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=b"".join(map(frame, requests)), capture_output=True, check=True
    )
    answers, rest = [], done.stdout
    while rest:
        size = int.from_bytes(rest[:8], "little")
        answers.append(pickle.loads(rest[8 : 8 + size]))
        rest = rest[8 + size :]
    bug = Answer(problems=("a bug in palint: ValueError. Please report it",))
    assert answers == [Answer(problems=("first",)), bug, Answer(problems=("last",))]
    assert done.stderr.decode().split() == ["noise"] * 3
