"""A file on the disk is never half written, and never written through a link."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from palint.changes.edits import Change, ChangeError, whole
from palint.changes.write import remove, write
from palint.text.source import SourceFile


def change(root: Path, path: str = "a.py", data: bytes | None = None) -> Change:
    """A change of the file at `path` as it is on the disk, or as `data` says it was."""
    file = SourceFile(path, (root / path).read_bytes() if data is None else data)
    return whole(path, file, file.text.replace("old", "new"))


def test_a_file_is_replaced_with_its_mode_and_nothing_left_beside(tmp_path: Path) -> None:
    target = tmp_path / "dir" / "a.py"
    target.parent.mkdir()
    target.write_text("old = 1\n")
    target.chmod(0o751)
    write(str(tmp_path), change(tmp_path, "dir/a.py"))
    assert target.read_text() == "new = 1\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o751
    assert os.listdir(target.parent) == ["a.py"]


def test_a_file_that_changed_since_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("old = 2\n")
    with pytest.raises(ChangeError, match=r"a\.py: not written: it changed since"):
        write(str(tmp_path), change(tmp_path, data=b"old = 1\n"))
    assert (tmp_path / "a.py").read_text() == "old = 2\n"


@pytest.mark.parametrize("kind", ["link", "linked parent", "fifo", "gone", "directory"])
def test_nothing_is_written_through_a_link_or_into_a_special_file(tmp_path: Path, kind: str) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "dir").mkdir(parents=True)
    outside.mkdir()
    (outside / "a.py").write_text("old")
    target = root / "dir" / "a.py"
    if kind == "link":
        target.symlink_to(outside / "a.py")
    elif kind == "linked parent":
        (root / "dir").rmdir()
        (root / "dir").symlink_to(outside)
    elif kind == "fifo":
        os.mkfifo(target)
    elif kind == "directory":
        target.mkdir()
    with pytest.raises(ChangeError, match=r"dir/a\.py: not written"):
        write(str(root), change(root, "dir/a.py", b"old"))
    assert (outside / "a.py").read_text() == "old"
    assert os.listdir(outside) == ["a.py"]
    assert not [n for n in os.listdir(root / "dir") if n.startswith(".palint")]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("old")
    made = change(tmp_path)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChangeError, match="No space left on device"):
        write(str(tmp_path), made)
    assert (tmp_path / "a.py").read_text() == "old"
    assert os.listdir(tmp_path) == ["a.py"]


WRITER = """
import sys
from palint.changes.edits import Change
from palint.changes.write import write
from palint.text.source import SourceFile
root = sys.argv[1]
print("go", flush=True)
for n in range(100_000):
    with open(root + "/a.txt", "rb") as file:  # left to the collector, it would swallow an interrupt
        data = file.read()
    write(root, Change("a.txt", SourceFile("a.txt", data), (b"b" if data[:1] == b"a" else b"a") + data[1:]))
"""


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_write_leaves_one_whole_file(tmp_path: Path, signum: signal.Signals) -> None:
    size = 200_000
    chance = random.Random(signum)
    for _ in range(5):
        (tmp_path / "a.txt").write_text("a" + "." * size)
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.05 + chance.random() / 20)
        writer.send_signal(signum)
        assert writer.wait(10) == -signum  # by the signal, not by an error of its own
        writer.stdout.close()
        assert os.listdir(tmp_path) == ["a.txt"]
        text = (tmp_path / "a.txt").read_text()
        assert len(text) == size + 1 and text[0] in "ab"


def test_a_new_file_is_written_with_its_folders_and_never_over_anything(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    write(str(root), Change("a/b/c.txt", None, b"x"))
    assert (root / "a" / "b" / "c.txt").read_bytes() == b"x"
    (root / "link").symlink_to(outside)
    (root / "dangling").symlink_to(outside / "x")
    for path in ("a/b/c.txt", "a/b", "link/c.txt", "dangling", "a/b/c.txt/d"):
        with pytest.raises(ChangeError, match=f"{path}: not written"):
            write(str(root), Change(path, None, b"y"))
    assert os.listdir(outside) == [] and (root / "a" / "b" / "c.txt").read_bytes() == b"x"


def test_a_file_is_deleted_only_as_it_was_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=1\n")
    (tmp_path / "link").symlink_to(".env")
    for path, data in ((".env", b"A=2\n"), ("link", b"A=1\n"), ("gone", b"")):
        with pytest.raises(ChangeError, match=f"{path}: not deleted"):
            remove(str(tmp_path), path, data)
    assert sorted(os.listdir(tmp_path)) == [".env", "link"]
    remove(str(tmp_path), ".env", b"A=1\n")
    assert os.listdir(tmp_path) == ["link"]
