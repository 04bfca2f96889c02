"""Write what other package managers take: `python packaging/make_packages.py DIST INTO`.

DIST has the wheel and the source archive of `make dist`. INTO gets `palint.rb` for a Homebrew tap, `npm/` for
the npm registry, and `palint-pre-commit/`, the content of the mirror repository for pre-commit and prek. The
same DIST gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGING = ROOT / "packaging"

MIRROR = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "palint-pre-commit"
version = "{version}"
dependencies = ["palint=={version}"]

[tool.setuptools]
py-modules = []
"""
MIRROR_README = """\
# palint-pre-commit

The hooks of [palint](https://palindrom.github.io/palint/) for [pre-commit](https://pre-commit.com) and
[prek](https://prek.j178.dev), installed from PyPI:

```yaml
repos:
  - repo: https://github.com/palindrom/palint-pre-commit
    rev: v{version}
    hooks:
      - id: palint
      - id: palint-env
```
"""


def digest(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def make(dist: Path, into: Path) -> str:
    """Write the packages and return their version. Raises ValueError for two versions in DIST, or none."""
    (wheel,), (source,) = dist.glob("palint-*-py3-none-any.whl"), dist.glob("palint-*.tar.gz")
    version = wheel.name.split("-")[1]
    if source.name != f"palint-{version}.tar.gz":
        raise ValueError(f"{wheel.name} and {source.name} are of two versions")
    into.mkdir(parents=True, exist_ok=True)
    formula = (PACKAGING / "palint.rb").read_text("utf-8").split("\n", 1)[1]
    formula = formula.replace("{version}", version).replace("{sha256}", digest(source))
    (into / "palint.rb").write_text(formula, "utf-8")

    npm = into / "npm"
    shutil.copytree(PACKAGING / "npm", npm, dirs_exist_ok=True)
    shutil.copyfile(ROOT / "LICENSE", npm / "LICENSE")
    manifest = json.loads((npm / "package.json").read_text("utf-8"))
    (npm / "package.json").write_text(json.dumps({**manifest, "version": version}, indent=2) + "\n", "utf-8")
    pinned = (ROOT / "action" / "requirements.txt").read_text("utf-8")
    own = f"palint=={version} --hash=sha256:{digest(wheel)}\n"
    (npm / "requirements.txt").write_text(pinned + own, "utf-8")

    mirror = into / "palint-pre-commit"
    mirror.mkdir(exist_ok=True)
    (mirror / "pyproject.toml").write_text(MIRROR.format(version=version), "utf-8")
    (mirror / "README.md").write_text(MIRROR_README.format(version=version), "utf-8")
    for name in (".pre-commit-hooks.yaml", "LICENSE"):
        shutil.copyfile(ROOT / name, mirror / name)
    return version


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"palint {made}: {', '.join(sorted(path.name for path in Path(sys.argv[2]).iterdir()))}")
