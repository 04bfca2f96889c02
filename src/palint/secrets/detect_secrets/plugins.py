"""Our detectors as detect-secrets plugins, for its users: `detect-secrets scan --plugin plugins.py`.

palint itself never imports this module: detect-secrets costs more to import than a commit's check.
"""

from __future__ import annotations

from collections.abc import Generator

from palint import secrets
from palint.secrets.detect_secrets import adapter as detect_secrets_adapter
from palint.secrets.formats.table import FORMATS

with detect_secrets_adapter.without_requests():
    from detect_secrets.plugins.base import BasePlugin

_FORMAT_IDS = frozenset(fmt.id for fmt in FORMATS)


class VendorTokenDetector(BasePlugin):
    """Values in a vendor's token format, with a valid checksum if the format has one."""

    secret_type = "Vendor token"

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The values on a line."""
        for secret in secrets.in_line(string, "line"):
            if secret.detector in _FORMAT_IDS:
                yield string[secret.start : secret.end]


class NamedSecretDetector(BasePlugin):
    """Values assigned to a secret's name, credentials in URLs, headers and command lines."""

    secret_type = "Named secret"

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The values on a line."""
        for secret in secrets.in_line(string, "line"):
            if secret.detector not in _FORMAT_IDS and not secret.detector.endswith("Detector"):
                yield string[secret.start : secret.end]
