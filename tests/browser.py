"""A headless Chromium for tests, spoken to over its DevTools pipe: no driver and no package is needed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

# Debian's name, and those on GitHub's runners.
PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_TIMEOUT = 60.0  # seconds for one command, also on a machine that does much else


def environment(folder: Path) -> dict[str, str]:
    """The variables for a browser with its home in `folder`: its crash reporter writes there."""
    return {**os.environ, "HOME": str(folder)}


class Browser:
    """One page in its own Chromium process, whose profile and home are in `folder`."""

    def __init__(self, folder: Path) -> None:
        assert PROGRAM
        to_browser, commands = os.pipe()
        answers, from_browser = os.pipe()
        # The pipe must be the child's descriptors 3 and 4: https://chromedevtools.github.io/devtools-protocol
        script = f'exec "$0" "$@" 3<&{to_browser} 4>&{from_browser}'
        arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={folder / 'profile'}", "about:blank",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, PROGRAM, *arguments],
            pass_fds=(to_browser, from_browser),
            env=environment(folder),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        self._commands, self._answers, self._read, self._id = commands, answers, b"", 0
        self._session: str | None = None
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def close(self) -> None:
        """End the process."""
        self._session = None
        self._send("Browser.close")
        self._process.wait(_TIMEOUT)
        os.close(self._commands)
        os.close(self._answers)

    def open(self, url: str, width: int) -> None:
        """Load a page in a window of a width in CSS pixels, and wait for it."""
        self._send(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        self._send("Page.navigate", url=url)
        self.wait_for(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        made = self._send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in made, made["exceptionDetails"]
        return made["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _TIMEOUT
        while not self.run(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(0.05)

    def prefer(self, scheme: str) -> None:
        """`light` or `dark`, as the system would say."""
        self._send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def type(self, text: str) -> None:
        """Write into the field that has the focus."""
        self._send("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        """What the window shows, as a PNG file."""
        path.write_bytes(base64.b64decode(self._send("Page.captureScreenshot")["data"]))

    def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        self._id += 1
        message = {"id": self._id, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive(time.monotonic() + _TIMEOUT)
            if answer.get("id") == self._id:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, end - time.monotonic()))
            data = os.read(self._answers, 1 << 20) if ready else b""
            assert data, "the browser does not answer"
            self._read += data
        message, _, self._read = self._read.partition(b"\0")
        made: dict[str, Any] = json.loads(message)
        return made
