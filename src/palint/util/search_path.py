"""Keep the checked tree off the search path of imports: none of its code may run.

This module imports nothing that Python has not loaded at its start.
"""

from __future__ import annotations

import os
import sys

_PALINT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def leave_trees(paths: list[str]) -> None:
    """Remove the folders of the trees around some paths from `sys.path`.

    A tree is the repository that holds a path, else the path's folder. The environments that palint runs in
    stay, also where one lies inside the tree (`.venv`), and so do the packages that were installed there as
    editable: a `.pth` file adds their folders behind `site-packages`, where they replace no other module.
    PYTHONPATH and the current folder come before it.
    """
    folders = {path if os.path.isdir(path) else os.path.dirname(os.path.abspath(path)) for path in paths}
    trees = {_tree(os.path.realpath(folder)) for folder in folders}
    own = [_PALINT, sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix]
    installed = [row for row, entry in enumerate(sys.path) if _holds_packages(entry)]
    front, editable = sys.path, []
    if installed:
        front, editable = sys.path[: installed[-1] + 1], sys.path[installed[-1] + 1 :]
    for tree in trees:
        kept = [folder for folder in own if _is_inside(folder, tree)]
        front = [
            entry
            for entry in front
            if not _is_inside(entry, tree) or any(_is_inside(entry, folder) for folder in kept)
        ]
    sys.path[:] = [*front, *editable]


def _holds_packages(entry: str) -> bool:
    """Whether an entry is the folder of an environment's installed packages."""
    name = os.path.basename(entry.rstrip(os.sep))
    return name in ("site-packages", "dist-packages") and any(
        _is_inside(entry, prefix) for prefix in (sys.prefix, sys.base_prefix)
    )


def _tree(folder: str) -> str:
    top = folder
    while not os.path.lexists(os.path.join(top, ".git")):
        above = os.path.dirname(top)
        if above == top:
            return folder
        top = above
    return top


def _is_inside(path: str, folder: str) -> bool:
    """Whether a path is a folder or inside it, as it is written or with its links followed."""
    for one, other in (
        (os.path.abspath(path), os.path.abspath(folder)),
        (os.path.realpath(path), os.path.realpath(folder)),
    ):
        if one == other or one.startswith(other.rstrip(os.sep) + os.sep):
            return True
    return False
