"""Resources and constructs that create an IAM access key, and blocks of Terraform that use one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from palint.files import languages, roles
from palint.languages import calls, hcl, treesitter, unparsed
from palint.languages.value import Value
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node as TreeNode

CONSTRUCT_KEYWORDS = (r"[^a-z_]AccessKey\s*\(", r"(cfn|iam|new)AccessKey\s*\(", r"AccessKey\.Builder\.")
_CONSTRUCT = lazy_re.compile(r"(?:New)?(?:Cfn|Iam)?AccessKey")
_GLOBAL_IN_SST = lazy_re.compile(r"\biam[\s\\]*\.[\s\\]*AccessKey\b")
_IN_TEXT = lazy_re.compile(
    r"""["']?Type["']?\s*:\s*["']?(AWS::IAM::AccessKey)\b|(?:resource\s+)?"(aws_iam_access_key)"|\b(iam\.(?:Cfn)?AccessKey)\("""
)
_KEY_ATTRIBUTES = ("access_key", "secret_key")


class Created(NamedTuple):
    """Code that creates an access key. what: its name in the code."""

    start: int
    end: int
    what: str


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
    """Yield the code that creates keys in a file other than Terraform's HCL. Raises ParseError.

    construct_ends: ends of CONSTRUCT_KEYWORDS.
    """
    if languages.find(file.path).syntax in ("yaml", "json"):
        yield from find_in_text(file.text)
        return
    imported = roles.is_infrastructure(file.text)
    if not imported and not _GLOBAL_IN_SST.search(file.text):
        return
    for call in calls.calls(file, construct_ends):
        known = imported or call.name == "aws.iam.AccessKey"
        if known and _CONSTRUCT.fullmatch(call.name.rpartition(".")[2]):
            yield Created(call.start, call.end, call.name)


def find_in_text(text: str) -> Iterator[Created]:
    """Yield the same for YAML, JSON, and code that does not parse."""
    for found in _IN_TEXT.finditer(text):
        start, end = lazy_re.last_span(found)
        if not unparsed.in_comment(text, start):
            yield Created(start, end, text[start:end])


def in_block(tree: treesitter.Tree, block: hcl.Block) -> GivenKeys:
    """The keys in a provider or backend block of HCL."""
    attributes = hcl.attributes(tree, block.node)
    given = [attributes[name] for name in _KEY_ATTRIBUTES if name in attributes]
    endpoints = [attributes[name] for name in ("endpoint", "endpoints") if name in attributes]
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
