"""Draw docs/palint.svg: what palint prints on a small repository. `python docs/make_picture.py`.

It depends on palint's output alone: it loads no font, and shows nothing of the machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from palint.testing import write

PICTURE = Path(__file__).with_name("palint.svg")
COLUMNS = 100
CELL, LINE, SIZE, MARGIN, BAR = 8.4, 18, 14, 16, 34  # pixels: a column, a line, the font, the edge, the title
# {SGR parameters (ECMA-48) that palint prints: style}, on a dark background in both themes of the site.
STYLES = {
    "1": "font-weight:700;fill:#fff",
    "2": "fill:#8b949e",
    "32": "fill:#7ee787",
    "34": "fill:#79c0ff",
    "36": "fill:#76e3ea",
    "1;31": "font-weight:700;fill:#ff7b72",
    "1;32": "font-weight:700;fill:#7ee787",
    "1;33": "font-weight:700;fill:#e3b341",
    "1;34": "font-weight:700;fill:#79c0ff",
}
FILES = {
    "api/storage.py": 'import boto3\n\ns3 = boto3.client("s3", aws_access_key_id="{aws_access_key_id}",\n'
    '                  aws_secret_access_key="{aws_secret_access_key}")\n',
    ".github/workflows/release.yml": """\
on: push
permissions:
  contents: read
jobs:
  deploy:
    uses: ./.github/workflows/deploy.yml
""",
    ".github/workflows/deploy.yml": """\
on: workflow_call
jobs:
  upload:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: eu-west-2
""",
}


def output() -> str:
    """What palint prints on the repository, with its colours."""
    bin_ = os.path.dirname(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        root = os.path.join(folder, "api")  # fixes name it
        for path, text in FILES.items():
            write(root, path, text)
        env = {
            "PATH": os.pathsep.join((bin_, os.environ.get("PATH", os.defpath))),  # so that it is `palint`
            "HOME": folder,
            "COLUMNS": str(COLUMNS),
            "PYTHONUTF8": "1",
        }
        subprocess.run(["git", "init", "-q"], cwd=root, env=env, check=True)
        palint = [os.path.join(bin_, "palint"), "--color", "always"]
        done = subprocess.run(palint, cwd=root, env=env, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 1:
        raise RuntimeError(done.stderr)
    return done.stdout


def draw(text: str) -> str:
    """A terminal with the text, which may have colours, as an SVG document."""
    lines = text.rstrip("\n").split("\n")
    columns = max(len(_SGR.sub("", line)) for line in lines)
    width, height = round(columns * CELL + 2 * MARGIN), BAR + len(lines) * LINE + MARGIN
    classes = {style: f"s{number}" for number, style in enumerate(STYLES)}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>A palint report in a terminal</title>",
        f"<style>text{{font:{SIZE}px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;"
        "fill:#d1d7e0;white-space:pre}",
        *(f".{classes[style]}{{{css}}}" for style, css in STYLES.items()),
        "</style>",
        f'<rect width="{width}" height="{height}" rx="10" fill="#0d1117"/>',
        *(f'<circle cx="{20 + 20 * i}" cy="17" r="6" fill="{c}"/>' for i, c in enumerate(_BUTTONS)),
    ]
    for number, line in enumerate(lines):
        y = BAR + number * LINE + SIZE
        for column, style, word in _pieces(line):
            # The width is fixed, so that every font keeps the columns.
            name = f' class="{classes[style]}"' if style else ""
            parts.append(
                f'<text x="{MARGIN + column * CELL:.1f}" y="{y}" textLength="{len(word) * CELL:.1f}"{name}>'
                f"{escape(word)}</text>"
            )
    return "\n".join((*parts, "</svg>")) + "\n"


_SGR = re.compile(r"\x1b\[([\d;]*)m")  # sets a style until the next one
_BUTTONS = ("#ff5f57", "#febc2e", "#28c840")


def _pieces(line: str) -> Iterator[tuple[int, str, str]]:
    """(column, SGR parameters, text) of each run of one style in a line, without the blanks around it."""
    column, style = 0, ""
    for number, piece in enumerate(_SGR.split(line)):
        if number % 2:
            style = "" if piece in ("", "0") else piece
        elif piece.strip():
            yield column + len(piece) - len(piece.lstrip()), style, piece.strip()
        column += 0 if number % 2 else len(piece)


def picture() -> str:
    """The picture, drawn anew."""
    return draw("$ palint\n" + output())


if __name__ == "__main__":
    PICTURE.write_text(picture(), "utf-8", newline="\n")
