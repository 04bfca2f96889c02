"""Reading and walking a tree on the disk: what is opened, what is said, what is ignored."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palint.findings import PalintError
from palint.tree import reader
from palint.tree.reader import Read, Reader
from palint.tree.walk import FILE, LINK, OTHER, walk


def names(root: Path) -> list[str]:
    return [path for path, _ in walk(str(root)).files]


def make(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


class TestWalk:
    def test_kinds_and_order(self, tmp_path: Path) -> None:
        make(tmp_path, "b.py", "a/z.py", "a.py", "B.py", ".git/config", "sub/.git")
        (tmp_path / "link").symlink_to("a")
        os.mkfifo(tmp_path / "fifo")
        assert walk(str(tmp_path)).files == [
            ("B.py", FILE), ("a.py", FILE), ("a/z.py", FILE), ("b.py", FILE), ("fifo", OTHER), ("link", LINK),
        ]  # fmt: skip

    def test_a_folder_that_is_closed_is_said(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        make(tmp_path, "open/a.py", "closed/a.py")
        (tmp_path / "closed").chmod(0)
        if os.geteuid() == 0:  # root may look everywhere: refuse it here
            scan = os.scandir

            def refuse(where: int) -> object:
                if os.fstat(where).st_mode & 0o777 == 0:
                    raise PermissionError(13, "Permission denied")
                return scan(where)

            monkeypatch.setattr(os, "scandir", refuse)
        found = walk(str(tmp_path))
        assert found.files == [("open/a.py", FILE)]
        assert found.closed == [("closed/", "cannot be read: permission denied")]
        (tmp_path / "closed").chmod(0o700)

    def test_deeper_than_path_max(self, tmp_path: Path) -> None:
        deep_tree(tmp_path, 2500)
        path = "d/" * 2500 + "a.py"
        assert names(tmp_path) == [path, "z.py"]
        reader = Reader(str(tmp_path))
        assert reader.read(path, 100).data == b"deep"
        assert reader.read("z.py", 100).data == b"z.py"
        subprocess.run(["rm", "-rf", str(tmp_path / "d")], check=True)  # too deep for shutil.rmtree

    def test_few_descriptors(self, tmp_path: Path) -> None:
        for depth in range(0, 200, 3):
            make(tmp_path, "d/" * depth + "a.py", "d/" * depth + "z.py")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 80, hard))
        try:
            found = names(tmp_path)
            reader = Reader(str(tmp_path))
            assert len(found) == 134
            for path in [*found, *reversed(found), *found[::7]]:
                assert reader.read(path, 1000).data == path.encode(), path
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


IGNORES = [
    "*.log\n!keep.log\n",
    "build/\n",
    "/only-here\n",
    "a/**/z\n",
    "# comment\n\\#name\n\\!name\n",
    "dir/*\n!dir/kept\n",
    "*\n!*.py\n!*/\n",
    "trailing   \n\ttab\n",
    "[a-c].txt\n[!x]y\n",
    "foo\r\nbar/\r\n",
    "\ufefffirst\n",
    "**/deep\nx/**\n",
    "a\\*b\n",
    "*ee*\n",
    "build*/\n!build2/\n",
    "*.log\n!keep*\n/dir/kept\na/b/\n",
    "*\n!*.py\n!sub/\n!x\n",
    "x*\n*y\n!*y/\n",
    "[._]*.s[a-v][a-z]\n?.py\n!sub/*.[p]y\n*[n-p]g\n",
    "b*d?/\n!b[a-u]*\n*[z-a]xt\n[a-cx-z][y.]\n",
    "**ee*\n!?eep\n*[._]t?t\n",
    "a\\\\\nb*\\\\\n*\\\\*\n",
]
TREE = (
    "a.log", "keep.log", "build/x", "sub/build/y", "build2/z", "only-here", "sub/only-here", "a/z", "a/b/z",
    "a/b/c/z", "#name", "!name", "dir/kept", "dir/other", "m.py", "sub/m.py", "sub/n.txt", "b.txt", "d.txt",
    "zy", "xy", "foo", "bar/q", "first", "x/1", "x/y/2", "sub/deep/3", "deep", "a*b", "axb", "trailing",
)  # fmt: skip


class TestIgnore:
    """git itself says what is right."""

    def by_git(self, root: Path) -> tuple[list[str], list[str]]:
        env = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(root.parent)}

        def lines(*args: str) -> list[str]:
            made = subprocess.run(["git", *args], cwd=root, env=env, capture_output=True, check=True).stdout
            return sorted(map(os.fsdecode, made.split(b"\0")[:-1]), key=os.fsencode)

        subprocess.run(["git", "init", "-q"], cwd=root, env=env, check=True)
        return (
            lines("ls-files", "-o", "--exclude-standard", "-z"),
            lines("ls-files", "-o", "-i", "--exclude-standard", "--directory", "-z"),
        )

    def same(self, root: Path) -> None:
        found = walk(str(root))
        listed, ignored = self.by_git(root)
        assert [path for path, _ in found.files] == listed
        # git also lists a directory of which it lists every part.
        alone = [p for p in ignored if not any(q != p and q.startswith(p) for q in ignored)]
        assert found.ignored == alone

    @pytest.mark.parametrize("text", IGNORES)
    def test_as_git(self, tmp_path: Path, text: str) -> None:
        make(tmp_path, *TREE)
        (tmp_path / ".gitignore").write_bytes(text.encode())
        self.same(tmp_path)

    def test_nested(self, tmp_path: Path) -> None:
        make(tmp_path, *TREE)
        (tmp_path / ".gitignore").write_text("*.txt\n*.py\n")
        (tmp_path / "sub" / ".gitignore").write_text("!m.py\n/only-here\n")
        (tmp_path / "a" / ".gitignore").write_text("/z\n")
        self.same(tmp_path)

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.sampled_from(sorted({x for t in IGNORES for x in t.splitlines()})), max_size=6))
    def test_mixtures(self, tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
        root = tmp_path_factory.mktemp("tree")
        make(root, *TREE)
        (root / ".gitignore").write_text("\n".join(lines))
        self.same(root)

    @pytest.mark.parametrize(
        "line",
        [
            "*a" * 40 + "b",
            "[" * 5000,
            "a" * 100_000,
            "{" * 9,
            "**/" * 200 + "x",
            "(a+)+$",
            "/",
            "//\n!\n! \n\\",
        ],
    )
    def test_costly_patterns_end(self, tmp_path: Path, line: str) -> None:
        make(tmp_path, "a" * 200, "dir/" + "a" * 200)
        (tmp_path / ".gitignore").write_text(line + "\n")
        assert [p for p in names(tmp_path) if "gitignore" not in p] == ["a" * 200, "dir/" + "a" * 200]

    def test_a_name_with_any_number_of_stars(self, tmp_path: Path) -> None:
        """A line of GitHub's template for Node."""
        make(tmp_path, "report.2026.1.2.3.json", "report.2026.1.2.json", "dir/report.1.2.3.4.json")
        (tmp_path / ".gitignore").write_text("report.[0-9]*.[0-9]*.[0-9]*.[0-9]*.json\n")
        self.same(tmp_path)
        assert names(tmp_path) == [".gitignore", "report.2026.1.2.json"]

    def test_not_honoured_is_said(self, tmp_path: Path) -> None:
        make(tmp_path, "a.log")
        (tmp_path / ".gitignore").write_bytes(b"*.log\n" * 200_000)
        found = walk(str(tmp_path))
        assert ("a.log", FILE) in found.files
        assert found.unused == [(".gitignore", "is too large: it is not applied")]

    def test_two_folders_with_the_same_list(self, tmp_path: Path) -> None:
        make(tmp_path, "a/x.log", "b/x.log", "b/x.py")
        for folder in "ab":
            (tmp_path / folder / ".gitignore").write_text("*.log\n")
        assert names(tmp_path) == ["a/.gitignore", "b/.gitignore", "b/x.py"]

    def test_a_link_and_a_fifo_ignore_nothing(self, tmp_path: Path) -> None:
        make(tmp_path, "a.log", "sub/b.log", "rules")
        (tmp_path / "rules").write_text("*.log\n")
        (tmp_path / ".gitignore").symlink_to("rules")
        os.mkfifo(tmp_path / "sub" / ".gitignore")
        assert names(tmp_path) == [".gitignore", "a.log", "rules", "sub/.gitignore", "sub/b.log"]


class TestReader:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Iterator[Path]:
        root = tmp_path / "root"
        make(root, "a.py", "dir/b.py")
        (tmp_path / "outside").mkdir()
        (tmp_path / "outside" / "secret").write_text("outside")
        yield root

    def test_a_file_and_its_bounds(self, root: Path) -> None:
        reader = Reader(str(root))
        found = reader.read("a.py", 4)
        assert found._replace(stat=None) == Read(b"a.py", 4)
        assert found.stat is not None and found.stat.st_ino == (root / "a.py").stat().st_ino
        assert reader.read("a.py", 3) == Read(None, 4, stat=found.stat)
        beside = reader.stat("dir/b.py")
        assert beside is not None and beside.st_ino == (root / "dir" / "b.py").stat().st_ino
        assert reader.stat("dir") is reader.stat("none") is reader.stat("../outside/secret") is None
        assert b"".join(reader.stream("a.py", 3)) == b"a.p"
        assert b"".join(reader.stream("dir", 3)) == b""

    @pytest.mark.parametrize(
        "path",
        [
            "none",
            "dir/none",
            "none/none",
            "a.py/x",
            "dir",
            "../outside/secret",
            "dir/../a.py",
            "./a.py",
            "/etc/passwd",
            "dir//b.py",
            "",
        ],
    )
    def test_not_there(self, root: Path, path: str) -> None:
        assert Reader(str(root)).read(path, 100) == Read(None)

    def test_links_are_their_target(self, root: Path) -> None:
        (root / "link").symlink_to("../outside/secret")
        (root / "self").symlink_to("self")
        reader = Reader(str(root))
        assert reader.read("link", 100) == Read(b"../outside/secret", 17, link=True)
        assert reader.read("self", 100).data == b"self"

    def test_a_linked_parent_is_said(self, root: Path) -> None:
        (root / "out").symlink_to("../outside")
        (root / "dir" / "deeper").symlink_to("..")
        for path in ("out/secret", "dir/deeper/a.py", "out/x/y"):
            read = Reader(str(root)).read(path, 100)
            assert (read.data, read.kind) == (None, "unreadable")
            assert "symbolic link" in read.message

    def test_special_files_have_no_text(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        os.mkfifo(root / "fifo")
        monkeypatch.chdir(root)
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind("socket")
        reader = Reader(str(root))
        for name in ("fifo", "socket"):
            assert reader.read(name, 100) == Read(
                None, kind="not-text", message=f"is a {name}: it has no text".replace("fifo", "FIFO")
            )
        # A writer at the other end changes nothing.
        writer = threading.Thread(target=lambda: (root / "fifo").open("wb").close(), daemon=True)
        writer.start()
        assert reader.read("fifo", 100).kind == "not-text"
        other = os.open(root / "fifo", os.O_RDONLY | os.O_NONBLOCK)
        writer.join()
        os.close(other)

    def test_a_file_without_a_size(self) -> None:
        data = Reader("/proc/self").read("status", 1 << 20).data
        assert data is not None and b"VmPeak" in data
        assert Reader("/proc/self").read("status", 100).data is None

    def test_a_file_that_grows(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        read = os.read

        def growing(fd: int, count: int) -> bytes:
            with (root / "a.py").open("ab") as file:
                file.write(b"x" * 100)
            return read(fd, count)

        monkeypatch.setattr(reader.os, "read", growing)
        assert Reader(str(root)).read("a.py", 1000).data is None  # never ends, so the bound does
        assert len(b"".join(Reader(str(root)).stream("a.py", 5000))) == 5000

    def test_a_folder_that_turns_into_a_link(self, root: Path) -> None:
        reader = Reader(str(root))
        assert reader.read("dir/b.py", 100).data == b"dir/b.py"
        (root / "dir").rename(root / "moved")
        (root / "dir").symlink_to("../outside")
        # The reader still has the old folder open: whatever it reads is below the root.
        assert reader.read("dir/b.py", 100).data == b"dir/b.py"
        assert reader.read("a.py", 100).data == b"a.py"
        assert reader.read("dir/secret", 100).data is None

    def test_without_openat(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "_HAS_DIR_FD", False)
        (root / "out").symlink_to("../outside")
        (root / "link").symlink_to("a.py")
        disk = Reader(str(root))
        assert disk.read("dir/b.py", 100).data == b"dir/b.py"
        assert disk.read("link", 100) == Read(b"a.py", 4, link=True)
        assert disk.read("out/secret", 100).kind == "unreadable"
        assert disk.read("../outside/secret", 100).data is None
        assert names(root) == ["a.py", "dir/b.py", "link", "out"]


def deep_tree(root: Path, depth: int) -> None:
    """`depth` directories in each other with a file at the bottom: a path longer than any call takes."""
    make(root, "z.py")
    here = os.open(root, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    fd = os.open("a.py", os.O_WRONLY | os.O_CREAT, dir_fd=here)
    os.write(fd, b"deep")
    os.close(fd)
    os.close(here)


def test_an_error_without_a_text_is_named_by_its_kind() -> None:
    assert reader.reason(OSError(2, "No such file")) == "no such file"
    assert reader.reason(PermissionError()) == "permissionerror"


def test_a_root_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(PalintError, match="cannot be opened: no such file"):
        Reader(str(tmp_path / "none"))
