"""The engine `ray` on a real cluster of two nodes, of which a worker and then a node are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from .conftest import Fleet, secret

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="palint[ray] is not installed"),
]

# In a process of its own: Ray's threads and signal handlers must not stay in that of the tests.
DRIVER = """
import os, signal, sys, time
from functools import partial
import ray
from ray.cluster_utils import Cluster
sys.path.insert(0, {folder!r})
from ray_work import work
from palint.fleet.ray_engine import ray as engine

cluster = Cluster(initialize_head=True, head_node_args={{"num_cpus": 1, "include_dashboard": False}})
other = cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
made, killed = {{}}, False
for index, result in engine(partial(work, folder={folder!r}), list(range(12)), address=cluster.address):
    made[index] = result
    if len(made) == 5 and not killed:
        cluster.remove_node(other, allow_graceful=False)
        killed = True
print(sorted(made.items()))
ray.shutdown()
cluster.shutdown()
"""
WORK = """
import os, signal, time
def work(task, attempt, *, folder):
    if task == 2 and attempt == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.5)
    return task * task
"""


def test_a_killed_worker_and_a_killed_node_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "ray_work.py").write_text(WORK)
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "RAY_USAGE_STATS_ENABLED": "0", "TMPDIR": "/tmp"}
    made = subprocess.run(
        [sys.executable, "-c", DRIVER.format(folder=str(tmp_path))], env=env, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert repr([(n, n * n) for n in range(12)]) in made.stdout.splitlines()  # a node's messages may follow


def test_a_run_on_ray_is_that_of_the_local_engine(fleet: Fleet) -> None:
    for number in range(4):
        fleet.repository(f"r{number}", {"a.py": f'TOKEN = "{secret(str(number))}"\n'})
    fleet.check("repos", "--store", "local.duckdb", "--parts", "local")
    env = {"RAY_USAGE_STATS_ENABLED": "0", "TMPDIR": "/tmp"}
    made = fleet.check(
        "repos", "--store", "ray.duckdb", "--parts", "ray", "--engine", "ray", "--workers", "1", env=env
    )
    assert made.returncode == 0, made.stderr
    sql = "SELECT repository, part, status FROM coverage ORDER BY 1"
    assert fleet.rows(sql, "ray.duckdb") == fleet.rows(sql, "local.duckdb")
    sql = "SELECT * FROM finding ORDER BY ALL"
    assert fleet.rows(sql, "ray.duckdb") == fleet.rows(sql, "local.duckdb") != []
