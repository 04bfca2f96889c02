"""Plan `.gitignore`, `.gitattributes` and a compliant `.env.example`."""

from __future__ import annotations

from palint import baseline
from palint.dotenv import files as dotenv_files
from palint.init.plan import InitDraft
from palint.init.repo_info import RepoInfo
from palint.util import lazy_re

_SECRET_NAME = lazy_re.compile(
    r"KEY|SECRET|TOKEN|PASS|PWD|CREDENTIAL|PRIVATE|SALT|DSN|WEBHOOK|AUTH|CERT|LICEN[CS]E"
)
_SET_BY_AWS = {"AWS_REGION": "defaults to eu-west-2", "AWS_DEFAULT_REGION": "defaults to eu-west-2"}


def add(draft: InitDraft, facts: RepoInfo) -> None:
    """Plan the lines that are missing."""
    ignored = {line.strip() for line in draft.text(".gitignore").splitlines()}
    if not ignored & {".env", "/.env", "*.env", ".env*", "**/.env"}:
        gap = "\n" if draft.text(".gitignore").strip() else ""
        draft.append(
            ".gitignore", f"{gap}# Secrets live in AWS Secrets Manager\n.env\n.env.*\n!.env.example\n"
        )
    if not baseline.is_merged(draft.text(".gitattributes")):
        draft.append(".gitattributes", baseline.ATTRIBUTE + "\n")
    examples = [path for path in draft.project.files() if dotenv_files.is_example(path)]
    if not examples and facts.names:
        draft.put(".env.example", example(facts))


def example(facts: RepoInfo) -> str:
    """The text of a `.env.example`: comments that describe what is needed, never a value."""
    names = {
        "AWS_REGION": _SET_BY_AWS["AWS_REGION"],
        "SECRET_ID": f"the Secrets Manager secret to load (e.g., {facts.service}/{facts.environments[0]})",
    }
    for name in facts.names:
        secret = "a secret, loaded from AWS Secrets Manager"
        words = secret if _SECRET_NAME.search(name) else "a setting, given by the environment"
        names.setdefault(name, _SET_BY_AWS.get(name, words))
    return (
        "# .env.example\n"
        "# All secrets are loaded from AWS Secrets Manager\n"
        "# Authenticate with: aws sso login\n"
        "\n" + "".join(f"# {name} - {words}\n" for name, words in names.items())
    )
