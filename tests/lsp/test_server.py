"""The language server, driven as editors drive it: in this process, and the real `palint server`."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from io import BytesIO
from itertools import product
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import pytest_asyncio
import yaml
from lsprotocol import types
from pygls import io_
from pygls.exceptions import JsonRpcInvalidParams
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from palint import baseline
from palint.cli import server as cli
from palint.cli.exit_codes import UsageError
from palint.config import SETTINGS_FILES, Config
from palint.lsp import checker
from palint.lsp import server as protocol
from palint.lsp.messages import Answer, CheckRequest
from palint.lsp.process import CheckingProcess
from palint.secrets.synthetic import generate
from palint.tree.project import Limits
from tests.conftest import PALINT, Repository
from tests.snapshots import check_snapshot

in_one_loop = pytest.mark.asyncio(loop_scope="module")

SNAPSHOTS = Path(__file__).with_name("snapshots")
EDITORS = ["neovim", "visual_studio_code", "emacs"]
CALLER = """\
on: push
permissions:
  contents: read
jobs:
  ship:
    uses: ./.github/workflows/deploy.yml
"""
CALLEE = """\
on: workflow_call
jobs:
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-2
"""
PATTERN = """\
[[pattern]]
id = "acme-number"
message = "hardcoded Acme number"
keyword = "acme-"
regex = 'ACME-[0-9]{4}'
bad = ["ACME-5678"]
good = ["ACME-NEXT"]
"""
NO_ROLE = "on: workflow_call\njobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps: [{run: make}]\n"


class Published(dict[str, Sequence[types.Diagnostic]]):
    """Where the client puts the diagnostics of each URI: kept in order, too."""

    def __init__(self) -> None:
        self._queues: dict[str, asyncio.Queue[list[types.Diagnostic]]] = {}

    def queue(self, uri: str) -> asyncio.Queue[list[types.Diagnostic]]:
        return self._queues.setdefault(uri, asyncio.Queue())

    def __setitem__(self, uri: str, found: Sequence[types.Diagnostic]) -> None:
        super().__setitem__(uri, found)
        self.queue(uri).put_nowait(list(found))


def _unmangled(action: types.Command) -> types.CodeAction:
    """A code action with a command, which the client library takes for a command with a very long name."""
    command = ast.literal_eval(action.command)
    made = types.Command(command["title"], command["command"], arguments=command["arguments"])
    return types.CodeAction(action.title, command=made)


class Session:
    """One editor, with its server, in one repository."""

    def __init__(self, client: LanguageClient, repo: Repository) -> None:
        self.client, self.repo = client, repo
        self._published = client.diagnostics = Published()
        self.versions: dict[str, int] = {}
        self.server: protocol.Server
        self.process: OneProcess
        self.capabilities: types.ServerCapabilities
        self.registered: list[types.Registration] = []

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
        def register(params: types.RegistrationParams) -> None:
            self.registered += params.registrations

    def uri(self, path: str) -> str:
        return (self.repo.path / path).as_uri()

    async def next(self, path: str) -> list[types.Diagnostic]:
        """The next diagnostics of a file that were not looked at yet."""
        return await asyncio.wait_for(self._published.queue(self.uri(path)).get(), 30)

    async def open(self, path: str, text: str) -> list[types.Diagnostic]:
        """Open a document with a text, which need not be what is on the disk."""
        self.versions[path] = 0
        document = types.TextDocumentItem(self.uri(path), "", 0, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))
        return await self.next(path)

    async def change(self, path: str, text: str) -> list[types.Diagnostic]:
        """Replace a document's text."""
        self.type(path, text)
        return await self.next(path)

    def type(self, path: str, text: str) -> None:
        self.versions[path] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[path], self.uri(path))
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    async def save(self, path: str, text: str) -> None:
        self.repo.write(path, text)
        document = types.TextDocumentIdentifier(self.uri(path))
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    def close(self, path: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(path))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def waiting(self, path: str) -> int:
        """How many diagnostics of a file were not looked at yet."""
        return self._published.queue(self.uri(path)).qsize()

    async def actions(
        self, path: str, found: types.Diagnostic, only: Sequence[str] | None = None
    ) -> Sequence[types.CodeAction]:
        context = types.CodeActionContext([found], only)
        document = types.TextDocumentIdentifier(self.uri(path))
        params = types.CodeActionParams(document, found.range, context)
        made = await self.client.text_document_code_action_async(params)
        return [
            action if isinstance(action, types.CodeAction) else _unmangled(action) for action in made or ()
        ]

    async def hover(self, path: str, line: int, character: int) -> str:
        document, place = types.TextDocumentIdentifier(self.uri(path)), types.Position(line, character)
        made = await self.client.text_document_hover_async(types.HoverParams(document, place))
        return made.contents.value if made and isinstance(made.contents, types.MarkupContent) else ""


class OneProcess(CheckingProcess):
    """Checks in the server's own process. asked: what each check was of, by the files' names."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[str]] = []
        self.warm = self.stopped = False
        self.gate = asyncio.Event()  # a check begins when it is open
        self.gate.set()
        self.checker = cli.checker()

    async def ask(self, request: CheckRequest) -> Answer:
        self.asked.append(sorted(map(os.path.basename, request.paths)))
        await self.gate.wait()
        return self.checker.check(request)

    def warm_up(self) -> None:
        self.warm = True

    def stop(self) -> None:
        self.stopped = True


@asynccontextmanager
async def serve_here(repo: Repository, editor: str = EDITORS[0]) -> AsyncIterator[Session]:
    """A server in this process, which checks as soon as nothing else is to do."""
    client = make_test_lsp_client()
    session = Session(client, repo)
    session.server = server = protocol.build("1", (*SETTINGS_FILES, baseline.NAME))
    session.process = server.process = OneProcess()
    ends = [await asyncio.open_connection(sock=each) for each in socket.socketpair()]
    speakers: list[Any] = [client, server]
    loops = []
    for (reader, writer), end in zip(ends, speakers, strict=True):
        end.protocol.set_writer(writer)
        loops.append(
            asyncio.create_task(io_.run_async(Event(), reader, end.protocol, None, end.report_server_error))
        )
    params = types.InitializeParams(client_capabilities(editor), root_uri=repo.path.as_uri())
    session.capabilities = (await client.initialize_session(params)).capabilities
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "_DELAY", 0)
        yield session
    await client.shutdown_async(None)
    assert session.process.warm and session.process.stopped
    for _, writer in ends:
        writer.close()
    await asyncio.gather(*loops)


@asynccontextmanager
async def serve(
    repo: Repository, editor: str = EDITORS[0], environment: dict[str, str] | None = None
) -> AsyncIterator[Session]:
    """A server in its own process, started in the repository, and ended as the protocol says."""
    client = make_test_lsp_client()
    session = Session(client, repo)
    environment = {**os.environ, **(environment or {})}
    await client.start_io(str(PALINT), "server", cwd=repo.path, env=environment)
    params = types.InitializeParams(client_capabilities(editor), root_uri=repo.path.as_uri())
    await client.initialize_session(params)
    yield session
    await asyncio.wait_for(client.shutdown_session(), 30)
    assert client._server and client._server.returncode == 0
    await client.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    async with serve_here(Repository(tmp_path_factory.mktemp("lsp") / "shop")) as made:
        yield made


def applied(text: str, edit: types.WorkspaceEdit | None) -> str:
    """A document's text after the only edits of a workspace edit; all positions are in ASCII text."""
    assert edit
    if edit.document_changes:
        (change,) = edit.document_changes
        assert isinstance(change, types.TextDocumentEdit)
        edits = list(change.edits)
    else:
        assert edit.changes
        (edits,) = edit.changes.values()  # type: ignore[assignment]
    lines = text.splitlines(keepends=True)

    def offset(at: types.Position) -> int:
        return sum(map(len, lines[: at.line])) + at.character

    for each in sorted(edits, key=lambda e: offset(e.range.start), reverse=True):  # type: ignore[union-attr]
        assert isinstance(each, (types.TextEdit, types.AnnotatedTextEdit))
        text = text[: offset(each.range.start)] + each.new_text + text[offset(each.range.end) :]
    return text


@pytest.mark.parametrize("editor", EDITORS)
@in_one_loop
async def test_unsaved_text_is_checked_as_each_editor_counts(editor: str, tmp_path: Path) -> None:
    """The finding is behind a character of two UTF-16 units, four UTF-8 bytes and one code point."""
    start = serve if editor == EDITORS[0] else serve_here
    async with start(Repository(tmp_path / "shop"), editor) as made:
        made.repo.write("app.py", "TOKEN = None\n")
        token = generate("{github_token}")
        (found,) = await made.open("app.py", f'NAME = "\U0001f511"; TOKEN = "{token}"\n')
        width = {"neovim": 4, "visual_studio_code": 2, "emacs": 1}[editor]
        assert found.range.start.character == len('NAME = ""; TOKEN = "') + width
        assert (found.code, found.source) == ("hardcoded-secret", "palint")
        assert found.code_description and found.code_description.href.endswith("/rules/hardcoded-secret/")
        assert token not in found.message
        assert await made.change("app.py", "TOKEN = None\n") == []


def brief(sent: Any) -> Any:
    """A message's data with each range as `line:character-line:character`."""
    if isinstance(sent, dict):
        if set(sent) == {"start", "end"}:
            return "-".join(f"{at['line']}:{at['character']}" for at in sent.values())
        return {name: brief(value) for name, value in sent.items()}
    return [brief(value) for value in sent] if isinstance(sent, (list, tuple)) else sent


@pytest.mark.parametrize("editor", EDITORS)
@in_one_loop
async def test_whole_session(editor: str, tmp_path: Path) -> None:
    """What the server sends in a session with each editor: its answers and what it publishes."""
    async with serve_here(Repository(tmp_path / "shop"), editor) as made:
        lines: list[str] = []

        def note(title: str, *sent: object) -> None:
            plain = brief(default_converter().unstructure(sent))
            text = yaml.safe_dump(plain, sort_keys=False, width=110, allow_unicode=True)
            lines.append(f"--- {title}\n{text.replace(made.repo.path.as_uri(), 'file:///shop')}")

        made.repo.write("palint.toml", PATTERN)
        offers = made.capabilities
        note("offers", offers.code_action_provider, offers.execute_command_provider, offers.hover_provider)
        tokens = [generate("{github_token}", seed) for seed in range(2)]
        keys = generate('aws_access_key_id="{aws_access_key_id}", region_name="eu-west-1"')
        secret = "{env: {TOKEN: '${{ secrets.DEPLOY_TOKEN }}'}, run"
        texts = {
            ".env": "A=1\n",
            "app.py": f'# 🔑\nclass A:\n    TOKEN = "{tokens[0]}"  # palint: ignore[hardcoded-secret] old\n'
            f'    KEY = {{"🔑": 1, "token": "{tokens[1]}"}}\n'
            "# palint: ignore[hardcoded-secret] nothing there\n# palint: ignore[no-such-rule] x\nACME-1234\n"
            "# palint: ignore[hardcoded-secret]\n",
            "s3.py": f'import boto3\ns3 = boto3.client("s3", {keys})\n',
            ".github/workflows/release.yml": CALLEE.replace("workflow_call", "push\npermissions: {}"),
            ".github/workflows/test.yml": NO_ROLE.replace("workflow_call", "push").replace("{run", secret),
        }
        if editor != "visual_studio_code":  # the others count differently, or want edits in another form
            texts = {"app.py": texts["app.py"]}
        for path, text in texts.items():
            for found in await made.open(path, text):
                note(f"{path}: diagnostic", found)
                for action in await made.actions(path, found):
                    assert action.diagnostics in (None, (found,))
                    action.diagnostics = None
                    note(f"{path}: action", action)
            for line, column in product(range(text.count("\n")), (4, 32, 70)):
                if shown := await made.hover(path, line, column):
                    lines.append(f"--- {path}: hover at {line}:{column}\n{shown}\n")
        for path in texts:
            while made.waiting(path):
                await made.next(path)
        await made.save("palint.toml", "ignores = []\n")
        for path in texts:
            note(f"{path}: with unusable settings", *await made.next(path))
        for path in texts:
            made.close(path)
            note(f"{path}: closed", *await made.next(path))
        note("watches", *made.registered)
        note("messages", *made.client.messages)
        note("checks", *made.process.asked)
        sent = "".join(lines)
        assert not any(token in sent for token in tokens)
        check_snapshot(SNAPSHOTS / "sessions.txt", editor, sent)


@in_one_loop
async def test_a_burst_of_changes_is_checked_once(session: Session) -> None:
    assert await session.open("burst.py", "") == []
    for number in range(5):
        session.type("burst.py", f"N = {number}\n")
    token = generate("{github_token}")
    (found,) = await session.change("burst.py", f'TOKEN = "{token}"\n')
    assert found.code == "hardcoded-secret" and session.process.asked[-2:] == [["burst.py"]] * 2


@in_one_loop
async def test_a_document_that_changes_while_it_is_checked(session: Session) -> None:
    """The answer for the old text is dropped, and a question about it has no answer."""
    path, process, token = "slow.py", session.process, f'TOKEN = "{generate("{github_token}")}"\n'
    await session.open(path, "")

    async def change_while_checked(*texts: str) -> None:
        session.type(path, texts[0])
        process.gate.clear()
        count = len(process.asked)
        while len(process.asked) == count:
            await asyncio.sleep(0)
        session.type(path, texts[1])
        document = session.server.workspace.get_text_document(session.uri(path))
        while document.version != session.versions[path]:
            await asyncio.sleep(0)
        process.gate.set()

    await change_while_checked("x = 1\n", token)
    assert len(await session.next(path)) == 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "_DELAY", 60)
        session.type(path, "x = 2\n")
        assert await session.hover(path, 0, 12) == ""  # checked for this question
        session.type(path, token)
        assert "hardcoded" in await session.hover(path, 0, 12)
        process.gate.clear()
        session.type(path, "x = 3\n" + token)
        question = asyncio.create_task(session.hover(path, 1, 12))
        await change_while_checked(token, "x = 4\n" + token)
        assert await question == ""
    session.close(path)


@in_one_loop
async def test_only_documents_that_are_due_are_checked(session: Session) -> None:
    await session.open("typing.py", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "_DELAY", 60)
        session.type("typing.py", "x = 1\n")
        await session.open("other.py", "")
        assert session.process.asked[-1] == ["other.py"]
        patch.setattr(protocol, "_DELAY", 0.3)
        session.type("typing.py", "x = 2\n")  # arrives with the next message
        session.close("typing.py")
        assert await session.next("typing.py") == []
        await asyncio.sleep(0.4)
    assert session.process.asked[-1] == ["other.py"]


@in_one_loop
async def test_documents_of_several_repositories(tmp_path: Path) -> None:
    """Each has its own settings; one that is too large is said to be unchecked."""
    token = f'TOKEN = "{generate("{github_token}")}"\n'
    async with serve_here(Repository(tmp_path / "shop")) as session:
        Repository(tmp_path / "shop2").write("palint.toml", 'ignore = ["hardcoded-secret"]\n')
        path = "../shop2/a.py"
        assert len(await session.open("a.py", token)) == 1
        assert await session.open(path, token) == []
        assert len(await session.change("a.py", token + token)) == 2
        where, small = checker.Repository(str(session.repo.path), False), Config(limits=Limits(10, 50))
        session.process.checker = checker.Checker(lambda _: where, lambda *_: small, lambda _: ())
        assert await session.change("a.py", token + "x = 1\n") == []
        assert [message.message for message in session.client.messages] == [
            "palint: a.py: is larger than what is checked (0 MiB; limits.windows is 0 MiB): "
            "exclude it, or raise the limit"
        ]


@in_one_loop
async def test_the_fix_of_one_finding_and_all_safe_fixes(session: Session) -> None:
    text = CALLEE.replace("workflow_call", "push\npermissions:\n  contents: read")
    path = ".github/workflows/release.yml"
    (found,) = await session.open(path, text)
    fix, *rest = await session.actions(path, found, ["quickfix"])
    assert fix.is_preferred and "id-token: write" in applied(text, fix.edit)
    assert [action.title.split()[0] for action in rest] == ["Ignore", "Show"]
    (all_fixes,) = await session.actions(path, found, ["source.fixAll"])
    assert all_fixes.kind == "source.fixAll.palint"
    assert applied(text, all_fixes.edit) == applied(text, fix.edit)
    assert await session.actions(path, found, ["refactor"]) == []
    assert await session.change(path, applied(text, all_fixes.edit)) == []


@in_one_loop
async def test_an_unsafe_fix_is_no_fix_on_save(session: Session) -> None:
    key, secret = generate("{aws_access_key_id}"), generate("{aws_secret_access_key}")
    keys = f'aws_access_key_id="{key}", aws_secret_access_key="{secret}"'
    text = f'import boto3\ns3 = boto3.client("s3", {keys})\n'
    (found,) = await session.open("s3.py", text)
    fix = (await session.actions("s3.py", found, ["quickfix"]))[0]
    assert not fix.is_preferred and key not in applied(text, fix.edit)
    assert await session.actions("s3.py", found, ["source.fixAll"]) == []


@in_one_loop
async def test_ignoring_waits_for_a_reason_and_hovering_shows_it(session: Session) -> None:
    text = 'import polars as pl\nclass A:\n    b = pl.read_csv(p, storage_options={"aws_access_key_id": k})\n'
    (found,) = await session.open("ignored.py", text)
    shown = await session.hover("ignored.py", 2, 45)
    assert "fix: " in shown and '\n```\neval "$(aws ' in shown
    ignore = next(a for a in await session.actions("ignored.py", found) if a.title.startswith("Ignore"))
    comment = applied(text, ignore.edit)
    assert comment.splitlines()[2] == "    # palint: ignore[boto3-access-key] "
    still = await session.change("ignored.py", comment)
    assert {f.code for f in still} == {"unused-suppression", "boto3-access-key"}
    reasoned = comment.replace("key] ", "key] revoked in March")
    assert await session.change("ignored.py", reasoned) == []
    assert "Suppresses line 4: " in await session.hover("ignored.py", 2, 10)
    assert await session.hover("ignored.py", 0, 2) == ""


@in_one_loop
async def test_a_name_in_the_file_is_no_markup_and_no_control_sequence(session: Session) -> None:
    path, picture = ".github/workflows/named.yml", "![x](https://e.example/p.png)"
    text = CALLEE.replace("workflow_call", "push").replace("deploy:", f'"a`{picture}`\\e[31m`b":')
    (found,) = await session.open(path, text)
    assert "\x1b" not in found.message and picture in found.message
    lines = text.splitlines(keepends=True)
    lines.insert(found.range.start.line, "# palint: ignore[workflow-id-token] checked\n")
    assert await session.change(path, "".join(lines)) == []
    shown = await session.hover(path, found.range.start.line, 5)
    assert "Suppresses line" in shown and "\x1b" not in shown
    assert picture not in re.sub(r"(`+)(?:(?!\1).)+\1", "", shown)
    session.close(path)


@in_one_loop
async def test_hovering_shows_the_finding_under_the_pointer_only(session: Session) -> None:
    values = [generate("{github_token}", seed) for seed in range(2)]
    text = f'FIRST_TOKEN = "{values[0]}"\nx = 1\nSECOND_TOKEN = "{values[1]}"\n'
    first, second = await session.open("two.py", text)
    for found in (first, second):
        at, end = found.range.start, found.range.end
        texts = {
            await session.hover("two.py", at.line, column)
            for column in (at.character, at.character + 1, end.character)
        }
        assert len(texts) == 1 and "---" not in texts.pop()
        assert await session.hover("two.py", at.line, at.character - 1) == ""
        assert await session.hover("two.py", at.line, end.character + 1) == ""
    assert await session.hover("two.py", 1, 0) == ""
    shown = await session.hover("never-opened.py", 0, 0)
    assert shown == ""
    assert not any("a bug in palint" in message.message for message in session.client.messages)


@in_one_loop
async def test_actions_are_for_the_finding_at_the_place(session: Session) -> None:
    values = [generate("{github_token}", seed) for seed in range(2)]
    text = f'FIRST_TOKEN = "{values[0]}"\nSECOND_TOKEN = "{values[1]}"\n'
    first, second = await session.open("places.py", text)
    for found in (first, second):
        actions = await session.actions("places.py", found, ["quickfix"])
        assert [action.title.split()[0] for action in actions] == ["Ignore", "Show"]
        changed = applied(text, actions[0].edit).splitlines()
        assert "palint: ignore" in changed[found.range.start.line]
        assert "palint: ignore" not in changed[1 - found.range.start.line]
    assert await session.actions("places.py", first, []) == []
    assert await session.actions("never-opened.py", first) == []


@in_one_loop
async def test_severity_and_related_places_are_the_reports(session: Session) -> None:
    step = "    steps:\n      - run: make\n        env:\n          TOKEN: ${{ secrets.DEPLOY_TOKEN }}\n"
    path = ".github/workflows/severity.yml"
    (warning,) = await session.open(path, f"on: push\njobs:\n  a:\n    runs-on: x\n{step}")
    assert (warning.code, warning.severity) == ("github-secret", types.DiagnosticSeverity.Warning)
    text = CALLEE.replace("workflow_call", "push\npermissions:\n  contents: read")
    (error,) = await session.open(".github/workflows/related.yml", text)
    assert (error.code, error.severity) == ("workflow-id-token", types.DiagnosticSeverity.Error)
    assert error.related_information
    related = error.related_information[0]
    assert related.location.uri.endswith("/.github/workflows/related.yml") and related.message
    lines = text.splitlines()
    assert lines[related.location.range.start.line].strip() == "deploy:"


@in_one_loop
async def test_closing_a_document_clears_its_findings(session: Session) -> None:
    text = f'TOKEN = "{generate("{github_token}")}"\n'
    assert len(await session.open("closed.py", text)) == 1
    session.close("closed.py")
    assert await session.next("closed.py") == []
    await session.save("closed.py", text)  # no longer open: not checked
    assert len(await session.open("closed.py", text)) == 1
    assert session.waiting("closed.py") == 0


@in_one_loop
async def test_a_closed_workflow_is_shown_as_it_is_on_disk(session: Session) -> None:
    path = ".github/workflows/on-disk.yml"
    bad = CALLEE.replace("workflow_call", "push\npermissions:\n  contents: read")
    session.repo.write(path, bad)
    assert await session.open(path, NO_ROLE.replace("workflow_call", "push")) == []
    session.close(path)
    assert [found.code for found in await session.next(path)] == ["workflow-id-token"]


@in_one_loop
async def test_a_saved_document_is_checked_at_once(session: Session) -> None:
    """Also one that did not change: another file may have."""
    text = f'TOKEN = "{generate("{github_token}")}"\n'
    assert len(await session.open("saved.py", text)) == 1
    await session.save("saved.py", text)
    assert len(await session.next("saved.py")) == 1


@in_one_loop
async def test_a_problem_is_shown_once_until_it_is_gone(session: Session) -> None:
    def shown() -> int:
        return sum("palint.toml:1" in message.message for message in session.client.messages)

    before = shown()
    await session.open("problem.py", "")
    await session.save("palint.toml", "ignore = 4\n")
    await session.next("problem.py")
    assert shown() == before + 1
    await session.change("problem.py", "x = 1\n")
    assert shown() == before + 1
    await session.save("palint.toml", "")
    await session.next("problem.py")
    await session.save("palint.toml", "ignore = 4\n")
    await session.next("problem.py")
    assert shown() == before + 2
    await session.save("palint.toml", "")
    await session.next("problem.py")


@pytest.mark.parametrize(
    ("only", "quick", "fix_all"),
    [
        (None, True, True),
        ([], False, False),
        (["quickfix"], True, False),
        (["quick"], False, False),
        (["source"], False, True),
        (["source.fixAll"], False, True),
        (["source.fixAll.palint"], False, True),
        (["source.fixAll.palint.more"], False, False),
        (["source.fixAl"], False, False),
        (["refactor", types.CodeActionKind.QuickFix], True, False),
    ],
)
def test_a_kind_of_action_includes_those_below_it(
    only: list[types.CodeActionKind | str] | None, quick: bool, fix_all: bool
) -> None:
    wanted = protocol.kind_filter(only)
    assert wanted(types.CodeActionKind.QuickFix) is quick and wanted(protocol.FIX_ALL) is fix_all


@pytest.mark.parametrize("editor", EDITORS)
@in_one_loop
async def test_the_rule_is_shown_in_a_browser_or_a_message(editor: str, tmp_path: Path) -> None:
    link = "https://palint.example/rules/hardcoded-secret/"
    async with serve_here(Repository(tmp_path / "shop"), editor) as session:
        await session.client.workspace_execute_command_async(
            types.ExecuteCommandParams("palint.showRule", [link])
        )
        await session.open("a.py", "")  # what was sent before has arrived
        documents = [(document.uri, document.external) for document in session.client.shown_documents]
        messages = [(message.message, message.type) for message in session.client.messages]
        in_message = editor == "emacs"
        assert documents == ([] if in_message else [(link, True)])
        assert messages == ([(link, types.MessageType.Info)] if in_message else [])


@in_one_loop
async def test_a_workflow_is_judged_with_those_that_call_it(session: Session) -> None:
    """The caller is not open: its findings come and go with the text of the callee in the editor."""
    caller, callee = ".github/workflows/ship.yml", ".github/workflows/deploy.yml"
    session.repo.write(caller, CALLER)
    session.repo.write(callee, NO_ROLE)
    session.repo.write(".github/workflows/no-text.yml", b"\0\1")
    await session.open(callee, CALLEE)
    assert [f.code for f in await session.next(caller)] == ["workflow-id-token"]
    await session.change(callee, NO_ROLE)
    assert await session.next(caller) == []


@in_one_loop
async def test_settings_and_baseline_are_read_again(tmp_path: Path) -> None:
    text = f'TOKEN = "{generate("{github_token}")}"\n'
    async with serve_here(Repository(tmp_path / "shop")) as session:
        assert len(await session.open("settings.py", text)) == 1
        await session.save("palint.toml", 'ignore = ["hardcoded-secret"]\n')
        assert await session.next("settings.py") == []
        await session.save("palint.toml", "ignore = 3\n")
        await session.next("settings.py")
        assert any("palint.toml:1" in message.message for message in session.client.messages)
        await session.save("palint.toml", "")
        assert len(await session.next("settings.py")) == 1
        session.repo.write("settings.py", text)
        session.repo.palint("baseline")
        await session.save("palint-baseline.jsonl", (session.repo.path / "palint-baseline.jsonl").read_text())
        assert await session.next("settings.py") == []


CRASHING = '''
import os, signal
from palint.rule import Clause, Rule

class CrashingRule(Rule):
    """A rule that ends its process."""
    clause = Clause.NONE
    keywords = ("CRASH",)

    def check(self, file, project):
        os.kill(os.getpid(), signal.SIGKILL)
        return ()
'''


@in_one_loop
async def test_a_crash_costs_one_answer(tmp_path: Path) -> None:
    """Of a rule in its worker, and of the checking process itself; the server goes on."""
    package = tmp_path / "installed" / "crashing_rules"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('RULES = ("crashing_rules.crashing_rule:CrashingRule",)\n')
    (package / "crashing_rule.py").write_text(CRASHING)
    metadata = tmp_path / "installed" / "crashing-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Name: crashing\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[palint.rules]\ncrashing = crashing_rules\n")
    path = os.pathsep.join(filter(None, [str(package.parent), os.environ.get("PYTHONPATH")]))
    async with serve(Repository(tmp_path / "shop"), environment={"PYTHONPATH": path}) as made:
        assert await made.open("a.py", "# CRASH\n") == []
        assert any("a.py" in message.message for message in made.client.messages)
        token = f'TOKEN = "{generate("{github_token}")}"\n'
        assert len(await made.change("a.py", token)) == 1
        checking = _checking_process(made.client)
        os.kill(checking, signal.SIGKILL)
        while _is_running(checking):
            await asyncio.sleep(0.01)
        assert await made.change("a.py", "\n") == []


def _is_running(pid: int) -> bool:
    """Whether a process has not ended, not even as one for which its parent did not wait yet."""
    command = ["ps", "-p", str(pid), "-o", "stat="]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    return made.stdout.strip()[:1] not in ("", "Z")


def _checking_process(client: LanguageClient) -> int:
    """The checking process below the server."""
    assert client._server
    command = ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    below, found = {client._server.pid}, 0
    for line in sorted(listing.stdout.splitlines(), key=lambda x: int(x.split()[0])):
        pid, parent, args = line.split(None, 2)
        if int(parent) in below:
            below.add(int(pid))
            found = int(pid) if "answer_requests" in args else found
    assert found
    return found


@in_one_loop
async def test_nothing_is_imported_from_the_repository(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "shop")
    for name in ("json", "pickle", "palint", "asyncio", "sitecustomize"):
        repo.write(f"{name}.py", f"open({str(tmp_path / 'imported')!r}, 'a').write({name!r})\n")
    async with serve(repo) as made:
        assert await made.open("a.py", "") == []
    assert not (tmp_path / "imported").exists()


@in_one_loop
async def test_a_document_that_is_no_file_is_left_alone(session: Session) -> None:
    client, document = session.client, types.TextDocumentIdentifier("untitled:Untitled-1")
    item = types.TextDocumentItem(document.uri, "plaintext", 1, generate("{github_token}"))
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    change = types.TextDocumentContentChangeWholeDocument(item.text + " ")
    versioned = types.VersionedTextDocumentIdentifier(2, document.uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(versioned, [change]))
    client.text_document_did_save(types.DidSaveTextDocumentParams(document))
    place = types.HoverParams(document, types.Position(0, 0))
    assert await client.text_document_hover_async(place) is None
    client.text_document_did_close(types.DidCloseTextDocumentParams(document))
    assert document.uri not in client.diagnostics


def test_a_capability_may_be_missing_at_each_step() -> None:
    server = protocol.build("1", ())
    full = types.ClientCapabilities(window=types.WindowClientCapabilities(
        show_document=types.ShowDocumentClientCapabilities(support=True)
    ))  # fmt: skip
    for given, expected in (
        (types.ClientCapabilities(), False),
        (types.ClientCapabilities(window=types.WindowClientCapabilities()), False),
        (full, True),
    ):
        server.protocol.client_capabilities = given
        assert server.supports("window.show_document.support") is expected


def test_without_its_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "palint.lsp.server")
    monkeypatch.setitem(sys.modules, "lsprotocol", None)
    with pytest.raises(UsageError) as raised:
        cli.server()
    text = "the language server needs the package lsprotocol: pip install 'palint[lsp]'"
    assert str(raised.value) == text


def test_a_message_that_is_not_valid_is_no_bug_of_palints(monkeypatch: pytest.MonkeyPatch) -> None:
    """A negative line, say: neither kind shows the exception's text, which may quote a file."""
    server = protocol.build("1", ())
    shown: list[str] = []
    monkeypatch.setattr(server, "window_show_message", lambda params: shown.append(params.message))
    for error in (JsonRpcInvalidParams(message="quoted"), ValueError("quoted")):
        server.report_server_error(error, None)
    assert ["a bug in palint" in message for message in shown] == [False, True]
    for body in (b"[]", b"{", b'{"jsonrpc": "2.0", "id": [1], "method": 5}', b"[" * 50_000):
        data = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        reader = io_.StdinAsyncReader(BytesIO(data))
        asyncio.run(io_.run_async(Event(), reader, server.protocol, None, server.report_server_error))
    assert len(shown) == 6 and not any("a bug in palint" in message for message in shown[2:])
    assert not any("quoted" in message for message in shown)
