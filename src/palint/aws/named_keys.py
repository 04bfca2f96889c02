"""Find AWS keys by name: a name that holds one, given a value or a reference, in any file.

`KEY_NAMES` has the names. The form (an assignment, a member, a pair of `name` and `value`, a call that sets a
variable, an argument of a command) is the same in most languages, so none has a detector of its own: only
Dockerfiles and commands are parsed, all else is read as text. `FORMS` says which kinds of place there are.

Not reported: keys beside a session token (they are temporary), beside an endpoint that is not AWS's, dummies
and placeholders, and a program that reads its own environment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from palint.aws import key_pairs
from palint.aws.assignments import (
    ASSIGNED,
    BLANKS,
    COMMENT,
    DUMMY_NAME,
    KEY_OF_SECRET,
    NO_KEY,
    SECRET_LENGTH,
    TEMPLATES,
    Assigned,
    assignments,
    classify,
    computed_at,
    expression_end,
    in_data,
    in_member,
    is_elsewhere,
    is_foreign_id,
    logical_line,
    opening_bracket,
    session_token,
    surroundings,
    value_at,
)
from palint.aws.key_names import KEY_NAMES, NAME, is_of_another_service, is_of_other_storage
from palint.aws.key_values import has_key_format, is_aws_host, is_key, is_key_id
from palint.files import HEAD, languages, roles
from palint.files.sets import in_language
from palint.languages import yaml
from palint.languages.compose import VARIABLE_KEYS
from palint.text.source import Ranges, SourceFile, matches_in
from palint.util import lazy_re
from palint.util.typing import NamedTuple

# Configuration that is read by such a name: `config.requireSecret("awsSecretAccessKey")`
_READ_BY_NAME = lazy_re.compile(
    r"\b[rR]equire_?[sS]ecret\w{0,8}\(\s*[\"'](?P<name>aws[_:-]?\w{0,20}?(?:access[_-]?key(?:[_-]?id)?"
    r"|secret[_-]?(?:access[_-]?)?key))[\"']\s*\)",
    re.I,
)
# The rules' keywords: what every name contains; those of `_READ_BY_NAME` and `_STRINGS`; pairs of names
KEYWORDS = (
    "aws_[a-z0-9_]{0,40}access_key", "aws_[a-z0-9_]{0,40}secret_key", "aws_ses_smtp_password",
    r"aws[.:]?(credentials[.])?(access|secret)-?[ak]", r"credentials[.]static-provider",
    r"fs[.]s3[an]?[.]", "s3[.]key", "keysecretref", "keyidsecretref",
    r"require_?secret\w{0,8}\(\s{0,20}[\"']aws",
    r"(sqs|s3[an]?|aws)://[^\s/:@]{1,64}:[^\s/@]{1,64}@", r"secret_access_key[ ='\\]", "aws_key_id",
    "aws-sigv4", "mc (alias|config) ", "passwd-s3fs", r"key id,\s{0,4}secret access key\s",
    r"(ses(\+[a-z]{2,8})?|sns|dynamodb)://", "accesskey=", r"type\s{1,4}s3\W", "conn_type",
    r"<username>\$\{env\.AWS_", r"set\s{1,8}\$(aws|s3)_access_key", r"(driver|provider):\s{0,8}ec2\b",
    *key_pairs.KEYWORDS,
)  # fmt: skip

_NAMES = lazy_re.compile(
    r"(?:(?<=-[De])|(?<=\\[nrt])|(?<![\w$-]))(?P<name>(?:"
    + "|".join(row.pattern for row in KEY_NAMES)
    + r"))(?![\w-]|\.\w)",
    re.I,
)
_BESIDE = tuple((lazy_re.compile(row.pattern, re.I), row.beside) for row in KEY_NAMES if row.beside)
_EVERYWHERE = lazy_re.compile("|".join(row.pattern for row in KEY_NAMES if row.everywhere), re.I)


class NamedKey(NamedTuple):
    """A name of a key with its value. start, end: both. value_start, value_end: the value without quotes.

    literal: whether the value is the key, not a reference. form: "dockerfile", "compose", "devcontainer" and
    "command" for containers, "environment" for another container's or function's environment,
    "infrastructure" for code that declares some, "setting" for a program, a shell or a file of settings,
    "string" for a key inside a URL, SQL or a command.
    group: the start of the command that both parts of a key are given to; -1 for other forms.
    """

    name: str
    start: int
    end: int
    value_start: int
    value_end: int
    literal: bool
    form: str
    group: int = -1


PROFILE_NAME = lazy_re.compile(r"aws_(?:access_key_id|secret_access_key)")  # of `~/.aws/credentials`
CONTAINER_FORMS = ("dockerfile", "compose", "devcontainer", "command", "environment")
_SCRIPTS = ("shell", "makefile", "justfile")
SCRIPTS = in_language(*_SCRIPTS)


def find(file: SourceFile) -> list[NamedKey]:
    """The keys in a file, in text order, each once."""
    return file.parsed_with(_find)


# ARNs, key ids, AWS's own actions, and regions:
# https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
_AWS_ITSELF = lazy_re.compile(r"\barn:aws|\bAKIA[0-9A-Z]{16}\b|\baws-actions/")
_OF_AWS = lazy_re.compile(r"aws|amazon|s3", re.I)
_REGION = lazy_re.compile(
    r"\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)-(?:gov-)?(?:north|south|east|west|central){1,2}-\d\b"
)


def may_be_elsewhere(file: SourceFile, key: NamedKey) -> bool:
    """Whether a reference in data may be to the key of another server, since AWS's names are those of any S3.

    It may where the file has the endpoint of another server, where the name is not AWS's, and in what only
    makes a Secret of Kubernetes, if the file has no sign of AWS itself. A region is none beside an endpoint:
    clients of other servers are given one, too.
    """
    text = file.text
    if key.form != "environment" or key.literal or is_aws_host(text) or _AWS_ITSELF.search(text):
        return False
    if is_elsewhere(text):
        return True
    kinds = _KIND.findall(text, max(0, key.start - _DOCUMENT), key.start)
    makes_secret = bool(kinds) and kinds[-1].endswith("Secret")
    return (makes_secret or not _OF_AWS.search(key.name)) and not _REGION.search(text)


# Of storage in the cluster, which makes the key:
# https://rook.io/docs/rook/latest-release/Storage-Configuration/Object-Storage-RGW/ceph-object-bucket-claim/
_CLAIM = lazy_re.compile(r"(?m)^kind: ObjectBucketClaim\b")
# The secret that an ExternalSecret is made from: https://external-secrets.io/latest/api/externalsecret/
_EXTRACTED = lazy_re.compile(r"(?m)^[ \t-]*extract:[ \t]*\r?\n[ \t]+key:[ \t]*[\"']?([\w./-]{1,80})")


def _find(file: SourceFile) -> list[NamedKey]:
    found: dict[int, NamedKey] = {}
    values = set[int]()
    keys = list(_search(file))
    literals_only = not all(key.literal for key in keys) and (
        _CLAIM.search(file.text) is not None
        or is_of_other_storage(file.path)
        or any(map(is_of_other_storage, _EXTRACTED.findall(file.text)))
    )
    for key in keys:
        if key.start not in found and key.value_start not in values and (key.literal or not literals_only):
            found[key.start] = key
            values.add(key.value_start)
    return [found[start] for start in sorted(found)]


def _search(file: SourceFile) -> Iterator[NamedKey]:
    language = languages.find(file.path, file.data[:HEAD])
    if language.id in ("workflow", "action"):
        return  # `github.aws_keys` follows a workflow's values to where they come from
    near = file.near(key_pairs.REACH)
    yield from _in_strings(file.text, near, references=not _has_literals_only(language, file.path))
    yield from _in_pairs(file.text, language, file.path, near)
    places = _places(file.text, file.near(_LONGEST_NAME))
    if not any(places):
        return
    yield from _in_text(file.text, places, language, file.path)


def _has_company(name: str, others: str) -> bool:
    """Whether the names beside a key are those that its row of the table requires."""
    return all(beside in others for pattern, beside in _BESIDE if pattern.fullmatch(name))


# One of these is in each name.
_CORES = lazy_re.compile(
    r"aws_ses_smtp_password|s3\.key|key(?:id)?secretref"
    r"|(?:aws(?:[_.:]|access|secret)|fs\.s3|credentials\.static-provider)(?=[^\0]{0,90}?key)",
    re.I,
)
_PART_OF_NAME = lazy_re.compile(r"(?:(?<=\\[nrt])|(?<![\w.:-])(?!(?<=\\)[nrt]))[\w.:-]{0,100}\Z")
_JSON_COMMENT = lazy_re.compile(r"(?<![^\s,{}\[\]])//")  # but not in `https://` or `"//host"`
# `set -x NAME value` of fish, `setx NAME value` of Windows: no operator
_SET = lazy_re.compile(r"\bset(?:x|env)?(?:[ \t]+[-/]\w+)*[ \t]+\Z")
_EXPORT = lazy_re.compile(
    r"(?:\b(?:export|declare[ \t]+-x|setx?(?:[ \t]+-\w+)?)[ \t]+|\$env:|^[ \t]*%(?:set_)?env[ \t]+)[\"']?\Z",
    re.I,
)
_START_OF_WORD = lazy_re.compile(
    r"(?:^|[\s;&|(\"'`,]|\\[nrt]|\s--?[\w-]{1,40}=|[\s=\"'](?:\w{1,40}\.){1,6})\Z"
)
# What a program calls to set a variable or a property, up to its name
_SETTER = lazy_re.compile(
    r"(?:set_?env|put_?env|set_?property|set_?var|environ\.setdefault|EnvironmentVariable|add_?environment\w*"
    r"|with_?env\w*|ENV\.(?:store|fetch_or_store)|\bdefine|environment\(\)\.put)!?\s{0,4}\(?\s{0,20}(?:\w{1,40}\.)?[\"'`:]{0,3}\Z",
    re.I,
)
_SETTING_CALL = lazy_re.compile(
    r"\b(?:set|config|option|put|add|property)\w{0,12}\s{0,4}\(\s{0,20}[\"']\Z", re.I
)
_ENVIRONMENT_ITEM = lazy_re.compile(
    r"(?:environ|\bENV|process\.env|\$_(?:ENV|SERVER)|\bEnv)\s*[\[{(.]\s*[\"']?\Z"
)
# What precedes the bracket around a variable: `environ.update(`, `env: {`, `Sys.setenv(`, `withEnv([`
_ENVIRONMENT = lazy_re.compile(
    r"(?:env(?:ironment)?(?:_?(?:vars?|variables))?|environ|setenv)(?:\.\w+)?!?[\"']?\s{0,4}(?:[:=]|=>|\|=)?\s{0,20}(?:\(\s{0,20})?\Z",
    re.I,
)
_PROFILE = lazy_re.compile(r"(?m)^[ \t]*\[[^\[\]\n]{1,80}\][ \t]*\r?$|\.aws/")  # of a credentials file
_SUBSTITUTION = r"\$\([^)\r\n]{0,200}\)"
_WORD = lazy_re.compile(
    rf"(?:\"(?P<double>(?:{_SUBSTITUTION}|[^\"$\r\n]|\$(?!\())*)\"|'(?P<single>[^'\r\n]*)'"
    rf"|(?P<bare>(?:{_SUBSTITUTION}|`[^`\n]{{0,200}}`|[^\s;&|\"'`\\<>$]|\$(?!\())+))"
)
_TEMPORARY = lazy_re.compile(
    r"\b[A-Z]?(?:AccessKeyId|SecretAccessKey)\b|assume|\bsts\b|frozen|temp|vault|session"
    r"|(?<!application\.)\bcred\w*\W{1,3}\w|get-session",
    re.I,
)
_FROM_STS = lazy_re.compile(r"assume-role|get-session-token")  # commands around `export NAME=$KEY`
_UPPER = lazy_re.compile(r"[A-Z0-9_]+")
_LITERALS_ONLY = frozenset(("prose", "markup"))
_LONGEST_NAME = 200  # code points
_Places = tuple[list[int], list[re.Match[str]]]


def in_text(text: str, language: languages.Language, path: str) -> Iterator[NamedKey]:
    """The keys in a text in any language. path: of its file."""
    return _in_text(text, _places(text, [(0, len(text))]), language, path)


def _in_text(text: str, places: _Places, language: languages.Language, path: str) -> Iterator[NamedKey]:
    cores, reads = places
    program = language.type == "programming" or language.id == "notebook"
    infrastructure = program and any(places) and roles.is_infrastructure(text)
    commands = language.type == "commands"
    literals_only = _has_literals_only(language, path)
    if infrastructure:
        for read in reads:
            yield NamedKey(read["name"], *read.span("name"), *read.span("name"), False, "infrastructure")
    usual = "infrastructure" if infrastructure else _form(language, path)
    of_container = language.syntax == "yaml" or language.id in ("dockerfile", *_SCRIPTS)
    end = 0
    for core in cores:
        if core < end:
            continue
        left = _PART_OF_NAME.search(text[max(0, core - 100) : core])
        at = core - len(left[0])  # type: ignore[index]  # it matches nothing, too
        match = _NAMES.search(text, max(at, end), core + 90)
        if match is None:
            continue
        name, (start, end) = match["name"], match.span("name")
        lead = text[max(text.rfind("\n", 0, start) + 1, start - 160) : start]
        if lead.endswith(("${", "$")) or (_JSON_COMMENT if language.syntax == "json" else COMMENT).search(
            lead
        ):
            continue
        form, reference = usual, not literals_only
        container = _in_container(text, name, start, end, language) if of_container else ("", None)
        if container[0]:
            form, assigned = container
        elif language.id == "notebook" and _EXPORT.search(lead):  # `%env NAME=value`
            assigned = _in_command(text, lead, name, end, commands=False)
            reference = False
        elif (program or literals_only) and PROFILE_NAME.fullmatch(name) and not lead.strip():
            assigned = in_data(text, lead, name, end, expressions=False)
            reference = False  # of a credentials file in a string, or in prose
            if assigned is None or text[assigned.start - 1] in "'\"" or not has_key_format(assigned.text):
                continue
        elif program:
            if not (_UPPER.fullmatch(name) or _EVERYWHERE.fullmatch(name)):
                continue
            assigned = _in_program(text, lead, name, start, end)
            sets = assigned is not None and _sets_variable(text, lead, name, start)
            if assigned is None and infrastructure:
                assigned = in_member(text, start, end, program=True)
            reference = reference and (sets or infrastructure)
            if assigned is None or (
                not sets and not assigned.expression and not has_key_format(assigned.text)
            ):
                continue
        elif commands or (language.type in _LITERALS_ONLY and language.id not in TEMPLATES):
            assigned = _in_command(text, lead, name, end, commands=commands)
        else:
            if KEY_OF_SECRET.search(text, max(0, start - 160), start):
                continue  # the name of a Secret's key
            expressions = language.syntax in ("terraform", "bicep")
            assigned = in_member(text, start, end, program=expressions) or in_data(
                text, lead, name, end, expressions=expressions
            )
            if language.syntax == "yaml":
                form, reference = _form_in_yaml(text, name, lead, start, end, reference=reference, path=path)
                if form == "setting":
                    assigned = _in_command(text, lead, name, end, commands=True) or assigned
                elif form == "compose" and assigned is None and _PASSED_ON.match(text, end):
                    assigned = Assigned(f"${name}", end, end, False)
                elif assigned is not None and name.islower() and NAME.fullmatch(assigned.text):
                    assigned = assigned._replace(text=f"${assigned.text}")  # CircleCI's `env_var_name`
                is_template = assigned is not None and assigned.text.startswith("{{")
                kinds = _KIND.findall(text, max(0, start - _DOCUMENT), start)
                if kinds[-1:] == ["Secret"] and not is_template:
                    continue  # `kubernetes` reports it
                if kinds[-1:] == ["PushSecret"]:
                    continue  # it copies a Secret into a store: https://external-secrets.io/latest/api/pushsecret/
        own = commands and name.islower() and not lead.strip()  # of a credentials file, or a shell's variable
        if own and assigned and form == "setting":
            reference = _PROFILE.search(surroundings(text, start, end)) is not None
        if assigned is not None:
            yield from _classified(text, name, (start, end), assigned, form, language.id, reference=reference)


# https://docs.docker.com/reference/dockerfile/#env, where a blank may be between one name and its value
_INSTRUCTION = lazy_re.compile(r"\s*(?:ENV|ARG)\s", re.I)
_ENV_ALONE = lazy_re.compile(r"\s*ENV\s+", re.I)
# https://docs.docker.com/reference/cli/docker/container/run/#env
# https://docs.docker.com/reference/cli/docker/buildx/build/#build-arg
# https://kubernetes.io/docs/reference/kubectl/generated/kubectl_set/kubectl_set_env/
_ENGINE = lazy_re.compile(r"(?:\A|[\s/@\"'-])(?:docker(?:-compose)?|podman|nerdctl|finch|kubectl)\s")
_OPTION = lazy_re.compile(r"(?:\s-e ?|\s--(?:env|build-arg)[ =]|\bkubectl\s+set\s+env\s.*\s)[\"']?\Z", re.S)


def _in_container(
    text: str, name: str, start: int, end: int, language: languages.Language
) -> tuple[str, Assigned | None]:
    """(form, value) of a variable that a Dockerfile or a command sets in a container; "" for no such form."""
    command = text[logical_line(text, start)[0] : start]
    if language.id == "dockerfile" and _INSTRUCTION.match(command):
        form = "dockerfile"
    elif _OPTION.search(command) and _ENGINE.search(command):
        form = "command"
    else:
        return "", None
    only = _ENV_ALONE.fullmatch(command)
    operator = re.compile("=").match(text, end) or (BLANKS.match(text, end) if only else None)
    if operator is None and not only:
        return form, Assigned(f"${name}", end, end, False)  # passed on
    word = _WORD.match(text, operator.end()) if operator else None
    return form, _of_word(word) if word else None


# Up to the end of an item without a value: `- NAME`, `[NAME, OTHER]`
_PASSED_ON = lazy_re.compile(r"[\"']?[ \t]*(?:[,\]\r\n#]|\Z)")
_PREFIX = lazy_re.compile(
    r"=(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|(?:\$\{[^}\n]{0,200}\}|[^\s\"'{]){1,200})[ \t]{1,9}[\w./]"
)  # `NAME=value command`
_SERVICES = lazy_re.compile(r"(?m)^\{?[\"']?services[\"']?:")
_KIND = lazy_re.compile(r"(?m)^kind:[ \t]*[\"']?(\w+)")
_DOCUMENT = 20_000  # code points before a key in which the kind of its document is
_ENVIRONMENT_KEYS = ("env", "environment", *VARIABLE_KEYS)


def _form_in_yaml(
    text: str, name: str, lead: str, start: int, end: int, *, reference: bool, path: str
) -> tuple[str, bool]:
    """(form of a key in YAML, whether a reference counts there)."""
    is_command = not lead.strip(" -") and (
        _PREFIX.match(text, end) or (not lead.strip() and text[end] == "=")
    )
    of_file = PROFILE_NAME.fullmatch(name) and _PROFILE.search(surroundings(text, start, end))
    if is_command or of_file or _EXPORT.search(lead):
        return "setting", reference
    flow = _KEY_OF_FLOW.search(lead)
    above = flow or _KEY_OF_MAP.match(yaml.keys_above(text, start))
    key = above[1] if above else ""
    if key in VARIABLE_KEYS and (_has_services(text) or roles.matches(path, ("pipeline",))):
        return "compose", True
    # Labels and arguments are lists of `NAME=value`, too
    return "environment", reference and (text[end : end + 1] != "=" or key in _ENVIRONMENT_KEYS)


@lru_cache(maxsize=1)  # asked with the whole text for each key of a file
def _has_services(text: str) -> bool:
    return _SERVICES.search(text) is not None


_KEY_OF_MAP = lazy_re.compile(r"[ \t-]*[\"']?(\w[\w-]*)[\"']?:")
_KEY_OF_FLOW = lazy_re.compile(r"([\w-]{1,40})[\"']?:[ \t]{0,9}[\[{][^\[\]{}]{0,160}\Z")


def _places(text: str, near: Ranges) -> _Places:
    """Where names may start, and what reads one as `_READ_BY_NAME` does."""
    cores = [match.start() for match in matches_in(near, _CORES, text)]
    return cores, list(matches_in(near, _READ_BY_NAME, text))


def _has_literals_only(language: languages.Language, path: str) -> bool:
    """Whether only literals count: in prose and pages, and in tests, whose references are doubles."""
    if language.type in _LITERALS_ONLY and language.id not in (*TEMPLATES, "notebook"):
        return True
    return language.id in ("diff", "snapshot") or roles.is_test(path)


# Keys inside URLs, SQL and commands, where no name of a variable is. Groups: the id, the secret.
_PART = r"[^\s\"'/:@;,<>]{1,130}"
_SQL = r"\\?'(?P<{}>\{{\{{[^\n{{}}]{{1,120}}\}}\}}|[^'\n]{{1,130}}?)\\?'"
_USER = r"(?:--user|-u)[ =][\"']?(?P<id>[^\s\"':]{1,130}):(?P<secret>[^\s\"']{1,130})"
# Each with words that its matches have.
_STRINGS = tuple(
    (words, lazy_re.compile(pattern, re.I))
    for words, pattern in (
        # https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html,
        # https://airflow.apache.org/docs/apache-airflow-providers-amazon/stable/connections/aws.html
        (
            ("://", "@"),
            rf"(?<![\w+])(?:sqs|s3[an]?|aws|sns|dynamodb|ses(?:\+\w+)?)://(?P<id>{_PART}):(?P<secret>{_PART})@",
        ),
        # https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html#json-format-example
        (
            ("conn_type", "aws", "login", "password"),
            r"conn_type[\"']?\s{0,4}[:=]\s{0,4}[\"']aws[\"'][^{}()]{0,200}?\blogin[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
            r"(?P<id>[^\s\"',]{1,130})[^{}()]{0,200}?\bpassword[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?P<secret>[^\s\"',)]{1,130})",
        ),
        # https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-authorization.html
        (
            ("aws_access_key_id=",),
            r"\baws_access_key_id=(?P<id>[^;'\"\s]{1,130});\s{0,4}aws_secret_access_key=(?P<secret>[^;'\"\s]{1,130})",
        ),
        (
            ("secret_access_key", "'"),
            rf"(?<!\w)access_key_id\s{{1,8}}(?:as\s{{1,8}})?{_SQL.format('id')}\s{{1,20}}secret_access_key\s{{1,8}}"
            rf"(?:as\s{{1,8}})?{_SQL.format('secret')}",
        ),
        # https://docs.snowflake.com/en/sql-reference/sql/create-stage
        (
            ("aws_key_id",),
            rf"\baws_key_id\s{{0,4}}=\s{{0,4}}{_SQL.format('id')}\s{{0,20}}aws_secret_key\s{{0,4}}=\s{{0,4}}"
            rf"{_SQL.format('secret')}",
        ),
        # https://duckdb.org/docs/stable/core_extensions/httpfs/s3api
        (
            ("s3_secret_access_key",),
            rf"\bset\s{{1,8}}s3_secret_access_key\s{{0,4}}=\s{{0,4}}{_SQL.format('secret')}",
        ),
        (
            ("type", "s3", "key_id"),
            rf"\btype\s{{1,4}}s3\b[^()]{{0,200}}?\bkey_id\s{{1,4}}{_SQL.format('id')}\s{{0,4}},\s{{0,8}}secret\s{{1,4}}"
            rf"{_SQL.format('secret')}",
        ),
        # https://curl.se/docs/manpage.html#--aws-sigv4
        (("--aws-sigv4",), rf"--aws-sigv4[^\n]{{0,200}}?{_USER}"),
        (("--aws-sigv4",), rf"{_USER}[^\n]{{0,200}}?--aws-sigv4"),
        # https://camel.apache.org/components/next/aws2-sqs-component.html
        (
            ("accesskey=", "secretkey="),
            r"\baws2?-\w{1,20}:[^\s\"']{1,200}?accesskey=(?P<id>[^\s&\"']{1,130})&(?:amp;)?secretkey="
            r"(?P<secret>[^\s&\"']{1,130})",
        ),
        # https://maven.apache.org/settings.html#servers, with a repository in S3
        (
            ("<username>", "aws"),
            r"<username>(?P<id>\$\{env\.AWS_\w{1,60}\})</username>\s{0,80}<password>(?P<secret>[^<\s]{1,130})</password>",
        ),
        # https://nginx.org/en/docs/http/ngx_http_rewrite_module.html#set, with a module that signs for S3
        (
            ("set $",),
            r"\bset\s{1,8}\$(?:aws|s3)_access_key\w{0,4}\s{1,8}[\"']?(?P<id>[^\"';]{1,130})[\"']?;\s{0,80}"
            r"set\s{1,8}\$(?:aws|s3)_secret(?:_access)?_key\s{1,8}[\"']?(?P<secret>[^\"';]{1,130})",
        ),
        # https://docs.saltproject.io/en/latest/topics/cloud/aws.html
        (
            ("ec2", "key:"),
            r"\b(?:driver|provider):\s{0,8}ec2\b[^\0]{0,300}?\bid:\s{0,8}[\"']?(?P<id>[^\"'\n]{1,130})[\"']?\s{1,80}"
            r"key:\s{0,8}[\"']?(?P<secret>[^\"'\n]{1,130})",
        ),
        # https://min.io/docs/minio/linux/reference/minio-mc/mc-alias-set.html
        (
            ("mc ", "amazonaws"),
            r"\bmc\s{1,4}(?:alias\s{1,4}set|config\s{1,4}host\s{1,4}add)\s{1,4}\S{1,60}\s{1,4}\S{0,80}amazonaws\.com\S{0,20}"
            r"\s{1,4}[\"']?(?P<id>[^\s\"']{1,130})[\"']?\s{1,4}[\"']?(?P<secret>[^\s\"']{1,130})",
        ),
        # https://github.com/s3fs-fuse/s3fs-fuse#examples
        (
            ("passwd-s3fs",),
            r"(?<!\S)[\"']?(?P<id>[^\s\"':]{1,130}):(?P<secret>[^\s\"'>]{1,130})[\"']?\s{0,4}>>?\s{0,4}\S{0,80}passwd-s3fs",
        ),
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys-admin-managed.html
        (
            ("secret access key",),
            r"access key id,\s{0,4}secret access key\s{1,8}(?P<id>[^\s,]{1,130}),(?P<secret>[^\s,]{1,130})",
        ),
    )
)
_COMPUTED = lazy_re.compile(
    r"\{[^{}]*\}|\{\{[^{}]*\}\}|%s|%\(\w+\)s|\$\{?\w+\}?|\$\{[\w.]+\}|%env\([\w:]+\)%|%v|#\{[^{}]*\}"
)


def _in_strings(text: str, near: Ranges, *, references: bool) -> Iterator[NamedKey]:
    """The keys inside URLs, SQL and commands."""
    lower = "\n".join(text[start:end] for start, end in near).lower()
    patterns = [pattern for words, pattern in _STRINGS if all(map(lower.__contains__, words))]
    for start, end in near if patterns else ():
        for match in (match for pattern in patterns for match in pattern.finditer(text, start, end)):
            secret, key_id = match["secret"], match.groupdict().get("id") or ""
            computed = _COMPUTED.fullmatch(secret) is not None or (
                "conn_type" in match[0] and secret.isidentifier() and text[match.start("secret") - 1] == "="
            )
            if computed and "://" in match[0] and not (is_key_id(key_id) or _COMPUTED.fullmatch(key_id)):
                continue  # a user of another service: `s3://app:$PASSWORD@`
            line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
            last = match.end() + SECRET_LENGTH
            if COMMENT.search(line) or session_token(text[match.start() : last]):
                continue
            is_literal = is_key(secret) and has_key_format(secret)
            if references and not DUMMY_NAME.search(secret) if computed else is_literal:
                name = match[0].partition("://")[0] if "://" in match[0] else "secret"
                yield NamedKey(name, *match.span(), *match.span("secret"), not computed, "string")


def _in_pairs(text: str, language: languages.Language, path: str, near: Ranges) -> Iterator[NamedKey]:
    """The keys that are recognised only by their pair of names, or by the call that takes both."""
    if language.type == "programming":
        return  # `aws-sdk-access-key` reports those
    literals_only = _has_literals_only(language, path)
    for keys in key_pairs.find(text, language, path, near):
        names = keys.names or (("secret", keys.start), ("secret", keys.start))
        static = [value for value in keys.values if value.kind == "text" and is_key(value.text)]
        if not static and not (literals_only or keys.other_endpoint):
            static = [value for value in keys.values if value.kind not in ("text", "nothing")]
        for (name, start), value in zip(names, keys.values, strict=True):
            if "\n" in text[value.start : value.end] or value.text == name:
                continue  # no key has lines, the name ended a string; `export KEY="${KEY%x}"` reads its own
            if value in static and not NAME.fullmatch(name):
                end = max(value.end, start + len(name))
                form = _form(language, path)
                yield NamedKey(name, start, end, value.start, value.end, value.kind == "text", form)


def _form(language: languages.Language, path: str) -> str:
    """The form of the keys that a text sets, unless it is a program that declares infrastructure."""
    if language.syntax == "terraform" or language.id == "terraform-json":
        return "infrastructure"
    if language.syntax in ("json", "yaml"):
        return "devcontainer" if "devcontainer" in path else "environment"
    return "setting"


def _classified(
    text: str,
    name: str,
    span: tuple[int, int],
    assigned: Assigned,
    form: str,
    language: str,
    *,
    reference: bool,
) -> Iterator[NamedKey]:
    value = assigned.text.strip()
    if assigned.expression:
        kind = "" if NO_KEY.match(value) or DUMMY_NAME.search(value) else "reference"
    else:
        kind = classify(value, language)
    # What a command prints has a token that is often set after an empty line and a comment.
    gap = "\n\n\n" if value.startswith(("$(", "`")) else "\n\n"
    around = surroundings(text, span[0], assigned.end, "\0" if form == "dockerfile" else gap)
    group = -1
    if form == "command":
        group, last = logical_line(text, span[0])
        around = text[group:last]
    if kind == "reference":
        # a program or a shell that reads its own environment
        sources = (text[slice(*at)] for at in assignments(text, value.strip("${}")))
        source = " ".join((value, *sources))
        own = form == "setting" and re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?!\w)", source)
        temporary = (form == "setting" or assigned.expression) and _TEMPORARY.search(value)
        made = form == "setting" and _FROM_STS.search(around)
        if own or temporary or made or not reference or session_token(around) or is_of_another_service(value):
            return
    if kind == "reference" and any(map(is_foreign_id, _PAIR.findall(around))):
        return
    if kind and _has_company(name, around) and (is_key_id(value) or not is_elsewhere(around)):
        end = max(span[1], assigned.end)
        yield NamedKey(name, span[0], end, assigned.start, assigned.end, kind == "literal", form, group)


_PAIR = lazy_re.compile(r"(?m)^[ \t-]*[\"']?(\w+)[\"']?:[ \t]*[\"']?(\w{1,15})[\"']?[ \t]*$")


def _in_command(text: str, lead: str, name: str, end: int, *, commands: bool) -> Assigned | None:
    """`export NAME=value`, `NAME=value command`, `set -x NAME value`; in prose only after `export`."""
    exported = _EXPORT.search(lead)
    if commands and _STORES.search(lead):
        return computed_at(end)
    if not exported and not (commands and _START_OF_WORD.search(lead)):
        return None
    operator = _SHELL_ASSIGNMENT.match(text, end) or (BLANKS.match(text, end) if _SET.search(lead) else None)
    word = _WORD.match(text, operator.end()) if operator else None
    if word is None:
        return None
    return _of_word(word)


def _of_word(word: re.Match[str]) -> Assigned:
    start, end = lazy_re.last_span(word)
    value = word.string[start:end].replace("$$", "$")  # Make's notation for `$`
    return Assigned(value, start, end, value.startswith(("$(", "`")))


# `gh secret set NAME --body …`, `wrangler secret put NAME`
_STORES = lazy_re.compile(r"\bsecrets?\s+(?:set|put|add|create)\s+(?:--\w+\s+\S+\s+)*[\"']?\Z")
# Not to nothing, before another one: `A= B= make`
_SHELL_ASSIGNMENT = lazy_re.compile(r"[\"']?(?:[ \t]*[:?+]?=(?![ \t]+\w+=)[ \t]*(?=\S)(?!=))")


def _in_program(text: str, lead: str, name: str, start: int, end: int) -> Assigned | None:
    """An assignment, a member, or a call that sets a variable or property of this name."""
    quote = lead[-1:] if lead[-1:] in ("'", '"', "`") else ""
    closed = bool(quote) and text[end : end + 1] == quote
    if quote and not closed:  # `putenv("NAME=" . $value)`, `env: ["NAME=" + value]`, `"NAME=value"`
        if text[end : end + 1] != "=":
            return None
        closing = text.find(quote, end, end + 500)
        if closing < 0:
            return None
        if closing > end + 1:
            value = text[end + 1 : closing]
            return Assigned(value, end + 1, closing, _COMPUTED.fullmatch(value) is not None)
        after = closing + 1 + len(text[closing + 1 :][:8]) - len(text[closing + 1 :][:8].lstrip(" .+,"))
        last = expression_end(text, after)
        return Assigned(text[after:last], after, last, True) if last > after else None
    after = end + closed
    operator = ASSIGNED.match(text, after)
    if _SETTER.search(lead) or (_EVERYWHERE.fullmatch(name) and _SETTING_CALL.search(lead)):
        operator = operator or re.compile(r"\s*,\s*").match(text, after)
    if operator is None:
        return None
    at = operator.end()
    at += len(text[at : at + 200]) - len(text[at : at + 200].lstrip())
    return value_at(text, at, expressions=True)


def _sets_variable(text: str, lead: str, name: str, start: int) -> bool:
    """Whether a name in a program is that of a variable or property that is set, not of a constant."""
    if _SETTER.search(lead) or _ENVIRONMENT_ITEM.search(lead):
        return True
    if _EVERYWHERE.fullmatch(name):
        return True
    opening = opening_bracket(text, start)
    if opening < 0:
        return False
    before = text[max(0, opening - 60) : opening]
    return _ENVIRONMENT.search(before) is not None
