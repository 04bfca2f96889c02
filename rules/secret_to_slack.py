"""The rule `secret-to-slack`: no secrets in messages to Slack."""

from __future__ import annotations

import re
from collections.abc import Iterator

from palint import slack
from palint.github import expressions, graph, scripts, workflows
from palint.github.workflows import Step
from palint.languages import curl, shell
from palint.languages.yaml import Node
from palint.rule import ACTIONS, JAVASCRIPT, PYTHON, SHELL, WORKFLOWS, Clause, Example, Reads, Rule
from palint.secrets.names import is_secret_name
from palint.text.source import ParseError
from palint.util import lazy_re
from palint.util.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from palint.findings import Violation
    from palint.text.source import SourceFile
    from palint.tree.project import Project

_JOB = "on: push\njobs:\n  notify:\n    runs-on: ubuntu-latest\n    steps:\n"
# Inputs and variables of Slack actions with the message, and those with its address.
_MESSAGE = lazy_re.compile(
    r"message|msg|text|payload|title|footer|blocks|attachments|fields|body|args|pretext|content", re.I
)
_ADDRESS = lazy_re.compile(r"webhook|token|url$|channel|author|username|icon|color|file_?path|path$", re.I)
# Inputs with fields. In all others a word before a colon (`Your token: …`) is prose.
_PAYLOAD = lazy_re.compile(r"payload|blocks|attachments|body", re.I)
# The name of the field at the end of a text. A quoted name is a field anywhere, also within shell quotes
# (`\"token\": …`).
_QUOTED = r"""["']([\w-]+)\\*["']\s*[:=]"""
# Quotes and escapes, then no character of theirs: a text can be read in one way only, so the time is linear.
_VALUE = r"""\s*(?:[\\"'`]+(?:[^"',{}\n\\`][^"',{}\n]*)?|[^"',{}\n\\`\s][^"',{}\n]*)?$"""
_IN_MESSAGE = lazy_re.compile(_QUOTED + _VALUE)
# YAML and JavaScript: the first word of a line, or a member between braces, whose other values may be quoted.
_LINE = r"""^["'\s]*(?:-\s+)*([\w-]+)\s*:"""
_MEMBER = r"""\{(?:"[^"]*"|'[^']*'|`[^`]*`|[^{}"'`])*?(?<=[{,])\s*([\w-]+)\s*:"""
_IN_PAYLOAD = lazy_re.compile(rf"(?:{_QUOTED}|{_LINE}|{_MEMBER}){_VALUE}")
# In a form body: `token=…&text=…`.
_IN_REQUEST = lazy_re.compile(
    rf"""{_QUOTED}{_VALUE}|(?:^|&)[="'$]*([\w-]+)=(?:[\\"']+(?:[^"',{{}}\n&\\][^"',{{}}\n&]*)?|[^"',{{}}\n&\\][^"',{{}}\n&]*)?$"""
)
_NOT_A_SECRET = lazy_re.compile(
    r"(?:channel|user|member|group|team|mention)(?:_?ids?|s)?$|_URL$|webhook", re.I
)


class SecretToSlack(Rule):
    """A secret in a message to Slack.

    ## Why

    A message is copied to every member's client, to exports, bots and e-mail digests, and cannot be taken
    back. The standard shares access, never the secret.

    ## Do this instead

    Send the secret's name ("the password is in `api/production`"), and allow the role that needs it
    `secretsmanager:GetSecretValue`. Rotate a secret that was ever sent.

    ## What is checked

    Text, payload, title, footer and blocks of steps that use a Slack action (slackapi/slack-github-action,
    rtCamp/action-slack-notify, 8398a7/action-slack, ravsamhq/notify-slack-action, act10ns/slack and others
    with `slack` in their name); the body of a `curl` or `wget` to Slack, in a workflow or a shell script;
    `chat.postMessage` and similar methods, incoming webhooks, and posts to a Slack URL in Python and
    JavaScript. In a workflow, what an earlier step loaded from AWS Secrets Manager is a secret as well. The
    webhook's URL, the bot's token, headers, channels and people are not part of a message.

    ## Limits

    In code a secret is recognised by its name (`password`, `api_key`, `os.environ["DB_TOKEN"]`), followed
    through one assignment. A literal secret in a message is a finding of `hardcoded-secret`.
    """

    clause = Clause.NO_SECRETS_IN_CODE
    since = "0.1.0"
    reads = Reads.TEXT
    files = WORKFLOWS | ACTIONS | SHELL | PYTHON | JAVASCRIPT
    keywords = ("slack", "chat_post", "chat[.]post")
    supersedes = ("github-secret",)

    bad = (
        Example(
            _JOB + "      - uses: slackapi/slack-github-action@v2\n        with:\n"
            "          webhook: ${{ secrets.SLACK_WEBHOOK_URL }}\n          payload: |\n"
            '            text: "the password is ${{ secrets.DB_PASSWORD }}"\n',
            path=".github/workflows/tell.yml", location="secrets.DB_PASSWORD",
        ),
        Example(
            _JOB + "      - run: |\n"
            """          curl -X POST -d '{"text": "${{ secrets.DB_PASSWORD }}"}' "$SLACK_WEBHOOK_URL"\n""",
            path=".github/workflows/tell.yml", location="secrets.DB_PASSWORD",
        ),
        Example(
            'client.chat_postMessage(channel="#ops", text=f"new password: {db_password}")\n',
            path="notify.py", location="db_password",
        ),
        Example(
            "await web.chat.postMessage({ channel, text: `key: ${process.env.API_KEY}` });\n",
            path="notify.ts", location="process.env.API_KEY",
        ),
        Example(
            "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n"
            '          echo "{text: ${{ secrets.DB_PASSWORD }}}" > payload.json\n'
            "      - uses: slackapi/slack-github-action@v2\n        with:\n"
            "          payload-file-path: payload.json\n",
            path=".github/workflows/a.yml", location="secrets.DB_PASSWORD", note="in a file that is sent",
        ),
        Example(
            'curl -d "{\\"text\\": \\"$(aws secretsmanager get-secret-value --secret-id a/b)\\"}"'
            " https://hooks.slack.com/services/x\n",
            path="notify.sh", location="$(aws", note="what a command prints",
        ),
    )  # fmt: skip
    good = (
        Example(
            _JOB + "      - uses: rtCamp/action-slack-notify@v2\n        env:\n"
            "          SLACK_WEBHOOK: ${{ secrets.SLACK_WEBHOOK }}\n          SLACK_MESSAGE: deployed\n",
            path=".github/workflows/tell.yml",
        ),
        Example(
            'slack = WebClient(token=os.environ["SLACK_TOKEN"])\n'
            'slack.chat_postMessage(channel="#ops", text="the password is in api/production")\n',
            path="notify.py",
        ),
    )

    def check(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        path = file.path.lower()
        try:
            if WORKFLOWS.matches(path) or ACTIONS.matches(path):
                yield from self._workflow(file, project)
            elif JAVASCRIPT.matches(path) or PYTHON.matches(path, file.data[:100]):
                find = slack.javascript if JAVASCRIPT.matches(path) else slack.python
                for sent in find(file):
                    place = (sent.start, sent.end, sent.name)
                    yield self._report(file, project, place, f"`{sent.callee}`")
            else:
                for place in _requests(file.text, 0, len(file.text), None):
                    yield self._report(file, project, place, "this command")
        except ParseError as error:
            if not ((WORKFLOWS | ACTIONS).matches(path) and project.cached(graph).is_template(file)):
                raise
            message = f"{error.message} (line {error.line}): not checked for messages to Slack"
            file.add_notice("parse-fallback", message)

    def _workflow(self, file: SourceFile, project: Project) -> Iterator[Violation]:
        for step, known in _steps(file):
            who = f"step {step.label}"
            for script in _scripts(step):
                for place in _payload_files(file.text, script, known):
                    yield self._report(file, project, place, who)
            for place in _action(file.text, step, known):
                yield self._report(file, project, place, who)
            for script in _scripts(step):
                for place in _requests(file.text, *script.inside, known):
                    yield self._report(file, project, place, who)

    def _report(self, file: SourceFile, project: Project, place: tuple[int, int, str], who: str) -> Violation:
        start, end, name = place
        from palint.advice import Place, secrets

        return self.violation(
            file.span(start, end),
            f"{who} sends the secret `{name}` to Slack",
            fix_hint=secrets.sent_to_slack(Place(file, project, self.config.environments), name),
        )


def _steps(file: SourceFile) -> Iterator[tuple[Step, set[str]]]:
    """Yield each step with the environment variables that hold a secret."""
    for outer, steps in workflows.steps_by_job(file):
        loaded = scripts.LoadedSecrets(file.text)
        for step in steps:
            yield step, scripts.secret_variables(file.text, *outer, step.node) | loaded.read_by(step)
            loaded.add(step)


def _scripts(step: Step) -> Iterator[Node]:
    if step.run is not None:
        yield step.run
    yield from (value for _, value in step.node.under("with"))


def _action(text: str, step: Step, known: set[str]) -> Iterator[tuple[int, int, str]]:
    """The secrets in the message that a Slack action sends."""
    if step.uses is None or "slack" not in step.uses.text.lower():
        return
    for key, value in (*step.node.under("with"), *step.node.under("env")):
        name = key.value
        if _MESSAGE.search(name) and not _ADDRESS.search(name):
            field = _IN_PAYLOAD if _PAYLOAD.search(name) else _IN_MESSAGE
            yield from _secrets(text, value.start, value.end, known, field)


# https://docs.slack.dev/tools/slack-github-action/sending-techniques/
_PAYLOAD_FILE = lazy_re.compile(r"(?m)^[ \t]*payload-file-path:[ \t]*[\"']?(?:\./)?([\w./-]{1,200})")


def _payload_files(text: str, script: Node, known: set[str]) -> Iterator[tuple[int, int, str]]:
    """The secrets that a script writes into a file that a later step sends to Slack."""
    if "payload-file-path" not in text:
        return
    sent = {found[1] for found in _PAYLOAD_FILE.finditer(text)}
    for command in shell.commands(text, script.start, script.end):
        for operator, target in command.redirects:
            if ">" in operator and target.text.removeprefix("./") in sent:
                yield from _secrets(text, command.start, command.end, known, _IN_PAYLOAD)


def _requests(text: str, start: int, end: int, known: set[str] | None) -> Iterator[tuple[int, int, str]]:
    """The secrets that `curl` and `wget` in a script send to Slack. known: None outside of workflows."""
    variables = set(known or ())
    at = start
    for request in curl.requests(text, start, end):
        for line in text[at : request.start].split("\n"):
            value = scripts.assigned(line, variables)
            if value:
                variables.add(value)
        at = request.start
        if slack.URL.search(request.rest):
            for first, last in request.bodies:
                yield from _secrets(text, first, last, variables, _IN_REQUEST, by_name=known is None)


# A command in a message that prints a secret
_PRINTED = lazy_re.compile(
    r"(?:\$\(|`)\s{0,4}(?P<what>aws\s{1,4}(?:secretsmanager\s{1,4}get-secret-value|ssm\s{1,4}get-parameter)"
    r"|gcloud\s{1,4}secrets\s{1,4}versions\s{1,4}access|vault\s{1,4}kv\s{1,4}get|op\s{1,4}read)\b"
)


def _secrets(
    text: str, start: int, end: int, variables: set[str], field: re.Pattern[str], by_name: bool = False
) -> Iterator[tuple[int, int, str]]:
    """(start, end, name) of the secrets in a message.

    field: finds the name of the field that a value belongs to. by_name: whether a variable with a secret's
    name counts as one.
    """

    def addresses(at: int) -> bool:
        """Whether the value at an offset belongs to a field for the message's destination."""
        found = field.search(text[max(start, text.rfind("\n", 0, at), at - 200) : at])
        named = "".join(filter(None, found.groups())) if found is not None else ""
        return _ADDRESS.search(named) is not None

    for opening, close in expressions.expressions(text, start, end):
        if addresses(opening - len("${{")):
            continue
        for read in expressions.reads_inside(text, opening, close):
            held = read.context == "secrets" or (read.context == "env" and read.name in variables)
            if held and not read.compared and not _NOT_A_SECRET.search(read.name):
                yield read.start, read.end, f"{read.context}.{read.name}" if read.path else read.context
    for printed in _PRINTED.finditer(text, start, end):
        yield printed.start(), printed.end(), " ".join(printed["what"].split())
    for found in re.finditer(r"\$\{?([A-Za-z_]\w*)\}?", text[start:end]):
        name, at = found[1], start + found.start()
        secret = name in variables or (by_name and is_secret_name(name))
        if secret and not _NOT_A_SECRET.search(name) and not addresses(at):
            yield at, at + len(found[0]), f"${name}"
