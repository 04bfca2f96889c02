from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws.environment import has_form
from palint.findings import Edit, Finding, Fix, Related, Severity, summarize_secret
from palint.rule import NOTEBOOKS, PYTHON, Clause, Example, Rule
from palint.text.source import ParseError, SourceFile
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.aws.boto3.static_keys import StaticKeyCall
    from palint.languages.python import Module
    from palint.tree.project import Project

_TELLING = range(1, 6)  # these keywords are enough to look at a file
# The libraries themselves, copied into a repository.
_LIBRARY = lazy_re.compile(r"(?:^|/)(?:site-packages|boto3|botocore|aioboto3|aiobotocore|s3fs|boto|moto)/")
_TEST_PATH = lazy_re.compile(r"(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py$)|_test\.py$")


class Boto3AccessKey(Rule):
    """A static AWS key passed to boto3, botocore, aioboto3, s3fs and the like.

    ## Why

    A key that is passed to a client is a long-lived key: somebody made it, somebody keeps it, nothing ends
    it. Whether it is a literal or comes from an environment variable or a settings object makes no
    difference: the standard knows no static AWS key. boto3 finds short-lived credentials by itself (AWS SSO
    on a laptop, the role of the task, function or pod, OIDC in GitHub Actions), provided that nobody hands
    it a key.

    ## Do this instead

    Give the client no key. Sign in on a laptop with `aws sso login --profile palindrom`.

    ```python
    s3 = boto3.client("s3", region_name="eu-west-2")
    files = s3fs.S3FileSystem()
    frame = pandas.read_parquet("s3://bucket/key")
    ```

    Another account's resources are reached by assuming a role; what STS answers may be passed on.

    ```python
    credentials = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="report")["Credentials"]
    s3 = boto3.client(
        "s3",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    ```

    ## Fix

    Unsafe (`--unsafe-fixes`): the key arguments are removed with their commas and comments, so that the
    default chain is used. What becomes unused by that stays.

    ## Settings

    None.

    ## Limits

    A name is followed one assignment back inside its module, not into another one. A client with an
    endpoint that is not AWS's, or may not be, is a warning unless the key is a literal. Not flagged: what
    STS or botocore's own chain answered (`assume_role`, `get_session_token`, `["Credentials"]`,
    `get_frozen_credentials()`), `None`, a parameter's default, AWS's documented example keys, keys that are
    no literal in a module that imports moto, test doubles (`"testing"`), and any literal for a server on
    `localhost`. Python that does not parse (Python 2) is searched as text for the two keyword arguments and
    Django's settings; notebooks are read cell by cell. A copy of boto3, botocore or s3fs itself (a folder
    of that name) is left alone.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    files = PYTHON | NOTEBOOKS
    keywords = (
        "access_key", "fs[.]s3[an.]", "storage_options", "aws4auth", "s3filesystem", "fsspec",
        "boto3", "botocore", "import boto",
    )  # fmt: skip
    supersedes = ("hardcoded-secret",)

    bad = (
        Example(
            'import boto3\ns3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
            location="aws_access_key_id=", severity=Severity.ERROR, note="a keyword",
            fixed='import boto3\ns3 = boto3.client("s3")\n',
        ),
        Example(
            """\
import os, boto3

s3 = boto3.client(
    "s3",
    aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],  # from the deployment
    aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
    region_name="eu-west-2",
)
""",
            location="aws_access_key_id=", severity=Severity.ERROR, note="from the environment",
            fixed="""\
import os, boto3

s3 = boto3.client(
    "s3",
    region_name="eu-west-2",
)
""",
        ),
        Example(
            'from boto3 import Session as S\n'
            'S("{aws_access_key_id}", "{aws_secret_access_key}").client("s3")\n',
            location='"{aws_access_key_id}"', note="by position, through an alias",
            fixed='from boto3 import Session as S\nS().client("s3")\n',
        ),
        Example(
            'import boto3\ndef bucket(k, s):\n'
            '    boto3.resource("s3", None, None, None, None, None, k, s).Bucket("b")\n',
            location="k, s).B", note="by position",
            fixed='import boto3\ndef bucket(k, s):\n'
            '    boto3.resource("s3", None, None, None, None, None).Bucket("b")\n',
        ),
        Example(
            'import boto3\n'
            'b = boto3.client("s3", **{"aws_access_key_id": key, "aws_secret_access_key": secret})\n',
            location="**{", note="a dict", fixed='import boto3\nb = boto3.client("s3")\n',
        ),
        Example(
            'import boto3\nkeys = dict(aws_access_key_id=settings.KEY)\ns3 = boto3.client("s3", **keys)\n',
            location="**keys",
        ),
        Example(
            'import boto3\nkeys = {"region_name": "eu-west-2"}\nkeys["aws_access_key_id"] = config.key\n'
            's3 = boto3.client("s3", **keys)\n', location="**keys",
        ),
        Example(
            'import boto3\nKEY = "{aws_access_key_id}"\ns3 = boto3.client("s3", aws_access_key_id=KEY)\n',
            location="aws_access_key_id=", note="a constant of the module",
        ),
        Example(
            "class Store:\n    def open(self):\n"
            "        keys = self.keys\n"
            "        return self.session.client(aws_access_key_id=keys.id)\n",
            location="aws_access_key_id=", note="a session from elsewhere",
        ),
        Example(
            "import aioboto3\nasync def f(k, s):\n"
            "    async with aioboto3.Session().resource('s3', aws_access_key_id=k) as resource: ...\n",
            location="aws_access_key_id=",
        ),
        Example(
            "import botocore.session\nsession = botocore.session.get_session()\n"
            'session.set_credentials("{aws_access_key_id}", "{aws_secret_access_key}")\n',
            location='"{aws_access_key_id}"',
        ),
        Example(
            "import functools, boto3\nmake = functools.partial(boto3.client, aws_access_key_id=config.key)\n",
            location="aws_access_key_id=",
        ),
        Example(
            "import s3fs\nfs = s3fs.S3FileSystem(key=config.key, secret=config.secret)\n", location="key=",
            fixed="import s3fs\nfs = s3fs.S3FileSystem()\n",
        ),
        Example(
            'import fsspec\nfs = fsspec.filesystem("s3", key=config.key, secret=config.secret)\n',
            location="key=",
        ),
        Example(
            'import pandas as pd\n'
            'pd.read_csv("s3://b/k", storage_options={"key": config.key, "secret": config.secret})\n',
            location="storage_options=", fixed='import pandas as pd\npd.read_csv("s3://b/k")\n',
        ),
        Example(
            'spark.conf.set("fs.s3a.access.key", "{aws_access_key_id}")\n', location='"{aws_access_key_id}"',
        ),
        Example("import boto\nboto.connect_s3(key, secret)\n", location="key, secret", note="boto 2"),
        Example(
            'import os\nAWS_STORAGE_BUCKET_NAME = "media"\n'
            'AWS_ACCESS_KEY_ID = os.environ["AWS_ACCESS_KEY_ID"]\n',
            path="settings.py", location="AWS_ACCESS_KEY_ID =", note="Django",
        ),
        Example(
            'STORAGES = {"default": {\n'
            '    "BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"access_key": KEY}}}\n',
            path="settings.py", location="KEY}}}",
        ),
        Example(
            'import boto3\n'
            's3 = boto3.client("s3", endpoint_url=config.endpoint, aws_access_key_id=config.key)\n',
            location="aws_access_key_id=", severity=Severity.WARNING, note="perhaps not AWS",
        ),
        Example(
            'import boto3\nprint "Python 2"\ns3 = boto3.client("s3",\n'
            '    aws_access_key_id="{aws_access_key_id}")\n',
            location="aws_access_key_id=", note="Python 2, as text",
        ),
    )  # fmt: skip
    good = (
        Example('import boto3\ns3 = boto3.client("s3", region_name="eu-west-2")\n'),
        Example(
            'import boto3\nanswer = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="x")\n'
            'keys = answer["Credentials"]\n'
            's3 = boto3.client("s3", aws_access_key_id=keys["AccessKeyId"], '
            'aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])\n',
        ),
        Example(
            "import boto3\nsession = boto3.Session()\n"
            "frozen = session.get_credentials().get_frozen_credentials()\n"
            "auth = AWS4Auth(frozen.access_key, frozen.secret_key, 'eu-west-2', 'es')\n",
        ),
        Example(
            'import boto3\ns3 = boto3.client("s3", aws_access_key_id=None, aws_secret_access_key=None)\n',
        ),
        Example(
            'import boto3\nKEY = "testing"\ns3 = boto3.client("s3", aws_access_key_id=KEY)\n',
            note="moto",
        ),
        Example('import boto3\ns3 = boto3.client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE")\n'),
        Example(
            "import boto3\nfrom moto import mock_aws\n"
            'def test(key):\n    boto3.client("s3", aws_access_key_id=key["AccessKey"]["AccessKeyId"])\n',
        ),
        Example(
            'import boto3\ns3 = boto3.client("s3", endpoint_url="http://localhost:9000", '
            'aws_access_key_id="minio-root-user-name", aws_secret_access_key="minio-root-password-1")\n',
        ),
        Example(
            'import boto3\ns3 = boto3.client("s3", aws_access_key_id="AKID1236MYFOOADKID")\n',
            path="tests/test_s3.py", note="in a test, what has not the form of an AWS key",
        ),
        Example("import boto3\ndef client(aws_access_key_id=None, aws_secret_access_key=None): ...\n"),
        Example('# boto3.client("s3", aws_access_key_id=KEY)\nimport boto3\n'),
        Example('"""boto3.client("s3", aws_access_key_id=KEY)"""\nimport boto3\n'),
        Example('import pandas as pd\npd.read_csv("gs://b/k", storage_options={"token": config.token})\n'),
        Example('import fsspec\nfs = fsspec.filesystem("memory", key=config.key)\n'),
        Example(
            "def auth(credentials):\n    return AWS4Auth(\n        credentials.access_key, "
            "credentials.secret_key, 'eu-west-2', 'es', session_token=credentials.token)\n",
        ),
        Example('AWS_ACCESS_KEY_ID = None\nAWS_STORAGE_BUCKET_NAME = "media"\n', path="settings.py"),
    )  # fmt: skip

    def cache_key(self, path: str) -> Hashable:
        path = path.lower()
        return _LIBRARY.search(path) is None, _TEST_PATH.search(path) is None, path.endswith(".ipynb")

    def check(self, file: SourceFile, project: Project) -> Iterable[Finding]:
        if _LIBRARY.search(file.path.lower()):
            return
        if not _precheck(file):
            return
        try:
            module = _module(file)
        except ParseError as error:
            file.add_notice(
                "parse-fallback", f"{error.message} (line {error.line}): searched as text for key arguments"
            )
            yield from self._check_text(file)
            return
        from palint.aws.boto3.static_keys import find_static_keys

        in_tests = _TEST_PATH.search(file.path.lower()) is not None
        for use in find_static_keys(module):
            made_up = use.literals and not any(has_form(str(literal.value)) for literal in use.literals)
            if not (in_tests and made_up):
                yield self._report(file, module, use)

    def _report(self, file: SourceFile, module: Module, use: StaticKeyCall) -> Finding:
        from palint.languages.python import inside_quotes

        places = [module.offsets(key.node) for key in use.keys]
        start, end = min(start for start, _ in places), max(end for _, end in places)
        values = [inside_quotes(file.text, *module.offsets(node)) for node in use.literals]
        related = [
            Related(file.span(*value), "the key stands here")
            for value in values
            if not start <= value[0] < end
        ]
        return self.finding(
            file.span(start, end),
            _message(use) + module.where(use.keys[0].node),
            fix_hint=_help(use),
            severity=Severity.WARNING if use.endpoint != "aws" and not use.literals else Severity.ERROR,
            related=related,
            values=values,
            fix=_fix(file, module, use),
        )

    def _check_text(self, file: SourceFile) -> Iterator[Finding]:
        from palint.aws.boto3.unparsed import uses

        for use in uses(file.text):
            advice = _NO_SETTING if "setting" in use.what else _CHAIN
            values = [use.value] if use.value else []
            yield self.finding(file.span(use.start, use.end), use.what, fix_hint=advice, values=values)


def _precheck(file: SourceFile) -> bool:
    """Whether a file is worth its parsing; a notebook's text, which is JSON, tells less."""
    from palint.aws.boto3.precheck import by_name, by_position

    keywords = {hit.keyword for hit in file.keyword_matches}
    if not keywords.isdisjoint(_TELLING) or (0 in keywords and file.name.lower().endswith(".ipynb")):
        return True
    return by_name(file.text) or by_position(file.text)


def _module(file: SourceFile) -> Module:
    from palint.languages import notebook, python

    return file.parsed_with(notebook.module if file.name.lower().endswith(".ipynb") else python.module)


_CHAIN = (
    "Give it no key: boto3 finds the role of the task, function or job by itself, and on a laptop\n"
    "who signed in with `aws sso login`"
)

_NO_SETTING = f"Remove the setting; without it {_CHAIN.partition(': ')[2]}"


def _message(use: StaticKeyCall) -> str:
    names = ", ".join(f"`{key.name}`" for key in use.keys if not key.name.isdigit())
    if use.call is None:
        return f"the setting {names} holds a static AWS key"
    if use.literals:
        value = str(use.literals[0].value)
        public = 4 if value.startswith(("AKIA", "ASIA")) else 0
        return f"`{use.callee}` is given a literal AWS key ({names}): {summarize_secret(value, public)}"
    other = "" if use.endpoint == "aws" else ", by its endpoint perhaps not AWS's"
    return f"`{use.callee}` is given a static AWS key ({names}){other}"


def _help(use: StaticKeyCall) -> str:
    """The compliant call, with the reader's own names. What could hold a value is left out."""
    from palint.languages.python import literal

    if use.call is None:
        return _NO_SETTING
    first = literal(use.call.args[0]) if use.call.args else None
    service = f'"{first}"' if first and re.fullmatch(r"[a-z][a-z0-9-]{1,30}", first) else ""
    advice = f"{_CHAIN}:\n    {use.callee}({service})" if use.callee else f"{_CHAIN}."
    if use.endpoint == "aws":
        return advice
    return f"{advice}\nFor another vendor's S3, load its key from Secrets Manager."


def _fix(file: SourceFile, module: Module, use: StaticKeyCall) -> Fix | None:
    """Delete the key arguments, where they are arguments of their own in plain Python."""
    if use.call is None or use.endpoint != "aws" or file.name.lower().endswith(".ipynb"):
        return None
    from palint.fixes.python import without_arguments

    start, end = module.offsets(use.call)
    cuts = without_arguments(file.text[start:end], use.removable)
    return Fix(tuple(Edit(file.span(start + a, start + b), "") for a, b in cuts)) if cuts else None
