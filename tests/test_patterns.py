"""No regular expression of the program can stall: a static check of each, and how its time grows."""

from __future__ import annotations

import ast
import builtins
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import palint_rules
import pytest

import palint
from palint import secrets
from palint.migrate import script_code
from palint.prefilter import bounded, head_of
from palint.secrets.filters.filter import FilterSet
from palint.secrets.formats.table import FORMATS

from .pattern_growth import LENGTH, slow_growth, timer

ROOT = Path(__file__).parent.parent
METHODS = ("match", "fullmatch", "search", "finditer", "findall", "sub", "split")
# Patterns that see no more than so many characters, by their code; their time must be short, not its growth.
SHORT = {
    "palint.aws.stored_secrets._NAME_BEFORE": 80,  # searched in text[start - 80 : start]
    "palint.aws.key_names._ASSIGNED": 120,  # searched in _ASSIGNED_WITHIN characters
}


@cache
def patterns() -> dict[str, tuple[str, int]]:
    """{where: (pattern, flags)} of every pattern that a module holds, those joined at run time included."""
    found: dict[str, tuple[str, int]] = {}

    def add(where: str, pattern: object, flags: int) -> None:
        if isinstance(pattern, bytes):
            pattern = pattern.decode("latin-1")
        if isinstance(pattern, str):
            found[where] = (pattern, flags & ~re.UNICODE)

    for module in modules():
        if module.name.endswith(".plugins"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            values = (
                value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
            )
            for number, one in enumerate(values):
                where = f"{module.name}.{name}.{number}"
                if isinstance(one, FilterSet):
                    add(where, one.joined.pattern, 0)
                    add(f"{where}-lower", one.lower.pattern, 0)
                elif isinstance(one, re.Pattern):
                    add(where, one.pattern, one.flags)
                elif type(one).__name__ == "_Pattern":
                    add(where, one.pattern, getattr(one, "_flags", 0))
    for fmt in FORMATS:
        add(f"format {fmt.id}", fmt.pattern, 0)
    for number, keyword in enumerate(secrets.KEYWORDS):
        add(f"keyword {number}", bounded(head_of(keyword)), re.I)
    for number, form in enumerate((*script_code.FORMS, script_code.EXISTS)):
        add(f"script {number}", script_code.pattern_of(form, (".env",)), 0)
    known = {pattern for pattern, _ in found.values()}
    for site in call_sites():
        for number, (pattern, flags) in enumerate(site.patterns):
            if pattern not in known:
                known.add(pattern)
                found[f"call {site.method} {site.module}.{site.function}:{site.line}.{number}"] = (
                    pattern,
                    flags,
                )
    return found


def modules() -> list[pkgutil.ModuleInfo]:
    """Every module of the program and of its rules that may be imported."""
    found = [  # of both packages
        *pkgutil.walk_packages(palint.__path__, "palint."),
        *pkgutil.walk_packages(palint_rules.__path__, "palint_rules."),
    ]
    return [module for module in found if not module.name.endswith("__main__")]


# --- where the program makes a pattern


class CallSite(NamedTuple):
    """A call that makes a pattern, or searches for one. patterns: what it makes, as (pattern, flags)."""

    module: str
    function: str
    line: int
    method: str
    patterns: list[tuple[str, int]]


# Functions whose pattern is an argument: their callers are call sites, or a table is collected above.
FORWARDED = {
    "palint.prefilter.compiled": "keywords",
    "palint.declarations._problems": "keywords of rules, which are only compiled there",
    "palint.secrets.filters.filter.first": "filters' tables",
    "palint.secrets.filters.filter._join": "filters' tables",
    "palint.secrets.formats.table._compiled": "formats",
    "palint.fleet.owners._too_slow": "globs of CODEOWNERS, which are only compiled there",
    "palint.fleet.owners._gitlab_pattern": "globs of CODEOWNERS, after `costly`",
    "palint.fleet.owners._translate_compiles": "globs of CODEOWNERS, after `costly`",
    "palint.tree.gitignore._glob": "globs of a `.gitignore`: tests/hostile/test_growth.py",
    "palint.tree.gitignore.__init__": "globs of a `.gitignore`: tests/hostile/test_growth.py",
    "palint.init.gitleaks_config._patterns": "gitleaks' patterns: converted, never searched for",
    "palint.aws.secret_references.in_text": "words of its own table",
    "palint.engine.file_checker.__init__": "literals",
    "palint.files.roles._joined": "the table of roles",
    "palint.secrets.candidates._prefix": "the start of a keyword",
    "palint.advice.place._expression": "its own table of expressions",
    "palint.migrate.script_code.rewrite": "forms of scripts",
    "palint.pattern_rule._problem": "`[[pattern]]` of the settings, after `_unbounded`",
    "palint.pattern_rule.__init__": "`[[pattern]]` of the settings, after `_unbounded`",
}
APPLIED = {  # how patterns in tables are searched for, by the function that makes them or the module
    "palint.aws.boto3.static_keys._spec": "fullmatch",
    "palint.dotenv.packages.": "fullmatch",
    "palint.secrets.classifier.": "match",  # on bounded texts
    "palint.secrets.classifier.features.": "match",
}
OWN = "palint.util.lazy_re", "palint.util.compiled_patterns"
_RECORD = """
import importlib, json, re, sys
from palint.util import compiled_patterns, lazy_re
made = []
def recording(make):
    def record(source, flags=0, *rest):
        frame = sys._getframe(1)
        while frame.f_globals["__name__"] in OWN:
            frame = frame.f_back
        text = source.decode("latin-1") if isinstance(source, bytes) else source
        if isinstance(text, str):
            made.append((frame.f_globals["__name__"], frame.f_lineno, text, int(flags)))
        return make(source, flags, *rest)
    return record
re.compile, lazy_re.compile = recording(re.compile), recording(lazy_re.compile)
compiled_patterns.compile = recording(compiled_patterns.compile)
for name in sys.argv[1:]:
    importlib.import_module(name)
from palint.files import languages, roles
from palint.text import escapes
escapes.is_always_compared("a")
for language in languages.LANGUAGES:
    roles.find("a", language)
print(json.dumps(made))
"""


@cache
def made_on_import() -> dict[str, list[tuple[int, str, int]]]:
    """{module: [(line, pattern, flags)]} of what is compiled while the modules are imported."""
    script = _RECORD.replace("OWN", repr(OWN))
    names = [module.name for module in modules()]
    run = subprocess.run([sys.executable, "-c", script, *names], capture_output=True, text=True, check=True)
    found: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    for module, line, pattern, flags in json.loads(run.stdout.splitlines()[-1]):
        found[module].append((line, pattern, flags))
    return found


class Word(str):
    """What stands for a name that is known at run time only, in a pattern."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Word:
        return self


class Names(dict[str, object]):
    """The names of a module, and a word for each other one."""

    def __init__(self, names: dict[str, object], other: object) -> None:
        super().__init__(names)
        self.other = other

    def __missing__(self, name: str) -> object:
        return getattr(builtins, name, self.other)


@cache
def call_sites() -> list[CallSite]:
    """Each call of `re`, `lazy_re` or `compiled_patterns` in the program."""
    return [site for module in modules() for site in _call_sites(module.name)]


def _call_sites(name: str) -> list[CallSite]:
    module = importlib.import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    chained = {
        n.value: n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)
    }  # `re.compile(…).match`
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or name in OWN:
            continue
        if getattr(node.func.value, "id", "") not in ("re", "lazy_re", "compiled_patterns"):
            continue
        if node.func.attr not in (*METHODS, "compile"):
            continue
        last = node.end_lineno or node.lineno
        inside = [f.name for f in functions if f.lineno <= node.lineno and last <= (f.end_lineno or 0)]
        made = [(p, flags) for line, p, flags in made_on_import()[name] if node.lineno <= line <= last]
        if not made:
            made = _evaluated(node, vars(module))
        function = inside[-1] if inside else ""
        method = APPLIED.get(f"{name}.{function}", chained.get(node, node.func.attr))
        found.append(CallSite(name, function, node.lineno, method, made))
    return found


def _evaluated(call: ast.Call, names: dict[str, object]) -> list[tuple[str, int]]:
    """The pattern of a call, with words for what only a run shows; none if it is a variable."""
    node = call.args[0]
    known = isinstance(node, ast.Name) and node.id in names
    encoded = (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode"
    )
    if not (known or encoded or isinstance(node, (ast.Constant, ast.JoinedStr, ast.BinOp))):
        return []
    source = ast.unparse(node)
    other = b"name" if source.startswith("b'") else Word("name")
    pattern = eval(source, {}, Names(names, other))
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else str(pattern)
    flags = [
        word
        for part in (*call.args[1:], *call.keywords)
        for word in re.findall(r"re\.([A-Z]+)", ast.unparse(part))
    ]
    return [(text, sum({re.RegexFlag[flag] for flag in flags}, re.RegexFlag(0)))]


def test_every_call_that_makes_a_pattern_is_collected() -> None:
    """There are as many call sites as were found by reading the sources, and each has its patterns."""
    words = re.compile(
        r"(?<![\w.])(?:re|lazy_re|compiled_patterns)\.(?:compile|" + "|".join(METHODS) + r")\("
    )
    written = 0
    for folder in ("src/palint", "rules"):
        for path in (ROOT / folder).rglob("*.py"):
            if not path.match("util/lazy_re.py") and not path.match("util/compiled_patterns.py"):
                written += len(words.findall(path.read_text("utf-8")))
    assert written >= len(call_sites()) > 900
    without = {f"{site.module}.{site.function}" for site in call_sites() if not site.patterns}
    assert without <= set(FORWARDED), "say where these patterns come from"
    assert len(patterns()) > 900


def stalls(pattern: str, flags: int = 0) -> bool:
    """Whether regexploit finds a repeat within a repeat, or three in a row, over the same characters."""
    from regexploit.ast.sre import SreOpParser
    from regexploit.redos import find

    class Parser(SreOpParser):
        def from_FAILURE(self, _: object) -> None:  # noqa: N802 - `(?!)`, which Python 3.13 reads as one step
            return None

    plain = re.sub(r"(?<=[*+?}])\+", "", pattern)  # it does not know possessive repeats, which only help
    return any(found.starriness > 3 for found in find(Parser().parse_sre(plain, flags)))


def test_the_static_checker_finds_no_pattern_that_stalls() -> None:
    assert not [(where, pattern) for where, (pattern, flags) in patterns().items() if stalls(pattern, flags)]


def test_the_static_checker_finds_patterns_that_stalled_once() -> None:
    assert stalls(r"(?:\s*--\S+)*\s*\[(?=\s*\")")


@cache
def methods() -> dict[tuple[str, str], set[str]]:
    """{(module, name): how the program calls a pattern}; the module is "" for a name that others import."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    places = [(path, path.relative_to(ROOT / "src")) for path in (ROOT / "src").rglob("*.py")]
    places += [(path, Path("palint_rules", path.name)) for path in (ROOT / "rules").glob("*.py")]
    for path, imported in places:
        module = ".".join(imported.with_suffix("").parts).removesuffix(".__init__")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
                name = getattr(value, "id", getattr(value, "attr", ""))
                found[module if name.startswith("_") else "", name].add(node.attr)
    return found


def applied(where: str) -> Callable[[re.Pattern[str], str], object]:
    """How the program applies a pattern; if that is not known, it finds all that there is."""
    if where.startswith("call "):
        return {"match": re.Pattern.match, "fullmatch": re.Pattern.fullmatch}.get(where.split()[1], find_all)
    module, _, name = where.rpartition(".")[0].rpartition(".")
    used = methods().get((module if name.startswith("_") else "", name), set())
    if used == {"fullmatch"}:
        return re.Pattern.fullmatch
    at_one_place = where.startswith("format ") or ".features." in where or "FILTERS" in name
    at_one_place = at_one_place or name in ("SEVERAL", "SHAPES", "_BRACKETS")
    if at_one_place or (used and used <= {"match", "fullmatch"}):
        return re.Pattern.match
    return find_all


def find_all(pattern: re.Pattern[str], text: str) -> int:
    """How many matches there are."""
    return sum(1 for _ in pattern.finditer(text))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_the_time_of_every_pattern_grows_with_its_text(part: int) -> None:
    """The time grows at most like n log n, on texts from the pattern's alphabet with its repetitions."""
    slow = {}
    with timer():
        for where, (pattern, flags) in list(patterns().items())[part::4]:
            length = SHORT.get(where.rpartition(".")[0], LENGTH)
            if problem := slow_growth(pattern, flags, applied(where), length):
                slow[where] = problem
    assert not slow


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        # An alternative that a class repeats: exponential on Malayalam and Telugu.
        (r"(?:[^\W\d_]|[\u0900-\u0dff]|[ ,.!-])+\Z", re.Pattern.match),
        (r"([xX]{2,}[-_. ]?)+\Z", re.Pattern.match),
        (r"(?:\s*--\S+)*\s*\[(?=\s*\")", re.Pattern.match),
        # Squares: two repeats of one character at one place, and one repeat that begins at every place.
        (r"[ \t]*(?:export)?[ \t]*=", re.Pattern.match),
        (r"[+ ]*[a-z+]{4,}[+ ]*", re.Pattern.fullmatch),
        (r"[\w.]+\Z", find_all),
        (r">[^\n]*\.aws/", find_all),
    ],
)
def test_patterns_that_stall_are_found(pattern: str, run: Callable[[re.Pattern[str], str], object]) -> None:
    with timer():
        assert slow_growth(pattern, 0, run)


@pytest.mark.parametrize(
    ("pattern", "run"),
    [
        (r"(?=[xX])(?:[xX]{2,}[-_. ])*(?:[xX]{2,})?\Z", re.Pattern.match),
        (r"(?<![\w.])[\w.]+\Z", find_all),
        (r">[^\n]{0,200}\.aws/", find_all),
        (r"\w+", find_all),
    ],
)
def test_patterns_that_do_not_are_left_alone(
    pattern: str, run: Callable[[re.Pattern[str], str], object]
) -> None:
    with timer():
        assert not slow_growth(pattern, 0, run)
