"""Values that are cheap to declare, for what a Lambda function loads at its cold start.

`dataclasses` writes and compiles the methods of every class when its module is imported: a third of a
millisecond each, which a cold start pays dozens of times. The methods of a `Value` are written once, here.
Modules that do not travel to Lambda have no reason to use it: a dataclass is what everybody knows.

This module imports nothing of Ladle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any, ClassVar, NoReturn, dataclass_transform

__all__ = ["Value"]


@dataclass_transform(frozen_default=True)
class Value:
    """The base of classes whose instances are their fields, and never change.

    A subclass annotates its fields as a dataclass does, with a default where there is one; it is constructed,
    compared, hashed, shown and matched like a frozen dataclass. Names in `apart` are fields that neither
    compare nor show. All annotations of the class are fields: a constant of the class has none. A default is
    shared by all instances.
    """

    __match_args__: ClassVar[tuple[str, ...]] = ()
    """The names of the fields, in order."""

    _apart: ClassVar[tuple[str, ...]] = ()
    _known: ClassVar[frozenset[str]] = frozenset()
    _needed: ClassVar[frozenset[str]] = frozenset()
    """All fields, and those without a default."""

    _identity: ClassVar[Callable[[Any], Any]]
    """The class and all fields that compare."""

    def __init_subclass__(cls, *, apart: Collection[str] = (), **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = tuple(name for name in cls.__annotations__ if name not in cls.__match_args__)
        cls.__match_args__ += own  # type: ignore[misc] # checkers derive it from the annotations
        cls._apart += tuple(apart)
        cls._known = frozenset(cls.__match_args__)
        cls._needed = frozenset(name for name in cls.__match_args__ if not hasattr(cls, name))
        cls._identity = attrgetter("__class__", *(n for n in cls.__match_args__ if n not in cls._apart))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        fields = self.__dict__
        fields.update(zip(self.__match_args__, args, strict=False), **kwargs)
        # Fewer fields than were given: some were given twice, or there are more than names.
        if len(fields) < len(args) + len(kwargs) or not self._needed <= fields.keys() <= self._known:
            raise TypeError(self._refusal(args, kwargs))

    def _refusal(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """What is wrong with the fields that were given."""
        names, called = self.__match_args__, type(self).__name__
        if len(args) > len(names):
            return f"{called} has {len(names)} fields, and {len(args)} are given"
        if unknown := [name for name in kwargs if name not in names]:
            return f"{called} has no field `{unknown[0]}`"
        if twice := [name for name in kwargs if name in names[: len(args)]]:
            return f"{called}: `{twice[0]}` is given twice"
        missing = sorted(self._needed - self.__dict__.keys())
        return f"{called}: {', '.join(f'`{name}`' for name in missing)} is missing"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return bool(type(self)._identity(self) == type(self)._identity(other))

    def __hash__(self) -> int:
        return hash(type(self)._identity(self))

    def __repr__(self) -> str:
        shown = (name for name in self.__match_args__ if name not in self._apart)
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is a value: its `{name}` cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is a value: its `{name}` cannot be deleted")
