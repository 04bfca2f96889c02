"""Add the hook to `.pre-commit-config.yaml` without changing anything else in the file."""

from __future__ import annotations

from palint.init.installed import revision
from palint.init.plan import InitDraft
from palint.languages import yaml as yaml_
from palint.languages.yaml import Node
from palint.report.sarif import HOME
from palint.text.source import ParseError, SourceFile

FILE = ".pre-commit-config.yaml"
_COMMAND = "palint --staged"
_HUSKY = ".husky/pre-commit"  # https://typicode.github.io/husky/
_LEFTHOOK = frozenset(("lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml"))
_LEFTHOOK_ENTRY = f"pre-commit:\n  commands:\n    palint:\n      run: {_COMMAND}"


def entry(indent: str = "  ") -> str:
    """Our entry for the list `repos`, with each line indented by `indent`."""
    lines = (
        f"- repo: {HOME}",
        f"  rev: {revision()}",
        "  hooks:",
        "    - id: palint",
        "    - id: palint-env # also looks for .env files that git ignores",
    )
    return "".join(f"{indent}{line}\n" for line in lines)


def add(draft: InitDraft) -> None:
    """Plan the hook: a line for husky or lefthook where one of them runs the hooks, else our entry at the end
    of `repos`. A file that is not understood is left alone, with a note."""
    text = draft.text(FILE)
    files = draft.project.files()
    if not text and any(path.startswith(".husky/") for path in files):
        if _COMMAND not in draft.text(_HUSKY):
            draft.append(_HUSKY, f"{_COMMAND}\n")
            draft.notes.append(f"{_HUSKY} runs `{_COMMAND}`: palint must be on PATH (`pipx install palint`)")
        return
    if not text and not _LEFTHOOK.isdisjoint(files):
        draft.notes.append(f"lefthook runs the hooks here; add this to it:\n{_LEFTHOOK_ENTRY}")
        return
    draft.activate = "`pre-commit install` (from `pip install pre-commit`)"
    if "palint" in text:
        return
    if not text.strip():
        draft.put(FILE, "repos:\n" + entry())
        return
    new = with_entry(text)
    if new is None:
        draft.notes.append(f"{FILE} has no list `repos` that could be added to; add this entry:\n{entry('')}")
    else:
        draft.put(FILE, new)


def with_entry(text: str) -> str | None:
    """The text of pre-commit's settings with palint's hook; None if it cannot be added."""
    try:
        documents = yaml_.parse(SourceFile(FILE, text.encode("utf-8")))
    except ParseError:
        return None
    found = documents[0].entry("repos") if len(documents) == 1 else None
    if found is None:
        return None
    key, repos = found
    end = "\r\n" if "\r\n" in text else "\n"
    if repos.kind == "seq" and repos.elements and not repos.flow:
        return _after(text, repos, end)
    if repos.null or (repos.kind == "seq" and not repos.elements):
        line_end = _line_end(text, max(repos.end, key.end))
        head = text[: text.index(":", key.end) + 1]
        rest = text[line_end:].removeprefix("\r").removeprefix("\n")
        return head + end + entry().replace("\n", end) + rest
    return None


def _after(text: str, repos: Node, end: str) -> str:
    """The text with our entry after the last one, equally indented."""
    last = repos.elements[-1]
    begin = text.rindex("-", text.rfind("\n", 0, last.start) + 1, last.start)
    indent = text[text.rfind("\n", 0, begin) + 1 : begin]
    line_end = _line_end(text, last.end)
    return text[:line_end] + end + entry(indent).replace("\n", end).removesuffix(end) + text[line_end:]


def _line_end(text: str, offset: int) -> int:
    """The end of the line at `offset`, including a comment on it."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if text[end - 1 : end] == "\r" else end
