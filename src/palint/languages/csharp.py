"""C#, by patterns. https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure"""

from __future__ import annotations

from palint.languages.unparsed import Grammar
from palint.util import lazy_re

GRAMMAR = Grammar(
    comment=lazy_re.compile(r"^[ \t]*(?:\*|/\*)|(?<![:\"'])//[^\n]*$"),
    # https://learn.microsoft.com/dotnet/api/system.environment.getenvironmentvariable
    environment=lazy_re.compile(r"GetEnvironmentVariable\(\s*[\"']([A-Za-z_]\w*)"),
    nothing=("null",),
)
