"""Find secrets that code and infrastructure contain as literals or keep in SSM Parameter Store.

Terraform, CloudFormation, SAM, CDK, Pulumi, the SDKs and the AWS CLI.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from palint.aws.key_values import is_template_value
from palint.files import languages, roles
from palint.languages import calls, hcl, javascript, python, shell, unparsed
from palint.languages import yaml as yaml_
from palint.languages.value import Value
from palint.secrets.names import is_known_to_all, is_secret_setting
from palint.text.source import SourceFile
from palint.util import lazy_re
from palint.util.typing import NamedTuple


class StoredSecret(NamedTuple):
    """A place where a secret is in the wrong store.

    kind: "literal" in infrastructure code, "environment" for an environment variable that is written into a
    template, "parameter" for a SecureString that is created, "read" for one that is decrypted, "named" for a
    parameter whose name is that of a secret.
    holder: the name of the attribute or call with the secret. start, end: the range to report, code points.
    values: the ranges that hold the secret.
    """

    kind: str
    holder: str
    start: int
    end: int
    values: tuple[tuple[int, int], ...] = ()


_PLAIN_TEXT = lazy_re.compile(r"\bSecretValue[._](unsafe_?)?plain_?text$", re.I)
# `password: "x"`, `"password" = "x"`, `\"password\":\"x\"`: one member, in the notation of any language.
_MEMBER = lazy_re.compile(
    r"""(?<![\w.-])(\w[\w.-]{0,80})(?:\\?["'])?\s{0,40}[:=]\s{0,40}\\?(["'])((?:(?!\2|\\).)+)"""
)
# The name of a value that a call creates, before that call: `user: f(`, `"user": m.f(`, `Map.of("user", f(`.
# A construct's id (`new Secret(this, "User", f(`) is not such a name.
_NAME_BEFORE = lazy_re.compile(
    r"""(?:(\w+)["']?\s*[:=(]|(?<!this)(?<!self)(?<!scope)(?<!stack)[(,]\s*["'](\w+)["']\s*,)"""
    r"\s*(?:[\w.]+\.)?$"
)
_UNPARSED = lazy_re.compile(
    r"""(secret_string|unsafe_?plain_?text)[ \t]*[=(][ \t]*["']([^"'\n$]+)["']""", re.I
)
# The argument with which SDKs request a SecureString in clear text; a String does not need it:
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
_DECRYPTION = lazy_re.compile(
    r"""(?i)(?<![\w-])(?:with_?decryption)["']?\s{0,5}(?:=>?|:|\()\s{0,5}(?:(?:aws|jsii)\.(?:Bool|ToBool)\(\s*)?true\b"""
)
_SDK_SECURE_STRING = lazy_re.compile(
    r"""\bput_?parameter\w{0,10}\s{0,5}[({][^;]{0,400}?(?P<at>\btype["']?\s{0,5}(?:=>?|:)\s{0,5}[\w.]{0,40}["']?Secure_?String\b)""",
    re.I,
)
_RESOLVE = lazy_re.compile(r"\{\{resolve:ssm-secure:[^{}\n]{1,200}\}\}")
# The Serverless Framework, where `~true` decrypts, and version 3 does so for any SecureString:
# https://www.serverless.com/framework/docs/guides/variables/aws#aws-ssm
_DECRYPTED = lazy_re.compile(
    r"(?<=[{,\s])ssm(?:\([\w-]{1,30}\))?:(?!/aws/reference/)(?P<name>(?:[^{}\n,~]|\$\{[^{}\n]{0,80}\}){1,200})"
    r"(?P<decrypt>~true)?(?=[},])"
)
# A step that reads parameters, up to the next one: https://github.com/marketplace?query=ssm+parameter
_ACTION = lazy_re.compile(
    r"\buses:[ \t]{1,4}[\"']?[\w./-]{0,80}?"
    r"(?P<name>[\w.-]{0,60}(?:ssm|parameter-?store|params-env)[\w.-]{0,60})@"
    r"(?P<inputs>[^\n]*\n(?:(?![ \t]*-[ \t])[^\n]*\n){0,40})",
    re.I,
)
_READ_PARAMETER = lazy_re.compile(r"[=:][ \t]{0,4}[\"']?(/[^\s\"',#]{1,200})")
_VERSION, _PARAMETER = "aws_secretsmanager_secret_version", "aws_ssm_parameter"
# What a resource is called and where it is: `value = aws_db_instance.db.address`; a switch, a number
_PUBLIC_ATTRIBUTE = lazy_re.compile(
    r"=\s*\"?(?:true|false|\d{1,5})\"?$|=\s*(?:data\.|module\.)?(?!random_)\w[\w.\[\]\"-]*"
    r"\.(?:\w+_)?(?:arn|id|name|address|endpoint|port|region|url|domain)$"
)


def find(file: SourceFile) -> Iterator[StoredSecret]:
    """Find the places in a file. Raises ParseError if infrastructure code does not parse."""
    language = languages.find(file.path)
    if language.syntax == "terraform":
        yield from _in_terraform(file)
    elif language.syntax in ("yaml", "json"):
        yield from _in_data(file)
    elif roles.is_infrastructure(file.text):
        yield from _in_code(file)
    yield from in_parameter_store(file)


def in_unparsed(file: SourceFile) -> Iterator[StoredSecret]:
    """Find the same in a text that does not parse: literals on the line of their name."""
    for found in _UNPARSED.finditer(file.text):
        name, (start, end) = found[1], found.span(2)
        if "plain" not in name.lower() or not _is_public(file.text, found.start()):
            yield from _literals(file, f"`{name}`", [Value("text", file.text[start:end], start, end)])
    yield from in_parameter_store(file)


# --- infrastructure


def _in_terraform(file: SourceFile) -> Iterator[StoredSecret]:
    tree = file.parsed_with(hcl.parse)
    seen: set[int] = set()
    for match in file.keyword_matches:
        path = tree.path(match.end - 1)
        attribute = next((node for node in path if node.type == "attribute"), None)
        blocks = hcl.enclosing_blocks(tree, path)
        if attribute is None or not blocks or attribute.start_byte in seen:
            continue
        seen.add(attribute.start_byte)
        resource, name = blocks[0], tree.source(attribute.named_children[0])
        kind, label = (*resource.labels, "", "")[:2]
        values = hcl.values(tree, hcl.expression(attribute))
        if kind == _VERSION and name.startswith("secret_") and not is_known_to_all(label):
            initial = "ignore_changes" in tree.source(resource.node)
            yield from _literals(file, f"`{name}` of `{kind}.{label}`", values, initial)
        elif kind == _PARAMETER and name == "type" and [v.text for v in values] == ["SecureString"]:
            span = attribute.start_byte, attribute.end_byte
            value = hcl.attributes(tree, resource.node).get("value")
            written = hcl.values(tree, hcl.expression(value)) if value is not None else []
            public = value is not None and _PUBLIC_ATTRIBUTE.search(tree.source(value))
            if not (public or is_known_to_all(label)):
                yield StoredSecret("parameter", f"`{kind}.{label}`", *span, _ranges(written))


def _in_data(file: SourceFile) -> Iterator[StoredSecret]:
    """In CloudFormation, SAM and Terraform's JSON, also in a template of one: over the text."""
    text = file.text
    if not any(kind in text for kind in _KINDS):
        return
    for found in _CONTENT.finditer(text):
        if not unparsed.in_comment(text, found.start()):
            start, end = found.end(), _data_end(text, found.start(), found.end())
            computed = found["tag"] not in (None, "!Sub") or text[start] in "!{[*\n"
            kind = "template" if computed or _COMPUTED.search(text, start, end) else "text"
            if text[start] in "'\"" and text[end - 1] == text[start]:
                start, end = start + 1, end - 1
            yield from _literals(file, f"`{found['name']}`", [Value(kind, text[start:end], start, end)])
    for found in _SECURE_TYPE.finditer(text):
        if not unparsed.in_comment(text, found.start()):
            written = _value_beside(text, found.start() - _BESIDE, found.end())
            yield StoredSecret("parameter", "`SecureString`", *found.span(), written)


_COMPUTED = lazy_re.compile(r"\$\{|\{\{")
_KINDS = ("AWS::SecretsManager::Secret", "AWS::SSM::Parameter", _VERSION, _PARAMETER)
_CONTENT = lazy_re.compile(
    r"(?<![:\w])(?P<name>SecretString|secret_string|secret_binary)[\"']?:[ \t]{0,40}"
    r"(?:(?P<tag>!\w[\w.:]{0,40})[ \t]{1,40}|\{?\s{0,80}[\"']?Fn::Sub[\"']?:[ \t]{0,40})?"
    r"(?:[|>][\d+-]{0,3}\s{1,80})?(?=[\S\n])"
)
_SECURE_TYPE = lazy_re.compile(r"\b[Tt]ype[\"']?:[ \t]*[\"']?SecureString\b")
_STRING = lazy_re.compile(r"\"(?:[^\"\\]|\\.){0,9999}\"|'(?:[^']|''){0,9999}'", re.DOTALL)


def _data_end(text: str, name: int, at: int) -> int:
    """The end of a value of YAML or JSON: of its string, brackets, or line with those further inside."""
    string = _STRING.match(text, at)
    if string is not None:
        return string.end()
    if text[at : at + 1] in ("{", "["):
        return unparsed.closing(text, at, at + 9999) + 1
    line = text[text.rfind("\n", 0, name) + 1 : name]
    margin = len(line) - len(line.lstrip(" -")) + 1
    inside = re.compile(rf"[^\n,}}]*(?:\n(?:[ ]{{{margin},}}[^\n]*|[ \t\r]*(?=\n)))*").match(text, at)
    return at + len(inside[0].rstrip()) if inside else at


def _ranges(values: list[Value]) -> tuple[tuple[int, int], ...]:
    """Where the literals among the values are: masked wherever the place is shown."""
    return tuple((v.start, v.end) for v in values if v.kind == "text" and not is_template_value(v.text))


def _in_code(file: SourceFile) -> Iterator[StoredSecret]:
    for call in calls.calls(file, [match.end for match in file.keyword_matches]):
        if _PLAIN_TEXT.search(call.name) and call.given and not _is_public(file.text, call.start):
            yield from _literals(file, f"`{call.name}`", call.given[0])
            if any(value.kind == "environment" for value in call.given[0]):
                yield StoredSecret("environment", f"`{call.name}`", call.start, call.end)
    for name, (start, end), values in _members(file):
        if name.lower().replace("_", "") == "secretstring":
            yield from _literals(file, f"`{name}`", values)
        elif any(v.text.rpartition(".")[2] in ("SecureString", "SECURE_STRING") for v in values):
            yield StoredSecret(
                "parameter", f"`{name}`", start, end, _value_beside(file.text, start - _BESIDE, end)
            )


def _members(file: SourceFile) -> Iterator[tuple[str, tuple[int, int], list[Value]]]:
    """`secretString` and `type` members in JavaScript, such arguments in Python: name, place, values."""
    language = languages.find(file.path)
    if language.syntax == "javascript":
        tree = file.parsed_with(javascript.parse)
        for match in file.keyword_matches:
            nodes = tree.path(match.end - 1)
            pair = next((node for node in nodes[:5] if node.type == "pair"), None)
            name = javascript.key(tree, pair) if pair is not None else ""
            if pair is not None and name in ("secretString", "type"):
                values = javascript.values(tree, javascript.member_value(pair))
                yield name, (pair.start_byte, pair.end_byte), values
    elif language.id == "python":
        module = file.parsed_with(python.module)
        for call, scope in module.calls:
            for keyword in call.keywords:
                if keyword.arg in ("secret_string", "type"):
                    values = [calls.python_value(file, module, keyword.value, scope)]
                    yield keyword.arg, module.offsets(keyword), values


def _literals(
    file: SourceFile, holder: str, values: list[Value], initial: bool = False
) -> Iterator[StoredSecret]:
    """The literals in a secret's content: its secret members, or the whole content.

    initial: whether the value is replaced by a person later, so that only a random-looking one counts.
    """
    members = [
        found.span(3)
        for value in values
        for found in _MEMBER.finditer(file.text, value.start, value.end)
        if is_secret_setting(found[1]) and _is_secret(found[3], initial)
    ]
    whole = [(v.start, v.end) for v in values if v.kind == "text" and _is_whole(v.text, initial)]
    found_values = tuple(members or whole)
    if found_values:
        start, end = min(start for start, _ in found_values), max(end for _, end in found_values)
        yield StoredSecret("literal", holder, start, end, found_values)


def _is_public(text: str, start: int) -> bool:
    """Whether the name before a value means that it is not secret: `user: …`, not `userPassword: …`."""
    found = _NAME_BEFORE.search(text, max(start - 80, 0), start)
    return found is not None and is_known_to_all(text[slice(*lazy_re.last_span(found))])


def _is_secret(text: str, initial: bool) -> bool:
    if is_template_value(text):
        return False
    return not initial or (len(text) >= 12 and re.search(r"\d", text) is not None)


def _is_whole(text: str, initial: bool) -> bool:
    """Whether content that is one literal is a secret; a JSON object is checked by its members instead."""
    return not text.lstrip().startswith(("{", "[")) and bool(text.strip()) and _is_secret(text, initial)


# --- SSM Parameter Store at run time


def in_parameter_store(file: SourceFile) -> Iterator[StoredSecret]:
    """SDK calls and commands that write or read a SecureString; not in tests, which use dummy values."""
    language, text = languages.find(file.path), file.text
    if roles.is_test(file.path):
        return
    if "ssm-secure" in text:
        for found in _RESOLVE.finditer(text):
            yield StoredSecret("read", "`resolve:ssm-secure`", *found.span())
    for found in _DECRYPTED.finditer(text) if "${" in text and language.syntax in ("yaml", "json") else ():
        if found["decrypt"] or is_secret_setting(found["name"].rpartition("/")[2]):
            kind, form = ("read", "`${ssm:…~true}`") if found["decrypt"] else ("named", "`${ssm:…}`")
            yield StoredSecret(kind, form, *found.span())
    for step in _ACTION.finditer(text) if language.id in ("workflow", "action") else ():
        if any(
            is_secret_setting(read[1].rpartition("/")[2]) for read in _READ_PARAMETER.finditer(step["inputs"])
        ):
            yield StoredSecret("named", f"`{step['name']}`", *step.span("name"))
    if "ssm" in text and language.type != "programming":
        yield from _in_commands(file)
    if language.syntax == "terraform":
        return
    lower = text.lower()  # to search for a word takes a small part of the time of its pattern
    for found in _DECRYPTION.finditer(text) if "ecrypt" in lower else ():
        setting = _parameter_name(text, found.start(), found.end()).rpartition("/")[2]
        if not is_known_to_all(setting) and not _in_comment_or_string(file, found.start()):
            yield StoredSecret("read", "`WithDecryption`", *found.span())
    for found in _SDK_SECURE_STRING.finditer(text) if "ecure" in lower else ():
        if not _in_comment_or_string(file, found.start("at")):
            written = _value_beside(text, found.start(), found.end())
            yield StoredSecret("parameter", "`put_parameter`", *found.span("at"), written)


_PARAMETER_NAME = lazy_re.compile(
    r"""\bname["']?\s{0,4}[:=(]\s{0,4}[$@bruf]{0,2}["'`]([^"'`\n]{1,200})["'`]""", re.I
)
_NEXT_ARGUMENT = lazy_re.compile(r"\)?\s{0,40}[,.]\s{0,40}[\"']?")
_ARGUMENTS = 160  # code points on each side of an argument in which the others are


def _parameter_name(text: str, start: int, end: int) -> str:
    """The literal name of the parameter that a call with the argument text[start:end] reads; "" for none."""
    before = _PARAMETER_NAME.findall(text[max(0, start - _ARGUMENTS) : start].rpartition(";")[2])
    if before:
        return str(before[-1])
    following = _NEXT_ARGUMENT.match(text, end)
    after = _PARAMETER_NAME.match(text, following.end()) if following else None
    return after[1] if after else ""


def _in_commands(file: SourceFile) -> Iterator[StoredSecret]:
    """SecureString parameters that the AWS CLI writes or reads."""
    is_yaml = languages.find(file.path).syntax == "yaml"
    text = yaml_.unquote_lines(file.text) if is_yaml else file.text
    for command in shell.commands(text, 0, len(text)):
        words = [word.text for word in command.words]
        if "ssm" not in words:
            continue
        start = next((word.start for word in command.words if word.text == "aws"), command.start)
        if "put-parameter" in words and any(word.endswith("SecureString") for word in words):
            yield StoredSecret(
                "parameter", "`aws ssm put-parameter`", start, command.end, _given_values(command)
            )
        elif "--with-decryption" in words and not _is_setting(words):
            yield StoredSecret("read", "`aws ssm get-parameter`", start, command.end)


def _is_setting(words: list[str]) -> bool:
    """Whether a command reads one parameter that is no secret by its name: `/app/${STAGE}/api_endpoint`."""
    name = next((name for option, name in pairwise(words) if option == "--name"), "")
    return is_known_to_all(name.rpartition("/")[2])


# `Value="…"`, `value: '…'`, Java's and Kotlin's `.value("…")`
# and YAML's `Value: x`
_VALUE_GIVEN = lazy_re.compile(
    r"""\bvalue["']?\s{0,5}(?:(?:=>?|:|\()\s{0,5}(["'`])([^"'`\n$]{1,400})\1"""
    r"""|:[ ]([^\s"'`!|>{\[$,}][^"'`\n$,}]{0,400}))""",
    re.I,
)
_BESIDE = 400  # characters beside the type in which the value may be given


def _value_beside(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The literals that are called value near text[start:end]."""
    return tuple(
        lazy_re.last_span(value) for value in _VALUE_GIVEN.finditer(text, max(0, start), end + _BESIDE)
    )


def _given_values(command: shell.Command) -> tuple[tuple[int, int], ...]:
    """The literal after `--value`, or in `--value=…`."""
    for option, word in zip(command.words, (*command.words[1:], None), strict=True):
        if option.text == "--value" and word is not None and "$" not in word.text:
            return ((word.start, word.end),)
        if option.text.startswith("--value=") and "$" not in option.text:
            return ((option.end - len(option.text) + len("--value="), option.end),)
    return ()


def _in_comment_or_string(file: SourceFile, at: int) -> bool:
    """Whether a name is in a comment, or in a string with more than the name."""
    before = file.text[file.line_at(at)[0] : at].removesuffix("'").removesuffix('"')
    return unparsed.in_comment(file.text, at) or any(before.count(q) % 2 for q in "'\"`")
