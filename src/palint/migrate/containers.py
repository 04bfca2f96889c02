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
from palint.migrate.migration_plan import Rewritten
from palint.text.source import SourceFile
from palint.util import lazy_re

_SIGN_IN = (("AWS_PROFILE", None), ("AWS_REGION", None))
# For SSO in a container: `/root` is the home of the user that it has by default, of whatever image
AWS_MOUNT = "~/.aws:/root/.aws:ro"

# The official images of databases read a password from the file that `NAME_FILE` names:
# https://hub.docker.com/_/postgres, https://hub.docker.com/_/mysql, https://hub.docker.com/_/mariadb,
# https://hub.docker.com/_/mongo
_DATABASE = lazy_re.compile(r"^(?:docker\.io/)?(?:library/)?(?P<name>postgres|mysql|mariadb|mongo)(?=[:@]|$)")
_PASSWORD = lazy_re.compile(r"(?:POSTGRES|(?:MYSQL|MARIADB)(?:_ROOT)?|MONGO_INITDB_ROOT)_PASSWORD")
_OF_DATABASE = lazy_re.compile(r"(?:POSTGRES|PG|MYSQL|MARIADB|MONGO)")

Literal = tuple[int, int]  # [start, end) of a hardcoded value in the file


def rewrite_compose(
    file: SourceFile,
    literals: Sequence[Literal],
    names_of: Callable[[str], tuple[str, Sequence[str]] | None],
    *,
    reads_secret: bool,
    inside: Callable[[Service], tuple[str, Sequence[str]] | None] = lambda service: None,
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
    what: dict[str, None] = {}
    left: list[str] = []
    read: dict[str, set[str]] = {}
    found: list[Edit] = []
    interpolated = False
    secret_names: list[str] = []
    services = file.parsed_with(compose.parse)
    built = [service for service in services if service.node.get("build") is not None]
    explicit = any(service.entry("env_file") for service in built)  # the others do without
    for service in services:
        own = reads_secret and service.node.get("build") is not None
        additions: dict[str, str | None] = {}
        entry = service.entry("env_file")
        paths = [path.value for path in compose.env_files(entry[1])] if entry is not None else []
        loads = entry is not None and entry[1].alias is None and not all(map(is_example, paths))
        if entry is not None and loads and not any(map(stays, paths)):
            known = [names_of(path) for path in paths]
            secret = next((k[0] for k in known if k is not None), "")
            for k in known:
                if k is not None:
                    read.setdefault(k[0], set()).update(k[1])
            left += [
                f"`{file.path}`: `{service.name}` loaded `{path}`, which is not here: store its values, too"
                for path, found_names in zip(paths, known, strict=True)
                if found_names is None
            ]
            found += yaml_edits.remove(file, service.node, entry)
            what[f"`{service.name}` without `env_file`"] = None
            if own:
                additions |= dict(_SIGN_IN) | ({"SECRET_ID": secret} if secret else {})
            given = [key for k in known if k is not None for key in k[1] if not own or key in needed]
            if _is_database(service):
                given = [
                    key for key in given
                    if _OF_DATABASE.match(key) or key in needed or _names(file, service, key)
                ]  # fmt: skip
                secret_names += _with_secrets(file, service, given, found)
            additions |= {key: f"${{{key}:?}}" for key in given if key not in secret_names}
            additions |= {
                f"{key}_FILE": f"/run/secrets/{key.lower()}" for key in given if key in secret_names
            }
            interpolated |= bool(given)
        elif reads_secret and not explicit and (found_inside := inside(service)) is not None:
            if own:
                additions |= {**dict(_SIGN_IN), "SECRET_ID": found_inside[0]}
                read.setdefault(found_inside[0], set()).update(found_inside[1])
                what[f"`{service.name}` reads the secret instead of a file in it"] = None
            else:
                text = (
                    "mounts a folder that had a .env file: if it runs the program there, give it `SECRET_ID`"
                )
                left.append(f"`{file.path}`: `{service.name}` {text} and your AWS session")
        credentials = f"{AWS_MOUNT.partition(':')[0]}:"
        if own and additions and credentials not in file.text[service.node.start : service.node.end]:
            added = _added(file, service, "volumes", {AWS_MOUNT: None})
            left += [] if added else [f"{file.path}: add to `volumes` of `{service.name}`: {AWS_MOUNT}"]
            found += filter(None, [added])
        mounts = [each for each in _mounts(service) if not stays(each[1]) and names_of(each[1]) is not None]
        if mounts:
            found += _without_mounts(file, service, [node for node, _ in mounts], keep=own)
            what[f"`{service.name}` mounts no .env file"] = None
        for setting in service.settings():
            if any(setting.start <= start and end <= setting.end for start, end in literals):
                found += _reference(file, setting)
                what[f"`{service.name}` takes `{setting.name}` from the environment"] = None
                interpolated = True
        present = {s.name for s in service.settings()}
        additions = {k: v for k, v in additions.items() if k not in present}
        if additions:
            added = _added(file, service, "environment", additions)
            if added is None:
                left.append(f"{file.path}: add to `environment` of `{service.name}`: {', '.join(additions)}")
            found += filter(None, [added])
    if secret_names:
        found.append(_declare_secrets(file, sorted(set(secret_names))))
        what["databases get their passwords as Compose secrets, made when it starts"] = None
    required = list(_required(file, interpolated_names, found))
    if required:
        found += [edit for edit, _ in required]
        names = ", ".join(dict.fromkeys(f"`{name}`" for _, name in required))
        what[f"fails without {names}, which would be empty"] = None
        interpolated = True
    return Rewritten(apply(file, found), tuple(what), tuple(left), read, interpolated=interpolated)


# https://docs.docker.com/reference/compose-file/interpolation/; `$$` is a dollar sign
_INTERPOLATION = lazy_re.compile(r"(?<!\$)(?:\$\$)*(?P<all>\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+)))")


def _required(
    file: SourceFile, names: Collection[str], planned: Collection[Edit]
) -> Iterator[tuple[Edit, str]]:
    """Edits, beside the planned ones, that make Compose fail where `${NAME}` has no value, for some names."""
    for match in _INTERPOLATION.finditer(file.text) if names else ():
        name = match["braced"] or match["bare"]
        line = file.text[file.line_at(match.start())[0] : match.start()]
        start, end = match.span("all")
        taken = any(start < each.span.end_offset and each.span.offset < end for each in planned)
        if name in names and not taken and not line.lstrip().startswith("#"):
            yield edit(file, start, end, f"${{{name}:?}}"), name


def _is_database(service: Service) -> bool:
    image = service.node.get("image")
    return (
        image is not None and service.node.get("build") is None and _DATABASE.match(image.value) is not None
    )


def _names(file: SourceFile, service: Service, name: str) -> bool:
    """Whether a service uses a variable in its own text, as in a command."""
    return re.search(rf"\$\$?\{{?{name}\b", file.text[service.node.start : service.node.end]) is not None


def _with_secrets(file: SourceFile, service: Service, names: Sequence[str], found: list[Edit]) -> list[str]:
    """The passwords that a database gets as Compose secrets; adds the edits of its `secrets` to `found`."""
    present = {setting.name for setting in service.settings()}
    wanted = [n for n in names if _PASSWORD.fullmatch(n) and not {n, f"{n}_FILE"} & present]
    wanted = [n for n in wanted if not _names(file, service, n)]
    added = _added(file, service, "secrets", {name.lower(): None for name in wanted})
    documents = file.parsed_with(yaml.parse)
    top = documents[0].entry("secrets") if len(documents) == 1 else None
    block = top is None or (top[1].kind == "map" and top[1].items and not top[1].flow)
    if not wanted or added is None or service.entry("secrets") or not block:
        return []
    found.append(added)
    return wanted


def _declare_secrets(file: SourceFile, names: Sequence[str]) -> Edit:
    """Declare secrets whose values are in the environment that Compose is started in.

    https://docs.docker.com/reference/compose-file/secrets/
    """
    top = file.parsed_with(yaml.parse)[0].entry("secrets")
    if top is not None:
        at = file.line_at(top[1].items[0][0].start)[0]
        margin, head = " " * (top[1].items[0][0].start - at), ""
    else:
        at, margin = len(file.text), "  "
        head = ("" if file.text.endswith("\n") else "\n") + "\nsecrets:\n"
    lines = "".join(f"{margin}{name.lower()}:\n{margin}  environment: {name}\n" for name in names)
    return edit(file, at, at, head + lines)


def _reference(file: SourceFile, setting: Setting) -> list[Edit]:
    reference = f"${{{setting.name}:?}}"
    text = f'"{reference}"' if setting.in_map else f'"{setting.name}={reference}"'
    return [edit(file, setting.start, setting.end, text)]


def _added(file: SourceFile, service: Service, key: str, items: Mapping[str, str | None]) -> Edit | None:
    """Add items to a service's `environment`, `volumes` or `secrets`; None where that takes a person.

    items: names with values, or elements of a list, without any.
    """
    entry, before = service.entry(key), [each for each, _ in service.node.items]
    node = entry[1] if entry is not None else None
    if node is None and service.node.get(key) is not None:  # of a merged map, whose key its own would replace
        return None
    flow = (node or service.node).flow
    in_map = key == "environment" if node is None else node.kind == "map"
    texts = [_item(name, value, in_map=in_map, flow=flow) for name, value in items.items()]
    if node is None and flow:
        first = next((each for each in before if each.value != "env_file"), None)
        text = ", ".join(texts)
        text = f"{key}: {{{text}}}, " if in_map else f"{key}: [{text}], "
        return edit(file, first.start, first.start, text) if first is not None else None
    if node is None:  # where `env_file` is, which goes, or before the first key
        first = next((each for each in before if each.value == "env_file"), before[0])
        at = file.line_at(first.start)[0]
        margin = file.text[at : first.start]
        return edit(file, at, at, "".join([f"{margin}{key}:\n", *(f"{margin}  {text}\n" for text in texts)]))
    if node.alias is not None or (node.kind == "scalar" and not node.null):
        return None
    if flow:
        text = ", ".join(texts) + (", " if node.items or node.elements else "")
        return edit(file, node.start + 1, node.start + 1, text)
    inside = [name for name, _ in node.items] or node.elements
    if not inside:
        return None
    at = file.line_at(inside[0].start)[0]
    line = file.text[at : inside[0].start]
    margin = line[: len(line) - len(line.lstrip())]
    return edit(file, at, at, "".join(f"{margin}{text}\n" for text in texts))


def _item(name: str, value: str | None, *, in_map: bool, flow: bool) -> str:
    if in_map:
        return f'{name}: "{value}"' if value is not None else f"{name}: null" if flow else f"{name}:"
    text = name if value is None and not flow else f'"{name}"' if value is None else f'"{name}={value}"'
    return text if flow else f"- {text}"


def _mounts(service: Service) -> Iterator[tuple[yaml.Node, str]]:
    """The entries of a service's `volumes` that mount a dotenv file, and its path as it is written."""
    entry = service.entry("volumes")
    if entry is None or entry[1].alias is not None or entry[1].kind != "seq" or entry[1].flow:
        return
    for node in entry[1].elements:
        source = node.get("source") if node.kind == "map" else node
        path = "" if source is None or source.alias is not None else source.value.partition(":")[0]
        if is_dotenv_path(path):
            yield node, path


def _without_mounts(
    file: SourceFile, service: Service, gone: Sequence[yaml.Node], *, keep: bool
) -> Iterator[Edit]:
    """Remove entries of `volumes`, and with all of them the key. keep: whether it gets another entry."""
    entry = service.entry("volumes")
    if entry is not None and len(gone) == len(entry[1].elements) and not keep:
        yield from yaml_edits.remove(file, service.node, entry)
        return
    for node in gone:
        yield without_statement(file, file.text.rindex("-", 0, node.start), node.end)


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
        edits = list(_copy_loader(file, instructions, loader, importers))
        found += edits
        what |= dict.fromkeys([f"copies `{loader}` into the image"] if edits else [])
    return Rewritten(apply(file, found), tuple(what))


def _copy_loader(
    file: SourceFile, instructions: Sequence[dockerfile.Instruction], loader: str, importers: Collection[str]
) -> Iterator[Edit]:
    """Copy a loader after each `COPY` of a file that imports it, in stages that do not have it otherwise.

    Paths are relative to the build's context: the repository, or the Dockerfile's folder.
    """
    stages: list[list[dockerfile.Instruction]] = [[]]
    for instruction in instructions:
        stages += [[]] if instruction.name == "FROM" else []
        stages[-1].append(instruction)
    for context in dict.fromkeys(("", posixpath.dirname(file.path))):
        edits = [
            edit for stage in stages
            for edit in _copy_in_stage(file, stage, posixpath.relpath(loader, context or "."),
                                       [posixpath.relpath(path, context or ".") for path in importers])
        ]  # fmt: skip
        if edits:
            yield from edits
            return


def _copy_in_stage(
    file: SourceFile, stage: Sequence[dockerfile.Instruction], loader: str, importers: Collection[str]
) -> Iterator[Edit]:
    copies = [i for i in stage if i.copied() and not any(w.text.startswith("--from") for w in i.words())]
    sources = [(i, posixpath.normpath(word.text)) for i in copies for word in i.copied()]
    if any(_covers(source, loader) for _, source in sources):
        return
    there: set[str] = set()
    for instruction, source in sources:
        target = instruction.operands()[-1].text
        importer = next((path for path in importers if _covers(source, path)), "")
        folder = source if importer != source else posixpath.dirname(source)
        if importer == source and not (target.endswith(("/", ".")) or len(instruction.copied()) > 1):
            target = posixpath.dirname(target)  # of one file, with its new name
        place = posixpath.normpath(posixpath.join(target, posixpath.relpath(loader, folder or ".")))
        if importer and place not in there and not {"*", "?", "["} & set(source):
            there.add(place)
            flags = "".join(f"{word.text} " for word in instruction.words() if word.text.startswith("--"))
            end = file.line_at(instruction.end)[1]
            yield edit(file, end, end, f"\nCOPY {flags}{loader} {place}")


def _covers(source: str, path: str) -> bool:
    """Whether a source of a `COPY` has the file at a path."""
    return source == "." or path == source or path.startswith(f"{source}/") or fnmatch.fnmatch(path, source)


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
