"""What a shard covered, written beside its parts when it has ended; a run is all of its shards."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, TypedDict

import msgspec

from palint.fleet.parts import FORMAT, NAME, Folder
from palint.fleet.repository import Repository
from palint.fleet.store import Covered, Run, StoreError

_NAME = re.compile(r"shard-([0-9]{1,5})-of-([0-9]{1,5})\.json")
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e11)]  # since the epoch: a date has four digits for a year


class _Repository(TypedDict, total=False):
    name: str
    address: str
    branch: str
    team: str
    tier: str
    forge: str
    size: int
    problem: str
    head: str


class _Covered(TypedDict):
    repository: _Repository
    commit: str
    part: str
    reason: str
    reused: bool
    seconds: _Seconds


class _Shard(TypedDict):
    """What `write` writes; a shard may have run elsewhere."""

    started: _Seconds
    finished: _Seconds
    palint: str
    policy: str
    keyed: bool
    missing: list[str]
    covered: list[_Covered]


def write(folder: Folder, number: int, count: int, run: Run) -> None:
    """Write what a shard (1-based) covered. Raises OSError."""
    covered = [each._replace(repository=each.repository._asdict())._asdict() for each in run.covered]  # type: ignore[arg-type]
    text = json.dumps({"format": FORMAT, **run._asdict(), "covered": covered})
    folder.write(f"shard-{number}-of-{count}.json", text.encode())


def read(folders: Sequence[Folder]) -> tuple[Run, list[Folder]]:
    """The run whose shards ended in these folders, and the folders with a shard each. Raises StoreError."""
    shards: dict[int, tuple[Run, Folder]] = {}
    counts = set()
    for folder in folders:
        for name in folder.names():
            match = _NAME.fullmatch(name)
            if match is not None:
                shards[int(match[1])] = _read(folder, name), folder
                counts.add(int(match[2]))
    if len(counts) != 1:
        why = "no shard has ended there" if not counts else "shards of runs that were split differently"
        raise StoreError(f"nothing to merge: {why}; pass the folders given as --parts")
    (count,) = counts
    runs = [run for run, _ in shards.values()]
    settings = {(run.palint, run.policy, run.keyed) for run in runs}
    if len(settings) > 1:
        raise StoreError(
            "the shards ran with different versions of palint, policies or keys: run them again alike"
        )
    ((palint, policy, keyed),) = settings
    covered = sorted((each for run in runs for each in run.covered), key=lambda each: each.repository.name)
    missing = [f"shard {number} of {count}" for number in range(1, count + 1) if number not in shards]
    started, finished = min(run.started for run in runs), max(run.finished for run in runs)
    return Run(started, finished, palint, policy, keyed, covered, missing), [
        folder for _, folder in shards.values()
    ]


def _read(folder: Folder, name: str) -> Run:
    try:
        document = json.loads(folder.read(name))
        if not isinstance(document, dict) or document.pop("format") != FORMAT:
            raise ValueError("of another version of palint")
        msgspec.convert(document, _Shard)
        covered = [
            Covered(**{**each, "repository": Repository(**each["repository"])})
            for each in document["covered"]
        ]
        if not all(NAME.fullmatch(each.part) for each in covered if each.part):  # a damaged one is deleted
            raise ValueError("its parts have no names of parts")
        return Run(**{**document, "covered": covered})
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(f"{name}: cannot be read ({error}): run this shard again") from None
