"""Jupyter notebooks: the source of cells with offsets into the file, without JSON's quotes and escapes.

The format is nbformat's (versions 3 and 4): https://nbformat.readthedocs.io/en/latest/format_description.html
The output of cells is a separate text (`outputs`); images and other binary data are only listed (`binary`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast

    from palint.languages.python import Module

_TOKEN = lazy_re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
_MAX_TOKENS = 1_000_000
_MAX_DEPTH = 200
_ESCAPE = lazy_re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


Strings = list[tuple[int, int]]


class Part(NamedTuple):
    """The strings of one cell's source or output. number: the cell's, 1-based."""

    number: int
    code: bool
    strings: Strings


class Cell(NamedTuple):
    """One cell. number: 1-based, all cells counted. start, end: its source, or output, in `Notebook.text`."""

    number: int
    code: bool
    start: int
    end: int


class Notebook:
    """The source of all cells, one below the other in `text`, and the offset of each character in the file.

    `strings` has the JSON strings that it was built from, as [start, end) in the file's text.
    """

    def __init__(self, file: SourceFile, cells: list[Part], language: str, label: str = "cell") -> None:
        self.language, self.label = language, label
        self.cells: list[Cell] = []
        self.strings = [string for part in cells for string in part.strings]
        self._source: list[int] = []  # offsets into `text` at which a part starts …
        self._file: list[int] = []  # … its offset in the file …
        self._width: list[int] = []  # … and the width of each of its characters there
        parts: list[str] = []
        size = 0
        for number, code, strings in cells:
            start = size
            for begin, end in strings:
                for at, width, piece in _pieces(file.text, begin, end):
                    self._source.append(size)
                    self._file.append(at)
                    self._width.append(width)
                    parts.append(piece)
                    size += len(piece)
            self.cells.append(Cell(number, code, start, size))
            parts.append("\n")
            size += 1
        self.text = "".join(parts)
        self._starts = [cell.start for cell in self.cells]
        self._lines = [match.end() for match in _LINE_END.finditer(self.text)]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The range in the file's text for a range of `text`, all in code points."""
        if not self._source:
            return 0, 0
        first, _ = self._character(start)
        last, width = self._character(max(start, end - 1))
        return first, last + width if end > start else first

    def where(self, offset: int) -> str:
        """`cell 3, line 2` for an offset into `text`."""
        cell = self.cells[bisect_right(self._starts, offset) - 1]
        line = bisect_right(self._lines, offset) - bisect_right(self._lines, cell.start) + 1
        return f"{self.label} {cell.number}, line {line}"

    def source(self, cell: Cell) -> str:
        """A cell's source."""
        return self.text[cell.start : cell.end]

    def _character(self, offset: int) -> tuple[int, int]:
        index = max(bisect_right(self._source, offset) - 1, 0)
        width = self._width[index]
        return self._file[index] + (offset - self._source[index]) * width, width


_PRINTED = frozenset(("text", "html", "traceback", "evalue"))
_WANTED = _PRINTED.union(
    ("cell_type", "source", "input", "name", "language", "output_type", "png", "jpeg", "pdf")
)
_BINARY = lazy_re.compile(
    r"(?:image\\?/(?!svg)|audio|video|font|application\\?/(?:pdf|zip|octet))|(?:png|jpeg|pdf)$"
)
_BASE64 = lazy_re.compile(r"[A-Za-z0-9+/=_-]*(?:\\[nr/][A-Za-z0-9+/=_-]*)*")
_LINE_END = lazy_re.compile(r"\n")


class Content(NamedTuple):
    """The content of a notebook. outputs: of cells. binary: base64 strings under an image's type."""

    cells: list[Part]
    outputs: list[Part]
    binary: Strings
    language: str


def parse(file: SourceFile) -> Notebook:
    """The cells of a notebook. Raises ParseError for a file that is not a JSON object, or is too large."""
    content = file.parsed_with(read)
    return Notebook(file, content.cells, content.language)


def outputs(file: SourceFile) -> Notebook:
    """The output of a notebook's cells, in the same form as their source. Raises ParseError like `parse`."""
    content = file.parsed_with(read)
    return Notebook(file, content.outputs, content.language, "output of cell")


def read(file: SourceFile) -> Content:
    """The strings of a notebook by kind. Raises ParseError like `parse`."""
    content = Content([], [], [], "python")
    printed: list[Strings] = []  # by the cell that is open
    for key, members in _objects(file):
        kind = [file.text[start:end] for start, end in members.get("cell_type", [])]
        if kind:
            number = len(content.cells) + 1
            content.cells.append(
                Part(number, kind == ["code"], members.get("source") or members.get("input") or [])
            )
            content.outputs.extend(Part(number, False, strings) for strings in printed)
            printed = []
        for name, strings in members.items():
            if _BINARY.match(name) and all(_BASE64.fullmatch(file.text, *each) for each in strings):
                content.binary.extend(strings)
            elif (name in _PRINTED and "output_type" in members) or ("/" in name and key == "data"):
                printed.append(strings)
        for start, end in members.get({"language_info": "name", "kernelspec": "language"}.get(key, ""), []):
            content = content._replace(language=file.text[start:end].lower())
    return content


def _objects(file: SourceFile) -> Iterator[tuple[str, dict[str, Strings]]]:
    """Each JSON object as it closes: its key in the parent, and its wanted strings.

    Strings are offsets without the quotes; an array of strings counts as its owner's member.
    """
    text = file.text
    if not text.lstrip().startswith("{"):
        raise ParseError("is not a notebook: no JSON object")
    keys: list[str] = [""]  # keys of the open containers, and of the next value
    members: list[dict[str, Strings] | None] = []  # None: an array
    before = ""
    for count, token in enumerate(_TOKEN.finditer(text)):
        if count > _MAX_TOKENS or len(members) > _MAX_DEPTH:
            raise ParseError("is too large or nested too deep to read as a notebook")
        sign = text[token.start()]
        if sign in "{[":
            members.append({} if sign == "{" else None)
            keys.append("")
        elif sign in "}]" and members:
            value = members.pop()
            keys.pop()
            if value is not None:
                yield keys[-1], value
        elif sign == '"' and members:
            start, end = token.start() + 1, token.end() - 1
            if members[-1] is not None and before in "{,":
                keys[-1] = text[start:end]
            else:
                owner, key = (
                    (members[-1], keys[-1]) if members[-1] is not None else (members[-2:][0], keys[-2])
                )
                if owner is not None and (key in _WANTED or "/" in key):
                    owner.setdefault(key, []).append((start, end))
        before = sign
    if members:
        raise ParseError("ends inside its JSON", file.position(len(text)).line)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield (offset, width of a character, decoded) for plain text and escapes in a JSON string."""
    at = start
    for escape in _ESCAPE.finditer(text, start, end):
        if escape.start() > at:
            yield at, 1, text[at : escape.start()]
        sign = escape[0][1]
        if sign == "u" and len(escape[0]) > 2:
            decoded = escape[0].encode().decode("unicode_escape")
            decoded = decoded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        else:
            decoded = _SHORT.get(sign, sign)
        yield escape.start(), escape.end() - escape.start(), decoded
        at = escape.end()
    if at < end:
        yield at, 1, text[at:end]


def module(file: SourceFile) -> Module:
    """All Python cells as one module, so that names of one cell are known in the next.

    Leaves out cells of another language (`%%bash`) and IPython lines (`%env`, `!pip`); leaves out a cell that
    does not parse, too, and adds a notice. Raises ParseError if the file is not a notebook, or not in Python.
    """
    import ast

    from palint.languages import python

    notebook = file.parsed_with(parse)
    if not notebook.language.startswith(("python", "ipython")):
        raise ParseError("is a notebook of another language than Python")
    virtual = SourceFile(file.path, notebook.text.encode("utf-8", "replace"), encoding="utf-8")
    whole = ast.Module(body=[], type_ignores=[])
    left_out: dict[str, str] = {}  # label of the cell -> its source
    for cell in notebook.cells:
        try:
            body = _tree(notebook.source(cell)).body if cell.code else []
        except ParseError as error:
            left_out[f"cell {cell.number} (line {error.line})"] = notebook.source(cell)
            continue
        lines_above = virtual.position(cell.start).line - 1
        whole.body += [ast.increment_lineno(statement, lines_above) for statement in body]

    if left_out:
        more = f" and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        file.add_notice(
            "parse-fallback",
            f"left out, since it is not valid Python: {', '.join(list(left_out)[:3])}{more}",
        )

    def offsets(node: ast.AST) -> tuple[int, int]:
        return notebook.place(*python.offsets(virtual, node))

    def where(node: ast.AST) -> str:
        return f" ({notebook.where(python.offsets(virtual, node)[0])})"

    return python.Module(whole, offsets, where, list(left_out.values()))


def _tree(source: str) -> ast.Module:
    from palint.languages import python

    try:
        return python.tree(source)
    except ParseError:
        return python.any_dialect(plain_python(source))


def plain_python(source: str) -> str:
    """A cell without IPython's own syntax, which is replaced by text of equal width."""
    magic = _CELL_MAGIC.match(source)
    if magic is not None:
        if magic[1] not in _PYTHON_MAGICS and not magic[0].rstrip().endswith(".py"):  # `%%writefile a.py`
            return ""
        source = _blank(magic) + source[magic.end() :]
    return _LINE_MAGIC.sub(_blank, source)


def _blank(match: re.Match[str]) -> str:
    """Replace a match by an expression with the same width and lines, except for its group `keep`."""
    kept = match.groupdict().get("keep") or ""
    rest = re.sub(r"[^\n]", " ", match[0][len(kept) :])
    return f"{kept}0{rest[1:]}"


_CELL_MAGIC = lazy_re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*[ \t]*%%(\w+)[^\n]*")
_PYTHON_MAGICS = ("time", "timeit", "capture", "prun", "debug", "pypy", "python", "python3")
_LINE_MAGIC = lazy_re.compile(
    r"^(?P<keep>[ \t]*|[\w., \t]+=[ \t]*)"
    r"(?:[%!][^=\n](?:[^\n\\]|\\[^\n]|\\\n)*|[\w.]*\?+[ \t]*$|\?+\S*)",
    re.MULTILINE,
)
