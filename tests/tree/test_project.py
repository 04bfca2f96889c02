"""The project: its trees, its memo, and files too large to hold."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.findings import Notice
from palint.text import windows
from palint.text.source import SourceFile
from palint.tree import git, project
from palint.tree.git_tree import commit_tree, index_tree
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from tests.tree.test_git import run_git


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository: `a.py` committed, staged and on the disk with three contents; a link; a submodule."""
    root = tmp_path / "repo"
    root.mkdir()
    run_git(root, "init", "-q")
    (root / "a.py").write_text("committed")
    (root / "link").symlink_to("a.py")
    run_git(root, "add", ".")
    run_git(root, "commit", "-qm", "one")
    (root / "a.py").write_text("staged")
    run_git(root, "add", ".")
    run_git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    (root / "a.py").write_text("on the disk")
    (root / "new.py").write_text("untracked")
    return root


def opened(made: Project) -> dict[str, bytes | None]:
    return {path: file.data if (file := made.open(path)) else None for path in made.files()}


class TestTrees:
    def test_disk(self, repo: Path) -> None:
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        assert opened(made) == {"a.py": b"on the disk", "link": b"a.py", "new.py": b"untracked", "sub": None}
        assert [(n.path, n.kind) for n in made.take_notices()] == [("sub", "not-text")]
        link = made.open("link")
        assert link is not None and link.link
        (repo / "a.py").unlink()
        assert Project(str(repo), WorkTree(str(repo), repository=True)).open("a.py") is None
        assert not made.notices  # deleted: nothing is there that was not read

    def test_index(self, repo: Path) -> None:
        assert opened(Project(str(repo), index_tree(str(repo)))) == {
            "a.py": b"staged",
            "link": b"a.py",
            "sub": None,
        }

    def test_commit(self, repo: Path) -> None:
        made = Project(str(repo), commit_tree(str(repo), "HEAD"))
        assert opened(made) == {"a.py": b"committed", "link": b"a.py"}
        assert made.open("none") is None
        with pytest.raises(git.GitError, match="not a commit"):
            commit_tree(str(repo), "nothing")

    def test_a_conflict_is_said(self, repo: Path) -> None:
        oid = run_git(repo, "rev-parse", ":a.py").strip()
        lines = "".join(f"100644 {oid} {stage}\ta.py\n" for stage in (1, 2, 3))
        subprocess.run(["git", "rm", "-qf", "--cached", "a.py"], cwd=repo, check=True)
        subprocess.run(["git", "update-index", "--index-info"], cwd=repo, input=lines, text=True, check=True)
        made = Project(str(repo), index_tree(str(repo)))
        assert made.open("a.py") is None
        assert [(n.path, n.kind, n.complete) for n in made.notices] == [("a.py", "unreadable", False)]

    def test_a_repository_inside_is_said(self, repo: Path) -> None:
        (repo / "other").mkdir()
        run_git(repo / "other", "init", "-q")
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        assert "other/" not in made.files()
        assert Notice("other/", "not-text", "another repository: not checked here") in made.notices

    def test_without_git(self, tmp_path: Path) -> None:
        (tmp_path / ".gitignore").write_text("*.log\nbuild/")
        (tmp_path / "build").mkdir()
        for name in ("b.py", "a.py", "x.log", "build/y"):
            (tmp_path / name).write_text("")
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        assert made.files() == [".gitignore", "a.py", "b.py"]
        assert made.ignored() == ["build/", "x.log"]

    def test_a_forked_process_has_its_own_git(self, repo: Path) -> None:
        made = Project(str(repo), index_tree(str(repo)))
        assert made.open("link") is not None
        pid = os.fork()
        if pid == 0:
            for _ in range(50):
                made.tree.read("a.py", 100)
            os._exit(0 if made.tree.read("a.py", 100).data == b"staged" else 1)
        for _ in range(50):
            assert made.tree.read("link", 100).data == b"a.py"
        assert os.waitpid(pid, 0)[1] == 0


class TestProject:
    def test_the_same_object(self, repo: Path) -> None:
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        assert made.open("a.py") is made.open("a.py")

    def test_memory_is_bounded(self, tmp_path: Path) -> None:
        for i in range(300):
            (tmp_path / f"{i}.txt").write_bytes(b"bounded\n" * (i * 125))
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        for number, path in enumerate(made.files()):
            assert made.open(path) is not None
            if number % 100 == 99:
                files, size = self.held()
                assert 0 < files <= 64 and size < 17 << 20

    def held(self) -> tuple[int, int]:
        """(the number of this test's files that anything refers to, their bytes)."""
        gc.collect()  # a file in a cycle is held until then
        files = [o for o in gc.get_objects() if isinstance(o, SourceFile) and o.data[:8] == b"bounded\n"]
        return len(files), sum(len(file.data) for file in files)

    def test_a_file_that_was_peeked_at_is_not_another_one(self, repo: Path) -> None:
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        assert made.peek("a.py").data == b"on the disk"
        assert made.text("new.py") == "untracked" and made.text("none") == ""

    def test_many_bytes_are_dropped(self, repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(project, "_MEMO_BYTES", 5)
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        first = made.open("a.py")
        for path in ("link", "new.py"):
            made.open(path)
        last = made.open("new.py")
        assert made.open("a.py") is not first and made.open("new.py") is last  # two stay, of any size

    def test_a_list_of_packages_that_is_a_link_names_none(self, tmp_path: Path) -> None:
        (tmp_path / "node_modules/ms").mkdir(parents=True)
        (tmp_path / "node_modules/ms/i.js").write_text("")
        lock, names = tmp_path / "package-lock.json", '{"packages": {"node_modules/ms": {}}}'
        (tmp_path / "other").write_text(names)
        lock.symlink_to("other")
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        assert made.packages.of("node_modules/ms/i.js") is None
        lock.unlink()
        lock.write_text(names)
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        assert made.packages.of("node_modules/ms/i.js") is not None

    def test_a_new_interpreter_knows_that_a_change_is_checked(self, tmp_path: Path) -> None:
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        assert not pickle.loads(pickle.dumps(made)).compared
        made.base = Project(str(tmp_path), made.tree, head=made)
        assert pickle.loads(pickle.dumps(made)).compared

    def test_names_that_differ_in_case_are_compared_where_one_file_has_both(
        self, repo: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (repo / "A.py").write_text("one")
        run_git(repo, "add", "A.py")
        (repo / "A.py").write_text("two")
        tree = WorkTree(str(repo), repository=True)
        for platform, expected in (("linux", []), ("darwin", ["A.py", "a.py"])):
            monkeypatch.setattr(sys, "platform", platform)
            assert [entry.path for entry in tree.stored_differently(["A.py", "a.py", "new.py"])] == expected

    def test_a_file_is_reused_if_it_is_the_same(self, repo: Path) -> None:
        file = Project(str(repo), WorkTree(str(repo), repository=True)).open("link")
        assert file is not None
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        made.reuse(file)
        made.reuse(file)
        assert made.open("link") is file
        (repo / "link").unlink()
        (repo / "link").write_text("a.py")
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        made.reuse(file)
        assert made.open("link") is not file

    def test_memo(self, repo: Path) -> None:
        made = Project(str(repo), WorkTree(str(repo), repository=True))
        calls: list[Project] = []

        def compute(given: Project) -> int:
            calls.append(given)
            return 7

        assert (made.cached(compute), made.cached(compute), calls) == (7, 7, [made])

    @pytest.mark.parametrize(
        ("url", "name"),
        [
            ("git@github.com:owner/name.git", "owner/name"),
            ("https://github.com/owner/name", "owner/name"),
            ("ssh://git@github.com/owner/name.git/", "owner/name"),
            ("name", None),
            ("https://github.com//name", None),
        ],
    )
    def test_own_name(self, repo: Path, url: str, name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
        run_git(repo, "remote", "add", "origin", url)
        assert Project(str(repo), WorkTree(str(repo), repository=True)).own_name == name
        monkeypatch.setenv("GITHUB_REPOSITORY", "other/one")
        assert Project(str(repo), WorkTree(str(repo), repository=True)).own_name == "other/one"


LINES = st.lists(st.text(st.sampled_from("ab é€𝄞\t'\","), max_size=40), min_size=1, max_size=60)


class TestWindows:
    def windows(self, tmp_path: Path, data: bytes, limits: Limits) -> list[SourceFile]:
        (tmp_path / "large").write_bytes(data)
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False), limits)
        assert made.open("large") is None
        found = list(made.windows("large"))
        assert not made.notices
        return found

    @settings(max_examples=60)
    @given(
        lines=LINES,
        end=st.sampled_from(["\n", "\r\n", "\r", " "]),
        codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16", "utf-32-be", "latin-1"]),
        size=st.sampled_from([64, 100, 257]),
    )
    def test_positions_are_the_files(
        self, tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, codec: str, size: int
    ) -> None:
        text = "# a line of ascii text that tells the encoding\n" * 3 + end.join(lines)
        data = ("\ufeff" + text if codec in ("utf-16-le", "utf-32-be") else text).encode(codec, "replace")
        text = SourceFile("large", data).text
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(windows, "_WINDOW", size)
            patch.setattr(windows, "_OVERLAP", 16)
            found = self.windows(tmp_path_factory.mktemp("x"), data, Limits(text=10))
        whole = SourceFile("large", data)
        reached = 0
        for window in found:
            start = window.first_offset
            assert start <= reached, "a gap"
            assert text[start : start + len(window.text)] == window.text
            for offset in range(0, len(window.text), 7):
                if window.text[offset] not in "\r\n":
                    assert window.span(offset, offset) == whole.span(start + offset, start + offset)
            reached = max(reached, start + len(window.text))
        assert reached == len(text)

    def test_a_token_on_the_seam(self, tmp_path: Path) -> None:
        """Some window contains it whole at every offset, also without any line end."""
        for gap in (b"\n", b""):
            for shift in range(0, 60, 7):
                data = b"x" * ((8 << 20) - 30 + shift) + gap + b"THE-TOKEN" + gap + b"x" * (3 << 20)
                found = self.windows(tmp_path, data, Limits(text=10))
                assert len(found) == 2
                assert any(b"THE-TOKEN" in window.data for window in found)

    def test_beyond_the_limit_is_said_at_once(self, tmp_path: Path) -> None:
        with (tmp_path / "sparse").open("wb") as file:
            file.truncate(1 << 40)
        made = Project(str(tmp_path), WorkTree(str(tmp_path), repository=False))
        assert made.open("sparse") is None
        assert len(list(made.windows("sparse"))) == 1  # for the rules that judge a file by its name
        assert [(n.path, n.kind, n.complete) for n in made.notices] == [("sparse", "too-large", False)]

    def test_of_the_index(self, repo: Path) -> None:
        (repo / "large").write_bytes(b"".join(b"line %d\n" % i for i in range(1_200_000)))
        run_git(repo, "add", "large")
        made = Project(str(repo), index_tree(str(repo)))
        assert made.open("large") is None
        found = list(made.windows("large"))
        assert len(found) == 2 and not made.notices
        last = found[-1]
        assert last.position(last.text.index("line 1199999")).line == 1_200_000
        assert made.open("a.py") is not None
        small = Project(str(repo), index_tree(str(repo)), Limits(windows=1000, text=100))
        assert small.open("large") is None and len(list(small.windows("large"))) == 1
        assert [n.kind for n in small.notices] == ["too-large"]

    def test_memory(self, tmp_path: Path) -> None:
        """A file of 90 MiB is seen whole in less than 80 MiB."""
        with (tmp_path / "large").open("wb") as file:
            for _ in range(90):
                file.write(b"some text in a line, and more of it\n" * 29127)
        script = (
            "import resource, sys; from palint.tree.project import *\n"
            "p = Project(sys.argv[1], WorkTree(sys.argv[1], repository=False)); p.open('large')\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "n = sum(len(w.text) for w in p.windows('large'))\n"
            "print(n, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
        )
        out = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, check=True
        ).stdout
        size, more = map(int, out.split())
        assert size > 90 << 20
        assert more < 80 << 10


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("a/b", "a/b"),  # it need not exist
        ("a/./x/../b", "a/b"),
        ("link/f", "real/f"),
        ("real/up/link/f", "real/f"),  # a link in a folder that a link leads to
        ("chain", "real/f"),
        ("../a", ""),
        ("link/../../a", ""),
        ("absolute/f", ""),
        ("circle/f", ""),
    ],
)
def test_where_links_lead(tmp_path: Path, path: str, to: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/f").write_text("x")
    for name, target in {
        "link": "real", "real/up": "..", "chain": "link/f", "absolute": "/etc", "circle": "circle/x"
    }.items():  # fmt: skip
        (tmp_path / name).symlink_to(target)
    assert Project(str(tmp_path), WorkTree(str(tmp_path), repository=False)).follow_links(path) == to
