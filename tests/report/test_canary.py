"""Secrets in a hostile tree, through the whole program and every format: no trace of them comes out."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from palint.report import FORMATS
from palint.secrets.synthetic import generate
from tests.conftest import Repository

NAMES = [
    b"plain.py",
    b"caf\xe9.py",
    b"\x1b[31m\x1b]0;pwn\x07.py",
    b"::error file=x::y.py",
    b"a\n::add-mask::b.py",
    b"<script>alert(1)<!--.py",
    "\u202egnp\u2066.py".encode(),
    b"`|](javascript:x) ]]>.py",
    b"--help",
    b"%0A%25,:.py",
]
SHAPES = ["{github_token}", "{aws_secret_access_key}", "{stripe_key}"]


def canaries() -> list[str]:
    return [generate(shape, seed) for seed, shape in enumerate(SHAPES)]


def traces(secret: str) -> set[str]:
    """Pieces of a secret, as it is and in the usual disguises, any of which would give a part of it away.

    The first characters may be a vendor's public prefix, which is shown.
    """
    hidden = secret[8:]
    forms = [hidden, hidden[::-1], hidden.encode().hex(), quote(hidden, safe="")]
    forms += [base64.b64encode(hidden[n:].encode()).decode() for n in range(3)]
    forms += ["".join(f"\\x{ord(c):02x}" for c in hidden), "".join(f"&#{ord(c)};" for c in hidden)]
    return {form[at : at + 10] for form in forms for at in range(max(len(form) - 12, 1))}


def source(secrets: list[str]) -> str:
    """Python and other text with each secret in several places, also where only excerpts reach."""
    github, aws, stripe = secrets
    key = generate("{aws_access_key_id}")
    return (
        f"# {github}\nimport boto3\n"
        f'c = boto3.client("s3", aws_access_key_id="{key}", aws_secret_access_key="{aws}")\n'
        f'TOKEN = "{github}"; OTHER = "{stripe}"  # {github}\n'
        f'URL = "https://user:{github}@example.com/"\n'
        f'd = {{"password": "{stripe}",\n     "x": b"{aws}"}}\n'
    )


@pytest.fixture
def tree(repo: Repository) -> Repository:
    secrets = canaries()
    for name in NAMES:
        repo.write(name, source(secrets))
    repo.write(".env", f"KEY={secrets[0]}\nPASSWORD='{secrets[1]}'\n")
    repo.write(".env.example", f"STRIPE_KEY={secrets[2]}\n")
    repo.write("broken.json", f'{{"token": "{secrets[0]}",,}}')
    repo.write(
        ".github/workflows/x.yml",
        f"on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      K: {secrets[0]}\n    steps:\n"
        f"      - run: |\n          curl -H 'Authorization: Bearer {secrets[2]}' x\n"
        f"        bad: [{secrets[1]}\n",
    )
    repo.add()
    repo.commit()
    return repo


def written(repo: Repository, *words: str) -> str:
    """Everything that a run says or writes."""
    made = repo.palint(*words)
    assert made.returncode in (0, 1, 2), made.stderr
    assert "Traceback" not in made.stdout + made.stderr
    return made.stdout + made.stderr


def assert_no_trace(text: str, about: str) -> None:
    for secret in canaries():
        found = [trace for trace in traces(secret) if trace in text]
        assert not found, f"{about}: {len(found)} pieces of a secret"


@pytest.mark.parametrize("name", FORMATS)
def test_no_report_holds_a_trace(name: str, tree: Repository, tmp_path: Path) -> None:
    file = tmp_path / "report"
    text = written(tree, "check", f"--format={name}", f"--output={name}:{file}", "--verbose")
    text += written(tree, "check", f"--format={name}", "--statistics")
    assert text.count("plain.py") >= 1
    assert_no_trace(text, name)
    assert_no_trace(file.read_text("utf-8"), f"--output {name}")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f]", text), name


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--diff", "--unsafe-fixes"),
        ("check", "--color=always"),
        ("init", "--dry-run"),
        ("config",),
        ("check", "--staged", "--format=concise"),
    ],
)
def test_no_other_output_holds_a_trace(words: tuple[str, ...], tree: Repository) -> None:
    assert_no_trace(written(tree, *words), " ".join(words))


def test_no_file_that_palint_writes_holds_a_trace(tree: Repository) -> None:
    for name in ("broken.json", ".github/workflows/x.yml"):
        os.unlink(tree.path / name)  # a baseline is of a complete run
    written(tree, "baseline")
    written(tree, "init", "--yes")
    for path in ("palint-baseline.jsonl", ".env.example", ".pre-commit-config.yaml"):
        if path != ".env.example":  # there was one, and it is left alone
            assert_no_trace((tree.path / path).read_text("utf-8"), path)
    cache = Path(os.environ["XDG_CACHE_HOME"])
    for kept in (p for p in cache.rglob("*") if p.is_file()):
        assert_no_trace(kept.read_bytes().decode("latin-1"), str(kept))


def test_the_traces_are_seen(tree: Repository) -> None:
    """The check above finds a secret in a text that holds one, plain or disguised."""
    secret = canaries()[0]
    for text in (secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex()):
        with pytest.raises(AssertionError, match="pieces of a secret"):
            assert_no_trace(f"x{text}x", "test")
