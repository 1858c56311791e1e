"""What is known of a value from how a machine uses it, and the Python type that says so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Names", "Shape", "class_name", "identifier", "shape_of_example"]


@dataclass(slots=True)
class Shape:
    """A value as far as its uses show it; without any it is `Any`.

    `kinds` are names of Python types; `fields` those of an object, `item` is that of a list. `optional`
    fields may be missing, `nullable` values may be None.
    """

    kinds: set[str] = field(default_factory=set)
    fields: dict[str, Shape] = field(default_factory=dict)
    item: Shape | None = None
    optional: bool = False
    nullable: bool = False
    origin: str = ""

    def at(self, step: str | int) -> Shape:
        """The shape of a field or of an item, which is thereby known to be there."""
        if isinstance(step, int):
            return self.items()
        return self.fields.setdefault(step, Shape())

    def items(self) -> Shape:
        """The shape of the items of a list."""
        if self.item is None:
            self.item = Shape()
        return self.item

    def merge(self, other: Shape) -> None:
        """Know of this one what is known of the other, too."""
        self.kinds |= other.kinds
        self.optional |= other.optional
        self.nullable |= other.nullable
        for name, shape in other.fields.items():
            self.at(name).merge(shape)
        if other.item is not None:
            self.items().merge(other.item)

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it."""
        return bool(self.kinds or self.fields or self.item is not None)


def shape_of_example(value: Any) -> Shape:
    """The shape that an example of a value has."""
    shape = Shape()
    if isinstance(value, dict):
        for name, inner in value.items():
            shape.at(name).merge(shape_of_example(inner))
    elif isinstance(value, list):
        for inner in value:
            shape.items().merge(shape_of_example(inner))
        shape.items()
    elif value is None:
        shape.nullable = True
    else:
        shape.kinds.add({bool: "bool", int: "int", float: "float", str: "str"}[type(value)])
    return shape


class Names:
    """Gives names that are not taken yet."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = set(taken)

    def fresh(self, wanted: str) -> str:
        """The name, or one like it with a number."""
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}_{number}", number + 1
        self.taken.add(name)
        return name


def identifier(text: str, otherwise: str = "value") -> str:
    """A Python name of a text: `Check stock` becomes `check_stock`.

    >>> identifier("CheckStock-v2")
    'check_stock_v2'
    """
    import keyword

    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    name = re.sub(r"\W+|__+", "_", text, flags=re.ASCII).strip("_").lower()
    if not name or not name[0].isalpha():
        name = f"{otherwise}_{name}".rstrip("_")
    return f"{name}_" if keyword.iskeyword(name) else name


def class_name(text: str) -> str:
    """The name of a class for a text: `check_stock` becomes `CheckStock`."""
    return "".join(part[:1].upper() + part[1:] for part in identifier(text).split("_"))
