"""The checking process, separate so that a check that hangs or crashes does not end the server.

It is a new interpreter, not a fork, because the server has threads. Both sides exchange pickles, each
preceded by its length in 8 bytes.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Callable

from palint.lsp.messages import Answer, CheckRequest
from palint.util import processes
from palint.util.typing import IO

_SECONDS = 60.0  # for one request; the engine's own limits stop a single file much earlier


class CheckingProcess:
    """Starts the process when needed, and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.lock = asyncio.Lock()

    async def ask(self, request: CheckRequest) -> Answer:
        """The answer to a request; if the process died, an answer with only the problem."""
        async with self.lock:
            process = self._process = self.running() or self._start()
            exchange = asyncio.get_running_loop().run_in_executor(None, _exchange, process, request)
            try:
                answer = await asyncio.wait_for(asyncio.shield(exchange), _SECONDS)
            except asyncio.TimeoutError:
                process.kill()
                answer = await exchange
                process.wait()  # else the next request could be sent to it while it ends
                return answer or Answer(problems=(f"not checked: it took longer than {_SECONDS:g} s",))
            if answer is None:
                code = process.wait()
                names = ", ".join(os.path.basename(p) for p in request.paths)
                return Answer(problems=(f"{names}: not checked: the checking process ended with {code}",))
            return answer

    def warm_up(self) -> None:
        """Start the process, so that the first check does not wait for its imports."""
        self._process = self.running() or self._start()

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def running(self) -> subprocess.Popen[bytes] | None:
        return self._process if self._process is not None and self._process.poll() is None else None

    def _start(self) -> subprocess.Popen[bytes]:
        command = processes.new_interpreter("palint.cli.server", "answer_requests")
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _exchange(process: subprocess.Popen[bytes], request: CheckRequest) -> Answer | None:
    """Send a request and read its answer; None if the process ended."""
    assert process.stdin
    assert process.stdout
    try:
        _write(process.stdin, request)
        answer = _read(process.stdout)
    except OSError:
        return None
    return answer if isinstance(answer, Answer) else None


def serve(check: Callable[[CheckRequest], Answer]) -> None:
    """Answer requests on standard input until it ends: the main loop of the checking process.

    Standard output is reserved for the answers, so that nothing that code prints can corrupt one.
    """
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while (request := _read(requests)) is not None:
        assert isinstance(request, CheckRequest)
        _write(answers, _checked(check, request))


def _checked(check: Callable[[CheckRequest], Answer], request: CheckRequest) -> Answer:
    """The answer to a request; after a bug only the exception's name: its message may quote a file."""
    try:
        return check(request)
    except Exception as error:
        return Answer(problems=(f"a bug in palint: {type(error).__name__}. Please report it",))


def _write(stream: IO[bytes], message: object) -> None:
    stream.write(processes.framed(pickle.dumps(message, pickle.HIGHEST_PROTOCOL)))
    stream.flush()


def _read(stream: IO[bytes]) -> object | None:
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int.from_bytes(head, "little")
    data = stream.read(size)
    return pickle.loads(data) if len(data) == size else None
