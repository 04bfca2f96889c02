"""`hardcoded-secret` beyond its examples: files that are not read as a plain text."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.engine.run import run
from palint.findings import Results
from palint.secrets.synthetic import SHAPES, generate
from palint.testing import check
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree

RULE = registry.load()["hardcoded-secret"]
TOKEN = generate(SHAPES["github_token"], "hardcoded")


def results_in(root: Path, limits: Limits) -> Results:
    project = Project(str(root), WorkTree(str(root), repository=False), limits)
    return run(project, Config(limits=limits), {RULE.id(): RULE}, jobs=1)


def test_a_link_whose_target_is_a_secret(tmp_path: Path) -> None:
    os.symlink(f"/run/{TOKEN}", tmp_path / "link")
    (finding,) = results_in(tmp_path, Limits()).findings
    assert (finding.span.path, finding.span.start) == ("link", (1, 6))
    assert TOKEN not in repr(finding)


def test_a_file_too_large_to_hold_is_searched(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_text("-- a row\n" * 100 + f"token = '{TOKEN}'\n", "utf-8")
    results = results_in(tmp_path, Limits(text=100))
    assert [f.span.start for f in results.findings] == [(101, 10)]
    assert results.complete


def test_a_google_key_that_an_app_carries_is_a_warning() -> None:
    text = f'<string name="key">{generate("AIzaSy{base62:33}", 1)}</string>\n'
    for manifest, expected in (("app", "WARNING"), ("other", "ERROR")):
        files = {
            "app/src/main/res/a.xml": text,
            f"{manifest}/src/main/AndroidManifest.xml": "<manifest/>\n",
        }
        assert [f.severity.name for f in check(RULE, files)] == [expected]


GOOGLE = generate("AIzaSy{base62:33}", "a key")


@pytest.mark.parametrize(("name", "expected"), [("NEXT_PUBLIC_MAPS_KEY", "LOW"), ("MAPS_KEY", "HIGH")])
def test_a_google_key_that_a_bundler_writes_into_pages_is_low(name: str, expected: str) -> None:
    (finding,) = check(RULE, {"settings.sh": f"{name}={GOOGLE}\n"})
    assert finding.confidence.name == expected


KEY, HEX, WORDS = generate("{base62:32}", "a key"), generate("{hex:32}", "a key"), "NotValidated"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("src/client.js", f"apiKey: '{KEY}'", "HIGH"),
        ("node_modules/ms/client.js", f"apiKey: '{KEY}'", "LOW"),
        ("wp-includes/client.php", f"'password' => '{KEY}'", "LOW"),
        ("plugins/cordova-plugin-x/a.js", f"secret = '{KEY}'", "LOW"),
        ("vendor/own/a.js", f"secret = '{TOKEN}'", "HIGH"),
        ("public/js/client.js", f"apiKey: '{KEY}'", "LOW"),
        ("public/js/client.js", f"token = '{TOKEN}'", "HIGH"),
        ("js/client.min.js", f"apiKey:'{KEY}'", "LOW"),
        ("js/client.js.map", f"apiKey:'{KEY}'", "LOW"),
        ("dist/client.js", f"f({{apiKey:'{KEY}'}})", "LOW"),
        ("dist/server.js", f"const http = require('http');\nf({{apiKey:'{KEY}'}})", "HIGH"),
        ("js/client.min.js", f"f('{GOOGLE}')", "LOW"),
        ("src/client.js", f"f('{GOOGLE}')", "HIGH"),
        ("app/views/layouts/a.html.haml", f"= tag 'x', 'data-apikey' => '{KEY}'", "LOW"),
        ("app/views/layouts/a.html.haml", f"= tag 'x', 'data-token' => '{TOKEN}'", "HIGH"),
        ("config/a.yml.ejs", f"api_key: '{KEY}'", "HIGH"),
        ("bin/composer.phar", f"f(['password' => '{WORDS}'])", None),
        ("db/Init.Designer.cs", f'ApiKey = "{KEY}"', "HIGH"),
        ("public/js/client.js", f"f({{password: '{WORDS}'}})", None),
        ("src/client.js", f"f({{password: '{WORDS}'}})", "LOW"),
        ("src/a.py", f'api_key = "{HEX}"', "HIGH"),
        ("tests/a.py", f'api_key = "{HEX}"', "LOW"),
        ("tests/a.py", f'api_key = "{KEY}"', "HIGH"),
        ("src/a.py", f'token = "{generate(SHAPES["jwt"], 1)}"', "HIGH"),
        ("tests/a.py", f'token = "{generate(SHAPES["jwt"], 1)}"', "LOW"),
    ],
)
def test_what_everyone_has_counts_for_less(
    path: str, text: str, expected: str | None, tmp_path: Path
) -> None:
    assert [f.confidence.name for f in check(RULE, {path: text})] == [expected] * (expected is not None)
    # a change does not lower its own findings
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text, "utf-8")
    tree = WorkTree(str(tmp_path), repository=False)
    project = Project(str(tmp_path), tree, Limits())
    project.base = Project(str(tmp_path), tree, Limits(), project)
    in_change = run(project, Config(), {RULE.id(): RULE}, jobs=1).findings
    assert [f.confidence.name for f in in_change] == ["LOW" if WORDS in text else "HIGH"]


def test_an_escape_in_a_notebook_hides_no_secret() -> None:
    cells = [{"cell_type": "code", "source": ["import db\n", f"!login {TOKEN}"]}]
    text = json.dumps({"cells": cells}).replace("ghp_", "g\\u0068p_")
    (finding,) = check(RULE, {"a.ipynb": text})
    assert finding.message.endswith(" (cell 1, line 2)")


def test_outside_the_cells_of_a_notebook_no_cell_is_named() -> None:
    text = json.dumps({"cells": [], "metadata": {"token": TOKEN}})
    (finding,) = check(RULE, {"a.ipynb": text})
    assert finding.message.endswith("characters)")
