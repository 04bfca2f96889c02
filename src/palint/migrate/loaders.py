"""The text of the module with which a migrated program reads its secret."""

from __future__ import annotations

import os

from palint.util.named_tuple import NamedTuple

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
    """The JavaScript or TypeScript module. esm: `import` instead of `require`."""
    needed = "MessageChannel, Worker, receiveMessageOnPort"
    # not `require.resolve`, which a bundler replaces by the id of its own module
    resolve, footer, export = "require('module').createRequire(__filename).resolve", "", "export "
    if typescript or esm:
        imports = f"import {{ {needed} }} from 'worker_threads';"
        if not esm:
            imports = "import { createRequire } from 'module';\n" + imports
            resolve = "createRequire(__filename).resolve"
    else:
        imports = f"const {{ {needed} }} = require('worker_threads');"
        export, footer = "", "\nmodule.exports = { secret };\n"
    if esm:
        imports = "import { createRequire } from 'module';\n" + imports
        resolve = "createRequire(import.meta.url).resolve"
    run = ""
    if not typescript:
        run = "//\n// This runs a command with the keys of the secret in its environment:\n"
        run += f"// `node {file} COMMAND`\n"
        footer = footer + _RUN[esm]
        if esm:
            imports = "import { spawnSync } from 'child_process';\n" + imports
            imports += "\nimport { fileURLToPath } from 'url';"
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
if ({condition}) {{
  const {{ status }} = {spawn}(process.argv[2], process.argv.slice(3), {{ stdio: 'inherit' }});
  process.exitCode = status === null ? 1 : status;
}}
"""
_RUN = {
    False: _COMMAND.format(condition="require.main === module", spawn="require('child_process').spawnSync"),
    True: _COMMAND.format(condition="process.argv[1] === fileURLToPath(import.meta.url)", spawn="spawnSync"),
}


def _read(name: str) -> str:
    with open(os.path.join(_TEMPLATES, name), encoding="utf-8") as file:
        return file.read()
