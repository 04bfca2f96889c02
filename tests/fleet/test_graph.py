"""Which job and role reaches which secret, from the files of repositories."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from .conftest import Fleet

WORKFLOW = """
on: {push: {branches: [main]}, workflow_dispatch: null}
permissions: {}
jobs:
  test:
    runs-on: x
    steps: [{run: make}]
  ship:
    runs-on: x
    permissions: {id-token: write}
    steps:
      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-2
      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with:
          secret-ids: |
            API, api/production
"""
TERRAFORM = """
resource "aws_secretsmanager_secret" "old" {
  name = "old/production"
}
resource "aws_secretsmanager_secret" "api" {
  name = "api/production"
}
data "aws_secretsmanager_secret" "web" {
  name = "web/staging"
}
"""
APP = """
import os
client.get_secret_value(SecretId="web/production")
client.get_secret_value(SecretId=os.environ["NAME"])
"""
ROLE = "arn:aws:iam::123456789012:role/deploy"


def test_jobs_roles_and_secrets_are_linked(fleet: Fleet) -> None:
    fleet.repository("acme/api", {".github/workflows/ship.yml": WORKFLOW, "infra/main.tf": TERRAFORM})
    fleet.repository("acme/web", {"app.py": APP, "tests/test_app.py": APP.replace("web/", "fake/")})
    (fleet.path / "policy.toml").write_text('select = ["env-file"]\n')
    made = fleet.check("repos", "--policy", "policy.toml")
    assert made.returncode == 0, made.stderr
    graph = json.loads(fleet.run("graph", "--format", "json", "--most", "0").stdout)
    links = {
        (
            link["repository"],
            link["job"],
            link["trigger"],
            link["role"],
            link["secret"],
            link["kind"],
            link["line"],
        )
        for link in graph["links"]
    }
    both = "push workflow_dispatch"
    assert links == {
        ("acme/api", "ship", both, ROLE, "", "assumes", 8),
        ("acme/api", "ship", both, ROLE, "api/production", "reads", 19),
        ("acme/api", "", "", "", "old/production", "creates", 3),
        ("acme/api", "", "", "", "api/production", "creates", 6),
        ("acme/api", "", "", "", "web/staging", "reads", 9),
        ("acme/web", "", "", "", "web/production", "reads", 3),
    }
    assert graph["unread"] == ["old/production"]
    assert graph["crowded"] == [[ROLE, 1]]
    text = fleet.run("graph").stdout
    assert f"acme/api -> .github/workflows/ship.yml ship ({both}) -> {ROLE} -> reads api/production" in text
    assert "created, but read nowhere: old/production" in text
    picture = ElementTree.fromstring(fleet.run("graph", "--format", "svg").stdout)
    words = "".join(picture.itertext())
    assert "api/production" in words and "ship.yml:ship" in words
    assert fleet.rows("SELECT * FROM findings") == []
    assert fleet.rows("SELECT rules FROM part WHERE repository = 'acme/web'") == [(["env-file"],)]
