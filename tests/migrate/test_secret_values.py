"""The modes of the program that `palint migrate --format shell` writes."""

from __future__ import annotations

import io
import json

import pytest

from palint.migrate import secret_values


@pytest.mark.parametrize(
    ("stored", "checked", "compared"), [({"A": "1"}, 9, 0), ({}, 0, "A"), ({"A": "2"}, "A", "A")]
)
def test_a_mode_ends_as_its_script_expects(
    monkeypatch: pytest.MonkeyPatch, stored: dict[str, str], checked: int | str, compared: int | str
) -> None:
    """With 9 where there is nothing to add; with the names where a key is missing or another."""
    monkeypatch.setattr(secret_values, "read", lambda spec: {"A": "1"})
    for mode, wanted in (("check", checked), ("compare", compared)):
        monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(stored)))
        with pytest.raises(SystemExit) as ended:
            secret_values.main(mode, "[]")
        code = ended.value.code
        assert code == wanted or (isinstance(code, str) and isinstance(wanted, str) and wanted in code)
