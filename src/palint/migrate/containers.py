"""Remove `env_file`, copies of .env files and literals from Compose files and Dockerfiles, as text edits."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from palint.changes.edits import apply, edit, without_items, without_statement
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.dotenv.files import is_example
from palint.findings import Edit
from palint.github import edits as yaml_edits
from palint.languages import compose, dockerfile, yaml
from palint.languages.compose import Service, Setting
from palint.languages.yaml import Node
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util import lazy_re

_SIGN_IN = {"AWS_PROFILE": None, "AWS_REGION": None}
# For SSO in a container: `/root` is the home of the user that it has by default, of whatever image
_CREDENTIALS = "~/.aws:"
AWS_MOUNT = f"{_CREDENTIALS}/root/.aws:ro"

# The official images of databases read a password from the file that `NAME_FILE` names:
# https://hub.docker.com/_/postgres, https://hub.docker.com/_/mysql, https://hub.docker.com/_/mariadb,
# https://hub.docker.com/_/mongo
_DATABASE = lazy_re.compile(r"^(?:docker\.io/)?(?:library/)?(?P<name>postgres|mysql|mariadb|mongo)(?=[:@]|$)")
_PASSWORD = lazy_re.compile(r"(?:POSTGRES|(?:MYSQL|MARIADB)(?:_ROOT)?|MONGO_INITDB_ROOT)_PASSWORD")
_OF_DATABASE = lazy_re.compile(r"(?:POSTGRES|PG|MYSQL|MARIADB|MONGO)")

Literal = tuple[int, int]  # [start, end) of a hardcoded value in the file
Secret = tuple[str, Sequence[str]]  # (secret id, keys) of a dotenv file
Additions = dict[str, "str | None"]  # {variable: value, None to pass it through}


def rewrite_compose(
    file: SourceFile,
    literals: Sequence[Literal],
    names_of: Callable[[str], Secret | None],
    *,
    reads_secret: bool,
    inside: Callable[[Service], Secret | None] = lambda service: None,
    stays: Callable[[str], bool] = lambda path: False,
    interpolated_names: Collection[str] = (),
    needed: Collection[str] = (),
) -> Rewritten:
    """names_of: (secret id, keys) of the dotenv file at a path as written in the file, None if not migrated.

    reads_secret: whether programs that are built here read the secret themselves. inside: as names_of, for a
    dotenv file that a service's program found in its image or in a mounted folder. stays: whether the file
    at a path must go on being loaded. interpolated_names: what Compose read from the `.env` beside the
    file, which goes: without it, `${NAME}` would be empty. needed: variables that programs which read the
    secret also need in their environment. Raises ParseError.
    """
    rewriter = _Compose(file, literals, names_of, stays, needed)
    services = file.parsed_with(compose.parse)
    explicit = any(service.entry("env_file") for service in services if _is_built(service))
    for service in services:
        own, entry = reads_secret and _is_built(service), service.entry("env_file")
        paths = [path.value for path in compose.env_files(entry[1])] if entry is not None else []
        additions: Additions = {}
        if entry is not None and not all(map(is_example, paths)) and not any(map(stays, paths)):
            additions = rewriter.without_env_file(service, entry, paths, own=own)
        elif reads_secret and not explicit:  # else the others do without
            additions = rewriter.with_secret(service, inside(service), own=own)
        rewriter.change(service, additions, own=own)
    rewriter.declare_secrets()
    rewriter.require(interpolated_names)
    return Rewritten(
        apply(file, rewriter.edits), tuple(rewriter.what), tuple(rewriter.left), rewriter.read,
        interpolated=rewriter.interpolated,
    )  # fmt: skip


class _Compose:
    """The edits of one Compose file, with what `Rewritten` says of them."""

    def __init__(
        self, file: SourceFile, literals: Sequence[Literal], names_of: Callable[[str], Secret | None],
        stays: Callable[[str], bool], needed: Collection[str],
    ) -> None:  # fmt: skip
        self.file, self.literals, self.names_of = file, literals, names_of
        self.stays, self.needed = stays, needed
        self.edits: list[Edit] = []
        self.what: dict[str, None] = {}
        self.left: list[str] = []
        self.read: dict[str, set[str]] = {}
        self.interpolated = False
        self.secret_names: set[str] = set()  # variables that become Compose secrets

    def without_env_file(
        self, service: Service, entry: tuple[Node, Node], paths: Sequence[str], *, own: bool
    ) -> Additions:
        """Remove `env_file`; the variables that the service needs instead."""
        secrets = {path: self.names_of(path) for path in paths}
        migrated = [secret for secret in secrets.values() if secret is not None]
        self.left += [
            f"`{self.file.path}`: `{service.name}` loaded `{path}`, which is not here: store its values, too"
            for path, secret in secrets.items() if secret is None
        ]  # fmt: skip
        self.edits += yaml_edits.remove(self.file, service.node, entry)
        self.what[f"`{service.name}` without `env_file`"] = None
        additions: Additions = {}
        for secret_id, keys in migrated:
            self.read.setdefault(secret_id, set()).update(keys)
            additions |= {**_SIGN_IN, "SECRET_ID": migrated[0][0]} if own else {}
        names = [name for _, keys in migrated for name in keys if not own or name in self.needed]
        passwords: Collection[str] = ()
        if _is_database(service):
            names = [n for n in names if _OF_DATABASE.match(n) or n in self.needed or self._uses(service, n)]
            passwords = self._passwords(service, names)
        for name in names:
            additions |= (
                {f"{name}_FILE": f"/run/secrets/{name.lower()}"} if name in passwords
                else {name: f"${{{name}:?}}"}
            )  # fmt: skip
        self.interpolated |= bool(names)
        return additions

    def with_secret(self, service: Service, secret: Secret | None, *, own: bool) -> Additions:
        """What a service needs whose program found a dotenv file in its image or in a mounted folder."""
        if secret is None:
            return {}
        if not own:
            self.left.append(
                f"`{self.file.path}`: `{service.name}` mounts a folder that had a .env file: if it runs the "
                "program there, give it `SECRET_ID` and your AWS session"
            )
            return {}
        self.read.setdefault(secret[0], set()).update(secret[1])
        self.what[f"`{service.name}` reads the secret instead of a file in it"] = None
        return {**_SIGN_IN, "SECRET_ID": secret[0]}

    def change(self, service: Service, additions: Additions, *, own: bool) -> None:
        """Add variables to a service, and the session that its program needs; remove mounts and literals."""
        text = self.file.text[service.node.start : service.node.end]
        session = own and bool(additions) and _CREDENTIALS not in text
        if session:
            self._add(service, "volumes", {AWS_MOUNT: None})
        self._without_mounts(service, keep=session)
        settings = list(service.settings())
        for setting in settings:
            if any(setting.start <= start and end <= setting.end for start, end in self.literals):
                self._refer(setting)
                self.what[f"`{service.name}` takes `{setting.name}` from the environment"] = None
        present = {setting.name for setting in settings}
        self._add(service, "environment", {k: v for k, v in additions.items() if k not in present})

    def declare_secrets(self) -> None:
        """Declare secrets whose values are in the environment that Compose is started in.

        https://docs.docker.com/reference/compose-file/secrets/
        """
        if not self.secret_names:
            return
        at, margin, head = len(self.file.text), "  ", "\nsecrets:\n"
        if top := self.file.parsed_with(yaml.parse)[0].entry("secrets"):
            first = top[1].items[0][0].start
            at, head = self.file.line_at(first)[0], ""
            margin = " " * (first - at)
        lines = (f"{margin}{n.lower()}:\n{margin}  environment: {n}\n" for n in sorted(self.secret_names))
        self.edits.append(edit(self.file, at, at, head + "".join(lines)))
        self.what["databases get their passwords as Compose secrets, made when it starts"] = None

    def require(self, names: Collection[str]) -> None:
        """Make Compose fail where `${NAME}` has no value, for some names."""
        required: dict[str, None] = {}
        planned = [(each.span.offset, each.span.end_offset) for each in self.edits]
        for match in _INTERPOLATION.finditer(self.file.text) if names else ():
            name, (start, end) = match["name"], match.span("all")
            line = self.file.text[self.file.line_at(start)[0] : start]
            taken = any(start < planned_end and planned_start < end for planned_start, planned_end in planned)
            if name in names and not taken and not line.lstrip().startswith("#"):
                self.edits.append(edit(self.file, start, end, f"${{{name}:?}}"))
                required[f"`{name}`"] = None
        if required:
            self.what[f"fails without {', '.join(required)}, which would be empty"] = None
            self.interpolated = True

    def _uses(self, service: Service, name: str) -> bool:
        """Whether a service uses a variable in its own text, as in a command."""
        text = self.file.text[service.node.start : service.node.end]
        return re.search(rf"\$\$?\{{?{name}\b", text) is not None

    def _passwords(self, service: Service, names: Sequence[str]) -> Collection[str]:
        """The passwords that a database gets as Compose secrets."""
        present = {setting.name for setting in service.settings()}
        found = [
            name for name in names
            if _PASSWORD.fullmatch(name) and not self._uses(service, name)
            and not {name, f"{name}_FILE"} & present
        ]  # fmt: skip
        top = self.file.parsed_with(yaml.parse)[0].entry("secrets")
        addable = top is None or (top[1].items and not top[1].flow)
        if not (found and addable and service.node.get("secrets") is None and not service.node.flow):
            return ()
        self._add(service, "secrets", {name.lower(): None for name in found})
        self.secret_names.update(found)
        return found

    def _refer(self, setting: Setting) -> None:
        reference = f"${{{setting.name}:?}}"
        text = f'"{reference}"' if setting.in_map else f'"{setting.name}={reference}"'
        self.edits.append(edit(self.file, setting.start, setting.end, text))
        self.interpolated = True

    def _add(self, service: Service, key: str, items: Additions) -> None:
        """Add items to a service's `environment`, `volumes` or `secrets`; a person adds them in other forms.

        items: names with values, or elements of a list, without any.
        """
        if not items:
            return
        addition = _addition(self.file, service, key, items)
        if addition is None:
            names = ", ".join(items)
            self.left.append(f"{self.file.path}: add to `{key}` of `{service.name}`: {names}")
        else:
            self.edits.append(addition)

    def _without_mounts(self, service: Service, *, keep: bool) -> None:
        """Remove the mounts of dotenv files that go, and with all of them the key, if it gets no other."""
        entry = service.entry("volumes")
        if entry is None or entry[1].alias is not None or entry[1].flow:
            return
        gone = [node for node in entry[1].elements if self._is_mounted(node)]
        if not gone:
            return
        if len(gone) == len(entry[1].elements) and not keep:
            self.edits += yaml_edits.remove(self.file, service.node, entry)
        else:
            self.edits += [
                without_statement(self.file, self.file.text.rindex("-", 0, node.start), node.end)
                for node in gone
            ]
        self.what[f"`{service.name}` mounts no .env file"] = None

    def _is_mounted(self, node: Node) -> bool:
        """Whether an entry of `volumes` mounts a dotenv file that goes."""
        source = node.text("source") if node.kind == "map" else node.value
        path = (source or "").partition(":")[0]
        return is_dotenv_path(path) and not self.stays(path) and self.names_of(path) is not None


# https://docs.docker.com/reference/compose-file/interpolation/; `$$` is a dollar sign
_INTERPOLATION = lazy_re.compile(r"(?<!\$)(?:\$\$)*(?P<all>\$(?P<brace>\{)?(?P<name>\w+)(?(brace)\}))")


def _is_built(service: Service) -> bool:
    return service.node.get("build") is not None


def _is_database(service: Service) -> bool:
    return _DATABASE.match(service.node.text("image") or "") is not None


def _addition(file: SourceFile, service: Service, key: str, items: Additions) -> Edit | None:
    """The edit that adds items in block style; None where the service or its key has another form."""
    entry = service.entry(key)
    if entry is None:
        # a key of a merged map would be replaced
        if service.node.flow or service.node.get(key) is not None:
            return None
        keys = [name for name, _ in service.node.items]
        # where `env_file` is, which goes, or before the first key
        first = next((name for name in keys if name.value == "env_file"), keys[0])
        in_map, head = key == "environment", f"{key}:\n"
    else:
        inside = [*(name for name, _ in entry[1].items), *entry[1].elements]
        if entry[1].alias is not None or entry[1].flow or not inside:
            return None
        first, in_map, head = inside[0], entry[1].kind == "map", ""
    at = file.line_at(first.start)[0]
    margin = re.match(r"\s*", file.text[at : first.start])[0]  # type: ignore[index]
    lines = [_item(name, value, in_map=in_map) for name, value in items.items()]
    indent = f"{margin}  " if head else margin
    text = (f"{margin}{head}" if head else "") + "".join(f"{indent}{line}\n" for line in lines)
    return edit(file, at, at, text)


def _item(name: str, value: str | None, *, in_map: bool) -> str:
    if in_map:
        return f"{name}:" if value is None else f'{name}: "{value}"'
    return f"- {name}" if value is None else f'- "{name}={value}"'


def rewrite_dockerfile(
    file: SourceFile,
    literals: Sequence[Literal],
    stays: Callable[[str], bool] = lambda path: False,
    loaders: Mapping[str, Collection[str]] = {},
) -> Rewritten:
    """Remove .env files from `COPY`, and hardcoded secrets from `ENV` and `ARG`; copy loaders.

    stays: whether the file at a path, which may be a pattern, must go on being copied. loaders: {path of a
    loader: files that import it}; an image with one of these files gets the loader, too."""
    what: dict[str, None] = {}
    found: list[Edit] = []
    instructions = file.parsed_with(dockerfile.parse)
    for instruction in instructions:
        copied = instruction.copied()
        dotenv = [w for w in copied if is_dotenv_path(w.text.replace("*", "")) and not stays(w.text)]
        if dotenv:
            what["copies no .env file into the image"] = None
            found += _without(file, instruction, instruction.operands(), dotenv, all_gone=dotenv == copied)
        pairs = instruction.variables()
        secret = [p for p in pairs if any(p.start <= start and end <= p.end for start, end in literals)]
        if secret:
            what.update((f"does not set `{pair.name}`", None) for pair in secret)
            found += _without(file, instruction, pairs, secret, all_gone=secret == pairs)
    for loader, importers in loaders.items():
        edits = _copy_loader(file, instructions, loader, importers)
        found += edits
        what |= dict.fromkeys([f"copies `{loader}` into the image"] if edits else [])
    return Rewritten(apply(file, found), tuple(what))


def _copy_loader(
    file: SourceFile, instructions: Sequence[dockerfile.Instruction], loader: str, importers: Collection[str]
) -> list[Edit]:
    """Copy a loader after each `COPY` of a file that imports it, in stages that do not have it otherwise.

    Paths are relative to the build's context: the repository, or the Dockerfile's folder.
    """
    stages: list[list[dockerfile.Instruction]] = [[]]
    for instruction in instructions:
        stages += [[]] if instruction.name == "FROM" else []
        stages[-1].append(instruction)
    for context in (".", posixpath.dirname(file.path) or "."):
        paths = [posixpath.relpath(path, context) for path in importers]
        edits = [
            edit for stage in stages
            for edit in _copy_in_stage(file, stage, posixpath.relpath(loader, context), paths)
        ]  # fmt: skip
        if edits:
            return edits
    return []


def _copy_in_stage(
    file: SourceFile, stage: Sequence[dockerfile.Instruction], loader: str, importers: Collection[str]
) -> Iterator[Edit]:
    copies = [i for i in stage if i.copied() and not any(w.text.startswith("--from") for w in i.words())]
    sources = [(i, posixpath.normpath(word.text)) for i in copies for word in i.copied()]
    if any(_covers(source, loader) for _, source in sources):
        return
    edits: dict[str, Edit] = {}  # by the loader's place in the image
    for instruction, source in sources:
        importer = next((path for path in importers if _covers(source, path)), None)
        if importer is None:
            continue
        target = instruction.operands()[-1].text
        folder = source if importer.startswith(f"{source}/") else posixpath.dirname(source)
        if importer == source and not target.endswith(("/", ".")):
            target = posixpath.dirname(target)  # of one file, with its new name
        place = posixpath.normpath(posixpath.join(target, posixpath.relpath(loader, folder or ".")))
        flags = "".join(f"{word.text} " for word in instruction.words() if word.text.startswith("--"))
        end = file.line_at(instruction.end)[1]
        edits.setdefault(place, edit(file, end, end, f"\nCOPY {flags}{loader} {place}"))
    yield from edits.values()


def _covers(source: str, path: str) -> bool:
    """Whether a source of a `COPY` has the file at a path."""
    return source == "." or path.startswith(f"{source}/") or fnmatch.fnmatch(path, source)


def _without(
    file: SourceFile,
    instruction: dockerfile.Instruction,
    items: Sequence[dockerfile.Word | dockerfile.Pair],
    removed: Sequence[object],
    *,
    all_gone: bool,
) -> list[Edit]:
    """Delete items, or the whole instruction if nothing is left that it needs.

    The last items go with what is before them: after `\\` at the end of a line Docker would take the next
    instruction for more of this one.
    """
    if all_gone:
        return [without_statement(file, instruction.start, instruction.end)]
    gone = [number for number, item in enumerate(items) if item in removed]
    return without_items(file, [(item.start, item.end) for item in items], gone)
