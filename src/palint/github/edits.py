"""Edits to a workflow by node positions: everything else keeps its comments, quotes and indentation."""

from __future__ import annotations

from palint.findings import Edit
from palint.github.workflows import Job, Permissions, Step
from palint.languages.yaml import Node
from palint.text.source import SourceFile

Scopes = tuple[tuple[str, str], ...]  # (scope, access), in the order of output
OIDC_SCOPES: Scopes = (("id-token", "write"), ("contents", "read"))
_KEY_INPUTS = ("aws-access", "aws-secret", "aws-session")  # prefixes of their names


def grant(file: SourceFile, permissions: Permissions, scopes: Scopes) -> tuple[Edit, ...]:
    """Edits that add scopes to a `permissions:`; () if no edit is possible at this position.

    A map keeps its other scopes. Any other value (`read-all`, an empty one) is replaced.
    """
    key, value = permissions.entry
    if value.alias is not None or key.alias is not None:
        return ()
    if value.kind == "map":
        return _into_map(file, value, scopes)
    if value.kind == "scalar" and "${{" not in value.value:
        lines = _lines(file, _indent(file, key.start) + "  ", scopes)
        colon = file.text.find(":", key.end, value.end + 1)
        if colon < 0:  # `? permissions`, or `{permissions}`
            return ()
        if not _in_flow(file, key):
            return (_edit(file, colon + 1, max(value.end, colon + 1), lines),)
        return (_edit(file, value.start, value.end, _flow(scopes)),)
    return ()


def add_permissions(file: SourceFile, job: Job, scopes: Scopes) -> tuple[Edit, ...]:
    """Edits that add `permissions:` to a job that has none; () if the job is an alias."""
    if job.node.alias is not None:
        return ()
    first = job.node.items[0][0]
    if job.node.flow:
        return (_edit(file, first.start, first.start, f"permissions: {_flow(scopes)}, "),)
    margin = _indent(file, first.start)
    step = max(len(margin) - len(_indent(file, job.key.start)), 2)
    new_line = line_end(file, first.start)
    text = f"permissions:{_lines(file, margin + ' ' * step, scopes)}"
    entry = job.node.entry("runs-on") or job.node.entry("uses")
    if entry and file.position(entry[1].end).line == file.position(entry[0].start).line:
        end = file.line_at(entry[1].end)[1]
        return (_edit(file, end, end, f"{new_line}{margin}{text}"),)
    return (_edit(file, first.start, first.start, f"{text}{new_line}{margin}"),)


def line_end(file: SourceFile, offset: int) -> str:
    """The line end at an offset: `\\r\\n` or `\\n`."""
    end = file.line_at(offset)[1]
    return "\r\n" if file.text.startswith("\r\n", end) else "\n"


def _into_map(file: SourceFile, node: Node, scopes: Scopes) -> tuple[Edit, ...]:
    edits = []
    missing = []
    for scope, access in scopes:
        value = node.get(scope)
        if value is None:
            missing.append((scope, access))
        elif value.alias is not None or value.kind != "scalar" or not value.value:
            return ()
        elif value.value != access:
            edits.append(_edit(file, value.start, value.end, access))
    if not missing:
        return tuple(edits)
    if node.flow:
        return (*edits, _into_flow(file, node, tuple(missing)))
    last_key, last_value = node.items[-1]
    end = file.line_at(max(last_value.end, last_key.end))[1]
    margin = _indent(file, node.items[0][0].start)
    return (*edits, _edit(file, end, end, _lines(file, margin, tuple(missing))))


def _into_flow(file: SourceFile, node: Node, scopes: Scopes) -> Edit:
    inner = _flow(scopes)[1:-1]
    if not node.items:
        inside = file.text[node.start + 1 : node.end - 1]
        blank = inside if "\n" not in inside else ""
        return _edit(file, node.start + 1, node.start + 1 + len(blank), blank[:1] + inner + blank[:1])
    end = node.items[-1][1].end
    return _edit(file, end, end, ", " + inner)


def _lines(file: SourceFile, margin: str, scopes: Scopes) -> str:
    new_line = "\r\n" if "\r\n" in file.text else "\n"
    return "".join(f"{new_line}{margin}{scope}: {access}" for scope, access in scopes)


def _flow(scopes: Scopes) -> str:
    return "{" + ", ".join(f"{scope}: {access}" for scope, access in scopes) + "}"


def _indent(file: SourceFile, offset: int) -> str:
    """Spaces up to the column of an offset: the indentation of the neighbouring keys."""
    return " " * (offset - file.line_at(offset)[0])


def _in_flow(file: SourceFile, key: Node) -> bool:
    """Whether anything but spaces and `- ` is before a key on its line."""
    return file.text[file.line_at(key.start)[0] : key.start].strip(" -") != ""


def _edit(file: SourceFile, start: int, end: int, text: str) -> Edit:
    return Edit(file.span(start, end), text)


def remove(file: SourceFile, node: Node, pair: tuple[Node, Node]) -> tuple[Edit, ...]:
    """Edits that remove one entry from a map: its lines, or in a flow map up to the next entry."""
    key, value = pair
    end = max(value.end, key.end)
    if node.flow:
        index = node.items.index(pair)
        if index:
            return (_edit(file, node.items[index - 1][1].end, end, ""),)
        following = node.items[1][0].start if len(node.items) > 1 else end
        return (_edit(file, key.start, following, ""),)
    start, line = file.line_at(key.start)[0], file.line_at(end)[1]
    if file.text[start : key.start].strip():
        return (_edit(file, key.start, end, ""),)
    return (_edit(file, start, line + len(line_end(file, end)) if line < len(file.text) else line, ""),)


def replace_keys_by_role(file: SourceFile, step: Step, variable: str) -> tuple[Edit, ...]:
    """Edits that replace the key inputs of configure-aws-credentials by `role-to-assume`; () if none.

    variable: the variable that holds the role.
    """
    inputs = step.node.get("with")
    if inputs is None or inputs.alias is not None or inputs.kind != "map":
        return ()
    keys = [p for p in inputs.items if p[0].value.lower().startswith(_KEY_INPUTS)]
    edits: list[Edit] = []
    for index, pair in enumerate(keys):
        if index == 0 and not step.given("role-to-assume"):
            role = f"${{{{ vars.{variable} }}}}"
            role = f'"{role}"' if inputs.flow else role
            edits.append(_edit(file, pair[0].start, pair[1].end, f"role-to-assume: {role}"))
        else:
            edits += remove(file, inputs, pair)
    return tuple(edits)


def narrow(file: SourceFile, permissions: Permissions, users: tuple[Job, ...]) -> tuple[Edit, ...]:
    """Edits that move `id-token: write` from the workflow to the jobs that use it; () if not possible.

    A job's map replaces the workflow's, so each job gets the workflow's other scopes, too.
    """
    key, value = permissions.entry
    entry = value.entry("id-token")
    if entry is None or value.alias is not None or key.alias is not None:
        return ()
    scopes = tuple((scope.value, access.value) for scope, access in value.items)
    if any(access.kind != "scalar" for _, access in value.items) or len(dict(scopes)) != len(scopes):
        return ()
    if len(value.items) == 1:
        edits = [_edit(file, key.end, value.end, ": {}")]
    else:
        edits = [*remove(file, value, entry)]
    for job in users:
        added = add_permissions(file, job, scopes)
        if not added:
            return ()
        edits += added
    return tuple(edits)
