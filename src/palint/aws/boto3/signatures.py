"""Python callables that take AWS keys, and the names of their parameters."""

from __future__ import annotations

import functools
import re

from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

AWS_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
SHORT_NAMES = ("key", "secret", "token")
PLAIN_NAMES = ("access_key", "secret_key", "session_token")

SIGNER_NAMES = ("access_id", "secret_key", "session_token")

# The clients of boto3 and botocore: service_name, region_name, api_version, use_ssl, verify, endpoint_url,
# keys.
_CLIENT = (None, None, None, None, None, "endpoint_url", *AWS_NAMES)


class KeyParameterSpec(NamedTuple):
    """A callable that takes AWS keys.

    name: its dotted name. positions: its parameters by position, None for others. keywords: its key
    parameters. optional: whether it works without them.
    """

    name: re.Pattern[str]
    positions: tuple[str | None, ...]
    keywords: tuple[str, ...]
    optional: bool = True


def _spec(
    name: str, positions: tuple[str | None, ...], keywords: tuple[str, ...] = AWS_NAMES, optional: bool = True
) -> KeyParameterSpec:
    return KeyParameterSpec(lazy_re.compile(name), positions, keywords, optional)


# Key parameters with other names than `…access_key…` and `…secret_key…` need a form in `precheck`, too.
# Ordered by priority: the first match applies. Parameters are from each library's reference documentation.
SIGNATURES = (
    _spec(r"(?:aio)?boto3\.(?:session\.)?Session|aioboto3\.session\.Session", AWS_NAMES),
    _spec(r"(?:aio)?boto3\.(?:client|resource)|.*\bSession\(\)\.(?:client|resource|create_client)", _CLIENT),
    _spec(r".*\bget_session\(\)\.create_client", _CLIENT),
    _spec(r".*\b(?:get_session|Session)\(\)\.set_credentials", PLAIN_NAMES, PLAIN_NAMES, False),
    _spec(r"(?:aio)?botocore\.credentials\.(?:Aio)?Credentials", PLAIN_NAMES, PLAIN_NAMES, False),
    _spec(r"s3fs\.(?:core\.)?S3FileSystem", (None, "endpoint_url", *SHORT_NAMES), SHORT_NAMES),
    _spec(r"boto\.(?:connect_\w+|.*Connection)", AWS_NAMES[:2]),
    _spec(r"(?:requests_aws4auth\.)?AWS4Auth", SIGNER_NAMES[:2], SIGNER_NAMES, False),
    _spec(r"pyarrow\.fs\.S3FileSystem|storages\..*", (), PLAIN_NAMES),
    _spec(r"anthropic\.\w*Bedrock", (), ("aws_access_key", "aws_secret_key")),
    _spec(r"redshift_connector\.connect", (), ("access_key_id", "secret_access_key")),
    # Any receiver: methods of these names with these keywords are for AWS.
    _spec(r".*\b(?:client|resource|create_client|Session|setup_default_session)", ()),
    _spec(r"(?:boto|boto3|botocore|aioboto3|aiobotocore|pyathena|smart_open|cloudpathlib|litellm|langchain\w*"
           r"|llama_index|awswrangler|dask|sagemaker|strands|pynamodb|polars|deltalake|duckdb)\b.*", ()),
)  # fmt: skip
FSSPEC = _spec(r"fsspec\.\w+", (), SHORT_NAMES)
KEYWORDS = {
    "storage_options",
    "client_kwargs",
    *SHORT_NAMES,
    *(k for spec in SIGNATURES for k in spec.keywords),
}
SPARK_KEY = lazy_re.compile(r"(?:spark\.hadoop\.)?fs\.s3[an]?\.(?:awsA|awsS|access\.key|secret\.key)\w*")
STORAGE_KEYS = {
    *SHORT_NAMES,
    *AWS_NAMES,
    *(name.upper() for name in AWS_NAMES),
    "access_key_id",
    "secret_access_key",
}


@functools.lru_cache(maxsize=1000)
def find_spec(name: str, first_argument: str | None) -> KeyParameterSpec | None:
    """Find the specification of a callable by its dotted name; `fsspec` takes keys for an `s3` protocol."""
    found = next((spec for spec in SIGNATURES if spec.name.fullmatch(name)), None)
    if found is None and name.startswith("fsspec.") and (first_argument or "").startswith("s3"):
        return FSSPEC
    return found
