"""What docs/fleet-clusters.md has to paste: AWS, Ray and GitHub take it, and no right is `*`."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from botocore.session import get_session
from botocore.validate import ParamValidator

from ..advice.tools import schema_errors
from ..conftest import Repository

pytestmark = pytest.mark.slow  # the descriptions of EC2 and Ray

PAGE = (Path(__file__).parents[2] / "docs/fleet-clusters.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(yaml|json|console)\n(.*?)```", PAGE, re.S)


def block(language: str, word: str) -> str:
    (found,) = (text for kind, text in BLOCKS if kind == language and word in text)
    return str(found)


def aws_rejects(service: str, operation: str, given: dict[str, Any]) -> str:
    shape = get_session().get_service_model(service).operation_model(operation).input_shape
    return str(ParamValidator().validate(given, shape).generate_report())


def test_aws_takes_the_job_definition_and_the_instances() -> None:
    definition = json.loads(block("json", "jobDefinitionName"))
    assert aws_rejects("batch", "RegisterJobDefinition", definition) == ""
    cluster = yaml.safe_load(block("yaml", "cluster_name"))
    for kind in cluster["available_node_types"].values():
        given = {key: value for key, value in kind["node_config"].items() if key != "SubnetIds"}
        assert aws_rejects("ec2", "RunInstances", {**given, "MinCount": 1, "MaxCount": 1}) == ""
    if find_spec("ray"):
        schema = json.loads((files("ray.autoscaler") / "ray-schema.json").read_text("utf-8"))
        jsonschema.validate(cluster, schema)


def test_no_policy_grants_every_action_or_changes_everything() -> None:
    policies = [json.loads(text) for kind, text in BLOCKS if kind == "json" and "Statement" in text]
    assert len(policies) == 2
    for statement in (each for policy in policies for each in policy["Statement"]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not any("*" in action for action in actions)
        if statement["Resource"] == "*":  # these can be granted in no other way
            assert all(action.startswith("ec2:Describe") for action in actions)


def test_the_workflow_is_valid_and_palint_has_nothing_to_say(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    for name in ("fleet.yml", "fleet-nightly.yml"):
        workflow = block("yaml", f".github/workflows/{name}")
        assert schema_errors("github-workflows", workflow) == []
        repository.write(f".github/workflows/{name}", workflow)
    repository.write("fleet-ray.yaml", block("yaml", "RayJob"))
    repository.write("fleet-job.yaml", block("yaml", "completionMode: Indexed"))
    repository.write("fleet-ec2.yaml", block("yaml", "cluster_name"))
    repository.add()
    made = repository.palint("--fail-on", "warning", ".")
    assert made.returncode == 0, made.stdout
