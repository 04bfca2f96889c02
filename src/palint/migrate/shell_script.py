"""`--format shell`: a script for the AWS CLI that stores the secrets, without any value in it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from palint.migrate import secret_values, values
from palint.migrate.migration_plan import MigrationPlan, PlannedSecret
from palint.migrate.store import TAG
from palint.text.source import SourceFile
from palint.tree.project import Project

_HEAD = """\
#!/bin/sh
# Stores the secrets of this repository in AWS Secrets Manager. It holds no value: each is read from its file
# when the script runs, and passed through pipes. Run it in the root of the repository, signed in with
# `{sign_in}`. It needs the AWS CLI and python3. Afterwards `palint migrate --apply`
# changes the code.
set -eu
{settings}
values() {{
  python3 /dev/fd/3 "$@" 3<<'PALINT'
{program}PALINT
}}

current() {{
  aws secretsmanager get-secret-value --secret-id "$1" --version-stage AWSCURRENT \\
    --query SecretString --output text
}}

# store SECRET_ID SPEC
store() {{
  if aws secretsmanager describe-secret --secret-id "$1" >/dev/null 2>&1; then
    status=0
    current "$1" | values check "$2" || status=$?
    case $status in
      0)
        current "$1" | values merge "$2" |
          aws secretsmanager put-secret-value --secret-id "$1" --secret-string file:///dev/stdin >/dev/null
        ;;
      9) ;;
      *) exit 1 ;;
    esac
  else
    values new "$2" |
      aws secretsmanager create-secret --name "$1" --secret-string file:///dev/stdin --tags {tag} >/dev/null
  fi
  current "$1" | values compare "$2"
  echo "$1: stored, read back and compared"
}}

"""


def script(
    project: Project, plan: MigrationPlan, *, origin: str, profile: str, region: str, expand: bool
) -> str:
    """The text of the script."""
    with open(secret_values.__file__, encoding="utf-8") as file:
        program = file.read()
    settings = "".join(
        f"export {name}={shlex.quote(value)}\n"
        for name, value in (("AWS_PROFILE", profile), ("AWS_REGION", region), ("AWS_DEFAULT_REGION", region))
        if value
    )
    head = _HEAD.format(
        sign_in="aws sso login" + (f" --profile {profile}" if profile else ""),
        settings=settings,
        program=program,
        tag=shlex.quote(f"Key={TAG},Value={origin}"),
    )
    calls = [
        f"store {shlex.quote(s.secret_id)} {shlex.quote(json.dumps(spec(project, s, expand=expand)))}\n"
        for s in plan.secrets
    ]
    return head + "".join(calls)


def spec(project: Project, secret: PlannedSecret, *, expand: bool) -> Mapping[str, object]:
    """The places of the values of a secret's keys, as input of `secret_values.read`."""
    files: dict[str, object] = {}
    for key in secret.keys:
        source = key.sources[0]
        file = project.open(source.path)
        if source.path not in files and file is not None:
            files[source.path] = _file(file, source.kind == "dotenv")
    keys = {k.name: [s.path, s.kind, s.start, s.end] for k in secret.keys for s in k.sources[:1]}
    return {"expand": expand, "files": files, "keys": keys}


def _file(file: SourceFile, dotenv: bool) -> Mapping[str, object]:
    _ = file.text  # decides the encoding
    return {
        "size": len(file.data), "bom": len(file.bom), "encoding": file.encoding,
        "variables": values.variables(file) if dotenv else [],
    }  # fmt: skip
