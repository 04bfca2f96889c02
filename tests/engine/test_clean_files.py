"""A second run reads what changed, and reports the same as a run that reads everything."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.engine import clean_files
from palint.engine.clean_files import CleanFiles
from palint.engine.file_checker import FileChecker
from palint.engine.run import run
from palint.findings import Violation
from palint.rule import Reads, Rule
from palint.secrets.synthetic import SHAPES, generate
from palint.testing import example_files, substitute, write
from palint.text.source import SourceFile
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from palint.util import user_cache
from tests.conftest import PALINT, Repository, palint

RULES = registry.load()
SECRET = substitute('API_KEY = "{github_token}"\n')


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache directory of this test alone, with the keywords that others have compiled."""
    compiled = Path(os.environ["XDG_CACHE_HOME"], "palint")
    if compiled.is_dir():
        (tmp_path / "cache" / "palint").mkdir(parents=True, mode=0o700)
        for file in compiled.glob("keywords-*"):
            os.link(file, tmp_path / "cache" / "palint" / file.name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "palint"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A few files without and with findings."""
    root = tmp_path / "tree"
    for path, text in {
        "clean.py": "import os\n" * 5,
        "lib/also.py": "password = input()\n",
        "lib/more.txt": "nothing\n",
        "bad.py": SECRET,
    }.items():
        write(str(root), path, text)
    return root


def _clean_files(root: Path) -> CleanFiles:
    tree = WorkTree(str(root), repository=False)
    return CleanFiles(Project(str(root), tree), tree, b"key")


def _entry(cache: Path) -> Path:
    (entry,) = cache.glob("clean-files-*")
    return entry


def _report(tree: Path, *options: str) -> tuple[str, int]:
    """The JSON report and the exit code."""
    made = palint("check", "--format", "json", *options, str(tree), cwd=tree)
    assert made.stdout, made.stderr
    return made.stdout, made.returncode


def _same(tree: Path) -> list[dict[str, object]]:
    """Check with the cache and without; the findings."""
    cached, plain = _report(tree, "--cache"), _report(tree, "--no-cache")
    assert cached == plain
    found: list[dict[str, object]] = json.loads(plain[0])["findings"]
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Run in this process, and give the paths of the files that were checked."""

    def check(root: Path, config: Config = Config(), rules: dict[str, type[Rule]] = RULES) -> list[str]:  # noqa: B008
        seen: list[str] = []
        with monkeypatch.context() as patch:
            checked = FileChecker.has_nothing_to_check
            patch.setattr(
                FileChecker, "has_nothing_to_check", lambda *args: seen.append(args[1]) or checked(*args)
            )
            project = Project(str(root), WorkTree(str(root), repository=False))
            run(project, config, rules, cache=True, in_process=True)
        return sorted(set(seen))

    return check


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file was written long before the run."""
    monkeypatch.setattr(clean_files, "_SETTLED_SECONDS", -3600.0)


def test_only_files_with_findings_are_read_again(
    tree: Path, cache: Path, read: Callable[..., list[str]], settled: None
) -> None:
    everything = ["bad.py", "clean.py", "lib/also.py", "lib/more.txt"]
    assert read(tree) == everything
    assert read(tree) == ["bad.py"]
    (tree / "lib" / "more.txt").write_text("nothing!\n")
    (tree / "new.txt").write_text("\n")
    assert read(tree) == ["bad.py", "lib/more.txt", "new.txt"]
    assert read(tree) == ["bad.py"]
    (tree / "lib").rename(tree / "moved")
    assert read(tree) == ["bad.py", "moved/also.py", "moved/more.txt"]


@pytest.mark.parametrize("old", [True, False])
def test_the_notice_of_a_file_that_does_not_parse_is_remembered(
    tmp_path: Path, cache: Path, read: Callable[..., list[str]], old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its notice is remembered, also where the content's hash decides, and as long as the file is checked."""
    if old:
        monkeypatch.setattr(clean_files, "_SETTLED_SECONDS", -3600.0)
    repo = Repository(tmp_path / "tree")
    repo.write("cut.ipynb", '{"cells": [{"source": ["load_dotenv()", ')
    assert read(repo.path) == ["cut.ipynb"]
    assert read(repo.path) == []

    def noticed() -> list[str]:
        project = Project(str(repo.path), WorkTree(str(repo.path), repository=True))
        return [n.path for n in run(project, Config(), RULES, cache=True, in_process=True).notices]

    assert noticed() == noticed() == ["cut.ipynb"]
    repo.write(".gitignore", "*.ipynb\n")
    assert noticed() == []
    _same(repo.path)


def test_what_a_package_does_not_parse_counts_again_without_its_list(
    tmp_path: Path, cache: Path, settled: None
) -> None:
    root = tmp_path / "tree"
    write(str(root), "site/pkg/a.py", 'import boto3\nboto3.client("s3", aws_access_key_id=key\n')
    write(str(root), "site/pkg-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: pkg\nVersion: 1\n")
    write(str(root), "site/pkg-1.dist-info/RECORD", "pkg/a.py,,\npkg-1.dist-info/METADATA,,\n")
    assert [_report(root, "--cache")[1] for _ in range(2)] == [0, 0]
    (root / "site/pkg-1.dist-info/RECORD").unlink()
    assert _report(root, "--cache")[1] == 2


@pytest.mark.parametrize("old", [True, False])
def test_a_file_too_large_to_hold_is_left_out_once_it_is_old(
    tree: Path, cache: Path, old: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its content is not compared, so where the times do not suffice it is checked again."""
    if old:
        monkeypatch.setattr(clean_files, "_SETTLED_SECONDS", -3600.0)
    large = tree / "large.txt"
    large.write_bytes(b"nothing\n" * (Limits().text // 8 + 1))
    searched: list[str] = []
    windows = Project.windows
    monkeypatch.setattr(Project, "windows", lambda *args: searched.append(args[1]) or windows(*args))

    def check() -> set[str]:
        project = Project(str(tree), WorkTree(str(tree), repository=False))
        return {f.span.path for f in run(project, Config(), RULES, cache=True, in_process=True).findings}

    assert check() == check() == {"bad.py"}
    assert len(searched) == (1 if old else 2)
    with large.open("ab") as file:
        file.write(SECRET.encode())
    assert check() == {"bad.py", "large.txt"}


def test_a_change_that_keeps_size_and_times_shows_in_the_change_time(
    tree: Path, cache: Path, read: Callable[..., list[str]], settled: None
) -> None:
    path = tree / "clean.py"
    read(tree)
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"#" * before.st_size)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_ino == before.st_ino and path.stat().st_mtime_ns == before.st_mtime_ns
    assert read(tree) == ["bad.py", "clean.py"]


def test_other_settings_rules_or_programs_have_their_own(
    tree: Path, cache: Path, read: Callable[..., list[str]], settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(tree)
    for config in (Config(select=("env-file",)), Config(environments=("live",)), Config(exclude=("x",))):
        assert len(read(tree, config)) > 1
    monkeypatch.setattr(clean_files, "_stamps", lambda _: [b"changed"])
    assert len(read(tree)) > 1


@pytest.mark.parametrize(("reads", "again"), [(Reads.TREE, 4), (Reads.TEXT, 1), (Reads.NAME, 1)])
def test_a_rule_of_another_package_says_what_is_read_again(
    tree: Path, cache: Path, read: Callable[..., list[str]], settled: None, monkeypatch: pytest.MonkeyPatch,
    reads: Reads, again: int,
) -> None:  # fmt: skip
    class Theirs(Rule):
        """A rule."""

        def check(self, file: SourceFile, project: Project) -> list[Violation]:
            return []

    monkeypatch.setattr(Theirs, "reads", reads)
    rules = {**RULES, "theirs": Theirs}
    assert [len(read(tree, Config(), rules)) for _ in range(2)] == [4, again]


def test_a_changed_rule_of_another_package_reads_everything(
    tmp_path: Path, tree: Path, cache: Path, read: Callable[..., list[str]], settled: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    source = tmp_path / "package" / "acme_rule.py"
    source.parent.mkdir()
    source.write_text("from palint.rule import Reads, Rule\n\nclass Theirs(Rule):\n    reads = Reads.TEXT\n")
    monkeypatch.syspath_prepend(str(source.parent))
    rules = {**RULES, "theirs": import_module("acme_rule").Theirs}
    assert [len(read(tree, Config(), rules)) for _ in range(2)] == [4, 1]
    source.write_text(source.read_text() + "# changed\n")
    assert len(read(tree, Config(), rules)) == 4


def test_a_file_whose_result_depends_on_others_is_read_again(
    tmp_path: Path, cache: Path, read: Callable[..., list[str]], settled: None
) -> None:
    """A caller is clean until the workflow that it calls needs a token."""
    root = tmp_path / "tree"
    called = "on: workflow_call\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: make\n"
    write(str(root), ".github/workflows/called.yml", called)
    write(
        str(root),
        ".github/workflows/caller.yml",
        "on: push\npermissions: {contents: read}\njobs:\n  b:\n    uses: ./.github/workflows/called.yml\n",
    )
    assert not _same(root)
    assert len(read(root)) == len(read(root)) == 2
    step = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: a}\n"
    write(str(root), ".github/workflows/called.yml", called + step)
    assert {f["path"] if "path" in f else f["location"]["path"] for f in _same(root)} >= {  # type: ignore[index]
        ".github/workflows/caller.yml"
    }


def test_a_rule_that_may_read_other_files_counts_only_if_it_did(
    tmp_path: Path, cache: Path, read: Callable[..., list[str]], settled: None
) -> None:
    """`secret-name` drops the secret of a foreign account: which are the own ones, other files say."""
    root, name = tmp_path / "tree", "arn:aws:secretsmanager:eu-west-1:{}:secret:{}"
    call = 'import boto3\nboto3.client("secretsmanager").get_secret_value(SecretId="{}")\n'
    write(str(root), "good.py", call.format("api/production"))
    write(str(root), "foreign.py", call.format(name.format("111122223333", "Mixed-Up-AbCdEf")))
    write(str(root), "deploy.sh", "aws sts assume-role --role-arn arn:aws:iam::444455556666:role/deploy\n")
    assert read(root) == ["deploy.sh", "foreign.py", "good.py"]
    assert read(root) == ["foreign.py"]
    write(str(root), "deploy.sh", "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/deploy\n")
    assert [f["rule"] for f in _same(root)] == ["secret-name"]


@pytest.mark.parametrize("hasty", [True, False])
def test_a_change_within_one_tick_of_the_clock(
    tmp_path: Path, cache: Path, hasty: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same inode, size and times: only the content tells. This is git's racy file.

    hasty: trust what was written just now, to show that this would give the wrong answer.
    """

    def coarse(stat: os.stat_result) -> bytes:  # Linux has no ticks any more once a file was looked at (6.13)
        times = stat.st_mtime_ns // 10**9, stat.st_ctime_ns // 10**9
        return clean_files.IDENTITY.pack(stat.st_dev, stat.st_ino, stat.st_size, *times)

    monkeypatch.setattr(clean_files, "_identity", coarse)
    if hasty:
        monkeypatch.setattr(clean_files, "_SETTLED_SECONDS", -3600.0)
    root = tmp_path / "tree"
    root.mkdir()
    path = root / "file.py"
    for _ in range(10):
        path.write_bytes(b"a" * len(SECRET))
        clean = _clean_files(root)
        before = os.stat(path)
        clean.add("file.py", before, path.read_bytes())
        clean.save(clean.take(), None)
        with open(path, "r+b") as file:
            file.write(SECRET.encode())
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        if coarse(os.stat(path)) == coarse(before):
            break
    again = _clean_files(root)
    assert again.known.keys() == {"file.py"}
    assert again.unchanged(["file.py"]) == ({"file.py"} if hasty else set())
    assert not again.holds("file.py", os.stat(path), path.read_bytes())


def test_a_recent_file_is_trusted_once_it_is_old(
    tree: Path, cache: Path, read: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run compares contents, and the third needs not."""
    read(tree)
    fresh = _entry(cache).stat().st_size
    monkeypatch.setattr(clean_files, "_SETTLED_SECONDS", -3600.0)  # an hour later
    assert read(tree) == ["bad.py"]
    assert _entry(cache).stat().st_size < fresh - 90, "three hashes are gone"
    monkeypatch.setattr(clean_files, "_hash", lambda _: pytest.fail("looked at the content"))
    assert read(tree) == ["bad.py"]


@pytest.mark.parametrize("local", [True, False])
def test_where_times_cannot_be_trusted_the_content_decides(
    tree: Path, cache: Path, read: Callable[..., list[str]], settled: None, local: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(clean_files, "keeps_change_times", lambda _: local)
    read(tree)
    monkeypatch.setattr(clean_files, "_identity", lambda _: b"\0" * clean_files.IDENTITY.size)
    read(tree)
    (tree / "clean.py").write_text(SECRET)  # the file system says nothing of it
    results = run(Project(str(tree), WorkTree(str(tree), repository=False)), Config(), RULES, cache=True)
    assert ("clean.py" in {f.span.path for f in results.findings}) is not local


@pytest.mark.parametrize(
    ("kind", "trusted"),
    [("ext4", True), ("xfs", True), ("nfs4", False), ("fuse.sshfs", False), ("vfat", False), ("9p", False)],
)
def test_file_systems(tmp_path: Path, kind: str, trusted: bool) -> None:
    mounts = tmp_path / "mountinfo"
    place = str(tmp_path / "a b").replace(" ", "\\040")
    mounts.write_text(
        f"27 1 254:0 / / rw - tmpfs tmpfs rw\n28 27 0:44 / {place} rw,relatime shared:3 - {kind} dev rw\n"
        f"29 27 0:45 / {place}c rw - nfs dev rw\n"
    )
    assert clean_files.keeps_change_times(str(tmp_path / "a b" / "c"), str(mounts)) is trusted
    assert clean_files.keeps_change_times(str(tmp_path / "a b"), str(mounts)) is trusted
    with open(mounts, "a", encoding="utf-8") as file:  # the later of two mounts at one point counts
        file.write(f"30 28 0:46 / {place} rw - ext2 dev rw\n")
    assert clean_files.keeps_change_times(str(tmp_path / "a b" / "c"), str(mounts))
    assert clean_files.keeps_change_times(str(tmp_path), str(mounts))
    assert not clean_files.keeps_change_times(str(tmp_path), str(tmp_path / "absent"))


def test_a_directory_that_becomes_a_link(tree: Path, cache: Path) -> None:
    """The files are the same, but palint does not follow links."""
    for path in (tree / "lib").iterdir():
        os.utime(path, ns=(1, 1))
    _same(tree)
    (tree / "lib").rename(tree.parent / "elsewhere")
    (tree / "lib").symlink_to(tree.parent / "elsewhere")
    _same(tree)


class TestFile:
    """What someone, or an accident, may do to the cache's file."""

    def test_flipped_bytes(
        self, tree: Path, cache: Path, read: Callable[..., list[str]], settled: None
    ) -> None:
        read(tree)
        data = _entry(cache).read_bytes()
        assert b"clean.py" in data
        for at in range(len(data)):
            _entry(cache).write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
            disk = WorkTree(str(tree), repository=False)
            project = Project(str(tree), disk)
            clean = clean_files.load(project, disk, Config(), [r(Config()) for r in RULES.values()])
            assert not clean.known, at

    def test_an_old_one_is_played_back(self, tree: Path, cache: Path) -> None:
        found = _same(tree)
        old = _entry(cache).read_bytes()
        (tree / "clean.py").write_text(SECRET)
        assert len(_same(tree)) == len(found) + 1
        _entry(cache).write_bytes(old)
        assert len(_same(tree)) == len(found) + 1
        shutil.copy(tree / "bad.py", tree / "clean.py")  # an old file with a new time, too
        os.utime(tree / "clean.py", ns=(1, 1))
        _entry(cache).write_bytes(old)
        assert len(_same(tree)) == len(found) + 1

    @pytest.mark.parametrize("mode", [0o755, 0o770, 0o777])
    def test_a_folder_open_to_others(self, tree: Path, cache: Path, mode: int, read: Callable[..., list[str]],
                                     settled: None) -> None:  # fmt: skip
        read(tree)
        cache.chmod(mode)
        assert len(read(tree)) == 4

    def test_a_file_that_others_may_write(self, tree: Path, cache: Path, read: Callable[..., list[str]],
                                          settled: None) -> None:  # fmt: skip
        read(tree)
        assert _entry(cache).stat().st_mode & 0o777 == 0o600
        _entry(cache).chmod(0o620)
        assert len(read(tree)) == 4

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
    @pytest.mark.parametrize("what", ["file", "folder"])
    def test_of_another_user(self, tree: Path, cache: Path, read: Callable[..., list[str]], settled: None,
                             what: str) -> None:  # fmt: skip
        read(tree)
        os.chown(_entry(cache) if what == "file" else cache, 12345, 12345)
        assert len(read(tree)) == 4

    def test_inside_the_checked_tree(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[..., list[str]], settled: None
    ) -> None:
        monkeypatch.setenv("XDG_CACHE_HOME", str(tree / "cache"))
        for _ in range(2):
            assert len(read(tree)) == 4
        assert not (tree / "cache").exists()

    def test_its_size_is_bounded(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(user_cache, "_MAX_KIND_BYTES", 5_000)
        for number in range(100):
            user_cache.save("clean-files", b"%d" % number, b"x" * 1_000, keep=32)
            assert sum(path.stat().st_size for path in cache.glob("clean-files-*")) < 6_500
        assert user_cache.load("clean-files", b"99") == b"x" * 1_000
        monkeypatch.setattr(user_cache, "_MAX_ENTRY_BYTES", 10_000)
        user_cache.save("clean-files", b"big", b"x" * 10_000, keep=32)
        assert (
            user_cache.load("clean-files", b"99") is not None
            and user_cache.load("clean-files", b"big") is None
        )

    def test_it_holds_nothing_of_the_text(self, tree: Path, cache: Path) -> None:
        """A canary in findings, suppressed findings, comments, clean text and settings."""
        canary = generate(SHAPES["password"], "canary")
        write(str(tree), "canary.py", f'db_password = "{canary}"\n')
        write(
            str(tree), "silent.py", f'db_password = "{canary}"  # palint: ignore[hardcoded-secret] {canary}\n'
        )
        write(str(tree), "prose.txt", f"{canary}\n" * 3)
        write(str(tree), "cut.ipynb", f'{{"cells": [{{"source": ["load_dotenv()", {canary}')
        assert len(_same(tree)) >= 2
        for path in cache.iterdir():
            data = path.read_bytes()
            assert canary.encode() not in data and canary[:8].encode() not in data, path.name
            assert not any(message in data for message in (b"hardcoded secret", b"input()"))


def test_two_runs_at_once(tree: Path, cache: Path) -> None:
    for number in range(300):
        write(str(tree), f"many/{number}.txt", f"{number}\n")
    plain = _report(tree, "--no-cache")[0]
    command = [str(PALINT), "check", "--cache", "--format", "json", str(tree)]
    for _ in range(3):
        started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
        assert [each.communicate()[0].decode() for each in started] == [plain] * 4
    assert b"many/299.txt" in _entry(cache).read_bytes()


@pytest.mark.slow
def test_random_changes(tmp_path: Path, cache: Path) -> None:
    """The examples of all rules, changed again and again: each report equals that of a run without cache."""
    root, chance = tmp_path / "tree", random.Random(18)
    examples = [(rule, example) for rule in RULES.values() for example in (*rule.bad, *rule.good)]
    for number, (rule, example) in enumerate(examples):
        for path, content in example_files(rule, example).items():
            write(str(root), f"{number}/{path}", content)
    assert len(_same(root)) > 100
    for _ in range(6):
        for _ in range(15):
            paths = [path for path in root.rglob("*") if path.is_file()]
            one, other = chance.sample(paths, 2)
            change = chance.choice(("copy", "delete", "append", "touch", "move", "rewrite"))
            if change == "copy":
                shutil.copy(one, other)
            elif change == "delete":
                one.unlink()
            elif change == "append":
                one.write_bytes(one.read_bytes() + SECRET.encode())
            elif change == "touch":
                os.utime(one, ns=(1, 1))
            elif change == "move":
                one.rename(other)
            else:
                one.write_bytes(one.read_bytes()[::-1])
        _same(root)


def test_a_repository_and_a_part_of_it(repo: Repository, cache: Path) -> None:
    repo.write("a/clean.txt", "text\n")
    repo.write("b/bad.py", SECRET)
    repo.write("b/clean.txt", "text\n")
    repo.add()
    repo.commit()
    for path in ("a", "b", ".", "b"):
        plain = repo.palint("check", "--no-cache", "--format", "json", path)
        assert repo.palint("check", "--cache", "--format", "json", path).stdout == plain.stdout
    data = _entry(cache).read_bytes()
    assert b"a/clean.txt" in data and b"b/clean.txt" in data and b"bad.py" not in data


@pytest.mark.parametrize(
    ("words", "environment", "kept"),
    [
        (["check"], {}, True),
        ([], {}, True),
        (["check", "--no-cache"], {}, False),
        (["check"], {"PALINT_NO_CACHE": "1"}, False),
        (["check"], {"PALINT_NO_CACHE": "0"}, True),
        (["check", "--cache"], {"PALINT_NO_CACHE": "1"}, True),
        (["check"], {"CI": "true"}, False),
        (["check"], {"CI": "false"}, True),
        (["check"], {"PRE_COMMIT": "1"}, False),
        (["check", "--cache"], {"CI": "true", "PRE_COMMIT": "1"}, True),
        (["check", "--staged", "--cache"], {}, False),
        (["hook", "--", "a.txt"], {}, False),
    ],
)
def test_when_it_is_used(
    repo: Repository, cache: Path, words: list[str], environment: dict[str, str], kept: bool
) -> None:
    repo.write("a.txt", "text\n")
    repo.add()
    assert repo.palint(*words, env=environment).returncode == 0
    assert bool(list(cache.glob("clean-files-*"))) is kept
