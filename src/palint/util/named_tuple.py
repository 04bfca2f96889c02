"""`NamedTuple` like that of `typing`, at a third of its cost.

`typing.NamedTuple` compiles each field's annotation: 85 µs for a class of five fields, 30 µs here. A hook
that imports 95 such classes paid 15 ms for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple
else:
    from collections import namedtuple

    _MADE_BY_NAMEDTUPLE = frozenset(("__module__", "__annotations__", "__slots__"))

    class _Meta(type):
        """Create a `collections.namedtuple` class from a class body."""

        def __new__(cls, name, bases, body):
            if bases == ():  # NamedTuple itself
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            if not fields:  # as with deferred annotations (PEP 649)
                raise TypeError(f"{name} needs `from __future__ import annotations`, and a field")
            defaults = [body[field] for field in fields if field in body]
            made_class = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            if list(fields[len(fields) - len(defaults) :]) != [field for field in fields if field in body]:
                raise TypeError(f"{name}: a field without a default follows one with a default")
            for key, value in body.items():
                if key not in fields and key not in _MADE_BY_NAMEDTUPLE:
                    setattr(made_class, key, value)
            return made_class

    class NamedTuple(metaclass=_Meta):
        """Base of plain data classes: annotated fields, defaults, methods."""


__all__ = ["NamedTuple"]
