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


def test_a_limit_does_not_kill_the_program_while_it_ends() -> None:
    assert subprocess.run([sys.executable, "-c", ENDS_SLOWLY], check=False).returncode == 0
