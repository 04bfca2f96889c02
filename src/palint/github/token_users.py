"""Actions, commands and called workflows that request an OIDC token from GitHub, except AWS's own action.

https://docs.github.com/en/actions/concepts/security/openid-connect; each row has its source.
"""

from __future__ import annotations

import re

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class TokenAction(NamedTuple):
    """An action that requests a token.

    repo: `owner/name`, or `owner/name/path`. does: what it does, as a clause. inputs: without these it needs
    no token. unless: inputs for another way to sign in. equals: (input, value) that must match.
    """

    repo: str
    does: str
    inputs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    equals: tuple[tuple[str, str], ...] = ()


_ACTIONS = (
    # https://github.com/Azure/login#login-with-openid-connect-oidc-recommended
    TokenAction("azure/login", "signs in to Azure with OIDC", ("client-id", "tenant-id"), ("creds",)),
    # https://github.com/google-github-actions/auth#usage
    TokenAction(
        "google-github-actions/auth", "signs in to Google Cloud with OIDC", ("workload_identity_provider",)
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
    # https://github.com/hashicorp/vault-action#jwt-with-github-oidc-tokens
    TokenAction(
        "hashicorp/vault-action", "signs in to Vault with OIDC", (), ("jwtprivatekey",), (("method", "jwt"),)
    ),
    # https://github.com/pulumi/auth-actions#usage
    TokenAction("pulumi/auth-actions", "signs in to Pulumi Cloud with OIDC", ("organization",)),
    # https://github.com/jfrog/setup-jfrog-cli#general
    TokenAction("jfrog/setup-jfrog-cli", "signs in to JFrog with OIDC", ("oidc-provider-name",)),
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
    # https://github.com/codecov/codecov-action#using-oidc
    TokenAction("codecov/codecov-action", "signs in to Codecov with OIDC", equals=(("use_oidc", "true"),)),
    # https://github.com/OctopusDeploy/login#usage
    TokenAction(
        "octopusdeploy/login", "signs in to Octopus Deploy with OIDC", ("service_account_id",), ("api_key",)
    ),
    # https://github.com/Infisical/secrets-action#oidc-auth, https://github.com/DopplerHQ/secrets-fetch-action#oidc
    TokenAction("infisical/secrets-action", "signs in to Infisical with OIDC", equals=(("method", "oidc"),)),
    TokenAction(
        "dopplerhq/secrets-fetch-action", "signs in to Doppler with OIDC", equals=(("auth-method", "oidc"),)
    ),
    # https://github.com/cloudsmith-io/cloudsmith-cli-action#usage
    TokenAction(
        "cloudsmith-io/cloudsmith-cli-action", "signs in to Cloudsmith with OIDC", ("oidc-service-slug",)
    ),
    # https://github.com/JS-DevTools/npm-publish#usage
    TokenAction("js-devtools/npm-publish", "publishes to npm as a trusted publisher", (), ("token",)),
    # https://github.com/denoland/deployctl/blob/main/action/README.md
    TokenAction("denoland/deployctl", "deploys to Deno Deploy with OIDC", ("project",)),
    # https://github.com/octo-sts/action#usage
    TokenAction("octo-sts/action", "exchanges an OIDC token for one of GitHub", ("identity",)),
    # https://github.com/tailscale/github-action#workload-identity-federation
    TokenAction(
        "tailscale/github-action", "signs in to Tailscale with OIDC", ("oauth-client-id", "audience")
    ),
    # https://github.com/hashicorp/hcp-auth-action#usage
    TokenAction("hashicorp/hcp-auth-action", "signs in to HCP with OIDC", ("workload_identity_provider",)),
    # https://github.com/chainguard-dev/setup-chainctl#usage
    TokenAction("chainguard-dev/setup-chainctl", "signs in to Chainguard with OIDC", ("identity",)),
    # https://github.com/anthropics/claude-code-action/blob/main/docs/faq.md
    TokenAction("anthropics/claude-code-action", "signs in with OIDC", (), ("github_token",)),
)
ACTIONS = {action.repo: action for action in _ACTIONS}


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
