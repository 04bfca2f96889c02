"""Advice on long-lived AWS keys: sign in without one (clause C4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from palint.advice import languages
from palint.advice.place import Place, read
from palint.github.edits import ROLE

if TYPE_CHECKING:
    from palint.aws.access_key_resources import Created
    from palint.aws.credentials_file import Setting
    from palint.github.aws_keys import KeySource
    from palint.pipelines.ci_provider import CiProvider

_ROTATE = "rotate the key: anyone who can read the repository has it."
_ROTATE_AFTER_FIX = "Rotate the key in IAM: it works until then."
_REMOVE_AFTER_FIX = "Delete the key in IAM once nothing uses it: it works until then."
ROLE_MUST_EXIST = "Create the role, and the variable `AWS_ROLE_TO_ASSUME` in the repository's settings."


def after_fix(*, literal: bool) -> tuple[str, ...]:
    """What a person must do after the edits have removed a key, for `Fix.follow_up`."""
    return (_ROTATE_AFTER_FIX if literal else _REMOVE_AFTER_FIX,)


def _first(text: str, *, literal: bool) -> str:
    """A fix text that starts with what is urgent if the key itself is in the file. text: in lower case."""
    return f"{_ROTATE} Then {text}" if literal else text


def _chain(place: Place, client: str, code: str = "") -> str:
    """A sentence on where a client without keys gets its credentials. code: that of such a client, if any."""
    return (
        f"{client} uses the role of the task, Lambda or CI job; on a laptop it uses your "
        f"{place.login} session" + (f":\n    {code}" if code else "")
    )


def boto3(place: Place, call: str, *, setting: bool, literal: bool, elsewhere: bool = False) -> str:
    """For a key that Python code passes to a client. call: the call without its keys; "" if not known.

    setting: whether it is a setting, not an argument. elsewhere: whether the endpoint may not be AWS's.
    """
    what = "the setting" if setting else "the key arguments"
    text = f"remove {what}. {_chain(place, 'boto3', call)}"
    if elsewhere:
        statement = read(languages.get("python"), place.secret)
        text = (
            f"for AWS, {text}\nFor another vendor, store its key as `{place.secret}` and read it with:\n"
            f"{statement}"
        )
    return _first(text, literal=literal)


def sdk(place: Place, instead: str, *, literal: bool) -> str:
    """For a key that code in another language passes to a client. instead: the code to write."""
    return _first(f"remove the keys. {_chain(place, 'The SDK', instead)}", literal=literal)


def terraform(place: Place, name: str, *, literal: bool) -> str:
    """For the keys of a provider or backend. name: the settings to remove, quoted."""
    return _first(f"remove {name}. {_chain(place, 'Terraform')}", literal=literal)


def created(place: Place, found: Created) -> str:
    """For infrastructure code that creates a key."""
    row = place.language if place.language.role else languages.get("terraform")
    role = row.role.replace("{name}", found.name)
    return (
        f"create a role instead:\n    {role}\n"
        "Attach it to the pod, task or function, or let GitHub Actions assume it through OIDC. People\n"
        f"run {place.login}. Then delete the key."
    )


def credentials(place: Place, setting: Setting) -> str:
    """For a key that is written to a credentials file or to the environment."""
    profile = place.facts.profile
    if setting.kind == "environment" and place.kind.language.id in ("python", "notebook"):
        instead = (
            f"remove it, run {place.login} and use that session:\n"
            f'    session = boto3.Session(profile_name="{profile}")'
        )
    elif setting.kind == "environment":
        instead = (
            f"remove it and sign in:\n    aws sso login --profile {profile}\n    export AWS_PROFILE={profile}"
        )
    else:
        instead = (
            f"remove it, create the profile once with `aws configure sso --profile {profile}`, and sign in "
            f"with\n{place.login}. In CI, assume a role through OIDC."
        )
    return _first(instead, literal=setting.literal)


def container(place: Place, name: str, kind: str, *, literal: bool) -> str:
    """For a key in a container's environment. kind: that of `palint.aws.container_environment.Block`."""
    return _first(f"remove `{name}`. {_in_container(place, kind)}", literal=literal)


def _in_container(place: Place, kind: str) -> str:
    """How to give a container access to AWS without a key."""
    if kind == "dockerfile":
        return (
            "In AWS the container's role gives access. Give a build step that needs AWS your session's\n"
            "temporary keys as build secrets:\n"
            "    RUN --mount=type=secret,id=AWS_SESSION_TOKEN,env=AWS_SESSION_TOKEN …"
        )
    if kind == "command":
        return (
            f"In AWS the task's role gives access. On a laptop run {place.login} and\n"
            "pass the profile:\n    docker run -e AWS_PROFILE -v ~/.aws:/home/app/.aws:ro …"
        )
    if kind == "compose":
        return (
            "In AWS the task's role gives access. On a laptop pass `AWS_PROFILE`, mount `~/.aws` read-only\n"
            f"and run {place.login}:\n"
            '    environment: [AWS_PROFILE, AWS_REGION]\n    volumes: ["~/.aws:/home/app/.aws:ro"]'
        )
    if kind == "devcontainer":
        return (
            f"Pass the session of {place.login} instead:\n"
            '    "containerEnv": { "AWS_PROFILE": "${localEnv:AWS_PROFILE}" },\n'
            '    "mounts": ["source=${localEnv:HOME}/.aws,target=/home/app/.aws,type=bind,readonly"]'
        )
    return (
        "Give the workload a role instead: EKS Pod Identity or IRSA for a pod, `taskRoleArn` for an ECS\n"
        "task, `Role` for a Lambda function."
    )


def workflow(source: KeySource, *, literal: bool) -> str:
    """For a key in a workflow or an action of GitHub."""
    region = source.step.given("aws-region") if source.step else None
    uses = source.step.uses.text if source.step and source.configures_aws and source.step.uses else ""
    text = (
        "sign in with OIDC:\n"
        "    permissions:\n      id-token: write\n      contents: read\n    steps:\n"
        f"      - uses: {uses or 'aws-actions/configure-aws-credentials@v4'}\n        with:\n"
        f"          role-to-assume: {ROLE}\n"
        f"          aws-region: {region or 'eu-west-2'}\n"
        "Create the role and the variable `AWS_ROLE_TO_ASSUME`, then delete the key in IAM and in GitHub."
    )
    return _first(text, literal=literal)


def pipeline(provider: CiProvider, *, literal: bool) -> str:
    """For a key in a pipeline of another CI system."""
    steps = provider.oidc.replace("\n", "\n    ")
    text = f"sign in with OIDC, then delete the key in IAM and in {provider.name}:\n    {steps}"
    return _first(text, literal=literal)
