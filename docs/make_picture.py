"""Draw docs/palint.svg: what palint really prints on a small repository. `python docs/make_picture.py`."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from palint.testing import write

ROOT = Path(__file__).parent.parent
PALINT = os.path.join(os.path.dirname(sys.executable), "palint")
WIDTH = 100  # cells
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


def main() -> int:
    with tempfile.TemporaryDirectory() as root:
        for path, text in FILES.items():
            write(root, path, text)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        # The name of the folder is in some messages, and must be the same each time.
        made = subprocess.run(
            [PALINT, "--color", "always"],
            cwd=root,
            env={**os.environ, "COLUMNS": str(WIDTH)},
            capture_output=True,
            text=True,
            check=False,
        )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi("$ palint\n" + made.stdout.replace(os.path.basename(root), "api")))
    console.save_svg(str(ROOT / "docs" / "palint.svg"), title="palint")
    return 0


if __name__ == "__main__":
    sys.exit(main())
