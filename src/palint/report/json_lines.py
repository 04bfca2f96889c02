"""`--format json-lines`: the objects of the JSON report, one a line, for `grep`, `jq` and log collectors.

Each has a `type`: `finding`, `suppressed` or `notice`. The last line is the `summary`, with the version and
whether everything was checked: a report without it was cut off.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from palint.findings import Results
from palint.report import json_
from palint.report.escape import json_text
from palint.util.typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from palint.rule import Rule

FORMAT = json_.FORMAT


def write(results: Results, rules: Mapping[str, type[Rule]], out: TextIO) -> None:
    """Write an object a line, in ASCII."""
    encode = json.JSONEncoder(check_circular=False).encode
    parts = {
        "finding": json_.findings(results, rules),
        "suppressed": json_.suppressed(results),
        "notice": json_.notices(results),
        "summary": [{"version": json_.VERSION, "complete": results.complete, **json_.summary(results)}],
    }
    for kind, objects in parts.items():
        out.writelines(json_text(encode({"type": kind, **each})) + "\n" for each in objects)
