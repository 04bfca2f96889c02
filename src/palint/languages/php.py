"""PHP, by patterns. https://www.php.net/manual/en/language.basic-syntax.comments.php"""

from __future__ import annotations

from palint.languages.unparsed import Grammar
from palint.util import lazy_re

GRAMMAR = Grammar(
    comment=lazy_re.compile(r"^[ \t]*(?:#|\*|/\*)|(?<![:\"'])//[^\n]*$"),
    # `getenv()`, `$_ENV[]`, and Laravel's `env()`: https://laravel.com/docs/configuration
    environment=lazy_re.compile(r"(?:_ENV\[|env\()\s*[\"']([A-Za-z_]\w*)"),
    nothing=("null",),
    interpolation="${",
)
_MAX_ARRAY = 1_500  # code points of an array on each side of a range in it
_AROUND = 400  # code points on each side of a range that is in no named array
_ARRAY_NAME = lazy_re.compile(r"[\"']([\w-]+)[\"']\s*=>\s*\[\Z")


def enclosing_array(text: str, start: int, end: int) -> tuple[str, str]:
    """(name of the array that contains text[start:end], the array's text with its name).

    In no array with a name: ("", the text around the range).
    """
    opening = text.rfind("[", max(0, start - _MAX_ARRAY), start)
    closing = text.find("]", end, end + _MAX_ARRAY)
    named = _ARRAY_NAME.search(text[max(0, opening - 80) : opening + 1]) if opening >= 0 else None
    if named is None or "]" in text[opening:start]:
        return "", text[max(0, start - _AROUND) : end + _AROUND]
    return named[1], named[0] + text[opening + 1 : closing if closing >= 0 else end + _MAX_ARRAY]
