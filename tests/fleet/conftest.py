"""What the tests of `palint fleet` share: repositories, a git server, and the store's content."""

from __future__ import annotations

import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from palint.secrets.synthetic import generate

from ..conftest import Repository, palint

MISSING = [name for name in ("duckdb", "pyarrow", "github", "gitlab") if find_spec(name) is None]

TOKEN = "gh" + "p_of_the_test"


@pytest.fixture(autouse=True)
def _no_forge(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No token of whoever runs the tests, nor of their forge's own program; no test without the extra."""
    if MISSING:
        pytest.skip(f"palint[fleet] is not installed: no {', '.join(MISSING)}")
    for name in ("GH_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN", "GITHUB_API_URL", "CI_SERVER_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GH_CONFIG_DIR", str(tmp_path / "gh"))
    monkeypatch.setenv("GLAB_CONFIG_DIR", str(tmp_path / "glab"))


class Fleet(NamedTuple):
    """A folder with repositories below `repos`, in which `palint fleet` runs."""

    path: Path

    def repository(self, name: str, files: dict[str, str] | None = None) -> Repository:
        made = Repository(self.path / "repos" / name)
        for path, text in (files or {"README.md": "hello\n"}).items():
            made.write(path, text)
        made.add()
        made.commit()
        return made

    def run(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return palint("fleet", *words, cwd=self.path, env=env)

    def check(self, *words: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return self.run("check", *(words or ("repos",)), "--cache", str(self.path / "cache"), env=env)

    def rows(self, sql: str, store: str = "palint-fleet.duckdb") -> list[tuple[Any, ...]]:
        from palint.fleet.store import query

        return query(str(self.path / store), sql)[1]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def secret(name: str) -> str:
    """A generated token of a vendor's format."""
    return generate("{github_token}", name)


class GitServer:
    """Serves the repositories of a folder over HTTP, through git's own backend.

    token: what the password must be, "" for none. asked: the Authorization headers that came.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.token, self.asked = root, "", list[str]()
        self.answer: Callable[[BaseHTTPRequestHandler], bool] = lambda _: False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._serve(self)

            do_POST = do_PATCH = do_PUT = do_GET  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, name: str) -> str:
        return f"http://{self.host}/{name}"

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        if self.answer(request):
            return
        given = request.headers.get("Authorization", "")
        self.asked.append(given)
        wanted = f"Basic {b64encode(f'x-access-token:{self.token}'.encode()).decode()}"
        if self.token and given != wanted:
            reply(request, 401, b"", {"WWW-Authenticate": 'Basic realm="test"'})
            return
        path, _, question = request.path.partition("?")
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        env = {
            **os.environ,
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": question,
            "REQUEST_METHOD": request.command,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        made = subprocess.run(["git", "http-backend"], env=env, input=body, capture_output=True, check=False)
        head, _, content = made.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        reply(request, int(headers.pop("Status", "200 OK").split()[0]), content, headers)


def reply(request: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str]) -> None:
    """Send an answer."""
    request.send_response(code)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


@pytest.fixture
def server(fleet: Fleet) -> Iterator[GitServer]:
    made = GitServer(fleet.path / "repos")
    yield made
    made.close()
