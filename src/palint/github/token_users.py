"""Actions, commands and called workflows that request an OIDC token from GitHub, except AWS's own action.

And those that could, instead of a stored secret.
https://docs.github.com/en/actions/concepts/security/openid-connect; each row has its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.github.workflows import Step
from palint.secrets.names import words
from palint.secrets.vocabulary import listed
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class TokenAction(NamedTuple):
    """An action that requests a token.

    repo: `owner/name`, or `owner/name/path`. does: what it does, as a clause. inputs: without these it needs
    no token. unless: inputs for another way to sign in. equals: (input, value) that must match. keys: inputs
    and variables, in lower case, for a stored secret that the token takes the place of. Then gives: the
    inputs that take its place, as code; source: where that is described.
    """

    repo: str
    does: str
    inputs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    equals: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    source: str = ""


_ACTIONS = (
    TokenAction(
        "azure/login", "signs in to Azure with OIDC", ("client-id", "tenant-id"), ("creds",),
        keys=("creds",), gives=("client-id", "tenant-id", "subscription-id"),
        source="https://github.com/Azure/login#login-with-openid-connect-oidc-recommended",
    ),
    TokenAction(
        "google-github-actions/auth", "signs in to Google Cloud with OIDC", ("workload_identity_provider",),
        keys=("credentials_json",), gives=("workload_identity_provider",),
        source="https://github.com/google-github-actions/auth#usage",
    ),
    # https://docs.pypi.org/trusted-publishers/using-a-publisher/
    TokenAction(
        "pypa/gh-action-pypi-publish", "publishes to PyPI as a trusted publisher", (), ("password", "user")
    ),
    # https://github.com/actions/attest-build-provenance#usage
    TokenAction("actions/attest", "signs an attestation"),
    TokenAction("actions/attest-build-provenance", "signs an attestation"),
    TokenAction("actions/attest-sbom", "signs an attestation"),
    # https://github.com/actions/deploy-pages#security-considerations
    TokenAction("actions/deploy-pages", "deploys to GitHub Pages"),
    TokenAction(
        "hashicorp/vault-action", "signs in to Vault with OIDC", (), ("jwtprivatekey",), (("method", "jwt"),),
        keys=("token", "secretid", "password", "githubtoken"), gives=("method: jwt", "role"),
        source="https://github.com/hashicorp/vault-action#jwt-with-github-oidc-tokens",
    ),
    # https://github.com/pulumi/auth-actions#usage
    TokenAction("pulumi/auth-actions", "signs in to Pulumi Cloud with OIDC", ("organization",)),
    TokenAction(
        "jfrog/setup-jfrog-cli", "signs in to JFrog with OIDC", ("oidc-provider-name",),
        keys=("jf_access_token", "jf_password"), gives=("oidc-provider-name",),
        source="https://github.com/jfrog/setup-jfrog-cli#general",
    ),
    # https://github.com/sigstore/gh-action-sigstore-python#usage
    TokenAction("sigstore/gh-action-sigstore-python", "signs files with Sigstore", (), ("identity-token",)),
    # https://github.com/rubygems/release-gem, https://github.com/rubygems/configure-rubygems-credentials
    TokenAction("rubygems/release-gem", "publishes to RubyGems as a trusted publisher"),
    TokenAction(
        "rubygems/configure-rubygems-credentials", "signs in to RubyGems with OIDC", (), ("api-token",)
    ),
    # https://crates.io/docs/trusted-publishing
    TokenAction("rust-lang/crates-io-auth-action", "signs in to crates.io with OIDC"),
    # https://github.com/NuGet/login#usage
    TokenAction("nuget/login", "signs in to NuGet with OIDC", ("user",)),
    TokenAction(
        "codecov/codecov-action", "signs in to Codecov with OIDC", equals=(("use_oidc", "true"),),
        keys=("token", "codecov_token"), gives=("use_oidc: true",),
        source="https://github.com/codecov/codecov-action#using-oidc, from `@v5`",
    ),
    TokenAction(
        "octopusdeploy/login", "signs in to Octopus Deploy with OIDC", ("service_account_id",), ("api_key",),
        keys=("api_key",), gives=("service_account_id",),
        source="https://github.com/OctopusDeploy/login#usage",
    ),
    TokenAction(
        "infisical/secrets-action", "signs in to Infisical with OIDC", equals=(("method", "oidc"),),
        keys=("client-secret",), gives=("method: oidc", "identity-id"),
        source="https://github.com/Infisical/secrets-action#oidc-auth",
    ),
    TokenAction(
        "dopplerhq/secrets-fetch-action", "signs in to Doppler with OIDC", equals=(("auth-method", "oidc"),),
        keys=("doppler-token",), gives=("auth-method: oidc", "doppler-identity-id"),
        source="https://github.com/DopplerHQ/secrets-fetch-action#oidc",
    ),
    TokenAction(
        "cloudsmith-io/cloudsmith-cli-action", "signs in to Cloudsmith with OIDC", ("oidc-service-slug",),
        keys=("api-key",), gives=("oidc-namespace", "oidc-service-slug"),
        source="https://github.com/cloudsmith-io/cloudsmith-cli-action#usage",
    ),
    # https://github.com/JS-DevTools/npm-publish#usage
    TokenAction("js-devtools/npm-publish", "publishes to npm as a trusted publisher", (), ("token",)),
    # https://github.com/denoland/deployctl/blob/main/action/README.md
    TokenAction("denoland/deployctl", "deploys to Deno Deploy with OIDC", ("project",)),
    # https://github.com/octo-sts/action#usage
    TokenAction("octo-sts/action", "exchanges an OIDC token for one of GitHub", ("identity",)),
    TokenAction(
        "tailscale/github-action", "signs in to Tailscale with OIDC", ("oauth-client-id", "audience"),
        keys=("oauth-secret", "authkey"), gives=("oauth-client-id", "audience"),
        source="https://github.com/tailscale/github-action#workload-identity-federation",
    ),
    TokenAction(
        "hashicorp/hcp-auth-action", "signs in to HCP with OIDC", ("workload_identity_provider",),
        keys=("client_secret",), gives=("workload_identity_provider",),
        source="https://github.com/hashicorp/hcp-auth-action#usage",
    ),
    # https://github.com/chainguard-dev/setup-chainctl#usage
    TokenAction("chainguard-dev/setup-chainctl", "signs in to Chainguard with OIDC", ("identity",)),
    # https://github.com/anthropics/claude-code-action/blob/main/docs/faq.md
    TokenAction("anthropics/claude-code-action", "signs in with OIDC", (), ("github_token",)),
)  # fmt: skip
ACTIONS = {action.repo: action for action in _ACTIONS}


class GivenKey(NamedTuple):
    """A stored secret that an action gets and that the token takes the place of. key: what it gets it as."""

    action: TokenAction
    key: str

    @property
    def says(self) -> str:
        """Why no secret is needed, as a clause."""
        return f"`{self.action.repo}` can sign in with OIDC"


class Registry(NamedTuple):
    """A registry of packages that trusts a workflow to publish, without a token.

    words: of the name of a secret with its token. publishes: what a workflow has that publishes there.
    source: how that is set up.
    """

    name: str
    words: frozenset[str]
    publishes: re.Pattern[str]
    source: str

    @property
    def says(self) -> str:
        """Why no secret is needed, as a clause."""
        return f"{self.name} has trusted publishing"


_REGISTRIES = (
    Registry(
        "PyPI", listed("pypi twine testpypi"),
        lazy_re.compile(
            r"\b(?:twine|uv|poetry|hatch|flit|maturin|pdm)\b[^\n]{0,40}\b(?:upload|publish)|pypi-publish"
        ),
        "https://docs.pypi.org/trusted-publishers/",
    ),
    Registry(
        "npm", listed("npm npmjs"),
        lazy_re.compile(
            r"\A(?!(?s:.*)\bnpm\.pkg\.github\.com\b)(?s:.*?)"
            r"(?:\b(?:npm|pnpm|yarn|lerna)\b[^\n]{0,80}\bpublish|semantic-release|changesets/action)"
        ),
        "https://docs.npmjs.com/trusted-publishers, from npm 11.5.1 and Node.js 22.14",
    ),
    Registry(
        "crates.io", listed("cargo crates"),
        lazy_re.compile(r"\bcargo\b[^\n]{0,40} publish\b(?![^\n]*--(?:registry|index)\b)"),
        "https://crates.io/docs/trusted-publishing",
    ),
    Registry(
        "RubyGems", listed("rubygems gem"),
        lazy_re.compile(r"\bgem push\b(?![^\n]*--host\b)|\brake release\b|rubygems/release-gem"),
        "https://guides.rubygems.org/trusted-publishing/",
    ),
    Registry(
        "NuGet", listed("nuget"),
        lazy_re.compile(r"(?s)\bnuget push\b.{0,300}?\bnuget\.org\b"),
        "https://learn.microsoft.com/nuget/nuget-org/trusted-publishing",
    ),
)  # fmt: skip


class OwnRegistry(NamedTuple):
    """GitHub's registry of images, which the token of a job opens. host: its name."""

    host: str

    @property
    def says(self) -> str:
        """Why no secret is needed, as a clause."""
        return f"`{self.host}` accepts `github.token`"


# https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry
_OWN_HOST = lazy_re.compile(r"(?:https://)?(ghcr\.io|docker\.pkg\.github\.com)(?:/.*)?")
_VARIABLE = lazy_re.compile(r"\$\{\{\s*env\.(\w+)\s*\}\}")
_OWN_LOGIN = lazy_re.compile(
    r"(?m)^[^\n]{0,400}\blogin\b[^\n]{0,200}?\b(ghcr\.io|docker\.pkg\.github\.com)\b[^\n]*"
)


def instead_of(
    name: str, offsets: Iterable[int], steps: Iterable[Step], text: str
) -> GivenKey | OwnRegistry | Registry | None:
    """What accepts the token of GitHub instead of a secret; None if something else uses it, too.

    offsets: of its uses, in code points of the text. steps: those of the workflow or the action, whose text
    this is.
    """
    steps = tuple(steps)
    keys = {_instead_at(steps, offset, text) for offset in offsets}
    key = keys.pop() if len(keys) == 1 else None
    if key is not None:
        return key
    found = {"npm"} if name.upper() == "NODE_AUTH_TOKEN" else set(words(name))
    return next((r for r in _REGISTRIES if not found.isdisjoint(r.words) and r.publishes.search(text)), None)


def _instead_at(steps: tuple[Step, ...], offset: int, text: str) -> GivenKey | OwnRegistry | None:
    """What accepts the token of GitHub instead of the secret at an offset."""
    step = next((step for step in steps if step.node.start <= offset < step.node.end), None)
    if step is None:
        return None
    entries = (entry for where in ("with", "env") for entry in step.node.under(where))
    name = next((name.value for name, value in entries if value.start <= offset < value.end), "")
    return _given_key(step, name) or _own_registry(step, name, offset, text)


def _own_registry(step: Step, name: str, offset: int, text: str) -> OwnRegistry | None:
    """The registry of GitHub that a step signs in to with what is at an offset.

    name: of the input or the variable that has it; "" in a script.
    """
    if step.run is not None:
        login = _OWN_LOGIN.search(step.run.value)
        line = text[text.rfind("\n", 0, offset) + 1 :].partition("\n")[0]
        is_used = name and login and re.search(rf"\b{re.escape(name)}\b", login[0])
        host = login if is_used else None if name else _OWN_LOGIN.search(line)
    else:
        given = step.given("registry") or "" if name.lower() == "password" else ""
        if variable := _VARIABLE.fullmatch(given):
            set_to = re.search(rf"(?m)^[ \t]*{variable[1]}:[ \t]*[\"']?([^\s\"']+)", text)
            given = set_to[1] if set_to else given
        host = _OWN_HOST.fullmatch(given)
    return OwnRegistry(host[1]) if host else None


def _given_key(step: Step, name: str) -> GivenKey | None:
    """The action that gets a key under a name; None also for one that requests a token already."""
    used = step.uses
    action = ACTIONS.get(used.repo.lower()) if used is not None and not used.path else None
    if action is None or name.lower() not in action.keys:
        return None
    switched = ((step.given(each) or "", value) for each, value in action.equals)
    if all(map(step.given, action.inputs)) and all("${{" in given or given == v for given, v in switched):
        return None
    return GivenKey(action, name)


# Workflows of other repositories that need the token, by repository: what such a call does.
CALLED = {
    # https://github.com/slsa-framework/slsa-github-generator/blob/main/internal/builders/generic/README.md
    "slsa-framework/slsa-github-generator": "signs SLSA provenance in a called workflow",
}


class TokenCommand(NamedTuple):
    """A command that requests a token. pattern: of its line. unless: another way to sign in, in its step.

    whole_file: whether `unless` may be anywhere in the file. uncertainty: why it may work without a token.
    """

    pattern: re.Pattern[str]
    unless: re.Pattern[str]
    does: str
    whole_file: bool = False
    uncertainty: str = ""


COMMANDS = (
    # https://docs.npmjs.com/generating-provenance-statements
    TokenCommand(
        lazy_re.compile(r"(?m)^[^#\n]*\b(?:npm|pnpm)[^#\n]{0,80} publish\b[^#\n]*--provenance\b(?!=false)"),
        lazy_re.compile(r"--provenance[= ]false"),
        "publishes to npm with provenance",
    ),
    # https://docs.sigstore.dev/cosign/signing/overview/: without a key cosign signs with the job's token
    TokenCommand(
        lazy_re.compile(r"(?m)^[^#\n]*\bcosign[ \t]+(?:sign|sign-blob|attest|attest-blob)\b"),
        lazy_re.compile(r"--(?:key|sk|identity-token|kms)\b|COSIGN_(?:PRIVATE_)?KEY"),
        "signs with cosign without a key",
    ),
    # https://docs.astral.sh/uv/guides/package/#publishing-your-package
    TokenCommand(
        lazy_re.compile(r"(?m)^[^#\n]*\buv[ \t]+publish\b[^#\n]*--trusted-publishing[= ]always"),
        lazy_re.compile(r"(?!)"),
        "publishes to PyPI as a trusted publisher",
    ),
    # https://docs.npmjs.com/trusted-publishers
    TokenCommand(
        lazy_re.compile(r"(?m)^[^#\n]*\b(?:npm(?:@[\w.]+)?|pnpm)[ \t]+publish\b(?![^\n#]{0,200}--dry-run)"),
        lazy_re.compile(
            r"NODE_AUTH_TOKEN|NPM_(?:AUTH_?|ACCESS_|PUBLISH_)?TOKEN|_auth|\.npmrc|npm[ \t]+(?:login|adduser)"
            r"|npm\.pkg\.github\.com|--registry|localhost",
            re.I,
        ),
        "publishes to npm without a token",
        whole_file=True,
        uncertainty="an `.npmrc` outside the workflow may hold a token",
    ),
    # https://jsr.io/docs/publishing-packages#publishing-from-github-actions
    TokenCommand(
        lazy_re.compile(r"(?m)^[^#\n]*\b(?:jsr|deno)[ \t]+publish\b(?![^\n#]{0,200}--dry-run)"),
        lazy_re.compile(r"--token\b|JSR_TOKEN"),
        "publishes to JSR",
    ),
)
