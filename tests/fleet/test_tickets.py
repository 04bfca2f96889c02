"""One issue a repository, created, kept up to date and closed, on servers that answer as documented."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .conftest import TOKEN, Fleet, GitServer, reply, secret


class Tracker:
    """Issues of one repository, in both forges' terms; the requests that change something."""

    def __init__(self) -> None:
        self.issues: list[dict[str, Any]] = []
        self.writes: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                state = "opened" if "/projects/" in self.path else "open"
                shown = [issue for issue in outer.issues if issue["state"] == state]
                reply(self, 200, json.dumps(shown).encode(), {"Content-Type": "application/json"})

            def do_POST(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.writes.append(f"{self.command} {self.path} {json.dumps(given)}")
                number = re.search(r"/issues/(\d+)", self.path)
                if number is None:
                    state = "opened" if "/projects/" in self.path else "open"
                    outer.issues.append({"state": state, "number": len(outer.issues) + 1})
                    outer.issues[-1]["iid"] = outer.issues[-1]["number"]
                issue = outer.issues[int(number[1]) - 1 if number else -1]
                issue.update(given)
                issue["url"] = f"http://{self.headers['Host']}/repos/acme/api/issues/{issue['number']}"
                if given.get("state_event") == "close":
                    issue["state"] = "closed"
                reply(self, 201, json.dumps(issue).encode(), {"Content-Type": "application/json"})

            do_PATCH = do_PUT = do_POST  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    made = Tracker()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_an_issue_is_created_updated_and_closed(
    fleet: Fleet, server: GitServer, tracker: Tracker, kind: str
) -> None:
    token = secret("ticket")
    repo = fleet.repository("acme/api", {"a.py": f'TOKEN = "{token}"\n'})
    env = {"GITHUB_API_URL" if kind == "github" else "CI_SERVER_URL": f"http://{server.host}"}
    env["GH_TOKEN" if kind == "github" else "GITLAB_TOKEN"] = TOKEN
    (fleet.path / "list.txt").write_text(server.url("acme/api") + "\n")
    # The git server is the forge's host, and answers its API from the tracker.
    server.answer = lambda request: _forward(request, tracker)

    def run(*words: str) -> list[str]:
        assert fleet.check("list.txt", env=env).returncode == 0
        made = fleet.run("tickets", *words, env=env)
        assert made.returncode == 0, made.stderr
        return made.stdout.splitlines()

    assert run() == ["create: acme/api", "1 repositories: 1 to create. Pass --apply to do it."]
    assert tracker.writes == []
    assert run("--apply")[0] == "create: acme/api"
    assert run("--apply") == ["1 repositories: nothing to do."]
    repo.write("b.py", f'TOKEN = "{secret("second")}"\n')
    repo.add()
    repo.commit()
    assert run("--apply")[0] == "update: acme/api"
    assert "b.py:1" in tracker.writes[-1]
    repo.git("rm", "-q", "a.py", "b.py")
    repo.commit()
    assert run("--apply")[0] == "close: acme/api"
    assert [issue["state"] for issue in tracker.issues] == ["closed"]
    assert len(tracker.writes) == 3
    assert token[6:20] not in "".join(tracker.writes)


def _forward(request: BaseHTTPRequestHandler, tracker: Tracker) -> bool:
    """Answer a request of a forge's API; False for one of git."""
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    if not re.search(r"/(repos|api/v4)/", request.path):
        return False
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0)) or None
    headers = {"Content-Type": "application/json", "Host": request.headers["Host"]}
    try:
        with urlopen(Request(tracker.url + request.path, body, headers, method=request.command)) as made:
            reply(request, made.status, made.read(), {"Content-Type": "application/json"})
    except HTTPError as error:
        reply(request, error.code, b"{}", {"Content-Type": "application/json"})
    return True
