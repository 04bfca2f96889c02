"""The tree that the golden files are about: a text of all its files, and the secrets made for it.

Nothing here depends on palint, so that the tree stays the same when palint's generated secrets change.
"""

from __future__ import annotations

import hashlib
import re
import string
import zlib
from base64 import b32encode, b64encode
from pathlib import Path

from tests.conftest import Repository

FOLDER = Path(__file__).parent / "0.1"
_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_WORDS = ("harbour", "copper", "lantern", "meadow", "pepper", "saddle", "violet", "walnut")
_PLACEHOLDER = re.compile(r"\{(\w+):(\d+)\}")


def secret(kind: str, number: int) -> str:
    """A made-up secret of a kind; the same for the same number, on every machine and version of Python."""
    seed = hashlib.shake_256(f"golden/{kind}/{number}".encode()).digest(900)
    letters = "".join(_BASE62[byte % 62] for byte in seed)
    if kind == "github_token":
        rest, checksum = zlib.crc32(letters[:30].encode()), ""
        for _ in range(6):
            rest, digit = divmod(rest, 62)
            checksum = _BASE62[digit] + checksum
        return f"ghp_{letters[:30]}{checksum}"
    if kind == "aws_access_key_id":
        account = int.from_bytes(seed[:5], "big") % 10**12
        return "AKIA" + b32encode((1 << 79 | account << 39 | seed[5]).to_bytes(10, "big")).decode()
    if kind == "private_key":
        lines = b64encode(b"\x30\x82\x04\xa3" + seed[:860]).decode()
        body = "\n".join(lines[start : start + 64] for start in range(0, len(lines), 64))
        return "\n".join(f"-----{word} RSA PRIVATE KEY-----" for word in ("BEGIN", "END")).replace(
            "\n", f"\n{body}\n"
        )
    if kind == "words":
        return f"{_WORDS[seed[0] % 8]}-{_WORDS[seed[1] % 8]}-{2000 + seed[2] % 25}"
    return {
        "aws_secret_access_key": b64encode(seed[:30]).decode(),
        "hex40": seed[:20].hex(),
        "password": f"{letters[:7]}-{letters[7:14]}_{letters[14:20]}",
        "slack_webhook_url": "https://hooks.slack.com/services/"
        f"T{letters[:10].upper()}/B{letters[10:20].upper()}/{letters[20:44]}",
        "stripe_key": "sk_live_" + letters[:24],
    }[kind]


def files() -> dict[str, str]:
    """The tree's texts by path, with their secrets."""
    parts = re.split(r"^=== (.+)\n", (FOLDER / "tree.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        path: _PLACEHOLDER.sub(lambda found: secret(found[1], int(found[2])), text)
        for path, text in zip(parts[::2], parts[1::2], strict=True)
    }


def secrets() -> list[str]:
    """Every secret in the tree."""
    text = (FOLDER / "tree.txt").read_text("utf-8")
    return sorted({secret(kind, int(number)) for kind, number in _PLACEHOLDER.findall(text)})


def make(folder: Path, *, without: tuple[str, ...] = ()) -> Path:
    """Make the tree as a git repository of one commit, always the same. without: paths that are left out."""
    repository = Repository(folder)
    for path, text in files().items():
        if path not in without:
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8", newline="\n")
    repository.git("add", "--force", ".")
    when = "2026-01-01T00:00:00Z"
    repository.git("commit", "-qm", "first", env={"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when})
    return folder
