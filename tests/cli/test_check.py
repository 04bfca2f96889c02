"""The command line: what is checked, exit codes, options, and errors that say what to do."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from palint.config.schema import SETTINGS
from palint.testing import substitute
from tests.conftest import PALINT, ROOT, Repository, findings, palint

PRINTED = True  # see the fixture `repo`

SECRET = substitute('token = "{github_token}"\n')


def paths(made: subprocess.CompletedProcess[str]) -> list[str]:
    return [f["path"] for f in findings(made)]


# ---- exit codes


def test_clean_is_0(repo: Repository) -> None:
    repo.write("a.py", "x = 1\n")
    assert repo.palint().returncode == 0


def test_an_error_is_1(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    assert repo.palint().returncode == 1


def test_a_warning_passes_unless_asked(repo: Repository) -> None:
    repo.write(".env.example", "NAME=\n")
    assert repo.palint().returncode == 0
    assert repo.palint("--fail-on", "warning").returncode == 1


def test_incomplete_is_2_whatever_was_found(repo: Repository) -> None:
    repo.write(".github/workflows/a.yml", "a: [\n")
    made = repo.palint()
    assert made.returncode == 2
    assert "unparsed" in made.stdout
    assert repo.palint("--allow-incomplete").returncode == 0


USAGE = [
    (["--select", "env-fil"], "no rule is called 'env-fil'; did you mean 'env-file'?"),
    (
        ["--ignore", "acme-token"],  # palint's own words stay, whatever is before them
        "no rule is called 'acme-token'; `palint rules` lists those that are installed with palint",
    ),
    (["nowhere"], "'nowhere' does not exist"),
    (["--frmat", "json"], "did you mean --format?"),
    (["--format", "yaml"], 'invalid value "yaml" for --format'),
    (["--staged", "--since", "main"], "cannot be combined"),
    (["--unsafe-fixes"], "needs --fix"),
    (["--show-fixes"], "--show-fixes needs --fix"),
    (["--add-ignore", " "], "--add-ignore needs a reason"),
    (["--stdin-filename", "a.py"], "--stdin-filename needs `-`"),
    (["-", "--fix"], "standard input cannot be changed"),
    (["-", "--add-ignore", "known"], "standard input cannot be changed"),
    (["--output", "nothing:x"], "write FORMAT:FILE"),
    (["--output", "json:/nowhere/at/all"], "cannot be written"),
    (["explain", "env-fil"], "did you mean 'env-file'?"),
    (["--config", "missing.toml"], "missing.toml: cannot be read"),
    (["--baseline", "missing.jsonl"], "missing.jsonl: cannot be read"),
    (["--config", "/dev/zero"], "/dev/zero: larger than such a file can be (1 MiB)"),
    (["--jobs", "0"], "'0' is not a number from 1 to 256"),
    (["--jobs", "many"], "'many' is not a number from 1 to 256"),
    (["--dryrun"], "unknown option --dryrun: in palint it is `--diff`"),
    (["migrate", "--dryrun"], "without --apply nothing is changed"),
    (["rules", "--", "x"], "unexpected argument 'x'"),
    (["completion", "fsh"], 'invalid value "fsh" for shell: did you mean "fish"?'),
    (["migrate", "--yes"], "--yes needs --apply or --undo"),
    (["migrate", "--undo", "--apply"], "exclude each other"),
    (["history", "^HEAD"], "every REV excludes commits"),
    (["history", "."], "is a path: name commits, or none for all"),
    (["hook", "--agent", "--", "x"], "takes no file names"),
    (["hook", "--", "../x"], "'../x' is not inside"),
    (["baseline", "--prune"], "there is no palint-baseline.jsonl to prune"),
    (["baseline", "--prune", "--baseline", "x.jsonl"], "there is no x.jsonl to prune"),
    (["fleet", "chek"], "`palint fleet` has no command 'chek'"),
    (["/"], "'/' contains"),
]


@pytest.mark.parametrize(("args", "message"), USAGE, ids=lambda a: " ".join(a) if isinstance(a, list) else "")
def test_usage_errors_are_2(repo: Repository, args: list[str], message: str) -> None:
    if args == ["/"]:
        args = [".", "/"]
    made = repo.palint(*args)
    assert made.returncode == 2
    assert message in made.stderr
    assert "Traceback" not in made.stderr


@pytest.mark.parametrize(
    "args", [["--staged"], ["--since", "main"], ["hook", "--", "a"], ["migrate"], ["init"], ["history"]]
)
def test_what_needs_a_repository_says_so(tmp_path: Path, args: list[str]) -> None:
    made = palint(*args, cwd=tmp_path)
    assert made.returncode == 2 and "git repository" in made.stderr and not made.stdout


def test_a_bug_is_3_without_source_text(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    program = (
        "import sys, palint.cli.main\n"
        "def broken(*a, **k): raise ZeroDivisionError('sekret text')\n"
        "import palint.engine.run as e; e.run = broken\n"
        "sys.argv = ['palint']\npalint.cli.main.main()\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 3
    assert "a bug in palint: ZeroDivisionError" in made.stderr
    assert "sekret" not in made.stderr and "Traceback" not in made.stderr


# ---- what is checked


def test_tracked_untracked_not_ignored(repo: Repository) -> None:
    repo.write(".gitignore", "ignored.py\n")
    for name in ("tracked.py", "untracked.py", "ignored.py"):
        repo.write(name, SECRET)
    repo.add(".gitignore", "tracked.py")
    assert paths(repo.palint("--format", "json")) == ["tracked.py", "untracked.py"]
    assert paths(repo.palint("--format", "json", "ignored.py")) == ["ignored.py"]


def test_env_file_sees_ignored_names(repo: Repository) -> None:
    repo.write(".gitignore", ".env\nnode_modules/\n")
    repo.write(".env", "A=1\n")
    repo.write("node_modules/x/.env", "A=1\n")
    assert paths(repo.palint("--format", "json")) == [".env"]


def test_a_subdirectory_uses_the_root(repo: Repository) -> None:
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    repo.write("sub/.env", "A=1\n")
    repo.write("sub/a.py", SECRET)
    repo.write("b.py", SECRET)
    made = palint("--format", "json", cwd=repo.path / "sub")
    assert paths(made) == ["sub/a.py"]
    assert paths(palint("--format", "json", "..", cwd=repo.path / "sub")) == ["b.py", "sub/a.py"]


def test_isolated(repo: Repository) -> None:
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    repo.write("sub/.env", "A=1\n")
    assert paths(repo.palint("--format", "json", "--isolated", "sub")) == ["sub/.env"]


def test_a_tree_without_git(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("build/\n")
    (tmp_path / "a.py").write_text(SECRET)
    (tmp_path / "build").mkdir()
    (tmp_path / "build/b.py").write_text(SECRET)
    assert paths(palint("--format", "json", cwd=tmp_path)) == ["a.py"]


def test_without_git_on_the_machine(tmp_path: Path, repo: Repository) -> None:
    env = {"PATH": str(tmp_path)}
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree/a.py").write_text(SECRET)
    made = palint("--format", "json", cwd=tmp_path / "tree", env=env)
    assert paths(made) == ["a.py"]
    repo.write("a.py", SECRET)
    made = palint(cwd=repo.path, env=env)
    assert made.returncode == 2 and "git is not installed" in made.stderr


def test_staged_reads_the_index(repo: Repository) -> None:
    repo.write("committed.py", SECRET)
    repo.add()
    repo.commit()
    repo.write("staged.py", SECRET)
    repo.add()
    repo.write("staged.py", "x = 1\n")
    repo.write("unstaged.py", SECRET)
    assert paths(repo.palint("--format", "json", "--staged")) == ["staged.py"]
    assert paths(repo.palint("--format", "json", "--staged", ".")) == ["committed.py", "staged.py"]


def test_staged_before_the_first_commit(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    repo.add()
    assert paths(repo.palint("--format", "json", "--staged")) == ["a.py"]


def test_since(repo: Repository) -> None:
    repo.write("old.py", SECRET)
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("new.py", SECRET)
    repo.write("moved.py", "x = 1\n" * 30)
    repo.add()
    repo.commit()
    repo.write("untracked.py", SECRET)
    repo.git("mv", "old.py", "renamed.py")
    assert paths(repo.palint("--format", "json", "--since", "main")) == [
        "new.py",
        "renamed.py",
        "untracked.py",
    ]


@pytest.mark.parametrize("revision", ["0" * 40, "no-such-branch"])
def test_since_without_a_base_checks_everything(repo: Repository, revision: str) -> None:
    repo.write("a.py", SECRET)
    repo.add()
    repo.commit()
    made = repo.palint("--format", "json", "--since", revision, env={"CI": "true"})
    assert paths(made) == ["a.py"]
    assert "no merge base" in made.stdout
    announced = repo.palint("--since", revision, env={"CI": "true"})
    assert ("checking everything" in announced.stderr) == (revision == "no-such-branch")


def test_since_an_unknown_revision_is_an_error_outside_of_ci(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    repo.add()
    repo.commit()
    made = repo.palint("--since", "no-such-branch")
    assert made.returncode == 2 and "fetch it, or leave --since out" in made.stderr and not made.stdout


def test_since_in_a_shallow_clone(repo: Repository, tmp_path: Path) -> None:
    repo.write("a.py", SECRET)
    repo.add()
    repo.commit()
    first = repo.git("rev-parse", "HEAD").strip()
    repo.write("b.py", "x = 1\n")
    repo.add()
    repo.commit()
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", f"file://{repo.path}", tmp_path / "shallow"], check=True
    )
    made = palint("--format", "json", "--since", first, cwd=tmp_path / "shallow", env={"CI": "true"})
    assert paths(made) == ["a.py"] and "no merge base" in made.stdout


@pytest.mark.parametrize("name", ["--help", "-", " a\nb ", "rules", b"caf\xe9.py", "ü.py"])
def test_odd_names(repo: Repository, name: str | bytes) -> None:
    repo.write(name, SECRET)
    made = repo.palint("--format", "json")
    assert made.returncode == 1
    assert len(findings(made)) == 1


def test_a_path_named_like_a_command(repo: Repository) -> None:
    repo.write("rules", SECRET)
    assert paths(repo.palint("check", "--format", "json", "rules")) == ["rules"]
    assert paths(repo.palint("./rules", "--format", "json")) == ["rules"]


def test_exclude(repo: Repository) -> None:
    repo.write("vendor/a.py", SECRET)
    repo.write("b.py", SECRET)
    assert paths(repo.palint("--format", "json", "--exclude", "vendor/")) == ["b.py"]
    repo.write("palint.toml", 'exclude = ["b.py"]\n')
    assert paths(repo.palint("--format", "json")) == ["vendor/a.py"]


def test_standard_input(repo: Repository) -> None:
    made = palint("--format", "json", "--stdin-filename", "deep/a.py", "-", cwd=repo.path, stdin=SECRET)
    assert paths(made) == ["deep/a.py"]
    assert made.returncode == 1


# ---- settings


def test_both_settings_files(repo: Repository) -> None:
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    repo.write("pyproject.toml", "[tool.palint]\nexclude = ['x']\n")
    made = repo.palint()
    assert made.returncode == 2
    assert "palint.toml:1: settings are both here and in [tool.palint] of pyproject.toml" in made.stderr


def test_settings_that_are_a_link(repo: Repository, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text('ignore = ["env-file"]\n')
    (repo.path / "palint.toml").symlink_to(tmp_path / "elsewhere.toml")
    made = repo.palint()
    assert made.returncode == 2 and "palint.toml: is a symbolic link" in made.stderr


def test_config_shows_values_and_origins(repo: Repository) -> None:
    repo.write("pyproject.toml", "[tool.palint]\n\nfail-on = 'warning'\n")
    shown = repo.palint("config").stdout
    assert 'fail-on = "warning"  # pyproject.toml:3' in shown
    assert 'environments = ["production", "staging", "development"]  # default' in shown


def test_config_shows_every_setting(repo: Repository) -> None:
    """Each key of the schema, except where it has no value."""
    keys = {name.replace("_", "-") for name in SETTINGS}
    settings, _, tables = repo.palint("config").stdout.partition("\n[")
    shown = set(re.findall(r"(?m)^([\w-]+) = ", settings)) | set(re.findall(r"(?m)^([a-z]+)[.\]]", tables))
    unset = {"required-version", "extends", "allow-suppressing", "severity", "allow", "exception", "pattern"}
    assert keys - {"extend-exclude"} - unset == shown | {"rules"}


def test_config_schema(repo: Repository) -> None:
    schema = json.loads(repo.palint("config", "--schema").stdout)
    assert "fail-on" in json.dumps(schema)


def test_settings_in_the_readme_are_valid(repo: Repository) -> None:
    block = (ROOT / "README.md").read_text().split("```toml\n")[1].split("```")[0]
    repo.write("pyproject.toml", block)
    repo.write("tests/fixtures/a.pem", "x")
    assert repo.palint("config").returncode == 0


# ---- output


def test_several_reports_at_once(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    made = repo.palint("--output", "json:report.json", "--output", "sarif:x.sarif", "--format", "concise")
    assert made.returncode == 1
    assert json.loads((repo.path / "report.json").read_text())["findings"]
    assert json.loads((repo.path / "x.sarif").read_text())["version"] == "2.1.0"
    assert made.stdout.startswith("a.py:1:")
    assert sorted(os.listdir(repo.path)) == [".git", "a.py", "report.json", "x.sarif"]


def test_output_does_not_follow_a_link(repo: Repository, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("keep")
    (repo.path / "out.json").symlink_to(target)
    made = repo.palint("--output", "json:out.json")
    assert target.read_text() == "keep"
    assert made.returncode == 2 and "in the way" in made.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_report_that_cannot_be_written_is_2(repo: Repository) -> None:
    for args in (["--output", "json:/dev/full"], ["--output", f"json:{repo.path}"]):
        made = repo.palint(*args)
        assert made.returncode == 2 and "cannot be written" in made.stderr
    assert not os.path.isfile("/dev/full")
    with open("/dev/full", "w") as full:
        made = subprocess.run([PALINT, "."], cwd=repo.path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert made.returncode == 2 and "cannot be written to standard output" in made.stderr


def test_statistics(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    repo.write("b.py", SECRET)
    shown = repo.palint("--statistics").stdout
    assert "2  hardcoded-secret" in shown and "a.py:1" not in shown and "Found 2 errors" in shown
    made = repo.palint("--statistics", "--format", "json")
    assert findings(made) and "2  hardcoded-secret" in made.stderr


def test_quiet(repo: Repository) -> None:
    repo.write("a.py", "x = 1\n")
    made = repo.palint("--quiet")
    assert made.stdout == made.stderr == ""


def test_color(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    assert "\x1b[" not in repo.palint().stdout
    assert "\x1b[" in repo.palint("--color", "always").stdout
    assert "\x1b[" in repo.palint(env={"FORCE_COLOR": "1"}).stdout
    assert "\x1b[" not in repo.palint("--color", "never", env={"FORCE_COLOR": "1"}).stdout


def test_a_closed_pipe_is_no_error(repo: Repository) -> None:
    repo.write("a.py", SECRET * 1000)
    repo.write("palint.toml", "[limits]\nseconds = 100\n")  # exit code 2 on a machine that does much else
    made = subprocess.run(
        f"{{ {PALINT}; echo $? >&2; }} | head -n 1",
        shell=True, cwd=repo.path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.stderr == "1\n"


# ---- fixes


def test_fix_is_applied_and_checked_again(repo: Repository) -> None:
    repo.write(".env.example", substitute("API_KEY={github_token}\n"))
    assert "[+]" in repo.palint().stdout or "[*]" in repo.palint().stdout
    made = repo.palint("--diff", "--unsafe-fixes")
    shown = made.stdout
    assert made.returncode == 1 and made.stderr.startswith("Found 2 errors in 1 file.\n")
    assert shown.startswith("--- a/.env.example\n")
    assert "-API_KEY=" in shown and "ghp_" + "x" not in shown
    assert repo.palint("--fix").returncode == 1
    made = repo.palint("--fix", "--unsafe-fixes")
    assert made.returncode == 0
    assert "Fixed 1 finding in 1 file:\n  .env.example: 1\n" in made.stderr
    text = (repo.path / ".env.example").read_text()
    assert text.startswith("#") and "API_KEY" in text and substitute("{github_token}") not in text


def test_fix_refuses_what_is_staged_otherwise(repo: Repository) -> None:
    repo.write(".env.example", substitute("API_KEY={github_token}\n"))
    repo.add()
    repo.write(".env.example", substitute("API_KEY={github_token}\n# more\n"))
    made = repo.palint("--staged", "--fix", "--unsafe-fixes")
    assert made.returncode == 2
    assert "the staged version differs from the working copy" in made.stderr


def test_add_ignore(repo: Repository) -> None:
    repo.write("a.py", f"x = 1\nif x:\n    {SECRET}")
    repo.write("b.yml", SECRET.replace(" =", ":"))
    repo.write("prod.env", "LOG_LEVEL=debug\n")  # the finding is about the whole file
    made = repo.palint("--add-ignore", "a token of the test server")
    assert made.returncode == 0, made.stderr
    assert (
        "    # palint: ignore[hardcoded-secret] a token of the test server\n"
        in (repo.path / "a.py").read_text()
    )
    assert repo.palint().returncode == 0


def test_add_ignore_says_where_no_comment_can_stand(repo: Repository) -> None:
    repo.write("a.json", json.dumps({"token": substitute("{github_token}")}))
    made = repo.palint("--add-ignore", "x")
    assert made.returncode == 2
    assert "a.json:1: no comment is possible here" in made.stderr


# ---- baseline


def test_baseline(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    assert repo.palint("baseline").returncode == 0
    assert repo.palint().returncode == 0
    repo.write("b.py", substitute('password = "{password}"\n', seed=7))
    assert paths(repo.palint("--format", "json")) == ["b.py"]
    repo.write("a.py", "x = 1\n")
    made = repo.palint()
    assert "1 of 1 entries no longer found" in made.stdout
    assert repo.palint("baseline", "--prune").returncode == 0
    assert (repo.path / "palint-baseline.jsonl").read_text() == ""


def test_our_own_baseline_is_no_finding(repo: Repository) -> None:
    for number in range(30):
        repo.write(f"{number}.py", substitute('token = "{github_token}"\n', seed=number))
    repo.palint("baseline")
    assert repo.palint().returncode == 0


# ---- start and end


HEAVY = ("detect_secrets", "rich", "yaml", "requests", "urllib3", "tree_sitter", "msgspec")


def test_nothing_heavy_is_imported_for_nothing(repo: Repository) -> None:
    for name in ("a.txt", "b.py", "c.md"):
        repo.write(name, "x = 1\n")
    repo.add()
    program = (
        "import os, sys, palint.cli.main\n"
        "code = palint.cli.main.run(['check', '--staged'])\n"
        f"print(code, [m for m in {HEAVY!r} if m in sys.modules])\n"
    )
    # In one process, so that a worker's imports are seen, too.
    program = "import os; del os.fork\n" + program
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert made.stdout.splitlines()[-1] == "0 []", made.stdout + made.stderr


def test_a_report_imports_no_detection() -> None:
    program = (
        "import sys, palint.baseline, palint.report.groups, palint.report.text, palint.tree.packages\n"
        "palint.baseline.line_hash('a')\n"
        "print(*(m for m in ('palint.secrets', '_hashlib', 'json') if m in sys.modules))\n"
    )
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert made.stdout == "\n"


def test_interrupt(repo: Repository, slow_rule: None) -> None:
    for number in range(5):
        repo.write(f"{number}.txt", f"wait here {number}\n")
    started = subprocess.Popen(
        [PALINT, "--output", "json:out.json"], cwd=repo.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children")
    for _ in range(200):  # until a worker is at work; where there is no /proc, for a while
        time.sleep(0.05)
        if children.exists() and children.read_text():
            break
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=10)
    assert started.returncode == 130
    assert b"Traceback" not in err
    assert not [n for n in os.listdir(repo.path) if n.startswith("out.json")]


def test_version() -> None:
    made = palint("--version", cwd=ROOT)
    assert made.returncode == 0 and made.stdout.startswith("palint ")


def test_help_has_examples_first() -> None:
    text = palint("--help", cwd=ROOT).stdout
    assert text.index("examples:") < text.index("options:")
    assert "None" not in text


def test_explain(repo: Repository) -> None:
    text = repo.palint("explain", "workflow-id-token").stdout
    assert "## Why" in text and "## Do this instead" in text


def test_python_m_palint_does_not_run_the_tree(repo: Repository) -> None:
    repo.write("json.py", "raise SystemExit('executed')\n")
    repo.write("argparse.py", "raise SystemExit('executed')\n")
    made = subprocess.run(
        [sys.executable, "-m", "palint", "--format", "concise"],
        cwd=repo.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "executed" not in made.stdout + made.stderr
    assert made.returncode == 0


# ---- what one file causes in another

CALLER = """\
on: push
permissions:
  contents: read
jobs:
  ship:
    uses: ./.github/workflows/deploy.yml
"""
CALLEE = """\
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::123456789012:role/deploy", aws-region: eu-west-2}
"""


@pytest.mark.parametrize("staged", [".github/workflows/ship.yml", ".github/workflows/deploy.yml"])
def test_a_finding_between_two_files_shows_when_either_is_in_scope(repo: Repository, staged: str) -> None:
    repo.write(".github/workflows/ship.yml", CALLER)
    repo.write(".github/workflows/deploy.yml", CALLEE)
    repo.write("a.py", SECRET)
    for args in ([staged], ["--format", "json", staged]):
        assert repo.palint(*args).returncode == 1
    (one,) = findings(repo.palint("--format", "json", staged))
    assert one["rule"] == "workflow-id-token"
    assert {one["path"], *(r["path"] for r in one["related"])} >= {staged}
    assert [f["rule"] for f in findings(repo.palint("--format", "json", "a.py"))] == ["hardcoded-secret"]


def test_a_file_that_changes_meanwhile_is_not_fixed(repo: Repository) -> None:
    """A fix that cannot be written is an error for the user, not a bug."""
    repo.write(".env.example", substitute("API_KEY={github_token}\n"))
    program = (
        "import palint.changes.write as w, palint.cli.fix as f, palint.cli.main\n"
        "def refuse(root, change): raise w.ChangeError('a.py: not written: it changed')\n"
        "f.write = refuse\n"
        "raise SystemExit(palint.cli.main.run(['check', '--fix', '--unsafe-fixes', '.']))\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", program], cwd=repo.path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 2 and "a.py: not written: it changed" in made.stderr


def test_progress_on_a_terminal(repo: Repository) -> None:
    """A bar on standard error when it is a terminal and the run lasts; nothing of it elsewhere."""
    import pty

    for number in range(400):
        repo.write(f"{number}.py", "x = 1\n")
    program = (
        "import palint.cli.main, palint.cli.output as output\n"
        "output._SHOW_AFTER = 0\n"
        "raise SystemExit(palint.cli.main.run(['check', '.']))\n"
    )
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=repo.path,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm"},
    ) as started:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:
            pass  # Linux says EIO when the other side is closed
        assert started.stdout is not None
        report = started.stdout.read()
    os.close(ours)
    assert started.returncode == 0
    assert b"checking" in shown
    assert b"checking" not in report and b"400 files checked" in report


def test_a_staged_fix_leaves_the_index_to_the_user(repo: Repository) -> None:
    repo.write(
        ".github/workflows/a.yml", CALLEE.replace("workflow_call", "push\npermissions: {contents: read}")
    )
    repo.add()
    made = repo.palint("--staged", "--fix", "--format", "json")
    assert made.returncode == 1
    assert "`git add` the files, then commit" in made.stderr
    assert [f["rule"] for f in findings(made)] == ["workflow-id-token"]
    repo.add()
    assert repo.palint("--staged").returncode == 0


def test_standard_input_says_nothing_of_the_baseline(repo: Repository) -> None:
    repo.write("a.py", SECRET)
    repo.palint("baseline")
    made = palint("--stdin-filename", "b.py", "-", cwd=repo.path, stdin="x = 1\n")
    assert made.returncode == 0 and "no longer found" not in made.stdout
    assert palint("--fix", "-", cwd=repo.path, stdin="x = 1\n").returncode == 2


def test_nothing_to_check_is_said(tmp_path: Path) -> None:
    made = palint(cwd=tmp_path)
    assert made.returncode == 0 and "no files to check" in made.stdout


def test_a_reader_that_stops_early_is_no_error(repo: Repository) -> None:
    made = subprocess.run(
        f"set -o pipefail; {PALINT} explain env-file | head -n 1",
        shell=True,
        executable="/bin/bash",
        cwd=repo.path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0 and "env-file" in made.stdout and not made.stderr


PLACES = [  # (path, text with SECRET's value at {0}, whether a comment can be above that line)
    ("run.sh", "docker run \\\n  -e API_TOKEN={0} \\\n  image\n", False),
    ("run.sh", "cat <<EOF\nAPI_TOKEN={0}\nEOF\n", False),
    ("run.sh", "cat <<EOF\nx\nEOF\nAPI_TOKEN={0}\n", True),
    ("a.py", 'x = """\ntoken = {0}\n"""\n', False),
    ("a.py", 'x = """\n"""\ntoken = "{0}"\n', True),
    ("page.tsx", '<p>\n  <Login token="{0}" />\n</p>\n', False),
    ("a.js", "const x = `\ntoken={0}\n`;\n", False),
    ("a.yml", "a:\n  run: |\n    export TOKEN={0}\n", False),
    ("a.yml", "a:\n  token: {0}\n", True),
    ("main.tf", "x = <<-EOT\n  token={0}\nEOT\n", False),
    ("Dockerfile", "RUN a \\\n  && login --token={0}\n", False),
    (".env.example", "API_TOKEN={0}\n", True),
    ("requirements-dev.txt", "acme @ https://x:{0}@example.org/acme.whl\n", True),
]


@pytest.mark.parametrize(("path", "text", "can"), PLACES)
def test_add_ignore_writes_only_where_a_comment_is_one(
    repo: Repository, path: str, text: str, can: bool
) -> None:
    text = text.format(substitute("{github_token}"))
    repo.write(path, text)
    made = repo.palint("--select", "hardcoded-secret", "--add-ignore", "known")
    after = (repo.path / path).read_text()
    if can:
        assert made.returncode == 0 and after != text
        assert repo.palint("--select", "hardcoded-secret").returncode == 0
    else:
        assert made.returncode == 2 and after == text
        assert f"{path}:" in made.stderr and "no comment is possible here" in made.stderr


class TestPathsAlone:
    """`palint PATH…` is `palint check PATH…`."""

    @pytest.mark.parametrize("command", [[], ["check"], ["check", "a.py"], ["a.py"], ["hook", "--", "a.py"]])
    def test_the_report_is_the_same(self, repo: Repository, command: list[str]) -> None:
        repo.write("a.py", SECRET)
        repo.add()
        made = repo.palint(*command)
        assert made.returncode == 1
        found = [made.stdout, repo.palint("check", ".").stdout]
        blocks, whole = (text.partition("\n\nFound ")[0] for text in found)
        assert blocks == whole != ""

    @pytest.mark.parametrize("command", [[], ["hook", "--", "a.py"]])
    def test_a_policy_in_the_environment_counts(self, repo: Repository, command: list[str]) -> None:
        repo.write("a.py", SECRET)
        repo.write("palint.toml", 'ignore = ["hardcoded-secret"]\n')
        repo.add()
        (repo.path.parent / "policy.toml").write_text('select = ["hardcoded-secret"]\n')
        made = repo.palint(*command, env={"PALINT_POLICY": str(repo.path.parent / "policy.toml")})
        assert repo.palint(*command).returncode == 0
        assert made.returncode == 1

    def test_an_option_behind_a_path_is_one(self, repo: Repository) -> None:
        repo.write("a.py", SECRET)
        assert repo.palint("a.py", "--quiet").returncode == 1
        assert "unknown option --quite" in repo.palint("a.py", "--quite").stderr


def test_a_report_replaces_no_file_of_the_tree(repo: Repository) -> None:
    """Neither a tracked one, nor one behind a link that the tree holds."""
    repo.write("report.json", "tracked\n")
    (repo.path / "out").symlink_to(repo.path.parent)
    repo.add()
    tracked = repo.palint("check", "--output", "json:report.json")
    assert tracked.returncode == 2 and "tracked file" in tracked.stderr
    assert (repo.path / "report.json").read_text() == "tracked\n"
    linked = repo.palint("check", "--output", "json:out/report.json")
    assert linked.returncode == 2 and "symbolic link" in linked.stderr
    settings = repo.palint("check", "--output", "json:.git/config")
    assert settings.returncode == 2 and "git's own folder" in settings.stderr and repo.git("status") != ""
    assert repo.palint("check", "--output", "json:new.json").returncode == 0
    assert repo.palint("check", "--output", f"json:{repo.path.parent / 'new.json'}").returncode == 0


def test_isolated_checks_the_files_that_git_tracks(repo: Repository) -> None:
    """It means no settings and no baseline: `.gitignore` takes out nothing that is tracked."""
    repo.write("palint.toml", 'ignore = ["env-file"]\n')
    repo.write("app/.env", "A=1\n")
    repo.add()
    repo.write(".gitignore", "app/\n")
    repo.palint("baseline")
    made = repo.palint("check", "--isolated", "--format", "concise")
    assert made.returncode == 1 and "app/.env" in made.stdout


@pytest.mark.parametrize("way", ["another encoding", "in large attributes", "not on the disk"])
def test_a_tracked_file_is_checked_as_git_holds_it(repo: Repository, way: str) -> None:
    """An attribute can have git write it to the disk in another encoding; a sparse checkout leaves it out."""
    repo.write("a.py", SECRET)
    if way != "not on the disk":
        repo.add()
        repo.commit()
        padding = "# a comment\n" * 100_000 if way == "in large attributes" else ""
        repo.write(".gitattributes", f"{padding}a.py working-tree-encoding=IBM037\n")
        repo.git("add", ".gitattributes")
        (repo.path / "a.py").unlink()
        repo.git("checkout", "--", "a.py")
        assert (repo.path / "a.py").read_text("latin-1") != SECRET
    else:
        repo.add()
        repo.git("update-index", "--skip-worktree", "a.py")
        (repo.path / "a.py").unlink()
    made = repo.palint("--format", "json")
    assert made.returncode == 1 and paths(made) == ["a.py"]
