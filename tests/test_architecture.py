"""docs/architecture.md: its example is what palint prints, and what it names exists."""

from __future__ import annotations

import re

from palint.secrets.synthetic import generate
from tests.conftest import ROOT, Repository
from tests.test_layers import HEIGHT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PARTS = "|".join(
    sorted(p.name for p in (ROOT / "src" / "palint").iterdir() if p.is_dir() and p.name[0] != "_")
)


def _exists(name: str) -> bool:
    """Whether a module, folder or file of that name is in one of the places that the page means."""
    return any(
        (place / f"{name}{ending}").exists()
        for place in (ROOT, ROOT / "src" / "palint")
        for ending in ("", ".py")
    )


def test_the_modules_that_it_names_exist() -> None:
    names = set(re.findall(rf"(?<![\w/.])((?:{PARTS}|rules|tests|bench)/[a-z][\w/]*[a-z_](?:\.\w+)?)", PAGE))
    names = {name if re.search(r"\.(?:py|txt)$", name) else name.partition(".")[0] for name in names}
    assert len(names) > 30
    assert [name for name in sorted(names) if not _exists(name)] == []


def test_the_methods_that_it_names_exist() -> None:
    named = set(re.findall(r"\b([A-Z][a-z]\w+)\.([a-z]\w+)\b(?!\.py)", PAGE))
    code = "\n".join(
        p.read_text("utf-8") for folder in ("src", "rules") for p in (ROOT / folder).rglob("*.py")
    )
    assert len(named) > 10
    for owner, member in sorted(named):
        assert re.search(rf"^class {owner}\b", code, re.MULTILINE), owner
        assert re.search(rf"\b(?:def |self\.)?{member}\b", code), f"{owner}.{member}"


def test_its_table_has_the_layers_in_their_order() -> None:
    table = PAGE.partition("| package | contents |")[2].partition("\n\n")[0]
    rows = [re.findall(r"`(\w+)/?`", line.split("|")[1]) for line in table.splitlines() if "`" in line]
    assert {name for row in rows for name in row} == set(HEIGHT) - {"__main__", "__version__"}
    lowest = [min(HEIGHT[name] for name in row) for row in rows]
    assert lowest == sorted(lowest, reverse=True)


def test_its_example_is_what_palint_prints(repo: Repository) -> None:
    repo.write("app/pay.py", f'import stripe\n\nDB_PASSWORD = "{generate("{password}", 3)}"\n')
    repo.git("remote", "add", "origin", "https://github.com/acme/shop.git")
    printed = repo.palint().stdout
    block = next(block for block in re.findall(r"```\n(.*?)```", PAGE, re.DOTALL) if "error[" in block)
    assert printed.startswith(block)
