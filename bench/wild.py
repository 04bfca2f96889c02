"""What became of the findings in real repositories that a person has read.

    python bench/wild.py FOLDER            checks the repositories of wild/findings.csv that are in a folder
    python bench/wild.py FOLDER --changed  also lists each finding that is not as it was
    python bench/wild.py FOLDER --labels F the same for the rows of another table, which may have no causes

FOLDER has clones, bare or not: `OWNER+NAME/repo`, `OWNER+NAME`, `OWNER/NAME`, `NAME`. Nothing is fetched.
A repository is checked at the commit of its rows, in a temporary folder. Exit codes: 0 done, 2 none found.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ecosystem import Entry, check, installed_program

LABELS = Path(__file__).with_suffix("") / "findings.csv"
MAX_BYTES = 4_000_000  # of a file; larger ones are not checked out
VERDICTS = ("right", "low", "debatable", "wrong")


class Label(NamedTuple):
    """A finding that was read. line to end_column: 1-based, in code points, the end exclusive.

    confidence: of the finding when it was read. cause: why it is wrong or debatable; "" if it is right.
    A verdict of `low` is right with low confidence and wrong with high.
    """

    repository: str
    commit: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    confidence: str
    verdict: str
    cause: str

    def is_at(self, entry: Entry) -> bool:
        """Whether a finding of today, of whichever rule, is at the same place or a part of it."""
        start, end = (self.line, self.column), (self.end_line, self.end_column)
        return entry.start == start or (entry.start < end and start < entry.end)


def labels(path: Path = LABELS) -> list[Label]:
    """The rows of the table. Raises ValueError for a row that is not of its form."""
    found = []
    with path.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            numbers = {name: int(row[name]) for name in ("line", "column", "end_line", "end_column")}
            made = Label(**{"cause": "", **row, **numbers})
            if made.verdict not in VERDICTS or (
                "cause" in row and (made.verdict == "right") != (not made.cause)
            ):
                raise ValueError(f"{path}: {made}: a verdict of {VERDICTS}, and a cause unless it is right")
            found.append(made)
    return found


def repository(folder: Path, name: str) -> Path | None:
    """The git directory of a repository in a folder of clones; None if it is not there."""
    flat = name.replace("/", "+")
    for candidate in (folder / flat / "repo", folder / flat, folder / name, folder / name.rpartition("/")[2]):
        for made in (candidate / ".git", candidate):
            if (made / "HEAD").is_file():
                return made
    return None


def check_out(git_dir: Path, commit: str, place: Path) -> None:
    """Write the files of a commit into a folder, and make them a repository of their own.

    Not with `git checkout`, which stops at an object that a partial clone lacks. Links and large files are
    left out.
    """
    listed = _git("--git-dir", str(git_dir), "ls-tree", "-r", "-z", "-l", commit).split(b"\0")
    rows = [
        (meta.split(), path.decode("utf-8", "surrogateescape"))
        for meta, _, path in (r.partition(b"\t") for r in listed)
        if meta
    ]
    wanted = [
        (meta[2], path)
        for meta, path in rows
        if meta[0] in (b"100644", b"100755") and meta[3].isdigit() and int(meta[3]) <= MAX_BYTES
    ]
    cat = subprocess.Popen(
        ["git", "--git-dir", str(git_dir), "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert cat.stdin is not None and cat.stdout is not None
    for name, path in wanted:
        cat.stdin.write(name + b"\n")
        cat.stdin.flush()
        head = cat.stdout.readline().split()
        if len(head) != 3:
            continue  # missing
        data = cat.stdout.read(int(head[2]))
        cat.stdout.read(1)
        target = place / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    cat.stdin.close()
    cat.wait()
    _git("init", "--quiet", str(place))
    _git("-C", str(place), "-c", "core.autocrlf=false", "add", "--all", "--force")


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], capture_output=True, check=True).stdout


def texts(folder: Path, rows: Sequence[Label]) -> Iterator[tuple[str, str, list[tuple[Label, int, int]]]]:
    """(path, text, (label, start, end) of the file in code points) of each file whose repository is there."""
    by_file: dict[tuple[str, str, str], list[Label]] = defaultdict(list)
    for row in rows:
        by_file[row.repository, row.commit, row.path].append(row)
    for (name, commit, path), group in sorted(by_file.items()):
        git_dir = repository(folder, name)
        if git_dir is None:
            continue
        text = _git("--git-dir", str(git_dir), "show", f"{commit}:{path}").decode("utf-8", "replace")
        text = text.removeprefix("\ufeff")
        starts = [0, *(found.end() for found in re.finditer("\r\n?|\n", text))]
        yield (
            path,
            text,
            [
                (row, starts[row.line - 1] + row.column - 1, starts[row.end_line - 1] + row.end_column - 1)
                for row in group
            ],
        )


def fate(label: Label, found: Sequence[Entry]) -> str:
    """What became of a finding: `high`, `low` or `gone`. found: the findings of its file."""
    there = [entry.confidence for entry in found if label.is_at(entry)]
    return max(there, key=("low", "high").index) if there else "gone"


def fates(folder: Path, rows: Sequence[Label]) -> Iterator[tuple[Label, str]]:
    """(label, what became of it) for each repository that is in the folder."""
    by_repository: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for row in rows:
        by_repository[row.repository, row.commit].append(row)
    with tempfile.TemporaryDirectory(prefix="palint-wild-") as cache:
        for (name, commit), group in sorted(by_repository.items()):
            git_dir = repository(folder, name)
            if git_dir is None:
                print(f"not in {folder}: {name}", file=sys.stderr)
                continue
            with tempfile.TemporaryDirectory(prefix="palint-wild-") as place:
                check_out(git_dir, commit, Path(place))
                found: dict[str, list[Entry]] = defaultdict(list)
                for entry in check(installed_program(), Path(place), Path(cache)):
                    if not entry.rule.startswith("notice/"):
                        found[entry.path].append(entry)
            # `Entry` has the path as JSON writes it
            yield from ((label, fate(label, found[json.dumps(label.path)[1:-1]])) for label in group)


def report(results: Sequence[tuple[Label, str]]) -> Iterator[str]:
    """The lines of the report: by verdict and confidence, then the wrong ones by cause."""
    table = Counter((label.verdict, label.confidence, now) for label, now in results)
    repositories = len({label.repository for label, _ in results})
    yield f"{len(results):,} findings of {repositories} repositories"
    yield f"{'was':18}{'high':>8}{'low':>8}{'gone':>8}"
    for verdict in VERDICTS:
        for confidence in ("high", "low"):
            counts = [table[verdict, confidence, now] for now in ("high", "low", "gone")]
            if any(counts):
                yield f"{confidence + ' ' + verdict:18}" + "".join(f"{count:8}" for count in counts)
    for now in ("high", "low"):
        shown = Counter(label.verdict for label, is_now in results if is_now == now)
        if total := shown.total():
            wrong = shown["wrong"] + (shown["low"] if now == "high" else 0)
            yield f"{now} now: {wrong} of {total} wrong ({wrong / total:.1%})"
    causes = Counter((label.cause, now) for label, now in results if label.verdict == "wrong")
    yield f"\n{'wrong, by cause':32}{'high':>8}{'low':>8}{'gone':>8}"
    for cause in sorted({cause for cause, _ in causes}):
        yield f"{cause:32}" + "".join(f"{causes[cause, now]:8}" for now in ("high", "low", "gone"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--changed", action="store_true", help="list each finding that is not as it was")
    parser.add_argument("--rule", default="", help="only findings of this rule")
    parser.add_argument("--labels", type=Path, default=LABELS, help="the table of findings")
    options = parser.parse_args(arguments)
    rows = [row for row in labels(options.labels) if not options.rule or row.rule == options.rule]
    results = list(fates(options.folder, rows))
    if not results:
        print(f"{options.folder}: none of the repositories of {LABELS.name}", file=sys.stderr)
        return 2
    for label, now in results if options.changed else ():
        if now != label.confidence:
            where = f"{label.repository} {label.path}:{label.line}:{label.column}"
            print(f"{label.confidence} -> {now} {label.verdict} {label.rule} {where} {label.cause}")
    print("\n".join(report(results)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
