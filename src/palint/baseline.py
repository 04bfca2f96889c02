"""The baseline: findings that existed when palint was introduced, so that only new ones fail a run.

`palint-baseline.jsonl` holds one finding a line: the rule, a hash of the line with every value on it masked,
twelve bits of the value, and which of several equal findings it is. It has no path and no line number, so
it survives moved lines and renamed files. No two lines are equal and their order has no meaning, so the
union of two versions is correct, which is how git merges it (`merge=union`).

Twelve bits detect a changed value 4,095 times in 4,096, but hundreds of a million guesses match them, so
the file does not help to confirm a guess. The bits are unsalted: a new salt in each version of the file would
reveal twelve further bits each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from palint.findings import Finding, PalintError
from palint.util import lazy_re
from palint.util.typing import NamedTuple

NAME = "palint-baseline.jsonl"
ATTRIBUTE = f"{NAME} merge=union"  # a line of .gitattributes
BITS = 12
_STARS = lazy_re.compile(r"\*+")
_TAG = b"palint baseline value\0"
_KEYS = ["rule", "line", "value", "copy"]
_RULE = lazy_re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Half of a SHA-256, written like a UUID: scanners take 64 digits in a row for a secret.
_HASH = lazy_re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VALUE = lazy_re.compile(r"[0-9a-f]{3}")


def is_merged(attributes: str) -> bool:
    """Whether the text of a .gitattributes makes git merge the baseline as the union of both sides."""
    words = (line.split() for line in attributes.splitlines())
    return any(NAME in line[:1] and "merge=union" in line for line in words)


class BaselineError(PalintError):
    """A baseline that cannot be read; the message names the file, the line and what to do."""


class Entry(NamedTuple):
    """One finding of the baseline.

    rule and value: `rule` and `value_bits` of the finding. line: the first 128 bits of its `line_hash`.
    copy: 1 for the first of several findings that are equal in these three, 2 for the second, and so on.
    """

    rule: str
    line: str
    value: int | None
    copy: int

    def text(self) -> str:
        """The entry as its line of the file, without a line end."""
        value = "null" if self.value is None else f'"{self.value:03x}"'
        return f'{{"rule": "{self.rule}", "line": "{self.line}", "value": {value}, "copy": {self.copy}}}'


def allowed(entries: Iterable[Entry], rules: Collection[str] | None) -> list[Entry]:
    """The entries of rules whose findings may be accepted. rules: None for every rule."""
    return [entry for entry in entries if rules is None or entry.rule in rules]


class Match(NamedTuple):
    """A run's findings compared with the baseline. stale: entries whose finding no longer exists."""

    new: tuple[Finding, ...]
    baselined: tuple[Finding, ...]
    stale: tuple[Entry, ...]


def value_bits(value: str) -> int:
    """The twelve bits (0 to 4095) that the baseline keeps of a secret."""
    from palint.util.sha256 import sha256  # for findings only, also below

    tagged = _TAG + value.encode("utf-8", "surrogatepass")
    return int.from_bytes(sha256(tagged).digest()[:2], "big") >> (16 - BITS)


def line_hash(masked: str) -> str:
    """SHA-256 (hexadecimal) of a line in which every value is already masked with `*`.

    Ignores what a formatter changes (spaces, the kind of quotes, a comma or semicolon at the end) and the
    length of a mask, which is the value's.
    """
    from palint.util.sha256 import sha256

    line = _STARS.sub("*", "".join(masked.split())).replace("'", '"').rstrip(",;")
    return sha256(line.encode("utf-8", "surrogatepass")).hexdigest()


def entries(findings: Iterable[Finding]) -> list[Entry]:
    """The entries for some findings, sorted as the file has them."""
    seen: Counter[tuple[str, str, int | None]] = Counter()
    kept = []
    for finding in findings:
        entry_key = key(finding)
        seen[entry_key] += 1
        kept.append(Entry(*entry_key, seen[entry_key]))
    return sorted(kept, key=Entry.text)


def dump(baseline: Iterable[Entry]) -> str:
    """The file's text: sorted, each entry once."""
    return "".join(line + "\n" for line in sorted({entry.text() for entry in baseline}))


def load(text: str, path: str = NAME) -> list[Entry]:
    """The entries of a baseline's text. Raises BaselineError, with `path` and the 1-based line."""
    entries = set()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                entries.add(_entry(line))
            except ValueError as error:
                raise BaselineError(f"{path}:{number}: {error}") from None
    return sorted(entries, key=Entry.text)


def match(findings: Iterable[Finding], baseline: Iterable[Entry], rules: Collection[str]) -> Match:
    """Tell new findings from known ones. Each copy of an entry accepts one of several equal findings.

    rules: the ids that ran; an entry of another rule is not stale. An entry has no path, so `stale` is
    meaningful only after a run over the whole tree.
    """
    known: dict[tuple[str, str, int | None], list[Entry]] = {}
    for entry in sorted(set(baseline), key=Entry.text, reverse=True):
        known.setdefault(entry[:3], []).append(entry)
    new, baselined = [], []
    for finding in findings:
        copies = known.get(key(finding))
        if copies:
            copies.pop()
            baselined.append(finding)
        else:
            new.append(finding)
    stale = (entry for copies in known.values() for entry in copies if entry.rule in rules)
    return Match(tuple(new), tuple(baselined), tuple(sorted(stale, key=Entry.text)))


def match_part(
    findings: Iterable[Finding], everywhere: Iterable[Finding], baseline: Iterable[Entry]
) -> Match:
    """Like `match`, for the findings of a part of the tree; `everywhere` are those of the whole.

    An entry has no path, so the part alone cannot tell a copy from the original. Where a finding occurs more
    often in the whole tree than in the baseline, all copies in the part are new. Nothing is stale.
    """
    findings = tuple(findings)
    known = Counter(entry[:3] for entry in set(baseline))
    total = Counter(map(key, everywhere)) | Counter(map(key, findings))
    new = tuple(f for f in findings if total[key(f)] > known[key(f)])
    return Match(new, tuple(f for f in findings if total[key(f)] <= known[key(f)]), ())


def prune(baseline: Iterable[Entry], stale: Iterable[Entry]) -> list[Entry]:
    """The baseline without its stale entries."""
    return sorted(set(baseline) - set(stale), key=Entry.text)


def key(finding: Finding) -> tuple[str, str, int | None]:
    """(rule, line, value): the part of an entry that all copies of a finding share."""
    digits = finding.line_hash
    line = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
    return finding.rule, line, finding.value_bits


def _entry(line: str) -> Entry:
    """The entry of a line. Raises ValueError: its message says what to do and does not quote the line."""
    if line.startswith(("<<<<<<<", "|||||||", "=======", ">>>>>>>")):
        raise ValueError("a merge conflict; keep the lines of both sides and delete the conflict markers")
    again = "write the file again with `palint baseline`"
    try:
        import json

        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError(f"not a JSON object; delete the line, or {again}") from None
    if not isinstance(entry, dict) or list(entry) != _KEYS:
        raise ValueError(f'not an entry, which has the keys "rule", "line", "value", "copy"; {again}')
    rule, hashed, value, copy = (entry[key] for key in _KEYS)
    if not (isinstance(rule, str) and _RULE.fullmatch(rule)):
        raise ValueError(f'"rule" is no rule\'s id; {again}')
    if not (isinstance(hashed, str) and _HASH.fullmatch(hashed)):
        raise ValueError(f'"line" is not a hash; {again}')
    if value is not None and not (isinstance(value, str) and _VALUE.fullmatch(value)):
        raise ValueError(f'"value" is neither null nor three hexadecimal digits; {again}')
    if type(copy) is not int or copy < 1:
        raise ValueError(f'"copy" is not a number from 1; {again}')
    return Entry(rule, hashed, None if value is None else int(value, 16), copy)
