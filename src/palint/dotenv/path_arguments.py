"""A path that names a dotenv file, given to something that reads, writes, ships or loads it: in any language.

The path may be joined to a folder (`join(base, ".env")`, `Path(base) / ".env"`), be a template, or be held by
a variable of the file. What only asks for the file (`exists`), removes it or leaves it out is no use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint.dotenv.dotenv_use import DotenvUse, is_dotenv_path, naming, show
from palint.dotenv.files import is_example
from palint.files.languages import Language
from palint.languages import unparsed
from palint.text.source import Ranges, matches_in
from palint.util import lazy_re

_DOTENV = lazy_re.compile(r"\.env")
_QUOTED = lazy_re.compile(
    r"(?P<quote>[\"'`])(?P<path>[^\"'`\n]{0,120}\.env(?:[.-][\w.-]{1,30})?)(?P=quote)|(?<=[\s(])(?P<bare>\./\.env[\w.-]{0,30})"
)
_SETTING = lazy_re.compile(r"[a-z][\w-]*(?:\.[\w-]+){3,}\.env")  # a name: `app.client.users.test.env`
_BEFORE = 121  # code points of a path before `.env`, and its quote
_EXPRESSION = lazy_re.compile(
    r"\{\{[^{}\n]*\}\}|[#$]?\{[^{}\n]*\}|\\\([^()\n]*\)"
)  # in a string of any language
# The words of a call's name: `File.readlines`, `fs.writeFileSync`, `builtins.readFile`
_USES = lazy_re.compile(
    r"(?<![a-z])(?:read|load|open|fopen|get_contents|foreach|parse|slurp|write|create|append|copy|cp|mv|move|put|source|import|include|lookup|[io]?f?stream|upload"
    r"|send|stream|contentsOf|provision|lines|each_?Line|[fF]rom_?(?:[fF]ile|[aA]sset|[pP]ath|[bB]ucket)|set_?file|env_?file|linked)"
    r"|(?:Read|Load|Open|Write|Create|Append|Copy|Upload|From(?:File|Asset|Bucket)|Environment(?:From|Path)|File|Stream)(?![a-z]{3})"
    r"|renviron",
)
_VERBS = (
    ("copies", lazy_re.compile(r"(?:^|[_.:>])(?:cop(?:y|ies)|mov|renam|upload)", re.I)),
    ("creates", lazy_re.compile(r"writ|creat|append|put_contents|open,\s?[\"'][wax]", re.I)),
    ("loads", lazy_re.compile(r"load|source|env_?file", re.I)),
    ("reads", lazy_re.compile(r"read|open|pars|slurp|lines|input|get_contents|^file\b", re.I)),
)
_NO_USE = lazy_re.compile(
    r"exist|remov|delete|unlink|ignor|exclu|\bstat|access|(?:suf|pre)fix|ends?_?with|starts?_?with|equal|includes"
    r"|match|contain|index|test|assert|expect|print|log|echo|warn|err|raise|throw|is_?file|is_?dotenv|filter|glob"
    r"|describe|watch",
    re.I,
)
# What only makes a path of others
_JOINS = lazy_re.compile(
    r"(?:.*[.:>])?(?:join(?:path)?|combine|resolve|path|paths|base_path|basepath|dirname|abspath|expanduser|expand_path|of|get"
    r"|wildcard|string|str|root_?path|here|url|uri|file|normpath|realpath|require_?relative|pathlib|f|format)",
    re.I,
)
_CALL_NAME = lazy_re.compile(r"(?:\w{0,20}stream\s)?(?:[\w.:$>!-]|->){1,80}\s?\Z")  # C++: `std::ifstream f`
_METHOD = lazy_re.compile(r"[\s)\"']{0,4}[?!]?\.(?P<name>\w+)")
_WORD_CALL = lazy_re.compile(
    r"(?P<name>[\w.:$]{2,60})[ \t]+(?:[\"'`][^\"'`\n]{0,100}[\"'`],[ \t]*)?(?::\w+,[ \t]*|\w+:[ \t]*)?\Z"
)
_ASSIGNED = lazy_re.compile(
    r"(?:^|[\s(;,])[$@]?(?P<name>[A-Za-z_]\w{0,50})(?:\s{0,4}:\s{0,4}[\w.]{1,30})?\s{0,8}:?=[^=\n;]{0,120}\Z"
)
_OPTION = lazy_re.compile(
    r"(?<![\w-])(?P<key>(?:update|include)(?==)|dest(?:ination)?|source|src|filename|file_?name|env_?file_?\w{0,10}|environment_?files?|envfilename"
    r"|contents_?of_?file)"
    r"[\"']?(?:[ \t]+in[ \t]+\w+)?[ \t]{0,8}(?::=|[:=]|=>)[ \t]{0,8}\[?[ \t]{0,4}\Z",
    re.I,
)
# Of Ansible, where a plug-in's name is first: `lookup('ansible.builtin.env', 'HOME')`
_PLUGIN = lazy_re.compile(r"\b(?:lookup|query|q)\(\s{0,4}\Z")
_TO_EXAMPLE = lazy_re.compile(
    r"\s{0,8},\s{0,8}[\"'][^\"'\n]{0,80}(?:example|sample|template)"
)  # a copy of it
# Code, then the start of a comment on the same line
_COMMENT_AFTER = lazy_re.compile(r"(?:[^\"'`#/]|\"[^\"]*\"|'[^']*'|`[^`]*`|/(?!/)){0,400}[ \t](?:#|//)[ \t]")
_RESOURCE = lazy_re.compile(r"template|file|cookbook_file|remote_file")  # of Chef: `template "…/.env" do`
# Files that deployments share (Capistrano, Deployer), and commands as a list of arguments
_LISTED = lazy_re.compile(
    r"(?P<who>(?:shared|linked)_files)[\"']?\s{0,4},\s{0,4}[^\n]{0,120}?(?P<path>(?<![\w.-])\.env[\w.]{0,20})(?![\w/*])"
    r"|[\[(]\s{0,8}[\"'](?P<command>cp|mv|touch|scp)[\"']\s{0,4},[^\])\n]{0,120}?[\"'](?P<last>[^\"'\n]{0,60}\.env[\w.]{0,20})[\"']\s{0,4}[\])]"
)
# An argument that a program passes on; before a comma it may be an option of its own, unless a path follows
_ENV_FILE = lazy_re.compile(
    r"[\"'`]--env-file(?:-if-exists)?(?:=(?P<path>[^\"'`\n]{0,120}[^\"'`\n=])[\"'`]|=[\"'`]\s{0,4}\+"
    r"|[\"'`],\s{0,20}[\"'`](?P<next>[^\"'`\n]{0,100}\.env[\w.-]{0,20})[\"'`])"
)
REACH = 300  # code points before a path in which its calls begin, and around a keyword
_DEEPEST = 4  # calls around a path


def find_uses(text: str, language: Language, near: Ranges | None = None) -> Iterator[DotenvUse]:
    """The uses of a dotenv file by its path in a text. near: where an option may be; None for everywhere."""
    near = [(0, len(text))] if near is None else near
    if language.type == "commands":
        return  # `commands` reads these with the lexer of shells
    advice = language.syntax if language.type == "programming" else "setting"
    for match in matches_in(near, _ENV_FILE, text) if language.type == "programming" else ():
        path = match["path"] or match["next"] or ""
        if not (unparsed.in_comment(text, match.start()) or is_example(path) or path == "/dev/null"):
            loaded = show(path) if is_dotenv_path(path) else "a .env file"
            yield DotenvUse(*match.span(), f"`--env-file` loads {loaded}", advice)
    places = [match.span() for match in _DOTENV.finditer(text)]
    for match in _listed(text, places):
        path, who = match["path"] or match["last"], match["who"] or match["command"]
        yield from naming(path, match.span(), f"`{who}` uses", advice)
    for match in _paths(text, places):
        if match["quote"] == "`" and "`" not in language.multiline:
            continue  # prose: no string of this language
        path = match["path"] or match["bare"]
        if match["bare"] and language.type == "data":
            continue  # of a string: `"Read(./.env)"`
        cleaned = _EXPRESSION.sub("x", path)
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if not is_dotenv_path(cleaned) or _SETTING.fullmatch(path):
            continue
        if (
            unparsed.in_comment(text, match.start())
            or _COMMENT_AFTER.match(line)
            or _TO_EXAMPLE.match(text, match.end())
        ):
            continue
        if _PLUGIN.search(text, max(0, match.start() - 20), match.start()):
            continue
        user = _user(text, match.start(), match.end(), language)
        if not user and path.startswith("arn:aws:s3:") and "nvironmentFiles" in text:
            user = "environmentFiles"
        if user:
            how = user + text[match.end() : match.end() + 6]
            verb = next((verb for verb, names in _VERBS if names.search(how)), "uses")
            yield DotenvUse(*match.span(), f"`{user}` {verb} {show(path)}", advice)


def _listed(text: str, places: Ranges) -> Iterator[re.Match[str]]:
    """The matches of _LISTED, which are around a `.env`."""
    end = 0
    for start, stop in places:
        found = _LISTED.search(text, max(end, start - REACH), stop + REACH)
        if found is not None:
            end = found.end()
            yield found


def _paths(text: str, places: Ranges) -> Iterator[re.Match[str]]:
    """The matches of _QUOTED, which would be tried at each quote of a text."""
    end = 0
    for start, _ in places:
        opening = max(text.rfind(quote, max(end, start - _BEFORE), start) for quote in "\"'`")
        found = _QUOTED.match(text, opening) if opening >= 0 else None
        if found is None and start - 2 >= end:
            found = _QUOTED.match(text, start - 2)
        if found is not None:
            end = found.end()
            yield found


def _user(text: str, start: int, end: int, language: Language) -> str:
    """What uses the path in text[start:end]: a call, an option, or a call with the variable that holds it."""
    line = text[max(text.rfind("\n", 0, start) + 1, start - REACH) : start]
    option = _OPTION.search(line)
    if option and language.type != "programming":
        return option["key"]
    joined, outer = False, end
    for name, opening in _calls(text, start):
        if _NO_USE.search(name):
            return ""
        takes = name == "file" and language.syntax in (
            "terraform",
            "php",
        )  # it reads; elsewhere it makes a path
        if takes or (_USES.search(name.rpartition(".")[2]) and not _JOINS.fullmatch(name)):
            return name
        if not _JOINS.fullmatch(name) and name:
            return option["key"] if option else ""
        joined = joined or bool(name)
        outer = unparsed.closing(text, opening, opening + REACH) + 1
        method = _METHOD.match(text, outer)
        if method:
            return method["name"] if _is_use(method["name"]) or method["name"] in ("text", "json") else ""
    if option and (joined or not option[0].rstrip().endswith(" =")):
        return option["key"]
    word = _WORD_CALL.search(line)
    if word and word["name"] in ("include", "template", "define") and "{{" in line:
        return ""  # the name of a template of Helm
    if word and _RESOURCE.fullmatch(word["name"]) and text.startswith(" do", end):
        return word["name"]
    if word and _is_use(word["name"].rpartition(".")[2]):
        return word["name"]
    assigned = _ASSIGNED.search(line)
    return _of_variable(text, assigned["name"], end) if assigned else ""


def _is_use(name: str) -> bool:
    return _USES.search(name) is not None and _NO_USE.search(name) is None


def _calls(text: str, at: int) -> Iterator[tuple[str, int]]:
    """(name, offset of its bracket) of the calls around an offset, from the inside; "" for a bare bracket."""
    depth, found = 0, 0
    for index in range(at - 1, max(-1, at - REACH), -1):
        character = text[index]
        if character in ")]}":
            depth += 1
        elif character in "([{":
            if depth:
                depth -= 1
                continue
            if character == "{":
                return
            name = _CALL_NAME.search(text[max(0, index - 82) : index]) if character == "(" else None
            yield (name[0].strip().lstrip("!") if name else ""), index
            found += 1
            if found == _DEEPEST:
                return
        elif character == "\n" and depth == 0 and found == 0 and text[index - 1 : index] in (";", "}"):
            return


def _of_variable(text: str, name: str, start: int) -> str:
    """The call or method that uses a variable later in the text."""
    for match in re.finditer(rf"(?<![\w.]){re.escape(name)}(?!\w)", text[start:]):
        at, end = start + match.start(), start + match.end()
        method = _METHOD.match(text, end)
        if method:
            if _is_use(method["name"]):
                return method["name"]
            continue
        call = next(_calls(text, at), None)
        if call and call[0] and _is_use(call[0].rpartition(".")[2]):
            return call[0]
    return ""
