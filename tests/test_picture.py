"""docs/palint.svg: up to date, the same on every machine, and it loads nothing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from .conftest import ROOT

PICTURE = ROOT / "docs" / "palint.svg"


def test_the_picture_shows_what_palint_prints_now_wherever_it_is_made(tmp_path: Path) -> None:
    """In another folder, home, locale and terminal; with git and palint settings of a user."""
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "make_picture.py", tmp_path / "docs")
    (tmp_path / ".gitconfig").write_text("[init]\n\tdefaultBranch = trunk\n")
    (tmp_path / "policy.toml").write_text('ignore = ["boto3-access-key"]\n')
    env = {
        **{key: value for key, value in os.environ.items() if key not in ("PYTHONUTF8", "LANG")},
        "HOME": str(tmp_path),
        "LC_ALL": "C",
        "NO_COLOR": "1",
        "COLUMNS": "60",
        "TERM": "dumb",
        "PALINT_POLICY": str(tmp_path / "policy.toml"),
    }
    command = [sys.executable, str(tmp_path / "docs" / "make_picture.py")]
    subprocess.run(command, cwd=tmp_path, env=env, check=True)
    made = (tmp_path / "docs" / "palint.svg").read_bytes()
    assert made == PICTURE.read_bytes(), "old: run `python docs/make_picture.py`"


def test_the_picture_loads_nothing_and_has_no_style_that_it_does_not_define() -> None:
    text = PICTURE.read_text("utf-8")
    assert re.findall(r"https?://[^\s\"']+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"@import|@font-face|url\(|href", text)
    root = ET.fromstring(text)
    words = "\n".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "$ palint\n" in words and "`palint --fix`" in words and "\x1b" not in words
