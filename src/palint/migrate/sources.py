"""Map findings to secrets: dotenv variables and literals become keys of secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from palint import files
from palint.advice.place import Place
from palint.aws import secrets_manager
from palint.dotenv import files as dotenv_files
from palint.dotenv.files import Variable
from palint.engine.seal import sealed
from palint.files import environments, languages
from palint.files.roles import Role
from palint.findings import Confidence, Finding
from palint.languages import compose, dockerfile, yaml
from palint.languages.compose import Setting
from palint.languages.dockerfile import Pair
from palint.migrate import key_names
from palint.migrate.accounting import Account, account, aws_keys, spans, unread_lines
from palint.migrate.key_names import Literal
from palint.migrate.migration_plan import PlannedSecret, SecretKey, Task, ValueSource
from palint.migrate.values import ValueChanged, value_of, values_by_offset
from palint.secrets.filters.placeholders import is_placeholder
from palint.secrets.formats.table import FORMATS
from palint.text.source import ParseError, SourceFile
from palint.tree.project import Project
from palint.util.typing import NamedTuple

# OpenAPI 3.1, "Schema Object", "Media Type Object": keys with examples of an API's responses.
_EXAMPLE_KEYS = ("example", "examples")
_DESCRIBES_API = ("openapi", "swagger", "components")  # a key of each such document
_VENDORS = frozenset(fmt.id for fmt in FORMATS)
MADE_WHEN_RUN = ("test", "ci")  # environments whose secrets are made when the tests run


class Naming(NamedTuple):
    """How secrets are named. environment: for files that name none; "" for the default."""

    service: str
    environments: tuple[str, ...]
    environment: str = ""

    def secret_id(self, path: str) -> str:
        """`{service}/{environment}` for a file."""
        local = dotenv_files.is_dotenv(path) or languages.find(path).id == "compose"
        usual = secrets_manager.environment(self.environments, ".env" if local else "x")
        found = secrets_manager.environment(self.environments, path)
        named = environments.find(path) or found != secrets_manager.environment(self.environments, "x")
        if local and not named:  # `.env.docker` is for the same machine as `.env`
            found = usual
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
    dotenv: dict[str, tuple[str, tuple[str, ...]]]
    literals: dict[str, tuple[Literal, ...]]
    places: dict[str, tuple[tuple[int, int], ...]]
    written: dict[str, tuple[tuple[int, int, str], ...]]
    tasks: list[Task]
    accounts: dict[str, Account]
    unread: dict[str, tuple[int, ...]]
    left: frozenset[str] = frozenset()


def collect(project: Project, findings: Sequence[Finding], naming: Naming, *, expand: bool) -> Sources:
    """Read and name the values in findings of C1 and C2."""
    collector = _Collector(project, naming, expand)
    dotenv = {f.span.path for f in findings if f.rule == "env-file"}
    for path in sorted(dotenv, key=_precedence):
        collector.add_dotenv(opened(project, path))
    collector.account()
    by_file: dict[str, list[Finding]] = {}
    doubtful: dict[Role, dict[str, list[Finding]]] = {}
    for finding in findings:
        path = finding.span.path
        if finding.rule == "hardcoded-secret" and path not in dotenv:
            role = role_of(project, path)
            doubt = finding.confidence is Confidence.LOW and not dotenv_files.is_example(path)
            chosen = doubtful.setdefault(role, {}) if doubt or stays(role) else by_file
            chosen.setdefault(path, []).append(finding)
    for role, each in doubtful.items():
        collector.found.tasks.extend(_decide(role, each))
    targets = tuple(collector.values)
    for path, found in sorted(by_file.items()):
        own = not targets or environments.find(path)  # its name says which environment it is for
        collector.add_literals(opened(project, path), found, (naming.secret_id(path),) if own else targets)
    secrets = tuple(
        PlannedSecret(secret_id, tuple(key for _, (_, key) in sorted(keys.items())))
        for secret_id, keys in sorted(collector.values.items())
    )
    left = frozenset(dotenv - collector.found.dotenv.keys())
    return collector.found._replace(secrets=secrets, left=left)


def opened(project: Project, path: str) -> SourceFile:
    """A file that has findings. Raises ValueChanged if it is gone."""
    file = project.open(path)
    if file is None:
        raise ValueChanged(path)
    return file


class _Collector:
    """Collects the keys of all secrets, with their values while they are compared, and what else is found."""

    def __init__(self, project: Project, naming: Naming, expand: bool) -> None:
        self.project, self.naming, self.expand = project, naming, expand
        self.values: dict[str, dict[str, tuple[str, SecretKey]]] = {}  # {secret id: {name: (value, key)}}
        self.found = Sources((), {}, {}, {}, {}, [], {}, {})

    def known(self, secret_id: str) -> dict[str, tuple[str, SecretKey]]:
        """{name: (value, key)} of a secret so far."""
        return self.values.get(secret_id, {})

    def add(self, secret_id: str, key: SecretKey, value: str) -> None:
        """Add a key to a secret, another place of its value, or another value."""
        keys = self.values.setdefault(secret_id, {})
        before, places = (keys[key.name][0], keys[key.name][1].sources) if key.name in keys else (value, ())
        sources = (*key.sources, *(places if before == value else ()))
        keys[key.name] = value, key._replace(sources=sources)

    def account(self) -> None:
        """Account for the lines of each dotenv file that is migrated."""
        examples = [self.project.text(p) for p in self.project.files() if dotenv_files.is_example(p)]
        example = "\n".join(examples) if examples else None
        for path, (secret_id, _) in self.found.dotenv.items():
            file = opened(self.project, path)
            stored = {name: value for name, (value, _) in self.known(secret_id).items()}
            values = values_by_offset(file, expand=self.expand)
            self.found.accounts[path] = account(file, values, stored, example)

    def add_dotenv(self, file: SourceFile) -> None:
        """Take the variables of a dotenv file as keys, or leave the file alone with a task."""
        path, secret_id = file.path, self.naming.secret_id(file.path)
        stored_for = environments.full_name(secret_id.rpartition("/")[2])
        variables = dotenv_files.parse(file)
        if file.link or file.name.lower().startswith(".envrc"):
            self._leave(f"`{path}`: move what it exports to Secrets Manager, then delete it")
        elif environments.find(path) in MADE_WHEN_RUN and stored_for not in MADE_WHEN_RUN:
            self._leave(
                f"`{path}` stays: no test or CI job needs secrets that are stored. Set its values where the "
                "tests start, then delete it"
            )
        elif dotenv_files.encrypted(variables)[0]:
            self._leave(f"`{path}` is encrypted in part: move its values by hand")
        elif lines := unread_lines(file):
            self.found.unread[path] = tuple(lines)
            word = "lines" if len(lines) > 1 else "line"
            self._leave(
                f"`{path}:{lines[0]}`: {word} {spans(lines)} of `{path}` cannot be read as `NAME=value` or a "
                "comment, so the file was left alone: correct or delete them, then run `palint migrate` again"
            )
        else:
            self._add_variables(file, variables, secret_id)

    def _leave(self, text: str) -> None:
        self.found.tasks.append(Task("files", text))

    def _add_variables(self, file: SourceFile, variables: Sequence[Variable], secret_id: str) -> None:
        values, known = values_by_offset(file, expand=self.expand), self.known(secret_id)
        refused = aws_keys(file, values)
        filled = [(v, values[v.value_start]) for v in variables if v.name not in refused]
        filled = [(variable, value) for variable, value in filled if value]
        other = {
            f"`{v.name}`": known[v.name][1].sources[0].path for v, value in filled
            if v.name in known and known[v.name][0] != value
        }  # fmt: skip
        first = next((each for each in other.values() if not _overrides(file.path, each)), "")
        if first:
            self._leave(
                f"`{file.path}` stays: it sets other values than `{first}` for {', '.join(other)}. If it is "
                "still needed, run `palint migrate --service NAME` once the other is gone"
            )
            return
        template = any(
            is_placeholder(value) and not is_placeholder(known[v.name][0])
            for v, value in filled if v.name in known
        )  # fmt: skip
        for variable, value in filled:
            if not (template and variable.name in known):  # `.env.dev`, to be filled as `.env`
                source = _source(file, variable.value_start, variable.value_end)
                secret = variable.is_secret and not is_placeholder(value)
                self.add(secret_id, SecretKey(variable.name, (source,), secret=secret), value)
        self.found.dotenv[file.path] = secret_id, tuple(dict.fromkeys(v.name for v, _ in filled))

    def add_literals(self, file: SourceFile, found: list[Finding], secret_ids: Sequence[str]) -> None:
        """Take the hardcoded values of a file as keys of secrets, or leave them to a person."""
        language, path = languages.find(file.path), file.path
        if language.syntax in ("python", "javascript"):
            inside = [finding for finding in found if _is_comment(file, finding)]
            self._write(path, inside)
            named = tuple(self._in_code(file, [each for each in found if each not in inside], secret_ids))
            self.found.literals.update({path: named} if named else {})
        elif dotenv_files.is_example(path):  # the plan replaces its values by comments
            real = [each for each in found if each.confidence is not Confidence.LOW]
            tasks = [Task("rotate", f"`{_place(each)}` had one: {each.message}") for each in real]
            self.found.tasks.extend(tasks)
        elif language.type == "prose" or language.id == "graphql":  # no program reads their values
            self._write(path, found)
        elif language.id in ("compose", "dockerfile"):
            try:
                self.found.places[path] = tuple(self._in_settings(file, found, secret_ids))
            except ParseError:
                self._leave_to_person(found)
        else:
            inside = _in_examples(file, found)
            self._write(path, inside)
            self._leave_to_person([finding for finding in found if finding not in inside])

    def _leave_to_person(self, found: Sequence[Finding]) -> None:
        """One task for the places in a file that have the same message."""
        lines: dict[str, list[int]] = {}
        for each in found:
            lines.setdefault(each.message, []).append(each.span.start.line)
        for message, at in lines.items():
            text = f"`{found[0].span.path}:{spans(at)}`: {message}; palint cannot rewrite this place"
            self.found.tasks.append(Task("move", text))

    def _write(self, path: str, found: Sequence[Finding]) -> None:
        """Replace values that no program reads by placeholders; a person must rotate them."""
        for each in found:
            text = f"`{_place(each)}` had one: {each.message}; it is a placeholder now"
            self.found.tasks.append(Task("rotate", text))
        places = [(*value, f"<{_detected(each)}>") for each in found for value in each.value_ranges]
        self.found.written.update({path: tuple(places)} if places else {})

    def _in_code(
        self, file: SourceFile, found: Sequence[Finding], secret_ids: Sequence[str]
    ) -> Iterator[Literal]:
        python = languages.find(file.path).id == "python"
        places = [(value, finding) for finding in found for value in finding.value_ranges]
        try:
            read = key_names.python_literals if python else key_names.javascript_literals
            literals = list(read(file, [value for value, _ in places]))
        except ParseError:
            literals = [None] * len(places)
        seen: set[int] = set()  # a literal may have two findings
        left: list[Finding] = []
        for literal, (_, finding) in zip(literals, places, strict=True):
            if literal is None:
                left.append(finding)
            elif literal.start not in seen:
                seen.add(literal.start)
                source = _source(file, literal.start, literal.end, "python" if python else "javascript")
                value = value_of(file, source, expand=self.expand)
                taken = [self.known(secret_id) for secret_id in secret_ids]
                name = _free_name(literal, finding, value, taken)
                vendor = finding.detector if finding.detector in _VENDORS else ""
                for secret_id in secret_ids:
                    if not (literal.default and name in self.known(secret_id)):
                        self.add(secret_id, SecretKey(name, (source,), vendor), value)
                yield literal._replace(name=name)
        self._leave_to_person(left)

    def _in_settings(
        self, file: SourceFile, found: Sequence[Finding], secret_ids: Sequence[str]
    ) -> Iterator[tuple[int, int]]:
        """Add values of Compose's `environment` and Docker's `ENV` and `ARG` as keys; yield their places."""
        image = languages.find(file.path).id == "dockerfile"
        settings: list[Setting | Pair] = (
            [pair for step in file.parsed_with(dockerfile.parse) for pair in step.variables()] if image
            else [setting for service in file.parsed_with(compose.parse) for setting in service.settings()]
        )  # fmt: skip
        left: list[Finding] = []
        for finding in found:
            for start, end in finding.value_ranges:
                setting = next((s for s in settings if s.start <= start and end <= s.end), None)
                if setting is None or not self._add_setting(file, setting, secret_ids):
                    left.append(finding)
                    continue
                yield start, end
                names = ", ".join(f"`{secret_id}`" for secret_id in secret_ids)
                text = f"the image no longer sets `{setting.name}`: read it from {names}, or pass it"
                self.found.tasks.extend([Task("check", f"`{_place(finding)}`: {text}")] if image else [])
        self._leave_to_person(left)

    def _add_setting(self, file: SourceFile, setting: Setting | Pair, secret_ids: Sequence[str]) -> bool:
        """Add a variable with a plain value as a key; false if it has none, or the key has another."""
        value = file.text[setting.value_start : setting.value_end]
        held = self.known(secret_ids[0]).get(setting.name, (value,))[0]
        if sealed(setting.name, ()) != setting.name or {"$", "\\"} & set(value) or held != value:
            return False
        source = _source(file, setting.value_start, setting.value_end, "plain")
        for secret_id in secret_ids:
            self.add(secret_id, SecretKey(setting.name, (source,)), value)
        return True


def _precedence(path: str) -> tuple[str, int, str]:
    """Sort key for the files in a folder, from general to specific: values of later ones override."""
    folder, _, name = path.rpartition("/")
    return folder, name.count(".") + ("local" in name), name


def _overrides(path: str, other: str) -> bool:
    """Whether loaders let one dotenv file override another: `.env.local`, `.env.dev` override `.env`."""
    words = path.removeprefix(other).split(".")[1:] if path.startswith(f"{other}.") else []
    return bool(words) and all(word == "local" or environments.full_name(word) for word in words)


def _source(file: SourceFile, start: int, end: int, kind: str = "dotenv") -> ValueSource:
    return ValueSource(file.path, file.position(start).line, start, end, kind, len(file.data))


def _free_name(
    literal: Literal, finding: Finding, value: str, taken: Sequence[Mapping[str, tuple[str, SecretKey]]]
) -> str:
    """The literal's own name; if another value has it, with the file's name in front, then numbered."""
    stem = key_names.key_name(finding.span.path.rpartition("/")[2].partition(".")[0])
    base = literal.name or _detected(finding)
    if literal.default:
        return base
    candidates = [base, f"{stem}_{base}", *(f"{stem}_{base}_{n}" for n in range(2, 1000))]
    return next(c for c in candidates if all(keys.get(c, (value,))[0] == value for keys in taken))


def _detected(finding: Finding) -> str:
    """The name of the token that was found; `SECRET` where only its place in a statement tells."""
    detector = finding.detector or ""
    named = detector in (*_VENDORS, "url-credentials")
    return key_names.key_name(detector) if named else "SECRET"


def _is_comment(file: SourceFile, finding: Finding) -> bool:
    """Whether every value of a finding is in a comment: on its own line, or in a JavaScript block."""
    marks = "#" if languages.find(file.path).id == "python" else ("//", "*", "/*")
    lines = [file.text[file.line_at(start)[0] : start].lstrip() for start, _ in finding.value_ranges]
    return all(line.startswith(marks) for line in lines)


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
        if any(map(document.get, _DESCRIBES_API))
        for node in document.walk()
        for key, value in node.items
        if key.value in _EXAMPLE_KEYS
    ]
    return [
        finding
        for finding in found
        if all(any(s <= start and end <= e for s, e in examples) for start, end in finding.value_ranges)
    ]


# What to do with secrets that are not moved, by the role of the files that they are in.
_NOT_MOVED = {
    Role.TEST: "secrets in tests: generate them when the tests run",
    Role.GENERATED: "possible secrets in built or generated files: change what they are made from",
    Role.VENDORED: "possible secrets in packages of others: update or remove the package",
    Role.BROWSER: "secrets in code for browsers or phones, which keep none: move the calls to a server, then "
    "rotate them",
    Role.DOCUMENTATION: "possible secrets in documentation: replace those that are real by placeholders",
}


def role_of(project: Project, path: str) -> Role:
    """The role of a file; code that is sent to a browser or a phone has that of a browser's."""
    exposed = Place(opened(project, path), project).exposed_to
    return Role.BROWSER if exposed else files.kind(path).role


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


def _place(finding: Finding) -> str:
    return f"{finding.span.path}:{finding.span.start.line}"
