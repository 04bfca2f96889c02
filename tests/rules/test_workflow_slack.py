"""`secret-to-slack`: secrets in a message to Slack, and secrets that only address it."""

from __future__ import annotations

import time

import pytest
from palint_rules.github_secret import GithubSecret
from palint_rules.secret_to_slack import SecretToSlack

from palint import slack
from palint.findings import Finding
from palint.slack import is_secret_name
from palint.testing import check, results_of

A = ".github/workflows/a.yml"
JOB = "on: push\njobs:\n  a:\n    env: {HELD: '${{ secrets.HELD }}', PLAIN: x}\n    steps:\n"


def found(text: str, path: str = A) -> list[Finding]:
    return check(SecretToSlack, {path: text})


def action(uses: str, where: str, *entries: str) -> str:
    return JOB + f"      - uses: {uses}\n        {where}:\n" + "".join(f"          {e}\n" for e in entries)


def run(*lines: str) -> str:
    return JOB + "      - run: |\n" + "".join(f"          {line}\n" for line in lines)


SENT = {
    "v1 payload": action(
        "slackapi/slack-github-action@v1", "with", "payload: |", '  {"text": "${{ secrets.P }}"}'
    ),
    "v1 message": action("slackapi/slack-github-action@v1", "with", "slack-message: 'pw ${{ secrets.P }}'"),
    "v2 payload": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", '  text: "pw ${{ secrets.P }}"'
    ),
    "v3 blocks": action(
        "slackapi/slack-github-action@v3",
        "with",
        "payload: |",
        "  blocks:",
        '    - text: {text: "${{ secrets.P }}"}',
    ),
    "rtCamp": action("rtCamp/action-slack-notify@v2", "env", "SLACK_MESSAGE: ${{ secrets.P }}"),
    "rtCamp title": action("rtCamp/action-slack-notify@v2", "env", "SLACK_TITLE: ${{ secrets.P }}"),
    "rtCamp footer": action("rtCamp/action-slack-notify@v2", "env", "SLACK_FOOTER: ${{ secrets.P }}"),
    "8398a7": action("8398a7/action-slack@v3", "with", "text: ${{ secrets.P }}"),
    "8398a7 payload": action(
        "8398a7/action-slack@v3", "with", "custom_payload: |", "  {text: `${{ secrets.P }}`}"
    ),
    "ravsamhq": action(
        "ravsamhq/notify-slack-action@v2", "with", "message_format: '{emoji} ${{ secrets.P }}'"
    ),
    "ravsamhq footer": action("ravsamhq/notify-slack-action@v2", "with", "footer: ${{ secrets.P }}"),
    "act10ns": action("act10ns/slack@v2", "with", "message: ${{ secrets.P }}"),
    "everything": action("act10ns/slack@v2", "with", "message: ${{ toJSON(secrets) }}"),
    "by environment": action("act10ns/slack@v2", "with", "message: ${{ env.HELD }}"),
    "curl": run("""curl -X POST -d '{"text": "${{ secrets.P }}"}' https://hooks.slack.com/services/x"""),
    "curl over lines": run(
        "curl -sS \\",
        "  -H 'Content-type: application/json' \\",
        '  --data "{\\"text\\": \\"$HELD\\"}" \\',
        "  $SLACK_WEBHOOK_URL",
    ),
    "curl with a variable": run(
        'BODY=\'{"text": "${{ secrets.P }}"}\'', 'curl -d "$BODY" "${{ secrets.SLACK_WEBHOOK }}"'
    ),
    "curl here-document": run('curl -d @- "$SLACK_WEBHOOK" <<EOF', '{"text": "${{ secrets.P }}"}', "EOF"),
    "curl form": run("curl -F text=${{ secrets.P }} -F token=$T https://slack.com/api/chat.postMessage"),
    "wget": run('wget --post-data="{\\"text\\": \\"$HELD\\"}" https://hooks.slack.com/services/x'),
    "upload": action("acme/slack-upload@v1", "with", "content: ${{ secrets.P }}"),
    "below a line that ends like a field": action(
        "act10ns/slack@v2", "with", "message: |", "  The new token:", "  ${{ secrets.P }}"
    ),
    "variable below such a line": run('curl -d @- "$SLACK_WEBHOOK" <<EOF', "The new token:", "$HELD", "EOF"),
    "script of another action": action(
        "acme/ssh@v1", "with", "script: |", "  curl -d text=${{ secrets.P }} $SLACK_WEBHOOK_URL"
    ),
    "folded script": action(
        "acme/ssh@v1", "with", "script: >-", "  curl -d text=${{ secrets.P }} $SLACK_WEBHOOK_URL"
    ),
    "a word of prose before it": action(
        "slackapi/slack@v1", "with", "message: 'Your token: ${{ secrets.P }}'"
    ),
    "one word and a colon": action("act10ns/slack@v2", "with", "message: 'Token: ${{ secrets.P }}'"),
    "a line of prose": action(
        "act10ns/slack@v2", "with", "text: |", "  Hi!", "  Your token: ${{ secrets.P }}"
    ),
    "a line of prose in a payload": action(
        "slackapi/slack-github-action@v2",
        "with",
        "payload: |",
        "  text: |",
        "    Your token: ${{ secrets.P }}",
    ),
    "prose in a member": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", '  {"text": "Hi, token: ${{ secrets.P }}"}'
    ),
    "prose in a quoted member with another sign": action(
        "8398a7/action-slack@v3", "with", "custom_payload: |", "  {text: `Hi, token: ${{ secrets.P }}`}"
    ),
    "prose in a form": run('curl -d "text=Your token: $HELD" $SLACK_WEBHOOK_URL'),
    "prose in a curl's JSON": run("""curl -d '{"text": "a token=${{ secrets.P }}"}' $SLACK_WEBHOOK_URL"""),
    "a form's second field": run('curl -d "token=$T&text=$HELD" https://slack.com/api/chat.postMessage'),
    "a form's field behind prose": run(
        'curl -d "a=b&text=the token=$HELD" https://slack.com/api/chat.postMessage'
    ),
    "a script of one line": action(
        "acme/ssh@v1", "with", 'script: curl -d "text=${{ secrets.P }}" https://hooks.slack.com/services/x'
    ),
    "a quoted script of one line": action(
        "acme/ssh@v1",
        "with",
        "script: 'curl -d \"text=${{ secrets.P }}\" https://hooks.slack.com/services/x'",
    ),
    "from a store": run(
        "P=$(aws secretsmanager get-secret-value --secret-id x)",
        'curl -d "{\\"text\\": \\"$P\\"}" $SLACK_WEBHOOK',
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_secrets_that_a_workflow_sends_are_found(name: str) -> None:
    (finding,) = found(SENT[name])
    assert finding.severity.label == "error" and "GetSecretValue" in finding.fix_hint


def test_a_secret_that_is_sent_is_reported_once() -> None:
    findings = results_of(SecretToSlack, {A: SENT["act10ns"]}, others=[GithubSecret]).findings
    assert [f.rule for f in findings if f.span.start.line == 8] == ["secret-to-slack"]


KEPT = {
    "webhook": action(
        "slackapi/slack-github-action@v2", "with", "webhook: ${{ secrets.W }}", "payload: 'text: x'"
    ),
    "token": action(
        "slackapi/slack-github-action@v2", "with", "token: ${{ secrets.T }}", "payload: 'text: x'"
    ),
    "channel in the payload": action(
        "slackapi/slack-github-action@v2",
        "with",
        "payload: |",
        '  {"channel": "${{ secrets.CHANNEL }}", "text": "x"}',
    ),
    "token in the payload": action(
        "slackapi/slack-github-action@v2",
        "with",
        "payload: |",
        '  {"token": "${{ secrets.BOT }}", "text": "x"}',
    ),
    "token and blanks": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", '  {"token": "${{  secrets.BOT }}"}'
    ),
    "token or another": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", '  {"token": "${{ env.X || secrets.BOT }}"}'
    ),
    "token in YAML": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", "  token: ${{ secrets.BOT }}", "  text: x"
    ),
    "token on one line of YAML": action(
        "slackapi/slack-github-action@v2", "with", "payload: 'token: ${{ secrets.BOT }}'"
    ),
    "token in a body": action("acme/slack@v2", "with", "body: |", "  token: ${{ secrets.BOT }}"),
    "token in a list": action(
        "slackapi/slack-github-action@v2", "with", "blocks: |", "  - token: ${{ secrets.BOT }}"
    ),
    "token in braces": action(
        "8398a7/action-slack@v3", "with", "custom_payload: |", "  {text: `x, y`, token: '${{ secrets.BOT }}'}"
    ),
    "token in an escaped payload": action(
        "slackapi/slack-github-action@v2", "with", 'payload: "{\\"token\\": \\"${{ secrets.BOT }}\\"}"'
    ),
    "webhook in the payload": action(
        "slackapi/slack-github-action@v2", "with", "payload: |", '  {"to": "${{ secrets.SLACK_WEBHOOK }}"}'
    ),
    "file": action(
        "slackapi/slack-github-action@v2", "with", "payload-file-path: ${{ secrets.X }}", "token: x"
    ),
    "no shell": action("act10ns/slack@v2", "with", "message: 'it is called $DB_PASSWORD'"),
    "v1 webhook": action("slackapi/slack-github-action@v1", "env", "SLACK_WEBHOOK_URL: ${{ secrets.W }}"),
    "rtCamp webhook": action("rtCamp/action-slack-notify@v2", "env", "SLACK_WEBHOOK: ${{ secrets.W }}"),
    "mention": action("act10ns/slack@v2", "with", "message: 'hi <@${{ secrets.SLACK_USER_ID }}>'"),
    "plain": action("act10ns/slack@v2", "with", "message: '${{ github.ref }} ${{ env.PLAIN }}'"),
    "another action": action("acme/mail@v1", "with", "message: ${{ secrets.P }}"),
    "curl header": run(
        'curl -H "Authorization: Bearer ${{ secrets.T }}" -d text=done https://slack.com/api/chat.postMessage'
    ),
    "curl url": run('curl -d \'{"text": "done"}\' ${{ secrets.SLACK_WEBHOOK_URL }}'),
    "curl token": run("curl -d token=$HELD -d text=x https://slack.com/api/chat.postMessage"),
    "curl token without blanks": run("curl -d token=${{secrets.BOT}} https://slack.com/api/chat.postMessage"),
    "curl form token": run('curl -d "text=x&token=$HELD" https://slack.com/api/chat.postMessage'),
    "curl long token": run("curl --data='token=${{ secrets.BOT }}' https://slack.com/api/chat.postMessage"),
    "curl JSON token": run(
        'curl -d "{\\"text\\":\\"x\\", \\"token\\": \\"$HELD\\"}" https://slack.com/api/x'
    ),
    "curl spliced token": run("""curl -d '{"text":"x","token":"'"$HELD"'"}' https://slack.com/api/x"""),
    "a script of one line that addresses": action(
        "acme/ssh@v1", "with", "script: curl -d text=x ${{ secrets.SLACK_WEBHOOK_URL }}"
    ),
    "curl elsewhere": run('curl -d \'{"text": "${{ secrets.P }}"}\' https://example.org'),
    "comment": run("# curl -d ${{ secrets.P }} https://hooks.slack.com/services/x"),
    "plain variable": run('curl -d "{\\"text\\": \\"$PLAIN\\"}" $SLACK_WEBHOOK'),
}


@pytest.mark.parametrize("name", KEPT)
def test_secrets_that_only_address_a_message_are_not_reported(name: str) -> None:
    assert found(KEPT[name]) == []


def test_a_composite_action() -> None:
    steps = "runs:\n  using: composite\n  steps:\n    - shell: sh\n      run: |\n"
    read = "        P=$(aws secretsmanager get-secret-value --secret-id x)\n"
    (finding,) = found(steps + read + '        curl -d "text=$P" $SLACK_WEBHOOK\n', "notify/action.yml")
    assert (finding.span.start.line, finding.message) == (7, "step 1 sends the secret `$P` to Slack")


def test_shell_scripts_go_by_names() -> None:
    text = 'curl -d "{\\"text\\": \\"$DB_PASSWORD $STATUS\\"}" "$SLACK_WEBHOOK_URL"\n'
    (finding,) = found(text, "notify.sh")
    assert "$DB_PASSWORD" in finding.message
    assert found(text.replace("DB_PASSWORD", "VERSION"), "notify.sh") == []


PYTHON = [
    ("client.chat_postMessage(channel=c, text=f'pw {user_password}')", True),
    ("client.chat_postMessage(channel=c, text=os.environ['API_KEY'])", True),
    ("client.chat_postMessage(channel=c, text=os.getenv('API_KEY'))", True),
    ("client.chat_postMessage(channel=c, blocks=[{'text': {'text': user.password}}])", True),
    ("text = f'key {api_key}'\nclient.chat_update(channel=c, ts=t, text=text)", True),
    ("requests.post('https://hooks.slack.com/services/x', json={'text': db_password})", True),
    ("requests.post(SLACK_WEBHOOK_URL, json={'text': secrets['token']})", True),
    ("client.chat_postMessage(channel=c, text=os.environ.get('API_KEY'))", True),
    ("client.chat_postMessage(channel=c, text=f'{user_password} and {api_key}')", True),
    ("requests.post(SLACK_WEBHOOK_URL, {'text': db_password})", True),
    ("requests.post(slack_url, json={'text': db_password})", True),
    ("requests.post(WEBHOOK_FOR_SLACK, json={'text': db_password})", True),
    ("requests.post('https://slack.com/api/' + method, json={'text': db_password})", True),
    ("requests.post(url=SLACK_WEBHOOK_URL, json={'text': password})", True),
    ("requests.post(json={'text': password}, url=SLACK_WEBHOOK_URL)", True),
    ("requests.request('POST', SLACK_WEBHOOK_URL, json={'text': password})", True),
    ("requests.request('POST', SLACK_WEBHOOK_URL, None, {'text': password})", True),
    ("requests.request(method='POST', url=SLACK_WEBHOOK_URL, json={'text': password})", True),
    ("httpx.Client().request('POST', SLACK_WEBHOOK_URL, json={'text': password})", True),
    ("session = aiohttp.ClientSession()\nsession.post(url=SLACK_WEBHOOK_URL, json={'text': password})", True),
    ("url = 'https://hooks.slack.com/services/x'\nrequests.post(url=url, json={'text': password})", True),
    ("request(SLACK_WEBHOOK_URL, {'text': password})", True),
    ("requests.request('POST', f'https://hooks.slack.com/{token}', json={'text': 'hi'})", False),
    ("requests.post(url='https://example.org', json={'text': password})", False),
    ("requests.post('https://example.org', {'text': f'{slack_url} {password}'})", False),
    ("requests.post('https://example.org', {'text': slack_url}, json={'text': password})", False),
    ("requests.request('POST', 'https://example.org', slack_url, json={'text': password})", False),
    ("from slack_sdk.webhook import WebhookClient\nWebhookClient(url).send(text=password)", True),
    (
        "client = WebClient(token=os.environ['SLACK_TOKEN'])\nclient.chat_postMessage(channel=c, text='hi')",
        False,
    ),
    ("client.chat_postMessage(channel=c, token=token, text='hi')", False),
    ("client.chat_postMessage(channel=c, text=mask(password))", False),
    ("client.chat_postMessage(channel=c, text=translated('password'))", False),
    ("client.chat_postMessage(channel=c, text=os.getenv('REGION'))", False),
    ("client.chat_postMessage(channel=c, text=os.getenv(region) + os.getenv())", False),
    ("client.chat_postMessage(channel=c, blocks=[{kind: password}])", True),
    ("client.chat_postMessage(channel=c, text=config['region'] + config[region])", False),
    ("client.chat_postMessage(channel=c, text=f'{token.expires_at} {credentials.user}')", False),
    ("text = 'hi'\ntext = text + user\nclient.chat_postMessage(channel=c, text=text)", False),
    ("requests.post(SLACK_WEBHOOK_URL, json={'text': 'hi', 'username': token})", False),
    ("log.info(SLACK_WEBHOOK_URL, password)", False),
    ("client.chat_postMessage(channel=c, text=f'{token_count} tokens, {secret_name}')", False),
    ("requests.post('https://example.org', json={'text': password})", False),
    ("requests.post('https://slack.com/api/oauth.v2.access', data={'client_secret': secret})", False),
    ("requests.post(slack_url, headers={'Authorization': token}, json={'text': 'hi'})", False),
]


METHODS = """chat_postMessage chat_postEphemeral chat_scheduleMessage chat_meMessage chat_update
    chat_post_message chat_post_ephemeral files_upload files_upload_v2"""
PYTHON += [(f"client.{method}(channel=c, text=password)", True) for method in METHODS.split()]


@pytest.mark.parametrize(("code", "sent"), PYTHON)
def test_python(code: str, sent: bool) -> None:
    made = found(f"import os, requests  # slack\n{code}\n", "a.py")
    assert len(made) == sent


JAVASCRIPT = [
    ("await web.chat.postMessage({ channel, text: `pw ${user_password}` });", True),
    ("await web.chat.postMessage({ channel, text: process.env.DB_PASSWORD });", True),
    ("const text = `key ${apiKey}`;\nawait client.chat.update({ channel, ts, text });", True),
    ("fetch('https://hooks.slack.com/services/x', { body: JSON.stringify({ text: dbPassword }) });", True),
    ("axios.post(slackWebhookUrl, { text: secrets.apiKey });", True),
    ("await slackWebhook.send({ text: accessKey });", True),
    ("axios(slackWebhookUrl, { text: dbPassword });", True),
    ("const url = 'https://hooks.slack.com/services/x';\nfetch(url, { body: dbPassword });", True),
    ("axios({ url: slackWebhookUrl, method: 'post', data: { text: password } });", True),
    ("axios.request({ method: 'post', url: slackWebhookUrl, data: { text: password } });", True),
    ("const url = 'https://hooks.slack.com/services/x';\naxios({ url, data: { text: password } });", True),
    ("const o = { url: slackWebhookUrl, data: { text: password } };\naxios(o);", True),
    ("axios({ baseURL: 'https://hooks.slack.com', url: '/services/x', data: { text: password } });", True),
    ("request.post({ uri: slackWebhookUrl, json: { text: password } });", True),
    ("await web.chat.postMessage({ channel, text: process.env['DB_PASSWORD'] });", True),
    ('await web.chat.postMessage({ channel, text: `pw ${config["password"]}` });', True),
    ("await web.chat.postMessage({ channel, text: password.trim() });", True),
    ("await web.chat.postMessage({ channel, text: token.value });", True),
    ("await web.chat.postMessage({ channel, text: credentials[0] });", True),
    ("await web.chat.postMessage({ channel, text: password[limit] });", True),
    ("await web.chat.postMessage({ channel, text: this.#password });", True),
    ("await web.chat.postMessage({ channel, metadata: { [password]: 1 } });", True),
    ("log.info(slackWebhookUrl, password);", False),
    ("fetch();", False),
    ("await web.chat.postMessage({ channel, text: `${token.length} ${secret?.name}` });", False),
    ("await web.chat.postMessage({ channel, text: `${secrets['count']} ${config['region']}` });", False),
    ("axios({ url: slackWebhookUrl, headers: { Authorization: token }, data: { text: 'x' } });", False),
    ("axios({ url: `https://hooks.slack.com/${token}`, data: { text: 'x' } });", False),
    ("axios({ url: 'https://example.org', data: { text: password, to: slackWebhookUrl } });", False),
    ("await web.chat.postMessage({ channel, text: `set: ${Boolean(password)}` });", False),
    ("const a = b;\nconst b = a;\nawait web.chat.postMessage({ channel, text: a });", False),
    ("await web.chat.postMessage({ channel, token, text: 'hi' });", False),
    ("await web.chat.postMessage({ channel, text: mask(password) });", False),
    ("fetch(slackWebhookUrl, { headers: { Authorization: token }, body: 'hi' });", False),
    ("fetch('https://example.org', { body: password }); // slack", False),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sent"), JAVASCRIPT)
@pytest.mark.parametrize("suffix", ["js", "ts"])
def test_javascript(code: str, sent: bool, suffix: str) -> None:
    made = found(f"// slack\n{code}\n", f"a.{suffix}")
    assert len(made) == sent


@pytest.mark.parametrize(
    ("name", "secret"),
    [("dbPassword", True), ("API_KEY", True), ("token", True), ("tokenCount", False), ("SLACK_TOKEN", False),
     ("secret_arn", False), ("passwordless", False), ("monkey", False), ("privateKey", True)],
)  # fmt: skip
def test_names(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


def test_hostile_scripts_cost_little() -> None:
    for piece in ("curl ", "curl -d ", 'curl "$(', "curl <<A @-\n", "$a"):
        begin = time.process_time()
        found("# slack hooks.slack.com\n" + piece * 20_000, "a.sh")
        assert time.process_time() - begin < 20, piece


def test_a_file_that_does_not_parse_is_a_notice() -> None:
    broken = "on: push\nslack: webhook: post(c)\n"
    kinds = {
        A: ["unparsed"],
        "action.yml": ["unparsed"],
        "{{cookiecutter.x}}/.github/workflows/a.yml": ["parse-fallback"],
        "a.py": ["unparsed"],
    }
    for path, expected in kinds.items():
        assert [n.kind for n in results_of(SecretToSlack, {path: broken}).notices] == expected
    assert results_of(SecretToSlack, {"a.py": "slack: c: d\n"}).notices == ()  # it sends nothing


@pytest.mark.parametrize(
    "call",
    ["web.chat.postMessage(x)", "chat_postEphemeral(x)", "chat.scheduleMessage(x)", "chat.meMessage(x)",
     "Chat.update(x)", "files.uploadV2(x)", "new IncomingWebhook(u).send(x)", "slackWebhook.send(x)",
     "WebhookClient().send(x)", "fetch(SLACK_URL, x)", "post('https://hooks.slack.com/x')", "post('https://SLACK.com/api/a')",
     "post(env.WEBHOOK_FOR_SLACK)", "got<Body>(SLACK_URL)", "axios /* a */ (SLACK_URL)"],
)  # fmt: skip
def test_javascript_that_may_send_is_parsed(call: str) -> None:
    assert slack.precheck_javascript(f"// slack\n{call}\n")


def test_javascript_without_a_call_that_sends_is_not_parsed() -> None:
    assert slack.precheck_javascript("a" * (slack.LARGEST + 1))  # too large: the parser says so
    assert not slack.precheck_javascript("// slack\nwindow.postMessage(token)\nfetch(url, token)\n")
    assert not slack.precheck_javascript("const url = 'https://hooks.slack.com/x'\nprefetch(url)\n")


def test_python_without_a_call_that_sends_is_not_parsed() -> None:
    for text in ("slack webhook: c\n", "slack: (\n", "post(slack\n"):
        assert results_of(SecretToSlack, {"a.py": text}).notices == ()


LOAD = """      - uses: aws-actions/aws-secretsmanager-get-secrets@v2
        with:
          secret-ids: |
            API, api/production
            billing/production
          parse-json-secrets: true
"""


@pytest.mark.parametrize(
    ("variable", "reported"),
    [
        ("API_TOKEN", True),
        ("API", True),
        ("BILLING_PRODUCTION_KEY", True),
        ("APIARY", False),
        ("STATUS", False),
    ],
)
def test_a_variable_loaded_from_secrets_manager_is_a_secret(variable: str, reported: bool) -> None:
    send = f'      - run: curl -d "text=${variable}" https://hooks.slack.com/services/x\n'
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    path = ".github/workflows/a.yml"
    assert len(found(text + LOAD + send, path)) == reported
    assert not found(text + send + LOAD, path)


def test_a_variable_exported_by_an_earlier_step_is_a_secret() -> None:
    text = (
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
        '      - run: echo "T=$(aws secretsmanager get-secret-value --secret-id a/b)" >> $GITHUB_ENV\n'
        '      - run: curl -d "text=$T $U" https://hooks.slack.com/services/x\n'
    )
    (finding,) = found(text, ".github/workflows/a.yml")
    assert finding.message == "step 2 sends the secret `$T` to Slack"


def test_one_from_the_shell() -> None:
    send = (
        'curl -H "Authorization: Bearer $SLACK_TOKEN" -d "text=done" https://slack.com/api/chat.postMessage\n'
    )
    assert not found(send, "notify.sh")
