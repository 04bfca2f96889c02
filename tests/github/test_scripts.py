"""Secrets in the scripts of workflows: which variables hold one, and which lines read one."""

from __future__ import annotations

import pytest

from palint.github import scripts, workflows
from palint.text.source import SourceFile

FETCH = "aws secretsmanager get-secret-value --secret-id a/b"
JOB = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"


def steps(text: str) -> tuple[SourceFile, tuple[workflows.Step, ...]]:
    file = SourceFile(".github/workflows/a.yml", (JOB + text).encode())
    workflow = workflows.parse_workflow(file)
    assert workflow is not None
    return file, workflow.jobs[0].steps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("echo ${{ secrets.A }}", True),
        ("echo ${{ vars.A }}", False),
        ("test ${{ secrets.A != '' }}", False),
        (FETCH, True),
        ("echo $T", True),
        ("echo $Env:T", True),
        ("echo ${T}", True),
        ("echo ${{ env.T }}", True),
        ("echo $U", False),
        ("ls | env", True),
        ("environment", False),
    ],
)
def test_lines_that_read_a_secret(text: str, expected: bool) -> None:
    assert scripts.holds_secret(text, {"T"}) is expected
    assert scripts.holds_secret(text, set()) is (expected and "T" not in text and "env" not in text)


@pytest.mark.parametrize(
    ("line", "name"),
    [("export T=${{ secrets.A }}", "T"), ("T=1", None), ("echo ${{ secrets.A }}", None), ("U=$V", "U")],
)
def test_a_line_that_assigns_a_secret(line: str, name: str | None) -> None:
    assert scripts.assigned(line, {"V"}) == name


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ([f'echo "T=$({FETCH})" >> $GITHUB_ENV'], ["T"]),
        ([f"S=$({FETCH})", 'echo "T=$S" >> $GITHUB_ENV'], ["T"]),
        (["S=$(date)", 'echo "T=$S" >> $GITHUB_ENV'], []),
        ([f"S=$({FETCH})", 'echo "::add-mask::$S"', 'echo "T=$S" >> $GITHUB_ENV'], []),
        ([f"S=$({FETCH})"], []),
    ],
)
def test_what_a_script_exports_unmasked(lines: list[str], names: list[str]) -> None:
    file, (step,) = steps("      - run: |\n" + "".join(f"          {line}\n" for line in lines))
    assert [name for _, _, name in scripts.unmasked_exports(file.text, step)] == names


LOAD = "      - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n"
IDS = LOAD + "        with: {secret-ids: 'api/production'}\n"


@pytest.mark.parametrize(
    ("earlier", "loaded"),
    [
        (IDS, {"API_PRODUCTION", "API_PRODUCTION_KEY"}),
        (LOAD, set()),
        (IDS.replace("aws-actions/", "acme/"), set()),
        (f'      - run: echo "T=$({FETCH})" >> $GITHUB_ENV\n', {"T"}),
        ('      - run: echo "T=$(date)" >> $GITHUB_ENV # secretsmanager\n', set()),
        (f"      - run: T=$({FETCH})\n", set()),
    ],
)
def test_what_earlier_steps_loaded(earlier: str, loaded: set[str]) -> None:
    file, (first, last) = steps(earlier + "      - run: x $T $API_PRODUCTION $API_PRODUCTION_KEY $APIARY\n")
    secrets = scripts.LoadedSecrets(file.text)
    secrets.add(first)
    assert secrets.read_by(last) == loaded


def test_variables_of_env_that_read_a_secret() -> None:
    file, (step,) = steps("      - run: x\n        env: {A: '${{ secrets.A }}', B: '${{ vars.B }}', C: }\n")
    assert scripts.secret_variables(file.text, step.node) == {"A"}
