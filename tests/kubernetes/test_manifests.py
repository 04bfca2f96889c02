"""Kubernetes Secrets, from YAML and from Helm templates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from palint.kubernetes import manifests
from palint.languages import yaml
from palint.text.source import SourceFile

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
    found = manifests.secrets_in_template(file) if template else manifests.secrets(file, yaml.parse(file))
    return [(s.name, [(k, file.text[v.start : v.end].strip(), e) for k, v, e in s.values]) for s in found]


def test_plain_yaml() -> None:
    values = [("a", "YQ==", True), ("b", "Yg==", True), ("c", "Y29u\n    Zmln", True), ("e", "f", False)]
    assert read(PLAIN, template=False) == [("api", values)]


def test_a_template_is_read_like_the_yaml_it_becomes() -> None:
    assert read(PLAIN, template=True) == read(PLAIN, template=False)


def test_what_a_template_fills_in_is_left_out() -> None:
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
    found = [("b", "c", False), ("d", "e=f", False), ("g", "", False)]
    assert read(text, template=False) == [("a", found)]


@given(
    st.lists(
        st.sampled_from([*PLAIN.splitlines(), "{{ x }}", "---", "  - y", "\t", "  z: |", "    {{- w }}"])
    )
)
def test_no_text_is_too_much_for_the_template_reader(lines: list[str]) -> None:
    file = SourceFile("a.yaml", "\n".join(lines).encode())
    for secret in manifests.secrets_in_template(file):
        for _, value, _ in secret.values:
            assert 0 <= value.start <= value.end <= len(file.text)
            assert "{{" not in file.text[value.start : value.end]
