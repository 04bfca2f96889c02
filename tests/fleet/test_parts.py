"""Parts: what is written is read again, in a folder and in a bucket."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.fleet import parts, store
from palint.fleet.parts import FindingRow, Folder, Part
from palint.fleet.store import StoreError
from palint.fleet.unit import code_digest

from .conftest import Fleet, secret

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
ROW = st.builds(
    FindingRow,
    **dict.fromkeys(FindingRow._fields, TEXT)
    | {name: st.integers(1, 2**31 - 1) for name in ("line", "column", "end_line", "end_column")}
    | {"at_head": st.booleans()},
)


@given(st.lists(ROW, max_size=3), st.lists(st.tuples(TEXT, TEXT, TEXT, st.booleans()), max_size=2))
def test_a_part_is_read_as_it_was_written(rows: list[FindingRow], notices: list[Any]) -> None:
    part = Part("acme/api", "c" * 40, "1", rows, notices, ("a",), ("C1",), 3)
    about, table = parts.unpack(parts.pack(part))
    assert [FindingRow(**row) for row in table.to_pylist()] == rows
    assert [tuple(notice) for notice in about["notices"]] == notices
    assert (about["repository"], about["files"]) == ("acme/api", 3)


@pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 1000, b"PAR1" + b"x" * 50 + b"PAR1"])
def test_what_is_no_part_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError):
        parts.unpack(data)


PART = Part("acme/api", "c" * 40, "1", [FindingRow(*"abcdef", 1, 1, 1, 2, "m", "w", "h")])


@pytest.mark.parametrize(
    "change",
    [
        {"notices": None}, {"notices": [["a"]]}, {"files": "x"}, {"rules": [1]}, {"links": [{}]},
        {"repository": 1 << 70}, {"commit": []},
    ],
)  # fmt: skip
def test_a_part_of_another_shape_is_an_error(change: dict[str, Any]) -> None:
    """Made by others, it ended the merge of every other part with a traceback."""
    parts.unpack(parts.pack(PART))
    with pytest.raises(ValueError, match="not a part"):
        parts.unpack(parts.pack(PART._replace(**change)))


def test_a_part_without_one_of_the_columns_or_values_is_an_error() -> None:
    import pyarrow as pa
    from pyarrow import parquet

    whole = parquet.read_table(pa.BufferReader(parts.pack(PART)))
    none = whole.set_column(0, "finding", pa.nulls(1, pa.string()))
    for table in (whole.drop_columns(["rule"]), none, whole.set_column(0, "finding", pa.array([["a"]]))):
        sink = pa.BufferOutputStream()
        parquet.write_table(table, sink)
        with pytest.raises(ValueError, match="not a part"):
            parts.unpack(bytes(sink.getvalue()))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_in_the_place_of_a_part_or_store_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.parquet")
    with pytest.raises(OSError, match=r"a\.parquet is not a regular file"):
        parts.read([Folder(str(tmp_path))], "a.parquet")
    with pytest.raises(StoreError, match=r"not a regular file"), store.opened(str(tmp_path / "a.parquet")):
        pass


@pytest.mark.parametrize(
    "change", ["DELETE FROM meta", "INSERT INTO meta VALUES (1)", "UPDATE meta SET version = 0"]
)
def test_a_database_that_is_no_store_is_an_error(tmp_path: Path, change: str) -> None:
    file = str(tmp_path / "a.duckdb")
    with store.opened(file, write=True):
        pass
    with pytest.raises(StoreError, match="the query is empty"):
        store.query(file, " --")
    with store.opened(file, write=True) as db:
        db.execute(change)
    for write in (False, True):
        with pytest.raises(StoreError, match="not a store of palint"), store.opened(file, write=write):
            pass


def test_a_damaged_part_is_a_row_with_its_reason_and_made_again(fleet: Fleet) -> None:
    fleet.repository("api")
    fleet.check("repos", "--shard", "1/1", "--parts", "parts")
    (part,) = (fleet.path / "parts").glob("*.parquet")
    part.write_bytes(part.read_bytes()[:-20])
    made = fleet.run("merge", "parts")
    assert made.returncode == 2 and "its part cannot be read" in made.stderr
    made = fleet.check("repos", "--parts", "parts")
    assert made.returncode == 0 and "0 of them unchanged" in made.stdout, made.stderr


def test_parts_in_a_bucket(fleet: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    import boto3
    from moto.server import ThreadedMotoServer

    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(name, value)
    server = ThreadedMotoServer(port=0)
    server.start()
    try:
        host, port = server.get_host_and_port()
        boto3.client("s3", region_name="us-east-1", endpoint_url=f"http://{host}:{port}").create_bucket(
            Bucket="fleet-parts"
        )
        uri = f"s3://fleet-parts/all?scheme=http&region=us-east-1&endpoint_override={host}:{port}"
        fleet.repository("api", {"a.py": f'TOKEN = "{secret("bucket")}"\n'})
        for number in (1, 2):
            made = fleet.check("repos", "--shard", f"{number}/2", "--parts", uri)
            assert made.returncode == 0, made.stderr
        made = fleet.run("merge", uri)
        assert made.returncode == 0, made.stderr
        assert fleet.rows("SELECT repository, rule FROM findings") == [("api", "hardcoded-secret")]
        assert "1 of them unchanged" in "".join(
            fleet.check("repos", "--shard", f"{number}/2", "--parts", uri).stdout for number in (1, 2)
        )
        Folder(uri).delete("shard-1-of-2.json")
        assert fleet.run("merge", uri).returncode == 2
    finally:
        server.stop()


def test_a_folder_that_cannot_be_written_is_an_error(fleet: Fleet) -> None:
    fleet.repository("api")
    (fleet.path / "file").write_text("")
    made = fleet.check("repos", "--parts", "file")
    assert made.returncode == 2 and "Traceback" not in made.stderr and "bug" not in made.stderr
    assert Path(fleet.path / "file").read_text() == ""


def test_a_part_depends_on_the_settings_that_packages_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = code_digest({})
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "palint.toml").write_text("ignore = []\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert code_digest({}) != before
