"""What the graph says of workflows: unknown keys, and escapes that hide what GitHub reads."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.github import workflows
from palint.github.graph import Graph
from palint.testing import results_of, write
from palint.text.source import SourceFile
from palint.tree.project import Project
from palint.tree.worktree import WorkTree


def path(name: str) -> str:
    return f".github/workflows/{name}.yml"


def test_every_key_of_a_job_and_a_step_that_github_documents_is_known() -> None:
    folder = resources.files("check_jsonschema") / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "github-workflows.json").read_text("utf-8"))["definitions"]
    keys = [*schema["normalJob"]["properties"], *schema["reusableWorkflowCallJob"]["properties"], "odd"]
    steps = [*schema["step"]["properties"], "odd-step"]
    text = "on: push\njobs:\n  a:\n" + "".join(f"    {key}: x\n" for key in keys if key != "steps")
    text += "    steps:\n    - name: x\n" + "".join(f"      {key}: x\n" for key in steps)
    workflow = SourceFile(path("a"), text.encode()).parsed_with(workflows.parse_workflow)
    assert workflow is not None
    unknown = [message.split("`")[1] for _, message in workflows.problems(workflow)]
    assert unknown == ["odd", "odd-step"]


def in_double_quotes(text: str) -> str:
    return f'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: "{text}"\n'


@pytest.mark.parametrize(
    ("text", "escapes"),
    [
        (r"a", []),
        (r"\\", []),
        (r"\n\t\"", []),
        (r"\x24{{ secrets.A }}", ["`\\x24`"]),
        (r"\u0024{{ secrets.A }}", ["`\\u0024`"]),
        (r"\U00000024{{ secrets.A }}", ["`\\U00000024`"]),
        (r"C:\\ \x24{{ secrets.A }}", ["`\\x24`"]),
        (r"\x24{{ secrets.A }} C:\\", ["`\\x24`"]),
        (r"\\x24{{ secrets.A }}", []),
        (r"\\\x24 \\\\u0041", ["`\\x24`"]),
        (r"\x24 \u0041", ["`\\x24`", "`\\u0041`"]),
        ("secre\\\n         ts.A", ["`\\` at the end"]),
        ("one \\\n         two", []),
        (r"\x07 \u00e9", []),
    ],
)
def test_an_escape_that_hides_a_letter_is_reported(text: str, escapes: list[str]) -> None:
    """Also beside an escaped backslash, which hides nothing."""
    file = SourceFile(path("a"), in_double_quotes(text).encode())
    workflow = file.parsed_with(workflows.parse_workflow)
    assert workflow is not None
    assert [escape for _, escape in workflows.escaped_letters(workflow)] == escapes
    assert all(line == 6 for line, _ in workflows.escaped_letters(workflow))


@pytest.mark.parametrize("quoted", [r"'\x24{{ secrets.A }}'", r"echo \x24", "|\n          echo \\x24"])
def test_only_double_quotes_have_escapes(quoted: str) -> None:
    text = in_double_quotes("X").replace('"X"', quoted)
    workflow = SourceFile(path("a"), text.encode()).parsed_with(workflows.parse_workflow)
    assert workflow is not None and list(workflows.escaped_letters(workflow)) == []


def test_a_hidden_expression_makes_the_check_incomplete() -> None:
    results = results_of(WorkflowIdToken, {path("a"): in_double_quotes(r"C:\\ \x24{{ secrets.A }}")})
    assert not results.complete
    assert [notice.kind for notice in results.notices] == ["unparsed"]
    assert "line 6: `\\x24` hides" in results.notices[0].message


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("AWS_SECRET_\\\n          ACCESS_KEY=x", ["AWS_SECRET_ACCESS_KEY"]),
        ("cat .e'n'v", [".env"]),
        ("AWS_SECRET_'ACCESS_KEY'=x", ["AWS_SECRET_ACCESS_KEY"]),
        ("cat .e'n'v .env", []),
        ("cat f'o'o", []),
        ("cat foo", []),
    ],
)
def test_a_name_that_only_a_shell_reads_is_reported(script: str, names: list[str]) -> None:
    text = in_double_quotes("X").replace('"X"', f"|\n          {script}")
    workflow = SourceFile(path("a"), text.encode()).parsed_with(workflows.parse_workflow)
    assert workflow is not None and list(workflows.joined_names(workflow)) == [(6, name) for name in names]


def test_an_escape_is_reported_where_it_is_written_and_not_at_its_alias() -> None:
    text = in_double_quotes("X").replace('"X"', '&a "\\x24{{ secrets.A }}"') + "      - run: *a\n"
    workflow = SourceFile(path("a"), text.encode()).parsed_with(workflows.parse_workflow)
    assert workflow is not None and [line for line, _ in workflows.escaped_letters(workflow)] == [6]


def test_links_to_an_action_are_followed_and_those_to_a_workflow_not(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{uses: ./link}, {uses: ./own}, {uses: ./no}]\n"
    for name, content in {path("a"): text, "ci/b.yml": text, "act/action.yml": ACTION}.items():
        write(str(tmp_path), name, content)
    (tmp_path / path("b")).symlink_to("../../ci/b.yml")
    (tmp_path / "link").symlink_to("act")
    (tmp_path / "own").mkdir()
    (tmp_path / "own/action.yml").symlink_to("../act/action.yml")
    whole = Graph(Project(str(tmp_path), WorkTree(str(tmp_path), repository=False)))
    (workflow,) = whole.workflows.values()
    steps = whole.steps(workflow, workflow.jobs[0])
    assert [each.step.file.path for each in steps if each.uses_chain] == ["act/action.yml"] * 2


ACTION = """\
name: sign in
runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with: {role-to-assume: a, aws-region: b}
"""


def test_an_action_of_another_repository_is_not_the_one_at_its_path() -> None:
    job = "jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: other/repo/act@v1\n"
    files = {path("a"): f"on: push\n{job}", "act/action.yml": ACTION}
    assert not results_of(WorkflowIdToken, files).findings


@pytest.mark.parametrize("target", ["./act", "./act/", "././act", r".\act", r".\act\ "])
def test_an_action_of_the_repository_is_found_however_its_path_is_written(target: str) -> None:
    job = f"jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: {target}\n"
    (finding,) = results_of(
        WorkflowIdToken, {path("a"): f"on: push\n{job}", "act/action.yml": ACTION}
    ).findings
    assert finding.span.path == path("a")
