"""Advice on AWS keys: a literal one is deactivated and deleted, never stored, and a role used instead (C4).

`values` are always the ranges [start, end) of the file's text that hold a literal key, in code points.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from palint.advice import languages
from palint.advice.place import Place, indented
from palint.aws.key_names import NAME, role_variable
from palint.aws.key_values import is_key_id
from palint.files.roles import Role
from palint.secrets import redact_line
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.aws.named_keys import NamedKey
    from palint.aws.sdk_calls import Keys
    from palint.findings import Finding
    from palint.github.aws_keys import KeySource
    from palint.pipelines.ci_provider import CiProvider
    from palint.secrets import Secret

Ranges = Sequence[tuple[int, int]]

DELETE = "deactivate the key and delete it in IAM: anyone who can read the repository has it."
_DELETE_OR_ROTATE = (
    "if the key is AWS's, deactivate it and delete it in IAM; else rotate it, and store the new one in AWS "
    "Secrets Manager: anyone who can read the repository has it."
)
EXPIRES = "delete it here and store it nowhere: it is a temporary key."
_DELETE_AFTER_FIX = "Deactivate the key in IAM and delete it: it works until then."
_UNUSED_AFTER_FIX = "Delete the key in IAM once nothing uses it: it works until then."


# Ids of formats of `palint.secrets.formats`
TEMPORARY_FORMATS = ("aws-temporary-access-key-id", "aws-session-token", "aws-session-token-global")
_FORMATS = ("aws-access-key-id", "aws-secret-access-key", *TEMPORARY_FORMATS)


def is_of_key(finding: Finding) -> bool:
    """Whether a finding with a value is about an AWS key: by its format, or by its clause."""
    return finding.detector in _FORMATS or finding.clause == "C4"


def is_key_secret(secret: Secret) -> bool:
    """Whether a hardcoded secret is part of an AWS key, by its format or its name."""
    return secret.detector in _FORMATS or NAME.fullmatch(secret.name) is not None


def are_temporary(texts: Sequence[str]) -> bool:
    """Whether key parts are of a temporary key: `ASIA…` is the id of one.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
    """
    return any(text.startswith("ASIA") for text in texts)


def urgent(texts: Sequence[str]) -> str:
    """What to do first about literal keys. texts: their parts."""
    if are_temporary(texts):
        return EXPIRES
    return DELETE if any(map(is_key_id, texts)) else _DELETE_OR_ROTATE


def _temporary(place: Place, values: Ranges) -> bool:
    return are_temporary([place.file.text[start:end] for start, end in values])


def role_must_exist(variable: str) -> str:
    """What must exist for edits that name a role, for `Fix.follow_up`. variable: the role's."""
    return f"Create the role, and the variable `{variable}` in the repository's settings."


def after_fix(place: Place, values: Ranges) -> tuple[str, ...]:
    """What a person must do after the edits have removed a key, for `Fix.follow_up`."""
    if _temporary(place, values):
        return ()
    return (_DELETE_AFTER_FIX if values else _UNUSED_AFTER_FIX,)


_ENDPOINT = lazy_re.compile(r"(?i)endpoint|service_?url")
# True of each key: by its name or the call that takes it, nothing says whose it is.
OF_OTHERS = "Another vendor's key belongs in AWS Secrets Manager; a local server (MinIO) takes a made-up one."


def _first(place: Place, text: str, values: Ranges) -> str:
    """A fix text that starts with what is urgent if the key itself is in the file. text: in lower case."""
    if place.search(_ENDPOINT) and not _elsewhere(place):
        text = f"if the key is AWS's, {text}"
    if not values:
        return f"{text}\n{OF_OTHERS}"
    return f"{urgent([place.file.text[start:end] for start, end in values])} Then {text}"


def _elsewhere(place: Place) -> str:
    """What holds in a browser or a test, where no client signs in; "" for other places."""
    if place.exposed_to:
        return (
            f"move the call behind your own server, which uses its role: whoever {place.exposed_to} can read "
            "what is in it."
        )
    if place.in_test and (place.kind.role is Role.TEST or place.environment == "test"):
        return "pass a made-up key, e.g. `testing`, or the one that a local server (MinIO) was started with."
    return ""


def _chain(client: str, code: str = "") -> str:
    """A sentence on where a client without keys gets its credentials. code: that of such a client, if any."""
    return (
        f"{client} uses the role of what it runs in (outside of AWS: IAM Roles Anywhere); on a laptop it "
        "uses your `aws sso login` session" + (f":\n{indented(code)}" if code else ".")
    )


# --- code


def _without_secrets(place: Place, code: str) -> str:
    """The user's own code if nothing in it may be a secret, else "": its other arguments may hold one."""
    if code.endswith("()") and code[:-2].replace(".", "").isalpha():  # 10 ms where nothing was redacted yet
        return code
    return code if redact_line(code, place.file.path) == code else ""


# Python libraries that do not find credentials as boto3 does: (callee or argument, name, what to write).
_HADOOP = "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider"
_EXPORT = 'eval "$(aws configure export-credentials --format env)"'


def boto3(place: Place, callee: str, call: str, values: Ranges, *, key: str) -> str:
    """For a key that Python code passes to a client, or a setting.

    callee: what is called; "" for a setting. call: the call without its keys; "" if not known. key: the name
    of the first key argument.
    """
    call = _without_secrets(place, call)
    what = "the key arguments" if callee else "the setting, and change what reads it"
    if callee.endswith(".set_credentials"):
        what, call = "the call", ""
    if "**" in call:  # the mapping may have them
        what = "the keys from the arguments and from what `**` unpacks"
    text = _elsewhere(place) if values else ""
    text = text or f"remove {what}. {_python_library(place, callee, call, key)}"
    return _first(place, text, values)


def _signed_for(call: str) -> str:
    """The arguments of a call of `AWS4Auth`, which has no keys any more, by name; "" if they are not known.

    https://github.com/tedder/requests-aws4auth#requests_aws4authaws4authclass
    """
    node = ast.parse(f"({call})", mode="eval").body
    if not isinstance(node, ast.Call):
        return ""
    named = [f"{name}={ast.unparse(value)}" for name, value in zip(_SCOPE, node.args[2:], strict=False)]
    named += [ast.unparse(each) for each in node.keywords]
    return ", ".join(named)


_SCOPE = ("region", "service")  # after the two parts of the key


def _python_library(place: Place, callee: str, call: str, key: str) -> str:
    """How a Python library gets credentials without a key."""
    chain = "botocore.session.get_session().get_credentials()"
    imported = "" if "import botocore.session" in place.file.text else "import botocore.session\n"
    if "fs.s3" in key:
        # https://hadoop.apache.org/docs/current/hadoop-aws/tools/hadoop-aws/authentication.html
        prefix = key[: key.index("fs.s3")]
        setting = f'"{prefix}fs.s3a.aws.credentials.provider", "{_HADOOP}"'
        return _chain("With this provider, Spark", f"{callee}({setting})")
    if callee.rpartition(".")[2] == "AWS4Auth":
        # https://github.com/tedder/requests-aws4auth#dynamic-sts-credentials-using-botocore-refreshablecredentials
        scope = _signed_for(call)
        code = f"{imported}{callee}(\n    refreshable_credentials={chain},\n    {scope},\n)" if scope else ""
        return _chain("With `refreshable_credentials` (requests-aws4auth 1.1 or newer), botocore", code)
    if callee.rpartition(".")[2] == "Credentials":
        return _chain("botocore", imported + chain)
    if re.search(r"\b(?:deltalake|polars|DeltaTable|write_deltalake)\b", f"{callee} {call}") or (
        callee.startswith(("pl.", "DeltaTable"))
    ):
        # Both use Rust's object_store, which reads no profile: https://docs.rs/object_store/latest/object_store/aws/
        code = indented(call) + "\n" if call else ""
        return (
            f"The library uses the role of the task or Lambda:\n{code}On a laptop run `aws sso login` and "
            f"export the session's temporary keys:\n    {_EXPORT}"
        )
    if place.search(_BOTO_2):
        return "boto 2 reads neither a task's role nor the session of `aws sso login`: use boto3, which does."
    return _chain("boto3", call)


# https://docs.pythonboto.org/en/latest/
_BOTO_2 = lazy_re.compile(r"(?m)^[ \t]*(?:import|from) boto(?![\w])")
_FIELD = lazy_re.compile(r"(?i)\bcredentials(?:Provider)?[\"']?[ \t]*(?::|=>)[ \t]*\Z")


# What shows that a file uses one of AWS's libraries, or one that signs in as they do
_AWS_LIBRARY = lazy_re.compile(
    r"@aws-sdk/|[\"'/]aws-sdk|aws-sdk-go|software\.amazon\.awssdk|com\.amazonaws|aws\.sdk\.kotlin|\bAws::"
    r"|\bAmazon\.\w|\bAmazon\w{2,30}Client|\baws_(?:config|sdk_\w|types)|awscreds|aws_creds|\bs3::|createAmazonBedrock|\baws4\b"
    r"|\bnew (?:S3|SES(?:v2)?|SNS|SQS|DynamoDB|STS|KMS|SSM|Lambda|Cognito\w{0,30}|Bedrock\w{0,20})Client\("
)


def sdk(place: Place, keys: Keys, values: Ranges) -> str:
    """For a key that code in another language passes to a client."""
    if (values or place.exposed_to) and (text := _elsewhere(place)):
        return _first(place, text, values)
    language = place.kind.language
    if language.type == "programming" and language.id != "php" and not place.search(_AWS_LIBRARY):
        text = (
            "give the client the temporary credentials of a role instead, in the way of its library, e.g. "
            "from the default credential chain of an AWS SDK."
        )
        return _first(place, text, values)
    client = languages.client(place.language, place.file.text, keys.receiver)
    code, name, first = _without_secrets(place, keys.call), "The SDK", "remove the keys"
    if client is not None:
        name = client.name
        if client.member and code.endswith("})"):
            inside = code[:-2].rstrip(" ,")
            code = f"{inside}{'' if inside.endswith('{') else ','} {client.member} }})"
        elif _FIELD.search(place.file.text, max(0, keys.start - 60), keys.start):
            code = ""  # the client around it stays
        elif keys.alone or keys.receiver.endswith(("Credentials", "CredentialsProvider")):
            code, first = client.code, "give the client this instead of the keys and what wraps them"
        if client.needs and code and client.needs not in place.file.text:
            code = f"{client.needs}\n{code}"
    clients = "" if code else ", and give its clients no credentials"
    own = any(value.kind in ("text", "environment") for value in keys.values)
    of_others = (
        "" if own else "\nIf the key is a customer's, assume a role in the customer's account instead."
    )
    return _first(place, f"{first}{clients}. {_chain(name, code)}{of_others}", values)


def hardcoded(place: Place, secret: Secret, *, certain: bool) -> str:
    """For a key that is written into any file. certain: whether it is certainly a real key."""
    text = place.file.text[secret.start : secret.end]
    first = EXPIRES if secret.detector in TEMPORARY_FORMATS else urgent([text]) if certain else DELETE
    start = first if certain else f"if the key is AWS's and real, {first}"
    if place.kind.language.type == "prose":
        text = "Write here how to sign in (`aws sso login`), or a made-up key for a local server."
    elif place.in_test:
        text = "Then write a made-up one, e.g. `testing`, here and in what repeats it."
    elif text := _elsewhere(place):
        text = f"Then {text}"
    else:
        text = _chain("A client without keys")
    return f"{start} {text}" if certain else f"{start} {text}\n{OF_OTHERS}"


def credentials(place: Place, key: NamedKey, values: Ranges) -> str:
    """For a key that is written to a credentials file or to the environment."""
    from palint.aws.named_keys import PROFILE_NAME

    profile_key = PROFILE_NAME.fullmatch(key.name) is not None
    text = "" if profile_key or key.form == "string" else _elsewhere(place)
    if text:
        return _first(place, text, values)
    remove = "remove it and what requires it"
    if key.form == "string":
        remove = "remove the key from it, and replace a tool that takes no role (`mc`, by `aws s3`)"
    elif not profile_key and place.kind.language.id in ("python", "notebook"):
        return _first(place, f"{remove}. {_chain('boto3')}", values)
    return _first(place, f"{remove}. {_ROLES}", values)


# --- infrastructure and containers


def terraform(place: Place, names: str, values: Ranges) -> str:
    """For the keys of a provider or backend. names: the settings to remove, quoted."""
    return _first(place, f"remove {names}. {_chain('Terraform')}", values)


def created(place: Place) -> str:
    """For infrastructure code that creates a key."""
    smtp = "\nSMTP of SES takes no role: send with the SES API." if place.search(_SMTP) else ""
    return (
        "create an IAM role instead, for the pod, task or function, for GitHub Actions through OIDC, or for "
        f"IAM Roles Anywhere outside of AWS. People run `aws sso login`. Then delete the key.{smtp}"
    )


_SMTP = lazy_re.compile(r"(?i)smtp")
_BUILD_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def container(place: Place, name: str, kind: str, values: Ranges) -> str:
    """For a key in a container's environment. kind: that of `palint.aws.named_keys.NamedKey.form`."""
    return _first(place, f"remove `{name}` and what requires it. {_in_container(place, kind)}", values)


def _in_container(place: Place, kind: str) -> str:
    """How to give a container access to AWS without a key."""
    if kind == "dockerfile":
        mounts = " \\\n        ".join(f"--mount=type=secret,id={name},env={name}" for name in _BUILD_SECRETS)
        return (
            "In AWS the container's role gives access. Give a build step that needs AWS your session's\n"
            f"temporary keys as build secrets:\n    RUN {mounts} \\\n        aws sts get-caller-identity"
        )
    if kind in ("compose", "command") and place.in_test:
        return (
            "If the test uses a local AWS, set `testing`. Otherwise let the job assume a role through OIDC, "
            f"and pass on its temporary keys (`{'`, `'.join(_BUILD_SECRETS)}`)."
        )
    if kind in ("command", "compose") and not place.is_deployed:
        return (
            "In AWS the task's role gives access. On a laptop run `aws sso login`, pass `AWS_PROFILE` and "
            "`AWS_REGION`, and mount `~/.aws` read-only in the home of the image's user."
        )
    if kind == "devcontainer":
        return (
            "Pass the session of `aws sso login` instead:\n"
            '    "containerEnv": { "AWS_PROFILE": "${localEnv:AWS_PROFILE}" },\n'
            '    "mounts": ["source=${localEnv:HOME}/.aws,target=/home/vscode/.aws,type=bind,readonly"]'
        )
    return _ROLES


# What takes the place of a key, wherever it is used
_ROLES = (
    "Use a role instead: the resource's own setting (`role_arn`) if it has one, EKS Pod Identity or IRSA "
    "for a pod, `taskRoleArn` for an ECS\ntask, `Role` for a Lambda function, an instance profile for a "
    "machine, OIDC for a pipeline, IAM Roles Anywhere outside of AWS. On a laptop run "
    "`aws configure sso` once, then `aws sso login`."
)


# --- pipelines

_REGION = lazy_re.compile(r"\bAWS_(?:DEFAULT_)?REGION[\"']?[ \t]*[:=][ \t]*[\"']?(\$\{\{[^}\n]{1,80}\}\})")


def workflow(place: Place, source: KeySource, values: Ranges) -> str:
    """For a key in a workflow or an action of GitHub. Keys with different names become different roles."""
    region = source.step.given("aws-region") if source.step else None
    if not region and (found := place.search(_REGION)):
        region = found[1]
    used = source.step.uses if source.step else None
    uses = used.text if used is not None and source.configures_aws else ""
    variable = role_variable(source.references[0].name)
    added = condition(place, [each.start for each in source.references])
    text = (
        f"sign in with OIDC in a step{added}, and remove the key from each `env` and step that has it:\n"
        "    permissions:\n      id-token: write\n      contents: read\n    steps:\n"
        f"      - uses: {uses or 'aws-actions/configure-aws-credentials@v4'}\n        with:\n"
        f"          role-to-assume: ${{{{ vars.{variable} }}}}\n"
        f"          aws-region: {region or place.facts.region}\n"
        "Add the other scopes that the job uses: unnamed ones become `none`. Create the role and the "
        f"variable `{variable}`"
    )
    if source.job is not None and source.job.uses is not None:  # a job without steps
        text = (
            "let the workflow that this job calls sign in with OIDC, with the role as an input, and delete "
            "what it declares under `secrets:`. This job passes no key, and needs `id-token: write` in its "
            "`permissions`, beside its other scopes, as unnamed ones become `none`. Create the role"
        )
    text += "." if values else ", then delete the key in IAM and in GitHub."
    text += if_called(place)
    if source.place == "with" and source.step and not source.configures_aws:
        own = used is not None and used.text.startswith("./")
        how = "make its key inputs optional, and pass none" if own else "pass no key, or replace the action"
        text += f" What the step runs uses the role: {how}."
    text = _first(place, text, values)
    doubt = source.uncertainty and not values and not place.search(_ENDPOINT)
    return f"if the key is AWS's, {text}" if doubt else text


def condition(place: Place, starts: Sequence[int]) -> str:
    """Which `if:` the steps have that sign in and read what is used at `starts`: forks get no token.

    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
    """
    step = place.at(starts[0]).step
    text = (step.text("if") if step is not None else None) or ""
    # A variable that only the step itself sets is empty in theirs
    own = {key.value.lower() for key, _ in step.under("env")} if step is not None else set()
    reads_own = not own.isdisjoint(map(str.lower, _ENV_NAME.findall(text)))
    if any(place.at(start).event_of_outsiders(("pull_request",)) for start in starts):
        kept = " and that of the step that uses it" if text and not reads_own else ""
        fork = "`if: ${{ !github.event.pull_request.head.repo.fork }}`"
        return f", with {fork}{kept} on each new step, as forks get no token"
    return "" if reads_own else ", with the `if:` of the step that uses it"


_ENV_NAME = lazy_re.compile(r"\benv\.(\w+)", re.I)


def if_called(place: Place) -> str:
    """What changes where others call a workflow, which passes no secret any more; "" where none can.

    https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows
    """
    if "workflow_call" not in place.file.text:
        return ""
    return (
        " A job that calls this workflow needs `id-token: write`, too, and passes no secret for it: delete "
        "what `workflow_call` declares of that under `secrets:`."
    )


def pipeline(place: Place, provider: CiProvider, values: Ranges, at: int) -> str:
    """For a key in a pipeline of another CI system. at: where the key is, in code points."""
    delete = "" if values else f", then delete the key in IAM and in {provider.name}"
    recipe = indented(provider.recipe(place.file.text, at))
    if not recipe:
        role = "give the agent a role (an instance profile, EKS Pod Identity), and no key to the pipeline"
        return _first(place, f"{role}{delete}", values)
    return _first(place, f"sign in with OIDC{delete}:\n{recipe}", values)
