"""What the rules' tests share."""

import libcst  # noqa: F401 - each fix of Python code is computed in a forked child, which would import it anew

from tests.rules.whole_results import pytest_runtest_call  # noqa: F401 - it compares what rules give in each test
