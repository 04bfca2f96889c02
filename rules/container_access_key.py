"""The rule `container-access-key`: no AWS keys in images and container environments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint import pipelines
from palint.aws.container_environment import SCRIPTS, Block, Variable, blocks
from palint.aws.environment import NAME, TOKEN, classify_beside
from palint.files import languages
from palint.findings import Related, Violation
from palint.github.aws_key_names import is_of_another_service
from palint.rule import DOCKERFILES, JSON, YAML, Clause, Example, Rule
from palint.text.source import SourceFile

if TYPE_CHECKING:
    from palint.tree.project import Project

_Key = tuple[Variable, bool]  # and whether its value is a literal


class ContainerAccessKey(Rule):
    """An AWS key in the environment of a container or in its image.

    ## Why

    Everyone who can pull an image can read a key in it, build arguments included: they stay in the image's
    history. A key in a container's environment is visible to every process there and in every description of
    the container. Neither key expires. A container needs none: its task, pod or function has a role.

    ## Do this instead

    Dockerfile: no key. For a build step that needs AWS, use a build secret.

    ```dockerfile
    RUN --mount=type=secret,id=AWS_SESSION_TOKEN,env=AWS_SESSION_TOKEN … aws s3 cp s3://bucket/model .
    ```

    Compose, devcontainer: pass the profile, and mount the session of `aws sso login` read-only.

    ```yaml
    services:
      api:
        environment: [AWS_PROFILE, AWS_REGION]
        volumes: ["~/.aws:/home/app/.aws:ro"]
    ```

    Kubernetes: a role for the service account (EKS Pod Identity, or IRSA).

    ```yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: api
      annotations:
        eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/api
    ```

    ## Settings

    None.

    ## Limits

    Checked in Dockerfiles: `ENV` with a value, hardcoded or passed on, and every `ARG`. In Compose files (any
    YAML with `services`) and devcontainer.json: a hardcoded key, or a variable of the host that is passed on
    without an `AWS_SESSION_TOKEN` beside it. So are `docker run -e`, `docker build --build-arg` and `kubectl
    set env` in shell scripts, Makefiles and the commands of other YAML. In other YAML and JSON (Kubernetes
    manifests, Helm values, ECS task definitions): a hardcoded key. Not reported: an empty value, `valueFrom`,
    dummies such as `test`, placeholders, AWS's example keys, and the key of another vendor's server (an
    `…ENDPOINT…` beside it that is not AWS's, or a variable with that vendor's name). Workflows are checked by
    `workflow-access-key`, a `kind: Secret` by `kubernetes-secret`.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    checks_history = True
    files = DOCKERFILES | YAML | JSON | SCRIPTS
    keywords = ("aws_[a-z_]{0,20}access_key", "aws_secret_key")
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            "FROM python\nENV AWS_ACCESS_KEY_ID={aws_access_key_id} \\\n    AWS_SECRET_ACCESS_KEY=$SECRET\n",
            path="Dockerfile", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            "FROM python\nARG AWS_SECRET_ACCESS_KEY\n", path="Dockerfile", location="AWS_SECRET_ACCESS_KEY",
        ),
        Example(
            "FROM a\nENV AWS_ACCESS_KEY_ID {aws_access_key_id}\n", path="api.dockerfile", location="AWS_ACC",
        ),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: {aws_access_key_id}\n",
            path="compose.yaml", location="AWS_ACCESS_KEY_ID", note="a map",
        ),
        Example(
            'services:\n  api:\n    environment:\n      - "AWS_SECRET_ACCESS_KEY={aws_secret_access_key}"\n',
            path="docker-compose.yml", location="AWS_SECRET_ACCESS_KEY", note="a list",
        ),
        Example(
            "services:\n  api:\n    environment:\n      - AWS_ACCESS_KEY_ID\n      - AWS_SECRET_ACCESS_KEY\n",
            path="compose.yaml", location="AWS_ACCESS_KEY_ID", note="passed on from the host",
        ),
        Example(
            "services:\n  api:\n    build:\n      args:\n"
            "        AWS_SECRET_ACCESS_KEY: ${AWS_SECRET_ACCESS_KEY}\n",
            path="compose.yaml", location="AWS_SECRET_ACCESS_KEY: $",
        ),
        Example(
            "kind: Deployment\nspec: {template: {spec: {containers: [{name: api, env: [\n"
            "  {name: AWS_ACCESS_KEY_ID, value: {aws_access_key_id}}]}]}}}\n",
            path="deployment.yaml", location="AWS_ACC",
        ),
        Example(
            "containers:\n  - env:\n{{- if .Values.s3 }}\n      - name: AWS_SECRET_ACCESS_KEY\n"
            '        value: "{aws_secret_access_key}"\n{{- end }}\n',
            path="chart/templates/deployment.yaml", location="AWS_SECRET_ACCESS_KEY", note="a Helm template",
        ),
        Example(
            "env:\n  AWS_ACCESS_KEY_ID: {aws_access_key_id}\n", path="chart/values.yaml", location="AWS_ACC",
        ),
        Example(
            "docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY=$KEY -p 80:80 api\n",
            path="run.sh", location="AWS_ACCESS_KEY_ID", note="passed on by a command",
        ),
        Example(
            '{"containerEnv": {"AWS_ACCESS_KEY_ID": "${localEnv:AWS_ACCESS_KEY_ID}"}}\n',
            path=".devcontainer/devcontainer.json", location="AWS_ACCESS_KEY_ID",
        ),
        Example(
            '{"containerDefinitions": [{"environment": [\n'
            '  {"name": "AWS_ACCESS_KEY_ID", "value": "{aws_access_key_id}"}]}]}\n'
            '', path="task.json", location="AWS_ACC",
        ),
    )  # fmt: skip
    good = (
        Example("FROM a\nENV AWS_ACCESS_KEY_ID=''\nENV AWS_REGION=eu-west-2\n", path="Dockerfile"),
        Example("FROM a\n# ENV AWS_ACCESS_KEY_ID={aws_access_key_id}\n", path="Dockerfile"),
        Example("FROM a\nENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", path="Dockerfile"),
        Example("FROM a\nARG AWS_ACCESS_KEY_ID=testing\n", path="Dockerfile"),
        Example("services:\n  api:\n    environment: [AWS_PROFILE, AWS_REGION]\n", path="compose.yaml"),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: ''\n  b:\n"
            "    environment: [AWS_SECRET_ACCESS_KEY=]\n", path="compose.yaml",
        ),
        Example("services:\n  s3:\n    environment:\n      AWS_ACCESS_KEY_ID: test\n", path="compose.yaml"),
        Example(
            "services:\n  api:\n"
            "    environment: [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]\n",
            path="compose.yaml", note="a signed-in session, passed on",
        ),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: local-root-user-1\n"
            "      AWS_ENDPOINT_URL: http://minio:9000\n", path="compose.yaml",
        ),
        Example(
            "env:\n  - name: AWS_ACCESS_KEY_ID\n    valueFrom:\n      secretKeyRef: {name: s3, key: id}\n",
            path="deployment.yaml",
        ),
        Example(
            'env:\n  - name: AWS_ACCESS_KEY_ID\n    value: "{{ .Values.id }}"\n',
            path="templates/a.yaml",
        ),
        Example("docker run -e AWS_PROFILE -v ~/.aws:/home/app/.aws:ro api\n", path="run.sh"),
        Example('{"containerEnv": {"AWS_PROFILE": "${localEnv:AWS_PROFILE}"}}\n', path="devcontainer.json"),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        if languages.find(file.path).id in ("workflow", "action"):
            return
        seen = set[int]()
        in_pipeline = pipelines.is_pipeline(file.path)
        for block in blocks(file):
            if block.kind == "command" and in_pipeline:
                continue  # `workflow-access-key` reports those
            keys = [key for key in _keys(block) if key[0].start not in seen]
            seen.update(variable.start for variable, _ in keys)
            together = [keys] if keys and block.kind == "command" else [[key] for key in keys]
            for (variable, literal), *others in together:
                yield self._report(file, project, variable, literal, block.kind, others)

    def _report(
        self,
        file: SourceFile,
        project: Project,
        variable: Variable,
        literal: bool,
        kind: str,
        others: list[_Key],
    ) -> Violation:
        from palint.advice import Place, aws_keys

        name = variable.name[:60]
        keys = [(variable, literal), *others]
        values = [(v.value_start, v.value_end) for v, is_literal in keys if is_literal]
        place = "the image" if kind == "dockerfile" else "the container"
        return self.violation(
            file.span(variable.start, variable.end),
            f"`{name}` is a hardcoded AWS key" if literal else f"`{name}` passes a static AWS key to {place}",
            fix_hint=aws_keys.container(Place(file, project), name, kind, values),
            related=[
                Related(file.span(other.start, other.end), "another part of the key") for other, _ in others
            ],
            values=values,
        )


def _keys(block: Block) -> Iterator[_Key]:
    """Yield the AWS keys among the variables of a block."""
    others = {variable.name: variable.value for variable in block.variables}
    for variable in block.variables:
        if NAME.fullmatch(variable.name) and not TOKEN.fullmatch(variable.name):
            found = classify_beside(variable.value or f"${variable.name}", others)
            if found == "reference" and is_of_another_service(variable.value):
                continue  # `AWS_ACCESS_KEY_ID=$R2_KEY`: for a client that supports only these names
            if found == "literal" or (found and block.kind):
                yield variable, found == "literal"
