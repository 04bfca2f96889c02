"""Package and image registries: npm, PyPI, RubyGems, crates.io, NuGet, Docker Hub, Artifactory and others."""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import WORD, Format, token, token64

_PYPI = "https://docs.pypi.org/api/secrets/"

FORMATS = (
    Format(
        id="npm-access-token",
        name="npm access token",
        keyword="npm_",
        pattern=token("npm_[0-9A-Za-z]{36}"),
        valid=checksums.github,
        example="npm_{base62:30}{github_crc}",
        near_miss="npm_{base62:36}",
        source="https://github.blog/security/announcing-npms-new-access-token-format/",
    ),
    Format(
        id="pypi-api-token",
        name="PyPI API token",
        keyword="pypi-AgE",
        pattern=token64(f"pypi-AgEIcHlwaS5vcmc{WORD}{{50,1000}}"),
        valid=checksums.macaroon,
        example="pypi-{pypi_macaroon}",
        near_miss="pypi-AgEIcHlwaS5vcmc{base64url:140}",
        source=_PYPI,
    ),
    Format(
        id="testpypi-api-token",
        name="TestPyPI API token",
        keyword="pypi-AgE",
        pattern=token64(f"pypi-AgENdGVzdC5weXBpLm9yZ{WORD}{{50,1000}}"),
        valid=checksums.macaroon,
        example="pypi-{test_pypi_macaroon}",
        near_miss="pypi-AgENdGVzdC5weXBpLm9yZ{base64url:140}",
        source=_PYPI,
    ),
    Format(
        id="rubygems-api-key",
        name="RubyGems API key",
        keyword="rubygems_",
        pattern=token("rubygems_[0-9a-f]{48}"),
        example="rubygems_{hex:48}",
        near_miss="rubygems_{hex:47}",
        source="https://github.com/rubygems/rubygems.org/blob/master/app/controllers/concerns/api_keyable.rb",
    ),
    Format(
        id="crates-io-token",
        name="crates.io API token",
        keyword="[^0-9a-z]cio[0-9a-z]{8}",
        pattern=token("cio[0-9A-Za-z]{32}"),
        example="CARGO_REGISTRY_TOKEN=«cio{base62:32}»",
        near_miss="cio{base62:31}",
        source="https://github.com/rust-lang/crates.io/blob/main/crates/crates_io_database/src/utils/token.rs",
    ),
    Format(
        id="nuget-api-key",
        name="NuGet API key",
        keyword="oy2",
        pattern=token("oy2[a-z2-7]{43}"),
        example="oy2{base32_lower:43}",
        near_miss="oy2{base32_lower:42}",
        source="https://github.com/microsoft/security-utilities/tree/main/GeneratedRegexPatterns",
    ),
    Format(
        id="docker-personal-access-token",
        name="Docker Hub personal access token",
        keyword="dckr_",
        pattern=token(f"dckr_pat_{WORD}{{27}}"),
        example="dckr_pat_{base64url:27}",
        near_miss="dckr_pat_{base64url:25}",
        source="https://docs.docker.com/security/access-tokens/",
    ),
    Format(
        id="docker-organization-access-token",
        name="Docker Hub organization access token",
        keyword="dckr_",
        pattern=token(f"dckr_oat_{WORD}{{32}}"),
        example="dckr_oat_{base64url:32}",
        near_miss="dckr_oat_{base64url:27}",
        source="https://docs.docker.com/enterprise/security/access-tokens/",
    ),
    Format(
        id="clojars-deploy-token",
        name="Clojars deploy token",
        keyword="CLOJARS_",
        pattern=token("CLOJARS_[0-9a-f]{60}"),
        example="CLOJARS_{hex:60}",
        near_miss="CLOJARS_{hex:59}",
        source="https://github.com/clojars/clojars-web/blob/main/src/clojars/db.clj",
    ),
    Format(
        id="artifactory-api-key",
        name="JFrog Artifactory API key",
        keyword="AKCp",
        pattern=token("AKCp[0-9A-Za-z]{69}"),
        example="AKCp{base58:69}",
        near_miss="AKCp{base58:60}",
        source="https://jfrog.com/help/r/jfrog-platform-administration-documentation/api-key",
    ),
    Format(
        id="artifactory-reference-token",
        name="JFrog reference token",
        keyword="cmVmdGtu",
        pattern=token("cmVmdGtu[0-9A-Za-z]{56}"),
        example="cmVmdGtu{base62:56}",
        near_miss="cmVmdGtu{base62:50}",
        source="https://jfrog.com/help/r/jfrog-platform-administration-documentation/understanding-identity-tokens",
    ),
    Format(
        id="sidekiq-credentials",
        name="Sidekiq Pro or Enterprise gem server credentials",
        keyword="contribsys",
        pattern=(
            r"(?i:(?:gems|enterprise)(?:__|\.)contribsys(?:__|\.)com[\"'` \t]{0,4}[:=]?[\"'` \t]{0,4}|"
            r"https?://(?=[0-9a-f]{8}:[0-9a-f]{8}@(?:gems|enterprise)\.contribsys\.com))"
            r"(?P<value>[0-9a-f]{8}:[0-9a-f]{8})(?![0-9A-Za-z])"
        ),
        example='BUNDLE_ENTERPRISE__CONTRIBSYS__COM="«{hex:8}:{hex:8}»"',
        near_miss='BUNDLE_ENTERPRISE__CONTRIBSYS__COM="{hex:8}:{hex:7}"',
        source="https://github.com/sidekiq/sidekiq/wiki/Commercial-FAQ",
    ),
)
