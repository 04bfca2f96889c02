"""The error for a value that is not one of a few that are allowed."""

from __future__ import annotations

from collections.abc import Sequence

_FEW = 4  # choices that are all listed, also if one is similar to the value


def invalid_value(value: object, name: str, choices: Sequence[object]) -> str:
    """What is wrong with a value of the option or setting `name`, and which to write instead."""
    from difflib import get_close_matches

    words = [f'"{choice}"' for choice in choices]
    near = get_close_matches(str(value), map(str, choices), 1) if len(words) > _FEW else []
    if near:
        return f'invalid value "{value}" for {name}: did you mean "{near[0]}"?'
    listed = f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
    return f'invalid value "{value}" for {name}: use {listed}'
