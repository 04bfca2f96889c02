"""Ruby, by patterns. https://docs.ruby-lang.org/en/master/syntax/comments_rdoc.html"""

from __future__ import annotations

from palint.languages.unparsed import Grammar
from palint.util import lazy_re

GRAMMAR = Grammar(
    comment=lazy_re.compile(r"^[ \t]*#"),
    # https://docs.ruby-lang.org/en/master/ENV.html
    environment=lazy_re.compile(r"ENV(?:\.fetch)?[\[(]\s*:?[\"']([A-Za-z_]\w*)"),
    nothing=("nil",),
    interpolation="#{",
)
