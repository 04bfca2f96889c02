"""Every version of every file that a repository's commits hold, checked for what must be rotated.

`run` is the entry: `versions` lists what there is to read, `check` reads each version once in worker
processes, `secrets` makes one secret of all occurrences of a value, `timeline` finds from which commit to
which it was there.
"""
