"""A file is replaced whole or not at all."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from palint.util import atomic_file


def test_content_and_mode_are_new_and_nothing_is_left_beside(tmp_path: Path) -> None:
    place = tmp_path / "state"
    place.write_bytes(b"old")
    atomic_file.replace(str(place), b"new", 0o640)
    assert place.read_bytes() == b"new" and place.stat().st_mode & 0o777 == 0o640
    assert os.listdir(tmp_path) == ["state"]


def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "state"
    place.write_bytes(b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_file.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_file.replace(str(place), b"new", 0o640)
    assert place.read_bytes() == b"old" and os.listdir(tmp_path) == ["state"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    atomic_file.replace(str(tmp_path / "link"), b"new", 0o600)
    assert (tmp_path / "target").read_bytes() == b"old" and not (tmp_path / "link").is_symlink()


def test_the_mode_of_a_new_file_follows_the_umask() -> None:
    before = os.umask(0o027)
    try:
        assert atomic_file.default_mode() == 0o640
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)


def test_what_cannot_be_written_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # as a full disk, in the middle of the file
    try:
        with pytest.raises(OSError) as error:
            atomic_file.replace(str(tmp_path / "part"), b"x" * 1000, 0o600)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert error.value.filename == str(tmp_path / "part")
    assert list(tmp_path.iterdir()) == []
