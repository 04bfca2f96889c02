"""What a migration writes: nothing that parsed before and would not any more."""

from __future__ import annotations

import pytest

from palint.migrate import loaders
from palint.migrate import repository as repositories
from palint.migrate.loaders import MARK, Names
from palint.migrate.migration_plan import READERS
from palint.migrate.repository import is_installed, parses
from palint.migrate.sources import Sources
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from tests.conftest import Repository


@pytest.mark.parametrize(
    "suffix", ["py", "pyw", "pyi", "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "yml", "yaml", "PY"]
)
def test_a_text_that_does_not_parse_in_its_language(suffix: str) -> None:
    assert not parses(f"a.{suffix}", "a: [(\n")
    assert parses(f"a.{suffix}", "")


@pytest.mark.parametrize("suffix", ["js", "jsx", "ts", "tsx"])
def test_each_dialect_of_javascript_has_its_own_syntax(suffix: str) -> None:
    assert parses(f"a.{suffix}", "const a = <b>c</b>;\n") is suffix.endswith("x") or suffix == "js"
    assert parses(f"a.{suffix}", "const a: string = 'b';\n") is suffix.startswith("ts")


@pytest.mark.parametrize("path", ["a.txt", "a", "a.py.txt", "requirements.in"])
def test_without_a_parser_every_text_is_good(path: str) -> None:
    assert parses(path, "a: [(\n")


@pytest.mark.parametrize("name", loaders.FILES)
def test_a_loader_is_known_by_its_name_in_any_folder(name: str) -> None:
    assert loaders.is_loader(name) and loaders.is_loader(f"src/app/{name}")
    assert not loaders.is_loader(f"{name}.txt") and not loaders.is_loader(f"{name}/app.py")


def opened(repo: Repository, limits: Limits = Limits()) -> repositories.Repository:  # noqa: B008 - immutable
    project = Project(str(repo.path), WorkTree(str(repo.path), repository=True), limits)
    nothing = Sources((), {}, {}, {}, {}, [], {}, {})
    return repositories.Repository(project, (), nothing, Names("shop/development", "eu-west-2"), ())


def test_links_and_large_files_are_not_rewritten(repo: Repository) -> None:
    repo.write("a.py", "")
    repo.write("large.py", "#" * ((1 << 20) + 1))
    repo.write("larger.py", "#" * (3 << 19))
    (repo.path / "link.py").symlink_to("a.py")
    made = opened(repo, Limits(text=5 << 18))
    assert [file.path for file in made.open_all(lambda path: True)] == ["a.py"]


@pytest.mark.parametrize(
    ("old", "new"), [("a\r\nb\r\n", "a\r\nc\r\n"), ("a\nb\r\n", "a\r\nc\n"), ("a\n", "a\r\nc\n")]
)
def test_windows_line_ends_are_kept(repo: Repository, old: str, new: str) -> None:
    repo.write("a.txt", old)
    made = opened(repo)
    made.write("a.txt", "a\r\nc\n", (), READERS)
    assert made.draft.text("a.txt") == new


def test_what_would_not_parse_any_more_is_left_to_a_person(repo: Repository) -> None:
    repo.write("a.py", "a = 1\n")
    repo.write("b.py", "a = (\n")
    made = opened(repo)
    for path in ("a.py", "b.py", "c.py"):
        made.write(path, "b = (\n", (), READERS)
    assert list(made.draft) == ["b.py"]
    assert [task.text for task in made.tasks] == [
        f"`{path}` would not parse after the change: change it by hand" for path in ("a.py", "c.py")
    ]


def test_a_file_with_the_name_of_the_loader_is_kept(repo: Repository) -> None:
    repo.write("aws_secrets.py", "def secret(): ...\n")
    repo.write("api/aws_secrets.py", f'"""{MARK}."""\n')
    made = opened(repo)
    for path in ("aws_secrets.py", "api/aws_secrets.py", "web/aws_secrets.py"):
        made.add_loader(path, f'"""{MARK}."""\n', "once")
    assert list(made.draft) == ["web/aws_secrets.py"]
    [task] = made.tasks
    assert task.text == "`aws_secrets.py` has the name that the loader needs: change it by hand"


def test_a_program_has_its_own_loader(repo: Repository) -> None:
    for folder in ("", "api/"):
        repo.write(f"{folder}package.json", "{}\n")
    repo.write("api/src/aws-secrets.js", f"// {MARK}\n")
    repo.write("api/lib/aws-secrets.cjs", "// of ours\n")
    made = opened(repo)
    assert made.loader_in("api/", "aws-secrets.js", "package.json") == "api/src/aws-secrets.js"
    assert made.loader_in("", "aws-secrets.js", "package.json") == ""
    assert made.loader_in("api/", "aws-secrets.cjs", "package.json") == ""


def test_a_package_that_git_has_is_not_the_package_manager_s(repo: Repository) -> None:
    for path in ("node_modules/a/index.js", "node_modules/b/index.js"):
        repo.write(path, "")
    repo.git("add", "--force", "node_modules/a")
    project = opened(repo).project
    assert [is_installed(project, f"node_modules/{name}/index.js") for name in "ab"] == [False, True]
