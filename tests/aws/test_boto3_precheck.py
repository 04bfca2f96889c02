"""The precheck of a text lets through everything that its syntax tree would show."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from palint.aws.boto3.precheck import precheck
from palint.aws.boto3.static_keys import SIGNATURES, KeyParameterSpec, find_spec, find_static_keys
from palint.languages import python
from palint.text.source import SourceFile

BY_NAME = (
    "x.client('s3', aws_access_key_id=k)\n",
    "x.client('s3',aws_secret_access_key  # ours\n  =k)\n",
    "x.client('s3', aws_access_key_id \\\n= k)\n",
    "x.client('s3', aws_access_key_id=None or k)\n",
    "keys = {}\nkeys['aws_access_key_id'], keys['x'] = k, s\nx.client('s3', **keys)\n",
    "keys = {}\n(keys['x'],\n keys['aws_access_key_id']) = s, k\nx.client('s3', **keys)\n",
    "keys = {}\nkeys['aws_access_key_id']: str = k\nx.client('s3', **keys)\n",
    "keys = {}\nkeys['aws_access_key_id'] = k\nx.client('s3', **keys)\n",
    "keys = {}\nkeys.setdefault('aws_access_key_id', k)\nx.client('s3', **keys)\n",
    "keys = {}\nkeys.update(aws_secret_access_key=k)\nx.client('s3', **keys)\n",
    'keys = {"""aws_access_key_id""" : k}\nx.client("s3", **keys)\n',
    "from botocore.credentials import Credentials\nCredentials(secret_key=k)\n",
    "import anthropic\nanthropic.AnthropicBedrock(aws_secret_key=k)\n",
    "import redshift_connector\nredshift_connector.connect(access_key_id=k)\n",
    "f(client_kwargs={'key': k})\n",
    "keys = iam.create_access_key()['AccessKey']\nx.client('s3', aws_access_key_id=keys['AccessKeyId'])\n",
    "keys = made['AccessKey']\nx.client('s3', aws_secret_access_key=keys['SecretAccessKey'])\n",
    "x.client('s3', aws_access_key_id=keys['AccessKeyId'] or k)\n",
    "x.client('s3', aws_access_key_id=keys['AccessKeyId'], aws_secret_access_key=s)\n",
    "import boto3\nmake = boto3.client\nmake('s3', aws_access_key_id=k)\n",
    "import boto3\nmake, b = boto3.client, 1\nmake(aws_access_key_id=k)\n",
    "from boto3 import client as make\nmake(aws_access_key_id=k)\n",
    "from boto3 import client\nclient(region_name=r, aws_access_key_id=k)\n",
    "import boto3\nboto3.client('s3', **dict(aws_access_key_id=k))\n",
    "from x import made\nimport boto3\nboto3.client('made(', aws_access_key_id=k)\n",
    "from x import made\nimport boto3\nboto3.client(  # made(\n  aws_access_key_id=k)\n",
    "import boto3\nboto3.client(\n  's3',  # x = 1\n  # more\n  aws_access_key_id=k)\n",
    "AWS_ACCESS_KEY_ID = k\nMEDIA_ROOT = 'm'\n",
    "MEDIA_ROOT = 'm'\nAWS_S3_SECRET_ACCESS_KEY: str = None or k\n",
    "import boto3\nboto3.client  (  # ours\n  's3', aws_access_key_id=k)\n",
    "import boto3\nmake = boto3.Session(\n  profile_name='p').client  # a\nmake(aws_access_key_id=k)\n",
    "import boto3\ngetattr(boto3, 'client')('s3', aws_access_key_id=k)\n",
    "from boto3 import client\nmake = client\nmake('s3', aws_access_key_id=k)\n",
    "from boto3 import setup_default_session as use\nuse(aws_access_key_id=k)\n",
    "import os, \\\n  boto\nboto.connect_s3(aws_access_key_id=k)\n",
    "import pyathena\npyathena.connect(aws_access_key_id=k)\n",
    "STORAGES = {'a': {'BACKEND': 'storages.backends.s3.S3Storage', 'OPTIONS': {'secret_key': k}}}\n",
)
BY_POSITION = (
    "import boto3\nboto3.Session(k, s)\n",
    "import boto3\nboto3.Session(\n    # ours\n    k, s)\n",
    "from boto3 import Session as S\nS(k, s)\n",
    "import boto3\nmake = boto3.session.Session\nmake(k, s)\n",
    "from boto3.session import (\n    Session as S,\n)\nS(k, s)\n",
    "from boto3 import Session as S  # ours\nS(k, s)\n",
    "from functools import partial\nimport boto3\npartial(boto3.Session, k, s)\n",
    "import botocore.session\nbotocore.session.get_session().set_credentials(k, s)\n",
    "from botocore.credentials import Credentials as C\nC(k, s)\n",
    "import os, boto\nboto.connect_s3(k, s)\n",
    "import boto as b\nb.connect_s3(k, s)\n",
    "from boto import connect_s3\nconnect_s3(k, s)\n",
    "import boto\nclass A:\n  def __init__(self):\n    self.b = boto\n    self.b.connect_s3(k, s)\n",
    "from boto.s3.connection import S3Connection\nS3Connection(k, s)\n",
    "from boto.s3.connection import S3Connection as S\nS(k, s)\n",
)
NOTHING = (
    "import boto3\nboto3.Session(profile_name='p').client('s3', region_name='eu-west-2')\n",
    "from functools import partial\npartial(self.client.describe_stacks, **rest)\n",
    "INSTALLED_APPS = []\nAWS_ACCESS_KEY_ID = None\n",
    "from botocore.exceptions import E\nfrom .aws import connect_to\nconnect_to(aws_access_key_id=k)\n",
    "def client(secret_key=None): ...\nget_client(secret_key=k)\n",
)


@pytest.mark.parametrize("text", BY_NAME)
def test_a_key_by_name_is_looked_at(text: str) -> None:
    assert _uses(text)
    assert precheck(text)


@pytest.mark.parametrize("text", BY_POSITION)
def test_a_key_by_position_is_looked_at(text: str) -> None:
    assert _uses(text)
    assert precheck(text)


@pytest.mark.parametrize("text", NOTHING)
def test_a_module_that_passes_no_key_is_not_parsed(text: str) -> None:
    assert not precheck(text)


_IMPORTS = st.lists(
    st.sampled_from(
        (
            "import boto3",
            "from boto3 import client",
            "from boto3 import client as make",
            "from .aws import make",
            "from .aws import (\n    other,\n    make,\n)",
            "make = boto3.client",
            "make: object = boto3.Session",
            "def make(access_key=None, **rest): ...",
            "class make: ...",
            "for make in (boto3.client,): ...",
            "x, make = 1, boto3.client",
            "make.client = boto3.client",
            "from functools import partial",
        )
    ),
    max_size=4,
)
_CALLEES = st.sampled_from(
    (
        "make",
        "boto3.client",
        "client",
        "make.client",
        "self.make",
        "boto3.Session().client",
        "f(1).make",
        "dict",
    )
)
_GAPS = st.lists(
    st.sampled_from(
        (" ", "\n    ", "  # make(\n", "# make(a, \n", "region_name=r, ", "x='make(', ", 'x="""\nmake(""", ',
         "b=make(c), ", "b=[1, 2], ", "\\\n", "d={'e': 1}, ")
    ),
    max_size=4,
).map("".join)  # fmt: skip


@settings(max_examples=100)
@given(_IMPORTS, _CALLEES, _GAPS, st.sampled_from(("aws_access_key_id", "secret_key")), st.booleans())
def test_no_call_that_takes_a_key_is_left_out(
    imports: list[str], callee: str, gap: str, name: str, as_dict: bool
) -> None:
    given_to = f"**dict({gap}{name}=k)" if as_dict else f"{gap}{name}=k"
    text = "\n".join(["import boto3", "from .aws import make", *imports, f"{callee}({given_to})", ""])
    try:
        ast.parse(text)
    except SyntaxError:
        reject()
    assert precheck(text) or not _uses(text)


def _uses(text: str) -> list[object]:
    return list(find_static_keys(SourceFile("a.py", text.encode()).parsed_with(python.module)))


@pytest.mark.parametrize("spec", SIGNATURES, ids=lambda spec: spec.name.pattern)
def test_the_parameters_of_each_signature_pass(spec: KeyParameterSpec) -> None:
    """Except those of libraries whose names are enough for the rule."""
    first = re.sub(r"\(\?:([^()|]*)[^()]*\)\??", r"\1", spec.name.pattern).partition("|")[0]
    callee = re.sub(r"\\b|\.\*|\\", "", re.sub(r"\\w[+*]", "s3", first))
    names = [name for name in spec.keywords if "token" not in name]
    assert find_spec(callee, "") is not None
    assert callee.endswith(("S3FileSystem", "AWS4Auth")) or any(
        precheck(f"import {callee.partition('.')[0]}\n{callee}({name}=k)\n") for name in names
    )
