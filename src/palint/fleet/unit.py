"""One unit: fetch a repository, check a commit from its object database, write the part.

Nothing is checked out: no hook, filter or attribute of the repository runs. A unit depends on no date but for
the repository's own suppressions that end; the policy's exceptions count in `palint.fleet.store`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from palint import __version__, baseline, registry
from palint.config import Config
from palint.engine.seal import sealed
from palint.findings import Finding, Notice, PalintError
from palint.fleet import owners as codeowners
from palint.fleet import parts
from palint.fleet.clones import Clones, discard
from palint.fleet.links import Links, take, with_links
from palint.fleet.parts import FindingRow, Folder, Part, pack
from palint.fleet.repository import Repository
from palint.fleet.sources import git_folder
from palint.history.results import HistoryResults, HistorySecret
from palint.rule import Rule
from palint.tree import git
from palint.tree.git import remote
from palint.tree.git_tree import GitTree, commit_tree
from palint.tree.project import Project
from palint.util import dates, deadline, user_cache
from palint.util.typing import NamedTuple

# Returns the settings and the baseline in force for a tree, and what to say if the tree's own are not usable.
Settle = Callable[
    [GitTree, Config | None, dict[str, type[Rule]]], tuple[Config, list[baseline.Entry], list[Notice]]
]


class Options(NamedTuple):
    """What all units of a run share.

    parts: the folder or bucket. cache, cache_size: of clones; a path, bytes. key: for HMACs of values, or b""
    for twelve bits. code: of `code_digest`. seconds: for each call of git that uses a network.
    """

    parts: str
    cache: str
    cache_size: int
    policy: Config | None = None
    history: bool = False
    key: bytes = b""
    code: str = ""
    seconds: float = 600


class Task(NamedTuple):
    """A repository to check. commit: the head that was asked for. token: signs in at its host."""

    repository: Repository
    commit: str
    token: str = ""


class Outcome(NamedTuple):
    """The end of a unit. part: its name; "" without one, for the reason. seconds: of the unit."""

    part: str
    commit: str = ""
    reason: str = ""
    seconds: float = 0.0
    findings: int = 0


def part_key(repository: Repository, commit: str, options: Options) -> str:
    """The key of the part of a repository at a commit: what its content depends on besides the day."""
    policy = options.policy and options.policy._replace(
        provenance=dict.fromkeys(options.policy.provenance, ""),  # lines of the policy file
    )
    key = sha256(b"palint fleet key\0" + options.key).hexdigest() if options.key else ""
    own = (repository.name, repository.forge, commit)
    return parts.key([*own, options.code, repr(policy), options.history, key])


def code_digest(rules: Mapping[str, type[Rule]]) -> str:
    """A hash of palint's version and of the code of palint and of every rule, the same on every machine.

    And of what the settings of a repository may extend: each `palint.toml` in an installed package.
    """
    import sys

    parts = [__version__.encode(), *sorted(rule.encode() for rule in rules)]
    shared = {path.read_bytes() for entry in sys.path for path in Path(entry).glob("*/palint.toml")}
    digests = {sha256(data).digest() for data in shared}
    for folder in registry.code_folders(rules.values()):
        for path in folder.rglob("*"):
            if path.suffix in (".py", ".json", ".txt"):
                place = path.relative_to(folder).as_posix()
                digests.add(sha256(place.encode() + b"\0" + path.read_bytes()).digest())
    return sha256(b"\0".join([*parts, *sorted(digests)])).hexdigest()


def head(task: Task, seconds: float) -> str | None:
    """The object name of the head to check; None for an empty repository. Raises GitError."""
    repository = task.repository
    if repository.problem:
        raise git.GitError(repository.problem)
    if repository.head:
        return repository.head
    if not repository.is_local:
        return remote.head(remote.Remote(repository.address, task.token), repository.branch, seconds=seconds)
    folder = git_folder(repository.address)
    if folder is None:
        raise git.GitError("not a git repository")
    with _git_folder(folder):
        return git.head(folder, repository.branch)


def run(task: Task, attempt: int, *, options: Options, settle: Settle) -> Outcome:
    """Make the part of a repository, unless it exists.

    attempt: 0 for the first; later ones check files in further processes, so that a file that kills
    one costs that file only.
    """
    began = time.monotonic()
    repository = task.repository
    try:
        with _opened(task, options) as (folder, commit), _git_folder(folder):
            user_cache.checked_tree = repository.address if repository.is_local else folder
            part, until = _check(folder, repository, commit, options, settle, isolated=attempt > 0)
            made = parts.name(part_key(repository, commit, options), until)
            Folder(options.parts).write(made, pack(part))
            is_open = sum(row.state == "open" for row in part.findings)
            return Outcome(made, commit, "", time.monotonic() - began, is_open)
    except PalintError as error:
        return Outcome("", task.commit, str(error), time.monotonic() - began)
    except OSError as error:
        reason = f"{error.strerror or type(error).__name__}" + (
            f": {error.filename}" if error.filename else ""
        )
        return Outcome("", task.commit, reason, time.monotonic() - began)
    except deadline.RunTimeout:
        return Outcome("", task.commit, "not done within `limits.run`", time.monotonic() - began)


@contextmanager
def _opened(task: Task, options: Options) -> Iterator[tuple[str, str]]:
    """(the git folder, the commit), fetched if it is not on this machine."""
    repository = task.repository
    if repository.is_local:
        folder = git_folder(repository.address)
        if folder is None:
            raise git.GitError("not a git repository")
        yield folder, task.commit
        return
    address = remote.Remote(repository.address, task.token)
    clones = Clones(options.cache, options.cache_size)
    with clones.clone(address, repository.branch, history=options.history, seconds=options.seconds) as clone:
        try:
            yield clone
        except git.GitError:
            discard(clone[0])  # damaged: the next run fetches it anew
            raise


@contextmanager
def _git_folder(folder: str) -> Iterator[None]:
    """Have git use this folder: it takes no bare repository that it only finds."""
    before = os.environ.get("GIT_DIR")
    os.environ["GIT_DIR"] = folder
    try:
        yield
    finally:
        if before is None:
            del os.environ["GIT_DIR"]
        else:
            os.environ["GIT_DIR"] = before


def _check(
    folder: str, repository: Repository, commit: str, options: Options, settle: Settle, *, isolated: bool
) -> tuple[Part, str]:
    """(the part, the last day on which it is valid or "")."""
    from palint.engine.run import run as check
    from palint.history import run as history

    rules = registry.load()
    tree = commit_tree(folder, commit)
    config, entries, notices = settle(tree, options.policy, rules)
    deadline.restart()
    deadline.limit_run(config.limits.run)
    try:
        project = Project(folder, tree, config.limits)
        project.value_key = options.key
        project.name = "/".join(("", *repository.name.split("/"))[-2:])
        results = check(
            project,
            with_links(config),
            {**rules, Links.id(): Links},
            jobs=1,
            excerpts=False,
            context=False,
            edits=False,
            in_process=not isolated,
        )
        links = take(results.findings, project)
        findings = [each for each in results.findings if each.rule in rules]
        past = history.run(folder, config, rules, jobs=1) if options.history else HistoryResults(folder)
    finally:
        deadline.forget_run()
    entries = baseline.allowed(entries, config.allow_suppressing)
    match = baseline.match(findings, entries, results.rules)
    owned = codeowners.of(tree, repository.forge)
    keyed, ran = bool(options.key), [rule for rule in results.rules if rule in rules]
    accepted = [(f, "baselined", "in the baseline") for f in match.baselined]
    accepted += [(s.finding, "suppressed", s.reason) for s in results.suppressed]
    rows = [_row(f, owned, keyed) for f in match.new]
    rows += [_row(f, owned, keyed)._replace(state=state, reason=why) for f, state, why in accepted]
    rows += [_in_history(secret, keyed) for secret in past.secrets if not secret.at_head]
    part = Part(
        repository.name,
        commit,
        __version__,
        rows,
        [(n.path, n.kind, n.message, n.complete) for n in (*results.notices, *notices, *past.notices)],
        ran,
        sorted({rules[rule].clause.label for rule in ran}),
        results.files,
        links,
    )
    return part, dates.first((past.until, *(each.until for each in results.suppressed)))


def _in_history(secret: HistorySecret, keyed: bool) -> FindingRow:
    """A secret that is in older commits only. Its name is that of its first commit and path."""
    key = f"{secret.rule} {secret.first.commit} {secret.paths[0]} {secret.finding.line_hash}"
    row = _row(secret.finding, lambda _: (), keyed)
    return row._replace(
        finding=sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32],
        first_commit=secret.first.commit,
        last_commit=secret.last.commit,
        at_head=False,
    )


def _row(finding: Finding, owners: codeowners.Owners, keyed: bool) -> FindingRow:
    bits = "" if finding.value_bits is None else f"{finding.value_bits:03x}"
    path = finding.span.path
    return FindingRow(
        finding=finding.fingerprint[:32],
        rule=finding.rule,
        clause=finding.clause,
        severity=finding.severity.label,
        confidence=finding.confidence.label,
        path=path,
        line=finding.span.start.line,
        column=finding.span.start.column,
        end_line=finding.span.end.line,
        end_column=finding.span.end.column,
        message=finding.message,
        why=finding.why,
        fix_hint=finding.fix_hint,
        detector=finding.detector or "",
        value=finding.value_mac if keyed else bits,
        owners=sealed(" ".join(owners(path)), ()),
        package=finding.package,
    )
