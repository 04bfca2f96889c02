// The Node.js client library that the extension uses, against the real `palint server` (PALINT names it).
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import {
  CodeActionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializedNotification,
  InitializeRequest,
  PublishDiagnosticsNotification,
  ShutdownRequest,
} from "vscode-languageserver-protocol/node";

const source = new URL("../src/launch.ts", import.meta.url).pathname;
const built = buildSync({ entryPoints: [source], format: "esm", write: false }).outputFiles[0].text;
const { launch } = await import(`data:text/javascript,${encodeURIComponent(built)}`);
const folder = mkdtempSync(join(tmpdir(), "palint-"));
const uri = pathToFileURL(join(folder, ".github", "workflows", "deploy.yml")).href;
const workflow = `on: push
permissions:
  contents: read
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-2
`;
let server;
let connection;
let published;

/** Resolves with the next diagnostics of the workflow. */
function nextDiagnostics() {
  return new Promise((resolve) => {
    published = resolve;
  });
}

before(async () => {
  execFileSync("git", ["init", "--quiet", folder]);
  writeFileSync(join(folder, "README.md"), "# shop\n");
  const mark = JSON.stringify(join(folder, "ran"));
  writeFileSync(join(folder, "sitecustomize.py"), `open(${mark}, "w").close()\n`);
  process.env.PYTHONPATH = folder; // as in an editor that was started from the project's shell
  const { command, args, options } = launch(process.env.PALINT ?? "palint");
  server = spawn(command, args, { ...options, cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  connection = createProtocolConnection(server.stdout, server.stdin);
  connection.onNotification(PublishDiagnosticsNotification.type, (params) => {
    if (params.uri === uri) {
      published?.(params.diagnostics);
    }
  });
  connection.listen();
  const result = await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: null,
    capabilities: { workspace: { workspaceEdit: { documentChanges: true } } },
  });
  assert.equal(result.serverInfo.name, "palint");
  await connection.sendNotification(InitializedNotification.type, {});
});

after(async () => {
  await connection.sendRequest(ShutdownRequest.type);
  await connection.sendNotification(ExitNotification.type);
  const code = await new Promise((resolve) => server.on("exit", resolve));
  connection.dispose();
  rmSync(folder, { recursive: true });
  assert.equal(code, 0);
});

test("a file that was never saved has a finding, a fix for it, and none once it is fixed", async () => {
  let coming = nextDiagnostics();
  await connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: "yaml", version: 1, text: workflow },
  });
  const [finding, ...others] = await coming;
  assert.equal(others.length, 0);
  assert.equal(finding.code, "workflow-id-token");
  assert.match(finding.codeDescription.href, /\/rules\/workflow-id-token/);

  const actions = await connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range: finding.range,
    context: { diagnostics: [finding], only: ["source.fixAll.palint"] },
  });
  const [edit] = actions[0].edit.documentChanges[0].edits;
  const lines = workflow.split("\n");
  const at = edit.range.start;
  assert.deepEqual(edit.range.end, at, "an insertion");
  lines[at.line] = lines[at.line].slice(0, at.character) + edit.newText + lines[at.line].slice(at.character);
  const fixed = lines.join("\n");
  assert.match(fixed, /id-token: write/);

  coming = nextDiagnostics();
  await connection.sendNotification(DidChangeTextDocumentNotification.type, {
    textDocument: { uri, version: 2 },
    contentChanges: [{ text: fixed }],
  });
  assert.deepEqual(await coming, []);
});

test("no code of the project runs where PYTHONPATH names its folder", () => {
  assert.equal(existsSync(join(folder, "ran")), false);
});
