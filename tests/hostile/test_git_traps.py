"""A repository whose own settings try to run something, under every git call that palint makes."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.history.run import run
from palint.tree import git, git_tree, project
from palint.tree.git import history, process
from palint.tree.git.process import Call, GitError
from tests.conftest import ROOT, Repository

SOURCES = Path(git.__file__).parents[2]

# Every key of git's documentation (git-config(1), gitattributes(5), gitmodules(5)) whose value is a program,
# an argument of one, or a file that git reads; `{trap}` is a command that leaves a mark.
TRAPS = """
[core]
    fsmonitor = {trap}; false
    hooksPath = {hooks}
    sshCommand = {trap}
    gitProxy = {trap}
    askPass = {script}
    pager = {trap}
    editor = {trap}
    alternateRefsCommand = {trap}
    attributesFile = {attributes}
    untrackedCache = true
    preloadIndex = true
[credential]
    helper = "!{trap}"
[filter "trap"]
    clean = {trap}
    smudge = {trap}
    process = {trap}
    required = true
[diff]
    external = {trap}
    orderFile = {attributes}
[diff "trap"]
    textconv = {trap}
    command = {trap}
    cachetextconv = true
[merge "trap"]
    driver = {trap}
[gpg]
    program = {script}
[gpg "ssh"]
    program = {script}
    defaultKeyCommand = {trap}
[alias]
    ls-files = "!{trap}"
    rev-parse = "!{trap}"
    cat-file = "!{trap}"
[pager]
    ls-files = {trap}
    cat-file = {trap}
    rev-parse = {trap}
[interactive]
    diffFilter = {trap}
[sequence]
    editor = {trap}
[uploadpack]
    packObjectsHook = {trap}
[remote "origin"]
    url = ext::{script}
    uploadpack = {trap}
    receivepack = {trap}
    vcs = trap
    proxy = {trap}
    promisor = true
    partialclonefilter = blob:none
[extensions]
    partialClone = origin
    worktreeConfig = true
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[submodule "sub"]
    update = "!{trap}"
    url = ext::{script}
    ignore = all
[trace2]
    eventTarget = {mark}
    normalTarget = {mark}
[safe]
    directory = *
    bareRepository = all
[include]
    path = included
[includeIf "gitdir:**"]
    path = included
[maintenance]
    auto = true
[browser "trap"]
    cmd = {trap}
[man "trap"]
    cmd = {trap}
[http]
    proxy = {trap}
    cookieFile = {attributes}
[init]
    templateDir = {hooks}
[tar "trap"]
    command = {trap}
[mergetool "trap"]
    cmd = {trap}
[difftool "trap"]
    cmd = {trap}
[sendemail]
    toCmd = {trap}
[trailer "trap"]
    command = {trap}
    cmd = {trap}
[hook "trap"]
    command = {trap}
    event = post-index-change
[log]
    showSignature = true
"""
_IDENTITY = ("-c", "user.name=t", "-c", "user.email=t@example.com")


def plain_git(root: Path, *args: str) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "GIT_CONFIG_GLOBAL": "/dev/null"
    }
    made = subprocess.run(
        ["git", *_IDENTITY, *args], cwd=root, env=env, check=True, capture_output=True, text=True
    )
    return made.stdout.strip()


@pytest.fixture
def trapped(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """(root, name of a blob that only the promisor would have); fails when a trap went off."""
    root, mark, hooks = tmp_path / "repo", tmp_path / "pwned", tmp_path / "hooks"
    root.mkdir()
    hooks.mkdir()
    plain_git(root, "init", "-q")
    (root / "a.py").write_text("x = 1\n")
    (root / "lost.py").write_text("y = 2\n")
    (root / ".gitattributes").write_text("* filter=trap diff=trap merge=trap text eol=crlf ident\n")
    (root / ".gitmodules").write_text(
        '[submodule "sub"]\n\tpath = sub\n\turl = ext::x\n\tupdate = !touch pwned\n'
    )
    plain_git(root, "add", ".")
    plain_git(root, "commit", "-qm", "one")
    plain_git(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    script = tmp_path / "trap.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\nexit 1\n")
    script.chmod(0o755)
    for name in (
        "post-index-change",
        "pre-auto-gc",
        "post-checkout",
        "reference-transaction",
        "fsmonitor-watchman",
    ):
        for folder in (hooks, root / ".git" / "hooks"):
            (folder / name).write_text(script.read_text())
            (folder / name).chmod(0o755)
    (tmp_path / "attributes").write_text("* filter=trap diff=trap\n")
    text = TRAPS.format(
        trap=f"touch {mark}",
        script=script,
        hooks=hooks,
        attributes=tmp_path / "attributes",
        mark=f"{mark}.trace",
    )
    with (root / ".git" / "config").open("a") as config:
        config.write(text)
    (root / ".git" / "included").write_text(f"[core]\n\tfsmonitor = touch {mark}\n")
    (root / ".git" / "config.worktree").write_text(
        f"[core]\n\tfsmonitor = touch {mark}\n\tsshCommand = touch {mark}\n"
    )
    (root / ".git" / "info" / "attributes").write_text("* filter=trap diff=trap\n")
    oid = plain_git(root, "rev-parse", "HEAD:lost.py") if not mark.exists() else ""
    oid = (
        oid
        or subprocess.run(
            ["git", "hash-object", "--stdin"], input="y = 2\n", capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    (root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    # Every file looks changed and racy, so whoever compares contents would have to filter them.
    for name in ("a.py", "lost.py"):
        os.utime(root / name, (1, 1))
    mark.unlink(missing_ok=True)
    Path(f"{mark}.trace").unlink(missing_ok=True)
    yield root, oid
    assert not mark.exists(), "a trap of the repository's settings ran"
    assert not Path(f"{mark}.trace").exists()


def test_the_traps_work(tmp_path: Path, trapped: tuple[Path, str]) -> None:
    """Without it the other tests would prove nothing."""
    root, _ = trapped
    mark = tmp_path / "pwned"
    for args in (["status"], ["diff"], ["cat-file", "--filters", "HEAD:a.py"]):
        subprocess.run(["git", *args], cwd=root, capture_output=True, check=False)
        assert mark.exists(), args
        mark.unlink()


def test_every_call(trapped: tuple[Path, str]) -> None:
    root, lost = trapped
    name = str(root)
    assert git.top_level(name) == name
    entries, others = git.listing(name)
    assert [e.path for e in entries] == [".gitattributes", ".gitmodules", "a.py", "lost.py", "sub"]
    assert others.paths == git.untracked(name).paths == []
    assert git.index_entries(name) == entries
    assert git.ignored(name) == []
    assert [e.path for e in git.staged(name)] == ["sub"]
    head = git.resolve(name, "HEAD")
    assert head is not None
    assert len(git.commit_entries(name, "HEAD")) == 4
    assert git.merge_base(name, head, head) == head
    assert [c.path for c in git.changed_since(name, head)] == ["sub"]
    assert git.origin(name) == f"ext::{root.parent / 'trap.sh'}"
    with git.Blobs(name) as blobs:
        with pytest.raises(git.MissingObject):
            blobs.read(lost, 100)
        assert blobs.read(next(e.oid for e in entries if e.path == "a.py"), 100) == b"x = 1\n"


def test_the_history(trapped: tuple[Path, str]) -> None:
    root, _ = trapped
    name = str(root)
    (commit,) = history.commits(name)
    assert history.tips(name)["HEAD"] == commit.oid
    assert [c.path for c in history.changes(name, [commit])] == [
        *(b".gitattributes", b".gitmodules", b"a.py", b"lost.py")
    ]
    assert history.authors(name, [commit.oid])[commit.oid].name == "t"
    assert not history.is_shallow(name)
    oids = [change.new for change in history.changes(name, [commit])]
    reader = history.VersionReader(name, oids)
    assert reader.read(2, 100) == (b"x = 1\n", 6)
    with pytest.raises(git.MissingObject):
        reader.read(3, 100)
    reader.close()
    results = run(name, Config(), registry.load())
    assert [(n.kind, n.complete) for n in results.notices] == [("missing-object", False)]


def test_the_trees(trapped: tuple[Path, str]) -> None:
    root, _ = trapped
    for tree in (git_tree.index_tree(str(root)), git_tree.commit_tree(str(root), "HEAD")):
        made = project.Project(str(root), tree)
        assert made.open("a.py") is not None
        assert made.open("lost.py") is None
        assert [(n.path, n.kind, n.complete) for n in made.take_notices()] == [
            ("lost.py", "missing-object", False)
        ]


@pytest.mark.parametrize("transport", ["ext", "ssh", "uploadpack", "helper"])
def test_a_promisor_is_never_asked(tmp_path: Path, transport: str) -> None:
    """A missing blob of a partial clone would be fetched, by a program that the repository names."""
    root, mark = tmp_path / "repo", tmp_path / "pwned"
    root.mkdir()
    plain_git(root, "init", "-q")
    (root / "a.py").write_text("x = 1\n")
    plain_git(root, "add", ".")
    oid = plain_git(root, "rev-parse", ":a.py")
    (root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    script = tmp_path / "git-remote-trap"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n")
    script.chmod(0o755)
    settings = {
        "ext": {"remote.o.url": f"ext::{script}"},
        "ssh": {"remote.o.url": "ssh://nowhere.invalid/x", "core.sshCommand": str(script)},
        "uploadpack": {"remote.o.url": str(root), "remote.o.uploadpack": str(script)},
        "helper": {"remote.o.url": "https://nowhere.invalid/x", "credential.helper": f"!{script}"},
    }[transport]
    for key, value in {
        **settings,
        "remote.o.promisor": "true",
        "extensions.partialClone": "o",
        "core.repositoryFormatVersion": "1",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }.items():
        plain_git(root, "config", key, value)
    if transport != "helper":
        subprocess.run(["git", "cat-file", "-p", oid], cwd=root, capture_output=True, check=False)
        assert mark.exists(), "the trap does not work"
        mark.unlink()
    with git.Blobs(str(root)) as blobs, pytest.raises(git.MissingObject):
        blobs.read(oid, 100)
    assert not mark.exists()


# Names that start a program or run text as a program, and the modules that may use them.
STARTS = {
    "posix_spawn", "posix_spawnp", "popen", "Popen", "os.system", "startfile", "forkpty", "pty", "eval",
    "exec", "runpy", "ctypes", "multiprocessing", "execv", "execve", "execvp", "execvpe", "execl",
    "execle", "execlp", "spawnv", "spawnve", "spawnl", "subprocess", "check_output", "check_call",
    "import_module", "__import__",
}  # fmt: skip
MAY = {
    "tree/git/process.py": {"posix_spawn", "subprocess", "Popen"},
    "tree/git/remote.py": {"subprocess", "Popen"},  # git's own transports, for clones of a fleet
    "engine/workers.py": {"subprocess", "Popen"},  # this interpreter, with palint's own code
    "lsp/process.py": {"subprocess", "Popen"},  # this interpreter, with palint's own code
    "fleet/propose.py": {"subprocess"},  # this interpreter, with palint in a clone
    "fleet/forges.py": {"subprocess"},  # `gh` and `glab` of the person who calls, for a token
    "engine/clean_files.py": {"import_module"},  # of palint's own packages
    "languages/__init__.py": {"import_module"},  # of the parsers that the table of languages names
    "registry.py": {"import_module", "__import__"},
    "deferred_rules.py": {"import_module"},  # of palint's own rules
    "report/__init__.py": {"import_module"},  # of a fixed list of formats
    "report/history/__init__.py": {"import_module"},  # of a fixed list of formats
    "secrets/detect_secrets/adapter.py": {"import_module"},  # of a fixed list of plugins
    "prefilter.py": {"import_module"},  # of the checks that palint's own keywords name
    "util/processes.py": {"ctypes"},  # `malloc_trim` of the C library, in workers of a fleet
}


def _uses(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
            yield f"{ast.unparse(node.value)}.{node.attr}"
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (part for alias in node.names for part in alias.name.split("."))
            if isinstance(node, ast.ImportFrom):
                yield from (node.module or "").split(".")
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_git_module_starts_a_process() -> None:
    rules = SOURCES.parents[1] / "rules"
    for folder in (SOURCES, rules):
        assert (folder / "__init__.py").is_file()
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder).as_posix()
            used = set(_uses(ast.parse(path.read_text()))) & STARTS
            assert used <= MAY.get(name, set()), f"{name} uses {sorted(used)}"


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.system('x')",
        "from os import system",
        "import subprocess",
        "from os import execv as f",
        "eval('x')",
    ],
)
def test_the_search_sees(source: str) -> None:
    assert set(_uses(ast.parse(source))) & STARTS


@pytest.mark.parametrize("way", ["folder", "linked folder", "linked program"])
def test_a_git_that_the_tree_brings_is_not_run(tmp_path: Path, repo: Repository, way: str) -> None:
    """Whatever leads to it: a folder of the tree in PATH, a link to one, a link to the program."""
    marker = tmp_path / "ran"
    trap = repo.write("node_modules/.bin/git", f"#!/bin/sh\ntouch {marker}\n")
    trap.chmod(0o755)
    repo.write("a.py", "x = 1\n")
    repo.add()
    if way == "folder":
        first = str(trap.parent)
    elif way == "linked folder":
        (tmp_path / "bin").symlink_to(trap.parent)
        first = str(tmp_path / "bin")
    else:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "git").symlink_to(trap)
        first = str(tmp_path / "bin")
    environment = {"PATH": f"{first}{os.pathsep}{os.environ['PATH']}"}
    for args in ([], ["--staged"], ["--since", "HEAD"], ["--isolated"]):
        repo.palint("check", *args, ".", env=environment)
        assert not marker.exists(), args
    made = repo.palint("check", ".", env={"PATH": first})
    assert made.returncode == 2 and "inside the tree to check" in made.stderr and not marker.exists()


def _settings(repo: Repository, text: str) -> None:
    with (repo.path / ".git" / "config").open("a") as config:
        config.write(text)


class TestFlags:
    """What each flag of a git call is for, by a call that does something else without it."""

    @pytest.fixture
    def committed(self, repo: Repository) -> Repository:
        for name in ("a.py", "b.py"):
            repo.write(name, "x = 1\n")
            repo.add()
            repo.commit()
        return repo

    def _output(self, repo: Repository, *args: str) -> str:
        return Call(str(repo.path), args).output().decode().strip()

    def test_no_hook_runs(self, committed: Repository) -> None:
        hook = committed.write(".git/hooks/pre-commit", "#!/bin/sh\ntouch ran\n")
        hook.chmod(0o755)
        _settings(committed, "[user]\n\tname = t\n\temail = t@example.com\n")
        self._output(committed, "commit", "--quiet", "--allow-empty", "--message", "x")
        assert not (committed.path / "ran").exists()

    def test_attributes_of_elsewhere_do_not_count(self, committed: Repository) -> None:
        elsewhere = committed.write("../attributes", "* eol=crlf\n")
        _settings(committed, f"[core]\n\tattributesFile = {elsewhere}\n")
        assert self._output(committed, "check-attr", "eol", "a.py").endswith("unspecified")

    def test_a_bare_repository_in_the_tree_is_not_taken_for_one(self, committed: Repository) -> None:
        committed.git("init", "--quiet", "--bare", "inner")
        with pytest.raises(GitError, match="bare"):
            Call(str(committed.path / "inner"), ["rev-parse", "--git-dir"]).output()

    def test_a_graft_hides_no_commit(self, committed: Repository) -> None:
        committed.write(".git/info/grafts", f"{committed.git('rev-parse', 'HEAD').strip()}\n")
        assert self._output(committed, "rev-list", "--count", "HEAD") == "2"

    def test_the_index_is_not_written(self, committed: Repository) -> None:
        os.utime(committed.path / "a.py", (1, 1))
        before = (committed.path / ".git" / "index").read_bytes()
        assert self._output(committed, "status", "--porcelain") == ""
        assert (committed.path / ".git" / "index").read_bytes() == before

    def test_a_name_is_no_pattern(self, committed: Repository) -> None:
        assert self._output(committed, "ls-files", "--", "*.py") == ""

    def test_no_transport_is_allowed(self, committed: Repository) -> None:
        mark = committed.path / "ran"
        _settings(
            committed,
            f'[protocol "ext"]\n\tallow = always\n[remote "x"]\n\turl = ext::touch {mark}\n'
            "\tfetch = +refs/heads/*:refs/remotes/x/*\n",
        )
        with pytest.raises(GitError, match="not allowed"):
            self._output(committed, "fetch", "x")
        assert not mark.exists()

    def test_settings_of_the_user_do_not_count(
        self, committed: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        theirs = committed.write("../home/.gitconfig", "[filter]\n\tx = y\n")
        monkeypatch.setenv("HOME", str(theirs.parent))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(theirs))
        assert "filter" not in self._output(committed, "config", "--list")

    def test_the_page_lists_what_every_call_is_given(self) -> None:
        _, _, table = (ROOT / "docs" / "security.md").read_text().partition("| given to every call |")
        cells = [row.split("|")[1] for row in table.partition("\n\n")[0].split("\n")[2:]]
        flags = " ".join(process.FLAGS).replace("-c ", "-c=").split()
        given = {flag.replace("-c=", "-c ") for flag in flags}
        given |= {f"{name}={value}" for name, value in process.VARIABLES.items()}
        assert sorted(re.findall(r"`([^`]+)`", " ".join(cells))) == sorted(given)
