"""`palint history` on real repositories: what is found, from which commit to which."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from palint import registry
from palint.baseline import value_bits
from palint.config import Config
from palint.findings import Notice
from palint.history import run as history_run
from palint.history.notices import summarize
from palint.history.results import HistoryResults, HistorySecret
from palint.history.run import rules_for, run
from palint.history.secrets import by_secret
from palint.history.versions import list_versions
from palint.secrets.synthetic import generate
from palint.testing import substitute
from palint.tree.git import history
from palint.tree.project import Limits
from tests.conftest import palint
from tests.history.conftest import Past, build, line, secret


def check(past: Past, **options: Any) -> HistoryResults:
    return run(str(past.path), Config(), registry.load(), **options)


def by_value(results: HistoryResults, seed: str) -> list[HistorySecret]:
    bits = value_bits(secret(seed))
    return [s for s in results.secrets if s.finding.value_bits == bits and s.rule == "hardcoded-secret"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Past, set[str], HistoryResults]:
    past = Past(tmp_path_factory.mktemp("history") / "past")
    seeds = build(past)
    return past, seeds, check(past)


def test_each_secret_is_found_once(whole: tuple[Past, set[str], HistoryResults]) -> None:
    _past, seeds, results = whole
    assert results.complete and not results.notices
    for seed in (*seeds, "wide"):
        assert len(by_value(results, seed)) == 1, seed
    assert len([s for s in results.secrets if s.rule == "hardcoded-secret"]) == len(seeds) + 1


def test_first_and_last_commit_are_those_that_git_names(
    whole: tuple[Past, set[str], HistoryResults],
) -> None:
    past, seeds, results = whole
    stashes = past.git("rev-list", "--walk-reflogs", "refs/stash").split()
    order = past.git("rev-list", "--date-order", "--all", *stashes).split()
    for seed in seeds:
        (found,) = by_value(results, seed)
        changed = past.git(
            *("log", "--all", *stashes, "--date-order", "--reverse", "--diff-merges=first-parent"),
            *("--format=%H", f"-S{secret(seed)}"),
        ).split()
        assert found.first.commit == changed[0], seed
        holding = past.git("grep", "-a", "-l", "-F", "-e", secret(seed), *order).splitlines()
        having = {held.partition(":")[0] for held in holding}
        assert found.last.commit == next(oid for oid in order if oid in having), seed
        assert found.at_head == (past.head() in having), seed
        assert set(found.paths) == {held.partition(":")[2] for held in holding}, seed


def test_utf_16_and_the_dotenv_file(whole: tuple[Past, set[str], HistoryResults]) -> None:
    past, _seeds, results = whole
    (wide,) = by_value(results, "wide")
    added, removed = past.git("log", "--all", "--reverse", "--format=%H", "--", "wide.txt").split()
    assert wide.first.commit == wide.last.commit == added
    assert past.git("rev-parse", f"{removed}^").strip() == added
    (dotenv,) = [s for s in results.secrets if s.rule == "env-file"]
    assert dotenv.names == ("DB_PASSWORD",) and not dotenv.at_head
    assert dotenv.paths == (".env",) and dotenv.versions == 1


def test_the_place_is_in_the_version_that_is_named(whole: tuple[Past, set[str], HistoryResults]) -> None:
    past, seeds, _results = whole
    values = {secret(seed) for seed in seeds}
    for found in json.loads(past.palint("history", "--no-state", "--format", "json").stdout)["secrets"]:
        if found["rule"] == "hardcoded-secret" and found["path"].endswith(".py"):
            text = past.git("cat-file", "blob", found["blob"]).split("\n")[found["start"]["line"] - 1]
            assert text[found["start"]["column"] - 1 : found["end"]["column"] - 1] in values


def test_each_finding_has_its_advice(whole: tuple[Past, set[str], HistoryResults]) -> None:
    """The first check of the versions leaves it out."""
    _past, _seeds, results = whole
    assert all(s.finding.fix_hint for s in results.secrets)


def test_secrets_at_head_come_first(whole: tuple[Past, set[str], HistoryResults]) -> None:
    results = whole[2]
    here = [s.at_head for s in results.secrets]
    assert here == sorted(here, reverse=True) and len(set(here)) == 2


def test_nothing_of_a_value_leaves_the_run(whole: tuple[Past, set[str], HistoryResults]) -> None:
    past, seeds, _results = whole
    for name in ("text", "json", "sarif", "markdown", "html"):
        made = past.palint("history", "--no-state", "--format", name, "--verbose")
        assert made.returncode == 1, made.stderr
        for seed in (*seeds, "wide"):
            assert secret(seed) not in made.stdout, (name, seed)


def test_an_author_is_named_without_tokens_whatever_encoding_is_set(past: Past) -> None:
    past.git("config", "i18n.logOutputEncoding", "UTF-7")  # its NUL is `+AAA-`
    past.write("a.py", line("leaked"))
    past.add()
    past.commit("c", f"--author=Zoë {secret('author')} <a@example.com>")
    (found,) = check(past).secrets
    assert found.first.author == f"Zoë {'*' * len(secret('author'))}"


def test_a_range_gives_what_its_commits_added(past: Past) -> None:
    past.save(a_py=line("old"))
    past.git("tag", "v1")
    past.save(a_py=line("old") + "x = 1\n" + line("added"))
    results = check(past, revs=["v1..main"])
    assert [s.finding.value_bits for s in results.secrets] == [value_bits(secret("added"))]
    assert results.older == 1 and results.new_commits == 1
    unchanged = past.palint("history", "--no-state", "v1..v1")
    assert unchanged.stdout.startswith("No secret found in the requested commits.")


def test_since_and_branch(past: Past) -> None:
    past.save(a_py=line("old"))
    past.git("branch", "kept")
    past.git("checkout", "-q", "-b", "feature")
    past.save(b_py=line("added"))
    made = past.palint("history", "--branch", "kept", "--format", "json")
    (found,) = json.loads(made.stdout)["secrets"]
    assert found["path"] == "a.py"
    date = past.git("log", "-1", "--format=%cI").strip()
    made = past.palint("history", "--since", date, "--format", "json")
    assert [s["path"] for s in json.loads(made.stdout)["secrets"]] == ["b.py"]
    assert past.palint("history", "--branch", "none").returncode == 2


def test_a_suppression_at_head_counts_for_the_past(past: Past) -> None:
    past.save(a_py=line("fixture"), b_py=line("other"))
    past.save(a_py=line("fixture").rstrip() + "  # palint: ignore[hardcoded-secret] a test's own\n")
    results = check(past)
    assert results.accepted == 1
    assert [s.finding.span.path for s in results.secrets] == ["b.py"]
    # Elsewhere at HEAD it is not accepted.
    past.save(c_py=line("fixture"))
    assert len(check(past).secrets) == 2


def test_the_baseline(past: Past) -> None:
    past.save(a_py=line("known"), b_py="")
    past.save(a_py="")
    made = past.palint("history", "--write-baseline", "../known.jsonl")
    assert made.returncode == 0, made.stderr
    made = past.palint("history", "--baseline", "../known.jsonl")
    assert (made.returncode, made.stdout.splitlines()) == (
        0,
        [
            "No other secret found in the history.",
            "Not shown: 1 in the baseline. Show them with `palint history --isolated`.",
        ],
    )
    past.save(b_py=line("unknown"))
    made = past.palint("history", "--baseline", "../known.jsonl", "--format", "json")
    document = json.loads(made.stdout)
    assert [s["path"] for s in document["secrets"]] == ["b.py"]
    assert document["summary"]["baselined"] == 1


def test_one_place_in_the_baseline_makes_a_secret_known_in_all(past: Past) -> None:
    """The baseline has one line of code with it; other versions have it in others."""
    past.save(a_py=line("known"))
    past.palint("history", "--write-baseline", "../known.jsonl")
    past.save(a_py=f'OTHER_TOKEN = "{secret("known")}"\n', b_py=f'call(token="{secret("known")}")\n')
    made = past.palint("history", "--baseline", "../known.jsonl", "--format", "json")
    assert made.returncode == 0 and json.loads(made.stdout)["summary"]["baselined"] == 1


def test_a_version_that_git_cannot_read_is_named(past: Past) -> None:
    past.save(a_py=line("readable"))
    past.save(b_py=line("damaged"))
    name = past.git("rev-parse", "HEAD:b.py").strip()
    damaged = past.path / ".git/objects" / name[:2] / name[2:]
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    results = check(past)
    assert [s.paths for s in results.secrets] == [("a.py",)]
    assert not results.complete
    assert [(n.kind, n.path) for n in results.notices] == [("unreadable", "b.py")]


def test_a_policy(past: Past) -> None:
    text = line("accepted").rstrip() + "  # palint: ignore[hardcoded-secret] a test's own\n"
    past.save(a_py=text)
    assert past.palint("history").returncode == 0
    policy = past.path.parent / "policy.toml"
    policy.write_text("allow-suppressing = []\n")
    assert past.palint("history", "--policy", str(policy)).returncode == 1


def test_links_submodules_and_large_versions(past: Past) -> None:
    os.symlink(secret("in a link"), past.path / ".env")
    past.git("add", ".env")
    past.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    past.save(large_py="x = 1\n" * 500 + line("large"), small_py=line("small"))
    results = run(str(past.path), Config(limits=Limits(text=1000)), registry.load())
    assert {(s.rule, s.paths[0], s.names) for s in results.secrets} >= {
        ("env-file", ".env", ()), ("hardcoded-secret", "large.py", ()), ("hardcoded-secret", "small.py", ()),
    }  # fmt: skip
    assert ("sub", "submodule: not checked here") in {(n.path, n.message) for n in results.notices}


def test_the_first_of_equal_notices_names_how_many_there_are(past: Past) -> None:
    past.save(a_py="x = 1\n")
    versions = list_versions(str(past.path), history.commits(str(past.path)))
    (oid,) = versions.blobs
    given = [Notice(oid, "unreadable", "b"), Notice(oid, "unreadable", "a"), Notice("", "timeout", "t")]
    assert summarize([*given, Notice("", "timeout", "t")], versions) == [
        Notice("a.py", "unreadable", "a (also in 1 other version)"), Notice("", "timeout", "t"),
    ]  # fmt: skip
    lost = [Notice("", "missing-object", oid)] * 3
    assert summarize(lost, versions)[0].message.startswith("3 versions of files are missing")


def test_a_shallow_clone_is_incomplete(past: Past, tmp_path: Path) -> None:
    past.save(a_py=line("old"))
    past.save(a_py="")
    past.git("clone", "-q", "--depth=1", f"file://{past.path}", str(tmp_path / "shallow"))
    made = palint("history", cwd=tmp_path / "shallow")
    assert made.returncode == 2 and "shallow clone" in made.stdout
    assert palint("history", "--allow-incomplete", cwd=tmp_path / "shallow").returncode == 0
    made = palint("history", "--write-baseline", "x.jsonl", cwd=tmp_path / "shallow")
    assert made.returncode == 2 and "so no baseline was written" in made.stderr
    assert not (tmp_path / "shallow/x.jsonl").exists()
    for name in ("html", "markdown"):
        page = palint("history", "--format", name, cwd=tmp_path / "shallow").stdout
        assert "not fully checked: shallow clone" in page


def test_a_partial_clone_is_incomplete(past: Past, tmp_path: Path) -> None:
    past.save(a_py=line("old"))
    past.save(a_py="x = 1\n")
    past.git("config", "uploadpack.allowFilter", "true")
    past.git("clone", "-q", "--filter=blob:none", f"file://{past.path}", str(tmp_path / "partial"))
    made = palint("history", cwd=tmp_path / "partial")
    assert made.returncode == 2 and "1 version of a file is missing" in made.stdout


def test_a_clone_without_directories_says_how_to_get_them(past: Past, tmp_path: Path) -> None:
    past.save(sub__a_py=line("old"))
    past.save(sub__a_py="x = 1\n")
    past.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "treeless"
    past.git("clone", "-q", "--filter=tree:0", f"file://{past.path}", str(clone))
    made = palint("history", cwd=clone)
    assert made.returncode == 2 and "partial clone" in made.stderr
    (command,) = [part for part in made.stderr.split("`") if part.startswith("git ")]
    past.git("-C", str(clone), *command.split()[1:])
    assert palint("history", cwd=clone).returncode == 1


def test_a_key_counts_only_where_its_value_is_in_the_file(past: Past) -> None:
    key = generate("{aws_access_key_id}", 1)
    past.save(
        a_py=f'import boto3\nboto3.Session("{key}", secret)\n',
        b_py="import boto3\nboto3.Session(key, secret)\n",
    )
    (found,) = check(past).secrets
    assert (found.rule, found.paths) == ("boto3-access-key", ("a.py",))


def test_notices_of_many_versions_are_few(past: Past) -> None:
    for number in range(3):
        text = f"import boto3\nx = {number}\nboto3.client('s3', aws_access_key_id=('AKIAIOSFODNN7EXAMPLE'\n"
        past.save(**{f"f{name}_py": text for name in range(9)})
    results = check(past)
    assert not results.complete and len(results.notices) == 9
    assert all("also in 2 other versions" in notice.message for notice in results.notices)
    made = past.palint("history", "--no-state")
    assert made.returncode == 2 and len(made.stdout.splitlines()) < 12
    assert "4 more files" in made.stdout and "`-v`" in made.stdout
    assert past.palint("history", "--no-state", "-v").stdout.count("also in 2 other") == 9


def test_the_limit_of_a_run_holds(past: Past) -> None:
    past.save(a_py=line("late"), palint_toml="[limits]\nrun = 1e-3\n")
    made = past.palint("history", "--no-state")
    assert made.returncode == 2 and "limits.run" in made.stdout + made.stderr


def test_a_bare_repository(past: Past, tmp_path: Path) -> None:
    past.save(a_py=line("bare"))
    past.git("clone", "-q", "--bare", past.path.as_uri(), str(tmp_path / "bare.git"))
    made = palint("history", "--format", "json", cwd=tmp_path / "bare.git")
    assert made.returncode == 1, made.stderr
    report = json.loads(made.stdout)
    assert report["repository"]["uri"] == past.path.as_uri()
    assert [secret["path"] for secret in report["secrets"]] == ["a.py"]


def test_a_folder_that_is_no_repository(tmp_path: Path) -> None:
    made = palint("history", cwd=tmp_path)
    assert made.returncode == 2 and "not in a git repository" in made.stderr


def test_an_unknown_revision(past: Past) -> None:
    past.save(a_py="")
    made = past.palint("history", "nothing")
    assert made.returncode == 2 and "nothing" in made.stderr


def test_a_replaced_object_hides_nothing(past: Past) -> None:
    past.save(a_py=line("hidden"))
    past.save(b_py="x = 1\n")
    real, other = (past.git("rev-parse", f"HEAD:{name}").strip() for name in ("a.py", "b.py"))
    past.git("replace", real, other)
    assert len(by_value(check(past), "hidden")) == 1


def test_sha_256(make_past: Callable[[str], Past], tmp_path: Path) -> None:
    past = make_past("sha1")
    past.git("init", "-q", "--object-format=sha256", str(tmp_path / "wide"))
    wide = Past(tmp_path / "wide")
    wide.save(a_py=line("wide object names"))
    (found,) = check(wide).secrets
    assert len(found.first.commit) == len(found.oid) == 64


def test_the_order_in_which_workers_report_changes_nothing(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"{name}_py" for name in "abcd"]
    past.save(**{name: f"# {name}\n" + line("in four files") for name in names})
    past.save(**dict.fromkeys(names))
    results = check(past)
    assert len(results.secrets[0].paths) == 4
    monkeypatch.setattr(history_run, "by_secret", lambda found: by_secret(reversed(list(found))))
    assert check(past).secrets == results.secrets


def test_every_rule_that_reads_the_past_finds_what_was_deleted(past: Past) -> None:
    rules = rules_for(Config(), registry.load())
    for rule in rules:
        usual = "example" + (rule.files.suffixes or (".txt",))[0]
        for number, example in enumerate(rule.bad):
            for path, text in (example.files or {example.path or usual: example.text}).items():
                past.write(f"{rule.id()}/{number}/{path}", substitute(text))
    past.git("add", "-f", ".")
    past.commit()
    past.git("rm", "-rqf", ".")
    past.commit()
    found = {secret.rule for secret in check(past).secrets}
    assert {rule.id() for rule in rules} - found == set()
    assert not any(secret.at_head for secret in check(past).secrets)


def test_a_file_at_two_paths_is_one_secret(past: Past) -> None:
    past.save(a_py=line("twice"), b_py=line("twice"))
    (found,) = check(past).secrets
    assert found.versions == 1 and set(found.paths) == {"a.py", "b.py"}
