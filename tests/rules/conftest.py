"""What the rules' tests share."""

import libcst  # noqa: F401 - each fix of Python code is computed in a forked child, which would import it anew
