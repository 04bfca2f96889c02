"""docs/editors.md in the editors themselves, as far as they are installed: what it says is pasted and run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from palint.testing import substitute
from tests.conftest import ROOT, Repository

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "editors.md").read_text("utf-8")
SECONDS = 60


def blocks(heading: str) -> list[str]:
    """The code blocks of a section of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\w+\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def needs(program: str) -> pytest.MarkDecorator:
    """Skip a test where a program is missing."""
    return pytest.mark.skipif(not shutil.which(program), reason=f"no {program} on this machine")


@pytest.fixture
def file(repo: Repository) -> Path:
    """A YAML file with a secret."""
    return repo.write("values.yaml", substitute("api_token: {github_token}\n"))


def environment(home: Path) -> dict[str, str]:
    """The variables of an editor whose `palint` is this one, and which has no other settings."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "PATH": path, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")}


def run(*words: str | Path, home: Path) -> str:
    """What an editor without a terminal prints."""
    made = subprocess.run(
        words, env=environment(home), capture_output=True, text=True, check=False, timeout=2 * SECONDS
    )
    return made.stdout + made.stderr


NEOVIM_PRINTS = """
vim.cmd.edit(arg_file)
vim.wait({seconds}, function() return #vim.diagnostic.get(0) > 0 end, 50)
for _, found in ipairs(vim.diagnostic.get(0)) do print(found.source, found.code, found.lnum) end
"""


@needs("nvim")
@pytest.mark.parametrize("block", [0, 1], ids=["0.11", "older"])
def test_neovim(file: Path, tmp_path: Path, block: int) -> None:
    has = run("nvim", "--clean", "--headless", "+lua print(vim.lsp.config ~= nil)", "+qa!", home=tmp_path)
    if block == 0 and "true" not in has:
        pytest.skip("Neovim is older than 0.11")
    script = tmp_path / "init.lua"
    prints = NEOVIM_PRINTS.replace("{seconds}", str(SECONDS * 1000))
    script.write_text(f"local arg_file = [[{file}]]\n{blocks('Neovim')[block]}\n{prints}")
    said = run("nvim", "--clean", "--headless", "-S", script, "+qa!", home=tmp_path)
    assert re.search(r"palint\s+hardcoded-secret\s+0", said), said


EMACS_WAITS = """
(let ((end (+ (float-time) {seconds})))
  (while (and (not {found}) (< (float-time) end))
    (accept-process-output nil 0.1)))
"""


@needs("emacs")
def test_emacs_with_eglot(file: Path, tmp_path: Path) -> None:
    """The block's mode is one that Emacs has without a grammar of tree-sitter."""
    script = tmp_path / "eglot.el"
    waits = EMACS_WAITS.replace("{found}", "(flymake-diagnostics)").replace("{seconds}", str(SECONDS))
    script.write_text(
        f'(require \'eglot)\n{blocks("Emacs")[0]}\n(find-file "{file}")\n(conf-mode)\n'
        "(setq eglot-sync-connect 30)\n(apply #'eglot (eglot--guess-contact))\n(flymake-mode 1)\n"
        f"{waits}\n(dolist (each (flymake-diagnostics)) (princ (flymake-diagnostic-text each)))\n"
    )
    said = run("emacs", "--batch", "-Q", "-l", script, home=tmp_path)
    assert "hardcoded GitHub personal access token" in said, said


@needs("emacs")
def test_emacs_with_lsp_mode(file: Path, tmp_path: Path) -> None:
    probe = run("emacs", "--batch", "-l", "lsp-mode", "--eval", "(princ 'here)", home=tmp_path)
    if "here" not in probe:
        pytest.skip("no lsp-mode on this machine")
    script = tmp_path / "lsp.el"
    found = "(> (hash-table-count (lsp-diagnostics)) 0)"
    waits = EMACS_WAITS.replace("{found}", found).replace("{seconds}", str(SECONDS))
    script.write_text(
        f"(require 'lsp-mode)\n{blocks('Emacs')[1]}\n(setq lsp-auto-guess-root t lsp-auto-configure nil)\n"
        f'(lsp-workspace-folders-add "{file.parent}")\n(find-file "{file}")\n(conf-mode)\n(lsp)\n{waits}\n'
        "(maphash (lambda (_ all) (princ all)) (lsp-diagnostics))\n"
    )
    said = run("emacs", "--batch", "-l", script, home=tmp_path)
    assert "hardcoded GitHub personal access token" in said, said


@needs("hx")
@needs("tmux")
def test_helix(file: Path, tmp_path: Path) -> None:
    settings = tmp_path / ".config" / "helix" / "languages.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(blocks("Helix")[0])
    tmux = ["tmux", "-L", tmp_path.name, "-f", "/dev/null"]
    env = environment(tmp_path)
    start = ["new-session", "-d", "-x", "150", "-y", "30", "hx", str(file)]
    subprocess.run([*tmux, *start], env=env, cwd=file.parent, check=True)

    def shown(wanted: str) -> str:
        end, screen = time.monotonic() + SECONDS, ""
        while wanted not in screen and time.monotonic() < end:
            time.sleep(0.2)
            screen = subprocess.run(
                [*tmux, "capture-pane", "-p"], env=env, capture_output=True, text=True, check=True
            ).stdout
        return screen

    try:
        shown("● 1 ")  # the status line counts it
        subprocess.run([*tmux, "send-keys", "Space", "d"], env=env, check=True)  # the list of diagnostics
        screen = shown("hardcoded GitHub")
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, check=False)
    assert "hardcoded GitHub" in screen, screen
