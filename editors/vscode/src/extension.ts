import { commands, type ExtensionContext, workspace } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";
import { launch } from "./launch";

let client: LanguageClient | undefined;

/** Start `palint server`, and again when the program's path changes or `palint: Restart server` is run. */
export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("palint.restart", restart),
    workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration("palint.path")) {
        await restart();
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function restart(): Promise<void> {
  await client?.stop();
  await start();
}

async function start(): Promise<void> {
  const command = workspace.getConfiguration("palint").get("path", "palint");
  client = new LanguageClient(
    "palint",
    "palint",
    launch(command),
    // The server tells which files it watches; every text is checked, whatever its language.
    { documentSelector: [{ scheme: "file" }] },
  );
  await client.start();
}
