"""AWS Secrets Manager: the environment, and so the name, of the secret that a file holds or reads."""

from __future__ import annotations

from functools import cache, lru_cache

from palint.files import environments as file_environments
from palint.files import roles
from palint.files.environments import full_name
from palint.util import lazy_re

# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, without its slash
_SERVICE = lazy_re.compile(r"[A-Za-z0-9_+=.@-]{1,256}")

UNKNOWN = "<environment>"  # of a secret whose place does not say which


def is_service(name: str) -> bool:
    """Whether a name can be the first part of `{service}/{environment}`."""
    return _SERVICE.fullmatch(name) is not None


@lru_cache(maxsize=4096)  # in a history, a thousand versions may have one path
def environment(environments: tuple[str, ...], path: str) -> str:
    """The environment whose secrets a file holds or reads, one of `environments`.

    From the file's name (`.env.staging`, `application-prod.yml`), else from its folders, innermost first
    (`environments/prod/main.tf`). Otherwise one like what the path names: development for local files and
    those of tests and CI (`.env.test`, `compose.ci.yml`), staging for `uat`; production for others.
    """
    for word in file_environments.words(path):
        found = environment_of(word, environments)
        if found:
            return found
    usual = "development" if roles.serves_tests(path) else "production"
    return configured(environments, file_environments.find(path) or usual)


def configured(environments: tuple[str, ...], name: str) -> str:
    """The environment whose secrets one with this usual name has, one of `environments`.

    Another than production where the settings list none that is like it.
    """
    nearest = file_environments.nearest(name)
    found = environment_of(name, environments) or environment_of(nearest, environments)
    if found or not environments:
        return found or nearest
    other = (each for each in environments if full_name(each.lower()) != "production")
    return environments[0] if nearest == "production" else next(other, environments[0])


def environment_of(word: str, environments: tuple[str, ...]) -> str:
    """The configured environment that a word names, in full or abbreviated; "" for none."""
    return word if word in environments else _by_usual_name(environments).get(full_name(word) or word, "")


@cache
def _by_usual_name(environments: tuple[str, ...]) -> dict[str, str]:
    """{usual name: the first configured environment that has it}."""
    named = {full_name(each.lower()) or each.lower(): each for each in reversed(environments)}
    return {name: each for name, each in named.items() if name}
