"""`palint init`: what a repository needs to keep the standard, planned as whole files, shown, then written.

Each part looks at what is there and changes nothing that already does its job, so that a second run plans
nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from palint import fixes
from palint.findings import Results
from palint.init import ci, documents, hook, migrate, settings
from palint.init.facts import look
from palint.init.plan import Draft, Plan
from palint.project import Project


def plan(project: Project, check: Callable[[], Results]) -> Plan:
    """What to write into a project, and what to tell its owner.

    check: runs palint on the project as it is; called only where another scanner's accepted findings are
    to be taken over.
    """
    facts = look(project)
    draft = Draft(project)
    settings.add(draft, facts)
    documents.add(draft, facts)
    hook.add(draft)
    ci.add(draft, facts)
    migrate.add(draft, check)
    return draft.plan()


def apply(root: str, made: Plan) -> list[str]:
    """Write the planned files and give their paths.

    Raises palint.fixes.FixError; what was written before stays.
    """
    for change in made.changes:
        if change.old is None:
            fixes.create(root, change.path, change.data())
        else:
            fixes.write(root, fixes.Change(change.old, (), change.data()))
    return [change.path for change in made.changes]
