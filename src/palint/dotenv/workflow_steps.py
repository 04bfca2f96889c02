"""Workflow steps that load, read or create a `.env` file, or write secrets to one.

A write of secrets is a redirection, `tee`, `sed -i` or a PowerShell cmdlet whose target is a dotenv file, if
the lines that belong to it (a here-document, a quoted text, a `{ … }` block) contain a secret. Scripts are
read line by line, not as programs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from palint.dotenv import commands, path_arguments
from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, show
from palint.dotenv.files import is_dotenv, may_name_dotenv
from palint.files import languages
from palint.files.sets import is_workflow
from palint.github import scripts, workflows
from palint.github.workflows import Step
from palint.languages.yaml import Node
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

# A redirection, `tee`, `dd of=`, `--output`, and the file that follows; `${{ … }}` may be part of its name.
_WRITE = lazy_re.compile(
    r"(?:(?<![<>&=-])\d?>{1,2}\|?[ \t]{0,8}|\btee[ \t]+(?:(?:-a|--append)[ \t]+)?|\bof="
    r"|[ \t](?:-o|--out(?:put)?(?:-file)?|-OutFile)(?:=|[ \t]+))"
    r"""["']?(?P<target>(?:\$\{\{[^}\n]{0,200}\}\}|[^\s"';|&<>()`]){1,400})"""
)
# Commands that change a file given as one of their words.
_CHANGE = lazy_re.compile(
    r"\b(?:Out-File|Set-Content|Add-Content)\b|\b(?:sed|perl)[ \t].{0,40}-[a-z]*i|/dev/stdin", re.I
)
# The same in Python and JavaScript.
_CALL = lazy_re.compile(
    r"(?:writeFile(?:Sync)?\(\s{0,9}|open\(\s{0,9}(?=[^)\n]{0,200}[\"'][wa][bt+]*[\"']))"
    r"[\"'](?P<target>[^\"'\n]{1,200})[\"']"
)
_IS_PATH = lazy_re.compile(
    r"""[ \t]*(?:export[ \t]+)?(?P<name>\w+)=["']?(?P<path>[^\s"'=;]{1,200})["']?[ \t\r]*$"""
)
_VARIABLE_REFERENCE = lazy_re.compile(r"\$\{?(\w+)\}?|\$\{\{\s*env\.(\w+)\s*\}\}")
_WORD = lazy_re.compile(r"[^\s\"']+")
_HEREDOC = lazy_re.compile(r"(?<!<)<<[-~]?[ \t]*\\?[\"']?(?P<word>[A-Za-z_]\w*)")
_WRITERS = lazy_re.compile(r"(?:create|make|generate|write)-?(?:dot)?-?env|env-?file|dotenv", re.I)
_READERS = lazy_re.compile(r"load|read|parse|import|export", re.I)
_PATH_INPUT = lazy_re.compile(r"(?:^|[-_])(?:path|file|filename|name|target|output|dest|destination)$", re.I)
_BLOCKS = {"}": ("{",), ")": ("(",), "done": ("for", "while", "until"), "fi": ("if",)}
_MAX_BACK, _MAX_ON = 100, 500  # lines that a quoted text or block may extend back, a here-document forward


_ENV_FILE_INPUT = lazy_re.compile(
    r"(?:dot)?env[-_]?files?|dotenv|path|source|src|files?|local(?:[-_]path)?", re.I
)
_ACTION = lazy_re.compile(r"[\w.-]+/(?P<name>[\w.-]*dot-?env[\w.-]*)(?:@.*)?", re.I)


class Write(NamedTuple):
    """A step that writes secrets to a dotenv file. start, end: offsets. message: the finding's message."""

    start: int
    end: int
    message: str


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """Every step that uses a dotenv file: first those that write secrets to one, then all others.

    Raises ParseError where the file does not parse as YAML.
    """
    for write in writes(file):
        yield DotenvUse(write.start, write.end, write.message, "workflow")
    for step in _steps(file):
        for start, end, name in scripts.unmasked_exports(file, step):
            message = f"`{name}` goes to `$GITHUB_ENV` without being masked in the log"
            yield DotenvUse(start, end, message, "mask", optional=True)
        if step.run is not None:
            shell = step.node.text("shell") or ""
            if shell.startswith("python"):
                yield from _in_code(file, step.run, "python")
            else:
                # What edits a file counts where it writes a secret, which `_written` finds.
                for use in commands.in_text(file, *step.run.inside, edits=False):
                    yield use._replace(advice="workflow")
        if step.uses is not None:
            yield from _in_action(file, step)


def _steps(file: SourceFile) -> Iterator[Step]:
    if is_workflow(file.path.lower()):
        workflow = file.parsed_with(workflows.parse_workflow)
        for job in workflow.jobs if workflow else ():
            yield from job.steps
    else:
        action = file.parsed_with(workflows.parse_action)
        yield from action.steps if action else ()


def _in_code(file: SourceFile, node: Node, language: str) -> Iterator[DotenvUse]:
    """Uses in a step's Python or JavaScript."""
    start, end = node.inside
    for use in path_arguments.find_uses(file.text[start:end], languages.get(language)):
        yield use._replace(start=use.start + start, end=use.end + start, advice="workflow")


def _in_action(file: SourceFile, step: Step) -> Iterator[DotenvUse]:
    """Uses in actions that load a dotenv file by name or input, and in scripts passed to actions."""
    assert step.uses is not None
    action = _ACTION.fullmatch(step.uses.text)
    if action is not None and "lint" not in action["name"].lower():
        message = f"action `{action['name']}` loads or creates a .env file"
        yield DotenvUse(step.uses.node.start, step.uses.node.end, message, "workflow")
    inputs = step.node.get("with")
    for key, value in inputs.entries() if inputs is not None and inputs.kind == "map" else ():
        if value.kind != "scalar":
            continue
        if key.value == "script":
            yield from _in_code(file, value, "javascript")
        elif _ENV_FILE_INPUT.fullmatch(key.value) and is_dotenv_path(value.value):
            message = f"step {step.label} uses {show(value.value)}"
            yield DotenvUse(key.start, value.end, message, "workflow")


def writes(file: SourceFile) -> Iterator[Write]:
    """The steps of a workflow or composite action that write secrets to a dotenv file, one each.

    `$GITHUB_ENV` and `.env.example` are not dotenv files.
    Raises ParseError where the file does not parse as YAML.
    """
    if is_workflow(file.path.lower()):
        workflow = file.parsed_with(workflows.parse_workflow)
        for job in workflow.jobs if workflow else ():
            outer = scripts.secret_variables(file, job.node, *([workflow.node] if workflow else []))
            loaded = scripts.LoadedSecrets(file)
            for step in job.steps:
                yield from _step(file, step, outer | loaded.read_by(step))
                loaded.add(step)
    else:
        action = file.parsed_with(workflows.parse_action)
        loaded = scripts.LoadedSecrets(file)
        for step in action.steps if action else ():
            yield from _step(file, step, loaded.read_by(step))
            loaded.add(step)


def _step(file: SourceFile, step: Step, outer: set[str]) -> Iterator[Write]:
    known = outer | scripts.secret_variables(file, step.node)
    inputs, env = (step.node.get(name) for name in ("with", "env"))
    values = [value for _, value in inputs.entries() if value.kind == "scalar"] if inputs else []
    for script in ([step.run] if step.run else []) + values:
        found = _script(file.text, script, known, _paths(env))
        if found:
            start, end, target = found
            yield Write(start, end, f"step {step.label} writes secrets to {show(target)}")
            return
    target = _writer(step, inputs, env)
    if target and (
        any(scripts.holds_secret(file.text[v.start : v.end], set()) for v in values) or known - outer
    ):
        node = step.uses.node if step.uses else step.node
        yield Write(node.start, node.end, f"step {step.label} writes secrets to {show(target)}")


def _paths(env: Node | None) -> dict[str, str]:
    """The variables under `env:` that name a dotenv file."""
    pairs = env.entries() if env is not None and env.kind == "map" else ()
    return {k.value: v.value for k, v in pairs if v.kind == "scalar" and _is_dotenv(v.value)}


def _writer(step: Step, inputs: Node | None, env: Node | None) -> str:
    """The dotenv file that an action writes, by the action's name or by an input with a file name."""
    if step.uses is None:
        return ""
    for holder in (inputs, env):
        for key, value in holder.entries() if holder is not None and holder.kind == "map" else ():
            if value.kind == "scalar" and _PATH_INPUT.search(key.value) and _is_dotenv(value.value.strip()):
                return value.value.strip().rpartition("/")[2]
    name = step.uses.text.partition("@")[0]
    return ".env" if _WRITERS.search(name) and not _READERS.search(name) else ""


def _script(text: str, node: Node, variables: set[str], files: dict[str, str]) -> tuple[int, int, str] | None:
    """(start, end, target) of the first command of a script that writes a secret into a dotenv file.

    variables: those that hold a secret. files: those that name a dotenv file.
    """
    if not files and not may_name_dotenv(node.value):
        return None
    known, files = set(variables), dict(files)
    commands = list(_commands(text, node))
    lines = [line for _, line in commands]
    resume = 0  # the body of a here-document is not a command
    for index, (at, line) in enumerate(commands):
        if index < resume or not line.strip() or line.lstrip().startswith("#"):
            continue
        given = scripts.assigned(line, known)
        if given:
            known.add(given)
        path = _IS_PATH.match(line)
        if path and _is_dotenv(path["path"]):
            files[path["name"]] = path["path"]
        target, place, whole = _target(line, files)
        if target:
            body = lines if whole else _belonging(lines, index)
            if scripts.holds_secret("\n".join(body), known):
                return (*_line(text, node, at + place), target)
            resume = index + len(body) if _HEREDOC.search(line) else index
    return None


def _commands(text: str, node: Node) -> Iterator[tuple[int, str]]:
    """(offset, text) of a script's lines, joined where a backslash or YAML's folding continues them."""
    at, end = node.start, node.end
    folded = node.style == ">" or (node.style is None and "\n" in text[at:end])
    while at < end:
        stop = text.find("\n", at, end)
        while stop >= 0 and (folded or text[max(at, stop - 2) : stop].rstrip("\r").endswith("\\")):
            stop = text.find("\n", stop + 1, end)
        stop = end if stop < 0 else stop
        yield at, text[at:stop]
        at = stop + 1


def _target(line: str, files: dict[str, str]) -> tuple[str, int, bool]:
    """(the dotenv file that a command writes, its offset, whether code on any line writes it)."""
    if not files and not may_name_dotenv(line):
        return "", 0, False
    tokens = [(found["target"], found.start("target")) for found in _WRITE.finditer(line)]
    if _CHANGE.search(line):
        tokens += [(found[0], found.start()) for found in _WORD.finditer(line)]
    for token, place in tokens:
        variable = _VARIABLE_REFERENCE.fullmatch(token)
        name = files.get(variable[1] or variable[2], "") if variable else token
        if _is_dotenv(name):
            return name.replace("\\", "/").rpartition("/")[2], place, False
    for found in _CALL.finditer(line):
        if _is_dotenv(found["target"]):
            return found["target"].rpartition("/")[2], found.start(), True
    return "", 0, False


def _line(text: str, node: Node, at: int) -> tuple[int, int]:
    """The range [start, end) of a script's line at an offset, without surrounding spaces."""
    start = max(text.rfind("\n", 0, at) + 1, node.start)
    last = text.find("\n", at, node.end)
    line = text[start : node.end if last < 0 else last]
    start += len(line) - len(line.lstrip())
    return start, start + len(line.strip())


def _is_dotenv(path: str) -> bool:
    name = path.replace("\\", "/").rpartition("/")[2]
    return "*" not in name and "\n" not in name and is_dotenv(name)


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
    return lines[first : last + 1]


def _back(lines: list[str], index: int, begins: Callable[[str], bool]) -> int:
    for back in range(index - 1, max(index - _MAX_BACK, -1), -1):
        if begins(lines[back]):
            return back
    return index


def _odd(line: str, quote: str) -> bool:
    return line.replace("\\" + quote, "").count(quote) % 2 == 1
