"""Advice on a secret in the commits: it is replaced first, since every clone keeps it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from palint.advice import aws_keys
from palint.findings import Confidence, Finding

_NAMES = 6  # of a file's secrets that are shown
NOT_A_REPLACEMENT = "Rewriting does not replace rotation: clones, forks and caches keep the old commits."


def full(finding: Finding, path: str, secrets: Sequence[str], at_head: bool) -> str:
    """What to do, in order: replace the secret, move it, then rewrite.

    path: a file that has it. secrets: the variables of a .env file. at_head: whether HEAD has it.
    """
    remove = "git filter-repo --replace-text FILE"
    if finding.value_bits is None:
        names = ", ".join(f"`{name}`" for name in secrets[:_NAMES])
        more = f" and {len(secrets) - _NAMES} more" if len(secrets) > _NAMES else ""
        listed = f": {names}{more}" if names else ""
        first = f"rotate every secret in it{listed}. Everyone with a clone has the old values."
        move = f" Store the new values in AWS Secrets Manager and delete `{path}`."
        remove = f"git filter-repo --invert-paths --path {shlex.quote(path)}"
    elif aws_keys.is_of_key(finding):
        first = "deactivate the key and delete it in IAM: everyone with a clone has it."
        if finding.detector in aws_keys.TEMPORARY_FORMATS:
            first = "check that the key has expired: it is a temporary one."
        move = f" Remove it from `{path}`, store it nowhere, and use a role."
    else:
        first = "rotate it: everyone with a clone has it."
        move = f" Store the new value in AWS Secrets Manager and remove the old one from `{path}`."
    if finding.confidence is Confidence.LOW:
        first = f"if it is used anywhere, {first}"
    moved = move if at_head else ""
    return f"{first}{moved} Only then rewrite the history if you need to: `{remove}`. {NOT_A_REPLACEMENT}"


def short(finding: Finding) -> str:
    """The same in a few words, if `full` was shown above."""
    if finding.value_bits is None:
        return "rotate what it sets"
    if aws_keys.is_of_key(finding):
        return "deactivate and delete the key in IAM"
    condition = "if it is used anywhere, " if finding.confidence is Confidence.LOW else ""
    return f"{condition}rotate it, as above"
