r"""Other spellings of a text that its language reads as the same: escapes, cut lines, surplus blanks, quotes.

`"kin\x64"`, `p\u0061ssword`, `&#112;`, a word that a backslash cuts at the end of a line: a parser sees the
name or value there, a search of the text does not. `unescaped` writes a file as its language reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, partial

from palint.files import languages
from palint.prefilter import Keyword
from palint.util import lazy_re

# Hexadecimal numbers of `A` to `Z`, `a` to `z`, `0` to `9`, `_`, `-`, `.` and `:`.
_HEX = r"(?:2[dDeE]|3[0-9aA]|[46][1-9a-fA-F]|[57][0-9aA]|5[fF])"
_HEX_LETTER = r"(?:[46][1-9a-fA-F]|[57][0-9aA])"
# Bytes of the letters that NFKC makes ASCII ones and that names may have: `ｐ`, `𝐩`, `ᵖ`, `ſ`, `ﬁ`
_COMPATIBLE = (
    r"(?:\xef(?:\xbc[\xa1-\xba\xbf]|\xbd[\x81-\x9a]|\xac[\x80-\x86])|\xf0\x9d[\x90-\x9f][\x80-\xbf]|"
    r"\xe1[\xb4-\xb6][\x80-\xbf]|\xe2(?:\x81[\xb1\xbf]|\x82[\x90-\x9c]|[\x84\x85][\x80-\xbf])|\xc5\xbf)"
)
_NAMES = ("pass", "pwd", "secret", "token", "key", "credential")
_NAME = f"(?:{'|'.join(_NAMES)})"
_SHELLS = frozenset({"shell", "dotenv", "git-config"})
_MARKUP = ("xml", "html", "svg")


_RARE = r"(?:\xc2[\x85\xa0]|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe3\x80\x80|\xef\xbb\xbf)"  # blanks
_RUN = rf"(?:\s|{_RARE})".encode()
_GAP = rf"(?:\s|\\[tnf]|{_RARE})"  # blanks, also in a notebook's string
_WORDS_OF_NAMES = [word.encode() for word in _NAMES]


_BEFORE_VALUES = b" \t\n\r\f\v:=(" + bytes(range(0x80, 0x100))


def before_operator(data: bytes, at: int) -> int:
    """Where the blanks that end at an offset start, and an operator between them; at most 64 KiB."""
    for most in (64, 1 << 16):  # most are few
        low = max(0, at - most)
        start = low + len(data[low : max(0, at)].rstrip(_BEFORE_VALUES))
        if start > low:
            break
    return start


_TO_VALUE = lazy_re.compile(rf"(?:[\s:=(]|{_RARE}){{0,65535}}".encode())


def after_operator(data: bytes, at: int) -> int:
    """Where the blanks that start at an offset end, with operators between them; 64 Ki characters at most."""
    found = _TO_VALUE.match(data, at)
    return found.end() if found else at


def _before_values(data: bytes, ends: list[int], path: str) -> list[int]:
    """The first end in each run of blanks after which a string or an operator comes."""
    kept, past = [], -1
    for end in ends:
        if end > past:
            past = after_operator(data, end)
            if data[past : past + 1] in (b'"', b"'", b"`") or data[end:past].strip():
                kept.append(end)
    return kept


def _has_name_before(data: bytes, at: int) -> bool:
    before = data[max(0, at - 160) : at].lower()  # a tenth of the time of a pattern of any letter case
    return any(word in before for word in _WORDS_OF_NAMES)


# What goes on after a comment in a statement: an operator, or a string after one
_GOES_ON = r"(?::?=(?!=)|->|=>|[:,)]|[\"'`]|[\w:.@$#! ]{1,30}\(?[\"'])"
_LONGEST_COMMENT = 400  # bytes of one that is read as a blank


def _commented(data: bytes, ends: list[int], path: str) -> list[int]:
    """The ends of comments that have a name of a secret before them."""
    starts = ((data.rfind(b"/*", max(0, end - _LONGEST_COMMENT - 80), end), end) for end in ends)
    return [end for at, end in starts if at > 0 and _has_name_before(data, at)]


_LETTERS_ESCAPED = ("javascript", "vue", "svelte", "html", "ruby", "perl", "elixir", "dockerfile")


# Nearly every file in these languages has a sign of an escape, and they are few: each is compared with its
# unescaped text. To search all files for the signs of PowerShell (`p`assword`) and of shells (`''pass`)
# took a third of the search.
_ALWAYS_COMPARED = _SHELLS | {"powershell", "batch", "properties", "makefile", "toml"}
# The engine searches for these with all other keywords: to search for them alone costs more than one percent
# of a run.
KEYWORDS: tuple[str | Keyword, ...] = (
    # `\x64`, `\u0064`, `\u{64}`, `\U00000064`, `\144`
    rf"\\(?:(?:x|u00|U000000){_HEX}|u\{{|1[0-7][0-7])",
    rf"&#(?:0{{0,5}}(?:4[5-9]|5[0-8]|6[5-9]|[7-9][0-9]|1[01][0-9]|12[0-2])|[xX]0{{0,4}}{_HEX});",
    r"(?:\x1b|\\u001b)\[[0-9;]*m",  # a terminal's colour, in a log or a notebook's output
    rf"(?:%{_HEX_LETTER}){{2}}",  # percent-encoded letters, which need none
    r"[^\\][\w.:-]\\[ \t]*(?:\r?\n[ \t\f]*)+[\w.:-]",  # a cut word; `n` of `\n` is none
    r"\\[ \t]*\r?\n[ \t\f]*[:=]",  # a line cut before its operator, and after it
    Keyword(r"[:=][ \t\f]*\\\r?\n", languages=("dockerfile",)),
    Keyword(rf"{_NAME}\w*[ \t]*=?[ \t]*[\\`][ \t]*\r?\n", languages=("dockerfile",)),
    Keyword(r"[\w]`[ \t]*\r?\n[ \t]*\w", languages=("dockerfile",)),
    Keyword(rf"<[\w.:-]*{_NAME}[\w.:-]*\s[^<>]*>\s*[^\s<]", languages=_MARKUP),
    Keyword(
        r"\\(?:(?-i:N\{)|uu|[xo]\{)",
        languages=("python", "notebook", "perl", "java", "groovy", "scala"),
    ),
    # A letter that needs no backslash; `\d`, `\s` and `\w` are more often of a regular expression. The first
    # has many matches in PHP's names, and one width, so that `re` need not find their ends.
    Keyword(r"\\[ac-eg-mo-qyz_][\w\\=: \t]", languages=_LETTERS_ESCAPED),
    Keyword(r"a\\s\\?s|as\\s|ss\\w|\\se\\?c|wor\\d|p\\wd", languages=_LETTERS_ESCAPED),
    Keyword(r"(?-i:[A-Z_\"']\\[BFNRTV][A-Z_])", languages=_LETTERS_ESCAPED),  # in lower case an escape
    Keyword(_COMPATIBLE, languages=("python", "notebook")),
    Keyword(r"\\u(?:d835\\ud[c-f]|ff[2-5])|\\\\\\n\"", languages=("notebook",)),
    Keyword(rf"{_NAME}\w*\s*>\s*(?:<!\[CDATA\[)?\s*[\w&]", languages=_MARKUP),
    # `environ["TOKEN" ] = `; in JSON a list often ends so
    rf"{_NAME}\w*[\\\"'`]+{_GAP}+\](?=\]*{_GAP}*[=:])",
    Keyword(rf"{_NAME}[\w.-]*[\"']?\s*:\s+(?:&[^\s]|![!<]|#[^\n]*\n[ \t]*\r?\n)", languages=("yaml",)),
    # These start with a name: to search all text for 64 blanks takes as long as to search it for all else
    Keyword(rf"{_NAME}[^\n]*?[\s:=(\x80-\xff]{{64}}", _before_values),
    Keyword(rf"{_NAME}[^\n]*?{_RARE}", _before_values),
    Keyword(r"\*/\s*(?:[:=,)\"'`]|->|[\w:.@$#! ]{1,30}\(?[\"'])", _commented),
)

_X2, _U4, _U8, _BRACES = r"x[0-9a-fA-F]{2}", r"u[0-9a-fA-F]{4}", r"U[0-9a-fA-F]{8}", r"u\{[0-9a-fA-F]{1,6}\}"
_OCTAL = r"[0-7]{1,3}"
_ANYWHERE = rf"x{_HEX}|u00{_HEX}|U000000{_HEX}|u\{{0{{0,4}}{_HEX}\}}|1[0-7][0-7]"
# What follows the backslash of an escape, by language: its reference, on string literals
_ESCAPES = {
    "python": rf"{_X2}|{_U4}|{_U8}|{_OCTAL}|N\{{[^}}\n]{{1,80}}\}}",
    "javascript": rf"{_X2}|{_U4}|{_BRACES}|{_OCTAL}|[ac-eg-mo-qswyzA-Z_.:-]",  # Annex B.1 for octal
    "java": r"u+[0-9a-fA-F]{4}|[0-3]?[0-7]{1,2}",
    "c": rf"x[0-9a-fA-F]{{1,2}}|{_U4}|{_U8}|{_OCTAL}",
    "go": rf"{_X2}|{_U4}|{_U8}|[0-7]{{3}}",
    "csharp": rf"x[0-9a-fA-F]{{1,4}}|{_U4}|{_U8}",
    "php": rf"x[0-9a-fA-F]{{1,2}}|{_BRACES}|{_OCTAL}",
    "ruby": rf"x[0-9a-fA-F]{{1,2}}|{_U4}|{_BRACES}|{_OCTAL}|[dghijklmopqwyzABD-LN-Z_]",
    "perl": rf"{_X2}|[xo]\{{[0-9a-fA-F]{{1,6}}\}}|N\{{[^}}\n]{{1,80}}\}}|{_OCTAL}|"
    r"[dghijkmpqsvwyzABCDHIJKMOPRSTVWXYZ_]",
    "elixir": rf"{_X2}|{_U4}|{_BRACES}|[cg-mo-qwyzA-Z_]",
    "lua": rf"{_X2}|{_BRACES}",
    "haskell": r"x[0-9a-fA-F]{1,6}|o[0-7]{1,7}",
    "r": rf"x[0-9a-fA-F]{{1,2}}|u[0-9a-fA-F]{{1,4}}|{_BRACES}|{_OCTAL}",
    "toml": rf"{_X2}|{_U4}|{_U8}",
    "properties": rf"{_U4}|(?![tnrfu])[!-~]",
    "dockerfile": r"[\w.-]",
}
for _name, _of in (
    ("scala", "java"), ("groovy", "java"), ("kotlin", "java"), ("c++", "c"), ("objective-c", "c"), ("d", "c"),
    ("vue", "javascript"), ("svelte", "javascript"), ("html", "javascript"), ("swift", "javascript"),
    ("dart", "javascript"), ("rust", "toml"), ("yaml", "toml"), ("json", "toml"), ("terraform", "toml"),
):  # fmt: skip
    _ESCAPES[_name] = _ESCAPES[_of]
_BASES = {"properties": 0, "dockerfile": 0}  # of digits after a backslash; 0: they are themselves
_ANSI_C = rf"x[0-9a-fA-F]{{1,2}}|u[0-9a-fA-F]{{1,4}}|U[0-9a-fA-F]{{1,8}}|{_OCTAL}"
_QUOTED = lazy_re.compile(  # https://www.gnu.org/software/bash/manual/html_node/Quoting.html
    rb"\$'(?P<ansi>(?:\\.|[^'\\\n])*)'|'[^'\n]*'|\"(?:\\.|[^\"\\\n])*\"|\\(?P<any>[\w.:/+=-])"
)
_IN_SHELL = lazy_re.compile(rb"\\[\w.:/+=-]|\$'")  # what `_of_shell` changes
_LINE = lazy_re.compile(rb"[^\n]*")
# A pattern for each quote and mark: `re` finds the byte that one starts with twenty times as fast as a class.
_EMPTY_QUOTES = tuple(lazy_re.compile(rb"%b[\"'](?<=[=\w]..)(?=\w)" % quote) for quote in (b"'", b'"'))
_EMPTY_VALUE = lazy_re.compile(rb"(=[ \t]+)(?:''|\"\")(?=\w)")
_PART_QUOTED = lazy_re.compile(rb"(=[ \t]*)(\w{3,256})[\"'](\w{1,256})[\"']")
# https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html#load(java.io.Reader)
_BLANK_FOR_OPERATOR = lazy_re.compile(rb"^([ \t\f]*[\w.-]+)[ \t\f]+(?=[^\s=:])", re.MULTILINE)
_MARKS = tuple(  # of PowerShell and cmd, before a letter or at a line's end
    lazy_re.compile(mark + rb"(?:(?<=\w.)([acdghijklmopqswxyzA-Z_.-])|(?=\r?\n))") for mark in (b"`", rb"\^")
)

# A line that is cut in a word, or beside an operator. Languages of _INDENTED drop the indentation after it.
_INDENTED = ("yaml", "toml", "properties", "git-config")
_IN_WORD = rb"[\w.:/+=-]"
_WORDS = rb"(?:[^\s\\]|\\[^\r\n])+"
# A word, an operator before or after it and the word after that
_OPERATOR, _NEXT_CUT = rb"[ \t\f]*[:=][ \t\f]*", rb"(?:[ \t\f]*(?=\\\r?\n))?"
_PIECE = rb"\\\r?\n([ \t\f]*)((?:[:=][ \t\f]*)?%b(?:[ \t\f]*\]+)?(?:%b%b)?%b)" % (
    _WORDS, _OPERATOR, _WORDS, _NEXT_CUT,
)  # fmt: skip
_INDENTED_PIECE = rb"\\([ \t]*\r?\n\s*)((?:[:=][ \t\f]*)?%b(?:(?:%b|[ \t\f]+)%b)?%b)" % (
    _WORDS, _OPERATOR, _WORDS, _NEXT_CUT,
)  # fmt: skip
_CUT, _CUT_INDENTED = (
    lazy_re.compile(
        rb"(?:[:=][ \t\f]*(?=\\\r?\n)|(?<=%b)(?=\\%b)|(?=\\\r?\n[ \t\f]*[:=]))(?:%b)+"
        % (before, after + _IN_WORD, piece)
    )
    for before, after, piece in (
        (_IN_WORD, rb"\r?\n", _PIECE),
        (rb"[\w.:/+=\" \t\f-]", rb"[ \t]*\r?\n\s*", _INDENTED_PIECE),
    )
)
# Where or before which the patterns for cuts and blanks match: `re` would try these at every byte.
_CUT_END = lazy_re.compile(rb"\\\r?\n")
_HAS_CUT = lazy_re.compile(rb"\\[ \t]*\r?\n")
_IN_RUN = b" \t\n\r\f\v\xc2\xe2\xe3\xef" + bytes(range(0x80, 0xC0))
_LONG = b" " * 34
_BLANKS = lazy_re.compile(rb" +")
_AS_BLANK = bytes.maketrans(_IN_RUN, b" " * len(_IN_RUN))
_PIECES, _INDENTED_PIECES = lazy_re.compile(_PIECE), lazy_re.compile(_INDENTED_PIECE)

# https://docs.docker.com/reference/dockerfile/#escape: comments and empty lines do not end an instruction
_DOCKER_ESCAPE = lazy_re.compile(rb"^[ \t]*#[ \t]*escape[ \t]*=[ \t]*([\\`])", re.IGNORECASE | re.MULTILINE)
_DOCKER_CUT = lazy_re.compile(rb"[\\`][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*")

_RUNS = lazy_re.compile(_RUN + rb"{34,}")
_SURPLUS = lazy_re.compile(rb"(?<![\s\x80-\xbf])(?:%b{34,}\S[^\r\n]*?(?=[\r\n]|\Z|%b{34}))+" % (_RUN, _RUN))
_BLANKS_BEFORE_COMMENT = 80
# A comment of C and its like before what goes on, and the rest of its line, before which may be another
_PAST_COMMENT = rb"(?<=[\w\"'\])=:>,(+])(\s{0,%d}/\*(?:[^*]|\*(?!/)){0,%d}\*/\s{0,80})(?=%b)([^\r\n]*)" % (
    _BLANKS_BEFORE_COMMENT,
    _LONGEST_COMMENT,
    _GOES_ON.encode(),
)
_COMMENT, _PAST_COMMENTS = lazy_re.compile(rb"(?:%b)+" % _PAST_COMMENT), lazy_re.compile(_PAST_COMMENT)
_COMMENTS = 3  # in one statement: before the operator, after it, and after a name's type
_SUBSCRIPT = lazy_re.compile(rb"([\"'`])%b+(\]+)(%b*[=:])(%b*)(\S*)" % (_RUN, _RUN, _RUN))
_AFTER_BLANK = lazy_re.compile(rb"\](?<=[\s\x80-\xbf]\])")
# https://yaml.org/spec/1.2.2/#node-properties: a tag, an anchor, a comment, then the value.
# A local tag (`!Ref`) says that the text is not the value.
_YAML_PROPERTIES = lazy_re.compile(
    rb":(?P<gap>(?:\s+(?:&[^\s,\[\]{}]*|!(?:![^\s,\[\]{}]*|<[^>\s]*>)?(?=\s)|#[^\n]*(?=\n)))+\s+)(?!(?:[\w.-]+[\"']?|<<):(?:\s|\Z)|-\s)(?P<value>[^\s#&!][^\n]*)"
)
# Its anchor may be gone, and an alias without one is no YAML.
_YAML_ALIAS = lazy_re.compile(rb"\*(?=\w[\w.-]*[ \t]*(?:[,\]}#\r\n]|\Z))")
_BLANKS_BEFORE_ALIAS = 80
_ELEMENT = lazy_re.compile(
    rb"(<[\w.:-]*%b[\w.:-]*)[^<>]{0,200}?\s*>\s*(<!\[CDATA\[)?\s*([^\s<]{1,1024})" % _NAME.encode(),
    re.IGNORECASE,
)

# ECMA-48, section 8.3.117: select graphic rendition; JSON writes the escape character as \u001b
_COLOURS = lazy_re.compile(rb"(?:\x1b|\\u001[bB])\[[0-9;]{0,32}m")
_PERCENT = lazy_re.compile(rb"%[2-7][0-9a-fA-F](?:%[2-7][0-9a-fA-F])*")  # RFC 3986, section 2.1
_REFERENCE = lazy_re.compile(rb"&#(?:0{0,5}([0-9]{2,3})|[xX]0{0,4}(" + _HEX.encode() + rb"));")
_MARKUP_START = 256  # bytes in which XML and HTML start
_WORD = lazy_re.compile(r"[0-9A-Za-z_.:/+=@!%*~^?-]")
_WORDS_ONLY = lazy_re.compile(rb"[0-9A-Za-z_.:/+=@!*~^?-]+")
_COMPATIBLE_LETTERS = lazy_re.compile(_COMPATIBLE.encode())


def is_always_compared(path: str) -> bool:
    """Whether a file of this path may be spelled in another way than it is read, whatever it holds."""
    return languages.find(path).syntax in _ALWAYS_COMPARED


def unescaped(data: bytes, path: str, head: bytes | None = None) -> bytes:
    """The text of a file of this path as its language reads it; it has as many lines.

    Escaped letters, digits and signs that need no quotes are written out, a cut line goes on before the cut,
    long runs of blanks are one blank. For text with a match of KEYWORDS. head: the start of the file, where
    `data` is another part of it.
    """
    language = languages.find(path).syntax
    markup = language in _MARKUP or (data if head is None else head)[:_MARKUP_START].lstrip().startswith(b"<")
    return _rewritten(data, language, markup)


def _rewritten(data: bytes, language: str, markup: bool = False) -> bytes:
    if b"\x1b[" in data or b"\\u001" in data:
        data = _COLOURS.sub(b"", data)
    if language == "notebook":
        return _CELL.sub(_of_cell, data)
    text = data
    if language in _SHELLS:
        text = _replaced(_LINE, _of_line, _next_line, text)
    elif language == "dockerfile":
        escape = _DOCKER_ESCAPE.search(text, 0, 256)
        text = _docker_instruction(escape[1] if escape else b"\\").sub(_of_instruction, text)
    elif language in ("powershell", "batch"):
        for mark in _MARKS:
            text = mark.sub(lambda found: found[1] or b"\\", text)
    if b"\\" in text:
        text = _escape(language).sub(partial(_of_escape, base=_BASES.get(language, 8)), text)
        if language in _INDENTED:
            if _HAS_CUT.search(text):
                text = _CUT_INDENTED.sub(_joined_without_indent, text)
        elif b"\\\n" in text or b"\\\r\n" in text:
            text = _replaced(_CUT, _joined, _next_cut, text)
    if language in _SHELLS:
        for quotes in _EMPTY_QUOTES:
            text = quotes.sub(b"", text)
        text = _PART_QUOTED.sub(rb"\1\2\3", _EMPTY_VALUE.sub(rb"\1", text))
    elif language == "python":
        text = _COMPATIBLE_LETTERS.sub(_normalized, text)
    elif language == "properties":
        text = _BLANK_FOR_OPERATOR.sub(rb"\1=", text)
    elif markup:
        text = _ELEMENT.sub(_of_element, _REFERENCE.sub(_of_reference, text))
    elif language == "yaml":
        text = _YAML_PROPERTIES.sub(_of_properties, text)
        text = _YAML_ALIAS.sub(_of_alias, text)
    if b"*/" in text and language in _has_block_comments():
        for _ in range(_COMMENTS):
            before, text = text, _replaced(_COMMENT, _without_comment, _next_comment, text)
            if text == before:
                break
    text = _PERCENT.sub(_of_percent, text)
    text = text.replace(b"\xef\xbb\xbf", b" ")  # a blank of JavaScript (ECMA-262, section 12.2)
    blanks = text.translate(_AS_BLANK)
    if _LONG in blanks:  # 8 us for 11 kB, where `_RUNS` takes 240
        text = _replaced(_SURPLUS, _without_blanks, partial(_next_run, blanks), text)
    return _replaced(_SUBSCRIPT, _of_subscript, _next_subscript, text)


def _replaced(
    pattern: re.Pattern[bytes],
    replace: Callable[[re.Match[bytes]], bytes],
    place: Callable[[bytes, int], tuple[int, int] | None],
    text: bytes,
) -> bytes:
    """`pattern.sub(replace, text)`, in half of the time: `re` would try these patterns at every byte.

    place: (text, offset) -> (where the next match can begin, from where to go on if none does).
    """
    parts, at, end = [], 0, 0
    while near := place(text, at):
        begin, at = near
        found = pattern.match(text, max(begin, end))
        if found:
            parts += [text[end : found.start()], replace(found)]
            at = end = found.end()
    return b"".join((*parts, text[end:])) if parts else text


def _next_cut(text: bytes, at: int) -> tuple[int, int] | None:
    cut = _CUT_END.search(text, at)
    if not cut:
        return None
    before = text[at : cut.start()].rstrip(b" \t\f")
    return (at + len(before) - 1 if before.endswith((b":", b"=")) else cut.start()), cut.end()


def _next_run(blanks: bytes, text: bytes, at: int) -> tuple[int, int] | None:
    while (start := blanks.find(_LONG, at)) >= 0:
        near = _BLANKS.match(blanks, start)
        assert near is not None
        if run := _RUNS.search(text, *near.span()):
            return run.span()
        at = near.end()
    return None


def _next_subscript(text: bytes, at: int) -> tuple[int, int] | None:
    bracket = _AFTER_BLANK.search(text, at)
    return (max(0, before_operator(text, bracket.start()) - 1), bracket.end()) if bracket else None


def _next_comment(text: bytes, at: int) -> tuple[int, int] | None:
    begin = text.find(b"/*", at)
    if begin < 0:
        return None
    before = text[max(0, begin - _BLANKS_BEFORE_COMMENT) : begin]
    return begin - len(before) + len(before.rstrip()), begin + 1


@cache
def _docker_instruction(escape: bytes) -> re.Pattern[bytes]:
    """An ENV or ARG that goes on after a line's end."""
    cut = rb"%b[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*" % re.escape(escape)
    line = rb"(?:(?!%b[ \t]*\r?\n)[^\n])*" % re.escape(escape)
    return re.compile(rb"^[ \t]*(?:ENV|ARG)\b%b(?:%b%b)+" % (line, cut, line), re.IGNORECASE | re.MULTILINE)


def _of_instruction(instruction: re.Match[bytes]) -> bytes:
    """An instruction on one line, and as many lines after it as it had."""
    lines = instruction[0].count(b"\n")
    return re.sub(rb"(?<=\s)[ \t]+", b"", _DOCKER_CUT.sub(b"", instruction[0])) + b"\n" * lines


def written_out(value: str) -> str:
    """A value with its escaped letters written out: the same whether found in the file or in `unescaped`."""
    if "\\" not in value and "&#" not in value:
        return value
    data = value.encode("utf-8", "surrogatepass")
    return _REFERENCE.sub(_of_reference, _escape("").sub(_of_escape, data)).decode("utf-8", "surrogatepass")


@cache
def _escape(language: str) -> re.Pattern[bytes]:
    """An escape of the language, or one that most have; another `\\` before it makes it the text itself."""
    own = _ESCAPES.get(language, "")
    return re.compile(rf"\\(?:\\|({own}{'|' if own else ''}{_ANYWHERE}))".encode())


def _of_escape(escape: re.Match[bytes], base: int = 8) -> bytes:
    return _character(escape[1].decode(), base) or escape[0] if escape[1] else escape[0]


def _character(escape: str, base: int) -> bytes:
    """The character of an escape without its backslash; b"" if it must stay an escape."""
    if escape[0] == "N":
        import unicodedata

        named = escape[2:-1]
        try:
            character = chr(int(named[2:], 16)) if named.startswith("U+") else unicodedata.lookup(named)
        except (KeyError, ValueError):
            return b""
    elif len(escape) > 1 and escape[0] in "xuU":
        character = chr(min(int(escape.lstrip("xuU").strip("{}"), 16), 0x10FFFF))
    elif escape[0] == "o" and len(escape) > 1:
        character = chr(int(escape[1:].strip("{}"), 8))
    elif escape[0].isdigit() and base:
        character = chr(int(escape, base))
    else:
        character = escape
    return character.encode() if _WORD.fullmatch(character) else b""


def _of_reference(reference: re.Match[bytes]) -> bytes:
    number = int(reference[2], 16) if reference[2] else int(reference[1])
    character = chr(number)
    return character.encode() if number < 128 and _WORD.fullmatch(character) else reference[0]


def _of_percent(letters: re.Match[bytes]) -> bytes:
    character = bytes.fromhex(letters[0].decode().replace("%", ""))
    return character if _WORDS_ONLY.fullmatch(character) else letters[0]


def _next_line(text: bytes, at: int) -> tuple[int, int] | None:
    sign = _IN_SHELL.search(text, at)
    return (text.rfind(b"\n", at, sign.start()) + 1, sign.end()) if sign else None


def _of_line(line: re.Match[bytes]) -> bytes:
    return _QUOTED.sub(_of_shell, line[0])


def _of_shell(part: re.Match[bytes]) -> bytes:
    if part["any"]:
        return part["any"]
    if part["ansi"] is None:
        return part[0]
    return b"'" + _ansi_c().sub(_of_escape, part["ansi"]) + b"'"


@cache
def _ansi_c() -> re.Pattern[bytes]:
    return re.compile(rf"\\(?:\\|({_ANSI_C}))".encode())


# A string that is not closed goes to the end, so that no other search starts in it.
_CELL = lazy_re.compile(rb'"(?:\\.|[^"\\])*(?:\\?\Z|"(?:\s*,\s*"(?:\\.|[^"\\])*(?:"|\\?\Z))*)', re.DOTALL)
_STRING = lazy_re.compile(rb'"(?:\\.|[^"\\])*(?:"|\\?\Z)', re.DOTALL)


def _of_cell(strings: re.Match[bytes]) -> bytes:
    """The lines of a notebook's cell, which are strings of JSON, as Python reads them."""
    if b"\\" not in strings[0] and strings[0].isascii():
        return strings[0]
    import json  # 1 ms, and few trees have a notebook

    try:
        code = "".join(json.loads(part, strict=False) for part in _STRING.findall(strings[0])).encode()
    except ValueError:
        return strings[0]
    read = _rewritten(code, "python")
    if read == code and b"\\u" not in strings[0]:
        return strings[0]
    lines = iter(re.findall(rb"[^\n]*\n|[^\n]+", read))
    last = len(_STRING.findall(strings[0])) - 1
    parts = (b"".join(lines) if number == last else next(lines, b"") for number in range(last + 1))
    return _STRING.sub(
        lambda _: json.dumps(next(parts).decode("utf-8", "replace"), ensure_ascii=False).encode(), strings[0]
    )


def _normalized(letters: re.Match[bytes]) -> bytes:
    import unicodedata

    return unicodedata.normalize("NFKC", letters[0].decode("utf-8", "replace")).encode()


def _joined(cut: re.Match[bytes]) -> bytes:
    """The pieces of a cut line in one, and the cuts after them."""
    pieces: list[tuple[bytes, bytes]] = _PIECES.findall(cut[0])
    text = b"".join((b" " if indent else b"") + piece for indent, piece in pieces)
    return _before_cut(cut) + text + b"\\\n" * len(pieces)


def _joined_without_indent(cut: re.Match[bytes]) -> bytes:
    """The same where the indentation after a cut is not a part of the text."""
    pieces: list[tuple[bytes, bytes]] = _INDENTED_PIECES.findall(cut[0])
    text = b"".join(piece for _, piece in pieces)
    # YAML's blocks end without indentation; in a string, and after it, the line's end alone is valid
    mark = b"" if text.count(b'"') % 2 else b"\\"
    return _before_cut(cut) + text + b"".join(mark + gap for gap, _ in pieces)


def _before_cut(cut: re.Match[bytes]) -> bytes:
    return bytes(cut[0][: cut[0].index(b"\\")])


def _of_element(element: re.Match[bytes]) -> bytes:
    """An element whose text is directly after its tag, and the line ends after it."""
    tag, data, value = element.groups()
    lines = element[0].count(b"\n") - tag.count(b"\n")
    return tag + b">" + (data or b"") + value + b"\n" * lines


def _of_properties(value: re.Match[bytes]) -> bytes:
    return b": " + value["value"].rstrip(b"\r") + b"\n" * value["gap"].count(b"\n")


def _of_alias(alias: re.Match[bytes]) -> bytes:
    """`$` for the `*` of an alias: after an indicator and blanks, or directly after a list's bracket."""
    before = alias.string[max(0, alias.start() - _BLANKS_BEFORE_ALIAS) : alias.start()]
    indicator = before.rstrip(b" \t")[-1:]
    if indicator == b"[" or (before[-1:] in b" \t" and indicator and indicator in b":,{-"):
        return b"$"
    return b"*"


def _of_subscript(closed: re.Match[bytes]) -> bytes:
    quote, bracket, operator, gap, value = closed.groups()
    operator = operator[-1:]
    lines = closed[0].count(b"\n")
    if b"\n" in gap:
        return quote + bracket + operator + b"\n" * lines + gap.rpartition(b"\n")[2] + value
    return quote + bracket + operator + gap + value + b"\n" * lines


@cache
def _has_block_comments() -> frozenset[str]:
    """The syntaxes with comments as in C."""
    rows = languages.LANGUAGES
    return frozenset({row.syntax for row in rows if row.comment and row.comment[0] == "//"} | {"terraform"})


def _without_comment(found: re.Match[bytes]) -> bytes:
    """What goes on after comments, and then the line ends in and around them."""
    parts = list(_PAST_COMMENTS.finditer(found.string, found.start(), found.end()))
    rest = b"".join(b" " + part[2] for part in parts)
    return rest + b"\n" * sum(part[1].count(b"\n") for part in parts)


def _without_blanks(runs: re.Match[bytes]) -> bytes:
    text = _RUNS.sub(b" ", runs[0])
    return text + b"\n" * (runs[0].count(b"\n") - text.count(b"\n"))
