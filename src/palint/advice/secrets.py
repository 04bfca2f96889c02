"""Advice on secrets: rotate them, store them in AWS Secrets Manager, and read them from there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from palint.advice import aws_keys, made_up, packages
from palint.advice.place import KEY_FILES, Place
from palint.aws.assignments import TOKEN
from palint.aws.key_names import NAME, key_component
from palint.aws.key_values import has_key_format, is_key, is_key_id
from palint.dotenv.files import has_secret_name, is_dotenv, is_example, list_names
from palint.files import environments, languages
from palint.files.roles import Role
from palint.findings import Confidence
from palint.github.secret_names import given_as_json
from palint.secrets import fallbacks
from palint.secrets.filters.references import is_path
from palint.secrets.vocabulary import IN_PAGES
from palint.text.source import ParseError
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.advice.aws_keys import Ranges
    from palint.aws.stored_secrets import StoredSecret
    from palint.dotenv.dotenv_use import DotenvUse
    from palint.dotenv.files import Variable
    from palint.github.token_users import GivenKey, Registry
    from palint.secrets import Secret
    from palint.tree.project import Project

_ROTATE = "rotate it: anyone who can read the repository has it"
_ROTATE_KEY = _ROTATE.replace("it:", "it, with what depends on it (a certificate, data to encrypt again):", 1)
_LOADED = "a secret, loaded from AWS Secrets Manager"
_ACCESS = "The reader's role gives access (outside AWS: IAM Roles Anywhere); on a laptop run `aws sso login`."
_PASSWORD_SYNTAX = ("user-option", "password-option", "sql-password", "url-credentials", "credentials-pair")


def hardcoded(place: Place, secret: Secret) -> str:
    """For a secret that is written into a file."""
    place = place.at(secret.start)
    stated = environments.of_name(secret.name) if secret.detector in ("assigned", "default") else ""
    if stated and not place.environment:
        place = place.at(secret.start, stated)
    certain = secret.confidence is Confidence.HIGH
    if secret.detector == "key-file":
        return _key_of_rails(place)
    if aws_keys.is_key_secret(secret, place.file.text):
        return aws_keys.hardcoded(place, secret, certain=certain)
    rotate = _ROTATE_KEY if made_up.is_key(place, secret) else _ROTATE
    first = rotate if certain else f"if it is used anywhere, {rotate}"
    if made := _if_vendored(place):
        return f"{first}. Then {made}."
    if b"\0" in place.file.data and place.file.encoding in ("utf-8", "latin-1"):
        return (
            f"{first}. Take it out of what makes this file, remove the file from git (`git rm --cached`), "
            f"and list it in `.gitignore`. {made_up.may_stay(secret)}"
        )
    if place.in_comment(secret.start) and not is_example(place.file.path):
        return f"{first}. Delete it here. {made_up.may_stay(secret)}"
    if place.exposed_to:
        # https://docs.cloud.google.com/docs/authentication/api-keys#securing
        return (
            f"whoever {place.exposed_to} can read it. If its vendor means it for that, restrict it to yours "
            "(a Google key in the Google Cloud console, also to the APIs that it calls). Otherwise rotate "
            "it, and move what needs it behind your own server, which reads it from AWS Secrets Manager, "
            f"e.g. {place.stored}. {made_up.may_stay(secret)}"
        )
    if place.in_test and not place.in_documentation and not is_example(place.file.path):
        return (
            f"if a service outside of tests and CI accepts it, {rotate}, and let the tests or the job "
            f"read the new one from AWS Secrets Manager. {made_up.in_test(secret)}"
        )
    return f"{first}. {_instead(place, secret)}"


def _key_of_rails(place: Place) -> str:
    """For the key of an encrypted file: https://guides.rubyonrails.org/security.html#custom-credentials."""
    name = place.file.name.removesuffix(".key")
    option = "" if name == "master" else f" --environment {name}"
    return (
        f"{_ROTATE}, and so what it decrypts. Save what `bin/rails credentials:show{option}` prints, delete "
        f"the key and the `.yml.enc` file (`git rm`), and let `bin/rails credentials:edit{option}` make both "
        "again with new secrets. See that git ignores the new key (`git check-ignore`), store it in AWS "
        f"Secrets Manager, e.g. as {place.stored}, and let what starts the program (also a build or a test) "
        "set it as `RAILS_MASTER_KEY`. Where all that it decrypts is made up, suppress this finding with a "
        "reason."
    )


def _if_vendored(place: Place) -> str:
    """What to do instead of a change in another project's file; "" for other files."""
    other = "update or remove the package, or exclude the folder (`exclude` in the settings)"
    return other if place.kind.role is Role.VENDORED else ""


def _instead(place: Place, secret: Secret) -> str:
    """What a file has instead of a secret, for its reader: a person or a program."""
    if is_example(place.file.path):
        return f"Describe the variable in a comment:\n    # {secret.name or 'NAME'} - {_LOADED}"
    if place.in_documentation and place.kind.language.type == "prose":
        if _read_before(place.file.text, secret.start):
            return "Drop the fallback here: whoever copies this sets the variable."
        return f"Write a placeholder here, e.g. {_placeholder(secret)}. {made_up.MAY_STAY}"
    if place.in_documentation and not _is_interpolated(place):
        passed = "; if a program reads this file, let what starts that program pass the value in"
        return f"Delete it here{passed}. {made_up.may_stay(secret)}"
    return _managed(place, secret) or (
        f"Store the new value in AWS Secrets Manager, e.g. as {place.stored}{_from_store(place, secret)}"
    )


def _from_store(place: Place, secret: Secret) -> str:
    """How what reads a file gets a secret of Secrets Manager, after the words that say to store it there.

    No code: its client, region and account are the program's.
    """
    language = place.kind.language
    named = secret.name.rpartition(".")[2]  # `process.env.JWT_SECRET`
    variable = named if made_up.VARIABLE.fullmatch(named) else "NAME"
    set_it = "and let what starts the program (also a build or a test) set"
    if read := _read_before(place.file.text, secret.start):
        names = made_up.VARIABLE.findall(read)
        if language.id == "csharp":
            names += [key.replace(":", "__") for key in _KEY_OF_DOTNET.findall(read)]
        set_elsewhere = f"`{names[-1]}`" if names else "the variable"
        expects = "a test or an address expects it" if _is_interpolated(place) else "a test expects it"
        how = f"drop the fallback or leave it empty, also where {expects}, {set_it} {set_elsewhere}"
    elif _is_interpolated(place):
        how = (
            f"write a variable here (`${{{variable}}}`), and in each address or setting that has the value, "
            "and set it from there where the services are started"
        )
    elif place.job is not None and place.job.uses is not None:
        how = _IN_CALLED
    elif language.id in ("workflow", "action"):
        how = (
            f"let the job that uses it assume a role with configure-aws-credentials ({aws_keys.SCOPE}), and "
            "read it in the next step (aws-secretsmanager-get-secrets). A container under `services:` or "
            "`container:`, which starts before the steps, takes a made-up value, or is started in a later "
            "step (`docker run`)"
        )
    elif written := _reference(place, variable):
        loaded = "" if written[0] != "<" or _OF_RAILS.search(place.file.path) else _RUNS_ERB
        how = f"write `{written}` here{loaded}, {set_it} the variable"
    elif language.id == "terraform" and not place.file.path.endswith(".tfvars"):
        how = (
            "and read it here with the data source `aws_secretsmanager_secret_version`. The `default` of a "
            "`variable` takes no reference: delete it, and set the variable where Terraform is started"
        )
    else:
        in_cluster = " (in Kubernetes: External Secrets)" if language.syntax == "yaml" else ""
        is_key_file = place.file.text.startswith("-----BEGIN")
        remove = "delete the file and change what uses it" if is_key_file else "take it out of this file"
        given = "writes the file where it runs" if is_key_file else "passes it in"
        how = (
            f"and {remove}: the program that needs it reads it there (`GetSecretValue`), or what starts or "
            f"deploys that program {given}{in_cluster}. A program that users install can keep no secret"
        )
    migration = _MIGRATION if _IS_MIGRATION.search(place.file.path) or "changeSet" in place.file.text else ""
    return f", {how}. {migration}{made_up.may_stay(secret)}"


# https://learn.microsoft.com/aspnet/core/fundamentals/configuration/#environment-variables
_KEY_OF_DOTNET = lazy_re.compile(r"[\"'](\w+(?::\w+)+)[\"']")
# https://documentation.red-gate.com/flyway/flyway-concepts/migrations, https://docs.liquibase.com/concepts/changelogs/changeset-checksums.html
_IS_MIGRATION = lazy_re.compile(r"(?i)(?:(?:^|/)migrations?/[^\n]+|(?:^|/)V\d[\d._]{0,40}__[^/]+)\.sql$")
_MIGRATION = "A migration that has run must not change: rotate, keep the old value there, and suppress this. "


def _is_interpolated(place: Place) -> bool:
    """Whether the place is in a Compose file, or in a service or an extension of one with another name.

    There `${NAME}` is a variable: https://docs.docker.com/reference/compose-file/interpolation/
    """
    if place.kind.language.id == "compose":
        return True
    if place.kind.language.syntax != "yaml" or "services" not in place.file.text:
        return False
    from palint.languages import yaml

    try:
        documents = place.file.parsed_with(yaml.parse)
    except ParseError:
        return False
    offset = place.offset or 0
    found = [services for document in documents if (services := document.get("services"))]
    items = [item for services in found for item in services.items if item[1].kind == "map"]
    is_compose = any(node.get("image") or node.get("build") for _, node in items)
    # https://docs.docker.com/reference/compose-file/extension/
    items += [item for document in documents for item in document.items if item[0].value.startswith("x-")]
    return is_compose and any(key.start <= offset < max(node.end, key.end) for key, node in items)


def _read_before(text: str, start: int) -> str:
    """What reads a variable for which a value, or the literal that it is in, is used; "" if none."""
    line = text.rfind("\n", 0, start) + 1
    literal = max(text.rfind(quote, line, start) for quote in "\"'`") + 1
    return fallbacks.variable_before(text, start) or fallbacks.variable_before(text, literal or start)


def _placeholder(secret: Secret) -> str:
    kind = "password" if secret.detector in _PASSWORD_SYNTAX else "secret"
    words = made_up.words(secret.name)
    named = words if len(words) > 1 else kind  # not the `u` of `curl -u`
    return f"`YOUR_{named.upper().replace(' ', '_')}_HERE`"  # `<password>` is HTML in Markdown


_DATABASE = lazy_re.compile(
    r'resource\s+"aws_(?:db_instance|rds_cluster)"[^\n]*\{(?:(?!\nresource\b)[\s\S])*\Z'
)


def _managed(place: Place, secret: Secret) -> str:
    """How RDS keeps the password of its master user itself; "" for other secrets.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    near = place.file.text[max(0, secret.start - 3000) : secret.start]
    resource = secret.name in ("password", "master_password") and _DATABASE.search(near) is not None
    if not resource and secret.name not in ("MasterUserPassword", "master_user_password"):
        return ""
    terraform = place.kind.language.syntax == "terraform"
    line = "manage_master_user_password = true" if terraform else "ManageMasterUserPassword: true"
    return (
        f"Let RDS create the new one in AWS Secrets Manager and rotate it, instead of this line:\n    {line}"
    )


# Settings that a framework reads before any code could read a secret: they can refer to the environment.
_LARAVEL = lazy_re.compile(r"(?:^|/)config/[^/]+\.php$")
_RAILS = lazy_re.compile(r"(?:^|/)config/(?:[^/]+/)?[^/]+\.ya?ml$")
_SPRING = lazy_re.compile(r"(?:^|/)(?:application|bootstrap)[\w.-]*\.(?:ya?ml|properties)$")
_SYMFONY = lazy_re.compile(r"(?:^|/)config/(?:packages/|services)")


# Files that Rails itself and Mongoid load; gems and applications load others, not all of them with ERB:
# https://api.rubyonrails.org/classes/Rails/Application.html#method-i-config_for
_OF_RAILS = lazy_re.compile(
    r"(?:^|/)config/(?:database|secrets|storage|cable|cache|queue|recurring|mongoid)\.yml$"
)
_RUNS_ERB = " (what loads the file has to evaluate ERB, as `config_for` does)"


def _reference(place: Place, variable: str) -> str:
    """How a framework's settings refer to a variable; "" for other files."""
    path, files = place.file.path.lower(), place.project.files()
    if _SPRING.search(path) and "spring" in place.file.text:  # not of Dropwizard or Micronaut
        line = place.file.text[place.file.line_at(place.offset or 0)[0] : place.offset]
        in_braces = line.count("{") > line.count("}")  # https://yaml.org/spec/1.2.2/#flow-mappings
        return f'"${{{variable}}}"' if in_braces else f"${{{variable}}}"
    if _LARAVEL.search(path) and "return [" in place.file.text:
        return f"env('{variable}')"
    if _SYMFONY.search(path) and "symfony.lock" in files:
        return f"'%env({variable})%'"
    if _RAILS.search(path) and "Gemfile" in files:
        return f'<%= ENV["{variable}"] %>'  # Rails evaluates all of the file in each environment
    return f'System.getenv("{variable}")' if path.endswith((".gradle", ".gradle.kts")) else ""


def sent_to_slack(place: Place, name: str) -> str:
    """For a secret in a message to Slack. name: what reads it: `$NAME`, `secrets.NAME`, or a command."""
    if NAME.fullmatch(name.lstrip("$").rpartition(".")[2]):
        return (
            "send no AWS key: whoever needs access runs `aws sso login`. If such a message was ever sent, "
            "deactivate the key and delete it in IAM."
        )
    return (
        f"send the secret's name instead, e.g. {place.stored}, and allow the role that needs it "
        "`secretsmanager:GetSecretValue`. If such a message was ever sent, rotate the secret: every "
        "member and every export of the channel has it."
    )


def name(suggestion: str) -> str:
    """For a secret whose name does not follow the standard. suggestion: a name that does, quoted."""
    is_known = "<" not in suggestion and "{service}" not in suggestion
    example = f", e.g. {suggestion}" if is_known else " (in a module from its variables)"
    return (
        f"name it `{{service}}/{{environment}}`, after its service and its environment{example}. Create it "
        "under the new name, with the value that it has now, also if that was generated, and those of other "
        "secrets of that service and environment as further keys, change what reads it or allows access to "
        "it (code, policies of IAM, mounted files, variables that get its name), then delete the old secret."
    )


# --- .env files


# Of a parser's test, an example's input, or what another tool rewrites
_MAY_STAY = " A file that something reads as data, not as settings, may stay: suppress this with a reason."
_DELETE_FILE = (
    "delete the file (`git rm -f` if tracked), and stop using it in what loads it and in what depends on it"
)
_SETTINGS = "where the program or build that reads them is started or configured, or as its defaults"


def dotenv_file(place: Place, variables: list[Variable], *, lines: bool = False) -> str:
    """For a .env file. variables: those that it sets. lines: whether to delete these lines, not the file.

    Names say only what may be a secret, so the others are not called settings, nor listed.
    """
    delete = "delete these lines" if lines else _DELETE_FILE
    lines_of_text = map(str.strip, place.file.text.splitlines())
    is_empty = all(not line or (line[0] == "#" and "=" not in line) for line in lines_of_text)
    if place.file.link:
        return f"it is a link: {delete}, and let what reads it do without, as for the file that it names."
    if not variables and is_empty:
        return f"it sets nothing: {delete}."
    keys, secrets, settings = _split(variables, _has_secret)
    if place.in_test and not any(has_key_format(v.value) for v in keys):  # a local server's
        keys, secrets = [], [*keys, *secrets]
    check = f" (check {list_names(secrets)})" if secrets else ""
    first = _key(keys) if keys else ""
    if keys and not secrets and not settings:
        return f"{first} Then {delete}."
    last = ""
    is_of_kustomize = f"{place.file.path[: -len(place.file.name)]}kustomization.yaml" in place.project.files()
    where = "as `literals` in `kustomization.yaml`" if is_of_kustomize else _SETTINGS
    if place.in_test:
        text = (
            "set its variables where what uses them starts (tests, a build, a local server), with made-up "
            f"values for secrets{check}. Rotate what is real (an account of another service), and keep it in "
            f"AWS Secrets Manager, e.g. in {place.stored}."
        )
        last = _MAY_STAY
    elif place.exposed_to and secrets:
        text = (
            f"what the build puts into it, whoever {place.exposed_to} can read: rotate what must stay secret"
            f"{check}, and leave it to your own server, which reads it from AWS Secrets Manager, e.g. from "
            f"{place.stored}. Set the other variables {where}."
        )
    elif secrets:
        text = (
            f"move what is secret in it{check} to AWS Secrets Manager, e.g. as {place.stored}, and read it "
            "there, or set it where the program that uses it is started. Set the other variables "
            f"{where}."
        )
        is_given = any(v.value and not v.value.startswith(_REFERENCE) for v in secrets)
        last = f"{' If it was ever committed, rotate every secret in it.' if is_given else ''} {_ACCESS}"
    else:
        text = (
            f"set its variables {where}. Rotate what is secret among them, and keep it in AWS Secrets "
            f"Manager, e.g. as {place.stored}."
        )
        last = _MAY_STAY if place.in_documentation or is_of_kustomize else ""
    text = f"{first} {text[0].upper()}{text[1:]}" if first else text
    return f"{text}{_from_compose(place, variables)} Then {delete}.{last}"


_INTERPOLATED = lazy_re.compile(r"(?<!\$)\$\{?([A-Za-z_]\w*)")


def _from_compose(place: Place, variables: list[Variable]) -> str:
    """What to do about those that a Compose file beside the file takes from it, which names no file.

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/
    """
    folder, _, name = place.file.path.rpartition("/")
    if name != ".env":
        return ""
    paths = place.project.cached(_compose_files).get(folder, ())
    read = {path.rpartition("/")[2]: set(_INTERPOLATED.findall(place.project.text(path))) for path in paths}
    files = [f"`{file}`" for file, names in read.items() if any(v.name in names for v in variables)]
    if not files:
        return ""
    taken = [v for v in variables if any(v.name in names for names in read.values())]
    named = f"{' and '.join(files[:2])} take{'s' if len(files) == 1 else ''}"
    return f" Where Compose is started, set what {named} from it ({list_names(taken)})."


def _compose_files(project: Project) -> dict[str, list[str]]:
    """The Compose files of each folder."""
    found: dict[str, list[str]] = {}
    for path in project.files():
        if "compose" in path and languages.find(path).id == "compose":
            found.setdefault(path.rpartition("/")[0], []).append(path)
    return found


def _key(keys: list[Variable]) -> str:
    """What to do about the AWS keys of a .env file, which may be those of another server."""
    if real := [v for v in keys if has_key_format(v.value) and is_key(v.value)]:
        temporary = aws_keys.are_temporary([v.value for v in real])
        what = "store it nowhere, since it is temporary" if temporary else "deactivate and delete it in IAM"
        return (
            f"this is an AWS key ({list_names(real)}): {what}, and use a role, on a laptop `aws sso login`."
        )
    return (
        f"if the key ({list_names(keys)}) belongs to your AWS account, use a role instead, on a laptop "
        f"`aws sso login`, and change what requires it. {aws_keys.OF_OTHERS}"
    )


def example_values(place: Place, variables: list[Variable], values: list[Variable]) -> str:
    """For a `.env.example`: what to do with its secrets, its AWS keys and its settings.

    values: those of `variables` that have a value, not a placeholder.
    """
    variables = list({v.name: v for v in variables}.values())
    keys, secrets, settings = _split(variables, _is_secret)
    named = {v.name for v in values}
    check = f" (check {list_names(secrets)})" if secrets else ""
    texts = []
    if any(v.name in named and not v.value.startswith(_REFERENCE) for v in secrets):
        texts.append("rotate every real secret in this file.")
    if place.exposed_to and secrets:
        texts.append(f"leave what must stay secret{check} to your own server, with AWS Secrets Manager.")
    elif secrets:
        texts.append(f"keep what is secret{check} in AWS Secrets Manager, e.g. as {place.stored}.")
    if keys:
        texts.append(_key(keys))
    if settings:
        texts.append(f"set the {'other ' if secrets or keys else ''}variables {_SETTINGS}.")
    if any(v.name.startswith(IN_PAGES) and v.is_secret for v in settings):
        texts.append(_PUBLIC.replace("{stored}", place.stored))
    shown = _shown((secrets + settings + keys)[0])
    texts.append(
        "If a job, an image or a program copies or loads this file, let it set the variables itself. "
        f"Describe each in a comment, without a value:\n    # {shown} - what it is, and what sets it"
    )
    first, *others = texts
    return " ".join((first, *(f"{text[0].upper()}{text[1:]}" for text in others)))


_VARIABLE = lazy_re.compile(r"\$[A-Z_{(]")  # not `$ecret`
# To a variable of a template, or to 1Password: https://developer.1password.com/docs/cli/secret-reference-syntax/
_REFERENCE = ("op://", "{{")


def _is_secret(variable: Variable) -> bool:
    """Whether a variable is for a secret: not what a page has, and no file."""
    return (
        variable.is_secret
        and not (variable.value.endswith(KEY_FILES) or is_path(variable.value))
        and not variable.name.startswith(IN_PAGES)
    )


def _has_secret(variable: Variable) -> bool:
    """Whether a variable of a .env file has a secret, not a reference to another."""
    return _is_secret(variable) and _VARIABLE.match(variable.value) is None


def to_rotate(variables: Iterable[Variable]) -> list[Variable]:
    """The secrets and AWS keys among the variables of a .env file."""
    every = list(variables)
    *_, settings = _split(every, _has_secret)
    return [v for v in every if v not in settings]


def _split(
    variables: list[Variable], is_secret: Callable[[Variable], bool]
) -> tuple[list[Variable], list[Variable], list[Variable]]:
    """(the AWS keys among the variables of a .env file, its secrets, its settings)."""
    keys = [v for v in variables if _is_aws_key(v.name)]
    secrets = [v for v in variables if is_secret(v) and v not in keys]
    return keys, secrets, [v for v in variables if v not in keys and v not in secrets]


def _is_aws_key(name: str) -> bool:
    return bool(key_component(name) or NAME.fullmatch(name) or TOKEN.fullmatch(name))


def _shown(variable: Variable) -> str:
    return "NAME" if has_secret_name(variable) else variable.name[:60]


def description(variable: Variable) -> str:
    """What a comment in a `.env.example` says about a variable."""
    if _is_aws_key(variable.name):
        return "not needed: sign in with `aws sso login`"
    return _LOADED if _is_secret(variable) else "a setting"


_FROM = "read its secrets from AWS Secrets Manager, e.g. from {stored}"
_SETTINGS_AND_SECRETS = (
    f"set its variables {_SETTINGS}. Let the program {_FROM}, or pass them in where it is started. "
    "Those that only tests or local servers use can be made up. A file that a user gives, or that holds no "
    "settings, may stay: suppress this finding with a reason."
)
_STOP = "stop using the file, here and in what depends on it:"
_REMOVE = f"{_STOP} {_SETTINGS_AND_SECRETS}"
_PUBLIC = (
    "What a build puts into a page or an app is public: let your own server read what must stay secret from "
    "AWS Secrets Manager, e.g. from {stored}."
)
_DOTENV_LOADED = {  # `DotenvUse.advice`: the text
    "dockerfile": f"{_REMOVE} List it in `.dockerignore` if it is copied.",
    "bundler": f"remove it, and pass settings in the environment (`process.env`). {_PUBLIC}",
    "kustomize": "remove it: write settings as `literals`, and let External Secrets make the Secret from "
    "AWS Secrets Manager, e.g. from {stored}.",
    "option": "pass `ignoreEnvFile: true` to `forRoot`: it then reads the environment only. Let the "
    f"program {_FROM}, when it starts. {{access}}",
    "mask": "mask the value first, or let the program read the secret itself from AWS Secrets Manager, e.g. "
    'from {stored}:\n    echo "::add-mask::$value"',
    "compose": "remove it: write settings under `environment:`, which overrides other files, and the names "
    "of the secrets without values. Where the services are started, set these from AWS Secrets Manager, e.g. "
    "from {stored}; those that only tests or local servers use can be made up. A program of your own can "
    "also read them there itself.",
    "workflow": f"{_REMOVE} In a workflow `env:` and `$GITHUB_ENV` set variables, none called `GITHUB_…`; "
    "a container gets those that it is given (`docker run -e NAME`, `environment:` of Compose), and `sudo` "
    "keeps them with `-E`.",
}


def dotenv_loaded(place: Place, use: DotenvUse) -> str:
    """For code, settings or a command that load, ship or create a .env file."""
    text = place.file.text
    words = _WORD.findall(f"{use.message} {text[use.start : max(use.end, text.find(chr(10), use.start))]}")
    named = (name for word in words if is_dotenv(word) and (name := environments.named(word)))
    place = place.at(use.start, next(named, ""))
    if use.advice == "package":
        remove = packages.removal(place.project, place.file.path, use.package)
        users = " (suppress this if it reads only files that users give)"
        first = f"change what uses it, also scripts, settings and other packages{users}, then {remove}"
        if place.exposed_to:
            return f"{first}. {_PUBLIC.replace('{stored}', place.stored)}"
        stored = place.stored if place.in_test else place.stored_for("")  # `requirements-dev.txt` names tools
        return f"{first}. Read secrets from AWS Secrets Manager instead, e.g. from {stored}. {_ACCESS}"
    template = _DOTENV_LOADED.get(use.advice, _REMOVE)
    if use.advice == "compose" and not _is_interpolated(place):
        template = _REMOVE
    if template is _REMOVE and (place.exposed_to or place.search(_IN_BUNDLE)):
        template = f"{_STOP} set its variables {_SETTINGS}. {_PUBLIC}"
    if template.startswith(_STOP) and place.search(_OF_NEST):
        template = template.replace(_STOP, f"{_STOP} pass `ignoreEnvFile: true` to `forRoot`, and")
    template = _if_vendored(place) or template
    return template.replace("{stored}", place.stored).replace("{access}", _ACCESS)


_WORD = lazy_re.compile(r"[\w./@-]{3,200}")
# https://webpack.js.org/plugins/define-plugin/
_IN_BUNDLE = lazy_re.compile(r"\b(?:Define|Environment)Plugin\b")
# https://docs.nestjs.com/techniques/configuration
_OF_NEST = lazy_re.compile(r"\bConfigModule\b[^;]{0,200}[\"']@nestjs/config[\"']")


# --- infrastructure and workflows


def kubernetes(place: Place, keys: Sequence[str], values: Ranges) -> str:
    """For a Secret with values. keys: of the values, as far as known."""
    aws = _aws_parts(place, keys, values)
    if place.in_test and not aws:
        return f"if anything outside of tests and CI accepts it, {_ROTATE}. {made_up.IN_TEST}"
    role = "Give the pod a role: EKS Pod Identity or IRSA."
    if aws and len(aws) >= max(len(keys), len(values)):
        return f"{aws_keys.urgent(aws)} {role}"
    first = f"{aws_keys.urgent(aws)} {role} For the others: " if aws else ""
    return (
        f"{first}{_ROTATE}. Store the new value in AWS Secrets Manager, e.g. as {place.stored}, and let the "
        f"program read it there, or External Secrets make the Secret of it in the cluster. {made_up.MAY_STAY}"
    )


def _aws_parts(place: Place, keys: Sequence[str], values: Ranges) -> list[str]:
    """The values that are parts of an AWS key, by format or by the name of the same row in `keys`."""
    texts = [place.file.text[start:end] for start, end in values]
    return [
        text
        for row, text in enumerate(texts)
        if is_key_id(text) or (row < len(keys) and NAME.fullmatch(keys[row].replace("-", "_")))
    ]


def infrastructure(place: Place, stored: StoredSecret) -> str:
    """For a secret in infrastructure code, or in SSM Parameter Store."""
    if stored.kind in ("read", "named"):
        return (
            f"keep the secret in AWS Secrets Manager, e.g. as {place.stored}, and read it there "
            "(`GetSecretValue`), with the account, role and region that are used here. Allow that role "
            "`secretsmanager:GetSecretValue`."
        )
    aws = _aws_parts(place, (), stored.values)
    if aws:
        return f"{aws_keys.urgent(aws)} Give what needs it a role: `taskRoleArn`, `Role` of a function, IRSA."
    if stored.kind == "parameter":
        return (
            "keep it in AWS Secrets Manager, in the secret of the service that reads it, e.g. in "
            f"{place.stored}, and change what reads it."
        )
    generate = "let it be generated (`GenerateSecretString`), or " if "AWS::" in place.file.text else ""
    if place.kind.language.syntax == "terraform":
        generate = "let it be generated (`random_password`, which Terraform keeps in its state), or "
    text = (
        f"keep the value out of the code: {generate}set it once, when the secret is there:\n"
        '    aws secretsmanager put-secret-value --secret-id "$NAME" --secret-string "$VALUE"'
    )
    return text if stored.kind == "environment" else f"{_ROTATE}. Then {text}\n{made_up.MAY_STAY}"


def in_github(place: Place, name: str, starts: Sequence[int]) -> str:
    """For jobs of a workflow that use a GitHub secret, at these offsets. name: "" for all of them.

    The same for all secrets of a job, so that a report prints it once. Without an environment of GitHub, a
    secret has one value for all jobs: its name says which it is, or all that use it do.
    """
    place = place.at(starts[0])
    deployed = {place.at(start).deployed_to for start in starts}
    if deployed == {""}:
        deployed = place.project.cached(_environments_of_secrets).get(name.upper(), {""})
        if of_name := _environment_of_name(place, name):
            deployed = {of_name} | deployed - {"", "test", "ci"}
    environment = next(iter(deployed)) if len(deployed) == 1 else ""
    secret = place.secret_of(environment)
    callee = place.job.uses if place.job is not None else None
    same = "the same name" if callee is None else "the name that the called workflow has for it"
    what = f"it under {same}" if name else "those that it needs under their names"
    stored = f"store {what} in AWS Secrets Manager, e.g. in {place.stored_for(environment)}"
    if made := _if_vendored(place):
        return f"{stored}, and {made}."
    if caution := aws_keys.for_outsiders(place, "read it"):
        return f"{stored}.{caution} {_NEEDS}"
    if callee is not None:
        # https://docs.github.com/actions/reference/workflows-and-actions/reusable-workflows
        text = f"{stored}, {_IN_CALLED}{_CALL}"
        return text if callee.kind == "local" else f"{text} Until then, pass it, and {_IGNORE}."
    text = place.file.text
    resolver = _RESOLVER if "1password/load-secrets-action" in text else ""
    other_keys = _OTHER_KEYS if "AWS_ACCESS_KEY_ID" in text else ""
    reason = "the comma leaves the variables without a prefix"
    is_json = _JSON.search(name) is not None or name in given_as_json(text)
    if is_json:
        reason = f"aws-secretsmanager-get-secrets would split `{name}` if it is JSON"
    steps = place.job.steps if place.job is not None else ()
    signs_in = any(each.uses and each.uses.repo == "aws-actions/configure-aws-credentials" for each in steps)
    condition = aws_keys.condition(place, starts, "the new step" if signs_in else "both new steps")
    written = "`env.NAME` for `secrets.NAME`" if name else "`${{ env.NAME }}` for each"
    if text.startswith("secrets[", starts[0]):
        written = "`env[…]` for `secrets[…]`, with what is in the brackets"
    # `env` is empty above the steps: https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
    return (
        f"{stored}, let the job\nassume a role with configure-aws-credentials ({aws_keys.SCOPE}), then add "
        f"this\nstep ({reason}):\n{_step(secret, name if is_json else '')}\nIn the steps after it write "
        f"{written}, names in upper case with `_` for `-`.{condition} What the `env:` of the job or the "
        "workflow sets from it moves there, and a container of the job that needs it starts there "
        "(`docker run`)."
        f"{'' if is_json else _SPLITS}{other_keys}{resolver}{aws_keys.if_called(place)}"
    )


def _environment_of_name(place: Place, name: str) -> str:
    """The environment that a secret's name says; "" where a job has such names of several environments."""
    start, end = (place.job.node.start, place.job.node.end) if place.job is not None else (0, None)
    named = map(environments.of_name, _NAME_IN_WORKFLOW.findall(place.file.text[start:end]))
    return environments.of_name(name) if len({*named} - {""}) == 1 else ""


_NAME_IN_WORKFLOW = lazy_re.compile(r"\bsecrets\.([A-Za-z_]\w{0,80})")


def _environments_of_secrets(project: Project) -> dict[str, set[str]]:
    """The environments, "" included, that the names of workflows and jobs say of each GitHub secret.

    By its name in upper case. A job with an environment of GitHub may have another secret of that name.
    """
    from palint.github.graph import graph

    found: dict[str, set[str]] = {}
    for workflow in project.cached(graph).workflows.values():
        for used in _NAME_IN_WORKFLOW.finditer(workflow.file.text):
            place = Place(workflow.file, project, offset=used.start())
            if not place.deployed_to:
                found.setdefault(used[1].upper(), set()).add(place.environment)
    return found


_SPLITS = " Read a value that is JSON with `aws secretsmanager get-secret-value`: the action would split it."
_OTHER_KEYS = (
    " The role replaces `AWS_ACCESS_KEY_ID` in these steps: set another vendor's key in its own step, with "
    "an empty `AWS_SESSION_TOKEN`."
)
_RESOLVER = " These steps replace the one that loads from 1Password: store the values that it loads, too."
_IN_CALLED = "and let the workflow that this job calls assume a role and read it there"
_NEEDS = f"The job that reads it, and one that calls it, needs {aws_keys.SCOPE}."
_CALL = f", with the role and the secret's name as inputs (not `secrets`). {_NEEDS}"
_IGNORE = "end the line with `# palint: ignore[github-secret] reason`"


def in_registry(registry: Registry) -> str:
    """For a token of a package registry that is stored in GitHub."""
    return (
        f"publish to {registry.name} as a trusted publisher, without a token\n({registry.source}). "
        f"The job needs {aws_keys.SCOPE}. Then revoke the token and delete the secret."
    )


def in_own_registry() -> str:
    """For a token with which a job signs in to GitHub's registry of images."""
    return (
        "pass `${{ github.token }}` instead, with `${{ github.actor }}` as the user. The job needs "
        "`packages: write` in its `permissions` (to pull only, `packages: read`), beside its other scopes "
        "(at least `contents: read`), as unnamed ones become `none`. For an image of another repository, add "
        'this one under "Manage Actions access" in the settings of the image. Then revoke the token and '
        "delete the secret."
    )


def with_oidc(place: Place, given: GivenKey) -> str:
    """For a secret that an action gets and that can sign in with OIDC instead."""
    action = given.action
    *others, last = (f"`{name}`" for name in action.gives)
    gives = f"{', '.join(others)} and {last}" if others else last
    return (
        f"let `{action.repo}` sign in with OIDC\n({action.source}): give it\n{gives} instead of "
        f"`{given.key}`.\nThe job needs {aws_keys.SCOPE}.{aws_keys.if_called(place, 'that step')}"
        f"{aws_keys.for_outsiders(place, 'sign in')} Then revoke what the secret holds, and delete it."
    )


def inherited(place: Place) -> str:
    """For a job that passes all GitHub secrets to a workflow of another repository."""
    return (
        "pass none: let that workflow assume a role and read what it needs from AWS Secrets Manager, e.g. "
        f"from {place.stored}{_CALL} Until then, pass by name what it declares under `secrets:` "
        f"(keep `inherit` if it needs others), and {_IGNORE}."
    )


# Values that are JSON, such as the key of a service account: https://docs.cloud.google.com/iam/docs/keys-create-delete
_JSON = lazy_re.compile(
    r"(?:^|_)(?:JSON|CREDENTIALS?|CREDS|SERVICE_ACCOUNT(?!_(?:PASSWORD|TOKEN))|SA_KEY)(?:_|$)", re.I
)


def _step(secret: str, name: str = "") -> str:
    """The step, indented by four columns, that puts a secret's keys into a job's environment.

    name: of a key whose value is JSON; "" for others. The action parses JSON also inside of the keys'
    values, and makes a variable of each member: https://github.com/aws-actions/aws-secretsmanager-get-secrets.
    Without an alias before the comma, the keys are the variables' names.
    """
    if name:
        return (
            "    - shell: bash\n      run: |\n"
            f'        value="$(aws secretsmanager get-secret-value --secret-id "{secret}" \\\n'
            f'          --query SecretString --output text | jq -rc \'."{name}" // "" | fromjson? // .\')"\n'
            '        echo "::add-mask::$value"\n'
            f'        echo "{re.sub("[^A-Z0-9_]", "_", name.upper())}=$value" >> "$GITHUB_ENV"'
        )
    return (
        "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n"
        f"        secret-ids: |\n          ,{secret}\n        parse-json-secrets: true"
    )
