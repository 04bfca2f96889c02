"""palint's own rules by their declarations; a rule's module is imported only when the rule must run.

A commit of three files needs one or two rules, and importing all takes 20 of 72 ms. The declarations that the
engine reads before a rule runs (keywords, file names, flags) are cached in the user's cache directory until a
module changes that they depend on. A rule of another package is always imported.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module

from palint.files import FileFilter
from palint.findings import Severity, Violation
from palint.prefilter import Keyword, LateConfirm
from palint.rule import OWN, Clause, Option, Reads, Rule
from palint.util import user_cache
from palint.util.typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from palint.config import Config
    from palint.text.source import SourceFile
    from palint.tree.project import Project

_FLAGS = ("checks_history", "preview", "since", "supersedes")
_TYPES = {str(kind): kind for kind in (bool, int, str, list[str])}  # of options, as `marshal` keeps them
_Facts = tuple[Any, ...]  # plain data that `marshal` writes; see `_facts`


class _FromReal:
    """A declaration that is not cached, since only reports need it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type[DeferredRule]) -> object:
        return getattr(owner.real(), self._name)


class DeferredRule(Rule):
    """A placeholder for a rule that is not imported yet."""

    target: ClassVar[str]  # name of its class

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._made: Rule | None = None

    @classmethod
    def real(cls) -> type[Rule]:
        """The rule's own class."""
        return getattr(import_module(cls.__module__), cls.target)  # type: ignore[no-any-return]

    def _rule(self) -> Rule:
        if self._made is None:
            self._made = self.real()(self.config)
        return self._made

    @classmethod
    def summary(cls) -> str:
        return cls.real().summary()


def _check(self: DeferredRule, file: SourceFile, project: Project) -> Iterable[Violation]:
    return self._rule().check(file, project)


def _check_project(self: DeferredRule, results: object) -> Iterable[Violation]:
    return self._rule().check_project(results)


def load(import_all: Callable[[], Mapping[str, type[Rule]]]) -> dict[str, type[Rule]]:
    """{id: rule} of palint's own rules, from the cache if it is up to date.

    import_all: returns the rules themselves.
    """
    key = _key()
    kept = user_cache.load("rules", key, user_cache.checked_tree or "")
    if kept is not None:
        stamps, facts = marshal.loads(kept)
        own = all(module.startswith(f"{OWN}.") for _, module, *_ in facts)  # nothing else is ever imported
        if own and all(_stamp(path) == stamp for path, stamp in stamps):
            return {each[0]: _declared(*each) for each in facts}
    rules = dict(import_all())
    if user_cache.checked_tree is not None:
        facts = [_facts(rule) for rule in rules.values()]  # imports the modules of vendors' formats
        value = marshal.dumps(([(path, _stamp(path)) for path in _sources()], facts))
        user_cache.save("rules", key, value, user_cache.checked_tree)
    return rules


def _key() -> bytes:
    """The cache key: where palint is installed, and the interpreter."""
    return f"{sys.version}\0{os.path.dirname(__file__)}".encode("utf-8", "surrogateescape")


def _sources() -> list[str]:
    """The files of palint's modules that are now imported: everything the declarations depend on."""
    own = [m for n, m in sys.modules.items() if n.partition(".")[0] in ("palint", OWN)]
    return sorted({path for m in own if (path := getattr(m, "__file__", None))})


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        stat = os.stat(path)
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size


def _facts(rule: type[Rule]) -> _Facts:
    """A rule's declarations as plain data, in the order of `_declared`'s parameters."""
    return (
        rule.id(),
        rule.__module__,
        rule.__name__,
        rule.check is not Rule.check,
        rule.check_project is not Rule.check_project,
        rule.clause.name,
        rule.severity.name,
        rule.reads.name,
        [keyword if isinstance(keyword, str) else _keyword_facts(keyword) for keyword in rule.keywords],
        _filter_facts(rule.files),
        None if rule.companion_files is None else _filter_facts(rule.companion_files),
        {name: (str(o.type), o.default, o.help) for name, o in rule.options.items()},
        [getattr(rule, flag) for flag in _FLAGS],
    )


def _keyword_facts(keyword: Keyword) -> tuple[str, tuple[str, str] | None]:
    confirm = keyword.confirm
    return keyword.pattern, confirm and (confirm.__module__, confirm.__name__)


def _filter_facts(files: FileFilter) -> _Facts:
    return tuple(files._replace(predicate=None)), files.predicate is not None


def _declared(
    name: str,
    module: str,
    target: str,
    checks: bool,
    checks_project: bool,
    clause: str,
    severity: str,
    reads: str,
    keywords: Sequence[str | tuple[str, tuple[str, str] | None]],
    files: _Facts,
    companions: _Facts | None,
    options: Mapping[str, tuple[str, object, str]],
    flags: Sequence[object],
) -> type[Rule]:
    rule: type[DeferredRule] = type(
        target,
        (DeferredRule,),
        {
            "__module__": module,
            "__doc__": _FromReal("__doc__"),
            "target": target,
            "clause": Clause[clause],
            "severity": Severity[severity],
            "reads": Reads[reads],
            "options": {
                o: Option(_TYPES[kind], default, text) for o, (kind, default, text) in options.items()
            },
            "bad": _FromReal("bad"),
            "good": _FromReal("good"),
            **({"check": _check} if checks else {}),
            **({"check_project": _check_project} if checks_project else {}),
            **dict(zip(_FLAGS, flags, strict=True)),
        },
    )
    rule.keywords = [keyword if isinstance(keyword, str) else _keyword(*keyword) for keyword in keywords]
    rule.files = _file_filter(files, lambda: rule.real().files)
    if companions is not None:
        rule.companion_files = _file_filter(companions, lambda: rule.real().companion_files)
    return rule


def _keyword(pattern: str, confirm: tuple[str, str] | None) -> Keyword:
    return Keyword(pattern, LateConfirm(confirm) if confirm else None)


def _file_filter(facts: _Facts, real: Callable[[], FileFilter | None]) -> FileFilter:
    kept, has_predicate = facts
    files = FileFilter(*kept)
    if not has_predicate:
        return files
    literals = files.path_literals

    def predicate(path: str) -> bool:
        if literals and not any(literal in path for literal in literals):
            return False
        declared = real()
        assert declared is not None and declared.predicate is not None
        return declared.predicate(path)

    return files._replace(predicate=predicate)
