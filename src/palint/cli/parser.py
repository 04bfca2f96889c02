"""An argument parser that raises UsageError and accepts options and paths in any order."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from typing import NoReturn

from palint.cli.exit_codes import UsageError

_WIDTH = 110  # columns of the help


class CommandParser(ArgumentParser):
    """An ArgumentParser whose usage errors are reported like other errors, with the most similar option."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see `{self.prog} --help`")

    def parse_words(self, words: list[str]) -> Namespace:
        """Parse options and paths in any order; every word after `--` is a path. Raises UsageError."""
        split = words.index("--") if "--" in words else len(words)
        parsed, unknown = self.parse_known_intermixed_args(words[:split])
        if unknown:
            option = unknown[0].partition("=")[0]
            from difflib import get_close_matches

            near = get_close_matches(option, self._option_string_actions, 1)
            self.error(f"unknown option {option}" + (f" (did you mean {near[0]}?)" if near else ""))
        rest = words[split + 1 :]
        if rest:
            if not hasattr(parsed, "paths"):
                self.error(f"unexpected argument {rest[0]!r}")
            parsed.paths = [*parsed.paths, *rest]
        return parsed


def help_formatter(prog: str) -> RawDescriptionHelpFormatter:
    """The layout of help pages: examples keep their lines."""
    return RawDescriptionHelpFormatter(prog, max_help_position=30, width=_WIDTH)
