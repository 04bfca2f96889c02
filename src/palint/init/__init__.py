"""`palint init`: plan the files that a repository needs to follow the standard, then write them.

Each part changes nothing that already serves its purpose, so that a second run plans nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from palint.changes.write import write
from palint.findings import Results
from palint.init import ci, documents, hook, other_tools, settings
from palint.init.plan import InitDraft, Plan
from palint.init.repo_info import inspect
from palint.tree.project import Project

_HOSTS = {"github": "GitHub", "gitlab": "GitLab"}


def plan(project: Project, check: Callable[[], Results]) -> Plan:
    """The files to write into a project, and notes for its owner.

    check: runs palint on the project as it is; called only if another scanner's accepted findings must be
    converted.
    """
    facts = inspect(project)
    draft = InitDraft(project)
    draft.detected = (
        f"{' and '.join(_HOSTS[host] for host in sorted(facts.hosts))}, service `{facts.service}`, "
        f"environments {', '.join(facts.environments)}"
    )
    settings.add(draft, facts)
    documents.add(draft, facts)
    hook.add(draft)
    ci.add(draft, facts)
    other_tools.add(draft, check)
    return draft.plan()


def apply(root: str, planned: Plan) -> list[str]:
    """Write the planned files and return their paths.

    Raises palint.changes.edits.ChangeError; files written before stay.
    """
    for change in planned.changes:
        write(root, change)
    return [change.path for change in planned.changes]
