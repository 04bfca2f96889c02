"""Account for each line of a dotenv file before the file goes: nothing in it may be lost unseen."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from palint.aws.key_names import key_component
from palint.aws.key_values import KEY_ID
from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable
from palint.secrets import value_ranges
from palint.secrets.names import mentions_secret
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# A word, a number, or the address of a page without a query.
_WORD = lazy_re.compile(r"[^\W\d_]+(?:['’/-][^\W\d_]+)*|[\d.,]+|https?://[a-z.-]+(?:/[a-z-]+)*/?")
_KEY_ID = lazy_re.compile(KEY_ID)
_ASSIGNS = lazy_re.compile(r"\w[\"']?\s*(?:=|:(?!//)|->)\s*\S")


class Account(NamedTuple):
    """What becomes of the lines of one file; the numbers are 1-based, and lines without text are in none.

    stored: of variables whose values are in Secrets Manager. described: {line: text} of what `.env.example`
    carries on: comments, and variables without a value. left_out: {line: reason} of what is stored nowhere,
    which must be shown. unread: what is neither an assignment nor a comment.
    """

    stored: frozenset[int]
    described: Mapping[int, str]
    left_out: Mapping[int, str]
    unread: tuple[int, ...]

    @property
    def doubtful(self) -> frozenset[int]:
        """The lines whose comments may hold a value."""
        return frozenset(line for line, why in self.left_out.items() if why != _NOT_IN_EXAMPLE)


_NOT_IN_EXAMPLE = "a comment that the example does not have"


def unread_lines(file: SourceFile) -> list[int]:
    """The 1-based lines that are neither assignments nor comments, or have a secret as their name."""
    assigned: set[int] = set()
    odd: set[int] = set()
    for variable in dotenv_files.parse(file):
        lines = _lines(file, variable)
        (odd if dotenv_files.has_secret_name(variable) else assigned).update(lines)
    for row, start in enumerate(file.line_starts):
        if _line(file, start).strip() and not _line(file, start).lstrip().startswith("#"):
            odd.add(file.first_line + row)
    return sorted(odd - assigned)


def _lines(file: SourceFile, variable: Variable) -> range:
    return range(file.position(variable.start).line, file.position(variable.end).line + 1)


def aws_keys(file: SourceFile, values: Mapping[int, str]) -> frozenset[str]:
    """The variables of a dotenv file that hold a key of an AWS user, which is never stored.

    Keys of MinIO and others have the same names, so the file must have the id of such a key. values: {offset:
    value}.
    """
    if not any(_KEY_ID.fullmatch(value) for value in values.values()):
        return frozenset()
    names = (variable.name for variable in dotenv_files.parse(file))
    return frozenset(name for name in names if key_component(name) or "SESSION_TOKEN" in name.upper())


def account(
    file: SourceFile, values: Mapping[int, str], stored: Mapping[str, str], example: str | None
) -> Account:
    """Account for the lines of a dotenv file.

    values: {offset: value} of its variables. stored: the keys of its secret with their values. example: the
    text of the examples that exist; None if one will be written, with everything that is `described`.
    """
    found = _Found(set(), {}, {}, example, _remarks(example or ""))
    unread = unread_lines(file)
    seen = set(unread)
    refused = aws_keys(file, values)
    for variable in dotenv_files.parse(file):
        lines = _lines(file, variable)
        seen.update(lines)
        value = values[variable.value_start]
        if value and variable.name in refused:
            reason = f"`{variable.name}` is a key of an AWS user: delete it in IAM, and sign in with a role"
            found.left_out.update(dict.fromkeys(lines, reason))
        elif value and stored.get(variable.name) == value:
            found.stored.update(lines)
        elif value:
            reason = f"`{variable.name}` has another value in a file or line that overrides this one"
            found.left_out.update(dict.fromkeys(lines, reason))
        elif example is None or variable.name in example:
            found.described[lines[0]] = f"{variable.name} - has no value"
        else:
            found.left_out[lines[0]] = f"`{variable.name}` has no value"
        if not variable.value and _line(file, variable.end).lstrip().startswith("#"):
            # the value for python-dotenv, a comment for npm's dotenv and Compose
            found.left_out[lines[-1]] = f"some loaders read this comment as the value of `{variable.name}`"
        elif variable.comment is not None:
            found.add_comment(lines[-1], _line(file, variable.comment))
    for row, start in enumerate(file.line_starts):
        if file.first_line + row not in seen:
            found.add_comment(file.first_line + row, _line(file, start))
    return Account(frozenset(found.stored), found.described, found.left_out, tuple(unread))


def _remark(line: str) -> str:
    """The text of a comment, with or without its sign."""
    return line.strip().lstrip("#").strip()


def _remarks(text: str) -> frozenset[str]:
    """The comments of an example, which lines of other files may repeat word for word."""
    return frozenset(_remark(line) for line in text.splitlines() if line.lstrip().startswith("#"))


class _Found(NamedTuple):
    """The lines of an `Account` while they are collected."""

    stored: set[int]
    described: dict[int, str]
    left_out: dict[int, str]
    example: str | None
    remarks: frozenset[str]

    def add_comment(self, number: int, line: str) -> None:
        """Add a line's comment, with or without its sign."""
        text = _remark(line)
        if not text:
            return
        if text in self.remarks:
            self.described[number] = text
        elif not is_description(text):
            self.left_out[number] = "a comment that may hold a value"
        elif self.example is None:
            self.described[number] = text
        else:
            self.left_out[number] = _NOT_IN_EXAMPLE


def is_description(text: str) -> bool:
    """Whether a comment is prose that may be committed: words only, without a secret or an assignment."""
    if _ASSIGNS.search(text) or mentions_secret(text) or value_ranges(SourceFile("x.txt", text.encode())):
        return False
    words = (word.strip("#!?.,;:()\"'`-=*_~") for word in text.split())
    return all(len(word) < 3 or _WORD.fullmatch(word) for word in words)


def _line(file: SourceFile, start: int) -> str:
    return file.text[start : file.line_at(start)[1]]


def spans(lines: Collection[int]) -> str:
    """Lines as `3, 5-7`."""
    parts: list[list[int]] = []
    for line in sorted(set(lines)):
        if parts and parts[-1][-1] == line - 1:
            parts[-1][1:] = [line]
        else:
            parts.append([line])
    return ", ".join("-".join(map(str, part)) for part in parts)
