"""Read the values of planned keys from the work tree when needed; they are never stored."""

from __future__ import annotations

from collections.abc import Iterable

from palint.dotenv import files
from palint.findings import PalintError
from palint.migrate import secret_values
from palint.migrate.migration_plan import SecretKey, ValueSource
from palint.text.source import SourceFile
from palint.tree.reader import Reader

_MAX_BYTES = 10 << 20  # maximum bytes of a file with a value


class ValueChanged(PalintError):  # noqa: N818 - it names an event
    """A value is no longer at the place in the plan; the message never quotes it."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: changed since the plan was made; run `palint migrate` again")


def variables(file: SourceFile) -> list[list[str | int]]:
    """[name, start, end] of each value in a dotenv file, as `secret_values.values_by_offset` takes them."""
    return [[v.name, v.value_start, v.value_end] for v in files.parse(file)]


def values_by_offset(file: SourceFile, *, expand: bool) -> dict[int, str]:
    """{offset of a value's text: value} of a dotenv file. expand: whether `${NAME}` is replaced."""
    return secret_values.values_by_offset(file.text, variables(file), expand)


def read(root: str, keys: Iterable[SecretKey], *, expand: bool) -> dict[str, str]:
    """The values of keys, from the current files of the work tree. Raises ValueChanged."""
    opened: dict[str, SourceFile] = {}
    found: dict[str, str] = {}
    for key in keys:
        source = key.sources[0]
        if source.path not in opened:
            data = Reader(root).read(source.path, _MAX_BYTES).data
            if data is None or len(data) != source.size:
                raise ValueChanged(source.path)
            opened[source.path] = SourceFile(source.path, data)
        found[key.name] = value_of(opened[source.path], source, expand=expand)
    return found


def value_of(file: SourceFile, source: ValueSource, *, expand: bool) -> str:
    """The value at a place in a file. Raises ValueChanged."""
    if source.kind == "dotenv":
        value = values_by_offset(file, expand=expand).get(source.start)
    else:
        value = secret_values.literal_value(source.kind, file.text[source.start : source.end])
    if value is None:
        raise ValueChanged(source.path)
    return value
