"""The notice for a rule that raised an exception."""

from __future__ import annotations

from types import TracebackType

from palint.engine.masked_text import redact_line
from palint.findings import Notice
from palint.rule import Rule

_OWN = "palint_rules"
_MESSAGE = 200  # characters of the exception's message that are shown


def crash_notice(rule: Rule, path: str, error: Exception) -> Notice:
    """The notice for a rule that crashed on a file.

    The message names the rule, its package and the package's last line in the traceback, and no part of the
    checked text. The detail is the traceback with the exception's message, which may quote the checked text
    and is redacted.
    """
    package = type(rule).__module__.partition(".")[0]
    whose = "please report it" if package == _OWN else f"report it to the authors of `{package}`"
    frames = _frames(error.__traceback__)
    name = type(error).__name__
    inside = [frame for frame in frames if frame.startswith(f"{package}/")]
    place = (inside or frames or ["?"])[-1].partition(" in ")[0]
    message = f"{rule.id()} ({package}) crashed: {name} at {place}; {whose} (`-v` shows the traceback)"
    detail = [*frames, f"{name}: {redact_line(' '.join(str(error).split()), path)[:_MESSAGE]}"]
    return Notice(path, "crashed", message, "\n".join(detail))


def _frames(trace: TracebackType | None) -> list[str]:
    """`package/module.py:line in function` of each frame, the innermost last; no absolute paths."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        module = trace.tb_frame.f_globals.get("__name__", "")
        file = f"{module.replace('.', '/')}.py" if module else code.co_filename.rpartition("/")[2]
        frames.append(f"{file}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return frames
