"""Fix texts of clause C4: rotate a static AWS key, then sign in without one."""

from __future__ import annotations

from palint.aws import secrets_manager
from palint.tree.project import Project

ROTATE = "rotate the key: anyone who can read the repository has it."


ROTATE_AFTER_FIX = "Rotate the key in IAM: it works until then."  # `Fix.follow_up`
REMOVE_AFTER_FIX = "Delete the key in IAM once nothing uses it: it works until then."


def after_fix(*, literal: bool) -> tuple[str, ...]:
    """What a person must do after the edits have removed a key."""
    return (ROTATE_AFTER_FIX if literal else REMOVE_AFTER_FIX,)


def rotate_first(text: str, *, literal: bool) -> str:
    """A fix text that starts with the rotation if the key itself is in the file. text: in lower case."""
    return f"{ROTATE} Then {text}" if literal else text


def login(project: Project) -> str:
    """The command with which a developer of this repository signs in."""
    return f"`aws sso login --profile {secrets_manager.profile(project)}`"


def default_chain(project: Project, client: str = "The SDK", code: str = "") -> str:
    """A sentence on where a client without keys gets its credentials. code: that of such a client, if any."""
    return (
        f"{client} uses the role of the task, Lambda or CI job; on a laptop it uses your "
        f"{login(project)} session" + (f":\n    {code}" if code else "")
    )


def shell_session(project: Project) -> str:
    """The two commands, indented, that replace exported keys."""
    profile = secrets_manager.profile(project)
    return f"    aws sso login --profile {profile}\n    export AWS_PROFILE={profile}"
