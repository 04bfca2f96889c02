"""CloudFormation: resources at every place, and their properties."""

from __future__ import annotations

import pytest

from palint.aws import cloudformation
from palint.languages import yaml
from palint.languages.value import INTERPOLATION
from palint.text.source import SourceFile


@pytest.mark.parametrize(
    ("written", "kind", "text", "source"),
    [
        ("a/b", "text", "a/b", "a/b"),
        ("'a b'", "text", "a b", "a b"),
        ('"a"', "text", "a", "a"),
        ("!Ref A", "other", "!Ref", None),
        ('!Sub "${A}/b"', "template", f"{INTERPOLATION}/b", "${A}/b"),
        ("!Sub ${A}", "template", INTERPOLATION, "${A}"),
        ("!Sub 'a'", "text", "a", "a"),
        ("!Sub ['${A}-b', {A: c}]", "template", f"{INTERPOLATION}-b", "${A}-b"),
        ("{'Fn::Sub': '${A}-b'}", "template", f"{INTERPOLATION}-b", "${A}-b"),
        ("!Join ['/', [a, !Ref B]]", "template", f"a/{INTERPOLATION}", None),
        ("{'Fn::Join': ['', [a, b]]}", "text", "ab", None),
        ("{Ref: A}", "other", "Ref", None),
        ("'${self:custom.x}/y'", "template", f"{INTERPOLATION}/y", "${self:custom.x}/y"),
        ("'{{resolve:ssm:a:1}}'", "template", INTERPOLATION, "{{resolve:ssm:a:1}}"),
        ("'a${!b}'", "text", "a${!b}", "a${!b}"),
        ("'a${b'", "text", "a${b", "a${b"),
        ("'${A}/${b'", "template", f"{INTERPOLATION}/${{b", "${A}/${b"),
        ("'{{resolve:ssm:a:1}'", "text", "{{resolve:ssm:a:1}", "{{resolve:ssm:a:1}"),
        ("", "nothing", "", None),
        ("!If [A, b, c]", "other", "!If", None),
        ("[a, b]", "other", "seq", None),
        ("{a: 1, b: 2}", "other", "map", None),
        ("!!str a", "text", "a", None),
        ("!Sub {a: b}", "other", "a", None),
        ("!Sub []", "other", "Sub", None),
        ("!Join []", "other", "Join", None),
        ("!Join ['', !Ref A]", "other", "Join", None),
        ("!Join a", "other", "Join", None),
        ("!Join ['/', [a, {Ref: B}]]", "template", f"a/{INTERPOLATION}", None),
    ],
)
def test_value(written: str, kind: str, text: str, source: str | None) -> None:
    file = SourceFile("a.yml", f"# é\nName: {written}\n".encode())
    (document,) = yaml.parse(file)
    node = document.get("Name")
    assert node is not None
    value = cloudformation.value(file, node)
    assert (value.kind, value.text) == (kind, text)
    if source is not None:
        assert file.text[value.start : value.end] == source


def test_resources_are_found_at_any_depth() -> None:
    text = "resources:\n  - Resources:\n      A: {Type: 'AWS::X'}\n      B: {Type: 'AWS::Y'}\n"
    text += "---\nC: {Type: AWS::X}\n"
    documents = yaml.parse(SourceFile("serverless.yml", text.encode()))
    found = list(cloudformation.resources(documents, "AWS::X"))
    assert [(r.name, r.properties.items) for r in found] == [("A", []), ("C", [])]


def test_json_is_read_too() -> None:
    text = '{\n\t"Resources": {\n\t\t"A": {"Type": "AWS::X", "Properties": {"Name": "a\\/b"}}}}'
    file = SourceFile("a.json", text.encode())
    (resource,) = cloudformation.resources(yaml.parse(file), "AWS::X")
    assert resource.properties is not None
    name = resource.properties.get("Name")
    assert name is not None
    assert cloudformation.value(file, name).text == "a/b"
