"""Kotlin, by patterns. https://kotlinlang.org/spec/syntax-and-grammar.html"""

from __future__ import annotations

from palint.languages.unparsed import Grammar
from palint.util import lazy_re

GRAMMAR = Grammar(
    comment=lazy_re.compile(r"^[ \t]*(?:\*|/\*)|(?<![:\"'])//[^\n]*$"),
    # https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/System.html#getenv(java.lang.String)
    environment=lazy_re.compile(r"getenv\(\s*[\"']([A-Za-z_]\w*)"),
    nothing=("null",),
    interpolation="${",
)
