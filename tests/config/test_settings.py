"""Settings: a closed schema, errors with file, line and nearest match, and the published JSON Schema."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from palint.config import Config, ConfigError
from palint.config.required_version import holds, is_requirement
from palint.config.schema import SETTINGS, schema
from palint.config.settings import load
from palint.findings import Confidence, Severity
from palint.languages.toml import KeyLocator
from palint.tree.project import Limits

RULES: dict[str, Any] = {
    "env-file": {"allowed": (list[str], [], "paths"), "strict": (bool, True, "x")},
    "hardcoded-secret": {},
}


def settings(text: str, name: str = "palint.toml") -> Config:
    return load(name, text.encode(), RULES)


def test_every_key() -> None:
    made = settings(
        """
        required-version = ">=0.1"
        select = ["env-file", "hardcoded-secret"]
        ignore = ["hardcoded-secret"]
        exclude = ["vendor/"]
        fail-on = "warning"
        min-confidence = "high"
        environments = ["live"]
        secret-loading-packages = ["@acme/base"]
        allow-suppressing = ["env-file"]
        allow-new-suppressions = false
        [severity]
        env-file = "warning"
        [limits]
        seconds = 25
        [[allow]]
        paths = ["a/*"]
        rules = ["env-file"]
        reason = "because"
        until = 2027-01-31
        [rules.env-file]
        allowed = ["x"]
        """
    )
    assert made.select == ("env-file", "hardcoded-secret")
    assert made.fail_on is Severity.WARNING
    assert made.severity == {"env-file": Severity.WARNING}
    assert made.environments == ("live",)
    assert made.secret_loading_packages == ("@acme/base",)
    assert made.limits.seconds == 25
    assert made.limits.text == Config().limits.text
    assert made.allow[0].reason == "because" and made.allow[0].line == 16
    assert made.allow[0].until == "2027-01-31" and made.min_confidence is Confidence.HIGH
    assert made.rule_options == {"env-file": {"allowed": ["x"]}}
    assert made.allow_suppressing == ("env-file",) and not made.allow_new_suppressions
    assert made.provenance["fail-on"] == "palint.toml:6"


@pytest.mark.parametrize("required", [">99", "==0.0.1", ">=0.1, <0.1", "!=0,<0.0.9"])
def test_settings_for_another_version_are_refused_before_their_keys(required: str) -> None:
    text = f'a-key-of-that-version = 1\nrequired-version = "{required}"\n'
    with pytest.raises(
        ConfigError, match=r"palint.toml:2: these settings are for palint .*install a version"
    ):
        settings(text)


@pytest.mark.parametrize("required", ["", ">=0.1,", "0.2 or later", "~=0.2", ">=one"])
def test_a_required_version_has_a_form(required: str) -> None:
    with pytest.raises(ConfigError, match="required-version"):
        settings(f'required-version = "{required}"\n')


NUMBERS = st.lists(st.integers(0, 20), min_size=1, max_size=3).map(lambda ns: ".".join(map(str, ns)))


@given(operator=st.sampled_from((">=", ">", "<=", "<", "==", "!=")), bound=NUMBERS, version=NUMBERS)
def test_a_required_version_means_what_pip_means(operator: str, bound: str, version: str) -> None:
    requirement = f"{operator}{bound}"
    assert is_requirement(requirement)
    assert holds(requirement, version) == SpecifierSet(requirement).contains(version)


def test_pyproject_without_a_table_is_nothing() -> None:
    assert settings("[project]\nname = 'x'\n", "pyproject.toml") == Config()


def test_pyproject() -> None:
    assert settings("[tool.palint]\nexclude = ['x']\n", "pyproject.toml").exclude == ("x",)


ERRORS = [
    ('exclud = ["x"]\n', "palint.toml:1: no setting is called 'exclud'; did you mean 'exclude'?"),
    ('\n\nselect = ["env-fil"]\n', "palint.toml:3: no rule is called 'env-fil'; did you mean 'env-file'?"),
    ('[severity]\nenv-fiel = "error"\n', "palint.toml:2: no rule is called 'env-fiel'"),
    (
        "[rules.env-file]\nstrikt = true\n",
        "palint.toml:2: no setting of env-file is called 'strikt'; did you mean",
    ),
    (
        "[rules.env-file]\nstrict = 3\n",
        "palint.toml:2: rules.env-file.strict: must be `true` or `false`, not a whole number",
    ),
    ("[rules.hardcoded-secret]\nx = 3\n", "palint.toml:1: the rule 'hardcoded-secret' has no settings"),
    ('x = 1\nfail-on = "never"\n', "palint.toml:1: no setting is called 'x'"),
    ('fail-on = "warnin"\n', 'palint.toml:1: invalid value "warnin" for fail-on: use "error" or "warning"'),
    ("fail-on = 1\n", 'palint.toml:1: invalid value "1" for fail-on: use "error" or "warning"'),
    (
        '[severity]\nenv-file = "error"\nhardcoded-secret = "warn"\n',
        'palint.toml:3: invalid value "warn" for severity.hardcoded-secret: use "error" or "warning"',
    ),
    ('select = "env-file"\n', "palint.toml:1: select: must be a list, not a text"),
    (
        "[limits]\ntext = -1\n",
        "palint.toml:2: limits.text: must be at least 10485760: settings can only raise",
    ),
    (
        '[[allow]]\npaths = ["a"]\nrules = ["env-file"]\n',
        "palint.toml:1: allow.0: `reason` is missing",
    ),
    (
        '[[allow]]\npaths = ["a"]\nrules = ["env-file"]\nreason = "x"\nuntil = "soon"\n',
        "palint.toml:5: allow.0.until: must be a date, such as 2027-01-31",
    ),
    (
        '[[allow]]\npaths = ["a"]\nrules = ["env-file"]\nreason = "x"\n[[allow]]\npathz = ["a"]\n',
        "palint.toml:6: no key of [[allow]] is called 'pathz'; did you mean 'paths'?",
    ),
    ('[[pattern]]\nid = "Acme"\n', "palint.toml:2: pattern.0.id: must have only letters a to z"),
    ("[[allow]]\npaths = []\n", "palint.toml:2: allow.0.paths: must not be empty"),
    ('select = [""]\n', "palint.toml:1: no rule is called ''"),
    ("select = [1]\n", "palint.toml:1: select.0: must be a text, not a whole number"),
    ("pattern = [1]\n", "palint.toml:1: pattern.0: must be a table, not a whole number"),
    ("allow = [1]\n", "palint.toml:1: allow.0: must be a table, not a whole number"),
    ("exception = [1]\n", "palint.toml:1: exception.0: must be a table, not a whole number"),
    ("[[pattern]]\nid = 1\n", "palint.toml:2: pattern.0.id: must be a text, not a whole number"),
    ("[rules]\nenv-file = 1\n", "palint.toml:2: rules.env-file: must be a table, not a whole number"),
    ('[[exception]]\nrule = "x"\n', "palint.toml:2: no rule is called 'x'"),
    ('[[exception]]\nrepository = " "\n', "palint.toml:2: exception.0.repository: must not be empty"),
    ("a = [\n", "palint.toml:"),
    ("a = 1\nb = = 2\n", "palint.toml:2:5: not valid TOML"),
]


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors_name_the_place(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings(text)
    assert str(error.value).startswith(message)


def test_an_empty_table_of_a_rule_without_settings_is_none() -> None:
    assert settings("[rules.hardcoded-secret]\n").rule_options == {}


def test_an_empty_list_of_environments_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"palint\.toml:1: environments: must not be empty"):
        settings("environments = []\n")


@pytest.mark.parametrize("key", SETTINGS)
def test_each_setting_has_the_default_of_its_field(key: str) -> None:
    field = "rule_options" if key == "rules" else key
    assert getattr(settings(""), field) == getattr(Config(), field)
    assert getattr(settings("[severity]\nenv-file = 'warning'\n"), field) == getattr(
        Config(severity={"env-file": Severity.WARNING}), field
    )


def test_errors_do_not_quote_the_file() -> None:
    with pytest.raises(ConfigError) as error:
        settings("other = hunter2\n")
    assert "hunter" not in str(error.value)


@pytest.mark.parametrize(("text", "line"), [(b"a = 1\nb = '\xff'\n", 2), (b"\n\n\xff", 3), (b"\xff", 1)])
def test_not_utf8(text: bytes, line: int) -> None:
    with pytest.raises(ConfigError, match=rf"palint\.toml:{line}: not UTF-8"):
        load("palint.toml", text, RULES)


def test_the_schema_accepts_what_the_loader_accepts() -> None:
    made = schema(RULES)
    jsonschema.Draft202012Validator.check_schema(made)
    check = jsonschema.Draft202012Validator(made)
    check.validate({"exclude": ["a"], "rules": {"env-file": {"strict": False}}, "fail-on": "warning"})
    for wrong in (
        {"exclud": []},
        {"rules": {"env-file": {"x": 1}}},
        {"fail-on": "x"},
        {"rules": {"nope": {}}},
    ):
        assert not check.is_valid(wrong), wrong


KEY = st.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True)


@given(
    st.lists(
        st.tuples(KEY, st.lists(KEY, min_size=1, max_size=3, unique=True)),
        max_size=4,
        unique_by=lambda t: t[0],
    )
)
def test_the_line_of_a_key(tables: list[tuple[str, list[str]]]) -> None:
    lines: list[str] = []
    places: dict[tuple[str, str], int] = {}
    for table, keys in tables:
        lines += ["", f"[{table}]", "# a comment = 1"]
        for key in keys:
            lines.append(f"{key} = {json.dumps('[x] = 1')}")
            places[table, key] = len(lines)
    for path, line in places.items():
        assert KeyLocator("\n".join(lines)).line(path) == line


@given(st.text(max_size=200))
def test_any_text_is_settings_or_an_error(text: str) -> None:
    try:
        made = load("palint.toml", text.encode("utf-8", "surrogatepass"), RULES)
    except ConfigError as error:
        assert str(error).startswith("palint.toml:")
    else:
        assert isinstance(made, Config)


def test_the_values_in_force_without_settings() -> None:
    """A default that changes is a change for every repository."""
    assert Config() == Config(
        select=(),
        ignore=(),
        exclude=(),
        fail_on=Severity.ERROR,
        min_confidence=Confidence.LOW,
        severity={},
        environments=("production", "staging", "development"),
        secret_loading_packages=(),
        limits=Limits(text=10 << 20, windows=100 << 20, tree=1 << 20, seconds=10.0, run=600.0),
        allow=(),
        allow_suppressing=None,
        allow_new_suppressions=True,
        policy_violations=(),
        rule_options={},
        file="",
        provenance={},
    )
