"""Fix Python source: remove arguments from calls and keep everything else as written.

A rule's fix names the call and the arguments (`Fix.removal`). `resolve` computes the edits, in runs that need
them: from the syntax tree where only commas and white space are between the arguments, else with libcst in a
forked child. Importing libcst takes 0.1 to 0.2 seconds, which is a third of the check of 400 files, and it
recurses in native code, so that deep nesting may kill its process.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Sequence

from palint.findings import Edit, Finding, Notice
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.background import BackgroundTask
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst

MAX_LENGTH = 10_000  # code points of a call
MAX_DEPTH = 100  # nested nodes; libcst 1.9 exceeds the recursion limit at about 250, and dies at 1,300

TextEdit = tuple[int, int, str]  # start, end, new text


class RemovalRequest(NamedTuple):
    """A call's source, and the indices of arguments to remove: 0-based, in the order of the source."""

    call: str
    indices: tuple[int, ...]


def is_removable(call: ast.Call, length: int) -> bool:
    """Whether `resolve` can edit a call. length: of its source, in code points."""
    if length > MAX_LENGTH:
        return False
    level: list[ast.AST] = [call]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def resolve(
    findings: Iterable[Finding], open_file: Callable[[str], SourceFile | None]
) -> tuple[list[Finding], list[Notice]]:
    """The findings with the edits of their removals; if that fails, without a fix and with a notice."""
    findings = list(findings)
    pending = [(row, f.fix.removal) for row, f in enumerate(findings) if f.fix and f.fix.removal]
    files = {path: open_file(path) for path in {removal.call.path for _, removal in pending}}
    requests = []
    for _, removal in pending:
        file = files[removal.call.path]
        text = file.text[removal.call.offset : removal.call.end_offset] if file else ""
        requests.append(RemovalRequest(text, removal.arguments))
    answers = [plain_edits(request) for request in requests]
    others = iter(_in_child([each for each, made in zip(requests, answers, strict=True) if made is None]))
    notices: list[Notice] = []
    for (row, removal), plain in zip(pending, answers, strict=True):
        made = next(others) if plain is None else plain
        finding, file = findings[row], files[removal.call.path]
        if made is None:
            line = finding.span.start.line
            message = f"line {line}: libcst cannot read this call: remove the arguments by hand"
            notices.append(Notice(finding.span.path, "note", message))
            findings[row] = finding._replace(fix=None)
            continue
        assert file is not None and finding.fix is not None
        at = removal.call.offset
        edits = tuple(Edit(file.span(at + start, at + end), text) for start, end, text in made)
        findings[row] = finding._replace(fix=finding.fix._replace(edits=edits, removal=None))
    return findings, notices


_OPENING = lazy_re.compile(r"\(([ \t]*(?:\n[ \t]*)?)")
_COMMA = lazy_re.compile(r",([ \t]*(?:\n[ \t]*)?)")
_CLOSING = lazy_re.compile(r"(?:,|(?<![ \t\n]))([ \t]*(?:\n[ \t]*)?)\)")


def plain_edits(request: RemovalRequest) -> list[TextEdit] | None:
    """The edits that `remove_arguments` makes, for a call without comments, blank lines or odd white space.

    None for another call, and for a text that is none with these arguments.
    """
    from palint.languages import python  # parses most calls for the rule already

    call, removed = request
    source = SourceFile("", call.encode("utf-8", "replace"))
    try:
        (line,) = python.tree(call).body
    except (ParseError, ValueError):
        return None
    node = line.value if isinstance(line, ast.Expr) else None
    if not isinstance(node, ast.Call) or python.offsets(source, node) != (0, len(call)):
        return None
    args = sorted(python.offsets(source, each) for each in (*node.args, *node.keywords))
    if max(removed) >= len(args):
        return None
    starts, ends = [*(start for start, _ in args), len(call)], [python.offsets(source, node.func)[1]]
    ends += [end for _, end in args]
    patterns = [_OPENING, *[_COMMA] * (len(args) - 1), _CLOSING]
    gaps = [p.fullmatch(call, *gap) for p, *gap in zip(patterns, ends, starts, strict=True)]
    spaces = [gap[1] for gap in gaps if gap is not None]
    if len(spaces) < len(gaps):
        return None
    kept = [index for index in range(len(args)) if index not in removed]
    edits = []
    for left, right in zip([-1, *kept], [*kept, len(args)], strict=True):
        if right == left + 1:
            continue
        first, last = spaces[left + 1], spaces[right]
        lines = [space for space in spaces[left + 2 : right + 1] if "\n" in space]
        space = first
        if "\n" not in first:
            space = last if lines else first
        elif "\n" in last:
            space = first[: first.index("\n")] + last[last.index("\n") :]
        if left < 0:
            new = "" if right == len(args) else space
        elif right == len(args) and not ("\n" in space and "\n" in last):
            new = call[ends[-1] : -1]
        else:
            new = f",{space}"
        start = ends[left + 1] + (left < 0)
        edits.append(_trimmed(call, start, starts[right] - (right == len(args)), new))
    return edits


def _in_child(requests: Sequence[RemovalRequest]) -> list[list[TextEdit] | None]:
    """The edits of each request; None for one that fails or kills the child."""
    if not requests:
        return []
    parent = os.getpid()

    def compute() -> list[list[TextEdit] | None] | None:
        if os.getpid() == parent and hasattr(os, "fork"):
            return None  # the child died; the code that killed it must not run here
        return [edits_for(request) for request in requests]

    answers = BackgroundTask(compute).result()
    if answers is not None:
        return answers
    if len(requests) == 1:
        return [None]
    return [answer for request in requests for answer in _in_child([request])]


def edits_for(request: RemovalRequest) -> list[TextEdit] | None:
    """The edits of one request; None where its text is no call with these arguments."""
    from libcst import ParserSyntaxError

    try:
        return remove_arguments(*request)
    except (ParserSyntaxError, ValueError, RecursionError):
        return None


def remove_arguments(call: str, indices: Iterable[int]) -> list[TextEdit]:
    """Edits to a call's source that remove arguments, with their commas and the comments after them.

    Raises ParserSyntaxError or ValueError if libcst does not parse it as a call with these arguments.
    """
    import libcst

    module = libcst.parse_module(f"({call}\n)")  # in brackets, so that lines may end anywhere
    node = _only_call(module)
    removed = set(indices)
    if not removed <= set(range(len(node.args))):
        raise ValueError("the call has fewer arguments")
    starts = _starts(module, node, call)
    kept = [index for index in range(len(node.args)) if index not in removed]
    edits: list[TextEdit] = []
    # A gap between two kept arguments: a comma, whitespace, comments and the removed arguments.
    for left, right in zip([-1, *kept], [*kept, len(node.args)], strict=True):
        if right > left + 1:
            if left < 0:
                start = starts[0] - len(_code(module, node.whitespace_before_args))
            else:
                start = starts[left] + len(_code(module, _bare(node.args[left])))
            gap = _gap(module, node, left, right)
            edits.append(_trimmed(call, start, starts[right], gap))
    return edits


def _only_call(module: libcst.Module) -> libcst.Call:
    import libcst

    line = module.body[0]
    node = line.body[0] if isinstance(line, libcst.SimpleStatementLine) else None
    if len(module.body) != 1 or not isinstance(node, libcst.Expr) or not isinstance(node.value, libcst.Call):
        raise ValueError("not a call")
    return node.value


def _starts(module: libcst.Module, node: libcst.Call, call: str) -> list[int]:
    """The offsets of each argument's start and of the closing bracket."""
    starts = [len(call) - 1]
    for arg in reversed(node.args):
        code = _code(module, arg)
        starts.append(starts[-1] - len(code))
        if call[starts[-1] : starts[-2]] != code:
            raise ValueError("libcst gives another text than the source")
    return starts[::-1]


def _gap(module: libcst.Module, node: libcst.Call, left: int, right: int) -> str:
    """The new text between two arguments, or an argument and a bracket, without the removed ones."""
    import libcst

    end = right == len(node.args)
    if left < 0:
        return "" if end else _code(module, _joined(node.whitespace_before_args, node.args[:right]))
    kept, last = node.args[left], node.args[right - 1]
    comma = kept.comma
    assert isinstance(comma, libcst.Comma)
    space = _joined(comma.whitespace_after, node.args[left + 1 : right])
    if end and not (
        isinstance(space, libcst.ParenthesizedWhitespace)
        and (_has_comment(space) or "\n" in _code(module, _space_after(last)))
    ):
        kept = kept.with_changes(comma=last.comma, whitespace_after_arg=last.whitespace_after_arg)
    else:
        kept = kept.with_changes(comma=comma.with_changes(whitespace_after=space))
    return _code(module, kept)[len(_code(module, _bare(kept))) :]


def _joined(
    before: libcst.BaseParenthesizableWhitespace, removed: Sequence[libcst.Arg]
) -> libcst.BaseParenthesizableWhitespace:
    """The whitespace before removed arguments, with the comment lines and the indentation after them."""
    import libcst

    spaces = [_space_after(arg) for arg in removed]
    lines = [space for space in spaces if isinstance(space, libcst.ParenthesizedWhitespace)]
    if not isinstance(before, libcst.ParenthesizedWhitespace):
        return spaces[-1] if lines else before
    comments = [*before.empty_lines, *(line for space in lines for line in space.empty_lines)]
    last = spaces[-1]
    indent = last.last_line if isinstance(last, libcst.ParenthesizedWhitespace) else before.last_line
    return before.with_changes(empty_lines=comments, last_line=indent)


def _space_after(arg: libcst.Arg) -> libcst.BaseParenthesizableWhitespace:
    import libcst

    return arg.comma.whitespace_after if isinstance(arg.comma, libcst.Comma) else arg.whitespace_after_arg


def _has_comment(space: libcst.ParenthesizedWhitespace) -> bool:
    return space.first_line.comment is not None or any(line.comment for line in space.empty_lines)


def _bare(arg: libcst.Arg) -> libcst.Arg:
    """An argument without its comma and the text after it."""
    import libcst

    none = libcst.SimpleWhitespace("")
    return arg.with_changes(comma=libcst.MaybeSentinel.DEFAULT, whitespace_after_arg=none)


def _code(module: libcst.Module, node: libcst.CSTNode) -> str:
    return module.code_for_node(node)


def _trimmed(text: str, start: int, end: int, new: str) -> TextEdit:
    """The smallest edit that makes text[start:end] into `new`."""
    old = text[start:end]
    prefix = _common(old, new)
    suffix = _common(old[prefix:][::-1], new[prefix:][::-1])
    return start + prefix, end - suffix, new[prefix : len(new) - suffix]


def _common(first: str, second: str) -> int:
    """The length of the longest common prefix."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))
