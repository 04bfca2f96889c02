"""Safe fixes as a branch and a pull request, pushed over HTTP to git's own server."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from .conftest import TOKEN, Fleet, GitServer, reply, secret

WORKFLOW = """on: push
env: {GH_PAT: VALUE}
permissions:
  contents: read
jobs:
  ship:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${{ vars.ROLE }}
          aws-region: eu-west-2
"""


@pytest.mark.slow
def test_fixes_are_shown_first_and_then_pushed_and_opened(fleet: Fleet, server: GitServer) -> None:
    value = secret("near the change")
    repo = fleet.repository("acme/api", {".github/workflows/ship.yml": WORKFLOW.replace("VALUE", value)})
    repo.git("config", "http.receivepack", "true")
    (fleet.path / "list.txt").write_text(server.url("acme/api") + "\n")
    env = {"GITHUB_API_URL": f"http://{server.host}", "GH_TOKEN": TOKEN}
    pulls: list[dict[str, Any]] = []

    def answer(request: BaseHTTPRequestHandler) -> bool:
        if not re.match(r"/repos/acme/api(/pulls)?(\?|$)", request.path):
            return False
        made: Any = pulls
        if "/pulls" not in request.path:
            made = {
                "full_name": "acme/api",
                "default_branch": "main",
                "url": f"http://{server.host}/repos/acme/api",
            }
        elif request.command == "POST":
            made = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
            made |= {"html_url": "https://forge/pull/1", "number": 1}
            pulls.append(made)
        reply(request, 200, json.dumps(made).encode(), {"Content-Type": "application/json"})
        return True

    server.answer = answer
    assert fleet.check("list.txt", env=env).returncode == 0
    made = fleet.run("propose", "acme/api", env=env)
    assert made.returncode == 0, made.stderr
    assert "+  id-token: write" in made.stdout and "GH_PAT" in made.stdout
    assert value[8:24] not in made.stdout + made.stderr
    assert not pulls and "palint/standard" not in repo.git("branch")
    made = fleet.run("propose", "acme/api", "--apply", env=env)
    assert made.returncode == 0, made.stderr
    assert made.stdout == "acme/api: opened https://forge/pull/1\n"
    assert value[8:24] not in json.dumps(pulls)
    assert pulls[0]["head"] == "palint/standard" and pulls[0]["base"] == "main"
    assert "+  id-token: write" in repo.git("diff", "main", "palint/standard")
    made = fleet.run("propose", "acme/api", "--apply", env=env)
    assert made.stdout == "acme/api: updated https://forge/pull/1\n", made.stderr
    assert "acme/none: not in the newest run" in fleet.run("propose", "acme/none", env=env).stderr
