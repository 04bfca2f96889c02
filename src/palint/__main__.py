"""`python -m palint`: remove the current directory from the search path before importing anything else.

Python has already searched it for this package itself; only `-P` (3.11) prevents that, so the documented
command is the script `palint`.
"""

import os
import sys

sys.path[:] = [p for p in sys.path if p not in ("", os.getcwd())]

from palint.cli.main import main  # noqa: E402

main()
