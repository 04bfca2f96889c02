"""The part of a plan for Go, PHP, Ruby, C# and Spring: what read a dotenv file reads the secret."""

from __future__ import annotations

import re
from collections.abc import Sequence

from palint.files import languages, roles
from palint.files.sets import in_language
from palint.migrate import environment_code, loaders, variables
from palint.migrate.environment_code import Loader, Rewrite
from palint.migrate.migration_plan import CONFIGURATION, DOTENV_USES, LOADER, READERS, Task
from palint.migrate.repository import Repository, grouped, nearest
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple


class Language(NamedTuple):
    """How programs in a language get the loader.

    id: of the row of `palint.files.languages`. manifest: pattern of the file in a program's folder. loader:
    its path below that folder, by what is in there, the first that applies. template: its text.
    starts: files that run before all others, so that only they import it. reads: code that reads variables
    whose names are not in it. install, remove: commands, the latter for a package in `manifest`.
    """

    id: str
    manifest: re.Pattern[str]
    loader: str
    template: str
    rewrite: Rewrite
    install: str
    remove: str
    starts: tuple[str, ...] = ()
    reads: re.Pattern[str] | None = None


LANGUAGES = (
    Language(
        "go", lazy_re.compile(r"(?:^|/)go\.mod$"), "internal/awssecrets/awssecrets.go", "aws-secrets.go.txt",
        environment_code.go,
        "go get github.com/aws/aws-sdk-go-v2/config github.com/aws/aws-sdk-go-v2/service/secretsmanager",
        "go mod tidy",
        reads=lazy_re.compile(r"\"github\.com/(?:kelseyhightower/envconfig|sethvargo/go-envconfig)\""),
    ),
    Language(
        "php", lazy_re.compile(r"(?:^|/)composer\.json$"), "aws-secrets.php", "aws-secrets.php.txt",
        environment_code.php, "composer require aws/aws-sdk-php", "composer remove {package}",
        # https://laravel.com/docs/lifecycle: of requests and commands alike
        starts=("bootstrap/app.php",),
    ),
    Language(
        "ruby", lazy_re.compile(r"(?:^|/)Gemfile$"), "config/aws_secrets.rb", "aws-secrets.rb.txt",
        environment_code.ruby, "bundle add aws-sdk-secretsmanager", "bundle remove {package}",
        # https://guides.rubyonrails.org/initialization.html: required first by `config/application.rb`
        starts=("config/boot.rb",),
    ),
    Language(
        "csharp", lazy_re.compile(r"\.csproj$"), "AwsSecrets.cs", "aws-secrets.cs.txt",
        environment_code.csharp, "dotnet add package AWSSDK.SecretsManager",
        "dotnet remove package {package}", starts=("Program.cs",),
    ),
)  # fmt: skip
_MODULE = lazy_re.compile(r"(?m)^module[ \t]+(\S+)")
_PACKAGE = lazy_re.compile(r"`([^`]+)` in \S+ loads \.env files")


def add(repository: Repository) -> None:
    """Plan the loader of each program that loads a dotenv file or reads its variables, and its imports."""
    if not repository.sources.dotenv:
        return
    for language in LANGUAGES:
        manifests = frozenset(path for path in repository.paths if language.manifest.search(path))
        names = {path.rpartition("/")[2] for path in manifests}
        files = repository.open_all(in_language(language.id).matches)
        by_manifest = grouped((nearest(file.path, sorted(names), manifests), file) for file in files)
        for manifest, group in by_manifest.items():
            if manifest:
                _add_program(repository, language, manifest, group)
    _add_spring(repository)


def _add_program(
    repository: Repository, language: Language, manifest: str, files: Sequence[SourceFile]
) -> None:
    folder = manifest[: manifest.rfind("/") + 1]
    names = repository.dotenv_names
    loading = repository.found("env-file-loaded")
    readers = [
        file for file in files
        if not roles.is_test(file.path)
        and (variables.read_in(file, names) or (language.reads and language.reads.search(file.text)))
    ]  # fmt: skip
    own = any(path.rpartition("/")[0] == folder.rstrip("/") for path in repository.sources.dotenv)
    starts = [file for file in files if file.path.removeprefix(folder) in language.starts]
    loads = [file for file in files if file.path in loading]
    if not (loads or readers or (starts and own)):
        return
    text = repository.draft.text(manifest)
    module = _MODULE.search(text)
    loader = Loader(folder + language.loader, f"{module[1]}/internal/awssecrets" if module else "")
    if language.id == "ruby" and not starts:
        loader = Loader(f"{folder}aws_secrets.rb")
    used = False
    for file in dict.fromkeys([*(starts or readers), *loads]):
        try:
            made = language.rewrite(file, loader)
        except ParseError as error:
            repository.by_hand(file.path, error.message)
            continue
        if made.loads or (made.what and (file in starts or not starts)):
            order = DOTENV_USES if file in loads else READERS
            repository.write(file.path, made.text, made.what, order)
            used |= file.path in repository.draft
    if used and not repository.has_loader(loader.path):
        made_text = loaders.environment(repository.loader_names, language.template)
        repository.write(
            loader.path, made_text, ["reads the secret that SECRET_ID names, into the environment"], LOADER
        )
        _install(repository, language, manifest)


def _install(repository: Repository, language: Language, manifest: str) -> None:
    commands = [f"`{language.install}`"]
    for finding in repository.findings:
        package = _PACKAGE.search(finding.message) if finding.span.path == manifest else None
        if finding.rule == "env-file-loaded" and package:
            commands.append(f"`{language.remove.format(package=package[1])}`")
    folder = manifest.rpartition("/")[0]
    where = f" in `{folder}/`" if folder else ""
    repository.tasks.append(
        Task("install", f"run {' and '.join(dict.fromkeys(commands))}{where}: the loader needs the AWS SDK")
    )


# --- Spring

# https://docs.awspring.io/spring-cloud-aws/docs/3.0.0/reference/html/index.html#loading-external-configuration
_STARTER = "io.awspring.cloud:spring-cloud-aws-starter-secrets-manager"
_IMPORT = lazy_re.compile(r"(?:optional:)?file:[^\s,\"'\[\]]{0,80}\.env(?:\[\.\w+\])?(?![\w.])")


def _add_spring(repository: Repository) -> None:
    """Replace the dotenv file in `spring.config.import` by the secret."""
    loading = repository.found("env-file-loaded")
    for file in repository.open_all(
        lambda path: languages.find(path).id in ("properties", "yaml") and path in loading
    ):
        text = _IMPORT.sub("aws-secretsmanager:${SECRET_ID}", file.text)
        if "spring" in file.text and text != file.text:
            repository.write(
                file.path, text, ["imports the secret that SECRET_ID names instead of a .env file"],
                CONFIGURATION,
            )  # fmt: skip
            repository.tasks.append(
                Task(
                    "install",
                    f"`{file.path}`: add `{_STARTER}` to the dependencies, in the version for your Spring "
                    "Boot; where no secret is read, as in tests, leave this import out of the profile",
                )
            )
