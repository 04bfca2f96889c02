"""GitHub and GitLab, as documented, from a server that pages, limits and fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from palint.fleet import forges, unit
from palint.fleet.repository import Filters, Repository, SourceError
from palint.fleet.sources import read
from palint.tree.git import GitError, remote

from .conftest import TOKEN, reply

Answer = Callable[[BaseHTTPRequestHandler], None]


class Forge:
    """A server. failures: what to answer first. seen: the requests' paths and headers."""

    def __init__(self) -> None:
        self.failures: list[Answer] = []
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.has_graphql = True
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.seen.append((self.path, dict(self.headers)))
                if outer.failures:
                    outer.failures.pop(0)(self)
                else:
                    outer.page(self)

            def do_POST(self) -> None:
                outer.heads(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def page(self, request: BaseHTTPRequestHandler) -> None:
        """Five repositories, two a page."""
        url = urlsplit(request.path)
        if url.path == "/orgs/acme":
            reply(request, 200, json.dumps({"login": "acme", "url": f"{self.url}/orgs/acme"}).encode(), JSON)
            return
        gitlab = url.path.startswith("/api/v4/")
        number = int(parse_qs(url.query).get("page", ["1"])[0])
        make = gitlab_project if gitlab else github_repository
        rows = [make(index) for index in range(5)][2 * number - 2 : 2 * number]
        headers = {"Content-Type": "application/json"}
        if number < 3:
            headers["Link"] = f'<{self.url}{url.path}?page={number + 1}>; rel="next"'
            headers["X-Next-Page"] = str(number + 1)
        reply(request, 200, json.dumps(rows).encode(), headers)

    def heads(self, request: BaseHTTPRequestHandler) -> None:
        """Heads of the five repositories, three a page; the last one is empty."""
        given = json.loads(request.rfile.read(int(request.headers["Content-Length"])))["variables"]
        first = int(given["after"] or 0)
        nodes = [
            {
                "nameWithOwner": f"acme/r{n}",
                "defaultBranchRef": {"target": {"oid": f"{n}" * 40}} if n < 4 else None,
            }
            for n in range(5)[first : first + 3]
        ]
        more = {"hasNextPage": first + 3 < 5, "endCursor": str(first + 3)}
        page = {"data": {"organization": {"repositories": {"nodes": nodes, "pageInfo": more}}}}
        made = page if self.has_graphql else {"data": None, "errors": [{"message": "no"}]}
        reply(request, 200, json.dumps(made).encode(), JSON)


JSON = {"Content-Type": "application/json"}


def github_repository(index: int) -> dict[str, Any]:
    """https://docs.github.com/en/rest/repos/repos#list-organization-repositories"""
    return {
        "id": index, "name": f"r{index}", "full_name": f"acme/r{index}",
        "archived": index == 1, "fork": index == 2,
        "clone_url": f"https://github.com/acme/r{index}.git", "default_branch": "main", "size": index,
        "topics": ["payments"] if index > 2 else [], "pushed_at": f"2027-01-0{index + 1}T12:00:00Z",
    }  # fmt: skip


def gitlab_project(index: int) -> dict[str, Any]:
    """https://docs.gitlab.com/api/groups/#list-projects"""
    made = {
        "id": index, "path_with_namespace": f"acme/sub/r{index}", "archived": index == 1,
        "http_url_to_repo": f"https://gitlab.com/acme/sub/r{index}.git",
        "default_branch": "main",
        "topics": ["payments"] if index > 2 else [],
        "last_activity_at": f"2027-01-0{index + 1}T12:00:00.000Z",
    }  # fmt: skip
    return made | ({"forked_from_project": {"id": 9}} if index == 2 else {})


@pytest.fixture
def forge(monkeypatch: pytest.MonkeyPatch) -> Iterator[Forge]:
    made = Forge()
    monkeypatch.setenv("GITHUB_API_URL", made.url)
    monkeypatch.setenv("CI_SERVER_URL", made.url)
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    monkeypatch.setenv("GITLAB_TOKEN", TOKEN)
    monkeypatch.setattr("time.sleep", lambda _: None)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.parametrize(("kind", "prefix"), [("github", "acme/r"), ("gitlab", "acme/sub/r")])
def test_all_pages_are_read_and_filters_apply(forge: Forge, kind: str, prefix: str) -> None:
    def names(**filters: Any) -> list[str]:
        return [each.name.removeprefix(prefix) for each in read(f"{kind}:acme", Filters(**filters))]

    assert names() == ["0", "3", "4"]
    assert names(archived=True, forks=True) == ["0", "1", "2", "3", "4"]
    assert names(topics=("payments",)) == ["3", "4"]
    assert names(pushed_since="2027-01-05") == ["4"]
    assert names(names=("r[03]", f"{prefix}9")) == ["0", "3"]
    assert names(names=(f"{prefix}[49]",)) == ["4"]
    path, headers = forge.seen[-1]
    assert TOKEN not in path
    assert TOKEN in headers.get("Authorization", "") + headers.get(
        "PRIVATE-TOKEN", headers.get("Private-Token", "")
    )


NONE = dict.fromkeys(("default_branch", "pushed_at", "last_activity_at", "size"))


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_repository_without_commits(
    forge: Forge, monkeypatch: pytest.MonkeyPatch, kind: str, signed: bool
) -> None:
    """It has no branch, push or size. GitHub is asked for heads with a token only."""
    rows = {"github_repository": github_repository(4), "gitlab_project": gitlab_project(4)}
    for name, row in rows.items():
        monkeypatch.setitem(globals(), name, lambda index, row=row: {**row, **NONE, "id": index})
    if not signed:
        monkeypatch.delenv("GH_TOKEN")
        monkeypatch.delenv("GITLAB_TOKEN")
        monkeypatch.setenv("PATH", "")  # neither `gh` nor `glab`
    path = "acme/r4" if kind == "github" else "acme/sub/r4"
    assert set(read(f"{kind}:acme")) == {Repository(path, f"https://{kind}.com/{path}.git", "", forge=kind)}
    sent = {name.lower() for name in forge.seen[-1][1]}
    assert bool(sent & {"authorization", "private-token"}) == signed
    assert read(f"{kind}:acme", Filters(pushed_since="2027")) == []


@pytest.mark.parametrize("address", ["ext::sh -c touch% {} ://", "ext::touch {} #://x", "{}", "-u{}"])
def test_an_address_of_a_forge_runs_nothing_and_names_no_folder(
    forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    made = tmp_path / "made"
    given = address.format(made if "{} " in address else tmp_path)

    plain = github_repository
    monkeypatch.setitem(globals(), "github_repository", lambda index: {**plain(index), "clone_url": given})
    for each in read("github:acme"):
        with pytest.raises(GitError):
            unit.head(unit.Task(each._replace(head=""), ""), 1)
    with pytest.raises(GitError):
        remote.head(remote.Remote(given, "token"), seconds=5)
    assert not made.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://github.com/o/r", "https://github.com@evil.example/r", "https://github.com#@evil.example/r",
        "https://github.com.evil.example/r", "git://github.com/o/r", "ssh://git@github.com/o/r",
    ],
)  # fmt: skip
def test_no_other_place_gets_the_token(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("GH_TOKEN", TOKEN)
    assert forges.token_for(Repository("r", "https://github.com/o/r"), {}) == TOKEN
    assert not forges.token_for(Repository("r", address), {}) or "#" in address  # git reads no host in it


def test_the_forge_is_asked_for_heads_where_it_can_be(forge: Forge) -> None:
    def heads() -> dict[str, str]:
        return {each.name: each.head for each in read("github:acme")}

    assert heads() == {"acme/r0": "0" * 40, "acme/r3": "3" * 40, "acme/r4": ""}
    asked = unit.head(unit.Task(read("github:acme")[0], ""), 1)  # of no server: the address is not there
    assert asked == "0" * 40
    forge.has_graphql = False
    assert set(heads().values()) == {""}


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_a_forge_that_limits_and_fails_for_a_moment_is_asked_again(forge: Forge, kind: str) -> None:
    limit = {**JSON, "Retry-After": "0", "RateLimit-Reset": "0"}
    forge.failures = [
        lambda request: reply(request, 502, b"", {}),
        lambda request: reply(request, 429, b'{"message": "slow down"}', limit),
    ]
    assert len(read(f"{kind}:acme")) == 3
    assert forge.failures == []


@pytest.mark.parametrize("kind", ["github", "gitlab"])
@pytest.mark.parametrize(
    ("code", "body", "why"),
    [
        (401, b'{"message": "Bad credentials"}', "set .*_TOKEN"),
        (404, b'{"message": "Not Found"}', "not found"),
        (200, b"<html>nonsense", "answers? "),
    ],
)
def test_a_forge_that_refuses_is_a_clear_error(
    forge: Forge, kind: str, code: int, body: bytes, why: str
) -> None:
    forge.failures = [lambda request: reply(request, code, body, JSON)] * 50
    with pytest.raises(SourceError, match=f"{kind}:acme: .*{why}") as error:
        read(f"{kind}:acme")
    assert TOKEN not in str(error.value) and "nonsense" not in str(error.value)
