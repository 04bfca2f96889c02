"""What is fuzzed: functions of some bytes that must not fail, whatever the bytes are.

Each runs everything that palint does with such a file; a finding's places are checked on the way.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence

from palint import baseline, registry, report, suppressions
from palint.changes import fixes
from palint.config import Config, ConfigError
from palint.config import settings as config_settings
from palint.engine.file_checker import FileChecker
from palint.engine.rewritten import embedded_text
from palint.engine.run import select
from palint.findings import Finding, Notice, PalintError, Results
from palint.report import escape
from palint.text.encoding import code_points
from palint.text.escapes import unescaped
from palint.text.source import SourceFile
from palint.tree.project import Limits, Project
from palint.tree.reader import Read

RULES = registry.load()


class Memory:
    """A tree of files that are given as bytes: {path: data}."""

    def __init__(self, given: dict[str, bytes]) -> None:
        self._given = given

    def list(self) -> Sequence[str]:
        return sorted(self._given)

    def ignored(self) -> Sequence[str]:
        return ()

    def notices(self) -> Sequence[Notice]:
        return ()

    def read(self, path: str, limit: int) -> Read:
        data = self._given.get(path)
        return Read(data, len(data)) if data is not None and len(data) <= limit else Read(None)

    def stream(self, path: str, limit: int) -> Iterator[bytes]:
        yield self._given[path][:limit]


CHECKER = FileChecker(Project("/nowhere", Memory({})), Config(), select(Config(), RULES))


def check(given: dict[str, bytes]) -> Results:
    """Every rule on made-up files, in this process.

    Fails on a rule that failed, and on a finding whose place is wrong or that shows its value.
    """
    CHECKER.project = Project("/nowhere", Memory(given), Limits(seconds=30))
    outcomes = [made for path in given if (made := CHECKER.check(path)) is not None]
    results = Results(
        root="/nowhere",
        findings=tuple(sorted((f for o in outcomes for f in o.findings), key=Finding.sort_key)),
        suppressed=tuple(s for o in outcomes for s in o.suppressed),
        notices=tuple(sorted(n for o in outcomes for n in o.notices)),
        files=len(given),
    )
    for notice in results.notices:
        assert notice.kind not in ("crashed", "timeout"), notice
    for finding in results.findings:
        file = SourceFile(finding.span.path, given[finding.span.path])
        if embedded_text(file) is not None or unescaped(file.utf8, file.path) != file.utf8:
            continue  # the place in a rewritten text is counted as that is read
        for span in (finding.span, *(r.span for r in finding.related if r.span.path == finding.span.path)):
            assert 0 <= span.offset <= span.end_offset <= len(file.text), span
            assert file.position(span.offset) == span.start or span.offset == 0, span
        for start, end in finding.value_ranges:
            shown = "\n".join(line.text for line in finding.excerpt)
            value = file.text[start:end]
            assert len(value) < 12 or value not in shown + finding.message, "a value is shown"
    return results


def reports(results: Results) -> None:
    """Every format of a run."""
    for name in report.FORMATS:
        out = io.StringIO()
        report.get(name).write(results, RULES, out)
        text = out.getvalue()
        text.encode("utf-8", "surrogateescape")
        assert "\x1b" not in text
        if name in ("json", "sarif", "gitlab"):
            json.loads(text)


def fixed(given: dict[str, bytes], results: Results) -> None:
    """The fixes of a run, safe and unsafe: what they make is checked like any file."""
    project = Project("/nowhere", Memory(given), Limits(seconds=30))
    for unsafe in (False, True):
        for change in fixes.plan(results.findings, project.open, unsafe=unsafe).changes:
            check({**given, change.path: change.data})


def of_file(path: str) -> Callable[[bytes], None]:
    """A target: the bytes are this file."""

    def target(data: bytes) -> None:
        results = check({path: data})
        reports(results)
        fixed({path: data}, results)

    return target


def of_source(data: bytes) -> None:
    """Decoding, positions and suppressions."""
    file = SourceFile("a.txt", data)
    text = file.text
    assert (
        "".join(text[a:b] for a, b in zip(file.line_starts, [*file.line_starts[1:], len(text)], strict=True))
        == text
    )
    for offset in range(0, len(text) + 1, max(1, len(text) // 20)):
        line, column = file.position(offset)
        assert file.offset(line, column) == offset
    searched = SourceFile("a.txt", data)  # as in a run: before the text is decoded
    scanned = searched.utf8
    ends = range(0, len(scanned) + 1, max(1, len(scanned) // 20))
    assert len(code_points(scanned, ends)) == len(ends)
    assert searched.offsets([0, len(scanned)]) == [0, len(text)]
    suppressions.find(file)


def of_settings(data: bytes) -> None:
    """Settings either load or say which line is wrong."""
    options = {
        name: {k: (o.type, o.default, o.help) for k, o in r.options.items()} for name, r in RULES.items()
    }
    for name in ("palint.toml", "pyproject.toml"):
        try:
            config_settings.load(name, data, options)
        except ConfigError as error:
            assert str(error).startswith(f"{name}:"), error


def of_baseline(data: bytes) -> None:
    """A baseline either loads, and is then written as it was, or says what is wrong."""
    try:
        entries = baseline.load(data.decode("utf-8", "replace"))
    except PalintError:
        return
    assert baseline.load(baseline.dump(entries)) == sorted(entries)


def of_escapers(data: bytes) -> None:
    """What every report writes text of the tree through."""
    text = data.decode("utf-8", "surrogateescape")
    for function in (escape.escape_controls, escape.terminal, escape.markup, escape.markdown):
        made = function(text)
        assert not any(c in made for c in "\x1b\x07\x9b\u202e\u2066"), function
    assert "\n" not in escape.command_data(text) + escape.command_property(text)
    assert "<" not in escape.markup(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    "source": of_source,
    "settings": of_settings,
    "baseline": of_baseline,
    "escapers": of_escapers,
    "text": of_file("a.txt"),
    "workflow": of_file(".github/workflows/a.yml"),
    "action": of_file("action.yml"),
    "yaml": of_file("docker-compose.yml"),
    "kubernetes": of_file("k8s/secret.yaml"),
    "cloudformation": of_file("template.yaml"),
    "python": of_file("a.py"),
    "notebook": of_file("a.ipynb"),
    "javascript": of_file("a.ts"),
    "java": of_file("A.java"),
    "go": of_file("a.go"),
    "terraform": of_file("a.tf"),
    "dockerfile": of_file("Dockerfile"),
    "shell": of_file("a.sh"),
    "dotenv": of_file(".env.example"),
    "ini": of_file(".aws/credentials"),
    "json": of_file("a.json"),
}
