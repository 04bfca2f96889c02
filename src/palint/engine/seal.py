"""Seal violations before the text of their file is released: the one place where a `Finding` is made.

A rule quotes what it found: names, values, other files. Nothing that leaves a worker may hold a secret, so
each text of a violation passes here: the message, the evidence, the fix and the texts of related places are
searched for the values of the file, and lines of source are shown as `MaskedText` has them.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise, takewhile

from palint.baseline import line_hash, value_bits
from palint.engine.choice import Chosen
from palint.engine.file_result import FileResult
from palint.engine.origin import is_generated
from palint.findings import ExcerptLine, Finding, Notice, Related, Span, Suppressed, Violation
from palint.text.escapes import written_out
from palint.text.source import Ranges, SourceFile, merge_ranges, with_stars
from palint.tree.project import Project
from palint.util import lazy_re

_OF_PROGRAM = (
    "If a program writes this file, change what it is made from; the output of a build belongs in "
    "`.gitignore` (`git rm -r --cached`)."
)
_CONTEXT = 1  # lines shown above and below a finding
_NEAR = 1500  # characters before and after a finding in which a rule looks for what it quotes
_PART = 12  # characters: a text must not quote so many of a value's start or end either
# A word that may be a token, if it has a digit: no name in palint's own texts is as long and has one.
_LONG_WORD = lazy_re.compile(r"[A-Za-z0-9_+/=.-]{16,}…?")
_DIGIT = lazy_re.compile(r"[0-9]")
_NAMES = lazy_re.compile(r"`([^`\n]{0,200})[^`\n]*`")
# A token's body where it is a part of a name: `ghp_…_PASSWORD`; also its start, where a message cuts it
_RUN = lazy_re.compile(r"[A-Za-z0-9]{20,}|[A-Za-z0-9]{12,}(?=…)")
_LINES = 8  # lines of a finding shown at most
_SHOWN = 400  # characters of a line shown at most
_COPIED = 8  # characters: shorter values are masked at their own place only
_WORD = 9  # characters: shorter all-letter values count as ordinary words
_SEARCHED = 200_000_000  # characters searched for copies in a file at most
_VALUES = 100  # values near a finding that are searched for in its texts
_LOOKED_AT = 1500  # characters around the shown ones that detectors also see, so that no cut hides a value
_RANDOM = lazy_re.compile(r"[A-Za-z0-9+/_-]{24,512}")
_CUT_BEFORE = lazy_re.compile(r"\n\r?\\([\w.:-]+)")  # matched on reversed text: a search would try each start
_CUT_AFTER = lazy_re.compile(r"\r?\n[ \t]*([\w.:-]+)")


run_key = None if hasattr(os, "fork") else os.urandom(16)


class Sealer:
    """Seals the violations in one file.

    file: the file that was checked; None where a finding is about the run. values: the ranges of its text
    that hold a secret, whichever rule found them. names: what the settings call things. excerpts: whether
    findings need source lines, with the lines around them if `context`.
    """

    def __init__(
        self,
        project: Project,
        file: SourceFile | None,
        values: Ranges,
        *,
        names: Sequence[str] = (),
        excerpts: bool = True,
        context: bool = True,
    ) -> None:
        self._project, self._excerpts, self._context = project, excerpts, _CONTEXT if context else 0
        self._checked = None if file is None else MaskedText(file, values)
        self._path, self._names = "" if file is None else file.path, names

    @cached_property
    def _is_generated(self) -> bool:
        return self._checked is not None and is_generated(self._checked.file)

    def _own_words(self) -> Iterator[str]:
        """The words in palint's texts that it has from no checked file's text."""
        from palint.advice import facts  # few texts quote a value
        from palint.files.environments import ENVIRONMENTS

        repository = self._project.own_name or ""
        yield from (self._path, self._path.rpartition("/")[2], repository, repository.rpartition("/")[2])
        yield from (os.path.basename(self._project.root), facts.repository_name(self._project), *self._names)
        yield f"{facts.repository_name(self._project)}/"  # of a secret
        yield from (word for each in ENVIRONMENTS for word in (each.name, *each.words))

    def seal_all(self, chosen: Chosen, notices: Iterable[Notice]) -> FileResult:
        """The result of the file, without any value."""
        return chosen.result._replace(
            findings=tuple(map(self.seal, chosen.reported)),
            suppressed=tuple(
                Suppressed(
                    self.seal(violation),
                    self._sealed_for_file(acceptance.reason),
                    acceptance.source,
                    until=acceptance.until,
                )
                for violation, acceptance in chosen.accepted
            ),
            notices=tuple(
                notice._replace(message=self._sealed_for_file(notice.message)) for notice in notices
            ),
        )

    def seal(self, violation: Violation) -> Finding:
        """The finding: a violation without any value."""
        span = violation.span
        source = self._source(span, violation.values)
        values = [] if source is None else [source.file.text[start:end] for start, end in violation.values]
        ids = tuple(_hash(written_out(value)) for value in values)
        if violation.fix_hint and span.path == self._path and self._is_generated:
            hint = violation.fix_hint
            apart = " " if hint.endswith(".") else "\n"  # after code, on a line of its own
            violation = violation._replace(fix_hint=f"{hint}{apart}{_OF_PROGRAM}")
        violation = self._without_values(violation, [] if source is None else source.values_near(span, _NEAR))
        return Finding(
            *violation,
            excerpt=source.excerpt(span, self._context) if source and self._excerpts else (),
            related_excerpts=tuple(self._related_excerpt(related, source) for related in violation.related)
            if self._excerpts
            else (),
            line_hash=_line_hash(source, span),
            value_bits=value_bits(values[0]) if values else None,
            value_mac=_mac(self._project.value_key, values[0]) if values and self._project.value_key else "",
            identity=_identity(source, span, ids),
            value_ids=ids,
        )

    def _without_values(self, violation: Violation, values: Sequence[str]) -> Violation:
        """A violation whose texts quote none of these values."""

        def without(text: str) -> str:
            return sealed(text, values, self._own_words)

        fix = violation.fix
        return violation._replace(
            message=_NAMES.sub(r"`\1`", without(violation.message)),
            why=without(violation.why),
            fix_hint=without(violation.fix_hint),
            related=tuple(each._replace(message=without(each.message)) for each in violation.related),
            fix=fix and fix._replace(follow_up=tuple(map(without, fix.follow_up))),
        )

    def _sealed_for_file(self, text: str) -> str:
        """A text that may quote the file anywhere: a reason, a notice."""
        return (
            text if self._checked is None else sealed(text, self._checked.distinctive_values, self._own_words)
        )

    def _source(self, span: Span, values: Ranges) -> MaskedText | None:
        """The text that a span is in, which may be another file's; None if that cannot be read."""
        if self._checked is not None and self._checked.file.path == span.path:
            return self._checked
        other = self._project.open(span.path)
        return None if other is None else MaskedText(other, values)

    def _related_excerpt(self, related: Related, source: MaskedText | None) -> tuple[ExcerptLine, ...]:
        """The lines of a related place. source: the text of the finding's own file."""
        if source is None or source.file.path != related.span.path:
            source = self._source(related.span, ())
        return () if source is None else source.excerpt(related.span, 0)


def seal_unread(violations: Iterable[Violation], notices: Iterable[Notice]) -> FileResult:
    """The result of a file whose text takes too long to mask: nothing of it is shown."""
    message = "excerpt omitted: masking took longer than `limits.seconds`"
    return FileResult(
        findings=tuple(
            Finding(
                *v._replace(message=message, why="", fix_hint="", related=(), fix=None, values=()),
                line_hash=_place_hash(v.span),
            )
            for v in violations
        ),
        notices=tuple(notice._replace(message=sealed(notice.message, ())) for notice in notices),
    )


def sealed(text: str, values: Iterable[str], own: Callable[[], Iterable[str]] = tuple) -> str:
    """A text of a rule with the values that it quotes as stars, and each word that is a token itself.

    own: returns palint's own words: the text has them whatever the file's values are, so they stay.
    """
    quoted = [
        value
        for value in values
        if (value in text or value[:_PART] in text or value[-_PART:] in text) and not _is_word(value)
    ]
    if quoted:
        kept = merge_ranges(span for word in own() if word for span in _places(text, word))
        ranges = [
            (start, end)
            for value in quoted
            for start, end in _quotes(text, value)
            if not _is_own(text[start:end], value, start, kept)
            and not _is_referred_to(value, text[start:end])
        ]
        text = with_stars(text, 0, merge_ranges(ranges))
    return _without_tokens(text)


@lru_cache(maxsize=256)  # the texts of a rule repeat
def _without_tokens(text: str) -> str:
    return _LONG_WORD.sub(_without_token, text)


def _is_own(text: str, value: str, start: int, kept: Ranges) -> bool:
    """Whether the text of a quote is in an own word, but for blanks, brackets and stops around it."""
    if text != value:
        bare = text.lstrip(" (")
        start += len(text) - len(bare)
        text = bare.rstrip(" ).,")
    return any(first <= start and start + len(text) <= last for first, last in kept)


# https://docs.github.com/actions/reference/security/secure-use: an action is pinned to a commit
_PINNED = lazy_re.compile(r"\buses: [\w./-]{1,200}@\Z")
_COMMIT = lazy_re.compile(r"[0-9a-f]{40}")


def _without_token(match: re.Match[str]) -> str:
    word = match[0]
    if not _DIGIT.search(word):
        return word
    if _COMMIT.fullmatch(word) and _PINNED.search(match.string, 0, match.start()):
        return word
    from palint import secrets  # few texts quote a long word

    return _RUN.sub(_stars_if_random, secrets.redact_line(word, ""))


def _is_word(value: str) -> bool:
    """Whether a value is a single common word, which palint's own texts may have by chance."""
    from palint.secrets.classifier.features import common_words  # few texts quote a value

    return value.isalpha() and value.lower() in common_words()


def _places(text: str, value: str) -> Iterator[tuple[int, int]]:
    """The ranges of a value, or another part, of a text."""
    start = text.find(value)
    while start >= 0:
        yield start, start + len(value)
        start = text.find(value, start + len(value))


def _quotes(text: str, value: str) -> Iterator[tuple[int, int]]:
    """The ranges in which a text quotes a value, or its start or end: long names are cut."""
    yield from _places(text, value)
    if len(value) > _PART:
        yield from _quoted_starts(text, value)
        size = len(text)
        for start, end in _quoted_starts(text[::-1], value[::-1]):
            yield size - end, size - start


def _quoted_starts(text: str, value: str) -> Iterator[tuple[int, int]]:
    for start, _ in _places(text, value[:_PART]):
        pairs = zip(text[start:], value, strict=False)
        yield start, start + sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


_NAME = lazy_re.compile(r"(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+(?:[A-Z][a-z]+)+)\Z")


def _is_referred_to(value: str, part: str) -> bool:
    """Whether the end of a value is a variable's name: of `vsaex.$API_HOST`, `op://vault/item/API_KEY`."""
    return _NAME.match(part) is not None and value.endswith(("$" + part, "/" + part))


def _mac(key: bytes, value: str) -> str:
    """The same for a value in every repository; without the key it neither confirms a guess nor links two."""
    import hmac

    return hmac.new(key, written_out(value).encode("utf-8", "surrogatepass"), "sha256").hexdigest()


def _line_hash(source: MaskedText | None, span: Span) -> str:
    """The hash of the finding's first line with values masked; of the path for a finding about the file."""
    if span.is_whole_file:
        return line_hash(span.path)
    return _place_hash(span) if source is None else line_hash(source.line_near(span, _NEAR))


def _place_hash(span: Span) -> str:
    """The hash for a line whose text is not available: unique to its place."""
    return line_hash(f"{span.path}:{span.start.line}:{span.start.column}")


def _identity(source: MaskedText | None, span: Span, ids: tuple[int, ...]) -> int:
    """A hash that tells a finding from others of its rule and file: of its values, or else of its lines."""
    if span.is_whole_file:
        return _hash(span.path)
    if source is None:
        return _hash(f"{span.path}:{span.offset}:{span.end_offset}")
    return hash(ids) if ids else source.lines_hash(span)


def _hash(text: str) -> int:
    """A number for a text, keyed with a random one of this run: it reveals nothing about a value.

    Python's own hash has such a key, which a forked worker has, too, and a new interpreter has not.
    """
    if run_key is None:
        return hash(text)
    from hashlib import blake2b  # loads OpenSSL, 4 ms

    digest = blake2b(text.encode("utf-8", "surrogatepass"), key=run_key, digest_size=8).digest()
    return int.from_bytes(digest, "little")


class MaskedText:
    """One file's text with its values masked.

    values: the ranges of the text, in code points, that rules found to hold a secret. Other occurrences of
    the same values are masked, too, and what detectors find in the lines that are shown.
    """

    def __init__(self, file: SourceFile, values: Iterable[tuple[int, int]] = ()) -> None:
        self.file = file
        self._line_hashes: dict[tuple[int, int], int] = {}
        self._hidden = _with_other_occurrences(file.text, values)
        self._parts: dict[tuple[int, int], str] = {}  # parts of lines as detectors redact them

    def excerpt(self, span: Span, context: int) -> tuple[ExcerptLine, ...]:
        """The lines of a span, and `context` lines above and below; none where it is about the file."""
        if span.is_whole_file:
            return ()
        first = max(self.file.first_line, span.start.line - context)
        last = min(span.end.line + context, first + _LINES + 2 * context)
        last = min(last, self.file.first_line + len(self.file.line_starts) - 1)
        return tuple(
            line
            for line in (self._line(number, span) for number in range(first, last + 1))
            # The first line of a multi-line key is enough: lines of stars show nothing.
            if line.number <= span.start.line or not line.text or line.text.strip("*")
        )

    def line_near(self, span: Span, reach: int) -> str:
        """The first line of a span; if it is long, `reach` characters before and after the span's start."""
        start = span.offset - self.file.first_offset
        first, last = self.file.line_at(start)
        return self._masked(max(first, start - reach), min(last, start + reach), (first, last))

    def lines_hash(self, span: Span) -> int:
        """A hash of the lines of a span without blanks; those of many findings are read once."""
        start, _ = self.file.line_at(span.offset - self.file.first_offset)
        _, end = self.file.line_at(max(span.offset, span.end_offset - 1) - self.file.first_offset)
        if (start, end) not in self._line_hashes:
            self._line_hashes[start, end] = _hash("".join(self.file.text[start:end].split()))
        return self._line_hashes[start, end]

    def values_near(self, span: Span, reach: int) -> list[str]:
        """The distinctive values at most `reach` characters from a span, and each of their lines.

        All of the file's where the span is about the file as a whole.
        """
        if span.is_whole_file:
            return self.distinctive_values
        start, end = span.offset - self.file.first_offset, span.end_offset - self.file.first_offset
        first = bisect_right(self._hidden, (start - reach, 0))
        last = min(bisect_right(self._hidden, (end + reach, 0)), first + _VALUES)
        return self._distinctive(self._hidden[first:last])

    @cached_property
    def distinctive_values(self) -> list[str]:
        """The values of the file that are too unusual to recur by chance, and each of their lines."""
        return self._distinctive(self._hidden)

    def _distinctive(self, ranges: Ranges) -> list[str]:
        values = {self.file.text[start:end] for start, end in ranges}
        lines = [line.strip() for value in values if "\n" in value for line in value.split("\n")]
        return [value for value in (*values, *lines) if _is_distinctive(value)]

    def _line(self, number: int, span: Span) -> ExcerptLine:
        """One masked line; if it is very long, the part around the span."""
        file = self.file
        start, end = file.line_at(file.line_starts[number - file.first_line])
        focus = min(max(span.offset - file.first_offset, start), end) if number == span.start.line else start
        shown_from, shown_to = start, end
        if end - start > _SHOWN:
            shown_from = max(start, min(focus - _SHOWN // 4, end - _SHOWN))
            shown_to = shown_from + _SHOWN
        text = _RUN.sub(_stars_if_random, self._masked(shown_from, shown_to, (start, end)))
        first_column = file.first_column if number == file.first_line else 1
        return ExcerptLine(number, text, shown_from - start + first_column)

    def _masked(self, start: int, end: int, line: tuple[int, int]) -> str:
        """text[start:end], a part of a line, with every value masked."""
        left, right = max(line[0], start - _LOOKED_AT), min(line[1], end + _LOOKED_AT)
        if right - left < line[1] - line[0]:  # the same part of a long line for findings that are neighbours
            left = line[0] + (left - line[0]) // _LOOKED_AT * _LOOKED_AT
            right = min(line[1], line[0] + -((line[0] - right) // _LOOKED_AT) * _LOOKED_AT)
        part = self._parts.get((left, right))
        if part is None:
            part = self._parts[left, right] = _without_cut_words(self.file, left, right)
        return with_stars(part[start - left : end - left], start, self._hidden)


def _with_other_occurrences(text: str, ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges and every other occurrence of their values in the text, merged.

    A value may be recognised in one place only, by its context, and also occur on an excerpt's next line.
    """
    occurrences = list(ranges)
    values = {text[start:end] for start, end in occurrences}
    searched = sorted(filter(_is_distinctive, values))[: _SEARCHED // max(len(text), 1)]
    for value in searched:
        occurrences += _places(text, value)
    return merge_ranges(occurrences)


def _is_distinctive(value: str) -> bool:
    """Whether a value is too unusual to recur by chance as an ordinary word does (`postgres`)."""
    return len(value) >= (_WORD if value.isalpha() else _COPIED)


def _without_cut_words(file: SourceFile, left: int, right: int) -> str:
    """text[left:right], a line or part of one, as detectors redact it.

    A word that a backslash cuts at the end of a line is redacted with its rest.
    """
    from palint import secrets  # when the first line is shown: most commits have none to show

    text, line = file.text, file.text[left:right]
    before = after = None  # most lines have neither, and the search takes 40 µs
    if text.endswith(("\\\n", "\\\r\n"), max(0, left - 3), left):
        before = _CUT_BEFORE.match(text[max(0, left - _LOOKED_AT) : left][::-1])
    if line.endswith("\\"):
        after = _CUT_AFTER.match(text, right)
    if not (before or after):
        return _RANDOM.sub(_stars_if_random, secrets.redact_part(file, left, right))
    start = len(line) - len(line.lstrip()) if before else 0
    end = len(line) - 1 if after else len(line)
    head = before[1][::-1] if before else ""
    tail = after[1] if after else ""
    redacted = _RANDOM.sub(_stars_if_random, secrets.redact_line(f"{head}{line[start:end]}{tail}", file.path))
    return f"{line[:start]}{redacted[len(head) : len(redacted) - len(tail)]}{line[end:]}"


def _stars_if_random(match: re.Match[str]) -> str:
    """Stars for text that alternates between upper case, lower case and digits as often as random text does.

    No rule reported it, and it is shown only as context, so masking it loses nothing.
    """
    text = match.group()
    kinds = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "" for c in text]
    changes = sum(a != b for a, b in pairwise(kinds))
    return "*" * len(text) if len({*kinds} - {""}) == 3 and changes > 0.4 * len(text) else text
