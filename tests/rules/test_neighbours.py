"""What is around a violation changes nothing: other code before it, empty lines, the ends of lines."""

from __future__ import annotations

import pytest

from palint import registry, testing
from palint.config import Config
from palint.engine.run import run
from palint.findings import Span
from palint.rule import Rule
from palint.tree.project import Project
from tests.hostile.test_properties import targets

# Languages in which one file may follow another; a workflow, a Compose file or a template is one document.
JOINED = (
    ".py",
    ".js",
    ".mjs",
    ".ts",
    ".sh",
    ".tf",
    ".php",
    ".rb",
    ".rs",
    ".java",
    ".kt",
    ".cs",
    ".go",
    ".ini",
)
RULES = {name: rule for name, rule in registry.load().items() if name != "env-file"}  # it reports the file
# What is looked for in the whole script: that it removes the file, and that its keys are temporary.
FOR_ALL_OF_A_SCRIPT = ("rm -f ~/.aws/credentials", "aws_session_token")


def found(rule: type[Rule], files: dict[str, str], path: str) -> set[tuple[int, int]]:
    """(line, column) of a rule's findings in one of the files of a tree in memory."""
    project = Project("/shop", targets.Memory({name: text.encode() for name, text in files.items()}))
    config = Config(select=(rule.id(),))
    results = run(project, config, {rule.id(): rule}, in_process=True, excerpts=False, edits=False)
    spans = (finding.span for finding in results.findings)
    return {(span.start.line, span.start.column) for span in spans if span.path == path}


@pytest.mark.parametrize("name", RULES)
def test_the_examples_of_a_rule_behind_each_other(name: str) -> None:
    rule = RULES[name]
    examples = [
        {path: testing.substitute(text) for path, text in testing.example_files(rule, example).items()}
        for example in (*rule.bad, *rule.good)
        if not example.options and not example.ignored
    ]
    for files in examples:
        path, text = next(iter(files.items()))
        alone = found(rule, files, path)
        suffix = path[path.rfind(".") :]
        for others in examples if alone and suffix in JOINED else ():
            other, before = next(iter(others.items()))
            if others is files or not other.endswith(suffix):
                continue
            if any(words in before for words in FOR_ALL_OF_A_SCRIPT):
                continue
            before += "\n"
            both = found(rule, {**others, **files, path: before + text}, path)
            assert {(line + before.count("\n"), column) for line, column in alone} <= both, before + text


def shown(rule: type[Rule], files: dict[str, str], options: dict[str, object]) -> list[str]:
    """Everything a reader gets of a rule's findings, with lines counted from the end of each file."""
    results = testing.results_of(rule, files, options)
    assert results.complete, results.notices
    lines = {path: text.count("\n") for path, text in files.items()}

    def place(span: Span) -> str:
        first, last = (lines[span.path] - at.line for at in (span.start, span.end))
        return f"{span.path}:{first}:{span.start.column} {last}:{span.end.column}"

    found = []
    for f in results.findings:
        rows = [place(f.span), f.severity.label, f.confidence.label, f.message, f.why, f.fix_hint]
        rows += [f"{place(other.span)} {other.message}" for other in f.related]
        rows += [f"{place(e.span)} {e.text}".replace("\r", "") for e in (f.fix.edits if f.fix else ())]
        found.append("\n".join(rows))
    return sorted(found)


@pytest.mark.parametrize("name", RULES)
def test_empty_lines_before_it_and_windows_line_ends_change_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", "palindrom/shop")  # else the name of a new folder
    rule = RULES[name]
    for example in (*rule.bad, *rule.good):
        files = {p: testing.substitute(text) for p, text in testing.example_files(rule, example).items()}
        alone = shown(rule, files, example.options)
        lower = {p: text if text.startswith(("#!", "---")) else f"\n\n{text}" for p, text in files.items()}
        assert shown(rule, lower, example.options) == alone
        windows = {path: text.replace("\n", "\r\n") for path, text in files.items()}
        assert shown(rule, windows, example.options) == alone
