"""Recognise dotenv files by path, and parse their assignments with offsets. These functions never fail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from palint.aws.key_values import is_example_key, is_placeholder
from palint.files.languages import LANGUAGES
from palint.text.source import Ranges, SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# Every path that a function below accepts contains one of these, in lower case.
PATH_LITERALS = ("env", ".dev.vars")
# Parts of a name that mark a file as documentation.
_EXAMPLE = frozenset(
    ("example", "examples", "sample", "samples", "template", "templates", "tmpl", "tpl", "dist", "schema")
)
# Endings of source, data, prose and pictures, whatever the rest of the name is. Dotenv files may have these:
_ALSO_DOTENV = (".cfg", ".conf", ".env", ".envrc", ".ini", ".properties", ".template", ".tpl", ".txt")
_OTHER_SUFFIXES = frozenset(
    suffix for row in LANGUAGES for suffix in row.suffixes if suffix not in _ALSO_DOTENV
)
_ENCRYPTED = frozenset(("vault", "enc", "encrypted", "gpg", "asc", "age", "sops", "gitcrypt"))
_OF_GIT = frozenset((".gitignore", ".gitattributes", ".gitkeep"))  # in any folder
_DOTENV = lazy_re.compile(
    r"(?:.*\.)?env(?:~| (?:- )?copy(?: \d{1,3})?(?: ?\(\d{1,3}\))?| ?\(\d{1,3}\)|"  # copies by a desktop
    r"[._~-]?(?:bak|backup|old|orig|save|copy|local)[._-]?\d*|\.\d{1,8})?"
    r"|env\.(?:prod(?:uction)?|stag(?:e|ing)?|dev(?:elopment)?|test(?:ing)?|qa|uat|sandbox|docker|ci)"
    r"|\.(?:prod(?:uction)?|stag(?:e|ing)?|dev(?:elopment)?|test(?:ing)?|local|qa|uat|ci)[_-]env"
    r"|\.env\d{0,3}(?:[\W_].*)?|\.flaskenv(?:[\W_].*)?|\.envrc(?:[\W_].*)?|\.dev\.vars(?:[\W_].*)?",
    re.DOTALL,
)
# Other formats of dotenv files: env-cmd reads JSON, `gcloud --env-vars-file` YAML.
_STRUCTURED = lazy_re.compile(r"\.env(?:[._-][\w-]+)?\.(?:json|ya?ml)")
# Names for which the content decides: `.env.enc`, `prod.env.vault`, `.env.js`.
_UNDECIDED = lazy_re.compile(r"(?:.*)?\.env[\W_].*", re.DOTALL)
_EXAMPLE_NAME = lazy_re.compile(r"(?:.*[._-])?env(?:rc)?(?:[._-].*)?|\.flaskenv.*", re.DOTALL)


def is_dotenv(path: str) -> bool:
    """Whether a path (any case) names a dotenv file that a program may load: `.env`, `.env.local`, `x.env`.

    Also `.flaskenv`, `.envrc`, wrangler's `.dev.vars`, backups, and the files of a `.envs/` folder
    (cookiecutter-django) or a `.env.d/` folder. False for examples, source, and files whose name means that
    they are encrypted: use `may_be_dotenv` for those, and check the content.
    """
    path = path.lower()
    if not any(literal in path for literal in PATH_LITERALS):
        return False
    folders, _, name = path.rpartition("/")
    name = name.strip().strip("#")  # a space at the end does not hide a file, nor do the marks of Emacs
    words = _words(name)
    if not name or words & _EXAMPLE or names_encrypted(path):
        return False
    if _STRUCTURED.fullmatch(name):
        return True
    if _ending(name) in _OTHER_SUFFIXES:
        return False
    if name != "env" and _DOTENV.fullmatch(name):
        return True
    parents = folders.split("/")
    return name not in _OF_GIT and (".env.d" in parents or (".envs" in parents and name.startswith(".")))


def may_be_dotenv(path: str) -> bool:
    """Whether a path (any case) names a file that is a dotenv file if its content is (`has_plain_values`)."""
    name = path.lower().rpartition("/")[2].strip()
    return is_dotenv(path) or (_UNDECIDED.fullmatch(name) is not None and not _words(name) & _EXAMPLE)


def names_encrypted(path: str) -> bool:
    """Whether the name of a file (any case) says that it is encrypted: `talenv.sops.yaml`."""
    return not _words(path.lower().rpartition("/")[2]).isdisjoint(_ENCRYPTED)


def is_example(path: str) -> bool:
    """Whether a path (any case) names documentation of a dotenv file: `.env.example`, `env.sample`."""
    name = path.lower().rpartition("/")[2]
    if "env" not in name or not _words(name) & _EXAMPLE or _ending(name) in _OTHER_SUFFIXES:
        return False
    return _EXAMPLE_NAME.fullmatch(name) is not None


def _words(name: str) -> set[str]:
    return set(re.split(r"[._-]", name))


def _ending(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else ""


class Variable(NamedTuple):
    """One assignment; all offsets are code points of the file's text.

    start: of the line's `export` or name. name_start, name_end: the name. value_start, value_end: the value
    without quotes. end: after the closing quote. comment: the start of an inline comment's text, or None.
    """

    name: str
    value: str
    start: int
    name_start: int
    name_end: int
    value_start: int
    value_end: int
    end: int
    comment: int | None = None

    @property
    def is_secret(self) -> bool:
        """Whether its name is for a secret, or its value is a URL or a list with a password, or random."""
        # 30 modules, and a report asks for names of files only
        from palint.secrets.names import is_property, is_secret_setting, words_of_setting

        if self.value.lower() in ("true", "false", "0", "1"):
            return False
        if _HOLDS_PASSWORD.search(self.value) is not None:
            return True
        if is_secret_setting(self.name):
            open_address = _ADDRESS.search(self.name) and not _HAS_CREDENTIAL.search(self.value)
            if open_address and self.value[:1] not in ("", "$"):
                return False
            return _OPEN_URL.fullmatch(self.value) is None
        from palint.secrets.formats.format import is_random  # most files have a name or an address first

        found = words_of_setting(self.name)
        if is_property(found) and found[-2:] != ["secret", "id"]:  # of Vault, or the name of a secret of AWS
            return False
        return _ONE_WORD.fullmatch(self.value) is not None and is_random(self.value)


def secret_values(file: SourceFile) -> Ranges:
    """The values of a .env file or example that no line of it may show; none for other files. Code points.

    A placeholder is shown: a reader sees that it is one.
    """
    if not (is_dotenv(file.path) or is_example(file.path)):
        return []
    return [
        (v.value_start, v.value_end)
        for v in parse(file)
        if v.value not in ("", v.name)
        and v.is_secret
        and not (is_placeholder(v.value) or is_example_key(v.value))
    ]


_ONE_WORD = lazy_re.compile(
    r"(?!-)[\w+=-]{20,4096}"
)  # not a list of options: `NODE_OPTIONS=--max_old_space_size=1024`
# An address without a user, a query and a part that may be a key.
_OPEN_URL = lazy_re.compile(r"[a-z][a-z+]*://[\w.-]*(?::\d+)?(?:/[a-z_-]*|/\d{1,2})?", re.IGNORECASE)
# Of a server that any user can open: `jdbc:postgresql://db/a`. That of a webhook is a secret as a whole.
_ADDRESS = lazy_re.compile(r"(?i)(?<!hook)_(?:ur[il]|dsn)$")
_HAS_CREDENTIAL = lazy_re.compile(r"(?i)@|pass|pwd|secret|token|key|sig")
_HOLDS_PASSWORD = lazy_re.compile(r"://[^/\s:]*:[^/\s$]+@|(?i:;\s?(?:password|pwd)=[^;\s$<{])")
_PLAIN_LINE = lazy_re.compile(r"(?:export[ \t]+)?[A-Z_][A-Z0-9_]*=[^\r\n]*")
_HEAD = lazy_re.compile(
    r"[ \t]*(?P<export>export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_.-]*)(?:[ \t]*=|:(?=[ \t]))[ \t]*"
)
_QUOTED = {
    '"': lazy_re.compile(r'"((?:[^"\\]|\\.){0,65536})"', re.DOTALL),
    "'": lazy_re.compile(r"'([^']{0,65536})'"),
    "`": lazy_re.compile(r"`([^`]{0,65536})`"),
}
_BARE = lazy_re.compile(r"[^\r\n]*")
_COMMENT = lazy_re.compile(r"[ \t]*#[ \t]*(?=[^\r\n])")
_REMARK = lazy_re.compile(r"^#|[ \t]#")


# A PEM block (RFC 7468) without quotes: loaders read its first line only, but its lines are one value.
_PEM_BEGIN, _PEM_END = "-----BEGIN ", "-----END "
_KEY_FIELD = lazy_re.compile(r"[ \t]*(?:[A-Za-z][\w-]{0,60}:[^\r\n]*)?\r?\n")
# A line of base64; its padding, if any. A value that was wrapped goes on in such lines.
_BASE64_LINE = lazy_re.compile(r"[ \t]*(?P<data>[0-9A-Za-z+/]+(?P<padding>={0,2}))[ \t]*(?:\r?\n|\r|\Z)")
_END_OF_BASE64 = lazy_re.compile(r"[0-9A-Za-z+/]{40}")


def parse(file: SourceFile) -> list[Variable]:
    """The assignments of a dotenv file or an `.envrc`, in order; other lines are skipped.

    A PEM block and wrapped base64 without quotes are one value, with all their lines, since the last of these
    lines often ends in `=` as the name of an empty variable does.
    """
    return file.parsed_with(_parse)


def _parse(file: SourceFile) -> list[Variable]:
    text, found, at = file.text, list[Variable](), 0
    for start in file.line_starts:
        if start < at:  # inside a value of several lines
            continue
        head = _HEAD.match(text, start)
        if head is None:
            at = _block_end(text, start) if _opens_block(text, start) else at
            continue
        found.append(_variable(text, head))
        at = found[-1].end
    return found


def _variable(text: str, head: re.Match[str]) -> Variable:
    start = head.start("name") if head["export"] is None else head.start("export")
    first = head.end()
    quoted = _QUOTED[text[first]].match(text, first) if text[first : first + 1] in _QUOTED else None
    if quoted is not None:
        (value_start, value_end), end = quoted.span(1), quoted.end()
    else:
        value_start, value_end = _bare(text, first)
        end = value_end
    comment = _COMMENT.match(text, end)
    return Variable(
        head["name"], text[value_start:value_end], start, *head.span("name"), value_start, value_end, end,
        comment and comment.end(),
    )  # fmt: skip


def _bare(text: str, first: int) -> tuple[int, int]:
    """The range of a value without quotes that starts at `first`: a line, a PEM block or wrapped base64."""
    line = _BARE.match(text, first)[0]  # type: ignore[index]
    block = line.find(_PEM_BEGIN)
    if block >= 0:
        return first, _block_end(text, first + block)
    below = text.find("\n", first) + 1
    if below and line.strip(" \t\\") == "" and _opens_block(text, below):
        return below, _block_end(text, below)
    value = _REMARK.split(line, 1)[0].rstrip()
    end = first + len(value)
    if below and _END_OF_BASE64.fullmatch(value[-40:]):
        return first, _wrapped_end(text, below, end)
    return first, end


def _opens_block(text: str, at: int) -> bool:
    """Whether a PEM block is all that the line at `at` starts with."""
    line = _BARE.match(text, at)[0]  # type: ignore[index]
    return line.lstrip(" \t\"'").startswith(_PEM_BEGIN)


def _block_end(text: str, begin: int) -> int:
    """The end of the PEM block whose first line has `begin`; of one that is cut, the end of its last line."""
    next_block = text.find(_PEM_BEGIN, text.find(_PEM_BEGIN, begin) + 1)
    end = text.find(_PEM_END, begin, next_block if next_block >= 0 else len(text))
    if end >= 0:
        return _BARE.match(text, end).end()  # type: ignore[union-attr]
    below = text.find("\n", begin) + 1
    if not below:
        return len(text)
    field = _KEY_FIELD.match(text, below)
    while field:
        below = field.end()
        field = _KEY_FIELD.match(text, below)
    return _wrapped_end(text, below, below - 1)


def _wrapped_end(text: str, at: int, end: int) -> int:
    """The end of the lines of base64 at `at`; `end` if there are none."""
    line = _BASE64_LINE.match(text, at)
    while line and _continues_base64(line["data"], line["padding"]):
        end, at = line.end("data"), line.end()
        line = None if line["padding"] else _BASE64_LINE.match(text, at)
    return end


def _continues_base64(data: str, padding: str) -> bool:
    """Whether a line is base64 rather than a word or the name of an empty variable (`DEBUG=`)."""
    from palint.secrets.formats.format import is_random  # 1 ms, and few files have such a line

    body = data.rstrip("=")
    if "+" in body or "/" in body:  # in no name
        return True
    if len(body) >= _SHORTEST_LINE:
        return is_random(body)
    mixed = body != body.upper() and body != body.lower()
    return len(data) % 4 == 0 and (len(padding) > 1 or (len(padding) == 1 and mixed))


_SHORTEST_LINE = 20  # characters of a line of base64 that is judged by how random it looks


def has_secret_name(variable: Variable) -> bool:
    """Whether a secret is where the variable's name should be: a pasted token, a line of key material."""
    if _USUAL_NAME.fullmatch(variable.name):
        return False
    from palint.secrets import redact_line  # most names are usual ones
    from palint.secrets.classifier import looks_random

    return redact_line(variable.name, "") != variable.name or (
        len(variable.name) >= _SHORTEST_LINE and looks_random(variable.name)
    )


_USUAL_NAME = lazy_re.compile(r"[A-Z]{1,32}(?:_[A-Z0-9]{1,16}){0,12}")


def names(variables: Iterable[Variable]) -> tuple[str, ...]:
    """The different names, in order, without those that are secrets themselves: for reports and plans."""
    return tuple(dict.fromkeys(v.name for v in variables if not has_secret_name(v)))


def list_names(variables: Iterable[Variable], most: int = 5) -> str:
    """The first names in at most 60 characters, quoted as code, and the number of further ones."""
    every = list(variables)
    shown: list[str] = []
    for name in names(every):
        if _NAME.fullmatch(name) and len(shown) < most and sum(map(len, shown)) + len(name) <= 60:
            shown.append(name)
    more = len({v.name for v in every}) - len(shown)
    if not shown:
        return f"{more} variable{'s' if more > 1 else ''}"
    return ", ".join(f"`{name}`" for name in shown) + (f" and {more} more" if more else "")


_NAME = lazy_re.compile(r"[A-Z][A-Z0-9_]{1,60}")


def has_plain_values(text: str) -> bool:
    """Whether a text has lines with `NAME=value`, and apart from those only comments and empty lines."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    return bool(lines) and all(_PLAIN_LINE.fullmatch(line) for line in lines)


def encrypted(variables: list[Variable]) -> tuple[bool, list[Variable]]:
    """(whether the file is from dotenvx, dotenv-vault or SOPS, its variables that are not encrypted).

    dotenvx writes `DOTENV_PUBLIC_KEY…` and values `encrypted:…`; dotenv-vault writes `DOTENV_VAULT…`; SOPS
    writes `sops_…` and values `ENC[…]`. https://dotenvx.com/docs/advanced/encrypt,
    https://www.dotenv.org/docs/security/env-vault, https://getsops.io/docs/#encrypting-using-dotenv
    """
    if variables and all(v.name.startswith("DOTENV_VAULT") for v in variables):
        return True, []
    own = [v for v in variables if v.name.startswith(("DOTENV_PUBLIC_KEY", "sops_"))]
    others = [v for v in variables if v.value and v not in own]
    plain = [v for v in others if not v.value.startswith(("encrypted:", "ENC["))]
    return bool(own) and len(plain) < len(others), plain
