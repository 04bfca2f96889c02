"""What a change adds, loses and moves among the findings in other people's code.

    python bench/ecosystem.py              compares the findings in the packages of
                                           ecosystem/packages.txt with ecosystem/findings.txt
    python bench/ecosystem.py --accept     the same, and stores the new findings
    python bench/ecosystem.py --base REV   compares with the palint of another commit
    python bench/ecosystem.py --trees DIR  the same in the repositories of a folder; without --base, with the
                                           palint of the merge base with main
    python bench/ecosystem.py --pin pypi:flask npm:express
                                           prints lines for packages.txt, with the newest versions

Stored are rule, path, span, severity and confidence, and no value. Exit codes: 0 nothing changed, 1 something
did, 2 the comparison could not be made.

An archive is downloaded by the client of its registry, compared with its SHA-256 and unpacked; nothing in it
runs. The unpacked archives are kept in the user's cache, or in the folder that PALINT_BENCH names.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import venv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PINNED = Path(__file__).with_suffix("") / "packages.txt"
STORED = Path(__file__).with_suffix("") / "findings.txt"
HOME = Path(os.environ.get("PALINT_BENCH", Path.home() / ".cache" / "palint-bench")) / "ecosystem"
SOURCES = {"palint": "src/palint", "palint_rules": "rules"}  # {package: its folder in the repository}
MAX_FILES = 20_000  # of one archive; the largest of packages.txt has 3,000
MAX_BYTES = 100_000_000  # of one archive, unpacked
MAX_LINES = 50  # printed for one rule in one tree, as ruff's ecosystem check does
ALONE = {
    name: value for name, value in os.environ.items() if not name.startswith(("PALINT_", "PYTHON", "GIT_"))
}


class EcosystemError(Exception):
    """The comparison cannot be made; the text says why and what to do."""


class Entry(NamedTuple):
    """A finding, or a notice that a file was not checked in full."""

    path: str  # as in JSON: ASCII, what is not is escaped
    start: tuple[int, int]  # line and column, 1-based; (0, 0) for a notice
    end: tuple[int, int]
    rule: str  # or `notice/` and its kind
    severity: str
    confidence: str

    def place(self) -> str:
        """`line:column-line:column`, or `-` for a notice."""
        return f"{self.start[0]}:{self.start[1]}-{self.end[0]}:{self.end[1]}" if self.start[0] else "-"

    def line(self) -> str:
        """All but the path."""
        return f"{self.place()} {self.rule} {self.severity} {self.confidence}"


class Difference(NamedTuple):
    """What changed in one tree."""

    added: list[Entry]
    lost: list[Entry]
    moved: list[tuple[Entry, Entry]]  # (before, after)


# --- comparing


def compare(before: Iterable[Entry], after: Iterable[Entry]) -> Difference:
    """What is only before, only after, and what moved.

    A finding moved if its file now has one of the same rule in the same place, with another severity or
    confidence, or one of another rule there, or one of the same rule on one of its lines.
    """
    old, new = Counter(before), Counter(after)
    lost, added = sorted((old - new).elements()), sorted((new - old).elements())
    moved = _pairs(lost, added, lambda entry: (entry.path, entry.start, entry.end, entry.rule), _always)
    moved += _pairs(lost, added, lambda entry: (entry.path, entry.start, entry.end), _always)
    moved += _pairs(lost, added, lambda entry: (entry.path, entry.rule), _share_a_line)
    return Difference(added, lost, sorted(moved))


def _always(one: Entry, other: Entry) -> bool:
    return True


def _share_a_line(one: Entry, other: Entry) -> bool:
    return one.start[0] <= other.end[0] and other.start[0] <= one.end[0]


def _pairs(
    lost: list[Entry],
    added: list[Entry],
    key: Callable[[Entry], object],
    match: Callable[[Entry, Entry], bool],
) -> list[tuple[Entry, Entry]]:
    """Take from both lists the pairs of one key that match, the first with the first."""
    candidates: dict[object, list[Entry]] = defaultdict(list)
    for entry in added:
        candidates[key(entry)].append(entry)
    pairs = []
    for entry in lost.copy():
        among = candidates[key(entry)]
        other = next((other for other in among if match(entry, other)), None)
        if other is not None:
            among.remove(other)
            lost.remove(entry)
            added.remove(other)
            pairs.append((entry, other))
    return pairs


def render(differences: Mapping[str, Difference], *, every: bool = False) -> Iterator[str]:
    """The lines that say what changed, tree by tree, and how much of it by rule.

    every: print each line, however many one rule has.
    """
    changed = {name: found for name, found in differences.items() if any(found)}
    if not changed:
        yield f"ecosystem: no change in {_count(differences, 'tree')}"
        return
    total = Counter(sign for found in changed.values() for sign, _, _ in _signed(found))
    unchanged = len(differences) - len(changed)
    yield f"ecosystem: {_signs(total)} in {_count(changed, 'tree')}; {unchanged} unchanged"
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    for name, found in sorted(changed.items()):
        yield ""
        yield f"{name} ({_signs(Counter(sign for sign, _, _ in _signed(found)))})"
        printed: Counter[str] = Counter()
        for sign, rule, line in _signed(found):
            rules[rule][sign] += 1
            printed[rule] += 1
            if every or printed[rule] <= MAX_LINES:
                yield f"{sign} {line}"
        for rule, count in sorted(printed.items()):
            if not every and count > MAX_LINES:
                yield f"… {count - MAX_LINES} more of {rule}: --all prints them"
    yield ""
    width = max(map(len, rules))
    yield f"{'rule':{width}} {'added':>6} {'lost':>6} {'moved':>6}"
    for rule, counts in sorted(rules.items()):
        yield f"{rule:{width}} {counts['+']:6} {counts['-']:6} {counts['~']:6}"


def _signed(found: Difference) -> list[tuple[str, str, str]]:
    """(sign, rule, what to print) of each change, in the order of the files."""
    lines = [(entry, "+", f"{entry.path}: {entry.line()}") for entry in found.added]
    lines += [(entry, "-", f"{entry.path}: {entry.line()}") for entry in found.lost]
    lines += [(old, "~", f"{old.path}: {old.line()} -> {new.line()}") for old, new in found.moved]
    return [(sign, entry.rule, line) for entry, sign, line in sorted(lines)]


def _signs(counts: Counter[str]) -> str:
    return " ".join(f"{sign}{counts[sign]}" for sign in "+-~")


def _count(things: Mapping[str, object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


# --- storing


def written(found: Mapping[str, Iterable[Entry]]) -> str:
    """The text of findings.txt: each file once, with its findings below it, sorted."""
    lines = []
    for name, entries in sorted(found.items()):
        last = None
        for entry in sorted(entries):
            if entry.path != last:
                last = entry.path
                lines.append(f"{name}/{entry.path}")
            lines.append(f" {entry.line()}")
    return "".join(f"{line}\n" for line in lines)


def read(text: str) -> dict[str, list[Entry]]:
    """The findings of a text that `written` made, by tree; trees without any are absent."""
    found: dict[str, list[Entry]] = defaultdict(list)
    name = path = ""
    for line in text.splitlines():
        if not line.startswith(" "):
            name, _, path = line.partition("/")
            continue
        place, rule, severity, confidence = line.split()
        numbers = [int(number) for number in re.findall(r"\d+", place)] or [0, 0, 0, 0]
        start, end = (numbers[0], numbers[1]), (numbers[2], numbers[3])
        found[name].append(Entry(path, start, end, rule, severity, confidence))
    return found


# --- checking


def check(program: list[str], tree: Path, cache: Path) -> list[Entry]:
    """The findings and notices of a program in a tree, sorted. cache: where it keeps what it compiled.

    Raises EcosystemError if it ends with a status other than 0.
    """
    options = ["--isolated", "--no-cache", "--jobs", "1", "--exit-zero", "--allow-incomplete"]
    run = subprocess.run(
        [*program, "check", *options, "--format", "json", "."],
        cwd=tree,
        env={**ALONE, "XDG_CACHE_HOME": str(cache)},
        capture_output=True,
        check=False,
    )
    if run.returncode:
        said = run.stderr.decode(errors="replace")
        raise EcosystemError(f"{' '.join(program)} ended with {run.returncode} in {tree}:\n{said}")
    report = json.loads(run.stdout)
    entries = [
        Entry(
            _escaped(finding["path"]),
            (finding["start"]["line"], finding["start"]["column"]),
            (finding["end"]["line"], finding["end"]["column"]),
            finding["rule"],
            finding["severity"],
            finding["confidence"],
        )
        for finding in report["findings"]
    ]
    for notice in report["notices"]:
        severity = "complete" if notice["complete"] else "incomplete"
        entries.append(
            Entry(_escaped(notice["path"]), (0, 0), (0, 0), f"notice/{notice['kind']}", severity, "-")
        )
    return sorted(entries)


def check_all(program: list[str], trees: dict[str, Path]) -> dict[str, list[Entry]]:
    """The findings in each tree, as many trees at a time as there are processors."""
    with (
        tempfile.TemporaryDirectory(prefix="palint-cache-") as cache,
        concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        checks = {name: pool.submit(check, program, tree, Path(cache)) for name, tree in trees.items()}
        try:
            return {name: done.result() for name, done in checks.items()}
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _escaped(path: str) -> str:
    return json.dumps(path)[1:-1]


def installed_program() -> list[str]:
    """The palint of this environment: the working tree's, where it is installed as in development."""
    return [sys.executable, "-I", "-m", "palint"]


@contextlib.contextmanager
def program_of(revision: str, repository: Path = ROOT) -> Iterator[list[str]]:
    """The palint of a commit, in an environment of its own with the packages of this one.

    Its modules are linked from a temporary worktree, so nothing is built or installed.
    """
    commit = _git("rev-parse", "--verify", f"{revision}^{{commit}}", cwd=repository)
    with tempfile.TemporaryDirectory(prefix="palint-base-") as folder:
        work_tree = Path(folder, "worktree")
        _git("worktree", "add", "--quiet", "--detach", str(work_tree), commit, cwd=repository)
        try:
            yield environment(work_tree, Path(folder, "venv"))
        finally:
            _git("worktree", "remove", "--force", str(work_tree), cwd=repository)


def environment(work_tree: Path, place: Path) -> list[str]:
    """Make an environment that imports the palint of a work tree, and give the command that starts it."""
    venv.create(place, symlinks=True)
    (packages,) = place.glob("lib/python*/site-packages")
    for package, source in SOURCES.items():
        (packages / package).symlink_to(work_tree / source)
    # A .pth file adds a folder without reading the .pth files in it: an editable palint there is not found.
    (packages / "packages.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return [str(place / "bin" / "python"), "-I", "-m", "palint"]


def _git(*arguments: str, cwd: Path = ROOT) -> str:
    run = subprocess.run(["git", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    if run.returncode:
        raise EcosystemError(f"git {' '.join(arguments)}: {run.stderr.strip() or 'not found'}")
    return run.stdout.strip()


# --- trees


class Package(NamedTuple):
    """A source archive: a line of packages.txt."""

    registry: str  # pypi or npm
    name: str
    version: str
    file_name: str
    sha256: str

    @property
    def key(self) -> str:
        """The tree's name in findings.txt: without the version, so that a new one changes few lines."""
        return f"{self.registry}:{self.name.replace('/', '+')}"


def packages() -> list[Package]:
    """The lines of packages.txt."""
    lines = PINNED.read_text("utf-8").splitlines()
    return [Package(*line.split()) for line in lines if line and not line.startswith("#")]


def package_trees() -> dict[str, Path]:
    """The unpacked packages by key; what is not in the cache is downloaded."""
    HOME.mkdir(parents=True, exist_ok=True)
    above = subprocess.run(["git", "rev-parse"], cwd=HOME, capture_output=True, check=False)
    if above.returncode == 0:  # its .gitignore would hide files
        raise EcosystemError(f"{HOME} is inside a git repository: name another folder in PALINT_BENCH")
    return {package.key: unpacked(package) for package in packages()}


def unpacked(package: Package) -> Path:
    """The folder with a package's files, downloaded unless it is there.

    Raises EcosystemError if the archive is not the pinned one, or larger than the limits.
    """
    place = HOME / f"{package.key.replace(':', '+')}-{package.sha256[:16]}"
    if place.exists():
        return place
    sys.stderr.write(f"{package.file_name}\n")
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        archive = download(package.registry, package.name, package.version, Path(folder))
        if hashlib.sha256(archive.read_bytes()).hexdigest() != package.sha256:
            raise EcosystemError(f"{archive.name} does not have the SHA-256 that {PINNED.name} names")
        extract(archive, Path(folder, "tree"))
        Path(folder, "tree").rename(place)
    return place


def download(registry: str, name: str, version: str, into: Path) -> Path:
    """Download a source archive with the settings of the registry's client; no version means the newest."""
    if registry == "npm":
        spec = f"{name}@{version}" if version else name
        pack = ["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", str(into), spec]
        run = subprocess.run(pack, cwd=into, capture_output=True, text=True, check=False)
        if run.returncode:
            raise EcosystemError(f"npm pack {spec}: {run.stderr.strip()}")
        return into / run.stdout.split()[-1]
    # `pip download` would run each archive's build backend for its metadata. Its finder and its session have
    # the same settings (index, certificates, proxy) and run nothing.
    from pip._internal.commands import create_command
    from pip._internal.commands.download import DownloadCommand
    from pip._vendor.packaging.specifiers import SpecifierSet

    command = create_command("download")
    assert isinstance(command, DownloadCommand)
    options, _ = command.parse_args(["--quiet", "--no-deps", "--no-binary", ":all:", name])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options, session, ignore_requires_python=True)
        wanted = SpecifierSet(f"=={version}" if version else "")
        best = finder.find_best_candidate(name, wanted).best_candidate
        if best is None:
            raise EcosystemError(f"the registry has no source archive of {name} {version}")
        answer = session.get(best.link.url_without_fragment)
        answer.raise_for_status()
        archive = into / best.link.filename
        archive.write_bytes(answer.content)
    return archive


def extract(archive: Path, into: Path) -> None:
    """Unpack the files below an archive's top folder, but no links and no names that lead out of it.

    Raises EcosystemError if there are more files or bytes than the limits.
    """
    into.mkdir()
    files = size = 0
    with tarfile.open(archive) as opened:
        for member in opened:
            parts = PurePosixPath(member.name).parts[1:]
            if not member.isfile() or not parts or ".." in parts:
                continue
            files, size = files + 1, size + member.size
            if files > MAX_FILES or size > MAX_BYTES:
                limits = f"{MAX_FILES} files or {MAX_BYTES} bytes"
                raise EcosystemError(f"{archive.name} has more than {limits}: pin another package")
            content = opened.extractfile(member)
            assert content is not None  # it is a file
            _write(into, parts, content.read())


def _write(into: Path, parts: tuple[str, ...], content: bytes) -> None:
    """Write a file below a folder that holds no links."""
    place = into.joinpath(*parts)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def pins(names: list[str]) -> Iterator[str]:
    """Lines for packages.txt: each `registry:name`, at its newest version, or `registry:name==version`."""
    for text in names:
        registry, _, requirement = text.partition(":")
        name, _, version = requirement.partition("==")
        with tempfile.TemporaryDirectory() as folder:
            archive = download(registry, name, version, Path(folder))
            found = re.search(r"-(\d[^/]*?)\.(?:tar\.\w+|tgz)$", archive.name)
            if not found:
                raise EcosystemError(f"{archive.name} has no version, or is no tar archive")
            digest = hashlib.sha256(archive.read_bytes()).hexdigest()
            extract(archive, Path(folder, "tree"))
            yield f"{registry} {name} {found[1]} {archive.name} {digest}"


@contextlib.contextmanager
def repositories(folder: Path) -> Iterator[dict[str, Path]]:
    """The trees in a folder by name: its folders, or the heads of the bare repositories in them."""
    with tempfile.TemporaryDirectory(prefix="palint-trees-") as made:
        trees = {}
        for child in sorted(path for path in folder.iterdir() if path.is_dir()):
            bare = [path for path in (child, *sorted(child.iterdir())) if _is_bare(path)]
            for repository in bare:
                name = repository.relative_to(folder).as_posix().replace("/", "+")
                trees[name] = Path(made, name)
                write_head(repository, trees[name])
            if not bare:
                trees[child.name] = child
        if not trees:
            raise EcosystemError(f"{folder} has no folders: TREES names a folder of repositories")
        yield trees


def _is_bare(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir()


def write_head(repository: Path, into: Path) -> None:
    """Write the files of a bare repository's head; links, submodules and objects that it lacks are left out.

    `git archive` would leave out what the repository's attributes name, workflows and tests among them.
    """
    into.mkdir()
    git = ["git", "--git-dir", str(repository)]
    variables = {**ALONE, "GIT_NO_LAZY_FETCH": "1"}
    list_files = [*git, "ls-tree", "-rz", "HEAD"]
    listed = subprocess.run(list_files, env=variables, capture_output=True, check=False)
    if listed.returncode:
        raise EcosystemError(f"{repository}: {listed.stderr.decode(errors='replace').strip()}")
    files = []  # (object's name, parts of the path)
    for line in listed.stdout.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, name = about.split()
        parts = PurePosixPath(os.fsdecode(path)).parts
        if mode in (b"100644", b"100755") and ".." not in parts and ".git" not in parts:
            files.append((name, parts))
    with tempfile.TemporaryFile() as names:
        names.writelines(name + b"\n" for name, _ in files)
        names.seek(0)
        read_objects = [*git, "cat-file", "--batch"]
        with subprocess.Popen(read_objects, env=variables, stdin=names, stdout=subprocess.PIPE) as objects:
            assert objects.stdout is not None
            for _, parts in files:
                header = objects.stdout.readline().split()
                if header[1] != b"missing":
                    _write(into, parts, objects.stdout.read(int(header[2])))
                    objects.stdout.read(1)  # the line end after it


# --- the command


def main() -> int:
    """Compare, print, and give the exit code."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--trees", type=Path, metavar="DIR")
    parser.add_argument("--base", metavar="REV")
    parser.add_argument("--all", action="store_true", help="print each change, however many one rule has")
    parser.add_argument("--accept", action="store_true")
    parser.add_argument("--pin", nargs="+", metavar="REGISTRY:NAME")
    options = parser.parse_args()
    if options.accept and (options.trees or options.base):
        parser.error("--accept stores the findings in the pinned packages: leave out --trees and --base")
    try:
        if options.pin:
            for line in pins(options.pin):
                print(line, flush=True)
            return 0
        with contextlib.ExitStack() as stack:
            if options.trees:
                trees = stack.enter_context(repositories(options.trees))
                options.base = options.base or _git("merge-base", "main", "HEAD")
            else:
                trees = package_trees()
            if options.base:
                before = check_all(stack.enter_context(program_of(options.base)), trees)
            else:
                before = read(STORED.read_text("utf-8")) if STORED.exists() else {}
            after = check_all(installed_program(), trees)
    except EcosystemError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    names = sorted({*before, *after})
    differences = {name: compare(before.get(name, ()), after.get(name, ())) for name in names}
    print("\n".join(render(differences, every=options.all)))
    changed = any(any(found) for found in differences.values())
    if options.accept:
        STORED.write_text(written(after), "utf-8")
    elif changed and not options.base:
        print("\nIf each change is meant, store it with `make ecosystem-accept`.")
    return int(changed and not options.accept)


if __name__ == "__main__":
    sys.exit(main())
