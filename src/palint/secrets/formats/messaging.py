"""Chat, mail and telephony: Slack, Discord, Telegram, Teams, Twilio, SendGrid, Mailgun and others."""

from __future__ import annotations

from palint.secrets import checksums
from palint.secrets.formats.format import UUID, WORD, Format, assigned, token, token64

_SLACK = "https://docs.slack.dev/authentication/tokens/"
_SLACK_NEEDLE = "xox[abeoprs][.-]"
_SLACK_HOOK_NEEDLE = r"hooks\.slack(?:-gov)?\.com/"

FORMATS = (
    Format(
        id="slack-bot-token",
        name="Slack bot token",
        needle="xoxb-",
        pattern=token("xoxb-[0-9]{9,14}-[0-9]{9,14}-[0-9A-Za-z]{24}"),
        example="{slack_bot_token}",
        near_miss="xoxb-{digits:12}-{base62:24}",
        source=_SLACK,
    ),
    Format(
        id="slack-user-token",
        name="Slack user token",
        needle="xoxp-",
        pattern=token("xoxp-(?:[0-9]{9,14}-){3}[0-9a-f]{32}"),
        example="xoxp-{digits:12}-{digits:12}-{digits:13}-{hex:32}",
        near_miss="xoxp-{digits:12}-{digits:12}-{hex:32}",
        source=_SLACK,
    ),
    Format(
        id="slack-app-token",
        name="Slack app-level token",
        needle="xapp-",
        pattern=token("xapp-[0-9]-A[0-9A-Z]{8,12}-[0-9]{9,14}-[0-9a-f]{64}"),
        example="xapp-1-A{BASE36:10}-{digits:13}-{hex:64}",
        near_miss="xapp-1-A{BASE36:10}-{digits:13}-{hex:63}",
        source=_SLACK,
    ),
    Format(
        id="slack-rotating-token",
        name="Slack access token with rotation, or configuration access token",
        needle=r"xoxe\.",
        pattern=token("xoxe[.]xox[bp]-[0-9]-[0-9A-Za-z]{146,200}"),
        example="xoxe.xoxp-1-{base62:166}",
        near_miss="xoxe.xoxp-1-{base62:66}",
        source="https://docs.slack.dev/authentication/using-token-rotation/",
    ),
    Format(
        id="slack-refresh-token",
        name="Slack refresh token, or configuration refresh token",
        needle="xoxe-",
        pattern=token("xoxe-[0-9]-[0-9A-Za-z]{140,160}"),
        example="xoxe-1-{base62:147}",
        near_miss="xoxe-1-{base62:47}",
        source="https://docs.slack.dev/authentication/using-token-rotation/",
    ),
    Format(
        id="slack-legacy-token",
        name="Slack legacy token (tester, workspace, session)",
        needle="xox[aors]-",
        pattern=token("xox[aors]-(?:[0-9]{1,14}-){1,3}[0-9A-Za-z]{24,64}"),
        example="xoxs-{digits:12}-{digits:12}-{digits:12}-{hex:64}",
        near_miss="xoxs-{digits:12}-{hex:12}",
        source="https://docs.slack.dev/legacy/legacy-custom-integrations/legacy-custom-integrations-tokens/",
    ),
    Format(
        id="slack-webhook-url",
        name="Slack incoming webhook URL",
        needle=r"hooks\.slack",
        pattern=token(
            "https://hooks[.]slack(?:-gov)?[.]com/services/T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/[0-9A-Za-z]{24}"
        ),
        example="{slack_webhook_url}",
        near_miss="https://hooks.slack.com/services/T{BASE36:10}/B{BASE36:10}/{base62:10}",
        source="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
    ),
    Format(
        id="slack-workflow-webhook-url",
        name="Slack workflow webhook URL",
        needle=r"hooks\.slack",
        pattern=token(
            "https://hooks[.]slack(?:-gov)?[.]com/(?:workflows|triggers)/[TE][0-9A-Z]{8,12}"
            "/(?:A[0-9A-Z]{8,12}/)?[0-9]{12,20}/[0-9A-Za-z]{24,32}"
        ),
        example="https://hooks.slack.com/triggers/T{BASE36:10}/{digits:13}/{hex:32}",
        near_miss="https://hooks.slack.com/triggers/T{BASE36:10}/{digits:13}/{hex:12}",
        source="https://slack.com/help/articles/360041352714-Build-a-workflow--Create-a-workflow-that-starts-outside-of-Slack",
    ),
    Format(
        id="discord-bot-token",
        name="Discord bot token",
        needle=r"\.[GXY][0-9a-z_-]{5}\.[0-9a-z_-]{12}",
        pattern=token(rf"[MNO][DTjz][AEIMQUYcgk][0-9A-Za-z]{{20,25}}\.[GXY]{WORD}{{5}}\.{WORD}{{27,38}}"),
        valid=checksums.discord,
        example="{snowflake}.G{base64url:5}.{base64url:38}",
        near_miss="MT{letters:23}.G{base64url:5}.{base64url:38}",
        source="https://discord.com/developers/docs/reference#authentication",
    ),
    Format(
        id="discord-webhook-url",
        name="Discord webhook URL",
        needle="/webhooks/",
        pattern=token(
            "https://(?:(?:canary|ptb)[.])?discord(?:app)?[.]com/api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{17,20}/"
            f"{WORD}{{60,80}}"
        ),
        example="https://discord.com/api/webhooks/{digits:18}/{base64url:68}",
        near_miss="https://discord.com/api/webhooks/{digits:18}/{base64url:20}",
        source="https://discord.com/developers/docs/resources/webhook",
    ),
    Format(
        id="telegram-bot-token",
        name="Telegram bot token",
        needle="[0-9]{4}:AA",
        pattern=token(f"[0-9]{{8,10}}:AA{WORD}{{33}}"),
        example="{digits:10}:AA{base64url:33}",
        near_miss="{digits:10}:AA{base64url:30}",
        source="https://core.telegram.org/bots/api#authorizing-your-bot",
    ),
    Format(
        id="teams-webhook-url",
        name="Microsoft Teams incoming webhook URL",
        needle=r"webhook\.office\.com",
        pattern=token(
            rf"https://[0-9a-z-]{{1,63}}[.]webhook[.]office[.]com/webhookb2/{UUID}@{UUID}/IncomingWebhook/"
            rf"[0-9a-f]{{32}}/{UUID}(?:/{WORD}{{1,64}})?"
        ),
        example="https://acme.webhook.office.com/webhookb2/{uuid:1}@{uuid:2}/IncomingWebhook/{hex:32}/{uuid:3}",
        near_miss="https://acme.webhook.office.com/webhookb2/{uuid:1}@{uuid:2}/IncomingWebhook/{hex:12}",
        source="https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
    ),
    Format(
        id="zapier-webhook-url",
        name="Zapier webhook URL",
        needle=r"hooks\.zapier\.com/",
        pattern=token("https://(?:www[.])?hooks[.]zapier[.]com/hooks/catch/[0-9]{4,12}/[0-9a-z]{6,16}"),
        example="https://hooks.zapier.com/hooks/catch/{digits:7}/{base36:7}",
        near_miss="https://hooks.zapier.com/hooks/catch/{digits:7}/",
        source="https://help.zapier.com/hc/en-us/articles/8496288690317-Trigger-Zap-workflows-from-webhooks",
    ),
    Format(
        id="twilio-api-key",
        name="Twilio API key SID",
        needle="SK[0-9a-f]{8}",
        pattern=token("SK[0-9a-f]{32}"),
        example="SK{hex:32}",
        near_miss="SK{hex:31}",
        source="https://www.twilio.com/docs/iam/api-keys",
    ),
    Format(
        id="twilio-auth-token",
        name="Twilio auth token",
        needle="twilio",
        pattern=assigned(r"twilio[\w.-]{0,16}(?:token|secret|key|password)", "[0-9a-f]{32}"),
        example='TWILIO_AUTH_TOKEN = "«{hex:32}»"',
        near_miss='TWILIO_AUTH_TOKEN = "{hex:31}"',
        source="https://www.twilio.com/docs/iam/access-tokens",
    ),
    Format(
        id="sendgrid-api-key",
        name="SendGrid API key",
        needle=r"SG\.[0-9a-z_-]{20}",
        pattern=token(rf"SG\.{WORD}{{22}}\.{WORD}{{43}}"),
        example="SG.{base64url:22}.{base64url:43}",
        near_miss="SG.{base64url:22}.{base64url:40}",
        source="https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    ),
    Format(
        id="mailgun-api-key",
        name="Mailgun private API key",
        needle="-[0-9a-f]{8}-[0-9a-f]{8}",
        pattern=token("[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}"),
        example="{hex:32}-{hex:8}-{hex:8}",
        near_miss="{hex:32}-{hex:8}-{hex:7}",
        source="https://help.mailgun.com/hc/en-us/articles/203380100-Where-can-I-find-my-API-keys-and-SMTP-credentials",
    ),
    Format(
        id="mailgun-legacy-api-key",
        name="Mailgun private API key (legacy)",
        needle="key-[0-9a-f]{8}",
        pattern=token("key-[0-9a-f]{32}"),
        example="key-{hex:32}",
        near_miss="key-{hex:31}",
        source="https://help.mailgun.com/hc/en-us/articles/203380100-Where-can-I-find-my-API-keys-and-SMTP-credentials",
    ),
    Format(
        id="mailchimp-api-key",
        name="Mailchimp API key",
        needle="[0-9a-f]-us[0-9]",
        pattern=token("[0-9a-f]{32}-us[0-9]{1,2}"),
        example="{hex:32}-us1",
        near_miss="{hex:31}-us1",
        source="https://mailchimp.com/developer/marketing/guides/quick-start/",
    ),
    Format(
        id="brevo-api-key",
        name="Brevo (Sendinblue) API key",
        needle="xkeysib-",
        pattern=token("xkeysib-[0-9a-f]{64}-[0-9A-Za-z]{16}"),
        example="xkeysib-{hex:64}-{base62:16}",
        near_miss="xkeysib-{hex:60}-{base62:16}",
        source="https://developers.brevo.com/docs/getting-started",
    ),
    Format(
        id="brevo-smtp-key",
        name="Brevo (Sendinblue) SMTP key",
        needle="xsmtpsib-",
        pattern=token("xsmtpsib-[0-9a-f]{64}-[0-9A-Za-z]{16}"),
        example="xsmtpsib-{hex:64}-{base62:16}",
        near_miss="xsmtpsib-{hex:60}-{base62:16}",
        source="https://developers.brevo.com/docs/getting-started",
    ),
    Format(
        id="resend-api-key",
        name="Resend API key",
        needle="re_[0-9a-z]{8}_",
        pattern=token("re_[0-9A-Za-z]{8}_[0-9A-Za-z]{24}"),
        example="re_{base58:8}_{base58:24}",
        near_miss="re_{base58:8}_{base58:20}",
        source="https://resend.com/docs/dashboard/api-keys/introduction",
    ),
    Format(
        id="facebook-access-token",
        name="Facebook access token",
        needle="EAA[A-Z][0-9A-Z]{12}",
        pattern=token64("EAA[A-Z][0-9A-Za-z]{100,300}"),
        example="EAAC{base62:180}",
        near_miss="EAAC{base62:40}",
        source="https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
    ),
)
