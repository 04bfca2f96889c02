"""palint, a linter for one standard for secrets."""

__version__ = "0.2.0"
