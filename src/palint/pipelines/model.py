"""A key in a pipeline, as plain data."""

from __future__ import annotations

from palint.util.named_tuple import NamedTuple


class PipelineKey(NamedTuple):
    """A part of a key. start, end: the range to report. name: its variable."""

    start: int
    end: int
    name: str
    literal: bool
