"""`--add-ignore REASON`: a suppression above every line that has a finding, where one can stand."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence

from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK
from palint.cli.plan import RunPlan
from palint.findings import Edit, Finding, Fix, Results, Severity
from palint.fixes import plan as fix_plan
from palint.fixes import write as fix_writer
from palint.report.escape import terminal
from palint.report.summary import pluralize
from palint.text.source import SourceFile
from palint.tree.project import Project

_COMMENTS = {  # how a comment of one line begins and ends, by the ending of a file's name
    ending: comment
    for comment, endings in (
        (("#", ""), "py pyi sh bash zsh yml yaml toml tf tfvars hcl rb pl conf cfg ini env properties mk"),
        (("#", ""), "dockerfile containerfile envrc"),
        (("//", ""), "js jsx mjs cjs ts tsx mts cts java go rs c h cpp cs kt swift scala php jsonc"),
        (("<!--", " -->"), "html htm xml md vue svelte"),
        (("/*", " */"), "css scss less"),
        (("--", ""), "sql lua hs"),
    )
    for ending in endings.split()
}
_HASH_NAMES = ("dockerfile", "containerfile", "makefile", "gemfile", "procfile", "jenkinsfile")


_MARKUP = (".jsx", ".tsx", ".vue", ".svelte", ".mdx")  # between tags, a comment would be text
_QUOTES = {  # what a string of several lines begins and ends with
    **dict.fromkeys(("py", "pyi"), ('"""', "'''")),
    **dict.fromkeys(("js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "go"), ("`",)),
}
_HEREDOC = re.compile(r"<<[-~]?\s*[\"']?(\w+)")
_BLOCK_SCALAR = re.compile(r"(?:^|[:\-]\s+)[|>][-+0-9]*\s*(?:#.*)?$")
_LOOKED_BACK = 2000  # lines above a finding in which something that is still open is looked for


def add_suppressions(plan: RunPlan, results: Results, reason: str) -> int:
    """Write a suppression above every line that has a finding, and say where none can stand."""
    lines: dict[tuple[str, int], list[str]] = {}
    nowhere: list[Finding] = []
    for finding in results.findings:
        path, line = finding.span.path, finding.span.start.line
        file = plan.project.open(path)
        if file is None or not finding.excerpt or not _can_stand(file, line):
            nowhere.append(finding)
            continue
        rules = lines.setdefault((path, line), [])
        if finding.rule not in rules:
            rules.append(finding.rule)
    made = [
        _suppression(plan.project, path, line, rules, reason) for (path, line), rules in sorted(lines.items())
    ]
    planned = fix_plan.plan([f for f in made if f is not None], plan.project.open, unsafe=True)
    for change in planned.changes:
        fix_writer.write(plan.project.root, change)
    print(
        f"{pluralize(len(planned.fixed), 'suppression')} written in {pluralize(len(planned.changes), 'file')}"
    )
    for finding in nowhere:
        print(
            f"palint: {terminal(finding.span.path)}:{finding.span.start.line}: no comment can stand there; "
            f"accept {finding.rule} with [[allow]] in the settings",
            file=sys.stderr,
        )
    return EXIT_ERROR if nowhere else EXIT_OK


def _comment(path: str) -> tuple[str, str] | None:
    name = path.rpartition("/")[2].lower()
    if name.startswith(_HASH_NAMES):
        return "#", ""
    return _COMMENTS.get(name.rpartition(".")[2])


def _can_stand(file: SourceFile, line: int) -> bool:
    """Whether a comment alone above a 1-based line would be a comment, and change nothing else.

    Not inside a continued line, a string of several lines, a here-document, a YAML block scalar, or markup.
    """
    if _comment(file.path) is None:
        return False
    start, end = file.line_at(file.offset(line))
    text, above = file.text[start:end], file.text[:start].splitlines()[-_LOOKED_BACK:]
    before = above[-1].rstrip() if above else ""
    suffix = file.name.lower().rpartition(".")[2]
    if before.endswith(("\\", "`")) or (file.name.lower().endswith(_MARKUP) and _in_markup(text, before)):
        return False
    whole = "\n".join(above)
    quotes = _QUOTES.get(suffix, ())
    return not (
        any(whole.count(quote) % 2 for quote in quotes)
        or _in_heredoc(above)
        or (suffix in ("yml", "yaml") and _in_block_scalar(text, above))
    )


def _in_markup(text: str, before: str) -> bool:
    return text.lstrip().startswith("<") or before.endswith(">") or before.lstrip().startswith("<")


def _in_heredoc(above: Sequence[str]) -> bool:
    """Whether a `<<WORD` above is not yet closed by its word alone on a line."""
    word = ""
    for line in above:
        if word:
            word = "" if line.strip() == word else word
        elif opened := _HEREDOC.search(line):
            word = opened[1]
    return bool(word)


def _in_block_scalar(text: str, above: Sequence[str]) -> bool:
    """Whether the nearest line above that is less indented begins a block scalar."""
    indent = len(text) - len(text.lstrip())
    for line in reversed(above):
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            return _BLOCK_SCALAR.search(line) is not None
    return False


def _suppression(project: Project, path: str, line: int, rules: Sequence[str], reason: str) -> Finding | None:
    """A stand-in finding whose fix is the comment, so that the fix writer does the writing."""
    file, comment = project.open(path), _comment(path)
    if file is None or comment is None:
        return None
    start, end = file.line_at(file.offset(line))
    text = file.text[start:end]
    indent = text[: len(text) - len(text.lstrip())]
    options = f"{comment[0]} palint: ignore[{', '.join(rules)}] {' '.join(reason.split())}{comment[1]}"
    span = file.span(start, start)
    return Finding("", "", Severity.WARNING, "", "", span, fix=Fix((Edit(span, f"{indent}{options}\n"),)))
