"""Parts: the results of one repository at one commit, as a Parquet file in a folder or a bucket.

Rows are findings. What is true of the repository as a whole is JSON in the file's metadata. A part is named
by everything that it depends on, holds no time, and is written in one step: what has the name is complete.
Where a suppression with an end counted, the name has the last day on which the part is valid.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import Any, TypedDict

from palint.util import atomic_file
from palint.util.dates import today
from palint.util.typing import NamedTuple

FORMAT = 1  # of parts and of the reports of shards; another one is not read
NAME = re.compile(r"(?P<key>[0-9a-f]{40})(?:-until-(?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2}))?\.parquet")
_METADATA = b"palint"


class FindingRow(NamedTuple):
    """A finding in a part. It has no value and no line of source.

    finding: its fingerprint. state: "open", "suppressed" or "baselined", with its reason. value: twelve bits
    of the value, or its keyed HMAC; "" without one. owners: by CODEOWNERS, separated by blanks.
    first_commit, last_commit, at_head: of a finding in the history, else "" and true.
    """

    finding: str
    rule: str
    clause: str
    severity: str
    confidence: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    why: str
    fix_hint: str
    detector: str = ""
    state: str = "open"
    reason: str = ""
    value: str = ""
    owners: str = ""
    package: str = ""
    first_commit: str = ""
    last_commit: str = ""
    at_head: bool = True


class Part(NamedTuple):
    """A part. notices: (path, kind, message, whether everything was checked all the same).

    rules: the ids of those that ran. files: how many were checked. links: see `palint.fleet.links`.
    """

    repository: str
    commit: str
    palint: str
    findings: Sequence[FindingRow] = ()
    notices: Sequence[tuple[str, str, str, bool]] = ()
    rules: Sequence[str] = ()
    clauses: Sequence[str] = ()
    files: int = 0
    links: Sequence[tuple[object, ...]] = ()


def key(depends_on: Iterable[object]) -> str:
    """The hash of what a part depends on, given as plain data."""
    text = json.dumps([FORMAT, *depends_on], sort_keys=True)
    return sha256(text.encode()).hexdigest()[:40]


def name(key: str, until: str) -> str:
    """The name of a part. until: the last day, in UTC, on which it is valid; "" for no end."""
    return f"{key}-until-{until}.parquet" if until else f"{key}.parquet"


def valid(names: Iterable[str]) -> dict[str, str]:
    """{key: name} of the parts that are valid today."""
    found = filter(None, map(NAME.fullmatch, names))
    return {match["key"]: match[0] for match in found if not match["until"] or match["until"] >= today()}


class Folder:
    """A folder of parts: a path, or `s3://bucket/prefix`, with the credentials of the environment."""

    def __init__(self, uri: str) -> None:
        self._system: Any = None  # of a bucket
        if "://" not in uri:
            os.makedirs(uri, mode=0o700, exist_ok=True)
            self._path = os.path.abspath(uri)
        else:
            from pyarrow import fs

            self._system, self._path = fs.FileSystem.from_uri(uri)

    def names(self) -> set[str]:
        """The names of all files in it."""
        if self._system is None:
            return set(os.listdir(self._path))
        from pyarrow import fs

        entries = self._system.get_file_info(fs.FileSelector(self._path, allow_not_found=True))
        return {info.base_name for info in entries if info.is_file}

    def write(self, name: str, data: bytes) -> None:
        """Write a file in one step. Raises OSError."""
        if self._system is None:
            # One that a power failure damages is made again: waiting for the disk takes 1 to 15 ms.
            atomic_file.replace(os.path.join(self._path, name), data, 0o600, durable=False)
            return
        with self._system.open_output_stream(
            f"{self._path}/{name}"
        ) as stream:  # S3 shows it when it is closed
            stream.write(data)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises OSError, also for what is no file: a FIFO would be waited for."""
        place = f"{self._path}/{name}"
        if self._system is None and os.path.exists(place) and not os.path.isfile(place):
            raise OSError(f"{name} is not a regular file")
        with open(place, "rb") if self._system is None else self._system.open_input_stream(place) as stream:
            return bytes(stream.read())

    def delete(self, name: str) -> None:
        """Delete a file. Raises OSError."""
        (os.unlink if self._system is None else self._system.delete_file)(f"{self._path}/{name}")


def read(folders: Sequence[Folder], name: str) -> bytes:
    """The bytes of a file in the first of the folders that has it. Raises OSError."""
    for folder in folders[:-1]:
        with suppress(FileNotFoundError):
            return folder.read(name)
    return folders[-1].read(name)


def discard(folders: Sequence[Folder], name: str) -> bool:
    """Delete a file that is of no use from the folders; False if that is not allowed."""
    for folder in folders:
        try:
            folder.delete(name)
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def utf8(value: Any) -> Any:
    """A text that Parquet and DuckDB can hold: bytes that are not UTF-8 are escapes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def pack(part: Part) -> bytes:
    """A part as the bytes of a Parquet file."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = [[utf8(row[index]) for row in part.findings] for index in range(len(FindingRow._fields))]
    about = {key: value for key, value in part._asdict().items() if key != "findings"}
    table = pa.table(columns, schema=_no_findings().schema) if part.findings else _no_findings()
    table = table.replace_schema_metadata({_METADATA: json.dumps({"format": FORMAT, **about})})
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression="zstd", use_dictionary=False, write_statistics=False)
    return bytes(sink.getvalue())


def unpack(data: bytes) -> tuple[dict[str, Any], Any]:
    """(what is true of the repository as a whole, pyarrow's table of findings). Raises ValueError."""
    import msgspec
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(data))
        about = json.loads(file.metadata.metadata[_METADATA])
        if isinstance(about, dict) and about.pop("format") == FORMAT:
            msgspec.convert(about, _About)
            if not file.metadata.num_rows:  # as of most repositories: to read no rows takes 0.3 ms, too
                return about, _no_findings()
            table = file.read(use_threads=False)  # 0.3 ms; with threads, or through `read_table`, 0.75
            table = table.select(FindingRow._fields).replace_schema_metadata(None)
            if table.schema != _no_findings().schema or any(column.null_count for column in table.columns):
                raise ValueError
            return about, table
    except (
        pa.ArrowException,
        OSError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise ValueError(f"not a part ({type(error).__name__})") from None
    raise ValueError("a part of another version of palint: check the repository again")


@cache
def _no_findings() -> Any:
    """pyarrow's table of findings, with its types and without a row."""
    import pyarrow as pa

    numbers = dict.fromkeys(("line", "column", "end_line", "end_column"), pa.int32())
    types = {**dict.fromkeys(FindingRow._fields, pa.string()), **numbers, "at_head": pa.bool_()}
    return pa.schema(types).empty_table()


class _About(TypedDict):
    """What `pack` writes of a repository as a whole: the fields of a `Part` but its findings."""

    repository: str
    commit: str
    palint: str
    notices: list[tuple[str, str, str, bool]]
    rules: list[str]
    clauses: list[str]
    files: int
    links: list[tuple[str, str, str, str, str, int, str, str]]
