"""Run a command line: arguments in, exit code out (see `exit_codes`)."""

from __future__ import annotations

import gc
import os
import signal
import sys
from types import FrameType

from palint import __version__
from palint.cli.exit_codes import EXIT_BUG, EXIT_ERROR, EXIT_INTERRUPTED, EXIT_OK, HelpPrinted, UsageError
from palint.findings import PalintError
from palint.util import compiled_patterns, deadline, processes, search_path
from palint.util.deadline import RunTimeout
from palint.util.typing import NoReturn

_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_DEFAULT_RUN = 600.0  # seconds; applies until the settings, which may raise it, are read


def main() -> NoReturn:
    """The console script."""
    search_path.leave_trees([os.curdir, *(word for word in sys.argv[1:] if os.path.lexists(word))])
    gc.set_threshold(*processes.GC_THRESHOLD)
    for number in _ENDING:
        signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell's background job ignores it
        signal.signal(signal.SIGINT, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        # A file name that the terminal cannot encode must not end the run.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    code = EXIT_OK
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    except KeyboardInterrupt:  # interrupted while the commands were imported
        code = EXIT_INTERRUPTED
    for number in (signal.SIGINT, *_ENDING):
        signal.signal(number, signal.SIG_IGN)  # the work is done: nothing to interrupt
    sys.stderr.flush()
    compiled_patterns.save()
    os._exit(code)  # freeing every object at interpreter shutdown takes ten milliseconds


def run(arguments: list[str]) -> int:
    """Run a command line (without the program's name) and return its exit code."""
    try:
        deadline.limit_run(_DEFAULT_RUN)
        return _run(arguments)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        return EXIT_OK
    except HelpPrinted:
        return EXIT_OK
    except PalintError as error:
        return _print_error(str(error))
    except RunTimeout:
        return _print_error("not finished in time (`limits.run`), so nothing is reported")
    except (Exception, SystemExit) as error:
        if isinstance(error.__context__, KeyboardInterrupt):  # argparse's own cleanup fails when interrupted
            return EXIT_INTERRUPTED
        from palint import registry

        where = registry.where_another_failed(error)
        if where:  # outside of `Rule.check`, which the engine catches
            from palint.declarations import ViolationError

            mistake = error.summary if isinstance(error, ViolationError) else ""
            said = mistake or f"{type(error).__name__}: report it to the authors of the rule"
            return _print_error(f"{where}{said}")
        _report_bug(error)
        # A coding assistant goes on after any other code.
        return EXIT_ERROR if "--agent" in arguments else EXIT_BUG


def _run(arguments: list[str]) -> int:
    from palint.cli.options import CheckOptions, default_policy, environment

    if arguments[:2] == ["hook", "--"] and not environment():  # without options: argparse would take 5 ms
        from palint.cli.hook import hook

        return hook(CheckOptions(paths=tuple(arguments[2:]), policy=default_policy()))
    from palint.cli import commands

    if arguments[:1] in (["-V"], ["--version"]):
        print(f"palint {__version__}")
        return EXIT_OK
    if arguments[:1] in (["-h"], ["--help"]):
        commands.program_parser().print_help()
        return EXIT_OK
    name, words = "check", arguments
    if arguments and arguments[0] in commands.COMMANDS:
        name, *words = arguments
    if name == "fleet":
        from palint.cli import fleet

        if words[:1] in ([], ["-h"], ["--help"]):
            commands.command_parser(name).print_help()
            return EXIT_OK
        return fleet.run(words, commands.parser_of)
    if name == "hook" and "--" not in words and not {"--help", "-h", "--pre-receive", "--agent"} & set(words):
        # Without it, a file called `--help` would be an option.
        raise UsageError('`palint hook` takes file names only after `--`: end `args` with "--"')
    options = commands.command_parser(name).parse_words(words)
    if arguments[:1] == words[:1] and _is_misspelled(arguments):
        raise UsageError(commands.unknown_command(arguments[0]))
    return commands.COMMANDS[name].run(options)


def _is_misspelled(arguments: list[str]) -> bool:
    """Whether a command line starts with a word like `explan`, which names no file or folder here."""
    word = arguments[0] if arguments else "-"
    return word.isalpha() and not os.path.lexists(word)


def _print_error(message: str) -> int:
    from palint.report.escape import terminal
    from palint.secrets import redact_line

    for line in message.splitlines():
        # A message may quote a key or a value of the settings.
        print(f"palint: {terminal(redact_line(line, ''))}", file=sys.stderr)
    return EXIT_ERROR


def _report_bug(error: BaseException) -> None:
    """Print the traceback without the exception's message, which may contain text of a checked file."""
    import traceback

    print(
        f"palint: a bug in palint: {type(error).__name__}. Please report it with these lines:",
        file=sys.stderr,
    )
    for frame in traceback.extract_tb(error.__traceback__):
        module = frame.filename.replace("\\", "/").split("/palint/")[-1]
        print(f"  {module}:{frame.lineno} in {frame.name}", file=sys.stderr)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    """Interrupt the run, but not where Python drops exceptions, and let a finalizer end first.

    A finalizer may be stopping a process. On a busy machine the signal that `_unraisable` asks for arrives
    before it has returned.
    """
    while frame is not None:
        if frame.f_code.co_name in ("__del__", "_unraisable"):
            _interrupt_later(signum)
            return
        frame = frame.f_back
    raise KeyboardInterrupt(signum)


def _unraisable(dropped: sys.UnraisableHookArgs) -> None:
    """Interrupt the run again if an interrupt came where Python drops exceptions.

    That is the callback of a weak reference, such as importlib has for a module's lock: Python would print
    the exception and continue.
    """
    if isinstance(dropped.exc_value, KeyboardInterrupt):
        _interrupt_later(*dropped.exc_value.args)
    else:
        sys.__unraisablehook__(dropped)


def _interrupt_later(signum: int = signal.SIGINT) -> None:
    from threading import Timer

    Timer(0.01, os.kill, (os.getpid(), signum)).start()
