"""Texts about a secret in the history, and about the run, shared by all formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256

from palint.advice import in_history
from palint.findings import Severity
from palint.history.results import HistoryResults, HistorySecret
from palint.report.summary import pluralize
from palint.secrets import redact_line

_SHOWN_PATHS = 3


def fix(secret: HistorySecret) -> str:
    """What to do about a secret."""
    return in_history.full(secret.finding, secret.paths[0], secret.names, secret.at_head)


def lifetime(secret: HistorySecret) -> str:
    """The first and last commit of a secret, as a clause."""
    first, last = secret.first, secret.last
    begin = f"committed {day(first.date)} in {first.commit[:9]} by {first.author}"
    if secret.at_head:
        return f"{begin}, still at HEAD"
    return f"{begin}, last in {last.commit[:9]} ({day(last.date)})"


def extent(secret: HistorySecret) -> str:
    """The number of versions and files with a secret, as a clause."""
    versions = pluralize(secret.versions, "version")
    if len(secret.paths) == 1:
        return f"in {versions} of `{secret.paths[0]}`"
    return f"in {versions} of {len(secret.paths)} files: {_listed(secret.paths, _SHOWN_PATHS)}"


def _listed(names: Sequence[str], most: int) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more


def day(date: str) -> str:
    """The day of an ISO 8601 date."""
    return date[:10]


def summary_lines(results: HistoryResults) -> list[str]:
    """The closing lines: secrets found, secrets not shown, and whether the check was complete."""
    lines = [_found(results)]
    hidden = (
        (results.known, "in the baseline"),
        (results.accepted, "suppressed"),
        (results.older, "committed before the requested commits"),
    )
    not_shown = [f"{count} {why}" for count, why in hidden if count]
    if not_shown:
        all_of_them = " Show them with `palint history --isolated`." if results.known else ""
        lines.append(f"Not shown: {', '.join(not_shown)}.{all_of_them}")
    if not results.complete:
        lines.append(
            "Incomplete: not every version could be checked (exit code 2; `--allow-incomplete` accepts it)."
        )
    return lines


def _found(results: HistoryResults) -> str:
    secrets = results.secrets
    if not secrets:
        some = results.known or results.accepted or results.older
        return f"{'No other secret' if some else 'No secret'} found in the {_checked(results)}."
    counts = Counter(secret.severity for secret in secrets)
    levels = (Severity.ERROR, Severity.WARNING)
    parts = [pluralize(counts[level], level.label) for level in levels if counts[level]]
    here = sum(secret.at_head for secret in secrets)
    elsewhere = len(secrets) - here
    return f"Found {' and '.join(parts)} in the history: {here} still at HEAD, {elsewhere} in other commits."


def _checked(results: HistoryResults) -> str:
    if not results.complete:
        return "versions that could be checked"
    return "requested commits" if results.part else "history"


def read_line(results: HistoryResults) -> str:
    """The number of versions and commits read, and the time it took."""
    new = "" if results.new_commits == results.commits else f", {results.new_commits} of them new"
    what = f"{results.versions} versions of files in {results.commits} commits{new}"
    return f"{what}, {results.seconds:.1f} seconds"


def fingerprints(secrets: Iterable[HistorySecret]) -> list[str]:
    """A stable fingerprint for each secret: a hash of its rule, its first commit and its oldest path.

    It does not depend on the value. Secrets that are equal in these are numbered.
    """
    seen: Counter[str] = Counter()
    named = []
    for secret in secrets:
        base = "\0".join((secret.rule, secret.first.commit, secret.paths[-1]))
        seen[base] += 1
        named.append(sha256(f"{base}\0{seen[base]}".encode("utf-8", "surrogateescape")).hexdigest())
    return named


def repository_uri(origin: str, root: str) -> str:
    """The remote's address as a URI without credentials; the local folder if there is no remote."""
    from pathlib import Path
    from urllib.parse import quote, urlsplit, urlunsplit

    if "://" not in origin and ":" in origin:
        host, _, path = origin.partition(":")  # git's short form of an SSH address
        origin = f"ssh://{host}/{path}"
    parts = urlsplit(origin)
    if parts.scheme == "file":
        return origin
    if not parts.scheme or not parts.hostname:
        return Path(root).as_uri()
    user = "git@" if parts.scheme == "ssh" and parts.username == "git" else ""
    port = f":{parts.port}" if parts.port else ""
    address = urlunsplit((parts.scheme, f"{user}{parts.hostname}{port}", quote(parts.path), "", ""))
    return redact_line(address, "")
