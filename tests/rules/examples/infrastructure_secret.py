"""Further examples of `infrastructure-secret`."""

from __future__ import annotations

from palint.rule import Example

BAD = (
    Example(
        """resource "aws_secretsmanager_secret_version" "db" {
  secret_string = jsonencode({
    username = "app"
    password = "{password}"
    host     = aws_db_instance.main.address
  })
}
""",
        location="{password}",
        path="secrets.tf",
    ),
    Example(
        "{% if x %}\nS:\n  Type: AWS::SecretsManager::Secret\n  SecretString: {password}\n{% endif %}\n",
        location="{password}",
        path="template.yml",
        note="a template of a template is searched as text",
    ),
    Example(
        "from aws_cdk import SecretValue\n\nvalue = SecretValue.unsafe_plain_text('{password}')\n",
        location="{password}",
        path="stack.py",
    ),
)
GOOD = (
    Example(
        """resource "aws_secretsmanager_secret_version" "api" {
  secret_string = "initial"
  lifecycle {
    ignore_changes = [secret_string]
  }
}
""",
        path="secrets.tf",
        note="the value is set by hand; this one is a placeholder",
    ),
)
