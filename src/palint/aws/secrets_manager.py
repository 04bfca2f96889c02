"""AWS Secrets Manager in advice: what a secret of this project is called, and how it is read in each
language."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from palint.tree.project import Project

_READ = {
    "python": "secret = json.loads(\n"
    '        boto3.client("secretsmanager").get_secret_value(SecretId="{id}")["SecretString"]\n'
    "    )",
    "javascript": "const { SecretString } = await new SecretsManagerClient({}).send(\n"
    '      new GetSecretValueCommand({ SecretId: "{id}" }),\n'
    "    );",
    "shell": 'secret="$(aws secretsmanager get-secret-value --secret-id {id} \\\n'
    '      --query SecretString --output text)"',
}


def secret_id(project: Project, environments: Sequence[str], local: bool = False) -> str:
    """`{service}/{environment}`.

    environments: those of the settings. local: whether it is for a laptop, so for `development` or the like;
    else for `production` or the like.
    """
    return f"{service(project)}/{_environment(environments, 'development' if local else 'production')}"


def service(project: Project) -> str:
    """The service's name: the repository's, else the root folder's."""
    name = (project.own_name or os.path.basename(project.root)).rpartition("/")[2].lower()
    return re.sub("[^a-z0-9]+", "-", name).strip("-") or "api"


def _environment(environments: Sequence[str], wanted: str) -> str:
    """The one wanted, else one that shortens its name (`prod`), else the first."""
    alike = [e for e in environments if e and wanted.startswith(e)]
    return max(alike, key=len) if alike else environments[0] if environments else wanted


def read(language: str, secret: str) -> str:
    """The statement, indented by four columns, that reads a secret in a language of `_READ`."""
    return "    " + _READ[language].replace("{id}", secret)
