"""Logs, uptime, incidents, errors beside `monitoring`: Splunk, Coralogix, Sumo Logic, UptimeRobot, Rootly."""

from __future__ import annotations

from palint.secrets.formats.format import Format, assigned, named, shaped, token

_DATADOG = "https://docs.datadoghq.com/account_management/personal-access-tokens/"
_HONEYCOMB = "https://docs.honeycomb.io/api/authentication"

FORMATS = (
    Format(
        id="datadog-access-token",
        name="Datadog access token or application key; personal or of a service, with a prefix",
        keyword="ddpat_|ddsat_|ddapp_",
        pattern=token("dd(?:pat|sat|app)_[0-9A-Za-z_]{30,80}"),
        example="ddpat_{base62:40}",
        near_miss="ddpat_{base62:20}",
        source=_DATADOG,
    ),
    Format(
        id="honeycomb-key",
        name="Honeycomb key; management, configuration, or ingest of another region",
        keyword="hc[a-z][ilm]k_",
        pattern=token("hc(?:[b-z]ik|[a-z][lm]k)_[0-9a-z]{26,58}"),
        example="hcxik_{base36:58}",
        near_miss="hcxik_{base36:20}",
        source=_HONEYCOMB,
    ),
    Format(
        id="checkly-api-key",
        name="Checkly user or service API key",
        keyword="checkly",
        pattern=assigned(r"checkly[\w. -]{0,20}?(?:key|token)", "(?:cu|sv)_[0-9a-f]{32}"),
        example='CHECKLY_API_KEY="«cu_{hex:32}»"',
        near_miss='CHECKLY_API_KEY="cu_{hex:31}"',
        source="https://www.checklyhq.com/docs/admin/creating-api-key/",
    ),
    Format(
        id="uptimerobot-api-key",
        name="UptimeRobot API key",
        keyword="uptimerobot|uptime_robot",
        pattern=assigned(r"uptime_?robot[\w. -]{0,20}?(?:key|token)", "[um][0-9]{6,10}-[0-9a-f]{24}"),
        example='UPTIMEROBOT_API_KEY="«u{digits:7}-{hex:24}»"',
        near_miss='UPTIMEROBOT_API_KEY="u{digits:7}-{hex:23}"',
        source="https://uptimerobot.com/api/legacy/",
    ),
    Format(
        id="coralogix-api-key",
        name="Coralogix API key",
        keyword="cxtp_|cxup_",
        pattern=token("cx[tu]p_[0-9A-Za-z]{30}"),
        example="cxtp_{base62:30}",
        near_miss="cxtp_{base62:29}",
        source="https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/",
    ),
    named(
        "rollbar-access-token",
        "Rollbar access token",
        "rollbar",
        "{hex:32}",
        "https://docs.rollbar.com/docs/access-tokens",
    ),
    named(
        "airbrake-api-key",
        "Airbrake project or user key",
        "airbrake",
        "{hex:32}",
        "https://docs.airbrake.io/docs/devops-tools/api/#authentication",
    ),
    named(
        "papertrail-api-token",
        "Papertrail API token",
        "papertrail",
        "{base62:20}",
        "https://www.papertrail.com/help/http-api/",
    ),
    named(
        "betterstack-token",
        "Better Stack API or source token",
        "betterstack",
        "{base62:24}",
        "https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/",
    ),
    named(
        "logtail-source-token",
        "Better Stack Logs (Logtail) source token",
        "logtail",
        "{base62:24}",
        "https://betterstack.com/docs/logs/ingesting-data/http/logs/",
    ),
    named(
        "logzio-token",
        "Logz.io API or shipping token",
        "logzio",
        "{base62:32}",
        "https://docs.logz.io/docs/user-guide/admin/authentication-tokens/api-tokens/",
    ),
    named(
        "sumologic-access-key",
        "Sumo Logic access key",
        "sumo",
        "{base62:64}",
        "https://help.sumologic.com/docs/manage/security/access-keys/",
    ),
    named(
        "splunk-hec-token",
        "Splunk HTTP Event Collector token",
        "splunk",
        "{uuid}",
        "https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector",
    ),
    named(
        "splunk-observability-token",
        "Splunk Observability Cloud (SignalFx) access token",
        "signalfx",
        "{base64url:22}",
        "https://help.splunk.com/en/splunk-observability-cloud/administer/authentication-and-security/authentication-tokens",
    ),
    named(
        "opsgenie-api-key",
        "Opsgenie API key",
        "opsgenie",
        "{uuid}",
        "https://docs.opsgenie.com/docs/api-key-management",
    ),
    named(
        "statuspage-api-key",
        "Statuspage API key",
        "statuspage",
        "{uuid}",
        "https://developer.statuspage.io/#section/Authentication",
    ),
    shaped(
        "firehydrant-api-key",
        "FireHydrant bot token",
        "fhb-{hex:32}",
        "https://docs.firehydrant.com/docs/api-keys",
    ),
    shaped(
        "rootly-api-key",
        "Rootly API key",
        "rootly_{hex:64}",
        "https://docs.rootly.com/api-reference/overview",
    ),
)
