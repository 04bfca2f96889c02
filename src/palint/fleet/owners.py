"""Owners of paths, as the CODEOWNERS file of GitHub or of GitLab names them.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
https://docs.gitlab.com/user/project/codeowners/reference
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from palint.tree.gitignore import costly
from palint.tree.tree import Tree
from palint.util.typing import NamedTuple

_PLACES = {  # the first that exists counts
    "github": (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"),
    "gitlab": ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"),
}
_MAX_BYTES = 3 << 20  # GitHub reads no larger file
_SECTION = re.compile(r"\^?\[([^\]]+)\](?:\[\d+\])?(.*)")
_OWNER = re.compile(r"@@?[\w./-]+|[^\s@]+@[^\s@]+\.[^\s@]+")
_WORD = re.compile(r"(?:\\.|[^\s\\])+")


class Entry(NamedTuple):
    """A line. excludes: whether it takes matching paths out of its section."""

    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    excludes: bool = False


Owners = Callable[[str], tuple[str, ...]]  # the owners of a path, in the file's order


def of(tree: Tree, forge: str) -> Owners:
    """The owners in a tree; none for every path where it has no CODEOWNERS."""
    for place in _PLACES["gitlab" if forge == "gitlab" else "github"]:
        read = tree.read(place, _MAX_BYTES)
        if read.data is not None and not read.link:
            return parse(read.data.decode("utf-8", "replace"), forge)
    return lambda _: ()


def parse(text: str, forge: str) -> Owners:
    """The owners that the text of a CODEOWNERS file gives to paths. A line that cannot be read is skipped."""
    sections = _gitlab(text) if forge == "gitlab" else [_github(text)]

    def owners(path: str) -> tuple[str, ...]:
        found = [owner for section in sections for owner in _last_match(section, path)]
        return tuple(dict.fromkeys(found))

    return owners


def _last_match(section: Sequence[Entry], path: str) -> tuple[str, ...]:
    if any(entry.excludes and entry.pattern.fullmatch(path) for entry in section):
        return ()
    return next((e.owners for e in reversed(section) if not e.excludes and e.pattern.fullmatch(path)), ())


def _github(text: str) -> list[Entry]:
    rows = []
    for line in text.splitlines():
        words = line.split("#", 1)[0].replace("\\ ", "\0").split()
        if words and not words[0].startswith("!") and not _too_slow(words[0]):
            owners = tuple(word for word in words[1:] if _OWNER.fullmatch(word))
            rows.append(Entry(_github_pattern(words[0].replace("\0", " ")), owners))
    return rows


def _github_pattern(glob: str) -> re.Pattern[str]:
    """As in .gitignore, but `docs/*` matches nothing in a folder of docs, and there are no sets."""
    body = glob.strip("/")
    anchor = "" if "/" in glob.rstrip("/") else "(?:.*/)?"
    below = "/.*" if glob.endswith("/") else "" if body.endswith("/*") else "(?:/.*)?"
    return re.compile(anchor + _translate(body, sets=False) + below, re.S)


def _gitlab(text: str) -> list[list[Entry]]:
    """The sections. A name that comes twice is one section; lines without owners have the section's."""
    sections: dict[str, list[Entry]] = {}
    name, default = "", tuple[str, ...]()
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        section = _SECTION.fullmatch(line)
        if section is not None:
            name, default = section[1].strip().casefold(), tuple(filter(_OWNER.fullmatch, section[2].split()))
            continue
        glob, *rest = _WORD.findall(line)
        excludes = glob.startswith("!")
        glob = re.sub(r"\\(.)", r"\1", glob.removeprefix("!"))
        if not _too_slow(glob):
            owners = tuple(word for word in rest if _OWNER.fullmatch(word)) or default
            sections.setdefault(name, []).append(Entry(_gitlab_pattern(glob), owners, excludes))
    return list(sections.values())


def _gitlab_pattern(glob: str) -> re.Pattern[str]:
    """As `File.fnmatch` with FNM_PATHNAME: a folder's name matches its files only with a `/` at its end."""
    whole = glob if glob.startswith("/") else f"**/{glob}"
    whole = whole.lstrip("/") + ("**/*" if glob.endswith("/") else "")
    return re.compile(_translate(whole, sets=True), re.S)


def _translate(glob: str, *, sets: bool) -> str:
    """A glob as a regular expression: `**/` is any folders, `*` and `?` stop at a `/`."""
    parts, start = [], 0
    for token in re.finditer(r"\*\*/|/\*\*$|\*+|\?|\[[!^]?[^\]/]+\]", glob):
        parts.append(re.escape(glob[start : token.start()]))
        start = token.end()
        kind = token.group()
        if kind.startswith("["):
            inner = re.sub(r"([\\\[&~|])", r"\\\1", kind[1:-1])
            parts.append(
                f"[{'^' if inner[0] in '!^' else ''}{inner.lstrip('!^')}]" if sets else re.escape(kind)
            )
        elif kind in ("**/", "/**"):
            parts.append("(?:.*/)?" if kind == "**/" else "/.*")
        else:
            parts.append(".*" if kind == glob else "[^/]" if kind == "?" else "[^/]*")
    return "".join([*parts, re.escape(glob[start:])])


def _too_slow(glob: str) -> bool:
    """Whether it is no glob, or one that takes long to match."""
    try:
        re.compile(_translate(glob, sets=True))
        return costly(glob)
    except (ValueError, re.error):
        return True
