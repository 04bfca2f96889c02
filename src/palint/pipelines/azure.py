"""Azure Pipelines: https://learn.microsoft.com/azure/devops/pipelines/build/variables#systemaccesstoken"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from palint.pipelines.ci_provider import (
    CiProvider,
    Job,
    role_requests,
    token_pattern,
)
from palint.util import lazy_re

if TYPE_CHECKING:
    from palint.languages.yaml import Node

_PASSES_TOKEN = token_pattern("SYSTEM_OIDCREQUESTURI")
_TOKEN = ("System.AccessToken", "addSpnToEnvironment")
_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_PASS_TOKEN = "pass the token to the step:\n    env:\n      SYSTEM_ACCESSTOKEN: $(System.AccessToken)"


def _steps(document: Node, text: str) -> Iterator[Job]:
    """The steps that request a token, or use one, without `System.AccessToken`."""
    in_file = any(word in text for word in _TOKEN)
    for node in document.walk():
        if node.kind != "map" or not any(node.get(name) is not None for name in _SCRIPTS):
            continue
        step = text[node.start : node.end]
        if any(word in step for word in _TOKEN):
            continue
        asks = "SYSTEM_OIDCREQUESTURI" in step
        requests = [r for r in role_requests(node, text, _PASSES_TOKEN) if asks or not in_file]
        doubt = "" if asks else "an earlier step may have set the token"
        yield Job("this step", node, node.end, requests, "without `System.AccessToken`", doubt, _PASS_TOKEN)


PROVIDER = CiProvider(  # https://docs.aws.amazon.com/vsts/latest/userguide/awsshell.html
    "Azure Pipelines",
    paths=lazy_re.compile(
        r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.(?:azure-pipelines|azuredevops)/.*\.ya?ml$"
    ),
    path_literals=("azure-pipelines", "azuredevops"),
    oidc="- task: AWSShellScript@1\n  inputs:\n    awsCredentials: <service connection with Use OIDC>\n"
    "    regionName: eu-west-2",
    passes_token=_PASSES_TOKEN,
    jobs_without_token=_steps,
)
