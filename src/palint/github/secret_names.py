"""Classify names of GitHub secrets: configuration that is not secret, and tokens of package registries."""

from __future__ import annotations

from palint.files import environments
from palint.util import lazy_re

_WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words for a secret anywhere in a name, unless its last word is of PROPERTIES: `DEPLOY_KEY_DOCS_REPO`
_SECRET_WORDS = _listed(
    """password passwd pass pwd pw passphrase secret secrets token tokens key keys pkey credential
    credentials creds pem dsn webhook salt otp kubeconfig keystore jks p12 pfx base64 encoded"""
)
# The same only if no word of configuration is the last: `HTTP_AUTH`, but not `HTTP_AUTH_USER`
_WEAK_WORDS = _listed("cert certificate private auth signing pin license licence cookie session")
# As the last word they decide what a value is, whatever it is a property of: `API_KEY_ISSUER`
_PROPERTIES = _listed(
    """id ids identifier sid guid arn names host hosts port region
    issuer iss audience algorithm alg fingerprint alias budget fields rate expiry ttl boundary vault pool
    uid count enabled timeout copy cc bcc recipient recipients sender wip"""
)
# The last word of other configuration. With a secret word before it, it may say whose secret it is.
_CONFIGURATION = _listed(
    """role account bucket buckets user login project org organization organisation domain domains
    endpoint registry repository repo cluster zone zones namespace stage env environment version tag
    image path dir directory folder file email mail owner team channel tenant subscription vpc subnet
    subnets table queue container prefix suffix verification topic stack distribution function service
    workspace number server ip addr address level profile group schema database db provider locale timezone
    warehouse context executable stream analytics dataset map whitelist allowlist ca"""
)
# A word that means configuration anywhere in a name without a word for a secret: `EC2_HOST_EU`
_ANYWHERE = _listed(
    """role arn region host hostname bucket port tenant subscription username email sid sender family vpc
    subnet subnets"""
)
# The last words of inputs that take a setting, whatever the secret's name: `slack-channel`
_TAKES_SETTING = _PROPERTIES | _ANYWHERE | _listed("name channel repository repo cluster zone")
_SWITCHES = _listed("enable disable force skip")
# Words in the name of a URL that holds a password or a key
_CONNECTION_WORDS = _listed(
    """database db postgres postgresql pg mysql mariadb mongo mongodb redis amqp rabbitmq broker kafka
    cache smtp mailer jdbc sql connection rpc slack discord teams hook proxy clone git deploy
    upload infura alchemy node index"""
)
# What is published is no secret: a public key, the certificate of an authority, the token of a page
_PUBLISHED = _listed("public publishable pub")
_OF_AUTHORITY = _listed("ca root cluster")
_PYPI = _listed("pypi twine testpypi")
_NPM = _listed("npm npmjs")
# An input or a variable that is given one secret and nothing else
_GIVEN = lazy_re.compile(
    r"(?m)^[ \t]*(?:-[ \t]+)?(?P<taker>\w[\w-]{0,99})[ \t]*:[ \t]*[\"']?\$\{\{[ \t]*"
    r"(?:secrets|env)\.(?P<name>\w+)[ \t]*\}\}[\"']?[ \t]*\r?$"
)
# What a script decodes is a file's content, whatever its name
_DECODED = lazy_re.compile(
    r"\$\{\{[ \t]*(?:secrets|inputs|env)\.(?P<name>\w+)[ \t]*\}\}[^\n|]{0,40}\|[^\n]{0,40}\bbase64\b"
)
# Inputs that take a credential and whose last word does not say it:
# https://github.com/Azure/webapps-deploy, https://github.com/r0adkll/upload-google-play
_TAKES_CREDENTIAL = _listed("publish-profile serviceAccountJsonPlainText")


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def is_configuration(name: str) -> bool:
    """Whether a name is for a setting: a role or ARN, an id, a region, a host, a bucket, a user.

    The last word decides: `AZURE_CLIENT_ID`, `API_KEY_ISSUER`, `DEPLOY_ROLE_ARN_PROD`, but not `DATABASE_URL`
    or Vault's `SECRET_ID`.
    """
    words = _words(name)
    while len(words) > 1 and (words[-1].isdigit() or environments.full_name(words[-1])):
        words.pop()  # `CLIENT_ID_STAGING`, `CLIENT_ID_2`
    if not words:
        return False
    unique, last = set(words), words[-1]
    if words[-2:] == ["secret", "id"]:
        return False
    if words[-2:] in (["project", "key"], ["kms", "key"]):  # identifiers
        return True
    if last.endswith(("name", "mode", "host")):  # `FILENAME`, `SSLMODE`
        return True
    if last in _PROPERTIES or (last in _SECRET_WORDS | _WEAK_WORDS and _is_published(words)):
        return True
    if last in ("url", "uri"):
        return "public" in unique or unique.isdisjoint(_CONNECTION_WORDS | _SECRET_WORDS | _WEAK_WORDS)
    if unique & _SECRET_WORDS:
        return False
    if last in _CONFIGURATION or unique & _SWITCHES or words[0] in ("run", "alias") or last == "debug":
        return True
    return unique.isdisjoint(_WEAK_WORDS) and bool(unique & _ANYWHERE or {"id", "name"} & set(words[1:]))


def _is_published(words: list[str]) -> bool:
    """Whether a key, token or certificate is public."""
    unique = set(words)
    if words[-1] in ("cert", "certificate", "pem"):
        return bool(unique & _OF_AUTHORITY)
    return bool(unique & _PUBLISHED) or words[-3:] == ["rum", "client", "token"]


def given_as_credentials(text: str, inputs: frozenset[str] = frozenset()) -> frozenset[str]:
    """The secrets that a workflow decodes, or gives to an input or a variable for a credential.

    inputs: those that the repository's own actions decode."""
    given = [(match["taker"], match["name"]) for match in _GIVEN.finditer(text)]
    taken = {name for taker, name in given if _takes_credential(taker) and taker != name}
    taken |= decoded(text) | inputs
    return frozenset(taken | {name for taker, name in given if taker in taken})


def given_as_settings(text: str) -> frozenset[str]:
    """The secrets without a word for one that a workflow gives only as an id, a channel, a repository."""
    given = [(match["taker"], match["name"]) for match in _GIVEN.finditer(text)]
    others = {name for taker, name in given if _TAKES_SETTING.isdisjoint(_words(taker)[-1:])}
    return frozenset(name for _, name in given if _SECRET_WORDS.isdisjoint(_words(name))) - others


def decoded(text: str) -> frozenset[str]:
    """The names of what scripts decode from base64."""
    return frozenset(match["name"] for match in _DECODED.finditer(text))


def _takes_credential(taker: str) -> bool:
    words = _words(taker)
    return taker in _TAKES_CREDENTIAL or (words[-1:] != ["key"] and bool(_SECRET_WORDS & set(words[-1:])))


_PUBLISHES = {
    "npm": lazy_re.compile(
        r"\b(?:npm|pnpm|yarn|lerna)\b[^\n]{0,80}\bpublish|semantic-release|changesets/action"
    ),
    "PyPI": lazy_re.compile(
        r"\b(?:twine|uv|poetry|hatch|flit|maturin|pdm)\b[^\n]{0,40}\b(?:upload|publish)|pypi-publish"
    ),
}


def registry(name: str, text: str) -> str:
    """Return "PyPI" or "npm" for a token that publishes there, else "". text: the workflow's."""
    unique = {word.lower() for word in _WORD.findall(name)}
    place = ""
    if unique & _PYPI:
        place = "PyPI"
    elif unique & _NPM or name.upper() == "NODE_AUTH_TOKEN":
        place = "npm"
    return place if place and _PUBLISHES[place].search(text) else ""
