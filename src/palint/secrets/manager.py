"""AWS Secrets Manager in advice: what a secret of this project is called, and how it is read in each
language."""

from __future__ import annotations

import os
import re

from palint.project import Project

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


def secret_id(project: Project, environment: str = "production") -> str:
    """`{service}/{environment}`, the service named like the repository, else like the root's folder."""
    name = (project.own_name or os.path.basename(project.root)).rpartition("/")[2].lower()
    return f"{re.sub('[^a-z0-9]+', '-', name).strip('-') or 'api'}/{environment}"


def read(language: str, project: Project) -> str:
    """The statement, indented by four columns, that reads this project's secret in a language of `_READ`."""
    return "    " + _READ[language].replace("{id}", secret_id(project))
