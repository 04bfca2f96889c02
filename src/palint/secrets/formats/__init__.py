"""Vendors' token formats: `table` has all, and `format` needs none of them (7 ms)."""
