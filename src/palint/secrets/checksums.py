"""Checksums and structures that vendors build into their tokens.

Each check takes a value that matched its format's pattern and returns whether it could have been issued:
`False` means that the vendor's own parser would reject it. zlib, base64 and json are imported only when a
candidate needs them, because most runs have none.
"""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()

BASE36 = DIGITS + LOWER
BASE62 = DIGITS + UPPER + LOWER
BECH32 = "qpzry9x8" + "gf2tvdw0" + "s3jn54kh" + "ce6mua7l"


def crc32(text: str) -> int:
    """The CRC-32 (IEEE 802.3) of the text's UTF-8."""
    from zlib import crc32

    return crc32(text.encode())


def encode(number: int, alphabet: str, width: int) -> str:
    """The number in the base of the alphabet's length, padded with zeros to `width` characters."""
    digits = []
    while number:
        number, digit = divmod(number, len(alphabet))
        digits.append(alphabet[digit])
    return "".join(reversed(digits)).rjust(width, alphabet[0])


def decode64(text: str) -> bytes:
    """Decode base64 in either alphabet, with or without padding; empty if invalid."""
    from base64 import b64decode
    from binascii import Error

    text = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (Error, ValueError):
        return b""


def decode_json(text: str) -> dict[str, object]:
    """The JSON object in a base64 text; empty if it does not contain one."""
    from json import loads

    try:
        value = loads(decode64(text))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def github(token: str) -> bool:
    """`prefix_`, 30 random characters (Polar: 37), then their CRC-32 in six base62 digits; npm does the same.

    https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    """
    body = token.rpartition("_")[2]
    return encode(crc32(body[:-6]), BASE62, 6) == body[-6:]


def gitlab_routable(token: str) -> bool:
    """`prefix-payload.`, two base36 digits of the payload's length, seven of the CRC-32 of all before them.

    Later tokens have a version between payload and length; what their CRC covers is not published.
    https://handbook.gitlab.com/handbook/engineering/architecture/design-documents/cells/routable_tokens/
    """
    head, crc = token[:-7], token[-7:]
    payload, *version, length = head.partition("-")[2].split(".")
    if payload[:1] == "t" and payload[2:3] == "_":  # the runner's type
        payload = payload[3:]
    return encode(len(payload), BASE36, 2) == length and (
        bool(version) or encode(crc32(head), BASE36, 7) == crc
    )


def grafana(token: str) -> bool:
    """`glsa_secret_`, then the CRC-32 of what precedes the last underscore in hex, low byte first.

    https://github.com/grafana/grafana/tree/main/pkg/components/satokengen
    """
    body, _, checksum = token.rpartition("_")
    return crc32(body).to_bytes(4, "little").hex() == checksum.lower()


def aws_account(key_id: str) -> bool:
    """After its four letters a key id is base32, and 40 bits of it are the account, a number of 12 digits.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html returns a key id's account.
    """
    from base64 import b32decode

    try:
        first = int.from_bytes(b32decode(key_id[4:])[:6], "big")
    except ValueError:
        return False
    return (first & 0x7FFF_FFFF_FF80) >> 7 < 10**12


def jwt(token: str) -> bool:
    """Header and payload are JSON objects, the header names an algorithm (RFC 7519, RFC 7515)."""
    header, payload = token.split(".")[:2]
    return isinstance(decode_json(header).get("alg"), str) and bool(decode_json(payload))


# What jwt.io fills in, now and before, what Supabase's local server has, and what tests write
PUBLISHED_KEYS = (
    "your-256-bit-secret", "your-384-bit-secret", "your-512-bit-secret", "secret",
    "a-string-secret-at-least-256-bits-long", "super-secret-jwt-token-with-at-least-32-characters-long",
)  # fmt: skip


def is_signed_with(token: str, keys: Iterable[str]) -> bool:
    """Whether one of these keys gives the HMAC of a JSON Web Token (RFC 7518 section 3.2)."""
    signed, _, signature = token.rpartition(".")
    algorithm = str(decode_json(signed.partition(".")[0]).get("alg"))
    if algorithm not in ("HS256", "HS384", "HS512"):
        return False
    expected, message = decode64(signature), signed.encode()
    if algorithm == "HS256":  # nearly all
        from palint.util.sha256 import hmac_sha256

        return any(hmac_sha256(key.encode(), message) == expected for key in keys)
    from hmac import digest

    return any(digest(key.encode(), message, "sha" + algorithm[2:]) == expected for key in keys)


_OPENSSH, _OPENSSH_MAGIC = "b3BlbnNzaC1rZXktdjE", b"openssh-key-v1\0"
_SHORTEST_KEY = 64  # characters of base64: Ed25519 in PKCS #8 (RFC 8410)


def private_key(block: str) -> bool:
    """The key starts like DER or OpenSSH's own format, and is as long as the shortest key.

    Encrypted by fields or by PGP, it may be anything. A block without a visible end is accepted. https://www.rfc-editor.org/rfc/rfc7468
    """
    header, _, rest = block.removeprefix("-----BEGIN ").partition("-----")
    if "-----END" not in rest or "BLOCK" in header or "Proc-Type" in rest:
        return True
    lines = key_lines(block)
    body = "".join(lines)
    if len(body) < _SHORTEST_KEY:
        return False
    if body.startswith(("M", _OPENSSH)):
        return True
    # A comment may be first: a whole line of a sequence in DER (RFC 7468, section 2) is hardly by chance.
    return any(line.startswith(("MI", _OPENSSH)) for line in lines[1:4])


def key_lines(block: str) -> list[str]:
    """The base64 of a PEM block by lines: whole lines, however short, and what is longer than a word.

    Without the header, the fields of RFC 1421, and what is around the lines: quotes, `+` of a patch.
    """
    from re import findall, fullmatch, match, split

    lines: list[str] = []
    pieces = split(r"\\[nr]|%0[ADad]|\n", block.partition("-----END")[0].removeprefix("-----BEGIN"))
    # A patch marks each line; base64 has a `+` of its own.
    mark = "+" if all(line.lstrip().startswith("+") for line in pieces[1:] if line.strip()) else ""
    for line in pieces:
        if fullmatch(r"\s*[0-9A-Za-z+/=]+\s*", line):
            lines.append(line.strip().removeprefix(mark))
            continue
        for part in split("[\"'`]", line):
            if not match(r"[^:]*[A-Za-z][\w-]*:", part):
                lines += [run.removeprefix(mark) for run in findall(r"[0-9A-Za-z+/=]{16,}", part)]
    return lines


def is_whole_key(block: str) -> bool:
    """Whether a PEM block has as many bytes as the first ones say, in DER or in OpenSSH's own form.

    https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
    """
    data = decode64("".join(key_lines(block)))
    if data.startswith(_OPENSSH_MAGIC):
        at, strings = len(_OPENSSH_MAGIC), 0
        while strings < 6 and at < len(data):  # cipher, derivation, its options, keys, the first, the private
            at += 4 + (0 if strings == 3 else int.from_bytes(data[at : at + 4], "big"))
            strings += 1
        return strings == 6 and at <= len(data)
    if data[:1] != b"\x30" or len(data) < 2:
        return False
    digits = data[1] & 0x7F if data[1] & 0x80 else 0  # bytes of the length (X.690, 8.1.3)
    size = int.from_bytes(data[2 : 2 + digits], "big") if digits else data[1]
    return len(data) >= 2 + digits + size


def has_json(*keys: str, separator: str = "", part: int = 0) -> Callable[[str], bool]:
    """A check that one part of the token, cut at `separator`, is base64 of a JSON object with these keys."""

    def check(token: str) -> bool:
        parts = token.split(separator) if separator else [token]
        return all(key in decode_json(parts[part]) for key in keys)

    return check


def macaroon(token: str) -> bool:
    """`pypi-` and a macaroon in the second binary format: packets that end with a signature of 32 bytes.

    https://warehouse.pypa.io/development/token-scanning/ and
    https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt
    """
    data = decode64(token.partition("-")[2])
    position, signed = 1, False
    while data[:1] == b"\x02" and position < len(data):
        kind = data[position]
        position += 1
        if kind == 0:  # the end of a section
            continue
        size, position = _varint(data, position)
        position += size
        signed = kind == 6 and position == len(data)
    return signed


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """The number at the position, seven bits a byte with the lowest first, and where it ends."""
    number = shift = 0
    while position < len(data) and shift < 32:
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            break
    return number, position


def bech32_checksum(human: str, data: list[int]) -> int:
    """The checksum of Bech32 over a lower-case human part and 5-bit values; 1 if they end in the right one.

    https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki
    """
    generator = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    checksum = 1
    for value in [ord(c) >> 5 for c in human] + [0] + [ord(c) & 31 for c in human] + data:
        top = checksum >> 25
        checksum = (checksum & 0x1FF_FFFF) << 5 ^ value
        for bit, term in enumerate(generator):
            if top >> bit & 1:
                checksum ^= term
    return checksum


def bech32(token: str) -> bool:
    """A human part, `1`, and data that ends in the Bech32 checksum, all in one letter case."""
    human, _, data = token.lower().rpartition("1")
    values = [BECH32.find(c) for c in data]
    one_case = token in (token.lower(), token.upper())
    return bool(human) and one_case and -1 not in values and bech32_checksum(human, values) == 1


def crc16(data: bytes) -> int:
    """CRC-16/XMODEM: polynomial 0x1021, start 0."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def nkey(seed: str) -> bool:
    """Base32 of two prefix bytes, a key of 32 and a little-endian CRC-16 of all of them.

    https://github.com/nats-io/nkeys#about
    """
    from base64 import b32decode

    try:
        data = b32decode(seed + "=" * (-len(seed) % 8))
    except ValueError:
        return False
    return crc16(data[:-2]).to_bytes(2, "little") == data[-2:]


def azure_devops(token: str) -> bool:
    """Base32 of 32 bytes; four of them, not adjacent, are a CRC-32 of the others combined with a constant.

    https://github.com/microsoft/security-utilities, SEC101/102
    """
    from base64 import b32decode

    data = b32decode(token.upper() + "====")
    return bytes(data[place] for place in (22, 8, 7, 2)) == azure_devops_crc(data).to_bytes(4, "little")


def azure_devops_crc(data: bytes) -> int:
    """The checksum that the 32 bytes of a user's token must hold."""
    from zlib import crc32

    return crc32(data[:2] + data[3:7] + data[9:22] + data[23:32]) ^ 0xE0B9_692D


def discord(token: str) -> bool:
    """The first part is base64 of the bot's id, a decimal number.

    https://discord.com/developers/docs/reference#snowflakes
    """
    return decode64(token.partition(".")[0]).isdigit()
