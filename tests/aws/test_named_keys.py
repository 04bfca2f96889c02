"""Keys by name: each form, in any notation, in a file that parses and in one that does not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palint import prefilter
from palint.aws import assignments, named_keys
from palint.aws.key_names import KEY_NAMES, KeyName
from palint.files import languages
from palint.secrets.synthetic import generate
from palint.text.source import KeywordMatch, SourceFile

MATCHER = prefilter.compile(named_keys.KEYWORDS)
PLAYBOOK = """- name: a group
  ec2_group:
    aws_access_key: "{{ aws_access_key }}"
    aws_secret_key: '{{ aws_secret_key | default(omit) }}'
    security_token: "{{ security_token }}"
"""


def keys(text: str, path: str = "tasks/main.yml") -> list[tuple[str, bool]]:
    """The name of each key that is found, and whether it is a literal."""
    file = SourceFile(path, text.encode())
    matches = MATCHER.scan(file.data, path)
    ends = file.offsets([end for _, end in matches])
    file.keyword_matches = tuple(
        KeywordMatch(keyword, end) for (keyword, _), end in zip(matches, ends, strict=True)
    )
    assert matches or not list(named_keys.find(file)), text  # the rules run where a keyword matches
    return [(key.name, key.literal) for key in named_keys.find(file)]


def test_a_module_with_a_token_has_temporary_keys() -> None:
    assert not keys(PLAYBOOK)
    assert keys(PLAYBOOK.replace("security_token", "x")) == [
        ("aws_access_key", False),
        ("aws_secret_key", False),
    ]


@pytest.mark.parametrize("row", KEY_NAMES, ids=lambda row: row.examples[0])
def test_a_row_of_the_table_has_names_that_it_matches_and_a_keyword(row: object) -> None:
    assert isinstance(row, type(KEY_NAMES[0])) and row.source.startswith("https://")
    for name in row.examples:
        assert re.fullmatch(row.pattern, name, re.IGNORECASE), name
        beside = f"{row.beside}: x\n" if row.beside else ""
        text = f"{beside}{name}: {generate('{aws_secret_access_key}', 1)}\n"
        padding = f"# {'é' * 5000}\n"
        assert (name, True) in keys(padding + text + padding, "a.yaml"), name


@pytest.mark.parametrize("row", KEY_NAMES, ids=lambda row: row.examples[0])
@given(st.data())
def test_each_name_of_a_row_has_a_keyword(row: KeyName, data: st.DataObject) -> None:
    name = data.draw(st.from_regex(re.compile(row.pattern, re.IGNORECASE | re.ASCII), fullmatch=True))
    assert MATCHER.scan(name.encode()), name


PARTS = (
    "AWS_ACCESS_KEY_ID", "fs.s3a.access.key", "aws:secretKey", "name", "value", "env", "=", ":", "=>", "(",
    ")", "{", "}", "[", "]", '"', "'", "$", "${", "\n", " ", ",", "export ", "setenv", "#", "<name>", "é",
)  # fmt: skip
KEY = generate("{aws_access_key_id}", 1)
SECRET = next(s for s in (generate("{aws_secret_access_key}", n) for n in range(99)) if s.isalnum())
SUFFIXES = ("json", "tf", "py", "sh", "md", "rb", "xml", "toml", "unknown", "dockerfile", "kt")


@given(st.text(alphabet="İAéß\n ", max_size=20))
def test_a_name_is_found_after_letters_that_have_two_in_lower_case(before: str) -> None:
    text = f"{before}\nAWS_ACCESS_KEY_ID: {KEY}\n"
    (found,) = named_keys.in_text(text, languages.get("ini"), "a.ini")
    assert found.start == len(before) + 1 and text[found.value_start : found.value_end] == KEY


@pytest.mark.parametrize("path", [f"a.{suffix}" for suffix in SUFFIXES])
@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
def test_no_text_fails_and_every_key_is_where_it_says(path: str, text: str) -> None:
    language = languages.find(path)
    for key in named_keys.in_text(text, language, path):
        assert text[key.start : key.start + len(key.name)] == key.name
        assert 0 <= key.start < key.end <= len(text) and key.value_start <= key.value_end <= len(text)


@pytest.mark.parametrize(
    "line",
    [
        "AWS_ACCESS_KEY_ID: {key}",
        "x: {{AWS_ACCESS_KEY_ID: {key}}}",
        "env: [{{value: {key}, name: AWS_ACCESS_KEY_ID}}]",
        "env: [AWS_ACCESS_KEY_ID={key}]",
        "script:\n- AWS_ACCESS_KEY_ID=$KEY aws s3 ls",
        "services:\n  a:\n    environment:\n    - AWS_ACCESS_KEY_ID=${{AWS_ACCESS_KEY_ID:?Missing key}}",
        "env:\n- name: AWS_ACCESS_KEY_ID\n  value: {key}",
        "app_aws_prod_eu_secret_access_key: {secret}",
        "AWS_PRODUCTION_SECRET_KEY: {secret}",
        "services:\n  a:\n    environment:\n      AWS_ACCESS_KEY_ID: $KEY",
        "run: docker run -e AWS_ACCESS_KEY_ID x",
    ],
)
def test_a_key_beside_templates_is_found(line: str) -> None:
    text = line.format(key=generate("{aws_access_key_id}", 1), secret=generate("{aws_secret_access_key}", 1))
    assert keys(text) and keys(f"{text}\n---\n{PLAYBOOK}") and keys(f"{PLAYBOOK}---\n{text}")


@pytest.mark.parametrize(
    ("value", "computed"),
    [
        ("{{ key }}", {"jinja", "erb", "yaml", "hcl"}),
        ("<%= key %>", {"jinja", "erb", "yaml", "hcl"}),
        ("%(key)s", {"ini"}),
        ("%KEY%", {"batch"}),
        ("#{key}", {"ruby"}),
        ("$KEY", {"jinja", "yaml", "hcl", "erb", "ini", "batch", "ruby", "shell", "compose", ""}),
    ],
)
def test_a_template_is_a_reference_only_where_it_is_filled_in(value: str, computed: set[str]) -> None:
    for language in ("jinja", "erb", "yaml", "hcl", "ini", "batch", "ruby", "shell", "compose", ""):
        expected = "reference" if language in computed else ""
        assert assignments.classify(value, language) == expected, language


def test_an_interpolated_string_is_a_reference() -> None:
    assert keys('os.environ["AWS_SECRET_ACCESS_KEY"] = f"{key}"\n', "a.py") == [
        ("AWS_SECRET_ACCESS_KEY", False)
    ]
    assert keys('os.environ["AWS_SECRET_ACCESS_KEY"] = "{key}"\n', "a.py") == []


IN_STRINGS = {
    "s3": "s3://{id}:{secret}@bucket",
    "sqs": "sqs://{id}:{secret}@",
    "odbc": "aws_access_key_id={id};aws_secret_access_key={secret}",
    "redshift": "access_key_id '{id}' secret_access_key '{secret}'",
    "snowflake": "aws_key_id = '{id}' aws_secret_key = '{secret}'",
    "duckdb": "set s3_secret_access_key = '{secret}'",
}


@pytest.mark.parametrize("form", IN_STRINGS)
def test_a_key_in_a_string_is_found_except_in_a_comment(form: str) -> None:
    """A comment may start the line, or follow code."""
    secrets = (generate("{aws_secret_access_key}", seed) for seed in range(99))
    secret = next(value for value in secrets if "/" not in value and "+" not in value)  # as in a URL
    text = IN_STRINGS[form].format(id=generate("{aws_access_key_id}", 1), secret=secret) + "\n"
    once = keys(text, "a.sql")
    assert once and all(literal for _, literal in once)
    assert keys(f"a; {text}{text}", "a.sql") == [*once, *once]
    for comment in ("# ", "  // ", "-- ", "; ", "<!-- ", "REM ", " * ", "run()  // ", "a b # "):
        assert not keys(comment + text, "a.sql"), comment


def test_the_name_of_a_setting_is_no_key() -> None:
    variable = (
        "- name: {0}\n  valueFrom:\n    secretKeyRef:\n      key: {0}\n      name: {{{{ .Values.aws }}}}\n"
    )
    text = "env:\n" + variable.format("AWS_DEFAULT_REGION") + variable.format("AWS_SECRET_ACCESS_KEY")
    assert keys(text, "templates/a.yaml") == [("AWS_SECRET_ACCESS_KEY", False)]


# The path and text of a file with `§` for what differs: a key is found there, and none with the other
ENVIRONMENT = "services:\n  a:\n    image: x\n    environment:\n      AWS_SECRET_ACCESS_KEY: ${B}\n      "
PAIRS = [
    ("a.kt", 'val AWS_SECRET_KEY = "§"\n', SECRET, "minio-user-password"),
    ("a.kt", 'val AWS_SECRET_KEY = "§"\n', SECRET, ""),
    ("a.rb", 'ENV["AWS_SECRET_ACCESS_KEY"] = §\n', "read", "REDACTED"),
    ("a.rb", 'ENV["AWS_SECRET_ACCESS_KEY"] = §\n', "read", "fake_key"),
    ("a.php", "putenv('AWS_SECRET_ACCESS_KEY=§');\n", SECRET, "test"),
    ("a.php", "putenv('AWS_SECRET_ACCESS_KEY=' . §);\n", "$key", ""),
    ("a.php", "putenv('AWS_SECRET_ACCESS_KEY=§);\n", f"{SECRET}'", SECRET),
    ("a.php", "config(['fs.s3a.secret.key' §]);\n", "=> $key", ", $key"),
    ("a.py", "conf.set('fs.s3a.secret.key'§)\n", ", key", ""),
    ("a.py", "conf.§('fs.s3a.secret.key', key)\n", "set", "get"),
    ("a.ini", 'x = "AWS_SECRET_ACCESS_KEY=§"\n', SECRET, ""),
    ("a.json", '{"AWS_SECRET_ACCESS_KEY":\n "§"}', SECRET, ""),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: §\n", "Kq7v" * 40, "word " * 40),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: §\n", "KqvWzpxmNrTbY" * 4, "completeAccessKey"),
    ("a.yml", "AWS_ACCESS_KEY_ID: §\n", "AKIA" + "KQVWZPXMNRTBYGHJ", "AKIAaccessKeyOfApp"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: $KEY\nAWS_ENDPOINT: §\n", "''", "http://minio:9000"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: $KEY\nAWS_ACCESS_KEY_ID: §\n", "$ID", "loki"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: $KEY\nAWS_ACCESS_KEY_ID: $ID\n§", "", "AWS_SESSION_TOKEN: $TOKEN\n"),
    (
        "a.yml",
        "AWS_SECRET_ACCESS_KEY: §\n",
        "arn:aws:ssm:eu-west-1:123456789012:parameter/a",
        "arn:aws:iam::123456789012:role/a",
    ),
    ("a.tf", 'AWS_SECRET_ACCESS_KEY = "{{ § }}"\n', "var.key.value", "key"),
    ("a.py", 'os.environ["AWS_SECRET_ACCESS_KEY"] = f"§"\n', "{key}", "minio"),
    ("a.py", 'os.environ["AWS_SECRET_ACCESS_KEY"] = "x"§\n', " + key", ""),
    ("a.py", "§'AWS_SECRET_ACCESS_KEY': key}\n", "env={", "x = {"),
    ("a.py", "x = {'AWS_SECRET_ACCESS_KEY': '§'}\n", SECRET, "minio-user-password"),
    ("a.yml", "s3.key: §\ns3.keyid: x\n", SECRET, ""),
    ("a.yml", "s3.key: " + SECRET + "\n§: x\n", "s3.keyid", "s3.other"),
    ("§.yml", "env: {AWS_SECRET_ACCESS_KEY: $KEY}\n", "app/a", "tests/a"),
    ("§.yml", "env:\n- AWS_SECRET_ACCESS_KEY=$KEY\n", "app/a", "tests/a"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: {value: §}\n", "$KEY", "''"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: {§: {secretRef: a}}\n", "value", "other"),
    ("a.yml", "url: s3://x:§@bucket\n", SECRET, "passwordOfTheBucket"),
    ("a.sql", "SELECT * FROM s3('https://b.s3.amazonaws.com/x', 'x', '§')\n", SECRET, "NOSIGN"),
    ("a.sh", "export AWS_SECRET_ACCESS_KEY=§\n", "$KEY", "$AWS_SECRET_ACCESS_KEY"),
    ("a.sh", "§ AWS_SECRET_ACCESS_KEY --body x\n", "gh secret set", "gh secret list"),
    ("a.fish", "set -x AWS_SECRET_ACCESS_KEY §\n", "$KEY", ""),
    ("a.sh", "export AWS_SECRET_ACCESS_KEY=$(§)\n", "cat key", "aws sts get-session-token"),
    ("Dockerfile", "FROM x\nARG AWS_SECRET_ACCESS_KEY§\n", "", "="),
    ("a.sh", "docker run §AWS_SECRET_ACCESS_KEY=$KEY x\n", "-e", "-eX"),
    ("a.sh", "docker run §AWS_SECRET_ACCESS_KEY x\n", "-e ", "--name "),
    ("a.sh", "docker run --env=AWS_SECRET_ACCESS_KEY=§ x\n", "$KEY", ""),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: {§: Key}\n", "Ref", "Other"),
    ("a.yml", "AWS_SECRET_ACCESS_KEY: {§: Key}\n", "Fn::Sub", "Other"),
    ("a.yml", "- {name: §, value: $KEY}\n", "AWS_SECRET_ACCESS_KEY", "[AWS_SECRET_ACCESS_KEY]"),
    ("§", "AWS_SECRET_ACCESS_KEY=$KEY\n", "a.ini", "a.diff"),
    ("a.yml", "access_key_id: x\nurl: s3://{id}:§@bucket\n".replace("{id}", KEY), SECRET, "password-of-it"),
    ("a.yml", "url: s3://${ID}:§@bucket\n", "${KEY}", "${FAKE_KEY}"),
    ("a.yml", "url: s3://§:${KEY}@bucket\n", "${ID}", "catalogue"),
    ("§.yml", "url: s3://${ID}:${KEY}@bucket\n", "app/a", "tests/a"),
    ("a.yml", "url: s3://${ID}:${KEY}@bucket§\n", "", "?session_token=$TOKEN"),
    ("a.sh", "cat > f <<EOF\n§\naws_secret_access_key=$KEY\nEOF\n", "[default]", "a=b"),
    ("a.sh", "aws_secret_access_key=§\n", SECRET, "$(read_key)"),
    ("a.ini", "[s3]\naccess_key = $A\nsecret_key = $B\n§", "", "session_token = $C\n"),
    ("compose.yml", f"{ENVIRONMENT}AWS_SESSION_TOKEN:§\n", ' ""', " $C"),
    ("compose.yml", f"{ENVIRONMENT}AWS_SESSION_TOKEN:§\n", " ''", ""),
    ("a.sh", "docker run -e AWS_SECRET_ACCESS_KEY=$B x -e AWS_SESSION_TOKEN§\n", "=''", ""),
    ("a.sh", "docker run -e AWS_ENDPOINT_URL§ -e AWS_SECRET_ACCESS_KEY=$B x\n", "", "=http://minio"),
    ("compose.yml", f"{ENVIRONMENT}AWS_ENDPOINT_URL:§\n", "", " http://minio"),
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}: {pair[1][:40]}")
def test_one_is_a_key_and_the_other_is_none(pair: tuple[str, str, str, str]) -> None:
    path, text, found, fine = pair
    assert keys(text.replace("§", found), path.replace("§", found))
    assert not keys(text.replace("§", fine), path.replace("§", fine))
