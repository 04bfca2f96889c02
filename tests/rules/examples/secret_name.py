"""Further examples of `secret-name`."""

from __future__ import annotations

from palint.rule import Example

BAD = (
    Example(
        'client.get_secret_value(SecretId="links_API_TOKEN")\n', location="links_API_TOKEN", path="app.py"
    ),
    Example(
        'client.get_secret_value(SecretId="my svc/production")\n',
        location="my svc/production",
        path="app.py",
    ),
    Example(
        'NAME = "prod/api/db"\n\nsecret = client.get_secret_value(SecretId=NAME)\n',
        location="prod/api/db",
        path="app.py",
    ),
    Example(
        'client.get_secret_value(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:db-AbCdEf")\n',
        location="arn:aws:",
        path="app.py",
    ),
    Example(
        "A:\n  Password: '{{resolve:secretsmanager:db-password:SecretString:password}}'\n",
        location="db-password",
        path="template.yaml",
    ),
    Example(
        "{% if x %}\nS:\n  Type: AWS::SecretsManager::Secret\n  Properties:\n    Name: db-password\n",
        location="db-password",
        path="template.yaml",
        note="a template of a template: its text is looked at",
    ),
    Example(
        """import { Secret } from "aws-cdk-lib/aws-secretsmanager";
const secret = Secret.fromSecretNameV2(this, "Db", "db-password");
""",
        location="db-password",
        path="stack.ts",
    ),
    Example(
        "parameters:\n  objects:\n    - objectName: db-password\n      objectType: secretsmanager\n",
        location="db-password",
        path="values.yaml",
    ),
    Example(
        "parameters:\n  objects:\n    - objectType: secretsmanager\n      objectName: db-password\n",
        location="db-password",
        path="values.yaml",
    ),
)
GOOD = (
    Example(
        "objects:\n  - objectName: api/production\n    objectType: secretsmanager\n"
        "secretObjects:\n  - data:\n      - objectName: db-password\n        key: db\n",
        path="values.yaml",
        note="the name of a file",
    ),
    Example('client.get_secret_value(SecretId="see docs/secrets")\n', path="app.py"),
    Example(
        'get(SecretId="arn:aws:secretsmanager:eu-west-2:123456789012:secret:api/production-a1B2c3")\n',
        path="app.py",
    ),
    Example('client.get_secret_value(SecretId="db")\n', path="tests/test_app.py"),
    Example("new GetSecretValueCommand({ SecretId: `${service}/${env}` });\n", path="a.ts"),
)
