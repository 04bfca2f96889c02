"""Chat, mail and telephony: Slack, Discord, Telegram, Teams, Twilio, SendGrid, Mailgun and others."""

from __future__ import annotations

from palint.secrets.formats.format import Format, token

_SLACK = "https://docs.slack.dev/authentication/tokens/"

FORMATS = (
    Format(
        id="slack-bot-token",
        name="Slack bot token",
        needle="xox[abeoprs][.-]",
        pattern=token("xoxb-[0-9]{9,14}-[0-9]{9,14}-[0-9A-Za-z]{24}"),
        example="{slack_bot_token}",
        near_miss="xoxb-{digits:12}-{base62:24}",
        source=_SLACK,
    ),
    Format(
        id="slack-user-token",
        name="Slack user token",
        needle="xox[abeoprs][.-]",
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
        id="slack-webhook-url",
        name="Slack incoming webhook URL",
        needle=r"hooks\.slack\.com/",
        pattern=token("https://hooks[.]slack[.]com/services/T[0-9A-Z]{8,12}/B[0-9A-Z]{8,12}/[0-9A-Za-z]{24}"),
        example="{slack_webhook_url}",
        near_miss="https://hooks.slack.com/services/T{BASE36:10}/B{BASE36:10}/{base62:10}",
        source="https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/",
    ),
)
