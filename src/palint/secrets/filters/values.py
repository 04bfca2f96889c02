"""Filters on the value alone: public forms, hashes, versions, words of texts, masks, rows of numbers."""

from __future__ import annotations

import re
from itertools import pairwise

from palint.secrets.checksums import is_whole_key
from palint.secrets.filters.filter import Filter, words
from palint.secrets.filters.public_forms import PUBLIC_FORMS
from palint.util import lazy_re

_AWS_EXAMPLE = Filter("aws-example", "it is an example of AWS's documentation",
    r"[A-Za-z0-9+/.]{4,60}EXAMPLE(?:(?:SESSION)?(?:KEY|TOKEN))?\Z|wJalrXUtnFEMI|AQoEXAMPLEH4|EXAMPLE[a-z\d]{25}\Z",
    drops=("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "AQoEXAMPLEH4aoAH0gNCAPyJxz4",
        "EXAMPLE" + "kq7vw" * 5),
    keeps=("EXAMPLE-Kq2",),
)  # fmt: skip

NOT_SECRET = (
    *PUBLIC_FORMS,
    _AWS_EXAMPLE,
    Filter("hash", "it is a hash, not the secret itself",
        # crypt's modular format, `$id$…$…`, perhaps after a user:
        # https://passlib.readthedocs.io/en/stable/modular_crypt_format.html
        r"\\\$2[abxy]\\\$\d\d\\\$|(?:[^\s:$]{1,60}:){0,2}\$(?:(?:1|2[abxy]|5|6|7|y|apr1|argon2\w*|pbkdf2[\w-]*|s?crypt|gy|md5)\$(?:.{4}|\d\d\$|\Z)|"
        r"[PHS]\$[\w./]{20}|[a-z][a-z0-9-]{1,20}\$[^\s$]{1,80}\$[\w./+-]{4})|U\$S\$[\w./]{20}|:[AB]:[0-9a-f:]{32}|\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2\w*)\}|"
        r"(?:pbkdf2|bcrypt|argon2|scrypt|phpass)\w*[\$:]|md5[0-9a-f]{32}\Z|md5\$|sha(?:1|256|384|512)\$|"
        r"(?:[0-9A-F]{2}-){15}[0-9A-F]{2}\Z|digest\d:|\*[0-9A-F]{40}\Z|SCRAM-SHA-256\$|[0-9a-f]{32}:[0-9a-f]{32}\Z|![A-Za-z0-9]{40}\Z",
        # .NET writes bytes so: https://learn.microsoft.com/en-us/dotnet/api/system.bitconverter.tostring
        # GeoServer: https://docs.geoserver.org/main/en/user/security/passwd.html
        # Drupal's, MediaWiki's, PostgreSQL's, and Django's mark of an account without a password
        drops=("$2a$10$abcdefghijklmnop", "$2a$10$", r"\$2y\$13\$abc", "{SSHA}x", "pbkdf2_sha256$x",
            "bob:$argon2d$v=19", "bob:bcrypt:$2a$10$",
            "$p-sha256$310000$Kq7vWz", "$argon2id$", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
            "digest1:Kq7vWz2p", "19-A2-85-41-44-B6-3A-8F-76-17-A6-F2-25-01-9B-12",
            "phpass:!2a!08!T1ptMlBSxu7g3odp", "U$S$9c47LGZuhR6TvhRQXzymkJIQ3m",
            ":B:838c83e1:e4ab7024509eef084cdabd03d8b2972c", "md5e4ab7024509eef084cdabd03d8b2972c",
            "!" + "Kq7vWz2p9x" * 4),
        keeps=("$P$Kq7vWz2p", "$1Kq", "shark", "md5", "$uper$ecret$Kq", "Kq7$vWz$2p9x$mN")),
    Filter("encrypted", "it is encrypted",
        r"(?:[\w-]{1,40}:){0,4}AQ(?:IC|EC)A[A-Za-z0-9+/]{40}|vault:v\d+:|\{cipher\}|ENC[\[(]|EJ\[|U2FsdGVkX1|gAAAAA|Ag[A-D][A-Za-z0-9+/]{253}|AQIAA[A-P][A-Za-z0-9+/]{40}|"
        r"age1[a-z0-9]{50}|-----BEGIN (?:AGE|PGP) (?:ENCRYPTED|MESSAGE)|\$ANSIBLE_VAULT|CfDJ8|AWS:KMS|"
        r"encrypted[-:]|BAMSCRT@|estafette\.secret\(",  # https://estafette.io/usage/secrets/
        # https://confluence.atlassian.com/display/BAMBOO0702/Bamboo+Specs+encryption, a SIMPLEBLOB (of IIS):
        # https://learn.microsoft.com/en-us/windows/win32/seccrypto/base-provider-key-blobs
        drops=("vault:v1:abc", "ENC[AES256,x]", "{cipher}ab", "U2FsdGVkX1+abc", "encrypted-Kq7vWz2p",
            "BAMSCRT@0@0@Kq7vWz2p", "AQIAAA5m" + "Kq7vWz2p9x" * 4, "estafette.secret(Kq7v.Wz2p)"),
        keeps=("vault-v1", "encoder", "AgKq2x")),
    Filter("literal", "it is a type, or a value of the language or of a setting",
        words(
            r"""
            true false null none nil nan undefined undef yes no on off always never once auto automatic prompt
            required optional enabled disabled nullable sometimes unset inherit default empty unspecified
            utf-?8 utf-?16(?:[lb]e)? ucs-?2 ascii latin-?1 hex base64(?:url)? binary md5 sha-?\d{1,3}
            (?:my)?string scalar text varchar mediumtext longtext tinytext integer boolean array object bytes
            any number confirmed hashed encrypted (?:read|write)(?:-all)? plaintext on_create n/?a not.?set
            not.(?:required|needed) unused unknown anonymous stubbed blowfish bcrypt argon2\w* crc32c?
            """
        )
        + r"[.,;!]?\Z",
        drops=("true", "None", "required", "write", "N/A", "not set", "notset", "not-needed", "UNKNOWN!"),
        keeps=("truelove", "none1", "onward"), lower=True),
    Filter("no-secret", "it says that it is none, or not the right one, or what a service calls its own",
        r"(?:(?:my[-_ ]?)?(?:not[-_ ]?an?[-_ ]?(?:valid|real)|fake|wrong|incorrect|invalid|weak|"
        r"(?:too.)?short|hashed)[-_ ]?(?:[a-z]{1,12}[-_ ]?){0,3}?|no[-_ ]?)"
        r"(?:key|token|secret|pass(?:word|phrase|wd)?|pwd?|credentials?)[-_ ]?\d{0,3}[,!]?\Z|"
        r"(?:wrong|incorrect|invalid|weak|(?:too.)?short)\d{0,3}\Z|(?:[a-z]{1,20}[-_]){0,4}?[a-z]{0,12}"
        r"(?:api|access|consumer|private|app|account|encryption|client|security)[-_]?(?:key|secret|token)\Z",
        drops=("not-a-valid-key", "notarealpassword", "NOT_A_REAL_API_KEY", "not_a_real_client_secret",
            "fakeawssecret", "hashed-pw", "fake-cdn-auth-key", "WrongPassword123!", "invalidpass1",
            "nopassword", "incorrect2", "weakpass", "too-short", "my_facebook_app_secret", "encryption_key"),
        keeps=("not-a-valid-Kq7vWz2p", "fakeKq7vWz2p", "nota", "fake", "wrong-Kq7vWz2p", "my-secret-key"),
        lower=True),
    Filter("code", "it is code between two strings",
        r"\s{0,2}[,+!)]\s{0,2}[A-Za-z_$][\w.$]{1,60}\s{0,2}[(,)]",
        drops=(",listKeys(concat(", "+symbol);", "!getenv("), keeps=("+Kq7vWz2p9x", "!Passw0rd", ",a;b")),
    Filter("constant", "it is the name of a constant, a variable, an issue or the like, or its start",
        r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z|[A-Z]{2,10}-\d{1,6}\Z|_[a-z][A-Za-z_]*\Z|[A-Za-z][A-Za-z_]{3,}_\Z|0\d{3}_[a-z][a-z0-9_]{2,60}\Z|"
        # as SQL Server names constraints, and Crowdin texts: https://support.crowdin.com/in-context-localization/
        r"(?:PK|FK|UQ|DF|CK)__\w{1,40}__[0-9A-F]{8,16}\Z|crwdns\d+:",
        drops=("PK__Orders__0123ABCD", "DB_PASSWORD", "API_KEY_2", "_password", "_navigationalBinder",
            "0005_integrationtoken", "PROJ-5208", "wordpresspass_", "crwdns6846:0crwdne6846:0"),
        keeps=("Db_Password", "crwdns6846", "KQ2XZ7", "a_b", "2005_kq7vwz")),
    Filter("version", "it is a number, a range or a version",
        r"(?:\d{1,3}:\d{1,3}|\d{1,3}(?:st|nd|rd|th)?[.,;]|\d{1,3}(?:st|nd|rd|th)|\d{1,9}/[a-z]{1,6}|[A-Za-z][\w.-]{0,60}(?:\[[\w,-]{1,40}\])?[=~<>]=\d[\w.*+-]{0,40}|"
        r"[A-Za-z][\w./-]{0,60}#[0-9a-f]{40}|"
        r"P(?:T?\d{1,5}[YMWDHS]){1,6}|(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ].*)?|"
        r"-?0x[0-9a-fA-F]{1,16}[uUlL]{0,3}|-\d{1,20}|\d{1,20}[uU]?[lL]{1,2}|(?=.{0,40}[<>=])[\d.<>=^~|, *-]+|"
        r"S-1-\d[\d-]*|(?:workspace|npm|patch|portal|link|catalog):\S*|"
        r"[\^~<>=v -]*\d+(?:\.(?:\d+|x|\*))+(?:[-+ |][\w.|^~<>=* -]*)?)\Z",
        drops=("1.2.3", "0:10", "15th", "-214", "100000/s", "2024-01-31", "PT1H30M", "0xdeadbeef", "214L",
            "v1.2", ">=1.0", "npm:^7.0.3", "workspace:*", ">=4,<=4.0.11|>=5", "twine==6.1",
            "S-1-5-21-3623811015-1013",  # of Windows
            "dev-main#2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
        keeps=("1.2.Kq", "123456", "2024spring", "npm-Kq2x9", "main#2fd4e1c6")),
    Filter("alternatives", "it is the rules that a value is checked by, or words to choose from",
        r"(?:[^\s,]{1,16},){20}|\|[A-Za-z][A-Za-z_]{1,30}\Z|[A-Za-z][A-Za-z_]{1,30}(?::[\w,.]{1,40})?(?:\|(?:[A-Za-z][A-Za-z_-]{1,30}(?::[\w,.]{1,40})?)?){1,400}\Z",
        drops=("NN|ZZ|" * 30, "pass1,qwerty," * 10, "nullable|string|max:191", "confirmed|", "|confirmed"),
        keeps=("Kq7v|Wz2p", "open|sesame7")),
    Filter("pairs", "it is several values, each with a name of its own",
        r"[A-Za-z]\w{1,40}=[^;=\s]{1,200}(?:;[A-Za-z]\w{1,40}=[^;=\s]{0,200}){1,40};?\Z",
        drops=("FacebookId=395178683904310;GitHubId=7ef1dd5bfbc4",), keeps=("a7=Kq7v;Wz2p",)),
    Filter("unsigned-token", "it is a JSON Web Token without a signature or a claim, or its header alone",
        # RFC 7518: the shortest signature has 43 characters. RFC 7515: a header begins with `alg`, `typ`, …
        r"ey(?:J|A[gi])[\w-]{6,1000}(?:\.[\w-]{0,3000})?\.[\w-]{0,20}\Z|eyJ[\w-]{6,1000}\.e30\.|"
        r"eyJ(?:hbGci|0eXAi|raWQi|lbmMi|jdHki)O[\w-]{0,200}\Z",
        drops=("eyJhbGciOiJFZERTQSJ9.payload.signature", "eyJhbGciOiJub25lIn0.eyJpZCI6MX0.",
            "eyAidHlwIjogIkpXVCIgfQ.eyJfoobar.123", "eyJhbGciOiJSUzI1NiIsInR5c", "eyJ0eXAiOiJKV1QifQ",
            "eyJhbGciOiJFZERTQSJ9.e30.Kq7vWz2p9xKq7vWz2p9xK"),
        keeps=("eyJhbGciOiJFZERTQSJ9.eyJpZCI6MX0.Kq7vWz2p9xKq7vWz2p9xK", "eyJpZCI6MX0.Kq7vWz2p9xKq7vWz2p9xK",
            "eyJwYXNzd29yZCI6IktxN3YifQ")),
    Filter("short", "it is shorter than four characters, or has neither letters nor digits",
        r"(?:\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0abefnrtv])|.){0,3}\Z|(?:\\(?:[0abefnrtv]|x[01][0-9A-Fa-f])|&#?\w{2,8};|[\W_])+\Z",
        drops=("abc", "", "\\x00", "\\u0000\\n", "****", "\\n\\t\\t\\v\\x00", "&bull;&bull;", "&#x5BC6;"),
        keeps=("abcd", "\\x00\\x4b\\x71\\x37", "*a*b", "-1.5")),
    Filter("bytes", "it has control characters, so it is not text",
        r"[^\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]{0,240}[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]",
        drops=("Kq7v\x8fWz", "\x02Kq7v"), keeps=("Kq7v Wz2p", "Kq7v\u00e9Wz")),
    Filter("masked", "it repeats one character, or one byte",
        r"(?P<byte>[0-9A-Fa-f]{2})(?P=byte){7,}\Z|(?s:.{0,60}?(?P<run>[^/=A])(?P=run){7})|.?(?P<all>.)(?P=all){3,}={0,2}\Z",
        drops=("aaaa", "0b0b0b0b0b0b0b0b0b0b", "AKIA00000000xyz", "BAAAAAAAAAAAAAAAAAAAAA=="),
        keeps=("aaab", "abababab", "xybbbb")),
    Filter("alphabet", "it is the letters to choose from", r".*?abcdefghijklmnopqrstuvwxyz",
        lower=True, drops=("abcdefghijklmnopqrstuvwxyz0123456789!@#", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        keeps=("abcdefgh", "Kq7vabcdefWz2p")),
    # 167 labelled values are such a word, and no secret but `Password`
    Filter("capitalized", "it is a word or a sentence with a capital",
        r"[A-Z][a-z]{2,40}-[A-Za-z][a-z]{2,40}\Z|[A-Z][a-z]{3,40}\Z|"
        r"[A-Z][a-z]{0,40}(?: [A-Za-z][a-z]{0,40}){1,14}[.!?:]?\Z",
        drops=("Kodeord", "Zugriffstoken", "Sandi", "Palavra-chave", "Mot de passe", "Enter it again."),
        keeps=("Welcome1", "Swordfish!", "Kq7vWz", "Dog-7cat", "diagram donkey doodle", "Born 2 Lose")),
    Filter("foreign", "it is text in another script, or a word with a capital and a letter beyond ASCII",
        # from Greek on, without Vietnamese's letters
        r"(?=\D*\Z)(?=.*[^\x00-\x7f])(?:.*?(?:(?![\u1e00-\u1eff])[^\W\d_\x00-\u024f]){2}|"
        r"[^\W\d_a-z][^\W\d_A-Z]{2,30}(?:[- ][^\W\d_]{2,30}){0,3}[?!.:]?\Z)",
        drops=("пароль", "密码不能为空", "Poświadczenia", "SMTPパスワード", "Contraseña"),
        keeps=("pässwörd", "Kq2ж9xZ", "Pässwörd1", "Kq7vWzпароль2p9xmN")),
)  # fmt: skip

# For a vendor's format: only obviously fake values are dropped.
OF_FORMATS = (
    _AWS_EXAMPLE,
    Filter("masked-token", "it repeats one character",
        r"(?s:(?=.{0,128}\Z).{0,127}?(?P<run>[^/=A])(?P=run){7})|[xX*.-]+\Z",
        drops=("qqqqqqqqqqqq", "abc00000000"), keeps=("Kq7vWz2p9x",)),
)  # fmt: skip
# Three dots that end a line or a word of it, and that base64 goes on after
_ELISION = lazy_re.compile(
    r"(?s:-----BEGIN [A-Z0-9 ]{1,60}-----(?:(?!-----END).){0,4000}?(?<=[\s\w\"'+\\/=])(?:\.(?: ?\.){2}|…)"
    r"(?:\s|\\n|-----|[A-Za-z0-9+/]))"
)


def is_elided(block: str) -> bool:
    """Whether the middle of a PEM block is left out: it has an ellipsis, and what is left is no whole key."""
    return _ELISION.match(block) is not None and not is_whole_key(re.sub(r"\.{3}|…", "", block))


# --- rows of numbers, which may be the bytes of a key


def _numbers(row: str) -> list[int]:
    return [int(number, 0) for number in re.findall(r"0[xX][0-9A-Fa-f]+|[1-9]\d*|0", row)]


def is_plain_row(row: str) -> bool:
    """Whether the numbers are in order, in equal steps, too similar to be random bytes, or no bytes.

    Of 64 random bytes 57 are distinct, of fewer a larger part.
    """
    numbers = _numbers(row)
    distinct = len(set(numbers))
    steps = [(b - a) % 256 for a, b in pairwise(numbers)]
    return (
        max(map(steps.count, set(steps)), default=0) * 2 > len(steps)
        or len({b > a for a, b in pairwise(numbers)}) == 1
        or distinct < max(7, len(numbers) // 2)
        or max(numbers) > 255
    )


SEVERAL = (
    Filter("several", "its name is of several", r"(?i:.*(?:key|token|code|id|seed|salt)s\W*\Z)",
        drops=("keys", "user_ids"),
        keeps=("key", "authKey")),
)  # fmt: skip
ROW = (
    Filter("pdf-padding", "it is what PDF pads a password with",
        r"0x28,\s*0xbf,\s*0x4e,\s*0x5e,\s*0x4e,\s*0x75|40, ?191, ?78, ?94, ?78, ?117",
        # https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf, 7.6.3.3
        drops=("0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41",
            "0x28,\n 0xbf,\n 0x4e,\n 0x5e,\n 0x4e,\n 0x75"),
        keeps=("0x29, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41",), lower=True),
    Filter("plain-row", "its numbers are in order, too much alike, or no bytes", is_plain_row,
        drops=("1, 2, 3, 4, 5, 6, 7, 8", "0, 0, 0, 0, 0, 0, 0, 1", "1, 3, 6, 1, 4, 1, 311, 2, 5, 22",
            "7, " * 12 + "1, 2, 3, 9, 4, 5, 6", "0x1f, 0x2e, 0x3d, 0x4c, 0x97, 0xa6, 0xb5, 0xc4, 0xd3"),
        keeps=("37, 185, 96, 3, 4, 24, 8, 111",)),
)  # fmt: skip
