"""The plan and the checklist as text: a part without anything in it is left out."""

from __future__ import annotations

import pytest

from palint.changes.edits import Change
from palint.migrate import render
from palint.migrate.migration_plan import KeptFile, MigrationPlan, PlannedSecret, SecretKey, Task, ValueSource
from palint.text.source import SourceFile

DOTENV = SourceFile(".env", b"A=1\n")
SECRET = PlannedSecret("a/test", (SecretKey("A", (ValueSource(".env", 1, 2, 3, "dotenv", 4),)),))
NOTHING = MigrationPlan((), (), (), ())
FILES = (Change("a.py", None, b"", what=("reads",)), Change("b.py", SourceFile("b.py", b"x"), b""))
KEPT = (
    KeptFile("b.env", lines=(1, 2)),
    KeptFile("c.env", lines=(3,)),
    KeptFile("d.env", readers=("a:1", "b:2")),
)
REST = frozenset(("A", "B"))


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (NOTHING, []),
        (NOTHING._replace(secrets=(SECRET,)), ["a/test", "  A                                from .env:1"]),
        (NOTHING._replace(files=FILES), ["", "Files to write", "  new a.py", "      reads", "  b.py"]),
        (NOTHING._replace(removed=(DOTENV,)),
         ["", "Files to delete, once what they hold is stored and read back", "  .env"]),
        (NOTHING._replace(kept=KEPT),
         ["", "Files that stay for now", "  b.env: cannot be read: lines 1-2",
          "  c.env: cannot be read: line 3", "  d.env: still read by a:1, b:2"]),
        (NOTHING._replace(tasks=(Task("check", "one"), Task("move", "two"))),
         ["", "Left for you: 2 tasks, printed as a checklist after `--apply`", "  Move by hand", "    two",
          "  Check", "    one"]),
        (NOTHING._replace(read={"a/test": REST}, secrets=(SECRET,)),
         ["a/test", "  A                                from .env:1", "",
          "Left for you: 1 tasks, printed as a checklist after `--apply`", "  Store what palint cannot read",
          "    `B` in `a/test`, unless it is there: `--apply` looks, and prints the command"]),
    ],
)  # fmt: skip
def test_the_plan_has_the_parts_that_there_are(plan: MigrationPlan, lines: list[str]) -> None:
    assert list(render.plan_lines(plan)) == lines
    assert plan.empty is not bool(plan.secrets or plan.files or plan.removed)


def checklist(plan: MigrationPlan, **words: object) -> str:
    options = {"arns": {}, "region": "eu-west-2", "runner": "run", **words}
    return "\n".join(render.checklist(plan, **options))  # type: ignore[arg-type]


HEAD = "## What is left to do\n"


def test_the_checklist_has_the_parts_that_there_are() -> None:
    assert checklist(NOTHING) == HEAD
    run = NOTHING._replace(tasks=(Task("run", "start it"),))
    title = f"{HEAD}\n### Run tools with the secret\n\n- [ ] start it\n\n```bash\nSECRET_ID="
    assert checklist(run) == f"{title}SERVICE/ENVIRONMENT run COMMAND\n```\n"
    assert checklist(run._replace(secrets=(SECRET,))) == f"{title}a/test run COMMAND\n```\n"
    assert checklist(NOTHING._replace(removed=(DOTENV,))).startswith(
        f"{HEAD}\n### Copies\n\n- [ ] delete `.env` in every other clone"
    )


def test_the_role_may_read_these_secrets_and_nothing_else() -> None:
    text = checklist(
        NOTHING._replace(read={"a/test": REST, "b/test": REST}), arns={"b/test": "arn:b"},
        missing={"a/test": ["B"], "b/test": ["C", "A"]},
    )  # fmt: skip
    policy = render.policy(["arn:b", "arn:aws:secretsmanager:eu-west-2:ACCOUNT_ID:secret:a/test-??????"])
    assert (
        f"### Grant\n\n- [ ] give the role of the task, function or CI job this policy\n\n```json\n{policy}"
        in text
    )
    assert '"Action": "secretsmanager:GetSecretValue"' in policy and policy.index("arn:aws") < policy.index(
        "arn:b"
    )
    assert "- [ ] create `a/test` with `B`, as one JSON object: `aws secretsmanager create-secret" in text
    assert "- [ ] add `A`, `C` to the JSON of `b/test`: `aws secretsmanager get-secret-value" in text
