"""`palint server`: the language server, and the main function of its checking process."""

from __future__ import annotations

import os

from palint import __version__, baseline
from palint.cli import target
from palint.cli.exit_codes import EXIT_OK, UsageError
from palint.cli.options import CheckOptions
from palint.cli.plan import resolve_config
from palint.cli.run import read_baseline
from palint.config import SETTINGS_FILES
from palint.lsp.checker import Checker, Repository


def server() -> int:
    """Speak the language server protocol on standard input and output until the editor ends it."""
    try:
        from palint.lsp.server import build
    except ModuleNotFoundError as error:
        message = f"the language server needs the package {error.name}: pip install 'palint[lsp]'"
        raise UsageError(message) from None
    editor = build(__version__, (*SETTINGS_FILES, baseline.NAME))
    output = os.fdopen(os.dup(1), "wb")  # pygls closes it
    editor.start_io(stdout=output)
    return EXIT_OK


def checker() -> Checker:
    """A checker that reads settings and baselines as the command line does."""

    def repository(folder: str) -> Repository:
        found = target.find((folder,))
        return Repository(found.root, found.repository)

    return Checker(
        repository,
        lambda root, rules: resolve_config(CheckOptions(), root, rules),
        lambda root: read_baseline(root, None),
    )


def answer_requests() -> None:
    """Answer requests of the language server: the main function of its checking process."""
    from palint.lsp.process import serve

    serve(checker().check)
