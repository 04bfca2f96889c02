"""How long the language server takes from a saved change to its diagnostics: `python bench/server.py [RUNS]`.

The editor's side is a client in this process; the server is the program. A Python file and a workflow of 500
lines, in a repository with 20 other workflows of 100 lines; the first five answers are warm-up.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lsprotocol import types
from pygls.lsp.client import LanguageClient

WARM_UP = 5
PALINT = Path(sys.executable).parent / "palint"
FUNCTION = """\
def read_{0}(bucket, key="name-{0}"):
    client = boto3.client("s3")
    return client.get(bucket, key)

"""
PYTHON = "import boto3\n\n" + "".join(FUNCTION.format(n) for n in range(124))
STEP = """\
      - name: step {0}
        run: |
          echo {0}
          make target-{0}
"""
HEAD = "on: push\npermissions:\n  contents: read\njobs:\n  build:\n    runs-on: ubuntu-24.04\n    steps:\n"
WORKFLOW, OTHER_WORKFLOW = (HEAD + "".join(STEP.format(n) for n in range(steps)) for steps in (123, 23))


async def measure(folder: Path, name: str, text: str, runs: int) -> list[float]:
    """Seconds from a save to the diagnostics, for each run."""
    client = LanguageClient("bench", "1")
    answered: asyncio.Queue[float] = asyncio.Queue()
    uri = (folder / name).as_uri()

    @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    def published(params: types.PublishDiagnosticsParams) -> None:
        if params.uri == uri:
            answered.put_nowait(time.perf_counter())

    await client.start_io(str(PALINT), "server")
    capabilities = types.ClientCapabilities()
    await client.initialize_async(types.InitializeParams(capabilities, root_uri=folder.as_uri()))
    client.initialized(types.InitializedParams())
    document = types.TextDocumentItem(uri, "text", 0, text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(document))
    await answered.get()
    took = []
    for version in range(1, runs + WARM_UP + 1):
        end = types.Position(len(text.splitlines()), 0)
        change = types.TextDocumentContentChangePartial(types.Range(end, end), f"# {version}\n")
        identifier = types.VersionedTextDocumentIdentifier(version, uri)
        started = time.perf_counter()
        client.text_document_did_change(types.DidChangeTextDocumentParams(identifier, [change]))
        saved = types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
        client.text_document_did_save(saved)
        took.append(await answered.get() - started)
        await asyncio.sleep(0.05)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return took[WARM_UP:]


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        subprocess.run(["git", "init", "--quiet", name], check=True)
        workflows = folder / ".github" / "workflows"
        workflows.mkdir(parents=True)
        for n in range(20):
            (workflows / f"w{n}.yml").write_text(OTHER_WORKFLOW)
        for path, text in (("app.py", PYTHON), (".github/workflows/deploy.yml", WORKFLOW)):
            (folder / path).write_text(text)
            took = asyncio.run(measure(folder, path, text, runs))
            middle, most = 1000 * statistics.median(took), 1000 * statistics.quantiles(took, n=10)[-1]
            lines = text.count("\n")
            print(f"{path}: {lines} lines: median {middle:.0f} ms, 9 in 10 within {most:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
