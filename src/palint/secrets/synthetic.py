"""Generate synthetic secrets from a shape and a seed.

Examples and tests must not contain a secret, not even a synthetic one: they contain a shape that is filled
at run time.
A shape is text with fields in braces:

    {base62:30}        30 random characters of a class (`CLASSES`); {hex:32-40} draws the length too
    {github_crc}       a checksum over what precedes it in the same shape (`CHECKSUMS`)
    {github_token}     a whole secret by name (`SHAPES`); {github_token:2} is another one
    «…»                the value, if the shape also has text around it

Braces that name nothing known stay as they are, so a shape may be source code of any language. A name
gives the same text for the same seed everywhere: an example and the `location` in it agree.
"""

from __future__ import annotations

import re
from base64 import b32encode, b64encode, urlsafe_b64encode
from collections.abc import Callable
from json import dumps
from random import Random

from palint.secrets import checksums
from palint.secrets.checksums import DIGITS, LOWER, UPPER
from palint.util import lazy_re

CLASSES: dict[str, str] = {
    "digits": DIGITS,
    "lower": LOWER,
    "upper": UPPER,
    "letters": LOWER + UPPER,
    "hex": DIGITS + "abcdef",
    "HEX": DIGITS + "ABCDEF",
    "mixed_hex": DIGITS + "abcdefABCDEF",
    "base32": UPPER + "234567",
    "base32_lower": LOWER + "234567",
    "base36": DIGITS + LOWER,
    "BASE36": DIGITS + UPPER,
    "base58": "".join(sorted(set(checksums.BASE62) - set("0IOl"))),
    "base62": DIGITS + UPPER + LOWER,
    "base64": DIGITS + UPPER + LOWER + "+/",
    "base64url": DIGITS + UPPER + LOWER + "-_",
    "bech32": checksums.BECH32,
    "BECH32": checksums.BECH32.upper(),
    "month": "ABCDEFGHIJKL",
    "pad": "AQgw",  # the last character before `==`: four bits of it are zero
    "pad32": "AEIMQUYcgkosw048",  # and before `=`: two bits
}

SHAPES: dict[str, str] = {
    "aws_access_key_id": "AKIA{aws_key_id}",
    "aws_temporary_access_key_id": "ASIA{aws_key_id}",
    "aws_secret_access_key": "{base64:40}",
    "aws_session_token": "{base64:360}",
    "github_token": "ghp_{base62:30}{github_crc}",
    "gitlab_token": "glpat-{base64url:20}",
    "npm_token": "npm_{base62:30}{github_crc}",
    "slack_webhook_url": "https://hooks.slack.com/services/T{BASE36:10}/B{BASE36:10}/{base62:24}",
    "slack_bot_token": "xoxb-{digits:12}-{digits:13}-{base62:24}",
    "stripe_key": "sk_live_{base62:24}",
    "openai_key": "sk-proj-{base64url:74}T3BlbkFJ{base64url:74}",
    "password": "{letters:6}-{base62:7}_{digits:2}{base62:4}",
    "database_url": "postgres://app:{base62:20}@db.internal:5432/app",
    "jwt": "{jwt_header}.{jwt_payload}.{base64url:43}",
    "private_key": "-----BEGIN {key_kind}PRIVATE KEY-----\n{pem_body}\n-----END {key_kind}PRIVATE KEY-----",
    "uuid": "{hex:8}-{hex:4}-4{hex:3}-a{hex:3}-{hex:12}",
    "hex32": "{hex:32}",
    "hex40": "{hex:40}",
    "hex64": "{hex:64}",
}

FIELD = lazy_re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)(?::(\d+)(?:-(\d+))?)?\}")


def generate(shape: str, seed: int | str = 0) -> str:
    """The text of a shape; the same seed gives the same text."""
    return make_with_value(shape, seed)[0]


def make_with_value(shape: str, seed: int | str = 0) -> tuple[str, int, int]:
    """The text of a shape, and the range of its value: between «…», else all of it."""
    random = Random(f"{seed}/{shape}")
    text, end = "", 0
    for field in FIELD.finditer(shape):
        text += shape[end : field.start()]
        text += _fill(field, text, random, seed)
        end = field.end()
    text += shape[end:]
    before, mark, rest = text.partition("«")
    if not mark:
        return text, 0, len(text)
    value, _, after = rest.partition("»")
    return before + value + after, len(before), len(before) + len(value)


def _fill(field: re.Match[str], before: str, random: Random, seed: int | str) -> str:
    name, low, high = field.groups()
    if name in CLASSES and low:
        length = random.randint(int(low), int(high or low))
        return "".join(random.choices(CLASSES[name], k=length))
    if name in CHECKSUMS:
        return CHECKSUMS[name](before.rpartition("«")[2])
    if name in STRUCTURES:
        return STRUCTURES[name](random)
    if name in SHAPES:
        return generate(SHAPES[name], f"{seed}/{name}/{low}")
    return field[0]


def _bech32(before: str) -> str:
    """The six-character checksum of `human1data`, in the same letter case."""
    human, _, data = before.lower().rpartition("1")
    values = [checksums.BECH32.index(c) for c in data]
    rest = checksums.bech32_checksum(human, values + [0] * 6) ^ 1
    text = "".join(checksums.BECH32[rest >> 5 * place & 31] for place in range(5, -1, -1))
    return text.upper() if before.isupper() else text


def _gitlab(before: str) -> str:
    payload = before.partition("-")[2].rstrip(".").removeprefix("t1_")
    head = before + checksums.encode(len(payload), checksums.BASE36, 2)
    return head[len(before) :] + checksums.encode(checksums.crc32(head), checksums.BASE36, 7)


CHECKSUMS: dict[str, Callable[[str], str]] = {
    "github_crc": lambda before: checksums.encode(
        checksums.crc32(before.rpartition("_")[2]), checksums.BASE62, 6
    ),
    "grafana_crc": lambda before: checksums.crc32(before.rstrip("_")).to_bytes(4, "little").hex(),
    "gitlab_crc": _gitlab,
    "bech32_checksum": _bech32,
}


def _aws_key_id(random: Random) -> str:
    account = random.randrange(10**12)
    number = 1 << 79 | account << 39 | random.getrandbits(39)
    return b32encode(number.to_bytes(10, "big")).decode()


def _base64_json(**members: object) -> str:
    return urlsafe_b64encode(dumps(members, separators=(",", ":")).encode()).decode().rstrip("=")


def _text(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))


def _pem_body(random: Random) -> str:
    lines = ["MIIE" + _text(random, CLASSES["base64"], 60)]
    lines += [_text(random, CLASSES["base64"], 64) for _ in range(10)]
    return "\n".join([*lines, _text(random, CLASSES["base64"], 42) + "=="])


def _macaroon(location: bytes) -> Callable[[Random], str]:
    """A PyPI token without its `pypi-`: location, identifier, one caveat, signature."""

    def make_macaroon(random: Random) -> str:
        identifier, caveat = (_text(random, CLASSES["hex"], size).encode() for size in (36, 50))
        data = b"\x02\x01" + bytes([len(location)]) + location
        data += b"\x02" + bytes([len(identifier)]) + identifier + b"\0"
        data += b"\x02" + bytes([len(caveat)]) + caveat + b"\0\0"
        data += b"\x06\x20" + random.randbytes(32)
        return urlsafe_b64encode(data).decode().rstrip("=")

    return make_macaroon


def _nkey(random: Random) -> str:
    """A user's seed: five bits `S`, five bits `U`, six bits 0, then the key."""
    data = bytes([18 << 3 | 20 >> 2, (20 & 3) << 6 & 0xFF]) + random.randbytes(32)
    return b32encode(data + checksums.crc16(data).to_bytes(2, "little")).decode().rstrip("=")


def _azure_devops_pat(random: Random) -> str:
    data = bytearray(random.randbytes(32) + b"\0\0\0")
    for place, byte in zip(
        (22, 8, 7, 2), checksums.azure_devops_crc(bytes(data)).to_bytes(4, "little"), strict=True
    ):
        data[place] = byte
    return b32encode(data).decode().lower()[:52]


def _number(random: Random) -> int:
    return random.randrange(10**9, 10**10)


STRUCTURES: dict[str, Callable[[Random], str]] = {
    "aws_key_id": _aws_key_id,
    "jwt_header": lambda _: _base64_json(alg="HS256", typ="JWT"),
    "jwt_payload": lambda random: _base64_json(sub=str(_number(random)), iat=_number(random)),
    "key_kind": lambda _: "RSA ",
    "pem_body": _pem_body,
    "pypi_macaroon": _macaroon(b"pypi.org"),
    "test_pypi_macaroon": _macaroon(b"test.pypi.org"),
    "nkey_seed": _nkey,
    "azure_devops_pat": _azure_devops_pat,
    "gitlab_payload": lambda random: (
        urlsafe_b64encode(
            b"o:1\nu:" + _text(random, CLASSES["base36"], 3).encode() + random.randbytes(16) + b"\x10"
        )
        .decode()
        .rstrip("=")
    ),
    "grafana_cloud": lambda random: b64encode(
        dumps(
            {
                "o": str(_number(random)),
                "n": "ci",
                "k": _text(random, CLASSES["base62"], 24),
                "m": {"r": "eu"},
            }
        ).encode()
    ).decode(),
    "grafana_legacy": lambda random: _base64_json(k=_text(random, CLASSES["base62"], 32), n="ci", id=1),
    "sentry_org": lambda random: b64encode(
        dumps(
            {
                "iat": _number(random),
                "url": "https://sentry.io",
                "region_url": "https://de.sentry.io",
                "org": "acme",
            }
        ).encode()
    ).decode(),
    "mapbox_payload": lambda random: _base64_json(u="acme", a=_text(random, CLASSES["base36"], 25)),
    "tinybird_payload": lambda random: _base64_json(
        u=_text(random, CLASSES["hex"], 32), id=_text(random, CLASSES["hex"], 32)
    ),
    "qstash": lambda random: b64encode(
        dumps(
            {"UserID": _text(random, CLASSES["hex"], 32), "Password": _text(random, CLASSES["hex"], 32)},
            separators=(",", ":"),
        ).encode()
    ).decode(),
    "cloudflare_tunnel": lambda random: b64encode(
        dumps(
            {
                "a": _text(random, CLASSES["hex"], 32),
                "t": _text(random, CLASSES["hex"], 36),
                "s": _text(random, CLASSES["base64"], 44),
            },
            separators=(",", ":"),
        ).encode()
    ).decode(),
    "onepassword": lambda random: _base64_json(
        signInAddress="acme.1password.com",
        deviceUuid=_text(random, CLASSES["base32_lower"], 26),
        secretKey="-".join(["A3", _text(random, CLASSES["BASE36"], 32)]),
        muk={"k": _text(random, CLASSES["base64url"], 43)},
    ),
    "snowflake": lambda random: (
        b64encode(str(random.randrange(10**17, 10**18)).encode()).decode().rstrip("=")
    ),
}
