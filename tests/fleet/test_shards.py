"""Shards and merging: any order, any one twice, and a driver that is killed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from palint.findings import PalintError
from palint.fleet import shards
from palint.fleet.parts import Folder

from ..conftest import PALINT
from .conftest import Fleet, secret

TABLES = {
    "coverage": "repository, team, status, part, reason",
    "finding": "*",
    "notice": "*",
    "run": "run, palint, policy, keyed, complete",
}


def content(fleet: Fleet, store: str) -> dict[str, list[tuple[Any, ...]]]:
    """All that the store has, without times."""
    return {
        table: fleet.rows(f"SELECT {columns} FROM {table} ORDER BY ALL", store)
        for table, columns in TABLES.items()
    }


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("shard-1-of-1.json", {"started": "x"}), ("shard-1-of-1.json", {"finished": 1e300}),
        ("shard-1-of-1.json", {"keyed": 3}),
        ("shard-1-of-1.json", {"covered": [{"repository": {"team": 1}}]}),
        ("shard-1-of-1.json", []), ("shard-1-of-999999999999.json", {}),
    ],
)  # fmt: skip
def test_a_report_of_another_shape_is_an_error(tmp_path: Path, name: str, change: Any) -> None:
    run = shards.Run(1.0, 2.0, "1", "", False, [])
    shards.write(Folder(str(tmp_path)), 1, 1, run)
    good = json.loads((tmp_path / "shard-1-of-1.json").read_text())
    (tmp_path / "shard-1-of-1.json").unlink()
    (tmp_path / name).write_text(json.dumps({**good, **change} if isinstance(change, dict) else change))
    with pytest.raises(PalintError, match=r"run this shard again|no shard has ended"):
        shards.read([Folder(str(tmp_path))])


def test_a_shard_names_nothing_but_parts(fleet: Fleet) -> None:
    fleet.repository("api")
    fleet.check("repos", "--shard", "1/1", "--parts", "parts")
    (fleet.path / "mine.txt").write_text("mine\n")
    report = fleet.path / "parts" / "shard-1-of-1.json"
    report.write_text(re.sub(r"[0-9a-f]{40}\.parquet", "../mine.txt", report.read_text()))
    made = fleet.run("merge", "parts")
    assert made.returncode == 2 and "run this shard again" in made.stderr
    assert (fleet.path / "mine.txt").exists()


@pytest.mark.slow
def test_shards_in_any_order_merge_to_the_store_of_one_run(fleet: Fleet) -> None:
    for number in range(12):
        fleet.repository(f"acme/r{number}", {"a.py": f'TOKEN = "{secret(str(number))}"\n'})
    fleet.check("repos", "--store", "whole.duckdb", "--parts", "whole")
    order = [*range(1, 9), 3]
    random.Random(1).shuffle(order)
    for number in order[:-1]:
        fleet.check("repos", "--shard", f"{number}/8", "--parts", "parts")
    made = fleet.run("merge", "parts", "--store", "early.duckdb")
    if set(order[:-1]) != set(range(1, 9)):
        assert made.returncode == 2 and "this shard has not ended" in made.stderr
    fleet.check("repos", "--shard", f"{order[-1]}/8", "--parts", "parts")
    for _ in range(2):  # the second time changes nothing
        made = fleet.run("merge", "parts", "--store", "sharded.duckdb")
        assert made.returncode == 0, made.stderr
    assert content(fleet, "sharded.duckdb") == content(fleet, "whole.duckdb")
    assert len(fleet.rows("SELECT * FROM findings", "sharded.duckdb")) == 12


def test_a_missing_shard_ends_with_2(fleet: Fleet) -> None:
    fleet.repository("api")
    fleet.check("repos", "--shard", "1/2", "--parts", "parts")
    made = fleet.run("merge", "parts")
    assert made.returncode == 2
    assert ("unreadable",) in fleet.rows("SELECT status FROM coverage")
    assert "shard 2 of 2: not fully checked: this shard has not ended" in made.stderr
    assert "nothing to merge" in fleet.run("merge", "empty").stderr
    assert "write I/N" in fleet.check("repos", "--shard", "3/2").stderr


@pytest.mark.slow
def test_a_killed_driver_resumes(fleet: Fleet) -> None:
    for number in range(60):
        fleet.repository(
            f"r{number}", {f"f{n}.py": f'TOKEN = "{secret(f"{number}-{n}")}"\n' for n in range(20)}
        )
    fleet.check("repos", "--store", "whole.duckdb", "--parts", "whole")
    command = [str(PALINT), "fleet", "check", "repos", "--workers", "2"]
    folder, killed = fleet.path / "palint-fleet-parts", 0
    for _ in range(10):
        before = len(list(folder.glob("*.parquet")))
        driver = subprocess.Popen(command, cwd=fleet.path, stdout=subprocess.DEVNULL, start_new_session=True)
        while driver.poll() is None and len(list(folder.glob("*.parquet"))) < before + 3:
            time.sleep(0.005)
        driver.send_signal(signal.SIGKILL)
        killed += driver.wait() == -signal.SIGKILL
    assert killed == 10 and len(list(folder.glob("*.parquet"))) < 60
    time.sleep(1)  # its workers end when its pipe does
    left = subprocess.run(
        ["pgrep", "-f", f"{fleet.path}"], capture_output=True, text=True, check=False
    ).stdout
    assert str(os.getpid()) not in left
    assert fleet.check("repos").returncode == 0
    kept = [table for table in TABLES if table != "run"]
    rows = {table: set(fleet.rows(f"SELECT {TABLES[table]} FROM {table}")) for table in kept}
    whole = {table: set(fleet.rows(f"SELECT {TABLES[table]} FROM {table}", "whole.duckdb")) for table in kept}
    assert rows == whole
