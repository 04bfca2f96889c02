"""Values that are no secret: made-up ones, and those that may stay in a file."""

from __future__ import annotations

import re

from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.advice.place import Place
    from palint.secrets import Secret

VARIABLE = lazy_re.compile(r"(?<!\w)_{0,2}[A-Z][A-Z0-9_]{1,60}(?!\w)")
VALUE = "Example-value-1"
ONE = (
    f"an obviously made-up value (`{VALUE}`, in the form and length that is needed) in each place that has it"
)
# Of a test or CI palint cannot see whether its value is a case: a length, a signature, what a fixture has
_IN_TEST = (
    "Otherwise generate it when the tests or the job start{}. If this very value is needed, suppress this "
    "finding with a reason."
)
IN_TEST = _IN_TEST.format(f", or write {ONE}")
# First what holds in each place: a made-up value fails where a server, an image or a key file has this one
_MAY_STAY = (
    "If it is no secret (public, expired, a sample, a vendor's default) or only for local servers or tests, "
    "suppress this finding with a reason. Or, if nothing outside of this repository has it (a server, an "
    "image, a key file), {}."
)
MAY_STAY = _MAY_STAY.format(f"write {ONE}")
_KEYS = ("private-", "extended-private-key", "putty-private-key", "json-web-key")  # starts of ids of formats
_NOT_MADE_UP = (*_KEYS, "json-web-token")  # a program checks their form, or their signature
_ENCRYPTS = lazy_re.compile(r"(?i)[\"'\s-]*(?:[\w.][\w.-]*?)?(?:crypt|pass_?phrase)")


def is_key(place: Place, secret: Secret) -> bool:
    """Whether a secret is a private key, or encrypts, by its name or that of the setting it falls back in."""
    line, _ = place.file.line_at(secret.start)
    names = (secret.name, place.file.text[line : secret.start][:200])
    return secret.detector.startswith(_KEYS) or any(map(_ENCRYPTS.match, names))


def in_test(secret: Secret) -> str:
    """`IN_TEST`, or the same for a key or a signed token, which cannot be made up."""
    return _IN_TEST.format("") if secret.detector.startswith(_NOT_MADE_UP) else IN_TEST


def may_stay(secret: Secret) -> str:
    """`MAY_STAY`, or the same for a key or a signed token, which cannot be made up."""
    cannot = secret.detector.startswith(_NOT_MADE_UP)
    return _MAY_STAY.format("let a script make it") if cannot else MAY_STAY


def words(name: str) -> str:
    """The words of a name, for a placeholder: `stripe api key`."""
    found = re.findall(r"[A-Z]+(?![a-z])\d*|[A-Z]?[a-z]+\d*|\d+", name)
    return " ".join(found).lower()[:40]
