"""Rust, by patterns. https://doc.rust-lang.org/reference/comments.html, https://doc.rust-lang.org/std/env/"""

from __future__ import annotations

from palint.languages.unparsed import Grammar
from palint.util import lazy_re

GRAMMAR = Grammar(
    comment=lazy_re.compile(r"^[ \t]*(?:\*|/\*)|(?<![:\"'])//[^\n]*$"),
    environment=lazy_re.compile(r"env::var\(\s*[\"']([A-Za-z_]\w*)"),
    nothing=("None",),
)
