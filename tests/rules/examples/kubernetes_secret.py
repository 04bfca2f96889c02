"""Further examples of `kubernetes-secret`."""

from __future__ import annotations

from palint.rule import Example

BAD = (
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
GOOD = (
    Example(
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nspec: {encryptedData: {a: AgBy3i4OJS}}\n",
        path="sealed.yaml",
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
        "kind: Secret\nmetadata: {labels: {argocd.argoproj.io/secret-type: repository}}\n"
        "stringData: {type: git, url: https://github.com/acme/api}\n",
        path="repo.yaml",
    ),
    Example("env:\n  - secretRef: {kind: Secret, name: api}\n", path="x.yaml"),
)
