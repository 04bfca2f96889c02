"""The modes of the program that `palint migrate --format shell` writes, and values as they are written."""

from __future__ import annotations

import io
import json
from pathlib import Path

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


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("plain", "'a'", "'a'"), ("python", "'a\\x62'", "ab"), ("python", "b'a\\xff'", "a\udcff"),
        ("python", "a", None), ("python", "1", None), ("python", "'a", None),
        ("javascript", r"'a\u{62}\u0063\x64\n\'\0\z'", "abcd\n'\0z"), ("javascript", "`a\\\nb`", "ab"),
        ("javascript", "`a\\\r\nb`", "ab"),
        ("javascript", "'", None), ("javascript", "'a\"", None), ("javascript", "aa", None),
    ],
)  # fmt: skip
def test_the_value_of_a_literal(kind: str, text: str, value: str | None) -> None:
    assert secret_values.literal_value(kind, text) == value


@pytest.mark.parametrize(
    ("text", "start", "value"),
    [("A='b\\n'\n", 3, "b\\n"), ("A=\"b\\n\"\n", 3, "b\n"), ("A=\"b\\n\n", 3, "b\\n"),
     ("A='b\\n\n", 3, "b\\n"), ("A=b\\n\n", 2, "b\\n")],
)  # fmt: skip
def test_the_value_of_a_variable(text: str, start: int, value: str) -> None:
    assert secret_values.values_by_offset(text, [["A", start, start + 3]], False) == {start: value}


def test_a_file_that_changed_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("A=one\nB='two'\n", "utf-16")
    file = {"size": 30, "bom": 2, "encoding": "utf-16-le", "variables": [["A", 2, 5]]}
    keys = {"A": [str(path), "dotenv", 2, 5], "B": [str(path), "python", 8, 13]}
    spec = {"expand": True, "files": {str(path): file}, "keys": keys}
    assert secret_values.read(spec) == {"A": "one", "B": "two"}
    for changed in ({**keys, "A": [str(path), "dotenv", 3, 5]}, {**keys, "B": [str(path), "python", 9, 13]}):
        with pytest.raises(SystemExit, match="changed since"):
            secret_values.read({**spec, "keys": changed})
    with pytest.raises(SystemExit, match="changed since"):
        secret_values.read({**spec, "files": {str(path): {**file, "size": 31}}})


def test_a_secret_that_is_new_or_of_another_form(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(secret_values, "read", lambda spec: {"B": "2", "A": "1"})
    secret_values.main("new", "[]")
    monkeypatch.setattr("sys.stdin", io.StringIO('{"C": 3}'))
    secret_values.main("merge", "[]")
    assert capsys.readouterr().out == '{"A": "1", "B": "2"}{"A": "1", "B": "2", "C": 3}'
    monkeypatch.setattr("sys.stdin", io.StringIO("[]"))
    with pytest.raises(SystemExit, match="does not hold a JSON object"):
        secret_values.main("merge", "[]")
