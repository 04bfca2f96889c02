"""CPU time of `palint check --since` on a pull request of 20 files in a repository of 5,000.

    python bench/since.py TREE [ROUNDS]

The repository is made of the first files of usual kinds and sizes in TREE. A commit changes 20 of them. What
counts is the cost of the change in relation to a check of those 20 files without base and baseline. Once
nothing in it was ever accepted; once one of the 20 is a workflow beside nine others; once each of the 20
has an accepted finding, in the baseline or with a comment, so that the base of all is checked, too.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import corpus

from palint.secrets.synthetic import generate

FILES, CHANGED, ROUNDS = 5_000, 20, 7
GOAL = 1.5
SUFFIXES = (".py", ".yml", ".yaml", ".md", ".rst", ".toml", ".js", ".ts", ".sh", ".html", ".json")
PALINT = str(Path(sys.executable).parent / "palint")
GIT = ["git", "-c", "user.name=bench", "-c", "user.email=bench@example.com"]
WORKFLOW = "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make test\n"


def seconds(command: list[str], folder: Path) -> float:
    """User and system time of one run and of everything that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    made = subprocess.run(command, cwd=folder, capture_output=True, env=corpus.ENVIRONMENT, check=False)
    assert made.returncode in (0, 1), made.stderr.decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def commit(folder: Path) -> None:
    """Commit everything."""
    subprocess.run([*GIT, "add", "-A"], cwd=folder, check=True)
    subprocess.run([*GIT, "commit", "-q", "-m", "bench"], cwd=folder, check=True)


def repository(tree: Path, folder: Path) -> list[str]:
    """Copy FILES files into a new repository, and return the CHANGED ones that the change edits."""
    usual = (p for p in tree.rglob("*") if p.suffix in SUFFIXES and p.is_file() and not p.is_symlink())
    found = sorted(path for path in usual if 500 < path.stat().st_size < 20_000)
    for path in found[:FILES]:
        there = folder / path.relative_to(tree)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, there)
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    _remove_what_is_incomplete(folder)
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    return names[:: len(names) // CHANGED][:CHANGED]


def _remove_what_is_incomplete(folder: Path) -> None:
    """Delete the files that palint cannot check in full: they make no baseline."""
    command = [PALINT, "check", "--isolated", "--format", "json"]
    made = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    for notice in json.loads(made.stdout)["notices"]:
        if notice["path"] and notice["kind"] == "unparsed":
            (folder / notice["path"]).unlink(missing_ok=True)


def accept(folder: Path, changed: list[str]) -> None:
    """Give each file a finding, half of them with a comment, and put the others into the baseline."""
    for number, name in enumerate(changed):
        comment = "  # palint: ignore[hardcoded-secret] revoked" if number % 2 else ""
        with (folder / name).open("a") as file:
            file.write(f'\n\nTOKEN = "{generate("{github_token}", name)}"{comment}\n')
    subprocess.run([PALINT, "baseline", "--add"], cwd=folder, capture_output=True, check=False)
    assert (folder / "palint-baseline.jsonl").exists()


def compare(name: str, folder: Path, changed: list[str], rounds: int) -> None:
    """Commit, change the files, and print what the change and the files cost."""
    commit(folder)
    for each in changed:
        with (folder / each).open("a") as file:
            file.write("\n# changed\n")
    commit(folder)
    commands = {"--since": ["--since", "HEAD~1"], "files": ["--isolated", *changed]}
    took: dict[str, list[float]] = {kind: [] for kind in commands}
    for _ in range(rounds):
        for kind, words in commands.items():
            took[kind].append(seconds([PALINT, "check", *words], folder))
    since, files = (min(took[kind]) for kind in commands)
    sys.stdout.write(f"{name:22} {1000 * since:5.0f} ms  {1000 * files:5.0f} ms  {since / files:5.2f}\n")


def main() -> None:
    """Print a line for each state of the repository; the least of each counts, since other work only adds."""
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        changed = repository(Path(sys.argv[1]).resolve(), folder)
        total = sum(1 for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        sys.stdout.write(f"{total:,} files, {len(changed)} changed; CPU: --since, the files alone, ratio\n")
        compare("nothing accepted", folder, changed, rounds)
        workflows = [f".github/workflows/{number}.yml" for number in range(10)]
        (folder / ".github" / "workflows").mkdir(parents=True)
        for workflow in workflows:
            (folder / workflow).write_text(WORKFLOW)
        compare("a workflow among them", folder, [*changed[1:], workflows[0]], rounds)
        accept(folder, changed)
        compare("a finding in each", folder, changed, rounds)
        sys.stdout.write(f"the goal is at most {GOAL}\n")


if __name__ == "__main__":
    main()
