from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from palint.aws.key_values import is_placeholder, is_template_value
from palint.findings import Finding
from palint.kubernetes import manifests
from palint.languages import yaml as yaml_
from palint.rule import JSON, YAML, Clause, Example, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.tree.project import Project

# What a key that ends so holds is no secret: where something is, who signs in, a label, a public certificate.
_PUBLIC = lazy_re.compile(
    r"(type|url|uri|names?|server|namespace|user|host|port|database|db|region|project|email|endpoint|bucket"
    r"|engine|address|driver|audience|issuer|id|version|environment|enableoci|insecure|known_hosts|ca\.crt"
    r"|public.?key)$",
    re.I,
)
_CERTIFICATE = lazy_re.compile(r"-----BEGIN [A-Z ]*(CERTIFICATE|PUBLIC)")
_LOGIN_IN_URL = lazy_re.compile(r"://[^/\s:@]*:[^/\s@]+@")
# A configuration file kept as a Secret is one only when it sets a secret.
_FILE_NAME = lazy_re.compile(r"\.(conf|cfg|ini|json|ya?ml|toml|properties|xml|sh)$", re.I)
_SETTING = lazy_re.compile(r"\n|^[A-Z_]+=")
_SETS_SECRET = lazy_re.compile(
    r"(pass(wd|word|phrase)?|pwd|secret|token|key|credential)\w{0,40}[\"']?\s{0,40}[:=]\s{0,40}\S", re.I
)
_ELSEWHERE = lazy_re.compile(r"^(ENC\[|ref\+|vault:|op://|AgA|\$\w|\$\{|%[A-Z_]+%)")


class KubernetesSecret(Rule):
    """Kubernetes Secrets with their values in the manifest.

    ## Why

    A `Secret`'s values are base64, not encrypted: who can read the repository has them. They belong in AWS
    Secrets Manager, and the cluster fetches them from there.

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

    A Helm chart takes the name of an existing Secret as a value, in place of the secret.

    ## Fix

    None: the value has to be moved to Secrets Manager and rotated first.

    ## Limits

    Values that a template or a placeholder fills in, encrypted ones (SOPS, sealed-secrets, ansible-vault),
    entries that hold no secret by their name (`username`, `host`, `url`, `ca.crt`, …), certificates, and
    configuration files that set no secret are not findings. A manifest that is no YAML until Helm or another
    template engine has run is read by its lines' indentation. One finding a manifest: its span begins at the
    first value.
    """

    clause = Clause.SECRETS_MANAGER_ONLY
    files = YAML | JSON
    keywords = (r"kind[\"']?:\s*[\"']?Secret",)
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
            location="{password}",
            path="secret.yaml",
        ),
        Example(
            """apiVersion: v1
kind: Secret
metadata:
  name: api
type: Opaque
data:
  password: {hex32}
""",
            location="{hex32}",
            path="secret.yml",
        ),
        Example(
            """apiVersion: v1
kind: List
items:
  - kind: ConfigMap
    data: {a: b}
  - kind: Secret
    stringData: {"token": "{hex32}"}
""",
            location="{hex32}",
            path="list.yaml",
        ),
        Example(
            """kind: Service
metadata: {name: api}
---
kind: Secret
metadata: {name: api}
data:
  tls.key: {hex64}
""",
            location="{hex64}",
            path="all.yaml",
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
            location="{password}",
            path="templates/secret.yaml",
        ),
        Example(
            """apiVersion: v1
kind: Secret
metadata:
  name: {{ .Release.Name }}
stringData:
  config.ini: |
    [db]
    password = {password}
type: Opaque
""",
            location="    [db]",
            path="templates/secret.yaml",
        ),
        Example(
            '{"kind": "Secret", "apiVersion": "v1", "stringData": {"password": "{password}"}}\n'.replace(
                "\\\n", "\n"
            ),
            location="{password}",
            path="secret.json",
        ),
    )
    good = (
        Example(
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {a: AgBy3i4OJS}}\n",
            path="sealed.yaml",
        ),
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
            """kind: Secret
metadata:
  name: {{ .Release.Name }}
data:
  password: {{ .Values.password | b64enc }}
  key: |
    {{ .Values.key | nindent 4 }}
""",
            path="templates/secret.yaml",
        ),
        Example(
            "kind: Secret\nstringData:\n  password: changeme\n  token: ${TOKEN}\n  key: <your key>\n",
            path="s.yaml",
        ),
        Example(
            "kind: Secret\nmetadata: {labels: {argocd.argoproj.io/secret-type: repository}}\n"
            "stringData: {type: git, url: https://github.com/acme/api}\n",
            path="repo.yaml",
        ),
        Example("env:\n  - secretRef: {kind: Secret, name: api}\n", path="x.yaml"),
    )

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        try:
            secrets = list(manifests.secrets(file, file.parsed_with(yaml_.parse)))
        except ParseError:
            file.add_notice(
                "parse-fallback", "is not plain YAML; its Secrets were read by their lines' indentation"
            )
            secrets = list(manifests.secrets_in_template(file))
        for secret in secrets:
            held = [
                (key, value) for key, value, encoded in secret.values if _is_secret(key, value.text, encoded)
            ]
            if not held:
                continue
            keys = ", ".join(f"`{key}`" for key, _ in held[:3]) + (", …" if len(held) > 3 else "")
            what = f"Secret `{secret.name}`" if secret.name else "This Secret"
            name = secret.name or "api"
            yield self.finding(
                file.span(held[0][1].start, max(value.end for _, value in held)),
                f"{what} holds the value{'s' if len(held) > 1 else ''} of {keys}; base64 is no encryption",
                fix_hint="Keep it in AWS Secrets Manager, and have the cluster fetch it:\n"
                "    apiVersion: external-secrets.io/v1\n"
                "    kind: ExternalSecret\n"
                f"    metadata: {{name: {name}}}\n"
                "    spec:\n"
                "      secretStoreRef: {name: aws-secrets-manager, kind: ClusterSecretStore}\n"
                f"      target: {{name: {name}}}\n"
                f"      dataFrom: [{{extract: {{key: {name}/production}}}}]",
                values=[(value.start, value.end) for _, value in held],
            )


def _is_secret(key: str, text: str, encoded: bool) -> bool:
    """Whether an entry's value is a literal that may be a secret."""
    if _ELSEWHERE.match(text) or is_template_value(text):
        return False
    if encoded:
        try:
            text = base64.b64decode(text).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            pass
    text = text.strip()
    if "PRIVATE KEY-----" in text or _LOGIN_IN_URL.search(text):
        return True
    if _PUBLIC.search(key) or _CERTIFICATE.match(text) or text.lower() in ("true", "false"):
        return False
    if _FILE_NAME.search(key) or _SETTING.search(text):
        return _SETS_SECRET.search(text) is not None
    return not is_template_value(text) and (
        text.lower() in ("password", "secret") or not is_placeholder(text)
    )
