"""Find the installed rules. Ours and all others come through the same entry-point group, `palint.rules`.

An entry point names a `Rule` class, or a module whose `RULES` lists them as `module:Class` strings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module

from palint import deferred_rules
from palint.findings import PalintError
from palint.rule import OWN, Rule
from palint.util import user_cache
from palint.util.typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

GROUP = "palint.rules"


class RegistryError(PalintError):
    """Rules that cannot be loaded or that conflict; the message is for the user."""


def load(*, deferred: bool = False) -> dict[str, type[Rule]]:
    """{id: rule} of every installed rule, sorted by id.

    deferred: import the modules of palint's own rules when they run, for a run on a few files.
    Raises RegistryError when an entry point cannot be loaded, a rule of another package is declared wrongly,
    or two rules share an id.
    """
    rules: dict[str, type[Rule]] = {}
    for target in _entry_points():
        for rule in _deferred(target) if deferred and target == OWN else rules_of(target):
            if target != OWN:  # those have tests
                from palint import declarations

                if problem := declarations.problem(rule):
                    raise RegistryError(problem)
            other = rules.setdefault(rule.id(), rule)
            if other is not rule:
                raise RegistryError(
                    f"two rules are called {rule.id()!r}: {other.__module__}.{other.__name__} and "
                    f"{rule.__module__}.{rule.__name__}; rename one module or uninstall one package"
                )
    return dict(sorted(rules.items()))


def _deferred(target: str) -> Iterable[type[Rule]]:
    return deferred_rules.load(lambda: {rule.id(): rule for rule in rules_of(target)}).values()


def rules_of(target: str) -> Iterable[type[Rule]]:
    """The rule classes of an entry point's value, `module:Class` or `module`. Raises RegistryError."""
    try:
        module = _import(target)
        if isinstance(module, type) and issubclass(module, Rule):
            return [module]
        rules = [_import(each) for each in module.RULES]
    except (Exception, SystemExit) as error:
        from palint.declarations import where_it_failed

        where = where_it_failed(error, _package(target))
        raise RegistryError(
            f"{where}the entry point {target!r} of {GROUP} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    for each in rules:
        if not (isinstance(each, type) and issubclass(each, Rule)):
            raise RegistryError(f"{target!r} of {GROUP} lists {each!r}, which is not a palint.rule.Rule")
    return rules


def where_another_failed(error: BaseException) -> str:
    """`FILE:LINE: ` of the last line of another package's rules that led to an error; "" if there is none."""
    from palint.declarations import where_it_failed

    others = {_package(target) for target in _entry_points() if target != OWN}
    return "".join(where_it_failed(error, package) for package in others)


def _package(target: str) -> str:
    return target.partition(":")[0].partition(".")[0]


def _import(target: str) -> Any:
    module, _, name = target.partition(":")
    imported = import_module(module.strip())
    return getattr(imported, name.strip()) if name else imported


def _entry_points() -> list[str]:
    """The group's values in a fixed order. The look-up is slow, so it is cached per environment."""
    key = environment_key()
    kept = user_cache.load("entry-points", key, user_cache.checked_tree or "")
    if kept is not None:
        return kept.decode().split("\n")
    from importlib.metadata import entry_points

    # palint's own rules count even where a user may not read what is installed.
    values = sorted({OWN, *(point.value for point in entry_points(group=GROUP))})
    user_cache.save("entry-points", key, "\n".join(values).encode(), user_cache.checked_tree or "")
    return values


def code_folders(rules: Iterable[type[Rule]]) -> list[Path]:
    """The folders with the code of palint and of these rules, sorted."""
    from pathlib import Path

    files = (str(sys.modules[rule.__module__].__file__) for rule in rules)
    return sorted({Path(__file__).parent, *(Path(file).parent for file in files)})


def environment_key() -> bytes:
    """The search path and when each folder changed: differs after a package is installed or removed."""
    parts = [sys.version, sys.prefix]
    for folder in sys.path:
        try:
            parts.append(f"{folder}\0{os.stat(folder or '.').st_mtime_ns}")
        except OSError:
            continue
    return "\n".join(parts).encode("utf-8", "surrogateescape")


def select_rules(word: str, rules: Mapping[str, type[Rule]]) -> list[str]:
    """The rules that a word names: one by its id, or those of a clause (`C4`) that are no preview.

    Raises RegistryError.
    """
    if word in rules:
        return [word]
    of_clause = [
        name for name, rule in rules.items() if rule.clause.label == word.upper() and not rule.preview
    ]
    if not of_clause:
        raise RegistryError(unknown_rule(word, rules))
    return of_clause


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name most similar to `word`, if any is similar enough."""
    from difflib import get_close_matches

    matches = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None


def unknown_rule(word: str, known: Mapping[str, object] | Iterable[str]) -> str:
    """The message for an unknown rule id, with the most similar known one."""
    near = nearest(word, known)
    hint = f" did you mean {near!r}?" if near else ""
    return f"no rule is called {word!r};{hint} `palint rules` lists those that are installed with palint"
