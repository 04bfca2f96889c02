"""Names of `typing`, at a fraction of their cost: a check and a hook load no other module that imports it.

All but `NamedTuple` mean nothing when the program runs.

`typing.NamedTuple` compiles each field's annotation, and `collections.namedtuple` each class's `__new__`; a
hook imports 95 such classes. Here those with as many fields share the code of `__new__`, all share the rest:
95 classes take 0.7 ms instead of 6.2, and 2.8 with `collections.namedtuple`.
"""

from __future__ import annotations

TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import IO, Any, BinaryIO, ClassVar, Generic, NamedTuple, NoReturn, Protocol, TextIO, TypeVar
else:
    from collections import _tuplegetter, namedtuple
    from types import FunctionType

    _made = {}  # `__new__` of `namedtuple`, by the number of fields

    class _Tuple(tuple):
        """The methods that `collections.namedtuple` makes for each class."""

        __slots__ = ()

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"Expected {len(cls._fields)} arguments, got {len(made)}")
            return made

        def _replace(self, /, **values):
            made = self._make(map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"Got unexpected field names: {list(values)!r}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            fields = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({fields})"

        def __getnewargs__(self):
            return tuple(self)

    def _new(fields, defaults):
        """The function that makes an instance, with the fields as its parameters."""
        new = _made.get(len(fields))
        if new is None:
            names = [f"field{number}" for number in range(len(fields))]
            new = _made[len(fields)] = namedtuple("_", names).__new__
        code = new.__code__.replace(co_varnames=("_cls", *fields), co_name="__new__")
        return FunctionType(code, new.__globals__, "__new__", defaults)

    class _Meta(type):
        """Create a class with fields from a class body."""

        def __new__(cls, name, bases, body):
            if bases == ():  # NamedTuple itself
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.pop("__annotations__", ()))
            if not fields:  # as with deferred annotations (PEP 649)
                raise TypeError(f"{name} needs `from __future__ import annotations`, and a field")
            defaults = {field: body.pop(field) for field in fields if field in body}
            if fields[len(fields) - len(defaults) :] != (*defaults,):
                raise TypeError(f"{name}: a field without a default follows one with a default")
            made = {field: _tuplegetter(number, None) for number, field in enumerate(fields)}
            made |= {"__new__": _new(fields, (*defaults.values(),)), "__slots__": (), "_fields": fields}
            return type(
                name, (_Tuple,), {**made, "__match_args__": fields, "_field_defaults": defaults, **body}
            )

    class NamedTuple(metaclass=_Meta):
        """Base of plain data classes: annotated fields, defaults, methods."""

    class Generic:
        """A base that takes parameters: `Generic[T]` is itself."""

        def __class_getitem__(cls, _):
            return cls

    def TypeVar(name, **_):  # noqa: N802
        return name

    IO = Any = BinaryIO = ClassVar = NoReturn = TextIO = object
    Protocol = Generic


__all__ = ["IO", "TYPE_CHECKING", "Any", "BinaryIO", "ClassVar", "Generic", "NamedTuple"]
__all__ += ["NoReturn", "Protocol", "TextIO", "TypeVar"]
