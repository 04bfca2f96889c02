"""Rewrite what reads dotenv files in shell scripts, Makefiles and justfiles, a row of a table a form."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import partial

from palint.files import HEAD, languages
from palint.files.languages import in_comment
from palint.migrate.migration_plan import CONFIGURATION, Rewritten, Task
from palint.migrate.repository import Repository
from palint.text.source import SourceFile
from palint.util.typing import NamedTuple

# One command, so that it can be wherever `source FILE` was; it does nothing without SECRET_ID, also after
# `set -u`, and ends the script if the secret cannot be read.
EXPORTS = (
    'eval "${SECRET_ID:+$(aws secretsmanager get-secret-value --secret-id "$SECRET_ID" --query SecretString'
    ' --output text | jq -er \'to_entries[] | "export \\(.key)=\\(.value | @sh)"\' || echo exit 1)}"'
)
_READS = "reads the secret that SECRET_ID names, with the AWS CLI and `jq`"
# The name of the variable tells the next run, too, that nothing here needs the file.
_NOTE = "# Variables come from the environment: start it with the keys of the secret that SECRET_ID names.\n"
_STARTED = "takes its variables from the environment that it is started in"


class Form(NamedTuple):
    """A way to read a dotenv file.

    languages: ids of the rows. pattern: what is replaced; `FILE` is the file's path. text: by what. what: in
    words. example, result: a text with it, and what becomes of it.
    """

    languages: tuple[str, ...]
    pattern: str
    text: str
    what: str
    example: str
    result: str


_COMMANDS = ("shell", "makefile", "justfile")
_MAKE = ("makefile",)
FORMS = (
    # https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#dot
    Form(
        _COMMANDS, r"(?m)(?:(?<=[\s;&|({@!])|^)(?:source|\.)[ \t]+FILE(?=[ \t]*(?:$|[;&|)}#\\]))",
        EXPORTS, _READS, "set -a; . ./FILE; set +a\n", f"set -a; {EXPORTS}; set +a\n",
    ),
    Form(
        _COMMANDS,
        r"\b(?:export|eval)[ \t]+(?:\$\$?\((?!shell\b)[^()\n]*FILE[^()\n]*\)|`[^`\n]*FILE[^`\n]*`)",
        EXPORTS, _READS, "export $(grep -v '^#' FILE | xargs)\n", f"{EXPORTS}\n",
    ),
    # make and just have the environment's variables as their own:
    # https://www.gnu.org/software/make/manual/html_node/Environment.html, https://just.systems/man/en/settings.html
    Form(
        _MAKE, r"(?m)^[ \t]*ifn?eq[^\n]*\bwildcard[ \t]+FILE\)[^\n]*\n(?:[ \t]*(?:-?s?include[ \t]+FILE"
        r"|export(?:[ \t]+\$\(shell[^\n]*FILE[^\n]*\))?)[ \t]*\n)+(?:[ \t]*else[ \t]*\n"
        r"(?:[ \t]*(?:\$\((?:warning|info)\b[^\n]*|-?s?include[ \t]+\S*env\.example|export)[ \t]*\n)+)?"
        r"[ \t]*endif[ \t]*\n",
        f"{_NOTE}export\n", _STARTED, "ifneq (,$(wildcard ./FILE))\n  include FILE\n  export\nendif\n"
        "ifneq ($(wildcard FILE),)\ninclude FILE\nelse\n$(warning no)\ninclude .env.example\nendif\n",
        f"{_NOTE}export\n{_NOTE}export\n",
    ),
    Form(
        _MAKE,
        r"(?m)(?:^-?s?include[ \t]+FILE[ \t]*\n(?:export[ \t]+\$\(shell[^\n]*FILE[^\n]*\)[ \t]*\n)?)",
        _NOTE, _STARTED, "-include FILE\nexport $(shell sed 's/=.*//' FILE)\nall:\n", f"{_NOTE}all:\n",
    ),
    Form(
        ("justfile",), r"(?m)^set[ \t]+dotenv-(?:load|filename|path)\b[^\n]*\n",
        _NOTE, _STARTED, "set dotenv-load := true\nrun:\n", f"{_NOTE}run:\n",
    ),
)  # fmt: skip
# A test for the file, in front of what reads it: `[ -f .env ] && . .env`. One with `!` is left to a person.
EXISTS = Form(
    _COMMANDS,
    r"(?<!!\s)(?:\[\[?[ \t]+-[efrs][ \t]+FILE[ \t]+\]\]?|\btest[ \t]+-[efrs][ \t]+FILE(?=[ \t]*[;&|]))",
    '[ -n "${SECRET_ID:-}" ]', "", "", "",
)  # fmt: skip


def rewrite(file: SourceFile, paths: Collection[str], names: Collection[str]) -> Rewritten:
    """Rewrite what reads dotenv files. paths: of those that go. names: their variables.

    A Makefile that sets one of the variables keeps its `include`: it would override the environment's.
    """
    language = languages.find(file.path, file.data[:HEAD])
    text, what = file.text, dict[str, None]()
    for form in (*FORMS, EXISTS) if paths else ():
        sets = form.languages == _MAKE and _sets(text, names)
        if language.id not in form.languages or sets or (not form.what and _READS not in what):
            continue
        new = form.text.replace("$", "$$") if language.id == "makefile" else form.text
        pieces, at = list[str](), 0
        for match in re.finditer(pattern_of(form, paths), text):
            start = text.rfind("\n", 0, match.start()) + 1
            if not in_comment(language, text[start : match.end()], match.start() - start):
                pieces += [text[at : match.start()], new]
                at = match.end()
        if pieces:
            text = "".join(pieces) + text[at:]
            what |= {form.what: None} if form.what else {}
    return Rewritten(text, tuple(what))


def pattern_of(form: Form, paths: Collection[str]) -> str:
    """A form's pattern, with one for the names of these files, in a folder and in quotes."""
    base = "|".join(re.escape(path.rpartition("/")[2]) for path in sorted(paths))
    path = rf"(?:[\w./${{}}-]*/)?(?:{base})"
    return form.pattern.replace("FILE", rf"(?:(?<![\w./${{}}-]){path}(?![\w.\"'-])|\"{path}\"|'{path}')")


def _sets(text: str, names: Collection[str]) -> bool:
    """Whether a Makefile sets one of some variables, whatever the environment has."""
    return any(re.search(rf"(?m)^(?:export[ \t]+)?{re.escape(name)}[ \t]*:{{0,3}}=", text) for name in names)


def add(repository: Repository) -> None:
    """Plan the scripts that read dotenv files."""
    loading = repository.found("env-file-loaded")
    for file in repository.open_all(lambda path: path in loading):
        paths, names = repository.sources.dotenv, repository.dotenv_names
        made = repository.take(file.path, partial(rewrite, file, paths, names), CONFIGURATION)
        if _STARTED in made.what:
            text = f"`{file.path}` {_STARTED}: start it with the keys of the secret there (see below)"
            repository.tasks.append(Task("run", text))
        if _READS in made.what:
            repository.tasks.append(
                Task("install", f"`{file.path}` needs the AWS CLI and `jq` where it runs")
            )
