"""palint's own changes to a repository, as a branch and a pull request."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence

from palint.fleet import forges
from palint.fleet.repository import Repository, SourceError
from palint.fleet.sources import name_of
from palint.fleet.summary import Row
from palint.tree.git import remote

BRANCH = "palint/standard"
TITLE = "Keep the standard for secrets"
_SECONDS = 900  # for one run of palint


def propose(repository: Row, apply: bool, migrate: bool, policy: str | None) -> str:
    """Apply the safe fixes to a checkout of a branch's head; what became of it.

    apply: push a branch and open a pull request; else the changes are returned, with values masked, and
    nothing is stored. migrate: also what `palint migrate` does; with `apply` it stores secrets with the
    caller's AWS session. Raises GitError, SourceError, and the errors of the forge's client.
    """
    kind = forges.kind_of(repository["address"])
    if not kind:
        raise SourceError("not on a forge: run `palint --fix` in the clone")
    own = Repository(repository["repository"], repository["address"])
    where = remote.Remote(own.address, forges.token_for(own, {}))
    with tempfile.TemporaryDirectory(prefix="palint-propose-") as tree:
        remote.check_out(tree, where, repository["branch"] or "", BRANCH)
        rules = [] if policy is None else ["--policy", policy]
        if not apply:
            shown = run_palint(tree, ["check", "--diff", "--quiet", "--exit-zero", *rules])
            return shown + (run_palint(tree, ["migrate"]) if migrate else "")
        run_palint(tree, ["check", "--fix", "--quiet", "--exit-zero", "--format", "concise", *rules])
        if migrate:
            run_palint(tree, ["migrate", "--apply", "--yes"])
        if not remote.push_all(tree, where, BRANCH, TITLE):
            return "nothing to change"
    return _open(kind, name_of(repository["address"]), repository["branch"] or "")


def run_palint(tree: str, words: Sequence[str]) -> str:
    """The output of palint in a tree. Raises SourceError if it cannot do its work."""
    process = subprocess.run(
        [sys.executable, "-I", "-m", "palint", *words],
        cwd=tree, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="backslashreplace",
        timeout=_SECONDS, check=False,
    )  # fmt: skip
    if process.returncode > 1:
        raise SourceError((process.stderr.strip() or "palint failed").splitlines()[-1])
    return process.stdout


def _open(kind: str, path: str, base: str) -> str:
    """Open a pull request unless one is open; its address."""
    text = "Safe fixes of `palint --fix`. Each rule's page says why: `palint explain RULE`."
    if kind == "github":  # https://docs.github.com/en/rest/pulls/pulls
        repository = forges.github().get_repo(path)
        owner = path.partition("/")[0]
        opened = next(iter(repository.get_pulls(state="open", head=f"{owner}:{BRANCH}")), None)
        base = base or repository.default_branch
        pull_request = opened or repository.create_pull(title=TITLE, body=text, head=BRANCH, base=base)
        return f"{'updated' if opened else 'opened'} {pull_request.html_url}"
    # https://docs.gitlab.com/api/merge_requests/
    project = forges.gitlab().projects.get(path)
    requests = project.mergerequests.list(state="opened", source_branch=BRANCH, get_all=False)
    if requests:
        return f"updated {requests[0].web_url}"
    target = base or project.default_branch
    fields = {"title": TITLE, "description": text, "source_branch": BRANCH, "target_branch": target}
    return f"opened {project.mergerequests.create(fields).web_url}"
