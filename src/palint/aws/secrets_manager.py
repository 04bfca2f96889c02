"""AWS Secrets Manager: the environment, and so the name, of the secret that a file holds or reads."""

from __future__ import annotations

from functools import cache, lru_cache

from palint.files import environments as file_environments
from palint.files import roles
from palint.files.environments import full_name


@lru_cache(maxsize=4096)  # in a history, a thousand versions may have one path
def environment(environments: tuple[str, ...], path: str) -> str:
    """The environment whose secrets a file holds or reads, one of `environments`.

    From the file's name (`.env.staging`, `application-prod.yml`), else from its folders, innermost first
    (`environments/prod/main.tf`). Otherwise development for local files and those of tests and CI
    (`.env.test`, `compose.ci.yml`), production for others.
    """
    for word in file_environments.words(path):
        found = environment_of(word, environments)
        if found:
            return found
    tested = roles.serves_tests(path) or file_environments.find(path) in ("test", "ci")
    usual = "development" if tested or file_environments.is_local(path) else "production"
    found = environment_of(usual, environments)
    if found or not environments:
        return found or usual
    other = (each for each in environments if not _is_production(each))
    return next(other, environments[0]) if tested else environments[0]


def _is_production(name: str) -> bool:
    return full_name(name.lower()) == "production"


def environment_of(word: str, environments: tuple[str, ...]) -> str:
    """The configured environment that a word names, in full or abbreviated; "" for none."""
    return _by_usual_name(environments).get(full_name(word) or word, "")


@cache
def _by_usual_name(environments: tuple[str, ...]) -> dict[str, str]:
    """{usual name: the first configured environment that has it}."""
    named = {full_name(each.lower()) or each.lower(): each for each in reversed(environments)}
    return {name: each for name, each in named.items() if name}
