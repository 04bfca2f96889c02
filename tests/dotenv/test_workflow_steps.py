"""Workflow steps that write secrets into a dotenv file."""

from __future__ import annotations

import time

import pytest

from palint.dotenv import workflow_steps
from palint.text.source import SourceFile

JOB = "on: push\njobs:\n  a:\n    env: {OUTER: '${{ secrets.OUTER }}', PLAIN: x}\n    steps:\n"


def written(text: str, path: str = ".github/workflows/a.yml") -> list[tuple[str, str]]:
    """(the place's text, the message) of each write."""
    file = SourceFile(path, text.encode())
    return [(file.text[w.start : w.end], w.message) for w in workflow_steps.writes(file)]


def run(*lines: str) -> str:
    return JOB + "      - run: |\n" + "".join(f"          {line}\n" for line in lines)


WRITES = {
    "echo": (run("echo A=${{ secrets.A }} >> .env"), "echo A"),
    "first of several": (run("rm -f .env", "echo P=1 > .env", "echo A=${{ secrets.A }} >>.env"), "echo A"),
    "quoted path": (run('echo "${{ secrets.A }}" > "$HOME/app/.env"'), "echo"),
    "another name": (run("echo ${{ secrets.A }} > backend/.env.production"), "echo"),
    "expression in the path": (run("echo ${{ secrets.A }} > ${{ github.workspace }}/.env"), "echo"),
    "tee": (run('echo "${{ secrets.A }}" | sudo tee -a /srv/.env'), "echo"),
    "here-document": (run("cat > .env << 'EOF'", "P=1", "A=${{ secrets.A }}", "EOF"), "cat"),
    "here-document first": (run("cat <<-EOF > .env", "A=${{ secrets.A }}", "EOF"), "cat"),
    "over ssh": (run("ssh host \"cat > ~/.env << 'EOF'", "${{ secrets.A }}", 'EOF"'), "ssh"),
    "block": (run("{", "  echo A=${{ secrets.A }}", "} > .env"), "} >"),
    "loop": (run("for x in a b; do", "  echo $x=${{ secrets.A }}", "done > .env"), "done >"),
    "continued": (run("printf '%s' \\", "  '${{ secrets.A }}' \\", "  > .env"), "> .env"),
    "quoted over lines": (run('echo "A=${{ secrets.A }}', 'B=1" > .env'), "B=1"),
    "by environment": (run("echo A=$OUTER > .env"), "echo"),
    "by step's environment": (
        run("echo A=${INNER} > .env") + "        env: {INNER: '${{ secrets.I }}'}\n",
        "echo",
    ),
    "by variable": (run("X=$(echo ${{ secrets.A }} | base64 -d)", 'echo "A=$X" > .env'), "echo"),
    "whole environment": (run("printenv | grep ^APP_ > .env"), "printenv"),
    "template": (run("envsubst < env.tmpl > .env"), "envsubst"),
    "from Secrets Manager": (
        run("aws secretsmanager get-secret-value --secret-id x | jq -r .y > .env"),
        "aws",
    ),
    "sed over lines": (
        run("sed -i \\", "  -e 's/KEY=.*/KEY=${{ secrets.A }}/' \\", "  app/.env"),
        "app/.env",
    ),
    "named by a variable": (run("FILE=backend/.env", 'echo "A=${{ secrets.A }}" >> "$FILE"'), "echo"),
    "named by the environment": (
        run("echo ${{ secrets.A }} > ${FILE}") + "        env: {FILE: app/.env}\n",
        "echo",
    ),
    "capitals": (run("echo ${{ secrets.A }} > .ENV"), "echo"),
    "output": (run("gpg --decrypt --passphrase=$OUTER --output .env .env.gpg"), "gpg"),
    "here-string": (run('base64 -d <<< "${{ secrets.A }}" > .env'), "base64"),
    "folded": (
        JOB + "      - run: >\n          echo A=${{ secrets.A }}\n          B=1\n          C=2\n"
        "          > .env\n",
        "> .env",
    ),
    "Python": (
        run(
            "python - <<'PY'",
            "import os",
            "open('.env', 'w').write(os.environ['OUTER'])",
            "PY",
            "echo $OUTER",
        ),
        "open",
    ),
    "JavaScript": (
        JOB + "      - uses: actions/github-script@v7\n        with:\n          script: |\n"
        "            const text = '${{ secrets.A }}'\n            fs.writeFileSync('.env', text)\n",
        "fs.",
    ),
    "action with its name in the environment": (
        JOB + "      - uses: finnp/create-file-action@v1\n"
        "        env: {FILE_NAME: .env, FILE_DATA: '${{ secrets.A }}'}\n",
        "finnp",
    ),
    "sed": (run("sed -i 's/KEY=.*/KEY=${{ secrets.A }}/' .env"), "sed"),
    "PowerShell": (run('Set-Content -Path .env -Value "A=$env:OUTER"'), "Set-Content"),
    "ssh action": (
        JOB + "      - uses: appleboy/ssh-action@v1\n        with:\n          script: |\n"
        "            echo '${{ secrets.A }}' > .env\n",
        "echo",
    ),
    "action made for it": (
        JOB + "      - uses: SpicyPizza/create-envfile@v2\n        with: {envkey_A: '${{ secrets.A }}'}\n",
        "SpicyPizza",
    ),
    "action that takes its name": (
        JOB + "      - uses: acme/write@v1\n        with: {path: app/.env, contents: '${{ secrets.A }}'}\n",
        "acme/write",
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_each_form(name: str) -> None:
    text, place = WRITES[name]
    ((shown, message),) = written(text)
    assert shown.startswith(place), shown
    assert "writes secrets to `.env" in message.lower()


def test_every_dotenv_name_is_a_target() -> None:
    ((_, message),) = written(run("echo A=${{ secrets.A }} > web/.dev.vars"))
    assert message == "step 1 writes secrets to `.dev.vars`"


NONE = {
    "no secret": run("echo PORT=3000 > .env", "touch .env", "cat .env.example > .env"),
    "variable without one": run("echo A=$PLAIN > .env"),
    "GITHUB_ENV": run('echo "A=${{ secrets.A }}" >> $GITHUB_ENV', 'echo "A=$OUTER" >> "$GITHUB_ENV"'),
    "example": run("echo A=${{ secrets.A }} > .env.example"),
    "comment": run("# echo A=${{ secrets.A }} > .env"),
    "read": run("source .env", "docker compose --env-file .env up", "grep X .env"),
    "elsewhere on the line": run("deploy ${{ secrets.A }} > log.txt; cat .env"),
    "presence only": run("echo HAS=${{ secrets.A != '' }} > .env"),
    "read by code": run("python -c \"print(open('.env').read(), '$OUTER')\""),
    "a here-string that writes none": run('grep x <<< "EOF" > .env', "echo ${{ secrets.A }}"),
    "loaded by an action": JOB
    + "      - uses: aarcangeli/load-dotenv@v1\n        with: {x: '${{ secrets.A }}'}\n",
    "another file": run("echo ${{ secrets.A }} > key.pem", "echo ${{ secrets.A }} > env.ts"),
    "action without a secret": JOB
    + "      - uses: SpicyPizza/create-envfile@v2\n        with: {envkey_A: x}\n",
    "odd": JOB + "      - {run: [x], with: 5, env: [a]}\n",
    "nothing": "on: push\njobs: null\n",
}


@pytest.mark.parametrize("name", NONE)
def test_steps_that_write_no_dotenv_file(name: str) -> None:
    assert written(NONE[name]) == []


def test_a_composite_action() -> None:
    text = "runs:\n  using: composite\n  steps:\n    - run: echo ${{ secrets.A }} > .env\n"
    assert len(written(text, "action.yml")) == 1


@pytest.mark.parametrize(
    "line", ["cat > .env <<EOF", "} > .env", 'echo "x > .env', "> " * 2000, "$a" * 3000, "tee " * 2000]
)
def test_many_lines_cost_little(line: str) -> None:
    begin = time.process_time()
    written(run(*[line] * (300_000 // len(line))))
    assert time.process_time() - begin < 20
