"""The checking process: its answers stay whole, whatever a check prints or raises."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint.config import Config
from palint.findings import PalintError
from palint.lsp import process
from palint.lsp.checker import Checker, Repository, existing_folder, relative
from palint.lsp.messages import Answer, CheckRequest, FileReport
from palint.util import processes

PROGRAM = """
from palint.lsp.messages import Answer
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
    requests = [CheckRequest((name,), {}, "utf-16") for name in ("first", "bad", "last")]
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


def test_a_request_that_is_cut_short_ends_the_process() -> None:
    whole = frame(CheckRequest(("first",), {}, "utf-16"))
    for cut in (whole + whole[:-1], whole + whole[:8], whole + whole[:3]):
        done = subprocess.run([sys.executable, "-c", PROGRAM], input=cut, capture_output=True, check=True)
        assert done.stdout == frame_of_answer(Answer(problems=("first",)))


def frame_of_answer(answer: Answer) -> bytes:
    data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    return len(data).to_bytes(8, "little") + data


CHECKS = """
import os, sys, time
sys.path[:] = sys.argv[1:]
from palint.lsp.messages import Answer
from palint.lsp.process import serve

def check(request):
    what, *_ = request.paths
    if what.endswith("dies"):
        os._exit(7)
    if what.endswith("hangs"):
        time.sleep(60)
    time.sleep(0.05)
    return Answer(problems=(what, str(os.getpid())))

serve(check)
"""


@pytest.fixture
def checking(monkeypatch: pytest.MonkeyPatch) -> Iterator[process.CheckingProcess]:
    """A real checking process whose check answers with the path and its own process id, hangs or dies."""
    command = [sys.executable, "-I", "-c", CHECKS, *sys.path]
    monkeypatch.setattr(processes, "new_interpreter", lambda module, function: command)
    made = process.CheckingProcess()
    yield made
    made.stop()


def asked(checking: process.CheckingProcess, *paths: str) -> list[tuple[str, ...]]:
    """The problems in the answers to requests that are made at the same time. paths: of each, with spaces."""

    async def ask_all() -> list[Answer]:
        checking.lock = asyncio.Lock()  # one for each event loop
        return await asyncio.gather(
            *(checking.ask(CheckRequest(tuple(path.split()), {}, "utf-16")) for path in paths)
        )

    return [answer.problems for answer in asyncio.run(ask_all())]


def test_requests_at_the_same_time_get_each_its_answer_from_one_process(
    checking: process.CheckingProcess,
) -> None:
    checking.warm_up()
    started = checking.running()
    assert started is not None
    answers = asked(checking, "a", "b", "c")
    assert answers == [(name, str(started.pid)) for name in "abc"]
    checking.warm_up()
    assert checking.running() is started


def test_after_a_crash_the_next_request_starts_another_process(checking: process.CheckingProcess) -> None:
    ((_, first),) = asked(checking, "a")
    answer = "dies, z.py: not checked: the checking process ended with 7"
    assert asked(checking, "x/y/dies x/z.py") == [(answer,)]
    ((answer, second),) = asked(checking, "b")
    assert answer == "b" and second != first


def test_a_check_that_hangs_is_ended_and_said(
    checking: process.CheckingProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(checking, "a")  # it runs now
    with monkeypatch.context() as patch:
        patch.setattr(process, "_SECONDS", 0.3)
        assert asked(checking, "hangs", "b")[0] == ("not checked: it took longer than 0.3 s",)
    ((answer, _),) = asked(checking, "c")
    assert answer == "c"


def test_stopping_ends_the_process(checking: process.CheckingProcess) -> None:
    checking.stop()  # never started
    checking.warm_up()
    running = checking.running()
    assert running is not None
    checking.stop()
    assert running.poll() is not None and checking.running() is None
    checking.stop()


def test_a_folder_that_git_refuses_costs_its_own_document_only(tmp_path: Path) -> None:
    def repository(folder: str) -> Repository:
        if folder.endswith("theirs"):
            raise PalintError("git refuses the repository")
        return Repository(str(tmp_path), False)

    paths = []
    for name in ("theirs", "ours"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".env").write_text("A=1\n")
        paths.append(str(tmp_path / name / ".env"))
    checker = Checker(repository, lambda root, rules: Config(), lambda root: ())
    answer = checker.check(CheckRequest(tuple(paths), dict.fromkeys(paths, "A=1\n"), "utf-16"))
    assert answer.problems == ("git refuses the repository",)
    found = {report.path: [item.rule for item in report.items] for report in answer.files}
    assert found == {paths[0]: [], paths[1]: ["env-file"]}


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = os.path.realpath(tmp_path)
    (tmp_path / "shop").mkdir()
    (tmp_path / "link").symlink_to("shop")
    for path, expected in (
        ("shop/a.py", "a.py"),
        ("link/b/c.py", "b/c.py"),
        ("shop2/a.py", ""),
        ("shop", ""),
    ):
        assert relative(os.path.join(root, "shop"), os.path.join(root, path)) == expected
    assert existing_folder(os.path.join(root, "shop/new/folder/a.py")) == os.path.join(root, "shop")
    monkeypatch.setattr(os.path, "isdir", lambda path: False)  # a drive that is gone
    assert existing_folder(os.path.join(os.sep, "a", "b.py")) == os.sep


def test_rules_that_cannot_be_loaded_are_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise PalintError("two rules have one id")

    monkeypatch.setattr("palint.registry.load", load)
    checker = Checker(lambda folder: Repository(folder, False), lambda *_: Config(), lambda _: ())
    answer = checker.check(CheckRequest(("/a.py", "/b.py"), {}, "utf-16"))
    assert answer == Answer((FileReport("/a.py"), FileReport("/b.py")), ("two rules have one id",))
