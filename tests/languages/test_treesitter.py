"""The layer over tree-sitter: offsets are code points, and no input is too much for it."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint.languages import go, hcl, java, javascript, treesitter
from palint.text.source import ParseError, SourceFile

PARSERS = {
    "a.js": javascript,
    "a.ts": javascript,
    "a.tsx": javascript,
    "a.java": java,
    "a.go": go,
    "a.tf": hcl,
}
# Of each width in UTF-8, with the spaces of JavaScript beyond ASCII.
ODD = st.text(st.sampled_from("aé\u00a0\u2028\u3000\ufeff漢🔑e\u0301 x"), max_size=20)


def tree_of(path: str, text: str) -> treesitter.Tree:
    parser = PARSERS[path]
    return parser.parse(SourceFile(path, text.encode("utf-8", "surrogatepass")))


@given(before=ODD, value=ODD)
def test_offsets_are_code_points(before: str, value: str) -> None:
    text = f'/* {before} */ const x = "{before}"; f({{ secretAccessKey: "{value}" }});'
    tree = tree_of("a.ts", text)
    pair = tree.path(text.index("secretAccessKey"))[1]
    found = javascript.values(tree, javascript.member_value(pair))
    assert [(v.kind, v.text, tree.text[v.start : v.end]) for v in found] == [("text", value, value)]


@given(path=st.sampled_from(sorted(PARSERS)), text=st.text(max_size=200), at=st.floats(0, 1))
def test_a_path_leads_from_the_place_to_the_root(path: str, text: str, at: float) -> None:
    tree = tree_of(path, text)
    if not tree.text:
        return
    offset = int(at * (len(tree.text) - 1))
    nodes = tree.path(offset)
    assert nodes[-1] == tree.root
    for inner, outer in pairwise(nodes):
        assert outer.start_byte <= inner.start_byte <= offset < inner.end_byte <= outer.end_byte


def test_a_broken_part_hides_nothing_around_it() -> None:
    text = 'resource "x" {{ broken\n}\nresource "aws_iam_access_key" "y" {\n  user = "z"\n}\n'
    tree = tree_of("a.tf", text)
    block = hcl.enclosing_blocks(tree, tree.path(text.index("aws_iam_access_key")))[0]
    assert block.labels == ("aws_iam_access_key", "y")


@pytest.mark.parametrize("path", sorted(PARSERS))
@pytest.mark.parametrize("unit", ["(", "[", "{", "${", "a(", "f({a:[", "`${"])
def test_deep_nesting_is_refused_before_it_costs(path: str, unit: str) -> None:
    with pytest.raises(ParseError, match="open at once"):
        tree_of(path, unit * 100_000)


def test_unclosed_generics_are_refused() -> None:
    with pytest.raises(ParseError, match="`<` open at once") as caught:
        tree_of("a.java", "\n" + "a<" * 100_000)
    assert caught.value.line == 2


def test_comparisons_are_not_generics() -> None:
    line = "for (int i = 0; i < n; i++) { if (a < b && c < d) { f(x < y); } }\n"
    assert not tree_of("a.java", "class A { void f() {\n" + line * 500 + "} }\n").root.has_error


def test_long_chains_are_survived() -> None:
    text = "x = " + "a + " * 20_000 + "secretAccessKey"
    assert tree_of("a.js", text).path(len(text) - 1)[0].type == "identifier"


def test_a_large_text_is_refused() -> None:
    with pytest.raises(ParseError, match="1,048,577 characters"):
        tree_of("a.js", " " * (treesitter.LARGEST + 1))


def test_the_way_to_many_hits_is_bounded() -> None:
    text = "x = [" + "secretAccessKey, " * 30_000 + "]"
    tree = tree_of("a.js", text)
    with pytest.raises(ParseError, match="too many places"):
        for offset in range(5, len(text), 17):
            tree.path(offset)


@pytest.mark.parametrize(
    ("text", "drop", "left"),
    [
        ("f({a: 1, b: 2, c: 3})", "b", "f({a: 1, c: 3})"),
        ("f({a: 1, b: 2})", "b", "f({a: 1})"),
        ("f({b: 2})", "b", "f({})"),
        ("f({b: 2, c: 3})", "bc", "f({})"),
        ("f({a: 1, b: 2, c: 3})", "ac", "f({b: 2})"),
        ("f({\n  a: 1,\n  b: 2,\n})", "a", "f({\n  b: 2,\n})"),
        ("f({\n  a: 1,\r\n  b: 2\n})", "b", "f({\n  a: 1\n})"),
        ("f({\n  b: 2\n})", "b", "f({\n})"),
        ("f({ b: 2,\n  c: 3 })", "b", "f({ \n  c: 3 })"),
    ],
)
def test_cuts(text: str, drop: str, left: str) -> None:
    tree = tree_of("a.js", text)
    members = javascript.members(tree, tree.path(text.index(": "))[2])
    for start, end in reversed(treesitter.removal_ranges(tree, [members[name] for name in drop])):
        text = text[:start] + text[end:]
    assert text == left


def test_a_word_is_looked_up_200_times_at_most() -> None:
    assert len(list(tree_of("a.js", "a;" * 201).words("a"))) == 200


def test_a_constructor_without_brackets_has_no_arguments() -> None:
    text = "new Client"
    assert treesitter.arguments(tree_of("a.js", text).path(text.index("Client"))[1]) == []


@pytest.mark.parametrize("name", ["javascript", "java", "go", "hcl"])
def test_only_the_grammar_that_is_needed_is_imported(name: str) -> None:
    suffix = {"javascript": "js", "hcl": "tf"}.get(name, name)
    code = (
        "import sys\n"
        f"from palint.aws import sdk_calls, secret_references\nfrom palint.languages import calls, {name}\n"
        "from palint.text.source import SourceFile\n"
        "assert not any(m.startswith('tree_sitter') for m in sys.modules)\n"
        f"{name}.parse(SourceFile('a.{suffix}', b'x'))\n"
        "print(*sorted(m for m in sys.modules if m.startswith('tree_sitter_')))\n"
        "assert 'importlib.resources' not in sys.modules\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [f"tree_sitter_{name}._binding"]


def test_a_wide_space_is_a_space() -> None:
    text = 'f({\u00a0secretAccessKey\u3000:\u00a0"x"\u2003});'
    tree = tree_of("a.js", text)
    assert not tree.root.has_error
    assert tree.path(text.index("secretAccessKey"))[1].type == "pair"


class TestSyntaxErrors:
    """A syntax error matters where a rule looks, and only there."""

    REFUSED = "const box: Box<a,,> = open();\n"
    CLIENT = "new S3Client({ credentials: { accessKeyId: process.env.A, secret: process.env.B } });\n"

    @pytest.mark.parametrize(
        "text",
        [
            'type A = import("./box").Box<string>;\n',
            "export function f(x: import('@a/b').c.Box<string>) {}\n",
            'const box: import("./box").Box<string> = open();\n',
        ],
    )
    def test_an_imported_type_with_arguments_is_no_error(self, text: str) -> None:
        assert self.looked_at(text + self.CLIENT) == []
        assert not tree_of("a.ts", text).root.has_error

    @pytest.mark.parametrize("text", ['x = "import(" + y + ").B<"', 'x = import("./a").then(y)'])
    def test_other_code_is_parsed_as_it_is(self, text: str) -> None:
        assert tree_of("a.ts", text).path(text.index("y"))[0].type == "identifier"

    def looked_at(self, text: str) -> list[str]:
        file = SourceFile("a.ts", text.encode())
        javascript.parse(file).path(text.index("accessKeyId") + 3)
        return [notice.kind for notice in file.notices]

    @pytest.mark.parametrize(
        "between", ["", "const a = 1;\nconst b = 2;\n", "function f() {\n  return 1;\n}\n"]
    )
    def test_an_error_elsewhere_leaves_a_file_complete(self, between: str) -> None:
        assert self.looked_at(self.REFUSED + between + self.CLIENT) == []
        assert self.looked_at(self.CLIENT + between + self.REFUSED) == []

    @pytest.mark.parametrize(
        "text",
        [
            "x = (\nf({accessKeyId: y});\n",
            CLIENT.replace("process.env.A", "%%"),
            CLIENT.replace("new S3Client(", "new S3Client(%%, "),
            "const a = `%%\n" + CLIENT,
            "/* %%\n" + CLIENT,
            "f(%%, {\n" + CLIENT.removeprefix("new S3Client({").removesuffix("});\n") + "\n})",
        ],
    )
    def test_an_error_that_may_change_what_is_read_is_a_notice(self, text: str) -> None:
        assert self.looked_at(text) == ["unparsed"]


def test_a_parse_that_takes_too_long_is_given_up_and_the_next_one_starts_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def parse(text: str) -> treesitter.Tree:
        return SourceFile("A.java", text.encode()).parsed_with(java.parse)

    with monkeypatch.context() as patch:
        patch.setattr(treesitter, "_MIN_BUDGET", -1000.0)
        with pytest.raises(ParseError, match="takes too long to parse") as error:
            parse("class A { int a = f(1, 2); }\n" * 2000)
        assert error.value.incomplete
    (node,) = parse("class B {}").root.children
    assert node.type == "class_declaration"
