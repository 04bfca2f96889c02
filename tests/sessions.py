"""Run the console sessions of a page of docs/, in order, in one shell, and compare what they print."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from .conftest import PALINT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:#|//) ([\w./-]+\.\w+)\n")
_MARK = "\x01"


class Command(NamedTuple):
    """A command, and the lines that the page shows below it.

    `…` stands for any text, alone on a line for any lines.
    """

    text: str
    shown: list[str]


def commands(page: str) -> list[Command]:
    """The commands of a page, in order. A block of another language that begins with a comment naming a file
    becomes a command that writes the file."""
    found: list[Command] = []
    for language, body in _BLOCK.findall(page):
        named = _FILE.match(body)
        if language != "console" and named:
            found.append(Command(f"cat > {named[1]} <<'PAGE'\n{body}PAGE", []))
        elif language == "console":
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                text, _, shown = re.sub(r"\\\n", "", part).partition("\n")
                found.append(Command(text, shown.splitlines()))
    return found


def run(page: Path, folder: Path) -> None:
    """Run a page's commands in a folder; an assertion fails where a command shows something else."""
    for command, output in _outputs(page, folder):
        assert "Traceback" not in output and "a bug in palint" not in output, output
        assert _matches(command, output), f"{page.name}: `$ {command.text}` shows\n{output}"


def refresh(page: Path, folder: Path) -> None:
    """Run a page's commands in a folder and write what they print now where the page shows something else."""
    text = page.read_text("utf-8")
    for command, output in _outputs(page, folder):
        if not _matches(command, output):
            old = "".join(f"{line}\n" for line in command.shown)
            text = text.replace(old, re.sub(r"[ \t]+$", "", output.strip("\n"), flags=re.MULTILINE) + "\n", 1)
    page.write_text(text, "utf-8")


def _outputs(page: Path, folder: Path) -> list[tuple[Command, str]]:
    listed = commands(page.read_text("utf-8"))
    script = "".join(
        f"__code=$?; printf '\\n{_MARK}'; (exit $__code)\n{command.text}\n" for command in listed
    )
    env = {**os.environ, "PATH": f"{PALINT.parent}:{os.environ['PATH']}", "HOME": str(folder.parent)}
    made = subprocess.run(
        ["bash", "--noprofile", "--norc", "-c", script],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    outputs = made.stdout.split(f"\n{_MARK}")[1:]
    assert len(outputs) == len(listed), made.stdout
    return list(zip(listed, outputs, strict=True))


def _matches(command: Command, output: str) -> bool:
    pattern = "".join(map(_pattern, command.shown))
    return not command.shown or re.fullmatch(pattern, _settled(output.rstrip("\n") + "\n")) is not None


def _pattern(line: str) -> str:
    """What a line of the page matches: `…` alone stands for any lines, in a line for any text."""
    if line.strip() == "…":
        return r"(?:.*\n)*?"
    return ".*".join(map(re.escape, _settled(line).split("…"))) + r"\n"


def _settled(text: str) -> str:
    """Text without what differs from run to run: seconds, temporary folders, spaces at a line's end."""
    text = re.sub(r"\d+\.\d s\b", "0.0 s", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
