"""The rules: one module and one line here for each; pyproject.toml names this module under `palint.rules`."""

# fmt: off
RULES = (
    "palint_rules.aws_credentials_file:AwsCredentialsFile",
    "palint_rules.container_access_key:ContainerAccessKey",
    "palint_rules.env_file_loaded:EnvFileLoaded",
    "palint_rules.kubernetes_secret:KubernetesSecret",
    "palint_rules.secret_name:SecretName",
    "palint_rules.github_secret:GithubSecret",
    "palint_rules.secret_to_slack:SecretToSlack",
    "palint_rules.infrastructure_secret:InfrastructureSecret",
    "palint_rules.infrastructure_access_key:InfrastructureAccessKey",
    "palint_rules.aws_sdk_access_key:AwsSdkAccessKey",
    "palint_rules.env_example_value:EnvExampleValue",
    "palint_rules.env_file:EnvFile",
    "palint_rules.hardcoded_secret:HardcodedSecret",
    "palint_rules.unused_suppression:UnusedSuppression",
    "palint_rules.boto3_access_key:Boto3AccessKey",
    "palint_rules.workflow_access_key:WorkflowAccessKey",
    "palint_rules.workflow_id_token:WorkflowIdToken",
)
