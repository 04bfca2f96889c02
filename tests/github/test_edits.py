# ruff: noqa: E501 - texts of whole files
"""Edits on a workflow: whatever its layout, the scopes are there afterwards and all else is as before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.changes.edits import apply_to_text
from palint.github import edits, workflows
from palint.languages import yaml
from palint.languages.yaml import Node
from palint.text.source import SourceFile

SCOPES = (("id-token", "write"), ("contents", "read"))
PATH = ".github/workflows/a.yml"


def read(text: str) -> workflows.Workflow:
    workflow = workflows.parse_workflow(SourceFile(PATH, text.encode()))
    assert workflow is not None
    return workflow


def plain(node: Node) -> object:
    if node.kind == "map":
        return {key.value: plain(value) for key, value in node.items}
    return [plain(x) for x in node.elements] if node.kind == "seq" else node.value


def granted(text: str) -> str:
    """The text after the job's, else the workflow's, permissions got SCOPES."""
    workflow = read(text)
    (job,) = workflow.jobs
    governing = workflow.effective_permissions(job)
    made = (
        edits.grant(workflow.file, governing, SCOPES)
        if governing
        else edits.add_permissions(workflow.file, job, SCOPES)
    )
    return apply_to_text(text, made)


NAMES = st.sampled_from(["contents", "packages", "id-token", "actions", "'checks'", '"pages"'])
ACCESS = st.sampled_from(["read", "write", "none", "'none'", '"read"', "none  # why", "read # x: {y"])
BLANKS = st.sampled_from(["", "\n", "  # a comment\n", "\n# at the margin\n"])


@st.composite
def maps(draw: st.DrawFn) -> str:
    """`permissions:` in any layout, at no indentation."""
    entries = draw(st.lists(st.tuples(NAMES, ACCESS), max_size=4, unique_by=lambda e: e[0].strip("'\"")))
    if draw(st.booleans()) or not entries:
        pad = draw(st.sampled_from(["", " "]))
        inner = ", ".join(f"{name}: {access.partition(' ')[0]}" for name, access in entries)
        return f"permissions: {{{pad}{inner}{pad}}}\n"
    step = " " * draw(st.integers(1, 4))
    lines = "".join(f"{step}{name}: {access}\n{draw(BLANKS)}" for name, access in entries)
    return f"permissions:\n{draw(BLANKS)}{lines}"


def indent(text: str, by: int) -> str:
    return "".join(" " * by + line if line.strip() else line for line in text.splitlines(keepends=True))


@settings(max_examples=100)
@given(maps(), st.sampled_from(["\n", "\r\n"]), st.integers(1, 6), st.booleans())
def test_scopes_are_added_and_nothing_else_changes(block: str, end: str, step: int, at_top: bool) -> None:
    job = ("" if at_top else indent(block, 2 * step)) + " " * 2 * step + "runs-on: x # y\n"
    text = "on: push\n" + (block if at_top else "") + "jobs:\n" + " " * step + "a:\n" + job
    text = text.replace("\n", end)
    new = granted(text)
    before, after = read(text), read(new)
    expected = plain(before.node)
    assert isinstance(expected, dict)
    holder = expected if at_top else expected["jobs"]["a"]
    holder["permissions"] = {**holder["permissions"], **dict(SCOPES)}
    assert plain(after.node) == expected
    for line in text.splitlines():
        assert line in new.splitlines() or "id-token" in line or "contents" in line or "{" in line
    assert new.count("\n") == new.count(end)
    assert granted(new) == new


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{}", "{id-token: write, contents: read}"),
        ("{ }", "{ id-token: write, contents: read }"),
        ("{   }", "{ id-token: write, contents: read }"),
        ("{a: read}", "{a: read, id-token: write, contents: read}"),
        ("{ a: read }", "{ a: read, id-token: write, contents: read }"),
        ("{contents: read}", "{contents: read, id-token: write}"),
    ],
)
def test_braces_keep_their_blanks(before: str, after: str) -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    permissions: X\n"
    assert granted(text.replace("X", before)) == text.replace("X", after)


@pytest.mark.parametrize(
    "job",
    [
        "    runs-on: x\n    steps: []\n",
        "    steps: []\n    runs-on: x",
        "    name: n\n    uses: ./a.yml # c\n",
        "    runs-on:\n      - self-hosted\n    steps: []\n",
        "        runs-on: x\n        steps:\n          - run: y\n",
        "    steps: []\n",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_job_gets_its_own_permissions(job: str, end: str) -> None:
    text = f"on: push\njobs:\n  a:\n{job}".replace("\n", end)
    new = granted(text)
    expected = plain(read(text).node)
    assert isinstance(expected, dict)
    expected["jobs"]["a"]["permissions"] = dict(SCOPES)
    assert plain(read(new).node) == expected
    assert [line for line in text.split(end) if line] == [
        line
        for line in new.split(end)
        if line and not line.lstrip().startswith(("permissions", "id-token", "contents"))
    ]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("{a: 1, b: 2, c: 3}\n", "a", "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", "b", "{a: 1, c: 3}\n"),
        ("{a: 1, b: 2, c: 3}\n", "c", "{a: 1, b: 2}\n"),
        ("{a: 1}\n", "a", "{}\n"),
        ("a: 1\nb: 2 # x\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 3\r\n", "b", "a: 1\r\nc: 3\r\n"),
        ("a: 1\nb: 2", "b", "a: 1\n"),
        ("- a: 1\n  b: 2\n", "a", "- \n  b: 2\n"),
    ],
)
def test_removing_an_entry(text: str, name: str, expected: str) -> None:
    file = SourceFile(PATH, text.encode())
    root = yaml.parse(file)[0]
    node = root.elements[0] if root.kind == "seq" else root
    pair = next(pair for pair in node.items if pair[0].value == name)
    assert apply_to_text(text, edits.remove(file, node, pair)) == expected


def test_permissions_come_below_where_the_job_runs() -> None:
    text = "on: push\njobs:\n  a:\n    name: A\n    runs-on: x\n    steps: []\n"
    assert granted(text) == text.replace(
        "runs-on: x\n", "runs-on: x\n    permissions:\n      id-token: write\n      contents: read\n"
    )


TOP = "on: push\nx: &p {contents: read}\n"
JOB = "jobs:\n  a:\n    runs-on: x\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("read-all", "\n      id-token: write\n      contents: read"),
        ("", "\n      id-token: write\n      contents: read"),
        ("*p", "*p"),  # the anchor's map is of other places, too
        ("${{ inputs.p }}", "${{ inputs.p }}"),
        ("[contents]", "[contents]"),
        ("{contents: }", "{contents: }"),
        ("{contents: [read]}", "{contents: [read]}"),
        ("{contents: *r}", "{contents: *r}"),
        ("{ # why\n    }", "{id-token: write, contents: read # why\n    }"),
        ("{\n    }", "{id-token: write, contents: read\n    }"),
    ],
)
def test_only_a_value_of_its_own_is_changed(before: str, after: str) -> None:
    text = TOP.replace("x:", "r: &r read\nx:") + JOB + "    permissions:X\n"
    changed = after if after.startswith("\n") else f" {after}"
    assert granted(text.replace("X", f" {before}".rstrip())) == text.replace("X", changed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {runs-on: x, permissions: read-all}", "a: {runs-on: x, permissions: {id-token: write, contents: read}}"),
        ("a: {runs-on: x, permissions}", "a: {runs-on: x, permissions}"),
        ("b: &b permissions\n  a: {runs-on: x, *b : {}}", "b: &b permissions\n  a: {runs-on: x, *b : {}}"),
        ("a: {runs-on: x}", "a: {permissions: {id-token: write, contents: read}, runs-on: x}"),
        ("b: &b {permissions: {}}\n  a: *b", "b: &b {permissions: {}}\n  a: *b"),
    ],
)  # fmt: skip
def test_a_job_on_one_line_stays_on_it(before: str, after: str) -> None:
    text = f"on: push\njobs:\n  {before}\n"
    workflow = read(text)
    job = workflow.jobs[-1]
    made = (
        edits.grant(workflow.file, job.permissions, SCOPES)
        if job.permissions and job.node.alias is None
        else edits.add_permissions(workflow.file, job, SCOPES)
    )
    assert apply_to_text(text, made) == f"on: push\njobs:\n  {after}\n"


def narrowed(permissions: str, jobs: str = "  a: {runs-on: x}\n") -> str:
    text = (
        f"on: push\nx: &p {{contents: read, id-token: write}}\nk: &k permissions\n{permissions}jobs:\n{jobs}"
    )
    workflow = read(text)
    assert workflow.permissions is not None
    return apply_to_text(text, edits.narrow(workflow.file, workflow.permissions, workflow.jobs)).partition(
        "permissions\n"
    )[2]


@pytest.mark.parametrize(
    ("permissions", "jobs", "expected"),
    [
        ("permissions: {id-token: write}\n", "  a: {runs-on: x}\n", "permissions: {}\njobs:\n  a: {permissions: {id-token: write}, runs-on: x}\n"),
        ("permissions: {contents: read, id-token: write}\n", "  a: {runs-on: x}\n", "permissions: {contents: read}\njobs:\n  a: {permissions: {contents: read, id-token: write}, runs-on: x}\n"),
        ("permissions: *p\n", "  a: {runs-on: x}\n", ""),
        ("*k : {id-token: write}\n", "  a: {runs-on: x}\n", ""),
        ("permissions: {id-token: write, id-token: none}\n", "  a: {runs-on: x}\n", ""),
        ("permissions: {contents: [], id-token: write}\n", "  a: {runs-on: x}\n", ""),
        ("permissions: write-all\n", "  a: {runs-on: x}\n", ""),
        ("permissions: {id-token: write}\n", "  b: &b {runs-on: x}\n  a: *b\n", ""),
    ],
)  # fmt: skip
def test_the_token_moves_to_the_jobs_that_use_it_or_nothing_changes(
    permissions: str, jobs: str, expected: str
) -> None:
    assert narrowed(permissions, jobs) == (expected or f"{permissions}jobs:\n{jobs}")


@pytest.mark.parametrize(
    "inputs", ["", "        with: [a]\n", "        with: *w\n", "        with: {a: b}\n"]
)
def test_a_step_without_keys_of_its_own_is_left_as_it_is(inputs: str) -> None:
    text = (
        f"on: push\nx: &w {{aws-access-key-id: k}}\njobs:\n  a:\n    steps:\n      - uses: a/b@v1\n{inputs}"
    )
    workflow = read(text)
    assert edits.replace_keys_by_role(workflow.file, workflow.jobs[0].steps[0], "ROLE") == ()
