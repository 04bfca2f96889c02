"""docs/write-a-rule.md, followed to the letter in its own environment: anyone's rule is a rule.

In the suite the environment shares this one's packages, and what pip writes for the tutorial's package is
written here. `make packaging` installs everything from the package index into a fresh environment.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

from palint import testing
from palint.rule import ALL_FILES, Clause, Rule, Severity
from tests.conftest import ROOT, Repository

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TUTORIAL = (ROOT / "docs" / "write-a-rule.md").read_text("utf-8")
BLOCK = re.compile(r"^`([^`\n]+)`:\n\n```\w+\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILES = dict(BLOCK.findall(TUTORIAL))
INSTALLS = "PALINT_TEST_PACKAGING" in os.environ


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder: the tutorial's `package`, installed with palint into an environment at `env`."""
    folder = tmp_path_factory.mktemp("acme")
    for name in ("acme_palint/base_image.py", "pyproject.toml", "test_base_image.py"):
        place = folder / "package" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(FILES[name], "utf-8")
    (folder / "package" / "acme_palint" / "__init__.py").touch()
    venv.create(folder / "env", with_pip=INSTALLS)
    if INSTALLS:
        pip = [
            str(folder / "env/bin/python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        for what in ([str(ROOT)], ["pytest"], ["--editable", str(folder / "package")]):
            done = subprocess.run([*pip, *what], capture_output=True, text=True, check=False, cwd=folder)
            assert done.returncode == 0, done.stderr
    else:
        shared = "; ".join(f"site.addsitedir({path!r})" for path in site.getsitepackages())
        (packages(folder) / "shared.pth").write_text(f"import site; {shared}\n")
        install(folder, folder / "package", editable=True)
    return folder


def packages(acme: Path) -> Path:
    """The folder of the environment's packages."""
    [found] = (acme / "env" / "lib").glob("python*/site-packages")
    return found


def install(acme: Path, package: Path, *, editable: bool = False) -> None:
    """Install a package without dependencies: with pip, or as pip does it."""
    if INSTALLS:
        words = ["--quiet", *(["--editable"] if editable else []), str(package)]
        assert run(acme, "pip", "install", *words).returncode == 0
        return
    declared = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    name = declared["name"].replace("-", "_")
    facts = packages(acme) / f"{name}-{declared['version']}.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {declared['name']}\nVersion: 1.0\n")
    groups = declared["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{n} = {v}\n" for n, v in points.items()) for group, points in groups]
    (facts / "entry_points.txt").write_text("\n".join(lines))
    (packages(acme) / f"__editable__.{name}.pth").write_text(f"{package}\n")


def uninstall(acme: Path, name: str) -> None:
    """Remove a package."""
    if INSTALLS:
        assert run(acme, "pip", "uninstall", "--quiet", "--yes", name).returncode == 0
        return
    name = name.replace("-", "_")
    [facts] = packages(acme).glob(f"{name}-*.dist-info")
    shutil.rmtree(facts)
    (packages(acme) / f"__editable__.{name}.pth").unlink()


def run(acme: Path, *args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program of the environment."""
    # A rule that is rewritten within a second, at the same length, must not be taken for its bytecode.
    env = {**os.environ, "XDG_CACHE_HOME": str(acme / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    program = [acme / "env/bin" / args[0]]
    if not INSTALLS:
        program = [acme / "env/bin/python", Path(sys.executable).parent / args[0]]
        env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # this environment has many
    return subprocess.run(
        [*map(str, program), *args[1:]],
        cwd=cwd or acme / "package",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )


# (the id of a section, the file, what its `check` points at, the message)
SNIPPETS = [
    ("syntax-tree", "a.py", "é = 1; acme.connect(é)\n", "acme.connect(é)", "`acme.connect` is retired"),
    ("syntax-tree", "a.yml", "services:\n  api: {image: 'x:latest'}\n", "'x:latest'", "`api` has no version"),
    (
        "a-fix",
        "a.py",
        "U = 'http://registry.acme.example/x'\n",
        "http://registry.acme.example",
        "without TLS",
    ),
    (
        "keep-secrets",
        "a.py",
        'acme.login("superuser-2")\n',
        "superuser-2",
        "hardcoded login: … (11 characters)",
    ),
]


@pytest.mark.parametrize(("section", "path", "text", "location", "message"), SNIPPETS)
def test_a_snippet_is_the_check_of_a_rule(
    section: str, path: str, text: str, location: str, message: str
) -> None:
    body = re.split(rf"^###? .*{{ #{section} }}$", TUTORIAL, flags=re.M)[1].partition("\n##")[0]
    blocks = re.findall(r"```python\n(.*?)```", body, re.DOTALL)
    defined: dict[str, object] = {"__name__": __name__}
    exec(blocks[path.endswith(".yml")], defined)
    declared = {"clause": Clause.NONE, "severity": Severity.ERROR, "files": ALL_FILES, "__doc__": "A rule."}
    rule = type("Snippet", (Rule,), {**declared, "check": defined["check"], "__module__": __name__})
    [finding] = testing.check(rule, {path: text})
    assert finding.span.offset == text.index(location) and message in finding.message
    assert section != "a-fix" or (finding.fix is not None and finding.fix.safe)
    assert section != "keep-secrets" or location not in str(finding.excerpt)


def test_it_is_short() -> None:
    code = [FILES[n] for n in ("acme_palint/base_image.py", "pyproject.toml", "test_base_image.py")]
    lines = [line for text in code for line in text.splitlines() if line.strip()]
    assert len(lines) < 80  # with a fix and an example of several files


def test_its_examples_pass(acme: Path) -> None:
    done = run(acme, "pytest", "-q", "test_base_image.py")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_a_wrong_location_says_which_example_and_what(acme: Path) -> None:
    rule = acme / "package" / "acme_palint" / "base_image.py"
    text = FILES["acme_palint/base_image.py"]
    for wrong, message in (
        ('location="pyton:3.14"', "has no text 'pyton:3.14' in Dockerfile: correct its `location`"),
        ('location="FROM python"', "has no finding at its `location` 'FROM python' (Dockerfile, offset 0)"),
    ):
        try:
            rule.write_text(text.replace('location="python:3.14"', wrong), "utf-8")
            done = run(acme, "pytest", "-q", "test_base_image.py")
        finally:
            rule.write_text(text, "utf-8")
        assert done.returncode == 1 and message in done.stdout and "FROM python:3.14" in done.stdout


MISTAKES = [  # (what is written, what instead, the command, its exit code, what it says)
    ("file.span(*match.span(1))", "match.span(1)", "palint", 2,
     "failed at acme_palint/base_image.py:47: `span` is (5, 16): write `file.span(start, end)`"),
    ("file.span(*match.span(1))", "match.span(1)", "pytest", 1,
     "ViolationError: `span` is (5, 16): write `file.span(start, end)`"),
    ("Fix((Edit(span,", "Fix(((span,", "palint", 2, "`fix`: write `Fix((Edit(span, text),))`"),
    ("Fix((Edit(span,", "Fix(((span,", "pytest", 1, "write `Fix((Edit(span, text),))`"),
    ("yield self.violation", "return self.violation", "palint", 2,
     "(acme_palint) failed at acme_palint/base_image.py:42: `check` yields what `self.violation(…)`"),
    ("    def check(", "    def __init__(self, config):\n        1 / 0\n\n    def check(", "palint", 2,
     "acme_palint/base_image.py:43: ZeroDivisionError: report it to the authors of the rule"),
    ("    def check(", "    def check_project(self, _):\n        yield 1\n\n    def check(", "palint", 2,
     "acme_palint/base_image.py:43: `check` yields what `self.violation(…)` returns, not `int`"),
    ("Severity.ERROR\n", "'error'\n", "palint", 2,
     "acme_palint/base_image.py:23: rule 'base-image': `severity` is 'error': write `Severity.ERROR`"),
    ('fixed={"api/Dockerfile"', 'fixed={"Dockerfile"', "pytest", 1,
     "`fixed` names Dockerfile, which is none of its files: api/Dockerfile, api/README.md"),
    ('location=("api/Dockerfile"', 'location=("Dockerfile"', "pytest", 1,
     "`location` names Dockerfile, which is none of its files"),
    ("base/node:24\\n\"}", "base/node\\n\"}", "pytest", 1, "the fix makes this of api/Dockerfile"),
    ('"FROM scratch', '"FROM scretch', "pytest", 1, "Dockerfile:1:6: `scretch` does not come from"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "command", "code", "said"), MISTAKES)
def test_a_mistake_is_named(
    acme: Path, tmp_path: Path, written: str, instead: str, command: str, code: int, said: str
) -> None:
    rule = acme / "package" / "acme_palint" / "base_image.py"
    text = FILES["acme_palint/base_image.py"]
    wrong = text.replace(written, instead)
    assert wrong.count(instead)
    (tmp_path / "Dockerfile").write_text("FROM python:3.14\n")
    try:
        rule.write_text(wrong, "utf-8")
        if command == "pytest":
            done = run(acme, "pytest", "-q", "test_base_image.py")
        else:
            done = run(acme, "palint", "-v", ".", cwd=tmp_path)
    finally:
        rule.write_text(text, "utf-8")
    shown = done.stdout + done.stderr
    assert done.returncode == code and said in shown, shown
    assert "a bug in palint" not in shown


def test_a_failing_example_is_printed_as_lines(acme: Path) -> None:
    rule = acme / "package" / "acme_palint" / "base_image.py"
    text = FILES["acme_palint/base_image.py"]
    try:
        rule.write_text(text.replace('"FROM scratch', '"FROM scretch'), "utf-8")
        done = run(acme, "palint", "rules", "--test")
    finally:
        rule.write_text(text, "utf-8")
    assert done.returncode == 1
    line = text[: text.index('Example("FROM scratch')].count("\n") + 1
    assert done.stdout == (
        f"{rule}:{line}: base-image: this good example\n--- Dockerfile\nFROM scretch\n\nhas a finding:\n"
        "Dockerfile:1:6: `scretch` does not come from registry.acme.example\n"
    )


def test_the_smallest_rule_passes_its_examples() -> None:
    block = TUTORIAL.partition("The smallest rule")[2].partition("```python\n")[2].partition("```")[0]
    defined: dict[str, Any] = {"__name__": __name__}
    exec(block, defined)
    assert testing.run_examples(defined["NoLatest"]) == 2


def test_its_fix_is_applied(acme: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM node:24\n")
    run(acme, "palint", "--fix", "--unsafe-fixes", "--select", "base-image", ".", cwd=tmp_path)
    assert (tmp_path / "Dockerfile").read_text() == "FROM registry.acme.example/base/node:24\n"


def test_it_is_a_rule_like_any_other(acme: Path, tmp_path: Path) -> None:
    assert "base-image" in run(acme, "palint", "rules").stdout
    assert re.search(r"^base-image: \d examples$", run(acme, "palint", "rules", "--test").stdout, re.M)
    page = run(acme, "palint", "explain", "base-image").stdout
    assert "patched every night" in page and "[tool.palint.rules.base-image]" in page
    (tmp_path / "Dockerfile").write_text("FROM images.acme.example/x\nFROM python\n")
    found = json.loads(run(acme, "palint", "--format", "json", ".", cwd=tmp_path).stdout)["findings"]
    assert [f["start"]["line"] for f in found if f["rule"] == "base-image"] == [1, 2]


def test_it_is_configured(acme: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM images.acme.example/x\nFROM python\n")
    (tmp_path / "palint.toml").write_text(FILES["palint.toml"])
    found = json.loads(run(acme, "palint", "--format", "json", ".", cwd=tmp_path).stdout)["findings"]
    assert [f["start"]["line"] for f in found if f["rule"] == "base-image"] == [2]
    (tmp_path / "palint.toml").write_text(FILES["palint.toml"].replace("registry =", "regitsry ="))
    done = run(acme, "palint", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "palint.toml:2:" in done.stderr and "did you mean 'registry'?" in done.stderr


def test_it_is_forgotten_when_uninstalled(acme: Path) -> None:
    """The remembered entry points notice that the environment changed."""
    assert "base-image" in run(acme, "palint", "rules").stdout
    uninstall(acme, "acme-palint")
    try:
        assert "base-image" not in run(acme, "palint", "rules").stdout
    finally:
        install(acme, acme / "package", editable=True)
    assert "base-image" in run(acme, "palint", "rules").stdout


def test_two_rules_of_one_id(acme: Path) -> None:
    folder = acme / "again"
    (folder / "other").mkdir(parents=True)
    text = FILES["acme_palint/base_image.py"]
    (folder / "other/env_file.py").write_text(text)
    (folder / "pyproject.toml").write_text(
        FILES["pyproject.toml"]
        .replace("acme-palint", "other")
        .replace("acme_palint.base_image", "other.env_file")
    )
    install(acme, folder)
    try:
        done = run(acme, "palint", "rules")
    finally:
        uninstall(acme, "other")
    assert done.returncode == 2
    assert "two rules are called 'env-file'" in done.stderr


@pytest.mark.skipif(not INSTALLS, reason="installs from the package index: `make packaging`")
def test_the_hook_takes_it_as_an_additional_dependency(acme: Path, tmp_path: Path) -> None:
    """Through real pre-commit, which installs palint and the package into its own environment."""
    source = Repository(tmp_path / "palint")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            source.write(name, (ROOT / name).read_bytes())
    source.add()
    source.commit()
    rev = source.git("rev-parse", "HEAD").strip()
    repo = Repository(tmp_path / "repo")
    repo.write(
        ".pre-commit-config.yaml",
        f"repos:\n- repo: {source.path}\n  rev: {rev}\n  hooks:\n  - id: palint\n"
        f"    additional_dependencies: ['{acme}/package']\n",
    )
    repo.write("Dockerfile", "FROM python:3\n")
    repo.add()
    env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [str(Path(sys.executable).parent / "pre-commit"), "run"],
        cwd=repo.path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "base-image" in done.stdout
