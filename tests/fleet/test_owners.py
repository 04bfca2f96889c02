"""CODEOWNERS: the examples of GitHub's and GitLab's documentation."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from palint.fleet.owners import of, parse
from palint.tree.worktree import WorkTree

# https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners#example-of-a-codeowners-file
GITHUB = """
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("README.md", "@global-owner1 @global-owner2"),
        ("src/deep/a.js", "@js-owner"),
        ("main.go", "docs@example.com"),
        ("a/b.txt", "@octo-org/octocats"),
        ("build/x.c", "@global-owner1 @global-owner2"),
        ("sub/apps/x.c", "@octocat"),
        ("docs/getting-started.md", "@doctocat"),
        ("scripts/run.sh", "@doctocat @octocat"),
        ("deeply/nested/logs/x.c", "@octocat"),
        ("build/logs/deep/x.c", "@octocat"),
        ("apps/x.c", "@octocat"),
        ("apps/github", ""),
        ("apps/github/x.c", ""),
    ],
)
def test_github(path: str, owners: str) -> None:
    assert " ".join(parse(GITHUB, "github")(path)) == owners


def test_a_star_at_the_end_is_not_below_a_folder_on_github() -> None:
    owners = parse("docs/* docs@example.com\n", "github")
    assert owners("docs/getting-started.md") == ("docs@example.com",)
    assert owners("docs/build-app/troubleshooting.md") == ()


def test_what_github_does_not_support_is_not_read_otherwise() -> None:
    owners = parse("!a.py @x\n[ab].py @y\n\\#file @z\n* no-owner\n", "github")
    assert owners("a.py") == ()
    assert owners("[ab].py") == ()  # `*` without a valid owner is the last match


# https://docs.gitlab.com/user/project/codeowners/reference
GITLAB = """
* @default-owner
*.rb @ruby-owner
/docs/ @all-docs
/docs/* @root-docs
/docs/**/*.md @markdown-docs
lib/ @lib-owner
\\#file_with_pound.rb @owner-file-with-pound
path\\ with\\ spaces/ @space-owner
LICENSE @legal janedoe@example.com

[Documentation]
ee/docs @docs
README.md @@maintainer

^[Database][2] @database-team
model/db/
config/db/database-setup.md @docs-team

[database]
*.sql
!model/db/generated/
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("x.py", "@default-owner"),
        ("a/b.rb", "@ruby-owner"),
        ("docs/a.txt", "@root-docs"),
        ("docs/sub/a.txt", "@all-docs"),
        ("docs/sub/a.md", "@markdown-docs"),
        ("x/lib/y.c", "@lib-owner"),
        ("#file_with_pound.rb", "@owner-file-with-pound"),
        ("path with spaces/x", "@space-owner"),
        ("LICENSE", "@legal janedoe@example.com"),
        ("README.md", "@default-owner @@maintainer"),
        ("app/model/db/x.rb", "@ruby-owner @database-team"),
        ("config/db/database-setup.md", "@default-owner @docs-team"),
        ("a.sql", "@default-owner"),
        ("model/db/generated/x.py", "@default-owner"),
        ("ee/docs/x.py", "@default-owner"),  # a folder's files need a `/` at the end
    ],
)
def test_gitlab(path: str, owners: str) -> None:
    assert " ".join(parse(GITLAB, "gitlab")(path)) == owners


@pytest.mark.parametrize(
    ("forge", "text", "path", "owners"),
    [
        ("gitlab", "# * @x\n\n  a?c @y word\n", "abc", ("@y",)),
        ("gitlab", "a?c @y\n", "a/c", ()),
        ("gitlab", "a* @y\n", "b/a/c", ()),
        ("gitlab", "/a/** @y\n", "a/b/c", ("@y",)),
        ("github", "a/** @y\n", "a/b/c", ("@y",)),
        ("github", "a b/ @x\na\\ b/ @y word\n", "a b/c", ("@y",)),
        ("neither", "docs/ @y\n", "docs/a", ("@y",)),
    ],
)
def test_forms_of_a_line(forge: str, text: str, path: str, owners: tuple[str, ...]) -> None:
    assert parse(text, forge)(path) == owners


@pytest.mark.parametrize(
    ("forge", "files", "owners"),
    [
        ("github", {"CODEOWNERS": "* @b", ".github/CODEOWNERS": "* @a"}, ("@a",)),
        ("gitlab", {"CODEOWNERS": "* @b", ".github/CODEOWNERS": "* @a"}, ("@b",)),
        ("", {"docs/CODEOWNERS": "* @c", ".gitlab/CODEOWNERS": "* @a"}, ("@c",)),
        ("github", {".github/CODEOWNERS": None, "CODEOWNERS": "* @b"}, ("@b",)),  # a link
        ("github", {}, ()),
    ],
)
def test_the_first_file_counts(
    tmp_path: Path, forge: str, files: dict[str, str | None], owners: tuple[str, ...]
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if text is None:
            os.symlink("../CODEOWNERS", tmp_path / name)
        else:
            (tmp_path / name).write_text(text)
    assert of(WorkTree(str(tmp_path), repository=False), forge)("a/b.py") == owners


def test_hostile_patterns_take_no_time() -> None:
    hostile = "".join(
        f"{glob} @x\n" for glob in ("*a" * 400, "**/" * 300 + "x", "[", "[z-a]", "[[:x:]", "a" * 5000)
    )
    began = time.process_time()
    for forge in ("github", "gitlab"):
        parse(hostile, forge)("a" * 3000 + "/" + "a/" * 500)
    assert time.process_time() - began < 0.5
