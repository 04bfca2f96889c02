"""Writes docs/formats.md, the list of vendors' token formats: `python docs/make_formats.py`."""

from __future__ import annotations

from pathlib import Path

from palint.secrets.formats import FORMATS, Format

HEAD = """\
# Token formats

`hardcoded-secret` knows {count} formats of tokens and keys by their form; {checked} of them carry a
checksum or a structure that is checked as well, so that a made-up or mistyped one is not taken for a secret.
Some vendors document a prefix and no more: length and alphabet are then those of the tokens that they issue.
This page is made by `python docs/make_formats.py` from `src/palint/secrets/formats/`.

| format | finds | checked | documented by |
| --- | --- | --- | --- |
"""


def page() -> str:
    """The page in Markdown."""
    head = HEAD.format(count=len(FORMATS), checked=sum(fmt.valid is not None for fmt in FORMATS))
    return head + "".join(map(row, sorted(FORMATS)))


def row(fmt: Format) -> str:
    """One line of the table."""
    host = fmt.source.split("/")[2]
    return f"| `{fmt.id}` | {fmt.name} | {'yes' if fmt.valid else ''} | [{host}]({fmt.source}) |\n"


if __name__ == "__main__":
    Path(__file__).with_name("formats.md").write_text(page(), encoding="utf-8")
