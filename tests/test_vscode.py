"""What the VS Code extension is published with; `make editors` builds it and runs its client."""

from __future__ import annotations

import json
import re

from palint import __version__
from tests.conftest import ROOT

FOLDER = ROOT / "editors" / "vscode"


def test_the_package_has_palints_version_licence_and_an_icon() -> None:
    manifest = json.loads((FOLDER / "package.json").read_text("utf-8"))
    assert manifest["version"] == __version__
    assert json.loads((FOLDER / "package-lock.json").read_text("utf-8"))["version"] == __version__
    assert (FOLDER / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    icon = (FOLDER / manifest["icon"]).read_bytes()
    width, height = (int.from_bytes(icon[at : at + 4], "big") for at in (16, 20))
    assert icon.startswith(b"\x89PNG") and width == height >= 128  # the marketplace's least
    assert f"## {__version__}" in (FOLDER / "CHANGELOG.md").read_text("utf-8")


def test_the_readme_shows_a_screenshot() -> None:
    """The marketplace shows the README; `vsce` leads its pictures to GitHub."""
    (name,) = re.findall(r"!\[.+\]\((.+)\)", (FOLDER / "README.md").read_text("utf-8"))
    picture = (FOLDER / name).read_bytes()
    assert picture.startswith(b"\x89PNG") and int.from_bytes(picture[16:20], "big") >= 800


def test_what_the_package_needs_is_in_it() -> None:
    packed = re.findall(r"^!(.+)$", (FOLDER / ".vscodeignore").read_text("utf-8"), re.MULTILINE)
    assert {"package.json", "README.md", "LICENSE", "CHANGELOG.md", "icon.png", "dist/extension.js"} == set(
        packed
    )
