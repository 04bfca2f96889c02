"""AWS Secrets Manager in advice: what a secret of this project would be called."""

from __future__ import annotations

import os
import re

from palint.project import Project


def secret_id(project: Project, environment: str = "production") -> str:
    """`{service}/{environment}`, the service named like the repository, else like the root's folder."""
    name = (project.own_name or os.path.basename(project.root)).rpartition("/")[2].lower()
    return f"{re.sub('[^a-z0-9]+', '-', name).strip('-') or 'api'}/{environment}"
