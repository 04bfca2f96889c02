"""Check every version of every file in a repository's commits for secrets that must be rotated.

`run` is the entry point: `versions` lists the versions to read, `check` reads each once in worker processes,
`secrets` merges all occurrences of a value, and `timeline` finds the first and last commit that have it.
"""
