"""What is known of a candidate, as a set of named yes/no features.

The names are the vocabulary of `verdict`'s weights: `length:9-10`, `key:password`, `value:uuid`. A number goes into
bins, so that the score is a sum of weights that a reader can look up. Nothing here depends on a repository: only the
value, the name it is given to, its line and the file's name are read.
"""

from __future__ import annotations

import json
import math
import re
from functools import lru_cache
from pathlib import Path

MAX_VALUE = 512  # characters of a value that are looked at
MAX_AROUND = 240  # characters of the line on each side of the value that are looked at

_BINS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 24, 31, 32, 39, 40, 63, 64, 128)

_EXTENSIONS = {
    kind: group
    for group, kinds in {
        "yaml": "yml yaml",
        "json": "json jsonl ipynb tfstate har",
        "settings": "properties ini cfg cnf conf config env toml tf tfvars hcl creds envrc example sample dist development local",
        "template": "j2 jinja tpl tmpl template stub erb mustache hbs ejs",
        "shell": "sh bash zsh ps1 psm1 bat cmd fish",
        "prose": "md rst txt adoc mdx cast log",
        "markup": "html htm xml xhtml svg vue plist csproj",
        "key": "key pem crt cer p8 ppk asc pub",
        "script": "py rb php pl lua r",
        "javascript": "js jsx ts tsx mjs cjs",
        "compiled": "go java kt kts scala groovy gradle cs cpp cc c h hpp swift rs m dart",
        "sql": "sql ks ldif",
    }.items()
    for kind in kinds.split()
}
_CODE = {"script", "javascript", "compiled"}

_KEY_WORDS = re.compile(
    r"pass(?:word|wd|phrase|code|wort)|passw|pwd|psw|pass|secret|token|credential|api[_.-]?key|access[_.-]?key|"
    r"private[_.-]?key|(?:secret|master|encryption|signing|consumer|client|auth|cipher)[_.-]?key|[nx]key|key|"
    r"auth|cookie|session|sid|nonce|salt|seed|signature|otp|jwt|login|hmac",
    re.I,
)
_KEY_CLASS = {
    "passwd": "password",
    "passw": "password",
    "passwort": "password",
    "psw": "pwd",
    "passcode": "password",
}
_SUFFIX = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")
_SPLIT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
_NAMES = {
    "id",
    "ids",
    "name",
    "names",
    "file",
    "path",
    "url",
    "uri",
    "type",
    "field",
    "length",
    "len",
    "size",
    "count",
    "hash",
    "algorithm",
    "alg",
    "format",
    "policy",
    "expiry",
    "expires",
    "expiration",
    "ttl",
    "timeout",
    "endpoint",
    "header",
    "prefix",
    "suffix",
    "label",
    "placeholder",
    "hint",
    "message",
    "error",
    "provider",
    "manager",
    "service",
    "class",
    "method",
    "key",
    "value",
    "data",
    "env",
    "var",
    "arn",
    "version",
    "ref",
    "store",
    "dir",
    "list",
    "map",
    "input",
    "param",
    "parameter",
    "column",
    "index",
    "page",
    "user",
    "text",
    "title",
    "description",
    "required",
    "confirmation",
    "confirm",
    "base",
    "default",
    "state",
    "status",
    "mode",
    "code",
    "strength",
    "reset",
    "info",
}
_PREFIXES = {
    "public",
    "test",
    "has",
    "is",
    "no",
    "max",
    "min",
    "sort",
    "primary",
    "foreign",
    "cache",
    "partition",
    "fake",
    "invalid",
    "wrong",
    "bad",
    "old",
    "new",
    "current",
    "forgot",
    "reset",
    "change",
    "show",
    "hide",
    "get",
    "set",
    "use",
    "allow",
    "with",
    "missing",
    "next",
    "page",
    "root",
    "admin",
    "db",
    "database",
    "mysql",
    "postgres",
    "redis",
    "client",
    "consumer",
    "access",
    "refresh",
    "user",
    "api",
    "auth",
    "oauth",
    "secret",
    "private",
    "session",
    "app",
    "encryption",
    "signing",
    "ssh",
    "ssl",
    "keystore",
    "truststore",
    "smtp",
    "mail",
    "proxy",
    "hashed",
    "encrypted",
}

_PLACEHOLDER = re.compile(
    r"your|example|sample|change.?(?:me|this|it)|replace|insert|placeholder|dummy|fake|todo|fixme|redacted|hidden|"
    r"x{4}|\*{3}|\.{3}|<[^<>]+>|_here|-here|enter|none\b|null|undefined|true\b|false\b|foo|bar\b|test|default|secret|passw|"
    r"token|key|mock|invalid|wrong|1234|abcd?\b|abcd|qwert|asdf|lorem|hello|admin|user|string|my[_-]|some[_-]",
    re.I,
)
_SHAPES = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("uuid", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\Z"),
        ("crypt", r"\$(?:1|2[abxy]?|5|6|argon2\w*|apr1|pbkdf2[\w-]*|scrypt)\$"),
        ("crypt", r"\{(?:SSHA|SHA|CRYPT|MD5)\}|(?:pbkdf2|argon2|bcrypt|scrypt)[_\w]*[$:]"),
        ("ssh-public", r"ssh-(?:rsa|ed25519|dss)|ecdsa-"),
        ("jwt", r"eyJ[\w-]+\.[\w-]+"),
        ("digest", r"sha(?:1|256|384|512)[-:=]|md5[:=-]"),
        ("arn", r"arn:|projects/"),
        ("pem", r"-----BEGIN"),
        ("url", r"[a-z][a-z0-9+.-]{1,20}://"),
        ("path", r"[.~]{0,2}/[\w.-]+(?:/|\Z)|[A-Za-z]:\\|[\w-]+(?:/[\w.-]+){2,}"),
        (
            "file",
            r"[\w./-]+\.(?:ya?ml|json|pem|key|crt|txt|py|js|ts|go|java|conf|cfg|html?|xml|sh|env|md|p12|jks|pub|csv|sql)\Z",
        ),
        ("email", r"[\w.+-]+@[\w-]+\.\w"),
        ("domain", r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|example|test)\b"),
        ("ip", r"\d{1,3}(?:\.\d{1,3}){3}"),
        ("date", r"\d{4}-\d\d-\d\d"),
        ("version", r"v?\d+(?:\.\d+)+"),
        ("hexnumber", r"0x[0-9a-fA-F]+\Z"),
        ("option", r"--?[a-z]"),
        ("reference", r"\$|%\(|%[A-Z_]+%|#\{|@\{|\{\{|!\w|&[a-z]"),
        ("template", r".{0,200}(?:\$\{|\{\{|\{%|#\{|\$\(|%\(|<%|\{\w*\}|%[sdvq]\b|\[\[)"),
        ("bracketed", r"[<\[{(].*[>\]})]\Z"),
        ("upper-bracketed", r"\[?[A-Z]+(?: [A-Z]+)*\]?\Z"),
        ("dotted-name", r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z"),
        ("call", r"[\w.]+\("),
        ("upper-snake", r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z"),
        ("lower-snake", r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+\Z"),
        ("kebab", r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+\Z"),
        ("camel", r"[a-z]+(?:[A-Z][a-z]+)+\Z"),
        ("pascal", r"(?:[A-Z][a-z]+){2,}\Z"),
        ("base64", r"(?=.*[A-Z])(?=.*[a-z])[A-Za-z0-9+/]{14,}={0,2}\Z"),
        ("padded", r"[A-Za-z0-9+/_-]{6,}==?\Z"),
        ("base32", r"[A-Z2-7]{16,}\Z"),
        ("nkey", r"[A-Z0-9]{56}\Z"),
        ("repeated", r"(.)\1+\Z"),
        ("repeated", r"(.{2,4})\1+\Z"),
        ("run", r".*(.)\1{3}"),
        ("sequence", r"(?i)(?:.*(?:0?1234|abcd|qwerty|9876|asdf))"),
        ("word-digits", r"[A-Za-z]{2,}\d{1,4}\Z"),
        ("ends-colon", r".*[:,;]\Z"),
        ("starts-upper-word", r"[A-Z][a-z]+\Z"),
        ("sid", r"[A-Z]{2}[0-9a-f]{32}\Z"),
    )
)
_CHARSETS = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("digits", r"\d+\Z"),
        ("lower", r"[a-z]+\Z"),
        ("upper", r"[A-Z]+\Z"),
        ("title", r"[A-Z][a-z]+\Z"),
        ("letters", r"[A-Za-z]+\Z"),
        ("hex", r"(?:[0-9a-f]{8,}|[0-9A-F]{8,})\Z"),
        ("lower-digits", r"[a-z0-9]+\Z"),
        ("upper-digits", r"[A-Z0-9]+\Z"),
        ("alnum", r"[A-Za-z0-9]+\Z"),
        ("name-lower", r"[a-z0-9_.-]+\Z"),
        ("name-upper", r"[A-Z0-9_.-]+\Z"),
        ("name", r"[A-Za-z0-9_.-]+\Z"),
        ("base64", r"[A-Za-z0-9+/=_-]+\Z"),
        ("path", r"[A-Za-z0-9+/=_.:@-]+\Z"),
        ("printable", r"[!-~]+\Z"),
        ("one-space", r"[!-~]+ [!-~]+\Z"),
        ("spaces", r"[ -~]+\Z"),
    )
)
_LINE_WORDS = tuple(
    (name, re.compile(pattern, re.I))
    for name, pattern in (
        ("user", r"\buser(?:name)?\b|\blogin\b|\bemail\b"),
        ("host", r"\bhost\b|\bport\b|127\.0\.0\.1|localhost"),
        ("hash", r"hash|digest|md5|sha\d|checksum|etag|fingerprint"),
        ("public", r"public|pub_?key|certificate"),
        ("assert", r"assert|expect|should|refute|equal"),
        ("error", r"error|invalid|raise|throw|fail|warn|must|cannot"),
        ("example", r"example|sample|e\.g\.|default"),
        ("function", r"\bdef\b|\bfunc(?:tion)?\b|=>|\bclass\b|\breturn\b|\bif\b|\bimport\b"),
        ("const", r"\bconst\b|\bvar\b|\blet\b|\bstatic\b|\bfinal\b"),
        ("curl", r"\bcurl\b|\bwget\b|https?://"),
        ("docker", r"\bdocker\b|-e [A-Z]"),
        ("test", r"test|mock|fake|dummy"),
        ("uuid", r"uuid|guid"),
        ("oauth", r"oauth"),
        ("encrypted", r"encrypt|decrypt|cipher"),
        ("html-input", r"<input|placeholder|label"),
    )
)


@lru_cache(maxsize=1)
def words() -> frozenset[str]:
    """The words that are common in source code (`words.json`)."""
    return frozenset(json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8")))


def coverage(value: str) -> float:
    """Which part of the value's letters is made of words that are common in source code, 0.0 to 1.0."""
    known = words()
    letters = covered = 0
    for part in _SPLIT.findall(value[:64]):
        letters += len(part)
        covered += len(part) if part.lower() in known else _greedy(part.lower(), known)
    return covered / letters if letters else 0.0


def _greedy(part: str, known: frozenset[str]) -> int:
    at = covered = 0
    while at < len(part) - 2:
        for size in range(min(12, len(part) - at), 2, -1):
            if part[at : at + size] in known:
                covered += size
                at += size
                break
        else:
            at += 1
    return covered


def entropy(value: str) -> float:
    """Shannon entropy in bits per character."""
    total = len(value)
    counts = [value.count(character) for character in set(value)]
    return -sum(n / total * math.log2(n / total) for n in counts) if total else 0.0


def changes(value: str) -> float:
    """How often the class of characters (lower, upper, digit, other) changes, per pair of neighbours."""
    kinds = ["l" if c.islower() else "u" if c.isupper() else "d" if c.isdigit() else "o" for c in value]
    pairs = sum(1 for a, b in zip(kinds, kinds[1:]) if a != b and not (a == "u" and b == "l"))
    return pairs / max(1, len(value) - 1)


def vowels(value: str) -> float:
    letters = [c for c in value.lower() if "a" <= c <= "z"]
    return sum(c in "aeiouy" for c in letters) / len(letters) if letters else 0.0


def length_bin(size: int) -> str:
    for bound in _BINS:
        if size <= bound:
            return str(bound)
    return "more"


def extract(value: str, key: str, line: str, column: int, path: str, detector: str) -> list[str]:
    """The names of the features that hold; parameters as for `verdict.judge`."""
    before = line[max(0, column - MAX_AROUND) : column]
    after = line[column + len(value) : column + len(value) + MAX_AROUND]
    value = value[:MAX_VALUE]
    found = _value(value)
    found += _name(key, value, before)
    found += _syntax(before, after)
    found += _file(path)
    found.append(
        "detector:" + detector.split(":")[0] if detector.startswith("format") else "detector:" + detector
    )
    around = before + " " + after
    found += ["line:" + name for name, pattern in _LINE_WORDS if pattern.search(around)]
    head = line[: min(column, 200)].lstrip()
    if head.startswith(("#", "//", "*", "/*", "--", ";", "<!--", '"""', "'''")):
        found.append("line:comment")
    found.append("line:length-" + length_bin(len(line)))
    found += _crosses(found)
    return found


def _value(value: str) -> list[str]:
    charset = next((name for name, pattern in _CHARSETS if pattern.match(value)), "other")
    size = len(value)
    found = ["charset:" + charset, "length:" + length_bin(size)]
    found += sorted({"value:" + name for name, pattern in _SHAPES if pattern.match(value)})
    for match in set(m.lower() for m in _PLACEHOLDER.findall(value)):
        found.append("placeholder:" + ("bracket" if match.startswith("<") else match))
    cover = coverage(value)
    found.append("words:%d" % (cover * 5))
    bits = entropy(value)
    found.append("entropy:%d" % int(bits * 2))
    normal = bits / math.log2(size) if size > 1 else 0
    found.append("evenness:%d" % int(normal * 10))
    found.append("changes:%d" % min(6, int(changes(value) * 10)))
    found.append("vowels:%d" % int(vowels(value) * 6))
    if any(c.isdigit() for c in value):
        found.append("value:has-digit")
    if any(not c.isalnum() for c in value):
        found.append("value:has-special")
    if value[:1] in "\"'`([{<":
        found.append("value:starts-quoted")
    if size > 1 and value.count(" ") >= 2:
        found.append("value:sentence")
    if not value.isascii():
        found.append("value:non-ascii")
    return found


def _name(key: str, value: str, before: str) -> list[str]:
    if not key:
        match = re.search(r"([\w.$-]{1,60})[\"'`\])]{0,3}\s{0,8}(?::=|=>|[:=(,>])[^\w]{0,8}\Z", before)
        key = match[1] if match else ""
    found = []
    last = None
    for last in _KEY_WORDS.finditer(key[-80:]):
        pass
    tail = key[-80:]
    if last:
        kind = re.sub(r"[_.-]", "", last[0].lower())
        kind = _KEY_CLASS.get(kind, kind)
        found.append("key:" + kind)
        rest = [part.lower() for part in _SUFFIX.findall(tail[last.end() :])]
        rest = [part for part in rest if part != "s"] if not tail[last.end() :].startswith("s") else rest
        if not rest:
            found.append("key:at-end")
        for part in rest[:3]:
            found.append("suffix:" + (part if part in _NAMES else "digits" if part.isdigit() else "other"))
        head = [part.lower() for part in _SUFFIX.findall(tail[: last.start()])]
        if not head:
            found.append("key:at-start")
        for part in head:
            if part in _PREFIXES:
                found.append("prefix:" + part)
    else:
        found.append("key:none" if not key else "key:other")
    if "." in key:
        found.append("key:dotted")
    if key.isupper():
        found.append("key:upper")
    plain_key, plain_value = re.sub(r"\W|_", "", key.lower()), re.sub(r"\W|_", "", value.lower())
    if plain_key and plain_value:
        if plain_key == plain_value:
            found.append("same:equal")
        elif plain_value in plain_key:
            found.append("same:in-key")
        elif plain_key in plain_value:
            found.append("same:in-value")
    return found


def _syntax(before: str, after: str) -> list[str]:
    stripped = before.rstrip("\\")
    quote = stripped[-1:]
    found = []
    if quote in "\"'`" and quote:
        found.append("quote:" + {'"': "double", "'": "single", "`": "back"}[quote])
        if len(stripped) < len(before) or before.endswith('\\"'):
            found.append("quote:escaped")
        rest = stripped[:-1].rstrip("\\brbufL@$ ")
    else:
        found.append("quote:none")
        rest = before.rstrip()
    operator = re.search(r"(:=|=>|->|[!=]==?|[=:,(\[{>]|\|\||\bor)\s*\Z", rest[-12:])
    found.append("operator:" + (operator[1] if operator else "other"))
    found.append(
        "next:" + (after[:1] if after[:1] in "\"'`.,;:)]}(&<>\\@ /[=+" else "word")
        if after.strip()
        else "next:end"
    )
    follow = after.lstrip("\\\"'` ")[:1]
    found.append(
        "follow:" + (follow if follow and follow in ",;:)]}(&<>\\@/[=+.|?" else "word" if follow else "end")
    )
    count = (before + after).count('"') + (before + after).count("'")
    found.append("quotes:" + length_bin(count))
    return found


def _file(path: str) -> list[str]:
    name = path.rsplit("/", 1)[-1].lower()
    parts = name.split(".")
    group = next(
        (_EXTENSIONS[p] for p in reversed(parts[1:]) if p in _EXTENSIONS),
        "other" if len(parts) > 1 else "none",
    )
    found = ["file:" + group]
    if re.search(r"test|spec|fixture|mock", name):
        found.append("file:test")
    if re.search(r"example|sample|template|dist\b|stub|demo", name):
        found.append("file:example")
    if re.match(r"[a-z]{2}(?:[_-][a-z]{2,4})?\.(?:json|ya?ml|properties|po|js|ts)\Z", name):
        found.append("file:locale")
    if name.startswith("."):
        found.append("file:dot")
    return found


def _crosses(found: list[str]) -> list[str]:
    """Pairs of features whose meaning together is not the sum of the two."""
    group: dict[str, str] = {}
    for name in found:
        group.setdefault(name.split(":", 1)[0], name)
    pairs = (
        ("key", "charset"), ("key", "words"), ("key", "length"), ("key", "quote"), ("key", "file"), ("charset", "length"), ("charset", "words"),
        ("charset", "changes"), ("file", "quote"), ("charset", "evenness"), ("detector", "charset"), ("detector", "words"),
        ("quote", "charset"), ("quote", "next"), ("charset", "vowels"), ("operator", "quote"),
    )  # fmt: skip
    return [f"{group[a]} & {group[b]}" for a, b in pairs if a in group and b in group]
