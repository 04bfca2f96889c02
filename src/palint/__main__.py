"""`python -I -m palint`: nothing that the checked tree may have brought is on Python's search path.

Without `-I` Python has already imported what PYTHONPATH or the current directory has under the names that it
looks up at its start (`sitecustomize`) and for `-m` (`palint`), before any code of this package runs.
"""

import os

from palint.util import search_path

search_path.leave_trees([os.curdir])

from palint.cli.main import main  # noqa: E402

main()
