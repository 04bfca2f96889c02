"""The words that names of secrets are made of, and the words beside them: every other table is a view.

The first half are patterns, for names in any text; the second half whole words of names, in lower case.
"""

from __future__ import annotations

# Parts of words that name a secret, without look-arounds; `contrase` of `contraseña`
PLAIN = ("pass", "pwd", "psw", "secret", "token", "credential")
ANY = f"(?:{'|'.join(PLAIN)}|contrase|key)"
PASSWORDS = "pass|pwd|psw|[_-]pw(?![a-z])|contrase"
SECRETS = f"{PASSWORDS}|secret|token|credential|[_.-]pat(?![a-z])"
# Words before `key`: of a key that encrypts or signs, of one that opens, and of one that a service gives
ENCRYPTS = "private|encryption|signing|master"
OPENS = f"api|access|{ENCRYPTS}"
GIVEN = "license|subscription|auth|client|consumer|app|application|account|secret|integration|service|deploy"
CREDENTIAL_TOKEN = "(?:api|access|auth|bearer|refresh|private|secret|security|session)[_.-]?token"
# Names whose value is a secret unless a filter drops it; not `passed`, `passing` and `passive`.
STRONG = (
    r"pass(?:\b|[^ei\W]|e(?:\b|[^sd\W])|(?-i:I))|pwd|psw|[_-]pw(?:\b|_)|secret|token|credential|"
    r"contrasena|contraseña|[_.-]pat(?:\b|_)"
)
# Names whose value may be a secret; not `author`, `authenticate`, `keyword`, `KeyError`, `session`.
WEAK = (
    r"auth(?:\b|[^eo\W]|ori[sz]ation)|key(?:s?(?:\b|_)|(?-i:[A-DF-Z0-9]))|cookie|session_?id|[_.]sid(?:\b|_)|"
    r"nonce|salt|pepper|seed|otp|jwt|hmac"
)
SCHEMES = "basic|bearer|oauth|token|apikey|ntlm|ssws|geniekey"  # of HTTP's `Authorization` header
SIGNS_IN = "login|sign_?in|authenticate"  # functions that take a user and a password


# --- whole words


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# Words of names whose value is a secret in any context.
SECRET = listed(
    """password passwords passwd passphrase secret secrets token tokens credential credentials apikey apikeys
    accesskey secretkey privatekey"""
)
SECRET_PAIRS = listed(
    """api.key access.key private.key secret.key encryption.key signing.key master.key license.key auth.key
    pass.word pass.phrase connection.string"""
)
# The same if the value is known to be configuration: in a .env file, in the JSON of a secret.
CONFIGURED = listed(
    "key keys pass pwd salt dsn webhook cert certificate license credential pem authorization"
)
STORES = listed("database db redis mongo mongodb postgres postgresql mysql amqp rabbitmq broker sqlalchemy")
ADDRESSES = listed("url uri")
# Words before `key` that say what it encrypts, signs or opens, beyond OPENS and GIVEN; `nkey` is of NATS
SECRET_KEYS = listed(
    """private priv sec ca enc encrypt encrypted encrypting decryption decrypt sign sig signature root licence
    auth authn authentication authorization deployment admin server shared symmetric psk preshared wrapping
    wrap unseal recovery cipher crypt crypto fernet aes des hmac mac rsa dsa ec ecc ecdsa ecdh eddsa ed sse
    kms jwt jws jwe jwk oct bit bits encryption signing master session cookie validation verification ssh tls
    ssl https cert certificate pgp gpg wireguard vapid webhook vault user n"""
)
# Words around `key` that do not say what it is for
NEUTRAL = listed(
    """the a my our your this test tests testing fake mock dummy example sample expected known generated
    random new old other another first second third current previous default const invalid valid bad wrong
    bytes byte encoded raw string str text value val pem der hex b64 base64 set with use add put get
    verify validate"""
)
# Words that say that a value is not accepted, or what a test compares: `BadHashToken`, `expectedToken`
REJECTED = listed(
    "bad wrong invalid incorrect unknown malformed rejected tampered forged expected banned pwned encoded"
)
SEVERAL = ("passwords", "tokens", "secrets", "keys", "credentials")
AGAIN = ("confirm", "confirmation", "repeat")  # after the name of what is entered twice
# Words at the end of a name that do not say what it is of, beyond NEUTRAL: `SECRET_KEY_BASE`, `passwordAdmin`
TRAILING = listed(
    """prod production dev development staging stage local qa uat live base code verifier pair pairs admin
    user users client server plain clear cleartext plaintext main async for by in to required optional data
    assign json rsa aes ec ecdsa dsa stdin"""
).union(AGAIN)
# Words before a short word for a secret that is written with it: `dbpass`, `storepass`, `oauth`, `totp`
JOINED = listed(
    """o t h s my db ftp smtp mail email ldap bind proxy http web wifi store key require trust rds api access
    app encryption private secret signing master license licence nt msg"""
)
# Words for a property of a secret rather than the secret (`token_count`, `secret_arn`); of a setting
# MEASURES anywhere, ABOUT_LAST and PROPERTIES as the last word.
MEASURES = listed(
    """max min expiry expires expired expiration expire exp ttl usage used limit length len count rotation
    rotated version policy invalid error missing enabled required timeout duration lifetime interval seconds
    minutes hours days"""
)
ABOUT_LAST = listed(
    """id ids uid uuid guid arn name names path file type header algorithm alg prefix suffix field table
    endpoint"""
)
ABOUT = MEASURES | ABOUT_LAST | listed("slack webhook url uri status hash without no")
PROPERTIES = listed(
    """identifier sid host hosts port region issuer iss audience fingerprint alias budget fields index rate
    boundary vault pool available copy cc bcc recipient recipients ref sender wip"""
)
IDENTIFYING_KEYS = listed("site.key project.key org.key kms.key bucket.key")  # a captcha's is in its page
PUBLIC = listed("pub public publishable")
# Public information, as the first or the last word of a name.
KNOWN = listed("user username hostname name host port engine region email url endpoint id arn")
# Variables that a bundler writes into pages begin so: https://vite.dev/guide/env-and-mode#env-files,
# https://nextjs.org/docs/app/guides/environment-variables, https://create-react-app.dev/docs/adding-custom-environment-variables/,
# https://docs.expo.dev/guides/environment-variables/, https://nuxt.com/docs/guide/going-further/runtime-config,
# https://www.gatsbyjs.com/docs/how-to/local-development/environment-variables/, https://cli.vuejs.org/guide/mode-and-env.html
IN_PAGES = (
    "VITE_", "VUE_APP_", "NEXT_PUBLIC_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "GATSBY_", "PUBLIC_",
    "MIX_",  # https://laravel-mix.com/docs/6.0/environment-variables
)  # fmt: skip
