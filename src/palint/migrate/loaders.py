"""The text of the module with which a migrated program reads its secret."""

from __future__ import annotations

import os

from palint.util.typing import NamedTuple

_TEMPLATES = os.path.join(os.path.dirname(__file__), "templates")
PYTHON_MODULE = "aws_secrets"
JAVASCRIPT_MODULE = "aws-secrets"
SDK = "@aws-sdk/client-secrets-manager"
MARK = "Settings from AWS Secrets Manager, read once"  # in the first line of every loader
# {name of a loader's file: (the word by which others import it, the file in its program's folder)}
FILES = {
    "aws_secrets.py": ("aws_secrets", ""), "aws-secrets.js": ("aws-secrets", "package.json"),
    "aws-secrets.cjs": ("aws-secrets", "package.json"), "aws-secrets.ts": ("aws-secrets", "package.json"),
    "awssecrets.go": ("awssecrets", "go.mod"), "aws-secrets.php": ("aws-secrets", "composer.json"),
    "aws_secrets.rb": ("aws_secrets", "Gemfile"), "AwsSecrets.cs": ("AwsSecrets", ""),
}  # fmt: skip


def is_loader(path: str) -> bool:
    """Whether a path is that of a loader, by its name."""
    return path.rpartition("/")[2] in FILES


class Names(NamedTuple):
    """Names in a loader's text. example: a secret's name. region: used if none is configured."""

    example: str
    region: str


def python(names: Names, file: str) -> str:
    """The Python module. file: its path, for the comment."""
    return environment(names, "aws_secrets.py.txt").replace("{file}", file)


def javascript(names: Names, file: str, *, typescript: bool, esm: bool) -> str:
    """The CommonJS or TypeScript module. esm: whether TypeScript becomes an ES module."""
    needed = "MessageChannel, Worker, receiveMessageOnPort"
    # not `require.resolve`, which a bundler replaces by the id of its own module
    if typescript:
        imports = f"import {{ createRequire }} from 'module';\nimport {{ {needed} }} from 'worker_threads';"
        resolve = f"createRequire({'import.meta.url' if esm else '__filename'}).resolve"
        export, run, footer = "export ", "", ""
    else:
        imports = f"const {{ {needed} }} = require('worker_threads');"
        resolve = "require('module').createRequire(__filename).resolve"
        run = "//\n// This runs a command with the keys of the secret in its environment:\n"
        run += f"// `node {file} COMMAND`\n"
        export, footer = "", _COMMAND
    return (
        _read("aws-secrets.js.txt")
        .replace("{run}\n", run + "\n").replace("{imports}", imports).replace("{resolve}", resolve)
        .replace("{export}", export).replace("{footer}\n", footer)
        .replace("{: string}", ": string" if typescript else "")
        .replace("{: Record<string, string>}", ": Record<string, string>" if typescript else "")
        .replace("{example}", names.example).replace("{region}", names.region)
    )  # fmt: skip


def environment(names: Names, template: str) -> str:
    """A module that puts the keys of the secret into the environment. template: its file's name."""
    return _read(template).replace("{example}", names.example).replace("{region}", names.region)


_COMMAND = """
module.exports = { secret };

if (require.main === module) {
  const { spawnSync } = require('child_process');
  const { status } = spawnSync(process.argv[2], process.argv.slice(3), { stdio: 'inherit' });
  process.exitCode = status === null ? 1 : status;
}
"""


def _read(name: str) -> str:
    with open(os.path.join(_TEMPLATES, name), encoding="utf-8") as file:
        return file.read()
