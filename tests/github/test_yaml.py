"""YAML nodes: places, kinds, limits, and messages that hold nothing of the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palint.languages import yaml
from palint.languages.yaml import Node
from palint.text.source import ParseError, SourceFile


def parse(text: str | bytes) -> list[Node]:
    return yaml.parse(
        SourceFile("a.yml", text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    )


def plain(node: Node) -> object:
    """The tree as lists, pairs and texts."""
    if node.kind == "map":
        return {"map": [(plain(k), plain(v)) for k, v in node.items]}
    return [plain(x) for x in node.elements] if node.kind == "seq" else node.value


def test_kinds_styles_tags_and_documents() -> None:
    one, two = parse("a: [1, 'two', \"three\"]\non: !Sub |\n  x\n---\n- ~\n-\n- 'null'\n")
    listed, block = (value for _, value in one.items)
    assert [n.style for n in listed.elements] == [None, "'", '"'] and listed.flow and not one.flow
    assert (block.tag, block.style, block.value) == ("!Sub", "|", "x\n")
    assert [n.null for n in two.elements] == [True, True, False]
    assert parse("") == [] and parse("---\n")[0].null


def test_duplicate_keys_are_kept_and_the_last_is_got() -> None:
    (root,) = parse("a: 1\nb: 2\na: 3\n")
    assert [k.value for k, _ in root.items] == ["a", "b", "a"]
    assert root.text("a") == "3" and root.get("c") is None and root.text("c") is None


def test_merge_keys_are_followed() -> None:
    (root,) = parse("x: &x {a: 1, b: 1}\ny:\n  <<: [*x, {c: 4}]\n  b: 2\nz: {'<<': 1}\n")
    y = root.get("y")
    assert y is not None and [y.text(name) for name in "abcd"] == ["1", "2", "4", None]
    assert [(k.value, v.value) for k, v in y.entries()][-1] == ("b", "2")
    quoted = root.get("z")
    assert quoted is not None and [(k.value, v.value) for k, v in quoted.entries()] == [("<<", "1")]


def test_ends_of_blocks_and_places_past_odd_line_ends() -> None:
    text = "k: \x85\u2028v\n\nm:\n  - a\n\n  # note\n\nt: |\n  x\n\n\nlast: '\U0001f600'\n"
    (root,) = parse(text)
    places = {k.value: text[v.start : v.end] for k, v in root.items}
    assert places["m"] == "- a" and places["t"] == "|\n  x" and places["last"] == "'\U0001f600'"


def test_an_alias_has_its_own_place_and_its_anchors_members() -> None:
    text = "a: &x {k: v}\nb: *x\n"
    (root,) = parse(text)
    b = root.get("b")
    assert b is not None and b.alias is root.get("a") and text[b.start : b.end] == "*x" and b.text("k") == "v"
    assert sum(1 for n in root.walk() if n.value == "v") == 1


@pytest.mark.parametrize("char", ["\x01", "\x0c", "\x7f", "\x80", "\ufeff", "\ufffe", "\uffff"])
def test_characters_that_yaml_refuses_move_nothing(char: str) -> None:
    text = f"a: 'x{char}y'\nkey: value\n"
    (root,) = parse(text)
    key, value = root.items[1]
    assert text[key.start : key.end] == "key" and text[value.start : value.end] == "value"


def test_a_mark_utf_16_and_line_ends_of_windows() -> None:
    for data in (b"\xef\xbb\xbfa: b\r\nc: d\r\n", "a: b\r\nc: d\r\n".encode("utf-16")):
        (root,) = parse(data)
        assert (root.items[1][0].start, root.items[1][1].end) == (6, 10)


REFUSED = [
    ("a:\n\tb: 1\n", 2, "tab"),
    ("a: b: c\n", 1, "`:`"),
    ("a: 'x\n", 2, "does not end"),
    ("x\0y: 1\n", 1, "NUL"),
    ("a: 1\nx\0y: 1\n\0\n", 2, "NUL"),
    ("ok: 1\na: &a [*a]\n", 2, "inside its own target"),
    ("a: *b\n", 1, "anchor"),
    ("[" * 100, 1, "deep"),
    ("{" * 100_000, 1, "deep"),
    ("a: [1\nb: 2\n", 2, ""),
    ("- a\nb\n", 2, ""),
    ("%YAML 9.9\n---\n%\n", 1, ""),
    ("a: @x\n", 1, "a value that starts with"),
]


@pytest.mark.parametrize(("text", "line", "words"), REFUSED)
def test_refused_yaml_says_why_and_where(text: str, line: int, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert words in caught.value.message and abs(caught.value.line - line) <= 1


def test_no_message_holds_anything_of_the_text() -> None:
    word = "hunter2" * 2
    for text in (
        f"{word}: b: c\n",
        f"a: *{word}\n",
        f"!{word}!x a\n",
        f"a: '{word}\n",
        f"&{word} &b a\n",
    ):
        with pytest.raises(ParseError) as caught:
            parse(text)
        assert word not in repr(caught.value)


LAUGHS = 'a: &a ["lol","lol","lol"]\n' + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGES = "x0: &x0 {a: 1}\n" + "".join(
    f"x{k}: &x{k}\n  <<: [{','.join([f'*x{k - 1}'] * 30)}]\n" for k in range(1, 12)
)
DEEP = "a0: &a0 [x]\n" + "".join(f"a{k}: &a{k} [*a{k - 1}]\n" for k in range(1, 200))
MANY = "- {a: b}\n" * 40_000


@pytest.mark.parametrize("text", [LAUGHS, MERGES, DEEP, MANY], ids=["laughs", "merges", "deep", "many"])
def test_exponential_aliases_are_refused_at_once(text: str) -> None:
    begin = time.process_time()
    with pytest.raises(ParseError):
        parse(text)
    assert time.process_time() - begin < 20


def test_one_megabyte_is_read() -> None:
    step = "      - uses: a/b@v1\n        with: {a: b, c: '" + "d" * 60 + "'}\n"
    text = "jobs:\n  a:\n    steps:\n" + step * 8_500
    assert len(text) > 900_000
    (root,) = parse(text)
    assert root.items[0][1].items[0][1].items[0][1].kind == "seq"


@settings(max_examples=100)
@given(
    st.text(
        alphabet=st.sampled_from("ab:-[]{},'\"|>&*!#%?\n \t\r\x00\x85\u2028\ufeff\U0001f600<"), max_size=80
    )
)
def test_any_text_gives_nodes_inside_it_or_is_refused(text: str) -> None:
    try:
        documents = parse(text)
    except ParseError as error:
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + 1
        return
    length = len(text.removeprefix("\ufeff"))
    for node in (n for document in documents for n in document.walk()):
        assert 0 <= node.start <= node.end <= length


SCALARS = st.text(alphabet="abc \U0001f600é", min_size=1, max_size=6).filter(str.strip)


@settings(max_examples=100)
@given(
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SCALARS, inner, max_size=3),
        max_leaves=12,
    )
)
def test_json_is_read_as_json(value: object) -> None:
    import json

    def shape(x: object) -> object:
        if isinstance(x, dict):
            return {"map": [(k, shape(v)) for k, v in x.items()]}
        return [shape(v) for v in x] if isinstance(x, list) else x

    text = json.dumps(value, ensure_ascii=False)
    (root,) = parse(text)
    assert plain(root) == shape(value)
    for node in root.walk():
        if node.kind == "scalar":
            assert text[node.start : node.end] == json.dumps(node.value, ensure_ascii=False)


@pytest.mark.parametrize("depth", [yaml.MAX_DEPTH - 1, yaml.MAX_DEPTH])
def test_aliases_count_as_deep_as_what_they_stand_for(depth: int) -> None:
    """A list in lists, the inner half of them by an alias."""
    half = depth // 2
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * (depth - half - 1)}*a{']' * (depth - half - 1)}\n"
    parse(text)
    deeper = f"- &a {'[' * half}{']' * half}\n- {'[' * (depth - half + 3)}*a{']' * (depth - half + 3)}\n"
    with pytest.raises(ParseError, match="aliases"):
        parse(deeper)
