"""Write reports, and show progress."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time
from collections.abc import Mapping

from palint import report
from palint.cli.exit_codes import UsageError
from palint.cli.options import split_outputs
from palint.findings import Results
from palint.report.escape import escape_controls, log_line
from palint.report.summary import summary_lines
from palint.rule import Rule
from palint.tree import git
from palint.util.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from palint.cli.options import CheckOptions
    from palint.report import Format

_SHOW_AFTER = 1.0  # seconds
_MAX_NAME_CHARACTERS = 60  # characters of a file's name in the progress


def _columns() -> int:
    from shutil import get_terminal_size

    return get_terminal_size().columns


def write_reports(
    results: Any,
    rules: Mapping[str, type[Rule]],
    options: CheckOptions,
    formats: Mapping[str, str] = report.FORMATS,
) -> None:
    """Write the report to standard output, and each `--output FORMAT:FILE`. Raises UsageError.

    formats: those of these results: `palint.report.FORMATS`, or `palint.report.history.FORMATS`.
    """
    for name, path in split_outputs(options.output, formats):
        _write_file(results, rules, report.get(name, formats), path)
    if (
        isinstance(results, Results) and options.diff
    ):  # what is on standard output can be given to `git apply`
        for line in summary_lines(results):
            print(log_line(line), file=sys.stderr)
        return
    module = report.get(options.format, formats)
    shown = _as_shown(results, module.FORMAT)
    try:
        module.write(shown, rules, sys.stdout, **_arguments(module.FORMAT, options, shown))
        sys.stdout.flush()
    except BrokenPipeError:  # the reader closed the pipe; the exit code is still that of the findings
        _drop_output()
    except OSError as error:
        _drop_output()
        raise UsageError(f"the report cannot be written to standard output: {error.strerror}") from None
    if options.statistics and "statistics" not in module.FORMAT.options:
        from palint.report.statistics import lines

        # A report for programs must stay one document.
        out = sys.stdout if module.FORMAT.for_terminal else sys.stderr
        for line in lines(shown.findings, rules):
            print(log_line(line), file=out)


def _arguments(declared: Format, options: CheckOptions, shown: Any) -> dict[str, Any]:
    """The keyword arguments that a format declares for its `write`: `Format.options`."""
    if not declared.options:
        return {}
    color = colored(options.color)
    sized = sys.stdout.isatty() or "COLUMNS" in os.environ
    arguments = {
        "color": color,
        "links": color and _shows_links(),
        "quiet": options.quiet,
        "statistics": options.statistics,
        "verbose": options.verbose,
        "width": _columns() if sized else 0,
        # History's formats always show commands.
        "program": _program() if getattr(shown, "findings", True) else "palint",
    }
    return {name: arguments[name] for name in declared.options}


def _as_shown(results: Any, declared: Format) -> Any:
    """The results as a format shows them; those of a history unchanged."""
    if declared.unit == "finding" or not isinstance(results, Results) or not results.findings:
        return results
    from palint.report import groups

    return groups.group(results) if declared.unit == "group" else groups.merge_repeats(results)


def _program() -> str:
    """How the user starts this program: `palint` if that is on PATH, else its path (in a hook)."""
    own = sys.argv[0]
    if os.path.basename(own) == "__main__.py":  # `python -I -m palint`, as the hooks start it
        own = os.path.join(os.path.dirname(sys.executable), "palint")
    if os.path.basename(own) != "palint":
        return "palint"
    # Without `shutil.which`: importing it takes 2 ms of a commit with a finding. A hook manager puts its own
    # environment before the user's PATH.
    of_hook = os.path.dirname(own) if "PRE_COMMIT" in os.environ else ""
    places = (os.path.join(folder, "palint") for folder in os.get_exec_path() if folder != of_hook)
    found = next((place for place in places if os.access(place, os.X_OK) and os.path.isfile(place)), None)
    if found is not None and os.path.exists(own) and os.path.samefile(found, own):
        return "palint"
    from shlex import quote

    return quote(own)


def _shows_links() -> bool:
    """Whether the terminal is known to support hyperlinks: https://github.com/Alhadis/OSC8-Adoption."""
    env = os.environ
    return sys.stdout.isatty() and (
        env.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby")
        or env.get("TERM") in ("xterm-kitty", "alacritty", "foot", "xterm-ghostty")
        or env.get("VTE_VERSION", "0") >= "5000"
        or bool(env.keys() & {"WT_SESSION", "KONSOLE_VERSION"})
    )


def _drop_output() -> None:
    """Discard what standard output did not accept, so that it is not written again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_file(results: Any, rules: Mapping[str, type[Rule]], module: ModuleType, path: str) -> None:
    """Write one report to a file atomically. module: the format's."""
    import io

    refuse_to_replace(results.root, path)
    text = io.StringIO()
    module.write(_as_shown(results, module.FORMAT), rules, text)
    write_atomic(path, text.getvalue())


def refuse_to_replace(root: str, path: str) -> None:
    """Raise UsageError for a report that would replace a tracked file or one of git's, or follow a link.

    It would overwrite a file that was checked, and the next check of the tree could miss its findings.
    """
    from palint.changes.write import in_work_tree  # most reports are printed

    absolute = os.path.abspath(path)
    top = os.path.realpath(root)
    if not absolute.startswith((root.rstrip(os.sep) + os.sep, top.rstrip(os.sep) + os.sep)):
        return
    folder = os.path.dirname(absolute)
    if os.path.realpath(folder) != os.path.join(top, os.path.relpath(folder, root)).rstrip(os.sep + "."):
        raise UsageError(f"{path!r} is below a symbolic link in the checked tree: write the report elsewhere")
    relative = os.path.relpath(absolute, root).replace(os.sep, "/")
    if not in_work_tree(relative):
        raise UsageError(f"{path!r} is in git's own folder: write the report elsewhere")
    if git.info_folder(root) is not None and git.index_entries(root, [relative]):
        raise UsageError(f"{path!r} is a tracked file of the checked tree: write the report elsewhere")


def write_atomic(path: str, text: str) -> None:
    """Write one of palint's own files atomically; an existing one must be a regular file.

    A link would lead elsewhere, and a rename over `/dev/stdout` would replace it. Raises UsageError.
    """
    from palint.util import atomic_file

    try:
        if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
            raise OSError(errno.EEXIST, "a link, device or folder is in the way")
        atomic_file.replace(path, text.encode("utf-8", "backslashreplace"), atomic_file.default_mode())
    except OSError as error:
        raise UsageError(f"{path!r} cannot be written: {error.strerror}") from None


def colored(wish: str) -> bool:
    """Whether standard output gets colours; `--color` overrides the environment.

    https://no-color.org and https://force-color.org.
    """
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


class Progress:
    """A progress bar on standard error, if it is a terminal and the run takes longer than a second."""

    def __init__(self, *, quiet: bool) -> None:
        self._began = time.monotonic()
        self._silent = quiet or not sys.stderr.isatty()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, total: int, slow: str = "") -> None:
        """Show that `done` files of `total` are checked, and a file that takes long."""
        if self._silent or time.monotonic() - self._began < _SHOW_AFTER:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress as Bar
            from rich.progress import TextColumn

            # Without a thread: workers are forked while it is shown.
            self._bar = Bar(
                TextColumn("{task.description}", markup=False),  # a file's name may look like markup
                *Bar.get_default_columns()[1:],
                console=Console(stderr=True),
                transient=True,
                auto_refresh=False,
            )
            self._bar.start()
            self._task = self._bar.add_task("checking", total=total)
        name = escape_controls(slow)
        shown = name if len(name) <= _MAX_NAME_CHARACTERS else f"…{name[1 - _MAX_NAME_CHARACTERS :]}"
        self._bar.update(self._task, completed=done, description=f"checking {shown}".rstrip(), refresh=True)
