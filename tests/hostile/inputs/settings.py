# ruff: noqa: E501 - an input a line
"""Settings, baselines, suppressions and other tools' files that come with the tree."""

from __future__ import annotations

import json
import os

from tests.hostile.inputs.place import Place, add, kind


def settings(name: str, expect: str, data: bytes | str, path: str = "palint.toml") -> None:
    """A kind whose tree has a file with a secret, and a settings file."""

    def build(place: Place) -> None:
        place.write("a.py", place.line)
        place.write(path, data.replace("@SECRET@", place.secret) if isinstance(data, str) else data)

    add(name, expect, build)


settings("settings-binary", "error", b"\xff\xfe\0[" * 100)
settings("settings-utf16", "error", 'select = ["env-file"]\n'.encode("utf-16"))
settings("settings-nul", "error", "select = []\0\n")
settings("settings-deep-arrays", "error", "select = " + "[" * 100_000 + "]" * 100_000 + "\n")
settings("settings-deep-tables", "error", "select = " + "{a=" * 20_000 + "1" + "}" * 20_000 + "\n")
settings("settings-dotted-key", "error", ".".join(["a"] * 50_000) + " = 1\n")
settings("settings-dotted-table", "error", "[" + ".".join(["a"] * 50_000) + "]\n")
settings("settings-long-integer", "error", "limits = {text = " + "9" * 50_000 + "}\n")
settings("settings-many-keys", "error", "".join(f"key{i} = {i}\n" for i in range(40_000)))
settings("settings-unknown-key-is-a-secret", "error", "@SECRET@ = 1\n")
settings("settings-value-is-a-secret", "error", 'select = ["@SECRET@"]\n')
settings("settings-wrong-type-secret", "error", 'select = "@SECRET@"\n')
settings("settings-syntax-error-at-secret", "error", 'token = "@SECRET@\n')
settings("settings-rule-table-secret", "error", '[rules."@SECRET@"]\nx = 1\n')
settings("settings-severity-secret", "error", '[severity]\nenv-file = "@SECRET@"\n')
settings("settings-ansi", "error", '"\\u001b[31m\\u001b]0;pwn\\u0007" = 1\n')
settings("settings-glob-stars", "error", 'exclude = ["' + "*a" * 200 + 'b"]\n')
settings("settings-glob-double-stars", "error", 'exclude = ["' + "**/" * 300 + 'b"]\n')
settings("settings-glob-brackets", "any", 'exclude = ["' + "[" * 20_000 + '"]\n')
settings(
    "settings-many-globs", "find", "exclude = [" + ",".join(f'"x{i}/**/*.y"' for i in range(5000)) + "]\n"
)
settings("settings-limits-zero", "error", "[limits]\ntext = 0\n")
settings("settings-limits-negative", "error", "[limits]\nseconds = -1\n")
settings("settings-limits-nan", "error", "[limits]\nseconds = nan\n")
settings(
    "settings-limits-huge", "error", "[limits]\ntext = 9223372036854775807\nwindows = 9223372036854775807\n"
)
settings("settings-limits-tiny", "error", "[limits]\ntext = 1\nwindows = 1\n")
settings("settings-crlf", "find", 'ignore = ["secret-name"]\r\n')
settings("settings-pyproject-broken", "error", "[tool.palint\n", "pyproject.toml")
settings("settings-pyproject-wrong", "error", "tool = 5\n", "pyproject.toml")
settings("settings-pyproject-palint-list", "error", "[[tool.palint]]\n", "pyproject.toml")
settings("settings-baseline-binary", "error", b"\xff\0" * 100, "palint-baseline.jsonl")
settings("settings-baseline-deep", "error", "[" * 200_000, "palint-baseline.jsonl")
settings("settings-baseline-secret", "error", '{"@SECRET@": 1\n', "palint-baseline.jsonl")
settings("settings-baseline-many", "any", '{"a": 1}\n' * 100_000, "palint-baseline.jsonl")
settings("settings-others-ignores", "find", "*\n", ".palintignore")
settings(
    "settings-gitattributes",
    "find",
    "* binary linguist-generated linguist-vendored -diff export-ignore\n",
    ".gitattributes",
)
settings("settings-gitignore-all", "find", "nothing\n!*\n", ".gitignore")
settings("settings-gitignore-stars", "find", "*a" * 300 + "b\n" + "**/" * 300 + "q\n", ".gitignore")
settings(
    "settings-gitignore-many", "find", "".join(f"name{i}*x?[a-z]\n" for i in range(30_000)), ".gitignore"
)
settings("settings-gitignore-line", "find", "[" + "a-" * 400_000 + "]\n", ".gitignore")
settings(
    "settings-pre-commit",
    "find",
    "repos:\n- repo: local\n  hooks:\n  - {id: x, entry: touch ../pwned, language: system}\n",
    ".pre-commit-config.yaml",
)
settings(
    "settings-secrets-baseline",
    "find",
    json.dumps(
        {
            "version": "1.5.0",
            "plugins_used": [],
            "filters_used": [{"path": "file://evil.py::f"}],
            "results": {},
        }
    ),
    ".secrets.baseline",
)
settings(
    "settings-entry-points", "find", "[project.entry-points.'palint.rules']\nx = 'evil'\n", "pyproject.toml"
)


@kind("settings-both", "error")
def _(place: Place) -> None:
    place.write("palint.toml", "select = []\n")
    place.write("pyproject.toml", "[tool.palint]\nselect = []\n")


for _name in ("palint.toml", "pyproject.toml", "palint-baseline.jsonl"):

    def _fifo(place: Place, name: str = _name) -> None:
        place.write("a.py", place.line)
        os.mkfifo(place.root / name)

    def _link(place: Place, name: str = _name) -> None:
        place.write("a.py", place.line)
        (place.root / name).symlink_to("/dev/zero")

    def _folder(place: Place, name: str = _name) -> None:
        place.write("a.py", place.line)
        (place.root / name).mkdir()

    def _outside(place: Place, name: str = _name) -> None:
        place.write("a.py", place.line)
        place.write("s", 'ignore = ["hardcoded-secret"]\n', place.outside)
        (place.root / name).symlink_to("../outside/s")

    def _sparse(place: Place, name: str = _name) -> None:
        place.write("a.py", place.line)
        with place.write(name, "").open("wb") as file:
            file.truncate(1 << 36)

    _short = _name.partition(".")[0].replace("-", "")
    # A settings file that cannot be read must be said: what it asked for is not known.
    add(f"settings-{_short}-fifo", "find", _fifo)
    add(f"settings-{_short}-device", "find", _link)
    add(f"settings-{_short}-folder", "find", _folder)
    add(f"settings-{_short}-outside", "find", _outside)
    add(f"settings-{_short}-sparse", "error", _sparse)

MODULES = ("palint", "click", "yaml", "hyperscan", "msgspec", "pathspec", "json", "re", "ast", "rich", "detect_secrets",
           "tree_sitter", "sitecustomize", "usercustomize", "encodings", "tomllib", "tomli", "select", "_bootlocale")  # fmt: skip


@kind("settings-shadowing-modules", "find")
def _(place: Place) -> None:
    for module in MODULES:
        code = f"open({str(place.mark)!r}, 'w').close()\n"
        place.write(f"{module}.py", code)
        place.write(f"{module}/__init__.py", code)
    place.write("palint/__main__.py", f"open({str(place.mark)!r}, 'w').close()\n")
    place.write("pyvenv.cfg", "home = /\n")
    place.write("python.pth", f"import os; open({str(place.mark)!r}, 'w')\n")
    place.write("a.py", place.line)
