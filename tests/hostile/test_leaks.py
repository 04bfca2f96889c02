"""A secret in a place where a report quotes the file: names, labels, cut words, the remote's address."""

from __future__ import annotations

import base64
import random
from pathlib import Path

import pytest

from palint.report import FORMATS
from palint.secrets.synthetic import generate
from palint.testing import write
from tests.conftest import Repository, palint
from tests.lsp.test_server import serve
from tests.migrate.conftest import Aws, aws, moto_server

__all__ = ["aws", "moto_server"]  # fixtures

TOKEN = generate("{github_token}", "leak")
SHOWN = 12  # characters in a row that nothing may show

FILES = {
    "name of a Secret": (
        "a.yaml",
        f"kind: Secret\nmetadata: {{name: {TOKEN}}}\nstringData:\n  password: @password\n",
    ),
    "key of a Secret": ("a.yaml", f"kind: Secret\nstringData:\n  {TOKEN}: @password\n"),
    "label": ("a.tf", f'resource "aws_iam_access_key" "{TOKEN}" {{\n  user = "a"\n}}\n'),
    "user": ("a.tf", f'resource "aws_iam_access_key" "a" {{\n  user = "{TOKEN}"\n}}\n'),
    "cut word": ("a.py", f'x = "{TOKEN[:20]}\\\n{TOKEN[20:]}"; password = "@password"\n'),
    "cut without a parser": ("a.js", f'password = "@password"\nx = {TOKEN[:20]}\\\n {TOKEN[20:]}\n'),
    "cut and indented": ("a.yml", f'x: "{TOKEN[:20]}\\\n  {TOKEN[20:]}"\npassword: "@password"\n'),
    "job": (
        ".github/workflows/a.yml",
        f"on: push\njobs:\n  {TOKEN}:\n    env: {{AWS_ACCESS_KEY_ID: '${{{{ secrets.A }}}}'}}\n",
    ),
}  # fmt: skip


def leaks(text: str) -> list[str]:
    parts = {TOKEN[i : i + SHOWN] for i in range(4, len(TOKEN) - SHOWN + 1)}
    return sorted(part for part in parts if part in text)


@pytest.mark.parametrize("place", FILES)
def test_no_report_shows_it(tmp_path: Path, place: str) -> None:
    path, text = FILES[place]
    write(str(tmp_path), path, text.replace("@password", generate("{password}", "leak")))
    outputs = [part for name in FORMATS for part in ("--output", f"{name}:{tmp_path / name}.report")]
    made = palint("check", "--verbose", *outputs, cwd=tmp_path)
    assert made.returncode == 1, made.stdout + made.stderr
    assert not leaks(made.stdout + made.stderr)
    for name in FORMATS:
        assert not leaks((tmp_path / f"{name}.report").read_text()), name


PLAIN = "".join(("Pl", "um"))  # a password that no detector takes for one


@pytest.mark.parametrize(
    "name", [".env", ".dev.vars", ".envs/.local/.postgres", ".env.d/10-app", "sample.env"]
)
def test_no_report_shows_a_word_that_is_a_password_in_a_dotenv_file(tmp_path: Path, name: str) -> None:
    secret = generate("{base62:32}", "leak")
    write(str(tmp_path), name, f"OTHER=1\nDB_PASSWORD={secret}\nNEW_PASSWORD={PLAIN}\nMODE=fast\n")
    outputs = [part for form in FORMATS for part in ("--output", f"{form}:{tmp_path / form}.report")]
    made = palint("check", "--verbose", *outputs, cwd=tmp_path)
    assert made.returncode == 1, made.stdout + made.stderr
    shown = [made.stdout, *((tmp_path / f"{form}.report").read_text() for form in FORMATS)]
    assert "NEW_PASSWORD" in "".join(shown)
    assert not [text for text in shown if PLAIN in text]


@pytest.mark.parametrize("form", ["https://{}@example.com/r.git", "https://u:{}@example.com/o/r.git"])
def test_credentials_of_the_remote_are_not_the_repositorys_name(repo: Repository, form: str) -> None:
    repo.write("a.py", "x = 1\n")
    repo.add()
    repo.commit()
    repo.git("remote", "add", "origin", form.format(TOKEN))
    made = repo.palint("check", "--format", "html")
    assert made.returncode == 0 and not leaks(made.stdout)


def test_the_settings_in_force_show_no_token(repo: Repository) -> None:
    repo.write("palint.toml", f'exclude = ["{TOKEN}/"]\n')
    made = repo.palint("config")
    assert made.returncode == 0 and "exclude" in made.stdout and not leaks(made.stdout)


SETTINGS = f"""
exclude = ["{TOKEN}/", "*.{TOKEN}"]
environments = ["{TOKEN}", "production"]
secret-loading-packages = ["@a/{TOKEN}"]
[[allow]]
paths = ["{TOKEN}/**", "a.py"]
rules = ["hardcoded-secret"]
reason = "{TOKEN}"
"""


def test_no_report_shows_a_token_of_the_settings(repo: Repository) -> None:
    repo.write("palint.toml", SETTINGS)
    repo.write("a.py", f'db_password = "{generate("{password}", "leak")}"\n')
    repo.write("b.py", f'db_password = "{generate("{password}", "leak 2")}"\n')
    repo.write("c.tf", 'resource "aws_secretsmanager_secret" "x" {\n  name = "api/other"\n}\n')
    outputs = [part for name in FORMATS for part in ("--output", f"{name}:{repo.path.parent / name}.report")]
    made = [repo.palint("check", "--verbose", *outputs), repo.palint("config"), repo.palint("migrate")]
    assert made[0].returncode == 1
    assert not [each for each in made if leaks(each.stdout + each.stderr)]
    assert not [name for name in FORMATS if leaks((repo.path.parent / f"{name}.report").read_text())]


SIGNS_IN = "@".join(generate("{base62:16}", n) for n in (1, 2, 3))  # a password with two `@`


def test_no_report_shows_what_follows_the_first_at_sign_of_a_password(repo: Repository) -> None:
    url = f"postgres://app@shop.example:{SIGNS_IN}@db.internal:5432/app?contact=me@example.com"
    repo.write("a.py", f'DSN = "{url}"\nconnect("{url}")\n')
    repo.write("a.yaml", f"dsn: {url}\n")
    repo.write("b.go", f'var dsn = "app:{SIGNS_IN}@tcp(db:3306)/app"\n')
    repo.write("c.yaml", f"kind: Secret\nstringData:\n  address: {url}\n")
    repo.write(".env", f"ADDRESS={url}\n")
    repo.write(".env.example", f"ADDRESS={url}\n")
    repo.write("a.tf", f'resource "x" "y" {{\n  url = "{url}"\n}}\n')
    repo.add()
    repo.commit()
    files = {name: repo.path.parent / f"{name}.report" for name in FORMATS}
    outputs = [part for name, file in files.items() for part in ("--output", f"{name}:{file}")]
    state = repo.path.parent / "state"
    said = [
        repo.palint("check", "--verbose", *outputs).stdout,
        repo.palint("check", "--diff", "--unsafe-fixes").stdout,
        repo.palint("migrate").stdout,
        *(
            repo.palint("history", "--state", str(state), "--format", name).stdout
            for name in ("text", "json")
        ),
        *(file.read_text() for file in (*files.values(), state)),
    ]
    assert all("a.py" in text for text in said[4:6])
    parts = [part[at : at + 8] for part in SIGNS_IN.split("@") for at in range(8)]
    assert not [part for text in said for part in parts if part in text]


def pem(size: int = 1219) -> str:
    """A private key whose last line looks like the assignment of an empty variable: `…==`."""
    body = base64.b64encode(b"0\x82\x04\xbd" + random.Random(size).randbytes(size - 4)).decode()
    assert body.endswith("==")
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    begin, end = (generate(f"-----{word} {{key_kind}}PRIVATE KEY-----", "leak") for word in ("BEGIN", "END"))
    return "\n".join([begin, *lines, end])


PEM = pem()
BODY = PEM.split("\n")[1:-1]
KEY_PARTS = sorted({line[at : at + 8] for line in BODY for at in range(max(1, len(line) - 9))})
WITH_FIELD = PEM.replace("\n", "\nX-Note: prod\n\n", 1)
WORD = BODY[3][:40].replace("/", "a").replace("+", "b")
# Without quotes, between two other variables of a dotenv file
UNQUOTED = {
    "a key": f"PORT=1\nSIGNING_KEY={PEM}\nLAST=2\n",
    "a key with Windows line ends": f"PORT=1\nSIGNING_KEY={PEM}\nLAST=2\n".replace("\n", "\r\n"),
    "a key on the next line": f"PORT=1\nSIGNING_KEY=\n{PEM}\nLAST=2\n",
    "a key that is cut": f"PORT=1\nSIGNING_KEY={PEM.rpartition(chr(10))[0]}\nLAST=2\n",
    "a key without a name": f"PORT=1\n{PEM}\nLAST=2\n",
    "two keys": f"PORT=1\nSIGNING_KEY={PEM}\nOTHER_KEY={PEM}\nLAST=2\n",
    "a header of its own": f"PORT=1\nSIGNING_KEY={WITH_FIELD}\nLAST=2\n",
    "wrapped base64": "PORT=1\nSIGNING_KEY={}\nLAST=2\n".format("\n".join(BODY)),
    "a token in place of a name": f"PORT=1\n{TOKEN}=\nexport {TOKEN}=x\nLAST=2\n",
    "base64 in place of a name": f"PORT=1\n{WORD}==\nLAST=2\n",
}  # fmt: skip


def key_leaks(text: str) -> list[str]:
    return leaks(text) + [part for part in KEY_PARTS if part in text]


@pytest.fixture
def unquoted(repo: Repository) -> Repository:
    """A repository with each of UNQUOTED in a .env file, an example and an `.envrc`."""
    for form, text in UNQUOTED.items():
        folder = repo.path / form
        folder.mkdir()
        for name in (".env", ".env.example", ".envrc"):
            (folder / name).write_bytes((f"set -a\n{text}" if name == ".envrc" else text).encode())
    repo.git("add", "--all", "--force")
    repo.commit()
    return repo


def test_no_line_of_a_key_is_taken_for_a_name(unquoted: Repository) -> None:
    files = {name: unquoted.path.parent / f"{name}.report" for name in FORMATS}
    outputs = [part for name, file in files.items() for part in ("--output", f"{name}:{file}")]
    for words, code in (
        (["check", "--verbose", *outputs], 1),
        (["check", "--diff", "--unsafe-fixes"], 1),
        (["check", "--select", "env-file"], 1),
        (["check", "--select", "env-example-value"], 1),
        (["check", "--select", "env-example-value", "--diff", "--unsafe-fixes"], 1),
        (["init", "--dry-run"], 0),
        (["migrate"], 2),
        (["migrate", "--format", "shell"], 0),
    ):
        made = unquoted.palint(*words)
        assert made.returncode == code, made.stdout + made.stderr
        assert not key_leaks(made.stdout + made.stderr), words
    for name, file in files.items():
        assert "a header of its own/.env" in file.read_text() or name not in ("text", "json")
        assert not key_leaks(file.read_text()), name


def test_a_history_keeps_no_line_of_a_key(unquoted: Repository) -> None:
    state = unquoted.path.parent / "state"
    for name in ("text", "json", "markdown", "html", "sarif"):
        made = unquoted.palint("history", "--state", str(state), "--format", name)
        assert made.returncode == 1, made.stderr
        assert not key_leaks(made.stdout + made.stderr), name
    assert "SIGNING_KEY" in state.read_text() and not key_leaks(state.read_text())


@pytest.mark.parametrize("form", UNQUOTED)
def test_migrate_names_no_line_of_a_key(aws: Aws, repo: Repository, form: str) -> None:
    repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    (repo.path / ".env").write_bytes(UNQUOTED[form].encode())
    made = repo.palint("migrate", "--apply", "--yes")
    stays = "without" in form or "in place" in form  # a line has no name
    assert made.returncode in ((2,) if stays else (0, 1)), made.stderr
    assert not key_leaks(made.stdout + made.stderr)
    example = repo.path / ".env.example"
    assert not example.exists() or not key_leaks(example.read_text())
    if stays:
        assert ".env: cannot be read: line" in made.stdout and (repo.path / ".env").exists()
        assert not aws.has("shop/development")
        return
    keys = aws.keys("shop/development")
    assert set(keys) == {"PORT", "SIGNING_KEY", "LAST", *(["OTHER_KEY"] if form == "two keys" else [])}
    assert keys["SIGNING_KEY"].replace("\r", "") in UNQUOTED[form].replace("\r", "")
    assert PEM.split("\n")[-2] in keys["SIGNING_KEY"] and not (repo.path / ".env").exists()


@pytest.mark.asyncio
async def test_the_servers_messages_show_no_line_of_a_key(repo: Repository) -> None:
    async with serve(repo) as session:
        for form, text in UNQUOTED.items():
            for path in (f"{form}/.env", f"{form}/.env.example"):
                found = await session.open(path, text)
                assert found
                actions = [action for one in found for action in await session.actions(path, one)]
                hovers = [await session.hover(path, line, 2) for line in range(4)]
                assert not key_leaks(repr((found, [action.title for action in actions], hovers)))
