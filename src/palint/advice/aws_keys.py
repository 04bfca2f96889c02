"""Advice on AWS keys: a literal one is deactivated and deleted, never stored, and a role used instead (C4).

`values` are always the ranges [start, end) of the file's text that hold a literal key, in code points.
"""

from __future__ import annotations

from collections.abc import Sequence

from palint.advice import made_up
from palint.advice.place import Place, indented
from palint.aws.key_names import NAME, role_variable
from palint.aws.key_values import is_key_id
from palint.files.roles import Role
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

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
    "if the key belongs to your AWS account, deactivate it and delete it in IAM; else rotate it, and store "
    "the new one in AWS Secrets Manager: anyone who can read the repository has it."
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


_ID = lazy_re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b")


def is_key_secret(secret: Secret, text: str) -> bool:
    """Whether a hardcoded secret of a text is part of an AWS key: by its format, its name or an id above."""
    if secret.detector in _FORMATS or NAME.fullmatch(secret.name):
        return True
    of_forty = secret.end - secret.start == 40 and secret.name.lower().endswith(("secret_key", "secretkey"))
    return of_forty and _ID.search(text, max(0, secret.start - 200), secret.start) is not None


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


def _texts(place: Place, values: Ranges) -> list[str]:
    return [place.file.text[start:end] for start, end in values]


def role_must_exist(variable: str) -> str:
    """What must exist for edits that name a role, for `Fix.follow_up`. variable: the role's."""
    return f"Create the role, and the variable `{variable}` in the repository's settings."


def after_fix(place: Place, values: Ranges) -> tuple[str, ...]:
    """What a person must do after the edits have removed a key, for `Fix.follow_up`."""
    if are_temporary(_texts(place, values)):
        return ()
    return (_DELETE_AFTER_FIX if values else _UNUSED_AFTER_FIX,)


# True of each key: by its name or the call that takes it, nothing says whose it is.
OF_OTHERS = (
    "Someone else's key (a vendor's, a customer's) belongs in AWS Secrets Manager; a local server (MinIO) "
    "takes a made-up one."
)
_OF_SERVERS = (
    "The key of another server (MinIO, Ceph, another vendor's) belongs in AWS Secrets Manager: suppress this "
    "finding with a reason. A local server takes a made-up one."
)
_OF_SMTP = " SMTP of SES takes no role: keep the new key in AWS Secrets Manager, or send with the API."


def for_servers(text: str) -> str:
    """A fix text for a key that may be another server's, since the endpoint may not be AWS."""
    return text.replace(OF_OTHERS, _OF_SERVERS)


def _first(place: Place, text: str, values: Ranges) -> str:
    """A fix text for an AWS key that starts with what is urgent if the key itself is in the file.

    text: in lower case, what to do about a key of AWS.
    """
    if not values:
        return f"if the key belongs to your AWS account, {text}\n{OF_OTHERS}"
    first = urgent(_texts(place, values))
    return f"{first} Then{', if it is yours,' if first == _DELETE_OR_ROTATE else ''} {text}"


def _elsewhere(place: Place, values: Ranges) -> str:
    """The whole fix text in a browser or a test, where no client signs in; "" for other places."""
    if place.exposed_to:
        text = (
            f"move the call behind your own server, which uses its role: whoever {place.exposed_to} can read "
            "what is in it."
        )
    elif values and place.in_test and (place.kind.role is Role.TEST or place.environment == "test"):
        text = f"pass a made-up key, e.g. `{made_up.VALUE}`, or that of a local server (MinIO)."
    else:
        return ""
    return f"{urgent(_texts(place, values))} Then {text}" if values else text


_EXPORT = 'eval "$(aws configure export-credentials --format env)"'
_READS_SESSION = "it uses your `aws sso login` session"
# By language: https://docs.aws.amazon.com/sdk-for-net/v4/developer-guide/sso.html,
# https://docs.aws.amazon.com/sdk-for-java/latest/developer-guide/get-started-auth.html
_WITH_PACKAGES = {
    "csharp": f"{_READS_SESSION} (with the packages `AWSSDK.SSO` and `AWSSDK.SSOOIDC`)",
    "java": f"{_READS_SESSION} (with the modules `sso` and `ssooidc`)",
}
# Version 1 of the SDK for Java: https://github.com/aws/aws-sdk-java/issues/2434
_EXPORTS_SESSION = f"export the session of `aws sso login`, which it does not read (`{_EXPORT}`)"


def _chain(client: str, code: str = "", session: str = _READS_SESSION) -> str:
    """A sentence on where a client without keys gets its credentials. code: that of such a client, if any."""
    shown = f":\n{indented(code)}\n" if code else ". "
    return (
        f"{client} uses the role of what it runs in (outside of AWS: OIDC or IAM Roles Anywhere); on a "
        f"laptop {session}{shown}To act as another role, let it assume that one."
    )


# --- code

_EVERYWHERE = "and change what sets, requires or expects"


def boto3(place: Place, callee: str, values: Ranges, *, key: str) -> str:
    """For a key that Python code passes to a client, or a setting.

    callee: what is called; "" for a setting. key: the name of the first key argument.
    """
    if text := _elsewhere(place, values):
        return text
    what = f"the key arguments, {_EVERYWHERE} them" if callee else f"the setting, {_EVERYWHERE} it"
    return _first(place, f"remove {what}. {_python_library(place, callee, key)}", values)


def _python_library(place: Place, callee: str, key: str) -> str:
    """How a Python library gets credentials without a key."""
    if "fs.s3" in key:
        # https://hadoop.apache.org/docs/current/hadoop-aws/tools/hadoop-aws/authentication.html
        return _chain(
            "S3A of Hadoop, with a provider in `fs.s3a.aws.credentials.provider` that takes a role,",
            session=_EXPORTS_SESSION,  # before 3.4
        )
    if callee.rpartition(".")[2] in ("AWS4Auth", "Credentials"):
        # https://github.com/tedder/requests-aws4auth#dynamic-sts-credentials-using-botocore-refreshablecredentials
        credentials = "`botocore.session.get_session().get_credentials()`"
        by_name = "`refreshable_credentials` (from 1.1.0, `region` and `service` by name, too)"
        return _chain(f"{credentials}, for AWS4Auth as {by_name},")
    if _OBJECT_STORE.search(callee):
        return (
            "The library uses the role of the task or Lambda. On a laptop run `aws sso login` and "
            f"export the session's temporary keys:\n    {_EXPORT}"
        )
    if place.search(_BOTO_2):
        return "boto 2 reads neither a task's role nor the session of `aws sso login`: use boto3, which does."
    return _chain("boto3")


# What uses Rust's object_store, which reads no profile: https://docs.rs/object_store/latest/object_store/aws/
_OBJECT_STORE = lazy_re.compile(r"\b(?:deltalake|polars|DeltaTable|write_deltalake)\b|\Apl\.")
# https://docs.pythonboto.org/en/latest/
_BOTO_2 = lazy_re.compile(r"(?m)^[ \t]*(?:import|from) boto(?![\w])")
# (languages, what shows a library whose keys are wrapped, what gives it a role's credentials). Named in full:
# the file needs no import: https://docs.aws.amazon.com/sdk-for-java/v1/developer-guide/credentials.html,
# and of version 2; https://docs.rs/rust-s3, whose credentials are those of the crate aws-creds
_PROVIDERS = (
    (
        "kotlin", lazy_re.compile(r"aws\.sdk\.kotlin"),
        "aws.sdk.kotlin.runtime.auth.credentials.DefaultChainCredentialsProvider()",
    ),
    (
        "java kotlin", lazy_re.compile(r"com\.amazonaws\.|BasicAWSCredentials"),
        "com.amazonaws.auth.DefaultAWSCredentialsProviderChain.getInstance()",
    ),
    (
        "java kotlin", lazy_re.compile(""),
        "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider.create()",
    ),
    ("rust", lazy_re.compile(r"\bs3::|awscreds|aws_creds"), "Credentials::default()?"),
)  # fmt: skip


# https://docs.aws.amazon.com/sdk-for-go/v2/developer-guide/configure-gosdk.html
_OPTIONS_OF_GO, _MADE_OF_THEM = lazy_re.compile(r"\w\.Options\{"), lazy_re.compile(r"\w\.New\(")
_MADE_IN_GO = (
    "Make the client from the configuration (`config.LoadDefaultConfig`, then `NewFromConfig`), since one "
    "that is made from `Options` looks for no credentials. "
)


def sdk(place: Place, keys: Keys, values: Ranges) -> str:
    """For a key that code in another language passes to a client."""
    if text := _elsewhere(place, values):
        return text
    code = ""
    if keys.receiver.endswith(("Credentials", "CredentialsProvider")):
        wrapped = (
            made
            for of, library, made in _PROVIDERS
            if place.kind.language.id in of.split()
            and (library.search(keys.receiver) or place.search(library))
        )
        code = next(wrapped, "")
    of = "java" if code.startswith("software.amazon.") else place.kind.language.id
    session = _WITH_PACKAGES.get(of, _READS_SESSION)
    if code:
        session = _EXPORTS_SESSION if code.startswith("com.amazonaws.") else session
        text = (
            f"give the client this instead of the keys, what wraps them and its type. "
            f"{_chain('It', code, session)}"
        )
    else:
        client = _chain("A client of an AWS SDK without credentials", session=session)
        of_options = of == "go" and place.search(_OPTIONS_OF_GO) and place.search(_MADE_OF_THEM)
        made = _MADE_IN_GO if of_options else ""
        text = (
            f"remove the keys, {_EVERYWHERE} them. {made}{client} "
            "Another library takes the role's temporary credentials in its own way, another company's "
            "service a role that trusts it. Replace what takes neither (an old SDK)."
        )
    return _first(place, text, values)


def hardcoded(place: Place, secret: Secret, *, certain: bool) -> str:
    """For a key that is written into any file. certain: whether it is certainly a real key."""
    text = place.file.text[secret.start : secret.end]
    first = EXPIRES if secret.detector in TEMPORARY_FORMATS else urgent([text]) if certain else DELETE
    is_known = certain and not (place.in_test and first is DELETE)  # a recorded answer has others' keys
    start = first if is_known else f"if the key is real and belongs to your AWS account, {first}"
    if place.kind.language.type == "prose":
        text = "Write here how to sign in (`aws sso login`), or a made-up key for a local server."
    elif place.in_comment(secret.start):
        text = "Then delete it here, too."
    elif place.in_test:
        text = f"Then write a made-up one (`{made_up.VALUE}`) in each place that has it."
    elif text := _elsewhere(place, ()):
        text = f"Then {text}"
    else:
        smtp = _OF_SMTP if place.search(_SMTP) else ""
        text = f"{_chain('An AWS client without keys')}{smtp}"
    return f"{start} {text}" if certain else f"{start} {text}\n{OF_OTHERS}"


def credentials(place: Place, key: NamedKey, values: Ranges) -> str:
    """For a key that is written to a credentials file or to the environment."""
    from palint.aws.named_keys import PROFILE_NAME

    if (
        PROFILE_NAME.fullmatch(key.name) is None
        and key.form != "string"
        and (text := _elsewhere(place, values))
    ):
        return text
    return _first(place, f"remove it, {_EVERYWHERE} it. {_ROLES}", values)


# --- infrastructure and containers


def terraform(place: Place, values: Ranges) -> str:
    """For the keys of a provider or backend."""
    return _first(place, f"remove the key here and its variables. {_chain('Terraform')}", values)


def created(place: Place) -> str:
    """For infrastructure code that creates a key."""
    smtp = _OF_SMTP if place.search(_SMTP) else ""
    return (
        "create an IAM role instead, for the pod, task or function, for GitHub Actions through OIDC, or "
        f"for IAM Roles Anywhere outside of AWS.{smtp} People run `aws sso login`. Then delete the "
        "key, and change what refers to it (outputs, too).\n"
        "Where another company's service takes nothing but a key, keep it in AWS Secrets Manager, rotate "
        "it, and suppress this finding with a reason."
    )


_SMTP = lazy_re.compile(r"(?i)smtp")
_BUILD_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def container(place: Place, kind: str, values: Ranges) -> str:
    """For a key in a container's environment. kind: that of `palint.aws.named_keys.NamedKey.form`."""
    return _first(place, f"remove it here, {_EVERYWHERE} it. {_in_container(place, kind)}", values)


def _in_container(place: Place, kind: str) -> str:
    """How to give a container access to AWS without a key."""
    if kind == "dockerfile":
        mounts = " \\\n        ".join(f"--mount=type=secret,id={name},env={name}" for name in _BUILD_SECRETS)
        return (
            "In AWS the container's role gives access. Give a build step that needs AWS your session's\n"
            f"temporary keys as build secrets:\n    RUN {mounts} \\\n        aws sts get-caller-identity"
        )
    if kind in ("command", "compose") and not place.is_deployed:
        return (
            "In AWS the task's role gives access. Elsewhere pass on the temporary keys of a session "
            f"(`{'`, `'.join(_BUILD_SECRETS)}`): of the role that a job assumes through OIDC or, on a "
            f"laptop, of `aws sso login` (`{_EXPORT}`). A test with a local AWS sets `{made_up.VALUE}`."
        )
    if kind == "devcontainer":
        return (
            "Pass the session of `aws sso login` instead:\n"
            '    "containerEnv": { "AWS_PROFILE": "${localEnv:AWS_PROFILE}" },\n'
            '    "mounts": ["source=${localEnv:HOME}/.aws,target=/home/vscode/.aws,type=bind,readonly"]'
        )
    kinds = _KIND.findall(place.file.text, 0, place.offset or 0)
    if kinds and kinds[-1].endswith("SecretStore"):  # https://external-secrets.io/latest/provider/aws-access/
        return (
            "Let the store sign in with a role instead: that of a service account "
            "(`auth.jwt.serviceAccountRef`) or, without `auth`, that of External Secrets' own pod (EKS Pod "
            "Identity or IRSA)."
        )
    return _ROLES


_KIND = lazy_re.compile(r"(?m)^kind:[ \t]*(\w+)")
# What takes the place of a key, wherever it is used
_ROLES = (
    "A role takes its place: EKS Pod Identity or IRSA for a pod, `taskRoleArn` for an ECS\ntask, `Role` for "
    "a Lambda function, an instance profile for a machine, OIDC for a pipeline, OIDC or IAM Roles Anywhere "
    "outside of AWS. On a laptop run `aws configure sso` once, then `aws sso login`; a container gets the "
    "temporary keys of that session."
)


# --- pipelines

_REGION = lazy_re.compile(
    r"\b(?:AWS_(?:DEFAULT_)?REGION|aws-region)[\"']?[ \t]*[:=][ \t]*[\"']?"
    r"(\$\{\{(?![^}\n]*\b(?:matrix|needs|steps)\.)[^}\n]{1,80}\}\})"
)


def workflow(place: Place, source: KeySource, values: Ranges) -> str:
    """For a key in a workflow or an action of GitHub. Keys with different names become different roles."""
    region = source.step.given("aws-region") if source.step else None
    if not region and (found := place.search(_REGION)):
        region = found[1]
    used = source.step.uses if source.step else None
    uses = used.text if used is not None and source.configures_aws else ""
    # https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability
    role = f"vars.{role_variable(source.references[0].name)}" if source.workflow else "inputs.aws-role"
    added = condition(place, [each.start for each in source.references], "the new step")
    delete = "." if values else ", then delete the key in IAM and in GitHub."
    if source.job is not None and source.job.uses is not None:  # a job without steps
        text = (
            "let the workflow that this job calls sign in with OIDC, with the role as an input, and delete "
            f"what it declares under `secrets:`. This job passes no key, and needs {SCOPE}. Create the "
            f"role{delete}"
        )
    else:
        text = (
            "sign in with OIDC in a step, and remove the key from each `env` and step that has it:\n"
            f"    - uses: {uses or 'aws-actions/configure-aws-credentials@v4'}\n      with:\n"
            f"        role-to-assume: ${{{{ {role} }}}}\n"
            f"        aws-region: {region or place.facts.region}\n"
            f"The job needs {SCOPE}.{added} Create the role, and set `{role}` to its ARN{delete} {_TWO_PARTS}"
        )
        if source.place == "with" and not source.configures_aws:
            text += (
                " Inputs that this action requires take the role's: `${{ env.AWS_ACCESS_KEY_ID }}` and so on."
            )
    caution = for_outsiders(place.at(source.references[0].start), "sign in")
    return _first(place, f"{text}{caution}{if_called(place)}", values)


_TWO_PARTS = (
    "What takes only the two parts of a key (a profile, a script, an old library) must read the environment "
    "instead, with `AWS_SESSION_TOKEN`, or be replaced."
)
SCOPE = (
    "`id-token: write` in its `permissions`,\nbeside its other scopes (at least `contents: read`), as "
    "unnamed ones become `none`"
)


def condition(place: Place, starts: Sequence[int], new: str) -> str:
    """Which `if:` the new steps need, that sign in and read what is used at `starts`; "" for none.

    new: what the text calls them. Forks get no token:
    https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
    """
    conditions = []
    if any(place.at(start).event_of_outsiders(("pull_request",)) for start in starts):
        conditions.append(f"{_NOT_A_FORK} (forks get no token)")
    written = {place.at(start).condition for start in starts}
    if written != {None}:
        several = "an `if:` that is true whenever a step that uses it runs"
        which = "the `if:` of the step that uses it" if len(written) == 1 else several
        conditions.append(f"{which}, without a check that the secret is set")
    return f" Give {new} {' and (`&&`) '.join(conditions)}." if conditions else ""


_NOT_A_FORK = "`if: ${{ !github.event.pull_request.head.repo.fork }}`"


def for_outsiders(place: Place, do: str) -> str:
    """What to change where outsiders start the job of a place; "" where none can. do: what the job does."""
    event, job = place.event_of_outsiders(), place.job
    if not event:
        return ""
    return (
        f" `{event}` can start {'this' if job else 'a'} job for others: let "
        f"{'the workflow that it calls' if job and job.uses else 'it'} use a protected `environment`, and "
        f"{do} there with a role that trusts that environment only, or let a workflow {do} that only `push` "
        "or `workflow_dispatch` starts."
    )


_CALLED = lazy_re.compile(r"(?m)^[^#\n]*\bworkflow_call\b")


def if_called(place: Place, steps: str = "the new steps") -> str:
    """What changes where others call a workflow; "" where none can. steps: what signs in, in words.

    https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows
    """
    if not place.search(_CALLED):
        return ""
    return (
        " A job that calls this workflow needs `id-token: write`, too; the secret need not be declared or "
        "passed any more (if callers have different ones, its name is an input). If forks start that one "
        f"(`pull_request`), give {steps} {_NOT_A_FORK}."
    )


def pipeline(place: Place, provider: CiProvider, values: Ranges, at: int) -> str:
    """For a key in a pipeline of another CI system. at: where the key is, in code points."""
    delete = "" if values else f", then delete the key in IAM and in {provider.name}"
    recipe = indented(provider.recipe(place.file.text, at))
    if recipe:
        return _first(place, f"sign in with OIDC{delete}:\n{recipe}\n{_TWO_PARTS}", values)
    text = (
        f"use no key{delete}: an agent in AWS gets a role (an instance profile, EKS Pod Identity), a hosted "
        "one signs in with OIDC if its CI system can. Otherwise let another system do this step."
    )
    return _first(place, text, values)
