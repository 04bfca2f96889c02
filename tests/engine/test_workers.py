"""How files are shared out among worker processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import pytest

from palint.config import Config
from palint.engine import workers


class Slow:
    """Its result is the process that checked a path; one that starts with `slow` takes 50 ms."""

    config = Config()
    heartbeat: Callable[[], None] = staticmethod(lambda: None)

    def check(self, path: str) -> tuple[str, int]:
        time.sleep(0.05 if path.startswith("slow") else 0)
        return path, os.getpid()

    def after_range(self) -> None: ...

    def can_be_sent(self) -> bool:
        return False


@pytest.mark.skipif(not workers.CAN_FORK, reason="no fork")
def test_what_one_worker_was_given_is_shared_once_the_other_has_nothing_to_do() -> None:
    paths = [f"slow{number}" for number in range(8)] + [str(number) for number in range(300)]
    results, notices = workers.check_paths(Slow(), paths, 2, None)
    assert sorted(path for path, _ in results) == sorted(paths) and not notices
    assert len({process for path, process in results if path.startswith("slow")}) == 2


@pytest.mark.skipif(not workers.CAN_FORK, reason="no fork")
def test_one_worker_checks_all_companions() -> None:
    paths = [f"slow{number}" for number in range(4)] + [str(number) for number in range(300)]
    results, _ = workers.check_paths(Slow(), paths, 2, None, companions=4)
    assert len({process for path, process in results if path.startswith("slow")}) == 1
