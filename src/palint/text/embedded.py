"""Text in another encoding inside a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.text.encoding import decode
from palint.text.source import SourceFile


def embedded_encodings(file: SourceFile) -> Iterable[SourceFile]:
    """The stretches of a file that are text in another encoding than the rest: UTF-16 in plain text or in a
    binary, plain text in UTF-16 (PowerShell's `>>` makes the one, a shell's the other).

    Positions in them are positions in the file. At most `_PARTS`, so that no file costs more than that.
    """
    return _foreign_parts(file) if b"\0" in file.data else ()


def _foreign_parts(file: SourceFile) -> Iterator[SourceFile]:
    wide = file.encoding not in ("utf-8", "latin-1")
    kinds = file.data.translate(_KINDS)
    run, step = (b"a" * _RUN, 1) if wide else (b"a0" * _RUN, 2)
    at = kinds.find(run, len(file.bom))
    for _ in range(_PARTS):
        if at < 0:
            return
        end = at + len(run)
        while kinds.startswith(run[:step], end):
            end += step
        before = len(decode(file.data[len(file.bom) : at], file.encoding)[0])
        line, column = file.position(before)
        yield SourceFile(
            file.path,
            file.data[at:end],
            encoding="latin-1" if wide else "utf-16-le",
            first_line=line,
            first_column=column,
            first_offset=before,
        )
        at = kinds.find(run, end)


# Bytes by kind: a is printable or a blank, 0 is NUL, everything else x.
_KINDS = bytes(
    ord("a") if 0x20 <= byte < 0x7F or byte in b"\t\n\r" else ord("0") if byte == 0 else ord("x")
    for byte in range(256)
)
_RUN, _PARTS = 24, 100  # characters of a stretch at least; stretches of a file at most
