"""Remove `env_file`, copies of .env files and literals from Compose files and Dockerfiles, as text edits."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from palint.advice.containers import AWS_MOUNT
from palint.changes.edits import apply_to_text
from palint.dotenv.dotenv_use import is_dotenv_path
from palint.findings import Edit
from palint.github import edits as yaml_edits
from palint.languages import compose, dockerfile, yaml
from palint.languages.compose import Service, Setting
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

_SIGN_IN = (("AWS_PROFILE", None), ("AWS_REGION", None))

# The official images of databases read a password from the file that `NAME_FILE` names:
# https://hub.docker.com/_/postgres, https://hub.docker.com/_/mysql, https://hub.docker.com/_/mariadb,
# https://hub.docker.com/_/mongo
_DATABASE = lazy_re.compile(r"^(?:docker\.io/)?(?:library/)?(?P<name>postgres|mysql|mariadb|mongo)(?=[:@]|$)")
_PASSWORD = lazy_re.compile(r"(?:POSTGRES|(?:MYSQL|MARIADB)(?:_ROOT)?|MONGO_INITDB_ROOT)_PASSWORD")
_OF_DATABASE = lazy_re.compile(r"(?:POSTGRES|PG|MYSQL|MARIADB|MONGO)")

Literal = tuple[int, int]  # [start, end) of a hardcoded value in the file


class Changed(NamedTuple):
    """The new text. left: what only a person can change, one sentence each.

    interpolated: whether Compose now takes values from the environment that it is started in. read: {secret
    id: keys} that services now read."""

    text: str
    what: tuple[str, ...]
    left: tuple[str, ...] = ()
    interpolated: bool = False
    read: Mapping[str, Collection[str]] = {}


def compose_settings(
    file: SourceFile, literals: Sequence[Literal]
) -> Iterator[tuple[Literal, Setting | None]]:
    """The setting that contains each literal, or None. Raises ParseError."""
    settings = [setting for service in file.parsed_with(compose.parse) for setting in service.settings()]
    for literal in literals:
        yield literal, next((s for s in settings if s.start <= literal[0] and literal[1] <= s.end), None)


def rewrite_compose(
    file: SourceFile,
    literals: Sequence[Literal],
    names_of: Callable[[str], tuple[str, Sequence[str]] | None],
    *,
    reads_secret: bool,
    stays: Callable[[str], bool] = lambda path: False,
    interpolated_names: Collection[str] = (),
    needed: Collection[str] = (),
) -> Changed:
    """names_of: (secret id, keys) of the dotenv file at a path as written in the file, None if not migrated.

    reads_secret: whether programs that are built here read the secret themselves. stays: whether the file at
    a path must go on being loaded. interpolated_names: what Compose read from the `.env` beside the file,
    which goes: without it, `${NAME}` would be empty. needed: variables that programs which read the secret
    also need in their environment. Raises ParseError.
    """
    what: dict[str, None] = {}
    left: list[str] = []
    read: dict[str, set[str]] = {}
    found: list[Edit] = []
    interpolated = False
    secret_names: list[str] = []
    for service in file.parsed_with(compose.parse):
        own = reads_secret and service.node.get("build") is not None
        additions: dict[str, str | None] = {}
        entry = service.entry("env_file")
        paths = [path.value for path in compose.env_files(entry[1])] if entry is not None else []
        if entry is not None and entry[1].alias is None and not any(map(stays, paths)):
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
                found += _mount_credentials(file, service)
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
            edit = _add_environment(file, service, additions)
            if edit is None:
                left.append(f"{file.path}: add to `environment` of `{service.name}`: {', '.join(additions)}")
            else:
                found.append(edit)
    if secret_names:
        found.append(_declare_secrets(file, sorted(set(secret_names))))
        what["databases get their passwords as Compose secrets, made when it starts"] = None
    required = list(_required(file, interpolated_names, found))
    if required:
        found += [edit for edit, _ in required]
        names = ", ".join(dict.fromkeys(f"`{name}`" for _, name in required))
        what[f"fails without {names}, which would be empty"] = None
        interpolated = True
    return Changed(apply_to_text(file.text, found), tuple(what), tuple(left), interpolated, read)


# https://docs.docker.com/reference/compose-file/interpolation/; `$$` is a dollar sign
_INTERPOLATION = lazy_re.compile(r"(?<!\$)(?:\$\$)*(?P<all>\$(?:\{(?P<braced>\w+)\}|(?P<bare>\w+)))")


def _required(
    file: SourceFile, names: Collection[str], planned: Collection[Edit]
) -> Iterator[tuple[Edit, str]]:
    """Edits, beside the planned ones, that make Compose fail where `${NAME}` has no value, for some names."""
    for match in _INTERPOLATION.finditer(file.text) if names else ():
        name = match["braced"] or match["bare"]
        line = file.text[file.line_at(match.start())[0] : match.start()]
        edit = Edit(file.span(*match.span("all")), f"${{{name}:?}}")
        taken = any(_overlap(edit, other) for other in planned)
        if name in names and not taken and not line.lstrip().startswith("#"):
            yield edit, name


def _overlap(one: Edit, other: Edit) -> bool:
    return one.span.offset < other.span.end_offset and other.span.offset < one.span.end_offset


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
    edit = _new_key(file, service, "secrets", [f"- {name.lower()}" for name in wanted])
    documents = file.parsed_with(yaml.parse)
    top = documents[0].entry("secrets") if len(documents) == 1 else None
    block = top is None or (top[1].kind == "map" and top[1].items and not top[1].flow)
    if not wanted or edit is None or service.entry("secrets") or not block:
        return []
    found.append(edit)
    return wanted


def _declare_secrets(file: SourceFile, names: Sequence[str]) -> Edit:
    """Declare secrets whose values are in the environment that Compose is started in.

    https://docs.docker.com/reference/compose-file/secrets/
    """
    end = "\r\n" if "\r\n" in file.text else "\n"
    top = file.parsed_with(yaml.parse)[0].entry("secrets")
    if top is not None:
        at = file.line_at(top[1].items[0][0].start)[0]
        margin, head = " " * (top[1].items[0][0].start - at), ""
    else:
        at, margin = len(file.text), "  "
        head = ("" if file.text.endswith("\n") else end) + f"{end}secrets:{end}"
    lines = "".join(f"{margin}{n.lower()}:{end}{margin}  environment: {n}{end}" for n in names)
    return Edit(file.span(at, at), head + lines)


def _reference(file: SourceFile, setting: Setting) -> list[Edit]:
    reference = f"${{{setting.name}:?}}"
    text = f'"{reference}"' if setting.in_map else f'"{setting.name}={reference}"'
    return [Edit(file.span(setting.start, setting.end), text)]


def _add_environment(file: SourceFile, service: Service, additions: Mapping[str, str | None]) -> Edit | None:
    """Add variables to a service's `environment`, which is created if there is none."""
    entry = service.entry("environment")
    end = "\r\n" if "\r\n" in file.text else "\n"
    if entry is None:
        first = next((key for key, _ in service.node.items if key.value != "env_file"), None)
        if service.node.flow and first is not None:
            inner = ", ".join(_flow_member(*pair) for pair in additions.items())
            return Edit(file.span(first.start, first.start), f"environment: {{{inner}}}, ")
        return _new_key(file, service, "environment", [_member(*pair) for pair in additions.items()])
    node = entry[1]
    if node.alias is not None or (node.kind == "scalar" and not node.null):
        return None
    if node.flow:
        member = _flow_member if node.kind == "map" else _flow_element
        inner = ", ".join(member(*pair) for pair in additions.items())
        at = node.start + 1
        return Edit(file.span(at, at), inner + (", " if node.items or node.elements else ""))
    if node.items:
        at = node.items[0][0].start
        margin = " " * (at - file.line_at(at)[0])
        return Edit(file.span(at, at), "".join(f"{_member(n, v)}{end}{margin}" for n, v in additions.items()))
    if node.elements:
        line = file.line_at(node.elements[0].start)[0]
        dash = file.text.index("-", line)
        margin = file.text[line:dash]
        text = "".join(f"- {_element(n, v)}{end}{margin}" for n, v in additions.items())
        return Edit(file.span(dash, dash), text)
    return None


def _member(name: str, value: str | None) -> str:
    return f"{name}:" if value is None else f'{name}: "{value}"'


def _flow_member(name: str, value: str | None) -> str:
    return f"{name}: null" if value is None else f'{name}: "{value}"'


def _element(name: str, value: str | None) -> str:
    return name if value is None else f'"{name}={value}"'


def _flow_element(name: str, value: str | None) -> str:
    return f'"{_element(name, value)}"' if value is None else _element(name, value)


def _new_key(file: SourceFile, service: Service, key: str, lines: Sequence[str]) -> Edit | None:
    """Give a service a key with lines below it, where `env_file` is, which goes, or before its first key."""
    keys = [each for each, _ in service.node.items]
    first = next((each for each in keys if each.value == "env_file"), keys[0] if keys else None)
    if service.node.flow or first is None:
        return None
    at, end = file.line_at(first.start)[0], "\r\n" if "\r\n" in file.text else "\n"
    margin = " " * (first.start - at)
    text = "".join(f"{margin}  {line}{end}" for line in lines)
    return Edit(file.span(at, at), f"{margin}{key}:{end}{text}")


def _mount_credentials(file: SourceFile, service: Service) -> list[Edit]:
    """Give a container access to the session of `aws sso login` on the laptop."""
    if f"{AWS_MOUNT.partition(':')[0]}:" in file.text[service.node.start : service.node.end]:
        return []
    entry = service.entry("volumes")
    if entry is None:
        edit = _new_key(file, service, "volumes", [f"- {AWS_MOUNT}"])
        return [edit] if edit is not None else []
    node = entry[1]
    if service.node.flow or node.alias is not None or not node.elements or node.flow:
        return []
    line = file.line_at(node.elements[0].start)[0]
    dash, end = file.text.index("-", line), "\r\n" if "\r\n" in file.text else "\n"
    return [Edit(file.span(line, line), f"{file.text[line:dash]}- {AWS_MOUNT}{end}")]


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
        yield _without_lines(file, node.start, node.end)


def rewrite_dockerfile(
    file: SourceFile,
    literals: Sequence[Literal],
    stays: Callable[[str], bool] = lambda path: False,
    loaders: Mapping[str, Collection[str]] = {},
) -> Changed:
    """Remove .env files from `COPY`, and hardcoded secrets from `ENV` and `ARG`; copy loaders.

    stays: whether the file at a path, which may be a pattern, must go on being copied. loaders: {path of a
    loader: files that import it}; an image with one of these files gets the loader, too."""
    what: dict[str, None] = {}
    left: list[str] = []
    found: list[Edit] = []
    instructions = file.parsed_with(dockerfile.parse)
    for instruction in instructions:
        copied = instruction.copied()
        dotenv = [w for w in copied if is_dotenv_path(w.text.replace("*", "")) and not stays(w.text)]
        if dotenv:
            what["copies no .env file into the image"] = None
            found += _without(file, instruction, instruction.operands(), dotenv, len(copied))
        pairs = instruction.variables()
        secret = [p for p in pairs if any(p.start <= start and end <= p.end for start, end in literals)]
        if secret:
            what.update((f"does not set `{pair.name}`", None) for pair in secret)
            found += _without(file, instruction, pairs, secret, len(pairs))
    for loader, importers in loaders.items():
        edits = list(_copy_loader(file, instructions, loader, importers))
        found += edits
        what |= dict.fromkeys([f"copies `{loader}` into the image"] if edits else [])
    return Changed(apply_to_text(file.text, found), tuple(what), tuple(left))


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
            yield Edit(file.span(end, end), f"\nCOPY {flags}{loader} {place}")


def _covers(source: str, path: str) -> bool:
    """Whether a source of a `COPY` has the file at a path."""
    return source == "." or path == source or path.startswith(f"{source}/") or fnmatch.fnmatch(path, source)


def _without(
    file: SourceFile,
    instruction: dockerfile.Instruction,
    items: Sequence[dockerfile.Word | dockerfile.Pair],
    removed: Sequence[object],
    count: int,
) -> Iterator[Edit]:
    """Delete items, or the whole instruction if they are all `count` that can be deleted."""
    if len(removed) == count:
        yield _without_lines(file, instruction.start, instruction.end)
    else:
        yield from _without_items(file, items, removed)


def _without_lines(file: SourceFile, start: int, end: int) -> Edit:
    first, last = file.line_at(start)[0], file.line_at(end)[1]
    newline = re.compile(r"\r?\n?").match(file.text, last)
    return Edit(file.span(first, newline.end() if newline else last), "")


def _without_items(
    file: SourceFile, items: Sequence[dockerfile.Word | dockerfile.Pair], removed: Sequence[object]
) -> Iterator[Edit]:
    """Delete some items of an instruction, each with what separates it from the next one.

    The last ones go with what separates them from the one before: after `\\` at the end of a line Docker
    would take the next instruction for more of this one.
    """
    last = max(number for number, item in enumerate(items) if item not in removed)
    for number in range(last):
        if items[number] in removed:
            yield Edit(file.span(items[number].start, items[number + 1].start), "")
    if last < len(items) - 1:
        yield Edit(file.span(items[last].end, items[-1].end), "")
