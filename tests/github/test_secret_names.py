"""Names of GitHub secrets, and of settings that are not secret."""

from __future__ import annotations

import pytest

from palint.github.secret_names import given_as_credentials, is_secret


@pytest.mark.parametrize(
    "name",
    ["IOS_API_KEY_ID", "API_KEY_ID_DATA",
     "KEY_STORE_ALIAS", "DISCORD_WEBHOOK_ID", "PROJECT_URL", "SENTINEL_DCR_RULE_ID_OSSF",
     "STORAGE_CONTAINER", "GOOGLE_TOKEN_URI", "LINK_PREFIX", "WEBHOOK_PUBLIC_URL",
     "GOOGLE_SITE_VERIFICATION", "EC2_HOST_EU",
     "AZURE_CLIENT_ID", "GA_TRACKING_ID_STAGING", "VPC_SUBNET_A_PROD", "SUBNET_PRIVATE_A_ID", "AUTH_MODE",
     "CERTIFICATE_ARN", "IAM_PERMISSIONS_BOUNDARY", "KEY_VAULT", "COGNITO_USER_POOL", "API_KEY_ISSUER_ID",
     "SAMPLE_RATE", "STREAM_NAME_AUDIT", "STORE_FILE", "FORCE_PACKAGE_UPLOAD", "OTP_EXPIRY", "HTTP_AUTH_USER",
     "DEPLOY_PAT_USER", "ORG_KEY",
     "CLUSTER_CA_CERT", "GPG_PUBLIC_KEY", "RUN_TMATE", "DEBUG", "STRIPE_PUBLISHABLE_KEY",
     "CF_APP_GUID", "ALIAS_FOR_SCANNER", "MONTHLY_BUDGET", "JIRA_FIELDS",
     "APP_STORE_CONNECT_KEY_IDENTIFIER_95", "KEYSTORE_FILENAME",
     "SENTRY_DEFAULTS_URL", "VAULT_ADDR", "OAUTH_UID", "SENTRY_CLI_EXECUTABLE", "RELEASE_STREAM",
     "GOOGLE_ANALYTICS", "SONAR_PROJECT_KEY", "SIGN_KMS_KEY_DEV", "REDSHIFT_SSLMODE",
     "IP_WHITELIST", "OPERATOR_CA", "CF_SPACE_DEV", "APPCENTER_APP", "CLICKHOUSE_SECURE", "MP_KID",
     "SECRETS_AVAILABLE", "registry-0-usr", "DEPLOYMENTS", "KUBE_CLUSTER", "CLOUDFRONT_PUBLIC_KEY_A"],
)  # fmt: skip
def test_a_name_of_a_setting(name: str) -> None:
    assert not is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "VAULT_SECRET_ID",
        "ID_RSA",
        "SLACK_VERIFICATION_TOKEN",
        "WEBHOOK_URL",
        "DATABASE_URL_STAGING",
        "IOS_API_KEY",
        "SSH_KEY_SERVER",
        "DEPLOY_PKEY_DOCS_REPO",
        "KEYSTORE_FILE",
        "SIGNING_CERTIFICATE",
        "SITE_VERIFY_KEY",
        "SALES_FORCE_AUTH_URL",
        "ALIAS_PASSWORD",
        "BUDGET_TOKEN",
        "ANALYTICS_KEY",
        "SENTRY_DSN_URL",
        "APIM_SUBSKEY",
        "MP_ENCODEDJWK",
        "ORG_MEMBERS_PAT",
        "SLACK_HOOK",
        "CERTIFICATE_CONTENT",
        "KUBE_CONFIG",
        "SSH_DEPLOY",
        "APPLE_P12",
        "DB_CONNECTION_STRING",
    ],
)
def test_a_name_of_a_secret(name: str) -> None:
    assert is_secret(name)


def test_a_secret_is_a_credential_by_the_input_that_takes_it() -> None:
    text = (
        "env:\n  PROFILE: ${{ secrets.WEBAPP_PROFILE }}\n  REGION: ${{ secrets.REGION }}\nsteps:\n"
        "  - with:\n      publish-profile: ${{ env.PROFILE }}\n      user: ${{ secrets.USER }}\n"
        "      serviceAccountJsonPlainText: ${{ secrets.STORE_ACCOUNT }}\n"
        "      firebaseServiceAccount: ${{ secrets.HOSTING }}\n      private-key: ${{ secrets.DEPLOY }}\n"
        "      key: ${{ secrets.CACHE_ID }}\n      signing-key: ${{ secrets.GPG_KEY_ID }}\n"
    )
    assert {"WEBAPP_PROFILE", "STORE_ACCOUNT", "HOSTING", "DEPLOY"} <= given_as_credentials(text)
    assert not given_as_credentials("env:\n  RUM_CLIENT_TOKEN: ${{ secrets.RUM_CLIENT_TOKEN }}\n")
    assert given_as_credentials(text).isdisjoint({"REGION", "USER", "CACHE_ID", "GPG_KEY_ID"})


def test_what_is_decoded_is_a_credential_whatever_its_name() -> None:
    script = 'echo "${{ secrets.PLAY_ACCOUNT }}" | base64 --decode > key.json\necho ${{ secrets.USER }}\n'
    assert given_as_credentials(script) == {"PLAY_ACCOUNT"}
    passed = "with:\n  ACCOUNT: ${{ secrets.ACCOUNT }}\n  ROLE: ${{ secrets.ROLE }}\n"
    assert given_as_credentials(passed, frozenset({"ACCOUNT"})) == {"ACCOUNT"}
