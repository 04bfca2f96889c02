"""The revision of palint that is installed."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution

from palint import __version__


def revision() -> str:
    """The commit that palint was installed from, else the tag of its version.

    Installers note the commit: https://packaging.python.org/en/latest/specifications/direct-url/
    """
    try:
        noted = distribution("palint").read_text("direct_url.json")
    except PackageNotFoundError:  # run from its sources
        noted = None
    commit: str = json.loads(noted or "{}").get("vcs_info", {}).get("commit_id", "")
    return commit or f"v{__version__}"
