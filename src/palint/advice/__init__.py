"""What to do about a finding, for the place that it is in: every fix text of palint.

A module for each subject; each function gives one text, from what was found and a `Place`: the kind of the
file, and the facts of its repository. Rules import these modules only when they have found something.
"""

from palint.advice.place import Place

__all__ = ["Place"]
