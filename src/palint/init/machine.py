"""A hook for every repository of a user: `palint init --global`, through git's `core.hooksPath`.

git then looks for hooks in that folder alone, so it gets a script for each name, which runs the repository's
own hook of that name after palint: https://git-scm.com/docs/githooks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from palint.changes.edits import ChangeError
from palint.tree.git.queries import output
from palint.util import atomic_file
from palint.util.typing import NamedTuple

_MARK = "# Written by `palint init --global`."
_CHECKED = ("pre-commit", "pre-merge-commit")
# Without those that git runs many times in one command: reference-transaction, post-index-change.
_PASSED_ON = (
    "applypatch-msg", "commit-msg", "post-applypatch", "post-checkout", "post-commit", "post-merge",
    "post-receive", "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc", "pre-push", "pre-rebase",
    "pre-receive", "prepare-commit-msg", "proc-receive", "push-to-checkout", "sendemail-validate", "update",
)  # fmt: skip
_CHECK = """\
#!/bin/sh
{mark}
case ${{0##*/}} in
  {checked}) {program} check --staged --quiet || exit ;;
esac
"""
_PASS_ON = """\
own=$(git rev-parse --git-common-dir)/hooks/${0##*/}
if [ -x "$own" ] && [ "$0" != "$own" ]; then exec "$own" "$@"; fi
"""


class Hooks(NamedTuple):
    """The scripts to write. folder: absolute. file: git's settings that have to name it, "" if they do."""

    folder: str
    scripts: Mapping[str, str]
    file: str


def plan(program: str, environment: Mapping[str, str] = os.environ) -> Hooks:
    """The hooks of a user's machine. A folder that `core.hooksPath` names is kept, and so are its hooks.

    program: palint's command, quoted for a shell. Raises ChangeError if a hook that palint has not written
    is in the way, or if git looks for hooks in a folder of each repository.
    """
    home = environment.get("HOME") or os.path.expanduser("~")
    settings = environment.get("XDG_CONFIG_HOME") or ""
    if not os.path.isabs(settings):
        settings = os.path.join(home, ".config")
    named = environment.get("GIT_CONFIG_GLOBAL")
    files = [named] if named else [os.path.join(settings, "git", "config"), os.path.join(home, ".gitconfig")]
    own = os.path.join(settings, "palint", "hooks")
    system = environment.get("GIT_CONFIG_SYSTEM")
    places = [["--file", system] if system else ["--system"], *(["--file", file] for file in files)]
    set_in = [value for place in places if (value := _hooks_path(home, place))]  # the last one counts
    folder = set_in[-1] if set_in else own
    if not os.path.isabs(folder):
        raise ChangeError(
            f"core.hooksPath is {folder!r}, a folder of each repository: add the line "
            "`palint check --staged || exit` to the hook `pre-commit` there, or unset it"
        )
    check = _CHECK.format(mark=_MARK, checked="|".join(_CHECKED), program=program)
    # A folder of the user's own has replaced the repositories' hooks so far, too.
    scripts = (
        dict.fromkeys((*_CHECKED, *_PASSED_ON), check + _PASS_ON)
        if folder == own
        else dict.fromkeys(_CHECKED, check)
    )
    for name in scripts:
        _refuse_other(os.path.join(folder, name))
    file = next((each for each in reversed(files) if os.path.exists(each)), files[-1])
    if os.path.exists(file) and not os.path.isfile(file):  # git would replace the device /dev/null by a file
        raise ChangeError(f"{file} is not a regular file: git's settings cannot be written there")
    return Hooks(folder, scripts, "" if set_in else file)


def write(hooks: Hooks) -> None:
    """Write the scripts, and have git look for hooks there. Raises OSError and GitError."""
    os.makedirs(hooks.folder, exist_ok=True)
    for name, text in hooks.scripts.items():
        atomic_file.replace(os.path.join(hooks.folder, name), text.encode(), 0o755)
    if hooks.file:
        output(hooks.folder, "config", "--file", hooks.file, "core.hooksPath", hooks.folder)


def _hooks_path(home: str, place: Sequence[str]) -> str:
    """The folder that settings of git name, as git reads them; "" for none. place: which settings.

    Raises GitError for settings that git cannot read.
    """
    asked = ["config", *place, "--includes", "--type=path", "--null", "--default", "", "core.hooksPath"]
    return os.fsdecode(output(home, *asked).removesuffix(b"\0"))


def _refuse_other(path: str) -> None:
    """Raise ChangeError for a hook that palint has not written."""
    if not os.path.lexists(path):
        return
    if os.path.isfile(path):
        with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
            if _MARK in file.read(1 << 16):
                return
    raise ChangeError(
        f"{path} is there and is not palint's: add the line `palint check --staged || exit` to it"
    )
