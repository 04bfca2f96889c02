"""Workflow steps that write secrets into a `.env` file.

For a rule about dotenv files: `writes(file)`. A shell script is read as lines, not as a program: a
redirection, `tee`, `sed -i` or a PowerShell cmdlet whose target is a dotenv file, together with the lines
that belong to it (a here-document, a quoted text, a `{ … }` block), and whether those hold a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from palint.filesets import is_workflow
from palint.github import model, scripts
from palint.github.model import Step
from palint.languages.dotenv import is_dotenv
from palint.languages.yaml import Node
from palint.source import SourceFile

_WRITE = re.compile(
    r"(?:(?<![<>&=-])\d?>{1,2}\|?[ \t]{0,8}|\btee[ \t]+(?:(?:-a|--append)[ \t]+)?|\bof=)"
    r"""["']?(?P<target>(?:\$\{\{[^}\n]{0,200}\}\}|[^\s"';|&<>()`]){1,400})"""
)
_CMDLET = re.compile(r"\b(?:Out-File|Set-Content|Add-Content)\b|\bsed[ \t]+-i", re.I)
_HEREDOC = re.compile(r"<<[-~]?[ \t]*\\?[\"']?(?P<word>\w+)")
_WRITERS = re.compile(r"(?:create|make|generate|write)-?(?:dot)?-?env|env-?file|dotenv", re.I)
_PATH_INPUT = re.compile(r"(?:^|[-_])(?:path|file|filename|name|target|output|dest|destination)$", re.I)
_BLOCKS = {"}": ("{",), ")": ("(",), "done": ("for", "while", "until"), "fi": ("if",)}
_MAX_BACK, _MAX_ON = 100, 500  # lines that a quoted text or block may reach back, a here-document on


class Write(NamedTuple):
    """A step that writes secrets into a dotenv file. start, end: offsets; message: a sentence about it."""

    start: int
    end: int
    message: str


def writes(file: SourceFile) -> Iterator[Write]:
    """The steps of a workflow or composite action that write secrets into a dotenv file, one each.

    Each is (start, end, message): the place of the write in code points, and what to tell. `$GITHUB_ENV` is
    no dotenv file, nor is `.env.example`. Raises Unparsed where the file does not parse as YAML.
    """
    if is_workflow(file.path.lower()):
        workflow = file.view(model.workflow)
        for job in workflow.jobs if workflow else ():
            outer = scripts.secret_variables(file, job.node, *([workflow.node] if workflow else []))
            for step in job.steps:
                yield from _step(file, step, outer)
    else:
        action = file.view(model.action)
        for step in action.steps if action else ():
            yield from _step(file, step, set())


def _step(file: SourceFile, step: Step, outer: set[str]) -> Iterator[Write]:
    known = outer | scripts.secret_variables(file, step.node)
    inputs = step.node.get("with")
    values = [value for _, value in inputs.entries() if value.kind == "scalar"] if inputs else []
    for script in ([step.run] if step.run else []) + values:
        found = _script(file.text, script, known)
        if found:
            target = found[2]
            yield Write(found[0], found[1], f"step {step.label} writes secrets into `{target}`")
            return
    target = _writer(step, inputs)
    if target and (
        any(scripts.holds_secret(file.text[v.start : v.end], set()) for v in values) or known - outer
    ):
        node = step.uses.node if step.uses else step.node
        yield Write(node.start, node.end, f"step {step.label} writes secrets into `{target}`")


def _writer(step: Step, inputs: Node | None) -> str:
    """The dotenv file that an action writes: one made for it, or one that takes such a file's name."""
    for key, value in inputs.entries() if inputs else ():
        if value.kind == "scalar" and _PATH_INPUT.search(key.value) and "\n" not in value.value:
            name = value.value.strip().rpartition("/")[2]
            if is_dotenv(name):
                return name
    return ".env" if step.uses and _WRITERS.search(step.uses.text.partition("@")[0]) else ""


def _script(text: str, node: Node, variables: set[str]) -> tuple[int, int, str] | None:
    """(start, end, target) of the first line of a script that writes a secret into a dotenv file."""
    if "env" not in node.value:
        return None
    known = set(variables)
    lines = text[node.start : node.end].split("\n")
    at = node.start
    resume = 0  # the body of a here-document is no command
    for index, line in enumerate(lines):
        stripped = line.strip()
        if index >= resume and stripped and not stripped.startswith("#"):
            given = scripts.assigned(line, known)
            if given:
                known.add(given)
            target = _target(line)
            if target:
                body = _belonging(lines, index)
                if scripts.holds_secret("\n".join(body), known):
                    start = at + len(line) - len(line.lstrip())
                    return start, start + len(stripped), target
                resume = index + len(body) if _HEREDOC.search(line) else index
        at += len(line) + 1
    return None


def _target(line: str) -> str:
    """The dotenv file that a line of a script writes, "" for none."""
    if ".env" not in line and ".flaskenv" not in line:
        return ""
    tokens = [found["target"] for found in _WRITE.finditer(line)]
    if _CMDLET.search(line):
        tokens += re.split(r"[\s\"']+", line)
    for token in tokens:
        name = token.rpartition("/")[2].rpartition("\\")[2]
        if is_dotenv(name) and "*" not in name:
            return name
    return ""


def _belonging(lines: list[str], index: int) -> list[str]:
    """The lines of a script that belong to the command on one of them."""
    first = last = index
    word = _HEREDOC.search(lines[index])
    if word:
        while last + 1 < min(len(lines), first + _MAX_ON) and not lines[last].strip().strip("\"'").startswith(
            word["word"]
        ):
            last += 1
        return lines[first : last + 1]
    for closer, openers in _BLOCKS.items():
        if lines[index].strip().startswith(closer):
            return lines[_back(lines, index, lambda line: line.strip().startswith(openers)) : index + 1]  # noqa: B023
    for quote in "\"'":
        if _odd(lines[index], quote):
            first = min(first, _back(lines, index, partial(_odd, quote=quote)))
    while first and lines[first - 1].rstrip().endswith("\\"):
        first -= 1
    return lines[first : last + 1]


def _back(lines: list[str], index: int, begins: Callable[[str], bool]) -> int:
    for back in range(index - 1, max(index - _MAX_BACK, -1), -1):
        if begins(lines[back]):
            return back
    return index


def _odd(line: str, quote: str) -> bool:
    return line.replace("\\" + quote, "").count(quote) % 2 == 1
