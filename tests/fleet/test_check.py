"""`palint fleet check`: repositories are read from their object databases into the store."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

from .conftest import Fleet, secret


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_findings_are_those_of_the_commit(fleet: Fleet) -> None:
    token = secret("committed")
    repo = fleet.repository("acme/api", {"app.py": f'TOKEN = "{token}"\n'})
    repo.write("app.py", "changed, but not committed\n")
    repo.write(".env", "untracked\n")
    made = fleet.check()
    assert made.returncode == 0, made.stderr
    rows = fleet.rows("SELECT repository, rule, path, line, severity, state FROM findings")
    assert rows == [("acme/api", "hardcoded-secret", "app.py", 1, "error", "open")]
    assert fleet.rows('SELECT status, "commit" FROM coverage') == [
        ("checked", repo.git("rev-parse", "HEAD").strip())
    ]
    assert not (repo.path / "palint-fleet-parts").exists()


def test_patterns_of_the_policy_and_of_a_repository_are_searched(fleet: Fleet) -> None:
    def pattern(name: str) -> str:
        return (
            f'[[pattern]]\nid = "{name}-token"\nmessage = "{name} token"\nkeyword = "{name}_"\n'
            f"regex = '\\b{name}_[0-9]{{8}}\\b'\nbad = [\"{name}_12345678\"]\n"
            f'good = ["{name}_x"]\n'
        )

    (fleet.path / "policy.toml").write_text(pattern("acme"))
    text = "acme_00000001 shop_00000001\n"
    fleet.repository("api", {"a.txt": text})
    allow = '[[allow]]\npaths = ["a.txt"]\nrules = ["acme-token"]\nreason = "made up"\n'
    fleet.repository("web", {"a.txt": text, "palint.toml": pattern("shop") + allow})
    made = fleet.check("repos", "--policy", "policy.toml", "--history")
    assert made.returncode == 0, made.stderr
    rows = fleet.rows("SELECT repository, rule, state FROM findings ORDER BY ALL")
    assert rows == [
        ("api", "acme-token", "open"), ("web", "acme-token", "suppressed"), ("web", "shop-token", "open"),
    ]  # fmt: skip


def test_no_value_is_stored(fleet: Fleet) -> None:
    token = secret("stored")
    repo = fleet.repository("api", {"app.py": f'TOKEN = "{token}"\n'})
    fleet.check()
    repo.git("rm", "-q", "app.py")
    made = fleet.run("check", "repos", "--history", "--store", "other.duckdb")
    assert made.returncode == 0, made.stderr
    assert fleet.rows("SELECT at_head, rule FROM findings", "other.duckdb") == [(True, "hardcoded-secret")]
    for folder in (fleet.path / "palint-fleet-parts", fleet.path / "other-parts"):
        assert b"hardcoded-secret" in everything(folder) or folder.exists()
    for file in (*fleet.path.glob("*.duckdb"), *fleet.path.glob("*-parts/*")):
        assert token[8:24].encode() not in file.read_bytes()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_an_unchanged_repository_is_not_checked_again(fleet: Fleet) -> None:
    repo = fleet.repository("api", {"a.py": "x = 1\n"})
    other = fleet.repository("web")
    fleet.check()
    parts = {path: path.stat().st_mtime_ns for path in (fleet.path / "palint-fleet-parts").glob("*.parquet")}
    repo.write("a.py", f'TOKEN = "{secret("new")}"\n')
    repo.add()
    repo.commit()
    made = fleet.check()
    assert "1 of them unchanged" in made.stdout
    assert all(path.stat().st_mtime_ns == time for path, time in parts.items())
    assert fleet.rows("SELECT run, repository, reused FROM coverage ORDER BY ALL") == [
        (1, "api", False), (1, "web", False), (2, "api", False), (2, "web", True),
    ]  # fmt: skip
    assert other.path.exists()
    ((first, last),) = fleet.rows("SELECT first_seen, last_seen FROM findings")
    assert first == last == fleet.rows("SELECT started FROM runs WHERE run = 2")[0][0]


def test_a_run_without_a_new_part_does_not_import_pyarrow(fleet: Fleet) -> None:
    """It would be a fifth of the CPU time of a run in which nothing changed."""
    fleet.repository("api")
    fleet.check()
    code = (
        "import sys; from palint.cli.main import run; sys.exit(run(sys.argv[1:]) or 'pyarrow' in sys.modules)"
    )
    words = [sys.executable, "-c", code, "fleet", "check", "repos"]
    made = subprocess.run(words, cwd=fleet.path, capture_output=True, text=True, check=False)
    assert (made.returncode, "1 of them unchanged" in made.stdout) == (0, True), made.stderr


def test_a_repository_that_cannot_be_read_is_a_row_and_the_rest_goes_on(fleet: Fleet) -> None:
    fleet.repository("good")
    fleet.repository("bad", {"a.txt": "some text\n"})
    for file in (fleet.path / "repos/bad/.git/objects").rglob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.write_bytes(b"garbage")
    list_ = fleet.path / "list.csv"
    list_.write_text(
        "address,name,team,tier\nrepos/good,acme/good,platform,1\nrepos/bad,acme/bad,web,2\n"
        "repos/none,acme/none,web,2\n"
    )
    made = fleet.check("list.csv")
    assert made.returncode == 2, made.stderr
    rows = fleet.rows("SELECT repository, team, status FROM coverage ORDER BY repository")
    assert rows == [
        ("acme/bad", "web", "unreadable"),
        ("acme/good", "platform", "checked"),
        ("acme/none", "web", "unreadable"),
    ]
    assert all(reason for (reason,) in fleet.rows("SELECT reason FROM coverage WHERE status = 'unreadable'"))
    assert "acme/none: not fully checked: neither a folder nor an address" in made.stderr
    assert fleet.rows("SELECT complete FROM runs") == [(False,)]
    assert ("unknown",) in fleet.rows("SELECT state FROM repository_clauses WHERE repository = 'acme/bad'")


def test_an_empty_repository_is_whole(fleet: Fleet) -> None:
    from ..conftest import Repository

    Repository(fleet.path / "repos" / "empty")
    made = fleet.check()
    assert made.returncode == 0, made.stderr
    assert fleet.rows("SELECT repository, status FROM coverage") == [("empty", "empty")]


def test_a_file_that_is_not_checked_makes_the_run_incomplete(fleet: Fleet) -> None:
    fleet.repository("api", {"palint.toml": "nonsense = 1\n", "a.py": "x = 1\n"})
    made = fleet.check()
    assert made.returncode == 2
    assert "api: not fully checked: settings not used: palint.toml:1" in made.stderr
    assert fleet.rows("SELECT status FROM coverage") == [("incomplete",)]
    (row,) = fleet.rows("SELECT message FROM skipped WHERE NOT complete")
    assert "palint.toml:1" in row[0]


def test_one_secret_in_two_repositories_is_one_incident_with_a_key(fleet: Fleet) -> None:
    token = secret("shared")
    for name in ("one", "two"):
        fleet.repository(name, {f"{name}.py": f'{name.upper()}_TOKEN = "{token}"\n'})
    fleet.check()
    assert fleet.rows("SELECT * FROM incidents") == []
    assert {len(value) for (value,) in fleet.rows("SELECT value FROM findings")} == {3}
    (fleet.path / "key").write_text("k" * 40)
    made = fleet.check("repos", "--hmac-key-file", "key")
    assert "0 of them unchanged" in made.stdout, made.stderr
    assert fleet.rows("SELECT repositories, findings FROM incidents") == [(2, 2)]
    (fleet.path / "key").write_text("short")
    assert "32 bytes" in fleet.check("repos", "--hmac-key-file", "key").stderr


def test_the_policy_counts_and_a_repository_cannot_weaken_it(fleet: Fleet) -> None:
    fleet.repository("api", {".env": "A=1\n", "palint.toml": 'ignore = ["env-file"]\n'})
    fleet.check()
    assert fleet.rows("SELECT rule FROM findings") == []
    (fleet.path / "policy.toml").write_text('select = ["env-file"]\n')
    made = fleet.check("repos", "--policy", "policy.toml")
    assert made.returncode == 0, made.stderr
    assert fleet.rows("SELECT rule FROM findings WHERE rule = 'env-file'") == [("env-file",)]
    assert ("C1", 0, 0, 1, 0) in fleet.rows(
        "SELECT clause, kept, accepted, broken, unknown FROM clauses WHERE run = 2"
    )
    assert ("C2", 0, 0, 0, 1) in fleet.rows(
        "SELECT clause, kept, accepted, broken, unknown FROM clauses WHERE run = 2"
    )


def test_a_baseline_and_a_suppression_are_states(fleet: Fleet) -> None:
    repo = fleet.repository("api", {".env": "A=1\n", "a.py": "x = 1\n"})
    repo.palint("baseline")
    repo.write("b.py", f'TOKEN = "{secret("known")}"  # palint: ignore[hardcoded-secret] of a test server\n')
    repo.add()
    repo.commit()
    fleet.check()
    rows = fleet.rows("SELECT rule, state, reason FROM findings ORDER BY rule")
    assert rows == [
        ("env-file", "baselined", "in the baseline"), ("hardcoded-secret", "suppressed", "of a test server"),
    ]  # fmt: skip
    assert ("C1", "accepted") in fleet.rows("SELECT clause, state FROM repository_clauses")
    assert ("C2", "kept") in fleet.rows("SELECT clause, state FROM repository_clauses")


def test_hooks_filters_and_attributes_of_a_repository_do_not_run(fleet: Fleet) -> None:
    repo = fleet.repository("api", {".gitattributes": "* filter=evil\n", "a.py": f'T = "{secret("x")}"\n'})
    mark = fleet.path / "ran"
    repo.git("config", "filter.evil.smudge", f"touch {mark}")
    repo.git("config", "core.fsmonitor", f"touch {mark}")
    hook = repo.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    assert fleet.check().returncode == 0
    assert not mark.exists()
    assert len(fleet.rows("SELECT * FROM findings")) == 1


def test_a_store_of_another_version_is_refused(fleet: Fleet) -> None:
    import duckdb

    fleet.repository("api")
    fleet.check()
    with duckdb.connect(str(fleet.path / "palint-fleet.duckdb")) as db:
        db.execute("UPDATE meta SET version = 99")
    made = fleet.check()
    assert made.returncode == 2
    assert "a store of version 99" in made.stderr and "update palint" in made.stderr
    (fleet.path / "text.duckdb").write_text("not a database at all, only text\n" * 200)
    made = fleet.check("repos", "--store", "text.duckdb")
    assert made.returncode == 2 and "text.duckdb" in made.stderr


def test_a_locked_store_says_so(fleet: Fleet) -> None:
    fleet.repository("api")
    fleet.check()
    code = "import duckdb, sys; d = duckdb.connect('palint-fleet.duckdb'); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=fleet.path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdin
        holder.stdout.readline()
        made = fleet.check()
        holder.stdin.write(b"\n")
    assert made.returncode == 2
    assert "another process uses the store" in made.stderr


def test_plain_palint_needs_nothing_of_it(tmp_path: Path) -> None:
    """No command imports a module of it but the help page, so none takes longer; no dependency is for it."""
    code = """
import sys
class Refuse:
    def find_spec(self, name, *rest):
        if name.split(".")[0] in EXTRA or name.startswith(("palint.fleet", "palint.cli.fleet")):
            raise ImportError("refused: " + name)
EXTRA = {"duckdb", "pyarrow", "github", "gitlab", "ray", "requests", "urllib3"}
sys.meta_path.insert(0, Refuse())
from palint.cli.main import run
codes = [run(words) for words in (["check", "--isolated", "."], ["hook", "--", "a.py"], ["rules"])]
sys.exit(repr(codes))
"""
    (tmp_path / "a.py").write_text("x = 1\n")
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.stderr.splitlines()[-1] == "[0, 0, 0]", made.stderr
    needed = {
        re.split(r"[^\w.-]", each)[0].lower() for each in requires("palint") or () if "extra ==" not in each
    }
    assert needed and not needed & {"duckdb", "pyarrow", "pygithub", "python-gitlab", "ray"}


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda n, *a: None if n in ('duckdb', 'gitlab') else real(n, *a)\n"
        "from palint.cli.main import run; sys.exit(run(['fleet', 'check', '.']))"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode == 2
    assert "needs duckdb, python-gitlab: pip install 'palint[fleet]'" in made.stderr


def test_a_list_without_a_repository_is_an_error(fleet: Fleet) -> None:
    """Not for one of several parts: a part may get none."""
    (fleet.path / "list.csv").write_text("address,name\n")
    made = fleet.check("list.csv")
    assert made.returncode == 2 and "name no repository" in made.stderr
    assert fleet.check("list.csv", "--shard", "1/2").returncode == 0
