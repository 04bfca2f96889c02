"""Random values assigned to a vendor's name, in any format: `ACME_API_KEY = "…"`, `acme secret: …`.

The vendors are those of the formats, and others whose documentation has an API key, a token or a secret
without a distinctive form. One table of names and one pattern serve them all.
"""

from __future__ import annotations

import re
from functools import cache

from palint.secrets.formats.format import GIVEN, RIGHT64, UUID, is_random
from palint.util import lazy_re

_NAMES = """
    abuseipdb activecampaign adafruit addtoany adobe adyen aftership ai21 airbrake airbyte airtable aiven
    akamai akeyless alchemy algolia alibaba aliyun alpaca alphavantage amadeus amplitude anaconda
    anthropic anyscale apify apigee apilayer apollo appcenter appdynamics appfollow appsflyer appsync
    appveyor appwrite arango arcgis artifactory asana ashby assemblyai astra atlassian auth0 authy
    autodesk auvik avalara aviationstack aweber axiom azure backblaze baidu balena bamboohr baseten
    bigcommerce binance bintray bitbar bitbucket bitly bitmex bitrise bitwarden blockfrost blogger bluesky
    bombbomb braintree branchio braze breezy brevo brex bridgecrew browserbase browserstack bugsnag
    buildkite bunny buttercms bybit caldav calendly campaignmonitor canny cashfree censys cerebras
    chargebee chatwoot checkly checkout circleci clarifai clearbit clerk clickatell clickhouse clicksend
    clicktime clickup clockify cloudconvert cloudera cloudflare cloudinary cloudsmith clubhouse codacy
    codeclimate codecov codemagic cohere coinapi coinbase coinmarketcap commercetools confluent consul
    contentful contentstack convertapi convertkit coralogix couchbase coveralls crowdin crowdstrike
    currencylayer customerio cypress dashscope databricks datadog datagov datocms deepai deepgram deepl
    deepseek delighted deputy detectify deviantart dialogflow digicert digitalocean directus discord
    discourse disqus dnsimple docker dockerhub docparser docraptor documo docusign doordash doppler
    dotdigital dribbble dropbox duffel dynatrace easypost easyship ebay ecobee elasticemail elevenlabs
    enphase equinix etherscan etsy eventbrite everhour evernote exoscale facebook facepp fastly feishu
    figma finage finnhub firebase firecrawl firehydrant fireworks fitbit fixerio flagsmith fleetbase
    flickr flightapi flutterwave flyio foursquare freshbooks freshdesk freshservice frontegg fullstory
    fusionauth gemini gengo geoapify geocodio getresponse ghost giphy gitbook gitea github gitlab gitter
    glassnode gocardless goodreads google grafana graphcms graphhopper groq growthbook gumroad gusto gyazo
    harvest hasura hcaptcha hcloud helicone hellosign helpscout heroku hetzner holidayapi honeybadger
    honeycomb hubspot huggingface hunter hypertrack ibm iconfinder ifttt imagekit imgix imgur infisical
    influx influxdb infobip infracost infura inngest instagram instamojo instana intercom intrinio ipapi
    ipgeolocation ipinfo ipstack iugu jenkins jfrog jina jira jotform jumpcloud kaggle kakao keycloak
    kickbox klarna klaviyo klipfolio kontent kraken kucoin lacework lambdatest langfuse langsmith lastfm
    lastpass launchdarkly leanplum lemonsqueezy lightstep linear linkedin linode liveagent livestorm
    logdna logfire loggly logtail logzio lokalise loqate luno lyft madkudu magento mailboxlayer mailchimp
    mailerlite mailersend mailgun mailjet mailmodo mandrill mapbox mapquest marketstack mattermost maxmind
    mediastack meili meilisearch meraki mercadopago messagebird metabase mettl mezmo midtrans minio
    mistral mixpanel modrinth mollie monday mongodb moonshot moralis mparticle myfitnesspal neon netlify
    newrelic newsapi nexmo ngrok nicereply notion novu nuget nvidia nylas octopus okta omdb onelogin
    onesignal onfido openai opencage openrouter openweather openweathermap opsgenie optimizely ovh paddle
    pagerduty paloalto pandadoc pandascore papertrail particle passbase paylocity paypal paystack paytm
    peloton pendo percy perigon perplexity pexels pinata pinecone pingdom pinterest pipedream pipedrive
    pivotal plaid planetscale planyo plivo pocketbase podio portkey posthog postman postmark postmates
    powerbi prefect printful prodpad prometheus proxycrawl pubnub pulumi pushbullet pusher pushover pypi
    qdrant qualtrics quickbase quickbooks quicknode rabbitmq railway rapidapi raygun razorpay readwise
    rebrandly recaptcha recurly reddit redis repairshopr resend revai revenuecat ringcentral roboflow
    rocketchat rollbar rootly route4me rownd rubygems rundeck runpod runscope salesforce sanity saucelabs
    scaleway scrapeops scraperapi scrapfly scrapingant scrapingbee screenshotapi securitytrails selectpdf
    semaphore semgrep sendbird sendgrid sendinblue sentry serpapi serper shipday shipengine shippo shodan
    shopify shotstack signalfx signalwire signaturit simplesat sinch siteleaf skrapp slack smartsheet
    smartystreets snowflake snyk sonarcloud sonarqube sourcegraph sparkpost splunk spoonacular spotify
    square squarespace squareup stability statsig statuscake statuspage stitchdata stockdata stormglass
    storyblok strava stripe stytch sugester sumologic supabase survicate svix swiftype sysdig tableau
    tailscale tatum tavily taxjar teamcity teamwork telegram telnyx tencent terraform thinkific
    thousandeyes ticketmaster tiingo tinybird tmdb todoist tomtom trello tripadvisor truenas tumblr
    twelvelabs twilio twitch twitter tyntec typeform typesense ubidots unifyid unleash unsplash upcloud
    uplead uploadcare upstash uptimerobot upwave urlscan userstack vagrant vatlayer vbout veracode vercel
    veriphone vimeo virustotal visualcrossing vonage voyage vultr vyte wakatime walmart wandb weatherapi
    weaviate webex webflow wepay whoxy wistia woocommerce workato workos worldweather wrike xata xendit
    xero yandex yelp youtube zapier zendesk zenrows zenserp zeplin zerobounce zerotier zilliz zipcodeapi
    zoho zoom zulip
"""
VENDORS = tuple(_NAMES.split())

_WINDOW = 512  # characters after the vendor's name
_CREDENTIAL = lazy_re.compile(
    r"[\w. \[\]\"'-]{0,24}?(?P<word>(?:api|access|auth|secret|service|license|consumer|client)[_. -]?key|key|"
    r"token|secret|passw(?:or)?d|pwd|credentials?|auth(?:orization)?|pat)(?-i:(?![a-z]))"
    r"(?:[_-]?(?:prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test(?:ing)?|live|sandbox|local|qa|uat|ci|"
    r"value|secret|token|key|v?\d{1,3})(?![a-z])){0,3}"
    rf"{GIVEN}(?P<value>[0-9A-Za-z_+/.~-]{{20,200}}={{0,2}})(?<![.~-]){RIGHT64}",
    re.IGNORECASE,
)
_NAME_START = lazy_re.compile(r"[\w.$-]{1,40}\Z")
# Names and values that vendors document as public, or that are computed from other data.
_NOT_SECRET = lazy_re.compile(
    r"pub(?:lic|lishable)|anon|site_?key|search|[cx]srf|fingerprint|hash|checksum|digest|sha\d|md5|crypt|"
    r"idempotency|partition|primary|foreign|cache|sort_?key|signature",
    re.IGNORECASE,
)
_PUBLIC_VALUE = lazy_re.compile(r"(?:pk|pub|phc|public)[_.-]", re.IGNORECASE)
_UUID = lazy_re.compile(rf"{UUID}\Z", re.IGNORECASE)


_NEAR = 72  # characters before an operator in which the vendor's name may be
_START = 3  # characters of a vendor's name by which it is looked up, 20 times as fast as by one pattern


def find(text: str, at: int) -> tuple[int, int, str] | None:
    """(start, end, name) of a random value under a name with a vendor's name in it.

    at: the end of the operator before the value, or of the value's first character.
    """
    low = max(0, at - _NEAR)
    before, vendors = text[low:at].lower(), _by_start()
    for place in range(len(before) - _START):
        for vendor in vendors.get(before[place : place + _START], ()):
            if before.startswith(vendor, place):
                found = _after_vendor(text, low + place + len(vendor))
                if found and found[0] >= at - 1:
                    return found
    return None


@cache
def _by_start() -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for vendor in VENDORS:
        made.setdefault(vendor[:_START], []).append(vendor)
    return made


def _after_vendor(text: str, at: int) -> tuple[int, int, str] | None:
    """The same for a vendor's name that ends at `at`."""
    match = _CREDENTIAL.match(text, at, min(len(text), at + _WINDOW))
    if not match:
        return None
    value, word = match["value"], match["word"].lower()
    start = _NAME_START.search(text, max(0, at - 40), at)
    name = text[start.start() if start else at : match.end("word")]
    if _NOT_SECRET.search(name) or _PUBLIC_VALUE.match(value) or not is_random(value, 1 / 4):
        return None
    if word == "key" and _UUID.match(value):  # an id, as in `issue_key`
        return None
    return match.start("value"), match.end("value"), name
