"""Classify names of GitHub secrets: configuration that is not secret, and tokens of package registries."""

from __future__ import annotations

from palint.files import environments
from palint.util import lazy_re

_WORD = lazy_re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# With one of these words the value is secret, whatever the last word is: `VAULT_SECRET_ID`.
_SECRET_WORDS = frozenset(
    (
        "password", "passwd", "pass", "pwd", "passphrase", "secret", "secrets", "token", "tokens",
        "key", "keys", "credential", "credentials", "creds", "cert", "certificate", "private", "pem",
        "webhook", "dsn", "auth", "signing", "pin", "otp", "salt", "license", "licence", "cookie",
        "session", "kubeconfig", "pkey",
    )
)  # fmt: skip
# The last word of a configuration name. Ids of clients, tenants and apps identify but do not authenticate.
_CONFIGURATION = frozenset(
    (
        "role", "arn", "account", "region", "id", "ids", "host", "hosts", "hostname", "port", "bucket",
        "buckets", "user", "username", "login", "name", "names", "project", "org", "organization",
        "organisation", "domain", "domains", "endpoint", "registry", "repository", "repo", "cluster",
        "zone", "zones", "namespace", "stage", "env", "environment", "version", "tag", "image", "path",
        "dir", "directory", "folder", "email", "mail", "owner", "team", "channel", "tenant",
        "subscription", "vpc", "subnet", "subnets", "table", "queue", "container", "prefix", "suffix",
        "alias", "verification", "topic", "stack", "distribution", "function", "service", "workspace",
        "number", "server", "ip", "address", "mode", "level", "enabled", "profile", "group", "schema",
        "database", "db", "provider", "locale", "timezone",
    )
)  # fmt: skip
# Words in the name of a URL that holds a password or a key
_CONNECTION_WORDS = frozenset(
    (
        "database", "db", "postgres", "postgresql", "pg", "mysql", "mariadb", "mongo", "mongodb", "redis",
        "amqp",
        "rabbitmq", "broker", "kafka", "cache", "smtp", "mailer", "jdbc", "sql", "connection", "rpc", "slack",
        "discord", "teams", "hook", "sentry", "proxy", "clone", "git", "deploy", "upload", "infura",
        "alchemy", "node", "index",
    )
)  # fmt: skip
_PUBLIC_PARTS = frozenset(("alias", "fingerprint", "algorithm", "alg", "iss", "issuer", "audience", "wip"))
_PYPI = frozenset(("pypi", "twine", "testpypi"))
_NPM = frozenset(("npm", "npmjs"))


# A word that means configuration anywhere in a name: `EC2_HOST_EU`.
_CONFIGURATION_WORDS = frozenset(
    (
        "role", "arn", "region", "host", "hostname", "bucket", "port", "tenant", "subscription", "username",
        "sid", "sender", "family", "vpc", "subnet", "subnets",
    )
)  # fmt: skip


def is_configuration(name: str) -> bool:
    """Whether a name is for a setting: a role or ARN, an id, a region, a host, a bucket, a user.

    `AZURE_CLIENT_ID`, `DEPLOY_ROLE_ARN_PROD`, `SSH_HOST`, but not `DATABASE_URL` or `VAULT_SECRET_ID`.
    """
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and environments.full_name(words[-1]):
        words.pop()  # `CLIENT_ID_STAGING`
    found = set(words)
    if not words:
        return False
    if (
        words[-1] in _PUBLIC_PARTS
        or words[0] in ("enable", "disable")
        or words[-2:] in (["key", "id"], ["webhook", "id"])
    ):
        return True
    if words[-1] in ("url", "uri") and "public" in found:
        return True
    if found & _SECRET_WORDS:
        return False
    if found & _CONFIGURATION_WORDS or "id" in words[1:]:
        return True
    while len(words) > 1 and words[-1] in _QUALIFIERS:
        words.pop()
    if words[-1] in ("url", "uri"):
        return found.isdisjoint(_CONNECTION_WORDS)
    return words[-1] in _CONFIGURATION


_QUALIFIERS = frozenset(
    (
        "prod", "production", "stage", "staging", "dev", "develop", "development", "test", "testing",
        "qa", "uat", "preview", "live", "sandbox",
    )
)  # fmt: skip


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
    found = {word.lower() for word in _WORD.findall(name)}
    place = ""
    if found & _PYPI:
        place = "PyPI"
    elif found & _NPM or name.upper() == "NODE_AUTH_TOKEN":
        place = "npm"
    return place if place and _PUBLISHES[place].search(text) else ""
