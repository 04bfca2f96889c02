"""Results for the reports' tests: one that reads like a real run, and strategies that make hostile ones."""

from __future__ import annotations

import hashlib
import io
import os

from hypothesis import strategies as st

from palint import report
from palint.findings import (
    Confidence,
    Edit,
    ExcerptLine,
    Finding,
    Fix,
    Notice,
    Position,
    Related,
    Results,
    Severity,
    Span,
    Suppressed,
)
from palint.rule import Clause, Rule

FORMATS = list(report.FORMATS)


class KnownRule(Rule):
    """Keys in code.

    ## Why
    A reader of the repository has them.
    """

    clause = Clause.NO_SECRETS_IN_CODE

    @classmethod
    def id(cls) -> str:
        return "known-rule"


RULES: dict[str, type[Rule]] = {"known-rule": KnownRule, "other-rule": KnownRule}


def span(path: str, line: int, column: int, end_column: int, end_line: int | None = None) -> Span:
    return Span(path, Position(line, column), Position(end_line or line, end_column))


def finding(path: str = "app/s3.py", message: str = "hardcoded AWS key", **others: object) -> Finding:
    """A finding at line 3, columns 5 to 9, with an excerpt; `others` replace its fields."""
    made = Finding(
        "known-rule",
        "C2",
        Severity.ERROR,
        message,
        "Read it from Secrets Manager.",
        span(path, 3, 5, 9),
        excerpt=(ExcerptLine(2, "import os"), ExcerptLine(3, "k = '****'"), ExcerptLine(4, "")),
        fingerprint=hashlib.sha256(f"{path}{message}".encode("utf-8", "surrogatepass")).hexdigest(),
    )
    return made._replace(**others)  # type: ignore[arg-type]


def results(*findings: Finding, **others: object) -> Results:
    """A complete run of one rule over 12 files with these findings; `others` replace its fields."""
    made = Results("/nowhere", tuple(findings), files=12, seconds=0.25, rules=("known-rule",))
    return made._replace(**others)  # type: ignore[arg-type]


def written(name: str, run: Results, **options: object) -> str:
    """What a format writes."""
    out = io.StringIO()
    report.get(name).write(run, RULES, out, **options)
    return out.getvalue()


HOSTILE = [
    "\x1b[31m\x1b]0;pwn\x07", "::error::x", "\n::add-mask::x", "##[error]x", "##vso[task.complete]",
    "<script>alert(1)</script>", "]]>", "&amp;", "[click](javascript:alert(1))", "![x](http://x.test/)",
    "`", "``|", "|", "\u202e", "\u2066", "\r", "\t", "\x00", "\x85", "\u2028", "\udce9", "\ud800", "\ufffe",
    "https://x.test", "www.x.test", "@someone", "{0}", "%0A", "%", "日本", "e\u0301", '"', "'", "--> ",
    "# h", "- l", "1. n", "<!--", "$x$", "~~s~~", "\\",
]  # fmt: skip
texts = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=5).map("".join)
paths = (st.binary(min_size=1, max_size=30).map(os.fsdecode) | texts.filter(bool)).map(
    lambda p: p.replace("\0", "").replace("\ud800", "") or "x"  # what a file system may hold
)
numbers = st.integers(1, 40)


@st.composite
def spans(draw: st.DrawFn, path: str) -> Span:
    line, column, width = draw(numbers), draw(numbers), draw(st.integers(0, 40))
    return span(path, line, column, column + width, line + draw(st.integers(0, 2)))


@st.composite
def excerpts(draw: st.DrawFn, at: Span) -> tuple[ExcerptLine, ...]:
    lines = draw(st.lists(texts.map(lambda t: t.replace("\n", "")), max_size=3))
    column = draw(st.sampled_from([1, at.start.column]))
    return tuple(ExcerptLine(at.start.line + n, text, column) for n, text in enumerate(lines))


@st.composite
def hostile_findings(draw: st.DrawFn) -> Finding:
    path = draw(paths)
    at = draw(spans(path))
    related = [Related(draw(spans(draw(paths))), draw(texts)) for _ in range(draw(st.integers(0, 2)))]
    fix = draw(st.none() | st.builds(Fix, st.just((Edit(at, draw(texts)),)), st.booleans()))
    return finding(
        path,
        draw(texts),
        why=draw(texts),
        fix_hint=draw(texts),
        confidence=draw(st.sampled_from(Confidence)),
        severity=draw(st.sampled_from(Severity)),
        span=at,
        related=tuple(related),
        fix=fix,
        excerpt=draw(excerpts(at)),
        related_excerpts=tuple(draw(excerpts(r.span)) for r in related),
        fingerprint=hashlib.sha256(str(draw(st.integers())).encode()).hexdigest(),
    )


@st.composite
def hostile_results(draw: st.DrawFn) -> Results:
    found = draw(st.lists(hostile_findings(), max_size=4, unique_by=lambda f: f.fingerprint))
    kinds = st.sampled_from(["too-large", "parse-fallback", "unparsed", "note"])
    notices = draw(st.lists(st.builds(Notice, paths | st.just(""), kinds, texts), max_size=3, unique=True))
    silenced = draw(st.lists(st.builds(Suppressed, hostile_findings(), texts), max_size=2))
    baselined = draw(st.lists(hostile_findings(), max_size=1))
    return results(*found, notices=tuple(notices), suppressed=tuple(silenced), baselined=tuple(baselined))
