"""Every command of docs/migrate.md runs against moto's server and shows what the page says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests import sessions
from tests.conftest import ROOT, Repository
from tests.migrate.conftest import Aws
from tests.test_pages import shop


def test_the_commands_of_the_page(aws: Aws, repo: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    shop(repo, "migrate.md")
    (repo.path / ".github/workflows/deploy.yml").unlink()
    repo.add()
    repo.commit()
    step = sessions.refresh if os.environ.get("PALINT_REFRESH_PAGES") else sessions.run
    step(ROOT / "docs" / "migrate.md", repo.path)
    assert aws.keys("store/development") == aws.keys("shop/development")
    assert not (repo.path / "app" / "__pycache__" / "aws_secrets.py").exists()
