"""detect-secrets' own 27 plugins: where each could match, and how to run one without the rest of the package.

A row names a plugin, and either our detectors for the same values or the keywords that all its matches
contain. Without a detector of ours, upstream's code runs: its module is imported only when one of its
keywords was found, since importing detect-secrets costs more than checking a whole commit. A test on real
trees checks that the keywords miss no value.

The base class imports `requests`, for a verification over the network that never happens here: an empty
module takes its place during the import.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Plugin(NamedTuple):
    """One of upstream's plugins.

    name: the class, also the detector of a finding. module: its module in `detect_secrets.plugins`.
    own: our detectors for the same values: prefixes of formats' ids, "assignments", "statements".
    keywords: where the plugin's own code runs.
    public_prefixes: prefixes of values that are identifiers, not secrets; they are not searched for.
    """

    name: str
    module: str
    own: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    public_prefixes: str | None = None


PLUGINS: tuple[Plugin, ...] = (
    Plugin("ArtifactoryDetector", "artifactory", ("artifactory-", "assignments")),
    Plugin("AWSKeyDetector", "aws", ("aws-", "assignments")),
    Plugin("AzureStorageKeyDetector", "azure_storage_key", ("azure-storage-",)),
    Plugin("BasicAuthDetector", "basic_auth", ("assignments",)),
    Plugin("CloudantDetector", "cloudant", ("assignments",), keywords=(r"\.cloudant\.com",)),
    Plugin("DiscordBotTokenDetector", "discord", ("discord-bot-",)),
    Plugin("GitHubTokenDetector", "github_token", ("github-",)),
    Plugin("GitLabTokenDetector", "gitlab_token", ("gitlab-",)),
    # Random strings without a name that says what they open; those with one are assignments
    Plugin("Base64HighEntropyString", "high_entropy_strings", public_prefixes=""),
    Plugin("HexHighEntropyString", "high_entropy_strings", public_prefixes=""),
    Plugin("IbmCloudIamDetector", "ibm_cloud_iam", ("assignments",)),
    Plugin("IbmCosHmacDetector", "ibm_cos_hmac", ("assignments",)),
    Plugin("IPPublicDetector", "ip_public", public_prefixes=""),
    Plugin("JwtTokenDetector", "jwt", ("json-web-token",)),
    Plugin("KeywordDetector", "keyword", ("assignments", "statements")),
    Plugin("MailchimpDetector", "mailchimp", ("mailchimp-",)),
    Plugin("NpmDetector", "npm", ("assignments", "npm-")),
    Plugin("OpenAIDetector", "openai", ("openai-",)),
    Plugin("PrivateKeyDetector", "private_key", ("private-key", "putty-")),
    Plugin("PypiTokenDetector", "pypi_token", ("pypi-", "testpypi-")),
    Plugin("SendGridDetector", "sendgrid", ("sendgrid-",)),
    Plugin("SlackDetector", "slack", ("slack-",)),
    Plugin("SoftlayerDetector", "softlayer", ("assignments",), keywords=(r"api\.softlayer\.com/soap/v3",)),
    Plugin("SquareOAuthDetector", "square_oauth", ("square-",)),
    Plugin("StripeDetector", "stripe", ("stripe-",)),
    Plugin("TelegramBotTokenDetector", "telegram_token", ("telegram-",)),
    Plugin("TwilioKeyDetector", "twilio", ("twilio-",), public_prefixes="AC"),  # an account's id
)


def active_plugins() -> tuple[Plugin, ...]:
    """The plugins whose own code runs, in the table's order."""
    return tuple(p for p in PLUGINS if p.keywords)


_LINE = lazy_re.compile(r"[^\r\n]+")
_SPACES = lazy_re.compile(r" {2,}")
_EDGES = " \t\"'=:"  # some values come with the characters around them


def find(text: str, start: int, end: int, plugin: Plugin) -> Iterator[tuple[int, int]]:
    """Every occurrence in text[start:end] of each value that the plugin yields for a line of it.

    Upstream yields a value without its place, and only once if it occurs twice. Its patterns for assignments
    take cubic time on spaces, and no value contains one: runs of spaces are shortened first.
    """
    searched = text[start:end]
    lines = _LINE.findall(_SPACES.sub(" ", searched))
    found = {value.strip(_EDGES) for line in lines for value in load(plugin).analyze_string(line)}
    for value in filter(None, found):
        at = searched.find(value)
        while at >= 0:
            yield start + at, start + at + len(value)
            at = searched.find(value, at + len(value))


@cache
def load(plugin: Plugin):  # type: ignore[no-untyped-def]
    """An instance of upstream's class, with upstream's settings."""
    from importlib import import_module

    with without_requests():
        module = import_module(f"detect_secrets.plugins.{plugin.module}")
    return getattr(module, plugin.name)()


@contextmanager
def without_requests() -> Iterator[None]:
    """Within the block `import requests` gives an empty module, unless the real one is already imported."""
    if "requests" in sys.modules:
        yield
        return
    from types import ModuleType

    stand_in = ModuleType("requests")
    stand_in.exceptions = ModuleType("requests.exceptions")  # type: ignore[attr-defined]
    stand_in.exceptions.RequestException = OSError
    stand_in.Response = object  # type: ignore[attr-defined]
    sys.modules["requests"] = stand_in
    try:
        yield
    finally:
        del sys.modules["requests"]
