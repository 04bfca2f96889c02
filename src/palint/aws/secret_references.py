"""Find names of AWS Secrets Manager secrets in code, infrastructure and workflows.

A parser is imported where a file needs it: most matches of the keywords (`secret_name = …`) need none, and
the parsers are 15 modules, which take 7 ms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from palint.files import languages
from palint.languages import unparsed
from palint.languages.value import INTERPOLATION, Value
from palint.text.source import Ranges, SourceFile, matches_in
from palint.util import lazy_re

if TYPE_CHECKING:
    import ast

    from tree_sitter import Node

    from palint.languages import yaml
    from palint.languages.treesitter import Tree

_CALLS = (r"create_?secret", r"get_secret_string\(")
KEYWORDS = (
    "SecretId", *_CALLS, r"secret_?name", "aws_secretsmanager_secret", "AWS::SecretsManager::Secret",
    "resolve:secretsmanager:", "aws-secretsmanager-get-secrets", "secret[-_]id", "aws-secretsmanager:",
    "reference/secretsmanager/", "objectName", "remoteRef", r"extract:",
)  # fmt: skip
_TERRAFORM: dict[
    tuple[str, ...], tuple[str, ...]
] = {  # block, first label -> the attributes that name a secret
    ("resource", "aws_secretsmanager_secret"): ("name", "name_prefix"),
    ("data", "aws_secretsmanager_secret"): ("name", "arn"),
    ("data", "aws_secretsmanager_secret_version"): ("secret_id",),
}
# Two patterns that start with letters: `re` finds either ten times as fast as one of both.
_LOOSE = (
    lazy_re.compile(r"""SecretId(?<!\wSecretId)["']?\s{0,40}[:=]\s{0,40}["']([^"'\n{}$]{1,2048})["']"""),
    lazy_re.compile(
        r"""AWS::SecretsManager::Secret\b.{0,200}\n(?:.{0,200}\n){0,8}?[ \t]*Name:[ \t]*"""
        r"""["']?([^\s"'!{}$#]{1,2048})["']?[ \t\r]*$""",
        re.M,
    ),
)
_RESOLVE = lazy_re.compile(r"\{\{resolve:secretsmanager:([^\s\"'{}]+)")
_ACTION = "aws-actions/aws-secretsmanager-get-secrets"
# One entry of the action's `secret-ids`: a name or ARN, optionally after an alias and a comma.
_SECRET_ID = lazy_re.compile(r"^[ \t]*(?:[\w-]+[ \t]*,[ \t]*|,[ \t]*)?([^\s,#][^\s,]*)[ \t\r]*$", re.M)
_EXPRESSION = lazy_re.compile(r"\$\{\{.{0,200}?\}\}")
# {last name of a call: index of the positional argument that names the secret}
_POSITION = {
    "from_secret_name_v2": 2, "from_secret_name": 2, "fromSecretNameV2": 2, "fromSecretName": 2,
    "SecretFromSecretNameV2": 2, "Secret_FromSecretNameV2": 2, "get_secret_string": 0,
}  # fmt: skip
# `SecretId=` of a call or `"SecretId":` of a dict; blanks, comments and empty strings may be between.
_SECRET_ID_ASSIGNMENT = lazy_re.compile(r"SecretId(?:[\s\\)\"'rRbBuUfF]|#[^\n]*\n)*[:=](?!=)")


_AWS_STORE = (
    r"(?:secretstoreref:(?:(?!\bname:)[^\0]){0,120}\bname:[ \t]{1,4}[\"']?"
    r"(?:[\w.-]{0,60}?aws|secrets-?manager)"
    r"|backendtype:[ \t]{1,4}secretsmanager)"
)
# Names that are read in any language, each with words that its matches have nearby.
_ARN = r"arn:[\w-]{1,20}:secretsmanager:[\w-]{0,30}:\d{0,12}:secret:"
_NAME = rf"(?P<name>(?:{_ARN})?[^\s\"'$;|&)(\\,{{}}<>`?:]{{1,300}})"
# The SDKs: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets.html
_SDK = (
    r"(?<![\w-])(?:with)?secret_?id[\"']?\s{0,8}(?:\(|=>|[:=])\s{0,8}(?:[\w:.]{1,20}\()?"
    rf"[\"']{_NAME}[\"']"
)
_READS = tuple(
    (words, lazy_re.compile(pattern, re.I))
    for words, pattern in (
        # https://docs.aws.amazon.com/cli/latest/reference/secretsmanager/get-secret-value.html
        (("secretsmanager",), rf"secretsmanager\s[^\n|;]{{0,200}}?--secret-id[= \t]{{1,4}}[\"']?{_NAME}"),
        (("secret_?value|secretsmanager",), _SDK),
        # https://docs.awspring.io/spring-cloud-aws/docs/3.4.0/reference/html/index.html#spring-cloud-aws-secrets-manager
        (("aws-secretsmanager:",), rf"(?<![\w/@-])aws-secretsmanager:{_NAME}"),
        # https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html
        (("reference/secretsmanager",), rf"/aws/reference/secretsmanager/{_NAME}"),
        # https://docs.aws.amazon.com/secrets-manager/latest/userguide/integrating_csi_driver_SecretProviderClass.html
        # `secretObjects` have the names of files under `objectName`, without a type
        (
            ("objectname", "secretsmanager"),
            rf"(?m)^[ \t-]{{0,40}}objectName:[ \t]{{1,4}}[\"']?{_NAME}[^\n]{{0,40}}\n"
            r"(?:[ \t]{1,60}\w[^\n]{0,100}\n){0,2}[ \t]{1,60}objectType:[ \t]{1,4}[\"']?secretsmanager",
        ),
        (
            ("objectname", "secretsmanager"),
            r"objectType:[ \t]{1,4}[\"']?secretsmanager[\"']?[ \t]{0,9}\r?\n"
            rf"[ \t]{{1,60}}objectName:[ \t]{{1,4}}[\"']?{_NAME}",
        ),
        # https://external-secrets.io/latest/provider/aws-secrets-manager/, whose store is named after it
        (
            ("externalsecret", _AWS_STORE),
            rf"(?:remoteRef|extract):\s{{0,4}}(?:\{{\s{{0,4}}|\n\s{{1,60}})key:[ \t]{{1,4}}[\"']?{_NAME}",
        ),
    )
)
_PARSED = frozenset(("python", "javascript"))
_REACH = 700  # code points: the longest match of `_READS`


def in_any_text(text: str, near: Ranges, *, sdk: bool = True) -> Iterator[Value]:
    """Names that a command, an SDK without a parser here, or settings read. sdk: whether SDKs can be used.

    near: `_REACH` around the matches of `KEYWORDS`.
    """
    for words, pattern in _READS:
        if pattern.pattern == _SDK and not sdk:
            continue
        found = list(matches_in(near, pattern, text))
        if found and all(re.search(word, text.lower()) for word in words):
            for match in found:
                if not unparsed.in_comment(text, match.start()):
                    start, end = match.span("name")
                    is_part = text[end : end + 1] in ("$", "{")  # `--secret-id "api/$STAGE"`
                    name = match["name"] + INTERPOLATION * is_part
                    yield Value("template" if is_part else "text", name, start, end)


def find(file: SourceFile, keywords: frozenset[str]) -> Iterator[Value]:
    """Every name of a secret in a file. keywords: those of `KEYWORDS` that occur in it. Raises ParseError."""
    language = languages.find(file.path)
    ends = [match.end for match in file.keyword_matches]
    if language.syntax == "terraform":
        if "aws_secretsmanager_secret" in keywords:
            yield from in_terraform(file, ends)
    elif language.id == "python":
        is_cdk = _uses_cdk(file.text)
        if precheck_python(file.text, is_cdk):
            yield from in_python(file, is_cdk)
    elif language.syntax == "javascript":
        is_cdk = _uses_cdk(file.text)
        if is_cdk or "SecretId" in file.text or not keywords.isdisjoint(_CALLS):
            yield from in_javascript(file, ends, is_cdk)
    elif not keywords.isdisjoint(("AWS::SecretsManager::Secret", "aws-secretsmanager-get-secrets")):
        from palint.languages import yaml

        documents = file.parsed_with(yaml.parse)
        yield from in_cloudformation(file, documents)
        yield from in_workflow(file, documents)
    if language.syntax not in _PARSED:
        # Google's resources have a `secret_id`, too
        yield from in_any_text(file.text, file.near(_REACH), sdk=language.syntax != "terraform")
    if "resolve:secretsmanager:" in keywords and language.syntax in ("yaml", "json"):
        yield from in_references(file.text)


def _uses_cdk(text: str) -> bool:
    if "secretsmanager" not in text:
        return False
    from palint.languages import calls

    return calls.is_infrastructure(text)


def precheck_python(text: str, is_cdk: bool) -> bool:
    """Whether a Python text may name a secret: a cheap check that saves parsing most files."""
    if _SECRET_ID_ASSIGNMENT.search(text) or ("create_secret" in text and "Name" in text):
        return True
    return is_cdk or any(name in text for name in _POSITION)


def in_terraform(file: SourceFile, offsets: Iterable[int]) -> Iterator[Value]:
    """Names in the Secrets Manager blocks at `offsets`; a `name_prefix` without its `-`."""
    from palint.languages import hcl

    tree = file.parsed_with(hcl.parse)
    seen: set[int] = set()
    for offset in offsets:
        for block in hcl.enclosing_blocks(tree, tree.path(offset))[:1]:
            if block.node.start_byte in seen:
                continue
            seen.add(block.node.start_byte)
            own = hcl.attributes(tree, block.node)
            for name in _TERRAFORM.get((block.kind, *block.labels[:1]), ()):
                for value in hcl.values(tree, hcl.expression(own[name])) if name in own else ():
                    yield value._replace(text=value.text.rstrip("-/_")) if name == "name_prefix" else value


def in_cloudformation(file: SourceFile, documents: list[yaml.Node]) -> Iterator[Value]:
    """`Name` of `AWS::SecretsManager::Secret`."""
    from palint.aws import cloudformation

    for secret in cloudformation.resources(documents, "AWS::SecretsManager::Secret"):
        name = secret.properties.get("Name")
        if name is not None:
            yield cloudformation.value(file, name)


def in_text(text: str) -> Iterator[Value]:
    """Names in text that does not parse: literals after `SecretId`, and `Name` near CloudFormation's type."""
    done = 0
    for found in sorted((found for form in _LOOSE for found in form.finditer(text)), key=re.Match.start):
        if found.start() >= done:
            yield Value("text", found[1], *found.span(1))
            done = found.end()
    yield from in_references(text)


def in_references(text: str) -> Iterator[Value]:
    """`{{resolve:secretsmanager:NAME:SecretString:key}}`, in any text."""
    for found in _RESOLVE.finditer(text):
        name = found[1]
        name = ":".join(name.split(":")[:7]) if name.startswith("arn:") else name.partition(":")[0]
        if name and "$" not in name:
            yield Value("text", name, found.start(1), found.start(1) + len(name))


def in_workflow(file: SourceFile, documents: list[yaml.Node]) -> Iterator[Value]:
    """The `secret-ids` of aws-secretsmanager-get-secrets, without prefixes (`api*`)."""
    for document in documents:
        for step in document.walk():
            if not (step.text("uses") or "").startswith(_ACTION):
                continue
            given = {key.value: value for key, value in step.under("with")}
            ids = given.get("secret-ids")
            if ids is None or ids.kind != "scalar":
                continue
            text = file.text[ids.start : ids.end].strip("'\"|>+- ")
            start = file.text.index(text, ids.start)
            masked = _EXPRESSION.sub(lambda found: INTERPOLATION * len(found[0]), text)
            for found in _SECRET_ID.finditer(masked):
                name = re.sub(INTERPOLATION + "+", INTERPOLATION, found[1])
                if not name.endswith("*"):
                    kind = "template" if INTERPOLATION in name else "text"
                    yield Value(kind, name, start + found.start(1), start + found.end(1))


def in_python(file: SourceFile, imported_cdk: bool) -> Iterator[Value]:
    """`SecretId=` of a call or dict, `create_secret(Name=)`, CDK's `secret_name=`, `from_secret_name_v2`."""
    from palint.languages import calls, python, python_scopes

    module = file.parsed_with(python.module)
    by_position = any(name in file.text for name in _POSITION)
    for call, scope in module.calls:
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        depends = "Name" in given or (imported_cdk and "secret_name" in given) or (by_position and call.args)
        name = module.dotted(call.func, scope).rpartition(".")[2] if depends else ""
        found: ast.expr | None = given.get("SecretId") if "SecretKey" not in given else None
        if name == "create_secret":
            found = given.get("Name")
        elif imported_cdk and "Secret" in name and "secret_name" in given:
            found = given["secret_name"]
        elif len(call.args) > _POSITION.get(name, 99):
            found = call.args[_POSITION[name]]
        if found is not None:
            yield calls.python_value(file, module, found, scope)
    for node, scope in module.dicts:
        keys = [python_scopes.literal(key) for key in node.keys]
        if "SecretId" in keys and "SecretKey" not in keys:
            yield calls.python_value(file, module, node.values[keys.index("SecretId")], scope)


def in_javascript(file: SourceFile, ends: Iterable[int], imported_cdk: bool) -> Iterator[Value]:
    """`SecretId:` of any object, `Name:` of CreateSecret, CDK's `secretName:` and `fromSecretNameV2`."""
    from palint.languages import javascript

    tree = file.parsed_with(javascript.parse)
    for end in ends:
        path = tree.path(end - 1)
        for depth, node in enumerate(path[:4]):
            if node.type in javascript.MEMBERS:
                if _names_secret(tree, path[depth:], imported_cdk):
                    yield from javascript.values(tree, javascript.member_value(node))
                break
            if node.type in ("call_expression", "new_expression"):
                yield from _given(tree, node)
                break


def _names_secret(tree: Tree, path: list[Node], imported_cdk: bool) -> bool:
    """Whether a member (the first node of the path) names a secret."""
    from palint.languages import javascript

    name = javascript.key(tree, path[0])
    if name == "SecretId":
        return "SecretKey" not in javascript.members(tree, path[1])
    if name != "secretName" or not imported_cdk:
        return False
    call = next((node for node in path[1:6] if node.type in ("call_expression", "new_expression")), None)
    return call is not None and "Secret" in javascript.callee(tree, call)


def _given(tree: Tree, call: Node) -> Iterator[Value]:
    from palint.languages import javascript, treesitter

    name = javascript.callee(tree, call).rpartition(".")[2]
    given = treesitter.arguments(call)
    if name in ("CreateSecretCommand", "createSecret") and given and given[0].type == "object":
        member = javascript.members(tree, given[0]).get("Name")
        if member is not None:
            yield from javascript.values(tree, javascript.member_value(member))
    elif len(given) > _POSITION.get(name, 99):
        yield from javascript.values(tree, given[_POSITION[name]])
