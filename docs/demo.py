"""palint on a demonstration repository: `python docs/demo.py [PATH…]`.

Without a path, a repository with one violation of each installed rule is made in a temporary folder, from the
rules' own examples and with made-up secrets; palint runs there and the folder is removed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from palint import registry
from palint.rule import Example, Rule
from palint.testing import write

PALINT = os.path.join(os.path.dirname(sys.executable), "palint")


def make(root: str) -> None:
    """Write the repository: a folder for each rule, holding its first bad example."""
    subprocess.run(["git", "init", "-q", root], check=True)
    for name, rule in registry.load().items():
        example = rule.bad[0]
        for path, text in _files(rule, example).items():
            # Only a workflow's own folder makes it one, so workflows lie side by side.
            parts = path.rpartition(".github/workflows/")
            place = f"{parts[1]}{name}-{parts[2]}" if parts[1] else f"{name}/{path}"
            write(root, place, text)
    subprocess.run(["git", "-C", root, "add", "--all"], check=True)


def _files(rule: type[Rule], example: Example) -> dict[str, str]:
    if example.files is not None:
        return dict(example.files)
    return {example.path or "example" + (rule.files.suffixes or (".txt",))[0]: example.text}


def main(arguments: list[str]) -> int:
    """Run palint on the given paths, or on the demonstration; 0 unless palint could not work."""
    if arguments:
        code = subprocess.run([PALINT, *arguments], check=False).returncode
        if code == 1:
            print("\npalint itself ends with exit code 1 here, so a hook or CI would fail.", file=sys.stderr)
        return 0 if code in (0, 1) else code
    with tempfile.TemporaryDirectory(prefix="palint-demo-") as root:
        make(root)
        print(f"palint on a demonstration repository in {root}:\n", flush=True)
        code = subprocess.run([PALINT, "check", root], check=False, cwd=root).returncode
        print("\nThis was a demonstration, so its findings do not fail. On your own: make run ARGS=PATH")
        return 0 if code in (0, 1) else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
