"""Safe fixes as a branch and a pull request, pushed over HTTP to git's own server."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from palint.fleet import forges, propose
from palint.fleet.repository import SourceError
from palint.tree.git import remote

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


class Requests:
    """The pull requests of a forge's repository, in both clients' terms, and what was asked for."""

    def __init__(self, *opened: str) -> None:
        self.default_branch, self.asked = "main", list[Any]()
        self.found = [SimpleNamespace(html_url=url, web_url=url) for url in opened]
        self.projects = self.mergerequests = self

    def get_repo(self, path: str) -> Requests:
        self.asked.append(path)
        return self

    get = get_repo

    def get_pulls(self, **given: Any) -> list[Any]:
        return self.found

    list = get_pulls

    def create_pull(self, **given: Any) -> Any:
        return self.create(given)

    def create(self, given: dict[str, Any]) -> Any:
        self.asked.append(given.get("base") or given.get("target_branch"))
        return SimpleNamespace(html_url="new", web_url="new")


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize(
    ("opened", "branch", "said", "asked"),
    [
        ((), None, "opened new", ["acme/api", "main"]),
        ((), "develop", "opened new", ["acme/api", "develop"]),
        (("old",), "develop", "updated old", ["acme/api"]),
    ],
)
def test_a_pull_request_is_opened_once(
    monkeypatch: pytest.MonkeyPatch, kind: str, opened: tuple[str, ...], branch: str | None, said: str,
    asked: list[str],
) -> None:  # fmt: skip
    requests, ran = Requests(*opened), list[str]()
    monkeypatch.setattr(forges, kind, lambda: requests)
    monkeypatch.setattr(remote, "check_out", lambda tree, where, base, own: ran.append(f"from {base}"))
    monkeypatch.setattr(remote, "push_all", lambda *_: ran.append("push") or "unchanged" not in ran)
    monkeypatch.setattr(
        propose, "run_palint", lambda tree, words: ran.append(" ".join(words)) or f"<{words[0]}>"
    )
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    row = {"repository": "acme/api", "address": f"https://{kind}.com/acme/api", "branch": branch}
    assert propose.propose(row, True, True, "/policy.toml") == said and requests.asked == asked
    assert ran == [
        f"from {branch or ''}", "check --fix --quiet --exit-zero --format concise --policy /policy.toml",
        "migrate --apply --yes", "push",
    ]  # fmt: skip
    ran[:] = []
    assert propose.propose(row, False, False, None) == "<check>"
    assert propose.propose(row, False, True, None) == "<check><migrate>"
    assert ran.count("check --diff --quiet --exit-zero") == 2 and "push" not in ran
    ran[:] = ["unchanged"]
    assert propose.propose(row, True, False, None) == "nothing to change" and requests.asked == asked
    with pytest.raises(SourceError, match="not on a forge"):
        propose.propose({**row, "address": "/srv/clone"}, True, False, None)


def test_what_palint_cannot_do_is_the_reason(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no rule is called 'none'"):
        propose.run_palint(str(tmp_path), ["check", "--select", "none"])
