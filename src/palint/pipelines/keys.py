"""Find AWS keys in the pipelines of CI systems other than GitHub."""

from __future__ import annotations

from collections.abc import Iterator

from palint.aws import named_keys
from palint.pipelines.ci_provider import CiProvider, PipelineKey
from palint.text.source import SourceFile
from palint.util import lazy_re

# A variable of the CI system as a key: `$X`, `${X}`, `$(x.y)`, `<< parameters.x >>`
_VARIABLE = lazy_re.compile(r"\$\{?([A-Za-z_]\w*)|\$\(([A-Za-z_][\w.-]*)\)|parameters\.(\w+)")
_BETWEEN = 4  # lines between two parts of one key


def find_keys(file: SourceFile, provider: CiProvider) -> Iterator[list[PipelineKey]]:
    """Yield the AWS keys in a pipeline, those on nearby lines together."""
    if provider.find_keys is not None:
        yield from provider.find_keys(file.text)
        return
    group: list[PipelineKey] = []
    for key in named_keys.find(file):
        if file.text.startswith("{{", key.value_start):  # filled in before the pipeline runs
            continue
        if group and file.text.count("\n", group[-1].end, key.start) > _BETWEEN:
            yield group
            group = []
        variable = _VARIABLE.search(file.text, key.value_start, key.value_end)
        name = next(filter(None, variable.groups()), key.name) if variable else key.name
        span = (key.value_start, key.value_end) if key.literal else (key.start, key.end)
        group.append(PipelineKey(*span, name, key.literal))
    if group:
        yield group
