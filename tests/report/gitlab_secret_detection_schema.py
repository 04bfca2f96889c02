"""What GitLab requires of a secret-detection report, version 15.0.7, as far as palint writes its fields.

Its own schema is `secret-detection-report-format.json` of GitLab's `security-report-schemas`. This one
has the same requirements for these fields, and is closed, so that no further field comes in unseen.
"""

from __future__ import annotations

from typing import Any


def _closed(required: str = "", **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split() or list(properties),
        "additionalProperties": False,
    }


_TEXT = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": "^https?://.+"}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
_TOOL = _closed(id=_TEXT, name=_TEXT, url=_URL, version=_TEXT, vendor=_closed(name=_TEXT))
SCHEMA = _closed(
    version={"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
    schema=_URL,
    scan=_closed(
        analyzer=_TOOL,
        scanner=_TOOL,
        type={"enum": ["secret_detection"]},
        start_time=_TIME,
        end_time=_TIME,
        status={"enum": ["success", "failure"]},
        messages={
            "type": "array",
            "items": _closed(level={"enum": ["info", "warn", "fatal"]}, value=_TEXT),
        },
    ),
    vulnerabilities={
        "type": "array",
        "items": _closed(
            id=_TEXT,
            name={"type": "string", "maxLength": 255},
            description={"type": "string", "maxLength": 1048576},
            solution={"type": "string", "maxLength": 7000},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            identifiers={
                "type": "array",
                "minItems": 1,
                "items": _closed("type name value", type=_TEXT, name=_TEXT, value=_TEXT, url=_URL),
            },
            location=_closed(
                file={"type": "string"},
                start_line={"type": "number"},
                end_line={"type": "number"},
                commit=_closed(sha=_TEXT),
            ),
        ),
    },
)
