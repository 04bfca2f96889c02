"""Escape text from a hostile tree for each output format.

Names and messages may contain terminal controls, right-to-left text, undecodable bytes, or a format's own
syntax. `escape_controls` handles the first three, and every other function starts with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.util import lazy_re

# Controls (C0, DEL, C1), soft hyphen, zero-width and bidirectional characters (the "Trojan Source" set of
# CVE-2021-42574 among them), line and paragraph separators, tags, lone surrogates, and the two noncharacters
# that XML 1.0 excludes.
_UNSEEN = lazy_re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}
# Commands that GitHub Actions (`##[`), Azure (`##vso[`) and TeamCity (`##teamcity[`) execute from logs, the
# first two anywhere in a line, whatever format is printed.
_LOG_COMMAND = lazy_re.compile(r"##(\w*)\[")


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as os.fsdecode represents it
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def escape_controls(text: str) -> str:
    """`text` on one line, with every invisible character written as an escape, and no CI system's command."""
    if "##" in text:
        text = _LOG_COMMAND.sub(r"##\1\\[", text)
    if text.isascii() and text.isprintable():
        return text
    return _UNSEEN.sub(_escaped, text)


def json_text(text: str) -> str:
    """JSON in which no CI log finds a command, and which reads as the same."""
    return _LOG_COMMAND.sub(r"#\\u0023\1[", text) if "##" in text else text


def log_line(line: str) -> str:
    """A line of visible text that no CI log takes for a command."""
    if "##" in line:
        line = _LOG_COMMAND.sub(r"##\1\\[", line)
    words = line.lstrip()
    if words.startswith("::"):  # a workflow command, also after spaces
        line = line[: len(line) - len(words)] + "\\" + words
    return line


def terminal(text: str) -> str:
    """`text` as one line of a terminal or a CI log."""
    return log_line(escape_controls(text))


def command_data(text: str) -> str:
    """`text` as the message of a workflow command.

    `%`, CR and LF are what the runner unescapes (actions/toolkit, `command.ts`).
    """
    return terminal(text).replace("%", "%25")


def command_property(text: str) -> str:
    """`text` as the value of a property of a workflow command."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}


def markup(text: str) -> str:
    """`text` as content or attribute of XML and HTML. Nothing remains that XML 1.0 does not allow."""
    text = escape_controls(text).translate(_MARKUP)
    return text.replace(":", "&#58;", 1) if text.lstrip().startswith("::") else text


# Characters that start inline syntax in CommonMark and GitHub's dialect (`~` strikes out, `$` is mathematics,
# `://` makes a link), or a block at the start of a line. `&`, `<` and `@` become entities: some renderers
# parse HTML first, and an address would be a link.
_MARKDOWN = lazy_re.compile(r"[\\`*_\[\]|~$]|:(?=//)|^[-+=#]|^\s*:(?=:)|(?<=^\d)[.)]|(?<=\bwww)\.")
_ENTITIES = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("@"): "&#64;", 0x200B: "&#8203;"}
# What mentions a person, a team, an issue or a merge request: `@name`, `acme/api#1`, `GH-1`, `!1`. The forges
# look for it in the text that Markdown has made, where neither a backslash nor an entity is left
# (https://github.com/github/cmark-gfm/issues/181), so a zero-width space takes it apart.
MENTION = lazy_re.compile(r"(?<!\w)@(?=\w)|[#!$%&](?=\d)|\bGH-(?=\d)", re.IGNORECASE)


def markdown(text: str) -> str:
    """`text` as words in Markdown, also for table cells; `code` stays code, and leading spaces stay."""
    words = escape_controls(text)
    pieces = words.split("`")
    if len(pieces) % 2 == 0:
        pieces = [words]
    escaped = [
        markdown_code(piece) if number % 2 and piece.strip() and "|" not in piece else _plain(piece)
        for number, piece in enumerate(pieces)
    ]
    joined = "".join(escaped)
    spaces = len(joined) - len(joined.lstrip(" "))
    return "&nbsp;" * spaces + joined[spaces:]


def _plain(words: str) -> str:
    return _MARKDOWN.sub(r"\\\g<0>", MENTION.sub("\\g<0>\u200b", words)).translate(_ENTITIES)


def markup_words(text: str) -> str:
    """Like `markup`, with `code` in backticks as a `code` element."""
    pieces = markup(text).split("`")
    if len(pieces) % 2 == 0:
        return "`".join(pieces)
    return "".join(f"<code>{x}</code>" if number % 2 else x for number, x in enumerate(pieces))


def markdown_block(lines: Iterable[str]) -> list[str]:
    """Lines of code, without their common indentation, as a fenced block that cannot end early."""
    text = _dedented(lines)
    code = [escape_controls(line) for line in text.split("\n")]
    fence = "`" * max(3, _longest_run(text) + 1)
    return [fence, *code, fence]


def markup_block(lines: Iterable[str]) -> str:
    """Lines of code, without their common indentation, as a `pre` element."""
    return f"<pre><code>{chr(10).join(map(markup, _dedented(lines).splitlines()))}</code></pre>"


def _dedented(lines: Iterable[str]) -> str:
    from textwrap import dedent  # only where a help holds code

    return dedent("\n".join(line.expandtabs(4) for line in lines))


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def markdown_code(text: str) -> str:
    """`text` as a code span that cannot end early, whatever backticks it contains; not for table cells."""
    text = escape_controls(text) or " "
    fence = "`" * (_longest_run(text) + 1)
    pad = " " if text[0] == "`" or text[-1] == "`" or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"
