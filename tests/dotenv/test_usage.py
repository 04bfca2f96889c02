"""YAML that loads .env files and does not parse."""

from __future__ import annotations

import pytest
from palint_rules.env_file_loaded import EnvFileLoaded

from palint.testing import results_of


@pytest.mark.parametrize(
    ("text", "line"), [("a: [\nenv_file: .env\n", 2), ("a: b: c\n  env_file:\n    - .env\n", 2)]
)
def test_yaml_that_does_not_parse_is_searched_as_text_and_says_so(text: str, line: int) -> None:
    results = results_of(EnvFileLoaded, {"compose.yml": text})
    assert [finding.span.start.line for finding in results.findings] == [line]
    (notice,) = results.notices
    assert (notice.path, notice.kind, notice.complete) == ("compose.yml", "parse-fallback", True)
    assert notice.message.startswith("invalid YAML at line ") and notice.message.endswith("plain text")


@pytest.mark.parametrize("setting", ["useDotenv: true", "useDotenv: false"])
def test_of_a_flag_in_such_a_file_only_true_counts(setting: str) -> None:
    results = results_of(EnvFileLoaded, {"serverless.yml": f"a: [\n{setting}\n"})
    assert bool(results.findings) is setting.endswith("true")
