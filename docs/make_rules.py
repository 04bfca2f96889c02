"""Write docs/rules/*.md and the table in README.md from the rules themselves: `python docs/make_rules.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from palint import registry
from palint.cli.info import rule_page

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- rules: made by docs/make_rules.py -->", "<!-- /rules -->"


def pages() -> dict[Path, str]:
    """{path: text} of every file that is made, README.md included."""
    rules = registry.load()
    made = {ROOT / "docs" / "rules" / f"{name}.md": rule_page(rule) for name, rule in rules.items()}
    rows = [
        f"| [`{name}`](docs/rules/{name}.md) | {rule.clause.label} | {rule.severity.label} "
        f"| {rule.summary()} |"
        for name, rule in rules.items()
    ]
    table = "\n".join(["| rule | clause | severity | flags |", "| --- | --- | --- | --- |", *rows])
    readme = (ROOT / "README.md").read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    made[ROOT / "README.md"] = f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"
    return made


def main() -> int:
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
