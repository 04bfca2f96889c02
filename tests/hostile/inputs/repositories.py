# ruff: noqa: E501 - an input a line
"""States of a git repository; what palint must find is about `--staged`."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable

from tests.hostile.harness import made_token
from tests.hostile.inputs.place import Place, kind


def stage(place: Place, path: str = "a.py") -> str:
    """Stage the secret; the name of its object."""
    place.write(path, place.line)
    place.git("add", "-f", "--", path)
    return place.git("rev-parse", f":{path}")


def settings(place: Place, text: str) -> None:
    """Append to the repository's own settings."""
    with (place.root / ".git" / "config").open("a") as file:
        file.write(text)


def drop(place: Place, oid: str) -> None:
    """Delete a loose object."""
    (place.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


@kind("git-replaced-blob")
def _(place: Place) -> None:
    place.git("replace", stage(place), place.git("rev-parse", ":ok.py"))


@kind("git-skip-worktree")
def _(place: Place) -> None:
    stage(place)
    place.git("update-index", "--skip-worktree", "--", "a.py")
    (place.root / "a.py").unlink()


@kind("git-assume-unchanged")
def _(place: Place) -> None:
    stage(place)
    place.git("update-index", "--assume-unchanged", "--", "a.py")
    place.write("a.py", "a = 1\n")


@kind("git-index-v4")
def _(place: Place) -> None:
    stage(place)
    place.git("update-index", "--index-version", "4")


@kind("git-split-index")
def _(place: Place) -> None:
    stage(place)
    place.git("update-index", "--split-index")


@kind("git-sparse-index")
def _(place: Place) -> None:
    stage(place, "x/a.py")
    place.git("sparse-checkout", "set", "--cone", "--sparse-index", "y")


@kind("git-conflict", "error")
def _(place: Place) -> None:
    oid = stage(place)
    place.git("rm", "-qf", "--cached", "a.py")
    lines = "".join(f"100644 {oid} {n}\ta.py\n" for n in (1, 2, 3))
    place.git("update-index", "--index-info", stdin=lines.encode())


@kind("git-case-collision")
def _(place: Place) -> None:
    oid = stage(place)
    place.git("update-index", "--add", "--cacheinfo", f"100644,{oid},OK.py")
    place.git("update-index", "--add", "--cacheinfo", f"100644,{oid},A.PY")


@kind("git-name-only-in-the-index")
def _(place: Place) -> None:
    oid = stage(place)
    place.git("rm", "-qf", "--cached", "a.py")
    place.git("update-index", "--add", "--cacheinfo", f"100644,{oid},a\nb\x1b[31m\x1b]0;pwn\x07::error::.py")


@kind("git-staged-link")
def _(place: Place) -> None:
    (place.root / ".env").symlink_to("/dev/zero")
    place.git("add", ".env")


@kind("git-link-is-a-secret")
def _(place: Place) -> None:
    (place.root / "link").symlink_to(place.secret)
    place.git("add", "link")


@kind("git-type-changed")
def _(place: Place) -> None:
    stage(place)
    (place.root / "a.py").unlink()
    os.mkfifo(place.root / "a.py")


@kind("git-parent-becomes-link")
def _(place: Place) -> None:
    stage(place, "x/a.py")
    (place.root / "x" / "a.py").unlink()
    (place.root / "x").rmdir()
    place.write("a.py", f'TOKEN = "{made_token("outside")}"\n', place.outside)
    (place.root / "x").symlink_to("../outside")


@kind("git-renamed-to-env")
def _(place: Place) -> None:
    place.git("mv", "ok.py", ".env")


@kind("git-deleted", "no-finding")
def _(place: Place) -> None:
    stage(place)
    place.git("commit", "-qm", "two")
    place.git("rm", "-q", "a.py")


@kind("git-binary-attribute")
def _(place: Place) -> None:
    place.write(".gitattributes", "* binary -text -diff filter=x export-ignore\n[attr]x -y\n" * 3000)
    place.git("add", ".gitattributes")
    stage(place)


@kind("git-working-tree-encoding")
def _(place: Place) -> None:
    place.write(".gitattributes", "*.py working-tree-encoding=UTF-16\n")
    place.write("a.py", place.line.encode("utf-16"))
    place.git("add", "a.py")


@kind("git-ignored-but-staged")
def _(place: Place) -> None:
    place.write(".gitignore", "*\n")
    stage(place)


@kind("git-submodule-without-a-file", "any")
def _(place: Place) -> None:
    place.write(
        ".gitmodules",
        f'[submodule "x"]\n\tpath = x\n\turl = ext::touch {place.mark}\n\tupdate = !touch {place.mark}\n',
    )
    place.git("add", ".gitmodules")
    place.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},x")
    place.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},.env")


@kind("git-unborn")
def _(place: Place) -> None:
    place.git("checkout", "-q", "--orphan", "other")
    stage(place)


@kind("git-detached")
def _(place: Place) -> None:
    place.git("checkout", "-q", "--detach")
    stage(place)


@kind("git-shallow")
def _(place: Place) -> None:
    place.write(".git/shallow", place.git("rev-parse", "HEAD") + "\n")
    stage(place)


@kind("git-grafts")
def _(place: Place) -> None:
    place.write(".git/info/grafts", place.git("rev-parse", "HEAD") + " " + "0" * 40 + "\n")
    stage(place)


@kind("git-file-to-elsewhere")
def _(place: Place) -> None:
    stage(place)
    (place.root / ".git").rename(place.root.parent / "elsewhere")
    (place.root / ".git").write_text("gitdir: ../elsewhere\n")


@kind("git-link-to-elsewhere")
def _(place: Place) -> None:
    stage(place)
    (place.root / ".git").rename(place.root.parent / "elsewhere")
    (place.root / ".git").symlink_to("../elsewhere")


@kind("git-worktree-elsewhere", "error")
def _(place: Place) -> None:
    stage(place)
    place.outside.mkdir()
    settings(place, f"[core]\n\tworktree = {place.outside}\n")


@kind("git-says-bare", "error")
def _(place: Place) -> None:
    stage(place)
    settings(place, "[core]\n\tbare = true\n")


@kind("git-unknown-extension", "error")
def _(place: Place) -> None:
    stage(place)
    settings(place, "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tunheardOf = x\n")


@kind("git-settings-syntax", "error")
def _(place: Place) -> None:
    stage(place)
    settings(place, f'[core\n\tx = "{place.secret}\n')


@kind("git-settings-secret-value", "error")
def _(place: Place) -> None:
    stage(place)
    settings(place, f"[core]\n\tfileMode = {place.secret}\n\tabbrev = {place.secret}\n")


@kind("git-origin-with-a-token", "any")
def _(place: Place) -> None:
    settings(place, f'[remote "origin"]\n\turl = https://x:{place.secret}@github.com/o/r.git\n')
    place.write(
        ".github/workflows/a.yml", "on: push\njobs:\n  a:\n    uses: o/r/.github/workflows/b.yml@main\n"
    )
    place.git("add", ".")


@kind("git-head-garbage", "error")
def _(place: Place) -> None:
    stage(place)
    place.write(".git/HEAD", f"{place.secret}\n")


@kind("git-head-option", "any")
def _(place: Place) -> None:
    stage(place)
    place.write(".git/HEAD", "ref: refs/heads/--output=pwned\n")


@kind("git-packed-refs-garbage", "any")
def _(place: Place) -> None:
    stage(place)
    place.write(".git/packed-refs", b"\0\xff" * 1000)


@kind("git-broken-object", "error")
def _(place: Place) -> None:
    oid = stage(place)
    path = place.root / ".git" / "objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"x\x9c" + b"\0" * 100)


@kind("git-lost-object", "error")
def _(place: Place) -> None:
    drop(place, stage(place))


@kind("git-lost-among-others")
def _(place: Place) -> None:
    drop(place, stage(place, "lost.py"))
    place.write("b.py", place.line + "# another\n")
    place.git("add", "b.py")


@kind("git-object-bomb", "error")
def _(place: Place) -> None:
    stage(place)
    with place.write("bomb.txt", "").open("wb") as file:
        file.truncate(120 << 20)
    place.git("add", "bomb.txt")
    (place.root / "bomb.txt").unlink()
    (place.root / "a.py").unlink()
    place.git("rm", "-q", "--cached", "a.py")


@kind("git-alternates")
def _(place: Place) -> None:
    oid = stage(place)
    held = place.root.parent / "held" / oid[:2]
    held.mkdir(parents=True)
    (place.root / ".git" / "objects" / oid[:2] / oid[2:]).rename(held / oid[2:])
    place.write(".git/objects/info/alternates", str(held.parent) + "\n")


def fifo(name: str) -> Callable[[Place], None]:
    """A repository in which git, reading `name`, would wait for ever."""

    def build(place: Place) -> None:
        stage(place)
        path = place.root / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(path)
        if name == ".git/included":
            settings(place, "[include]\n\tpath = included\n")

    return build


kind("git-fifo-index", "error")(fifo(".git/index"))
kind("git-fifo-head", "any")(fifo(".git/HEAD"))
kind("git-fifo-included", "any")(fifo(".git/included"))
kind("git-fifo-gitignore", "any")(fifo(".gitignore"))


@kind("git-index-outside", "any")
def _(place: Place) -> None:
    place.write("secret.txt", f'TOKEN = "{made_token("outside")}"\n', place.outside)
    names = ["../outside/secret.txt", "/etc/passwd", ".git/config", "a/../../outside/secret.txt", "a//b"]
    write_index(place, {name: stage(place) for name in names})


@kind("git-index-file-and-folder", "any")
def _(place: Place) -> None:
    oid = stage(place)
    write_index(place, {"a.py": oid, "a.py/b.py": oid, "a.py/b.py/c.py": oid})


@kind("git-index-strange-mode", "any")
def _(place: Place) -> None:
    oid = stage(place)
    write_index(place, {"a.py": oid, "b.py": oid}, mode=0o100000)


@kind("git-index-truncated", "error")
def _(place: Place) -> None:
    stage(place)
    index = place.root / ".git" / "index"
    index.write_bytes(index.read_bytes()[:90])


def write_index(place: Place, entries: dict[str, str], mode: int = 0o100644) -> None:
    """An index as git would not write it (gitformat-index(5), version 2)."""
    data = b"DIRC" + struct.pack(">II", 2, len(entries))
    for name, oid in sorted(entries.items()):
        raw = name.encode()
        entry = struct.pack(">6I", *[0] * 6) + struct.pack(">4I", mode, 0, 0, 0) + bytes.fromhex(oid)
        entry += struct.pack(">H", len(raw)) + raw
        data += entry + b"\0" * (8 - len(entry) % 8)
    place.write(".git/index", data + hashlib.sha1(data).digest())


@kind("git-hooks", "find")
def _(place: Place) -> None:
    stage(place)
    for name in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        place.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {place.mark}\n").chmod(0o755)


@kind("git-filters", "find")
def _(place: Place) -> None:
    stage(place)
    place.write(".gitattributes", "* filter=x diff=x merge=x\n")
    settings(
        place,
        "".join(f'[filter "x"]\n\t{key} = touch {place.mark}\n' for key in ("clean", "smudge", "process"))
        + f'[diff]\n\texternal = touch {place.mark}\n[diff "x"]\n\ttextconv = touch {place.mark}\n'
        + f"[core]\n\tfsmonitor = touch {place.mark}\n\tsshCommand = touch {place.mark}\n\tpager = touch {place.mark}\n",
    )
    os.utime(place.root / "ok.py", (1, 1))


@kind("git-promisor", "error")
def _(place: Place) -> None:
    drop(place, stage(place))
    settings(
        place,
        f'[remote "o"]\n\turl = ext::touch {place.mark}\n\tpromisor = true\n\tuploadpack = touch {place.mark}\n'
        "[extensions]\n\tpartialClone = o\n[core]\n\trepositoryformatversion = 1\n"
        f'\tsshCommand = touch {place.mark}\n[protocol "ext"]\n\tallow = always\n',
    )


@kind("git-program-in-the-tree", "find")
def _(place: Place) -> None:
    stage(place)
    place.write("git", f"#!/bin/sh\ntouch {place.mark}\n").chmod(0o755)
    place.write("git.exe", "x").chmod(0o755)


@kind("git-nested-repository", "any")
def _(place: Place) -> None:
    (place.root / "inner").mkdir()
    place.git("init", "-q", below=place.root / "inner")
    place.write("inner/a.py", place.line)
    place.git("add", "inner", check=False)
