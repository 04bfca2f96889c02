"""Filters on the value alone: types, hashes, versions, public keys, data, ids, what base64 encodes."""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64decode
from itertools import pairwise

from palint.secrets.filters.filter import Filter, FilterSet, with_one_of, words
from palint.secrets.filters.placeholders import PLACEHOLDERS, is_placeholder
from palint.secrets.filters.references import REFERENCES, TEMPLATES
from palint.secrets.public_forms import PUBLIC_FORMS
from palint.util import lazy_re

_WRITTEN = lazy_re.compile(r"(?:[A-Za-z]+[-_. ]){1,12}[A-Za-z]{2,}\d{0,4}\Z|[A-Z_]{4,}\Z")


def is_written(value: str) -> bool:
    """Whether a token is words joined by punctuation, a placeholder, or made of few distinct characters."""
    if is_placeholder(value) or len(set(value)) < 6:
        return True
    return _WRITTEN.match(value) is not None and any(
        w in value.lower() for w in ("example", "your", "token", "key", "fake", "test", "secret")
    )


_AWS_EXAMPLE = Filter(
    "aws-example",
    "it is an example of AWS's documentation",
    r"[A-Za-z0-9+/]{4,60}EXAMPLE(?:(?:SESSION)?(?:KEY|TOKEN))?\Z|wJalrXUtnFEMI|AQoEXAMPLEH4",
    drops=("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG", "AQoEXAMPLEH4aoAH0gNCAPyJxz4"),
    keeps=("EXAMPLE-Kq2",),
)

# Values of a public form
PUBLIC = tuple(
    Filter(form.id, f"it is {form.name}", form.pattern, form.examples, form.near_misses)
    for form in PUBLIC_FORMS
)
NOT_SECRET = (
    *PUBLIC,
    _AWS_EXAMPLE,
    Filter(
        "regular-expression",
        "it is a regular expression",
        with_one_of(
            r"\[\\(",
            r"\[\^?[^\]\n]{0,40}?\w-\w[^\]\n]{0,40}\](?:[+*?]|\{\d)|\[[^\]\n]{0,40}?\\[dws][^\]\n]{0,40}\][+*?]|"
            r"\[[^\]\n]{0,40}?\\x[0-9A-Fa-f]{2}-\\x[0-9A-Fa-f]{2}|"
            r"\\[dwsDWS](?:[+*?]|\{\d)|\(\?[:=!<]",
        )
        + r"|(?P<mark>[/|#~])\[\^?[^\]\n]{1,60}\](?P=mark)[a-z]{0,4}\Z",
        drops=(
            "ghp_[0-9A-Za-z]{36}",
            "dd(?:pat_|sat_|app_)(?:[0-9A-Za-z]{16,24}_)?[0-9A-Za-z]{30,80}",
            "^[a-z]+$",
            r"\d{4}-\w+",
            "(?:Basic|Bearer) x",
            r"/;[\s\r\n]*/",
            "/[^a-zA-Z0-9-]/",
            "|[^a-z_!]|i",
            r"#([^\x21\x23-\x27",
        ),
        keeps=("Kq7v[a-z]Wz2p9x", "p[4]ss+w0rd", "Kq7v(Wz2p9x)?", "/[Kq7v]Wz2p/"),
    ),
    Filter(
        "control-character",
        "it contains a control character, as only binary data does",
        r"[^\x00-\x08\x0e-\x1f\x7f-\x9f]{0,1024}[\x00-\x08\x0e-\x1f\x7f-\x9f]",
        drops=("Kq7v\x16Wz2p9x", "m&\x9d67h+]o"),
        keeps=("Kq7vWz2p9x", "Kq7v\tWz2p9x", "pässwörd1"),
    ),
    Filter(
        "hash",
        "it is a hash, not the secret itself",
        # crypt's modular format, `$id$…$…`, perhaps after a user:
        # https://passlib.readthedocs.io/en/stable/modular_crypt_format.html
        r"(?:[^\s:$]{1,60}:)?\$(?:(?:1|2[abxy]|5|6|7|y|apr1|argon2\w*|pbkdf2[\w-]*|s?crypt|gy|md5)\$(?:.{4}|\d\d\$|\Z)|"
        r"[PHS]\$[\w./]{20}|[a-z][a-z0-9-]{1,20}\$[^\s$]{1,80}\$[\w./+-]{4})|U\$S\$[\w./]{20}|:[AB]:[0-9a-f:]{32}|\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2\w*)\}|"
        r"(?:pbkdf2|bcrypt|argon2|scrypt|phpass)\w*[\$:]|md5[0-9a-f]{32}\Z|md5\$|sha(?:1|256|384|512)\$|"
        r"\*[0-9A-F]{40}\Z|SCRAM-SHA-256\$|[0-9a-f]{32}:[0-9a-f]{32}\Z",
        drops=(
            "$2a$10$abcdefghijklmnop",
            "$2a$10$",
            "{SSHA}x",
            "pbkdf2_sha256$x",
            "bob:$argon2d$v=19$m=65536",
            "$p-sha256$310000$Kq7vWz",
            "$argon2id$",
            "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0",
            "phpass:!2a!08!T1ptMlBSxu7g3odp",
            "U$S$9c47LGZuhR6TvhRQXzymkJIQ3m",
            ":B:838c83e1:e4ab7024509eef084cdabd03d8b2972c",
        ),
        keeps=("$P$Kq7vWz2p", "$1Kq", "shark", "md5", "$uper$ecret$Kq", "Kq7$vWz$2p9x$mN"),
    ),
    Filter(
        "encrypted",
        "it is encrypted",
        r"AQ(?:IC|EC)A[A-Za-z0-9+/]{40}|vault:v\d+:|\{cipher\}|ENC[\[(]|EJ\[|U2FsdGVkX1|gAAAAA|Ag[A-D][A-Za-z0-9+/]{300}|"
        r"age1[a-z0-9]{50}|-----BEGIN (?:AGE|PGP) (?:ENCRYPTED|MESSAGE)|\$ANSIBLE_VAULT|CfDJ8|AWS:KMS",
        drops=("vault:v1:abc", "ENC[AES256,x]", "{cipher}ab", "U2FsdGVkX1+abc"),
        keeps=("vault-v1", "encoder", "AgKq2x"),
    ),
    Filter(
        "settings",
        "it is settings, none of which names a secret",
        r"(?=[A-Za-z]\w{0,40}=)(?!.*(?i:pass|pwd|secret|token|key|cred|auth|sig))\w+=[^;=]{1,200}"
        r"(?:;[A-Za-z]\w{0,40}=[^;=]{0,200}){2,20};?\Z",
        drops=("FacebookId=395178683904310;GitHubId=7ef1dd5bfbc4;SlackId=345.1", "a=1;b=2;c=3"),
        keeps=("AccountName=a;AccountKey=Kq7v;X=1", "Server=a;Uid=b;Pwd=Kq7vWz2p", "Kq7v=;Wz2p=;x", "a=Kq7v"),
    ),
    Filter(
        "type",
        "it is a type",
        "(?i:"
        + words(
            """
            bytes str string int integer bool boolean any object optional list dict unknown never void number
            varchar text mediumtext longtext tinytext blob char uuid date datetime timestamp float double
            array
            """
        )
        + r")(?: ?[\[<(|?*&,;][\w\[\]<>|?*&, .()'\"]{0,80})?\Z",
        drops=("string", "Optional[str]", "varchar(255)", "str | None"),
        keeps=("string-theory9", "int3rn", "textual"),
    ),
    Filter(
        "literal",
        "it is a value of the language or of a setting",
        "(?i:"
        + words(
            r"""
            true false null none nil nan undefined undef yes no on off always never once auto automatic prompt
            required optional enabled disabled nullable sometimes unset inherit default empty unspecified
            utf-?8 utf-?16(?:[lb]e)? ucs-?2 ascii latin-?1 hex base64(?:url)? binary
            confirmed hashed encrypted (?:read|write)(?:-all)? plaintext on_create n/?a not.set not.required
            unused
            """
        )
        + r")[.,;]?\Z",
        drops=("true", "None", "required", "write", "N/A", "not set"),
        keeps=("truelove", "none1", "onward"),
    ),
    Filter(
        "algorithm",
        "it is the name of an algorithm or a protocol",
        words(
            r"""
            (?:CRAM|DIGEST)-MD5 (?i:MONGODB-(?:AWS|CR|OIDC|X509)) XOAUTH2? SCRAM-SHA-[\d-]+(?:-PLUS)?
            (?i:ed25519|ecdsa|pbkdf2|bcrypt|scrypt|argon2(?:id?|d)?|(?:[hre]s|ps|sha|md)-?(?:1|5|224|256|384|512))
            (?i:hmac(?:[-_]?sha-?(?:1|256|384|512))?|rsa(?:[-_]?\d{4})?(?:[-_]oaep(?:-\d+)?)?|x25519|curve25519|prime256v1|secp\d{3}[kr]1|p-?(?:256|384|521))
            (?i:s?sha(?:256|512|1)|(?:md5|sha\d{0,3}|ext-des)-?crypt)
            (?i:aes[-_]?(?:128|192|256)(?:[-_]?(?:cbc|ctr|gcm|kw))?)
            A(?:128|192|256)(?:CBC-HS(?:256|384|512)|(?:GCM)?KW|GCM) ECDH-ES(?:\+A\d{3}KW)?
            PBES2-HS\d{3}\+A\d{3}KW
            (?i:basic|bearer|oauth2?|oidc|saml|jwt|ldap|kerberos|digest)
            """
        )
        + r"\Z",
        drops=(
            "md5-crypt",
            "SSHA256",
            "SCRAM-SHA-256",
            "ed25519",
            "aes-256-gcm",
            "RS256",
            "bearer",
            "A128CBC-HS256",
            "A256GCMKW",
        ),
        keeps=("aes-7Kq2", "basically", "sha"),
    ),
    Filter(
        "constant",
        "it is the name of a constant, a variable or a migration",
        r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z|_[a-z][A-Za-z_]*\Z|0\d{3}_[a-z][a-z0-9_]{2,60}\Z",
        drops=("DB_PASSWORD", "API_KEY_2", "_password", "_navigationalBinder", "0005_integrationtoken"),
        keeps=("Db_Password", "KQ2XZ7", "a_b", "2005_kq7vwz"),
    ),
    Filter(
        "prefix",
        "it is a prefix: words that end in a mark",
        r"[a-z]{2,20}(?:[_-][a-z]{2,20}){0,3}[_-]\Z",
        drops=("memos_pat_", "app-"),
        keeps=("Kq7v_", "s3cr3t_"),
    ),
    Filter(
        "alphabet",
        "it is the alphabet that secrets are made of",
        r"(?=.{0,120}abcdefghijklmnopqrstuvwxyz)(?=.{0,120}ABCDEFGHIJKLMNOPQRSTUVWXYZ)|"
        r"(?i:abcdefghijklmnopqrstuvwxyz)[0-9]{0,10}\Z",
        drops=(
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "abcdefghijklmnopqrstuvwxyz",
            "abcdefghijklmnopqrstuvwxyz012345",
        ),
        keeps=("1234567890abcdefghijklmnopqrstuvwxyz",),
    ),
    Filter(
        "version",
        "it is a number or a version",
        r"(?:\d{1,3}[.,;]|[A-Za-z][\w.-]{0,60}(?:\[[\w,-]{1,40}\])?[=~<>]=\d[\w.*+-]{0,40}|"
        r"[A-Za-z][\w./-]{0,60}#[0-9a-f]{40}|\d{1,4} ?(?:second|minute|hour|day|week|month|year)s?|"
        r"(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ].*)?|-?0x[0-9a-fA-F]{1,16}|"
        r"\d+(?:\.\d+)*-[a-z]+\d*|\d[\d_]*_\d+|"
        r"S-1-\d[\d-]*|(?:workspace|npm|patch|portal|link|catalog):\S*|\d+(?:\.v?[0-9a-f_]+)+|"
        r"v?\d{1,3}(?:\.\d{1,4}){1,3}|"
        r"[\^~<>=v -]*\d+(?:\.(?:\d+|x|\*))+(?:[-+ |][\w.|^~<>=* -]*)?)\Z",
        drops=(
            "1.2.3",
            "2024-01-31",
            "0xdeadbeef",
            "v1.2",
            ">=1.0",
            "^2.0.0",
            "npm:^7.0.3",
            "workspace:*",
            "twine==6.1",
            "dev-main#2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
            "5 minutes",
        ),
        keeps=("1.2.Kq", "123456", "2024spring", "npm-Kq2x9", "main#2fd4e1c6", "5 minuteman"),
    ),
    Filter(
        "serialized",
        "it is data, not a secret",
        r"\d+:[{\"]|\{\\{0,3}\"|[a-z]+(?::[a-z]+){4,12}\Z|\w*(?:/|%2F)\d{8}(?:/|%2F)[\w/%-]{1,60}_request\Z|"
        r"(?:&\w{2,8};){2}|\[object ",
        drops=(
            "10:{s:3",
            '{\\"value\\":',
            "a:b:c:d:e",
            "AK/20240101/eu-west-1/s3/aws4_request",
            "&bull;&bull;",
        ),
        keeps=("1:Kq2", "a:b"),
    ),
    Filter(
        "alternatives",
        "it is several words or shortcuts to choose from, or the rules that a value is checked by",
        r"[A-Za-z][A-Za-z_]{1,30}(?::[\w,.]{1,40})?(?:\|(?:[A-Za-z][A-Za-z_-]{1,30}(?::[\w,.]{1,40})?)?){1,40}\Z|"
        r"[a-z]{1,20}(?:, ?[a-z]{1,20}){2,20}\Z|"
        r"(?:(?:Ctrl|Alt|Shift|Command|Cmd|Meta|Option)[+-]){1,4}\S{1,12}(?:\|\S{1,30}){0,4}\Z",
        drops=("nullable|string|max:191", "the,a,of,and", "esc|Ctrl-G", "confirmed|", "Ctrl-Shift-Z|Ctrl-Y"),
        keeps=("Kq7v|Wz2p", "open|sesame7", "Alternate7", "Ctrl9x"),
    ),
    Filter(
        "date-format",
        "it is the format of a date",
        r"(?=.{0,40}(?:yy|YY))(?=.{0,40}MM)(?=.{0,40}(?:dd|DD))[A-Za-z\d_:/., -]{6,40}\Z",
        drops=("yyyy-MM-dd_HH:mm", "DD/MM/YYYY"),
        keeps=("MMddKq7vWz", "yyMM-2024"),
    ),
    Filter(
        "ntlm",
        "it is the part of NTLM's handshake that holds no credentials",  # MS-NLMP 2.2.1: messages 1 and 2
        r"TlRMTVNTUAA[BC]AAAA",
        drops=("TlRMTVNTUAABAAAAB4IIogAAAAA=",),
        keeps=("TlRMTVNTUAADAAAAGAAYAH4AAAA=",),
    ),
    Filter(
        "unsigned-token",
        "it is a JSON Web Token without a signature",  # RFC 7518: the shortest has 43 characters
        r"ey(?:J|A[gi])[\w-]{6,1000}(?:\.[\w-]{0,3000})?\.[\w-]{0,20}\Z",
        drops=(
            "eyJhbGciOiJFZERTQSJ9.payload.signature",
            "eyJhbGciOiJub25lIn0.eyJpZCI6MX0.",
            "eyAidHlwIjogIkpXVCIgfQ.eyJfoobar.123",
        ),
        keeps=("eyJhbGciOiJFZERTQSJ9.e30.Kq7vWz2p9xKq7vWz2p9xK", "eyJpZCI6MX0.Kq7vWz2p9xKq7vWz2p9xK"),
    ),
    Filter(
        "no-letters",
        "it has neither letters nor digits",
        r"(?:\\[nrt]|[\W_])+\Z",
        drops=("****", "--", "___", "\\n'),"),
        keeps=("*a*", "-1"),
    ),
    Filter(
        "short",
        "it is shorter than four characters",
        r"(?:\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0abefnrtv])|.){0,3}\Z",
        drops=("abc", "", "\\x00", "\\u0000\\n"),
        keeps=("abcd", "\\x00\\x4b\\x71\\x37"),
    ),
    Filter(
        "duration",
        "it is a duration",  # of Go, and of ISO 8601
        r"(?:\d{1,5}(?:\.\d{1,6})?(?:ns|us|µs|ms|[hms])){1,4}\Z|P(?:\d{1,4}[YMWD]){0,4}(?:T(?:\d{1,4}[HMS]){1,3})?\Z",
        drops=("168h0m0s", "1.5h", "3600s", "PT24H", "P1DT12H"),
        keeps=("168h0m0sKq", "123456s", "P1Kq", "12m34x"),
    ),
    Filter(
        "masked",
        "it repeats one character",
        r"(?s:.{0,60}?(?P<run>[^/=A])(?P=run){7})|(?P<all>.)(?P=all){3,}={0,2}\Z",
        drops=("aaaa", "AKIA00000000xyz", "AAAAAAAAAAAAAAAAAAAAAA=="),
        keeps=("aaab", "abababab"),
    ),
    Filter(
        "resource",
        "it is the name of a secret",
        r"[a-z0-9]+(?:[._-][a-z0-9]+){0,8}[_-](?:tls|creds|certs)\Z",
        drops=("wordpress.local-tls", "broker_keystore_creds"),
        keeps=("creds-Kq2x9", "app-Creds"),
    ),
    Filter(
        "secret-name",
        "it is the name of a secret: a service and an environment",
        r"[a-z][a-z0-9-]{1,40}(?:/[a-z0-9-]{1,40}){0,4}/"
        + words("production prod staging stage development dev test testing qa sandbox preview")
        + r"(?:/[a-z0-9._-]{1,60})?\Z",
        drops=("api/production", "shop/staging/database", "acme/llm-service/dev"),
        keeps=("Kq7v/production", "api/Kq7vWz2p", "production"),
    ),
    Filter(
        "icon",
        "it is the name of an icon",
        r"(?:mdi|fa|fas|far|icon|glyphicon|bi)-[a-z]+(?:-[a-z]+){0,4}\Z",
        drops=("mdi-eye-off", "fa-lock"),
        keeps=("mdi-eye7", "fasten-lock", "icon"),
    ),
    Filter(
        "subject",
        "it is the id of a user, after the name of the provider",
        # https://auth0.com/docs/manage-users/user-accounts/identify-users
        r"[a-z][a-z0-9-]{2,30}\|(?:[0-9a-f]{24}|\d{6,24})\Z",
        drops=("auth0|5f7c8ec7c33c6c004bbafe82", "google-oauth2|103547991597142817347"),
        keeps=("auth0|Kq7vWz2p", "Kq7v|5f7c8ec7c33c6c004bbafe82"),
    ),
    Filter(
        "header-name",
        "it is the name of a header",
        r"[Xx](?:-[A-Za-z]{2,20}){1,6}\Z",
        drops=("X-Vault-MFA", "x-api-key"),
        keeps=("X-Kq7v-Wz2p", "x-k-q"),
    ),
    Filter(
        "distinguished-name",
        "it is a distinguished name of a directory",  # RFC 4514
        r"(?i:(?:cn|ou|dc|uid|o)=[^,=]{1,60}(?:, ?(?:cn|ou|dc|o|c)=[^,=]{1,60}){1,8})\Z",
        drops=("ou=application,dc=cdhdt,dc=com", "CN=Alice, O=Acme, C=US"),
        keeps=("dc=Kq7vWz2p", "o=Kq7v,Wz2p"),
    ),
)  # fmt: skip

# For a vendor's format: only obviously fake values are dropped.
OF_FORMATS = (
    *(form for form in PUBLIC if form.id == "recaptcha-test-key"),
    _AWS_EXAMPLE,
    Filter(
        "masked-token",
        "it repeats one character",
        r"(?s:(?=.{0,128}\Z).{0,127}?(?P<run>[^/=A])(?P=run){7})|[xX*.-]+\Z",
        drops=("qqqqqqqqqqqq", "abc00000000"),
        keeps=("Kq7vWz2p9x",),
    ),
    Filter(
        "written-token",
        "it is made of words that stand for a token",
        is_written,
        drops=("your_token_goes_here", "this-is-not-a-real-token", "example-token"),
        keeps=("Kq7vfooWz2p9x",),
    ),
)
OF_KEYS = (
    Filter(
        "elided-key",
        "its middle is left out",
        r"(?s:-----BEGIN [A-Z0-9 ]{1,60}-----(?:(?!-----END).){0,4000}?(?<=[\s\w\"'+\\/=])(?:\.(?: ?\.){2}|"
        r"…)(?:\s|\\n|-----|[A-Za-z0-9+/]))",
        drops=(
            "-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n . . .\nJwwY\n-----END PRIVATE KEY-----",
        ),
        keeps=("-----BEGIN RSA PRIVATE KEY-----\nKq7vWz2p9x",),
    ),
)


# --- what base64 encodes

_BASE64 = lazy_re.compile(r"(?:[A-Za-z0-9+/]{4}){2,60}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\Z")
_JSON = lazy_re.compile(r"(?:ew[o0]|eyA[gi]|eyJ|W3s)[A-Za-z0-9+/]{40,}={0,2}\Z")  # `{`, `[{`, spaces
_MENTIONS_SECRET = lazy_re.compile(rb"pass|secret|token|private|auth|cred|api_?key|\"[dk]\"", re.IGNORECASE)


_TEXT_FILTERS = FilterSet(*PLACEHOLDERS, *REFERENCES, *TEMPLATES, *NOT_SECRET)


def encodes_no_secret(value: str) -> bool:
    """Whether a value encodes text that is not a secret, such as a user without a password."""
    if len(value) % 4 or not _BASE64.match(value):
        return False
    decoded = b64decode(value)
    text = decoded.decode("ascii").strip() if decoded.isascii() else ""
    if text[-1:] == ":" and text[:-1].isalpha():
        return True
    return text.isprintable() and len(text) > 3 and bool(_TEXT_FILTERS.matches(text))


def encodes_plain_json(value: str) -> bool:
    """Whether a value encodes JSON in which no key or value mentions a secret, e.g. public keys."""
    if not _JSON.match(value):
        return False
    decoded = b64decode(value[: len(value) // 4 * 4])
    return decoded.isascii() and not _MENTIONS_SECRET.search(decoded)


_TOKEN_HEADER = lazy_re.compile(r"ey(?:J|A[gi])[A-Za-z0-9_-]{8,200}\Z")
# The members of a header (RFC 7515, RFC 7516), the last of which may be cut off
_HEADER = lazy_re.compile(
    rb"\{\s?(?:\"(?:typ|alg|cty|kid|enc|zip)\"\s?:\s?\"[\w./+ -]{0,80}\",?\s?){0,6}"
    rb"(?:\}|\"[a-z]{0,3}\"?(?:\s?:\s?(?:\"[\w./+ -]{0,80})?)?)?\Z"
)


def is_token_header(value: str) -> bool:
    """Whether a value is the header of a JSON Web Token alone, or its start (RFC 7515)."""
    if not value.startswith("ey") or not _TOKEN_HEADER.match(value):
        return False
    decoded = urlsafe_b64decode(value[: len(value) // 4 * 4])
    return _HEADER.match(decoded + urlsafe_b64decode(_last_of_base64(value))) is not None


def _last_of_base64(value: str) -> str:
    """The last, incomplete group of some base64, with padding."""
    rest = value[len(value) // 4 * 4 :]
    return rest + "=" * (-len(rest) % 4) if len(rest) > 1 else ""


ENCODED = (
    Filter(
        "encoded",
        "it is the base64 of a placeholder, a hash or a reference",
        encodes_no_secret,
        drops=("KipTT1BTKio=", "Y2hhbmdlbWU=", "aHZzLioqKioqKio=", "dXNlcm5hbWU6"),
        keeps=("cG9zdGdyZXMx", "Kq7vWz2pLm9X"),
    ),
    Filter(
        "token-header",
        "it is the header of a JSON Web Token, or its start, without the rest",
        is_token_header,
        drops=("eyJhbGciOiJSUzI1NiIsInR5c", "eyJ0eXAiOiJKV1QifQ", "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"),
        keeps=("eyJwYXNzd29yZCI6IktxN3YifQ", "eyJ0eXAiOiJKV1QifQ.e30", "eyKq7vWz2p9xKq7v"),
    ),
    Filter(
        "encoded-json",
        "it is JSON in base64 that mentions no secret",
        encodes_plain_json,
        drops=("ewogICAgImtleXMiOiBbCiAgICAgIHsia2V5aWQiOiAiU0hBMjU2OngifQogICAgXQp9",),
        keeps=("eyJkIjoiS3E3dld6MnA5eCIsImt0eSI6IkVDIiwiY3J2IjoiUC0yNTYifQ==",),
    ),
)


# --- rows of numbers, which may be the bytes of a key


def _numbers(row: str) -> list[int]:
    return [int(number, 0) for number in re.findall(r"0[xX][0-9A-Fa-f]+|[1-9]\d*|0", row)]


def is_plain_row(row: str) -> bool:
    """Whether the numbers are in order, too similar to be random bytes, or no bytes.

    Of 64 random bytes 57 are distinct, of fewer a larger part.
    """
    numbers = _numbers(row)
    distinct = len(set(numbers))
    return (
        len({b > a for a, b in pairwise(numbers)}) == 1
        or distinct < max(7, len(numbers) // 2)
        or max(numbers) > 255
    )


SEVERAL = (
    Filter(
        "several",
        "its name is of several",
        r"(?i:.*(?:key|token|code|id|seed|salt)s\W*\Z)",
        drops=("keys", "user_ids"),
        keeps=("key", "authKey"),
    ),
)
ROW = (
    Filter(
        "plain-row",
        "its numbers are in order, too much alike, or no bytes",
        is_plain_row,
        drops=(
            "1, 2, 3, 4, 5, 6, 7, 8",
            "0, 0, 0, 0, 0, 0, 0, 1",
            "1, 3, 6, 1, 4, 1, 311, 2, 5, 22",
            "7, " * 12 + "1, 2, 3, 9, 4, 5, 6",
        ),
        keeps=("37, 185, 96, 3, 4, 24, 8, 111",),
    ),
)
