"""The part of `pickle` in C: importing the one in Python as well takes three times as long."""

from __future__ import annotations

try:
    from _pickle import dumps, loads
except ImportError:  # another Python than CPython
    from pickle import dumps, loads

__all__ = ["dumps", "loads"]
