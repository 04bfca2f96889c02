"""The engine `ray` on a real cluster of two nodes, of which a worker and then a node are killed."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from ..conftest import PALINT
from .conftest import Fleet, secret

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("ray") is None, reason="palint[ray] is not installed"),
]

# In a process of its own: Ray's threads and signal handlers must not stay in that of the tests.
CLUSTER = """
import os, signal, subprocess, sys, time
from pathlib import Path
from ray.cluster_utils import Cluster

def wait(count):
    while len(list(Path("ray").glob("*.parquet"))) < count and check.poll() is None:
        time.sleep(0.01)

def workers():  # that do a task of ours
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cmdline").read_bytes().startswith(b"ray::bounded"):
                yield int(folder.name)
        except OSError:
            pass

cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
other = cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
check = subprocess.Popen([*sys.argv[1:], "--address", cluster.address])
wait(3)
while not (busy := list(workers())):
    assert check.poll() is None
os.kill(busy[0], signal.SIGKILL)
wait(8)
assert check.poll() is None
cluster.remove_node(other, allow_graceful=False)
print("killed worker", busy[0], "and a node", flush=True)
code = check.wait()
cluster.shutdown()
sys.exit(code)
"""


def test_a_killed_worker_and_a_killed_node_change_nothing(fleet: Fleet) -> None:
    for number in range(30):
        files = {f"f{n}.py": f'TOKEN = "{secret(f"{number}-{n}")}"\n' for n in range(20)}
        fleet.repository(f"r{number}", files)
    fleet.check("repos", "--store", "local.duckdb", "--parts", "local")
    words = ["fleet", "check", "repos", "--store", "ray.duckdb", "--parts", "ray", "--engine", "ray"]
    # Ray gives its workers a niceness of 15, and 60 s to start, which is too little on a busy machine.
    patient = {"RAY_worker_niceness": "0", "RAY_raylet_start_wait_time_s": "300"}
    env = {**os.environ, **patient, "RAY_USAGE_STATS_ENABLED": "0", "TMPDIR": "/tmp"}
    command = [sys.executable, "-c", CLUSTER, str(PALINT), *words]
    made = subprocess.run(
        command, cwd=fleet.path, env=env, capture_output=True, text=True, check=False, timeout=600
    )
    assert made.returncode == 0, made.stderr
    assert "killed worker" in made.stdout and "30 of 30 repositories checked in full" in made.stdout
    for sql in (
        "SELECT repository, part, status FROM coverage ORDER BY 1",
        "SELECT * FROM finding ORDER BY ALL",
    ):
        assert fleet.rows(sql, "ray.duckdb") == fleet.rows(sql, "local.duckdb") != []
