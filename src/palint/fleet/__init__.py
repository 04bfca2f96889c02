"""`palint fleet`: many repositories under one standard.

A unit is `repository@commit + palint, rules, settings, options -> one part`: a part is a Parquet file, named
by what it depends on, so it is made once. An engine runs units; `store` merges parts into DuckDB, and
everything that people read comes from the store. No other command of palint imports this package.
"""
