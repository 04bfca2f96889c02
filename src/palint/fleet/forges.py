"""GitHub and GitLab: the repositories of an organisation, and the tokens that sign in.

Paging, rate limits and Enterprise addresses are the business of PyGithub and python-gitlab.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from palint.fleet.repository import Filters, Repository, SourceError
from palint.tree.git import remote
from palint.util.typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from github import Github
    from gitlab import Gitlab

_SECONDS = 30  # until a forge must have answered


class Forge(NamedTuple):
    """A kind of forge. variable: has the address of its API. tokens: those that may hold a token.

    cli: the forge's own program, which prints the token of a host that it is signed in to.
    """

    api: str
    variable: str
    tokens: tuple[str, ...]
    cli: tuple[str, ...]


FORGES = {
    # https://docs.github.com/en/actions/reference/workflows-and-actions/variables, https://cli.github.com/manual/gh_auth_token
    "github": Forge(
        "https://api.github.com",
        "GITHUB_API_URL",
        ("GH_TOKEN", "GITHUB_TOKEN"),
        ("gh", "auth", "token", "--hostname"),
    ),
    # https://docs.gitlab.com/ci/variables/predefined_variables/, https://docs.gitlab.com/cli/config/get/
    "gitlab": Forge(
        "https://gitlab.com", "CI_SERVER_URL", ("GITLAB_TOKEN",), ("glab", "config", "get", "token", "--host")
    ),
}


def api(kind: str) -> str:
    """The address of a forge's API."""
    return (os.environ.get(FORGES[kind].variable) or FORGES[kind].api).rstrip("/")


def host(kind: str) -> str:
    """The host, with its port, that repositories of a forge are on."""
    netloc = urlsplit(api(kind)).netloc
    return "github.com" if netloc == "api.github.com" else netloc


def kind_of(address: str) -> str:
    """The kind of the forge that an address is on; "" for neither."""
    netloc = urlsplit(address).netloc
    return next((kind for kind in FORGES if netloc and netloc == host(kind)), "")


def token(kind: str) -> str:
    """The token for a forge: of the environment, else of the forge's own program; "" without one."""
    forge = FORGES[kind]
    for variable in forge.tokens:
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        process = subprocess.run(
            [*forge.cli, host(kind)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.decode("utf-8", "replace").strip() if not process.returncode else ""


def token_for(repository: Repository, tokens: dict[str, str]) -> str:
    """The token that may be sent to a repository's host: that of its forge, over its API's own scheme.

    So none goes over plain HTTP to a forge that has HTTPS. tokens: those that were looked up before; the
    caller keeps them.
    """
    kind = kind_of(repository.address)
    if not kind or urlsplit(repository.address).scheme != urlsplit(api(kind)).scheme:
        return ""
    if kind not in tokens:
        tokens[kind] = token(kind)
    return tokens[kind]


def repositories(kind: str, group: str, filters: Filters) -> list[Repository]:
    """The repositories of `github:ORG` or `gitlab:GROUP`. Raises SourceError."""
    if not group:
        raise SourceError(f"{kind}: name the {'organisation' if kind == 'github' else 'group'}: {kind}:NAME")
    try:
        listed = _github(group, filters) if kind == "github" else _gitlab(group, filters)
        return [
            each._replace(problem=remote.problem(each.address))  # a forge names no folder of this machine
            for each in listed
            if not filters.names or _matches(each.name, filters.names)
        ]
    except ImportError as error:
        raise SourceError(
            f"{kind}:{group} needs the package {error.name}: pip install 'palint[fleet]'"
        ) from None
    except Exception as error:
        raise SourceError(f"{kind}:{group}: {reason(kind, error)}") from None


def _matches(name: str, globs: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, glob) or fnmatchcase(name.rpartition("/")[2], glob) for glob in globs)


def github() -> Github:
    """A client of GitHub, which retries and waits for rate limits, for three minutes at most."""
    from github import Auth, Github, GithubRetry
    from urllib3.util import Retry

    retry: Retry = GithubRetry(total=4, max_rate_limit_wait=180, backoff_factor=0.5)
    signed = token("github")
    return Github(
        auth=Auth.Token(signed) if signed else None, base_url=api("github"), timeout=_SECONDS, per_page=100,
        retry=retry, seconds_between_requests=None,
    )  # fmt: skip


def gitlab() -> Gitlab:
    """A client of GitLab, which retries and waits for rate limits."""
    from gitlab import Gitlab

    return Gitlab(
        api("gitlab"), private_token=token("gitlab") or None, timeout=_SECONDS, per_page=100,
        retry_transient_errors=True, keep_base_url=True,
    )  # fmt: skip


def _github(organisation: str, filters: Filters) -> Iterator[Repository]:
    """https://docs.github.com/en/rest/repos/repos#list-organization-repositories"""
    client = github()
    heads = _heads(client, organisation)
    for each in client.get_organization(organisation).get_repos(type="all"):
        pushed = each.pushed_at.isoformat() if each.pushed_at else None
        if _counts(filters, each.archived, each.fork, each.topics, pushed):
            yield Repository(
                each.full_name,
                each.clone_url,
                each.default_branch or "",
                forge="github",
                size=each.size or 0,
                head=heads.get(each.full_name, ""),
            )


# https://docs.github.com/en/graphql/reference/objects#repository
_HEADS = """query($login: String!, $after: String) { organization(login: $login) {
  repositories(first: 100, after: $after) {
    nodes { nameWithOwner defaultBranchRef { target { oid } } } pageInfo { hasNextPage endCursor } } } }"""


def _heads(client: Github, organisation: str) -> dict[str, str]:
    """{repository: object name of its head}, 100 a request; those that are missing are asked for by git.

    None without a token, which this API needs.
    """
    from github import GithubException

    heads: dict[str, str] = {}
    after = None
    try:
        while client.requester.auth is not None:
            _, answer = client.requester.graphql_query(_HEADS, {"login": organisation, "after": after})
            page = answer["data"]["organization"]["repositories"]
            for node in page["nodes"]:
                if node["defaultBranchRef"]:
                    heads[node["nameWithOwner"]] = node["defaultBranchRef"]["target"]["oid"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
    except (GithubException, LookupError, TypeError):  # not offered here, or not to this token
        pass
    return heads


def _gitlab(group: str, filters: Filters) -> Iterator[Repository]:
    """https://docs.gitlab.com/api/groups/#list-projects"""
    client = gitlab()
    projects: Any = client.groups.get(group, lazy=True).projects
    for each in projects.list(iterator=True, include_subgroups=True, max_retries=4):
        fork = getattr(each, "forked_from_project", None) is not None
        if _counts(filters, each.archived, fork, each.topics, each.last_activity_at):
            yield Repository(
                each.path_with_namespace, each.http_url_to_repo, each.default_branch or "", forge="gitlab"
            )


def _counts(
    filters: Filters, archived: bool, fork: bool, topics: list[str] | None, pushed: str | None
) -> bool:
    return (
        (filters.archived or not archived)
        and (filters.forks or not fork)
        and set(filters.topics) <= set(topics or ())
        and (not filters.pushed_since or (pushed or "")[: len(filters.pushed_since)] >= filters.pushed_since)
    )


def reason(kind: str, error: Exception) -> str:
    """What to do about an error of a client. Its message may quote an answer, so the status is used."""
    status = getattr(error, "status", None) or getattr(error, "response_code", None)
    variables = " or ".join(FORGES[kind].tokens)
    if status in (401, 403):
        return f"the forge refuses with {status}: set {variables} to a token that may read the repositories"
    if status == 404:
        return f"not found, or not visible without a token: check the name, and set {variables}"
    if status == 429:
        return "the forge's rate limit is used up (429): try again later"
    if status:
        return f"the forge answers {status}: try again later"
    return f"no usable answer from {api(kind)} ({type(error).__name__})"
