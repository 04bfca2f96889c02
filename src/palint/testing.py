"""Test a rule: run it on files given as text, and run its examples.

from palint.changes.edits import apply_to_text
from palint.testing import run_examples
def test_my_rule():
    run_examples(MyRule)
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from palint import prefilter
from palint.changes.edits import apply_to_text
from palint.config import Config
from palint.declarations import place
from palint.engine.run import run
from palint.findings import Finding, Results
from palint.rule import REACH, Example, Reads, Rule, name_and_kind
from palint.secrets.synthetic import CLASSES, SHAPES, generate
from palint.tree.project import Limits, Project
from palint.tree.worktree import WorkTree
from palint.util import lazy_re

# Six times what a file may take elsewhere: a test must also pass on a busy machine.
_LIMITS = Limits(seconds=60.0)
_BRACES = lazy_re.compile(r"\{([a-z0-9_]{4,40})\}")
_FIELDS = lazy_re.compile(
    rf"\{{(?:(?:{'|'.join(map(re.escape, SHAPES))})(?::\d+)?|(?:{'|'.join(CLASSES)}):\d+)\}}"
)


def substitute(text: str, seed: object = 1) -> str:
    """Replace every `{shape}` of SHAPES, and `{base62:24}` and its like, by a generated value.

    The same field has the same value for the same seed; `{shape:2}` is another one.
    """
    return _FIELDS.sub(
        lambda match: generate(SHAPES.get(match[0][1:-1], match[0]), f"{seed}/{match[0][1:-1]}"), text
    )


def check(
    rule: type[Rule],
    files: Mapping[str, str | bytes],
    options: Mapping[str, object] | None = None,
    *,
    ignored: Iterable[str] = (),
    others: Iterable[type[Rule]] = (),
) -> list[Finding]:
    """The findings of a rule in files given as {path: content}, shapes filled.

    options: the rule's settings. ignored: further paths that git ignores.
    others: further rules to run. Raises AssertionError if the run was incomplete.
    """
    results = results_of(rule, files, options, ignored=ignored, others=others)
    assert results.complete, results.notices
    return [f for f in results.findings if f.rule == rule.id()]


def results_of(
    rule: type[Rule],
    files: Mapping[str, str | bytes],
    options: Mapping[str, object] | None = None,
    *,
    ignored: Iterable[str] = (),
    others: Iterable[type[Rule]] = (),
) -> Results:
    """Like `check`, but return all results of the run.

    Runs in this process, so that a debugger stops in the rule and coverage is measured.
    """
    # In one order, so that the keywords of the same rules are compiled once.
    rules = {r.id(): r for r in sorted((rule, *others), key=lambda r: r.id())}
    # `select` names the rules, so that a preview runs too
    own_options = {rule.id(): dict(options or {})}
    config = Config(select=tuple(rules), rule_options=own_options, limits=_LIMITS)
    with tempfile.TemporaryDirectory() as root:
        for path, content in files.items():
            write(root, path, content)
        ignored = list(ignored)
        for path in ignored:
            write(root, path, "")
        project = Project(root, WorkTree(root, repository=False), config.limits)
        scope = [p for p in project.files() if p not in ignored]
        return run(project, config, rules, scope=scope if ignored else None, ignored=ignored, in_process=True)


def write(root: str, path: str, content: str | bytes) -> None:
    """Write one file below `root`, with shapes filled, and create its folders."""
    target = os.path.join(root, path)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as file:
        file.write(
            substitute(content).encode("utf-8", "surrogatepass") if isinstance(content, str) else content
        )


def run_examples(rule: type[Rule]) -> int:
    """Run every example of a rule and return how many there are.

    A bad example must have a finding that starts at its `location` and has its severity; its fix, if it has
    one, must give the text in `fixed` and leave no finding. A good example must have no finding.
    Each file is also checked alone, in another folder unless the rule reads names, and with other text around
    it for `Reads.NEAR`: a rule that reads more than it declares fails where that shows.
    Raises AssertionError with the example that fails, after its file and line.
    """
    assert rule.bad, f"{rule.id()} has no bad example"
    assert rule.good, f"{rule.id()} has no good example"
    for kind, run_one in (("bad", _run_bad), ("good", _run_good)):
        for index, example in enumerate(getattr(rule, kind)):
            try:
                run_one(rule, example)
            except AssertionError as error:
                raise AssertionError(f"{place(rule, kind, index)}: {error}") from None
    return len(rule.bad) + len(rule.good)


def _run_good(rule: type[Rule], example: Example) -> None:
    files = example_files(rule, example)
    about = _about(rule, "good", files)
    findings = check_example(rule, example, files, about)
    assert not findings, f"{about}has a finding:\n{_listed(findings)}"
    _run_elsewhere(rule, example, files, findings, about)


def _run_bad(rule: type[Rule], example: Example) -> None:
    files = example_files(rule, example)
    about = _about(rule, "bad", files)
    for text in files.values():
        for name in _BRACES.findall(text):
            near = "" if name in SHAPES else "".join(get_close_matches(name, SHAPES, n=1, cutoff=0.85))
            assert not near, f"{about}{{{name}}} is no shape; did you mean {{{near}}}?"
    findings = check_example(rule, example, files, about)
    assert findings, f"{about}has no finding"
    if example.location is not None:
        path, location = _location(example, files)
        _require(path, files, about, "location")
        text = substitute(files[path])
        wanted = substitute(location)
        assert wanted in text, f"{about}has no text {location!r} in {path}: correct its `location`"
        offset = text.index(wanted)
        places = [(f.span.path, f.span.offset) for f in findings]
        assert (path, offset) in places, (
            f"{about}has no finding at its `location` {location!r} ({path}, offset {offset}), "
            f"only at {', '.join(f'{p}, offset {o}' for p, o in places)}"
        )
    if example.severity is not None:
        label = findings[0].severity.label
        assert findings[0].severity is example.severity, (
            f"{about}is of severity {label}, not {example.severity.label}"
        )
    _run_elsewhere(rule, example, files, findings, about)
    if example.fixed is not None:
        _run_fix(rule, example, files, findings, about)


def _run_elsewhere(
    rule: type[Rule], example: Example, files: Mapping[str, str], findings: list[Finding], about: str
) -> None:
    """Fail if a rule finds something else where everything but what it declares to read is different."""
    for path in {f.span.path for f in findings if f.value_ranges} if rule.value_patterns else ():
        assert any(pattern.search(substitute(files[path])) for pattern in rule.value_patterns), (
            f"{about}has a finding with a value in {path}, whose text `{rule.__name__}.value_patterns` "
            "do not match"
        )
    if rule.reads is Reads.TREE:
        return
    for path, text in files.items():
        named = rule.reads is Reads.NAME  # which includes its folder
        moved, text = path if named else f"elsewhere/{path}", substitute(text)
        if name_and_kind(moved) != name_and_kind(path) or not rule.files.matches(moved):
            continue
        around, where = "", "alone" if named else "in another folder without the other files"
        if rule.reads is Reads.NEAR:
            matches = prefilter.subset_matcher(rule.keywords).scan(text.encode(), path)
            if all(rule(Config()).reach(keyword) <= REACH for keyword, _ in matches):
                around = "text\n" * REACH
        there = check_example(rule, example, {moved: around + text + "\n" + around}, about)
        places = [f.span.offset for f in findings if f.span.path == path]
        assert [f.span.offset - len(around) for f in there] == places, (
            f"{about}has other findings in {path} when it is {where}"
            f"{' and with other text around it' if around else ''}: declare more in `{rule.__name__}.reads`"
        )


def _run_fix(
    rule: type[Rule], example: Example, files: Mapping[str, str], findings: list[Finding], about: str
) -> None:
    assert example.fixed is not None
    expected = {next(iter(files)): example.fixed} if isinstance(example.fixed, str) else example.fixed
    fixed = apply_fixes({p: substitute(t) for p, t in files.items()}, findings)
    for path, text in expected.items():
        _require(path, files, about, "fixed")
        assert fixed[path] == substitute(text), (
            f"{about}the fix makes this of {path}:\n{fixed[path]}\nand not:\n{substitute(text)}"
        )
    again = [f for f in check_example(rule, example, fixed, about) if f.fix is not None]
    assert not again, f"{about}has a finding with a fix even after its fix:\n{_listed(again)}"


def _require(path: str, files: Mapping[str, str], about: str, field: str) -> None:
    assert path in files, f"{about}`{field}` names {path}, which is none of its files: {', '.join(files)}"


def _location(example: Example, files: Mapping[str, str]) -> tuple[str, str]:
    """(path, text) at which the example's finding must start."""
    if isinstance(example.location, tuple):
        return example.location
    return next(iter(files)), example.location or ""


def apply_fixes(files: Mapping[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    """{path: text} after applying the fixes of some findings."""
    texts = dict(files)
    edits = [edit for f in findings if f.fix is not None for edit in f.fix.edits]
    for path in {edit.span.path for edit in edits}:
        texts[path] = apply_to_text(texts[path], sorted(e for e in edits if e.span.path == path))
    return texts


def check_example(
    rule: type[Rule], example: Example, files: Mapping[str, str], about: str = ""
) -> list[Finding]:
    results = results_of(rule, files, example.options, ignored=example.ignored)
    notices = "\n".join(f"{notice.message}\n{notice.detail}" for notice in results.notices)
    assert results.complete, f"{about}was not checked in full:\n{notices}"
    return [f for f in results.findings if f.rule == rule.id()]


def example_files(rule: type[Rule], example: Example) -> dict[str, str]:
    """{path: content} of an example; without a path, under a name that the rule checks."""
    if example.files is not None:
        return dict(example.files)
    if example.path:
        return {example.path: example.text}
    suffixes = rule.files.suffixes or (".txt",)
    return {(rule.files.names or ("example" + suffixes[0],))[0]: example.text}


def _about(rule: type[Rule], kind: str, files: Mapping[str, str]) -> str:
    """The start of a message: which example of which rule."""
    return f"{rule.id()}: this {kind} example\n" + "".join(f"--- {p}\n{t}\n" for p, t in files.items())


def _listed(findings: Iterable[Finding]) -> str:
    return "\n".join(
        f"{f.span.path}:{f.span.start.line}:{f.span.start.column}: {f.message}" for f in findings
    )
