"""One table of environments: which words in a file's path name the one that the file is for."""

from __future__ import annotations

from functools import lru_cache

from palint.util import lazy_re
from palint.util.typing import NamedTuple


class Environment(NamedTuple):
    """An environment. name: its usual name, in full. words: its other names, in lower case.

    like: the usual one whose secrets it has, where the settings have none of its own; "" for itself.
    """

    name: str
    words: tuple[str, ...] = ()
    like: str = ""


# Runners of tests, after which files and workflows are named: https://playwright.dev/, https://www.cypress.io/,
# https://www.selenium.dev/, https://wix.github.io/Detox/, https://rspec.info/, https://phpunit.de/, https://pytest.org/
_RUNNERS = ("playwright", "cypress", "selenium", "detox", "rspec", "phpunit", "pytest")
# RAILS_ENV, NODE_ENV, APP_ENV and the names that files get from them:
# https://guides.rubyonrails.org/configuring.html#rails-environment-settings,
# https://vite.dev/guide/env-and-mode, https://symfony.com/doc/current/configuration.html#configuration-environments,
# https://docs.spring.io/spring-boot/reference/features/profiles.html,
# https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/ (`compose.prod.yml`, `compose.ci.yml`)
ENVIRONMENTS = (
    Environment("production", ("prod", "prd", "live")),
    Environment("staging", ("stg", "stage")),
    Environment("development", ("dev", "develop", "local", "localhost", "devstack", "minikube")),
    Environment("test", ("tests", "testing", "e2e", *_RUNNERS), "development"),
    # https://docs.travis-ci.com/, https://www.appveyor.com/docs/appveyor-yml/
    Environment("ci", ("travis", "appveyor", "circleci"), "development"),
    # In use beside those, each with one name
    Environment("preprod", (), "staging"),
    Environment("uat", (), "staging"),
    Environment("qa", (), "staging"),
    Environment("preview", (), "staging"),
    Environment("sandbox", (), "development"),
)
_BY_WORD = {word: each.name for each in ENVIRONMENTS for word in (each.name, *each.words)}
_NUMBERED = lazy_re.compile(r"(?<![a-z])stage[._-]?\d+(?!\d)")  # of a pipeline: `stage-2-test.yml`
_PRODUCTION = lazy_re.compile(r"(?<![^/])[^/]*(?<!non)(?<!pre)(?<!not)[_-]prod(?:uction)?(?![^/])")
_SEPARATORS = lazy_re.compile(r"[._\s-]+")
_OTHER_THAN = lazy_re.compile(r"(?<![a-z])non[-_](?:dev|prod|test)[a-z]*")  # `.env-non-dev`
# Endings of templates of files: `local.env.jinja`
_TEMPLATE = lazy_re.compile(r"\.(?:jinja2?|j2|erb|hbs|mustache|tmpl|tpl)$")
# Files that only a developer's own machine uses: `.env`, `x.local.yml`, `compose.override.yml`, what sets up
# an editor or a workspace, fills a database, or is of a development server. Not a Compose file or a Makefile
# without such a word: servers use these, too.
# https://vite.dev/guide/env-and-mode#env-files, https://docs.docker.com/compose/how-tos/production/,
# https://containers.dev/, https://developer.hashicorp.com/vagrant, https://guides.rubyonrails.org/,
# https://laravel.com/docs/seeding, https://devenv.sh/
_LOCAL = lazy_re.compile(
    r"(?:^|/)\.(?:env|envrc|flaskenv)(?:\.local)?$"
    r"|(?:^|[/._-])dev(?:elop(?:ment)?)?(?:[/._-]|$)|(?:^|[/_-])seed(?:s|er|ers)?(?:[/.]|$)"
    r"|(?:^|/)(?:docker-)?compose\.(?:override|debug)\.ya?ml$|(?:^|/)\.(?:devcontainer|gitpod|vscode|idea)(?:[/.]|$)"
    r"|\.(?:devcontainer|codespaces|gitpod)$|(?:^|/)(?:vagrantfile|bin/setup|devenv\.nix)$"
)
# What a workflow is called that deploys nothing, and the .env files of workflows.
_CHECKS = lazy_re.compile(
    r"(?:^|/)\.github/(?:workflows/(?:[\w.-]{0,40}[._-])?(?:checks?|lint(?:ing)?|coverage|specs?"
    r"|prs?|pull[_-]request)[._-]|(?:[\w.-]{1,60}/){0,4}[\w-]{0,60}\.env(?:\.\w{1,40})?$)"
)


def nearest(name: str) -> str:
    """The usual environment that one is most like, whose secrets it has: `uat` is like staging."""
    return next((each.like or name for each in ENVIRONMENTS if each.name == name), name)


def full_name(word: str) -> str:
    """The usual name of the environment that a word in lower case names; "" for none."""
    return _BY_WORD.get(word, "")


@lru_cache(maxsize=64)  # advice asks twice about each file
def words(path: str) -> tuple[str, ...]:
    """The words in a path (any case) that may name its environment, the most specific first.

    Those of the file's name from its end (`docker-compose.ci.yml`), then the folders, innermost first
    (`environments/prod/main.tf`).
    """
    folders, _, name = _OTHER_THAN.sub("", path.lower()).replace("usr/local/", "").rpartition("/")
    name = _NUMBERED.sub("", name).removesuffix(".local")  # `.env.production.local`
    folders = _PRODUCTION.sub("production", folders)  # `shop-prod/`
    parents = (folder.lstrip(".") for folder in reversed(folders.split("/")))  # `.circleci`
    return (*reversed(_SEPARATORS.split(name)), *parents)


def is_local(path: str) -> bool:
    """Whether the name of a file (any case) says that it is for a developer's own machine."""
    return _LOCAL.search(_TEMPLATE.sub("", _OTHER_THAN.sub("", path.lower()))) is not None


def named(path: str) -> str:
    """The usual name of the environment that a word of a path (any case) names; "" for none."""
    return next((name for word in words(path) if (name := full_name(word))), "")


@lru_cache(maxsize=1024)
def find(path: str) -> str:
    """The usual name of the environment that a file (any case) is for; "" if its path names none."""
    if name := named(path):
        return name
    if _CHECKS.search(path.lower()):
        return "ci"
    return "development" if is_local(path) else ""


def of_name(name: str) -> str:
    """The usual name of the environment that a word of a variable's name says: `DATABASE_TEST_PASSWORD`.

    A runner of tests is a service with an account of its own: `CYPRESS_RECORD_KEY`.
    """
    named = (full for word in words(name) if word not in _RUNNERS and (full := full_name(word)))
    return next(named, "")
