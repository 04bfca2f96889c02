"""The plainest options are read without click, and mean what they mean to it."""

from __future__ import annotations

import click
from hypothesis import given
from hypothesis import strategies as st

from palint.cli import _options
from palint.cli.check import CheckOptions
from palint.cli.commands import cli

WORDS = (
    "src", "a b", "check", ".", "", "-", "--", "--quiet", "-q", "--verbose", "-v", "-qv", "--isolated",
    "--staged", "--statistics", "--allow-incomplete", "--format", "--format=json", "json", "text", "nonsense",
    "--fix", "--form", "--select", "env-file", "--help",
)  # fmt: skip


@given(st.lists(st.sampled_from(WORDS), max_size=5))
def test_as_click_reads_them(words: list[str]) -> None:
    read = _options(words)
    try:
        params = cli.commands["check"].make_context("check", list(words)).params
    except (click.ClickException, click.exceptions.Exit):
        assert read is None
    else:
        assert read is None or CheckOptions(**read) == CheckOptions.of(params)


def test_these_need_no_click() -> None:
    assert _options([]) == {"paths": ()}
    assert _options(["--format", "sarif", "--quiet", "src"]) == {
        "format_": "sarif",
        "quiet": True,
        "paths": ("src",),
    }
