"""Every workflow and action of a repository, and the calls between them: `project.cached(graph)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice

from palint.files import languages
from palint.files.sets import YAML, is_workflow
from palint.github import expressions, workflows
from palint.github.workflows import Action, Job, Step, Uses, Workflow
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from palint.tree.project import Project

T = TypeVar("T")

# GitHub's limit for composite actions that use others, and for reusable workflows that call others (10 each).
# https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
MAX_NESTING = 10
MAX_STEPS = 50_000  # of one job, with its composite actions: nested actions multiply


_TEMPLATE = lazy_re.compile(
    r"\{%-?\s*(?:raw|if|for|endif|endfor|block|macro|set)\b|(?<!\$)\{\{-?\s*(?:cookiecutter|copier)"
)


class Call(NamedTuple):
    """A job that calls a workflow of this repository."""

    caller: Workflow
    job: Job


class ExpandedStep(NamedTuple):
    """A step as it runs in a job, with `uses:` of composite actions replaced by their steps.

    uses_chain: the `uses:` steps that lead to it, the job's own first; empty for a step of the job itself.
    inputs: {lower-case name: value} of the composite action's inputs, where known.
    certain: whether no `if:` on the way depends on values known only at run time.
    """

    step: Step
    uses_chain: tuple[Step, ...] = ()
    inputs: Mapping[str, str] = {}
    certain: bool = True

    def given(self, name: str) -> str:
        """An input under `with:`, with the composite's inputs substituted; "" if it is not given."""
        return expressions.substitute(self.step.given(name) or "", self.inputs).strip()


class Graph:
    """All workflows and actions. workflows, parse_errors: by path. actions: by the path of their folder."""

    def __init__(self, project: Project) -> None:
        self.workflows: dict[str, Workflow] = {}
        self.actions: dict[str, Action] = {}
        self.parse_errors: dict[str, ParseError] = {}
        self.callers: dict[str, list[Call]] = {}
        self.truncated: set[str] = set()  # workflows with a job of more than MAX_STEPS steps
        self.using_token: dict[str, bool | None] = {}  # a called workflow's answer in `broad_grants`
        self._steps: dict[int, list[ExpandedStep]] = {}
        self._folders: dict[int, frozenset[str]] = {}
        self._follow_links = project.follow_links
        self.own_name = (project.own_name or "").lower()
        for path in project.files():
            if not path.lower().endswith(YAML.suffixes):  # most
                continue
            language = languages.find(path).id
            if language == "workflow":
                # GitHub follows no link to a workflow: https://github.com/actions/runner/issues/1420
                self._read(project.open(path), path, self.workflows, path, workflows.parse_workflow)
            elif language == "action":
                file = project.open(project.follow_links(path))
                self._read(file, path, self.actions, path.rpartition("/")[0], workflows.parse_action)
        for workflow in self.workflows.values():
            for job in workflow.jobs:
                callee = None if job.never_runs else self.callee(workflow, job)
                if callee:
                    self.callers.setdefault(callee.file.path, []).append(Call(workflow, job))

    def _read(
        self,
        file: SourceFile | None,
        path: str,
        into: dict[str, T],
        key: str,
        read: Callable[[SourceFile], T | None],
    ) -> None:
        if file is None:
            return
        try:
            workflow = file.parsed_with(read)
        except ParseError as error:
            self.parse_errors[path] = error
            return
        if workflow is not None:
            into[key] = workflow

    def workflow(self, path: str) -> Workflow | None:
        """The workflow at a path. Raises ParseError where the file does not parse."""
        if path in self.parse_errors:
            raise self.parse_errors[path].with_traceback(None)
        return self.workflows.get(path)

    def callee_path(self, workflow: Workflow, job: Job) -> str | None:
        """The path of the workflow that a job calls, if it is in this repository; else None."""
        used = job.uses
        if used is None:
            return None
        if used.kind == "local":
            return workflow.base + used.path
        return used.path if self.is_own(used) else None

    def callee(self, workflow: Workflow, job: Job) -> Workflow | None:
        """The workflow of this repository that a job calls."""
        path = self.callee_path(workflow, job)
        return self.workflows.get(path) if path is not None else None

    def action(self, workflow: Workflow, job: Job, used: Uses | None) -> Action | None:
        """The action of this repository that a step uses.

        `./` is the workspace: the repository, or what `actions/checkout` checked out into `path:`.
        """
        if used is None or used.kind == "docker":
            return None
        if used.kind == "remote":
            return self.actions.get(used.path) if self.is_own(used) else None
        paths = [used.path]
        for folder in self._checkouts(job):
            if f"{used.path}/".startswith(f"{folder}/"):
                paths.append(used.path[len(folder) + 1 :])
        found = (self._action_in((workflow.base + path).rstrip("/")) for path in paths)
        return next(filter(None, found), None)

    def _action_in(self, folder: str) -> Action | None:
        """The action of a folder, whose path may have `..` and symbolic links: a checkout makes the links."""
        return self.actions.get(folder) or self.actions.get(self._follow_links(folder))

    def _checkouts(self, job: Job) -> frozenset[str]:
        """The folders into which a job checks out this repository."""
        key = id(job.node)
        if key not in self._folders:
            steps = (step for step in job.steps if _is_checkout(step))
            folders = ((step.given("path") or "").removeprefix("./").strip("/") for step in steps)
            self._folders[key] = frozenset(filter(None, folders))
        return self._folders[key]

    def steps(self, workflow: Workflow, job: Job) -> list[ExpandedStep]:
        """The steps of a job and of its composite actions, in the order in which they run."""
        key = id(job.node)
        if key not in self._steps:
            every = (x for step in job.steps for x in self._expand(workflow, job, ExpandedStep(step)))
            self._steps[key] = list(islice(every, MAX_STEPS))
            if len(self._steps[key]) == MAX_STEPS:
                self.truncated.add(workflow.file.path)
        return self._steps[key]

    def _expand(self, workflow: Workflow, job: Job, at: ExpandedStep) -> Iterator[ExpandedStep]:
        condition = at.step.node.text("if")
        holds = True if condition is None else expressions.evaluate_condition(condition, at.inputs)
        if holds is False:
            return
        at = at._replace(certain=at.certain and (holds is not None or not at.uses_chain))
        used = self.action(workflow, job, at.step.uses)
        yield at
        if used is None or len(at.uses_chain) >= MAX_NESTING:
            return
        if any(used.file.path == step.file.path for step in (*at.uses_chain, at.step)):
            return  # an action that uses itself
        inputs = {name: at.given(name) or default for name, default in used.inputs.items()}
        for step in used.steps:
            inner = ExpandedStep(step, (*at.uses_chain, at.step), inputs, at.certain)
            yield from self._expand(workflow, job, inner)

    def note_escapes(self, file: SourceFile) -> None:
        """Add notices about escapes in a workflow or action, whose text is searched as it is written."""
        action = self.actions.get(file.path.rpartition("/")[0])
        of_action = action if action is not None and action.file.path == file.path else None
        source = self.workflows.get(file.path) or of_action
        for line, escape in workflows.escaped_letters(source) if source is not None else ():
            message = f"line {line}: {escape} hides what GitHub reads there: write it out to have it checked"
            file.add_notice("unparsed", message)
        for line, name in workflows.joined_names(source) if source is not None else ():
            message = (
                f"line {line}: a shell reads `{name}` in this step: write it in one piece to have it checked"
            )
            file.add_notice("unparsed", message)

    def diagnostics(self, path: str) -> Iterator[tuple[bool, str]]:
        """Yield (whether part of a workflow was not checked, message) for its notices."""
        workflow = self.workflows.get(path)
        if workflow is None:
            return
        if path in self.truncated:
            yield True, f"a job has more than {MAX_STEPS:,} steps, actions expanded: the rest is not checked"
        for offset, message in workflows.problems(workflow):
            yield False, f"line {workflow.file.position(offset).line}: {message}"
        for job in workflow.jobs:
            used, callee = job.uses, self.callee_path(workflow, job)
            if used is None or callee is None or callee in self.workflows:
                continue
            line = job.file.position(job.key.start).line
            if callee in self.parse_errors:
                yield True, f"line {line}: job `{job.id}` calls `{callee}`, which does not parse"
            elif used.kind == "local":
                yield False, f"line {line}: job `{job.id}` calls `{callee}`, which is not in this repository"

    def is_template(self, file: SourceFile) -> bool:
        """Whether a workflow or action that does not parse is a template (cookiecutter, Jinja).

        A file that GitHub runs from its path never is: comments, strings or names could fake a template.
        """
        marked = "{{" in file.path or _TEMPLATE.search(file.text) is not None
        return marked and not self._runs(file.path)

    def _runs(self, path: str) -> bool:
        """Whether GitHub runs a workflow at this path, or a `uses:` of this repository names its action."""
        folder = path.rpartition("/")[0]
        if is_workflow(path.lower()):
            return folder.lower() == ".github/workflows"
        # `uses: ./checkout/folder` where a step checks this repository out into `checkout`.
        return not folder or any(path == folder or path.endswith("/" + folder) for path in self._used)

    @cached_property
    def _used(self) -> set[str]:
        """The folders of actions that a `uses:` names."""
        steps = [step for w in self.workflows.values() for job in w.jobs for step in job.steps]
        steps += [step for action in self.actions.values() for step in action.steps]
        used = (step.uses for step in steps if step.uses is not None)
        folders = {u.path.strip("/") for u in used if u.kind == "local" or self.is_own(u)}
        return folders | {self._follow_links(folder) for folder in folders}

    def own_action(self, used: Uses) -> bool:
        """Whether a remote `uses:` names an action of this repository, whose local file is then read."""
        return self.is_own(used) and used.path in self.actions

    def is_own(self, used: Uses) -> bool:
        """Whether a remote `uses:` names this repository."""
        return bool(self.own_name) and used.repo.lower() == self.own_name


def graph(project: Project) -> Graph:
    """The repository's workflows and actions; use `project.cached(graph)` to build it once."""
    return Graph(project)


def _is_checkout(step: Step) -> bool:
    return (
        step.uses is not None
        and step.uses.repo.lower() == "actions/checkout"
        and not step.given("repository")
    )
