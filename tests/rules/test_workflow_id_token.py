"""`workflow-id-token`: each cell of GitHub's rules for permissions, and what the fix makes of it.

The cells follow GitHub's documentation:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations
and the inputs of https://github.com/aws-actions/configure-aws-credentials.
"""

from __future__ import annotations

import re
import textwrap

import pytest
import yaml
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.findings import Finding, Severity
from palint.github.oidc import MAX_SHOWN
from palint.testing import apply_fixes, check, results_of

A, B, C = (f".github/workflows/{name}.yml" for name in "abc")
ASSUME = """\
- uses: aws-actions/configure-aws-credentials@v4
  with:
    role-to-assume: arn:aws:iam::111122223333:role/deploy
    aws-region: eu-west-2
"""
BOTH = "permissions:\n  id-token: write\n  contents: read\n"
NONE = "permissions:\n  contents: read\n"


def workflow(
    on: str = "push", top: str = "", job: str = "", steps: str = ASSUME, runs_on: str = "ubuntu-latest"
) -> str:
    """A workflow with one job, `deploy`; `top` and `job` are blocks at their level."""
    body = f"runs-on: {runs_on}\n{job}steps:\n{textwrap.indent(steps, '  ')}"
    return f"on: {on}\n{top}jobs:\n  deploy:\n{textwrap.indent(body, '    ')}"


def caller(callee: str = B, on: str = "push", top: str = "", job: str = "", name: str = "call") -> str:
    body = f"{job}uses: ./{callee}\n"
    return f"on: {on}\n{top}jobs:\n  {name}:\n{textwrap.indent(body, '    ')}"


def found(files: dict[str, str] | str) -> list[Finding]:
    return check(WorkflowIdToken, {A: files} if isinstance(files, str) else files)


def verdicts(files: dict[str, str] | str) -> list[tuple[str, str]]:
    """(file's letter, severity) of each finding."""
    return [(f.span.path[-5], f.severity.label) for f in found(files)]


FORMS = [
    # the job's permissions, the workflow's, what is found
    ("permissions:\n  id-token: write\n  contents: read\n", "", None),
    ("permissions: {id-token: write, contents: read}\n", "", None),
    ("permissions: {'id-token': 'write', \"contents\": read}\n", "", None),
    ("permissions: write-all\n", "", "warning"),
    ("permissions:\n  id-token: write\n", "", "warning"),
    ("permissions:\n  id-token: write\n  contents: none\n", "", None),
    ("permissions:\n  contents: read\n", "", "error"),
    ("permissions:\n  id-token: none\n  contents: read\n", "", "error"),
    ("permissions: {}\n", "", "error"),
    ("permissions: read-all\n", "", "error"),
    ("permissions:\n  id-token: read\n", "", "error"),
    ("permissions: ${{ fromJSON(vars.P) }}\n", "", "error"),
    ("permissions:\n  id-token: ${{ vars.P }}\n", "", "error"),
    ("permissions:\n", "", "error"),
    ("permissions: [id-token]\n", "", "error"),
    ("", "", "error"),
    ("", BOTH, None),
    ("", NONE, "error"),
    ("", "permissions: write-all\n", "warning"),
    ("", "permissions: read-all\n", "error"),
    ("", "permissions: {}\n", "error"),
    # a job's map replaces the workflow's, it never merges
    (BOTH, NONE, None),
    (BOTH, "permissions: {}\n", None),
    (NONE, BOTH, "error"),
    ("permissions: {}\n", BOTH, "error"),
    ("permissions: read-all\n", BOTH, "error"),
    (NONE, "permissions: write-all\n", "error"),
]


@pytest.mark.parametrize(("job", "top", "expected"), FORMS)
def test_each_form_of_permissions(job: str, top: str, expected: str | None) -> None:
    assert verdicts(workflow(top=top, job=job)) == ([("a", expected)] if expected else [])


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("\n  id-token: read\n", "must be `write` or `none`"),
        ("\n", "no value"),
        (" ${{ x }}\n", "expressions are not allowed"),
    ],
)
def test_permissions_that_github_rejects_have_a_reason(value: str, words: str) -> None:
    (finding,) = found(workflow(job=f"permissions:{value}"))
    assert "GitHub rejects" in finding.message and words in finding.why


NEEDS = [
    # the step, what is found in a job without permissions
    (ASSUME, "error"),
    (ASSUME.replace("aws-actions/", "AWS-Actions/"), "error"),
    (ASSUME.replace("arn:aws:iam::111122223333:role/deploy", "${{ secrets.ROLE }}"), "error"),
    (ASSUME.replace("role-to-assume", "ROLE-TO-ASSUME"), "error"),
    (ASSUME.replace("aws-actions/configure-aws-credentials", "acme/configure-aws-credentials"), "error"),
    (ASSUME + "    aws-access-key-id: ''\n", "error"),
    (ASSUME + "    aws-access-key-id:\n", "error"),
    (ASSUME + "    aws-access-key-id: KEY\n", None),
    (ASSUME + "    aws-access-key-id: ${{ format('{0}', '') }}\n", "error"),
    (ASSUME + "    aws-access-key-id: ${{ format('{0}', secrets.KEY) }}\n", None),
    (ASSUME + "    aws-access-key-id: ${{ env.KEY }}\n  env: {OTHER: x}\n", "error"),
    (ASSUME + "    aws-access-key-id: ${{ env.KEY }}\n  env: {key: x}\n", None),
    (ASSUME + "    aws-access-key-id: ${{ env.KEY }}\n  env: ${{ fromJSON(x) }}\n", None),
    ("- run: AWS_ACCESS_KEY_ID=x make\n" + ASSUME, "error"),
    (ASSUME + "  env: {AWS_ACCESS_KEY_ID: ''}\n", "error"),
    ("- uses: actions/github-script@v7\n  with: {script: [getIDToken()]}\n", None),
    (ASSUME + "    role-chaining: false\n", "error"),
    (ASSUME + "    aws-access-key-id: ${{ secrets.KEY }}\n", None),
    (ASSUME + "    web-identity-token-file: /tmp/token\n", None),
    (ASSUME + "    role-chaining: true\n", None),
    (ASSUME + "    role-chaining: 'True'\n", None),
    (ASSUME + "    force-skip-oidc: true\n", None),
    (ASSUME.replace("    role-to-assume: arn:aws:iam::111122223333:role/deploy\n", ""), None),
    (ASSUME.replace("arn:aws:iam::111122223333:role/deploy", "''"), None),
    (ASSUME.replace("- uses", "- if: false\n  uses"), None),
    (ASSUME.replace("- uses", "- if: ${{ false }}\n  uses"), None),
    (ASSUME.replace("- uses", "- if: github.ref == 'refs/heads/main'\n  uses"), "error"),
    ("- uses: aws-actions/amazon-ecr-login@v2\n- run: cdk deploy\n- run: terraform apply\n", None),
    ("- uses: hashicorp/vault-action@v3\n  with:\n    method: jwt\n    role: ci\n", "error"),
    ("- uses: hashicorp/vault-action@v3\n  with:\n    method: token\n", None),
    ('- run: |\n    curl -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$URL"\n', "error"),
    ("- run: |\n    # $ACTIONS_ID_TOKEN_REQUEST_URL is not set here\n    make\n", None),
    ('- run: |\n    if [ -n "$ACTIONS_ID_TOKEN_REQUEST_URL" ]; then make sign; fi\n', "warning"),
    ("- uses: actions/github-script@v7\n  with:\n    script: await core.getIDToken('aws')\n", "error"),
    ("- uses: docker://ghcr.io/acme/configure-aws-credentials\n  with: {role-to-assume: x}\n", None),
]


@pytest.mark.parametrize(("step", "expected"), NEEDS)
def test_which_steps_need_a_token(step: str, expected: str | None) -> None:
    assert verdicts(workflow(steps=step)) == ([("a", expected)] if expected else [])


OTHER_CREDENTIALS = [
    workflow(runs_on="self-hosted"),
    workflow(runs_on="[self-hosted, linux]"),
    workflow(runs_on="{group: big}"),
    workflow(runs_on="my-runner"),
    workflow(runs_on="${{ matrix.os }}", job="strategy: {matrix: {os: [ubuntu-latest, self-hosted]}}\n"),
    workflow(job="env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}\n"),
    workflow(top="env:\n  AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}\n"),
    workflow(steps=ASSUME + "  env:\n    AWS_ACCESS_KEY_ID: ${{ secrets.KEY }}\n"),
    workflow(steps="- run: echo AWS_ACCESS_KEY_ID=x >> $GITHUB_ENV\n" + ASSUME),
    workflow(steps=ASSUME + "    aws-access-key-id: ${{ inputs.k }}\n", runs_on="self-hosted"),
    workflow(
        steps="- uses: aws-actions/configure-aws-credentials@v4\n"
        "  with: {aws-access-key-id: '${{ secrets.KEY }}'}\n" + ASSUME
    ),
]


@pytest.mark.parametrize("text", OTHER_CREDENTIALS)
def test_other_credentials_make_it_a_warning(text: str) -> None:
    (finding,) = found(text)
    assert finding.severity is Severity.WARNING and "that the action can use" in finding.why


def test_a_key_that_whoever_starts_the_workflow_may_leave_out_makes_it_a_warning() -> None:
    (finding,) = found(workflow(steps=ASSUME + "    aws-access-key-id: ${{ inputs.key }}\n"))
    assert finding.severity is Severity.WARNING and "may be empty" in finding.why


def test_a_matrix_of_hosted_runners_has_no_credentials() -> None:
    text = workflow(runs_on="${{ matrix.os }}", job="strategy: {matrix: {os: [ubuntu-latest, macos-15]}}\n")
    assert verdicts(text) == [("a", "error")]


def test_a_job_without_a_runner_has_no_credentials() -> None:
    assert verdicts(workflow().replace("    runs-on: ubuntu-latest\n", "")) == [("a", "error")]


@pytest.mark.parametrize(
    "runs_on", ["ubuntu-24.04", "windows-latest", "macos-15", "${{ matrix.os }}", "[ubuntu-latest]"]
)
def test_hosted_runners_have_no_credentials(runs_on: str) -> None:
    assert verdicts(workflow(runs_on=runs_on)) == [("a", "error")]


def callee(job: str = "", top: str = "", on: str = "workflow_call") -> str:
    return workflow(on=on, job=job, top=top)


ONLY_CALLED = "workflow_call"
CALLS = [
    # the caller's permissions and triggers, the callee's permissions, what is found where
    (BOTH, "push", BOTH, []),
    (BOTH, "push", NONE, [("b", "error")]),
    (BOTH, "push", "", []),
    (NONE, "push", BOTH, [("a", "error")]),
    (NONE, "push", NONE, [("b", "error")]),
    (NONE, "push", "", [("a", "error")]),
    ("", "push", BOTH, [("a", "warning")]),
    ("", "push", NONE, [("b", "error")]),
    ("", "push", "", [("a", "error")]),
    ("", "[push, workflow_call]", BOTH, [("a", "warning")]),
    ("", "[push, workflow_call]", "", [("a", "error")]),
    ("permissions: write-all\n", "push", BOTH, [("a", "warning")]),
    ("permissions: read-all\n", "push", BOTH, [("a", "error")]),
    ("permissions: {}\n", "push", "", [("a", "error")]),
]


@pytest.mark.parametrize(("mine", "on", "theirs", "expected"), CALLS)
@pytest.mark.parametrize("level", ["job", "top"])
def test_each_cell_of_a_call(
    mine: str, on: str, theirs: str, expected: list[tuple[str, str]], level: str
) -> None:
    calling = caller(on=on, **{level: mine})
    assert verdicts({A: calling, B: callee(**{level: theirs})}) == expected


CHAINS = [
    # the outermost's, the middle's (only called), the innermost's permissions, what is found where
    (BOTH, "", "", []),
    (BOTH, "", BOTH, []),
    (BOTH, BOTH, "", []),
    (NONE, "", "", [("a", "error")]),
    (NONE, "", BOTH, [("a", "error")]),
    (NONE, BOTH, "", [("a", "error")]),
    (BOTH, NONE, "", [("b", "error")]),
    (BOTH, NONE, BOTH, [("b", "error")]),
    ("", "", BOTH, [("a", "warning")]),
    ("", BOTH, "", [("a", "warning")]),
    ("", "", "", [("a", "error")]),
    (BOTH, "", NONE, [("c", "error")]),
]


@pytest.mark.parametrize(("outer", "middle", "inner", "expected"), CHAINS)
def test_each_cell_of_a_chain(outer: str, middle: str, inner: str, expected: list[tuple[str, str]]) -> None:
    files = {A: caller(B, job=outer), B: caller(C, on=ONLY_CALLED, job=middle), C: callee(job=inner)}
    assert verdicts(files) == expected
    # who is read first makes no difference
    renamed = {A: callee(job=inner), B: caller(A, on=ONLY_CALLED, job=middle), C: caller(B, job=outer)}
    assert sorted(verdicts(renamed)) == [({"a": "c", "b": "b", "c": "a"}[x], y) for x, y in expected]


@pytest.mark.parametrize(
    ("job", "expected"), [(BOTH, []), (NONE, [("b", "error")]), ("", [("b", "warning")])]
)
def test_a_called_workflow_without_a_caller_here(job: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts({B: callee(job=job)}) == expected


def test_workflow_call_beside_another_trigger_runs_alone_too() -> None:
    text = callee(on="{workflow_call: {}, workflow_dispatch: {}}")
    assert verdicts({B: text}) == [("b", "error")]
    assert verdicts({A: caller(job=BOTH), B: text}) == [("b", "error")]


@pytest.mark.parametrize(
    "call",
    [
        "uses: acme/flows/.github/workflows/b.yml@v1",
        "uses: ./.github/workflows/gone.yml",
        "uses: ${{ vars.FLOW }}",
        "uses: 5",
        "uses:",
    ],
)
def test_missing_or_remote_workflows_are_not_judged(call: str) -> None:
    text = f"on: push\njobs:\n  call:\n    {call}\n"
    assert verdicts({A: text, B: callee(job=BOTH)}) == []


def test_a_callee_that_does_not_exist_is_said() -> None:
    results = results_of(
        WorkflowIdToken, {A: "on: push\njobs:\n  call:\n    uses: ./.github/workflows/gone.yml\n"}
    )
    assert results.complete
    assert ["gone.yml" in notice.message and "`call`" in notice.message for notice in results.notices] == [
        True
    ]


@pytest.mark.parametrize("certain_is_first", [True, False])
def test_one_certain_job_among_many_of_a_called_workflow_is_an_error(certain_is_first: bool) -> None:
    unsure = workflow(on=ONLY_CALLED, runs_on="self-hosted")
    jobs = [unsure.partition("jobs:\n")[2].replace("deploy", f"j{n}") for n in range(MAX_SHOWN + 2)]
    certain = workflow().partition("jobs:\n")[2]
    together = [certain, *jobs] if certain_is_first else [*jobs, certain]
    head = f"on: {ONLY_CALLED}\njobs:\n"
    assert verdicts({A: caller(job=NONE), B: head + "".join(jobs)}) == [("a", "warning")]
    assert verdicts({A: caller(job=NONE), B: head + "".join(together)}) == [("a", "error")]


def test_a_workflow_of_the_own_repository_may_be_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    text = "on: push\njobs:\n  call:\n    uses: acme/app/.github/workflows/gone.yml@v1\n"
    assert not results_of(WorkflowIdToken, {A: text}).notices


def test_own_repository_with_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "on: push\npermissions: {}\njobs:\n  call:\n    uses: Acme/App/.github/workflows/b.yml@v1\n"
    files = {A: text, B: callee(job=BOTH)}
    assert verdicts(files) == []  # unknown: taken for another repository
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    assert verdicts(files) == [("a", "error")]


def test_cycles_and_self_calls_are_survived() -> None:
    assert verdicts({A: caller(A, on=ONLY_CALLED)}) == []
    both = {A: caller(B, on=ONLY_CALLED), B: caller(A, on=ONLY_CALLED)}
    assert verdicts(both) == []
    inner = f"on: workflow_call\njobs:\n  again:\n    uses: ./{B}\n" + workflow().partition("jobs:\n")[2]
    assert verdicts({A: caller(B), B: inner}) == [("a", "error")]


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("{}", "", []),
        ("{}", "with: {role: ''}\n", []),
        ("{}", "with: {role: x}\n", [("b", "error")]),
        ("{default: x}", "", [("b", "error")]),
        ("{required: true}", "", [("b", "error")]),
    ],
)
def test_a_role_that_only_callers_could_give(
    declared: str, given: str, expected: list[tuple[str, str]]
) -> None:
    steps = ASSUME.replace("arn:aws:iam::111122223333:role/deploy", "${{ inputs.role }}")
    on = f"{{workflow_call: {{inputs: {{role: {declared}}}}}}}"
    called = workflow(on=on, job=NONE, steps=steps)
    assert verdicts({A: caller(job=BOTH + given), B: called}) == expected
    assert verdicts({B: called}) == [("b", "error")]


@pytest.mark.parametrize(
    ("inputs", "role"),
    [
        ("{role: {}}", "arn:${{ inputs.role }}"),
        ("{role: {}}", "${{ inputs.other }}"),
        ("", "${{ inputs.role }}"),
    ],
)
def test_a_role_that_no_input_gives_is_taken_for_given(inputs: str, role: str) -> None:
    steps = ASSUME.replace("arn:aws:iam::111122223333:role/deploy", role)
    called = workflow(on=f"{{workflow_call: {{inputs: {inputs}}}}}", job=NONE, steps=steps)
    called = called.replace("{inputs: }", "")
    assert verdicts({A: caller(job=BOTH), B: called}) == [("b", "error")]


@pytest.mark.parametrize(
    ("folder", "uses", "runs", "inputs", "expected"),
    [
        # aws-actions/configure-aws-credentials in its own repository, and actions that are not it
        ("", "./", "node24", "role-to-assume", "error"),
        ("", "acme/app@main", "node24", "role-to-assume", None),
        ("", "./", "composite", "role-to-assume", None),
        ("", "./", "node24", "role", None),
        ("configure-aws-credentials", "acme/app/configure-aws-credentials@main", "node24", "x", "error"),
        ("configure-aws-credentials", "acme/app/configure-aws-credentials@main", "composite", "x", None),
    ],
)
def test_the_action_of_aws_and_others_of_its_name(
    folder: str, uses: str, runs: str, inputs: str, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    action = f"inputs: {{{inputs}: {{}}, aws-region: {{}}}}\nruns: {{using: {runs}, main: x.js}}\n"
    files = {f"{folder}/action.yml".lstrip("/"): action}
    text = workflow(steps=ASSUME.replace("aws-actions/configure-aws-credentials@v4", uses))
    assert verdicts({A: text, **files}) == ([("a", expected)] if expected else [])


ACTION = """\
inputs:
  role: {default: ''}
  KEY: {required: false}
runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with:
        role-to-assume: ${{ inputs.role }}
        aws-access-key-id: ${{ inputs.key }}
"""
USE = "- uses: ./.github/actions/aws\n"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (USE + "  with: {role: 'arn:x'}\n", "error"),
        (USE + "  with: {Role: 'arn:x'}\n", "error"),
        (USE + "  with: {role: '${{ vars.R }}'}\n", "error"),
        (USE, None),
        (USE + "  with: {role: ''}\n", None),
        (USE + "  with: {role: 'arn:x', key: '${{ secrets.K }}'}\n", None),
        (USE.replace("aws", "gone"), None),
    ],
)
def test_composite_actions_with_their_inputs(step: str, expected: str | None) -> None:
    files = {A: workflow(steps=step), ".github/actions/aws/action.yml": ACTION}
    assert verdicts(files) == ([("a", expected)] if expected else [])


def test_the_permissions_of_an_action_are_ignored_and_its_default_counts() -> None:
    action = "permissions:\n  id-token: write\n" + ACTION.replace("{default: ''}", "{default: 'arn:x'}")
    (finding,) = found({A: workflow(steps=USE), ".github/actions/aws/action.yaml": action})
    assert finding.span.path == A
    assert [r.span.path for r in finding.related] == [A, ".github/actions/aws/action.yaml"]


def test_actions_that_use_actions() -> None:
    outer = (
        "inputs: {r: {}}\nruns:\n  using: composite\n  steps:\n"
        "  - uses: ./.github/actions/aws\n    with: {role: '${{ inputs.r }}'}\n"
    )
    files = {".github/actions/outer/action.yml": outer, ".github/actions/aws/action.yml": ACTION}
    use = "- uses: ./.github/actions/outer\n"
    assert verdicts({A: workflow(steps=use + "  with: {r: x}\n"), **files}) == [("a", "error")]
    assert verdicts({A: workflow(steps=use), **files}) == []
    loop = outer.replace("actions/aws", "actions/outer")
    assert verdicts({A: workflow(steps=use), ".github/actions/outer/action.yml": loop}) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("inputs.role != ''", "error"),
        ("inputs.role == ''", None),
        ("steps.x.outputs.mode == 'oidc'", "warning"),
    ],
)
def test_conditions_inside_an_action(condition: str, expected: str | None) -> None:
    command = ACTION.partition("    - uses")[0] + "    - run: npm publish --provenance\n"
    for text in (ACTION, command):
        action = re.sub("    - (uses|run)", rf"    - if: {condition}\n      \1", text)
        files = {A: workflow(steps=USE + "  with: {role: x}\n"), ".github/actions/aws/action.yml": action}
        assert verdicts(files) == ([("a", expected)] if expected else [])
        outer = "inputs: {role: {}}\nruns:\n  using: composite\n  steps:\n" + textwrap.indent(
            f"{USE}  if: github.ref\n  with: {{role: '${{{{ inputs.role }}}}'}}\n", "    "
        )
        files[A] = files[A].replace("actions/aws", "actions/outer")
        files[".github/actions/outer/action.yml"] = outer
        assert verdicts(files) == ([("a", "warning")] if expected else [])


def test_an_action_in_what_checkout_put_into_a_folder() -> None:
    steps = (
        "- uses: actions/checkout@v4\n  with: {path: src}\n"
        "- uses: ./src/.github/actions/aws\n  with: {role: x}\n"
    )
    files = {".github/actions/aws/action.yml": ACTION}
    assert verdicts({A: workflow(steps=steps), **files}) == [("a", "error")]
    for old, new in (
        ("{path: src}", "{path: src, repository: acme/other}"),
        ("{path: src}", "{path: other}"),
        ("actions/checkout", "actions/cache"),
        ("with: {path: src}", "name: here"),
    ):
        assert verdicts({A: workflow(steps=steps.replace(old, new)), **files}) == []


def test_anchors_and_aliases() -> None:
    text = "on: push\njobs:\n  one: &job\n" + textwrap.indent(
        f"runs-on: ubuntu-latest\n{NONE}steps:\n{textwrap.indent(ASSUME, '  ')}", "    "
    )
    assert verdicts(text + "  two: *job\n") == [("a", "error"), ("a", "error")]


def test_each_job_without_a_token_is_one_finding_with_its_steps() -> None:
    text = workflow(top=NONE, steps=ASSUME + ASSUME)
    (finding,) = found(text)
    lines = [related.span.start.line for related in finding.related]
    assert text.splitlines()[finding.span.start.line - 1] == "permissions:"
    assert [text.splitlines()[line - 1].strip()[:7] for line in lines] == ["deploy:", "- uses:", "- uses:"]
    assert "`deploy`" in finding.message and "id-token: write" in finding.fix_hint


def test_a_declaration_below_the_called_workflow_is_shown_in_its_own_file() -> None:
    texts = {A: caller(job=NONE), B: caller(C, on="workflow_call"), C: callee(job=BOTH)}
    (finding,) = found(texts)
    (shown,) = (each.span for each in finding.related if "requests it here" in each.message)
    assert shown.path == C and "permissions" in texts[C].splitlines()[shown.start.line - 1]


def test_two_files_show_the_way() -> None:
    (finding,) = found({A: caller(job=NONE, name="ship"), B: callee(job=BOTH)})
    assert "job `ship` calls `b.yml`, which needs `id-token: write`" in finding.message
    assert [related.span.path for related in finding.related] == [A, A, B, B]


LAYOUTS = [
    # before, after
    (
        "permissions:\n  contents: read # keep\n\n  # note\n",
        "permissions:\n  contents: read # keep\n  id-token: write\n\n  # note\n",
    ),
    (
        "permissions:\n  id-token: none  # why\n  contents: read\n",
        "permissions:\n  id-token: write  # why\n  contents: read\n",
    ),
    (
        "permissions:\n  'id-token': 'none'\n  contents: read\n",
        "permissions:\n  'id-token': write\n  contents: read\n",
    ),
    ("permissions:\n    contents: write\n", "permissions:\n    contents: write\n    id-token: write\n"),
    ("permissions: {contents: read}\n", "permissions: {contents: read, id-token: write}\n"),
    ("permissions: { contents: read }\n", "permissions: { contents: read, id-token: write }\n"),
    (
        "permissions: {\n  contents: read # x\n}\n",
        "permissions: {\n  contents: read, id-token: write # x\n}\n",
    ),
    ("permissions: {contents: read,}\n", "permissions: {contents: read, id-token: write,}\n"),
    ("permissions: {} # none\n", "permissions: {id-token: write, contents: read} # none\n"),
    (
        "permissions:\n  packages: read\n",
        "permissions:\n  packages: read\n  id-token: write\n  contents: read\n",
    ),
    ("permissions:\n  id-token: write\n", "permissions:\n  id-token: write\n  contents: read\n"),
]


@pytest.mark.parametrize(("before", "after"), LAYOUTS)
@pytest.mark.parametrize("level", ["job", "top"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_safe_fix_keeps_everything_else(before: str, after: str, level: str, end: str) -> None:
    old, new = (workflow(**{level: text}).replace("\n", end) for text in (before, after))
    (finding,) = found(old)
    assert finding.fix is not None and finding.fix.safe
    assert apply_fixes({A: old}, [finding])[A] == new
    assert found(new) == []


UNSAFE = [
    ("", "    permissions:\n      id-token: write\n      contents: read\n"),
    ("permissions: read-all\n", "    permissions:\n      id-token: write\n      contents: read\n"),
    ("permissions:\n", "    permissions:\n      id-token: write\n      contents: read\n"),
    ("permissions: write-all\n", "    permissions:\n      id-token: write\n      contents: read\n"),
]


@pytest.mark.parametrize(("before", "written"), UNSAFE)
def test_where_no_map_exists_the_fix_is_unsafe(before: str, written: str) -> None:
    old = workflow(job=before)
    (finding,) = found(old)
    assert finding.fix is not None and not finding.fix.safe
    new = apply_fixes({A: old}, [finding])[A]
    assert written in new and found(new) == []


def test_no_map_and_a_job_in_flow_style() -> None:
    step = "{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: x}}"
    old = f"on: push\njobs:\n  a: {{runs-on: ubuntu-latest, steps: [{step}]}}\n"
    (finding,) = found(old)
    new = apply_fixes({A: old}, [finding])[A]
    assert "{permissions: {id-token: write, contents: read}, runs-on" in new and found(new) == []


def test_an_expression_and_an_alias_have_no_fix() -> None:
    assert found(workflow(job="permissions: ${{ x }}\n"))[0].fix is None
    shared = "x: &none\n  contents: read\n"
    assert found(shared + workflow(job="permissions: *none\n"))[0].fix is None


COMMENTS = BOTH + "  pull-requests: write\n"
FIXED_CALLS = [
    # the caller's permissions, the called workflow's, the caller's after the fix
    (NONE, BOTH, NONE + "  id-token: write\n"),
    (NONE, COMMENTS, NONE + "  id-token: write\n  pull-requests: write\n"),
    ("", COMMENTS, COMMENTS),
    ("permissions: {contents: write}\n", COMMENTS, COMMENTS.replace("read", "write")),
    ("permissions: {pull-requests: read}\n", COMMENTS, COMMENTS),
]  # fmt: skip


@pytest.mark.parametrize(("before", "theirs", "after"), FIXED_CALLS)
@pytest.mark.parametrize("direct", [True, False])
def test_the_fix_of_a_call_grants_what_the_called_workflow_requests(
    before: str, theirs: str, after: str, direct: bool
) -> None:
    """Of a workflow between them, too: GitHub rejects a call that requests more than its caller grants."""
    between = {} if direct else {C: caller(B, on=ONLY_CALLED)}
    files = {A: caller(B if direct else C, job=before), B: callee(job=theirs), **between}
    (finding,) = found(files)
    assert finding.fix is not None and {edit.span.path for edit in finding.fix.edits} == {A}
    fixed = apply_fixes(files, [finding])
    job = yaml.safe_load(fixed[A])["jobs"]["call"]
    assert job["permissions"] == yaml.safe_load(after)["permissions"]
    assert found({**files, **fixed}) == []


def test_a_call_of_another_repository_loses_no_scope() -> None:
    uses = "uses: slsa-framework/slsa-github-generator/.github/workflows/generator_generic_slsa3.yml@v2\n"
    text = f"on: push\njobs:\n  call:\n    {uses}"
    assert found(text)[0].fix is None
    assert found(text + "    permissions: {contents: read}\n")[0].fix is not None


ODD = [
    "",
    "null\n",
    "[]\n",
    "---\n---\n",
    "on: push\njobs: null\n",
    "on: push\njobs: []\n",
    "on: push\njobs:\n  a: null\n  b:\n    steps: null\n",
    "on: push\njobs:\n  c:\n    steps: [null, 5, {uses: 5}, {run: [1]}, {uses: x, with: 5}]\n",
    "on: push\njobs: {a: {permissions: 5, steps: 7, uses: {}}}\n",
    'on: [push, {a: b}]\njobs: {a: {steps: [{parallel: 5}, {name: "a\\nb", parallel: [{run: x}]}]}}\n',
    "jobs: {}\n" + workflow(top=BOTH),  # a duplicate key
]


@pytest.mark.parametrize("text", ODD)
def test_odd_workflows_are_survived(text: str) -> None:
    assert found(text) == []


def test_a_mark_at_the_begin_and_utf_16() -> None:
    for data in (b"\xef\xbb\xbf" + workflow().encode(), workflow().encode("utf-16")):
        (finding,) = check(WorkflowIdToken, {A: data})
        assert finding.span.start == (3, 3)


@pytest.mark.parametrize(
    ("text", "line"),
    [("on: push\njobs:\n\ta: 1\n", 3), ("a: &a [*a]\n", 1), ("on: [push\n", 2), ("a: b: c\n", 1)],
)
def test_workflows_that_github_cannot_read_are_a_notice(text: str, line: int) -> None:
    results = results_of(WorkflowIdToken, {A: text})
    assert [(n.kind, n.complete) for n in results.notices] == [("unparsed", False)]
    assert not results.findings


def test_a_callee_that_does_not_parse_leaves_the_run_incomplete() -> None:
    results = results_of(WorkflowIdToken, {A: caller(), B: "a: b: c\n"})
    assert {n.path for n in results.notices if n.kind == "unparsed"} == {A, B}


def test_the_template_of_a_workflow_is_looked_at_as_text() -> None:
    path = "{{cookiecutter.name}}/.github/workflows/a.yml"
    results = results_of(WorkflowIdToken, {path: "on: push\n{%- if x %}\njobs: {}\n"})
    assert [n.kind for n in results.notices] == ["parse-fallback"]


def test_a_workflow_below_the_root_has_its_own_base() -> None:
    files = {
        "app/.github/workflows/a.yml": caller(job=NONE),
        "app/.github/workflows/b.yml": callee(job=BOTH),
        B: callee(job=BOTH),
    }
    assert [f.span.path for f in found(files)] == ["app/.github/workflows/a.yml"]


def test_nested_actions_take_bounded_time() -> None:
    """Ten levels of actions that use the next one ten times would be ten thousand million steps."""
    files = {
        f".github/actions/a{n}/action.yml": "runs:\n  using: composite\n  steps:\n"
        + f"  - uses: ./.github/actions/a{n + 1}\n" * 10
        for n in range(10)
    }
    results = results_of(WorkflowIdToken, {A: workflow(steps="- uses: ./.github/actions/a0\n"), **files})
    assert [n.kind for n in results.notices] == ["unparsed"]


def test_many_calls_of_many_jobs() -> None:
    jobs = workflow().partition("jobs:\n")[2]
    many = "on: workflow_call\njobs:\n" + "".join(jobs.replace("deploy", f"j{n}") for n in range(300))
    calls = "on: push\njobs:\n" + "".join(f"  c{n}:\n    uses: ./{B}\n" for n in range(300))
    assert len(found({A: calls, B: many})) == 300


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ({"a": "[{run: x}]"}, "no job of this workflow uses its `id-token: write`"),
        (
            {"a": "[{run: x}]", "b": ASSUME, "c": "[{run: x}]"},
            "the workflow's `id-token: write` also reaches jobs that do not use it (`a` and 1 more)",
        ),
    ],
)
def test_a_permission_that_reaches_too_far_says_how_far(jobs: dict[str, str], message: str) -> None:
    text = f"on: push\n{BOTH}jobs:\n"
    for name, steps in jobs.items():
        below = f" {steps}\n" if steps.startswith("[") else "\n" + textwrap.indent(steps, "      ")
        text += f"  {name}:\n    runs-on: ubuntu-latest\n    steps:{below}"
    (finding,) = found(text)
    assert (finding.message, finding.severity) == (message, Severity.WARNING)


@pytest.mark.parametrize(
    ("folder", "uses", "kind"),
    [
        ("", "./other", "unparsed"),  # at the root
        ("ship", "./ship", "unparsed"),
        ("ship", "./checkout/of/this/ship", "unparsed"),  # the checkout of this repository
        ("tools/ship", "./ship", "parse-fallback"),
        ("ship", "./checkout/bship", "parse-fallback"),
        ("ship", "acme/app/ship@main", "unparsed"),
        ("ship", "other/app/ship@main", "parse-fallback"),
    ],
)
def test_an_action_that_a_step_uses_is_no_template(
    folder: str, uses: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/app")
    path = f"{folder}/action.yml".lstrip("/")
    files = {
        A: workflow(steps=f"- run: x\n- uses: {uses}\n"),
        path: "runs:\n{%- if x %}\n  using: composite\n",
    }
    assert {n.kind for n in results_of(WorkflowIdToken, files).notices if n.path == path} == {kind}
    files["other/use/action.yml"] = f"runs:\n  using: composite\n  steps: [{{uses: {uses}}}]\n"
    files[A] = workflow(steps="- run: x\n")  # now only another action uses it
    if path != "other/action.yml":
        assert {n.kind for n in results_of(WorkflowIdToken, files).notices if n.path == path} == {kind}
