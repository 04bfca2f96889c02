"""Fixes: which edits fit together, what the files become, and how they are written without a loss."""

from __future__ import annotations

import os
import stat
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from palint.findings import Edit, Finding, PalintError
from palint.text.source import SourceFile

Opener = Callable[[str], "SourceFile | None"]


class FixError(PalintError):
    """A file that could not be changed, and was left as it is; the message is for the user."""


class Change(NamedTuple):
    """What becomes of one file. `edits` are ascending and do not overlap; `data` is the whole new file."""

    file: SourceFile
    edits: tuple[Edit, ...]
    data: bytes


class Skipped(NamedTuple):
    """A finding whose fix is not applied, and why."""

    finding: Finding
    reason: str


class Plan(NamedTuple):
    """The changes, ascending by path, the findings that they mend, and those left alone."""

    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]


def plan(findings: Iterable[Finding], open_file: Opener, *, unsafe: bool = False) -> Plan:
    """Choose the fixes to apply: safe ones, with `unsafe` all. Of two that overlap, the first finding's wins.

    A fix is applied whole, in all of its files, or not at all. Findings without a fix to apply are in
    neither list of the result.
    """
    accepted: dict[str, list[tuple[int, int, str]]] = {}
    files: dict[str, SourceFile] = {}
    fixed, skipped = [], []
    for finding in findings:
        if finding.fix is None or not (unsafe or finding.fix.safe):
            continue
        reason = _why_not(finding.fix.edits, accepted, files, open_file)
        if reason:
            skipped.append(Skipped(finding, reason))
            continue
        fixed.append(finding)
        for edit in finding.fix.edits:
            place = (edit.span.offset, edit.span.end_offset, _line_ends(edit.text, files[edit.span.path]))
            mine = accepted.setdefault(edit.span.path, [])
            if place not in mine:
                insort(mine, place)
    changes = tuple(_change(files[path], accepted[path]) for path in sorted(accepted))
    return Plan(changes, tuple(fixed), tuple(skipped))


def _why_not(
    edits: Iterable[Edit],
    accepted: dict[str, list[tuple[int, int, str]]],
    files: dict[str, SourceFile],
    open_file: Opener,
) -> str:
    """Why a fix cannot be applied beside those accepted before; "" if it can. Fills `files`."""
    own: dict[str, list[tuple[int, int, str]]] = {}
    for edit in edits:
        path, start, end = edit.span.path, edit.span.offset, edit.span.end_offset
        if path not in files:
            file = open_file(path)
            if file is None or file.link or _tail(file) is None:
                return "its file cannot be read and written back without a loss"
            files[path] = file
        file = files[path]
        if not 0 <= start <= end <= len(file.text):
            return "its place is not in the file"
        text = _line_ends(edit.text, file)
        try:
            _encode(text, file.encoding)
        except UnicodeEncodeError:
            return f"the file's encoding ({file.encoding}) cannot hold its text"
        mine = own.setdefault(path, [])
        new = (start, end, text)
        if _conflicts(new, accepted.get(path, [])) or _conflicts(new, mine):
            return "another fix changes the same place"
        insort(mine, new)
    return ""


def _conflicts(new: tuple[int, int, str], accepted: list[tuple[int, int, str]]) -> bool:
    """Whether an edit overlaps one of `accepted` (ascending); the very same edit twice does not.

    Two different insertions at one place conflict, since their order would be a guess.
    """
    at = bisect_left(accepted, new)
    for start, end, text in accepted[max(at - 1, 0) : at + 1]:
        same_place = (start, end) == new[:2]
        if same_place and text == new[2]:
            return False
        if same_place or (start < new[1] and new[0] < end):
            return True
    return False


def _change(file: SourceFile, places: list[tuple[int, int, str]]) -> Change:
    edits = tuple(Edit(file.span(start, end), text) for start, end, text in places)
    body = _encode(apply_to_text(file.text, edits), file.encoding)
    return Change(file, edits, file.bom + body + (_tail(file) or b""))


def apply_to_text(text: str, edits: Iterable[Edit]) -> str:
    """`text` with every edit made, each once; no two overlap, and their order does not matter."""
    pieces, at = [], 0
    for edit in sorted(set(edits), key=lambda e: (e.span.offset, e.span.end_offset)):
        pieces += [text[at : edit.span.offset], edit.text]
        at = edit.span.end_offset
    return "".join([*pieces, text[at:]])


def _line_ends(text: str, file: SourceFile) -> str:
    """An edit's text with the line ends of the file that it goes into: those of its first line."""
    if "\n" not in text:
        return text
    starts = file.line_starts
    end = "\n"
    if len(starts) > 1:
        first = file.text[: starts[1]]
        end = "\r\n" if first.endswith("\r\n") else first[-1]
    return text.replace("\r\n", "\n").replace("\n", end)


def _encode(text: str, encoding: str) -> bytes:
    """Raises UnicodeEncodeError."""
    return text.encode(encoding, "surrogatepass" if encoding.startswith(("utf-16", "utf-32")) else "strict")


def _tail(file: SourceFile) -> bytes | None:
    """The bytes at the end of a file that make no whole character of its encoding.

    None where the text does not give back the bytes that it was read from.
    """
    body = file.data[len(file.bom) :]
    text = _encode(file.text, file.encoding)
    return body[len(text) :] if body.startswith(text) else None


def write(root: str, change: Change) -> None:
    """Put a change on the disk: the file is whole and old, or whole and new, whenever the process ends.

    root: the absolute path that `change.file.path` is relative to. Raises FixError, with nothing changed:
    the file is not what was checked, or is no regular file, or a directory on its way is a symbolic link.
    """
    path = change.file.path
    try:
        with _uninterrupted(), _parent(root, path) as (folder, name):
            mode, data = _read(folder, name)
            if data != change.file.data:
                raise FixError(f"{path}: not fixed: it changed since it was checked; run palint again")
            _replace(folder, name, mode, change.data)
    except OSError as error:
        raise FixError(f"{path}: not fixed: {error.strerror or type(error).__name__}") from None


def create(root: str, path: str, data: bytes) -> None:
    """Write a file that is not there yet, folders included. Raises FixError, where something stands there."""
    *parts, _ = path.split("/")
    try:
        with _uninterrupted():
            for depth in range(len(parts)):
                with _parent(root, "/".join(parts[: depth + 1])) as (folder, name):
                    try:
                        os.mkdir(name, dir_fd=folder)
                    except FileExistsError:
                        pass  # if it is no folder, the next step says so
            with _parent(root, path) as (folder, name):
                try:
                    os.stat(name, dir_fd=folder, follow_symlinks=False)
                except FileNotFoundError:
                    _replace(folder, name, 0o666 & ~_umask(), data)
                else:
                    raise FixError(f"{path}: not written: something stands there already")
    except OSError as error:
        raise FixError(f"{path}: not written: {error.strerror or type(error).__name__}") from None


def _umask() -> int:
    """The process's mask; there is no way to ask for it but to set it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C and termination wait until the block is done, and come then."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _parent(root: str, path: str) -> Iterator[tuple[int | None, str]]:
    """(descriptor of the directory that holds a file, the file's name), no link followed below the root.

    Without directory descriptors (Windows): (None, the whole path).
    """
    if os.open not in os.supports_dir_fd:
        yield None, os.path.join(root, path)
        return
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    folder = os.open(root, flags)
    try:
        *parts, name = path.split("/")
        for part in parts:
            inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder, name
    finally:
        os.close(folder)


def _read(folder: int | None, name: str) -> tuple[int, bytes]:
    """(permission bits, content) of a regular file. Raises OSError for anything else."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(name, flags | getattr(os, "O_BINARY", 0), dir_fd=folder)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "not a regular file")
        return stat.S_IMODE(status.st_mode), file.read()


def _replace(folder: int | None, name: str, mode: int, data: bytes) -> None:
    """Write a new file beside the old one, with its mode, and rename it over that."""
    scratch = f".palint-{os.urandom(8).hex()}.tmp"
    if folder is None:
        scratch = os.path.join(os.path.dirname(name), scratch)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(scratch, flags, 0o600, dir_fd=folder)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        os.replace(scratch, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(scratch, dir_fd=folder)
        raise
    if folder is not None:
        os.fsync(folder)
