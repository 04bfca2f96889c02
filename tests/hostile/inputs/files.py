"""File system objects and names."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from tests.hostile.harness import made_token
from tests.hostile.inputs.place import Place, add, kind

NAMES = {
    "name-escape": "\x1b[31m\x1b]0;pwn\x07.py",
    "name-c1": "a\x9b31m\x9d0;x\x9c.py",
    "name-carriage-return": "a.py\r::error::x",
    "name-del": "a\x7f\x08\x08.py",
    "name-dash": "-",
    "name-double-dash": "--",
    "name-option": "--select=env-file",
    "name-glob": "[a]*?{b,c}!.py",
    "name-pathspec": ":(exclude)x.py",
    "name-at": "@file.py",
    "name-format": "%s%n{0}${x}.py",
    "name-home": "~root",
    "name-quotes": "a\"b'c`d.py",
    "name-xml": "a]]>&lt;!--.py",
    "name-uri": "http:%2F%2Fevil?x#y.py",
    "name-only-space": " ",
    "name-dots": "...",
    "name-nel": "a\u0085b\u2028c.py",
    "name-zero-width": "a\u200b\u2066\u2069\ufeff.py",
    "name-surrogate": "a\udcff\udc80.py",
    "name-nonascii-long": "é" * 127,
    "name-colon": "C:a.py",
    "name-json": 'a","b":"\\u0000.py',
    "name-csv": "@SUM(1+1)|cmd.py",
    "name-no-extension": "LICENSE",
    "name-minified": "a.min.js.map",
    "name-git-like": ".gitx/.git~1",
    "name-upper-env": "X.ENV",
    "name-vendored": "node_modules/x/vendor/a.py",
    "name-generated": "dist/build/__pycache__/a.pyc",
}
for _name, _path in NAMES.items():
    add(_name, "find", lambda place, path=_path: place.write(path, place.line))  # type: ignore[misc]


def outside(place: Place) -> Path:
    """A file with another secret that lies outside of the root."""
    return place.write("secret.txt", f'TOKEN = "{made_token("outside")}"\n', place.outside)


@kind("file-fifos-everywhere", "find")
def _(place: Place) -> None:
    place.write("a.py", place.line)
    for name in (".env", "Dockerfile", "x.tf", "x.ipynb", ".github/workflows/x.yml", "action.yml", "empty"):
        (place.root / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(place.root / name)


@kind("file-fifo-gitignore", "find")
def _(place: Place) -> None:
    place.write("a.py", place.line)
    os.mkfifo(place.root / ".gitignore")


@kind("file-socket-env", "any")
def _(place: Place) -> None:
    here = os.getcwd()
    os.chdir(place.root)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(".env")
    os.chdir(here)


@kind("file-link-loop", "find")
def _(place: Place) -> None:
    place.write("x/a.py", place.line)
    (place.root / "x" / "up").symlink_to("..")
    (place.root / "one").symlink_to("two")
    (place.root / "two").symlink_to("one")


@kind("file-link-is-a-secret", "find")
def _(place: Place) -> None:
    (place.root / "link").symlink_to(place.secret)


@kind("file-link-env", "find")
def _(place: Place) -> None:
    (place.root / ".env").symlink_to("/dev/zero")


@kind("file-link-root-escape", "no-finding")
def _(place: Place) -> None:
    (place.root / "a.txt").symlink_to(outside(place))
    (place.root / "dir").symlink_to(place.outside)
    (place.root / "parent").symlink_to("../outside")


@kind("file-hard-link", "find")
def _(place: Place) -> None:
    os.link(place.write("a.py", place.line), place.root / "b.bin")


@kind("file-directories-with-file-names", "find")
def _(place: Place) -> None:
    for name in (".env", "a.py", "Dockerfile", ".github/workflows/a.yml", "action.yml", ".gitignore"):
        (place.root / name).mkdir(parents=True)
    place.write("a.py/b.py", place.line)


@kind("file-mode-000", "skip-warn", unprivileged=True)
def _(place: Place) -> None:
    place.modes[place.write("a.py", place.line)] = 0


@kind("file-folder-not-listed", "skip-warn", unprivileged=True)
def _(place: Place) -> None:
    place.write("x/a.py", place.line)
    place.modes[place.root / "x"] = 0o711


@kind("file-folder-not-passed", "skip-warn", unprivileged=True)
def _(place: Place) -> None:
    place.write("x/a.py", place.line)
    place.modes[place.root / "x"] = 0o744


@kind("file-settings-unreadable", "error", unprivileged=True)
def _(place: Place) -> None:
    place.modes[place.write("palint.toml", 'select = ["env-file"]\n')] = 0


@kind("file-many-empty", "find")
def _(place: Place) -> None:
    for i in range(4000):
        (place.root / f"d{i % 100}").mkdir(exist_ok=True)
        (place.root / f"d{i % 100}" / f"{i}").touch()
    place.write("z.py", place.line)


@kind("file-many-folders", "find")
def _(place: Place) -> None:
    for i in range(2500):
        (place.root / f"a{i}" / "b").mkdir(parents=True)
    place.write("a7/b/z.py", place.line)


@kind("file-deep-comb", "find")
def _(place: Place) -> None:
    here = os.open(place.root, os.O_RDONLY)
    for _depth in range(400):
        os.mkdir("d", dir_fd=here)
        for name in (b"a.py", b"z.py"):
            fd = os.open(name, os.O_WRONLY | os.O_CREAT, dir_fd=here)
            os.write(fd, place.line.encode())
            os.close(fd)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


@kind("file-sparse", "skip-warn")
def _(place: Place) -> None:
    with place.write("a.txt", "").open("wb") as file:
        file.truncate(1 << 38)
        file.seek(1 << 38)
        file.write(place.line.encode())


@kind("file-zeros", "any")
def _(place: Place) -> None:
    place.write("a.bin", b"\0" * (9 << 20))


@kind("file-archive", "any")
def _(place: Place) -> None:
    import gzip
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil", b"0" * 20_000_000)
    place.write("a.zip", held.getvalue())
    place.write("a.gz", gzip.compress(b"0" * 20_000_000))


@kind("file-stored-archive", "find")
def _(place: Place) -> None:
    import io
    import zipfile

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.py", place.line)
    place.write("a.whl", held.getvalue())
