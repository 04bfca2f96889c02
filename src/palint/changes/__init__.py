"""Planned changes of files: chosen so that none conflict, then written atomically."""
