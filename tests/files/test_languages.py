"""What language a file is in."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.files import languages, sets
from palint.files.languages import LANGUAGES, UNKNOWN, find

PINNED = {
    "app.py": "python",
    "stubs/app.PYI": "python",
    "a.ipynb": "notebook",
    "a.jsx": "jsx",
    "src/a.d.ts": "typescript",
    "a.mts": "typescript",
    "a.tsx": "tsx",
    "build.gradle.kts": "kotlin",
    "build.gradle": "groovy",
    "Jenkinsfile": "jenkinsfile",
    "ci/Jenkinsfile.deploy": "jenkinsfile",
    "lib/tasks/db.rake": "ruby",
    "config.ru": "ruby",
    "Gemfile": "ruby",
    "Gemfile.lock": "",
    "Program.cs": "csharp",
    "main.rs": "rust",
    "run.sh": "shell",
    "run.zsh": "shell",
    "run.bash": "shell",
    "a.ps1": "powershell",
    "a.vue": "vue",
    "a.toml": "toml",
    "a.cfg": "ini",
    "a.properties": "properties",
    "a.xml": "xml",
    "a.htm": "html",
    "a.scss": "sass",
    "a.kt": "kotlin",
    "a.php": "php",
    "a.go": "go",
    "a.java": "java",
    "a.scala": "scala",
    "infra/main.tf": "terraform",
    "infra/main.tf.json": "terraform-json",
    "a.json": "json",
    "tsconfig.jsonc": "jsonc",
    "Makefile": "makefile",
    "GNUmakefile.inc": "makefile",
    "rules.mk": "makefile",
    "makefile_tools.py": "python",
    ".justfile": "justfile",
    "Procfile.dev": "procfile",
    "Dockerfile": "dockerfile",
    "docker/Dockerfile.prod": "dockerfile",
    "api.dockerfile": "dockerfile",
    "Containerfile": "dockerfile",
    "Dockerfile.j2": "dockerfile",
    "dockerfile_parser.py": "python",
    "docker-compose.ci.yml": "compose",
    "compose.yaml": "compose",
    "compose/settings.yml": "yaml",
    ".github/workflows/ci.yml": "workflow",
    ".github/workflows/compose.yml": "workflow",
    ".github/workflows/lib/ci.yml": "yaml",
    ".github/workflows/jenkinsfile-runner.yml": "workflow",
    "jenkinsfile.json": "json",
    "deploy/action.yml": "action",
    "deployment.yaml": "yaml",
    "stack.template": "cloudformation",
    ".env": "dotenv",
    "web/.envrc": "dotenv",
    "web/env.template": "dotenv",
    ".env.local.template": "dotenv",
    "environment.template": "cloudformation",
    "README.md": "markdown",
    "page.mdx": "mdx",
    "index.html": "html",
    "values.yaml.gotmpl": "go-template",
    "LICENSE": "",
    "": "",
}


@pytest.mark.parametrize(("path", "expected"), PINNED.items())
def test_a_path_has_one_language(path: str, expected: str) -> None:
    assert find(path).id == expected
    assert find(path.upper()).id == expected


@pytest.mark.parametrize(
    ("first_line", "expected"),
    [
        ("#!/usr/bin/env python3", "python"),
        ("#!/bin/sh -e", "shell"),
        ("#!/usr/bin/env ruby", "ruby"),
        ("#!/usr/bin/php", "php"),
        ("#!/usr/bin/awk -f", ""),
        ("# python", ""),
    ],
)
def test_a_script_without_a_suffix_is_known_by_its_first_line(first_line: str, expected: str) -> None:
    head = f"{first_line}\nruby = python\n".encode()
    assert find("bin/deploy", head).id == expected
    assert find("bin/deploy.txt", head).id == "text"
    assert find("bin/deploy.unknown", head) is UNKNOWN


def test_ids_are_unique_and_families_exist() -> None:
    ids = [row.id for row in LANGUAGES]
    assert len(ids) == len(set(ids))
    assert {row.syntax for row in LANGUAGES} <= set(ids)
    assert all(languages.get(row.id) is row for row in LANGUAGES)


@pytest.mark.parametrize("row", LANGUAGES, ids=lambda row: row.id)
def test_a_row_is_found_by_all_that_it_declares(row: languages.Language) -> None:
    assert row.type in ("programming", "commands", "data", "markup", "prose")
    assert row.suffixes or row.names or row.path
    assert not row.comment or (row.comment[0] and row.comment[0] == row.comment[0].strip())
    for suffix in row.suffixes:
        assert suffix.startswith(".") and suffix == suffix.lower() and suffix.count(".") <= 2
        assert find(f"x{suffix}") is row, "another row has this suffix"
    for name in row.names:
        assert find(f"folder/{name}") is row
    assert bool(row.path) == bool(row.literals)


_PART = st.sampled_from(
    [
        *{ending for row in LANGUAGES for ending in (*row.suffixes, *row.names)},
        *{literal for row in LANGUAGES for literal in row.literals},
        "/", "x", ".", "-", "yml", ".yaml", "Ä",
    ]
)  # fmt: skip


@given(st.lists(_PART, max_size=5).map("".join))
def test_the_first_row_that_matches_wins(path: str) -> None:
    """The index of endings and the joined pattern find what a search through all rows would."""
    lower = path.lower()
    name = lower.rpartition("/")[2]
    expected = next((row for row in LANGUAGES if _matches(row, lower, name)), UNKNOWN)
    assert find(path) is expected


def _matches(row: languages.Language, path: str, name: str) -> bool:
    endings = {name[dot.start() :] for dot in list(re.finditer(r"\.", name))[-2:]}
    return (
        not endings.isdisjoint(row.suffixes)
        or name in row.names
        or (bool(row.path) and re.search(row.path, path) is not None)
    )


@given(st.lists(_PART, max_size=5).map("".join))
def test_a_path_that_a_pattern_matches_has_one_of_its_literals(path: str) -> None:
    for row in LANGUAGES:
        if row.path and re.search(row.path, path.lower()):
            assert any(literal in path.lower() for literal in row.literals), row.id


@given(st.lists(_PART, max_size=5).map("".join))
def test_a_set_of_files_has_every_file_of_its_language(path: str) -> None:
    language = find(path)
    if language is not UNKNOWN:
        assert sets.in_language(language.id).matches(path)


def test_a_workflow_is_directly_in_its_folder() -> None:
    assert sets.is_workflow("app/.github/workflows/ci.yml")
    assert sets.is_workflow(".github/workflows/CI.YAML")
    assert not sets.is_workflow(".github/workflows/lib/ci.yml")
    assert not sets.is_workflow("web/node_modules/ms/.github/workflows/ci.yml")
    assert not sets.is_workflow("x.github/workflows/ci.yml")
    assert not sets.is_workflow(".github/workflows/ci.md")
