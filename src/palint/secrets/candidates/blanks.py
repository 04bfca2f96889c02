"""Surplus blanks in an assignment: parsers skip any number of them, patterns are bounded.

An assignment is read without them: a run is one blank, or one line end with an indentation. So no pattern
needs to be unbounded, and what was found is mapped back to the text.
"""

from __future__ import annotations

from bisect import bisect_right

from palint.secrets.candidates.literals import POSSESSIVE as _ALL
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_LONGEST = 32  # characters of a run that is left as it is, without a rare blank and with one line end at most
_HEAD = 160  # characters after an operator in which the value starts, without surplus blanks

# Blanks that few languages write and many skip, with those of JavaScript (ECMA-262, section 12.2): form
# feed, no-break space, line separator, ideographic space, byte order mark
_RARE = "\f\v\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_BLANKS = lazy_re.compile(r"[\s\ufeff]+")
_SURPLUS = rf"(?:[ \t]{{{_LONGEST + 1}}}|[ \t]*\r?\n[ \t]*\r?\n|[ \t]*(?:\r?\n[ \t]*)?[{_RARE}])"
_HAS_SURPLUS = lazy_re.compile(_SURPLUS)
# Surplus blanks after an operator, and after what opens the value's bracket: `(`, `String(`, `new byte[] {`
FOLLOW = lazy_re.compile(
    rf"[=>]{{0,2}}{_ALL}(?:\s{{0,{_LONGEST}}}{_ALL}[\w.$: ]{{0,60}}{_ALL}[(\[{{])?{_SURPLUS}"
)
_LINE_END = lazy_re.compile("[\n\u2028\u2029]")
_OPENS_VALUE = "\"'`([{"

# An operator after more blanks than the keywords of names skip, or after a rare one
OPERATOR = (
    r"(?:\s{65}|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80|\xef\xbb\xbf)"
    r"\s*[:=]"
)


class Condensed(NamedTuple):
    """The text around an operator without surplus blanks.

    at: the operator's end in it. starts: offsets in it at which a piece of the text starts, ascending.
    origins: the offsets of these pieces in the text.
    """

    text: str
    at: int
    starts: list[int]
    origins: list[int]

    def origin(self, offset: int) -> int:
        """The offset in the text of a character of this one."""
        piece = bisect_right(self.starts, offset) - 1
        return self.origins[piece] + offset - self.starts[piece]


def start(text: str, end: int) -> int:
    """Where the blanks that end at `end` start."""
    while end and (text[end - 1].isspace() or text[end - 1] == "\ufeff"):
        end -= 1
    return end


def condensed(text: str, at: int, around: int, path: str) -> Condensed:
    """The text around the operator that ends at `at`, without surplus blanks.

    around: characters on each side. path: of the file; in YAML and INI a value without quotes may follow
    empty lines.
    """
    bare = path.endswith((".yml", ".yaml", ".ini", ".cfg"))
    name_end = start(text, at - 1)
    low = max(0, name_end - around)
    pieces, starts, origins, size = [text[low:name_end]], [0], [low], name_end - low

    def add(piece: str, origin: int) -> int:
        pieces.append(piece)
        starts.append(size)
        origins.append(origin)
        return size + len(piece)

    if name_end < at - 1:
        size = add(" ", name_end)
    middle = size = add(text[at - 1], at - 1)
    place = at
    while place < len(text) and size < middle + _HEAD:
        found = _BLANKS.search(text, place, place + _HEAD)
        blank = found.start() if found else min(len(text), place + _HEAD)
        if blank > place:
            size = add(text[place:blank], place)
        place = blank
        run = _BLANKS.match(text, place)
        if run:
            short, kept = _condensed_run(text, run[0], run.end(), bare=bare)
            size = add(short, run.end() - kept)
            place = run.end()
    add(text[place : place + around], place)
    return Condensed("".join(pieces), middle, starts, origins)


def _condensed_run(text: str, run: str, end: int, *, bare: bool) -> tuple[str, int]:
    """(what a run of blanks is condensed to, number of its last characters that this represents)."""
    if _HAS_SURPLUS.search(run) is None:
        return run, len(run)
    *lines, indent = _LINE_END.split(run)
    if not lines:
        return " ", 1
    if len(lines) > 1 and not bare and text[end : end + 1] not in _OPENS_VALUE:
        return run, len(run)  # an empty line ends the statement
    indent = indent[-_LONGEST:]
    return "\n" + " " * len(indent), len(indent) + 1
