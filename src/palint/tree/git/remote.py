"""Ask another repository for its commits. Only `palint fleet` does: no other call of git uses a network.

A token reaches git through an askpass of ours, never in an address or an argument, and only for the host that
it is meant for. Of the transports git may use the one of the address alone, so neither a redirect nor a
submodule can lead to another.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from types import MappingProxyType
from urllib.parse import urlsplit

from palint.tree.git.process import FLAGS, GitError, environment, message, program
from palint.util.typing import NamedTuple

TRANSPORTS = ("https", "http", "ssh", "git", "file")
_SCP = re.compile(r"(?:[\w.-]+@)?[\w.-]+:(?!//)[^\s:][^\s]*")  # `git@host:owner/name.git`, not `C:\x`
_FLAGS = (
    *FLAGS,
    "-c", "protocol.version=2",
    "-c", "credential.helper=",
    "-c", "http.followRedirects=initial",
    "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=30",  # ends a transfer below 1 kB/s
    "-c", "fetch.recurseSubmodules=false",
    "-c", "gc.auto=0", "-c", "maintenance.auto=false",
    "-c", "fetch.unpackLimit=1",  # keep the pack: one file instead of one for each object
)  # fmt: skip
# Kept from the caller: how the organisation's own servers are reached.
_NETWORK = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_PROXY_SSL_CAINFO")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SSH = "ssh -oBatchMode=yes -oConnectTimeout=30 -oForwardAgent=no -oClearAllForwardings=yes"
# git asks `Username for 'https://host': ` and `Password for 'https://user@host': `.
_ASKPASS = """#!/bin/sh
case "$1" in
  Username*"//$PALINT_TOKEN_HOST'"*) echo x-access-token ;;
  Password*"//x-access-token@$PALINT_TOKEN_HOST'"*) printf '%s\\n' "$PALINT_TOKEN" ;;
  *) exit 1 ;;
esac
"""


class Remote(NamedTuple):
    """A repository elsewhere. address: a URL, or `user@host:path`. token: signs in at the address's host."""

    address: str
    token: str = ""


def problem(address: str) -> str:
    """Why an address cannot be used; "" if it can."""
    if not address.isprintable() or address != address.strip():
        return "the address has control characters or blanks at its ends"
    if "://" not in address:
        return (
            "" if _SCP.fullmatch(address) else "neither a folder nor an address: write https://… or ssh://…"
        )
    try:
        parts = urlsplit(address)
    except ValueError:
        return "not a valid address"
    if parts.scheme not in TRANSPORTS:
        return f"{parts.scheme}: is not a transport that is used: {', '.join(TRANSPORTS)}"
    if parts.password or (parts.username and parts.scheme in ("http", "https")):
        return "the address contains credentials: remove them, and set the forge's token in the environment"
    return ""


def head(remote: Remote, branch: str = "", *, seconds: float = 60) -> str | None:
    """The object name of a branch's head, of the default one's for ""; None in a repository without commits.

    seconds: until it is stopped. Raises GitError, also if there is no such branch.
    """
    ref = f"refs/heads/{branch}" if branch else "HEAD"
    words = ["ls-remote", "--", remote.address, "HEAD", ref]
    out, _ = _run(remote, words, os.curdir, seconds)
    if not out and remote.address.startswith("http"):  # any page is an empty repository to git's old protocol
        _, trace = _run(remote, words, os.curdir, seconds, {"GIT_TRACE_PACKET": "2"})
        if b" packet: " not in trace:
            raise GitError("what answers at the address is not a git server")
    refs = {name: oid for oid, _, name in (line.partition(b"\t") for line in out.splitlines())}
    if refs and ref.encode() not in refs:
        raise GitError(f"there is no branch {branch!r}")
    return refs[ref.encode()].decode("ascii", "replace") if refs else None


def fetch(
    folder: str, remote: Remote, branch: str = "", *, history: bool = False, seconds: float = 600
) -> str:
    """Fetch the head of a branch into a bare repository, which is made if absent; return its object name.

    history: also every branch and tag, with all their commits; else this one commit only.
    Raises GitError.
    """
    if not os.path.exists(os.path.join(folder, "HEAD")):
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _run(remote, ["init", "--quiet", "--bare", "--template=", folder], folder, 60)
    git_dir = [f"--git-dir={folder}"]
    ref = f"refs/heads/{branch}" if branch else "HEAD"
    refs = [f"+{ref}:refs/palint/head"]
    depth = ["--depth=1"]
    if history:
        refs += ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        depth = ["--unshallow"] if os.path.exists(os.path.join(folder, "shallow")) else []
    options = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", *depth]
    _run(remote, [*git_dir, "fetch", *options, "--", remote.address, *refs], folder, seconds)
    out, _ = _run(remote, [*git_dir, "rev-parse", "--verify", "refs/palint/head^{commit}"], folder, 60)
    return out.decode().strip()


def check_out(tree: str, remote: Remote, branch: str, new: str, *, seconds: float = 600) -> None:
    """Make a work tree of a branch's head (of the default one's for ""), on a new branch. Raises GitError.

    No filter of the repository runs, since only settings of git can define one, and these are new.
    """
    ref = f"refs/heads/{branch}" if branch else "HEAD"
    _run(remote, ["init", "--quiet", "--template=", tree], tree, 60)
    own = [f"--git-dir={tree}/.git", f"--work-tree={tree}"]
    fetched = ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-auto-maintenance", "--", remote.address]
    _run(remote, [*own, *fetched, f"+{ref}:refs/palint/head"], tree, seconds)
    _run(remote, [*own, "checkout", "--quiet", "-b", new, "refs/palint/head"], tree, seconds)


def push_all(tree: str, remote: Remote, branch: str, subject: str, *, seconds: float = 600) -> bool:
    """Commit everything that differs in a work tree and push it to a branch, which is replaced.

    False if nothing differs. Raises GitError.
    """
    own = [f"--git-dir={tree}/.git", f"--work-tree={tree}"]
    _run(remote, [*own, "add", "--all"], tree, 60)
    out, _ = _run(remote, [*own, "status", "--porcelain"], tree, 60)
    if not out:
        return False
    who = ["-c", "user.name=palint", "-c", "user.email=palint@localhost", "-c", "commit.gpgsign=false"]
    _run(remote, [*who, *own, "commit", "--quiet", "--message", subject], tree, 60)
    refs = f"+HEAD:refs/heads/{branch}"
    _run(remote, [*own, "push", "--quiet", "--no-verify", "--", remote.address, refs], tree, seconds)
    return True


def _run(
    remote: Remote,
    arguments: Sequence[str],
    directory: str,
    seconds: float,
    more: Mapping[str, str] = _NOTHING,
) -> tuple[bytes, bytes]:
    """(output, errors) of git, stopped with all that it started after `seconds`. Raises GitError.

    more: variables of the environment.
    """
    name = next(word for word in arguments if word.isalpha() or word in ("ls-remote", "rev-parse"))
    with _signed_in(remote) as env:
        started = subprocess.Popen(
            [program(directory), *_FLAGS, *arguments],
            env={**env, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # so that git's helpers end with it
        )
        try:
            out, err = started.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise GitError(f"git {name}: no answer within {seconds:g} s") from None
        finally:
            if started.poll() is None:
                with suppress(ProcessLookupError, AttributeError):
                    os.killpg(started.pid, signal.SIGKILL)
                started.kill()
                started.communicate()
    if started.returncode:
        raise GitError(message(err, name))
    return out, err


@contextmanager
def _signed_in(remote: Remote) -> Iterator[dict[str, str]]:
    """The environment for git, with an askpass that has the token."""
    env = environment()
    for variable in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        env.pop(variable, None)
    env.update({name: os.environ[name] for name in _NETWORK if name in os.environ})
    scheme, _, rest = remote.address.partition("://")
    allowed = scheme if scheme in TRANSPORTS else "ssh"  # git reads a list: `ext::sh -c` would allow `ext`
    env |= {"GIT_ALLOW_PROTOCOL": allowed, "GIT_SSH_COMMAND": _SSH, "GIT_ASKPASS": "false"}
    if not remote.token:
        yield env
        return
    with tempfile.TemporaryDirectory(prefix="palint-askpass-") as folder:
        askpass = os.path.join(folder, "askpass")
        with open(
            os.open(askpass, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o700), "w", encoding="ascii"
        ) as file:
            file.write(_ASKPASS)
        yield {
            **env,
            "GIT_ASKPASS": askpass,
            "PALINT_TOKEN": remote.token,
            "PALINT_TOKEN_HOST": rest.partition("/")[0],
        }
