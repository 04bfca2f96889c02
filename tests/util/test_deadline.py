"""Time limits in a program that goes on after a check."""

from __future__ import annotations

import subprocess
import sys

# What is freed last takes longer than the limit, when Python has already put the default handlers back.
ENDS_SLOWLY = """
import builtins, time
from palint.util import deadline

class Last:
    def __del__(self, now=time.monotonic):
        end = now() + 0.3
        while now() < end:
            pass

builtins.last = Last()
builtins.last.itself = builtins.last
deadline.limit_file(0.1)
deadline.stop_file()
"""


# As on Windows
WITHOUT_A_TIMER = """
import signal
del signal.setitimer
from palint.util import deadline
deadline.check_run()
deadline.limit_run(1000)
deadline.check_run()
deadline.limit_run(-1)
try:
    deadline.check_run()
except deadline.RunTimeout:
    print("ended")
"""


def test_without_a_timer_the_run_ends_where_it_is_checked() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_A_TIMER], check=True, capture_output=True, text=True)
    assert run.stdout == "ended\n"


def test_a_limit_does_not_kill_the_program_while_it_ends() -> None:
    assert subprocess.run([sys.executable, "-c", ENDS_SLOWLY], check=False).returncode == 0
