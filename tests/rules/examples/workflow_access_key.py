"""Further examples of `workflow-access-key`."""

# ruff: noqa: E501 -- a line is a case

from __future__ import annotations

from palint.findings import Severity
from palint.rule import Example

PATH = ".github/workflows/deploy.yml"
JOB = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    steps:\n"


def run(script: str, location: str, note: str) -> Example:
    """A script that uses a key."""
    return Example(JOB + f"      - run: {script}\n", path=PATH, location=location, note=note)


BAD = (
    Example(
        JOB + "      - uses: docker/login-action@v3\n        with:\n"
        "          registry: 111122223333.dkr.ecr.eu-west-2.amazonaws.com\n"
        "          username: ${{ secrets.REGISTRY_USER }}\n          password: ${{ secrets.REGISTRY_PASSWORD }}\n",
        path=PATH, location="username", note="ECR, under neutral names",
    ),
    run("docker login -u x -p ${{ secrets.ECR }} 111122223333.dkr.ecr.eu-west-2.amazonaws.com", "${{ secrets.ECR", "docker login"),
    run("Set-AWSCredential -AccessKey ${{ secrets.A }} -SecretKey ${{ secrets.B }} -StoreAs x", "${{ secrets.A", "PowerShell"),
    run("serverless config credentials --provider aws --key ${{ secrets.A }} --secret ${{ secrets.B }}", "${{ secrets.A", "Serverless"),
    run('terraform plan -var "access_key=${{ secrets.A }}" -var "secret_key=${{ secrets.B }}"', "${{ secrets.A", "Terraform"),
    run('echo "${{ secrets.CREDS }}" > ~/.aws/credentials', "${{ secrets.CREDS", "a whole credentials file"),
    Example(
        JOB + "      - env: {CREDS: '${{ secrets.FILE }}'}\n        run: echo \"$CREDS\" | base64 -d > ~/.aws/credentials\n",
        path=PATH, location="CREDS:", note="through a variable",
    ),
    Example(
        JOB + "      - id: vault\n        uses: hashicorp/vault-action@v3\n        with: {secrets: secret/data/ci AWS_ACCESS_KEY}\n"
        "      - run: make deploy\n        env:\n          AWS_ACCESS_KEY_ID: ${{ steps.vault.outputs.AWS_ACCESS_KEY }}\n",
        path=PATH, location="AWS_ACCESS_KEY_ID", severity=Severity.WARNING, note="from another step",
    ),
    Example(
        JOB + "      - uses: acme/deploy@v1\n        with:\n          id: ${{ secrets.DEPLOY_ID }}\n"
        "          aws-secret-access-key: ${{ secrets.DEPLOY_SECRET }}\n",
        path=PATH, location="aws-secret-access-key", note="an id under a neutral name belongs to the same finding",
    ),
)  # fmt: skip

GOOD = (
    Example(
        JOB + "      - uses: docker/login-action@v3\n        with:\n          registry: ghcr.io\n"
        "          username: ${{ secrets.REGISTRY_USER }}\n          password: ${{ secrets.REGISTRY_PASSWORD }}\n",
        path=PATH, note="another registry",
    ),
    Example(JOB + "      - run: mytool --key ${{ secrets.A }} --secret ${{ secrets.B }}\n", path=PATH, note="another command"),
    Example(
        JOB + "      - id: aws\n        uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: a, output-credentials: true}\n"
        "      - run: make\n        env:\n          AWS_ACCESS_KEY_ID: ${{ steps.aws.outputs.aws-access-key-id }}\n",
        path=PATH, note="a temporary key",
    ),
    Example(
        JOB.replace("    steps:", "    if: false\n    steps:") + "      - run: make\n        env: {AWS_ACCESS_KEY_ID: '${{ secrets.A }}'}\n",
        path=PATH, note="the job never runs",
    ),
)  # fmt: skip
