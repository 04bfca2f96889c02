"""Filters: a few certain reasons to drop a candidate, each with an id and examples.

The classifier decides all uncertain cases.
"""

from __future__ import annotations

from functools import lru_cache

from palint.secrets.candidate import Place, Source
from palint.secrets.classifier import features
from palint.secrets.filters import names, references, syntax, values
from palint.secrets.filters.filter import FilterSet, first
from palint.secrets.filters.names import repeats_name
from palint.secrets.filters.placeholders import PLACEHOLDERS
from palint.secrets.names import is_strong

# By what they read: the value, the name, the value under a name that is a weak hint, both, the place
VALUE_FILTERS = FilterSet(*PLACEHOLDERS, *references.REFERENCES, *values.NOT_SECRET)
NAME_FILTERS = FilterSet(*names.NAMES)
WEAK_NAME_FILTERS = FilterSet(*names.WEAK_NAME)
PAIR_FILTERS = names.PAIRS
PLACE_FILTERS = syntax.FILTERS
# The value of a vendor's format, and rows of numbers: their name and their value
FORMAT_FILTERS = FilterSet(*values.OF_FORMATS)
ROW_NAME_FILTERS = FilterSet(*names.NAMES, *values.SEVERAL)
ROW_FILTERS = FilterSet(*values.ROW)


_SHORTEST_KEY = 110  # characters: of a key for Ed25519 in PKCS #8 with its two lines (RFC 8410)


@lru_cache(maxsize=16384)  # called for the bytes first, then for the remaining candidate; and values repeat
def is_filtered_value(value: str) -> bool:
    """Whether the value alone shows that it is not a secret, e.g. `${VAR}` or `changeme`."""
    if value.startswith("-----BEGIN"):
        return len(value) < _SHORTEST_KEY
    if not VALUE_FILTERS.matches(value):
        return False
    return not features.is_noise(value)


@lru_cache(maxsize=16384)
def is_filtered_name(name: str) -> bool:
    """Whether no value under this name is a secret, e.g. `password_field`."""
    return NAME_FILTERS.matches(name)


def is_filtered(place: Place) -> bool:
    """Whether any filter drops a candidate."""
    value, name = place.value, place.name
    if place.source is Source.FORMAT:
        pem = value.startswith("-----BEGIN")
        return values.is_elided(value) if pem else FORMAT_FILTERS.matches(value)
    return is_filtered_alone(value, name, place.syntax) or first(PLACE_FILTERS, place) is not None


def is_filtered_alone(value: str, name: str, syntax: str) -> bool:
    """Whether a filter of the value and the name drops a candidate: nine in ten, in a third of the time."""
    if syntax == "byte-array":
        return ROW_NAME_FILTERS.matches(name) or ROW_FILTERS.matches(value)
    if not name or syntax == "authorization-header":  # whose name is the scheme
        return is_filtered_value(value)
    if is_strong(name):
        return is_filtered_value(value) or is_filtered_under_name(value, name)
    return is_filtered_under_name(value, name) or is_filtered_value(value)  # a quarter of the time


@lru_cache(maxsize=16384)  # as above; a program assigns the same values to the same names
def is_filtered_under_name(value: str, name: str) -> bool:
    """Whether the name, or the value with it, shows that it is not a secret."""
    if is_filtered_name(name) or (not is_strong(name) and WEAK_NAME_FILTERS.matches(value)):
        return True
    return first(PAIR_FILTERS, value, name) is not None


def is_filtered_text(value: str, name: str) -> bool:
    """Whether a decoded value, assigned to `name`, is not a secret."""
    return is_filtered_value(value) or bool(name and repeats_name(value, name))


def only_repeats_name(place: Place) -> bool:
    """Whether a candidate is dropped for nothing but that its value repeats its name."""
    value, name = place.value, place.name
    return repeats_name(value, name) and not (is_filtered_value(value) or is_filtered_name(name))
