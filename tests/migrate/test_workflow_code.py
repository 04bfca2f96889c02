"""Workflows: each result is parsed, and is what `workflow-id-token` and `github-secret` accept."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from palint_rules.github_secret import GithubSecret
from palint_rules.workflow_id_token import WorkflowIdToken

from palint.migrate import workflow_code
from palint.migrate.migration_plan import Rewritten
from palint.testing import results_of
from palint.text.source import SourceFile

PATH = ".github/workflows/a.yml"
BOTH = {"id-token": "write", "contents": "read"}
STEP = "      - run: make\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n"
CHECKOUT = "      - uses: actions/checkout@v4\n"


def rewritten(text: str, *names: str, end: str = "\n") -> tuple[workflow_code.Changed, Any]:
    file = SourceFile(PATH, text.replace("\n", end).encode())
    made = workflow_code.rewrite(
        file, names or ("TOKEN", "OTHER"), lambda environment: f"shop/{environment or 'ci'}", "eu-west-2"
    )
    assert made.text.count("\n") == made.text.count(end)
    return made, yaml.safe_load(made.text)


def job(steps: str = STEP, head: str = "", top: str = "") -> str:
    return f"on: push\n{top}jobs:\n  a:\n    runs-on: ubuntu-latest\n{head}    steps:\n{steps}"


def kinds(data: Any) -> list[str]:
    """What each step of job `a` is."""
    names = {"aws-actions/configure-aws-credentials": "sign in", "actions/checkout": "checkout",
             "aws-actions/aws-secretsmanager-get-secrets": "get"}  # fmt: skip
    return [
        names[step["uses"].partition("@")[0]] if "uses" in step else step["run"]
        for step in data["jobs"]["a"]["steps"]
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("top", "head", "permissions"),
    [
        ("", "", BOTH),
        ("permissions:\n  contents: read\n", "", BOTH),
        ("permissions: {contents: write, packages: read}\n", "",
         {"id-token": "write", "contents": "write", "packages": "read"}),
        ("permissions: read-all\n", "", BOTH),
        ("permissions: {}\n", "", BOTH),
        ("permissions: {packages: write}\n", "", {**BOTH, "packages": "write"}),
        ("permissions: {id-token: none, contents: read}\n", "", BOTH),
        ("permissions: {id-token: write, contents: read}\n", "", None),
        ("permissions: write-all\n", "", None),
        ("", "    permissions:\n      id-token: write\n      contents: read\n", BOTH),
        ("", "    permissions:\n      contents: write\n", {"id-token": "write", "contents": "write"}),
        ("", "    permissions: {packages: read}\n", {**BOTH, "packages": "read"}),
        ("permissions: {id-token: write}\n", "    permissions: {contents: read}\n", BOTH),
    ],
)  # fmt: skip
def test_the_job_alone_gets_the_permission_and_keeps_its_others(
    top: str, head: str, permissions: dict[str, str] | None, end: str
) -> None:
    made, data = rewritten(job(CHECKOUT + STEP, head, top), end=end)
    assert data["jobs"]["a"].get("permissions") == permissions
    assert data.get("permissions") == yaml.safe_load(top or "{}").get("permissions")
    assert kinds(data) == ["checkout", "sign in", "get", "make"]
    assert made.read == {"shop/ci": ("TOKEN",)} and made.left == ()
    assert made.what == ("job `a` reads `TOKEN` from `shop/ci`",)
    for rule in (GithubSecret, WorkflowIdToken):
        errors = [f for f in results_of(rule, {PATH: made.text}).findings if f.severity.label == "error"]
        assert errors == []
    assert results_of(GithubSecret, {PATH: made.text}).findings == ()


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (STEP, ["sign in", "get", "make"]),
        (CHECKOUT + "      - run: first\n" + STEP, ["checkout", "first", "sign in", "get", "make"]),
        (STEP + STEP.replace("make", "again"), ["sign in", "get", "make", "again"]),
        (
            "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: x}\n"
            + STEP,
            ["sign in", "get", "make"],
        ),
        (
            STEP
            + "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: x}\n",
            ["sign in", "get", "make", "sign in"],
        ),
        ("      -   run: make\n          env: {TOKEN: '${{ secrets.TOKEN }}'}\n", ["sign in", "get", "make"]),
    ],
)
def test_the_secret_is_read_before_its_first_use(steps: str, expected: list[str]) -> None:
    _, data = rewritten(job(steps))
    assert kinds(data) == expected
    assert all("secrets." not in str(step) for step in data["jobs"]["a"]["steps"])
    get = data["jobs"]["a"]["steps"][expected.index("get")]
    assert get["with"] == {"secret-ids": ",shop/ci\n", "parse-json-secrets": True}
    if expected[0] == "sign in" and "configure" not in steps:
        with_ = data["jobs"]["a"]["steps"][0]["with"]
        assert with_ == {"role-to-assume": "${{ vars.AWS_ROLE_TO_ASSUME }}", "aws-region": "eu-west-2"}


def test_the_secret_is_read_under_the_condition_of_the_step_that_uses_it() -> None:
    """A pull request from a fork gets no token, so it must not sign in where it does not need to."""
    condition = "github.event_name != 'pull_request'"
    guarded = STEP.replace("- run: make", f"- if: {condition}\n        run: make")
    _, data = rewritten(job(guarded))
    assert [step.get("if") for step in data["jobs"]["a"]["steps"]] == [condition] * 3
    for steps, head, conditions in (
        (guarded + STEP, "", [None, None, condition, None]),
        (guarded, "    env:\n      OTHER: ${{ secrets.OTHER }}\n", [None, None, condition]),
        (guarded, "    env:\n      OTHER: a\n", [condition] * 3),
    ):
        _, data = rewritten(job(steps, head))
        assert [step.get("if") for step in data["jobs"]["a"]["steps"]] == conditions


@pytest.mark.parametrize("condition", ["env.A == 'b'", "|\n          github.ref\n          == 'a'"])
def test_a_condition_of_the_step_s_own_or_of_several_lines_is_not_taken(condition: str) -> None:
    _, data = rewritten(job(STEP.replace("- run: make", f"- if: {condition}\n        run: make")))
    assert ["if" in step for step in data["jobs"]["a"]["steps"]] == [False, False, True]


def test_expressions_in_a_script_and_in_inputs() -> None:
    steps = (
        "      - run: |\n          curl -H ${{ secrets.TOKEN }} x\n"
        "      - uses: a/b@v1\n        with:\n          key: x-${{ secrets.OTHER || '' }}\n"
    )
    made, data = rewritten(job(steps))
    assert data["jobs"]["a"]["steps"][2]["run"] == "curl -H ${{ env.TOKEN }} x\n"
    assert data["jobs"]["a"]["steps"][3]["with"] == {"key": "x-${{ env.OTHER || '' }}"}
    assert made.read == {"shop/ci": ("OTHER", "TOKEN")}


@pytest.mark.parametrize(
    ("env", "kept", "exported"),
    [
        ("    env:\n      TOKEN: ${{ secrets.TOKEN }}\n", None, ""),
        ("    env:\n      A: b\n      TOKEN: ${{secrets.TOKEN}}\n", {"A": "b"}, ""),
        ("    env:\n      API: ${{ secrets.TOKEN }}\n", None, 'echo "API=$TOKEN" >> "$GITHUB_ENV"\n'),
        ("    env: {API: '${{ secrets.TOKEN }}', A: b}\n", {"A": "b"},
         'echo "API=$TOKEN" >> "$GITHUB_ENV"\n'),
        (
            "    env:\n      API: ${{ secrets.TOKEN }}\n      OTHER: ${{ secrets.OTHER }}\n"
            "      DB: ${{ secrets.OTHER }}\n",
            None,
            'echo "API=$TOKEN" >> "$GITHUB_ENV"\necho "DB=$OTHER" >> "$GITHUB_ENV"\n',
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", ["", CHECKOUT])
def test_a_jobs_variables_come_from_a_first_step(
    env: str, kept: dict[str, str] | None, exported: str, first: str
) -> None:
    made, data = rewritten(job(first + "      - run: make\n", env))
    assert data["jobs"]["a"].get("env") == kept
    expected = ["sign in", "get", *([exported] if exported else [])]
    assert kinds(data) == [*expected, *(["checkout"] if first else []), "make"]
    assert made.left == ()


@pytest.mark.parametrize(
    "text",
    [
        job(head="    env:\n      TOKEN: x-${{ secrets.TOKEN }}\n"),
        job(head="    container: {image: x, credentials: {password: '${{ secrets.TOKEN }}'}}\n"),
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/b.yml\n"
        "    secrets:\n      x: ${{ secrets.TOKEN }}\n",
        job(steps=STEP).replace("    steps:\n      - run", "    steps: [{run").replace(
            "make\n        env:\n          TOKEN: ${{ secrets.TOKEN }}\n",
            "make, env: {A: '${{ secrets.TOKEN }}'}}]\n"),
        "on: push\njobs:\n  a:\n    runs-on: x\n"
        "    steps: [{name: a-b, run: b}, {run: c, env: {A: '${{ secrets.TOKEN }}'}}]\n",
    ],
)  # fmt: skip
def test_where_no_step_can_provide_it_the_job_is_left_to_a_person(text: str) -> None:
    made, _ = rewritten(text)
    assert made.text == text and made.read == {} and made.what == ()
    (task,) = made.left
    assert task.startswith(f"{PATH}: job `a` uses `TOKEN` where no step can provide it")


@pytest.mark.parametrize("event", ["pull_request_target", "issue_comment", "workflow_run"])
def test_a_job_that_strangers_can_start_is_left_to_a_person(event: str) -> None:
    text = job().replace("on: push", f"on: [push, {event}]")
    made, _ = rewritten(text)
    assert made.text == text and f"runs on `{event}`" in made.left[0]


def test_what_takes_the_token_of_the_job_gets_no_secret() -> None:
    given = "        with: {credentials_json: '${{ secrets.OTHER }}'}\n"
    signs_in = f"      - uses: google-github-actions/auth@v3\n{given}"
    made, _ = rewritten(job(signs_in + STEP))
    assert made.read == {"shop/ci": ("TOKEN",)} and "secrets.OTHER" in made.text
    assert made.left == (f"{PATH}: job `a` uses `OTHER`: `google-github-actions/auth` can sign in with OIDC",)
    publishes = "      - run: npm publish\n        env: {NODE_AUTH_TOKEN: '${{ secrets.NPM_TOKEN }}'}\n"
    made, _ = rewritten(job(publishes), "NPM_TOKEN")
    assert made.text == job(publishes) and "npm has trusted publishing" in made.left[0]


@pytest.mark.parametrize(
    "text",
    [
        job("      - run: make\n"),
        job(STEP.replace("TOKEN }}", "UNKNOWN }}")),
        job("      - run: make\n        if: ${{ secrets.TOKEN != '' }}\n"),
        job("      - run: echo secrets.TOKEN\n"),
        job("      - run: echo ${{ toJSON(secrets) }} ${{ github.TOKEN }}\n"),
        "- a\n",
    ],
)
def test_other_secrets_are_left_alone(text: str) -> None:
    assert rewritten(text)[0] == Rewritten(text)


def test_each_job_reads_the_secret_of_its_environment() -> None:
    text = job(head="    environment: staging\n")
    text += text.partition("jobs:\n")[2].replace("  a:", "  b:").replace("staging", "production")
    text += job().partition("jobs:\n")[2].replace("  a:", "  c:").replace("TOKEN }}", "NONE }}")
    made, data = rewritten(text)
    assert made.read == {"shop/staging": ("TOKEN",), "shop/production": ("TOKEN",)}
    assert len(data["jobs"]["c"]["steps"]) == 1 and "permissions" not in data["jobs"]["c"]
