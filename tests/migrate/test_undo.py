"""`palint migrate --undo`: what a run changed is as it was, and only Secrets Manager kept the values."""

from __future__ import annotations

import json
import os
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.changes.edits import Change
from palint.changes.write import remove, write
from palint.dotenv import files as dotenv_files
from palint.findings import PalintError
from palint.migrate import values
from palint.migrate.journal import NAME, Journal, dotenv_cuts, parts_of
from palint.migrate.store import SecretStore
from palint.migrate.undo import Undo, joined
from palint.text.source import SourceFile
from tests.conftest import Repository
from tests.migrate.conftest import Aws
from tests.migrate.test_migrate import (
    APP,
    PASSWORD,
    TOKEN,
    killed_at,
    make_plan,
    migration,
    palint,
    read,
    shop,
)  # fmt: skip


def snapshot(repo: Repository) -> dict[str, tuple[bytes, int]]:
    """Every file and folder outside of git's, with its permissions, and the index."""
    found = {
        str(path.relative_to(repo.path)): (
            path.read_bytes() if path.is_file() else b"", stat.S_IMODE(path.stat().st_mode)
        )
        for path in repo.path.rglob("*") if ".git" not in path.relative_to(repo.path).parts
    }  # fmt: skip
    return {**found, "index": (repo.git("ls-files", "-s").encode(), 0)}


def undo(repo: Repository) -> Undo:
    """Undo in this process."""
    made = Undo(str(repo.path), Journal.open(str(repo.path)), SecretStore(), lambda step: True, print)
    made.run()
    return made


def test_all_is_as_it_was(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.write("go.mod", "module a\n")  # its loader gets folders of its own
    repo.write("main.go", 'package main\nimport "github.com/joho/godotenv"\nvar _ = godotenv.Load()\n')
    repo.add()
    repo.commit("old")
    rest = 'URL=http://u:${PRIVATE_KEY}@h\nBOTH="${PORT:-1}${QUOTED}"\nNONE=\nEMPTY="${NONE}"\n# URL=http://an.example/\n'
    repo.write(
        ".env.local",
        f"# for me\nPRIVATE_KEY=x{PASSWORD}  # pass: {PASSWORD}\nQUOTED='a \"b\" # c'\n{rest}",
    )
    repo.write(".env.example", "# URL=http://an.example/\n")
    repo.write(".gitignore", "*.local\n")
    (repo.path / ".env.local").chmod(0o600)
    aws.client().create_secret(Name="shop/development", SecretString='{"OTHER": "x", "PORT": "8080"}')
    before = snapshot(repo)
    made = palint(repo, "migrate", "--apply", "--yes")
    assert made.returncode == 0, made.stderr
    record = (repo.path / ".git" / NAME).read_text()
    assert PASSWORD not in record and TOKEN not in record and "8080" not in record
    assert set(aws.keys("shop/development")) > {"PORT", "TOKEN", "PRIVATE_KEY"}
    aws.calls.clear()

    undone = palint(repo, "migrate", "--undo", "--yes")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert ".env.local: what was on line 2 is stored nowhere" in undone.stdout
    after = snapshot(repo)
    assert after.pop(".env.local") == (
        f"# for me\nPRIVATE_KEY=x{PASSWORD}  # \nQUOTED='a \"b\" # c'\n{rest}".encode(),
        0o600,
    )
    assert after == {path: held for path, held in before.items() if path != ".env.local"}
    assert aws.keys("shop/development") == {"OTHER": "x", "PORT": "8080"}, "PORT was there before"
    assert aws.calls.index("GetSecretValue") < aws.calls.index("PutSecretValue")
    assert palint(repo, "migrate", "--undo", "--yes").stdout == "Nothing to undo.\n"


def test_what_cannot_be_restored_is_named_and_left(aws: Aws, repo: Repository) -> None:
    shop(repo)
    assert palint(repo, "migrate", "--apply", "--yes").returncode == 0
    repo.write("requirements.txt", "boto3\nmine\n")
    held = aws.keys("shop/development")
    del held["LIBRARY_KEY"]
    aws.client().put_secret_value(SecretId="shop/development", SecretString=json.dumps({**held, "PORT": "9"}))
    made = palint(repo, "migrate", "--undo", "--yes")
    assert made.returncode == 2
    assert ".env: Secrets Manager no longer has `LIBRARY_KEY`" in made.stderr
    assert "requirements.txt: it changed since the run" in made.stderr
    assert not (repo.path / ".env").exists() and read(repo, "requirements.txt") == "boto3\nmine\n"
    assert read(repo, "app.py") == APP
    assert set(aws.keys("shop/development")) == {"DATABASE_URL", "PORT"}, "only what is in a file again goes"


@pytest.mark.slow
def test_an_interrupted_run_and_the_next_one_are_undone_together(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.commit("old")
    before = snapshot(repo)
    for step in ("note shop/development", "write app.py", "note requirements.txt", "delete .env"):
        _, plan = make_plan(repo)
        killed_at(repo, plan, step)
        if step != "delete .env":
            _, rest = make_plan(repo)
            migration(repo, rest).run()
        assert undo(repo).left == []
        assert snapshot(repo) == before, step
        assert aws.keys("shop/development") == {}, step


def test_an_undo_that_is_interrupted_goes_on(aws: Aws, repo: Repository) -> None:
    shop(repo)
    repo.commit("old")
    before = snapshot(repo)
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    steps: list[str] = []
    Undo(
        str(repo.path), Journal.open(str(repo.path)), SecretStore(), lambda step: True, print, steps.append
    ).run()
    assert snapshot(repo) == before and steps[0] == "restore .env" and steps[-1] == "remove shop/development"
    for step in (steps[0], steps[-2], steps[-1]):
        _, plan = make_plan(repo)
        migration(repo, plan).run()

        def stop(current: str, at: str = step) -> None:
            if current == at:
                raise KeyboardInterrupt

        record = Journal.open(str(repo.path))
        with pytest.raises(KeyboardInterrupt):
            Undo(str(repo.path), record, SecretStore(), lambda step: True, print, stop).run()
        assert undo(repo).left == []
        assert snapshot(repo) == before, step


_VALUES = st.text(st.sampled_from("ab1 #\"'\\$={}é\n"), min_size=1, max_size=12)


@given(
    st.lists(st.tuples(st.sampled_from("ABCD"), _VALUES, st.sampled_from(["", '"', "'"])), max_size=4),
    st.booleans(),
)
@settings(max_examples=60)
def test_the_values_of_a_file_come_back(lines: list[tuple[str, str, str]], expand: bool) -> None:
    text = "".join(f"{name}={quote}{value}{quote}\n" for name, value, quote in lines)
    file = SourceFile(".env", text.encode())
    held = values.values_by_offset(file, expand=expand)
    stored = {v.name: held[v.value_start] for v in dotenv_files.parse(file) if held[v.value_start]}
    parts = list(parts_of(file, dict(dotenv_cuts(file, {"s/d": stored}, expand))))
    old = {"parts": parts, "encoding": file.encoding, "bom": "", "dotenv": True}
    for quote in ("", '"'):
        made = SourceFile(".env", joined(".env", old, {"s/d": stored}, quote))
        again = values.values_by_offset(made, expand=expand)
        if {v.name: again[v.value_start] for v in dotenv_files.parse(made) if again[v.value_start]} == stored:
            return
    assert "\\" in text or "$" in text or '"' in text or "'" in text, (text, made.text)


@pytest.mark.parametrize(
    ("part", "value", "before", "quote", "text"),
    [
        ({"kind": "python", "quote": "'"}, "it's", "a = ", "", '"it\'s"'),
        ({"kind": "javascript", "quote": "`"}, "b", "a = ", "", "`b`"),
        ({"kind": "plain", "quote": ""}, "b'c", "A: ", "", "b'c"),
        ({"kind": "dotenv", "quote": ""}, "b # c", "A=", '"', '"b # c"'),
        ({"kind": "dotenv", "quote": ""}, 'b"c', "A=", '"', '"b\\"c"'),
        ({"kind": "dotenv", "quote": ""}, 'b"c', 'A="', "", 'b\\"c'),
        ({"kind": "dotenv", "quote": ""}, 'b"c', "A='", '"', 'b"c'),
        ({"kind": "dotenv", "quote": "", "slice": [1, 3]}, "abcd", "A=", "", "bc"),
    ],
)
def test_a_value_is_written_as_its_file_has_it(
    part: dict[str, object], value: str, before: str, quote: str, text: str
) -> None:
    parts = [before, {"secret": "s/d", "key": "K", **part}, {"line": "2"}, "\n"]
    old = {"parts": parts, "encoding": "utf-16-le", "bom": "fffe"}
    assert joined("a", old, {"s/d": {"K": value}}, quote) == f"{before}{text}\n".encode("utf-16")


@pytest.mark.parametrize(("value", "expected"), [("2 # 3", b'PORT="2 # 3"\n'), ("€", None)])
def test_a_value_that_changed_in_secrets_manager_is_written_if_its_file_can_hold_it(
    aws: Aws, repo: Repository, value: str, expected: bytes | None
) -> None:
    repo.write("package.json", '{"dependencies": {"dotenv": "^17"}}\n')
    repo.write("index.js", "require('dotenv').config();\n")
    service = f"services:\n  a:\n    image: x\n    environment:\n      API_TOKEN: {TOKEN}\n"
    repo.write("a/compose.yaml", service)
    (repo.path / ".env").write_bytes("PORT=1\n# für alle\n".encode("latin-1"))
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    [secret] = [secret.secret_id for secret in plan.secrets]
    held = {**aws.keys(secret), "PORT": value}
    aws.client().put_secret_value(SecretId=secret, SecretString=json.dumps(held))
    made = undo(repo)
    assert read(repo, "a/compose.yaml") == service
    if expected:
        assert (repo.path / ".env").read_bytes().startswith(expected) and made.left == []
    else:
        assert made.left[0] == ".env: its values cannot be written as they were"
        assert not (repo.path / ".env").exists() and aws.keys(secret) == {"PORT": value}


def test_code_whose_values_are_gone_is_left_alone(aws: Aws, repo: Repository) -> None:
    """As is a file with a secret that was stored nowhere; and without a yes nothing is done."""
    repo.write("app.py", f"GITHUB_TOKEN = '{TOKEN}'\n")
    repo.write("b.py", f"GITHUB_TOKEN = '{TOKEN}'\nX = f'{{A}}{TOKEN}'\n")
    repo.git("add", "--all")
    repo.commit("old")
    repo.write("app.py", f"GITHUB_TOKEN = '{TOKEN}'\nB = 2\n")
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    written = read(repo, "app.py")
    record = Journal.open(str(repo.path))
    with pytest.raises(PalintError, match="stopped"):
        Undo(str(repo.path), record, SecretStore(), lambda step: False, print).run()
    assert read(repo, "app.py") == written
    [secret] = [secret.secret_id for secret in plan.secrets]
    aws.client().put_secret_value(SecretId=secret, SecretString="{}")
    made = undo(repo)
    assert "app.py: Secrets Manager no longer has `GITHUB_TOKEN`" in made.left
    assert read(repo, "app.py") == written
    assert "GITHUB_TOKEN = '" in read(repo, "b.py"), "git has this one"


def test_a_file_with_a_secret_that_was_stored_nowhere_is_left_alone(aws: Aws, repo: Repository) -> None:
    repo.write("b.py", f"GITHUB_TOKEN = '{TOKEN}'\nX = f'{{A}}{TOKEN}'\n")
    _, plan = make_plan(repo)
    migration(repo, plan).run()
    written = read(repo, "b.py")
    assert 'secret("GITHUB_TOKEN")' in written
    assert undo(repo).left[0] == "b.py: it had a secret that was stored nowhere, so it was left alone"
    assert read(repo, "b.py") == written


def test_a_record_says_how_far_each_secret_is() -> None:
    def run(finished: bool, stored: dict[str, str], done: list[str]) -> dict[str, object]:
        files = [{"path": ".env", "new": None}, {"path": "a.py", "new": "00"}]
        keys = {"a/test": {"K": [".env", 1, 2, 3, "dotenv", 4]}}
        return {"finished": finished, "stored": stored, "done": done, "files": files, "keys": keys}

    stored = {"a/test": "arn"}
    steps = [
        (run(False, {}, []), "old state", "not stored yet; every file is as it was"),
        (run(False, stored, []), "old state", "stored; 1 files still read the old place, which is kept"),
        (run(False, stored, ["a.py"]), "old state", "stored, and the code reads it; .env is still there"),
        (
            run(True, stored, ["a.py", ".env"]),
            "new state",
            "stored, read by the code, and gone from the files",
        ),
    ]
    for step, state, text in steps:
        assert list(Journal("x", [step]).states()) == [("a/test", state, text)]
    runs = [step for step, _, _ in steps]
    record = Journal("x", [runs[3], runs[0], runs[1], runs[2]])
    assert record.last() == [runs[2], runs[1], runs[0]]


def record_of(path: str = "a.py", **changed: object) -> bytes:
    """A record of one run that wrote a file of this path."""
    file = {"path": path, "new": "00", "old": {"blob": "00"}, "index": None, "mode": 0o600}
    run = {
        "region": "x", "expand": True, "finished": True, "files": [file], "done": [path],
        "added": {"a/test": ["K"]}, "stored": {}, "keys": {"a/test": {"K": [".env", 1, 2, 3, "dotenv", 4]}},
    }  # fmt: skip
    return json.dumps([{**run, **changed}]).encode()


PART = {"secret": "a/test", "key": "K", "kind": "dotenv", "quote": ""}


@pytest.mark.parametrize(
    "record",
    [
        b"", b"\0", b"{}", b"[[]]", b"[" * 200_000, record_of()[:-20], record_of(region=None),
        record_of("../a"), record_of("\0"),
        record_of(keys={"a/test": {"K": ["/etc/x", 1, 2, 3, "plain", 4]}}),
        record_of(files=[{"path": "a", "new": None, "index": None, "old": {"blob": "00"}}]),
        record_of(added={"a/test": ["OTHER"]}), record_of(keys={"a/test": {"K": [".env"]}}),
        *(
            record_of(files=[{"path": "a", "new": None, "index": None, "mode": mode, "old": old}])
            for mode, old in [
                (-1, {"blob": "00"}), (0o4755, {"blob": "00"}),
                (0o600, {"blob": "--help"}), (0o600, {"parts": ["x"]}),
                (0o600, {"parts": [{"key": "K"}], "encoding": "utf-8", "bom": "", "dotenv": True}),
                (0o600, {"parts": [PART], "encoding": "rot13", "bom": "", "dotenv": True}),
                (0o600, {"parts": [{**PART, "slice": [1]}], "encoding": "utf-8", "bom": "", "dotenv": True}),
            ]
        ),
    ],
)  # fmt: skip
def test_a_record_that_is_not_palints_is_refused_before_anything_is_done(
    repo: Repository, record: bytes
) -> None:
    """In silence it would have lost what there is to undo; half followed, what it had restored."""
    (repo.path / ".git" / NAME).write_bytes(record_of())
    assert Journal.open(str(repo.path)).runs
    (repo.path / ".git" / NAME).write_bytes(record)
    with pytest.raises(PalintError, match=r"the record of earlier runs cannot be used"):
        Journal.open(str(repo.path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_record_that_is_a_link_or_a_fifo_is_not_read(repo: Repository) -> None:
    place = repo.path / ".git" / NAME
    for make in (lambda: os.mkfifo(place), lambda: place.symlink_to("/dev/zero"), place.mkdir):
        make()
        with pytest.raises(PalintError, match=r"cannot be used"):
            Journal.open(str(repo.path))
        place.rmdir() if place.is_dir() else place.unlink()


@pytest.mark.parametrize(
    "path", ["../new", "a/../../new", "/new", ".git/hooks/pre-commit", "a/.GIT/x", "", ".", "a//b", "a\0b"]
)
def test_nothing_outside_of_the_work_tree_is_written_or_deleted(repo: Repository, path: str) -> None:
    """Whatever names the file: a record in git's folder may be another one's."""
    with pytest.raises(PalintError, match=r"not a path of the work tree"):
        write(str(repo.path), Change(path, None, b"x"))
    with pytest.raises(PalintError, match=r"not a path of the work tree"):
        remove(str(repo.path), path, b"")


def test_where_nothing_was_stored_no_account_is_needed(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    repo.write("app.py", "from dotenv import load_dotenv\n\nload_dotenv()\n")
    repo.write("requirements.txt", "python-dotenv\n")
    repo.add()
    repo.commit("old")
    before = snapshot(repo)
    assert repo.palint("migrate", "--apply", "--yes").returncode == 0
    assert snapshot(repo) != before
    made = repo.palint("migrate", "--undo", "--yes")
    assert made.returncode == 0, made.stderr
    assert snapshot(repo) == before
