"""How a test makes a value of its own that has the form of the one it replaces: algorithm, size, alphabet."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

from palint.advice.place import Place, indented
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.secrets import Secret

VARIABLE = lazy_re.compile(r"[A-Z][A-Z0-9_]{1,60}")
_UUID = lazy_re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BASE64 = lazy_re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])(?:[A-Za-z0-9+/]{4}){5,}"
                          r"(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")  # fmt: skip
_DER = b"0\x82"  # a sequence of at least 256 bytes, as a key has: ITU-T X.690
_USUAL_BYTES, _MOST_BYTES = 16, 512
# Recorded answers: https://benoittgt.github.io/vcr/, https://vcrpy.readthedocs.io/en/latest/advanced.html
_CASSETTE = lazy_re.compile(r"(?:^|/)(?:[\w-]{0,40}cassettes?|vcr)/")

_PEM = lazy_re.compile(r"-----BEGIN (?P<label>[A-Z0-9 ]{0,20}?) ?PRIVATE KEY-----(?P<body>[^-]{40,16000})")
_NO_BASE64 = lazy_re.compile(r"[\"'][ \t\\]{0,40}[+.,]?[ \t]{0,40}(?:\r?\n|\Z)|\\[nr]|[^A-Za-z0-9+/]")
_HEADER = 800  # characters of a key's base64 that say what it is
# (what the bytes of a key have, the options of `openssl genpkey`, of `openssl ecparam`, of `ssh-keygen`): the
# object identifiers of RFC 8410, of RFC 5480 and SEC 2, and the names of RFC 5656 and RFC 8709
_ALGORITHMS = (
    (b"\x06\x03\x2b\x65\x70", "-algorithm ed25519", "", ""),
    (b"\x06\x03\x2b\x65\x71", "-algorithm ed448", "", ""),
    (b"\x06\x03\x2b\x65\x6e", "-algorithm x25519", "", ""),
    (b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", "P-256", "prime256v1", ""),
    (b"\x06\x05\x2b\x81\x04\x00\x21", "P-224", "secp224r1", ""),
    (b"\x06\x05\x2b\x81\x04\x00\x22", "P-384", "secp384r1", ""),
    (b"\x06\x05\x2b\x81\x04\x00\x23", "P-521", "secp521r1", ""),
    (b"\x06\x05\x2b\x81\x04\x00\x0a", "secp256k1", "secp256k1", ""),
    (b"ssh-ed25519", "", "", "ed25519"),
    (b"nistp256", "", "", "ecdsa -b 256"),
    (b"nistp384", "", "", "ecdsa -b 384"),
    (b"nistp521", "", "", "ecdsa -b 521"),
)
# The modulus after the version of a key (RFC 8017), and after the exponent in that of OpenSSH (RFC 4253)
_MODULUS = re.compile(
    rb"\x02\x01\x00\x02(?:([\x20-\x7f])|\x81(.)|\x82(..))\x00|ssh-rsa\x00\x00\x00[\x01-\x04].{1,4}?\x00\x00(..)\x00",
    re.DOTALL,
)


def private_key(pem: str) -> str:
    """The command that makes a private key with the algorithm, size and format of this one; "" if unknown.

    pem: the block, also as a literal with `\\n`. Its DER is read: the object identifier, or RSA's modulus.
    """
    found = _PEM.search(pem)
    if found is None or "ENCRYPTED" in pem:
        return ""
    text = _NO_BASE64.sub("", found["body"])[:_HEADER]
    data = b64decode(text[: len(text) // 4 * 4])
    modulus = _MODULUS.search(data)
    if modulus is not None:
        bits = 8 * (int.from_bytes(next(filter(None, modulus.groups())), "big") - 1)
        if found["label"] == "OPENSSH":
            return f'ssh-keygen -q -t rsa -b {bits} -N "" -f key'
        if found["label"] == "RSA":
            return f"openssl genrsa -traditional {bits}"
        return f"openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits}"
    for shown, general, curve, ssh in _ALGORITHMS:
        if shown not in data:
            continue
        if ssh:
            return f'ssh-keygen -q -t {ssh} -N "" -f key'
        if found["label"] == "EC":
            return f"openssl ecparam -name {curve} -genkey -noout"
        options = f"-algorithm EC -pkeyopt ec_paramgen_curve:{general}" if curve else general
        return f"openssl genpkey {options}"
    return ""


def on_each_machine(place: Place, secret: Secret) -> str:
    """How developers each get a private key of their own instead of one that the repository has."""
    name = place.file.name if re.fullmatch(r"[\w.-]{1,60}", place.file.name, re.A) else "localhost.key"
    text = (
        "Make one on each machine instead, with what belongs to it (certificate, public key), and list it in "
        "`.gitignore`"
    )
    made = private_key(place.file.text[secret.start : secret.end])
    if "localhost" in place.file.path.lower() or "tls" in place.file.path.lower():
        made = f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout {name}"
    elif made:
        made = made.replace("-f key", f"-f {name}") if "ssh" in made else f"{made} > {name}"
    return f"{text}:\n    {made}" if made else f"{text}."


# What an application itself signs or encrypts with, and nothing else has to know:
# https://docs.djangoproject.com/en/stable/ref/settings/#secret-key, https://flask.palletsprojects.com/en/stable/config/,
# https://guides.rubyonrails.org/security.html, https://laravel.com/docs/encryption, https://next-auth.js.org/
_OWN = lazy_re.compile(
    r"(?:(?:APP|APPLICATION|AUTH|DJANGO|FLASK|NEXTAUTH|RAILS)_)?SECRET(?:_KEY(?:_BASE)?)?|APP_KEY"
    r"|(?:[A-Z0-9]+_)*(?:COOKIE|CSRF|JWT|SESSION)_(?:SECRET(?:_KEY)?|(?:SIGNING|ENCRYPTION)_KEY)"
)
# Of a server that a job or a Compose file starts
_OF_SERVER = lazy_re.compile(
    r"(?:[A-Z0-9]+_)*(?:DB|DATABASE|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|MSSQL|SA|REDIS|RABBITMQ"
    r"|ELASTIC(?:SEARCH)?|MINIO|KEYCLOAK)_?(?:[A-Z]+_)*(?:PASS(?:WORD)?|PWD)"
)
_STARTS = lazy_re.compile(r"services:|\bcompose\b|\bdocker run\b")


def is_of_server(place: Place, name: str) -> bool:
    """Whether a secret with this name is the password of a server that the file starts itself."""
    return _OF_SERVER.fullmatch(name.upper()) is not None and _STARTS.search(place.file.text) is not None


def is_made_here(place: Place, name: str) -> bool:
    """Whether both sides take a secret with this name from the same job or test, so that it can make one.

    A token, an account or a key of another service is issued there.
    """
    return _OWN.fullmatch(name.upper()) is not None or is_of_server(place, name)


def _random(value: str) -> tuple[str, int]:
    """(the kind of a random value: `uuid`, `base64`, `hex`, its size in bytes).

    What is none of these is replaced by hexadecimal digits, as many as it has characters.
    """
    if _UUID.fullmatch(value):
        return "uuid", _USUAL_BYTES
    if _BASE64.fullmatch(value) and not {"+", "/", "="}.isdisjoint(value):
        return "base64", min(len(b64decode(value)), _MOST_BYTES)
    if len(value) < _USUAL_BYTES:
        return "hex", _USUAL_BYTES
    return "hex", min(len(value) // 2, _MOST_BYTES)


def command(value: str = "") -> str:
    """The command that prints a random value with the form of this one, as a value for a program."""
    kind, size = _random(value)
    return "uuidgen" if kind == "uuid" else f"openssl rand -{kind} {size}"


def in_test(place: Place, secret: Secret) -> str:
    """What a test has instead of a secret that is written into it."""
    value = place.file.text[secret.start : secret.end]
    random = value if secret.looks_random else ""
    if _CASSETTE.search(place.file.path.lower()):
        return (
            "Let the recorder leave it out (`filter_sensitive_data` of VCR, `filter_headers` of vcrpy), and "
            "record the answer again."
        )
    if text := _BOUND.get(secret.detector.replace("private-jwk", "json-web-key")):
        if secret.detector == "private-key" and (made := private_key(value)):
            return f"{text}:\n    {made}"
        return f"{text}."
    shell = command(random)
    if place.kind.language.id in ("workflow", "action"):
        variable = secret.name if VARIABLE.fullmatch(secret.name) else "NAME"
        return f'Make the value in the job:\n    - run: echo "{variable}=$({shell})" >> "$GITHUB_ENV"'
    fixed = (
        f"Write a value that no one can take for real (`{plain(secret)}`), in the form that the tests "
        "need, here and wherever they repeat it"
    )
    if place.kind.language.type not in ("programming", "commands") or place.in_comment(secret.start):
        return f"{fixed}."
    generate, (kind, size) = place.language.generate, _random(random)
    if kind == "base64" and b64decode(random).startswith(_DER):
        return f"{_BOUND['private-key']}."
    if place.takes_no_call:
        return f"{fixed}."
    if not generate or kind != "hex":
        return f"{fixed}, or let the test make one when it runs (`{shell}`)."
    code = generate.replace("{bytes}", str(size)).replace("{bits}", str(8 * size))
    code = place.with_needs(code.replace("{digits}", str(2 * size)), place.language.generate_needs)
    return f"{fixed}, or let the test make one when it runs:\n{indented(code)}"


_BOUND = {  # what a random string cannot replace, by the id of its format
    "private-key": "Let the test make such a key when it runs, and again what belongs to it (certificate, "
    "public key, signatures)",
    "json-web-key": "Make the pair again with what made it: this half here, and the public one wherever the "
    "tests have it",
    "json-web-token": "Let the test sign a token when it runs, with a key that it makes itself, or write one "
    "that no server accepts, here and wherever the tests repeat it",
}


def plain(secret: Secret) -> str:
    """A value that anyone can tell is made up: `example-stripe-api-key`."""
    return "-".join(("example", *(words(secret.name).split() or ("value",))))


def words(name: str) -> str:
    """The words of a name, for a placeholder: `stripe api key`."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)
    return " ".join(found).lower()[:40]
