"""Find AWS keys by their pair of names or by the call that takes both: in every language, over the text.

`accessKey` and `secretKey` are also names of other vendors, so a pair counts if its names, the call or group
around it, or what is set beside it says AWS or S3, and nothing there says that it is another vendor's.
By position they count in what is called after credentials of AWS, or under the names of the two parts in a
call that names AWS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import pairwise

from palint.aws.assignments import (
    BLANKS,
    COMMENT,
    DUMMY_NAME,
    KEY_OF_SECRET,
    NO_KEY,
    WINDOW,
    Assigned,
    assignments,
    classify,
    computed_at,
    expression_end,
    in_data,
    in_member,
    is_certainly_elsewhere,
    is_elsewhere,
    opening_bracket,
    session_token,
    value_at,
    without_comments,
)
from palint.aws.key_names import KEY_PART, is_of_another_service
from palint.aws.key_values import has_key_format, is_aws_host, is_key_id
from palint.aws.sdk_calls import TAKES_KEYS, Keys
from palint.files import languages
from palint.languages import unparsed, yaml
from palint.languages.value import Value
from palint.prefilter import Keyword
from palint.text.source import Ranges, matches_in, merge_ranges
from palint.util import lazy_re
from palint.util.typing import NamedTuple

_GAP = r"(?:\s|/\*[^*]{0,200}\*/|\(\*[^*]{0,200}\*\)){0,64}"  # blanks and comments before a bracket
_LONGEST_GAP = 64 * 204  # code points
_BLANK = lazy_re.compile(_GAP)
# What takes the id and the secret by position, whatever its arguments are called: a class or a function for
# credentials, and what has no word for them in its name. Group `own`: what no other library has. Group
# `client`: what takes other arguments, too.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html,
# https://docs.aws.amazon.com/sdkfornet/v3/apidocs/items/S3/TTransferUtility.html,
# https://docs.rs/rusoto_credential/latest/rusoto_credential/,
# https://clickhouse.com/docs/sql-reference/table-functions/s3
_CREDENTIALS = lazy_re.compile(
    r"(?:(?P<own>NewStatic(?:Credentials(?:Provider)?|V[24])|StaticProvider::new_minimal"
    r"|\bs3(?:Cluster)?(?=\(\s*'))|(?P<client>Amazon\w{1,40}Client|TransferUtility)"
    r"|(?:Credentials|aws_credentials)(?:Provider)?>?(?P<declared>\s+\w+)?"
    rf"(?:\s*(?:\.|::)\s*(?:create|apply|new|from_keys))?){_GAP}\("
)
# What is before `Credentials`: `Basic`, `Aws\`
_START_OF_NAME = lazy_re.compile(r"(?:\bAws::)?[\w\\]{0,80}\Z")
_CALLEE = lazy_re.compile(r"(?:[\w$:.]|->){0,80}\s{0,8}\Z")
_GETTER = lazy_re.compile(r"(?!(?:aws_)?create_)[a-z_]")  # not a class: `getAwsCredentials(a, b)`
_DEFINES = lazy_re.compile(r"\b(?:func(?:tion)?|fun|fn|def|sub)\s+(?:\([^()]*\)\s*)?\Z")  # Go has a receiver
_NAMES_TOKEN = lazy_re.compile(r"token\W*\Z", re.I)  # what follows the id and the secret
# Before a callee; searched for afterwards, so that a search starts at the callee's letters
_NEW = lazy_re.compile(r"\b(?:new\s+(?:\w{1,40}\.)?|\w{1,40}\.)\Z")
_OPENS = r"\s*([({]|/\*)(?!\s*[)}])"  # not `getCredentials()`, which takes no key
# A word of a sentence, not a member (`cfg.secret_key`): after another word, and before one or the end
_AFTER_WORD = lazy_re.compile(rb"[\w,)][ \t]+[\"'`(*]{0,2}\w{0,40}\Z")
_IN_SENTENCE = lazy_re.compile(
    rb"[\w.]{0,40}[\"'`)*]{0,2}(?:[ \t]+[A-Za-z]|[.;!?)]?(?:[ \t]*\r?\n(?![ \t]*[=:<(])|\Z))"
)


def _outside_sentences(data: bytes, ends: list[int], path: str) -> list[int]:
    """The matches at whose end a name may be given a value, and is no word of a sentence."""
    return [
        at
        for at in ends
        if not (_IN_SENTENCE.match(data, at) and _AFTER_WORD.search(data, max(0, at - 80), at))
    ]


# Keywords of the pairs, and of the calls
KEYWORDS = (
    Keyword(r"secret[_.-]?(access[_.-]?)?key", _outside_sentences),
    Keyword(r"(aws|s3|access)[_.-]?(key[_.-]?)?secret", _outside_sentences),
    r"[\s\"'(,:]secret[\"']?\s{0,4}(=>|[:=])(?!\s{0,4}(?:str|string|bytes)\b)", "sec_key",
    "AWSCredentials", "AwsBasicCredentials", rf"Credentials(Provider)?{_OPENS}",
    rf"Credentials::(new|from_keys){_OPENS}", rf"Credentials[.]new{_OPENS}",
    rf"Amazon[A-Za-z0-9]{{1,40}}Client{_OPENS}", "NewStatic", "FromAccessKey", "aws[.]GetAuth",
    "RightAws::",
    rf"TransferUtility{_OPENS}",
    "Signature::V4",
    "Awscr::S3",
    "new_minimal", "AWS[.]Client[.]create", "erlcloud_", "create_aws_credentials", "S3::setAuth",
    r"s3(Cluster)?\(\s{0,20}'", "--secret[ =]",
)  # fmt: skip

# Words that say AWS or S3, in a name, a type, a section or a URL
_AWS = lazy_re.compile(
    r"(?<![A-Za-z])aws(?!om)|(?<![A-Za-z])(?:amazon|s3(?:[an]|fs|cfg)?|ses|sqs|sns|ec2|ecs|ecr|dynamo(?:db)?|cloudwatch|kinesis|firehose|bedrock"
    r"|route53|redshift|athena|sigv4)(?![a-z])|amazonaws|(?<=[a-z_])(?:AWS|Aws|S3|SQS|SES(?!S)|SNS|Amazon|Dynamo)"
    r"|(?<![A-Za-z])(?:AWS|Aws|S3|SQS|SES(?!S)|SNS|Amazon|AMAZON|Dynamo|DYNAMO|EC2|ECR|Bedrock|BEDROCK|CLOUDWATCH|ATHENA|KINESIS)",
)
_NAMES_AWS = lazy_re.compile(r"aws|amazon", re.I)
_LONG_VALUE = lazy_re.compile(r"[A-Za-z0-9+/]{32,}")  # of a ciphertext: it has a word such as `SNS` by chance
_PARTS = (
    (
        "secret",
        lazy_re.compile(
            r"(?:secretaccesskey|secretkey(?:secret)?|accesskeysecret|accesssecret|keysecret|awssecret|s3secret|seckey)\Z"
        ),
        ("secret",),
    ),
    (
        "id",
        lazy_re.compile(r"(?:accesskeyid|accesskey(?:secret)?|accessid|awskey(?:id)?|awsid|s3key|keyid)\Z"),
        ("key", "id"),
    ),
)
_OWN_SECRET = lazy_re.compile(r"(?i)\baws[_.-]?(?:\w{0,40}_)?secret\w{0,20}[\"']?\s{0,8}[:=]")
_OWN_NAMES = lazy_re.compile(r"access[_.-]?key[_.-]?id|secret[_.-]?access[_.-]?key", re.I)
_SEPARATORS = lazy_re.compile(r"[_.:\s-]+")
_CORE = lazy_re.compile(r"[sS](?i:ecret|ec_key)")  # a class first: the search skips other letters
_NAME = lazy_re.compile(r"[\w.-]{2,80}")
_IN_NAME = lazy_re.compile(r"[\w.-]*")
_AFTER = lazy_re.compile(r"[\w.-]{0,40}")
_OBJECT = lazy_re.compile(r"(?<![\w$])[\w$]{1,40}(?:->|\.)\Z")  # whose member a name is
_NEAR = 500  # code points from the secret in which its id is
REACH = 1000  # code points from a keyword's match: a name, its partner, and a call around them
_BEFORE_LITERAL = lazy_re.compile(r"[(\[,=:]\s{0,8}\Z")  # and not of a block
_APART = lazy_re.compile(r"\n[ \t]*\r?\n|^#+ |\n---")
_DECLARES = lazy_re.compile(
    r"(?:\b(?:val|var|let|const|final|static|string|String|auto|my|local|def|public|private|protected|internal|type"
    r"|self\.|this\.|this->)|@|\$this->)[\w<>?&* ]*\Z"
)
# A type after a name: `secretKey: String?`, `secret_key: &'a str`, `secret: Option<String>`
_TYPE = lazy_re.compile(
    r"(?:&(?:'\w+ )?(?:mut )?\w+|(?:\w+(?:::|\.))*[A-Z][a-z]\w*(?:<[^\n]*>|\[[^\n]*\])?)[?!]?(?:\s*=.*)?"
    r"|\((?:const )?\w{1,40} ?\*\)\s*\w+"  # of Objective-C: `secretKey:(NSString *)secretKey`
)
_TYPED_BY_COLON = frozenset(("rust", "swift", "kotlin", "scala", "javascript", "python", "c", "objective-c"))
_IS_READ = lazy_re.compile(r"\}\s{0,8}=(?![=~>])")  # after the braces of a pattern
# A parameter of a definition: `const Aws::String& accessKeyId`, `@Value("${id}") String id`
_PARAMETER = lazy_re.compile(
    r"\s*(?:@\w+(?:\([^()]*\))?\s+)*(?:const\s.*|(?!await\b|new\b|not\b)(?:\w[\w:<>]*[&*]?\s+){1,4}[&*]?\w+\s*)"
)
_CALLEE_END = lazy_re.compile(r"[\]},;\n]")
# `kind: "s3"`, `resolve: "@medusajs/medusa/file-s3"`: a string that names the service
_NAMES_S3 = lazy_re.compile(r"[\"'][\w@/.-]{0,60}\b(?:s3|aws)(?:-[\w-]{1,40})?[\"']")
# Rust's `Self` and Go's blocks: what keeps the key or its names, not the client that uses it
_DECLARED = lazy_re.compile(r"(?:Self|\b(?:struct|interface|const|var|type))\s*\Z")
_TEMPORARY = lazy_re.compile(
    r"temporary|assumed?_?role|\bsts\b|frozen|immutable|resolve_?(?:aws_?)?(?:credentials|identity)\b", re.I
)
# Vault's keys, which end with their lease: https://developer.hashicorp.com/vault/docs/secrets/aws
_LEASED = lazy_re.compile(r"[\"'/](?:creds|sts)/[\w{$]")
_TOKEN = lazy_re.compile(r"(?:[\"']|\baws_|\b)token(?:(?=[\"'])|(?=\s*[:=]))")
_NAMED_ARGUMENT = lazy_re.compile(r"\s*[\w-]+\s*(?::|=>|=)\s*(?![=:])")
_SECTION = lazy_re.compile(r"(?m)^[ \t]*\[[^\]\n]{1,80}\]|^[ \t]*<\w[^>\n]{0,80}>")
_ONE_WORD = lazy_re.compile(r"[^\s=:]{16,}[ \t]*\r?$", re.M)  # after a name and a blank: `aws_key_id AKIA…`
_RESOURCE = lazy_re.compile(r"\barn:[^\s\"']{0,120}:\Z")  # before a part of its name: `…:secret:`
_MAP = lazy_re.compile(
    r"[\"']?:(?:\s*\{\s*\w+:|[^\S\n]*\n(?P<margin>[ ]+)(?:name|key|secretName|secret|secure):)"
)
_EXPRESSIONS = frozenset(("terraform", "bicep"))  # whose values need no quotes


class _Part(NamedTuple):
    """One of the two names with what is assigned to it. start, end: both."""

    name: str
    start: int
    end: int
    assigned: Assigned


def find(text: str, language: languages.Language, path: str, near: Ranges | None = None) -> Iterator[Keys]:
    """The pairs in a text; those in comments, of temporary keys and of other vendors left out.

    near: where one may be: `SourceFile.near(REACH)` for matches of `KEYWORDS`; None for everywhere.
    """
    near = [(0, len(text))] if near is None else near
    names_aws = cache(lambda: _AWS.search(text) is not None)  # few texts have a pair or a call
    yield from _by_position(text, language, names_aws, near)
    end = 0
    for core in matches_in(near, _CORE, text):
        if core.start() < end:
            continue
        secret = _part(text, core.start(), "secret", language)
        if secret is None:
            continue
        end = secret.end
        key_id = _partner(text, secret, language)
        if key_id is not None:
            keys = _pair(text, key_id, secret, language, path, names_aws)
            if keys is not None:
                yield keys


def _is_program(language: languages.Language) -> bool:
    return language.type == "programming"


def component(name: str) -> str:
    """The part of a pair that a name is for: "id", "secret" or ""."""
    lower = name.lower()
    if "key" not in lower and "id" not in lower and "secret" not in lower:  # most names near a secret
        return ""
    last = lower.rpartition(".")[2]
    squeezed = _SEPARATORS.sub("", lower).removesuffix("ref").removesuffix("secret" * lower.endswith("ref"))
    for part, pattern, bare in _PARTS:  # `secret` alone, or the end of a name with AWS, not `client_secret`
        if pattern.search(squeezed) or last.strip("-") in bare:
            return part
        if squeezed.endswith(bare) and _AWS.search(name):
            return part
    return ""


# What a comment says of a parameter: `- s3AccessKey: S3 access key`
_PROSE = lazy_re.compile(r"(?!.*\b(?:if|unless|else|and|or|not|in|is|as|await|new|try)\b)\w+(?: \w+){2,8}")


def _part(text: str, at: int, kind: str, language: languages.Language) -> _Part | None:
    """The name around an offset, if it is of this kind and is given a value."""
    start = at - _IN_NAME.match(text[max(0, at - 80) : at][::-1]).end()  # type: ignore[union-attr]
    # Without the letter of an escape: `printf "[default]\naws_access_key_id=…"`
    start += start < at and text.startswith(("\\n", "\\r", "\\t"), start - 1)
    stop = _AFTER.match(text, at).end()  # type: ignore[union-attr]  # both match nothing, too
    quoted = text[start - 1 : start] in ("'", '"')
    if _is_program(language) and not quoted:
        start = max(start, text.rfind(".", start, at) + 1)
        dot = text.find(".", at, stop)
        stop = dot if dot >= 0 else stop
    start += len(text[start:stop]) - len(text[start:stop].lstrip("-."))
    stop -= len(text[start:stop]) - len(text[start:stop].rstrip("-."))
    name = text[start:stop]
    if component(name) != kind or name.lower() == "secretkeyref":
        return None
    assigned = _assigned(text, name, start, stop, language)
    if assigned is None or (
        assigned.text.isidentifier()
        and component(assigned.text)
        and (assigned.text.isupper() or not assigned.expression)
    ):
        return None  # a name of one: `secretKey: S3_ACCESS_KEY_ID`, `key: AWSSettings_SecretAccessKey`
    source = assigned.text
    variable = _VARIABLE.fullmatch(source.rstrip("}"))
    if kind == "id" and variable and component(variable[1]) == "secret":
        return None  # `echo "the secret's key: $AWS_SECRET_KEY"`
    is_nothing = not source.strip() or NO_KEY.match(source)
    of = _OBJECT.search(text, max(0, start - 40), start)  # `s.key = trim(s.key)` gives it no other key
    itself = of is not None and re.fullmatch(rf"\w+\(\s?{re.escape(of[0] + name)}\s?\)", source.strip())
    if assigned.expression and (
        is_nothing or itself or DUMMY_NAME.search(source) or _PROSE.fullmatch(source.strip())
    ):
        return None
    return _Part(name, start - quoted, max(stop, assigned.end), assigned)


def _assigned(text: str, name: str, start: int, stop: int, language: languages.Language) -> Assigned | None:
    lead = text[max(text.rfind("\n", 0, start) + 1, start - 160) : start]
    if COMMENT.search(lead) or _RESOURCE.search(lead):
        return None
    if KEY_OF_SECRET.search(text, max(0, start - 160), start):
        return None
    quote = lead[-1:] if lead[-1:] in ("'", '"') and text[stop : stop + 1] == lead[-1:] else ""
    after = stop + len(quote)
    if lead.endswith(("-", ":")):  # an option, a keyword of Clojure, a symbol
        blank = re.compile(r"[ \t]+(?=[\w$(\"'{<])|=").match(text, after)
        if blank is not None:
            return _value(text, blank.end(), language)
    if not _is_program(language):
        blank = BLANKS.match(text, after) if not quote or language.id == "sql" else None
        following = text[blank.end() : blank.end() + 1] if blank is not None else ""
        if blank is not None and (
            (following in ("'", '"') and (quote or not lead.strip(" \t(,'\"")))
            or (following == "$" and language.type == "commands")
            or (not lead.strip() and _ONE_WORD.match(text, blank.end()))
        ):
            return _value(text, blank.end(), language)
        expressions = language.syntax in _EXPRESSIONS
        found = in_member(text, start, stop, program=expressions) or in_data(
            text, lead, name, stop, expressions=expressions
        )
        is_map = _MAP.match(text, stop) if language.syntax == "yaml" else None
        if is_map and (is_map["margin"] is None or len(is_map["margin"]) > len(lead)):
            return computed_at(after)  # `{name: aws, key: id}`
        return found
    if text[after : after + 1] == "(" and re.search(r"(?:\.|->|::)\s*\Z", lead):
        return _value(text, after + 1, language)
    if language.syntax == "javascript" and not quote and _is_shorthand(text, start, stop):
        return Assigned(name, start, stop, True)
    operator = re.compile(r"\]?\}?\s{0,64}(?:=>|:=|<-|=(?![=~>])|:(?![:=]))\s{0,64}").match(text, after)
    if operator is None:
        blank = BLANKS.match(text, after)
        return (
            _value(text, blank.end(), language)
            if blank is not None
            and not lead.strip()
            and text[blank.end() : blank.end() + 1] not in "=!<>&|)-+*/?"
            else None
        )
    sign = operator[0].strip("]} \t\r\n")
    if operator[0][0] in "]}" and lead.rstrip("\"'`:")[-1:] not in ("[", "{"):
        return None  # `{id, secret} = f()`
    if sign == "=" and not quote and lead[-1:] in ("'", '"'):
        return None  # the start of a string: `putenv('AWS_SECRET_ACCESS_KEY=')`
    if not quote and (sign == ":=" or (sign in ("=", "<-") and not _is_member(text, lead, start))):
        return None  # a variable, or what a `for` of Scala binds
    if quote and lead[:-1].rstrip().endswith(("==", "!=")):
        return None  # `if key != "secret":`
    if sign == ":" and not quote and (language.id == "python" or _is_in_string(text, start)):
        return None  # a block, an annotation, or inside a string: `"send no AWS key: whoever …"`
    found = _value(text, operator.end(), language)
    if (
        found is not None
        and sign == ":"
        and language.syntax in _TYPED_BY_COLON
        and found.expression
        and _TYPE.fullmatch(found.text.strip())
    ):
        return None
    return found


def _is_in_string(text: str, at: int) -> bool:
    """Whether an offset is in a string of its line; False where the line starts too far away to say."""
    low = max(0, at - WINDOW)
    start = text.rfind("\n", low, at) + 1
    return (start > 0 or low == 0) and any(text.count(quote, start, at) % 2 for quote in "\"'`")


def _is_shorthand(text: str, start: int, stop: int) -> bool:
    """Whether a name is a member of JavaScript's `{ name }`, not of a pattern that is given its value."""
    opening = opening_bracket(text, start)
    listed = text[max(0, start - 80) : start].rstrip()[-1:] in ("{", ",")
    if not listed or text[opening : opening + 1] != "{" or not re.compile(r"\s*[,}]").match(text, stop):
        return False
    end = unparsed.closing(text, opening, stop + _NEAR)
    return re.compile(r"\}\s*(?:=|from\b|\)\s*(?::|=>|\{))").match(text, end) is None


def _value(text: str, at: int, language: languages.Language) -> Assigned | None:
    if language.type == "commands":
        word = re.compile(r"(?P<quote>[\"']?)(?P<text>[^\s;|&\"']{1,200})").match(text, at)
        return Assigned(word["text"], *word.span("text"), False) if word else None
    return value_at(text, at, expressions=_is_program(language))


def _is_member(text: str, lead: str, start: int) -> bool:
    """Whether `name =` sets a member of an object or an argument, not a variable."""
    if _DECLARES.search(lead):
        return False
    if lead.endswith((".", "->")) or lead.rstrip()[-1:] in ("(", ",", "{"):
        return True
    bracket = opening_bracket(text, start)
    before = text[max(0, bracket - 60) : bracket].rstrip() if bracket >= 0 else ""
    return bool(before) and not re.search(
        r"(?<!::)\b(?:class|struct|def|else|try|do|object|switch|if|for|while|catch)\b[^\n]*\Z|=>\Z|[{;]\Z",
        before,
    )


def _partner(text: str, secret: _Part, language: languages.Language) -> _Part | None:
    """The id that is nearest to a secret."""
    low, high = max(0, secret.start - _NEAR), min(len(text), secret.end + _NEAR)
    bracket = opening_bracket(text, secret.start) if _is_program(language) else -1
    holds_it = bracket >= low and unparsed.closing(text, bracket, secret.end) >= secret.end - 1
    if holds_it and (  # not `os.environ["SECRET"] = …`
        text[bracket] != "{" or _BEFORE_LITERAL.search(text, max(0, bracket - 80), bracket)
    ):
        low, high = bracket, unparsed.closing(text, bracket, high)  # a blank line separates no arguments
    else:
        for above in _APART.finditer(text, low, secret.start):
            low = above.end()
        below = _APART.search(text, secret.end, high)
        high = below.start() if below else high
    names = [m for m in _NAME.finditer(text, low, high) if not secret.start <= m.start() < secret.end]
    names.sort(key=lambda m: min(abs(m.end() - secret.start), abs(m.start() - secret.end)))
    in_map = secret.name == "secret" and language.syntax == "yaml"
    keys = yaml.keys_above(text, secret.start) if in_map else ""
    for name in (each for each in names if component(each[0]) == "id"):
        found = _part(text, name.end() - 1, "id", language)
        if found is not None and (not in_map or yaml.keys_above(text, found.start) == keys):
            return found
    return None


class _Around(NamedTuple):
    """What is around a pair. callee: the text before its bracket; holder: before the bracket around that.

    beside: the text between the two brackets. above: the YAML keys above it. section: the heading of a file
    of settings, or an XML element. group: the lines or the arguments with the pair; start: its offset.
    """

    callee: str
    holder: str
    beside: str
    above: str
    section: str
    group: str
    start: int


def _around(text: str, start: int, end: int, language: languages.Language) -> _Around:
    """What is around the pair in text[start:end]."""
    program = _is_program(language)
    bracket = opening_bracket(text, start)
    if bracket >= 0 and unparsed.closing(text, bracket, end) < end - 1:
        bracket = opening_bracket(text, bracket)  # each part is in a call of its own
    outer = opening_bracket(text, bracket) if bracket >= 0 else -1
    beside = text[max(outer, bracket - 200) : bracket] if outer >= 0 else ""
    low = max(bracket if program else 0, start - _NEAR, text.rfind("\n\n", 0, start), 0)
    stop = text.find("\n\n", end, end + _NEAR)
    group = text[low : stop if stop >= 0 else end + _NEAR]
    if low == bracket and program:
        group = group[: max(end, unparsed.closing(text, low, low + len(group))) - low]
    group = without_comments(group)
    sections = _SECTION.findall(text, max(0, start - 1500), start) if language.type in ("data", "") else []
    return _Around(
        _CALLEE_END.split(text[max(0, bracket - 80) : bracket].rstrip())[-1] if bracket >= 0 else "",
        _CALLEE_END.split(text[max(0, outer - 60) : outer].rstrip())[-1] if outer >= 0 else "",
        "" if "}" in beside or "]" in beside else beside,  # another group's members
        yaml.keys_above(text, start) if language.syntax == "yaml" else "",
        "".join(sections[-1:]),
        group,
        low,
    )


_KEY_WORDS = lazy_re.compile(
    r"(?:init)?with|aws|amazon|access|secret|sec|acc|key|id|pass(?:word)?|user(?:name)?|ref|[^a-z0-9]", re.I
)
_SERVICE_ALONE = ("aws", "amazon", "s3", "awss3")


def _stem(name: str) -> str:
    """What the names of both parts of a key have: `gitea` of `GITEA_SECRET_KEY`, "" of `awsSecretKey`."""
    stem = _KEY_WORDS.sub("", name).lower()
    return "" if stem in _SERVICE_ALONE else stem


def _pair(
    text: str,
    key_id: _Part,
    secret: _Part,
    language: languages.Language,
    path: str,
    names_aws: Callable[[], bool],
) -> Keys | None:
    """The pair as keys of AWS, or of what may be AWS; None for another vendor's and temporary ones."""
    if _stem(key_id.name) != _stem(secret.name) or is_of_another_service(secret.name):
        return None
    start, end = min(key_id.start, secret.start), max(key_id.end, secret.end)
    bracket = opening_bracket(text, start) if _is_program(language) else -1
    if bracket >= 0 and _IS_READ.match(text, unparsed.closing(text, bracket, end + _NEAR)):
        return None  # `%{access_key_id: id, secret_access_key: secret} = keys` reads both
    around = _around(text, start, end, language)
    callee, holder, beside, above, section, group, _ = around
    unlike = _AWS.search(key_id.name) and not _AWS.search(secret.name)
    if unlike and _OWN_SECRET.search(group) and not has_key_format(secret.assigned.text):
        return None  # Flask's `SECRET_KEY`, beside both parts of a key
    bare = secret.name.lower() == "secret" or key_id.name.lower() in ("key", "id")
    in_heredoc = language.syntax == "terraform" and text.startswith(":", secret.start + len(secret.name))
    if bare and (language.syntax == "yaml" or in_heredoc):  # whose keys end where it begins
        keys = yaml.keys_above(text, start).partition("<<")[0] if in_heredoc else above
        near = "\n".join((text[start:end], keys))
    else:
        near = "\n".join((path.rpartition("/")[2], callee, holder, beside, above, section, group))
    near = _LONG_VALUE.sub("", near)
    if _DECLARED.search(callee) and not any(is_key_id(part.assigned.text) for part in (key_id, secret)):
        return None
    session = _session(text, around, language)
    if session is None or _LEASED.search(beside + group):
        return None
    if "kind: ExternalSecret" in text and not _NAMES_AWS.search(text):
        return None  # whose server the key is for, another file says
    values = [_as_value(text, part.assigned, language) for part in (key_id, secret)]
    same = values[0] == values[1] or (values[0][:2] == values[1][:2] and values[0].text.isidentifier())
    if same and values[0].kind == "other":
        return None  # `{access_key: user, secret_key: user}`: of a server of the program's own
    if [(value.kind, value.text) for value in values] == [
        ("environment", key_id.name),
        ("environment", secret.name),
    ]:
        return None  # a copy of the program's own environment
    if any(value.kind == "other" and _is_temporary(text, value.text) for value in values):
        return None
    strict = language.syntax in ("javascript", "python")  # whose own detectors judge most calls
    of_sdk = language.syntax == "javascript" and (key_id.name, secret.name) == _SDK_NAMES
    literal = of_sdk and any(value.kind == "text" and has_key_format(value.text) for value in values)
    if strict and not (
        literal
        or (of_sdk and TAKES_KEYS.search(callee))
        or _names_service(text, key_id, secret, around, near)
    ):
        return None
    if _of_vendor(callee, values) and not _AWS.search("\n".join((callee, holder, beside, section, group))):
        return None
    own = bool(_OWN_NAMES.search(secret.name) and _OWN_NAMES.search(key_id.name))
    if _is_program(language) and not of_sdk:  # in which anything may have such members
        own = (own or not (bare or strict)) and (names_aws() or "CredentialsProvider" in callee)
    if not (own or _AWS.search(near) or is_key_id(values[0].text)):
        return None
    # S3 alone is a protocol: the server is that of the file's endpoint.
    only_s3 = {found[0].lower() for found in _AWS.finditer(near)} == {"s3"}
    held = of_sdk and _HELD.search(callee + holder)
    apart = callee.rstrip(" \n").endswith("Credentials") or only_s3 or held
    context = "\n".join((callee, holder, above, section, group))
    elsewhere = _is_elsewhere(context, values, text, apart=bool(apart))
    if elsewhere is None:
        return None
    name = re.match(r"[^\w)]*(\w[\w:]*)", callee[::-1])  # the last one
    receiver = name[1][::-1][-40:] if name else ""
    receiver = "" if receiver in ("return", "string", "yield", "try", "else", "do") else receiver
    names = tuple((part.name, part.start) for part in (key_id, secret))
    return Keys(receiver, start, end, values, session, other_endpoint=elsewhere, names=names)


def _is_temporary(text: str, source: str) -> bool:
    """Whether a value, or the object that it is a member of, comes from STS or the SDK's own chain."""
    holder, dot, _ = source.partition(".")
    made = assignments(text, holder) if dot else []
    return any(map(_TEMPORARY.search, (source, *(text[start:end] for start, end in made))))


def _of_vendor(callee: str, values: list[Value]) -> bool:
    """Whether a pair and its variables have one name: `unsplash: {key: env("UNSPLASH_KEY"), …}`."""
    named = "".join(re.findall(r"[a-z0-9]+", callee.lower()))
    own = [KEY_PART.sub("", value.text).strip("_").replace("_", "").lower() for value in values]
    return named != "" and all(each == named for each in own)


def _session(text: str, around: _Around, language: languages.Language) -> list[Value] | None:
    """The session token beside a pair if it is optional, as one of the environment or of settings is.

    None for any other, with which the key is temporary. One that is set to nothing is none.
    """
    token = session_token(around.group)
    if token is None:
        return None if session_token(around.group, _TOKEN) else []
    at = around.start + token.end()
    operator = _GIVEN.match(text, at) if _is_program(language) else None
    if operator is None:
        return None
    last = expression_end(text, operator.end())
    value = _evaluated(text, operator.end(), last, language)
    return [value] if is_optional(value) else None


def is_optional(token: Value) -> bool:
    """Whether a session token may be missing, so that the key beside it may be long-lived."""
    return token.kind == "environment" or (
        token.kind == "other" and _OF_SETTINGS.search(token.text) is not None
    )


_GIVEN = lazy_re.compile(r"[\"']?\]?\s{0,8}(?:=>|:=|=(?![=~>])|:(?![:=])|\()\s{0,8}")
_OF_SETTINGS = lazy_re.compile(
    r"\b\w{0,40}(?:opt(?:ion)?s?|settings?|conf(?:ig)?|params?)\W{0,3}[.>\[(]", re.I
)


_HELD = lazy_re.compile(r"=(?!>)|&&|\?")  # by a name, or by a condition
_SDK_NAMES = ("accessKeyId", "secretAccessKey")


def _names_service(text: str, key_id: _Part, secret: _Part, around: _Around, near: str) -> bool:
    """Whether the object or call that takes a pair names AWS or S3; near: also its section and its file."""
    start, end = min(key_id.start, secret.start), max(key_id.end, secret.end)
    lead = _CALLEE_END.split(text[max(0, start - 40) : start])[-1]
    others = text[around.start : start] + text[end : around.start + len(around.group)] + around.beside
    of_form = all(part.assigned.text.rstrip().endswith(f".{part.name}") for part in (key_id, secret))
    quoted = all(text[part.start] in "'\"" for part in (key_id, secret))
    return bool(
        _AWS.search("\n".join((around.callee, around.holder, lead)))
        or (not of_form and _NAMES_S3.search(others))
        or is_aws_host(others)
        or (quoted and _AWS.search(near))
    )


def _is_elsewhere(context: str, values: list[Value], text: str, *, apart: bool = True) -> bool | None:
    """Whether a key may be another vendor's; None if it certainly is, and no literal has AWS's format.

    apart: whether the credentials are made apart from the client, so that an endpoint anywhere counts.
    """
    if any(value.kind == "text" and is_key_id(value.text) for value in values):
        return False
    other = is_of_another_service(context.replace("gradle", "") + " aws") and not is_aws_host(context)
    if other or is_certainly_elsewhere(context):
        return None
    found = is_elsewhere(text if apart else context)
    return None if found and _has_no_region(text) else found


@lru_cache(maxsize=1)  # asked with the whole text for each key of a file
def _has_no_region(text: str) -> bool:
    return _NO_REGION.search(without_comments(text)) is not None


# https://developers.cloudflare.com/r2/api/s3/api/, https://docs.ceph.com/en/latest/radosgw/multisite/
_NO_REGION = lazy_re.compile(
    r"""(?i)\bregion\w{0,8}["']?\]?\s{0,8}(?:=>?|:|\(|,)\s{0,8}["'](?:auto|default)["']"""
)


def _as_value(text: str, assigned: Assigned, language: languages.Language) -> Value:
    if assigned.expression:
        return _evaluated(text, assigned.start, assigned.end, language)
    if classify(assigned.text, language.id) != "reference":
        return Value("text", assigned.text, assigned.start, assigned.end)
    variable = _VARIABLE.match(assigned.text)
    kind, name = ("environment", variable[1]) if variable else ("other", assigned.text)
    return Value(kind, name, assigned.start, assigned.end)


def _evaluated(text: str, start: int, end: int, language: languages.Language) -> Value:
    """The value of an expression; a name that the text sets once is followed once."""
    grammar = unparsed.GRAMMARS.get(language.syntax, unparsed.ANY_GRAMMAR)
    found = unparsed.value(text, start, end, grammar)
    name = _IDENTIFIER.fullmatch(found.text) if found.kind == "other" else None
    if name is None:
        return found
    sets = assignments(text, name[1])
    return unparsed.value(text, *sets[0], grammar) if len(sets) == 1 else found


_IDENTIFIER = lazy_re.compile(r"(?:self[.:]{1,2}|this\.|Self::|[@$])?([A-Za-z_]\w*)")
_VARIABLE = lazy_re.compile(r"(?:\$\{?|%env\(|<%=\s*ENV\W+)([A-Z_]\w*)")  # a reference to a variable


def _by_position(
    text: str, language: languages.Language, names_aws: Callable[[], bool], near: Ranges
) -> Iterator[Keys]:
    """The keys given by position, to what takes a key or under the names of its parts."""
    if language.id == "python" or not (_is_program(language) or language.id == "sql"):
        return  # `boto3-access-key` reads Python's calls
    done = set[int]()  # the brackets of the calls that were looked at
    within = merge_ranges((start, end + _LONGEST_GAP) for start, end in near)
    for match in matches_in(within, _CREDENTIALS, text):
        before = _START_OF_NAME.search(text, max(0, match.start() - 80), match.start())
        start = before.start()  # type: ignore[union-attr]  # it matches nothing, too
        name = text[start : match.end() - 1]
        if match["own"] or (  # not `SetCredentials(user, password)`
            (match["client"] or _AWS.search(name) or (start == match.start() and names_aws()))
            and not _GETTER.match(name)
            and (not match["declared"] or language.id in ("c++", "d"))
        ):
            yield from _given(text, start, match.end() - 1, language, named=bool(match["client"]))
            done.add(match.end() - 1)
    for core in matches_in(near, _CORE, text) if language.id != "sql" else ():
        bracket = core.start()
        for _ in range(3):  # `f(id, config["secret"])`
            bracket = opening_bracket(text, bracket)
            if bracket < 0 or bracket in done:
                break
            callee = _CALLEE.search(text, max(0, bracket - 90), bracket)[0].strip(". \t\r\n")  # type: ignore[index]
            of_aws = _AWS.search(callee) or ("redentials" in callee and names_aws())
            if text[bracket] == "(" and of_aws:
                yield from _given(text, bracket - len(callee), bracket, language, named=True)
                done.add(bracket)


def _given(
    text: str, start: int, bracket: int, language: languages.Language, *, named: bool
) -> Iterator[Keys]:
    """The key in the arguments of a call. named: whether they must have the names of its parts, or a key."""
    lead = text[max(text.rfind("\n", 0, start) + 1, start - 160) : start]
    new = _NEW.search(lead)
    begin, lead = start - len(new[0] if new else ""), lead[: new.start() if new else None]
    arguments = list(_arguments(text, bracket + 1))
    sources = [text[slice(*each)].strip() for each in arguments]
    first = next((i for i, pair in enumerate(pairwise(sources)) if _is_pair(*pair)), -1)
    if any(text[start - 8 : start].rstrip().endswith((":", "=", ">")) for start, _ in arguments[first:][:2]):
        return  # arguments with names
    if COMMENT.search(lead) or _DEFINES.search(lead) or len(arguments) < 2 or (named and first < 0):
        return
    if "SessionCredentials" in text[start:bracket]:
        return  # of Java: they need a token
    first = max(first, 0)
    values = [_evaluated(text, *each, language) for each in arguments[first : first + 2]]
    around = text[max(0, start - _NEAR) : arguments[-1][1] + _NEAR]
    elsewhere = _is_elsewhere(around, values, text)
    if elsewhere is None or all(map(_PARAMETER.fullmatch, sources[first : first + 2])):
        return
    token = arguments[first + 2 : first + 3]
    if named and not (token and _NAMES_TOKEN.search(sources[first + 2])):
        token = []
    session = [_evaluated(text, *each, language) for each in token]
    if "SessionCredentials" in around:  # of Java: this call is for keys without a token
        session.append(Value("environment", "SessionCredentials", 0, 0))
    session = [value for value in session if value.kind != "nothing" and value.text]
    receiver = re.findall(r"[A-Z]\w+(?:::[A-Z]\w+)?", text[start:bracket] + " Credentials")[0]
    end = arguments[-1][1] + 1
    yield Keys(receiver, begin, end, values, session, other_endpoint=elsewhere)


def _is_pair(key_id: str, secret: str) -> bool:
    """Whether two arguments are the parts of a key, by what they are called or by their form."""
    if is_key_id(key_id.strip("'\"")) or has_key_format(secret.strip("'\"")):
        return True
    parts = ([*filter(None, map(component, re.findall(r"\w+", each)))] for each in (key_id, secret))
    return [each[-1:] for each in parts] == [["id"], ["secret"]]


def _arguments(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The ranges of a call's arguments, without their names. at: the offset after its bracket."""
    limit = at + 800
    while at < min(len(text), limit):
        end = expression_end(text, at + len(text[at : at + 200]) - len(text[at : at + 200].lstrip()))
        start = _BLANK.match(text, at, end).end()  # type: ignore[union-attr]  # it matches nothing, too
        name = _NAMED_ARGUMENT.match(text, start, end)
        start = name.end() if name else start
        if text[start:end].strip():
            yield start, end
        if text[end : end + 1] != ",":
            return
        at = end + 1
