"""Map findings to secrets: dotenv variables and literals become keys of secrets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from palint import files
from palint.aws import secrets_manager
from palint.dotenv import files as dotenv_files
from palint.engine.seal import sealed
from palint.files import environments, languages
from palint.files.roles import Role
from palint.findings import Confidence, Finding
from palint.languages import dockerfile, yaml
from palint.languages.compose import Setting
from palint.languages.dockerfile import Pair
from palint.migrate import containers, key_names
from palint.migrate.accounting import Account, account, aws_keys, spans, unread_lines
from palint.migrate.key_names import Literal
from palint.migrate.migration_plan import PlannedSecret, SecretKey, Task, ValueSource
from palint.migrate.values import literal_value, values_by_offset
from palint.secrets.filters.placeholders import is_placeholder
from palint.secrets.formats.table import FORMATS
from palint.text.source import ParseError, SourceFile
from palint.tree.project import Project
from palint.util.named_tuple import NamedTuple

# OpenAPI 3.1, "Schema Object", "Media Type Object": keys with examples of an API's responses.
_EXAMPLE_KEYS = ("example", "examples")
_VENDORS = frozenset(fmt.id for fmt in FORMATS)
MADE_WHEN_RUN = ("test", "ci")  # environments whose secrets are made when the tests run


class Naming(NamedTuple):
    """How secrets are named. environment: for files that name none; "" for the default."""

    service: str
    environments: tuple[str, ...]
    environment: str = ""

    def secret_id(self, path: str) -> str:
        """`{service}/{environment}` for a file."""
        usual = secrets_manager.environment(
            self.environments, ".env" if dotenv_files.is_dotenv(path) else "x"
        )
        found = secrets_manager.environment(self.environments, path)
        if self.environment and found in (usual, secrets_manager.environment(self.environments, ".env")):
            found = self.environment
        return f"{self.service}/{found}"


class Sources(NamedTuple):
    """The sources of secrets in the findings.

    secrets: by id. dotenv: {path: (secret id, names)}. literals: {path: named literals in code}.
    places: {path: [start, end) of other hardcoded values}, e.g. in Compose files.
    written: {path: (start, end, placeholder)} in text that no program reads: documentation, comments.
    tasks: for people. accounts: what becomes of the lines of each file in `dotenv`. unread: {path: lines} of
    dotenv files that are left alone because of these lines. left: all dotenv files that are left alone.
    """

    secrets: tuple[PlannedSecret, ...]
    dotenv: Mapping[str, tuple[str, tuple[str, ...]]]
    literals: Mapping[str, tuple[Literal, ...]]
    places: Mapping[str, tuple[tuple[int, int], ...]]
    written: Mapping[str, tuple[tuple[int, int, str], ...]]
    tasks: tuple[Task, ...]
    accounts: Mapping[str, Account]
    unread: Mapping[str, tuple[int, ...]]
    left: frozenset[str] = frozenset()


class _Keys:
    """Collects the keys of all secrets, with their values while they are compared."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, tuple[str, SecretKey]]] = {}

    def add(self, secret_id: str, value: str, key: SecretKey) -> None:
        self.values.setdefault(secret_id, {})[key.name] = (value, key)

    def secrets(self) -> tuple[PlannedSecret, ...]:
        return tuple(
            PlannedSecret(secret_id, tuple(key for _, (_, key) in sorted(keys.items())))
            for secret_id, keys in sorted(self.values.items())
        )


def collect(project: Project, findings: Sequence[Finding], naming: Naming, *, expand: bool) -> Sources:
    """Read and name the values in findings of C1 and C2."""
    keys, tasks, unread = _Keys(), list[Task](), dict[str, tuple[int, ...]]()
    dotenv = _collect_dotenv(project, findings, naming, keys, tasks, unread, expand)
    accounts = dict(_accounts(project, dotenv, keys, expand))
    left = frozenset(f.span.path for f in findings if f.rule == "env-file") - dotenv.keys()
    by_file: dict[str, list[Finding]] = {}
    doubtful: dict[Role, dict[str, list[Finding]]] = {}
    for finding in findings:
        path = finding.span.path
        if finding.rule == "hardcoded-secret" and path not in dotenv and path not in left:
            role = files.kind(path).role
            doubt = finding.confidence is Confidence.LOW and not dotenv_files.is_example(path)
            chosen = doubtful.setdefault(role, {}) if doubt or stays(role) else by_file
            chosen.setdefault(path, []).append(finding)
    for role, each in doubtful.items():
        tasks += _decide(role, each)
    targets = tuple(keys.values)
    literals: dict[str, tuple[Literal, ...]] = {}
    places: dict[str, tuple[tuple[int, int], ...]] = {}
    written: dict[str, tuple[tuple[int, int, str], ...]] = {}
    for path, found in sorted(by_file.items()):
        file = project.open(path)
        if file is None:
            continue
        secret_ids = targets or (naming.secret_id(path),)
        language = languages.find(path)
        if language.syntax in ("python", "javascript"):
            inside = [finding for finding in found if _is_comment(file, finding)]
            found = [finding for finding in found if finding not in inside]
            if inside:
                written[path] = tuple(_placeholders(inside, tasks))
            named = tuple(_code_literals(file, found, secret_ids, keys, tasks))
            if named:
                literals[path] = named
        elif dotenv_files.is_example(path):  # the plan replaces its values by comments
            real = [each for each in found if each.confidence is not Confidence.LOW]
            tasks += [Task("rotate", f"`{_place(each)}` had one: {each.message}") for each in real]
        elif language.type == "prose" or language.id == "graphql":  # no program reads their values
            written[path] = tuple(_placeholders(found, tasks))
        elif language.id in _CONTAINERS:
            try:
                places[path] = tuple(_CONTAINERS[language.id](file, found, secret_ids, keys, tasks))
            except ParseError:
                tasks += [_by_hand(finding) for finding in found]
        else:
            inside = _in_examples(file, found)
            if inside:
                written[path] = tuple(_placeholders(inside, tasks))
            tasks += [_by_hand(finding) for finding in found if finding not in inside]
    return Sources(keys.secrets(), dotenv, literals, places, written, tuple(tasks), accounts, unread, left)


def _accounts(
    project: Project, dotenv: Mapping[str, tuple[str, tuple[str, ...]]], keys: _Keys, expand: bool
) -> Iterator[tuple[str, Account]]:
    """What becomes of the lines of each migrated dotenv file."""
    examples = [project.open(path) for path in project.files() if dotenv_files.is_example(path)]
    example = "\n".join(file.text for file in examples if file is not None) if examples else None
    for path, (secret_id, _) in dotenv.items():
        file = project.open(path)
        if file is not None:
            stored = {name: value for name, (value, _) in keys.values.get(secret_id, {}).items()}
            yield path, account(file, values_by_offset(file, expand=expand), stored, example)


def _collect_dotenv(
    project: Project,
    findings: Iterable[Finding],
    naming: Naming,
    keys: _Keys,
    tasks: list[Task],
    unread: dict[str, tuple[int, ...]],
    expand: bool,
) -> dict[str, tuple[str, tuple[str, ...]]]:
    paths = sorted({f.span.path for f in findings if f.rule == "env-file"}, key=_precedence)
    migrated: dict[str, tuple[str, tuple[str, ...]]] = {}
    for path in paths:
        file = project.open(path)
        name = path.rpartition("/")[2].lower()
        if file is None or file.link or name.startswith(".envrc"):
            tasks.append(Task("files", f"`{path}`: move what it exports to Secrets Manager, then delete it"))
            continue
        secret_id = naming.secret_id(path)
        stored_for = environments.full_name(secret_id.rpartition("/")[2])
        if environments.find(path) in MADE_WHEN_RUN and stored_for not in MADE_WHEN_RUN:
            tasks.append(
                Task("files", f"`{path}` stays: no test or CI job needs secrets that are stored. Set its "
                     "values where the tests start, then delete it")
            )  # fmt: skip
            continue
        variables = dotenv_files.parse(file)
        if dotenv_files.encrypted(variables)[0]:
            tasks.append(Task("files", f"`{path}` is encrypted in part: move its values by hand"))
            continue
        lines = unread_lines(file)
        if lines:
            unread[path] = tuple(lines)
            word = "lines" if len(lines) > 1 else "line"
            tasks.append(
                Task("files", f"`{path}:{lines[0]}`: {word} {spans(lines)} of `{path}` cannot be read as "
                     "`NAME=value` or a comment, so the file was left alone: correct or delete them, then "
                     "run `palint migrate` again")
            )  # fmt: skip
            continue
        values = values_by_offset(file, expand=expand)
        refused = aws_keys(file, values)
        filled = [v for v in variables if values[v.value_start] and v.name not in refused]
        known = keys.values.get(secret_id, {})
        other = {
            f"`{v.name}`": known[v.name][1].sources[0].path for v in filled
            if v.name in known and known[v.name][0] != values[v.value_start]
        }  # fmt: skip
        first = next((each for each in other.values() if not _overrides(path, each)), "")
        if first:
            tasks.append(
                Task("files", f"`{path}` stays: it sets other values than `{first}` for {', '.join(other)}. "
                     "If it is still needed, run `palint migrate --service NAME` once the other is gone")
            )  # fmt: skip
            continue
        template = any(
            is_placeholder(values[v.value_start]) and not is_placeholder(known[v.name][0])
            for v in filled if v.name in known
        )  # fmt: skip
        for variable in filled:
            if template and variable.name in known:  # `.env.dev`, to be filled as `.env`
                continue
            source = _source(file, variable.value_start, variable.value_end)
            key = SecretKey(variable.name, (source,), secret=variable.is_secret)
            keys.add(secret_id, values[variable.value_start], key)
        migrated[path] = (secret_id, tuple(dict.fromkeys(v.name for v in filled)))
    return migrated


def _precedence(path: str) -> tuple[str, int, str]:
    """Sort key for the files in a folder, from general to specific: values of later ones override."""
    folder, _, name = path.rpartition("/")
    return folder, name.count(".") + ("local" in name), name


def _overrides(path: str, other: str) -> bool:
    """Whether loaders let one dotenv file override another: `.env.local`, `.env.dev` override `.env`."""
    words = path.removeprefix(other).split(".")[1:] if path.startswith(f"{other}.") else []
    return path == other or (
        bool(words) and all(word == "local" or environments.full_name(word) for word in words)
    )


def _source(file: SourceFile, start: int, end: int, kind: str = "dotenv") -> ValueSource:
    return ValueSource(file.path, file.position(start).line, start, end, kind, len(file.data))


def _code_literals(
    file: SourceFile, found: Sequence[Finding], secret_ids: Sequence[str], keys: _Keys, tasks: list[Task]
) -> Iterable[Literal]:
    python = languages.find(file.path).id == "python"
    places = [(value, finding) for finding in found for value in finding.value_ranges]
    try:
        read = key_names.python_literals if python else key_names.javascript_literals
        literals = list(read(file, [value for value, _ in places]))
    except ParseError:
        literals = [None] * len(places)
    seen: set[int] = set()
    for literal, (_, finding) in zip(literals, places, strict=True):
        if literal is None:
            tasks.append(_by_hand(finding))
        elif literal.start not in seen:
            seen.add(literal.start)
            source = _source(file, literal.start, literal.end, "python" if python else "javascript")
            value = literal_value(source, file.text[literal.start : literal.end])
            name = _free_name(literal, finding, value, secret_ids, keys)
            vendor = finding.detector if finding.detector in _VENDORS else ""
            for secret_id in secret_ids:
                if not (literal.default and name in keys.values.get(secret_id, {})):
                    keys.add(secret_id, value, SecretKey(name, (source,), vendor))
            yield literal._replace(name=name)


def _free_name(literal: Literal, finding: Finding, value: str, secret_ids: Sequence[str], keys: _Keys) -> str:
    """The literal's own name; if another value has it, with the file's name in front, then numbered."""
    stem = key_names.key_name(finding.span.path.rpartition("/")[2].partition(".")[0])
    base = literal.name or _detected(finding)
    if literal.default:
        return base
    candidates = [base, f"{stem}_{base}", *(f"{stem}_{base}_{n}" for n in range(2, 1000))]
    taken = [keys.values.get(secret_id, {}) for secret_id in secret_ids]
    return next(c for c in candidates if all(t.get(c, (value,))[0] == value for t in taken))


def _detected(finding: Finding) -> str:
    """The name of the token that was found; `SECRET` where only its place in a statement tells."""
    named = finding.detector in _VENDORS or finding.detector == "url-credentials"
    return key_names.key_name(finding.detector or "") if named else "SECRET"


def _is_comment(file: SourceFile, finding: Finding) -> bool:
    """Whether every value of a finding is in a comment: on its own line, or in a JavaScript block."""
    marks = "#" if languages.find(file.path).id == "python" else ("//", "*", "/*")
    lines = [file.text[file.line_at(start)[0] : start].lstrip() for start, _ in finding.value_ranges]
    return bool(lines) and all(line.startswith(marks) for line in lines)


def _in_examples(file: SourceFile, found: Sequence[Finding]) -> list[Finding]:
    """The findings whose values are all below an `example` key of an API description (YAML or JSON)."""
    if languages.find(file.path).syntax not in ("yaml", "json"):
        return []
    try:
        documents = file.parsed_with(yaml.parse)
    except ParseError:
        return []
    examples = [
        (value.start, value.end)
        for document in documents
        if document.kind == "map"
        and (document.get("openapi") or document.get("swagger") or document.get("components"))
        for node in document.walk()
        if node.kind == "map" and node.alias is None
        for key, value in node.items
        if key.value in _EXAMPLE_KEYS and value.alias is None
    ]
    return [
        finding
        for finding in found
        if finding.value_ranges
        and all(any(s <= start and end <= e for s, e in examples) for start, end in finding.value_ranges)
    ]


def _placeholders(found: Sequence[Finding], tasks: list[Task]) -> Iterable[tuple[int, int, str]]:
    """Replace values that no program reads by placeholders; a person must rotate them."""
    for finding in found:
        name = _detected(finding)
        tasks.append(
            Task("rotate", f"`{_place(finding)}` had one: {finding.message}; it is a placeholder now")
        )
        for start, end in finding.value_ranges:
            yield start, end, f"<{name}>"


def _compose_values(
    file: SourceFile, found: Sequence[Finding], secret_ids: Sequence[str], keys: _Keys, tasks: list[Task]
) -> Iterable[tuple[int, int]]:
    """Add the values in `environment` as keys with the variables' names; return their places."""
    by_place = {value: finding for finding in found for value in finding.value_ranges}
    for place, setting in containers.compose_settings(file, list(by_place)):
        if setting is not None and _add_setting(file, setting, secret_ids, keys):
            yield place
        else:
            tasks.append(_by_hand(by_place[place]))


def _dockerfile_values(
    file: SourceFile, found: Sequence[Finding], secret_ids: Sequence[str], keys: _Keys, tasks: list[Task]
) -> Iterable[tuple[int, int]]:
    """The same for `ENV` and `ARG`; the image does not set them any more."""
    pairs = [pair for step in file.parsed_with(dockerfile.parse) for pair in step.variables()]
    for finding in found:
        for start, end in finding.value_ranges:
            pair = next((p for p in pairs if p.start <= start and end <= p.end), None)
            if pair is None or not _add_setting(file, pair, secret_ids, keys):
                tasks.append(_by_hand(finding))
                continue
            yield start, end
            names = ", ".join(f"`{secret_id}`" for secret_id in secret_ids)
            text = f"the image no longer sets `{pair.name}`: read it from {names}, or pass it"
            tasks.append(Task("check", f"`{_place(finding)}`: {text}"))


def _add_setting(file: SourceFile, setting: Setting | Pair, secret_ids: Sequence[str], keys: _Keys) -> bool:
    """Add a variable with a plain value as a key; false if it has no such value, or the key has another."""
    known = keys.values.get(secret_ids[0], {}).get(setting.name)
    value = file.text[setting.value_start : setting.value_end]
    if sealed(setting.name, ()) != setting.name or {"$", "\\"} & set(value):
        return False
    if known is not None and known[0] != value:
        return False
    source = _source(file, setting.value_start, setting.value_end, "plain")
    for secret_id in secret_ids:
        keys.add(secret_id, value, SecretKey(setting.name, (source,)))
    return True


# What to do with secrets that are not moved, by the role of the files that they are in.
_NOT_MOVED = {
    Role.TEST: "secrets in tests: generate them when the tests run",
    Role.GENERATED: "possible secrets in built or generated files: change what they are made from",
    Role.VENDORED: "possible secrets in packages of others: update or remove the package",
    Role.BROWSER: "secrets in browser code, which keeps none: move the calls to a server, then rotate them",
    Role.DOCUMENTATION: "possible secrets in documentation: replace those that are real by placeholders",
}


def stays(role: Role) -> bool:
    """Whether no secret in files of a role is moved, so that one task says where they are."""
    return role in _NOT_MOVED and role is not Role.DOCUMENTATION


def _decide(role: Role, found: Mapping[str, Sequence[Finding]]) -> Iterator[Task]:
    """Tasks to review secrets that are not moved: one for a role, or one for each file ({path: findings})."""
    places = {path: [finding.span.start.line for finding in each] for path, each in sorted(found.items())}
    if role in _NOT_MOVED:
        named = ", ".join(f"`{path}:{spans(lines)}`" for path, lines in places.items())
        yield Task("decide", f"{_NOT_MOVED[role]}: {named}")
        return
    for path, lines in places.items():
        text = f"{found[path][0].message}. If it is a secret, move it by hand"
        if len(lines) > 1:
            text = f"{len(lines)} low-confidence secrets. Move the real ones by hand"
        yield Task("decide", f"`{path}:{spans(lines)}`: {text}")


def _by_hand(finding: Finding) -> Task:
    return Task("move", f"`{_place(finding)}`: {finding.message}; palint cannot rewrite this place")


def _place(finding: Finding) -> str:
    return f"{finding.span.path}:{finding.span.start.line}"


_CONTAINERS = {"compose": _compose_values, "dockerfile": _dockerfile_values}
