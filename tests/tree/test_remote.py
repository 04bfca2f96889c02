"""Another repository, through git itself: its branches, their commits, and a branch that is pushed."""

from __future__ import annotations

from pathlib import Path

import pytest

from palint.tree.git import GitError, remote

from ..conftest import Repository


@pytest.fixture
def there(repo: Repository) -> remote.Remote:
    """A repository with two commits on `main`, one more on `side`, and a tag."""
    for number, branch in enumerate(("main", "main", "side")):
        if branch == "side":
            repo.git("checkout", "-q", "-b", branch)
        repo.write("a.txt", f"{number}\n")
        repo.add()
        repo.commit(str(number))
    repo.git("tag", "v1", "main~1")
    repo.git("checkout", "-q", "main")
    return remote.Remote(repo.path.as_uri())


def test_the_head_of_a_branch(there: remote.Remote, repo: Repository, tmp_path: Path) -> None:
    heads = [repo.git("rev-parse", name).strip() for name in ("main", "side")]
    assert [remote.head(there), remote.head(there, "main"), remote.head(there, "side")] == [heads[0], *heads]
    with pytest.raises(GitError, match="there is no branch 'sid'"):
        remote.head(there, "sid")
    Repository(tmp_path / "empty")
    assert remote.head(remote.Remote((tmp_path / "empty").as_uri())) is None


def test_a_branch_is_fetched_alone_and_then_with_the_history(
    there: remote.Remote, repo: Repository, tmp_path: Path
) -> None:
    heads = [repo.git("rev-parse", name).strip() for name in ("main", "side")]
    clone = Repository.__new__(Repository)
    clone.path = tmp_path / "clone"
    folder = str(clone.path)

    def commits() -> list[str]:
        return clone.git("log", "--format=%s", "refs/palint/head").split()

    assert remote.fetch(folder, there) == heads[0] and commits() == ["1"]
    assert remote.fetch(folder, there, "side") == heads[1] and commits() == ["2"]
    assert clone.git("for-each-ref", "--format=%(refname)").split() == ["refs/palint/head"]
    for branch, seen in (("", ["1", "0"]), ("side", ["2", "1", "0"])):  # the first time it is shallow
        assert remote.fetch(folder, there, branch, history=True) == heads[bool(branch)]
        assert commits() == seen
    refs = ["refs/heads/main", "refs/heads/side", "refs/palint/head", "refs/tags/v1"]
    assert clone.git("for-each-ref", "--format=%(refname)").split() == refs


@pytest.mark.parametrize(("branch", "text"), [("", "1\n"), ("side", "2\n")])
def test_changes_of_a_branch_are_pushed_to_another(
    there: remote.Remote, repo: Repository, tmp_path: Path, branch: str, text: str
) -> None:
    tree = tmp_path / "tree"
    remote.check_out(str(tree), there, branch, "new")
    assert (tree / "a.txt").read_text() == text
    assert not remote.push_all(str(tree), there, "palint", "Fix it")
    (tree / "a.txt").write_text("fixed\n")
    assert remote.push_all(str(tree), there, "palint", "Fix it")
    assert repo.git("show", "palint:a.txt") == "fixed\n"
    assert repo.git("log", "-1", "--format=%s by %an <%ae>", "palint") == (
        "Fix it by palint <palint@localhost>\n"
    )
    assert repo.git("rev-parse", "palint~1") == repo.git("rev-parse", branch or "main")
