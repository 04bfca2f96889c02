"""Resources and constructs that create an IAM access key, and blocks of Terraform that use one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint.aws import cloudformation, terraform_json
from palint.aws.terraform_json import objects
from palint.files import languages
from palint.languages import calls, hcl, treesitter, yaml
from palint.languages.value import Value
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.named_tuple import NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode

CONSTRUCT_KEYWORDS = (r"[^a-z_]AccessKey\s*\(", r"(cfn|iam|new)AccessKey\s*\(", r"AccessKey\.Builder\.")
_CONSTRUCT = lazy_re.compile(r"(?:New)?(?:Cfn|Iam)?AccessKey")
_GLOBAL_IN_SST = lazy_re.compile(r"\biam[\s\\]*\.[\s\\]*AccessKey\b")
_IN_TEXT = lazy_re.compile(
    r"""["']?Type["']?\s*:\s*["']?(AWS::IAM::AccessKey)\b|resource\s+"(aws_iam_access_key)"|\b(iam\.(?:Cfn)?AccessKey)\("""
)
_KEY_ATTRIBUTES = ("access_key", "secret_key")
_ENDPOINTS = frozenset(["endpoint", "endpoints"])


class Created(NamedTuple):
    """Code that creates an access key. what: its name in the code."""

    start: int
    end: int
    what: str
    user: str = ""


class GivenKeys(NamedTuple):
    """The keys that a provider or backend block sets.

    what: the block. start, end: of the attributes. temporary: whether there is a session token. elsewhere:
    whether the block names endpoints. removals: the ranges to delete, empty if there is no fix.
    """

    what: str
    start: int
    end: int
    values: list[Value]
    temporary: bool
    elsewhere: bool
    removals: tuple[tuple[int, int], ...] = ()


def find(file: SourceFile, construct_ends: Iterable[int]) -> Iterator[Created]:
    """Yield the code that creates keys in a file other than Terraform. Raises ParseError.

    construct_ends: ends of CONSTRUCT_KEYWORDS.
    """
    if languages.find(file.path).syntax in ("yaml", "json"):
        for resource in cloudformation.resources(file.parsed_with(yaml.parse), "AWS::IAM::AccessKey"):
            yield Created(resource.kind.start, resource.kind.end, resource.name)
        return
    imported = calls.is_infrastructure(file.text)
    if not imported and not _GLOBAL_IN_SST.search(file.text):
        return
    for call in calls.calls(file, construct_ends):
        known = imported or call.name == "aws.iam.AccessKey"
        if known and _CONSTRUCT.fullmatch(call.name.rpartition(".")[2]):
            yield Created(call.start, call.end, call.name)


def find_in_text(text: str) -> Iterator[Created]:
    """Yield the same for a text that does not parse, e.g. a template of a template."""
    for found in _IN_TEXT.finditer(text):
        start, end = lazy_re.last_span(found)
        yield Created(start, end, text[start:end])


def in_block(tree: treesitter.Tree, block: hcl.Block) -> GivenKeys:
    """The keys in a provider or backend block of HCL."""
    attributes = hcl.attributes(tree, block.node)
    given = [attributes[name] for name in _KEY_ATTRIBUTES if name in attributes]
    endpoints = [attributes[name] for name in _ENDPOINTS if name in attributes]
    for inner in hcl.blocks(tree, block.node):
        endpoints += hcl.attributes(tree, inner.node).values() if inner.kind == "endpoints" else ()
    return GivenKeys(
        f'{block.kind} "{block.labels[0]}"',
        min((node.start_byte for node in given), default=0),
        max((node.end_byte for node in given), default=0),
        [value for node in given for value in hcl.values(tree, hcl.expression(node))],
        temporary=_is_set(tree, attributes.get("token")),
        elsewhere=any(_is_set(tree, value) for value in endpoints),
        removals=tuple(treesitter.removal_ranges(tree, given)),
    )


def _is_set(tree: treesitter.Tree, attribute: TreeNode | None) -> bool:
    """Whether an attribute is there and set to something, unlike `token = null`."""
    if attribute is None:
        return False
    return tree.source(attribute).partition("=")[2].strip() not in ("", '""', "null")


def in_json(file: SourceFile) -> Iterator[Created | GivenKeys]:
    """Yield created and given keys of Terraform's JSON syntax. Raises ParseError."""
    for document in file.parsed_with(yaml.parse):
        for node in document.walk():
            for key, resources in node.items:
                if key.value == "aws_iam_access_key":
                    name = resources.items[0][0].value if resources.items else "deploy"
                    yield Created(key.start, key.end, f"aws_iam_access_key.{name}")
        for top in objects(document):
            settings = [each for terraform in objects(top.get("terraform")) for each in objects(terraform)]
            for kind, label, holders in (("provider", "aws", [top]), ("backend", "s3", settings)):
                for holder in holders:
                    blocks = [b for each in objects(holder.get(kind)) for b in objects(each.get(label))]
                    yield from (_in_object(f'{kind} "{label}"', block) for block in blocks)


def _in_object(what: str, block: yaml.Node) -> GivenKeys:
    given = [pair for name in _KEY_ATTRIBUTES if (pair := block.entry(name)) is not None]
    names = {key.value for key, _ in block.entries()}
    return GivenKeys(
        what,
        min((key.start for key, _ in given), default=0),
        max((value.end for _, value in given), default=0),
        [terraform_json.value(value) for _, value in given if not value.null],
        temporary=bool(block.text("token")),
        elsewhere=not _ENDPOINTS.isdisjoint(names),
    )
