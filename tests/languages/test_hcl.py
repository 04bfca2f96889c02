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
        ('var.a ? /* x */ "b" : "c"', [("text", "b"), ("text", "c")]),
        ('try(var.a, /* x */ "b")', [("other", "var.a"), ("text", "b")]),
        (f"coalesce({', '.join('abcdefghijklmnopqrst')})", [("other", name) for name in "abcdefghijklmnop"]),
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


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('print "x"\nprovider "aws" {\n}\n', 1),
        ('a {\n  b = 1\n}\nprovider "aws"\n{\n}\n', 4),
        ('terraform {\n  x\n  backend "s3" {\n  }\n}\n', 2),
    ],
)
def test_a_line_break_in_the_head_of_a_block_is_an_error(text: str, line: int) -> None:
    """Terraform refuses it; to the grammar it is one block, of another kind."""
    file = SourceFile("a.tf", text.encode())
    hcl.parse(file)
    assert [(n.kind, n.message[:23]) for n in file.notices] == [("unparsed", f"syntax error at line {line}:")]


def test_a_block_that_starts_on_one_line_is_valid() -> None:
    file = SourceFile("a.tf", b'# a\nprovider "aws" { # b\n  c {\n  }\n}\n\nd "e" { f = 1 }\n')
    hcl.parse(file)
    assert not file.notices


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
