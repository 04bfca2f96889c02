"""What `make ecosystem` prints, stores, unpacks and refuses, with the real palint on small trees."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.secrets.synthetic import SHAPES, generate
from tests.conftest import ROOT, Repository

sys.path.insert(0, str(ROOT / "bench"))
import ecosystem
from ecosystem import Difference, EcosystemError, Entry

TOKEN = generate(SHAPES["github_token"], "ecosystem")
PASSWORD = generate(SHAPES["password"], "ecosystem")

entries = st.builds(
    Entry,
    st.sampled_from(["a.py", "docs/b c.md", "caf\\u00e9.txt"]),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from(["hardcoded-secret", "env-file"]),
    st.sampled_from(["error", "warning"]),
    st.sampled_from(["high", "low"]),
)


def found(tmp_path: Path, name: str, files: dict[str, str]) -> list[Entry]:
    """The entries that palint gives for a tree of these files."""
    for path, text in files.items():
        place = tmp_path / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return ecosystem.check(ecosystem.installed_program(), tmp_path / name, Path(os.environ["XDG_CACHE_HOME"]))


def lines(difference: Difference) -> list[str]:
    """What is printed for one tree."""
    return list(ecosystem.render({"pypi:shop": difference, "pypi:other": Difference([], [], [])}))


def test_a_change_is_printed_by_tree_and_counted_by_rule(tmp_path: Path) -> None:
    before = found(tmp_path, "before", {"app.py": f'token = "{TOKEN}"\n', ".env": "A=b\n"})
    after = found(tmp_path, "after", {"app.py": f'api_token = "{TOKEN}"\n', "new.py": f'token = "{TOKEN}"\n'})
    assert lines(ecosystem.compare(before, after)) == [
        "ecosystem: +1 -1 ~1 in 1 tree; 1 unchanged",
        "",
        "pypi:shop (+1 -1 ~1)",
        "- .env: 1:1-1:1 env-file error high",
        "~ app.py: 1:10-1:50 hardcoded-secret error high -> 1:14-1:54 hardcoded-secret error high",
        "+ new.py: 1:10-1:50 hardcoded-secret error high",
        "",
        "rule              added   lost  moved",
        "env-file              0      1      0",
        "hardcoded-secret      1      0      1",
    ]


def test_a_finding_on_another_line_is_lost_and_added(tmp_path: Path) -> None:
    before = found(tmp_path, "before", {"app.py": f'token = "{TOKEN}"\n'})
    after = found(tmp_path, "after", {"app.py": f'\n\ntoken = "{TOKEN}"\n'})
    difference = ecosystem.compare(before, after)
    assert [len(part) for part in difference] == [1, 1, 0]


def test_another_severity_or_confidence_in_the_same_place_is_a_move() -> None:
    one = Entry("a.py", (3, 1), (3, 9), "hardcoded-secret", "error", "high")
    other = one._replace(severity="warning", confidence="low")
    assert ecosystem.compare([one, one], [one, other]) == Difference([], [], [(one, other)])


def test_another_rule_in_the_same_place_is_a_move() -> None:
    one = Entry("a.py", (3, 1), (3, 9), "hardcoded-secret", "error", "high")
    other = one._replace(rule="boto3-access-key")
    assert ecosystem.compare([one], [other]) == Difference([], [], [(one, other)])


@given(st.lists(entries), st.lists(entries))
def test_each_entry_is_in_one_part_of_a_difference(before: list[Entry], after: list[Entry]) -> None:
    added, lost, moved = ecosystem.compare(before, after)
    gone = [*lost, *(old for old, _ in moved)]
    new = [*added, *(now for _, now in moved)]
    assert not set(gone) & set(new)
    kept = list(before)
    for entry in gone:
        kept.remove(entry)
    assert sorted(kept + new) == sorted(after)


@given(st.dictionaries(st.sampled_from(["pypi:a", "npm:@b+c"]), st.lists(entries, min_size=1)))
def test_stored_findings_are_read_back(stored: dict[str, list[Entry]]) -> None:
    text = ecosystem.written(stored)
    assert ecosystem.read(text) == {name: sorted(one) for name, one in stored.items()}
    assert text.isascii()


def test_no_value_is_stored(tmp_path: Path) -> None:
    entries = found(
        tmp_path, "tree", {"a.py": f'token = "{TOKEN}"\ndb_password = "{PASSWORD}"\n', ".env": "A=b\n"}
    )
    text = ecosystem.written({"pypi:shop": entries})
    assert len(entries) == 3 and TOKEN not in text and PASSWORD not in text


def test_a_file_that_was_not_checked_in_full_is_an_entry(tmp_path: Path) -> None:
    entries = found(tmp_path, "tree", {".github/workflows/a.yml": "on: push\njobs: {a: [\n"})
    assert [entry.line() for entry in entries] == ["- notice/unparsed incomplete -"]
    assert ecosystem.read(ecosystem.written({"npm:x": entries})) == {"npm:x": entries}


def test_lines_over_the_limit_are_counted() -> None:
    many = [Entry("a.py", (line, 1), (line, 9), "env-file-loaded", "error", "high") for line in range(1, 61)]
    printed = lines(Difference(many, [], []))
    assert sum(line.startswith("+ ") for line in printed) == ecosystem.MAX_LINES
    assert "… 10 more of env-file-loaded: --all prints them" in printed
    every = list(ecosystem.render({"pypi:shop": Difference(many, [], [])}, every=True))
    assert sum(line.startswith("+ ") for line in every) == 60


def test_two_commits_are_compared_in_the_repositories_of_a_folder(tmp_path: Path) -> None:
    program = Repository(tmp_path / "program")
    for name in ("src", "rules"):
        shutil.copytree(
            ROOT / name, program.path / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
    shutil.copy(ROOT / "pyproject.toml", program.path)
    program.git("add", ".")
    program.git("commit", "-qm", "first")
    rules = program.path / "rules" / "__init__.py"
    kept = [line for line in rules.read_text("utf-8").splitlines() if "env_file:EnvFile" not in line]
    rules.write_text("\n".join(kept), "utf-8")
    program.git("commit", "-qam", "second")

    bare = Repository(tmp_path / "bare")
    (bare.path / ".env").write_text("A=b\n", "utf-8")
    (bare.path / "link").symlink_to(".env")
    bare.git("add", ".")
    bare.git("commit", "-qm", "first")
    folder = tmp_path / "trees"
    shutil.copytree(bare.path / ".git", folder / "owner+bare" / "repo", symlinks=True)
    (folder / "plain").mkdir()
    (folder / "plain" / "app.py").write_text(f'token = "{TOKEN}"\n', "utf-8")

    with ecosystem.repositories(folder) as trees:
        assert sorted(trees) == ["owner+bare+repo", "plain"]
        found = []
        for revision in ("HEAD~1", "HEAD"):
            with ecosystem.program_of(revision, program.path) as command:
                found.append(ecosystem.check_all(command, trees))
    before, after = found
    assert before["plain"] == after["plain"] != []
    assert ecosystem.compare(before["owner+bare+repo"], after["owner+bare+repo"]) == (
        [],
        [Entry(".env", (1, 1), (1, 1), "env-file", "error", "high")],
        [],
    )
    assert program.git("worktree", "list").count("\n") <= 1


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of the command."""
    monkeypatch.setattr(sys, "argv", ["ecosystem.py", *arguments])
    return ecosystem.main()


def test_the_command_ends_with_1_until_a_change_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    check, cache = ecosystem.check, Path(os.environ["XDG_CACHE_HOME"])
    monkeypatch.setattr(ecosystem, "check", lambda program, tree, _: check(program, tree, cache))
    digest = "0123456789abcdef" * 4
    (tmp_path / "packages.txt").write_text(f"npm @acme/shop 1.0.0 acme-shop-1.0.0.tgz {digest}\n", "utf-8")
    tree = tmp_path / "home" / f"npm+@acme+shop-{digest[:16]}"
    tree.mkdir(parents=True)
    (tree / ".env").write_text("A=b\n", "utf-8")
    monkeypatch.setattr(ecosystem, "PINNED", tmp_path / "packages.txt")
    monkeypatch.setattr(ecosystem, "STORED", tmp_path / "findings.txt")
    monkeypatch.setattr(ecosystem, "HOME", tmp_path / "home")
    assert run(monkeypatch) == 1
    assert "npm:@acme+shop (+1 -0 ~0)\n+ .env: 1:1-1:1 env-file error high\n" in capsys.readouterr().out
    assert not (tmp_path / "findings.txt").exists()
    assert run(monkeypatch, "--accept") == 0
    assert (tmp_path / "findings.txt").read_text("utf-8") == (
        "npm:@acme+shop/.env\n 1:1-1:1 env-file error high\n"
    )
    capsys.readouterr()
    assert run(monkeypatch) == 0
    assert capsys.readouterr().out == "ecosystem: no change in 1 tree\n"
    (tree / ".env").unlink()
    assert run(monkeypatch) == 1
    assert "- .env: 1:1-1:1 env-file error high" in capsys.readouterr().out


def test_a_comparison_that_cannot_be_made_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--trees", str(tmp_path), "--base", "HEAD") == 2
    assert "has no folders" in capsys.readouterr().err
    Repository(tmp_path / "above")
    monkeypatch.setattr(ecosystem, "HOME", tmp_path / "above" / "home")
    assert run(monkeypatch) == 2
    assert "name another folder in PALINT_BENCH" in capsys.readouterr().err


def archive(place: Path, members: dict[str, str | None]) -> Path:
    """A tar archive of texts by name; None makes a link to /etc/hostname."""
    with tarfile.open(place, "w:gz") as made:
        for name, text in members.items():
            member = tarfile.TarInfo(name)
            if text is None:
                member.type, member.linkname = tarfile.SYMTYPE, "/etc/hostname"
                made.addfile(member)
            else:
                member.size = len(text)
                made.addfile(member, io.BytesIO(text.encode()))
    return place


def test_links_and_names_outside_the_folder_are_not_unpacked(tmp_path: Path) -> None:
    hostile = {
        "p-1/a.py": "a",
        "p-1/../../up": "b",
        "/p-1/sub/c.py": "c",
        "p-1/link": None,
        "p-1/link/d": "d",
    }
    ecosystem.extract(archive(tmp_path / "a.tgz", hostile), tmp_path / "into")
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert names == ["a.tgz", "into/a.py", "into/link/d", "into/p-1/sub/c.py"]


def test_an_archive_beyond_the_limits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = archive(tmp_path / "a.tgz", {"p/a": "x" * 60, "p/b": "x" * 60})
    monkeypatch.setattr(ecosystem, "MAX_BYTES", 100)
    with pytest.raises(EcosystemError, match=r"a\.tgz has more than 20000 files or 100 bytes"):
        ecosystem.extract(place, tmp_path / "bytes")
    monkeypatch.setattr(ecosystem, "MAX_BYTES", 1000)
    monkeypatch.setattr(ecosystem, "MAX_FILES", 1)
    with pytest.raises(EcosystemError, match="more than 1 files"):
        ecosystem.extract(place, tmp_path / "files")


def test_an_archive_with_another_hash_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecosystem, "HOME", tmp_path)
    monkeypatch.setattr(ecosystem, "download", lambda *_: archive(tmp_path / "p-1.tgz", {"p/a": "x"}))
    package = ecosystem.Package("npm", "p", "1", "p-1.tgz", "0" * 64)
    with pytest.raises(EcosystemError, match="does not have the SHA-256"):
        ecosystem.unpacked(package)
    assert [path.name for path in tmp_path.iterdir()] == ["p-1.tgz"]


def test_a_program_that_fails_ends_the_comparison(tmp_path: Path) -> None:
    with pytest.raises(EcosystemError, match="ended with 2"):
        ecosystem.check([*ecosystem.installed_program(), "--no-such-option"], tmp_path, tmp_path)


def test_there_are_sixty_pinned_packages_and_findings_of_no_other() -> None:
    keys = [package.key for package in ecosystem.packages()]
    stored = ecosystem.read(ecosystem.STORED.read_text("utf-8"))
    assert len(keys) == len(set(keys)) == 60
    assert set(stored) <= set(keys)
    assert ecosystem.written(stored) == ecosystem.STORED.read_text("utf-8")
