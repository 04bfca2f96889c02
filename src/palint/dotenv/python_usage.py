"""Find Python code that loads a dotenv file.

python-dotenv, pydantic-settings, django-environ, environs, decouple, starlette."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from palint.dotenv.dotenv_use import DotenvUse, show
from palint.dotenv.files import is_dotenv
from palint.files import languages, roles
from palint.languages.python import Module
from palint.languages.python_scopes import literal
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

_LOADERS = lazy_re.compile(
    r"(?:dotenv\.(?:main\.)?|flask\.cli\.)?(?:load_dotenv|dotenv_values)|dotenv\.(?:get|set)_key|.*\bread_env"
    r"|(?:decouple\.)?RepositoryEnv"
)
_SETTINGS = lazy_re.compile(r".*ConfigDict")
_STARLETTE = lazy_re.compile(r"starlette\.config\.Config")

_BLANK = r"(?:[\s\\]|#[^\n]*\n)*"
_ENV_FILE = lazy_re.compile(
    rf"env_file(?:(?<=[\"']env_file)[\"']|(?:(?<=[^\w.]env_file)|(?<=[^\w.]_env_file)){_BLANK}=(?!=))"
)
_OPEN = lazy_re.compile(  # a literal, also adjacent ones; or the function under another name
    rf"open(?<![\w.]open)(?:\s*\({_BLANK}[(rRuU]*"
    r"(?:\"(?:[^\"\n]|\"\s*[rRuU]?[\"']){0,400}?|'(?:[^'\n]|'\s*[rRuU]?[\"']){0,400}?)\.(?i:flask)?(?i:env)"
    r"|[ \t]*(?:[;#\r\n]|\Z))"
)


_UNPARSED = lazy_re.compile(
    r"(?m)^(?P<before>[^#\n]*?)\b(?P<name>load_dotenv|dotenv_values|read_env|RepositoryEnv)[ \t]*\("
)
_MAGIC = lazy_re.compile(r"(?m)^[ \t]*%dotenv\b[^\n]*")  # IPython's magic command, provided by python-dotenv


def in_file(file: SourceFile) -> Iterator[DotenvUse]:
    """The uses in a module or notebook; a file that does not parse is searched as text."""
    from palint.languages import notebook, python

    tests = roles.is_test(file.path)
    in_notebook = languages.find(file.path).id == "notebook"
    if in_notebook:
        yield from _dotenv_magic(file)
    elif not precheck(file.text, in_tests=tests):
        return
    try:
        module = file.parsed_with(notebook.module if in_notebook else python.module)
    except ParseError as error:
        file.note_fallback(error)
        for match in _UNPARSED.finditer(file.text):
            message = f"`{match['name']}` loads a .env file"
            yield DotenvUse(match.end("before"), match.end() - 1, message, "python")
        return
    if any(precheck(source, in_tests=tests) for source in module.left_out):
        file.add_notice("unparsed", "a cell that is not valid Python may load a .env file")
    for node, message in find_uses(module, in_tests=tests, in_classes="env_file" in file.text):
        yield DotenvUse(*module.offsets(node), message + module.where(node), "python")


def _dotenv_magic(file: SourceFile) -> Iterator[DotenvUse]:
    from palint.languages import notebook

    try:
        cells = file.parsed_with(notebook.parse)
    except ParseError:
        return  # reported where the module is read
    for match in _MAGIC.finditer(cells.text):
        message = f"`%dotenv` loads a .env file ({cells.where(match.start())})"
        yield DotenvUse(*cells.place(*match.span()), message, "python")


def precheck(text: str, *, in_tests: bool = False) -> bool:
    """Whether a Python text may contain a use: a cheap check that saves parsing other files."""
    if any(name in text for name in ("load_dotenv", "dotenv_values", "read_env", "RepositoryEnv")):
        return True
    if "dotenv" in text and ("get_key" in text or "set_key" in text):
        return True
    if ("starlette" in text and "Config" in text) or _ENV_FILE.search(text):
        return True
    return not in_tests and _OPEN.search(text) is not None


def find_uses(
    module: Module, *, in_tests: bool = False, in_classes: bool = True
) -> Iterator[tuple[ast.AST, str]]:
    """(node, message) of each use, calls first. A test may open a file that it wrote itself.

    in_classes: whether to search classes, too, which needs a walk over the whole tree.
    """
    for call, scope in module.calls:
        name = module.dotted(call.func, scope)
        keywords = {keyword.arg: keyword for keyword in call.keywords if _given(keyword.value)}
        if _LOADERS.fullmatch(name):
            yield call, f"`{name.rpartition('.')[2]}` loads a .env file"
        elif name == "open" and not in_tests and call.args and _is_dotenv(call.args[0]):
            yield call, f"`open` reads {show(literal(call.args[0]) or '')}"
        elif _STARLETTE.fullmatch(name) and (call.args or "env_file" in keywords):
            yield call, "starlette's `Config` loads a .env file"
        elif "env_file" in keywords and (_SETTINGS.fullmatch(name) or _is_dotenv(keywords["env_file"].value)):
            yield keywords["env_file"], f"`env_file` loads {_shown(keywords['env_file'].value)}"
        if "_env_file" in keywords:
            yield keywords["_env_file"], f"`_env_file` loads {_shown(keywords['_env_file'].value)}"
        flag = keywords.get("load_dotenv")
        if flag is not None and isinstance(flag.value, ast.Constant) and flag.value.value is True:
            yield flag, "`load_dotenv=True` loads a .env file"
    if in_classes:
        yield from _configurations(module)


def _configurations(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """pydantic's `class Config: env_file = …` and `model_config = {"env_file": …}`."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and node.name == "Config":
            for statement in node.body:
                if (
                    isinstance(statement, ast.Assign)
                    and _target(statement) == "env_file"
                    and _given(statement.value)
                ):
                    yield statement, f"`env_file` loads {_shown(statement.value)}"
        elif (
            isinstance(node, ast.Assign)
            and _target(node) == "model_config"
            and isinstance(node.value, ast.Dict)
        ):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if key is not None and literal(key) == "env_file" and _given(value):
                    yield key, f"`env_file` loads {_shown(value)}"


def _target(node: ast.Assign) -> str:
    target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _is_dotenv(value: ast.expr) -> bool:
    return is_dotenv(literal(value) or "")


def _shown(value: ast.expr) -> str:
    return show(literal(value) or "")


def _given(value: ast.expr) -> bool:
    """Whether a value is given: not None, an empty string or an empty tuple."""
    if isinstance(value, ast.Constant):
        return value.value not in (None, "")
    return not (isinstance(value, (ast.Tuple, ast.List)) and not value.elts)
