"""The plain rules of the verdict: what is dropped without a score, and in which words.

Each rule is a pattern and the reason that it stands for. They run from the cheapest to the dearest, and the
first that holds decides. A reason holds nothing of the value.
"""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from itertools import pairwise

from palint.util import lazy_re

Rule = tuple[str, re.Pattern[str]]


def _words(text: str) -> str:
    """A pattern that matches one of these words, which are patterns themselves."""
    return "(?:" + "|".join(text.split()) + ")"


# What stands in for a secret, in any place of a value of at most 64 characters, in lower case.
_PLACEHOLDER = lazy_re.compile(
    _words(
        r"""
            your example sample change.?(?:me|this|it) replace insert placeholder dummy fake todo fixme
            redact hidden x{4} \*{3} \.{3} enter undefined true\b false\b foo bar\b default secret passw
            token mock invalid incorrect wrong whatever 1234 abcd qwert asdf deadbeef cafebabe lorem hello
            admin guest user string inherit my[_-] some[_-] not[_-]a[_-] hunter\d
            api[_-]?key
            (?<![a-z])(?:test(?:ing|er)?|key|pass|pwd|none|null|foo|bar)(?![a-z])
        """
    ),
)
_REFERENCE: Rule = (
    "it refers to a variable, a file, an address or an option",
    lazy_re.compile(
        _words(
            r"""
                \$[A-Za-z_{(] \$\.\w
                :[a-z_]\w*[?!]?\Z !(?:vault|secret|env|[A-Z][a-z]+)\b %\( %[A-Z_]+% #\{ @\{ \{\{ [<\[({]
                [./~]*/\w [A-Za-z]:\\ [a-z][a-z+.-]+:// env[.(\[] process\. arn: urn: ENC\[ EJ\[
                /\^ \?\w --?[a-z][a-z-]*(?:=|\Z)
                (?:[a-z0-9-]{1,40}\.){1,6}[a-z]{2,10}/
            """
        )
    ),
)
_HASHED: Rule = (
    "it is a hash, not the secret itself",
    lazy_re.compile(
        _words(
            r"""\$(?:1|2[abxy]|5|6|y|apr1|argon2\w*|pbkdf2[\w-]*|s?crypt)\$.{8} \{(?:S?SHA\d*|S?MD5|CRYPT)\}
            (?:pbkdf2|bcrypt|argon2|scrypt)\w*\$ md5[0-9a-f]{32}\Z md5\$ sha(?:1|256|384|512)[-:$]
            \w+:\$(?:2[aby]|apr1|[156])\$ \*[0-9A-F]{40}\Z"""
        )
    ),
)

# Matched at the value's begin.
_VALUE: tuple[Rule, ...] = (
    _REFERENCE,
    _HASHED,
    ("it is an alias of YAML", lazy_re.compile(r"\*[A-Za-z_][\w.-]*\Z")),
    ("it is a pattern", lazy_re.compile(r"\^[\[(]|\(\?[:=!]")),
    ("it is a place in a file", lazy_re.compile(r"[\w./-]{1,80}\.[a-z]{1,5}#[\w.]{1,80}\Z")),
    (
        "it is a type",
        lazy_re.compile(
            "(?i:"
            + _words(
                """bytes str string int integer bool boolean any object optional list dict unknown never void
                number varchar text mediumtext longtext tinytext blob"""
            )
            + r"\b)"
        ),
    ),
    # `id-token: write` stands in each workflow that the standard asks for.
    ("it is a level of access", lazy_re.compile(r"(?:read|write|none|admin)(?:-all)?\Z")),
    (
        "it is a choice",
        lazy_re.compile(
            _words(
                r"""
                    always never once on_create auto automatic prompt required enabled disabled await new
                    lambda function confirmed hashed encrypted nullable sometimes credentials? undef
                    (?:CRAM|DIGEST)-MD5 (?i:MONGODB-(?:AWS|CR|OIDC|X509)) XOAUTH2? SCRAM-SHA-[\d-]+(?:-PLUS)?
                    (?i:ed25519|ecdsa|pbkdf2|bcrypt|scrypt|argon2(?:id?|d)?|(?:[hre]s|sha)-?(?:256|384|512))
                    (?i:aes[-_]?(?:128|192|256)(?:[-_]?(?:cbc|ctr|gcm))?)
                """
            )
            + r"\Z"
        ),
    ),
    (
        "it is a format for text",
        lazy_re.compile(r"[\w\s./:=@-]{0,240}%[0-9.]*[sdvqx][\w\s./:=@%-]{0,240}\Z"),
    ),
    (
        "it is a template",
        lazy_re.compile(r".{0,240}?(?:\$\{|\{\{|\{%|#\{|\$\(|%\(|<%|\{(?:[a-z_]\w*)?\}|\[\[)"),
    ),
    (
        "it is a word or the name of a constant",
        lazy_re.compile(r"(?:[A-Z][a-z]+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|_[a-z]+(?:_[a-z]+)*)\Z"),
    ),
    (
        "it is a number or a version",
        lazy_re.compile(
            r"(?:\d{1,3}[.,;]|(?:19|20)\d\d-[01]\d-[0-3]\d|-?0x[0-9a-fA-F]+|\d+(?:\.\d+)*-[a-z]+\d*|"
            r"\d[\d_]*_\d+|S-1-\d[\d-]*|workspace:\S*|"
            r"\d+(?:\.v?[0-9a-f_]+)+|"
            r"[\^~<>=v -]*\d+(?:\.(?:\d+|x|\*))+(?:[-+ |][\w.|^~<>=* -]*)?)\Z"
        ),
    ),
    (
        "it is public: a key or a certificate",
        lazy_re.compile(  # the begin of a SubjectPublicKeyInfo (RFC 5280), a key of NATS, PEM in base64
            r"MI(?:G[A-Za-z]MA0GCSqGSIb3DQEBAQUAA4|I[A-D][A-Za-z]jANBgkqhkiG9w0BAQEFAAOC)|MFkwEwYHKoZIzj0CAQ|"
            r"MCowBQYDK2VwAyEA|[ACNOUX][A-Z2-7]{55}\Z|LS0tLS1CRUdJTiBDRVJUSUZJQ0FUR|LS0tLS1CRUdJTiBQVUJMSUMgS0VZ"
        ),
    ),
    ("it is serialized by PHP", lazy_re.compile(r"\d+:[{\"]")),
    (
        "it is the name of a secret of Kubernetes",
        lazy_re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+){0,8}[_-](?:tls|creds|certs)\Z"),
    ),
    ("it is Stripe's, for tests", lazy_re.compile(r"(?:tok|pm_card)_[a-z]+(?:_[a-z]+)*\Z")),
    ("it is an address", lazy_re.compile(r"(?:[0-9A-Fa-f]{1,4}:){3,7}[0-9A-Fa-f]{0,4}\Z")),
    (
        "it is a message",
        lazy_re.compile(r"[^\n]{0,60}\b(?:can't|cannot|must|should|may) (?:not|be|have|contain) "),
    ),
    ("it is hidden", lazy_re.compile(r"(?:&\w{2,8};){2}")),
    ("it is code", lazy_re.compile(r"\*+\(")),
    ("it lists fields", lazy_re.compile(r"[a-z]+(?::[a-z]+){4,12}\Z")),
    ("it is the scope of a signature", lazy_re.compile(r"\w*(?:/|%2F)\d{8}(?:/|%2F)[\w/%-]{1,60}_request\Z")),
    (
        "it is a file",
        lazy_re.compile(
            r"[\w./-]{1,80}\."
            + _words(
                """
                    ya?ml json pem key crt txt py js ts go java conf cfg html? xml sh env md p12 jks pub csv
                    sql png jpe?g gif svg zip gz tgz log pdf
                """
            )
            + r"\Z"
        ),
    ),
)
_ANY_VALUE = lazy_re.compile("|".join(pattern.pattern for _, pattern in _VALUE))
# Letters and punctuation alone: two words, or one without a letter of ASCII.
_IN_ANOTHER_LANGUAGE = lazy_re.compile(
    r"(?=.{0,80} |[^A-Za-z]+\Z)"
    r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0dff\u0e00-\u0eff]|[ ,.!?:;'’()/«»„“…-])+\Z"
)
_REPEATS: Rule = ("it repeats itself", lazy_re.compile(r"(.{1,4})\1+\Z|.{0,40}?([^/=])\2{7}"))

_ABOUT = """
    id name file path ur[li] type field length size count method mode error page user username login algo?
    algorithm format policy expir\\w+ ttl timeout endpoint header prefix label hint message arn version status
    state scheme mechanism encryption hash digest class ref provider regex pattern source
    iterations? rounds namespace resp(?:onse)?
"""
_ABOUT_IN_CAMEL_CASE = " ".join(["ID URL TTL ARN", *(word[0].upper() + word[1:] for word in _ABOUT.split())])
_STRUCTURES = """
    hash range partition sort primary foreign unique index cache idempotency map dict lookup shortcut hot
    storage registry row group shard routing message event config meta param query header label order field
    column join search object s3 rule site project i18n translation plugin state sub host
"""
# Searched in the name that the value is given to.
_NAME: tuple[Rule, ...] = (
    (
        "its name says something about a secret, not the secret",
        lazy_re.compile(
            rf"(?:[_.-](?i:{_words(_ABOUT)})|(?<=[a-z]){_words(_ABOUT_IN_CAMEL_CASE)}|"
            r"(?i:sha\d{0,3}|md5))s?\W*\Z"
        ),
    ),
    (
        "it is the key of a data structure",
        lazy_re.compile(rf"(?<!(?-i:[A-Z])){_words(_STRUCTURES)}[_.-]?keys?\W*\Z", re.I),
    ),
    (
        "its name says that it is public, or no secret itself",
        lazy_re.compile(
            _words(
                r"""
                    (?:tls|ca)_?secrets?\b
                    pub_?key public publishable invalid encrypted hashed existing fingerprint [cx]srf salt$
                    RequestVerification
                    sha_?(?:1|2|256|512) md5
                """
            ),
            re.I,
        ),
    ),
)

# Matched at the value's begin where the name is but a weak hint: `key`, `auth`, `session`, `nonce`, …
_WEAK: tuple[Rule, ...] = (
    (
        "it is made of words, and its name is a weak hint",
        lazy_re.compile(r"[A-Za-z]{1,40}(?:[_.\- /:]+[A-Za-z]{1,40}){0,6}[\W_]?\Z"),
    ),
    (
        "it is the name of a step",
        lazy_re.compile(r"[a-z]{2,40}(?:-[a-z]{2,40}){1,8}(?:-(?:[a-z]{2,40}|\d{1,3})){1,6}\Z"),
    ),
    (
        "it is a path into an object",
        lazy_re.compile(r"[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){0,6}\[\w{1,12}\][\w.\[\]]{0,80}\Z"),
    ),
    (
        "it is a short id",
        lazy_re.compile(
            r"(?:(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9a-f]{4,8})|[a-z]+(?:[_-][a-z]+)*[_-]\d{1,4}|"
            r"[A-Za-z]+(?:[_-][A-Za-z]+){0,6}[_-](?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}))\Z"
        ),
    ),
)
_OTHER_WORD = lazy_re.compile(
    r"pass(?:es|ed|ive|enger|through|port|ing|age)|(?:by|com|sur|tres)pass\Z", re.I | re.A
)
_STRONG = lazy_re.compile(
    _words(
        r"""
            pass pwd psw secret token credential (?:api|access|private|encryption|signing|master)[_.-]?key
            -p\Z -u\Z
        """
    ),
    re.I | re.A,
)
_SETTING = lazy_re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]*KEY\Z")
_WORDS = _WEAK[0][1]

_RUN = lazy_re.compile(r"([^/=])\1{7}")
_PUNCTUATION = dict.fromkeys(map(ord, "_-. \t\"'`$@:;,/\\()[]{}<>!?*+=&|#%^~"))

_FLAG = lazy_re.compile(r"--?(?:ask|no|use|enabled?|disabled?|show|print|require|without|with|stdin)-", re.I)
_BINARY = lazy_re.compile(r"[\x00-\x08\x0e-\x1f\ufffd]")
_URN = lazy_re.compile(r"(?:\b[ua]rn:[^\s\"'`]{1,160}|(?:[\w.-]{0,60}:){2}[\w.-]{1,60}):\Z")
_PUBLIC = lazy_re.compile(r"\bpublic[ _-]?key[\"'`]?\s{0,4}[:=]\s{0,4}[\"'`]?\Z", re.I)
_FINGERPRINT = lazy_re.compile(r"\b(?:gpg|pgp)\b[^\n]{0,120}\Z", re.I)
_JOINED = lazy_re.compile(r"[\"'`]\s{0,4}\+")
_COOKIE = lazy_re.compile(r"[\w-]{1,40}=(?:[A-Za-z]{0,12}|\d{1,6})[;,]?\Z")
_HOST = lazy_re.compile(r"://[\w.-]{1,253}:\Z")
_HEX = lazy_re.compile(r"[0-9A-Fa-f]+\Z")
_UUID = lazy_re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
_HAS_UUID = lazy_re.compile(r"secret|token|credential|api[_.-]?key|auth|\Akey\Z", re.I | re.A)
_SPEAKS = lazy_re.compile(
    r"pass(?:w|phrase)|pwd|secret|token|credential|(?:api|access|private|encryption|signing).?key|auth",
    re.I | re.A,
)
# How grammars of editors write: `{token:"punctuation",regex:/…/}`
_GRAMMAR = lazy_re.compile(r"\b(?:regex|next|caseInsensitive|action|include)\b\"?:|\{regex:")
_PLURAL = lazy_re.compile(r"(?:key|token|code|id|seed|salt)s\W*\Z", re.I)
_REQUEST_FORGERY = lazy_re.compile(r"[cx]srf", re.I)
_HASHES = lazy_re.compile(r"hash|hmac|digest|checksum|fingerprint|md5|sha-?(?:1|2|256|512)\b", re.I)
_CODE_NAME = lazy_re.compile(
    r"[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_]\w*)*(?:\?\.|\(|\[|\{)?\Z|[A-Z][a-z]+-[A-Z]\w+\Z"
)
_DOTTED = lazy_re.compile(r"[A-Za-z_]\w*(?:\.\w+)+\Z")
_TYPE_NAME = lazy_re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]*)+\Z|[a-z]\w*(?:\??\.\w+)+[({]?\Z")
_PROSE = lazy_re.compile(r" [A-Za-z]{2,} \w{2,}")
_CODE_FILE = lazy_re.compile(
    r"\."
    + _words(
        """
            py pyi rb ps1 psm1 php pl lua r [cm]?[jt]sx? go java kts? scala groovy gradle cs cpp cc c h hpp
            swift rs m dart vue
        """
    )
    + r"\Z"
)
_GENERATED = lazy_re.compile(
    r"\.(?:css|scss|sass|less|map|lock|sum)\Z|"
    r"(?:\A|/)(?:(?:package-lock|npm-shrinkwrap|packages\.lock)\.json|pnpm-lock\.yaml)\Z"
)
_TRANSLATED = lazy_re.compile(
    r"(?:\A|/)[a-z]{2}(?:[_-][A-Za-z]{2,4})?\.(?:json|ya?ml|properties|po|js|ts)\Z|"
    r"(?:\A|/)(?:locales?|i18n|translations?|lang)/.{0,200}\.(?:json|ya?ml|properties|js|ts|po|xlf|arb|php|"
    r"ini|toml|strings|ftl|resx|xml|lang|csv)\Z"
)


def filter_reason(value: str, key: str, line: str, column: int, path: str, detector: str) -> str:
    """
    Why the rules drop a candidate, the end of a sentence, or "" if none does; parameters as
    `verdict.judge`.
    """
    if value.startswith("-----BEGIN"):
        return "its middle is left out" if "..." in value else ""
    if detector.startswith("format:"):
        return _stands_in(value) or (
            "it repeats one character" if len(value) <= 128 and _RUN.search(value) else ""
        )
    if detector == "byte-array":
        return _by_name(value, key, path) or _of_numbers(value, key)
    reason = value_filter_reason(value)
    if not reason and key and detector != "authorization-header":
        reason = _by_name(value, key, path)
    return reason or _by_place(value, key, line, column, path, detector)


def _stands_in(value: str) -> str:
    if len(value) < 4:
        return "it is shorter than four characters"
    if not value[0].isalnum() and _REFERENCE[1].match(value):
        return _REFERENCE[0]
    if len(value) <= 64 and _PLACEHOLDER.search(value.lower()) and not _HASHED[1].match(value):
        return "it holds a placeholder's word"
    return ""


@lru_cache(maxsize=4096)  # asked of the bytes first, and of the candidate that stays; and values repeat
def is_filtered_value(value: str) -> bool:
    """Whether a value of no vendor's format goes whatever its name and place are."""
    if value.startswith("-----BEGIN"):
        return False
    return bool(
        _stands_in(value)
        or (not value.isascii() and _is_foreign(value))
        or _ANY_VALUE.match(value)
        or _REPEATS[1].match(value)
    )


def value_filter_reason(value: str) -> str:
    """Why it goes, or ""."""
    if not is_filtered_value(value):
        return ""
    reason = _stands_in(value)
    if reason:
        return reason
    if not value.isascii() and _is_foreign(value):
        return "it is a word or a sentence"
    return next((reason for reason, pattern in _VALUE if pattern.match(value)), _REPEATS[0])


def _is_foreign(value: str) -> bool:
    """Whether it holds two ideographs side by side, or is text in a script that is not Latin."""
    ideographs = ["\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in value[:256]]
    return any(a and b for a, b in pairwise(ideographs)) or _IN_ANOTHER_LANGUAGE.match(value) is not None


@lru_cache(maxsize=4096)
def by_weak_name(value: str) -> str:
    """Why a value goes whose name is but a weak hint, or ""."""
    for reason, pattern in _WEAK:
        if pattern.match(value):
            return reason
    return ""


@lru_cache(maxsize=1024)
def _by_name_alone(key: str) -> str:
    for reason, pattern in _NAME:
        if pattern.search(key):
            return reason
    if _OTHER_WORD.search(key) and not re.search("password|secret|token", key, re.I):
        return "its name only contains the word"
    return ""


@lru_cache(maxsize=1024)
def _is_strong(key: str) -> bool:
    return _STRONG.search(key) is not None


@lru_cache(maxsize=64)
def _is_code_file(path: str) -> bool:
    return _CODE_FILE.search(path) is not None


def is_translated(path: str) -> bool:
    """Whether a path is that of translated texts."""
    return _TRANSLATED.search(path) is not None


@lru_cache(maxsize=64)
def _by_path(path: str) -> str:
    if _GENERATED.search(path):
        return "it stands in a generated file or a style sheet"
    if is_translated(path):
        return "it is a translated text"
    return ""


def _by_name(value: str, key: str, path: str) -> str:
    reason = _by_name_alone(key)
    if reason:
        return reason
    if _UUID.match(value) and not _HAS_UUID.search(key):
        return "it is the id of something"
    name, plain = _letters(key[-60:]), _letters(value[:60])
    if plain and (plain in name or (len(name) > 2 and name in plain)):
        return "it repeats its own name"
    if key.lower() in ("key", "keys") and len(value) < 16:
        return "it is a short id"
    if key.lower().endswith("signature") and "oauth" not in key.lower():
        return "it is a signature"
    if value.isdigit() and (key == "-p" or not _is_strong(key)):
        return "it is a number"
    if not _is_strong(key) and not (_SETTING.match(key) and not _is_code_file(path)):
        return by_weak_name(value)
    return ""


def _letters(text: str) -> str:
    return text.lower().translate(_PUNCTUATION)


def _by_place(value: str, key: str, line: str, column: int, path: str, detector: str) -> str:
    before = line[:column]
    if detector == "authorization-header":
        return _of_header(value, key)
    if detector == "password-option" and _FLAG.match(key):
        return "it follows a flag that takes no value"
    if _BINARY.search(line, max(0, column - 40), column + len(value) + 40):
        return "it stands in binary data"
    if detector.endswith("EntropyString") and (reason := _of_random(key, before[-80:])):
        return reason
    if detector.endswith("argument") and _DOTTED.match(value):
        return "it is a dotted name"
    if detector == "first-argument" and value.isalpha():
        return "it is the first of several arguments, a user perhaps"
    if before.endswith(":") and _URN.search(before):
        return "it is part of a longer name"
    if value[-1] in "-_:/=." and _JOINED.match(line, column + len(value)):
        return "it is but a part of what is put together"
    if detector.startswith("upstream:") and value.isalpha():
        return "it is a word"
    if key.lower().endswith("token") and _GRAMMAR.search(line, max(0, column - 60), column + len(value) + 40):
        return "it is a kind of token, of a grammar"
    if key == "PASS" and value.isalpha() and before[-1:] == " ":
        return "it is the name of a test that passed"
    if key[-3:].lower() == "key" and _PUBLIC.search(before[-24:]):
        return "its name says that it is public, or no secret itself"
    if len(value) in (16, 40) and _HEX.match(value) and _FINGERPRINT.search(before):
        return "it is the fingerprint of a public key"
    if key.lower().endswith("cookie") and _COOKIE.match(value):
        return "it is a cookie of a plain value"
    if detector == "keyword" and value[0].isdigit() and _HOST.search(before):
        return "it is a port"
    if before.rfind("{{") > before.rfind("}}"):
        return "it stands in a template's expression"
    if detector in ("keyword", "password-option") and before[-1:] not in "\"'`":
        if before.rstrip()[-2:] in ("==", "!=") and _CODE_NAME.match(value):
            return "it is a name in a comparison"
        if _is_code_file(path) and (
            value.isdigit() or _is_code(before, value, line[column + len(value) :], path)
        ):
            return "it is a number or a name in code"
        if _WORDS.match(value) and _PROSE.match(line, column + len(value)):
            return "it is a sentence"
    if _names_a_sentence(before, key):
        return "its name is a sentence"
    return _by_path(path)


def _of_random(key: str, before: str) -> str:
    if not (_is_strong(key) or _SPEAKS.search(before)):
        return "it is random, and nothing before it speaks of a secret"
    if _HASHES.search(before):
        return "it is what something hashes to"
    if _REQUEST_FORGERY.search(before):
        return "its name says that it is public, or no secret itself"
    return ""


def _of_numbers(value: str, key: str) -> str:
    numbers = [int(number, 0) for number in re.findall(r"0[xX][0-9A-Fa-f]+|[1-9]\d*|0", value)]
    steps = {b > a for a, b in pairwise(numbers)}
    if len(steps) == 1 or len(set(numbers)) < 7:
        return "its numbers are in order, or too much alike"
    if _PLURAL.search(key):
        return "its name speaks of several"
    return ""


def _of_header(value: str, scheme: str) -> str:
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(value + "=" * (-len(value) % 4)).decode("latin-1")
        except ValueError:
            return "it is not base64"
        return (
            "it holds a placeholder's word in base64"
            if _PLACEHOLDER.search(pair.lower().partition(":")[2])
            else ""
        )
    return "it is made of words" if len(value) < 32 and _WORDS.match(value) else ""


def _is_code(before: str, value: str, after: str, path: str) -> bool:
    """Whether this name without quotes is assigned, or is a type, outside of strings and comments."""
    head = before.strip()
    if (
        head.startswith(("#", "//", "*", "/*"))
        or before.count('"') % 2
        or before.count("'") % 2
        or "`" in before
    ):
        return False
    # In Go, configuration stands in raw strings of many lines.
    if head.endswith("=") or after[:1] == "," or not path.endswith(".go"):
        return bool(_CODE_NAME.match(value))
    return bool(_TYPE_NAME.match(value))


def _names_a_sentence(before: str, key: str) -> bool:
    """Whether the name is a quoted one of several words, as in translations: `"Your new password": "…`."""
    name = before.rfind(key + '": ') if key else -1
    return name > 0 and before[name - 1] == " " and before.count('"', 0, name) % 2 == 1
