"""Judge a candidate: drop it, or report it as a secret with high or low confidence.

In this order: a filter drops it; key material, formats, fallbacks, default passwords and chosen numbers are
secrets; a model decides about all others; a documented example is dropped. Key material and formats with a
fixed start have high confidence; another value needs to look random, and no doubt about it or its name.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from palint.findings import Confidence
from palint.secrets import browser_keys, checksums, documented_examples, fallbacks, filters
from palint.secrets.candidate import Candidate, Source, place_of
from palint.secrets.classifier import (
    features,
    is_chosen,
    is_chosen_number,
    is_default_password,
    is_doubtful,
    is_words,
    looks_random,
    random_names,
)
from palint.secrets.names import is_password, is_strong, names_any_key, names_key_of_thing, names_secret
from palint.secrets.vocabulary import CREDENTIAL_TOKEN
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Judgement(NamedTuple):
    """The result for a candidate. confidence, looks_random: of a secret. score: log-odds, or 0.0."""

    is_secret: bool
    confidence: Confidence = Confidence.LOW
    looks_random: bool = False
    score: float = 0.0


class Evidence(NamedTuple):
    """What a candidate that no filter drops is judged by.

    value: the part to judge, decoded (`judged_part`). plain: what may be random in it: the line of text, or
    the member of an object, that it encodes in base64; the signature of a JSON Web Token; else the value.
    quote: the quote before it, "" if none. certain: key material, or a format with a mark.
    of_format: a format without one, or used to sign in, which need a value that looks random.
    expected: the program uses the value as a secret if none is set, so it is one whatever the model says.
    body: what follows the mark of a vendor's format.
    """

    value: str
    plain: str
    name: str
    syntax: str
    quote: str
    certain: bool
    of_format: bool
    expected: bool
    body: str = ""

    @property
    def numbers(self) -> list[float]:
        """What the model of "is a secret" reads."""
        return features.extract(self.value, self.name, self.syntax, self.quote)

    @property
    def is_accepted(self) -> bool:
        """Whether it is a secret whatever the model says."""
        return (
            self.expected
            or self.of_format
            or is_default_password(self.value, self.name)
            or is_chosen_number(self.value, self.name, self.syntax)
        )

    def may_open(self, *, random: bool) -> bool:
        """Whether its name says that it opens something, or it looks like a random key.

        In hexadecimal that has 128 bits. The key of a thing is its id: `feed_key`, but for a setting's name.
        """
        if not names_any_key(self.name):
            return True
        if _HEX.match(self.plain):
            random = random and len(self.plain) >= _SHORTEST_HEX
        return random and (self.syntax == "default" or not names_key_of_thing(self.name))

    @property
    def is_doubtful(self) -> bool:
        """Whether it may be typed, words, an id, a hash, a signature, cut or no token: it is not certain."""
        return (
            _NUMBER.match(self.plain) is not None
            or (self.plain is not self.value and self.plain.startswith(_OBJECT))  # a token cut in its payload
            or self.plain.endswith(_QUOTES)
            or opens_nothing(self.value)
            or is_chosen(self.plain)
            or (not self.of_format and is_doubtful(self.value, self.name, self.syntax))
        )


NO_SECRET = Judgement(False)
_NUMBER = lazy_re.compile(r"[A-Za-z]?\d[\d-]*\Z")  # also with a letter, as of an organisation
_QUOTES = ("'", '"', "`")  # of the string around, so that the value's own is not closed on its line
_HEX, _SHORTEST_HEX = lazy_re.compile(r"[0-9a-fA-F]+\Z"), 32  # digits of a key
_SHORTEST_FALLBACK = 4  # characters; shorter ones are `dev`, `x`, `no`
_KEY_MATERIAL = ("private-jwk", "byte-array", "key-file")


def judge(text: str, candidate: Candidate, path: str) -> Judgement:
    """Judge one candidate of this text."""
    evidence = evidence_of(text, candidate, path)
    if evidence is None:
        return NO_SECRET
    result = decide(evidence)
    # Last, since few candidates are secrets
    if result.is_secret and (
        documented_examples.is_documented(place_of(text, candidate, path).value)
        or browser_keys.is_for_clients(text, candidate.start, candidate.end, candidate.name)
    ):
        return NO_SECRET
    if candidate.syntax == "json-web-token" and _is_made_by_file(text, candidate):
        return result._replace(confidence=Confidence.LOW)
    if candidate.syntax == browser_keys.FORMAT and path.lower().endswith((".html", ".htm")):
        return result._replace(confidence=Confidence.LOW)  # a page has it
    if result.is_secret and not evidence.certain and _is_hash(text, candidate):
        return NO_SECRET
    of_vendor = candidate.source is Source.FORMAT and candidate.syntax != browser_keys.FORMAT
    if result.is_secret and _is_used_in_url(text, candidate):
        return result._replace(confidence=Confidence.HIGH)
    if of_vendor or result.confidence is Confidence.LOW:
        return result
    if browser_keys.may_be_for_browsers(text, candidate.start, candidate.end) or (
        not evidence.certain and _may_be_public(text, candidate)
    ):
        return result._replace(confidence=Confidence.LOW)
    return result


_QUOTED = lazy_re.compile(r"[\"'`](?=([^\"'`\n]{1,80})[\"'`])")
_NEAR_TOKEN = 4000  # characters on each side of a token in which its key is searched for


def _is_made_by_file(text: str, candidate: Candidate) -> bool:
    """Whether a JSON Web Token is signed with a published key, or with a string of its own file."""
    near = text[max(0, candidate.start - _NEAR_TOKEN) : candidate.end + _NEAR_TOKEN]
    keys = (*checksums.PUBLISHED_KEYS, *_QUOTED.findall(near))
    return checksums.is_signed_with(text[candidate.start : candidate.end], keys)


_STRONG = lazy_re.compile(r"(?=[^\n]*[a-z])(?=[^\n]*[A-Z])(?=[^\n]*\d)(?=\w*[^\s\w])[^\s:/]{12}")


def _is_used_in_url(text: str, candidate: Candidate) -> bool:
    """Whether a password of several kinds of characters is one in a URL of the same file, too."""
    value = text[candidate.start : candidate.end]
    return (
        is_password(candidate.name)
        and candidate.syntax != "url-credentials"
        and _STRONG.match(value) is not None
        and f":{value}@" in text
    )


# A link that is given to people holds what it opens: a meeting's passcode, an order's token. The key of an
# API is called so: `api_key`, `private_token`.
_IN_LINK = lazy_re.compile(
    rf"(?:://|href=[\"'])[^\s\"`<>]{{1,300}}[?&](?:amp;)?(?:pwd|pass(?:word|code)?|\w*ticket|"
    rf"(?![\w.-]*{CREDENTIAL_TOKEN})[\w.-]*token)=\Z",
    re.I,
)
_HIDDEN = lazy_re.compile(
    r"<input\s[^<>]{0,400}\btype=[\"']?hidden\b", re.I
)  # such as a token against forgery
_OF_ID = lazy_re.compile(r"(?:\b|_|(?<=[a-z]))[iI]d[\"']?\s{0,4}(?::|=>?)\s{0,4}[\"'`]\Z")
# `X_KEY` beside `X_SECRET`, and the access key of a secret key
_FIRST_OF_PAIR = lazy_re.compile(r"(?:(?<!secret)(?<!secret[_.-])(?P<access>access[_.-]?))?key\Z", re.I)
_NEAR_SECRET = 300  # characters on each side of the one in which the other is searched for
_NEAR_ID = 1000  # characters on each side of the value in which an id with the same value is searched for


def _may_be_public(text: str, candidate: Candidate) -> bool:
    """Whether a value is in a link or a form's hidden field, near its secret, or near an id of its value."""
    start, value = candidate.start, text[candidate.start : candidate.end]
    if _IN_LINK.search(text, max(0, start - 320), start):
        return True
    key = _FIRST_OF_PAIR.search(candidate.name)
    if key and (key["access"] or not is_strong(candidate.name)):  # may be its user
        stem = candidate.name[: key.start()]
        word = r"secret[_.-]?(?:access[_.-]?)?key" if key["access"] else "secret"
        other = re.compile(re.escape(stem) + word, re.I)
        if other.search(text, max(0, start - _NEAR_SECRET), candidate.end + _NEAR_SECRET):
            return True
    tag = text.rfind("<", max(0, start - 320), start)
    if tag >= 0 and _HIDDEN.match(text, tag, candidate.end + 80):
        return True
    low, high = max(0, start - _NEAR_ID), candidate.end + _NEAR_ID
    at = text.find(value, low, high)
    while at >= 0:
        if at != start and _OF_ID.search(text, max(0, at - 12), at):
            return True
        at = text.find(value, at + len(value), high)
    return False


# A salt, or the function that made a hash: https://guacamole.apache.org/doc/gug/configuring-guacamole.html
_SALT = lazy_re.compile(
    r"(?<![\w-])salt[\"'`]?(?:\s{0,4}[:=>]{1,2}|\s{0,4}value=)\s{0,4}[\"'`]?[\w+/.-]{8}|"
    r"\b(?:encoding|algorithm)[\"'`]?\s{0,4}[:=]\s{0,4}[\"'`]?(?:md5|sha-?\d)",
    re.I,
)
_HASHED = lazy_re.compile(r"(?:[0-9a-f]{32,64}|[\w+/]{27}=|[\w+/]{43}=|[\w+/]{86}==)\Z")
_NEAR_SALT = 300  # characters on each side of a value in which its salt is searched for


def _is_hash(text: str, candidate: Candidate) -> bool:
    """Whether a password may be a hash: it has the length of one, and is that of a common word, or a salt or
    the function is beside it.
    """
    start, end = candidate.start, candidate.end
    return (
        is_password(candidate.name)
        and _HASHED.match(text, start, end) is not None
        and (
            text[start:end] in _hashes_of_words()
            or _SALT.search(text, max(0, start - _NEAR_SALT), end + _NEAR_SALT) is not None
        )
    )


@cache
def _hashes_of_words() -> frozenset[str]:
    """MD5, SHA-1 and SHA-256 of each common word, in hexadecimal: what tests have for a hashed password."""
    import hashlib

    return frozenset(
        hashlib.new(name, word.encode(), usedforsecurity=False).hexdigest()
        for name in ("md5", "sha1", "sha256")
        for word in features.common_words()
    )


def evidence_of(text: str, candidate: Candidate, path: str) -> Evidence | None:
    """What a candidate is judged by; None if a filter drops it."""
    place = place_of(text, candidate, path)
    value = place.value
    # A word is a secret where the program uses it as one: `process.env.JWT_SECRET || "…"`.
    falls_back = (
        candidate.source is Source.ASSIGNMENT
        and len(value) >= _SHORTEST_FALLBACK
        and fallbacks.is_fallback(text, candidate.start)
    )
    if filters.is_filtered(place) and not (falls_back and filters.only_repeats_name(place)):
        return None
    judged = judged_part(value, candidate.name, candidate.syntax)
    if judged is not value and filters.is_filtered_value(judged):
        return None
    of_format = candidate.source in (Source.FORMAT, Source.USE)
    members = checksums.decode_json(judged) if judged.startswith(_OBJECT) and not of_format else {}
    private = [text for name, text in members.items() if name in _PRIVATE_MEMBERS or names_secret(name)]
    if members and not private:
        return None  # such as a public JSON Web Key
    line = str(private[0]) if private else decoded_line(judged)
    if line and filters.is_filtered_text(line, candidate.name):
        return None
    if _WEB_TOKEN.match(judged):
        line = judged.rpartition(".")[2]
        if line.startswith(_OBJECT) and checksums.decode_json(line):
            return None  # not signed
        if _OTHER_TYPE.match(str(checksums.decode_json(judged.partition(".")[0]).get("typ"))):
            return None
    marked = candidate.public_prefix_len > 0 or value.startswith("-----BEGIN")
    before = text[place.start - 1 : place.start]
    return Evidence(
        judged,
        line or judged,
        candidate.name,
        "random" if candidate.source is Source.PLUGIN else candidate.syntax,
        before if before in "\"'`" else "",
        certain=candidate.syntax in _KEY_MATERIAL or (of_format and marked),
        of_format=of_format and not marked,
        expected=falls_back,
        body=value[candidate.public_prefix_len :] if candidate.public_prefix_len else "",
    )


@lru_cache(maxsize=4096)  # values repeat
def decide(evidence: Evidence) -> Judgement:
    """Judge by the evidence alone."""
    if evidence.certain:
        random = evidence.plain is evidence.value or looks_random(evidence.plain)
        high = (
            random
            and not is_encrypted_key(evidence.value)
            and not opens_nothing(evidence.value)
            and not _is_made_up(evidence.body)
        )
        return Judgement(True, Confidence.HIGH if high else Confidence.LOW, random)
    from palint.secrets.classifier.trained import SECRET  # for candidates only

    score = 0.0 if evidence.of_format else SECRET.bounded_score(evidence.numbers)
    if random_names.is_random(evidence.name):
        score = min(score, SECRET.sure, SECRET.threshold)
    random = (evidence.of_format or score > SECRET.sure) and looks_random(evidence.plain)
    high = random and not evidence.is_doubtful
    if not (high or evidence.is_accepted or (score > SECRET.threshold and evidence.may_open(random=random))):
        return Judgement(False, score=score)
    return Judgement(True, Confidence.HIGH if high else Confidence.LOW, random, score)


def is_encrypted_key(value: str) -> bool:
    """Whether a PEM block is a private key that opens nothing without its passphrase.

    RFC 5958 says so in the header; OpenSSH names the cipher in the first bytes. Keys with `Proc-Type` (RFC
    1421) do not count: their passphrase is hashed once, so it is soon guessed.
    """
    if not value.startswith("-----BEGIN"):
        return False
    body = "".join(checksums.key_lines(value))
    return value.startswith("-----BEGIN ENCRYPTED ") or (
        body.startswith(_OPENSSH) and not body.startswith(_OPENSSH + _NO_CIPHER)
    )


_CLAIMS = frozenset(("iss", "sub", "aud", "exp", "nbf", "iat", "jti"))
# Hosts of documents (RFC 2606), and `did:example:123` (https://www.w3.org/TR/did-core/)
_EXAMPLE_HOST = lazy_re.compile(r"(?:\A|[/.@:])example(?:\.(?:com|org|net))?(?:[/:]|\Z)")


def opens_nothing(value: str) -> bool:
    """Whether a JSON Web Token is jwt.io's, by or for the host of an example, or a signature of other data.

    One that signs in has claims of RFC 7519, section 4.1.
    """
    if not value.startswith("ey") or value.count(".") != 2:
        return False
    payload = checksums.decode_json(value.split(".")[1])
    if _CLAIMS.isdisjoint(payload):
        return True
    hosts = (str(payload.get(name)) for name in ("iss", "aud"))
    return payload.get("sub") == "1234567890" or any(map(_EXAMPLE_HOST.search, hosts))


def _is_made_up(body: str) -> bool:
    """Whether what follows a vendor's mark is half an alphabet, or words in base64."""
    if not body:
        return False
    line = decoded_line(body)
    return features.longest_sequence(body) * 2 >= len(body) or (line != "" and is_words(line))


# `openssh-key-v1`, the length of the cipher's name, and `none` (PROTOCOL.key of OpenSSH)
_OPENSSH, _NO_CIPHER = "b3BlbnNzaC1rZXktdjEAAAAA", "BG5vbmU"


# --- the part of a value that is judged

_PRIVATE_MEMBERS = ("d", "k")  # of a JSON Web Key (RFC 7518)
_OBJECT = ("eyJ", "eyA", "ewo", "ew0")  # base64 of `{"`, `{ ` and `{` at the end of a line
_WEB_TOKEN = lazy_re.compile(r"ey[\w=-]{8,}(?:\.[\w=-]*){0,3}\.[\w=-]+\Z")
# JSON Web Tokens that sign no one in: `statuslist+jwt`, `secevent+jwt`. `at+jwt` is an access token.
# https://www.rfc-editor.org/rfc/rfc8725#section-3.11, https://www.rfc-editor.org/rfc/rfc9068#section-2.1
_OTHER_TYPE = lazy_re.compile(r"(?!(?:application/)?at\+)[\w./-]{1,60}\+", re.I)

_ESCAPED = lazy_re.compile(r"\\u([0-9A-Fa-f]{4})")
# Text with letters of Latin-1 as bundlers write it: `Contrase\xF1a`; other escapes may be bytes of a key
_LATIN = lazy_re.compile(r"(?:[A-Za-z .,:?!'-]|\\x(?!(?i:d7|f7))[C-Fc-f][0-9A-Fa-f])+\Z")
_BYTES = lazy_re.compile(r"(?:\\x[0-9A-Fa-f]{2}){8,}\Z")
_LETTER = lazy_re.compile(r"\\x([0-9A-Fa-f]{2})")
# `really-long-random-string-` before 32 characters or more, of which some are digits and capitals
_WORDS_BEFORE = lazy_re.compile(
    r"(?:[a-z]{2,20}[-_. ]){2,8}(?=[^\sA-Z]*[A-Z])(?=[^\s\d]*\d)(?=[\w+/=-]{32,}\Z)"
)
_PERCENT = lazy_re.compile(r"(?:%[0-9A-Fa-f]{2})+")


def judged_part(value: str, name: str, syntax: str) -> str:
    """The part of a candidate to classify: the value, without escapes of other scripts (`\\u5bc6`).

    Of noise it is what is not blank, of random characters after words those alone. Of a `Basic` header it is
    the password that it encodes. A URL's is decoded: `%40` is `@` (RFC 3986).
    """
    if syntax == "url-credentials" and "%" in value:
        return _PERCENT.sub(
            lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), value
        )
    if "\\u" in value:
        value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
    elif "\\x" in value and _LATIN.match(value):
        value = _LETTER.sub(lambda found: chr(int(found[1], 16)), value)
    elif _BYTES.match(value):
        digits = value.replace("\\x", "")
        text = bytes.fromhex(digits).decode("ascii", "replace")  # the replacement is not printable ASCII
        return text if text.isascii() and text.isprintable() else digits
    if " " in value and features.is_noise(value):
        return value.replace(" ", "")
    if words := _WORDS_BEFORE.match(value):
        return value[words.end() :]
    if syntax == "authorization-header" and name.lower() == "basic":
        return decoded_basic(value).partition(":")[2]
    return value


def decoded_basic(value: str) -> str:
    """The `user:password` that this base64 encodes (RFC 7617), "" if it encodes something else."""
    from base64 import b64decode

    try:
        pair = b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return ""
    return pair.decode("utf-8", "replace") if b":" in pair else ""


# Of random values with 12 characters one in a thousand decodes to a line of text, of longer ones fewer.
_ENCODED = lazy_re.compile(r"[A-Za-z0-9+/]{10,160}={0,2}\Z")
_NOT_A_LINE = ("{", "[", "<", "-----BEGIN")


def decoded_line(value: str) -> str:
    """The line of ASCII that this base64 encodes, as in a Kubernetes Secret; "" if it encodes something else.

    The start of JSON, XML or PEM is not a line.
    """
    from binascii import a2b_base64  # `base64` itself takes as long to import as ten values to decode

    digits = value.rstrip("=")
    if len(digits) % 4 == 1 or not 12 <= len(value) <= 160 or not _ENCODED.match(value):
        return ""
    decoded = a2b_base64(digits + "=" * (-len(digits) % 4))
    line = decoded.decode("ascii").rstrip("\r\n") if decoded.isascii() else ""
    return line if line.isprintable() and not line.startswith(_NOT_A_LINE) else ""
