"""Steps of workflows and actions that load, read, create or change a `.env` file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.dotenv import commands, path_arguments
from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, show
from palint.files import languages
from palint.github import scripts, workflows
from palint.github.workflows import Step
from palint.languages.yaml import Node
from palint.secrets.names import names_secret
from palint.text.source import SourceFile
from palint.util import lazy_re

# An input, or a variable of a step, with the name of a file
_FILE = lazy_re.compile(
    r"(?:dot)?env[-_]?files?|dotenv|source|src|(?:\w+[-_])?(?:path|files?|filename|name|target|output|dest(?:ination)?)",
    re.I,
)
_MASKED = lazy_re.compile(r"\$\{\{[^}\n]*\}\}")  # expressions, which are a word of a script
_READ = lazy_re.compile(r"\$\{?(\w+)")
_ACTION = lazy_re.compile(r"[\w.-]+/(?P<name>[\w.-]*(?:dot-?env|env-?file)[\w.-]*)(?:@.*)?", re.I)


def find_uses(file: SourceFile) -> Iterator[DotenvUse]:
    """The uses in a workflow or action. Raises ParseError where the file does not parse as YAML."""
    masked = SourceFile(
        file.path, _MASKED.sub(lambda match: "x" * len(match[0]), file.text).encode("utf-8", "surrogatepass")
    )
    for step in (step for _, steps in workflows.steps_by_job(file) for step in steps):
        for start, end, name in scripts.unmasked_exports(file.text, step):
            message = f"`{name}` goes to `$GITHUB_ENV` without being masked in the log"
            yield DotenvUse(start, end, message, "mask", optional=True)
        for use in _in_step(masked, step):
            if " changes " not in use.message or _has_secret(file.text[use.start : use.end]):
                yield use._replace(advice="workflow")


def _has_secret(command: str) -> bool:
    """Whether a command is given a secret; `sed -i "s/VERSION=.*/VERSION=$NEXT/" .env` edits a setting."""
    return "secrets." in command or any(map(names_secret, _READ.findall(command)))


def _in_step(file: SourceFile, step: Step) -> Iterator[DotenvUse]:
    """Uses in a script, in an action that loads or creates a dotenv file, and in what it is given."""
    given = [*step.node.under("with"), *step.node.under("env")]
    files = {key.value: value.value for key, value in given if is_dotenv_path(value.value)}
    if step.run is not None:
        yield from _in_script(file, step.run, files)
    if step.uses is None:
        return
    action = _ACTION.fullmatch(step.uses.text)
    if action is not None and "lint" not in action["name"].lower():
        message = f"action `{action['name']}` loads or creates a .env file"
        yield DotenvUse(step.uses.node.start, step.uses.node.end, message, "workflow")
    for key, value in given:
        if key.value == "script":
            yield from _in_script(file, value, files)
        elif key.value in files and _FILE.fullmatch(key.value):
            message = f"step {step.label} uses {show(value.value)}"
            yield DotenvUse(key.start, value.end, message, "workflow")


def _in_script(file: SourceFile, node: Node, files: dict[str, str]) -> Iterator[DotenvUse]:
    """Uses in commands, and in Python or JavaScript. files: {variable: path} of the step."""
    start, end = node.inside
    yield from commands.in_text(file, start, end, files)
    for use in path_arguments.find_uses(file.text[start:end], languages.get("javascript")):
        yield use._replace(start=use.start + start, end=use.end + start)
