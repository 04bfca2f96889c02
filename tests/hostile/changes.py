"""Generated changes that add a violation and try to have it pass: what a pull request may hold.

A change is two trees, `base` and `head`, and the violations that only `head` has. Each disguise alters the
trees the way an author could: suppressions, settings, baseline entries, sizes, encodings, names, modes, git's
own attributes. The expectation comes from how the change was made, never from palint.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from palint.secrets.synthetic import generate

from .. import conftest

FILE, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"
Tree = dict[str, tuple[str, bytes]]  # {path: (mode, content)}; of a submodule its commit
REFUSING = "allow-new-suppressions = false\n"


class Violation(NamedTuple):
    """A violation that the head adds: where it is, and the rules of which one must report it.

    line: the text that holds it, "" where the file as such is the violation.
    """

    path: str
    rules: tuple[str, ...]
    line: str = ""


class Change(NamedTuple):
    """Two trees and what must be seen of the second. `disguises` names what was tried, for a failing test.

    hidden: paths that are in the index and not on the disk. variables: what the job sets.
    """

    base: Tree
    head: Tree
    violations: list[Violation]
    disguises: list[str]
    hidden: set[str]
    variables: dict[str, str] = {}


class Outcome(NamedTuple):
    """What palint did: exit code, standard output (JSON unless it failed) and standard error."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, object]:
        """The JSON report, {} without one."""
        try:
            made = json.loads(self.out)
        except ValueError:
            return {}
        return made if isinstance(made, dict) else {}


def problem(change: Change, violation: Violation, outcome: Outcome, *, refusing: bool) -> str:
    """Why an outcome breaks the promise for one violation, "" where it keeps it."""
    report = outcome.report
    findings = [f for f in report.get("findings", ()) if f["path"] == violation.path]  # type: ignore[attr-defined]
    shown = any(f["rule"] in violation.rules for f in findings)
    output = json.dumps([report.get("notices"), report.get("suppressed")], ensure_ascii=False) + outcome.err
    if outcome.code not in (0, 1, 2):
        return f"exit code {outcome.code}"
    if not violation.rules:
        return "" if _names(output, violation.path) else "not named"
    if outcome.code == 1 and shown:
        return ""
    if outcome.code == 2 and (
        shown or _names(output, violation.path) or ".toml" in output or ".jsonl" in output
    ):
        return ""
    if refusing:
        return f"exit code {outcome.code}, {'shown' if shown else 'not shown'}, under a policy that refuses"
    if outcome.code != 2 and (_names(output, violation.path) or "settings" in output):
        return ""
    return f"exit code {outcome.code}, {'shown, but passing' if shown else 'silent'}"


def _names(output: str, path: str) -> bool:
    return path in output or json.dumps(path)[1:-1] in output


def describe(change: Change, violation: Violation, outcome: Outcome, problem: str) -> str:
    """All that there is to say of a failure, one thing a line: pytest cuts lines."""
    made = {
        path: (mode, content[:200], len(content))
        for path, (mode, content) in change.head.items()
        if change.base.get(path) != (mode, content)
    }
    lines = [problem, *map(str, violation), *change.disguises, *map(str, change.hidden), str(outcome.code)]
    lines += [f"{path}: {entry}" for path, entry in made.items()] + [outcome.out[:2000], outcome.err[:500]]
    return "\n".join(lines)


# --- git ------------------------------------------------------------


def write_commits(folder: Path, trees: Iterable[Tree]) -> None:
    """A repository with one commit a tree, the last one checked out, made by one `git fast-import`."""
    git(folder, "init", "-q", "-b", "main")
    stream = bytearray()
    for number, tree in enumerate(trees):
        stream += b"commit refs/heads/main\ncommitter t <t@example.com> %d +0000\ndata 1\nc\n" % (number + 1)
        stream += b"deleteall\n"
        for path, (mode, content) in sorted(tree.items()):
            name = b'"' + b"".join(b"\\%03o" % byte for byte in os.fsencode(path)) + b'"'
            if mode == SUBMODULE:
                stream += b"M 160000 " + content + b" " + name + b"\n"
            else:
                stream += b"M %s inline %s\ndata %d\n%s\n" % (mode.encode(), name, len(content), content)
    git(folder, "fast-import", "--quiet", stdin=bytes(stream))
    git(folder, "reset", "-q", "--hard")


def git(folder: Path, *args: str, stdin: bytes = b"") -> str:
    """Run git without anybody's settings; a failure is an error of the test."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    made = subprocess.run(["git", *args], cwd=folder, input=stdin, capture_output=True, env=env, check=False)
    if made.returncode:
        raise AssertionError(f"git {args}: {made.stderr.decode(errors='replace')}")
    return made.stdout.decode(errors="replace")


def palint(folder: Path, *args: str, variables: dict[str, str] | None = None) -> Outcome:
    """Run the command line."""
    made = conftest.palint(*args, cwd=folder, env=variables)
    return Outcome(made.returncode, made.stdout, made.stderr)


def _is_on_disk(change: Change) -> bool:
    """Whether the work tree alone has all of the change: not what only the index has, or has readable."""
    entries = change.head.values()
    recoded = any(b"working-tree-encoding" in data for _, data in entries)
    return not change.hidden and not recoded and all(mode != SUBMODULE for mode, _ in entries)


# The change is in commits, in the index, on the disk only; in the index, where these two look for it.
HOW = ("since", "since, index", "since, work tree", "staged", "hook")


def run(
    change: Change, how: str, policy: str | None, *, baseline: Callable[[Path], None] | None = None
) -> Outcome:
    """Make the repository in a temporary folder and check it; `how` is one of `HOW`."""
    folder = Path(tempfile.mkdtemp(prefix="palint-change-"))
    try:
        repository = folder / "repository"
        repository.mkdir()
        write_commits(repository, [change.base, change.head])
        base = "HEAD~1" if how == "since" else "HEAD"
        if how != "since":
            git(repository, "reset", "-q", "--soft", "HEAD~1")
        if how == "since, work tree" and _is_on_disk(change):
            git(repository, "reset", "-q")
            git(
                repository, "add", "--intent-to-add", "--force", "."
            )  # `.gitignore` takes out what is untracked
        for path in change.hidden:
            git(repository, "update-index", "--skip-worktree", "--", path)
            (repository / path).unlink(missing_ok=True)
        given = ["--format", "json"]
        if policy is not None:
            (folder / "policy.toml").write_text(policy)
            given += ["--policy", str(folder / "policy.toml")]
        if how.startswith("since"):
            return palint(repository, "check", "--since", base, *given, variables=change.variables)
        if how == "staged":
            return palint(repository, "check", "--staged", *given, variables=change.variables)
        changed = [p for p, entry in change.head.items() if change.base.get(p) != entry]
        files = [p for p in changed if change.head[p][0] != SUBMODULE or not change.violations[0].rules]
        return palint(repository, "hook", *given, "--", *files, variables=change.variables)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- violations ------------------------------------------------------------


def token(seed: str) -> str:
    """A made-up GitHub token with a right checksum."""
    return generate("{github_token}", seed)


def private_key(seed: str) -> str:
    """A private key that parsers read, in PKCS #8 or in OpenSSH's form."""
    chance = random.Random(seed)
    form = chance.choice([serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.OpenSSH])
    key = ed25519.Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def aws_key(seed: str) -> str:
    """A made-up AWS access key id."""
    return generate("{aws_access_key_id}", seed)


WORKFLOW = """\
on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-region: eu-west-2
{lines}
"""

# (file, rule, line, the text around it): keys that are variables, which only a syntax tree shows.
STATIC_KEYS = [
    (
        "up.py",
        "boto3-access-key",
        'boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=other)',
        "import boto3\nkey, other = load()\n{}\n",
    ),
    (
        "up.ts",
        "aws-sdk-access-key",
        "const up = new S3Client({ credentials: { accessKeyId: key, secretAccessKey: other } });",
        'import {{ S3Client }} from "@aws-sdk/client-s3";\n{}\n',
    ),
    (
        "Up.java",
        "aws-sdk-access-key",
        "void f() { up(StaticCredentialsProvider.create(AwsBasicCredentials.create(key, other))); }",
        "import software.amazon.awssdk.auth.credentials.*;\nclass Up {{\n{}\n}}\n",
    ),
    (
        "up.go",
        "aws-sdk-access-key",
        'func f() { up(credentials.NewStaticCredentialsProvider(key, other, "")) }',
        'package a\nimport "github.com/aws/aws-sdk-go-v2/credentials"\n{}\n',
    ),
]

SECRET = ("hardcoded-secret",)
# Passwords that no format tells, in statements that have the value far from the name.
PASSWORDS = [
    ("wifi.h", '#define WIFI_PASSWORD "{}"'),
    ("main.ts", 'const password = isProd ? load() : "{}";'),
    ("settings.py", 'password = load() if prod else "{}"'),
    ("app.rb", 'ENV["DB_PASSWORD"] ||= "{}"'),
    ("app.plist", "<key>password</key><string>{}</string>"),
    ("lib.rs", 'const PASSWORD: &str = r#"{}"#;'),
]
LOADED = [
    ("app.service", "EnvironmentFile=-/etc/app/.env"),
    ("tox.ini", "set_env = file|.env"),
    ("mise.toml", '_.file = ".env"'),
    ("deno.json", '{"tasks": {"dev": "deno run --env-file=.env main.ts"}}'),
    ("Procfile", "web: . ./.env && node x"),
]


def violations(chance: random.Random) -> tuple[Tree, Violation]:
    """One file with one violation, of any kind."""
    seed = f"new {chance.randrange(10**9)}"
    folder = chance.choice(["", "app/", "services/api/", "tests/", "vendor/lib/", "ünïcode dir/"])
    kind = chance.randrange(15)
    secret = token(seed)
    if kind <= 3:
        name, line = chance.choice(
            [
                ("settings.py", f'GITHUB_TOKEN = "{secret}"'),
                ("config.yml", f'github_token: "{secret}"'),
                ("main.ts", f'const token = "{secret}";'),
                ("notes.md", f"the token is `{secret}`"),
                ("data.unknown", f"token={secret}"),
                ("app.ini", f"token = {secret}"),
                ("Main.java", f'String token = "{secret}";'),
                ("run.sh", f'export GH_TOKEN="{secret}"'),
            ]
        )
        return {folder + name: (FILE, f"{line}\n".encode())}, Violation(folder + name, SECRET, line)
    if kind == 4:
        name = chance.choice([".env", ".env.local", "prod.env", ".flaskenv"])
        return {folder + name: (FILE, b"PORT=3000\n")}, Violation(folder + name, ("env-file",))
    if kind == 5:
        name, rule, line, text = chance.choice(STATIC_KEYS)
        folder = "" if rule == "aws-sdk-access-key" else folder  # it leaves out tests and vendored code
        return {folder + name: (FILE, text.format(line).encode())}, Violation(folder + name, (rule,), line)
    path = ".github/workflows/ship.yml"
    if kind == 6:
        form = chance.choice(
            [
                "{}",
                "{}",
                "'{}'",
                "&a {}",
                "!!str {}",
                "&a !!str '{}'",
                "&a\n            {}",
                ">-\n            {}",
            ]
        )
        lines = (
            f"          aws-access-key-id: {form.format('${{ secrets.AWS_ACCESS_KEY_ID }}')}\n"
            "          aws-secret-access-key: ${{ secrets.AWS_SECRET_ACCESS_KEY }}"
        )
        text = WORKFLOW.format(lines=lines)
        return {path: (FILE, text.encode())}, Violation(path, ("workflow-access-key",), lines.split("\n")[0])
    if kind == 7:
        lines = "          role-to-assume: arn:aws:iam::123456789012:role/ship"
        empty = chance.choice(["", "", "${{ '' }}", '""', "${{ null }}", "${{ '' || '' }}"])
        if empty:
            lines += f"\n          aws-access-key-id: {empty}\n          aws-secret-access-key: {empty}"
        text = WORKFLOW.format(lines=lines)
        return {path: (FILE, text.encode())}, Violation(path, ("workflow-id-token",))
    if kind == 8:
        line = f"  token: {secret}"
        kind_line = chance.choice(
            [
                "kind: Secret",
                "kind: !!str Secret",
                "kind: &kind Secret",
                "kind: >-\n  Secret",
                '"kind": "Secr\\x65t"',
            ]
        )
        text = f"apiVersion: v1\n{kind_line}\nmetadata:\n  name: app\nstringData:\n{line}\n"
        name = folder + "secret.yaml"
        return {name: (FILE, text.encode())}, Violation(name, ("kubernetes-secret", *SECRET), line)
    if kind == 9:
        line = f"  access_key = {chance.choice(['var.key', repr(aws_key(seed))])}".replace("'", '"')
        text = f'provider "aws" {{\n{line}\n  secret_key = "x"\n}}\n'
        name = folder + "main.tf"
        return {name: (FILE, text.encode())}, Violation(name, ("infrastructure-access-key", *SECRET), line)
    if kind == 10:
        line = f"API_TOKEN={secret}"
        name = folder + ".env.example"
        return {name: (FILE, f"# settings\n{line}\n".encode())}, Violation(
            name, ("env-example-value", *SECRET), line
        )
    if kind == 14:
        name, key = folder + chance.choice(["deploy.pem", "id_deploy", "key.txt"]), private_key(seed)
        return {name: (FILE, key.encode())}, Violation(name, SECRET, key.rstrip("\n"))
    if kind >= 12:
        name, form = chance.choice(PASSWORDS if kind == 12 else LOADED)
        line = form.format(generate("{password}", seed)) if kind == 12 else form
        rules = SECRET if kind == 12 else ("env-file-loaded",)
        return {folder + name: (FILE, f"{line}\n".encode())}, Violation(folder + name, rules, line)
    name = folder + "sub"
    return {name: (SUBMODULE, b"%040x" % chance.getrandbits(160))}, Violation(name, ())


# --- disguises ------------------------------------------------------------

Disguise = Callable[[random.Random, Tree, Tree, Violation], "str | None"]


def _text(tree: Tree, path: str) -> str:
    return tree[path][1].decode("utf-8", "surrogateescape")


def _put(tree: Tree, path: str, text: str) -> None:
    tree[path] = (tree.get(path, (FILE, b""))[0], text.encode("utf-8", "surrogateescape"))


def comment(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A suppression that the change adds, in any of the forms of palint or another scanner."""
    if head[violation.path][0] not in (FILE, EXECUTABLE):
        return None
    rules = ", ".join(violation.rules) or "env-file"
    opener = chance.choice(["#", "//", "--", ";", "%", "REM", "/*", "<!--", "{#", '"""'])
    words = chance.choice(
        [
            f"palint: ignore[{rules}] a test value",
            f"palint:ignore[{rules}] a test value",
            f"palint:   ignore[{rules}] — x",
            f"palint: ignore[{rules}]",
            "palint: ignore",
            "palint: ignore[*] all",
            f"palint: ignore-file[{rules}] test data",
            f"palint: ignore-file[{rules}] until=2099-12-31 test data",
            f"palint: ignore[{rules}] until=2099-12-31 a test value",
            f"palint: ignore[{rules}] until=never a test value",
            "pragma: allowlist secret",
            "pragma: whitelist secret",
            "pragma: allowlist nextline secret",
            "pragma:allowlist-secret",
            "pragma: allowlist-secret",
            "PRAGMA: ALLOWLIST SECRET",
            "Pragma: Allowlist NextLine Secret",
            "pragma:whitelist nextline secret",
            "gitleaks:allow",
            "nosec",
        ]
    )
    lines = _text(head, violation.path).split("\n")
    at = next(
        (i for i, line in enumerate(lines) if violation.line and line == violation.line.split("\n")[0]), 0
    )
    if chance.random() < 0.5:
        lines[at] += f"  {opener} {words}"
    else:
        lines.insert(at, f"{opener} {words}")
    _put(head, violation.path, "\n".join(lines))
    return f"comment {words}"


def many_comments(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Harmless suppressions around the one that matters, so that a list of them is cut."""
    for number in range(chance.choice([5, 15, 40])):
        head[f"a{number:02}.py"] = (
            FILE,
            f'x = "{token(f"decoy {number}")}"  # palint: ignore[hardcoded-secret] t\n'.encode(),
        )
    return "many comments"


# Reports a token in the place of the rule, under its own id or that of the rule
_PATTERN = f"""message = "x", keyword = "gh", regex = "gh[a-z]_[0-9A-Za-z]{{36}}", bad = ["ghx_{"0" * 36}"]"""


def _settings(chance: random.Random, violation: Violation) -> tuple[str, str]:
    """(key, TOML value) of a setting that takes a violation out."""
    rules = json.dumps(list(violation.rules) or ["env-file"])
    path = json.dumps(violation.path, ensure_ascii=False)
    folder = json.dumps("/".join(violation.path.split("/")[:-1]) + "/" if "/" in violation.path else "*")
    return chance.choice(
        [
            ("exclude", f"[{path}]"),
            ("exclude", '["*"]'),
            ("exclude", f"[{folder}]"),
            ("extend-exclude", f"[{path}]"),
            ("ignore", rules),
            ("select", '["secret-name"]'),
            ("severity", "{" + ", ".join(f'{r} = "warning"' for r in json.loads(rules)) + "}"),
            ("limits", "{text = 1}"),
            ("limits", "{text = 1, windows = 1}"),
            ("limits", "{tree = 1}"),
            ("limits", "{seconds = 0.000001}"),
            ("limits", "{text = 1000000000000}"),
            ("allow", f'[{{paths = [{path}], rules = {rules}, reason = "x"}}]'),
            ("allow", f'[{{paths = ["*"], rules = {rules}, reason = "x"}}]'),
            ("allow", f'[{{paths = ["*"], rules = {rules}, reason = "x", until = 2099-12-31}}]'),
            ("min-confidence", '"high"'),
            ("pattern", f"[{{id = {rules[1:-1].split(',')[0]}, {_PATTERN}}}]"),
            ("pattern", f'[{{id = "acme", {_PATTERN}}}]'),
            ("new-suppressions", "true"),
            ("unknown-key", "1"),
        ]
    )


def _toml(chance: random.Random, key: str, value: str) -> tuple[str, str]:
    """(settings file, its text), the setting in one of the forms that TOML has for it."""
    form = chance.randrange(8)
    if form <= 1:
        name = chance.choice(["palint.toml", "palint.toml", ".palint.toml", ".config/palint.toml"])
        return name, f"{key} = {value}\n"
    if form == 2:
        return "palint.toml", f'"{key}"={value}'
    if form == 3:
        return "pyproject.toml", f"[tool.palint]\n{key} = {value}\n"
    if form == 4:
        return "pyproject.toml", f"[tool]\npalint = {{{key} = {value}}}\n"
    if form == 5:
        return "pyproject.toml", f"tool.palint.{key} = {value}\n"
    if form == 6:
        return "pyproject.toml", f"[\"tool\".'palint']\n{key} = {value}\n"
    return "pyproject.toml", f'tool = {{"\\u0070alint" = {{{key} = {value}}}}}\n'


def settings_added(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Settings that the base had not, or had otherwise."""
    key, value = _settings(chance, violation)
    name, text = _toml(chance, key, value)
    if chance.random() < 0.3:
        base.setdefault(name, (FILE, b'environments = ["production"]\n' if "palint" in name else b""))
    head[name] = (FILE, text.encode())
    return f"{name}: {text.strip()}"


def settings_in_a_folder(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Settings of a folder above the violation, new or edited, which may also be a link or not be usable."""
    folders = [violation.path[:i] for i, char in enumerate(violation.path) if char == "/"]
    if not folders:
        return None
    rules = json.dumps(list(violation.rules) or ["env-file"])
    weaker = "{" + ", ".join(f'{r} = "warning"' for r in json.loads(rules)) + "}"
    key, value = chance.choice(
        [
            ("allow", f'[{{paths = ["*"], rules = {rules}, reason = "x"}}]'),
            ("allow", f'[{{paths = ["**"], rules = {rules}, reason = "x", until = 2099-12-31}}]'),
            ("severity", weaker),
            ("min-confidence", '"high"'),
            _settings(chance, violation),
        ]
    )
    text = f"{key} = {value}\n".encode()
    path = f"{chance.choice(folders)}/{chance.choice(['palint.toml', '.palint.toml'])}"
    if chance.random() < 0.3:
        base[path] = FILE, b'[severity]\ngithub-secret = "error"\n'
    head[path] = FILE, text
    if chance.random() < 0.2:
        head[path], head["soft.toml"] = (
            (LINK, b"/".join([b".."] * path.count("/") + [b"soft.toml"])),
            (FILE, text),
        )
    return f"{path}: {text.decode().strip()}"


def settings_extended(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Settings that those of the root extend: new, edited, another file, a link, a package of the tree."""
    key, value = _settings(chance, violation)
    lax = FILE, f"{key} = {value}\n".encode()
    strict = FILE, b'fail-on = "warning"\n'
    pointing = FILE, b'extends = "ci/shared.toml"\n'
    way = chance.choice(["added", "edited", "exchanged", "left", "link", "package"])
    head["palint.toml"] = pointing
    head["ci/shared.toml"] = lax
    if way in ("edited", "exchanged", "left"):
        base["palint.toml"], base["ci/shared.toml"] = pointing, strict
    if way == "exchanged":
        head["palint.toml"], head["ci/other.toml"] = (FILE, b'extends = "./ci/other.toml"'), lax
    elif way == "left":  # the base's settings still name the file that the change makes lax
        head["palint.toml"] = FILE, b""
    elif way == "link":
        head["ci/shared.toml"], head["ci/soft.toml"] = (LINK, b"soft.toml"), lax
    elif way == "package":
        head["palint.toml"] = FILE, b'extends = "ci"\n'
        head["ci/palint.toml"], head["ci/__init__.py"] = lax, (FILE, b"")
    return f"extended settings, {way}: {key} = {value}"


def settings_named(
    chance: random.Random, base: Tree, head: Tree, violation: Violation
) -> tuple[str, dict[str, str]]:
    """Settings or a baseline that a variable of the job names: new, or what the base has otherwise."""
    if chance.random() < 0.3:
        base["ci/known.jsonl"], head["ci/known.jsonl"] = (FILE, b""), (FILE, baseline_of(head))
        return "a baseline that a variable names", {"PALINT_BASELINE": "ci/known.jsonl"}
    key, value = _settings(chance, violation)
    head["ci/soft.toml"] = FILE, f"{key} = {value}\n".encode()
    if chance.random() < 0.7:
        base["ci/soft.toml"] = FILE, b'fail-on = "warning"\n'
    return f"settings that a variable names: {key} = {value}", {"PALINT_CONFIG": "ci/soft.toml"}


def settings_removed(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Settings of the base that made a rule weigh more, emptied or deleted."""
    strict = chance.choice(
        [
            "\n".join(["[severity]", *(f'{r} = "error"' for r in violation.rules)]) + "\n",
            'fail-on = "warning"\n',
        ]
    )
    base["palint.toml"] = (FILE, strict.encode())
    head.pop("palint.toml", None)
    if chance.random() < 0.5:
        head["palint.toml"] = (FILE, chance.choice([b"", b"# nothing\n"]))
    # palint: ignore[hardcoded-secret] the violation that this change adds
    head["later.py"] = (FILE, b'password = "superuser"\n')
    return "settings removed"


def baseline_added(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """The baseline of the head itself, as `palint baseline` writes it there."""
    if chance.random() < 0.3:
        base.setdefault("palint-baseline.jsonl", (FILE, b""))
    made = baseline_of(head)
    if made:
        text = made.decode("utf-8", "surrogateescape")
        if chance.random() < 0.3:
            text = text.replace(", ", ",  ").replace("\n", " \n\n")
        head["palint-baseline.jsonl"] = (FILE, text.encode("utf-8", "surrogateescape"))
    return "baseline added"


def baseline_of(tree: Tree) -> bytes:
    """What `palint baseline` writes for a tree."""
    folder = Path(tempfile.mkdtemp(prefix="palint-baseline-"))
    try:
        write_commits(folder, [{p: e for p, e in tree.items() if e[0] != SUBMODULE}])
        palint(folder, "baseline", "--add")
        written = folder / "palint-baseline.jsonl"
        # Not through a link, which may be another disguise's, to /dev/zero
        return written.read_bytes() if written.is_file() and not written.is_symlink() else b""
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def baseline_reused(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A baseline entry that the base has for a violation of the same kind elsewhere or with another value."""
    if head[violation.path][0] != FILE:
        return None
    old_path = f"old/{violation.path.rpartition('/')[2]}" if ".github/" not in violation.path else ""
    if not old_path:
        return None
    old = _text(head, violation.path).replace(violation.line, _other_value(violation.line))
    base[old_path] = (FILE, old.encode("utf-8", "surrogateescape"))
    base["palint-baseline.jsonl"] = (FILE, baseline_of(base))
    head["palint-baseline.jsonl"] = base["palint-baseline.jsonl"]
    moved = _other_value(violation.line) == violation.line  # an accepted line in another file is no new one
    if moved or chance.random() < 0.5:
        head[old_path] = base[old_path]
    return "baseline reused"


def _other_value(line: str) -> str:
    line = re.sub(r"gh[p]_\w{36}", lambda m: token(f"old {len(line)}"), line)
    return re.sub(r"AKI[A][A-Z2-7]{16}", lambda m: aws_key(f"old {len(line)}"), line)


def suppression_reused(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A suppression of the base that covered one value and now covers another."""
    other = _other_value(violation.line)
    if not violation.line or other == violation.line or head[violation.path][0] != FILE:
        return None
    words = f"palint: ignore[{', '.join(violation.rules)}] accepted long ago"
    mark = "//" if violation.path.endswith((".ts", ".java", ".go")) else "#"
    above = chance.random() < 0.5
    text = _text(head, violation.path)
    for tree, line in ((base, other), (head, violation.line)):
        new = f"{mark} {words}\n{line}" if above else f"{line}  {mark} {words}"
        _put(tree, violation.path, text.replace(violation.line, new))
    return "suppression reused"


def suppression_moved(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A suppressed line of another file, moved to above the new violation."""
    if not violation.line or head[violation.path][0] != FILE:
        return None
    mark = "//" if violation.path.endswith((".ts", ".java", ".go")) else "#"
    words = f"{mark} palint: ignore[{', '.join(violation.rules)}] accepted long ago"
    base["older.py"] = (FILE, f'{words}\nx = "{token("old")}"\n'.encode())
    head["older.py"] = (FILE, b"x = 1\n")
    _put(
        head,
        violation.path,
        _text(head, violation.path).replace(violation.line, f"{words}\n{violation.line}"),
    )
    return "suppression moved"


def padded(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Bytes beyond a limit, before or after what counts."""
    mode, data = head[violation.path]
    if mode != FILE:
        return None
    size = chance.choice([70_000, (1 << 20) + 1, (1 << 20) + 1, (1 << 20) + 1, (10 << 20) + 1])
    mark = "//" if violation.path.endswith((".ts", ".java", ".go")) else "#"
    filler = chance.choice([f"{mark} {'x' * 70}\n", f"{mark}\n", "\n", f"{mark} {'(' * 60}\n"]).encode()
    padding = filler * (size // len(filler) + 1)
    head[violation.path] = (mode, padding + data if chance.random() < 0.7 else data + padding)
    return f"padded by {size}"


def reencoded(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """The file, or a part of it, in another encoding."""
    mode, data = head[violation.path]
    if mode != FILE or len(data) > 1 << 20 or violation.path.endswith((".java", ".tf")):
        return None
    if violation.rules != SECRET or b"\0" in data:  # no program reads what is encoded twice
        return None
    text = data.decode("utf-8", "surrogateescape")
    wide = chance.choice(["utf-16-le", "utf-16-be"])
    plain_lines = "some ordinary line of text\n" * chance.choice([1, 10, 400])
    form = chance.randrange(9)
    if form == 0:
        new = text.encode("utf-16", "surrogatepass")
    elif form == 1:
        new = text.encode(wide, "surrogatepass")
    elif form == 2:
        new = plain_lines.encode() + text.encode(wide, "surrogatepass")
    elif form == 3:
        new = ("\ufeff" + plain_lines).encode(wide, "surrogatepass") + data
    elif form == 4:
        new = b"".join(
            f"a line of another encoding {n}\n".encode("utf-16-le", "surrogatepass") + b"plain\n"
            for n in range(120)
        )
        new += text.encode("utf-16-le", "surrogatepass")
    elif form == 5:
        new = (
            ("\ufeff" + plain_lines).encode("utf-16-le", "surrogatepass")
            + b"x"
            + text.encode("utf-16-le", "surrogatepass")
        )
    elif form == 6:
        new = text.encode("utf-32")
    elif form == 7:
        new = "\u00e9\u00e8\n".encode("latin-1") + data
    else:
        new = (
            ("\ufeff" + plain_lines).encode("utf-16-le", "surrogatepass")
            + data
            + text.replace(violation.line, "x").encode("utf-16-le", "surrogatepass")
        )
    head[violation.path] = (mode, new)
    return f"encoding {form}"


# What is beside a token that makes another value uncertain, and what a private key may have in it.
_BESIDE = [
    'firebase.initializeApp({ apiKey: "@", authDomain: "a.example" })',
    '{"current_key": "@"}',
    'NREUM = {errorBeacon: "x", licenseKey: "@"}',
    'csrf_token = "@"',
    'request_token: "@"',
    'log("a token", "@ was used twice")',
    'x = "@\\\n"',
    "the token @ is a fake, so nobody uses it",
    "example: @ # changeme",
    "export GH=${GH:-@}",
]
_FIELDS = ["X-Note: a ... b", "X: BEGIN ENCRYPTED", "Comment: b3BlbnNzaC1rZXktdjEAAAAA", "X: <your key>"]


def less_certain(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """What lowers the confidence of another value: beside a token, or in a private key."""
    mode, data = head[violation.path]
    if violation.rules != SECRET or mode != FILE or data != f"{violation.line}\n".encode():
        return None
    if violation.line.startswith("-----BEGIN"):
        begin, *body, end = violation.line.split("\n")
        if chance.random() < 0.5 and "OPENSSH" not in begin:
            begin += f"\n{chance.choice(_FIELDS)}\n"
        width = chance.choice([8, 16, 24, 30, 64, 70, 200])
        text = "".join(body)
        lines = [text[at : at + width] for at in range(0, len(text), width)]
        head[violation.path] = FILE, "\n".join([begin, *lines, end, ""]).encode()
        return f"lines of {width}, {begin[27:]!r}"
    found = re.search(r"gh[p]_\w{36}", violation.line)
    if not found:
        return None
    beside = chance.choice(_BESIDE)
    head[violation.path] = FILE, (beside.replace("@", found[0]) + "\n").encode()
    return f"beside {beside}"


# What a line holds between quotes -> the same for a parser, but not for a search of the text.
_ESCAPABLE = {
    ".py": (r"\x{:02x}", r"\u{:04x}", r"\U{:08x}", r"\{:o}"),
    ".yml": (r"\x{:02x}", r"\u{:04x}", r"\U{:08x}"),
    ".yaml": (r"\x{:02x}", r"\u{:04x}", r"\U{:08x}"),
    ".ts": (r"\x{:02x}", r"\u{:04x}", r"\u{{{:x}}}", r"\u{{{:06x}}}"),
    ".java": (r"\u{:04x}",),
}


def escaped(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Letters of a value, a key or an expression as escapes."""
    forms = next((f for end, f in _ESCAPABLE.items() if violation.path.endswith(end)), ())
    form = chance.choice(forms or ("",))
    path = violation.path
    if not forms or head[path][0] != FILE:
        return None
    text = _text(head, path)
    if "kubernetes-secret" in violation.rules:
        new = text.replace("kind: Secret", f'"{form.format(ord("k"))}ind": Secret')
    elif ".github/" in path:
        new = text.replace(
            "${{ secrets.AWS_ACCESS_KEY_ID }}", f'"${{{{ {form.format(ord("s"))}ecrets.X }}}}"'
        )
    elif violation.rules == SECRET and "gh" in text:
        at = text.index("gh") + chance.randrange(30)
        cut = path.endswith((".py", ".yml")) and chance.random() < 0.3
        new = text[:at] + (f"\\\n{text[at]}" if cut else form.format(ord(text[at]))) + text[at + 1 :]
    else:
        return None
    _put(head, path, new)
    return f"escaped as {form}" if new != text else None


def attributes(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Files of the change that tell git how to treat the changed file."""
    name = violation.path
    text = chance.choice(
        ["* binary\n", "* -diff -text\n", "* export-ignore\n", "* linguist-vendored\n", "* filter=x\n"]
    )
    if chance.random() < 0.5:
        head[".gitattributes"] = (FILE, text.encode())
        return "attributes"
    head[".gitignore"] = (FILE, chance.choice(["*\n", f"/{name}\n", "**/*\n"]).encode())
    return "ignored by git"


def executable(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """The file's mode."""
    mode, data = head[violation.path]
    if mode == FILE:
        head[violation.path] = (EXECUTABLE, data)
    return "executable"


def linked(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """The dotenv file as a link: its name is the violation."""
    if violation.rules != ("env-file",):
        return None
    head[violation.path] = (LINK, chance.choice([b"/dev/null", b"elsewhere", b"../../etc/passwd"]))
    return "link"


def renamed(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A file that the base accepts, renamed, its value exchanged."""
    other = _other_value(violation.line)
    if not violation.line or other == violation.line or head[violation.path][0] != FILE:
        return None
    mark = "//" if violation.path.endswith((".ts", ".java", ".go")) else "#"
    words = f"  {mark} palint: ignore[{', '.join(violation.rules)}] accepted long ago"
    text = _text(head, violation.path)
    base["before_" + violation.path.replace("/", "_")] = (
        FILE,
        text.replace(violation.line, other + words).encode("utf-8", "surrogateescape"),
    )
    _put(head, violation.path, text.replace(violation.line, violation.line + words))
    return "renamed"


def template(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A workflow that does not parse, with what a template would hold."""
    if not violation.path.startswith(".github/workflows/"):
        return None
    words = chance.choice(
        ["# {% if x %}", "# {{cookiecutter.name}}", "name: '{% for x in y %}'", "# {%- raw %}"]
    )
    broken = chance.choice(["", "x: [\n", "\t- bad\n", "a: *nowhere\n"])
    _put(head, violation.path, f"{words}\n{_text(head, violation.path)}{broken}")
    return f"template {words!r} {broken!r}"


BROKEN_CODE = [  # what goes before and after it
    ("x = = 1\n", ""),
    ("x = (\n", ""),
    ("((((", ""),
    ("", "x = = 1\n"),
    ("", ")\n"),
    ("", "'''\n"),
    ("'''\n", ""),
    ('print "x"\n', ""),
    ('print "x"\n', "x = = 1\n"),
    ("{% if x %}\n", "{% endif %}\n"),
    ("from {{ cookiecutter.name }} import x\n", ""),
    ("{{\n", "}}\n"),
    ("/*\n", ""),
    ("`\n", ""),
    ('"\n', ""),
    ("}}}}\n", ""),
    ("${\n", ""),
    ("<<EOF\n", ""),
    ("if x:\n\ty = 1\n        z = 1\n", ""),
]


def broken_code(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """Code that does not parse: by accident, as Python 2, as a template, or by a bracket left open."""
    if not violation.path.endswith((".py", ".ts", ".java", ".go", ".tf")) or head[violation.path][0] != FILE:
        return None
    before, after = chance.choice(BROKEN_CODE)
    _put(head, violation.path, before + _text(head, violation.path) + after)
    return f"broken code {before!r} {after!r}"


def _listed(path: str) -> dict[str, str]:
    """Lists of packages that name a path: {list: text}."""
    first = path.partition("/")[0]
    folder, _, name = path.rpartition("/")
    return {
        "x-1.0.dist-info/RECORD": f"{first}/__init__.py,,\n{first},,\n{path},,\n",
        ".cargo-checksum.json": json.dumps({"files": {path: "0" * 64}}),
        f"{folder}/.cargo-checksum.json".lstrip("/"): json.dumps({"files": {name: "0" * 64}}),
        ".yarnrc.yml": f"plugins:\n  - path: {path}\n",
        "pyvenv.cfg": "home = /usr/bin\nversion = 3.12.1\n",
        "vendor/modules.txt": f"# {path} v1.0.0\n# ../{first} v1.0.0\n",
        "package.json": json.dumps({"dependencies": {"react-native": "1"}}),
        f"{folder}/.env.example".lstrip("/"): "# PORT\nPORT=\n",
        "package-lock.json": json.dumps({"packages": {f"node_modules/{first}": {}, path: {}}}),
    }


def evidence(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """What says that the file is installed, generated, minified or of a test."""
    path = violation.path
    if chance.random() < 0.6:
        lists = _listed(path)
        for name in chance.sample(sorted(lists), chance.choice([1, 2, len(lists)])):
            if name not in head:
                head[name] = (FILE, lists[name].encode("utf-8", "surrogateescape"))
        return "lists of packages"
    if head[path][0] != FILE or path.endswith((".json", ".ipynb")):
        return None
    mark = "//" if path.endswith((".ts", ".java", ".go", ".js")) else "#"
    header = chance.choice(
        [
            "Code generated by protoc-gen-go. DO NOT EDIT.",
            "@generated",
            "<auto-generated>",
            "webpackBootstrap __webpack_require__",
            "x" * 2000,
        ]
    )
    _put(head, path, f"{mark} {header}\n{_text(head, path)}")
    return f"header {header[:30]}"


def into_tests(chance: random.Random, head: Tree, violation: Violation) -> str | None:
    """Move the file into a folder of tests, and return its path; None where its place is part of the rule.

    An AWS key that is a variable is no finding in tests: the pages of the rules.
    """
    path = violation.path
    variable = (
        violation.rules[:1] != SECRET
        and "access-key" in str(violation.rules)
        and "AKIA" not in violation.line
    )
    if chance.random() < 0.7 or path.startswith(".github/") or variable:
        return None
    folder = chance.choice(
        [
            "tests/",
            "spec/fixtures/",
            "src/test/resources/",
            "__mocks__/",
            "e2e/",
            "Acme.Tests/",
            "stub/",
            "suites/",
            "conformance/",
            "db/seeds/",
            "{{app}}/local/",
        ]
    )
    head[folder + path] = head.pop(path)
    return folder + path


def written_otherwise(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """An attribute for which git writes the file to the disk in an encoding that hides what it holds."""
    encoding = chance.choice(["UTF-16", "UTF-16LE", "UTF-7", "IBM037", "UTF-32BE"])
    head[".gitattributes"] = (
        FILE,
        f"* working-tree-encoding={encoding}\n.gitattributes !working-tree-encoding\n".encode(),
    )
    try:
        head[violation.path][1].decode()
    except UnicodeDecodeError:
        return None
    return f"written as {encoding}"


def copied(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """The same bytes at other places, which a cache of results could mix up."""
    mode, data = head[violation.path]
    if mode != FILE or ".github/" in violation.path or violation.path.rpartition("/")[2].startswith("."):
        return None
    for place in ("aa/", "zz/"):
        head[place + violation.path] = (mode, data)
    return "copied"


def broken_baseline(chance: random.Random, base: Tree, head: Tree, violation: Violation) -> str | None:
    """A baseline or settings that cannot be read, or that are a link."""
    name = chance.choice(["palint-baseline.jsonl", "palint.toml"])
    head[name] = chance.choice(
        [(FILE, b"\xff\xfe{"), (FILE, b"<<<<<<< ours\n"), (LINK, b"/dev/zero"), (FILE, b"[[[[")]
    )
    return f"broken {name}"


DISGUISES: list[Disguise] = [
    comment, comment, comment, many_comments, settings_added, settings_added, settings_added,
    settings_in_a_folder, settings_in_a_folder, settings_extended, settings_extended, settings_removed,
    baseline_added, baseline_reused, suppression_reused, suppression_reused,
    suppression_moved, padded, reencoded, reencoded, attributes, executable, linked, renamed, template,
    template, copied, broken_baseline, written_otherwise,
    broken_code, escaped, escaped, evidence, evidence, less_certain, less_certain,
]  # fmt: skip


_NEEDS_TOKEN = """\
{indent}- uses: aws-actions/configure-aws-credentials@v4
{indent}  with:
{indent}    aws-region: eu-west-2
{indent}    role-to-assume: arn:aws:iam::123456789012:role/ship
"""
_JOB = "jobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n"


def _action(steps: str) -> tuple[str, bytes]:
    return FILE, f"name: a\nruns:\n  using: composite\n  steps:\n{steps}".encode()


def elsewhere(chance: random.Random) -> tuple[Tree, Tree, Violation]:
    """(base, head, violation): the violation is in a workflow that the change leaves as it is."""
    path = ".github/workflows/ship.yml"
    harmless, needing = _action("    - run: make\n"), _action(_NEEDS_TOKEN.format(indent="    "))
    folder = chance.choice(["ship", "tools/ship"])
    way = chance.choice(
        ["caller", "caller", "second action", "checkout", "added", "edited", "link", "linked file", "dots"]
    )
    if (
        way == "caller"
    ):  # the called workflow's only caller, which grants the token, is deleted or calls no more
        call = "permissions: {contents: read, id-token: write}\njobs:\n  call:\n"
        caller = f"on: push\n{call}    uses: ./{path}\n".encode()
        text = "on: workflow_call\n" + _JOB + _NEEDS_TOKEN.format(indent="      ")
        strict = {path: (FILE, text.encode()), "palint.toml": (FILE, b'fail-on = "warning"\n')}
        head = dict(strict)
        if chance.random() < 0.5:
            other = b"on: push\npermissions: {}\njobs:\n  call: {runs-on: x, steps: [{run: make}]}\n"
            head[".github/workflows/release.yml"] = (FILE, other)
        base = {**strict, ".github/workflows/release.yml": (FILE, caller)}
        return base, head, Violation(path, ("workflow-id-token",))
    checkout = "      - uses: actions/checkout@v4\n        with: {path: code}\n" if way == "checkout" else ""
    used = {"checkout": f"code/{folder}", "dots": f"tools/../{folder}"}.get(way, folder)
    text = f"on: push\npermissions: {{contents: read}}\n{_JOB}{checkout}      - uses: ./{used}\n"
    head = {path: (FILE, text.encode()), f"{folder}/action.yaml": needing}
    if way == "second action":  # GitHub takes action.yml; without it, action.yaml
        base = {**head, f"{folder}/action.yml": harmless}
    elif way == "checkout":
        base = {**head, f"code/{folder}/action.yml": harmless}
    elif way == "added":
        base = {path: head[path]}
    elif way == "link":  # a link to another folder, which both sides have
        needed = {path: head[path], "real/action.yml": needing, "other/action.yml": harmless}
        up = "../" * folder.count("/")
        head = {**needed, folder: (LINK, f"{up}real".encode())}
        base = {**needed, **chance.choice([{}, {folder: (LINK, f"{up}other".encode())}])}
    elif way == "linked file":
        base = {path: head[path], "real.yml": needing}
        head = {**base, f"{folder}/action.yml": (LINK, ("../" * used.count("/") + "../real.yml").encode())}
    else:
        base = {**head, f"{folder}/action.yaml": harmless}
    return base, head, Violation(path, ("workflow-id-token",))


# Disguises that leave the file with the violation as it is.
_APART: list[Disguise] = [
    many_comments, settings_added, settings_added, baseline_added, attributes, broken_baseline
]  # fmt: skip


def make_elsewhere(chance: random.Random) -> Change:
    """A change that causes a violation in a file that it does not touch."""
    base, head, violation = elsewhere(chance)
    if chance.random() < 0.2:  # a comment that suppressed nothing before
        mode, data = head[violation.path]
        comment = b"  # palint: ignore[workflow-id-token] accepted\n"
        data = data.replace(b"read}\n", b"read}" + comment).replace(b"ship:\n", b"ship:" + comment)
        base[violation.path] = head[violation.path] = (mode, data)
    names = ["elsewhere", *sorted(path for path in {**base, **head} if base.get(path) != head.get(path))]
    readme = {"README.md": (FILE, b"# A project\n")}
    base, head = {**base, **readme}, {**head, **readme}
    for disguise in chance.sample(_APART, chance.choice([0, 0, 1, 2])):
        names.append(disguise(chance, base, head, violation) or "")
    return Change(base, head, [violation], names, set())


def make(chance: random.Random) -> Change:
    """A change: one violation, up to three disguises."""
    if chance.random() < 0.1:
        return make_elsewhere(chance)
    base: Tree = {
        "README.md": (FILE, b"# A project\n"),
        "app/main.py": (FILE, b"print('hello')\n"),
        ".github/workflows/ci.yml": (
            FILE,
            b"on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: make}]\n",
        ),
    }
    added, violation = violations(chance)
    head = {**base, **added}
    base = dict(base)
    names = []
    hidden: set[str] = set()
    for disguise in chance.sample(DISGUISES, chance.choice([1, 1, 1, 2, 2, 3])):
        if head[violation.path][0] == SUBMODULE:
            break
        made = disguise(chance, base, head, violation)
        if made is not None:
            names.append(made)
    variables: dict[str, str] = {}
    if chance.random() < 0.08 and head[violation.path][0] != SUBMODULE:
        made, variables = settings_named(chance, base, head, violation)
        names.append(made)
    if chance.random() < 0.05 and head[violation.path][0] == FILE:
        hidden.add(violation.path)
        names.append("skip-worktree")
    if base.get(violation.path) == head[violation.path]:  # then the base has the violation, too
        del base[violation.path]
    return Change(base, head, [violation], names, hidden, variables)


def make_honest(chance: random.Random) -> Change:
    """A change to files that hold accepted violations, which adds none and removes none."""
    base: Tree = {
        "README.md": (FILE, b"# A project\n"),
        "pyproject.toml": (FILE, b"[project]\nname = 'x'\n"),
    }
    secret = f'token = "{token(f"old {chance.randrange(10**9)}")}"\n'
    names = []
    way = chance.choice(["comment", "comment above", "pragma", "allow", "allow in a folder", "baseline"])
    if way == "comment":
        secret = secret.rstrip() + "  # palint: ignore[hardcoded-secret] revoked\n"
    elif way == "comment above":
        secret = "# palint: ignore[hardcoded-secret] revoked\n" + secret
    elif way == "pragma":
        secret = secret.rstrip() + "  # pragma: allowlist secret\n"
    elif way == "allow":
        allow = '[[allow]]\npaths = ["app/"]\nrules = ["hardcoded-secret"]\nreason = "revoked"\n'
        base["palint.toml"] = (FILE, allow.encode())
    elif way == "allow in a folder":
        allow = '[[allow]]\npaths = ["*.py"]\nrules = ["hardcoded-secret"]\nreason = "revoked"\n'
        base["app/palint.toml"] = (FILE, allow.encode())
    base["app/old.py"] = (FILE, f"import os\n{secret}print(os.name)\n".encode())
    if way == "baseline":
        base["palint-baseline.jsonl"] = (FILE, baseline_of(base))
    head = dict(base)
    names.append(way)
    text = _text(base, "app/old.py")
    edit = chance.choice(
        ["above", "below", "indented", "moved on", "mode", "other file", "settings", "in a folder"]
    )
    if edit == "above":
        _put(head, "app/old.py", "# a new comment\n\n" + text)
    elif edit == "below":
        _put(head, "app/old.py", text + "x = 1\n")
    elif edit == "indented":
        lines = text.splitlines(keepends=True)
        _put(head, "app/old.py", "if True:\n" + "".join("    " + line for line in lines))
    elif edit == "moved on":
        _put(head, "app/old.py", f"def f():\n    return 1\n{text}")
    elif edit == "mode":
        head["app/old.py"] = (EXECUTABLE, head["app/old.py"][1])
    elif edit == "settings":
        head["pyproject.toml"] = (FILE, b"[project]\nname = 'y'\n[tool.other]\nx = 1\n")
    elif edit == "in a folder":
        allowed = base.get("app/palint.toml", (FILE, b""))[1]
        head["app/palint.toml"] = FILE, allowed + b'[severity]\nenv-file = "error"\n'
    head["app/new.py"] = (FILE, b"import os\n")
    if chance.random() < 0.3:
        names.append(_workflow_with_old_finding(chance, base, head))
    return Change(base, head, [], [*names, edit], set())


def _workflow_with_old_finding(chance: random.Random, base: Tree, head: Tree) -> str:
    """A workflow with a violation that the base has, too, and a change to another workflow."""
    _, old, violation = elsewhere(chance)
    other = ".github/workflows/other.yml"
    for tree, job in ((base, "a"), (head, "b")):
        for path, entry in old.items():
            tree.setdefault(path, entry)
        text = f"on: push\njobs:\n  {job}: {{runs-on: x, steps: [{{run: make}}]}}\n"
        tree[other] = (FILE, text.encode())
    if chance.random() < 0.5:
        del head[other]
    return f"old finding in {violation.path}"
