"""What could not be checked, as few notices: one for each file and kind, whatever the number of versions."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from palint.findings import Notice
from palint.history.versions import Versions


def first_path(name: str, versions: Versions) -> str:
    """The first path of a version, given by its object name; any other name as it is."""
    blob = versions.blob_index.get(name)
    return name if blob is None else os.fsdecode(versions.paths[versions.places[blob][0][0]])


def summarize(notices: Iterable[Notice], versions: Versions) -> list[Notice]:
    """Merge the notices of a path's versions, and replace names of objects by paths.

    Versions that the repository does not have are one notice.
    """
    of_file: dict[tuple[str, str], list[Notice]] = {}
    missing = 0
    for notice in notices:
        if notice.kind == "missing-object":
            missing += 1
            continue
        notice = notice._replace(path=first_path(notice.path, versions))
        of_file.setdefault((notice.path, notice.kind), []).append(notice)
    merged = [_merged(each) for each in of_file.values()]
    if missing:
        what = "1 version of a file is" if missing == 1 else f"{missing:,} versions of files are"
        message = f"{what} missing from this partial clone and not checked"
        merged.append(Notice("", "missing-object", f"{message}. Run `git fetch --refetch --no-filter`"))
    return merged


def _merged(notices: Sequence[Notice]) -> Notice:
    first = min(notices)  # workers report in no particular order
    if len(notices) == 1 or not first.path:
        return first
    others = "1 other version" if len(notices) == 2 else f"{len(notices) - 1:,} other versions"
    return first._replace(message=f"{first.message} (also in {others})")
