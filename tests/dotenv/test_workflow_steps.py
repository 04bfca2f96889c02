"""Workflow steps that use a dotenv file."""

from __future__ import annotations

import time

import pytest

from palint.dotenv import workflow_steps
from palint.text.source import SourceFile

JOB = "on: push\njobs:\n  a:\n    env: {OUTER: '${{ secrets.OUTER }}', PLAIN: x}\n    steps:\n"


def uses(text: str, path: str = ".github/workflows/a.yml") -> list[tuple[str, str]]:
    """(the place's text, the message) of each use."""
    file = SourceFile(path, text.encode())
    return [(file.text[use.start : use.end], use.message) for use in workflow_steps.find_uses(file)]


def run(*lines: str) -> str:
    return JOB + "      - run: |\n" + "".join(f"          {line}\n" for line in lines)


WRITES = {
    "echo": run("echo A=${{ secrets.A }} >> .env"),
    "first of several": run("rm -f .env", "echo P=1 > .env", "echo A=${{ secrets.A }} >>.env"),
    "quoted path": run('echo "${{ secrets.A }}" > "$HOME/app/.env"'),
    "another name": run("echo ${{ secrets.A }} > backend/.env.production"),
    "expression in the path": run("echo ${{ secrets.A }} > ${{ github.workspace }}/.env"),
    "tee": run('echo "${{ secrets.A }}" | sudo tee -a /srv/.env'),
    "here-document": run("cat > .env << 'EOF'", "P=1", "A=${{ secrets.A }}", "EOF"),
    "here-document first": run("cat <<-EOF > .env", "A=${{ secrets.A }}", "EOF"),
    "over ssh": run("ssh host \"cat > ~/.env << 'EOF'", "${{ secrets.A }}", 'EOF"'),
    "block": run("{", "  echo A=${{ secrets.A }}", "} > .env"),
    "loop": run("for x in a b; do", "  echo $x=${{ secrets.A }}", "done > .env"),
    "continued": run("printf '%s' \\", "  '${{ secrets.A }}' \\", "  > .env"),
    "quoted over lines": run('echo "A=${{ secrets.A }}', 'B=1" > .env'),
    "by environment": run("echo A=$OUTER > .env"),
    "by step's environment": run("echo A=${INNER} > .env") + "        env: {INNER: '${{ secrets.I }}'}\n",
    "by variable": run("X=$(echo ${{ secrets.A }} | base64 -d)", 'echo "A=$X" > .env'),
    "whole environment": run("printenv | grep ^APP_ > .env"),
    "template": run("envsubst < env.tmpl > .env"),
    "from Secrets Manager": run("aws secretsmanager get-secret-value --secret-id x | jq -r .y > .env"),
    "sed over lines": run("sed -i \\", "  -e 's/KEY=.*/KEY=${{ secrets.A }}/' \\", "  app/.env"),
    "named by a variable": run("FILE=backend/.env", 'echo "A=${{ secrets.A }}" >> "$FILE"'),
    "named by the environment": run("echo ${{ secrets.A }} > ${FILE}") + "        env: {FILE: app/.env}\n",
    "capitals": run("echo ${{ secrets.A }} > .ENV"),
    "output": run("gpg --decrypt --passphrase=$OUTER --output .env .env.gpg"),
    "here-string": run('base64 -d <<< "${{ secrets.A }}" > .env'),
    "Python": run(
        "python - <<'PY'",
        "import os",
        "open('.env', 'w').write(os.environ['OUTER'])",
        "PY",
        "echo $OUTER",
    ),
    "JavaScript": JOB + "      - uses: actions/github-script@v7\n        with:\n          script: |\n"
    "            const text = '${{ secrets.A }}'\n            fs.writeFileSync('.env', text)\n",
    "action with its name in the environment": JOB + "      - uses: finnp/create-file-action@v1\n"
    "        env: {FILE_NAME: .env, FILE_DATA: '${{ secrets.A }}'}\n",
    "sed": run("sed -i 's/KEY=.*/KEY=${{ secrets.A }}/' .env"),
    "PowerShell": run('Set-Content -Path .env -Value "A=$env:OUTER"'),
    "ssh action": JOB + "      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n"
    "            echo '${{ secrets.A }}' > .env\n",
    "action made for it": JOB
    + "      - uses: SpicyPizza/create-envfile@v2\n        with: {envkey_A: '${{ secrets.A }}'}\n",
    "action that takes its name": JOB
    + "      - uses: acme/write@v1\n        with: {path: app/.env, contents: '${{ secrets.A }}'}\n",
}


@pytest.mark.parametrize("name", WRITES)
def test_each_form(name: str) -> None:
    assert any(".env" in message.lower() for _, message in uses(WRITES[name]))


NONE = {
    "GITHUB_ENV": run('echo "A=${{ secrets.A }}" >> $GITHUB_ENV', 'echo "A=$OUTER" >> "$GITHUB_ENV"'),
    "example": run("echo A=${{ secrets.A }} > .env.example"),
    "comment": run("# echo A=${{ secrets.A }} > .env"),
    "another file": run("echo ${{ secrets.A }} > key.pem", "echo ${{ secrets.A }} > env.ts"),
    "odd": JOB + "      - {run: [x], with: 5, env: [a]}\n",
    "nothing": "on: push\njobs: null\n",
}


@pytest.mark.parametrize("name", NONE)
def test_steps_that_use_no_dotenv_file(name: str) -> None:
    assert uses(NONE[name]) == []


def test_a_composite_action() -> None:
    text = "runs:\n  using: composite\n  steps:\n    - run: echo ${{ secrets.A }} > .env\n"
    assert len(uses(text, "action.yml")) == 1


@pytest.mark.parametrize(
    "line", ["cat > .env <<EOF", "} > .env", 'echo "x > .env', "> " * 2000, "$a" * 3000, "tee " * 2000]
)
def test_many_lines_cost_little(line: str) -> None:
    begin = time.process_time()
    uses(run(*[line] * (100_000 // len(line))))
    assert time.process_time() - begin < 5
