"""Whether a candidate is a secret: first plain rules that drop, then a learned score.

The rules drop what can be named: a placeholder, a reference, a template, a name, a path. What they let pass is scored
by a logistic regression: a sum of weights over the named features of `features`, read from `weights.json`, which
`bench/train_verdict.py` writes. A score above `threshold` keeps the candidate. Every verdict says why, in words that
hold nothing of the value.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from palint.secrets import features


class Verdict(NamedTuple):
    """`keep` or drop, the score (log-odds; 0.0 where a rule decided) and why, without a character of the value."""

    keep: bool
    score: float
    reason: str


class Model(NamedTuple):
    """`threshold` and `bias` are log-odds; `weights` maps a feature's name to what it adds."""

    threshold: float
    bias: float
    weights: dict[str, float]


def judge(value: str, key: str, line: str, column: int, path: str, detector: str) -> Verdict:
    """The verdict on `value`, which is assigned to `key` ("" if to nothing) at `line[column:]` of the file `path`.

    `line` is the value's line, or a bounded part of it; `column` is 0-based in code points. `detector` names what
    found it: "keyword", "url-credentials", "format:<id>", "upstream:<class>".
    """
    reason = drops(value, key, line, column, path, detector)
    if reason:
        return Verdict(False, 0.0, reason)
    reason = keeps(detector)
    if reason:
        return Verdict(True, 0.0, reason)
    return score(model(), features.extract(value, key, line, column, path, detector))


def keeps(detector: str) -> str:
    """Why a candidate of this detector that no rule drops needs no score, or "" if it does."""
    if detector.startswith("format:"):
        return f"it has the form of a vendor's token ({detector[7:]})"
    return ""


def score(model: Model, found: list[str]) -> Verdict:
    """The verdict of the learned score on the features that `features.extract` found."""
    total = model.bias + sum(model.weights.get(name, 0.0) for name in found)
    keep = total > model.threshold
    ranked = sorted(
        found, key=lambda name: -model.weights.get(name, 0.0) if keep else model.weights.get(name, 0.0)
    )
    return Verdict(keep, round(total, 2), "for " if keep else "against " + ", ".join(ranked[:3]))


@lru_cache(maxsize=1)
def model() -> Model:
    """The learned weights that ship with palint."""
    data = json.loads((Path(__file__).parent / "weights.json").read_text(encoding="utf-8"))
    return Model(data["threshold"], data["bias"], data["weights"])


_PLACEHOLDER = re.compile(
    r"your|example|sample|change.?(?:me|this|it)|replace|insert|placeholder|dummy|fake|todo|fixme|redacted|hidden|"
    r"x{4}|\*{3}|\.{3}|enter|undefined|true\b|false\b|foo|bar\b|default|secret|passw|token|mock|invalid|wrong|"
    r"1234|abcd|qwert|asdf|lorem|hello|admin|guest|user|string|inherit|my[_-]|some[_-]|(?<![a-z])(?:test|key|pass|pwd|none|null|foo|bar)(?![a-z])",
    re.I,
)
_REFERENCE = re.compile(
    r"\$[A-Za-z_{(]|%\(|%[A-Z_]+%|#\{|@\{|\{\{|[<\[({]|[./~]*/\w|[A-Za-z]:\\|[a-z][a-z+.-]+://|env[.(\[]|process\.|arn:"
)
_TEMPLATE = re.compile(r"\$\{|\{\{|\{%|#\{|\$\(|%\(|<%|\{\w*\}|%[sdvq]\b|\[\[")
_NAME = re.compile(
    r"(?:[A-Z][a-z]+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|0x[0-9a-fA-F]+|[\^~<>=v ]*\d+(?:\.(?:\d+|x|\*))+(?:[-+ ][\w.|^~<>=* -]*)?|workspace:\S*|(.{1,4})\1+|S-1-\d[\d-]*|_[a-z]\w*|"
    r"[\w./-]+\.(?:ya?ml|json|pem|key|crt|txt|py|js|ts|go|java|conf|cfg|html?|xml|sh|env|md|p12|jks|pub|csv|sql))\Z"
)
_KEY_ID = re.compile(r"(?:0x)?(?:[0-9A-F]{8}|[0-9A-F]{16}|[0-9a-f]{8})\Z")
_GENERATED = re.compile(
    r"\.(?:css|scss|sass|less|map|lock|sum)\Z|(?:\A|/)(?:package-lock|npm-shrinkwrap|packages\.lock)\.json\Z|pnpm-lock\.yaml\Z"
)
_STRONG = re.compile(r"pass|pwd|psw|secret|token|credential|-p\Z|-u\Z", re.I)
_SETTING = re.compile(r"[A-Z][A-Z0-9]*_[A-Z0-9_]*KEY\Z")
_WORDS_ONLY = re.compile(r"[A-Za-z]+(?:[_.\- /:]+[A-Za-z]+)*\W?\Z")
_CODE_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*\Z")
_CODE_FILE = re.compile(
    r"\.(?:py|pyi|rb|php|pl|lua|r|[cm]?[jt]sx?|go|java|kts?|scala|groovy|gradle|cs|cpp|cc|c|h|hpp|swift|rs|m|dart|vue)\Z"
)
_HASHED = re.compile(
    r"\$(?:1|2[abxy]|5|6|y|apr1|argon2\w*|pbkdf2[\w-]*|s?crypt)\$.{8}|\{(?:S?SHA\d*|S?MD5|CRYPT)\}|"
    r"(?:pbkdf2|bcrypt|argon2|scrypt)\w*\$|md5[0-9a-f]{32}\Z|md5\$|sha(?:1|256|384|512)[-:$]|\w+:\$(?:2[aby]|apr1|[156])\$"
)
_TYPE = re.compile(
    r"(?:bytes|str|string|int|integer|bool|boolean|any|object|optional|list|dict|unknown|never|void|number)\b",
    re.I,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_SPEAKS = re.compile(
    r"pass(?:w|phrase)|pwd|secret|token|credential|api.?key|access.?key|private.?key|encryption.?key|signing.?key|auth",
    re.I,
)
_PLAIN = re.compile(r"[\W_]+")
_ABOUT = re.compile(
    r"(?:[_.-](?i:id|name|file|path|ur[li]|type|field|length|size|count|method|mode|error|page|user|username|alg|algorithm|format|"
    r"policy|expir\w+|ttl|timeout|endpoint|header|prefix|label|hint|message|arn|version|status|state)|"
    r"(?<=[a-z])(?:Id|ID|Name|File|Path|Ur[li]|URL|Type|Field|Length|Size|Count|Method|Mode|Error|Page|User|Username|Alg|"
    r"Algorithm|Format|Policy|Expir[a-z]+|Ttl|TTL|Timeout|Endpoint|Header|Prefix|Label|Hint|Message|Arn|ARN|Version|Status|State))"
    r"s?\W*\Z"
)
_STRUCTURE = re.compile(
    r"(?:hash|range|partition|sort|primary|foreign|unique|index|cache|idempotency|map|dict|lookup|shortcut|hot|storage|registry|"
    r"row|group|shard|routing|message|event|config|meta|param|query|header|label|order|field|column|join|search|object|i18n|"
    r"translation|plugin|state|sub|host)[_.-]?keys?\W*\Z",
    re.I,
)
_PUBLIC = re.compile(r"public|invalid|encrypted|hashed", re.I)
_LOCALE = re.compile(r"[a-z]{2}(?:[_-][A-Za-z]{2,4})?\.(?:json|ya?ml|properties|po|js|ts)\Z")


def drops(value: str, key: str, line: str, column: int, path: str, detector: str) -> str:
    """The rule that drops this candidate, as a fragment of a sentence, or "" if none does; parameters as for `judge`."""
    if value.startswith("-----BEGIN"):
        return "its middle is left out" if "..." in value else ""
    size = len(value)
    if size < 4:
        return "it is shorter than four characters"
    if size <= 64 and _PLACEHOLDER.search(value):
        return "it holds a placeholder's word"
    if detector.startswith("format:"):
        return ""
    if _REFERENCE.match(value):
        return "it refers to a variable, a file or an address"
    if _HASHED.match(value):
        return "it is a hash, not the secret itself"
    if _TYPE.match(value):
        return "it is a type"
    if _TEMPLATE.search(value, 0, 256):
        return "it is a template"
    if size <= 80 and _NAME.match(value):
        return "it is a plain word, a constant's name, a version or a file"
    if key:
        if _ABOUT.search(key[-40:]):
            return "its name says something about a secret, not the secret"
        if _STRUCTURE.search(key):
            return "it is the key of a data structure"
        if _PUBLIC.search(key):
            return "its name says that it is public or no secret itself"
        plain_key, plain = _PLAIN.sub("", key[-60:]).lower(), _PLAIN.sub("", value[:60]).lower()
        if plain and (plain in plain_key or len(plain_key) > 2 and plain_key in plain):
            return "it repeats its own name"
        if size < 48 and _WORDS_ONLY.match(value) and not _STRONG.search(key) and not _SETTING.match(key):
            return "it is made of words, and its name is a weak hint"
        if _KEY_ID.match(value) and not _STRONG.search(key):
            return "it is short and hexadecimal, the id of a key"
        if _CODE_NAME.match(value) and _CODE_FILE.search(path) and _is_code(line[:column]):
            return "it is a name in code"
    if "\0" in line or _CONTROL.search(value):
        return "it stands in binary data"
    if detector == "authorization-header" and size < 32 and _WORDS_ONLY.match(value):
        return "it is made of words"
    if (
        detector.endswith("EntropyString")
        and not _STRONG.search(key)
        and not _SPEAKS.search(line, max(0, column - 80), column + size + 40)
    ):
        return "it is random, and nothing near it speaks of a secret"
    if _GENERATED.search(path):
        return "it stands in a generated file or a style sheet"
    if _is_prose(line[:column], key):
        return "its name is a sentence"
    if _LOCALE.match(path.rsplit("/", 1)[-1]):
        return "it is a translated text"
    return ""


def _is_code(before: str) -> bool:
    """Whether `before` ends in an assignment outside of strings and comments."""
    if before.lstrip().startswith(("#", "//", "*", "/*")):
        return False
    return before.rstrip().endswith("=") and not (
        before.count('"') % 2 or before.count("'") % 2 or "`" in before
    )


def _is_prose(before: str, key: str) -> bool:
    """Whether the name is a quoted one of several words, as translations have it: `"Your new password": "…`."""
    name = before.rfind(key + '": ') if key else -1
    return name > 0 and before[name - 1] == " " and before.count('"', 0, name) % 2 == 1
