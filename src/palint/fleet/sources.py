"""Which repositories there are: from lists, folders of clones, and forges."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from palint.fleet.repository import Filters, Repository, SourceError
from palint.tree.git import remote

_MAX_LIST = 64 << 20  # bytes of a list
_MAX_DEPTH = 3  # folders below a folder of clones: `host/owner/name`
_COLUMNS = ("address", "name", "team", "tier", "default-branch", "forge")


def read(source: str, filters: Filters = Filters()) -> list[Repository]:  # noqa: B008 - immutable
    """The repositories of a source, as `palint fleet check` takes it. Raises SourceError."""
    if source.startswith(("github:", "gitlab:")):
        from palint.fleet import forges

        kind, _, group = source.partition(":")
        return forges.repositories(kind, group, filters)
    if os.path.isdir(source):
        return list(_clones(os.path.abspath(source)))
    if os.path.isfile(source):
        return list(_listed(source))
    if not remote.problem(source):
        return [_repository({"address": source}, os.curdir)]
    raise SourceError(
        f"{source}: no such file or folder; a source is a list, a folder of clones, an address, "
        "github:ORG or gitlab:GROUP"
    )


def unique(repositories: Iterable[Repository]) -> tuple[list[Repository], list[str]]:
    """(the repositories by name, each once, what to say about those that were left out or renamed)."""
    by_name: dict[str, Repository] = {}
    notes = []
    for each in repositories:
        other = by_name.get(each.name)
        if other is None:
            by_name[each.name] = each
        elif other.address == each.address:
            notes.append(f"{each.name}: listed twice, checked once")
        else:
            name = f"{each.name} ({each.address})"
            notes.append(f"{each.name}: two repositories have this name; the second is called {name}")
            by_name.setdefault(name, each._replace(name=name))
    return [by_name[name] for name in sorted(by_name)], notes


def _clones(folder: str, depth: int = _MAX_DEPTH, prefix: str = "") -> Iterator[Repository]:
    if git_folder(folder) is not None:
        yield _repository({"address": folder, "name": prefix or os.path.basename(folder)}, os.curdir)
    elif depth:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            raise SourceError(f"{folder}: cannot be read: {error.strerror}") from None
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                name = "/".join(filter(None, (prefix, entry.name.removesuffix(".git"))))
                yield from _clones(entry.path, depth - 1, name)


def git_folder(clone: str) -> str | None:
    """The git folder of a clone or a bare repository; None if the folder is neither."""
    for folder in (os.path.join(clone, ".git"), clone):
        if all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs")):
            return folder
    return None


def _listed(file: str) -> Iterator[Repository]:
    """The repositories of a list: JSON, CSV with a header, or one address or path a line."""
    try:
        with open(file, "rb") as handle:
            data = handle.read(_MAX_LIST + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SourceError(f"{file}: not UTF-8; save the list as UTF-8") from None
    if len(data) > _MAX_LIST:
        raise SourceError(f"{file}: larger than a list can be (64 MiB)")
    folder = os.path.dirname(os.path.abspath(file))
    for number, row in _rows(file, text):
        unknown = [key for key in row if key not in _COLUMNS]
        if unknown:
            raise SourceError(
                f"{file}:{number}: unknown column {unknown[0]!r}; known are {', '.join(_COLUMNS)}"
            )
        if not row.get("address"):
            raise SourceError(f"{file}:{number}: no address: each repository needs one")
        yield _repository(row, folder)


def _rows(file: str, text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """(1-based line, or number of the entry in JSON, {column: value})."""
    if text.lstrip().startswith("["):
        try:
            entries = json.loads(text)
        except ValueError as error:
            raise SourceError(f"{file}: not valid JSON: {error}") from None
        for number, entry in enumerate(entries, 1):
            row = {"address": entry} if isinstance(entry, str) else entry
            if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
                raise SourceError(f"{file}: entry {number} is neither an address nor an object of texts")
            yield number, row
        return
    if "address" in text.partition("\n")[0].strip().replace(";", ",").split(","):
        reader = csv.DictReader(io.StringIO(text))
        for row in reader:
            if None in row or None in row.values():
                raise SourceError(
                    f"{file}:{reader.line_num}: has another number of columns than the first line"
                )
            yield reader.line_num, {key.strip(): value.strip() for key, value in row.items()}
        return
    for number, line in enumerate(map(str.strip, text.splitlines()), 1):
        if line and not line.startswith("#"):
            yield number, {"address": line}


def _repository(row: Mapping[str, str], folder: str) -> Repository:
    address = row["address"]
    path = os.path.abspath(os.path.join(folder, os.path.expanduser(address)))
    problem = ""
    if "://" not in address and os.path.isdir(path):
        address = path
        if git_folder(path) is None:
            problem = "not a git repository"
    else:
        problem = remote.problem(address)
    if problem:
        address = re.sub(r"//[^/@]*@", "//", address)  # what signs in must not reach the store
    forge = row.get("forge") or _forge(address)
    return Repository(
        row.get("name") or name_of(address), address, row.get("default-branch", ""), row.get("team", ""),
        row.get("tier", ""), forge, 0, problem,
    )  # fmt: skip


def name_of(address: str) -> str:
    """`owner/name` of an address; the last folder of a path."""
    path = address.rstrip("/").removesuffix(".git").removesuffix("/")
    if os.path.isabs(address):
        return os.path.basename(path) or path
    rest = path.partition("://")[2].partition("/")[2] if "://" in path else path.rpartition(":")[2]
    return rest or path


def _forge(address: str) -> str:
    host = address.partition("://")[2].partition("/")[0] or address.partition(":")[0]
    return "gitlab" if "gitlab" in host else "github"


def shard(repositories: Sequence[Repository], number: int, count: int) -> list[Repository]:
    """The repositories of one of `count` shards (1-based); it depends on nothing but their names."""
    from zlib import crc32

    return [
        each
        for each in repositories
        if crc32(each.name.encode("utf-8", "surrogateescape")) % count == number - 1
    ]
