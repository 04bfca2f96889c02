"""`python -m palint`: the current directory is taken off the search path before anything else is imported.

Python has looked there for this very package already; only `-P` (3.11) prevents that, so the documented
command is the script `palint`.
"""

import os
import sys

sys.path[:] = [p for p in sys.path if p not in ("", os.getcwd())]

from palint.cli.main import main  # noqa: E402

main()
