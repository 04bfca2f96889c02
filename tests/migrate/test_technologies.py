"""The plan for a repository with a folder for each technology that loads a .env file or passes a key."""

from __future__ import annotations

import re

from palint.testing import substitute
from tests.rules.technologies import TECHNOLOGIES

from ..conftest import Repository
from .test_migrate import make_plan


def test_the_plan_for_each_technology(repo: Repository) -> None:
    repo.write(".env", substitute("LOG_LEVEL=debug\nAPI_TOKEN={base62:32}\n"))
    for each in TECHNOLOGIES:
        folder = re.sub("[^a-z0-9]+", "-", each.name.lower()).strip("-")
        repo.write(f"{folder}/{each.path}", substitute(each.text))
    make_plan(repo)
