"""Resources and constructs that create an IAM access key, and the role to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.aws import cloudformation
from palint.file_types import JSON, YAML
from palint.languages import calls, yaml
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

CONSTRUCT_KEYWORDS = (r"[^a-z_]AccessKey\s*\(", r"(cfn|iam|new)AccessKey\s*\(", r"AccessKey\.Builder\.")
_CONSTRUCT = lazy_re.compile(r"(?:New)?(?:Cfn|Iam)?AccessKey")
_IN_TEXT = lazy_re.compile(
    r"""["']?Type["']?\s*:\s*["']?(AWS::IAM::AccessKey)\b|resource\s+"(aws_iam_access_key)"|\b(iam\.(?:Cfn)?AccessKey)\("""
)
_ROLE = {  # by the file's suffix, with the user's own name
    "tf": 'resource "aws_iam_role" "{name}" {{ assume_role_policy = … }}',
    "yaml": "{name}: {{ Type: AWS::IAM::Role, Properties: {{ AssumeRolePolicyDocument: … }} }}",
    "ts": "new iam.Role(this, {name}, {{ assumedBy: new iam.OpenIdConnectPrincipal(github) }})",
    "py": "iam.Role(self, {name}, assumed_by=iam.OpenIdConnectPrincipal(github))",
    "java": "Role.Builder.create(this, {name}).assumedBy(new OpenIdConnectPrincipal(github)).build()",
    "go": "awsiam.NewRole(stack, jsii.String({name}), &awsiam.RoleProps{{AssumedBy: github}})",
}
_SAME = {"yml": "yaml", "json": "yaml", "js": "ts", "tsx": "ts", "mjs": "ts", "cjs": "ts", "mts": "ts"}


class Created(NamedTuple):
    """Code that creates an access key. what: its name in the code. name: for the role to write instead."""

    start: int
    end: int
    what: str
    name: str
    user: str = ""


def find(file: SourceFile, construct_ends: Iterable[int]) -> Iterator[Created]:
    """Yield the code that creates keys in a file other than HCL. construct_ends: ends of CONSTRUCT_KEYWORDS.

    Raises ParseError.
    """
    path = file.path.lower()
    if path.endswith(".tf.json"):
        yield from _in_terraform_json(file)
    elif path.endswith(YAML.suffixes + JSON.suffixes):
        for resource in cloudformation.resources(file.parsed_with(yaml.parse), "AWS::IAM::AccessKey"):
            yield Created(resource.kind.start, resource.kind.end, resource.name, resource.name)
    else:
        yield from _in_code(file, list(construct_ends))


def find_in_text(text: str) -> Iterator[Created]:
    """Yield the same for a text that does not parse, e.g. a template of a template."""
    for found in _IN_TEXT.finditer(text):
        start, end = found.span(found.lastindex or 0)
        yield Created(start, end, text[start:end], "deploy")


def role(path: str, name: str) -> str:
    """The code that creates a role, in the language of a file (path in lower case)."""
    suffix = path.rpartition(".")[2]
    return _ROLE.get(_SAME.get(suffix, suffix), _ROLE["tf"]).format(name=name)


def _in_code(file: SourceFile, ends: list[int]) -> Iterator[Created]:
    if not ends:
        return
    imported = calls.is_infrastructure(file.text)
    for call in calls.calls(file, ends):
        known = imported or call.name == "aws.iam.AccessKey"  # in SST `aws` is a global
        if known and _CONSTRUCT.fullmatch(call.name.rpartition(".")[2]):
            texts = [f'"{v.text}"' for given in call.given for v in given if v.kind == "text"]
            yield Created(call.start, call.end, call.name, texts[0] if texts else '"Deploy"')


def _in_terraform_json(file: SourceFile) -> Iterator[Created]:
    for document in file.parsed_with(yaml.parse):
        for node in document.walk():
            for key, resources in node.items:
                if key.value == "aws_iam_access_key":
                    name = resources.items[0][0].value if resources.items else "deploy"
                    yield Created(key.start, key.end, f"aws_iam_access_key.{name}", name)
