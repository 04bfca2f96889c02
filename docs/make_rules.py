"""Write docs/rules/*.md and the table in README.md from the rules themselves: `python docs/make_rules.py`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from palint import registry
from palint.cli.info import rule_page
from palint.rule import Clause, Rule

ROOT = Path(__file__).parent.parent
_EXAMPLES, _NO_SEARCH = "\n## Examples", "{ data-search-exclude }"  # their code hides the answers of a search
BEGIN, END = "<!-- rules: made by docs/make_rules.py -->", "<!-- /rules -->"


def pages() -> dict[Path, str]:
    """{path: text} of every file that is made, README.md included."""
    rules = registry.load()
    made = {
        ROOT / "docs" / "rules" / f"{name}.md": rule_page(rule).replace(
            _EXAMPLES, f"{_EXAMPLES} {_NO_SEARCH}"
        )
        for name, rule in rules.items()
    }
    rows = [
        f"| [`{name}`](docs/rules/{name}.md) | {rule.clause.label} | {rule.severity.label} "
        f"| {rule.summary()} |"
        for name, rule in rules.items()
    ]
    made[ROOT / "docs" / "rules" / "index.md"] = _index(rules)
    table = "\n".join(["| rule | clause | severity | flags |", "| --- | --- | --- | --- |", *rows])
    readme = (ROOT / "README.md").read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    made[ROOT / "README.md"] = f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"
    return made


def _index(rules: Mapping[str, type[Rule]]) -> str:
    """The page that lists the rules by clause."""
    parts = ["# Rules", "`palint explain RULE` shows a rule's page in the terminal, too."]
    for clause in Clause:
        rows = [
            f"| [`{name}`]({name}.md) | {rule.severity.label} | {rule.summary()} |"
            for name, rule in rules.items()
            if rule.clause is clause
        ]
        if rows:
            title = clause.sentence if clause is Clause.NONE else f"{clause.label}: {clause.sentence}"
            parts += [
                f"## {title}",
                "\n".join(["| rule | severity | reports |", "| --- | --- | --- |", *rows]),
            ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
