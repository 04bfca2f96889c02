"""The protocol: documents in; diagnostics, code actions and hovers out. Another process checks."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterable, Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcMethodNotFound
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from palint.lsp.messages import CheckRequest, FileReport, Item, Range, TextChange
from palint.lsp.process import CheckingProcess

FIX_ALL = "source.fixAll.palint"
SHOW_RULE = "palint.showRule"
_DELAY = 0.2  # seconds after the last keystroke until a changed document is checked
_WORKFLOWS = "/.github/"


class Server(LanguageServer):
    """Open documents, the times of their next checks, and the last findings of each file.

    settings_files: names of the files that, when they change, make every open document be checked again.
    """

    def __init__(self, version: str, settings_files: Sequence[str]) -> None:
        super().__init__("palint", version)
        self.process = CheckingProcess()
        self.settings_files = frozenset(settings_files)
        self.reports: dict[str, tuple[int | None, FileReport]] = {}
        self._uris: dict[str, str] = {}  # absolute path -> the client's own spelling of its URI
        self._due: dict[str, asyncio.TimerHandle] = {}
        self._shown: frozenset[str] = frozenset()
        self._running: set[asyncio.Task[None]] = set()

    def opened(self, uri: str) -> None:
        """Record that a document was opened, and check it at once."""
        if path := to_fs_path(uri):
            self._uris[path] = uri
            self.schedule(path, 0)

    def changed(self, uri: str) -> None:
        """Check a document when no one has typed for a moment."""
        path = to_fs_path(uri)
        if path in self._uris:
            self.schedule(path, _DELAY)

    def closed(self, uri: str) -> None:
        """Record that a document was closed, and clear its findings, except for workflows."""
        path = to_fs_path(uri)
        if path not in self._uris:
            return
        del self._uris[path]
        if timer := self._due.pop(path, None):
            timer.cancel()
        if _WORKFLOWS in path.replace(os.sep, "/"):
            self.schedule(path, 0)
        else:
            self._publish(FileReport(path), None)
            self.reports.pop(path, None)

    def changed_on_disk(self, uris: Iterable[str]) -> None:
        """Handle files that were saved or changed outside of open documents."""
        for path in filter(None, map(to_fs_path, uris)):
            if os.path.basename(path) in self.settings_files:
                self.schedule_all()
            if _WORKFLOWS in path.replace(os.sep, "/") or path in self._uris:
                self.schedule(path, 0)

    def schedule_all(self) -> None:
        """Check every open document."""
        for path in self._uris:
            self.schedule(path, 0)

    def schedule(self, path: str, delay: float) -> None:
        """Check a file after `delay` seconds, unless it is scheduled again before."""
        if timer := self._due.pop(path, None):
            timer.cancel()
        self._due[path] = asyncio.get_running_loop().call_later(delay, self._begin)

    def _begin(self) -> None:
        task = asyncio.get_running_loop().create_task(self._check_due())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _check_due(self) -> None:
        now = asyncio.get_running_loop().time()
        due = [path for path, timer in self._due.items() if timer.when() <= now]
        for path in due:
            del self._due[path]
        if due:
            await self.check(due)

    async def check(self, paths: Sequence[str]) -> None:
        """Check files and publish the findings, except for documents that changed in the meantime."""
        documents = {path: self.workspace.get_text_document(uri) for path, uri in self._uris.items()}
        versions = {path: document.version for path, document in documents.items()}
        buffers = {path: document.source for path, document in documents.items()}
        encoding = types.PositionEncodingKind(self.workspace.position_encoding).value
        answer = await self.process.ask(CheckRequest(tuple(paths), buffers, encoding))
        self._show(answer.problems)
        for report in answer.files:
            if versions.get(report.path) == self._version(report.path):
                self._publish(report, versions.get(report.path))

    async def report(self, uri: str) -> FileReport | None:
        """The findings in a document as it is now."""
        path = to_fs_path(uri)
        if path not in self._uris:
            return None
        version, report = self.reports.get(path, (None, None))
        if report is None or version != self._version(path):
            await self.check([path])
            version, report = self.reports.get(path, (None, None))
        return report if version == self._version(path) else None

    def uri(self, path: str) -> str:
        """A file's URI, as the client spells it if the file is open."""
        return self._uris.get(path) or str(from_fs_path(path))

    def edit(self, changes: Iterable[TextChange]) -> types.WorkspaceEdit:
        """A workspace edit with changes to the versions that were checked."""
        by_path: dict[str, list[types.TextEdit]] = {}
        for change in changes:
            by_path.setdefault(change.path, []).append(
                types.TextEdit(to_lsp_range(change.range), change.text)
            )
        if not self.supports("workspace.workspace_edit.document_changes"):
            return types.WorkspaceEdit(changes={self.uri(path): edits for path, edits in by_path.items()})
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(self.uri(path), self._version(path)),
                    edits,
                )
                for path, edits in by_path.items()
            ]
        )

    def supports(self, capability: str) -> bool:
        """Whether the client has a capability, named by its path: `window.show_document.support`."""
        value: object = self.client_capabilities
        for name in capability.split("."):
            value = getattr(value, name, None)
        return bool(value)

    def report_server_error(self, error: Exception, source: object) -> None:
        """Show that something failed, without the exception's message, which may quote a file.

        source: what was done; pygls has JsonRpcException itself for a message that it could not read.
        """
        message = f"palint: a bug in palint: {type(error).__name__}. Please report it"
        if source is JsonRpcException or isinstance(error, JsonRpcInvalidParams | JsonRpcMethodNotFound):
            message = f"palint: the editor sent a message that is not valid: {type(error).__name__}"
        self.window_show_message(types.ShowMessageParams(types.MessageType.Error, message))

    def _version(self, path: str) -> int | None:
        uri = self._uris.get(path)
        return None if uri is None else self.workspace.get_text_document(uri).version

    def _publish(self, report: FileReport, version: int | None) -> None:
        self.reports[report.path] = (version, report)
        diagnostics = [self.diagnostic(item) for item in report.items]
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(self.uri(report.path), diagnostics, version)
        )

    def diagnostic(self, item: Item) -> types.Diagnostic:
        """A finding as the client shows it."""
        severity = types.DiagnosticSeverity
        return types.Diagnostic(
            range=to_lsp_range(item.range),
            message=item.message,
            severity=severity.Error if item.is_error else severity.Warning,
            code=item.rule,
            code_description=types.CodeDescription(item.link) if item.link else None,
            source="palint",
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(self.uri(place.path), to_lsp_range(place.range)), place.message
                )
                for place in item.related
            ],
        )

    def _show(self, problems: Sequence[str]) -> None:
        """Show each problem once, and again if it recurs."""
        for problem in problems:
            if problem not in self._shown:
                message = types.ShowMessageParams(types.MessageType.Warning, f"palint: {problem}")
                self.window_show_message(message)
        self._shown = frozenset(problems)


def build(version: str, settings_files: Sequence[str]) -> Server:
    """A server that is ready to start."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL)  # it logs messages, which contain text of files
    server = Server(version, settings_files)
    for register in (_register_documents, _register_actions, _register_hovers):
        register(server)
    return server


def _register_documents(server: Server) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        server.process.warm_up()
        if server.supports("workspace.did_change_watched_files.dynamic_registration"):
            names = [f"**/{name}" for name in sorted(server.settings_files)]
            watchers = [types.FileSystemWatcher(glob) for glob in (*names, "**/.github/**")]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            registration = types.Registration("palint-files", method, options)
            server.client_register_capability(types.RegistrationParams([registration]))

    @server.feature(types.SHUTDOWN)
    def shutdown(params: None) -> None:
        server.process.stop()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        server.opened(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        server.changed_on_disk([params.text_document.uri])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        server.closed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_files(params: types.DidChangeWatchedFilesParams) -> None:
        server.changed_on_disk(change.uri for change in params.changes)


def _register_actions(server: Server) -> None:
    kinds = [types.CodeActionKind.QuickFix, FIX_ALL]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=kinds))
    async def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
        report = await server.report(params.text_document.uri)
        if report is None:
            return []
        wanted = kind_filter(params.context.only)
        chosen = from_lsp_range(params.range)
        actions = []
        for item in report.items:
            if wanted(types.CodeActionKind.QuickFix) and item.range.touches(chosen):
                actions += _quick_fixes(server, item)
        if wanted(FIX_ALL) and report.fix_all:
            title = "Apply all safe fixes of palint"
            actions.append(types.CodeAction(title, FIX_ALL, edit=server.edit(report.fix_all)))
        return actions

    @server.command(SHOW_RULE)
    async def show_rule(link: str) -> None:
        if server.supports("window.show_document.support"):
            await server.window_show_document_async(types.ShowDocumentParams(link, external=True))
        else:
            server.window_show_message(types.ShowMessageParams(types.MessageType.Info, link))


def _register_hovers(server: Server) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        report = await server.report(params.text_document.uri)
        at = params.position
        point = Range(at.line, at.character, at.line, at.character)
        texts = [item.details for item in report.items if item.range.touches(point)] if report else []
        texts += [hover.text for hover in report.hovers if hover.range.touches(point)] if report else []
        if not texts:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "\n\n---\n\n".join(texts)))


def _quick_fixes(server: Server, item: Item) -> list[types.CodeAction]:
    """The actions for one finding: fix it, suppress it, show its rule."""
    diagnostics = [server.diagnostic(item)]
    quick = types.CodeActionKind.QuickFix
    actions = []
    if item.fix:
        title = f"Fix {item.rule}" if item.is_safe else f"Fix {item.rule} (may change what the code does)"
        edit = server.edit(item.fix)
        actions.append(types.CodeAction(title, quick, diagnostics, is_preferred=item.is_safe, edit=edit))
    if item.ignore is not None:
        title = f"Ignore {item.rule} here (then write the reason)"
        actions.append(types.CodeAction(title, quick, diagnostics, edit=server.edit([item.ignore])))
    if item.link:
        title = f"Show the rule {item.rule}"
        command = types.Command(title, SHOW_RULE, arguments=[item.link])
        actions.append(types.CodeAction(title, quick, diagnostics, command=command))
    return actions


def kind_filter(only: Sequence[types.CodeActionKind | str] | None) -> Callable[[str], bool]:
    """A function that tells whether the client requests a kind of actions, or one above it."""
    names = None if only is None else [str(getattr(kind, "value", kind)) for kind in only]

    def wanted(kind: str) -> bool:
        kind = str(getattr(kind, "value", kind))
        return names is None or any(kind == name or kind.startswith(f"{name}.") for name in names)

    return wanted


def to_lsp_range(place: Range) -> types.Range:
    """A range in the protocol's type."""
    return types.Range(
        types.Position(place.start_line, place.start_character),
        types.Position(place.end_line, place.end_character),
    )


def from_lsp_range(place: types.Range) -> Range:
    """A range from the protocol as plain data."""
    return Range(place.start.line, place.start.character, place.end.line, place.end.character)
