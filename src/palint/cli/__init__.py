"""Words in, exit code out.

0: everything asked was checked and is clean. 1: a finding at or above `fail-on`. 2: the work could not be
done. 3: a bug in palint. 130: interrupted.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from palint.findings import PalintError

COMMANDS = ("check", "hook", "rules", "explain", "baseline", "init", "config")
CLEAN, FOUND, FAILED, BUG, INTERRUPTED = 0, 1, 2, 3, 130


class UsageError(PalintError):
    """A request that makes no sense; the message says what to do."""


def main() -> NoReturn:
    """The console script."""
    # Syntax trees are many objects without cycles: looking for some again and again takes a tenth of a run.
    gc.set_threshold(200_000, 20, 100)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # it is ignored in a shell's background
        signal.signal(signal.SIGINT, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end the run.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except KeyboardInterrupt:  # while the commands were imported
        code = INTERRUPTED
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)  # all is done: nothing is left to interrupt
    sys.stderr.flush()
    os._exit(code)  # taking the interpreter down, object by object, takes ten milliseconds


def run(arguments: list[str]) -> int:
    """Run a command line (without the program's name) and give its exit code."""
    try:
        made = _plain(arguments)
        if made is None:
            from palint.cli.commands import cli

            made = cli.main(_with_command(arguments), prog_name="palint", standalone_mode=False)
        return made if isinstance(made, int) else CLEAN
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click ends so when nobody reads any more
        return CLEAN
    except PalintError as error:
        return _print_error(str(error))
    except Exception as error:
        import click

        if isinstance(error, click.exceptions.Exit):
            return error.exit_code
        if isinstance(error, click.exceptions.Abort):
            return INTERRUPTED
        if isinstance(error, click.ClickException):
            return _print_error(error.format_message())
        _report_bug(error)
        return BUG


def _plain(arguments: list[str]) -> int | None:
    """Check, or run the hook, where nothing but paths and the plainest options are given; else None.

    click takes a quarter of a hook's time to import, and there is little for it to parse.
    """
    if not os.environ.keys().isdisjoint(("PALINT_POLICY", "_PALINT_COMPLETE")):
        return None
    if arguments[:2] == ["hook", "--"]:
        from palint.cli.check import CheckOptions
        from palint.cli.hook import hook

        return hook(CheckOptions(paths=tuple(arguments[2:])))
    command, words = ("check", arguments)
    if arguments and arguments[0] in COMMANDS:
        command, *words = arguments
    given = _options(words) if command == "check" else None
    if given is None:
        return None
    from palint.cli.check import CheckOptions, check

    return check(CheckOptions(**given))


def _options(words: Sequence[str]) -> dict[str, Any] | None:
    """The fields of `check.Words`; None where click must look."""
    from palint.report import FORMATS

    paths: list[str] = []
    given: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        if word in _FLAGS:
            given[_FLAGS[word]] = True
        elif word == "--format":
            given["format_"] = next(rest, "")
        elif word.startswith("-"):
            return None
        else:
            paths.append(word)
    return {**given, "paths": tuple(paths)} if given.get("format_", "text") in FORMATS else None


_FLAGS = {
    **{f"--{name}": name for name in ("isolated", "quiet", "staged", "statistics", "verbose")},
    "--allow-incomplete": "allow_incomplete",
    "-q": "quiet",
    "-v": "verbose",
}


def _with_command(arguments: list[str]) -> list[str]:
    """`palint PATH…` is `palint check PATH…`.

    Raises UsageError for a hook without `--`: a file called `--help` would be an option.
    """
    if arguments[:1] == ["hook"] and "--" not in arguments and not {"--help", "-h"} & set(arguments):
        raise UsageError('`palint hook` takes names only after `--`: end `args` with "--"')

    if arguments and (arguments[0] in COMMANDS or arguments[0] in ("--help", "-h", "--version")):
        return arguments
    return ["check", *arguments]


def _print_error(message: str) -> int:
    from palint.report.escape import terminal
    from palint.secrets import redact_line

    for line in message.splitlines() or [""]:
        # A message may quote a key or a value of the settings.
        print(f"palint: {terminal(redact_line(line, ''))}", file=sys.stderr)
    return FAILED


def _report_bug(error: Exception) -> None:
    """Where it broke, without the exception's words: they may hold text of a scanned file."""
    import traceback

    print(
        f"palint: a bug in palint: {type(error).__name__}. Please report it with these lines:",
        file=sys.stderr,
    )
    for frame in traceback.extract_tb(error.__traceback__):
        place = frame.filename.replace("\\", "/").split("/palint/")[-1]
        print(f"  {place}:{frame.lineno} in {frame.name}", file=sys.stderr)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """End the run, but not from within a finalizer, where Python would print the exception and go on."""
    while frame is not None:
        if frame.f_code.co_name == "__del__":
            from threading import Timer

            Timer(0.01, os.kill, (os.getpid(), signum)).start()
            return
        frame = frame.f_back
    raise KeyboardInterrupt
