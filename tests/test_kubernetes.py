"""Kubernetes Secrets, from YAML and from Helm templates, and the commands that create one from a literal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import kubernetes, registry
from palint.languages import yaml
from palint.testing import results_of, substitute
from palint.text.source import SourceFile

RULE = registry.load()["kubernetes-secret"]
PASSWORD = substitute("{password}")

PLAIN = """apiVersion: v1
kind: Secret
metadata:
  name: api
type: Opaque
data:
  a: YQ==
  "b": "Yg=="  # é
  c: |
    Y29u
    Zmln
  d:
stringData:
  e: f
"""


def read(text: str, *, template: bool) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    file = SourceFile("a.yaml", text.encode())
    found = kubernetes.secrets(file.text, yaml.parse_template(file) if template else yaml.parse(file))
    return [
        (s.name, [(k, file.text[v.start : v.end].strip(), e) for k, v, e in s.values if "{{" not in v.text])
        for s in found
    ]


def test_plain_yaml() -> None:
    values = [("a", "YQ==", True), ("b", "Yg==", True), ("c", "Y29u\n    Zmln", True), ("e", "f", False)]
    assert read(PLAIN, template=False) == [("api", values)]


def test_a_template_is_read_like_the_yaml_it_becomes() -> None:
    assert read(PLAIN, template=True) == read(PLAIN, template=False)


def test_values_from_a_template_are_left_out() -> None:
    text = """{{- if .Values.x }}
kind: Secret
metadata:
  name: {{ .Release.Name }}
data:
{{- range .Values.y }}
  {{ .k }}: {{ .v }}
{{- end }}
  a: {{ .Values.a | b64enc }}
  b: |
    x: {{ .Values.b }}
{{- if .Values.c }}
    y: z
{{- end }}
  c: literal
other:
  d: e
{{- end }}
---
kind: ConfigMap
data:
  f: g
"""
    assert read(text, template=True) == [("", [("c", "literal", True)])]


def test_encrypted_and_foreign_kinds() -> None:
    sops = read("kind: Secret\ndata: {a: b}\nsops: {}\n", template=False)
    assert sops == [("", [("a", "b", True)])], "whether a value is encrypted shows in the value"
    assert read("kind: SealedSecret\ndata: {a: b}\n", template=False) == []
    assert read("apiVersion: x/v2\nkind: Secret\ndata: {a: b}\n", template=False) == []
    tagged = read("kind: Secret\ndata: {a: !vault b, c: }\n", template=False)
    assert tagged == [("", [("a", "!vault b", True)])]
    assert read("kind: Secret\ndata:\n  a: b\nsops:\n  c: d\n", template=True) == sops


def test_literals_of_a_kustomization() -> None:
    text = "secretGenerator:\n- name: a\n  literals: [b=c, 'd=e=f', g]\n  envs: [x]\n- {name: h}\n"
    text += "- literals: [b=c]\n"
    found = [("b", "c", False), ("d", "e=f", False), ("g", "", False)]
    assert read(text, template=False) == [("a", found), ("", found[:1])]


@given(
    st.lists(
        st.sampled_from([*PLAIN.splitlines(), "{{ x }}", "---", "  - y", "\t", "  z: |", "    {{- w }}"])
    )
)
def test_no_text_is_too_much_for_the_template_reader(lines: list[str]) -> None:
    file = SourceFile("a.yaml", "\n".join(lines).encode())
    for secret in kubernetes.secrets(file.text, yaml.parse_template(file)):
        for _, value, _ in secret.values:
            assert 0 <= value.start <= value.end <= len(file.text)
            assert ("{{" in file.text[value.start : value.end]) == ("{{" in value.text)


@pytest.mark.parametrize(
    ("path", "text", "name"),
    [
        ("a.sh", "kubectl create secret generic api --from-literal=password={password}\n", "Secret `api`"),
        ("a.sh", "kubectl -n x create secret generic db \\\n  --from-literal user=app \\\n"
         "  --from-literal 'password={password}'\n", "Secret `db`"),
        ("a.sh", "oc create secret docker-registry r --docker-password={password}\n", "`r`"),
        ("a.sh", "echo '{password}' | docker secret create db_password -\n", "Secret `db_password`"),
        ("a.sh", "sudo echo '{password}' | docker secret create --label=a db -\n", "Secret `db`"),
        ("a.sh", "kubectl create secret generic --from-literal=token={password} api\n", "Secret `api`"),
        ("Makefile", "a:\n\tkubectl create secret generic api --from-literal=token={password}\n", "`api`"),
        (".gitlab-ci.yml", "d:\n  script:\n    - kubectl create secret generic a --from-literal=x={password}",
         "Secret `a`"),
        (".github/workflows/a.yml", "jobs:\n  a:\n    steps:\n      - run: |\n"
         "          kubectl create secret generic a --from-literal=token={password}\n", "Secret `a`"),
    ],
)  # fmt: skip
def test_a_literal_on_the_command_line_is_found(path: str, text: str, name: str) -> None:
    (finding,) = results_of(RULE, {path: text}).findings
    written = substitute(text)
    assert [written[start:end] for start, end in finding.value_ranges] == [PASSWORD]
    assert "from a literal value" in finding.message and name in finding.message
    assert finding.fix_hint.count("rotate it") == 1


@pytest.mark.parametrize(
    "text",
    [
        'kubectl create secret generic api --from-literal=password="$PASSWORD"\n',
        "kubectl create secret generic api --from-literal=password=${PASSWORD}\n",
        "kubectl create secret generic api --from-literal=password=$(cat x)\n",
        "kubectl create secret generic api --from-literal=password=changeme\n",
        "kubectl create secret generic api --from-literal=username=app-administrator\n",
        "kubectl create secret generic api --from-literal=RESTIC_REPOSITORY=s3:http://minio:9000/restic\n",
        "kubectl create secret generic api --from-file=password.txt\n",
        "kubectl create configmap api --from-literal=color=blue-and-green\n",
        'echo "$PASSWORD" | docker secret create db_password -\n',
        "docker secret create db_password ./password.txt\n",
        "echo changeme | docker secret create db_password -\n",
        "echo '{password}' | docker login --password-stdin\n",
        "kubectl create secret generic api --from-literal=password=\n",
        "# kubectl create secret generic api --from-literal=password={password}\n",
    ],
)
def test_other_commands_are_not_reported(text: str) -> None:
    assert not results_of(RULE, {"a.sh": text}).findings


@pytest.mark.parametrize(
    "text",
    ["ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]", "$ANSIBLE_VAULT;1.1;AES256\n6162", "ref+awssecrets://a"],
)
def test_an_encrypted_value_or_a_reference_is_no_literal(text: str) -> None:
    assert not kubernetes.is_literal_secret("conf", text, encoded=False)


@pytest.mark.parametrize(
    ("key", "value", "is_secret"),
    [
        ("accept", "application/json", False),
        ("EMAIL_ONCALL", "team@shop.dev, lead@shop.dev", False),
        ("password", "team@shop.dev", True),
        ("PYTHON_ENV", "development", False),
        ("password", "development", True),
        ("ssh", "REPLACEMENT_SSH", False),
        ("operator", "awx", False),
        ("mode", "secret", False),
        ("operator", PASSWORD, True),
        ("CLIENT_SECRET", "client_secret", False),
        ("MONGODB_PASS", "pass", True),
        ("cdappconfig", '{"bucket": {"secretKey": ""}}', False),
        (".dockerconfigjson", '{"auths": {"x": {"email": "", "auth": ""}}}', False),
        (".dockerconfigjson", f'{{"auths": {{"x": {{"auth": "{PASSWORD}"}}}}}}', True),
    ],
)
def test_a_value_is_public(key: str, value: str, is_secret: bool) -> None:
    assert kubernetes.is_literal_secret(key, value, encoded=False) == is_secret


def test_a_value_that_is_its_keys_name_too_is_marked_behind_the_equals_sign() -> None:
    text = f"kubectl create secret generic api --from-literal={PASSWORD}={PASSWORD}\n"
    (finding,) = results_of(RULE, {"a.sh": text}).findings
    assert finding.value_ranges == ((text.rindex(PASSWORD), text.rindex(PASSWORD) + len(PASSWORD)),)
