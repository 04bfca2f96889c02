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

from palint import registry
from palint.cli import target
from palint.cli.exit_codes import EXIT_ERROR, EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import RunPlan, resolve_config
from palint.cli.run import execute
from palint.report.escape import terminal
from palint.tree.project import Project
from palint.tree.stdin import StdinTree
from palint.util import deadline
from palint.util.typing import Any, NamedTuple

_MAX_EVENT = 64 << 20  # bytes
_SHOWN = 5  # findings in an answer
_MAX_PARTS = 100  # texts with a path of their own; each is checked alone, which takes about 20 ms
_FIELDS = "text.txt"  # the file name under which the other texts of an event are checked together
# Seconds. Claude Code waits 30 for the hook of a prompt, and longer for others: after that it goes on.
_MAX_SECONDS = 25.0
_LONG_NAME = 16  # letters of the shortest name that may be a token
_PATHS = ("file_path", "filePath", "notebook_path", "path", "target_file")
_NAMES = {
    "prompt": "prompt.txt",
    "command": "command.sh",
}  # {key of a text: the file name under which rules check it}
_REPLACED = ("old_string", "old_str")  # text that the assistant has read
# What says where and who, not what, in the event itself: the arguments of a tool may have such names, too.
_ENVELOPE = frozenset((
    "cwd", "workspace_roots", "transcript_path", "session_id", "user_email", "conversation_id",
    "generation_id", "hook_event_name", "hookEventName", "tool_name", "toolName", "tool_use_id",
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
    deadline.limit_run(_MAX_SECONDS)
    try:
        event = json.loads(sys.stdin.buffer.read(_MAX_EVENT))  # what is cut off is not valid
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise UsageError(
            "`palint hook --agent` reads one event of a coding assistant, as JSON, from standard input"
        )
    folder = event.get("cwd")
    folder = folder if isinstance(folder, str) and os.path.isdir(folder) else os.curdir
    reason = _reason(problems(texts(event, target.find((folder,)).root), folder, options))
    return _answer(event, reason)


def texts(event: Mapping[str, Any], root: str) -> Iterator[Text]:
    """The texts of an event that go somewhere.

    What is written to or read from a file has that file's path; the rest the name of its kind, and the name
    that it has in the event before it.
    """

    def walk(value: Any, key: str, path: str) -> Iterator[Text]:
        if isinstance(value, dict):
            named = next((value[k] for k in _PATHS if isinstance(value.get(k), str)), None)
            path = path if named is None else _relative(named, root)
            for name, each in value.items():
                if len(name) >= _LONG_NAME:
                    yield Text(_FIELDS, name)
                if name not in _REPLACED:
                    yield from walk(each, name, path)
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            yield from walk(" ".join(value), key, path)  # the words of a command
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
            if key in _NAMES:
                yield Text(_NAMES[key], value)
                return
            if path and key not in _PATHS:
                yield Text(path, value)
            if not path or key in _PATHS or len(value.split()) == 1:
                yield Text(_FIELDS, f"{key}: {value}")

    yield from walk({name: each for name, each in event.items() if name not in _ENVELOPE}, "", "")


def _relative(path: str, root: str) -> str:
    """A path relative to the repository; one outside of it by its name."""
    path = os.fsdecode(path.encode("utf-8", "surrogatepass"))  # JSON may hold half of a surrogate pair
    relative = os.path.relpath(os.path.join(root, path), root).replace(os.sep, "/")
    return os.path.basename(relative) if relative.startswith("../") else relative


def problems(texts: Iterator[Text], folder: str, options: CheckOptions) -> Iterator[str]:
    """What is found, and what was not read in full.

    An assistant writes parts of files, which need not parse. Texts without a path are checked together,
    so that it takes no longer than an assistant waits.
    """
    distinct = dict.fromkeys(texts)
    fields = [each.text for each in distinct if each.name == _FIELDS]
    parts = [each for each in distinct if each.name != _FIELDS]
    if len(parts) > _MAX_PARTS:
        yield f"more than {_MAX_PARTS} texts of files in one event: not checked"
        return
    rules = registry.load(deferred=True)
    where = target.find((folder,))
    config = resolve_config(options, where.root, rules)
    for name, text in [Text(_FIELDS, "\n".join(fields)), *parts] if fields else parts:
        tree = StdinTree(name, io.BytesIO(text.encode("utf-8", "surrogatepass")))
        plan = RunPlan(Project(where.root, tree, config.limits), config, rules, tree.list(), ())
        results = execute(plan, options._replace(quiet=True, jobs=1, cache=False))
        for each in results.findings:
            if each.severity >= config.fail_on:
                place = f"{each.span.path}:{each.span.start.line}"
                yield f"{place}: {each.message} [{each.rule}]\n{each.fix_hint}"
        for notice in results.notices:
            if not notice.complete and notice.kind != "unparsed":
                yield f"{notice.path}: {notice.message}"


def _reason(problems: Iterator[str]) -> str:
    """Why an event is refused, for the assistant and its user; "" if it is not."""
    lines = list(problems)
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"and {len(lines) - _SHOWN} more"]
    text = "\n".join(["palint refused this:", *lines])
    return "\n".join(map(terminal, text.split("\n"))) if lines else ""


def _answer(event: Mapping[str, Any], reason: str) -> int:
    """Write the answer in the assistant's form, and return its exit code."""
    if not reason:
        return EXIT_OK
    if event.keys() & {"conversation_id", "workspace_roots"}:  # Cursor
        print(
            json.dumps(
                {"continue": False, "permission": "deny", "user_message": reason, "agent_message": reason}
            )
        )
        return EXIT_OK
    if event.keys() & {"toolName", "toolArgs"}:  # Copilot
        print(json.dumps({"permissionDecision": "deny", "permissionDecisionReason": reason}))
        return EXIT_OK
    print(reason, file=sys.stderr)  # Claude Code, and others that read the exit code
    return EXIT_ERROR
