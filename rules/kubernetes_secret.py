"""The rule `kubernetes-secret`: no values in `kind: Secret` manifests or in commands that create one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from palint import kubernetes
from palint.files.sets import in_language
from palint.findings import Violation
from palint.languages import yaml as yaml_
from palint.rule import JSON, SHELL, YAML, Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.tree.project import Project

# `kind: Secret`, also where YAML has a tag, anchor, alias, escape, comment or block.
_MANIFEST = r"(kind[\"']?\s*:\s*([\"']?Secret|[!&*>|#]|\"[^\"\n]{0,20}\\)|[*]\w+\s*:\s*[\"']?Secret)"
_MANIFESTS = (_MANIFEST, "stringData", "secretGenerator")
_MANIFEST_FILES = YAML | JSON | in_language("go-template", "jinja")
_MAKEFILES = in_language("makefile", "justfile")


class KubernetesSecret(Rule):
    """A Kubernetes Secret whose values are in the manifest or on the command line that creates it.

    ## Why

    A `Secret`'s values are base64, which is not encryption: anyone who can read the repository has them. They
    belong in AWS Secrets Manager, and the cluster reads them from there.

    ## Do this instead

    An `ExternalSecret` (or the Secrets Store CSI driver) that names the secret in Secrets Manager.

    ```yaml
    apiVersion: external-secrets.io/v1
    kind: ExternalSecret
    metadata: {name: api}
    spec:
      secretStoreRef: {name: aws-secrets-manager, kind: ClusterSecretStore}
      target: {name: api}
      dataFrom:
        - extract: {key: api/production}
    ```

    A Helm chart takes the name of an existing Secret as a value instead of the secret.

    ## Fix

    None: rotate the value and move it to Secrets Manager first.

    ## Limits

    Not reported: values that a template or a placeholder fills in, encrypted ones (SOPS, sealed-secrets,
    ansible-vault), entries whose name says that they are public (`username`, `host`, `url`, `ca.crt`, …),
    others without a secret's name unless the value looks random, certificates, and configuration files that
    set no secret. A Helm template, which is not YAML until it is rendered, is checked without its
    expressions, as far as that is YAML. A kustomization's `secretGenerator` literals are checked, too. One
    finding a manifest, at its first value. Of commands, `kubectl create secret … --from-literal`, `--docker-
    password` and `echo … | docker secret create` are checked.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    files = _MANIFEST_FILES | SHELL | _MAKEFILES
    keywords = (*_MANIFESTS, "--from-literal", "--docker-password", "secret create")
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            """apiVersion: v1
kind: Secret
metadata: {name: api}
stringData:
  username: app
  password: {password}
""",
            location="{password}", path="secret.yaml",
        ),
        Example(
            """{{- if .Values.create }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "api.fullname" . }}
stringData:
  host: {{ .Values.host }}
  {{- if .Values.token }}
  token: {{ .Values.token | quote }}
  {{- end }}
  password: "{password}"
{{- end }}
""",
            location="{password}", path="templates/secret.yaml",
        ),
        Example(
            "kubectl create secret generic api --from-literal=password={password}\n", location="{password}",
            path="deploy.sh",
        ),
    )  # fmt: skip
    good = (
        Example(
            """apiVersion: external-secrets.io/v1
kind: ExternalSecret
spec:
  dataFrom: [{extract: {key: api/production}}]
""",
            path="external.yaml",
        ),
        Example(
            """kind: Secret
data:
  password: ENC[AES256_GCM,data:p673w==,iv:YY=,tag:UQ=,type:str]
sops:
  kms: []
""",
            path="secret.enc.yaml",
        ),
        Example(
            "kind: Secret\nstringData:\n  password: changeme\n  token: ${TOKEN}\n  key: <your key>\n",
            path="s.yaml",
        ),
        Example('kubectl create secret generic api --from-literal=password="$PASSWORD"\n', path="deploy.sh"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        keywords = [(self.keywords[match.keyword], match.end) for match in file.keyword_matches]
        if any(keyword in _MANIFESTS for keyword, _ in keywords) and _MANIFEST_FILES.matches(file.path):
            yield from self._manifest(file, project)
        commands = [end for keyword, end in keywords if keyword not in _MANIFESTS]
        for creation in kubernetes.find_creations(file, commands):
            yield self.violation(
                file.span(creation.start, creation.end),
                f"`{creation.command}` creates {_named(creation.name)} from a literal value",
                fix_hint=self._advice(file, project, (), creation.values),
                values=creation.values,
            )

    def _manifest(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        try:
            documents = file.parsed_with(yaml_.parse)
        except ParseError:
            file.add_notice(
                "parse-fallback", "Helm template, not valid YAML: checked without its expressions"
            )
            documents = file.parsed_with(yaml_.parse_template)
        for secret in kubernetes.secrets(file.text, documents):
            found = [
                (key, value)
                for key, value, encoded in secret.values
                if kubernetes.is_literal_secret(key, value.text, encoded)
            ]
            if not found:
                continue
            keys = ", ".join(f"`{key}`" for key, _ in found[:2])
            more = f" and {len(found) - 2} more" if len(found) > 2 else ""
            values = [(value.start, value.end) for _, value in found]
            noun = "values" if len(found) > 1 else "value"
            yield self.violation(
                file.span(found[0][1].start, max(value.end for _, value in found)),
                f"{_named(secret.name)} contains the {noun} of {keys}{more}",
                why="base64 is not encryption" if any(encoded for _, _, encoded in secret.values) else "",
                fix_hint=self._advice(file, project, [key for key, _ in found], values),
                values=values,
            )

    def _advice(
        self,
        file: SourceFile,
        project: Project,
        keys: Sequence[str],
        values: Sequence[tuple[int, int]],
    ) -> str:
        from palint.advice import Place, secrets

        return secrets.kubernetes(Place(file, project, self.config.environments), keys, values)


def _named(name: str) -> str:
    return f"Secret `{name}`" if name else "this Secret"
