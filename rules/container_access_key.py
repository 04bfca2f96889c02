"""The rule `container-access-key`: no AWS keys in images and container environments."""

from __future__ import annotations

from collections.abc import Iterable

from palint import pipelines
from palint.aws.named_keys import CONTAINER_FORMS, KEYWORDS, SCRIPTS, NamedKey, find, may_be_elsewhere
from palint.findings import Related, Severity, Violation
from palint.rule import DOCKERFILES, JSON, YAML, Clause, Example, Reads, Rule
from palint.text.source import SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

_REFERENCES = {  # by form, in the messages
    **dict.fromkeys(CONTAINER_FORMS, "passes a static AWS key to the container"),
    "dockerfile": "passes a static AWS key to the image",
    "environment": "is given a static AWS key",  # also in data that no container has
}


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

    Found by the name of the variable, given a value or a reference, in Dockerfiles (`ENV` with a value, every
    `ARG`), `docker run -e`, `docker build --build-arg`, `kubectl set env`, and any YAML or JSON: Compose,
    Kubernetes (`secretKeyRef` too), Helm, External Secrets, ECS, Lambda, SAM, Serverless, Ansible. A list
    of bare names counts in Compose only. Not reported: an empty value, dummies such as `test`, placeholders,
    AWS's example keys, descriptions, keys beside an `AWS_SESSION_TOKEN`, references in tests, and the key of
    another vendor's server (an `…ENDPOINT…` beside it that is not AWS's). A reference is a warning in a file
    that has the endpoint of another server, or that only makes a Secret of Kubernetes, without a sign of AWS
    (an address, an ARN, a region). Workflows are checked by `workflow-access-key`, a `kind: Secret` by
    `kubernetes-secret`.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    reads = Reads.TREE  # whether the path is one of a pipeline
    checks_history = True
    files = DOCKERFILES | YAML | JSON | SCRIPTS
    keywords = KEYWORDS
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
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: {aws_access_key_id}\n",
            path="compose.yaml", location="AWS_ACCESS_KEY_ID", note="a map",
        ),
        Example(
            "docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY=$KEY -p 80:80 api\n",
            path="run.sh", location="AWS_ACCESS_KEY_ID", note="passed on by a command",
        ),
        Example(
            "env:\n  - name: AWS_ACCESS_KEY_ID\n    valueFrom:\n      secretKeyRef: {name: s3, key: id}\n",
            path="deployment.yaml", location="AWS_ACC", note="from a Secret",
        ),
        Example(
            "kind: ExternalSecret\nspec:\n  data:\n  - secretKey: AWS_SECRET_ACCESS_KEY\n"
            "    remoteRef: {key: backups, property: secret}\n",
            path="secret.yaml", location="AWS_SECRET_ACCESS_KEY", severity=Severity.WARNING,
            note="nothing says that it is AWS",
        ),
        Example(
            '{"containerEnv": {"AWS_ACCESS_KEY_ID": "${localEnv:AWS_ACCESS_KEY_ID}"}}\n',
            path=".devcontainer/devcontainer.json", location="AWS_ACCESS_KEY_ID",
        ),
    )  # fmt: skip
    good = (
        Example("FROM a\n# ENV AWS_ACCESS_KEY_ID={aws_access_key_id}\n", path="Dockerfile"),
        Example("FROM a\nENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n", path="Dockerfile"),
        Example("services:\n  api:\n    environment: [AWS_PROFILE, AWS_REGION]\n", path="compose.yaml"),
        Example(
            "services:\n  api:\n"
            "    environment: [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN]\n",
            path="compose.yaml", note="a signed-in session, passed on",
        ),
        Example(
            "services:\n  api:\n    environment:\n      AWS_ACCESS_KEY_ID: local-root-user-1\n"
            "      AWS_ENDPOINT_URL: http://minio:9000\n", path="compose.yaml",
        ),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        if pipelines.is_pipeline(file.path):
            return  # `workflow-access-key` reports those
        keys = [key for key in find(file) if key.form in CONTAINER_FORMS]
        while keys:
            first = keys.pop(0)
            others = [key for key in keys if key.group == first.group >= 0]
            keys = [key for key in keys if key not in others]
            yield self._report(file, project, first, others)

    def _report(self, file: SourceFile, project: Project, key: NamedKey, others: list[NamedKey]) -> Violation:
        from palint.advice import Place, aws_keys

        values = [(each.value_start, each.value_end) for each in (key, *others) if each.literal]
        what = "is a hardcoded AWS key" if key.literal else _REFERENCES[key.form]
        doubt = may_be_elsewhere(file, key)
        hint = aws_keys.container(Place(file, project, offset=key.start), key.form, values)
        return self.violation(
            file.span(key.start, key.end),
            f"`{key.name}` {what}{'; the endpoint may not be AWS' if doubt else ''}",
            fix_hint=aws_keys.for_servers(hint) if doubt else hint,
            severity=Severity.WARNING if doubt else Severity.ERROR,
            related=[
                Related(file.span(other.start, other.end), "another part of the key") for other in others
            ],
            values=values,
        )
