"""Imports of loaders of dotenv files, formatted in every way that JavaScript reads as the same."""

from __future__ import annotations

import pytest

from palint.dotenv import javascript_usage
from palint.text.source import SourceFile


@pytest.mark.parametrize(
    "text",
    [
        'import d from "dotenv"\nd.config()',
        'import{config}from"dotenv";config()',
        'import*as d from"dotenv";d.config()',
        'import d,{config}from"dotenv"',
        'import"dotenv/config"',
        'import d /* x */ from /* y */ "dotenv"',
        'import d from // x\n  "dotenv"',
        'const d = require(/* a */"dotenv")',
        'const{config}=require("dotenv");config()',
        'require(\n"dotenv").config()',
        'const d = await import("dotenv")',
        'module.exports = {plugins: ["inline-dotenv"]}',
        'module.exports = {setupFiles: ["dotenv/config"]}',
    ],
)
def test_an_import_is_found_however_it_is_formatted(text: str) -> None:
    assert len(list(javascript_usage.find_uses(SourceFile("a.js", text.encode())))) == 1


@pytest.mark.parametrize("bound", ["import {parse as p} from", "const {parse: p} = require("])
def test_the_call_is_that_of_the_name_here(bound: str) -> None:
    text = f'{bound} "dotenv")\nparse(x)\np(fs.readFileSync(".env"))'.replace(
        'from "dotenv")', 'from "dotenv"'
    )
    (use,) = javascript_usage.find_uses(SourceFile("a.js", text.encode()))
    assert text[use.start :].startswith("p(fs")


@pytest.mark.parametrize(
    "text",
    [
        'exports = {name: "dotenv", keywords: ["dotenv", "env"]}',
        "console.log(`[dotenv@${version}] ${text}`)",
        '// import d from "dotenv"',
        'importx from "dotenv"',
        'const x = y.from("dotenv")',
    ],
)
def test_a_name_that_nothing_imports_is_no_use(text: str) -> None:
    assert not list(javascript_usage.find_uses(SourceFile("a.js", text.encode())))
