"""The rule `boto3-access-key`: no static keys in AWS clients in Python."""

from __future__ import annotations

from collections.abc import Iterable

from palint.aws.boto3.precheck import precheck
from palint.aws.key_values import QUOTED_KEYS, has_key_format
from palint.files import roles
from palint.findings import ArgumentRemoval, Fix, Related, Severity, Violation
from palint.rule import NOTEBOOKS, PYTHON, Clause, Example, Reads, Rule
from palint.text.source import ParseError, SourceFile
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.aws.boto3.static_keys import StaticKeyCall
    from palint.languages.python import Module
    from palint.tree.project import Project

_SUFFICIENT = range(1, 6)  # keywords that are each reason enough to parse a file


class Boto3AccessKey(Rule):
    """A static AWS key passed to boto3, botocore, aioboto3, s3fs or a similar library.

    ## Why

    A key that is passed to a client is a long-lived key: it works from anywhere until it is rotated, and
    whoever reads it can use it. That is true of a literal and of a key from an environment variable or a
    settings object. boto3 finds short-lived credentials automatically (AWS SSO on a laptop, the role of the
    task, function or pod, OIDC in GitHub Actions), but only where the program passes no key.

    ## Do this instead

    Pass no key. On a laptop sign in with `aws sso login --profile palindrom`, and set
    `AWS_PROFILE=palindrom`.

    ```python
    s3 = boto3.client("s3", region_name="eu-west-2")
    files = s3fs.S3FileSystem()
    frame = pandas.read_parquet("s3://bucket/key")
    ```

    For another account's resources assume a role. What STS returns may be passed on.

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

    Unsafe (`--unsafe-fixes`): removes the key arguments with their commas and comments, so that boto3 uses
    its default chain. Assignments that nothing uses afterwards stay.

    ## Limits

    A name is followed one assignment back, inside its module only. A client whose endpoint is not AWS's, or
    may not be, is a warning unless the key is a literal. Not reported: what STS or botocore's own chain
    returned (`assume_role`, `get_session_token`, `["Credentials"]`, `get_frozen_credentials()`), `None`, a
    parameter's default, AWS's documented example keys, keys that are not literals in a module that imports
    moto, dummies (`"testing"`), and any literal for a server on `localhost`. In what is not Python 3, 2
    or a template `aws-sdk-access-key` searches for pairs of keys, and the run is incomplete. A folder
    `boto3`, `botocore` or `s3fs` is a copy of that library, and not checked.
    """

    clause = Clause.NO_LONG_LIVED_CREDENTIALS
    since = "0.1.0"
    reads = Reads.TEXT
    checks_history = True
    value_patterns = QUOTED_KEYS
    files = PYTHON | NOTEBOOKS
    keywords = (
        "access_key", "fs[.]s3[an.]", "storage_options", "aws4auth", "s3filesystem", "fsspec",
        "boto3", "botocore", "import boto",
    )  # fmt: skip
    supersedes = ("hardcoded-secret", "aws-credentials-file", "aws-sdk-access-key")

    bad = (
        Example(
            'import boto3\ns3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
            location="aws_access_key_id=", severity=Severity.ERROR, note="a keyword",
            fixed='import boto3\ns3 = boto3.client("s3")\n',
        ),
        Example(
            'from boto3 import Session as S\n'
            'S("{aws_access_key_id}", "{aws_secret_access_key}").client("s3")\n',
            location='"{aws_access_key_id}"', note="by position, through an alias",
            fixed='from boto3 import Session as S\nS().client("s3")\n',
        ),
        Example(
            "import s3fs\nfs = s3fs.S3FileSystem(key=config.key, secret=config.secret)\n", location="key=",
            fixed="import s3fs\nfs = s3fs.S3FileSystem()\n",
        ),
        Example(
            'import pandas as pd\n'
            'pd.read_csv("s3://b/k", storage_options={"key": config.key, "secret": config.secret})\n',
            location="storage_options=", fixed='import pandas as pd\npd.read_csv("s3://b/k")\n',
        ),
        Example(
            'import os\nAWS_STORAGE_BUCKET_NAME = "media"\n'
            'AWS_ACCESS_KEY_ID = os.environ["AWS_ACCESS_KEY_ID"]\n',
            path="settings.py", location="AWS_ACCESS_KEY_ID =", note="Django",
        ),
        Example(
            'import boto3\n'
            's3 = boto3.client("s3", endpoint_url=config.endpoint, aws_access_key_id=config.key)\n',
            location="aws_access_key_id=", severity=Severity.WARNING, note="may not be AWS",
        ),
        Example(
            'print "x"\nboto3.client("s3", aws_access_key_id="{aws_access_key_id}")\n',
            location="aws_access_key_id=", note="Python 2", fixed='print "x"\nboto3.client("s3")\n',
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
            'import boto3\ns3 = boto3.client("s3", aws_access_key_id=None, aws_secret_access_key=None)\n',
        ),
        Example(
            'import boto3\ns3 = boto3.client("s3", endpoint_url="http://localhost:9000", '
            'aws_access_key_id="minio-root-user-name", aws_secret_access_key="minio-root-password-1")\n',
        ),
        Example('import fsspec\nfs = fsspec.filesystem("memory", key=config.key)\n'),
    )  # fmt: skip

    def check(self, file: SourceFile, project: Project) -> Iterable[Violation]:
        path = file.path.lower()
        keywords = {match.keyword for match in file.keyword_matches}
        notebook_key = 0 in keywords and NOTEBOOKS.matches(path)  # JSON: the precheck would miss calls
        if keywords.isdisjoint(_SUFFICIENT) and not notebook_key and not precheck(file.text):
            return
        from palint.aws.boto3.static_keys import find_static_keys
        from palint.languages import notebook, python

        try:
            module = file.parsed_with(notebook.module if NOTEBOOKS.matches(path) else python.module)
        except ParseError as error:
            file.note_fallback(error)
            return  # `aws-sdk-access-key` searches the text
        if any(map(precheck, module.left_out)):
            file.add_notice("unparsed", "a cell that is not valid Python may pass an AWS key")
        for call in find_static_keys(module):
            dummies = call.literals and not any(has_key_format(str(node.value)) for node in call.literals)
            if not (dummies and roles.is_test(path)):
                yield self._report(file, project, module, call)

    def _report(self, file: SourceFile, project: Project, module: Module, call: StaticKeyCall) -> Violation:
        from palint.advice import Place, aws_keys
        from palint.languages.python import inside_quotes

        places = [module.offsets(key.node) for key in call.keys]
        start, end = min(start for start, _ in places), max(end for _, end in places)
        values = [inside_quotes(file.text, *module.offsets(node)) for node in call.literals]
        related = [
            Related(file.span(*v), "the key is assigned here") for v in values if not start <= v[0] < end
        ]
        elsewhere = call.endpoint != "aws" and not call.literals
        names = [key.name for key in call.keys][: 1 if elsewhere else 2]
        message = _message(call.callee if call.call else "", names, literal=bool(call.literals))
        place = Place(file, project, self.config.environments)
        hint = aws_keys.boto3(place, call.callee if call.call else "", values, key=call.keys[0].name)
        return self.violation(
            file.span(start, end),
            message
            + module.where(call.keys[0].node)
            + ("; the endpoint may not be AWS" if elsewhere else ""),
            fix_hint=aws_keys.for_servers(hint) if elsewhere else hint,
            severity=Severity.WARNING if elsewhere else Severity.ERROR,
            related=related,
            values=values,
            fix=_fix(file, project, module, call, values),
        )


def _message(callee: str, names: list[str], *, literal: bool) -> str:
    shown = ", ".join(f"`{name}`" for name in names)
    kind = "hardcoded" if literal else "static"
    if not callee:
        return f"{shown} is a {kind} AWS key"
    return f"{kind} AWS key passed to `{callee}` ({shown})"


def _fix(
    file: SourceFile, project: Project, module: Module, call: StaticKeyCall, values: list[tuple[int, int]]
) -> Fix | None:
    """Remove the key arguments if they are separate arguments in a Python file."""
    from palint.advice import Place, aws_keys
    from palint.changes.python import is_removable

    if call.call is None or call.endpoint != "aws" or NOTEBOOKS.matches(file.path):
        return None
    start, end = module.offsets(call.call)
    if not call.removable or not is_removable(call.call, end - start):
        return None
    removal = ArgumentRemoval(file.span(start, end), tuple(sorted(call.removable)))
    return Fix((), follow_up=aws_keys.after_fix(Place(file, project), values), removal=removal)
