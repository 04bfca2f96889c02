# ruff: noqa: E501 - texts of whole files
"""All that the parsers read from one file of each language, with the text at each place, compared whole."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from palint.languages import (
    calls,
    compose,
    curl,
    dockerfile,
    go,
    hcl,
    javascript,
    notebook,
    python,
    python_scopes,
    shell,
    toml,
    treesitter,
    unparsed,
    yaml,
)  # fmt: skip
from palint.languages.value import Value
from palint.text.source import SourceFile
from tests.snapshots import check_snapshot

PARSED = Path(__file__).with_name("snapshots") / "parsed.txt"

YAML = r"""# é
one: &one
  plain: text of
    two lines
  'it''s': "a\tb\u00e9"
  literal: |
    x
     y
  folded: >-
    x
    y
  empty:
  none: ~
  tagged: !Sub "${A}"
  list: [a, 'b', {c: d}]
  "<<": quoted
two:
  <<: [*one, {plain: other, more: 1}]
  plain: own
  plain: again
three: {<<: *one, tagged: null}
---
- - a
  - b: c
    d: e
- ? long key
  : value
...
"""

SHELL = r"""#!/bin/sh
# a 'comment'
A=b C="d $E" sudo -E run 'one two' "three $four" five\ six \
  seven
if test -f x; then export K=$(cat .env | head -1) && echo `id -u`; fi
cat <<A > out 2>>log <<-'B' &
body $x
A
	other
	B
f() { a > .env < in; } # end
x="${Y:-$(z "w")}" y=$((1 + 2)) $'a\tb' a#b ''
exec env V=1 ./run <<< "text" 2>&1 &> all
"""

DOCKERFILE = r"""# syntax=docker/dockerfile:1
# escape=`
FROM a AS b
ENV A=b C='d e' `
    # a comment

    F="g h" I=j` k
ENV NAME the value=of  it
ENV H=~h~
ONBUILD ARG L
arg M= N="" O
COPY --from=b --chown=1:1 x .env /y/
ADD ["a b", "c", "/d/"]
RUN --mount=type=secret,id=s cat <<EOF > /x && echo z
line 1
EOF
RUN <<-"A" <<B
	one
	A
two
B
CMD run
"""

TOML = r"""# é
top = 1
"quo\u0074ed".'key x' = "a # b"
[table]
a.b = [1, [2,
  3], { c = 4, d = [5] }] # ]
text = '''
x = 1
'''
raw = '''
[no]
'''
[[many]]
name = "first"
[many.inner]
x = 2
[[many]]
[[many.deep]]
y = { z = { w = 1 } }
[ spaced . "name" ]
date = 2020-01-01
"""

KEYS = """
top
quoted/key x
table
table/a
table/a/b/0
table/a/b/1
table/a/b/1/0
table/a/b/1/1
table/a/b/2/c
table/a/b/2/d/0
table/text
table/x
table/raw
no
many
many/0/name
many/0/inner
many/0/inner/x
many/1
many/1/deep
many/1/deep/0/y/z/w
many/1/deep/0/gone
many/7
spaced/name
spaced/name/date
table/gone
gone
"""

COMPOSE = """x-common: &c
  environment: [A=b, 'C=d e', "F", G=]
services:
  one:
    <<: *c
    image: a
    env_file: .env
    environment:
      H: i
      'J': "k"
      L:
      M: [n]
  two:
    env_file:
      - a.env
      - path: b.env
        required: false
      - required: true
    environment: *c
  three: {environment: ["O=p", {Q: r}], env_file: ~}
  four: text
"""

CURL = r"""curl -X POST -d a=b --data-urlencode 'c d' --data="e" -H 'X: y' https://h.example/x
/usr/bin/curl --json @- https://j.example <<A
{"k": 1}
A
bash -c "curl -d 'l m' n.example" && wget --post-data=o -q p.example; curl q.example -F r=s -d$T
"""

NOTEBOOK = r"""{"metadata": {"kernelspec": {"language": "R"}, "language_info": {"name": "Python"}},
 "cells": [
  {"cell_type": "markdown", "source": ["# é\n", "two"]},
  {"cell_type": "code", "source": "a = '\u00e9'\nb = \"x\"\n",
   "outputs": [{"output_type": "stream", "text": ["out\n", "more"]},
    {"output_type": "display_data", "data": {"text/plain": "p", "image/png": "iVBORw0K\n", "application/json": {"q": "r"}}},
    {"output_type": "error", "ename": "E", "evalue": "v\ud83d\ude00w", "traceback": ["t"]}]},
  {"cell_type": "raw", "source": []},
  {"cell_type": "code", "input": "%magic\nc = 1", "outputs": []},
  {"cell_type": "code", "source": "= ="}
 ]}
"""

PYTHON = r"""import os, boto3 as b, a.b.c
from .here import one as two
from ..up import three
from d import *

K = L = "text"
M, (N, *O) = 1, ("x", "y")
P: str = os.environ["P"]
for q, r in pairs: pass
with open(s) as t, u() as (v, w): pass
if (x := f"{K}-y"): pass

def given(pos, /, usual, *args, key=1, **more):
    made = {"a": usual, key: 2, **more}
    made["b"] = K
    made.update(c=3, **more)
    made.update({"d": 4}, dict(e=5))
    made.setdefault("f", 6)
    made.setdefault("g")
    kept = made
    return made

class Client:
    region = "eu"
    other: str

    def __init__(self, session):
        self.session = b.Session(region_name=self.region)
        self.client = self.session.client("s3", *O, **given(1))
        self.made = given(2)

    async def call(self):
        await self.client.put(Body=lambda z: z + P)
        return getattr(self.client, "get")(**self.options())

    def options(self):
        if K:
            return {"Key": "%s/%d" % (K, 1)}
        found = dict(Key="{}-{x}".format(K, x=1))
        return found

__import__("json").dumps([y for y in O if y])
os.getenv("E", "f" + K + os.environ.get("G"))
two(three.four)(K)[0].five()
print(None, b"x", 'a' 'b', '''c''', r"d\e", undefined)
"""

JAVASCRIPT = """import { S3 } from "x";
const key = process.env.KEY ?? "a", other = `b-${key}-c`;
const late; let changed = "d"; changed = "e";
new S3.Client({ key, "quoted key": other, [computed]: 1, ...rest, method() {}, late });
a.b?.c(key, other, changed, missing, null, undefined, "f" + key + 'g', (h), i as string, j!);
d(x ? "k" : y || "l", import.meta.env.M, process.env["N"], `o`, env.P);
function f(key) { return g(key); }
"""

JAVA = '''class A {
  private static final String KEY = "a" + B;
  String set; final Client c = S3Client.builder().region(KEY).build();
  void f(String given) {
    String once = System.getenv("E"), twice = "b"; twice = "c";
    new Credentials.Builder(once, twice, given, null, KEY, x ? "d" : given, """
      block""").go(this.set);
  }
}
'''

GO = r"""package a

import "os"

const key = "a"
var one, two = "b", `c`
var three = os.Getenv("D")

func f(given string) {
	local := key + "e"
	x.New(key, one, two, three, local, given, nil, &Config{Key: "f", Other: key}, "h\n")
	y.Z[int](aws.String("i"))
}
"""

HCL = """# é
resource "aws_thing" "one" {
  name = "a-${var.b}-c"
  list = [local.d, "e"]
  map = { f = "g", (h) = 1 }
  call = jsonencode({ i = "j" })
  chosen = var.k ? "l" : null
  text = <<-EOT
    m ${n}
  EOT
  nested "label" { o = 1 }
  dynamic "p" {
    for_each = q
    content { r = p.value }
  }
}
variable "s" { default = "t" }
"""

EXPRESSIONS = """  "a"\t
'b#{c}'
"${d}"
"e" + "f"
Environment.GetEnvironmentVariable("G")
System.getenv("H")
$_ENV['I']
env('J', "k")
ENV.fetch("L")
ENV[:"M"]
std::env::var("N")
os.environ.get("O")
<%= ENV["P"] %>
null
nil
None
""
''
// q
  # r
(a[b]{c})d
((e)
"""


def at(text: str, start: int, end: int) -> str:
    """A range of a text, and what it holds."""
    return f"{start}-{end} {text[start:end]!r}"


def values(found: Iterable[Value], text: str) -> str:
    return ", ".join(f"{v.kind} {v.text!r} {at(text, v.start, v.end)}" for v in found)


def ends_of_lines(text: str) -> list[int]:
    return [index for index, char in enumerate(text) if char == "\n"]


def of_yaml(file: SourceFile) -> Iterator[str]:
    for document in yaml.parse(file):
        for node in document.walk():
            yield f"{node.kind} {at(file.text, *node.span)}, inside {node.inside}: {node.value!r}"
            yield f"  style {node.style}, tag {node.tag}, null {node.null}, flow {node.flow}, alias {node.alias is not None}"
            for key, value in node.entries():
                yield f"  entry {key.value} {value.value!r}: {node.text(key.value)!r}"
    for offset in ends_of_lines(file.text):
        yield f"keys above {offset}: {yaml.keys_above(file.text, offset)!r}"


def of_shell(file: SourceFile) -> Iterator[str]:
    for command in shell.commands(file.text):
        prefixes = len(command.words) - len(command.arguments())
        yield f"{command.name()!r} {command.start}-{command.end} after {prefixes} words"
        for sign, word in [*(("word", w) for w in command.words), *command.redirects]:
            yield f"  {sign} {word.text!r} {at(file.text, word.start, word.end)}{' literal' if word.literal else ''}"
        yield from (f"  here-document {at(file.text, *body)}" for body in command.heredocs)


def of_dockerfile(file: SourceFile) -> Iterator[str]:
    for each in dockerfile.parse(file):
        yield f"{each.name} {each.text!r} {at(file.text, each.start, each.end)}"
        yield from (f"  word {word.text!r} {at(file.text, word.start, word.end)}" for word in each.words())
        yield f"  operands {[w.text for w in each.operands()]}, copied {[w.text for w in each.copied()]}"
        for pair in each.variables():
            yield f"  variable {pair.name!r} {pair.value!r} {at(file.text, pair.start, pair.end)}"
            yield f"    value {at(file.text, pair.value_start, pair.value_end)}"
        yield from (f"  here-document {at(file.text, *body)}" for body in each.heredocs)


def of_toml(file: SourceFile) -> Iterator[str]:
    locator = toml.KeyLocator(file.text)
    for path in KEYS.splitlines():
        parts = [int(part) if part.isdigit() else part for part in path.split("/") if part]
        yield f"{path or 'no key'} is in line {locator.line(parts)}"


def of_compose(file: SourceFile) -> Iterator[str]:
    for service in compose.parse(file):
        yield f"service {service.name}"
        for s in service.settings():
            yield f"  {s.name!r} {at(file.text, s.start, s.end)}{' in a map' if s.in_map else ''}"
            yield f"    value {at(file.text, s.value_start, s.value_end)}"
        loaded = service.entry("env_file")
        yield from (f"  loads {node.value}" for node in (compose.env_files(loaded[1]) if loaded else ()))


def of_curl(file: SourceFile) -> Iterator[str]:
    for request in curl.requests(file.text):
        yield f"{at(file.text, request.start, request.end)} rest {request.rest!r}"
        yield from (f"  body {at(file.text, *body)}" for body in request.bodies)


def of_notebook(file: SourceFile) -> Iterator[str]:
    yield f"binary {[at(file.text, *each) for each in notebook.read(file).binary]}"
    for made in (notebook.parse(file), notebook.outputs(file)):
        yield f"of {made.language}: {made.text!r}"
        yield from (f"  string {at(file.text, *each)}" for each in made.strings)
        for cell in made.cells:
            yield f"  {cell.number} code={cell.code} {at(made.text, cell.start, cell.end)} {made.source(cell)!r}"
        for start, end in [*((n, n + 1) for n in range(len(made.text))), (0, len(made.text)), (3, 3)]:
            yield f"  {made.text[start:end]!r} is {at(file.text, *made.place(start, end))}, {made.where(start)}"
    module = notebook.module(file)
    yield f"left out {module.left_out}"
    for node, _ in module.assignments:
        yield f"assignment {at(file.text, *module.offsets(node))}{module.where(node)}"


def of_python(file: SourceFile) -> Iterator[str]:
    module = python.module(file)

    def source(node: ast.AST) -> str:
        return file.text[slice(*module.offsets(node))]

    yield f"imports {module.imports}"
    for node, scope in module.assignments:
        yield f"assignment {at(file.text, *module.offsets(node))}"
        for target, value in python_scopes.bound(node):
            items = [(key, source(each)) for key, each in scope.items_of(target)]
            yield f"  {source(target)} = {source(value)}"
            yield f"  values {[source(each) for each in scope.values(target)]}, items {items}"
    for node, _ in module.dicts:
        items = [(key, source(each)) for key, each in python_scopes.dict_items(node)]
        yield f"dict {at(file.text, *module.offsets(node))} {items}"
    for call, scope in module.calls:
        unresolved = module.dotted(call.func, scope, follow=False)
        yield f"call {module.dotted(call.func, scope)} or {unresolved} {at(file.text, *module.offsets(call))}"
        yield f"  returns {[source(each) for each in scope.returned_dicts(call)]}"
        for argument in [*call.args, *(keyword.value for keyword in call.keywords)]:
            targets = [source(each.target) for each in scope.bindings(argument)]
            yield f"  {values([calls.python_value(file, module, argument, scope)], file.text)}, bound by {targets}"


def of_calls(file: SourceFile) -> Iterator[str]:
    for call in calls.calls(file, [index for index, char in enumerate(file.text) if char == "("]):
        yield f"call {call.name} {at(file.text, call.start, call.end)}"
        yield from (f"  {values(given, file.text)}" for given in call.given)


def of_hcl(file: SourceFile) -> Iterator[str]:
    tree = hcl.parse(file)

    def inside(node: treesitter.Node) -> Iterator[str]:
        for block in hcl.blocks(tree, node):
            yield f"{block.kind} {block.labels} {at(file.text, *block.header)}"
            for name, attribute in hcl.attributes(tree, block.node).items():
                node = hcl.expression(attribute)
                yield f"  {name} {hcl.call(tree, node)!r}: {values(hcl.values(tree, node), file.text)}"
            yield from (f"  {line}" for line in inside(block.node))

    yield from inside(tree.root)
    for offset in ends_of_lines(file.text):
        yield f"around {offset}: {[block.kind for block in hcl.enclosing_blocks(tree, tree.path(offset - 1))]}"


def of_javascript(file: SourceFile) -> Iterator[str]:
    tree = javascript.parse(file)
    for nodes in (path for word in ("S3", "key", "c") for path in tree.words(word)):
        yield f"{tree.source(nodes[0])} in {[node.type for node in nodes]}"
    for node in (n for path in tree.words("computed") for n in path if n.type == "object"):
        for name, member in javascript.members(tree, node).items():
            value = javascript.member_value(member)
            yield f"member {name} {tree.source(value)!r}: {values(javascript.values(tree, value), file.text)}"
            yield f"  without it {[at(file.text, *cut) for cut in treesitter.removal_ranges(tree, [member])]}"
    yield from of_calls(file)


def of_go(file: SourceFile) -> Iterator[str]:
    tree = go.parse(file)
    for node in (n for path in tree.words("Other") for n in path if n.type == "composite_literal"):
        for name, field in go.fields(tree, node).items():
            yield f"field {name}: {values(go.values(tree, field), file.text)}"
    yield from of_calls(file)


def of_expressions(file: SourceFile) -> Iterator[str]:
    start, text = 0, file.text
    for end in ends_of_lines(text):
        line = text[start:end]
        yield f"{line!r} in a comment {unparsed.in_comment(text, end)}, closes at {unparsed.closing(line, 0, 30)}"
        for name, grammar in [*unparsed.GRAMMARS.items(), ("any", unparsed.ANY_GRAMMAR)]:
            found = unparsed.value(text, start, end, grammar)
            if found.kind != "other" or name == "any":
                yield f"  {name}: {values([found], text)}"
        start = end + 1


FILES: dict[str, tuple[str, Callable[[SourceFile], Iterator[str]]]] = {
    "a.yaml": (YAML, of_yaml),
    "a.sh": (SHELL, of_shell),
    "Dockerfile": (DOCKERFILE, of_dockerfile),
    "a.toml": (TOML, of_toml),
    "compose.yaml": (COMPOSE, of_compose),
    "curl.sh": (CURL, of_curl),
    "a.ipynb": (NOTEBOOK, of_notebook),
    "a.py": (PYTHON, of_python),
    "a.ts": (JAVASCRIPT, of_javascript),
    "A.java": (JAVA, of_calls),
    "a.go": (GO, of_go),
    "a.tf": (HCL, of_hcl),
    "a.cs": (EXPRESSIONS, of_expressions),
}


@pytest.mark.parametrize("path", FILES)
def test_all_that_is_read_from_a_file(path: str) -> None:
    text, read = FILES[path]
    file = SourceFile(path, text.encode())
    lines = [*read(file), *(f"notice {notice.kind} {notice.message}" for notice in file.notices)]
    check_snapshot(PARSED, path, "\n".join(lines))
