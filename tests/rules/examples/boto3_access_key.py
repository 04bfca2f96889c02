"""Further examples of `boto3-access-key`."""

# ruff: noqa: E501 -- a line is a case

from __future__ import annotations

from palint.findings import Severity
from palint.rule import Example

BAD = (
    Example(
        'import boto3\ndef bucket(k, s):\n    boto3.Session(k, s, region_name="r").resource("s3").Bucket("b")\n',
        location="k, s, r", note="by position",
        fixed='import boto3\ndef bucket(k, s):\n    boto3.Session(region_name="r").resource("s3").Bucket("b")\n',
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
        'import fsspec\nfs = fsspec.filesystem("s3", key=config.key, secret=config.secret)\n',
        location="key=",
    ),
    Example(
        'spark.conf.set("fs.s3a.access.key", "{aws_access_key_id}")\n', location='"{aws_access_key_id}"',
    ),
    Example("import boto\nboto.connect_s3(key, secret)\n", location="key, secret", note="boto 2"),
    Example(
        'STORAGES = {"default": {\n'
        '    "BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"access_key": KEY}}}\n',
        path="settings.py", location="KEY}}}",
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
        'import boto3\nkeys = dict(aws_access_key_id=settings.KEY)\ns3 = boto3.client("s3", **keys)\n',
        location="**keys",
    ),
    Example(
        'import boto3\ndef keys():\n    return {"aws_access_key_id": config.key, "aws_secret_access_key": config.secret}\n'
        's3 = boto3.client("s3", **keys())\n',
        location="**keys()", note="a function returns the dict",
    ),
)  # fmt: skip

GOOD = (
    Example(
        "import boto3\nsession = boto3.Session()\n"
        "frozen = session.get_credentials().get_frozen_credentials()\n"
        "auth = AWS4Auth(frozen.access_key, frozen.secret_key, 'eu-west-2', 'es')\n",
    ),
    Example('import boto3\ns3 = boto3.client("s3", aws_access_key_id="AKIAIOSFODNN7EXAMPLE")\n'),
    Example(
        'import boto3\ns3 = boto3.client("s3", aws_access_key_id="AKID1236MYFOOADKID")\n',
        path="tests/test_s3.py", note="in a test, what has not the form of an AWS key",
    ),
    Example("import boto3\ndef client(aws_access_key_id=None, aws_secret_access_key=None): ...\n"),
    Example('# boto3.client("s3", aws_access_key_id=KEY)\nimport boto3\n'),
    Example('"""boto3.client("s3", aws_access_key_id=KEY)"""\nimport boto3\n'),
    Example('import pandas as pd\npd.read_csv("gs://b/k", storage_options={"token": config.token})\n'),
    Example(
        "def auth(credentials):\n    return AWS4Auth(\n        credentials.access_key, "
        "credentials.secret_key, 'eu-west-2', 'es', session_token=credentials.token)\n",
    ),
    Example('AWS_ACCESS_KEY_ID = None\nAWS_STORAGE_BUCKET_NAME = "media"\n', path="settings.py"),
    Example(
        'import boto3\nKEY = "testing"\ns3 = boto3.client("s3", aws_access_key_id=KEY)\n',
        note="moto",
    ),
    Example(
        "import boto3\nfrom moto import mock_aws\n"
        'def test(key):\n    boto3.client("s3", aws_access_key_id=key["AccessKey"]["AccessKeyId"])\n',
    ),
    Example(
        'import boto3\ndef keys():\n    answer = boto3.client("sts").assume_role(RoleArn=role, RoleSessionName="x")\n'
        '    return {"aws_access_key_id": answer["Credentials"]["AccessKeyId"]}\ns3 = boto3.client("s3", **keys())\n',
        note="a function returns what STS returned",
    ),
)  # fmt: skip
