"""`boto3-access-key` beyond its examples: what is said, masked, fixed, and silenced."""

from __future__ import annotations

import ast
import json

import pytest

from palint import registry
from palint.findings import Severity
from palint.secrets.synthetic import generate
from palint.testing import apply_fixes, check, results_of, substitute

RULES = registry.load()
RULE, HARDCODED = RULES["boto3-access-key"], RULES["hardcoded-secret"]
CALL = 'boto3.client("s3", aws_access_key_id=key)'


def test_a_literal_is_reported_once_and_masked() -> None:
    text = 'import boto3\nKEY = "{aws_access_key_id}"\nc = boto3.client("s3", aws_access_key_id=KEY)\n'
    results = results_of(RULE, {"a.py": text}, others=[HARDCODED])
    assert [f.rule for f in results.findings] == ["boto3-access-key"], "the constant is not reported again"
    assert substitute("{aws_access_key_id}")[4:] not in repr(results)
    assert [r.span.start.line for r in results.findings[0].related] == [2]


@pytest.mark.parametrize(
    "call",
    [
        "functools.partial()",
        "boto3.client(*names, **options)",
        "boto3.client(**options)",
        "boto3.Session(*names, name, other)",
        'boto3.client("s3", endpoint_url=f"", aws_access_key_id=k)',
        "s3fs.S3FileSystem(storage_options=itself, key=k)",
        "boto3.client('s3', aws_access_key_id=f([" + "x, " * 400 + "assume_role]))",
    ],
)
def test_unusual_calls_are_read_to_the_end(call: str) -> None:
    text = f"import boto3, functools, s3fs\nitself = {{}}\nitself['client_kwargs'] = itself\n{call}\n{CALL}\n"
    results = results_of(RULE, {"a.py": text})
    assert results.findings[-1].span.start.line == 5
    assert not results.notices


def test_a_fix_leaves_python_that_calls_the_same_without_keys() -> None:
    text = """\
import boto3

client = boto3.client(
    "s3",  # the store
    region_name="eu-west-2",
    aws_access_key_id=key,  # static
    aws_secret_access_key=secret,
)
"""
    found = check(RULE, {"a.py": text})
    fixed = apply_fixes({"a.py": text}, found)["a.py"]
    assert ast.unparse(ast.parse(fixed).body[1]) == "client = boto3.client('s3', region_name='eu-west-2')"
    assert "# the store" in fixed
    assert check(RULE, {"a.py": fixed}) == []
    assert all(edit.text == "" for f in found if f.fix for edit in f.fix.edits), "a fix only deletes"


@pytest.mark.parametrize(
    "call",
    [
        "boto3.client('s3', **{'aws_access_key_id': k, 'region_name': r})",
        "pd.read_csv(p, storage_options={'key': k, 'anon': False})",
        "boto3.client('s3', endpoint_url=e, aws_access_key_id=k)",
        "boto3.client('s3', **self.kwargs_of_the_client)",
        "boto3.Session(k, s, None, 'eu-west-2')",
        "AWS4Auth(k, s, 'eu-west-2', 'es')",
        "spark.conf.set('fs.s3a.access.key', k)",
        "botocore.credentials.Credentials(access_key=k, secret_key=s)",
    ],
)
def test_no_fix_where_more_than_keys_would_go(call: str) -> None:
    text = "import boto3, botocore\nclass A:\n    kwargs_of_the_client = dict(aws_access_key_id=k)\n"
    (found,) = check(RULE, {"a.py": f"{text}    def f(self):\n        {call}\n"})
    assert found.fix is None


def test_a_notebook_finding_names_cell_and_line() -> None:
    source = ["import boto3\n", 'boto3.client("s3", aws_access_key_id="{aws_access_key_id}")']
    book = {"cells": [{"cell_type": "markdown", "source": []}, {"cell_type": "code", "source": source}]}
    (found,) = check(RULE, {"a.ipynb": json.dumps(book, indent=1)})
    assert found.message.endswith("(cell 2, line 2)")
    assert found.span.start.line == 11
    assert substitute("{aws_access_key_id}")[4:] not in repr(found)
    ((start, end),) = found.value_ranges
    assert end - start == 20, "the value without JSON's and Python's quotes"


@pytest.mark.parametrize(("line", "notices"), [('print "x"', []), ("x = = 1", ["unparsed"])])
def test_python_2_is_code_and_what_is_no_python_makes_the_run_incomplete(
    line: str, notices: list[str]
) -> None:
    text = f"""\
import boto3
{line}
def f(aws_access_key_id=None): pass
# boto3.client("s3", aws_access_key_id=KEY)
boto3.client("s3", aws_access_key_id="testing")
boto3.client("s3", aws_access_key_id=None)
boto3.client("s3", aws_access_key_id=credentials["AccessKeyId"])
save(aws_access_key_id=KEY)
boto3.client("s3", aws_access_key_id=KEY)
boto3.client("s3", aws_access_key_id=credentials["id"])
"""
    results = results_of(RULE, {"a.py": text})
    assert [f.span.start.line for f in results.findings] == ([] if notices else [9, 10])
    assert [n.kind for n in results.notices] == notices
    assert results.complete is not bool(notices)


@pytest.mark.parametrize(
    ("broken", "kinds"), [("y = 2", ["parse-fallback"]), (CALL, ["parse-fallback", "unparsed"])]
)
def test_a_cell_that_does_not_parse_and_may_pass_a_key_is_named(broken: str, kinds: list[str]) -> None:
    cells = [{"cell_type": "code", "source": source} for source in ("import boto3\n", f"x = = 1\n{broken}\n")]
    text = json.dumps({"cells": [*cells, {"cell_type": "code", "source": f"{CALL}\n"}], "nbformat": 4})
    results = results_of(RULE, {"a.ipynb": text})
    assert [n.kind for n in results.notices] == kinds
    assert len(results.findings) == 1


def test_templates_of_django_settings() -> None:
    text = "{% if s3 %}\nAWS_STORAGE_BUCKET_NAME = 'b'\nAWS_ACCESS_KEY_ID = env('K')\n{% endif %}\n"
    (found,) = check(RULE, {"settings.py": text})
    assert found.span.start.line == 3


@pytest.mark.parametrize(
    ("endpoint", "key", "severity"),
    [
        ("'https://s3.eu-west-2.amazonaws.com'", "k", Severity.ERROR),
        ("f'https://s3.{region}.amazonaws.com'", "k", Severity.ERROR),
        ("None", "k", Severity.ERROR),
        ("'https://ams3.digitaloceanspaces.com'", "k", Severity.WARNING),
        ("settings.ENDPOINT", "k", Severity.WARNING),
        ("settings.ENDPOINT", "'{aws_access_key_id}'", Severity.ERROR),
        ("'http://localhost:9000'", "'{aws_access_key_id}'", Severity.ERROR),
        ("'http://minio:9000'", "'a-root-user-of-minio'", None),
    ],
)
def test_endpoints(endpoint: str, key: str, severity: Severity | None) -> None:
    text = f"import boto3\nboto3.client('s3', endpoint_url={endpoint}, aws_access_key_id={key})\n"
    assert [f.severity for f in check(RULE, {"a.py": text})] == ([] if severity is None else [severity])


@pytest.mark.parametrize(
    "body",
    [
        "c = sts.assume_role(RoleArn=r)['Credentials']\nf(c['AccessKeyId'], c['SecretAccessKey'])",
        "c = (await sts.get_session_token()).get('Credentials')\nf(c.get('AccessKeyId'), c.get('X'))",
        "c = boto3.Session().get_credentials()\nf(c.access_key, c.secret_key)",
        "def g(role_credentials):\n    f(role_credentials['accessKeyId'], role_credentials['x'])",
        "k, s = (sts.assume_role()['Credentials'][n] for n in ('AccessKeyId', 'X'))\nf(k, s)",
    ],
)
def test_credentials_from_sts_are_not_reported(body: str) -> None:
    text = "import boto3\nf = boto3.Session\n" + body + "\n"
    assert check(RULE, {"a.py": text}) == []


def test_a_key_that_iam_created_is_long_lived() -> None:
    text = "import boto3\nk = iam.create_access_key()['AccessKey']\nboto3.Session(k['AccessKeyId'], k['S'])\n"
    assert len(check(RULE, {"a.py": text})) == 1


@pytest.mark.parametrize(
    "body",
    [
        'boto3.Session(credentials["aws_access_key_id"], credentials["aws_secret_access_key"])',
        'kw = {}\nkw.update(aws_access_key_id=k)\nboto3.client("s3", **kw)',
        'kw = {}\nkw.setdefault("aws_access_key_id", k)\nboto3.client("s3", **kw)',
        'boto3.client("s3", aws_access_key_id=k if k else None)',
        'boto3.client("s3", aws_access_key_id=os.environ.get("K", "testing"))',
    ],
)
def test_static_keys_beside_sts_are_reported(body: str) -> None:
    (found,) = check(RULE, {"a.py": f"import boto3\n{body}\n"})
    assert found.severity is Severity.ERROR


@pytest.mark.parametrize(("endpoint", "other"), [("", False), (", endpoint_url=url", True)])
def test_the_message_says_where_the_endpoint_may_be_another_vendors(endpoint: str, other: bool) -> None:
    text = (
        f"import boto3\nboto3.client('s3', aws_access_key_id=key, aws_secret_access_key=secret{endpoint})\n"
    )
    (found,) = check(registry.load()["boto3-access-key"], {"a.py": text})
    assert ("the endpoint may not be AWS" in found.message) == other


def test_a_vendors_name_in_the_random_text_of_a_key_is_none() -> None:
    """Three keys in a hundred have one, which made the client another vendor's: its keys had no fix."""
    lines = [
        "boto3.client('s3', aws_access_key_id='{}', aws_secret_access_key='{}')".format(
            generate("{aws_access_key_id}", seed), generate("{aws_secret_access_key}", seed)
        )
        for seed in range(100)
    ]
    found = check(RULE, {"a.py": "\n".join(["import boto3", *lines, ""])})
    assert len(found) == len(lines) and all(each.fix for each in found)


def test_a_key_whose_name_is_another_vendors_is_a_warning() -> None:
    for name, severity in (("R2_ACCESS_KEY", Severity.WARNING), ("ACCESS_KEY", Severity.ERROR)):
        (found,) = check(RULE, {"a.py": f"import boto3\nboto3.client('s3', aws_access_key_id=env.{name})\n"})
        assert found.severity is severity
