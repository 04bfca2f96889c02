"""A secret in a place where a report quotes the file: names, labels, cut words, the remote's address."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from palint.report import FORMATS
from palint.secrets.synthetic import generate
from palint.testing import write
from tests.conftest import Repository, palint

TOKEN = generate("{github_token}", "leak")
SHOWN = 12  # characters in a row that nothing may show

FILES = {
    "name of a Secret": (
        "a.yaml",
        f"kind: Secret\nmetadata: {{name: {TOKEN}}}\nstringData:\n  password: @password\n",
    ),
    "key of a Secret": ("a.yaml", f"kind: Secret\nstringData:\n  {TOKEN}: @password\n"),
    "label": ("a.tf", f'resource "aws_iam_access_key" "{TOKEN}" {{\n  user = "a"\n}}\n'),
    "user": ("a.tf", f'resource "aws_iam_access_key" "a" {{\n  user = "{TOKEN}"\n}}\n'),
    "cut word": ("a.py", f'x = "{TOKEN[:20]}\\\n{TOKEN[20:]}"; password = "@password"\n'),
    "cut and indented": ("a.yml", f'x: "{TOKEN[:20]}\\\n  {TOKEN[20:]}"\npassword: "@password"\n'),
    "job": (
        ".github/workflows/a.yml",
        f"on: push\njobs:\n  {TOKEN}:\n    env: {{AWS_ACCESS_KEY_ID: '${{{{ secrets.A }}}}'}}\n",
    ),
}  # fmt: skip


def leaks(text: str) -> list[str]:
    parts = {TOKEN[i : i + SHOWN] for i in range(4, len(TOKEN) - SHOWN + 1)}
    return sorted(part for part in parts if part in text)


@pytest.mark.parametrize("place", FILES)
def test_no_report_shows_it(tmp_path: Path, place: str) -> None:
    path, text = FILES[place]
    write(str(tmp_path), path, text.replace("@password", generate("{password}", "leak")))
    outputs = [part for name in FORMATS for part in ("--output", f"{name}:{tmp_path / name}.report")]
    made = palint("check", "--verbose", *outputs, cwd=tmp_path)
    assert made.returncode == 1, made.stdout + made.stderr
    assert not leaks(made.stdout + made.stderr)
    for name in FORMATS:
        assert not leaks((tmp_path / f"{name}.report").read_text()), name


@pytest.mark.parametrize("form", ["https://{}@example.com/r.git", "https://u:{}@example.com/o/r.git"])
def test_what_signs_in_to_the_remote_is_not_the_repositorys_name(repo: Repository, form: str) -> None:
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit()
    repo.git("remote", "add", "origin", form.format(TOKEN))
    os.environ.pop("GITHUB_REPOSITORY", None)
    made = repo.palint("check", "--format", "html")
    assert made.returncode == 0 and not leaks(made.stdout)


def test_the_settings_in_force_show_none(repo: Repository) -> None:
    repo.write("palint.toml", f'exclude = ["{TOKEN}/"]\n')
    made = repo.palint("config")
    assert made.returncode == 0 and "exclude" in made.stdout and not leaks(made.stdout)
