"""The base of a change: checked only where it matters, and by the process that checked the head."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from palint import registry
from palint.config import Config
from palint.engine.base_check import BaseCheck, BaseOfChange
from palint.engine.file_checker import FileChecker
from palint.engine.run import select
from palint.secrets.synthetic import generate
from palint.tree.project import Project
from tests.conftest import Repository
from tests.hostile.test_properties import targets

PRINTED = True  # see the fixture `repo`
SECRET = f'TOKEN = "{generate("{github_token}", 5)}"'
OTHER = f'TOKEN = "{generate("{github_token}", 6)}"'
ACCEPTED = SECRET + "  # palint: ignore[hardcoded-secret] revoked\n"


@pytest.fixture
def checks(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Where a rule of another package writes each text that it is given, and the process it runs in; the
    environment that installs the rule."""
    folder = tmp_path / "installed"
    (folder / "noting-1.dist-info").mkdir(parents=True)
    (folder / "noting-1.dist-info" / "entry_points.txt").write_text(
        "[palint.rules]\nnoting = noting:Noting\n"
    )
    (folder / "noting.py").write_text(
        "import json, os\n"
        "from palint.rule import Rule\n"
        "class Noting(Rule):\n"
        "    'Note what is checked.'\n"
        "    keywords = ('note this',)\n"
        "    def check(self, file, project):\n"
        f"        with open({str(tmp_path / 'checks')!r}, 'a') as log:\n"
        "            log.write(json.dumps([file.path, 'head' in file.text, os.getpid()]) + '\\n')\n"
        "        return ()\n"
    )
    return tmp_path / "checks", {"PYTHONPATH": str(folder)}


def _change(repo: Repository, files: dict[str, str]) -> None:
    for path, text in files.items():
        repo.write(path, text)
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    for path, text in files.items():
        repo.write(path, text + "# head\n")
    repo.add()
    repo.commit()


def test_the_base_of_a_file_with_an_accepted_finding(
    repo: Repository, checks: tuple[Path, dict[str, str]]
) -> None:
    _change(repo, {"a.py": f"# note this\n{ACCEPTED}", "b.py": f"# note this\n{OTHER}\n"})
    log, env = checks
    assert repo.palint("--since", "main", env=env).returncode == 1
    made = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(path, head) for path, head, _ in made] == [("a.py", True), ("a.py", False), ("b.py", True)]
    assert len({process for *_, process in made}) == 1


def test_a_moved_finding_is_searched_in_all_changed_files(
    repo: Repository, checks: tuple[Path, dict[str, str]]
) -> None:
    repo.write("a.py", f"# note this\n{SECRET}\n")
    repo.write("b.py", "# note this\n")
    repo.add()
    repo.palint("baseline")
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("a.py", "# note this head\n")
    repo.write("b.py", f"# note this head\n{SECRET}\n")
    repo.add()
    repo.commit()
    log, env = checks
    made = repo.palint("--since", "main", "--format", "json", env=env)
    assert made.returncode == 0 and not json.loads(made.stdout)["findings"]
    seen = [json.loads(line)[:2] for line in log.read_text().splitlines()]
    assert sorted(seen) == [["a.py", False], ["a.py", True], ["b.py", False], ["b.py", False], ["b.py", True]]


def test_a_file_that_the_base_excludes_had_no_finding(repo: Repository) -> None:
    repo.write("palint.toml", 'exclude = ["a.py"]\n')
    repo.write("a.py", ACCEPTED)
    repo.add()
    repo.commit()
    repo.git("checkout", "-q", "-b", "side")
    repo.write("palint.toml", 'exclude = ["c.py"]\n')
    repo.write("a.py", ACCEPTED + "# head\n")
    repo.add()
    repo.commit()
    shown = repo.palint("--since", "main")
    assert "this change accepts 1 finding: a.py:1 hardcoded-secret" in shown.stdout + shown.stderr


def test_the_check_of_the_base_is_progress_of_the_file() -> None:
    """A worker without progress is killed."""
    project = Project("/nowhere", targets.Memory({"a.py": ACCEPTED.encode()}))
    rules = select(Config(), registry.load())
    head = FileChecker(project, Config(), rules)
    made = head.check("a.py")
    assert made is not None and made.suppressed
    beats: list[None] = []
    head.heartbeat = lambda: beats.append(None)
    base = BaseOfChange(project, Config(), lambda: rules, {"a.py"}, ())
    assert BaseCheck(base, head).added_to(made, "a.py").base is not None
    assert beats
