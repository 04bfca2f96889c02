"""HCL: blocks, attributes, values."""

from __future__ import annotations

import pytest

from palint.languages import hcl
from palint.languages.value import INTERPOLATION
from palint.text.source import SourceFile


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a"', [("text", "a")]),
        ('""', [("text", "")]),
        ('"${var.a}/b"', [("template", f"{INTERPOLATION}/b")]),
        ('"%{if a}b%{endif}"', [("template", INTERPOLATION)]),
        ("null", [("nothing", "null")]),
        ("var.a", [("other", "var.a")]),
        ('var.a ? "b" : "c"', [("text", "b"), ("text", "c")]),
        ('coalesce(var.a, "b")', [("other", "var.a"), ("text", "b")]),
        ('("a")', [("text", "a")]),
        ("jsonencode({})", [("other", "jsonencode({})")]),
        ("<<EOF\na ${b}\nEOF", [("template", f"\na {INTERPOLATION}\n")]),
        ("<<-EOF\n  a\n  EOF", [("text", "\n  a\n  ")]),
    ],
)
def test_values(expression: str, expected: list[tuple[str, str]]) -> None:
    text = f'resource "a" "b" {{\n  # é\n  name = {expression}\n}}\n'
    tree = hcl.parse(SourceFile("a.tf", text.encode()))
    (block,) = hcl.enclosing_blocks(tree, tree.path(text.index("name")))
    found = hcl.values(tree, hcl.expression(hcl.attributes(tree, block.node)["name"]))
    assert [(v.kind, v.text) for v in found] == expected
    for value in found:
        if value.kind == "text":
            assert text[value.start : value.end] == value.text


def test_blocks_and_their_headers() -> None:
    text = 'terraform {\n  backend "s3" {\n    key = "a"\n    inner { b = 1 }\n  }\n}\n'
    tree = hcl.parse(SourceFile("a.tf", text.encode()))
    backend, terraform = hcl.enclosing_blocks(tree, tree.path(text.index("key")))
    assert (backend.kind, backend.labels, terraform.kind, terraform.labels) == (
        "backend",
        ("s3",),
        "terraform",
        (),
    )
    assert text[slice(*backend.header)] == 'backend "s3"'
    assert list(hcl.attributes(tree, backend.node)) == ["key"]
    assert [block.kind for block in hcl.blocks(tree, backend.node)] == ["inner"]
