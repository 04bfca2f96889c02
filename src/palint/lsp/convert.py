"""Convert findings and edits to a client's positions: 0-based lines, code units instead of code points."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from palint.findings import Edit, Finding, Position, Severity, Span
from palint.lsp.messages import Item, Range, RelatedPlace, TextChange
from palint.report.escape import escape_controls, markdown
from palint.report.markdown import prose_and_code
from palint.report.summary import details
from palint.text.source import SourceFile
from palint.tree.project import Project


class Converter:
    """Converts the findings of one project.

    names: {path in the project: the absolute path that the client uses for it}.
    encoding: `utf-8`, `utf-16` or `utf-32`, the client's code units.
    """

    def __init__(self, project: Project, names: Mapping[str, str], encoding: str) -> None:
        self._project, self._names, self._encoding = project, names, encoding

    def path(self, name: str) -> str:
        """The absolute path of a file of the project."""
        return self._names.get(name) or os.path.join(self._project.root, name)

    def range(self, span: Span) -> Range:
        """A span of a file's text."""
        file = self._project.open(span.path)
        if file is None:
            return Range(0, 0, 0, 0)
        start, end = (_units(file, position, self._encoding) for position in (span.start, span.end))
        return Range(*start, *end)

    def change(self, edit: Edit) -> TextChange:
        """An edit of a file's text."""
        return TextChange(self.path(edit.span.path), self.range(edit.span), edit.text)

    def item(self, finding: Finding, link: str, ignore: Edit | None) -> Item:
        """A finding with its fix. link: its rule's page. ignore: inserts a suppression."""
        edits = finding.fix.edits if finding.fix else ()
        return Item(
            rule=finding.rule,
            is_error=finding.severity is Severity.ERROR,
            message=escape_controls(finding.message),
            details="\n\n".join(_details(finding, link)),
            link=link,
            range=self.range(finding.span),
            related=tuple(
                RelatedPlace(self.path(each.span.path), self.range(each.span), escape_controls(each.message))
                for each in finding.related
            ),
            fix=tuple(map(self.change, edits)),
            is_safe=finding.fix is not None and finding.fix.safe,
            ignore=None if ignore is None else self.change(ignore),
        )


def _details(finding: Finding, link: str) -> Iterator[str]:
    """Paragraphs of Markdown: the message, why and fix. Code in the fix keeps its lines."""
    yield f"**{finding.rule}**: {markdown(finding.message)}"
    for text in details(finding):
        yield "\n".join(prose_and_code(text))
    if link:
        yield f"[{link}]({link})"


def _units(file: SourceFile, position: Position, encoding: str) -> tuple[int, int]:
    start = file.line_starts[position.line - file.first_line]
    before = file.text[start : start + position.column - 1]
    if before.isascii() or encoding == "utf-32":
        return position.line - 1, len(before)
    codec, size = ("utf-8", 1) if encoding == "utf-8" else ("utf-16-le", 2)
    return position.line - 1, len(before.encode(codec, "surrogatepass")) // size
