"""Tell names of GitHub secrets from names of settings that are not secret."""

from __future__ import annotations

import re

from palint.secrets.names import is_property, words, words_of_setting
from palint.secrets.vocabulary import CONFIGURED, SECRET, listed
from palint.util import lazy_re

# Words for a secret in a name, unless its last word is of PROPERTIES: `DEPLOY_KEY_DOCS_REPO`
_SECRET_WORDS = (SECRET | CONFIGURED | listed(
    """psw pw creds pkey otp jwk jwt pat kubeconfig keystore jks pfx json base64 encoded hook npmrc
    netrc dotenv tfvars mnemonic seed ssh gpg vpn ovpn wireguard"""
)) - {"cert", "certificate", "private", "license"}  # fmt: skip
# What such a word is written with: `APIM_SUBSKEY`, `ENCODEDJWK`
_ENDS = ("key", "token", "password", "secret", "jwk", "kubeconfig")
# The same as the last word only: `HTTP_AUTH`, but not `HTTP_AUTH_USER`
_WEAK_WORDS = listed(
    """cert certs certificate certificates private auth signing pin rsa cookie session license licence
    licensetext"""
)
# Of a secret of GitHub these may be a file's content, a header, a URL with a key
_MAY_BE_SECRET = listed("file header endpoint")
# Words in the name of a URL that holds a password or a key
_CONNECTION_WORDS = listed(
    """database db postgres postgresql pg mysql mariadb mongo mongodb redis amqp rabbitmq broker kafka
    cache smtp mailer jdbc sql connection rpc slack discord teams hook proxy clone git deploy
    upload infura alchemy node index"""
)
_ADDRESSES = (["auth", "uri"], ["token", "uri"], ["cert", "url"], ["jwks", "uri"])
# What is published is no secret: a public key, the certificate of an authority, the token of a page
_PUBLISHED = listed("public publishable pub")
_OF_AUTHORITY = listed("ca root cluster")
# An input or a variable that is given one secret and nothing else
_GIVEN = lazy_re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?(?P<taker>\w[\w-]{0,99})[ \t]*:[ \t]*[\"']?\$\{\{[ \t]*"
    r"(?:secrets|env)\.(?P<name>\w+)[ \t]*\}\}[\"']?[ \t]*\r?$"
)
# What a script decodes is a file's content, whatever its name
_DECODED = lazy_re.compile(
    r"\$\{\{[ \t]*(?:secrets|inputs|env)\.(?P<name>\w+)[ \t]*\}\}[^\n|]{0,40}\|[^\n]{0,40}\bbase64\b"
)
# What a script writes to a file: `echo '${{ secrets.A }}' > a.json`, `cat << EOF > a.key` and a line of it
_WRITTEN = lazy_re.compile(
    r"\$\{\{[ \t]*secrets\.(?P<name>\w+)[ \t]*\}\}[\"']?[ \t]*>[ \t]*(?P<file>[^\s;|&\"']{1,200})"
    r"|>[ \t]*(?P<path>[^\s;|&\"'<>]{1,200})(?:[ \t]*<<[^\n]{0,40})?\n[ \t]*\$\{\{[ \t]*secrets\."
    r"(?P<id>\w+)[ \t]*\}\}[ \t]*\n"
)
# https://docs.cloud.google.com/docs/authentication/application-default-credentials#GAC
_KEY_FILE_OF_GOOGLE = lazy_re.compile(r"GOOGLE_APPLICATION_CREDENTIALS[ \t]*[=:][ \t]*([^\s;|&\"']{1,200})")
# Inputs that take a credential and whose name does not say it:
# https://github.com/Azure/webapps-deploy, https://github.com/r0adkll/upload-google-play,
# https://github.com/FirebaseExtended/action-hosting-deploy
_TAKES_CREDENTIAL = listed("publish-profile serviceAccountJsonPlainText firebaseServiceAccount")
_KEY_FILE = lazy_re.compile(r"(?:\A|_)p(?:8|12)(?:_|\Z)|connection_?string", re.I)


def is_secret(name: str) -> bool:
    """Whether a name has a word for a secret, and its last word is not for something else.

    `AZURE_CLIENT_ID`, `API_KEY_ISSUER` and `CF_SPACE` are settings; `DATABASE_URL` and Vault's `SECRET_ID`
    are secrets, and so may be one of a computed name.
    """
    found = words_of_setting(name)
    if len(found) > 1 and found[-1] in ("content", "data"):  # `CERTIFICATE_CONTENT`
        found.pop()
    if not found or found[-2:] in (["secret", "id"], ["kube", "config"]):
        return True
    unique, last = set(found), found[-1]
    if is_property(found) and last not in _MAY_BE_SECRET:
        return False
    if last.endswith(("name", "mode", "host", "user")):  # `FILENAME`, `SSLMODE`
        return False
    if last in ("url", "uri"):  # `TOKEN_URI` is where tokens are issued
        return (
            "public" not in unique
            and found[-2:] not in _ADDRESSES
            and not unique.isdisjoint(_CONNECTION_WORDS | _SECRET_WORDS | _WEAK_WORDS)
        )
    if last in _WEAK_WORDS or last in _SECRET_WORDS:
        return not _is_published(found)
    return _KEY_FILE.search(name) is not None or any(
        word in _SECRET_WORDS or word.endswith(_ENDS) for word in found
    )


def _is_published(found: list[str]) -> bool:
    """Whether a key, token or certificate is public."""
    unique = set(found)
    if found[-1] in ("cert", "certificate", "pem"):
        return bool(unique & _OF_AUTHORITY)
    return bool(unique & _PUBLISHED) or found[-3:] == ["rum", "client", "token"]


def given_as_credentials(text: str, inputs: frozenset[str] = frozenset()) -> frozenset[str]:
    """The secrets that a workflow decodes, or gives to an input or a variable for a credential.

    inputs: those that the repository's own actions decode."""
    given = [(match["taker"], match["name"]) for match in _GIVEN.finditer(text)]
    taken = {
        name
        for taker, name in given
        if _takes_credential(taker) and taker != name and words(name)[-1:] != ["id"]
    }
    taken |= decoded(text) | inputs
    return frozenset(taken | {name for taker, name in given if taker in taken})


def given_as_json(text: str) -> frozenset[str]:
    """The secrets that a workflow gives to inputs that take JSON, or writes to files of it.

    https://github.com/Azure/login#creds, `credentials_json` of
    https://github.com/google-github-actions/auth#inputs-service-account-key-json.
    """
    given = ((match["taker"].lower(), match["name"]) for match in _GIVEN.finditer(text))
    files = (
        (match["file"] or match["path"], match["name"] or match["id"]) for match in _WRITTEN.finditer(text)
    )
    key_files = {match[1] for match in _KEY_FILE_OF_GOOGLE.finditer(text)}
    written = (name for file, name in files if file.endswith(".json") or file in key_files)
    return frozenset((*written, *(name for taker, name in given if taker == "creds" or "json" in taker)))


def decoded(text: str) -> frozenset[str]:
    """The names of what scripts decode from base64."""
    return frozenset(match["name"] for match in _DECODED.finditer(text))


def _takes_credential(taker: str) -> bool:
    return taker in _TAKES_CREDENTIAL or (taker != "key" and is_secret(taker))  # `key` is a cache's, too
