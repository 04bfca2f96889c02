"""Secrets in Jupyter notebooks: in the source of cells, in their output, and in the JSON around both.

A notebook's source is in JSON strings, one for each line. Read as text, a value would end at an escape and
could not span two lines. Images are base64, which can contain anything by chance.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from palint import secrets
from palint.languages import notebook
from palint.secrets import Secret
from palint.text.source import KeywordMatch, SourceFile


def detect(file: SourceFile, hits: Sequence[KeywordMatch], limit: int) -> list[tuple[Secret, str]]:
    """The secrets of a notebook, in offsets into the file's text, each with its place for the reader.

    The place is "cell 3, line 2", or "" outside of cells. hits: matches of `secrets.KEYWORDS` in the file.
    limit: if the cells, or the outputs, have more characters, they are searched as raw text, with a notice.
    Raises ParseError if the file is not a notebook.
    """
    content = file.parsed_with(notebook.read)
    found: list[tuple[Secret, str]] = []
    known = list(content.binary)  # the ranges that are not searched as text
    for parts, parse, suffix in (
        (content.cells, notebook.parse, ".py"),  # treated as code, whatever the language
        (content.outputs, notebook.outputs, ".txt"),
    ):
        strings = [string for part in parts for string in part.strings]
        if sum(end - start for start, end in strings) > limit:
            file.add_notice(
                "parse-fallback", f"is a notebook of more than limits.tree ({limit} bytes): searched as text"
            )
            continue
        known += strings
        book = file.parsed_with(parse)
        for secret in secrets.in_line(book.text, file.path + suffix):
            start, end = book.place(secret.start, secret.end)
            found.append((secret._replace(start=start, end=end), book.where(secret.start)))
    known.sort()
    outside = [hit for hit in hits if not _over(known, hit.end - 1, hit.end)]
    found += [
        (s, "") for s in secrets.at_matches(file.text, outside, file.path) if not _over(known, s.start, s.end)
    ]
    return sorted(found)


def _over(ranges: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether [start, end) overlaps one of some ranges, which are ascending and do not overlap."""
    at = bisect_left(ranges, (end,)) - 1
    return at >= 0 and ranges[at][1] > start
