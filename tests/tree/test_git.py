"""The git calls against real repositories, in every state that an index and a work tree may have."""

from __future__ import annotations

import mmap
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from palint.tree import git
from palint.tree.git import changes, history, process

Git = Callable[..., str]


def run_git(root: Path, *args: str, check: bool = True) -> str:
    """The output of git in `root`, with fixed settings and none of this machine's."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    settings = [
        "user.name=t",
        "user.email=t@example.com",
        "init.defaultBranch=main",
        "protocol.file.allow=always",
    ]
    argv = ["git", *(x for s in settings for x in ("-c", s)), *args]
    made = subprocess.run(argv, cwd=root, env=env, check=check, capture_output=True, text=True)
    return made.stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with one commit: `kept.py`, `gone.py`, `dir/inner.py`."""
    root = tmp_path / "repo"
    (root / "dir").mkdir(parents=True)
    run_git(root, "init", "-q")
    for name in ("kept.py", "gone.py", "dir/inner.py"):
        (root / name).write_text(f"# {name}\n")
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "one")
    return root


def paths(entries: list[git.Entry]) -> list[str]:
    return [entry.path for entry in entries]


class TestTopLevel:
    def test_of_a_folder_inside(self, repo: Path) -> None:
        assert git.top_level(str(repo / "dir")) == str(repo)

    def test_no_repository(self, tmp_path: Path) -> None:
        assert git.top_level(str(tmp_path)) is None

    def test_bare_and_git_dir(self, repo: Path, tmp_path: Path) -> None:
        bare = tmp_path / "bare"
        bare.mkdir()
        run_git(bare, "init", "-q", "--bare")
        assert git.top_level(str(bare)) is None
        assert git.top_level(str(repo / ".git")) is None

    def test_the_work_tree_that_the_environment_names(
        self, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
        monkeypatch.chdir(repo)
        assert git.top_level(str(repo / "dir")) == str(repo)
        monkeypatch.setenv("GIT_WORK_TREE", str(repo))
        monkeypatch.chdir(tmp_path)
        assert git.top_level(str(repo / "dir")) == str(repo)

    def test_elsewhere_is_an_error(self, repo: Path, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        run_git(repo, "config", "core.worktree", str(other))
        with pytest.raises(git.GitError, match=r"core\.worktree"):
            git.top_level(str(repo))

    def test_linked_worktree_and_submodule(self, repo: Path, tmp_path: Path) -> None:
        run_git(repo, "worktree", "add", "-q", str(tmp_path / "linked"))
        assert git.top_level(str(tmp_path / "linked")) == str(tmp_path / "linked")
        run_git(repo, "submodule", "add", "-q", str(repo), "sub")
        assert git.top_level(str(repo / "sub")) == str(repo / "sub")
        kinds = {e.path: e.kind for e in git.index_entries(str(repo))}
        assert kinds["sub"] == git.TYPE_SUBMODULE

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
    def test_another_owner(self, repo: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        os.chown(repo, 12345, 12345)
        os.chown(repo / ".git", 12345, 12345)
        monkeypatch.setattr(process, "trusted", process.trusted)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        # The repository's own settings cannot make it trusted.
        run_git(repo, "config", "--file", ".git/config", "safe.directory", "*")
        with pytest.raises(git.GitError, match=r"safe\.directory"):
            git.top_level(str(repo))
        (tmp_path / "gitconfig").write_text(f"[safe]\n\tdirectory = {repo}\n")
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
        try:
            assert git.top_level(str(repo)) == str(repo)
            assert len(git.index_entries(str(repo))) == 3
        finally:
            process.trusted.clear()

    def test_no_git(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (repo / "dir/git").mkdir()
        monkeypatch.setenv("PATH", f"{repo}{os.pathsep}{repo / 'dir'}")
        with pytest.raises(git.GitError, match="not installed"):
            git.top_level(str(repo))

    def test_a_relative_path_entry_never_runs(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (repo / "git").write_text("#!/bin/sh\ntouch pwned\n")
        (repo / "git").chmod(0o755)
        monkeypatch.chdir(repo)
        monkeypatch.setenv("PATH", ".:" + os.environ["PATH"])
        assert git.top_level(str(repo)) == str(repo)
        assert not (repo / "pwned").exists()


class TestListing:
    def test_tracked_untracked_ignored(self, repo: Path) -> None:
        (repo / ".gitignore").write_text("*.log\nbuild/\n")
        (repo / "new.py").write_text("")
        (repo / "a.log").write_text("")
        (repo / "build").mkdir()
        (repo / "build" / "x").write_text("")
        entries, others = git.listing(str(repo))
        assert paths(entries) == ["dir/inner.py", "gone.py", "kept.py"]
        assert others == git.Untracked([".gitignore", "new.py"], [])
        assert git.ignored(str(repo)) == ["a.log", "build/"]

    @pytest.mark.parametrize(
        "name", ["a\nb", "-rf", "--help", " a ", "a\tb", "'\"", "\udce9", "é", ":(glob)x"]
    )
    def test_names(self, repo: Path, name: str) -> None:
        (repo / name).write_text("x")
        assert git.untracked(str(repo)).paths == [name]
        run_git(repo, "add", ".")
        assert paths(git.staged(str(repo))) == [name]
        assert name in paths(git.index_entries(str(repo)))
        assert [c.path for c in git.changed_since(str(repo), str(git.resolve(str(repo), "HEAD")))] == [name]

    def test_a_repository_inside_is_one_name(self, repo: Path) -> None:
        (repo / "other").mkdir()
        run_git(repo / "other", "init", "-q")
        (repo / "other" / "x.py").write_text("")
        assert git.untracked(str(repo)).paths == ["other/"]

    def test_sha256(self, tmp_path: Path) -> None:
        run_git(tmp_path, "init", "-q", "--object-format=sha256")
        (tmp_path / "a").write_text("text")
        run_git(tmp_path, "add", "a")
        (entry,) = staged(tmp_path)
        assert len(entry.oid) == 64
        with git.Blobs(str(tmp_path)) as blobs:
            assert blobs.read(entry.oid, 100) == b"text"
        run_git(tmp_path, "commit", "-qm", "one")
        assert paths(git.commit_entries(str(tmp_path), "HEAD")) == ["a"]
        assert git.stored_differently(str(tmp_path), ["a"], ["a"]) == []

    @pytest.mark.parametrize("how", ["v4", "split", "sparse"])
    def test_kinds_of_index(self, repo: Path, how: str) -> None:
        if how == "sparse":
            run_git(repo, "sparse-checkout", "set", "--cone", "--sparse-index", "nothing")
            assert not (repo / "dir").exists()
        else:
            run_git(repo, "update-index", *(["--index-version", "4"] if how == "v4" else ["--split-index"]))
        assert paths(git.index_entries(str(repo))) == ["dir/inner.py", "gone.py", "kept.py"]

    def test_damaged_index(self, repo: Path) -> None:
        (repo / ".git" / "index").write_bytes(b"DIRC\0\0\0\2\xff\xff")
        for ask in (git.index_entries, git.untracked, git.staged, git.ignored):
            with pytest.raises(git.GitError, match="index"):
                ask(str(repo))

    @pytest.mark.skipif(os.name != "posix", reason="FIFO")
    @pytest.mark.parametrize("name", [".gitignore", ".git/info/exclude", ".git/index"])
    def test_a_fifo_where_git_reads_is_said(
        self, repo: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(process, "STALL_SECONDS", 0.2)
        monkeypatch.setattr(process, "POLL_SECONDS", 0.05)
        (repo / name).unlink(missing_ok=True)
        os.mkfifo(repo / name)
        with pytest.raises(git.GitError, match="FIFO"):
            git.listing(str(repo))


def staged(repo: Path) -> list[git.Entry]:
    """What is staged and not deleted."""
    return [change.new for change in git.staged(str(repo)) if change.new is not None]


class TestStaged:
    def test_before_the_first_commit(self, tmp_path: Path) -> None:
        run_git(tmp_path, "init", "-q")
        (tmp_path / "a").write_text("a")
        assert git.staged(str(tmp_path)) == []
        run_git(tmp_path, "add", "a")
        assert paths(git.staged(str(tmp_path))) == ["a"]

    def test_all_states(self, repo: Path) -> None:
        (repo / "kept.py").write_text("changed")
        run_git(repo, "mv", "dir/inner.py", "moved.py")
        run_git(repo, "rm", "-q", "gone.py")
        (repo / "link").symlink_to("kept.py")
        (repo / "announced.py").write_text("x")
        run_git(repo, "add", "kept.py", "link")
        run_git(repo, "add", "-N", "announced.py")
        assert [(e.path, e.kind) for e in staged(repo)] == [
            ("kept.py", git.TYPE_FILE),
            ("link", git.TYPE_LINK),
            ("moved.py", git.TYPE_FILE),
        ]

    def test_the_index_that_git_names(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (repo / "kept.py").write_text("changed")
        monkeypatch.setenv("GIT_INDEX_FILE", str(repo / ".git" / "other-index"))
        env = {**os.environ}
        subprocess.run(["git", "read-tree", "HEAD"], cwd=repo, env=env, check=True)
        subprocess.run(["git", "add", "kept.py"], cwd=repo, env=env, check=True)
        assert paths(staged(repo)) == ["kept.py"]
        monkeypatch.delenv("GIT_INDEX_FILE")
        assert git.staged(str(repo)) == []

    def test_a_conflict_has_a_stage(self, repo: Path) -> None:
        run_git(repo, "checkout", "-qb", "side")
        (repo / "kept.py").write_text("side\n")
        run_git(repo, "commit", "-qam", "side")
        run_git(repo, "checkout", "-q", "main")
        (repo / "kept.py").write_text("main\n")
        run_git(repo, "commit", "-qam", "main")
        run_git(repo, "merge", "-q", "side", check=False)
        assert {(e.path, e.stage) for e in git.index_entries(str(repo)) if e.stage} == {
            ("kept.py", stage) for stage in (1, 2, 3)
        }
        assert [(e.path, e.stage) for e in staged(repo)] == [("kept.py", 1)]


class TestSince:
    def base(self, repo: Path) -> str:
        found = git.resolve(str(repo), "HEAD")
        assert found is not None
        return found

    def test_changes_of_a_branch(self, repo: Path) -> None:
        base = self.base(repo)
        (repo / "kept.py").write_text("committed\n")
        run_git(repo, "mv", "gone.py", "renamed.py")
        run_git(repo, "commit", "-qam", "two")
        (repo / "staged.py").write_text("x")
        run_git(repo, "add", "staged.py")
        (repo / "dir" / "inner.py").write_text("on the disk alone\n")
        (repo / "untracked.py").write_text("x")
        changes = {c.path: c for c in git.changed_since(str(repo), base)}
        there = ["dir/inner.py", "kept.py", "renamed.py", "staged.py", "untracked.py"]
        assert sorted(changes) == sorted(["gone.py", *there])
        assert [path for path in changes if changes[path].new is not None] == there
        assert changes["renamed.py"].old is None and changes["untracked.py"].old is None
        run_git(repo, "rm", "-q", "--cached", "kept.py")  # and still on the disk
        kept = {c.path: c for c in git.changed_since(str(repo), base)}["kept.py"]
        assert kept.old is not None and kept.new == git.Entry("kept.py", 0, "")
        with git.Blobs(str(repo)) as blobs:
            for path in ("kept.py", "dir/inner.py", "gone.py"):
                old = changes[path].old
                assert old is not None and blobs.read(old.oid, 99) == f"# {path}\n".encode()

    def test_files_stored_differently_on_the_disk(self, repo: Path) -> None:
        """Not on the disk, or written in another encoding; not what was altered since."""
        (repo / "wide.py").write_text("x = 1\n")
        (repo / "altered.py").write_text("x = 1\n")
        run_git(repo, "add", ".")
        run_git(repo, "commit", "-qm", "two")
        (repo / ".gitattributes").write_text("wide.py working-tree-encoding=UTF-16\n")
        (repo / "wide.py").unlink()
        run_git(repo, "checkout", "--", "wide.py")
        assert (repo / "wide.py").read_bytes() != b"x = 1\n"
        (repo / "altered.py").write_text("x = 2\n")
        run_git(repo, "update-index", "--skip-worktree", "kept.py")
        (repo / "kept.py").unlink()
        everything = [entry.path for entry in git.index_entries(str(repo))]
        assert paths(git.stored_differently(str(repo), everything)) == ["kept.py", "wide.py"]
        assert paths(git.stored_differently(str(repo), everything, ["altered.py"])) == [
            "altered.py",
            "kept.py",
            "wide.py",
        ]
        assert git.with_attribute(str(repo), "working-tree-encoding", everything) == ["wide.py"]

    def test_a_submodule_a_conflict_and_a_path_that_is_not_asked_for_differ_in_nothing(
        self, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        oid = run_git(repo, "rev-parse", ":kept.py").strip()
        run_git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
        run_git(repo, "rm", "-qf", "--cached", "kept.py")
        lines = "".join(f"100644 {oid} {stage}\tkept.py\n" for stage in (1, 2, 3))
        subprocess.run(["git", "update-index", "--index-info"], cwd=repo, input=lines, text=True, check=True)
        (repo / "gone.py").unlink()
        for limit in (100, 0):
            monkeypatch.setattr(changes, "_MAX_NAMED_PATHS", limit)
            for asked, expected in ((["sub", "kept.py", "gone.py"], ["gone.py"]), (["sub", "kept.py"], [])):
                everything = ["sub", "kept.py", "gone.py"]
                assert paths(git.stored_differently(str(repo), asked, everything)) == expected

    def test_touched_but_equal(self, repo: Path) -> None:
        os.utime(repo / "kept.py", (1, 1))
        assert git.changed_since(str(repo), self.base(repo)) == []

    def test_merge_base(self, repo: Path) -> None:
        base = self.base(repo)
        run_git(repo, "commit", "-q", "--allow-empty", "-m", "two")
        run_git(repo, "checkout", "-q", "--orphan", "apart")
        run_git(repo, "commit", "-q", "-m", "apart")
        assert git.merge_base(str(repo), base, str(git.resolve(str(repo), "main"))) == base
        assert git.merge_base(str(repo), base, self.base(repo)) is None

    @pytest.mark.parametrize("rev", ["nothing", "--help", "", "HEAD:kept.py", "0" * 40])
    def test_no_commit(self, repo: Path, rev: str) -> None:
        assert git.resolve(str(repo), rev) is None


class TestBlobs:
    def test_many_and_bounded(self, repo: Path) -> None:
        (repo / "large").write_bytes(b"x" * 300_000)
        (repo / "empty").write_bytes(b"")
        run_git(repo, "add", ".")
        oids = {e.path: e.oid for e in git.index_entries(str(repo))}
        with git.Blobs(str(repo)) as blobs:
            for _ in range(3):
                assert blobs.read(oids["kept.py"], 100) == b"# kept.py\n"
                assert blobs.read(oids["large"], 1000) == b"x" * 1001
                assert blobs.size(oids["large"]) == 300_000
                assert blobs.size(oids["kept.py"]) == 10
                assert blobs.read(oids["empty"], 10) == b""
                assert blobs.read(oids["large"], 300_000) == b"x" * 300_000

    def test_missing_and_damaged(self, repo: Path) -> None:
        oids = {e.path: e.oid for e in git.index_entries(str(repo))}
        objects = repo / ".git" / "objects"
        lost, bad = oids["kept.py"], oids["gone.py"]
        (objects / lost[:2] / lost[2:]).unlink()
        (objects / bad[:2] / bad[2:]).chmod(0o644)
        (objects / bad[:2] / bad[2:]).write_bytes(b"no zlib")
        with git.Blobs(str(repo)) as blobs:
            with pytest.raises(git.MissingObject, match=lost):
                blobs.read(lost, 100)
            with pytest.raises(git.GitError):
                blobs.read(bad, 100)
            assert blobs.read(oids["dir/inner.py"], 100) == b"# dir/inner.py\n"

    def test_a_replaced_object_is_read_as_it_is_pushed(self, repo: Path) -> None:
        oids = {e.path: e.oid for e in git.index_entries(str(repo))}
        run_git(repo, "replace", oids["kept.py"], oids["gone.py"])
        with git.Blobs(str(repo)) as blobs:
            assert blobs.read(oids["kept.py"], 100) == b"# kept.py\n"


def test_versions_are_read_in_order_and_out_of_order(repo: Path) -> None:
    (repo / "large").write_bytes(b"x" * 3_000_000)
    run_git(repo, "add", ".")
    entries = git.index_entries(str(repo)) * 2
    oids = [entry.oid for entry in entries]
    reader = history.VersionReader(str(repo), oids)
    for index in (0, 1, 3, 2, 7, 4):
        path = entries[index].path
        expected = (None, 3_000_000) if path == "large" else (f"# {path}\n".encode(), len(path) + 3)
        assert reader.read(index, 1000) == expected
    assert (
        reader.read(entries.index(next(e for e in entries if e.path == "large")), 3_000_000)[1] == 3_000_000
    )
    reader.close()


def test_a_folder_that_is_missing_in_a_whole_clone_is_an_error_of_git(repo: Path) -> None:
    folder = run_git(repo, "rev-parse", "HEAD:dir").strip()
    commits = history.commits(str(repo))
    (repo / ".git/objects" / folder[:2] / folder[2:]).unlink()
    with pytest.raises(git.GitError, match="diff-tree"):
        list(history.changes(str(repo), commits))


def test_the_folder_for_files_of_this_clone(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert git.info_folder(str(repo)) == str(repo / ".git/info")
    assert git.info_folder(str(tmp_path)) is None
    run_git(repo, "worktree", "add", "-q", str(tmp_path / "linked"))
    assert git.info_folder(str(tmp_path / "linked")) == str(repo / ".git/info")
    monkeypatch.setenv("GIT_DIR", str(repo / ".git"))
    assert git.info_folder(str(tmp_path)) == str(repo / ".git/info")


def test_origin_is_read_as_text(repo: Path) -> None:
    assert git.origin(str(repo)) is None
    run_git(repo, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
    assert git.origin(str(repo)) is None
    run_git(repo, "config", "remote.origin.url", "git@github.com:owner/name.git")
    assert git.origin(str(repo)) == "git@github.com:owner/name.git"


def test_a_message_shows_no_setting() -> None:
    err = b"fatal: bad boolean config value 's3cr3t' for 'core.bare'\x1b[31m\n"
    assert process.message(err, "ls-files") == "git ls-files: refuses the value of 'core.bare'?[31m"


def test_without_posix_spawn(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.setattr(process, "_SPAWNS", False)
    (repo / "new.py").write_text("x")
    entries, others = git.listing(str(repo))
    assert (paths(entries), others.paths) == (["dir/inner.py", "gone.py", "kept.py"], ["new.py"])
    with git.Blobs(str(repo)) as blobs:
        for entry in entries:
            assert blobs.read(entry.oid, 100) == f"# {entry.path}\n".encode()
    with pytest.raises(git.GitError, match="not a commit"):
        git.commit_entries(str(repo), "nothing")


def test_a_path_in_conflict_is_one_change() -> None:
    head = b":100644 100644 " + b"1" * 40 + b" " + b"2" * 40
    out = head + b" U\0a\0" + head + b" M\0a\0" + head + b" M\0b\0"
    assert [(c.path, c.new and c.new.stage) for c in git.queries.parse_diff(out)] == [("a", 1), ("b", 0)]


def test_a_name_that_is_no_file_or_commit_is_an_error_or_nothing(repo: Path) -> None:
    """As in a damaged repository, or one that somebody else made."""
    root = str(repo)
    folder = run_git(repo, "rev-parse", "HEAD:dir").strip()
    with git.Blobs(root) as blobs, pytest.raises(git.GitError, match="is damaged"):
        blobs.read(folder, 100)
    with pytest.raises(git.GitError, match="is damaged"):
        history.VersionReader(root, [folder]).read(0, 100)
    with pytest.raises(git.GitError, match="merge-base"):
        git.merge_base(root, "1" * 40, "HEAD")
    for name in ("ma*", "ma[i]n", "main\nmain", "z" * 40, "-main", "main\0"):
        assert git.resolve(root, name) is None
    assert process.message(b"warning: x\n", "log") == "git log: it gave no reason"
    assert process.message(b"fatal: bad value\n", "log") == "git log: refuses the value of 'a setting'"


def test_the_head_of_a_branch_is_found_or_missed_by_name(repo: Path) -> None:
    folder, oid = str(repo / ".git"), run_git(repo, "rev-parse", "HEAD").strip()
    assert git.head(folder) == git.head(folder, "main") == oid
    run_git(repo, "pack-refs", "--all")
    assert git.head(folder) == git.head(folder, "main") == oid
    with pytest.raises(git.GitError, match="no branch 'other'"):
        git.head(folder, "other")
    (repo / ".git/refs/heads/odd").write_text("x ref: refs/heads/main\n")
    with pytest.raises(git.GitError, match=r"no branch 'odd'|cannot be read"):
        git.head(folder, "odd")
    (repo / ".git/objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(git.GitError, match="cannot be read"):
        git.head(folder, "main")


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the memory of git cannot be measured")
def test_a_git_that_reads_an_endless_file_is_ended(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git reads a ref into memory, whatever it is a link to."""
    ref = repo / ".git/refs/heads/main"
    ref.unlink(missing_ok=True)
    ref.symlink_to("/dev/zero")
    monkeypatch.setattr(process, "_MAX_BYTES", 50 << 20)
    with pytest.raises(git.GitError, match="takes too much memory"):
        git.resolve(str(repo), "HEAD")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the memory of git cannot be measured")
def test_a_pack_that_is_mapped_is_no_memory(tmp_path: Path) -> None:
    size = 60 << 20
    (tmp_path / "pack").write_bytes(bytes(size))
    with open(tmp_path / "pack", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pack:
        before = process.state_of(os.getpid())[1]
        assert not any(pack[at] for at in range(0, size, 4096))  # each page is in memory now
        assert process.state_of(os.getpid())[1] - before < size / 2
