"""The part of a plan for Go, PHP, Ruby, C# and Spring: what read a dotenv file reads the secret.

And for Rails, which has encrypted files of its own: what a person must do with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import partial

from palint.aws.key_names import key_component
from palint.files import HEAD, environments, languages, roles
from palint.files.sets import in_language
from palint.migrate import environment_code, loaders, variables
from palint.migrate.environment_code import Loader, Rewrite
from palint.migrate.migration_plan import CONFIGURATION, DOTENV_USES, READERS, Rewritten, Task
from palint.migrate.readers import IGNORES
from palint.migrate.repository import Repository, grouped, nearest, tracked
from palint.migrate.sources import MADE_WHEN_RUN, Naming
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple


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
_RUBY = [language for language in LANGUAGES if language.id == "ruby"]
_MODULE = lazy_re.compile(r"(?m)^module[ \t]+(\S+)")
_PACKAGE = lazy_re.compile(r"`([^`]+)` in \S+ loads \.env files")


def add(repository: Repository, naming: Naming) -> None:
    """Plan the loader of each program that loads a dotenv file or reads its variables, and its imports."""
    for language in LANGUAGES if repository.sources.dotenv else _RUBY if _encrypted(repository) else ():
        manifests = frozenset(path for path in repository.paths if language.manifest.search(path))
        names = {path.rpartition("/")[2] for path in manifests}
        files = repository.open_all(in_language(language.id).matches)
        by_manifest = grouped((nearest(file.path, sorted(names), manifests), file) for file in files)
        for manifest, group in by_manifest.items():
            if manifest:
                _add_program(repository, language, manifest, group)
    _add_spring(repository)
    _add_credentials(repository, naming)


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
    own |= language in _RUBY and any(path.startswith(folder) for path in _encrypted(repository))
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
        rewrite = partial(_rewritten, language, file, loader, imports=file in starts or not starts)
        repository.take(file.path, rewrite, DOTENV_USES if file in loads else READERS)
        used |= file.path in repository.draft
    if used and not repository.has_loader(loader.path):
        text = loaders.environment(repository.loader_names, language.template)
        repository.add_loader(loader.path, text, "into the environment")
        _install(repository, language, manifest)


def _rewritten(language: Language, file: SourceFile, loader: Loader, *, imports: bool) -> Rewritten:
    made = language.rewrite(file, loader)
    return made if imports or environment_code.LOADS in made.what else Rewritten(file.text)


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


# --- Rails

# https://guides.rubyonrails.org/security.html#custom-credentials
_ENCRYPTED = lazy_re.compile(r"(?:^|/)config/credentials(?:/(\w+))?\.yml\.enc$")
_READS_CREDENTIALS = lazy_re.compile(
    r"\bRails\.app(?:lication)?\.credentials\b"
    r"((?:&?\.(?:dig|fetch)\([^()\n]*\)|&?\.\w+[?!]?|\[[^\[\]\n]*\])*)"
)
_CREDENTIAL = lazy_re.compile(r":(\w+)|[\"'](\w+)[\"']|\.(?!(?:dig|fetch)\b)(\w+)")
_COMPUTED = lazy_re.compile(r"[\[(,]\s*[A-Za-z_]|^$")
# Methods of a value or of all values, which are no keys.
_METHOD = lazy_re.compile(
    r"to_\w+|config|keys?|values|each\w*|map|merge|slice|except|presence|present|blank|strip|split|freeze|dup"
    r"|\w*symbolize_keys|with_indifferent_access|then|try|read|content_path"
)
_GIVES_KEY = lazy_re.compile(r"\bRAILS_MASTER_KEY\b|\brequire_master_key\b|\bmaster\.key\b")
_SHOW = "bin/rails credentials:show"
_AS_JSON = (
    'ruby -ryaml -rjson -e \'flat = ->(h, p) { h.flat_map { |k, v| v.is_a?(Hash) ? flat[v, "#{p}#{k}_"] : '
    '[["#{p}#{k}".upcase, v.to_s]] } }; puts flat[YAML.load($<.read), ""].to_h.to_json\''
)


def credential_key(chain: str) -> str:
    """The key of a secret for what follows `credentials`: `.dig(:stripe, :api_key)` -> `STRIPE_API_KEY`.

    "" if the text does not say which, as `[name]` does not.
    """
    if _COMPUTED.search(chain):
        return ""
    names = (next(filter(None, match.groups())) for match in _CREDENTIAL.finditer(chain))
    return "_".join(name.upper() for name in names if not _METHOD.fullmatch(name))


def _encrypted(repository: Repository) -> list[str]:
    return sorted(path for path in repository.paths if _ENCRYPTED.search(path))


def _add_credentials(repository: Repository, naming: Naming) -> None:
    """Tasks for Rails' encrypted files. Only people have their keys, so nothing of them is stored."""
    files = _encrypted(repository)
    if not files:
        return
    readers: dict[str, list[str]] = {}  # {key: places}
    for chain, place in _places(repository, _READS_CREDENTIALS):
        readers.setdefault(credential_key(chain), []).append(place)
    gone = [path for file in files for path in _add_encrypted(repository, naming, file, readers)]
    for key, places in readers.items():
        repository.tasks.append(Task("move", f"{', '.join(dict.fromkeys(places))}: {_instead(key)}"))
    if gone:
        givers = dict.fromkeys(place for _, place in _places(repository, _GIVES_KEY))
        used = f", and what gives or needs their key: {', '.join(givers)}" if givers else ""
        text = f"once nothing reads Rails' credentials, delete {', '.join(gone)}{used}"
        repository.tasks.append(Task("move", text))


def _add_encrypted(
    repository: Repository, naming: Naming, path: str, keys: Collection[str]
) -> tuple[str, ...]:
    """Add the tasks for an encrypted file, of which some keys are read.

    Returns the file and its key, which go once nothing reads them; none for a file that stays.
    """
    environment = _ENCRYPTED.search(path)[1] or ""  # type: ignore[index]
    if environments.full_name(environment) in MADE_WHEN_RUN:
        text = "no test needs secrets that are stored: set its values where the tests start"
        repository.tasks.append(Task("files", f"`{path}` stays: {text}, then delete it"))
        return ()
    show, own_key = _SHOW, path.replace("credentials.yml.enc", "master.key")
    secret_ids = sorted(secret.secret_id for secret in repository.sources.secrets)
    if environment:
        show, own_key = f"{_SHOW} --environment {environment}", path.replace(".yml.enc", ".key")
        secret_ids = []
    secret_ids = secret_ids or [naming.secret_id(path)]
    stored = {key for key in ("SECRET_KEY_BASE", *keys) if key and not key_component(key)}
    repository.reads(dict.fromkeys(secret_ids, stored))
    named = ", ".join(f"`{secret_id}`" for secret_id in secret_ids)
    but = ", without the keys of AWS users" if any(map(key_component, keys)) else ""
    repository.tasks.append(
        Task("store", f"`{path}` is encrypted, so nothing in it was stored: its values become keys of "
             f"{named}{but} (`stripe: {{api_key: …}}` becomes `STRIPE_API_KEY`). "
             f"`{show} | {_AS_JSON}` prints the JSON of the secret")
    )  # fmt: skip
    if own_key in tracked(repository.project):
        repository.tasks.append(Task("rotate", f"all that `{path}` holds: its key `{own_key}` is in git"))
    return f"`{path}`", f"`{own_key}`"


def _instead(key: str) -> str:
    """What to do where a program reads a credential. key: "" if the text does not say which."""
    if not key:
        return "read variables of the environment instead of Rails' credentials, once they are stored"
    if key_component(key):
        return "a key of an AWS user is not stored. Delete it in IAM, remove this, and sign in with a role"
    return f'read `ENV.fetch("{key}")` instead of Rails\' credentials, once it is stored'


def _places(repository: Repository, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(the last group, `path:line`) of each match in what is run; not in comments and documentation."""
    for file in repository.open_all(lambda path: not IGNORES.search(path)):
        language = languages.find(file.path, file.data[:HEAD])
        for match in pattern.finditer(file.text) if language.type != "prose" else ():
            start, end = file.line_at(match.start())
            if not languages.in_comment(language, file.text[start:end], match.start() - start):
                yield match[match.lastindex or 0], f"`{file.path}:{file.position(match.start()).line}`"
