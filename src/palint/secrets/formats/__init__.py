"""Vendors' token formats: `table` has all; `vendor_names` and `format` need none of them (7 ms)."""
