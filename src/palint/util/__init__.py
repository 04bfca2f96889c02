"""Helpers independent of palint: lazy patterns, SHA-256, the cache directory, background work."""
