"""Whatever the bytes and the name: no failure but ours, and nothing depends on what must not matter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from palint.config import Config
from palint.engine.run import run
from palint.findings import Finding
from palint.testing import substitute
from palint.tree.project import Project
from palint.tree.worktree import WorkTree
from tests.conftest import ROOT
from tests.grouped import grouped

sys.path.insert(0, str(ROOT / "fuzz"))
import targets

CRASHES = sorted((Path(__file__).parent / "crashes").glob("*"))
SEEDS = sorted(
    {
        (path or "a.txt", substitute(text))
        for rule in targets.RULES.values()
        for example in (*rule.bad, *rule.good)
        for path, text in (example.files or {example.path: example.text}).items()
    }
)
PATHS = [
    "a.py", "a.ipynb", "a.ts", "a.tf", "Dockerfile", "a.sh", ".env.example", "a.json", "action.yml",
    ".github/workflows/a.yml", "docker-compose.yml", "a.java", "a.go", "credentials", "a.txt",
]  # fmt: skip
NAMES = st.text(st.characters(blacklist_characters="\0/", blacklist_categories=()), min_size=1, max_size=40)
few = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@few
@given(data=st.binary(max_size=300), path=st.sampled_from(PATHS))
def test_any_bytes(data: bytes, path: str) -> None:
    targets.of_file(path)(data)


@few
@given(seed=st.sampled_from(SEEDS), cut=st.tuples(st.floats(0, 1), st.floats(0, 1)), put=st.text(max_size=8))
def test_any_damage(seed: tuple[str, str], cut: tuple[float, float], put: str) -> None:
    """A real example with a piece of it replaced."""
    path, text = seed
    start, end = sorted(int(x * len(text)) for x in cut)
    targets.of_file(path)((text[:start] + put + text[end:]).encode("utf-8", "surrogatepass"))


@few
@given(data=st.binary(max_size=200))
def test_decoding(data: bytes) -> None:
    targets.of_source(data)


@few
@given(data=st.one_of(st.binary(max_size=200), st.text("[]{}=\"'.,\n aselct", max_size=100).map(str.encode)))
def test_settings_and_baselines(data: bytes) -> None:
    targets.of_settings(data)
    targets.of_baseline(data)


@few
@given(text=st.text(max_size=200))
def test_escapers(text: str) -> None:
    targets.of_escapers(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("path", CRASHES, ids=lambda p: p.name)
def test_inputs_that_failed_once(path: Path) -> None:
    targets.TARGETS[path.name.rpartition("-")[0]](path.read_bytes())


def signature(finding: Finding) -> tuple[object, ...]:
    """A finding without what depends on line ends and encoding: offsets into the text."""
    return (
        finding.rule,
        finding.span.start,
        finding.span.end,
        finding.severity,
        finding.message,
        finding.value_bits,
    )


def about_encodings(text: str) -> bool:
    """Whether an example is about line ends or encodings itself."""
    return "\r" in text or "\ufeff" in text or "\ud800" <= max(text, default="") <= "\udfff"


@grouped(
    "seed",
    [seed for seed in SEEDS if not about_encodings(seed[1])][:: max(1, len(SEEDS) // 150)],
    key=lambda seed: seed[0].rpartition(".")[2],
)
def test_recoding_changes_no_finding(seed: tuple[str, str]) -> None:
    """CRLF, a byte order mark and UTF-16: the same places, the same values."""
    path, text = seed
    plain = [signature(f) for f in targets.check({path: text.encode()}).findings]
    with_mark = targets.check({path: b"\xef\xbb\xbf" + text.encode()})
    assert [signature(f) for f in with_mark.findings] == plain
    wide = targets.check({path: text.encode("utf-16")})
    assert [signature(f) for f in wide.findings] == plain
    windows = [signature(f) for f in targets.check({path: text.replace("\n", "\r\n").encode()}).findings]
    assert [s[:2] for s in windows] == [s[:2] for s in plain]


def test_workers_change_nothing(tmp_path: Path) -> None:
    """One process or three: the same findings, notices and suppressions, in the same order."""
    for number, (path, text) in enumerate(SEEDS):
        place = tmp_path / f"{number % 40}" / f"{number}" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode("utf-8", "surrogatepass"))
    made = [
        run(
            Project(str(tmp_path), WorkTree(str(tmp_path), repository=False)),
            Config(),
            targets.RULES,
            jobs=jobs,
        )
        for jobs in (1, 3)
    ]
    assert made[0]._replace(seconds=0) == made[1]._replace(seconds=0)
    assert len(made[0].findings) > 100


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(name=NAMES)
def test_any_name(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    root = tmp_path_factory.mktemp("names")
    try:
        (root / name).write_text(substitute('TOKEN = "{github_token}"\n'))
    except (OSError, UnicodeEncodeError):
        return  # no name for this file system
    project = Project(str(root), WorkTree(str(root), repository=False))
    results = run(project, Config(), targets.RULES, jobs=1)
    targets.reports(results)
    assert {f.span.path for f in results.findings if f.rule == "hardcoded-secret"} == {name}
