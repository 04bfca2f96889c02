"""A version that is not checked as a whole would have given nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from palint import registry, secrets
from palint.config import Config
from palint.engine import workers
from palint.history import unchanged
from palint.history.check import VersionProject
from palint.history.parts import PartChecker
from palint.history.run import rules_for, run
from palint.history.unchanged import CleanVersions, has_something
from palint.rule import REACH, Reads
from palint.secrets.formats.format import Format
from palint.secrets.formats.table import FORMATS
from palint.secrets.synthetic import generate
from palint.tree.project import Limits
from palint.tree.reader import Read
from tests.grouped import grouped
from tests.history.conftest import Past

FILLER = b"".join(b"x%d = call(%d)  # nothing to see\n" % (n, n * 7) for n in range(600))


class Versions:
    """Checks the versions of one file in order, each in both ways."""

    def __init__(self, folder: Path) -> None:
        self.project = VersionProject(str(folder), Limits())
        rules = registry.load()
        slack = rules["secret-to-slack"](Config())  # a rule that the first line of a file can turn on
        slack.reads = Reads.NAME  # type: ignore[misc]  # else its findings, which have no value, do not count
        self.files = PartChecker(self.project, Config(), [*rules_for(Config(), rules), slack])
        self.clean = CleanVersions(self.files)

    def finds(self, path: str, data: bytes) -> bool:
        """Whether the ordinary check reports anything."""
        self.project.show(path, "", Read(data, len(data)))
        return has_something(self.files.check(path))

    def skips(self, path: str, data: bytes) -> bool:
        """Whether the version is not checked as a whole; fails where that would hide something."""
        skipped = self.clean.is_clean(path, data)
        found = self.finds(path, data)
        assert not (skipped and found), (path, data)
        if not skipped:
            self.clean.record(path, data, clean=not found, keywords=True)
        return skipped


@pytest.fixture(autouse=True)
def compared_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare smaller versions, too, than is worth the time."""
    monkeypatch.setattr(unchanged, "_MIN_BYTES", 6_600)
    monkeypatch.setattr(unchanged, "_MIN_BYTES_WITHOUT_KEYWORD", 6_600)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Versions:
    return Versions(tmp_path_factory.mktemp("versions"))


@grouped("fmt", FORMATS, key=lambda fmt: fmt.id[0])
def test_a_change_anywhere_in_a_token_is_seen(checker: Versions, fmt: Format) -> None:
    text = generate(fmt.example, 7).replace("«", "").replace("»", "").encode()
    whole = FILLER + b"\n" + text + b"\n" + FILLER
    at = len(text) - 1 if len(text) % 2 else 0  # an end is farthest from what finds the token
    broken = FILLER + b"\n" + text[:at] + b"\n \n" + text[at + 1 :] + b"\n" + FILLER
    checker.skips("a.py", broken)
    checker.skips("a.py", whole)


FAR_APART = {  # a shape, and how far from its start a change decides
    "json-web-key": ('{"kty": "EC", "x": "' + "ab " * 450 + '", "d": "{base64url:43}"}', 1390),
    "putty": (
        "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: c\nPublic-Lines: 100\n"
        + "{base64:64}\n" * 100
        + "Private-Lines: 1\n{base64:43}=",
        6580,
    ),
    "openvpn": (
        "-----BEGIN OpenVPN Static key V1-----\n" + "{hex:32}\n" * 16 + "-----END OpenVPN Static key V1-----",
        300,
    ),
}


@pytest.mark.parametrize("name", FAR_APART)
def test_a_change_far_from_the_keyword_is_seen(checker: Versions, name: str) -> None:
    shape, at = FAR_APART[name]
    text = generate(shape, 5).encode()
    whole, broken = (FILLER + part + b"\n" + FILLER for part in (text, text[:at] + b" " + text[at + 1 :]))
    assert checker.finds("far.txt", whole) and not checker.finds("far.txt", broken)
    checker.skips("far.txt", broken)
    checker.skips("far.txt", whole)


def secret(random: Random) -> str:
    shapes = ("{password}", "{github_token}", "{base64:40}", "{hex:64}", "{base64:1000}", "{private_key}")
    return generate(random.choice(shapes), random.random())


def pieces(random: Random) -> Iterator[bytes]:
    """Lines, many of them parts of what would be a finding if they came together."""
    gap = random.choice(("", " ", "\n", " " * 70, "\n    ", "(\n", "x" * random.randrange(2000)))
    name = random.choice(("password", "api_key", "DB_PASSWORD", "token", "secret_key", "Authorization"))
    yield f"{name}{gap}={gap}".encode()
    yield f'"{secret(random)}"'.encode()
    yield f"\n{name}: {gap}{secret(random)}\n".encode()
    yield f'\n{name} = "changeme"\n'.encode()
    yield f"curl -u admin:{secret(random)} https://host/{gap}\n".encode()
    yield f"postgres://user:{secret(random)}@host/db {gap}\n".encode()
    yield secret(random).encode()
    yield f'{{"kty": "EC", {gap} "d": "{generate("{base64url:43}", random.random())}"}}\n'.encode()
    yield f'boto3.client("s3", aws_secret_access_key={gap}"{secret(random)}")\n'.encode()
    yield f'add_argument("--{name}",{gap} default="{secret(random)}")\n'.encode()
    yield random.choice(("é", "日本" * 300, "# palint: ignore[hardcoded-secret] a test\n", "\r\n")).encode()
    yield FILLER[: random.randrange(9000)]


BREAKS = (b" ", b"\n", b'"', b"A7", b"-----", b"=", b"'", b"${", "é".encode())


def edited(random: Random, data: bytes) -> bytes:
    """The text with a few pieces inserted, removed, moved or broken."""
    for _ in range(random.choice((1, 1, 2, 3))):
        at = random.randrange(len(data))
        kind = random.randrange(5)
        if kind == 0:
            data = data[:at] + random.choice(list(pieces(random))) + data[at:]
        elif kind == 1:
            data = data[:at] + data[at + random.choice((1, 2, 40, 300, 3000)) :]
        elif kind == 2:
            data = data[:at] + random.choice(BREAKS) + data[at:]
        elif kind == 3:
            data = data[: len(data) - 1] + data[at : at + 2000] + b"\n"
        else:
            found = max(data.find(b'"', at), data.find(b"=", at))
            data = data[:found] + data[found + 1 :] if found >= 0 else data
    return data


@pytest.mark.parametrize("seed", range(8))
def test_random_histories(checker: Versions, seed: int) -> None:
    random = Random(seed)
    path = ("a.py", "config.yml", "notes.md", "settings.json", "run", "a.sh", "a.toml", "Makefile")[seed % 8]
    data = FILLER
    skipped = 0
    for _ in range(60):
        new = edited(random, data)
        skipped += checker.skips(path, new)
        if len(new) < 60_000 and not checker.finds(path, new) and not checker.files.needs_whole_file:
            data = new  # goes on from what is clean, so that most versions are near one that was
        checker.skips(path, random.choice((b"\0", b"\xff", b"boto3")) + new)
        checker.skips(path, data)
    assert skipped > 3  # by chance few; most seeds skip 40 to 100, and one that skips none tests nothing


def test_a_history_gives_the_same_with_and_without(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(5)
    kept, token = FILLER, generate("{github_token}", 9).encode()
    for step in range(30):
        kept = edited(random, kept) if step % 3 else FILLER + b"#" * step
        past.save(
            a_py=kept, b_md=FILLER + b"\n" * step + (b"t = '" + token + b"'" if step in (9, 10) else b"")
        )
    asked: list[bool] = []
    is_clean = CleanVersions.is_clean

    def counted(self: CleanVersions, path: str, data: bytes) -> bool:
        asked.append(is_clean(self, path, data))
        return asked[-1]

    monkeypatch.setattr(CleanVersions, "is_clean", counted)
    monkeypatch.setattr(workers, "CAN_FORK", False)  # so that everything is checked, and counted, here
    found = run(str(past.path), Config(), registry.load())
    assert sum(asked) > 10 and found.secrets
    monkeypatch.setattr(CleanVersions, "is_clean", lambda *_: False)
    without = run(str(past.path), Config(), registry.load())
    assert found.secrets == without.secrets and found.notices == without.notices


def test_most_small_changes_of_a_large_file_are_not_checked_as_a_whole(checker: Versions) -> None:
    checker.skips("large.py", FILLER)
    assert checker.skips("large.py", FILLER[:9000] + b"y = 2\n" + FILLER[9000:])
    assert checker.skips("large.py", b"# a new head\n" + FILLER)


def test_a_file_with_a_finding_is_checked_again(checker: Versions) -> None:
    bad = FILLER + b"GITHUB = '" + generate("{github_token}", 3).encode() + b"'\n"
    checker.skips("again.py", FILLER)
    assert not checker.skips("again.py", bad)
    assert not checker.skips("again.py", b"# a new head\n" + bad)


def test_a_rule_that_reads_the_whole_file_sees_every_change(checker: Versions) -> None:
    uses = b"import boto3\nboto3.client('s3', aws_secret_access_key=KEY)\n"
    checker.skips("s3.py", uses + FILLER + b"KEY = load()\n")
    value = generate("{aws_secret_access_key}", 3).encode()
    assert not checker.skips("s3.py", uses + FILLER + b"KEY = '" + value + b"'\n")


def test_a_call_far_from_its_key(checker: Versions) -> None:
    """A hexadecimal key whose name is not a secret's is no finding; a call without its key has no value."""
    key = b"DIGEST = '" + generate("{hex:40}", 5).encode() + b"'\n" + FILLER
    call = FILLER + b"import boto3\nboto3.Session(load(), DIGEST)\n"
    assert checker.finds("far.py", key + call)
    assert not checker.finds("far.py", key) and not checker.finds("far.py", call)
    checker.skips("far.py", key)
    assert not checker.skips("far.py", key + call)
    checker.skips("far.py", call)
    assert checker.skips("far.py", b"# a new head\n" + call)
    assert not checker.skips("far.py", key + call)


def test_an_interpreter_that_is_named_later(checker: Versions) -> None:
    text = FILLER + b"import requests\nrequests.post(SLACK_URL, json={'text': f'{password}'})\n" + FILLER
    assert checker.finds("tool", b"#!/usr/bin/env python3\n" + text)
    assert not checker.skips("tool", b"# a note\n" + text)
    assert checker.skips("tool", b"# a note\n" + text + b"# and another\n")
    assert not checker.skips("tool", b"#!/usr/bin/env python3\n" + text)


def test_every_keyword_is_near_what_it_finds_or_needs_the_whole_file(checker: Versions) -> None:
    near = [k for k in range(len(secrets.KEYWORDS)) if secrets.max_reach(k) <= REACH]
    assert 0.97 * len(secrets.KEYWORDS) < len(near) < len(secrets.KEYWORDS)


def test_little_is_kept(checker: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unchanged, "_MAX_KEPT_BYTES", 3 * len(FILLER))
    clean = CleanVersions(checker.files)
    for n in range(9):
        checker.finds(f"{n}.py", FILLER)
        clean.record(f"{n}.py", FILLER, clean=True, keywords=True)
    assert [clean.is_clean(f"{n}.py", FILLER) for n in range(9)] == [n > 5 for n in range(9)]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("escaped.js", 'x("\\x67\\x68{}")\n'),
        ("escaped.js", 'x("gh\\\n{}")\n'),
        ("escaped.js", 'x("\\u0067h{}")\n'),
        ("escaped.sh", "x=g''h{}\n"),
        ("escaped.sh", "x=g\\h{}\n"),
        ("escaped.ps1", '$x = "g`h{}"\n'),
    ],
)
def test_a_token_written_with_escapes_in_a_change_is_seen(checker: Versions, path: str, line: str) -> None:
    checker.skips(path, FILLER)
    hidden = line.format(generate("{github_token}", "escaped")[2:]).encode()
    assert checker.skips(path, FILLER[:9000] + b"\ny = 2\n" + FILLER[9000:])
    assert not checker.skips(path, FILLER[:9000] + b"\n" + hidden + FILLER[9000:])


@pytest.mark.parametrize("run", [" " * 6000, "\n" * 5000, "\t" * 2500, " " * 3000 + "(" + " " * 3000])
def test_a_value_far_behind_its_name_is_seen_when_it_changes(tmp_path: Path, run: str) -> None:
    """More blanks are between them than a part, or the text around a known match, has characters."""
    versions = Versions(tmp_path)
    value = generate("{base62:24}", "far").encode()
    end = b")" if "(" in run else b""
    for text in (b"os.environ['X']", b"None", b'"%s"' % value, b'"<x>"'):
        data = FILLER + b"f(db_password =" + run.encode() + text + end + b")\n" + FILLER
        versions.skips("a.js", data)  # fails where a version with a finding is skipped
    data = FILLER + b"f(db_password =" + run.encode() + b'"%s"' % value + end + b")\n" + FILLER
    assert versions.finds("a.js", data)
