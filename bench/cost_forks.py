"""Loaded by each process that `make cost` counts: notes what a forked child has from its parent.

valgrind's counters go on in a forked child, so the instructions of the parent up to there would count twice.
At each fork a process is forked first that ends at once: its count is what the other child begins with.
`forks`, in the environment's folder, has a line `CHILD MARKER` of process ids for each.

How often a process looks whether another one is done depends on the time that the other takes, and made 0.2 %
of a small check on a busy machine. So each look waits here until there is something to read. And no CPU time
passes: under valgrind a file can take longer to parse than its budget of seconds.
"""

import os
import select
import sys
import time

time.process_time = lambda: 0.0
_LOG = os.path.join(sys.prefix, "forks")
_marker = 0
_marking = False


def _mark() -> None:
    global _marker, _marking
    if _marking:
        return
    _marking = True
    _marker = os.fork()
    if not _marker:
        os._exit(0)
    os.waitpid(_marker, 0)
    _marking = False


def _note() -> None:
    if not _marking:
        log = os.open(_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(log, b"%d %d\n" % (os.getpid(), _marker))
        os.close(log)


def _wait(readers: list[int], writers: list[int], others: list[int], _seconds: float = 0) -> object:
    return _select(readers, writers, others)


class _Poll:
    """`select.poll` that waits until there is something to read."""

    def __init__(self) -> None:
        self._poll = _poll()
        self.register, self.unregister = self._poll.register, self._poll.unregister

    def poll(self, _milliseconds: float | None = None) -> list[tuple[int, int]]:
        return self._poll.poll()


_select, select.select = select.select, _wait  # earlier commits look with this one
_poll, select.poll = select.poll, _Poll  # type: ignore[misc, assignment]
os.register_at_fork(before=_mark, after_in_child=_note)
