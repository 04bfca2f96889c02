"""`palint demo`: palint on a repository with one violation of each installed rule."""

from __future__ import annotations

import os
import tempfile

from palint import registry, testing
from palint.cli.check import check
from palint.cli.exit_codes import EXIT_ERROR, EXIT_FINDINGS, EXIT_OK
from palint.cli.options import CheckOptions


def demo(color: str) -> int:
    """Check a temporary repository with made-up secrets, and return 0 if palint found something in it.

    The repository is removed. Only the program is tried: no settings, policy or baseline of the current
    directory apply.
    """
    with tempfile.TemporaryDirectory(prefix="palint-demo-") as folder:
        root = os.path.join(folder, "shop")  # a service's name: fixes have it
        make(root)
        print(f"palint on a demonstration repository in {root}:\n", flush=True)
        here = os.getcwd()
        os.chdir(root)
        try:
            code = check(CheckOptions(color=color, cache=False, isolated=True, quiet=True))
        finally:
            os.chdir(here)
    print("\nThis was a demonstration, so its findings do not fail. On your own: palint PATH")
    return {EXIT_FINDINGS: EXIT_OK}.get(code, EXIT_ERROR)


def make(root: str) -> None:
    """Write the repository: a folder for each rule, with the rule's first bad example."""
    for name, rule in registry.load().items():
        for path, text in testing.example_files(rule, rule.bad[0]).items():
            # A workflow counts in `.github/workflows/` only, so all of them are in one folder.
            parts = path.rpartition(".github/workflows/")
            testing.write(root, f"{parts[1]}{name}-{parts[2]}" if parts[1] else f"{name}/{path}", text)
