"""`palint migrate` end to end against moto's server: a repository with .env becomes a clean one that runs."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from hypothesis import currently_in_test_context

from palint import registry
from palint.cli.exit_codes import UsageError
from palint.cli.migrate import MigrateOptions, migrate
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan
from palint.cli.run import execute
from palint.config import Config
from palint.findings import Finding, PalintError
from palint.migrate import plan as planning
from palint.migrate.apply import Migration
from palint.migrate.journal import NEW, OLD, Journal
from palint.migrate.migration_plan import MigrationPlan
from palint.migrate.render import plan_lines
from palint.migrate.store import SecretStore
from palint.secrets import synthetic
from palint.secrets.formats.table import FORMATS
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import PALINT, Repository
from tests.migrate.conftest import Aws
from tests.snapshots import check_snapshot

SNAPSHOTS = Path(__file__).with_name("snapshots")
SAME_FOR_ALL = re.compile(
    r"(?:^|/)(?:aws[_-]secrets|\.gitignore)"
)  # files whose texts have tests of their own
MADE: Counter[str] = Counter()  # plans that a test has made
OUTPUTS: Counter[str] = Counter()  # what it has had printed
TOKEN = synthetic.generate(next(f for f in FORMATS if f.id.startswith("github")).example, "migrate")
PASSWORD = synthetic.generate("{base62:20}", 1)
APP = f"""import os

from dotenv import load_dotenv

load_dotenv()
DATABASE_URL = os.environ["DATABASE_URL"]
PORT = int(os.getenv("PORT", "8000"))
TOKEN = "{TOKEN}"


def show():
    print(DATABASE_URL, PORT, TOKEN, os.path.expandvars("$LIBRARY_KEY"))
"""
DOTENV = (
    f"DATABASE_URL=postgres://shop:{PASSWORD}@db/shop\nPORT=8080\nLIBRARY_KEY='it is ${{PORT}}'\nEMPTY=\n"
)
SHOWN = f"postgres://shop:{PASSWORD}@db/shop 8080 {TOKEN} it is 8080\n"


def shop(repo: Repository) -> Repository:
    """A Python program with a .env file and a hardcoded token."""
    repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    repo.write("app.py", APP)
    repo.write("show.py", "import app\n\napp.show()\n")
    repo.write("requirements.txt", "python-dotenv==1.0\n")
    repo.write(".env", DOTENV)
    repo.git("add", "--all")
    return repo


def palint(repo: Repository, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run palint. All that `palint migrate` prints is as in a snapshot."""
    made = repo.palint(*words, env=environment)
    if words[:1] == ("migrate",) and "shell" not in words:
        test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" (")[0].partition("::")[2]
        OUTPUTS[test] += 1
        errors = "".join(f"! {line}\n" for line in made.stderr.splitlines())
        text = f"$ palint {' '.join(words)}\n{made.stdout}{errors}({made.returncode})"
        text = re.sub(r"(:secret:[\w/]+-)\w{6}", r"\1??????", text.replace(str(repo.path), "/shop"))
        check_snapshot(SNAPSHOTS / "outputs.txt", f"{test} {OUTPUTS[test]}", text)
    return made


def read(repo: Repository, path: str) -> str:
    return (repo.path / path).read_text("utf-8")


def run_program(repo: Repository, *, secret_id: str = "shop/development") -> str:
    made = subprocess.run(
        [sys.executable, "show.py"], cwd=repo.path, env={**os.environ, "SECRET_ID": secret_id},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return made.stdout or made.stderr


def make_plan(repo: Repository) -> tuple[Project, MigrationPlan]:
    """The plan, made in this process. All of it is as in the snapshot of the module."""
    rules = registry.load()
    config = Config()
    project = Project(str(repo.path), WorkTree(str(repo.path), repository=True))

    def check(checked: Project, select: tuple[str, ...] = ()) -> Iterable[Finding]:
        run = RunPlan(checked, config._replace(select=select), rules, None, None)
        return execute(run, CheckOptions(isolated=True, quiet=True, jobs=1)).findings

    choices = planning.Choices(config.environments)
    plan = planning.make_plan(project, tuple(check(project)), choices, check)
    test = os.environ["PYTEST_CURRENT_TEST"].rpartition(" (")[0]
    MADE[test] += 1
    if MADE[test] <= 3 and not currently_in_test_context():  # others are similar
        module, _, name = test.partition("::")
        number = f" {MADE[test]}" if MADE[test] > 1 else ""
        check_snapshot(SNAPSHOTS / f"{Path(module).stem}.txt", name + number, shown(plan))
    return project, plan


def shown(plan: MigrationPlan) -> str:
    """A plan as text: each value by its place, and the new lines of each file as `START,END|LINE`."""
    lines = [line for line in plan_lines(plan) if line]
    for secret in plan.secrets:
        for key in secret.keys:
            places = (f"{s.path}[{s.start}:{s.end}] {s.kind}" for s in key.sources)
            what = "secret" if key.secret else "setting"
            lines.append(f"{what} {key.name} {key.vendor}: {', '.join(places)}")
    lines += (f"read {secret_id}: {', '.join(sorted(keys))}" for secret_id, keys in plan.read.items())
    lines += (f"doubtful {path}: {sorted(places)}" for path, places in plan.doubtful.items() if places)
    for file in plan.files:
        if not SAME_FOR_ALL.search(file.path):
            old, new = file.old.text.splitlines() if file.old else [], file.text.splitlines()
            lines.append(f"{file.path}")
            for tag, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
                if tag != "equal":
                    lines += (f"  {start},{end}|{line}" for line in new[first:last] or [""])
    return "".join(f"{line}\n" for line in lines)


def migration(repo: Repository, plan: MigrationPlan, **options: Any) -> Migration:
    options = {"ask": lambda step: True, "say": lambda line: None, **options}
    return Migration(str(repo.path), plan, SecretStore(), origin="acme/shop", **options)


def test_without_values_to_store_no_session_is_needed(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.write("app.py", APP.replace(f'"{TOKEN}"', 'os.environ["TOKEN"]'))
    repo.git("rm", "-q", "-f", ".env")
    signed_out = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "")
    made = palint(repo, "migrate", "--apply", "--yes", **signed_out)
    assert made.returncode == 0, made.stderr
    assert "wrote" in made.stdout and aws.calls == []
    assert "export_secrets()" in read(repo, "app.py")


def test_from_dotenv_to_a_clean_repository(aws: Aws, repo: Repository) -> None:
    shop(repo)
    assert run_program(repo) == SHOWN
    before = palint(repo, "--format", "concise")
    assert before.returncode == 1
    assert "[env-file]" in before.stdout and "[hardcoded-secret]" in before.stdout

    shown = palint(repo, "migrate")
    assert shown.returncode == 0 and "Nothing was changed" in shown.stdout
    assert aws.calls == [] and read(repo, "app.py") == APP
    made = palint(repo, "migrate", "--apply", "--yes")
    assert made.returncode == 0, made.stderr
    assert aws.keys("shop/development") == {
        "DATABASE_URL": f"postgres://shop:{PASSWORD}@db/shop", "PORT": "8080",
        "LIBRARY_KEY": "it is 8080", "TOKEN": TOKEN,
    }  # fmt: skip
    assert not (repo.path / ".env").exists() and repo.git("ls-files", ".env") == ""
    assert read(repo, "requirements.txt") == "boto3>=1.35\n"
    assert "# EMPTY - has no value" in read(repo, ".env.example")
    assert "# DATABASE_URL" in read(repo, ".env.example")
    assert ".env" in read(repo, ".gitignore").splitlines()
    text = read(repo, "app.py")
    assert "dotenv" not in text and 'secret("TOKEN")' in text and "export_secrets()" in text
    assert run_program(repo) == SHOWN
    after = palint(repo)
    assert after.returncode == 0 and "No findings" in after.stdout, after.stdout
    compiled = subprocess.run([sys.executable, "-m", "compileall", "-q", "."], cwd=repo.path, check=False)
    assert compiled.returncode == 0
    assert "arn:aws:secretsmanager:eu-west-2" in made.stdout and "docs.github.com" in made.stdout

    again = palint(repo, "migrate", "--apply", "--yes")
    assert again.returncode == 0 and "Nothing to migrate" in again.stdout


def test_the_plan_names_no_value(aws: Aws, repo: Repository) -> None:
    shop(repo)
    shown = palint(repo, "migrate").stdout
    for name in ("DATABASE_URL", "PORT", "LIBRARY_KEY", "TOKEN", ".env:1", "app.py:8", "shop/development"):
        assert name in shown
    assert TOKEN not in shown and PASSWORD not in shown and "8080" not in shown
    assert re.search(r"\nLeft for you: \d+ tasks, printed as a checklist after `--apply`\n", shown)
    assert palint(repo, "migrate", "--apply").returncode == 2  # not a terminal, and no --yes
    assert aws.calls == []


def test_names_are_overridden(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.write(".env.production", "DATABASE_URL=postgres://live\n")
    shown = palint(repo, "migrate", "--service", "store", "--environment", "staging").stdout
    assert "store/staging\n" in shown and "store/production\n" in shown and "shop/" not in shown


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"environment": "prodd"},
            'for --environment: use "production", "staging" or "development", or add it',
        ),
        ({"service": "my svc"}, 'invalid value "my svc" for --service: use a name of letters'),
        ({"service": "team/shop"}, 'invalid value "team/shop" for --service'),
    ],
)
def test_a_name_that_secret_name_would_report_is_refused(
    repo: Repository, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], message: str
) -> None:
    monkeypatch.chdir(repo.path)
    with pytest.raises(UsageError, match=re.escape(message)):
        migrate(MigrateOptions(**options))  # type: ignore[arg-type]


def test_a_conflict_changes_nothing_until_it_is_resolved(aws: Aws, repo: Repository) -> None:
    shop(repo)
    aws.client().create_secret(Name="shop/development", SecretString='{"PORT": "1", "OTHER": "x"}')
    refused = palint(repo, "migrate", "--apply", "--yes")
    assert refused.returncode == 2 and "--replace PORT" in refused.stderr and "old state" in refused.stderr
    assert read(repo, "app.py") == APP and read(repo, ".env") == DOTENV
    made = palint(repo, "migrate", "--apply", "--yes", "--replace", "PORT")
    assert made.returncode == 0, made.stderr
    assert aws.keys("shop/development")["PORT"] == "8080" and aws.keys("shop/development")["OTHER"] == "x"


def test_of_two_files_with_different_values_the_second_stays(aws: Aws, repo: Repository) -> None:
    repo.write("a/.env", "KEY=one\n")
    repo.write("b/.env", "KEY=two\nOTHER=1\n")
    made = palint(repo, "migrate", "--apply", "--yes", "--service", "a")
    assert "`b/.env` stays: it sets other values than `a/.env` for `KEY`" in made.stdout
    assert aws.keys("a/development") == {"KEY": "one"} and not (repo.path / "a/.env").exists()
    assert read(repo, "b/.env") == "KEY=two\nOTHER=1\n"
    made = palint(repo, "migrate", "--apply", "--yes", "--service", "b")
    assert aws.keys("b/development") == {"KEY": "two", "OTHER": "1"}, made.stderr


def test_a_file_that_changes_after_the_plan_is_not_touched(aws: Aws, repo: Repository) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    repo.write(".env", DOTENV + "MORE=1\n")
    with pytest.raises(Exception, match=r"\.env: changed since the plan"):
        migration(repo, plan).run()
    assert not aws.has("shop/development") and read(repo, "app.py") == APP


def test_a_dotenv_file_is_compared_once_more_before_it_is_deleted(aws: Aws, repo: Repository) -> None:
    shop(repo)
    _, plan = make_plan(repo)

    def before(step: str) -> None:
        if step == "write app.py":
            repo.write(".env", DOTENV.replace("8080", "9090"))

    with pytest.raises(Exception, match=r"not deleted.*PORT"):
        migration(repo, plan, before_step=before).run()
    assert (repo.path / ".env").exists()


def test_a_step_that_is_declined_ends_the_run(aws: Aws, repo: Repository) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    asked: list[str] = []

    def ask(step: str) -> bool:
        asked.append(step)
        return not step.startswith("Write")

    with pytest.raises(Exception, match="stopped"):
        migration(repo, plan, ask=ask).run()
    assert asked == ["Store 4 keys in `shop/development`", f"Write {len(plan.files)} files"]
    assert read(repo, "app.py") == APP and (repo.path / ".env").exists() and aws.has("shop/development")


def test_the_steps_are_in_an_order_that_loses_nothing_and_each_is_recorded(
    aws: Aws, repo: Repository
) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    steps: list[str] = []
    recorded: list[list[str]] = []

    def before(step: str) -> None:
        steps.append(step)
        recorded.append(Journal.open(str(repo.path)).runs[-1]["done"])

    migration(repo, plan, before_step=before).run()
    paths = [file.path for file in plan.files]
    written = [f"{what} {path}" for path in paths for what in ("write", "note")]
    ends = ["untrack .env", "delete .env", "note .env"]
    assert steps == ["store shop/development", "note shop/development", *written, *ends]
    assert recorded[-1] == paths and recorded[2:4] == [[], []] and recorded[4] == paths[:1]
    assert Journal.open(str(repo.path)).runs[-1]["done"] == [*paths, ".env"]


def answered(repo: Repository, *answers: str) -> tuple[int, str]:
    """`palint migrate --apply` on a terminal, one answer a question: the exit code and what was shown."""
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [str(PALINT), "migrate", "--apply"], cwd=repo.path, stdin=theirs, stdout=theirs, stderr=theirs
    ) as program:
        os.close(theirs)
        shown, left = "", list(answers)
        try:
            while piece := os.read(ours, 65536):
                shown += piece.decode()
                if left and shown.endswith("[y/N] "):
                    os.write(ours, f"{left.pop(0)}\n".encode())
        except OSError:  # Linux answers EIO at the end of a terminal
            pass
        os.close(ours)
    assert not left, shown
    return program.wait(), shown.replace("\r\n", "\n")


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_each_step_is_asked_for_on_a_terminal(aws: Aws, repo: Repository) -> None:
    shop(repo)
    code, shown = answered(repo, "y", "")
    assert code == 2 and "Store 4 keys in `shop/development`? [y/N] y" in shown and "stopped" in shown
    assert read(repo, "app.py") == APP and (repo.path / ".env").exists() and aws.has("shop/development")
    code, shown = answered(repo, "y", "yes", "y")
    assert code == 0 and "files? [y/N] yes" in shown and "Delete" in shown, shown
    assert "dotenv" not in read(repo, "app.py") and not (repo.path / ".env").exists()
    assert TOKEN not in shown and PASSWORD not in shown


def steps(plan: MigrationPlan) -> list[str]:
    """The steps of a run."""
    found = [f"{verb} {s.secret_id}" for s in plan.secrets for verb in ("store", "note")]
    found += [f"{verb} {f.path}" for f in plan.files for verb in ("write", "note")]
    return found + [f"{verb} {f.path}" for f in plan.removed for verb in ("untrack", "delete", "note")]


def killed_at(repo: Repository, plan: MigrationPlan, step: str) -> None:
    """Run in a child that is killed as the step begins."""

    def before(current: str) -> None:
        if current == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        try:
            migration(repo, plan, before_step=before).run()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, step


@pytest.mark.slow
def test_a_kill_at_each_step_leaves_the_old_or_the_new_state(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.write(".gitignore", ".env\n")
    repo.write(".env.example", "# SECRET_ID - the secret to load\n")
    (repo.path / "requirements.txt").unlink()
    repo.add()
    repo.commit("old")
    _, plan = make_plan(repo)
    todo = steps(plan)
    assert len(todo) == 9
    ends = []
    for step in todo:
        aws.reset()
        killed_at(repo, plan, step)
        stored = aws.has("shop/development")
        assert run_program(repo) == SHOWN if stored else read(repo, "app.py") == APP, step
        assert (repo.path / ".env").exists() or stored, step
        journal = Journal.open(str(repo.path))
        assert journal.unfinished
        [(secret_id, state, detail)] = journal.states()
        assert secret_id == "shop/development" and detail
        assert state in (OLD, NEW) and (state == NEW) <= (not (repo.path / ".env").exists()), step
        _, rest = make_plan(repo)
        migration(repo, rest).run()  # a second run ends it
        assert not Journal.open(str(repo.path)).unfinished
        assert not (repo.path / ".env").exists() and "dotenv" not in read(repo, "app.py"), step
        assert not list(repo.path.glob(".palint-*.tmp"))
        texts = {path.name: path.read_bytes() for path in repo.path.iterdir() if path.is_file()}
        ends.append((texts, aws.keys("shop/development")))
        assert ends[-1] == ends[0], step
        repo.git("reset", "-q", "--hard")
        repo.git("clean", "-qfdx")


def filled_at(repo: Repository, plan: MigrationPlan, step: str) -> str:
    """Run on a disk that is full from a step on: no file can have a byte more; the error."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def before(current: str) -> None:
        if current == step:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))

    try:
        with pytest.raises(PalintError) as raised:
            migration(repo, plan, before_step=before).run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    return str(raised.value)


@pytest.mark.skipif(os.name != "posix", reason="needs limits of a process")
@pytest.mark.parametrize("step", ["note shop/development", "write app.py", "untrack .env", "note .env"])
def test_a_full_disk_loses_nothing(aws: Aws, repo: Repository, step: str) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    filled_at(repo, plan, step)
    assert aws.keys("shop/development")["DATABASE_URL"]
    assert step == "note .env" or read(repo, ".env") == DOTENV
    written = next(file.text for file in plan.files if file.path == "app.py")
    assert read(repo, "app.py") == (written if step.endswith(".env") else APP)
    assert not list(repo.path.rglob(".palint-*.tmp"))
    _, rest = make_plan(repo)
    migration(repo, rest).run()  # when there is space again
    assert not (repo.path / ".env").exists() and run_program(repo) == SHOWN
    assert not Journal.open(str(repo.path)).unfinished


def test_a_read_only_file_is_changed_and_stays_read_only(aws: Aws, repo: Repository) -> None:
    shop(repo)
    for name in ("app.py", ".env"):
        (repo.path / name).chmod(0o444)
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    assert (repo.path / "app.py").stat().st_mode & 0o777 == 0o444 and "dotenv" not in read(repo, "app.py")
    assert not (repo.path / ".env").exists() and run_program(repo) == SHOWN


def test_a_read_only_folder_keeps_everything(aws: Aws, repo: Repository) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    if os.name != "posix" or os.geteuid() == 0:
        pytest.skip("needs permissions that bind")
    repo.path.chmod(0o555)
    try:
        with pytest.raises(PalintError, match="not written"):
            migration(repo, plan).run()
    finally:
        repo.path.chmod(0o755)
    assert read(repo, "app.py") == APP and read(repo, ".env") == DOTENV


@pytest.mark.parametrize("operation", ["DescribeSecret", "CreateSecret", "GetSecretValue"])
def test_a_kill_while_secrets_manager_answers(aws: Aws, repo: Repository, operation: str) -> None:
    shop(repo)
    _, plan = make_plan(repo)
    killed: list[int] = []

    def change(current: str, data: bytes) -> bytes:
        if current == operation and killed:
            os.kill(killed[0], signal.SIGKILL)
        return data

    aws.change = change
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.read(reading, 1)
        try:
            migration(repo, plan).run()
        finally:
            os._exit(1)
    killed.append(child)
    os.write(writing, b"x")
    _, status = os.waitpid(child, 0)
    aws.change = lambda operation, data: data
    assert os.WIFSIGNALED(status)
    assert read(repo, "app.py") == APP and read(repo, ".env") == DOTENV
    resumed = palint(repo, "migrate", "--apply", "--yes")
    assert resumed.returncode == 0 and "an earlier run did not end" in resumed.stderr
    assert f"`shop/development`: {OLD}" in resumed.stderr
    assert run_program(repo) == SHOWN


class Watcher:
    """Looks for a text in what processes and temporary files hold while something runs."""

    def __init__(self, secret: str, folders: list[Path], ignored: set[Path]) -> None:
        self.secret, self.folders, self.ignored = secret.encode(), folders, ignored
        self.seen: set[str] = set()
        self.looks = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            self.looks += 1
            for path in self._candidates():
                try:
                    if self.secret in path.read_bytes():
                        self.seen.add(str(path))
                except OSError:
                    pass

    def _candidates(self) -> Iterator[Path]:
        for process in os.listdir("/proc"):
            if process.isdigit() and int(process) != os.getpid():
                yield Path("/proc", process, "cmdline")
        for folder in self.folders:
            try:
                for path in folder.rglob("*"):
                    if path not in self.ignored and path.is_file():
                        yield path
            except OSError:
                pass


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
@pytest.mark.parametrize("failing", [False, True])
def test_no_value_leaves_the_files(aws: Aws, repo: Repository, tmp_path: Path, failing: bool) -> None:
    """Not to output, process arguments, temporary files, git's folder or the resulting tree."""
    canary = synthetic.generate(next(f for f in FORMATS if f.id.startswith("github")).example, "canary")
    repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    repo.write(
        "app.py",
        f"import os\nfrom dotenv import load_dotenv\nload_dotenv()\nA = os.environ['A']\nB = '{canary}'\n",
    )
    repo.write("other.py", f"import app\nC = ('{canary}',)\n")
    repo.write(".env", f"A={canary}\nE=x{canary}\n")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    if failing:
        aws.answer = lambda operation, body: (
            400,
            {"__type": "ValidationException", "message": json.dumps(body)},
        )
    own = {repo.path / name for name in ("app.py", "other.py", ".env")}
    with Watcher(canary, [scratch, repo.path], own) as watcher:
        made = palint(repo, "migrate", "--apply", "--yes", TMPDIR=str(scratch), HOME=str(scratch))
        if not failing:
            script = palint(repo, "migrate", "--format", "shell", TMPDIR=str(scratch))
    assert watcher.looks > 5 and not watcher.seen  # 12 at a load of ten
    assert made.returncode == (2 if failing else 0), made.stderr
    assert canary not in made.stdout + made.stderr
    left = [p for p in repo.path.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]
    if failing:
        assert set(left) == own and "old state" in made.stderr
    else:
        assert left == [] and canary not in script.stdout
        assert aws.keys("shop/development")["A"] == canary
    assert not [p for p in scratch.rglob("*") if p.is_file() and canary.encode() in p.read_bytes()]


@pytest.mark.slow
def test_the_shell_script_holds_no_value_and_stores_them_all(
    aws: Aws, repo: Repository, tmp_path: Path
) -> None:
    shop(repo)
    aws.client().create_secret(Name="shop/production", SecretString='{"OTHER": "x"}')
    repo.write(".env.production", 'A="line\\nbreak"\nB=${A}!\n')
    script = tmp_path / "store.sh"
    script.write_text(palint(repo, "migrate", "--format", "shell").stdout)
    assert "Afterwards `palint migrate --apply`" in script.read_text()
    assert TOKEN not in script.read_text() and PASSWORD not in script.read_text()

    def run() -> subprocess.CompletedProcess[str]:
        path = f"{PALINT.parent}:{os.environ['PATH']}"  # the AWS CLI of this environment
        return subprocess.run(
            ["sh", str(script)],
            cwd=repo.path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    made = run()
    assert made.returncode == 0, made.stderr
    assert aws.keys("shop/development")["DATABASE_URL"] == f"postgres://shop:{PASSWORD}@db/shop"
    assert aws.keys("shop/production") == {
        "OTHER": "x",
        "A": "line\nbreak",
        "B": "line\nbreak!",
        "TOKEN": TOKEN,
    }
    aws.client().put_secret_value(SecretId="shop/production", SecretString='{"A": "other"}')
    aws.calls.clear()
    refused = run()  # the first secret is there already, the second has another value
    assert refused.returncode != 0 and "another value for A" in refused.stderr
    assert aws.keys("shop/production") == {"A": "other"}
    assert not {"PutSecretValue", "CreateSecret"} & set(aws.calls)
    repo.write(".env", DOTENV + "\n")
    changed = run()
    assert changed.returncode != 0 and ".env changed since" in changed.stderr
