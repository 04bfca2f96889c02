"""Keys whose format a standard defines: PEM, PuTTY, OpenVPN, WireGuard, age, JWT, JWK, NKEY, Nostr, BIP32."""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import WORD, Format, token, token64

# Between a PEM header and its key: line ends, real or escaped, quotes and joins of literals, comment marks;
# then the fields of RFC 1421, of any name: up to the end of a line or of a literal, or up to an empty line.
# A field or a literal's prefix cannot start inside an escape, so each text is divided in one way only.
_LITERAL_PREFIX = r"(?<![\\<])[bBrRuUfF]{1,2}(?=[\"'])"
_LINE_PREFIX = r"(?<=\n)(?:-|\d{1,6}[:.)]?(?=[ \t]))"  # of a removed line in a patch, of a numbered one
_GAP = (  # without the look-ahead a failing match takes a quarter more time
    rf"(?:[\s\"'`+,.;|>#*/<]|\\[nrt]?|(?=[<&%bBrRuUfF0-9-])"
    rf"(?:<br|&#10;|%0[ADad]|{_LINE_PREFIX}|{_LITERAL_PREFIX})){{0,1024}}"
)
_FIELD_NAME = r"(?<!\\)[A-Za-z][\w-]{0,60}:"
_FIELD = (
    rf"{_FIELD_NAME}(?:(?!-----)[^\n\\]){{0,1024}}(?=[\n\\])|{_FIELD_NAME}[^\n\"'`\\]{{0,1024}}(?=[\"'`])"
)
_FIELDS_TO_EMPTY_LINE = rf"{_FIELD_NAME}(?:(?!-----)[^\0]){{0,2048}}?(?<=\S)\r?\n[ \t]{{0,80}}\r?\n"
# What follows the header of a key: base64 characters, but not the name of another member, or the file's end.
_BASE64 = (  # on one line, or on several that are shorter
    r"(?!\w{16,64}\s{0,4}[:(])"
    r"(?:[0-9A-Za-z+/=]{16}|(?:[0-9A-Za-z+/=]{1,15}(?:\\n|\r?\n)[ \t]{0,80}){4}[0-9A-Za-z+/=])"
)
_KEY = (
    rf"[a-z \t]{{0,8}}(?:[\\nr\"'`+,\s]{{0,1024}}\Z|{_GAP}(?:(?:{_FIELD}){_GAP}){{0,8}}{_BASE64}|"
    rf"{_GAP}{_FIELDS_TO_EMPTY_LINE}{_GAP}{_BASE64})"
)
_PEM_BODY = r"[^-]{0,8000}(?:-{1,4}[^-]{1,8000}){0,64}"


def _is_of_many_characters(value: str) -> bool:
    """Whether 64 characters are hardly words: of 64 random ones of 90, 40 or more are distinct."""
    return len(set(value)) > 30


FORMATS = (
    Format(
        id="private-key",
        name="private key in PEM form",
        keyword="PRIVATE KEY",
        pattern=(
            r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
            rf"(?={_KEY})"
            rf"(?:{_PEM_BODY}-{{5,6}}END [A-Z0-9 ]{{0,48}}-----)?"
        ),
        valid=checksums.private_key,
        example="{private_key}",
        near_miss='pem.replace("-----BEGIN {key_kind}PRIVATE KEY-----", "")',
        source="https://www.rfc-editor.org/rfc/rfc7468",
    ),
    Format(
        id="private-key-der",
        name="RSA private key without a header, in base64",
        # A sequence with the version 0, and what follows it in PKCS #1 and PKCS #8
        keyword="IBAAKC|IBADANBgkqhkiG9w0BAQEFAAS[BC]",
        pattern=token64(
            r"MII[0-9A-Za-z+/]{3}IBA(?:AKC|DANBgkqhkiG9w0BAQEFAAS[BC])[0-9A-Za-z+/]{440,3600}={0,2}"
        ),
        example="MIIEpAIBAAKC{base64:600}",
        near_miss="MIIEpAIBAAKC{base64:200}",
        source="https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2",
    ),
    Format(
        id="private-key-der-curve",
        name="private key of a curve without a header, in base64",
        # P-256 in SEC 1 and in PKCS #8, Ed25519 and Ed448
        keyword="MHcCAQEEI|MIG[HT]AgEAMBMGByqGSM49AgEG|MC4CAQAwBQYDK2V[wu]BCIEI",
        pattern=token64(
            r"(?:MHcCAQEEI[0-9A-Za-z+/]{140,160}|MIG[HT]AgEAMBMGByqGSM49AgEG[0-9A-Za-z+/]{120,260}|"
            r"MC4CAQAwBQYDK2V[wu]BCIEI[0-9A-Za-z+/]{43})={0,2}"
        ),
        example="MHcCAQEEI{base64:151}",
        near_miss="MHcCAQEEI{base64:80}",
        source="https://www.rfc-editor.org/rfc/rfc5915",
    ),
    Format(
        id="putty-private-key",
        name="PuTTY private key",
        keyword="PuTTY-User-Key-File-",
        pattern=token(
            r"PuTTY-User-Key-File-[123]: [0-9a-z@.-]{3,40}\r?\nEncryption: [0-9a-z-]{3,16}\r?\n"
            r"(?:[^\n]{0,200}\n){1,120}?"
            r"Private-Lines: [0-9]{1,3}(?:\r?\n[0-9A-Za-z+/]{64}){0,120}(?:\r?\n[0-9A-Za-z+/]{4,63}={0,2})?"
        ),
        example=(
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: ci\n"
            "Public-Lines: 2\n{base64:64}\n{base64:44}\nPrivate-Lines: 1\n{base64:43}="
        ),
        near_miss="PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\n{base64:64}\n",
        source="https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
    ),
    Format(
        id="wordpress-key",
        name="WordPress key or salt",
        keyword=r"(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)(?=[\"'],)",
        pattern=(
            r"(?:AUTH|LOGGED_IN|NONCE)_(?:KEY|SALT)[\"'],\s{0,40}(?P<quote>[\"'])"
            r"(?P<value>[^'\"\\\n]{64})(?P=quote)"
        ),
        valid=_is_of_many_characters,
        example="define('AUTH_SALT', '«{base62:64}»');",
        near_miss="define('AUTH_SALT', '{base62:63}');",
        source="https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#security-keys",
    ),
    Format(
        id="django-secret-key",
        name="Django secret key",
        keyword="django-insecure-",
        pattern=token(r"django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}"),
        example="django-insecure-{base36:50}",
        near_miss="django-insecure-{base36:49}",
        source="https://docs.djangoproject.com/en/5.2/ref/settings/#secret-key",
    ),
    Format(
        id="age-secret-key",
        name="age secret key",
        keyword="AGE-SECRET-KEY-",
        pattern=token("AGE-SECRET-KEY-1[023456789AC-HJ-NP-Z]{58}"),
        valid=checksums.bech32,
        example="AGE-SECRET-KEY-1{BECH32:52}{bech32_checksum}",
        near_miss="AGE-SECRET-KEY-1{BECH32:58}",
        source="https://github.com/C2SP/C2SP/blob/main/age.md",
    ),
    Format(
        id="nostr-secret-key",
        name="Nostr secret key",
        keyword="nsec1",
        pattern=token("nsec1[02-9ac-hj-np-z]{58}"),
        valid=checksums.bech32,
        example="nsec1{bech32:52}{bech32_checksum}",
        near_miss="nsec1{bech32:58}",
        source="https://github.com/nostr-protocol/nips/blob/master/19.md",
    ),
    Format(
        id="extended-private-key",
        name="extended private key of a wallet",
        keyword="[tuvxyz]prv",
        pattern=token("[tuvxyz]prv[1-9A-HJ-NP-Za-km-z]{107}"),
        example="xprv{base58:107}",
        near_miss="xprv{base58:97}",
        source="https://github.com/bitcoin/bips/blob/master/bip-0032.mediawiki#serialization-format",
    ),
    Format(
        id="nkey-seed",
        name="NATS NKEY seed",
        keyword="(?-i:S[ACNOUX][A-D][A-Z2-7]{5})(?=[A-Z2-7]{50})",
        pattern=token("S[ACNOUX][A-D][A-Z2-7]{55}"),
        valid=checksums.nkey,
        example="{nkey_seed}",
        near_miss="SUA{base32:55}",
        source="https://github.com/nats-io/nkeys#about",
    ),
    Format(
        id="json-web-token",
        name="JSON Web Token",
        keyword="eyJ",
        pattern=token(rf"eyJ{WORD}{{10,1000}}\.eyJ{WORD}{{5,3000}}\.{WORD}{{20,800}}"),
        valid=checksums.jwt,
        example="{jwt}",
        near_miss="eyJ{base62:20}.eyJ{base62:40}.{base64url:43}",
        source="https://www.rfc-editor.org/rfc/rfc7519",
    ),
    Format(
        id="one-time-password-uri",
        name="seed of one-time passwords in an otpauth URI",
        keyword="otpauth:",
        pattern=r"otpauth://[ht]otp/[^\s\"'`<>]{1,200}?[?&]secret=(?P<value>[A-Za-z2-7]{16,128})(?![0-9A-Za-z])",
        example="otpauth://totp/Acme:ann?issuer=Acme&secret=«{base32:32}»&digits=6",
        near_miss="otpauth://totp/Acme:ann?issuer=Acme&secret={base32:8}&digits=6",
        source="https://github.com/google/google-authenticator/wiki/Key-Uri-Format",
    ),
    Format(
        id="openvpn-static-key",
        name="OpenVPN static key",
        keyword="BEGIN OpenVPN Static key",
        pattern=(
            r"-----BEGIN OpenVPN Static key V1-----(?:\s|\\[nr]){1,8}"
            r"(?:[0-9a-f]{32}(?:\s|\\[nr]){1,8}){1,64}-----END OpenVPN Static key V1-----"
        ),
        example=(
            "-----BEGIN OpenVPN Static key V1-----\n{hex:32}\n{hex:32}\n-----END OpenVPN Static key V1-----"
        ),
        near_miss="-----BEGIN OpenVPN Static key V1-----\n...\n-----END OpenVPN Static key V1-----",
        source="https://openvpn.net/community-resources/static-key-mini-howto/",
    ),
    Format(
        id="wireguard-key",
        name="WireGuard private or preshared key",
        keyword="PrivateKey =|PresharedKey =|PrivateKey=|PresharedKey=",
        pattern=(
            r"(?i:private|preshared)(?i:key) ?= ?(?P<value>[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=)"
            r"(?![0-9A-Za-z+/=])"
        ),
        example="[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = «{base64:42}{pad32:1}=»",
        near_miss="[Interface]\nAddress = 10.0.0.1/24\nPrivateKey = {base64:41}=",
        source="https://www.man7.org/linux/man-pages/man8/wg.8.html",
    ),
    Format(
        id="json-web-key",
        name="private key as a JSON Web Key",
        keyword='"kty"',
        pattern=(
            r'"kty"(?:[^{}"]{0,800}"(?!kty")){1,40}?d"\s{0,4}:\s{0,4}"(?P<value>[0-9A-Za-z_-]{42,700})"'
        ),
        example='{"kty": "EC", "crv": "P-256", "x": "{base64url:43}", "d": "«{base64url:43}»"}',
        near_miss='{"kty": "EC", "crv": "P-256", "x": "{base64url:43}", "y": "{base64url:43}"}',
        source="https://www.rfc-editor.org/rfc/rfc7517",
    ),
)
