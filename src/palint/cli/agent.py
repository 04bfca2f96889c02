"""`palint hook --agent`: checks what a coding assistant is about to send, run, read or write.

The assistant gives an event as JSON on standard input. Events and answers are those of

- Claude Code: https://code.claude.com/docs/en/hooks
- Cursor: https://cursor.com/docs/agent/hooks
- GitHub Copilot: https://docs.github.com/en/copilot/reference/hooks-configuration
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from palint import registry
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.findings import Finding
from palint.report.escape import terminal
from palint.tree.project import Project
from palint.tree.stdin import StdinTree
from palint.util.named_tuple import NamedTuple

_MAX_EVENT = 64 << 20  # bytes
_SHOWN = 5  # findings in an answer
_PATHS = ("file_path", "filePath", "notebook_path", "path", "target_file")
_NAMES = {
    "prompt": "prompt.txt",
    "command": "command.sh",
}  # {key of a text: the file name under which rules check it}
# Keys of texts that the assistant has already, and of paths, people and sessions.
_NOT_TEXT = frozenset((
    *_PATHS, "old_string", "old_str", "cwd", "workspace_roots", "transcript_path", "session_id", "user_email",
    "conversation_id", "generation_id", "hook_event_name", "hookEventName", "tool_name", "toolName",
))  # fmt: skip


class Text(NamedTuple):
    """A text of an event, and the path in the repository under which it is checked."""

    name: str
    text: str


def agent(options: CheckOptions) -> int:
    """Check the event on standard input, write the assistant's answer, and return its exit code.

    Each error under the settings of the event's folder, or of the current one, is a reason to refuse. An
    event that cannot be read is refused, too. Raises UsageError with file names.
    """
    if options.paths:
        raise UsageError("`palint hook --agent` takes no file names")
    data = sys.stdin.buffer.read(_MAX_EVENT + 1)
    try:
        event = json.loads(data) if len(data) <= _MAX_EVENT else None
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise UsageError(
            "`palint hook --agent` reads one event of a coding assistant, as JSON, from standard input"
        )
    folder = event.get("cwd")
    folder = folder if isinstance(folder, str) and os.path.isdir(folder) else os.curdir
    reason = _reason(_found(texts(event, target.find((folder,)).root), folder, options))
    return _answer(event, reason)


def texts(event: Mapping[str, Any], root: str) -> Iterator[Text]:
    """The texts of an event that go somewhere.

    What is written to or read from a file has that file's path; the rest the name of its kind.
    """

    def walk(value: Any, key: str, path: str) -> Iterator[Text]:
        if isinstance(value, dict):
            named = next((value[k] for k in _PATHS if isinstance(value.get(k), str)), None)
            path = path if named is None else _relative(named, root)
            for name, each in value.items():
                if name not in _NOT_TEXT:
                    yield from walk(each, name, path)
        elif isinstance(value, list):
            for each in value:
                yield from walk(each, key, path)
        elif isinstance(value, str) and value.strip():
            if key in ("toolArgs", "tool_input") and value.lstrip()[:1] == "{":  # JSON within JSON
                try:
                    yield from walk(json.loads(value), key, path)
                    return
                except (ValueError, RecursionError):
                    pass
            yield Text(_NAMES.get(key, path or "text.txt"), value)

    yield from walk(event, "", "")


def _relative(path: str, root: str) -> str:
    """A path relative to the repository; one outside of it by its name."""
    relative = os.path.relpath(os.path.join(root, path), root).replace(os.sep, "/")
    return os.path.basename(path) or "text.txt" if relative.startswith("../") else relative


def _found(texts: Iterator[Text], folder: str, options: CheckOptions) -> Iterator[Finding]:
    rules = registry.load(deferred=True)
    where = target.find((folder,))
    config = resolve_config(options, where.root, rules)
    for name, text in dict.fromkeys(texts):
        tree = StdinTree(name, io.BytesIO(text.encode("utf-8", "surrogatepass")))
        plan = RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
        results = execute(plan, options._replace(quiet=True, jobs=1, cache=False))
        yield from (f for f in results.findings if f.severity >= config.fail_on)


def _reason(findings: Iterator[Finding]) -> str:
    """Why an event is refused, for the assistant and its user; "" if it is not."""
    listed = list(findings)
    lines = [f"{f.span.path}:{f.span.start.line}: {f.message} [{f.rule}]\n{f.fix_hint}" for f in listed]
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"and {len(lines) - _SHOWN} more"]
    text = "\n".join(["palint refused this:", *lines])
    return "\n".join(map(terminal, text.split("\n"))) if lines else ""


def _answer(event: Mapping[str, Any], reason: str) -> int:
    """Write the answer in the assistant's form, and return its exit code."""
    if not reason:
        return EXIT_OK
    if "conversation_id" in event or "workspace_roots" in event:  # Cursor
        print(
            json.dumps(
                {"continue": False, "permission": "deny", "user_message": reason, "agent_message": reason}
            )
        )
        return EXIT_OK
    if "toolName" in event or "toolArgs" in event:  # Copilot
        print(json.dumps({"permissionDecision": "deny", "permissionDecisionReason": reason}))
        return EXIT_OK
    print(reason, file=sys.stderr)  # Claude Code, and others that read the exit code
    return EXIT_ERROR
