"""`make cost`: its arithmetic, the file of accepted rises, what it compares with, and what it counts."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Repository, palint

sys.path.insert(0, str(ROOT / "bench"))
import cost
import cost_corpora
from cost import Accepted, Base, CostError, Count

BASE = Base("base", "0" * 40, cost.LIMIT)
RISE = "2026-01-31 start +0.8% settings are read from the tree that is checked"


def counts(**totals: int) -> dict[str, Count]:
    return {corpus: Count(totals.get(corpus, 1000), 10) for corpus in cost_corpora.COMMANDS}


def judged(head: int, accepted: float = 0.0, base: Base = BASE) -> tuple[str, bool]:
    allowed = {corpus: accepted if corpus == "mixed" else 0.0 for corpus in cost_corpora.COMMANDS}
    return cost.judge(base, counts(mixed=1000), counts(mixed=head), allowed)


@pytest.mark.parametrize(("head", "passes"), [(900, True), (1000, True), (1005, True), (1006, False)])
def test_half_a_per_cent_more_is_the_most(head: int, passes: bool) -> None:
    assert judged(head)[1] is passes


def test_three_per_cent_more_than_the_last_release_is_the_most() -> None:
    last = Base("last", "0" * 40, cost.CREEP)
    assert judged(1030, base=last)[1]
    assert not judged(1031, base=last)[1]


def test_an_accepted_rise_is_added_to_what_a_corpus_may_take() -> None:
    assert judged(1012, accepted=0.7)[1]
    assert not judged(1013, accepted=0.7)[1]


def test_a_rise_of_one_corpus_is_not_paid_by_another() -> None:
    allowed = dict.fromkeys(cost_corpora.COMMANDS, 0.0) | {"start": 9.0}
    table, passes = cost.judge(BASE, counts(), counts(mixed=1010, start=500), allowed)
    assert not passes
    assert "mixed takes too much more" in table and "start takes" not in table


def test_the_line_that_a_failure_prints_accepts_it() -> None:
    table, passes = judged(1013, accepted=0.7)
    line = table.splitlines()[-1].strip().replace("YYYY-MM-DD", "2026-01-31")
    assert not passes and cost.ACCEPTED in table
    ((corpus, percent, _),) = cost.parse_accepted(line).rises
    assert corpus == "mixed"
    assert judged(1013, accepted=0.7 + percent)[1]


def test_accepted_rises_are_read() -> None:
    read = cost.parse_accepted(f"# comment\n\nbase {'ab' * 20}\n{RISE}\n")
    assert read == Accepted("ab" * 20, (("start", 0.8, RISE),))


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-31 start +0.8%",  # no reason
        "2026-01-31 start 0.8% a fall needs no line",
        "2026-01-31 start +0.8 the sign of per cent is missing",
        "2026-01-31 hook +0.8% there is no such corpus",
        "31.1.2026 start +0.8% another form of the date",
        "base main",
    ],
)
def test_a_line_that_accepts_nothing_is_an_error(line: str) -> None:
    with pytest.raises(CostError, match=rf"^{cost.ACCEPTED}:2: must be `DATE CORPUS"):
        cost.parse_accepted(f"# comment\n{line}\n")


def test_only_lines_newer_than_the_base_accept() -> None:
    later = RISE.replace("+0.8%", "+0.3%")
    then = cost.parse_accepted(f"{RISE}\n")
    now = cost.parse_accepted(f"{RISE}\n{later}\n{RISE}\n")
    allowed = cost.newly_accepted(now, then)
    assert allowed["start"] == pytest.approx(1.1)  # the new one, and the old one once more
    assert allowed["mixed"] == 0
    assert cost.newly_accepted(then, now)["start"] == 0  # lines that went after a release


def test_the_committed_file_is_valid() -> None:
    read = cost.parse_accepted((ROOT / cost.ACCEPTED).read_text("utf-8"))
    assert read.start


def written(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.removeprefix("p")).write_text(f"desc: x\ncmd: y\nevents: Ir\n{text}")
    return folder


def test_instructions_before_a_fork_count_once(tmp_path: Path) -> None:
    out = written(
        tmp_path,
        p1="fl=???\nfn=???\n0 70\n1 5\nfn=main\n0 25\nsummary: 100\n",
        p2="fl=???\nfn=???\n0 40\nfn=main\n0 20\nsummary: 60\n",  # the marker: 60 until the fork
        p3="fl=???\nfn=???\n0 41\nfn=main\n0 22\nsummary: 63\n",  # the child: 3 of its own
    )
    assert cost.instructions(out, [("3", "2")]) == Count(103, 76)


def test_a_killed_process_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CostError, match="process 3 was killed before"):
        cost.instructions(written(tmp_path, p1="summary: 100\n", p2="summary: 60\n"), [("3", "2")])
    with pytest.raises(CostError, match="process 1 was killed while"):
        cost.instructions(written(tmp_path, p1="fn=main\n0 25\n"), [])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_a_fork_costs_a_forked_process_alone(tmp_path: Path) -> None:
    """A child and a grandchild without work, after a million rounds of a loop, add little to them."""
    program = (
        "import sys\n"
        f"sys.prefix, sys.path[:0] = {str(tmp_path)!r}, [{str(ROOT / 'bench')!r}]\n"
        "import cost_forks, os\n"
        "for _ in range(1_000_000): pass\n"
        "for _ in range(int(sys.argv[1])):\n"
        "    child = os.fork()\n"
        "    if child:\n"
        "        os.waitpid(child, 0)\n"
        "        break\n"
    )
    totals = []
    for forks in (0, 2):
        out = tmp_path / f"out{forks}"
        out.mkdir()
        valgrind = [
            "valgrind",
            "-q",
            "--tool=cachegrind",
            "--cache-sim=no",
            f"--cachegrind-out-file={out}/%p",
        ]
        subprocess.run([*valgrind, sys.executable, "-I", "-S", "-c", program, str(forks)], check=True)
        log = tmp_path / "forks"
        pairs = [(one, two) for one, two in map(str.split, log.read_text().splitlines())] if forks else []
        assert len(pairs) == forks
        totals.append(cost.instructions(out, pairs).total)
    alone, forked = totals
    assert alone > 20_000_000  # a million rounds
    assert abs(forked - alone) < 0.25 * alone  # hashes are random here; counted thrice it would be 2 * alone


def test_a_branch_is_compared_with_its_merge_base_and_the_release(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "ROOT", repo.path)
    commits = []
    for number in range(3):
        repo.write("src/palint/a.py", f"{number}")
        repo.add()
        repo.commit()
        commits.append(repo.git("rev-parse", "HEAD").strip())
    accepted = Accepted(commits[0], ())
    last = Base("last", commits[0], cost.CREEP)
    assert cost.bases(accepted) == [last]  # on main
    repo.write("src/palint/a.py", "not committed")
    assert cost.bases(accepted) == [Base("base", commits[2], cost.LIMIT), last]
    repo.git("checkout", "-q", "-b", "work")
    repo.add()
    repo.commit()
    assert cost.bases(accepted) == [Base("base", commits[2], cost.LIMIT), last]
    repo.git("tag", "v1.0.0", commits[1])
    assert cost.bases(accepted)[1] == Base("last", commits[1], cost.CREEP)
    assert cost.bases(accepted, "HEAD~3") == [Base("base", commits[0], cost.LIMIT)]
    with pytest.raises(CostError, match=r"^absent is not in this clone"):
        cost.bases(accepted, "absent")


def test_a_merge_base_that_is_the_release_keeps_the_lower_limit(
    repo: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "ROOT", repo.path)
    repo.commit()
    first = repo.git("rev-parse", "HEAD").strip()
    repo.git("checkout", "-q", "-b", "work")
    repo.commit()
    assert cost.bases(Accepted(first, ())) == [Base("base", first, cost.LIMIT)]
    with pytest.raises(CostError, match="nothing to compare with"):
        repo.git("branch", "-f", "main", "HEAD")
        cost.bases(Accepted("", ()))


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpora")
    cost_corpora.write(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_the_corpora_are_the_same_bytes_every_time(corpora: Path, tmp_path: Path) -> None:
    cost_corpora.write(tmp_path)
    made = contents(corpora)
    assert made == contents(tmp_path)
    assert sum(name.startswith("mixed/") for name in made) == cost_corpora.MIXED_FILES + 1  # palint.toml


@pytest.mark.parametrize(
    ("corpus", "least", "most"), [("start", 0, 0), ("mixed", 1, 30), ("findings", 200, 250)]
)
def test_a_corpus_is_checked_in_full(corpora: Path, corpus: str, least: int, most: int) -> None:
    """Exit code 2 would mean that palint skipped some of what is counted."""
    for command in cost_corpora.COMMANDS[corpus]:
        done = palint(*command.arguments, cwd=corpora / command.folder)
        assert done.returncode == (1 if least else 0), done.stdout + done.stderr
        found = re.search(r"Found (\d+) errors", done.stdout)
        assert least <= (int(found[1]) if found else 0) <= most
