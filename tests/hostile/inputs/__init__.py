"""Hostile inputs of our own: each a small function that makes a tree, and what palint must make of it."""

from __future__ import annotations

from tests.hostile.inputs import files, parsers, repositories, settings, texts
from tests.hostile.inputs.place import INPUTS, Place

__all__ = ["INPUTS", "Place", "files", "parsers", "repositories", "settings", "texts"]
