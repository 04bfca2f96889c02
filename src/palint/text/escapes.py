r"""Letters that a file writes as escapes (`"kin\x64"`, `p\u0061ssword`, `&#112;`): what a parser reads there.

A letter needs no escape, so one in a name hides the name from a search of the text, or in a value the value.
"""

from __future__ import annotations

import re

from palint.text.source import SourceFile
from palint.util import lazy_re

# Hexadecimal numbers of `A` to `Z`, `a` to `z`, `0` to `9`, `_`, `-`, `.` and `:`.
_HEX = rb"(?:2[dDeE]|3[0-9aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])"
# `\x64`, `\u0064`, `\u{64}`, `\U00000064`, `\144`, `&#100;`, a cut word. The engine searches for
# these with all other keywords: to search for them alone costs more than one percent of a run.
KEYWORDS = (
    r"\\(?:(?:x|u00|U000000)" + _HEX.decode() + r"|u\{|1[0-7][0-7])",
    r"&#(?:0{0,5}(?:4[5-9]|5[0-8]|6[5-9]|[7-9][0-9]|1[01][0-9]|12[0-2])|[xX]0{0,4}" + _HEX.decode() + r");",
    r"[\w.:-]\\\r?\n[ \t]*[\w.:-]",
)
REFERENCE = 1  # index of the one that counts in XML and HTML only
# Another `\` before an escape makes it the text itself.
_ESCAPE = lazy_re.compile(
    rb"\\(?:\\|(?:x|u00|U000000)(" + _HEX + rb")|u\{0{0,4}(" + _HEX + rb")\}|(1[0-7][0-7]))"
)
# A line end that a backslash removes inside a word; YAML drops the indentation after it, too.
_CONTINUED = lazy_re.compile(rb"\\(?<=[\w.:-]\\)(\r?\n)([\w.:-]+)")
_CONTINUED_IN_YAML = lazy_re.compile(rb"\\(?<=[\w.:-]\\)(\r?\n[ \t]*)([\w.:-]+)")
_REFERENCE = lazy_re.compile(rb"&#(?:0{0,5}([0-9]{2,3})|[xX]0{0,4}(" + _HEX + rb"));")
_MARKUP_START = 256  # bytes in which XML and HTML start
_WORD = lazy_re.compile(rb"[0-9A-Za-z_.:-]")


def unescaped(file: SourceFile) -> SourceFile | None:
    """The file with escaped letters, digits and `_`, `-`, `.`, `:` written out; None if it has none.

    A word that a backslash cuts at the end of a line is written before that. For files with a match of
    KEYWORDS. Lines are those of the file; columns and offsets are those of the rewritten text.
    """
    from palint.files import languages  # few files have an escape

    data = text = file.utf8
    if b"\\" in data:
        text = _ESCAPE.sub(_of_escape, text)
    continued = _CONTINUED_IN_YAML if languages.find(file.path).syntax == "yaml" else _CONTINUED
    text = continued.sub(rb"\2\\\1", text)
    if data[:_MARKUP_START].lstrip().startswith(b"<") and b"&#" in data:
        text = _REFERENCE.sub(_of_reference, text)
    if text == data:
        return None
    return SourceFile(
        file.path,
        text,
        encoding="latin-1" if file.encoding == "latin-1" else "utf-8",
        first_line=file.first_line,
        first_column=file.first_column,
    )


def written_out(value: str) -> str:
    """A value with its escaped letters written out: the same whether found in the file or in `unescaped`."""
    if "\\" not in value and "&#" not in value:
        return value
    data = value.encode("utf-8", "surrogatepass")
    return _REFERENCE.sub(_of_reference, _ESCAPE.sub(_of_escape, data)).decode("utf-8", "surrogatepass")


def _of_escape(escape: re.Match[bytes]) -> bytes:
    hexadecimal, octal = escape[1] or escape[2], escape[3]
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    return _letter(int(octal, 8)) or escape[0] if octal else escape[0]


def _of_reference(reference: re.Match[bytes]) -> bytes:
    number = int(reference[2], 16) if reference[2] else int(reference[1])
    return _letter(number) or reference[0]


def _letter(number: int) -> bytes:
    made = bytes([number]) if number < 128 else b""
    return made if _WORD.fullmatch(made) else b""
