"""Advice on secrets: rotate them, store them in AWS Secrets Manager, and read them from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from palint.advice import languages
from palint.advice.place import Place, read
from palint.aws.environment import NAME, TOKEN
from palint.dotenv import packages
from palint.dotenv.files import has_secret_name, list_names

if TYPE_CHECKING:
    from palint.aws.stored_secrets import StoredSecret
    from palint.dotenv.dotenv_use import DotenvUse
    from palint.dotenv.files import Variable

_ROTATE = "rotate it: anyone who can read the repository has it"


def hardcoded(place: Place, *, certain: bool) -> str:
    """For a secret that is written into a file. certain: whether it is certainly a real secret."""
    rotate = _ROTATE if certain else f"if it is used anywhere, {_ROTATE}"
    stored = f"{rotate}. Store the new value in AWS Secrets Manager as `{place.secret}`"
    if place.kind.language.type == "prose":
        return f"{stored}, and give that name here instead of the value."
    statement = read(place.language, place.secret)
    if not statement:
        return f"{stored}, and let the program read it from there when it starts."
    return f"{stored} and read it with:\n{statement}"


def sent_to_slack(place: Place) -> str:
    """For a secret in a message to Slack."""
    return (
        f"send the secret's name (`{place.secret}`) instead, and allow the role that needs it "
        "`secretsmanager:GetSecretValue`. If such a message was ever sent, rotate the secret: every "
        "member and every export of the channel has it."
    )


def name(suggestion: str) -> str:
    """For a secret whose name does not follow the standard. suggestion: a name that does, quoted."""
    return (
        f"name it {suggestion}: one secret for each service and environment, with everything that the "
        "service needs there as JSON. Create it under the new name, change the readers, then delete the old "
        "secret."
    )


# --- .env files


def dotenv_file(place: Place, variables: list[Variable], *, lines: bool = False) -> str:
    """For a .env file. variables: those that it sets. lines: whether to delete these lines, not the file."""
    delete = "delete these lines" if lines else "delete the file (`git rm -f` if it is tracked)"
    secrets = [v for v in variables if v.is_secret]
    settings = [v for v in variables if not v.is_secret]
    if settings and not secrets:
        return (
            f"nothing here looks like a secret. Give the settings ({list_names(settings)}) their "
            f"defaults in the program, or set them where it is started, then {delete}."
        )
    what = f"the secrets ({list_names(secrets)})" if secrets else "its secrets"
    also = f", give the settings ({list_names(settings)}) their defaults in the program" if settings else ""
    return (
        f"move {what} to AWS Secrets Manager as `{place.secret}`{also}, then {delete}. If it was ever "
        f"committed, rotate every secret in it. {place.access}"
    )


def example_values(place: Place, variables: list[Variable], values: list[Variable]) -> str:
    """For a `.env.example`: what to do with its secrets, its AWS keys and its settings.

    values: those of `variables` that have a value, not a placeholder.
    """
    keys = [v for v in variables if _is_aws_key(v.name)]
    secrets = [v for v in variables if v.is_secret and v not in keys]
    settings = [v for v in variables if v not in keys and v not in secrets]
    steps = []
    if any(v in values for v in keys + secrets):
        steps.append("rotate every real secret in this file")
    if secrets:
        steps.append(f"load the secrets ({list_names(secrets)}) from AWS Secrets Manager (`{place.secret}`)")
    if keys:
        steps.append(f"remove {list_names(keys)}: sign in with {place.login} instead")
    if settings:
        steps.append(f"give the settings ({list_names(settings)}) their defaults in code")
    shown = "\n".join(f"    # {_shown(v)} - {description(v)}" for v in (secrets + settings + keys)[:3])
    return f"{'; '.join(steps)}. Describe each variable in a comment:\n{shown}"


def _is_aws_key(name: str) -> bool:
    return NAME.fullmatch(name) is not None or TOKEN.fullmatch(name) is not None


def _shown(variable: Variable) -> str:
    return "NAME" if has_secret_name(variable) else variable.name[:60]


def description(variable: Variable) -> str:
    """What a comment in a `.env.example` says about a variable."""
    if _is_aws_key(variable.name):
        return "not needed: sign in with `aws sso login`"
    return "a secret, loaded from AWS Secrets Manager" if variable.is_secret else "a setting"


_DOTENV_LOADED = {  # `DotenvUse.advice`: the text
    "compose": "remove it, mount your AWS profile, and let the program read its secret:\n"
    '    environment: [AWS_PROFILE, AWS_REGION, "SECRET_ID={secret}"]\n'
    '    volumes: ["~/.aws:/home/app/.aws:ro"]',
    "dockerfile": "remove the file from the image, list it in `.dockerignore`, and let the program read the "
    "secret `{secret}` when it starts.",
    "serverless": "remove it, and read the secret in the function, or as\n"
    "    ${ssm:/aws/reference/secretsmanager/{secret}}",
    "spring": "remove the import, and use Spring Cloud AWS instead:\n"
    "    spring.config.import=aws-secretsmanager:{secret}",
    "script": "remove it from the script, and let the program read the secret `{secret}` from AWS Secrets "
    "Manager when it starts. {access}",
    "setting": "remove it from the settings, and let the program read the secret `{secret}` from AWS Secrets "
    "Manager when it starts. {access}",
    "mask": "mask the value first, or let the program read the secret `{secret}` itself:\n"
    '    echo "::add-mask::$value"',
    "workflow": "assume a role with OIDC, and let the program read its secret, or read it in a step:\n{step}",
}


def dotenv_loaded(place: Place, use: DotenvUse) -> str:
    """For code, settings or a command that load, ship or create a .env file."""
    if use.advice == "package":
        remove = packages.removal(place.project, place.file.path, use.package)
        return (
            f"{remove}, and read the secret `{place.secret}` from AWS Secrets Manager instead. {place.access}"
        )
    if use.advice in _DOTENV_LOADED:
        text = _DOTENV_LOADED[use.advice].replace("{step}", _step(place.secret))
        return text.replace("{secret}", place.secret).replace("{access}", place.access)
    statement = read(languages.get(use.advice), place.secret)
    return f"remove this, and read the secret from AWS Secrets Manager:\n{statement}\n{place.access}"


# --- infrastructure and workflows


def kubernetes(place: Place, name: str) -> str:
    """For a Secret with values. name: its name; "" if unknown."""
    return (
        f"{_ROTATE}. Store the new value in AWS Secrets Manager as `{place.secret}`, and let "
        "the cluster read it from there:\n"
        "    apiVersion: external-secrets.io/v1\n"
        "    kind: ExternalSecret\n"
        f"    metadata: {{name: {name or 'api'}}}\n"
        "    spec:\n"
        "      secretStoreRef: {name: aws-secrets-manager, kind: ClusterSecretStore}\n"
        f"      target: {{name: {name or 'api'}}}\n"
        f"      dataFrom: [{{extract: {{key: {place.secret}}}}}]"
    )


def infrastructure(place: Place, stored: StoredSecret) -> str:
    """For a secret in infrastructure code, or in SSM Parameter Store."""
    if stored.kind == "read":
        language = place.language if place.language.read else languages.get("shell")
        statement = read(language, place.secret)
        return f"keep the secret in Secrets Manager as `{place.secret}`, and read it from there:\n{statement}"
    create = _resource(place, stored.resource or "Api", generated=stored.kind != "parameter")
    if stored.kind == "parameter":
        return f"make it a secret of Secrets Manager:\n    {create}"
    text = f"keep the value out of the code:\n    {create}"
    return text if stored.kind == "environment" else f"{_ROTATE}. Then {text}"


def _resource(place: Place, label: str, *, generated: bool) -> str:
    """The secret as a resource in the file's own language, or the command that creates it."""
    language, text, secret = place.kind.language, place.file.text, place.secret
    if language.syntax == "terraform":
        if generated:
            return f"secret_string = random_password.{label}.result # generated, and kept in the state"
        return f'resource "aws_secretsmanager_secret" "{label}" {{ name = "{secret}" }}'
    if language.syntax in ("yaml", "json") and "AWS::" in text:
        generate = ", GenerateSecretString: {PasswordLength: 32}" if generated else ""
        return f"{label}: {{Type: AWS::SecretsManager::Secret, Properties: {{Name: {secret}{generate}}}}}"
    if "cdk" in text and language.id == "python":
        return f'secretsmanager.Secret(self, "{label}", secret_name="{secret}")'
    if "cdk" in text and language.syntax == "javascript":
        return f'new secretsmanager.Secret(this, "{label}", {{ secretName: "{secret}" }})'
    return f"aws secretsmanager create-secret --name {secret} --secret-string file:///dev/stdin"


_TRUSTED_PUBLISHING = {
    "PyPI": "https://docs.pypi.org/trusted-publishers/",
    "npm": "https://docs.npmjs.com/trusted-publishers",
}


def in_github(place: Place, *, deploys_to: str, every: bool) -> str:
    """For a job that uses GitHub secrets. deploys_to: its environment. every: whether it uses all of them.

    The same for all secrets of a job, so that a report prints it once.
    """
    secret = place.secret_of(deploys_to or place.file.path)
    return (
        f"store {'them' if every else 'it'} under the same name in `{secret}` in AWS Secrets Manager, "
        "let the job\nassume a role with configure-aws-credentials, add this step, and after it write "
        "`env.`\n"
        "for `secrets.` (the comma leaves the variables without a prefix):\n" + _step(secret)
    )


def in_registry(registry: str) -> str:
    """For a token of a package registry (PyPI, npm) that is stored in GitHub."""
    return (
        f"publish to {registry} as a trusted publisher, with `id-token: write` and no token\n"
        f"({_TRUSTED_PUBLISHING[registry]}), then revoke the token and delete the secret"
    )


def inherited() -> str:
    """For a job that passes all GitHub secrets to a workflow of another repository."""
    return (
        "pass only the secrets that the workflow needs, by name:\n"
        "    secrets:\n      NAME: ${{ secrets.NAME }}"
    )


def _step(secret: str) -> str:
    """The step, indented by four columns, that puts a secret's keys into a job's environment.

    https://github.com/aws-actions/aws-secretsmanager-get-secrets: without an alias before the comma, the
    keys are the variables' names.
    """
    return (
        "    - uses: aws-actions/aws-secretsmanager-get-secrets@v2\n      with:\n"
        f"        secret-ids: |\n          ,{secret}\n        parse-json-secrets: true"
    )
